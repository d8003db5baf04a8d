package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"radioquote/bot/entra"
	"radioquote/quoting"
)

// Directory is the desk's directory where roles come from Entra, by groups and app roles
// over Microsoft Graph.
type Directory struct {
	Graph  *entra.Graph
	Tenant string // of everybody in it, in lower case
	AppID  string // of the Teams app that Install puts there
	Now    func() time.Time
}

// Roles are those that somebody has at this moment. Somebody of another tenant has none.
func (d *Directory) Roles(ctx context.Context, id quoting.PersonID) ([]quoting.Role, error) {
	if id.Tenant != d.Tenant {
		return nil, nil
	}
	names, err := d.Graph.Roles(ctx, id.Object)
	if err != nil {
		return nil, entraFault("roles", err)
	}
	return roles(names), nil
}

// People are all who have a role, with their teams and managers.
func (d *Directory) People(ctx context.Context) ([]quoting.Person, error) {
	found, err := d.Graph.People(ctx)
	if err != nil {
		return nil, entraFault("people", err)
	}
	people := make([]quoting.Person, len(found.Members))
	for i, m := range found.Members {
		people[i] = quoting.Person{ID: d.id(m.ObjectID), Name: m.Name, Roles: roles(m.Roles), Team: m.Team}
		if m.ManagerID != "" {
			people[i].Manager = d.id(m.ManagerID)
		}
	}
	return people, nil
}

func (d *Directory) id(object string) quoting.PersonID {
	return quoting.PersonID{Tenant: d.Tenant, Object: object}
}

// roles are those by these names that go together: an admin approves nothing.
func roles(names []string) []quoting.Role {
	all := make([]quoting.Role, len(names))
	for i, name := range names {
		all[i] = quoting.Role(name)
	}
	return quoting.Exclusive(all)
}

// Away says whether somebody's mail answers by itself now, and until when.
func (d *Directory) Away(ctx context.Context, id quoting.PersonID) (until time.Time, away bool, err error) {
	reply, err := d.Graph.AutomaticReply(ctx, id.Object)
	if err != nil {
		return time.Time{}, false, entraFault("automatic reply", err)
	}
	return reply.Until, reply.At(d.Now()), nil
}

// Install puts the app into somebody's Teams.
func (d *Directory) Install(ctx context.Context, id quoting.PersonID) error {
	return entraFault("install", d.Graph.Install(ctx, id.Object, d.AppID))
}

// entraFault says what a failure of Graph means to the desk.
func entraFault(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, entra.ErrRefused):
		return fmt.Errorf("%s: %w: %w", what, quoting.Refused, err)
	default:
		return fmt.Errorf("%s: %w: %w", what, quoting.Unavailable, err)
	}
}
