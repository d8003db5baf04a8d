package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// maxCalls is how many calls are remembered; of more, the oldest are forgotten.
const maxCalls = 20_000

// A Call is a request to the login, the keys or the connector.
type Call struct {
	At           time.Time
	Method       string
	Path         string // escaped, as sent
	Conversation string // of connector calls
	Activity     string // of connector calls
	Status       int    // of the answer; 0 if none was given
}

func (e *Emulator) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /"+e.cfg.TenantID+"/oauth2/v2.0/token", e.logged(e.issueToken))
	mux.Handle("GET /v1/.well-known/openidconfiguration", e.logged(e.metadata))
	mux.Handle("GET /v1/.well-known/keys", e.logged(e.keySet))

	const conversations = "/amer/v3/conversations"
	mux.Handle("POST "+conversations, e.connector(e.createConversation))
	mux.Handle("POST "+conversations+"/{conversation}/activities", e.connector(e.postActivity))
	mux.Handle("POST "+conversations+"/{conversation}/activities/{activity}", e.connector(e.postActivity))
	mux.Handle("PUT "+conversations+"/{conversation}/activities/{activity}", e.connector(e.putActivity))
	mux.Handle("DELETE "+conversations+"/{conversation}/activities/{activity}", e.connector(e.deleteActivity))
	mux.Handle("GET "+conversations+"/{conversation}/members", e.connector(e.listMembers))
	mux.Handle("GET "+conversations+"/{conversation}/members/{member}", e.connector(e.getMember))
	mux.Handle("GET "+conversations+"/{conversation}/pagedmembers", e.connector(e.pageMembers))

	e.routePage(mux)
	return mux
}

// guard refuses whoever does not speak to this port by its own name: a tunnel, which forwards, a
// web page of another origin, and a name that was rebound to loopback.
func (e *Emulator) guard(addr net.Addr, next http.Handler) http.Handler {
	own := addr.String()
	_, port, _ := net.SplitHostPort(own)
	hosts := []string{own, "localhost:" + port}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		switch {
		case !slices.Contains(hosts, r.Host):
			http.Error(w, "the emulator answers to "+own+" only", http.StatusForbidden)
		case origin != "" && origin != "http://"+r.Host:
			http.Error(w, "the emulator answers its own page only", http.StatusForbidden)
		case r.Header.Get("Forwarded") != "" || r.Header.Get("X-Forwarded-For") != "":
			http.Error(w, "the emulator is not for tunnels and proxies", http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// A reply is an answer to be written as JSON; a nil body writes none. It is an error too, so that
// whatever refuses a request, however deep, says how.
type reply struct {
	status     int // 0: no answer at all, the connection is cut
	body       any
	retryAfter time.Duration // sent in whole seconds, rounded up, if positive
	hang       bool          // wait for the caller to give up, then cut
}

func (re reply) Error() string { return fmt.Sprint(re.status, " ", re.body) }

func (re reply) write(w http.ResponseWriter) {
	if re.retryAfter > 0 {
		seconds := (re.retryAfter + time.Second - 1) / time.Second
		w.Header().Set("Retry-After", strconv.Itoa(int(seconds)))
	}
	w.Header().Set("Cache-Control", "no-store")
	if re.body == nil {
		w.WriteHeader(re.status)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(re.status)
	_ = json.NewEncoder(w).Encode(re.body) // the caller may have gone
}

// logged serves a request and remembers it as a Call.
func (e *Emulator) logged(serve func(*http.Request) (reply, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call := Call{
			At:           e.cfg.Now(),
			Method:       r.Method,
			Path:         r.URL.EscapedPath(),
			Conversation: r.PathValue("conversation"),
			Activity:     r.PathValue("activity"),
		}
		re, err := serve(r)
		if err != nil && !errors.As(err, &re) {
			re = refusal(http.StatusInternalServerError, "ServiceError", err.Error())
		}
		call.Status = re.status
		e.remember(call)
		if re.hang {
			<-r.Context().Done()
		}
		if re.status == 0 {
			cut(w)
			return
		}
		re.write(w)
	})
}

// cut closes the connection without an answer.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	_ = conn.Close()
}

// Calls returns what the login, the keys and the connector have received, oldest first.
func (e *Emulator) Calls() []Call {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.calls)
}

func (e *Emulator) remember(c Call) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.calls) == maxCalls {
		e.calls = slices.Delete(e.calls, 0, maxCalls/2)
	}
	e.calls = append(e.calls, c)
}

// refusal is an error in the connector's form.
func refusal(status int, code, message string) reply {
	return reply{status: status, body: map[string]any{
		"error": map[string]any{"code": code, "message": message},
	}}
}
