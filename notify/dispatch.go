package notify

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
)

// Place is a conversation, or a thread in it.
type Place struct {
	Channel string // the channel id; the name as configured where no id is known
	Thread  string // ts of the thread's first message; empty means the channel itself
}

// Draft is a message at the moment it is sent.
type Draft struct {
	Message
	Resolved
	TextOnly bool // the blocks were refused: the text alone, with the mention
}

// Messenger puts messages where people read them. Its errors carry a Class
// (see ClassOf); it never retries by itself.
type Messenger interface {
	// Post writes a new message, into a thread where the place names one.
	Post(ctx context.Context, to Place, d Draft) (Receipt, error)
	// Update replaces what an earlier message says; doing it twice is harmless.
	Update(ctx context.Context, at Receipt, d Draft) error
	// Find looks for a message by its delivery id among those written since an
	// instant. An error of class Park means that the place cannot be read.
	Find(ctx context.Context, in Place, id string, since time.Time) (Receipt, bool, error)
}

// Directory knows the addresses of people, channels and messages. What does not
// exist is an error of class Park.
type Directory interface {
	Channel(ctx context.Context, name string) (id string, err error)
	User(ctx context.Context, email string) (id string, err error)
	Direct(ctx context.Context, user string) (channel string, err error)
	Link(ctx context.Context, to Receipt) (url string, err error)
}

// Illustrator uploads a picture before the message that shows it. Doing it again is
// harmless.
type Illustrator interface {
	Illustrate(ctx context.Context, png []byte, alt string) (file string, err error)
}

// Doubt says what to do with a message that may or may not have arrived, where
// the channel's history may not be read.
type Doubt string

// The answers to doubt.
const (
	Resend Doubt = "resend" // rather twice than never
	Hold   Doubt = "hold"   // wait until somebody lets us look
)

// Defaults of a Dispatcher.
const (
	DefaultTries   = 5
	DefaultMaxWait = time.Minute
	DefaultPace    = time.Second
	DefaultSettle  = 2 * time.Second
)

// Dispatcher empties the outbox: each message exactly once where its history
// can be read, at least once elsewhere (unless told to hold).
//
// The fields are set before the first Drain and not changed afterwards. Drain
// may be called from several goroutines; the calls run one after the other.
type Dispatcher struct {
	Outbox      Outbox
	Messenger   Messenger
	Directory   Directory
	Channels    map[string]string                          // role to channel, by name (#…) or id
	OnAmbiguous Doubt                                      // empty means Resend
	Clock       func() time.Time                           // required; people read times in its zone
	Sleep       func(context.Context, time.Duration) error // nil waits in real time

	// Illustrator uploads charts; nil: messages go without.
	Illustrator Illustrator

	// RepName gives the name to show for a rep who cannot be reached; nil shows the id.
	RepName func(rep string) string
	// Redirect rewords a direct message for the alerts channel when its rep
	// cannot be reached; false means that it must not be seen there and is
	// dropped. Nil lets every message go there, with the rep's name on it.
	Redirect func(Message) (Message, bool)

	// Hold keeps a message back for now, as quiet hours do; nil holds none.
	Hold func(Message) bool

	Tries   int           // attempts for one message in one drain; 0 means DefaultTries
	MaxWait time.Duration // the longest wait Slack may ask for; 0 means DefaultMaxWait

	Pace   time.Duration // between two messages of a channel; 0 means DefaultPace
	Settle time.Duration // what a message in doubt is given to appear, at least; 0 means DefaultSettle

	once  sync.Once
	turn  chan struct{}    // holds one token: whoever has it drains
	paces map[string]*pace // by channel, kept over drains
}

// Report is what one drain did.
type Report struct {
	Sent               int // delivered by this drain
	Adopted            int // found delivered by an earlier attempt
	PossibleDuplicates int // sent again without being able to look first
	Redirected         int // direct messages that went to the alerts channel
	Left               int // still to be delivered
	Held               int // kept back by Hold, and not counted as left
	Dead               int // given up for good

	// Errors holds, by destination, why something is left or dead.
	Errors map[string]error
	// Warnings are troubles that kept no message back, such as a mention that
	// had to be a name.
	Warnings []error
}

// Drain sends what is due, in order for each destination, and returns when
// everything is delivered or cannot be delivered now. The error joins the
// errors of all destinations, with hints; it is nil only when nothing is left
// and nothing died.
//
// A message that names a later one (Target or link) waits for it. Trouble with
// one destination does not hold up the others; a refused token ends the drain.
func (d *Dispatcher) Drain(ctx context.Context) (Report, error) {
	if err := d.lock(ctx); err != nil {
		return Report{}, err
	}
	defer d.unlock()
	pending, err := d.Outbox.Undelivered(ctx)
	if err != nil {
		return Report{}, err
	}
	all := len(pending)
	if d.Hold != nil {
		held := map[string]bool{} // what follows a message that is kept back waits for it
		pending = slices.DeleteFunc(pending, func(due Delivery) bool {
			held[due.ID] = d.Hold(due.Message) || held[due.Target]
			return held[due.ID]
		})
	}
	run := newDrain(d, pending)
	run.report.Held = all - len(pending)
	err = run.loop(ctx)
	return run.close(err)
}

// lock waits for the drain that is under way, no longer than ctx lasts.
func (d *Dispatcher) lock(ctx context.Context) error {
	d.once.Do(func() { d.turn = make(chan struct{}, 1) })
	select {
	case d.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (d *Dispatcher) unlock() { <-d.turn }

func (d *Dispatcher) tries() int {
	if d.Tries > 0 {
		return d.Tries
	}
	return DefaultTries
}

func (d *Dispatcher) maxWait() time.Duration {
	if d.MaxWait > 0 {
		return d.MaxWait
	}
	return DefaultMaxWait
}

// wait sleeps until an instant, or until ctx ends.
func (d *Dispatcher) wait(ctx context.Context, until time.Time) error {
	pause := until.Sub(d.Clock())
	if pause <= 0 {
		return ctx.Err()
	}
	if d.Sleep != nil {
		return d.Sleep(ctx, pause)
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// burst is how many messages Slack takes at once, of about one a second and channel.
const burst = 4.0

// pace is the token bucket of one channel.
type pace struct {
	refill time.Duration // for one token
	tokens float64
	at     time.Time
}

// take removes a token and returns zero, or the wait until there is one.
func (p *pace) take(now time.Time) time.Duration {
	if gone := now.Sub(p.at); gone > 0 {
		p.tokens = min(burst, p.tokens+gone.Seconds()/p.refill.Seconds())
	}
	p.at = now
	if p.tokens >= 1 {
		p.tokens--
		return 0
	}
	// Rounded up, so that a clock of coarse steps never wakes too early for ever.
	return time.Duration((1-p.tokens)*float64(p.refill)) + time.Millisecond
}

func (d *Dispatcher) pace(channel string) *pace {
	if d.paces == nil {
		d.paces = map[string]*pace{}
	}
	p := d.paces[channel]
	if p == nil {
		p = &pace{refill: cmp.Or(d.Pace, DefaultPace), tokens: burst, at: d.Clock()}
		d.paces[channel] = p
	}
	return p
}
