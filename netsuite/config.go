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
	"slices"
	"strings"

	"radioquote/quoting"
)

// Config is what a deployment says about its NetSuite account.
type Config struct {
	// Account is the account id as NetSuite shows it: 1234567, or 1234567_SB1 for a sandbox.
	Account string

	// BaseURL is where SuiteTalk is. Empty: the account's own host. Plain http is for
	// loopback addresses only.
	BaseURL string

	// The integration's client id, and the certificate id that NetSuite's mapping page
	// gives to the certificate of PrivateKey, an RSA or ECDSA key (see ReadKeyFile).
	ClientID      string
	CertificateID string
	PrivateKey    crypto.Signer

	// Certificate of PrivateKey, so that its end is seen coming. nil: not known.
	Certificate *x509.Certificate

	// Names that the account gives to statuses and to the discount item.
	Names quoting.AccountNames

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

// ReadKeyFile reads a PEM file with the private key of the integration, in PKCS #8,
// PKCS #1 or SEC 1 form, and its certificate, which may be absent: nil is no error, but
// then nobody is warned before it expires. A certificate that NetSuite cannot have taken
// for this key is refused. Errors show nothing of the key.
func ReadKeyFile(path string) (crypto.Signer, *x509.Certificate, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read the NetSuite key file: %w", err)
	}
	key, certificate, err := parseKeyFile(data)
	if err != nil {
		return nil, nil, fmt.Errorf("read the NetSuite key file %s: %w", path, err)
	}
	return key, certificate, nil
}

func parseKeyFile(data []byte) (crypto.Signer, *x509.Certificate, error) {
	var key crypto.Signer
	var certificates []*x509.Certificate
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			certificate, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, nil, errors.New("its certificate cannot be read: put in the one that was uploaded to NetSuite, or none")
			}
			certificates = append(certificates, certificate)
			continue
		}
		signer, err := parsePrivateKey(block)
		if err != nil {
			return nil, nil, err
		}
		if key == nil {
			key = signer
		}
	}
	if key == nil {
		return nil, nil, errors.New("no private key in PEM form (an encrypted one is not read)")
	}
	if len(certificates) == 0 {
		return key, nil, nil
	}
	own := slices.IndexFunc(certificates, func(c *x509.Certificate) bool {
		public, comparable := key.Public().(interface{ Equal(crypto.PublicKey) bool })
		return comparable && public.Equal(c.PublicKey)
	})
	if own < 0 {
		return nil, nil, errors.New("its certificate does not belong to its private key: put in the one that was uploaded to NetSuite for this key, or none")
	}
	certificate := certificates[own]
	if certificate.NotAfter.After(certificate.NotBefore.AddDate(2, 0, 1)) { // Oracle help section_162686838198
		return nil, nil, errors.New("its certificate is valid for more than two years, which NetSuite does not take: make one of 730 days and upload that")
	}
	return key, certificate, nil
}

// parsePrivateKey reads the key of a PEM block, or nothing where it holds something else,
// such as the parameters of a curve.
func parsePrivateKey(block *pem.Block) (crypto.Signer, error) {
	var key any
	var err error
	switch block.Type {
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	default:
		return nil, nil
	}
	if err != nil {
		return nil, errors.New("a PEM block does not hold the key that it announces")
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("a %T cannot sign", key)
	}
	return signer, nil
}
