package main

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/go-sql-driver/mysql"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"dangol/internal/fakeslack"
	"dangol/internal/sales"
	"dangol/internal/sample"
	"dangol/internal/store"
	"dangol/internal/testdb"
)

// ordeal is a daemon under a clock that the test sets, between a database and a Slack
// that the test cuts off.
type ordeal struct {
	office
	t       *testing.T
	dice    *rand.Rand
	clock   string // file with the offset of the daemon's clock
	now     time.Time
	set     time.Time // when now was set
	zone    *time.Location
	daemon  process
	db      *toxiproxy.Proxy
	hotline *toxiproxy.Proxy // to Slack
	faults  map[string]int
}

// newOrdeal puts proxies between an office's daemon and its database and Slack.
func newOrdeal(t *testing.T, o office, dsn string, seed uint64) *ordeal {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Fatal(err)
	}
	d := &ordeal{office: o, t: t, zone: zone, dice: rand.New(rand.NewPCG(seed, 6)), clock: filepath.Join(t.TempDir(), "clock"), faults: map[string]int{}}
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())
	parsed, err := mysql.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	slack, err := url.Parse(o.slack.APIURL())
	if err != nil {
		t.Fatal(err)
	}
	d.db = toxiproxy.NewProxy(server, "db", "127.0.0.1:0", parsed.Addr)
	d.hotline = toxiproxy.NewProxy(server, "slack", "127.0.0.1:0", slack.Host)
	for _, proxy := range []*toxiproxy.Proxy{d.db, d.hotline} {
		if err := proxy.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(proxy.Stop)
	}
	text, err := os.ReadFile(o.config)
	if err != nil {
		t.Fatal(err)
	}
	replaced := strings.NewReplacer(parsed.Addr, d.db.Listen, slack.Host, d.hotline.Listen).Replace(string(text))
	d.write(t, replaced)
	return d
}

// at sets the daemon's clock.
func (d *ordeal) at(now time.Time) {
	d.now, d.set = now, time.Now()
	fresh := d.clock + ".new"
	if err := os.WriteFile(fresh, []byte(time.Until(now).String()), 0o600); err != nil {
		d.t.Fatal(err)
	}
	if err := os.Rename(fresh, d.clock); err != nil {
		d.t.Fatal(err)
	}
}

// forward moves the clock on.
func (d *ordeal) forward(by time.Duration) { d.at(d.now.Add(time.Since(d.set) + by)) }

func (d *ordeal) start() {
	d.daemon = launchFrail(d.t, []string{"DANGOL_CLOCK=" + d.clock}, "run", "--config", d.config)
}

func (d *ordeal) signal(s syscall.Signal) { _ = d.daemon.cmd.Process.Signal(s) }

// standing is when the job last worked, by the daemon's clock, whether it judged or
// held all because of the data; and left how many messages wait.
func (d *ordeal) standing() (last time.Time, left int) {
	state, err := store.OpenReadOnly(d.t.Context(), filepath.Join(filepath.Dir(d.config), "state.db"))
	if err != nil || state == nil {
		return time.Time{}, -1
	}
	defer state.Close()
	last, err = state.LastRun(d.t.Context(), "lost-customers")
	waiting, waitErr := state.Undelivered(d.t.Context())
	if err != nil || waitErr != nil {
		return time.Time{}, -1
	}
	return last, len(waiting)
}

// until waits for something to come true; the clock runs fast meanwhile, so that
// pauses between attempts pass.
func (d *ordeal) until(what string, is func() bool) {
	d.t.Helper()
	for range 240 {
		if is() {
			return
		}
		time.Sleep(250 * time.Millisecond)
		d.forward(3 * time.Second)
	}
	d.signal(syscall.SIGCONT)
	d.daemon.kill()
	out := d.daemon.wait(d.t)
	d.t.Fatalf("not within a minute: %s\n%s", what, tailOf(out.stderr))
}

func tailOf(text string) string { return text[max(0, len(text)-4000):] }

// dueOn is when the runs of a day are due.
func dueOn(day sales.Date, zone *time.Location) time.Time {
	return time.Date(day.Time().Year(), day.Time().Month(), day.Time().Day(), 8, 0, 0, 0, zone)
}

