package localpg

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestProxyCutsStallsAndMends(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	p := NewProxy(t, NewDatabase(t).URL)
	conn, err := pgx.Connect(ctx, p.URL())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, `SELECT 1`); err != nil {
		t.Fatalf("through the proxy: %v", err)
	}

	p.Cut()
	if _, err := conn.Exec(ctx, `SELECT 1`); err == nil {
		t.Error("a cut connection answers")
	}
	if _, err := pgx.Connect(ctx, p.URL()); err == nil {
		t.Error("a new connection passes a cut line")
	}

	p.Mend()
	conn, err = pgx.Connect(ctx, p.URL())
	if err != nil {
		t.Fatalf("after the line is mended: %v", err)
	}
	p.Stall()
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if _, err := conn.Exec(short, `SELECT 1`); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a stalled connection: %v, want no answer in time", err)
	}

	answered := make(chan error, 1)
	go func() {
		conn, err := pgx.Connect(ctx, p.URL())
		if err == nil {
			err = conn.Close(ctx)
		}
		answered <- err
	}()
	select {
	case err := <-answered:
		t.Fatalf("a connection passes a stalled line: %v", err)
	case <-short.Done():
	}
	p.Mend()
	if err := <-answered; err != nil {
		t.Errorf("what waited during the stall: %v", err)
	}
}

func TestProxyWithoutAServerRefuses(t *testing.T) {
	t.Parallel()
	p := NewProxy(t, "postgres://nobody@/none?host=/nonexistent")
	if _, err := pgx.Connect(t.Context(), p.URL()); err == nil {
		t.Error("no error")
	}
}
