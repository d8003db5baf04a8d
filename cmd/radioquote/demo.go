package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	_ "embed"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"radioquote/bot"
	"radioquote/bot/emulator"
	"radioquote/bot/entra/standin"
	"radioquote/manifest"
	"radioquote/netsuite"
	"radioquote/netsuite/simulator"
	"radioquote/store/localpg"
)

// demoCommand is the product on one machine, with nothing of anybody else's.
type demoCommand struct {
	Listen string `default:"127.0.0.1:3978" placeholder:"ADDRESS" help:"Address of the service's webhook; default ${default}."`
	Data   string `default:".radioquote" placeholder:"FOLDER" help:"Where everything is kept; default ${default}."`
	Reset  bool   `help:"Start over: remove what is kept."`
}

// Who and what the demo's registrations are. Nothing outside this machine knows them.
const (
	demoTenant      = "11111111-1111-4111-8111-111111111111"
	demoApp         = "22222222-2222-4222-8222-222222222222"
	demoAccount     = "1234567_SB1"
	demoClient      = "demo-client"
	demoCertificate = "demo-certificate"
	demoSignIn      = "33333333-3333-4333-8333-333333333333"
)

//go:embed demo-directory.yaml
var demoDirectory []byte

// demoPeople are those whose Teams the page shows.
var demoPeople = []emulator.Person{
	{Name: "Riley Rep", Title: "Sales rep", ObjectID: "00000000-0000-4000-8000-000000000001", UserID: "29:riley"},
	{Name: "Morgan Manager", Title: "Sales manager", ObjectID: "00000000-0000-4000-8000-000000000002", UserID: "29:morgan"},
	{Name: "Ada Admin", Title: "Admin", ObjectID: "00000000-0000-4000-8000-000000000003", UserID: "29:ada"},
	{Name: "Finn Finance", Title: "Finance", ObjectID: "00000000-0000-4000-8000-000000000004", UserID: "29:finn"},
	{Name: "Vera Vice", Title: "VP", ObjectID: "00000000-0000-4000-8000-000000000005", UserID: "29:vera"},
	{Name: "Olive Owner", Title: "Owner", ObjectID: "00000000-0000-4000-8000-000000000006", UserID: "29:olive"},
	{Name: "Eve Engineer", Title: "Engineering", ObjectID: "00000000-0000-4000-8000-000000000007", UserID: "29:eve"},
	{Name: "Sam Seller", Title: "Sales rep", ObjectID: "00000000-0000-4000-8000-000000000008", UserID: "29:sam"},
	{Name: "Alex Admin", Title: "Admin", ObjectID: "00000000-0000-4000-8000-000000000009", UserID: "29:alex"},
}

// Run starts the demo and keeps it until ctx ends.
func (c *demoCommand) Run(ctx context.Context, s streams) (err error) {
	data, err := c.folder()
	if err != nil {
		return err
	}
	d := demo{data: data, out: s, ready: make(chan struct{})}
	defer func() { err = errors.Join(err, d.stop()) }()
	if err := d.start(ctx, c.Listen); err != nil {
		return err
	}
	d.greet()
	return d.service.serve(ctx)
}

