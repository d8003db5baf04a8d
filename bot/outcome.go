package bot

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"

	"go.uber.org/zap/zapcore"

	"radioquote/bot/botauth"
	"radioquote/quoting"
	"radioquote/quoting/desk"
)

// statusError is an error that says itself how its request is answered.
type statusError struct {
	label  string // in metrics and the log; there are few
	status int
	err    error // for the log, in our own words; may be nil
}

func (e *statusError) Error() string {
	if e.err == nil {
		return e.label
	}
	return e.label + ": " + e.err.Error()
}

func (e *statusError) Unwrap() error { return e.err }

func (e *statusError) level() zapcore.Level {
	switch {
	case e.status == http.StatusInternalServerError:
		return zapcore.ErrorLevel
	case e.status >= http.StatusBadRequest:
		return zapcore.WarnLevel
	default:
		return zapcore.InfoLevel
	}
}

// panicked is the error of a panic in a turn.
type panicked struct {
	value any
	stack []byte
}

func (e *panicked) Error() string { return fmt.Sprintf("panic: %v\n%s", e.value, e.stack) }

// safely calls f and makes an error of a panic in it.
func safely(f func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicked{value, debug.Stack()}
		}
	}()
	return f()
}

// outcome is what became of a request, for Teams, people, metrics and the log.
type outcome struct {
	label  string // there are few
	status int    // of the response, except to a button, which is always answered 200
	button buttonError
	level  zapcore.Level
	cause  error // for the log; nil where it may quote what somebody wrote
}

// buttonError is what a button is answered instead of a card. Teams shows its sentence
// below the card.
type buttonError struct {
	status   int    // in the body
	Code     string `json:"code"`
	Sentence string `json:"message"`
}

const (
	textNotSaved     = "I could not save this, please send it again in a minute."
	textNotSavedHere = "I could not save this, please try again in a minute."
	textLate         = "This takes longer than it should. Look at the card again in a moment: it shows what became of it."
	textInternal     = "Something went wrong on my side. Reference: %s"
)

// outcomeOf says what an error means for everybody in Teams: it is the one place that does.
func outcomeOf(err error, correlation string) outcome {
	if err == nil {
		return outcome{label: "ok", status: http.StatusOK}
	}
	o := outcome{
		label: "internal", status: http.StatusOK, level: zapcore.ErrorLevel, cause: err,
		button: buttonError{http.StatusInternalServerError, "InternalServerError", fmt.Sprintf(textInternal, correlation)},
	}
	if e, ok := errors.AsType[*statusError](err); ok {
		o.label, o.status, o.level, o.cause = e.label, e.status, e.level(), e.err
		if e.label == "late" {
			o.button.Sentence = textLate
		}
		return o
	}
	if e, ok := errors.AsType[*botauth.Error](err); ok {
		o.label, o.status, o.level = string(e.Reason), e.Status, zapcore.WarnLevel
		return o
	}
	if _, ok := errors.AsType[*panicked](err); ok {
		o.label, o.status = "panic", http.StatusInternalServerError
		return o
	}
	if desk.Unavailable(err) {
		o.label, o.status = "unavailable", http.StatusServiceUnavailable
		o.button.Code, o.button.Sentence = "ServiceUnavailable", textNotSavedHere
		return o
	}
	// Otherwise the message is taken: the desk has told the person what became of it.
	if sentence, ok := quoting.Sentence(err); ok {
		kind := quoting.KindOf(err)
		o.label, o.level, o.cause = label(kind), zapcore.InfoLevel, nil
		o.button = buttonError{http.StatusBadRequest, code(kind), sentence}
	}
	return o
}

func label(kind quoting.Kind) string {
	if kind == quoting.NotFound {
		return "not_found"
	}
	return kind.Error()
}

func code(kind quoting.Kind) string {
	switch kind {
	case quoting.Forbidden:
		return "Forbidden"
	case quoting.NotFound:
		return "NotFound"
	case quoting.Conflict:
		return "Conflict"
	default:
		return "BadRequest"
	}
}

// apology is what the person who wrote a message is told at once, because nothing is in
// the outbox: the database is down, or the turn broke off. False where the desk has
// answered.
func apology(err error, correlation string) (string, bool) {
	if _, ok := errors.AsType[*panicked](err); ok {
		return fmt.Sprintf(textInternal, correlation), true
	}
	return textNotSaved, err != nil && desk.Unavailable(err)
}
