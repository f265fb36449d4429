package salesdb

import (
	"database/sql"
	"errors"
	"testing"
	"time"
)

func TestLagOf(t *testing.T) {
	says := func(values ...string) []sql.NullString {
		var list []sql.NullString
		for _, v := range values {
			list = append(list, sql.NullString{String: v, Valid: v != "NULL"})
		}
		return list
	}
	for _, c := range []struct {
		channels []sql.NullString
		behind   time.Duration
		stopped  bool
	}{
		{nil, 0, false}, {says("0"), 0, false}, {says("600"), 0, false}, {says("601"), 601 * time.Second, false},
		{says("3", "7200"), 2 * time.Hour, false}, {says("NULL"), 0, true}, {says("3", "NULL"), 0, true},
	} {
		err := lagOf(c.channels, 10*time.Minute)
		var lag *LagError
		if errors.As(err, &lag) != (c.behind > 0 || c.stopped) || lag != nil && (lag.Behind != c.behind || lag.Stopped != c.stopped) {
			t.Errorf("%v: %v", c.channels, err)
		}
	}
}
