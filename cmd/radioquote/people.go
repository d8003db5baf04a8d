package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"radioquote/quoting"
	"radioquote/quoting/desk"
	"radioquote/store"
)

// peopleCommand lists who may do what.
type peopleCommand struct {
	JSON bool `help:"The people as JSON."`

	databaseFlags
}

// personJSON is somebody with a role as scripts read it.
type personJSON struct {
	OID     string         `json:"oid"`
	Tenant  string         `json:"tenant"`
	Name    string         `json:"name"`
	Roles   []quoting.Role `json:"roles"`
	Team    string         `json:"team,omitempty"`
	Manager string         `json:"manager,omitempty"` // oid
}

// Run prints everybody who has a role.
func (c *peopleCommand) Run(ctx context.Context, s streams) error {
	db, err := store.Open(ctx, string(c.DatabaseURL))
	if err != nil {
		return err
	}
	defer db.Close()
	var rows []store.Person
	if err := db.InReadTx(ctx, store.Job, func(tx *store.Tx) (err error) {
		rows, err = tx.People(ctx)
		return err
	}); err != nil {
		return err
	}
	names := map[quoting.PersonID]string{}
	for _, p := range rows {
		names[p.ID] = p.Name
	}
	all := []personJSON{}
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, p := range rows {
		if len(p.Roles) == 0 {
			continue
		}
		all = append(all, personJSON{p.ID.Object, p.ID.Tenant, p.Name, p.Roles, p.Team, p.Manager.Object})
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", p.ID.Object, p.Name, p.RoleNames(), orDash(p.Team), orDash(names[p.Manager]))
	}
	if !c.JSON {
		return t.Flush()
	}
	return encode(s.out, all)
}

// encode writes JSON for scripts and people.
func encode(out io.Writer, v any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// proposerFlags say in whose name something is proposed.
type proposerFlags struct {
	As       string `required:"" placeholder:"OID" help:"The admin who proposes it, by object id. Another admin has to confirm it in Teams."`
	TenantID string `name:"bot-tenant-id" env:"RADIOQUOTE_BOT_TENANT_ID" required:"" placeholder:"GUID" help:"The Entra tenant of the people."`

	databaseFlags
	policyFlags
	logFlags
}

// open is a desk that can propose, and the policy in force.
func (f proposerFlags) open(ctx context.Context) (_ *desk.Desk, closeAll func(), err error) {
	log, err := f.logger()
	if err != nil {
		return nil, nil, err
	}
	file, err := f.policy()
	if err != nil {
		return nil, nil, err
	}
	db, policy, err := f.inForce(ctx, file)
	if err != nil {
		return nil, nil, err
	}
	return desk.New(desk.Config{DB: db, Policy: policy, Now: time.Now, Log: log, Metrics: prometheus.NewRegistry()}), db.Close, nil
}

func (f proposerFlags) person(oid string) quoting.PersonID {
	return quoting.PersonID{Tenant: strings.ToLower(f.TenantID), Object: strings.ToLower(oid)}
}

// writeProposed prints what a proposal would change, and what happens next.
func writeProposed(out io.Writer, made desk.Proposed) error {
	for _, point := range made.Points {
		_, _ = fmt.Fprintln(out, point)
	}
	_, err := fmt.Fprintf(out, "Proposal %d. %s\n", made.ID, desk.NextOf(made))
	return err
}

// roleFlags name a role and a person.
type roleFlags struct {
	Role string `arg:"" placeholder:"ROLE" help:"rep, sales_manager, finance, vp, owner, engineering, admin or auditor."`
	OID  string `arg:"" name:"oid" placeholder:"OID" help:"The person, by object id."`

	// Roles that come from Entra are not changed here.
	EntraClientID string `hidden:"" name:"entra-client-id" env:"RADIOQUOTE_ENTRA_CLIENT_ID"`
	DirectoryFile string `hidden:"" env:"RADIOQUOTE_DIRECTORY_FILE"`

	proposerFlags
}

// grantCommand proposes a role for somebody.
type grantCommand struct{ roleFlags }

// Run prints what the proposal would change.
func (c *grantCommand) Run(ctx context.Context, s streams) error { return c.propose(ctx, s, false) }

// revokeCommand proposes the end of somebody's role.
type revokeCommand struct{ roleFlags }

// Run prints what the proposal would change.
func (c *revokeCommand) Run(ctx context.Context, s streams) error { return c.propose(ctx, s, true) }

func (c *roleFlags) propose(ctx context.Context, s streams, revoke bool) error {
	if c.EntraClientID != "" && c.DirectoryFile == "" {
		return &usageError{errors.New("roles come from Entra here: change the person's group or app role there, and the service follows within minutes")}
	}
	d, closeAll, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer closeAll()
	made, err := d.ProposeGrant(ctx, c.person(c.As), quoting.Grant{Person: c.person(c.OID), Role: quoting.Role(c.Role), Revoke: revoke}, "command")
	if err != nil {
		return err
	}
	return writeProposed(s.out, made)
}
