package sample

import (
	"math"
	"strconv"

	"dangol/internal/sales"
)

// item is a product with its list price in won.
type item struct {
	code, category string
	name           text
	price          float64
	launched       sales.Date
	discontinued   sales.Date
}

// The planted products, and the category whose prices rose.
const (
	discontinuedItem = "SAU-05"
	launchedItem     = "DAI-07"
	losingItem       = "VEG-02"
	risenCategory    = "oil"
)

// Days before the as-of date of what happened to products and prices.
const (
	discontinuedDays = 130
	launchedDays     = 75
	losingDays       = 110
	riseDays         = 100
	inflationDays    = 520
)

var categories = map[string]text{
	"flour":     {"Flour and sugar", "제분"},
	"grain":     {"Grains", "곡물"},
	"oil":       {"Oils", "유지"},
	"sauce":     {"Sauces", "장류"},
	"dairy":     {"Dairy", "유제품"},
	"coffee":    {"Coffee and tea", "커피와 차"},
	"seafood":   {"Seafood", "수산"},
	"meat":      {"Meat", "축산"},
	"vegetable": {"Vegetables", "채소"},
	"packaging": {"Packaging", "포장재"},
	"cold":      {"Ice and cold noodles", "빙과와 냉면"},
}

// stock fills items from the embedded list.
func (b *builder) stock() {
	for _, r := range rows("items")[1:] {
		price, err := strconv.ParseFloat(r[4], 64)
		if err != nil {
			panic(err) // the list is embedded: see rows
		}
		b.items = append(b.items, item{code: r[0], category: r[1], name: text{r[2], r[3]}, price: price})
	}
	b.items[b.item(discontinuedItem)].discontinued = b.ago(discontinuedDays)
	b.items[b.item(launchedItem)].launched = b.ago(launchedDays)
	b.Truth.Products = []ProductCase{
		{Discontinued, []string{discontinuedItem}, b.ago(discontinuedDays)},
		{Launched, []string{launchedItem}, b.ago(launchedDays)},
		{LosingBuyers, []string{losingItem}, b.ago(losingDays)},
		{PriceRise, b.codes(risenCategory), b.ago(riseDays)},
	}
}

func (b *builder) item(code string) int {
	for i, it := range b.items {
		if it.code == code {
			return i
		}
	}
	return -1
}

func (b *builder) codes(category string) []string {
	var codes []string
	for _, it := range b.items {
		if it.category == category {
			codes = append(codes, it.code)
		}
	}
	return codes
}

// price is the unit price of an item on d in won, to the ten.
func (b *builder) price(i int, d sales.Date) int64 {
	p := b.items[i].price
	if d < b.ago(inflationDays) {
		p /= 1.03
	}
	if d >= b.ago(riseDays) && b.items[i].category == risenCategory {
		p *= 1.09
	}
	return int64(math.Round(p/10)) * 10
}
