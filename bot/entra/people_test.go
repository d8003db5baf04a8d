package entra

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"radioquote/bot/entra/standin"
)

// team gives everybody something: reps and managers by groups, one within another, the rest by
// roles of the app.
func team(c *standin.Config) {
	c.Groups = []standin.Group{
		{ID: groupID(1)}, // reps
		{ID: groupID(2)}, // managers
		{ID: groupID(3), Groups: []string{groupID(1)}},               // reps of the north, within the reps
		{ID: groupID(4), AppRoles: []string{"finance"}},              // a role of the app
		{ID: groupID(5), Groups: []string{groupID(4), groupID(404)}}, // within that
	}
	c.AppRoles = []standin.AppRole{{Value: "admin"}, {Value: "finance"}, {Value: "sales_manager"}, {Value: "janitor"}, {Value: "rep", Disabled: true}}
	groups := map[int][]string{
		riley: {groupID(3)}, morgan: {groupID(2), groupID(1)}, finn: {groupID(4)}, olive: {groupID(5)},
	}
	roles := map[int][]string{
		morgan: {"admin", "sales_manager"}, ada: {"admin", "janitor"}, eve: {"janitor", "rep", "no such role"},
	}
	for i := range c.People {
		c.People[i].Groups, c.People[i].AppRoles = groups[i+1], roles[i+1]
	}
}

func TestPeopleAreAllWhoHoldARole(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t, team), func(t *testing.T, s *tenant) {
		got, err := s.graph(t).People(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		// Olive is in a group within the one that holds the role; roles of an app are for
		// direct members. Eve's roles are unknown, being deleted, or none.
		want := Directory{
			Members: []Member{
				{personID(riley), "Riley Rep", []string{"rep"}, "North", personID(morgan)},
				{personID(morgan), "Morgan Manager", []string{"admin", "rep", "sales_manager"}, "North", ""},
				{personID(finn), "Finn Finance", []string{"finance"}, "Finance", personID(olive)},
				{personID(ada), "Ada Admin", []string{"admin"}, "", ""},
			},
			Unknown: map[string]int{"janitor": 2},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("people (-want +got):\n%s", diff)
		}
	})
}

