package entra

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"radioquote/bot/entra/standin"
)

// ask makes a call that takes one request.
func ask(ctx context.Context, g *Graph) error {
	_, err := g.AutomaticReply(ctx, personID(riley))
	return err
}

func mustAsk(t *testing.T, g *Graph) {
	t.Helper()
	if err := ask(t.Context(), g); err != nil {
		t.Fatal(err)
	}
}

func (s *tenant) wantTokens(t *testing.T, want int) {
	t.Helper()
	if got := s.Count("/token"); got != want {
		t.Errorf("%d tokens, want %d", got, want)
	}
}

func TestATokenIsFetchedOnceForAllWhoWait(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		g := s.graph(t)
		s.Fail(1, standin.Fault{Path: "/token", Delay: time.Second, Serve: true})
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() { mustAsk(t, g) })
		}
		all.Wait()
		s.wantTokens(t, 1)
	})
}

func TestATokenIsRenewedBeforeItEnds(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		g := s.graph(t)
		mustAsk(t, g)
		time.Sleep(time.Hour - renewBefore - time.Second)
		mustAsk(t, g)
		s.wantTokens(t, 1)
		time.Sleep(time.Second)
		s.Fail(1, standin.Fault{Path: "/token", Delay: time.Second, Serve: true})
		start := time.Now()
		mustAsk(t, g)
		if took := time.Since(start); took != 0 {
			t.Errorf("waited %s for a token while one was good", took)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		mustAsk(t, g)
		s.wantTokens(t, 2)
		time.Sleep(10 * time.Hour)
		mustAsk(t, g)
		s.wantTokens(t, 3)
	})
}

func TestATokenThatCannotBeRenewedIsUsedToItsEnd(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		g := s.graph(t)
		mustAsk(t, g)
		s.Fail(1000, standin.Fault{Path: "/token", Status: http.StatusInternalServerError})
		time.Sleep(time.Hour - time.Second)
		mustAsk(t, g)
		time.Sleep(time.Second)
		if err := ask(t.Context(), g); !errors.Is(err, ErrUnavailable) {
			t.Errorf("error %v, want that there is no token", err)
		}
	})
}

func TestAWrongSecretIsSaidAndNotTriedAtTheRateOfTheCalls(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		app := s.app()
		app.Secret = NewSecret("a wrong secret")
		g, err := newGraph(app, s.graphConfig(), s.metrics, wire{s}, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			err = ask(t.Context(), g)
		}
		if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "invalid_client AADSTS7000215") {
			t.Errorf("error %v", err)
		}
		if strings.Contains(fmt.Sprintf("%v %+v", err, err), "wrong secret") {
			t.Errorf("error %v has the secret", err)
		}
		s.wantTokens(t, 1)
		time.Sleep(tokenRetry)
		_ = ask(t.Context(), g)
		s.wantTokens(t, 2)
	})
}

func TestATokenThatGraphRefusesIsReplacedOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		g := s.graph(t)
		mustAsk(t, g)
		s.ExpireTokens()
		mustAsk(t, g)
		s.wantTokens(t, 2)

		s.Fail(2, standin.Fault{Path: "/mailboxSettings", Status: http.StatusUnauthorized})
		if err := ask(t.Context(), g); !errors.Is(err, ErrRefused) {
			t.Errorf("error %v, want refused", err)
		}
		s.wantTokens(t, 3)
	})
}

func TestATokenIsForGraphOnly(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		g := s.graph(t)
		g.tokens.form.Set("scope", "https://other.example/.default")
		if err := ask(t.Context(), g); !errors.Is(err, ErrRefused) {
			t.Errorf("error %v, want refused", err)
		}
	})
}

func TestACallerMayLeaveWhileTheOthersWaitForTheToken(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		g := s.graph(t)
		s.Fail(1, standin.Fault{Path: "/token", Delay: time.Second, Serve: true})
		short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		err := ask(short, g)
		if !errors.Is(err, ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the deadline", err)
		}
		mustAsk(t, g)
		s.wantTokens(t, 1)
	})
}

func TestAGrantThatMakesNoSenseIsNoToken(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`<html>`, `{}`,
		`{"token_type":"mac","access_token":"a","expires_in":3600}`,
		`{"token_type":"Bearer","access_token":"a b","expires_in":3600}`,
		`{"token_type":"Bearer","access_token":"a\r\nX: y","expires_in":3600}`,
		`{"token_type":"Bearer","access_token":"a"}`,
		`{"token_type":"Bearer","access_token":"a","expires_in":0}`,
		`{"token_type":"Bearer","access_token":"a","expires_in":"soon"}`,
		`{"token_type":"Bearer","access_token":"a","expires_in":99999999}`,
	} {
		if token, _, err := parseGrant([]byte(body)); err == nil {
			t.Errorf("%s is taken as %q", body, token)
		}
	}
	token, life, err := parseGrant([]byte(`{"token_type":"bearer","access_token":"a.b","expires_in":"3599"}`))
	if token != "a.b" || life != 3599*time.Second || err != nil {
		t.Errorf("token %q for %s, error %v", token, life, err)
	}
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		g := s.graphOver(t, s.graphConfig(), s.tampered("/token", `{"access_token":"tell-nobody"}`))
		if err := ask(t.Context(), g); !errors.Is(err, ErrUnavailable) || strings.Contains(err.Error(), "tell-nobody") {
			t.Errorf("error %v", err)
		}
	})
}

func TestASecretIsNeverShown(t *testing.T) {
	t.Parallel()
	app := App{Secret: NewSecret(secret)}
	text, err := json.Marshal(app)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{fmt.Sprint(app), fmt.Sprintf("%+v %#v %q", app, app, app), string(text)} {
		if strings.Contains(shown, secret) || !strings.Contains(shown, redacted) {
			t.Errorf("shown as %s", shown)
		}
	}
}
