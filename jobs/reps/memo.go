package reps

import (
	"dangol/internal/sales"
	"dangol/jobs/figures"
	"dangol/jobs/quota"
)

// memo keeps what every rep is compared with, so that it is added up once and not
// anew for every rep: thousands of reps are thousands squared.
type memo struct {
	yields  map[string]yielded
	changes map[sales.Date]change
	missed  map[ask]answer
	groups  map[group]tally
	uneven  map[sales.Date]float64 // by the first day of the recent weeks
}

func newMemo() memo {
	return memo{yields: map[string]yielded{}, changes: map[sales.Date]change{}, missed: map[ask]answer{},
		groups: map[group]tally{}, uneven: map[sales.Date]float64{}}
}

// recall returns what is kept under a key, or keeps what make gives.
func recall[K comparable, V any](kept map[K]V, key K, make func() V) V {
	v, ok := kept[key]
	if !ok {
		v = make()
		kept[key] = v
	}
	return v
}

// yielded is the cold visits of a rep and how many customers, by shares of credit, it
// won in the same span; known is false where that is too short to say.
type yielded struct {
	visits, wins float64
	known        bool
}

func (t *Team) yield(rep sales.Rep) yielded {
	return recall(t.memo.yields, rep.ID, func() yielded {
		in, ok := t.yieldSpan(rep)
		if !ok {
			return yielded{}
		}
		return yielded{float64(t.Ledger.Cold(rep.ID, in)), figures.Count(t.Ledger.Wins(rep.ID, in)), true}
	})
}

// change is the visits of reps in the recent weeks and in those before, and their
// working days in them.
type change struct{ now, before, daysNow, daysBefore float64 }

func (c *change) add(now, before pace, sign float64) {
	c.now += sign * now.all()
	c.daysNow += sign * float64(now.days)
	c.before += sign * before.all()
	c.daysBefore += sign * float64(before.days)
}

// ask is a quota in a span, of one rep; answer says whether it was asked for at all,
// and missed.
type ask struct {
	rep  string
	kind quota.Kind
	in   sales.Span
}

type answer struct{ missed, asked bool }

// group are the reps of a level, or with an empty one all of them.
type group struct {
	level string
	kind  quota.Kind
}

// tally counts the members of a group who were asked, and who of them fell short.
type tally struct{ short, members int }

// tally counts a group in a span; like whatever is remembered here, once.
func (t *Team) tally(level string, kind quota.Kind, in sales.Span) tally {
	return recall(t.memo.groups, group{level, kind}, func() tally {
		var n tally
		for _, rep := range t.Reps {
			if level != "" && rep.Level != level {
				continue
			}
			if missed, asked := t.missed(rep, kind, in); asked {
				n.members++
				if missed {
					n.short++
				}
			}
		}
		return n
	})
}
