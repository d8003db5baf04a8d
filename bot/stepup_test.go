package bot_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/govalues/decimal"
	"github.com/jackc/pgx/v5"
	"go.uber.org/zap"

	"radioquote/bot"
	"radioquote/bot/emulator"
	"radioquote/bot/entra"
	"radioquote/bot/entra/standin"
	"radioquote/quoting/desk"
)

const (
	signInClient = "9c3b0000-0000-4000-8000-000000000003"
	public       = "https://quotes.example"
)

// signer is a house in which decisions over $1,000 are proved by a sign-in.
type signer struct {
	*house
	entra *standin.Server
}

func newSigner(t *testing.T) *signer {
	t.Helper()
	s := &signer{entra: must(standin.Start(standin.Config{
		TenantID: tenant, ClientID: signInClient, ClientSecret: "not a secret", RedirectURIs: []string{public + "/step-up/callback"},
		People: []standin.Person{{ObjectID: morgan.ObjectID, Name: morgan.Name}, {ObjectID: riley.ObjectID, Name: riley.Name}},
	}))(t)}
	t.Cleanup(func() { _ = s.entra.Close() })
	s.house = newHouseAs(t, nil, func(c *desk.Config) {
		c.SignInURL, c.Policy.StepUp.Amount = public, decimal.MustParse("1000")
	})
	app := entra.App{EntraURL: s.entra.URL(), TenantID: tenant, ClientID: signInClient, Secret: entra.NewSecret("not a secret")}
	signIn := must(entra.NewSignIn(app, public+"/step-up/callback"))(t)
	s.stepUp = must(bot.NewStepUp(s.desk, signIn, s.entra.URL(), zap.NewNop()))(t)
	s.serve(t)
	return s
}

// browser is one that keeps the cookie that it is given.
type browser struct {
	s      *signer
	cookie string
}

// visit goes to an address of the service and returns what is there: a page, or where it leads.
func (b *browser) visit(t *testing.T, method, address string, headers ...string) (status int, text string) {
	t.Helper()
	there := must(url.Parse(address))(t)
	base := strings.TrimSuffix(b.s.url, "/api/messages")
	req := must(http.NewRequestWithContext(t.Context(), method, base+there.RequestURI(), nil))(t)
	if b.cookie != "" {
		req.AddCookie(&http.Cookie{Name: "__Host-radioquote-step-up", Value: b.cookie})
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for _, c := range resp.Cookies() {
		if !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.SameSite != http.SameSiteLaxMode {
			t.Errorf("the cookie is %+v", c)
		}
		b.cookie = c.Value
	}
	if resp.Header.Get("Cache-Control") != "no-store" || resp.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("%s %s may be kept, or tells where it was: %v", method, there.Path, resp.Header)
	}
	if to := resp.Header.Get("Location"); to != "" {
		return resp.StatusCode, to
	}
	if policy := resp.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("%s %s has the policy %q", method, there.Path, policy)
	}
	return resp.StatusCode, string(must(io.ReadAll(resp.Body))(t))
}

// asked is the address at which Morgan proves her approval of Q-1001.
func (s *signer) asked(t *testing.T) string {
	t.Helper()
	_, morgans := s.submitted(t)
	answer := must(s.teams.Click(t.Context(), morgan, morgans.ID, "approve", nil))(t)
	if s.states(t) != "pending" {
		t.Fatal("it is decided without a proof")
	}
	return linkOf(t, answer.Card)
}

// linkOf is the address that a card opens.
func linkOf(t *testing.T, card json.RawMessage) string {
	t.Helper()
	_, after, ok := strings.Cut(string(card), `"Action.OpenUrl"`)
	_, after, too := strings.Cut(after, `"url":"`)
	link, _, end := strings.Cut(after, `"`)
	if !ok || !too || !end || !strings.HasPrefix(link, public+"/step-up/") {
		t.Fatalf("no link to the sign-in: %s", card)
	}
	return link
}

