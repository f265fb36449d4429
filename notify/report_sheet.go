package notify

import (
	"strings"

	"dangol/internal/finding"
	"dangol/notify/wording"
)

// sheetReplies are the sheets in a digest's thread: in full, beyond fullSheets as
// one line each.
func (w *writer) sheetReplies(r *finding.Report, own []finding.Sheet) []Message {
	var replies []Message
	for i := range own[:min(len(own), fullSheets)] {
		s := &own[i]
		title := w.sheetTitle(s)
		blocks := []Block{header(title), {Kind: Body, Lines: w.sheetLines(s)}}
		if causes := w.causeQuestions(s.Causes); len(causes) > 0 {
			blocks = append(blocks, Block{Kind: Body, Lines: causes})
		}
		replies = append(replies, Message{Text: title + ". " + w.summary(s), Blocks: blocks})
	}
	for from := fullSheets; from < len(own); from += compactLines {
		var lines []Line
		for i := from; i < min(len(own), from+compactLines); i++ {
			lines = append(lines, Line{{Text: wording.Name(own[i].Rep.Name), Bold: true}, {Text: ": " + w.summary(&own[i])}})
		}
		replies = append(replies, Message{Text: w.say.Text("digest_compact"), Blocks: []Block{{Kind: Body, Lines: lines}}})
	}
	return replies
}

// sheetTitle names the rep with its level, or the team.
func (w *writer) sheetTitle(s *finding.Sheet) string {
	switch {
	case s.IsTeam:
		return w.say.Text("row_team", "rep", s.Rep.Name, "n", s.Members)
	case s.Rep.Level != "":
		return wording.Name(s.Rep.Name) + " · " + wording.Name(s.Rep.Level)
	}
	return wording.Name(s.Rep.Name)
}

// sheetLines are the four figures of one rep, a team or the company.
func (w *writer) sheetLines(s *finding.Sheet) []Line {
	var lines []Line
	add := func(label, text string) {
		if text != "" {
			lines = append(lines, labelled(w.say.Text("figure_"+label), text))
		}
	}
	add("visits", w.visitsLine(s))
	add("coverage", w.coverageLine(s))
	if !s.Enough {
		lines = append(lines, plain(w.say.Text("not_enough_sellers")))
		return append(lines, w.troubleLines(s)...)
	}
	add("new", w.newLine(s))
	for _, p := range s.Quotas {
		if p.Metric == finding.Sales {
			add("sales", w.salesLine(p))
		}
	}
	if _, asked := s.Of(finding.Sales); !asked {
		add("sales", w.say.Text("sales_plain", "actual", s.SalesMonth))
	}
	lines = append(lines, w.troubleLines(s)...)
	if s.Growth.Customers > 0 {
		add("growth", w.growthLine(s.Growth))
	}
	return lines
}

func (w *writer) growthLine(c finding.Comparison) string {
	if !c.Known {
		return w.say.Text("growth_unknown", "from", c.FromSpan.From)
	}
	return w.say.Text("growth_weeks") + " " + w.bridge(c)
}

func (w *writer) visitsLine(s *finding.Sheet) string {
	v := s.Visited
	if !v.Known {
		return w.say.Text("missing_visits")
	}
	parts := []string{w.say.Text("visits_plain", "n", v.Cold)}
	if v.Asked {
		parts[0] = strings.TrimSpace(w.say.Text("visits_of", "n", v.Cold, "minimum", v.Minimum) + " " + w.mark(s, finding.ColdVisits))
	}
	var days []string
	for _, day := range v.ByDay {
		if !day.Off {
			days = append(days, w.say.Weekday(day.Date.Weekday())+" "+wording.Number(float64(day.Cold)))
		}
	}
	if len(days) > 0 {
		parts = append(parts, strings.Join(days, ", "))
	}
	if v.AllVisits > v.Cold {
		parts = append(parts, w.say.Text("visits_all", "n", v.AllVisits))
	}
	if v.DaysUnder > 0 && v.Daily > 0 {
		parts = append(parts, w.say.Text("visits_under", "days", v.DaysUnder, "daily", v.Daily))
	}
	if v.OnLeave > 0 {
		parts = append(parts, w.say.Text("visits_leave", "days", v.OnLeave))
	}
	if s.VisitsPerWin > 0 {
		parts = append(parts, w.say.Text("visits_per_win", "n", s.VisitsPerWin))
	}
	return strings.Join(parts, " · ")
}

func (w *writer) coverageLine(s *finding.Sheet) string {
	c := s.Coverage
	if !c.Known || c.Regulars == 0 {
		return ""
	}
	parts := []string{w.say.Text("coverage", "visited", c.Visited, "due", c.Due, "regulars", c.Regulars)}
	if n := len(s.Neglected); n > 0 {
		parts = append(parts, w.say.Text("coverage_neglected", "n", n)+": "+w.neglectedNames(s.Neglected))
	}
	if c.NoRhythm > 0 {
		parts = append(parts, w.say.Text("coverage_no_rhythm", "n", c.NoRhythm))
	}
	return strings.Join(parts, " · ")
}

