package wording

import (
	"math"
	"strconv"
	"strings"
	"time"

	"dangol/internal/finding"
	"dangol/internal/sales"

	"github.com/bojanz/currency"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Money writes an amount as a reader on a phone wants it: three digits and a
// unit (₩3.1M, 310만 원), small amounts in full.
func (w *Wording) Money(m sales.Money) string {
	units := m.Float()
	sign := ""
	if units < 0 {
		sign, units = "−", -units
	}
	text := w.symbol() + compact(units, w.digits())
	if w.locale == "ko" && w.currency == "KRW" {
		text = won(units)
	}
	if !strings.ContainsAny(text, "123456789") {
		return text // no minus before a zero
	}
	return sign + text
}

// Measure writes a count or an amount.
func (w *Wording) Measure(m finding.Measure) string {
	if m.Money {
		return w.Money(m.Amount)
	}
	return Number(m.Count)
}

func (w *Wording) symbol() string {
	if w.currency == "" {
		return ""
	}
	symbol, ok := currency.GetSymbol(w.currency, currency.NewLocale(w.locale))
	if !ok || symbol == w.currency {
		return w.currency + " "
	}
	return symbol
}

func (w *Wording) digits() int {
	if digits, ok := currency.GetDigits(w.currency); ok {
		return int(digits)
	}
	return 2
}

// compact writes at most three significant digits with k, M, bn or tn.
func compact(units float64, digits int) string {
	for _, scale := range []struct {
		from   float64
		suffix string
	}{{1e12, "tn"}, {1e9, "bn"}, {1e6, "M"}, {1e4, "k"}} {
		if significant(units) >= scale.from {
			divisor := scale.from
			if scale.suffix == "k" {
				divisor = 1e3
			}
			return trim(significant(units)/divisor) + scale.suffix
		}
	}
	if units < 100 && digits > 0 && units != math.Trunc(units) {
		return strconv.FormatFloat(units, 'f', digits, 64)
	}
	return group(int64(math.Round(units)))
}

// won writes Korean won in 만, 억 and 조; below 10만 in full, unless 만 says it all.
func won(units float64) string {
	units = math.Round(units)
	switch rounded := significant(units); {
	case rounded >= 1e12:
		return trim(rounded/1e12) + "조 원"
	case rounded >= 1e8:
		return trim(rounded/1e8) + "억 원"
	case rounded >= 1e5, rounded >= 1e4 && math.Mod(units, 1e3) == 0:
		return trim(rounded/1e4) + "만 원"
	}
	return group(int64(units)) + "원"
}

// significant keeps three significant digits.
func significant(units float64) float64 {
	if units < 1000 {
		return units
	}
	scale := math.Pow(10, math.Floor(math.Log10(units))-2)
	return math.Round(units/scale) * scale
}

func trim(f float64) string {
	whole := strconv.FormatFloat(math.Round(f*100)/100, 'f', -1, 64)
	if integer, fraction, ok := strings.Cut(whole, "."); ok {
		n, _ := strconv.ParseInt(integer, 10, 64)
		return group(n) + "." + fraction
	}
	n, _ := strconv.ParseInt(whole, 10, 64)
	return group(n)
}

var printer = message.NewPrinter(language.English)

// group writes a whole number with thousands separators.
func group(n int64) string { return printer.Sprintf("%d", n) }

// Number writes days and counts: one decimal below ten, whole above.
func Number(f float64) string {
	if math.Abs(f) >= 10 {
		return group(int64(math.Round(f)))
	}
	return strconv.FormatFloat(math.Round(f*10)/10+0, 'f', -1, 64) // + 0: no minus before a zero
}

// Percent writes a fraction in whole percent, never 0 % or 100 % for what is
// possible, or not certain.
func Percent(f float64) string {
	percent := math.Round(f * 100)
	switch {
	case f > 0 && percent < 1:
		return "<1%"
	case f < 1 && percent >= 100:
		return ">99%"
	}
	return strconv.Itoa(int(percent)) + "%"
}

// Date writes a date, with its year when it is not this year's.
func (w *Wording) Date(d sales.Date) string {
	t := d.Time()
	thisYear := t.Year() == w.today.Time().Year()
	if w.locale == "ko" {
		if thisYear {
			return t.Format("1월 2일")
		}
		return t.Format("2006년 1월 2일")
	}
	if thisYear {
		return t.Format("2 Jan")
	}
	return t.Format("2 Jan 2006")
}

// Day writes a date with its day of the week.
func (w *Wording) Day(d sales.Date) string {
	if w.locale == "ko" {
		return w.Date(d) + "(" + w.Weekday(d.Weekday()) + ")"
	}
	return w.Weekday(d.Weekday()) + " " + w.Date(d)
}

// Month writes a month and its year.
func (w *Wording) Month(d sales.Date) string {
	t := d.Time()
	if w.locale == "ko" {
		return t.Format("2006년 1월")
	}
	return t.Month().String()[:3] + t.Format(" 2006")
}

// ShortMonth writes a month without its year.
func (w *Wording) ShortMonth(d sales.Date) string {
	if w.locale == "ko" {
		return d.Time().Format("1월")
	}
	return d.Time().Month().String()[:3]
}

// Weekday writes the short name of a day of the week.
func (w *Wording) Weekday(day time.Weekday) string {
	if w.locale == "ko" {
		return string([]rune("일월화수목금토")[day])
	}
	return day.String()[:3]
}
