package quoting_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"radioquote/quoting"
)

// TestATechnicalViewHoldsNoMoneyWhateverIsInTheQuote: the view itself has none, whatever a card
// makes of it.
func TestATechnicalViewHoldsNoMoneyWhateverIsInTheQuote(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	eve := quoting.Person{ID: quoting.PersonID{Tenant: "t", Object: "eve"}, Name: "Eve", Roles: []quoting.Role{quoting.Engineering}}
	q, v := draft(t, func(q *quoting.Quote, v *quoting.Version) {
		q.Attention = "line 1 rate is 440.00 USD, should be 449.00 USD"
		v.State, v.ValidUntil = quoting.Pending, noon.AddDate(0, 0, 30)
		v.Customer.Terms, v.Customer.CreditHold = "NET60", true
		v.Request.Terms = quoting.Terms{Payment: "NET60", Deposit: numberOf("50"), Budget: numberOf("20000")}
		v.Request.Overrides = []quoting.Override{{Rule: "L13", Reason: "they pay 45.00 each"}}
		v.Reading = "40 radios, 12.5% off"
		v.Changes = []string{
			"Users: 40 → 45", "CASE-C: 5 → 7", "BAT-B: 3 taken out", "Discount: $1.00 → $2.00", "Payment: NET30 → NET60", "Valid until: 1 May → 2 May", "Deposit: none said → 50%",
			"Total: $1,000.00 → $1,200.00", "CASE-D: 2 added at $44.00", "CASE-E: CA$1.00 → CA$2.00", "L13 passed over: cheap",
		}
		v.System.Findings = []quoting.Finding{
			{Rule: "duplicate of Q-990", Severity: quoting.Blocking, Commercial: true, Overridden: "other project, net 60", Sentence: "This looks like Q-990, at $22,092.52."},
			{Rule: "L13", Severity: quoting.Warning, Overridden: "they pay 45.00 each", Sentence: "Pockets."},
			{Rule: "L12", Severity: quoting.Note, Engineering: true, Sentence: "A booster.", Remedies: []quoting.Remedy{{Title: "Re-price to $12.00"}}},
		}
		v.Approvals = []quoting.ApprovalNeed{
			{Rule: "amount", Branch: quoting.CommercialBranch, Level: 2, Sentence: "The amount of $120,000.00."},
			{Rule: "L12", Branch: quoting.EngineeringBranch, Level: 1, Role: quoting.Engineering, Sentence: "A booster."},
		}
		v.Decision = &quoting.Decision{Action: quoting.RequestChanges, By: morgan.ID, Name: "Morgan", Reason: "a margin of 12.50%", Offer: &quoting.Offered{Changes: []quoting.Change{setField("discount_pct", exactly("8"))}}}
	})
	view := quoting.NewView(policy, q, v, riley, deciding(morgan), eve, noon)
	if view.ShowPrices || view.ShowMargin || len(view.Priced.Lines) != len(v.Priced.Lines) || view.Decision.Name != "Morgan" {
		t.Errorf("%+v", view)
	}
	want := []quoting.Finding{{Rule: "L12", Severity: quoting.Note, Engineering: true, Sentence: "A booster."}}
	if diff := cmp.Diff(want, view.System.Findings); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Users: 40 → 45", "CASE-C: 5 → 7", "BAT-B: 3 taken out"}, view.Changes); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	text, err := json.Marshal(view)
	if err != nil {
		t.Fatal(err)
	}
	nothing := regexp.MustCompile(`"0(\.0+)?"|0\.00`)
	if left := nothing.ReplaceAllString(string(text), ""); regexp.MustCompile(`\$|[0-9]\.[0-9]{2}`).MatchString(left) || strings.Contains(left, "NET60") || strings.Contains(left, "12.5") {
		t.Errorf("it holds money: %s", left)
	}
	if v.Decision.Offer == nil || v.Priced.Lines[0].Unit.IsZero() || len(v.System.Findings) != 3 || v.Approvals[0].Level != 2 {
		t.Error("the version was changed")
	}
	own := *v.Decision
	own.By = eve.ID
	v.Decision = &own
	if mine := quoting.NewView(policy, q, v, riley, deciding(morgan), eve, noon); mine.Decision.Reason == "" || mine.Decision.Offer == nil {
		t.Error("she does not read what she wrote herself")
	}
}

func TestWhoSeesWhatAQuoteCosts(t *testing.T) {
	t.Parallel()
	q := quoting.Quote{ID: 1001, Owner: riley.ID, Team: "midwest"}
	for _, tc := range []struct {
		name      string
		roles     []quoting.Role
		team      string
		this, all bool
	}{
		{"a rep, of whatever may be seen", []quoting.Role{quoting.Rep}, "south", true, true},
		{"engineering", []quoting.Role{quoting.Engineering}, "midwest", false, false},
		{"an engineer who is a rep of the team", []quoting.Role{quoting.Rep, quoting.Engineering}, "midwest", true, false},
		{"an engineer who is a rep of another team", []quoting.Role{quoting.Rep, quoting.Engineering}, "south", false, false},
		{"an engineer who is a manager of another team", []quoting.Role{quoting.SalesManager, quoting.Engineering}, "south", false, false},
		{"an engineer without a team", []quoting.Role{quoting.Rep, quoting.Engineering}, "", false, false},
		{"an engineer in finance", []quoting.Role{quoting.Finance, quoting.Engineering}, "", true, true},
		{"an auditor", []quoting.Role{quoting.Auditor}, "", true, true},
		{"an admin", []quoting.Role{quoting.Admin}, "midwest", false, false},
	} {
		p := quoting.Person{ID: quoting.PersonID{Tenant: "t", Object: "x"}, Roles: tc.roles, Team: tc.team}
		if got := p.SeesPricesOf(q); got != tc.this {
			t.Errorf("%s: this one %t, want %t", tc.name, got, tc.this)
		}
		if got := p.SeesAllPrices(); got != tc.all {
			t.Errorf("%s: all %t, want %t", tc.name, got, tc.all)
		}
	}
	owner := quoting.Person{ID: riley.ID, Roles: []quoting.Role{quoting.Rep, quoting.Engineering}}
	if !owner.SeesPricesOf(q) {
		t.Error("the owner does not see the price")
	}
}
