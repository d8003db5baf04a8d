package command

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"radioquote/quoting"
)

func TestIndustryWords(t *testing.T) {
	t.Parallel()
	for code, words := range map[quoting.IndustryCode]string{
		"construction":         "construction, contractor, builder, builders",
		"k12_education":        "school, district, ISD, K12, K-12, schools",
		"higher_education":     "college, university, universities",
		"healthcare":           "hospital, clinic, nursing home, nursing homes",
		"hospitality":          "hotel, resort, casino",
		"manufacturing":        "manufacturing, factory, mfg, food processing, factories",
		"warehouse_logistics":  "DC, distribution center, warehouse, 3PL, fulfilment",
		"retail":               "retail, store, mall, grocery",
		"security":             "security, guard, patrol",
		"public_safety":        "police, fire, EMS, sheriff",
		"utilities":            "electric utility, water utility, gas utility, utility, co-op, utility co-op",
		"oil_gas_mining":       "oil and gas, oil & gas, refinery, pipeline, quarry, mine, mining, aggregates, chemical",
		"transportation":       "trucking, bus, transit, school bus, taxi, towing, ambulance",
		"property_management":  "HOA, apartments, facilities, property management",
		"events":               "concert, festival, film, sports",
		"government_municipal": "city, county, public works, highway",
		"agriculture":          "farm, ranch, vineyard",
		"aviation":             "airport, FBO",
	} {
		for word := range strings.SplitSeq(words+", "+string(code)+", "+strings.ReplaceAll(string(code), "_", " "), ", ") {
			for _, form := range []string{"quote 40 radios, 3 sites, %s", "40 radios 3 sites %s", "quote 40 radios for 3 sites, industry %s", "%s 40 radios 3 sites", "need 40 radios for our %s at 3 sites"} {
				text := fmt.Sprintf(form, word)
				if c := Parse(text, quoting.Dialogue{}); c.Slots.Industry != code || len(c.Needs) > 0 {
					t.Errorf("%q: industry %q, needs %v, want %s", text, c.Slots.Industry, c.Needs, code)
				}
			}
		}
	}
}

func TestItemWords(t *testing.T) {
	t.Parallel()
	for item, words := range map[string]string{
		"control_station": "control stations, base stations, desktop stations",
		"console":         "consoles, dispatcher seats, dispatch positions",
		"repeater":        "repeaters, rptrs, rpt",
		"site_link":       "IP site link licences",
		"gateway":         "gateways, bridges, site routers",
		"charger":         "chargers",
		"charger_single":  "single chargers, desktop chargers",
		"charger_6bank":   "six-bay chargers, 6-bank chargers, gang chargers, multi-unit chargers, MUC chargers",
		"battery":         "batteries, batts, spare batteries",
		"speaker_mic":     "speaker mics, RSM, shoulder mics, remote mics",
		"earpiece":        "earpieces, ear tubes, surveillance kits",
		"headset":         "headsets",
		"carry_case":      "cases, holsters",
		"antenna":         "antennas",
		"duplexer":        "duplexers",
		"bda":             "signal boosters",
	} {
		for word := range strings.SplitSeq(words, ", ") {
			text := "quote 40 radios, 4 " + word
			four := 4
			want := []quoting.ItemWish{{Item: item, Qty: &four}}
			c := Parse(text, quoting.Dialogue{})
			if diff := cmp.Diff(want, c.Slots.Items); diff != "" || *c.Slots.Users != 40 {
				t.Errorf("%q: (-want +got):\n%s", text, diff)
			}
		}
	}
}

