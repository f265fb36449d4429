package main

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dangol/internal/retail"
	"dangol/internal/sales"
	"dangol/internal/salesdb"
	"dangol/internal/sample"
)

// shop is one company's whole history.
type shop struct {
	name     string
	known    *sales.Snapshot
	calendar sales.Calendar
	healthy  map[string]bool // customers of the sample in whom nothing is planted
	seasonal map[string]bool // and those who buy in a season only
}

// from returns the first as-of date that is judged: a year before the end, or
// when half a year is known.
func (s *shop) from() sales.Date {
	first := s.known.AsOf
	for _, c := range s.known.Customers {
		if len(c.Days) > 0 {
			first = min(first, c.Days[0].Date)
		}
	}
	return max(s.known.AsOf-364, first+182)
}

// shops returns every shop that can be had, and says on out which cannot.
func shops(dir string, out io.Writer) ([]*shop, error) {
	var all []*shop
	for _, name := range []string{"cdnow", "grocery"} {
		rows, err := rows(filepath.Join(dir, name+".csv.gz"))
		if dir == "" || errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintf(out, "%s: absent\n", name)
			continue
		}
		if err != nil {
			return nil, err
		}
		s, err := logged(name, rows)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	invoices, err := retail.Invoices()
	if err != nil {
		return nil, err
	}
	all = append(all, bought("online_retail", retail.Nets(invoices)))
	for _, asOf := range []sales.Date{sales.NewDate(2026, 1, 31), sales.NewDate(2026, 6, 30)} {
		s, err := sampled(asOf)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func rows(path string) ([][]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return csv.NewReader(unpacked).ReadAll()
}

// logged makes a shop of rows customer, date and perhaps amount. Where there is
// none every date is worth one unit.
func logged(name string, rows [][]string) (*shop, error) {
	at := func(column string) int { return slices.Index(rows[0], column) }
	customer, date, amount := at("customer"), at("date"), at("amount")
	days := map[string]map[sales.Date]sales.Money{}
	for _, row := range rows[1:] {
		d, err := sales.ParseDate(row[date])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		net := sales.MoneyUnit
		if amount >= 0 {
			if net, err = sales.ParseMoney([]byte(row[amount])); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		if days[row[customer]] == nil {
			days[row[customer]] = map[sales.Date]sales.Money{}
		}
		days[row[customer]][d] += net
	}
	var buyers []retail.Buyer
	for id, nets := range days {
		b := retail.Buyer{ID: id}
		for d, net := range nets {
			b.Days = append(b.Days, sales.Day{Date: d, Net: net})
		}
		slices.SortFunc(b.Days, func(x, y sales.Day) int { return int(x.Date - y.Date) })
		buyers = append(buyers, b)
	}
	slices.SortFunc(buyers, func(a, b retail.Buyer) int { return strings.Compare(a.ID, b.ID) })
	return bought(name, buyers), nil
}

// bought makes a shop that sells on the weekdays on which it ever sold.
func bought(name string, buyers []retail.Buyer) *shop {
	s := &shop{name: name, known: &sales.Snapshot{}}
	var sold [7]int
	for _, b := range buyers {
		s.known.Customers = append(s.known.Customers, sales.Customer{ID: b.ID, Days: b.Days})
		for _, d := range b.Days {
			sold[d.Date.Weekday()]++
			s.known.AsOf = max(s.known.AsOf, d.Date)
		}
	}
	for day, n := range sold {
		s.calendar.Weekend[day] = n == 0
	}
	s.known.DataThrough = s.known.AsOf
	return s
}

// sampled is the sample company that ends on a date, as the program reads it.
func sampled(asOf sales.Date) (*shop, error) {
	company := sample.Build(sample.Options{AsOf: asOf, Locale: "en", Seed: 1})
	folder, err := os.MkdirTemp("", "season")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "sales.db")
	if err := company.WriteSQLite(path); err != nil {
		return nil, err
	}
	s := &shop{name: "sample to " + asOf.String(), calendar: sample.Calendar(asOf),
		healthy: map[string]bool{}, seasonal: map[string]bool{}}
	for _, id := range company.Truth.Healthy {
		s.healthy[id] = true
	}
	for _, c := range company.Truth.Of(sample.Seasonal) {
		s.seasonal[c.CustomerID] = true
	}
	database, err := salesdb.Open(context.Background(), salesdb.Config{DSN: "sqlite:" + path, Queries: sample.Queries(),
		Timezone: time.FixedZone("KST", 9*3600), StoredTimezone: time.UTC})
	if err != nil {
		return nil, err
	}
	defer database.Close()
	s.known, err = database.Read(context.Background(), salesdb.Request{AsOf: asOf})
	return s, err
}
