package notify_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/notify"
	"dangol/notify/slack"
	"dangol/notify/wording"
)

const krw = sales.MoneyUnit

// staff are n reps in teams of a dozen, their leads and a head. The name of each
// seller begins with Seller and occurs nowhere else.
func staff(n int) (sellers, all []sales.Rep) {
	all = append(all, sales.Rep{ID: "H", Name: "Head", Email: "head@example.com"})
	for i := range n {
		lead := fmt.Sprintf("L%02d", i/12)
		if i%12 == 0 {
			all = append(all, sales.Rep{ID: lead, Name: "Lead " + lead, Email: lead + "@example.com", ManagerID: "H"})
		}
		rep := sales.Rep{ID: fmt.Sprintf("S%03d", i), Name: fmt.Sprintf("Seller%03d", i), Email: fmt.Sprintf("s%03d@example.com", i), ManagerID: lead, Level: "senior"}
		sellers, all = append(sellers, rep), append(all, rep)
	}
	return sellers, all
}

// sheetOf is a rep's sheet with something in every part of it.
func sheetOf(rep sales.Rep, i int) finding.Sheet {
	progress := func(metric string, period sales.Period, actual, quota finding.Measure) finding.Progress {
		p := finding.Progress{Metric: metric, Period: period, Actual: actual, Quota: quota, Start: 20758, End: 20787, WorkingDays: 21, Worked: 16,
			Elapsed: .76, Attainment: actual.Float() / quota.Float(), Pace: actual.Float() / quota.Float() / .76, Ranged: true,
			Projected: actual, Low: actual, High: quota, NeededPerDay: actual.Like(3), LastYear: actual, Compared: true}
		p.Short = p.Pace < 1
		return p
	}
	s := finding.Sheet{Rep: rep, Members: 1, Enough: true, NewKnown: true, Regulars: 34,
		Visited: finding.Visited{Known: true, Asked: true, Cold: 4 + i%7, Minimum: 8, AllVisits: 20, DaysUnder: 2, Daily: 1,
			ByDay: []finding.DayCount{{Date: 20779, Cold: 2}, {Date: 20780, Cold: 3}, {Date: 20781, Cold: 1}, {Date: 20782, Off: true}}, OnLeave: 1},
		Coverage:  finding.Covered{Known: true, Regulars: 34, Due: 20, Visited: 14, NoRhythm: 1},
		Neglected: []finding.Trouble{{CustomerName: fmt.Sprintf("Alone%03d", i), Yearly: 9_000_000 * krw, Silence: 70}},
		NewMonth:  1, NewTerm: 2, VisitsPerWin: 38, SalesMonth: 41_000_000 * krw, Saved: 12_000_000 * krw,
		New:       []finding.Won{{CustomerName: fmt.Sprintf("Won%03d", i), Amount: 2_400_000 * krw, Share: 1, On: 20770}},
		Recovered: []finding.Won{{CustomerName: fmt.Sprintf("Back%03d", i), Amount: 400_000 * krw, Share: 1, On: 20772}},
		Troubles: []finding.Trouble{
			{CustomerName: fmt.Sprintf("Gone%03d", i), Kind: finding.CustomerLost, MoneyAtRisk: sales.Money(80-i%40) * 1_000_000 * krw, New: i%3 == 0},
			{CustomerName: fmt.Sprintf("Less%03d", i), Kind: finding.CustomerDeclining, MoneyAtRisk: 9_000_000 * krw}},
		Growth: finding.Comparison{Against: finding.LastWeeks, Known: true, Customers: 30,
			Bridge: finding.Bridge{From: 50_000_000 * krw, To: 47_000_000 * krw, New: 2_000_000 * krw, Frequency: -1_000_000 * krw, Lost: -4_000_000 * krw}},
	}
	s.Quotas = []finding.Progress{
		progress(finding.ColdVisits, sales.Weekly, finding.Counted(float64(4+i%7)), finding.Counted(8)),
		progress(finding.NewCustomers, sales.Quarterly, finding.Counted(float64(i%4)), finding.Counted(3)),
		progress(finding.Sales, sales.Monthly, finding.Amounted(41_000_000*krw), finding.Amounted(55_000_000*krw)),
	}
	if i%5 == 0 {
		s.Causes = []finding.Cause{{Name: finding.FewVisits, Confidence: finding.High,
			For: []finding.Phrase{finding.Say("rep_few_visits", "done", 18, "asked", 64, "weeks", 8)}, Against: []finding.Phrase{finding.Say("rep_log_only")}}}
	}
	return s
}

