package cards

import (
	"slices"
	"strings"

	"radioquote/quoting"
)

// warnings are what the rules have to say of the quote, the gravest first, each with the
// buttons that mend it where the viewer may press them.
func warnings(v quoting.View) []element {
	grave, notes := findings(v)
	return slices.Concat(grave, notes)
}

// findings are what looks wrong, and what is only worth knowing. What makes somebody decide
// is said as a reason, and not again to who can do nothing about it here.
func findings(v quoting.View) (grave, notes []element) {
	if v.System.Review != "" {
		grave = append(grave, paragraph(say(v.System.Review).bold(), say(" "+v.Locale.Say(textNotSubmitted))))
	}
	shown, left := 0, maxRemedies
	for _, severity := range []quoting.Severity{quoting.Blocking, quoting.Warning, quoting.Note} {
		for _, f := range v.System.Findings {
			if f.Severity != severity || f.Rule == "review" || severity == quoting.Note && !v.CanEdit && slices.Contains(needs(v), f.Sentence) {
				continue
			}
			if shown++; shown > maxSentences {
				break
			}
			switch {
			case f.Overridden != "":
				notes = append(notes, paragraph(say(v.Locale.Say("Passed over: ")+f.Sentence+" “"+f.Overridden+"”").aside()))
			case severity == quoting.Note:
				notes = slices.Concat(notes, []element{paragraph(say(f.Sentence))}, remedies(v, f, &left))
			default:
				sign := map[quoting.Severity]string{quoting.Blocking: "✗ ", quoting.Warning: "⚠ "}[severity]
				grave = slices.Concat(grave, []element{paragraph(say(sign + f.Sentence))}, remedies(v, f, &left))
			}
		}
	}
	if v.CanEdit && slices.ContainsFunc(v.System.Findings, func(f quoting.Finding) bool { return f.MayOverride && f.Overridden == "" }) {
		grave = append(grave, &input{block: block{Type: "Input.Text", ID: "why"}, Label: v.Locale.Say(textOverride), Placeholder: v.Locale.Say(textReasonHint), MaxLength: quoting.MaxReason})
	}
	if len(grave) > 0 {
		grave = []element{contain(grave...).styled("warning")}
	}
	return grave, notes
}

// remedies are the buttons of a finding. What stands in the way of a quote is passed over
// with a reason only, which is typed once under all of them.
func remedies(v quoting.View, f quoting.Finding, left *int) []element {
	if !v.CanEdit {
		return nil
	}
	var buttons []action
	if f.Other != 0 && *left > 0 {
		buttons = append(buttons, execute(v.Locale.Say("Open %s", f.Other), withoutInputs, press{Verb: "view", Quote: f.Other}))
		*left--
	}
	for _, r := range f.Remedies {
		if b, ok := changing(v, r.Title, r.Changes); ok && *left > 0 {
			buttons = append(buttons, b)
			*left--
		}
	}
	if f.MayOverride && *left > 0 && len(f.Rule) < maxChange {
		*left--
		p := on(v, "reprice")
		p.Slots.Changes = []quoting.Change{{Op: "override", Field: f.Rule}}
		buttons = append(buttons, execute(v.Locale.Say(buttonPassOver), withInputs, p))
	}
	if len(buttons) == 0 {
		return nil
	}
	return []element{actions(buttons...)}
}

// The most that buttons which change a quote take of a card.
const (
	maxRemedies     = 8
	maxAlternatives = 4
	maxOptions      = 6
	maxChange       = 160 // bytes of one button's changes
)

// changing is a button that makes changes to the quote; false where they are too much for
// a button.
func changing(v quoting.View, title string, changes []quoting.Change) (action, bool) {
	p := on(v, "reprice")
	p.Slots.Changes = changes
	return execute(title, withoutInputs, p), len(changes) > 0 && len(encode(changes)) <= maxChange
}

// alternatives are other systems for the same need with their prices, each with a button
// that makes it the quote's own.
func alternatives(v quoting.View) []element {
	var out []element
	for _, a := range v.Alternatives[:min(len(v.Alternatives), maxAlternatives)] {
		out = append(out, paragraph(say(a.Title+": "), say(v.Locale.Money(a.Total)).bold(), difference(v.Locale, v.Priced.Total, a.Total)), paragraph(say(a.Why).aside()).close())
		if b, ok := changing(v, v.Locale.Say("Take %s", strings.TrimSuffix(a.Title, v.Locale.Say(" instead"))), a.Changes); ok && v.CanEdit {
			out = append(out, actions(b))
		}
	}
	return out
}

// difference is how much more or less than the quote something comes to.
func difference(in quoting.Locale, now, other quoting.Money) run {
	more, err := other.Sub(now)
	switch {
	case err != nil || more.IsZero():
		return say("")
	case more.Amount.IsNeg():
		return say(in.Say(" (%s less)", more.Neg().Display())).aside()
	default:
		return say(in.Say(" (%s more)", more.Display())).aside()
	}
}

// optionsID is the id of the container of what may be added.
const optionsID = "options"

// options are what may be added, behind a button: each with its price and a button.
func options(v quoting.View) []element {
	if !v.CanEdit || len(v.Options) == 0 || len(v.Missing) > 0 {
		return nil
	}
	box := contain().styled("emphasis")
	box.ID = optionsID
	box.hide()
	for _, o := range v.Options[:min(len(v.Options), maxOptions)] {
		if b, ok := changing(v, v.Locale.Say("Add"), o.Changes); ok {
			box.Items = append(box.Items, sides([]element{paragraph(say(o.Title)), paragraph(say(v.Locale.Money(o.Total)).aside()).close()}, actions(b)))
		}
	}
	return []element{actions(toggle(v.Locale.Say(buttonOptions), optionsID)), box}
}
