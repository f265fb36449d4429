package sample

import (
	"math"
	"testing"
	"time"

	"dangol/internal/sales"

	"github.com/google/go-cmp/cmp"
)

// TestHolidays compares whole years with the official calendars.
func TestHolidays(t *testing.T) {
	tests := map[int][]string{
		2021: {
			"01-01", "02-11", "02-12", "02-13", "03-01", "05-01", "05-05", "05-19", "06-06", "08-15", "08-16",
			"09-20", "09-21", "09-22", "10-03", "10-04", "10-09", "10-11", "12-25",
		},
		2023: {
			"01-01", "01-21", "01-22", "01-23", "01-24", "03-01", "05-01", "05-05", "05-27", "05-29", "06-06",
			"08-15", "09-28", "09-29", "09-30", "10-02", "10-03", "10-09", "12-25",
		},
		2024: {
			"01-01", "02-09", "02-10", "02-11", "02-12", "03-01", "04-10", "05-01", "05-05", "05-06", "05-15", "06-06",
			"08-15", "09-16", "09-17", "09-18", "10-01", "10-03", "10-09", "12-25",
		},
		2025: {
			"01-01", "01-27", "01-28", "01-29", "01-30", "03-01", "03-03", "05-01", "05-05", "05-06", "06-03", "06-06",
			"08-15", "10-03", "10-05", "10-06", "10-07", "10-08", "10-09", "12-25",
		},
		2026: {
			"01-01", "02-16", "02-17", "02-18", "03-01", "03-02", "05-01", "05-05", "05-24", "05-25", "06-03", "06-06",
			"08-15", "08-17", "09-24", "09-25", "09-26", "10-03", "10-05", "10-09", "12-25",
		},
	}
	for year, want := range tests {
		var got []string
		for _, h := range Holidays(year) {
			got = append(got, h.Date.String()[5:])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d (-want +got)\n%s", year, diff)
		}
	}
}

// TestLunarYears: the table is full, and its dates are where the moon allows.
func TestLunarYears(t *testing.T) {
	for year := 2020; year <= 2032; year++ {
		l, ok := lunarYears[year]
		if !ok {
			t.Errorf("%d is missing", year)
			continue
		}
		day := func(at [2]int) sales.Date { return sales.NewDate(year, time.Month(at[0]), at[1]) }
		seollal, buddha, chuseok := day(l.seollal), day(l.buddha), day(l.chuseok)
		// Chuseok is the 15th day of the 8th moon, Buddha's birthday the 8th of
		// the 4th; a leap moon in between adds one.
		if moons := float64(chuseok-seollal-14) / 29.53; !nearWhole(moons) || moons < 6.9 || moons > 8.1 {
			t.Errorf("%d: %.2f moons from Seollal to Chuseok", year, moons)
		}
		if moons := float64(buddha-seollal-7) / 29.53; !nearWhole(moons) || moons < 2.9 || moons > 4.1 {
			t.Errorf("%d: %.2f moons from Seollal to Buddha's birthday", year, moons)
		}
	}
}

func nearWhole(moons float64) bool { return math.Abs(moons-math.Round(moons)) < .06 }
