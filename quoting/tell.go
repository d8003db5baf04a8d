package quoting

import (
	"slices"
	"strings"
)

// In is the view for a reader of that locale: the sentences that were made when the quote
// was worked out, in the reader's language. Names, SKUs, what people wrote and what
// NetSuite calls its items stay as they are, and so do the changes that buttons make.
func (v View) In(l Locale) View {
	v.Locale = l
	if l.Language() == "" {
		return v
	}
	v.Attention, v.Reading, v.Banner = l.Retell(v.Attention), l.Retell(v.Reading), l.Retell(v.Banner)
	v.Check.Problem = l.Retell(v.Check.Problem)
	v.Approver = strings.NewReplacer(" or ", l.Say(" or "), ", and ", l.Say(", and "), " and ", l.Say(" and ")).Replace(v.Approver) // see Either and WaitsFor
	v.Changes = l.each(v.Changes)
	v.System.Why, v.System.Review = l.Retell(v.System.Why), l.Retell(v.System.Review)
	v.System.Findings = slices.Clone(v.System.Findings)
	for i, f := range v.System.Findings {
		f.Sentence, f.Overridden = l.Retell(f.Sentence), l.Retell(f.Overridden)
		f.Remedies = slices.Clone(f.Remedies)
		for j, r := range f.Remedies {
			f.Remedies[j].Title = l.Retell(r.Title)
		}
		v.System.Findings[i] = f
	}
	v.Priced.Lines = slices.Clone(v.Priced.Lines)
	for i, line := range v.Priced.Lines {
		v.Priced.Lines[i].Reason = l.Retell(line.Reason)
	}
	v.Approvals = slices.Clone(v.Approvals)
	for i, need := range v.Approvals {
		v.Approvals[i].Sentence, v.Approvals[i].ForRep = l.Retell(need.Sentence), l.Retell(need.ForRep)
	}
	v.Alternatives = slices.Clone(v.Alternatives)
	for i, a := range v.Alternatives {
		v.Alternatives[i].Title, v.Alternatives[i].Why = l.Retell(a.Title), l.Retell(a.Why)
	}
	v.Options = slices.Clone(v.Options)
	for i, o := range v.Options {
		v.Options[i].Title = l.Retell(o.Title)
	}
	v.Industries = slices.Clone(v.Industries)
	for i, industry := range v.Industries {
		v.Industries[i].Name = l.Retell(industry.Name)
	}
	slices.SortStableFunc(v.Industries, func(a, b IndustryChoice) int { return strings.Compare(a.Name, b.Name) })
	return v
}

// In is the notice for a reader of that locale. The commands of its buttons stay as they
// are; its examples become what one types in that language.
func (n Notice) In(l Locale) Notice {
	n.Locale = l
	if l.Language() == "" {
		return n
	}
	n.Title, n.Text = l.Retell(n.Title), l.Retell(n.Text)
	n.Points, n.Examples = l.each(n.Points), l.each(n.Examples)
	n.Sections = slices.Clone(n.Sections)
	for i, s := range n.Sections {
		n.Sections[i] = Section{Title: l.Retell(s.Title), Points: l.each(s.Points)}
	}
	n.Entries = slices.Clone(n.Entries)
	for i, e := range n.Entries {
		n.Entries[i].Title, n.Entries[i].Note, n.Entries[i].Value = l.Retell(e.Title), l.Retell(e.Note), l.Retell(e.Value)
	}
	n.Choices = slices.Clone(n.Choices)
	for i, c := range n.Choices {
		n.Choices[i].Title = l.Retell(c.Title)
	}
	return n
}

// In is the dialogue with its choices by the names that a reader of that locale has seen.
func (d Dialogue) In(l Locale) Dialogue {
	d.Choices = slices.Clone(d.Choices)
	for i, c := range d.Choices {
		d.Choices[i].Title = l.Retell(c.Title)
	}
	return d
}

func (l Locale) each(sentences []string) []string {
	said := make([]string, len(sentences))
	for i, s := range sentences {
		said[i] = l.Retell(s)
	}
	return said
}

// In is the view in a language: see View.In.
func (r RoomView) In(l Locale) RoomView {
	r.Locale = l
	return r
}

// In is the notice in a language: see View.In.
func (n SealedNotice) In(l Locale) SealedNotice {
	n.Locale = l
	return n
}
