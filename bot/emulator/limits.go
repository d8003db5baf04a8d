package emulator

import "time"

// A window lets n calls through in any span of time as long as per.
type window struct {
	n   int
	per time.Duration
}

// Teams' limits for one bot. Source: "Optimize your bot with rate limiting in Teams".
var (
	sendWindows   = []window{{7, time.Second}, {8, 2 * time.Second}, {60, 30 * time.Second}, {1800, time.Hour}}
	readWindows   = []window{{14, time.Second}, {16, 2 * time.Second}, {120, 30 * time.Second}, {3600, time.Hour}}
	tenantWindows = []window{{50, time.Second}}
)

// A pace remembers when calls were let through. Windows are ordered by their n.
type pace struct {
	windows []window
	let     []time.Time // oldest first, no more than the largest n
}

// wait says how long a call must wait; 0 means that it may pass now.
func (p *pace) wait(now time.Time) time.Duration {
	var longest time.Duration
	for _, w := range p.windows {
		if len(p.let) < w.n {
			continue
		}
		free := p.let[len(p.let)-w.n].Add(w.per)
		longest = max(longest, free.Sub(now))
	}
	return longest
}

// pass records a call that was let through.
func (p *pace) pass(now time.Time) {
	p.let = append(p.let, now)
	if most := p.windows[len(p.windows)-1].n; len(p.let) > most {
		p.let = p.let[len(p.let)-most:]
	}
}
