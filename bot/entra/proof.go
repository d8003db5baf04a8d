package entra

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// skew is how far Entra's clock may be before ours.
const skew = time.Minute

// Expected is what a sign-in has to prove. All of it is required.
type Expected struct {
	Nonce    string
	ObjectID string        // the person who clicked
	Context  string        // the authentication context, such as c1
	MaxAge   time.Duration // since the person last proved who he is
	Now      time.Time
}

// Proof is that the person has just met the authentication context.
type Proof struct {
	ObjectID string
	Context  string
	AuthTime time.Time // when
}

// claims are those of an id token of Entra that go-oidc does not look at.
// Sources: "ID token claims reference", "Optional claims reference".
type claims struct {
	TenantID string   `json:"tid"`
	ObjectID string   `json:"oid"`
	Contexts contexts `json:"acrs"`
	AuthTime *int64   `json:"auth_time"`
}

// contexts are authentication contexts, written as a list or, by a token of one, as a string.
type contexts []string

func (c *contexts) UnmarshalJSON(text []byte) error {
	var one string
	if err := json.Unmarshal(text, &one); err == nil {
		*c = nil
		if one != "" {
			*c = contexts{one}
		}
		return nil
	}
	var all []string
	if err := json.Unmarshal(text, &all); err != nil {
		return errors.New("acrs is neither a string nor a list of strings")
	}
	*c = all
	return nil
}

// Verify exchanges the code for an id token and says whether it proves what is expected. The
// error is an *Error, whose Kind says what is missing: ErrCode, ErrToken, ErrNonce, ErrTenant,
// ErrPerson, ErrContext or ErrStale; ErrUnavailable if Entra cannot be asked, ErrRefused if it
// does not take us for the app. A code is good for one call.
func (s *SignIn) Verify(ctx context.Context, code, verifier string, want Expected) (Proof, error) {
	if want.Nonce == "" || want.ObjectID == "" || want.Context == "" || want.MaxAge <= 0 {
		return Proof{}, refusal("nothing is expected of the sign-in")
	}
	p, err := s.discover(ctx)
	if err != nil {
		return Proof{}, err
	}
	raw, err := s.redeem(ctx, p, code, verifier)
	if err != nil {
		return Proof{}, err
	}
	token, err := s.authentic(ctx, p, raw, want.Now)
	if err != nil {
		return Proof{}, err
	}
	return s.judge(token, want)
}

// authentic checks signature, issuer, audience and validity.
func (s *SignIn) authentic(ctx context.Context, p *provider, raw string, now time.Time) (*oidc.IDToken, error) {
	keys := &keySet{next: p.keys}
	token, err := oidc.NewVerifier(s.issuer, keys, &oidc.Config{
		ClientID:             s.config.ClientID,
		SupportedSigningAlgs: []string{oidc.RS256},
		Now:                  func() time.Time { return now },
	}).Verify(ctx, raw)
	if keys.unavailable {
		return nil, &Error{Op: "sign_in", Kind: ErrUnavailable, Err: errors.New("the signing keys cannot be had")}
	}
	if err != nil {
		// The library's error may quote claims.
		return nil, badToken(tokenFault(err))
	}
	// The token is for one app; a list is another's idea of it.
	if len(token.Audience) != 1 {
		return nil, badToken("several audiences")
	}
	return token, nil
}

func badToken(detail string) *Error {
	return &Error{Op: "sign_in", Kind: ErrToken, Err: errors.New(detail)}
}

func tokenFault(err error) string {
	if _, expired := errors.AsType[*oidc.TokenExpiredError](err); expired {
		return "expired"
	}
	return "form, signature, issuer or audience"
}

// judge compares what a token says with what is expected of it.
func (s *SignIn) judge(token *oidc.IDToken, want Expected) (Proof, error) {
	var c claims
	if err := token.Claims(&c); err != nil {
		return Proof{}, badToken("claims that cannot be read")
	}
	kind := c.compare(token.Nonce, s.tenantID, want)
	if kind != nil {
		return Proof{}, &Error{Op: "sign_in", Kind: kind}
	}
	return Proof{
		ObjectID: lower(c.ObjectID),
		Context:  want.Context,
		AuthTime: time.Unix(*c.AuthTime, 0).UTC(),
	}, nil
}

// compare returns what is wrong, or nil.
func (c claims) compare(nonce, tenantID string, want Expected) error {
	switch {
	case subtle.ConstantTimeCompare([]byte(nonce), []byte(want.Nonce)) != 1:
		return ErrNonce
	case lower(c.TenantID) != tenantID:
		return ErrTenant
	case lower(c.ObjectID) != lower(want.ObjectID):
		return ErrPerson
	case !slices.Contains(c.Contexts, want.Context):
		return ErrContext
	case c.AuthTime == nil:
		return ErrStale
	}
	at := time.Unix(*c.AuthTime, 0)
	if at.Before(want.Now.Add(-want.MaxAge)) || at.After(want.Now.Add(skew)) {
		return ErrStale
	}
	return nil
}

// keySet remembers that the keys could not be had, which the verifier tells in words only.
type keySet struct {
	next        oidc.KeySet
	unavailable bool
}

func (k *keySet) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, err := k.next.VerifySignature(ctx, token)
	// The library wraps the reason why it has no keys; a signature that does not match them
	// has none.
	k.unavailable = errors.Unwrap(err) != nil
	return payload, err
}
