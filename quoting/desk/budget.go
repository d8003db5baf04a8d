package desk

import (
	"sync"
	"time"

	"radioquote/quoting"
)

// budget is how many quotes each person may have computed in a minute. It remembers only
// people of the last minute, so it is as large as the dealer is busy.
type budget struct {
	mu     sync.Mutex
	limit  int
	people map[quoting.PersonID][]time.Time // of the last minute, oldest first
	swept  time.Time
}

func newBudget(limit int) *budget {
	return &budget{limit: limit, people: map[quoting.PersonID][]time.Time{}}
}

// spend takes one computation of a person's minute. The error, of kind Conflict, says
// when there is room again.
func (b *budget) spend(who quoting.PersonID, now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	since := now.Add(-time.Minute)
	if b.swept.Before(since) {
		for person, spent := range b.people {
			if spent[len(spent)-1].Before(since) {
				delete(b.people, person)
			}
		}
		b.swept = now
	}
	spent := b.people[who]
	for len(spent) > 0 && !spent[0].After(since) {
		spent = spent[1:]
	}
	if len(spent) >= b.limit {
		b.people[who] = spent
		seconds := int(spent[0].Sub(since).Seconds()) + 1
		return quoting.Errorf(quoting.Conflict, "That is %d quotes in a minute, the most that I work out for one person. Please try again in %d seconds.", b.limit, seconds)
	}
	b.people[who] = append(spent, now)
	return nil
}
