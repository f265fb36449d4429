package fakeslack

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// channel is a conversation: public, private or direct.
type channel struct {
	id       string
	name     string // without "#"; empty for direct messages
	user     string // of direct messages
	private  bool
	archived bool
	member   bool       // whether the app is in it
	messages []*Message // by time, replies inside
}

// Message is what a conversation shows.
type Message struct {
	TS       string
	ThreadTS string // of a reply: its parent
	User     string
	Text     string
	Blocks   json.RawMessage
	Metadata json.RawMessage
	Edited   int // how often it was updated
	Replies  []Message

	deleted bool
	thread  []*Message
	listed  time.Time // from when on the history has it
}

// AddChannel adds a public channel with the app in it and returns its id.
func (s *Server) AddChannel(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &channel{id: fmt.Sprintf("C%07d", len(s.channels)+1), name: strings.TrimPrefix(name, "#"), member: true}
	s.channels = append(s.channels, c)
	return c.id
}

// View is a conversation seen from a test.
type View struct {
	s    *Server
	find func() *channel
}

// Channel returns a channel by name ("#x") or id. One that does not exist
// shows nothing.
func (s *Server) Channel(name string) View {
	return View{s, func() *channel { return s.named(name) }}
}

// DM returns the direct messages with a user. They show nothing before the
// first message.
func (s *Server) DM(user string) View {
	return View{s, func() *channel { return s.dm(user) }}
}

// change applies f to the conversation, if it exists.
func (v View) change(f func(c *channel)) View {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	if c := v.find(); c != nil {
		f(c)
	}
	return v
}

// ID returns the conversation's id, empty when it does not exist.
func (v View) ID() (id string) {
	v.change(func(c *channel) { id = c.id })
	return id
}

// Private makes the channel a private one.
func (v View) Private() View { return v.change(func(c *channel) { c.private = true }) }

// Archive closes the channel; Unarchive opens it again.
func (v View) Archive() View { return v.change(func(c *channel) { c.archived = true }) }

// Unarchive opens an archived channel.
func (v View) Unarchive() View { return v.change(func(c *channel) { c.archived = false }) }

// Kick removes the app from the channel; Invite brings it back.
func (v View) Kick() View { return v.change(func(c *channel) { c.member = false }) }

// Invite adds the app to the channel.
func (v View) Invite() View { return v.change(func(c *channel) { c.member = true }) }

// Rename gives the channel another name.
func (v View) Rename(name string) View {
	return v.change(func(c *channel) { c.name = strings.TrimPrefix(name, "#") })
}

// Messages returns what the conversation shows: its messages by time, each
// with the replies in its thread. A deleted message shows only while it has
// replies.
func (v View) Messages() []Message {
	var list []Message
	v.change(func(c *channel) {
		for _, m := range c.messages {
			shown := m.copy()
			for _, reply := range m.thread {
				if !reply.deleted {
					shown.Replies = append(shown.Replies, reply.copy())
				}
			}
			if !m.deleted || len(shown.Replies) > 0 {
				list = append(list, shown)
			}
		}
	})
	return list
}

func (m *Message) copy() Message {
	c := *m
	c.thread = nil
	if m.deleted {
		c.Text, c.Blocks, c.Metadata = "This message was deleted.", nil, nil
	}
	return c
}

// Say lets somebody else write a message and returns its ts.
func (v View) Say(user, text string) (ts string) {
	v.change(func(c *channel) {
		ts = v.s.stamp()
		c.messages = append(c.messages, &Message{TS: ts, User: user, Text: text})
	})
	return ts
}

// Delete removes a message.
func (v View) Delete(ts string) {
	v.change(func(c *channel) {
		if m, _ := c.message(ts); m != nil {
			m.deleted = true
		}
	})
}

// named finds a channel by "#name", name or id. The caller holds the lock.
func (s *Server) named(name string) *channel {
	bare := strings.TrimPrefix(name, "#")
	i := slices.IndexFunc(s.channels, func(c *channel) bool {
		return c.id == name || c.name != "" && c.name == bare
	})
	if i < 0 {
		return nil
	}
	return s.channels[i]
}

// byID finds a conversation by id only, as most methods do.
func (s *Server) byID(id string) *channel {
	i := slices.IndexFunc(s.channels, func(c *channel) bool { return c.id == id })
	if i < 0 {
		return nil
	}
	return s.channels[i]
}

func (s *Server) dm(user string) *channel {
	i := slices.IndexFunc(s.channels, func(c *channel) bool { return c.user == user && user != "" })
	if i < 0 {
		return nil
	}
	return s.channels[i]
}

// open returns the direct messages with a user, new ones if need be, or the
// code of the refusal.
func (s *Server) open(user string) (*channel, string) {
	i := slices.IndexFunc(s.users, func(u User) bool { return u.ID == user })
	if i < 0 {
		return nil, "user_not_found"
	}
	if s.users[i].Gone {
		return nil, "user_disabled"
	}
	if c := s.dm(user); c != nil {
		return c, ""
	}
	c := &channel{id: fmt.Sprintf("D%07d", len(s.channels)+1), user: user, member: true, private: true}
	s.channels = append(s.channels, c)
	return c, ""
}

// message finds a message or reply by ts, and the message it stands under.
func (c *channel) message(ts string) (m, parent *Message) {
	for _, top := range c.messages {
		if top.TS == ts {
			return top, top
		}
		for _, reply := range top.thread {
			if reply.TS == ts {
				return reply, top
			}
		}
	}
	return nil, nil
}
