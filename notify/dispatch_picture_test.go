package notify_test

import (
	"strings"
	"testing"
	"time"

	"dangol/internal/fakeslack"
	"dangol/notify"
	"dangol/notify/chart"
	"dangol/notify/slack"
)

// illustrated is a message with a chart.
func illustrated(id string) notify.Message {
	return notify.Message{ID: id, To: notify.Destination{Channel: notify.Alerts}, Op: notify.Post, Text: "Lost: Kim", Blocks: []notify.Block{
		{Kind: notify.Header, Lines: []notify.Line{{{Text: "Lost: Kim"}}}},
		{Kind: notify.Picture, Lines: []notify.Line{{{Text: "Oct 5, Nov 0"}}}, Chart: &chart.Chart{Kind: chart.Columns, Alt: "Oct 5, Nov 0",
			Bars: []chart.Bar{{Label: "Oct", To: 5}, {Label: "Nov", To: 0}}}}}}
}

// gallery is a dispatcher on a fake Slack.
func gallery(t *testing.T) (*notify.Dispatcher, *fakeslack.Server, *memory) {
	t.Helper()
	fake := fakeslack.Start(t, time.Now)
	fake.AddChannel("alerts")
	client := slack.New(slack.Options{Token: fake.Token, APIURL: fake.APIURL()})
	box := newMemory()
	return &notify.Dispatcher{Outbox: box, Messenger: client, Directory: client, Illustrator: client, Clock: time.Now,
		Channels: map[string]string{notify.Alerts: "#alerts"}, Pace: time.Millisecond, Settle: time.Millisecond}, fake, box
}

// A chart goes with its message, with its words and its figures as text.
func TestChartArrives(t *testing.T) {
	d, fake, box := gallery(t)
	box.add(illustrated("m1"))
	if _, err := d.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	messages := fake.Channel("#alerts").Messages()
	if len(messages) != 1 || !strings.Contains(string(messages[0].Blocks), `"slack_file"`) || !strings.Contains(string(messages[0].Blocks), `"alt_text":"Oct 5, Nov 0"`) {
		t.Fatalf("%d messages: %s", len(messages), messages[0].Blocks)
	}
	if !strings.Contains(messages[0].Plain(), "Oct 5, Nov 0") {
		t.Errorf("the figures are not there as text: %s", messages[0].Plain())
	}
	if files := fake.Files(); len(files) != 1 || !files[0].Usable {
		t.Errorf("files %+v", files)
	}
}

// Whatever goes wrong with a chart, its message arrives, once, with the figures as
// text, and ops is told once.
func TestChartNeverInTheWay(t *testing.T) {
	troubles := map[string]func(*fakeslack.Server){
		"no scope": func(s *fakeslack.Server) { s.Grant("chat:write", "channels:read", "channels:history") },
		"an unknown method": func(s *fakeslack.Server) {
			s.Fail("files.getUploadURLExternal", -1, fakeslack.Refuse("unknown_method"))
		},
		"refused":              func(s *fakeslack.Server) { s.Fail("files.completeUploadExternal", -1, fakeslack.Refuse("not_allowed")) },
		"the token, for files": func(s *fakeslack.Server) { s.Fail("files.getUploadURLExternal", -1, fakeslack.Refuse("invalid_auth")) },
		"down":                 func(s *fakeslack.Server) { s.Fail("files.getUploadURLExternal", -1, fakeslack.Broken(503)) },
		"slowed down":          func(s *fakeslack.Server) { s.Fail("files.getUploadURLExternal", -1, fakeslack.RateLimit(time.Hour)) },
		"no answer":            func(s *fakeslack.Server) { s.Fail("files.completeUploadExternal", -1, fakeslack.DropAfter()) },
		"unreadable":           func(s *fakeslack.Server) { s.Fail("files.completeUploadExternal", -1, fakeslack.Garble()) },
		"the picture is refused": func(s *fakeslack.Server) {
			s.FailWhen(func(r fakeslack.Request) fakeslack.Effect {
				if r.Method == "chat.postMessage" && strings.Contains(r.Args["blocks"], "slack_file") {
					return fakeslack.Refuse("invalid_blocks")
				}
				return fakeslack.Effect{}
			})
		},
	}
	for name, trouble := range troubles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, fake, box := gallery(t)
			trouble(fake)
			box.add(illustrated("m1"), illustrated("m2"))
			report, err := d.Drain(t.Context())
			if err != nil || report.Sent != 2 {
				t.Fatalf("%+v, %v", report, err)
			}
			messages := fake.Channel("#alerts").Messages()
			if len(messages) != 2 {
				t.Fatalf("%d messages", len(messages))
			}
			for _, m := range messages {
				if strings.Contains(string(m.Blocks), "slack_file") || !strings.Contains(m.Plain(), "Oct 5, Nov 0") || m.Blocks == nil {
					t.Errorf("%s", m.Blocks)
				}
			}
			if name != "the picture is refused" && len(report.Warnings) != 1 {
				t.Errorf("warnings %v", report.Warnings)
			}
		})
	}
}

// One failed upload is tried once more.
func TestChartTriedOnceMore(t *testing.T) {
	d, fake, box := gallery(t)
	fake.Fail("files.getUploadURLExternal", 1, fakeslack.Broken(503))
	box.add(illustrated("m1"))
	report, err := d.Drain(t.Context())
	if err != nil || len(report.Warnings) != 0 || !strings.Contains(string(fake.Channel("#alerts").Messages()[0].Blocks), "slack_file") {
		t.Errorf("%+v, %v", report, err)
	}
}
