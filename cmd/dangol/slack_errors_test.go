package main

import (
	"testing"
	"time"

	"dangol/internal/fakeslack"
	"dangol/internal/sales"
)

const (
	// always makes a fault stay until Slack is mended.
	always = -1
	// anyMethod makes every call go wrong.
	anyMethod = "any"
)

// refusal is one way in which Slack, or the way to it, goes wrong at the news of one
// customer, and all that comes of it.
type refusal struct {
	name   string
	method string // that goes wrong; empty: chat.postMessage of the news
	effect fakeslack.Effect
	times  int              // 0 is once
	setup  func(*aftermath) // instead of an effect
	env    []string         // of the job
	night  sales.Date       // zero is itsLost

	// What the channel shows of the news at once and in the end; nil is once, whole,
	// and the same.
	stands, end []string
	reads       string // words that the channel reads
	row         string // of the outbox: its state and, where there is one, the error
	exit        int
	says        []string // by the job: error, remedy, warning
	ops         string   // what #dangol-ops reads; empty: nothing
	outbox      string   // of /readyz; empty: ok
	slackCheck  string   // likewise
	metrics     []string // of /metrics
}

var (
	toldWhole = []string{"Lost"}
	toldText  = []string{"Lost, text alone"}
	untold    = []string{}
)

// stops is what a refusal of the token or its scope comes to: everything waits.
func stops(code, remedy string) refusal {
	return refusal{name: code, method: anyMethod, effect: fakeslack.Refuse(code), times: always,
		stands: untold, row: "pending: " + code, exit: 1, says: []string{code, remedy},
		outbox: code, slackCheck: code, metrics: []string{`outbox_messages{state="pending"} 2`, `outbox_messages{state="dead"} 0`}}
}

// parks is what a refusal of the channel comes to: it waits, what goes elsewhere does not.
func parks(code, remedy string) refusal {
	return refusal{name: code, effect: fakeslack.Refuse(code), times: always,
		stands: untold, row: "pending: " + code, exit: 1, says: []string{"channel #sales-alerts", code, remedy},
		outbox: code, metrics: []string{`outbox_messages{state="pending"} 2`}}
}

// unknownRep is what a rep without a user comes to: the channel is asked to pass the
// news on.
func unknownRep(code string) refusal {
	return refusal{name: code, method: "users.lookupByEmail", effect: fakeslack.Refuse(code), times: always, row: "sent", reads: "not to be reached in Slack; please pass it on"}
}

// closedRep is what direct messages that cannot be opened come to. What only the rep
// was to read goes to the channel, in words for everybody; the line about what stands
// there already is given up, and ops is told.
func closedRep(code, remedy string) []refusal {
	r := refusal{method: "conversations.open", effect: fakeslack.Refuse(code), times: always, row: "sent", says: []string{"no direct message to rep R1", code, remedy}}
	overdue, lost := r, r
	overdue.name, overdue.night, overdue.stands, overdue.end = code+" while overdue", itsLate, []string{"Overdue"}, []string{"Overdue"}
	lost.name, lost.exit, lost.ops, lost.metrics = code, 1, code, []string{`outbox_messages{state="dead"} 1`}
	return []refusal{overdue, lost}
}

// degrades is what a refusal of the blocks, with the chart and without, comes to: the
// text alone.
func degrades(code string) refusal {
	return refusal{name: code, effect: fakeslack.Refuse(code), times: 2, stands: toldText, end: toldText, row: "sent"}
}

// plainer is what a refusal of the chart comes to: the same message without it.
func plainer(code string) refusal {
	return refusal{name: code + " for the chart", effect: fakeslack.Refuse(code), row: "sent"}
}

// dies is what a refusal of the text, too, comes to: it is given up, and ops is told.
func dies(code string) refusal {
	return refusal{name: code + " for the text too", effect: fakeslack.Refuse(code), times: always,
		stands: untold, end: untold, row: "dead: " + code, exit: 1, says: []string{"given up", code}, ops: code,
		metrics: []string{`outbox_messages{state="dead"} 1`, `outbox_messages{state="pending"} 0`}}
}

// passes is what trouble that goes by comes to: nothing that anybody notices.
func passes(name string, effect fakeslack.Effect) refusal {
	return refusal{name: name, effect: effect, row: "sent"}
}

// stays is what the same trouble comes to when it does not go by: whether the message
// arrived is in doubt, and in the end it stands there once.
func stays(name string, effect fakeslack.Effect, code string, arrived bool) refusal {
	r := refusal{name: name + " for long", effect: effect, times: always, stands: untold, row: "unknown: " + code, exit: 1,
		says: []string{"channel #sales-alerts", code}, outbox: code, metrics: []string{`outbox_messages{state="unknown"} 1`}}
	if arrived { // it is found at the next look
		r.stands, r.row, r.exit, r.says, r.outbox, r.metrics = nil, "sent", 0, nil, "", nil
	}
	return r
}

