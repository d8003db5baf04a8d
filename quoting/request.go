package quoting

import (
	"slices"
	"strings"
)

// Request is what a quote is made from: the system that is asked for, and its Terms. Only
// Users, or Items for a parts quote, is needed for a draft: what is not said is assumed,
// shown as assumed, and must be said before the quote is submitted.
type Request struct {
	Users    int          `json:"users"`
	Sites    int          `json:"sites,omitempty"`    // 0: not said, priced as one
	Industry IndustryCode `json:"industry,omitempty"` // "": not said, sized as General
	Split    []SiteUsers  `json:"split,omitempty"`    // of Users over named sites; nil: as evenly as whole radios allow

	Technology        TechnologyChoice `json:"technology,omitempty"`
	Band              Band             `json:"band,omitempty"` // "": UHF
	IntrinsicallySafe bool             `json:"intrinsically_safe,omitempty"`
	NoRepeater        bool             `json:"no_repeater,omitempty"`
	Portables         *int             `json:"portables,omitempty"` // named by the rep; nil: the industry's share
	Mobiles           *int             `json:"mobiles,omitempty"`   // likewise
	Repeaters         *int             `json:"repeaters,omitempty"` // likewise, at all sites together
	Shifts            int              `json:"shifts,omitempty"`    // 0: not said
	TermMonths        int              `json:"term_months,omitempty"`
	RentalWeeks       int              `json:"rental_weeks,omitempty"` // 0: a purchase
	AreaSqft          *Number          `json:"area_sqft,omitempty"`
	Features          []string         `json:"features,omitempty"`
	AddOn             bool             `json:"add_on,omitempty"`   // extends what the customer has: no infrastructure is sized
	TradeIn           bool             `json:"trade_in,omitempty"` // old radios are taken back; their credit is not priced

	Items     []ItemWish `json:"items,omitempty"`     // named beside users, sites and repeaters
	Edits     []Edit     `json:"edits,omitempty"`     // to the lines that come out, in this order
	Overrides []Override `json:"overrides,omitempty"` // of rules, with their reasons
	Beside    []string   `json:"beside,omitempty"`    // variants to show beside it
	Terms     Terms      `json:"terms,omitzero"`
}

// Parts says whether this is a quote of named items alone: nothing is sized.
func (r Request) Parts() bool { return r.Users == 0 && (len(r.Items) > 0 || len(r.Edits) > 0) }

