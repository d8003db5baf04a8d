// Package botauth answers two questions for a Bot Framework bot: who is calling, and
// who are we. A Validator checks the token of a request that says it comes from Teams;
// a TokenSource gets the token with which we call back.
//
// The rules are those of Microsoft's "Bot Framework authentication: connector to bot"
// and "bot to connector", single tenant. Tokens of emulators, skills and government
// clouds are refused, there is no way to turn a check off, and nothing goes over plain
// http except to loopback.
package botauth

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/infracloudio/msbotbuilder-go/connector/auth"
	"github.com/infracloudio/msbotbuilder-go/schema"
)

const (
	// issuer is who signs the channel's tokens, in the public cloud.
	issuer = "https://api.botframework.com"
	// leeway is the clock skew that the specification calls the industry's.
	leeway = 5 * time.Minute
	// maxToken is several times a channel's token, in bytes.
	maxToken = 16 << 10
)

// Validator checks the tokens of requests from the Bot Connector. It is safe for
// concurrent use, and with the keys in memory it touches no network.
type Validator struct {
	parser *jwt.Parser
	keys   *keys
}

// NewValidator returns a validator for tokens whose audience is the bot's app id. The
// keys are those that the OpenID metadata names, fetched with the first token. An empty
// app id is an error: it would let everybody in.
func NewValidator(appID, metadataURL string) (*Validator, error) {
	return newValidator(appID, metadataURL, time.Now)
}

func newValidator(appID, metadataURL string, now func() time.Time) (*Validator, error) {
	if strings.TrimSpace(appID) == "" {
		return nil, errors.New("empty app id: tokens could not be checked")
	}
	keys, err := newKeys(metadataURL, now)
	if err != nil {
		return nil, err
	}
	return &Validator{
		parser: jwt.NewParser(
			jwt.WithValidMethods([]string{jwt.SigningMethodRS256.Alg()}),
			jwt.WithIssuer(issuer),
			jwt.WithAudience(appID),
			jwt.WithExpirationRequired(),
			jwt.WithLeeway(leeway),
			jwt.WithTimeFunc(now)),
		keys: keys,
	}, nil
}

// claims are the claims of a channel's token. Audience is a string: a channel addresses
// one bot, so a list is refused, even a list of one.
type claims struct {
	Issuer     string           `json:"iss"`
	Audience   string           `json:"aud"`
	Expires    *jwt.NumericDate `json:"exp"`
	NotBefore  *jwt.NumericDate `json:"nbf"`
	ServiceURL string           `json:"serviceurl"`
}

func (c *claims) GetIssuer() (string, error)                   { return c.Issuer, nil }
func (c *claims) GetSubject() (string, error)                  { return "", nil }
func (c *claims) GetAudience() (jwt.ClaimStrings, error)       { return jwt.ClaimStrings{c.Audience}, nil }
func (c *claims) GetExpirationTime() (*jwt.NumericDate, error) { return c.Expires, nil }
func (c *claims) GetNotBefore() (*jwt.NumericDate, error)      { return c.NotBefore, nil }

// GetIssuedAt returns nothing because iat says how old a token is, not whether it is
// valid; a clock that runs fast must not get a token refused.
func (c *claims) GetIssuedAt() (*jwt.NumericDate, error) { return nil, nil }

// Verify checks all that can be checked before the body is read: scheme, signature,
// algorithm, issuer, audience, validity. Its error is an *Error. What remains, whether
// the caller may bring this very activity, is for Caller.Covers.
func (v *Validator) Verify(ctx context.Context, authorization string) (Caller, error) {
	token, err := bearer(authorization)
	if err != nil {
		return Caller{}, err
	}
	var (
		c      claims
		signer key
	)
	_, err = v.parser.ParseWithClaims(token, &c, func(t *jwt.Token) (any, error) {
		if _, critical := t.Header["crit"]; critical {
			return nil, &Error{http.StatusUnauthorized, Malformed, errors.New("unknown critical header")}
		}
		id, _ := t.Header["kid"].(string)
		found, err := v.keys.find(ctx, id)
		if err != nil {
			return nil, err
		}
		signer = found
		return found.public, nil
	})
	if err != nil {
		return Caller{}, turnAway(err)
	}
	if c.ServiceURL == "" {
		return Caller{}, &Error{http.StatusUnauthorized, MissingClaim, errors.New("no serviceurl")}
	}
	return Caller{claims: c, endorsements: signer.endorsements}, nil
}

