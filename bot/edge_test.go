package bot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"radioquote/bot"
	"radioquote/bot/botauth"
	"radioquote/bot/emulator"
	"radioquote/quoting/desk"
)

// newEdge is a house without anything behind the webhook: its desk breaks down at the
// first touch.
func newEdge(t testing.TB) *house {
	t.Helper()
	h := &house{metrics: prometheus.NewRegistry()}
	core, logs := observer.New(zapcore.InfoLevel)
	h.logs = logs
	h.teams = must(emulator.Start(emulator.Config{
		AppID: appID, AppSecret: "not a secret", TenantID: tenant, People: []emulator.Person{riley, sam},
	}))(t)
	t.Cleanup(func() { _ = h.teams.Close() }) // a connection that was opened ahead of need may outlast its patience
	h.bot = must(bot.New(bot.Config{
		Validator: must(botauth.NewValidator(appID, h.teams.OpenIDMetadataURL()))(t),
		Connector: newConnector(t, h.teams), Desk: new(desk.Desk), Tenants: []string{strings.ToUpper(tenant)},
		Log: zap.New(core), Metrics: h.metrics,
	}))(t)
	h.serve(t)
	return h
}

// bearer is a good token, but for the claims.
func (h *house) bearer(t testing.TB, claims map[string]any) string {
	t.Helper()
	return "Bearer " + must(h.teams.Token(claims))(t)
}

// quiet is an activity that asks for nothing, and is otherwise as Teams sends it.
func (h *house) quiet(changes map[string]any) map[string]any {
	a := h.teams.Activity(riley, "quote 40 radios for 3 sites")
	a["type"] = "messageReaction"
	maps.Copy(a, changes)
	maps.DeleteFunc(a, func(_ string, v any) bool { return v == nil })
	return a
}

func TestWhoIsLetIn(t *testing.T) {
	t.Parallel()
	h := newEdge(t)
	good := h.bearer(t, nil)
	weak := "Bearer " + must(h.teams.UnendorsedToken(nil))(t)
	later := time.Now().Add(time.Hour)
	activity := encode(t, h.quiet(nil))
	for _, tc := range []struct {
		name          string
		authorization string
		body          string
		status        int
		outcome       string
	}{
		{"an activity of Teams is taken", good, activity, 200, "ignored"},
		{"without a token nobody", "", activity, 401, "no_token"},
		{"a password is no token", "Basic cmlsZXk6c2VjcmV0", activity, 401, "not_bearer"},
		{"nor is just any text", "Bearer garbage", activity, 401, "malformed"},
		{"a token for another bot is refused", h.bearer(t, map[string]any{"aud": "another bot"}), activity, 401, "wrong_audience"},
		{"a token of another issuer is refused", h.bearer(t, map[string]any{"iss": "https://sts.windows.net/"}), activity, 401, "wrong_issuer"},
		{"an old token is refused", h.bearer(t, map[string]any{"exp": time.Now().Add(-6 * time.Minute).Unix()}), activity, 401, "expired"},
		{"a token for later is refused", h.bearer(t, map[string]any{"nbf": later.Unix(), "exp": later.Add(time.Hour).Unix()}), activity, 401, "not_yet_valid"},
		{"a token without an end is refused", h.bearer(t, map[string]any{"exp": nil}), activity, 401, "missing_claim"},
		{"a token for another service is refused", good, encode(t, h.quiet(map[string]any{"serviceUrl": "https://elsewhere.example/"})), 401, "wrong_service_url"},
		{"a key that is not endorsed is refused", weak, activity, 403, "not_endorsed"},
		{"a key is endorsed for its channel only", good, encode(t, h.quiet(map[string]any{"channelId": "webchat"})), 403, "not_endorsed"},
		{"a foreign tenant is refused", good, encode(t, h.quiet(map[string]any{"channelData": map[string]any{"tenant": map[string]any{"id": "another"}}})), 403, "foreign_tenant"},
		{"no tenant is a foreign one", good, encode(t, h.quiet(map[string]any{"channelData": nil, "conversation": map[string]any{"id": "a:1"}})), 403, "foreign_tenant"},
		{"a tenant is the same in capitals", good, encode(t, h.quiet(map[string]any{"channelData": map[string]any{"tenant": map[string]any{"id": strings.ToUpper(tenant)}}})), 200, "ignored"},
		{"the tenant may be the conversation's", good, encode(t, h.quiet(map[string]any{"channelData": "none"})), 200, "ignored"},
		{"text is no activity", good, "hello", 400, "malformed_body"},
		{"a list is no activity", good, "[" + activity + "]", 400, "malformed_body"},
		{"two activities are none", good, activity + activity, 400, "malformed_body"},
		{"half an activity is none", good, activity[:len(activity)/2], 400, "malformed_body"},
		{"an activity has a type", good, encode(t, h.quiet(map[string]any{"type": nil})), 400, "malformed_body"},
		{"a body of 256 KB is read", good, activity + strings.Repeat(" ", 256<<10-len(activity)), 200, "ignored"},
		{"a larger one is not", good, activity + strings.Repeat(" ", 256<<10-len(activity)+1), 413, "too_large"},
		{"nor is one of 300 KB", good, encode(t, h.quiet(map[string]any{"text": strings.Repeat("x", 300<<10)})), 413, "too_large"},
		{"a body is not read for somebody without a token", "", "hello", 401, "no_token"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			status, body := h.post(t, tc.body, tc.authorization)
			if status != tc.status || body != "" {
				t.Errorf("the answer is %d %q, want %d", status, body, tc.status)
			}
			lines := h.logs.TakeAll()
			if len(lines) != 1 {
				t.Fatalf("%d lines in the log, want one", len(lines))
			}
			if got := lines[0].ContextMap()["outcome"]; got != tc.outcome {
				t.Errorf("outcome %v, want %s", got, tc.outcome)
			}
		})
	}
}

