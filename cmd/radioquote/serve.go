package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"radioquote/bot"
	"radioquote/bot/botauth"
	"radioquote/bot/connector"
	"radioquote/migrations"
	"radioquote/netsuite"
	"radioquote/quoting/desk"
	"radioquote/store"
)

// serveCommand is the service.
type serveCommand struct {
	Listen        string `env:"RADIOQUOTE_LISTEN" default:"127.0.0.1:3978" placeholder:"ADDRESS" help:"Address of the webhook; default ${default}."`
	OpsListen     string `env:"RADIOQUOTE_OPS_LISTEN" default:"127.0.0.1:9978" placeholder:"ADDRESS" help:"Address of /healthz, /readyz and /metrics; default ${default}."`
	DirectoryFile string `env:"RADIOQUOTE_DIRECTORY_FILE" placeholder:"FILE" help:"People, roles, teams and managers as YAML."`

	databaseFlags
	botFlags
	entraFlags
	netsuiteFlags
	policyFlags
	vocabularyFlags
	modelFlags
	logFlags
}

func background() context.Context { return context.Background() }

// Run serves until ctx ends, then finishes what is in progress within 15 seconds.
func (c *serveCommand) Run(ctx context.Context) error {
	log, err := c.logger()
	if err != nil {
		return err
	}
	defer func() { _ = log.Sync() }() // stderr may not be syncable
	s, err := c.assemble(ctx, log)
	if err != nil {
		return err
	}
	defer s.close()
	return s.serve(ctx)
}

// service is the assembled parts of one process.
type service struct {
	log      *zap.Logger
	db       *store.DB
	netsuite *netsuite.Client
	desk     *desk.Desk
	bot      *bot.Bot
	stepUp   *bot.StepUp // nil: large decisions cannot be proved here
	metrics  *prometheus.Registry
	webhook  net.Listener
	ops      net.Listener
	url      string // of the database
	draining atomic.Bool
}

// assemble checks the configuration, connects and prepares everything that serving needs.
func (c *serveCommand) assemble(ctx context.Context, log *zap.Logger) (_ *service, err error) {
	s := &service{log: log, metrics: prometheus.NewRegistry(), url: string(c.DatabaseURL)}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	s.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if err := errors.Join(c.botFlags.check(), c.entraFlags.check()); err != nil {
		return nil, err
	}
	file, err := c.policy()
	if err != nil {
		return nil, err
	}
	words, err := c.words()
	if err != nil {
		return nil, err
	}
	people, hash, err := readDirectory(c.DirectoryFile, c.TenantID)
	if err != nil {
		return nil, err
	}
	if _, _, err := netsuite.ReadKeyFile(c.KeyFile); err != nil {
		return nil, &usageError{err}
	}
	tokens, err := c.tokens()
	if err != nil {
		return nil, err
	}
	sender, err := connector.New(connector.Config{
		AllowedServiceURLs: c.ServiceURLs, Tokens: tokens, SendsPerSecond: c.SendsPerSecond, Metrics: connector.NewMetrics(s.metrics),
	})
	if err != nil {
		return nil, &usageError{err}
	}
	validator, err := botauth.NewValidator(c.AppID, c.MetadataURL)
	if err != nil {
		return nil, &usageError{err}
	}
	second, err := c.second(s.metrics, words)
	if err != nil {
		return nil, err
	}
	if s.webhook, err = listen(c.Listen); err != nil {
		return nil, err
	}
	if s.ops, err = listen(c.OpsListen); err != nil {
		return nil, err
	}
	if err := requireSchema(ctx, s.url); err != nil {
		return nil, err
	}
	if s.db, err = store.Open(ctx, s.url); err != nil {
		return nil, err
	}
	policy, err := desk.PolicyInForce(ctx, s.db, file, time.Now())
	if err != nil {
		return nil, err
	}
	if s.netsuite, err = c.client(policy.NetSuite, netsuite.NewMetrics(s.metrics)); err != nil {
		return nil, err
	}
	directory, err := c.directory(c.TenantID, c.AppID, c.DirectoryFile, s.metrics)
	if err != nil {
		return nil, err
	}
	s.desk = desk.New(desk.Config{
		Directory: directory, SignInURL: c.signInURL(),
		DB: s.db, Policy: policy, PolicyFile: file, NetSuite: s.netsuite, Teams: bot.NewTeams(sender), Prefix: c.Prefix, Now: time.Now, Log: log, Metrics: s.metrics,
	})
	if err := s.desk.Prepare(ctx, people, hash); err != nil {
		return nil, err
	}
	if s.stepUp, err = c.entraFlags.stepUp(c.TenantID, s.desk, log); err != nil {
		return nil, err
	}
	s.bot, err = bot.New(bot.Config{
		Validator: validator, Connector: sender, Desk: s.desk, Tenants: c.AllowedTenants, Log: log, Metrics: s.metrics, Words: words, Model: second,
	})
	return s, err
}