// folder makes the data folder ready: writable, and empty if it is to start over.
func (c *demoCommand) folder() (string, error) {
	data, err := filepath.Abs(c.Data)
	if err != nil {
		return "", err
	}
	if c.Reset {
		if err := localpg.Remove(filepath.Join(data, "postgres")); err != nil {
			return "", err
		}
	}
	if err := os.MkdirAll(data, 0o755); err != nil {
		return "", &usageError{fmt.Errorf("cannot use the data folder %s: %w; choose another with --data", data, cause(err))}
	}
	probe, err := os.CreateTemp(data, ".probe")
	if err != nil {
		return "", &usageError{fmt.Errorf("cannot write to the data folder %s: %w; choose another with --data", data, cause(err))}
	}
	return data, errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// cause is the last part of a file system's error: the path is said already.
func cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// demo is the parts of a running demo.
type demo struct {
	data     string
	out      streams
	log      *os.File
	postgres *localpg.Server
	database localpg.Database
	netsuite *simulator.Simulator
	teams    *emulator.Emulator
	entra    *standin.Server
	service  *service
	notes    []string
	ready    chan struct{} // closed when everything has started
}

func (d *demo) start(ctx context.Context, listen string) (err error) {
	if d.log, err = os.Create(filepath.Join(d.data, "service.log")); err != nil {
		return fmt.Errorf("service log: %w", err)
	}
	if d.postgres, err = localpg.Start(ctx, localpg.Options{DataDir: filepath.Join(d.data, "postgres"), Durable: true}); err != nil {
		return err
	}
	if d.database, err = d.postgres.CreateDatabase(ctx, "radioquote"); err != nil {
		return err
	}
	keyFile := filepath.Join(d.data, "netsuite.pem")
	key, err := demoKey(keyFile)
	if err != nil {
		return err
	}
	d.netsuite, err = simulator.Start(simulator.Config{
		Account: demoAccount, ClientID: demoClient, CertificateID: demoCertificate, PublicKey: key.Public(), Latency: simulator.DemoLatency,
	})
	if err != nil {
		return err
	}
	secret := rand.Text()
	renderer := filepath.Join(d.data, "playground")
	if err := emulator.InstallRenderer(ctx, renderer); err != nil {
		d.notes = append(d.notes, "The page cannot show cards: "+oneLine(err))
	}
	d.teams, err = startTeams(listen, emulator.Config{
		AppID: demoApp, AppSecret: secret, TenantID: demoTenant, People: demoPeople, Room: "Midwest sales", Resend: true,
		RendererDir: filepath.Join(renderer, "node_modules"), BotURL: "http://" + listen + "/api/messages", Demo: d.turn,
		Searches: demoSearches(),
	})
	if err != nil {
		return err
	}
	public := "http://" + listen
	if d.entra, err = startEntra(secret, public+bot.StepUpCallback); err != nil {
		return err
	}
	directory := filepath.Join(d.data, "directory.yaml")
	if _, err := os.Stat(directory); errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(directory, demoDirectory, 0o600); err != nil {
			return fmt.Errorf("demo directory: %w", err)
		}
	}
	serve := serveCommand{
		Listen: listen, OpsListen: "127.0.0.1:0", DirectoryFile: directory,
		databaseFlags: databaseFlags{secretText(d.database.URL)},
		botFlags: botFlags{
			AppID: demoApp, AppSecret: secretText(secret), TenantID: demoTenant, MetadataURL: d.teams.OpenIDMetadataURL(),
			TokenURL: d.teams.TokenURL(), ServiceURLs: []string{d.teams.ServiceURL()}, SendsPerSecond: 45,
		},
		entraFlags: entraFlags{
			PublicURL: public, EntraURL: d.entra.URL(), ClientID: demoSignIn, ClientSecret: secretText(secret), GraphURL: d.entra.URL(),
		},
		netsuiteFlags: netsuiteFlags{
			Account: demoAccount, BaseURL: d.netsuite.URL(), ClientID: demoClient, CertificateID: demoCertificate, KeyFile: keyFile, Concurrency: 3, Prefix: "RQ-",
		},
	}
	if err := d.writeEnvironment(serve, d.database.OwnerURL); err != nil {
		return err
	}
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), d.log, zap.InfoLevel)
	if d.service, err = serve.assemble(ctx, zap.New(core)); err != nil {
		return err
	}
	if _, err := d.service.desk.Sync(ctx, "demo"); err != nil {
		return err
	}
	if err := d.service.desk.RefreshBook(ctx); err != nil {
		return err
	}
	close(d.ready)
	return nil
}

// startEntra starts the stand-in for Entra, where the demo's people sign in for large
// decisions.
func startEntra(secret, redirect string) (*standin.Server, error) {
	config := standin.Config{TenantID: demoTenant, ClientID: demoSignIn, ClientSecret: secret, RedirectURIs: []string{redirect}}
	for _, p := range demoPeople {
		config.People = append(config.People, standin.Person{ObjectID: p.ObjectID, Name: p.Name, Title: p.Title})
	}
	return standin.Start(config)
}

