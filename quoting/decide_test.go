package quoting_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

func TestAConditionIsWhatTheOwnerCanTakeInOneTap(t *testing.T) {
	t.Parallel()
	discount := setField("discount_pct", exactly("8"))
	for _, tc := range []struct {
		name    string
		slots   quoting.Slots
		want    []quoting.Change // nil: no condition is stated
		refused bool
	}{
		{name: "nothing said"},
		{name: "a reason alone", slots: quoting.Slots{Reason: "too dear"}},
		{name: "a discount", slots: quoting.Slots{DiscountPct: numberOf("8")}, want: []quoting.Change{discount}},
		{name: "a change", slots: quoting.Slots{Changes: []quoting.Change{setSKU("BAT-B", 40)}}, want: []quoting.Change{setSKU("BAT-B", 40)}},
		{name: "a change and a discount", slots: quoting.Slots{Changes: []quoting.Change{removeSKU("BAT-B")}, DiscountPct: numberOf("8")}, want: []quoting.Change{removeSKU("BAT-B"), discount}},
		{name: "what passes a rule over", slots: quoting.Slots{Changes: []quoting.Change{{Op: "override", Field: "budget", Value: "they know"}}}, refused: true},
		{name: "what passes a rule over, behind a discount", slots: quoting.Slots{Changes: []quoting.Change{discount, {Op: "override", Field: "budget", Value: "they know"}}}, refused: true},
		{name: "going back", slots: quoting.Slots{Changes: []quoting.Change{{Op: "revert"}}}, refused: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			said := slices.Clone(tc.slots.Changes)
			offer, err := quoting.NewOffer(tc.slots)
			if sentence, _ := quoting.Sentence(err); tc.refused != (quoting.KindOf(err) == quoting.Invalid && strings.Contains(sentence, "cannot be a condition")) || !tc.refused && err != nil {
				t.Fatalf("%v, refused %t", err, tc.refused)
			}
			var got []quoting.Change
			if offer != nil {
				got = offer.Changes
			}
			if diff := cmp.Diff(tc.want, got); diff != "" || (offer != nil) != (tc.want != nil) {
				t.Errorf("-want +got\n%s", diff)
			}
			if diff := cmp.Diff(said, tc.slots.Changes); diff != "" {
				t.Errorf("what was said is another thing now\n%s", diff)
			}
		})
	}
	// What is said stays as it is where the command has room behind its changes.
	roomy := append(make([]quoting.Change, 0, 4), setSKU("BAT-B", 40))
	if offer, err := quoting.NewOffer(quoting.Slots{Changes: roomy, DiscountPct: numberOf("8")}); err != nil || len(offer.Changes) != 2 || roomy[:2][1].Op != "" {
		t.Errorf("%+v, %v; beside it there is %+v", offer, err, roomy[:2])
	}
}