// day lets the run of one day happen, with one fault, and waits until all is said.
func (d *ordeal) day(day sales.Date, fault string) {
	d.t.Helper()
	d.faults[fault]++
	due := dueOn(day, d.zone)
	switch fault {
	case "paused":
		d.pause(due)
	case "paused at work":
		d.at(due.Add(-time.Second))
		time.Sleep(time.Duration(500+d.dice.IntN(2000)) * time.Millisecond)
		d.pause(due)
	case "no database":
		d.db.Stop()
		d.at(due)
		time.Sleep(1500 * time.Millisecond)
		d.revive(d.db)
	case "no slack":
		d.at(due.Add(-time.Second))
		time.Sleep(time.Duration(500+d.dice.IntN(1500)) * time.Millisecond)
		d.hotline.Stop()
		time.Sleep(time.Second)
		d.revive(d.hotline)
	case "killed":
		d.at(due.Add(-time.Second))
		time.Sleep(time.Duration(700+d.dice.IntN(2500)) * time.Millisecond)
		d.daemon.kill()
		d.daemon.wait(d.t)
		d.start()
	default:
		d.at(due.Add(-time.Second))
	}
	d.until(fmt.Sprintf("the run of %s in spite of %q", day, fault), func() bool { last, _ := d.standing(); return !last.Before(due) })
	d.until(fmt.Sprintf("all of %s said in spite of %q", day, fault), func() bool { _, left := d.standing(); return left == 0 })
}

// pause stops the process as SIGSTOP does, and lets it go on hours later by its clock;
// in the long run now and then after minutes in which its connections are really silent.
func (d *ordeal) pause(due time.Time) {
	really := 300 * time.Millisecond
	if n := d.faults["paused"] + d.faults["paused at work"]; long() && n%8 == 2 {
		really = 2 * time.Minute
	}
	d.signal(syscall.SIGSTOP)
	d.at(due.Add(time.Duration(1+d.dice.IntN(300)) * time.Minute))
	time.Sleep(really)
	d.signal(syscall.SIGCONT)
}

func (d *ordeal) revive(p *toxiproxy.Proxy) {
	d.t.Helper()
	if err := p.Start(); err != nil {
		d.t.Fatal(err)
	}
}

// reckoning is what an ordeal comes to.
type reckoning struct{ due, delivered, twice, lost int }

// end stops the daemon and counts: nothing is said twice, nothing waits, and a
// fresh look at the last date has nothing new to say.
func (d *ordeal) end(last sales.Date) reckoning {
	d.t.Helper()
	d.slack.FailWhen(nil)
	d.signal(syscall.SIGTERM)
	if out := d.daemon.wait(d.t); out.code != 0 {
		d.t.Errorf("exit %d at SIGTERM: %s", out.code, tailOf(out.stderr))
	}
	state, err := store.OpenReadOnly(d.t.Context(), filepath.Join(filepath.Dir(d.config), "state.db"))
	if err != nil {
		d.t.Fatal(err)
	}
	standing, err := state.Standing(d.t.Context())
	state.Close()
	if err != nil {
		d.t.Fatal(err)
	}
	f := reckoning{}
	for _, n := range d.shown() {
		f.delivered++
		f.twice += n - 1
	}
	for _, n := range standing {
		f.lost += n
	}
	out := dangol(d.t, "job", "lost-customers", "--config", d.config, "--as-of", last.String(), "--dry-run")
	if out.code != 0 || !strings.Contains(out.stdout, "; 0 messages to send") {
		d.t.Errorf("something was never said: exit %d\n%s%s", out.code, out.stdout[:min(len(out.stdout), 1500)], out.stderr)
	}
	f.due = f.delivered + f.lost
	if f.twice > 0 || f.lost > 0 {
		d.t.Errorf("%+v", f)
	}
	return f
}

// workdays are the next n selling days, from a date on: on others what is found waits.
func workdays(calendar sales.Calendar, from sales.Date, n int) []sales.Date {
	var days []sales.Date
	for d := from; len(days) < n; d++ {
		if calendar.Selling(d) {
			days = append(days, d)
		}
	}
	return days
}

// saidDaily is what the job about customers says on some days without any trouble.
func saidDaily(t *testing.T, calm office, days []sales.Date) map[string]int {
	t.Helper()
	for _, day := range days {
		out := launchFrail(t, nil, "job", "lost-customers", "--config", calm.config, "--as-of", (day - 1).String()).wait(t)
		if out.code != 0 {
			t.Fatalf("%s: exit %d: %s", day, out.code, out.stderr)
		}
	}
	return calm.said()
}

