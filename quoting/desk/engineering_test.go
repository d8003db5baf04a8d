package desk_test

import (
	"strings"
	"testing"

	"radioquote/quoting"
)

func TestEngineeringAsksForAnotherSystemAndForNoOtherPrice(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.staffed(eve, finn)
	v := o.verified(riley, create(600, 6, "construction", "Acme Construction"))
	o.click(riley, on(v, quoting.SubmitQuote))
	v = o.asked(eve)
	if v.ShowPrices || !v.Priced.Total.IsZero() || len(v.Priced.Lines) == 0 || len(v.Approvals) == 0 {
		t.Errorf("she reads %+v", v)
	}
	ask := on(o.asked(morgan), quoting.Consult)
	ask.Slots.DelegateTo = "Finn"
	if c := o.click(morgan, ask).View; c.Banner != "" {
		t.Fatal(c.Banner)
	}
	opinion := on(o.shown(finn, "a question", func(v quoting.View) bool { return v.CanOpine }), quoting.GiveOpinion)
	opinion.Slots.Reason = "18% at $52,000 is thin."
	o.click(finn, opinion)
	if c := o.click(morgan, on(v, quoting.ShowQuote)).View; len(c.Opinions) != 1 || c.Opinions[0].Text == "" {
		t.Errorf("who asked reads %+v", c.Opinions)
	}
	if c := o.click(eve, on(v, quoting.ShowQuote)).View; len(c.Opinions) != 0 {
		t.Errorf("what a colleague thinks of the price is hers to read: %+v", c.Opinions)
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
