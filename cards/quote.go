package cards

import (
	"slices"

	"radioquote/quoting"
)

// The most of each list that a card shows; more than these is unusual, and the card has to
// stay within its budget.
const (
	maxSentences  = 6
	maxCandidates = 8
)

// Quote is the quote's card for one person: what the View says that this person may see
// and do, in the state that it is in.
func Quote(v quoting.View) Card {
	summary := numbered(v.Quote, v.Version) + ": " + headline(v)
	if v.Version < v.Current {
		return forViewer(v, summary, slices.Concat(heading(v), banner(v), []element{outdated(v)}))
	}
	before := slices.Concat(heading(v), banner(v), proving(v), decided(v), opinions(v), system(v), liveCheck(v), warnings(v), changes(v))
	after := slices.Concat(totals(v), ahead(v), alternatives(v), options(v))
	if len(v.Missing) > 0 {
		before = slices.Concat(before, form(v))
		after = slices.Concat(after, last(v), sharing(v))
	} else {
		after = slices.Concat(after, last(v), sharing(v), form(v))
	}
	left := maxBytes - len(forViewer(v, summary, slices.Concat(before, after)).JSON) - frame
	return forViewer(v, summary, slices.Concat(before, lineList(v, left), after))
}

// frame is what a list of lines takes beside its lines: the container that is hidden, its
// buttons, the line for what is cut.
const frame = 1200

// headline is the quote in one line of plain text.
func headline(v quoting.View) string {
	price := worth(v)
	if v.System.Review != "" {
		price = v.Locale.Say(textNoPrice)
	}
	state, _ := standing(v)
	if v.Customer.ID == 0 && !v.Customer.New() && v.CustomerText == "" {
		return v.Locale.Say("%s for no customer yet. %s.", price, state)
	}
	return v.Locale.Say("%s for %s. %s.", price, customerName(v), state)
}

// worth is what the quote comes to; how many lines it has for who sees no price.
func worth(v quoting.View) string {
	if !v.ShowPrices {
		return v.Locale.Count(len(v.Priced.Lines), "line")
	}
	return v.Locale.Money(v.Priced.Total)
}

func customerName(v quoting.View) string {
	if v.Customer.ID != 0 || v.Customer.New() {
		return v.Customer.Name
	}
	return v.CustomerText
}

// heading is whose quote it is and what it comes to.
func heading(v quoting.View) []element {
	state, shade := standing(v)
	customer := []run{say(customerName(v)).bold().sized("Medium")}
	switch {
	case v.Customer.New():
		customer = append(customer, say(v.Locale.Say(textNewHere)).sized("Small").colored(warning))
	case v.Customer.ID == 0 && v.CustomerText == "":
		customer = []run{say(v.Locale.Say(textNoCustomer)).bold().sized("Medium").colored(warning)}
	case v.Customer.ID == 0 && len(v.Candidates) > 0:
		customer = append(customer, say(v.Locale.Say(textSeveral)).sized("Small").colored(warning))
	case v.Customer.ID == 0:
		customer = append(customer, say(v.Locale.Say(textUnknown)).sized("Small").colored(warning))
	}
	price := paragraph(say(worth(v)).bold().sized("ExtraLarge"), say(v.Locale.Say(textPlusTax)).aside())
	switch {
	case v.System.Review != "":
		price = paragraph(say(v.Locale.Say(textNoPrice)).bold().sized("Large"))
	case !v.ShowPrices:
		price = paragraph(say(worth(v)).bold().sized("Large"), say(v.Locale.Say(textTechnical)).aside())
	}
	top := contain(
		sides(
			[]element{paragraph(say(numbered(v.Quote, v.Version)).bold(), say(" · "+v.Owner).aside())},
			paragraph(say(state).bold().colored(shade)).right(),
		),
		paragraph(customer...),
		price.close(),
	).styled("emphasis")
	top.Bleed = true
	return []element{top}
}

// banner is what became of a click that was not done.
func banner(v quoting.View) []element {
	if v.Banner == "" {
		return nil
	}
	text := say("")
	text.Text = plain(v.Banner, maxNotice)
	return []element{contain(paragraph(text.bold())).styled("attention")}
}

// outdated sends the reader of an old card to the version that counts.
func outdated(v quoting.View) element {
	p := on(v, "view")
	p.Version = v.Current
	return contain(
		paragraph(say(v.Locale.Say("This is version %d. %s is at version %d now.", v.Version, v.Quote, v.Current))),
		actions(execute(v.Locale.Say("Open version %d", v.Current), withoutInputs, p)),
	).styled("warning")
}