// TestCutOff pauses the daemon for hours, before its run and in the middle of it, and
// cuts it off from Slack and from the database: nothing is lost, nothing said twice,
// and of the customers it says what the job says by itself. 50 rounds with
// DANGOL_LONG=1.
func TestCutOff(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	shop := plantShop(db, 9)
	rounds, start := 5, shop.asOf-sales.Date(28)
	if long() {
		rounds, start = 50, shop.asOf-sales.Date(77)
	}
	d := newOrdeal(t, newOffice(t, db.DSN, shop.emails...), db.DSN, 1)
	text, err := os.ReadFile(d.config)
	if err != nil {
		t.Fatal(err)
	}
	d.write(t, string(text)+fmt.Sprintf("http: {listen: %q}\ncalendar: {quiet_hours: \"\"}\n", freeAddress(t)))
	faults := []string{"paused", "no slack", "paused at work", "no database"}
	days := workdays(sales.Calendar{Weekend: [7]bool{time.Saturday: true, time.Sunday: true}}, start, rounds)
	d.live(days, func(round int) string { return faults[round%len(faults)] })
	want := saidDaily(t, newOffice(t, db.DSN, shop.emails...), days)
	if len(want) < 6 {
		t.Errorf("%d messages are too few to prove anything", len(want))
	}
	d.wantDaily(want)
}

// wantDaily wants what the job about customers says by itself; the daemon says more.
func (d *ordeal) wantDaily(want map[string]int) {
	d.t.Helper()
	got := d.said()
	for text, n := range want {
		if got[text] != n {
			d.t.Errorf("%d times instead of %d: %s", got[text], n, text)
		}
	}
}

// live starts the daemon the evening before and lets it live the days.
func (d *ordeal) live(days []sales.Date, fault func(int) string) {
	d.t.Helper()
	first := days[0].Time()
	d.at(time.Date(first.Year(), first.Month(), first.Day(), 7, 30, 0, 0, d.zone))
	d.start()
	d.until("a state", func() bool { _, left := d.standing(); return left >= 0 })
	for i, day := range days {
		d.day(day, fault(i))
	}
	f := d.end(days[len(days)-1] - 1)
	d.t.Logf("%d days, faults %v: %d messages due, %d delivered, %d twice, %d lost", len(days), d.faults, f.due, f.delivered, f.twice, f.lost)
}

// TestSoak lives 30 days of the sample company with kills, pauses, cuts and a Slack
// that drops answers: DANGOL_LONG=1. Its figures are those of the documentation.
func TestSoak(t *testing.T) {
	t.Parallel()
	if !long() {
		t.Skip("takes some 10 minutes: DANGOL_LONG=1")
	}
	asOf := sales.NewDate(2026, time.November, 20)
	db := testdb.New(t)
	company := sample.Build(sample.Options{AsOf: asOf, Locale: "en", Seed: demoSeed})
	if err := company.WriteMySQL(t.Context(), db.SQL); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	o := office{config: filepath.Join(dir, "dangol.yaml"), slack: fakeslack.Start(t, time.Now)}
	for _, name := range []string{"sales-alerts", "sales-managers", "sales", "dangol-ops"} {
		o.slack.AddChannel(name)
	}
	addStaff(t, db, o.slack)
	files := company.Files(sample.ConfigOptions{DSN: db.DSN, Token: o.slack.Token, APIURL: o.slack.APIURL()})
	for name, content := range files {
		if name == "dangol.yaml" {
			content = strings.Replace(content, `quiet_hours: "20:00-08:00"`, `quiet_hours: ""`, 1) + fmt.Sprintf("http: {listen: %q}\n", freeAddress(t))
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 14 {
		o.users = append(o.users, fmt.Sprintf("UR%02d", i+1))
	}
	o.users = append(o.users, "UL1", "UL2", "UL3", "UH1")
	d := newOrdeal(t, o, db.DSN, 2)
	troubles := rand.New(rand.NewPCG(2, 8)) // of its own: Slack's calls come at any time
	d.slack.FailWhen(func(r fakeslack.Request) fakeslack.Effect {
		if r.Method != "chat.postMessage" && r.Method != "chat.update" {
			return fakeslack.Effect{}
		}
		return trouble(troubles)
	})
	faults := []string{"calm", "paused", "paused at work", "no slack", "no database", "killed"}
	d.live(workdays(sample.Calendar(asOf), asOf-50, 30), func(int) string { return faults[d.dice.IntN(len(faults))] })
}