// startTeams starts the stand-in for Teams on the port after the webhook's, so that what
// waits to be sent finds it again after a restart; where that port is taken, on any other.
// demoSearches are those of the app package.
func demoSearches() []emulator.Search {
	var all []emulator.Search
	for _, s := range manifest.Searches() {
		p := s.Parameters[0]
		all = append(all, emulator.Search{ID: s.ID, Title: s.Title, Hint: p.Title, Parameter: p.Name, InitialRun: s.InitialRun})
	}
	return all
}

func startTeams(listen string, config emulator.Config) (*emulator.Emulator, error) {
	host, port, err := net.SplitHostPort(listen)
	number, numberErr := strconv.Atoi(port)
	if err != nil || numberErr != nil {
		return nil, &usageError{fmt.Errorf("%q is not an address such as 127.0.0.1:3978", listen)}
	}
	config.Listen = net.JoinHostPort(host, strconv.Itoa(number+1))
	if teams, err := emulator.Start(config); err == nil {
		return teams, nil
	}
	config.Listen = ""
	return emulator.Start(config)
}

// greet says where the page is and what to type, and has Teams install the bot for the
// people: they are greeted as soon as the service answers.
func (d *demo) greet() {
	_, _ = fmt.Fprintf(d.out.out, `
Radio Quote is running. Open

    %s

and type, as Riley:      quote 40 radios for 3 sites
then, for example:       make it 45
and on the card:         choose the industry and a customer, Update, Submit.
Morgan, on the right, approves; the Estimate appears in the stand-in for NetSuite.
Anybody may type /demo:  what goes wrong then, and comes right again; Ada decides on
                         prices that look wrong.

From another terminal:   . %s
                         bin/radioquote quote "25 radios 1 site hotel"
NetSuite stops:          curl -X POST %s/_sim/down      (and /_sim/up)
The service's log:       %s
Ctrl-C stops everything; the data stay.
`, d.teams.PageURL(), filepath.Join(d.data, "env"), d.netsuite.URL(), d.log.Name())
	for _, note := range d.notes {
		_, _ = fmt.Fprintln(d.out.out, "\n"+note)
	}
	go func() {
		ctx, cancel := context.WithTimeout(background(), time.Minute)
		defer cancel()
		for _, p := range demoPeople {
			if err := d.teams.Install(ctx, p); err != nil {
				d.service.log.Error("install", zap.Error(err))
			}
		}
	}()
}

// stop ends every part; what was never started is left out.
func (d *demo) stop() error {
	var err error
	if d.service != nil {
		d.service.close()
	}
	if d.teams != nil {
		err = errors.Join(err, d.teams.Close())
	}
	if d.entra != nil {
		err = errors.Join(err, d.entra.Close())
	}
	if d.netsuite != nil {
		err = errors.Join(err, d.netsuite.Close())
	}
	if d.postgres != nil {
		ctx, cancel := context.WithTimeout(background(), 15*time.Second)
		defer cancel()
		err = errors.Join(err, d.postgres.Stop(ctx))
	}
	if d.log != nil {
		err = errors.Join(err, d.log.Close())
	}
	return err
}

// demoKey is the demo's own key for NetSuite, made with its certificate at the first start.
func demoKey(path string) (crypto.Signer, error) {
	if _, err := os.Stat(path); err == nil {
		key, _, err := netsuite.ReadKeyFile(path)
		return key, err
	}
	key, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		return nil, fmt.Errorf("demo key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("demo key: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.Unix()), Subject: pkix.Name{CommonName: "Radio Quote demo"},
		NotBefore: now, NotAfter: now.AddDate(2, 0, 0),
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("demo certificate: %w", err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})...)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return nil, fmt.Errorf("demo key: %w", err)
	}
	return key, nil
}

