// Package sheets puts together the four figures of each rep, of teams and of the
// company: visits, new customers, lost regulars, growth. Every figure is counted
// elsewhere; here they become one sheet that reconciles. Pure: no I/O, no clock.
package sheets

import (
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/diagnosis"
	"dangol/jobs/figures"
	"dangol/jobs/growth"
	"dangol/jobs/quota"
	"dangol/jobs/reps"
	"dangol/jobs/standing"
)

const (
	// openingDays: in so many first selling days of a period the one before it is
	// shown as well.
	openingDays = 5
	// coverDays is the span in which regulars are due for a visit and recoveries
	// are told.
	coverDays = 28
	freshDays = 7 // a trouble is new for so long
)

// Maker makes sheets of one snapshot.
type Maker struct {
	Team     *reps.Team
	Progress *quota.Progresser
	Compare  *growth.Comparer
	// Weeks compares the last four weeks with the four before; Growth is left out
	// where it is nil.
	Weeks    *growth.Request
	Causes   map[string][]finding.Cause
	Findings []finding.Finding // about customers, of the same snapshot

	owned map[string][]*standing.Standing // the current regulars by owner
	about map[string][]finding.Finding    // the findings by rep
}

// file sorts customers and findings by rep once: every sheet looks at its own, and
// looking through everybody's for each is thousands of reps squared.
func (m *Maker) file() {
	if m.owned != nil {
		return
	}
	m.owned, m.about = map[string][]*standing.Standing{}, map[string][]finding.Finding{}
	for _, s := range m.regulars() {
		m.owned[s.Owner] = append(m.owned[s.Owner], s)
	}
	for _, f := range m.Findings {
		m.about[f.RepID] = append(m.about[f.RepID], f)
	}
}

// regulars are the current ones of the company.
func (m *Maker) regulars() []*standing.Standing {
	var list []*standing.Standing
	all := m.ledger().Sheet.Customers
	for i := range all {
		if all[i].Current {
			list = append(list, &all[i])
		}
	}
	return list
}

func (m *Maker) ledger() *figures.Ledger       { return m.Team.Ledger }
func (m *Maker) asOf() sales.Date              { return m.ledger().Snapshot.AsOf }
func (m *Maker) fiscal() sales.Fiscal          { return m.Team.Book.Fiscal() }
func (m *Maker) upTo(in sales.Span) sales.Span { return in.Until(m.asOf()) }

// Week is the last complete week.
func (m *Maker) Week() sales.Span { return sales.LastWeek(m.asOf()) }

// Sheets makes the sheet of every seller, by rep id.
func (m *Maker) Sheets() []finding.Sheet {
	list := make([]finding.Sheet, 0, len(m.Team.Reps))
	for _, rep := range m.Team.Reps {
		list = append(list, m.Sheet(rep))
	}
	return list
}

// Sheet makes one rep's sheet.
func (m *Maker) Sheet(rep sales.Rep) finding.Sheet {
	m.file()
	s := m.figures(rep.ID)
	s.Rep, s.Members = rep, 1
	s.Ramping = m.Team.Book.Ramping(rep, m.asOf())
	s.Visited = m.visited(rep)
	s.Coverage = m.covered(m.owned[rep.ID])
	s.Regulars = s.Coverage.Regulars
	s.Causes = m.Causes[rep.ID]
	s.Quotas = m.quotas(rep, s.Causes)
	for _, f := range m.about[rep.ID] {
		s.Troubles = m.appendTrouble(s.Troubles, f)
		s.Neglected = appendNeglected(s.Neglected, f)
	}
	finding.ByRisk(s.Troubles)
	return s
}

// Company sums up the whole company, what no rep stands for included. Quotas are
// the sums of the reps'.
func (m *Maker) Company(all []finding.Sheet) finding.Sheet {
	s, sum := m.figures(figures.Company), finding.Summed(all)
	s.Members, s.Enough, s.Quotas = sum.Members, true, sum.Quotas
	s.Visited = m.companyVisited(sum.Visited)
	s.Coverage = m.covered(m.regulars())
	s.Regulars = s.Coverage.Regulars
	for _, f := range m.Findings {
		s.Troubles = m.appendTrouble(s.Troubles, f)
		s.Neglected = appendNeglected(s.Neglected, f)
	}
	finding.ByRisk(s.Troubles)
	return s
}

