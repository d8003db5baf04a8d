package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/govalues/decimal"
	"github.com/prometheus/client_golang/prometheus"

	"radioquote/manifest"
	"radioquote/migrations"
	"radioquote/netsuite"
	"radioquote/quoting"
	"radioquote/quoting/desk"
	"radioquote/store"
)

// migrateCommand is the database's schema.
type migrateCommand struct {
	OwnerURL    secretText `name:"migrate-database-url" env:"RADIOQUOTE_MIGRATE_DATABASE_URL" required:"" placeholder:"URL" help:"Postgres, as the owner of the database."`
	DatabaseURL secretText `name:"database-url" env:"RADIOQUOTE_DATABASE_URL" placeholder:"URL" help:"Postgres, as the service's login role: up gives it its rights."`

	Up     struct{} `cmd:"" help:"Bring the database to this program's schema."`
	Status struct{} `cmd:"" help:"Say which schema the database has; exit 1 if it is not this program's."`
	Down   struct{} `cmd:"" help:"Remove the schema with everything in it."`
}

// Run does what the subcommand says.
func (c *migrateCommand) Run(ctx context.Context, s streams, what commandName) error {
	switch what {
	case "up":
		login, err := url.Parse(string(c.DatabaseURL))
		if err != nil || login.User.Username() == "" {
			return &usageError{errors.New("migrate up needs RADIOQUOTE_DATABASE_URL, the URL that the service signs in with, to give its role the rights")}
		}
		if err := migrations.Up(ctx, string(c.OwnerURL), login.User.Username()); err != nil {
			return err
		}
	case "down":
		if err := migrations.Down(ctx, string(c.OwnerURL)); err != nil {
			return err
		}
	}
	state, err := migrations.Status(ctx, string(c.OwnerURL))
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(s.out, "schema %d of %d, jobs %d of %d\n", state.Version, state.Latest, state.River, state.RiverLatest)
	if what == "status" && !state.Current() {
		return &noError{"the schema is not this program's: run radioquote migrate up"}
	}
	return nil
}

// syncCommand is one sync from NetSuite.
type syncCommand struct {
	Full bool `help:"Read every table whole, not only what has changed."`

	deskFlags
}

// deskFlags are what a command needs that does the service's work once.
type deskFlags struct {
	databaseFlags
	netsuiteFlags
	policyFlags
	logFlags
}

// open is the service's desk, ready to work, and what closes it.
func (f *deskFlags) open(ctx context.Context) (_ *desk.Desk, closeAll func(), err error) {
	log, err := f.logger()
	if err != nil {
		return nil, nil, err
	}
	policy, err := f.policy()
	if err != nil {
		return nil, nil, err
	}
	db, policy, err := f.inForce(ctx, policy)
	if err != nil {
		return nil, nil, err
	}
	metrics := prometheus.NewRegistry()
	client, err := f.client(policy.NetSuite, netsuite.NewMetrics(metrics))
	if err != nil {
		db.Close()
		return nil, nil, err
	}
	closeAll = func() { db.Close(); client.Close() }
	d := desk.New(desk.Config{DB: db, Policy: policy, NetSuite: client, Prefix: f.Prefix, Now: time.Now, Log: log, Metrics: metrics})
	if err := d.Load(ctx); err != nil {
		closeAll()
		return nil, nil, err
	}
	return d, closeAll, nil
}

// Run syncs and prints what came of it.
func (c *syncCommand) Run(ctx context.Context, s streams) error {
	d, closeAll, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer closeAll()
	sync := d.Sync
	if c.Full {
		sync = d.SyncWhole
	}
	result, err := sync(ctx, "command")
	if err != nil {
		return err
	}
	return writeSynced(ctx, s, d.DB, result)
}

// shownChanges is how many changes a sync prints.
const shownChanges = 50

