package notify

import (
	"cmp"
	"slices"
	"strings"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

// Report words a report about figures: what concerns the company for the
// managers' channel, every sheet about a rep for the direct messages of that
// rep's manager, and nothing about a rep for anybody else. Where a rep has no
// manager who can be reached, ops is told, without a figure.
func (c *Composer) Report(r *finding.Report, night Night) []Message {
	w := &writer{newPlan(c, night)}
	switch r.About {
	case finding.AboutQuotas:
		w.digest(r)
	case finding.AboutGrowth:
		w.growth(r)
	case finding.AboutBest:
		w.board(r)
	case finding.AboutLosses:
		w.losing(r)
	}
	w.unrouted(r)
	return w.messages
}

// Held tells ops that a report was not made because the data have stopped, and
// how to have it once they are back.
func (c *Composer) Held(job string, asOf sales.Date) Message {
	return c.Incident(asOf, finding.Say("held_title", "job", job), finding.Say("held_text", "job", job),
		[]string{c.Wording.On(asOf).Text("held_remedy", "job", job)})
}

// writer words one report.
type writer struct{ *plan }

// managerOf is where what concerns a rep goes: the direct messages of its manager. A
// manager with the rep's own address is the rep, under another number.
func (p *plan) managerOf(rep sales.Rep) (Destination, bool) {
	boss, listed := p.reps[rep.ManagerID]
	if !listed || rep.ManagerID == rep.ID || userKey(boss.Email) == userKey(rep.Email) || boss.Inactive || boss.Email == "" || p.night.Unreachable[boss.ID] {
		return Destination{}, false
	}
	return Destination{Rep: boss.ID, Email: boss.Email}, true
}

// unrouted tells ops whose sheets reach nobody. It names the reps that it is so
// for whatever their figures are.
func (w *writer) unrouted(r *finding.Report) {
	if r.About == finding.AboutBest {
		return
	}
	var lines []Line
	for _, rep := range r.Sellers {
		if _, ok := w.managerOf(rep); ok {
			continue
		}
		key := "unrouted_none"
		if rep.ManagerID != "" && rep.ManagerID != rep.ID {
			key = "unrouted_unreachable"
		}
		lines = append(lines, plain("• "+w.say.Text(key, "rep", rep.Name, "id", rep.ID, "manager", rep.ManagerID)))
	}
	if len(lines) == 0 {
		return // that no channel for managers is set is a choice, of which check speaks
	}
	if w.Managers != Managers && r.About != finding.AboutLosses {
		lines = append(lines, plain("• "+w.say.Text("unrouted_channel")))
	}
	m := Message{ID: w.NewID(), To: Destination{Channel: Ops}, Op: Post, Text: w.say.Text("unrouted_title", "job", r.Job)}
	m.Blocks = []Block{header(m.Text)}
	most := min(len(lines), mostUnrouted)
	m.Blocks = append(m.Blocks, Block{Kind: Body, Lines: lines[:most]})
	if left := len(lines) - most; left > 0 {
		m.Blocks = append(m.Blocks, Block{Kind: Note, Lines: []Line{plain(w.say.Text("more", "n", left))}})
	}
	m.Blocks = append(m.Blocks, Block{Kind: Body, Lines: []Line{labelled(w.say.Text("label_do"), w.say.Text("unrouted_remedy"))}})
	w.send(m)
}

// mostUnrouted is how many reps without a manager one message names.
const mostUnrouted = 40

// byManager groups sheets by the manager they go to, reps before teams.
func (w *writer) byManager(list []finding.Sheet) (managers []Destination, sheets map[string][]finding.Sheet) {
	sheets = map[string][]finding.Sheet{}
	for _, s := range list {
		to, ok := w.managerOf(s.Rep)
		if !ok {
			continue
		}
		if sheets[to.Rep] == nil {
			managers = append(managers, to)
		}
		sheets[to.Rep] = append(sheets[to.Rep], s)
	}
	slices.SortFunc(managers, func(a, b Destination) int { return cmp.Compare(a.Rep, b.Rep) })
	return managers, sheets
}

// toManagers is the channel of the company's figures; ok is false where the
// config names none: the alerts channel, which reps read, does not stand in.
func (w *writer) toManagers() (Destination, bool) {
	return Destination{Channel: w.Managers}, w.Managers == Managers
}

// thread adds replies to a message.
func (w *writer) thread(parent Message, replies []Message) {
	w.send(parent)
	for _, reply := range replies {
		reply.ID, reply.Op, reply.To, reply.Target = w.NewID(), Reply, parent.To, parent.ID
		w.send(reply)
	}
}

// note is the small print of a report: what is missing, how far the data go.
func (w *writer) note(r *finding.Report, more ...string) Block {
	parts := append(more, w.say.Texts(r.Missing)...)
	if through := w.throughNote(); through != "" {
		parts = append(parts, through)
	}
	return Block{Kind: Note, Lines: []Line{plain(strings.Join(parts, " · "))}}
}

// signed writes an amount with its sign.
func (w *writer) signed(m sales.Money) string {
	text := w.say.Money(m)
	if m > 0 && strings.ContainsAny(text, "123456789") {
		return "+" + text
	}
	return text
}

// reached writes an actual against its quota: 21/24.
func (w *writer) reached(p finding.Progress) string {
	return w.say.Measure(p.Actual) + "/" + w.say.Measure(p.Quota)
}

// header is the title of a message.
func header(text string) Block { return Block{Kind: Header, Lines: []Line{plain(text)}} }

// bullets makes lines of a list.
func bullets(texts []string) []Line {
	lines := make([]Line, len(texts))
	for i, text := range texts {
		lines[i] = plain("• " + text)
	}
	return lines
}
