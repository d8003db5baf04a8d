package quoting

import (
	"slices"
	"strings"
)

// itemName is an item of the vocabulary by the name that a bill's lines have: which
// portable a portable is, the system decides, and a charger without a kind is a six-bank.
func itemName(item string) string {
	switch item {
	case "portable_is", "poc_portable", "rental_portable":
		return "portable"
	case "poc_mobile":
		return "mobile"
	case "charger":
		return "charger_6bank"
	}
	return item
}

// ItemName is an item of the vocabulary as people say it: six-bank charger.
func ItemName(item string) string {
	switch item {
	case "charger_6bank":
		return "six-bank charger"
	case "charger_single":
		return "single charger"
	}
	return strings.ReplaceAll(item, "_", " ")
}

// forPortables are the items of which "wanted, number not said" means one for each portable.
var forPortables = []string{"battery", "speaker_mic", "earpiece", "headset", "carry_case"}

// Scope is the part of a quote that a discount is for: an item of the vocabulary, or one of
// install, accessories, hardware and services. Empty: the whole quote.
type Scope string

// accessories are the catalogue's categories of what is carried or charged with a radio.
var accessories = []string{"battery", "speaker_mic", "earpiece", "headset", "carry", "charger_single", "charger_6bank"}

// categories are the catalogue's categories that an item of the vocabulary is found in,
// where they have other names.
var categories = map[Scope][]string{
	"portable":         {"portable", "portable_is", "portable_ps", "poc_portable"},
	"mobile":           {"mobile", "poc_mobile"},
	"repeater":         {"repeater", "repeater_compact"},
	"charger":          {"charger_single", "charger_6bank"},
	"carry_case":       {"carry"},
	"site_link":        {"license"},
	"trunking_license": {"license"},
	"gateway":          {"link"},
	"power_supply":     {"power"},
	"poc_service":      {"subscription"},
	"fcc_license":      {"fcc"},
	"coordination":     {"fcc"},
	"site_survey":      {"labor"},
	"training":         {"labor"},
	"install_repeater": {"install"},
	"install_mobile":   {"install"},
	"rental_portable":  {"rental"},
	"accessories":      accessories,
}

// holds says whether a line is in the scope. The item is what the vocabulary calls it; a
// line of which only the SKU was named has none and is found by its category.
func (s Scope) holds(l Line, item string) bool {
	switch s {
	case "":
		return true
	case "hardware":
		return l.Type.Hardware()
	case "services":
		return l.Type == Service
	case "accessories", "charger", "install":
	default:
		if item != "" {
			return item == itemName(string(s))
		}
	}
	if list, ok := categories[s]; ok {
		return slices.Contains(list, l.Category)
	}
	return l.Category == string(s)
}
