package notify_test

import (
	"strings"
	"testing"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/notify"
	"dangol/notify/wording"

	"github.com/google/go-cmp/cmp"
)

// kim is a finding about a customer as the detector would make it, for Ann.
func kim(kind finding.Kind) finding.Finding {
	const monthly = 3_100_000 * sales.MoneyUnit
	f := silenceOf(kind, "Kim Foods", "r1", 0)
	f.Probability, f.MoneyAtRisk = .83, sales.MoneyFromFloat(.83*12*3_100_000)
	f.Facts = finding.SilenceFacts{
		CustomerName: "Kim Foods", LastOrder: 20740, LastAmount: 4_200_000 * sales.MoneyUnit, SilenceDays: 41, CadenceDays: 12, P90GapDays: 19,
		Orders: 23, GapsWithin: 20, HorizonDays: 36, PLost: .83, Monthly: monthly, Yearly: 12 * monthly, Rank: 6, RankOf: 84, RankScope: "rep",
		Since: 19800, BackOn: 20781, BackAmount: 2_000_000 * sales.MoneyUnit,
		Replacement: finding.Replacement{Customers: 2.6, Months: 2, NewPerMonth: 1.3, PaceKnown: true},
		Unknown:     []finding.Phrase{finding.Say("unknown_price"), finding.Say("unknown_rhythm")},
	}
	f.Causes = []finding.Cause{
		{Name: finding.Service, Confidence: finding.Medium, For: []finding.Phrase{finding.Say("complaint_open", "since", sales.Date(20731))},
			Against: []finding.Phrase{finding.Say("others_order", "ordering", 60, "regulars", 84)}},
		{Name: finding.Coverage, Confidence: finding.Medium, For: []finding.Phrase{finding.Say("visit_pause", "days", 62, "last", sales.Date(20690), "rhythm", 30.0)}},
		{Name: finding.Season, Confidence: finding.Low, Against: []finding.Phrase{finding.Say("active_last_year", "orders", 1)}},
		{Name: finding.Market, Confidence: finding.Low, Against: []finding.Phrase{finding.Say("segment_silent", "segment", "cafés", "silent", 1, "regulars", 40)}},
	}
	f.Actions = []finding.Action{
		{Phrase: finding.Say("action_settle_complaint"), Due: 20783},
		{Phrase: finding.Say("action_planned_visit", "date", sales.Date(20787))},
		{Phrase: finding.Say("action_visit"), Due: 20784},
	}
	if kind == finding.CustomerRecovered {
		f.MoneyAtRisk, f.Causes, f.Actions = 0, nil, []finding.Action{{Phrase: finding.Say("action_thank")}}
	}
	return f
}

// inLanguage is a desk that writes about won.
func inLanguage(t testing.TB, locale string) *desk {
	t.Helper()
	d := newDesk(t, notify.Caps{Rep: 5, Channel: 5})
	words, err := wording.Load(locale, "KRW")
	if err != nil {
		t.Fatal(err)
	}
	d.composer.Wording = words
	return d
}

// told composes one opening and returns its first message, word by word.
func (d *desk) told(f finding.Finding) []string {
	m := d.compose(d.step(casebook.Opened, f))[0]
	return strings.Split(wordsOf(m.Text, m.Blocks), "\n")
}