// AuthenticateRequest makes a Validator the TokenValidator of a
// core.BotFrameworkAdapter. It ignores the adapter's credentials and channel service:
// what a token must say is settled at construction.
func (v *Validator) AuthenticateRequest(ctx context.Context, activity schema.Activity, authorization string,
	_ auth.CredentialProvider, _ string,
) (auth.ClaimsIdentity, error) {
	caller, err := v.Verify(ctx, authorization)
	if err != nil {
		return nil, err
	}
	if err := caller.Covers(activity.ChannelID, activity.ServiceURL); err != nil {
		return nil, err
	}
	return caller, nil
}

// bearer returns the token of an Authorization header. The scheme's case does not
// matter (RFC 7235, section 2.1).
func bearer(authorization string) (string, error) {
	if authorization == "" {
		return "", &Error{http.StatusUnauthorized, NoToken, nil}
	}
	scheme, token, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", &Error{http.StatusUnauthorized, NotBearer, nil}
	}
	token = strings.Trim(token, " ")
	if len(token) > maxToken || !token68(token) {
		return "", &Error{http.StatusUnauthorized, Malformed, nil}
	}
	return token, nil
}

// token68 says whether s has only the characters of a token in an Authorization header
// (RFC 7235, section 2.1), and one at least.
func token68(s string) bool {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/="
	return s != "" && strings.TrimLeft(s, alphabet) == ""
}

// turnAway says what a token's error means for the caller.
func turnAway(err error) *Error {
	if ours, ok := errors.AsType[*Error](err); ok {
		return ours
	}
	reason := Malformed
	switch {
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		reason = BadSignature
	case errors.Is(err, jwt.ErrTokenInvalidIssuer):
		reason = WrongIssuer
	case errors.Is(err, jwt.ErrTokenInvalidAudience):
		reason = WrongAudience
	case errors.Is(err, jwt.ErrTokenExpired):
		reason = Expired
	case errors.Is(err, jwt.ErrTokenNotValidYet):
		reason = NotYetValid
	case errors.Is(err, jwt.ErrTokenRequiredClaimMissing):
		reason = MissingClaim
	}
	return &Error{http.StatusUnauthorized, reason, err}
}

// Caller is who a verified token says is calling: the connector at one serviceUrl, with
// a key endorsed for some channels. The zero value is nobody and covers nothing.
type Caller struct {
	claims       claims
	endorsements []string
}

// Covers says whether the caller may bring an activity with that channelId and
// serviceUrl. Its error is an *Error: WrongServiceURL (401) or NotEndorsed (403). A key
// without endorsements covers no channel.
func (c Caller) Covers(channelID, serviceURL string) error {
	if !sameServiceURL(c.claims.ServiceURL, serviceURL) {
		return &Error{http.StatusUnauthorized, WrongServiceURL, nil}
	}
	if channelID == "" || !slices.Contains(c.endorsements, channelID) {
		return &Error{http.StatusForbidden, NotEndorsed, nil}
	}
	return nil
}

// IsAuthenticated is part of auth.ClaimsIdentity.
func (c Caller) IsAuthenticated() bool { return c.claims.ServiceURL != "" }

// GetClaimValue is part of auth.ClaimsIdentity: the claim iss, aud or serviceurl, and
// nothing for any other.
func (c Caller) GetClaimValue(name string) string {
	switch name {
	case auth.IssuerClaim:
		return c.claims.Issuer
	case auth.AudienceClaim:
		return c.claims.Audience
	case "serviceurl":
		return c.claims.ServiceURL
	}
	return ""
}

// sameServiceURL compares as Microsoft's SDKs do, without regard to case and to one
// trailing slash. Only ASCII is folded: Unicode folding makes an s of U+017F and a k of
// U+212A, and so one host name of another.
func sameServiceURL(a, b string) bool {
	if a == "" || !ascii(a) || !ascii(b) {
		return false
	}
	return strings.EqualFold(strings.TrimSuffix(a, "/"), strings.TrimSuffix(b, "/"))
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 0x7f }) < 0
}
