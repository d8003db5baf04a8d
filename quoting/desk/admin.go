package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/riverqueue/river"
	"go.uber.org/zap"

	"radioquote/quoting"
	"radioquote/store"
)

// Who may do what, and the policy, are changed by two: an admin proposes, or a start finds a
// changed file, and another admin confirms. What was confirmed of the directory is done by a
// job, since a person's transaction may not write people; a policy is in force from the next
// start.

type applyArgs struct {
	Proposal    int64  `json:"proposal"`
	Correlation string `json:"correlation"`
}

func (applyArgs) Kind() string { return "apply" }
func (applyArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueUpdate, MaxAttempts: forever}
}

// Proposed is a proposal that was made: what it would change, and who may confirm it.
type Proposed struct {
	ID     int64
	Points []string
	Asked  []string // names
}

// ProposeGrant proposes a role for somebody, or its end, in the name of an admin. The error
// is of kind Forbidden, Invalid, NotFound or Conflict, with a sentence.
func (d *Desk) ProposeGrant(ctx context.Context, as quoting.PersonID, g quoting.Grant, correlation string) (Proposed, error) {
	return d.proposeAs(ctx, as, correlation, func(who quoting.Person, people []quoting.Person) (quoting.Proposal, error) {
		return quoting.ProposeGrant(who, g, people)
	})
}

// ProposePolicy proposes a policy instead of the one in force, in the name of an admin. Its
// errors are those of ProposeGrant.
func (d *Desk) ProposePolicy(ctx context.Context, as quoting.PersonID, changed *quoting.Policy, correlation string) (Proposed, error) {
	return d.proposeAs(ctx, as, correlation, func(who quoting.Person, _ []quoting.Person) (quoting.Proposal, error) {
		return quoting.ProposePolicy(who, d.Policy, changed)
	})
}

func (d *Desk) proposeAs(ctx context.Context, as quoting.PersonID, correlation string, propose func(quoting.Person, []quoting.Person) (quoting.Proposal, error)) (Proposed, error) {
	var made Proposed
	err := d.DB.InTx(ctx, store.Service, func(tx *store.Tx) error {
		person, err := tx.As(ctx, as)
		if errors.Is(err, quoting.NotFound) {
			return quoting.Errorf(quoting.NotFound, "The directory has nobody with the id %s.", as.Object)
		}
		if err != nil {
			return err
		}
		t := &turn{Desk: d, tx: tx, arrival: Arrival{Person: as, At: d.Now(), Correlation: correlation}}
		t.Turn = store.Turn{Fresh: true, Known: true, Person: person, Conversation: store.Conversation{Kind: personal}}
		rows, err := tx.People(ctx)
		if err != nil {
			return err
		}
		p, err := propose(person.Person, people(rows))
		if err != nil {
			return err
		}
		made, err = t.propose(ctx, p, rows)
		return err
	})
	return made, err
}

// propose makes a proposal of this person and sends every admin who may confirm it its card.
func (t *turn) propose(ctx context.Context, p quoting.Proposal, rows []store.Person) (Proposed, error) {
	points, err := t.points(ctx, t.tx, p, people(rows))
	if err != nil {
		return Proposed{}, err
	}
	if len(points) == 0 {
		return Proposed{}, quoting.Errorf(quoting.Conflict, "That changes nothing.")
	}
	p.At = t.arrival.At
	id, first, err := t.tx.Propose(ctx, p, p.Title(people(rows)), t.Person.RowID, p.At)
	if err != nil {
		return Proposed{}, err
	}
	if !first {
		return Proposed{}, quoting.Errorf(quoting.Conflict, "The same is proposed already, and waits for an admin to confirm it.")
	}
	p.ID = id
	if err := t.tx.Record(ctx, t.event("proposal_made", quoting.Version{Policy: t.Policy.Version}, proposalData(p, rows))); err != nil {
		return Proposed{}, err
	}
	made := Proposed{ID: id, Points: points}
	for _, admin := range rows {
		if p.DeciderProblem(admin.Person, people(rows)) != nil {
			continue
		}
		made.Asked = append(made.Asked, admin.Name)
		if err := t.notify(ctx, t.tx, admin.RowID, proposalNotice(p, people(rows), points), t.arrival.Correlation); err != nil {
			return Proposed{}, err
		}
	}
	return made, nil
}

