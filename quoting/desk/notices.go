package desk

import (
	"fmt"
	"strings"

	"radioquote/quoting"
)

// examples are what to type, wherever somebody does not know.
var examples = []string{"quote 40 radios for 3 sites", "quote 25 radios, 1 site, hotel, for Acme Construction", "status"}

// help is about what the person is at: the quote that is talked about, approvals, or the
// first steps.
func (t *turn) help() quoting.Notice {
	switch {
	case t.inRoom():
	case t.approving != 0:
		n := quoting.Notice{
			Title: fmt.Sprintf("%s waits for you", t.approving), Quote: t.approving,
			Text:     "Its card has the buttons: text never decides. Say \"why\" for its reasons, \"what changed\" for the last version, or \"what needs my approval\" for all that waits.",
			Examples: []string{"what needs my approval", fmt.Sprintf("why %s", t.approving)},
		}
		if !t.Person.SeesPrices() {
			n.Text = "Its card has the buttons: text never decides. Say \"why\" for its reasons, or \"what needs my approval\" for all that waits."
		}
		return n
	case t.Dialogue.Active != 0 && t.Person.MayQuote():
		return quoting.Notice{
			Title: fmt.Sprintf("We are at %s", t.Dialogue.Active), Quote: t.Dialogue.Active,
			Text:     "Say a change as you would to a colleague: \"make it 45\", \"add 2 repeaters\", \"10% off radios only\", \"net 45\", \"undo\". Ask \"why 3 repeaters?\" or \"compare v1 and v2\". \"Submit\" opens the card with the button. Another quote starts with what it is for.",
			Examples: append(onDraft[:2:2], examples[0]),
		}
	}
	if t.inRoom() {
		return help()
	}
	return helpFor(t.Person.Person)
}

// helpFor is about what the person does here.
func helpFor(who quoting.Person) quoting.Notice {
	switch {
	case who.MayQuote():
		return help()
	case who.Has(quoting.Admin):
		return adminHelp()
	case who.MayDecide():
		return quoting.Notice{
			Title:    "Approvals come here",
			Text:     "When a quote needs you, its card appears in this chat and says why; its buttons decide. Say \"what needs my approval\" for all that waits, or who decides in your place while you are out.",
			Examples: toStart(who),
		}
	case who.Has(quoting.Auditor):
		return quoting.Notice{
			Title:    "Every quote is open to you, to read",
			Text:     "Name a quote for its card, or ask for its history, its versions or why it costs what it does. Whoever runs the service writes evidence with \"radioquote evidence\".",
			Examples: toStart(who),
		}
	}
	return help()
}

func help() quoting.Notice {
	return quoting.Notice{
		Title:    "I price two-way radio systems",
		Text:     "Tell me how many radios, at how many sites, for which industry and customer, in any order. Then say \"make it 45\", \"10% off\" or \"undo\" to change the quote, press Why? or Submit on its card, or say \"status\" to see where it stands.",
		Examples: examples,
	}
}

func welcome(who quoting.Person, hasRole bool) quoting.Notice {
	n := helpFor(who)
	switch {
	case who.Has(quoting.Rep):
	case who.Has(quoting.SalesManager):
		n = quoting.Notice{
			Title:    "Approvals come here",
			Text:     "When a quote of your team needs you, its card appears in this chat, with the total, the margin and why it needs somebody. You can quote as well:",
			Examples: examples[:1],
		}
	case who.Has(quoting.Admin):
		n = quoting.Notice{
			Title: "Held prices come here",
			Text: "When new prices in NetSuite look wrong I hold them, and a card in this chat asks you to release or refuse them; quotes go on at the last good prices meanwhile. " +
				"How the service itself is doing is at its /readyz and /metrics, and \"radioquote doctor\" says what to mend in NetSuite.",
		}
	}
	n.Title = "Hello! " + n.Title
	if !hasRole {
		n.Text += " Before I can quote for you, an admin has to give you a role."
	}
	return n
}

// onDraft are what to say about the quote that is talked about.
var onDraft = []string{"make it 45", "10% off", "submit"}

func (t *turn) notUnderstood() quoting.Notice {
	if t.Dialogue.Active != 0 && t.Person.MayQuote() {
		return quoting.Notice{Text: fmt.Sprintf("I did not get that. About %s these work, or start a new quote:", t.Dialogue.Active), Examples: append(onDraft[:2:2], examples[0])}
	}
	return quoting.Notice{Text: "I did not get that. These work:", Examples: toStart(t.Person.Person)}
}

// toStart are what to type, for what the person does here.
func toStart(who quoting.Person) []string {
	switch {
	case who.MayQuote():
		return examples
	case who.Has(quoting.Admin):
		return []string{"who can what", "what needs my approval"}
	case who.MayDecide():
		return []string{"what needs my approval", "I'm out till Monday"}
	default:
		return examples[2:]
	}
}

