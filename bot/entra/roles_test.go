package entra

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"radioquote/bot/entra/standin"
)

func TestRolesAreThoseThatAPersonHoldsNow(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		person int
		change func(t *testing.T, s *tenant)
		want   []string
	}{
		{"a member of a group within the group holds its role", riley, nil, []string{"rep"}},
		{"roles of groups and of the app add up", morgan, nil, []string{"admin", "rep", "sales_manager"}},
		{"a direct member of a group holds the group's role of the app", finn, nil, []string{"finance"}},
		{"a member of a group within that does not", olive, nil, nil},
		{"a role of the app that is not ours is none", ada, nil, []string{"admin"}},
		{"a role of the app that is being deleted is none", eve, nil, nil},
		{"who was never here holds none", 404, nil, nil},
		{"who has left holds none", morgan, func(_ *testing.T, s *tenant) { s.Remove(personID(morgan)) }, nil},
		{"who is disabled holds none", morgan, func(t *testing.T, s *tenant) {
			s.change(t, morgan, func(p *standin.Person) { p.Disabled = true })
		}, nil},
		{"who has left a group has lost its role", morgan, func(t *testing.T, s *tenant) {
			s.change(t, morgan, inGroups(groupID(2)))
		}, []string{"admin", "sales_manager"}},
		{"who was given a role has it", eve, func(t *testing.T, s *tenant) {
			s.change(t, eve, withAppRoles("finance"))
		}, []string{"finance"}},
		{"a role held in two ways is one", morgan, func(t *testing.T, s *tenant) {
			s.change(t, morgan, func(p *standin.Person) { p.Groups, p.AppRoles = []string{groupID(4)}, []string{"finance"} })
		}, []string{"finance"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, newTenant(t, team), func(t *testing.T, s *tenant) {
				g := s.graph(t)
				if _, err := g.Roles(t.Context(), personID(tc.person)); err != nil {
					t.Fatal(err)
				}
				if tc.change != nil {
					tc.change(t, s)
				}
				got, err := g.Roles(t.Context(), personID(tc.person))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tc.want, got); diff != "" {
					t.Errorf("roles (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestRolesAgreeWithTheList holds for everybody, so that who is on the list of deciders may
// decide, and nobody else.
func TestRolesAgreeWithTheList(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t, team), func(t *testing.T, s *tenant) {
		g := s.graph(t)
		people, err := g.People(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		listed, asked := map[string][]string{}, map[string][]string{}
		for _, m := range people.Members {
			listed[m.ObjectID] = m.Roles
		}
		for n := riley; n <= olive; n++ {
			roles, err := g.Roles(t.Context(), personID(n))
			if err != nil {
				t.Fatal(err)
			}
			if len(roles) > 0 {
				asked[personID(n)] = roles
			}
		}
		if diff := cmp.Diff(listed, asked); diff != "" {
			t.Errorf("roles (-listed +asked):\n%s", diff)
		}
	})
}

func TestRolesOfMoreGroupsThanGraphChecksAtOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		g := s.graph(t, func(c *GraphConfig) {
			for n := range 41 {
				c.Groups[groupID(n+1)] = "rep"
			}
			c.Groups[groupID(41)] = "finance"
		})
		s.PutGroup(standin.Group{ID: groupID(41)})
		s.change(t, eve, inGroups(groupID(41)))
		got, err := g.Roles(t.Context(), personID(eve))
		if diff := cmp.Diff([]string{"finance"}, got); diff != "" || err != nil {
			t.Errorf("error %v, roles (-want +got):\n%s", err, diff)
		}
		if n := s.Count("/checkMemberGroups"); n != 3 {
			t.Errorf("asked %d times, want 3", n)
		}
	})
}

func TestIdsAreComparedWithoutCase(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		const upper, lower = "ABCDEF00-0000-4000-8000-000000000001", "abcdef00-0000-4000-8000-000000000001"
		s.PutGroup(standin.Group{ID: lower})
		s.change(t, eve, inGroups(lower))
		g := s.graph(t, func(c *GraphConfig) { c.Groups[upper] = "finance" })
		got, err := g.Roles(t.Context(), personID(eve))
		if diff := cmp.Diff([]string{"finance"}, got); diff != "" || err != nil {
			t.Errorf("error %v, roles (-want +got):\n%s", err, diff)
		}
	})
}

func TestAGroupThatWasNotAskedForGivesNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		body := `{"value":["` + groupID(3) + `"]}`
		g := s.graphOver(t, s.graphConfig(), s.tampered("/checkMemberGroups", body))
		if got, err := g.Roles(t.Context(), personID(riley)); err != nil || len(got) != 0 {
			t.Errorf("roles %v, error %v", got, err)
		}
	})
}

func TestARoleOfAnotherAppGivesNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t, appRoles("admin")), func(t *testing.T, s *tenant) {
		s.change(t, eve, withAppRoles("admin"))
		g := s.graphOver(t, s.graphConfig(), roundTrip(func(r *http.Request) (*http.Response, error) {
			resp, err := wire{s}.RoundTrip(r)
			if err == nil && r.URL.Path == "/v1.0/users/"+personID(eve)+"/appRoleAssignments" {
				return replaceIn(resp, `"resourceId":"`, `"resourceId":"f`), nil
			}
			return resp, err
		}))
		if got, err := g.Roles(t.Context(), personID(eve)); err != nil || len(got) != 0 {
			t.Errorf("roles %v, error %v", got, err)
		}
	})
}

