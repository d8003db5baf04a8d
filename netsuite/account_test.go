package netsuite

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"radioquote/netsuite/simulator"
	"radioquote/quoting"
)

// testKey is the integration's key in all tests.
var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		panic(err)
	}
	return key
})

func testConfig(url string) Config {
	return Config{
		Account:       "1234567_SB1",
		BaseURL:       url,
		ClientID:      "test-client",
		CertificateID: "TEST_CERT_ID",
		PrivateKey:    testKey(),
		Names:         quoting.AccountNames{OpenStatus: "Proposal", LostStatus: "Closed Lost", DiscountItem: "DISCOUNT"},
	}
}

// account starts a simulated account and gives a client of it.
func account(t *testing.T, with ...func(*simulator.Config)) (*simulator.Simulator, *Client) {
	t.Helper()
	config := simulator.Config{
		ClientID:      "test-client",
		CertificateID: "TEST_CERT_ID",
		PublicKey:     &testKey().PublicKey,
	}
	for _, change := range with {
		change(&config)
	}
	sim, err := simulator.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
	client, err := New(testConfig(sim.URL()), NewMetrics(prometheus.NewRegistry()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return sim, client
}

// inProcess answers requests without a network, so that tests in a synctest bubble can
// wait for minutes.
type inProcess struct{ handler http.Handler }

func (p inProcess) RoundTrip(req *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	p.handler.ServeHTTP(recorder, req)
	if err := context.Cause(req.Context()); err != nil {
		return nil, err
	}
	resp := recorder.Result()
	resp.Request = req
	return resp, nil
}

// bubble makes a client whose NetSuite is the handler, but for the sign-in, which works.
func bubble(t *testing.T, answer http.HandlerFunc) *Client {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc(tokenPath, func(w http.ResponseWriter, _ *http.Request) { giveToken(w, "a-token") })
	mux.HandleFunc("/", answer)
	return clientOf(t, mux)
}

func clientOf(t *testing.T, handler http.Handler) *Client {
	t.Helper()
	cfg, err := testConfig("https://netsuite.example").complete()
	if err != nil {
		t.Fatal(err)
	}
	client, err := newClient(cfg, NewMetrics(prometheus.NewRegistry()), inProcess{handler})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// wait passes time in a bubble.
func wait(d time.Duration) { <-time.After(d) }

func giveToken(w http.ResponseWriter, token string) {
	answerJSON(w, 200, `{"access_token":"`+token+`","expires_in":3600,"token_type":"Bearer"}`)
}

func answerJSON(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// answerRows answers a SuiteQL request.
func answerRows(w http.ResponseWriter, rows ...string) {
	items := "[" + strings.Join(rows, ",") + "]"
	count, _ := json.Marshal(len(rows))
	answerJSON(w, 200, `{"links":[],"count":`+string(count)+`,"hasMore":false,"items":`+items+`,"offset":0,"totalResults":0}`)
}

// wantFault fails the test unless err is an *Error of the fault.
func wantFault(t *testing.T, err error, want quoting.Fault) *Error {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("error = %v, want an *Error", err)
	}
	if !errors.Is(err, want) {
		t.Fatalf("fault = %v (%v), want %v", e.Fault, err, want)
	}
	return e
}
