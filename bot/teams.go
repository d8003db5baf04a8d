package bot

import (
	"context"
	"errors"
	"fmt"

	"github.com/infracloudio/msbotbuilder-go/core"
	"github.com/infracloudio/msbotbuilder-go/core/activity"
	"github.com/infracloudio/msbotbuilder-go/schema"

	"radioquote/bot/connector"
	"radioquote/cards"
	"radioquote/quoting"
	"radioquote/quoting/desk"
)

const cardType = "application/vnd.microsoft.card.adaptive"

// Teams sends the desk's messages to chats, as cards. A message is a card alone, since
// Teams makes two of a card with a text and gives the id of one.
type Teams struct{ adapter core.Adapter }

// NewTeams sends through client.
func NewTeams(client *connector.Client) *Teams {
	return &Teams{adapterFor(verified{}, client)}
}

// Send posts a message and returns Teams' id of it. Its errors are those of desk.Teams.
func (t *Teams) Send(ctx context.Context, to desk.Chat, c desk.Content) (string, error) {
	message, err := messageOf(c)
	if err != nil {
		return "", err
	}
	ctx, sent := connector.WithSent(ctx)
	chat := schema.ConversationReference{ServiceURL: to.ServiceURL, Conversation: schema.ConversationAccount{ID: to.ID}}
	err = t.adapter.ProactiveMessage(ctx, chat, activity.HandlerFuncs{OnMessageFunc: func(*activity.TurnContext) (schema.Activity, error) {
		return activity.ApplyConversationReference(message, chat, false), nil
	}})
	return sent.ActivityID, fault("send to chat", err)
}

// Update replaces a message that was sent. Its errors are those of desk.Teams.
func (t *Teams) Update(ctx context.Context, to desk.Chat, activityID string, c desk.Content) error {
	message, err := messageOf(c)
	if err != nil {
		return err
	}
	message.ID, message.ServiceURL, message.Conversation.ID = activityID, to.ServiceURL, to.ID
	return fault("update message", t.adapter.UpdateActivity(ctx, message))
}

// messageOf is a content as a message. The error is a panic in the making of its card.
func messageOf(c desk.Content) (schema.Activity, error) {
	message := schema.Activity{Type: schema.Message}
	err := safely(func() error {
		card := render(c)
		message.Summary = card.Summary
		message.Attachments = []schema.Attachment{{ContentType: cardType, Content: card.JSON}}
		for _, hint := range c.Hints {
			hint = quoting.ParseLocale(c.Locale).Retell(hint)
			message.SuggestedActions.Actions = append(message.SuggestedActions.Actions, schema.CardAction{Type: schema.ImBack, Title: hint, Text: hint})
		}
		return nil
	})
	return message, err
}

// render is the card of a content, in its reader's language.
func render(c desk.Content) cards.Card {
	in := quoting.ParseLocale(c.Locale)
	switch {
	case c.Notice != nil:
		return cards.Notice(c.Notice.In(in))
	case c.Room != nil:
		return cards.Room(c.Room.In(in))
	case c.Sealed != nil:
		return cards.Sealed(c.Sealed.In(in))
	case c.Price != nil:
		return cards.ListPrice(in, *c.Price)
	case c.Approval:
		return cards.Approval(c.View.In(in))
	default:
		return cards.Quote(c.View.In(in))
	}
}

// fault says what a failure of the connector means for the message.
func fault(what string, err error) error {
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*connector.Error](err)
	if !ok {
		return fmt.Errorf("%s: %w", what, err)
	}
	switch {
	case e.Outcome == connector.Ambiguous:
		return fmt.Errorf("%s: %w: %w", what, quoting.OutcomeUnknown, e)
	case e.Outcome != connector.NotSent && e.Outcome != connector.Throttled:
		return fmt.Errorf("%s: %w: %w", what, quoting.Refused, e)
	case e.RetryAfter > 0:
		return fmt.Errorf("%s: %w", what, &desk.Later{After: e.RetryAfter, Err: e})
	default:
		return fmt.Errorf("%s: %w: %w", what, quoting.Unavailable, e)
	}
}