// What accessories fit is told by the catalogue; the vocabulary must say the same.
func TestFitsAgreeWithTheCatalogue(t *testing.T) {
	t.Parallel()
	f, err := os.Open("../../netsuite/simulator/catalogue.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	tags := slices.Index(rows[0], "tags")
	fits := theVocabulary().fits
	found := 0
	for _, row := range rows[1:] {
		sku, want := row[0], ""
		accessory := slices.ContainsFunc([]string{"BAT-", "AUD-", "CHG-", "DUP-", "ANT-"}, func(prefix string) bool { return strings.HasPrefix(sku, prefix) })
		for tag := range strings.SplitSeq(row[tags], ";") {
			if !accessory && tag != "uhf" && tag != "vhf" {
				continue
			}
			if family, ok := strings.CutPrefix(tag, "batt="); ok {
				want = "battery=" + family
			}
			if plug, ok := strings.CutPrefix(tag, "aud="); ok {
				want = "audio=" + plug
			}
			if tag == "uhf" || tag == "vhf" {
				want = "band=" + tag
			}
			if tag == "is" && strings.HasPrefix(sku, "AUD-") {
				want += "+is"
			}
		}
		if fits[sku] != want {
			t.Errorf("%s fits %q, the catalogue says %q", sku, fits[sku], want)
		}
		if want != "" || fits[sku] != "" {
			found++
		}
	}
	if found != len(fits) {
		t.Errorf("the vocabulary knows what %d fit, the catalogue %d", len(fits), found)
	}
}

// A mistake in a vocabulary file would be silent: a tag that nothing reads, a pattern that
// waits for a tag that nothing has.
func TestVocabularyFilesAreSound(t *testing.T) {
	t.Parallel()
	known := map[tag]bool{tagNumber: true, tagRange: true, tagMoney: true, tagPercent: true, tagQuote: true, tagSKU: true, tagEmail: true, tagPayment: true, tagName: true, tagSymbol: true, tagSomeone: true}
	for key := range entries(wordsFile) {
		name, _, _ := strings.Cut(key, " ")
		known[tag(name)] = true
	}
	intents := map[quoting.Intent]bool{asking: true, quoting.ShareQuote: true}
	for _, u := range utterances(t) {
		intents[u.Intent] = true
	}
	for _, intent := range []quoting.Intent{quoting.Confirm, quoting.Deny, quoting.CancelDialog, quoting.ShareQuote, quoting.UnshareQuote, quoting.OutOfOffice, quoting.Reassign, quoting.Consult, quoting.WhoCan, quoting.GrantRole, quoting.RevokeRole} {
		intents[intent] = true
	}
	v := theVocabulary()
	lists := slices.Concat(mapValues(v.byWord), mapValues(v.byTag))
	for _, list := range lists {
		for _, p := range list {
			if !intents[p.intent] {
				t.Errorf("acts.txt: intent %q", p.intent)
			}
			if (p.intent == quoting.RefuseCommand) != (p.reason != "") {
				t.Errorf("acts.txt: %s with the reason %q", p.intent, p.reason)
			}
			for _, e := range p.elements {
				for _, want := range e.tags {
					if !known[want] {
						t.Errorf("acts.txt: a pattern of %s wants <%s>", p.intent, want)
					}
				}
			}
		}
	}
}

func mapValues[K comparable, V any](m map[K][]V) [][]V {
	var list [][]V
	for _, v := range m {
		list = append(list, v)
	}
	return list
}

func TestMisspelledWords(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, word, want string }{
		{"a transposition", "qoute", "quote"},
		{"a transposition in front", "uqote", "quote"},
		{"a letter less", "constuction", "construction"},
		{"two letters less", "constucton", "construction"},
		{"a letter more", "radioss", "radios"},
		{"another letter", "repeeter", "repeater"},
		{"a missing letter of five", "hotl", "hotel"},
		{"a swap in four letters", "resr", "resr"},
		{"a word of four letters is meant", "malll", "mall"},
		{"three mistakes are another word", "cnstrctin", "cnstrctin"},
		{"a word that exists is no mistake", "stone", "stone"},
		{"a short word stays", "rxd", "rxd"},
		{"a long word stays", strings.Repeat("construction", 3), strings.Repeat("construction", 3)},
		{"two words equally near are neither", "mond", "mond"},
	} {
		if got := theVocabulary().correct(row.word); got != row.want {
			t.Errorf("%s: %q is corrected to %q, want %q", row.name, row.word, got, row.want)
		}
	}
}
