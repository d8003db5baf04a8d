package desk_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

// rights are what a use case needs: to read and write its tables at all, and some writes
// alone, which come late in it.
var rights = []string{
	"ALL ON people", "ALL ON conversations", "ALL ON inbox", "ALL ON quotes", "ALL ON quote_versions", "ALL ON quote_lines", "ALL ON decisions",
	"ALL ON messages", "ALL ON audit_events", "ALL ON river_job", "ALL ON price_snapshots", "ALL ON prices", "ALL ON estimates", "ALL ON policies",
	"UPDATE ON quotes", "UPDATE ON quote_versions", "UPDATE ON messages", "INSERT ON messages", "INSERT ON decisions", "UPDATE ON price_snapshots", "SELECT ON stock",
}

// standing is where every quote stands, and what the audit log says was done. A price
// check that a click asked for first is no part of the click.
func (o *office) standing() (text string) {
	o.t.Helper()
	for _, query := range []string{
		`SELECT coalesce(string_agg(q::text, ' ' ORDER BY id), '') FROM quotes q`,
		`SELECT coalesce(string_agg(concat_ws(' ', quote_id, version, state, nonce, submitted_at), ', ' ORDER BY quote_id, version), '') FROM quote_versions`,
		`SELECT count(*) || ' lines' FROM quote_lines`,
		`SELECT count(*) || ' decisions' FROM decisions`,
		`SELECT coalesce(string_agg(kind, ' ' ORDER BY id), '') FROM audit_events WHERE kind <> 'prices_checked'`,
	} {
		var part string
		o.behind(func(conn *pgx.Conn) error { return conn.QueryRow(context.Background(), query).Scan(&part) })
		text += part + "\n"
	}
	return text
}

// TestAFailureAnywhereLeavesNothingHalfDone takes the rights to one table after the other
// away from the service and does everything that people do: what fails has changed nothing.
func TestAFailureAnywhereLeavesNothingHalfDone(t *testing.T) {
	t.Parallel()
	for _, right := range rights {
		_, table, _ := strings.Cut(right, " ON ")
		t.Run(right, func(t *testing.T) {
			t.Parallel()
			o := newQuietOffice(t)
			o.sync()
			message := func(p quoting.Person, cmd quoting.Command) func() error {
				return func() error {
					return o.Message(t.Context(), o.arrival(p), func(quoting.Dialogue) quoting.Command { return cmd })
				}
			}
			click := func(p quoting.Person, cmd quoting.Command) func() error {
				return func() error { _, err := o.Click(t.Context(), o.arrival(p), cmd); return err }
			}
			must := func(do func() error) {
				t.Helper()
				if err := do(); err != nil {
					t.Fatal(err)
				}
			}
			at := func(quote quoting.QuoteID, intent quoting.Intent) quoting.Command {
				return quoting.Command{Intent: intent, Click: &quoting.Click{Quote: quote, Version: 1, Nonce: "nonce.c1"}}
			}
			for _, customer := range []string{"Acme Construction", "Crestview Hotels", "Drift Creek Farms"} {
				must(message(riley, create(60, 3, "construction", customer)))
			}
			must(func() error { return o.Installed(t.Context(), o.arrival(morgan)) })
			must(click(riley, at(1002, quoting.SubmitQuote)))
			must(click(riley, at(1003, quoting.SubmitQuote)))
			o.sql(`UPDATE quote_versions SET nonce = 'nonce' WHERE state = 'pending'`)
			reprice := at(1001, quoting.ReviseQuote)
			reprice.Slots.Industry = "manufacturing"
			reject := at(1003, quoting.RejectQuote)
			reject.Slots.Reason = "too dear"
			revise := quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{QuoteID: 1001, Changes: []quoting.Change{{Op: "set", Field: "users", Value: 45}}}}
			o.sql(fmt.Sprintf(`REVOKE %s FROM radioquote_service, radioquote_job, radioquote_sync`, right))
			failed := 0
			for name, do := range map[string]func() error{
				"create": message(riley, small), "revise": message(riley, revise), "show": message(riley, quoting.Command{Intent: quoting.ShowQuote, Slots: quoting.Slots{QuoteID: 1001}}),
				"which": message(sam, quoting.Command{Intent: quoting.QuoteStatus}), "approval by text": message(morgan, quoting.Command{Intent: quoting.ApproveQuote, Slots: quoting.Slots{QuoteID: 1002}}),
				"re-price": click(riley, reprice), "submit": click(riley, at(1001, quoting.SubmitQuote)), "create by a button": click(riley, small),
				"approve": click(morgan, at(1002, quoting.ApproveQuote)), "reject": click(morgan, reject), "a click as a message": message(riley, at(1001, quoting.ShowQuote)),
				"install": func() error { return o.Installed(t.Context(), o.arrival(sam)) }, "leave": func() error { return o.Left(t.Context(), "a:riley") },
				"sync":    func() error { _, err := o.Sync(t.Context(), "test"); return err },
				"prepare": func() error { return o.Prepare(t.Context(), []quoting.Person{riley, morgan, sam, ada}, "directory-2") },
			} {
				before := o.standing()
				err := do()
				if err == nil {
					continue // it does not need the table
				}
				failed++
				if kind := quoting.KindOf(err); kind != quoting.Internal {
					t.Errorf("%s: the error is %s: %v", name, kind, err)
				}
				if name == "prepare" && strings.Contains("price_snapshots stock", table) {
					continue // the directory is taken; it is the prices that cannot be read
				}
				if diff := cmp.Diff(before, o.standing()); diff != "" {
					t.Errorf("%s failed and left something: -before +after\n%s", name, diff)
				}
			}
			if failed == 0 && table != "estimates" {
				t.Error("nothing failed")
			}
		})
	}
}

