package retail

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"dangol/internal/sales"
)

//go:embed baskets.csv.gz
var packedBaskets []byte

// Baskets returns what customers bought of the products they bought on at least
// three dates, by customer: net of cancellations of the same date, in pounds,
// baskets ascending by product and dates ascending. Quantities were left out.
func Baskets() (map[string][]sales.Basket, error) {
	unpacked, err := gzip.NewReader(bytes.NewReader(packedBaskets))
	if err != nil {
		return nil, fmt.Errorf("embedded baskets: %w", err)
	}
	rows := csv.NewReader(unpacked)
	rows.ReuseRecord = true
	if _, err := rows.Read(); err != nil {
		return nil, fmt.Errorf("embedded baskets: %w", err)
	}
	all := map[string][]sales.Basket{}
	for {
		row, err := rows.Read()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("embedded baskets: %w", err)
		}
		date, dateErr := sales.ParseDate(row[2])
		net, netErr := sales.ParseMoney([]byte(row[3]))
		if err := errors.Join(dateErr, netErr); err != nil {
			return nil, fmt.Errorf("embedded baskets: %w", err)
		}
		own := all[row[0]]
		if n := len(own); n == 0 || own[n-1].ProductID != row[1] {
			own = append(own, sales.Basket{ProductID: row[1]})
		}
		own[len(own)-1].Days = append(own[len(own)-1].Days, sales.Purchase{Date: date, Net: net})
		all[row[0]] = own
	}
}