// The whole of a message to a rep, in both languages.
func TestOverdueInWords(t *testing.T) {
	for locale, want := range map[string][]string{
		"en": {
			"Overdue: Kim Foods has not ordered for 41 days, usually every 12. At risk: ₩30.9M of ₩37.2M a year.",
			"Overdue: Kim Foods, no order for 41 days, usually every 12",
			"No order since 14 Oct (41 days on 24 Nov) · last order ₩4.2M",
			"Buys ₩3.1M a month, ₩37.2M a year · at risk ₩30.9M a year (83% of it) · no. 6 of your 84 regulars",
			"Usually every 12 days (23 orders, 20 of 22 gaps ≤ 19 days) · odds 83% that the silence outlasts 72 days",
			"Likely: service (medium confidence). For: a complaint open since 5 Oct. Against: 60 of 84 regulars order as usual.",
			"Likely: visits (medium confidence). For: not visited for 62 days when the order was due (last 25 Aug, earlier every 30 days).",
			"Ruled out: season (1 order at this time last year); its segment (1 of 40 regulars of cafés is silent).",
			"Not known: too few unit prices; too few visits to tell a rhythm.",
			"By Thu 26 Nov: settle the complaint",
			"Do: use the visit planned for Mon 30 Nov",
			"By Fri 27 Nov: visit and ask what changed",
			"To replace it: 2.6 new customers · about 2 months at the company's pace",
			"customer since Mar 2024 · data through 23 Nov",
		},
		"ko": {
			"주문 지연: Kim Foods가 41일째 주문이 없습니다(보통 12일 간격). 예상 손실: 연 3,720만 원 중 3,090만 원.",
			"주문 지연: Kim Foods, 41일째 주문 없음 (보통 12일 간격)",
			"10월 14일 이후 주문 없음 (11월 24일 현재 41일째) · 마지막 주문 420만 원",
			"월 310만 원, 연 3,720만 원 구매 · 예상 손실 연 3,090만 원 (구매액의 83%) · 내 담당 단골 84곳 중 6위",
			"보통 12일 간격으로 주문 (총 23회, 간격 22번 중 20번이 19일 이내) · 주문 공백이 72일을 넘길 확률 83%",
			"추정 원인: 서비스 (신뢰도 중간). 근거: 10월 5일부터 미해결 불만 접수. 반대 근거: 단골 84곳 중 60곳은 평소대로 주문.",
			"추정 원인: 방문 (신뢰도 중간). 근거: 주문 예정일까지 62일간 방문 없음 (마지막 8월 25일, 이전에는 30일 간격).",
			"배제한 원인: 계절 요인(작년 이맘때 주문 1회); 업종 상황(cafés 단골 40곳 중 1곳이 주문 중단).",
			"확인하지 못한 항목: 비교할 단가 부족; 방문이 적어 간격을 알 수 없음.",
			"11월 26일(목)까지: 접수된 불만부터 해결하세요",
			"할 일: 11월 30일(월) 예정된 방문 때 상황을 확인하세요",
			"11월 27일(금)까지: 방문하여 무엇이 달라졌는지 여쭤보세요",
			"만회하려면: 신규 거래처 2.6곳 · 현재 신규 개척 속도로 약 2개월",
			"2024년 3월부터 거래 · 데이터 기준일 11월 23일",
		},
	} {
		if diff := cmp.Diff(want, inLanguage(t, locale).told(kim(isOverdue))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", locale, diff)
		}
	}
}

// In the channel nothing is said about visits, and the owner is the last line
// before the small print.
func TestLostInWords(t *testing.T) {
	for locale, want := range map[string][]string{
		"en": {
			"Likely: visits: details with the owner",
			"Ruled out: season (1 order at this time last year); its segment (1 of 40 regulars of cafés is silent).",
			"Not known: too few unit prices.", "Owner: Ann", "no. 6 of 84 of its rep's regulars"},
		"ko": {"추정 원인: 방문 관련 (자세한 내용은 담당자에게 문의)", "확인하지 못한 항목: 비교할 단가 부족.", "담당: Ann", "담당자의 단골 84곳 중 6위"},
	} {
		words := strings.Join(inLanguage(t, locale).told(kim(isLost)), "\n") + "\n"
		for _, line := range want {
			if !strings.Contains(words, line+"\n") {
				t.Errorf("%s: no %q in\n%s", locale, line, words)
			}
		}
	}
}

// The same silence is told by the same figures, wherever it is told.
func TestOneFigureOneWord(t *testing.T) {
	for locale, want := range map[string]string{"en": "₩30.9M", "ko": "3,090만 원"} {
		d := inLanguage(t, locale)
		for _, m := range d.compose(d.step(casebook.Opened, kim(isLost))) {
			if !strings.Contains(m.Text, want) {
				t.Errorf("%s: %q; want %s in it", locale, m.Text, want)
			}
		}
		d = inLanguage(t, locale)
		d.composer.Caps = notify.Caps{}
		for _, m := range d.compose(d.step(casebook.Opened, kim(isLost))) {
			words := wordsOf("", m.Blocks)
			if !strings.Contains(words, want) || strings.Contains(words, "37.2M") || strings.Contains(words, "3,720만") {
				t.Errorf("%s: roll-up:\n%s\nwant %s alone", locale, words, want)
			}
		}
	}
}

