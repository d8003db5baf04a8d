package quoting_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

// member is somebody of a directory.
func member(object, team, manager string, roles ...quoting.Role) quoting.Person {
	p := quoting.Person{ID: quoting.PersonID{Tenant: "t", Object: object}, Name: quoting.Capital(object), Team: team, Roles: roles}
	if manager != "" {
		p.Manager = quoting.PersonID{Tenant: "t", Object: manager}
	}
	return p
}

func TestADirectoryThatChangesReadsAsSentences(t *testing.T) {
	t.Parallel()
	riley, morgan := member("riley", "midwest", "morgan", quoting.Rep), member("morgan", "", "", quoting.SalesManager)
	called := riley
	called.Name = "Riley R. Rep"
	for _, tc := range []struct {
		name   string
		before []quoting.Person
		now    []quoting.Person
		want   []string
	}{
		{"the same people in another order", []quoting.Person{riley, morgan}, []quoting.Person{morgan, riley}, nil},
		{"the same roles in another order", []quoting.Person{member("a", "", "", quoting.Rep, quoting.Auditor)}, []quoting.Person{member("a", "", "", quoting.Auditor, quoting.Rep)}, nil},
		{"somebody new", []quoting.Person{morgan}, []quoting.Person{morgan, riley}, []string{"Riley joins as rep, team midwest, under Morgan."}},
		{"somebody new together with the manager", nil, []quoting.Person{riley, morgan}, []string{"Morgan joins as sales manager.", "Riley joins as rep, team midwest, under Morgan."}},
		{"somebody new who may do nothing", nil, []quoting.Person{member("a", "", "")}, []string{"A joins as somebody without a role."}},
		{"somebody who left comes back", []quoting.Person{member("riley", "midwest", ""), morgan}, []quoting.Person{riley, morgan}, []string{"Riley joins as rep, team midwest, under Morgan."}},
		{"somebody leaves", []quoting.Person{riley, morgan}, []quoting.Person{morgan}, []string{"Riley leaves, and was rep."}},
		{"everybody leaves", []quoting.Person{riley, morgan}, nil, []string{"Morgan leaves, and was sales manager.", "Riley leaves, and was rep."}},
		{"who had left is not there", []quoting.Person{member("a", "", ""), morgan}, []quoting.Person{morgan}, nil},
		{"other roles", []quoting.Person{member("a", "", "", quoting.Rep, quoting.VP)}, []quoting.Person{member("a", "", "", quoting.Owner, quoting.Rep)}, []string{"A gains owner and loses VP."}},
		{"another team and manager", []quoting.Person{riley, morgan}, []quoting.Person{member("riley", "south", "", quoting.Rep), morgan}, []string{"Riley moves from midwest to south and reports to nobody instead of Morgan."}},
		{"somebody without a role between others has another manager", []quoting.Person{member("lena", "", "morgan"), morgan}, []quoting.Person{member("lena", "", ""), morgan}, []string{"Lena reports to nobody instead of Morgan."}},
		{"another name", []quoting.Person{riley, morgan}, []quoting.Person{called, morgan}, []string{"Riley R. Rep was called Riley."}},
		{"other roles and another team", []quoting.Person{member("a", "x", "", quoting.Rep)}, []quoting.Person{member("a", "", "", quoting.Finance)}, []string{"A gains finance and loses rep.", "A moves from x to no team."}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			points, err := quoting.DirectoryOfFile(tc.now, "hash").Points(tc.before, nil)
			if diff := cmp.Diff(tc.want, points); diff != "" || err != nil {
				t.Errorf("%v, -want +got\n%s", err, diff)
			}
			after := quoting.After(tc.before, quoting.Proposed{People: append([]quoting.Person{}, tc.now...)})
			if again := quoting.DiffDirectory(after, tc.now); len(again) > 0 {
				t.Errorf("taken twice it changes %+v", again)
			}
		})
	}
}

