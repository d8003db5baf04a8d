package desk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"radioquote/netsuite/simulator"
	"radioquote/quoting"
	"radioquote/quoting/desk"
)

// failing says how the next sends fail, one error each; nil lets one through.
func failing(errs ...error) func(desk.Chat, bool) error {
	var mu sync.Mutex
	return func(_ desk.Chat, update bool) error {
		mu.Lock()
		defer mu.Unlock()
		if update || len(errs) == 0 {
			return nil
		}
		err := errs[0]
		errs = errs[1:]
		return err
	}
}

func TestAMessageThatTeamsPutsOffComesLaterAndOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	busy := errors.New("busy")
	o.teams.failing(failing(&desk.Later{After: 50 * time.Millisecond, Err: busy}, fmt.Errorf("send: %w", quoting.Unavailable)))
	if m := o.say(riley, small); m.content.View == nil {
		t.Fatalf("%+v", m.content)
	}
	if n := o.teams.count("a:riley"); n != 1 {
		t.Errorf("%d messages", n)
	}
	if later := (&desk.Later{After: time.Second, Err: busy}).Error(); !strings.Contains(later, "again in 1s: busy") {
		t.Errorf("the error reads %q", later)
	}
}

func TestAMessageThatMayHaveArrivedIsNeverSentAgain(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		err   error
		state string
	}{
		{"its answer was lost", fmt.Errorf("send: %w", quoting.OutcomeUnknown), "ambiguous"},
		{"the chat is gone", fmt.Errorf("send: %w", quoting.Refused), "dead"},
		{"it cannot be sent at all", errors.New("a fault of ours"), "dead"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.teams.failing(failing(tc.err))
			if err := o.Message(t.Context(), o.arrival(riley), func(quoting.Dialogue) quoting.Command { return small }); err != nil {
				t.Fatal(err)
			}
			o.eventually(1, `SELECT count(*) FROM messages WHERE state = $1`, tc.state)
			// The next message is not held up by it.
			if m := o.say(riley, quoting.Command{Intent: quoting.Help}); m.content.Notice == nil {
				t.Errorf("the next answer is %+v", m.content)
			}
			if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = 'message_' || $1`, tc.state); n != 1 {
				t.Errorf("%d events", n)
			}
		})
	}
}

func TestAMessageThatWasBeingSentWhenTheServiceDiedIsAmbiguousAndSaysSo(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t)
	o.sync()
	for _, cmd := range []quoting.Command{small, {Intent: quoting.Help}} {
		if err := o.Message(t.Context(), o.arrival(riley), func(quoting.Dialogue) quoting.Command { return cmd }); err != nil {
			t.Fatal(err)
		}
	}
	o.sql(`UPDATE messages SET state = 'sending'`)
	o.work()
	o.eventually(2, `SELECT count(*) FROM messages WHERE state = 'ambiguous'`)
	for _, says := range []string{"interrupted while I sent you Q-1001 v1", "please write it again"} {
		o.teams.wait(t, says, func(m sent) bool { return m.content.Notice != nil && strings.Contains(m.content.Notice.Text, says) })
	}
	for _, m := range o.teams.in("a:riley") {
		if m.content.View != nil {
			t.Errorf("the card was sent again: %+v", m.content.View)
		}
		for _, choice := range m.content.Notice.Choices {
			if c := o.click(riley, choice.Command); c.View == nil || c.View.Quote != 1001 {
				t.Errorf("the button opens %+v", c)
			}
		}
	}
}

func TestNothingIsSentToAChatThatIsGone(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t)
	o.sync()
	if err := o.Message(t.Context(), o.arrival(riley), func(quoting.Dialogue) quoting.Command { return small }); err != nil {
		t.Fatal(err)
	}
	if err := o.Left(t.Context(), "a:riley"); err != nil {
		t.Fatal(err)
	}
	o.work()
	o.eventually(1, `SELECT count(*) FROM messages WHERE state = 'dead'`)
}

func TestMessagesOfAChatArriveInOrder(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t)
	o.sync()
	const n = 12
	for i := range n {
		if err := o.Message(t.Context(), o.arrival(riley), func(quoting.Dialogue) quoting.Command { return create(20+i, 1, "retail", "") }); err != nil {
			t.Fatal(err)
		}
	}
	o.work()
	o.teams.wait(t, "the last card", func(m sent) bool { return m.index == n-1 })
	for i, m := range o.teams.in("a:riley") {
		if m.content.View == nil || m.content.View.Request.Users != 20+i {
			t.Errorf("message %d is %+v", i, m.content)
		}
	}
}

func TestChangesThatComeTogetherAreOneUpdate(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.verified(riley, small)
	hold := make(chan struct{})
	o.teams.failing(func(_ desk.Chat, update bool) error {
		if update {
			<-hold
		}
		return nil
	})
	for _, industry := range []quoting.IndustryCode{"construction", "k12_education", "healthcare"} {
		cmd := on(v, quoting.ReviseQuote)
		cmd.Slots.Industry = industry
		v = *o.click(riley, cmd).View
	}
	close(hold)
	o.shown(riley, "the last change", func(v quoting.View) bool {
		return v.Request.Industry == "healthcare" && v.Check.State == quoting.Verified
	})
	o.eventually(0, `SELECT count(*) FROM messages WHERE shown < wanted`)
	wanted := o.count(`SELECT wanted FROM messages`)
	if edits := o.teams.in("a:riley")[0].edits; edits > wanted {
		t.Errorf("%d updates of one card for %d changes", edits, wanted)
	}
}

func TestACardThatWasDeletedIsLeftAlone(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.verified(riley, small)
	o.teams.failing(func(_ desk.Chat, update bool) error {
		if update {
			return fmt.Errorf("update: %w", quoting.Refused)
		}
		return nil
	})
	cmd := on(v, quoting.ReviseQuote)
	cmd.Slots.Industry = "construction"
	o.click(riley, cmd)
	o.eventually(0, `SELECT count(*) FROM river_job WHERE kind = 'update' AND state NOT IN ('completed', 'discarded')`)
}

func TestASyncIsPublishedWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t)
	first := o.sync()
	if !first.Changed || first.Rows < 1000 || first.Read < first.Rows || !first.Whole {
		t.Fatalf("the first sync: %+v", first)
	}
	if again := o.sync(); again.Changed || again.Snapshot != first.Snapshot {
		t.Errorf("the same prices: %+v", again)
	}
	for _, table := range []string{"item", "pricelevel", "pricing", "customer", "aggregateitemlocation"} {
		o.netsuite.Inject(simulator.Fault{Route: simulator.RouteSuiteQL, Table: table, After: 1, Effect: simulator.Answer(400, "application/json", `{}`)})
		if s, err := o.Sync(t.Context(), "test"); err == nil {
			t.Errorf("a sync that fails at %s: %+v", table, s)
		}
		o.netsuite.ClearFaults()
		o.eventually(1, `SELECT count(*) FROM price_snapshots WHERE published_at IS NOT NULL`)
	}
	if err := o.netsuite.SetPrice("RDG-P10U", "Base", 10, "230.00"); err != nil {
		t.Fatal(err)
	}
	next := o.sync()
	v, err := o.Preview(small)
	if err != nil || !next.Changed || next.Snapshot == first.Snapshot || v.Priced.Lines[0].Unit.Text() != "230.00" {
		t.Errorf("a moved price: %+v, priced at %s, %v", next, v.Priced.Lines[0].Unit, err)
	}
	if err := o.netsuite.Down(); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Sync(t.Context(), "test"); !errors.Is(err, quoting.Unavailable) {
		t.Errorf("without NetSuite: %v", err)
	}
}

func TestAnotherProcessHearsOfANewSnapshot(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if err := o.netsuite.SetPrice("RDG-P10U", "Base", 10, "231.00"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Sync(t.Context(), "test"); err != nil { // and no RefreshBook
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if v, err := o.Preview(small); err == nil && v.Priced.Lines[0].Unit.Text() == "231.00" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the book in force is the old one")
		}
	}
}

func TestANetSuiteThatShowsNothingIsNotPublished(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t)
	nothing := simulator.EditPage(func(p *simulator.Page) {
		if len(p.Rows) == 1 && p.Rows[0]["n"] != "" {
			p.Rows[0]["n"] = "0"
			return
		}
		p.Rows, p.Count, p.TotalResults, p.HasMore = nil, 0, 0, false
	})
	o.netsuite.Inject(simulator.Fault{Route: simulator.RouteSuiteQL, Table: "item", Effect: nothing})
	if s, err := o.Sync(t.Context(), "test"); err == nil {
		t.Errorf("a catalogue without items: %+v", s)
	}
	if n := o.count(`SELECT count(*) FROM price_snapshots WHERE published_at IS NOT NULL`); n != 0 {
		t.Errorf("%d snapshots", n)
	}
}

func TestOnlyTheFirstDirectoryFileIsTakenAsItIs(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t) // starts with riley, morgan, sam and ada
	for _, hash := range []string{"directory-1", "directory-2", "directory-2", ""} {
		if err := o.Prepare(t.Context(), []quoting.Person{ada, morgan}, hash); err != nil {
			t.Fatal(err)
		}
	}
	for kind, want := range map[string]int{"directory_taken": 1, "person_joined": 4, "person_left": 0, "proposal_made": 1} {
		if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = $1`, kind); n != want {
			t.Errorf("%d events %s, want %d", n, kind, want)
		}
	}
	if n := o.count(`SELECT count(*) FROM people WHERE roles <> '{}'`); n != 4 {
		t.Errorf("%d people have a role, want the four of the first directory", n)
	}
}

func TestADatabaseThatIsDownMeansNothingWasDone(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := o.Message(ctx, o.arrival(riley), func(quoting.Dialogue) quoting.Command { return small })
	if err == nil {
		t.Error("a message that could not be taken was taken")
	}
	if desk.Unavailable(errors.New("a bug")) {
		t.Error("a bug means that the database is down")
	}
	if n := o.count(`SELECT count(*) FROM inbox`); n != 0 {
		t.Errorf("%d activities were noted", n)
	}
}

func BenchmarkMessage(b *testing.B) {
	o := newQuietOffice(b, func(p *quoting.Policy) { p.Limits.QuotesAMinute = 1 << 30 })
	o.sync()
	for b.Loop() {
		if err := o.Message(b.Context(), o.arrival(riley), func(quoting.Dialogue) quoting.Command { return large }); err != nil {
			b.Fatal(err)
		}
	}
}
