package silence_test

import (
	"compress/gzip"
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"
	"time"

	"dangol/internal/retail"
	"dangol/internal/sales"
	"dangol/jobs/silence"
)

// retailCut is the date up to which the reference knows the invoices.
var retailCut = sales.NewDate(2011, time.July, 31)

// btydPlus is what BTYDplus 1.2.0 finds on the customers of internal/retail.
var btydPlus = silence.MBG{K: 2, R: .857718, Alpha: 4.31471, A: .129894, B: 2.1314}

const btydPlusLogLikelihood = -17953.290

// reference is one row of testdata/online_retail.csv.gz.
type reference struct {
	customer           string
	repeats, span, age int
	logGaps, pAlive    float64
}

func readReference(t *testing.T) []reference {
	t.Helper()
	file, err := os.Open("testdata/online_retail.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(unpacked).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	number := func(s string) float64 {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	var all []reference
	for _, row := range rows[1:] {
		all = append(all, reference{
			customer: row[0], repeats: int(number(row[1])), span: int(number(row[2])),
			age: int(number(row[3])), logGaps: number(row[4]), pAlive: number(row[5]),
		})
	}
	return all
}

// retailHistories returns the histories by customer, as known at asOf, of those
// who had bought by then.
func retailHistories(t testing.TB, asOf sales.Date) (ids []string, histories []silence.History) {
	t.Helper()
	invoices, err := retail.Invoices()
	if err != nil {
		t.Fatal(err)
	}
	return knownAt(invoices, asOf)
}

func knownAt(invoices []retail.Invoice, asOf sales.Date) (ids []string, histories []silence.History) {
	for _, buyer := range retail.Purchases(invoices) {
		h := silence.History{AsOf: asOf}
		for _, d := range buyer.Days {
			if d.Date <= asOf {
				h.Days = append(h.Days, d.Date)
				h.Amounts = append(h.Amounts, d.Net)
			}
		}
		if len(h.Days) > 0 {
			ids, histories = append(ids, buyer.ID), append(histories, h)
		}
	}
	return ids, histories
}

func TestHistoriesAreTheReferences(t *testing.T) {
	want := readReference(t)
	ids, histories := retailHistories(t, retailCut)
	if len(ids) != len(want) {
		t.Fatalf("%d customers, want %d", len(ids), len(want))
	}
	for i, w := range want {
		days := histories[i].Days
		span, age := int(days[len(days)-1]-days[0]), int(retailCut-days[0])
		if ids[i] != w.customer || len(days)-1 != w.repeats || span != w.span || age != w.age {
			t.Errorf("customer %s: %d repeats, %d days, age %d, want %+v", ids[i], len(days)-1, span, age, w)
		}
	}
}

func TestPAliveMatchesReference(t *testing.T) {
	want := readReference(t)
	_, histories := retailHistories(t, retailCut)
	for i, h := range histories {
		if got := btydPlus.PAlive(h); math.Abs(got-want[i].pAlive) > 1e-6 {
			t.Errorf("customer %s: P(alive) %.9f, want %.9f", want[i].customer, got, want[i].pAlive)
		}
	}
}

func TestLogLikelihoodMatchesReference(t *testing.T) {
	_, histories := retailHistories(t, retailCut)
	got := btydPlus.LogLikelihoodOf(histories)
	if math.Abs(got/btydPlusLogLikelihood-1) > 1e-6 {
		t.Errorf("log-likelihood %.4f, want %.4f", got, btydPlusLogLikelihood)
	}
}

func TestFitMatchesReference(t *testing.T) {
	_, histories := retailHistories(t, retailCut)
	got := silence.Fit(histories)
	t.Logf("%+v", got)
	if got.K != btydPlus.K || got.LowConfidence || got.DropoutUnclear {
		t.Fatalf("fit %+v, want k = %d and no doubts", got, btydPlus.K)
	}
	if got.LogLikelihood < btydPlusLogLikelihood-.01 {
		t.Errorf("log-likelihood %.4f, the reference reaches %.4f", got.LogLikelihood, btydPlusLogLikelihood)
	}
	for _, p := range []struct {
		name      string
		got, want float64
	}{
		{"r", got.R, btydPlus.R}, {"α", got.Alpha, btydPlus.Alpha},
		{"a", got.A, btydPlus.A}, {"b", got.B, btydPlus.B},
	} {
		if math.Abs(p.got/p.want-1) > 1e-3 {
			t.Errorf("%s = %.6f, want %.6f", p.name, p.got, p.want)
		}
	}
}
