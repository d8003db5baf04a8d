package main

import (
	"crypto"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"radioquote/netsuite"
)

func TestReadinessSaysHowNetSuiteIs(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name   string
		health netsuite.Health
		want   string
	}{
		{"all is well, and the certificate is not known", netsuite.Health{},
			`{"answering":true,"clock_skew_seconds":0}`},
		{"the certificate ends soon", netsuite.Health{CertificateExpires: now.AddDate(0, 0, 10)},
			`{"answering":true,"certificate_expires":"2026-12-05T09:00:00Z","clock_skew_seconds":0,"warnings":["The certificate of the NetSuite integration expires in 10 days`},
		{"a clock is wrong", netsuite.Health{Skew: 90 * time.Second},
			`{"answering":true,"clock_skew_seconds":90,"warnings":["NetSuite's clock is 1m30s ahead of ours: set this machine's clock."]}`},
		{"NetSuite does not answer", netsuite.Health{Open: true},
			`{"answering":false,"clock_skew_seconds":0,"warnings":["NetSuite does not answer: quotes are marked unverified."]}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			text, err := json.Marshal(netsuiteState(tc.health, now))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(string(text), tc.want) {
				t.Errorf("got %s, want %s", text, tc.want)
			}
		})
	}
}

func TestTheDemoKeyComesWithItsCertificate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "netsuite.pem")
	made, err := demoKey(path)
	if err != nil {
		t.Fatal(err)
	}
	_, certificate, err := netsuite.ReadKeyFile(path)
	if err != nil || certificate == nil {
		t.Fatalf("certificate %v, error %v", certificate, err)
	}
	again, err := demoKey(path)
	if err != nil {
		t.Fatal(err)
	}
	if same, ok := made.Public().(interface{ Equal(crypto.PublicKey) bool }); !ok || !same.Equal(again.Public()) {
		t.Error("the second start makes another key")
	}
}
