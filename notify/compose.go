package notify

import (
	"cmp"
	"slices"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/notify/wording"
)

// The roles of the channels.
const (
	Alerts   = "alerts"
	Managers = "managers"
	Ops      = "ops"
	Praise   = "leaderboard"
)

// Caps bound the new messages of one as-of date, per destination.
type Caps struct{ Rep, Channel int }

// Night is what the composer knows of a run beside its changes.
type Night struct {
	AsOf        sales.Date
	DataThrough sales.Date
	Quality     sales.Quality // what could not be read, for the small print
	Baseline    Baseline
	Reps        []sales.Rep
	Unreachable map[string]bool // rep ids without a Slack user
	Used        map[string]int  // new messages of this as-of date so far, by Destination.Key
	// Planned is the next visit that is planned to a customer, by id.
	Planned map[string]sales.Date
	// Measured is what the alerts so far have come to, by rule.
	Measured map[finding.Kind]casebook.Measured
	// History are the cases of the last year; Threshold is the odds of loss from
	// which customers are told as lost.
	History   []casebook.Case
	Threshold float64
	// Owned counts the current regulars by owner, by rep id; only where Weekly is set.
	Owned map[string]int
	// Weekly: it is the first run of a week, in which ops hears what the alerts
	// have come to.
	Weekly bool
}

// Baseline counts what the first run found.
type Baseline struct {
	Customers, Regulars, Lost, Overdue int
	Declining, Dropped                 int // dropped products, not customers
}

// Composer words messages and decides where each goes.
type Composer struct {
	Wording *wording.Wording
	Caps    Caps
	NewID   func() string // a new delivery id: unique, telling nothing
	// Managers is the role of the channel that reads what concerns the company.
	Managers string
	// Buttons: somebody listens to what is pressed, so that messages have buttons.
	Buttons bool
}

// Key names the destination, for counting.
func (d Destination) Key() string {
	if d.Rep != "" {
		return "rep:" + d.Rep
	}
	return "channel:" + d.Channel
}

// plan is one night's messages in the making.
type plan struct {
	*Composer
	say      *wording.Wording
	night    Night
	reps     map[string]sales.Rep
	messages []Message
	cases    []*casebook.Case
	posts    []*post
}

func newPlan(c *Composer, night Night) *plan {
	p := &plan{Composer: c, say: c.Wording.On(night.AsOf), night: night, reps: map[string]sales.Rep{}}
	for _, r := range night.Reps {
		p.reps[r.ID] = r
	}
	return p
}

// post is a new message that counts against a cap: a case's own message if
// there is room, a line of a roll-up otherwise.
type post struct {
	to      Destination
	finding finding.Finding
	own     func(id string) Message
	told    func(id string, own bool) // notes in the case how it was told
	link    func() string             // delivery id that a roll-up's line links to, or empty
}

// Compose turns a night's changes into messages, in the order in which they are
// to be sent, and the cases as they will stand once those are committed.
func (c *Composer) Compose(changes []casebook.Change, night Night) ([]Message, []casebook.Case) {
	p := newPlan(c, night)
	p.baseline(changes)
	for i := range changes {
		if changes[i].Reason != casebook.Baseline {
			p.change(changes[i])
		}
	}
	p.settle(func(to Destination) bool { return to.Rep == "" })
	p.settle(func(to Destination) bool { return to.Rep != "" })
	p.ends(changes)
	if p.night.Weekly {
		p.feedback()
	}
	cases := make([]casebook.Case, len(p.cases))
	for i, kept := range p.cases {
		cases[i] = *kept
	}
	return p.messages, cases
}

// keep returns the case that will be stored.
func (p *plan) keep(c casebook.Case) *casebook.Case {
	kept := &c
	p.cases = append(p.cases, kept)
	return kept
}

func (p *plan) send(m Message) { p.messages = append(p.messages, m) }

