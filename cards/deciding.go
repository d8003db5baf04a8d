package cards

import "radioquote/quoting"

// asks is who asks and which rules make somebody decide, or what was decided.
func asks(v quoting.View) []element {
	if !v.CanDecide {
		return decided(v)
	}
	line := []run{say(v.Owner).bold(), say(v.Locale.Say(textAsksFor))}
	if v.As != "" {
		line = append(line, say(v.Locale.Say(textInPlaceOf)), say(v.As).bold())
	}
	box := contain(paragraph(line...)).styled("warning")
	box.Items = append(box.Items, waits(v)...)
	box.Items = append(box.Items, bullets(v.Locale, needs(v))...)
	box.Items = append(box.Items, steps(v)...)
	return []element{box}
}

func waits(v quoting.View) []element {
	if !v.CustomerWaits {
		return nil
	}
	return []element{paragraph(say(v.Locale.Say(textCustomerWaits)).bold()).close()}
}

// steps are the chain: who has approved, whose turn it is, and who comes then. A chain of one
// step says nothing that is not said beside it, but to somebody who is asked beside others.
func steps(v quoting.View) []element {
	var out []element
	for _, s := range v.Chain {
		if len(v.Chain) == 1 && s.Taken == nil && !(v.CanDecide && len(s.Who) > 1) {
			break
		}
		line := paragraph(say(v.Locale.Retell(v.ChainLine(s))).aside())
		if s.Taken != nil {
			line.Inlines[0] = line.Inlines[0].colored(good)
		}
		out = append(out, line.close())
	}
	for _, note := range v.ChainNotes() {
		out = append(out, paragraph(say(v.Locale.Retell(note)).aside().colored(warning)).close())
	}
	return out
}

// proving is the one step that is left of a large decision: to sign in.
func proving(v quoting.View) []element {
	switch {
	case v.SignIn != "":
		return []element{contain(
			paragraph(say(v.Locale.Say(textProve)).bold()),
			words(v.Locale.Say(textProveWhy)),
			actions(action{Type: "Action.OpenUrl", Title: v.Locale.Say(buttonProve), URL: v.SignIn, Style: "positive"}),
		).styled("accent")}
	case v.Note != "":
		return []element{contain(paragraph(say(v.Locale.Retell(v.Note)).bold())).styled("good")}
	}
	return nil
}

// The most of what colleagues think that a card shows; the whole was sent to who asked.
const (
	maxOpinions = 2
	maxOpinion  = 240 // bytes
)

// opinions are what people who were asked think of it, or that they were.
func opinions(v quoting.View) []element {
	var out []element
	for i, o := range v.Opinions {
		if i == maxOpinions {
			return append(out, paragraph(say(v.Locale.Say("and %s more", quoting.Thousands(len(v.Opinions)-i))).aside()).close())
		}
		if o.Text == "" {
			out = append(out, paragraph(say(v.Locale.Say(textAskedFor)+o.Name).aside()).close())
			continue
		}
		text := say("")
		text.Text = "“" + plain(o.Text, maxOpinion) + "”"
		out = append(out, paragraph(say(o.Name+": ").bold(), text))
	}
	return out
}

