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
		if traffic < c && t.waiting(traffic, hold, paths, blocked) <= limit {
			return paths
		}
	}
}

// waiting is the share of calls that wait too long on that many paths, of which blocked
// would find none free if they did not wait.
func (t Talk) waiting(traffic, hold float64, paths int, blocked float64) float64 {
	c := float64(paths)
	return blocked / (1 - traffic/c*(1-blocked)) * math.Exp(-(c-traffic)*float64(t.WaitSeconds)/hold)
}

// blocking is the share of calls that find no path free, by the recursive Erlang B form.
func blocking(traffic float64, paths int) float64 {
	blocked := 1.0
	for c := 1; c <= paths; c++ {
		blocked = traffic * blocked / (float64(c) + traffic*blocked)
	}
	return blocked
}
