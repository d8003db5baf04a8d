package desk_test

import (
	"slices"
	"strings"
	"testing"

	"radioquote/quoting"
	"radioquote/quoting/desk"
)

func rules(v quoting.View) []string {
	var names []string
	for _, n := range v.Approvals {
		names = append(names, n.Rule)
	}
	return names
}

func TestAFigureFarFromPastQuotesNeedsTheManager(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for i, customer := range []string{
		"Acme Construction", "Crestview Hotels", "Drift Creek Farms", "Eastgate Mall Management", "Mesa Verde Outfitters", "Ironwood Steel Erectors", "Granite Peak Quarry", "Harbor View Marina",
	} {
		v := o.verified(riley, create(11+i%3, 1, "retail", customer))
		if got := rules(v); len(got) != 0 {
			t.Fatalf("%s needs %q", customer, got)
		}
		if c := o.click(riley, on(v, quoting.SubmitQuote)).View; c.State != quoting.Approved {
			t.Fatalf("%s: %s", customer, c.Banner)
		}
	}
	odd := create(12, 1, "retail", "Juniper Property Group")
	odd.Slots.Items = []quoting.ItemWish{{Item: "battery", Qty: new(60)}, {Item: "earpiece", Qty: new(60)}}
	if got := rules(o.verified(riley, odd)); len(got) != 0 {
		t.Fatalf("before anything was learnt: %q", got)
	}
	if err := o.Learn(t.Context()); err != nil {
		t.Fatal(err)
	}
	odd.Slots.Customer = "Maplewood Senior Living"
	if got := rules(o.verified(riley, odd)); !slices.Contains(got, "unusual accessories per radio") {
		t.Errorf("ten accessories a radio need %q", got)
	}
	if got := rules(o.verified(riley, create(12, 1, "retail", "Oak Hollow"))); len(got) != 0 {
		t.Errorf("an ordinary quote needs %q", got)
	}
}

func TestAPriceFarFromTheCustomersLastNeedsTheManager(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.synced()
	o.click(riley, outcome(v, quoting.Won, ""))
	o.eventually(1, `SELECT count(*) FROM quotes WHERE state = 'won'`)
	cheaper := create(14, 1, "retail", "Acme Construction")
	o.verified(riley, cheaper)
	second := o.revised(riley, quoting.Change{Op: "set", Field: "price", SKU: "RDG-P10U", Value: num("195")})
	found := slices.IndexFunc(second.Approvals, func(n quoting.ApprovalNeed) bool { return strings.Contains(n.Rule, "last") })
	if found < 0 || strings.Contains(second.Approvals[found].Sentence, "222.13") {
		t.Errorf("%+v", second.Approvals)
	}
}

func TestAChangedPolicyIsTriedOnPastQuotes(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.verified(riley, small)
	o.verified(riley, create(40, 1, "retail", "Crestview Hotels"))
	now, err := quoting.DefaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	stricter, err := quoting.ParsePolicy([]byte(strings.Replace(string(now.Text), `amount:      ["50000.00"`, `amount:      ["6000.00"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := desk.Replay(t.Context(), o.DB, now, stricter, o.clock.now())
	if err != nil || r.Quotes != 2 || r.More != 1 || len(r.Examples) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}
