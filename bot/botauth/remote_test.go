package botauth

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/timeout"
)

// roundTrip is a network of one function, for tests in which time stands still.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRemoteGivesUpOnAServiceThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var attempts int
		client := newRemote(roundTrip(func(r *http.Request) (*http.Response, error) {
			attempts++
			<-r.Context().Done()
			return nil, r.Context().Err()
		}))
		call := func() error {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://login.example/", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = exchange(client, req)
			return err
		}

		start := time.Now()
		if err := call(); !errors.Is(err, timeout.ErrExceeded) {
			t.Errorf("error %v, want a timeout", err)
		}
		if took := time.Since(start); attempts != 1+maxRetries || took < 3*attemptTimeout || took > 3*attemptTimeout+2*time.Second {
			t.Errorf("%d attempts in %s", attempts, took)
		}

		for range 3 { // the fifth failure in a row opens the breaker
			_ = call()
		}
		attempts = 0
		if err := call(); !errors.Is(err, circuitbreaker.ErrOpen) || attempts != 0 {
			t.Errorf("error %v after %d attempts, want an open breaker", err, attempts)
		}
		time.Sleep(breakerDelay)
		if _ = call(); attempts == 0 {
			t.Error("the breaker stays open")
		}
	})
}
