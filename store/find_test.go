package store_test

import (
	"errors"
	"testing"
	"time"

	"radioquote/quoting"
	"radioquote/store"
)

func TestAPersonActsInATransactionThatWritesNothing(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	q, _ := s.quote("riley", s.version(usual, 1))
	for who, sees := range map[string]bool{"riley": true, "rob": true, "sam": false, "nobody": false} {
		err := s.db.InReadTx(t.Context(), store.Service, func(tx *store.Tx) error {
			p, err := tx.As(t.Context(), quoting.PersonID{Tenant: tenant, Object: who})
			if err != nil || p.ID.Object != who {
				t.Errorf("as %s: %+v, %v", who, p, err)
			}
			if _, err := tx.Quote(t.Context(), q.ID); (err == nil) != sees {
				t.Errorf("%s: %v; sees it: %t", who, err, sees)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	err := s.db.InReadTx(t.Context(), store.Service, func(tx *store.Tx) error {
		_, err := tx.As(t.Context(), quoting.PersonID{Tenant: tenant, Object: "stranger"})
		return err
	})
	if !errors.Is(err, quoting.NotFound) {
		t.Errorf("a stranger acts: %v", err)
	}
	err = s.db.InReadTx(t.Context(), store.Service, func(tx *store.Tx) error {
		_, err := s.arrive(tx, "riley")
		return err
	})
	if err == nil {
		t.Error("a transaction that reads has written")
	}
}

// Teams says personal of a chat of two people, too, in which a card may have been inserted.
func TestOnlyAMessageMakesAChatSomebodysOwn(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	arrive := func(conversation, activity string, click bool) (turn store.Turn, own int64) {
		t.Helper()
		s.in(store.Service, func(tx *store.Tx) (err error) {
			turn, err = tx.Arrive(t.Context(), store.Arrival{
				Person: quoting.PersonID{Tenant: tenant, Object: "riley"}, UserID: "29:riley", Conversation: conversation, Kind: "personal", Click: click,
				ServiceURL: "https://smba.example/", Activity: activity, Correlation: "c", At: noon.Add(time.Minute),
			})
			if err != nil {
				return err
			}
			own, err = tx.PersonalChat(t.Context(), turn.Person.RowID)
			if errors.Is(err, quoting.NotFound) {
				return nil
			}
			return err
		})
		return turn, own
	}
	if turn, own := arrive("a:two", "1", true); own != 0 || turn.Conversation.Kind == "personal" {
		t.Errorf("a click has made a chat of two people the personal one: %+v, %d", turn.Conversation, own)
	}
	first, own := arrive("a:own", "2", false)
	if own != first.Conversation.RowID || first.Conversation.Kind != "personal" {
		t.Errorf("a message in the own chat: %+v, %d", first.Conversation, own)
	}
	if turn, again := arrive("a:own", "3", true); again != own || turn.Conversation.Kind != "personal" {
		t.Errorf("a click in the own chat: %+v, %d", turn.Conversation, again)
	}
	if _, after := arrive("a:two", "4", true); after != own {
		t.Errorf("a click elsewhere has moved the own chat to %d", after)
	}
	if turn, now := arrive("a:two", "5", false); now == 0 || turn.Conversation.Kind != "personal" {
		t.Errorf("a message from a chat that was taken for a group: %+v, %d", turn.Conversation, now)
	}
}
