package sample

import (
	"fmt"

	"dangol/internal/sales"
)

// person is somebody on the pay roll. A seller visits and has customers.
type person struct {
	id      string
	name    text
	email   string
	boss    string
	level   string
	sells   bool
	other   bool       // works outside the sales department
	hired   sales.Date // first day
	retired sales.Date // last day; zero: still there
	book    int        // customers at the start of the history
	winGap  int        // days between two customers won, last 18 months
	oldGap  int        // the same before
	plant   RepKind
}

// The reps by place in Company.people. R03, R05, R06 and R08 are the planted ones.
const (
	repLosing, repFewVisits, repPoorYield, repCollapse = 2, 4, 5, 7
	repHanding, repOnLeave, repReceiving               = 0, 8, 1
	repHired200, repHired70, former200, former70       = 10, 11, 12, 13
	sellers                                            = 14
)

// collapseDays is how long ago the activity of one rep fell.
const collapseDays = 70

// coldQuota is the weekly minimum of cold visits by level, as the config says it.
var coldQuota = map[string]int{"junior": 6, "regular": 8, "senior": 10}

// winQuota is the quarterly quota of new customers by level, as the config says it.
var winQuota = map[string]int{"junior": 1, "regular": 2, "senior": 3}

// hire fills people: twelve reps in three teams, two who left, three team leads,
// the head of sales and two people of the warehouse.
func (b *builder) hire() {
	levels := []string{
		"senior", "senior", "senior", "senior",
		"regular", "regular", "regular", "regular", "regular",
		"junior", "junior", "junior", "regular", "junior",
	}
	names := personNames(sellers+6, b.dice("people", 0))
	years := b.dice("hired", 0)
	for i, level := range levels {
		p := names[i]
		p.id, p.level, p.sells = fmt.Sprintf("R%02d", i+1), level, true
		p.boss = fmt.Sprintf("L%d", i%3+1)
		p.hired = b.ago(historyDays + 200 + years.IntN(3000))
		p.book, p.winGap, p.oldGap = habitsOf(level)
		b.people = append(b.people, p)
	}
	b.plantReps()
	for i := range 3 {
		b.employ(names[sellers+i], fmt.Sprintf("L%d", i+1), "H1", "lead")
	}
	b.employ(names[sellers+3], "H1", "", "head")
	b.employ(names[sellers+4], "W1", "", "staff")
	b.employ(names[sellers+5], "W2", "W1", "staff")
	b.takeLeave()
}

func (b *builder) employ(p person, id, boss, level string) {
	p.id, p.boss, p.level, p.other = id, boss, level, level == "staff"
	p.hired = b.ago(historyDays + 2500)
	b.people = append(b.people, p)
}

// habitsOf returns the size of a book and the pace of winning customers. The
// pace keeps to the quota of the level in every calendar quarter.
func habitsOf(level string) (book, winGap, oldGap int) {
	switch level {
	case "senior":
		return 17, 25, 60
	case "regular":
		return 18, 36, 75
	default:
		return 16, 62, 90
	}
}

func (b *builder) plantReps() {
	change := func(i int, kind RepKind, began sales.Date) {
		b.people[i].plant = kind
		b.Truth.Reps = append(b.Truth.Reps, RepCase{kind, b.people[i].id, began})
	}
	change(repLosing, LosesRegular, b.ago(losingFirst))
	b.people[repLosing].book, b.people[repLosing].winGap = 38, 26
	change(repFewVisits, FewVisits, b.ago(visitDays))
	b.people[repFewVisits].winGap, b.people[repFewVisits].oldGap = 110, 110
	change(repPoorYield, PoorYield, b.ago(yieldDays))
	change(repCollapse, Collapse, b.ago(collapseDays))
	change(repHanding, HandedOver, b.handedOver())
	change(repOnLeave, OnLeave, b.lastWeek())
	b.replace(former200, repHired200, 200, change)
	b.replace(former70, repHired70, 70, change)
}

// yieldDays is how long the rep of poor yield has won nobody.
const yieldDays = 450

// replace lets a new rep take over everything from one who leaves, n days ago.
func (b *builder) replace(old, young, n int, change func(int, RepKind, sales.Date)) {
	day := b.ago(n)
	b.people[old].retired, b.people[young].hired = day-1, day
	b.people[old].book, b.people[young].book = 14, 0
	change(old, FormerRep, day)
	change(young, NewlyHired, day)
}

// handedOver is the date on which six customers changed their rep.
func (b *builder) handedOver() sales.Date { return b.sellingAfter(b.ago(150)) }

// successor returns who took the customers of a rep over, and when.
func (b *builder) successor(rep int) (int, sales.Date) {
	switch rep {
	case former200:
		return repHired200, b.people[repHired200].hired
	case former70:
		return repHired70, b.people[repHired70].hired
	}
	return rep, 0
}

// lastWeek is the Monday of the last complete week at the as-of date.
func (b *builder) lastWeek() sales.Date {
	sunday := b.AsOf - sales.Date(b.AsOf.Weekday())
	return sunday - 6
}

// absence is a leave, both days included.
type absence struct {
	rep      int
	from, to sales.Date
}

// takeLeave gives every rep a week off about every four months. The planted
// reps have none when it would explain what was planted.
func (b *builder) takeLeave() {
	for i := range sellers {
		d := b.dice("leave", i)
		for day := b.ago(historyDays) + d.days(10, 120); day < b.AsOf+60; day += d.days(95, 150) {
			monday := day - (sales.Date(day.Weekday())+6)%7
			if i == repOnLeave && monday+21 > b.lastWeek() || !b.mayLeave(i, monday) {
				continue
			}
			b.absences = append(b.absences, absence{i, monday, monday + sales.Date(d.IntN(2)*2) + 2})
		}
	}
	b.absences = append(b.absences, absence{repOnLeave, b.lastWeek(), b.lastWeek() + 4})
}

func (b *builder) mayLeave(rep int, monday sales.Date) bool {
	p := b.people[rep]
	planted := rep == repCollapse || rep == repFewVisits
	employed := p.hired <= monday && (p.retired == 0 || p.retired >= monday+4)
	return employed && !(planted && monday+7 > b.ago(100))
}

// works reports whether a rep is at work on d.
func (b *builder) works(rep int, d sales.Date) bool {
	p := b.people[rep]
	if !b.calendar.Selling(d) || d < p.hired || p.retired != 0 && d > p.retired {
		return false
	}
	for _, a := range b.absences {
		if a.rep == rep && a.from <= d && d <= a.to {
			return false
		}
	}
	return true
}