// proposeFile proposes what a start has found in a changed file, where it changes anything.
// What an older file proposed is over.
func (d *Desk) proposeFile(ctx context.Context, tx *store.Tx, p quoting.Proposal) error {
	if err := tx.SupersedeFiles(ctx, p.Kind); err != nil {
		return err
	}
	rows, err := tx.People(ctx)
	if err != nil {
		return err
	}
	points, err := d.points(ctx, tx, p, people(rows))
	if err != nil || len(points) == 0 {
		return err
	}
	p.At = d.Now()
	var first bool
	if p.ID, first, err = tx.Propose(ctx, p, p.Title(people(rows)), 0, p.At); err != nil || !first {
		return err
	}
	if err := tx.Record(ctx, store.Event{
		At: p.At, Kind: "proposal_made", Policy: d.Policy.Version, Correlation: "start", Data: proposalData(p, rows),
	}); err != nil {
		return err
	}
	d.Log.Warn("a changed file waits for an admin to confirm it", zap.String("kind", string(p.Kind)), zap.String("hash", p.Hash))
	for _, admin := range rows {
		if !admin.Has(quoting.Admin) {
			continue
		}
		n := proposalNotice(p, people(rows), points)
		if problem := p.DeciderProblem(admin.Person, people(rows)); problem != nil {
			n.Choices = nil
			n.Text += " " + sentenceOf(problem)
		}
		if err := d.notify(ctx, tx, admin.RowID, n, "start"); err != nil {
			return err
		}
	}
	return nil
}

// points are what a proposal would change of what there is: of the people in the database,
// and of the policy that is in force there.
func (d *Desk) points(ctx context.Context, tx *store.Tx, p quoting.Proposal, people []quoting.Person) ([]string, error) {
	now := d.Policy
	if p.Kind == quoting.PolicyProposal {
		in, found, err := tx.PolicyInForce(ctx)
		if err != nil {
			return nil, err
		}
		if found {
			now = &quoting.Policy{Version: in.Version, Text: []byte(in.Text)}
		}
	}
	return p.Points(people, now)
}

// proposalData is what an event says of a proposal: ids, and no names.
func proposalData(p quoting.Proposal, rows []store.Person) map[string]any {
	data := map[string]any{"proposal": p.ID, "kind": p.Kind, "hash": p.Hash}
	if g := p.Grant; g != nil {
		data["person"], data["role"], data["revoke"] = rowOf(rows, g.Person), g.Role, g.Revoke
	}
	return data
}

func rowOf(rows []store.Person, id quoting.PersonID) int64 {
	p, _ := find(rows, id)
	return p.RowID
}

// shownPoints is how many changes of a proposal a card lists.
const shownPoints = 30

// proposalNotice is the card on which an admin confirms or refuses a proposal. Its buttons
// carry what it shows.
func proposalNotice(p quoting.Proposal, people []quoting.Person, points []string) quoting.Notice {
	n := quoting.Notice{Title: p.Title(people), Text: p.ByName + " proposes this. It holds when you, a second admin, confirm it."}
	if p.ByName == "" {
		n.Text = "I found it in a changed file when I started. I go on with what there was until an admin confirms it."
	}
	if p.Kind == quoting.PolicyProposal {
		n.Text += " A confirmed policy is in force from my next start."
	}
	n.Points = slices.Clone(points[:min(len(points), shownPoints)])
	if more := len(points) - shownPoints; more > 0 {
		n.Points = append(n.Points, "and "+quoting.Thousands(more)+" more")
	}
	for _, choice := range []struct {
		title  string
		intent quoting.Intent
	}{{"Confirm", quoting.ConfirmProposal}, {"Refuse", quoting.RefuseProposal}} {
		n.Choices = append(n.Choices, quoting.Choice{
			Title: choice.title, Command: quoting.Command{Intent: choice.intent, Click: &quoting.Click{Proposal: p.ID, Nonce: quoting.Seen(points)}},
		})
	}
	return n
}

