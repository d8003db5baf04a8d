package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/zap/zapcore"

	"radioquote/bot/botauth"
	"radioquote/bot/connector"
	"radioquote/quoting"
)

func TestWhatAnErrorMeans(t *testing.T) {
	t.Parallel()
	internal := buttonError{500, "InternalServerError", "Something went wrong on my side. Reference: REF"}
	errSame := errors.New("stands for the error itself")
	errCause := errors.New("a cause")
	for _, tc := range []struct {
		name string
		err  error
		want outcome
	}{
		{"none", nil, outcome{label: "ok", status: 200}},
		{"something to correct", fmt.Errorf("click: %w", quoting.Errorf(quoting.Invalid, "Sites are whole.")), outcome{"invalid", 200, buttonError{400, "BadRequest", "Sites are whole."}, zapcore.InfoLevel, nil}},
		{"not allowed", quoting.Errorf(quoting.Forbidden, "No."), outcome{"forbidden", 200, buttonError{400, "Forbidden", "No."}, zapcore.InfoLevel, nil}},
		{"not there", quoting.Errorf(quoting.NotFound, "No."), outcome{"not_found", 200, buttonError{400, "NotFound", "No."}, zapcore.InfoLevel, nil}},
		{"too late", quoting.Errorf(quoting.Conflict, "No."), outcome{"conflict", 200, buttonError{400, "Conflict", "No."}, zapcore.InfoLevel, nil}},
		{"a fault of ours", errors.New("secret"), outcome{"internal", 200, internal, zapcore.ErrorLevel, errSame}},
		{"a fault with a sentence that is not for people", quoting.Errorf(quoting.Internal, "secret"), outcome{"internal", 200, internal, zapcore.ErrorLevel, errSame}},
		{"no database", fmt.Errorf("take: %w", context.DeadlineExceeded), outcome{"unavailable", 503, buttonError{500, "ServiceUnavailable", "I could not save this, please try again in a minute."}, zapcore.ErrorLevel, errSame}},
		{"a panic, whatever else", errors.Join(&panicked{value: "oh"}, context.DeadlineExceeded), outcome{"panic", 500, internal, zapcore.ErrorLevel, errSame}},
		{"a stranger", &botauth.Error{Status: 401, Reason: botauth.Expired}, outcome{"expired", 401, internal, zapcore.WarnLevel, errSame}},
		{"keys that cannot be had", &botauth.Error{Status: 503, Reason: botauth.KeysUnavailable}, outcome{"keys_unavailable", 503, internal, zapcore.WarnLevel, errSame}},
		{"an answer of the edge", &statusError{"busy", http.StatusTooManyRequests, nil}, outcome{"busy", 429, internal, zapcore.WarnLevel, nil}},
		{"an answer of the edge that tells why", &statusError{"odd", http.StatusBadRequest, errCause}, outcome{"odd", 400, internal, zapcore.WarnLevel, errCause}},
		{"nothing to do", errIgnored, outcome{"ignored", 200, internal, zapcore.InfoLevel, nil}},
		{"no answer in time", &statusError{"late", http.StatusInternalServerError, nil}, outcome{"late", 500, buttonError{500, "InternalServerError", textLate}, zapcore.ErrorLevel, nil}},
	} {
		if errors.Is(tc.want.cause, errSame) {
			tc.want.cause = tc.err
		}
		if diff := cmp.Diff(tc.want, outcomeOf(tc.err, "REF"), cmp.AllowUnexported(outcome{}, buttonError{}), cmpopts.EquateErrors()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

func TestOnlyWhoGetsNoCardIsToldAtOnce(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{quoting.Errorf(quoting.Invalid, "Sites are whole."), ""},
		{errors.New("the desk has told a reference"), ""},
		{context.DeadlineExceeded, "I could not save this, please send it again in a minute."},
		{&panicked{value: "oh"}, "Something went wrong on my side. Reference: REF"},
	} {
		sentence, told := apology(tc.err, "REF")
		if told != (tc.want != "") || told && sentence != tc.want {
			t.Errorf("%v: %q, %t", tc.err, sentence, told)
		}
	}
}

func TestErrorsSayWhatHappened(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"busy":               &statusError{"busy", 429, nil},
		"malformed: no type": &statusError{"malformed", 400, errors.New("no type")},
		"panic: oh\nmain.go": &panicked{"oh", []byte("main.go")},
	} {
		if err.Error() != want {
			t.Errorf("%q, want %q", err, want)
		}
	}
	cause := errors.New("no type")
	if !errors.Is(&statusError{"malformed", 400, cause}, cause) {
		t.Error("the cause is lost")
	}
}

func TestFaultOfTheConnector(t *testing.T) {
	t.Parallel()
	if err := fault("send", nil); err != nil {
		t.Errorf("no failure: %v", err)
	}
	for outcome, want := range map[connector.Outcome]quoting.Fault{
		connector.NotSent:   quoting.Unavailable,
		connector.Throttled: quoting.Unavailable,
		connector.Ambiguous: quoting.OutcomeUnknown,
		connector.Gone:      quoting.Refused,
		connector.TooBig:    quoting.Refused,
		connector.Refused:   quoting.Refused,
	} {
		err := fault("send", fmt.Errorf("wrapped: %w", &connector.Error{Outcome: outcome}))
		for _, f := range []quoting.Fault{quoting.Unavailable, quoting.Refused, quoting.OutcomeUnknown, quoting.Malformed} {
			if errors.Is(err, f) != (f == want) {
				t.Errorf("%s is %s: %t", outcome, f, errors.Is(err, f))
			}
		}
		if e, ok := errors.AsType[*connector.Error](err); !ok || e.Outcome != outcome {
			t.Errorf("%s: the cause is lost in %v", outcome, err)
		}
	}
	ours := errors.New("ours")
	if err := fault("send", ours); !errors.Is(err, ours) || errors.Is(err, quoting.Unavailable) {
		t.Errorf("an error without a meaning got one: %v", err)
	}
}