func TestWhatAnApproverWishesIsASentence(t *testing.T) {
	t.Parallel()
	on := func(changes ...quoting.Change) *quoting.Offered { return &quoting.Offered{Changes: changes} }
	percent := func(text string) quoting.Change { return setField("discount_pct", exactly(text)) }
	radios := quoting.Change{Op: "set", Field: "discount_pct", Scope: "portable", Value: exactly("8")}
	for _, tc := range []struct {
		name   string
		offer  *quoting.Offered
		reason string
		want   string
	}{
		{"nothing", nil, "", ""},
		{"a reason", nil, "Too dear for them.", "Too dear for them."},
		{"a discount", on(percent("8")), "", "8% off instead."},
		{"a discount with zeros behind it", on(percent("7.50")), "", "7.5% off instead."},
		{"a discount taken back", on(percent("0")), "", "No discount instead."},
		{"a discount and a reason", on(percent("8")), "They asked for less.", "8% off instead. They asked for less."},
		{"a part", on(removeItem("repeater")), "", "Without repeater instead."},
		{"a part and a discount", on(setField("users", exactly("45")), percent("8")), "", "Users to 45, 8% off instead."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := quoting.Decision{Action: quoting.RequestChanges, Offer: tc.offer, Reason: tc.reason}
			if got := d.Wish(); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
	if text := on(radios).String(); text == "8% off" {
		t.Error("a discount on the radios alone reads like one on the whole")
	}
}

func TestWhoHasDecidedIsWhoDidSoOnThisVersion(t *testing.T) {
	t.Parallel()
	finn := named("finn", quoting.Finance)
	step := func(by quoting.Person, carried int) quoting.StepDecision {
		return quoting.StepDecision{Branch: quoting.CommercialBranch, Level: 1, By: by.ID, Name: by.Name, At: noon, CarriedFrom: carried}
	}
	for _, tc := range []struct {
		name    string
		version quoting.Version
		want    bool
	}{
		{"nobody has", quoting.Version{}, false},
		{"who rejected it", quoting.Version{Decision: &quoting.Decision{Action: quoting.Reject, By: finn.ID}}, true},
		{"another has", quoting.Version{Decision: &quoting.Decision{Action: quoting.Reject, By: morgan.ID}}, false},
		{"who took a step", quoting.Version{Steps: []quoting.StepDecision{step(morgan, 0), step(finn, 0)}}, true},
		{"who took one that another then followed", quoting.Version{Steps: []quoting.StepDecision{step(finn, 0), step(morgan, 0)}, Decision: &quoting.Decision{By: morgan.ID}}, true},
		{"who took one of an earlier version", quoting.Version{Steps: []quoting.StepDecision{step(finn, 1)}}, false},
		{"another's step", quoting.Version{Steps: []quoting.StepDecision{step(morgan, 0)}}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := tc.version.DecidedBy(finn.ID); got != tc.want {
				t.Errorf("%t, want %t", got, tc.want)
			}
		})
	}
}

func TestWhoIsAskedByAnyStepIsThereOnce(t *testing.T) {
	t.Parallel()
	finn, vera, eve := named("finn", quoting.Finance), named("vera", quoting.VP), named("eve", quoting.Engineering)
	asked := func(level int, people ...quoting.Decider) quoting.OpenStep {
		return quoting.OpenStep{ApprovalStep: quoting.ApprovalStep{Branch: quoting.CommercialBranch, Level: level}, Deciders: people}
	}
	own := func(p quoting.Person) quoting.Decider { return quoting.Decider{Person: p} }
	instead := quoting.Decider{Person: vera, For: finn}
	steps := []quoting.OpenStep{asked(2, own(finn), instead), asked(3), asked(4, own(eve), own(finn), own(vera))}
	if diff := cmp.Diff([]quoting.Decider{own(finn), instead, own(eve)}, quoting.AllDeciders(steps)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if none := quoting.AllDeciders(nil); len(none) > 0 {
		t.Errorf("nothing waits, and %+v are asked", none)
	}
	if as := steps[0].As(vera.ID); as.For.ID != finn.ID {
		t.Errorf("a delegate takes the step as %+v", as)
	}
	if diff := cmp.Diff(quoting.Decider{}, steps[0].As(eve.ID)); diff != "" {
		t.Errorf("who may not take the step takes it as\n%s", diff)
	}
}

func TestWhichConditionsAreOfTerms(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		change quoting.Change
		want   bool
	}{
		{setField("discount_pct", exactly("8")), true},
		{setField("payment_terms", "NET30"), true},
		{setField("valid_days", exactly("10")), true},
		{setField("target_unit_price", exactly("400")), true},
		{setField("target_margin_pct", exactly("30")), true},
		{quoting.Change{Op: "set", Field: "price", SKU: "SUM-P20U", Value: exactly("45")}, true},
		{setField("users", 450), false},
		{addSKU("BAT-B", 5), false},
	} {
		if got := (quoting.Offered{Changes: []quoting.Change{addItem("battery", 2), tc.change}}).OfTerms(); got != tc.want {
			t.Errorf("%s: %t, want %t", tc.change.Field+tc.change.SKU, got, tc.want)
		}
	}
}

// A policy that asks fewer people of a version than the one before favours it: whoever made
// the policy does not decide on it for a while.
func TestAPolicyFavoursWhatNeedsFewerPeopleByIt(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	const amount, margin = `amount:      ["50000.00"`, `margin:      ["30", "25"`
	higher := edited(t, amount, `amount:      ["75000.00"`)
	for _, tc := range []struct {
		name   string
		now    *quoting.Policy
		change func(*quoting.Version)
		want   bool
	}{
		{"the same policy", policy, func(v *quoting.Version) { v.Priced.Amount = dollars("60000") }, false},
		{"one that lets the amount pass", higher, func(v *quoting.Version) { v.Priced.Amount = dollars("60000") }, true},
		{"one that lets the limit itself pass", higher, func(v *quoting.Version) { v.Priced.Amount = dollars("75000.00") }, true},
		{"one that would let another amount pass", higher, func(v *quoting.Version) { v.Priced.Amount = dollars("75000.01") }, false},
		{"one that never mattered", higher, func(v *quoting.Version) { v.Priced.Amount = dollars("50000.00") }, false},
		{"one that is stricter", edited(t, amount, `amount:      ["20000.00"`), func(v *quoting.Version) { v.Priced.Amount = dollars("30000") }, false},
		{"one that lets the amount pass, where the margin asks the same person", higher, func(v *quoting.Version) {
			v.Priced.Amount, v.Priced.Margin.Percent = dollars("60000"), decimal.MustParse("29.00")
		}, false},
		{"one that asks the manager where finance was asked", edited(t, margin, `margin:      ["30", "23"`), func(v *quoting.Version) {
			v.Priced.Margin.Percent = decimal.MustParse("24.00")
		}, true},
		{"one that asks the manager for less, and finance all the same", edited(t, amount, `amount:      ["75000.00"`), func(v *quoting.Version) {
			v.Priced.Amount, v.Priced.Margin.Percent = dollars("60000"), decimal.MustParse("24.00")
		}, false},
		{"one that shows engineering only more radios", edited(t, "users: 500 ", "users: 5000 "), func(v *quoting.Version) { v.Request.Users = 600 }, true},
		{"one that shows engineering fewer than these in any case", edited(t, "users: 500 ", "users: 5000 "), func(v *quoting.Version) { v.Request.Users = 500 }, false},
		{"one that shows engineering only more linked sites", edited(t, "linked_sites: 10 ", "linked_sites: 12 "), func(v *quoting.Version) {
			v.Request.Sites, v.System.RepeatersPerSite = 11, 1
		}, true},
		{"one that lets lines be further off what is sized", edited(t, "off_sized: 30 ", "off_sized: 40 "), func(*quoting.Version) {}, true},
		{"one that lets lines be less off", edited(t, "off_sized: 30 ", "off_sized: 20 "), func(*quoting.Version) {}, false},
		{"one that takes another cost first", edited(t, "cost_order: [average, last_purchase", "cost_order: [last_purchase, average"), func(*quoting.Version) {}, true},
		{"one that looks for split deals in fewer days", edited(t, "split_days: 14", "split_days: 1"), func(*quoting.Version) {}, true},
		{"one that only waits longer", edited(t, "max_days: 30", "max_days: 20"), func(v *quoting.Version) { v.Priced.Amount = dollars("60000") }, false},
		{"one that compares with past quotes otherwise", edited(t, `z: "3.5"`, `z: "4.5"`), func(*quoting.Version) {}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v := judgedAs(tc.change)
			v.Approvals = quoting.Approvals(tc.now, v)
			if got := quoting.FavoursAny(policy, tc.now) || quoting.Favours(policy, tc.now, v); got != tc.want {
				t.Errorf("%t, want %t; it needs %+v", got, tc.want, v.Approvals)
			}
		})
	}
}

