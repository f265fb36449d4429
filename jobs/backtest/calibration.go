package backtest

// Bin compares what was said with what came, for odds of like size.
type Bin struct {
	Said  float64 // mean odds of loss that were said
	Right float64 // share that became losses
	N     int
}

// bins of equal width split the odds.
const bins = 10

// tally fills the bins.
type tally struct {
	said, right [bins]float64
	n           [bins]int
}

func (t *tally) add(said float64, outcome Outcome) {
	if outcome == Undecided {
		return
	}
	i := min(bins-1, int(said*bins))
	t.said[i] += said
	t.n[i]++
	if outcome == Loss {
		t.right[i]++
	}
}

// bins returns those that hold something, lowest odds first.
func (t *tally) bins() []Bin {
	list := []Bin{}
	for i, n := range t.n {
		if n > 0 {
			list = append(list, Bin{t.said[i] / float64(n), t.right[i] / float64(n), n})
		}
	}
	return list
}

// said compares the odds of every look, before the silence had outlasted 2h,
// with what came. One silence counts at each step it lasted. Pauses that customers
// make every year may be left out: the odds know no season.
func (r *record) said(pauses bool) []Bin {
	var t tally
	for i := range r.steps {
		for _, l := range r.steps[i].looks {
			if e := &r.episodes[l.episode]; r.steps[i].date < e.lostOn && (pauses || !e.pause) {
				t.add(l.pLost, e.outcome)
			}
		}
	}
	return t.bins()
}

// first compares the odds at which alerts were first made with what came. Who is
// picked because the odds have just crossed a threshold is picked by its noise,
// too: these are the harder test.
func (r *record) first(did rung) []Bin {
	var t tally
	for _, a := range did.alarms {
		if e := &r.episodes[a.episode]; r.steps[a.step].date < e.lostOn {
			t.add(a.score, e.outcome)
		}
	}
	return t.bins()
}