// writeEnvironment writes the environment that lets the other commands work on the demo
// from another terminal. It holds secrets: only its owner may read it.
func (d *demo) writeEnvironment(c serveCommand, ownerURL string) error {
	var b strings.Builder
	for _, v := range []struct{ name, value string }{
		{"RADIOQUOTE_DATABASE_URL", string(c.DatabaseURL)},
		{"RADIOQUOTE_MIGRATE_DATABASE_URL", ownerURL},
		{"RADIOQUOTE_BOT_APP_ID", c.AppID},
		{"RADIOQUOTE_BOT_APP_SECRET", string(c.AppSecret)},
		{"RADIOQUOTE_BOT_TENANT_ID", c.TenantID},
		{"RADIOQUOTE_BOT_OPENID_METADATA_URL", c.MetadataURL},
		{"RADIOQUOTE_BOT_TOKEN_URL", c.TokenURL},
		{"RADIOQUOTE_BOT_SERVICE_URLS", strings.Join(c.ServiceURLs, ",")},
		{"RADIOQUOTE_DIRECTORY_FILE", c.DirectoryFile},
		{"RADIOQUOTE_PUBLIC_URL", c.PublicURL},
		{"RADIOQUOTE_ENTRA_URL", c.EntraURL},
		{"RADIOQUOTE_ENTRA_CLIENT_ID", c.entraFlags.ClientID},
		{"RADIOQUOTE_ENTRA_CLIENT_SECRET", string(c.ClientSecret)},
		{"RADIOQUOTE_GRAPH_URL", c.GraphURL},
		{"RADIOQUOTE_NETSUITE_ACCOUNT", c.Account},
		{"RADIOQUOTE_NETSUITE_BASE_URL", c.BaseURL},
		{"RADIOQUOTE_NETSUITE_CLIENT_ID", c.netsuiteFlags.ClientID},
		{"RADIOQUOTE_NETSUITE_CERTIFICATE_ID", c.CertificateID},
		{"RADIOQUOTE_NETSUITE_PRIVATE_KEY_FILE", c.KeyFile},
	} {
		fmt.Fprintf(&b, "export %s='%s'\n", v.name, strings.ReplaceAll(v.value, "'", `'\''`))
	}
	path := filepath.Join(d.data, "env")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		return fmt.Errorf("write the environment: %w", err)
	}
	return os.Chmod(path, 0o600) // an older file keeps its mode otherwise
}

// simulatorCommand is the stand-in for NetSuite alone.
type simulatorCommand struct {
	Listen        string `default:"127.0.0.1:8484" placeholder:"ADDRESS" help:"Loopback address; default ${default}."`
	Account       string `name:"netsuite-account" env:"RADIOQUOTE_NETSUITE_ACCOUNT" default:"1234567_SB1" placeholder:"ID" help:"Account id; default ${default}."`
	ClientID      string `name:"netsuite-client-id" env:"RADIOQUOTE_NETSUITE_CLIENT_ID" default:"demo-client" placeholder:"ID" help:"Client id that may sign in; default ${default}."`
	CertificateID string `name:"netsuite-certificate-id" env:"RADIOQUOTE_NETSUITE_CERTIFICATE_ID" default:"demo-certificate" placeholder:"ID" help:"Certificate id that it signs in with; default ${default}."`
	KeyFile       string `name:"netsuite-private-key-file" env:"RADIOQUOTE_NETSUITE_PRIVATE_KEY_FILE" default:"netsuite.pem" placeholder:"FILE" help:"The key of that certificate; made if it is not there; default ${default}."`
	ExtraItems    int    `default:"0" placeholder:"N" help:"Items beside the demo company's, 20 price rows each."`
}

// Run answers as NetSuite until ctx ends.
func (c *simulatorCommand) Run(ctx context.Context, s streams) error {
	key, err := demoKey(c.KeyFile)
	if err != nil {
		return &usageError{err}
	}
	sim, err := simulator.Start(simulator.Config{
		Listen: c.Listen, Account: c.Account, ClientID: c.ClientID, CertificateID: c.CertificateID, PublicKey: key.Public(), ExtraItems: c.ExtraItems,
	})
	if err != nil {
		return &usageError{err}
	}
	_, _ = fmt.Fprintf(s.out, "NetSuite stand-in for account %s on %s\n", c.Account, sim.URL())
	<-ctx.Done()
	return sim.Close()
}
