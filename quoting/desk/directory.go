package desk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.uber.org/zap"

	"radioquote/quoting"
	"radioquote/store"
)

// Directory says who has which role, from outside the database. Its errors are
// quoting.Unavailable where it does not answer: nothing is decided then.
type Directory interface {
	// Roles are those that somebody has at this moment; none for somebody who has left.
	Roles(ctx context.Context, id quoting.PersonID) ([]quoting.Role, error)
	// People are all who have a role, with their teams and managers.
	People(ctx context.Context) ([]quoting.Person, error)
	// Away says whether somebody's mail answers by itself, and until when; a zero time: it
	// does not say.
	Away(ctx context.Context, id quoting.PersonID) (until time.Time, away bool, err error)
	// Install puts the app into somebody's Teams. It is quoting.Refused where that is not
	// allowed to us.
	Install(ctx context.Context, id quoting.PersonID) error
}

// decides are the intents before which the person's roles are read again.
var decides = map[quoting.Intent]bool{
	quoting.ApproveQuote: true, quoting.RejectQuote: true, quoting.AskChanges: true, quoting.Reassign: true, quoting.Delegate: true, quoting.ConfirmProposal: true,
}

// rereadWait is how long a person waits for the directory before a decision.
const rereadWait = 2500 * time.Millisecond

// rereadRoles takes the roles that somebody has at this moment, and those of everybody in
// whose place that person may decide. Without an answer nothing is to be decided.
func (d *Desk) rereadRoles(ctx context.Context, id quoting.PersonID, correlation string) error {
	if d.Directory == nil {
		return nil // the database is the directory
	}
	ctx, cancel := context.WithTimeout(ctx, rereadWait)
	defer cancel()
	all := []quoting.PersonID{id}
	err := d.DB.InReadTx(ctx, store.Job, func(tx *store.Tx) error {
		delegators, err := tx.DelegatorsOf(ctx, id, d.Now())
		all = append(all[:1], delegators...)
		return err
	})
	for _, who := range all {
		var roles []quoting.Role
		if err == nil {
			roles, err = d.Directory.Roles(ctx, who)
		}
		if err != nil {
			d.logFailure("read roles before a decision", correlation, err)
			return quoting.Errorf(quoting.Conflict, "I cannot read your roles at the moment, so nothing is decided. Please try again in a minute.")
		}
		if err := d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error { return d.takeRoles(ctx, tx, who, roles, correlation) }); err != nil {
			return err
		}
	}
	return nil
}

// takeRoles gives somebody the roles that the directory says, and records where they differ.
func (d *Desk) takeRoles(ctx context.Context, tx *store.Tx, id quoting.PersonID, roles []quoting.Role, correlation string) error {
	p, err := tx.As(ctx, id)
	switch {
	case errors.Is(err, quoting.NotFound):
		return quoting.Errorf(quoting.Forbidden, "You have no role in Radio Quote yet. Ask your admin to add you.")
	case err != nil:
		return err
	}
	roles = quoting.Exclusive(roles)
	if slices.Equal(p.Roles, roles) {
		return nil
	}
	if err := tx.SetRoles(ctx, p.RowID, roles); err != nil {
		return err
	}
	return tx.Record(ctx, store.Event{
		At: d.Now(), Kind: "roles_changed", Correlation: correlation, Data: map[string]any{"person": p.RowID, "before": p.Roles, "now": roles, "by": "directory"},
	})
}

// syncDirectory takes everybody whom the directory has: who joined, moved and left.
func (d *Desk) syncDirectory(ctx context.Context) error {
	if d.Directory == nil {
		return nil
	}
	people, err := d.Directory.People(ctx)
	if err != nil {
		return fmt.Errorf("read the directory: %w", err)
	}
	return d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		return d.takePeople(ctx, tx, people, "", store.Event{Correlation: "directory", Data: map[string]any{"by": "directory"}})
	})
}

// takePeople makes a directory's people those who may use the service, and records who
// joined, left, moved, or has other roles than before. The hash is that of a file. The event
// says who, in which request and by what.
func (d *Desk) takePeople(ctx context.Context, tx *store.Tx, people []quoting.Person, hash string, by store.Event) error {
	people = slices.Clone(people)
	for i, p := range people {
		people[i].Roles = quoting.Exclusive(p.Roles)
	}
	taken, err := tx.TakeDirectory(ctx, people, hash, d.Now())
	if err != nil {
		return err
	}
	var events []store.Event
	for _, c := range taken.Changes {
		e := store.Event{At: d.Now(), Actor: by.Actor, Correlation: by.Correlation, Activity: by.Activity, Data: maps.Clone(by.Data)}
		e.Data["person"] = c.RowID
		switch c.Kind {
		case quoting.PersonJoined:
			e.Kind = "person_joined"
			e.Data["now"], e.Data["team"] = c.Now.Roles, c.Now.Team
		case quoting.PersonLeft:
			e.Kind = "person_left"
			e.Data["before"] = c.Before.Roles
		case quoting.RolesChanged:
			e.Kind = "roles_changed"
			e.Data["before"], e.Data["now"] = c.Before.Roles, c.Now.Roles
		default:
			e.Kind = "person_moved"
			e.Data["team_before"], e.Data["team"], e.Data["manager_changed"] = c.Before.Team, c.Now.Team, c.Before.Manager != c.Now.Manager
		}
		events = append(events, e)
	}
	if len(events) == 0 {
		return nil
	}
	return tx.Record(ctx, events...)
}

// takeFile takes the directory file that a start has found. The first is taken as it is, and
// so is one that is found while nobody is an admin, since nobody could confirm it. After that
// a changed file is a proposal, once, and the service goes on with the directory that is in
// the database.
func (d *Desk) takeFile(ctx context.Context, tx *store.Tx, people []quoting.Person, hash string) error {
	if hash == "" || d.Directory != nil {
		return nil
	}
	before, err := tx.FileSeen(ctx, quoting.DirectoryProposal, hash, d.Now())
	if err != nil || before == hash {
		return err
	}
	n, known, err := tx.DirectoriesTaken(ctx, hash)
	if err != nil || before == "" && known {
		return err
	}
	admins, err := tx.Holding(ctx, quoting.Admin)
	if err != nil {
		return err
	}
	if n == 0 || len(admins) == 0 {
		if err := d.takePeople(ctx, tx, people, hash, store.Event{Correlation: "start", Data: map[string]any{"by": "file"}}); err != nil {
			return err
		}
		d.Log.Info("directory taken as it is", zap.String("hash", hash), zap.Int("people", len(people)), zap.Bool("first", n == 0))
		return tx.Record(ctx, store.Event{
			At: d.Now(), Kind: "directory_taken", Policy: d.Policy.Version, Correlation: "start",
			Data: map[string]any{"hash": hash, "people": len(people), "first": n == 0},
		})
	}
	return d.proposeFile(ctx, tx, quoting.DirectoryOfFile(people, hash))
}
