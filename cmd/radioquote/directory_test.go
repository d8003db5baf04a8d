package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"radioquote/quoting"
)

func TestADirectoryIsReadWithItsManagers(t *testing.T) {
	t.Parallel()
	got, err := parseDirectory([]byte(`
people:
  - {oid: AA-1, name: Riley Rep, roles: [rep], team: midwest, manager: BB-2}
  - {oid: bb-2, name: Morgan Manager, roles: [sales_manager], team: midwest}
  - {oid: cc-3, name: Ada Admin, roles: [admin], tenant: Other}
`), "Home")
	if err != nil {
		t.Fatal(err)
	}
	id := func(tenant, object string) quoting.PersonID {
		return quoting.PersonID{Tenant: tenant, Object: object}
	}
	want := []quoting.Person{
		{ID: id("home", "aa-1"), Name: "Riley Rep", Roles: []quoting.Role{quoting.Rep}, Team: "midwest", Manager: id("home", "bb-2")},
		{ID: id("home", "bb-2"), Name: "Morgan Manager", Roles: []quoting.Role{quoting.SalesManager}, Team: "midwest"},
		{ID: id("other", "cc-3"), Name: "Ada Admin", Roles: []quoting.Role{quoting.Admin}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestADirectoryThatCannotBeMeantIsRefused(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, says string }{
		{"an unknown role", `people: [{oid: a, name: A, roles: [boss]}]`, `unknown role "boss"`},
		{"somebody twice", `people: [{oid: a, name: A}, {oid: A, name: B}]`, "twice"},
		{"one's own manager", `people: [{oid: a, name: A, manager: a}]`, "own manager"},
		{"a manager who is not there", `people: [{oid: a, name: A, manager: b}]`, "not in the file"},
		{"an admin who approves", `people: [{oid: a, name: A, roles: [admin, finance]}]`, "cannot approve"},
		{"nobody's name", `people: [{oid: a}]`, "oid and a name"},
		{"an unknown field", `people: [{oid: a, name: A, phone: 1}]`, "phone"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := parseDirectory([]byte(tc.text), "home")
			if err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%v, want an error that says %q", err, tc.says)
			}
		})
	}
}

func FuzzParseDirectory(f *testing.F) {
	f.Add([]byte("people: [{oid: a, name: A, roles: [rep]}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		people, err := parseDirectory(text, "home")
		for _, p := range people {
			if err == nil && (p.ID.Object == "" || p.ID.Tenant == "" || p.Name == "") {
				t.Fatalf("%q names %+v", text, p)
			}
		}
	})
}
