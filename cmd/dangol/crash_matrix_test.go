package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dangol/internal/failpoint"
	"dangol/internal/fakeslack"
	"dangol/internal/sales"
	"dangol/internal/testdb"
)

// deaths are where the program dies in a night: at every step, and at those that
// come by with every message also later.
func deaths() []string {
	var list []string
	for _, step := range failpoint.Steps {
		list = append(list, step+":1")
		if slices.Contains([]string{failpoint.Sending, failpoint.Called, failpoint.Receipted}, step) {
			list = append(list, step+":4")
		}
	}
	return list
}

// history are the scopes by which the program may look for what it sent.
var history = []string{"channels:history", "groups:history", "im:history"}

// TestCrashMatrix kills the program with kill -9 at every step of three nights, while
// Slack drops answers: every finding is told exactly once where the history can be
// read. Where it cannot, none is lost, and each that stands twice was announced.
func TestCrashMatrix(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	shop := plantShop(db, 9)
	want := saidCalmly(t, db, shop)
	for _, death := range deaths() {
		for _, blind := range []bool{false, true} {
			name := death
			if blind {
				name += " without history"
				if !slices.Contains([]string{"committed:1", "sending:1", "sending:4", "called:1", "called:4"}, death) {
					continue // what has been sent has its receipt: nothing is in doubt
				}
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				o := newOffice(t, db.DSN, shop.emails...)
				if blind {
					o.slack.Grant(slices.DeleteFunc(slices.Clone(fakeslack.AllScopes), func(s string) bool { return slices.Contains(history, s) })...)
				}
				o.matrix(t, death, blind, crashNights(shop), want)
			})
		}
	}
}

func (o office) matrix(t *testing.T, death string, blind bool, nights []sales.Date, want map[string]int) {
	dice := rand.New(rand.NewPCG(uint64(len(death)), 7))
	o.slack.FailWhen(func(r fakeslack.Request) fakeslack.Effect {
		if r.Method != "chat.postMessage" && r.Method != "chat.update" || dice.IntN(9) > 0 {
			return fakeslack.Effect{}
		}
		return fakeslack.DropAfter()
	})
	killed, announced := 0, 0
	for _, night := range nights {
		args := []string{"job", "lost-customers", "--config", o.config, "--as-of", night.String()}
		out := launchFrail(t, []string{"DANGOL_FAILPOINT=" + death}, args...).wait(t)
		if out.code == -1 {
			killed++
		}
		announced += possibleDuplicates(out.stderr)
		for try := 0; out.code != 0 && try < 20; try++ {
			out = launchFrail(t, nil, args...).wait(t)
			announced += possibleDuplicates(out.stderr)
		}
		if out.code != 0 {
			t.Fatalf("the night of %s never ends well: %s", night, out.stderr)
		}
	}
	if killed == 0 {
		t.Errorf("nothing died at %s", death)
	}
	twice := 0
	for id, n := range o.shown() {
		twice += n - 1
		if n > 1 && !blind {
			t.Errorf("delivery %s stands %d times", id, n)
		}
	}
	// Who dies may die before it can announce what it sent again.
	if blind && twice > announced+killed {
		t.Errorf("%d messages stand twice, %d were announced, %d processes died", twice, announced, killed)
	}
	compareSaid(t, want, o.said(), blind)
}

// compareSaid holds what stands in Slack against what stands there without trouble.
func compareSaid(t *testing.T, want, got map[string]int, blind bool) {
	t.Helper()
	for text, n := range want {
		if got[text] < n || got[text] > n && !blind {
			t.Errorf("%d times instead of %d: %s", got[text], n, text)
		}
	}
	for text := range got {
		if want[text] == 0 && !blind {
			t.Errorf("nobody should have said %s", text)
		}
	}
}

var maybeTwice = regexp.MustCompile(`(\d+) messages may stand twice`)

// possibleDuplicates is how many messages a run says may stand twice.
func possibleDuplicates(stderr string) int {
	n := 0
	for _, m := range maybeTwice.FindAllStringSubmatch(stderr, -1) {
		k, _ := strconv.Atoi(m[1])
		n += k
	}
	return n
}

// TestKillsAtRandom is the long run: DANGOL_LONG=1. It kills the program 200 times at
// calls of Slack and at random times, over as many shops as that takes.
func TestKillsAtRandom(t *testing.T) {
	if !long() {
		t.Skip("takes some 20 minutes: DANGOL_LONG=1")
	}
	db := testdb.New(t)
	shop := plantShop(db, 9)
	want, killed, said := saidCalmly(t, db, shop), 0, 0
	for seed := uint64(100); killed < 200; seed++ {
		o := newOffice(t, db.DSN, shop.emails...)
		trap := &trap{dice: rand.New(rand.NewPCG(seed, 3)), sprung: map[moment]int{}}
		o.slack.FailWhen(trap.judge)
		r := rand.New(rand.NewPCG(seed, 4))
		for _, night := range crashNights(shop) {
			killed += o.insist(t, r, trap, night)
		}
		for id, n := range o.shown() {
			said++
			if n != 1 {
				t.Errorf("seed %d: delivery %s stands %d times", seed, id, n)
			}
		}
		compareSaid(t, want, o.said(), false)
	}
	fmt.Printf("%d kills, %s\n", killed, strings.TrimSpace(fmt.Sprintf("%d messages due and delivered, 0 lost, 0 twice", said)))
}
