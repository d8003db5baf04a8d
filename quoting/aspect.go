package quoting

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Aspects are the parts of a quote that people ask about.
var Aspects = []string{"lines", "margin", "discount", "terms", "approval_chain", "approvals"}

// Part is one part of a quote in sentences, as far as this person may see it; the first says
// the most. Lines are listed by a card and have none.
func (v View) Part(aspect string, now time.Time) Section {
	switch aspect {
	case "margin":
		return Section{Title: "Margin", Points: v.marginPart()}
	case "discount":
		return Section{Title: "Discount", Points: v.discountPart()}
	case "terms":
		return Section{Title: "Terms", Points: v.termsPart(now)}
	case "approval_chain":
		return Section{Title: "Who has it", Points: append([]string{v.Held(now)}, v.chainPart()...)}
	case "approvals":
		points := append([]string{v.Held(now)}, v.chainPart()...)
		for _, n := range v.Approvals {
			points = append(points, n.Role.Words()+": "+n.Sentence)
		}
		return Section{Title: "Approvals", Points: points}
	}
	return Section{}
}

// Held says who has the quote, and since when: "Q-1042 v3 waits for Morgan Manager since
// 09:12 UTC (2 h)."
func (v View) Held(now time.Time) string {
	name := fmt.Sprintf("%s v%d", v.Quote, v.Version)
	since := ""
	if !v.SubmittedAt.IsZero() {
		since = fmt.Sprintf(" since %s (%s)", stampOf(v.SubmittedAt, now), Ago(v.SubmittedAt, now))
	}
	d := v.Decision
	switch {
	case v.QuoteState != Open:
		return fmt.Sprintf("%s is %s.", name, v.QuoteState)
	case v.WaitsForPrices:
		return fmt.Sprintf("%s waits for NetSuite's prices%s; nobody has to approve it.", name, since)
	case v.State == Pending:
		return fmt.Sprintf("%s waits for %s%s.", name, orSomebody(v.Approver), since)
	case d != nil && d.Name == "" && d.Action == Approve:
		return fmt.Sprintf("%s was approved by itself at %s.%s", name, stampOf(d.At, now), v.estimateWords())
	case d != nil && d.Action == Approve:
		return fmt.Sprintf("%s was approved by %s at %s.%s", name, d.Name, stampOf(d.At, now), v.estimateWords())
	case d != nil && v.State == ChangesRequested:
		return fmt.Sprintf("%s was sent back for changes by %s at %s%s", name, d.Name, stampOf(d.At, now), because(d.Reason))
	case d != nil:
		return fmt.Sprintf("%s was rejected by %s at %s%s", name, d.Name, stampOf(d.At, now), because(d.Reason))
	case v.System.Review != "":
		return fmt.Sprintf("%s is with its owner, %s, and cannot be submitted. %s", name, v.Owner, v.System.Review)
	}
	text := fmt.Sprintf("%s is with its owner, %s, and %s.", name, v.Owner, map[VersionState]string{
		Draft: "not submitted yet", ChangesRequested: "sent back for changes", Recalled: "was recalled",
	}[v.State])
	if len(v.Missing) > 0 {
		text += " It still needs " + Names(v.Missing) + "."
	}
	return text
}

func (v View) estimateWords() string {
	switch v.Estimate {
	case Writing:
		return " Its Estimate is being written to NetSuite."
	case Synced:
		return fmt.Sprintf(" Its Estimate %sis in NetSuite.", spaced(v.EstimateNumber))
	case NeedsAttention:
		return " Its Estimate needs attention: " + v.Attention
	default:
		return ""
	}
}

// chainPart is every step of the chain and what became of it.
func (v View) chainPart() []string {
	if len(v.Chain) == 0 && v.Decision == nil {
		return []string{"It is within the limits: nobody has to approve it."}
	}
	var points []string
	for _, s := range v.Chain {
		points = append(points, v.ChainLine(s))
	}
	return points
}

// ChainLine is a step of the chain in a line: a tick and who took it, an arrow and whose turn
// it is, or who comes then.
func (v View) ChainLine(s ChainStep) string {
	words := s.Role.Words()
	if s.Taken != nil {
		line := fmt.Sprintf("✓ %s: %s", words, s.Taken.Name)
		switch {
		case s.Taken.CarriedFrom != 0:
			line += fmt.Sprintf(", who approved v%d; this one is no worse", s.Taken.CarriedFrom)
		case s.Taken.SamePerson:
			line += ", with the step before"
		case s.Taken.ForName != "":
			line += " for " + s.Taken.ForName
		}
		return line
	}
	who := WaitsFor([]OpenStep{{s.ApprovalStep, s.Who}})
	if s.Open && v.State == Pending {
		return fmt.Sprintf("→ %s: %s", words, who)
	}
	if s.Open {
		return fmt.Sprintf("%s: %s", words, who)
	}
	return fmt.Sprintf("then %s: %s", words, who)
}

