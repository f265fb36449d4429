package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"dangol/internal/fakeslack"
	"dangol/internal/sales"
	"dangol/internal/testdb"
)

// plantedShop is a shop of weekly and fortnightly buyers, of whom some stop.
type plantedShop struct {
	asOf    sales.Date            // the last day of the data
	stopped map[string]sales.Date // customer → last order
	horizon map[string]int        // of those who stopped, in days: three own median gaps, at least 30
	emails  []string              // of the reps R0 … R7
}

const (
	shopCustomers = 400
	shopReps      = 8
	shopDays      = 56 // the weeks that are watched, in days
)

// plantShop fills the tables that an office's config reads.
func plantShop(db *testdb.DB, seed uint64) plantedShop {
	r := rand.New(rand.NewPCG(seed, 1))
	shop := plantedShop{asOf: sales.NewDate(2026, time.November, 20), stopped: map[string]sales.Date{}, horizon: map[string]int{}}
	db.Exec(`CREATE TABLE customer (id VARCHAR(20) PRIMARY KEY, name VARCHAR(80), rep VARCHAR(10))`)
	db.Exec(`CREATE TABLE staff (id VARCHAR(10) PRIMARY KEY, name VARCHAR(80), email VARCHAR(80))`)
	db.Exec(`CREATE TABLE sale (id BIGINT AUTO_INCREMENT PRIMARY KEY, customer VARCHAR(20), sold_on DATE, amount DECIMAL(14,2), rep VARCHAR(10))`)
	for i := range shopReps {
		email := fmt.Sprintf("rep%d@example.com", i)
		shop.emails = append(shop.emails, email)
		db.Exec(`INSERT INTO staff VALUES (?, ?, ?)`, fmt.Sprintf("R%d", i), fmt.Sprintf("Rep Number %d", i), email)
	}
	for i := range shopCustomers {
		shop.customer(db, r, i)
	}
	return shop
}

// customer buys every one or two weeks for a year, a day or two early or late,
// and skips three orders in a hundred; every thirteenth stops in the first two
// of the watched weeks, and every tenth has no rep.
func (s *plantedShop) customer(db *testdb.DB, r *rand.Rand, i int) {
	id, gap := fmt.Sprintf("C%03d", i), 7*(1+i%2)
	var rep any = fmt.Sprintf("R%d", i%shopReps)
	if i%10 == 0 {
		rep = nil
	}
	db.Exec(`INSERT INTO customer VALUES (?, ?, ?)`, id, "Shop "+id, rep)
	start, end := s.asOf-365+sales.Date(r.IntN(gap)), s.asOf
	if i%13 == 0 {
		end = s.asOf - shopDays + sales.Date(r.IntN(14))
	}
	var rows []string
	var args []any
	var days []sales.Date
	for d := start; d <= end; d += sales.Date(gap) {
		jitter, skipped := r.IntN(3+2*(i%2))-1-i%2, r.IntN(100) < 3
		if skipped {
			continue
		}
		day := min(d+sales.Date(jitter), s.asOf)
		rows = append(rows, "(?, ?, ?, ?)")
		args = append(args, id, day.String(), 100_000+r.IntN(900_000), rep)
		days = append(days, day)
	}
	db.Exec(`INSERT INTO sale (customer, sold_on, amount, rep) VALUES `+strings.Join(rows, ", "), args...)
	if i%13 == 0 {
		s.stopped[id], s.horizon[id] = days[len(days)-1], horizonOf(days)
	}
}

// horizonOf works from the definition, without the program's own code.
func horizonOf(days []sales.Date) int {
	gaps := make([]int, len(days)-1)
	for i := range gaps {
		gaps[i] = int(days[i+1] - days[i])
	}
	slices.Sort(gaps)
	n := len(gaps)
	return max(30, 3*(gaps[(n-1)/2]+gaps[n/2])/2)
}

// sighting is one message about a customer, as its reader saw it that night.
type sighting struct {
	night sales.Date
	place string // alerts, or a user id
	stage string // the text's first word
}

