package notify

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"dangol/internal/finding"
	"dangol/notify/wording"
)

const (
	// parentRunes bounds the first message of a digest, its fallback text included.
	// What is longer gives way in this order: rows of the table, those on course
	// first; then the things to do, from the last.
	parentRunes = 2750
	// tableRows is the most rows of a table, its head included: a screen of a phone
	// shows no more.
	tableRows = 16
	// fullSheets is how many sheets stand in full in one thread; the rest comes as
	// one line each.
	fullSheets, compactLines = 30, 40
	thingsToDo               = 3
	listed                   = 5 // customers named in one line of a sheet
)

// digest is the weekly report on quotas: the company's totals for the managers'
// channel, and for each manager the sheets of the reps and teams below.
func (w *writer) digest(r *finding.Report) {
	if to, ok := w.toManagers(); ok {
		company := r.Company
		w.send(w.companyDigest(r, &company, to))
	}
	managers, sheets := w.byManager(slices.Concat(r.Reps, r.Teams))
	for _, to := range managers {
		own := sheets[to.Rep]
		w.thread(w.managerDigest(r, own, to), w.sheetReplies(r, own))
	}
}

func (w *writer) companyDigest(r *finding.Report, s *finding.Sheet, to Destination) Message {
	m := Message{ID: w.NewID(), To: to, Op: Post}
	title := w.say.Text("digest_company", "from", r.Period.From, "to", r.Period.To)
	m.Text = title + ". " + w.summary(s)
	lines := w.sheetLines(s)
	if saved := w.savedText(r.Period.To, nil); saved != "" {
		lines = append(lines, plain(saved))
	}
	m.Blocks = []Block{header(title), {Kind: Body, Lines: lines}}
	if things := w.companyThings(s); len(things) > 0 {
		m.Blocks = append(m.Blocks, w.todo(things))
	}
	m.Blocks = append(m.Blocks, w.paceChart(s)...)
	m.Blocks = append(m.Blocks, w.note(r, w.say.Text("digest_words")))
	return m
}

// managerDigest is the first message of a manager's digest.
func (w *writer) managerDigest(r *finding.Report, own []finding.Sheet, to Destination) Message {
	m := Message{ID: w.NewID(), To: to, Op: Post}
	total := finding.Summed(own)
	title := w.say.Text("digest_title", "from", r.Period.From, "to", r.Period.To, "reps", total.Members)
	summary := w.summary(&total)
	if saved := w.savedText(r.Period.To, membersOf(own)); saved != "" {
		summary += " · " + saved
	}
	m.Text = title + ". " + summary
	things := w.things(own)
	sorted := byTrouble(own)
	rows, more := w.rows(sorted), 0
	picture := w.teamChart(sorted)
	build := func() {
		m.Blocks = []Block{header(title), {Kind: Body, Lines: []Line{plain(summary)}}, {Kind: Table, Lines: rows}}
		if more > 0 {
			m.Blocks = append(m.Blocks, Block{Kind: Note, Lines: []Line{plain(w.say.Text("digest_more", "n", more))}})
		}
		if len(things) > 0 {
			m.Blocks = append(m.Blocks, w.todo(things))
		}
		if total.Growth.Customers > 0 && total.Enough {
			m.Blocks = append(m.Blocks, Block{Kind: Body, Lines: []Line{labelled(w.say.Text("digest_bridge_label"), w.bridge(total.Growth))}})
		}
		m.Blocks = append(m.Blocks, picture...)
		m.Blocks = append(m.Blocks, w.note(r, w.say.Text("digest_words")))
	}
	if build(); runes(m) > parentRunes {
		picture = nil
	}
	for build(); (runes(m) > parentRunes || len(rows) > tableRows) && len(rows) > 2; build() {
		rows = rows[:len(rows)-1]
		more++
	}
	for ; runes(m) > parentRunes && len(things) > 0; build() {
		things = things[:len(things)-1]
	}
	return m
}

// membersOf are the ids of the reps whose sheets these are.
func membersOf(own []finding.Sheet) []string {
	ids := make([]string, len(own))
	for i, s := range own {
		ids[i] = s.Rep.ID
	}
	return ids
}

// runes counts the characters of a message.
func runes(m Message) int {
	n := utf8.RuneCountInString(m.Text)
	for _, block := range m.Blocks {
		for _, line := range block.Lines {
			for _, span := range line {
				n += utf8.RuneCountInString(span.Text)
			}
		}
	}
	return n
}