// states is where Q-1001 stands.
func (s *signer) states(t *testing.T) (state string) {
	t.Helper()
	conn := must(pgx.Connect(t.Context(), s.db.SuperURL))(t)
	defer func() { check(t, conn.Close(context.WithoutCancel(t.Context()))) }()
	if err := conn.QueryRow(t.Context(), `SELECT state FROM quote_versions WHERE quote_id = 1001 ORDER BY version DESC LIMIT 1`).Scan(&state); err != nil {
		t.Fatal(err)
	}
	return state
}

func (s *signer) sql(t *testing.T, query string) {
	t.Helper()
	conn := must(pgx.Connect(t.Context(), s.db.SuperURL))(t)
	defer func() { check(t, conn.Close(context.WithoutCancel(t.Context()))) }()
	must(conn.Exec(t.Context(), query))(t)
}

// begins presses the page's button and returns where Entra is to be asked.
func (b *browser) begins(t *testing.T, link string) string {
	t.Helper()
	status, there := b.visit(t, http.MethodPost, link)
	if status != http.StatusSeeOther || !strings.HasPrefix(there, b.s.entra.URL()) {
		t.Fatalf("the button is answered %d %s", status, there)
	}
	return there
}

// signs signs somebody in at Entra and returns where Entra sends the browser back.
func (b *browser) signs(t *testing.T, link string, who emulator.Person, mfa bool) string {
	t.Helper()
	return must(b.s.entra.SignIn(t.Context(), b.begins(t, link), who.ObjectID, mfa))(t)
}

func TestALargeDecisionIsProvedByASignIn(t *testing.T) {
	t.Parallel()
	s := newSigner(t)
	link := s.asked(t)
	b := &browser{s: s}
	status, page := b.visit(t, http.MethodGet, link)
	if status != http.StatusOK || !strings.Contains(page, "Approve Q-1001 v1") || strings.Contains(page, "Acme") || strings.Contains(page, "$") {
		t.Errorf("the page is %d %s", status, page)
	}
	back := b.signs(t, link, morgan, true)
	if status, page = b.visit(t, http.MethodGet, back); status != http.StatusOK || !strings.Contains(page, "Q-1001 v1 is approved") {
		t.Fatalf("%d %s", status, page)
	}
	s.sees(t, riley, "approved by Morgan Manager")
	if n := s.count(t, `SELECT count(*) FROM audit_events WHERE kind = 'step_up_passed' AND quote_id = 1001 AND data ? 'auth_time'`); n != 1 {
		t.Errorf("%d proofs are recorded", n)
	}
	for what, address := range map[string]string{"the answer once more": back, "the page once more": link} {
		if status, page := b.visit(t, http.MethodGet, address); status < 400 || strings.Contains(page, "is approved") {
			t.Errorf("%s: %d %s", what, status, page)
		}
	}
	if status, _ := b.visit(t, http.MethodPost, link); status != http.StatusConflict {
		t.Errorf("the button once more: %d", status)
	}
	if n := s.count(t, `SELECT count(*) FROM decisions`); n != 1 {
		t.Errorf("%d decisions", n)
	}
}

