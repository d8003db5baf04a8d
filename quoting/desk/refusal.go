package desk

import (
	"context"

	"radioquote/quoting"
	"radioquote/store"
)

// forbidden is the reason, in metrics and the audit log, of what the person's role does not
// allow; the others are those of refusals.
const forbidden = "forbidden"

// refusals are the answers to what must not be done, by reason (spec/commands.md, section
// 9): why not, and what does work instead.
var refusals = map[string]quoting.Notice{
	"prompt_injection": {
		Text:     "My rules do not change by what is written here; I read every message as something about quotes. These work:",
		Examples: examples,
	},
	"impersonation": {
		Text: "I act for whoever is signed in and cannot take you for somebody else. What needs another person I bring to that person: press Submit on the quote's card.",
	},
	"approval_avoidance": {
		Text: "I do not split or shape a deal around an approval. Quote it as it is; its card shows who approves, and Why? says what the approval hangs on.",
	},
	"bulk_approval": {
		Text:     "I take decisions one quote at a time, each on its card. Start with what waits:",
		Examples: []string{"what needs my approval"},
	},
	"bulk_destructive": {
		Text:     "I end quotes one at a time, so that none goes by mistake. Name the first, and confirm on its card:",
		Examples: []string{"status"},
	},
	"data_exfiltration": {
		Text:     "I do not hand out costs, price tables, or lists of customers and contacts. One price, or a quote of yours, is fine:",
		Examples: []string{"price of a spare battery", "status"},
	},
	"policy_bypass": {
		Text: "Checks, approvals, costs and dates hold for everybody, so I leave them as they are. Submit the quote as it is and write your reason to the approver; approvals here are quick.",
	},
}

func refusal(reason string) quoting.Notice {
	if n, ok := refusals[reason]; ok {
		return n
	}
	return quoting.Notice{Text: "I do not do that, but I price, change and track quotes. These work:", Examples: examples}
}

// refused is the reason for which the command was not done, or empty. err is what came of
// it.
func refused(cmd quoting.Command, hasRole bool, err error) string {
	switch _, known := refusals[cmd.Slots.Reason]; {
	case cmd.Intent == quoting.RefuseCommand && known:
		return cmd.Slots.Reason
	case cmd.Intent == quoting.RefuseCommand:
		return "other"
	case !hasRole, quoting.KindOf(err) == quoting.Forbidden:
		return forbidden
	}
	return ""
}

// remarks is what the audit log and the counters are to say of a command beside what came
// of it: that it was refused, that a personal number was cut out of it.
type remarks struct {
	reason string // of a refusal; empty: it was done
	cut    int
}

func (r remarks) events(a Arrival, actor int64) []store.Event {
	var events []store.Event
	event := func(kind string, data map[string]any) {
		events = append(events, store.Event{At: a.At, Kind: kind, Actor: actor, Correlation: a.Correlation, Activity: a.Activity, Data: data})
	}
	if r.reason != "" {
		event("command_refused", map[string]any{"reason": r.reason})
	}
	if r.cut > 0 {
		event("personal_number_cut", map[string]any{"count": r.cut})
	}
	return events
}

// count counts the remarks on what has been committed.
func (m metrics) count(r remarks) {
	if r.reason != "" {
		m.refusals.WithLabelValues(r.reason).Inc()
	}
	m.cut.Add(float64(r.cut))
}

// remark records what is to be said of a command, and tells the person what was cut out of
// it.
func (t *turn) remark(ctx context.Context, r remarks) error {
	if r.cut > 0 {
		if err := t.notice(ctx, personalNumberCut()); err != nil {
			return err
		}
	}
	return t.tx.Record(ctx, r.events(t.arrival, t.Person.RowID)...)
}

// recordRemarks records what is to be said of a click that failed, and was rolled back.
func (d *Desk) recordRemarks(ctx context.Context, a Arrival, actor int64, r remarks) {
	if r == (remarks{}) {
		return
	}
	if err := d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error { return tx.Record(ctx, r.events(a, actor)...) }); err != nil {
		d.logFailure("record a refusal", a.Correlation, err)
	}
}

func personalNumberCut() quoting.Notice {
	return quoting.Notice{Text: "I cut a card or social-security number out of what you wrote and kept nothing of it. Please do not send such numbers here."}
}
