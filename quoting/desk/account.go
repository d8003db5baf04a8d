package desk

import (
	"context"
	"fmt"

	"radioquote/quoting"
	"radioquote/store"
)

// capabilities are what the NetSuite account is known to do; the zero value until it was
// probed.
func (d *Desk) capabilities() quoting.Capabilities {
	if c := d.account.Load(); c != nil {
		return *c
	}
	return quoting.Capabilities{}
}

// Probe tries what the service needs of the NetSuite account, stores nothing there, and
// remembers what was found out.
func (d *Desk) Probe(ctx context.Context) ([]quoting.Probe, error) {
	probes, found := d.NetSuite.Probe(ctx)
	if found.At.IsZero() {
		return probes, nil // NetSuite did not answer: what was known before holds
	}
	found.At = d.Now()
	err := d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error { return tx.SaveProbes(ctx, found, probes) })
	if err != nil {
		return probes, fmt.Errorf("probe the NetSuite account: %w", err)
	}
	d.account.Store(&found)
	return probes, nil
}

// loadAccount takes what was found out at an earlier time, by this process or another.
func (d *Desk) loadAccount(ctx context.Context) error {
	err := d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		found, err := tx.Capabilities(ctx)
		if err == nil {
			d.account.Store(&found)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("load the account: %w", err)
	}
	return nil
}
