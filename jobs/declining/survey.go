package declining

import (
	"cmp"
	"math"
	"slices"

	"dangol/internal/sales"
	"dangol/jobs/standing"
)

// survey is the work of one judgement.
type survey struct {
	grid
	snapshot *sales.Snapshot
	sheet    *standing.Sheet
	order    []int // of the customers, by id, so that sums do not depend on theirs

	whole    index
	groups   map[string]*index
	members  [][]*index // each customer's groups
	category map[string]string

	spreads   population
	strengths []float64    // to which power each judged customer follows its market; 0: not yet learned
	seen      [][]evidence // of each judged customer, by week, the last one last
	worth     float64      // a fall by less a year is not told
	track     track        // used again for each customer
	control   control
}

// leastScores is the fewest scores that show how customers stray.
const leastScores = 50

// tested is how many weeks are weighed: the last and those that make the null.
const tested = nullWeeks + 1

// Survey judges all customers. The sheet is that of the snapshot.
func Survey(snapshot *sales.Snapshot, sheet *standing.Sheet, rules Rules) *Company {
	s := &survey{grid: newGrid(snapshot.AsOf, sheet.Rules.SettleDays), snapshot: snapshot, sheet: sheet,
		groups: map[string]*index{}, category: map[string]string{}}
	c := &Company{AsOf: snapshot.AsOf, Tested: s.end, rules: rules, Results: make([]Result, len(sheet.Customers))}
	for i := range sheet.Customers {
		c.Results[i].Standing = &sheet.Customers[i]
	}
	if c.TooShort = s.tooShort(); c.TooShort {
		return c
	}
	s.sort()
	s.markets()
	s.population()
	s.weigh()
	s.conclude(c)
	return c
}

// tooShort reports whether the company's own history is too short.
func (s *survey) tooShort() bool {
	began := s.snapshot.Began()
	return began == 0 || int(s.end-began) < 7*leastHistory
}

func (s *survey) sort() {
	s.order = make([]int, len(s.sheet.Customers))
	s.strengths = make([]float64, len(s.order))
	for i := range s.order {
		s.order[i] = i
	}
	slices.SortStableFunc(s.order, func(a, b int) int {
		return cmp.Compare(s.sheet.Customers[a].Customer.ID, s.sheet.Customers[b].Customer.ID)
	})
	for _, p := range s.snapshot.Products {
		s.category[p.ID] = p.Category
	}
}

// judged reports whether a customer can be declining at all.
func judged(s *standing.Standing) bool {
	return s.Current && s.Stage != standing.Lost && s.Stage != standing.Overdue && !s.Customer.UnreadSince(s.Last)
}

// markets makes the indices of the company, of each segment and of each main
// product. Who is silent counts until its last order only.
func (s *survey) markets() {
	s.members = make([][]*index, len(s.order))
	names := make([][]string, len(s.order))
	size := map[string]int{}
	for _, i := range s.order {
		c := s.sheet.Customers[i].Customer
		if c.Segment != "" {
			names[i] = append(names[i], "segment "+c.Segment)
		}
		if main := mainProduct(c, s.category, s.end); main != "" {
			names[i] = append(names[i], main)
		}
		for _, name := range names[i] {
			size[name]++
		}
	}
	for _, i := range s.order {
		for _, name := range names[i] {
			if size[name] >= leastGroup {
				if s.groups[name] == nil {
					s.groups[name] = &index{}
				}
				s.members[i] = append(s.members[i], s.groups[name])
			}
		}
		s.count(i)
	}
	s.whole.add()
	for _, group := range s.groups {
		group.add()
	}
}

// count puts a customer into the indices.
func (s *survey) count(i int) {
	st := &s.sheet.Customers[i]
	if st.Orders < 2 || !s.track.fill(s.grid, st.Customer) {
		return
	}
	until := span
	if !judged(st) {
		until = min(span, s.week(st.Last)+1)
	}
	s.track.addTo(&s.whole, until)
	for _, group := range s.members[i] {
		s.track.addTo(group, until)
	}
}

// judge prepares the judgement of one customer; false where there is none.
func (s *survey) judge(i int) (*judgement, bool) {
	st := &s.sheet.Customers[i]
	if !judged(st) || !s.track.fill(s.grid, st.Customer) {
		return nil, false
	}
	s.control.whole = &s.whole
	s.control.of(&s.track, s.members[i])
	j := &judgement{track: &s.track, grid: s.grid, control: &s.control, population: s.spreads}
	if s.strengths[i] == 0 {
		s.strengths[i] = max(leastLevel, j.strength(span-quarter))
	}
	s.control.follow(s.strengths[i])
	return j, true
}

// population takes the medians of the own dispersions and spreads.
func (s *survey) population() {
	var dispersions, spreads []float64
	for _, i := range s.few(typical) {
		j, ok := s.judge(i)
		if !ok {
			continue
		}
		own, blocks := j.dispersion(span - quarter)
		if blocks == baseWeeks/block {
			dispersions = append(dispersions, own)
		}
		if n := j.orders[span]; n >= 2*leastOrders {
			spreads = append(spreads, j.squares[span]/(n-1))
		}
	}
	s.spreads = population{dispersion: median(dispersions, 1), spread: median(spreads, .5)}
	s.strays()
}

