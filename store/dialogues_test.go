package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"radioquote/quoting"
	"radioquote/store"
)

func TestAConversationIsAboutSomethingForEachOfItsPeople(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	q, _ := s.quote("riley", s.version(usual, 1))
	in := func(object string, at time.Time, do func(*store.Tx, store.Turn) error) (found quoting.Dialogue) {
		t.Helper()
		s.in(store.Service, func(tx *store.Tx) error {
			turn, err := tx.Arrive(t.Context(), store.Arrival{
				Person: quoting.PersonID{Tenant: tenant, Object: object}, UserID: "29:" + object, Conversation: "19:group", Kind: "groupChat",
				ServiceURL: "https://smba.example/", Activity: t.Name() + object + at.String(), Correlation: "c", At: at,
			})
			if found = turn.Dialogue; err != nil || do == nil {
				return err
			}
			return do(tx, turn)
		})
		return found
	}
	asked := quoting.Dialogue{Pending: quoting.CreateQuote, Asked: &quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Customer: "Acme"}}, Choices: []quoting.Choice{
		{Title: "Acme Construction", Command: quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Customer: "Acme Construction"}}},
	}}
	in("riley", noon, func(tx *store.Tx, turn store.Turn) error {
		if err := tx.KeepActive(t.Context(), turn.Conversation.RowID, turn.Person.RowID, q.ID, noon.Add(time.Hour)); err != nil {
			return err
		}
		return tx.KeepAsked(t.Context(), turn.Conversation.RowID, turn.Person.RowID, asked, noon.Add(time.Minute))
	})

	want := asked
	want.Active = q.ID
	if diff := cmp.Diff(want, in("riley", noon.Add(time.Second), nil)); diff != "" {
		t.Errorf("after a second (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(quoting.Dialogue{Choices: []quoting.Choice{}, Active: q.ID}, in("riley", noon.Add(time.Minute), nil)); diff != "" {
		t.Errorf("when the question has ended (-want +got):\n%s", diff)
	}
	if d := in("riley", noon.Add(time.Hour), nil); d.Active != 0 {
		t.Errorf("when all has ended the conversation is about %s", d.Active)
	}
	if d := in("morgan", noon.Add(2*time.Second), nil); d.Active != 0 || d.Pending != "" || d.Choices != nil {
		t.Errorf("for somebody else of the group it is about %+v", d)
	}

	in("riley", noon.Add(3*time.Second), func(tx *store.Tx, turn store.Turn) error {
		return tx.KeepAsked(t.Context(), turn.Conversation.RowID, turn.Person.RowID, quoting.Dialogue{}, noon.Add(time.Minute))
	})
	if d := in("riley", noon.Add(4*time.Second), nil); d.Pending != "" || len(d.Choices) != 0 || d.Active != q.ID {
		t.Errorf("answered: %+v", d)
	}
}

func TestADialogueIsExpectedBeforeItsTurn(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	q, _ := s.quote("riley", s.version(usual, 1))
	arrival := func(object, activity string) store.Arrival {
		return store.Arrival{
			Person: quoting.PersonID{Tenant: tenant, Object: object}, UserID: "29:" + object, Conversation: "19:group", Kind: "groupChat",
			ServiceURL: "https://smba.example/", Activity: activity, Correlation: "c", At: noon,
		}
	}
	expected := func(a store.Arrival) (d quoting.Dialogue, ok bool) {
		t.Helper()
		s.in(store.Service, func(tx *store.Tx) (err error) {
			d, ok, err = tx.Expected(t.Context(), a)
			return err
		})
		return d, ok
	}
	if d, ok := expected(arrival("riley", "first")); !ok || d.Active != 0 {
		t.Errorf("before the first message: %t, %+v", ok, d)
	}
	s.in(store.Service, func(tx *store.Tx) error {
		turn, err := tx.Arrive(t.Context(), arrival("riley", "first"))
		if err != nil || !turn.Fresh {
			t.Errorf("looking has taken the message: %t, %v", turn.Fresh, err)
		}
		return tx.KeepActive(t.Context(), turn.Conversation.RowID, turn.Person.RowID, q.ID, noon.Add(time.Hour))
	})
	if d, ok := expected(arrival("riley", "second")); !ok || d.Active != q.ID {
		t.Errorf("before the second: %t, %+v", ok, d)
	}
	if _, ok := expected(arrival("riley", "first")); ok {
		t.Error("a message that was taken is expected")
	}
	if d, ok := expected(arrival("morgan", "third")); !ok || d.Active != 0 {
		t.Errorf("of somebody else: %t, %+v", ok, d)
	}
	if _, ok := expected(arrival("nobody", "fourth")); ok {
		t.Error("a message of nobody is expected")
	}
}
