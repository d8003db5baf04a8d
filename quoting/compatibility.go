package quoting

import (
	"fmt"
	"slices"
	"strings"
)

// compatible holds the catalogue's tags against each other: L9, L11, L16, and what fits
// which radio.
func (j *judge) compatible() {
	radios := j.carried()
	j.families(radios)
	j.safe()
	j.bands()
	j.licences()
	j.infrastructure()
	if j.system.Technology != AnalogSimplex || !j.whole() {
		return
	}
	if slices.Contains(j.request.Features, "gps") {
		j.incompatible("L9", "Analog radios have no GPS.", setTo("Digital instead", "technology", "dmr"))
	}
	if link := j.policy.Infrastructure.SiteLink; j.has(link) {
		j.incompatible("L9", "Analog radio to radio links no sites.", without("Without "+link, link))
	}
}

// incompatible is an error that a reason may override.
func (j *judge) incompatible(rule, sentence string, remedies ...Remedy) {
	j.find(rule, Blocking, sentence, remedies...).MayOverride = true
}

// has says whether a SKU is on the quote.
func (j *judge) has(sku string) bool {
	return slices.ContainsFunc(j.parts, func(p part) bool { return p.SKU == sku })
}

// carried are the radios that somebody carries: those with a battery.
func (j *judge) carried() []part {
	var radios []part
	for _, p := range j.parts {
		if slices.Contains(categories["portable"], p.Category) {
			radios = append(radios, p)
		}
	}
	return radios
}

// families are batteries, chargers and audio that fit no radio of the quote. A quote
// without portables is for radios that are there already.
func (j *judge) families(radios []part) {
	if len(radios) == 0 {
		return
	}
	for _, p := range j.parts {
		switch p.Category {
		case "battery", "charger_single", "charger_6bank":
			j.fit(p, radios, "batt", "battery")
		case "speaker_mic", "earpiece", "headset":
			j.fit(p, radios, "aud", "audio")
		}
	}
}

// fit says that a part fits none of the radios, and offers the part that sizing would take.
func (j *judge) fit(p part, radios []part, tag, what string) {
	for _, value := range p.item.values(tag) {
		if slices.ContainsFunc(radios, func(r part) bool { return slices.Contains(r.item.values(tag), value) }) {
			return
		}
	}
	remedy := without("Without "+p.SKU, p.SKU)
	if sku := j.fitting(p, radios[0]); sku != "" && sku != p.SKU {
		remedy = instead(sku, p.SKU)
	}
	j.incompatible(what, fmt.Sprintf("%s does not fit %s: another %s.", p.SKU, radios[0].SKU,
		map[string]string{"batt": "battery family", "aud": "audio connector"}[tag]), remedy)
}

// fitting is the part of the same kind in the fleet that has the radio.
func (j *judge) fitting(p, radio part) string {
	keys := []FleetKey{FleetPlain, FleetSlim, FleetTrunked, FleetSafe, FleetAnalog, FleetPoC}
	for _, key := range keys {
		f := j.policy.Fleets[key]
		if f.Portable != radio.SKU && f.PortableVHF != radio.SKU {
			continue
		}
		switch p.Category {
		case "battery":
			return f.Battery
		case "charger_single":
			return f.SingleCharger
		case "charger_6bank":
			return f.Charger
		case "speaker_mic":
			return f.SpeakerMic
		case "earpiece":
			return f.Earpiece
		}
	}
	return ""
}

// safe is rule L11: where intrinsic safety is asked for, everything that is carried has to
// be approved. It cannot be overridden.
func (j *judge) safe() {
	asked := j.request.IntrinsicallySafe || j.industry.IntrinsicallySafe && !j.request.Parts()
	safeRadio := slices.ContainsFunc(j.parts, func(p part) bool { return p.Category == "portable_is" })
	fleet := j.policy.Fleets[FleetSafe]
	for _, p := range j.parts {
		carried := slices.Contains(categories["portable"], p.Category) || slices.Contains([]string{"battery", "speaker_mic", "earpiece", "headset"}, p.Category)
		if !carried || p.item.Tagged("is") || !asked && !(safeRadio && !slices.Contains(categories["portable"], p.Category)) {
			continue
		}
		sku, accessory := map[string]string{"battery": fleet.Battery, "speaker_mic": fleet.SpeakerMic, "earpiece": "", "headset": ""}[p.Category]
		if !accessory {
			sku = fleet.Portable
		}
		remedy := without("Without "+p.SKU, p.SKU)
		if sku != "" {
			remedy = instead(sku, p.SKU)
		}
		j.find("L11", Blocking, p.SKU+" is not intrinsically safe.", remedy)
	}
}

