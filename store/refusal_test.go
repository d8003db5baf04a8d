package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"radioquote/quoting"
	"radioquote/store"
	"radioquote/store/localpg"
)

// TestWhatPostgresRefusesSaysWhatWasBeingDone takes the rights to a table away and does
// what needs it: the error is internal, and tells an operator where to look.
func TestWhatPostgresRefusesSaysWhatWasBeingDone(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	v := s.version(usual, 1)
	q, _ := s.quote("riley", v)
	v.Quote = q.ID
	v.Decision = &quoting.Decision{Action: quoting.Approve, At: noon}
	var changed quoting.Catalogue
	s.in(store.Job, func(tx *store.Tx) (err error) { changed, err = tx.Catalogue(t.Context(), s.snapshot); return err })
	staged := s.stage(changed) // the same as what is in force
	changed.Prices[0].Price = quoting.MustMoney("1", quoting.USD)
	another := s.stage(changed)
	publish := func(id quoting.SnapshotID) func(*store.Tx) error {
		return func(tx *store.Tx) error { _, err := tx.PublishSnapshot(t.Context(), id, true, noon); return err }
	}
	changes := func(id quoting.SnapshotID) func(*store.Tx) error {
		return func(tx *store.Tx) error {
			_, err := tx.ItemChanges(t.Context(), id, quoting.USD, func(quoting.ItemChange) error { return nil })
			return err
		}
	}
	for _, tc := range []struct {
		revoke string // of the role
		role   store.Role
		do     func(*store.Tx) error
		says   string
	}{
		{"INSERT ON audit_events", store.Job, func(tx *store.Tx) error { return tx.Record(t.Context(), store.Event{At: noon, Kind: "x"}) }, "record events"},
		{"INSERT ON directories", store.Job, func(tx *store.Tx) error { _, err := tx.TakeDirectory(t.Context(), staff, "x", noon); return err }, "directory"},
		{"SELECT ON people", store.Job, func(tx *store.Tx) error { _, _, err := tx.Approver(t.Context(), q.OwnerRow); return err }, "approver of person"},
		{"DELETE ON price_snapshots", store.Sync, func(tx *store.Tx) error { _, err := tx.BeginSnapshot(t.Context(), noon); return err }, "remove unfinished snapshots"},
		{"INSERT ON price_snapshots", store.Sync, func(tx *store.Tx) error { _, err := tx.BeginSnapshot(t.Context(), noon); return err }, "begin price snapshot"},
		{"INSERT ON staged_stock", store.Sync, func(tx *store.Tx) error { return tx.StageStock(t.Context(), staged, catalogue(t).Stock) }, "stage stock"},
		{"INSERT ON stock", store.Sync, publish(staged), "take stock"},
		{"DELETE ON staged_stock", store.Sync, publish(staged), "take stock"},
		{"SELECT ON items", store.Sync, publish(staged), "end items"},
		{"INSERT ON prices", store.Sync, publish(another), "begin prices"},
		{"DELETE ON staged_prices", store.Sync, publish(another), "clear staged prices"},
		{"SELECT ON price_snapshots", store.Sync, publish(staged), "latest price snapshot"},
		{"UPDATE ON price_snapshots", store.Sync, publish(staged), "confirm price snapshot"},
		{"DELETE ON price_snapshots", store.Sync, publish(staged), "drop price snapshot"},
		{"SELECT ON prices", store.Sync, changes(another), "changes of price snapshot"},
		{"SELECT ON items", store.Sync, changes(another), "staged items"},
		{"UPDATE ON staged_items", store.Sync, func(tx *store.Tx) error { return tx.KeepItems(t.Context(), another, []quoting.ItemID{1003}) }, "keep items of price snapshot"},
		{"INSERT ON staged_customers", store.Sync, func(tx *store.Tx) error {
			_, err := tx.CarryOver(t.Context(), another, quoting.Deletions{})
			return err
		}, "carry over customers"},
		{"DELETE ON staged_items", store.Sync, func(tx *store.Tx) error { return tx.Unstage(t.Context(), another, "items") }, "clear staged items"},
		{"SELECT ON prices", store.Job, func(tx *store.Tx) error { _, err := tx.PriceChanges(t.Context(), s.snapshot.ID, 1); return err }, "price changes of snapshot"},
		{"SELECT ON items", store.Job, func(tx *store.Tx) error { _, err := tx.CostChanges(t.Context(), s.snapshot.ID, 1); return err }, "cost changes of snapshot"},
		{"SELECT ON holds", store.Job, func(tx *store.Tx) error { _, err := tx.OpenHolds(t.Context()); return err }, "open holds"},
		{"SELECT ON holds", store.Job, func(tx *store.Tx) error { _, err := tx.Holds(t.Context(), []int64{1}); return err }, "holds"},
		{"INSERT ON sync_runs", store.Sync, func(tx *store.Tx) error { _, err := tx.BeginSync(t.Context(), true, noon); return err }, "begin sync"},
		{"DELETE ON sync_runs", store.Sync, func(tx *store.Tx) error { _, err := tx.BeginSync(t.Context(), true, noon); return err }, "forget syncs"},
		{"SELECT ON sync_runs", store.Sync, func(tx *store.Tx) error { _, _, err := tx.LastSync(t.Context(), true); return err }, "last sync"},
		{"SELECT ON account_probes", store.Job, func(tx *store.Tx) error { _, err := tx.Capabilities(t.Context()); return err }, "capabilities"},
		{"INSERT ON account_probes", store.Job, func(tx *store.Tx) error {
			return tx.SaveProbes(t.Context(), quoting.Capabilities{At: noon}, []quoting.Probe{})
		}, "save probes"},
		{"SELECT ON people", store.Job, func(tx *store.Tx) error { _, err := tx.Holding(t.Context(), quoting.Admin); return err }, "people with the role admin"},
		{"SELECT ON stock", store.Job, func(tx *store.Tx) error { _, err := tx.Catalogue(t.Context(), s.snapshot); return err }, "stock"},
		{"SELECT ON items", store.Job, func(tx *store.Tx) error { _, err := tx.Catalogue(t.Context(), s.snapshot); return err }, "items of price snapshot"},
		{"INSERT ON decisions", store.Job, func(tx *store.Tx) error { return tx.SaveDecision(t.Context(), v, 0, 0) }, "decide Q-1001 v1"},
		{"SELECT ON quotes", store.Job, func(tx *store.Tx) error { _, err := tx.LockQuote(t.Context(), q.ID); return err }, "quote Q-1001"},
		{"INSERT ON river_job", store.Job, func(tx *store.Tx) error {
			return tx.Enqueue(t.Context(), river.InsertManyParams{Args: countArgs{}})
		}, "enqueue"},
	} {
		s.sql(fmt.Sprintf("REVOKE %s FROM %s", tc.revoke, tc.role))
		err := s.db.InTx(t.Context(), tc.role, tc.do)
		s.sql(fmt.Sprintf("GRANT %s TO %s", tc.revoke, tc.role))
		if code(err) != "42501" || !strings.HasPrefix(err.Error(), tc.says) || quoting.KindOf(err) != quoting.Internal {
			t.Errorf("without %s: %v, want %q", tc.revoke, err, tc.says)
		}
	}
	s.in(store.Sync, publish(another)) // and with all its rights it is done
}