// summary is the one line that stands for the whole.
func (w *writer) summary(s *finding.Sheet) string {
	var parts []string
	if s.Enough {
		parts = append(parts, w.salesText(s))
		parts = append(parts, w.newText(s))
	}
	if s.Visited.Known {
		parts = append(parts, w.visitText(s))
	}
	lost, lostRisk := s.Count(finding.CustomerLost)
	declining, decliningRisk := s.Count(finding.CustomerDeclining)
	regulars := w.say.Text("digest_regulars", "lost", lost, "declining", declining, "risk", lostRisk+decliningRisk)
	if fresh := s.Fresh(finding.CustomerLost) + s.Fresh(finding.CustomerDeclining); fresh > 0 {
		regulars += " (" + w.say.Text("trouble_new", "n", fresh) + ")"
	}
	parts = append(parts, regulars)
	if n := len(s.Recovered); n > 0 {
		parts = append(parts, w.say.Text("digest_recovered", "n", n, "yearly", s.Saved))
	}
	return strings.Join(parts, " · ")
}

func (w *writer) salesText(s *finding.Sheet) string {
	if p, ok := s.Of(finding.Sales); ok {
		if p.Complete {
			return w.say.Text("digest_sales_complete", "actual", p.Actual.Amount, "quota", p.Quota.Amount, "attained", p.Attainment)
		}
		return w.say.Text("digest_sales", "actual", p.Actual.Amount, "quota", p.Quota.Amount, "attained", p.Attainment, "pace", p.Pace)
	}
	return w.say.Text("digest_sales_plain", "actual", s.SalesMonth)
}

func (w *writer) newText(s *finding.Sheet) string {
	if p, ok := s.Of(finding.NewCustomers); ok {
		return w.say.Text("digest_new", "n", p.Actual.Count, "quota", p.Quota.Count)
	}
	return w.say.Text("digest_new_plain", "n", s.NewTerm)
}

func (w *writer) visitText(s *finding.Sheet) string {
	if s.Visited.Asked {
		return w.say.Text("digest_visits", "n", s.Visited.Cold, "minimum", s.Visited.Minimum)
	}
	return w.say.Text("digest_visits_plain", "n", s.Visited.Cold)
}

// byTrouble puts those first who fell short, then by id.
func byTrouble(own []finding.Sheet) []finding.Sheet {
	sorted := slices.Clone(own)
	slices.SortStableFunc(sorted, func(a, b finding.Sheet) int { return cmp.Compare(troubled(b), troubled(a)) })
	return sorted
}

// rows are the table of a digest.
func (w *writer) rows(sorted []finding.Sheet) []Line {
	head := Line{}
	columns := []string{"rep", "visits", "cover", "new", "sales", "risk"}
	if !slices.ContainsFunc(sorted, func(s finding.Sheet) bool { return !s.IsTeam }) {
		columns[0] = "team"
	}
	for _, key := range columns {
		head = append(head, Span{Text: w.say.Text("column_" + key), Bold: true})
	}
	rows := []Line{head}
	for i := range sorted {
		rows = append(rows, w.row(&sorted[i]))
	}
	return rows
}

// troubled ranks a sheet by how much there is to talk about.
func troubled(s finding.Sheet) int {
	n := 2 * len(s.Causes)
	for _, p := range s.Quotas {
		if p.Short {
			n++
		}
	}
	return n
}

// down marks a figure that fell short: by a sign, never by colour alone.
const down = "↓"

func (w *writer) row(s *finding.Sheet) Line {
	name := wording.Name(cmp.Or(s.Rep.Name, s.Rep.ID))
	cells := []string{name, "–", "–", "–", "–", "–"}
	if s.Visited.Known {
		cells[1] = wording.Number(float64(s.Visited.Cold))
		if s.Visited.Asked {
			cells[1] += "/" + wording.Number(s.Visited.Minimum)
		}
		cells[1] += w.mark(s, finding.ColdVisits)
	}
	if s.Coverage.Known && s.Coverage.Due > 0 {
		cells[2] = wording.Number(float64(s.Coverage.Visited)) + "/" + wording.Number(float64(s.Coverage.Due))
	}
	if s.Enough {
		cells[3] = wording.Number(s.NewTerm)
		if p, ok := s.Of(finding.NewCustomers); ok {
			cells[3] = w.reached(p)
		}
		cells[3] += w.mark(s, finding.NewCustomers)
		cells[4] = w.say.Money(s.SalesMonth)
		if p, ok := s.Of(finding.Sales); ok {
			cells[4] = percent(p.Pace)
		}
		cells[4] += w.mark(s, finding.Sales)
	}
	if lost, _ := s.Count(finding.CustomerLost); len(s.Troubles) > 0 {
		declining, _ := s.Count(finding.CustomerDeclining)
		cells[5] = wording.Number(float64(lost)) + "+" + wording.Number(float64(declining))
	}
	line := make(Line, len(cells))
	for i, cell := range cells {
		line[i] = Span{Text: cell}
	}
	return line
}

