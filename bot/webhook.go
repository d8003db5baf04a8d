package bot

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/infracloudio/msbotbuilder-go/schema"
	"github.com/labstack/echo/v4"

	"radioquote/bot/botauth"
)

const (
	// maxBody is in bytes; an activity of Teams has a few thousand.
	maxBody = 256 << 10
	// People were shown "Unable to reach app" after five seconds for a button or a search: we
	// answer before, whatever the turn has come to.
	invokeLimit = 4500 * time.Millisecond
	// A message's turn has answerLimit until Teams gets its answer: it waits 10 to 15 seconds ("Basics
	// of the Bot Framework Service"). The desk has turnLimit of it; the rest is for saying
	// that it did not do.
	answerLimit = 10 * time.Second
	turnLimit   = 8 * time.Second
)

// request is what is known of a request to the webhook.
type request struct {
	correlation string
	began       time.Time
	// What it brings, once it has been read.
	envelope envelope
	activity schema.Activity
	// admitted says that it became a turn.
	admitted bool
}

// button says whether it is a click on a card that is to be answered in the body.
func (r request) button() bool {
	return r.admitted && r.envelope.Type == schema.Invoke && r.envelope.Name == adaptiveCardAction
}

// searching says whether it is the compose box that asks, which is answered in the body, too.
func (r request) searching() bool {
	return r.admitted && r.envelope.searches()
}

// result is what a turn came to.
type result struct {
	err   error
	verb  string          // what a button stands for, or which search it is, or unread
	card  json.RawMessage // the answer to a button,
	said  string          // or a sentence beside its card
	found *found          // the answer to the compose box

	second second // what the second reader did
}

// receive serves the webhook. Whatever happens is answered, counted and logged here, once.
func (b *Bot) receive(c echo.Context) error {
	r := request{correlation: rand.Text()[:12], began: time.Now()}
	came := b.serve(c.Request(), &r)
	o := outcomeOf(came.err, r.correlation)
	o.button.Sentence = r.envelope.reader().Retell(o.button.Sentence)
	err := answer(c, r, came, o)
	b.record(r, came, o)
	return err
}

func answer(c echo.Context, r request, came result, o outcome) error {
	switch {
	case r.button():
		return c.JSON(http.StatusOK, buttonAnswer(came.card, came.said, o.button))
	case r.searching():
		return c.JSON(http.StatusOK, composeAnswer(came.found, o, r.envelope.reader()))
	case o.status == http.StatusUnauthorized:
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, "Bearer")
	}
	return c.NoContent(o.status)
}

// serve lets a request in, or not, and runs its turn. What costs least comes first: from a
// caller without a good token nothing of the body is read, and it takes nobody's place.
func (b *Bot) serve(req *http.Request, r *request) result {
	if b.draining.Load() {
		return result{err: &statusError{"draining", http.StatusServiceUnavailable, nil}}
	}
	caller, err := b.validator.Verify(req.Context(), req.Header.Get(echo.HeaderAuthorization))
	if err != nil {
		return result{err: err}
	}
	if !b.turns.TryAcquire(1) {
		return result{err: &statusError{"busy", http.StatusTooManyRequests, nil}}
	}
	if err := safely(func() error { return b.admit(req, caller, r) }); err != nil {
		b.turns.Release(1)
		return result{err: err}
	}
	r.admitted = true
	turn, limit := *r, answerLimit
	if r.searching() || r.button() {
		limit = invokeLimit
	}
	return within(req.Context(), limit, func(ctx context.Context) result {
		defer b.turns.Release(1)
		return b.turn(ctx, turn)
	})
}

// admit reads the body and says whether its activity may become a turn.
func (b *Bot) admit(req *http.Request, caller botauth.Caller, r *request) error {
	body, err := io.ReadAll(http.MaxBytesReader(nil, req.Body, maxBody))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &statusError{"too_large", http.StatusRequestEntityTooLarge, nil}
	}
	if err != nil {
		return &statusError{"malformed_body", http.StatusBadRequest, err}
	}
	if r.envelope, err = parseEnvelope(body); err != nil {
		return &statusError{"malformed_body", http.StatusBadRequest, err}
	}
	// A search answers whoever asks, and needs no chat.
	needed := r.envelope.Type == schema.Message || r.envelope.Type == schema.Invoke && !r.envelope.searches()
	if err := r.envelope.complete(); err != nil && needed {
		return &statusError{"malformed_body", http.StatusBadRequest, err}
	}
	r.activity, err = b.parse(req, caller, r.envelope.essentials)
	if err != nil {
		return err
	}
	if !b.tenants[r.envelope.tenant()] {
		return &statusError{"foreign_tenant", http.StatusForbidden, nil}
	}
	return nil
}

// parse has the library read a copy of the activity that has nothing in it that the
// library cannot read, and ask its token validator about it.
func (b *Bot) parse(req *http.Request, caller botauth.Caller, e essentials) (schema.Activity, error) {
	plain, err := json.Marshal(e)
	if err != nil {
		return schema.Activity{}, err
	}
	return adapterFor(verified{caller}, b.connector).ParseRequest(req.Context(), &http.Request{
		Header: req.Header,
		Body:   io.NopCloser(bytes.NewReader(plain)),
	})
}

// within runs a turn and returns what it came to, or after a limit that it came to
// nothing yet. The turn goes on when Teams hangs up, because what it was about to do may
// never be asked for again, and ends by itself soon after its context.
func within(ctx context.Context, limit time.Duration, turn func(context.Context) result) result {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	done := make(chan result, 1)
	go func() {
		came := result{verb: unread}
		err := safely(func() error {
			came = turn(ctx)
			return nil
		})
		if err != nil {
			came.err = err
		}
		done <- came
	}()
	select {
	case came := <-done:
		return came
	case <-ctx.Done():
		return result{err: &statusError{"late", http.StatusInternalServerError, nil}, verb: unread}
	}
}
