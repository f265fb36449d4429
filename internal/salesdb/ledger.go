package salesdb

import (
	"cmp"
	"slices"

	"dangol/internal/sales"
)

// history is what a customer's order lines come to.
type history struct {
	days    []sales.Day
	sellers []sales.Seller
	splits  []sales.Credit
	baskets []sales.Basket
	sold    []sales.Turnover
	unread  []sales.Date // dates of lines without a readable amount
}

// entry is a net amount of one rep on one date.
type entry struct {
	date sales.Date
	rep  string
	net  sales.Money
}

// ledger adds up the lines of one customer. It is reused for the next.
type ledger struct {
	spans   []sales.Span // of the turnover that is wanted
	entries []entry
	sorted  int      // entries[:sorted] are compacted
	hashes  []uint64 // of the lines, to find those that are there twice
	unread  []sales.Date
	items   []item
	tidied  int // items[:tidied] are added up
}

const (
	// compactAt is how many entries are gathered before equal ones are added
	// up: a customer with millions of lines stays as small as its dates.
	compactAt = 1 << 14
	// mostHashes bounds the search for duplicates to a customer's first lines.
	mostHashes = 1 << 22
)

func (l *ledger) add(date sales.Date, rep string, net sales.Money, hash uint64) {
	l.entries = append(l.entries, entry{date, rep, net})
	if len(l.entries) >= 2*l.sorted+compactAt {
		l.compact()
	}
	if len(l.hashes) < mostHashes {
		l.hashes = append(l.hashes, hash)
	}
}

// buy notes what a line says of a product. Who sold it, and what names no
// product, matters to the turnover only.
func (l *ledger) buy(i item) {
	if len(l.spans) == 0 {
		if i.product == "" {
			return
		}
		i.rep = ""
	}
	l.items = append(l.items, i)
	if len(l.items) >= 2*l.tidied+compactAt {
		l.items = addItems(l.items)
		l.tidied = len(l.items)
	}
}

// unreadable notes the date of a line without a readable amount.
func (l *ledger) unreadable(date sales.Date) {
	if n := len(l.unread); n == 0 || l.unread[n-1] != date {
		l.unread = append(l.unread, date)
	}
	if len(l.unread) >= compactAt {
		l.unread = distinct(l.unread)
	}
}

// distinct sorts dates and keeps each once.
func distinct(dates []sales.Date) []sales.Date {
	slices.Sort(dates)
	return slices.Compact(dates)
}

// compact sorts the entries and adds up those of one date and rep.
func (l *ledger) compact() {
	l.entries = addUp(l.entries)
	l.sorted = len(l.entries)
}

func addUp(entries []entry) []entry {
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.date, b.date), cmp.Compare(a.rep, b.rep))
	})
	kept := entries[:0]
	for _, e := range entries {
		if last := len(kept) - 1; last >= 0 && kept[last].date == e.date && kept[last].rep == e.rep {
			kept[last].net += e.net
			continue
		}
		kept = append(kept, e)
	}
	return kept
}

// close returns the customer's history and how many of its lines repeat
// another, and empties the ledger.
func (l *ledger) close() (*history, int) {
	l.compact()
	h := fold(l.entries)
	items := addItems(l.items)
	h.sold = turnover(items, l.spans)
	h.baskets = baskets(ofAnyRep(items))
	h.unread = append([]sales.Date(nil), distinct(l.unread)...)
	slices.Sort(l.hashes)
	duplicates := 0
	for i := 1; i < len(l.hashes); i++ {
		if l.hashes[i] == l.hashes[i-1] {
			duplicates++
		}
	}
	clear(l.entries) // lets go of the texts
	clear(l.items)
	l.items, l.tidied = l.items[:0], 0
	l.entries, l.hashes, l.unread, l.sorted = l.entries[:0], l.hashes[:0], l.unread[:0], 0
	return h, duplicates
}

// fold turns added-up entries into days, sellers and splits. The seller of a
// date is the rep with the largest net amount, whatever its sign; lines without a
// rep name none.
func fold(entries []entry) *history {
	var h history
	h.days = make([]sales.Day, 0, countDates(entries))
	for from := 0; from < len(entries); {
		day := sales.Day{Date: entries[from].date}
		seller, most := "", sales.Money(-1)
		to := from
		for ; to < len(entries) && entries[to].date == day.Date; to++ {
			e := entries[to]
			day.Net += e.net
			if size := max(e.net, -e.net); e.rep != "" && size > most {
				seller, most = e.rep, size
			}
		}
		h.days = append(h.days, day)
		if n := len(h.sellers); seller != "" && (n == 0 || h.sellers[n-1].RepID != seller) {
			h.sellers = append(h.sellers, sales.Seller{From: day.Date, RepID: seller})
		}
		if to-from > 1 || entries[from].rep != h.seller() {
			h.split(entries[from:to])
		}
		from = to
	}
	return &h
}

// seller is the rep of the latest order so far.
func (h *history) seller() string {
	if n := len(h.sellers); n > 0 {
		return h.sellers[n-1].RepID
	}
	return ""
}

// split keeps who sold what on one date.
func (h *history) split(entries []entry) {
	for _, e := range entries {
		h.splits = append(h.splits, sales.Credit{Date: e.date, RepID: e.rep, Net: e.net})
	}
}

func countDates(entries []entry) int {
	n := 0
	for i := range entries {
		if i == 0 || entries[i].date != entries[i-1].date {
			n++
		}
	}
	return n
}

// combine joins the histories of two ids of one customer. Where both have lines
// on a date, the seller is the one whose id sold more on it.
func combine(a, b *history) *history {
	if a == nil {
		return b
	}
	both := fold(addUp(append(a.entries(), b.entries()...)))
	both.sold = combineTurnover(a.sold, b.sold)
	both.baskets = baskets(addItems(append(itemsOf(a.baskets), itemsOf(b.baskets)...)))
	both.unread = distinct(append(append([]sales.Date(nil), a.unread...), b.unread...))
	return both
}

// entries undoes fold.
func (h *history) entries() []entry {
	list := make([]entry, 0, len(h.days))
	c := sales.Customer{Days: h.days, Sellers: h.sellers, Splits: h.splits}
	if len(h.days) == 0 {
		return list
	}
	for _, credit := range c.Credits(sales.Span{From: h.days[0].Date, To: h.days[len(h.days)-1].Date}) {
		list = append(list, entry{credit.Date, credit.RepID, credit.Net})
	}
	return list
}