// failOnce works jobs without a right until each has failed or been put off, and gives the
// right back.
func (o *office) failOnce(right string) {
	o.t.Helper()
	_, table, _ := strings.Cut(right, " ON ")
	grants := o.grants(table)
	o.sql(fmt.Sprintf(`REVOKE %s FROM radioquote_job`, right))
	o.work()
	o.eventually(0, `SELECT count(*) FROM river_job WHERE kind <> 'sync' AND finalized_at IS NULL AND errors IS NULL AND NOT metadata ? 'snoozes'`)
	for _, grant := range grants {
		o.sql(grant)
	}
	o.hurry()
}

// TestJobsGoOnAfterAFailure takes a right away from the jobs, lets them fail, and gives it
// back: everything ends as if nothing had been.
func TestJobsGoOnAfterAFailure(t *testing.T) {
	t.Parallel()
	for _, right := range []string{
		"ALL ON people", "ALL ON quotes", "ALL ON quote_versions", "ALL ON messages", "ALL ON conversations", "ALL ON estimates",
		"UPDATE (estimate) ON quotes", "UPDATE ON messages", "INSERT ON audit_events",
	} {
		t.Run(right, func(t *testing.T) {
			t.Parallel()
			o := newQuietOffice(t)
			o.sync()
			if err := o.Message(t.Context(), o.arrival(riley), func(quoting.Dialogue) quoting.Command { return small }); err != nil {
				t.Fatal(err)
			}
			if after := o.click(riley, quoting.Command{Intent: quoting.SubmitQuote, Click: &quoting.Click{Quote: 1001, Version: 1}}).View; after.State != quoting.Approved {
				t.Fatalf("%s, %q", after.State, after.Banner)
			}
			o.failOnce(right)
			v := o.shown(riley, "the end of it all", func(v quoting.View) bool {
				return v.State == quoting.Approved && v.Estimate == quoting.Synced
			})
			if o.netsuite.EstimateCount() != 1 || v.Attention != "" || o.teams.count("a:riley") != 1 {
				t.Errorf("%d Estimates, %q, %d cards", o.netsuite.EstimateCount(), v.Attention, o.teams.count("a:riley"))
			}
		})
	}
}