// digestOf is a digest of n reps.
func digestOf(n int) (*finding.Report, []sales.Rep) {
	sellers, all := staff(n)
	r := &finding.Report{About: finding.AboutQuotas, Job: "quota-digest", Period: sales.Span{From: 20779, To: 20785}, Sellers: sellers}
	for i, rep := range sellers {
		r.Reps = append(r.Reps, sheetOf(rep, i))
	}
	for _, lead := range all {
		if strings.HasPrefix(lead.ID, "L") {
			team := sheetOf(lead, 3)
			team.IsTeam, team.Members, team.Causes = true, 12, nil
			r.Teams = append(r.Teams, team)
		}
	}
	r.Company = sheetOf(sales.Rep{}, 1)
	r.Company.Members, r.Company.Causes = n, nil
	return r, all
}

// reportsOf are one report of each job about n reps.
func reportsOf(n int) (reports []*finding.Report, all []sales.Rep) {
	digest, all := digestOf(n)
	sellers := digest.Sellers
	bridge := finding.Bridge{From: 50 * krw, To: 60 * krw, New: 4 * krw, CrossSell: 3 * krw, Price: 3 * krw}
	compared := func() []finding.Comparison {
		var list []finding.Comparison
		for _, against := range []string{finding.LastMonth, finding.LastYear, finding.YearToDate} {
			list = append(list, finding.Comparison{Against: against, Known: true, Bridge: bridge, Customers: 9, MovedIn: 2 * krw, LedgerFrom: 50 * krw, LedgerTo: 60 * krw,
				Top: map[string][]finding.Mover{"new": {{CustomerName: "Mover", Amount: 4 * krw}}}})
		}
		return list
	}
	growth := &finding.Report{About: finding.AboutGrowth, Job: "sales-growth", Period: sales.Span{From: 20728, To: 20757}, Sellers: sellers,
		Growth: []finding.Finding{{Facts: finding.GrowthFacts{Bridge: bridge, Comparisons: compared(), Products: []finding.Fallen{{ID: "p", Name: "Oil", From: 9 * krw, To: 2 * krw, Buyers: 7, Gone: 3}}}}}}
	losses := &finding.Report{About: finding.AboutLosses, Job: "rep-diagnosis", Period: growth.Period, Sellers: sellers}
	for _, rep := range sellers {
		growth.Growth = append(growth.Growth, finding.Finding{RepID: rep.ID, Facts: finding.GrowthFacts{RepName: rep.Name, Bridge: bridge, Comparisons: compared()}})
		growth.Opportunities = append(growth.Opportunities, finding.Finding{Kind: finding.GrowthOpportunity, RepID: rep.ID,
			Headline: finding.Say("headline_opportunity", "customer", "Chance", "product", "Oil", "value", 900_000*krw),
			Facts:    finding.OpportunityFacts{Why: finding.Say("why_white_space", "buyers", 7, "similar", 9)}})
		losses.Losing = append(losses.Losing, finding.Finding{Kind: finding.RepLosingCustomers, RepID: rep.ID,
			Headline: finding.Say("headline_losing", "rep", rep.Name, "losses", 4, "days", 90),
			Facts: finding.LosingFacts{RepName: rep.Name, From: 20668, To: 20757, Reps: n, Losses: 4, Regulars: 30, Yearly: 9 * krw,
				Customers:   []finding.Loss{{CustomerName: "Gone", Yearly: 9 * krw, Cause: finding.Service, LastOrder: 20600, Confirmed: 20690, Back: 20750}},
				Replacement: finding.Replacement{Customers: 4.1, Months: 3.2, NewPerMonth: 1.3, PaceKnown: true},
				For: []finding.Phrase{finding.Say("losses_rate", "losses", 4, "regulars", 30, "days", 90),
					finding.Say("losses_team", "losses", 9, "regulars", 340, "expected", 0.8, "high", 3)},
				Against:   []finding.Phrase{finding.Say("losses_outside", "customers", 1, "losses", 4)},
				Questions: []finding.Phrase{finding.Say("losses_ask_since"), finding.Say("losses_ask_help")},
				Plan:      []finding.Phrase{finding.Say("losses_plan_talk"), finding.Say("losses_plan_review", "date", sales.Date(20787))},
				Unknown:   []finding.Phrase{finding.Say("losses_unknown_territory")}}})
	}
	best := &finding.Report{About: finding.AboutBest, Job: "leaderboard", Period: growth.Period, Sellers: sellers, Board: &finding.BoardFacts{Start: 20728, Reps: n,
		Awards: []finding.Award{{Name: finding.AwardNew, Places: []finding.Place{{Place: 1, RepID: sellers[0].ID, RepName: sellers[0].Name, Count: 3, Amount: 9 * krw}}}}}}
	return []*finding.Report{digest, growth, losses, best}, all
}

