package main

import (
	"database/sql"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dangol/internal/sales"
	"dangol/internal/testdb"
)

// gated is the amount in the config's query of the order lines; the line with one id
// waits for a lock that the test holds, so that those before it are on their way and
// those behind it are not.
const gated = `amount + IF(id = %d, GET_LOCK(CONCAT('gate', LEFT(customer, 0)), 60) * 0, 0) AS amount`

// stream is an office whose reading of the order lines stops in the middle.
type stream struct {
	office
	t      *testing.T
	server *testdb.Server
	db     *testdb.DB
}

// TestReadingCutInTheStream: the connection is killed after 1 %, 50 % and 99 % of the
// order lines, the time limit strikes and the server is restarted after 50 %. Each time
// the run ends with an error, and nothing is written or said; the next run tells what
// it tells undisturbed.
func TestReadingCutInTheStream(t *testing.T) {
	t.Parallel()
	server, db := testdb.Own(t)
	shop := plantShop(db, 9)
	db.Exec(`SET GLOBAL net_buffer_length = 1024`) // what the server has sent, it has not kept
	want := saidCalmly(t, db, shop)
	kill := func(s stream) {
		for _, id := range s.waiting() {
			db.Exec(fmt.Sprintf("KILL %d", id))
		}
	}
	for _, tt := range []struct {
		name    string
		percent int
		config  string // beside the gate
		act     func(stream)
		says    string
	}{
		{"killed", 1, "", kill, "cannot read order_lines"},
		{"killed", 50, "", kill, "cannot read order_lines"},
		{"killed", 99, "", kill, "cannot read order_lines"},
		{"time limit", 50, ", query_timeout: 2s", func(stream) {}, "raise database.query_timeout"},
		{"restarted", 50, "", func(s stream) { s.server.Stop(); s.server.Start() }, "cannot read order_lines"},
	} {
		t.Run(fmt.Sprintf("%s at %d %%", tt.name, tt.percent), func(t *testing.T) {
			s := stream{newOffice(t, db.DSN, shop.emails...), t, server, db}
			nights := crashNights(shop)
			last := nights[len(nights)-1]
			for _, night := range nights[:len(nights)-1] {
				s.job(night)
			}
			before, said := s.rows(t), s.said()
			open := s.gate(last, tt.percent, tt.config)
			process := launchFrail(t, nil, "job", "lost-customers", "--config", s.config, "--as-of", last.String())
			await(t, "the reading stands in the stream", func() bool { return len(s.waiting()) > 0 })
			tt.act(s)
			out := process.wait(t)
			if out.code != 1 || out.stdout != "" || !strings.Contains(out.stderr, tt.says) || !strings.Contains(out.stderr, "dangol: hint: ") {
				t.Errorf("exit %d, want 1 and %q: %s%s", out.code, tt.says, out.stdout, out.stderr)
			}
			if diff := cmp.Diff(before, s.rows(t)); diff != "" {
				t.Errorf("something of half a reading is written (-before +after):\n%s", diff)
			}
			if diff := cmp.Diff(said, s.said()); diff != "" {
				t.Errorf("something of half a reading is said (-before +after):\n%s", diff)
			}
			open()
			s.job(last)
			if diff := cmp.Diff(want, s.said()); diff != "" {
				t.Errorf("the next run tells other things (-undisturbed +caught up):\n%s", diff)
			}
			wantOnce(t, s.office)
		})
	}
}

func (s stream) job(night sales.Date) {
	s.t.Helper()
	if out := launchFrail(s.t, nil, "job", "lost-customers", "--config", s.config, "--as-of", night.String()).wait(s.t); out.code != 0 {
		s.t.Fatalf("%s: exit %d: %s", night, out.code, out.stderr)
	}
}

// gate stops the reading of a night behind so many of a hundred order lines, until it
// is opened.
func (s stream) gate(night sales.Date, percent int, config string) (open func()) {
	s.t.Helper()
	id := s.lineAt(night, percent)
	healthy, err := os.ReadFile(s.config)
	if err != nil {
		s.t.Fatal(err)
	}
	s.edit(s.t, "amount, rep AS rep_id FROM sale", fmt.Sprintf(gated, id)+", rep AS rep_id FROM sale")
	if config != "" {
		s.edit(s.t, `"}`+"\nsales:", `"`+config+"}\nsales:")
	}
	holder, err := s.db.SQL.Conn(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := holder.ExecContext(s.t.Context(), "DO GET_LOCK('gate', 10)"); err != nil {
		s.t.Fatal(err)
	}
	return func() {
		_, _ = holder.ExecContext(s.t.Context(), "DO RELEASE_LOCK('gate')") // a restart has released it
		holder.Close()
		s.write(s.t, string(healthy))
	}
}

// lineAt is an order line that the server sends behind so many of a hundred. That it
// does is tried: the same reading with an error in the gate's place ends there.
func (s stream) lineAt(night sales.Date, percent int) (id int) {
	s.t.Helper()
	var lines int
	if err := s.db.SQL.QueryRow(`SELECT COUNT(*) FROM sale WHERE sold_on < ?`, (night + 3).String()).Scan(&lines); err != nil {
		s.t.Fatal(err)
	}
	if err := s.db.SQL.QueryRow(`SELECT id FROM sale WHERE sold_on < ? ORDER BY customer, id LIMIT 1 OFFSET ?`, (night + 3).String(), lines*percent/100).Scan(&id); err != nil {
		s.t.Fatal(err)
	}
	rows, err := s.db.SQL.Query(`SELECT customer_id, amount FROM (SELECT customer AS customer_id, sold_on, amount + IF(id = ?, (SELECT 1 UNION SELECT 2), 0) AS amount FROM sale) AS order_lines
		WHERE sold_on < ? ORDER BY customer_id`, id, (night + 3).String())
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	sent := 0
	for rows.Next() {
		sent++
	}
	if share := 100 * float64(sent) / float64(lines); rows.Err() == nil || math.Abs(share-float64(percent)) > .6 {
		s.t.Fatalf("%.1f %% of the lines come before the gate, want %d: %v", share, percent, rows.Err())
	}
	return id
}

// waiting are the connections that stand at the gate.
func (s stream) waiting() []int {
	s.t.Helper()
	rows, err := s.db.SQL.Query(`SELECT id FROM information_schema.processlist WHERE state = 'User lock' AND info LIKE '%gate%' AND db = DATABASE()`)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	var ids []int
	for rows.Next() {
		var id int
		if err := rows.Scan(&id); err != nil {
			s.t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

// rows are the runs, cases and messages in the state, as text.
func (o office) rows(t *testing.T) []string {
	t.Helper()
	state, err := sql.Open("sqlite", statePath(o))
	if err != nil {
		t.Fatal(err)
	}
	defer state.Close()
	var list []string
	for _, query := range []string{`SELECT 'run', id, outcome FROM runs ORDER BY id`, `SELECT 'case', id, state || changed_on FROM cases ORDER BY id`,
		`SELECT 'change', case_id, run_id || reason FROM case_changes ORDER BY 2, 3`, `SELECT 'message', id, state || ts FROM deliveries ORDER BY id`} {
		rows, err := state.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var what, id, more string
			if err := rows.Scan(&what, &id, &more); err != nil {
				t.Fatal(err)
			}
			list = append(list, what+" "+id+" "+more)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return list
}
