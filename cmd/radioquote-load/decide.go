package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"radioquote/bot/emulator"
	"radioquote/netsuite/simulator"
	"radioquote/quoting"
)

const (
	askingReps    = 12
	askedManagers = 4
	doubleClick   = 10 // each so many-th click is one
	// patience is how long a decision may take to be on the rep's card.
	patience = 30 * time.Second
)

// decisions are quotes that wait for a manager, who approves them while others quote. None
// are a run without managers.
type decisions struct {
	people   []colleague // reps, then managers
	requests []request
	rate     int // a second

	mu        sync.Mutex
	answered  []time.Duration // from a click to its answer
	shown     []time.Duration // from a click to the rep's card that says so
	approved  int             // answers that say so
	refused   int             // answers that say something else
	errors    int             // clicks that were not taken
	approvals int             // quotes that were approved once, in the database
	doubled   int             // … more than once
}

// request is a quote that waits.
type request struct {
	rep, manager emulator.Person
	card         string         // the rep's
	approve      map[string]any // the manager's click
}

// newDecisions makes the people, and in NetSuite a customer for each quote: quotes for one
// need are another matter.
func (p *place) newDecisions(rate int, duration time.Duration) (*decisions, error) {
	d := &decisions{rate: rate, requests: make([]request, rate*int(duration.Seconds()))}
	if rate == 0 {
		return d, nil
	}
	for i := range askingReps + askedManagers {
		c := colleague{Person: person("Asking", 100_000+i), role: quoting.Rep, manager: person("", 100_000+askingReps+i%askedManagers).ObjectID}
		if i >= askingReps {
			c = colleague{Person: person("Asked", 100_000+i), role: quoting.SalesManager}
		}
		d.people = append(d.people, c)
	}
	for ; p.customers < len(d.requests); p.customers++ {
		if _, err := p.netsuite.AddCustomer(simulator.Customer{Name: customerName(p.customers), Terms: "NET30"}); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// customerName is a word that is like no other's.
func customerName(i int) string {
	const consonants, vowels = "bdfghjklmnprstvwxyzc", "aeiou"
	var name strings.Builder
	for n, syllables := (i+1)*61_803_399%100_000_000, 4; syllables > 0; syllables-- {
		name.WriteByte(consonants[n/5_000_000])
		name.WriteByte(vowels[n/1_000_000%5])
		n = n % 1_000_000 * 100
	}
	return strings.ToUpper(name.String()[:1]) + name.String()[1:]
}

// prepare has the reps make their quotes and submit them, side by side.
func (d *decisions) prepare(ctx context.Context, teams *emulator.Emulator) error {
	if len(d.requests) == 0 {
		return nil
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, time.Second*time.Duration(60+len(d.requests)))
	defer cancel()
	for _, manager := range d.people[askingReps:] {
		if err := teams.Install(ctx, manager.Person); err != nil {
			return err
		}
	}
	all, ctx := errgroup.WithContext(ctx)
	for rep := range askingReps {
		all.Go(func() error {
			for i := rep; i < len(d.requests); i += askingReps {
				if err := d.submit(ctx, teams, i); err != nil {
					return fmt.Errorf("quote for %s: %w", customerName(i), err)
				}
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%d quotes wait for a manager after %s …\n", len(d.requests), time.Since(began).Round(time.Second))
	return nil
}

// submit brings a quote to its manager: with 60 to 79 users it is between 50,000 and
// 100,000 dollars, which nobody else decides on.
func (d *decisions) submit(ctx context.Context, teams *emulator.Emulator, i int) error {
	rep := i % askingReps
	r := request{rep: d.people[rep].Person, manager: d.people[askingReps+rep%askedManagers].Person}
	status, err := teams.Say(ctx, r.rep, fmt.Sprintf("quote %d radios for 3 sites in construction for %s", 60+i%20, customerName(i)))
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("answered %d", status)
	}
	shows := func(texts ...string) func(emulator.Message) bool {
		return func(m emulator.Message) bool {
			for _, text := range append(texts, customerName(i)) {
				if !bytes.Contains(m.Card, []byte(text)) {
					return false
				}
			}
			return true
		}
	}
	draft, err := teams.WaitFor(ctx, r.rep, shows("Verified with NetSuite", `"verb":"submit"`))
	if err != nil {
		return err
	}
	if _, err := teams.Click(ctx, r.rep, draft.ID, "submit", nil); err != nil {
		return err
	}
	asked, err := teams.WaitFor(ctx, r.manager, shows(`"verb":"approve"`))
	if err != nil {
		return err
	}
	r.card = draft.ID
	r.approve, err = teams.Press(r.manager, asked.ID, "approve", nil)
	d.requests[i] = r
	return err
}

// decide clicks at the rate and returns when everything has its answer.
func (d *decisions) decide(ctx context.Context, teams *emulator.Emulator) {
	if len(d.requests) == 0 {
		return
	}
	var all sync.WaitGroup
	defer all.Wait()
	tick := time.NewTicker(time.Second / time.Duration(d.rate))
	defer tick.Stop()
	for i, r := range d.requests {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		clicks := 1
		if i%doubleClick == 0 {
			clicks = 2
		}
		for range clicks {
			all.Go(func() { d.click(ctx, teams, r) })
		}
		all.Go(func() { d.see(ctx, teams, r) })
	}
}

const approvedBy = "Approved by"

// click decides, by an activity of its own.
func (d *decisions) click(ctx context.Context, teams *emulator.Emulator, r request) {
	approve := teams.Renew(r.approve)
	began := time.Now()
	response, err := teams.Send(ctx, approve)
	took := time.Since(began)
	var answer struct {
		StatusCode int             `json:"statusCode"`
		Value      json.RawMessage `json:"value"`
	}
	if err == nil {
		err = json.Unmarshal(response.Body, &answer)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answered = append(d.answered, took)
	switch {
	case err != nil || response.Status != http.StatusOK || answer.StatusCode >= http.StatusInternalServerError:
		d.errors++
	case answer.StatusCode == http.StatusOK && bytes.Contains(answer.Value, []byte(approvedBy)):
		d.approved++
	default:
		d.refused++
	}
}

// see waits until the rep's card says that the quote is approved.
func (d *decisions) see(ctx context.Context, teams *emulator.Emulator, r request) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	began := time.Now()
	_, err := teams.WaitFor(ctx, r.rep, func(m emulator.Message) bool { return m.ID == r.card && bytes.Contains(m.Card, []byte(approvedBy)) })
	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil {
		d.shown = append(d.shown, time.Since(began))
	}
}

// audit counts what the database says of the quotes.
func (d *decisions) audit(ctx context.Context, p *place) (err error) {
	const approvals = `
		SELECT count(*)
		FROM quotes q
		CROSS JOIN LATERAL (
			SELECT (SELECT count(*) FROM decisions WHERE quote_id = q.id AND action = 'approve') AS decisions,
			       (SELECT count(*) FROM approval_steps WHERE quote_id = q.id) AS steps,
			       (SELECT count(*) FROM audit_events WHERE quote_id = q.id AND kind = 'quote_approved') AS events) n
		WHERE `
	if d.approvals, err = p.count(ctx, approvals+`(n.decisions, n.steps, n.events) = (1, 1, 1)`); err != nil {
		return err
	}
	d.doubled, err = p.count(ctx, approvals+`greatest(n.decisions, n.steps, n.events) > 1`)
	return err
}
