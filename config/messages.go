package config

import (
	"fmt"

	yaml "go.yaml.in/yaml/v4"
)

// Sentence is one of the user's own, in the place of a built-in one.
type Sentence struct {
	Text string
	Line int // in the file that messages names
}

// messagesRemedy says what the file holds.
const messagesRemedy = `want a locale and below it key: sentence, as in en: {link: "Open"}; docs/messages.md lists the keys`

// readMessages reads the user's own sentences. Whether each can stand where it is
// to stand, only the wording knows.
func (c *Config) readMessages(p *problems) {
	c.Sentences = map[string]map[string]Sentence{}
	if c.Messages == "" || c.unsetAt("messages") || p.has("messages") {
		return
	}
	text, err := read(c.Path(c.Messages))
	if err != nil {
		p.add("messages", fmt.Sprintf("cannot read the file: %v", err), fileRemedy(err))
		return
	}
	own := &problems{file: c.Messages}
	if root := own.parse(text); root != nil {
		c.sentences(own, root)
	}
	for _, one := range own.list {
		where := c.Messages
		if one.line > 0 {
			where = fmt.Sprintf("%s:%d", c.Messages, one.line)
		}
		if one.key != "" {
			where += ": " + one.key
		}
		if one.remedy == fromReadme || one.key == "" {
			one.remedy = messagesRemedy
		}
		p.add("messages", where+": "+one.text, one.remedy)
	}
}

// sentences takes the locales and what stands below them.
func (c *Config) sentences(p *problems, root *yaml.Node) {
	p.each(root, "", func(name, value *yaml.Node) {
		switch {
		case name.Value != "en" && name.Value != "ko":
			p.addAt(name.Line, name.Value, "unknown locale", "want en or ko, and the sentences below it")
		case value.Kind != yaml.MappingNode:
			p.addAt(name.Line, name.Value, "no keys and values", messagesRemedy)
		default:
			all := map[string]Sentence{}
			p.each(value, name.Value, func(key, text *yaml.Node) {
				if text.Kind != yaml.ScalarNode || text.ShortTag() == "!!null" {
					p.addAt(key.Line, name.Value+"."+key.Value, "no sentence", "write the sentence in quotes, or remove the key: the built-in one then stands")
					return
				}
				all[key.Value] = Sentence{Text: text.Value, Line: key.Line}
			})
			c.Sentences[name.Value] = all
		}
	})
}

// each walks over the keys of a group; one that stands there twice is told.
func (p *problems) each(group *yaml.Node, under string, take func(key, value *yaml.Node)) {
	first := map[string]int{}
	for i := 0; i+1 < len(group.Content); i += 2 {
		key, value := group.Content[i], group.Content[i+1]
		switch line := first[key.Value]; {
		case key.Kind != yaml.ScalarNode || key.Value == "<<":
			p.addAt(key.Line, under, "a key that is no text", messagesRemedy)
		case line > 0:
			p.addAt(key.Line, join(under, key.Value), fmt.Sprintf("the key stands twice, also in line %d", line), "keep one of the two")
		default:
			first[key.Value] = key.Line
			take(key, value)
		}
	}
}
