package connector

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Outcome says what a failure means for whoever wanted the call.
type Outcome string

const (
	// NotSent: nothing was done, or what was done can be done again without harm (an
	// update, a deletion, a look-up). Try again.
	NotSent Outcome = "not_sent"
	// Ambiguous: the message may be in the chat. Do not send it again.
	Ambiguous Outcome = "ambiguous"
	// Throttled: nothing was done. Try again, but not before RetryAfter.
	Throttled Outcome = "throttled"
	// Gone: the conversation is closed to the bot, which was blocked or removed.
	// Forget the conversation.
	Gone Outcome = "gone"
	// TooBig: Teams takes no message of that size.
	TooBig Outcome = "too_big"
	// Refused: the answer is no, and would be no again.
	Refused Outcome = "refused"
)

// Error is the failure of a call. Find it with errors.As.
type Error struct {
	Op         string // send, update, delete, create_conversation or member
	Outcome    Outcome
	Status     int           // of the answer; 0 if there is none
	Code       string        // the connector's own word for it, such as ConversationNotFound; may be empty
	RetryAfter time.Duration // how long to wait before the next try; 0 if nobody said
	Err        error         // may be nil
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "connector %s: %s", e.Op, e.Outcome)
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

func (e *Error) Unwrap() error { return e.Err }

// outcome says what an answer that is no success means.
//
// That a message is not repeated after 408 and 5xx is experience: people got the same
// one two and three times from bots that did. 412, though, says that the connector was
// busy with the conversation and did nothing. 401 comes here only with a new token, which
// is for the operator to mend, so the message is worth keeping.
func outcome(message bool, status int, code string) Outcome {
	switch {
	case status == http.StatusTooManyRequests:
		return Throttled
	case status == http.StatusRequestTimeout || status >= http.StatusInternalServerError:
		if message {
			return Ambiguous
		}
		return NotSent
	case status == http.StatusPreconditionFailed || status == http.StatusUnauthorized:
		return NotSent
	case status == http.StatusRequestEntityTooLarge:
		return TooBig
	case status == http.StatusForbidden && (code == "MessageWritesBlocked" || code == "BotNotInConversationRoster" || code == "ConversationBlockedByUser"),
		status == http.StatusNotFound && code == "ConversationNotFound":
		return Gone
	}
	return Refused
}

// errorCode finds the connector's word for an error in the two forms in which it comes:
// {"error":{"code":…}}, and {"errorCode":209,"message":"{…\"subCode\":…}"} with JSON in
// a string. It returns nothing for anything else.
func errorCode(body []byte) string {
	var doc struct {
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
		Message string `json:"message"`
	}
	// Lenient on purpose: a field of another type leaves the others readable.
	_ = json.Unmarshal(body, &doc)
	var message struct {
		SubCode string `json:"subCode"`
	}
	_ = json.Unmarshal([]byte(doc.Message), &message)
	for _, code := range []string{message.SubCode, doc.Error.Code} {
		if plainSegment(code) && len(code) <= 64 {
			return code
		}
	}
	return ""
}
