package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"radioquote/quoting"
)

var (
	fay = quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "fay"}, Name: "Fay Finance", Roles: []quoting.Role{quoting.Finance}}
	abe = quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "abe"}, Name: "Abe Auditor", Roles: []quoting.Role{quoting.Auditor}}
)

// waitsFor is a quote of Riley's at a level, for which somebody was asked some time ago; nobody
// yet where no one is named.
func (s *stage) waitsFor(level int, who string, ago time.Duration) quoting.View {
	s.t.Helper()
	v := s.quote("riley", "commercial", level, "pending")
	if who != "" {
		s.sql(`INSERT INTO approval_requests (quote_id, version, branch, level, person_id, via, asked_at) VALUES ($1, 1, 'commercial', $2, $3, 'chain', $4)`,
			int64(v.Quote), level, s.rows[who], s.clock.now().Add(-ago))
	}
	return v
}

func TestAReminderSaysWhomItReachedAndWhatTheClockDoes(t *testing.T) {
	t.Parallel()
	s := staged(t, "Wed 2 Dec 09:00", []quoting.Person{finn, vera, eve})
	s.sql(`UPDATE conversations SET gone = true WHERE teams_id = 'a:vera'`)
	nudge := func(v quoting.View) quoting.Command {
		return quoting.Command{Intent: quoting.NudgeApprover, Slots: quoting.Slots{QuoteID: v.Quote}}
	}
	prices, escalated := s.quote("riley", "commercial", 1, "pending"), s.waitsFor(1, "morgan", 0)
	s.sql(`UPDATE quote_versions SET approvals = '[]' WHERE quote_id = $1`, int64(prices.Quote))
	s.sql(`INSERT INTO nudges (quote_id, version, branch, level, kind, number, at) VALUES ($1, 1, 'commercial', 1, 'escalate', 1, $2)`, int64(escalated.Quote), s.clock.now())
	for _, tc := range []struct {
		name string
		v    quoting.View
		want string
	}{
		{"of a draft it is of nobody", s.quote("riley", "commercial", 1, "draft"), "is draft, so it waits for nobody."},
		{"of a quote that waits for its prices it is of nobody", prices, "waits for NetSuite's prices and for nobody; I keep asking."},
		{"of a role that nobody has it is of nobody", s.waitsFor(4, "", 0), "Nobody can decide as owner yet, so there is nobody to remind; finance and the admins know. Nobody is above owner."},
		{"somebody who has left Teams is not reached", s.waitsFor(3, "vera", 0), "I can reach nobody of Vera Vice: out of office, or not in Teams with me yet."},
		{"what was escalated is escalated no more", escalated, "I have reminded Morgan Manager. It has been brought before the next level: it waits for Morgan Manager."},
		{"what has waited for a day is escalated at once", s.waitsFor(1, "morgan", 24*time.Hour), "I have reminded Morgan Manager. Finance is asked as well within minutes."},
		{"what it asks for first is escalated likewise", s.waitsFor(1, "", 0), "I have reminded Morgan Manager. If nobody decides, finance is asked as well at 17:0"},
		{"what was asked just now is escalated today", s.waitsFor(1, "morgan", 0), "I have reminded Morgan Manager. If nobody decides, finance is asked as well at 17:0"},
	} {
		if got := s.text(riley, nudge(tc.v)); !strings.Contains(got, tc.want) {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
	s.set("Fri 4 Dec 12:00")
	if got := s.text(riley, nudge(s.waitsFor(1, "morgan", 0))); !strings.Contains(got, "finance is asked as well on Monday 7 December at 10:0") {
		t.Errorf("over a weekend: %q", got)
	}
}

func TestATimeOffSaysWhoDecidesMeanwhile(t *testing.T) {
	t.Parallel()
	s := staged(t, "Wed 2 Dec 09:00", []quoting.Person{finn, fay, vera}, withoutSignIn)
	said := func(who quoting.Person, cmd quoting.Command, want string) {
		t.Helper()
		if got := s.text(who, cmd); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", who.Name, got, want)
		}
	}
	alone := s.waitsFor(3, "vera", 0)
	said(vera, letDecide("", "Friday"), "Who decides in your place? Nobody whom I see has your level and is there")
	said(vera, outOfOffice("", "Friday"), fmt.Sprintf("I noted that you are out of office until Friday 4 December. 1 quote waits for you. Nobody else can decide on %s meanwhile.", alone.Quote))
	said(finn, isBack, "You were not marked as away. Nothing waits for your decision.")
	s.waitsFor(1, "morgan", 0)
	said(morgan, outOfOffice("", "Friday"), "I noted that you are out of office until Friday 4 December. 1 quote waits for you; Fay Finance and Finn Finance are asked as well.")

	// Automatic replies are told of, since only their owner can end them.
	s.sql(`INSERT INTO absences (person_id, source, since, until, seen_at) VALUES ($1, 'graph', $2, NULL, $2)`, s.rows["morgan"], s.clock.now())
	said(morgan, isBack, "Your mail still answers by itself, so people are told that you are away. Turn that off in Outlook as well. 1 quote waits for you.")
	s.sql(`UPDATE absences SET until = $1`, moment(t, "Fri 4 Dec 18:00", s.Policy.CalendarOf("").Zone))
	said(morgan, isBack, "Your mail still answers by itself, so people are told that you are away until Friday 4 December at 18:00. Turn that off")
	s.sql(`DELETE FROM absences`)

	said(morgan, letDecide("Finance", "Friday"), "Which Finance? One tap, and it is so.")
}

// Text passes nothing on, and a button does it once, as far as it is still possible.
func TestAButtonOfADelegationIsGoodForItsOwnerOnceAndForWhoIsThere(t *testing.T) {
	t.Parallel()
	s := staged(t, "Wed 2 Dec 09:00", []quoting.Person{finn, fay, vera}, withoutSignIn)
	barred := s.waitsFor(1, "morgan", 0) // Finn has a part in it
	s.sql(`UPDATE quote_versions SET setters = jsonb_build_array(jsonb_build_object('what', 'discount', 'by', jsonb_build_object('Tenant', $2::text, 'Object', 'finn'))) WHERE quote_id = $1`, int64(barred.Quote), tenant)
	button := func(to, until string) quoting.Command {
		cmd := letDecide(to, moment(t, until, s.Policy.CalendarOf("").Zone).UTC().Format(time.RFC3339))
		cmd.Click = &quoting.Click{Person: "morgan"}
		return cmd
	}
	end := quoting.Command{Intent: quoting.Delegate, Slots: quoting.Slots{Back: true}, Click: &quoting.Click{Person: "morgan"}}
	once := s.arrival(morgan)
	for _, tc := range []struct {
		name string
		cmd  quoting.Command
		want string
	}{
		{"to somebody who has left", button("zoe", "Fri 4 Dec 18:00"), "That person is not in the directory any more."},
		{"to Finn, who has a part in what waits", button("finn", "Fri 4 Dec 18:00"), "Finn Finance decides in your place until Friday 4 December at 18:00. You can still decide yourself"},
		{"the same once more", button("finn", "Fri 4 Dec 18:00"), "Finn Finance decides in your place until Friday 4 December at 18:00 already."},
		{"to Finn for longer", button("finn", "Mon 7 Dec 18:00"), "Finn Finance decides in your place until Monday 7 December at 18:00."},
		{"to Fay", button("fay", "Fri 4 Dec 18:00"), "Fay Finance decides in your place until Friday 4 December at 18:00. 1 quote waits for both of you now."},
		{"their end", end, "Finn Finance and Fay Finance decide in your place no more."},
		{"their end once more", end, "Nobody decides in your place"},
	} {
		arrival := s.arrival(morgan)
		if tc.name == "to Fay" {
			arrival = once
		}
		c, err := s.Click(t.Context(), arrival, tc.cmd)
		if err != nil || !strings.HasPrefix(c.Notice.Text, tc.want) {
			t.Errorf("%s: %q, %v, want %q", tc.name, c.Notice.Text, err, tc.want)
		}
		if tc.name == "to Fay" {
			s.text(morgan, letDecide("", "Friday"))
			if n := s.count(`SELECT count(*) FROM messages WHERE jsonb_array_length(notice -> 'choices') = 1 AND notice #>> '{choices,0,title}' = 'Let Vera Vice decide until Friday 4 December'`); n != 1 {
				t.Error("whoever decides in her place already is offered, or Vera is not")
			}
		}
	}
	if c, err := s.Click(t.Context(), once, button("fay", "Fri 4 Dec 18:00")); err != nil || c.Notice.Text != "That is done already." {
		t.Errorf("the same click: %+v, %v", c.Notice, err)
	}
	if n := s.count(`SELECT count(*) FROM messages WHERE notice ->> 'text' LIKE '%you decide in their place no more.'`); n != 2 {
		t.Errorf("%d were told that it is over", n)
	}
}

func TestWhoMayDoWhatIsSaidInASentence(t *testing.T) {
	t.Parallel()
	s := staged(t, "Wed 2 Dec 09:00", []quoting.Person{finn, abe, vera})
	until := s.clock.now().Add(48 * time.Hour)
	s.sql(`UPDATE people SET roles = '{}' WHERE object_id = 'sam'`)
	s.sql(`INSERT INTO absences (person_id, source, since, until, seen_at) VALUES ($1, 'said', $2, $3, $2)`, s.rows["finn"], s.clock.now(), until)
	for _, tc := range []struct {
		name string
		ask  quoting.Slots
		want string
	}{
		{"herself", quoting.Slots{Person: "me"}, "Ada Admin changes roles and the policy with a second admin, and decides on held prices."},
		{"a manager", quoting.Slots{Person: "Morgan"}, "Morgan Manager makes and submits quotes, approves quotes of others."},
		{"finance", quoting.Slots{Person: "Finn"}, "Finn Finance approves quotes of others."},
		{"an auditor", quoting.Slots{Person: "Abe"}, "Abe Auditor reads everything."},
		{"somebody without a role", quoting.Slots{Person: "Sam"}, "Sam South has no role and does nothing here."},
		{"a role that nobody has", quoting.Slots{Role: quoting.Owner}, "Nobody."},
		{"an amount that nobody has to approve", quoting.Slots{AmountMin: number("1")}, "An amount of $1.00 needs nobody by itself; margin, discount and terms may."},
		{"everybody", quoting.Slots{}, "6 people have a role."},
	} {
		if got := s.text(ada, quoting.Command{Intent: quoting.WhoCan, Slots: tc.ask}); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
	if n := s.count(`SELECT count(*) FROM messages WHERE notice #>> '{entries,0,note}' LIKE 'out of office until Friday 4 December at 09:0%'`); n == 0 {
		t.Error("nobody reads until when Finn is away")
	}
	if got := s.text(ada, quoting.Command{Intent: quoting.ListApprovals}); got != "No change of roles or of the policy waits for an admin." {
		t.Errorf("what waits for an admin: %q", got)
	}
	entra := s.beside()
	entra.Directory = &graph{}
	if err := entra.Message(t.Context(), s.arrival(ada), func(quoting.Dialogue) quoting.Command { return grant(quoting.Finance, "Abe") }); err != nil {
		t.Fatal(err)
	}
	if n := s.count(`SELECT count(*) FROM messages WHERE notice ->> 'text' LIKE 'Roles come from Entra here%'`) - s.count(`SELECT count(*) FROM proposals`); n != 1 {
		t.Error("a role is proposed where Entra has them")
	}
}

func TestAProposalIsConfirmedOnlyWhileItChangesSomething(t *testing.T) {
	t.Parallel()
	s := staged(t, "Wed 2 Dec 09:00", []quoting.Person{finn, alex, vera})
	confirmed := func(hash string, p quoting.Proposed, kind quoting.ProposalKind) int64 { // and not applied yet
		return int64(s.count(`
			INSERT INTO proposals (kind, proposed_by, title, hash, data, at, state, decided_by, decided_at)
			VALUES ($1, $2, 't', $3, $4, now(), 'confirmed', $5, now())
			RETURNING id`, kind, s.rows["ada"], hash, p, s.rows["alex"]))
	}
	made, err := s.ProposeGrant(t.Context(), ada.ID, quoting.Grant{Person: sam.ID, Role: quoting.Finance}, "test")
	if err != nil {
		t.Fatal(err)
	}
	confirm := quoting.Command{Intent: quoting.ConfirmProposal, Click: &quoting.Click{Proposal: made.ID, Nonce: quoting.Seen(made.Points)}}
	repeated := s.arrival(alex)
	for _, says := range []string{"Nothing is changed yet: sign in", "It waits for an admin to confirm it."} { // Teams sends a click again
		if c, err := s.Click(t.Context(), repeated, confirm); err != nil || !strings.HasPrefix(c.Notice.Text, says) {
			t.Errorf("%+v, %v, want %q", c.Notice, err, says)
		}
	}
	refuses := func(what string, cmd quoting.Command, kind quoting.Kind, says string) {
		t.Helper()
		if _, err := s.Click(t.Context(), s.arrival(alex), cmd); quoting.KindOf(err) != kind || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", what, err)
		}
	}
	refuses("a button without a proposal", quoting.Command{Intent: quoting.ConfirmProposal, Click: &quoting.Click{}}, quoting.Invalid, "does nothing any more")
	busy := confirmed("busy", quoting.Proposed{Grant: &quoting.Grant{Person: quoting.PersonID{Tenant: tenant, Object: "zoe"}, Role: quoting.Rep}}, quoting.GrantProposal)
	refuses("while another is applied", confirm, quoting.Conflict, "Another change of the directory is just being made.")
	if err := s.Apply(t.Context(), busy); err == nil || quoting.KindOf(err) != quoting.Internal || s.count(`SELECT count(*) FROM proposals WHERE applied_at IS NOT NULL`) != 0 {
		t.Errorf("a role of nobody is applied: %v", err)
	}
	s.sql(`DELETE FROM proposals WHERE id = $1`, busy)
	same := quoting.DirectoryOfFile([]quoting.Person{riley, morgan, sam, ada, finn, alex, vera}, "same")
	refuses("what is so already", quoting.Command{Intent: quoting.ConfirmProposal, Click: &quoting.Click{Proposal: int64(s.count(`
		INSERT INTO proposals (kind, title, hash, data, at) VALUES ('directory', 't', $1, $2, now()) RETURNING id`, same.Hash, same.Proposed))}}, quoting.Conflict, "it is like that already")
	s.sql(`UPDATE people SET roles = roles || '{finance}' WHERE object_id = 'sam'`)
	refuses("what somebody has by now", confirm, quoting.Conflict, "has the role finance already")

	commented, err := quoting.ParsePolicy(append(slices.Clone(s.Policy.Text), "\n# says nothing\n"...))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ProposePolicy(t.Context(), ada.ID, commented, "test"); quoting.KindOf(err) != quoting.Conflict || !strings.Contains(err.Error(), "That changes nothing.") {
		t.Errorf("a comment is proposed: %v", err)
	}
	// A policy is no job's: the next start puts it in force.
	if err := s.Apply(t.Context(), confirmed("policy", quoting.Proposed{Policy: string(commented.Text)}, quoting.PolicyProposal)); err != nil {
		t.Error(err)
	}
	crowd := []quoting.Person{riley, morgan, sam, ada, finn, alex, vera}
	for i := range 40 {
		crowd = append(crowd, quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: fmt.Sprintf("new-%d", i)}, Name: fmt.Sprintf("Number %d", i), Roles: []quoting.Role{quoting.Rep}})
	}
	if err := s.Prepare(t.Context(), crowd, "a crowd"); err != nil {
		t.Fatal(err)
	}
	if n := s.count(`SELECT count(*) FROM messages WHERE jsonb_array_length(notice -> 'points') = 31 AND notice -> 'points' ->> 30 = 'and 11 more' AND person_id IN ($1, $2)`, s.rows["ada"], s.rows["alex"]); n != 2 {
		t.Errorf("%d admins read thirty changes and how many more there are", n)
	}
}

