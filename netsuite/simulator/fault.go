package simulator

import (
	"bytes"
	"compress/gzip"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Route names a kind of request, for faults and counters.
type Route string

// The routes that are simulated.
const (
	RouteToken         Route = "token"
	RouteSuiteQL       Route = "suiteql"
	RouteServerTime    Route = "server time"
	RouteCustomer      Route = "customer"
	RouteEstimateRead  Route = "estimate read"
	RouteEstimateWrite Route = "estimate write"
	RouteCreateForm    Route = "create form"
)

// Fault makes requests go wrong. Of the faults that match a request and are due, the first injected
// takes effect.
type Fault struct {
	Name   string // for counting, see Fired; empty: not counted
	Route  Route  // empty: every route
	Table  string // SuiteQL on this table only; empty: all
	After  int    // so many matching requests go well first
	Times  int    // so many go wrong then; 0: every one from there on
	Effect Effect
}

// Effect is what happens instead of, or around, the right answer. The functions below make them.
type Effect func(exchange)

// exchange is a request with the handler that would answer it well. It comes in after sign-in.
type exchange struct {
	simulator *Simulator
	w         http.ResponseWriter
	r         *http.Request
	next      http.HandlerFunc
}

// faults is the script of what goes wrong. Its zero value is that nothing does.
type faults struct {
	mu     sync.Mutex
	script []*scripted
	fired  map[string]int
}

type scripted struct {
	Fault
	seen int
}

// take counts a request against the script and gives the effect that is due, or nil. Table tells
// which table the request reads, and is asked only where a fault depends on it.
func (f *faults) take(route Route, table func() string) Effect {
	f.mu.Lock()
	defer f.mu.Unlock()
	var due *scripted
	for _, s := range f.script {
		if s.Route != "" && s.Route != route || s.Table != "" && s.Table != table() {
			continue
		}
		s.seen++
		if due == nil && s.seen > s.After && (s.Times == 0 || s.seen <= s.After+s.Times) {
			due = s
		}
	}
	if due == nil {
		return nil
	}
	if due.Name != "" {
		if f.fired == nil {
			f.fired = make(map[string]int)
		}
		f.fired[due.Name]++
	}
	return due.Effect
}

// Fired counts the named faults that took effect, by name.
func (s *Simulator) Fired() map[string]int {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	return maps.Clone(s.faults.fired)
}

// Inject adds faults to the script.
func (s *Simulator) Inject(script ...Fault) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	for _, f := range script {
		s.faults.script = append(s.faults.script, &scripted{Fault: f})
	}
}

// ClearFaults empties the script: from now on all goes well.
func (s *Simulator) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.script = nil
}

// Answer sends a fixed answer.
func Answer(status int, contentType, body string) Effect {
	return func(x exchange) { send(x.w, status, contentType, []byte(body)) }
}

// Refuse answers with NetSuite's error body.
func Refuse(status int, code, detail string) Effect {
	return func(x exchange) { refusef(status, code, "%s", detail).write(x.w) }
}

// Unauthorized is a refused login although the token is good, as seen under overload.
func Unauthorized() Effect {
	return func(x exchange) {
		x.simulator.door.challenge(x.w, "invalid_token", "Invalid login attempt.")
		loginRefused().write(x.w)
	}
}

// Maintenance is NetSuite's page for people, with status 200.
func Maintenance() Effect {
	return Answer(http.StatusOK, "text/html; charset=utf-8", "<!DOCTYPE html><html><head><title>NetSuite - Login</title></head><body>We are performing scheduled maintenance.</body></html>")
}

// TooManyRequests is the refusal for concurrency. RetryAfter is the header's value; empty sends none.
func TooManyRequests(retryAfter string) Effect {
	return func(x exchange) {
		if retryAfter != "" {
			x.w.Header().Set("Retry-After", retryAfter)
		}
		tooManyRequests(x.w)
	}
}

// TooManyRequestsInvalid is the refusal for concurrency exactly as Oracle prints it, which is no
// valid JSON: a comma is missing.
func TooManyRequestsInvalid() Effect {
	return Answer(http.StatusTooManyRequests, mediaError, `{"type":"https://www.rfc-editor.org/rfc/rfc9110.html#name-status-codes","title":"Bad Request","status":429,"o:errorCode":"USER_ERROR" "o:errorDetails":[{"detail":"Concurrent request limit exceeded. Request blocked.","o:errorCode":"CONCURRENCY_LIMIT_EXCEEDED"}]}`)
}

