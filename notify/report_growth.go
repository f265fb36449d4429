package notify

import (
	"cmp"
	"strings"

	"dangol/internal/finding"
	"dangol/notify/wording"
)

const (
	// chancesShown is how many opportunities a message lists.
	chancesShown = 8
	fallenShown  = 5
)

// growth is the monthly review: the company's for the managers' channel, without a
// rep named, and the reps' for their managers.
func (w *writer) growth(r *finding.Report) {
	if to, ok := w.toManagers(); ok {
		company, _ := r.Reviewed("")
		w.companyGrowth(r, company, to)
	}
	var sheets []finding.Sheet
	for _, rep := range r.Sellers {
		if _, ok := r.Reviewed(rep.ID); ok {
			sheets = append(sheets, finding.Sheet{Rep: rep})
		}
	}
	managers, grouped := w.byManager(sheets)
	chances := chancesByRep(r)
	for _, to := range managers {
		w.managerGrowth(r, chances, grouped[to.Rep], to)
	}
}

func (w *writer) companyGrowth(r *finding.Report, company finding.GrowthFacts, to Destination) {
	m := Message{ID: w.NewID(), To: to, Op: Post}
	title := w.say.Text("growth_title", "month", w.say.Month(r.Period.From))
	m.Text = title + ". " + w.compared(company.Comparisons)
	m.Blocks = []Block{header(title)}
	for _, c := range company.Comparisons {
		m.Blocks = append(m.Blocks, Block{Kind: Body, Lines: w.comparison(c, company.Comparisons[0].Against == c.Against)})
	}
	for _, lines := range w.fallen(company) {
		m.Blocks = append(m.Blocks, Block{Kind: Body, Lines: lines})
	}
	m.Blocks = append(m.Blocks, w.bridgeChart(company.Comparisons[0])...)
	m.Blocks = append(m.Blocks, w.note(r, w.say.Text("growth_words"), w.reconciled(company.Comparisons[0])))
	var replies []Message
	if lines := w.chances(r.Opportunities); len(lines) > 0 {
		replies = append(replies, Message{Text: w.say.Text("label_chances"), Blocks: []Block{header(w.say.Text("label_chances")), {Kind: Body, Lines: lines}}})
	}
	w.thread(m, replies)
}

// compared is the growth against each span in a few words.
func (w *writer) compared(list []finding.Comparison) string {
	parts := []string{w.say.Text("growth_sales", "amount", list[0].To)}
	for _, c := range list {
		if c.Known && c.From > 0 {
			parts = append(parts, w.say.Text("change_"+c.Against, "change", w.signed(c.Growth()), "share", signedPercent(float64(c.Growth())/float64(c.From))))
		}
	}
	return strings.Join(parts, " · ")
}

func signedPercent(share float64) string {
	text := percent(share)
	if share > 0 && text != "0%" {
		return "+" + text
	}
	return strings.Replace(text, "-", "−", 1)
}

// comparison is one bridge with, where asked for, the customers behind each part.
func (w *writer) comparison(c finding.Comparison, named bool) []Line {
	label := w.say.Text("against_"+c.Against, "from", c.FromSpan.From, "to", c.FromSpan.To)
	if !c.Known {
		return []Line{labelled(label, w.say.Text("growth_unknown", "from", c.FromSpan.From))}
	}
	lines := []Line{labelled(label, w.say.Text("bridge", "from", c.From, "to", c.To, "change", w.signed(c.Growth())))}
	for _, part := range c.Parts() {
		if part.Amount == 0 {
			continue
		}
		text := w.say.Text("part_"+part.Name) + " " + w.signed(part.Amount)
		if movers := c.Top[part.Name]; named && len(movers) > 0 {
			var names []string
			for _, mover := range movers {
				names = append(names, wording.Name(mover.CustomerName)+" "+w.signed(mover.Amount))
			}
			text += " (" + strings.Join(names, ", ") + ")"
		}
		lines = append(lines, plain("• "+text))
	}
	if moved := c.MovedIn + c.MovedOut; c.MovedIn != 0 || c.MovedOut != 0 {
		lines = append(lines, plain("• "+w.say.Text("growth_moved", "in", c.MovedIn, "out", c.MovedOut, "moved", moved)))
	}
	return lines
}

func (w *writer) reconciled(c finding.Comparison) string {
	if c.Unpriced > .05 {
		return w.say.Text("growth_unpriced", "share", c.Unpriced) + " · " + w.say.Text("growth_ledger", "to", c.LedgerTo, "from", c.LedgerFrom)
	}
	return w.say.Text("growth_ledger", "to", c.LedgerTo, "from", c.LedgerFrom)
}