func TestPeopleWhoLeaveMoveOrAreDisabledShowInTheNextList(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(t *testing.T, s *tenant)
		want   []string // of the people, name and team
	}{
		{"nothing changes", func(*testing.T, *tenant) {}, []string{"Riley Rep, North", "Ada Admin, "}},
		{"a member of a group is disabled", func(t *testing.T, s *tenant) {
			s.change(t, riley, func(p *standin.Person) { p.Disabled = true })
		}, []string{"Ada Admin, "}},
		{"somebody with a role of the app is disabled", func(t *testing.T, s *tenant) {
			s.change(t, ada, func(p *standin.Person) { p.Disabled = true })
		}, []string{"Riley Rep, North"}},
		{"somebody leaves", func(_ *testing.T, s *tenant) { s.Remove(personID(riley)) }, []string{"Ada Admin, "}},
		{"somebody moves", func(t *testing.T, s *tenant) {
			s.change(t, riley, func(p *standin.Person) { p.Department = "South" })
		}, []string{"Riley Rep, South", "Ada Admin, "}},
		{"somebody joins", func(_ *testing.T, s *tenant) {
			s.Put(standin.Person{ObjectID: personID(7), Name: "Sam Seller", Groups: []string{groupID(1)}})
		}, []string{"Riley Rep, North", "Ada Admin, ", "Sam Seller, "}},
		{"a group joins a group", func(t *testing.T, s *tenant) {
			s.PutGroup(standin.Group{ID: groupID(7), Groups: []string{groupID(1)}})
			s.change(t, eve, inGroups(groupID(7)))
		}, []string{"Riley Rep, North", "Ada Admin, ", "Eve Engineer, Engineering"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, newTenant(t, appRoles("admin")), func(t *testing.T, s *tenant) {
				s.change(t, riley, inGroups(groupID(1)))
				s.change(t, ada, withAppRoles("admin"))
				g := s.graph(t)
				if _, err := g.People(t.Context()); err != nil {
					t.Fatal(err)
				}
				tc.change(t, s)
				got, err := g.People(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				var names []string
				for _, m := range got.Members {
					names = append(names, m.Name+", "+m.Team)
				}
				if diff := cmp.Diff(tc.want, names); diff != "" {
					t.Errorf("people (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// crowd makes so many reps, each the manager of the next.
func crowd(n int) func(*standin.Config) {
	return func(c *standin.Config) {
		c.People = nil
		for i := range n {
			c.People = append(c.People, standin.Person{
				ObjectID: personID(i + 1), Name: fmt.Sprint("Rep ", i+1), ManagerID: personID(i), Groups: []string{groupID(1)},
			})
		}
	}
}

func TestPeopleAndManagersOfALargeTeamAreWhole(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t, crowd(45)), func(t *testing.T, s *tenant) {
		// Of the batches of 20, 20 and 5, requests are put off in two rounds.
		s.Fail(3, standin.Fault{Path: "/manager", Status: http.StatusTooManyRequests, RetryAfter: 2 * time.Second})
		s.Fail(1, standin.Fault{Path: "/manager", Status: http.StatusServiceUnavailable})
		start := time.Now()
		got, err := s.graph(t).People(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n := s.Count("/$batch"); n != 4 {
			t.Errorf("%d batches, want 3 and one for what was put off", n)
		}
		if n := s.Count("/manager"); n != 49 {
			t.Errorf("asked for %d managers, want 45 and again for 4", n)
		}
		if took := time.Since(start); took < 2*time.Second || took > 3*time.Second {
			t.Errorf("took %s, want the 2 s that Graph asked for", took)
		}
		if len(got.Members) != 45 {
			t.Fatalf("%d people, want 45", len(got.Members))
		}
		for i, m := range got.Members {
			want := ""
			if i > 0 {
				want = personID(i)
			}
			if m.ManagerID != want {
				t.Errorf("manager of %s is %q, want %q", m.Name, m.ManagerID, want)
			}
		}
	})
}

func TestAListThatIsNotWholeIsAnError(t *testing.T) {
	t.Parallel()
	type outcome struct {
		Op     string
		Kind   error
		Status int
	}
	fail := func(path string, n int, f standin.Fault) func(*testing.T, *tenant) http.RoundTripper {
		f.Path = path
		return func(_ *testing.T, s *tenant) http.RoundTripper { s.Fail(n, f); return wire{s} }
	}
	without := func(permissions ...string) func(*testing.T, *tenant) http.RoundTripper {
		return func(_ *testing.T, s *tenant) http.RoundTripper {
			s.Grant(slices.DeleteFunc(standin.Permissions(), func(p string) bool { return slices.Contains(permissions, p) })...)
			return wire{s}
		}
	}
	answers := func(end, body string) func(*testing.T, *tenant) http.RoundTripper {
		return func(_ *testing.T, s *tenant) http.RoundTripper { return s.tampered(end, body) }
	}
	batch := func(parts ...string) func(*testing.T, *tenant) http.RoundTripper {
		return answers("/$batch", `{"responses":[`+strings.Join(parts, ",")+`]}`)
	}
	down := standin.Fault{Status: http.StatusServiceUnavailable}
	for _, tc := range []struct {
		name  string
		spoil func(*testing.T, *tenant) http.RoundTripper
		want  outcome
	}{
		{"a group's members cannot be had", fail("/transitiveMembers", 3, down), outcome{"members", ErrUnavailable, 503}},
		{"a second page cannot be had", func(_ *testing.T, s *tenant) http.RoundTripper {
			pages := 0
			return roundTrip(func(r *http.Request) (*http.Response, error) {
				if strings.Contains(r.URL.Path, "/transitiveMembers") {
					if pages++; pages == 2 {
						s.Fail(3, down)
					}
				}
				return wire{s}.RoundTrip(r)
			})
		}, outcome{"members", ErrUnavailable, 503}},
		{"a group is gone", func(t *testing.T, s *tenant) http.RoundTripper {
			return roundTrip(func(r *http.Request) (*http.Response, error) {
				r.URL.Path = strings.ReplaceAll(r.URL.Path, groupID(2), groupID(404))
				return wire{s}.RoundTrip(r)
			})
		}, outcome{"members", ErrNotFound, 404}},
		{"members may not be read", without("GroupMember.Read.All", "Directory.Read.All"), outcome{"members", ErrPermission, 403}},
		{"people may not be read, so that members come as ids", without("User.Read.All", "Directory.Read.All"), outcome{"members", ErrPermission, 0}},
		{"apps may not be read", without("Application.Read.All", "Directory.Read.All"), outcome{"service", ErrPermission, 403}},
		{"a person may not be read", batch(`{"id":"0","status":403,"body":{"error":{"code":"Authorization_RequestDenied"}}}`), outcome{"people", ErrPermission, 403}},
		{"a person is shown as an id", batch(`{"id":"0","status":200,"body":{"id":"` + personID(ada) + `"}}`), outcome{"people", ErrPermission, 0}},
		{"a person cannot be read", batch(`{"id":"0","status":200,"body":[]}`), outcome{"people", ErrUnavailable, 0}},
		{"a batch lacks an answer", batch(`{"id":"7","status":200,"body":{}}`), outcome{"people", ErrUnavailable, 0}},
		{"a batch is put off for too long", batch(`{"id":"0","status":429,"headers":{"retry-after":"60"}}`), outcome{"people", ErrUnavailable, 429}},
		{"a batch is put off again and again", batch(`{"id":"0","status":504}`), outcome{"people", ErrUnavailable, 504}},
		{"a manager cannot be had", fail("/manager", 1, standin.Fault{Status: 500}), outcome{"managers", ErrUnavailable, 500}},
		{"a manager makes no sense", fail("/manager", 1, standin.Fault{Status: 200, Body: `{"id":"the boss"}`}), outcome{"managers", ErrUnavailable, 0}},
		{"the batch is refused", fail("/$batch", 1, standin.Fault{Status: 400}), outcome{"people", ErrRefused, 400}},
		{"an answer is a page of something else", fail("/transitiveMembers", 1, standin.Fault{Status: 200, Body: `<html>`}), outcome{"members", ErrUnavailable, 0}},
		{"an answer is a redirect", fail("/transitiveMembers", 1, standin.Fault{Status: 302}), outcome{"members", ErrUnavailable, 302}},
		{"the connection is cut", fail("/transitiveMembers", 1, standin.Fault{}), outcome{"members", ErrUnavailable, 0}},
		{"a member has no id", answers("/microsoft.graph.user", `{"value":[{"accountEnabled":true}]}`), outcome{"members", ErrUnavailable, 0}},
		{"the list goes on elsewhere", answers("/microsoft.graph.user", `{"value":[],"@odata.nextLink":"https://graph.example/v1.0/more"}`), outcome{"members", ErrUnavailable, 0}},
		{"the app has no id", fail("/servicePrincipals(", 1, standin.Fault{Status: 200, Body: `{}`}), outcome{"service", ErrUnavailable, 0}},
		{"the app is not in the tenant", fail("/servicePrincipals(", 1, standin.Fault{Status: 404}), outcome{"service", ErrNotFound, 404}},
		{"a principal has no id", func(_ *testing.T, s *tenant) http.RoundTripper {
			return roundTrip(func(r *http.Request) (*http.Response, error) {
				resp, err := wire{s}.RoundTrip(r)
				if err == nil && strings.HasSuffix(r.URL.Path, "/appRoleAssignedTo") {
					return replaceIn(resp, `"principalId":"`, `"principalId":"../`), nil
				}
				return resp, err
			})
		}, outcome{"assignments", ErrUnavailable, 0}},
		{"assignments cannot be had", fail("/appRoleAssignedTo", 1, standin.Fault{Status: 500}), outcome{"assignments", ErrUnavailable, 500}},
		{"the members of a group with a role of the app cannot be had", fail("/members/", 1, standin.Fault{Status: 500}), outcome{"members", ErrUnavailable, 500}},
		{"there is no token", fail("/token", 3, down), outcome{"token", ErrUnavailable, 503}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, newTenant(t, team), func(t *testing.T, s *tenant) {
				g := s.graphOver(t, s.graphConfig(), tc.spoil(t, s))
				people, err := g.People(t.Context())
				failure, ok := errors.AsType[*Error](err)
				if !ok {
					t.Fatalf("%d people and error %v", len(people.Members), err)
				}
				if diff := cmp.Diff(tc.want, outcome{failure.Op, failure.Kind, failure.Status}, cmp.Comparer(func(a, b error) bool { return errors.Is(a, b) && errors.Is(b, a) })); diff != "" {
					t.Errorf("error %v (-want +got):\n%s", err, diff)
				}
				if len(people.Members) != 0 {
					t.Errorf("half a list of %d people", len(people.Members))
				}
			})
		})
	}
}

func TestAGroupThatIsGoneIsNamed(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		g := s.graph(t, func(c *GraphConfig) { c.Groups[groupID(404)] = "rep" })
		if _, err := g.People(t.Context()); err == nil || !strings.Contains(err.Error(), groupID(404)) {
			t.Errorf("error %v does not name the group", err)
		}
	})
}

func TestAListWithoutAnEndIsLeft(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		pages := 0
		g := s.graphOver(t, s.graphConfig(), roundTrip(func(r *http.Request) (*http.Response, error) {
			if !strings.Contains(r.URL.Path, "/transitiveMembers") {
				return wire{s}.RoundTrip(r)
			}
			pages++
			body, _ := json.Marshal(map[string]any{"value": []any{}, "@odata.nextLink": s.URL() + r.URL.RequestURI()})
			return s.tampered("", string(body)).RoundTrip(r)
		}))
		if _, err := g.People(t.Context()); !errors.Is(err, ErrUnavailable) || pages != maxPages {
			t.Errorf("error %v after %d pages", err, pages)
		}
	})
}

