package standin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// get asks Graph, with what advanced queries take.
func (e *entra) get(t *testing.T, path string) answer {
	t.Helper()
	return e.do(t, request(t, http.MethodGet, e.URL()+"/v1.0/"+path, "", "Authorization", e.bearer(t, e.URL()),
		"ConsistencyLevel", "eventual", "Prefer", `outlook.timezone="UTC"`))
}

func (e *entra) postJSON(t *testing.T, path, body string) answer {
	t.Helper()
	return e.do(t, request(t, http.MethodPost, e.URL()+"/v1.0/"+path, body, "Authorization", e.bearer(t, e.URL()), "Content-Type", "application/json"))
}

const members = "groups/" + group + "/transitiveMembers/microsoft.graph.user?$count=true&$select=id,displayName,accountEnabled,department"

func TestGraphAnswersTheAppOnly(t *testing.T) {
	t.Parallel()
	e := start(t)
	good := e.bearer(t, e.URL())
	ask := func(token string) answer {
		return e.do(t, request(t, http.MethodGet, e.URL()+"/v1.0/users/"+riley, "", "Authorization", token))
	}
	if got := ask(good); got.status != http.StatusOK {
		t.Errorf("status %d: %s", got.status, got.body)
	}
	e.now = e.now.Add(tokenLife)
	for name, token := range map[string]string{
		"no token": "", "another's token": "Bearer x", "another scheme": strings.Replace(e.bearer(t, e.URL()), "Bearer", "Basic", 1),
		"a token for another": e.bearer(t, "https://other.example"), "a token that has ended": good,
	} {
		if got := ask(token); got.status != http.StatusUnauthorized || !strings.Contains(got.body, "InvalidAuthenticationToken") || got.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: status %d: %s", name, got.status, got.body)
		}
	}
	if got := e.do(t, request(t, http.MethodPost, e.URL()+"/v1.0/$batch", "{}")); got.status != http.StatusUnauthorized {
		t.Errorf("a batch without a token: status %d", got.status)
	}
	late := e.bearer(t, e.URL())
	e.ExpireTokens()
	if got := ask(late); got.status != http.StatusUnauthorized {
		t.Errorf("a token that was taken back: status %d", got.status)
	}
}

func TestEachCallNeedsItsPermission(t *testing.T) {
	t.Parallel()
	e := start(t)
	service := "servicePrincipals/" + e.serviceID()
	install := fmt.Sprintf(`{"teamsApp@odata.bind":"%s/v1.0/appCatalogs/teamsApps/%s"}`, e.URL(), e.catalogID())
	for _, tc := range []struct {
		path, body  string // a body is posted
		permissions []string
		code        string
	}{
		{members, "", []string{"GroupMember.Read.All"}, denied},
		{"groups/" + group + "/members/microsoft.graph.user?$count=true", "", []string{"Group.Read.All"}, denied},
		{"servicePrincipals(appId='client')", "", []string{"Application.Read.All"}, denied},
		{service + "/appRoleAssignedTo", "", []string{"Application.Read.All"}, denied},
		{"users/" + riley, "", []string{"User.Read.All"}, denied},
		{"users/" + riley + "/manager", "", []string{"Directory.Read.All"}, denied},
		{"users/" + riley + "/checkMemberGroups", `{"groupIds":["` + group + `"]}`, []string{"User.Read.All", "GroupMember.Read.All"}, denied},
		{"users/" + riley + "/appRoleAssignments?$filter=" + url.QueryEscape("resourceId eq "+e.serviceID()), "", []string{"Directory.Read.All"}, denied},
		{"users/" + riley + "/mailboxSettings/automaticRepliesSetting", "", []string{"MailboxSettings.Read"}, "ErrorAccessDenied"},
		{"appCatalogs/teamsApps?$filter=" + url.QueryEscape("externalId eq 'app'"), "", []string{"AppCatalog.Read.All"}, "Forbidden"},
		{"users/" + riley + "/teamwork/installedApps", install, []string{"TeamsAppInstallation.ReadWriteForUser.All"}, "Forbidden"},
	} {
		ask := func() answer {
			if tc.body != "" {
				return e.postJSON(t, tc.path, tc.body)
			}
			return e.get(t, tc.path)
		}
		for i := range tc.permissions {
			e.Grant(slices.Delete(slices.Clone(tc.permissions), i, i+1)...)
			if got := ask(); got.status != http.StatusForbidden || !strings.Contains(got.body, tc.code) {
				t.Errorf("%s without %s: status %d: %s", tc.path, tc.permissions[i], got.status, got.body)
			}
		}
		e.Grant(tc.permissions...)
		if got := ask(); got.status != http.StatusOK && got.status != http.StatusCreated {
			t.Errorf("%s with %v: status %d: %s", tc.path, tc.permissions, got.status, got.body)
		}
	}
}

