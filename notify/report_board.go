package notify

import (
	"strconv"
	"strings"

	"dangol/internal/finding"
	"dangol/notify/wording"
)

// board is the leaderboard, for the channel of praise. A month without anything to
// honour is not told.
func (w *writer) board(r *finding.Report) {
	if r.Board == nil {
		return
	}
	title := w.say.Text("board_title", "month", w.say.Month(r.Board.Start))
	m := Message{ID: w.NewID(), To: Destination{Channel: Praise}, Op: Post, Blocks: []Block{header(title)}}
	var first []string
	for _, award := range r.Board.Awards {
		lines := []Line{{{Text: w.awardName(award), Bold: true}}}
		for _, place := range award.Places {
			lines = append(lines, plain(strconv.Itoa(place.Place)+". "+w.placeText(award, place)))
		}
		m.Blocks = append(m.Blocks, Block{Kind: Body, Lines: lines})
		first = append(first, w.awardName(award)+": "+wording.Name(award.Places[0].RepName))
	}
	m.Text = title + ". " + strings.Join(first, " · ")
	m.Blocks = append(m.Blocks, w.note(r, w.say.Text("board_words")))
	w.send(m)
}

func (w *writer) awardName(a finding.Award) string {
	name := w.say.Text("award_" + a.Name)
	if a.Ramping {
		return w.say.Text("ramping_award", "award", name)
	}
	return name
}

func (w *writer) placeText(a finding.Award, p finding.Place) string {
	name := w.say.Text("place_"+a.Name, "rep", p.RepName, "n", p.Count, "share", p.Count, "amount", p.Amount)
	return name
}

// losing is the diagnosis of reps who lose regulars one after another: each to
// that rep's manager, to nobody else.
func (w *writer) losing(r *finding.Report) {
	for _, f := range r.Losing {
		rep, listed := w.reps[f.RepID]
		to, ok := w.managerOf(rep)
		if !listed || !ok {
			continue
		}
		w.send(w.losingMessage(r, f, to))
	}
}

func (w *writer) losingMessage(r *finding.Report, f finding.Finding, to Destination) Message {
	facts := f.Facts.(finding.LosingFacts)
	m := Message{ID: w.NewID(), To: to, Op: Post, Text: w.say.Say(f.Headline) + "."}
	lines := []Line{labelled(w.say.Text("label_for"), strings.Join(w.say.Texts(facts.For), "; "))}
	if len(facts.Against) > 0 {
		lines = append(lines, labelled(w.say.Text("label_against"), strings.Join(w.say.Texts(facts.Against), "; ")))
	}
	lines = append(lines, labelled(w.say.Text("label_unknown"), strings.Join(w.say.Texts(facts.Unknown), "; ")))
	m.Blocks = []Block{header(w.say.Say(f.Headline)), {Kind: Body, Lines: lines}}
	customers := []Line{labelled(w.say.Text("losses_customers"), w.say.Text("losses_money", "yearly", facts.Yearly))}
	for _, loss := range facts.Customers {
		text := w.say.Text("losses_customer_line", "customer", loss.CustomerName, "last", loss.LastOrder, "confirmed", loss.Confirmed, "yearly", loss.Yearly)
		if loss.Cause != "" {
			text += " · " + w.say.Text("cause_"+loss.Cause)
		}
		if loss.Back != 0 {
			text += " · " + w.say.Text("losses_customer_back", "date", loss.Back)
		}
		customers = append(customers, plain("• "+text))
	}
	m.Blocks = append(m.Blocks, Block{Kind: Body, Lines: append(customers, w.replacement(facts.Replacement)...)})
	m.Blocks = append(m.Blocks,
		Block{Kind: Body, Lines: append([]Line{{{Text: w.say.Text("label_ask"), Bold: true}}}, bullets(w.say.Texts(facts.Questions))...)},
		Block{Kind: Body, Lines: append([]Line{{{Text: w.say.Text("label_plan"), Bold: true}}}, bullets(w.say.Texts(facts.Plan))...)},
		w.note(r, w.say.Text("losses_words", "from", facts.From, "to", facts.To, "reps", facts.Reps)))
	return m
}
