package wording_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/notify/wording"
)

// TestKoreanSentences reads sentences aloud: every particle fits what stands before
// it, amounts and dates stand as a Korean reader writes them.
func TestKoreanSentences(t *testing.T) {
	w := load(t, "ko", "KRW")
	won := func(units float64) sales.Money { return sales.MoneyFromFloat(units) }
	lost := func(customer string) finding.Phrase {
		return finding.Say("text_lost", "customer", customer, "days", 41, "cadence", 12.0)
	}
	offer := func(product string) finding.Phrase { return finding.Say("action_offer", "product", product) }
	partly := func(to string) finding.Phrase { return finding.Say("dropped_partly", "replaced", .7, "to", to) }
	fell := func(before, now float64) finding.Phrase {
		return finding.Say("text_declining", "customer", "서울식당", "before", won(before), "now", won(now))
	}
	buys := func(monthly, yearly float64) finding.Phrase {
		return finding.Say("money_buys", "monthly", won(monthly), "yearly", won(yearly))
	}
	day, lastYear := sales.NewDate(2026, time.November, 26), sales.NewDate(2025, time.December, 31)
	for _, c := range []struct {
		phrase finding.Phrase
		want   string
	}{
		// 이/가 after syllables, digits, Latin letters, parentheses
		{lost("김밥천국"), "이탈: 김밥천국이 41일째 주문이 없습니다(보통 12일 간격)."},
		{lost("한국푸드"), "이탈: 한국푸드가 41일째 주문이 없습니다(보통 12일 간격)."},
		{lost("한우마을"), "이탈: 한우마을이 41일째 주문이 없습니다(보통 12일 간격)."},
		{lost("GS25"), "이탈: GS25가 41일째 주문이 없습니다(보통 12일 간격)."},
		{lost("상점 7"), "이탈: 상점 7이 41일째 주문이 없습니다(보통 12일 간격)."},
		{lost("카페 100"), "이탈: 카페 100이 41일째 주문이 없습니다(보통 12일 간격)."},
		{lost("LG"), "이탈: LG가 41일째 주문이 없습니다(보통 12일 간격)."},
		{lost("H&M"), "이탈: H&M이 41일째 주문이 없습니다(보통 12일 간격)."},
		{lost("SPC"), "이탈: SPC가 41일째 주문이 없습니다(보통 12일 간격)."},
		{lost("Kim Foods"), "이탈: Kim Foods가 41일째 주문이 없습니다(보통 12일 간격)."},
		{lost("Seoul Market"), "이탈: Seoul Market이 41일째 주문이 없습니다(보통 12일 간격)."},
		{lost("Green Mart"), "이탈: Green Mart가 41일째 주문이 없습니다(보통 12일 간격)."},
		{lost("한국식품(주)"), "이탈: 한국식품(주)이 41일째 주문이 없습니다(보통 12일 간격)."},
		{lost("두부나라㈜"), "이탈: 두부나라㈜가 41일째 주문이 없습니다(보통 12일 간격)."},
		{lost("㈜대한상사"), "이탈: ㈜대한상사가 41일째 주문이 없습니다(보통 12일 간격)."},
		{lost("서울상점 (본점)"), "이탈: 서울상점 (본점)이 41일째 주문이 없습니다(보통 12일 간격)."},
		{lost("한강🍜"), "이탈: 한강🍜이 41일째 주문이 없습니다(보통 12일 간격)."},
		// 을/를, also after units
		{offer("참기름"), "다음 방문 때 참기름을 제안해 주세요"},
		{offer("올리브유"), "다음 방문 때 올리브유를 제안해 주세요"},
		{offer("설탕 3kg"), "다음 방문 때 설탕 3kg을 제안해 주세요"},
		{offer("간장 500ml"), "다음 방문 때 간장 500ml를 제안해 주세요"},
		{offer("식용유 18L"), "다음 방문 때 식용유 18L를 제안해 주세요"},
		{offer("카카오 99%"), "다음 방문 때 카카오 99%를 제안해 주세요"},
		{offer("Apple"), "다음 방문 때 Apple을 제안해 주세요"},
		// 으로/로: ㄹ takes 로
		{partly("포도씨유"), "그중 70%는 포도씨유로 대체"},
		{partly("들기름"), "그중 70%는 들기름으로 대체"},
		{partly("꿀"), "그중 70%는 꿀로 대체"},
		{partly("세트 1"), "그중 70%는 세트 1로 대체"},
		{partly("세트 3"), "그중 70%는 세트 3으로 대체"},
		{partly("Basil"), "그중 70%는 Basil로 대체"},
		{partly("MSR"), "그중 70%는 MSR로 대체"},
		{partly("Salmon"), "그중 70%는 Salmon으로 대체"},
		{fell(3_100_000, 1_200_000), "거래 감소: 서울식당의 월 구매액이 310만 원에서 120만 원으로 줄었습니다."},
		// 은/는
		{finding.Say("explain_merged", "from", "C-12", "id", "C-7"), "C-12는 C-7에 병합되었습니다(sales.merged_into)"},
		{finding.Say("explain_merged", "from", "C-10", "id", "C-7"), "C-10은 C-7에 병합되었습니다(sales.merged_into)"},
		// amounts from 999 won to 12 조, and below zero
		{buys(999, 11_988), "월 999원, 연 11,988원 구매"},
		{buys(9_990, 123_456), "월 9,990원, 연 12.3만 원 구매"},
		{buys(3_104_000, 37_248_000), "월 310만 원, 연 3,720만 원 구매"},
		{buys(12_345_678, 148_148_136), "월 1,230만 원, 연 1.48억 원 구매"},
		{buys(83_300_000_000, 999_600_000_000), "월 833억 원, 연 1조 원 구매"},
		{buys(1e12, 12e12), "월 1조 원, 연 12조 원 구매"},
		{buys(-50_000, -600_000), "월 −5만 원, 연 −60만 원 구매"},
		// dates and periods
		{finding.Say("label_by", "date", day), "11월 26일(목)까지:"},
		{finding.Say("note_through", "through", lastYear), "데이터 기준일 2025년 12월 31일"},
		{finding.Say("digest_company", "from", day-10, "to", day-4), "11월 16일~11월 22일 전사 주간 보고"},
		{finding.Say("gained_month", "actual", 2.0, "quota", 3.0, "from", day-25), "11월 1일부터 한 달간 2곳 / 목표 3곳"},
		{finding.Say("back_odds", "cadence", 1.0, "orders", 31), "보통 매일 주문 · 지금까지 31회"},
	} {
		if got := w.Say(c.phrase); got != c.want {
			t.Errorf("%q\nwant %q", got, c.want)
		}
	}
}