func TestABodyOfUnknownLengthIsBounded(t *testing.T) {
	t.Parallel()
	h := newEdge(t)
	body := io.MultiReader(strings.NewReader(encode(t, h.quiet(nil))), strings.NewReader(strings.Repeat(" ", 256<<10)))
	req := must(http.NewRequestWithContext(t.Context(), http.MethodPost, h.url, body))(t)
	req.Header.Set("Authorization", h.bearer(t, nil))
	if status, _ := do(t, req); status != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d, want 413", status)
	}
}

func TestKeysThatCannotBeHadAreNotTheCallersFault(t *testing.T) {
	t.Parallel()
	h := newEdge(t)
	authorization := h.bearer(t, nil)
	check(t, h.teams.Close())
	if status, _ := h.post(t, encode(t, h.quiet(nil)), authorization); status != http.StatusServiceUnavailable {
		t.Errorf("status %d, want 503", status)
	}
}

func TestTheWebhookAnswersHEAD(t *testing.T) {
	t.Parallel()
	h := newEdge(t)
	for method, want := range map[string]int{http.MethodHead: http.StatusOK, http.MethodGet: http.StatusMethodNotAllowed} {
		if status, _ := do(t, must(http.NewRequestWithContext(t.Context(), method, h.url, http.NoBody))(t)); status != want {
			t.Errorf("%s is answered %d, want %d", method, status, want)
		}
	}
}

func TestAnActivityWithoutTheFieldsItShouldHave(t *testing.T) {
	t.Parallel()
	h := newEdge(t)
	for _, kind := range []string{"message", "invoke"} {
		for _, field := range []string{"id", "conversation", "from", "serviceUrl"} {
			for what, value := range map[string]any{"missing": nil, "a number": 5, "too long": strings.Repeat("x", 600), "a control character": "a\x00b"} {
				if object := map[string]bool{"conversation": true, "from": true}[field]; object && value != nil && value != 5 {
					value = map[string]any{"id": value}
				}
				activity := h.quiet(map[string]any{"type": kind, field: value})
				if status, _ := h.post(t, encode(t, activity), h.bearer(t, nil)); status != http.StatusBadRequest {
					t.Errorf("a %s whose %s is %s is answered %d, want 400", kind, field, what, status)
				}
			}
		}
	}
}

