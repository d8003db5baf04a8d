package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	vegeta "github.com/tsenart/vegeta/v12/lib"

	"radioquote/bot/emulator"
	"radioquote/quoting"
)

// result is what a run came to.
type result struct {
	messages       int
	perSecond      float64 // cards, from the first message to the last card
	ack50, ack99   time.Duration
	card50, card99 time.Duration
	cardMax        time.Duration
	errors         int // messages that were not taken
	lost           int // messages without a card
	doubled        int // cards or quotes too many
	disorder       int // cards before an earlier one of their chat
	memory         int64
	decided        *decisions
}

// chats times the messages of each chat until their cards.
type chats struct {
	mu       sync.Mutex
	others   map[string]bool        // chats that are not timed
	waiting  map[string][]time.Time // sent, oldest first
	last     map[string]int         // number of the last quote shown
	seen     map[int]bool           // quotes shown
	took     []time.Duration
	doubled  int
	disorder int
	lastCard time.Time
}

var quoteNumber = regexp.MustCompile(`Q-(\d+)`)

// sent notes that a message is being sent.
func (c *chats) sent(chat string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting[chat] = append(c.waiting[chat], time.Now())
}

// card notes that a card has reached the connector.
func (c *chats) card(m emulator.Message) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if !m.Edited.IsZero() || c.others[m.Conversation] {
		return
	}
	found := quoteNumber.FindStringSubmatch(m.Summary)
	if found == nil {
		return // says that the message was not taken
	}
	number, _ := strconv.Atoi(found[1]) // digits
	waiting := c.waiting[m.Conversation]
	if len(waiting) == 0 || c.seen[number] {
		c.doubled++
		return
	}
	if number < c.last[m.Conversation] {
		c.disorder++
	}
	c.seen[number], c.last[m.Conversation] = true, number
	c.took = append(c.took, now.Sub(waiting[0]))
	c.waiting[m.Conversation] = waiting[1:]
	c.lastCard = now
}

func (c *chats) open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, waiting := range c.waiting {
		n += len(waiting)
	}
	return n
}

// message is a signed activity, ready to be posted.
type message struct {
	chat   string
	body   []byte
	header http.Header
}

// prepare signs messages of the people, in turn, a token each.
func prepare(teams *emulator.Emulator, people []emulator.Person, n int) ([]message, error) {
	messages := make([]message, n)
	for i := range messages {
		p := people[i%len(people)]
		// Each rep has a customer of their own: quotes for one need are another matter.
		rep := i % len(people)
		text := fmt.Sprintf("quote %d radios for 3 sites in construction for Zentra %c%c Works", 30+i%40, 'A'+rep/26, 'a'+rep%26)
		body, err := json.Marshal(teams.Activity(p, text))
		if err != nil {
			return nil, err
		}
		token, err := teams.Token(nil)
		if err != nil {
			return nil, err
		}
		messages[i] = message{teams.ChatID(p), body, http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}}}
	}
	return messages, nil
}

// fastest bounds how many messages are signed for a run as fast as it goes, a second.
const fastest = 500

func person(name string, i int) emulator.Person {
	return emulator.Person{Name: name + strconv.Itoa(i), ObjectID: fmt.Sprintf("00000000-0000-4000-8000-%012d", i+1), UserID: "29:" + strconv.Itoa(i)}
}

func (p *place) run(ctx context.Context, l load, duration time.Duration) (result, error) {
	d, err := p.newDecisions(l.decisions, duration)
	if err != nil {
		return result{}, err
	}
	people := make([]emulator.Person, l.people)
	everybody := slices.Clone(d.people)
	for i := range people {
		people[i] = person("Rep", i)
		everybody = append(everybody, colleague{Person: people[i], role: quoting.Rep})
	}
	c := &chats{others: map[string]bool{}, waiting: map[string][]time.Time{}, last: map[string]int{}, seen: map[int]bool{}}
	teams, err := emulator.Start(emulator.Config{
		AppID: app, AppSecret: "secret", TenantID: tenant, People: people, Unlimited: l.limits == raised, OnMessage: c.card,
	})
	if err != nil {
		return result{}, err
	}
	defer teams.Close() //nolint:errcheck // the run is over
	for _, other := range d.people {
		c.others[teams.ChatID(other.Person)] = true
		if err := teams.AddPerson(other.Person); err != nil {
			return result{}, err
		}
	}
	s, err := p.serve(ctx, teams, everybody, l.limits)
	if err != nil {
		return result{}, err
	}
	teams.SetBotURL(s.webhook)
	if err := d.prepare(ctx, teams); err != nil {
		return result{}, err
	}
	pace := vegeta.Pacer(vegeta.Rate{Freq: l.rate, Per: time.Second})
	n := l.rate * int(duration.Seconds())
	workers := []func(*vegeta.Attacker){vegeta.Timeout(30 * time.Second), vegeta.KeepAlive(true)}
	if l.rate == 0 {
		n = fastest * int(duration.Seconds())
		pace = vegeta.Rate{}
		workers = append(workers, vegeta.Workers(8), vegeta.MaxWorkers(8))
	}
	messages, err := prepare(teams, people, n)
	if err != nil {
		return result{}, err
	}
	var next sync.Mutex
	i := 0
	target := func(t *vegeta.Target) error {
		next.Lock()
		defer next.Unlock()
		if i == len(messages) {
			return vegeta.ErrNoTargets
		}
		m := messages[i]
		i++
		c.sent(m.chat)
		*t = vegeta.Target{Method: http.MethodPost, URL: s.webhook, Body: m.body, Header: m.header}
		return nil
	}
	started := time.Now()
	var deciding sync.WaitGroup
	deciding.Go(func() { d.decide(ctx, teams) })
	var acks vegeta.Metrics
	var acked []time.Duration
	for r := range vegeta.NewAttacker(workers...).Attack(target, pace, duration, "load") {
		acks.Add(r)
		acked = append(acked, r.Latency)
	}
	acks.Close()
	deciding.Wait()
	if err := c.settle(ctx); err != nil {
		return result{}, err
	}
	r := result{decided: d, messages: i, ack50: quantile(acked, 0.5), ack99: quantile(acked, 0.99), lost: c.open(), doubled: c.doubled, disorder: c.disorder}
	for code, n := range acks.StatusCodes {
		if code != "200" && code != "202" {
			r.errors += n
		}
	}
	c.mu.Lock()
	r.card50, r.card99, r.cardMax = quantile(c.took, 0.5), quantile(c.took, 0.99), quantile(c.took, 1)
	r.perSecond = float64(len(c.took)) / c.lastCard.Sub(started).Seconds()
	c.mu.Unlock()
	quotes, err := p.count(ctx, `SELECT count(*) FROM quotes`)
	if err != nil {
		return r, err
	}
	r.doubled += max(quotes-i-len(d.requests), 0)
	if err := d.audit(ctx, p); err != nil {
		return r, err
	}
	r.memory, err = s.stop()
	return r, err
}

// settle waits until every message has its card, or none has come for a while.
func (c *chats) settle(ctx context.Context) error {
	for open, quiet := c.open(), 0; open > 0 && quiet < 100; {
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
		now := c.open()
		if quiet++; now < open {
			open, quiet = now, 0
		}
	}
	return nil
}

func (p *place) count(ctx context.Context, query string) (n int, err error) {
	conn, err := pgx.Connect(ctx, p.database.SuperURL)
	if err != nil {
		return 0, err
	}
	err = conn.QueryRow(ctx, query).Scan(&n)
	return n, errors.Join(err, conn.Close(ctx))
}

func quantile(d []time.Duration, q float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(d))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