// requireSchema refuses a database that this program does not fit.
func requireSchema(ctx context.Context, url string) error {
	state, err := migrations.Status(ctx, url)
	if err != nil {
		return err
	}
	if !state.Current() {
		return &usageError{fmt.Errorf("the database has schema %d and this program needs %d: run radioquote migrate up", state.Version, state.Latest)}
	}
	return nil
}

// serve answers Teams and the operator and works jobs until ctx ends.
func (s *service) serve(ctx context.Context) error {
	hook := echo.New()
	hook.HideBanner, hook.HidePort = true, true
	s.bot.Register(hook)
	if s.stepUp != nil {
		s.stepUp.Register(hook)
	}
	servers := map[net.Listener]*http.Server{
		s.webhook: {Handler: hook, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10},
		s.ops:     {Handler: s.operations(), ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second},
	}
	group, running := errgroup.WithContext(ctx)
	for listener, server := range servers {
		group.Go(func() error {
			if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
				return fmt.Errorf("serve on %s: %w", listener.Addr(), err)
			}
			return nil
		})
	}
	working, stopWorking := context.WithCancel(context.WithoutCancel(ctx))
	group.Go(func() error { return s.desk.Run(working) })
	group.Go(func() error {
		s.warnDaily(running)
		return nil
	})
	group.Go(func() error {
		<-running.Done()
		defer stopWorking()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 12*time.Second)
		defer cancel()
		s.draining.Store(true)
		err := s.bot.Drain(ctx)
		for _, server := range servers {
			err = errors.Join(err, server.Shutdown(ctx))
		}
		return err
	})
	s.log.Info("serving", zap.Stringer("webhook", s.webhook.Addr()), zap.Stringer("operations", s.ops.Addr()))
	err := group.Wait()
	s.log.Info("stopped", zap.Error(err))
	return err
}

func (s *service) close() {
	for _, l := range []net.Listener{s.webhook, s.ops} {
		if l != nil {
			_ = l.Close() // closed already when it has served
		}
	}
	if s.netsuite != nil {
		s.netsuite.Close()
	}
	if s.db != nil {
		s.db.Close()
	}
}

// operations are what an operator and a load balancer ask.
func (s *service) operations() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics, promhttp.HandlerOpts{}))
	return mux
}

// ready says whether the service can serve, and what is missing if not. NetSuite does not
// count: without it quotes are made and marked.
func (s *service) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	var missing []string
	if err := s.db.Ping(ctx); err != nil {
		missing = append(missing, "database")
	} else if state, err := migrations.Status(ctx, s.url); err != nil || !state.Current() {
		missing = append(missing, "schema")
	}
	answer := map[string]any{}
	if book, err := s.desk.Book(); err != nil {
		missing = append(missing, "prices")
	} else {
		answer["prices_as_of"] = book.TakenAt.UTC()
		answer["price_snapshot"] = book.Snapshot
	}
	if s.draining.Load() {
		missing = append(missing, "draining")
	}
	answer["netsuite"] = netsuiteState(s.netsuite.Health(), time.Now())
	if late, lapsed := s.desk.ClocksLate(ctx); lapsed {
		answer["warnings"] = []string{fmt.Sprintf("The clocks of approvals have not been looked at for %s: nobody is reminded, and nothing is escalated.", late.Round(time.Second))}
	}
	status := http.StatusOK
	if len(missing) > 0 {
		status = http.StatusServiceUnavailable
		answer["missing"] = missing
	}
	answer["ready"] = len(missing) == 0
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}

// netsuiteState is what /readyz says about the connection with NetSuite.
func netsuiteState(h netsuite.Health, now time.Time) map[string]any {
	state := map[string]any{"answering": !h.Open, "clock_skew_seconds": h.Skew.Round(time.Millisecond).Seconds()}
	warnings := h.Warnings(now)
	if h.Open {
		warnings = append(warnings, "NetSuite does not answer: quotes are marked unverified.")
	}
	if !h.CertificateExpires.IsZero() {
		state["certificate_expires"] = h.CertificateExpires.UTC()
	}
	if len(warnings) > 0 {
		state["warnings"] = warnings
	}
	return state
}

// warnDaily logs once a day what is going to keep the service out of NetSuite.
func (s *service) warnDaily(ctx context.Context) {
	day := time.NewTicker(24 * time.Hour)
	defer day.Stop()
	for {
		if warnings := s.netsuite.Health().Warnings(time.Now()); len(warnings) > 0 {
			s.log.Warn("netsuite", zap.Strings("warnings", warnings))
		}
		select {
		case <-day.C:
		case <-ctx.Done():
			return
		}
	}
}
