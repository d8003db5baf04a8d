package quoting

import (
	"errors"
	"fmt"
)

// Kind says what a caller can do about an error. The zero value is Internal: an error
// that nobody classified is nobody's to explain to a user.
type Kind int

const (
	Internal  Kind = iota // a fault of ours or of a machine; shown as a reference, never as a cause
	Invalid               // the request can be corrected by the person who made it
	Forbidden             // the person's role does not allow it
	NotFound              // no such thing, or none that this person may see
	Conflict              // somebody else got there first, or the state has moved on; look again
)

func (k Kind) Error() string {
	switch k {
	case Invalid:
		return "invalid"
	case Forbidden:
		return "forbidden"
	case NotFound:
		return "not found"
	case Conflict:
		return "conflict"
	default:
		return "internal"
	}
}

// Error is an error whose sentence may be shown to the person who caused it.
type Error struct {
	Kind     Kind
	Sentence string // says what is wrong and what to do; no internals
	Err      error  // for the log; may be nil
}

// Errorf makes an Error of the kind, with a sentence for the person.
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Sentence: fmt.Sprintf(format, args...)}
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Sentence + ": " + e.Err.Error()
	}
	return e.Sentence
}

// Unwrap makes errors.Is(err, quoting.NotFound) work through any wrapping.
func (e *Error) Unwrap() []error { return []error{e.Kind, e.Err} }

// KindOf is the kind of the first Error that err wraps, or Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Sentence is what a person may read of err. It is false for an internal error, of
// which a person sees only a reference.
func Sentence(err error) (string, bool) {
	if e, ok := errors.AsType[*Error](err); ok && e.Kind != Internal {
		return e.Sentence, true
	}
	return "", false
}
