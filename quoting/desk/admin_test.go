package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"radioquote/quoting"
	"radioquote/quoting/desk"
)

// alex is a second admin.
var alex = quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "alex"}, Name: "Alex Admin", Roles: []quoting.Role{quoting.Admin}}

// administered is a quiet office with two admins, whose chats are open, at work. Its prices do
// not matter.
func administered(t *testing.T, change ...func(*quoting.Policy)) *office {
	t.Helper()
	o := newQuietOffice(t, change...)
	if err := o.Enter(t.Context(), riley, morgan, sam, ada, alex, finn); err != nil {
		t.Fatal(err)
	}
	for _, p := range []quoting.Person{ada, alex, finn} {
		if err := o.Installed(t.Context(), o.arrival(p)); err != nil {
			t.Fatal(err)
		}
	}
	o.workWithoutNetSuite(t)
	for _, p := range []quoting.Person{ada, alex, finn} {
		o.teams.wait(t, "a greeting", func(m sent) bool { return m.chat == "a:"+p.ID.Object })
	}
	return o
}

// reads has somebody send a command and waits for the notice that says something, among those
// that come unasked.
func (o *office) reads(p quoting.Person, cmd quoting.Command, says string) quoting.Notice {
	o.t.Helper()
	before := o.teams.count("a:" + p.ID.Object)
	if err := o.Message(o.t.Context(), o.arrival(p), func(quoting.Dialogue) quoting.Command { return cmd }); err != nil {
		o.t.Fatal(err)
	}
	m := o.teams.wait(o.t, p.Name+" reads "+says, func(m sent) bool {
		return m.chat == "a:"+p.ID.Object && m.index >= before && m.content.Notice != nil && strings.Contains(m.content.Notice.Text, says)
	})
	return *m.content.Notice
}

// proposed waits for a proposal's card in somebody's chat.
func (o *office) proposed(to quoting.Person, title string) quoting.Notice {
	o.t.Helper()
	m := o.teams.wait(o.t, "a proposal for "+to.Name, func(m sent) bool {
		n := m.content.Notice
		return m.chat == "a:"+to.ID.Object && n != nil && strings.HasPrefix(n.Title, "Proposed") && strings.Contains(n.Title, title) && len(n.Choices) > 0
	})
	return *m.content.Notice
}

// pressed is what a button of a notice stands for.
func pressed(t *testing.T, n quoting.Notice, title string) quoting.Command {
	t.Helper()
	i := slices.IndexFunc(n.Choices, func(c quoting.Choice) bool { return c.Title == title })
	if i < 0 {
		t.Fatalf("%q has no button %s: %+v", n.Title, title, n.Choices)
	}
	return n.Choices[i].Command
}

// confirms presses Confirm, signs in where that is asked, and returns what the card shows.
func (o *office) confirms(t *testing.T, who quoting.Person, n quoting.Notice) quoting.Notice {
	t.Helper()
	after := *o.click(who, pressed(t, n, "Confirm")).Notice
	if after.Link == nil {
		return after
	}
	id, ok := strings.CutPrefix(after.Link.URL, "https://quotes.example/step-up/")
	if !ok || !strings.Contains(after.Text, "Nothing is changed yet") {
		t.Fatalf("the link is %+v, %q", after.Link, after.Text)
	}
	s, err := o.SignIn(t.Context(), id)
	if err != nil || s.Purpose != "policy" || s.Person != who.ID {
		t.Fatalf("%+v, %v", s, err)
	}
	c, err := o.Prove(t.Context(), s, o.clock.now(), "proof")
	if err != nil {
		t.Fatal(err)
	}
	return *c.Notice
}

func grant(role quoting.Role, to string) quoting.Command {
	return quoting.Command{Intent: quoting.GrantRole, Slots: quoting.Slots{Role: role, Person: to}}
}

func revoke(role quoting.Role, from string) quoting.Command {
	return quoting.Command{Intent: quoting.RevokeRole, Slots: quoting.Slots{Role: role, Person: from}}
}

const roleOf = `SELECT count(*) FROM people WHERE object_id = $1 AND $2 = ANY (roles)`

