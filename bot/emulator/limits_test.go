package emulator

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A call passes if and only if no window would then hold more calls than it allows.
func TestPaceHoldsEachWindow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := pace{windows: sendWindows}
		now := time.Unix(1_000_000, 0)
		var passed []time.Time
		for _, gap := range rapid.SliceOfN(rapid.IntRange(0, 900), 0, 400).Draw(t, "gaps in ms") {
			now = now.Add(time.Duration(gap) * time.Millisecond)
			isFree := true
			for _, w := range sendWindows {
				isFree = isFree && countAfter(passed, now.Add(-w.per)) < w.n
			}
			if wait := p.wait(now); wait < 0 || (wait == 0) != isFree {
				t.Fatalf("after %d calls it says to wait %v, free = %v", len(passed), wait, isFree)
			}
			if isFree {
				p.pass(now)
				passed = append(passed, now)
			}
		}
	})
}

func countAfter(times []time.Time, after time.Time) int {
	n := 0
	for _, at := range times {
		if at.After(after) {
			n++
		}
	}
	return n
}

func TestPaceForgetsWhatNoWindowReaches(t *testing.T) {
	t.Parallel()
	p := pace{windows: tenantWindows}
	for i := range 1000 {
		p.pass(time.Unix(int64(i), 0))
	}
	if len(p.let) != 50 || p.let[49] != time.Unix(999, 0) {
		t.Errorf("%d calls are remembered", len(p.let))
	}
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