// decideProposal takes an admin's click on a proposal, once. What has come to change
// something else since the card was made is shown anew; a confirmation is proved by a sign-in
// where the policy wants one.
func (t *turn) decideProposal(ctx context.Context, cmd quoting.Command) (Content, error) {
	if cmd.Click == nil || cmd.Click.Proposal == 0 {
		return Content{}, quoting.Errorf(quoting.Invalid, "This button does nothing any more.")
	}
	if !t.Person.Has(quoting.Admin) {
		return Content{}, quoting.Errorf(quoting.Forbidden, "Only an admin decides on that.")
	}
	if err := t.tx.LockAdministration(ctx); err != nil {
		return Content{}, err
	}
	p, err := t.tx.Proposal(ctx, cmd.Click.Proposal)
	if err != nil {
		return Content{}, err
	}
	rows, err := t.tx.People(ctx)
	if err != nil {
		return Content{}, err
	}
	all := people(rows)
	if !t.Fresh || p.OverProblem() != nil {
		if !t.Fresh {
			t.metrics.repeats.Inc()
		}
		return Content{Notice: decidedNotice(p.Proposal, all, t.Person.Person)}, nil
	}
	points, err := t.points(ctx, t.tx, p.Proposal, all)
	if err != nil {
		return Content{}, err
	}
	if cmd.Intent == quoting.RefuseProposal {
		if err := p.DeciderProblem(t.Person.Person, all); err != nil {
			return Content{}, err
		}
		return t.decidedBy(ctx, p, rows, quoting.ProposalRefused)
	}
	if err := p.ConfirmProblem(t.Person.Person, all); err != nil {
		return Content{}, err
	}
	switch busy, err := t.tx.BeingApplied(ctx); {
	case err != nil:
		return Content{}, err
	case busy && p.Kind != quoting.PolicyProposal:
		return Content{}, quoting.Errorf(quoting.Conflict, "Another change of the directory is just being made. Press the button again in a moment.")
	case len(points) == 0:
		return Content{}, quoting.Errorf(quoting.Conflict, "This changes nothing any more: it is like that already.")
	case cmd.Click.Nonce != quoting.Seen(points):
		n := proposalNotice(p.Proposal, all, points)
		n.Text = "What this changes is not what the card said, because something else has changed since. This is how it stands; look at it and decide again."
		return Content{Notice: &n}, nil
	case t.Policy.StepUp.Method == quoting.SignInAgain && !t.proved:
		if err := t.stepUp(ctx, quoting.Version{}, cmd); err != nil {
			return Content{}, err
		}
		n := proposalNotice(p.Proposal, all, points)
		n.Text = "Nothing is changed yet: sign in to prove that it is you, and it is done."
		n.Link = &quoting.Link{Title: "Sign in", URL: t.signIn}
		return Content{Notice: &n}, nil
	}
	return t.decidedBy(ctx, p, rows, quoting.ProposalConfirmed)
}

// decidedBy takes this person's decision, and returns what the card shows then. What was
// confirmed of the directory is left to a job. Whoever proposed it hears of it, and who has
// proved it in a browser reads it in the chat.
func (t *turn) decidedBy(ctx context.Context, p store.Proposal, rows []store.Person, state quoting.ProposalState) (Content, error) {
	if err := t.tx.DecideProposal(ctx, p.ID, state, t.Person.RowID, t.arrival.At); err != nil {
		return Content{}, err
	}
	data := proposalData(p.Proposal, rows)
	data["proposed_by"] = p.ByRow
	if state == quoting.ProposalConfirmed {
		data["proved"] = t.proved
	}
	kind := map[quoting.ProposalState]string{quoting.ProposalConfirmed: "proposal_confirmed", quoting.ProposalRefused: "proposal_refused"}[state]
	if err := t.tx.Record(ctx, t.event(kind, quoting.Version{Policy: t.Policy.Version}, data)); err != nil {
		return Content{}, err
	}
	if state == quoting.ProposalConfirmed && p.Kind != quoting.PolicyProposal {
		t.enqueue(applyArgs{Proposal: p.ID, Correlation: t.arrival.Correlation})
	}
	p.State, p.Decided, p.DecidedName, p.DecidedAt = state, t.Person.ID, t.Person.Name, t.arrival.At
	all := people(rows)
	if p.ByRow != 0 {
		proposer, err := t.tx.PersonByRow(ctx, p.ByRow)
		if err != nil {
			return Content{}, err
		}
		if err := t.notify(ctx, t.tx, p.ByRow, *decidedNotice(p.Proposal, all, proposer.Person), t.arrival.Correlation); err != nil {
			return Content{}, err
		}
	}
	n := decidedNotice(p.Proposal, all, t.Person.Person)
	if t.proved {
		return Content{Notice: n}, t.notify(ctx, t.tx, t.Person.RowID, *n, t.arrival.Correlation)
	}
	return Content{Notice: n}, nil
}

