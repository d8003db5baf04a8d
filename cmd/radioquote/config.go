package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"radioquote/bot/botauth"
	"radioquote/bot/command"
	"radioquote/netsuite"
	"radioquote/quoting"
	"radioquote/quoting/desk"
	"radioquote/store"
)

// secretText is a flag whose value is not printed.
type secretText string

func (secretText) String() string { return "REDACTED" }

// databaseFlags name the database for the service's role.
type databaseFlags struct {
	DatabaseURL secretText `name:"database-url" env:"RADIOQUOTE_DATABASE_URL" required:"" placeholder:"URL" help:"Postgres, as the service's login role; several hosts allowed."`
}

// inForce opens the database, and gives the policy that is in force there instead of the
// configuration's.
func (f databaseFlags) inForce(ctx context.Context, configured *quoting.Policy) (*store.DB, *quoting.Policy, error) {
	db, err := store.Open(ctx, string(f.DatabaseURL))
	if err != nil {
		return nil, nil, err
	}
	policy, err := desk.CurrentPolicy(ctx, db, configured)
	if err != nil {
		db.Close()
		return nil, nil, err
	}
	return db, policy, nil
}

// logFlags say what is logged.
type logFlags struct {
	LogLevel string `env:"RADIOQUOTE_LOG_LEVEL" enum:"debug,info,warn,error" default:"info" help:"debug, info, warn or error."`
}

// logger writes JSON lines to stderr.
func (f logFlags) logger() (*zap.Logger, error) {
	level, err := zapcore.ParseLevel(f.LogLevel)
	if err != nil {
		return nil, &usageError{err}
	}
	config := zap.NewProductionConfig()
	config.Level = zap.NewAtomicLevelAt(level)
	config.Sampling = nil
	config.DisableStacktrace = true
	config.EncoderConfig.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	config.EncoderConfig.EncodeDuration = zapcore.MillisDurationEncoder
	return config.Build()
}

// policyFlags name the policy.
type policyFlags struct {
	PolicyFile string `env:"RADIOQUOTE_POLICY_FILE" placeholder:"FILE" help:"Policy that replaces the embedded default."`
}

func (f policyFlags) policy() (*quoting.Policy, error) {
	if f.PolicyFile == "" {
		return quoting.DefaultPolicy()
	}
	text, err := os.ReadFile(f.PolicyFile)
	if err != nil {
		return nil, &usageError{fmt.Errorf("read the policy: %w", err)}
	}
	p, err := quoting.ParsePolicy(text)
	if err != nil {
		return nil, &usageError{err}
	}
	return p, nil
}

// vocabularyFlags name the dealer's own words.
type vocabularyFlags struct {
	VocabularyFile string `env:"RADIOQUOTE_VOCABULARY_FILE" placeholder:"FILE" help:"Words of your own that messages may use, beside those built in."`
}

func (f vocabularyFlags) words() (*command.Reader, error) {
	if f.VocabularyFile == "" {
		return command.Default(), nil
	}
	text, err := os.ReadFile(f.VocabularyFile)
	if err != nil {
		return nil, &usageError{fmt.Errorf("read the vocabulary: %w", err)}
	}
	words, err := command.NewReader(string(text))
	if err != nil {
		return nil, &usageError{err}
	}
	return words, nil
}

// netsuiteFlags name the NetSuite account.
type netsuiteFlags struct {
	Account       string `name:"netsuite-account" env:"RADIOQUOTE_NETSUITE_ACCOUNT" required:"" placeholder:"ID" help:"Account id, such as 1234567 or 1234567_SB1."`
	BaseURL       string `name:"netsuite-base-url" env:"RADIOQUOTE_NETSUITE_BASE_URL" placeholder:"URL" help:"Where SuiteTalk is; default the account's own host."`
	ClientID      string `name:"netsuite-client-id" env:"RADIOQUOTE_NETSUITE_CLIENT_ID" required:"" placeholder:"ID" help:"OAuth 2.0 client credentials: client id."`
	CertificateID string `name:"netsuite-certificate-id" env:"RADIOQUOTE_NETSUITE_CERTIFICATE_ID" required:"" placeholder:"ID" help:"Certificate id of the mapping."`
	KeyFile       string `name:"netsuite-private-key-file" env:"RADIOQUOTE_NETSUITE_PRIVATE_KEY_FILE" required:"" placeholder:"FILE" help:"PEM file: the private key and, so that its end is seen coming, the certificate."`
	Concurrency   int    `name:"netsuite-concurrency" env:"RADIOQUOTE_NETSUITE_CONCURRENCY" default:"3" placeholder:"N" help:"Requests at once; default ${default}."`
	Prefix        string `name:"netsuite-prefix" env:"RADIOQUOTE_NETSUITE_PREFIX" default:"RQ-" placeholder:"TEXT" help:"Prefix of external ids; default ${default}."`
}

