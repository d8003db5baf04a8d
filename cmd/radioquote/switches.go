package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// demoSlow is how much longer NetSuite takes to answer while it is slow in the demo.
const demoSlow = 3 * time.Second

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
