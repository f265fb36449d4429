package jobs

import (
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/declining"
	"dangol/jobs/diagnosis"
	"dangol/jobs/dropped"
	"dangol/jobs/lost"
	"dangol/jobs/neglected"
	"dangol/jobs/standing"
)

// Judgement is what is known of every customer on one date: what the job
// lost-customers tells, `score` lists and `explain` explains.
type Judgement struct {
	Snapshot *sales.Snapshot
	Sheet    *standing.Sheet
	Company  *diagnosis.Company
	Declines *declining.Company
	products *dropped.Report
	rules    Rules
}

// Judge judges every customer under the rules.
func Judge(snapshot *sales.Snapshot, rules Rules) *Judgement {
	return judgeWith(snapshot, rules, standing.Fit)
}

// judgeWith judges under a model of the caller's choice. The stage of who is
// declining is set last: to the diagnosis it is a customer who orders.
func judgeWith(snapshot *sales.Snapshot, rules Rules, fit Fitter) *Judgement {
	sheet := standing.JudgeWith(snapshot, rules.Standing, fit(snapshot, rules.Standing))
	company := diagnosis.Survey(snapshot, sheet, rules.Calendar())
	if rules.NoRepFigures {
		company = company.WithoutRepFigures()
	}
	declines := declining.Survey(snapshot, sheet, rules.Declining)
	declines.Mark(sheet)
	return &Judgement{Snapshot: snapshot, Sheet: sheet, Company: company, Declines: declines, rules: rules}
}

// Findings returns everything that is true of the customers on the date: silences
// and returns, declines, dropped products, products that lose their buyers,
// neglected regulars and whom to greet, in this order.
func (j *Judgement) Findings() []finding.Finding {
	return slices.Concat(lost.Find(j.Snapshot, j.Sheet, j.Company), j.declines(), j.Products().Findings(j.rules.Calendar()), j.neglected())
}

// declines are the customers who buy less, each with its causes.
func (j *Judgement) declines() []finding.Finding {
	found := j.Declines.Findings()
	for i := range found {
		facts := found[i].Facts.(finding.DeclineFacts)
		found[i].Causes = j.Company.DeclineCauses(j.Sheet.Customer(found[i].CustomerID), facts.From)
	}
	return found
}

// Products is what is known of what customers stopped buying. It is dear, and
// looked into when first asked for.
func (j *Judgement) Products() *dropped.Report {
	if j.products == nil {
		report := dropped.Judge(j.Snapshot, j.Sheet, j.rules.Dropped)
		j.products = &report
	}
	return j.products
}

func (j *Judgement) neglected() []finding.Finding {
	return append(neglected.Find(j.Snapshot, j.Sheet, j.Company, j.rules.Neglected),
		neglected.Greetings(j.Snapshot, j.Sheet, j.rules.Calendar(), j.rules.Neglected)...)
}
