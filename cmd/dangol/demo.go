package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dangol/config"
	"dangol/internal/casebook"
	"dangol/internal/hint"
	"dangol/internal/sales"
	"dangol/internal/sample"
	"dangol/internal/store"
	"dangol/jobs"
	"dangol/jobs/silence"
	"dangol/jobs/standing"
	"dangol/notify"
	"dangol/notify/wording"
)

const (
	// demoDays is how far before the as-of date the demo takes its baseline.
	demoDays = 56
	// demoSeed is the sample company that everybody sees.
	demoSeed = 1
	// pageFile is the page that --out keeps.
	pageFile = "index.html"
	// demoMessages is how many messages of each reason the terminal shows.
	demoMessages = 2
)

// demo runs the whole thing on the sample company: baseline eight weeks before
// the as-of date, then every working day since, through the same reading,
// judging and composing as a real company's.
func demo(ctx context.Context, env environment, args []string) error {
	f := newFlags("demo")
	locale := f.String("locale", "en", "")
	out := f.String("out", "", "")
	f.StringVar(&f.asOf, "as-of", "", "")
	serveAt := f.String("serve", "", "")
	words, err := f.parse(args)
	if err != nil {
		return err
	}
	switch {
	case len(words) > 0:
		return &usageError{hint.With(fmt.Errorf("demo: unexpected %q", words[0]), "dangol demo [--locale en|ko] [--as-of DATE] [--out DIR] [--serve ADDR]")}
	case !slices.Contains([]string{"en", "ko"}, *locale):
		return &usageError{hint.With(fmt.Errorf("--locale %q is not known", *locale), "want en or ko")}
	}
	seoul, err := loadSeoul()
	if err != nil {
		return err
	}
	asOf, err := f.date(sales.DateOf(env.now().In(seoul)))
	if err != nil {
		return err
	}
	var listener net.Listener
	if *serveAt != "" {
		if listener, err = listen(ctx, *serveAt); err != nil {
			return err
		}
		defer listener.Close()
	}
	page, err := performDemo(ctx, env, sample.Options{AsOf: asOf, Locale: *locale, Seed: demoSeed}, *out)
	if err != nil || listener == nil {
		return err
	}
	return serve(ctx, env.stdout, listener, page)
}

// performDemo plays the demo, prints its story and returns its page.
func performDemo(ctx context.Context, env environment, options sample.Options, out string) ([]byte, error) {
	dir, cleanUp, err := demoFolder(out)
	if err != nil {
		return nil, err
	}
	defer cleanUp()
	if err := writeCompany(sample.Build(options), dir); err != nil {
		return nil, err
	}
	cfg, err := config.Load(filepath.Join(dir, "dangol.yaml"), env.getenv)
	if err != nil {
		return nil, err
	}
	nights, err := playDemo(ctx, env, cfg, options.AsOf)
	if err != nil {
		return nil, err
	}
	reports, err := demoReports(ctx, env, cfg, options.AsOf)
	if err != nil {
		return nil, err
	}
	words, err := composer(cfg)
	if err != nil {
		return nil, err
	}
	say, channels := words.Wording.On(options.AsOf), cfg.Slack.Channels.ByRole()
	var page bytes.Buffer
	if err := writeDemoPage(&page, nights, reports, say, channels); err != nil {
		return nil, err
	}
	if out != "" {
		if err := os.WriteFile(filepath.Join(dir, pageFile), page.Bytes(), 0o644); err != nil {
			return nil, err
		}
	}
	return page.Bytes(), showDemo(env.stdout, nights, reports, say, channels, out)
}

// demoFolder is --out, or a temporary folder that is removed afterwards.
func demoFolder(out string) (string, func(), error) {
	if out == "" {
		dir, err := os.MkdirTemp("", "dangol-demo-")
		return dir, func() { os.RemoveAll(dir) }, err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", nil, hint.With(err, "give --out a folder that can be written")
	}
	text, err := os.ReadFile(filepath.Join(out, "dangol.yaml"))
	if err == nil && !strings.HasPrefix(string(text), sample.ConfigMark) {
		return "", nil, &usageError{hint.With(fmt.Errorf("--out %s holds a dangol.yaml that is not the demo's", out), "give --out a folder of its own")}
	}
	// A demo writes its config before its state: this one is of a real dangol, whose
	// config stands elsewhere.
	if _, stateErr := os.Stat(filepath.Join(out, "state.db")); err != nil && stateErr == nil {
		return "", nil, &usageError{hint.With(fmt.Errorf("--out %s holds a state.db that is not the demo's", out), "give --out a folder of its own")}
	}
	return out, func() {}, nil
}