// Of one change of the policy, a version that needed more people before is favoured, and one
// that needed no more is not; never both ways.
func TestAChangeOfPolicyFavoursOneWayAtMost(t *testing.T) {
	t.Parallel()
	policies := []*quoting.Policy{
		demoPolicy(t), edited(t, `amount:      ["50000.00"`, `amount:      ["75000.00"`), edited(t, `margin:      ["30", "25"`, `margin:      ["33", "23"`),
		edited(t, `amount:      ["50000.00"`, `amount:      ["20000.00"`, `margin:      ["30", "25"`, `margin:      ["27", "24"`),
	}
	last := func(needs []quoting.ApprovalNeed) (level int) {
		for _, n := range needs {
			level = max(level, n.Level) // all of the one branch
		}
		return level
	}
	rapid.Check(t, often(func(t *rapid.T) {
		v := drawMeasured(t)
		before, now := rapid.SampledFrom(policies).Draw(t, "before"), rapid.SampledFrom(policies).Draw(t, "now")
		was, is := quoting.Approvals(before, v), quoting.Approvals(now, v)
		v.Approvals = is
		favoured := quoting.Favours(before, now, v)
		if favoured != (last(was) > last(is)) {
			t.Fatalf("level %d before and %d now: favoured %t", last(was), last(is), favoured)
		}
		v.Approvals = was
		if favoured && quoting.Favours(now, before, v) {
			t.Fatal("both ways it is favoured")
		}
	}))
}

func TestWhatCannotBeAddedUpCarriesNoApproval(t *testing.T) {
	t.Parallel()
	morgans := func(int) quoting.StepDecision { return quoting.StepDecision{By: morgan.ID} }
	asked := func(lines ...quoting.Line) func(*quoting.Version) {
		return func(v *quoting.Version) {
			v.Request.Terms.Payment = "NET45"
			if lines != nil {
				v.Priced.Lines = lines
			}
		}
	}
	line := hardware("BAT-B", "10000.00", "10000.00", "4000")
	foreign, huge := line, line
	foreign.Share = quoting.MustMoney("1.00", "CAD")
	huge.Extended = quoting.Money{Amount: decimal.MustParse("6000000000000000000"), Currency: quoting.USD}
	for _, tc := range []struct {
		name     string
		old, now func(*quoting.Version)
		kept     int
	}{
		{"the same lines", asked(), asked(), 1},
		{"a discount in another currency", asked(), asked(foreign), 0},
		{"one before", asked(foreign), asked(), 0},
		{"one before and now", asked(foreign), asked(foreign), 0},
		{"more than an amount holds", asked(line, line), asked(huge, huge), 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if _, kept := reworked(t, demoPolicy(t), morgans, tc.old, tc.now); len(kept) != tc.kept {
				t.Errorf("%d of the manager's steps are kept, want %d: %+v", len(kept), tc.kept, kept)
			}
		})
	}
}
