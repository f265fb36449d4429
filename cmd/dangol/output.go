package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs"
	"dangol/notify"
	"dangol/notify/slack"
	"dangol/notify/terminal"
	"dangol/notify/wording"
)

// The shape of `job --format json`.
type (
	jobOutput struct {
		Job         string          `json:"job"`
		AsOf        sales.Date      `json:"as_of"`
		DataThrough sales.Date      `json:"data_through"`
		Findings    []findingOutput `json:"findings"`
		Messages    []messageOutput `json:"messages"`
		DataQuality sales.Quality   `json:"data_quality"`
	}
	findingOutput struct {
		Kind        finding.Kind     `json:"kind"`
		CustomerID  string           `json:"customer_id"`
		RepID       string           `json:"rep_id"`
		Severity    finding.Severity `json:"severity"`
		Probability float64          `json:"probability"`
		MoneyAtRisk sales.Money      `json:"money_at_risk"`
		Headline    string           `json:"headline"`
		Facts       any              `json:"facts"`
		Causes      []causeOutput    `json:"causes"`
		Actions     []actionOutput   `json:"actions"`
	}
	causeOutput struct {
		Cause      string             `json:"cause"`
		Confidence finding.Confidence `json:"confidence"`
		For        []string           `json:"for"`
		Against    []string           `json:"against"`
	}
	actionOutput struct {
		Action string     `json:"action"`
		By     sales.Date `json:"by,omitzero"`
	}
	messageOutput struct {
		To     string `json:"to"`
		Text   string `json:"text"`
		Blocks any    `json:"blocks"`
	}
)

func writeJSON(w io.Writer, result *jobs.Result, say *wording.Wording, channels map[string]string) error {
	out := jobOutput{
		Job: result.Job, AsOf: result.Snapshot.AsOf, DataThrough: result.Snapshot.DataThrough, DataQuality: result.Snapshot.Quality,
		Findings: make([]findingOutput, len(result.Findings)), Messages: make([]messageOutput, len(result.Messages)),
	}
	for i, f := range result.Findings {
		out.Findings[i] = wordFinding(f, say)
	}
	for i, m := range result.Messages {
		out.Messages[i] = messageOutput{To: place(m.To, channels), Text: m.Text, Blocks: slack.Draw(m, notify.Resolved{}, moreLines(say))}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	return encoder.Encode(out)
}

func wordFinding(f finding.Finding, say *wording.Wording) findingOutput {
	out := findingOutput{
		Kind: f.Kind, CustomerID: f.CustomerID, RepID: f.RepID, Severity: f.Severity, Probability: f.Probability,
		MoneyAtRisk: f.MoneyAtRisk, Headline: say.Say(f.Headline), Facts: f.Facts,
		Causes: make([]causeOutput, len(f.Causes)), Actions: make([]actionOutput, len(f.Actions)),
	}
	for i, c := range f.Causes {
		out.Causes[i] = causeOutput{Cause: c.Name, Confidence: c.Confidence, For: say.Texts(c.For), Against: say.Texts(c.Against)}
	}
	for i, a := range f.Actions {
		out.Actions[i] = actionOutput{Action: say.Say(a.Phrase), By: a.Due}
	}
	return out
}

func writeText(w io.Writer, result *jobs.Result, say *wording.Wording, channels map[string]string) error {
	people := repNames(result.Snapshot)
	through := say.Text("frame_no_data")
	if result.Snapshot.DataThrough != 0 {
		through = say.Text("frame_through", "date", result.Snapshot.DataThrough.String())
	}
	fmt.Fprintln(w, say.Text("frame_job", "job", result.Job, "as_of", result.Snapshot.AsOf.String(), "through", through, "found", foundText(result, say), "n", len(result.Messages)))
	if result.Assumed != 0 {
		fmt.Fprintln(w, say.Text("frame_assumed", "date", result.Assumed.String()))
	}
	for _, v := range verdicts(result) {
		fmt.Fprintf(w, "  %s: %s\n", terminal.Visible(cmp.Or(people[v.RepID], v.RepID)), say.Say(v.Reason))
	}
	fmt.Fprintln(w)
	if err := (console{w, say, channels, people}).show(result.Messages...); err != nil {
		return err
	}
	return writeQuality(w, say, result.Snapshot.Quality, result.Held)
}

// countOf writes a number with its word: 1 message, 2 messages.
func countOf(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return fmt.Sprint(n, " ", word)
}

// foundText counts the findings: the stages of customers, or the kinds of what a
// job about figures found.
func foundText(result *jobs.Result, say *wording.Wording) string {
	counts := counted(result.Findings).of
	if result.Report == nil {
		return say.Text("frame_found", "lost", counts[finding.CustomerLost], "overdue", counts[finding.CustomerOverdue], "recovered", counts[finding.CustomerRecovered])
	}
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprint(counts[kind], " ", kind))
	}
	return cmp.Or(strings.Join(parts, ", "), say.Text("frame_nothing"))
}

// verdicts are why reps were or were not found to lose customers one after another.
func verdicts(result *jobs.Result) []finding.Verdict {
	if result.Report == nil {
		return nil
	}
	return result.Report.Judged
}
