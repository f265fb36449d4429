package jobs

import (
	"strings"
	"testing"
	"time"

	"dangol/internal/hint"
)

func TestParseSchedule(t *testing.T) {
	tests := []struct{ text, wrong string }{
		{"0 8 * * 1-5", ""},
		{"@weekly", ""},
		{"0 0 29 2 *", ""},
		{"0 0 31 2 *", "never comes round"},
		{"TZ=Asia/Seoul 0 8 * * *", "names a time zone"},
		{"TZ=X", "names a time zone"},
		{"0 8 * *", "expected exactly 5 fields"},
		{"0 25 * * *", "above maximum"},
		{"", "empty spec"},
	}
	for _, tt := range tests {
		_, err := ParseSchedule(tt.text)
		if tt.wrong == "" {
			if err != nil {
				t.Errorf("%q: %v", tt.text, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.wrong) || len(hint.Of(err)) == 0 {
			t.Errorf("%q: error %v, want %q with a hint", tt.text, err, tt.wrong)
		}
	}
}

func TestScheduleNextKeepsTheZone(t *testing.T) {
	seoul, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Fatal(err)
	}
	s, err := ParseSchedule("0 8 * * 1-5")
	if err != nil {
		t.Fatal(err)
	}
	friday := time.Date(2026, 11, 20, 8, 0, 0, 0, seoul)
	if got, want := s.Next(friday), time.Date(2026, 11, 23, 8, 0, 0, 0, seoul); !got.Equal(want) {
		t.Errorf("next = %s, want %s", got, want)
	}
}
