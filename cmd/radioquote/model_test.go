package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"radioquote/bot/model/standin"
	"radioquote/quoting"
)

func TestWhichSecondReaderIsConfigured(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		flags modelFlags
		reads bool
		says  string // of the error
	}{
		{"none", modelFlags{}, false, ""},
		{"one", modelFlags{ModelURL: "https://api.openai.com/v1", ModelKey: "secret", ModelName: "small"}, true, ""},
		{"a key for nothing", modelFlags{ModelKey: "secret"}, false, "set RADIOQUOTE_MODEL_URL"},
		{"a name for nothing", modelFlags{ModelName: "small"}, false, "set RADIOQUOTE_MODEL_URL"},
		{"plain http to elsewhere", modelFlags{ModelURL: "http://llm.example", ModelKey: "secret", ModelName: "small"}, false, "neither https nor http on loopback"},
		{"no key", modelFlags{ModelURL: "https://llm.example", ModelName: "small"}, false, "no key"},
	} {
		r, err := tc.flags.second(prometheus.NewRegistry(), nil)
		if (r != nil) != tc.reads || (err == nil) != (tc.says == "") {
			t.Errorf("%s: %v, %v", tc.name, r != nil, err)
			continue
		}
		if err != nil && (exitCode(err) != exitUsage || !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

func TestDoctorAsksTheSecondReader(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		reply standin.Reply
		state quoting.ProbeState
		says  string
	}{
		{"it answers", standin.Reply{Says: map[string]any{"intent": "create_quote", "users": 12, "sites": 1}}, quoting.ProbeGood, "answers in"},
		{"it keeps to no form", standin.Completion("Sure! 12 radios."), quoting.ProbeWeak, "structured outputs"},
		{"it is slow", standin.Reply{Delay: time.Hour}, quoting.ProbeWeak, "smaller model"},
		{"its key is another", standin.Failure(http.StatusUnauthorized, "invalid_api_key"), quoting.ProbeBroken, "status 401 invalid_api_key"},
		{"it is down", standin.Failure(http.StatusInternalServerError, "server_error"), quoting.ProbeBroken, "status 500"},
	} {
		s := &standin.Server{Answer: func(string) standin.Reply { return tc.reply }}
		s.Start()
		p := modelFlags{ModelURL: s.URL(), ModelName: "small"}.probe(t.Context())
		s.Close()
		if p.State != tc.state || !strings.Contains(p.Found+" "+p.Mend, tc.says) {
			t.Errorf("%s: %+v", tc.name, p)
		}
	}
	if p := (modelFlags{ModelURL: "http://llm.example"}).probe(t.Context()); p.State != quoting.ProbeBroken {
		t.Errorf("a configuration that cannot work: %+v", p)
	}
}
