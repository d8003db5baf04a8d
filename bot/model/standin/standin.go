// Package standin stands in for a language model's API in tests: the chat completions of
// OpenAI and of Azure OpenAI, as strict about a request as they are, with answers and
// faults on demand. It refuses to be reached from other machines, and holds no model: what
// it answers is what the test says.
package standin

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"
)

// Reply is what a request is answered. The zero value is an empty answer, status 200.
type Reply struct {
	Status int           // 0: 200
	Body   string        // of the response, as it is
	Delay  time.Duration // before anything is answered
	Stall  bool          // nothing more than the first bytes of the body ever comes

	// Says is what a model says that keeps to the schema: what the schema has and it does
	// not say is null. It goes before Body.
	Says map[string]any
}

// Completion is the reply of a model that says content.
func Completion(content string) Reply {
	return choice(map[string]any{"role": "assistant", "content": content, "refusal": nil}, "stop")
}

// Refusal is the reply of a model that will not answer.
func Refusal(why string) Reply {
	return choice(map[string]any{"role": "assistant", "content": nil, "refusal": why}, "stop")
}

// CutOff is the reply of a model that came to the end of its tokens.
func CutOff(content string) Reply {
	return choice(map[string]any{"role": "assistant", "content": content, "refusal": nil}, "length")
}

func choice(message map[string]any, finish string) Reply {
	body, err := json.Marshal(map[string]any{
		"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "stand-in",
		"choices": []any{map[string]any{"index": 0, "message": message, "logprobs": nil, "finish_reason": finish}},
		"usage":   map[string]any{"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
	})
	if err != nil {
		panic(err)
	}
	return Reply{Body: string(body)}
}

// Failure is the reply of an API that says what went wrong.
func Failure(status int, code string) Reply {
	return Reply{Status: status, Body: fmt.Sprintf(`{"error": {"message": "no", "type": "error", "param": null, "code": %q}}`, code)}
}

// Server is the API. Its fields are set before the first request.
type Server struct {
	// Key is the one that is let in. Azure says that it comes as api-key instead of as a
	// bearer.
	Key   string
	Azure bool
	// Path and Query are where completions are asked for; default /v1/chat/completions.
	Path, Query string
	// Answer says what a message is answered; it is the text of the user's content.
	Answer func(message string) Reply

	server   *httptest.Server
	mu       sync.Mutex
	bodies   []string
	problems []string
	stop     chan struct{}
}

// Start opens the server on loopback.
func (s *Server) Start() {
	if s.Path == "" {
		s.Path = "/v1/chat/completions"
	}
	s.stop = make(chan struct{})
	s.server = httptest.NewServer(http.HandlerFunc(s.serve))
}

// URL is the server's, without a path.
func (s *Server) URL() string { return s.server.URL }

// Close ends the server and everything that hangs.
func (s *Server) Close() {
	close(s.stop)
	s.server.CloseClientConnections()
	s.server.Close()
}

// Bodies are the requests' bodies, in their order.
func (s *Server) Bodies() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.bodies)
}

// Problems are what the real API would have refused requests for.
func (s *Server) Problems() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.problems)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	var asked question
	status := http.StatusBadRequest
	if err == nil {
		asked, status, err = s.check(r, body)
	}
	s.mu.Lock()
	s.bodies = append(s.bodies, string(body))
	if err != nil {
		s.problems = append(s.problems, err.Error())
	}
	s.mu.Unlock()
	reply := Failure(status, "invalid_request_error")
	if err == nil {
		reply = s.Answer(asked.message)
	}
	if reply.Says != nil {
		content := map[string]any{}
		for name := range asked.properties {
			content[name] = nil
		}
		maps.Copy(content, reply.Says)
		text, err := json.Marshal(content)
		if err != nil {
			panic(err)
		}
		reply.Body = Completion(string(text)).Body
	}
	s.send(w, r, reply)
}