func TestMoneyInWords(t *testing.T) {
	certain := kim(isOverdue)
	facts := certain.Facts.(finding.SilenceFacts)
	facts.PLost, facts.SilenceDays = 1, 80
	certain.Facts, certain.Probability, certain.MoneyAtRisk = facts, 1, facts.Yearly
	nothing := kim(isOverdue)
	facts = nothing.Facts.(finding.SilenceFacts)
	facts.Monthly, facts.Yearly = -5*sales.MoneyUnit, -60*sales.MoneyUnit
	nothing.Facts, nothing.MoneyAtRisk = facts, 0
	for name, c := range map[string]struct {
		f    finding.Finding
		want []string
		not  string
	}{
		"certain": {certain, []string{"At risk: all of its ₩37.2M a year.", "at risk ₩37.2M a year (100% of it)", "odds 100%: the silence has outlasted 72 days"}, "that the silence"},
		"nothing": {nothing, []string{"usually every 12.\n", "Returns outweigh its orders: no money at risk"}, "To replace it"},
	} {
		words := strings.Join(inLanguage(t, "en").told(c.f), "\n")
		for _, want := range c.want {
			if !strings.Contains(words, want) {
				t.Errorf("%s: no %q in\n%s", name, want, words)
			}
		}
		if strings.Contains(words, c.not) {
			t.Errorf("%s: %q in\n%s", name, c.not, words)
		}
	}
}

func TestReplacementInWords(t *testing.T) {
	for _, c := range []struct {
		r        finding.Replacement
		want, ko string
	}{
		{finding.Replacement{Customers: 2.6, Months: 2.6, NewPerMonth: 1, PaceKnown: true}, "2.6 new customers · about 2.6 months at the company's pace", "신규 거래처 2.6곳 · 현재 신규 개척 속도로 약 2.6개월"},
		{finding.Replacement{Customers: 1, Months: 1, NewPerMonth: 1, PaceKnown: true}, "1 new customer · about 1 month at the company's pace", "신규 거래처 1곳 · 현재 신규 개척 속도로 약 1개월"},
		{finding.Replacement{Customers: .5, Months: .5, NewPerMonth: 1, PaceKnown: true}, "less than one new customer · less than a month at the company's pace", "신규 거래처 한 곳 미만 · 현재 신규 개척 속도로 한 달 이내"},
		{finding.Replacement{Customers: 3, Months: 36, NewPerMonth: 1. / 12, PaceKnown: true}, "3 new customers · about 36 months at the company's pace", "신규 거래처 3곳 · 현재 신규 개척 속도로 약 36개월"},
		{finding.Replacement{Customers: 20, Months: 200, NewPerMonth: .1, PaceKnown: true}, "20 new customers · more than 3 years at the company's pace", "신규 거래처 20곳 · 현재 신규 개척 속도로 3년 이상"},
		{finding.Replacement{Customers: 3, PaceKnown: true}, "3 new customers · no new customers in the last year to compare with", "신규 거래처 3곳 · 최근 1년간 신규 거래처가 없어 기간을 가늠할 수 없음"},
		{finding.Replacement{Customers: 2.5, Assumed: true}, "2 to 3 new customers (rule of thumb: too few new customers to compute it) · too little history to tell how long",
			"신규 거래처 2~3곳 (경험칙: 신규 거래처가 적어 계산할 수 없음) · 기록이 짧아 기간을 가늠할 수 없음"},
	} {
		f := kim(isOverdue)
		facts := f.Facts.(finding.SilenceFacts)
		facts.Replacement = c.r
		f.Facts = facts
		for locale, want := range map[string]string{"en": "To replace it: " + c.want, "ko": "만회하려면: " + c.ko} {
			if words := strings.Join(inLanguage(t, locale).told(f), "\n"); !strings.Contains(words, want+"\n") {
				t.Errorf("%+v: no %q in\n%s", c.r, want, words)
			}
		}
	}
}

// Nobody who cannot act is asked to: the channel says whose customer it was.
func TestOwnersInWords(t *testing.T) {
	for rep, want := range map[string][2]string{
		"off":    {"Was Off's customer; no owner now.", "Off 님이 담당하던 거래처이며 지금은 담당자가 없습니다."},
		"mute":   {"Owner: Mute, not to be reached in Slack; please pass it on.", "담당: Mute 님 (Slack으로 연락할 수 없으니 전달해 주세요)"},
		"far":    {"Owner: Far, not to be reached in Slack; please pass it on.", "담당: Far 님 (Slack으로 연락할 수 없으니 전달해 주세요)"},
		"E-0815": {"Owner: E-0815, who is not among the reps.", "담당: E-0815 (담당자 명단에 없음)"},
		"":       {"No owner.", "담당자가 없는 거래처입니다."},
	} {
		for i, locale := range []string{"en", "ko"} {
			f := kim(isLost)
			f.RepID = rep
			words := inLanguage(t, locale).told(f)
			if got := words[len(words)-2]; got != want[i] {
				t.Errorf("%s: owner %q: %q; want %q", locale, rep, got, want[i])
			}
			to := [2]string{"By Thu 26 Nov, whoever takes it on: settle", "11월 26일(목)까지, 맡으실 분: 접수된 불만"}[i]
			rank := [2]string{"no. 6 of 84", "84곳 중 6위"}[i]
			if all := strings.Join(words, "\n"); !strings.Contains(all, to) || strings.Contains(all, rank) != (rep != "off") {
				t.Errorf("%s: owner %q: no %q, or a rank among nobody's customers, in\n%s", locale, rep, to, all)
			}
		}
	}
	d := inLanguage(t, "en")
	d.night.Reps = nil // a company that lists no reps
	words := strings.Join(d.told(kim(isLost)), "\n")
	if strings.Contains(words, "wner.") || !strings.Contains(words, "By Fri 27 Nov: visit") {
		t.Errorf("a company without reps:\n%s", words)
	}
}

