// Package bot is the edge between Teams and the desk: the webhook that Teams calls, and
// the sending of cards. It turns an activity into a command and hands it to the desk,
// and turns what the desk says into what Teams understands.
//
// It refuses to decide anything about quotes, keeps no state, and trusts nothing of an
// activity but what the token vouches for: the connector that sent it. It sends nothing
// by itself either, except for the one sentence that nothing could be saved, since
// everything else has to survive a crash and so goes through the desk's outbox.
//
// # What msbotbuilder-go does here, and what it does not
//
// The library's adapter and types are used, with our own parts at its two seams: a
// token validator and a connector client. Its own ones panic on claims of another type,
// ignore endorsements, leak connections and lose the id of what was sent.
//
// A request is parsed by the library's ParseRequest from a copy that has only fields
// that it can read. Its own schema fails on a value that is a list or a timestamp that
// is empty, and a bot that answers 500 to what it does not know is after a while not
// called any more. A message is dispatched by ProcessActivity, whose handler says
// nothing, which our client takes for what it is, because the answer is in the outbox.
// Messages and updates of the desk's jobs go out by ProactiveMessage and
// UpdateActivity; what these add to a call of the connector is some microseconds.
//
// Invokes do not go through the library: it would post their answer into the chat,
// where Teams wants it in the body of the HTTP response. Nor do the other types, most of
// which it answers with an error.
package bot

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/infracloudio/msbotbuilder-go/connector/auth"
	"github.com/infracloudio/msbotbuilder-go/core"
	"github.com/infracloudio/msbotbuilder-go/schema"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"golang.org/x/sync/semaphore"

	"radioquote/bot/botauth"
	"radioquote/bot/command"
	"radioquote/bot/connector"
	"radioquote/bot/model"
	"radioquote/quoting/desk"
)

// maxTurns is how many requests are worked on at once; more are told to come back. It is
// far more than the database does at once, and far less than memory holds.
const maxTurns = 256

// Config is what a Bot works with. Every field but Words and Model is required.
type Config struct {
	Validator *botauth.Validator
	Connector *connector.Client
	Desk      *desk.Desk
	// Tenants are the Entra tenants whose people may talk to the bot. A registration for
	// a single tenant does not keep the others out.
	Tenants []string
	Log     *zap.Logger
	Metrics prometheus.Registerer
	// Words reads messages; nil reads them with the words that everybody uses.
	Words *command.Reader
	// Model is the second reader; nil: there is none.
	Model *model.Reader
}

// Bot is the webhook. It is safe for concurrent use.
type Bot struct {
	validator *botauth.Validator
	connector *connector.Client
	desk      *desk.Desk
	tenants   map[string]bool // in lower case
	log       *zap.Logger
	metrics   *metrics
	words     *command.Reader
	model     *model.Reader // nil: none

	// turns are the places for requests in progress. Drain takes them all.
	turns    *semaphore.Weighted
	draining atomic.Bool
}

// New returns a bot that serves once it is registered. Without a tenant, or with an empty
// one, it is an error: nobody or anybody could talk to it.
func New(cfg Config) (*Bot, error) {
	tenants := map[string]bool{}
	for _, tenant := range cfg.Tenants {
		if tenant = strings.TrimSpace(tenant); tenant == "" {
			return nil, errors.New("new bot: an allowed tenant is empty")
		}
		tenants[strings.ToLower(tenant)] = true
	}
	switch {
	case len(tenants) == 0:
		return nil, errors.New("new bot: no allowed tenant")
	case cfg.Validator == nil || cfg.Connector == nil || cfg.Desk == nil || cfg.Log == nil || cfg.Metrics == nil:
		return nil, errors.New("new bot: a part is missing")
	}
	if cfg.Words == nil {
		cfg.Words = command.Default()
	}
	return &Bot{
		words: cfg.Words, validator: cfg.Validator, connector: cfg.Connector, desk: cfg.Desk,
		tenants: tenants, log: cfg.Log, metrics: newMetrics(cfg.Metrics), model: cfg.Model,
		turns: semaphore.NewWeighted(maxTurns),
	}, nil
}

// Register makes e serve the webhook at /api/messages.
func (b *Bot) Register(e *echo.Echo) {
	e.POST("/api/messages", b.receive)
	e.HEAD("/api/messages", func(c echo.Context) error { return c.NoContent(http.StatusOK) })
}

// Drain refuses new activities with 503 from now on and waits for the turns in progress,
// each of which ends within ten seconds. Its error is ctx's, with turns still going on.
func (b *Bot) Drain(ctx context.Context) error {
	b.draining.Store(true)
	return b.turns.Acquire(ctx, maxTurns)
}

// adapterFor is the library's adapter on our own parts. It is a handful of words, so that
// every request has its own, which lets in that request's caller.
func adapterFor(caller auth.TokenValidator, client *connector.Client) core.Adapter {
	return &core.BotFrameworkAdapter{TokenValidator: caller, Client: connector.Library{Client: client}}
}

// verified is the adapter's token validator for one request. The token has been checked
// already, before a byte of the body was read; what is left is whether its caller may
// bring this activity. The zero value lets nobody in.
type verified struct{ botauth.Caller }

func (v verified) AuthenticateRequest(_ context.Context, a schema.Activity, _ string, _ auth.CredentialProvider, _ string) (auth.ClaimsIdentity, error) {
	if err := v.Covers(a.ChannelID, a.ServiceURL); err != nil {
		return nil, err
	}
	return v.Caller, nil
}