// gone is what an update comes to whose message is not there any more: posted anew.
func gone(code string) refusal {
	return refusal{name: code, method: "chat.update", effect: fakeslack.Refuse(code), row: "sent",
		stands: []string{"Lost", "Lost > Recovered", "Lost > Recovered"}, end: []string{"Lost", "Lost > Recovered", "Lost > Recovered"}}
}

func refusals() []refusal {
	list := []refusal{
		stops("invalid_auth", "slack.token"), stops("not_authed", "set slack.token"), stops("account_inactive", "install the app again"),
		stops("token_revoked", "install the app again"), stops("token_expired", "token rotation"),
		{name: "missing_scope", setup: func(a *aftermath) { a.withoutScope("chat:write") },
			stands: untold, row: "pending: missing_scope", exit: 1, says: []string{"missing_scope", "add the scope chat:write"}, outbox: "missing_scope"},

		parks("channel_not_found", "slack.channels"), parks("not_in_channel", "/invite @Dangol"), parks("is_archived", "unarchive"), parks("restricted_action", "workspace setting"),
		unknownRep("users_not_found"),

		degrades("invalid_blocks"), degrades("msg_blocks_too_long"), degrades("msg_too_long"), degrades("no_text"),
		plainer("invalid_blocks"), plainer("msg_blocks_too_long"),
		dies("invalid_blocks"), dies("msg_blocks_too_long"), dies("msg_too_long"), dies("no_text"),

		passes("429 with Retry-After", fakeslack.RateLimit(time.Second)), passes("ratelimited", fakeslack.Refuse("ratelimited")), passes("request_timeout", fakeslack.Refuse("request_timeout")),
		{name: "429 with a long Retry-After", effect: fakeslack.RateLimit(10 * time.Minute), stands: untold, row: "pending: ratelimited", exit: 1, says: []string{"ratelimited"}, outbox: "not before"},
		{name: "request_timeout for long", effect: fakeslack.Refuse("request_timeout"), times: always,
			stands: untold, row: "pending: request_timeout", exit: 1, says: []string{"request_timeout"}, outbox: "request_timeout"},
		{name: "failure before the request was written", setup: func(a *aftermath) { a.cutOff() },
			stands: untold, row: "pending: no_connection", exit: 1, says: []string{"no_connection", "check the network"}, outbox: "no_connection", slackCheck: "no_connection"},

		{name: "timeout", effect: fakeslack.Effect{Hang: 4 * time.Second}, env: []string{"DANGOL_PATIENCE=2s"}, row: "sent"},
		passes("EOF after writing", fakeslack.DropAfter()), passes("EOF, and it is not there", fakeslack.DropBefore()),
		passes("503 after accepting", fakeslack.BrokenAfter(503)), passes("500 before accepting", fakeslack.Broken(500)),
		passes("fatal_error after accepting", fakeslack.RefuseAfter("fatal_error")), passes("fatal_error before accepting", fakeslack.Refuse("fatal_error")),
		passes("internal_error after accepting", fakeslack.RefuseAfter("internal_error")), passes("internal_error before accepting", fakeslack.Refuse("internal_error")),
		passes("undecodable 200", fakeslack.Garble()),
		stays("EOF after writing", fakeslack.DropAfter(), "no_answer", true), stays("EOF, and it is not there", fakeslack.DropBefore(), "no_answer", false),
		stays("503 before accepting", fakeslack.Broken(503), "http_503", false), stays("fatal_error before accepting", fakeslack.Refuse("fatal_error"), "fatal_error", false),
		stays("internal_error before accepting", fakeslack.Refuse("internal_error"), "internal_error", false), stays("undecodable 200", fakeslack.Garble(), "undecodable", true),

		gone("message_not_found"), gone("cant_update_message"), gone("edit_window_closed"),
	}
	return append(list, closedRep("user_not_found", "e-mail address")...)
}

// TestSlackErrors injects every class of error of Slack into the night on which one
// customer is lost: what the channel shows, what the outbox holds, what the job tells
// ops (exit code, error, remedy, message), what the daemon shows on its pages, and
// that once Slack is mended the news stands there once, unless it was given up.
func TestSlackErrors(t *testing.T) {
	t.Parallel()
	dsn := oneLost(t)
	for _, r := range refusals() {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			newAftermath(t, dsn, r).live()
		})
	}
}