// TestNoOtherProofDecides tries each attack on a sign-in that was begun honestly, and then an
// honest one: it decides.
func TestNoOtherProofDecides(t *testing.T) {
	t.Parallel()
	s := newSigner(t)
	link := s.asked(t)
	forged := func(f standin.Forgery) func(*testing.T, *browser) string {
		return func(t *testing.T, b *browser) string {
			s.entra.Forge(f)
			return b.signs(t, link, morgan, true)
		}
	}
	claim := func(name string, value any) func(*testing.T, *browser) string {
		return forged(standin.Forgery{Claims: map[string]any{name: value}})
	}
	for _, row := range []struct {
		attack string
		do     func(*testing.T, *browser) string
		says   string
	}{
		{"somebody else signs in", func(t *testing.T, b *browser) string { return b.signs(t, link, riley, true) }, "Somebody else signed in"},
		{"no second factor", func(t *testing.T, b *browser) string { return b.signs(t, link, morgan, false) }, "second factor"},
		{"another authentication context", claim("acrs", []string{"c2"}), "second factor"},
		{"an authentication of an hour ago", claim("auth_time", time.Now().Add(-time.Hour).Unix()), "too long ago"},
		{"an authentication in an hour", claim("auth_time", time.Now().Add(time.Hour).Unix()), "too long ago"},
		{"no time of authentication", claim("auth_time", nil), "too long ago"},
		{"a token for another sign-in", claim("nonce", "another"), "another sign-in"},
		{"no nonce", claim("nonce", nil), "another sign-in"},
		{"another tenant", claim("tid", "00000000-0000-4000-8000-00000000dead"), "another organization"},
		{"a token for another app", claim("aud", "00000000-0000-4000-8000-00000000dead"), "not valid"},
		{"another issuer", claim("iss", "https://login.example/"+tenant+"/v2.0"), "not valid"},
		{"an expired token", claim("exp", time.Now().Add(-time.Hour).Unix()), "not valid"},
		{"a key that is not published", forged(standin.Forgery{ForeignKey: true}), "not valid"},
		{"a token that is signed with the secret", forged(standin.Forgery{Algorithm: "HS256"}), "not valid"},
		{"a token that is not signed", forged(standin.Forgery{Algorithm: "none"}), "not valid"},
		{"no token", forged(standin.Forgery{Missing: true}), "not valid"},
		{"a code of somebody's making", func(t *testing.T, b *browser) string {
			state := must(url.Parse(b.begins(t, link)))(t).Query().Get("state")
			return public + "/step-up/callback?code=made-up&state=" + state
		}, "used already"},
		{"the person calls it off", func(t *testing.T, b *browser) string {
			return must(s.entra.Cancel(t.Context(), b.begins(t, link)))(t)
		}, "called the sign-in off"},
		{"another browser", func(t *testing.T, b *browser) string {
			back := b.signs(t, link, morgan, true)
			b.cookie = "another"
			return back
		}, "another browser"},
		{"a browser without the cookie", func(t *testing.T, b *browser) string {
			back := b.signs(t, link, morgan, true)
			b.cookie = ""
			return back
		}, "another browser"},
		{"a state of somebody's making", func(t *testing.T, b *browser) string {
			b.begins(t, link)
			return public + "/step-up/callback?code=x&state=made-up"
		}, "no such sign-in"},
		{"no state", func(*testing.T, *browser) string { return public + "/step-up/callback?code=x" }, "no answer of a sign-in"},
		{"the answer to a round before", func(t *testing.T, b *browser) string {
			back := b.signs(t, link, morgan, true)
			b.begins(t, link)
			return back
		}, "no such sign-in"},
		{"an answer that was refused, once more", func(t *testing.T, b *browser) string {
			back := b.signs(t, link, riley, true)
			b.visit(t, http.MethodGet, back)
			return back
		}, "no such sign-in"},
	} {
		b := &browser{s: s}
		status, page := b.visit(t, http.MethodGet, row.do(t, b))
		if status < 400 || status >= 500 || !strings.Contains(page, row.says) {
			t.Errorf("%s: %d %s", row.attack, status, page)
		}
		if state := s.states(t); state != "pending" {
			t.Fatalf("%s: it is %s", row.attack, state)
		}
	}
	if n := s.count(t, `SELECT count(*) FROM audit_events WHERE kind = 'step_up_refused'`); n != 19 {
		t.Errorf("%d refusals are recorded", n)
	}
	b := &browser{s: s}
	if status, page := b.visit(t, http.MethodGet, b.signs(t, link, morgan, true)); status != http.StatusOK || s.states(t) != "approved" {
		t.Errorf("an honest one: %d %s", status, page)
	}
}

