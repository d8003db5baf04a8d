package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// demoSlow is how much longer NetSuite takes to answer while it is slow in the demo.
const demoSlow = 3 * time.Second

// demoWait is how much business time /demo wait lets pass: three days of it.
const demoWait = 30 * time.Hour

// demoSwitch is something that a person makes happen in the demo.
type demoSwitch struct {
	name, does string
	turn       func(*demo, context.Context) (string, error)
}

// demoSwitches are what may follow /demo on the page.
var demoSwitches = []demoSwitch{
	{"netsuite-down", "NetSuite stops answering", func(d *demo, _ context.Context) (string, error) {
		d.netsuite.Drop(true)
		return "NetSuite does not answer any more. Quotes still come, and say that they are not verified.", nil
	}},
	{"netsuite-up", "NetSuite answers again", func(d *demo, _ context.Context) (string, error) {
		d.netsuite.Drop(false)
		return "NetSuite answers again. What waited for it is verified and written by itself.", nil
	}},
	{"slow", "NetSuite takes three seconds longer", func(d *demo, _ context.Context) (string, error) {
		d.netsuite.Slow(demoSlow)
		return "NetSuite takes three seconds longer for every answer. Quotes come as fast as before.", nil
	}},
	{"fast", "NetSuite is as fast as at the start", func(d *demo, _ context.Context) (string, error) {
		d.netsuite.Slow(0)
		return "NetSuite is as fast as at the start.", nil
	}},
	{"price-spike", "three prices move too far", (*demo).spike},
	{"lie", "NetSuite's live prices are 5 % above its price list", func(d *demo, _ context.Context) (string, error) {
		d.netsuite.Lie(true)
		return "NetSuite asks 5 % more than its price list says. The next quote's live check shows it.", nil
	}},
	{"truth", "NetSuite's live prices are those of its price list", func(d *demo, _ context.Context) (string, error) {
		d.netsuite.Lie(false)
		return "NetSuite asks what its price list says.", nil
	}},
	{"wait", "what waits for approval waits three business days longer", (*demo).wait},
}

// turn turns the switch that a command names: "/demo slow". Anything else lists them.
func (d *demo) turn(ctx context.Context, command string) (string, error) {
	select {
	case <-d.ready:
	default:
		return "The demo is still starting. Try again in a moment.", nil
	}
	name := strings.ToLower(strings.TrimSpace(strings.TrimPrefix(command, "/demo")))
	var list strings.Builder
	list.WriteString("What you can make happen:")
	for _, s := range demoSwitches {
		if s.name == name {
			return s.turn(d, ctx)
		}
		fmt.Fprintf(&list, "\n/demo %s: %s", s.name, s.does)
	}
	return list.String(), nil
}

// spike moves prices in NetSuite and reads them at once, so that the admin is asked.
func (d *demo) spike(ctx context.Context) (string, error) {
	names, err := d.netsuite.Spike()
	if err != nil {
		return "", err
	}
	if _, err := d.service.desk.Sync(ctx, "demo"); err != nil {
		return "", err
	}
	if err := d.service.desk.RefreshBook(ctx); err != nil {
		return "", err
	}
	return "In NetSuite the prices of " + strings.Join(names, ", ") + " have moved too far. They are held, and Ada Admin is asked; quotes go on at the last good ones.", nil
}

// wait makes what waits for approval older, and looks at its clocks for every hour that has
// passed by that: whoever was asked is reminded, and then the next level is asked as well,
// whatever time it is here.
func (d *demo) wait(ctx context.Context) (string, error) {
	now := time.Now()
	calendar := d.service.desk.Policy.CalendarOf("")
	from := now
	for calendar.Between(from, now) < demoWait {
		from = from.Add(-24 * time.Hour)
	}
	if err := d.age(ctx, now.Sub(from)); err != nil {
		return "", err
	}
	for at := from; at.Before(now); at = at.Add(time.Hour) {
		if !calendar.Open(at) {
			continue
		}
		if err := d.service.desk.ClocksAsOf(ctx, at); err != nil {
			return "", err
		}
	}
	return "Three business days have passed for what waits for approval. Whoever was asked is reminded, and the next level is asked as well.", nil
}

// age moves back when what waits for approval was submitted, asked for and reminded of. Only
// the demo's superuser may.
func (d *demo) age(ctx context.Context, by time.Duration) error {
	conn, err := pgx.Connect(ctx, d.database.SuperURL)
	if err != nil {
		return fmt.Errorf("let time pass: %w", err)
	}
	defer func() { _ = conn.Close(background()) }() // nothing is left to be lost
	_, err = conn.Exec(ctx, `
		WITH waiting AS (
			UPDATE quote_versions
			SET submitted_at = submitted_at - $1::interval
			WHERE state = 'pending'
			RETURNING quote_id, version
		), asked AS (
			UPDATE approval_requests r
			SET asked_at = r.asked_at - $1::interval
			FROM waiting w
			WHERE r.quote_id = w.quote_id
			  AND r.version = w.version
		)
		UPDATE nudges n
		SET at = n.at - $1::interval
		FROM waiting w
		WHERE n.quote_id = w.quote_id
		  AND n.version = w.version`, by)
	if err != nil {
		return fmt.Errorf("let time pass: %w", err)
	}
	return nil
}