// fallen are the products, then the segments, that fell most: a list of each that
// has any.
func (w *writer) fallen(company finding.GrowthFacts) [][]Line {
	var lists [][]Line
	for _, of := range []struct {
		key  string
		list []finding.Fallen
	}{{"products", company.Products}, {"segments", company.Segments}} {
		if len(of.list) == 0 {
			continue
		}
		lines := []Line{{{Text: w.say.Text("fell_" + of.key), Bold: true}}}
		for _, f := range of.list[:min(len(of.list), fallenShown)] {
			name := f.Name
			if strings.TrimSpace(name) == "" {
				name = cmp.Or(f.ID, w.say.Text("no_segment"))
			}
			lines = append(lines, plain("• "+w.say.Text("fallen", "product", name, "from", f.From, "to", f.To, "gone", f.Gone, "buyers", f.Buyers)))
		}
		lists = append(lists, lines)
	}
	return lists
}

// chancesByRep are the opportunities with each rep's customers, the largest first.
func chancesByRep(r *finding.Report) map[string][]finding.Finding {
	list := map[string][]finding.Finding{}
	for _, f := range r.Opportunities {
		list[f.RepID] = append(list[f.RepID], f)
	}
	return list
}

// chances are the largest opportunities, with the why.
func (w *writer) chances(list []finding.Finding) []Line {
	var lines []Line
	for _, f := range list[:min(len(list), chancesShown)] {
		facts := f.Facts.(finding.OpportunityFacts)
		lines = append(lines, plain("• "+w.say.Say(f.Headline)+" · "+w.say.Say(facts.Why)))
	}
	if more := len(list) - chancesShown; more > 0 {
		lines = append(lines, plain(w.say.Text("more", "n", more)))
	}
	return lines
}

// managerGrowth is the review of one manager's reps: a table, and each rep in the
// thread.
func (w *writer) managerGrowth(r *finding.Report, chances map[string][]finding.Finding, own []finding.Sheet, to Destination) {
	m := Message{ID: w.NewID(), To: to, Op: Post}
	title := w.say.Text("growth_title", "month", w.say.Month(r.Period.From))
	rows := []Line{{}}
	for _, key := range []string{"rep", "month", "change", "year", "lost"} {
		rows[0] = append(rows[0], Span{Text: w.say.Text("column_" + key), Bold: true})
	}
	var sum finding.Comparison
	var replies []Message
	for _, s := range own {
		facts, _ := r.Reviewed(s.Rep.ID)
		sum.Add(facts.Comparisons[0])
		rows = append(rows, w.growthRow(s.Rep.Name, facts))
		replies = append(replies, w.repGrowth(facts, chances[s.Rep.ID]))
	}
	m.Text = title + ". " + w.say.Text("bridge", "from", sum.From, "to", sum.To, "change", w.signed(sum.Growth()))
	more := max(0, len(rows)-tableRows)
	rows = rows[:len(rows)-more]
	build := func() {
		m.Blocks = []Block{header(title), {Kind: Body, Lines: w.comparison(sum, false)}, {Kind: Table, Lines: rows}}
		if more > 0 {
			m.Blocks = append(m.Blocks, Block{Kind: Note, Lines: []Line{plain(w.say.Text("digest_more", "n", more))}})
		}
		m.Blocks = append(m.Blocks, w.note(r, w.say.Text("growth_words")))
	}
	for build(); runes(m) > parentRunes && len(rows) > 2; build() {
		rows = rows[:len(rows)-1]
		more++
	}
	w.thread(m, replies)
}

func (w *writer) growthRow(name string, facts finding.GrowthFacts) Line {
	month, year := facts.Comparisons[0], facts.Comparisons[1]
	cells := []string{wording.Name(name), w.say.Money(month.To), "–", "–", w.signed(month.Lost)}
	for i, c := range []finding.Comparison{month, year} {
		if c.Known && c.From > 0 {
			cells[2+i] = signedPercent(float64(c.Growth()) / float64(c.From))
		}
	}
	line := make(Line, len(cells))
	for i, cell := range cells {
		line[i] = Span{Text: cell}
	}
	return line
}

func (w *writer) repGrowth(facts finding.GrowthFacts, chances []finding.Finding) Message {
	title := wording.Name(facts.RepName)
	m := Message{Text: title + ". " + w.compared(facts.Comparisons), Blocks: []Block{header(title)}}
	for i, c := range facts.Comparisons {
		m.Blocks = append(m.Blocks, Block{Kind: Body, Lines: w.comparison(c, i == 0)})
	}
	if lines := w.chances(chances); len(lines) > 0 {
		m.Blocks = append(m.Blocks, Block{Kind: Body, Lines: append([]Line{{{Text: w.say.Text("label_chances"), Bold: true}}}, lines...)})
	}
	m.Blocks = append(m.Blocks, Block{Kind: Note, Lines: []Line{plain(w.reconciled(facts.Comparisons[0]))}})
	return m
}
