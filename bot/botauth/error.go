package botauth

import "fmt"

// Reason says in one word why a caller was turned away. There are few of them, so
// that they can be a metric's label.
type Reason string

const (
	NoToken         Reason = "no_token"         // no Authorization header
	NotBearer       Reason = "not_bearer"       // another scheme, or none
	Malformed       Reason = "malformed"        // not a JWT, or claims of the wrong type
	BadSignature    Reason = "bad_signature"    // not signed by the key that it names, or not by RS256
	UnknownKey      Reason = "unknown_key"      // signed by a key that the channel does not publish
	KeysUnavailable Reason = "keys_unavailable" // the channel's keys cannot be had: nothing is known about the token
	WrongIssuer     Reason = "wrong_issuer"     // an emulator's, another bot's, another cloud's
	WrongAudience   Reason = "wrong_audience"   // a token for another bot
	Expired         Reason = "expired"          // more than the leeway ago
	NotYetValid     Reason = "not_yet_valid"    // for more than the leeway
	MissingClaim    Reason = "missing_claim"    // no exp, iss, aud or serviceurl
	WrongServiceURL Reason = "wrong_service_url"
	NotEndorsed     Reason = "not_endorsed" // the key may not sign for this channel
)

// Error is why a request was turned away. Find it with errors.As: it stays reachable
// through the wrapping of msbotbuilder-go.
type Error struct {
	// Status is 401 for no token or a bad one, 403 for a good token whose key is not
	// endorsed for the channel, and 503 where the token could not be judged because
	// the keys cannot be had.
	Status int
	Reason Reason
	Err    error // for the log, without any part of the token; may be nil
}

func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("caller turned away: %s", e.Reason)
	}
	return fmt.Sprintf("caller turned away: %s: %v", e.Reason, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }
