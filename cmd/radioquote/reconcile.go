package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"
)

// reconcileCommand compares everything with NetSuite.
type reconcileCommand struct{ deskFlags }

// Run prints what has drifted; exit 1 where something has.
func (c *reconcileCommand) Run(ctx context.Context, s streams) error {
	d, closeAll, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer closeAll()
	r, err := d.Reconcile(ctx, "command")
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, drift := range r.Drifts {
		_, _ = fmt.Fprintf(t, "%s\t%s\tours %s\tNetSuite %s\n", drift.Kind, drift.Subject, drift.Ours, drift.Theirs)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(s.out, "%d rows and %d Estimates compared, %d prices asked of NetSuite's engine, %s.\n", r.Prices, r.Estimates, r.Sampled, r.Took.Round(time.Millisecond))
	if len(r.Drifts) > 0 {
		return &noError{fmt.Sprintf("%d things have drifted", len(r.Drifts))}
	}
	return nil
}
