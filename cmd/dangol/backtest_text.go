package main

import (
	"io"
	"math"
	"strings"
)

// barWidth is the most columns a bar takes.
const barWidth = 24

// writeText prints the result in columns of a terminal, with small bars.
func (v backtestView) writeText(w io.Writer) error {
	t := &sheetOfText{say: v.say}
	title := v.title()
	t.wrapped("", "", title)
	t.WriteString(strings.Repeat("─", min(columns(title), pageWidth)) + "\n")
	for _, line := range v.lead() {
		t.wrapped("", "", line)
	}
	for _, p := range v.parts() {
		t.WriteString("\n" + p.Title + "\n")
		for _, line := range p.Lead {
			t.wrapped(indent, indent, line)
		}
		t.figures(p)
		for _, line := range p.Notes {
			t.wrapped(indent, indent, line)
		}
	}
	t.WriteString("\n")
	for _, line := range v.notes() {
		t.wrapped("", "", line)
	}
	_, err := io.WriteString(w, t.String())
	return err
}

// notes are what has to be known before believing any of it.
func (v backtestView) notes() []string {
	return []string{v.say.Text("backtest_note_past"), v.say.Text("backtest_note_today"), v.say.Text("backtest_note_docs")}
}

// figures sets the table of a part; a row of one cell is a heading.
func (t *sheetOfText) figures(p part) {
	head := make([]string, len(p.Table.Columns))
	for i, c := range p.Table.Columns {
		head[i] = c.Name
	}
	widths := make([]int, len(head))
	for _, row := range append([][]string{head}, p.Table.Rows...) {
		if len(row) == 1 && len(head) > 1 {
			continue
		}
		for i, cell := range row {
			widths[i] = max(widths[i], columns(cell))
		}
	}
	t.row(head, widths, 0)
	for i, row := range p.Table.Rows {
		bar := 0.0
		if p.bars != nil {
			bar = p.bars[i]
		}
		t.row(row, widths, bar)
	}
}

// row writes one row: the first cell to the left, the others to the right, then
// the bar.
func (t *sheetOfText) row(cells []string, widths []int, share float64) {
	if len(cells) == 1 && len(widths) > 1 {
		t.WriteString(indent + cells[0] + "\n")
		return
	}
	line := indent + indent + padded(cells[0], widths[0])
	for i, cell := range cells[1:] {
		line += "  " + strings.Repeat(" ", widths[i+1]-columns(cell)) + cell
	}
	if share > 0 {
		line += "  " + bar(share)
	}
	t.WriteString(strings.TrimRight(line, " ") + "\n")
}

// bar draws a share of the full width in eighths of a column.
func bar(share float64) string {
	eighths := int(math.Round(min(1, max(0, share)) * barWidth * 8))
	full := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		full += string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	return full
}
