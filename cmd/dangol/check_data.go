package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"dangol/internal/checkup"
	"dangol/internal/sales"
	"dangol/internal/salesdb"
	"dangol/jobs/freshness"
	"dangol/notify/wording"
)

// Shares from which a count of faulty rows is a warning. Below them it is the
// usual dirt of a database: told, and left out or kept as documented.
const (
	lineShare     = 1e-4 // of the order lines: left out
	repeatShare   = 1e-3 // of the order lines: kept
	customerShare = 5e-3 // of the customers
	lostShare     = .5   // from which the column is of no use at all
)

// checkData judges what was read.
func (c *checker) checkData(tallies map[sales.Relation]salesdb.Tally) {
	s := c.known
	lines := tallies[sales.OrderLines]
	if s.Quality.OrderLines == 0 {
		c.sheet.Add(checkup.Finding{Area: "data", Subject: "order_lines rows", Status: checkup.Error,
			Evidence: "the query returns no line dated through " + c.today.String() + ": nobody can be judged",
			Remedy:   "look at the WHERE clause of sales.queries.order_lines: does the table have the states it names?"})
		return
	}
	oldest, customers := c.span()
	c.sheet.OK("data", "order_lines rows", "%s of %s, %s to %s; %s with a negative amount (returns)",
		several(s.Quality.OrderLines, "line"), several(customers, "customer"), oldest, s.DataThrough, thousands(lines.Returns))
	c.checkFreshness()
	c.checkRegulars()
	c.checkLineQuality()
	c.checkScale()
	c.checkSellers(lines)
	c.checkCustomers(tallies[sales.Customers])
	c.checkReps()
	c.checkPauses()
	c.checkOthers(tallies)
}

// span returns the oldest date with lines and how many customers have any.
func (c *checker) span() (oldest sales.Date, customers int) {
	oldest = c.known.DataThrough
	for i := range c.known.Customers {
		if days := c.known.Customers[i].Days; len(days) > 0 {
			customers++
			oldest = min(oldest, days[0].Date)
		}
	}
	return oldest, customers
}

// checkFreshness asks what every run asks first: have the data stopped?
func (c *checker) checkFreshness() {
	asOf := c.today - 1
	sales := c.cfg.Sales
	stale := freshness.Rules{Calendar: c.cfg.Calendar.Selling(), MaxStaleness: int(sales.MaxStaleness), SettleDays: sales.SettleDays}.Check(c.known.Through(asOf))
	if stale == nil {
		c.sheet.OK("data", "newest date", "%s, as fresh as this company's data usually are", c.known.DataThrough)
		return
	}
	words := fmt.Sprintf("newest order %s", c.known.DataThrough)
	if say, err := wording.Load("en", c.cfg.Currency); err == nil {
		words = say.On(asOf).Say(stale.Headline)
	}
	c.sheet.Warn("data", "newest date", words+fmt.Sprintf(" (newest line %s). A run would judge nobody and tell ops", orNone(c.known.DataThrough.String())),
		"see whether the import, or the replication into this database, still runs; sales.max_staleness is the hard limit")
}

// checkRegulars counts those who can be alerted at all.
func (c *checker) checkRegulars() {
	n := 0
	for i := range c.known.Customers {
		first, buying := sales.Date(0), 0
		for _, day := range c.known.Customers[i].Days {
			if day.Net <= 0 {
				continue
			}
			if buying++; first == 0 {
				first = day.Date
			}
		}
		if buying >= c.cfg.Regular.BuyingDays && int(c.today-first) >= c.cfg.Regular.Days {
			n++
		}
	}
	evidence := fmt.Sprintf("%s customers with at least %d buying days over at least %d days", thousands(n), c.cfg.Regular.BuyingDays, c.cfg.Regular.Days)
	if n == 0 {
		c.sheet.Warn("data", "regulars", evidence+": nobody would ever be alerted",
			"does order_lines return the whole history? Otherwise lower regular.buying_days or regular.days")
		return
	}
	c.sheet.OK("data", "regulars", "%s", evidence)
}

