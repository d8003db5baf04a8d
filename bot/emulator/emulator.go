// Package emulator stands in for Microsoft Teams at the HTTP boundary: the login that hands out
// connector tokens, the published signing keys, the Bot Connector, and the people who write and
// click. It serves the tests, the load program and the demo's page.
//
// It is strict on purpose: where Teams would misbehave quietly (a text beside a card, a number
// where a card wants a string), it refuses, so that a test sees it. It keeps everything in memory
// and imports nothing of the bot, whose protocol it speaks. It listens on loopback only and refuses
// what comes through a tunnel or from another web page, because its login secret protects nothing.
package emulator

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// shutdownLimit is how long Close waits for requests in progress. The server itself gives a
// connection on which nothing was ever asked five seconds.
const shutdownLimit = 10 * time.Second

// Config is what an emulator starts with. AppID, AppSecret and TenantID are required.
type Config struct {
	Listen    string // a loopback address; default 127.0.0.1:0
	AppID     string // the bot's registration
	AppSecret string
	TenantID  string
	BotName   string // default "Radio Quote"
	BotURL    string // the bot's /api/messages; SetBotURL sets it later

	// People have the bot's app installed, as by a setup policy of their tenant: their chats exist,
	// but the bot has not heard of them before Install or their first message.
	People []Person

	// Room, if set, is the name of a group chat on the demo's page, of all the People with the bot.
	Room string

	AckLimit  time.Duration // how long an answer of the bot is awaited; default 15 s, as in Teams
	Resend    bool          // send once more, same id, after no answer within AckLimit or a 5xx
	Unlimited bool          // switches Teams' rate limits off, for load

	// OnMessage is called, if set, for each message that the connector has taken, before the bot
	// gets its answer. It must be quick.
	OnMessage func(Message)

	// Demo, if set, takes what a person types on the page that begins with "/demo", instead of the
	// bot. Its answer, or its error, is shown to that person as a line of the page's own.
	Demo func(ctx context.Context, command string) (string, error)

	Searches []Search // what the page's compose box offers

	RendererDir string           // the node_modules folder that InstallRenderer fills; may be empty
	Now         func() time.Time // clock of ids, tokens and rate limits; default time.Now
}

// A Person is somebody with a Teams account.
type Person struct {
	Name     string
	Title    string // shown on the demo's page
	ObjectID string // in Entra
	UserID   string // "29:…", the id by which this bot knows the person
	Locale   string // of the person's Teams, BCP 47; empty: en-US
}

// Emulator is a running stand-in for Teams. Its methods may be called from many goroutines.
type Emulator struct {
	cfg    Config
	base   string // http://127.0.0.1:port
	run    string // tells the page of this emulator from that of one before
	server *http.Server
	served chan struct{} // closed when the server has stopped
	client *http.Client  // calls the bot
	done   context.Context
	stop   context.CancelFunc

	mu      sync.Mutex
	people  []Person
	room    string // id of the page's group chat; empty: none
	botURL  string
	key     signingKey // endorsed for msteams
	weakKey signingKey // endorsed for nothing; made when first asked for
	bearer  bearer     // the token that Say and Click use
	tokens  map[string]time.Time
	chats   map[string]*chat
	tenant  pace // all sends
	faults  []Fault
	calls   []Call
	lastID  int64
	rev     uint64        // counts changes of the chats
	changed chan struct{} // closed and replaced at each change
}

// Start listens and serves until Close.
func Start(cfg Config) (*Emulator, error) {
	if cfg.AppID == "" || cfg.AppSecret == "" || cfg.TenantID == "" {
		return nil, errors.New("start emulator: app id, app secret and tenant id are required")
	}
	if cfg.Listen == "" {
		cfg.Listen = "127.0.0.1:0"
	}
	if cfg.BotName == "" {
		cfg.BotName = "Radio Quote"
	}
	if cfg.AckLimit == 0 {
		cfg.AckLimit = 15 * time.Second
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	key, err := newSigningKey("msteams")
	if err != nil {
		return nil, fmt.Errorf("start emulator: %w", err)
	}
	e := &Emulator{
		cfg:     cfg,
		run:     rand.Text(),
		served:  make(chan struct{}),
		client:  newBotClient(),
		botURL:  cfg.BotURL,
		key:     key,
		tokens:  map[string]time.Time{},
		chats:   map[string]*chat{},
		tenant:  pace{windows: tenantWindows},
		changed: make(chan struct{}),
	}
	for _, p := range cfg.People {
		if err := e.AddPerson(p); err != nil {
			return nil, fmt.Errorf("start emulator: %w", err)
		}
	}
	if cfg.Room != "" {
		e.room = e.addChat(e.idOf("19:", "room "+cfg.Room)+"@thread.v2", groupChat, cfg.People)
	}
	listener, err := listenLoopback(cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("start emulator: %w", err)
	}
	e.base = "http://" + listener.Addr().String()
	e.done, e.stop = context.WithCancel(context.Background())
	e.server = &http.Server{
		Handler:           e.guard(listener.Addr(), e.routes()),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		BaseContext:       func(net.Listener) context.Context { return e.done },
	}
	go func() {
		defer close(e.served)
		_ = e.server.Serve(listener) // always ErrServerClosed: only Close ends it
	}()
	return e, nil
}

func listenLoopback(address string) (net.Listener, error) {
	addr, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return nil, err
	}
	if !addr.IP.IsLoopback() {
		return nil, fmt.Errorf("%s is not a loopback address", address)
	}
	return net.ListenTCP("tcp", addr)
}

// Close ends every request in progress and stops listening.
func (e *Emulator) Close() error {
	e.stop()
	ctx, cancel := context.WithTimeout(context.Background(), shutdownLimit)
	defer cancel()
	err := e.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("close emulator: %w", err), e.server.Close())
	}
	<-e.served
	e.client.CloseIdleConnections()
	return err
}

// PageURL is the address of the demo's page.
func (e *Emulator) PageURL() string { return e.base + "/" }

// TokenURL is where the bot gets its token for the connector.
func (e *Emulator) TokenURL() string { return e.base + "/" + e.cfg.TenantID + "/oauth2/v2.0/token" }

// OpenIDMetadataURL is where the bot learns of the keys that sign activities.
func (e *Emulator) OpenIDMetadataURL() string {
	return e.base + "/v1/.well-known/openidconfiguration"
}

// ServiceURL is the connector's address, as each activity names it. As in Teams it has a path.
func (e *Emulator) ServiceURL() string { return e.base + "/amer/" }

// SetBotURL sets where activities are posted.
func (e *Emulator) SetBotURL(url string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.botURL = url
}

// notify tells everyone who waits that the chats have changed. The caller holds e.mu.
func (e *Emulator) notify() {
	close(e.changed)
	e.changed = make(chan struct{})
}
