package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// maxAnswer bounds what is read of an answer of the bot, in bytes.
const maxAnswer = 1 << 20

// Response is what the bot answered over HTTP.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// newBotClient follows no redirect and keeps as many connections as load needs.
func newBotClient() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 256, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Send signs and posts any activity, and posts it once more if Config.Resend asks for that.
func (e *Emulator) Send(ctx context.Context, activity map[string]any) (Response, error) {
	body, err := json.Marshal(activity)
	if err != nil {
		return Response{}, fmt.Errorf("send activity: %w", err)
	}
	authorization, err := e.authorization()
	if err != nil {
		return Response{}, fmt.Errorf("send activity: %w", err)
	}
	header := http.Header{"Authorization": {authorization}}
	response, err := e.Post(ctx, body, header)
	if e.cfg.Resend && ctx.Err() == nil && (err != nil || response.Status >= 500) {
		return e.Post(ctx, body, header)
	}
	return response, err
}

// Post sends a body to the bot with a header that may be wrong; only a missing Content-Type is
// added. It waits for the answer for Config.AckLimit.
func (e *Emulator) Post(ctx context.Context, body []byte, header http.Header) (Response, error) {
	ctx, cancel := context.WithTimeout(ctx, e.cfg.AckLimit)
	defer cancel()
	e.mu.Lock()
	url := e.botURL
	e.mu.Unlock()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return Response{}, fmt.Errorf("post to the bot: %w", err)
	}
	request.Header = header.Clone()
	if request.Header == nil {
		request.Header = http.Header{}
	}
	if request.Header.Get("Content-Type") == "" {
		request.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	answer, err := e.client.Do(request)
	if err != nil {
		return Response{}, fmt.Errorf("post to the bot: %w", err)
	}
	defer answer.Body.Close()
	read, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return Response{}, fmt.Errorf("read the bot's answer: %w", err)
	}
	return Response{Status: answer.StatusCode, Header: answer.Header, Body: read}, nil
}
