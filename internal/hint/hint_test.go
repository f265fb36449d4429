package hint_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"dangol/internal/hint"

	"github.com/google/go-cmp/cmp"
)

func TestWith(t *testing.T) {
	if hint.With(nil, "do it") != nil {
		t.Error("a remedy without an error is an error")
	}
	err := hint.With(io.EOF, "read %d more", 3)
	if err.Error() != "EOF" || !errors.Is(err, io.EOF) {
		t.Errorf("%v does not read as, or lead to, its cause", err)
	}
	var h *hint.Error
	if !errors.As(err, &h) || h.Remedy.String() != "read 3 more" {
		t.Errorf("remedy %+v", h)
	}
}

func TestOf(t *testing.T) {
	inner := hint.With(io.EOF, "inner")
	for name, c := range map[string]struct {
		err  error
		want []string
	}{
		"nil":               {nil, nil},
		"no remedy":         {fmt.Errorf("a: %w", io.EOF), nil},
		"outermost first":   {hint.With(fmt.Errorf("a: %w", inner), "outer"), []string{"outer", "inner"}},
		"joined, each once": {errors.Join(inner, hint.With(io.EOF, "other"), fmt.Errorf("b: %w", inner)), []string{"inner", "other"}},
		"several in one":    {fmt.Errorf("%w and %w", inner, hint.With(io.EOF, "other")), []string{"inner", "other"}},
	} {
		if diff := cmp.Diff(c.want, hint.Of(c.err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
