package desk

import (
	"strings"

	"radioquote/quoting"
)

// Preview sizes and prices what a message asks for, from the book in force, and stores
// nothing. The errors are those of a quote: of kind Invalid or Conflict with a sentence
// that says what to change.
func (d *Desk) Preview(cmd quoting.Command) (quoting.Version, error) {
	if cmd.Intent != quoting.CreateQuote {
		return quoting.Version{}, quoting.Errorf(quoting.Invalid, "That is no request for a quote. Try: %s", strings.Join(examples[:2], "; "))
	}
	if n, bad := d.inputProblem(cmd); bad {
		return quoting.Version{}, quoting.Errorf(quoting.Invalid, "%s", n.Text)
	}
	draft := quoting.Version{Request: quoting.Request{}.With(cmd.Slots)}
	if draft.Request.Users == 0 && !draft.Request.Parts() {
		return quoting.Version{}, quoting.Errorf(quoting.Invalid, "%s", d.askUsers(cmd).Text)
	}
	if err := d.chooseCustomer(&draft, cmd.Slots); err != nil {
		return draft, err
	}
	if target, ok := cmd.Slots.Target(); ok {
		if target.NeedsMargin() {
			return draft, quoting.Errorf(quoting.Invalid, "A margin is reached on a saved quote, by who may see margins.")
		}
		if err := d.aimAt(&draft, target, d.Now()); err != nil {
			return draft, err
		}
	}
	return d.priceVersion(quoting.Quote{}, draft, d.Now())
}