// noQuote says that there is none, and how to make one to whoever may.
func (t *turn) noQuote(text string) quoting.Notice {
	if !t.Person.MayQuote() {
		return quoting.Notice{Text: text}
	}
	return quoting.Notice{Text: text + " Start one:", Examples: examples[:2]}
}

func smallTalk() quoting.Notice {
	return quoting.Notice{Text: "Any time. Tell me what to quote, or say \"help\"."}
}

func tooLong() quoting.Notice {
	return quoting.Notice{Text: "That is longer than I read at once. Tell me in a sentence or two what to quote:", Examples: examples}
}

func noRole(who quoting.PersonID) quoting.Notice {
	return quoting.Notice{Text: fmt.Sprintf("You have no role in Radio Quote yet. Ask your admin to add you; your id is %s.", who.Object)}
}

// inputProblem is the answer to a command whose stated values are wrong; false where they
// are not.
func (d *Desk) inputProblem(cmd quoting.Command) (quoting.Notice, bool) {
	s := cmd.Slots
	limits := d.Policy.Sizing
	var sentences []string
	var choices []quoting.Choice
	for _, e := range cmd.Errors {
		switch e {
		case quoting.UsersOutOfRange:
			sentences = append(sentences, fmt.Sprintf("I can quote 1 to %s radios; you said %s.", quoting.Thousands(limits.MaxUsers), number(s.Users)))
		case quoting.UsersNotInteger:
			sentences = append(sentences, "Radios come whole: how many is it?")
		case quoting.SitesExceedUsers:
			sentences = append(sentences, fmt.Sprintf("%s radios for %s sites: there are fewer radios than sites. Which number is wrong?", number(s.Users), number(s.Sites)))
		case quoting.IndustryNotApproved:
			sentences = append(sentences, fmt.Sprintf("%q is not an industry that I quote for. Is it one of these?", s.IndustryText))
			for _, code := range d.Policy.NearestIndustries(s.IndustryText, 5) {
				choice := quoting.Command{Intent: quoting.CreateQuote, Slots: s}
				choice.Slots.Industry, choice.Slots.IndustryText = code, ""
				choices = append(choices, quoting.Choice{Title: d.Policy.Industries[code].Name, Command: choice})
			}
		case quoting.DiscountOutOfRange:
			sentences = append(sentences, "A discount is between 0 and 100 percent.")
		case quoting.Incompatible:
			sentences = append(sentences, incompatible(s.Changes))
		case quoting.TermNotOffered:
			sentences = append(sentences, "An extended warranty is sold for three years only. Ask for that, or leave it out.")
		default:
			sentences = append(sentences, "Something in that does not fit together ("+strings.ReplaceAll(e, "_", " ")+").")
		}
	}
	if unpriced := s.Unpriced(d.Policy); len(sentences) == 0 && len(unpriced) > 0 {
		sentences = append(sentences, "I cannot price "+strings.Join(unpriced, ", ")+" yet, and a quote without it would be wrong, so I made none. Leave it out, or ask engineering.")
	}
	if len(sentences) == 0 {
		return quoting.Notice{}, false
	}
	return quoting.Notice{Text: strings.Join(sentences, " "), Choices: choices}, true
}

// incompatible says which change puts together what does not fit; nothing was changed.
func incompatible(changes []quoting.Change) string {
	for _, c := range changes {
		if to, ok := c.Value.(string); ok && c.Op == "swap" {
			return fmt.Sprintf("%s and %s do not fit the same radios, so I left the quote as it is.", c.SKU, to)
		}
	}
	return "Parts of that do not fit each other, so I left it as it is. Name radios and parts of one family."
}

// askUsers is the answer to a request without a number of radios. Where it is one of some,
// each is offered with what it would come to.
func (d *Desk) askUsers(cmd quoting.Command) quoting.Notice {
	s := cmd.Slots
	options := s.UsersOptions
	if s.UsersMin != nil && s.UsersMax != nil {
		options = []int{*s.UsersMin, *s.UsersMax}
	}
	if len(options) == 0 {
		return quoting.Notice{Text: "How many radios is it for?", Examples: examples[:2]}
	}
	n := quoting.Notice{Text: "How many radios shall I quote?"}
	for _, users := range options {
		choice := quoting.Command{Intent: quoting.CreateQuote, Slots: s}
		choice.Slots.Users, choice.Slots.UsersMin, choice.Slots.UsersMax, choice.Slots.UsersOptions = &users, nil, nil, nil
		title := quoting.Thousands(users) + " radios"
		if v, err := d.Preview(choice); err == nil && v.System.Review == "" {
			title += ": " + v.Priced.Total.Display()
		}
		n.Choices = append(n.Choices, quoting.Choice{Title: title, Command: choice})
	}
	return n
}

func number(n *int) string {
	if n == nil {
		return "no number"
	}
	return quoting.Thousands(*n)
}
