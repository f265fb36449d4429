package html

import (
	"encoding/json"
	"regexp"

	"dangol/notify"
)

// Sent is one delivery as Slack gets it.
type Sent struct {
	ID     string    // the delivery id
	Op     notify.Op // what it does
	Target string    // the delivery that a reply or an update refers to
	Place  string    // where it goes, as people call it
	Direct bool      // Place is a person's direct messages
	Day    string    // when, as people write it
	Text   string    // the fallback text, mrkdwn
	Blocks json.RawMessage
}

// place is a channel or a person's direct messages.
type place struct {
	Anchor  string
	Name    string
	Direct  bool
	Days    []day
	Posts   int
	Caption string
}

// day is what was posted at one place on one day.
type day struct {
	Name    string
	Threads []*thread
}

// thread is a message with everything that happened to it.
type thread struct {
	Anchor  string
	Orphan  notify.Op // the operation, where its target is not on this page
	States  []state   // what it said, oldest first
	Replies []state
	Edited  string // words about the states
}

// state is what a message says since a day.
type state struct {
	Day   string
	Parts []part
}

// Now is what the message says at last.
func (t *thread) Now() state { return t.States[len(t.States)-1] }

// Earlier is what it said before, newest first.
func (t *thread) Earlier() []state {
	var list []state
	for i := len(t.States) - 2; i >= 0; i-- {
		list = append(list, t.States[i])
	}
	return list
}

// arrange gathers deliveries, oldest first, into threads: channels before
// people, each in the order of its first message; within a place the newest day
// comes first.
func (d *drawing) arrange(sent []Sent, words Words) []*place {
	var places []*place
	byName := map[string]*place{}
	byID := map[string]*thread{}
	for _, s := range sent {
		now := state{Day: s.Day, Parts: d.blocks(s.Blocks, s.Text)}
		if t, ok := byID[s.Target]; ok && s.Op != notify.Post {
			byID[s.ID] = t
			if s.Op == notify.Reply {
				t.Replies = append(t.Replies, now)
				continue
			}
			t.States = append(t.States, now)
			t.Edited = words.Edited(s.Day, len(t.States)-1)
			continue
		}
		p := byName[s.Place]
		if p == nil {
			p = &place{Name: visible(s.Place), Direct: s.Direct}
			byName[s.Place] = p
			places = append(places, p)
		}
		t := &thread{Anchor: anchor(s.ID), States: []state{now}}
		if s.Op != notify.Post {
			t.Orphan = s.Op
		}
		byID[s.ID] = t
		p.post(s.Day, t)
	}
	return inOrder(places, words)
}

// post adds a thread; days come in order, so the newest is put in front.
func (p *place) post(name string, t *thread) {
	if len(p.Days) == 0 || p.Days[0].Name != name {
		p.Days = append([]day{{Name: name}}, p.Days...)
	}
	p.Days[0].Threads = append(p.Days[0].Threads, t)
	p.Posts++
}

func inOrder(places []*place, words Words) []*place {
	var channels, people []*place
	for _, p := range places {
		p.Caption = words.Messages(p.Posts)
		if p.Direct {
			people = append(people, p)
		} else {
			channels = append(channels, p)
		}
	}
	return append(channels, people...)
}

// pageAddress begins the address of a message of this page; the host can exist
// nowhere.
const pageAddress = "https://page.invalid/"

var anchorable = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// Permalink is the address under which a block links to a delivery that is on
// the same page; empty where the id can be no address.
func Permalink(id string) string {
	if anchor(id) == "" {
		return ""
	}
	return pageAddress + "#" + anchor(id)
}

func anchor(id string) string {
	if !anchorable.MatchString(id) {
		return ""
	}
	return "m-" + id
}
