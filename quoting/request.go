package quoting

import "slices"

// Request is what a system is sized from. Only Users is needed for a draft: what is not
// said is assumed, shown as assumed, and must be said before the quote is submitted.
type Request struct {
	Users    int          `json:"users"`
	Sites    int          `json:"sites,omitempty"`    // 0: not said, priced as one
	Industry IndustryCode `json:"industry,omitempty"` // "": not said, sized as General

	Technology        TechnologyChoice `json:"technology,omitempty"`
	Band              Band             `json:"band,omitempty"` // "": UHF
	IntrinsicallySafe bool             `json:"intrinsically_safe,omitempty"`
	Portables         *int             `json:"portables,omitempty"` // named by the rep; nil: the industry's share
	Mobiles           *int             `json:"mobiles,omitempty"`   // likewise
	Shifts            int              `json:"shifts,omitempty"`    // 0: not said
	TermMonths        int              `json:"term_months,omitempty"`
}

// Assumed lists what the request leaves to assumption.
func (r Request) Assumed() []Need {
	var needs []Need
	if r.Sites == 0 {
		needs = append(needs, NeedSites)
	}
	if r.Industry == "" {
		needs = append(needs, NeedIndustry)
	}
	return needs
}

// With is the request after a message or a card's inputs: what they say replaces what was
// said before, what they do not say stays. A new number of users without a new number of
// portables or mobiles lets the industry's share decide again.
func (r Request) With(s Slots) Request {
	if s.Users != nil {
		r.Users, r.Portables, r.Mobiles = *s.Users, nil, nil
	}
	if s.Sites != nil {
		r.Sites = *s.Sites
	}
	if s.Industry != "" {
		r.Industry = s.Industry
	}
	if s.Technology != "" {
		r.Technology = s.Technology
	}
	if s.Band != "" {
		r.Band = s.Band
	}
	if s.IntrinsicallySafe {
		r.IntrinsicallySafe = true
	}
	if s.Shifts != nil {
		r.Shifts = *s.Shifts
	}
	if s.TermMonths != nil {
		r.TermMonths = *s.TermMonths
	}
	for _, wish := range s.Items {
		switch wish.Item {
		case "portable", "portable_is", "poc_portable":
			r.Portables = wish.Qty
		case "mobile", "poc_mobile":
			r.Mobiles = wish.Qty
		}
		switch wish.Item {
		case "portable_is":
			r.IntrinsicallySafe = true
		case "poc_portable", "poc_mobile":
			r.Technology = ChoosePoC
		}
	}
	return r
}

// Apply is the request after the changes of a revise_quote command. The error is of kind
// Invalid and names the change that this version cannot make.
func (r Request) Apply(changes []Change) (Request, error) {
	for _, c := range changes {
		n, isWhole := c.whole()
		text, _ := c.Value.(string)
		flag, _ := c.Value.(bool)
		s := Slots{}
		switch {
		case isWhole && slices.Contains([]string{"set", "inc", "dec"}, c.Op):
			target, ok := map[string]struct {
				slot **int
				now  int
			}{"users": {&s.Users, r.Users}, "sites": {&s.Sites, max(r.Sites, 1)}, "shifts": {&s.Shifts, r.Shifts}, "term_months": {&s.TermMonths, r.TermMonths}}[c.Field]
			if !ok {
				return r, cannotChange(c)
			}
			switch c.Op {
			case "inc":
				n = target.now + n
			case "dec":
				n = target.now - n
			}
			*target.slot = &n
		case c.Op == "set" && c.Field == "industry":
			s.Industry = IndustryCode(text)
		case c.Op == "set" && c.Field == "technology":
			s.Technology = TechnologyChoice(text)
		case c.Op == "set" && c.Field == "band":
			s.Band = Band(text)
		case c.Op == "set" && c.Field == "intrinsically_safe" && flag:
			s.IntrinsicallySafe = true
		case c.Op == "set" && c.Field == "customer":
			// The customer is looked up by whoever applies the changes.
		default:
			return r, cannotChange(c)
		}
		r = r.With(s)
	}
	return r, nil
}

// whole is the value of a change as a whole number.
func (c Change) whole() (n int, ok bool) {
	switch value := c.Value.(type) {
	case int:
		return value, true
	case Number:
		whole, _, ok := value.Int64(0)
		return int(whole), ok && value.IsInt()
	}
	return 0, false
}

func cannotChange(c Change) error {
	what := c.Field
	if what == "" {
		what = c.Item + c.SKU
	}
	if what == "" {
		what = c.Op
	}
	return Errorf(Invalid, "I cannot change %s yet. I can change the number of users or sites, the industry, the technology, the band and the customer.", what)
}
