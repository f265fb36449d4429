//go:build ignore

// Extract makes invoices.csv.gz and baskets.csv.gz from the order lines of the UCI Online Retail
// data set (customer,date,invoice,product,quantity,amount,country), and, where a
// reference is given, the test data of jobs/silence from what BTYDplus computes
// on the same customers.
//
//	go run extract.go -lines online_retail.csv.gz
//	go run extract.go -reference peer_online_retail.csv.gz
package main

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"dangol/internal/sales"
)

func main() {
	lines := flag.String("lines", "", "order lines, gzipped CSV; writes invoices.csv.gz and baskets.csv.gz")
	reference := flag.String("reference", "", "BTYDplus figures, gzipped CSV; writes ../../jobs/silence/testdata/online_retail.csv.gz")
	flag.Parse()
	if err := run(*lines, *reference); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(lines, reference string) error {
	if lines != "" {
		if err := extractInvoices(lines, "invoices.csv.gz"); err != nil {
			return err
		}
		if err := extractBaskets(lines, "baskets.csv.gz"); err != nil {
			return err
		}
	}
	if reference != "" {
		return extractReference(reference, "../../jobs/silence/testdata/online_retail.csv.gz")
	}
	return nil
}

// eachRow calls take with every row of a gzipped CSV file, its header left out.
func eachRow(path string, take func(row []string) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(bufio.NewReader(file))
	if err != nil {
		return err
	}
	rows := csv.NewReader(unpacked)
	if _, err := rows.Read(); err != nil {
		return err
	}
	for {
		row, err := rows.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := take(row); err != nil {
			return err
		}
	}
}

// stocked are product codes that name goods, not postage, fees or corrections.
var stocked = regexp.MustCompile(`^\d{5}`)

type sum struct {
	amount sales.Money
	goods  bool
}

func extractInvoices(from, to string) error {
	sums := map[string]*sum{}
	err := eachRow(from, func(row []string) error {
		key := strings.Join(row[:3], ",")
		if sums[key] == nil {
			sums[key] = &sum{}
		}
		amount, err := sales.ParseMoney([]byte(row[5]))
		if err != nil {
			return err
		}
		sums[key].amount += amount
		goods := !strings.HasPrefix(row[2], "C") && stocked.MatchString(row[3]) &&
			!strings.HasPrefix(row[4], "-") && amount > 0
		sums[key].goods = sums[key].goods || goods
		return nil
	})
	if err != nil {
		return err
	}
	keys := make([]string, 0, len(sums))
	for key := range sums {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	rows := make([]string, 0, len(keys))
	for _, key := range keys {
		goods := 0
		if sums[key].goods {
			goods = 1
		}
		rows = append(rows, fmt.Sprintf("%s,%s,%d", key, sums[key].amount, goods))
	}
	return write(to, "customer,date,invoice,amount,goods", rows)
}

// leastDates is the fewest dates of a product in one customer's orders that are
// kept.
const leastDates = 3

// extractBaskets keeps, of each customer and stocked product, the net amount a date.
func extractBaskets(from, to string) error {
	nets, dates := map[string]sales.Money{}, map[string]int{}
	err := eachRow(from, func(row []string) error {
		if !stocked.MatchString(row[3]) {
			return nil
		}
		amount, err := sales.ParseMoney([]byte(row[5]))
		basket := row[0] + "," + row[3]
		key := basket + "," + row[1]
		if _, known := nets[key]; !known {
			dates[basket]++
		}
		nets[key] += amount
		return err
	})
	if err != nil {
		return err
	}
	var rows []string
	for key, net := range nets {
		if dates[key[:strings.LastIndex(key, ",")]] >= leastDates {
			rows = append(rows, key+","+net.String())
		}
	}
	sort.Strings(rows)
	return write(to, "customer,product,date,amount", rows)
}

// extractReference keeps, of the reference's columns, the customer, repeats,
// days to the last repeat, days of age, Σ ln gap (weeks) and P(alive).
func extractReference(from, to string) error {
	var rows []string
	err := eachRow(from, func(row []string) error {
		span, err := days(row[2])
		if err != nil {
			return err
		}
		age, err := days(row[3])
		rows = append(rows, strings.Join([]string{row[0], row[1], span, age, row[4], row[9]}, ","))
		return err
	})
	if err != nil {
		return err
	}
	return write(to, "customer,repeats,span_days,age_days,log_gaps,p_alive", rows)
}

// days turns weeks into whole days.
func days(weeks string) (string, error) {
	w, err := strconv.ParseFloat(weeks, 64)
	return strconv.FormatFloat(w*7, 'f', 0, 64), err
}

func write(path, header string, rows []string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	packed, err := gzip.NewWriterLevel(file, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(packed, header+"\n"+strings.Join(rows, "\n")+"\n"); err != nil {
		return err
	}
	if err := packed.Close(); err != nil {
		return err
	}
	return file.Close()
}