// decidedNotice says what became of a proposal.
func decidedNotice(p quoting.Proposal, people []quoting.Person, reader quoting.Person) *quoting.Notice {
	who := p.DecidedName
	if p.Decided == reader.ID {
		who = "You"
	}
	n := &quoting.Notice{Title: p.Title(people), Text: sentenceOf(p.OverProblem())}
	switch {
	case p.State == quoting.ProposalConfirmed && p.Kind == quoting.PolicyProposal:
		n.Text = who + " confirmed it. The policy is in force from the next start of the service; until then the one before is."
	case p.State == quoting.ProposalConfirmed:
		n.Text = who + " confirmed it. It holds within moments."
	case p.State == quoting.ProposalRefused:
		n.Text = who + " refused it. Nothing is changed."
	case p.State == quoting.ProposalOpen:
		n.Text = "It waits for an admin to confirm it."
	}
	return n
}

func sentenceOf(err error) string {
	sentence, _ := quoting.Sentence(err)
	return sentence
}

// apply does what was confirmed of the directory, once.
func (d *Desk) apply(ctx context.Context, id int64, correlation string) error {
	return d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		if err := tx.LockAdministration(ctx); err != nil {
			return err
		}
		p, err := tx.Proposal(ctx, id)
		if err != nil {
			return err
		}
		if p.State != quoting.ProposalConfirmed || p.Applied {
			return nil
		}
		if err := tx.MarkApplied(ctx, id, d.Now()); err != nil {
			return err
		}
		switch p.Kind {
		case quoting.GrantProposal:
			return d.applyGrant(ctx, tx, p, correlation)
		case quoting.DirectoryProposal:
			return d.applyDirectory(ctx, tx, p, correlation)
		default:
			return nil // the next start puts it in force
		}
	})
}

func (d *Desk) applyGrant(ctx context.Context, tx *store.Tx, p store.Proposal, correlation string) error {
	rows, err := tx.People(ctx)
	if err != nil {
		return err
	}
	g := *p.Grant
	person, known := find(rows, g.Person)
	if !known {
		return fmt.Errorf("apply proposal %d: nobody has the role's id", p.ID)
	}
	after := g.On(person.Roles)
	data := proposalData(p.Proposal, rows)
	data["proposed_by"], data["before"], data["now"] = p.ByRow, person.Roles, after
	event := store.Event{At: d.Now(), Actor: p.DecidedRow, Policy: d.Policy.Version, Correlation: correlation, Data: data}
	n := quoting.Notice{Text: fmt.Sprintf("You have the role %s now.", g.Role.Name())}
	switch {
	case len(quoting.Exclusive(after)) != len(after): // the directory has changed since it was confirmed
		data["why"] = "exclusive"
		event.Kind = "proposal_refused"
		if err := tx.Record(ctx, event); err != nil {
			return err
		}
		n = quoting.Notice{Title: p.Title(people(rows)), Text: fmt.Sprintf("It was confirmed and cannot be done: %s would be an admin who approves quotes, and nobody is both.", person.Name)}
		return d.tell(ctx, tx, quoting.Admin, n, correlation)
	case g.Revoke:
		n.Text = fmt.Sprintf("You do not have the role %s any more.", g.Role.Name())
		event.Kind = "role_revoked"
	default:
		event.Kind = "role_granted"
	}
	if err := tx.SetRoles(ctx, person.RowID, after); err != nil {
		return err
	}
	if err := tx.Record(ctx, event); err != nil {
		return err
	}
	return d.notify(ctx, tx, person.RowID, n, correlation)
}