// figures are those that the ledger alone gives, of a rep or the company.
func (m *Maker) figures(id string) finding.Sheet {
	month, term := m.upTo(sales.MonthOf(m.asOf())), m.upTo(m.fiscal().Period(sales.Quarterly, m.asOf()))
	recent := sales.Span{From: m.asOf() - coverDays + 1, To: m.asOf()}
	l := m.ledger()
	s := finding.Sheet{
		Enough:   l.Snapshot.HasSellers,
		NewKnown: l.NewKnown(m.fiscal().Period(sales.Quarterly, m.asOf())),
		NewMonth: figures.Count(l.Wins(id, month)), NewTerm: figures.Count(l.Wins(id, term)),
		New: latestFirst(l.Wins(id, term)), WonBack: latestFirst(l.WonBack(id, term)),
		SalesMonth: l.Sales(id, month),
		Recovered:  latestFirst(l.Recovered(id, recent)),
	}
	for _, r := range s.Recovered {
		if c := l.Sheet.Customer(r.CustomerID); c != nil {
			s.Saved += sales.Money(float64(12*c.Monthly) * r.Share)
		}
	}
	year := sales.Span{From: m.asOf() - 364, To: m.asOf()}
	if wins := figures.Count(l.Wins(id, year)); wins > 0 && l.FirstVisit() != 0 && l.FirstVisit() <= year.From && l.NewKnown(year) {
		s.VisitsPerWin = float64(l.Cold(id, year)) / wins
	}
	if m.Weeks != nil {
		s.Growth = m.Compare.Rep(*m.Weeks, id)
	}
	return s
}

func latestFirst(list []finding.Won) []finding.Won {
	reversed := slices.Clone(list)
	slices.Reverse(reversed)
	return reversed
}

// quotas measures a rep against everything it is asked for: the last complete
// week, month and quarter to date, and in the first selling days of a month or
// quarter also the one before. Few new customers so far are short where a cause
// of it is known.
func (m *Maker) quotas(rep sales.Rep, causes []finding.Cause) []finding.Progress {
	var list []finding.Progress
	for _, kind := range m.Team.Book.Kinds() {
		for _, in := range m.periods(kind.Period) {
			p, ok := m.Progress.Of(rep, kind, in)
			if !ok {
				continue
			}
			if p.Metric == finding.NewCustomers && !p.Complete && p.Elapsed > 0 && p.Pace < 1 && m.ledger().NewKnown(in) && slices.ContainsFunc(causes, ownCause) {
				p.Short = true
			}
			list = append(list, p)
		}
	}
	return list
}

// ownCause reports a cause that lies with one rep, not with the quota.
func ownCause(c finding.Cause) bool { return c.Name != finding.QuotaItself }

// periods are those of a kind that a digest shows, the earlier first.
func (m *Maker) periods(kind sales.Period) []sales.Span {
	if kind == sales.Daily || kind == sales.Weekly {
		return []sales.Span{m.Week()}
	}
	running := m.fiscal().Period(kind, m.asOf())
	if m.Team.Book.Calendar().SellingDaysIn(m.upTo(running)) > openingDays {
		return []sales.Span{running}
	}
	return []sales.Span{m.fiscal().Before(kind, running), running}
}

