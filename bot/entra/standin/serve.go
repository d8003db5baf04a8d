package standin

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxCalls = 10_000 // how many are remembered; of more, the oldest are forgotten
	maxForm  = 64 << 10
	maxJSON  = 256 << 10
	maxKept  = 1000 // of sign-ins, codes, tokens and pages, each
)

// Call is a request, or one in a batch.
type Call struct {
	Method string
	Path   string // as sent, without the query
	Status int    // of the answer; 0 if none was given
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+s.entraPath("v2.0/.well-known/openid-configuration"), s.logged(s.metadata))
	mux.Handle("GET "+s.entraPath("discovery/v2.0/keys"), s.logged(s.keySet))
	mux.Handle("POST "+s.entraPath("oauth2/v2.0/token"), s.logged(s.issueToken))
	mux.Handle("GET "+s.entraPath("oauth2/v2.0/authorize"), s.logged(s.authorize))
	mux.Handle("POST "+s.entraPath("oauth2/v2.0/authorize/decide"), s.logged(s.decide))
	mux.Handle("POST /v1.0/$batch", s.logged(s.batch))
	mux.Handle("/v1.0/", s.logged(s.graph))
	return mux
}

// guard refuses whoever does not speak to this port by its own name: a tunnel, which forwards,
// a web page of another origin, and a name that was rebound to loopback. Only the sign-in page
// is for browsers that come from elsewhere.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		arrives := r.Method == http.MethodGet && r.URL.Path == s.entraPath("oauth2/v2.0/authorize")
		switch {
		case !slices.Contains(s.hosts, r.Host):
			http.Error(w, "the stand-in for Entra answers to "+s.hosts[0]+" only", http.StatusForbidden)
		case origin != "" && origin != "http://"+r.Host && !arrives:
			http.Error(w, "the stand-in for Entra answers its own page only", http.StatusForbidden)
		case r.Header.Get("Forwarded") != "" || r.Header.Get("X-Forwarded-For") != "":
			http.Error(w, "the stand-in for Entra is not for tunnels and proxies", http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// A reply is an answer: JSON, or a page. It is an error too, so that whatever refuses a
// request, however deep, says how.
type reply struct {
	status     int // 0: none, the connection is cut
	body       any
	html       []byte
	formTo     string        // an origin that the page's form may end at
	location   string        // of a redirect
	retryAfter time.Duration // in whole seconds, rounded up, if positive
	challenge  bool          // a 401 that says how to come back
}

func (re reply) Error() string { return fmt.Sprint(re.status, " ", re.body) }

func (re reply) header(set func(name, value string)) {
	if re.retryAfter > 0 {
		set("Retry-After", strconv.Itoa(int((re.retryAfter+time.Second-1)/time.Second)))
	}
	if re.location != "" {
		set("Location", re.location)
	}
	if re.challenge {
		set("WWW-Authenticate", `Bearer realm="", error="invalid_token"`)
	}
	set("Cache-Control", "no-store")
}

func (re reply) write(w http.ResponseWriter) {
	re.header(w.Header().Set)
	if re.html != nil {
		writePage(w, re)
		return
	}
	if re.body == nil {
		w.WriteHeader(re.status)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(re.status)
	if raw, ok := re.body.(json.RawMessage); ok {
		_, _ = w.Write(raw)
		return
	}
	_ = json.NewEncoder(w).Encode(re.body) // the caller may have gone
}

// logged serves a request, unless a fault meets it, and remembers it.
func (s *Server) logged(serve func(*http.Request) (reply, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		re := s.meet(r, serve)
		if re.status == 0 {
			cut(w)
			return
		}
		re.write(w)
	})
}

func (s *Server) meet(r *http.Request, serve func(*http.Request) (reply, error)) reply {
	re, met := s.fault(r)
	if !met {
		var err error
		if re, err = serve(r); err != nil && !errors.As(err, &re) {
			re = graphError(http.StatusInternalServerError, "InternalServerError", err.Error())
		}
	}
	s.remember(Call{Method: r.Method, Path: r.URL.Path, Status: re.status})
	return re
}

// cut closes the connection without an answer.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	_ = conn.Close()
}

// Calls returns what was asked, oldest first.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Count is how many calls there were whose path has that part.
func (s *Server) Count(part string) int {
	n := 0
	for _, c := range s.Calls() {
		if strings.Contains(c.Path, part) {
			n++
		}
	}
	return n
}

func (s *Server) remember(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.calls) == maxCalls {
		s.calls = slices.Delete(s.calls, 0, maxCalls/2)
	}
	s.calls = append(s.calls, c)
}

// keep adds to what is kept for a while; too much of it is forgotten as a whole.
func keep[T any](kept map[string]T, id string, value T) {
	if len(kept) >= maxKept {
		clear(kept)
	}
	kept[id] = value
}
