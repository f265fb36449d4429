package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dangol/internal/fakeslack"
	"dangol/internal/sales"
	"dangol/internal/testdb"
)

// crashNights are the nights of a crash test: a baseline, then two with news.
func crashNights(shop plantedShop) []sales.Date {
	return []sales.Date{shop.asOf - shopDays, shop.asOf - 25, shop.asOf - 14}
}

// TestCrash kills the program before, during and after its calls and at random
// times, while Slack drops answers, fails and slows down: in the end each message
// stands there exactly once, the same ones as without any trouble.
func TestCrash(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	shop := plantShop(db, 9)
	want := saidCalmly(t, db, shop)
	if len(want) < 20 {
		t.Fatalf("%d messages are too few to prove anything", len(want))
	}
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			crash(t, newOffice(t, db.DSN, shop.emails...), shop, seed, want)
		})
	}
}

// saidCalmly is what the nights say without any trouble.
func saidCalmly(t *testing.T, db *testdb.DB, shop plantedShop) map[string]int {
	t.Helper()
	calm := newOffice(t, db.DSN, shop.emails...)
	for _, night := range crashNights(shop) {
		out := launchFrail(t, nil, "job", "lost-customers", "--config", calm.config, "--as-of", night.String()).wait(t)
		if out.code != 0 {
			t.Fatalf("exit %d: %s", out.code, out.stderr)
		}
	}
	return calm.said()
}

func crash(t *testing.T, o office, shop plantedShop, seed uint64, want map[string]int) {
	trap := &trap{dice: rand.New(rand.NewPCG(seed, 3)), sprung: map[moment]int{}}
	o.slack.FailWhen(trap.judge)
	r := rand.New(rand.NewPCG(seed, 4))
	killed := 0
	for _, night := range crashNights(shop) {
		killed += o.insist(t, r, trap, night)
	}
	for id, n := range o.shown() {
		if n != 1 {
			t.Errorf("delivery %s stands %d times", id, n)
		}
	}
	if diff := cmp.Diff(want, o.said()); diff != "" {
		t.Errorf("after %d kills other messages stand (-calm +crashed):\n%s", killed, diff)
	}
	sprung := trap.counts()
	for _, m := range []moment{beforeCall, duringCall, afterCall} {
		if sprung[m] == 0 {
			t.Errorf("no kill %s a call: %v", m, sprung)
		}
	}
	t.Logf("%d kills, at calls of Slack: %v", killed, sprung)
}

// moment is when a trap kills, seen from a call that writes.
type moment string

const (
	beforeCall moment = "before" // Slack never takes the message
	duringCall moment = "during" // Slack has it, its answer finds nobody
	afterCall  moment = "after"  // the answer is on its way, or just arrived
)

// trap sits in the fake Slack: it makes calls go wrong, and kills the program at
// a chosen writing call once it is set.
type trap struct {
	mu     sync.Mutex
	dice   *rand.Rand
	kill   func() // nil while not set
	left   int    // writing calls until it springs
	moment moment
	sprung map[moment]int
}

// set arms the trap for one process: it springs at one of its first writing
// calls.
func (p *trap) set(m moment, left int, kill func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.moment, p.left, p.kill = m, left, kill
}

func (p *trap) counts() map[moment]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.sprung)
}

func (p *trap) judge(r fakeslack.Request) fakeslack.Effect {
	p.mu.Lock()
	defer p.mu.Unlock()
	writes := r.Method == "chat.postMessage" || r.Method == "chat.update"
	if p.kill == nil || !writes {
		return trouble(p.dice)
	}
	if p.left--; p.left >= 0 {
		return trouble(p.dice)
	}
	kill := p.kill
	p.kill = nil
	p.sprung[p.moment]++
	switch p.moment {
	case beforeCall:
		kill()
		return fakeslack.DropBefore()
	case duringCall:
		kill()
		return fakeslack.DropAfter()
	}
	time.AfterFunc(time.Duration(p.dice.IntN(8_000))*time.Microsecond, kill)
	return fakeslack.Effect{}
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

// insist starts the job until it ends well and returns the number of kills. The
// first three tries die at a call of Slack, while there is much to send; the next
// two at any time, reading, writing or sending; what is left then must arrive in
// spite of Slack's troubles.
func (o office) insist(t *testing.T, r *rand.Rand, trap *trap, night sales.Date) (killed int) {
	t.Helper()
	moments := []moment{beforeCall, duringCall, afterCall, "", ""}
	r.Shuffle(3, func(i, j int) { moments[i], moments[j] = moments[j], moments[i] })
	for try := range 60 {
		process := launch(t, "job", "lost-customers", "--config", o.config, "--as-of", night.String())
		switch {
		case try >= len(moments):
		case moments[try] == "":
			timer := time.AfterFunc(time.Duration(1+r.IntN(1500))*time.Millisecond, process.kill)
			defer timer.Stop()
		default:
			trap.set(moments[try], r.IntN(2), process.kill)
		}
		out := process.wait(t)
		trap.set("", 0, nil)
		if out.code == -1 {
			killed++
		}
		if out.code == 0 && try >= len(moments) {
			return killed
		}
	}
	t.Fatalf("the night of %s never ends well", night)
	return killed
}

// said counts what every place of the workspace says, without what differs from
// one run to the next: ids and times.
func (o office) said() map[string]int {
	count := map[string]int{}
	note := func(place string, view fakeslack.View) {
		for _, m := range view.Messages() {
			count[place+": "+oneLine(m)]++
			for _, r := range m.Replies {
				count[place+", under "+oneLine(m)+": "+oneLine(r)]++
			}
		}
	}
	note("alerts", o.slack.Channel("#sales-alerts"))
	note("ops", o.slack.Channel("#dangol-ops"))
	for _, id := range o.users {
		note(id, o.slack.DM(id))
	}
	return count
}

func oneLine(m fakeslack.Message) string { return strings.ReplaceAll(m.Plain(), "\n", " | ") }
