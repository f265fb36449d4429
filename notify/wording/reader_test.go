package wording_test

import (
	"testing"
	"time"

	"dangol/internal/sales"
)

// Names as customers bear them, and how a Korean reads the sentence aloud.
func TestKoreanReader(t *testing.T) {
	w := load(t, "ko", "KRW")
	said := func(key string, pairs ...any) string { return w.Text(key, pairs...) }
	back := func(customer string) string {
		return said("text_recovered", "customer", customer, "days", 41, "date", sales.NewDate(2026, time.November, 20), "amount", 3_100_000*sales.MoneyUnit)
	}
	const rest = " 41일 만에 11월 20일 다시 주문했습니다(310만 원)."
	for customer, want := range map[string]string{
		"김밥천국": "김밥천국이", "한국푸드": "한국푸드가", "서울": "서울이", "두부나라": "두부나라가", "대한물산": "대한물산이",
		"㈜미래": "㈜미래가", "한빛(주)": "한빛(주)이", "동해상사㈜": "동해상사㈜가", "가온 레스토랑": "가온 레스토랑이", "제일마트 2호점": "제일마트 2호점이",
		"상점 1": "상점 1이", "상점 2": "상점 2가", "상점 3": "상점 3이", "상점 4": "상점 4가", "상점 5": "상점 5가",
		"상점 6": "상점 6이", "상점 7": "상점 7이", "상점 8": "상점 8이", "상점 9": "상점 9가", "상점 10": "상점 10이",
		"LG": "LG가", "SK": "SK가", "GM": "GM이", "KFC": "KFC가", "CJ": "CJ가", "SQL": "SQL이", "Kim": "Kim이",
		"Lotte": "Lotte가", "Seoul": "Seoul이", "Cafe": "Cafe가", "Happy Market": "Happy Market이", "맛집!": "맛집!이", "\"봄\"": "\"봄\"이",
	} {
		if got := back(customer); got != "거래 재개: "+want+rest {
			t.Errorf("%s: %q; want %q", customer, got, "거래 재개: "+want+rest)
		}
	}
}

// Amounts as they are read in an office, from 999 won to 12 trillion.
func TestKoreanAmounts(t *testing.T) {
	w := load(t, "ko", "KRW")
	for amount, want := range map[int64]string{
		0: "0원", 1: "1원", 999: "999원", 1_000: "1,000원", 9_999: "9,999원", 10_000: "1만 원", 12_345: "12,345원", 15_000: "1.5만 원", 99_999: "10만 원", 100_000: "10만 원", 125_000: "12.5만 원", 99_990_000: "1억 원",
		3_100_000: "310만 원", 12_000_000: "1,200만 원", 100_000_000: "1억 원", 1_234_000_000: "12.3억 원", 12_000_000_000_000: "12조 원",
		-3_400_000: "−340만 원",
	} {
		if got := w.Money(sales.Money(amount) * sales.MoneyUnit); got != want {
			t.Errorf("%d: %q; want %q", amount, got, want)
		}
	}
}

// Dates without leading zeros, with the year only where it is another.
func TestKoreanDates(t *testing.T) {
	w := load(t, "ko", "KRW").On(sales.NewDate(2026, time.November, 25))
	for got, want := range map[string]string{
		w.Date(sales.NewDate(2026, time.March, 5)):      "3월 5일",
		w.Date(sales.NewDate(2025, time.December, 31)):  "2025년 12월 31일",
		w.Day(sales.NewDate(2026, time.November, 25)):   "11월 25일(수)",
		w.Month(sales.NewDate(2026, time.November, 25)): "2026년 11월",
		w.ShortMonth(sales.NewDate(2026, time.May, 1)):  "5월",
	} {
		if got != want {
			t.Errorf("%q; want %q", got, want)
		}
	}
}