// decided is what has happened to the quote since it was submitted.
func decided(v quoting.View) []element {
	switch {
	case v.WaitsForPrices:
		return []element{contain(words(v.Locale.Say(textWaitingPrices))).styled("warning")}
	case v.State == quoting.Pending:
		box := contain(paragraph(say(v.Locale.Say("Waiting for ")), say(approver(v)).bold())).styled("warning")
		box.Items = append(box.Items, waits(v)...)
		box.Items = append(box.Items, steps(v)...)
		box.Items = append(box.Items, bullets(v.Locale, needs(v))...)
		return []element{box}
	case v.State == quoting.Recalled:
		box := contain(paragraph(say(v.Owner).bold(), say(v.Locale.Say(textTookBack)))).styled("emphasis")
		if v.CanEdit {
			box.Items = append(box.Items, words(v.Locale.Say(textSendBack)).aside())
		}
		return []element{box}
	case v.Decision == nil:
		return nil
	}
	d := v.Decision
	var box *container
	switch {
	case d.Action == quoting.Approve && d.By == quoting.PersonID{} && len(v.Steps) > 0:
		box = contain(words(v.Locale.Say(textByCarried))).styled("good")
	case d.Action == quoting.Approve && d.By == quoting.PersonID{}:
		box = contain(words(v.Locale.Say(textByPolicy))).styled("good")
	case d.Action == quoting.Approve:
		box = contain(paragraph(say(v.Locale.Say("Approved by ")), say(d.Name).bold())).styled("good")
	case v.State == quoting.ChangesRequested:
		box = contain(paragraph(say(d.Name).bold(), say(v.Locale.Say(textAsksChanges)))).styled("warning")
	default:
		box = contain(paragraph(say(v.Locale.Say("%s by ", quoting.Capital(v.State.String()))), say(d.Name).bold())).styled("attention")
	}
	if d.ForName != "" {
		box.Items = append(box.Items, paragraph(say(v.Locale.Say(textFor)+d.ForName).aside()).close())
	}
	if len(v.Steps) > 1 || len(v.Steps) == 1 && v.State != quoting.Approved {
		box.Items = append(box.Items, steps(v)...)
	}
	if d.Offer != nil {
		box.Items = append(box.Items, paragraph(say(v.Locale.Say("%s instead", quoting.Capital(v.Locale.Retell(d.Offer.String())))).bold()))
	}
	if !d.At.IsZero() {
		box.Items = append(box.Items, words(day(d.At)+", "+clock(d.At)).aside())
	}
	if d.Reason != "" {
		reason := say("")
		reason.Text = "“" + plain(d.Reason, maxNotice) + "”"
		box.Items = append(box.Items, paragraph(reason))
	}
	if d.Offer != nil && v.CanAccept {
		box.Items = append(box.Items, actions(execute(v.Locale.Say("Take %s and submit", d.Offer.String()), withoutInputs, on(v, "accept")).styled("positive")))
	}
	if d.Action != quoting.Approve && v.CanEdit {
		box.Items = append(box.Items, words(v.Locale.Say(textSendBack)).aside())
	}
	return append([]element{box}, estimate(v)...)
}

func approver(v quoting.View) string {
	if v.Approver == "" {
		return v.Locale.Say("the manager")
	}
	return v.Approver
}

// estimate is where NetSuite's record of an approved quote stands.
func estimate(v quoting.View) []element {
	switch v.Estimate {
	case quoting.Writing:
		return []element{words(v.Locale.Say(textWriting))}
	case quoting.Synced:
		text := "✓ " + v.Locale.Say(textSynced)
		if v.SalesOrder != "" {
			text = "✓ " + v.Locale.Say(textOrdered, v.SalesOrder)
		} else if v.EstimateNumber != "" {
			text += " (" + v.EstimateNumber + ")"
		}
		return []element{words(text).colored(good)}
	case quoting.NeedsAttention:
		box := contain(paragraph(say(v.Locale.Say(textEstimateStuck)).bold(), say(v.Attention))).styled("attention")
		if v.CanRetry {
			box.Items = append(box.Items, actions(execute(v.Locale.Say(buttonRetry), withoutInputs, on(v, "sync"))))
		}
		return []element{box}
	default:
		return nil
	}
}

