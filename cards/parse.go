package cards

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/govalues/decimal"

	"radioquote/quoting"
)

// Bounds of what a card may send.
const (
	maxData     = 32 << 10 // bytes
	maxCustomer = 200      // characters
)

// Parse reads what a pressed button sent: the data of an Action.Execute, or the value of
// the message that its fallback sends, with the card's inputs merged in. The error is of
// kind Invalid: it is no button of ours, or an input that the person can correct.
//
// The command's Click is nil where the button belongs to no quote, such as one that makes
// a new quote. Nothing in the command is an authority; numbers and names in it are checked
// by whoever quotes from them, as those of a message are.
func Parse(data json.RawMessage) (quoting.Command, error) {
	if len(data) > maxData {
		return quoting.Command{}, quoting.Errorf(quoting.Invalid, textTooMuch)
	}
	var p press
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&p); err != nil || decoder.More() {
		return quoting.Command{}, &quoting.Error{Kind: quoting.Invalid, Sentence: textNoButton, Err: err}
	}
	intent, ok := verbs[p.Verb]
	if !ok || !p.complete(intent) {
		return quoting.Command{}, quoting.Errorf(quoting.Invalid, textNoButton)
	}
	command := quoting.Command{Intent: intent, Slots: p.Slots, Cut: p.redact()}
	if p.Quote != 0 || len(p.Holds) > 0 || p.Message != 0 || p.Proposal != 0 || p.Person != "" {
		command.Click = &quoting.Click{Person: p.Person, Proposal: p.Proposal, Message: p.Message, Quote: p.Quote, Version: p.Version, Nonce: p.Nonce, Holds: p.Holds, HoldsTo: p.HoldsTo, Customer: quoting.CustomerID(p.Link)}
	}
	if err := p.inputs(&command.Slots); err != nil {
		return quoting.Command{}, err
	}
	return command, nil
}

// complete says whether the button names what its verb is about: a decision binds to a
// version, everything else on a quote to the quote. A quote that is chosen from a list is
// bound to nothing: that asks for its card, as a message does.
func (p press) complete(intent quoting.Intent) bool {
	if p.Version < 0 || p.Version > 0 && p.Quote == 0 {
		return false
	}
	chosen := p.Quote == 0 && p.Slots.QuoteID != 0 // of a list: as if it was said
	switch intent {
	case quoting.SubmitQuote, quoting.ApproveQuote, quoting.RejectQuote:
		return p.Quote != 0 && p.Version > 0 || chosen
	case quoting.ShareQuote, quoting.AcceptOffer, quoting.Reassign, quoting.Consult, quoting.GiveOpinion, quoting.CustomerWaits:
		return p.Quote != 0 && p.Version > 0
	case quoting.MarkOutcome:
		return (p.Quote != 0 || chosen) && (p.Outcome == string(quoting.Won) || p.Outcome == string(quoting.Lost))
	case quoting.LinkCustomer, quoting.UnshareQuote:
		return p.Quote != 0
	case quoting.ReadNotice:
		return p.Message > 0
	case quoting.ConfirmProposal, quoting.RefuseProposal:
		return p.Proposal > 0 && p.Nonce != ""
	case quoting.Delegate: // of whom, and to whom until when, or that it is over
		return p.Person != "" && (p.Slots.Back || p.Slots.DelegateTo != "" && p.Slots.UntilText != "")
	case quoting.TodaysPrice:
		return p.Slots.SKU != ""
	case quoting.ReviseQuote, quoting.ShowQuote, quoting.QuoteStatus, quoting.ExplainQuote, quoting.ExtendValidity, quoting.CloneQuote, quoting.CancelQuote, quoting.SyncQuote,
		quoting.AuditHistory, quoting.CompareVersions, quoting.ExplainApproval, quoting.ExplainPrices, quoting.RecallQuote, quoting.AskChanges, quoting.NudgeApprover, quoting.SendDocument:
		return p.Quote != 0 || chosen
	case quoting.ReleasePrices, quoting.RefusePrices:
		return len(p.Holds) > 0
	default:
		return true
	}
}