func (p *plan) change(change casebook.Change) {
	kept := p.keep(change.Case)
	switch change.Reason {
	case casebook.Opened, casebook.Regressed, casebook.Worsened:
		switch {
		case kept.Kind == finding.DataStale:
			p.stale(kept, change.Finding)
		case kept.Kind == finding.CustomerLost, kept.Kind == finding.CustomerDeclining:
			p.public(kept, change)
		case kept.Kind == finding.ProductLosingBuyers:
			p.managers(kept, change.Finding)
		case kept.Kind == finding.RegularNeglected:
			p.neglected(kept, change.Finding)
		default:
			p.private(kept, change.Finding)
		}
	case casebook.ConfirmedLost:
		p.confirmed(kept, change.Finding)
	case casebook.OrderedAgain:
		p.recovered(kept, change)
	case casebook.Woke:
		p.woke(kept, change)
	case casebook.Unanswered:
		p.unanswered(kept, change.Finding)
	case casebook.HandedOver:
		p.handedOver(kept, change)
	case casebook.DataReturned:
		p.dataBack(kept)
	}
}

// ends closes what lasted. That comes last: what a case goes on as has its
// message by then.
func (p *plan) ends(changes []casebook.Change) {
	for i, change := range changes {
		if change.Reason == casebook.Ended || change.Reason == casebook.Replaced {
			p.over(p.cases[i], change)
		}
	}
}

// owner returns the direct messages of the case's owner; without a reachable
// owner, the alerts channel stands for them.
func (p *plan) owner(repID string) (Destination, bool) {
	r, ok := p.reps[repID]
	if !ok || r.Inactive || r.Email == "" || p.night.Unreachable[repID] {
		return Destination{Channel: Alerts}, false
	}
	return Destination{Rep: r.ID, Email: r.Email}, true
}

// private tells the owner only: of a customer who is overdue or dropped a product.
func (p *plan) private(kept *casebook.Case, f finding.Finding) {
	to, private := p.owner(kept.RepID)
	kept.InChannel = !private
	p.posts = append(p.posts, &post{to: to, finding: f,
		own:  func(id string) Message { return p.withPublic(p.alert(id, Post, "", to, kept, f), kept, f) },
		told: func(id string, own bool) { note(kept, id, own) },
	})
}

// update is the living message of a case as it stands now.
func (p *plan) update(target string, to Destination, kept *casebook.Case, f finding.Finding) Message {
	return p.withPublic(p.alert(p.NewID(), Update, target, to, kept, f), kept, f)
}

// withPublic adds to a direct message what the alerts channel may read of it. About
// visits it may read nothing.
func (p *plan) withPublic(m Message, kept *casebook.Case, f finding.Finding) Message {
	if m.To.Rep != "" && kept.Kind != finding.RegularNeglected {
		public := p.alert(m.ID, m.Op, m.Target, Destination{Channel: Alerts}, kept, f)
		m.Public = &Content{Text: public.Text, Blocks: public.Blocks}
	}
	return m
}

// note keeps in the case how it was told.
func note(kept *casebook.Case, id string, own bool) {
	kept.Told = casebook.ByRollUp
	if own {
		kept.Told, kept.Parent = casebook.ByMessage, id
	}
}

// public tells of a customer who is lost or declining. It has one parent in the alerts channel and one line in the owner's direct
// messages: there, an earlier overdue message closes with the link.
func (p *plan) public(kept *casebook.Case, change casebook.Change) {
	alerts := Destination{Channel: Alerts}
	before := change.Before
	direct, private := p.owner(kept.RepID)
	if before != nil && before.Parent != "" && before.InChannel {
		p.send(p.alert(p.NewID(), Update, before.Parent, alerts, kept, change.Finding))
		p.send(p.reply(kept, before.Parent, alerts, p.worsened(change.Finding)))
		if private && kept.Line == "" { // it has an owner by now, whom an edit does not call
			p.point(kept, change.Finding, direct, func() string { return before.Parent })
		}
		return
	}
	toldIn := "" // the message in the channel: the case's own, or the roll-up
	kept.InChannel = true
	p.posts = append(p.posts, &post{to: alerts, finding: change.Finding,
		own: func(id string) Message { return p.alert(id, Post, "", alerts, kept, change.Finding) },
		told: func(id string, own bool) {
			kept.Parent = ""
			toldIn = id
			note(kept, id, own)
			if before != nil && before.Parent != "" {
				kept.Line = before.Parent
				p.send(p.line(p.NewID(), Update, before.Parent, p.direct(before.RepID), kept, change.Finding, toldIn))
			}
		},
	})
	if !private || before != nil && before.Parent != "" && before.RepID == kept.RepID {
		return
	}
	p.point(kept, change.Finding, direct, func() string { return toldIn })
}