func TestWhatTheBotDoesNotKnowIsTakenAndIgnored(t *testing.T) {
	t.Parallel()
	h := newEdge(t)
	for _, changes := range []map[string]any{
		{"type": "messageReaction", "reactionsAdded": []any{map[string]any{"type": "like"}}},
		{"type": "typing"},
		{"type": "messageUpdate"},
		{"type": "messageDelete"},
		{"type": "event", "name": "application/vnd.microsoft.readReceipt", "value": "a string"},
		{"type": "conversationUpdate", "channelData": map[string]any{"eventType": "teamRenamed", "tenant": map[string]any{"id": tenant}}},
		{"type": "conversationUpdate", "membersAdded": []any{map[string]any{"id": riley.UserID}, "nobody", nil}},
		{"type": "conversationUpdate", "membersAdded": []any{map[string]any{"id": "28:" + appID}}, "from": nil},
		{"type": "installationUpdate", "action": "remove-upgrade"},
		{"type": "installationUpdate", "action": 7},
		{"type": "nextYearsInvention", "value": []any{1, 2}, "entities": map[string]any{"type": "new"}, "timestamp": "", "text": 5},
		{"type": "messageReaction", "recipient": "a string", "attachments": "none", "membersAdded": map[string]any{}},
		{"type": "message", "from": map[string]any{"id": "28:" + appID}}, // its own words
	} {
		activity := h.quiet(changes)
		if status, body := h.post(t, encode(t, activity), h.bearer(t, nil)); status != http.StatusOK || body != "" {
			t.Errorf("%v is answered %d %q, want 200", changes, status, body)
		}
	}
	if lines := h.logs.FilterField(zap.String("outcome", "ignored")).Len(); lines != 13 {
		t.Errorf("%d of 13 were ignored", lines)
	}
}

func TestInvokesThatTheBotDoesNotOffer(t *testing.T) {
	t.Parallel()
	h := newEdge(t)
	for _, name := range []string{"task/fetch", "task/fetch", "signin/verifyState", "no/such\nthing", ""} {
		if status, body := h.post(t, encode(t, h.quiet(map[string]any{"type": "invoke", "name": name})), h.bearer(t, nil)); status != http.StatusNotImplemented || body != "" {
			t.Errorf("%q is answered %d %q, want 501", name, status, body)
		}
	}
	const want = `
# HELP radioquote_bot_unknown_invokes_total Invokes that this bot does not offer, by name.
# TYPE radioquote_bot_unknown_invokes_total counter
radioquote_bot_unknown_invokes_total{name="other"} 2
radioquote_bot_unknown_invokes_total{name="signin/verifyState"} 1
radioquote_bot_unknown_invokes_total{name="task/fetch"} 2
`
	check(t, testutil.GatherAndCompare(h.metrics, strings.NewReader(want), "radioquote_bot_unknown_invokes_total"))
}

