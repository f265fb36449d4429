package salesdb

import (
	"strings"
	"time"

	"dangol/internal/sales"
)

// dateKind says how a column's values name a date.
type dateKind int

const (
	textDate   dateKind = iota // a text: a date, or a date and time of day
	plainDate                  // DATE: never shifted
	storedTime                 // DATETIME: in the stored time zone
	utcTime                    // TIMESTAMP: in UTC, because the session's zone is
)

// kindOf returns the kind of a column by the server's name of its type, and
// whether the type can hold a date at all.
func kindOf(typeName string) (dateKind, bool) {
	switch name := strings.ToUpper(typeName); {
	case name == "DATE":
		return plainDate, true
	case name == "DATETIME":
		return storedTime, true
	case name == "TIMESTAMP":
		return utcTime, true
	case strings.Contains(name, "INT"), strings.Contains(name, "DEC"), strings.Contains(name, "NUMERIC"), strings.Contains(name, "REAL"),
		name == "DOUBLE", name == "FLOAT", name == "YEAR", name == "TIME", name == "BIT", name == "JSON":
		return textDate, false
	}
	return textDate, true
}

// zones are the time zones dates are read with.
type zones struct {
	business, stored *time.Location
	same             bool // one zone: no value is shifted
}

func zonesOf(config Config) zones {
	z := zones{business: config.Timezone, stored: config.StoredTimezone}
	if z.business == nil {
		z.business = time.UTC
	}
	if z.stored == nil {
		z.stored = z.business
	}
	z.same = z.business.String() == z.stored.String()
	return z
}

// Oldest is the first date believed: earlier ones are placeholders for
// "unknown", such as 1900-01-01 or 1970-01-01.
var Oldest = sales.NewDate(1971, time.January, 1)

// date reads a value as a date of the business zone. It refuses what is no
// date: empty, zero, impossible or before 1971.
func (z zones) date(text []byte, kind dateKind) (sales.Date, bool) {
	year, month, day, rest, ok := civilDay(text)
	if !ok {
		return 0, false
	}
	date := sales.NewDate(year, time.Month(month), day)
	if kind != plainDate && len(rest) > 0 {
		clock, ok := clockOf(rest)
		if !ok {
			return 0, false
		}
		date = z.shift(date, clock, kind)
	}
	return date, date >= Oldest
}

// shift moves a date and time of day into the business zone.
func (z zones) shift(date sales.Date, clock clock, kind dateKind) sales.Date {
	from := z.stored
	switch {
	case clock.zoned:
		from = time.FixedZone("", clock.offset)
	case kind == utcTime:
		from = time.UTC
	case z.same:
		return date
	}
	year, month, day := date.Time().Date()
	return sales.DateOf(time.Date(year, month, day, 0, 0, clock.seconds, 0, from).In(z.business))
}

// civilDay reads a date at the start of text: 2026-01-31, with / or . instead
// of -, or 20260131; rest is what follows. The date exists in the calendar.
func civilDay(text []byte) (year, month, day int, rest []byte, ok bool) {
	if len(text) < 8 {
		return 0, 0, 0, nil, false
	}
	year, ok = digits(text[:4])
	monthAt, dayAt, end := 4, 6, 8
	if c := text[4]; c == '-' || c == '/' || c == '.' {
		monthAt, dayAt, end = 5, 8, 10
		if len(text) < end || text[7] != c {
			return 0, 0, 0, nil, false
		}
	}
	month, monthOK := digits(text[monthAt : monthAt+2])
	day, dayOK := digits(text[dayAt : dayAt+2])
	ok = ok && monthOK && dayOK && year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
	return year, month, day, text[end:], ok
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// clock is a time of day; zoned says that the text named its offset from UTC.
type clock struct {
	seconds int // after midnight
	offset  int // seconds east of UTC
	zoned   bool
}

// clockOf reads what follows a date: a blank or T, HH:MM, optional seconds with
// a fraction, optional Z or ±HH:MM.
func clockOf(text []byte) (clock, bool) {
	if text[0] != ' ' && text[0] != 'T' || len(text) < 6 || text[3] != ':' {
		return clock{}, false
	}
	hour, hourOK := digits(text[1:3])
	minute, minuteOK := digits(text[4:6])
	if !hourOK || !minuteOK || hour > 23 || minute > 59 {
		return clock{}, false
	}
	second, rest, ok := secondsOf(text[6:])
	c := clock{seconds: hour*3600 + minute*60 + second}
	if !ok || len(rest) == 0 {
		return c, ok
	}
	c.offset, c.zoned = offsetOf(rest)
	return c, c.zoned
}

// secondsOf reads an optional :SS and fraction; the fraction changes no date.
func secondsOf(text []byte) (second int, rest []byte, ok bool) {
	if len(text) == 0 || text[0] != ':' {
		return 0, text, true
	}
	if len(text) < 3 {
		return 0, nil, false
	}
	second, ok = digits(text[1:3])
	rest = text[3:]
	if len(rest) > 0 && rest[0] == '.' {
		for rest = rest[1:]; len(rest) > 0 && rest[0] >= '0' && rest[0] <= '9'; {
			rest = rest[1:]
		}
	}
	return second, rest, ok && second <= 60
}

// offsetOf reads Z, ±HH, ±HHMM or ±HH:MM as seconds east of UTC.
func offsetOf(text []byte) (seconds int, ok bool) {
	if text[0] == ' ' {
		text = text[1:]
	}
	if len(text) == 1 && text[0] == 'Z' {
		return 0, true
	}
	if len(text) < 3 || text[0] != '+' && text[0] != '-' {
		return 0, false
	}
	hours, ok := digits(text[1:3])
	rest := text[3:]
	if len(rest) > 0 && rest[0] == ':' {
		rest = rest[1:]
	}
	minutes := 0
	if len(rest) > 0 {
		var minutesOK bool
		minutes, minutesOK = digits(rest)
		ok = ok && minutesOK && len(rest) == 2
	}
	seconds = hours*3600 + minutes*60
	if text[0] == '-' {
		seconds = -seconds
	}
	return seconds, ok
}

// digits reads a short run of decimal digits.
func digits(text []byte) (n int, ok bool) {
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, len(text) > 0
}
