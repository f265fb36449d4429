package html

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"html/template"
)

// drawing turns the blocks of one page's messages into what the template draws.
type drawing struct {
	users map[string]string // Slack user id to name
}

// part is one block, ready for the template.
type part struct {
	Kind   string // header, text, fields, context, divider, actions, image, table, unknown
	Nodes  []node
	Cells  [][]node
	Aside  *part // a section's accessory
	Press  []button
	Image  picture
	Rows   [][]cell
	Styled string // CSS classes of our own
}

// button is a control of a message. It is drawn and does nothing.
type button struct {
	Label string
	Style string // primary, danger or nothing
	More  bool   // a menu
}

// picture is an image with the words that stand for it.
type picture struct {
	Alt, Title string
	Data       template.URL // a data: address, empty where the page may not fetch the image
}

// cell is one cell of a table.
type cell struct {
	Nodes []node
	Right bool // aligned, for numbers
}

// blocks draws a message's Block Kit JSON; its text where there are no blocks
// or they cannot be read. Nothing vanishes: an unknown block shows the texts in it.
func (d *drawing) blocks(raw json.RawMessage, text string) []part {
	var list []object
	if err := json.Unmarshal(raw, &list); err != nil || len(list) == 0 {
		return []part{{Kind: "text", Nodes: d.mrkdwn(text)}}
	}
	parts := make([]part, 0, len(list))
	for _, block := range list {
		p := d.block(block)
		if p.empty() {
			p = d.unknown(block, text)
		}
		parts = append(parts, p)
	}
	return parts
}

func (p part) empty() bool {
	return p.Kind == "" || p.Kind != "divider" && p.Kind != "image" &&
		len(p.Nodes)+len(p.Cells)+len(p.Press)+len(p.Rows) == 0 && p.Aside == nil
}

func (d *drawing) block(b object) part {
	switch b.text("type") {
	case "header":
		return part{Kind: "header", Nodes: d.object(b.child("text"))}
	case "section":
		return d.section(b)
	case "rich_text":
		return part{Kind: "text", Nodes: d.rich(b.children("elements"))}
	case "context":
		return part{Kind: "context", Cells: d.context(b.children("elements"))}
	case "divider":
		return part{Kind: "divider"}
	case "actions":
		return part{Kind: "actions", Press: buttons(b.children("elements"))}
	case "image":
		return d.image(b)
	case "table":
		return d.table(b)
	}
	return part{}
}

func (d *drawing) section(b object) part {
	p := part{Kind: "text", Nodes: d.object(b.child("text"))}
	for _, field := range b.children("fields") {
		p.Cells = append(p.Cells, d.object(field))
	}
	switch accessory := b.child("accessory"); {
	case accessory == nil:
	case accessory.text("type") == "image":
		aside := d.image(accessory)
		p.Aside = &aside
	default:
		p.Aside = &part{Kind: "actions", Press: buttons([]object{accessory})}
	}
	return p
}

// object is a text object: mrkdwn, or plain_text where nothing is mark-up.
func (d *drawing) object(o object) []node {
	if o.text("type") == "mrkdwn" {
		return d.mrkdwn(o.text("text"))
	}
	return textNode(o.text("text"))
}

func (d *drawing) context(elements []object) [][]node {
	var cells [][]node
	for _, e := range elements {
		nodes := d.object(e)
		if e.text("type") == "image" {
			nodes = textNode(e.text("alt_text"))
		}
		if len(nodes) > 0 {
			cells = append(cells, nodes)
		}
	}
	return cells
}

// buttons draws the elements of an actions block: a menu by its placeholder.
func buttons(elements []object) []button {
	var list []button
	for _, e := range elements {
		b := button{Label: either(e.child("text").text("text"), e.child("placeholder").text("text")), More: e.text("type") != "button"}
		if b.Label == "" {
			var labels []string
			for _, option := range e.children("options") {
				labels = append(labels, option.child("text").text("text"))
			}
			b.Label = either(strings.Join(labels, " · "), e.text("type"))
		}
		if style := e.text("style"); style == "primary" || style == "danger" {
			b.Style = style
		}
		b.Label = visible(b.Label)
		list = append(list, b)
	}
	return list
}

// inline is an image that stands in the page itself.
var inline = regexp.MustCompile(`^data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/]+=*$`)

// image shows an image that the page holds, and the words for any other: the
// page fetches nothing.
func (d *drawing) image(b object) part {
	p := part{Kind: "image", Image: picture{Alt: visible(b.text("alt_text")), Title: visible(b.child("title").text("text"))}}
	if url := b.text("image_url"); inline.MatchString(url) {
		p.Image.Data = template.URL(url)
	}
	if p.Image.Data == "" && p.Image.Alt == "" && p.Image.Title == "" {
		return part{}
	}
	return p
}

func (d *drawing) table(b object) part {
	p := part{Kind: "table"}
	var rows [][]object
	if json.Unmarshal(b["rows"], &rows) != nil {
		return part{}
	}
	settings := b.children("column_settings")
	for _, row := range rows {
		cells := make([]cell, len(row))
		for i, c := range row {
			if cells[i].Nodes = textNode(c.text("text")); c.text("type") == "rich_text" {
				cells[i].Nodes = d.rich(c.children("elements"))
			}
			cells[i].Right = i < len(settings) && settings[i].text("align") == "right"
		}
		p.Rows = append(p.Rows, cells)
	}
	return p
}

// unknown shows the texts found in a block of a kind that is not drawn here, or
// else the message's text, and always the kind.
func (d *drawing) unknown(b object, text string) part {
	found := texts(b)
	if len(found) == 0 {
		found = []string{text}
	}
	name := either(b.text("type"), "block")
	return part{Kind: "unknown", Nodes: textNode(fmt.Sprintf("[%s] %s", name, strings.Join(found, " · ")))}
}
