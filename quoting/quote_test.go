package quoting_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

var (
	noon   = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	riley  = quoting.Person{ID: quoting.PersonID{Tenant: "t", Object: "riley"}, Name: "Riley Rep", Roles: []quoting.Role{quoting.Rep}, Team: "midwest"}
	morgan = quoting.Person{ID: quoting.PersonID{Tenant: "t", Object: "morgan"}, Name: "Morgan Manager", Roles: []quoting.Role{quoting.SalesManager}, Team: "midwest"}
	acme   = quoting.Customer{ID: 4001, Name: "Acme Construction", Currency: quoting.USD}
)

// draft is a complete draft of Riley's, ready to be submitted.
func draft(t testing.TB, change ...func(*quoting.Quote, *quoting.Version)) (quoting.Quote, quoting.Version) {
	t.Helper()
	policy, book := demoPolicy(t), demoBook(t)
	r := quoting.Request{Users: 60, Sites: 3, Industry: "construction"}
	s, err := quoting.Size(policy, r)
	if err != nil {
		t.Fatal(err)
	}
	q := quoting.Quote{ID: 1001, Owner: riley.ID, Team: "midwest", State: quoting.Open, Current: 1, Estimate: quoting.NoEstimate}
	v := quoting.Version{
		Quote: 1001, Number: 1, State: quoting.Draft, Request: r, Customer: acme, System: s, Priced: mustPrice(t, book, s, acme),
		Snapshot: 1, PricesAt: noon.Add(-10 * time.Minute), Policy: policy.Version, ValidUntil: noon.AddDate(0, 0, 30),
		Check: quoting.Check{State: quoting.Verified, At: noon.Add(-time.Minute)}, CreatedAt: noon,
	}
	v.Approvals = quoting.Approvals(policy, v)
	for _, c := range change {
		c(&q, &v)
	}
	return q, v
}

func TestApprovalIsNeededOverTheAmountAndUnderTheMargin(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	priced := func(amount, margin string) quoting.Priced {
		p := quoting.Priced{Currency: quoting.USD, Amount: quoting.MustMoney(amount, quoting.USD)}
		if margin != "" {
			p.Margin = quoting.Margin{Percent: decimal.MustParse(margin), Known: true}
		}
		return p
	}
	for _, tc := range []struct {
		name           string
		amount, margin string
		rules          []string
	}{
		{"the limits themselves need nobody", "50000.00", "30.00", nil},
		{"a cent more needs the manager", "50000.01", "30.00", []string{"amount"}},
		{"a hundredth of a percent less needs the manager", "50000.00", "29.99", []string{"margin"}},
		{"both", "50000.01", "-3.00", []string{"amount", "margin"}},
		{"an unknown margin", "100.00", "", []string{"margin"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var rules []string
			for _, need := range quoting.Approvals(policy, quoting.Version{Priced: priced(tc.amount, tc.margin)}) {
				rules = append(rules, need.Rule)
				if need.Branch != quoting.CommercialBranch || need.Sentence == "" || strings.Contains(need.ForRep, tc.margin+"%") {
					t.Errorf("%+v", need)
				}
			}
			if !slices.Equal(rules, tc.rules) {
				t.Errorf("rules %v, want %v", rules, tc.rules)
			}
		})
	}
}