// A yes and a no answer what was asked, and leave every quote as it is.
func TestWhatAnswersNoQuestionChangesNothing(t *testing.T) {
	t.Parallel()
	s := staged(t, "Wed 2 Dec 09:00", []quoting.Person{vera})
	word := func(intent quoting.Intent) quoting.Command { return quoting.Command{Intent: intent} }
	list := func(status string) quoting.Command {
		return quoting.Command{Intent: quoting.SearchQuotes, Slots: quoting.Slots{Status: status}}
	}
	step := func(intent quoting.Intent, quote quoting.QuoteID) quoting.Step {
		return quoting.Step{Intent: intent, Slots: quoting.Slots{QuoteID: quote}}
	}
	steps := func(all ...quoting.Step) quoting.Command {
		return quoting.Command{Intent: quoting.Multi, Slots: quoting.Slots{Steps: all}}
	}
	notUnderstood := s.text(riley, word(quoting.OutOfScope))
	s.quote("riley", "commercial", 1, "pending")
	before := s.standing()
	for _, tc := range []struct {
		name string
		cmd  quoting.Command
		want string // empty: a card
	}{
		{"a yes to nothing is not understood", word(quoting.Confirm), notUnderstood},
		{"a no to nothing leaves it as it is", word(quoting.Deny), "All right, I leave it as it is. Tell me what to change."},
		{"a list of two is a question", list(""), "Together $9,738.86, the newest first."},
		{"a yes to two of them is asked again", word(quoting.Confirm), "Yes to which?"},
		{"and may be asked again", word(quoting.Confirm), "Yes to which?"},
		{"a list of one is a question", list("pending_approval"), "It comes to $4,869.43."},
		{"a yes to it opens it", word(quoting.Confirm), ""},
		{"what comes after a failure is not done", steps(step(quoting.ShowQuote, 9999), step(quoting.ShowQuote, 1001), step(quoting.ShowQuote, 1001)), "There is no quote Q-9999, or none that you may see. I stopped there; the 2 things after it are not done."},
		{"nor is the last thing", steps(step(quoting.ShowQuote, 9999), step(quoting.ShowQuote, 1001)), "There is no quote Q-9999, or none that you may see. I stopped there; what came after it is not done."},
		{"more of a list than was wished for there is not", quoting.Command{Intent: quoting.SearchQuotes, Slots: quoting.Slots{Limit: new(1), Skip: 1}}, "There are no more."},
	} {
		if got := s.text(riley, tc.cmd); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
	s.text(riley, quoting.Command{Intent: quoting.SearchQuotes, Slots: quoting.Slots{Status: "won", AmountMin: number("500000")}})
	if n := s.count(`SELECT count(*) FROM messages WHERE notice ->> 'title' = 'No quotes found' AND notice #>> '{choices,1,title}' = 'Of any amount' AND NOT notice #> '{choices,1,command,slots}' ? 'amount_min'`); n != 1 {
		t.Errorf("%d ways to look for any amount", n)
	}
	if s.standing() != before {
		t.Error("a yes or a no changed a quote")
	}

	// The same customer is the one that was written, where NetSuite does not know it.
	s.text(riley, create(12, 1, "retail", "Quartz Hollow Quarry"))
	again := create(14, 1, "retail", "")
	again.Slots.CustomerRef = "same"
	s.text(riley, steps(quoting.Step{Intent: again.Intent, Slots: again.Slots}))
	if n := s.count(`SELECT count(*) FROM quote_versions WHERE customer_text = 'Quartz Hollow Quarry'`); n != 2 {
		t.Errorf("%d quotes for the same customer", n)
	}
	// What is not a whole number is not taken for one of sites.
	s.text(riley, create(12, 0, "retail", "Acme Construction"))
	word12 := quoting.Command{Intent: quoting.ReviseQuote, Text: "12", Slots: quoting.Slots{Changes: []quoting.Change{{Op: "set", Field: "users", Value: "12"}}}}
	if got := s.text(riley, word12); strings.Contains(got, "12 what?") || got == "" {
		t.Errorf("a number as a word: %q", got)
	}
	word12.Slots.Changes[0].Value = 12
	if got := s.text(riley, word12); got != "12 what?" {
		t.Errorf("a number: %q", got)
	}
}

func TestWhatIsAskedOfAnApprovalIsAnsweredAsItStands(t *testing.T) {
	t.Parallel()
	s := staged(t, "Wed 2 Dec 09:00", []quoting.Person{finn, fay, eve, vera})
	s.text(riley, large)
	submit := quoting.Command{Intent: quoting.SubmitQuote, Click: &quoting.Click{Quote: 1002, Version: 1}}
	if c := s.click(riley, submit).View; c.State != quoting.Pending {
		t.Fatalf("%s, %q", c.State, c.Banner)
	}
	if got := s.text(morgan, quoting.Command{Intent: quoting.Consult, Needs: []quoting.Need{quoting.NeedQuote}, Slots: quoting.Slots{DelegateTo: "Eve"}}); !strings.HasPrefix(got, "One tap asks for an opinion.") {
		t.Errorf("of the one card that waits: %q", got)
	}
	long := quoting.Command{Intent: quoting.RejectQuote, Slots: quoting.Slots{QuoteID: 1002, Reason: strings.Repeat("no ", 334)}}
	if got := s.text(morgan, long); got != "A reason has at most 1000 characters. Shorten it and try again." {
		t.Errorf("a long reason: %q", got)
	}
	if got := s.text(ada, grant(quoting.Auditor, "Finance")); got != "Which Finance? Write the whole name: Fay Finance or Finn Finance." {
		t.Errorf("a name of two: %q", got)
	}
	s.text(riley, create(12, 1, "public_safety", "Acme Construction"))
	if got := s.text(riley, quoting.Command{Intent: quoting.ExplainApproval, Slots: quoting.Slots{QuoteID: 1003, Simulate: true}}); !strings.HasPrefix(got, "Q-1003 has no price yet.") {
		t.Errorf("of what engineering designs: %q", got)
	}
	v := s.waitsFor(1, "morgan", 0)
	consult := on(v, quoting.Consult)
	consult.Slots.DelegateTo = "Eve"
	no := on(v, quoting.RejectQuote)
	no.Slots.Reason = "why"
	for _, tc := range []struct {
		name string
		who  quoting.Person
		cmd  quoting.Command
		want string
	}{
		{"somebody is asked for an opinion", morgan, consult, ""},
		{"once", morgan, consult, "Eve Engineer was asked already."},
		{"the customer waits", riley, on(v, quoting.CustomerWaits), ""},
		{"and still does", riley, on(v, quoting.CustomerWaits), ""},
		{"a rejection", morgan, no, ""},
		{"ends that", riley, on(v, quoting.CustomerWaits), v.Quote.String() + " v1 is rejected."},
	} {
		if c := s.click(tc.who, tc.cmd).View; c.Banner != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, c.Banner, tc.want)
		}
	}
	if n := s.count(`SELECT count(*) FROM audit_events WHERE kind = 'customer_waits'`); n != 1 {
		t.Errorf("it is recorded %d times that the customer waits", n)
	}
}
