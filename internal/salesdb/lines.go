package salesdb

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"strings"
	"time"

	"dangol/internal/sales"
)

// lineReader takes order lines grouped by customer.
type lineReader struct {
	values
	request Request
	kind    dateKind
	future  bool // lines after today pass by and are counted here
	ordered bool // the server ordered by bytes: a customer who comes back is joined

	histories  map[string]*history
	through    sales.Date
	hasSellers bool
	products   bool       // a line names a product
	badAmount  string     // one of the newest that cannot be read
	badDate    sales.Date // its line's

	ledger  ledger
	open    bool
	current []byte // customer_id of the lines in the ledger, as the server sent it
}

// readLines streams the order lines into histories. Where the server's order
// mixes customers (its collation takes 'a' for 'A', ids here are exact) it
// starts over, ordered by bytes, within the same snapshot.
func (s *Source) readLines(ctx context.Context, session *session, request Request, columns shape) (*lineReader, error) {
	r := s.newLineReader(request, columns)
	query := s.lineQuery(request, columns)
	err := session.each(ctx, sales.OrderLines, query+" ORDER BY customer_id", r.line)
	if err == nil {
		err = r.closeCustomer()
	}
	if errors.Is(err, errInterleaved) {
		r = s.newLineReader(request, columns)
		r.ordered = true
		err = session.each(ctx, sales.OrderLines, query+" ORDER BY "+s.dialect.exact("customer_id"), r.line)
		if err == nil {
			err = r.closeCustomer()
		}
	}
	if err == nil && !r.future && request.Today != 0 {
		err = s.countFuture(ctx, session, r)
	}
	return r, err
}

func (s *Source) newLineReader(request Request, columns shape) *lineReader {
	kind := columns[2].kind
	return &lineReader{
		values:    newValues(s.zones),
		request:   request,
		kind:      kind,
		future:    s.cutsAlone(kind) && request.Today != 0,
		histories: make(map[string]*history),
		ledger:    ledger{spans: request.Spans},
	}
}

// cutsAlone reports whether the server cannot compare the column with a date:
// texts may hold 20260131 or 2026-01-31T10:00, which sort differently.
func (s *Source) cutsAlone(kind dateKind) bool { return s.dialect.rangeless || kind == textDate }

// newest is the last date a server compares with: later ones have no four-digit year.
var newest = sales.NewDate(9999, time.December, 31)

// lineQuery selects the lines that may lie on or before the as-of date. The
// bound is generous: the exact cut needs the business zone and is made in Go.
func (s *Source) lineQuery(request Request, columns shape) string {
	query := "SELECT " + s.selection(columns) + " FROM " + s.derived(sales.OrderLines)
	if s.cutsAlone(columns[2].kind) {
		return query
	}
	return query + fmt.Sprintf(" WHERE (ordered_at IS NULL OR ordered_at < '%s')", min(request.AsOf+3, newest))
}

// line takes one order line: order_id, customer_id, ordered_at, product_id,
// quantity, amount, rep_id.
func (r *lineReader) line(row []sql.RawBytes) error {
	date, ok := r.zones.date(row[2], r.kind)
	if ok && date > r.request.AsOf {
		if r.future && date > r.request.Today {
			r.quality.FutureDates++
		}
		return nil
	}
	r.quality.OrderLines++
	if !ok {
		r.quality.ZeroDates++
		return nil
	}
	if len(row[1]) == 0 {
		r.quality.NullCustomer++
		return nil
	}
	if err := r.openCustomer(row[1]); err != nil {
		return err
	}
	amount, err := sales.ParseMoney(row[5])
	if err != nil {
		r.quality.BadAmounts++
		r.ledger.unreadable(date)
		if date > r.badDate || date == r.badDate && row[5] != nil {
			r.badDate, r.badAmount = date, exampleOf(row[5])
		}
		return nil
	}
	r.through = max(r.through, date)
	rep := r.shared(row[6])
	r.hasSellers = r.hasSellers || rep != ""
	r.ledger.add(date, rep, amount, hashOf(row))
	r.products = r.products || len(row[3]) > 0
	r.ledger.buy(item{r.shared(row[3]), rep, date, quantityOf(row[4]), amount})
	return nil
}

// exampleOf is a value for people to look for, not too long.
func exampleOf(raw sql.RawBytes) string {
	if raw == nil {
		return "NULL"
	}
	return strings.ToValidUTF8(string(raw[:min(len(raw), 40)]), "\uFFFD")
}

// openCustomer closes the ledger when the next customer's lines begin.
func (r *lineReader) openCustomer(id []byte) error {
	if r.open && bytes.Equal(r.current, id) {
		return nil
	}
	if err := r.closeCustomer(); err != nil {
		return err
	}
	r.open = true
	r.current = append(r.current[:0], id...)
	return nil
}

// closeCustomer keeps what the lines of the current customer come to.
func (r *lineReader) closeCustomer() error {
	if !r.open {
		return nil
	}
	r.open = false
	h, duplicates := r.ledger.close()
	r.quality.DuplicateLines += duplicates
	id := r.text(r.current)
	before, back := r.histories[id]
	if back && !r.ordered {
		return errInterleaved
	}
	r.histories[id] = combine(before, h)
	return nil
}

// countFuture counts the lines dated after today. Two days of margin cover any
// two time zones.
func (s *Source) countFuture(ctx context.Context, session *session, r *lineReader) error {
	query := fmt.Sprintf("SELECT ordered_at FROM %s WHERE ordered_at >= '%s'", s.derived(sales.OrderLines), r.request.Today-1)
	return session.each(ctx, sales.OrderLines, query, func(row []sql.RawBytes) error {
		if date, ok := r.zones.date(row[0], r.kind); ok && date > r.request.Today {
			r.quality.FutureDates++
		}
		return nil
	})
}

// hashOf returns 64 bits that lines share only when all their columns are the
// same. It is the same in every run, so that two readings count alike.
func hashOf(row []sql.RawBytes) uint64 {
	hash := uint64(0x9E3779B97F4A7C15)
	for _, field := range row {
		length := uint64(len(field)) << 1
		if field == nil {
			length = 1
		}
		hash = mix(hash ^ length)
		for ; len(field) >= 8; field = field[8:] {
			hash = mix(hash ^ binary.LittleEndian.Uint64(field))
		}
		var rest uint64
		for i, c := range field {
			rest |= uint64(c) << (8 * i)
		}
		hash = mix(hash ^ rest)
	}
	return hash
}

// mix spreads every bit of x over the result.
func mix(x uint64) uint64 {
	high, low := bits.Mul64(x, 0xD6E8FEB86659FD93)
	return high ^ low ^ (x >> 32)
}
