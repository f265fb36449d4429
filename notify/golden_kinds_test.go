package notify_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/notify"
	"dangol/notify/slack"

	"github.com/google/go-cmp/cmp"
	slackgo "github.com/slack-go/slack"
)

var update = flag.Bool("update", false, "write testdata/golden anew")

// worst is a name as nobody should have one: 300 characters of everything.
var worst = "Kim <!channel> *Foods* `& Sons`\n\u202edesrever\u2066 한강 👩‍👩‍👧 " + strings.Repeat("아주 긴 이름의 식품 ", 24)

// strain is a kind of data that a message must bear.
type strain struct {
	name string
	bend func(place string, v reflect.Value) // changes one value where it stands; place is the field or the argument
	reps int                                 // of the company
}

var strains = []strain{
	{"normal", nil, 3},
	{"long names", longNames, 3},
	{"huge numbers", hugeNumbers, 3},
	{"missing data", nothing, 0},
	{"200 reps", nil, 200},
}

// foreignPlaces are the fields and arguments that hold names of a company's data.
var foreignPlaces = []string{"CustomerName", "ProductName", "RepName", "Category", "Segment", "Level",
	"customer", "product", "category", "segment", "rep", "level", "manager", "to"}

func longNames(place string, v reflect.Value) {
	if v.Kind() == reflect.String && slices.Contains(foreignPlaces, place) {
		v.SetString(worst)
	}
}

func hugeNumbers(place string, v reflect.Value) {
	switch v.Interface().(type) {
	case sales.Money:
		v.SetInt(v.Int() * 400_000)
	case int:
		v.SetInt(v.Int() * 1_000)
	case float64:
		if v.Float() > 2 {
			v.SetFloat(v.Float() * 1_000)
		}
	}
}

// nothing empties what a database may lack: names, money, comparisons.
func nothing(place string, v reflect.Value) {
	switch v.Interface().(type) {
	case string:
		if slices.Contains(foreignPlaces, place) {
			v.SetString("")
		}
	case sales.Money, finding.Replacement, finding.Course, []finding.Cause, []finding.Phrase:
		v.SetZero()
	}
	if place == "Rank" || place == "RankOf" || place == "LastVisit" || place == "Since" {
		v.SetZero()
	}
}

// bent returns a copy of v with every value in it changed.
func bent(place string, v reflect.Value, bend func(string, reflect.Value)) reflect.Value {
	if bend == nil {
		return v
	}
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	switch v.Kind() {
	case reflect.Struct:
		for i := range c.NumField() {
			if field := c.Type().Field(i); field.IsExported() {
				c.Field(i).Set(bent(placeOf(v.Type(), field.Name), v.Field(i), bend))
			}
		}
	case reflect.Slice:
		if !v.IsNil() {
			c.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				c.Index(i).Set(bent(place, v.Index(i), bend))
			}
		}
	case reflect.Map:
		if !v.IsNil() {
			c.Set(reflect.MakeMap(v.Type()))
			for _, key := range v.MapKeys() {
				c.SetMapIndex(key, bent(key.String(), v.MapIndex(key), bend))
			}
		}
	case reflect.Interface:
		if !v.IsNil() {
			c.Set(bent(place, v.Elem(), bend))
		}
		return c
	case reflect.Pointer:
		if !v.IsNil() {
			c.Set(reflect.New(v.Type().Elem()))
			c.Elem().Set(bent(place, v.Elem(), bend))
		}
		return c
	}
	bend(place, c)
	return c
}

// placeOf tells the names of people and products from those of causes and awards.
func placeOf(t reflect.Type, field string) string {
	switch t {
	case reflect.TypeFor[sales.Rep](), reflect.TypeFor[finding.Fallen]():
		if field == "Name" {
			return "RepName"
		}
	}
	return field
}

