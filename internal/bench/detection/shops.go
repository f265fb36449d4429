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
	earlier       []earlier
	rc            *reference // RC as fitted elsewhere, if it is there
}

// earlier is what other people's software reached on a shop: run once by us on the
// same splits, repeated here and not computed (docs/detection.md).
type earlier struct {
	rule                   string
	auc, ap, brier         float64 // truth own, n ≥ 3; 0: not measured
	precision, recall, lag float64 // weekly replay; 0: not measured
}

const measuredEarlier = "(measured earlier, see docs/detection.md)"

// files are the two data sets that may not be part of the project.
var files = []shop{
	{
		name: "cdnow", cut: sales.NewDate(1997, 9, 30), end: sales.NewDate(1998, 6, 30),
		btydPlus:      silence.MBG{K: 1, R: .63713, Alpha: 7.31023, A: .807491, B: 1.22844},
		logLikelihood: -95336.958,
		earlier: []earlier{
			{rule: "BG/NBD P(alive)", auc: .723, ap: .765, brier: .228},
			{rule: "BG/NBD P(alive) < .5", precision: .75, recall: .33, lag: 4.9},
			{rule: "MBG/CNBD-k P(alive)", auc: .723, ap: .765, brier: .224},
			{rule: "gradient-boosted trees", auc: .733, ap: .773, brier: .214},
		},
	},
	{
		name: "grocery", cut: sales.NewDate(2006, 12, 31), end: sales.NewDate(2007, 12, 30),
		btydPlus:      silence.MBG{K: 2, R: 1.3292, Alpha: 2.8126, A: .424716, B: .79004},
		logLikelihood: -14978.211,
		earlier: []earlier{
			{rule: "BG/NBD P(alive)", auc: .894, ap: .902, brier: .153},
			{rule: "BG/NBD P(alive) < .5", precision: .89, recall: .41, lag: 5.3},
			{rule: "MBG/CNBD-k P(alive)", auc: .895, ap: .902, brier: .134},
			{rule: "gradient-boosted trees", auc: .894, ap: .893, brier: .132},
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
		earlier: []earlier{
			{rule: "BG/NBD P(alive)", auc: .729, ap: .483, brier: .192},
			{rule: "MBG/CNBD-k P(alive)", auc: .773, ap: .512, brier: .139},
			{rule: "gradient-boosted trees", auc: .775, ap: .479, brier: .132},
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
		ok, err := s.load(dir, out)
		if err != nil {
			return nil, err
		}
		if ok {
			found = append(found, s)
		}
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

// load reads a shop that is not embedded, or says on out that it is absent.
func (s *shop) load(dir string, out io.Writer) (found bool, err error) {
	if dir == "" {
		fmt.Fprintf(out, "%s: absent (no --data folder given)\n", s.name)
		return false, nil
	}
	err = errors.Join(s.read(dir), s.readPAlive(dir), s.readRC(dir))
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(out, "%s: absent in %s\n", s.name, dir)
		return false, nil
	}
	return err == nil, err
}

// read takes customer and date, and amounts where the file has them.
func (s *shop) read(dir string) error {
	days := map[string]map[sales.Date]sales.Money{}
	err := eachRow(filepath.Join(dir, s.name+".csv.gz"), func(cell func(string) string) error {
		date, err := sales.ParseDate(cell("date"))
		if err != nil {
			return err
		}
		var amount sales.Money
		if text := cell("amount"); text != "" {
			if amount, err = sales.ParseMoney([]byte(text)); err != nil {
				return err
			}
		}
		customer := cell("customer")
		if days[customer] == nil {
			days[customer] = map[sales.Date]sales.Money{}
		}
		days[customer][date] += amount
		return nil
	})
	if err != nil {
		return err
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
	return nil
}

// readPAlive takes P(alive) per customer as BTYDplus computes it, if it is there.
func (s *shop) readPAlive(dir string) error {
	if dir == "" || s.btydPlus.K == 0 {
		return nil
	}
	alive := map[string]float64{}
	err := eachRow(filepath.Join(dir, "reference", "peer_"+s.name+".csv.gz"), func(cell func(string) string) (err error) {
		alive[cell("cust")], err = strconv.ParseFloat(cell("pa_mbgcnbd"), 64)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	s.pAlive = alive
	return err
}

// eachRow reads a gzipped CSV file and calls take with each row, whose cells go by
// the names of the header; a column that is not there is empty.
func eachRow(path string, take func(cell func(name string) string) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	rows := csv.NewReader(unpacked)
	header, err := rows.Read()
	if err != nil {
		return fmt.Errorf("header of %s: %w", path, err)
	}
	at := map[string]int{}
	for i, name := range header {
		at[name] = i
	}
	rows.ReuseRecord = true
	for line := 2; ; line++ {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = take(func(name string) string {
				if i, ok := at[name]; ok {
					return row[i]
				}
				return ""
			})
		}
		if err != nil {
			return fmt.Errorf("%s, line %d: %w", path, line, err)
		}
	}
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
