package desk_test

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
	"radioquote/quoting/desk"
)

// rightsOfApprovals are what approving and administering need; none is taken away first, to
// see that everything is done then.
var rightsOfApprovals = []string{
	"", "ALL ON people", "ALL ON quotes", "UPDATE ON quote_versions", "INSERT ON decisions", "INSERT ON approval_steps", "ALL ON approval_requests",
	"ALL ON consults", "ALL ON delegations", "ALL ON absences", "ALL ON step_ups", "ALL ON proposals", "ALL ON nudges", "INSERT ON messages", "UPDATE ON messages", "ALL ON audit_events", "INSERT ON river_job",
}

// played is something that somebody does, and the beginning of what they read then; of a card
// nothing but what it is to show.
type played struct {
	name string
	do   func() (string, error)
	says string
}

// decided is everything that approving and administering write. That a person was told of a
// failure is no part of what failed.
func (o *office) decided() (lines []string) {
	o.t.Helper()
	var all []string
	for _, table := range []string{"approval_requests", "approval_steps", "decisions", "consults", "delegations", "absences", "step_ups", "shown_cards", "nudges", "proposals", "policies_in_force", "files_seen"} {
		all = append(all, fmt.Sprintf(`SELECT '%s ' || to_jsonb(x)::text FROM %s x`, table, table))
	}
	all = append(all,
		`SELECT concat_ws(' ', 'person', object_id, roles, team, manager_id) FROM people`,
		`SELECT concat_ws(' ', 'job', kind, count(*)) FROM river_job WHERE kind NOT IN ('deliver', 'update') GROUP BY kind`,
		`SELECT concat_ws(' ', 'message', id, kind, quote_id, version, notice) FROM messages WHERE notice IS NULL OR notice ->> 'text' NOT LIKE 'Something went wrong%'`)
	o.behind(func(conn *pgx.Conn) (err error) {
		rows, _ := conn.Query(context.Background(), strings.Join(all, " UNION ALL ")+" ORDER BY 1")
		lines, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return append(lines, o.standing())
}

// staged is a stage at a time of the team's zone, with people who all have a chat. Nothing on it
// is large, nor like another.
func staged(t *testing.T, at string, people []quoting.Person, change ...func(*quoting.Policy)) *stage {
	t.Helper()
	o := newQuietOffice(t, append(change, itIs(t, at), func(p *quoting.Policy) {
		p.StepUp.Margin = number("0").Decimal
		p.Duplicates = quoting.DuplicateLimits{}
	})...)
	o.sync()
	o.staffed(people...)
	s := &stage{office: o, rows: map[string]int64{}, last: 7000, like: 1001}
	for _, p := range append([]quoting.Person{riley, morgan, sam, ada}, people...) {
		s.rows[p.ID.Object] = int64(o.count(`SELECT id FROM people WHERE object_id = $1`, p.ID.Object))
	}
	s.rows["quinn"] = s.rows["vera"] // who takes the steps before
	s.text(riley, small)
	o.sql(`UPDATE quote_versions SET check_state = 'verified', check_at = $1, check_method = 'engine'`, o.clock.now())
	return s
}

// rehearsed is a stage on which everything of approvals can be played, each act on a quote of
// its own: who is to play, and the acts.
func rehearsed(t *testing.T) (*stage, []played) {
	t.Helper()
	s := staged(t, "Wed 2 Dec 09:00", []quoting.Person{finn, eve, vera, alex})
	o := s.office
	pending := func() quoting.View { return s.quote("riley", "commercial", 1, "pending") }
	reads := func(c desk.Content, err error) (string, error) {
		switch {
		case err != nil:
			return "", err
		case c.Notice != nil:
			return c.Notice.Text, nil
		}
		return c.View.Banner, nil
	}
	click := func(p quoting.Person, cmd quoting.Command) func() (string, error) {
		return func() (string, error) { return reads(o.Click(t.Context(), o.arrival(p), cmd)) }
	}
	message := func(p quoting.Person, cmd quoting.Command) func() (string, error) {
		return func() (string, error) {
			before := o.count(`SELECT count(*) FROM messages`)
			if err := o.Message(t.Context(), o.arrival(p), func(quoting.Dialogue) quoting.Command { return cmd }); err != nil {
				return "", err
			}
			var said string
			o.behind(func(conn *pgx.Conn) error {
				return conn.QueryRow(context.Background(), `
					SELECT coalesce(string_agg(m.notice ->> 'text', ' ' ORDER BY m.id), '')
					FROM (SELECT * FROM messages ORDER BY id OFFSET $1) m
					JOIN conversations c ON c.id = m.conversation_id
					WHERE c.teams_id = $2`, before, "a:"+p.ID.Object).Scan(&said)
			})
			return said, nil
		}
	}
	quietly := func(do func() error) func() (string, error) {
		return func() (string, error) { return "", do() }
	}
	about := func(v quoting.View, intent quoting.Intent, slots quoting.Slots) quoting.Command {
		cmd := on(v, intent)
		cmd.Slots = slots
		return cmd
	}
	said := func(v quoting.View, intent quoting.Intent, slots quoting.Slots) quoting.Command {
		slots.QuoteID = v.Quote
		return quoting.Command{Intent: intent, Slots: slots, Text: "if they take it today"}
	}
	toFinn := letDecide("finn", o.clock.now().Add(48*time.Hour).UTC().Format(time.RFC3339))
	toFinn.Click = &quoting.Click{Person: "morgan"}
	noMore := quoting.Command{Intent: quoting.Delegate, Slots: quoting.Slots{Back: true}}
	grants := func(role quoting.Role) quoting.Command { // an open proposal
		made, err := o.ProposeGrant(t.Context(), ada.ID, quoting.Grant{Person: sam.ID, Role: role}, "test")
		if err != nil {
			t.Fatal(err)
		}
		return quoting.Command{Intent: quoting.ConfirmProposal, Click: &quoting.Click{Proposal: made.ID, Nonce: quoting.Seen(made.Points)}}
	}
	refuse := grants(quoting.SalesManager)
	refuse.Intent = quoting.RefuseProposal
	stepUp := func(p quoting.Person, purpose string, cmd quoting.Command, v quoting.View) desk.SignIn {
		in := desk.SignIn{ID: fmt.Sprintf("a-sign-in-for-%s-%d", purpose, o.activity.Add(1)), Person: p.ID, Purpose: purpose, Quote: v.Quote, Version: v.Version}
		o.sql(`
			INSERT INTO step_ups (id, person_id, purpose, quote_id, version, command, state, browser, created_at, expires_at)
			VALUES ($1, $2, $3, nullif($4::bigint, 0), nullif($5::integer, 0), $6, $1, 'browser', $7, $8)`,
			in.ID, s.rows[p.ID.Object], purpose, int64(v.Quote), v.Version, cmd, o.clock.now(), o.clock.now().Add(time.Hour))
		return in
	}
	prove := func(in desk.SignIn) func() (string, error) {
		return func() (string, error) { return reads(o.Prove(t.Context(), in, o.clock.now(), "proof")) }
	}
	applies := func(p quoting.Proposal) func() (string, error) { // it is confirmed for as long as that takes
		id := o.count(`
			INSERT INTO proposals (kind, proposed_by, title, hash, data, at, state)
			VALUES ($1, $2, 't', $3, $4, now(), 'superseded')
			RETURNING id`, p.Kind, s.rows["ada"], p.Hash, p.Proposed)
		return quietly(func() error {
			o.sql(`UPDATE proposals SET state = 'confirmed', decided_by = $2, decided_at = now() WHERE id = $1`, id, s.rows["alex"])
			err := o.Apply(t.Context(), int64(id))
			if err != nil {
				o.sql(`UPDATE proposals SET state = 'superseded', decided_by = NULL, decided_at = NULL WHERE id = $1`, id)
			}
			return err
		})
	}
	stricter, err := quoting.ParsePolicy([]byte(strings.Replace(string(o.Policy.Text), "valid_days: 30", "valid_days: 15", 1)))
	if err != nil {
		t.Fatal(err)
	}
	entra := o.beside()
	entra.Directory = &graph{away: map[quoting.PersonID]time.Time{finn.ID: o.clock.now().Add(time.Hour)}, roles: map[quoting.PersonID][]quoting.Role{morgan.ID: morgan.Roles}}

	first, offered, asked, often, mine, unasked := s.quote("riley", "commercial", 2, "pending"), pending(), pending(), pending(), pending(), pending()
	first.Nonce = "n.c1"
	draft, written, proved, passedOn, led := s.quote("riley", "commercial", 1, "draft"), pending(), pending(), pending(), pending()
	o.sql(`DELETE FROM approval_steps WHERE quote_id = $1`, int64(first.Quote))
	o.sql(`INSERT INTO consults (quote_id, version, asked_by, person_id, asked_at) VALUES ($1, 1, $2, $3, now())`, int64(asked.Quote), s.rows["morgan"], s.rows["eve"])
	o.sql(`INSERT INTO nudges (quote_id, version, branch, level, kind, number, at) SELECT $1, 1, 'commercial', 1, 'remind', n, $2 FROM generate_series(1, 3) n`, int64(often.Quote), o.clock.now())
	o.sql(`INSERT INTO delegations (from_id, to_id, since, until) VALUES ($1, $2, $3, $4)`, s.rows["morgan"], s.rows["vera"], o.clock.now(), o.clock.now().Add(72*time.Hour))
	for _, cmd := range []quoting.Command{about(offered, quoting.AskChanges, quoting.Slots{DiscountPct: number("3")}), on(written, quoting.ApproveQuote)} {
		if refused, err := click(morgan, cmd)(); err != nil || refused != "" {
			t.Fatalf("%s: %q, %v", cmd.Intent, refused, err)
		}
	}
	decision := stepUp(morgan, "decision", on(proved, quoting.ApproveQuote), proved)
	returning := stepUp(morgan, "decision", on(proved, quoting.ApproveQuote), proved)
	looks := func(at string) func() (string, error) {
		return quietly(func() error {
			o.set(at)
			return o.LookAtClocks(t.Context())
		})
	}
	acts := []played{
		{"approve", click(morgan, on(pending(), quoting.ApproveQuote)), ""},
		{"approve the first of two steps", click(morgan, on(first, quoting.ApproveQuote)), ""},
		{"reject", click(morgan, about(pending(), quoting.RejectQuote, quoting.Slots{Reason: "too dear"})), ""},
		{"request changes", click(morgan, about(pending(), quoting.AskChanges, quoting.Slots{DiscountPct: number("3")})), ""},
		{"recall", click(riley, on(pending(), quoting.RecallQuote)), ""},
		{"accept an offer", click(riley, on(offered, quoting.AcceptOffer)), ""},
		{"ask for an opinion", click(morgan, about(pending(), quoting.Consult, quoting.Slots{DelegateTo: "Eve"})), ""},
		{"give an opinion", click(eve, about(asked, quoting.GiveOpinion, quoting.Slots{Reason: "It will work."})), ""},
		{"pass on", click(morgan, about(passedOn, quoting.Reassign, quoting.Slots{DelegateTo: "Finn"})), ""},
		{"look at what was passed on", click(morgan, on(passedOn, quoting.ShowQuote)), ""},
		{"the customer waits", click(riley, on(draft, quoting.CustomerWaits)), ""},
		{"lose", click(riley, about(s.quote("riley", "commercial", 1, "draft"), quoting.MarkOutcome, quoting.Slots{Outcome: quoting.Lost, Reason: "why"})), ""},
		{"approve under a directory", func() (string, error) {
			return reads(entra.Click(t.Context(), o.arrival(morgan), on(led, quoting.ApproveQuote)))
		}, ""},
		{"ask whom nobody has asked", quietly(func() error { // as soon as somebody can be
			o.sql(`UPDATE approval_requests SET level = 4 WHERE quote_id = $1`, int64(unasked.Quote))
			err := o.LookAtClocks(t.Context())
			if err != nil {
				o.sql(`UPDATE approval_requests SET level = 1 WHERE quote_id = $1`, int64(unasked.Quote))
			}
			return err
		}), ""},
		{"write the Estimate", quietly(func() error { return o.WriteEstimateNow(t.Context(), written.Quote) }), ""},

		{"open a card to approve", message(morgan, said(mine, quoting.ApproveQuote, quoting.Slots{})), ""},
		{"write a condition", message(morgan, said(mine, quoting.AskChanges, quoting.Slots{Changes: []quoting.Change{{Op: "set", Field: "discount_pct", Value: 3}}})), "A condition is no approval"},
		{"write whom to ask", message(morgan, said(mine, quoting.Consult, quoting.Slots{DelegateTo: "Eve"})), "One tap asks for an opinion."},
		{"write to whom it goes", message(morgan, said(mine, quoting.Reassign, quoting.Slots{DelegateTo: "Finn"})), "One tap asks them to decide"},
		{"write a recall", message(riley, said(mine, quoting.RecallQuote, quoting.Slots{})), ""},
		{"what waits", message(morgan, quoting.Command{Intent: quoting.ListApprovals}), "Together"},
		{"why it waits", message(riley, said(mine, quoting.ExplainApproval, quoting.Slots{})), mine.Quote.String() + " v1 waits for"},
		{"nudge", message(riley, said(mine, quoting.NudgeApprover, quoting.Slots{})), "I have reminded"},
		{"nudge once too often", message(riley, said(often, quoting.NudgeApprover, quoting.Slots{})), "I remind"},

		{"offer a delegation", message(morgan, letDecide("Finn", "Friday")), "One tap, and it is so."},
		{"ask for a delegate", message(morgan, letDecide("", "Friday")), "Who decides in your place?"},
		{"go away with a delegate", message(morgan, away(letDecide("Finn", "Friday"))), "I noted that you are out of office"},
		{"go away", message(morgan, outOfOffice("", "Friday")), "I noted that you are out of office"},
		{"come back", message(morgan, isBack), "Welcome back."},
		{"delegate", click(morgan, toFinn), "One step is left"},
		{"delegate, and prove it", prove(stepUp(morgan, "delegation", toFinn, quoting.View{})), "Finn Finance decides in your place"},
		{"end a delegation by a button", click(morgan, func() quoting.Command { cmd := noMore; cmd.Click = toFinn.Click; return cmd }()), "Vera Vice and Finn Finance decide in your place no more."},
		{"end a delegation by a word", message(vera, noMore), "Nobody decides in your place"},
		{"read who is away", quietly(func() error { return entra.ReadAbsences(t.Context()) }), ""},

		{"propose a role", message(ada, grant(quoting.Auditor, "Riley")), "It holds when another admin confirms it"},
		{"propose a role by command", quietly(func() error {
			_, err := o.ProposeGrant(t.Context(), ada.ID, quoting.Grant{Person: riley.ID, Role: quoting.Finance}, "test")
			return err
		}), ""},
		{"propose a policy", quietly(func() error { _, err := o.ProposePolicy(t.Context(), ada.ID, stricter, "test"); return err }), ""},
		{"propose a file", quietly(func() error {
			return o.Prepare(t.Context(), []quoting.Person{riley, morgan, ada, finn, eve, vera, alex}, "without Sam")
		}), ""},
		{"what is proposed", message(alex, quoting.Command{Intent: quoting.ListApprovals}), "Ada Admin proposes this."},
		{"who can what", message(ada, quoting.Command{Intent: quoting.WhoCan}), "8 people have a role."},
		{"confirm", click(alex, grants(quoting.Engineering)), "Nothing is changed yet"},
		{"refuse", click(alex, refuse), "You refused it."},
		{"confirm, and prove it", prove(stepUp(alex, "policy", grants(quoting.VP), quoting.View{})), "You confirmed it."},
		{"apply a role", applies(quoting.Proposal{Kind: quoting.GrantProposal, Hash: "role", Proposed: quoting.Proposed{Grant: &quoting.Grant{Person: eve.ID, Role: quoting.Auditor}}}), ""},
		{"apply a directory", applies(quoting.DirectoryOfFile([]quoting.Person{riley, morgan, sam, ada, finn, eve, vera}, "without Alex")), ""},

		{"begin a sign-in", quietly(func() error {
			return o.BeginSignIn(t.Context(), decision.ID, "another", "nonce", "verifier", "browser")
		}), ""},
		{"look at a sign-in", quietly(func() error { _, err := o.SignIn(t.Context(), decision.ID); return err }), ""},
		{"return from a sign-in", quietly(func() error { _, _, err := o.ReturnSignIn(t.Context(), returning.ID, "browser"); return err }), ""},
		{"a sign-in of somebody else", quietly(func() error { return o.RefuseSignIn(t.Context(), decision, "person", "test") }), ""},
		{"prove a decision", prove(decision), ""},
		{"pack evidence", quietly(func() error {
			_, _, err := desk.PackEvidence(t.Context(), o.db, first.Quote, o.clock.now(), "test")
			return err
		}), ""},

		{"three are left for the clocks", quietly(func() error {
			o.sql(`UPDATE quotes SET state = 'lost' WHERE state = 'open' AND id NOT IN ($1, $2, $3)`, int64(mine.Quote), int64(often.Quote), int64(passedOn.Quote))
			return nil
		}), ""},
		{"look at the clocks in the morning", looks("Wed 2 Dec 09:30"), ""},
		{"look at the clocks before noon", looks("Wed 2 Dec 11:35"), ""},
		{"look at the clocks in the evening", looks("Wed 2 Dec 17:35"), ""},
	}
	o.sql(`
		INSERT INTO approval_requests (quote_id, version, branch, level, person_id, via, asked_at)
		SELECT quote_id, version, 'commercial', 1, $1, 'chain', $2
		FROM quote_versions
		WHERE state = 'pending'`, s.rows["morgan"], o.clock.now())
	return s, acts
}

// TestAFailureInAnApprovalLeavesNothingHalfDone takes the rights to one table after the other
// away from the service and its jobs, and does everything that belongs to approvals and to
// administration: what fails has changed nothing.
func TestAFailureInAnApprovalLeavesNothingHalfDone(t *testing.T) {
	t.Parallel()
	for _, right := range rightsOfApprovals {
		t.Run("without "+cmp.Or(right, "nothing"), func(t *testing.T) {
			t.Parallel()
			s, acts := rehearsed(t)
			if right != "" {
				s.sql(fmt.Sprintf(`REVOKE %s FROM radioquote_service, radioquote_job`, right))
			}
			failed := 0
			for before, after := s.decided(), []string(nil); len(acts) > 0; acts, before = acts[1:], after {
				act := acts[0]
				says, err := act.do()
				after = s.decided()
				switch {
				case err == nil && right == "" && (!strings.HasPrefix(says, act.says) || act.says == "" && says != ""):
					t.Errorf("%s: %q, want %q", act.name, says, act.says)
				case err == nil: // it does not need the table
					continue
				case right == "":
					t.Errorf("%s: %v", act.name, err)
				}
				failed++
				// Roles that cannot be read are said to the person, and logged.
				if kind := quoting.KindOf(err); kind != quoting.Internal && !strings.Contains(err.Error(), "cannot read your roles") {
					t.Errorf("%s: the error is %s: %v", act.name, kind, err)
				}
				if diff := diff.Diff(before, after); diff != "" && right != "" {
					t.Errorf("%s failed and left something: -before +after\n%s", act.name, diff)
				}
			}
			if (failed == 0) != (right == "") {
				t.Errorf("%d acts failed", failed)
			}
		})
	}
}
