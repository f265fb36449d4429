// Package html shows messages as one page, for people who look at what Dangol
// says without a Slack: the demo, a dry run, a mail to a colleague.
//
// It reads the Block Kit JSON that Slack gets, not the messages before: so the
// page shows what is left after escaping, resolving and cutting to Slack's limits.
// The page is one file that fetches nothing and runs nothing.
package html

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
)

// Page is what a page shows.
type Page struct {
	Locale  string // of its words: en, ko
	Title   string
	Lead    []string // sentences under the title
	Figures []Figure
	Table   Table
	Sent    []Sent            // oldest first
	Users   map[string]string // Slack user ids in the blocks, by name
	Notes   []string          // small print at the end
	Words   Words
}

// Figure is one number with what it counts.
type Figure struct{ Value, Label string }

// Table is a list with a heading; without rows it is left out.
type Table struct {
	Title   string
	Columns []Column
	Rows    [][]string
	More    string // words about rows that are left out; may be empty
}

// Column is a column's heading.
type Column struct {
	Name    string
	Numeric bool
}

// Words are the page's own words, in its locale.
type Words struct {
	App      string // beside the sender's name, as Slack marks programs
	Channels string // heading of the list of channels
	People   string // heading of the list of direct messages
	Direct   string // before a person's name
	Quiet    string // where there is no message
	Notes    string // heading of the notes
	Reply    string // over an answer whose message is not on the page
	Update   string // over a new wording of a message that is not on the page

	Messages func(n int) string
	Replies  func(n int) string
	Edited   func(day string, earlier int) string
}

var (
	//go:embed page.css
	style string
	//go:embed page.tmpl
	source string
	layout = template.Must(template.New("page").Parse(source))
)

// policy forbids everything but the page's own style and the images in it.
var policy = fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'", digest(style))

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Policy is the page's Content-Security-Policy, for the header of a server.
func Policy() string { return policy }

// view is what the template reads.
type view struct {
	Page
	Policy string
	Style  template.CSS
	Places []*place
}

// Channels are the places that are no person's.
func (v view) Channels() []*place { return v.ofKind(false) }

// People are the direct messages.
func (v view) People() []*place { return v.ofKind(true) }

func (v view) ofKind(direct bool) []*place {
	var list []*place
	for _, p := range v.Places {
		if p.Direct == direct {
			list = append(list, p)
		}
	}
	return list
}

// Write writes the page.
func Write(w io.Writer, p Page) error {
	d := &drawing{users: p.Users}
	v := view{Page: p.shown(), Policy: policy, Style: template.CSS(style), Places: d.arrange(p.Sent, p.Words)}
	for i, one := range v.Places {
		one.Anchor = fmt.Sprintf("place-%d", i+1)
	}
	return layout.Execute(w, v)
}

// shown is the page with what can be seen of its words.
func (p Page) shown() Page {
	p.Title, p.Table.Title, p.Table.More = visible(p.Title), visible(p.Table.Title), visible(p.Table.More)
	p.Lead, p.Notes = seen(p.Lead), seen(p.Notes)
	figures, rows := p.Figures, p.Table.Rows
	p.Figures = make([]Figure, len(figures))
	for i, f := range figures {
		p.Figures[i] = Figure{visible(f.Value), visible(f.Label)}
	}
	p.Table.Rows = make([][]string, len(rows))
	for i, row := range rows {
		p.Table.Rows[i] = seen(row)
	}
	return p
}

func seen(list []string) []string {
	shown := make([]string, len(list))
	for i, s := range list {
		shown[i] = visible(s)
	}
	return shown
}
