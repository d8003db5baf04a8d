package netsuite

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"radioquote/quoting"
)

// Error is a call to NetSuite that failed. errors.Is finds its Fault, which is what a
// caller decides by; the rest is for the log and for NetSuite's support. It holds no
// secret and no more than the beginning of NetSuite's words.
type Error struct {
	Fault   quoting.Fault
	Call    string // which kind of call, as in the metrics
	Status  int    // of the answer; 0: none came
	Code    string // o:errorCode, or the error of an OAuth answer
	Detail  string // NetSuite's words
	Path    string // o:errorPath: the field that NetSuite complains about
	ErrorID string // of an internal error of NetSuite; support asks for it
	Err     error  // may be nil

	wait time.Duration // see RetryAfter

	// blameless failures say nothing about NetSuite's health: nobody waited for the
	// answer any more, or the answer was whole but too large.
	blameless bool
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "netsuite %s: %s", e.Call, e.Fault)
	if e.Status != 0 {
		fmt.Fprintf(&b, ": status %d", e.Status)
	}
	for _, part := range []struct{ before, text string }{
		{" ", e.Code}, {" at ", e.Path}, {": ", e.Detail}, {", error id ", e.ErrorID},
	} {
		if part.text != "" {
			b.WriteString(part.before + part.text)
		}
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	if e.wait != 0 {
		fmt.Fprintf(&b, ", not before %s are over", e.wait)
	}
	return b.String()
}

// RetryAfter is how long it is of no use to try again, where NetSuite or the breaker says
// so: a job sleeps so long. 0: nobody said. It is an hour at most.
func (e *Error) RetryAfter() time.Duration { return e.wait }

// Unwrap makes errors.Is(err, quoting.Unavailable) work through any wrapping.
func (e *Error) Unwrap() []error { return []error{e.Fault, e.Err} }

// unauthorised says whether NetSuite did not accept the bearer token.
func unauthorised(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Status == 401
}

// detailLimit is how many bytes of NetSuite's words an Error keeps.
const detailLimit = 500

var (
	errorID = regexp.MustCompile(`Error ID: (\w{1,64})`)

	// credential is what a token or an assertion looks like, should an answer quote ours.
	credential = regexp.MustCompile(`[\w.~+-]{40,}`)
)

// explain takes from an error answer what it says about itself. It is best effort: the
// status has decided already, and NetSuite's own 429 is not always valid JSON.
func (e *Error) explain(body []byte) {
	var answer struct {
		Details []struct {
			Detail string `json:"detail"`
			Code   string `json:"o:errorCode"`
			Path   string `json:"o:errorPath"`
		} `json:"o:errorDetails"`
		Code        string `json:"o:errorCode"`
		Title       string `json:"title"`
		OAuth       string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return
	}
	e.Code, e.Detail = answer.Code, answer.Title
	if answer.OAuth != "" {
		e.Code, e.Detail = answer.OAuth, answer.Description
	}
	if len(answer.Details) > 0 {
		first := answer.Details[0]
		e.Code, e.Detail, e.Path = first.Code, first.Detail, first.Path
	}
	if m := errorID.FindStringSubmatch(e.Detail); m != nil {
		e.ErrorID = m[1]
	}
	e.Detail = credential.ReplaceAllString(e.Detail, "REDACTED")
	e.Code, e.Detail, e.Path = shorten(e.Code), shorten(e.Detail), shorten(e.Path)
}

// shorten makes outside text fit for one line of a log.
func shorten(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if len(text) > detailLimit {
		text = strings.ToValidUTF8(text[:detailLimit], "") + "…"
	}
	return text
}
