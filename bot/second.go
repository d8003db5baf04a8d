package bot

import (
	"context"

	"go.uber.org/zap"

	"radioquote/bot/model"
	"radioquote/quoting"
)

// second is what the second reader did about a message, for the log; the zero value is that
// it was not asked.
type second struct {
	outcome model.Outcome
	err     error // why it was of no help; in our own words
}

func (s second) fields() []zap.Field {
	if s.outcome == "" {
		return nil
	}
	fields := []zap.Field{zap.String("second_reader", string(s.outcome))}
	if s.err != nil {
		fields = append(fields, zap.NamedError("second_reader_error", s.err))
	}
	return fields
}

// help asks the second reader, where there is one, about a message that the grammar is not
// sure of, and returns what reads the message then. It is done before the turn, which calls
// nobody; the turn reads again, in the dialogue that counts, and combines. Whatever goes
// wrong, the grammar reads alone.
func (b *Bot) help(ctx context.Context, r request, read func(quoting.Dialogue) quoting.Command, helped *second) func(quoting.Dialogue) quoting.Command {
	if b.model == nil || !model.Unsure(read(quoting.Dialogue{})) {
		return read
	}
	dialogue, expected, err := b.desk.Expected(ctx, r.arrival())
	if err != nil || !expected {
		return read // where the database is down, the turn says so
	}
	first := read(dialogue)
	if !model.Unsure(first) {
		return read
	}
	proposed, outcome, err := b.model.Read(ctx, first, dialogue)
	*helped = second{outcome, err}
	if outcome != "" {
		b.model.Count(outcome)
		return read
	}
	helped.outcome = model.Combine(first, proposed, dialogue).Outcome
	b.model.Count(helped.outcome)
	return func(d quoting.Dialogue) quoting.Command { return model.Combine(read(d), proposed, d).Command }
}
