package quoting

import (
	"fmt"
	"slices"
)

// bill is the bill of materials of a system, in the order that a quote shows it; what
// comes out at quantity 0 is left out. Items that were named stand for what sizing gives.
func (s *System) bill(p *Policy, r Request, industry Industry) error {
	b := bill{policy: p, request: r, system: *s, named: map[string]ItemWish{}}
	var err error
	if b.fleet, b.plant, err = p.equipment(r, industry, *s); err != nil {
		return err
	}
	for _, wish := range r.Items {
		b.named[itemName(wish.Item)] = wish
	}
	switch {
	case r.Parts():
	case r.RentalWeeks > 0:
		b.rental()
	default:
		b.users(industry)
		if !r.AddOn {
			b.site()
		}
		if r.Repeaters != nil && s.RepeatersPerSite == 0 {
			b.add("repeater", b.plant.Repeater, *r.Repeaters, "%s, as you said", Count(*r.Repeaters, "repeater"))
		}
		b.services()
	}
	if err := b.parts(); err != nil {
		return err
	}
	if err := b.edited(r.Edits); err != nil {
		return err
	}
	for _, l := range b.lines {
		if l.Units > maxPieces {
			return Errorf(Invalid, "%s of %s: I can quote up to %s of an item.", Thousands(l.Units), l.SKU, Thousands(maxPieces))
		}
	}
	if len(b.lines) == 0 {
		return Errorf(Invalid, "Nothing is left on the quote. Tell me what to quote.")
	}
	s.Lines, s.Unused = b.lines, b.unused
	return nil
}

// maxPieces bounds a line: ten of an item for each of the most users.
const maxPieces = 100_000

// site adds what the system needs beside its users' radios.
func (b *bill) site() {
	switch b.system.Technology {
	case DMR:
		b.sites(b.request, b.system, b.plant)
	case AnalogSimplex, DMRSimplex:
		b.add("coordination", b.policy.Services.Coordination, 1, "one frequency, licensed once")
		b.add("fcc_license", b.policy.Services.LicenceApplication, 1, "one call sign")
	case PoC, P25Review:
	}
}

// equipment is what users carry and what sites are built of, in the band that was asked
// for. An error of kind Invalid names what is not made in VHF.
func (p *Policy) equipment(r Request, industry Industry, s System) (Fleet, BandPlant, error) {
	key := FleetPlain
	switch {
	case s.Technology == PoC:
		key = FleetPoC
	case s.Technology == AnalogSimplex:
		key = FleetAnalog
	case r.IntrinsicallySafe || industry.IntrinsicallySafe:
		key = FleetSafe
	case s.RepeatersPerSite >= 2:
		key = FleetTrunked
	case industry.Radios != "":
		key = industry.Radios
	}
	for _, feature := range r.Features {
		if with, ok := p.Features[feature]; ok && (key == FleetPlain || key == FleetSlim) {
			key = with
		}
	}
	fleet, plant := p.Fleets[key], p.Infrastructure.UHF
	if r.Band != VHF || key == FleetPoC {
		return fleet, plant, nil
	}
	plant = p.Infrastructure.VHF
	switch {
	case fleet.PortableVHF == "":
		return fleet, plant, Errorf(Invalid, "There is no intrinsically safe VHF radio. Ask for UHF.")
	case fleet.MobileVHF == "" && s.Mobiles > 0:
		return fleet, plant, Errorf(Invalid, "There is no VHF analog mobile. Ask for UHF, or for portables only.")
	case s.RepeatersPerSite >= 3 && plant.Combiner == "":
		return fleet, plant, Errorf(Invalid, "%d repeaters a site share one antenna through a combiner, and there is none for VHF. Ask for UHF.", s.RepeatersPerSite)
	}
	fleet.Portable, fleet.Mobile = fleet.PortableVHF, fleet.MobileVHF
	if fleet.BatteryVHF != "" {
		fleet.Battery = fleet.BatteryVHF
	}
	return fleet, plant, nil
}

// bill collects lines.
type bill struct {
	policy  *Policy
	request Request
	system  System
	fleet   Fleet
	plant   BandPlant
	named   map[string]ItemWish // by itemName, what is still to be seen to
	lines   []SizedLine
	unused  []string
}