// invokeBody is what answers a button.
type invokeBody struct {
	StatusCode int    `json:"statusCode"`
	Type       string `json:"type"`
	Value      struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"value"`
}

func TestAButtonThatIsNoneOfOursIsAnsweredInItsOwnForm(t *testing.T) {
	t.Parallel()
	h := newEdge(t)
	for _, tc := range []struct {
		name  string
		value any
	}{
		{"without a value", nil},
		{"a string", "approve"},
		{"a list", []any{1}},
		{"without an action", map[string]any{"trigger": "manual"}},
		{"an action that is a string", map[string]any{"action": "approve"}},
		{"data that is a string", map[string]any{"action": map[string]any{"data": "approve"}}},
		{"an unknown verb", map[string]any{"action": map[string]any{"verb": "pay", "data": map[string]any{"verb": "pay"}}}},
		{"an approval of nothing", map[string]any{"action": map[string]any{"verb": "approve", "data": map[string]any{"verb": "approve"}}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			status, body := h.post(t, encode(t, h.quiet(map[string]any{"type": "invoke", "name": "adaptiveCard/action", "value": tc.value})), h.bearer(t, nil))
			var got invokeBody
			check(t, json.Unmarshal([]byte(body), &got))
			want := invokeBody{StatusCode: 400, Type: "application/vnd.microsoft.error"}
			want.Value.Code = "BadRequest"
			want.Value.Message = "I do not know this button. Ask for the quote again to get a card that works."
			if diff := cmp.Diff(want, got); diff != "" || status != http.StatusOK {
				t.Errorf("status %d, body (-want +got):\n%s", status, diff)
			}
		})
	}
}

func TestTheDeskHearsWhatHappensToTheBot(t *testing.T) {
	t.Parallel()
	h := newEdge(t)
	for _, changes := range []map[string]any{
		{"type": "installationUpdate", "action": "add"},
		{"type": "installationUpdate", "action": "add-upgrade"},
		{"type": "installationUpdate", "action": "remove"},
		{"type": "conversationUpdate", "membersAdded": []any{map[string]any{"id": riley.UserID}, map[string]any{"id": "28:" + appID}}},
	} {
		// This desk breaks down as soon as it hears anything.
		if status, _ := h.post(t, encode(t, h.quiet(changes)), h.bearer(t, nil)); status != http.StatusInternalServerError {
			t.Errorf("%v is answered %d, want 500", changes, status)
		}
	}
}

func TestWhoBringsNoTokenIsToldWhichKind(t *testing.T) {
	t.Parallel()
	h := newEdge(t)
	e := echo.New()
	h.bot.Register(e)
	answer := httptest.NewRecorder()
	e.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/messages", http.NoBody))
	if got := answer.Header().Get("WWW-Authenticate"); answer.Code != http.StatusUnauthorized || got != "Bearer" {
		t.Errorf("status %d, WWW-Authenticate %q", answer.Code, got)
	}
}

func TestAPanicIsAnswered(t *testing.T) {
	t.Parallel()
	h := newEdge(t)

	status, body := h.post(t, encode(t, h.quiet(map[string]any{
		"type": "invoke", "name": "adaptiveCard/action",
		"value": map[string]any{"action": map[string]any{"data": map[string]any{"verb": "help"}}},
	})), h.bearer(t, nil))
	line := h.logs.TakeAll()[0]
	reference := line.ContextMap()["correlation"].(string)
	var got invokeBody
	check(t, json.Unmarshal([]byte(body), &got))
	if status != http.StatusOK || got.StatusCode != 500 || got.Type != "application/vnd.microsoft.error" || !strings.Contains(got.Value.Message, reference) {
		t.Errorf("the click is answered %d %s, and the reference is %s", status, body, reference)
	}
	if line.Level != zapcore.ErrorLevel || line.ContextMap()["outcome"] != "panic" || !strings.Contains(line.ContextMap()["error"].(string), "desk") {
		t.Errorf("the log says %v", line.ContextMap())
	}

	if status := must(h.teams.Say(t.Context(), riley, "quote 40 radios"))(t); status != http.StatusInternalServerError {
		t.Errorf("the message is answered %d, want 500", status)
	}
	reference = h.logs.TakeAll()[0].ContextMap()["correlation"].(string)
	h.sees(t, riley, reference)
}

// held is a request in progress: its body ends when it is released.
type held struct {
	body     *io.PipeWriter
	response *httptest.ResponseRecorder
	done     chan struct{}
}

// hold begins a request that gets as far as its body.
func hold(t *testing.T, e *echo.Echo, authorization, activity string) held {
	t.Helper()
	read, write := io.Pipe()
	h := held{write, httptest.NewRecorder(), make(chan struct{})}
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/messages", read)
	req.Header.Set("Authorization", authorization)
	go func() {
		defer close(h.done)
		e.ServeHTTP(h.response, req)
	}()
	must(io.WriteString(write, activity))(t) // returns when it has been read
	return h
}

func (h held) release(t *testing.T) int {
	t.Helper()
	check(t, h.body.Close())
	<-h.done
	return h.response.Code
}

func TestMoreThanIsWorkedOnAtOnceIsToldToComeBack(t *testing.T) {
	t.Parallel()
	h := newEdge(t)
	e := echo.New()
	h.bot.Register(e)
	authorization, activity := h.bearer(t, nil), encode(t, h.quiet(nil))
	var all []held
	for range 256 {
		all = append(all, hold(t, e, authorization, activity))
	}
	if status, _ := h.post(t, activity, authorization); status != http.StatusTooManyRequests {
		t.Errorf("status %d, want 429", status)
	}
	if status, _ := h.post(t, activity, ""); status != http.StatusUnauthorized {
		t.Errorf("somebody without a token is answered %d, want 401", status)
	}
	for _, one := range all {
		if status := one.release(t); status != http.StatusOK {
			t.Fatalf("status %d, want 200", status)
		}
	}
	if status, _ := h.post(t, activity, authorization); status != http.StatusOK {
		t.Errorf("status %d, want 200", status)
	}
}

func TestWhoIsRefusedTakesNobodysPlace(t *testing.T) {
	t.Parallel()
	h := newEdge(t)
	authorization := h.bearer(t, nil)
	for range 257 {
		if status, _ := h.post(t, "hello", authorization); status != http.StatusBadRequest {
			t.Fatalf("status %d, want 400", status)
		}
	}
}

func TestDrainingFinishesWhatIsInProgressAndTakesNothingNew(t *testing.T) {
	t.Parallel()
	h := newEdge(t)
	e := echo.New()
	h.bot.Register(e)
	authorization, activity := h.bearer(t, nil), encode(t, h.quiet(nil))
	one := hold(t, e, authorization, activity)

	short, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.bot.Drain(short); err == nil {
		t.Error("drained with a turn in progress")
	}
	drained := make(chan error, 1)
	go func() { drained <- h.bot.Drain(t.Context()) }()
	if status, _ := h.post(t, activity, authorization); status != http.StatusServiceUnavailable {
		t.Errorf("status %d, want 503", status)
	}
	select {
	case <-drained:
		t.Error("drained with a turn in progress")
	default:
	}
	if status := one.release(t); status != http.StatusOK {
		t.Errorf("the turn in progress is answered %d, want 200", status)
	}
	check(t, <-drained)
}

func TestABodyThatBreaksOffIsNoActivity(t *testing.T) {
	t.Parallel()
	h := newEdge(t)
	e := echo.New()
	h.bot.Register(e)
	one := hold(t, e, h.bearer(t, nil), "{")
	check(t, one.body.CloseWithError(io.ErrUnexpectedEOF))
	<-one.done
	if one.response.Code != http.StatusBadRequest {
		t.Errorf("status %d, want 400", one.response.Code)
	}
}

func TestTheLogSaysNothingOfWhatWasSaid(t *testing.T) {
	t.Parallel()
	h := newEdge(t)
	authorization := h.bearer(t, nil)
	for _, changes := range []map[string]any{
		{}, {"type": "message"}, {"type": "message", "value": "reaction"}, {"type": "invoke", "name": "riley/rep"},
		{"type": "riley"}, {"type": "invoke", "name": "adaptiveCard/action", "value": map[string]any{"action": map[string]any{"data": map[string]any{"verb": "help", "sites": "riley"}}}},
	} {
		h.post(t, encode(t, h.quiet(changes)), authorization)
	}
	encoder := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
	var log bytes.Buffer
	for _, line := range h.logs.All() {
		delete(line.ContextMap(), "error")
		log.Write(must(encoder.EncodeEntry(line.Entry, line.Context))(t).Bytes())
	}
	for _, secret := range []string{"40 radios", "Riley", "riley", riley.ObjectID, strings.TrimPrefix(authorization, "Bearer ")[:20]} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log has %q:\n%s", secret, log.String())
		}
	}
}

func TestMetricsTellTypesOutcomesAndReasons(t *testing.T) {
	t.Parallel()
	h := newEdge(t)
	h.post(t, "{}", "")
	h.post(t, encode(t, h.quiet(nil)), h.bearer(t, nil))
	h.post(t, encode(t, h.quiet(map[string]any{"type": "somethingNew"})), h.bearer(t, nil))
	h.post(t, encode(t, h.quiet(map[string]any{"type": "invoke", "name": "adaptiveCard/action"})), h.bearer(t, nil))
	const want = `
# HELP radioquote_bot_activities_total Activities from Teams by type and outcome; ok is done, ignored is not for this bot.
# TYPE radioquote_bot_activities_total counter
radioquote_bot_activities_total{outcome="ignored",type="messageReaction"} 1
radioquote_bot_activities_total{outcome="ignored",type="other"} 1
radioquote_bot_activities_total{outcome="invalid",type="invoke"} 1
radioquote_bot_activities_total{outcome="no_token",type="unread"} 1
# HELP radioquote_bot_clicks_total Clicks on cards by what the button stands for and outcome.
# TYPE radioquote_bot_clicks_total counter
radioquote_bot_clicks_total{outcome="invalid",verb="unread"} 1
# HELP radioquote_bot_rejects_total Callers turned away, by reason.
# TYPE radioquote_bot_rejects_total counter
radioquote_bot_rejects_total{reason="no_token"} 1
`
	check(t, testutil.GatherAndCompare(h.metrics, strings.NewReader(want), "radioquote_bot_activities_total", "radioquote_bot_clicks_total", "radioquote_bot_rejects_total"))
	if n := must(testutil.GatherAndCount(h.metrics, "radioquote_bot_activity_seconds", "radioquote_bot_click_seconds"))(t); n != 4 {
		t.Errorf("%d histograms, want those of three types and one button", n)
	}
}

func TestABotNeedsAllItsParts(t *testing.T) {
	t.Parallel()
	h := newEdge(t)
	whole := bot.Config{
		Validator: must(botauth.NewValidator(appID, h.teams.OpenIDMetadataURL()))(t),
		Connector: newConnector(t, h.teams), Desk: new(desk.Desk), Tenants: []string{tenant},
		Log: zap.NewNop(), Metrics: prometheus.NewRegistry(),
	}
	must(bot.New(whole))(t)
	for name, without := range map[string]func(*bot.Config){
		"no tenant":       func(c *bot.Config) { c.Tenants = nil },
		"an empty tenant": func(c *bot.Config) { c.Tenants = []string{tenant, " "} },
		"no validator":    func(c *bot.Config) { c.Validator = nil },
		"no connector":    func(c *bot.Config) { c.Connector = nil },
		"no desk":         func(c *bot.Config) { c.Desk = nil },
		"no log":          func(c *bot.Config) { c.Log = nil },
		"no metrics":      func(c *bot.Config) { c.Metrics = nil },
	} {
		cfg := whole
		without(&cfg)
		if _, err := bot.New(cfg); err == nil {
			t.Errorf("%s: a bot was made", name)
		}
	}
}

// BenchmarkWebhook is a request from the socket's edge to its answer, without network and
// desk: token, body, envelope, the library's parsing, metrics and log.
func BenchmarkWebhook(b *testing.B) {
	h := newEdge(b)
	e := echo.New()
	h.bot.Register(e)
	authorization, activity := h.bearer(b, nil), []byte(encode(b, h.quiet(nil)))
	b.ReportAllocs()
	b.SetBytes(int64(len(activity)))
	for b.Loop() {
		req := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/api/messages", bytes.NewReader(activity))
		req.Header.Set("Authorization", authorization)
		answer := httptest.NewRecorder()
		if e.ServeHTTP(answer, req); answer.Code != http.StatusOK {
			b.Fatalf("status %d", answer.Code)
		}
	}
}