func TestARoleIsGivenWhenASecondAdminConfirmsItAndHasProvedIt(t *testing.T) {
	t.Parallel()
	o := administered(t)
	n := o.notice(ada, grant(quoting.Finance, "Sam"))
	if n.Title != "Proposed: the role finance for Sam South" || n.Text != "It holds when another admin confirms it: Alex Admin has a card." || n.Points[0] != "Sam South gains finance." {
		t.Errorf("Ada reads %+v", n)
	}
	card := o.proposed(alex, "finance for Sam")
	if card.Points[0] != "Sam South gains finance." || !strings.HasPrefix(card.Text, "Ada Admin proposes this.") {
		t.Errorf("Alex reads %+v", card)
	}
	for _, p := range []quoting.Person{ada, riley, morgan} {
		if c, err := o.Click(t.Context(), o.arrival(p), pressed(t, card, "Confirm")); quoting.KindOf(err) != quoting.Forbidden {
			t.Errorf("%s confirms: %+v, %v", p.Name, c.Notice, err)
		}
	}
	asked := *o.click(alex, pressed(t, card, "Confirm")).Notice // and signs in nowhere
	if asked.Link == nil || o.count(`SELECT count(*) FROM proposals WHERE state = 'open'`) != 1 {
		t.Errorf("without a proof: %+v", asked)
	}
	if after := o.confirms(t, alex, card); after.Text != "You confirmed it. It holds within moments." {
		t.Errorf("Alex reads %+v", after)
	}
	o.eventually(1, roleOf, "sam", "finance")
	o.eventually(1, roleOf, "sam", "rep")
	o.teams.wait(t, "word to Ada", func(m sent) bool {
		return m.chat == "a:ada" && m.content.Notice != nil && m.content.Notice.Text == "Alex Admin confirmed it. It holds within moments."
	})
	if c := o.click(alex, pressed(t, card, "Refuse")); c.Notice.Text != "You confirmed it. It holds within moments." {
		t.Errorf("a late refusal reads %+v", c.Notice)
	}
	if n := o.count(`
		SELECT count(DISTINCT e.kind)
		FROM audit_events e
		JOIN people p ON p.id = e.actor_id
		WHERE e.kind = 'proposal_made' AND p.object_id = 'ada'
		   OR e.kind IN ('step_up_asked', 'step_up_passed', 'proposal_confirmed', 'role_granted') AND p.object_id = 'alex'`); n != 5 {
		t.Errorf("%d kinds of events, want 5", n)
	}

	o.reads(alex, revoke(quoting.Finance, "Sam South"), "Ada Admin has a card")
	o.confirms(t, ada, o.proposed(ada, "Sam South without the role finance"))
	o.eventually(0, roleOf, "sam", "finance")
	o.eventually(1, `SELECT count(*) FROM audit_events WHERE kind = 'role_revoked' AND data -> 'before' ? 'finance' AND NOT data -> 'now' ? 'finance'`)
}

func TestWhatNobodyMayProposeIsRefused(t *testing.T) {
	t.Parallel()
	o := administered(t)
	for _, tc := range []struct {
		name string
		who  quoting.Person
		cmd  quoting.Command
		says string
	}{
		{"a rep asks for a role", riley, grant(quoting.Owner, "me"), "Only an admin changes who may do what"},
		{"a manager gives one", morgan, grant(quoting.Rep, "Sam"), "Only an admin changes who may do what"},
		{"an admin gives one to himself", ada, grant(quoting.Owner, "me"), "Nobody changes roles of their own"},
		{"by name as well", ada, grant(quoting.Owner, "Ada"), "Nobody changes roles of their own"},
		{"an admin is to approve", ada, grant(quoting.Finance, "Alex"), "an admin who approves quotes"},
		{"an approver is to be admin", ada, grant(quoting.Admin, "Morgan"), "an admin who approves quotes"},
		{"what somebody has", ada, grant(quoting.Rep, "Sam"), "has the role rep already"},
		{"what somebody has not is taken", ada, revoke(quoting.Owner, "Sam"), "does not have the role owner"},
		{"a name that is nobody's", ada, grant(quoting.Rep, "Zebulon"), "I know nobody called Zebulon"},
		{"no role", ada, grant("", "Sam"), "Which role?"},
		{"nobody", ada, grant(quoting.Rep, ""), "Whose role?"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if n := o.notice(tc.who, tc.cmd); !strings.Contains(n.Text, tc.says) {
				t.Errorf("%q, want %q", n.Text, tc.says)
			}
		})
	}
	if n := o.count(`SELECT count(*) FROM proposals`); n != 0 {
		t.Errorf("%d proposals", n)
	}
}

