package bot

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap/zapcore"
)

func TestTeamsGetsItsAnswerWhileATurnHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		free := make(chan struct{})
		came := within(t.Context(), answerLimit, func(context.Context) result {
			<-free
			return result{}
		})
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("answered after %s, want 10 s", took)
		}
		if o := outcomeOf(came.err, "REF"); came.verb != unread || o.label != "late" || o.status != 500 || o.button.status != 500 || o.level != zapcore.ErrorLevel {
			t.Errorf("outcome %+v", o)
		}
		close(free)
	})
}

func TestATurnGoesOnWhenTeamsHangsUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, hangUp := context.WithCancel(t.Context())
		hangUp()
		done := errors.New("done")
		came := within(ctx, answerLimit, func(ctx context.Context) result {
			<-time.After(time.Second)
			if ctx.Err() != nil {
				return result{err: ctx.Err()}
			}
			return result{err: done}
		})
		if !errors.Is(came.err, done) {
			t.Errorf("the turn ended with %v", came.err)
		}
	})
}

func TestAPanicAnywhereInATurnEndsOnlyThatTurn(t *testing.T) {
	t.Parallel()
	came := within(t.Context(), answerLimit, func(context.Context) result { panic("oh") })
	if o := outcomeOf(came.err, "REF"); came.verb != unread || o.label != "panic" || o.status != 500 {
		t.Errorf("came to %+v, outcome %+v", came, o)
	}
}
