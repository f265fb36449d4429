package config

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"dangol/internal/sales"
)

// date reads a column as a date, and notes what is none.
func (r row) date(column string) (sales.Date, bool) {
	d, err := parseDate(r.fields[column])
	if err != nil {
		r.table.fault(r.line, "column %s: %v", column, err)
	}
	return d, err == nil
}

// text reads a column that may not be empty.
func (r row) text(column string) (string, bool) {
	text := r.fields[column]
	if text == "" {
		r.table.fault(r.line, "column %s is empty", column)
	}
	return text, text != ""
}

// oneOf reads a column that holds one of a few words.
func (r row) oneOf(column string, allowed []string) (string, bool) {
	text := r.fields[column]
	if !slices.Contains(allowed, text) {
		r.table.fault(r.line, "column %s: unknown value %q, want one of %s", column, text, strings.Join(allowed, ", "))
		return "", false
	}
	return text, true
}

func (c *Config) readHolidays(p *problems) {
	h := &c.Calendar.Holidays
	t := &table{
		key: "calendar.holidays", path: h.File, problems: p, wanted: []string{"date"}, others: []string{"name"},
		remedy: "want a CSV file with the columns date (YYYY-MM-DD) and, if you like, name",
	}
	c.rows(t, func(r row) {
		if d, ok := r.date("date"); ok {
			h.Dates = append(h.Dates, d)
		}
	})
}

func (c *Config) readLeave(p *problems) {
	t := &table{
		key: "leave", path: c.Leave, problems: p, wanted: []string{"rep_id", "from", "to"},
		remedy: "want a CSV file with the columns rep_id, from, to (YYYY-MM-DD, both days included)",
	}
	c.rows(t, func(r row) {
		rep, repOK := r.text("rep_id")
		from, fromOK := r.date("from")
		to, toOK := r.date("to")
		switch {
		case !repOK || !fromOK || !toOK:
		case to < from:
			r.table.fault(r.line, "the leave ends on %s, before it begins on %s", to, from)
		default:
			c.Days = append(c.Days, sales.Absence{RepID: rep, From: from, To: to})
		}
	})
}

func (c *Config) readMerged(p *problems) {
	t := &table{
		key: "sales.merged_into", path: c.Sales.MergedInto, problems: p, wanted: []string{"customer_id", "merged_into"},
		remedy: "want a CSV file with the columns customer_id, merged_into: two different ids, each customer_id once",
	}
	c.Merged = map[string]string{}
	first := map[string]int{}
	c.rows(t, func(r row) {
		from, fromOK := r.text("customer_id")
		into, intoOK := r.text("merged_into")
		switch {
		case !fromOK || !intoOK:
		case from == into:
			r.table.fault(r.line, "%q is merged into itself", from)
		case first[from] > 0:
			r.table.fault(r.line, "%q stands in line %d already", from, first[from])
		default:
			c.Merged[from], first[from] = into, r.line
		}
	})
}

func (c *Config) readPauses(p *problems) {
	t := &table{
		key: "sales.known_pauses", path: c.Sales.KnownPauses, problems: p, wanted: []string{"customer_id", "from", "to"}, others: []string{"why"},
		remedy: "want a CSV file with the columns customer_id, from, to (YYYY-MM-DD, both days included) and, if you like, why",
	}
	c.Pauses = map[string][]sales.Pause{}
	c.rows(t, func(r row) {
		customer, customerOK := r.text("customer_id")
		from, fromOK := r.date("from")
		to, toOK := r.date("to")
		switch {
		case !customerOK || !fromOK || !toOK:
		case to < from:
			r.table.fault(r.line, "the pause ends on %s, before it begins on %s", to, from)
		default:
			c.Pauses[customer] = append(c.Pauses[customer], sales.Pause{From: from, To: to, Why: r.fields["why"]})
		}
	})
}

func (c *Config) readQuotas(p *problems) {
	t := &table{
		key: "quotas.file", path: c.Quotas.File, problems: p,
		wanted: []string{"rep_id", "metric", "period", "target"}, others: []string{"starts_on"},
		remedy: "want a CSV file with the columns rep_id, metric, period, target (a number from 0) and, if you like, starts_on (YYYY-MM-DD)",
	}
	c.rows(t, func(r row) {
		rep, repOK := r.text("rep_id")
		metric, metricOK := r.oneOf("metric", sales.Metrics)
		period, periodOK := r.oneOf("period", sales.Periods)
		starts, startsOK := sales.Date(0), true
		if r.fields["starts_on"] != "" {
			starts, startsOK = r.date("starts_on")
		}
		target, err := strconv.ParseFloat(r.fields["target"], 64)
		if err != nil || !(target >= 0) || math.IsInf(target, 0) {
			r.table.fault(r.line, "column target: %q is no number from 0", r.fields["target"])
			return
		}
		if repOK && metricOK && periodOK && startsOK {
			c.Quotas.Rows = append(c.Quotas.Rows, sales.Quota{RepID: rep, Metric: metric, Period: period, StartsOn: starts, Target: target})
		}
	})
}