// add adds a line for an item of the vocabulary. A number that was named for the item
// stands for the sized one; named without a number it keeps it.
func (b *bill) add(item, sku string, qty int, reason string, args ...any) {
	b.addFor(item, sku, qty, 0, 0, fmt.Sprintf(reason, args...))
}

// addFor is add for a line that is charged by the month or by the week.
func (b *bill) addFor(item, sku string, units, months, weeks int, reason string) {
	if sku == "" { // none is made; who named it hears so from parts
		return
	}
	if wish, ok := b.named[item]; ok && (wish.Qty != nil || units > 0) {
		delete(b.named, item)
		if wish.Qty != nil {
			units, reason = *wish.Qty, fmt.Sprintf("%s, as you said", Thousands(*wish.Qty))
		}
	}
	if units <= 0 {
		return
	}
	l := SizedLine{SKU: sku, Item: item, Units: units, Months: months, Weeks: weeks, Reason: reason}
	l.Qty = units * l.periods()
	b.lines = append(b.lines, l)
}

// periods is how many months or weeks a line is charged for; 1 for what is charged once.
func (l SizedLine) periods() int { return max(l.Months, l.Weeks, 1) }

// users adds what people carry: radios, chargers, batteries, audio.
func (b *bill) users(industry Industry) {
	p, r, s, fleet := b.policy, b.request, b.system, b.fleet
	switch {
	case r.Portables != nil || r.Mobiles != nil:
		b.add("portable", fleet.Portable, s.Portables, "%s, as you said", Count(s.Portables, "portable"))
		b.add("mobile", fleet.Mobile, s.Mobiles, "%s, as you said", Count(s.Mobiles, "mobile"))
	case s.Mobiles == 0:
		b.add("portable", fleet.Portable, s.Portables, "one a user")
	case industry.Mobiles == 0:
		b.add("portable", fleet.Portable, s.Portables, "%d users less %s", r.Users, Count(s.Mobiles, "mobile"))
		b.add("mobile", fleet.Mobile, s.Mobiles, "assumed: one")
	default:
		b.add("portable", fleet.Portable, s.Portables, "%d users less %s", r.Users, Count(s.Mobiles, "mobile"))
		b.add("mobile", fleet.Mobile, s.Mobiles, "%d%% of %d users in vehicles", industry.Mobiles, r.Users)
	}
	if s.Technology != PoC {
		b.add("mobile_antenna", b.plant.MobileAntenna, s.Mobiles, "one a mobile")
	}
	chargers, reason := r.sixBanks(s.Portables, p.Sizing.ChargerPockets)
	b.add("charger_6bank", fleet.Charger, chargers, "%s", reason)

	batteries, batteryReason := industry.SpareBatteries, "%d%% of %d portables, %s"
	if least := p.ShiftBatteries[r.Shifts]; r.Shifts > 0 && least > batteries {
		batteries = least
	}
	shifts := industry.Shifts
	if r.Shifts > 0 {
		shifts = r.Shifts
	}
	b.add("battery", fleet.Battery, ceilDiv(s.Portables*batteries, 100), batteryReason, batteries, s.Portables, Count(shifts, "shift"))
	b.add("speaker_mic", fleet.SpeakerMic, ceilDiv(s.Portables*industry.SpeakerMics, 100), "%d%% of %d portables", industry.SpeakerMics, s.Portables)
	b.add("earpiece", fleet.Earpiece, ceilDiv(s.Portables*industry.Earpieces, 100), "%d%% of %d portables", industry.Earpieces, s.Portables)
}

// rental adds what is rented by the week; a rented portable comes with its battery and
// charger, and a rented repeater with its antenna.
func (b *bill) rental() {
	p, r, s := b.policy, b.request, b.system
	weeks := Count(r.RentalWeeks, "week")
	b.addFor("portable", p.Parts["rental_portable"], r.Users, 0, r.RentalWeeks, fmt.Sprintf("one a user, for %s", weeks))
	b.addFor("repeater", p.Parts["rental_repeater"], s.RepeatersPerSite*r.sites(), 0, r.RentalWeeks,
		fmt.Sprintf("%s a site × %s, for %s", Count(s.RepeatersPerSite, "repeater"), Count(r.sites(), "site"), weeks))
	b.add("programming", p.Services.Programming, r.Users, "one a radio")
}