// writing composes reports in a language.
func writing(t testing.TB, locale string) *notify.Composer {
	t.Helper()
	d := inLanguage(t, locale)
	d.composer.Managers = notify.Managers
	return d.composer
}

func nightOf(all []sales.Rep) notify.Night {
	slices.SortFunc(all, func(a, b sales.Rep) int { return strings.Compare(a.ID, b.ID) })
	return notify.Night{AsOf: 20782, DataThrough: 20782, Reps: all, Unreachable: map[string]bool{}}
}

var seller = regexp.MustCompile(`Seller\d+`)

// shown is everything that a message shows.
func shown(m notify.Message) string {
	text := m.Text
	for _, block := range m.Blocks {
		for _, line := range block.Lines {
			for _, span := range line {
				text += "\n" + span.Text
			}
		}
	}
	return text
}

// But for the leaderboard nothing about a rep reaches anybody but its manager;
// what is said of its losses never reaches the rep. A head sees teams.
func TestReportsReachManagersOnly(t *testing.T) {
	reports, all := reportsOf(30)
	boss := map[string]string{}
	for _, rep := range all {
		boss[rep.Name] = rep.ManagerID
	}
	for _, r := range reports {
		told := map[string]bool{}
		for _, m := range writing(t, "en").Report(r, nightOf(all)) {
			for _, name := range seller.FindAllString(shown(m), -1) {
				told[name] = true
				if r.About != finding.AboutBest && m.To.Rep != boss[name] {
					t.Errorf("%s: %s is named to %+v", r.Job, name, m.To)
				}
			}
			if m.Public != nil {
				t.Errorf("%s: a message to %+v may be shown in a channel", r.Job, m.To)
			}
			if m.To.Rep != "" && !strings.HasPrefix(m.To.Rep, "L") && m.To.Rep != "H" {
				t.Errorf("%s: a message to the rep %s", r.Job, m.To.Rep)
			}
			if r.About == finding.AboutBest && m.To.Channel != notify.Praise || m.To.Channel == notify.Alerts {
				t.Errorf("%s: a message in %s", r.Job, m.To.Channel)
			}
		}
		if r.About != finding.AboutBest && len(told) != 30 {
			t.Errorf("%s: %d of 30 reps are told of", r.Job, len(told))
		}
	}
}

