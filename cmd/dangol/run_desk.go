package main

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"dangol/internal/hint"
	"dangol/internal/sales"
	"dangol/jobs"
	"dangol/jobs/explain"
	"dangol/notify"
	"dangol/notify/slack"
	"dangol/notify/terminal"
	"dangol/notify/wording"
)

// listen takes what people press until ctx ends, where an app token is given. The
// channel it returns is closed once nothing pressed is under way any more.
func (d *daemon) listen(ctx context.Context) <-chan struct{} {
	ended := make(chan struct{})
	if d.cfg.Slack.AppToken == "" {
		close(ended)
		return ended
	}
	client := slack.New(slack.Options{Token: d.cfg.Slack.Token.Reveal(), APIURL: d.cfg.Slack.APIURL, Clock: d.env.now})
	d.ear = slack.NewListener(client, slack.ListenOptions{
		AppToken: d.cfg.Slack.AppToken.Reveal(), Presses: d.desk(client), Clock: d.env.now,
		Unsaved: d.say.Wording.On(today(d.cfg, d.env)).Text("desk_unsaved"),
		Trouble: func(err error) {
			d.log.Warn("something pressed in Slack", "error", err.Error(), "remedies", hint.Of(err))
		},
	})
	go func() {
		defer close(ended)
		d.ear.Run(ctx)
	}()
	return ended
}

// hear shows how listening is.
func (d *daemon) hear() {
	if d.ear == nil {
		return
	}
	d.status.Set("buttons", d.ear.Health())
	counts, up := d.ear.Counts()
	d.status.Metrics.Listening(up, counts.Presses)
}

// desk answers what people press and type.
func (d *daemon) desk(lobby notify.Lobby) *notify.Desk {
	return &notify.Desk{
		Register: d.state, Lobby: lobby, Composer: d.say, Explain: d.explained, Groups: d.cfg.Slack.Groups,
		Today: func() sales.Date { return today(d.cfg, d.env) }, Clock: d.env.now, NewID: rand.Text,
		Trouble: func(err error) {
			d.log.Error("a question in Slack could not be answered", "error", err.Error(), "remedies", hint.Of(err))
		},
		Wake: d.sender.wake,
	}
}

// oneQuestion: questions that read the whole database are answered one at a time.
var oneQuestion = make(chan struct{}, 1)

// explained reads the database and words the diagnosis of one customer for Slack.
func (d *daemon) explained(ctx context.Context, asked string) (notify.Explained, error) {
	select {
	case oneQuestion <- struct{}{}:
		defer func() { <-oneQuestion }()
	case <-ctx.Done():
		return notify.Explained{}, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(d.cfg.Run.Deadline))
	defer cancel()
	definitions, err := rules(d.cfg)
	if err != nil {
		return notify.Explained{}, err
	}
	snapshot, err := d.yesterday(ctx)
	if err != nil {
		return notify.Explained{}, err
	}
	id, from := merged(d.cfg.Merged, asked)
	say := d.say.Wording.On(snapshot.AsOf)
	found := explain.Find(snapshot, id)
	if len(found) != 1 {
		return notify.Explained{Unknown: whoIsMeant(say, asked, found, explain.Near(snapshot, id, nearest))}, nil
	}
	customer := found[0]
	facts := explanationFacts(snapshot, definitions, d.cfg)
	facts.MergedFrom = from
	who := facts.Sheet.Customer(customer.ID)
	if who == nil {
		return notify.Explained{}, errors.New("no sheet of customer " + customer.ID)
	}
	answer := notify.Explained{Owner: customer.Owner(), Private: explanationContent(say, explain.Explain(facts, who))}
	facts.NoVisits = true
	answer.Public = explanationContent(say, explain.Explain(facts, who))
	return answer, nil
}

// yesterday reads what was known at the end of yesterday in the config's zone.
func (d *daemon) yesterday(ctx context.Context) (*sales.Snapshot, error) {
	database, err := source(ctx, d.cfg)
	if err != nil {
		return nil, err
	}
	defer database.Close()
	on := today(d.cfg, d.env)
	return reader{database}.Read(ctx, jobs.Request{AsOf: on - 1, Today: on})
}

// whoIsMeant says that no customer, or more than one, is called so, and who is meant
// perhaps.
func whoIsMeant(say *wording.Wording, asked string, found, near []*sales.Customer) string {
	switch {
	case len(found) > 1:
		return say.Text("asked_many", "customer", asked, "n", len(found), "names", named(found))
	case len(near) > 0:
		return say.Text("asked_near", "customer", asked, "names", named(near))
	}
	return say.Text("desk_nobody")
}

// explanationContent sets an explanation as a message: a heading and lines for
// each section.
func explanationContent(say *wording.Wording, e explain.Explanation) notify.Content {
	t := &sheetOfText{say: say}
	title := t.words(e.Title)
	c := notify.Content{Text: title, Blocks: []notify.Block{{Kind: notify.Header, Lines: []notify.Line{{{Text: title}}}}}}
	var subtitle []notify.Line
	for _, line := range e.Subtitle {
		subtitle = append(subtitle, notify.Line{{Text: t.words(line.Parts...)}})
	}
	c.Blocks = append(c.Blocks, notify.Block{Kind: notify.Body, Lines: subtitle})
	for _, section := range e.Sections {
		lines := []notify.Line{{{Text: t.words(section.Heading), Bold: true}}}
		for _, line := range section.Lines {
			lines = append(lines, notify.Line{{Text: explanationLine(t, line)}})
		}
		c.Blocks = append(c.Blocks, notify.Block{Kind: notify.Body, Lines: lines})
	}
	return c
}

// explanationLine sets one line without columns: a phone has none.
func explanationLine(t *sheetOfText, line explain.Line) string {
	parts := []string{}
	if word, ok := line.Mark.Phrase(); ok {
		parts = append(parts, t.words(word)+":")
	} else if line.Mark == explain.Item {
		parts = append(parts, "•")
	}
	if len(line.Parts) > 0 {
		parts = append(parts, t.words(line.Parts...))
	}
	text := strings.Join(parts, " ")
	for _, short := range append(line.Grid, line.Cells...) {
		text += " · " + terminal.Visible(short)
	}
	return strings.TrimPrefix(text, " · ")
}
