package desk_test

import (
	"errors"
	"testing"

	"radioquote/quoting"
)

func TestTheComposeBoxFindsByThePersonsRights(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.verified(riley, large)
	o.verified(riley, small)
	o.verified(sam, create(20, 1, "retail", "Acme Construction"))
	nobody := quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "nobody"}}
	for _, tc := range []struct {
		name   string
		who    quoting.Person
		wanted quoting.Slots
		limit  int
		want   []quoting.QuoteID
	}{
		{"one's own, the newest first", riley, quoting.Slots{Rep: "me"}, 25, []quoting.QuoteID{1002, 1001}},
		{"as many as are asked for", riley, quoting.Slots{Rep: "me"}, 1, []quoting.QuoteID{1002}},
		{"and the next of them", riley, quoting.Slots{Rep: "me", Skip: 1}, 1, []quoting.QuoteID{1001}},
		{"a customer's, of the own team", morgan, quoting.Slots{Customer: "acme constr"}, 25, []quoting.QuoteID{1002, 1001}},
		{"those of another team are the other team's", sam, quoting.Slots{Customer: "acme"}, 25, []quoting.QuoteID{1003}},
		{"also by number", sam, quoting.Slots{QuoteID: 1001}, 25, nil},
		{"a number is one quote", riley, quoting.Slots{QuoteID: 1001}, 25, []quoting.QuoteID{1001}},
		{"of which there is no next", riley, quoting.Slots{QuoteID: 1001, Skip: 1}, 25, nil},
		{"an admin has none", ada, quoting.Slots{Customer: "acme"}, 25, nil},
		{"what is no state finds none", riley, quoting.Slots{Status: "misplaced"}, 25, nil},
	} {
		found, err := o.FindQuotes(t.Context(), o.inRoom(tc.who), tc.wanted, tc.limit)
		if err != nil || len(found) != len(tc.want) {
			t.Errorf("%s: %d, %v", tc.name, len(found), err)
			continue
		}
		for i, f := range found {
			if f.Quote != tc.want[i] || !f.Carried || f.Share != nil || f.Customer != "Acme Construction" {
				t.Errorf("%s: %+v, want %s", tc.name, f, tc.want[i])
			}
		}
	}
	if _, err := o.FindQuotes(t.Context(), o.inRoom(nobody), quoting.Slots{}, 25); !errors.Is(err, quoting.Forbidden) {
		t.Errorf("who is not in the directory finds quotes: %v", err)
	}
	o.sql(`UPDATE people SET roles = '{}' WHERE object_id = 'sam'`)
	if _, err := o.FindQuotes(t.Context(), o.inRoom(sam), quoting.Slots{Rep: "me"}, 25); !errors.Is(err, quoting.Forbidden) {
		t.Errorf("who has lost every role finds quotes: %v", err)
	}
	if prices, err := o.FindPrices(t.Context(), o.inRoom(ada), "bat-c", 0, 25); err != nil || len(prices) != 2 {
		t.Errorf("an admin finds %d list prices, %v", len(prices), err)
	}
	if _, err := o.FindPrices(t.Context(), o.inRoom(nobody), "bat-c", 0, 25); !errors.Is(err, quoting.Forbidden) {
		t.Errorf("who is not in the directory finds prices: %v", err)
	}
	if n := o.count(`SELECT count(*) FROM conversations WHERE kind <> 'personal'`); n != 0 {
		t.Errorf("%d chats were noted", n)
	}
}
