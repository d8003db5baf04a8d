package emulator

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// In no span of a window's length do more calls pass than it allows, whatever the callers do.
func TestPaceHoldsEachWindow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := pace{windows: sendWindows}
		now := time.Unix(1_000_000, 0)
		var passed []time.Time
		for _, gap := range rapid.SliceOfN(rapid.IntRange(0, 900), 0, 400).Draw(t, "gaps in ms") {
			now = now.Add(time.Duration(gap) * time.Millisecond)
			if p.wait(now) == 0 {
				p.pass(now)
				passed = append(passed, now)
			}
		}
		for _, w := range sendWindows {
			for i := w.n; i < len(passed); i++ {
				if span := passed[i].Sub(passed[i-w.n]); span < w.per {
					t.Fatalf("%d calls passed in %v, the limit is %d in %v", w.n+1, span, w.n, w.per)
				}
			}
		}
	})
}

// A caller that waits as long as it is told passes.
func TestPaceKeepsItsWord(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := pace{windows: sendWindows}
		now := time.Unix(1_000_000, 0)
		for range rapid.IntRange(1, 200).Draw(t, "calls") {
			now = now.Add(p.wait(now))
			if wait := p.wait(now); wait > 0 {
				t.Fatalf("after the wait, it says to wait %v more", wait)
			}
			p.pass(now)
		}
	})
}