// count is a number of rows that could not be taken as they were.
type count struct {
	subject, what string
	n, of         int
	warnFrom      float64 // share of of
	failFrom      float64 // likewise; 0: never an error
	remedy        string
}

func (c *checker) checkLineQuality() {
	q := c.known.Quality
	lines, customers := q.OrderLines, len(c.known.Customers)
	const query = "sales.queries.order_lines"
	c.judge([]count{
		{"order_lines.ordered_at", "lines with a NULL, zero, impossible or pre-1971 date, left out", q.ZeroDates, lines, lineShare, lostShare,
			"date these lines in the database, or return another column as ordered_at from " + query +
				"; a text such as 31.01.2026 needs STR_TO_DATE(column, '%d.%m.%Y')"},
		{"stray dates", "days of single customers dated more than a year before all others, left out", q.StrayDates, 1, 0, 0,
			"correct the mistyped years in the database; leave out opening balances in the WHERE clause of " + query},
		{"future dates", "lines dated after today, left out until then", q.FutureDates, lines, lineShare, lostShare,
			"correct the mistyped dates in the database; where they are orders for later delivery return the date of ordering as ordered_at"},
		{"order_lines.customer_id", "lines without a customer (NULL), left out", q.NullCustomer, lines, lineShare, lostShare,
			"give these lines a customer in the database, or leave them out in the WHERE clause of " + query + " (cash sales)"},
		{"order_lines.amount", "lines with a NULL or unreadable amount, left out", q.BadAmounts, lines, lineShare, lostShare,
			"return amount as a plain number from " + query + ": no currency sign, no thousands separators (REPLACE(column, ',', '')), net of tax"},
		{"duplicates", "lines repeating another in every column, kept", q.DuplicateLines, lines, repeatShare, 0,
			"see whether an import ran twice, or whether a JOIN in " + query + " multiplies lines"},
		{"orphans", "customers with orders but no row in customers, judged under their id", q.OrphanOrders, customers, customerShare, 0,
			"let sales.queries.customers return every customer that has orders, also inactive ones; is customer_id the same column in both queries?"},
		{"texts", "texts not in UTF-8, shown with � in them", q.InvalidUTF8, customers, customerShare, 0,
			"convert the column, such as CONVERT(CAST(name AS BINARY) USING euckr) AS name, or mend the import"},
		{"duplicate ids", "rows with an id that another has, in customers, reps or products, left out", q.DuplicateIDs, 1, 0, 0,
			"return one row for each id: a JOIN in that query multiplies rows, or the id is not the key"},
		{"other rows", "rows of other relations without a usable id or date, left out", q.BadRows, 1, 0, 0,
			"leave out rows without id or date in their queries under sales.queries"},
	})
}

// judge makes a finding of every count.
func (c *checker) judge(counts []count) {
	for _, k := range counts {
		share := float64(k.n) / float64(max(1, k.of))
		f := checkup.Finding{Area: "data", Subject: k.subject, Status: checkup.OK, Evidence: thousands(k.n) + " " + singular(k.n, k.what)}
		if k.n > 0 {
			f.Remedy = k.remedy
			if k.of > 1 {
				f.Evidence += " (" + percent(share) + ")"
			}
		}
		switch {
		case k.n > 0 && k.failFrom > 0 && share >= k.failFrom:
			f.Status = checkup.Error
		case k.n > 0 && share >= k.warnFrom:
			f.Status = checkup.Warning
		}
		c.sheet.Add(f)
	}
}

// singular takes the s off the first word where there is one of it.
func singular(n int, words string) string {
	if first, rest, _ := strings.Cut(words, " "); n == 1 {
		return strings.TrimSuffix(first, "s") + " " + rest
	}
	return words
}