// TestAPriceThatMovedIsHandedBackInSpiteOfAFailure does the same to the jobs of a pending
// quote whose price has moved.
func TestAPriceThatMovedIsHandedBackInSpiteOfAFailure(t *testing.T) {
	t.Parallel()
	for _, right := range []string{
		"ALL ON quotes", "ALL ON quote_versions", "UPDATE (check_state) ON quote_versions", "UPDATE (nonce) ON quote_versions", "INSERT ON quote_lines", "UPDATE ON messages",
	} {
		t.Run(right, func(t *testing.T) {
			t.Parallel()
			o := newQuietOffice(t)
			o.sync()
			if err := o.Message(t.Context(), o.arrival(riley), func(quoting.Dialogue) quoting.Command { return large }); err != nil {
				t.Fatal(err)
			}
			if after := o.click(riley, quoting.Command{Intent: quoting.SubmitQuote, Click: &quoting.Click{Quote: 1001, Version: 1}}).View; after.State != quoting.Pending {
				t.Fatalf("%s, %q", after.State, after.Banner)
			}
			o.clock.advance(20 * time.Minute)
			if err := o.netsuite.SetPrice("SUM-P20U", "Base", 50, "360.00"); err != nil {
				t.Fatal(err)
			}
			o.click(riley, quoting.Command{Intent: quoting.SubmitQuote, Click: &quoting.Click{Quote: 1001, Version: 1}})
			o.failOnce(right)
			v := o.shown(riley, "the draft at today's price", func(v quoting.View) bool {
				return v.Version == 2 && v.State == quoting.Draft && v.Check.State == quoting.Verified
			})
			if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = 'quote_handed_back'`); n != 1 || v.Priced.Lines[0].Unit.Text() != "360.00" {
				t.Errorf("handed back %d times, at %s", n, v.Priced.Lines[0].Unit)
			}
		})
	}
}

// TestAJobThatIsWorkedAgainChangesNothing works every job of a quote's whole life a second
// time, as after a crash of which River's last notes were lost.
func TestAJobThatIsWorkedAgainChangesNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if err := o.netsuite.SetPrice("SUM-P20U", "Base", 50, "360.00"); err != nil {
		t.Fatal(err)
	}
	if err := o.Installed(t.Context(), o.arrival(morgan)); err != nil {
		t.Fatal(err)
	}
	o.say(riley, large)
	v := o.shown(riley, "the draft at today's price", func(v quoting.View) bool { return v.Version == 2 && v.Check.State == quoting.Verified })
	o.click(riley, on(v, quoting.SubmitQuote))
	request := o.shown(morgan, "the request", func(v quoting.View) bool { return v.CanDecide })
	o.click(morgan, on(request, quoting.ApproveQuote))
	o.shown(riley, "the Estimate", func(v quoting.View) bool { return v.Estimate == quoting.Synced })
	const unfinished = `SELECT count(*) FROM river_job WHERE finalized_at IS NULL`
	o.eventually(1, `SELECT count(*) FROM river_job WHERE args ->> 'correlation' = 'periodic'`) // whoever leads starts with a sync
	o.eventually(0, unfinished)
	before, cards := o.standing(), len(o.teams.in("a:riley"))+len(o.teams.in("a:morgan"))
	o.sql(`UPDATE river_job SET state = 'available', finalized_at = NULL WHERE kind <> 'sync'`)
	o.eventually(0, unfinished)
	if diff := cmp.Diff(before, o.standing()); diff != "" {
		t.Errorf("-before +after\n%s", diff)
	}
	if n := len(o.teams.in("a:riley")) + len(o.teams.in("a:morgan")); n != cards || o.netsuite.EstimateCount() != 1 {
		t.Errorf("%d messages, were %d; %d Estimates", n, cards, o.netsuite.EstimateCount())
	}
}

// grants are the statements that give radioquote_job back what it has on a table.
func (o *office) grants(table string) (statements []string) {
	o.behind(func(conn *pgx.Conn) error {
		rows, err := conn.Query(context.Background(), `
			SELECT format('GRANT %s ON %I TO radioquote_job', privilege_type, table_name)
			FROM information_schema.table_privileges
			WHERE table_name = $1 AND grantee = 'radioquote_job'
			UNION ALL
			SELECT format('GRANT %s (%I) ON %I TO radioquote_job', privilege_type, column_name, table_name)
			FROM information_schema.column_privileges
			WHERE table_name = $1 AND grantee = 'radioquote_job'`, table)
		if err != nil {
			return err
		}
		statements, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return statements
}
