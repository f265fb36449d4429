package slack

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	slackgo "github.com/slack-go/slack"
	"pgregory.net/rapid"

	"dangol/internal/fakeslack"
	"dangol/notify"
)

func line(spans ...notify.Span) notify.Line { return spans }

func block(kind notify.BlockKind, lines ...notify.Line) notify.Block {
	return notify.Block{Kind: kind, Lines: lines}
}

func encode(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestBlocks(t *testing.T) {
	m := notify.Message{ID: "d1", Text: "Lost: *Kim* & Sons <!channel>", Blocks: []notify.Block{
		block(notify.Header, line(notify.Span{Text: "Lost: *Kim* & Sons"})),
		block(notify.Body,
			line(notify.Span{Text: "Last order "}, notify.Span{Text: "13 Oct", Bold: true}, notify.Span{Text: " by <Kim>"}),
			line(notify.Span{Text: "see "}, notify.Span{Text: "the case", Delivery: "d0"}, notify.Span{Text: "the other", Delivery: "d9"})),
		block(notify.Mention, line(notify.Span{Text: "Owner of *Kim*: "}, notify.Span{Text: "Lee", Rep: "R1", Email: "lee@x"},
			notify.Span{Text: " and "}, notify.Span{Text: "Park", Rep: "R2"})),
		block(notify.Note, line(notify.Span{Text: "data through 23 Nov"})),
	}}
	r := notify.Resolved{
		Users: map[string]string{"R1": "U1", "R2": "U2"},
		Links: map[string]string{"d0": "https://acme.slack.com/archives/C1/p1"},
	}
	want := `[
 {
  "type": "header",
  "text": {
   "type": "plain_text",
   "text": "Lost: *Kim* \u0026 Sons",
   "emoji": false
  }
 },
 {
  "type": "rich_text",
  "elements": [
   {
    "type": "rich_text_section",
    "elements": [
     {
      "type": "text",
      "text": "Last order "
     },
     {
      "type": "text",
      "text": "13 Oct",
      "style": {
       "bold": true
      }
     },
     {
      "type": "text",
      "text": " by \u003cKim\u003e\nsee "
     },
     {
      "type": "link",
      "url": "https://acme.slack.com/archives/C1/p1",
      "text": "the case"
     },
     {
      "type": "text",
      "text": "the other"
     }
    ]
   }
  ]
 },
 {
  "type": "section",
  "text": {
   "type": "mrkdwn",
   "text": "Owner of ` + softHyphen + `*` + softHyphen + `Kim` + softHyphen + `*` + softHyphen + `: \u003c@U1\u003e and Park",
   "verbatim": true
  }
 },
 {
  "type": "context",
  "elements": [
   {
    "type": "plain_text",
    "text": "data through 23 Nov",
    "emoji": false
   }
  ]
 }
]`
	if diff := cmp.Diff(want, encode(t, Blocks(m, r))); diff != "" {
		t.Errorf("blocks (-want +got):\n%s", diff)
	}
	if got := Text(m); strings.Contains(got, "<!") || !strings.Contains(got, "&amp; Sons &lt;!channel&gt;") {
		t.Errorf("text %q", got)
	}
}

func TestMentionOfAnUnknownUser(t *testing.T) {
	m := notify.Message{Text: "x", Blocks: []notify.Block{
		block(notify.Mention, line(notify.Span{Text: "Owner: "}, notify.Span{Text: "Kim <@U9>", Rep: "R1"}))}}
	for _, users := range []map[string]string{nil, {"R1": ""}, {"R1": "!channel"}, {"R2": "U2"}} {
		got := encode(t, Blocks(m, notify.Resolved{Users: users}))
		if !strings.Contains(got, `"Owner: Kim \u0026lt;@U9\u0026gt;"`) {
			t.Errorf("users %v: %s", users, got)
		}
	}
}

func TestEscape(t *testing.T) {
	const h = softHyphen
	tests := []struct{ name, in, want string }{
		{"plain", "Kim Foods 김씨네", "Kim Foods 김씨네"},
		{"entities", "a & b < c > d", "a &amp; b &lt; c &gt; d"},
		{"entity as text", "&lt;", "&amp;lt;"},
		{"broadcast", "<!channel> <!here|x>", "&lt;!channel&gt; &lt;!here|x&gt;"},
		{"bold", "*x*", h + "*" + h + "x" + h + "*" + h},
		{"full width", "＊x", h + "＊" + h + "x"},
		{"code", "`", h + "`" + h},
		{"picture", "a :boom: b", "a :" + h + "boom: b"},
		{"two pictures", ":a:b:", ":" + h + "a:" + h + "b:"},
		{"time of day", "at 10:30", "at 10:30"},
		{"quotation", "> x", h + "&gt; x"},
		{"line breaks", "a\nb\r\nc\u2028d", "a b  c d"},
		{"direction", "a\u202Eb\u2066c\u200Fd", "abcd"},
		{"control", "a\x00b\x1bc", "abc"},
		{"bad bytes", "a\xffb", "a\uFFFDb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := escape(tt.in); got != tt.want {
				t.Errorf("escape(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestEscapeToNeverCutsAnEntity(t *testing.T) {
	whole := escape("a&*b>")
	for max := range 30 {
		got := escapeTo("a&*b>", max)
		if utf8.RuneCountInString(got) > max {
			t.Errorf("%d: %q is longer", max, got)
		}
		if rest := strings.TrimSuffix(got, "…"); !strings.HasPrefix(whole, rest) || regexp.MustCompile(`&[a-z]*$`).MatchString(rest) {
			t.Errorf("%d: %q is cut inside", max, got)
		}
	}
}

func TestHeaderIsCutInRunes(t *testing.T) {
	title := strings.Repeat("가", 200)
	got := encode(t, Blocks(notify.Message{Text: "x", Blocks: []notify.Block{
		block(notify.Header, line(notify.Span{Text: title}))}}, notify.Resolved{}))
	if !strings.Contains(got, `"`+strings.Repeat("가", 149)+`…"`) {
		t.Error(got)
	}
}

// TestFit says in which order a message that is too long gives way.
func TestFit(t *testing.T) {
	long := strings.Repeat("x", 20000)
	var many []notify.Line
	for range 900 {
		many = append(many, line(notify.Span{Text: "a customer and a figure"}))
	}
	mention := block(notify.Mention, line(notify.Span{Text: "Lee", Rep: "R1"}))
	title := block(notify.Header, line(notify.Span{Text: "Title"}))
	note := block(notify.Note, line(notify.Span{Text: "small print"}))
	var notes []notify.Block
	for range 60 {
		notes = append(notes, note)
	}
	tests := []struct {
		name       string
		blocks     []notify.Block
		has, hasNo []string
	}{
		{"short", []notify.Block{title, block(notify.Body, many[:3]...), mention, note},
			[]string{"Title", "small print", "<@U1>"}, []string{"…"}},
		{"a long line", []notify.Block{title, block(notify.Body, line(notify.Span{Text: long})), mention, note},
			[]string{"Title", "x…", "small print", "<@U1>"}, []string{"more"}},
		{"many notes", append([]notify.Block{title, mention, block(notify.Body, many[:3]...)}, notes...),
			[]string{"Title", "a figure", "<@U1>"}, []string{"small print", "more"}},
		{"many lines", []notify.Block{title, block(notify.Body, many...), mention, note},
			[]string{"Title", "a figure", "more", "<@U1>"}, []string{"small print"}},
		{"many bodies", []notify.Block{title, block(notify.Body, many[:300]...), mention, block(notify.Body, many[:300]...)},
			[]string{"Title", "a figure", "more", "<@U1>"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			blocks := Blocks(notify.Message{Text: "x", Blocks: tt.blocks}, notify.Resolved{Users: map[string]string{"R1": "U1"}})
			if err := Validate(blocks); err != nil || len(blocks) == 0 {
				t.Fatalf("%d blocks: %v", len(blocks), err)
			}
			b := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(encode(t, blocks))
			for _, part := range tt.has {
				if !strings.Contains(b, part) {
					t.Errorf("no %q in %.2000s", part, b)
				}
			}
			for _, part := range tt.hasNo {
				if strings.Contains(b, part) {
					t.Errorf("%q in %.2000s", part, b)
				}
			}
		})
	}
}

// TestFitSaysHowManyAreMissing adds up: shown and missing lines are all lines.
func TestFitSaysHowManyAreMissing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 1500).Draw(t, "lines")
		var lines []notify.Line
		for range n {
			lines = append(lines, line(notify.Span{Text: "a line of an ordinary digest"}))
		}
		missing := 0
		more := func(n int) string { missing = n; return "MORE" }
		blocks := fit(notify.Message{Blocks: []notify.Block{block(notify.Body, lines...)}}, notify.Resolved{}, more)
		b, _ := json.Marshal(blocks)
		shown := strings.Count(string(b), "ordinary")
		if !strings.Contains(string(b), "MORE") {
			missing = 0
		}
		if shown+missing != n {
			t.Fatalf("%d shown and %d missing of %d", shown, missing, n)
		}
	})
}

