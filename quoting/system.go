package quoting

import "fmt"

// Technology is the kind of system that a request leads to.
type Technology string

const (
	AnalogSimplex Technology = "analog_simplex"
	DMRSimplex    Technology = "dmr_simplex"
	DMR           Technology = "dmr"
	PoC           Technology = "poc"
	P25Review     Technology = "p25_review" // engineering decides; no price
)

// Mode is how the repeaters of a DMR system work together; empty for other systems.
type Mode string

const (
	ConventionalRepeater Mode = "conventional repeater"
	LinkedConventional   Mode = "linked conventional"
	SingleSiteTrunk      Mode = "single-site trunk"
	MultiSiteTrunk       Mode = "multi-site trunk"
)

// System is the radio system that answers a request: what it is, why, and its lines. A
// system with a Review has no lines and no price and cannot be submitted.
type System struct {
	Technology       Technology  `json:"technology"`
	Mode             Mode        `json:"mode"`
	Why              string      `json:"why"`              // the rule that chose it, as a sentence
	Review           string      `json:"review,omitempty"` // why engineering must design it
	UsersPerSite     int         `json:"users_per_site"`
	LoadUsers        int         `json:"load_users"`
	TalkPaths        int         `json:"talk_paths"`
	RepeatersPerSite int         `json:"repeaters_per_site"`
	SizedRepeaters   int         `json:"sized_repeaters,omitempty"` // a site, by the talk paths; differs where the rep named them
	Portables        int         `json:"portables"`
	Mobiles          int         `json:"mobiles"`
	Lines            []SizedLine `json:"lines,omitempty"`
	Unused           []string    `json:"unused,omitempty"`   // edits that the system has no place for any more, a sentence each
	Findings         []Finding   `json:"findings,omitempty"` // by Judge, which sees the prices too
}

// SizedLine is a quantity of an item and the reason for it.
type SizedLine struct {
	SKU    string `json:"sku"`
	Item   string `json:"item,omitempty"` // what the vocabulary calls it; empty where only the SKU was named
	Qty    int    `json:"qty"`
	Units  int    `json:"units"`            // what the quantity break counts: Qty, or units of what recurs
	Months int    `json:"months,omitempty"` // of a monthly line, of which Qty is units × months
	Weeks  int    `json:"weeks,omitempty"`  // of a rental, of which Qty is units × weeks
	Reason string `json:"reason"`
}

// Size turns a request into a system by the policy. An error of kind Invalid says which
// number is out of range (L1), that there are fewer radios than sites (L2), that a radio
// would have nobody to talk to (L3), that a named DMR system spans too many sites (L6),
// that technologies do not go together (L9), or that no such item is made in the band.
func Size(p *Policy, r Request) (System, error) { return size(p, r, none) }

// Neighbour is the system on the other side of the boundary that the request is close to,
// such as DMR with a repeater for the simplex system of 15 radios; false where it is not
// close to one or the other system is not to be had.
func Neighbour(p *Policy, r Request) (System, bool) {
	here, err := size(p, r, none)
	if err != nil || here.Review != "" {
		return System{}, false
	}
	for _, boundary := range []boundary{linkedSites, repeaterUsers, simplexUsers} {
		if !boundary.near(p, r) {
			continue
		}
		there, err := size(p, r, boundary)
		if err == nil && there.Review == "" && there.Technology != here.Technology {
			return there, true
		}
	}
	return System{}, false
}

// boundary is a limit between two systems that sizing can be asked to judge the other way.
type boundary int

const (
	none boundary = iota
	linkedSites
	repeaterUsers
	simplexUsers
)

// near says whether the request is within the policy's percentage of the first number
// beyond the boundary.
func (b boundary) near(p *Policy, r Request) bool {
	at, value := 0, 0
	switch b {
	case none:
		return false
	case linkedSites:
		at, value = p.Sizing.LinkedSites+1, r.sites()
	case repeaterUsers:
		at, value = p.Sizing.RepeaterUsers, r.usersPerSite()
	case simplexUsers:
		at, value = p.Sizing.SimplexUsers+1, r.Users
	}
	return abs(value-at)*100 <= at*p.Sizing.BoundaryPercent
}

