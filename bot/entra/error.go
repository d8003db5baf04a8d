package entra

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// What a failure means for whoever asked. Find them with errors.Is.
var (
	// ErrUnavailable: nothing is known. Try again later.
	ErrUnavailable = errors.New("unavailable")
	// ErrRefused: the answer is no, and would be no again until somebody mends something.
	ErrRefused = errors.New("refused")
	// ErrPermission: an admin of the tenant has not consented to what the call needs.
	ErrPermission = fmt.Errorf("permission not granted: %w", ErrRefused)
	// ErrNotFound: there is no such person or group.
	ErrNotFound = fmt.Errorf("not found: %w", ErrRefused)
	// ErrNoApp: our Teams app is not in the organization's catalog.
	ErrNoApp = fmt.Errorf("app not in the catalog: %w", ErrRefused)

	// errConflict: what was to be made is there.
	errConflict = fmt.Errorf("already there: %w", ErrRefused)
)

// What is wrong with a sign-in. A caller has a sentence for each.
var (
	ErrDenied  = errors.New("the person called it off")
	ErrCode    = errors.New("code not accepted") // used, expired, or for another sign-in
	ErrToken   = errors.New("no valid id token") // signature, issuer, audience, validity or form
	ErrNonce   = errors.New("answer to another question")
	ErrTenant  = errors.New("another tenant")
	ErrPerson  = errors.New("another person")
	ErrContext = errors.New("authentication context not met")
	ErrStale   = errors.New("authentication not recent")
)

// Error is the failure of a call to Entra or Graph, or of a sign-in. Its Kind is one of the
// package's errors. It holds nothing secret, and of what Entra wrote only codes.
type Error struct {
	Op         string // such as members, managers or sign_in
	Kind       error
	Status     int           // of the answer; 0 if there is none
	Code       string        // Graph's or Entra's own word, such as Authorization_RequestDenied; may be empty
	RetryAfter time.Duration // how long to wait before the next try; 0 if nobody said
	Err        error         // for the log; may be nil
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "entra %s: %v", e.Op, e.Kind)
	if e.Status != 0 {
		fmt.Fprintf(&b, ", status %d", e.Status)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, " %s", e.Code)
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, ", retry after %s", e.RetryAfter)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap makes errors.Is(err, ErrUnavailable) work on any wrapped *Error.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

// kindOf says what an answer that is no success means.
func kindOf(status int) error {
	switch {
	case status == http.StatusForbidden:
		return ErrPermission
	case status == http.StatusNotFound:
		return ErrNotFound
	case status == http.StatusConflict:
		return errConflict
	case status == http.StatusRequestTimeout, status == http.StatusTooManyRequests:
		return ErrUnavailable
	case status >= 400 && status < 500:
		return ErrRefused
	}
	return ErrUnavailable
}

// plainCode is what an error code looks like, so that nothing else gets into a log.
var plainCode = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.]{0,63}$`)

// stsCode is Entra's number for a failure, which says what to mend.
var stsCode = regexp.MustCompile(`AADSTS[0-9]{4,9}`)

// graphCode is the code of an error of Graph: {"error":{"code":…}}. It is empty for anything
// else.
func graphCode(body []byte) string {
	var doc struct {
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	if err := json.Unmarshal(body, &doc); err != nil || !plainCode.MatchString(doc.Error.Code) {
		return ""
	}
	return doc.Error.Code
}

// entraCode is the code of an error of Entra, with the number from its description.
func entraCode(code, description string) string {
	if !plainCode.MatchString(code) {
		return ""
	}
	if number := stsCode.FindString(description); number != "" {
		return code + " " + number
	}
	return code
}
