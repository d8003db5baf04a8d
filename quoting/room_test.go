package quoting_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"radioquote/quoting"
)

// TestNobodySeesAMarginInARoom: the view itself has none, whatever a card makes of it.
func TestNobodySeesAMarginInARoom(t *testing.T) {
	t.Parallel()
	policy, err := quoting.DefaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	owner := quoting.Person{ID: quoting.PersonID{Tenant: "t", Object: "1"}, Name: "Riley", Roles: []quoting.Role{quoting.Rep}}
	q := quoting.Quote{ID: 1001, Owner: owner.ID, Current: 1, State: quoting.Open}
	v := quoting.Version{
		Quote: 1001, Number: 1, State: quoting.Rejected,
		Priced: quoting.Priced{CostTotal: quoting.MustMoney("60.00", quoting.USD), Margin: quoting.Margin{Percent: number(40).Decimal, Known: true}, Total: quoting.MustMoney("100.00", quoting.USD)},
		Approvals: []quoting.ApprovalNeed{
			{Rule: "amount", Measured: "100", Sentence: "Too much.", ForRep: "Too much."},
			{Rule: "line margin", Measured: "12", Sentence: "A margin of 12%.", ForRep: "The margin is low."},
		},
		Decision: &quoting.Decision{Action: quoting.Reject, Name: "Morgan", Reason: "Only 12%!", At: at},
	}
	for _, role := range quoting.Roles {
		for _, inRoom := range []bool{false, true} {
			viewer := quoting.Person{ID: quoting.PersonID{Tenant: "t", Object: "2"}, Roles: []quoting.Role{role}, InRoom: inRoom}
			view := quoting.NewView(policy, q, v, owner, quoting.Organisation{}, viewer, at)
			if !viewer.SeesPrices() {
				if view.ShowPrices || len(view.Approvals) > 0 || view.MarginBand != "" || view.Decision.Name != "Morgan" || view.Decision.Reason != "" || !view.Priced.Total.IsZero() {
					t.Errorf("%s reads %+v", role, view)
				}
				continue
			}
			if !inRoom {
				if view.InRoom || view.MarginBand == "" || view.Decision.Reason == "" || view.CanShare {
					t.Errorf("%s in a chat: %+v", role, view)
				}
				continue
			}
			if !view.InRoom || view.ShowMargin || view.MarginBand != "" || view.Priced.Margin.Known || !view.Priced.CostTotal.IsZero() || view.Decision.Reason != "" || view.CanShare {
				t.Errorf("%s in a room: %+v", role, view)
			}
			for i, want := range []string{"Too much.", "One reason is on the card in your own chat with me."} {
				if need := view.Approvals[i]; need.Sentence != want || need.Measured != "" {
					t.Errorf("%s in a room reads %+v", role, need)
				}
			}
		}
	}
	owner.InRoom = true
	if !quoting.NewView(policy, q, v, owner, quoting.Organisation{}, owner, at).CanShare {
		t.Error("the owner cannot share it")
	}
	if v.Decision.Reason == "" || v.Approvals[1].Measured == "" {
		t.Error("the version was changed")
	}
}

func TestASharedQuoteIsWhatACustomerReads(t *testing.T) {
	t.Parallel()
	money := func(text string) quoting.Money { return quoting.MustMoney(text, quoting.USD) }
	at := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	v := quoting.Version{
		Quote: 1001, Number: 3, CustomerText: "Acme", ValidUntil: at.AddDate(0, 1, 0),
		Priced: quoting.Priced{
			Lines: []quoting.Line{
				{SKU: "RDG", Name: "Radio", Qty: 40, Units: 40, Unit: money("10"), Extended: money("400"), List: money("20"), Reason: "as sized"},
				{SKU: "SVC", Name: "Service", Qty: 480, Units: 40, Months: 12, Unit: money("1"), Extended: money("480")},
				{SKU: "RNT", Name: "Rental", Qty: 20, Units: 10, Weeks: 2, Unit: money("3"), Extended: money("60")},
			},
			Discount: money("40"), Freight: money("5"), Total: money("905"), CostTotal: money("300"), Amount: money("905"),
		},
	}
	want := &quoting.Share{
		By: "Riley", At: at, Customer: "Acme", Discount: money("40"), Freight: money("5"), Total: money("905"), ValidUntil: v.ValidUntil,
		Lines: []quoting.SharedLine{
			{Name: "Radio", Qty: 40, Unit: money("10"), Extended: money("400")},
			{Name: "Service", Qty: 40, Months: 12, Unit: money("1"), Extended: money("480")},
			{Name: "Rental", Qty: 10, Weeks: 2, Unit: money("3"), Extended: money("60")},
		},
	}
	if diff := cmp.Diff(want, quoting.NewShare(v, "Riley", at)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	v.Customer.Name = "Acme Construction"
	if got := quoting.NewShare(v, "Riley", at).Customer; got != "Acme Construction" {
		t.Errorf("it is for %q", got)
	}
}

func TestAQuoteThatWasFoundIsListedAsARoomSeesIt(t *testing.T) {
	t.Parallel()
	q, v := draft(t, func(_ *quoting.Quote, v *quoting.Version) { v.State, v.Approvals = quoting.Pending, nil })
	want := quoting.FoundQuote{
		RoomView: quoting.RoomView{Quote: 1001, Version: 1, State: quoting.Pending, QuoteState: quoting.Open, WaitsForPrices: true, Carried: true},
		Customer: "Acme Construction", Users: 60,
	}
	if diff := cmp.Diff(want, quoting.NewFoundQuote(q, v)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	v.Customer, v.CustomerText, v.System.Review = quoting.Customer{}, "acme", "Engineering designs it."
	if found := quoting.NewFoundQuote(q, v); found.Customer != "acme" || !found.ForEngineering {
		t.Errorf("of a customer who was only typed, for engineering: %+v", found)
	}
}

func TestWhoMayShare(t *testing.T) {
	t.Parallel()
	riley, morgan := quoting.PersonID{Object: "riley"}, quoting.PersonID{Object: "morgan"}
	q := quoting.Quote{ID: 1001, Owner: riley}
	review := quoting.Version{System: quoting.System{Review: "700/800 MHz"}}
	for _, tc := range []struct {
		name string
		v    quoting.Version
		who  quoting.PersonID
		want error
	}{
		{"its owner", quoting.Version{}, riley, nil},
		{"somebody else", quoting.Version{}, morgan, quoting.Forbidden},
		{"its owner, without a price", review, riley, quoting.Invalid},
	} {
		if err := quoting.ShareProblem(q, tc.v, tc.who); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
	}
}

func TestWhatNamesNothing(t *testing.T) {
	t.Parallel()
	for name, n := range map[string]quoting.Notice{
		"a quote":   {Quote: 1001},
		"a list":    {Entries: []quoting.Entry{{Title: "x"}}},
		"a section": {Sections: []quoting.Section{{Title: "x"}}},
		"a choice":  {Choices: []quoting.Choice{{Title: "x"}}},
	} {
		if n.NamesNothing() {
			t.Errorf("%s is nothing", name)
		}
	}
	if n := (quoting.Notice{Title: "Hello", Text: "x", Points: []string{"x"}, Examples: []string{"x"}}); !n.NamesNothing() {
		t.Error("help names something")
	}
}
