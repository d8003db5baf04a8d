package entra

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
)

// Member is somebody who holds a role.
type Member struct {
	ObjectID  string   // in lower case
	Name      string   // to show; it proves nothing
	Roles     []string // sorted, each once, one at least
	Team      string   // the department
	ManagerID string   // object id of the manager, in lower case; empty: none
}

// Directory is who holds a role, and what in Entra gives none.
type Directory struct {
	Members []Member // by object id
	// Unknown are the values of app roles that are no role of ours, and how many people and
	// groups they are assigned to: somebody thinks that he has given a role.
	Unknown map[string]int
}

// user is a person as Graph shows him. Enabled is nil where we lack the permission to read
// people: then Graph shows ids and nothing else.
type user struct {
	ID         string `json:"id"`
	Name       string `json:"displayName"`
	Enabled    *bool  `json:"accountEnabled"`
	Department string `json:"department"`
}

const userProperties = "id,displayName,accountEnabled,department"

// People returns everybody who holds a role: the members of the groups that give one and, if
// they count, those to whom a role of the app is assigned, by themselves or as a direct member
// of a group. Disabled accounts are left out. The list is whole or an error, which is an
// *Error.
func (g *Graph) People(ctx context.Context) (Directory, error) {
	found := map[string]*holder{}
	for _, id := range g.groupIDs() {
		if err := g.addMembers(ctx, found, id, "transitiveMembers", g.groups[id]); err != nil {
			return Directory{}, err
		}
	}
	unknown := map[string]int{}
	if g.appRoles {
		if err := g.addAssigned(ctx, found, unknown); err != nil {
			return Directory{}, err
		}
	}
	if err := g.lookUp(ctx, found); err != nil {
		return Directory{}, err
	}
	maps.DeleteFunc(found, func(_ string, h *holder) bool { return !h.user.enabled() })
	members, err := g.withManagers(ctx, found)
	if err != nil {
		return Directory{}, err
	}
	return Directory{members, unknown}, nil
}

// holder is somebody with the roles found so far. His user is unknown while only an
// assignment names him.
type holder struct {
	user  *user
	roles []string
}

func (u *user) enabled() bool { return u != nil && *u.Enabled }

func add(found map[string]*holder, id, role string) *holder {
	h := found[id]
	if h == nil {
		h = &holder{}
		found[id] = h
	}
	h.roles = append(h.roles, role)
	return h
}

// addMembers gives the role to the members of a group; how is members or transitiveMembers.
// Source: "List group transitive members".
func (g *Graph) addMembers(ctx context.Context, found map[string]*holder, group, how, role string) error {
	query := only(userProperties)
	query.Set("$top", "999")
	users, err := list[user](ctx, g, call{
		op: "members", method: http.MethodGet, path: "groups/" + group + "/" + how + "/microsoft.graph.user", query: query, advanced: true,
	})
	if failure, ok := errors.AsType[*Error](err); ok && errors.Is(err, ErrNotFound) {
		failure.Err = errors.New("group " + group)
	}
	if err != nil {
		return err
	}
	for _, u := range users {
		if err := u.check("members"); err != nil {
			return err
		}
		add(found, u.ID, role).user = &u
	}
	return nil
}

// check says whether Graph showed enough of a person to know whether the account is enabled.
func (u *user) check(op string) error {
	u.ID = lower(u.ID)
	switch {
	case !guid(u.ID):
		return nonsense(op, "a person without an id")
	case u.Enabled == nil:
		return &Error{Op: op, Kind: ErrPermission, Err: errors.New("Graph shows people by their ids only")}
	}
	return nil
}

