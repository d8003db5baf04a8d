package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"go.uber.org/zap"

	"radioquote/quoting"
	"radioquote/store"
)

// turn is one arrival inside its transaction.
type turn struct {
	*Desk
	store.Turn
	tx      *store.Tx
	arrival Arrival
	jobs    []river.InsertManyParams
	openly  bool   // what is answered names nothing: a room may read it
	reason  string // for which a click was refused on its card
	proved  bool   // what is decided was proved by a sign-in
	signIn  string // where it is to be proved
	note    string // what became of a click, where the card alone does not say

	asked     quoting.Dialogue // what this turn has asked, for the next one
	approving quoting.QuoteID  // of the one card in this chat on which the person may decide; 0: none, or several
}

// Unavailable says whether the error means that the database is down: nothing was done.
func Unavailable(err error) bool { return store.Unavailable(err) }

// inTurn takes an arrival and runs fn on it, once however often it arrives. Jobs that fn
// leaves are enqueued in the same transaction.
func (d *Desk) inTurn(ctx context.Context, a Arrival, fn func(context.Context, *turn) error) error {
	started := time.Now()
	defer func() { d.metrics.quoteTime.Observe(time.Since(started).Seconds()) }()
	return d.DB.InTx(ctx, store.Service, func(tx *store.Tx) error {
		taken, err := tx.Arrive(ctx, a)
		if err != nil {
			return err
		}
		t := &turn{Desk: d, Turn: taken, tx: tx, arrival: a}
		t.Person.InRoom = t.inRoom()
		if err := fn(ctx, t); err != nil {
			return err
		}
		if err := t.releaseWaiting(ctx); err != nil {
			return err
		}
		return tx.Enqueue(ctx, t.jobs...)
	})
}

// turnOf is a turn of a person's that no message and no click of theirs began: what it says is
// said in their personal chat, once they have one.
func (d *Desk) turnOf(ctx context.Context, tx *store.Tx, who store.Person, a Arrival) (*turn, error) {
	chat, err := tx.PersonalChat(ctx, who.RowID)
	if err != nil && !errors.Is(err, quoting.NotFound) {
		return nil, err
	}
	taken := store.Turn{Fresh: true, Known: true, Person: who, Conversation: store.Conversation{RowID: chat, Kind: personal}}
	return &turn{Desk: d, Turn: taken, tx: tx, arrival: a}, nil
}

// Message takes what a person wrote. read turns it into a command; it is called with the
// conversation locked, so that "make it 45" is read after the quote before it. The answer
// is in the outbox when nil is returned, bad input included. An internal error is
// returned after the person was told its reference; one for which Unavailable is true
// means that nothing was done and nobody was told.
func (d *Desk) Message(ctx context.Context, a Arrival, read func(quoting.Dialogue) quoting.Command) error {
	var cmd quoting.Command
	var noted remarks
	err := d.inTurn(ctx, a, func(ctx context.Context, t *turn) error {
		if !t.Fresh {
			d.metrics.repeats.Inc()
			return nil
		}
		if err := t.openApproval(ctx); err != nil {
			return err
		}
		cmd = read(t.Dialogue.In(quoting.ParseLocale(t.Conversation.Locale)))
		noted = remarks{refused(cmd, t.hasRole(), nil), cmd.Cut}
		if err := t.answer(ctx, cmd); err != nil {
			return err
		}
		return t.remark(ctx, noted)
	})
	if err == nil {
		d.metrics.count(noted)
		return nil
	}
	if Unavailable(err) {
		return err
	}
	noted = remarks{refused(cmd, true, err), cmd.Cut}
	sentence, shown := quoting.Sentence(err)
	if !shown {
		sentence = fmt.Sprintf("Something went wrong on my side, and nothing was changed. Reference: %s", a.Correlation)
	}
	told := d.inTurn(ctx, a, func(ctx context.Context, t *turn) error {
		if !t.Fresh {
			return nil
		}
		if err := t.notice(ctx, quoting.Notice{Text: sentence}); err != nil {
			return err
		}
		return t.remark(ctx, noted)
	})
	if told == nil {
		d.metrics.count(noted)
	}
	d.recordDisagreement(ctx, a, err)
	if shown {
		return told
	}
	return errors.Join(err, told)
}

