package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"radioquote/quoting"
)

// alert waits for the card of moved prices in somebody's chat.
func (o *office) alert(who quoting.Person) quoting.Notice {
	o.t.Helper()
	m := o.teams.wait(o.t, "the alert of moved prices", func(m sent) bool {
		return m.chat == "a:"+who.ID.Object && m.content.Notice != nil && m.content.Notice.Title == "NetSuite's prices moved"
	})
	return *m.content.Notice
}

func (o *office) alerts(who quoting.Person) int {
	return len(slices.DeleteFunc(o.teams.in("a:"+who.ID.Object), func(m sent) bool {
		return m.content.Notice == nil || m.content.Notice.Title != "NetSuite's prices moved"
	}))
}

func TestAPriceThatMovesIsTheRepsAndTheManagersToKnow(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		price  string // of RDG-P10U from 10 on; 222.13 before
		class  quoting.DriftClass
		points string
	}{
		{"by half a percent: nobody is told", "223.00", quoting.DriftQuiet, ""},
		{"by two percent: the rep is told", "226.50", quoting.DriftTell, "a price moved by 1% or more"},
		{"down: the lower price may be offered", "218.00", quoting.DriftTell, "you can offer the lower price"},
		{"by five percent: approval opens again", "233.00", quoting.DriftReopen, "has to be approved again"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			if err := o.Installed(t.Context(), o.arrival(morgan)); err != nil {
				t.Fatal(err)
			}
			kept := o.synced() // approved, and in NetSuite
			draft := o.verified(riley, create(12, 1, "retail", "Acme Concrete"))
			o.setPrice("RDG-P10U", 10, tc.price)
			snapshot := o.sync().Snapshot
			o.eventually(0, `SELECT count(*) FROM river_job WHERE kind = 'drift' AND state <> 'completed'`)
			if tc.class == quoting.DriftQuiet {
				if n := o.alerts(riley) + o.alerts(morgan) + o.count(`SELECT count(*) FROM price_drifts`); n != 0 {
					t.Errorf("%d alerts and drifts", n)
				}
				return
			}
			if n := o.count(`SELECT count(*) FROM price_drifts WHERE class = $1 AND snapshot_id = $2`, string(tc.class), int64(snapshot)); n != 2 {
				t.Errorf("%d quotes drifted, want both", n)
			}
			rep, manager := o.alert(riley), o.alert(morgan)
			if len(rep.Points) != 2 || !strings.Contains(rep.Points[0], tc.points) || !slices.Contains(rep.Examples, "reprice "+draft.Quote.String()) {
				t.Errorf("the rep reads %q, and may say %q", rep.Points, rep.Examples)
			}
			if !strings.Contains(manager.Text, "2 of your team's open quotes") || !strings.Contains(manager.Text, " → $") {
				t.Errorf("the manager reads %q", manager.Text)
			}
			q := o.shown(riley, "the approved quote", func(v quoting.View) bool {
				return v.Quote == kept.Quote && v.Current == v.Version && (tc.class != quoting.DriftReopen || v.Version == 2)
			})
			if reopened := q.State == quoting.Draft; reopened != (tc.class == quoting.DriftReopen) {
				t.Errorf("the approved quote is %s at version %d", q.State, q.Version)
			}
			// The same snapshot once more, as after a crash: nobody is told twice.
			o.sql(`UPDATE river_job SET state = 'available', finalized_at = NULL WHERE kind = 'drift'`)
			o.eventually(0, `SELECT count(*) FROM river_job WHERE kind = 'drift' AND state <> 'completed'`)
			if o.alerts(riley) != 1 || o.alerts(morgan) != 1 {
				t.Errorf("%d and %d alerts", o.alerts(riley), o.alerts(morgan))
			}
		})
	}
}

// raiseCost makes a radio dearer to the dealer, in steps that no admin has to look at.
func (o *office) raiseCost() {
	o.t.Helper()
	for _, cost := range []string{"170.00", "190.00"} { // 149 before
		if err := o.netsuite.SetCost("RDG-P10U", cost); err != nil {
			o.t.Fatal(err)
		}
		o.sync()
	}
}

func TestACostThatMovesKeepsThePriceAndOpensTheApprovalAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.synced()
	o.raiseCost()
	after := o.shown(riley, "the quote re-opened", func(s quoting.View) bool { return s.Quote == v.Quote && s.Version == 2 })
	if after.State != quoting.Draft || !after.Priced.Total.Equal(v.Priced.Total) || len(after.Approvals) == 0 {
		t.Errorf("%s at %s, approvals %+v", after.State, after.Priced.Total, after.Approvals)
	}
	if text := strings.Join(o.alert(riley).Points, " "); strings.Contains(text, "%") && strings.Contains(text, "margin of") {
		t.Errorf("the rep reads %q", text)
	}
}

func TestWhatIsSubmittedIsAsOfToday(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.staffed(finn)
	v := o.verified(riley, small)
	o.raiseCost()
	after := o.click(riley, on(v, quoting.SubmitQuote)).View
	if after.Version != 2 || after.State != quoting.Draft || !strings.Contains(after.Banner, "submit it again") || len(after.Approvals) == 0 {
		t.Errorf("v%d %s, %q, %+v", after.Version, after.State, after.Banner, after.Approvals)
	}
	again := o.click(riley, on(*after, quoting.SubmitQuote)).View
	if again.State != quoting.Pending {
		t.Errorf("%s: %q", again.State, again.Banner)
	}
}

