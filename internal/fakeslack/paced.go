package fakeslack

import (
	"sync"
	"time"
)

// Paced is a judge for FailWhen that answers 429 to a message that comes too early:
// a channel takes one each refill, and up to burst at once after a pause.
func Paced(refill time.Duration, burst int) func(Request) Effect {
	var mu sync.Mutex
	type bucket struct {
		tokens float64
		at     time.Time
	}
	buckets := map[string]*bucket{}
	return func(r Request) Effect {
		if r.Method != "chat.postMessage" && r.Method != "chat.update" {
			return Effect{}
		}
		mu.Lock()
		defer mu.Unlock()
		b := buckets[r.Args["channel"]]
		if b == nil {
			b = &bucket{tokens: float64(burst), at: r.At}
			buckets[r.Args["channel"]] = b
		}
		b.tokens = min(float64(burst), b.tokens+r.At.Sub(b.at).Seconds()/refill.Seconds())
		b.at = r.At
		if b.tokens < 1 {
			return RateLimit(max(time.Second, refill))
		}
		b.tokens--
		return Effect{}
	}
}
