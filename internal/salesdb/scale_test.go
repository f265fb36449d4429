package salesdb_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"dangol/internal/sales"
	"dangol/internal/salesdb"
	"dangol/internal/testdb"
)

// fill writes 2^doublings order lines of 500 customers over 400 dates.
func fill(db *testdb.DB, doublings int) {
	db.Exec(schema)
	db.Exec("CREATE TABLE n (i INT PRIMARY KEY); INSERT INTO n VALUES (0)")
	for i := range doublings {
		db.Exec(fmt.Sprintf("INSERT INTO n SELECT i + %d FROM n", 1<<i))
	}
	db.Exec(`INSERT INTO order_lines SELECT CONCAT('SO-', i DIV 4), CONCAT('CUST-', (i * 7919) % 500), '2025-01-01' + INTERVAL (i * 31 % 400) DAY,
		CONCAT('ITEM-', i % 90), i % 12, (i % 1000) + 0.25, CONCAT('REP-', (i * 7919) % 500 % 20) FROM n;
		INSERT INTO customers (customer_id, name, rep_id) SELECT CONCAT('CUST-', i), CONCAT('Customer ', i), CONCAT('REP-', i % 20) FROM n WHERE i < 500`)
}

// retained reads and returns how many bytes the snapshot keeps alive.
func retained(t *testing.T, db *testdb.DB, lines int) uint64 {
	t.Helper()
	source := open(t, salesdb.Config{DSN: db.DSN, Queries: required()})
	before := liveBytes()
	snapshot, err := source.Read(context.Background(), salesdb.Request{AsOf: date("2026-06-30")})
	if err != nil {
		t.Fatal(err)
	}
	after := liveBytes()
	if snapshot.Quality.OrderLines != lines || len(snapshot.Customers) != 500 {
		t.Fatalf("%d lines of %d customers, want %d of 500", snapshot.Quality.OrderLines, len(snapshot.Customers), lines)
	}
	runtime.KeepAlive(snapshot)
	return after - before
}

func liveBytes() uint64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// Ten times the lines over the same customers and dates keep the same memory.
func TestMemoryGrowsWithCustomersNotLines(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: 260,000 lines with -short")
	}
	small, large := testdb.New(t), testdb.New(t)
	fill(small, 15)
	fill(large, 18)
	few, many := retained(t, small, 1<<15), retained(t, large, 1<<18)
	if many > few*3/2+100_000 {
		t.Errorf("8 times the lines keep %d bytes instead of %d", many, few)
	}
}

// BenchmarkRead reports how many order lines a second go from a server on this
// machine into a snapshot.
func BenchmarkRead(b *testing.B) {
	const doublings = 20
	db := testdb.New(b)
	fill(db, doublings)
	ways := map[string]string{
		"table": required()[sales.OrderLines],
		"join":  "SELECT o.order_id, o.customer_id, o.ordered_at, o.product_id, o.quantity, o.amount, c.rep_id FROM order_lines AS o JOIN customers AS c ON c.customer_id = o.customer_id",
	}
	db.Exec("ALTER TABLE customers ADD PRIMARY KEY (customer_id)")
	for _, name := range []string{"table", "join"} {
		b.Run(name, func(b *testing.B) {
			source := open(b, salesdb.Config{DSN: db.DSN, Queries: with(sales.OrderLines, ways[name])})
			b.ReportAllocs()
			for b.Loop() {
				if _, err := source.Read(context.Background(), salesdb.Request{AsOf: date("2026-06-30")}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*(1<<doublings)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}
