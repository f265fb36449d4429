package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"dangol/config"
	"dangol/internal/hint"
	"dangol/internal/sales"
	"dangol/jobs"
	"dangol/jobs/explain"
	"dangol/notify/terminal"
)

// nearest is how many customers are named where the one asked for is unknown.
const nearest = 5

// explainCustomer prints the whole diagnosis of one customer. No state is read
// or written.
func explainCustomer(ctx context.Context, env environment, args []string) error {
	f := newFlags("explain")
	f.StringVar(&f.config, "config", "", "")
	f.StringVar(&f.asOf, "as-of", "", "")
	words, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(words) != 1 || strings.TrimSpace(words[0]) == "" {
		return &usageError{hint.With(errors.New("explain: want the id or the name of one customer"),
			`dangol explain C0002 --config dangol.yaml; a name with spaces goes in quotes`)}
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
	id, from := merged(cfg.Merged, words[0])
	customer, err := theCustomer(snapshot, id)
	if err != nil {
		return err
	}
	facts := explanationFacts(snapshot, definitions, cfg)
	facts.MergedFrom = from
	return writeExplanation(env.stdout, say, explain.Explain(facts, facts.Sheet.Customer(customer.ID)))
}

// explanationFacts judges the company as the job lost-customers does.
func explanationFacts(snapshot *sales.Snapshot, definitions jobs.Rules, cfg *config.Config) explain.Facts {
	judged := jobs.Judge(snapshot, definitions)
	return explain.Facts{
		Snapshot: snapshot, Sheet: judged.Sheet, Company: judged.Company, Declines: judged.Declines,
		Fresh:    definitions.Freshness().Measure(snapshot),
		Stale:    definitions.Freshness().Check(snapshot),
		Findings: judged.Findings(), Switches: judged.Products().Switches, Currency: cfg.Currency,
	}
}

// merged leads a customer that was merged away to the one it became; from is
// then the id asked for. The reader has refused circles.
func merged(into map[string]string, asked string) (id, from string) {
	id = asked
	for next, ok := into[id]; ok; next, ok = into[id] {
		id, from = next, asked
	}
	return id, from
}

// theCustomer finds the one customer that was asked for by id or name.
func theCustomer(snapshot *sales.Snapshot, asked string) (*sales.Customer, error) {
	found := explain.Find(snapshot, asked)
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		err := fmt.Errorf("unknown customer %q", asked)
		if near := explain.Near(snapshot, asked, nearest); len(near) > 0 {
			return nil, hint.With(err, "close to it: %s", named(near))
		}
		return nil, hint.With(err, "`dangol score` lists every customer known on %s", snapshot.AsOf)
	}
	return nil, hint.With(fmt.Errorf("%d customers are called %q", len(found), asked), "give the id of one: %s", named(found))
}

// named lists customers by name and id, at most twenty.
func named(customers []*sales.Customer) string {
	const most = 20
	var list []string
	for _, c := range customers[:min(len(customers), most)] {
		list = append(list, terminal.Visible(fmt.Sprintf("%s (%s)", c.Name, c.ID)))
	}
	if rest := len(customers) - most; rest > 0 {
		list = append(list, fmt.Sprintf("%d more", rest))
	}
	return strings.Join(list, ", ")
}
