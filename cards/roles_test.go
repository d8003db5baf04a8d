package cards_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"radioquote/cards"
	"radioquote/quoting"
	"radioquote/quoting/roletable"
)

// buttons are the verbs of an act of the table. Every other verb is for whoever may read.
var buttons = map[string][]string{
	"revise": {"reprice"}, "submit": {"submit"}, "recall": {"recall", "waits"}, "end": {"outcome", "cancel"}, "share": {"share"},
	"approve": {"approve"}, "reject": {"reject"}, "changes": {"changes"}, "consult": {"consult"}, "reassign": {"reassign"},
}

// money is an amount as a card writes it.
var money = regexp.MustCompile(`\$[0-9]`)

// TestACardHasTheButtonsOfWhatItsReaderMayDoAndNoOthers looks at the cards of a quote that is
// a draft, or waits for each of the steps, with the eyes of each role.
func TestACardHasTheButtonsOfWhatItsReaderMayDoAndNoOthers(t *testing.T) {
	t.Parallel()
	d := newDemo(t)
	table := map[[3]string]string{}
	for _, row := range roletable.Rows() {
		for whose, cell := range row.Cells {
			table[[3]string{row.Role, row.Action, whose}] = cell
		}
	}
	sandy := quoting.Person{ID: quoting.PersonID{Tenant: "dealer", Object: "8"}, Name: "Sandy South", Roles: []quoting.Role{quoting.SalesManager}}
	sam := person("9", "Sam South", quoting.Rep)
	roles := map[string]quoting.Person{"rep": person("7", "Rob Rep", quoting.Rep), "sales_manager": morgan, "admin": person("10", "Ada Admin", quoting.Admin), "auditor": person("11", "Abe Auditor", quoting.Auditor)}
	for _, p := range staff(morgan).People[1:] {
		roles[string(p.Roles[0])] = p
	}
	governed := slices.Concat(slices.Collect(maps.Values(buttons))...)
	seen, cells, withheld := 0, 0, 0
	for _, role := range slices.Sorted(maps.Keys(roles)) {
		for _, whose := range []string{"own", "team", "other"} {
			if table[[3]string{role, "see", whose}] != "yes" {
				withheld++
				continue
			}
			may := func(action string) bool { return table[[3]string{role, action, whose}] == "yes" }
			owner, above := riley, morgan
			switch whose {
			case "own":
				owner = roles[role]
			case "other":
				owner, above = sam, sandy
			}
			for _, step := range []string{"draft", "room", "approve 1", "approve 2", "approve 3", "approve 4", "engineering"} {
				var want []string
				offer := func(action string, allowed bool) {
					cells++
					if allowed {
						want = append(want, buttons[action]...)
					}
				}
				offer("revise", may("revise"))
				offer("submit", may("submit") && (step == "draft" || step == "room"))
				offer("end", may("end"))
				offer("share", may("share") && step == "room")
				waits := step != "draft" && step != "room"
				offer("recall", may("recall") && waits)
				for _, action := range []string{"reject", "changes", "consult", "reassign"} {
					offer(action, waits && may(step) && may(action))
				}
				offer("approve", waits && may(step))

				v := d.standing(t, owner, above, roles[role], step)
				var got []string
				for _, c := range []cards.Card{cards.Quote(v), cards.Approval(v)} {
					got = append(got, verbsOf(t, c)...)
					if shown := strings.Contains(string(c.JSON), d.margin(t)); shown && !may("margin") {
						t.Errorf("%s sees the margin of %s, %s", role, whose, step)
					}
				}
				for _, c := range []cards.Card{cards.Quote(v), cards.Approval(v)} {
					if shown := money.Match(c.JSON); shown != may("price") {
						t.Errorf("%s, %s, %s: there are prices on the card: %t", role, whose, step, shown)
					}
				}
				if shown := strings.Contains(string(cards.Approval(v).JSON), d.margin(t)); shown != (may("margin") && step != "room") {
					t.Errorf("%s, %s, %s: the margin is on the card: %t", role, whose, step, shown)
				}
				cells += 2 // the price, the margin
				got = slices.DeleteFunc(got, func(verb string) bool { return !slices.Contains(governed, verb) })
				slices.Sort(got)
				slices.Sort(want)
				if diff := cmp.Diff(slices.Compact(want), slices.Compact(got), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%s, %s quote, %s: buttons -want +got\n%s", role, whose, step, diff)
				}
				seen++
			}
		}
	}
	t.Logf("%d cells on %d views; %d quotes that a role has no card of", cells, seen, withheld)
}

// standing is a small quote that is a draft, one in a room, or waits for one step, those
// before it taken by somebody else.
func (d demo) standing(t *testing.T, owner, above, viewer quoting.Person, step string) quoting.View {
	t.Helper()
	o := staff(morgan)
	if above.ID != morgan.ID {
		o.People = append(o.People, above)
	}
	o.Above = []quoting.PersonID{above.ID}
	if owner.ID == above.ID {
		o.Above = nil
	}
	var q quoting.Quote
	var version quoting.Version
	d.view(t, small, func(s *scene) {
		verified(s)
		s.quote.Owner = owner.ID
		s.version.Approvals = nil
		if need, ok := map[string]quoting.ApprovalNeed{
			"approve 1": {Level: 1}, "approve 2": {Level: 2}, "approve 3": {Level: 3}, "approve 4": {Level: 4}, "engineering": {Branch: quoting.EngineeringBranch, Level: 1},
		}[step]; ok {
			pending(s)
			if need.Branch == "" {
				need.Branch = quoting.CommercialBranch
			}
			need.Rule, need.Sentence, need.ForRep = "amount", "It is large.", "It is large."
			s.version.Approvals = []quoting.ApprovalNeed{need}
			for level := 1; level < need.Level; level++ {
				s.version.Steps = append(s.version.Steps, quoting.StepDecision{Branch: need.Branch, Level: level, By: quoting.PersonID{Tenant: "dealer", Object: "before"}, Name: "Somebody", At: now})
			}
		}
		q, version = s.quote, s.version
	}, nil)
	viewer.InRoom = step == "room"
	return quoting.NewView(d.policy, q, version, owner, o, viewer, now)
}

// margin is the exact margin of the small quote, as a card writes it.
func (d demo) margin(t *testing.T) string {
	t.Helper()
	worked := quoting.Version{Request: small, Customer: acme}
	if err := worked.Work(d.policy, d.book); err != nil {
		t.Fatal(err)
	}
	return worked.Priced.Margin.String()
}
