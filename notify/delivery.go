package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dangol/notify/chart"
)

// State is how far a delivery has come.
type State string

// The states of a delivery.
const (
	Pending State = "pending" // not yet tried, or safely to be tried again
	Sending State = "sending" // committed before the call; found after a crash it is Unknown
	Unknown State = "unknown" // the answer was ambiguous: look before sending again
	Sent    State = "sent"
	Dead    State = "dead" // will never be delivered; ops is told
)

// Receipt is where a message ended up.
type Receipt struct {
	Channel string // the channel id
	TS      string // Slack's message timestamp
}

// Delivery is a message in the outbox with its history.
type Delivery struct {
	Message
	Seq       int64 // order of writing
	State     State
	Attempts  int
	FirstSent time.Time // of the first attempt; zero before it
	LastSent  time.Time // of the latest attempt
	NextAt    time.Time // not before; zero means at once
	LastError string
}

// Class says what an error of the messenger means for the delivery.
type Class string

// The classes of errors.
const (
	Retry     Class = "retry"     // surely not delivered; try again
	Ambiguous Class = "ambiguous" // may or may not be delivered; look first
	Payload   Class = "payload"   // the same bytes never succeed; degrade
	Park      Class = "park"      // this destination does not work; use the fallback
	Stop      Class = "stop"      // nothing works: token, scope
	Gone      Class = "gone"      // the message to update or reply to is not there any more
)

// SendError is an error with its class.
type SendError struct {
	Class Class
	Code  string        // Slack's error code, or a word for the transport trouble
	After time.Duration // how long to wait, with Retry (429)
	Err   error
}

// Error returns the text.
func (e *SendError) Error() string {
	if e.Err == nil {
		return e.Code
	}
	return fmt.Sprintf("%s: %v", e.Code, e.Err)
}

// Unwrap returns the cause.
func (e *SendError) Unwrap() error { return e.Err }

// ClassOf returns the class of err: Ambiguous when it is no SendError, since
// nobody knows what happened.
func ClassOf(err error) Class {
	var e *SendError
	if errors.As(err, &e) {
		return e.Class
	}
	return Ambiguous
}

// Resolved is what a messenger needs to draw a message: the values that are
// known only when it is sent.
type Resolved struct {
	Users map[string]string // rep id to Slack user id; a missing rep is named, not mentioned
	Links map[string]string // delivery id to permalink; a missing link leaves the label
	// Pictures are the files of uploaded charts; one that is missing leaves its figures.
	Pictures map[*chart.Chart]string
}

// Outbox is the part of the state store that the dispatcher needs. Every
// method commits before it returns.
type Outbox interface {
	// Undelivered returns the deliveries that are not Sent and not Dead, by Seq.
	Undelivered(ctx context.Context) ([]Delivery, error)
	// Save writes State, Attempts, FirstSent, LastSent, NextAt, LastError and the message of a delivery.
	Save(ctx context.Context, d Delivery) error
	// Delivered marks a delivery Sent with its receipt.
	Delivered(ctx context.Context, id string, r Receipt) error
	// Receipt returns where a delivered message is.
	Receipt(ctx context.Context, id string) (Receipt, bool, error)
	// Address and Remember keep what was looked up: user ids, channel ids.
	Address(ctx context.Context, key string) (string, bool, error)
	Remember(ctx context.Context, key, value string) error
}
