package main

import (
	"fmt"
	"io"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/notify/wording"
)

// qualityNotes say what could not be taken as it was, one sentence for each
// trouble that there is; held is the number of regulars left out for it.
func qualityNotes(say *wording.Wording, q sales.Quality, held int) []string {
	var notes []string
	for _, c := range []struct {
		n    int
		text string
	}{
		{q.NullCustomer, say.Text("quality_null_customer", "n", q.NullCustomer)},
		{q.ZeroDates, say.Text("quality_zero_dates", "n", q.ZeroDates)},
		{q.StrayDates, say.Text("quality_stray_dates", "n", q.StrayDates)},
		{q.FutureDates, say.Text("quality_future_dates", "n", q.FutureDates)},
		{q.BadAmounts, say.Text("quality_bad_amounts", "n", q.BadAmounts)},
		{q.DuplicateLines, say.Text("quality_duplicate_lines", "n", q.DuplicateLines)},
		{q.InvalidUTF8, say.Text("quality_invalid_utf8", "n", q.InvalidUTF8)},
		{q.OrphanOrders, say.Text("quality_orphan_customers", "n", q.OrphanOrders)},
		{q.DuplicateIDs, say.Text("quality_duplicate_ids", "n", q.DuplicateIDs)},
		{q.BadRows, say.Text("quality_bad_rows", "n", q.BadRows)},
	} {
		if c.n != 0 {
			notes = append(notes, c.text)
		}
	}
	if held > 0 {
		notes = append(notes, say.Text("held_unreadable", "customers", held))
	}
	return notes
}

// writeStale says what is wrong with the data, and that a job tells the stages above
// to nobody.
func writeStale(w io.Writer, say *wording.Wording, stale *finding.Finding) error {
	for _, note := range []string{say.Say(stale.Headline), say.Text("stale_held")} {
		if _, err := fmt.Fprintln(w, say.Text("frame_data", "note", note)); err != nil {
			return err
		}
	}
	return nil
}

// writeQuality is the footer of a text.
func writeQuality(w io.Writer, say *wording.Wording, q sales.Quality, held int) error {
	for _, note := range qualityNotes(say, q, held) {
		if _, err := fmt.Fprintln(w, say.Text("frame_data", "note", note)); err != nil {
			return err
		}
	}
	return nil
}
