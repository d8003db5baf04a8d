package botauth

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// renewalTimeout bounds one renewal, retries included. It stays under the 15 seconds
// in which Teams wants an answer.
const renewalTimeout = 10 * time.Second

// lease is a value that somebody else issues and that ages: signing keys, an access
// token. While it is fresh nobody waits and nothing is sent. While it is still usable
// callers go on with it, and one renewal runs beside them. Only without a usable value
// do callers wait, all of them for the same renewal.
//
// A renewal outlives the caller who started it, so that a caller who hangs up cannot
// spoil it for the others, and ends by itself after renewalTimeout.
type lease[T any] struct {
	issue func(context.Context) (T, term, error)
	now   func() time.Time

	// The least time between two renewals, after one that worked and one that did
	// not. Within it the last one's outcome stands.
	afterSuccess, afterFailure time.Duration

	flight singleflight.Group

	mu      sync.Mutex // guards what follows
	value   T
	term    term
	err     error     // of the last renewal
	nextTry time.Time // no renewal before this
}

// term says until when a value is fresh and until when it is usable at all.
type term struct{ fresh, usable time.Time }

// get returns the value, and an error only if there is no usable one and none can be had.
func (l *lease[T]) get(ctx context.Context) (T, error) {
	now := l.now()
	l.mu.Lock()
	value, term := l.value, l.term
	l.mu.Unlock()

	switch {
	case now.Before(term.fresh):
		return value, nil
	case now.Before(term.usable):
		l.start(ctx)
		return value, nil
	}
	return l.renew(ctx)
}

// renew waits for a renewal, its own or the one under way. Its error is the renewal's
// or, if the caller leaves first, the context's.
func (l *lease[T]) renew(ctx context.Context) (T, error) {
	var none T
	select {
	case done := <-l.start(ctx):
		if done.Err != nil {
			return none, done.Err
		}
		return done.Val.(T), nil
	case <-ctx.Done():
		return none, ctx.Err()
	}
}

func (l *lease[T]) start(ctx context.Context) <-chan singleflight.Result {
	return l.flight.DoChan("", func() (any, error) {
		l.mu.Lock()
		value, err, tooSoon := l.value, l.err, l.now().Before(l.nextTry)
		l.mu.Unlock()
		if tooSoon {
			return value, err
		}

		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), renewalTimeout)
		defer cancel()
		value, term, err := l.issue(ctx)

		l.mu.Lock()
		defer l.mu.Unlock()
		l.err = err
		if err != nil {
			l.nextTry = l.now().Add(l.afterFailure)
			return value, err
		}
		l.value, l.term = value, term
		l.nextTry = l.now().Add(l.afterSuccess)
		return value, nil
	})
}

// drop makes the value unusable if it is the one that matches says.
func (l *lease[T]) drop(matches func(T) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if matches(l.value) {
		l.term = term{}
	}
}