// addAssigned gives to everybody the roles of the app that are assigned in Entra. A role that
// is assigned to a group is for its direct members, and not for those of groups in it, as in
// the tokens that Entra issues. Source: "appRoleAssignment resource type".
func (g *Graph) addAssigned(ctx context.Context, found map[string]*holder, unknown map[string]int) error {
	own, err := g.service(ctx)
	if err != nil {
		return err
	}
	assigned, err := list[assignment](ctx, g, call{
		op: "assignments", method: http.MethodGet, path: "servicePrincipals/" + own.ID + "/appRoleAssignedTo",
		query: url.Values{"$top": {"999"}},
	})
	if err != nil {
		return err
	}
	for _, a := range assigned {
		value := own.value(a.RoleID)
		id := lower(a.PrincipalID)
		switch {
		case value == "" || a.PrincipalType != "User" && a.PrincipalType != "Group":
			// The default role, one that is being deleted, or another app.
		case !slices.Contains(g.roles, value):
			unknown[value]++
		case !guid(id):
			return nonsense("assignments", "a principal without an id")
		case a.PrincipalType == "User":
			add(found, id, value)
		default:
			if err := g.addMembers(ctx, found, id, "members", value); err != nil {
				return err
			}
		}
	}
	return nil
}

// service is our app in the tenant, with its roles.
type service struct {
	ID    string    `json:"id"`
	Roles []appRole `json:"appRoles"`
}

type appRole struct {
	ID      string `json:"id"`
	Value   string `json:"value"`
	Enabled bool   `json:"isEnabled"`
}

// assignment gives a role of an app to somebody.
type assignment struct {
	RoleID        string `json:"appRoleId"`
	PrincipalID   string `json:"principalId"`
	PrincipalType string `json:"principalType"`
	ResourceID    string `json:"resourceId"`
}

// service asks for our app in the tenant. Source: "Get servicePrincipal".
func (g *Graph) service(ctx context.Context) (service, error) {
	var own service
	err := g.do(ctx, call{
		op: "service", method: http.MethodGet, path: "servicePrincipals(appId='" + g.clientID + "')", query: only("id,appRoles"),
	}, &own)
	if err != nil {
		return service{}, err
	}
	if own.ID = lower(own.ID); !guid(own.ID) {
		return service{}, nonsense("service", "an app without an id")
	}
	return own, nil
}

// value is the name of a role, or empty if there is none that is in use.
func (s service) value(id string) string {
	for _, r := range s.Roles {
		if r.Enabled && lower(r.ID) == lower(id) {
			return r.Value
		}
	}
	return ""
}

// lookUp asks for those of whom only an id is known. Who is gone is left out.
func (g *Graph) lookUp(ctx context.Context, found map[string]*holder) error {
	var ids, paths []string
	for _, id := range slices.Sorted(maps.Keys(found)) {
		if found[id].user == nil {
			ids = append(ids, id)
			paths = append(paths, "users/"+id+"?$select="+userProperties)
		}
	}
	parts, err := g.get(ctx, "people", paths)
	if err != nil {
		return err
	}
	for i, p := range parts {
		if p.Status == http.StatusNotFound {
			continue
		}
		var u user
		if err := json.Unmarshal(p.Body, &u); err != nil {
			return nonsense("people", "a person that cannot be read")
		}
		if err := u.check("people"); err != nil {
			return err
		}
		found[ids[i]].user = &u
	}
	return nil
}

// withManagers asks for everybody's manager. Source: "List manager".
func (g *Graph) withManagers(ctx context.Context, found map[string]*holder) ([]Member, error) {
	var members []Member
	var paths []string
	for _, id := range slices.Sorted(maps.Keys(found)) {
		h := found[id]
		slices.Sort(h.roles)
		members = append(members, Member{ObjectID: id, Name: h.user.Name, Roles: slices.Compact(h.roles), Team: h.user.Department})
		paths = append(paths, "users/"+id+"/manager?$select=id")
	}
	parts, err := g.get(ctx, "managers", paths)
	if err != nil {
		return nil, err
	}
	for i, p := range parts {
		if p.Status == http.StatusNotFound {
			continue
		}
		var manager struct {
			Type string `json:"@odata.type"`
			ID   string `json:"id"`
		}
		if err := json.Unmarshal(p.Body, &manager); err != nil || !guid(manager.ID) {
			return nil, nonsense("managers", "a manager that cannot be read")
		}
		// A manager may be a contact of the organization, who has no account.
		if manager.Type == "" || manager.Type == "#microsoft.graph.user" {
			members[i].ManagerID = lower(manager.ID)
		}
	}
	return members, nil
}