func TestWhoMayDecideOnAProposal(t *testing.T) {
	t.Parallel()
	ada, alex, sam, finn := member("ada", "", "", quoting.Admin), member("alex", "", "", quoting.Admin), member("sam", "", "", quoting.Rep), member("finn", "", "", quoting.Finance)
	people := []quoting.Person{ada, alex, sam, finn}
	proposed := func(by quoting.Person, role quoting.Role, to quoting.Person, revoke bool) quoting.Proposal {
		t.Helper()
		p, err := quoting.ProposeGrant(by, quoting.Grant{Person: to.ID, Role: role, Revoke: revoke}, people)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	auditor := proposed(ada, quoting.Auditor, sam, false)
	decided := auditor
	decided.State, decided.DecidedName, decided.DecidedAt = quoting.ProposalConfirmed, "Alex", time.Date(2026, 11, 25, 14, 2, 0, 0, time.UTC)
	old := decided
	old.State = quoting.ProposalSuperseded
	policy := demoPolicy(t)
	stricter, err := quoting.ProposePolicy(ada, policy, edited(t, "valid_days: 30", "valid_days: 15"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		p    quoting.Proposal
		who  quoting.Person
		kind quoting.Kind
		says string // empty: it may be confirmed
	}{
		{"a second admin", auditor, alex, 0, ""},
		{"whoever proposed it", auditor, ada, quoting.Forbidden, "You proposed this yourself"},
		{"whoever gains by it", auditor, sam, quoting.Forbidden, "Only an admin"},
		{"an approver", auditor, finn, quoting.Forbidden, "Only an admin"},
		{"an admin who loses by it", proposed(ada, quoting.Admin, alex, true), alex, quoting.Forbidden, "your own roles"},
		{"what is decided", decided, alex, quoting.Conflict, "Alex confirmed this at 14:02 UTC on 25 November."},
		{"what a newer file has superseded", old, alex, quoting.Conflict, "newer file"},
		{"a file, by an admin who stays as they are", quoting.DirectoryOfFile([]quoting.Person{ada, sam}, "h"), ada, 0, ""},
		{"a file, by whom it makes leave", quoting.DirectoryOfFile([]quoting.Person{ada, sam}, "h"), alex, quoting.Forbidden, "your own roles"},
		{"a file that moves the admin who confirms it", quoting.DirectoryOfFile([]quoting.Person{member("ada", "x", "", quoting.Admin), alex}, "h"), ada, 0, ""},
		{"a file with an admin who approves", quoting.DirectoryOfFile([]quoting.Person{ada, alex, member("max", "", "", quoting.Admin, quoting.VP)}, "h"), ada, quoting.Invalid, "Max would be an admin who approves quotes"},
		{"a policy, by a second admin", stricter, alex, 0, ""},
		{"a policy, by its author", stricter, ada, quoting.Forbidden, "You proposed this yourself"},
		{"a policy of a file", quoting.PolicyOfFile(policy), ada, 0, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			err := tc.p.ConfirmProblem(tc.who, people)
			if (err == nil) != (tc.says == "") || err != nil && (quoting.KindOf(err) != tc.kind || !strings.Contains(err.Error(), tc.says)) {
				t.Errorf("%v, want %s: %q", err, tc.kind, tc.says)
			}
		})
	}
	if err := auditor.ConfirmProblem(alex, []quoting.Person{member("ada", "", "", quoting.Rep), alex, sam}); quoting.KindOf(err) != quoting.Conflict {
		t.Errorf("whose proposer is no admin any more: %v", err)
	}
}

func TestWhatARoleMayNotBeProposedFor(t *testing.T) {
	t.Parallel()
	ada, sam, finn := member("ada", "", "", quoting.Admin), member("sam", "", "", quoting.Rep), member("finn", "", "", quoting.Finance)
	people := []quoting.Person{ada, sam, finn}
	for _, tc := range []struct {
		name   string
		by, to quoting.Person
		role   quoting.Role
		revoke bool
		kind   quoting.Kind
		says   string
	}{
		{"by somebody who is no admin", finn, sam, quoting.Rep, false, quoting.Forbidden, "Only an admin"},
		{"for oneself", ada, ada, quoting.Rep, false, quoting.Forbidden, "of their own"},
		{"from oneself", ada, ada, quoting.Admin, true, quoting.Forbidden, "of their own"},
		{"a role that is none", ada, sam, "boss", false, quoting.Invalid, "There is no role"},
		{"for somebody whom the directory does not know", ada, member("zoe", "", ""), quoting.Rep, false, quoting.NotFound, "no such person"},
		{"that the person has", ada, sam, quoting.Rep, false, quoting.Conflict, "already"},
		{"that the person has not", ada, sam, quoting.VP, true, quoting.Conflict, "does not have"},
		{"of an admin, for who approves", ada, finn, quoting.Admin, false, quoting.Invalid, "an admin who approves"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := quoting.ProposeGrant(tc.by, quoting.Grant{Person: tc.to.ID, Role: tc.role, Revoke: tc.revoke}, people)
			if quoting.KindOf(err) != tc.kind || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%v, want %s: %q", err, tc.kind, tc.says)
			}
		})
	}
}