// visited counts a rep's visits of the last complete week.
func (m *Maker) visited(rep sales.Rep) finding.Visited {
	week, book := m.Week(), m.Team.Book
	v := finding.Visited{Known: m.ledger().Snapshot.Has[sales.Visits]}
	if !v.Known {
		return v
	}
	v.Cold, v.AllVisits = m.ledger().Cold(rep.ID, week), m.ledger().Visits(rep.ID, week)
	working := 0
	for _, kind := range book.Kinds() {
		if kind.Metric != finding.ColdVisits {
			continue
		}
		if minimum, ok := book.Asked(rep, kind, week, true); ok && !v.Asked {
			v.Minimum, v.Asked = minimum, true
		}
	}
	for d := week.From; d <= week.To; d++ {
		day := finding.DayCount{Date: d, Cold: m.ledger().Cold(rep.ID, sales.Span{From: d, To: d}), Off: !book.AtWork(rep, d)}
		switch {
		case !day.Off:
			working++
		case book.Calendar().Selling(d) && d >= rep.HiredOn:
			v.OnLeave++
		}
		v.ByDay = append(v.ByDay, day)
	}
	if v.Asked && working > 0 {
		v.Daily = max(1, int(v.Minimum/float64(working)))
		for _, day := range v.ByDay {
			if !day.Off && day.Cold < v.Daily {
				v.DaysUnder++
			}
		}
	}
	return v
}

// companyVisited are the visits of the reps, v, with those that no rep stands for;
// a party that two of them visited counts once.
func (m *Maker) companyVisited(v finding.Visited) finding.Visited {
	v.Known = m.ledger().Snapshot.Has[sales.Visits]
	v.Cold, v.AllVisits = m.ledger().Cold(figures.Company, m.Week()), m.ledger().Visits(figures.Company, m.Week())
	return v
}

// covered says how many of some current regulars were visited when their own rhythm
// made it due.
func (m *Maker) covered(regulars []*standing.Standing) finding.Covered {
	l := m.ledger()
	end := m.Week().To
	c := finding.Covered{Known: l.Snapshot.Has[sales.Visits]}
	for _, s := range regulars {
		c.Regulars++
		if !c.Known {
			continue
		}
		r, ok := diagnosis.RhythmOf(s.Customer.Visits, end-coverDays)
		if !ok {
			c.NoRhythm++
			continue
		}
		if float64(r.Last)+r.Every > float64(end) {
			continue
		}
		c.Due++
		if slices.ContainsFunc(s.Customer.Visits, func(v sales.Visit) bool { return v.Date > end-coverDays && v.Date <= end }) {
			c.Visited++
		}
	}
	return c
}

// appendTrouble adds a finding about a customer who is lost, overdue or declining.
func (m *Maker) appendTrouble(list []finding.Trouble, f finding.Finding) []finding.Trouble {
	t := finding.Trouble{CustomerID: f.CustomerID, Kind: f.Kind, MoneyAtRisk: f.MoneyAtRisk}
	switch facts := f.Facts.(type) {
	case finding.SilenceFacts:
		if f.Kind == finding.CustomerRecovered {
			return list
		}
		t.CustomerName, t.Yearly, t.Silence, t.Since = facts.CustomerName, facts.Yearly, facts.SilenceDays, facts.LastOrder
		t.New = m.stageOn(f.CustomerID, m.asOf()-freshDays) != m.stageOn(f.CustomerID, m.asOf())
	case finding.DeclineFacts:
		t.CustomerName, t.Yearly, t.Since = facts.CustomerName, facts.Yearly, facts.Since
		t.New = facts.Since > m.asOf()-freshDays
	default:
		return list
	}
	return append(list, t)
}

// stageOn is a customer's stage by its silence at the end of a date.
func (m *Maker) stageOn(id string, on sales.Date) standing.Stage {
	c := m.ledger().Snapshot.Customer(id)
	if c == nil {
		return standing.NotRegular
	}
	return m.ledger().Sheet.At(c, on).Stage
}

// appendNeglected adds a finding about a regular who is not visited any more. They
// come with the largest first.
func appendNeglected(list []finding.Trouble, f finding.Finding) []finding.Trouble {
	facts, ok := f.Facts.(finding.NeglectedFacts)
	if !ok {
		return list
	}
	return append(list, finding.Trouble{CustomerID: f.CustomerID, CustomerName: facts.CustomerName, Kind: f.Kind,
		Yearly: facts.Yearly, Silence: facts.VisitDays, Since: facts.LastVisit})
}