func TestAProposalWaitsOnceAndARefusalEndsIt(t *testing.T) {
	t.Parallel()
	o := administered(t)
	o.notice(ada, grant(quoting.Finance, "Sam"))
	o.reads(ada, grant(quoting.Finance, "Sam"), "proposed already")
	card := o.proposed(alex, "finance for Sam")
	if n := o.notice(alex, quoting.Command{Intent: quoting.ListApprovals}); len(n.Choices) != 2 {
		t.Errorf("what waits for Alex: %+v", n)
	}
	if n := o.notice(ada, quoting.Command{Intent: quoting.ListApprovals}); len(n.Choices) != 0 || !strings.Contains(n.Text, "You proposed this yourself") {
		t.Errorf("and what for Ada: %+v", n)
	}
	a := o.arrival(alex)
	for range 2 { // Teams sends a click again
		c, err := o.Click(t.Context(), a, pressed(t, card, "Refuse"))
		if err != nil || c.Notice.Text != "You refused it. Nothing is changed." {
			t.Errorf("%+v, %v", c.Notice, err)
		}
	}
	if c := o.click(alex, pressed(t, card, "Confirm")); c.Notice.Text != "You refused it. Nothing is changed." {
		t.Errorf("a confirmation after it: %+v", c.Notice)
	}
	if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = 'proposal_refused'`); n != 1 {
		t.Errorf("%d refusals", n)
	}
	o.reads(ada, grant(quoting.Finance, "Sam"), "has a card") // may be proposed again
	if n := o.count(`SELECT count(*) FROM proposals WHERE state = 'open'`); n != 1 {
		t.Errorf("%d wait", n)
	}
	if n := o.count(roleOf, "sam", "finance"); n != 0 {
		t.Error("Sam has the role")
	}
}

// Two proposals that are good one by one and not together.
func TestWhatWasGoodWhenItWasProposedIsJudgedAgain(t *testing.T) {
	t.Parallel()
	o := administered(t, func(p *quoting.Policy) { p.StepUp.Method = quoting.SecondApprover })
	o.notice(ada, grant(quoting.Finance, "Sam"))
	o.notice(ada, grant(quoting.Admin, "Sam"))
	o.confirms(t, alex, o.proposed(alex, "admin for Sam"))
	o.eventually(1, roleOf, "sam", "admin")
	if _, err := o.Click(t.Context(), o.arrival(alex), pressed(t, o.proposed(alex, "finance for Sam"), "Confirm")); quoting.KindOf(err) != quoting.Invalid {
		t.Errorf("an admin in finance: %v", err)
	}
	// Whoever has proposed something and is no admin any more has proposed nothing.
	o.reads(ada, grant(quoting.Auditor, "Finn"), "has a card")
	o.reads(alex, revoke(quoting.Admin, "Ada"), "Sam South has a card")
	if err := o.Installed(t.Context(), o.arrival(sam)); err != nil {
		t.Fatal(err)
	}
	o.confirms(t, sam, o.proposed(sam, "Ada Admin without the role admin"))
	o.eventually(0, roleOf, "ada", "admin")
	if _, err := o.Click(t.Context(), o.arrival(alex), pressed(t, o.proposed(alex, "auditor for Finn"), "Confirm")); quoting.KindOf(err) != quoting.Conflict || !strings.Contains(err.Error(), "is no admin any more") {
		t.Errorf("a proposal of somebody who was an admin: %v", err)
	}
}

func TestAChangedDirectoryFileIsProposedAndTakenWhenAnAdminConfirmsIt(t *testing.T) {
	t.Parallel()
	o := administered(t, func(p *quoting.Policy) { p.StepUp.Method = quoting.SecondApprover })
	if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = 'directory_taken' AND (data ->> 'first')::boolean`); n != 1 {
		t.Errorf("%d first directories", n)
	}
	moved := riley
	moved.Team = "south"
	nina := quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "nina"}, Name: "Nina New", Roles: []quoting.Role{quoting.Rep}, Team: "south", Manager: morgan.ID}
	start := func(hash string, people ...quoting.Person) {
		t.Helper()
		if err := o.Prepare(t.Context(), people, hash); err != nil {
			t.Fatal(err)
		}
	}
	start("directory-2", riley, morgan, sam, ada, alex, finn) // the same people
	if n := o.count(`SELECT count(*) FROM proposals`); n != 0 {
		t.Errorf("a file that changes nobody makes %d proposals", n)
	}
	start("directory-3", moved, morgan, ada, alex, finn, nina)
	start("directory-3", moved, morgan, ada, alex, finn, nina) // a second start
	stale := o.proposed(alex, "a changed directory")
	want := []string{"Nina New joins as rep, team south, under Morgan Manager.", "Riley Rep moves from midwest to south.", "Sam South leaves, and was rep."}
	if !slices.Equal(stale.Points, want) {
		t.Errorf("the card says %q", stale.Points)
	}
	if n := o.count(`SELECT count(*) FROM people WHERE object_id = 'nina'`) + o.count(`SELECT count(*) FROM people WHERE team = 'south' AND object_id = 'riley'`); n != 0 {
		t.Error("it was taken before it was confirmed")
	}
	start("directory-4", moved, morgan, sam, ada, alex, finn, nina) // Sam is back
	if c := o.click(alex, pressed(t, stale, "Confirm")); !strings.Contains(c.Notice.Text, "newer file") {
		t.Errorf("the older file: %+v", c.Notice)
	}
	// What is confirmed is what was shown.
	fresh := o.teams.wait(t, "the newer proposal", func(m sent) bool {
		return m.chat == "a:ada" && m.content.Notice != nil && len(m.content.Notice.Points) == 2 && m.content.Notice.Title == "Proposed: a changed directory"
	}).content.Notice
	o.reads(ada, grant(quoting.Auditor, "Sam"), "has a card")
	o.confirms(t, alex, o.proposed(alex, "auditor for Sam"))
	o.eventually(1, roleOf, "sam", "auditor")
	again := o.click(ada, pressed(t, *fresh, "Confirm")).Notice
	if !strings.Contains(again.Text, "something else has changed since") || !slices.Contains(again.Points, "Sam South loses auditor.") {
		t.Fatalf("after the grant the card says %+v", again)
	}
	o.confirms(t, ada, *again)
	o.eventually(1, roleOf, "nina", "rep")
	o.eventually(1, `SELECT count(*) FROM people WHERE team = 'south' AND object_id = 'riley'`)
	o.eventually(0, roleOf, "sam", "auditor")
	for kind, want := range map[string]int{"directory_taken": 2, "person_left": 0, "person_moved": 1, "roles_changed": 1} {
		if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = $1`, kind); n != want {
			t.Errorf("%d events %s, want %d", n, kind, want)
		}
	}
	proposals := o.count(`SELECT count(*) FROM proposals`)
	start("directory-4", moved, morgan, sam, ada, alex, finn, nina)
	start("")
	if n := o.count(`SELECT count(*) FROM proposals`); n != proposals {
		t.Error("what was taken is proposed again")
	}
	start("directory-1", riley, morgan, sam, ada) // the old file is a change like any other
	if n := o.count(`SELECT count(*) FROM proposals WHERE state = 'open'`); n != 1 {
		t.Errorf("%d wait", n)
	}
}

func TestAFileDoesNotChangeTheRolesOfWhoConfirmsItNorTakeTheLastAdmin(t *testing.T) {
	t.Parallel()
	o := administered(t, func(p *quoting.Policy) { p.StepUp.Method = quoting.SecondApprover })
	fallen := alex
	fallen.Roles = []quoting.Role{quoting.Owner}
	if err := o.Prepare(t.Context(), []quoting.Person{riley, ada, fallen}, "directory-2"); err != nil {
		t.Fatal(err)
	}
	card := o.proposed(ada, "a changed directory")
	if _, err := o.Click(t.Context(), o.arrival(alex), pressed(t, card, "Confirm")); quoting.KindOf(err) != quoting.Forbidden || !strings.Contains(err.Error(), "your own roles") {
		t.Errorf("who gains a role by it: %v", err)
	}
	if err := o.Prepare(t.Context(), []quoting.Person{riley}, "directory-3"); err != nil {
		t.Fatal(err)
	}
	if n := o.count(`SELECT count(*) FROM proposals WHERE state = 'open'`); n != 1 {
		t.Errorf("%d wait", n)
	}
	o.reads(ada, revoke(quoting.Admin, "Alex"), "nobody may confirm it")
}

// Without an admin nobody could confirm a file that names one.
func TestWithoutAnAdminAChangedFileIsTakenAsItIs(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t)
	if err := o.Enter(t.Context(), riley); err != nil {
		t.Fatal(err)
	}
	if err := o.Prepare(t.Context(), []quoting.Person{riley, ada}, "directory-2"); err != nil {
		t.Fatal(err)
	}
	if n := o.count(roleOf, "ada", "admin") + o.count(`SELECT count(*) FROM audit_events WHERE kind = 'directory_taken' AND NOT (data ->> 'first')::boolean`); n != 2 {
		t.Errorf("%d", n)
	}
}

func TestAConfirmedPolicyIsInForceFromTheNextStart(t *testing.T) {
	t.Parallel()
	o := administered(t)
	now := o.Policy
	changed := func(days string) *quoting.Policy {
		t.Helper()
		p, err := quoting.ParsePolicy([]byte(strings.Replace(string(now.Text), "valid_days: 30", "valid_days: "+days, 1)))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	inForce := func(file *quoting.Policy) *quoting.Policy {
		t.Helper()
		p, err := desk.PolicyInForce(t.Context(), o.db, file, o.clock.now())
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	stricter := changed("15")
	if p := inForce(stricter); p.Version != now.Version || p.ValidDays != 30 {
		t.Errorf("a changed file is in force: %d days", p.ValidDays)
	}
	for _, tc := range []struct {
		who  quoting.Person
		p    *quoting.Policy
		kind quoting.Kind
	}{{riley, stricter, quoting.Forbidden}, {ada, now, quoting.Conflict}, {quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "nobody"}}, stricter, quoting.NotFound}} {
		if _, err := o.ProposePolicy(t.Context(), tc.who.ID, tc.p, "test"); quoting.KindOf(err) != tc.kind {
			t.Errorf("%s: %v", tc.who.Name, err)
		}
	}
	made, err := o.ProposePolicy(t.Context(), ada.ID, stricter, "test")
	if err != nil || !slices.Equal(made.Points, []string{"valid_days: 30 → 15"}) || !slices.Equal(made.Asked, []string{"Alex Admin"}) {
		t.Fatalf("%+v, %v", made, err)
	}
	card := o.proposed(alex, "a changed policy")
	if after := o.confirms(t, alex, card); !strings.Contains(after.Text, "in force from the next start") {
		t.Errorf("Alex reads %+v", after)
	}
	if current, err := desk.CurrentPolicy(t.Context(), o.db, stricter); err != nil || current.Version != now.Version {
		t.Errorf("before the next start %d days are in force, %v", current.ValidDays, err)
	}
	for range 2 { // the next start, and the one after it
		o.clock.advance(time.Second)
		if p := inForce(now); p.Version != stricter.Version || p.ValidDays != 15 {
			t.Errorf("after the next start %d days are in force", p.ValidDays)
		}
	}
	if n := o.count(`
		SELECT count(*)
		FROM policies_in_force f
		JOIN people b ON b.id = f.proposed_by
		JOIN people d ON d.id = f.decided_by
		WHERE f.policy = $1
		  AND b.object_id = 'ada'
		  AND d.object_id = 'alex'`, stricter.Version); n != 1 {
		t.Errorf("it was put in force %d times", n)
	}
	if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = 'policy_taken'`); n != 2 {
		t.Errorf("%d policies were taken", n)
	}
	// A policy file that changes is proposed by the start that finds it, once.
	o.Desk.PolicyFile = changed("45")
	for range 2 {
		if err := o.Prepare(t.Context(), nil, ""); err != nil {
			t.Fatal(err)
		}
	}
	m := o.teams.wait(t, "the file's proposal", func(m sent) bool {
		return m.chat == "a:ada" && m.content.Notice != nil && slices.Contains(m.content.Notice.Points, "valid_days: 15 → 45")
	})
	if !strings.Contains(m.content.Notice.Text, "in a changed file") {
		t.Errorf("%+v", m.content.Notice)
	}
	if n := o.count(`SELECT count(*) FROM proposals WHERE kind = 'policy' AND proposed_by IS NULL`); n != 1 {
		t.Errorf("%d proposals of files", n)
	}
}