func TestAnAmountIsDecidedByEveryLevelUpToIts(t *testing.T) {
	t.Parallel()
	p := demoPolicy(t)
	for amount, want := range map[string][]quoting.Role{
		"50000.00": {}, "50000.01": {quoting.SalesManager}, "120000": {quoting.SalesManager, quoting.Finance},
		"250000.01": {quoting.SalesManager, quoting.Finance, quoting.VP}, "1000000": {quoting.SalesManager, quoting.Finance, quoting.VP, quoting.Owner},
	} {
		d, err := quoting.ParseDecimal(amount)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.DecidersOf(quoting.Number{Decimal: d}); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", amount, got, want)
		}
	}
}

// Whoever tries whatever: nobody confirms what they proposed, or what gives them a role; an
// admin approves nothing, and there is always one.
func TestNoSequenceOfProposalsGivesAnybodyARoleOfTheirOwn(t *testing.T) {
	t.Parallel()
	some := rapid.SampledFrom([]quoting.Role{quoting.Admin, quoting.Admin, quoting.Finance, quoting.Auditor, quoting.Rep})
	roles := rapid.SliceOfNDistinct(some, 0, 3, rapid.ID)
	rapid.Check(t, func(t *rapid.T) {
		people := []quoting.Person{member("p0", "", "", quoting.Admin), member("p1", "", "", quoting.Admin)}
		for i := range rapid.IntRange(1, 2).Draw(t, "others") {
			people = append(people, member(fmt.Sprintf("q%d", i), "", "", quoting.Exclusive(roles.Draw(t, "roles"))...))
		}
		somebody := func(as string) quoting.Person {
			admins := slices.DeleteFunc(slices.Clone(people), func(p quoting.Person) bool { return !p.Has(quoting.Admin) })
			if rapid.IntRange(0, 3).Draw(t, as+" is anybody") == 0 {
				return rapid.SampledFrom(people).Draw(t, as)
			}
			return rapid.SampledFrom(admins).Draw(t, as)
		}
		var waiting []quoting.Proposal
		for range rapid.IntRange(10, 40).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"grant", "file", "confirm", "confirm", "confirm"}).Draw(t, "step") {
			case "grant":
				g := quoting.Grant{Person: rapid.SampledFrom(people).Draw(t, "to").ID, Role: some.Draw(t, "role"), Revoke: rapid.Bool().Draw(t, "revoke")}
				by := somebody("by")
				p, err := quoting.ProposeGrant(by, g, people)
				if err == nil && (by.ID == g.Person || !by.Has(quoting.Admin)) {
					t.Fatalf("%s with %v proposes %+v", by.Name, by.Roles, g)
				}
				if err == nil {
					waiting = append(waiting, p)
				}
			case "file":
				file := slices.Clone(people)
				i := rapid.IntRange(0, len(file)-1).Draw(t, "whose")
				file[i].Roles = roles.Draw(t, "new roles")
				if rapid.IntRange(0, 3).Draw(t, "somebody leaves") == 0 {
					j := rapid.IntRange(0, len(file)-1).Draw(t, "who")
					file = slices.Delete(file, j, j+1)
				}
				waiting = append(waiting, quoting.DirectoryOfFile(file, "hash"))
			default:
				if len(waiting) == 0 {
					continue
				}
				p, who := &waiting[rapid.IntRange(0, len(waiting)-1).Draw(t, "proposal")], somebody("who")
				if p.ConfirmProblem(who, people) != nil {
					continue
				}
				if p.By == who.ID || !who.Has(quoting.Admin) || p.State != quoting.ProposalOpen {
					t.Fatalf("%s with %v confirms %+v", who.Name, who.Roles, p)
				}
				people = quoting.After(people, p.Proposed)
				p.State = quoting.ProposalConfirmed
				is := people[slices.IndexFunc(people, func(q quoting.Person) bool { return q.ID == who.ID })]
				if !slices.Equal(quoting.Exclusive(is.Roles), quoting.Exclusive(who.Roles)) {
					t.Fatalf("%s had %v and has %v by a confirmation of their own", who.Name, who.Roles, is.Roles)
				}
			}
			if !slices.ContainsFunc(people, func(p quoting.Person) bool { return p.Has(quoting.Admin) }) {
				t.Fatal("nobody is an admin any more")
			}
			for _, p := range people {
				if p.Has(quoting.Admin) && p.MayDecide() {
					t.Fatalf("%s is an admin and has %v", p.Name, p.Roles)
				}
			}
		}
	})
}

