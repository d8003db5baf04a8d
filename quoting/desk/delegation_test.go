package desk_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"radioquote/quoting"
)

// withoutSignIn has large decisions and delegations taken without a sign-in.
func withoutSignIn(p *quoting.Policy) { p.StepUp.Method = quoting.SecondApprover }

func outOfOffice(since, until string) quoting.Command {
	return quoting.Command{Intent: quoting.OutOfOffice, Slots: quoting.Slots{SinceText: since, UntilText: until}}
}

var isBack = quoting.Command{Intent: quoting.OutOfOffice, Slots: quoting.Slots{Back: true}}

func letDecide(who, until string) quoting.Command {
	return quoting.Command{Intent: quoting.Delegate, Slots: quoting.Slots{DelegateTo: who, UntilText: until}}
}

// away is a delegation of somebody who says that they are away as well.
func away(cmd quoting.Command) quoting.Command {
	cmd.Slots.Away = true
	return cmd
}

// titles are what a notice offers.
func titles(n quoting.Notice) (all []string) {
	for _, c := range n.Choices {
		all = append(all, c.Title)
	}
	return all
}

func TestWhoIsOutOfOfficeIsNotWaitedForAlone(t *testing.T) {
	t.Parallel()
	o := newOfficeAt(t, "Wed 2 Dec 09:00", withoutSignIn)
	o.staffed(finn)
	o.submitted()
	n := o.notice(morgan, outOfOffice("", "Monday"))
	if want := `I noted that you are out of office until Monday 7 December. 1 quote waits for you; Finn Finance is asked as well. Somebody can decide in your place:`; n.Text != want {
		t.Errorf("%s\nwant %s", n.Text, want)
	}
	if diff := cmp.Diff([]string{"Let Finn Finance decide until Monday 7 December"}, titles(n)); diff != "" {
		t.Error(diff)
	}
	o.shown(finn, "a request", func(v quoting.View) bool { return v.CanDecide })
	if n := o.notice(morgan, outOfOffice("", "Tuesday")); !strings.Contains(n.Text, "until Tuesday 8 December. 1 quote waits for you, and for others who are there.") {
		t.Errorf("said again: %s", n.Text)
	}
	o.wantRequests(finn, 1)
	// What is submitted now goes to who is there.
	o.verified(riley, create(60, 3, "construction", "Acme Concrete"))
	v := o.shown(riley, "another draft", func(v quoting.View) bool { return v.Quote == 1002 && v.CanSubmit })
	o.click(riley, on(v, quoting.SubmitQuote))
	o.shown(finn, "the next request", func(v quoting.View) bool { return v.Quote == 1002 && v.CanDecide })
	o.lookNow()
	if n := o.notice(morgan, isBack); !strings.HasPrefix(n.Text, "Welcome back. 2 quotes wait for you.") {
		t.Errorf("back: %s", n.Text)
	}
	if n := o.notice(morgan, isBack); !strings.HasPrefix(n.Text, "You were not marked as away.") {
		t.Errorf("back twice: %s", n.Text)
	}
	if n := o.count(`SELECT count(*) FROM audit_events WHERE kind IN ('absence_said', 'absence_ended')`); n != 3 {
		t.Errorf("%d events", n)
	}
}

