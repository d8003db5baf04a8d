package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"radioquote/quoting"
	"radioquote/quoting/desk"
	"radioquote/store"
)

// evidenceCommand writes everything that is kept of one quote.
type evidenceCommand struct {
	Quote  string `arg:"" help:"The quote's number, such as Q-1042."`
	Output string `placeholder:"FILE" help:"Where to write it; default Q-1042-evidence.json by the quote's number."`

	databaseFlags
}

// Run writes the file and names what does not hold; exit 1 where something does not.
func (c *evidenceCommand) Run(ctx context.Context, s streams) error {
	id, err := quoting.ParseQuoteID(c.Quote)
	if err != nil {
		return &usageError{err}
	}
	db, err := store.Open(ctx, string(c.DatabaseURL))
	if err != nil {
		return err
	}
	defer db.Close()
	pack, text, err := desk.PackEvidence(ctx, db, id, time.Now(), "command-"+rand.Text())
	if err != nil {
		return err
	}
	if c.Output == "" {
		c.Output = id.String() + "-evidence.json"
	}
	if err := os.WriteFile(c.Output, text, 0o600); err != nil {
		return fmt.Errorf("write the evidence: %w", err)
	}
	for _, problem := range pack.Problems {
		_, _ = fmt.Fprintln(s.out, problem)
	}
	_, _ = fmt.Fprintf(s.out, "%s: %s, %d versions, %d bytes.\n", c.Output, id, len(pack.Versions), len(text))
	if len(pack.Problems) > 0 {
		return &noError{fmt.Sprintf("%s: %d things do not hold", id, len(pack.Problems))}
	}
	return nil
}