// Click takes a click on a card's button and returns what the clicker's card is to show.
// A click that may not be done answers with the card as it is and says why on top; the
// error is for what has no card to show: a quote that the person may not see, or a command
// that makes no sense.
func (d *Desk) Click(ctx context.Context, a Arrival, cmd quoting.Command) (Content, error) {
	if cmd.Click != nil && decides[cmd.Intent] {
		if err := d.rereadRoles(ctx, a.Person, a.Correlation); err != nil {
			return Content{}, err
		}
	}
	if cmd.Click != nil && (cmd.Intent == quoting.SubmitQuote || cmd.Intent == quoting.AcceptOffer || cmd.Intent == quoting.ApproveQuote) {
		d.checkBefore(ctx, *cmd.Click)
	}
	var content Content
	var actor int64
	var noted remarks
	openly := false
	err := d.inTurn(ctx, a, func(ctx context.Context, t *turn) (err error) {
		t.jobs, content, actor, noted, openly = nil, Content{}, t.Person.RowID, remarks{}, t.inRoom()
		content, err = t.click(ctx, cmd)
		content.Locale = t.Conversation.Locale
		if err != nil || !t.Fresh {
			return err
		}
		if len(t.asked.Choices) > 0 || cmd.Intent == quoting.CreateQuote || cmd.Intent == quoting.ReviseQuote {
			if err := t.keepAsked(ctx); err != nil {
				return err
			}
		}
		noted = remarks{t.reason, cmd.Cut}
		return t.remark(ctx, noted)
	})
	if err != nil {
		d.recordDisagreement(ctx, a, err)
		noted = remarks{refused(cmd, true, err), cmd.Cut}
		d.recordRemarks(ctx, a, actor, noted)
	}
	d.metrics.count(noted)
	if openly && cmd.Intent == quoting.ShowQuote && cmd.Click != nil && (errors.Is(err, quoting.NotFound) || errors.Is(err, quoting.Forbidden)) {
		return d.closedCard(ctx, a, *cmd.Click)
	}
	return content, err
}

// Installed greets a chat, once.
func (d *Desk) Installed(ctx context.Context, a Arrival) error {
	return d.inTurn(ctx, a, func(ctx context.Context, t *turn) error {
		first, err := t.tx.Welcome(ctx, t.Conversation.RowID)
		if err != nil {
			return err
		}
		if first {
			t.openly = true
			return t.notice(ctx, t.greeting())
		}
		return nil
	})
}

// hasRole says whether the person may do anything here.
func (t *turn) hasRole() bool { return t.Known && len(t.Person.Roles) > 0 }

// releaseWaiting sends what has waited for the person to have a chat: after the greeting
// where that comes first, after the answer where the chat is older than the role.
func (t *turn) releaseWaiting(ctx context.Context) error {
	if !t.Waited || !t.hasRole() || t.Conversation.Kind != personal {
		return nil
	}
	waiting, err := t.tx.ReleaseWaiting(ctx, t.Person.RowID, t.Conversation.RowID)
	for _, id := range waiting {
		t.enqueue(deliverArgs{Message: id, Correlation: t.arrival.Correlation})
	}
	return err
}

// Left notes that a chat was closed to the service: it was uninstalled or blocked.
func (d *Desk) Left(ctx context.Context, conversation string) error {
	return d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error { return tx.Leave(ctx, conversation) })
}

// personal is Teams' name for a chat with one person.
const personal = "personal"

