package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dangol/internal/sales"
	"dangol/internal/store"
	"dangol/internal/testdb"
	"dangol/jobs"
)

// ran is when a job last worked, by the daemon's clock; zero: it never did.
func (d *ordeal) ran(job string) time.Time {
	state, err := store.OpenReadOnly(d.t.Context(), filepath.Join(filepath.Dir(d.config), "state.db"))
	if err != nil || state == nil {
		return time.Time{}
	}
	defer state.Close()
	last, err := state.LastRun(d.t.Context(), job)
	if err != nil {
		return time.Time{}
	}
	return last
}

// reach sets the clock to a time and waits until some jobs have run since.
func (d *ordeal) reach(at time.Time, names ...string) {
	d.t.Helper()
	d.at(at)
	d.until(fmt.Sprint("at ", at, " the runs of ", names), func() bool {
		for _, name := range names {
			if d.ran(name).Before(at) {
				return false
			}
		}
		_, left := d.standing()
		return left == 0
	})
}

// TestHeldReportsAreTold: the orders stop in the last week of October, so that neither
// that month nor that week is reported on their day. Once the orders are there again
// the next run of any job tells both, as the jobs by themselves do, and only once.
func TestHeldReportsAreTold(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	shop := plantShop(db, 9)
	led := func() office { // by the first rep, who reads the sheets
		o := newOffice(t, db.DSN, shop.emails...)
		o.edit(t, "NULL AS manager_id", "IF(id = 'R0', NULL, 'R0') AS manager_id")
		return o
	}
	calm := led()
	monthly := []string{jobs.SalesGrowth, jobs.RepDiagnosis}
	for _, job := range append([]string{jobs.QuotaDigest}, monthly...) {
		out := launchFrail(t, nil, "job", job, "--config", calm.config, "--as-of", "2026-11-02").wait(t)
		if out.code != 0 {
			t.Fatalf("%s: exit %d: %s", job, out.code, out.stderr)
		}
	}
	want := calm.said()
	if len(want) < 6 {
		t.Fatalf("%d messages are too few to prove anything: %v", len(want), want)
	}
	d := newOrdeal(t, led(), db.DSN, 5)
	d.edit(t, "currency: KRW", fmt.Sprintf("currency: KRW\nhttp: {listen: %q}\ncalendar: {quiet_hours: \"\"}", freeAddress(t)))
	on := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 0, 0, d.zone)
	}
	d.at(on(time.October, 27, 7, 30))
	d.start()
	d.until("a state", func() bool { _, left := d.standing(); return left >= 0 })
	d.reach(on(time.October, 27, 8, 0), jobs.LostCustomers)
	db.Exec(`RENAME TABLE sale TO sold`)
	db.Exec(`CREATE VIEW sale AS SELECT id, customer, sold_on, amount, rep FROM sold WHERE sold_on <= '2026-10-26'`)
	d.reach(on(time.November, 1, 9, 30), monthly...)
	d.reach(on(time.November, 2, 9, 0), jobs.LostCustomers, jobs.QuotaDigest)
	d.wantHeld(3)
	for text := range want {
		if d.said()[text] > 0 {
			t.Errorf("told from data that stopped: %s", text)
		}
	}
	db.Exec(`CREATE OR REPLACE VIEW sale AS SELECT id, customer, sold_on, amount, rep FROM sold`)
	d.reach(on(time.November, 3, 8, 0), append([]string{jobs.LostCustomers, jobs.QuotaDigest}, monthly...)...)
	d.wantDaily(want)
	d.reach(on(time.November, 4, 8, 0), jobs.LostCustomers)
	d.wantDaily(want)
	d.wantHeld(3)
	d.end(sales.NewDate(2026, time.November, 3))
}

// wantHeld wants ops to have read so often that a report was not sent.
func (d *ordeal) wantHeld(n int) {
	d.t.Helper()
	got := 0
	for _, m := range d.slack.Channel("#dangol-ops").Messages() {
		if strings.Contains(m.Text, "nothing sent") {
			got++
		}
	}
	if got != n {
		d.t.Errorf("ops reads of %d reports that they were not sent, want %d", got, n)
	}
}
