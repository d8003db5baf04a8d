package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"radioquote/bot"
	"radioquote/bot/entra"
	"radioquote/quoting"
	"radioquote/quoting/desk"
)

// entraFlags are the registration that roles are read with and large decisions are proved
// with. Without it roles come from the directory file, and no large decision is taken.
type entraFlags struct {
	PublicURL    string     `env:"RADIOQUOTE_PUBLIC_URL" placeholder:"URL" help:"https address that people's browsers reach: the sign-in for large decisions."`
	EntraURL     string     `env:"RADIOQUOTE_ENTRA_URL" default:"https://login.microsoftonline.com" placeholder:"URL" help:"Where people sign in; default ${default}."`
	ClientID     string     `name:"entra-client-id" env:"RADIOQUOTE_ENTRA_CLIENT_ID" placeholder:"GUID" help:"Registration for sign-in and Graph; empty: neither."`
	ClientSecret secretText `name:"entra-client-secret" env:"RADIOQUOTE_ENTRA_CLIENT_SECRET" placeholder:"SECRET" help:"Its client secret."`
	GraphURL     string     `env:"RADIOQUOTE_GRAPH_URL" default:"https://graph.microsoft.com" placeholder:"URL" help:"Microsoft Graph; default ${default}."`
	RoleGroups   []string   `env:"RADIOQUOTE_ROLE_GROUPS" placeholder:"GUID=ROLE" help:"Groups and the role that each gives, beside the app roles."`
}

// app is the registration; false where there is none.
func (f entraFlags) app(tenant string) (entra.App, bool) {
	return entra.App{EntraURL: f.EntraURL, TenantID: tenant, ClientID: f.ClientID, Secret: entra.NewSecret(string(f.ClientSecret))}, f.ClientID != ""
}

// check refuses half a configuration.
func (f entraFlags) check() error {
	switch {
	case f.ClientID == "" && f.ClientSecret == "" && len(f.RoleGroups) == 0:
		return nil
	case f.ClientID == "" || f.ClientSecret == "":
		return &usageError{errors.New("the registration in Entra is half configured: set RADIOQUOTE_ENTRA_CLIENT_ID and RADIOQUOTE_ENTRA_CLIENT_SECRET, or neither")}
	case f.PublicURL == "":
		return &usageError{errors.New("people's browsers have nowhere to prove a large decision: set RADIOQUOTE_PUBLIC_URL")}
	}
	return nil
}

// signInURL is where large decisions are proved; empty: nowhere.
func (f entraFlags) signInURL() string {
	if f.ClientID == "" {
		return ""
	}
	return strings.TrimRight(f.PublicURL, "/")
}

// directory is where roles come from, or nil where they come from the database: a directory
// file goes before Entra.
func (f entraFlags) directory(tenant, teamsApp, file string, metrics prometheus.Registerer) (desk.Directory, error) {
	app, ok := f.app(tenant)
	if !ok || file != "" {
		return nil, nil
	}
	groups := map[string]string{}
	for _, pair := range f.RoleGroups {
		group, role, _ := strings.Cut(pair, "=")
		group, role = strings.TrimSpace(group), strings.TrimSpace(role)
		if group == "" || !slices.Contains(quoting.Roles, quoting.Role(role)) {
			return nil, &usageError{fmt.Errorf("RADIOQUOTE_ROLE_GROUPS: %q is no group and role, such as 00000000-0000-0000-0000-000000000000=sales_manager", pair)}
		}
		groups[group] = role
	}
	names := make([]string, len(quoting.Roles))
	for i, role := range quoting.Roles {
		names[i] = string(role)
	}
	graph, err := entra.NewGraph(app, entra.GraphConfig{URL: f.GraphURL, Roles: names, Groups: groups, AppRoles: true}, entra.NewMetrics(metrics))
	if err != nil {
		return nil, &usageError{fmt.Errorf("roles from Graph: %w", err)}
	}
	return &bot.Directory{Graph: graph, Tenant: strings.ToLower(tenant), AppID: teamsApp, Now: time.Now}, nil
}

// signIn asks people to sign in, and has them come back to the page.
func (f entraFlags) signIn(app entra.App) (*entra.SignIn, error) {
	return entra.NewSignIn(app, f.signInURL()+bot.StepUpCallback)
}

// stepUp is the page of the sign-in; nil where there is none.
func (f entraFlags) stepUp(tenant string, d *desk.Desk, log *zap.Logger) (*bot.StepUp, error) {
	app, ok := f.app(tenant)
	if !ok {
		return nil, nil
	}
	signIn, err := f.signIn(app)
	if err != nil {
		return nil, &usageError{fmt.Errorf("sign-in: %w", err)}
	}
	return bot.NewStepUp(d, signIn, f.EntraURL, log)
}

// probes asks Entra about its sign-in and Graph about who has which role.
func (f entraFlags) probes(ctx context.Context, tenant, teamsApp, file string, policy *quoting.Policy) []quoting.Probe {
	app, ok := f.app(tenant)
	if !ok {
		p := quoting.Probe{Name: "sign-in", State: quoting.ProbeWeak, Found: "not set up", Mend: "Large decisions cannot be taken: set RADIOQUOTE_ENTRA_CLIENT_ID and what goes with it, or step_up: {method: second_approver} in the policy."}
		if policy.StepUp.Method == quoting.SecondApprover {
			p.State, p.Found, p.Mend = quoting.ProbeGood, "not needed: large decisions take a second approver", ""
		}
		return []quoting.Probe{p}
	}
	in := quoting.Probe{Name: "sign-in", State: quoting.ProbeGood, Found: "Entra answers"}
	signIn, err := f.signIn(app)
	if err == nil {
		_, err = signIn.URL(ctx, entra.Request{State: "doctor", Nonce: "doctor", Verifier: strings.Repeat("d", 43), Context: policy.StepUp.Context})
	}
	if err != nil {
		in.State, in.Found, in.Mend = quoting.ProbeBroken, oneLine(err), "Check RADIOQUOTE_ENTRA_URL, _ENTRA_CLIENT_ID, RADIOQUOTE_PUBLIC_URL and the tenant, and that this machine reaches Entra."
	}
	probes := []quoting.Probe{in}
	directory, err := f.directory(tenant, teamsApp, file, prometheus.NewRegistry())
	if err == nil && directory == nil {
		return probes // roles come from a file
	}
	roles := quoting.Probe{Name: "roles in Entra", State: quoting.ProbeGood}
	var people []quoting.Person
	if err == nil {
		people, err = directory.People(ctx)
	}
	if err == nil && len(people) > 0 {
		_, err = directory.Roles(ctx, people[0].ID) // as before a decision: it takes more permissions than the list
	}
	switch {
	case err != nil:
		roles.State, roles.Found, roles.Mend = quoting.ProbeBroken, oneLine(err), "Consent to the app's permissions GroupMember.Read.All, User.Read.All, Application.Read.All and Directory.Read.All, and check RADIOQUOTE_ROLE_GROUPS."
	case len(people) == 0:
		roles.State, roles.Found, roles.Mend = quoting.ProbeWeak, "nobody has a role", "Put people into the groups of RADIOQUOTE_ROLE_GROUPS, or assign the app's roles."
	default:
		roles.Found = quoting.Thousands(len(people)) + " people with a role"
	}
	return append(probes, roles)
}
