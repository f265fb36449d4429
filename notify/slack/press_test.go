package slack

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"dangol/notify"
)

// Whatever stands in a payload, what becomes of it is bounded text, and the same
// payload is the same press.
func FuzzDecodePress(f *testing.F) {
	f.Add("interactive", []byte(`{"type":"block_actions","user":{"id":"U1"},"container":{"channel_id":"C1","message_ts":"1.2"},"actions":[{"action_id":"take","value":"x","action_ts":"1.3"}]}`))
	f.Add("interactive", []byte(`{"type":"view_submission","view":{"id":"V1","callback_id":"dangol","private_metadata":"{\"action\":\"snooze\"}","state":{"values":{"date":{"date":{"selected_date":"2026-12-03"}}}}}}`))
	f.Add("slash_commands", []byte(`{"user_id":"U1","text":"mine","trigger_id":"t"}`))
	f.Add("interactive", []byte("{\"type\":\"block_actions\",\"actions\":[{\"action_id\":\"\u0000\"}]}"))
	f.Fuzz(func(t *testing.T, kind string, payload []byte) {
		p, err := decodePress(kind, payload, time.Time{})
		if err != nil {
			return
		}
		again, _ := decodePress(kind, payload, time.Time{})
		if p.ID == "" || p.ID != again.ID {
			t.Errorf("ids %q and %q", p.ID, again.ID)
		}
		if n := utf8.RuneCountInString(p.Value); n > maxCommand || n > maxWord && kind != "slash_commands" {
			t.Errorf("a value of %d runes", n)
		}
		for _, text := range []string{p.Action, p.User, p.Channel, p.TS, p.Team} {
			if utf8.RuneCountInString(text) > maxWord {
				t.Errorf("%d runes", utf8.RuneCountInString(text))
			}
		}
		for _, text := range p.Form {
			if utf8.RuneCountInString(text) > notify.MaxNote {
				t.Errorf("a note of %d runes", utf8.RuneCountInString(text))
			}
		}
	})
}

// A command names many customers, and none by a part of its number: that may be
// another's.
func TestLongCommands(t *testing.T) {
	for _, n := range []int{1, 20, 100, 5000} {
		words := []string{"take"}
		for i := range n {
			words = append(words, fmt.Sprint("C", 100_000+i))
		}
		payload, err := json.Marshal(map[string]string{"user_id": "U1", "text": strings.Join(words, " ")})
		if err != nil {
			t.Fatal(err)
		}
		p, err := decodePress("slash_commands", payload, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Fields(p.Value)
		if !slices.Equal(got, words[:len(got)]) || len(got) < min(n+1, 100) {
			t.Errorf("of %d words %d are left, the last %q", n+1, len(got), got[len(got)-1])
		}
	}
}

// A form that is sent again with something else in it is another press.
func TestFormsAreTheirContent(t *testing.T) {
	form := func(date string) string {
		p, err := decodePress("interactive", []byte(`{"type":"view_submission","view":{"id":"V1","callback_id":"dangol","private_metadata":"{}","state":{"values":{"date":{"date":{"selected_date":"`+date+`"}}}}}}`), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return p.ID
	}
	first, again, other := form("2026-12-03"), form("2026-12-03"), form("2026-12-04")
	if first != again || first == other {
		t.Error("the id does not follow the content")
	}
}

func TestNotOurs(t *testing.T) {
	for _, payload := range []string{`{}`, `{"type":"message_action"}`, `{"type":"view_submission","view":{"callback_id":"other"}}`, `{"type":"block_actions"}`} {
		if _, err := decodePress("interactive", []byte(payload), time.Time{}); !errors.Is(err, errNotOurs) {
			t.Errorf("%s: %v", payload, err)
		}
	}
}