// system is what was asked for and what answers it.
func system(v quoting.View) []element {
	in := v.Locale
	asked := []run{say(in.Count(v.Request.Users, "radio"))}
	if v.Request.Parts() {
		return []element{paragraph(say(in.Say(textParts)))}
	}
	if v.Request.Sites == 0 {
		asked = append(asked, say(" · "), say(in.Count(1, "site")+in.Say(textAssumed)).colored(warning))
	} else {
		asked = append(asked, say(" · "+in.Count(v.Request.Sites, "site")))
	}
	if v.Request.Industry == "" {
		asked = append(asked, say(" · "), say(in.Say(textGeneral)+in.Say(textAssumed)).colored(warning))
	} else {
		asked = append(asked, say(" · "+industryName(v)))
	}
	for _, part := range []struct {
		said bool
		text string
	}{
		{v.Request.IntrinsicallySafe, in.Say("intrinsically safe")},
		{v.Request.Band == quoting.VHF, "VHF"},
		{v.Request.Shifts > 0, in.Count(v.Request.Shifts, "shift")},
		{v.Request.TermMonths > 0, in.Count(v.Request.TermMonths, "month")},
		{v.Request.RentalWeeks > 0, in.Say("rented for %s", quoting.Count(v.Request.RentalWeeks, "week"))},
		{v.Request.AddOn, in.Say("added to what they have")},
		{v.Request.Terms.Payment != "", string(v.Request.Terms.Payment)},
	} {
		if part.said {
			asked = append(asked, say(" · "+part.text))
		}
	}
	var out []element
	if v.Reading != "" {
		out = append(out, paragraph(say(in.Say(textRead)+v.Reading).aside()))
	}
	out = append(out, paragraph(asked...))
	if v.System.Review != "" {
		return out
	}
	return append(out, paragraph(say(systemName(in, v.System))).close(), paragraph(say(v.System.Why).aside()).close())
}

func industryName(v quoting.View) string {
	for _, i := range v.Industries {
		if i.Code == v.Request.Industry {
			return i.Name
		}
	}
	return string(v.Request.Industry)
}

// liveCheck is what NetSuite says of the prices, and how old they are.
func liveCheck(v quoting.View) []element {
	if v.System.Review != "" || !v.ShowPrices {
		return nil
	}
	var out []element
	asOf := v.Locale.Say("Prices as of %s. ", clock(v.PricesAt))
	if v.PricesAge == quoting.UnusablePrices {
		asOf = v.Locale.Say("Prices as of %s, %s. ", day(v.PricesAt), clock(v.PricesAt))
	}
	switch v.Check.State {
	case quoting.Verified:
		text := "✓ " + v.Locale.Say("Verified with NetSuite")
		if !v.Check.At.IsZero() {
			text += v.Locale.Say(" at %s", clock(v.Check.At))
		}
		switch {
		case v.Check.Method != quoting.ByPriceRows:
		case v.Customer.New():
			text += ", " + v.Locale.Say(textNewAtBase)
		case v.Customer.ID == 0:
			text += ", " + v.Locale.Say(textByRows)
		default:
			text += ", " + v.Locale.Say(textByTheirRows)
		}
		out = append(out, words(text).colored(good))
	case quoting.Moved:
		out = append(out, contain(slices.Concat([]element{words(v.Locale.Say(textMoved))}, moved(v.Locale, v.Check.Moved))...).styled("warning"))
	case quoting.Unverified:
		if v.Check.Problem != "" {
			out = append(out, paragraph(say(v.Check.Problem+" ").colored(warning), say(v.Locale.Say(textNotVerified)).colored(warning)))
			break
		}
		out = append(out, words(v.Locale.Say(textSilent)+asOf+v.Locale.Say(textKeepTrying)).colored(warning))
	default:
		text := v.Locale.Say(textChecking)
		if v.PricesAge != quoting.FreshPrices {
			text = asOf + text
		}
		checking := words(text)
		checking.IsSubtle = true
		out = append(out, checking)
	}
	if v.PricesAge == quoting.UnusablePrices {
		out = append(out, words(v.Locale.Say(textOldPrices)).colored(warning))
	}
	return out
}

// moved is each line whose price in NetSuite is another one now.
func moved(in quoting.Locale, prices []quoting.MovedPrice) []element {
	var rows []element
	for i, m := range prices {
		if i == maxSentences {
			return append(rows, paragraph(say(in.Say("and %s", quoting.Count(len(prices)-i, "more price"))).aside()))
		}
		to := say(in.Money(m.To)).bold()
		if !m.Sellable {
			to = say(in.Say(textUnsellable)).bold().colored(attention)
		}
		rows = append(rows, paragraph(say(m.SKU+"  "+in.Money(m.From)+" → "), to))
	}
	return rows
}

// changes is what this version has changed against the one before.
func changes(v quoting.View) []element {
	if len(v.Changes) == 0 {
		return nil
	}
	return slices.Concat([]element{paragraph(say(v.Locale.Say(textChanged)).bold())}, bullets(v.Locale, v.Changes))
}