func TestOnlyACompleteCurrentDraftCanBeSubmitted(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	for _, tc := range []struct {
		name   string
		change func(*quoting.Quote, *quoting.Version)
		by     quoting.PersonID
		kind   quoting.Kind
		says   string
	}{
		{"a complete draft", func(*quoting.Quote, *quoting.Version) {}, riley.ID, quoting.Internal, ""},
		{"somebody else's", func(*quoting.Quote, *quoting.Version) {}, morgan.ID, quoting.Forbidden, "owner"},
		{"a quote that is won", func(q *quoting.Quote, _ *quoting.Version) { q.State = quoting.Won }, riley.ID, quoting.Conflict, "won"},
		{"an old version", func(q *quoting.Quote, _ *quoting.Version) { q.Current = 2 }, riley.ID, quoting.Conflict, "version 2"},
		{"engineering's", func(_ *quoting.Quote, v *quoting.Version) { v.System.Review = "Engineering designs it." }, riley.ID, quoting.Invalid, "Engineering designs it."},
		{"sites and industry assumed", func(_ *quoting.Quote, v *quoting.Version) { v.Request.Sites, v.Request.Industry = 0, "" }, riley.ID, quoting.Invalid, "the number of sites and the industry"},
		{"nobody's", func(_ *quoting.Quote, v *quoting.Version) { v.Customer = quoting.Customer{} }, riley.ID, quoting.Invalid, "a customer"},
		{"something that does not fit", func(_ *quoting.Quote, v *quoting.Version) {
			v.System.Findings = []quoting.Finding{{Severity: quoting.Blocking, Sentence: "It does not fit."}}
		}, riley.ID, quoting.Invalid, "It does not fit."},
		{"something that does not fit, and a reason", func(_ *quoting.Quote, v *quoting.Version) {
			v.System.Findings = []quoting.Finding{{Severity: quoting.Blocking, Sentence: "It does not fit.", Overridden: "it does"}}
		}, riley.ID, quoting.Internal, ""},
		{"at cost", func(_ *quoting.Quote, v *quoting.Version) { v.Priced.Margin.Percent = decimal.Zero }, riley.ID, quoting.Invalid, "at or below cost"},
		{"prices of two days ago", func(_ *quoting.Quote, v *quoting.Version) { v.PricesAt = noon.Add(-48 * time.Hour) }, riley.ID, quoting.Invalid, "older than a day"},
		{"no longer valid", func(_ *quoting.Quote, v *quoting.Version) { v.ValidUntil = noon.Add(-time.Hour) }, riley.ID, quoting.Conflict, "valid until"},
		{"pending already", func(_ *quoting.Quote, v *quoting.Version) { v.State = quoting.Pending }, riley.ID, quoting.Conflict, "already waiting for approval"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			q, v := draft(t, tc.change)
			err := quoting.SubmitProblem(policy, q, v, tc.by, noon)
			sentence, _ := quoting.Sentence(err)
			if (err != nil) != (tc.says != "") || quoting.KindOf(err) != tc.kind || !strings.Contains(sentence, tc.says) {
				t.Errorf("%v, want %v that says %q", err, tc.kind, tc.says)
			}
		})
	}
}

// deciding is an organisation in which these people decide, sales managers above the owner.
func deciding(people ...quoting.Person) quoting.Organisation {
	o := quoting.Organisation{People: people}
	for _, p := range people {
		if p.Has(quoting.SalesManager) {
			o.Above = append(o.Above, p.ID)
		}
	}
	return o
}