func TestWhatIsProposedIsSaidWithWhatItChanges(t *testing.T) {
	t.Parallel()
	ada, sam, finn := member("ada", "", "", quoting.Admin), member("sam", "midwest", "", quoting.Rep), member("finn", "", "", quoting.Finance, quoting.Auditor)
	people := []quoting.Person{ada, sam, finn}
	policy := demoPolicy(t)
	granted := func(to quoting.Person, role quoting.Role, revoke bool) quoting.Proposal {
		t.Helper()
		p, err := quoting.ProposeGrant(ada, quoting.Grant{Person: to.ID, Role: role, Revoke: revoke}, people)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	stricter, err := quoting.ProposePolicy(ada, policy, edited(t, "valid_days: 30", "valid_days: 15", `amount:      ["50000.00"`, `amount:      ["20000.00"`))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, title string
		p           quoting.Proposal
		points      []string
	}{
		{"a role more", "Proposed: the role sales manager for Sam", granted(sam, quoting.SalesManager, false), []string{"Sam gains sales manager."}},
		{"a role less", "Proposed: Finn without the role auditor", granted(finn, quoting.Auditor, true), []string{"Finn loses auditor."}},
		{"the only role", "Proposed: Sam without the role rep", granted(sam, quoting.Rep, true), []string{"Sam loses rep."}},
		{"VP is written in capitals", "Proposed: the role VP for Finn", granted(finn, quoting.VP, false), []string{"Finn gains VP."}},
		{"a file without somebody", "Proposed: a changed directory", quoting.DirectoryOfFile([]quoting.Person{ada, finn}, "h"), []string{"Sam leaves, and was rep."}},
		{"a file that says the same", "Proposed: a changed directory", quoting.DirectoryOfFile(people, "h"), nil},
		{"a policy", "Proposed: a changed policy", stricter, []string{"approval.amount[0]: 50000.00 → 20000.00", "valid_days: 30 → 15"}},
		{"a policy of a file that says the same", "Proposed: a changed policy", quoting.PolicyOfFile(policy), []string{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			points, err := tc.p.Points(people, policy)
			if diff := cmp.Diff(tc.points, points); err != nil || diff != "" {
				t.Errorf("%v, -want +got\n%s", err, diff)
			}
			if title := tc.p.Title(people); title != tc.title {
				t.Errorf("%q, want %q", title, tc.title)
			}
		})
	}
	broken := quoting.Proposal{Kind: quoting.PolicyProposal, Proposed: quoting.Proposed{Policy: "valid_days: [30"}}
	if points, err := broken.Points(people, policy); quoting.KindOf(err) != quoting.Invalid || len(points) > 0 {
		t.Errorf("a policy that cannot be read changes %v, %v", points, err)
	}
	if points, err := stricter.Points(people, &quoting.Policy{Text: []byte("valid_days: [30")}); quoting.KindOf(err) != quoting.Invalid || len(points) > 0 {
		t.Errorf("beside a policy that cannot be read it changes %v, %v", points, err)
	}
}

// A button is good for what was shown beside it and for nothing else.
func TestAButtonStandsForThePointsThatWereShown(t *testing.T) {
	t.Parallel()
	point := rapid.SampledFrom([]string{"Sam gains VP.", "Sam gains finance.", "Finn leaves, and was finance.", "valid_days: 30 → 15"})
	rapid.Check(t, often(func(t *rapid.T) {
		a, b := rapid.SliceOfN(point, 1, 4).Draw(t, "shown"), rapid.SliceOfN(point, 1, 4).Draw(t, "now")
		if (quoting.Seen(a) == quoting.Seen(b)) != slices.Equal(a, b) {
			t.Fatalf("%q and %q: %s and %s", a, b, quoting.Seen(a), quoting.Seen(b))
		}
	}))
}

