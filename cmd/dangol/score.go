package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"dangol/internal/hint"
	"dangol/internal/sales"
	"dangol/jobs"
	"dangol/jobs/lost"
	"dangol/notify/wording"
)

// scoreColumns are the fields of a row, in the order of the CSV header.
var scoreColumns = []string{
	"customer_id", "customer_name", "rep_id", "orders", "first_order", "last_order", "silence_days", "cadence_days",
	"regular", "p_silent", "p_lost", "p_declining", "stage", "monthly_amount", "money_at_risk", "reason",
}

// scoreRow is one customer; a field without a value is null, or empty in CSV.
type scoreRow struct {
	CustomerID   string       `json:"customer_id"`
	CustomerName string       `json:"customer_name"`
	RepID        string       `json:"rep_id"`
	Orders       int          `json:"orders"`
	FirstOrder   *sales.Date  `json:"first_order"`
	LastOrder    *sales.Date  `json:"last_order"`
	SilenceDays  *int         `json:"silence_days"`
	CadenceDays  *float64     `json:"cadence_days"`
	Regular      bool         `json:"regular"`
	PSilent      *float64     `json:"p_silent"`
	PLost        *float64     `json:"p_lost"`
	PDeclining   *float64     `json:"p_declining"`
	Stage        string       `json:"stage"`
	Monthly      *sales.Money `json:"monthly_amount"`
	AtRisk       *sales.Money `json:"money_at_risk"`
	Reason       string       `json:"reason"`
}

// score prints one row per customer with every figure of the judgement.
func score(ctx context.Context, env environment, args []string) error {
	f := newFlags("score")
	f.StringVar(&f.config, "config", "", "")
	f.StringVar(&f.asOf, "as-of", "", "")
	f.StringVar(&f.format, "format", "csv", "")
	words, err := f.parse(args)
	if err != nil {
		return err
	}
	switch {
	case len(words) > 0:
		return &usageError{hint.With(fmt.Errorf("score: unexpected %q", words[0]), "dangol score --config F [--as-of DATE] [--format csv|json]")}
	case f.format != "csv" && f.format != "json":
		return &usageError{hint.With(fmt.Errorf("--format %q is not known", f.format), "want csv or json")}
	}
	cfg, err := f.load(env)
	if err != nil {
		return err
	}
	asOf, err := f.date(today(cfg, env))
	if err != nil {
		return err
	}
	definitions, err := rules(cfg)
	if err != nil {
		return err
	}
	say, err := language(cfg)
	if err != nil {
		return err
	}
	database, err := source(ctx, cfg)
	if err != nil {
		return err
	}
	defer database.Close()
	snapshot, err := reader{database}.Read(ctx, jobs.Request{AsOf: asOf, Today: today(cfg, env)})
	if err != nil {
		return err
	}
	judged := jobs.Judge(snapshot, definitions)
	if err := writeScore(env.stdout, f.format, scoreRows(judged, say.On(asOf))); err != nil {
		return err
	}
	return scoreNotes(env.stderr, say.On(asOf), judged, definitions)
}

// scoreNotes says what was left out of the rows and whether a job would tell anybody
// of them; an error where no line could be used at all.
func scoreNotes(w io.Writer, say *wording.Wording, judged *jobs.Judgement, definitions jobs.Rules) error {
	snapshot := judged.Snapshot
	if err := writeQuality(w, say, snapshot.Quality, lost.Held(judged.Sheet)); err != nil {
		return err
	}
	if stale := definitions.Freshness().Check(snapshot); stale != nil {
		if err := writeStale(w, say, stale); err != nil {
			return err
		}
	}
	if n := snapshot.Quality.OrderLines; n > 0 && snapshot.DataThrough == 0 {
		return hint.With(fmt.Errorf("none of %d order lines can be used", n), "the lines above say what they lack; see sales.queries.order_lines")
	}
	return nil
}

func scoreRows(judged *jobs.Judgement, say *wording.Wording) []scoreRow {
	rows := make([]scoreRow, len(judged.Sheet.Customers))
	for i := range judged.Sheet.Customers {
		s := &judged.Sheet.Customers[i]
		row := scoreRow{CustomerID: s.Customer.ID, CustomerName: s.Customer.Name, RepID: s.Owner, Orders: s.Orders,
			Regular: s.Regular, Stage: string(s.Stage), Reason: say.Say(s.Reason)}
		if s.Orders > 0 {
			row.FirstOrder, row.LastOrder, row.SilenceDays, row.Monthly = &s.First, &s.Last, &s.Silence, &s.Monthly
		}
		if s.Orders > 1 {
			row.CadenceDays = &s.Habit.Median
		}
		if s.Known {
			row.PSilent, row.PLost, row.AtRisk = &s.PSilent, &s.PLost, &s.MoneyAtRisk
		}
		if d := judged.Declines.Of(s.Customer.ID); d != nil && d.Judged {
			row.PDeclining = &d.P
		}
		rows[i] = row
	}
	return rows
}

func writeScore(w io.Writer, format string, rows []scoreRow) error {
	if format == "json" {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", " ")
		return encoder.Encode(rows)
	}
	table := csv.NewWriter(w)
	if err := table.Write(scoreColumns); err != nil {
		return err
	}
	for _, r := range rows {
		err := table.Write([]string{
			r.CustomerID, r.CustomerName, r.RepID, strconv.Itoa(r.Orders), text(r.FirstOrder), text(r.LastOrder),
			text(r.SilenceDays), number(r.CadenceDays, -1), strconv.FormatBool(r.Regular),
			number(r.PSilent, 6), number(r.PLost, 6), number(r.PDeclining, 6), r.Stage, text(r.Monthly), text(r.AtRisk), r.Reason,
		})
		if err != nil {
			return err
		}
	}
	table.Flush()
	return table.Error()
}

func text[T any](v *T) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(*v)
}

func number(v *float64, decimals int) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', decimals, 64)
}