// writeCompany writes the database, the config and the files it names. A state
// of an earlier demo goes: its cases belong to another as-of date.
func writeCompany(company *sample.Company, dir string) error {
	if err := company.WriteSQLite(filepath.Join(dir, "sales.db")); err != nil {
		return hint.With(err, "give --out a folder that can be written, with some 20 MB of space")
	}
	for name, content := range company.Files(sample.ConfigOptions{}) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			return err
		}
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(filepath.Join(dir, "state.db"+suffix)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// playDemo runs the job on the baseline date and on every selling day since.
func playDemo(ctx context.Context, env environment, cfg *config.Config, asOf sales.Date) ([]*jobs.Result, error) {
	definitions, err := rules(cfg)
	if err != nil {
		return nil, err
	}
	entry, err := jobs.Find(jobs.LostCustomers)
	if err != nil {
		return nil, err
	}
	call := &jobCall{cfg: cfg, name: entry.Name}
	if call.job, err = jobs.NewLostCustomers(definitions, cfg.DecodeJob, seldom(asOf)); err != nil {
		return nil, err
	}
	state, err := store.Open(ctx, cfg.Path(cfg.State.Path))
	if err != nil {
		return nil, err
	}
	defer state.Close()
	runner, closeAll, err := call.runner(ctx, env)
	if err != nil {
		return nil, err
	}
	defer closeAll()
	runner.Book = state
	known, err := runner.Reader.Read(ctx, jobs.Request{AsOf: asOf, Today: asOf + 1})
	if err != nil {
		return nil, err
	}
	runner.Reader = past{known}
	var nights []*jobs.Result
	for day := asOf - demoDays; day <= asOf; day++ {
		if day != asOf-demoDays && day != asOf && !definitions.Calendar().Selling(day) {
			continue
		}
		night, err := runner.Run(ctx, day, day+1, false)
		if err != nil {
			return nil, fmt.Errorf("the night of %s: %w", day, err)
		}
		if err := deliverToTerminal(ctx, state, night.Messages); err != nil {
			return nil, err
		}
		nights = append(nights, night)
	}
	return nights, nil
}

// seldom refits the model every two weeks, since forty nights in a row differ
// little, and on the last night, so that a job on the kept state says nothing
// else.
func seldom(last sales.Date) jobs.Fitter {
	var model silence.Blend
	var fitted sales.Date
	return func(snapshot *sales.Snapshot, rules standing.Rules) silence.Blend {
		if fitted == 0 || snapshot.AsOf >= fitted+14 || snapshot.AsOf == last {
			model, fitted = standing.Fit(snapshot, rules), snapshot.AsOf
		}
		return model
	}
}

// past answers each night from one reading, cut at that night's as-of date.
type past struct{ known *sales.Snapshot }

// Read returns what was known at the end of the as-of date.
func (p past) Read(_ context.Context, request jobs.Request) (*sales.Snapshot, error) {
	return p.known.Through(request.AsOf), nil
}

// deliverToTerminal marks a night's messages delivered: the terminal shows them.
func deliverToTerminal(ctx context.Context, state *store.Store, messages []notify.Message) error {
	for _, m := range messages {
		if err := state.Delivered(ctx, m.ID, notify.Receipt{Channel: "terminal", TS: rand.Text()}); err != nil {
			return err
		}
	}
	return nil
}

// showDemo prints the story: the baseline, the newest messages of each kind, the
// reports, and where to go from here.
func showDemo(w io.Writer, nights, reports []*jobs.Result, say *wording.Wording, channels map[string]string, out string) error {
	first, last := nights[0], nights[len(nights)-1]
	screen := console{w, say, channels, repNames(last.Snapshot)}
	fmt.Fprintln(w, say.Text("frame_company", "customers", len(last.Sheet.Customers), "reps", owners(last.Snapshot)))
	fmt.Fprintln(w, say.Text("frame_story", "from", first.Snapshot.AsOf.String(), "to", last.Snapshot.AsOf.String())+"\n")
	if err := screen.show(first.Messages...); err != nil {
		return err
	}
	shown, total := pick(nights[1:]), 0
	for _, night := range nights {
		total += len(night.Messages)
	}
	for _, s := range shown {
		fmt.Fprintf(w, "%s\n", s.night.Snapshot.AsOf)
		if err := screen.show(s.messages...); err != nil {
			return err
		}
	}
	if err := showReports(screen, reports); err != nil {
		return err
	}
	if err := writeQuality(w, say, last.Snapshot.Quality, last.Held); err != nil {
		return err
	}
	fmt.Fprintln(w, "\n"+say.Text("frame_total", "nights", len(nights), "messages", total))
	goOn := say.Text("frame_keep")
	if out != "" {
		goOn = say.Text("frame_kept", "out", out, "page", filepath.Join(out, pageFile), "file", filepath.Join(out, "dangol.yaml"))
	}
	_, err := fmt.Fprintln(w, goOn)
	return err
}

// story is what one case had said in one night.
type story struct {
	night    *jobs.Result
	messages []notify.Message
}

// pick chooses the newest nights of each reason and stage, oldest first.
func pick(nights []*jobs.Result) []story {
	var picked []story
	count := map[string]int{}
	for _, night := range slices.Backward(nights) {
		for _, change := range night.Changes {
			key := string(change.Reason) + string(change.Case.Kind)
			messages := about(night.Messages, change)
			if len(messages) == 0 || count[key] == demoMessages {
				continue
			}
			count[key]++
			picked = append(picked, story{night, messages})
		}
	}
	slices.Reverse(picked)
	return picked
}

func about(messages []notify.Message, change casebook.Change) []notify.Message {
	var found []notify.Message
	for _, m := range messages {
		if m.CaseID == change.Case.ID {
			found = append(found, m)
		}
	}
	return found
}
