package desk_test

import (
	"strings"
	"testing"

	"radioquote/quoting"
)

func TestEngineeringAsksForAnotherSystemAndForNoOtherPrice(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.staffed(eve)
	v := o.verified(riley, create(600, 6, "construction", "Acme Construction"))
	o.click(riley, on(v, quoting.SubmitQuote))
	v = o.asked(eve)
	if v.ShowPrices || !v.Priced.Total.IsZero() || len(v.Priced.Lines) == 0 || len(v.Approvals) == 0 {
		t.Errorf("she reads %+v", v)
	}
	cheaper := on(v, quoting.AskChanges)
	cheaper.Slots.DiscountPct = number("8")
	if c := o.click(eve, cheaper).View; !strings.Contains(c.Banner, "another system, and not for another price") || !c.CanDecide {
		t.Errorf("a price is answered %q", c.Banner)
	}
	without := on(v, quoting.AskChanges)
	without.Slots.Changes = []quoting.Change{{Op: "set", Field: "users", Value: 450}}
	if c := o.click(eve, without).View; c.State != quoting.ChangesRequested || c.Banner != "" || !strings.Contains(c.Decision.Offer.String(), "450") {
		t.Errorf("another system is answered %q, %s", c.Banner, c.State)
	}
	if riley := o.shown(riley, "the offer", func(v quoting.View) bool { return v.CanAccept }); !strings.Contains(riley.Decision.Offer.String(), "450") {
		t.Errorf("the offer is %s", riley.Decision.Offer)
	}
}
