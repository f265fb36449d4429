package main

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"dangol/config"
	"dangol/internal/sales"
	"dangol/internal/store"
	"dangol/internal/testdb"
	"dangol/jobs"
)

// Nothing is sent in the quiet hours and on days on which the company does not sell:
// to the second, in the company's zone, over midnight and when the clocks change.
func TestQuiet(t *testing.T) {
	seoul, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string, zone *time.Location) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04:05", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	christmas := config.Holidays{Dates: []sales.Date{sales.NewDate(2026, time.December, 25)}}
	night := config.Calendar{QuietHours: "20:00-08:00", Weekend: []string{"sat", "sun"}, Holidays: christmas}
	noon := config.Calendar{QuietHours: "12:00-13:30"}
	for name, c := range map[string]struct {
		calendar config.Calendar
		zone     *time.Location
		at       time.Time
		quiet    bool
	}{
		"before eight":              {night, seoul, at("2026-11-25 07:59:59", seoul), true},
		"at eight":                  {night, seoul, at("2026-11-25 08:00:00", seoul), false},
		"before eight at night":     {night, seoul, at("2026-11-25 19:59:59", seoul), false},
		"at eight at night":         {night, seoul, at("2026-11-25 20:00:00", seoul), true},
		"midnight":                  {night, seoul, at("2026-11-25 00:00:00", seoul), true},
		"Saturday":                  {night, seoul, at("2026-11-28 10:00:00", seoul), true},
		"Saturday at home only":     {night, seoul, at("2026-11-27 16:00:00", time.UTC), true},
		"Sunday night elsewhere":    {night, seoul, at("2026-11-29 23:30:00", time.UTC), false},
		"a holiday":                 {night, seoul, at("2026-12-25 10:00:00", seoul), true},
		"the day before":            {night, seoul, at("2026-12-24 10:00:00", seoul), false},
		"at noon":                   {noon, seoul, at("2026-11-28 12:00:00", seoul), true},
		"after lunch on a Saturday": {noon, seoul, at("2026-11-28 13:30:00", seoul), false},
		"no quiet hours":            {config.Calendar{}, seoul, at("2026-11-25 03:00:00", seoul), false},
		"clocks go back":            {night, berlin, at("2026-10-26 08:00:00", berlin), false},
		"clocks went forward":       {night, berlin, at("2026-03-30 07:59:59", berlin), true},
	} {
		if got := quiet(c.calendar, c.zone)(c.at); got != c.quiet {
			t.Errorf("%s: quiet %v, want %v", name, got, c.quiet)
		}
	}
}

// scheduled reports whether the daemon has taken in the schedule of a job: what is due
// before that is not.
func (d *ordeal) scheduled(job string) bool {
	state, err := store.OpenReadOnly(d.t.Context(), filepath.Join(filepath.Dir(d.config), "state.db"))
	if err != nil || state == nil {
		return false
	}
	defer state.Close()
	last, _, err := state.Settled(d.t.Context(), job, jobs.NominalAt(d.now), d.now.Add(time.Hour))
	return err == nil && last != ""
}

// TestQuietHoursHold: a job at seven finds news. Until eight only ops hears of it;
// then each message arrives, once.
func TestQuietHoursHold(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	shop := plantShop(db, 9)
	o := newOffice(t, db.DSN, shop.emails...)
	o.edit(t, "currency: KRW", fmt.Sprintf("currency: KRW\nhttp: {listen: %q}\njobs: {lost-customers: {schedule: \"0 7 * * *\"}}", freeAddress(t)))
	d := newOrdeal(t, o, db.DSN, 5)
	on := func(hour, minute int) time.Time { return time.Date(2026, time.October, 27, hour, minute, 0, 0, d.zone) }
	d.at(on(6, 55))
	d.start()
	await(t, "a schedule", func() bool { return d.scheduled(jobs.LostCustomers) })
	d.at(on(7, 0))
	await(t, "the run at seven", func() bool { return !d.ran(jobs.LostCustomers).Before(on(7, 0)) })
	d.at(on(7, 50))
	time.Sleep(3 * time.Second) // several turns of the sender
	if _, left := d.standing(); left == 0 {
		t.Error("nothing waits at ten to eight")
	}
	if said := d.slack.Channel("#sales-alerts").Messages(); len(said) > 0 {
		t.Errorf("%d messages in the quiet hours, such as %q", len(said), said[0].Text)
	}
	d.at(on(8, 0))
	await(t, "all told at eight", func() bool { _, left := d.standing(); return left == 0 })
	if said := d.slack.Channel("#sales-alerts").Messages(); len(said) == 0 {
		t.Error("nothing is said after the quiet hours")
	}
	for id, n := range d.shown() {
		if n != 1 {
			t.Errorf("%s arrived %d times", id, n)
		}
	}
	d.end(sales.NewDate(2026, time.October, 26))
}
