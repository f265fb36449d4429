package slack

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	slackgo "github.com/slack-go/slack"

	"dangol/notify"
)

// Slack's limits on a table; a message holds one.
const (
	maxRows, maxColumns = 100, 20
	maxTable            = 10000 // characters of all cells
)

// table draws lines as rows and their spans as cells: the first row bold, all
// columns but the first to the right. Slack takes one table a message; the next
// is lines of text.
func table(b notify.Block) slackgo.Block {
	drawn := slackgo.NewTableBlock("")
	columns := 0
	for i, row := range b.Lines {
		cells := make([]slackgo.TableCell, len(row))
		for j, span := range row {
			cells[j] = tableCell(span.Text, i == 0)
		}
		columns = max(columns, len(row))
		drawn.AddRow(cells...)
	}
	settings := make([]slackgo.ColumnSetting, columns)
	for i := range settings {
		settings[i] = slackgo.ColumnSetting{Align: slackgo.ColumnAlignmentRight}
	}
	if columns > 0 {
		settings[0] = slackgo.ColumnSetting{Align: slackgo.ColumnAlignmentLeft, IsWrapped: true}
	}
	if len(drawn.Rows) == 0 {
		return nil
	}
	return drawn.WithColumnSettings(settings...)
}

func tableCell(text string, bold bool) slackgo.TableCell {
	text = cmp.Or(strings.TrimSpace(clean(text)), "–") // Slack refuses an empty cell
	if !bold {
		return slackgo.NewTableRawTextCell(text)
	}
	return slackgo.NewTableRichTextCell(slackgo.NewRichTextSection(slackgo.NewRichTextSectionTextElement(text, style(true))))
}

// asLines writes tables as lines of text, where a table does not fit.
func asLines(blocks []notify.Block) []notify.Block {
	list := make([]notify.Block, len(blocks))
	for i, block := range blocks {
		if block.Kind == notify.Table {
			block = notify.Block{Kind: notify.Body, Lines: notify.Rows(block)}
		}
		list[i] = block
	}
	return list
}

func validateTable(b *slackgo.TableBlock) error {
	if n := len(b.Rows); n < 1 || n > maxRows {
		return fmt.Errorf("%d rows, 1 to %d", n, maxRows)
	}
	for _, row := range b.Rows {
		if n := len(row); n < 1 || n > maxColumns {
			return fmt.Errorf("%d columns, 1 to %d", n, maxColumns)
		}
		for _, one := range row {
			if strings.TrimSpace(cellText(one)) == "" {
				return fmt.Errorf("an empty cell")
			}
		}
	}
	if n := tableWeight(b); n > maxTable {
		return fmt.Errorf("%d characters, at most %d", n, maxTable)
	}
	return nil
}

func tableWeight(b *slackgo.TableBlock) int {
	n := 0
	for _, row := range b.Rows {
		for _, one := range row {
			n += utf8.RuneCountInString(cellText(one))
		}
	}
	return n
}

func cellText(one slackgo.TableCell) string {
	switch c := one.(type) {
	case *slackgo.TableRawTextCell:
		return c.Text
	case *slackgo.TableRichTextCell:
		text := ""
		for _, element := range c.Elements {
			if section, ok := element.(*slackgo.RichTextSection); ok {
				for _, run := range section.Elements {
					text += runText(run)
				}
			}
		}
		return text
	}
	return ""
}