// Assumed lists what the request leaves to assumption.
func (r Request) Assumed() []Need {
	if r.Parts() {
		return nil
	}
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
// portables or mobiles lets the industry's share decide again; a new number of users or
// sites forgets how the users were spread.
func (r Request) With(s Slots) Request {
	if s.Users != nil && *s.Users != r.Users {
		r.Users, r.Portables, r.Mobiles, r.Split = *s.Users, nil, nil, nil
	}
	if s.Sites != nil && *s.Sites != r.Sites {
		r.Sites, r.Split = *s.Sites, nil
	}
	if len(s.SiteSplit) > 0 {
		r.Split = s.SiteSplit
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
	if s.Shifts != nil {
		r.Shifts = *s.Shifts
	}
	if s.TermMonths != nil {
		r.TermMonths = *s.TermMonths
	}
	switch {
	case s.RentalWeeks != nil:
		r.RentalWeeks = *s.RentalWeeks
	case s.QuoteType == "rental":
		r.RentalWeeks = max(r.RentalWeeks, 1)
	case s.QuoteType == "purchase":
		r.RentalWeeks = 0
	}
	if s.AreaSqft != nil {
		r.AreaSqft = s.AreaSqft
	}
	if len(s.Features) > 0 {
		r.Features = s.Features
	}
	r.IntrinsicallySafe = r.IntrinsicallySafe || s.IntrinsicallySafe
	r.AddOn = r.AddOn || s.MatchInstalledBase
	r.TradeIn = r.TradeIn || s.TradeIn
	r.Items = slices.Clone(r.Items)
	for _, wish := range s.Items {
		r.name(wish)
	}
	if len(s.Alternatives) > 0 {
		r.choose(s.Alternatives[0])
		r.Beside = s.Alternatives[1:]
	}
	if s.Preference == "lowest_cost" {
		r.Beside = []string{"without_repeaters", "analog", "dmr", "poc"}
	}
	r.Terms = r.Terms.with(s)
	return r
}

// name takes an item that was named: radios and repeaters change the system itself, all
// else its lines.
func (r *Request) name(wish ItemWish) {
	switch wish.Item {
	case "portable_is":
		r.IntrinsicallySafe = true
	case "poc_portable", "poc_mobile":
		r.Technology = ChoosePoC
	case "rental_portable":
		r.RentalWeeks = max(r.RentalWeeks, 1)
	}
	switch wish.Item {
	case "portable", "portable_is", "poc_portable", "rental_portable":
		r.Portables = wish.Qty
	case "mobile", "poc_mobile":
		r.forget("mobile")
		if r.Mobiles = wish.Qty; wish.Qty == nil {
			r.replace(wish)
		}
	case "repeater":
		r.forget("repeater")
		r.NoRepeater, r.Repeaters = wish.Qty != nil && *wish.Qty == 0, wish.Qty
		if r.NoRepeater {
			r.Repeaters = nil
		} else if wish.Qty == nil && r.Technology == "" {
			r.Technology = ChooseDMR
		}
		if wish.Qty == nil || r.Users == 0 && !r.NoRepeater { // without users a part like any other
			r.replace(wish)
		}
	default:
		r.replace(wish)
	}
}

func (r *Request) replace(wish ItemWish) {
	r.forget(wish.Item)
	r.Items = append(r.Items, wish)
}

func (r *Request) forget(item string) {
	r.Items = slices.DeleteFunc(slices.Clone(r.Items), func(w ItemWish) bool { return w.Item == item })
}

// wants says whether an item was named, with or without a number.
func (r Request) wants(item string) bool {
	return slices.ContainsFunc(r.Items, func(w ItemWish) bool { return itemName(w.Item) == item && (w.Qty == nil || *w.Qty > 0) })
}

// choose makes one of several variants that were asked for the request's own.
func (r *Request) choose(alternative string) {
	switch alternative {
	case "with_repeaters":
		r.Technology = ChooseDMR
		r.name(ItemWish{Item: "repeater"})
	case "without_repeaters":
		r.name(ItemWish{Item: "repeater", Qty: new(0)})
	case "analog", "dmr", "poc":
		r.Technology = TechnologyChoice(alternative)
	case "rental":
		r.RentalWeeks = max(r.RentalWeeks, 1)
	case "purchase":
		r.RentalWeeks = 0
	}
}

// Apply is the request after the changes of a revise_quote command. The error is of kind
// Invalid and names the change that cannot be made. The customer, targets, a re-price and
// going back to an earlier version are not of the request alone: whoever applies the
// changes sees to them. The system is the one that the request is of now: two repeaters
// more are two more than it has.
func (r Request) Apply(changes []Change, now System) (Request, error) {
	before := r
	for i, c := range changes {
		var err error
		if i == 0 { // the later ones are of what the first makes of it
			err = c.unlike(now)
		}
		switch {
		case err != nil:
		case c.Op == "reprice", c.Op == "revert", c.Op == "set" && (c.Field == "customer" || strings.HasPrefix(c.Field, "target_")):
		case c.Op == "override":
			err = r.override(c)
		case c.Field != "":
			r, err = r.set(c)
		case c.Item != "" || c.SKU != "":
			err = r.edit(c, now)
		default:
			err = cannotChange(c)
		}
		if err != nil {
			return before, err
		}
	}
	return r, nil
}

// set gives a field a value, or raises or lowers it.
func (r Request) set(c Change) (Request, error) {
	text, _ := c.Value.(string)
	switch c.Field {
	case "industry":
		return r.With(Slots{Industry: IndustryCode(text)}), nil
	case "technology":
		return r.With(Slots{Technology: TechnologyChoice(text)}), nil
	case "band":
		return r.With(Slots{Band: Band(text)}), nil
	case "quote_type":
		return r.With(Slots{QuoteType: text}), nil
	case "no_repeater":
		without, ok := c.Value.(bool)
		switch {
		case !ok:
			return r, cannotChange(c)
		case without:
			r.choose("without_repeaters")
		default:
			r.choose("with_repeaters")
		}
		return r, nil
	case "preference":
		return r.With(Slots{Preference: text}), nil
	case "intrinsically_safe":
		safe, ok := c.Value.(bool)
		if !ok {
			return r, cannotChange(c)
		}
		r.IntrinsicallySafe = safe
		return r, nil
	case "discount_pct", "discount_amount", "payment_terms", "deposit_pct", "price":
		terms, err := r.Terms.set(c)
		r.Terms = terms
		return r, err
	}
	return r.count(c)
}

// count changes a whole number.
func (r Request) count(c Change) (Request, error) {
	n, ok := c.Whole()
	s := Slots{}
	field, known := map[string]struct {
		slot **int
		now  int
	}{
		"users": {&s.Users, r.Users}, "sites": {&s.Sites, max(r.Sites, 1)}, "shifts": {&s.Shifts, r.Shifts},
		"term_months": {&s.TermMonths, r.TermMonths}, "rental_weeks": {&s.RentalWeeks, r.RentalWeeks}, "valid_days": {&s.ValidDays, r.Terms.ValidDays},
	}[c.Field]
	if !known {
		return r, cannotChange(c)
	}
	switch c.Op {
	case "set":
	case "inc":
		n = field.now + n
	case "dec":
		n = field.now - n
	default:
		ok = false
	}
	if !ok {
		return r, cannotChange(c)
	}
	*field.slot = &n
	return r.With(s), nil
}

// Whole is the value of a change as a whole number.
func (c Change) Whole() (n int, ok bool) {
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
	return Errorf(Invalid, "I cannot change %s that way. I can change users, sites, industry, technology, band, customer, items, discounts, prices, terms and validity.", strings.ReplaceAll(what, "_", " "))
}
