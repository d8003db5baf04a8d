package entra

import (
	"errors"
	"net/url"
)

const (
	// maxCode is several times a code of Entra, in bytes; maxState is far above ours.
	maxCode  = 8 << 10
	maxState = 512
)

// Answer is what the browser brings back from the sign-in. It is input: only Verify says
// whether it is worth anything.
type Answer struct {
	State string // names the sign-in that was begun
	Code  string // for Verify
}

// ParseAnswer reads the query with which Entra sends the browser back. Its error is an
// *Error: ErrDenied if the person called it off, ErrUnavailable, or ErrRefused with Entra's
// code; the answer has the state then too.
// Source: "OpenID Connect on the Microsoft identity platform", error codes for authorization
// endpoint errors.
func ParseAnswer(query url.Values) (Answer, error) {
	state, ok := single(query, "state", maxState)
	if !ok {
		return Answer{}, refusal("no state")
	}
	answer := Answer{State: state}
	if query.Has("error") {
		failure := &Error{Op: "sign_in", Kind: ErrRefused, Code: entraCode(query.Get("error"), query.Get("error_description"))}
		switch query.Get("error") {
		case "access_denied":
			failure.Kind = ErrDenied
		case "server_error", "temporarily_unavailable":
			failure.Kind = ErrUnavailable
		}
		return answer, failure
	}
	if answer.Code, ok = single(query, "code", maxCode); !ok {
		return answer, refusal("no code")
	}
	return answer, nil
}

func refusal(detail string) *Error {
	return &Error{Op: "sign_in", Kind: ErrRefused, Err: errors.New(detail)}
}

// single is the one value of a parameter, neither empty nor too long.
func single(query url.Values, name string, limit int) (string, bool) {
	values := query[name]
	if len(values) != 1 || values[0] == "" || len(values[0]) > limit {
		return "", false
	}
	return values[0], true
}