func tooManyRequests(w http.ResponseWriter) {
	refusef(http.StatusTooManyRequests, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded. Request blocked.").write(w)
}

// Delay answers well, but late. A client that goes away meanwhile is not served.
func Delay(d time.Duration) Effect {
	return func(x exchange) {
		if pause(x.r, d) {
			x.next(x.w, x.r)
		}
	}
}

// pause waits, and reports false where the request ends first.
func pause(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// Hang never answers. It ends when the client gives up or the simulator closes.
func Hang() Effect {
	return func(x exchange) {
		<-x.r.Context().Done()
		reset(x.w)
	}
}

// Reset breaks the connection off without an answer.
func Reset() Effect {
	return func(x exchange) { reset(x.w) }
}

// reset ends the connection with a TCP reset where it can.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	conn.Close()
}

// Drip sends the right answer in pieces, with a pause between them.
func Drip(pieces int, pauseBetween time.Duration) Effect {
	return func(x exchange) {
		c := x.commit()
		maps.Copy(x.w.Header(), c.header)
		x.w.WriteHeader(c.status)
		body := c.body.Bytes()
		for piece := range slices.Chunk(body, max(1, len(body)/pieces)) {
			if _, err := x.w.Write(piece); err != nil || !pause(x.r, pauseBetween) {
				return
			}
			_ = http.NewResponseController(x.w).Flush()
		}
	}
}

// GzipBomb is an answer of a few kilobytes that unpacks to that many megabytes.
func GzipBomb(megabytes int) Effect {
	return func(x exchange) {
		x.w.Header().Set("Content-Encoding", "gzip")
		x.w.Header().Set("Content-Type", mediaSingular)
		zip := gzip.NewWriter(x.w)
		for range megabytes {
			if _, err := zip.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
		_ = zip.Close()
	}
}

// Located answers a write that was stored with another Location: none, a relative one, one
// on another host.
func Located(at string) Effect {
	return func(x exchange) {
		c := x.commit()
		c.header.Del("Location")
		if at != "" {
			c.header.Set("Location", at)
		}
		c.send(x.w)
	}
}

// Truncate sends the first half of the right answer as if it were all.
func Truncate() Effect {
	return Rewrite(func(body []byte) []byte { return body[:len(body)/2] })
}

// Rewrite changes the body of the right answer.
func Rewrite(change func(body []byte) []byte) Effect {
	return func(x exchange) {
		c := x.commit()
		c.body = *bytes.NewBuffer(change(c.body.Bytes()))
		c.send(x.w)
	}
}

// CommitThen does what was asked, keeps the answer to itself, and goes on with another effect:
// CommitThen(Hang()) is a write that is stored and times out.
func CommitThen(effect Effect) Effect {
	return func(x exchange) {
		x.commit()
		effect(x)
	}
}

// PretendStored answers a write as if it had been stored. Nothing is.
func PretendStored() Effect {
	return func(x exchange) {
		x.w.Header().Set("Location", x.simulator.URL()+pathEstimate+"/999999")
		x.w.WriteHeader(http.StatusNoContent)
	}
}

// StoreChanged stores an estimate and then changes it, as a script in the account may. The change
// does not count as a later edit.
func StoreChanged(change func(*Estimate)) Effect {
	return func(x exchange) {
		c := x.commit()
		if at := c.header.Get("Location"); at != "" {
			if err := x.simulator.changeStored(at[strings.LastIndexByte(at, '/')+1:], change); err != nil {
				writeError(x.w, err)
				return
			}
		}
		c.send(x.w)
	}
}

// commit does what was asked and catches the answer.
func (x exchange) commit() *caught {
	c := &caught{header: make(http.Header), status: http.StatusOK}
	x.next(c, x.r)
	return c
}

// caught is an answer on its way.
type caught struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (c *caught) Header() http.Header         { return c.header }
func (c *caught) WriteHeader(status int)      { c.status = status }
func (c *caught) Write(b []byte) (int, error) { return c.body.Write(b) }

func (c *caught) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), c.header)
	send(w, c.status, "", c.body.Bytes())
}