func (f netsuiteFlags) client(names quoting.AccountNames, metrics *netsuite.Metrics) (*netsuite.Client, error) {
	key, certificate, err := netsuite.ReadKeyFile(f.KeyFile)
	if err != nil {
		return nil, &usageError{err}
	}
	client, err := netsuite.New(netsuite.Config{
		Account: f.Account, BaseURL: f.BaseURL, ClientID: f.ClientID, CertificateID: f.CertificateID,
		PrivateKey: key, Certificate: certificate, Concurrency: f.Concurrency, Prefix: f.Prefix, Names: names,
	}, metrics)
	if err != nil {
		return nil, &usageError{err}
	}
	return client, nil
}

// botFlags are the bot's registration with Teams.
type botFlags struct {
	AppID          string     `name:"bot-app-id" env:"RADIOQUOTE_BOT_APP_ID" required:"" placeholder:"GUID" help:"The bot's application id."`
	AppSecret      secretText `name:"bot-app-secret" env:"RADIOQUOTE_BOT_APP_SECRET" required:"" placeholder:"SECRET" help:"Its client secret."`
	TenantID       string     `name:"bot-tenant-id" env:"RADIOQUOTE_BOT_TENANT_ID" required:"" placeholder:"GUID" help:"Its Entra tenant."`
	AllowedTenants []string   `name:"bot-allowed-tenants" env:"RADIOQUOTE_BOT_ALLOWED_TENANTS" placeholder:"GUID" help:"Tenants that may talk to it; default its own."`
	MetadataURL    string     `name:"bot-openid-metadata-url" env:"RADIOQUOTE_BOT_OPENID_METADATA_URL" default:"https://login.botframework.com/v1/.well-known/openidconfiguration" placeholder:"URL" help:"OpenID metadata of the Bot Framework; default ${default}."`
	TokenURL       string     `name:"bot-token-url" env:"RADIOQUOTE_BOT_TOKEN_URL" placeholder:"URL" help:"Where the bot's own token comes from; default Microsoft's for the tenant."`
	ServiceURLs    []string   `name:"bot-service-urls" env:"RADIOQUOTE_BOT_SERVICE_URLS" default:"https://smba.trafficmanager.net/" placeholder:"URL" help:"Connectors that may be answered; default ${default}."`
	SendsPerSecond float64    `name:"bot-sends-per-second" env:"RADIOQUOTE_BOT_SENDS_PER_SECOND" default:"45" placeholder:"N" help:"Calls to Teams a second; Teams allows a tenant 50; default ${default}."`
}

// check completes the flags and refuses what could not be safe.
func (f *botFlags) check() error {
	if strings.TrimSpace(f.AppID) == "" {
		return &usageError{errors.New("the bot's app id is empty: set RADIOQUOTE_BOT_APP_ID")}
	}
	if strings.TrimSpace(f.TenantID) == "" {
		return &usageError{errors.New("the bot's tenant is empty: set RADIOQUOTE_BOT_TENANT_ID")}
	}
	if f.TokenURL == "" {
		f.TokenURL = "https://login.microsoftonline.com/" + url.PathEscape(f.TenantID) + "/oauth2/v2.0/token"
	}
	if len(f.AllowedTenants) == 0 {
		f.AllowedTenants = []string{f.TenantID}
	}
	return nil
}

func (f *botFlags) tokens() (*botauth.TokenSource, error) {
	tokens, err := botauth.NewTokenSource(f.TokenURL, f.AppID, botauth.NewSecret(string(f.AppSecret)))
	if err != nil {
		return nil, &usageError{err}
	}
	return tokens, nil
}

// listen opens a listener, with a line that says what to do when the address is taken.
func listen(address string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(background(), "tcp", address)
	if err != nil {
		return nil, &usageError{fmt.Errorf("cannot listen on %s: %w; choose another address", address, errors.Unwrap(err))}
	}
	return l, nil
}