// percent writes a ratio that may be above one.
func percent(ratio float64) string { return strconv.Itoa(int(math.Round(100*ratio))) + "%" }

func (w *writer) mark(s *finding.Sheet, metric string) string {
	if slices.ContainsFunc(s.Quotas, func(p finding.Progress) bool { return p.Metric == metric && p.Short }) {
		return down
	}
	return ""
}

func (w *writer) todo(things []string) Block {
	lines := []Line{{{Text: w.say.Text("digest_todo"), Bold: true}}}
	return Block{Kind: Body, Lines: append(lines, bullets(things)...)}
}

// things are the three most useful things a manager can do this week: a talk that
// the figures suggest, the regular with most at stake, the quota furthest behind,
// the regulars nobody visits. No rep comes twice while another is left.
func (w *writer) things(own []finding.Sheet) []string {
	type thing struct {
		rep, text string
		weight    float64
	}
	var talks, customers, quotas, visits []thing
	for i := range own {
		s := &own[i]
		if s.IsTeam {
			continue
		}
		for _, c := range s.Causes {
			if c.Name != finding.QuotaItself {
				talks = append(talks, thing{s.Rep.ID, w.say.Text("talk_"+c.Name, "rep", s.Rep.Name), float64(order(c.Confidence))})
				break
			}
		}
		for _, t := range s.Troubles {
			if t.Kind == finding.CustomerLost || t.Kind == finding.CustomerDeclining {
				customers = append(customers, thing{s.Rep.ID, w.say.Text("todo_customer", "rep", s.Rep.Name, "customer", t.CustomerName, "risk", t.MoneyAtRisk), t.MoneyAtRisk.Float()})
				break
			}
		}
		if p, ok := s.Of(finding.Sales); ok && p.Short && !p.Complete && p.NeededPerDay.Amount > 0 {
			quotas = append(quotas, thing{s.Rep.ID, w.say.Text("todo_sales", "rep", s.Rep.Name, "pace", p.Pace, "needed", p.NeededPerDay.Amount), 1 - p.Pace})
		}
		if n := len(s.Neglected); n > 0 {
			visits = append(visits, thing{s.Rep.ID, w.say.Text("todo_neglected", "rep", s.Rep.Name, "n", n), float64(n)})
		}
	}
	lists := [][]thing{talks, customers, quotas, visits}
	for _, list := range lists {
		slices.SortStableFunc(list, func(a, b thing) int { return cmp.Compare(b.weight, a.weight) })
	}
	var chosen []string
	seen := map[string]bool{}
	for _, again := range []bool{false, true} {
		for round := 0; len(chosen) < thingsToDo && round < thingsToDo; round++ {
			for i, list := range lists {
				at := slices.IndexFunc(list, func(t thing) bool { return again || !seen[t.rep] })
				if at < 0 || len(chosen) == thingsToDo {
					continue
				}
				chosen, seen[list[at].rep] = append(chosen, list[at].text), true
				lists[i] = slices.Delete(slices.Clone(list), at, at+1)
			}
		}
	}
	return chosen
}

func order(c finding.Confidence) int {
	return slices.Index([]finding.Confidence{finding.Low, finding.Medium, finding.High}, c)
}

// companyThings name customers, never a rep.
func (w *writer) companyThings(s *finding.Sheet) []string {
	var things []string
	for _, t := range s.Troubles {
		if t.Kind != finding.CustomerOverdue && len(things) < thingsToDo {
			things = append(things, w.say.Text("todo_company_customer", "customer", t.CustomerName, "risk", t.MoneyAtRisk))
		}
	}
	if n := len(s.Neglected); n > 0 {
		things = append(things[:min(len(things), thingsToDo-1)], w.say.Text("todo_company_neglected", "n", n))
	}
	return things
}

// bridge is a growth split in one line: what does not matter is left out.
func (w *writer) bridge(c finding.Comparison) string {
	parts := []string{w.say.Text("bridge", "from", c.From, "to", c.To, "change", w.signed(c.Growth()))}
	for _, part := range c.Parts() {
		if part.Amount != 0 {
			parts = append(parts, w.say.Text("part_"+part.Name)+" "+w.signed(part.Amount))
		}
	}
	return strings.Join(parts, " · ")
}