func (r Request) sites() int { return max(r.Sites, 1) }

// usersPerSite is the users of the largest site.
func (r Request) usersPerSite() int {
	largest := 0
	for _, site := range r.Split {
		largest = max(largest, site.Users)
	}
	return max(largest, ceilDiv(r.Users, r.sites()))
}

func (r Request) industry(p *Policy) (Industry, error) {
	code := r.Industry
	if code == "" {
		code = General
	}
	industry, ok := p.Industries[code]
	if !ok {
		return industry, Errorf(Invalid, "%q is not an industry that we quote for. Choose one of the list.", string(code))
	}
	return industry, nil
}

func size(p *Policy, r Request, flipped boundary) (System, error) {
	industry, err := r.industry(p)
	if err != nil {
		return System{}, err
	}
	if r.Parts() {
		return parts(p, r, industry)
	}
	if err := inRange(p, r); err != nil {
		return System{}, err
	}
	s := System{UsersPerSite: r.usersPerSite()}
	s.Portables, s.Mobiles, err = r.split(industry)
	if err != nil {
		return System{}, err
	}
	if err := choose(p, r, industry, flipped, &s); err != nil {
		return System{}, err
	}
	if s.Technology != PoC && !r.AddOn && s.UsersPerSite < industry.UsersASite.Block {
		return System{}, Errorf(Invalid, "%s at each of %s: one radio at a site has nobody to talk to. Ask for more radios, fewer sites, or PoC.", Count(s.UsersPerSite, "radio"), Count(r.sites(), "site"))
	}
	if s.Technology == P25Review {
		return s, nil
	}
	if err := s.traffic(p, r, industry); err != nil || s.Review != "" {
		return s, err
	}
	err = s.bill(p, r, industry)
	return s, err
}

// parts is a quote of named items alone. What fits the radios is chosen as for a small
// system of the industry, in the technology that was named.
func parts(p *Policy, r Request, industry Industry) (System, error) {
	s := System{Why: "The items that you named, and nothing else."}
	switch {
	case r.Technology == ChoosePoC || r.Technology == "" && industry.Technology == ChoosePoC:
		s.Technology = PoC
	case r.Technology == ChooseAnalog || r.Technology == "" && industry.Technology == ChooseAnalog:
		s.Technology = AnalogSimplex
	default:
		s.Technology = DMR
	}
	err := s.bill(p, r, industry)
	return s, err
}

// maxTermMonths bounds a service term: ten years.
const maxTermMonths = 120

// maxRentalWeeks bounds a rental: a year.
const maxRentalWeeks = 52

// inRange is rules L1 and L2, and the ranges of shifts and terms.
func inRange(p *Policy, r Request) error {
	limits := p.Sizing
	switch {
	case r.Users < 1 || r.Users > limits.MaxUsers:
		return Errorf(Invalid, "%s users: I can quote 1 to %s.", Thousands(r.Users), Thousands(limits.MaxUsers))
	case r.Sites < 0 || r.Sites > limits.MaxSites:
		return Errorf(Invalid, "%s sites: I can quote 1 to %s.", Thousands(r.Sites), Thousands(limits.MaxSites))
	case r.Sites > r.Users:
		return Errorf(Invalid, "%s for %s: there are fewer radios than sites. Which number is wrong?", Count(r.Users, "radio"), Count(r.Sites, "site"))
	case r.Shifts < 0 || r.Shifts > 3:
		return Errorf(Invalid, "%d shifts: a day has 1 to 3.", r.Shifts)
	case r.TermMonths < 0 || r.TermMonths > maxTermMonths:
		return Errorf(Invalid, "%d months of service: I can quote 1 to %d.", r.TermMonths, maxTermMonths)
	case r.RentalWeeks < 0 || r.RentalWeeks > maxRentalWeeks:
		return Errorf(Invalid, "%d weeks of rental: I can quote 1 to %d.", r.RentalWeeks, maxRentalWeeks)
	}
	return r.splitProblem()
}

