package desk_test

import (
	"testing"

	"radioquote/quoting"
)

func TestAQuoteOverTheLimitGoesFromChatToNetSuite(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if err := o.Installed(t.Context(), o.arrival(morgan)); err != nil {
		t.Fatal(err)
	}
	draft := o.say(riley, create(60, 3, "construction", "Acme Construction"))
	if draft.content.View == nil {
		t.Fatalf("the answer is %+v", draft.content)
	}
	v := o.shown(riley, "a verified draft", func(v quoting.View) bool { return v.Check.State == quoting.Verified && v.CanSubmit })
	if v.Customer.Name != "Acme Construction" || len(v.Approvals) == 0 || v.Approver != morgan.Name {
		t.Fatalf("the draft is for %q, needs %v, approver %q", v.Customer.Name, v.Approvals, v.Approver)
	}

	after := o.click(riley, on(v, quoting.SubmitQuote))
	if after.View.Banner != "" || after.View.State != quoting.Pending {
		t.Fatalf("after the submit the card is %s: %s", after.View.State, after.View.Banner)
	}
	request := o.shown(morgan, "a request for approval", func(v quoting.View) bool { return v.CanDecide })
	if !request.ShowMargin || !request.Priced.Margin.Known {
		t.Error("the manager sees no margin")
	}

	decided := o.click(morgan, on(request, quoting.ApproveQuote))
	if decided.View.Banner != "" || decided.View.State != quoting.Approved {
		t.Fatalf("after the approval the card is %s: %s", decided.View.State, decided.View.Banner)
	}
	o.shown(riley, "the Estimate on the rep's card", func(v quoting.View) bool { return v.Estimate == quoting.Synced })
	o.shown(morgan, "the Estimate on the manager's card", func(v quoting.View) bool { return v.Estimate == quoting.Synced && !v.CanDecide })
	estimate, ok := o.netsuite.Estimate("RQ-" + v.Quote.String())
	if !ok {
		t.Fatal("NetSuite has no Estimate")
	}
	t.Logf("%+v", estimate)
}
