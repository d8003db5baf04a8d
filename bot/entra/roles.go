package entra

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
)

// maxGroups is how many groups Graph checks at once. Source: "user: checkMemberGroups".
const maxGroups = 20

// Roles returns the roles that one person holds now, sorted, each once. It is asked before a
// decision, so nothing of the answer is kept. Who is gone or disabled, or was never here,
// holds none. Its error is an *Error; without an answer nothing may be decided.
func (g *Graph) Roles(ctx context.Context, objectID string) ([]string, error) {
	if !guid(objectID) {
		return nil, &Error{Op: "roles", Kind: ErrRefused, Err: errors.New("the object id is no GUID")}
	}
	var (
		mu      sync.Mutex
		roles   []string
		enabled bool
	)
	hold := func(role string) {
		mu.Lock()
		defer mu.Unlock()
		roles = append(roles, role)
	}
	all, ctx := errgroup.WithContext(ctx)
	all.Go(func() (err error) {
		enabled, err = g.enabled(ctx, objectID)
		return err
	})
	for ids := range slices.Chunk(g.groupIDs(), maxGroups) {
		all.Go(func() error { return g.checkGroups(ctx, objectID, ids, hold) })
	}
	if g.appRoles {
		all.Go(func() error { return g.checkAssigned(ctx, objectID, hold) })
	}
	if err := all.Wait(); err != nil {
		return nil, err
	}
	if !enabled {
		return nil, nil
	}
	slices.Sort(roles)
	return slices.Compact(roles), nil
}

// enabled says whether there is such a person, whose account is in use.
func (g *Graph) enabled(ctx context.Context, objectID string) (bool, error) {
	var u user
	err := g.do(ctx, call{op: "person", method: http.MethodGet, path: "users/" + objectID, query: only("id,accountEnabled")}, &u)
	if err != nil {
		return false, butForNotFound(err)
	}
	if err := u.check("person"); err != nil {
		return false, err
	}
	return u.enabled(), nil
}

// checkGroups asks in which of some groups the person is, directly or through another.
func (g *Graph) checkGroups(ctx context.Context, objectID string, ids []string, hold func(role string)) error {
	body := struct {
		IDs []string `json:"groupIds"`
	}{ids}
	var in page[string]
	err := g.do(ctx, call{op: "groups", method: http.MethodPost, path: "users/" + objectID + "/checkMemberGroups", body: body}, &in)
	if err != nil {
		return butForNotFound(err)
	}
	for _, id := range in.Value {
		if role, ok := g.groups[lower(id)]; ok {
			hold(role)
		}
	}
	return nil
}

// checkAssigned asks which roles of the app the person holds. The answer has those that are
// assigned to groups of which the person is a direct member. Source: "List appRoleAssignments
// granted to a user".
func (g *Graph) checkAssigned(ctx context.Context, objectID string, hold func(role string)) error {
	own, err := g.service(ctx)
	if err != nil {
		return err
	}
	assigned, err := list[assignment](ctx, g, call{
		op: "assignments", method: http.MethodGet, path: "users/" + objectID + "/appRoleAssignments",
		query: url.Values{"$filter": {"resourceId eq " + own.ID}},
	})
	if err != nil {
		return butForNotFound(err)
	}
	for _, a := range assigned {
		value := own.value(a.RoleID)
		if lower(a.ResourceID) == own.ID && slices.Contains(g.roles, value) {
			hold(value)
		}
	}
	return nil
}

// butForNotFound passes on all errors but that there is no such person.
func butForNotFound(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