func TestAListIsFollowedAtGraphOnly(t *testing.T) {
	t.Parallel()
	base := &url.URL{Scheme: "https", Host: "graph.example", Path: "/v1.0"}
	for _, tc := range []struct {
		name, link string
		want       bool
	}{
		{"the next page", "https://graph.example/v1.0/users?$skiptoken=a", true},
		{"plain http", "http://graph.example/v1.0/users", false},
		{"another host", "https://graph.example.evil.example/v1.0/users", false},
		{"another port", "https://graph.example:444/v1.0/users", false},
		{"a name before the host", "https://graph.example@evil.example/v1.0/users", false},
		{"a name before Graph", "https://me:pass@graph.example/v1.0/users", false},
		{"another version", "https://graph.example/beta/users", false},
		{"another version that begins so", "https://graph.example/v1.0beta/users", false},
		{"no host", "/v1.0/users", false},
		{"a part of a page", "https://graph.example/v1.0/users#x", false},
		{"no URL", "https://graph.example/v1.0/%", false},
	} {
		if next, ok := follow(base, tc.link); ok != tc.want || ok && next != tc.link {
			t.Errorf("%s: follows %q: %t", tc.name, next, ok)
		}
	}
}

func TestAManagerWithoutAnAccountIsNone(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		s.change(t, riley, inGroups(groupID(1)))
		contact := fmt.Sprintf(`{"@odata.type":"#microsoft.graph.orgContact","id":%q}`, personID(morgan))
		s.Fail(1, standin.Fault{Path: "/manager", Status: 200, Body: contact})
		got, err := s.graph(t).People(t.Context())
		if err != nil || len(got.Members) != 1 || got.Members[0].ManagerID != "" {
			t.Errorf("people %v, error %v", got, err)
		}
	})
}