// deciding is Approve, which takes no input, and what opens a field first: to send it back,
// with a discount that would do, to reject it, and to ask somebody else.
func deciding(v quoting.View) []element {
	if !v.CanDecide || v.SignIn != "" {
		return nil
	}
	reason := &input{
		block: block{Type: "Input.Text", ID: "reason"}, Label: v.Locale.Say(textReason), Placeholder: v.Locale.Say(textReasonHint),
		IsRequired: true, ErrorMessage: v.Locale.Say(textReasonError), IsMultiline: true, MaxLength: quoting.MaxReason,
	}
	approve := execute(v.Locale.Say(buttonApprove), withoutInputs, on(v, "approve")).styled("positive")
	wish := []element{
		&input{block: block{Type: "Input.Text", ID: "wish"}, Label: v.Locale.Say(textWish), Placeholder: v.Locale.Say(textReasonHint), IsMultiline: true, MaxLength: quoting.MaxReason},
	}
	if v.ShowPrices {
		wish = append(wish, &input{block: block{Type: "Input.Number", ID: "discount"}, Label: v.Locale.Say(textDiscountInstead), Placeholder: "8"})
	}
	buttons := actions(approve,
		opens(v.Locale.Say(buttonChanges), append(wish, actions(execute(v.Locale.Say(buttonSendChanges), withInputs, on(v, "changes"))))...),
		opens(v.Locale.Say(buttonReject), reason,
			actions(execute(v.Locale.Say(buttonSendReject), withInputs, on(v, "reject")).styled("destructive"))),
		opens(v.Locale.Say(buttonColleague),
			&input{block: block{Type: "Input.Text", ID: "colleague"}, Label: v.Locale.Say(textColleague), MaxLength: maxCustomer},
			actions(execute(v.Locale.Say(buttonConsult), withInputs, on(v, "consult")), execute(v.Locale.Say(buttonReassign), withInputs, on(v, "reassign")))),
	)
	var notes []element
	if v.Check.State != quoting.Verified {
		notes = append(notes, words(v.Locale.Say(textNeedsCheck)).colored(warning))
	}
	if v.Large {
		notes = append(notes, words(v.Locale.Say(textLarge)).aside())
	}
	return append(notes, buttons)
}

// opens is a button that shows fields first.
func opens(title string, body ...element) action {
	return action{Type: "Action.ShowCard", Title: title, Card: &adaptiveCard{Type: "AdaptiveCard", Version: "1.5", Body: body}}
}

// opining is the field of somebody who was asked for an opinion.
func opining(v quoting.View) []element {
	if !v.CanOpine || v.CanDecide {
		return nil
	}
	return []element{
		&input{block: block{Type: "Input.Text", ID: "reason"}, Label: v.Locale.Say(textOpinion), IsRequired: true, ErrorMessage: v.Locale.Say(textOpinionError), IsMultiline: true, MaxLength: quoting.MaxReason},
		actions(execute(v.Locale.Say(buttonOpinion), withInputs, on(v, "opinion")).styled("positive")),
	}
}

// nextOne opens what else waits for the viewer, after a decision.
func nextOne(v quoting.View) []element {
	if v.Next == nil {
		return nil
	}
	button := execute(v.Locale.Say("Next: %s", v.Next.Title), withoutInputs, press{Verb: "approve", Slots: quoting.Slots{QuoteID: v.Next.Quote}})
	out := []element{actions(button)}
	if v.Next.Left > 1 {
		out = append(out, words(v.Locale.Say("%s wait for you.", quoting.Count(v.Next.Left, "quote"))).aside())
	}
	return out
}

// pending are the owner's buttons while others decide.
func pending(v quoting.View) []action {
	var buttons []action
	if v.CanRecall && !v.CustomerWaits {
		buttons = append(buttons, execute(v.Locale.Say(buttonWaits), withoutInputs, on(v, "waits")))
	}
	if v.CanRecall {
		buttons = append(buttons, execute(v.Locale.Say(buttonRecall), withoutInputs, on(v, "recall")))
	}
	return buttons
}

// What the cards of approvals say beside the rest.
const (
	textInPlaceOf       = ", in place of "
	textCustomerWaits   = "The customer is waiting."
	textTookBack        = " took it back"
	textProve           = "One step is left: prove that it is you"
	textProveWhy        = "Large decisions are proved by signing in once more. Nothing is decided before that."
	textAskedFor        = "Asked for an opinion: "
	textWish            = "What should change?"
	textDiscountInstead = "Discount in percent that you would approve (optional)"
	textColleague       = "Colleague's name"
	textLarge           = "It is a large one: approving opens a sign-in."
	textOpinion         = "What do you think of it?"
	textOpinionError    = "Write what you think of it first."

	buttonProve       = "Sign in to decide"
	buttonChanges     = "Request changes"
	buttonSendChanges = "Send back"
	buttonColleague   = "Ask a colleague"
	buttonConsult     = "Ask for an opinion"
	buttonReassign    = "Let them decide too"
	buttonOpinion     = "Send opinion"
	buttonWaits       = "Customer is waiting"
	buttonRecall      = "Take back"
)
