package sales

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
)

// Money is an amount in the config's currency, in ten-thousandths of its unit,
// so that sums are exact. One amount is below 900 billion units, a sum below
// 900 trillion.
type Money int64

// MoneyUnit is one unit of the currency.
const MoneyUnit Money = 10_000

// maxMoney bounds one parsed amount, so that a thousand of them still fit and
// a float64 holds each exactly.
const maxMoney = 900_000_000_000 * int64(MoneyUnit)

// ParseMoney reads a decimal number such as a DECIMAL column, with an optional
// exponent as a DOUBLE column may have; digits beyond the fourth are rounded
// half away from zero. It refuses what is no finite decimal number, and what is
// beyond 900 billion units either way; its error quotes the value.
func ParseMoney(text []byte) (Money, error) {
	if m, ok := parsePlain(text); ok {
		return m, nil
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil || math.IsNaN(f) || bytes.ContainsAny(text, "xXpP_") {
		return 0, fmt.Errorf("amount %.40q: want a decimal number", text)
	}
	scaled := math.Round(f * float64(MoneyUnit))
	if math.Abs(scaled) > float64(maxMoney) {
		return 0, fmt.Errorf("amount %.40q: out of range", text)
	}
	return Money(scaled), nil
}

// parsePlain is the fast, exact path for sign, digits and at most four decimals.
func parsePlain(text []byte) (Money, bool) {
	digits, negative := text, false
	if len(digits) > 0 && (digits[0] == '-' || digits[0] == '+') {
		negative, digits = digits[0] == '-', digits[1:]
	}
	var value int64
	seen, decimals, roundUp, point := 0, 0, false, false
	for _, c := range digits {
		switch {
		case c == '.' && !point:
			point = true
			continue
		case c < '0' || c > '9':
			return 0, false
		case point && decimals >= 4:
			if decimals == 4 {
				roundUp = c >= '5'
			}
			decimals++
			continue
		case point:
			decimals++
		}
		seen++
		if value > maxMoney {
			return 0, false
		}
		value = value*10 + int64(c-'0')
	}
	if seen == 0 {
		return 0, false
	}
	for ; decimals < 4 && value <= maxMoney; decimals++ {
		value *= 10
	}
	if roundUp {
		value++
	}
	if value > maxMoney {
		return 0, false
	}
	if negative {
		value = -value
	}
	return Money(value), true
}

// MoneyFromFloat rounds f units to the nearest ten-thousandth.
func MoneyFromFloat(f float64) Money { return Money(math.Round(f * float64(MoneyUnit))) }

// Float returns the amount in units, for statistics, never for sums.
func (m Money) Float() float64 { return float64(m) / float64(MoneyUnit) }

// String returns a plain decimal with two decimals (half away from zero).
func (m Money) String() string {
	cents := (int64(m.abs()) + 50) / 100
	sign := ""
	if m < 0 && cents > 0 {
		sign = "-"
	}
	return fmt.Sprintf("%s%d.%02d", sign, cents/100, cents%100)
}

func (m Money) abs() Money {
	if m < 0 {
		return -m
	}
	return m
}

// MarshalText writes the amount as String does.
func (m Money) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads a decimal number.
func (m *Money) UnmarshalText(text []byte) error {
	parsed, err := ParseMoney(text)
	*m = parsed
	return err
}