func TestAProofComesTooLateForWhatHasChanged(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		what   string
		change func(*testing.T, *signer)
		says   string
	}{
		{"the quote was revised", func(t *testing.T, s *signer) {
			s.say(t, riley, "make it 61")
			s.sees(t, riley, "Q-1001 v2")
		}, "version 2 now"},
		{"the role was revoked", func(t *testing.T, s *signer) {
			s.sql(t, `UPDATE people SET roles = '{rep}' WHERE object_id = '`+morgan.ObjectID+`'`)
		}, "not yours to decide"},
		{"the person has left", func(t *testing.T, s *signer) {
			s.sql(t, `UPDATE people SET roles = '{}' WHERE object_id = '`+morgan.ObjectID+`'`)
		}, "no role"},
		{"it was recalled", func(t *testing.T, s *signer) {
			s.sql(t, `UPDATE quote_versions SET state = 'recalled'`)
		}, "is recalled"},
		{"the quote was cancelled", func(t *testing.T, s *signer) {
			s.sql(t, `UPDATE quotes SET state = 'cancelled'`)
		}, "Q-1001 is cancelled"},
		{"it has expired", func(t *testing.T, s *signer) {
			s.sql(t, `UPDATE step_ups SET expires_at = now() - interval '1 second'`)
		}, "has expired"},
	} {
		t.Run(row.what, func(t *testing.T) {
			t.Parallel()
			s := newSigner(t)
			link := s.asked(t)
			b := &browser{s: s}
			back := b.signs(t, link, morgan, true)
			row.change(t, s)
			if status, page := b.visit(t, http.MethodGet, back); status < 400 || status >= 500 || !strings.Contains(page, row.says) {
				t.Errorf("%d %s", status, page)
			}
			if n := s.count(t, `SELECT count(*) FROM decisions`) + s.count(t, `SELECT count(*) FROM approval_steps`); n != 0 {
				t.Error("it was decided")
			}
		})
	}
}

func TestThePageOfASignInIsCareful(t *testing.T) {
	t.Parallel()
	s := newSigner(t)
	link := s.asked(t)
	b := &browser{s: s}
	for _, row := range []struct {
		what, method, address string
		headers               []string
		status                int
		says                  string
	}{
		{"no such sign-in", http.MethodGet, public + "/step-up/AAAAAAAAAAAAAAAAAAAAAAAAAA", nil, 404, "no such sign-in"},
		{"begun from another page", http.MethodPost, link, []string{"Sec-Fetch-Site", "cross-site"}, 403, "sent by another page"},
		{"begun from a neighbour's page", http.MethodPost, link, []string{"Sec-Fetch-Site", "same-site"}, 403, "sent by another page"},
		{"begun from its own page", http.MethodPost, link, []string{"Sec-Fetch-Site", "same-origin"}, 303, s.entra.URL()},
		{"begun from the address bar", http.MethodPost, link, []string{"Sec-Fetch-Site", "none"}, 303, s.entra.URL()},
	} {
		if status, page := b.visit(t, row.method, row.address, row.headers...); status != row.status || !strings.Contains(page, row.says) {
			t.Errorf("%s: %d %s", row.what, status, page)
		}
	}
	s.sql(t, `UPDATE step_ups SET expires_at = now() - interval '1 second'`)
	if status, page := b.visit(t, http.MethodGet, link); status != http.StatusGone || !strings.Contains(page, "has expired") {
		t.Errorf("late: %d %s", status, page)
	}
}

func TestWhileEntraIsDownASignInDoesNotBegin(t *testing.T) {
	t.Parallel()
	s := newSigner(t)
	link := s.asked(t)
	check(t, s.entra.Close())
	b := &browser{s: s}
	if status, page := b.visit(t, http.MethodPost, link); status != http.StatusConflict || !strings.Contains(page, "does not answer at the moment. Q-1001 stays as it is") {
		t.Errorf("%d %s", status, page)
	}
}

func TestWithoutASignInNoLargeDecisionIsTaken(t *testing.T) {
	t.Parallel()
	h := newHouseAs(t, nil, func(c *desk.Config) { c.Policy.StepUp.Amount = decimal.MustParse("1000") })
	_, morgans := h.submitted(t)
	answer := must(h.teams.Click(t.Context(), morgan, morgans.ID, "approve", nil))(t)
	if !strings.Contains(string(answer.Card), "none is set up here, so nothing is decided") || !strings.Contains(string(answer.Card), `"verb":"approve"`) {
		t.Errorf("%s", answer.Card)
	}
}