// A text of a program before this one, or after it, does not keep the service down.
func TestAPolicyThatDoesNotFitTheProgramGivesWayToTheFiles(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t)
	o.sql(`INSERT INTO policies (version, text, taken_at) VALUES ('old', 'currency: USD', now())`)
	o.sql(`INSERT INTO policies_in_force (policy, since) VALUES ('old', now() + interval '1 second')`)
	o.clock.advance(time.Minute)
	if p, err := desk.CurrentPolicy(t.Context(), o.db, o.Policy); err != nil || p != o.Policy {
		t.Errorf("a command reads %v, %v", p, err)
	}
	for range 2 {
		p, err := desk.PolicyInForce(t.Context(), o.db, o.Policy, o.clock.now())
		if err != nil || p.Version != o.Policy.Version {
			t.Fatalf("%v, %v", p, err)
		}
	}
	if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = 'policy_taken' AND data ->> 'why' LIKE '%does not fit%'`); n != 1 {
		t.Errorf("%d events", n)
	}
	o.sql(`INSERT INTO proposals (kind, title, hash, data, at, state, decided_by, decided_at) SELECT 'policy', 't', 'new', '{"policy": "siren: 1"}', now(), 'confirmed', id, now() FROM people WHERE object_id = 'ada'`)
	if p, err := desk.PolicyInForce(t.Context(), o.db, o.Policy, o.clock.now()); err != nil || p.Version != o.Policy.Version {
		t.Errorf("%v, %v", p, err)
	}
	if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = 'policy_refused'`); n != 1 {
		t.Errorf("%d events", n)
	}
}

