package netsuite

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

func TestTheHostComesFromTheAccountID(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, account, want string }{
		{"a production account is its number", "1234567", "https://1234567.suitetalk.api.netsuite.com"},
		{"a sandbox has a hyphen in its host", "1234567_SB1", "https://1234567-sb1.suitetalk.api.netsuite.com"},
		{"a test drive account is lower-cased", "TSTDRV99", "https://tstdrv99.suitetalk.api.netsuite.com"},
		{"a dot would leave NetSuite's domain", "evil.example", ""},
		{"a slash would make a path of the domain", "evil.example/", ""},
		{"an @ would make a user of it", "evil@example", ""},
		{"nothing is no account", "", ""},
		{"a line break is not skipped", "1234567\n", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cfg := testConfig("")
			cfg.Account = tc.account
			cfg, err := cfg.complete()
			if tc.want == "" {
				if err == nil {
					t.Errorf("account %q gives host %s, want an error", tc.account, cfg.BaseURL)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if cfg.BaseURL != tc.want {
				t.Errorf("base URL = %s, want %s", cfg.BaseURL, tc.want)
			}
		})
	}
}

func TestABaseURLIsSafe(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, url, want string
	}{
		{"https goes anywhere", "https://netsuite.example/", "https://netsuite.example"},
		{"plain http goes to loopback", "http://127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"also in IPv6", "http://[::1]:8080", "http://[::1]:8080"},
		{"also by name", "http://localhost:8080/base/", "http://localhost:8080/base"},
		{"plain http goes nowhere else", "http://netsuite.example", ""},
		{"not to a name that only begins like loopback", "http://127.0.0.1.example", ""},
		{"a user is refused", "https://user:secret@netsuite.example", ""},
		{"a query is refused", "https://netsuite.example?a=b", ""},
		{"a host is needed", "https:///path", ""},
		{"nonsense is refused", "https://netsuite.example:port", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cfg, err := testConfig(tc.url).complete()
			if tc.want == "" {
				if err == nil {
					t.Fatalf("%s is taken", tc.url)
				}
				if strings.Contains(err.Error(), "secret") {
					t.Errorf("the error shows the password: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if cfg.BaseURL != tc.want {
				t.Errorf("base URL = %s, want %s", cfg.BaseURL, tc.want)
			}
		})
	}
}

func TestAConfigurationIsCompletedOrRefused(t *testing.T) {
	t.Parallel()
	cfg, err := testConfig("").complete()
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Concurrency != 3 || cfg.Prefix != "RQ-" {
		t.Errorf("defaults are %d and %q, want 3 and RQ-", cfg.Concurrency, cfg.Prefix)
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name   string
		change func(*Config)
	}{
		{"an account id is needed", func(c *Config) { c.Account = "" }},
		{"a client id is needed", func(c *Config) { c.ClientID = "" }},
		{"a certificate id is needed", func(c *Config) { c.CertificateID = "" }},
		{"a key is needed", func(c *Config) { c.PrivateKey = nil }},
		{"NetSuite takes no Ed25519 key", func(c *Config) { c.PrivateKey = edwards }},
		{"NetSuite takes no P-224 key", func(c *Config) { c.PrivateKey = ecKey(t, elliptic.P224()) }},
		{"a negative concurrency is none", func(c *Config) { c.Concurrency = -1 }},
		{"a prefix is part of an external id", func(c *Config) { c.Prefix = "RQ|" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cfg := testConfig("")
			tc.change(&cfg)
			if _, err := New(cfg, NewMetrics(prometheus.NewRegistry())); err == nil {
				t.Error("no error")
			}
		})
	}
}

func ecKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// certified is a self-signed certificate of the key, in DER.
func certified(t *testing.T, key crypto.Signer, from, to time.Time) []byte {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "radioquote"}, NotBefore: from, NotAfter: to}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestReadKeyFile(t *testing.T) {
	t.Parallel()
	must := func(der []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	block := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	elliptical := ecKey(t, elliptic.P256())
	pkcs8 := must(x509.MarshalPKCS8PrivateKey(testKey()))
	from := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	end := from.AddDate(2, 0, 0)
	own := block("CERTIFICATE", certified(t, testKey(), from, end))
	others := block("CERTIFICATE", certified(t, elliptical, from, end.AddDate(0, -1, 0)))
	long := block("CERTIFICATE", certified(t, testKey(), from, from.AddDate(2, 0, 2)))
	for _, tc := range []struct {
		name, file string
		want       crypto.Signer // nil: an error
		expires    time.Time     // zero: no certificate
		says       string        // in the error
	}{
		{"PKCS 8", block("PRIVATE KEY", pkcs8), testKey(), time.Time{}, ""},
		{"PKCS 1", block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(testKey())), testKey(), time.Time{}, ""},
		{"SEC 1, after its curve", block("EC PARAMETERS", []byte{6}) + block("EC PRIVATE KEY", must(x509.MarshalECPrivateKey(elliptical))), elliptical, time.Time{}, ""},
		{"the key after its certificate", own + block("PRIVATE KEY", pkcs8), testKey(), end, ""},
		{"the key before its certificate", block("PRIVATE KEY", pkcs8) + own, testKey(), end, ""},
		{"the certificate of the key among others", others + block("PRIVATE KEY", pkcs8) + own, testKey(), end, ""},
		{"the certificate of another key", block("PRIVATE KEY", pkcs8) + others, nil, time.Time{}, "uploaded to NetSuite for this key"},
		{"a certificate for longer than two years", block("PRIVATE KEY", pkcs8) + long, nil, time.Time{}, "730 days"},
		{"a broken certificate", block("CERTIFICATE", []byte("TOPSECRET")) + block("PRIVATE KEY", pkcs8), nil, time.Time{}, "certificate"},
		{"a certificate without a key", own, nil, time.Time{}, "no private key"},
		{"a broken key", block("PRIVATE KEY", []byte("TOPSECRET")), nil, time.Time{}, "does not hold the key"},
		{"a key that cannot sign", block("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(exchangeKey(t)))), nil, time.Time{}, "cannot sign"},
		{"an encrypted key", block("ENCRYPTED PRIVATE KEY", []byte("TOPSECRET")), nil, time.Time{}, "encrypted"},
		{"no PEM", "TOPSECRET", nil, time.Time{}, "no private key"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "key.pem")
			if err := os.WriteFile(path, []byte(tc.file), 0o600); err != nil {
				t.Fatal(err)
			}
			got, certificate, err := ReadKeyFile(path)
			if tc.want == nil {
				if err == nil {
					t.Fatal("no error")
				}
				if strings.Contains(err.Error(), "TOPSECRET") || !strings.Contains(err.Error(), tc.says) {
					t.Errorf("error = %v, want one that says %q and nothing of the key", err, tc.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if same, ok := tc.want.(interface{ Equal(crypto.PrivateKey) bool }); !ok || !same.Equal(got) {
				t.Error("another key was read")
			}
			var expires time.Time
			if certificate != nil {
				expires = certificate.NotAfter
			}
			if !expires.Equal(tc.expires) {
				t.Errorf("the certificate expires %s, want %s", expires, tc.expires)
			}
		})
	}
	if _, _, err := ReadKeyFile(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there gives no error")
	}
}

func TestAShortRSAKeyIsRefused(t *testing.T) {
	t.Parallel()
	short, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	cfg := testConfig("")
	cfg.PrivateKey = short
	if _, err := New(cfg, NewMetrics(prometheus.NewRegistry())); err == nil || !strings.Contains(err.Error(), "3072") {
		t.Errorf("error = %v, want one that says which keys NetSuite takes", err)
	}
}

func exchangeKey(t *testing.T) *ecdh.PrivateKey {
	t.Helper()
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
