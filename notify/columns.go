package notify

import (
	"strings"

	"golang.org/x/text/width"
)

// firstColumn is the most that the first column of a table takes, in cells: with
// it a digest's table fits the width of a phone.
const firstColumn = 12

// Columns lays a table out as lines of equal width, for a font in which all
// characters are as wide, and those of wide scripts twice: the first column to
// the left, the others to the right. clean makes a cell fit to be shown.
func Columns(table Block, clean func(string) string) []string {
	rows := make([][]string, len(table.Lines))
	var widths []int
	for i, line := range table.Lines {
		for j, span := range line {
			text := clean(span.Text)
			if j == 0 {
				text = shortened(text, firstColumn)
			}
			rows[i] = append(rows[i], text)
			if j == len(widths) {
				widths = append(widths, 0)
			}
			widths[j] = max(widths[j], cells(text))
		}
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		for j, text := range row {
			gap := strings.Repeat(" ", widths[j]-cells(text))
			if j == 0 {
				lines[i] = text + gap
			} else {
				lines[i] += " " + gap + text
			}
		}
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

// shortened cuts a text to so many cells, ending in "…".
func shortened(text string, most int) string {
	if cells(text) <= most {
		return text
	}
	kept, n := "", 1
	for _, r := range text {
		if n += cellsOf(r); n > most {
			break
		}
		kept += string(r)
	}
	return strings.TrimRight(kept, " ") + "…"
}

// cells is how many cells a text takes.
func cells(text string) int {
	n := 0
	for _, r := range text {
		n += cellsOf(r)
	}
	return n
}

func cellsOf(r rune) int {
	if p := width.LookupRune(r).Kind(); p == width.EastAsianWide || p == width.EastAsianFullwidth {
		return 2
	}
	return 1
}