// splitProblem says why the named sites do not make the request, as an error of kind
// Invalid.
func (r Request) splitProblem() error {
	if len(r.Split) == 0 {
		return nil
	}
	total := 0
	for _, site := range r.Split {
		if site.Users < 1 {
			return Errorf(Invalid, "%d users at %s: that cannot be.", site.Users, site.Site)
		}
		total += site.Users
	}
	if total != r.Users || len(r.Split) != r.sites() {
		return Errorf(Invalid, "The sites that you named have %s at %s, and you said %s at %s. Which is right?",
			Count(total, "user"), Count(len(r.Split), "site"), Thousands(r.Users), Count(r.sites(), "site"))
	}
	return nil
}

// split is the portables and mobiles: as named, or the industry's share of mobiles,
// rounded half to even. Names that do not add up to the users are an error.
func (r Request) split(industry Industry) (portables, mobiles int, err error) {
	switch {
	case r.Portables != nil && r.Mobiles != nil:
		portables, mobiles = *r.Portables, *r.Mobiles
	case r.Portables != nil:
		portables, mobiles = *r.Portables, r.Users-*r.Portables
	case r.Mobiles != nil:
		portables, mobiles = r.Users-*r.Mobiles, *r.Mobiles
	default:
		mobiles = halfToEven(r.Users*industry.Mobiles, 100)
		if mobiles == 0 && r.wants("mobile") {
			mobiles = 1
		}
		portables = r.Users - mobiles
	}
	if portables < 0 || mobiles < 0 || portables+mobiles != r.Users {
		return 0, 0, Errorf(Invalid, "%s and %s do not make %s. Which number is wrong?", Count(portables, "portable"), Count(mobiles, "mobile"), Count(r.Users, "radio"))
	}
	return portables, mobiles, nil
}

// choose takes the first rule that fits; a technology that the rep names is read after
// the rules of public safety and intrinsic safety.
func choose(p *Policy, r Request, industry Industry, flipped boundary, s *System) error {
	limits, sites, a := p.Sizing, r.sites(), s.UsersPerSite
	beyond := func(b boundary, is bool) bool { return is != (flipped == b) }
	set := func(t Technology, why string, args ...any) error {
		s.Technology, s.Why = t, fmt.Sprintf(why, args...)
		return nil
	}
	safe := r.IntrinsicallySafe || industry.IntrinsicallySafe
	switch {
	case industry.Technology == ChooseP25 || r.Technology == ChooseP25 || r.Band == Band700800:
		s.Review = "Public safety and P25 systems are designed by engineering."
		return set(P25Review, "%s", s.Review)
	case safe && (r.Technology == ChoosePoC || r.Technology == ChooseAnalog):
		return Errorf(Invalid, "Intrinsically safe radios are DMR only; there is no intrinsically safe %s radio. Leave out one of the two.", r.Technology)
	case safe && sites > limits.LinkedSites:
		s.Review = fmt.Sprintf("An intrinsically safe system of more than %d sites is designed by engineering.", limits.LinkedSites)
		return set(P25Review, "%s", s.Review)
	case safe:
		return set(DMR, "Intrinsically safe radios work on DMR with repeaters.")
	case r.NoRepeater && r.Technology != ChoosePoC && (r.Technology != "" || industry.Technology != ChoosePoC):
		analog := r.Technology == ChooseAnalog || r.Technology == "" && industry.Technology == ChooseAnalog
		if analog && a <= limits.SimplexUsers {
			return set(AnalogSimplex, "You asked for no repeater: analog, radio to radio.")
		}
		return set(DMRSimplex, "You asked for no repeater: radio to radio.")
	}
	switch r.Technology {
	case ChoosePoC:
		return set(PoC, "You asked for PoC.")
	case ChooseAnalog:
		if a > limits.SimplexUsers {
			return Errorf(Invalid, "Analog without a repeater carries up to %d radios a site, and you have %d. Ask for digital (DMR) instead.", limits.SimplexUsers, a)
		}
		return set(AnalogSimplex, "You asked for analog.")
	case ChooseDMR:
		if sites > limits.LinkedSites {
			return Errorf(Invalid, "A DMR system links up to %d sites, and you have %d. Ask for PoC, or let engineering design it.", limits.LinkedSites, sites)
		}
	case ChooseP25:
	default:
		switch {
		case r.Repeaters != nil && sites <= limits.LinkedSites:
			return set(DMR, "You asked for %s.", Count(*r.Repeaters, "repeater"))
		case industry.Technology == ChoosePoC:
			return set(PoC, "%s works on PoC (broadband push-to-talk).", industry.Name)
		case industry.Technology == ChooseAnalog && a <= limits.SimplexUsers && (sites == 1 || industry.WideArea == 0):
			return set(AnalogSimplex, "%s a site in %s: analog radio to radio is enough.", Count(a, "radio"), lowerFirst(industry.Name))
		case beyond(linkedSites, sites > limits.LinkedSites):
			if sites <= limits.LinkedSites {
				return set(PoC, "PoC instead of linking %d sites.", sites)
			}
			return set(PoC, "%d sites: an IP-linked system ends at %d.", sites, limits.LinkedSites)
		case sites >= 2 && beyond(repeaterUsers, a < limits.RepeaterUsers):
			return set(PoC, "%s a site: a repeater cannot pay for fewer than %d.", Count(a, "radio"), limits.RepeaterUsers)
		}
	}
	if sites > limits.LinkedSites {
		return Errorf(Invalid, "A DMR system links up to %d sites.", limits.LinkedSites)
	}
	if sites == 1 && r.Repeaters == nil && !r.wants("repeater") && beyond(simplexUsers, r.Users <= limits.SimplexUsers) {
		return set(DMRSimplex, "%s at one site: radio to radio, without a repeater.", Count(r.Users, "radio"))
	}
	if sites == 1 && (r.Repeaters != nil || r.wants("repeater")) {
		return set(DMR, "You asked for a repeater.")
	}
	if sites == 1 {
		return set(DMR, "%s at one site are too many to do without a repeater.", Count(r.Users, "radio"))
	}
	return set(DMR, "%s a site are enough to pay for a repeater there.", Count(a, "radio"))
}