func TestAQuoteThatCannotBePricedAnyMoreIsNamed(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.verified(riley, small)
	if err := o.netsuite.DeactivateItem("RDG-P10U"); err != nil {
		t.Fatal(err)
	}
	o.sync()
	if n := o.alert(riley); len(n.Points) != 1 || !strings.Contains(n.Points[0], v.Quote.String()) || !strings.Contains(n.Points[0], "not sold any more") {
		t.Errorf("the rep reads %q", n.Points)
	}
}

func TestAQuoteEndsByItselfAfterItsDaysOfGrace(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	kept, gone := o.synced(), o.verified(riley, create(12, 1, "retail", "Acme Concrete"))
	lost := o.verified(riley, create(13, 1, "retail", "Acme Concrete"))
	o.click(riley, outcome(lost, quoting.Lost, "price"))
	told := func() int {
		return len(slices.DeleteFunc(o.teams.in("a:riley"), func(m sent) bool {
			return m.content.Notice == nil || !strings.Contains(m.content.Notice.Text, "Extending it takes today's prices")
		}))
	}
	expire := func(days int) {
		o.sql(`UPDATE quote_versions SET valid_until = now() + $1 * interval '1 day'`, days)
		for range 2 {
			if err := o.Expire(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if expire(6); told() != 0 {
		t.Errorf("told %d times six days before", told())
	}
	expire(4)
	o.teams.wait(t, "the notice", func(m sent) bool { return m.content.Notice != nil && m.content.Notice.Quote == gone.Quote })
	o.eventually(2, `SELECT count(*) FROM messages WHERE kind = 'notice' AND state = 'sent' AND notice ->> 'text' LIKE '%Extending%'`)
	if expire(-3); o.count(`SELECT count(*) FROM quotes WHERE state = 'expired'`) != 0 {
		t.Error("a quote expired within its days of grace")
	}
	if told() != 2 {
		t.Errorf("told %d times of two quotes", told())
	}
	expire(-6)
	if n := o.count(`SELECT count(*) FROM quotes WHERE state = 'expired'`); n != 2 {
		t.Errorf("%d quotes expired, want two", n)
	}
	if n := o.count(`SELECT count(*) FROM quotes WHERE state = 'lost' AND id = $1`, int64(lost.Quote)); n != 1 {
		t.Error("a lost quote is not lost any more")
	}
	o.eventually(0, `SELECT count(*) FROM river_job WHERE kind = 'end' AND state <> 'completed'`)
	if e, _ := o.netsuite.Estimate("RQ-" + kept.Quote.String()); e.EntityStatus != 14 {
		t.Errorf("the expired quote's Estimate has the status %d", e.EntityStatus)
	}
}

func TestAnOldPriceThatHasHardlyMovedIsHonouredInTheDaysOfGrace(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		price string // 222.13 before
		days  int    // since it ran out
		want  string
	}{
		{"by less than two percent", "226.00", 3, "222.13"},
		{"by more", "230.00", 3, "230.00"},
		{"while it is valid, today's price is taken", "226.00", -3, "226.00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			v := o.verified(riley, small)
			o.setPrice("RDG-P10U", 10, tc.price)
			o.sync()
			o.sql(`UPDATE quote_versions SET valid_until = now() - $1 * interval '1 day'`, tc.days)
			after := o.click(riley, on(v, quoting.ExtendValidity)).View
			if after.Version != 2 || after.Priced.Lines[0].Unit.Text() != tc.want {
				t.Errorf("v%d at %s, %q; want %s", after.Version, after.Priced.Lines[0].Unit, after.Banner, tc.want)
			}
		})
	}
}

// BenchmarkDriftOf10000Quotes is how long a published snapshot takes to be compared with
// ten thousand open quotes that hold what has moved.
func BenchmarkDriftOf10000Quotes(b *testing.B) {
	o := newQuietOffice(b)
	o.sync()
	if err := o.Message(b.Context(), o.arrival(riley), func(quoting.Dialogue) quoting.Command { return create(40, 3, "construction", "Acme Construction") }); err != nil {
		b.Fatal(err)
	}
	o.sql(`INSERT INTO quotes SELECT (jsonb_populate_record(q, jsonb_build_object('id', q.id + n))).* FROM quotes q, generate_series(1, 9999) n`)
	o.sql(`INSERT INTO quote_versions SELECT (jsonb_populate_record(v, jsonb_build_object('quote_id', v.quote_id + n))).* FROM quote_versions v, generate_series(1, 9999) n`)
	o.sql(`INSERT INTO quote_lines SELECT (jsonb_populate_record(l, jsonb_build_object('quote_id', l.quote_id + n))).* FROM quote_lines l, generate_series(1, 9999) n`)
	o.sql(`ANALYZE`)
	for price := 370; b.Loop(); price += 8 {
		o.setPrice("SUM-P20U", 25, fmt.Sprintf("%d.00", price))
		snapshot := o.sync().Snapshot
		started := time.Now()
		if err := o.Drift(b.Context(), snapshot); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(started).Seconds(), "s/drift")
	}
	if n := o.count(`SELECT count(*) FROM price_drifts`); n < 1 {
		b.Errorf("%d drifts", n)
	}
}