// percent writes a share with as many decimals as it needs.
func percent(share float64) string {
	switch p := 100 * share; {
	case p >= 10:
		return fmt.Sprintf("%.0f%%", p)
	case p >= .1:
		return fmt.Sprintf("%.1f%%", p)
	case p >= .001:
		return fmt.Sprintf("%.3f%%", p)
	}
	return "below 0.001%"
}

// Amounts whose usual size changes from one month to the next by this factor
// point to another currency, or to another unit.
const (
	jump         = 10
	monthMinimum = 30 // buying days from which a month has a usual size
)

// checkScale compares the median buying day of each month with the month before.
func (c *checker) checkScale() {
	months := map[sales.Date][]sales.Money{}
	for i := range c.known.Customers {
		for _, day := range c.known.Customers[i].Days {
			if day.Net > 0 {
				first := day.Date - sales.Date(day.Date.Time().Day()-1)
				months[first] = append(months[first], day.Net)
			}
		}
	}
	keys := make([]sales.Date, 0, len(months))
	for month, amounts := range months {
		if len(amounts) >= monthMinimum {
			keys = append(keys, month)
			slices.Sort(amounts)
		}
	}
	slices.Sort(keys)
	for i := 1; i < len(keys); i++ {
		before, after := median(months[keys[i-1]]), median(months[keys[i]])
		if ratio := after / before; math.Max(ratio, 1/ratio) >= jump {
			c.sheet.Warn("data", "amounts", fmt.Sprintf("the usual amount of a buying day goes from %.0f to %.0f in %s: another currency, or another unit?",
				before, after, keys[i].Time().Format("2006-01")), "return every amount in "+orNone(c.cfg.Currency)+" from sales.queries.order_lines, net of tax")
			return
		}
	}
	c.sheet.OK("data", "amounts", "one scale throughout: the usual amount of a buying day never changes tenfold between months")
}

func median(sorted []sales.Money) float64 { return sorted[len(sorted)/2].Float() }

// checkSellers looks at who stood on the lines.
func (c *checker) checkSellers(lines salesdb.Tally) {
	share := float64(lines.NoRep) / float64(max(1, lines.Rows))
	evidence := fmt.Sprintf("%s of %s lines name no rep (%s)", thousands(lines.NoRep), thousands(lines.Rows), percent(share))
	switch {
	case lines.NoRep == 0:
		c.sheet.OK("data", "order_lines.rep_id", "every line names its rep")
	case share < lostShare:
		c.sheet.OK("data", "order_lines.rep_id", "%s", evidence)
	default:
		c.sheet.Warn("data", "order_lines.rep_id", evidence+": who owned a customer at the time of an order is not known",
			"return the rep of the order as rep_id from sales.queries.order_lines; without one customers.rep_id alone decides")
	}
}

// checkCustomers looks at owners and names.
func (c *checker) checkCustomers(tally salesdb.Tally) {
	owned, listed := 0, 0
	for i := range c.known.Customers {
		if customer := &c.known.Customers[i]; customer.Listed {
			listed++
			if customer.Owner() != "" {
				owned++
			}
		}
	}
	evidence := fmt.Sprintf("%s, %s of %s customers have an owner", several(tally.Rows, "row"), thousands(owned), thousands(listed))
	switch {
	case listed == 0:
		c.sheet.Warn("data", "customers rows", "the query returns no customer: all are shown by their id and have no owner but the rep of their last order",
			"look at the WHERE clause of sales.queries.customers")
	case 2*owned < listed && c.cfg.Sales.Queries[string(sales.Reps)] != "":
		c.sheet.Warn("data", "customers rows", evidence+": the rest is told to the alerts channel without a name",
			"return the rep who answers for the customer as rep_id from sales.queries.customers")
	default:
		c.sheet.OK("data", "customers rows", "%s", evidence)
	}
}

