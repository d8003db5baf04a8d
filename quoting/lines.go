package quoting

import "fmt"

// lines is the bill of materials of a system, in the order that a quote shows it; what
// comes out at quantity 0 is left out.
func lines(p *Policy, r Request, industry Industry, s System) ([]SizedLine, error) {
	b := bill{}
	fleet, plant, err := p.equipment(r, industry, s)
	if err != nil {
		return nil, err
	}
	b.users(p, r, industry, s, fleet, plant)
	switch s.Technology {
	case DMR:
		b.sites(p, r, s, plant)
	case AnalogSimplex, DMRSimplex:
		b.add(p.Services.Coordination, 1, "one frequency, licensed once")
		b.add(p.Services.LicenceApplication, 1, "one call sign")
	case PoC, P25Review:
	}
	b.services(p, r, s)
	return b.lines, nil
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
type bill struct{ lines []SizedLine }

func (b *bill) add(sku string, qty int, reason string, args ...any) {
	if qty > 0 && sku != "" {
		b.lines = append(b.lines, SizedLine{SKU: sku, Qty: qty, Units: qty, Reason: fmt.Sprintf(reason, args...)})
	}
}

// users adds what people carry: radios, chargers, batteries, audio.
func (b *bill) users(p *Policy, r Request, industry Industry, s System, fleet Fleet, plant BandPlant) {
	switch {
	case r.Portables != nil || r.Mobiles != nil:
		b.add(fleet.Portable, s.Portables, "%d portables, as you said", s.Portables)
		b.add(fleet.Mobile, s.Mobiles, "%d mobiles, as you said", s.Mobiles)
	case s.Mobiles == 0:
		b.add(fleet.Portable, s.Portables, "one a user")
	default:
		b.add(fleet.Portable, s.Portables, "%d users less %s", r.Users, count(s.Mobiles, "mobile"))
		b.add(fleet.Mobile, s.Mobiles, "%d%% of %d users in vehicles", industry.Mobiles, r.Users)
	}
	if s.Technology != PoC {
		b.add(plant.MobileAntenna, s.Mobiles, "one a mobile")
	}
	chargers, reason := sixBanks(s.Portables, r.sites(), p.Sizing.ChargerPockets)
	b.add(fleet.Charger, chargers, "%s", reason)

	batteries, batteryReason := industry.SpareBatteries, "%d%% of %d portables, %s"
	if least := p.ShiftBatteries[r.Shifts]; r.Shifts > 0 && least > batteries {
		batteries = least
	}
	shifts := industry.Shifts
	if r.Shifts > 0 {
		shifts = r.Shifts
	}
	b.add(fleet.Battery, ceilDiv(s.Portables*batteries, 100), batteryReason, batteries, s.Portables, count(shifts, "shift"))
	b.add(fleet.SpeakerMic, ceilDiv(s.Portables*industry.SpeakerMics, 100), "%d%% of %d portables", industry.SpeakerMics, s.Portables)
	b.add(fleet.Earpiece, ceilDiv(s.Portables*industry.Earpieces, 100), "%d%% of %d portables", industry.Earpieces, s.Portables)
}

// sixBanks spreads the portables over the sites as evenly as whole radios allow and
// counts the six-bank chargers of the sites that fill at least one. A smaller site has
// enough with the single chargers that come in the radio kits.
func sixBanks(portables, sites, pockets int) (chargers int, reason string) {
	few, larger := portables/sites, portables%sites
	at := func(radios int) int {
		if radios < pockets {
			return 0
		}
		return ceilDiv(radios, pockets)
	}
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

// sites adds what stands at the sites of a system with repeaters.
func (b *bill) sites(p *Policy, r Request, s System, plant BandPlant) {
	i, sites, a := p.Infrastructure, r.sites(), s.RepeatersPerSite
	each := fmt.Sprintf("%s a site × %s", count(a, "repeater"), count(sites, "site"))
	b.add(plant.Repeater, a*sites, "%d talk paths for %d radios, 2 a repeater → %s", s.TalkPaths, s.LoadUsers, each)
	antennas := 1
	switch {
	case a == 1:
		b.add(plant.Duplexer, sites, "one repeater on one antenna, %s", count(sites, "site"))
	case a == 2:
		antennas = 2
		b.add(plant.Duplexer, 2*sites, "one a repeater")
	default:
		antennas = 2
		b.add(plant.Combiner, ceilDiv(a, i.RepeatersACombiner)*sites, "%d repeaters a site, %d to a combiner", a, i.RepeatersACombiner)
	}
	per := fmt.Sprintf("%d a site × %s", antennas, count(sites, "site"))
	b.add(plant.Antenna, antennas*sites, "%s", per)
	b.add(i.Feedline, antennas*sites, "one an antenna: %s", per)
	b.add(i.SurgeProtector, antennas*sites, "one an antenna: %s", per)
	b.add(i.PowerSupply, a*sites, "one a repeater: %s", each)
	b.add(i.UPS, sites, "one a site")
	b.add(i.Cabinet, sites, "one a site")
	switch s.Mode {
	case LinkedConventional:
		b.add(i.SiteLink, a*sites, "the sites are linked: one a repeater")
		b.add(i.Gateway, sites, "the sites are linked: one a site")
	case SingleSiteTrunk:
		b.add(i.TrunkingSingle, a*sites, "trunked: one a repeater")
	case MultiSiteTrunk:
		b.add(i.TrunkingMulti, a*sites, "trunked over all sites: one a repeater")
		b.add(i.Gateway, sites, "the sites are linked: one a site")
	case ConventionalRepeater:
	}
	b.add(p.Services.InstallRepeater, a*sites, "one a repeater")
	b.add(p.Services.Coordination, a*sites, "one frequency pair a repeater")
	b.add(p.Services.LicenceApplication, 1, "one call sign")
	b.add(p.Services.SiteSurvey, sites, "one a site")
	b.add(p.Services.Codeplug, 1, "one a system")
}

// services adds the work on each radio, and PoC service by the month.
func (b *bill) services(p *Policy, r Request, s System) {
	b.add(p.Services.Programming, r.Users, "one a radio")
	b.add(p.Services.InstallMobile, s.Mobiles, "one a mobile")
	if s.Technology != PoC {
		return
	}
	months, why := r.TermMonths, "as you said"
	if months == 0 {
		months, why = p.Sizing.PoCMonths, "where no term is said"
	}
	b.lines = append(b.lines, SizedLine{
		SKU: p.Services.PoCMonth, Qty: r.Users * months, Units: r.Users, Months: months,
		Reason: fmt.Sprintf("%s × %s, %s", count(r.Users, "radio"), count(months, "month"), why),
	})
}