// TestValidate stands at each limit and one beyond it.
func TestValidate(t *testing.T) {
	text := func(kind string, n int) *slackgo.TextBlockObject {
		return slackgo.NewTextBlockObject(kind, strings.Repeat("가", n), false, false)
	}
	section := func(n int) slackgo.Block { return slackgo.NewSectionBlock(text("mrkdwn", n), nil, nil) }
	fields := func(n, long int) slackgo.Block {
		return slackgo.NewSectionBlock(nil, slices.Repeat([]*slackgo.TextBlockObject{text("mrkdwn", long)}, n), nil)
	}
	elements := func(n, long int) slackgo.Block {
		return slackgo.NewContextBlock("", slices.Repeat([]slackgo.MixedElement{text("mrkdwn", long)}, n)...)
	}
	rich := func(n int) slackgo.Block {
		return slackgo.NewRichTextBlock("", slackgo.NewRichTextSection(
			slackgo.NewRichTextSectionTextElement(strings.Repeat("가", n), nil)))
	}
	tests := []struct {
		name   string
		blocks []slackgo.Block
		ok     bool
	}{
		{"50 blocks", slices.Repeat([]slackgo.Block{section(1)}, 50), true},
		{"51 blocks", slices.Repeat([]slackgo.Block{section(1)}, 51), false},
		{"section", []slackgo.Block{section(3000)}, true},
		{"long section", []slackgo.Block{section(3001)}, false},
		{"empty section", []slackgo.Block{section(0)}, false},
		{"header", []slackgo.Block{slackgo.NewHeaderBlock(text("plain_text", 150))}, true},
		{"long header", []slackgo.Block{slackgo.NewHeaderBlock(text("plain_text", 151))}, false},
		{"header in mrkdwn", []slackgo.Block{slackgo.NewHeaderBlock(text("mrkdwn", 1))}, false},
		{"10 fields", []slackgo.Block{fields(10, 1)}, true},
		{"11 fields", []slackgo.Block{fields(11, 1)}, false},
		{"long field", []slackgo.Block{fields(1, 2001)}, false},
		{"10 elements", []slackgo.Block{elements(10, 1)}, true},
		{"11 elements", []slackgo.Block{elements(11, 1)}, false},
		{"no elements", []slackgo.Block{elements(0, 1)}, false},
		{"long element", []slackgo.Block{elements(1, 2001)}, false},
		{"12,000 in all", []slackgo.Block{rich(9000), section(3000)}, true},
		{"12,001 in all", []slackgo.Block{rich(9001), section(3000)}, false},
		{"empty run", []slackgo.Block{rich(0)}, false},
		{"unknown kind", []slackgo.Block{&slackgo.UnknownBlock{Type: "hologram"}}, false},
	}
	for _, tt := range tests {
		if err := Validate(tt.blocks); (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestTextOnlyStillMentions(t *testing.T) {
	d := notify.Draft{
		Message: notify.Message{Text: strings.Repeat("&", 5000), Blocks: []notify.Block{
			block(notify.Mention, line(notify.Span{Text: "Owner: "}, notify.Span{Text: "Lee", Rep: "R1"}))}},
		Resolved: notify.Resolved{Users: map[string]string{"R1": "U1"}},
		TextOnly: true,
	}
	text, blocks := compose(d, moreInEnglish)
	if blocks != nil || !strings.HasSuffix(text, "\nOwner: <@U1>") || utf8.RuneCountInString(text) > maxText {
		t.Errorf("%d blocks, text of %d ends in %q", len(blocks), utf8.RuneCountInString(text), text[len(text)-20:])
	}
}

// foreign draws strings as a hostile or careless database holds them.
func foreign() *rapid.Generator[string] {
	nasty := rapid.SampledFrom([]string{
		"", " ", "\n", "<!channel>", "<!here>", "@channel", "<@U1>", "<#C1>", "*b*", "_i_", "~s~", "`c`", "```", ":boom:",
		"& < >", "> q", "\u202Ertl", "\u2066x", "가나다 상사", "👩‍👩‍👧‍👦", "e\u0301", "\x00", "\xff", "|", "<https://x|y>",
		strings.Repeat("long ", 900), strings.Repeat("&", 3100), strings.Repeat("*", 700), "＊x＊", "\u00ad",
	})
	return rapid.Custom(func(t *rapid.T) string {
		parts := rapid.SliceOfN(rapid.OneOf(nasty, rapid.StringN(0, 40, -1)), 0, 4).Draw(t, "parts")
		return strings.Join(parts, "")
	})
}

func messages() *rapid.Generator[notify.Message] {
	kinds := rapid.SampledFrom([]notify.BlockKind{notify.Header, notify.Body, notify.Body, notify.Mention, notify.Note, "unheard of"})
	return rapid.Custom(func(t *rapid.T) notify.Message {
		m := notify.Message{ID: "d1", Text: foreign().Draw(t, "text")}
		for range rapid.SampledFrom([]int{0, 1, 3, 8, 60}).Draw(t, "blocks") {
			b := notify.Block{Kind: kinds.Draw(t, "kind")}
			for range rapid.SampledFrom([]int{0, 1, 2, 5}).Draw(t, "lines") {
				var l notify.Line
				for range rapid.IntRange(0, 3).Draw(t, "spans") {
					l = append(l, notify.Span{
						Text:     foreign().Draw(t, "span"),
						Bold:     rapid.Bool().Draw(t, "bold"),
						Rep:      rapid.SampledFrom([]string{"", "", "R1", "R2"}).Draw(t, "rep"),
						Delivery: rapid.SampledFrom([]string{"", "", "d0", "d9"}).Draw(t, "link"),
					})
				}
				b.Lines = append(b.Lines, l)
			}
			m.Blocks = append(m.Blocks, b)
		}
		return m
	})
}

// TestNothingIsEverRefused posts and updates arbitrary messages in a workspace
// that enforces Slack's limits. None is refused, none mentions anybody but its
// owner, none calls everybody.
func TestNothingIsEverRefused(t *testing.T) {
	server := fakeslack.Start(t, time.Now)
	channel := server.AddChannel("#alerts")
	client := New(Options{Token: server.Token, APIURL: server.APIURL()})
	rapid.Check(t, func(t *rapid.T) {
		d := notify.Draft{
			Message:  messages().Draw(t, "message"),
			TextOnly: rapid.Bool().Draw(t, "text only"),
			Resolved: notify.Resolved{
				Users: map[string]string{"R1": rapid.SampledFrom([]string{"", "U1", "<!channel>"}).Draw(t, "user")},
				Links: map[string]string{"d0": rapid.SampledFrom([]string{"", "https://acme.slack.com/archives/C1/p1", "bad|link"}).Draw(t, "url")},
			},
		}
		if err := Validate(Blocks(d.Message, d.Resolved)); err != nil {
			t.Fatal(err)
		}
		at, err := client.Post(context.Background(), notify.Place{Channel: channel}, d)
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Update(context.Background(), at, d); err != nil {
			t.Fatal(err)
		}
		shown := server.Channel(channel).Messages()
		last := shown[len(shown)-1]
		if ids := last.Mentions(); len(ids) > 1 || len(ids) == 1 && ids[0] != "U1" {
			t.Fatalf("mentions %q", ids)
		}
		if last.Broadcasts() > 0 {
			t.Fatal("calls everybody")
		}
	})
}

// TestForeignStringsShowAsTheyAre: what the screen shows of an escaped string
// is the string itself, and no mark-up character is left unguarded.
func TestForeignStringsShowAsTheyAre(t *testing.T) {
	guarded := regexp.MustCompile("\u00ad[*_~`＊＿～｀]\u00ad")
	unguard := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", softHyphen, "")
	rapid.Check(t, func(t *rapid.T) {
		s := foreign().Draw(t, "string")
		out := escape(s)
		if rest := guarded.ReplaceAllString(out, ""); strings.ContainsAny(rest, marks+"<>\n") {
			t.Fatalf("escape(%q) = %q", s, out)
		}
		if got, want := unguard.Replace(out), strings.ReplaceAll(clean(s), softHyphen, ""); got != want {
			t.Fatalf("escape(%q) shows %q, want %q", s, got, want)
		}
		if emoji.MatchString(out) {
			t.Fatalf("escape(%q) = %q has a picture", s, out)
		}
	})
}
