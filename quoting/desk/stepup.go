package desk

import (
	"context"
	"crypto/rand"
	"time"

	"radioquote/quoting"
	"radioquote/store"
)

// A large decision, a delegation and a change of policy are proved by a sign-in. The click
// leaves what is to be done; the page of the sign-in comes back with the proof, and the same
// click is judged once more, from the state at that time.

// errNoSignIn is for a dealer whose policy wants a sign-in and who has none.
var errNoSignIn = quoting.Errorf(quoting.Conflict, "This has to be proved by a sign-in, and none is set up here, so nothing is decided. An admin connects Entra, or sets method: second_approver under step_up in the policy.")

// stepUp leaves what a person wants decided until it has been proved, and where to prove it.
func (t *turn) stepUp(ctx context.Context, v quoting.Version, cmd quoting.Command) error {
	if t.SignInURL == "" {
		return errNoSignIn
	}
	s := store.StepUp{
		ID: rand.Text(), Person: t.Person.RowID, Purpose: purposeOf(cmd.Intent), Quote: v.Quote, Version: v.Number, Command: cmd,
		CreatedAt: t.arrival.At, ExpiresAt: t.arrival.At.Add(t.Policy.StepUp.Lives),
	}
	if err := t.tx.NewStepUp(ctx, s); err != nil {
		return err
	}
	t.signIn = t.SignInURL + "/step-up/" + s.ID
	return t.tx.Record(ctx, t.event("step_up_asked", v, map[string]any{"purpose": s.Purpose}))
}

func purposeOf(intent quoting.Intent) string {
	switch intent {
	case quoting.Delegate:
		return "delegation"
	case quoting.ConfirmProposal:
		return "policy"
	default:
		return "decision"
	}
}

// SignIn is a proof that is asked for, as its page shows it: no name and no price.
type SignIn struct {
	ID      string
	Purpose string // decision, delegation, policy
	Quote   quoting.QuoteID
	Version int
	Person  quoting.PersonID // who has to sign in
	Nonce   string
	Used    bool
	Expired bool
}

// SignIn reads a proof that is asked for. The error is of kind NotFound where there is none.
func (d *Desk) SignIn(ctx context.Context, id string) (SignIn, error) {
	var s store.StepUp
	err := d.DB.InTx(ctx, store.Job, func(tx *store.Tx) (err error) {
		s, err = tx.StepUp(ctx, id)
		return err
	})
	return d.signInOf(s), err
}

func (d *Desk) signInOf(s store.StepUp) SignIn {
	return SignIn{
		ID: s.ID, Purpose: s.Purpose, Quote: s.Quote, Version: s.Version, Person: s.PersonID, Nonce: s.Nonce,
		Used: !s.UsedAt.IsZero(), Expired: d.Now().After(s.ExpiresAt),
	}
}

// BeginSignIn binds a proof that is asked for to one round of signing in, in one browser. A
// round that was begun before ends by it.
func (d *Desk) BeginSignIn(ctx context.Context, id, state, nonce, verifier, browser string) error {
	return d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		s, err := tx.StepUp(ctx, id)
		if err != nil {
			return err
		}
		if err := d.openSignIn(s); err != nil {
			return err
		}
		return tx.BeginStepUp(ctx, id, state, nonce, verifier, browser)
	})
}

func (d *Desk) openSignIn(s store.StepUp) error {
	switch {
	case !s.UsedAt.IsZero():
		return quoting.Errorf(quoting.Conflict, "This sign-in has been used. Go back to Teams: the card shows what became of it.")
	case d.Now().After(s.ExpiresAt):
		return quoting.Errorf(quoting.Conflict, "This sign-in has expired. Go back to Teams and press the button again.")
	}
	return nil
}

// ReturnSignIn finds the proof that a round of signing in belongs to, in the browser that
// began it, and ends the round: the same answer of the identity provider is good once.
func (d *Desk) ReturnSignIn(ctx context.Context, state, browser string) (s SignIn, verifier string, err error) {
	err = d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		found, err := tx.StepUpByState(ctx, state)
		if err != nil {
			return err
		}
		if err := d.openSignIn(found); err != nil {
			return err
		}
		if found.Browser == "" || found.Browser != browser {
			return quoting.Errorf(quoting.Forbidden, "This sign-in was begun in another browser. Go back to Teams and press the button again.")
		}
		s, verifier = d.signInOf(found), found.Verifier
		return tx.EndStepUpRound(ctx, found.ID)
	})
	return s, verifier, err
}

// RefuseSignIn records why a proof did not hold. Nothing was decided.
func (d *Desk) RefuseSignIn(ctx context.Context, s SignIn, reason, correlation string) error {
	d.metrics.stepUps.WithLabelValues(reason).Inc()
	return d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		found, err := tx.StepUp(ctx, s.ID)
		if err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{
			At: d.Now(), Kind: "step_up_refused", Actor: found.Person, Quote: s.Quote, Version: s.Version, Correlation: correlation, Data: map[string]any{"reason": reason},
		})
	})
}

// Prove does what was left until it was proved, once. What stands against it by now is an
// error with a sentence, or the banner of the view.
func (d *Desk) Prove(ctx context.Context, s SignIn, signedIn time.Time, correlation string) (Content, error) {
	if err := d.rereadRoles(ctx, s.Person, correlation); err != nil {
		return Content{}, err
	}
	if s.Purpose == "decision" {
		d.checkBefore(ctx, quoting.Click{Quote: s.Quote, Version: s.Version})
	}
	var content Content
	err := d.DB.InTx(ctx, store.Service, func(tx *store.Tx) error {
		person, err := tx.As(ctx, s.Person)
		if err != nil {
			return err
		}
		found, err := tx.UseStepUp(ctx, s.ID, d.Now())
		if err != nil {
			return err
		}
		t, err := d.turnOf(ctx, tx, person, Arrival{Person: s.Person, At: d.Now(), Correlation: correlation, Activity: "step-up " + s.ID})
		if err != nil {
			return err
		}
		t.proved = true
		event := store.Event{
			At: d.Now(), Kind: "step_up_passed", Actor: person.RowID, Quote: s.Quote, Version: s.Version, Correlation: correlation, Data: map[string]any{"purpose": s.Purpose, "auth_time": signedIn.UTC()},
		}
		if err := tx.Record(ctx, event); err != nil {
			return err
		}
		if content, err = t.click(ctx, found.Command); err != nil {
			return err
		}
		return tx.Enqueue(ctx, t.jobs...)
	})
	if err == nil {
		d.metrics.stepUps.WithLabelValues("passed").Inc()
	}
	return content, err
}
