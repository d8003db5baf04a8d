package botauth

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// The lease's tests run in a bubble, where time stands until all goroutines wait.

// counter issues successive numbers, each fresh for a minute and usable for two. Each
// takes a second to issue.
type counter struct {
	mu    sync.Mutex
	count int
	err   error
}

func (c *counter) issue(ctx context.Context) (int, term, error) {
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return 0, term{}, ctx.Err()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count++
	return c.count, term{time.Now().Add(time.Minute), time.Now().Add(2 * time.Minute)}, c.err
}

func (c *counter) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
}

func newCounterLease() (*counter, *lease[int]) {
	c := &counter{}
	return c, &lease[int]{issue: c.issue, now: time.Now, afterSuccess: 10 * time.Second, afterFailure: 5 * time.Second}
}

func wantValue(t *testing.T, l *lease[int], want int, wait time.Duration) {
	t.Helper()
	start := time.Now()
	got, err := l.get(t.Context())
	if got != want || err != nil || time.Since(start) != wait {
		t.Errorf("got %d, %v after %s, want %d after %s", got, err, time.Since(start), want, wait)
	}
}

func TestLeaseMakesCallersWaitOnlyWithoutAUsableValue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, l := newCounterLease()
		wantValue(t, l, 1, time.Second) // the first
		time.Sleep(59 * time.Second)
		wantValue(t, l, 1, 0) // fresh
		time.Sleep(time.Second)
		wantValue(t, l, 1, 0) // usable; a renewal begins
		time.Sleep(time.Second)
		synctest.Wait()
		wantValue(t, l, 2, 0)
		time.Sleep(2 * time.Minute)
		wantValue(t, l, 3, time.Second) // none was wanted for too long
	})
}

func TestLeaseRenewsOnceForAllWhoWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, l := newCounterLease()
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { wantValue(t, l, 1, time.Second) })
		}
		all.Wait()
	})
}

func TestLeaseKeepsItsValueWhenARenewalFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, l := newCounterLease()
		wantValue(t, l, 1, time.Second)
		c.fail(errors.New("down"))
		time.Sleep(time.Minute)
		wantValue(t, l, 1, 0)
		time.Sleep(time.Second)
		synctest.Wait()
		wantValue(t, l, 1, 0) // no second try within afterFailure
		synctest.Wait()
		if c.count != 2 {
			t.Errorf("issued %d times, want 2", c.count)
		}
		c.fail(nil)
		time.Sleep(5 * time.Second)
		wantValue(t, l, 1, 0)
		time.Sleep(time.Second)
		synctest.Wait()
		wantValue(t, l, 3, 0)
	})
}

func TestLeaseRepeatsTheLastErrorUntilTheNextTry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, l := newCounterLease()
		down := errors.New("down")
		c.fail(down)
		for range 3 {
			if _, err := l.get(t.Context()); !errors.Is(err, down) {
				t.Errorf("error %v, want %v", err, down)
			}
		}
		if c.count != 1 {
			t.Errorf("issued %d times, want once", c.count)
		}
		c.fail(nil)
		time.Sleep(5 * time.Second)
		wantValue(t, l, 2, time.Second)
	})
}

func TestLeaseLetsACallerLeaveWhileTheOthersGoOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, l := newCounterLease()
		short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if _, err := l.get(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the deadline", err)
		}
		wantValue(t, l, 1, 700*time.Millisecond)
	})
}

func TestLeaseEndsARenewalThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &lease[int]{
			issue: func(ctx context.Context) (int, term, error) { <-ctx.Done(); return 0, term{}, ctx.Err() },
			now:   time.Now,
		}
		start := time.Now()
		if _, err := l.get(t.Context()); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != renewalTimeout {
			t.Errorf("error %v after %s", err, time.Since(start))
		}
	})
}
