package simulator

import (
	"maps"
	"sync"
)

// gate counts requests and lets only so many in at once, over all routes together, as NetSuite's
// account-wide concurrency limit does.
type gate struct {
	slots int

	mu       sync.Mutex
	empty    sync.Cond // inside is 0
	inside   int
	most     int
	requests map[Route]int
}

func newGate(slots int) *gate {
	g := &gate{slots: slots, requests: make(map[Route]int)}
	g.empty.L = &g.mu
	return g
}

// enter counts a request. False: there was no free slot, and the request must be refused. Either
// way it is inside until it leaves.
func (g *gate) enter(route Route) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.requests[route]++
	g.inside++
	g.most = max(g.most, g.inside)
	return g.inside <= g.slots
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.inside--; g.inside == 0 {
		g.empty.Broadcast()
	}
}

// drain waits until nobody is inside.
func (g *gate) drain() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.inside > 0 {
		g.empty.Wait()
	}
}

// counts gives the requests by route and the most that were inside at once.
func (g *gate) counts() (map[Route]int, int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.requests), g.most
}
