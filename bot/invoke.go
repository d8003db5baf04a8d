package bot

import (
	"context"
	"encoding/json"
	"net/http"

	"radioquote/cards"
)

// adaptiveCardAction is the invoke of a button, an Action.Execute.
const adaptiveCardAction = "adaptiveCard/action"

// invoke answers what Teams asks and waits for. What this bot does not offer is answered
// 501, as Microsoft's own SDKs do.
func (b *Bot) invoke(ctx context.Context, r request) result {
	switch r.envelope.Name {
	case adaptiveCardAction:
	case composeQuery, composeSelect:
		return b.compose(ctx, r)
	default:
		return result{err: &statusError{"unknown_invoke", http.StatusNotImplemented, nil}}
	}
	var value struct {
		Action struct {
			Data json.RawMessage `json:"data"`
		} `json:"action"`
	}
	// A value of another form has no data, which is no button.
	_ = json.Unmarshal(r.envelope.Value, &value)
	cmd, err := cards.Parse(value.Action.Data)
	if err != nil {
		return result{err: err, verb: unread}
	}
	came := result{verb: string(cmd.Intent)}
	content, err := b.desk.Click(ctx, r.arrival(), cmd)
	if err != nil {
		came.err = err
		return came
	}
	if came.said = content.Said; came.said == "" {
		came.card = render(content).JSON
	}
	return came
}

// invokeResponse is the body that answers an adaptiveCard/action. Source: "Universal
// Action Model" of Adaptive Cards.
type invokeResponse struct {
	StatusCode int    `json:"statusCode"`
	Type       string `json:"type"`
	Value      any    `json:"value"`
}

// buttonAnswer is a card, which replaces the one that was clicked for the person who
// clicked, a sentence beside that one, or an error.
func buttonAnswer(card json.RawMessage, said string, failure buttonError) invokeResponse {
	switch {
	case said != "":
		return invokeResponse{http.StatusOK, "application/vnd.microsoft.activity.message", said}
	case card == nil:
		return invokeResponse{failure.status, "application/vnd.microsoft.error", failure}
	}
	return invokeResponse{http.StatusOK, cardType, card}
}
