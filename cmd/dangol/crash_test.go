package main

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"dangol/internal/fakeslack"
	"dangol/internal/sales"
	"dangol/internal/testdb"
)

// crashNights are the nights of a crash test: a baseline, then two with news.
func crashNights(shop plantedShop) []sales.Date {
	return []sales.Date{shop.asOf - shopDays, shop.asOf - 25, shop.asOf - 14}
}

// TestCrash kills the program at random points of its nights, while Slack drops
// answers, fails and slows down: in the end each message stands there exactly
// once, and as many as without any trouble.
func TestCrash(t *testing.T) {
	db := testdb.New(t)
	shop := plantShop(db, 9)
	calm := newOffice(t, db.DSN, shop.emails...)
	for _, night := range crashNights(shop) {
		if out := dangol(t, "job", "lost-customers", "--config", calm.config, "--as-of", night.String()); out.code != 0 {
			t.Fatalf("exit %d: %s", out.code, out.stderr)
		}
	}
	want := len(calm.shown())
	if want < 20 {
		t.Fatalf("%d messages are too few to prove anything", want)
	}
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			office := newOffice(t, db.DSN, shop.emails...)
			r := rand.New(rand.NewPCG(seed, 3))
			office.slack.FailWhen(func(fakeslack.Request) fakeslack.Effect { return trouble(r) })
			killed := 0
			for _, night := range crashNights(shop) {
				killed += office.insist(t, r, night)
			}
			shown := office.shown()
			for id, n := range shown {
				if n != 1 {
					t.Errorf("delivery %s stands %d times", id, n)
				}
			}
			if len(shown) != want || killed == 0 {
				t.Errorf("%d messages after %d kills, want %d", len(shown), killed, want)
			}
		})
	}
}

// trouble lets one call in six go wrong.
func trouble(r *rand.Rand) fakeslack.Effect {
	switch r.IntN(18) {
	case 0:
		return fakeslack.DropAfter()
	case 1:
		return fakeslack.BrokenAfter(503)
	case 2:
		return fakeslack.RateLimit(time.Second)
	}
	return fakeslack.Effect{}
}

// insist starts the job, killing it every other time, until it ends well; it
// returns the number of kills.
func (o office) insist(t *testing.T, r *rand.Rand, night sales.Date) (killed int) {
	t.Helper()
	for try := range 60 {
		after := time.Duration(0)
		if try%2 == 0 {
			after = time.Duration(1+r.IntN(2500)) * time.Millisecond
		}
		out := dangolKilled(t, after, "job", "lost-customers", "--config", o.config, "--as-of", night.String())
		if out.code == -1 {
			killed++
		}
		if out.code == 0 {
			return killed
		}
	}
	t.Fatalf("the night of %s never ends well", night)
	return killed
}
