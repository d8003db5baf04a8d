package desk

import (
	"context"
	"fmt"
	"time"

	"radioquote/quoting"
	"radioquote/store"
)

// The active policy lives in the database. A process reads it when it starts and keeps it: a
// quote is made, judged and approved by one policy, and what is confirmed meanwhile is in
// force from the next start.

// PolicyInForce is the policy that a process that starts now works by: what was confirmed
// last, else what is in force, else that of the file, which the first start takes as it is.
// Where the one in force does not fit this program, an older one's text, the file's is taken,
// and recorded.
func PolicyInForce(ctx context.Context, db *store.DB, file *quoting.Policy, now time.Time) (*quoting.Policy, error) {
	var policy *quoting.Policy
	err := db.InTx(ctx, store.Job, func(tx *store.Tx) (err error) {
		if err := tx.LockAdministration(ctx); err != nil {
			return err
		}
		in, found, err := tx.PolicyInForce(ctx)
		if err != nil {
			return err
		}
		if !found {
			policy = file
			return takePolicy(ctx, tx, file, store.Proposal{}, now, "first")
		}
		if policy, err = takeConfirmed(ctx, tx, now); err != nil || policy != nil {
			return err
		}
		if policy, err = quoting.ParsePolicy([]byte(in.Text)); err == nil {
			return nil
		}
		policy = file
		return takePolicy(ctx, tx, file, store.Proposal{}, now, "the one before does not fit this program")
	})
	if err != nil {
		return nil, fmt.Errorf("policy in force: %w", err)
	}
	return policy, nil
}

// takeConfirmed puts the policy in force that was confirmed last. Nil: there is none.
func takeConfirmed(ctx context.Context, tx *store.Tx, now time.Time) (*quoting.Policy, error) {
	confirmed, err := tx.ConfirmedPolicies(ctx)
	if err != nil {
		return nil, err
	}
	var taken *quoting.Policy
	for _, p := range confirmed {
		if err := tx.MarkApplied(ctx, p.ID, now); err != nil {
			return nil, err
		}
		if taken != nil {
			continue // another was confirmed after it
		}
		policy, problem := quoting.ParsePolicy([]byte(p.Policy))
		if problem != nil { // another program proposed it
			event := store.Event{At: now, Kind: "policy_refused", Policy: p.Hash, Correlation: "start", Data: map[string]any{"proposal": p.ID, "why": problem.Error()}}
			if err := tx.Record(ctx, event); err != nil {
				return nil, err
			}
			continue
		}
		if err := takePolicy(ctx, tx, policy, p, now, "confirmed"); err != nil {
			return nil, err
		}
		taken = policy
	}
	return taken, nil
}

// takePolicy puts a policy in force, and records why.
func takePolicy(ctx context.Context, tx *store.Tx, policy *quoting.Policy, p store.Proposal, now time.Time, why string) error {
	if err := tx.TakePolicy(ctx, policy, now); err != nil {
		return err
	}
	if err := tx.PutInForce(ctx, policy.Version, p.ByRow, p.DecidedRow, now); err != nil {
		return err
	}
	data := map[string]any{"why": why}
	if p.ID != 0 {
		data["proposal"], data["proposed_by"], data["confirmed_by"] = p.ID, p.ByRow, p.DecidedRow
	}
	return tx.Record(ctx, store.Event{At: now, Kind: "policy_taken", Policy: policy.Version, Correlation: "start", Data: data})
}

// CurrentPolicy is the policy in force, for a command that only reads: that of the file where
// no service has started yet, or where the one in force does not fit this program.
func CurrentPolicy(ctx context.Context, db *store.DB, file *quoting.Policy) (*quoting.Policy, error) {
	policy := file
	err := db.InReadTx(ctx, store.Job, func(tx *store.Tx) error {
		in, found, err := tx.PolicyInForce(ctx)
		if err != nil || !found {
			return err
		}
		if parsed, err := quoting.ParsePolicy([]byte(in.Text)); err == nil {
			policy = parsed
		}
		return nil
	})
	return policy, err
}

// takePolicyFile notes the policy that the configuration has, and proposes a changed one.
// Where no policy is in force yet, this desk's is.
func (d *Desk) takePolicyFile(ctx context.Context, tx *store.Tx) error {
	_, found, err := tx.PolicyInForce(ctx)
	if err != nil {
		return err
	}
	if !found {
		if err := takePolicy(ctx, tx, d.Policy, store.Proposal{}, d.Now(), "first"); err != nil {
			return err
		}
	}
	file := d.PolicyFile
	if file == nil {
		return nil
	}
	before, err := tx.FileSeen(ctx, quoting.PolicyProposal, file.Version, d.Now())
	if err != nil || before == file.Version {
		return err
	}
	return d.proposeFile(ctx, tx, quoting.PolicyOfFile(file))
}