// bullets are sentences, one under the other.
func bullets(in quoting.Locale, sentences []string) []element {
	var out []element
	for i, s := range sentences {
		if i == maxSentences {
			return append(out, paragraph(say(in.Say("and %s more", quoting.Thousands(len(sentences)-i))).aside()).close())
		}
		out = append(out, paragraph(say("• "+s)).close())
	}
	return out
}

func needs(v quoting.View) []string {
	var sentences []string
	for _, need := range v.Approvals {
		sentences = append(sentences, need.Sentence)
	}
	return sentences
}

// ahead says, before the quote is submitted, who will have to approve it and why.
func ahead(v quoting.View) []element {
	switch {
	case !v.CanSubmit && !(v.CanEdit && v.State == quoting.Draft && len(v.Missing) > 0) || v.System.Review != "":
		return nil
	case len(v.Approvals) == 0:
		return []element{words(v.Locale.Say(textNoApproval))}
	case !slices.ContainsFunc(v.Chain, func(s quoting.ChainStep) bool { return s.Taken == nil }):
		return append([]element{words(v.Locale.Say(textAllCarried))}, steps(v)...)
	}
	var large []element
	if v.Large {
		large = []element{words(v.Locale.Say(textSignsIn)).aside()}
	}
	return slices.Concat(
		[]element{paragraph(say(v.Locale.Say(textSubmitAsks)), say(approver(v)).bold(), say(v.Locale.Say(textToApprove)))},
		bullets(v.Locale, needs(v)), steps(v), large,
	)
}

// last is what to do next: the buttons, or what keeps Submit away.
func last(v quoting.View) []element {
	var out []element
	var buttons []action
	if v.CanSubmit {
		buttons = append(buttons, execute(v.Locale.Say(buttonSubmit), withoutInputs, on(v, "submit")).styled("positive"))
	} else if problem := unsubmitted(v); problem != nil {
		out = append(out, problem)
	}
	if v.CanEdit && len(v.Missing) == 0 {
		buttons = append(buttons, toggle(v.Locale.Say(buttonChange), formID))
	}
	buttons = append(buttons, pending(v)...)
	if len(v.Missing) == 0 {
		buttons = append(buttons, execute(v.Locale.Say(buttonWhy), withoutInputs, on(v, "explain")))
	}
	if v.CanEnd && len(v.Missing) == 0 {
		buttons = append(buttons, ending(v))
	}
	if len(buttons) > 0 {
		out = append(out, actions(buttons...))
	}
	return out
}

// ending opens what a quote ends with. It stands last, and asks for a reason where that
// helps the next quote: nobody ends a quote by a slip of the thumb.
func ending(v quoting.View) action {
	press := func(title, verb string, outcome quoting.QuoteState, style string) action {
		p := on(v, verb)
		p.Outcome = string(outcome)
		return execute(v.Locale.Retell(title), withInputs, p).styled(style)
	}
	reason := &input{
		block: block{Type: "Input.Text", ID: "reason"}, Label: v.Locale.Say(textEndReason), Placeholder: v.Locale.Say(textEndHint), MaxLength: quoting.MaxReason,
	}
	var buttons []action
	if v.CanWin {
		buttons = append(buttons, press(buttonWon, "outcome", quoting.Won, "positive"))
	}
	buttons = append(buttons, press(buttonLost, "outcome", quoting.Lost, ""), press(buttonCancel, "cancel", "", "destructive"))
	return action{
		Type: "Action.ShowCard", Title: v.Locale.Say(buttonEnd),
		Card: &adaptiveCard{Type: "AdaptiveCard", Version: "1.5", Body: []element{reason, actions(buttons...)}},
	}
}

// unsubmitted is why a draft cannot be submitted; nil where it is no draft of the viewer's
// or the reason stands elsewhere on the card.
func unsubmitted(v quoting.View) element {
	switch {
	case v.State != quoting.Draft || !v.CanEdit || v.System.Review != "":
		return nil
	case len(v.Missing) > 0:
		return paragraph(say(v.Locale.Say("Before you can submit, I need ")), say(v.Locale.Retell(quoting.Names(v.Missing))).bold(), say("."))
	case v.PricesAge == quoting.UnusablePrices:
		return nil
	case slices.ContainsFunc(v.System.Findings, func(f quoting.Finding) bool { return f.Severity == quoting.Blocking && f.Overridden == "" }):
		return words(v.Locale.Say(textBlocked)).colored(attention)
	case v.Check.State == quoting.Moved:
		return words(v.Locale.Say(textReprices)).colored(warning)
	default:
		return words(v.Locale.Say(textNotAsPriced)).colored(attention)
	}
}
