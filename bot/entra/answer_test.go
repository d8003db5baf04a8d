package entra

import (
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestWhatTheBrowserBringsBack(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, query string
		answer      Answer
		want        error
		code        string // of the error
	}{
		{"a code", "code=abc&state=s", Answer{"s", "abc"}, nil, ""},
		{"a code and more", "code=abc&state=s&session_state=x", Answer{"s", "abc"}, nil, ""},
		{"called off", "error=access_denied&error_subcode=cancel&error_description=AADSTS65004%3A+no&state=s", Answer{State: "s"}, ErrDenied, "access_denied AADSTS65004"},
		{"not now", "error=temporarily_unavailable&state=s", Answer{State: "s"}, ErrUnavailable, "temporarily_unavailable"},
		{"an error of Entra", "error=server_error&state=s", Answer{State: "s"}, ErrUnavailable, "server_error"},
		{"refused", "error=invalid_request&error_description=AADSTS900144%3A+The+x&state=s", Answer{State: "s"}, ErrRefused, "invalid_request AADSTS900144"},
		{"an error beside a code", "error=access_denied&code=abc&state=s", Answer{State: "s"}, ErrDenied, "access_denied"},
		{"an error that is a text", "error=%3Cscript%3E&error_description=AADSTS65004&state=s", Answer{State: "s"}, ErrRefused, ""},
		{"no state", "code=abc", Answer{}, ErrRefused, ""},
		{"an error without a state", "error=access_denied", Answer{}, ErrRefused, ""},
		{"two states", "code=abc&state=s&state=t", Answer{}, ErrRefused, ""},
		{"a state without an end", "code=abc&state=" + strings.Repeat("s", maxState+1), Answer{}, ErrRefused, ""},
		{"no code", "state=s", Answer{State: "s"}, ErrRefused, ""},
		{"two codes", "code=a&code=b&state=s", Answer{State: "s"}, ErrRefused, ""},
		{"a code without an end", "code=" + strings.Repeat("c", maxCode+1) + "&state=s", Answer{State: "s"}, ErrRefused, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			values, err := url.ParseQuery(tc.query)
			if err != nil {
				t.Fatal(err)
			}
			got, err := ParseAnswer(values)
			if tc.want == nil && err != nil {
				t.Error(err)
			} else if tc.want != nil {
				wantFailure(t, err, tc.want)
			}
			if failure, ok := errors.AsType[*Error](err); ok && failure.Code != tc.code {
				t.Errorf("code %q, want %q", failure.Code, tc.code)
			}
			if diff := cmp.Diff(tc.answer, got); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSomebodyCallsItOff(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		back, err := s.Cancel(t.Context(), mustURL(t, s.signIn(t, wire{s}), begun()))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := ParseAnswer(query(t, back))
		wantFailure(t, err, ErrDenied)
		if answer.State != "the state" {
			t.Errorf("state %q", answer.State)
		}
	})
}

func FuzzParseAnswer(f *testing.F) {
	f.Add("code=abc&state=s")
	f.Add("error=access_denied&error_description=AADSTS65004%3A+no&state=s")
	f.Add("state=s&state=t&code=")
	f.Fuzz(func(t *testing.T, text string) {
		values, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		answer, err := ParseAnswer(values)
		if (err == nil) != (answer.Code != "") || err == nil && answer.State == "" {
			t.Errorf("%q is %+v, error %v", text, answer, err)
		}
		if failure, ok := errors.AsType[*Error](err); ok && len(failure.Error()) > 300 {
			t.Errorf("an error of %d bytes", len(failure.Error()))
		}
	})
}

func FuzzClaims(f *testing.F) {
	f.Add([]byte(`{"tid":"t","oid":"o","acrs":["c1"],"auth_time":946684800}`))
	f.Add([]byte(`{"acrs":"c1"}`))
	f.Add([]byte(`{"acrs":["c1",null]}`))
	f.Add([]byte(`{"acrs":"c1","acrs":[]}`))
	f.Add([]byte(`{"acrs":null,"auth_time":1e3}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var c claims
		if err := json.Unmarshal(text, &c); err != nil {
			return
		}
		want := Expected{Nonce: "n", ObjectID: "o", Context: "c1", MaxAge: 5 * time.Minute, Now: time.Unix(946684800, 0)}
		kind := c.compare("n", "t", want)
		if kind == nil && (lower(c.TenantID) != "t" || lower(c.ObjectID) != "o" || !slices.Contains(c.Contexts, "c1") || c.AuthTime == nil) {
			t.Errorf("%s proves too much", text)
		}
	})
}
