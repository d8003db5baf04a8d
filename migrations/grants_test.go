package migrations_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"radioquote/store/localpg"
)

type greet struct {
	From string `json:"from"`
}

func (greet) Kind() string { return "greet" }

// The service's roles insert jobs in their transactions, and the login role, which has
// nothing but what Up granted, works them.
func TestJobsOfEveryRoleAreWorkedByTheLoginRole(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	pool, err := pgxpool.New(ctx, localpg.NewDatabase(t).URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)

	greeted := make(chan string)
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[greet]) error {
		select {
		case greeted <- job.Args.From:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}))
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Queues:  map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 1}},
		Workers: workers,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Stop(context.WithoutCancel(ctx)); err != nil {
			t.Error(err)
		}
	})

	for _, role := range []string{"radioquote_service", "radioquote_sync", "radioquote_job"} {
		err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, "SET LOCAL ROLE "+role); err != nil {
				return err
			}
			unique := &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true}}
			_, err := client.InsertTx(ctx, tx, greet{role}, unique)
			return err
		})
		if err != nil {
			t.Fatalf("insert a job as %s: %v", role, err)
		}
		select {
		case got := <-greeted:
			if got != role {
				t.Errorf("the job worked is from %s, want %s", got, role)
			}
		case <-ctx.Done():
			t.Fatal("the job was not worked in time")
		}
	}
}
