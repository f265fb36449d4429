package notify

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"dangol/internal/casebook"
)

// mostMine is how many cases one answer lists.
const mostMine = 30

// command carries out the slash command: mine, take, snooze, or a customer.
func (v *visit) command(ctx context.Context) (Answer, error) {
	words := strings.Fields(v.press.Value)
	if len(words) == 0 || words[0] == "help" {
		return v.audit(ctx, "", shown, v.saying(v.say.Text("command_help")))
	}
	answer, err := v.commanded(ctx, words)
	switch {
	case errors.Is(err, ErrRepeated):
		return Answer{}, nil
	case errors.Is(err, ErrMoved):
		return v.answer("busy"), nil
	}
	return answer, err
}

func (v *visit) commanded(ctx context.Context, words []string) (Answer, error) {
	switch words[0] {
	case "mine":
		return v.mine(ctx)
	case ActTake:
		return v.many(ctx, casebook.Act{Verb: casebook.Take, By: v.name(), On: v.today}, words[1:])
	case ActSnooze:
		if len(words) < 3 {
			return v.audit(ctx, "", shown, v.saying(v.say.Text("command_help")))
		}
		until, ok := v.until(strings.TrimSuffix(words[1], "d"))
		if !ok {
			return v.refuse(ctx, "", refusedDate, "date")
		}
		return v.many(ctx, casebook.Act{Verb: casebook.Snooze, By: v.name(), On: v.today, Until: until}, words[2:])
	}
	member, err := v.inGroup(ctx)
	if err != nil {
		return Answer{}, err
	}
	if v.rep.ID == "" && !member { // no stranger makes us read the database
		return v.refuse(ctx, "", refusedStranger, "stranger")
	}
	answer := v.answer("wait")
	answer.Later = v.explained(v.press.Value)
	return v.audit(ctx, "", shown, answer)
}

// ofPresser are the open cases about customers of the presser, the worst first.
func (v *visit) ofPresser(ctx context.Context) ([]casebook.Case, error) {
	all, err := v.Register.Cases(ctx)
	if err != nil || v.rep.ID == "" {
		return nil, err
	}
	mine := slices.DeleteFunc(all, func(c casebook.Case) bool {
		return c.Closed() || c.CustomerID == "" || !v.isPresser(v.people[c.RepID])
	})
	slices.SortFunc(mine, func(a, b casebook.Case) int { return cmp.Or(cmp.Compare(b.AtRisk, a.AtRisk), cmp.Compare(a.ID, b.ID)) })
	return mine, nil
}

func (v *visit) mine(ctx context.Context) (Answer, error) {
	cases, err := v.ofPresser(ctx)
	if err != nil {
		return Answer{}, err
	}
	switch {
	case v.rep.ID == "":
		return v.audit(ctx, "", refusedStranger, v.saying(v.say.Text("command_who")))
	case len(cases) == 0:
		return v.audit(ctx, "", shown, v.saying(v.say.Text("command_none")))
	}
	title := v.say.Text("command_mine", "n", len(cases))
	lines := []Line{}
	for i := range cases[:min(len(cases), mostMine)] {
		lines = append(lines, plain("• "+v.caseLine(&cases[i])))
	}
	if left := len(cases) - mostMine; left > 0 {
		lines = append(lines, plain(v.say.Text("more", "n", left)))
	}
	return v.audit(ctx, "", shown, Answer{Say: &Content{Text: title, Blocks: []Block{header(title), {Kind: Body, Lines: lines}}}})
}

// caseLine is one case in a list: stage, customer, since when, where it stands.
func (v *visit) caseLine(c *casebook.Case) string {
	p := newPlan(v.Composer, Night{AsOf: v.today - 1})
	text := v.say.Text("command_line", "stage", v.say.Text("stage_"+string(c.Kind)), "customer", cmp.Or(c.Name, c.CustomerID), "id", c.CustomerID, "date", c.ToldOn)
	for _, line := range p.stateLines(c) {
		text += " · " + line[0].Text
	}
	return text
}

