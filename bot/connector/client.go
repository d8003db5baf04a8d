// Package connector calls the Bot Connector, the REST service through which a bot
// writes to Teams: send, update and delete a message, open a personal chat, look up a
// member. It keeps the bot under Teams' limits, hands its token to allowed hosts only,
// and says of every failure what it means for the message.
//
// It refuses to send a message twice on a guess: a POST whose outcome is unknown comes
// back as Ambiguous. It keeps no queue and waits a few seconds at most; a job that is
// told to come back later has to keep the message itself.
package connector

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/time/rate"
)

const (
	// Teams allows an app 50 requests a second in a tenant ("Optimize your bot with
	// rate limiting in Teams"). The burst on top of the default rate stays within.
	defaultSendsPerSecond = 45
	burstShare            = 9

	// A call waits this long for its turn under that limit, then it is Throttled.
	maxTenantWait = 5 * time.Second
	// One call, with its retries, ends after this long at the latest.
	callTimeout = 15 * time.Second
)

// Tokens is where the bot's token comes from.
type Tokens interface {
	Token(context.Context) (string, error)
	// Invalidate says that the connector refused the token.
	Invalidate(token string)
}

// Config is what a Client needs.
type Config struct {
	// AllowedServiceURLs are the connectors that may be called and be shown the bot's
	// token: https, or http on loopback. A serviceUrl is allowed if its scheme, host
	// and port are equal and its path continues an allowed one by whole segments.
	AllowedServiceURLs []string
	Tokens             Tokens
	// SendsPerSecond bounds all calls of this client together; 0 means 45. Where
	// several processes serve one tenant they have to share Teams' 50.
	SendsPerSecond float64
	// ConversationLimits bound the messages to one conversation; nil means TeamsLimits.
	ConversationLimits []Limit
	// Metrics may be nil.
	Metrics *Metrics
}

// Client calls the Bot Connector. It is safe for concurrent use.
type Client struct {
	allowed []serviceURL
	tokens  Tokens
	remote  *remote
	tenant  *rate.Limiter
	windows *windows
	metrics *Metrics
}

// New returns a client, or an error for settings that could not work or are not safe.
func New(cfg Config) (*Client, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = (&net.Dialer{Timeout: dialTimeout}).DialContext
	transport.TLSHandshakeTimeout = dialTimeout
	// Below the idle time of the connector's front end, so that a POST is seldom
	// written to a connection that the other side is closing.
	transport.IdleConnTimeout = 30 * time.Second
	transport.MaxIdleConnsPerHost = 64
	return newClient(cfg, transport)
}

func newClient(cfg Config, transport http.RoundTripper) (*Client, error) {
	if cfg.Tokens == nil {
		return nil, errors.New("connector: no source of tokens")
	}
	if len(cfg.AllowedServiceURLs) == 0 {
		return nil, errors.New("connector: no allowed service URL")
	}
	c := &Client{tokens: cfg.Tokens, metrics: cfg.Metrics}
	for _, raw := range cfg.AllowedServiceURLs {
		u, err := parseServiceURL(raw)
		if err != nil {
			return nil, fmt.Errorf("connector: allowed service URL: %w", err)
		}
		c.allowed = append(c.allowed, u)
	}
	if cfg.SendsPerSecond == 0 {
		cfg.SendsPerSecond = defaultSendsPerSecond
	}
	if cfg.SendsPerSecond < 0 {
		return nil, fmt.Errorf("connector: %g sends per second", cfg.SendsPerSecond)
	}
	c.tenant = rate.NewLimiter(rate.Limit(cfg.SendsPerSecond), max(1, int(cfg.SendsPerSecond/burstShare)))
	if cfg.ConversationLimits == nil {
		cfg.ConversationLimits = TeamsLimits()
	}
	for _, l := range cfg.ConversationLimits {
		if l.Sends < 1 || l.Per <= 0 {
			return nil, fmt.Errorf("connector: conversation limit of %d sends in %s", l.Sends, l.Per)
		}
	}
	c.windows = newWindows(cfg.ConversationLimits)
	if c.metrics == nil {
		c.metrics = NewMetrics(nil)
	}
	c.remote = newRemote(transport, c.metrics)
	return c, nil
}

// Open says whether the connector has failed so often that calls are not even tried.
func (c *Client) Open() bool { return c.remote.breaker.IsOpen() }

// Send posts an activity to a conversation and returns the new activity's id, which is
// empty for an activity that leaves nothing in the chat, such as typing. If the
// conversation has had its share it does not wait but returns a Throttled error. Like
// that of all methods here its error is an *Error.
func (c *Client) Send(ctx context.Context, serviceURL, conversationID string, a Activity) (string, error) {
	if a.Type == "" {
		a.Type = "message"
	}
	var answer struct {
		ID string `json:"id"`
	}
	err := c.do(ctx, call{
		op: "send", method: http.MethodPost, serviceURL: serviceURL,
		path: []string{"conversations", conversationID, "activities"},
		body: a, answer: &answer, messageTo: conversationID,
	})
	return answer.ID, err
}

// Update replaces an activity that the bot sent.
func (c *Client) Update(ctx context.Context, serviceURL, conversationID, activityID string, a Activity) error {
	if a.Type == "" {
		a.Type = "message"
	}
	return c.do(ctx, call{
		op: "update", method: http.MethodPut, serviceURL: serviceURL,
		path: []string{"conversations", conversationID, "activities", activityID},
		body: a,
	})
}

// Delete removes an activity that the bot sent.
func (c *Client) Delete(ctx context.Context, serviceURL, conversationID, activityID string) error {
	return c.do(ctx, call{
		op: "delete", method: http.MethodDelete, serviceURL: serviceURL,
		path: []string{"conversations", conversationID, "activities", activityID},
	})
}

// CreateConversation opens the personal chat between the bot and a user who has the app,
// or finds the one there is, and returns its id. So unlike a message it may be repeated.
func (c *Client) CreateConversation(ctx context.Context, serviceURL string, p PersonalChat) (string, error) {
	var answer struct {
		ID string `json:"id"`
	}
	err := c.do(ctx, call{
		op: "create_conversation", method: http.MethodPost, serviceURL: serviceURL,
		path: []string{"conversations"},
		body: p.wire(), answer: &answer,
	})
	if err == nil && answer.ID == "" {
		err = &Error{Op: "create_conversation", Outcome: NotSent, Err: errNoID}
	}
	return answer.ID, err
}

var errNoID = errors.New("answer without an id")

// Member looks up one member of a conversation by Teams id (29:…) or Entra object id.
func (c *Client) Member(ctx context.Context, serviceURL, conversationID, userID string) (Member, error) {
	var answer memberWire
	err := c.do(ctx, call{
		op: "member", method: http.MethodGet, serviceURL: serviceURL,
		path:   []string{"conversations", conversationID, "members", userID},
		answer: &answer,
	})
	if err == nil && answer.ID == "" {
		err = &Error{Op: "member", Outcome: NotSent, Err: errNoID}
	}
	return answer.member(), err
}
