package fakeslack

import (
	"encoding/json"
	"regexp"
	"strings"
)

// shown is one piece of text of a block.
type shown struct {
	raw    string // as sent
	mrkdwn bool   // whether Slack reads mark-up in it
	user   string // the user whom it mentions by a rich_text element
	all    bool   // a rich_text broadcast
}

// texts lists the text of blocks in the order of reading.
func texts(blocks []node) []shown {
	var list []shown
	for _, block := range blocks {
		list = append(list, textsOf(block)...)
	}
	return list
}

// order is how the parts of a block follow each other on the screen. The words that
// stand for a picture are not seen.
var order = []string{"text", "fields", "elements", "rows"}

func textsOf(n node) []shown {
	switch n.str("type") {
	case "user":
		return []shown{{raw: "<@" + n.str("user_id") + ">", user: n.str("user_id")}}
	case "broadcast":
		return []shown{{raw: "@" + n.str("range"), all: true}}
	}
	var list []shown
	for _, key := range order {
		if text, ok := n[key].(string); ok {
			list = append(list, shown{raw: text, mrkdwn: n.str("type") == "mrkdwn"})
			continue
		}
		list = append(list, textsIn(n[key])...)
	}
	if url := n.str("url"); n.str("type") == "link" && n.str("text") == "" {
		list = append(list, shown{raw: url})
	}
	return list
}

func textsIn(value any) []shown {
	var list []shown
	switch v := value.(type) {
	case map[string]any:
		list = textsOf(v)
	case []any:
		for _, item := range v {
			list = append(list, textsIn(item)...)
		}
	}
	return list
}

func (m Message) nodes() []node {
	var raw []any
	_ = json.Unmarshal(m.Blocks, &raw) // checked when it was posted
	blocks, _ := nodes(raw)
	return blocks
}

var (
	unescaper = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "\u00ad", "")
	mention   = regexp.MustCompile(`<@([UW][A-Z0-9]+)(\|[^>]*)?>`)
	broadcast = regexp.MustCompile(`<!(channel|here|everyone)`)
	linked    = regexp.MustCompile(`<https?://[^|>]+\|([^>]*)>`)
)

// visible is the text as the screen shows it: entities and links resolved.
func (s shown) visible() string {
	if !s.mrkdwn {
		return s.raw
	}
	return unescaper.Replace(linked.ReplaceAllString(s.raw, "$1"))
}

// Plain returns everything the message says: its text, then its blocks, as the
// screen shows them.
func (m Message) Plain() string {
	var b strings.Builder
	b.WriteString(shown{raw: m.Text, mrkdwn: true}.visible())
	for _, block := range m.nodes() {
		if block.str("type") == "image" {
			continue // no words
		}
		b.WriteString("\n")
		for _, text := range textsOf(block) {
			b.WriteString(text.visible())
		}
	}
	return b.String()
}

// Mentions returns the user ids that the message mentions, once per mention:
// in its blocks, or in its text when it has none.
func (m Message) Mentions() []string {
	var ids []string
	for _, text := range m.notifying() {
		if text.user != "" {
			ids = append(ids, text.user)
		}
		for _, match := range mention.FindAllStringSubmatch(text.markup(), -1) {
			ids = append(ids, match[1])
		}
	}
	return ids
}

// Broadcasts counts the calls to everybody: @channel, @here, @everyone.
func (m Message) Broadcasts() int {
	n := 0
	for _, text := range m.notifying() {
		if text.all {
			n++
		}
		n += len(broadcast.FindAllString(text.markup(), -1))
	}
	return n
}

func (s shown) markup() string {
	if !s.mrkdwn {
		return ""
	}
	return s.raw
}

func (m Message) notifying() []shown {
	if m.Blocks == nil {
		return []shown{{raw: m.Text, mrkdwn: true}}
	}
	return texts(m.nodes())
}

// DeliveryID returns the delivery id in the metadata, empty without one.
func (m Message) DeliveryID() string {
	var metadata struct {
		Payload struct {
			ID string `json:"delivery_id"`
		} `json:"event_payload"`
	}
	_ = json.Unmarshal(m.Metadata, &metadata) // checked when it was posted
	return metadata.Payload.ID
}
