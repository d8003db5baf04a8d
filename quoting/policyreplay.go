package quoting

import (
	"fmt"
	"strings"
)

// Replay is what a changed policy would have done to past quotes: how their approvals would
// have come out. Prices are as they were; sizing is not done again.
type Replay struct {
	Quotes   int // that were looked at
	More     int // that would have needed a higher level, or engineering
	Fewer    int // that would have needed a lower level
	Delayed  int // of those that needed nobody and were won: somebody would have decided
	Examples []string
}

// shownReplays is how many quotes a replay names.
const shownReplays = 10

// Add replays one quote: its current version under the policy of then and the changed one.
func (r *Replay) Add(old, changed *Policy, q Quote, v Version) {
	if v.System.Review != "" {
		return
	}
	r.Quotes++
	before, after := Chain(Approvals(old, v)), Chain(Approvals(changed, v))
	switch {
	case len(after) > len(before):
		r.More++
		if len(before) == 0 && q.State == Won {
			r.Delayed++
		}
	case len(after) < len(before):
		r.Fewer++
	default:
		return
	}
	if len(r.Examples) < shownReplays {
		r.Examples = append(r.Examples, fmt.Sprintf("%s v%d, %s: %s → %s", q.ID, v.Number, v.Priced.Total.Display(), people(before), people(after)))
	}
}

// people is a chain in words.
func people(chain []ApprovalStep) string {
	if len(chain) == 0 {
		return "nobody"
	}
	names := make([]string, len(chain))
	for i, step := range chain {
		names[i] = string(step.Role)
	}
	return strings.Join(names, ", ")
}