func TestOnlyGroupsCountWhereAppRolesDoNot(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t, team), func(t *testing.T, s *tenant) {
		s.Grant("User.Read.All", "GroupMember.Read.All")
		g := s.graph(t, func(c *GraphConfig) { c.AppRoles = false })
		got, err := g.People(t.Context())
		if err != nil || len(got.Members) != 2 || len(got.Unknown) != 0 {
			t.Errorf("people %v, error %v", got, err)
		}
		roles, err := g.Roles(t.Context(), personID(morgan))
		if diff := cmp.Diff([]string{"rep", "sales_manager"}, roles); diff != "" || err != nil {
			t.Errorf("error %v, roles (-want +got):\n%s", err, diff)
		}
	})
}

func TestWhoLeavesWhileTheListIsMadeIsNotOnIt(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t, appRoles("admin")), func(t *testing.T, s *tenant) {
		s.change(t, ada, withAppRoles("admin"))
		s.change(t, eve, withAppRoles("admin"))
		s.Fail(1, standin.Fault{Path: "/users/" + personID(ada) + "$", Status: http.StatusNotFound})
		got, err := s.graph(t).People(t.Context())
		if err != nil || len(got.Members) != 1 || got.Members[0].ObjectID != personID(eve) {
			t.Errorf("people %v, error %v", got, err)
		}
	})
}

func FuzzParsePage(f *testing.F) {
	f.Add([]byte(`{"value":[{"id":"x","accountEnabled":null}],"@odata.nextLink":"https://graph.example/v1.0/users?$skiptoken=a"}`))
	f.Add([]byte(`{"@odata.nextLink":"https://graph.example@elsewhere.example/v1.0/users"}`))
	f.Add([]byte(`{"@odata.nextLink":"//elsewhere.example/v1.0/"}`))
	f.Add([]byte(`{"@odata.nextLink":"https://graph.example/v1.0/../../x"}`))
	base, err := parseOrigin("https://graph.example")
	if err != nil {
		f.Fatal(err)
	}
	base.Path = "/v1.0"
	f.Fuzz(func(t *testing.T, body []byte) {
		var p page[user]
		if err := json.Unmarshal(body, &p); err != nil {
			return
		}
		for _, u := range p.Value {
			if u.check("members") == nil && (!guid(u.ID) || u.Enabled == nil) {
				t.Errorf("took a person of whom it is not known: %v", u)
			}
		}
		if next, ok := follow(base, p.Next); ok {
			req, err := http.NewRequest(http.MethodGet, next, http.NoBody)
			if err != nil || req.URL.Host != "graph.example" || req.URL.Scheme != "https" {
				t.Errorf("follows %q", next)
			}
		}
	})
}