func TestAPolicyIsProposedByAnAdminAndOnlyWhereItDiffers(t *testing.T) {
	t.Parallel()
	ada, finn := member("ada", "", "", quoting.Admin), member("finn", "", "", quoting.Finance)
	now, changed := demoPolicy(t), edited(t, "valid_days: 30", "valid_days: 15")
	for _, tc := range []struct {
		name    string
		by      quoting.Person
		changed *quoting.Policy
		kind    quoting.Kind
		says    string // empty: it is proposed
	}{
		{"another policy", ada, changed, 0, ""},
		{"the one in force", ada, now, quoting.Conflict, "in force already"},
		{"by finance", finn, changed, quoting.Forbidden, "Only an admin"},
		{"by somebody without a role", member("zoe", "", ""), changed, quoting.Forbidden, "Only an admin"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p, err := quoting.ProposePolicy(tc.by, now, tc.changed)
			if tc.says != "" {
				if quoting.KindOf(err) != tc.kind || !strings.Contains(err.Error(), tc.says) || p.Policy != "" {
					t.Errorf("%+v, %v; want %s: %q", p, err, tc.kind, tc.says)
				}
				return
			}
			want := quoting.Proposal{
				Kind: quoting.PolicyProposal, By: ada.ID, ByName: "Ada", Hash: changed.Version, State: quoting.ProposalOpen, Proposed: quoting.Proposed{Policy: string(changed.Text)},
			}
			if diff := cmp.Diff(want, p); err != nil || diff != "" {
				t.Errorf("%v, -want +got\n%s", err, diff)
			}
		})
	}
}

// Who may not confirm may not refuse either: a proposal is not withdrawn by its author, nor
// stopped by whom it concerns.
func TestWhoMayRefuseAProposal(t *testing.T) {
	t.Parallel()
	ada, alex, finn := member("ada", "", "", quoting.Admin), member("alex", "", "", quoting.Admin), member("finn", "", "", quoting.Finance)
	people := []quoting.Person{ada, alex, finn}
	grant, err := quoting.ProposeGrant(ada, quoting.Grant{Person: alex.ID, Role: quoting.Auditor}, append(people, member("sam", "", "", quoting.Rep)))
	if err != nil {
		t.Fatal(err)
	}
	policy, err := quoting.ProposePolicy(ada, demoPolicy(t), edited(t, "valid_days: 30", "valid_days: 15"))
	if err != nil {
		t.Fatal(err)
	}
	moved := alex
	moved.Team = "south"
	noAdmin := quoting.DirectoryOfFile([]quoting.Person{finn}, "h")
	for _, tc := range []struct {
		name string
		p    quoting.Proposal
		who  quoting.Person
		says string // empty: it may be refused
	}{
		{"a policy, by another admin", policy, alex, ""},
		{"a policy, by its author", policy, ada, "You proposed this yourself"},
		{"a policy, by finance", policy, finn, "Only an admin"},
		{"a role, by who gets it", grant, alex, "your own roles"},
		{"a role, by who gives it", grant, ada, "You proposed this yourself"},
		{"a role, by a third admin", grant, member("third", "", "", quoting.Admin), ""},
		{"a file, by an admin who gets another team", quoting.DirectoryOfFile([]quoting.Person{ada, moved, finn}, "h"), alex, ""},
		{"a file, by an admin who leaves by it", noAdmin, alex, "your own roles"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			err := tc.p.DeciderProblem(tc.who, people)
			if (err == nil) != (tc.says == "") || err != nil && (quoting.KindOf(err) != quoting.Forbidden || !strings.Contains(err.Error(), tc.says)) {
				t.Errorf("%v, want %q", err, tc.says)
			}
		})
	}
	// What would leave nobody to confirm the next change is confirmed by nobody, an admin whom
	// the directory does not know among them.
	if err := noAdmin.ConfirmProblem(member("third", "", "", quoting.Admin), people); quoting.KindOf(err) != quoting.Invalid || !strings.Contains(err.Error(), "Nobody would be an admin") {
		t.Errorf("a directory without an admin: %v", err)
	}
	last := quoting.Grant{Person: ada.ID, Role: quoting.Admin, Revoke: true}
	if _, err := quoting.ProposeGrant(member("third", "", "", quoting.Admin), last, []quoting.Person{ada, finn}); quoting.KindOf(err) != quoting.Invalid || !strings.Contains(err.Error(), "Nobody would be an admin") {
		t.Errorf("the last admin of the directory: %v", err)
	}
}

func TestRolesAreListedInTheirOrder(t *testing.T) {
	t.Parallel()
	for want, roles := range map[string][]quoting.Role{
		"no role": nil, "rep": {quoting.Rep}, "sales manager, VP": {quoting.VP, quoting.SalesManager}, "rep, finance, owner, auditor": {quoting.Auditor, quoting.Owner, quoting.Finance, quoting.Rep},
	} {
		if got := member("a", "", "", roles...).RoleNames(); got != want {
			t.Errorf("%v reads %q, want %q", roles, got, want)
		}
	}
	for want, role := range map[string]quoting.Role{"none": "", "VP": quoting.VP, "sales manager": quoting.SalesManager, "owner": quoting.Owner} {
		if got := role.Name(); got != want {
			t.Errorf("%q reads %q, want %q", string(role), got, want)
		}
	}
}