func TestWhoMayDoWhatIsToldToAdminsAndOfOneselfToEverybody(t *testing.T) {
	t.Parallel()
	o := administered(t)
	o.sql(`INSERT INTO delegations (from_id, to_id, since, until) SELECT f.id, m.id, now() - interval '1 hour', now() + interval '5 days' FROM people f, people m WHERE f.object_id = 'finn' AND m.object_id = 'morgan'`)
	o.sql(`INSERT INTO absences (person_id, source, since, seen_at) SELECT id, 'said', now() - interval '1 hour', now() FROM people WHERE object_id = 'finn'`)
	ask := func(who quoting.Person, s quoting.Slots) quoting.Notice {
		t.Helper()
		return o.notice(who, quoting.Command{Intent: quoting.WhoCan, Slots: s})
	}
	titles := func(n quoting.Notice) (all []string) {
		for _, e := range n.Entries {
			all = append(all, e.Title)
		}
		return all
	}
	all := ask(ada, quoting.Slots{})
	if got := titles(all); !slices.Equal(got, []string{"Ada Admin", "Alex Admin", "Finn Finance", "Morgan Manager", "Riley Rep", "Sam South"}) {
		t.Errorf("Ada sees %v", got)
	}
	if e := all.Entries[2]; e.Value != "finance" || !strings.HasPrefix(e.Note, "out of office · Morgan Manager stands in until ") {
		t.Errorf("Finn: %+v", e)
	}
	if e := all.Entries[4]; e.Note != "team midwest · under Morgan Manager" {
		t.Errorf("Riley: %+v", e)
	}
	amount := &quoting.Number{Decimal: quoting.MustMoney("120000", quoting.USD).Amount}
	if n := ask(ada, quoting.Slots{AmountMin: amount}); !slices.Equal(titles(n), []string{"Finn Finance", "Morgan Manager"}) || !strings.HasPrefix(n.Text, "An amount of $120,000.00 is approved by sales manager, then finance, in that order.") {
		t.Errorf("120k: %v, %q", titles(n), n.Text)
	}
	if n := ask(ada, quoting.Slots{Role: quoting.Rep}); !slices.Equal(titles(n), []string{"Riley Rep", "Sam South"}) {
		t.Errorf("reps: %v", titles(n))
	}
	if n := ask(ada, quoting.Slots{Person: "Sam"}); !slices.Equal(titles(n), []string{"Sam South"}) || n.Text != "Sam South makes and submits quotes." {
		t.Errorf("Sam: %+v", n)
	}
	if n := ask(riley, quoting.Slots{Person: "me"}); !slices.Equal(titles(n), []string{"Riley Rep"}) || n.Text != "Riley Rep makes and submits quotes." || len(n.Examples) > 0 {
		t.Errorf("Riley about herself: %+v", n)
	}
	for _, s := range []quoting.Slots{{}, {Person: "Finn"}, {Role: quoting.Admin}} {
		if n := ask(riley, s); len(n.Entries) > 1 || slices.Contains(titles(n), "Finn Finance") || !strings.Contains(n.Text, "an admin sees") {
			t.Errorf("Riley about %+v: %+v", s, n)
		}
	}
	if n := o.notice(ada, quoting.Command{Intent: quoting.Help}); !strings.Contains(n.Title, "Roles") {
		t.Errorf("help for an admin: %+v", n)
	}
}