func TestAnEventIsWrittenWithAllThatItSaysOrNotAtAll(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	good := store.Event{At: noon, Kind: "seen", Policy: s.policy.Version, Correlation: "c1", Activity: "a1", Data: map[string]any{"n": 1}}
	bad := store.Event{At: noon, Kind: "bad", Data: map[string]any{"f": func() {}}}
	if err := s.db.InTx(t.Context(), store.Job, func(tx *store.Tx) error { return tx.Record(t.Context(), good, bad) }); err == nil {
		t.Error("an event that cannot be written is recorded")
	}
	s.in(store.Job, func(tx *store.Tx) error { return tx.Record(t.Context(), good) })
	s.as(s.database.SuperURL, func(conn *pgx.Conn) {
		var n int
		var text string
		err := conn.QueryRow(t.Context(), `
			SELECT count(*) OVER (), concat_ws(' ', kind, actor_id, policy = $1, snapshot_id, correlation, activity_id, data)
			FROM audit_events`, s.policy.Version).Scan(&n, &text)
		if err != nil || n != 1 || text != `seen t c1 a1 {"n": 1}` {
			t.Errorf("%d events, %q, %v", n, text, err)
		}
	})
	v := s.version(usual, 1)
	err := s.db.InTx(t.Context(), store.Service, func(tx *store.Tx) error {
		turn, err := s.arrive(tx, "riley")
		if err != nil {
			return err
		}
		v.Quote = 5000
		q := store.Quote{OwnerRow: turn.Person.RowID, Quote: quoting.Quote{ID: 5000, State: quoting.Open}}
		_, err = tx.AddVersion(t.Context(), s.policy, q, store.NewVersion{Version: v, Correlation: "c"}, bad)
		return err
	})
	if err == nil {
		t.Error("a version is written without its event")
	}
}

