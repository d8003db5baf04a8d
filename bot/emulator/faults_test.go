package emulator_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"radioquote/bot/emulator"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		fault emulator.Fault

		status     int // 0: no answer
		retryAfter string
		isStored   bool
	}{
		{"throttled", emulator.Fault{Status: 429, RetryAfter: 1500 * time.Millisecond}, 429, "2", false},
		{"a gateway that fails", emulator.Fault{Status: 502}, 502, "", false},
		{"a gateway that fails after it has delivered", emulator.Fault{Status: 502, Commit: true}, 502, "", true},
		{"blocked by the user", emulator.Fault{Status: 403}, 403, "", false},
		{"a cut connection", emulator.Fault{}, 0, "", false},
		{"a cut connection after the delivery", emulator.Fault{Commit: true}, 0, "", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			em := start(t, config())
			bot := newBot(t, em)
			em.Inject(1, tc.fault)
			got, err := bot.call(http.MethodPost, activities(em.ChatID(riley)), `{"type":"message","text":"hi"}`)
			if (err != nil) != (tc.status == 0) {
				t.Fatalf("error is %v", err)
			}
			if got.status != tc.status || got.retryAfter != tc.retryAfter {
				t.Errorf("answered %d, Retry-After %q", got.status, got.retryAfter)
			}
			if stored := len(em.Messages(riley)) == 1; stored != tc.isStored {
				t.Errorf("stored = %v, want %v", stored, tc.isStored)
			}
			if calls := em.Calls(); calls[len(calls)-1].Status != tc.status {
				t.Errorf("the call is remembered as %+v", calls[len(calls)-1])
			}
			if after := bot.must(t, http.MethodPost, activities(em.ChatID(riley)), `{"type":"message","text":"hi"}`); after.status != 201 {
				t.Errorf("the next call is answered %d", after.status)
			}
		})
	}
}

func TestFaultsQueueUp(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	em.Inject(2, emulator.Fault{Status: 429, RetryAfter: time.Second})
	em.Inject(1, emulator.Fault{Status: 502})
	for i, want := range []int{429, 429, 502, 201} {
		got := bot.must(t, http.MethodPost, activities(em.ChatID(riley)), `{"type":"message","text":"hi"}`)
		if got.status != want {
			t.Errorf("call %d is answered %d, want %d", i+1, got.status, want)
		}
	}
}

func TestAFaultDoesNotHideWhatIsRefusedAnyway(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	em.Inject(1, emulator.Fault{Commit: true})
	if got := bot.must(t, http.MethodPost, activities("a:none"), `{"type":"message","text":"hi"}`); got.status != 404 {
		t.Errorf("answered %d", got.status)
	}
}

func TestAHangEndsWhenTheCallerGivesUp(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	token, err := bot.login()
	if err != nil {
		t.Fatal(err)
	}
	em.Inject(1, emulator.Fault{Hang: true, Commit: true})
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, em.ServiceURL()+"v3/conversations/"+em.ChatID(riley)+"/members", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	ended := make(chan error, 1)
	go func() {
		answer, err := http.DefaultClient.Do(r)
		if err == nil {
			answer.Body.Close()
		}
		ended <- err
	}()
	waitForCalls(t, em, 2)
	cancel()
	if err := <-ended; err == nil {
		t.Error("the call was answered")
	}
}