// A job that is worked twice, as after a crash, does nothing twice.
func TestWhatIsConfirmedIsDoneOnce(t *testing.T) {
	t.Parallel()
	o := administered(t, func(p *quoting.Policy) { p.StepUp.Method = quoting.SecondApprover })
	o.notice(ada, grant(quoting.Auditor, "Sam"))
	o.confirms(t, alex, o.proposed(alex, "auditor for Sam"))
	o.eventually(1, roleOf, "sam", "auditor")
	o.sql(`UPDATE people SET roles = '{rep}' WHERE object_id = 'sam'`)
	if err := o.Apply(t.Context(), int64(o.count(`SELECT max(id) FROM proposals`))); err != nil {
		t.Fatal(err)
	}
	if n := o.count(roleOf, "sam", "auditor"); n != 0 {
		t.Error("it was done again")
	}
	// What has become impossible between the confirmation and the job is not done.
	o.sql(`UPDATE people SET roles = '{admin}' WHERE object_id = 'sam'`)
	o.sql(`INSERT INTO proposals (kind, proposed_by, title, hash, data, at, state, decided_by, decided_at)
		SELECT 'grant', b.id, 't', 'h', jsonb_build_object('grant', jsonb_build_object('person', jsonb_build_object('Tenant', s.tenant, 'Object', s.object_id), 'role', 'vp')), now(), 'confirmed', d.id, now()
		FROM people b, people d, people s WHERE b.object_id = 'ada' AND d.object_id = 'alex' AND s.object_id = 'sam'`)
	if err := o.Apply(t.Context(), int64(o.count(`SELECT max(id) FROM proposals`))); err != nil {
		t.Fatal(err)
	}
	if n := o.count(roleOf, "sam", "vp") + o.count(`SELECT count(*) FROM audit_events WHERE kind = 'role_granted' AND data ->> 'role' = 'vp'`); n != 0 {
		t.Error("an admin approves")
	}
	o.teams.wait(t, "word to the admins", func(m sent) bool {
		return m.chat == "a:ada" && m.content.Notice != nil && strings.Contains(m.content.Notice.Text, "cannot be done")
	})
}
