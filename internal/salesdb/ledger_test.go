package salesdb

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"dangol/internal/sales"
)

// The ledger adds up in pieces; whatever the order and number of the lines, it
// must come to what a plain sum over all of them comes to.
func TestLedgerIsAPlainSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) entry {
			return entry{
				date: sales.Date(rapid.IntRange(20000, 20006).Draw(t, "date")),
				rep:  rapid.SampledFrom([]string{"", "r1", "r2", "r3"}).Draw(t, "rep"),
				net:  sales.Money(rapid.Int64Range(-3, 3).Draw(t, "net")),
			}
		}), 1, 60).Draw(t, "lines")
		var l ledger
		for i, line := range lines {
			l.add(line.date, line.rep, line.net, uint64(i))
			if rapid.Bool().Draw(t, "compact") {
				l.compact()
			}
		}
		got, duplicates := l.close()
		if diff := cmp.Diff(plainSum(lines), got, cmp.AllowUnexported(history{})); diff != "" || duplicates != 0 {
			t.Fatalf("duplicates %d, history (-want +got):\n%s", duplicates, diff)
		}
		if again := fold(addUp(got.entries())); !slices.Equal(again.days, got.days) || !slices.Equal(again.sellers, got.sellers) || !slices.Equal(again.splits, got.splits) {
			t.Fatalf("entries undo fold to %+v, want %+v", again, got)
		}
	})
}

func plainSum(lines []entry) *history {
	nets := map[sales.Date]map[string]sales.Money{}
	for _, line := range lines {
		if nets[line.date] == nil {
			nets[line.date] = map[string]sales.Money{}
		}
		nets[line.date][line.rep] += line.net
	}
	var h history
	for date := sales.Date(20000); date <= 20006; date++ {
		if nets[date] == nil {
			continue
		}
		day, seller, most := sales.Day{Date: date}, "", sales.Money(-1)
		var credits []sales.Credit
		for _, rep := range []string{"", "r1", "r2", "r3"} {
			net, ok := nets[date][rep]
			day.Net += net
			if ok {
				credits = append(credits, sales.Credit{Date: date, RepID: rep, Net: net})
			}
			if ok && rep != "" && max(net, -net) > most {
				seller, most = rep, max(net, -net)
			}
		}
		h.days = append(h.days, day)
		if n := len(h.sellers); seller != "" && (n == 0 || h.sellers[n-1].RepID != seller) {
			h.sellers = append(h.sellers, sales.Seller{From: date, RepID: seller})
		}
		if last := h.sellers; len(credits) > 1 || len(last) == 0 && credits[0].RepID != "" || len(last) > 0 && credits[0].RepID != last[len(last)-1].RepID {
			h.splits = append(h.splits, credits...)
		}
	}
	return &h
}

// Memory must grow with customers, not with lines: once a customer's dates are
// known a further line allocates nothing, and a million lines of one customer
// keep no more entries than twice its dates and a constant.
func TestLinesAllocateNothing(t *testing.T) {
	source := &Source{zones: zonesOf(Config{Timezone: time.UTC}), dialect: dialectOf("10.11.6-MariaDB", "")}
	r := source.newLineReader(Request{AsOf: 30000}, shape{{}, {}, {kind: plainDate}})
	rows := make([][]sql.RawBytes, 1000)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range rows {
		day := sales.Date(20000 + random.IntN(1000)).String()
		rows[i] = []sql.RawBytes{
			fmt.Append(nil, "order", i), []byte("cash customer"), []byte(day), []byte("p1"), []byte("1"), fmt.Append(nil, i, ".25"), fmt.Append(nil, "rep", i%7),
		}
	}
	feed := func() {
		for _, row := range rows {
			if err := r.line(row); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 1000 {
		feed()
	}
	if len(r.ledger.entries) > 2*7000+compactAt {
		t.Errorf("%d entries after a million lines", len(r.ledger.entries))
	}
	r.ledger.hashes = slices.Grow(r.ledger.hashes, 1<<20)
	if allocations := testing.AllocsPerRun(100, feed); allocations > 0 {
		t.Errorf("%v allocations for 1000 lines, want none", allocations)
	}
	if err := r.closeCustomer(); err != nil {
		t.Fatal(err)
	}
	if days := len(r.histories["cash customer"].days); days > 1000 {
		t.Errorf("%d days kept, want at most 1000", days)
	}
}

func TestHashTellsLinesApart(t *testing.T) {
	lines := [][]sql.RawBytes{
		{[]byte("ab"), []byte("c")}, {[]byte("a"), []byte("bc")}, {[]byte("abc"), []byte("")}, {[]byte("abc"), nil}, {nil, []byte("abc")},
		{[]byte("abcdefgh"), []byte("i")}, {[]byte("abcdefghi"), []byte("")}, {[]byte("a\x00"), []byte("c")}, {[]byte("a"), []byte("\x00c")},
		{[]byte(""), []byte("")}, {nil, []byte("")}, {nil, nil}, {[]byte("12345678"), []byte("87654321")}, {[]byte("87654321"), []byte("12345678")},
	}
	seen := map[uint64]int{}
	for i, line := range lines {
		hash := hashOf(line)
		if other, ok := seen[hash]; ok {
			t.Errorf("lines %q and %q share a hash", lines[other], line)
		}
		if hash != hashOf(line) {
			t.Errorf("line %q has two hashes", line)
		}
		seen[hash] = i
	}
}