func TestWhatIsSaidOfATimeOff(t *testing.T) {
	t.Parallel()
	o := newOfficeAt(t, "Wed 2 Dec 09:00", withoutSignIn)
	o.staffed(finn)
	o.lookNow()
	for _, tc := range []struct {
		name string
		who  quoting.Person
		cmd  quoting.Command
		want string
	}{
		{"one that begins later", morgan, outOfOffice("next week", "next week"), "I noted that you are out of office until Friday 11 December, from Monday 7 December on. Whoever asks"},
		{"one without an end", morgan, outOfOffice("", ""), `I noted that you are out of office until you say "I'm back".`},
		{"one until somebody is back", morgan, outOfOffice("", "I return"), `I noted that you are out of office until you say "I'm back".`},
		{"one of somebody who approves nothing", riley, outOfOffice("", "Friday"), "I noted that you are out of office until Friday 4 December. You approve nothing"},
		{"one that nobody understands", morgan, outOfOffice("", "the Toledo job"), `Until when is "the Toledo job"? Say a day`},
		{"one that ends before it begins", morgan, outOfOffice("Friday", "tomorrow"), "That ends before it begins."},
		{"one that is over", morgan, outOfOffice("", "2020-01-01"), "Wednesday 1 January is over already."},
		{"one with a stand-in", morgan, away(letDecide("Finn", "Friday")), "I noted that you are out of office until Friday 4 December. One tap, and it is so."},
		{"one with a stand-in who may not", morgan, away(letDecide("Riley", "Friday")), "I noted that you are out of office until Friday 4 December. Riley Rep does not have your level"},
		{"one with a stand-in and no end", morgan, away(letDecide("Finn", "")), "I noted that you are out of office until you say \"I'm back\". Until when? A delegation ends"},
		{"a delegation without an end", morgan, letDecide("Finn", ""), "Until when? A delegation ends by itself"},
		{"a delegation to nobody in particular", morgan, letDecide("", "Friday"), "Who decides in your place? These may, and are there."},
		{"a delegation to somebody without the level", morgan, letDecide("Riley", "Friday"), "Riley Rep does not have your level"},
		{"a delegation to nobody whom we know", morgan, letDecide("Zoe", "Friday"), "I know nobody called Zoe."},
		{"a delegation to oneself", morgan, letDecide("Morgan", "Friday"), "You cannot stand in for yourself."},
		{"a delegation that lasts too long", morgan, letDecide("Finn", "two months"), "Until when is"},
		{"a delegation of 31 days", morgan, letDecide("Finn", "31 days"), "A delegation lasts 30 days at most."},
		{"a delegation of somebody who approves nothing", riley, letDecide("Finn", "Friday"), "You approve nothing, so there is nothing to pass on."},
		{"an end of no delegation", morgan, quoting.Command{Intent: quoting.Delegate, Slots: quoting.Slots{Back: true}}, "Nobody decides in your place"},
	} {
		if tc.name == "a delegation that lasts too long" {
			tc.cmd.Slots.UntilText = "3 months"
			tc.want = "A delegation lasts 30 days at most."
		}
		if n := o.notice(tc.who, tc.cmd); !strings.HasPrefix(n.Text, tc.want) {
			t.Errorf("%s: %q, want %q", tc.name, n.Text, tc.want)
		}
	}
	if n := o.count(`SELECT count(*) FROM delegations`); n != 0 {
		t.Errorf("%d delegations by text", n)
	}
}

func TestADelegationIsMadeByItsButtonAlone(t *testing.T) {
	t.Parallel()
	o := newOfficeAt(t, "Wed 2 Dec 09:00", withoutSignIn)
	o.staffed(finn)
	o.submitted()
	n := o.notice(morgan, letDecide("finn", "Monday"))
	if diff := cmp.Diff([]string{"Let Finn Finance decide until Monday 7 December"}, titles(n)); diff != "" {
		t.Fatal(diff)
	}
	button := n.Choices[0].Command
	if _, err := o.Click(t.Context(), o.arrival(finn), button); !errors.Is(err, quoting.Forbidden) {
		t.Errorf("pressed by the delegate: %v", err)
	}
	if n := o.count(`SELECT count(*) FROM delegations`); n != 0 {
		t.Fatalf("%d delegations before the button", n)
	}
	if c := o.click(morgan, button); c.Notice == nil || !strings.HasPrefix(c.Notice.Text, "Finn Finance decides in your place until Monday 7 December. 1 quote waits for both of you now.") {
		t.Fatalf("%+v", c.Notice)
	}
	if c := o.click(morgan, button); c.Notice == nil || !strings.Contains(c.Notice.Text, "already") {
		t.Errorf("pressed twice: %+v", c.Notice)
	}
	card := o.shown(finn, "a request", func(v quoting.View) bool { return v.CanDecide && v.As == morgan.Name })
	o.teams.wait(t, "word of it", func(m sent) bool {
		return m.chat == "a:finn" && m.content.Notice != nil && m.content.Notice.Title == "You stand in for Morgan Manager"
	})
	if c := o.click(finn, on(card, quoting.ApproveQuote)).View; c.State != quoting.Approved || c.Decision.ForName != morgan.Name {
		t.Errorf("%s, %q, %+v", c.State, c.Banner, c.Decision)
	}
	for _, tc := range []struct {
		name string
		who  quoting.Person
		cmd  quoting.Command
		want string
	}{
		{"what was passed to somebody is passed on by nobody", finn, letDecide("Morgan", "Friday"), "Morgan Manager does not have your level"},
		{"it is ended by a word", morgan, quoting.Command{Intent: quoting.Delegate, Slots: quoting.Slots{Back: true}}, "Finn Finance decides in your place no more."},
	} {
		if n := o.notice(tc.who, tc.cmd); !strings.HasPrefix(n.Text, tc.want) {
			t.Errorf("%s: %q", tc.name, n.Text)
		}
	}
	if n := o.count(`SELECT count(*) FROM delegations WHERE ended_at IS NULL`); n != 0 {
		t.Errorf("%d delegations in force", n)
	}
	if n := o.count(`SELECT count(*) FROM audit_events WHERE kind IN ('approval_delegated', 'delegation_ended') AND actor_id IS NOT NULL AND quote_id IS NULL`); n != 2 {
		t.Errorf("%d events", n)
	}
}