// months is for how many months a SKU is charged; 0 for what is charged once.
func (b *bill) months(sku string) int {
	switch p := b.policy; {
	case sku != p.Services.PoCMonth && sku != p.Parts["poc_console"]:
		return 0
	case b.request.TermMonths > 0:
		return b.request.TermMonths
	default:
		return p.Sizing.PoCMonths
	}
}

// parts adds what was named and sizing does not give. Wanted without a number means one
// for each portable of what a radio is carried with, else one.
func (b *bill) parts() error {
	for _, wish := range b.request.Items {
		item := itemName(wish.Item)
		if _, left := b.named[item]; !left {
			continue
		}
		delete(b.named, item)
		if wish.Qty != nil && *wish.Qty == 0 {
			continue
		}
		e := Edit{Op: "add", Item: item, Qty: wish.Qty}
		if wish.Qty == nil && b.system.Portables > 0 && slices.Contains(forPortables, item) {
			sku, err := b.part(item)
			if err != nil {
				return err
			}
			b.add(item, sku, b.system.Portables, "assumed: one a portable")
			continue
		}
		if err := b.addPart(e); err != nil {
			return err
		}
	}
	return nil
}

// part is the SKU of an item for this system. The error is of kind Invalid where there is
// none, or none that is approved for these radios.
func (b *bill) part(item string) (string, error) {
	p, linked := b.policy, b.request.sites() > 1
	sku := p.Parts[item]
	switch item {
	case "portable":
		sku = b.fleet.Portable
	case "mobile":
		sku = b.fleet.Mobile
	case "charger_6bank":
		sku = b.fleet.Charger
	case "charger_single":
		sku = b.fleet.SingleCharger
	case "battery":
		sku = b.fleet.Battery
	case "speaker_mic":
		sku = b.fleet.SpeakerMic
	case "earpiece":
		sku = b.fleet.Earpiece
	case "repeater":
		sku = b.plant.Repeater
	case "duplexer":
		sku = b.plant.Duplexer
	case "antenna":
		sku = b.plant.Antenna
	case "power_supply":
		sku = p.Infrastructure.PowerSupply
	case "ups":
		sku = p.Infrastructure.UPS
	case "site_link":
		sku = p.Infrastructure.SiteLink
	case "trunking_license":
		sku = p.Infrastructure.TrunkingSingle
		if linked {
			sku = p.Infrastructure.TrunkingMulti
		}
	case "gateway":
		sku = p.Infrastructure.Gateway
	case "fcc_license":
		sku = p.Services.LicenceApplication
	case "coordination":
		sku = p.Services.Coordination
	case "programming":
		sku = p.Services.Programming
	case "install_repeater":
		sku = p.Services.InstallRepeater
	case "install_mobile":
		sku = p.Services.InstallMobile
	case "site_survey":
		sku = p.Services.SiteSurvey
	case "poc_service":
		sku = p.Services.PoCMonth
	}
	if b.system.Technology == PoC {
		switch item {
		case "console":
			sku = p.Parts["poc_console"]
		case "gateway":
			sku = p.Parts["poc_gateway"]
		}
	}
	if sku == "" {
		return "", Errorf(Invalid, "There is no %s for these radios. Name the SKU that you mean, or leave it out.", ItemName(item))
	}
	return sku, nil
}

// sixBanks spreads the portables over the sites and counts the six-bank chargers of the
// sites that fill at least one. A smaller site has enough with the single chargers that
// come in the radio kits.
func (r Request) sixBanks(portables, pockets int) (chargers int, reason string) {
	at := func(radios int) int {
		if radios < pockets {
			return 0
		}
		return ceilDiv(radios, pockets)
	}
	if len(r.Split) > 0 {
		for _, there := range r.spread(portables) {
			chargers += at(there)
		}
		return chargers, fmt.Sprintf("%d to a charger at each of %s, as you split them", pockets, Count(len(r.Split), "site"))
	}
	sites := r.sites()
	few, larger := portables/sites, portables%sites
	chargers = at(few)*(sites-larger) + at(few+1)*larger
	switch {
	case sites == 1:
		reason = fmt.Sprintf("%d portables, %d to a charger", portables, pockets)
	case larger == 0:
		reason = fmt.Sprintf("%d portables a site → %d a site × %d sites", few, at(few), sites)
	case at(few) == at(few+1):
		reason = fmt.Sprintf("%d or %d portables a site → %d a site × %d sites", few, few+1, at(few), sites)
	default:
		reason = fmt.Sprintf("%d or %d portables a site → %d or %d a site, %d sites", few, few+1, at(few), at(few+1), sites)
	}
	return chargers, reason
}

