package connector

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

const chat = "19:a@thread.tacv2;messageid=1"

var hello = Activity{Text: "hello"}

// wantError compares what matters of an *Error; a RetryAfter may be up to the tolerance more.
func wantError(t *testing.T, err error, want Error, tolerance time.Duration) {
	t.Helper()
	var got *Error
	if !errors.As(err, &got) {
		t.Fatalf("error %v is no *Error", err)
	}
	if more := got.RetryAfter - want.RetryAfter; more < 0 || more > tolerance {
		t.Errorf("retry after %s, want %s and up to %s more", got.RetryAfter, want.RetryAfter, tolerance)
	}
	ignore := cmpopts.IgnoreFields(Error{}, "Err", "RetryAfter")
	if diff := cmp.Diff(want, *got, ignore); diff != "" {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	const v3 = "/emea/v3/conversations"
	for _, tc := range []struct {
		name string
		call func(context.Context, *teams) (any, error)
		want asked
		got  any
	}{
		{"a text is sent with no field that it does not need", func(ctx context.Context, s *teams) (any, error) {
			return s.client.Send(ctx, s.url, "a:1", Activity{Text: "a < b & c"})
		}, asked{Method: "POST", Path: v3 + "/a:1/activities", Type: "application/json", Body: `{"type":"message","text":"a < b & c"}`}, "A1"},
		{"a card is sent as it is", func(ctx context.Context, s *teams) (any, error) {
			return s.client.Send(ctx, s.url, "a:1", Activity{
				Type: "message", Summary: "Q-1001", ReplyToID: "r1", TextFormat: "plain",
				ChannelData: json.RawMessage(`{"notification":{"alert":true}}`),
				Attachments: []Attachment{{
					ContentType: "application/vnd.microsoft.card.adaptive", Name: "n", ContentURL: "https://c.example/", Content: json.RawMessage(`{"type":"AdaptiveCard"}`),
				}},
			})
		}, asked{
			Method: "POST", Path: v3 + "/a:1/activities", Type: "application/json",
			Body: `{"type":"message","textFormat":"plain","summary":"Q-1001","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive",` +
				`"contentUrl":"https://c.example/","name":"n","content":{"type":"AdaptiveCard"}}],"channelData":{"notification":{"alert":true}},"replyToId":"r1"}`,
		}, "A1"},
		{"a typing activity has no id", func(ctx context.Context, s *teams) (any, error) {
			s.will(status(http.StatusAccepted, ""))
			return s.client.Send(ctx, s.url, "a:1", Activity{Type: "typing"})
		}, asked{Method: "POST", Path: v3 + "/a:1/activities", Type: "application/json", Body: `{"type":"typing"}`}, ""},
		{"an update", func(ctx context.Context, s *teams) (any, error) {
			return nil, s.client.Update(ctx, s.url, chat, "1:2", hello)
		}, asked{
			Method: "PUT", Path: v3 + "/19:a@thread.tacv2%3Bmessageid=1/activities/1:2", Type: "application/json", Body: `{"type":"message","text":"hello"}`,
		}, nil},
		{"a deletion", func(ctx context.Context, s *teams) (any, error) {
			s.will(status(http.StatusNoContent, ""))
			return nil, s.client.Delete(ctx, s.url, "a:1", "2")
		}, asked{Method: "DELETE", Path: v3 + "/a:1/activities/2"}, nil},
		{"a personal chat", func(ctx context.Context, s *teams) (any, error) {
			return s.client.CreateConversation(ctx, s.url, PersonalChat{BotID: "28:b", UserID: "29:u", TenantID: "t"})
		}, asked{
			Method: "POST", Path: v3, Type: "application/json",
			Body: `{"isGroup":false,"bot":{"id":"28:b"},"members":[{"id":"29:u"}],"tenantId":"t","channelData":{"tenant":{"id":"t"}}}`,
		}, "A1"},
		{"a member with the newer name of the object id", func(ctx context.Context, s *teams) (any, error) {
			s.will(status(http.StatusOK, `{"id":"29:u","aadObjectId":"o","tenantId":"t","name":"N","email":"e","userPrincipalName":"p"}`))
			return s.client.Member(ctx, s.url, "a:1", "o")
		}, asked{Method: "GET", Path: v3 + "/a:1/members/o"}, Member{"29:u", "o", "t", "N", "e", "p"}},
		{"a member with the older name of the object id", func(ctx context.Context, s *teams) (any, error) {
			s.will(status(http.StatusOK, `{"id":"29:u","objectId":"o"}`))
			return s.client.Member(ctx, s.url, "a:1", "29:u")
		}, asked{Method: "GET", Path: v3 + "/a:1/members/29:u"}, Member{ID: "29:u", ObjectID: "o"}},
		{"a service URL below the allowed one", func(ctx context.Context, s *teams) (any, error) {
			return nil, s.client.Delete(ctx, s.url+"tenant/", "a:1", "2")
		}, asked{Method: "DELETE", Path: "/emea/tenant/v3/conversations/a:1/activities/2"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newTeams(t)
			got, err := tc.call(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			tc.want.Token = "Bearer T1"
			if diff := cmp.Diff([]asked{tc.want}, s.requests(), cmpopts.IgnoreUnexported(asked{})); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.got, got); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatCannotBeSentAsksNobody(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		send func(context.Context, *teams) error
	}{
		{"to a host that is not allowed", func(ctx context.Context, s *teams) error {
			_, err := s.client.Send(ctx, "https://evil.example/emea/", "a:1", hello)
			return err
		}},
		{"to another path of an allowed host", func(ctx context.Context, s *teams) error {
			_, err := s.client.Send(ctx, strings.Replace(s.url, "/emea/", "/emea2/", 1), "a:1", hello)
			return err
		}},
		{"to nowhere", func(ctx context.Context, s *teams) error {
			_, err := s.client.Send(ctx, "", "a:1", hello)
			return err
		}},
		{"to an empty conversation", func(ctx context.Context, s *teams) error {
			_, err := s.client.Send(ctx, s.url, "", hello)
			return err
		}},
		{"to the conversation ..", func(ctx context.Context, s *teams) error {
			return s.client.Delete(ctx, s.url, "..", "1")
		}},
		{"a card that is no JSON", func(ctx context.Context, s *teams) error {
			_, err := s.client.Send(ctx, s.url, "a:1", Activity{ChannelData: json.RawMessage(`{`)})
			return err
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newTeams(t)
			s.tokens.err = errors.New("a token was asked for")
			err := tc.send(t.Context(), s)
			var failure *Error
			if !errors.As(err, &failure) || failure.Outcome != Refused || errors.Is(err, s.tokens.err) {
				t.Errorf("error %v, want Refused before a token is asked for", err)
			}
			if got := s.requests(); len(got) > 0 {
				t.Errorf("asked %+v", got)
			}
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	s := newTeams(t)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("followed to %s with %q", r.URL, r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	s.will(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	_, err := s.client.Send(t.Context(), s.url, chat, hello)
	wantError(t, err, Error{Op: "send", Outcome: Refused, Status: http.StatusTemporaryRedirect}, 0)
}

func TestCookiesAreNotKept(t *testing.T) {
	t.Parallel()
	s := newTeams(t)
	s.will(status(http.StatusCreated, `{"id":"1"}`, "Set-Cookie", "a=b"), func(w http.ResponseWriter, r *http.Request) {
		if len(r.Cookies()) > 0 {
			t.Errorf("cookies %v came back", r.Cookies())
		}
		w.WriteHeader(http.StatusCreated)
	})
	for range 2 {
		if _, err := s.client.Send(t.Context(), s.url, chat, hello); err != nil {
			t.Fatal(err)
		}
	}
}

func TestARefusedTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	s := newTeams(t)
	no := status(http.StatusUnauthorized, "")
	s.will(no)
	if _, err := s.client.Send(t.Context(), s.url, chat, hello); err != nil {
		t.Fatal(err)
	}
	s.will(no, no)
	_, err := s.client.Send(t.Context(), s.url, chat, hello)
	wantError(t, err, Error{Op: "send", Outcome: NotSent, Status: http.StatusUnauthorized}, 0)

	var got []string
	for _, r := range s.requests() {
		got = append(got, r.Token)
	}
	if diff := cmp.Diff([]string{"Bearer T1", "Bearer T2", "Bearer T2", "Bearer T3"}, got); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
}

func TestWithoutATokenNothingIsSent(t *testing.T) {
	t.Parallel()
	s := newTeams(t)
	s.tokens.err = errors.New("invalid_client")
	_, err := s.client.Send(t.Context(), s.url, chat, hello)
	wantError(t, err, Error{Op: "send", Outcome: NotSent}, 0)
	if !errors.Is(err, s.tokens.err) || len(s.requests()) > 0 {
		t.Errorf("error %v after %d requests", err, len(s.requests()))
	}
}

func TestAnswersWithoutWhatWasAskedForAreErrors(t *testing.T) {
	t.Parallel()
	s := newTeams(t)
	s.will(status(http.StatusOK, `{}`), status(http.StatusOK, `{}`), status(http.StatusOK, ``), status(http.StatusCreated, `<html>`))
	_, err := s.client.CreateConversation(t.Context(), s.url, PersonalChat{})
	wantError(t, err, Error{Op: "create_conversation", Outcome: NotSent}, 0)
	_, err = s.client.Member(t.Context(), s.url, chat, "u")
	wantError(t, err, Error{Op: "member", Outcome: NotSent}, 0)
	_, err = s.client.Member(t.Context(), s.url, chat, "u")
	wantError(t, err, Error{Op: "member", Outcome: NotSent, Status: http.StatusOK}, 0)
	_, err = s.client.Send(t.Context(), s.url, chat, hello)
	wantError(t, err, Error{Op: "send", Outcome: Ambiguous, Status: http.StatusCreated}, 0)
}

func TestErrorsTellNeitherConversationNorToken(t *testing.T) {
	t.Parallel()
	s := newTeams(t)
	s.will(breakOff(http.StatusCreated))
	_, err := s.client.Send(t.Context(), s.url, "19:secret-chat", hello)
	if err == nil || strings.Contains(err.Error(), "secret-chat") || strings.Contains(err.Error(), "T1") {
		t.Errorf("error %v", err)
	}
}

func TestErrorReadsAsASentenceForTheLog(t *testing.T) {
	t.Parallel()
	err := &Error{Op: "send", Outcome: Throttled, Status: 429, Code: "TooManyRequests", RetryAfter: 3 * time.Second, Err: errors.New("why")}
	const want = "connector send: throttled, status 429 TooManyRequests, retry after 3s: why"
	if err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

func TestSettingsThatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*Config)
		ok     bool
	}{
		{"the defaults", func(*Config) {}, true},
		{"no tokens", func(c *Config) { c.Tokens = nil }, false},
		{"no service URL", func(c *Config) { c.AllowedServiceURLs = nil }, false},
		{"plain http to another machine", func(c *Config) { c.AllowedServiceURLs = []string{"http://smba.trafficmanager.net/"} }, false},
		{"sends per second below zero", func(c *Config) { c.SendsPerSecond = -1 }, false},
		{"a limit of no sends", func(c *Config) { c.ConversationLimits = []Limit{{0, time.Second}} }, false},
		{"a limit over no time", func(c *Config) { c.ConversationLimits = []Limit{{1, 0}} }, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cfg := Config{AllowedServiceURLs: []string{"https://smba.trafficmanager.net/"}, Tokens: &tokens{}}
			tc.change(&cfg)
			if _, err := New(cfg); (err == nil) != tc.ok {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestMetricsCountCallsByOutcome(t *testing.T) {
	t.Parallel()
	s := newTeams(t)
	s.will(status(http.StatusCreated, `{"id":"1"}`), status(http.StatusRequestEntityTooLarge, ""), status(http.StatusTooManyRequests, "", "Retry-After", "60"))
	for range 3 {
		_, _ = s.client.Send(t.Context(), s.url, chat, hello)
	}
	const want = `
# HELP radioquote_connector_calls_total Calls to the Bot Connector by method and outcome; ok is a success.
# TYPE radioquote_connector_calls_total counter
radioquote_connector_calls_total{method="send",outcome="ok"} 1
radioquote_connector_calls_total{method="send",outcome="throttled"} 1
radioquote_connector_calls_total{method="send",outcome="too_big"} 1
# HELP radioquote_connector_throttles_total Calls put off by our limit for a conversation or the tenant, or by Teams.
# TYPE radioquote_connector_throttles_total counter
radioquote_connector_throttles_total{by="teams"} 1
# HELP radioquote_connector_breaker 1 for the state that the circuit breaker is in.
# TYPE radioquote_connector_breaker gauge
radioquote_connector_breaker{state="closed"} 1
radioquote_connector_breaker{state="half-open"} 0
radioquote_connector_breaker{state="open"} 0
`
	if err := testutil.GatherAndCompare(s.reg, strings.NewReader(want),
		"radioquote_connector_calls_total", "radioquote_connector_throttles_total", "radioquote_connector_breaker"); err != nil {
		t.Error(err)
	}
	if n := testutil.CollectAndCount(s.client.metrics.seconds); n != 1 {
		t.Errorf("%d histograms, want one for send", n)
	}
}
