package explain

import (
	"math"
	"strconv"
	"strings"

	"dangol/internal/sales"
)

// days writes a number of days with at most two decimals.
func days(f float64) string {
	return grouped(strconv.FormatFloat(math.Round(f*100)/100+0, 'f', -1, 64))
}

// oneDecimal writes a count that is an average.
func oneDecimal(f float64) string { return grouped(strconv.FormatFloat(f, 'f', 1, 64)) }

// odds writes a probability as dangol score does.
func odds(p float64) string { return strconv.FormatFloat(p, 'f', 6, 64) }

// figure writes a number that is computed with, to seven significant digits.
func figure(f float64) string { return strconv.FormatFloat(f, 'g', 7, 64) }

// threshold writes a limit as the config gives it.
func threshold(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// share writes a fraction as a percentage with one decimal.
func share(f float64) string { return strconv.FormatFloat(100*f, 'f', 1, 64) + "%" }

// amount writes money in full: to the cent, or without decimals if it has none.
func amount(m sales.Money) string { return grouped(strings.TrimSuffix(m.String(), ".00")) }

// grouped puts commas between the thousands of a decimal number.
func grouped(number string) string {
	whole, fraction, found := strings.Cut(number, ".")
	sign := ""
	if rest, negative := strings.CutPrefix(whole, "-"); negative {
		sign, whole = "−", rest
	}
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	if found {
		whole += "." + fraction
	}
	return sign + whole
}
