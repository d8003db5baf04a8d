package localpg

import (
	"context"
	"net"
	"net/url"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Proxy stands between a client and a database, so that a test can make the network
// fail: cut the connections, or let them hang.
type Proxy struct {
	target   *pgx.ConnConfig
	listener net.Listener

	mu      sync.Mutex
	mended  sync.Cond // on mu
	cut     bool
	stalled bool
	conns   map[net.Conn]bool
	pumps   sync.WaitGroup
}

// NewProxy returns a proxy to the database of databaseURL that lives as long as the test.
func NewProxy(t TB, databaseURL string) *Proxy {
	t.Helper()
	target, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		t.Fatalf("proxy: %v", err)
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("proxy: %v", err)
	}
	p := &Proxy{target: target, listener: listener, conns: map[net.Conn]bool{}}
	p.mended.L = &p.mu
	p.pumps.Go(func() { p.accept(t.Context()) })
	t.Cleanup(func() {
		listener.Close()
		p.Cut()
		p.pumps.Wait()
	})
	return p
}

// URL is that of the database through the proxy.
func (p *Proxy) URL() string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(p.target.User, p.target.Password),
		Host:     p.listener.Addr().String(),
		Path:     "/" + p.target.Database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// Cut closes every connection and, until Mend, every new one at once.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut, p.stalled = true, false
	for conn := range p.conns {
		conn.Close()
	}
	p.mended.Broadcast()
}

// Stall lets connections hang: nothing is closed and nothing passes until Mend.
func (p *Proxy) Stall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stalled = true
}

// Mend undoes Cut and Stall. What was written during a stall arrives now.
func (p *Proxy) Mend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut, p.stalled = false, false
	p.mended.Broadcast()
}

func (p *Proxy) accept(ctx context.Context) {
	var dialer net.Dialer
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // the test has ended
		}
		network, address := pgconn.NetworkAddress(p.target.Host, p.target.Port)
		server, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			client.Close()
			continue
		}
		p.mu.Lock()
		p.conns[client], p.conns[server] = true, true
		if p.cut {
			client.Close()
			server.Close()
		}
		p.mu.Unlock()
		p.pumps.Go(func() { p.pump(client, server) })
		p.pumps.Go(func() { p.pump(server, client) })
	}
}

// pump carries bytes one way until either side ends, and then ends the other.
func (p *Proxy) pump(from, to net.Conn) {
	defer func() {
		from.Close()
		to.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.conns, from)
	}()
	buf := make([]byte, 32<<10)
	for {
		n, readErr := from.Read(buf)
		p.mu.Lock()
		for p.stalled {
			p.mended.Wait()
		}
		p.mu.Unlock()
		if _, err := to.Write(buf[:n]); err != nil || readErr != nil {
			return
		}
	}
}
