package notify

import (
	"context"
	"fmt"
	"time"

	"dangol/internal/hint"
	"dangol/notify/chart"
)

// uploadWithin bounds the upload of one chart.
const uploadWithin = 20 * time.Second

// illustrate uploads the charts of a message that is about to be sent. A chart never
// keeps a message from going: its figures stand in it as text.
func (r *drain) illustrate(ctx context.Context, it *item, draft *Draft) {
	it.shown = false
	if r.Illustrator == nil || r.plain || it.bare || it.textOnly {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, uploadWithin)
	defer cancel()
	draft.Pictures = map[*chart.Chart]string{}
	for _, block := range draft.Blocks {
		if block.Chart == nil {
			continue
		}
		file, err := r.uploaded(ctx, *block.Chart)
		if err != nil {
			r.unillustrated(err)
			return
		}
		draft.Pictures[block.Chart] = file
		it.shown = true
	}
}

// uploaded draws a chart and uploads it, once more where the first try got nowhere.
func (r *drain) uploaded(ctx context.Context, c chart.Chart) (string, error) {
	png, err := chart.PNG(c)
	if err != nil {
		return "", err
	}
	file, err := r.Illustrator.Illustrate(ctx, png, c.Alt)
	if class := ClassOf(err); err != nil && (class == Retry || class == Ambiguous) && waitAsked(err) == 0 && ctx.Err() == nil {
		file, err = r.Illustrator.Illustrate(ctx, png, c.Alt)
	}
	return file, err
}

// unillustrated says once why messages go without charts, for the rest of the drain.
func (r *drain) unillustrated(err error) {
	r.plain = true
	r.warn(hint.With(fmt.Errorf("messages go without charts: %w", err),
		"give the app the scope files:write and install it again; the figures stand in the messages as text"))
}