// TestShop runs the job on every day of eight weeks: every regular who stopped
// is told within its horizon, nobody else is, each once, where it belongs.
//
// In this shop no healthy customer happens to skip long enough to be told. With
// six other seeds 8 of 2,214 healthy ones were, each after at least two skipped
// orders in a row, and 1 of 186 leavers was told a day after its horizon.
func TestShop(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	shop := plantShop(db, 5)
	office := newOffice(t, db.DSN, shop.emails...)
	seen := map[string][]sighting{}
	known := map[string]bool{}
	for night := shop.asOf - shopDays; night <= shop.asOf; night++ {
		if out := dangol(t, "job", "lost-customers", "--config", office.config, "--as-of", night.String()); out.code != 0 {
			t.Fatalf("%s: exit %d: %s", night, out.code, out.stderr)
		}
		office.look(night, known, seen)
	}
	if out := dangol(t, "job", "lost-customers", "--config", office.config, "--as-of", shop.asOf.String()); out.code != 0 || !strings.Contains(out.stdout, "; 0 messages") {
		t.Errorf("the same night again: exit %d\n%s%s", out.code, out.stdout, out.stderr)
	}
	for id := range seen {
		if _, ok := shop.stopped[id]; !ok {
			t.Errorf("%s is healthy and told: %+v", id, seen[id])
		}
	}
	for id, last := range shop.stopped {
		office.checkStopped(t, id, last, shop.horizon[id], seen[id])
	}
	alerts := office.slack.Channel("#sales-alerts").Messages()
	for _, m := range alerts {
		if n := len(m.Mentions()); n > 1 {
			t.Errorf("%d mentions in %q", n, m.Text)
		}
	}
	if first := alerts[0].Text; !strings.HasPrefix(first, "Baseline") {
		t.Errorf("the first message is no baseline: %q", first)
	}
}

// look notes the top-level messages that are new this night.
func (o office) look(night sales.Date, known map[string]bool, seen map[string][]sighting) {
	note := func(place string, view fakeslack.View) {
		for _, m := range view.Messages() {
			_, after, found := strings.Cut(m.Text, "Shop ")
			if !found || known[m.DeliveryID()] {
				continue
			}
			known[m.DeliveryID()] = true
			stage, _, _ := strings.Cut(m.Text, ":")
			seen[after[:4]] = append(seen[after[:4]], sighting{night, place, stage})
		}
	}
	note("alerts", o.slack.Channel("#sales-alerts"))
	for _, id := range o.users {
		note(id, o.slack.DM(id))
	}
}

// checkStopped holds what was seen of a leaver against the rules of routing.
func (o office) checkStopped(t *testing.T, id string, last sales.Date, horizon int, seen []sighting) {
	t.Helper()
	var number int
	if _, err := fmt.Sscanf(id, "C%d", &number); err != nil {
		t.Fatal(err)
	}
	if len(seen) == 0 {
		t.Errorf("%s stopped on %s and was never told", id, last)
		return
	}
	if late := int(seen[0].night-last) - horizon; late > 0 {
		t.Errorf("%s was told %d days after its horizon of %d", id, late, horizon)
	}
	places := map[string]int{}
	for _, s := range seen {
		places[s.place]++
	}
	dm := fmt.Sprintf("U%03d", number%shopReps)
	if number%10 == 0 {
		if places["alerts"] != 1 || len(places) != 1 {
			t.Errorf("%s has no rep and was told at %+v; want one parent in alerts", id, seen)
		}
		return
	}
	lost := strings.Contains(o.direct(dm, id), "Lost: ")
	if places[dm] != 1 || places["alerts"] > 1 || len(places) > 2 || lost != (places["alerts"] == 1) {
		t.Errorf("%s was told at %+v; want its owner's direct message %s, and one parent in alerts once lost (%v)", id, seen, dm, lost)
	}
	if lost && !strings.Contains(o.directBlocks(dm, id), fakeslack.TeamURL) {
		t.Errorf("%s: the direct message does not close with the link: %s", id, o.direct(dm, id))
	}
}

// directBlocks are the blocks of the direct message about a customer, where
// links are.
func (o office) directBlocks(user, id string) string {
	for _, m := range o.slack.DM(user).Messages() {
		if strings.Contains(m.Text, "Shop "+id) {
			return string(m.Blocks)
		}
	}
	return ""
}

// direct is what the direct message about a customer says now.
func (o office) direct(user, id string) string {
	for _, m := range o.slack.DM(user).Messages() {
		if strings.Contains(m.Text, "Shop "+id) {
			return m.Plain()
		}
	}
	return ""
}
