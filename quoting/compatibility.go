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
	if j.system.Technology == AnalogSimplex && slices.Contains(j.request.Features, "gps") {
		j.incompatible("L9", "Analog radios have no GPS.", setTo("Digital instead", "technology", "dmr"))
	}
}

// incompatible is an error that a reason may override.
func (j *judge) incompatible(rule, sentence string, remedies ...Remedy) {
	j.find(rule, Blocking, sentence, remedies...).MayOverride = true
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
	var remedies []Remedy
	if sku := j.fitting(p, radios[0]); sku != "" && sku != p.SKU {
		remedies = append(remedies, Remedy{Title: sku + " instead", Changes: []Change{{Op: "swap", SKU: p.SKU, Value: sku}}})
	}
	j.incompatible(what, fmt.Sprintf("%s does not fit %s: another %s.", p.SKU, radios[0].SKU,
		map[string]string{"batt": "battery family", "aud": "audio connector"}[tag]), remedies...)
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
		instead := map[string]string{"battery": fleet.Battery, "speaker_mic": fleet.SpeakerMic, "earpiece": "", "headset": ""}
		sku, accessory := instead[p.Category]
		if !accessory {
			sku = fleet.Portable
		}
		remedy := Remedy{Title: "Without " + p.SKU, Changes: []Change{{Op: "remove", SKU: p.SKU}}}
		if sku != "" {
			remedy = Remedy{Title: sku + " instead", Changes: []Change{{Op: "swap", SKU: p.SKU, Value: sku}}}
		}
		j.find("L11", Blocking, p.SKU+" is not intrinsically safe.", remedy)
	}
}

// bands is rule L16, and that what stands at a site is of one band.
func (j *judge) bands() {
	uhf, vhf := "", ""
	siteUHF, siteVHF := false, false
	for _, p := range j.parts {
		u, v := p.item.Tagged("uhf"), p.item.Tagged("vhf")
		site := slices.Contains([]string{"repeater", "repeater_compact", "duplexer", "combiner", "antenna"}, p.Category) && !p.item.Tagged("mobile")
		if u && uhf == "" {
			uhf = p.SKU
		}
		if v && vhf == "" {
			vhf = p.SKU
		}
		siteUHF, siteVHF = siteUHF || u && site, siteVHF || v && site
	}
	switch {
	case siteUHF && siteVHF:
		j.incompatible("L16", fmt.Sprintf("The sites mix UHF (%s) and VHF (%s): a repeater, its duplexer and its antenna are of one band.", uhf, vhf))
	case uhf != "" && vhf != "":
		j.find("L16", Warning, fmt.Sprintf("UHF (%s) and VHF (%s) radios do not hear each other.", uhf, vhf), override("L16", "Two bands are meant"))
	}
}

// licences are those that repeaters and radios must be able to use, and that exclude each
// other.
func (j *judge) licences() {
	i := j.policy.Infrastructure
	link, trunk := 0, 0
	for _, p := range j.parts {
		switch p.SKU {
		case i.SiteLink:
			link += p.Units
		case i.TrunkingSingle, i.TrunkingMulti:
			trunk += p.Units
		}
	}
	if link > 0 && trunk > 0 {
		j.incompatible("licences", "A repeater takes a site link licence or a trunking licence, not both.", Remedy{Title: "Without " + i.SiteLink, Changes: []Change{{Op: "remove", SKU: i.SiteLink}}})
	}
	if trunk == 0 {
		return
	}
	for _, p := range j.parts {
		radio := slices.Contains(categories["portable"], p.Category) || slices.Contains(categories["mobile"], p.Category) || slices.Contains(categories["repeater"], p.Category)
		if radio && !p.item.Tagged("trunk") && !p.item.Tagged("poc") {
			fleet := j.policy.Fleets[FleetTrunked]
			j.incompatible("trunking", p.SKU+" does not trunk.", Remedy{Title: fleet.Portable + " instead", Changes: []Change{{Op: "swap", SKU: p.SKU, Value: fleet.Portable}}})
		}
	}
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
		j.find("duplexer", Warning, "A compact repeater has its own duplexer.", Remedy{Title: "Without the duplexers", Changes: []Change{{Op: "remove", Item: "duplexer"}}}, override("duplexer", "They are spares"))
	}
	if combiners := j.count("combiner"); combiners > 0 && j.whole() && j.system.RepeatersPerSite < 3 {
		j.incompatible("combiner", "A combiner is for three or more repeaters at a site.", Remedy{Title: "Without the combiner", Changes: []Change{{Op: "remove", Item: "combiner"}}})
	}
	linked := strings.Contains(string(j.system.Mode), "linked") || strings.Contains(string(j.system.Mode), "trunk")
	for _, p := range j.parts {
		switch {
		case p.Category == "console" && p.SKU == j.policy.Parts["console"] && j.whole() && !linked:
			j.incompatible("console", p.SKU+" needs repeaters that are connected by IP.", Remedy{Title: "Without " + p.SKU, Changes: []Change{{Op: "remove", SKU: p.SKU}}})
		case p.Category == "portable_ps":
			j.incompatible("P25", p.SKU+" is quoted with an engineering review only.")
		}
	}
}
