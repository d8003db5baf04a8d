package emulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"radioquote/bot/emulator"
)

var (
	riley = emulator.Person{
		Name: "Riley Rep", Title: "Sales rep",
		ObjectID: "00000000-0000-0000-0000-000000000001", UserID: "29:riley",
	}
	morgan = emulator.Person{
		Name: "Morgan Manager", Title: "Sales manager",
		ObjectID: "00000000-0000-0000-0000-000000000002", UserID: "29:morgan",
	}
)

// config is an emulator's for tests: two people, and a short wait for the bot's answers.
func config() emulator.Config {
	return emulator.Config{
		AppID: "11111111-2222-3333-4444-555555555555", AppSecret: "s3cret", TenantID: "tenant-1",
		People: []emulator.Person{riley, morgan},
	}
}

func start(t testing.TB, cfg emulator.Config) *emulator.Emulator {
	t.Helper()
	em, err := emulator.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := em.Close(); err != nil {
			t.Error(err)
		}
	})
	return em
}

// request is what the fake bot has received.
type request struct {
	header   http.Header
	activity map[string]any
}

// fakeBot records what Teams sends to it and answers as told.
type fakeBot struct {
	em *emulator.Emulator

	mu       sync.Mutex
	received []request
	token    string
	answer   func(activity map[string]any) (status int, body string)
}

// newBot starts a bot on the emulator that takes everything with 200 and an empty body.
func newBot(t testing.TB, em *emulator.Emulator) *fakeBot {
	t.Helper()
	bot := &fakeBot{em: em}
	server := httptest.NewServer(bot)
	t.Cleanup(server.Close)
	em.SetBotURL(server.URL + "/api/messages")
	return bot
}

func (b *fakeBot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var activity map[string]any
	if err := json.NewDecoder(r.Body).Decode(&activity); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	b.received = append(b.received, request{header: r.Header, activity: activity})
	answer := b.answer
	b.mu.Unlock()
	if answer == nil {
		return
	}
	status, body := answer(activity)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// answers makes the bot answer everything by f, which may use the bot's connector.
func (b *fakeBot) answers(f func(activity map[string]any) (int, string)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answer = f
}

func (b *fakeBot) requests() []request {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]request(nil), b.received...)
}

// login gets a token for the connector once.
func (b *fakeBot) login() (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.token != "" {
		return b.token, nil
	}
	answer, err := http.PostForm(b.em.TokenURL(), loginForm())
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var granted struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&granted); err != nil {
		return "", err
	}
	b.token = granted.AccessToken
	return b.token, nil
}

func loginForm() url.Values {
	return url.Values{
		"grant_type": {"client_credentials"}, "client_id": {config().AppID}, "client_secret": {"s3cret"},
		"scope": {"https://api.botframework.com/.default"},
	}
}

// answer is what the connector said to a call.
type answer struct {
	status     int
	body       string
	id         string // of the activity or conversation
	code       string // of an error
	retryAfter string
}

// call makes a connector call; path follows /v3/conversations.
func (b *fakeBot) call(method, path, body string) (answer, error) {
	token, err := b.login()
	if err != nil {
		return answer{}, err
	}
	r, err := http.NewRequest(method, b.em.ServiceURL()+"v3/conversations"+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer got.Body.Close()
	read, err := io.ReadAll(got.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: got.StatusCode, body: string(read), retryAfter: got.Header.Get("Retry-After")}
	var parsed struct {
		ID    string
		Error struct{ Code string }
	}
	if len(bytes.TrimSpace(read)) > 0 {
		_ = json.Unmarshal(read, &parsed) // a list has neither
	}
	a.id, a.code = parsed.ID, parsed.Error.Code
	return a, nil
}

// must makes a connector call that has to be answered at all.
func (b *fakeBot) must(t testing.TB, method, path, body string) answer {
	t.Helper()
	a, err := b.call(method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// post posts an activity to the person's chat and returns its id.
func (b *fakeBot) post(t testing.TB, p emulator.Person, activity string) string {
	t.Helper()
	a := b.must(t, http.MethodPost, activities(b.em.ChatID(p)), activity)
	if a.status != http.StatusCreated {
		t.Fatalf("post answered %d %s", a.status, a.body)
	}
	return a.id
}

func activities(conversation string, id ...string) string {
	var path strings.Builder
	path.WriteString("/" + url.PathEscape(conversation) + "/activities")
	for _, id := range id {
		path.WriteString("/" + url.PathEscape(id))
	}
	return path.String()
}

// cardActivity is a message with one card of the given body and actions, both JSON lists.
func cardActivity(body, actions string) string {
	return fmt.Sprintf(`{"type":"message","summary":"a card","attachments":[{"contentType":%q,"content":%s}]}`,
		"application/vnd.microsoft.card.adaptive", card(body, actions))
}

func card(body, actions string) string {
	return fmt.Sprintf(`{"type":"AdaptiveCard","version":"1.5","body":%s,"actions":%s}`, body, actions)
}

func textBlock(text string) string {
	return fmt.Sprintf(`[{"type":"TextBlock","text":%q}]`, text)
}

// clock is a time that tests move by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