// checkReps looks at the reps, and at owners that are no rep.
func (c *checker) checkReps() {
	if _, given := c.cfg.Sales.Queries[string(sales.Reps)]; !given {
		c.sheet.OK("data", "reps rows", "not given: every alert goes to the alerts channel and names no owner")
		return
	}
	if !c.known.Has[sales.Reps] {
		return // told already
	}
	active, mailed := 0, 0
	for _, rep := range c.known.Reps {
		if !rep.Inactive {
			active++
			if rep.Email != "" {
				mailed++
			}
		}
	}
	evidence := fmt.Sprintf("%s, %d active, %d of these with an e-mail address", several(len(c.known.Reps), "rep"), active, mailed)
	if active > 0 && mailed == active {
		c.sheet.OK("data", "reps rows", "%s", evidence)
	} else {
		c.sheet.Warn("data", "reps rows", evidence+": the others are named, not mentioned, and the alerts channel stands in for their messages",
			"return the e-mail address of the Slack account as email, and who still works here as active, from sales.queries.reps")
	}
	if strays := c.strayOwners(); len(strays) > 0 {
		c.sheet.Warn("data", "owners", fmt.Sprintf("customers name %s without a row in reps: %s", several(len(strays), "rep"), firstOf(strays, mostNamed)),
			"let sales.queries.reps return every rep, those who left with active = 0; is rep_id the same column in both queries?")
	}
}

// strayOwners lists the reps that customers name and the relation reps does not.
func (c *checker) strayOwners() []string {
	var strays []string
	for i := range c.known.Customers {
		id := c.known.Customers[i].RepID
		if _, ok := c.known.Rep(id); id != "" && !ok {
			strays = append(strays, id)
		}
	}
	slices.Sort(strays)
	return slices.Compact(strays)
}

// checkPauses looks for noted pauses of customers whom nobody knows.
func (c *checker) checkPauses() {
	if len(c.cfg.Pauses) == 0 {
		return
	}
	var strays []string
	for id := range c.cfg.Pauses {
		if c.known.Customer(id) == nil && c.cfg.Merged[id] == "" {
			strays = append(strays, id)
		}
	}
	if slices.Sort(strays); len(strays) > 0 {
		c.sheet.Warn("data", "known pauses", fmt.Sprintf("sales.known_pauses names %s that order_lines and customers do not: %s", several(len(strays), "customer"), firstOf(strays, mostNamed)),
			"ids are compared byte by byte: write customer_id as the database has it")
		return
	}
	c.sheet.OK("data", "known pauses", "noted for %s", several(len(c.cfg.Pauses), "customer"))
}

// checkOthers counts the relations that are optional, and names those missing.
func (c *checker) checkOthers(tallies map[sales.Relation]salesdb.Tally) {
	var missing []string
	for _, relation := range []sales.Relation{sales.Products, sales.Visits, sales.Quotas, sales.Complaints} {
		tally, counted := tallies[relation]
		_, given := c.cfg.Sales.Queries[string(relation)]
		switch {
		case !given:
			missing = append(missing, string(relation))
		case !counted: // told already
		case tally.Rows == 0:
			c.sheet.Warn("data", string(relation)+" rows", "the query returns no row",
				fmt.Sprintf("look at the WHERE clause of sales.queries.%s, or remove the query: what needs it is then switched off, and messages say so", relation))
		case relation == sales.Visits:
			c.checkVisits(tally)
		default:
			c.sheet.OK("data", string(relation)+" rows", "%s", several(tally.Rows, "row"))
		}
	}
	if len(missing) > 0 {
		c.sheet.OK("data", "optional relations", "not given: %s; messages say what is missing (docs/relations.md)", strings.Join(missing, ", "))
	}
}

func (c *checker) checkVisits(tally salesdb.Tally) {
	var newest sales.Date
	for i := range c.known.Customers {
		if visits := c.known.Customers[i].Visits; len(visits) > 0 {
			newest = max(newest, visits[len(visits)-1].Date)
		}
	}
	c.sheet.OK("data", "visits rows", "%s, the newest one at a known customer on %s, %d planned ahead",
		several(tally.Rows, "row"), orNone(newest.String()), len(c.known.Planned))
}
