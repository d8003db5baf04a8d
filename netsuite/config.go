package netsuite

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"strings"
)

// Config is what a deployment says about its NetSuite account.
type Config struct {
	// Account is the account id as NetSuite shows it: 1234567, or 1234567_SB1 for a sandbox.
	Account string

	// BaseURL is where SuiteTalk is. Empty: the account's own host. Plain http is for
	// loopback addresses only.
	BaseURL string

	// The integration's client id, and the certificate id that NetSuite's mapping page
	// gives to the certificate of PrivateKey, an RSA or ECDSA key (see ReadPrivateKey).
	ClientID      string
	CertificateID string
	PrivateKey    crypto.Signer

	// Concurrency is how many requests may be under way at once. NetSuite's limit is for
	// the whole account and can be as low as 5. 0: 3.
	Concurrency int

	// Prefix of the external ids of Estimates, so that environments do not share them: a
	// sandbox is a copy of production. Empty: "RQ-".
	Prefix string
}

const (
	defaultConcurrency = 3
	defaultPrefix      = "RQ-"
)

var (
	accountID  = regexp.MustCompile(`^[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)?$`)
	externalID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,35}$`)
)

// complete checks the configuration and fills in its defaults.
func (cfg Config) complete() (Config, error) {
	// A host is built from the account id: an unchecked one could send the sign-in to
	// anybody's.
	if !accountID.MatchString(cfg.Account) {
		return cfg, fmt.Errorf("%q is not a NetSuite account id, such as 1234567 or 1234567_SB1", cfg.Account)
	}
	if cfg.BaseURL == "" {
		host := strings.ReplaceAll(strings.ToLower(cfg.Account), "_", "-")
		cfg.BaseURL = "https://" + host + ".suitetalk.api.netsuite.com"
	}
	base, err := parseBaseURL(cfg.BaseURL)
	if err != nil {
		return cfg, err
	}
	cfg.BaseURL = base
	if cfg.ClientID == "" || cfg.CertificateID == "" || cfg.PrivateKey == nil {
		return cfg, errors.New("signing in to NetSuite needs a client id, a certificate id and a private key")
	}
	if cfg.Concurrency == 0 {
		cfg.Concurrency = defaultConcurrency
	}
	if cfg.Concurrency < 0 {
		return cfg, fmt.Errorf("%d requests at once: at least 1 is needed", cfg.Concurrency)
	}
	if cfg.Prefix == "" {
		cfg.Prefix = defaultPrefix
	}
	if !externalID.MatchString(cfg.Prefix) {
		return cfg, fmt.Errorf("external id prefix %q: only letters, digits, _ and - are allowed", cfg.Prefix)
	}
	return cfg, nil
}

func parseBaseURL(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil {
		return "", fmt.Errorf("NetSuite base URL: %w", err)
	}
	if u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("NetSuite base URL %q: only scheme, host and path are expected", u.Redacted())
	}
	if u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
		return "", fmt.Errorf("NetSuite base URL %q: https is needed for anything but loopback", u.Redacted())
	}
	return strings.TrimRight(u.String(), "/"), nil
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// ReadPrivateKey reads the private key of the integration's certificate: PEM, in PKCS #8,
// PKCS #1 or SEC 1 form. Its errors show nothing of the key.
func ReadPrivateKey(path string) (crypto.Signer, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the NetSuite private key: %w", err)
	}
	key, err := parsePrivateKey(data)
	if err != nil {
		return nil, fmt.Errorf("read the NetSuite private key from %s: %w", path, err)
	}
	return key, nil
}

func parsePrivateKey(data []byte) (crypto.Signer, error) {
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		var key any
		var err error
		switch block.Type {
		case "PRIVATE KEY":
			key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
		case "RSA PRIVATE KEY":
			key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
		case "EC PRIVATE KEY":
			key, err = x509.ParseECPrivateKey(block.Bytes)
		default: // a certificate or curve parameters may stand before the key
			continue
		}
		if err != nil {
			return nil, errors.New("the PEM block does not hold the key that it announces")
		}
		signer, ok := key.(crypto.Signer)
		if !ok {
			return nil, fmt.Errorf("a %T cannot sign", key)
		}
		return signer, nil
	}
	return nil, errors.New("no private key in PEM form (an encrypted one is not read)")
}
