package sales_test

import (
	"testing"
	"time"

	"dangol/internal/sales"

	"pgregory.net/rapid"
)

func date(t testing.TB, text string) sales.Date {
	t.Helper()
	d, err := sales.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestParseDate(t *testing.T) {
	for _, c := range []struct {
		text string
		want sales.Date
	}{
		{"1970-01-02", 1}, {"1969-12-31", -1}, {"2000-02-29", 11016}, {"2026-11-24", 20781}, {"1000-01-01", -354285}, {"9999-12-31", 2932896},
	} {
		got, err := sales.ParseDate(c.text)
		if err != nil || got != c.want {
			t.Errorf("ParseDate(%q) = %d, %v; want %d", c.text, got, err, c.want)
		}
		if got.String() != c.text {
			t.Errorf("ParseDate(%q).String() = %q", c.text, got)
		}
	}
}

func TestParseDateRefuses(t *testing.T) {
	for _, text := range []string{"", "today", "2026", "2026-02-29", "2026-00-10", "2026-13-01", "2026-01-32", "0000-00-00",
		"2026-1-5", "26-01-05", "2026/01/05", "20260105", " 2026-01-05", "2026-01-05 ", "2026-01-05T00:00:00Z", "-2026-01-05", "+2026-01-05"} {
		if got, err := sales.ParseDate(text); err == nil {
			t.Errorf("ParseDate(%q) = %v; want an error", text, got)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"2026-11-24", "2024-02-29", "1969-12-31", "0000-00-00", "2026-2-3", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := sales.ParseDate(text)
		if err == nil && d != 0 && d.String() != text {
			t.Errorf("ParseDate(%q) reads back as %q", text, d)
		}
	})
}

func TestDateText(t *testing.T) {
	var d sales.Date
	if d.String() != "" {
		t.Errorf("no date reads %q", d)
	}
	if err := d.UnmarshalText([]byte("2026-11-24")); err != nil || d != date(t, "2026-11-24") {
		t.Errorf("UnmarshalText = %v, %v", d, err)
	}
	if err := d.UnmarshalText(nil); err != nil || d != 0 {
		t.Errorf("UnmarshalText of nothing = %v, %v", d, err)
	}
	if err := d.UnmarshalText([]byte("soon")); err == nil {
		t.Error("UnmarshalText took a word")
	}
}

// The civil date is that of the place: the same instant is two dates.
func TestDateOf(t *testing.T) {
	seoul := time.FixedZone("KST", 9*3600)
	at := time.Date(2026, 11, 24, 23, 30, 0, 0, time.UTC)
	if got := sales.DateOf(at); got.String() != "2026-11-24" {
		t.Errorf("in UTC: %v", got)
	}
	if got := sales.DateOf(at.In(seoul)); got.String() != "2026-11-25" {
		t.Errorf("in Seoul: %v", got)
	}
	if got := sales.NewDate(2026, time.February, 30); got.String() != "2026-03-02" {
		t.Errorf("NewDate rolls over to %v", got)
	}
}

func TestAddMonths(t *testing.T) {
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2026-01-31", 1, "2026-02-28"}, {"2024-01-31", 1, "2024-02-29"}, {"2024-02-29", -12, "2023-02-28"}, {"2024-02-29", 12, "2025-02-28"},
		{"2026-03-31", -1, "2026-02-28"}, {"2026-11-24", 0, "2026-11-24"}, {"2026-11-24", 2, "2027-01-24"}, {"2026-01-15", -13, "2024-12-15"},
		{"2026-08-31", 1, "2026-09-30"},
	} {
		if got := date(t, c.from).AddMonths(c.months).String(); got != c.want {
			t.Errorf("%s.AddMonths(%d) = %s; want %s", c.from, c.months, got, c.want)
		}
	}
}

func week() sales.Calendar {
	return sales.Calendar{Weekend: [7]bool{time.Saturday: true, time.Sunday: true}}
}

func TestCalendar(t *testing.T) {
	c := week()
	c.Holidays = map[sales.Date]bool{date(t, "2026-11-25"): true}
	for text, want := range map[string]bool{"2026-11-24": true, "2026-11-25": false, "2026-11-28": false, "2026-11-29": false, "2026-11-30": true} {
		if got := c.Selling(date(t, text)); got != want {
			t.Errorf("Selling(%s) = %v", text, got)
		}
	}
	for _, k := range []struct {
		from, to string
		want     int
	}{
		{"2026-11-24", "2026-11-24", 0}, {"2026-11-24", "2026-11-25", 0}, {"2026-11-24", "2026-11-26", 1},
		{"2026-11-23", "2026-11-30", 4}, {"2026-11-30", "2026-11-23", 0},
	} {
		if got := c.SellingDays(date(t, k.from), date(t, k.to)); got != k.want {
			t.Errorf("SellingDays(%s, %s) = %d; want %d", k.from, k.to, got, k.want)
		}
	}
	for _, k := range []struct {
		n    int
		want string
	}{{0, "2026-11-24"}, {1, "2026-11-26"}, {2, "2026-11-27"}, {3, "2026-11-30"}} {
		if got := c.AddSellingDays(date(t, "2026-11-24"), k.n).String(); got != k.want {
			t.Errorf("AddSellingDays(%d) = %s; want %s", k.n, got, k.want)
		}
	}
}

func TestCalendarWithoutSellingDays(t *testing.T) {
	closed := sales.Calendar{Weekend: [7]bool{true, true, true, true, true, true, true}}
	if got := closed.AddSellingDays(date(t, "2026-11-24"), 3).String(); got != "2026-11-27" {
		t.Errorf("AddSellingDays = %s; want plain days", got)
	}
	if got := (sales.Calendar{}).SellingDays(0, 7); got != 7 {
		t.Errorf("the zero calendar sells on %d of 7 days", got)
	}
}

// Counting the selling days to the nth selling day gives n.
func TestSellingDaysInvertAddSellingDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := week()
		from := sales.Date(rapid.IntRange(20000, 21000).Draw(t, "from"))
		c.Holidays = map[sales.Date]bool{}
		for _, off := range rapid.SliceOfN(rapid.IntRange(0, 40), 0, 15).Draw(t, "holidays") {
			c.Holidays[from+sales.Date(off)] = true
		}
		n := rapid.IntRange(1, 30).Draw(t, "n")
		to := c.AddSellingDays(from, n)
		if got := c.SellingDays(from, to); got != n || !c.Selling(to) {
			t.Fatalf("%d selling days to %v, which sells: %v; want %d", got, to, c.Selling(to), n)
		}
	})
}

func TestParseWeekday(t *testing.T) {
	for text, want := range map[string]time.Weekday{"sun": time.Sunday, "mon": time.Monday, "sat": time.Saturday} {
		if got, ok := sales.ParseWeekday(text); !ok || got != want {
			t.Errorf("ParseWeekday(%q) = %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "Mon", "monday", "토"} {
		if _, ok := sales.ParseWeekday(text); ok {
			t.Errorf("ParseWeekday(%q) took it", text)
		}
	}
}
