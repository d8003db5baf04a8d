package emulator_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"radioquote/bot/emulator"
)

func TestStartRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*emulator.Config)
		want   string
	}{
		{"without an app id", func(c *emulator.Config) { c.AppID = "" }, "required"},
		{"without a secret", func(c *emulator.Config) { c.AppSecret = "" }, "required"},
		{"without a tenant", func(c *emulator.Config) { c.TenantID = "" }, "required"},
		{"on an address that others reach", func(c *emulator.Config) { c.Listen = "0.0.0.0:0" }, "not a loopback address"},
		{"on something that is no address", func(c *emulator.Config) { c.Listen = "here" }, "here"},
		{"with a person without a Teams id", func(c *emulator.Config) { c.People[0].UserID = "riley" }, "starts with 29:"},
		{"with a person without a name", func(c *emulator.Config) { c.People[0].Name = "" }, "required"},
		{"with two people of one id", func(c *emulator.Config) { c.People[1].ObjectID = c.People[0].ObjectID }, "the same id"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cfg := config()
			tc.change(&cfg)
			em, err := emulator.Start(cfg)
			if err == nil {
				_ = em.Close()
				t.Fatal("it started")
			}
			if !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error is %q, want it to say %q", err, tc.want)
			}
		})
	}
}

func TestATakenPortIsAnError(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	cfg := config()
	cfg.Listen = strings.TrimSuffix(strings.TrimPrefix(em.PageURL(), "http://"), "/")
	if second, err := emulator.Start(cfg); err == nil {
		_ = second.Close()
		t.Error("two emulators listen on one port")
	}
}

func TestOnlyTheMachineItselfGetsIn(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	own := strings.TrimSuffix(strings.TrimPrefix(em.PageURL(), "http://"), "/")
	_, port, _ := strings.Cut(own, ":")
	for _, tc := range []struct {
		name   string
		host   string
		header http.Header
		want   int
	}{
		{"its own address", own, nil, http.StatusOK},
		{"localhost", "localhost:" + port, nil, http.StatusOK},
		{"its own page", own, http.Header{"Origin": {"http://" + own}}, http.StatusOK},
		{"a name that was rebound to loopback", "evil.example:" + port, nil, http.StatusForbidden},
		{"the host of a tunnel", "abc.tunnel.example", nil, http.StatusForbidden},
		{"a tunnel that rewrites the host", own, http.Header{"X-Forwarded-For": {"203.0.113.9"}}, http.StatusForbidden},
		{"a proxy by the standard", own, http.Header{"Forwarded": {"for=203.0.113.9"}}, http.StatusForbidden},
		{"another web page", own, http.Header{"Origin": {"https://evil.example"}}, http.StatusForbidden},
		{"a page of another port", own, http.Header{"Origin": {"http://127.0.0.1:1"}}, http.StatusForbidden},
		{"a sandboxed page", own, http.Header{"Origin": {"null"}}, http.StatusForbidden},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, em.OpenIDMetadataURL(), nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = tc.host
			if tc.header != nil {
				r.Header = tc.header
			}
			got, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			got.Body.Close()
			if got.StatusCode != tc.want {
				t.Errorf("answered %d, want %d", got.StatusCode, tc.want)
			}
		})
	}
}

func TestCloseEndsWhatHangs(t *testing.T) {
	t.Parallel()
	em, err := emulator.Start(config())
	if err != nil {
		t.Fatal(err)
	}
	bot := newBot(t, em)
	if _, err := bot.login(); err != nil {
		t.Fatal(err)
	}
	em.Inject(1, emulator.Fault{Hang: true})
	ended := make(chan error, 1)
	go func() {
		_, err := bot.call(http.MethodPost, activities(em.ChatID(riley)), `{"type":"message","text":"hi"}`)
		ended <- err
	}()
	waitForCalls(t, em, 2)
	if err := em.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err == nil {
		t.Error("the hanging call was answered")
	}
}

// waitForCalls waits until the emulator has received n calls.
func waitForCalls(t testing.TB, em *emulator.Emulator, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for len(em.Calls()) < n {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%d calls were received, want %d", len(em.Calls()), n)
		}
	}
}

func TestCallsAreRemembered(t *testing.T) {
	t.Parallel()
	clock := newClock()
	cfg := config()
	cfg.Now = clock.Now
	em := start(t, cfg)
	bot := newBot(t, em)
	id := bot.post(t, riley, `{"type":"message","text":"hi"}`)
	clock.forward(time.Minute)
	bot.must(t, http.MethodDelete, activities(em.ChatID(riley), "nothing"), "")

	calls := em.Calls()
	if len(calls) != 3 {
		t.Fatalf("%d calls are remembered, want login, post and delete", len(calls))
	}
	post, remove := calls[1], calls[2]
	if post.Method != "POST" || post.Conversation != em.ChatID(riley) || post.Status != 201 {
		t.Errorf("post of %s is remembered as %+v", id, post)
	}
	if remove.Activity != "nothing" || remove.Status != 404 || remove.At.Sub(post.At) != time.Minute {
		t.Errorf("delete is remembered as %+v", remove)
	}
}