// neglectedNames names the largest regulars who are not visited, with how long.
func (w *writer) neglectedNames(list []finding.Trouble) string {
	var names []string
	for _, t := range list[:min(len(list), listed)] {
		names = append(names, w.say.Text("neglected_name", "customer", t.CustomerName, "days", t.Silence))
	}
	if more := len(list) - listed; more > 0 {
		names = append(names, w.say.Text("more", "n", more))
	}
	return strings.Join(names, ", ")
}

func (w *writer) newLine(s *finding.Sheet) string {
	if !s.NewKnown {
		return w.say.Text("new_unknown")
	}
	parts := []string{w.say.Text("new_month", "month", s.NewMonth, "term", s.NewTerm)}
	for _, p := range s.Quotas {
		if p.Metric != finding.NewCustomers {
			continue
		}
		text := w.say.Text("gained_"+string(p.Period), "actual", p.Actual.Count, "quota", p.Quota.Count, "from", p.Start)
		if p.Short {
			text += " " + down
		}
		parts = append(parts, text)
	}
	if s.Ramping {
		parts = append(parts, w.say.Text("ramping"))
	}
	if len(s.New) > 0 {
		parts = append(parts, w.wonList(s.New))
	}
	if len(s.WonBack) > 0 {
		parts = append(parts, w.say.Text("won_back", "n", figureOf(s.WonBack))+": "+w.wonList(s.WonBack))
	}
	return strings.Join(parts, " · ")
}

func figureOf(list []finding.Won) float64 {
	n := 0.0
	for _, won := range list {
		n += won.Share
	}
	return n
}

// wonList names customers with the amount of their first order.
func (w *writer) wonList(list []finding.Won) string {
	var names []string
	for _, won := range list[:min(len(list), listed)] {
		names = append(names, wording.Name(won.CustomerName)+" "+w.say.Money(won.Amount))
	}
	if more := len(list) - listed; more > 0 {
		names = append(names, w.say.Text("more", "n", more))
	}
	return strings.Join(names, ", ")
}

func (w *writer) salesLine(p finding.Progress) string {
	parts := []string{w.say.Text("sold_"+string(p.Period), "actual", p.Actual.Amount, "quota", p.Quota.Amount, "attained", p.Attainment, "from", p.Start)}
	if !p.Complete && p.Elapsed > 0 {
		text := w.say.Text("sales_pace", "pace", p.Pace)
		if p.Ranged {
			text = w.say.Text("sales_range", "pace", p.Pace, "low", p.Low.Amount, "high", p.High.Amount)
		}
		parts = append(parts, text)
		if p.NeededPerDay.Amount > 0 {
			parts = append(parts, w.say.Text("sales_needed", "needed", p.NeededPerDay.Amount, "days", p.WorkingDays-p.Worked))
		}
	}
	if p.Compared {
		parts = append(parts, w.say.Text("sales_last_year", "actual", p.LastYear.Amount))
	}
	if p.Short {
		parts[0] += " " + down
	}
	return strings.Join(parts, " · ")
}

// troubleLines are the regulars who are lost, decline or are overdue, and those
// who came back.
func (w *writer) troubleLines(s *finding.Sheet) []Line {
	var lines []Line
	for _, kind := range []finding.Kind{finding.CustomerLost, finding.CustomerDeclining, finding.CustomerOverdue} {
		if n, risk := s.Count(kind); n > 0 {
			text := w.say.Text("trouble_risk", "risk", risk)
			if fresh := s.Fresh(kind); fresh > 0 {
				text = w.say.Text("trouble_new", "n", fresh) + " · " + text
			}
			lines = append(lines, labelled(w.say.Text("group_"+string(kind), "n", n), text+" · "+w.troubleNames(s.Troubles, kind)))
		}
	}
	if len(s.Recovered) > 0 {
		lines = append(lines, labelled(w.say.Text("label_recovered", "n", len(s.Recovered)), w.wonList(s.Recovered)))
	}
	if len(lines) == 0 {
		lines = append(lines, labelled(w.say.Text("label_regulars"), w.say.Text("regulars_fine", "n", s.Regulars)))
	}
	return lines
}

func (w *writer) troubleNames(list []finding.Trouble, kind finding.Kind) string {
	var names []string
	left := 0
	for _, t := range list {
		switch {
		case t.Kind != kind:
		case len(names) == listed:
			left++
		default:
			names = append(names, wording.Name(t.CustomerName)+" "+w.say.Money(t.MoneyAtRisk))
		}
	}
	if left > 0 {
		names = append(names, w.say.Text("more", "n", left))
	}
	return strings.Join(names, ", ")
}

// causeQuestions are the reasons of few new customers, as questions.
func (w *writer) causeQuestions(causes []finding.Cause) []Line {
	var lines []Line
	for _, c := range causes {
		text := w.say.Text("question_" + c.Name)
		if len(c.For) > 0 {
			text += " " + w.say.Text("for", "evidence", strings.Join(w.say.Texts(c.For), "; "))
		}
		if len(c.Against) > 0 {
			text += " " + w.say.Text("against", "evidence", strings.Join(w.say.Texts(c.Against), "; "))
		}
		lines = append(lines, plain(text))
	}
	if len(lines) > 0 {
		lines = append([]Line{{{Text: w.say.Text("label_ask"), Bold: true}}}, lines...)
	}
	return lines
}
