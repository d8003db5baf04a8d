package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"radioquote/quoting"
	"radioquote/store"
)

// inRoom has somebody write in a room and runs do there.
func (s *shelf) inRoom(object, conversation string, at time.Time, do func(*store.Tx, store.Turn) error) error {
	s.t.Helper()
	return s.db.InTx(s.t.Context(), store.Service, func(tx *store.Tx) error {
		turn, err := tx.Arrive(s.t.Context(), store.Arrival{
			Person: quoting.PersonID{Tenant: tenant, Object: object}, UserID: "29:" + object, Conversation: conversation, Kind: "channel",
			ServiceURL: "https://smba.example/", Activity: fmt.Sprint(object, at, conversation), Correlation: "c", At: at,
		})
		if err != nil || do == nil {
			return err
		}
		return do(tx, turn)
	})
}

// TestWhoMayBeNamedIsWhoMaySee holds the function that is asked for somebody else to the
// policy that holds for whoever acts: for people of every role, in and out of the team, with
// and without reports.
func TestWhoMayBeNamedIsWhoMaySee(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	people := []quoting.Person{person("tess", "north", "lena", quoting.Rep), person("lena", "", "otto", quoting.SalesManager), person("otto", "", "", quoting.Owner), person("boss", "", "", quoting.Rep), person("kid", "", "adm", quoting.Rep), person("adm", "", "", quoting.Admin), person("both", "north", "", quoting.Admin, quoting.Rep)}
	for _, role := range quoting.Roles {
		for _, team := range []string{"north", "south", ""} {
			people = append(people, person(string(role)+team, team, "", role))
		}
	}
	people = append(people, person("nobody", "north", ""))
	s.in(store.Job, func(tx *store.Tx) error {
		_, err := tx.TakeDirectory(t.Context(), people, "everybody", noon)
		return err
	})
	var quotes []quoting.QuoteID
	for _, owner := range []string{"tess", "boss", "kid", "repsouth"} {
		q, _ := s.quote(owner, s.version(usual, 1))
		quotes = append(quotes, q.ID)
	}
	for _, p := range people {
		room := "19:" + p.ID.Object
		var sees []bool
		err := s.inRoom(p.ID.Object, room, noon, func(tx *store.Tx, _ store.Turn) error {
			for _, id := range quotes {
				_, err := tx.Quote(t.Context(), id)
				if err != nil && !errors.Is(err, quoting.NotFound) {
					return err
				}
				sees = append(sees, err == nil)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		s.in(store.Job, func(tx *store.Tx) error {
			for i, id := range quotes {
				users, err := tx.RoomUsers(t.Context(), room, id, 0)
				if err != nil || len(users) == 1 != sees[i] {
					t.Errorf("%s is named for %s: %v, and sees it: %t; %v", p.ID.Object, id, users, sees[i], err)
				}
			}
			return nil
		})
	}
}

func TestARoomKnowsWhoWasSeenInItTheAskerFirst(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	q, _ := s.quote("riley", s.version(usual, 1))
	var many []quoting.Person
	for i := range 70 {
		many = append(many, person(fmt.Sprintf("p%02d", i), "", "", quoting.Finance))
	}
	s.in(store.Job, func(tx *store.Tx) error {
		_, err := tx.TakeDirectory(t.Context(), append(many, staff...), "many", noon)
		return err
	})
	const channel = "19:c@thread.tacv2"
	var asker int64
	for i, p := range append([]quoting.Person{staff[0]}, many...) { // the owner was seen before everybody
		thread := fmt.Sprintf("%s;messageid=%d", channel, i%3)
		err := s.inRoom(p.ID.Object, thread, noon.Add(time.Duration(i)*time.Second), func(_ *store.Tx, turn store.Turn) error {
			if i == 6 {
				asker = turn.Person.RowID
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.inRoom("stranger", channel+";messageid=1", noon, nil); err != nil {
		t.Fatal(err)
	}
	s.in(store.Job, func(tx *store.Tx) error {
		users, err := tx.RoomUsers(t.Context(), store.Room(channel+";messageid=1"), q.ID, asker)
		if len(users) != quoting.MaxRoomUsers || users[0] != "29:p05" || users[1] != "29:riley" || users[2] != "29:p69" || slices.Contains(users, "29:p00") {
			t.Errorf("%d users: %v", len(users), users)
		}
		found, err2 := tx.RoomUser(t.Context(), channel, asker)
		none, err3 := tx.RoomUser(t.Context(), "19:elsewhere", asker)
		if found != "29:p05" || none != "" {
			t.Errorf("the asker is %q, elsewhere %q", found, none)
		}
		return errors.Join(err, err2, err3)
	})
}

func TestOnlyTheOwnerSharesWhateverTheServiceDoes(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	q, _ := s.quote("riley", s.version(usual, 1))
	const room = "19:room"
	share := func(who string) error {
		return s.inRoom(who, room, noon.Add(time.Duration(len(who))*time.Minute), func(tx *store.Tx, turn store.Turn) error {
			return tx.Share(t.Context(), turn.Conversation.RowID, q.ID, 1, noon)
		})
	}
	shared := func(who string) (found store.Share, ended bool) {
		t.Helper()
		err := s.inRoom(who, room, noon.Add(time.Duration(len(who))*time.Hour), func(tx *store.Tx, turn store.Turn) (err error) {
			if found, err = tx.ShareOf(t.Context(), turn.Conversation.RowID, q.ID); err != nil {
				return err
			}
			ended, err = tx.Unshare(t.Context(), turn.Conversation.RowID, q.ID)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return found, ended
	}
	if err := share("morgan"); err == nil {
		t.Error("somebody else has shared it")
	}
	if err := share("riley"); err != nil {
		t.Fatal(err)
	}
	if err := share("riley"); err != nil {
		t.Errorf("shared again: %v", err)
	}
	if found, ended := shared("morgan"); found.Version != 1 || found.By != "RILEY" || ended {
		t.Errorf("the manager sees %+v and has ended it: %t", found, ended)
	}
	if found, ended := shared("riley"); found.By != "RILEY" || !ended {
		t.Errorf("its owner sees %+v and has ended it: %t", found, ended)
	}
	if found, ended := shared("riley"); found.Version != 0 || ended {
		t.Errorf("when it has ended: %+v, %t", found, ended)
	}
}

func TestASealedNoticeIsOneMessageOfOnePersonInOneConversation(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	q, _ := s.quote("riley", s.version(usual, 1))
	var at store.Turn
	post := func(m store.Message) (id int64) {
		t.Helper()
		err := s.inRoom("riley", "19:room", noon.Add(time.Duration(len(m.Kind))*time.Second), func(tx *store.Tx, turn store.Turn) (err error) {
			at = turn
			m.Conversation, m.Person, m.Correlation, m.CreatedAt = turn.Conversation.RowID, turn.Person.RowID, "c", noon
			id, err = tx.Post(t.Context(), m)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	sealed := post(store.Message{Kind: store.SealedMessage, Notice: &quoting.Notice{Text: "secret"}})
	open := post(store.Message{Kind: store.NoticeMessage, Notice: &quoting.Notice{Text: "open"}})
	card := post(store.Message{Kind: store.RoomMessage, Quote: q.ID, Version: 1})
	err := s.inRoom("riley", "19:room", noon.Add(time.Hour), func(tx *store.Tx, turn store.Turn) error {
		n, err := tx.SealedNotice(t.Context(), sealed, turn.Conversation.RowID, turn.Person.RowID)
		if n.Text != "secret" {
			t.Errorf("it says %q", n.Text)
		}
		for name, key := range map[string][3]int64{
			"another person": {sealed, turn.Conversation.RowID, turn.Person.RowID + 1}, "another conversation": {sealed, turn.Conversation.RowID + 1, turn.Person.RowID},
			"an open notice": {open, turn.Conversation.RowID, turn.Person.RowID}, "a card": {card, turn.Conversation.RowID, turn.Person.RowID}, "nothing": {4711, turn.Conversation.RowID, turn.Person.RowID},
		} {
			if _, err := tx.SealedNotice(t.Context(), key[0], key[1], key[2]); !errors.Is(err, quoting.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s.in(store.Job, func(tx *store.Tx) error {
		found, err := tx.RoomCard(t.Context(), "19:room", q.ID)
		if found.RowID != card || found.Conversation != at.Conversation.RowID || found.TeamsID != "19:room" {
			t.Errorf("the card is %+v", found)
		}
		if _, err := tx.RoomCard(t.Context(), "19:elsewhere", q.ID); !errors.Is(err, quoting.NotFound) {
			t.Errorf("elsewhere: %v", err)
		}
		touched, err2 := tx.Touch(t.Context(), q.ID)
		if !slices.Equal(touched, []int64{card}) {
			t.Errorf("touched %v, want the card alone", touched)
		}
		return errors.Join(err, err2)
	})
}
