package desk

import (
	"context"
	"fmt"
	"time"

	"radioquote/quoting"
	"radioquote/store"
)

// policyChange is a change of the policy that is so young that its authors decide on no quote
// that it favours.
type policyChange struct {
	before  *quoting.Policy // nil: it may favour any quote
	authors []quoting.PersonID
	until   time.Time
}

// loadPolicyChange looks for one. A policy from before that cannot be read any more favours
// everything: its change may have been any.
func (d *Desk) loadPolicyChange(ctx context.Context) error {
	lasts := time.Duration(d.Policy.PolicyFavoursHours) * time.Hour
	return d.DB.InReadTx(ctx, store.Job, func(tx *store.Tx) error {
		change, found, err := tx.PolicyChangeSince(ctx, d.Now().Add(-lasts))
		if err != nil || !found || len(change.Authors) == 0 {
			return err
		}
		before, err := quoting.ParsePolicy([]byte(change.Before))
		if err != nil {
			d.logFailure("policy before the change", "start", fmt.Errorf("it counts as favouring every quote: %w", err))
			before = nil
		} else if quoting.FavoursAny(before, d.Policy) {
			before = nil
		}
		d.changed = &policyChange{before: before, authors: change.Authors, until: change.Since.Add(lasts)}
		return nil
	})
}

// barred are who may not decide on a version although they have no part in it.
func (d *Desk) barred(v quoting.Version, at time.Time) []quoting.PersonID {
	c := d.changed
	if c == nil || at.After(c.until) || c.before != nil && !quoting.Favours(c.before, d.Policy, v) {
		return nil
	}
	return c.authors
}