func TestOnlyTheApproverDecidesAndOnlyOnWhatIsPending(t *testing.T) {
	t.Parallel()
	pending := func(_ *quoting.Quote, v *quoting.Version) { v.State, v.Nonce = quoting.Pending, "nonce" }
	ada := morgan
	ada.ID.Object, ada.Roles = "ada", []quoting.Role{quoting.SalesManager, quoting.Admin}
	for _, tc := range []struct {
		name         string
		change       func(*quoting.Quote, *quoting.Version)
		approver, by quoting.Person
		nonce        string
		kind         quoting.Kind
		says         string
	}{
		{"the approver", pending, morgan, morgan, "nonce.c1", quoting.Internal, ""},
		{"the owner", pending, morgan, riley, "nonce.c1", quoting.Forbidden, "of their own"},
		{"the owner who would be the approver", pending, riley, riley, "nonce.c1", quoting.Forbidden, "of their own"},
		{"another manager", pending, morgan, quoting.Person{ID: quoting.PersonID{Tenant: "t", Object: "kim"}, Roles: morgan.Roles}, "nonce.c1", quoting.Forbidden, "waits for Morgan Manager"},
		{"the same object id of another tenant", pending, morgan, quoting.Person{ID: quoting.PersonID{Tenant: "x", Object: "morgan"}, Roles: morgan.Roles}, "nonce.c1", quoting.Forbidden, "not yours"},
		{"an admin", pending, ada, ada, "nonce.c1", quoting.Forbidden, "Admins decide on no quotes"},
		{"where nobody approves", pending, quoting.Person{}, morgan, "nonce.c1", quoting.Forbidden, "somebody who may"},
		{"an old version", func(q *quoting.Quote, v *quoting.Version) { pending(q, v); q.Current = 2 }, morgan, morgan, "nonce.c1", quoting.Conflict, "at version 2"},
		{"a forged nonce", pending, morgan, morgan, "other", quoting.Conflict, ""},
		{"no nonce", func(q *quoting.Quote, v *quoting.Version) { pending(q, v); v.Nonce = "" }, morgan, morgan, "", quoting.Conflict, ""},
		{"a draft", func(_ *quoting.Quote, v *quoting.Version) { v.Nonce = "nonce" }, morgan, morgan, "nonce.c1", quoting.Conflict, "draft"},
		{"a quote that is cancelled", func(q *quoting.Quote, v *quoting.Version) { pending(q, v); q.State = quoting.Cancelled }, morgan, morgan, "nonce.c1", quoting.Conflict, ""},
		{"what is decided", func(q *quoting.Quote, v *quoting.Version) {
			pending(q, v)
			v.State, v.Decision = quoting.Approved, &quoting.Decision{Action: quoting.Approve, Name: "Morgan Manager", At: noon}
		}, morgan, morgan, "nonce.c1", quoting.Conflict, "already approved, by Morgan Manager"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			q, v := draft(t, tc.change)
			open := []quoting.OpenStep{{ApprovalStep: quoting.ApprovalStep{Branch: quoting.CommercialBranch, Level: 1, Role: quoting.SalesManager}}}
			if tc.approver.Name != "" {
				open[0].Deciders = []quoting.Decider{{Person: tc.approver}}
			}
			err := quoting.DecideProblem(q, v, open, tc.by, tc.nonce)
			sentence, _ := quoting.Sentence(err)
			if (err == nil) != (tc.kind == quoting.Internal) || quoting.KindOf(err) != tc.kind || !strings.Contains(sentence, tc.says) {
				t.Errorf("%v, want %v that says %q", err, tc.kind, tc.says)
			}
		})
	}
}

// TestASupersededOrDecidedVersionCanDoNothing walks the states at random: whatever is
// done, nothing leads out of superseded, and from a decision only to superseded.
func TestASupersededOrDecidedVersionCanDoNothing(t *testing.T) {
	t.Parallel()
	actions := []quoting.Action{quoting.Submit, quoting.Approve, quoting.Reject, quoting.RequestChanges, quoting.Recall, quoting.HandBack, quoting.Supersede}
	rapid.Check(t, func(t *rapid.T) {
		state := quoting.Draft
		for _, action := range rapid.SliceOfN(rapid.SampledFrom(actions), 1, 20).Draw(t, "actions") {
			to, ok := state.Next(action)
			if !ok {
				continue
			}
			switch {
			case state == quoting.Superseded:
				t.Fatalf("%s leads from superseded to %s", action, to)
			case slices.Contains([]quoting.VersionState{quoting.Approved, quoting.Rejected, quoting.Recalled, quoting.ChangesRequested}, state) && to != quoting.Superseded:
				t.Fatalf("%s leads from %s to %s", action, state, to)
			case to == quoting.Approved && state != quoting.Pending:
				t.Fatalf("%s is approved", state)
			}
			state = to
		}
	})
	for state, ended := range map[quoting.QuoteState]bool{quoting.Open: false, quoting.Sent: false, quoting.Won: true, quoting.Lost: true, quoting.Expired: true, quoting.Cancelled: true} {
		if state.Ended() != ended {
			t.Errorf("%s ended: %t", state, state.Ended())
		}
	}
}