func (d *Desk) applyDirectory(ctx context.Context, tx *store.Tx, p store.Proposal, correlation string) error {
	by := store.Event{Actor: p.DecidedRow, Correlation: correlation, Data: map[string]any{"by": "proposal", "proposal": p.ID}}
	if err := d.takePeople(ctx, tx, p.People, p.Hash, by); err != nil {
		return err
	}
	return tx.Record(ctx, store.Event{
		At: d.Now(), Kind: "directory_taken", Actor: p.DecidedRow, Policy: d.Policy.Version, Correlation: correlation,
		Data: map[string]any{"hash": p.Hash, "people": len(p.People), "proposal": p.ID},
	})
}

// proposeRole takes "make Finn finance" and its end: a proposal for another admin.
func (t *turn) proposeRole(ctx context.Context, cmd quoting.Command) error {
	role := cmd.Slots.Role
	switch {
	case !t.Person.Has(quoting.Admin):
		return t.notice(ctx, quoting.Notice{Text: "Only an admin changes who may do what, and a second one confirms it. Ask yours."})
	case t.Directory != nil:
		return t.notice(ctx, quoting.Notice{Text: "Roles come from Entra here: change the person's group or app role there, and I follow within minutes."})
	case role == "":
		return t.notice(ctx, quoting.Notice{Text: fmt.Sprintf("Which role? There are %s.", quoting.Person{Roles: quoting.Roles}.RoleNames())})
	case cmd.Slots.Person == "":
		return t.notice(ctx, quoting.Notice{Text: "Whose role? Write the name as the directory has it.", Examples: []string{"who can what"}})
	}
	to := t.Person
	if cmd.Slots.Person != "me" {
		var err error
		if to, err = t.colleague(ctx, cmd.Slots.Person); err != nil {
			return err
		}
	}
	rows, err := t.tx.People(ctx)
	if err != nil {
		return err
	}
	p, err := quoting.ProposeGrant(t.Person.Person, quoting.Grant{Person: to.ID, Role: role, Revoke: cmd.Intent == quoting.RevokeRole}, people(rows))
	if err != nil {
		return err
	}
	made, err := t.propose(ctx, p, rows)
	if err != nil {
		return err
	}
	n := quoting.Notice{Title: p.Title(people(rows)), Points: made.Points}
	n.Text = NextOf(made)
	return t.notice(ctx, n)
}

// NextOf says what a proposal waits for.
func NextOf(made Proposed) string {
	if len(made.Asked) == 0 {
		return "It waits, and nobody may confirm it: there is no other admin whom it does not concern. Name one in the directory."
	}
	return fmt.Sprintf("It holds when another admin confirms it: %s has a card.", strings.Join(made.Asked, " or "))
}

