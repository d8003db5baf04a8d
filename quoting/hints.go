package quoting

import "strconv"

// MaxHints is how many hints Teams shows, of however many there are ("Suggested actions").
const MaxHints = 3

// maxHinted is the most radios that a hint asks for, below what may be quoted at all.
const maxHinted = 5000

// Hints are what the owner of a draft is likely to write next, in the words that the bot
// reads: at most MaxHints. What the card has a button for is not among them, but for the
// submit, which writing brings back once the card has scrolled away.
func (v View) Hints() []string {
	if !v.CanEdit || v.State == Pending || v.Version != v.Current {
		return nil
	}
	var hints []string
	if users := v.Request.Users; users > 0 && users < maxHinted {
		hints = append(hints, "make it "+strconv.Itoa(users+hintStep(users)))
	}
	switch {
	case v.System.Review != "": // no price to take anything off
	case v.Request.Terms.Header != nil:
		hints = append(hints, "remove the discount")
	default:
		hints = append(hints, "10% off")
	}
	if v.CanSubmit {
		hints = append(hints, "submit")
	} else if v.Version > 1 {
		hints = append(hints, "undo")
	}
	return hints
}

// hintStep is by how many radios people change their minds.
func hintStep(users int) int {
	switch {
	case users < 10:
		return 1
	case users < 100:
		return 5
	default:
		return 50
	}
}
