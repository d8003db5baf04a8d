package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"radioquote/quoting"
	"radioquote/quoting/desk"
	"radioquote/store"
)

// policyCommand tries a changed policy before it is taken, and proposes it.
type policyCommand struct {
	Diff    policyDiffCommand    `cmd:"" help:"What FILE changes in the policy in force."`
	Replay  policyReplayCommand  `cmd:"" help:"What FILE would have done to the quotes of the last 12 months."`
	Propose policyProposeCommand `cmd:"" help:"Propose FILE instead of the policy in force; another admin confirms it in Teams, and the next start takes it."`
}

// policyDiffCommand compares a file with the policy in force.
type policyDiffCommand struct {
	File        string     `arg:"" placeholder:"FILE" help:"The changed policy."`
	DatabaseURL secretText `name:"database-url" env:"RADIOQUOTE_DATABASE_URL" placeholder:"URL" help:"Postgres, which has the policy in force; without it, that of the configuration counts."`

	policyFlags
}

// Run prints a line for each field that differs.
func (c *policyDiffCommand) Run(ctx context.Context, s streams) error {
	changed, err := readPolicy(c.File)
	if err != nil {
		return err
	}
	now, err := c.policy()
	if err != nil {
		return err
	}
	if c.DatabaseURL != "" {
		var db *store.DB
		if db, now, err = (databaseFlags{c.DatabaseURL}).inForce(ctx, now); err != nil {
			return err
		}
		defer db.Close()
	}
	changes, err := quoting.DiffPolicies(now, changed)
	if err != nil {
		return &usageError{err}
	}
	for _, change := range changes {
		_, _ = fmt.Fprintln(s.out, change)
	}
	_, _ = fmt.Fprintf(s.out, "%d fields differ; policy %s → %s.\n", len(changes), now.Version, changed.Version)
	return nil
}

// policyReplayCommand tries a file on past quotes.
type policyReplayCommand struct {
	File string `arg:"" placeholder:"FILE" help:"The changed policy."`

	databaseFlags
	policyFlags
}

// Run prints how approvals would have come out.
func (c *policyReplayCommand) Run(ctx context.Context, s streams) error {
	changed, err := readPolicy(c.File)
	if err != nil {
		return err
	}
	now, err := c.policy()
	if err != nil {
		return err
	}
	db, now, err := c.inForce(ctx, now)
	if err != nil {
		return err
	}
	defer db.Close()
	r, err := desk.Replay(ctx, db, now, changed, time.Now())
	if err != nil {
		return err
	}
	for _, example := range r.Examples {
		_, _ = fmt.Fprintln(s.out, example)
	}
	_, _ = fmt.Fprintf(s.out, "%d quotes of the last 12 months: %d would have needed more people, %d fewer; %d that were won without anybody would have waited.\n",
		r.Quotes, r.More, r.Fewer, r.Delayed)
	return nil
}

// policyProposeCommand proposes a changed policy.
type policyProposeCommand struct {
	File string `arg:"" placeholder:"FILE" help:"The changed policy."`

	proposerFlags
}

// Run prints what the proposal would change.
func (c *policyProposeCommand) Run(ctx context.Context, s streams) error {
	changed, err := readPolicy(c.File)
	if err != nil {
		return err
	}
	d, closeAll, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer closeAll()
	made, err := d.ProposePolicy(ctx, c.person(c.As), changed, "command")
	if err != nil {
		return err
	}
	if err := writeProposed(s.out, made); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, "Once it is confirmed, restart the service: a policy is in force from the next start.")
	return err
}

// readPolicy reads a policy document. The error is a wrong usage that names every line.
func readPolicy(file string) (*quoting.Policy, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, &usageError{err}
	}
	p, err := quoting.ParsePolicy(text)
	if err != nil {
		return nil, &usageError{fmt.Errorf("%s: %w", file, err)}
	}
	return p, nil
}