// bands is rule L16, and that what stands at a site is of one band, which the radios have.
func (j *judge) bands() {
	uhf, vhf := "", ""
	siteUHF, siteVHF, radioUHF, radioVHF := false, false, false, false
	for _, p := range j.parts {
		u, v := p.item.Tagged("uhf"), p.item.Tagged("vhf")
		site := slices.Contains([]string{"repeater", "repeater_compact", "duplexer", "combiner", "antenna"}, p.Category) && !p.item.Tagged("mobile")
		if u && uhf == "" {
			uhf = p.SKU
		}
		if v && vhf == "" {
			vhf = p.SKU
		}
		radio := slices.Contains(categories["portable"], p.Category) || slices.Contains(categories["mobile"], p.Category)
		siteUHF, siteVHF = siteUHF || u && site, siteVHF || v && site
		radioUHF, radioVHF = radioUHF || u && radio, radioVHF || v && radio
	}
	switch {
	case siteUHF && siteVHF:
		j.incompatible("L16", fmt.Sprintf("The sites mix UHF (%s) and VHF (%s): a repeater, its duplexer and its antenna are of one band.", uhf, vhf), j.oneBand()...)
	case siteUHF && radioVHF && !radioUHF, siteVHF && radioUHF && !radioVHF:
		j.incompatible("L16", fmt.Sprintf("The radios do not reach the sites: one is UHF (%s), the other VHF (%s).", uhf, vhf))
	case uhf != "" && vhf != "":
		j.find("L16", Warning, fmt.Sprintf("UHF (%s) and VHF (%s) radios do not hear each other.", uhf, vhf), override("L16", "Two bands are meant"))
	}
}

// oneBand swaps what stands at a site and is of the other band than was asked for.
func (j *judge) oneBand() []Remedy {
	right, other := j.plant(), "vhf"
	if j.request.Band == VHF {
		other = "uhf"
	}
	var remedies []Remedy
	for _, p := range j.parts {
		sku := map[string]string{"repeater": right.Repeater, "repeater_compact": right.Repeater, "duplexer": right.Duplexer, "antenna": right.Antenna}[p.Category]
		if sku != "" && p.item.Tagged(other) && !p.item.Tagged("mobile") {
			remedies = append(remedies, instead(sku, p.SKU))
		}
	}
	if len(remedies) < 2 {
		return remedies
	}
	all := Remedy{Title: "All of one band"}
	for _, r := range remedies {
		all.Changes = append(all.Changes, r.Changes...)
	}
	return []Remedy{all}
}

// licences are those that repeaters and radios must be able to use, and that exclude each
// other.
func (j *judge) licences() {
	i := j.policy.Infrastructure
	link, trunk, trunkSKU := 0, 0, ""
	for _, p := range j.parts {
		switch p.SKU {
		case i.SiteLink:
			link += p.Units
		case i.TrunkingSingle, i.TrunkingMulti:
			trunk, trunkSKU = trunk+p.Units, p.SKU
		}
	}
	if link > 0 && trunk > 0 && link+trunk > j.count("repeater", "repeater_compact") {
		extra := i.SiteLink
		if j.system.Mode == LinkedConventional {
			extra = trunkSKU
		}
		j.incompatible("licences", "A repeater takes a site link licence or a trunking licence, not both.", without("Without "+extra, extra))
	}
	if trunk == 0 {
		return
	}
	for _, p := range j.parts {
		if p.item.Tagged("trunk") || p.item.Tagged("poc") {
			continue
		}
		fleet := j.policy.Fleets[FleetTrunked]
		if p.item.Tagged("vhf") {
			fleet.Portable, fleet.Mobile = fleet.PortableVHF, fleet.MobileVHF
		}
		switch {
		case slices.Contains(categories["portable"], p.Category):
			j.incompatible("trunking", p.SKU+" does not trunk.", instead(fleet.Portable, p.SKU))
		case slices.Contains(categories["mobile"], p.Category):
			j.incompatible("trunking", p.SKU+" does not trunk.", instead(fleet.Mobile, p.SKU))
		case slices.Contains(categories["repeater"], p.Category):
			j.incompatible("trunking", p.SKU+" does not trunk.", instead(j.plant().Repeater, p.SKU))
		}
	}
}

// skus are those of a category that are on the quote.
func (j *judge) skus(category string) []string {
	var skus []string
	for _, p := range j.parts {
		if p.Category == category {
			skus = append(skus, p.SKU)
		}
	}
	return skus
}

// infrastructure is what does not go with repeaters, or not without them.
func (j *judge) infrastructure() {
	repeaters := j.count("repeater", "repeater_compact")
	compact := j.count("repeater_compact")
	bridge := slices.ContainsFunc(j.parts, func(p part) bool { return p.item.Tagged("bridge") })
	poc := j.count("poc_portable", "poc_mobile")
	if poc > 0 && repeaters > 0 && !bridge {
		sku := j.policy.Parts["poc_gateway"]
		j.incompatible("PoC and repeaters", "PoC radios do not hear repeaters without a gateway between them.", Remedy{Title: "Add " + sku, Changes: []Change{{Op: "add", SKU: sku, Qty: new(1)}}})
	}
	if compact > 0 && compact == repeaters && j.count("duplexer") > 0 {
		j.find("duplexer", Warning, "A compact repeater has its own duplexer.", without("Without the duplexers", j.skus("duplexer")...), override("duplexer", "They are spares"))
	}
	if j.count("combiner") > 0 && j.whole() && j.system.RepeatersPerSite < 3 {
		j.incompatible("combiner", "A combiner is for three or more repeaters at a site.", without("Without the combiner", j.skus("combiner")...))
	}
	linked := strings.Contains(string(j.system.Mode), "linked") || strings.Contains(string(j.system.Mode), "trunk")
	for _, p := range j.parts {
		switch {
		case p.Category == "console" && p.SKU == j.policy.Parts["console"] && j.whole() && !linked:
			j.incompatible("console", p.SKU+" needs repeaters that are connected by IP.", without("Without "+p.SKU, p.SKU))
		case p.Category == "portable_ps":
			j.incompatible("P25", p.SKU+" is quoted with an engineering review only.", without("Without "+p.SKU, p.SKU))
		}
	}
}
