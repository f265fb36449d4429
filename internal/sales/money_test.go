package sales_test

import (
	"math/big"
	"strings"
	"testing"

	"dangol/internal/sales"

	"pgregory.net/rapid"
)

func TestParseMoney(t *testing.T) {
	for _, c := range []struct {
		text string
		want sales.Money // ten-thousandths
	}{
		{"0", 0}, {"-0", 0}, {"+0.00", 0}, {"12", 120_000}, {"+12", 120_000}, {"-12.5", -125_000},
		{".5", 5_000}, {"5.", 50_000}, {"0012.3400", 123_400},
		{"0.1234", 1_234}, {"0.12344", 1_234}, {"0.12345", 1_235}, {"-0.12345", -1_235}, {"0.123449999", 1_234},
		{"0.00004", 0}, {"-0.00004", 0}, {"0.00005", 1}, {"9.99995", 100_000},
		{"1e3", 10_000_000}, {"1.5E-2", 150}, {"-2.5e+1", -250_000}, {"1e-9", 0},
		{"1000000000", 10_000_000_000_000},
		{"899999999999.9999", 8_999_999_999_999_999}, // a float64 product would be off by one
		{"-899999999999.9999", -8_999_999_999_999_999},
		{"123456789012.3457", 1_234_567_890_123_457},
		{"900000000000", 9_000_000_000_000_000}, {"9e11", 9_000_000_000_000_000},
		{strings.Repeat("0", 60) + "7", 70_000}, {"7." + strings.Repeat("0", 60), 70_000},
	} {
		got, err := sales.ParseMoney([]byte(c.text))
		if err != nil || got != c.want {
			t.Errorf("ParseMoney(%q) = %d, %v; want %d", c.text, got, err, c.want)
		}
	}
}

func TestParseMoneyRefuses(t *testing.T) {
	for _, text := range []string{
		"", " ", ".", "-", "+", "+-1", "--1", "1.2.3", "1,000", "1 000", " 1", "1 ", "₩100", "abc", "12a", "NaN", "Inf", "-inf", "Infinity",
		"1e", "e5", "1e400", "0x1p3", "0X1P3", "0x10", "-0x.8p1", "1_000", "infinity", "９", "\x00", "\xff",
		"900000000000.0001", "9.1e11", "90000000000000", "99999999999999999999", "-99999999999999999999", strings.Repeat("9", 400),
	} {
		if got, err := sales.ParseMoney([]byte(text)); err == nil {
			t.Errorf("ParseMoney(%q) = %v; want an error", text, got)
		}
	}
}

// The words of an amount that is too large do not say that it is no number.
func TestParseMoneyNamesTheRange(t *testing.T) {
	for _, text := range []string{"90000000000000", "9e13"} {
		_, err := sales.ParseMoney([]byte(text))
		if err == nil || !strings.Contains(err.Error(), "out of range") {
			t.Errorf("ParseMoney(%q): %v; want out of range", text, err)
		}
	}
}

// Any DECIMAL(15,4) in range survives exactly, whatever the exponent form says.
func TestParseMoneyIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.Int64Range(-9_000_000_000_000_000, 9_000_000_000_000_000).Draw(t, "tenThousandths")
		text := new(big.Rat).SetFrac64(want, 10_000).FloatString(4)
		got, err := sales.ParseMoney([]byte(text))
		if err != nil || int64(got) != want {
			t.Fatalf("ParseMoney(%q) = %d, %v; want %d", text, got, err, want)
		}
	})
}

func FuzzParseMoney(f *testing.F) {
	for _, seed := range []string{"0", "-12.5", "1e3", "1.2.3", ".", "NaN", "0x1p4", "99999999999999999999", "0.00005", "1_000"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := sales.ParseMoney([]byte(text))
		if err != nil {
			if m != 0 {
				t.Errorf("ParseMoney(%q) = %d beside the error %v", text, m, err)
			}
			return
		}
		exact, ok := new(big.Rat).SetString(text)
		if !ok {
			return // big.Rat reads fewer notations than a DOUBLE column writes
		}
		off := new(big.Rat).Sub(exact, new(big.Rat).SetFrac64(int64(m), int64(sales.MoneyUnit)))
		if off.Abs(off).Cmp(big.NewRat(1, 10_000)) > 0 {
			t.Errorf("ParseMoney(%q) = %d ten-thousandths, off by more than one", text, m)
		}
	})
}

func TestMoneyText(t *testing.T) {
	for _, c := range []struct {
		money sales.Money
		want  string
	}{
		{0, "0.00"}, {1, "0.00"}, {-1, "0.00"}, {-49, "0.00"}, {50, "0.01"}, {-50, "-0.01"}, {149, "0.01"}, {150, "0.02"},
		{123_450_000, "12345.00"}, {-99_995_000, "-9999.50"}, {99_950, "10.00"},
	} {
		if got := c.money.String(); got != c.want {
			t.Errorf("Money(%d).String() = %q; want %q", int64(c.money), got, c.want)
		}
		text, err := c.money.MarshalText()
		if err != nil || string(text) != c.want {
			t.Errorf("Money(%d).MarshalText() = %q, %v", int64(c.money), text, err)
		}
	}
}

func TestMoneyFromFloat(t *testing.T) {
	for _, c := range []struct {
		units float64
		want  sales.Money
	}{{0, 0}, {1.5, 15_000}, {-2.00005, -20_001}, {0.00004, 0}} {
		if got := sales.MoneyFromFloat(c.units); got != c.want {
			t.Errorf("MoneyFromFloat(%g) = %d; want %d", c.units, got, c.want)
		}
	}
	if got := sales.Money(15_000).Float(); got != 1.5 {
		t.Errorf("Float() = %g; want 1.5", got)
	}
}

func TestMoneyUnmarshal(t *testing.T) {
	var m sales.Money
	if err := m.UnmarshalText([]byte("12.34")); err != nil || m != 123_400 {
		t.Errorf("UnmarshalText = %d, %v", m, err)
	}
	if err := m.UnmarshalText([]byte("twelve")); err == nil {
		t.Error("UnmarshalText took a word")
	}
}