// The small print says what is known, and what was left out by what it lacked.
func TestNotesInWords(t *testing.T) {
	d := inLanguage(t, "en")
	d.night.DataThrough = 0
	d.night.Quality = sales.Quality{NullCustomer: 1, ZeroDates: 2, BadAmounts: 1_000, FutureDates: 9, DuplicateLines: 9}
	f := kim(isOverdue)
	facts := f.Facts.(finding.SilenceFacts)
	facts.LowConfidence = true
	f.Facts = facts
	words := d.told(f)
	want := "customer since Mar 2024 · low confidence: few customers to learn from · left out: 1 order line without a customer, " +
		"2 order lines without a usable date, 1,000 order lines without a readable amount"
	if got := words[len(words)-1]; got != want {
		t.Errorf("%q; want %q", got, want)
	}
}

// Each message of a recovery tells when, how much and after how long.
func TestRecoveredInWords(t *testing.T) {
	for locale, want := range map[string]string{
		"en": "Recovered: Kim Foods ordered again on 24 Nov (₩2M) after 41 days.",
		"ko": "거래 재개: Kim Foods가 41일 만에 11월 24일 다시 주문했습니다(200만 원)."} {
		d := inLanguage(t, locale)
		d.compose(d.step(casebook.Opened, kim(isLost)))
		d.night.AsOf--
		messages := d.compose(d.step(casebook.OrderedAgain, kim(isBack)))
		if len(messages) != 3 || messages[0].Text != want || messages[2].Text != want {
			t.Errorf("%s: %v; want %q", locale, routes(messages), want)
		}
		for _, m := range messages {
			for _, part := range []string{"24", "41", "2"} {
				if !strings.Contains(m.Text, part) {
					t.Errorf("%s: %q lacks %s", locale, m.Text, part)
				}
			}
		}
	}
}

// A confirmed loss says so at the top of the body, on the date it was confirmed.
func TestConfirmedInWords(t *testing.T) {
	d := inLanguage(t, "en")
	d.compose(d.step(casebook.Opened, kim(isLost)))
	messages := d.compose(d.step(casebook.ConfirmedLost, kim(isLost)))
	if first := lineText(messages[0].Blocks[1].Lines[0]); first != "Confirmed lost on 25 Nov" {
		t.Errorf("the body begins %q", first)
	}
	if want := "Confirmed lost: no order for 41 days, longer than 72."; messages[1].Text != want {
		t.Errorf("reply %q; want %q", messages[1].Text, want)
	}
}

// One of anything reads as one.
func TestSingulars(t *testing.T) {
	f := kim(isOverdue)
	facts := f.Facts.(finding.SilenceFacts)
	facts.SilenceDays, facts.CadenceDays, facts.Orders, facts.GapsWithin, facts.P90GapDays, facts.HorizonDays = 1, 1, 2, 1, 1, .5
	f.Facts = facts
	f.Headline = finding.Say("headline_overdue", "customer", "Kim", "days", 1, "cadence", 1.0)
	words := inLanguage(t, "en").told(f)
	want := []string{
		"Overdue: Kim Foods has not ordered for 1 day, usually every day. At risk: ₩30.9M of ₩37.2M a year.",
		"Overdue: Kim, no order for 1 day, usually every day",
		"No order since 14 Oct (1 day on 24 Nov) · last order ₩4.2M",
	}
	if diff := cmp.Diff(want, words[:3]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if want := "Usually every day (2 orders, 1 of 1 gap ≤ 1 day) · odds 83% that the silence outlasts 1 day"; words[4] != want {
		t.Errorf("%q; want %q", words[4], want)
	}
}
