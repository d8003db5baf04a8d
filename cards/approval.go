package cards

import (
	"slices"

	"radioquote/quoting"
)

// Approval is the card that asks somebody to decide, made for a phone: what it comes to, what
// has changed since the version before, why it needs somebody, what looks wrong, and the
// buttons; what else is in it stands below. They carry the quote, the version and the nonce of
// this round and step. Whoever cannot decide, or comes after the decision, sees the same
// without buttons.
func Approval(v quoting.View) Card {
	summary := numbered(v.Quote, v.Version) + ": " + headline(v)
	if v.CanDecide {
		summary = v.Locale.Say("Your approval is needed. ") + summary
	}
	if v.Version < v.Current {
		return forViewer(v, summary, slices.Concat(heading(v), banner(v), []element{outdated(v)}))
	}
	grave, notes := findings(v)
	return forViewer(v, summary, slices.Concat(
		heading(v), banner(v), changes(v), margins(v), asks(v), opinions(v), liveCheck(v), grave,
		proving(v), deciding(v), opining(v), nextOne(v), system(v), notes, biggestLines(v),
	))
}

func margins(v quoting.View) []element {
	switch {
	case !v.ShowPrices:
		return nil
	case v.InRoom:
		return []element{words(v.Locale.Say(textMarginsInChat)).aside()}
	}
	return []element{paragraph(say(v.Locale.Say("Margin ")), marginRun(v).bold().sized("Large"))}
}
