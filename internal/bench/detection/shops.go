package main

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"

	"dangol/internal/retail"
	"dangol/internal/sales"
	"dangol/jobs/silence"
)

// shop is one data set, split at Cut: what is dated later is the future that
// predictions are held against.
type shop struct {
	name     string
	cut, end sales.Date
	buyers   []retail.Buyer // every day is a buying day

	btydPlus      silence.MBG // what BTYDplus 1.2.0 fits at the cut
	logLikelihood float64     // its log-likelihood
	pAlive        map[string]float64
	published     []published
	rc            *reference // RC as fitted elsewhere, if it is there
}

// published is what other people's software reaches on a shop, truth own, n ≥ 3.
type published struct {
	rule           string
	auc, ap, brier float64 // brier 0: the rule gives no probability
}

// files are the two data sets that may not be part of the project.
var files = []shop{
	{
		name: "cdnow", cut: sales.NewDate(1997, 9, 30), end: sales.NewDate(1998, 6, 30),
		btydPlus:      silence.MBG{K: 1, R: .63713, Alpha: 7.31023, A: .807491, B: 1.22844},
		logLikelihood: -95336.958,
		published: []published{
			{"BG/NBD P(alive)", .723, .765, .228},
			{"MBG/CNBD-k P(alive)", .723, .765, .224},
			{"gradient-boosted trees", .733, .773, .214},
		},
	},
	{
		name: "grocery", cut: sales.NewDate(2006, 12, 31), end: sales.NewDate(2007, 12, 30),
		btydPlus:      silence.MBG{K: 2, R: 1.3292, Alpha: 2.8126, A: .424716, B: .79004},
		logLikelihood: -14978.211,
		published: []published{
			{"BG/NBD P(alive)", .894, .902, .153},
			{"MBG/CNBD-k P(alive)", .895, .902, .134},
			{"gradient-boosted trees", .894, .893, .132},
		},
	},
}

// embedded is online_retail, which is.
func embedded() (shop, error) {
	invoices, err := retail.Invoices()
	return shop{
		name: "online_retail", cut: sales.NewDate(2011, 7, 31), end: retail.Through,
		buyers:        retail.Purchases(invoices),
		btydPlus:      silence.MBG{K: 2, R: .857718, Alpha: 4.31471, A: .129894, B: 2.1314},
		logLikelihood: -17953.290,
		published: []published{
			{"BG/NBD P(alive)", .729, .483, .192},
			{"MBG/CNBD-k P(alive)", .773, .512, .139},
			{"gradient-boosted trees", .775, .479, .132},
		},
	}, err
}

// netted is online_retail once more, its buying days as the program counts them:
// dates with a positive net amount over everything, cancellations included.
func netted() (shop, error) {
	invoices, err := retail.Invoices()
	s := shop{name: "online_retail, net days", cut: sales.NewDate(2011, 7, 31), end: retail.Through}
	for _, buyer := range retail.Nets(invoices) {
		var days []sales.Day
		for _, d := range buyer.Days {
			if d.Net > 0 {
				days = append(days, d)
			}
		}
		if len(days) > 0 {
			s.buyers = append(s.buyers, retail.Buyer{ID: buyer.ID, Days: days})
		}
	}
	return s, err
}

// shops returns every data set that can be had, and says on out which cannot.
func shops(dir string, out io.Writer) ([]shop, error) {
	var found []shop
	for _, s := range files {
		if dir == "" {
			fmt.Fprintf(out, "%s: absent (no --data folder given)\n", s.name)
			continue
		}
		err := s.read(dir)
		if errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintf(out, "%s: absent in %s\n", s.name, dir)
			continue
		}
		if err != nil {
			return nil, err
		}
		found = append(found, s)
	}
	for _, load := range []func() (shop, error){embedded, netted} {
		s, err := load()
		if err != nil {
			return nil, err
		}
		if err := errors.Join(s.readPAlive(dir), s.readRC(dir)); err != nil {
			return nil, err
		}
		found = append(found, s)
	}
	return found, nil
}

// read takes customer and date, and amounts where the file has them.
func (s *shop) read(dir string) error {
	rows, err := readRows(filepath.Join(dir, s.name+".csv.gz"))
	if err != nil {
		return err
	}
	days := map[string]map[sales.Date]sales.Money{}
	for _, row := range rows {
		date, err := sales.ParseDate(row["date"])
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		var amount sales.Money
		if text, ok := row["amount"]; ok {
			if amount, err = sales.ParseMoney([]byte(text)); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
		if days[row["customer"]] == nil {
			days[row["customer"]] = map[sales.Date]sales.Money{}
		}
		days[row["customer"]][date] += amount
	}
	for id, nets := range days {
		buyer := retail.Buyer{ID: id}
		for date, net := range nets {
			buyer.Days = append(buyer.Days, sales.Day{Date: date, Net: net})
		}
		sort.Slice(buyer.Days, func(i, j int) bool { return buyer.Days[i].Date < buyer.Days[j].Date })
		s.buyers = append(s.buyers, buyer)
	}
	sort.Slice(s.buyers, func(i, j int) bool { return s.buyers[i].ID < s.buyers[j].ID })
	return errors.Join(s.readPAlive(dir), s.readRC(dir))
}

// readPAlive takes P(alive) per customer as BTYDplus computes it, if it is there.
func (s *shop) readPAlive(dir string) error {
	if dir == "" || s.btydPlus.K == 0 {
		return nil
	}
	rows, err := readRows(filepath.Join(dir, "reference", "peer_"+s.name+".csv.gz"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	s.pAlive = map[string]float64{}
	for _, row := range rows {
		p, err := strconv.ParseFloat(row["pa_mbgcnbd"], 64)
		if err != nil {
			return fmt.Errorf("P(alive) of %s: %w", s.name, err)
		}
		s.pAlive[row["cust"]] = p
	}
	return nil
}

// readRows reads a gzipped CSV file, each row by the names of its header.
func readRows(path string) ([]map[string]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	all, err := csv.NewReader(unpacked).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var rows []map[string]string
	for _, line := range all[min(1, len(all)):] {
		row := make(map[string]string, len(line))
		for i, field := range line {
			row[all[0][i]] = field
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// histories returns the history of every buyer known at asOf, and the buyers.
func (s *shop) histories(asOf sales.Date) (known []retail.Buyer, all []silence.History) {
	for _, buyer := range s.buyers {
		if buyer.Days[0].Date > asOf {
			continue
		}
		known, all = append(known, buyer), append(all, s.history(buyer, asOf))
	}
	return known, all
}

// history takes every day for a buying day, also where the file has no amounts.
func (s *shop) history(buyer retail.Buyer, asOf sales.Date) silence.History {
	h := silence.History{AsOf: asOf}
	worth := sales.Money(0)
	for _, d := range buyer.Days {
		if d.Date > asOf {
			break
		}
		h.Days, h.Amounts = append(h.Days, d.Date), append(h.Amounts, d.Net)
		worth += d.Net
	}
	if worth == 0 {
		h.Amounts = nil
	}
	return h
}
