package html

import (
	"strconv"
	"strings"
)

// rich reads the elements of a rich_text block.
func (d *drawing) rich(elements []object) []node {
	var list []node
	for _, e := range elements {
		switch e.text("type") {
		case "rich_text_section":
			if n := len(list); n > 0 && list[n-1].Kind != isBullets && list[n-1].Kind != isNumbers && list[n-1].Kind != isPre && list[n-1].Kind != isQuote {
				list = append(list, node{Kind: isText, Text: "\n"})
			}
			list = append(list, d.runs(e.children("elements"))...)
		case "rich_text_preformatted":
			list = append(list, inside(isPre, d.runs(e.children("elements")))...)
		case "rich_text_quote":
			list = append(list, inside(isQuote, d.runs(e.children("elements")))...)
		case "rich_text_list":
			list = append(list, d.list(e)...)
		default:
			list = append(list, textNode(strings.Join(texts(e), " "))...)
		}
	}
	return list
}

func (d *drawing) list(e object) []node {
	k := isBullets
	if e.text("style") == "ordered" {
		k = isNumbers
	}
	var items []node
	for _, item := range e.children("elements") {
		items = append(items, inside(isItem, d.rich([]object{item}))...)
	}
	return inside(k, items)
}

func (d *drawing) runs(elements []object) []node {
	var list []node
	for _, e := range elements {
		list = append(list, styled(e.child("style"), d.run(e))...)
	}
	return list
}

// run is one element of a section of rich text.
func (d *drawing) run(e object) []node {
	switch e.text("type") {
	case "text":
		return textNode(e.text("text"))
	case "link":
		return linkNode(e.text("url"), e.text("text"))
	case "user":
		return []node{d.user(e.text("user_id"), "")}
	case "channel":
		return []node{mention("#" + e.text("channel_id"))}
	case "usergroup":
		return []node{mention("@" + e.text("usergroup_id"))}
	case "broadcast":
		return []node{mention("@" + e.text("range"))}
	case "emoji":
		return textNode(picturedAs(e))
	case "color":
		return textNode(e.text("value"))
	}
	return textNode(strings.Join(texts(e), " "))
}

// picturedAs is an emoji's character, or its name.
func picturedAs(e object) string {
	var b strings.Builder
	for code := range strings.SplitSeq(e.text("unicode"), "-") {
		r, err := strconv.ParseInt(code, 16, 32)
		if err != nil {
			return either(emoji[e.text("name")], ":"+e.text("name")+":")
		}
		b.WriteRune(rune(r))
	}
	return b.String()
}

func styled(style object, nodes []node) []node {
	for _, s := range []struct {
		name string
		kind kind
	}{{"code", isCode}, {"strike", isStrike}, {"italic", isItalic}, {"bold", isBold}} {
		if style.yes(s.name) {
			nodes = inside(s.kind, nodes)
		}
	}
	return nodes
}