func TestAnEndedDelegateDecidesNoMoreAndIsBackOffersTheEnd(t *testing.T) {
	t.Parallel()
	o := newOfficeAt(t, "Wed 2 Dec 09:00", withoutSignIn)
	o.staffed(finn)
	o.submitted()
	o.notice(morgan, outOfOffice("", "Friday"))
	o.click(morgan, o.notice(morgan, letDecide("Finn", "Friday")).Choices[0].Command)
	o.sql(`DELETE FROM approval_requests WHERE via = 'absence'`)
	card := o.shown(finn, "a request", func(v quoting.View) bool { return v.CanDecide })
	n := o.notice(morgan, isBack)
	if !strings.HasSuffix(n.Text, "Finn Finance still decides in your place until Friday 4 December.") || len(n.Choices) != 2 {
		t.Fatalf("%q, %v", n.Text, titles(n))
	}
	if c := o.click(morgan, n.Choices[1].Command); c.Notice.Text != "Finn Finance decides in your place no more." {
		t.Errorf("%q", c.Notice.Text)
	}
	if c := o.click(finn, on(card, quoting.ApproveQuote)).View; c.State != quoting.Pending || c.Banner == "" {
		t.Errorf("the delegate that was: %s, %q", c.State, c.Banner)
	}
}

func TestADelegationIsProvedByASignIn(t *testing.T) {
	t.Parallel()
	o := newOfficeAt(t, "Wed 2 Dec 09:00")
	o.staffed(finn)
	o.submitted()
	button := o.notice(morgan, letDecide("Finn", "Friday")).Choices[0].Command
	late := o.click(morgan, button).Notice
	n := o.click(morgan, button).Notice
	if n == nil || n.Link == nil || !strings.HasPrefix(n.Link.URL, "https://quotes.example/step-up/") {
		t.Fatalf("%+v", n)
	}
	if n := o.count(`SELECT count(*) FROM delegations`); n != 0 {
		t.Fatalf("%d delegations before the proof", n)
	}
	id := strings.TrimPrefix(n.Link.URL, "https://quotes.example/step-up/")
	if err := o.BeginSignIn(t.Context(), id, "state", "nonce", "verifier", "browser"); err != nil {
		t.Fatal(err)
	}
	s, _, err := o.ReturnSignIn(t.Context(), "state", "browser")
	if err != nil || s.Purpose != "delegation" {
		t.Fatalf("%+v, %v", s, err)
	}
	c, err := o.Prove(t.Context(), s, o.clock.now(), "proof")
	if err != nil || c.Notice == nil || !strings.HasPrefix(c.Notice.Text, "Finn Finance decides in your place until Friday 4 December.") {
		t.Fatalf("%+v, %v", c, err)
	}
	o.teams.wait(t, "word of it", func(m sent) bool {
		return m.chat == "a:morgan" && m.content.Notice != nil && strings.HasPrefix(m.content.Notice.Text, "Finn Finance decides in your place")
	})
	o.shown(finn, "a request", func(v quoting.View) bool { return v.CanDecide && v.As == morgan.Name })
	if err := o.BeginSignIn(t.Context(), strings.TrimPrefix(late.Link.URL, "https://quotes.example/step-up/"), "again", "nonce", "verifier", "browser"); err != nil {
		t.Fatal(err)
	}
	if s, _, err = o.ReturnSignIn(t.Context(), "again", "browser"); err != nil {
		t.Fatal(err)
	}
	if c, err := o.Prove(t.Context(), s, o.clock.now(), "proof"); !errors.Is(err, quoting.Conflict) {
		t.Errorf("proved twice: %+v, %v", c, err)
	}
	if n := o.count(`SELECT count(*) FROM delegations`); n != 1 {
		t.Errorf("%d delegations", n)
	}
}