func TestGraphRefusesWhatItDoesNotTake(t *testing.T) {
	t.Parallel()
	e := start(t)
	elsewhere := nextLink(t, e.get(t, members).body)
	skip := elsewhere[strings.Index(elsewhere, "%24skiptoken"):]
	many, err := json.Marshal(map[string]any{"groupIds": slices.Repeat([]string{group}, 21)})
	if err != nil {
		t.Fatal(err)
	}
	install := "users/" + riley + "/teamwork/installedApps"
	for _, tc := range []struct {
		name, path, body string
		status           int
	}{
		{"a type cast without a count", strings.Replace(members, "$count=true&", "", 1), "", 400},
		{"a group that there is not", strings.Replace(members, group, riley, 1), "", 404},
		{"a page of nothing", members + "&$top=0", "", 400},
		{"a page of too much", members + "&$top=1000", "", 400},
		{"an option twice", members + "&$count=true", "", 400},
		{"a skip token that is made up", members + "&$skiptoken=x", "", 400},
		{"a skip token of another list", "servicePrincipals/" + e.serviceID() + "/appRoleAssignedTo?" + skip, "", 400},
		{"another app", "servicePrincipals(appId='other')", "", 404},
		{"another app's assignments", "servicePrincipals/other/appRoleAssignedTo", "", 404},
		{"who is not here", "users/nobody", "", 404},
		{"the manager of who is not here", "users/nobody/manager", "", 404},
		{"a manager that there is not", "users/" + morgan + "/manager", "", 404},
		{"the groups of who is not here", "users/nobody/checkMemberGroups", `{"groupIds":["x"]}`, 404},
		{"more groups than 20", "users/" + riley + "/checkMemberGroups", string(many), 400},
		{"no groups", "users/" + riley + "/checkMemberGroups", `{}`, 400},
		{"groups in no JSON", "users/" + riley + "/checkMemberGroups", `<x>`, 400},
		{"roles without a filter", "users/" + riley + "/appRoleAssignments", "", 400},
		{"roles of who is not here", "users/nobody/appRoleAssignments?$filter=" + url.QueryEscape("resourceId eq "+e.serviceID()), "", 404},
		{"the mailbox of who is not here", "users/nobody/mailboxSettings/automaticRepliesSetting", "", 404},
		{"apps without a filter", "appCatalogs/teamsApps", "", 400},
		{"another app of the catalog", install, `{"teamsApp@odata.bind":"https://graph.example/v1.0/appCatalogs/teamsApps/x"}`, 404},
		{"an app for who is not here", "users/nobody/teamwork/installedApps", `{}`, 404},
		{"an app in no JSON", install, `[`, 400},
		{"another method", "users/" + riley, `{}`, 405},
		{"another path", "me", "", 400},
		{"a batch of nothing", "$batch", `{"requests":[]}`, 400},
		{"a batch with an id twice", "$batch", `{"requests":[{"id":"a","method":"GET","url":"/x"},{"id":"A","method":"GET","url":"/x"}]}`, 400},
		{"a batch without an id", "$batch", `{"requests":[{"method":"GET","url":"/x"}]}`, 400},
		{"a batch in no JSON", "$batch", `x`, 400},
	} {
		got := e.get(t, tc.path)
		if tc.body != "" {
			got = e.postJSON(t, tc.path, tc.body)
		}
		if got.status != tc.status {
			t.Errorf("%s: status %d, want %d: %s", tc.name, got.status, tc.status, got.body)
		}
	}
	for name, req := range map[string]*http.Request{
		"members without a level": request(t, http.MethodGet, e.URL()+"/v1.0/"+members, "", "Authorization", e.bearer(t, e.URL())),
		"a mailbox in its zone":   request(t, http.MethodGet, e.URL()+"/v1.0/users/"+riley+"/mailboxSettings/automaticRepliesSetting", "", "Authorization", e.bearer(t, e.URL())),
	} {
		if got := e.do(t, req); got.status != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, got.status)
		}
	}
	if got := e.do(t, request(t, http.MethodPost, e.URL()+"/v1.0/"+install, "{}", "Authorization", e.bearer(t, e.URL()))); got.status != http.StatusUnsupportedMediaType {
		t.Errorf("a body without a type: status %d", got.status)
	}
}