func TestManyMessagesAtOnceAreNumberedWithoutAGap(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	var chat int64
	s.in(store.Service, func(tx *store.Tx) error {
		turn, err := s.arrive(tx, "riley")
		chat = turn.Conversation.RowID
		return err
	})
	const n = 24
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			if err := s.db.InTx(t.Context(), store.Job, func(tx *store.Tx) error {
				_, err := tx.Post(t.Context(), store.Message{Conversation: chat, Kind: store.NoticeMessage, Notice: &quoting.Notice{Text: "x"}, Correlation: "c", CreatedAt: noon})
				return err
			}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	s.as(s.database.SuperURL, func(conn *pgx.Conn) {
		var count, distinct, last int
		if err := conn.QueryRow(t.Context(), `SELECT count(*), count(DISTINCT number), max(number) FROM messages`).Scan(&count, &distinct, &last); err != nil {
			t.Fatal(err)
		}
		if count != n || distinct != n || last != n {
			t.Errorf("%d messages, %d numbers, the last is %d; want %d", count, distinct, last, n)
		}
	})
}

func TestWhatWaitedIsReleasedBehindWhatWasSaidMeanwhile(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	var rob store.Person
	s.in(store.Service, func(tx *store.Tx) error {
		turn, err := s.arrive(tx, "riley")
		if turn.Waited {
			t.Error("something waited for somebody who has a chat")
		}
		rob.RowID = turn.Person.RowID + 1
		return err
	})
	post := func(m store.Message) (id int64) {
		m.Kind, m.Notice, m.Correlation, m.CreatedAt = store.NoticeMessage, &quoting.Notice{Text: "x"}, "c", noon
		s.in(store.Job, func(tx *store.Tx) (err error) { id, err = tx.Post(t.Context(), m); return err })
		return id
	}
	waiting := []int64{post(store.Message{Person: rob.RowID}), post(store.Message{Person: rob.RowID})}
	var chat int64
	s.in(store.Service, func(tx *store.Tx) error {
		turn, err := s.arrive(tx, "rob")
		if !turn.Waited || turn.Person.RowID != rob.RowID {
			t.Errorf("nothing waited for %+v", turn.Person)
		}
		chat = turn.Conversation.RowID
		return err
	})
	post(store.Message{Conversation: chat, Person: rob.RowID})
	for _, want := range []int{2, 0} {
		s.in(store.Service, func(tx *store.Tx) error {
			if _, err := s.arrive(tx, "rob"); err != nil {
				return err
			}
			released, err := tx.ReleaseWaiting(t.Context(), rob.RowID, chat)
			if len(released) != want {
				t.Errorf("released %v, want %d", released, want)
			}
			return err
		})
	}
	for i, id := range waiting {
		s.in(store.Job, func(tx *store.Tx) error {
			m, err := tx.LockMessage(t.Context(), id)
			if m.Number != int64(i+2) || m.State != store.Queued {
				t.Errorf("message %d is number %d, %s", id, m.Number, m.State)
			}
			return err
		})
	}
}

func TestWhoEndsWhileAnotherUpdateWasOnItsWayUpdatesOnceMore(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	q, _ := s.quote("riley", s.version(usual, 1))
	var id int64
	s.in(store.Service, func(tx *store.Tx) error {
		turn, err := s.arrive(tx, "riley")
		if err != nil {
			return err
		}
		id, err = tx.Post(t.Context(), store.Message{Conversation: turn.Conversation.RowID, Person: q.OwnerRow, Kind: store.QuoteMessage, Quote: q.ID, Version: 1, Correlation: "c", CreatedAt: noon})
		return err
	})
	begin := func() (m store.Outgoing) {
		s.in(store.Job, func(tx *store.Tx) (err error) { m, err = tx.LockMessage(t.Context(), id); return err })
		return m
	}
	touch := func() {
		s.in(store.Job, func(tx *store.Tx) error { _, err := tx.Touch(t.Context(), q.ID); return err })
	}
	end := func(m store.Outgoing) (due bool) {
		s.in(store.Job, func(tx *store.Tx) (err error) { due, err = tx.MarkShown(t.Context(), m, "teams-1", noon); return err })
		return due
	}
	if end(begin()) {
		t.Error("a card that was sent is updated")
	}
	touch()
	older := begin()
	same := begin()
	touch()
	newer := begin()
	if end(newer) {
		t.Error("the first of three to end: nothing changed since")
	}
	if !end(older) {
		t.Error("an older state ended after a newer one, and may be what Teams shows")
	}
	if end(begin()) {
		t.Error("updated once more, alone, and still due")
	}
	if !end(same) {
		t.Error("another older one ended")
	}
	touch()
	one, other := begin(), begin()
	if end(one) || end(other) {
		t.Error("two of the same state need no third")
	}
}

func TestADatabaseThatGoesAwayInTheMiddleIsAway(t *testing.T) {
	t.Parallel()
	database := localpg.NewDatabase(t)
	proxy := localpg.NewProxy(t, database.URL)
	db, err := store.Open(t.Context(), proxy.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	tries := 0
	err = db.InTx(t.Context(), store.Job, func(tx *store.Tx) error {
		tries++
		if _, err := tx.LatestSnapshot(t.Context()); !errors.Is(err, quoting.NotFound) {
			return err
		}
		proxy.Cut()
		_, err := tx.LatestSnapshot(t.Context())
		return err
	})
	if !store.Unavailable(err) || tries != 1 {
		t.Errorf("after %d tries: %v", tries, err)
	}
}
