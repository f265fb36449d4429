package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"dangol/internal/checkup"
	"dangol/internal/fakeslack"
	"dangol/internal/testdb"
)

// TestReadingBrokenAnywhere cuts the connection to the database after so many bytes,
// from the first to nearly the last: each time the run ends with an error, nobody is
// judged, nothing is written and nothing said; uncut it tells what it always tells.
func TestReadingBrokenAnywhere(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	shop := plantShop(db, 9)
	d := newOrdeal(t, newOffice(t, db.DSN, shop.emails...), db.DSN, 3)
	cut := 0
	for limit := 3000.; ; limit *= 1.35 {
		toxic, err := d.db.Toxics.AddToxicJson(strings.NewReader(fmt.Sprintf(`{"name": "cut", "type": "limit_data", "stream": "downstream", "attributes": {"bytes": %d}}`, int(limit))))
		if err != nil {
			t.Fatal(err)
		}
		out := dangol(t, "job", "lost-customers", "--config", d.config, "--as-of", shop.asOf.String())
		if err := d.db.Toxics.RemoveToxic(t.Context(), toxic.Name); err != nil {
			t.Fatal(err)
		}
		if out.code == 0 {
			break
		}
		cut++
		if out.code != 1 || !strings.Contains(out.stderr, "dangol: error: ") || out.stdout != "" || len(d.shown()) > 0 {
			t.Fatalf("cut after %d bytes: exit %d, %q, %d messages\n%s", int(limit), out.code, out.stdout, len(d.shown()), out.stderr)
		}
		if last, _ := d.standing(); !last.IsZero() {
			t.Fatalf("cut after %d bytes: a run is written down at %s", int(limit), last)
		}
	}
	if cut < 8 || len(d.shown()) == 0 {
		t.Errorf("cut %d times, %d messages in the end", cut, len(d.shown()))
	}
}

// TestGivenUp: a message that Slack refuses in every form is given up; ops is told
// once, without its words, and check counts it.
func TestGivenUp(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	shop := plantShop(db, 9)
	o := newOffice(t, db.DSN, shop.emails...)
	nights := crashNights(shop)
	for i, night := range nights {
		if i == len(nights)-1 {
			o.slack.FailWhen(func(r fakeslack.Request) fakeslack.Effect {
				if r.Method == "chat.postMessage" && strings.Contains(r.Args["text"], "Lost: ") {
					return fakeslack.Refuse("msg_too_long")
				}
				return fakeslack.Effect{}
			})
		}
		dangol(t, "job", "lost-customers", "--config", o.config, "--as-of", night.String())
	}
	told := o.slack.Channel("#dangol-ops").Messages()
	if len(told) != 1 || !strings.Contains(told[0].Text, "given up") || !strings.Contains(told[0].Plain(), "msg_too_long") || strings.Contains(told[0].Plain(), "Shop C") {
		t.Fatalf("ops reads %+v", told)
	}
	o.slack.FailWhen(nil)
	if out := dangol(t, "job", "lost-customers", "--config", o.config, "--as-of", nights[len(nights)-1].String()); out.code != 0 {
		t.Errorf("exit %d: %s", out.code, out.stderr)
	}
	if again := o.slack.Channel("#dangol-ops").Messages(); len(again) != 1 {
		t.Errorf("ops is told %d times", len(again))
	}
	if _, c := runCheck(t, o); !c.has(checkup.Warning, "state", "given up", "last_error") {
		t.Errorf("check says nothing of it:\n%s", c.told("state"))
	}
	if _, err := os.Stat(statePath(o)); err != nil {
		t.Error(err)
	}
}
