package emulator_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestLoginIsStrict(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	const form = "application/x-www-form-urlencoded"
	for _, tc := range []struct {
		name    string
		content string
		change  func(url.Values)
		status  int
		code    string
	}{
		{"the right form gets a token", form, func(url.Values) {}, 200, ""},
		{"the app id's case does not matter", form, func(v url.Values) { v.Set("client_id", strings.ToUpper(v.Get("client_id"))) }, 200, ""},
		{"JSON is no form", "application/json", func(url.Values) {}, 400, "invalid_request"},
		{"another grant is refused", form, func(v url.Values) { v.Set("grant_type", "password") }, 400, "unsupported_grant_type"},
		{"another client is unknown", form, func(v url.Values) { v.Set("client_id", "x") }, 400, "unauthorized_client"},
		{"no secret", form, func(v url.Values) { v.Del("client_secret") }, 401, "invalid_client"},
		{"a wrong secret", form, func(v url.Values) { v.Set("client_secret", "x") }, 401, "invalid_client"},
		{"another scope", form, func(v url.Values) { v.Set("scope", "https://graph.microsoft.com/.default") }, 400, "invalid_scope"},
		{"a parameter twice", form, func(v url.Values) { v.Add("scope", v.Get("scope")) }, 400, "invalid_request"},
		{"a form without end", form, func(v url.Values) { v.Set("x", strings.Repeat("x", 20<<10)) }, 400, "invalid_request"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			values := loginForm()
			tc.change(values)
			got, err := http.Post(em.TokenURL(), tc.content, strings.NewReader(values.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			defer got.Body.Close()
			var body struct {
				AccessToken string `json:"access_token"`
				TokenType   string `json:"token_type"`
				ExpiresIn   int    `json:"expires_in"`
				Error       string `json:"error"`
			}
			if err := json.NewDecoder(got.Body).Decode(&body); err != nil {
				t.Fatal(err)
			}
			if got.StatusCode != tc.status || body.Error != tc.code {
				t.Errorf("answered %d %q, want %d %q", got.StatusCode, body.Error, tc.status, tc.code)
			}
			if granted := body.AccessToken != "" && body.TokenType == "Bearer" && body.ExpiresIn == 3600; granted != (tc.status == 200) {
				t.Errorf("granted = %v with status %d", granted, tc.status)
			}
		})
	}
}

func TestConnectorWantsATokenOfTheLogin(t *testing.T) {
	t.Parallel()
	clock := newClock()
	cfg := config()
	cfg.Now = clock.Now
	em := start(t, cfg)
	bot := newBot(t, em)
	members := "/" + em.ChatID(riley) + "/members"
	if got := bot.must(t, http.MethodGet, members, ""); got.status != 200 {
		t.Fatalf("a fresh token is answered %d", got.status)
	}

	clock.forward(59 * time.Minute)
	if got := bot.must(t, http.MethodGet, members, ""); got.status != 200 {
		t.Errorf("a token is answered %d before its hour is over", got.status)
	}
	clock.forward(time.Minute)
	if got := bot.must(t, http.MethodGet, members, ""); got.status != 401 {
		t.Errorf("an expired token is answered %d, want 401", got.status)
	}

	bot.token = ""
	if got := bot.must(t, http.MethodGet, members, ""); got.status != 200 {
		t.Errorf("a new token is answered %d", got.status)
	}
	em.ExpireTokens()
	if got := bot.must(t, http.MethodGet, members, ""); got.status != 401 {
		t.Errorf("a withdrawn token is answered %d, want 401", got.status)
	}

	inbound, err := em.Token(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, foreign := range map[string]string{"garbage": "x", "a token of Teams for the bot": inbound} {
		bot.token = foreign
		if got := bot.must(t, http.MethodGet, members, ""); got.status != 401 {
			t.Errorf("%s is answered %d, want 401", name, got.status)
		}
	}
}
