package html

import (
	"html"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

var someUsers = map[string]string{"U1": "Kang <Chaewon>"}

// drawnAs is what the template makes of nodes.
func drawnAs(t testing.TB, nodes []node) string {
	t.Helper()
	var b strings.Builder
	if err := layout.ExecuteTemplate(&b, "nodes", nodes); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMrkdwn(t *testing.T) {
	d := &drawing{users: someUsers}
	for in, want := range map[string]string{
		"":                                        "",
		"plain":                                   "plain",
		"*bold* and _italic_, ~gone~":             "<b>bold</b> and <i>italic</i>, <s>gone</s>",
		"*bold _and italic_*":                     "<b>bold <i>and italic</i></b>",
		"(*bold*)":                                "(<b>bold</b>)",
		"*거래처* 이탈":                                "<b>거래처</b> 이탈",
		"2*3*4 snake_case_name":                   "2*3*4 snake_case_name",
		"* no* and *no *":                         "* no* and *no *",
		"**":                                      "**",
		"*a\nb*":                                  "*a\nb*",
		"a * b * c":                               "a * b * c",
		"\u00ad*\u00adnot bold\u00ad*\u00ad":      "*not bold*",
		"`a *b* <https://x.y|z>`":                 `<code>a *b* <a href="https://x.y" rel="noreferrer">z</a></code>`,
		"*a `*` b*":                               "<b>a <code>*</code> b</b>",
		"``":                                      "``",
		"before\n```\nx *y*\n&lt;z\n```\nafter":   "before<pre>x *y*\n&lt;z</pre>after",
		"```open":                                 "```open",
		"&gt; said\n&gt;more\nanswer":             "<blockquote>said\nmore</blockquote>answer",
		"a &gt; b":                                "a &gt; b",
		"&amp;lt; &amp;amp; &lt;b&gt; &x;":        "&amp;lt; &amp;amp; &lt;b&gt; &amp;x;",
		"<https://x.y/?a=1&amp;b=2|Details>":      `<a href="https://x.y/?a=1&amp;b=2" rel="noreferrer">Details</a>`,
		"<https://x.y>":                           `<a href="https://x.y" rel="noreferrer">https://x.y</a>`,
		"<mailto:a@b.c|write>":                    `<a href="mailto:a@b.c" rel="noreferrer">write</a>`,
		"<javascript:alert(1)|click>":             "click (javascript:alert(1))",
		"<data:text/html,x>":                      "data:text/html,x",
		"<@U1> <@U2> <@U3|Lee>":                   `<span class="mention">@Kang &lt;Chaewon&gt;</span> <span class="mention">@U2</span> <span class="mention">@Lee</span>`,
		"<#C1|sales> <#C2>":                       `<span class="mention">#sales</span> <span class="mention">#C2</span>`,
		"<!channel> <!subteam^S1|@team>":          `<span class="mention">@channel</span> <span class="mention">@team</span>`,
		"<!date^1392734382^{date}|18 Feb>":        `<span class="mention">18 Feb</span>`,
		"1 < 2, <> and <":                         "1 &lt; 2, &lt;&gt; and &lt;",
		":tada: :unheard_of: 10:30:45":            "🎉 :unheard_of: 10:30:45",
		"<" + Permalink("AB-1") + "|here>":        `<a href="#m-AB-1" rel="noreferrer">here</a>`,
		"<script>alert(1)</script>":               "&lt;script&gt;alert(1)&lt;/script&gt;",
		"&lt;script&gt;alert(1)&lt;/script&gt;":   "&lt;script&gt;alert(1)&lt;/script&gt;",
		`"&gt;&lt;img src=x onerror=alert(1)&gt;`: "&#34;&gt;&lt;img src=x onerror=alert(1)&gt;",
		"a\u202eb\u2066c\u200bd\x00e\x1bf":        "abcdef",
		"bad \xff byte":                           "bad \uFFFD byte",
	} {
		if got := drawnAs(t, d.mrkdwn(in)); got != want {
			t.Errorf("%q\n got %s\nwant %s", in, got, want)
		}
	}
}

var (
	tag     = regexp.MustCompile(`<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>`)
	plainly = []string{"b", "i", "s", "code", "pre", "blockquote"}
)

// wellFormed wants known tags, balanced, without attributes but those of links
// and mentions, and no bare angle bracket.
func wellFormed(t *testing.T, drawn string) {
	t.Helper()
	var open []string
	for _, m := range tag.FindAllStringSubmatch(drawn, -1) {
		name, attributes := m[2], m[3]
		switch {
		case m[1] == "/":
			if len(open) == 0 || open[len(open)-1] != name {
				t.Fatalf("</%s> closes nothing: %s", name, drawn)
			}
			open = open[:len(open)-1]
			continue
		case slices.Contains(plainly, name) && attributes == "":
		case name == "span" && attributes == ` class="mention"`:
		case name == "a" && regexp.MustCompile(`^ href="([hH][tT][tT][pP][sS]?://|[mM][aA][iI][lL][tT][oO]:|#)[^"]*" rel="noreferrer"$`).MatchString(attributes):
		default:
			t.Fatalf("unexpected %s in %s", m[0], drawn)
		}
		open = append(open, name)
	}
	if len(open) > 0 || strings.ContainsAny(tag.ReplaceAllString(drawn, ""), "<>") {
		t.Fatalf("not well formed: %s", drawn)
	}
}

var hostile = []string{"*a* _b_ ~c~ `d`", "<script>alert(1)</script>", `"><img onerror=x>`, "<https://a.b|c*d*>", "&lt;&gt;&amp;", "```x```",
	"&gt; q\n&gt; r", "<@U1>", "*<https://x|*>*", "\u202e\u00ad*", "<javascript:x|y>", "*_~`*_~`", ":tada::x:", "<!date^1^x|y>"}

// FuzzMrkdwn: whatever comes, the page stays a page.
func FuzzMrkdwn(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	d := &drawing{users: someUsers}
	f.Fuzz(func(t *testing.T, s string) { wellFormed(t, drawnAs(t, d.mrkdwn(s))) })
}

// FuzzNoTextIsLost: of a text without tokens, all that a reader sees in Slack
// stands on the page.
func FuzzNoTextIsLost(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	d := &drawing{}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ReplaceAll(s, ":", ".") // shortcodes are meant to change
		written := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
		drawn := drawnAs(t, d.mrkdwn(written))
		wellFormed(t, drawn)
		got, want := letters(html.UnescapeString(tag.ReplaceAllString(drawn, ""))), letters(s)
		if got != want {
			t.Errorf("%q\n got %q\nwant %q", s, got, want)
		}
	})
}

// letters leaves out marks, quotation signs and white space.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("*_~`>", r) || unicode.IsSpace(r) {
			return -1
		}
		return r
	}, visible(s))
}

// A long text full of marks is read in one go, not in exponential time.
func TestManyMarks(t *testing.T) {
	d := &drawing{}
	for _, piece := range []string{"*_~", "*a _b ~c ", "`*", "<*", "```"} {
		text := strings.Repeat(piece, 3000/len(piece))
		if err := layout.ExecuteTemplate(io.Discard, "nodes", d.mrkdwn(text)); err != nil {
			t.Error(err)
		}
	}
}