// TestGoldenKinds composes every kind of message in both languages under every strain,
// holds each against Slack's limits, and compares what Slack would show with the
// files in testdata/golden.
func TestGoldenKinds(t *testing.T) {
	for _, locale := range []string{"en", "ko"} {
		for name, play := range scenes {
			t.Run(locale+"/"+name, func(t *testing.T) {
				var whole, normal string
				for _, s := range strains {
					var b strings.Builder
					studio := newStudio(t, locale, s)
					writeGolden(t, &b, studio, play(studio))
					switch said := b.String(); {
					case s.name == "normal":
						normal = said
					case said == normal:
						b.Reset()
						b.WriteString("as above\n")
					}
					whole += "═══ " + s.name + "\n" + b.String()
				}
				if normal == "" {
					t.Error("nothing is said")
				}
				compareGolden(t, filepath.Join("testdata", "golden", locale, name+".txt"), whole)
			})
		}
	}
}

func compareGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s\ngo test ./notify -run Golden -update writes it anew", path, diff)
	}
}

// goldenMessages is how many messages of a strain a golden file shows in full; of
// the rest it says how many they are.
const goldenMessages = 5

// writeGolden writes messages as Slack shows them, after holding each against the
// limits.
func writeGolden(t *testing.T, b *strings.Builder, s *studio, messages []notify.Message) {
	t.Helper()
	resolved := notify.Resolved{Users: map[string]string{"r1": "UANN"}, Links: map[string]string{}}
	more := func(n int) string { return s.composer.Wording.Text("more_lines", "n", n) }
	for i, m := range messages {
		resolved.Links[m.ID] = "https://acme.slack.com/archives/C1/" + m.ID
		blocks := slack.Draw(m, resolved, more)
		if err := slack.Validate(blocks); err != nil || len(blocks) == 0 {
			t.Errorf("%s, %s: %d blocks: %v", s.name, route(m), len(blocks), err)
		}
		if text := slack.Text(m); utf8.RuneCountInString(text) > 4000 || strings.Contains(text, "<") {
			t.Errorf("%s, %s: text %q", s.name, route(m), text)
		}
		if i < goldenMessages {
			fmt.Fprintf(b, "── %s\n", route(m))
			fmt.Fprintf(b, "text  %s\n", m.Text)
			for _, block := range blocks {
				writeBlock(t, b, block)
			}
		}
	}
	if n := len(messages) - goldenMessages; n > 0 {
		fmt.Fprintf(b, "── and %d more\n", n)
	}
}

// writeBlock writes one block: a letter for its kind, then what it shows.
func writeBlock(t *testing.T, b *strings.Builder, block slackgo.Block) {
	t.Helper()
	mark, text := "?", ""
	switch block := block.(type) {
	case *slackgo.HeaderBlock:
		mark, text = "H", block.Text.Text
	case *slackgo.SectionBlock:
		mark, text = "M", block.Text.Text
	case *slackgo.ContextBlock:
		mark, text = "N", block.ContextElements.Elements[0].(*slackgo.TextBlockObject).Text
	case *slackgo.ActionBlock:
		mark = "A"
		for _, e := range block.Elements.ElementSet {
			switch e := e.(type) {
			case *slackgo.ButtonBlockElement:
				text += "[" + e.Text.Text + "] "
			case *slackgo.SelectBlockElement:
				text += "[" + e.Placeholder.Text + " ▾] "
			}
		}
	case *slackgo.RichTextBlock:
		mark, text = "B", richText(block)
	default:
		t.Errorf("a block of the kind %T", block)
	}
	fmt.Fprintf(b, "%s     %s\n", mark, strings.ReplaceAll(strings.ReplaceAll(strings.TrimRight(text, " "), "\u00ad", ""), "\n", "\n      "))
}

func richText(block *slackgo.RichTextBlock) string {
	var b strings.Builder
	for _, element := range block.Elements {
		var runs []slackgo.RichTextSectionElement
		switch e := element.(type) {
		case *slackgo.RichTextSection:
			runs = e.Elements
		case *slackgo.RichTextPreformatted:
			runs = e.Elements
		}
		for _, run := range runs {
			switch r := run.(type) {
			case *slackgo.RichTextSectionTextElement:
				if r.Style != nil && r.Style.Bold {
					b.WriteString("*" + r.Text + "*")
				} else {
					b.WriteString(r.Text)
				}
			case *slackgo.RichTextSectionLinkElement:
				b.WriteString("[" + r.Text + "]")
			}
		}
	}
	return b.String()
}