// openProposals shows an admin what waits for one.
func (t *turn) openProposals(ctx context.Context) error {
	open, err := t.tx.OpenProposals(ctx)
	if err != nil {
		return err
	}
	rows, err := t.tx.People(ctx)
	if err != nil {
		return err
	}
	if len(open) == 0 {
		return t.notice(ctx, quoting.Notice{Text: "No change of roles or of the policy waits for an admin."})
	}
	for _, p := range open {
		points, err := t.points(ctx, t.tx, p.Proposal, people(rows))
		if err != nil {
			return err
		}
		n := proposalNotice(p.Proposal, people(rows), points)
		if problem := p.DeciderProblem(t.Person.Person, people(rows)); problem != nil {
			n.Choices = nil
			n.Text = "It waits. " + sentenceOf(problem)
		}
		if err := t.notice(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// whoCan says who may do what. An admin sees everybody; everybody else themselves.
func (t *turn) whoCan(ctx context.Context, cmd quoting.Command) error {
	o, _, err := t.tx.Organisation(ctx, t.Person.RowID, 0, 0, t.arrival.At)
	if err != nil {
		return err
	}
	rows, err := t.tx.People(ctx)
	if err != nil {
		return err
	}
	who, s := rows, cmd.Slots
	n := quoting.Notice{Title: "Who may do what"}
	switch {
	case !t.Person.Has(quoting.Admin):
		who = []store.Person{t.Person}
		n.Title = "What you may do"
		if s.Person != "me" {
			n.Text = "Who else may do what, an admin sees. "
		}
	case s.Person == "me":
		who = []store.Person{t.Person}
	case s.Person != "":
		if who, err = t.named(ctx, s.Person); err != nil {
			return err
		}
	}
	if s.AmountMin != nil {
		needed := t.Policy.DecidersOf(*s.AmountMin)
		n.Text += amountText(t.Policy, *s.AmountMin, needed)
		who = slices.DeleteFunc(slices.Clone(who), func(p store.Person) bool { return !slices.ContainsFunc(needed, p.Has) })
	} else if s.Role != "" && s.Person == "" {
		who = slices.DeleteFunc(slices.Clone(who), func(p store.Person) bool { return !p.Has(s.Role) })
	}
	for _, p := range who {
		if len(p.Roles) > 0 || s.Person != "" {
			n.Entries = append(n.Entries, quoting.Entry{Title: p.Name, Value: p.RoleNames(), Note: t.noteOf(p.Person, people(rows), o)})
		}
	}
	switch {
	case n.Text != "":
	case len(n.Entries) == 0:
		n.Text = "Nobody."
	case len(n.Entries) == 1:
		n.Text = may(who[0].Person)
	default:
		n.Text = fmt.Sprintf("%s people have a role.", quoting.Thousands(len(n.Entries)))
	}
	if t.Person.Has(quoting.Admin) && t.Directory == nil {
		n.Examples = []string{"make Sam rep", "remove finance from Finn"}
	}
	return t.notice(ctx, n)
}

// amountText is who decides on an amount.
func amountText(p *quoting.Policy, amount quoting.Number, needed []quoting.Role) string {
	money := quoting.Money{Amount: amount.Decimal, Currency: p.Currency}.Display()
	if len(needed) == 0 {
		return fmt.Sprintf("An amount of %s needs nobody by itself; margin, discount and terms may.", money)
	}
	return fmt.Sprintf("An amount of %s is approved by %s, in that order. Margin, discount and terms may need more.", money, inOrder(needed))
}

func inOrder(roles []quoting.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = r.Name()
	}
	return strings.Join(names, ", then ")
}

// may is what somebody's roles let them do, in a sentence.
func may(p quoting.Person) string {
	var parts []string
	if p.MayQuote() {
		parts = append(parts, "makes and submits quotes")
	}
	if p.MayDecide() && !p.Has(quoting.Admin) {
		parts = append(parts, "approves quotes of others")
	}
	if p.Has(quoting.Auditor) {
		parts = append(parts, "reads everything")
	}
	if p.Has(quoting.Admin) {
		parts = append(parts, "changes roles and the policy with a second admin, and decides on held prices")
	}
	if len(parts) == 0 {
		return p.Name + " has no role and does nothing here."
	}
	return p.Name + " " + strings.Join(parts, ", ") + "."
}

// noteOf is what a list says of somebody beside the roles: team, manager, who stands in, until
// when by the calendar of that team.
func (t *turn) noteOf(p quoting.Person, people []quoting.Person, o quoting.Organisation) string {
	calendar := t.Policy.CalendarOf(p.Team)
	name := func(id quoting.PersonID) string {
		i := slices.IndexFunc(people, func(q quoting.Person) bool { return q.ID == id })
		if i < 0 {
			return ""
		}
		return people[i].Name
	}
	var notes []string
	if p.Team != "" {
		notes = append(notes, "team "+p.Team)
	}
	if manager := name(p.Manager); manager != "" {
		notes = append(notes, "under "+manager)
	}
	if until, away := o.IsAway(p.ID); away {
		note := "out of office"
		if !until.IsZero() {
			note += " until " + quoting.UntilWords(until, calendar)
		}
		notes = append(notes, note)
	}
	for _, d := range o.Delegations {
		switch p.ID {
		case d.From:
			notes = append(notes, fmt.Sprintf("%s stands in until %s", name(d.To), quoting.UntilWords(d.Until, calendar)))
		case d.To:
			notes = append(notes, fmt.Sprintf("stands in for %s until %s", name(d.From), quoting.UntilWords(d.Until, calendar)))
		}
	}
	return strings.Join(notes, " · ")
}

// adminHelp is what an admin who quotes nothing is told.
func adminHelp() quoting.Notice {
	return quoting.Notice{
		Title:    "Roles, the policy and held prices",
		Text:     "Say who gets or loses a role; a second admin confirms it on a card. A changed policy is proposed by \"radioquote policy propose\". Prices that look wrong come here by themselves.",
		Examples: []string{"who can what", "make Finn finance", "what needs my approval"},
	}
}