// A rep whose manager is unknown, inactive, without an address or a user, or the
// rep itself: ops is told whom it is about, without a figure, and no sheet is sent.
func TestUnknownManager(t *testing.T) {
	for name, spoil := range map[string]func(reps []sales.Rep, night *notify.Night){
		"no manager":  func(reps []sales.Rep, _ *notify.Night) { each(reps, func(r *sales.Rep) { r.ManagerID = "" }) },
		"unlisted":    func(reps []sales.Rep, _ *notify.Night) { each(reps, func(r *sales.Rep) { r.ManagerID = "X9" }) },
		"itself":      func(reps []sales.Rep, _ *notify.Night) { each(reps, func(r *sales.Rep) { r.ManagerID = r.ID }) },
		"unreachable": func(_ []sales.Rep, night *notify.Night) { night.Unreachable["L00"] = true },
		"left": func(_ []sales.Rep, night *notify.Night) {
			each(night.Reps, func(r *sales.Rep) { r.Inactive = r.ID == "L00" })
		},
		"the rep under another number": func(reps []sales.Rep, night *notify.Night) {
			each(reps, func(r *sales.Rep) { r.Email = "one@example.com" })
			each(night.Reps, func(r *sales.Rep) {
				if r.ID == "L00" {
					r.Email = " One@example.com"
				}
			})
		},
		"no address": func(_ []sales.Rep, night *notify.Night) {
			each(night.Reps, func(r *sales.Rep) {
				if r.ID == "L00" {
					r.Email = ""
				}
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			reports, all := reportsOf(3)
			night := nightOf(all)
			for _, r := range reports[:3] {
				spoil(r.Sellers, &night)
				for i := range r.Reps {
					r.Reps[i].Rep = r.Sellers[i]
				}
			}
			for i, rep := range night.Reps {
				for _, spoilt := range reports[0].Sellers {
					if rep.ID == spoilt.ID {
						night.Reps[i] = spoilt
					}
				}
			}
			for _, r := range reports[:3] {
				ops := 0
				for _, m := range writing(t, "en").Report(r, night) {
					names := seller.FindAllString(shown(m), -1)
					if m.To.Channel == notify.Ops {
						ops++
						if len(names) != 3 || strings.ContainsAny(seller.ReplaceAllString(shown(m), ""), "₩%") {
							t.Errorf("%s: ops reads %q", r.Job, shown(m))
						}
					} else if len(names) > 0 {
						t.Errorf("%s: %+v reads %q", r.Job, m.To, shown(m))
					}
				}
				if ops != 1 {
					t.Errorf("%s: %d messages to ops", r.Job, ops)
				}
			}
		})
	}
}

func each(reps []sales.Rep, change func(*sales.Rep)) {
	for i := range reps {
		change(&reps[i])
	}
}

// Without a channel for managers the company's figures are not sent: the alerts
// channel, which reps read, does not stand in. Ops hears of it beside what else
// reaches nobody.
func TestNoChannelForManagers(t *testing.T) {
	for _, led := range []bool{true, false} {
		reports, all := reportsOf(3)
		c := writing(t, "en")
		c.Managers = notify.Alerts
		for _, r := range reports[:2] {
			if !led {
				each(r.Sellers, func(rep *sales.Rep) { rep.ManagerID = "" })
				for i := range r.Reps {
					r.Reps[i].Rep.ManagerID = ""
				}
			}
			ops := false
			for _, m := range c.Report(r, nightOf(all)) {
				if m.To.Channel != "" && m.To.Channel != notify.Ops {
					t.Errorf("%s: a message in %s", r.Job, m.To.Channel)
				}
				ops = ops || m.To.Channel == notify.Ops && strings.Contains(shown(m), "slack.channels.managers is not set")
			}
			if ops == led {
				t.Errorf("%s, reps led: %v: ops is told: %v", r.Job, led, ops)
			}
		}
	}
}

// The first message of a digest fits a phone, whatever the number of reps; what
// does not fit stands in the thread, and nothing is refused by Slack.
func TestDigestFits(t *testing.T) {
	for _, locale := range []string{"en", "ko"} {
		for _, n := range []int{1, 12, 200} {
			digest, all := digestOf(n)
			for i := range digest.Sellers { // all under one lead
				digest.Sellers[i].ManagerID = "L00"
				digest.Reps[i].Rep.ManagerID = "L00"
			}
			messages := writing(t, locale).Report(digest, nightOf(all))
			named := map[string]bool{}
			for _, m := range messages {
				if blocks := slack.Blocks(m, notify.Resolved{}); slack.Validate(blocks) != nil || len(blocks) == 0 {
					t.Errorf("%s, %d reps: %v", locale, n, slack.Validate(blocks))
				}
				if m.To.Rep != "L00" {
					continue
				}
				if m.Op == notify.Post && utf8.RuneCountInString(strings.ReplaceAll(shown(m), "\n", "")) > 2800 {
					t.Errorf("%s, %d reps: the first message has %d characters", locale, n, utf8.RuneCountInString(shown(m)))
				}
				if m.Op == notify.Reply {
					for _, name := range seller.FindAllString(shown(m), -1) {
						named[name] = true
					}
				}
			}
			if len(named) != n {
				t.Errorf("%s, %d reps: %d sheets in the thread", locale, n, len(named))
			}
		}
	}
}

// A digest of 200 reps gives way in order: who fell short stays in the table.
func TestDigestKeepsTheShort(t *testing.T) {
	digest, all := digestOf(60)
	for i := range digest.Sellers {
		digest.Sellers[i].ManagerID, digest.Reps[i].Rep.ManagerID = "L00", "L00"
		if i%20 != 0 {
			digest.Reps[i].Causes = nil
			for k := range digest.Reps[i].Quotas {
				digest.Reps[i].Quotas[k].Short = false
			}
		}
	}
	for _, m := range writing(t, "en").Report(digest, nightOf(all)) {
		if m.To.Rep != "L00" || m.Op != notify.Post {
			continue
		}
		text := shown(m)
		for _, name := range []string{"Seller000", "Seller020", "Seller040"} {
			if !strings.Contains(text, name) {
				t.Errorf("%s, who fell short, is not in the table", name)
			}
		}
		if !strings.Contains(text, "more in the thread") || len(seller.FindAllString(text, -1)) > 20 {
			t.Errorf("nothing gave way:\n%s", text)
		}
	}
}

// What may be missing is said, and the rest still comes.
func TestDigestWithoutVisitsOrSellers(t *testing.T) {
	digest, all := digestOf(2)
	digest.Missing = []finding.Phrase{finding.Say("missing_visits"), finding.Say("missing_sellers")}
	for i := range digest.Reps {
		digest.Reps[i].Visited, digest.Reps[i].Coverage, digest.Reps[i].Enough = finding.Visited{}, finding.Covered{}, false
	}
	seen := 0
	for _, m := range writing(t, "en").Report(digest, nightOf(all)) {
		if m.To.Rep != "L00" {
			continue
		}
		seen++
		text := shown(m)
		if m.Op == notify.Reply && (!strings.Contains(text, "not enough data") || !strings.Contains(text, "no visit data") || !strings.Contains(text, "Gone")) {
			t.Errorf("the sheet reads %q", text)
		}
		if m.Op == notify.Post && !strings.Contains(text, "no visit data") {
			t.Errorf("the digest reads %q", text)
		}
	}
	if seen != 3 {
		t.Errorf("%d messages to the lead; want the digest and two sheets", seen)
	}
}

// A month without anything to honour is not told.
func TestNoBoard(t *testing.T) {
	if got := writing(t, "en").Report(&finding.Report{About: finding.AboutBest, Job: "leaderboard"}, nightOf(nil)); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// banned are words that judge a person. No sentence of any language holds one.
var banned = map[string][]string{
	"en": {"lazy", "idle", "idleness", "leaving", "quitting", "bad", "poor", "weak", "worst", "incompetent", "useless", "negligent", "careless", "fault of", "blame", "underperformer", "failure"},
	"ko": {"게으", "나태", "태만", "무능", "불성실", "나쁜", "나쁩", "퇴사", "이직", "최악", "무책임", "소홀", "꼴찌", "저성과"},
}

func TestBannedWords(t *testing.T) {
	for locale, words := range banned {
		w, err := wording.Load(locale, "KRW")
		if err != nil {
			t.Fatal(err)
		}
		sentences := w.Sentences()
		if len(sentences) < 300 {
			t.Fatalf("%s: only %d sentences", locale, len(sentences))
		}
		for key, sentence := range sentences {
			for _, word := range words {
				pattern := regexp.QuoteMeta(word)
				if locale == "en" {
					pattern = `(?i)\b` + pattern + `\b`
				}
				if regexp.MustCompile(pattern).MatchString(sentence) {
					t.Errorf("%s: %s holds %q: %s", locale, key, word, sentence)
				}
			}
		}
	}
}
