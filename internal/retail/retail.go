// Package retail holds a year of real invoices, so that tests and benchmarks
// meet customers nobody invented: the UCI Online Retail data set, reduced to one
// row an invoice. README.md says where it comes from and what was left out.
package retail

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"sort"

	"dangol/internal/sales"
)

//go:embed invoices.csv.gz
var packed []byte

// From and Through are the first and last date of the data.
var (
	From    = sales.NewDate(2010, 12, 1)
	Through = sales.NewDate(2011, 12, 9)
)

// Invoice is one invoice or, with an ID that starts with C, one cancellation.
type Invoice struct {
	ID         string
	CustomerID string
	Date       sales.Date
	Amount     sales.Money // net, in pounds; negative for a cancellation
	Goods      bool        // is no cancellation, and charges for a positive quantity of a stocked product
}

// Invoices returns all 22,190 invoices, ascending by customer, date and ID.
func Invoices() ([]Invoice, error) {
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("embedded invoices: %w", err)
	}
	rows := csv.NewReader(unpacked)
	rows.ReuseRecord = true
	if _, err := rows.Read(); err != nil {
		return nil, fmt.Errorf("embedded invoices: %w", err)
	}
	var invoices []Invoice
	for {
		row, err := rows.Read()
		if err == io.EOF {
			return invoices, nil
		}
		if err != nil {
			return nil, fmt.Errorf("embedded invoices: %w", err)
		}
		invoice, err := parse(row)
		if err != nil {
			return nil, fmt.Errorf("embedded invoices: %w", err)
		}
		invoices = append(invoices, invoice)
	}
}

// parse reads customer,date,invoice,amount,goods.
func parse(row []string) (Invoice, error) {
	date, err := sales.ParseDate(row[1])
	if err != nil {
		return Invoice{}, err
	}
	amount, err := sales.ParseMoney([]byte(row[3]))
	return Invoice{
		ID: row[2], CustomerID: row[0], Date: date, Amount: amount, Goods: row[4] == "1",
	}, err
}

// Buyer is one customer's days, ascending, one a date.
type Buyer struct {
	ID   string
	Days []sales.Day
}

// Purchases returns the days on which customers were sent goods, as research on
// this data counts them: cancellations and invoices that charge for no goods
// (postage, free samples, manual corrections) are left out. Net is what was invoiced that day.
func Purchases(invoices []Invoice) []Buyer {
	var goods []Invoice
	for _, i := range invoices {
		if i.Goods {
			goods = append(goods, i)
		}
	}
	return Nets(goods)
}

// Nets returns each customer's net amount a date over all invoices and
// cancellations, as the program itself counts: a day is a buying day when its
// Net is positive.
func Nets(invoices []Invoice) []Buyer {
	days := map[string]map[sales.Date]sales.Money{}
	for _, i := range invoices {
		if days[i.CustomerID] == nil {
			days[i.CustomerID] = map[sales.Date]sales.Money{}
		}
		days[i.CustomerID][i.Date] += i.Amount
	}
	buyers := make([]Buyer, 0, len(days))
	for id, nets := range days {
		b := Buyer{ID: id, Days: make([]sales.Day, 0, len(nets))}
		for date, net := range nets {
			b.Days = append(b.Days, sales.Day{Date: date, Net: net})
		}
		sort.Slice(b.Days, func(i, j int) bool { return b.Days[i].Date < b.Days[j].Date })
		buyers = append(buyers, b)
	}
	sort.Slice(buyers, func(i, j int) bool { return buyers[i].ID < buyers[j].ID })
	return buyers
}