// No sentence writes a particle behind a value whatever it is: only a percentage
// always ends the same way.
func TestNoFixedParticle(t *testing.T) {
	fixed := regexp.MustCompile(`\{\w+(:percent|:ratio)?\}(은|는|이|가|을|를|과|와|으로|로)([\s.,)]|$)`)
	for key, sentence := range load(t, "ko", "KRW").Sentences() {
		for _, m := range fixed.FindAllStringSubmatch(sentence, -1) {
			if m[1] == "" || !strings.Contains("는가를와로", m[2]) {
				t.Errorf("%s: %q: write both forms", key, m[0])
			}
		}
	}
}

// 과/와 stand in no sentence of ours; one of the user's may hold them.
func TestParticle(t *testing.T) {
	for _, c := range []struct{ text, consonant, vowel, want string }{
		{"김밥천국", "과", "와", "과"}, {"한국푸드", "과", "와", "와"}, {"서울", "과", "와", "과"},
		{"서울", "으로", "로", "로"}, {"부산", "으로", "로", "으로"}, {"제주", "으로", "로", "로"},
		{"\u1100\u1161\u11a8", "은", "는", "은"}, // 각 of three letters, as some systems store it
		{"치즈 １㎏", "은", "는", "은"}, {"1.5 l", "으로", "로", "로"}, {"", "은", "는", "는"},
		{"Book", "은", "는", "은"}, {"Bank", "은", "는", "는"}, {"Line", "은", "는", "은"}, {"Store", "은", "는", "는"}, {"Google", "으로", "로", "로"},
	} {
		if got := wording.Particle(c.text, c.consonant, c.vowel); got != c.want {
			t.Errorf("%s: %s; want %s", c.text, got, c.want)
		}
	}
}