// redact cuts personal numbers out of what the person typed, and says how many.
func (p *press) redact() int {
	total := 0
	for _, typed := range []*entry{&p.Customer, &p.Reason, &p.Why, &p.Wish, &p.Colleague} {
		clean, cut := quoting.Redact(string(*typed))
		*typed = entry(clean)
		total += cut
	}
	return total
}

// inputs puts what the person filled in over what the button says.
func (p press) inputs(slots *quoting.Slots) error {
	switch {
	case utf8.RuneCountInString(string(p.Customer)) > maxCustomer, utf8.RuneCountInString(string(p.Colleague)) > maxCustomer:
		return quoting.Errorf(quoting.Invalid, textLongCustomer, maxCustomer)
	case utf8.RuneCountInString(string(p.Reason)) > quoting.MaxReason, utf8.RuneCountInString(string(p.Why)) > quoting.MaxReason, utf8.RuneCountInString(string(p.Wish)) > quoting.MaxReason, utf8.RuneCountInString(slots.Reason) > quoting.MaxReason:
		return quoting.Errorf(quoting.Invalid, textLongReason, quoting.MaxReason)
	}
	if p.Sites != "" {
		sites, err := p.Sites.whole()
		if err != nil || sites < 1 {
			return &quoting.Error{Kind: quoting.Invalid, Sentence: textBadSites, Err: err}
		}
		slots.Sites = &sites
	}
	slots.Outcome = quoting.QuoteState(p.Outcome)
	switch p.CustomerID {
	case "":
	case newCustomer:
		slots.NewCustomer = true
	default:
		id, err := p.CustomerID.whole()
		if err != nil || id < 1 {
			return &quoting.Error{Kind: quoting.Invalid, Sentence: textBadCustomer, Err: err}
		}
		slots.CustomerID = quoting.CustomerID(id)
	}
	if p.Customer != "" { // typed because none of the choices fits
		slots.Customer, slots.CustomerID, slots.NewCustomer = string(p.Customer), 0, false
	}
	if p.Industry != "" {
		slots.Industry = quoting.IndustryCode(p.Industry)
	}
	if p.Discount != "" {
		percent, err := quoting.ParseDecimal(string(p.Discount))
		if err != nil || percent.IsNeg() || percent.Cmp(decimal.Hundred) >= 0 || percent.Trim(0).Scale() > 2 {
			return &quoting.Error{Kind: quoting.Invalid, Sentence: textBadDiscount, Err: err}
		}
		slots.DiscountPct = &quoting.Number{Decimal: percent}
	}
	if p.Colleague != "" {
		slots.DelegateTo = string(p.Colleague)
	}
	if p.Wish != "" {
		slots.Reason = string(p.Wish)
	}
	if p.Reason != "" {
		slots.Reason = string(p.Reason)
	}
	for i, c := range slots.Changes {
		if c.Op == "override" && c.Value == nil && p.Why != "" {
			slots.Changes[i].Value = string(p.Why)
		}
	}
	return nil
}

// entry is the value of an input: trimmed text, whether the client sent text, a number or
// nothing. Empty is "not filled in".
type entry string

// UnmarshalJSON reads a string, a number or null.
func (e *entry) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] != '"' {
		var number json.Number
		err := json.Unmarshal(b, &number) // null leaves it empty
		*e = entry(number)
		return err
	}
	var text string
	err := json.Unmarshal(b, &text)
	*e = entry(strings.TrimSpace(text))
	return err
}

// whole is the entry as a whole number; "3.0" is one. The error is of kind Invalid.
func (e entry) whole() (int, error) {
	number, err := quoting.ParseDecimal(string(e))
	if err != nil {
		return 0, err
	}
	whole, _, ok := number.Int64(0)
	if !ok || !number.IsInt() {
		return 0, quoting.Errorf(quoting.Invalid, "%s is not a whole number", number)
	}
	return int(whole), nil
}
