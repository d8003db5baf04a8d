package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"radioquote/migrations"
	"radioquote/netsuite"
	"radioquote/quoting"
	"radioquote/quoting/desk"
	"radioquote/store"
)

// doctorCommand checks a deployment.
type doctorCommand struct {
	DirectoryFile string `env:"RADIOQUOTE_DIRECTORY_FILE" placeholder:"FILE" help:"People, roles, teams and managers as YAML."`

	databaseFlags
	botFlags
	entraFlags
	netsuiteFlags
	policyFlags
	modelFlags
	logFlags
}

// Run tries everything that the service needs, one line each, and says what to mend. What
// it finds out about NetSuite is remembered for the service. It changes nothing else.
func (c *doctorCommand) Run(ctx context.Context, s streams) error {
	log, err := c.logger()
	if err != nil {
		return err
	}
	policy, err := c.policy()
	if err != nil {
		return err
	}
	if err := errors.Join(c.botFlags.check(), c.entraFlags.check()); err != nil {
		return err
	}
	metrics := prometheus.NewRegistry()
	client, err := c.client(policy.NetSuite, netsuite.NewMetrics(metrics))
	if err != nil {
		return err
	}
	defer client.Close()
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	broken := 0
	say := func(p quoting.Probe) {
		if p.State == quoting.ProbeBroken {
			broken++
		}
		line := p.Found
		if p.Mend != "" {
			line += " → " + p.Mend
		}
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\n", p.State, p.Name, strings.Join(strings.Fields(line), " "))
	}
	db := c.database(ctx, say)
	if c.DirectoryFile != "" || c.entraFlags.ClientID == "" { // else roles come from Entra
		say(c.directory())
	}
	say(c.botToken(ctx))
	say(c.botKeys(ctx))
	for _, p := range c.entraFlags.probes(ctx, c.TenantID, c.AppID, c.DirectoryFile, policy) {
		say(p)
	}
	if c.modelFlags != (modelFlags{}) {
		say(c.probe(ctx))
	}
	var probes []quoting.Probe
	if db != nil {
		defer db.Close()
		d := desk.New(desk.Config{DB: db, Policy: policy, NetSuite: client, Prefix: c.Prefix, Now: time.Now, Log: log, Metrics: metrics})
		if probes, err = d.Probe(ctx); err != nil {
			say(quoting.Probe{Name: "findings", State: quoting.ProbeWeak, Found: oneLine(err), Mend: "What follows is not remembered. Run doctor again once the database is mended."})
		}
	} else {
		probes, _ = client.Probe(ctx)
	}
	for _, p := range probes {
		p.Name = "netsuite " + p.Name
		say(p)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if broken > 0 {
		return &noError{fmt.Sprintf("%d things are broken", broken)}
	}
	return nil
}

// database tries the database; nil where it cannot be worked with.
func (c *doctorCommand) database(ctx context.Context, say func(quoting.Probe)) *store.DB {
	broken := func(name string, err error, mend string) {
		say(quoting.Probe{Name: name, State: quoting.ProbeBroken, Found: oneLine(err), Mend: mend})
	}
	state, err := migrations.Status(ctx, string(c.DatabaseURL))
	if err != nil {
		broken("database", err, "Check RADIOQUOTE_DATABASE_URL, and that Postgres runs.")
		return nil
	}
	if !state.Current() {
		broken("database schema", fmt.Errorf("schema %d of %d", state.Version, state.Latest), "Run radioquote migrate up.")
		return nil
	}
	say(quoting.Probe{Name: "database", State: quoting.ProbeGood, Found: fmt.Sprintf("schema %d", state.Version)})
	db, err := store.Open(ctx, string(c.DatabaseURL))
	if err != nil {
		broken("database", err, "Check RADIOQUOTE_DATABASE_URL.")
		return nil
	}
	for _, role := range []store.Role{store.Service, store.Sync, store.Job} {
		if err := db.InTx(ctx, role, func(*store.Tx) error { return nil }); err != nil {
			broken("database roles", err, "Run radioquote migrate up as the owner: it gives the login role its roles.")
			db.Close()
			return nil
		}
	}
	var latest store.Snapshot
	err = db.InTx(ctx, store.Job, func(tx *store.Tx) (err error) {
		latest, err = tx.LatestSnapshot(ctx)
		return err
	})
	switch age := time.Since(latest.Confirmed); {
	case err != nil && quoting.KindOf(err) == quoting.NotFound:
		say(quoting.Probe{Name: "prices", State: quoting.ProbeBroken, Found: "none yet", Mend: "Run radioquote sync."})
	case err != nil:
		broken("prices", err, "")
	case age > 2*time.Hour:
		say(quoting.Probe{Name: "prices", State: quoting.ProbeWeak, Found: "as of " + latest.Confirmed.Local().Format("2 January 15:04"), Mend: "The service has not synced since. Run radioquote sync and read its error."})
	default:
		say(quoting.Probe{Name: "prices", State: quoting.ProbeGood, Found: fmt.Sprintf("snapshot %d, confirmed %s ago", latest.ID, age.Round(time.Minute))})
	}
	return db
}

func (c *doctorCommand) directory() quoting.Probe {
	p := quoting.Probe{Name: "directory"}
	if c.DirectoryFile == "" {
		p.State, p.Found, p.Mend = quoting.ProbeWeak, "no directory file", "Set RADIOQUOTE_DIRECTORY_FILE, or nobody has a role."
		return p
	}
	people, _, err := readDirectory(c.DirectoryFile, c.TenantID)
	if err != nil {
		p.State, p.Found, p.Mend = quoting.ProbeBroken, oneLine(err), "Mend the file; docs/operations.md shows its form."
		return p
	}
	p.State, p.Found = quoting.ProbeGood, fmt.Sprintf("%d people", len(people))
	for _, role := range []quoting.Role{quoting.Admin, quoting.SalesManager, quoting.Finance} {
		found := false
		for _, person := range people {
			found = found || person.Has(role)
		}
		if !found {
			p.State, p.Mend = quoting.ProbeWeak, fmt.Sprintf("Nobody has the role %s: what needs one waits.", role)
		}
	}
	return p
}

// botToken signs in as the bot.
func (c *doctorCommand) botToken(ctx context.Context) quoting.Probe {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	p := quoting.Probe{Name: "bot sign-in", State: quoting.ProbeGood, Found: "a token for the Bot Connector"}
	tokens, err := c.tokens()
	if err == nil {
		_, err = tokens.Token(ctx)
	}
	if err != nil {
		p.State, p.Found, p.Mend = quoting.ProbeBroken, oneLine(err), "Check the app id, the secret (it may have expired) and the tenant in Entra."
	}
	return p
}

// botKeys reads the keys by which Teams' tokens are checked.
func (c *doctorCommand) botKeys(ctx context.Context) quoting.Probe {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	p := quoting.Probe{Name: "bot keys", State: quoting.ProbeGood, Found: "the Bot Framework's keys can be read"}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.MetadataURL, http.NoBody)
	if err == nil {
		var resp *http.Response
		if resp, err = http.DefaultClient.Do(req); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				err = fmt.Errorf("status %d", resp.StatusCode)
			}
		}
	}
	if err != nil {
		p.State, p.Found, p.Mend = quoting.ProbeBroken, oneLine(err), "Let this machine reach the metadata address by https; without it no message of Teams is taken."
	}
	return p
}