func TestWithoutAnAnswerThereAreNoRoles(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"/" + personID(morgan) + "$", "/checkMemberGroups", "/servicePrincipals(", "/appRoleAssignments", "/token",
	} {
		for name, fault := range map[string]struct {
			standin.Fault
			want error
		}{
			"no connection":  {standin.Fault{}, ErrUnavailable},
			"an error":       {standin.Fault{Status: http.StatusInternalServerError}, ErrUnavailable},
			"no permission":  {standin.Fault{Status: http.StatusForbidden}, ErrPermission},
			"no JSON":        {standin.Fault{Status: http.StatusOK, Body: "<html>"}, ErrUnavailable},
			"another's JSON": {standin.Fault{Status: http.StatusOK, Body: "[1]"}, ErrUnavailable},
		} {
			t.Run(path+" "+name, func(t *testing.T) {
				t.Parallel()
				inBubble(t, newTenant(t, team), func(t *testing.T, s *tenant) {
					f := fault.Fault
					f.Path = path
					s.Fail(1, f)
					got, err := s.graph(t).Roles(t.Context(), personID(morgan))
					if !errors.Is(err, fault.want) || got != nil {
						t.Errorf("roles %v, error %v", got, err)
					}
				})
			})
		}
	}
}

func TestAPersonWhoseAccountIsNotShownHoldsNoRole(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t, team), func(t *testing.T, s *tenant) {
		s.Fail(1, standin.Fault{Path: "/" + personID(morgan) + "$", Status: 200, Body: `{"id":"` + personID(morgan) + `"}`})
		if got, err := s.graph(t).Roles(t.Context(), personID(morgan)); !errors.Is(err, ErrPermission) || got != nil {
			t.Errorf("roles %v, error %v", got, err)
		}
	})
}

func TestWhatIsNoIDIsNotAskedFor(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	g := s.graph(t)
	for _, id := range []string{"", "me", personID(1) + "/manager", "../users/" + personID(1), personID(1)[:35] + "é", "00000000x0000x4000x8000x000000000001", "0000000g-0000-4000-8000-000000000001"} {
		_, roles := g.Roles(t.Context(), id)
		_, reply := g.AutomaticReply(t.Context(), id)
		for call, err := range map[string]error{
			"roles": roles, "reply": reply, "install": g.Install(t.Context(), id, teamsAppID), "app": g.Install(t.Context(), personID(1), id),
		} {
			if !errors.Is(err, ErrRefused) {
				t.Errorf("%s of %q: %v", call, id, err)
			}
		}
	}
	if calls := s.Calls(); len(calls) != 0 {
		t.Errorf("asked for %v", calls)
	}
}

func TestAConfigurationIsRefused(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*App, *GraphConfig){
		"Entra over plain http":    func(a *App, _ *GraphConfig) { a.EntraURL = "http://login.example" },
		"Entra below a path":       func(a *App, _ *GraphConfig) { a.EntraURL = "https://login.example/common" },
		"Entra without a host":     func(a *App, _ *GraphConfig) { a.EntraURL = "https://" },
		"Entra with a password":    func(a *App, _ *GraphConfig) { a.EntraURL = "https://me:pass@login.example" },
		"Entra at no URL":          func(a *App, _ *GraphConfig) { a.EntraURL = "https://%" },
		"tenants of everybody":     func(a *App, _ *GraphConfig) { a.TenantID = "common" },
		"no client":                func(a *App, _ *GraphConfig) { a.ClientID = "" },
		"no secret":                func(a *App, _ *GraphConfig) { a.Secret = Secret{} },
		"Graph over plain http":    func(_ *App, c *GraphConfig) { c.URL = "http://graph.example" },
		"Graph with a version":     func(_ *App, c *GraphConfig) { c.URL = "https://graph.example/v1.0" },
		"nobody could hold a role": func(_ *App, c *GraphConfig) { c.Groups, c.AppRoles = nil, false },
		"a group by its name":      func(_ *App, c *GraphConfig) { c.Groups["Sales"] = "rep" },
		"a role that there is not": func(_ *App, c *GraphConfig) { c.Groups[groupID(3)] = "owner" },
		"a group twice, in two writings": func(_ *App, c *GraphConfig) {
			c.Groups["abcdef00-0000-4000-8000-000000000001"], c.Groups["ABCDEF00-0000-4000-8000-000000000001"] = "rep", "admin"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := App{EntraURL: "https://login.example", TenantID: tenantID, ClientID: clientID, Secret: NewSecret(secret)}
			cfg := GraphConfig{URL: "https://graph.example", Roles: []string{"rep", "admin"}, Groups: map[string]string{groupID(1): "rep"}}
			if _, err := NewGraph(app, cfg, NewMetrics(nil)); err != nil {
				t.Fatal(err)
			}
			before := maps.Clone(cfg.Groups)
			spoil(&app, &cfg)
			if _, err := NewGraph(app, cfg, NewMetrics(nil)); err == nil {
				t.Errorf("taken; groups before %v", slices.Sorted(maps.Keys(before)))
			}
		})
	}
}