// answer does what a message asks for and posts the answer.
func (t *turn) answer(ctx context.Context, cmd quoting.Command) error {
	t.openly = openly[cmd.Intent]
	switch {
	case t.inRoom() && !t.hasRole():
		t.openly = true
		return t.notice(ctx, help())
	case !t.hasRole() && cmd.Intent == quoting.Help:
		return t.notice(ctx, welcome(t.Person.Person, false))
	case !t.hasRole():
		return t.notice(ctx, noRole(t.arrival.Person))
	}
	if asked, err := t.plainNumber(ctx, cmd); err != nil {
		return err
	} else if !asked {
		if err := t.do(ctx, cmd); err != nil {
			return err
		}
	}
	if leavesQuestion(cmd) && t.asked.Asked == nil {
		return nil
	}
	return t.keepAsked(ctx)
}

// do does one act, or answers one question.
func (t *turn) do(ctx context.Context, cmd quoting.Command) error {
	if cmd.Click != nil {
		return t.answerClick(ctx, cmd)
	}
	if slices.Contains(cmd.Errors, quoting.TextTooLong) {
		return t.notice(ctx, tooLong())
	}
	if len(cmd.Either) > 0 {
		return t.either(ctx, cmd)
	}
	if err := t.repeat(ctx, cmd); err != nil {
		return err
	}
	if err := t.pricesFor(cmd); err != nil {
		return err
	}
	switch cmd.Intent {
	case quoting.CreateQuote:
		return t.create(ctx, cmd)
	case quoting.ReviseQuote:
		return t.revise(ctx, cmd)
	case quoting.CloneQuote:
		return t.clone(ctx, cmd)
	case quoting.ExtendValidity:
		return t.extend(ctx, cmd)
	case quoting.ExplainQuote:
		return t.explain(ctx, cmd)
	case quoting.ExplainApproval:
		return t.explainApproval(ctx, cmd)
	case quoting.ExplainPrices:
		return t.explainPrices(ctx, cmd)
	case quoting.CompareVersions:
		return t.compare(ctx, cmd)
	case quoting.SearchQuotes:
		return t.search(ctx, cmd)
	case quoting.ListApprovals:
		if t.Person.Has(quoting.Admin) && !t.Person.MayQuote() {
			return t.openProposals(ctx)
		}
		return t.queue(ctx, cmd)
	case quoting.WhoCan:
		return t.whoCan(ctx, cmd)
	case quoting.GrantRole, quoting.RevokeRole:
		return t.proposeRole(ctx, cmd)
	case quoting.AuditHistory:
		return t.history(ctx, cmd)
	case quoting.PriceLookup, quoting.StockCheck:
		return t.lookUp(ctx, cmd)
	case quoting.ReportMetrics:
		return t.report(ctx, cmd)
	case quoting.QuoteStatus, quoting.ShowQuote:
		return t.status(ctx, cmd)
	case quoting.SubmitQuote, quoting.SyncQuote, quoting.MarkOutcome, quoting.CancelQuote:
		return t.show(ctx, cmd, store.QuoteMessage)
	case quoting.ApproveQuote, quoting.RejectQuote, quoting.AskChanges:
		return t.openDecision(ctx, cmd)
	case quoting.ShareQuote, quoting.UnshareQuote:
		return t.shareHere(ctx, cmd)
	case quoting.RecallQuote:
		return t.openRecall(ctx, cmd)
	case quoting.NudgeApprover:
		return t.nudgeApprover(ctx, cmd)
	case quoting.Reassign, quoting.Consult:
		return t.openPassOn(ctx, cmd)
	case quoting.Delegate:
		return t.delegate(ctx, cmd)
	case quoting.OutOfOffice:
		return t.outOfOffice(ctx, cmd)
	case quoting.SendDocument:
		return t.insteadOf(ctx, cmd)
	case quoting.Confirm:
		return t.confirm(ctx)
	case quoting.Deny:
		return t.deny(ctx)
	case quoting.CancelDialog:
		return t.cancelDialog(ctx)
	case quoting.Help:
		return t.notice(ctx, t.help())
	case quoting.SmallTalk:
		return t.notice(ctx, smallTalk())
	case quoting.Multi:
		return t.several(ctx, cmd.Slots.Steps)
	case quoting.RefuseCommand:
		return t.notice(ctx, refusal(cmd.Slots.Reason))
	default:
		return t.notice(ctx, t.notUnderstood())
	}
}

