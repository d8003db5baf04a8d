package cards

import (
	"slices"

	"radioquote/quoting"
)

// Approval is the card that asks a manager to decide, made for a phone: what it comes to,
// why it needs somebody, and two buttons. They carry the quote, the version and the nonce
// of this round. Whoever cannot decide, or comes after the decision, sees the same without
// buttons.
func Approval(v quoting.View) Card {
	summary := numbered(v.Quote, v.Version) + ": " + headline(v)
	if v.CanDecide {
		summary = v.Locale.Say("Your approval is needed. ") + summary
	}
	if v.Version < v.Current {
		return forViewer(v, summary, slices.Concat(heading(v), banner(v), []element{outdated(v)}))
	}
	return forViewer(v, summary, slices.Concat(
		heading(v), banner(v), margins(v), asks(v), liveCheck(v), system(v), warnings(v), changes(v),
		biggestLines(v), deciding(v),
	))
}

func margins(v quoting.View) []element {
	if v.InRoom {
		return []element{words(v.Locale.Say(textMarginsInChat)).aside()}
	}
	return []element{paragraph(say(v.Locale.Say("Margin ")), marginRun(v).bold().sized("Large"))}
}

// asks is who asks and which rules make somebody decide, or what was decided.
func asks(v quoting.View) []element {
	if !v.CanDecide {
		return decided(v)
	}
	box := contain(paragraph(say(v.Owner).bold(), say(v.Locale.Say(textAsksFor)))).styled("warning")
	box.Items = append(box.Items, steps(v)...)
	box.Items = append(box.Items, bullets(v.Locale, needs(v))...)
	return []element{box}
}

// deciding is Approve, which takes no input, and Reject, which opens a field for the
// reason and does nothing without it.
func deciding(v quoting.View) []element {
	if !v.CanDecide {
		return nil
	}
	reason := &input{
		block: block{Type: "Input.Text", ID: "reason"}, Label: v.Locale.Say(textReason), Placeholder: v.Locale.Say(textReasonHint),
		IsRequired: true, ErrorMessage: v.Locale.Say(textReasonError), IsMultiline: true, MaxLength: quoting.MaxReason,
	}
	reject := action{
		Type: "Action.ShowCard", Title: v.Locale.Say(buttonReject),
		Card: &adaptiveCard{Type: "AdaptiveCard", Version: "1.5", Body: []element{
			reason,
			actions(execute(v.Locale.Say(buttonSendReject), withInputs, on(v, "reject")).styled("destructive")),
		}},
	}
	buttons := actions(execute(v.Locale.Say(buttonApprove), withoutInputs, on(v, "approve")).styled("positive"), reject)
	if v.Check.State == quoting.Verified {
		return []element{buttons}
	}
	return []element{words(v.Locale.Say(textNeedsCheck)).colored(warning), buttons}
}
