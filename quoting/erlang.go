package quoting

import "math"

// talkPaths is the smallest number of simultaneous conversations with which at most the
// policy's share of calls waits longer than the policy's time, for that many radios of
// that load: Erlang C, the probability of delay in a queue without loss, by the recursive
// Erlang B form, so that thousands of users do not overflow a factorial.
func (t Talk) talkPaths(users int, load TalkLoad) int {
	hold := float64(load.Seconds + t.HangSeconds)
	traffic := float64(users) * float64(load.Calls) * hold / 3600
	limit := float64(t.WaitPercent) / 100
	blocked := 1.0 // Erlang B with no path
	for paths := 1; ; paths++ {
		c := float64(paths)
		blocked = traffic * blocked / (c + traffic*blocked)
		if traffic >= c {
			continue
		}
		delayed := blocked / (1 - traffic/c*(1-blocked))
		if delayed*math.Exp(-(c-traffic)*float64(t.WaitSeconds)/hold) <= limit {
			return paths
		}
	}
}