// strays learns how far customers stray in a quarter of a year, from those who
// bought more than expected: among the others real declines hide.
func (s *survey) strays() {
	var orders, sizes [len(strata) + 1][]float64
	for _, i := range s.few(typical) {
		j, ok := s.judge(i)
		if !ok {
			continue
		}
		dispersion := j.shrunk(span - quarter)
		for to := span; to >= span-nullWeeks; to -= quarter {
			if expected, byOrders, bySizes, ok := j.scores(to, dispersion); ok {
				at := stratum(expected)
				orders[at] = append(orders[at], byOrders)
				sizes[at] = append(sizes[at], bySizes)
			}
		}
	}
	for at := range orders {
		s.spreads.strays[at] = stray{upper(orders[at]), upper(sizes[at])}
	}
}

// few are at least so many customers, spread evenly over the ids.
func (s *survey) few(least int) []int {
	every := max(1, len(s.order)/least)
	var some []int
	for at := 0; at < len(s.order); at += every {
		some = append(some, s.order[at])
	}
	return some
}

// upper is the variance of scores as their upper half shows it, at least 1.
func upper(scores []float64) float64 {
	if len(scores) < leastScores {
		return 1
	}
	slices.Sort(scores)
	n := len(scores)
	deviation := (scores[n*84/100] - scores[n/2]) / .9945 // of the normal distribution
	return max(1, deviation*deviation)
}

func median(values []float64, otherwise float64) float64 {
	if len(values) == 0 {
		return otherwise
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// sampled is how many customers, at least, show what chance brings: of more, every
// second, third … by id is enough.
const sampled = 1000

// typical is how many customers, at least, show how much customers stray.
const typical = 2000

// weigh collects the evidence of every judged customer in the last two weeks, and
// of a sample of them in every tested week.
func (s *survey) weigh() {
	s.seen = make([][]evidence, len(s.order))
	every := max(1, len(s.order)/sampled)
	for rank, i := range s.order {
		j, ok := s.judge(i)
		if !ok {
			continue
		}
		s.seen[i] = make([]evidence, tested)
		first := nullWeeks - 1
		if rank%every == 0 {
			first = 0
		}
		s.look(i, j, first, tested)
	}
}

// look weighs one customer in weeks [from, to) of those tested.
func (s *survey) look(i int, j *judgement, from, to int) {
	dispersion := j.shrunk(span - quarter)
	horizon := s.sheet.Customers[i].Horizon
	for k := from; k < to; k++ {
		week := span - nullWeeks + k
		if k == nullWeeks || s.silent(j.days, week-1) <= horizon {
			s.seen[i][k] = j.at(week, dispersion)
		}
	}
}

// silent is how long the customer had been silent at the end of a week.
func (s *survey) silent(days []sales.Day, week int) float64 {
	at := s.last(week)
	for _, d := range slices.Backward(days) {
		if d.Date <= at && d.Net > 0 {
			return float64(at - d.Date)
		}
	}
	return math.Inf(1)
}

// trail is what the tests said of one customer, week by week.
type trail struct {
	loud [tested]float64 // the evidence of the loudest test; −∞: not tested
	test [tested]int     // which that is
}

func newTrail(weeks []evidence) *trail {
	t := &trail{}
	for k := range tested {
		t.loud[k] = math.Inf(-1)
		if weeks != nil && weeks[k].ok {
			t.loud[k], t.test[k] = weeks[k].loudest()
		}
	}
	return t
}

// confirmed is by how much the evidence of a week may exceed that of the week
// before and still count in full: strong evidence needs less of a confirmation.
const confirmed = 1.5

// weaker is the evidence of a week that the one before confirms.
func (t *trail) weaker(k int) float64 {
	if k == 0 {
		return math.Inf(-1)
	}
	return min(t.loud[k], t.loud[k-1]+confirmed)
}

// conclude turns evidence into results.
func (s *survey) conclude(c *Company) {
	trails := make([]*trail, len(s.order))
	var past []float32
	for i, weeks := range s.seen {
		trails[i] = newTrail(weeks)
		for k := range tested {
			if e := trails[i].weaker(k); !math.IsInf(e, -1) {
				past = append(past, float32(e))
			}
		}
	}
	if len(past) < leastNull {
		return
	}
	s.worth = s.leastWorth()
	shares := s.falseShares(newTail(past), trails)
	for _, i := range s.order {
		if s.seen[i] != nil && s.seen[i][nullWeeks].ok {
			c.Results[i].Judged = true
			s.follow(c, &c.Results[i], i, trails[i], shares[i])
		}
	}
}

// falseShares corrects the chances of all customers, tested in the last week, for
// their number.
func (s *survey) falseShares(chance tail, trails []*trail) []float64 {
	p := make([]float64, len(trails))
	for i, t := range trails {
		p[i] = untested
		if e := t.weaker(nullWeeks); !math.IsInf(e, -1) {
			p[i] = chance.chance(e)
		}
	}
	return adjust(p)
}

// leastWorth is the yearly amount below which a fall is not worth a word.
func (s *survey) leastWorth() float64 {
	var yearly []float64
	for _, i := range s.order {
		if s.seen[i] != nil {
			yearly = append(yearly, 12*s.sheet.Customers[i].Monthly.Float())
		}
	}
	return worth * median(yearly, 0)
}