// many carries out one act on several customers' open cases, all in one
// transaction; what cannot be changed is named.
func (v *visit) many(ctx context.Context, act casebook.Act, customers []string) (Answer, error) {
	all, err := v.Register.Cases(ctx)
	if err != nil {
		return Answer{}, err
	}
	if len(customers) == 1 && customers[0] == "all" {
		if all, err = v.ofPresser(ctx); err != nil {
			return Answer{}, err
		}
		customers = nil
		for _, c := range all {
			customers = append(customers, c.CustomerID)
		}
	}
	var changes []casebook.Change
	var refused []string
	for _, customer := range slices.Compact(slices.Sorted(slices.Values(customers))) {
		changed, err := v.each(ctx, all, customer, act)
		if err != nil {
			return Answer{}, err
		}
		if len(changed) == 0 {
			refused = append(refused, customer)
		}
		changes = append(changes, changed...)
	}
	return v.changed(ctx, changes, refused)
}

// each carries out an act on the open cases of one customer, where the presser may.
func (v *visit) each(ctx context.Context, all []casebook.Case, customer string, act casebook.Act) ([]casebook.Change, error) {
	var changes []casebook.Change
	for _, c := range all {
		if c.CustomerID != customer || c.Closed() {
			continue
		}
		rights, err := v.rights(ctx, c.RepID)
		if err != nil {
			return nil, err
		}
		if change, err := casebook.Do(c, act); err == nil && rights.allowed {
			changes = append(changes, change)
		}
	}
	return changes, nil
}

func (v *visit) changed(ctx context.Context, changes []casebook.Change, refused []string) (Answer, error) {
	pressed, err := v.pressed(ctx, changes)
	if err != nil {
		return Answer{}, err
	}
	if len(changes) == 0 {
		pressed.Outcome = refusedStranger
	}
	if err := v.Register.CommitPress(ctx, pressed); err != nil {
		return Answer{}, err
	}
	v.Wake()
	var done []string
	for _, change := range changes {
		done = append(done, cmp.Or(change.Case.Name, change.Case.CustomerID))
	}
	var lines []string
	if len(done) > 0 {
		lines = append(lines, v.say.Text("command_changed", "list", strings.Join(slices.Compact(done), ", ")))
	}
	if len(refused) > 0 {
		lines = append(lines, v.say.Text("command_not", "list", strings.Join(refused, ", ")))
	}
	if len(lines) == 0 {
		return v.saying(v.say.Text("command_none")), nil
	}
	return Answer{Say: &Content{Text: strings.Join(lines, "\n"), Blocks: []Block{{Kind: Body, Lines: bulletless(lines)}}}}, nil
}

func bulletless(texts []string) []Line {
	lines := make([]Line, len(texts))
	for i, text := range texts {
		lines[i] = plain(text)
	}
	return lines
}

// explained computes the diagnosis of a customer, and shows it to whom it may be
// shown. Who asks for a customer that is somebody else's learns only that.
func (v *visit) explained(customer string) func(context.Context) Content {
	return func(ctx context.Context) Content {
		e, err := v.Explain(ctx, customer)
		if err != nil {
			return v.failed(err)
		}
		if e.Unknown != "" {
			return v.unknown(ctx, e.Unknown)
		}
		switch r, err := v.rights(ctx, e.Owner); {
		case err != nil:
			return v.failed(err)
		case !r.allowed:
			return *v.answer(r.word()).Say
		case r.private:
			return e.Private
		}
		return e.Public
	}
}

// unknown says that there is no such customer. Who is meant perhaps is named only to
// those who may see every customer.
func (v *visit) unknown(ctx context.Context, perhaps string) Content {
	if member, err := v.inGroup(ctx); err == nil && member {
		return v.content(perhaps)
	}
	return *v.answer("nobody").Say
}

func (v *visit) failed(err error) Content {
	v.Trouble(err)
	return *v.answer("failed").Say
}
