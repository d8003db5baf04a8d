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
	if cmd.Slots.Users == nil {
		return quoting.Version{}, quoting.Errorf(quoting.Invalid, "%s", askUsers(cmd).Text)
	}
	draft := quoting.Version{Request: quoting.Request{}.With(cmd.Slots)}
	if err := d.chooseCustomer(&draft, cmd.Slots); err != nil {
		return draft, err
	}
	return d.priceVersion(quoting.Quote{}, draft, d.Now())
}