// spread is a number of portables over the sites of the split, in proportion to each
// site's users: the largest remainders take what whole radios leave, ties to the earlier.
func (r Request) spread(portables int) []int {
	shares := make([]int, len(r.Split))
	rest := make([]int, len(r.Split))
	order := make([]int, len(r.Split))
	left := portables
	for i, site := range r.Split {
		shares[i], rest[i], order[i] = portables*site.Users/r.Users, portables*site.Users%r.Users, i
		left -= shares[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return rest[b] - rest[a] })
	for _, i := range order[:left] {
		shares[i]++
	}
	return shares
}

// sites adds what stands at the sites of a system with repeaters.
func (b *bill) sites(r Request, s System, plant BandPlant) {
	p, sites, a := b.policy, r.sites(), s.RepeatersPerSite
	i := p.Infrastructure
	each := fmt.Sprintf("%s a site × %s", Count(a, "repeater"), Count(sites, "site"))
	if r.Repeaters != nil {
		b.add("repeater", plant.Repeater, a*sites, "%s, as you said: %s", Count(*r.Repeaters, "repeater"), each)
	} else {
		b.add("repeater", plant.Repeater, a*sites, "%d talk paths for %d radios, 2 a repeater → %s", s.TalkPaths, s.LoadUsers, each)
	}
	antennas := 1
	switch {
	case a == 1:
		b.add("duplexer", plant.Duplexer, sites, "one repeater on one antenna, %s", Count(sites, "site"))
	case a == 2:
		antennas = 2
		b.add("duplexer", plant.Duplexer, 2*sites, "one a repeater")
	default:
		antennas = 2
		b.add("combiner", plant.Combiner, ceilDiv(a, i.RepeatersACombiner)*sites, "%d repeaters a site, %d to a combiner", a, i.RepeatersACombiner)
	}
	per := fmt.Sprintf("%d a site × %s", antennas, Count(sites, "site"))
	b.add("antenna", plant.Antenna, antennas*sites, "%s", per)
	b.add("feedline", i.Feedline, antennas*sites, "one an antenna: %s", per)
	b.add("surge", i.SurgeProtector, antennas*sites, "one an antenna: %s", per)
	b.add("power_supply", i.PowerSupply, a*sites, "one a repeater: %s", each)
	b.add("ups", i.UPS, sites, "one a site")
	b.add("cabinet", i.Cabinet, sites, "one a site")
	switch s.Mode {
	case LinkedConventional:
		b.add("site_link", i.SiteLink, a*sites, "the sites are linked: one a repeater")
		b.add("gateway", i.Gateway, sites, "the sites are linked: one a site")
	case SingleSiteTrunk:
		b.add("trunking_license", i.TrunkingSingle, a*sites, "trunked: one a repeater")
	case MultiSiteTrunk:
		b.add("trunking_license", i.TrunkingMulti, a*sites, "trunked over all sites: one a repeater")
		b.add("gateway", i.Gateway, sites, "the sites are linked: one a site")
	case ConventionalRepeater:
	}
	b.add("install_repeater", p.Services.InstallRepeater, a*sites, "one a repeater")
	b.add("coordination", p.Services.Coordination, a*sites, "one frequency pair a repeater")
	b.add("fcc_license", p.Services.LicenceApplication, 1, "one call sign")
	b.add("site_survey", p.Services.SiteSurvey, sites, "one a site")
	b.add("codeplug", p.Services.Codeplug, 1, "one a system")
}

// services adds the work on each radio, and PoC service by the month.
func (b *bill) services() {
	p, r, s := b.policy, b.request, b.system
	b.add("programming", p.Services.Programming, r.Users, "one a radio")
	b.add("install_mobile", p.Services.InstallMobile, s.Mobiles, "one a mobile")
	if s.Technology != PoC {
		return
	}
	months, why := b.months(p.Services.PoCMonth), "as you said"
	if r.TermMonths == 0 {
		why = "where no term is said"
	}
	b.addFor("poc_service", p.Services.PoCMonth, r.Users, months, 0, fmt.Sprintf("%s × %s, %s", Count(r.Users, "radio"), Count(months, "month"), why))
}