// answerClick does what the button of a client without Action.Execute asks for: such a
// click comes as a message, and its answer is a message too.
func (t *turn) answerClick(ctx context.Context, cmd quoting.Command) error {
	content, err := t.click(ctx, cmd)
	switch {
	case err != nil || content.Said != "":
		return err
	case content.Notice != nil:
		return t.notice(ctx, *content.Notice)
	case content.View.Banner != "":
		return t.notice(ctx, quoting.Notice{Text: content.View.Banner, Quote: content.View.Quote, Version: content.View.Version})
	}
	kind := store.QuoteMessage
	if content.Approval {
		kind = store.ApprovalMessage
	}
	return t.post(ctx, store.Message{Kind: kind, Quote: content.View.Quote, Version: content.View.Version})
}

// post puts a message for the person of the turn into this conversation. A quote's card
// makes the quote what the conversation is about for that person.
func (t *turn) post(ctx context.Context, m store.Message) error {
	m.Conversation, m.Person = t.Conversation.RowID, t.Person.RowID
	if m.Kind == store.QuoteMessage {
		t.Dialogue.Active = m.Quote
		if err := t.tx.KeepActive(ctx, m.Conversation, m.Person, m.Quote, t.arrival.At.Add(quoting.ActiveFor)); err != nil {
			return err
		}
	}
	if t.inRoom() {
		m = t.forRoom(m)
	}
	return t.postTo(ctx, m)
}

// postTo puts a message into the conversation that it names.
func (t *turn) postTo(ctx context.Context, m store.Message) error {
	m.Correlation, m.CreatedAt = t.arrival.Correlation, t.arrival.At
	id, err := t.tx.Post(ctx, m)
	if err == nil && m.Conversation != 0 {
		t.enqueue(deliverArgs{Message: id, Correlation: t.arrival.Correlation})
	}
	return err
}

func (t *turn) notice(ctx context.Context, n quoting.Notice) error {
	return t.post(ctx, store.Message{Kind: store.NoticeMessage, Notice: &n})
}

func (t *turn) enqueue(args river.JobArgs) {
	t.jobs = append(t.jobs, river.InsertManyParams{Args: args})
}

// touch has every copy of a quote's card updated.
func (t *turn) touch(ctx context.Context, quote quoting.QuoteID) error {
	jobs, err := touch(ctx, t.tx, quote, t.arrival.Correlation)
	t.jobs = append(t.jobs, jobs...)
	return err
}

func touch(ctx context.Context, tx *store.Tx, quote quoting.QuoteID, correlation string) ([]river.InsertManyParams, error) {
	cards, err := tx.Touch(ctx, quote)
	jobs := make([]river.InsertManyParams, len(cards))
	for i, id := range cards {
		jobs[i] = river.InsertManyParams{Args: updateArgs{Message: id, Correlation: correlation}}
	}
	return jobs, err
}

// event is an event of this turn about a version.
func (t *turn) event(kind string, v quoting.Version, data map[string]any) store.Event {
	return store.Event{
		At: t.arrival.At, Kind: kind, Actor: t.Person.RowID, Quote: v.Quote, Version: v.Number, Policy: v.Policy, Snapshot: v.Snapshot,
		Correlation: t.arrival.Correlation, Activity: t.arrival.Activity, Data: data,
	}
}

// logFailure is for what has nobody waiting for it; requests and jobs are logged at their
// edges.
func (d *Desk) logFailure(what, correlation string, err error) {
	d.Log.Error(what, zap.String("correlation", correlation), zap.Error(err))
}