func TestARepSeesABandWhereAManagerSeesMarginAndCost(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	q, v := draft(t, func(_ *quoting.Quote, v *quoting.Version) {
		v.Priced.Margin.Percent = decimal.MustParse("27.31")
		v.Approvals = quoting.Approvals(policy, *v)
	})
	view := quoting.NewView(policy, q, v, riley, deciding(morgan), riley, noon)
	text, err := json.Marshal(view)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"27.31", v.Priced.CostTotal.Amount.String()} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the rep's view holds %s", secret)
		}
	}
	for i, l := range view.Priced.Lines {
		if l.Cost.Valid || !v.Priced.Lines[i].Cost.Valid {
			t.Fatalf("line %d: the rep's cost is %v, the version's %v", i, l.Cost, v.Priced.Lines[i].Cost)
		}
	}
	if view.MarginBand != "fair" || view.ShowMargin || !view.CanSubmit || !view.CanEdit || view.CanDecide || view.Approver != morgan.Name {
		t.Errorf("the rep's view: %s, %t, %t, %t, %t, %q", view.MarginBand, view.ShowMargin, view.CanSubmit, view.CanEdit, view.CanDecide, view.Approver)
	}

	v.State, v.Nonce = quoting.Pending, "nonce"
	managers := quoting.NewView(policy, q, v, riley, deciding(morgan), morgan, noon)
	if !managers.CanDecide || managers.Nonce != "nonce.c1" || managers.Priced.Margin.Percent.String() != "27.31" || managers.CanEdit || managers.CanSubmit {
		t.Errorf("the manager's view: %+v", managers)
	}
	if reps := quoting.NewView(policy, q, v, riley, deciding(morgan), riley, noon); reps.Nonce != "" || reps.CanDecide {
		t.Error("the rep's card holds the approver's nonce")
	}
	v.Approvals = nil
	if alone := quoting.NewView(policy, q, v, riley, deciding(morgan), morgan, noon); alone.CanDecide || !alone.WaitsForPrices {
		t.Error("there is something to decide on a version that waits for NetSuite alone")
	}
}

func TestMarginBandsAndAges(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	for percent, want := range map[string]string{"30.00": "good", "29.99": "fair", "18.00": "fair", "17.99": "thin", "-5": "thin", "": "unknown"} {
		m := quoting.Margin{}
		if percent != "" {
			m = quoting.Margin{Percent: decimal.MustParse(percent), Known: true}
		}
		if got := policy.MarginBand(m); got != want {
			t.Errorf("%s %% is %s, want %s", percent, got, want)
		}
	}
	for age, want := range map[time.Duration]quoting.Age{59 * time.Minute: quoting.FreshPrices, time.Hour: quoting.DatedPrices, 24 * time.Hour: quoting.DatedPrices, 24*time.Hour + 1: quoting.UnusablePrices} {
		if got := policy.Prices.AgeOf(noon.Add(-age), noon); got != want {
			t.Errorf("prices of %s ago are %s, want %s", age, got, want)
		}
	}
}

