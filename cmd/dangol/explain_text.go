package main

import (
	"io"
	"strings"

	"dangol/internal/finding"
	"dangol/jobs/explain"
	"dangol/notify/terminal"
	"dangol/notify/wording"

	"golang.org/x/text/width"
)

const (
	// pageWidth is the most columns an explanation takes.
	pageWidth = 100
	// indent sets a section apart from its heading.
	indent = "  "
)

// sheetOfText words an explanation and sets it in columns of a terminal.
type sheetOfText struct {
	strings.Builder
	say *wording.Wording
}

// writeExplanation prints an explanation, at most pageWidth columns wide.
func writeExplanation(w io.Writer, say *wording.Wording, e explain.Explanation) error {
	t := &sheetOfText{say: say}
	title := t.words(e.Title)
	t.wrapped("", "", title)
	t.WriteString(strings.Repeat("─", min(columns(title), pageWidth)) + "\n")
	for _, line := range e.Subtitle {
		t.wrapped("", "", t.words(line.Parts...))
	}
	for _, section := range e.Sections {
		t.WriteString("\n" + t.words(section.Heading) + "\n")
		t.section(section.Lines)
	}
	_, err := io.WriteString(w, t.String())
	return err
}

// words joins phrases; one that ends in a colon introduces the rest.
func (t *sheetOfText) words(phrases ...finding.Phrase) string {
	var text string
	for i, p := range phrases {
		switch {
		case i == 0:
		case i == 1 && strings.HasSuffix(text, ":"):
			text += " "
		default:
			text += " · "
		}
		text += terminal.Visible(t.say.Say(p))
	}
	return text
}

func (t *sheetOfText) section(lines []explain.Line) {
	marks, deeper := 0, ""
	for _, line := range lines {
		if line.Mark == explain.Item {
			deeper = indent // what is marked belongs to the item above
		}
		if word, ok := line.Mark.Phrase(); ok {
			marks = max(marks, columns(t.words(word)))
		}
	}
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		switch word, ok := line.Mark.Phrase(); {
		case ok:
			first := indent + deeper + padded(t.words(word), marks) + "  "
			t.wrapped(first, strings.Repeat(" ", columns(first)), t.words(line.Parts...))
		case line.Mark == explain.Item:
			t.wrapped(indent+"- ", indent+"  ", t.words(line.Parts...))
		case line.Grid != nil:
			t.grid(line.Grid)
		case line.Cells != nil:
			from := i
			for i+1 < len(lines) && lines[i+1].Cells != nil {
				i++
			}
			t.table(lines[from : i+1])
		default:
			t.wrapped(indent, indent+"  ", t.words(line.Parts...))
		}
	}
}

// wrapped writes a text in lines, the first and the later ones begun as given.
func (t *sheetOfText) wrapped(first, later, text string) {
	line, empty := first, true
	for _, word := range strings.Fields(text) {
		if !empty && columns(line)+1+columns(word) > pageWidth {
			t.WriteString(line + "\n")
			line, empty = later, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	t.WriteString(line + "\n")
}

// grid sets short texts in as many columns as fit, row by row.
func (t *sheetOfText) grid(texts []string) {
	widest := 0
	for _, text := range texts {
		widest = max(widest, columns(text))
	}
	const apart = 4
	perRow := max(1, (pageWidth-2*len(indent)+apart)/(widest+apart))
	for i, text := range texts {
		last := (i+1)%perRow == 0 || i == len(texts)-1
		if i%perRow == 0 {
			t.WriteString(indent + indent)
		}
		if last {
			t.WriteString(text + "\n")
			continue
		}
		t.WriteString(padded(text, widest+apart))
	}
}

// table aligns rows: labels to the left, cells to the right.
func (t *sheetOfText) table(rows []explain.Line) {
	label, cell := 0, 0
	for _, row := range rows {
		label = max(label, columns(t.words(row.Parts...)))
		for _, c := range row.Cells {
			cell = max(cell, columns(c))
		}
	}
	for _, row := range rows {
		t.WriteString(indent + indent + padded(t.words(row.Parts...), label))
		for _, c := range row.Cells {
			t.WriteString("   " + strings.Repeat(" ", cell-columns(c)) + c)
		}
		t.WriteString("\n")
	}
}

func padded(text string, to int) string { return text + strings.Repeat(" ", max(0, to-columns(text))) }

// columns counts the columns that a text takes: East Asian wide characters two.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n++
		if kind := width.LookupRune(r).Kind(); kind == width.EastAsianWide || kind == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}
