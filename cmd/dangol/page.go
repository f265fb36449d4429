package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs"
	"dangol/notify"
	"dangol/notify/chart"
	"dangol/notify/html"
	"dangol/notify/slack"
	"dangol/notify/wording"
)

// pageFindings is how many findings the page of one run lists.
const pageFindings = 100

// writeJobPage is the page of one run: what is true, what is said, what the
// data are like.
func writeJobPage(w io.Writer, result *jobs.Result, say *wording.Wording, channels map[string]string) error {
	asOf, people := result.Snapshot.AsOf, repNames(result.Snapshot)
	counts := counted(result.Findings)
	page := newPage(say, []*jobs.Result{result}, channels)
	page.Title = say.Text("page_job_title", "job", result.Job, "as_of", say.On(0).Day(asOf))
	page.Lead = []string{say.Text("page_job_lead", "through", result.Snapshot.DataThrough,
		"findings", len(result.Findings), "messages", len(result.Messages))}
	page.Figures = append(standingFigures(say, result, counts),
		html.Figure{Value: strconv.Itoa(counts.of[finding.CustomerRecovered]), Label: say.Text("page_recovered_lately")})
	page.Table = findingTable(say, result.Findings, people, asOf)
	return html.Write(w, page)
}

// writeDemoPage is the page of all nights of the demo.
func writeDemoPage(w io.Writer, nights, reports []*jobs.Result, say *wording.Wording, channels map[string]string) error {
	first, last := nights[0].Snapshot, nights[len(nights)-1]
	posts, back := 0, 0
	for _, night := range nights {
		for _, m := range night.Messages {
			if m.Op == notify.Post {
				posts++
			}
		}
		for _, change := range night.Changes {
			if change.Reason == casebook.OrderedAgain {
				back++
			}
		}
	}
	page := newPage(say, slices.Concat(nights, reports), channels)
	page.Title = say.Text("page_demo_title")
	page.Lead = []string{
		say.Text("page_demo_company", "customers", len(last.Snapshot.Customers), "reps", owners(last.Snapshot)),
		say.Text("page_demo_story", "from", say.On(0).Date(first.AsOf), "to", say.On(0).Date(last.Snapshot.AsOf)),
		say.Text("page_demo_how"),
	}
	page.Figures = append(standingFigures(say, last, counted(last.Findings)),
		html.Figure{Value: strconv.Itoa(back), Label: say.Text("page_recovered", "date", first.AsOf)},
		html.Figure{Value: strconv.Itoa(posts), Label: say.Text("page_posts", "nights", len(nights))})
	return html.Write(w, page)
}

// owners is how many reps own customers.
func owners(snapshot *sales.Snapshot) int {
	own := map[string]bool{}
	for i := range snapshot.Customers {
		if rep, ok := snapshot.Rep(snapshot.Customers[i].Owner()); ok && !rep.Inactive {
			own[rep.ID] = true
		}
	}
	return len(own)
}

// newPage holds what every page does: the messages, the words, the data quality
// of the latest reading.
func newPage(say *wording.Wording, nights []*jobs.Result, channels map[string]string) html.Page {
	snapshot := nights[len(nights)-1].Snapshot
	resolved, users := onPage(nights)
	page := html.Page{Locale: say.Locale(), Words: pageWords(say), Users: users, Notes: qualityNotes(say, snapshot.Quality, nights[len(nights)-1].Held)}
	people := repNames(snapshot)
	for _, night := range nights {
		for _, m := range night.Messages {
			page.Sent = append(page.Sent, sent(m, resolved, say, night.Snapshot.AsOf, channels, people))
		}
	}
	return page
}

// sent is a message as Slack would get it.
func sent(m notify.Message, resolved notify.Resolved, say *wording.Wording, asOf sales.Date, channels, people map[string]string) html.Sent {
	s := html.Sent{ID: m.ID, Op: m.Op, Target: m.Target, Day: say.Day(asOf), Text: slack.Text(m), Direct: m.To.Rep != ""}
	if s.Place = place(m.To, channels); s.Direct {
		s.Place = personOr(people, m.To.Rep)
	}
	resolved.Pictures = drawn(m)
	if blocks := slack.Draw(m, resolved, moreLines(say)); blocks != nil {
		s.Blocks, _ = json.Marshal(blocks) // plain structs of strings; without blocks the text is shown
	}
	return s
}

// drawn are the charts of a message as addresses that hold them whole: a page fetches
// nothing.
func drawn(m notify.Message) map[*chart.Chart]string {
	pictures := map[*chart.Chart]string{}
	for _, block := range m.Blocks {
		if block.Chart == nil {
			continue
		}
		if png, err := chart.PNG(*block.Chart); err == nil { // without it the figures stand there as text
			pictures[block.Chart] = "data:image/png;base64," + base64.StdEncoding.EncodeToString(png)
		}
	}
	return pictures
}