// traffic computes load users, talk paths, repeaters and mode, and rule L7. On a simplex
// or PoC system the talk paths are for information. Repeaters that the rep names are at all
// sites together; a number that does not go into whole repeaters a site is an error of
// kind Invalid.
func (s *System) traffic(p *Policy, r Request, industry Industry) error {
	s.LoadUsers = s.UsersPerSite
	if s.Technology == DMR {
		s.LoadUsers = ceilDiv(s.UsersPerSite*(100-industry.WideArea)+r.Users*industry.WideArea, 100)
	}
	s.TalkPaths = p.Talk.talkPaths(s.LoadUsers, p.Talk.Loads[industry.Load])
	if s.Technology != DMR || r.AddOn {
		return nil
	}
	s.RepeatersPerSite = max(1, ceilDiv(s.TalkPaths, 2))
	if r.Repeaters != nil {
		if *r.Repeaters < 1 || *r.Repeaters%r.sites() != 0 {
			return Errorf(Invalid, "%s for %s: each site gets the same whole number. Say %d or %d.",
				Count(*r.Repeaters, "repeater"), Count(r.sites(), "site"), max(*r.Repeaters/r.sites(), 1)*r.sites(), (max(*r.Repeaters, 0)/r.sites()+1)*r.sites())
		}
		s.SizedRepeaters, s.RepeatersPerSite = s.RepeatersPerSite, *r.Repeaters/r.sites()
	}
	if s.RepeatersPerSite > p.Sizing.RepeatersASite {
		s.Review = fmt.Sprintf("%d repeaters a site: more than %d are designed by engineering.", s.RepeatersPerSite, p.Sizing.RepeatersASite)
		return nil
	}
	linked := r.sites() > 1 && industry.WideArea > 0
	switch {
	case s.RepeatersPerSite == 1 && linked:
		s.Mode = LinkedConventional
	case s.RepeatersPerSite == 1:
		s.Mode = ConventionalRepeater
	case linked:
		s.Mode = MultiSiteTrunk
	default:
		s.Mode = SingleSiteTrunk
	}
	return nil
}