// writeSynced prints what a sync changed and what it held.
func writeSynced(ctx context.Context, s streams, db *store.DB, r desk.Synced) error {
	var prices []store.PriceChange
	var costs []store.CostChange
	if r.Changed {
		err := db.InTx(ctx, store.Job, func(tx *store.Tx) (err error) {
			if prices, err = tx.PriceChanges(ctx, r.Snapshot, shownChanges+1); err != nil {
				return err
			}
			costs, err = tx.CostChanges(ctx, r.Snapshot, shownChanges+1)
			return err
		})
		if err != nil {
			return err
		}
	}
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, c := range prices[:min(shownChanges, len(prices))] {
		_, _ = fmt.Fprintf(t, "price\t%s\tlevel %d from %d\t%s → %s\n", c.SKU, c.Level, c.From, orNone(c.Old), orNone(c.New))
	}
	for _, c := range costs[:min(shownChanges, len(costs))] {
		_, _ = fmt.Fprintf(t, "cost\t%s\t\t%s → %s\n", c.SKU, orNone(c.Old.Average), orNone(c.New.Average))
	}
	for _, h := range r.Held {
		for _, reason := range h.Reasons {
			_, _ = fmt.Fprintf(t, "held\t%s\t\t%s\n", h.SKU, reason.Sentence)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(prices) > shownChanges || len(costs) > shownChanges {
		_, _ = fmt.Fprintf(s.out, "… the first %d of each are shown\n", shownChanges)
	}
	state := "the same prices as before"
	if r.Changed {
		state = fmt.Sprintf("%d rows changed", r.Rows)
	}
	_, err := fmt.Fprintf(s.out, "snapshot %d in force: %s; %d rows read, %d items held, %s.\n",
		r.Snapshot, state, r.Read, len(r.Held), r.Took.Round(time.Millisecond))
	return err
}

func orNone(d decimal.NullDecimal) string {
	if !d.Valid {
		return "none"
	}
	return d.Decimal.String()
}

// quoteCommand prices a text and stores nothing.
type quoteCommand struct {
	Text []string `arg:"" help:"What a rep would write."`
	JSON bool     `help:"The quote as JSON."`

	databaseFlags
	policyFlags
	vocabularyFlags
	logFlags
}

// Run prices the text from the snapshot in force.
func (c *quoteCommand) Run(ctx context.Context, s streams) error {
	log, err := c.logger()
	if err != nil {
		return err
	}
	policy, err := c.policy()
	if err != nil {
		return err
	}
	words, err := c.words()
	if err != nil {
		return err
	}
	db, policy, err := c.inForce(ctx, policy)
	if err != nil {
		return err
	}
	defer db.Close()
	d := desk.New(desk.Config{DB: db, Policy: policy, Now: time.Now, Log: log, Metrics: prometheus.NewRegistry()})
	if err := d.RefreshBook(ctx); err != nil {
		return err
	}
	version, err := d.Preview(words.Parse(strings.Join(c.Text, " "), quoting.Dialogue{}))
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(s, version)
	}
	return writeTable(s, version)
}

// quoteJSON is a priced quote as scripts read it.
type quoteJSON struct {
	Users            int                  `json:"users"`
	Sites            int                  `json:"sites"`
	Industry         quoting.IndustryCode `json:"industry"`
	Customer         string               `json:"customer,omitempty"`
	Assumed          []quoting.Need       `json:"assumed,omitempty"`
	Technology       quoting.Technology   `json:"technology"`
	Mode             quoting.Mode         `json:"mode"`
	Why              string               `json:"why"`
	Review           string               `json:"review,omitempty"`
	UsersPerSite     int                  `json:"users_per_site"`
	LoadUsers        int                  `json:"load_users"`
	TalkPaths        int                  `json:"talk_paths"`
	RepeatersPerSite int                  `json:"repeaters_per_site"`
	Portables        int                  `json:"portables"`
	Mobiles          int                  `json:"mobiles"`
	Lines            []lineJSON           `json:"lines"`
	ListTotal        string               `json:"list_total"`
	NetTotal         string               `json:"net_total"`
	Freight          string               `json:"freight"`
	Total            string               `json:"total"`
	CostTotal        string               `json:"cost_total"`
	MarginPct        string               `json:"margin_pct"`
	Currency         quoting.Currency     `json:"currency"`
	Findings         []quoting.Finding    `json:"findings,omitempty"`
	Approvals        []string             `json:"approvals,omitempty"`
	PricesAsOf       time.Time            `json:"prices_as_of"`
	Policy           string               `json:"policy"`
}

type lineJSON struct {
	SKU       string `json:"sku"`
	Name      string `json:"name"`
	Qty       int    `json:"qty"`
	BreakPct  int    `json:"break_pct"`
	UnitPrice string `json:"unit_price"`
	Extended  string `json:"extended"`
	Reason    string `json:"reason"`
}

func writeJSON(s streams, v quoting.Version) error {
	out := quoteJSON{
		Users: v.Request.Users, Sites: max(v.Request.Sites, 1), Industry: v.Request.Industry, Customer: v.Customer.Name,
		Assumed: v.Request.Assumed(), Technology: v.System.Technology, Mode: v.System.Mode, Why: v.System.Why, Review: v.System.Review,
		UsersPerSite: v.System.UsersPerSite, LoadUsers: v.System.LoadUsers, TalkPaths: v.System.TalkPaths,
		RepeatersPerSite: v.System.RepeatersPerSite, Portables: v.System.Portables, Mobiles: v.System.Mobiles,
		ListTotal: v.Priced.ListTotal.Text(), NetTotal: v.Priced.NetTotal.Text(), Freight: v.Priced.Freight.Text(), Total: v.Priced.Total.Text(),
		CostTotal: v.Priced.CostTotal.Text(), Currency: v.Priced.Currency, Findings: v.System.Findings, PricesAsOf: v.PricesAt.UTC(), Policy: v.Policy,
		Lines: []lineJSON{},
	}
	if out.Industry == "" {
		out.Industry = quoting.General
	}
	if v.Priced.Margin.Known {
		out.MarginPct = v.Priced.Margin.Percent.String()
	}
	for _, l := range v.Priced.Lines {
		out.Lines = append(out.Lines, lineJSON{l.SKU, l.Name, l.Qty, l.BreakPct, l.Unit.Text(), l.Extended.Text(), l.Reason})
	}
	for _, need := range v.Approvals {
		out.Approvals = append(out.Approvals, need.Sentence)
	}
	return encode(s.out, out)
}

func writeTable(s streams, v quoting.Version) error {
	_, _ = fmt.Fprintln(s.out, v.System.Why)
	if v.System.Review != "" {
		_, err := fmt.Fprintln(s.out, "Engineering review: no price.")
		return err
	}
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, l := range v.Priced.Lines {
		_, _ = fmt.Fprintf(t, "%d\t%s\t%s\t%s\t\n", l.Qty, l.SKU, l.Unit.Display(), l.Extended.Display())
	}
	_, _ = fmt.Fprintf(t, "\tfreight\t\t%s\t\n\ttotal\t\t%s\t\n", v.Priced.Freight.Display(), v.Priced.Total.Display())
	if err := t.Flush(); err != nil {
		return err
	}
	if assumed := v.Request.Assumed(); len(assumed) > 0 {
		_, _ = fmt.Fprintf(s.out, "Assumed: %s.\n", quoting.Names(assumed))
	}
	_, err := fmt.Fprintf(s.out, "Prices of %s, without tax.\n", v.PricesAt.Local().Format("2 January 15:04"))
	return err
}

// parseCommand reads utterances.
type parseCommand struct {
	vocabularyFlags

	Explain bool `help:"Say what was made of each term, and how sure the reading is."`
}

// maxLine bounds a line of utterances, in bytes.
const maxLine = 1 << 20

// Run reads a line, writes a line, until the input ends. A line that cannot be read is an
// error at the end; the others are answered.
func (c *parseCommand) Run(s streams) error {
	words, err := c.words()
	if err != nil {
		return err
	}
	parse := words.ParseLine
	if c.Explain {
		parse = words.ExplainLine
	}
	lines := bufio.NewScanner(s.in)
	lines.Buffer(nil, maxLine)
	out := bufio.NewWriter(s.out)
	bad := 0
	for n := 1; lines.Scan(); n++ {
		parsed, err := parse(lines.Bytes())
		if err != nil {
			bad++
			_, _ = fmt.Fprintf(s.err, "line %d: %s\n", n, oneLine(err))
			parsed = []byte("null")
		}
		if _, err := out.Write(append(parsed, '\n')); err != nil {
			return err
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read utterances: %w", err)
	}
	if bad > 0 {
		return &noError{fmt.Sprintf("%d lines could not be read", bad)}
	}
	return nil
}

// manifestCommand is the Teams app package.
type manifestCommand struct {
	Output    string `required:"" placeholder:"FILE" help:"Where to write the package, a zip."`
	AppID     string `name:"bot-app-id" env:"RADIOQUOTE_BOT_APP_ID" required:"" placeholder:"GUID" help:"The bot's application id."`
	PublicURL string `env:"RADIOQUOTE_PUBLIC_URL" required:"" placeholder:"URL" help:"https address that people's browsers reach."`
	Version   string `name:"package-version" default:"1.0.0" help:"Version of the package; Teams updates an app only to a higher one."`
}

// Run writes the package after checking it.
func (c *manifestCommand) Run(s streams) error {
	pkg, err := manifest.Package(manifest.Options{AppID: c.AppID, PublicURL: c.PublicURL, Version: c.Version})
	if err != nil {
		return &usageError{err}
	}
	if problems := manifest.Check(pkg); len(problems) > 0 {
		return &noError{fmt.Sprintf("the package has problems: %v", problems)}
	}
	if err := os.WriteFile(c.Output, pkg, 0o644); err != nil {
		return fmt.Errorf("write the package: %w", err)
	}
	_, err = fmt.Fprintf(s.out, "%s: %d bytes. Teams → Apps → Manage your apps → Upload an app.\n", c.Output, len(pkg))
	return err
}
