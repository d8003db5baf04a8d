// Command radioquote-load measures the service under load, as Teams and NetSuite see it.
//
// The service runs as it does in production, in a process of its own, on a private
// Postgres whose commits wait for the disk. This process stands in for Teams and NetSuite
// on loopback, signs the tokens beforehand, and times each message from the call of the
// webhook to the card at the connector, and each decision of a manager until its answer. It
// judges nothing: it prints a table.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	duration := flag.Duration("duration", time.Minute, "how long each run lasts")
	rows := flag.Int("price-rows", 100_000, "rows of the price matrix")
	only := flag.String("run", "steady,fast,limits,decisions", "which runs, separated by commas")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measure(ctx, *duration, *rows, strings.Split(*only, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "radioquote-load:", err)
		os.Exit(1)
	}
}

// load is what a run does.
type load struct {
	title     string
	limits    limits
	people    int
	rate      int // messages a second; 0: as fast as it goes
	decisions int // a second, on quotes that were submitted before
}

// runs are the loads. At 50 messages a second the cards and their updates are more than
// Teams' limit for a tenant allows: all but one raise the limits on sends and on quotes a
// minute, that one leaves them as they are.
var runs = map[string]load{
	"steady":    {"50 messages a second from 150 reps", raised, 150, 50, 0},
	"fast":      {"as fast as it goes", raised, 3000, 0, 0},
	"limits":    {"50 messages a second, default limits", defaults, 150, 50, 0},
	"decisions": {"50 messages and 4 decisions a second", raised, 150, 50, 4},
}

func measure(ctx context.Context, duration time.Duration, rows int, names []string) (err error) {
	place, err := newPlace(ctx, rows)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, place.close()) }()
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "run\tlimits (sends/s, quotes/min)\tmessages\tper second\tack p50\tack p99\tcard p50\tcard p99\tcard max\terrors\tlost\tdoubled\tout of order\tmemory peak")
	var decided strings.Builder // the second table
	defer func() {              // what was measured is printed, whatever comes after
		_, _ = fmt.Fprint(table, decided.String())
		err = errors.Join(err, table.Flush())
	}()
	for _, name := range names {
		run, ok := runs[name]
		if !ok {
			return fmt.Errorf("there is no run %q", name)
		}
		fmt.Fprintf(os.Stderr, "%s, for %s …\n", run.title, duration)
		r, err := place.run(ctx, run, duration)
		if err != nil {
			return fmt.Errorf("%s: %w", run.title, err)
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%d\t%.1f\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d MB\n", run.title, run.limits, r.messages, r.perSecond,
			ms(r.ack50), ms(r.ack99), ms(r.card50), ms(r.card99), ms(r.cardMax), r.errors, r.lost, r.doubled, r.disorder, r.memory>>20)
		if d := r.decided; run.decisions > 0 {
			_, _ = fmt.Fprintf(&decided, "\ndecisions\tclicks\tanswer p50\tanswer p99\tanswer max\trep's card p50\trep's card p99\tapproved\trefused\terrors\tquotes\tapproved once\tdoubled\tcards lost\n"+
				"%d a second\t%d\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", run.decisions, len(d.answered),
				ms(quantile(d.answered, 0.5)), ms(quantile(d.answered, 0.99)), ms(quantile(d.answered, 1)), ms(quantile(d.shown, 0.5)), ms(quantile(d.shown, 0.99)),
				d.approved, d.refused, d.errors, len(d.requests), d.approvals, d.doubled, d.approvals-len(d.shown))
		}
		if run.rate > 0 {
			continue
		}
		fmt.Fprintln(os.Stderr, "pgbench, the same statements on the same database …")
		commits, err := place.pgbench(ctx, run.people, min(duration, 30*time.Second))
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(table, "pgbench, the same statements\t\t\t%.1f\nratio\t\t\t%.2f\n", commits, r.perSecond/commits)
	}
	return nil
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
