package salesdb

import (
	"testing"
	"time"
	_ "time/tzdata"

	"dangol/internal/sales"
)

func TestDate(t *testing.T) {
	seoul, _ := time.LoadLocation("Asia/Seoul")
	newYork, _ := time.LoadLocation("America/New_York")
	utcToSeoul := zonesOf(Config{Timezone: seoul, StoredTimezone: time.UTC})
	tests := []struct {
		text  string
		kind  dateKind
		zones zones
		want  string // empty: no date
	}{
		{"2026-03-10", plainDate, utcToSeoul, "2026-03-10"},
		{"2026-03-10", textDate, utcToSeoul, "2026-03-10"},
		{"2026-03-10 23:59:59", plainDate, utcToSeoul, "2026-03-10"},
		{"2026-03-10 14:59:59", storedTime, utcToSeoul, "2026-03-10"},
		{"2026-03-10 14:59:59.999999", storedTime, utcToSeoul, "2026-03-10"},
		{"2026-03-10 15:00:00", storedTime, utcToSeoul, "2026-03-11"},
		{"2026-03-10 15:00:00", textDate, utcToSeoul, "2026-03-11"},
		{"2026-03-10T15:00", textDate, utcToSeoul, "2026-03-11"},
		{"2026-03-10 15:00:00", utcTime, zonesOf(Config{Timezone: seoul}), "2026-03-11"},
		{"2026-03-10 15:00:00", storedTime, zonesOf(Config{Timezone: seoul}), "2026-03-10"},
		{"2026-03-10T23:30:00+09:00", textDate, utcToSeoul, "2026-03-10"},
		{"2026-03-10T23:30:00Z", storedTime, zonesOf(Config{Timezone: seoul}), "2026-03-11"},
		{"2026-03-10 20:30:00 -0500", textDate, utcToSeoul, "2026-03-11"},
		{"2026-03-10 02:00:00", storedTime, zonesOf(Config{Timezone: newYork, StoredTimezone: time.UTC}), "2026-03-09"},
		{"2026-12-31 15:00:00", utcTime, utcToSeoul, "2027-01-01"},
		{"20260310", textDate, utcToSeoul, "2026-03-10"},
		{"2026/03/10", textDate, utcToSeoul, "2026-03-10"},
		{"2026.03.10", textDate, utcToSeoul, "2026-03-10"},
		{"2024-02-29", plainDate, utcToSeoul, "2024-02-29"},
		{"1971-01-01", plainDate, utcToSeoul, "1971-01-01"},
		{"", plainDate, utcToSeoul, ""},
		{"0000-00-00", plainDate, utcToSeoul, ""},
		{"0000-00-00 00:00:00", storedTime, utcToSeoul, ""},
		{"2026-02-00", plainDate, utcToSeoul, ""},
		{"2026-00-10", plainDate, utcToSeoul, ""},
		{"2026-02-29", plainDate, utcToSeoul, ""},
		{"2100-02-29", plainDate, utcToSeoul, ""},
		{"2026-13-01", plainDate, utcToSeoul, ""},
		{"1970-12-31", plainDate, utcToSeoul, ""},
		{"1900-01-01 00:00:00", storedTime, utcToSeoul, ""},
		{"2026-03-10 24:00:00", storedTime, utcToSeoul, ""},
		{"2026-03-10 tomorrow", textDate, utcToSeoul, ""},
		{"2026-03-1", textDate, utcToSeoul, ""},
		{"2026-03-10 10:00:00 ", textDate, utcToSeoul, ""},
		{"2026-3-10", textDate, utcToSeoul, ""},
		{"1767225600", textDate, utcToSeoul, ""},
		{"yesterday", textDate, utcToSeoul, ""},
	}
	for _, test := range tests {
		got, ok := test.zones.date([]byte(test.text), test.kind)
		if want := test.want; ok != (want != "") || ok && got.String() != want {
			t.Errorf("date(%q, kind %d) = %v, %v; want %q", test.text, test.kind, got, ok, want)
		}
	}
}

// Every instant of a year must fall on the date a clock in Seoul shows.
func TestDateFollowsTheBusinessClock(t *testing.T) {
	for _, name := range []string{"Asia/Seoul", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones := zonesOf(Config{Timezone: zone, StoredTimezone: time.UTC})
		for at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() == 2026; at = at.Add(47 * time.Minute) {
			got, ok := zones.date([]byte(at.Format(time.DateTime)), storedTime)
			if want := sales.DateOf(at.In(zone)); !ok || got != want {
				t.Fatalf("%s in %s = %v, want %v", at, name, got, want)
			}
		}
	}
}

func FuzzDate(f *testing.F) {
	for _, seed := range []string{"2026-03-10 15:00:00.5+09:00", "20260310", "0000-00-00", "2026-03-10 ", "2026-03-10T1"} {
		f.Add(seed)
	}
	zones := zonesOf(Config{Timezone: time.FixedZone("", 9*3600), StoredTimezone: time.UTC})
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []dateKind{textDate, plainDate, storedTime, utcTime} {
			if date, ok := zones.date([]byte(text), kind); ok && date < Oldest {
				t.Errorf("date(%q) = %v, believed before %v", text, date, Oldest)
			}
		}
	})
}

func TestKindOf(t *testing.T) {
	for name, want := range map[string]bool{
		"DATE": true, "DATETIME": true, "TIMESTAMP": true, "VARCHAR": true, "CHAR": true, "TEXT": true, "NULL": true, "": true,
		"BIGINT": false, "INT": false, "UNSIGNED BIGINT": false, "DECIMAL": false, "DOUBLE": false, "YEAR": false, "TIME": false, "INTEGER": false,
	} {
		if _, ok := kindOf(name); ok != want {
			t.Errorf("kindOf(%q) accepted = %v, want %v", name, ok, want)
		}
	}
}

func TestYes(t *testing.T) {
	for _, text := range []string{"", "1", "\x01", "Y", "yes", "TRUE", "t", " on "} {
		if got, err := yes([]byte(text)); err != nil || !got {
			t.Errorf("yes(%q) = %v, %v; want true", text, got, err)
		}
	}
	for _, text := range []string{"0", "\x00", "N", "no", "False", "f", "off"} {
		if got, err := yes([]byte(text)); err != nil || got {
			t.Errorf("yes(%q) = %v, %v; want false", text, got, err)
		}
	}
	if _, err := yes([]byte("Left")); err == nil {
		t.Error(`yes("Left"): no error`)
	}
}
