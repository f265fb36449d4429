package notify

import (
	"time"

	"dangol/internal/casebook"
	"dangol/internal/sales"
)

// Outcome says what a run concluded.
type Outcome string

// The outcomes of a committed run.
const (
	Judged Outcome = "judged"
	Stale  Outcome = "stale"  // the data had stopped; nothing was concluded
	Broken Outcome = "broken" // the run did not work, or was missed: only ops is told
)

// Record is everything that one run writes down, in one transaction, before
// anything is said.
type Record struct {
	RunID       string
	Job         string
	AsOf        sales.Date
	DataThrough sales.Date
	Outcome     Outcome
	Findings    int
	Cases       []casebook.Case
	Changes     []casebook.Change
	Messages    []Message
	// Dead are the ids of messages that were given up and of which ops is told herewith.
	Dead []string
	At   time.Time
}