// onPage resolves what Slack would: each rep has a user, and each message posted
// has an address, here its place on the page.
func onPage(nights []*jobs.Result) (notify.Resolved, map[string]string) {
	resolved := notify.Resolved{Users: map[string]string{}, Links: map[string]string{}}
	users := map[string]string{}
	for i, rep := range nights[len(nights)-1].Snapshot.Reps {
		id := fmt.Sprintf("U%d", i+1)
		resolved.Users[rep.ID], users[id] = id, wording.Name(rep.Name)
	}
	for _, night := range nights {
		for _, m := range night.Messages {
			if m.Op == notify.Post {
				resolved.Links[m.ID] = html.Permalink(m.ID)
			}
		}
	}
	return resolved, users
}

// repNames are the names of those reps that have one; namesakes are told apart
// by their ids.
func repNames(snapshot *sales.Snapshot) map[string]string {
	names, bearers := map[string]string{}, map[string]int{}
	for _, rep := range snapshot.Reps {
		if rep.Name != "" {
			names[rep.ID] = wording.Name(rep.Name)
			bearers[names[rep.ID]]++
		}
	}
	for id, name := range names {
		if bearers[name] > 1 {
			names[id] = name + " (" + wording.Name(id) + ")"
		}
	}
	return names
}

// placeNamed is place with a rep's name instead of the id, where it is known.
func placeNamed(to notify.Destination, channels, people map[string]string) string {
	if to.Rep == "" {
		return place(to, channels)
	}
	return "@" + personOr(people, to.Rep)
}

// personOr is a rep's name, or the id where none is known.
func personOr(people map[string]string, id string) string {
	if name := people[id]; name != "" {
		return name
	}
	return id
}

// tally counts findings by kind and adds up what is at risk with the lost.
type tally struct {
	of   map[finding.Kind]int
	risk sales.Money
}

func counted(findings []finding.Finding) tally {
	t := tally{of: map[finding.Kind]int{}}
	for _, f := range findings {
		t.of[f.Kind]++
		if f.Kind == finding.CustomerLost {
			t.risk += f.MoneyAtRisk
		}
	}
	return t
}

// standingFigures say where the company stands; nothing where the data are not
// believed.
func standingFigures(say *wording.Wording, result *jobs.Result, counts tally) []html.Figure {
	if result.Sheet == nil {
		return nil
	}
	return []html.Figure{
		{Value: strconv.Itoa(result.Sheet.CurrentRegulars()), Label: say.Text("page_regulars", "date", result.Snapshot.AsOf)},
		{Value: strconv.Itoa(counts.of[finding.CustomerLost]), Label: say.Text("page_lost")},
		{Value: say.Money(counts.risk), Label: say.Text("page_risk")},
		{Value: strconv.Itoa(counts.of[finding.CustomerOverdue]), Label: say.Text("page_overdue")},
	}
}

func findingTable(say *wording.Wording, findings []finding.Finding, people map[string]string, asOf sales.Date) html.Table {
	table := html.Table{Title: say.Text("page_findings", "as_of", asOf), Columns: []html.Column{
		{Name: say.Text("page_column_finding")}, {Name: say.Text("page_column_owner")},
		{Name: say.Text("page_column_odds"), Numeric: true}, {Name: say.Text("page_column_risk"), Numeric: true},
	}}
	shown := findings[:min(len(findings), pageFindings)]
	for _, f := range shown {
		row := []string{say.Say(f.Headline), personOr(people, f.RepID), "", ""}
		if slices.Contains([]finding.Kind{finding.CustomerLost, finding.CustomerOverdue}, f.Kind) {
			row[2], row[3] = wording.Percent(f.Probability), say.Money(f.MoneyAtRisk)
		}
		table.Rows = append(table.Rows, row)
	}
	if rest := len(findings) - len(shown); rest > 0 {
		table.More = say.Text("page_findings_rest", "n", rest)
	}
	return table
}

func pageWords(say *wording.Wording) html.Words {
	return html.Words{
		App: say.Text("page_app"), Channels: say.Text("page_channels"), People: say.Text("page_people"), Direct: say.Text("page_direct"),
		Quiet: say.Text("page_quiet"), Notes: say.Text("page_notes"),
		Reply: say.Text("page_orphan_reply"), Update: say.Text("page_orphan_update"),
		Messages: func(n int) string { return say.Text("page_messages", "n", n) },
		Replies:  func(n int) string { return say.Text("page_replies", "n", n) },
		Edited: func(day string, earlier int) string {
			return say.Text("page_edited", "date", day, "n", earlier)
		},
	}
}