func TestALiveCheckComparesEveryLine(t *testing.T) {
	t.Parallel()
	_, v := draft(t)
	basket := v.Basket(noon)
	if len(basket.Lines) != len(v.Priced.Lines) || basket.Customer != acme.ID {
		t.Fatalf("the basket is %+v", basket)
	}
	live := func() quoting.LivePrices {
		p := quoting.LivePrices{At: noon, Method: quoting.ByCreateForm}
		for _, l := range v.Priced.Lines {
			p.Lines = append(p.Lines, quoting.LivePrice{Price: l.Unit, Sellable: true})
		}
		return p
	}
	check, err := v.Compare(live())
	if err != nil || check.State != quoting.Verified || !check.Passed(noon.Add(15*time.Minute), 15*time.Minute) || check.Passed(noon.Add(16*time.Minute), 15*time.Minute) {
		t.Errorf("the same prices: %+v, %v", check, err)
	}
	moved := live()
	moved.Lines[0].Price = quoting.MustMoney("360.01", quoting.USD)
	moved.Lines[1] = quoting.LivePrice{}
	check, err = v.Compare(moved)
	want := []quoting.MovedPrice{
		{SKU: v.Priced.Lines[0].SKU, From: v.Priced.Lines[0].Unit, To: quoting.MustMoney("360.01", quoting.USD), Sellable: true},
		{SKU: v.Priced.Lines[1].SKU, From: v.Priced.Lines[1].Unit},
	}
	if err != nil || check.State != quoting.Moved || cmp.Diff(want, check.Moved) != "" || check.Passed(noon, time.Hour) {
		t.Errorf("moved prices: %+v, %v", check, err)
	}
	silent := live()
	silent.Lines[0], silent.Lines[2] = quoting.LivePrice{Unknown: true}, quoting.LivePrice{Unknown: true}
	check, err = v.Compare(silent)
	if says := "NetSuite did not say what " + v.Priced.Lines[0].SKU + ", " + v.Priced.Lines[2].SKU + " costs."; err != nil || check.State != quoting.Unverified || check.Problem != says || check.Passed(noon, time.Hour) {
		t.Errorf("lines of which NetSuite said nothing: %+v, %v; want %q", check, err, says)
	}
	silent.Lines[1].Price = quoting.MustMoney("1.00", quoting.USD)
	if check, err = v.Compare(silent); err != nil || check.State != quoting.Moved || len(check.Moved) != 1 {
		t.Errorf("one that moved beside those: %+v, %v", check, err)
	}
	refused := live()
	refused.CustomerRefused, refused.Lines = true, nil
	if check, err = v.Compare(refused); err != nil || check.State != quoting.Unverified || !strings.Contains(check.Problem, "no Estimate for Acme Construction") || check.Passed(noon, time.Hour) {
		t.Errorf("a customer whom NetSuite refuses: %+v, %v", check, err)
	}
	foreign := live()
	foreign.Lines[0].Price.Currency = "CAD"
	if check, _ := v.Compare(foreign); check.State != quoting.Moved {
		t.Errorf("a price in another currency: %+v", check)
	}
	short := live()
	short.Lines = short.Lines[1:]
	if check, err := v.Compare(short); err == nil {
		t.Errorf("an answer that lacks a line: %+v", check)
	}
}

func TestChangesReadAsSentences(t *testing.T) {
	t.Parallel()
	_, old := draft(t)
	policy, book := demoPolicy(t), demoBook(t)
	next := old
	next.Request = quoting.Request{Users: 12, Sites: 1}
	next.Customer = quoting.Customer{}
	var err error
	if next.System, err = quoting.Size(policy, next.Request); err != nil {
		t.Fatal(err)
	}
	next.Priced = mustPrice(t, book, next.System, next.Customer)
	got := next.ChangesSince(old)
	for _, want := range []string{"Users: 60 → 12", "Sites: 3 → 1", "System: dmr → dmr_simplex", "Customer: Acme Construction → none", "Total: $"} {
		if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, want) }) {
			t.Errorf("%q is missing from %q", want, got)
		}
	}
	if same := old.ChangesSince(old); len(same) != 0 {
		t.Errorf("a version differs from itself by %q", same)
	}
	dearer := old
	dearer.Priced.Lines = slices.Clone(old.Priced.Lines)
	dearer.Priced.Lines[0].Unit = quoting.MustMoney("400", quoting.USD)
	if got := dearer.ChangesSince(old); !slices.Equal(got, []string{"SUM-P20U: $350.35 → $400.00"}) {
		t.Errorf("a moved price reads %q", got)
	}
}

