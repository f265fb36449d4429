package notify

import (
	"strings"

	"dangol/internal/finding"
	"dangol/notify/wording"
)

// Printed is one part of a report in words, for a page: of the company, of one rep,
// of one award. The figures behind it are there to be drawn.
type Printed struct {
	Title    string
	Lines    []string   // sentences, in the order to be read
	Table    [][]string // the first row holds the headings; may be empty
	Sheet    *finding.Sheet
	Compared []finding.Comparison
	Award    *finding.Award
}

// Print words a report for a page: the same sentences as the messages, whoever
// they go to. Whoever gets the page reads of every rep.
func (c *Composer) Print(r *finding.Report, night Night) []Printed {
	w := &writer{newPlan(c, night)}
	switch r.About {
	case finding.AboutQuotas:
		return w.printQuotas(r)
	case finding.AboutGrowth:
		return w.printGrowth(r)
	case finding.AboutBest:
		return w.printBest(r)
	}
	return w.printLosses(r)
}

// texts are lines without their marks.
func texts(lines []Line) []string {
	list := make([]string, len(lines))
	for i, line := range lines {
		for _, span := range line {
			list[i] += span.Text
		}
	}
	return list
}

// grid are the rows of a table.
func grid(rows []Line) [][]string {
	list := make([][]string, len(rows))
	for i, row := range rows {
		for _, span := range row {
			list[i] = append(list[i], span.Text)
		}
	}
	return list
}

func (w *writer) printQuotas(r *finding.Report) []Printed {
	company := Printed{Title: w.say.Text("digest_company", "from", r.Period.From, "to", r.Period.To), Lines: texts(w.sheetLines(&r.Company)), Sheet: &r.Company}
	if len(r.Reps) > 0 {
		company.Table = grid(w.rows(byTrouble(r.Reps)))
	}
	parts := []Printed{company}
	for _, list := range [][]finding.Sheet{r.Teams, r.Reps} {
		for i := range list {
			s := &list[i]
			parts = append(parts, Printed{Title: w.sheetTitle(s), Sheet: s, Lines: append(texts(w.sheetLines(s)), texts(w.causeQuestions(s.Causes))...)})
		}
	}
	return parts
}

func (w *writer) printGrowth(r *finding.Report) []Printed {
	company, _ := r.Reviewed("")
	whole := w.printCompared(w.say.Text("growth_title", "month", w.say.Month(r.Period.From)), company)
	for _, lines := range w.fallen(company) {
		whole.Lines = append(whole.Lines, texts(lines)...)
	}
	whole.Lines = append(whole.Lines, w.say.Text("growth_words"), w.reconciled(company.Comparisons[0]))
	parts := []Printed{whole}
	if len(r.Opportunities) > 0 {
		parts = append(parts, Printed{Title: w.say.Text("label_chances"), Lines: texts(w.chances(r.Opportunities))})
	}
	chances := chancesByRep(r)
	for _, rep := range r.Sellers {
		facts, ok := r.Reviewed(rep.ID)
		if !ok {
			continue
		}
		part := w.printCompared(wording.Name(rep.Name), facts)
		part.Lines = append(part.Lines, texts(w.chances(chances[rep.ID]))...)
		parts = append(parts, part)
	}
	return parts
}

// printCompared are the comparisons of a review, with the customers behind the
// first.
func (w *writer) printCompared(title string, facts finding.GrowthFacts) Printed {
	part := Printed{Title: title, Compared: facts.Comparisons}
	for i, c := range facts.Comparisons {
		part.Lines = append(part.Lines, texts(w.comparison(c, i == 0))...)
	}
	return part
}

func (w *writer) printBest(r *finding.Report) []Printed {
	if r.Board == nil {
		return []Printed{{Title: w.say.Text("board_none", "month", w.say.Month(r.Period.From))}}
	}
	var parts []Printed
	for i := range r.Board.Awards {
		award := &r.Board.Awards[i]
		part := Printed{Title: w.awardName(*award), Award: award}
		for _, place := range award.Places {
			part.Lines = append(part.Lines, wording.Number(float64(place.Place))+". "+w.placeText(*award, place))
		}
		parts = append(parts, part)
	}
	return parts
}

func (w *writer) printLosses(r *finding.Report) []Printed {
	var parts []Printed
	for _, f := range r.Losing {
		m := w.losingMessage(r, f, Destination{})
		part := Printed{Title: w.say.Say(f.Headline)}
		for _, block := range m.Blocks[1:] {
			part.Lines = append(part.Lines, texts(block.Lines)...)
		}
		parts = append(parts, part)
	}
	judged := Printed{Title: w.say.Text("losses_judged")}
	for _, v := range r.Judged {
		name := v.RepID
		if rep, ok := w.reps[v.RepID]; ok {
			name = rep.Name
		}
		judged.Lines = append(judged.Lines, wording.Name(name)+": "+w.say.Say(v.Reason))
	}
	return append(parts, judged)
}

// Honour are the words of a certificate for a first place.
type Honour struct {
	Title, Name, Award, Figure, Sentence, Month string
}

// Honours words a certificate for every first place of an award; equal figures have
// one each.
func (c *Composer) Honours(board *finding.BoardFacts, award finding.Award, night Night) []Honour {
	w := &writer{newPlan(c, night)}
	month := w.say.Month(board.Start)
	var list []Honour
	for _, place := range award.Places {
		if place.Place > 1 {
			continue
		}
		name := wording.Name(place.RepName)
		list = append(list, Honour{Title: w.say.Text("certificate_title"), Name: name, Award: w.awardName(award),
			Figure: strings.TrimPrefix(w.placeText(award, place), name+": "), Month: month,
			Sentence: w.say.Text("certificate_sentence", "rep", place.RepName, "month", month, "award", w.awardName(award))})
	}
	return list
}
