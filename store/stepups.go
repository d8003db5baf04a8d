package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

// StepUp is a proof that is asked for before something is done.
type StepUp struct {
	ID        string
	Person    int64 // row
	PersonID  quoting.PersonID
	Purpose   string // decision, delegation, policy
	Quote     quoting.QuoteID
	Version   int
	Command   quoting.Command // what is done then
	State     string          // of the round of signing in; empty: none is going on
	Nonce     string
	Verifier  string
	Browser   string // SHA-256 of its cookie
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    time.Time
}

// NewStepUp writes a proof that is asked for, of the actor.
func (t *Tx) NewStepUp(ctx context.Context, s StepUp) error {
	_, err := t.tx.Exec(ctx, `
		INSERT INTO step_ups (id, person_id, purpose, quote_id, version, command, created_at, expires_at)
		VALUES ($1, $2, $3, nullif($4::bigint, 0), nullif($5::integer, 0), $6, $7, $8)`, s.ID, s.Person, s.Purpose, int64(s.Quote), s.Version, s.Command, s.CreatedAt, s.ExpiresAt)
	return wrap(err, "step-up")
}

const selectStepUp = `
	SELECT s.id, s.person_id, p.tenant, p.object_id, s.purpose, coalesce(s.quote_id, 0), coalesce(s.version, 0), s.command,
	       s.state, s.nonce, s.verifier, s.browser, s.created_at, s.expires_at, s.used_at
	FROM step_ups s
	JOIN people p ON p.id = s.person_id
	WHERE `

func (t *Tx) stepUp(ctx context.Context, condition string, args ...any) (StepUp, error) {
	rows, _ := t.tx.Query(ctx, selectStepUp+condition, args...)
	s, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (StepUp, error) {
		var s StepUp
		var used *time.Time
		err := row.Scan(&s.ID, &s.Person, &s.PersonID.Tenant, &s.PersonID.Object, &s.Purpose, (*int64)(&s.Quote), &s.Version, &s.Command,
			&s.State, &s.Nonce, &s.Verifier, &s.Browser, &s.CreatedAt, &s.ExpiresAt, &used)
		s.UsedAt = moment(used)
		return s, err
	})
	return s, wrap(err, "step-up")
}

// StepUp reads a proof and keeps others from changing it. The error is of kind NotFound.
func (t *Tx) StepUp(ctx context.Context, id string) (StepUp, error) {
	return t.stepUp(ctx, "s.id = $1 FOR UPDATE OF s", id)
}

// StepUpByState reads the proof that a round of signing in is for.
func (t *Tx) StepUpByState(ctx context.Context, state string) (StepUp, error) {
	return t.stepUp(ctx, "s.state = $1 AND s.state <> '' FOR UPDATE OF s", state)
}

// BeginStepUp notes a round of signing in, in one browser.
func (t *Tx) BeginStepUp(ctx context.Context, id, state, nonce, verifier, browser string) error {
	_, err := t.tx.Exec(ctx, `UPDATE step_ups SET state = $2, nonce = $3, verifier = $4, browser = $5 WHERE id = $1`, id, state, nonce, verifier, browser)
	return wrap(err, "begin step-up")
}

// EndStepUpRound ends a round of signing in: its answer is taken once.
func (t *Tx) EndStepUpRound(ctx context.Context, id string) error {
	_, err := t.tx.Exec(ctx, `UPDATE step_ups SET state = '', verifier = '' WHERE id = $1`, id)
	return wrap(err, "end round of step-up")
}

// UseStepUp takes a proof of the actor, once, before it expires. A second time is of kind
// Conflict.
func (t *Tx) UseStepUp(ctx context.Context, id string, at Time) (StepUp, error) {
	s, err := t.StepUp(ctx, id)
	if err != nil {
		return s, err
	}
	if !s.UsedAt.IsZero() || at.After(s.ExpiresAt) {
		return s, quoting.Errorf(quoting.Conflict, "This sign-in has been used, or has expired. Go back to Teams: the card shows how it stands.")
	}
	_, err = t.tx.Exec(ctx, `UPDATE step_ups SET used_at = $2 WHERE id = $1`, id, at)
	return s, wrap(err, "use step-up")
}
