package terminal_test

import (
	"errors"
	"strings"
	"testing"

	"dangol/notify"
	"dangol/notify/terminal"

	"github.com/google/go-cmp/cmp"
)

// words is the frame of these tests; a program takes its own from its language.
var words = terminal.Frame{Thread: "↳ answers in", Updated: "✎ changed in"}

func TestWrite(t *testing.T) {
	m := notify.Message{Op: notify.Post, Text: "fallback", Blocks: []notify.Block{
		{Kind: notify.Header, Lines: []notify.Line{{{Text: "Lost: Kim"}}}},
		{Kind: notify.Body, Lines: []notify.Line{{{Text: "Do:", Bold: true}, {Text: " call"}}, {{Text: "more "}, {Text: "Details", Delivery: "d1"}}}},
		{Kind: notify.Mention, Lines: []notify.Line{{{Text: "Owner: "}, {Text: "Ann", Rep: "r1"}}}},
	}}
	for op, arrow := range map[notify.Op]string{notify.Post: "▶", notify.Reply: "↳ answers in", notify.Update: "✎ changed in"} {
		m.Op = op
		var b strings.Builder
		if err := words.Write(&b, "#alerts", m); err != nil {
			t.Fatal(err)
		}
		want := arrow + " #alerts\n  Lost: Kim\n  " + strings.Repeat("─", 72) + "\n  Do: call\n  more [Details]\n  Owner: @Ann\n\n"
		if diff := cmp.Diff(want, b.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", op, diff)
		}
	}
}

// A customer's name cannot move the cursor, colour the screen, end the line or
// turn the text around.
func TestControlCharacters(t *testing.T) {
	var b strings.Builder
	name := "a\x1b[31mb\nc\td\re\x00\x7f\u009b\u202ef\u2066g\u200fh 김"
	m := notify.Message{Blocks: []notify.Block{{Kind: notify.Body, Lines: []notify.Line{{{Text: name}, {Text: name, Rep: "r"}, {Text: name, Delivery: "d"}}}}}}
	if err := words.Write(&b, "x", m); err != nil {
		t.Fatal(err)
	}
	clean := "a[31mb c d efgh 김"
	if want := "▶ x\n  " + clean + "@" + clean + "[" + clean + "]\n\n"; b.String() != want {
		t.Errorf("%q; want %q", b.String(), want)
	}
}

type full struct{}

var errFull = errors.New("no space")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteError(t *testing.T) {
	if err := words.Write(full{}, "x", notify.Message{}); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}