func TestADelegationThatBeginsLaterAsksNobodyNow(t *testing.T) {
	t.Parallel()
	o := newOfficeAt(t, "Wed 2 Dec 09:00", withoutSignIn)
	o.staffed(finn)
	o.submitted()
	cmd := letDecide("Finn", "next week")
	cmd.Slots.SinceText = "next week"
	if c := o.click(morgan, o.notice(morgan, cmd).Choices[0].Command); !strings.HasPrefix(c.Notice.Text, "Finn Finance decides in your place from Monday 7 December until Friday 11 December.") {
		t.Errorf("%q", c.Notice.Text)
	}
	o.wantRequests(finn, 0)
	o.look("Mon 7 Dec 08:00") // two reminders are missed, and the escalation
	o.shown(finn, "a request", func(v quoting.View) bool { return v.CanDecide })
}

func nudgeOf(who string) quoting.Command {
	return quoting.Command{Intent: quoting.NudgeApprover, Slots: quoting.Slots{QuoteID: 1001, Approver: who}}
}

func TestAReminderIsSentByAWordWithinTheLimits(t *testing.T) {
	t.Parallel()
	o := newOfficeAt(t, "Wed 2 Dec 09:00")
	o.staffed(finn)
	o.submitted()
	n := o.notice(riley, nudgeOf("Morgan"))
	if want := "I have reminded Morgan Manager. If nobody decides, finance is asked as well at 17:0"; !strings.HasPrefix(n.Text, want) {
		t.Errorf("%q", n.Text)
	}
	if len(n.Choices) != 1 || n.Choices[0].Command.Intent != quoting.CustomerWaits || n.Choices[0].Command.Click == nil {
		t.Errorf("%+v", n.Choices)
	}
	for _, tc := range []struct {
		name string
		who  quoting.Person
		cmd  quoting.Command
		want string
	}{
		{"somebody else's", finn, nudgeOf(""), "Only the owner of Q-1001 and whoever decides on it"},
		{"of somebody whom it does not wait for", riley, nudgeOf("Finn"), "Q-1001 v1 does not wait for Finn but for Morgan Manager."},
		{"by escalating", riley, quoting.Command{Intent: quoting.NudgeApprover, Slots: quoting.Slots{QuoteID: 1001, EscalateTo: "VP"}}, "I escalate by the clock, for everybody alike, and not by hand. If nobody decides, finance"},
		{"a second one", riley, nudgeOf(""), "I have reminded Morgan Manager."},
		{"a third one", riley, nudgeOf("manager"), "I have reminded Morgan Manager."},
		{"a fourth one", riley, nudgeOf(""), "I remind Morgan Manager tomorrow at 07:00: a quote has 3 reminders a day."},
		{"a fifth one", riley, nudgeOf(""), "I remind Morgan Manager tomorrow at 07:00"},
	} {
		if n := o.notice(tc.who, tc.cmd); !strings.HasPrefix(n.Text, tc.want) {
			t.Errorf("%s: %q, want %q", tc.name, n.Text, tc.want)
		}
	}
	o.wantReminders(morgan, 3)
	o.look("Wed 2 Dec 15:00") // the clocks' own are done by these
	o.wantReminders(morgan, 3)
	o.look("Thu 3 Dec 06:30")
	o.wantReminders(morgan, 3)
	o.look("Thu 3 Dec 07:01")
	o.wantReminders(morgan, 4)
	o.wantRequests(finn, 0)
	for range 2 {
		o.look("Thu 3 Dec 07:02") // nine hours of business after Morgan was asked
		o.wantReminders(morgan, 4)
		o.wantRequests(finn, 1)
	}
	if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = 'approver_reminded' AND actor_id IS NOT NULL`); n != 3 {
		t.Errorf("%d reminders by a person", n)
	}
}

func TestAReminderThatIsWishedForAtNightGoesOutInTheMorning(t *testing.T) {
	t.Parallel()
	o := newOfficeAt(t, "Wed 2 Dec 17:30")
	o.staffed(finn)
	o.submitted()
	o.set("Wed 2 Dec 21:00")
	if n := o.notice(riley, nudgeOf("")); !strings.HasPrefix(n.Text, "I remind Morgan Manager tomorrow at 07:00: nobody is reminded in quiet hours.") {
		t.Errorf("%q", n.Text)
	}
	o.look("Wed 2 Dec 22:00")
	o.look("Thu 3 Dec 06:59")
	o.wantReminders(morgan, 0)
	for range 2 {
		o.look("Thu 3 Dec 07:01")
		o.wantReminders(morgan, 1)
	}
}

func TestTextOpensWhatPassesAQuoteOnAndWhatTakesItBack(t *testing.T) {
	t.Parallel()
	o := newOfficeAt(t, "Wed 2 Dec 09:00")
	o.staffed(finn, eve)
	o.submitted()
	about := func(intent quoting.Intent, who string) quoting.Command {
		return quoting.Command{Intent: intent, Slots: quoting.Slots{QuoteID: 1001, DelegateTo: who}}
	}
	consult := o.notice(morgan, about(quoting.Consult, "Eve"))
	pass := o.notice(morgan, about(quoting.Reassign, "Finn"))
	if diff := cmp.Diff([]string{"Ask Eve Engineer for an opinion", "Let Finn Finance decide too"}, append(titles(consult), titles(pass)...)); diff != "" {
		t.Fatal(diff)
	}
	for _, tc := range []struct {
		name string
		who  quoting.Person
		cmd  quoting.Command
		want string
	}{
		{"somebody without the level", morgan, about(quoting.Reassign, "Eve"), "Eve Engineer does not have the level"},
		{"by the owner", riley, about(quoting.Consult, "Eve"), "Q-1001 is yours"},
		{"by somebody who does not decide", finn, about(quoting.Reassign, "Morgan"), "Q-1001 is not yours to decide."},
		{"to nobody", morgan, about(quoting.Consult, ""), "Whom shall I ask?"},
		{"take back somebody else's", morgan, about(quoting.RecallQuote, ""), "Only the owner of Q-1001 can take it back."},
	} {
		if n := o.notice(tc.who, tc.cmd); !strings.HasPrefix(n.Text, tc.want) {
			t.Errorf("%s: %q, want %q", tc.name, n.Text, tc.want)
		}
	}
	o.wantRequests(finn, 0)
	o.wantRequests(eve, 0)
	if v := o.say(riley, about(quoting.RecallQuote, "")).content.View; v == nil || !v.CanRecall || v.State != quoting.Pending {
		t.Errorf("the card to take it back on: %+v", v)
	}
	if c := o.click(morgan, consult.Choices[0].Command).View; c.Banner != "" {
		t.Errorf("consult: %q", c.Banner)
	}
	if c := o.click(morgan, pass.Choices[0].Command).View; c.Banner != "" {
		t.Errorf("pass on: %q", c.Banner)
	}
	o.shown(finn, "a request", func(v quoting.View) bool { return v.CanDecide })
	o.shown(eve, "a question", func(v quoting.View) bool { return v.CanOpine })
	if n := o.count(`SELECT count(*) FROM decisions`) + o.count(`SELECT count(*) FROM approval_steps`); n != 0 {
		t.Errorf("%d decisions", n)
	}
}
