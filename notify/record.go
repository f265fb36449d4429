package notify

import (
	"errors"
	"time"

	"dangol/internal/casebook"
	"dangol/internal/sales"
)

// Outcome says what a run concluded.
type Outcome string

// The outcomes of a committed run.
const (
	Judged   Outcome = "judged"
	Stale    Outcome = "stale"    // the data had stopped; nothing was concluded
	Answered Outcome = "answered" // no run: somebody pressed a button
	Broken   Outcome = "broken"   // the run did not work, or was missed: only ops is told
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
	// Reps are those of the snapshot, for who presses a button later; none: the
	// earlier ones stay.
	Reps []sales.Rep
	// Dead are the ids of messages that were given up and of which ops is told herewith.
	Dead []string
	At   time.Time
}

// The refusals of the state to write down what was concluded from what it held
// before.
var (
	// ErrMoved: somebody has changed one of the cases meanwhile; conclude again.
	ErrMoved = errors.New("a case was changed meanwhile")
	// ErrRepeated: this very press is written down already.
	ErrRepeated = errors.New("the press is known")
)

// Pressed is what one press came to, written down in one transaction with
// everything that follows from it. A refused press changes nothing and is written
// down all the same.
type Pressed struct {
	Press   Press
	RepID   string // who pressed, where known
	CaseID  string
	Outcome string // PressDone, or why it was refused
	Changes []casebook.Change
	Record  Record  // with the messages; its cases are those of Changes
	Lesson  *Lesson // nil: nothing is learned
}

// PressDone is the outcome of a press that changed something.
const PressDone = "done"

// LessonKind says what was learned from an answer.
type LessonKind string

// The kinds of lessons.
const (
	SeasonLesson LessonKind = "season" // the customer does not buy at this time of the year
	MergedLesson LessonKind = "merged" // the customer goes on under another id
)

// Lesson is what an answer teaches about a customer.
type Lesson struct {
	CustomerID string
	Kind       LessonKind
	Since      sales.Date // SeasonLesson: the first silent date
	MergedInto string     // MergedLesson: the other id, as somebody wrote it
	By         string
	On         sales.Date
}
