package html

import "strings"

// kind says how a node is drawn.
type kind string

// The kinds of nodes.
const (
	isText    kind = "text"
	isBold    kind = "bold"
	isItalic  kind = "italic"
	isStrike  kind = "strike"
	isCode    kind = "code"
	isPre     kind = "pre"
	isQuote   kind = "quote"
	isLink    kind = "link"
	isMention kind = "mention"
	isBullets kind = "bullets"
	isNumbers kind = "numbers"
	isItem    kind = "item"
)

// node is a run of text, or mark-up around other nodes. The template escapes
// every Text and URL, so a node can hold whatever a customer is called.
type node struct {
	Kind kind
	Text string
	URL  string // of a link
	Kids []node
}

// textNode is plain text; nothing where nothing of it can be seen.
func textNode(s string) []node {
	if s = visible(s); s == "" {
		return nil
	}
	return []node{{Kind: isText, Text: s}}
}

func mention(name string) node { return node{Kind: isMention, Text: visible(name)} }

// inside wraps nodes; nothing stays nothing.
func inside(k kind, kids []node) []node {
	if len(kids) == 0 {
		return nil
	}
	return []node{{Kind: k, Kids: kids}}
}

// linkNode is a link where the address is one that a reader may follow; else
// both label and address stand as text.
func linkNode(url, label string) []node {
	url = strings.TrimSpace(visible(url))
	if label = visible(label); strings.TrimSpace(label) == "" {
		label = url
	}
	if url == "" || label == "" {
		return textNode(label)
	}
	if anchor, ok := strings.CutPrefix(url, pageAddress); ok {
		return []node{{Kind: isLink, URL: anchor, Text: label}}
	}
	for _, scheme := range []string{"https://", "http://", "mailto:"} {
		if strings.HasPrefix(strings.ToLower(url), scheme) {
			return []node{{Kind: isLink, URL: url, Text: label}}
		}
	}
	if url == label {
		return textNode(label)
	}
	return textNode(label + " (" + url + ")")
}
