package cards

import (
	"fmt"

	"radioquote/quoting"
)

// What cards say, in English; quoting/texts.es.yaml has them in Spanish. Amounts, names
// and sentences of others are put in beside these, never into them.
const (
	textTry = "For example:"

	textNoCustomer   = "No customer yet"
	textUnknown      = "  not found in NetSuite"
	textSeveral      = "  which one?"
	textNewHere      = "  new customer, not in NetSuite yet"
	textNewCustomer  = "New customer: "
	textPlusTax      = " plus tax"
	textNoPrice      = "No price"
	textTechnical    = " · without prices"
	textRead         = "I read: "
	textAssumed      = " (assumed)"
	textChanged      = "What changed"
	textTopLines     = "Biggest lines"
	textAsksFor      = " asks for your approval"
	textNeedsCheck   = "Approve works as soon as NetSuite has confirmed the prices."
	textGeneral      = "General profile"
	textSendBack     = "Write what to change and I re-price it, then submit again."
	textNotSubmitted = "It cannot be submitted. "

	textChecking    = "Checking with NetSuite…"
	textSilent      = "NetSuite is not answering. "
	textKeepTrying  = "Not verified yet; I keep trying."
	textMoved       = "NetSuite's prices have moved:"
	textUnsellable  = "no longer sold"
	textOldPrices   = "The prices are older than a day, so this stays a draft until NetSuite answers."
	textByRows      = "at list prices: no customer yet"
	textByTheirRows = "by its price rows"
	textNewAtBase   = "at list prices: a new customer"
	textNotVerified = "The prices are not verified."
	textBlocked     = "It cannot be submitted until what is marked above is mended."
	textParts       = "Parts"
	textOverride    = "If it is right as it is, say why"
	textReprices    = "I price it again as soon as NetSuite's new prices are here; then you can submit it."
	textNotAsPriced = "It cannot be submitted as it is."

	textNoApproval    = "Within your limits: nobody has to approve it."
	textSubmitAsks    = "Submitting asks "
	textToApprove     = " to approve it:"
	textWaitingPrices = "Waiting for NetSuite's prices. It is approved as soon as they are confirmed."
	textByPolicy      = "Approved: within the limits, nobody had to decide"
	textAllCarried    = "Nobody has to approve it again:"
	textByCarried     = "Approved: the approvals of the version before hold for this one"
	textAsksChanges   = " asks for changes"
	textFor           = "in place of "
	textSignsIn       = "It is a large one: who approves it signs in for that."
	textWriting       = "Writing the Estimate to NetSuite…"
	textSynced        = "The Estimate is in NetSuite and agrees line by line."
	textOrdered       = "Won: sales order %s is in NetSuite and agrees line by line."
	textEndReason     = "Why? (for lost and cancelled)"
	textEndHint       = "price, timing, went elsewhere…"
	textEstimateStuck = "The Estimate in NetSuite needs attention. "

	textAssumedBoth   = "I assumed **1 site** and the **general profile**. Please correct:"
	textAssumedSites  = "I assumed **1 site**. Please correct:"
	textAssumedTrade  = "I assumed the **general profile**. Which industry is it?"
	textWhichCustomer = "Who is it for?"
	textNewVersion    = "A change makes a new version, which has to be submitted again."
	textChooseOne     = "Choose the customer"
	textOtherName     = "None of these? Another name"
	textCustomerName  = "Name, as in NetSuite"
	textSitesError    = "A whole number, 1 or more."
	textChooseTrade   = "Choose the industry"

	textReason      = "Why not?"
	textReasonHint  = "The rep reads this"
	textReasonError = "Say why, so that the rep knows what to change."

	buttonUpdate     = "Update price"
	buttonChange     = "Change details"
	buttonWhy        = "Why?"
	buttonOptions    = "What may be added"
	buttonPassOver   = "It is right"
	buttonSubmit     = "Submit"
	buttonApprove    = "Approve"
	buttonReject     = "Reject"
	buttonSendReject = "Reject with this reason"
	buttonRetry      = "Try NetSuite again"
	buttonEnd        = "End quote"
	buttonWon        = "Won"
	buttonLost       = "Lost"
	buttonCancel     = "Cancel quote"
	buttonMore       = "Show more lines"
	buttonAll        = "Show all %d lines"
	buttonFewer      = "Show fewer lines"

	// Sentences of errors.
	textNoButton     = "I do not know this button. Ask for the quote again to get a card that works."
	textTooMuch      = "That was too much for one button. Shorten what you wrote and press it again."
	textLongCustomer = "A customer's name has at most %d characters. Shorten it and try again."
	textLongReason   = "A reason has at most %d characters. Shorten it and try again."
	textBadSites     = "The number of sites is a whole number, 1 or more. Correct it and press again."
	textBadDiscount  = "A discount is a number from 0 to under 100 with two decimals at most. Correct it and press again."
	textBadCustomer  = "That customer is none of the choices. Choose one, or type the name."
)

// numbered is the quote and the version as people say it: "Q-1001 v2".
func numbered(quote quoting.QuoteID, version int) string {
	if version == 0 {
		return quote.String()
	}
	return fmt.Sprintf("%s v%d", quote, version)
}

// standing is the state in two or three words, and its colour.
func standing(v quoting.View) (string, color) {
	state, shade := stateOf(v)
	return v.Locale.Retell(state), shade
}

func stateOf(v quoting.View) (string, color) {
	switch {
	case v.QuoteState != quoting.Open:
		return quoting.Capital(string(v.QuoteState)), ""
	case v.Version < v.Current:
		return "Replaced", ""
	case v.System.Review != "":
		return "For engineering", warning
	case v.WaitsForPrices:
		return "Waiting for prices", warning
	}
	switch v.State {
	case quoting.Pending:
		return quoting.Capital(v.State.String()), warning
	case quoting.ChangesRequested:
		return "Sent back", warning // the name beside it keeps its line
	case quoting.Approved:
		return "Approved", good
	case quoting.Rejected:
		return "Rejected", attention
	default:
		return quoting.Capital(v.State.String()), ""
	}
}

// systemName is the system in a few words: "DMR, linked conventional, 1 repeater a site".
func systemName(in quoting.Locale, s quoting.System) string {
	if s.Mode == "" {
		return in.Retell(s.Technology.Words())
	}
	return in.Say("DMR, %s, %s a site", s.Mode, quoting.Count(s.RepeatersPerSite, "repeater"))
}
