package entra

import (
	"errors"
	"net/http"
	"slices"
	"testing"

	"radioquote/bot/entra/standin"
)

func TestTheAppIsInstalledOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		g := s.graph(t)
		for range 2 {
			if err := g.Install(t.Context(), personID(riley), teamsAppID); err != nil {
				t.Error(err)
			}
		}
		if err := g.Install(t.Context(), personID(morgan), teamsAppID); err != nil {
			t.Error(err)
		}
		for n, want := range map[int]bool{riley: true, morgan: true, eve: false} {
			if p, _ := s.Person(personID(n)); p.Installed != want {
				t.Errorf("installed for %s: %t", p.Name, p.Installed)
			}
		}
		if n := s.Count("/appCatalogs"); n != 1 {
			t.Errorf("looked for the app %d times, want once", n)
		}
	})
}

func TestInstallSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	without := func(permission string) func(*tenant) {
		return func(s *tenant) {
			s.Grant(slices.DeleteFunc(standin.Permissions(), func(p string) bool { return p == permission })...)
		}
	}
	for _, tc := range []struct {
		name   string
		change func(*standin.Config)
		spoil  func(*tenant)
		want   error
	}{
		{"no admin has put the app into the catalog", func(c *standin.Config) { c.TeamsAppID = "" }, func(*tenant) {}, ErrNoApp},
		{"the catalog may not be read", nil, without("AppCatalog.Read.All"), ErrPermission},
		{"apps may not be installed", nil, without("TeamsAppInstallation.ReadWriteSelfForUser.All"), ErrPermission},
		{"the person is gone", nil, func(s *tenant) { s.Remove(personID(riley)) }, ErrNotFound},
		{"the catalog has an app without an id", nil, func(s *tenant) {
			s.Fail(1, standin.Fault{Path: "/appCatalogs", Status: 200, Body: `{"value":[{"id":"../x"}]}`})
		}, ErrUnavailable},
		{"Graph is down", nil, func(s *tenant) {
			s.Fail(3, standin.Fault{Path: "/installedApps", Status: http.StatusServiceUnavailable})
		}, ErrUnavailable},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var changes []func(*standin.Config)
			if tc.change != nil {
				changes = append(changes, tc.change)
			}
			inBubble(t, newTenant(t, changes...), func(t *testing.T, s *tenant) {
				tc.spoil(s)
				err := s.graph(t).Install(t.Context(), personID(riley), teamsAppID)
				if !errors.Is(err, tc.want) || errors.Is(tc.want, ErrRefused) != errors.Is(err, ErrRefused) {
					t.Errorf("error %v, want %v", err, tc.want)
				}
				if p, _ := s.Person(personID(riley)); p.Installed {
					t.Error("installed")
				}
			})
		})
	}
}

func TestAnAppThatWasPutIntoTheCatalogAnewIsFound(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		g := s.graph(t)
		old := `{"value":[{"id":"dddddddd-0000-4000-8000-000000000001"}]}`
		s.Fail(1, standin.Fault{Path: "/appCatalogs/teamsApps", Status: 200, Body: old})
		if err := g.Install(t.Context(), personID(riley), teamsAppID); !errors.Is(err, ErrNotFound) {
			t.Errorf("error %v, want that the app is gone", err)
		}
		if err := g.Install(t.Context(), personID(riley), teamsAppID); err != nil {
			t.Error(err)
		}
	})
}