// ChainNotes are what somebody who submits should know of the people of the chain: who is
// away, and who has not opened the service yet.
func (v View) ChainNotes() []string {
	var notes []string
	add := func(format string, args ...any) {
		if note := fmt.Sprintf(format, args...); !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
	}
	for _, s := range v.Chain {
		if s.Taken == nil && len(s.Who) == 0 {
			add("Nobody can decide as %s now: finance and the admins are told, and the quote waits.", strings.ToLower(s.Role.Words()))
		}
		for _, a := range s.Away {
			if a.Until.IsZero() {
				add("%s is out of office.", a.Name)
			} else {
				add("%s is out of office until %s.", a.Name, a.Until.Add(-1).Format("2 January"))
			}
		}
		for _, name := range s.NoChat {
			add("%s has not opened Radio Quote in Teams yet; the admins are told.", name)
		}
	}
	return notes
}

func (v View) marginPart() []string {
	switch {
	case v.InRoom:
		return []string{"Margins are in your own chat with me alone."}
	case !v.ShowMargin:
		return []string{fmt.Sprintf("The margin is %s. Exact margins are for your manager.", v.MarginBand)}
	}
	points := []string{fmt.Sprintf("The margin is %s.", v.Priced.Margin)}
	if net, err := v.Priced.NetTotal.Sub(v.Priced.Discount); err == nil && v.Priced.Margin.Known {
		points = append(points, fmt.Sprintf("Net %s, cost %s", net.Display(), v.Priced.CostTotal.Display()))
	}
	return points
}

func (v View) discountPart() []string {
	var points []string
	if h := v.Request.Terms.Header; h != nil && !v.Priced.Discount.IsZero() {
		points = append(points, fmt.Sprintf("%s the whole: %s", h, v.Priced.Discount.Display()))
	}
	for _, l := range v.Priced.Lines {
		switch {
		case l.Locked:
			points = append(points, fmt.Sprintf("%s: set to %s, list %s", l.SKU, l.Unit.Display(), l.Book.Display()))
		case l.Discount.IsPos():
			points = append(points, fmt.Sprintf("%s: %s%% off, %s each", l.SKU, l.Discount.Trim(0), l.Unit.Display()))
		}
	}
	if what, largest := v.Priced.largestDiscount(); largest.IsPos() {
		return append([]string{fmt.Sprintf("The largest discount is %s%%, on %s.", largest.Trim(0), what)}, points...)
	}
	return append([]string{"There is no discount on it."}, points...)
}

func (v View) termsPart(now time.Time) []string {
	t := v.Request.Terms
	payment := string(t.Payment)
	switch {
	case payment != "":
	case v.Customer.Terms != "":
		payment = v.Customer.Terms + ", the customer's own"
	default:
		payment = "NET30"
	}
	points := []string{"Payment: " + payment + "."}
	if t.Deposit != nil {
		points = append(points, "Deposit: "+t.Deposit.Trim(0).String()+"%")
	}
	left := "expired"
	if now.Before(v.ValidUntil) {
		left = Count(int(v.ValidUntil.Sub(now).Hours()/24), "day") + " left"
	}
	points = append(points, fmt.Sprintf("Valid until %s (%s)", v.ValidUntil.UTC().Format("2 January 2006"), left))
	if t.Budget != nil {
		points = append(points, "The customer's budget: "+Money{Amount: t.Budget.Decimal, Currency: v.Priced.Currency}.Display())
	}
	if v.Customer.CreditHold {
		points = append(points, "The customer is on credit hold in NetSuite.")
	}
	return points
}

// stampOf is a time of today, or one with its date, in UTC.
func stampOf(at, now time.Time) string {
	if at.UTC().Format(time.DateOnly) == now.UTC().Format(time.DateOnly) {
		return at.UTC().Format("15:04 UTC")
	}
	return at.UTC().Format("2 January 15:04 UTC")
}

// WhoApproves says in a sentence who has to approve what.
func WhoApproves(needs []ApprovalNeed) string {
	steps := Chain(needs)
	if len(steps) == 0 {
		return "nobody has to approve it"
	}
	names := make([]string, len(steps))
	for i, s := range steps {
		switch s.Role {
		case SalesManager, Owner:
			names[i] = "the " + strings.ToLower(s.Role.Words())
		case VP:
			names[i] = "the VP"
		default:
			names[i] = strings.ToLower(s.Role.Words())
		}
	}
	return "it needs " + strings.Join(names, ", then ")
}

// WhyNext is why the version needs the step that it waits for, as the reader may know: the
// first rule that asks for it, or for a step beyond it. None: it waits for nobody.
func (v Version) WhyNext(reader Person, q Quote) []string {
	for _, step := range v.Waiting() {
		if step.Branch != EngineeringBranch && !reader.SeesPricesOf(q) {
			continue
		}
		if len(step.Why) > 0 { // otherwise it is on the way to the next one
			return []string{step.Why[0].For(reader)}
		}
	}
	return nil
}