func nextLink(t *testing.T, body string) string {
	t.Helper()
	var doc struct {
		Next string `json:"@odata.nextLink"`
	}
	if err := json.Unmarshal([]byte(body), &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Next
}

func TestAListComesInPages(t *testing.T) {
	t.Parallel()
	e := start(t)
	token := e.bearer(t, e.URL())
	var ids []string
	next := e.URL() + "/v1.0/" + members
	for pages := 0; next != ""; pages++ {
		if pages > 2 {
			t.Fatal("no end")
		}
		got := e.do(t, request(t, http.MethodGet, next, "", "Authorization", token, "ConsistencyLevel", "eventual"))
		var doc struct {
			Value []map[string]any `json:"value"`
		}
		if err := json.Unmarshal([]byte(got.body), &doc); err != nil || len(doc.Value) > 2 {
			t.Fatalf("error %v, page %s", err, got.body)
		}
		for _, person := range doc.Value {
			ids = append(ids, person["id"].(string))
		}
		next = nextLink(t, got.body)
	}
	if diff := cmp.Diff([]string{riley, morgan, disabled}, ids); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
}

func TestWhatIsNotSelectedOrNotPermittedIsNotShown(t *testing.T) {
	t.Parallel()
	e := start(t)
	var got map[string]any
	if err := json.Unmarshal([]byte(e.get(t, "users/"+riley).body), &got); err != nil {
		t.Fatal(err)
	}
	if _, shown := got["accountEnabled"]; shown || got["displayName"] != "Riley <Rep>" {
		t.Errorf("without a selection: %v", got)
	}
	e.Grant("GroupMember.Read.All")
	if body := e.get(t, members+"&$top=1").body; !strings.Contains(body, `{"accountEnabled":null,"department":null,"displayName":null,"id":"`+riley+`"}`) {
		t.Errorf("without permission to read people: %s", body)
	}
}

func TestABatchIsServedOneByOne(t *testing.T) {
	t.Parallel()
	e := start(t)
	e.Fail(1, Fault{Path: riley + "/manager", Status: 429, RetryAfter: 3 * time.Second})
	e.Fail(1, Fault{Path: morgan + "/manager"})
	var requests []string
	for i, path := range []string{riley + "/manager", morgan + "/manager", riley + "/manager?$select=id", "nobody/manager", "%"} {
		requests = append(requests, fmt.Sprintf(`{"id":"%d","method":"GET","url":"/users/%s","headers":{"X":"y"}}`, i, path))
	}
	got := e.postJSON(t, "$batch", `{"requests":[`+strings.Join(requests, ",")+`]}`)
	var doc struct {
		Responses []struct {
			ID      string            `json:"id"`
			Status  int               `json:"status"`
			Headers map[string]string `json:"headers"`
			Body    json.RawMessage   `json:"body"`
		} `json:"responses"`
	}
	if err := json.Unmarshal([]byte(got.body), &doc); err != nil {
		t.Fatal(err)
	}
	var statuses []string
	for _, r := range doc.Responses {
		statuses = append(statuses, fmt.Sprint(r.ID, " ", r.Status))
		if r.ID == "0" && r.Headers["Retry-After"] != "3" {
			t.Errorf("headers %v", r.Headers)
		}
		if want := `{"@odata.type":"#microsoft.graph.user","id":"` + morgan + `"}`; r.ID == "2" && string(r.Body) != want {
			t.Errorf("body %s, want %s", r.Body, want)
		}
	}
	if diff := cmp.Diff([]string{"4 400", "3 404", "2 200", "1 502", "0 429"}, statuses); diff != "" {
		t.Errorf("answers, the last first (-want +got):\n%s", diff)
	}
	for n, want := range map[int]int{maxBatch: 200, maxBatch + 1: 400} {
		var requests []string
		for i := range n {
			requests = append(requests, fmt.Sprintf(`{"id":"%d","method":"GET","url":"users/%s"}`, i, riley))
		}
		if got := e.postJSON(t, "$batch", `{"requests":[`+strings.Join(requests, ",")+`]}`); got.status != want {
			t.Errorf("a batch of %d: status %d, want %d", n, got.status, want)
		}
	}
}

func TestPeopleComeAndGo(t *testing.T) {
	t.Parallel()
	e := start(t)
	e.Put(Person{ObjectID: riley, Name: "Riley Renamed"})
	e.Put(Person{ObjectID: "new", Name: "Nia New"})
	e.Remove(strings.ToUpper(morgan))
	if e.Change(morgan, func(*Person) {}) {
		t.Error("changed somebody who is gone")
	}
	if p, ok := e.Person(riley); !ok || p.Name != "Riley Renamed" {
		t.Errorf("person %v", p)
	}
	if _, ok := e.Person(morgan); ok {
		t.Error("who is gone is there")
	}
	if len(e.everybody()) != 3 {
		t.Errorf("people %v", e.everybody())
	}
}

func TestGroupsMayHoldOneAnother(t *testing.T) {
	t.Parallel()
	s := &Server{groups: []Group{{ID: "a", Groups: []string{"b"}}, {ID: "b", Groups: []string{"A", "c"}}}}
	for id, want := range map[string]bool{"a": true, "B": true, "c": true, "d": false} {
		if got := s.within([]string{"a"}, id); got != want {
			t.Errorf("within %s: %t", id, got)
		}
	}
}