// point sends the owner a line with a link to where the case is told.
func (p *plan) point(kept *casebook.Case, f finding.Finding, to Destination, link func() string) {
	p.posts = append(p.posts, &post{to: to, finding: f, link: link,
		own: func(id string) Message { return p.line(id, Post, "", to, kept, f, link()) },
		told: func(id string, own bool) {
			if own {
				kept.Line = id
			}
		},
	})
}

// direct returns a rep's direct messages even when it is not active any more:
// where an earlier message stands. Of a case that lost its owner since, the
// earlier message is found by its receipt; the channel stands in.
func (p *plan) direct(repID string) Destination {
	if repID == "" {
		return Destination{Channel: Alerts}
	}
	return Destination{Rep: repID, Email: p.reps[repID].Email}
}

// home is where the case's living message stands.
func (p *plan) home(kept *casebook.Case) Destination {
	if kept.InChannel {
		return Destination{Channel: Alerts}
	}
	return p.direct(kept.RepID)
}

func (p *plan) confirmed(kept *casebook.Case, f finding.Finding) {
	if kept.Parent == "" {
		return
	}
	to := p.home(kept)
	p.send(p.update(kept.Parent, to, kept, f))
	p.send(p.reply(kept, kept.Parent, to, p.confirmedText(f)))
}

// recovered is told where the case stands: in its thread and on its parent; a
// case without a message of its own gets one.
func (p *plan) recovered(kept *casebook.Case, change casebook.Change) {
	f := change.Finding
	if kept.Parent != "" {
		to := p.home(change.Before)
		p.send(p.update(kept.Parent, to, kept, f))
		p.send(p.reply(kept, kept.Parent, to, p.recoveredText(kept, f)))
		if kept.Line != "" {
			p.send(p.line(p.NewID(), Update, kept.Line, p.direct(change.Before.RepID), kept, f, kept.Parent))
		}
		return
	}
	to := Destination{Channel: Alerts}
	if change.Before.Kind != finding.CustomerLost {
		to, _ = p.owner(kept.RepID)
	}
	kept.InChannel = to.Rep == ""
	p.posts = append(p.posts, &post{to: to, finding: f,
		own: func(id string) Message { return p.withPublic(p.alert(id, Post, "", to, kept, f), kept, f) },
		told: func(id string, own bool) {
			note(kept, id, own)
			if kept.Line != "" {
				p.send(p.line(p.NewID(), Update, kept.Line, p.direct(change.Before.RepID), kept, f, id))
			}
		},
	})
}

// settle gives the posts of the chosen destinations their own messages while
// the daily cap lasts, by expected loss, and rolls up the rest.
func (p *plan) settle(chosen func(Destination) bool) {
	byKey := map[string][]*post{}
	var keys []string
	for _, post := range p.posts {
		if !chosen(post.to) {
			continue
		}
		key := post.to.Key()
		if byKey[key] == nil {
			keys = append(keys, key)
		}
		byKey[key] = append(byKey[key], post)
	}
	slices.Sort(keys)
	for _, key := range keys {
		posts := byKey[key]
		slices.SortStableFunc(posts, func(a, b *post) int {
			return cmp.Or(cmp.Compare(b.finding.MoneyAtRisk, a.finding.MoneyAtRisk), cmp.Compare(a.finding.CustomerID, b.finding.CustomerID))
		})
		room := max(0, p.room(posts[0].to)-p.night.Used[key])
		for _, post := range posts[:min(room, len(posts))] {
			id := p.NewID()
			p.send(post.own(id))
			post.told(id, true)
		}
		if len(posts) > room {
			p.rollUp(posts[room:])
		}
	}
}

func (p *plan) room(to Destination) int {
	if to.Rep != "" {
		return p.Caps.Rep
	}
	return p.Caps.Channel
}
