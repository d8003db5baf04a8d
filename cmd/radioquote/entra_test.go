package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"radioquote/bot/entra/standin"
	"radioquote/quoting"
)

const entraTenant = "7e0f0000-0000-4000-8000-000000000002"

func entraStandin(t *testing.T) (*standin.Server, entraFlags) {
	t.Helper()
	s, err := standin.Start(standin.Config{
		TenantID: entraTenant, ClientID: demoSignIn, ClientSecret: "not a secret", RedirectURIs: []string{"https://quotes.example/step-up/callback"},
		AppRoles: []standin.AppRole{{Value: "rep"}, {Value: "sales_manager"}},
		People: []standin.Person{
			{ObjectID: "00000000-0000-4000-8000-0000000000a1", Name: "Riley", AppRoles: []string{"rep"}},
			{ObjectID: "00000000-0000-4000-8000-0000000000a2", Name: "Morgan", AppRoles: []string{"sales_manager"}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, entraFlags{
		PublicURL: "https://quotes.example/", EntraURL: s.URL(), ClientID: demoSignIn, ClientSecret: "not a secret", GraphURL: s.URL(),
	}
}

func TestHalfOfAnEntraRegistrationIsRefused(t *testing.T) {
	t.Parallel()
	whole := entraFlags{PublicURL: "https://quotes.example", ClientID: demoSignIn, ClientSecret: "s", EntraURL: "https://login.microsoftonline.com", GraphURL: "https://graph.microsoft.com"}
	for _, row := range []struct {
		what   string
		change func(*entraFlags)
		says   string
	}{
		{"none", func(f *entraFlags) { *f = entraFlags{} }, ""},
		{"all of it", func(*entraFlags) {}, ""},
		{"no secret", func(f *entraFlags) { f.ClientSecret = "" }, "half configured"},
		{"no id", func(f *entraFlags) { f.ClientID = "" }, "half configured"},
		{"groups alone", func(f *entraFlags) { *f = entraFlags{RoleGroups: []string{"x=rep"}} }, "half configured"},
		{"nowhere to sign in", func(f *entraFlags) { f.PublicURL = "" }, "RADIOQUOTE_PUBLIC_URL"},
	} {
		f := whole
		row.change(&f)
		if err := f.check(); (err == nil) != (row.says == "") || err != nil && !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v", row.what, err)
		}
	}
	for pair, says := range map[string]string{
		"00000000-0000-0000-0000-000000000000": "no group and role", "=rep": "no group and role", "00000000-0000-0000-0000-000000000000=king": "no group and role", "not-a-guid=rep": "GUID",
	} {
		f := whole
		f.RoleGroups = []string{pair}
		if _, err := f.directory(entraTenant, demoApp, "", prometheus.NewRegistry()); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", pair, err)
		}
	}
	f := whole
	f.EntraURL = "http://login.example"
	if _, err := f.stepUp(entraTenant, nil, nil); err == nil {
		t.Error("a sign-in over plain http is taken")
	}
	if d, err := whole.directory(entraTenant, demoApp, "people.yaml", prometheus.NewRegistry()); d != nil || err != nil {
		t.Errorf("with a directory file roles come from %v, %v", d, err)
	}
	if url := (entraFlags{PublicURL: "https://quotes.example"}).signInURL(); url != "" {
		t.Errorf("without a registration people sign in at %q", url)
	}
}

func TestTheDoctorAsksEntra(t *testing.T) {
	t.Parallel()
	policy, err := quoting.DefaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	asks := func(f entraFlags, file string) string {
		var found []string
		for _, p := range f.probes(t.Context(), entraTenant, demoApp, file, policy) {
			found = append(found, string(p.State)+" "+p.Name+": "+p.Found+" "+p.Mend)
		}
		return strings.Join(found, "\n")
	}
	s, f := entraStandin(t)
	for _, row := range []struct {
		what  string
		found string
		says  []string
	}{
		{"nothing", asks(entraFlags{}, ""), []string{"weak sign-in: not set up", "second_approver"}},
		{"all well", asks(f, ""), []string{"ok sign-in", "ok roles in Entra: 2 people with a role"}},
		{"roles from a file", asks(f, "people.yaml"), []string{"ok sign-in"}},
	} {
		for _, says := range row.says {
			if !strings.Contains(row.found, says) {
				t.Errorf("%s: %q, want %q", row.what, row.found, says)
			}
		}
	}
	s.Fail(100, standin.Fault{Path: "/v1.0/", Status: http.StatusForbidden})
	if found := asks(f, ""); !strings.Contains(found, "broken roles in Entra") || !strings.Contains(found, "Consent to") {
		t.Errorf("without consent: %q", found)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if found := asks(f, "people.yaml"); !strings.Contains(found, "broken sign-in") {
		t.Errorf("with Entra down: %q", found)
	}
	policy.StepUp.Method = quoting.SecondApprover
	if found := asks(entraFlags{}, ""); !strings.Contains(found, "ok sign-in: not needed") {
		t.Errorf("with a second approver: %q", found)
	}
}