func TestTheContentHashIsOfWhatIsOffered(t *testing.T) {
	t.Parallel()
	_, v := draft(t)
	hash := func(v quoting.Version) string {
		h, err := v.ContentHash()
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	same := v
	same.State, same.Check, same.Nonce = quoting.Pending, quoting.Check{}, "x"
	if hash(same) != hash(v) {
		t.Error("the state changes the hash")
	}
	for name, change := range map[string]func(*quoting.Version){
		"a quantity":   func(v *quoting.Version) { v.Priced.Lines[0].Qty++ },
		"a price":      func(v *quoting.Version) { v.Priced.Lines[0].Unit = quoting.MustMoney("1", quoting.USD) },
		"the customer": func(v *quoting.Version) { v.Customer.ID++ },
		"the freight":  func(v *quoting.Version) { v.Priced.Freight = quoting.MustMoney("1", quoting.USD) },
		"the validity": func(v *quoting.Version) { v.ValidUntil = v.ValidUntil.AddDate(0, 0, 1) },
		"the discount": func(v *quoting.Version) { v.Priced.Discount = quoting.MustMoney("1", quoting.USD) },
		"the payment":  func(v *quoting.Version) { v.Request.Terms.Payment = "NET45" },
		"the deposit":  func(v *quoting.Version) { v.Request.Terms.Deposit = &quoting.Number{} },
	} {
		changed := v
		changed.Priced.Lines = slices.Clone(v.Priced.Lines)
		change(&changed)
		if hash(changed) == hash(v) {
			t.Errorf("%s does not change the hash", name)
		}
	}
	prospect, renamed := v, v
	prospect.Customer, renamed.Customer = quoting.Customer{Name: "Acme"}, quoting.Customer{Name: "Globex"}
	if hash(prospect) == hash(renamed) {
		t.Error("a new customer's name does not change the hash")
	}
	renamed.Customer = v.Customer
	renamed.Customer.Name = "Acme Construction, Inc."
	if hash(renamed) != hash(v) {
		t.Error("NetSuite's new spelling of a customer's name changes the hash")
	}
}

func TestAVersionBecomesAnEstimateWithFreightLast(t *testing.T) {
	t.Parallel()
	_, v := draft(t)
	e := v.Estimate("RQ-Q-1001", 1077, noon, "c1")
	last := e.Lines[len(e.Lines)-1]
	if len(e.Lines) != len(v.Priced.Lines)+1 || last.Item != 1077 || !last.Rate.Equal(v.Priced.Freight) || !e.Total.Equal(v.Priced.Total) {
		t.Errorf("the Estimate is %+v", e)
	}
	v.Priced.Freight = quoting.MustMoney("0", quoting.USD)
	if e := v.Estimate("RQ-Q-1001", 1077, noon, "c1"); len(e.Lines) != len(v.Priced.Lines) {
		t.Error("an Estimate without freight has a line for it")
	}
}

func TestErrorsKeepTheirKindAndHideTheirCause(t *testing.T) {
	t.Parallel()
	cause := errors.New("disk")
	err := &quoting.Error{Kind: quoting.Conflict, Sentence: "Somebody was first.", Err: cause}
	if !errors.Is(err, quoting.Conflict) || !errors.Is(err, cause) || quoting.KindOf(err) != quoting.Conflict || err.Error() != "Somebody was first.: disk" {
		t.Errorf("%v", err)
	}
	if s, ok := quoting.Sentence(err); !ok || s != "Somebody was first." {
		t.Errorf("the sentence is %q", s)
	}
	if s, ok := quoting.Sentence(cause); ok {
		t.Errorf("an internal error shows %q", s)
	}
	kinds := []string{quoting.Internal.Error(), quoting.Invalid.Error(), quoting.Forbidden.Error(), quoting.NotFound.Error(), quoting.Conflict.Error()}
	if !slices.Equal(kinds, []string{"internal", "invalid", "forbidden", "not found", "conflict"}) {
		t.Errorf("kinds %q", kinds)
	}
	states := []string{quoting.Pending.String(), quoting.ChangesRequested.String(), quoting.Approved.String()}
	if !slices.Equal(states, []string{"waiting for approval", "sent back for changes", "approved"}) {
		t.Errorf("states %q", states)
	}
}

func TestRolesSayWhatAPersonMaySee(t *testing.T) {
	t.Parallel()
	for role, want := range map[quoting.Role][2]bool{ // may quote, sees margin
		quoting.Rep: {true, false}, quoting.SalesManager: {true, true}, quoting.Finance: {false, true}, quoting.VP: {false, true},
		quoting.Owner: {false, true}, quoting.Engineering: {false, false}, quoting.Admin: {false, false}, quoting.Auditor: {false, true},
	} {
		p := quoting.Person{Roles: []quoting.Role{role}}
		if got := [2]bool{p.MayQuote(), p.SeesMargin()}; got != want {
			t.Errorf("%s may quote, sees margin: %v, want %v", role, got, want)
		}
	}
}
