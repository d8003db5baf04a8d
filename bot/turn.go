package bot

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/infracloudio/msbotbuilder-go/core/activity"
	"github.com/infracloudio/msbotbuilder-go/schema"

	"radioquote/bot/command"
	"radioquote/cards"
	"radioquote/quoting"
)

// errIgnored is for what Teams tells and nobody here wants to know: reactions, edits,
// typing, and whatever it will come to tell. An error status would have it told again.
var errIgnored = &statusError{"ignored", http.StatusOK, nil}

// turn does what an activity asks for.
func (b *Bot) turn(ctx context.Context, r request) result {
	e := r.envelope
	switch {
	case e.From.ID != "" && e.From.ID == e.Recipient.ID:
		return result{err: errIgnored} // the bot's own words
	case e.Type == schema.Message && !e.addressed() && len(e.Value) == 0:
		return result{err: errIgnored} // what people of a room say to each other
	case e.Type == schema.Message:
		return b.message(ctx, r)
	case e.Type == schema.Invoke:
		return b.invoke(ctx, r)
	}
	return result{err: b.lifecycle(ctx, r)}
}

// message takes what a person wrote. The library dispatches it; what its handler returns
// is sent, and that is nothing as long as the answer is in the outbox. A panic is caught
// here already, so that the person is told.
func (b *Bot) message(ctx context.Context, r request) result {
	var failure error
	var helped second
	handler := activity.HandlerFuncs{OnMessageFunc: func(turn *activity.TurnContext) (schema.Activity, error) {
		failure = safely(func() error { return b.read(ctx, r, &helped) })
		if sentence, ok := apology(failure, r.correlation); ok {
			return turn.SendActivity(activity.MsgOptionText(r.envelope.reader().Retell(sentence)))
		}
		return schema.Activity{}, nil
	}}
	sending := adapterFor(verified{}, b.connector).ProcessActivity(ctx, r.activity, handler)
	return result{err: errors.Join(failure, sending), second: helped}
}

func (b *Bot) read(ctx context.Context, r request, helped *second) error {
	ctx, cancel := context.WithTimeout(ctx, turnLimit)
	defer cancel()
	read := func(d quoting.Dialogue) quoting.Command { return r.envelope.command(b.words, d) }
	return b.desk.Message(ctx, r.arrival(), b.help(ctx, r, read, helped))
}

// command is what a message asks for. One without text but with a value is a click on a
// card, by a client that knows no Action.Execute.
func (e envelope) command(words *command.Reader, d quoting.Dialogue) quoting.Command {
	text, cut := e.said(), 0
	if len(text) <= command.MaxText*utf8.UTFMax { // a longer one is not read, and nothing of it is kept
		text, cut = quoting.Redact(text)
	}
	if text != "" || len(e.Value) == 0 {
		cmd := withoutPeople(read(words, text, d), e.people())
		cmd.Cut = cut
		return cmd
	}
	cmd, err := cards.Parse(e.Value)
	if err != nil {
		return quoting.Command{Intent: quoting.OutOfScope}
	}
	return cmd
}

// read reads a message in its dialogue: as one of the answers that were offered, as what a
// request still waits for, or by itself.
func read(words *command.Reader, text string, d quoting.Dialogue) quoting.Command {
	if chosen, ok := d.Answer(text); ok {
		chosen.Text = text
		return chosen
	}
	cmd := words.Parse(text, d)
	if whole, ok := d.Complete(cmd); ok {
		return whole
	}
	return cmd
}

// withoutPeople takes colleagues for what they are: whoever is mentioned is no customer.
func withoutPeople(cmd quoting.Command, people []string) quoting.Command {
	spare := func(s *quoting.Slots) {
		if s.Customer != "" && slices.Contains(people, strings.ToLower(s.Customer)) {
			s.Customer = ""
		}
	}
	spare(&cmd.Slots)
	for i := range cmd.Slots.Steps {
		spare(&cmd.Slots.Steps[i].Slots)
	}
	return cmd
}

// lifecycle takes what happens to the bot itself. That it was installed Teams tells
// twice, in either order.
func (b *Bot) lifecycle(ctx context.Context, r request) error {
	ctx, cancel := context.WithTimeout(ctx, turnLimit)
	defer cancel()
	e := r.envelope
	if e.complete() != nil {
		return errIgnored
	}
	switch {
	case e.Type == schema.InstallationUpdate && (e.Action == "add" || e.Action == "add-upgrade"),
		e.Type == schema.ConversationUpdate && e.addsBot():
		return b.desk.Installed(ctx, r.arrival())
	case e.Type == schema.InstallationUpdate && e.Action == "remove":
		return b.desk.Left(ctx, e.Conversation.ID)
	}
	return errIgnored
}