func (s *Server) send(w http.ResponseWriter, r *http.Request, reply Reply) {
	select {
	case <-time.After(reply.Delay):
	case <-r.Context().Done():
		return
	case <-s.stop:
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if reply.Status != 0 {
		w.WriteHeader(reply.Status)
	}
	if !reply.Stall {
		_, _ = io.WriteString(w, reply.Body) // who has hung up gets nothing
		return
	}
	_, _ = io.WriteString(w, reply.Body[:len(reply.Body)/2])
	_ = http.NewResponseController(w).Flush()
	select {
	case <-r.Context().Done():
	case <-s.stop:
	}
}

// question is what a request asks.
type question struct {
	message    string
	properties map[string]any // of the answer's schema
}

// check says what a request asks, or how and why it is refused.
func (s *Server) check(r *http.Request, body []byte) (asked question, status int, err error) {
	key, other := r.Header.Get("Authorization"), r.Header.Get("api-key")
	want := "Bearer " + s.Key
	if s.Azure {
		key, other, want = other, key, s.Key
	}
	switch {
	case r.URL.Path != s.Path || r.URL.RawQuery != s.Query:
		return asked, http.StatusNotFound, fmt.Errorf("no %s?%s here", r.URL.Path, r.URL.RawQuery)
	case r.Method != http.MethodPost:
		return asked, http.StatusMethodNotAllowed, errors.New(r.Method)
	case s.Key != "" && key != want, other != "":
		return asked, http.StatusUnauthorized, errors.New("not let in")
	case r.Header.Get("Content-Type") != "application/json":
		return asked, http.StatusBadRequest, errors.New("no JSON")
	}
	var request struct {
		Model       string   `json:"model"`
		Temperature *float64 `json:"temperature"`
		Messages    []struct {
			Role    string `json:"role"`
			Content string `json:"content"`
		} `json:"messages"`
		Format struct {
			Type   string `json:"type"`
			Schema struct {
				Name   string         `json:"name"`
				Strict bool           `json:"strict"`
				Schema map[string]any `json:"schema"`
			} `json:"json_schema"`
		} `json:"response_format"`
	}
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&request); err != nil {
		return asked, http.StatusBadRequest, err
	}
	m := request.Messages
	shape := request.Format.Schema
	switch {
	case request.Model == "" || request.Temperature == nil || *request.Temperature != 0:
		return asked, http.StatusBadRequest, errors.New("no model, or a temperature")
	case len(m) != 2 || m[0].Role != "system" || m[1].Role != "user":
		return asked, http.StatusBadRequest, errors.New("not one instruction and one message")
	case request.Format.Type != "json_schema" || !shape.Strict || shape.Name == "":
		return asked, http.StatusBadRequest, errors.New("no structured output")
	}
	if err := strictly(shape.Schema); err != nil {
		return asked, http.StatusBadRequest, err
	}
	var content struct {
		Message string `json:"message"`
	}
	if err := json.Unmarshal([]byte(m[1].Content), &content); err != nil {
		return asked, http.StatusBadRequest, err
	}
	properties, _ := shape.Schema["properties"].(map[string]any)
	return question{content.Message, properties}, http.StatusOK, nil
}

// The limits of a schema. Source: "Structured outputs" of Azure OpenAI, the narrower of the
// two APIs.
const (
	maxProperties = 100
	maxLevels     = 5
	maxCodes      = 500
)

// strictly says what strict mode would refuse a schema for.
func strictly(schema map[string]any) error {
	properties, codes := 0, 0
	var walk func(s map[string]any, level int) error
	walk = func(s map[string]any, level int) error {
		for key := range s {
			if !slices.Contains([]string{"type", "properties", "required", "additionalProperties", "items", "anyOf", "enum"}, key) {
				return fmt.Errorf("schema: %s is not supported", key)
			}
		}
		all, _ := s["enum"].([]any)
		codes += len(all)
		if inner, ok := s["items"].(map[string]any); ok {
			if err := walk(inner, level); err != nil {
				return err
			}
		}
		either, _ := s["anyOf"].([]any)
		for _, one := range either {
			inner, ok := one.(map[string]any)
			if !ok || level == 0 {
				return errors.New("schema: anyOf at the root, or of something else")
			}
			if err := walk(inner, level); err != nil {
				return err
			}
		}
		object, ok := s["properties"].(map[string]any)
		if !ok {
			return nil
		}
		required, _ := s["required"].([]any)
		if s["additionalProperties"] != false || len(required) != len(object) || level >= maxLevels {
			return errors.New("schema: an object that is open, optional or too deep")
		}
		for name, property := range object {
			properties++
			inner, ok := property.(map[string]any)
			if !ok || !slices.Contains(required, any(name)) {
				return fmt.Errorf("schema: %s is not required", name)
			}
			if err := walk(inner, level+1); err != nil {
				return err
			}
		}
		return nil
	}
	if err := walk(schema, 0); err != nil {
		return err
	}
	if schema["type"] != "object" || properties > maxProperties || codes > maxCodes {
		return fmt.Errorf("schema: %d properties and %d codes", properties, codes)
	}
	return nil
}
