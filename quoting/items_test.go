package quoting_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

// asked is the version that a message asks for, read like a new quote.
func (d dealer) asked(t rapid.TB, s quoting.Slots) quoting.Version {
	t.Helper()
	return d.quote(t, quoting.Request{}.With(s))
}

func slots(users, sites int, industry quoting.IndustryCode, items ...quoting.ItemWish) quoting.Slots {
	return quoting.Slots{Users: &users, Sites: &sites, Industry: industry, Items: items}
}

// TestNamedItemsStandForWhatSizingGives: each row is what changes in the bill of 40 users at
// one building site because an item is named. Without it there are 36 portables and four
// mobiles, six six-banks, four batteries, 18 speaker mics and one repeater.
func TestNamedItemsStandForWhatSizingGives(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	plain := bill(d.asked(t, slots(40, 1, "construction")))
	wanted := func(item string) quoting.ItemWish { return quoting.ItemWish{Item: item} }
	for _, tc := range []struct {
		name  string
		items []quoting.ItemWish
		want  map[string]int // SKUs that differ
	}{
		{"a number of batteries", []quoting.ItemWish{wish("battery", 40)}, map[string]int{"BAT-B": 40}},
		{"no batteries", []quoting.ItemWish{wish("battery", 0)}, map[string]int{"BAT-B": 0}},
		{"batteries, and no number: as sized", []quoting.ItemWish{wanted("battery")}, nil},
		{"earpieces, of which sizing gives none: one a portable", []quoting.ItemWish{wanted("earpiece")}, map[string]int{"AUD-EAR2": 36}},
		{"carry cases: one a portable", []quoting.ItemWish{wanted("carry_case")}, map[string]int{"CASE-C": 36}},
		{"ten carry cases", []quoting.ItemWish{wish("carry_case", 10)}, map[string]int{"CASE-C": 10}},
		{"a control station, and no number: one", []quoting.ItemWish{wanted("control_station")}, map[string]int{"SUM-CS45U": 1}},
		{"a charger without a kind is a six-bank", []quoting.ItemWish{wish("charger", 8)}, map[string]int{"CHG-6B": 8}},
		{"single chargers are a category of their own", []quoting.ItemWish{wish("charger_single", 4)}, map[string]int{"CHG-1B": 4}},
		{"no chargers", []quoting.ItemWish{wish("charger", 0)}, map[string]int{"CHG-6B": 0}},
		{"ten mobiles: the rest are portables, and antennas and installation follow", []quoting.ItemWish{wish("mobile", 10)},
			map[string]int{"SUM-P20U": 30, "SUM-M45U": 10, "ANT-MU": 10, "SVC-INST-M": 10, "CHG-6B": 5, "BAT-B": 3, "AUD-RSM2": 15}},
		{"no mobiles, nor what hangs on them", []quoting.ItemWish{wish("mobile", 0)},
			map[string]int{"SUM-P20U": 40, "SUM-M45U": 0, "ANT-MU": 0, "SVC-INST-M": 0, "CHG-6B": 7, "BAT-B": 4, "AUD-RSM2": 20}},
		{"forty portables: no mobiles", []quoting.ItemWish{wish("portable", 40)},
			map[string]int{"SUM-P20U": 40, "SUM-M45U": 0, "ANT-MU": 0, "SVC-INST-M": 0, "CHG-6B": 7, "BAT-B": 4, "AUD-RSM2": 20}},
		{"mobiles, and no number: as sized", []quoting.ItemWish{wanted("mobile")}, nil},
		{"no installation of mobiles, which stay", []quoting.ItemWish{wish("install_mobile", 0)}, map[string]int{"SVC-INST-M": 0}},
		{"no fees", []quoting.ItemWish{wish("fcc_license", 0), wish("coordination", 0)}, map[string]int{"FCC-APP": 0, "FCC-COORD": 0}},
		{"a repeater, and no number: as sized", []quoting.ItemWish{wanted("repeater")}, nil},
		{"two repeaters, and all that hangs on them: trunked radios as well", []quoting.ItemWish{wish("repeater", 2)}, map[string]int{
			"APX-R50U": 2, "DUP-U": 2, "ANT-BU": 2, "FEED-100": 2, "SURGE": 2, "PSU-30": 2, "APX-LIC-TRK1": 2, "SVC-INST-R": 2, "FCC-COORD": 2,
			"SUM-P20U": 0, "SUM-P40U": 36, "BAT-B": 0, "BAT-C": 4, "CHG-6B": 0, "CHG-6C": 6, "AUD-RSM2": 0, "AUD-RSMM": 18,
		}},
		{"no repeater, and nothing that hangs on it", []quoting.ItemWish{wish("repeater", 0)}, map[string]int{
			"APX-R50U": 0, "DUP-U": 0, "ANT-BU": 0, "FEED-100": 0, "SURGE": 0, "PSU-30": 0, "UPS-15": 0, "CAB-12": 0, "SVC-INST-R": 0, "SVC-SURVEY": 0, "SVC-CPS": 0,
		}},
		{"training, a warranty for ten, a booster", []quoting.ItemWish{wanted("training"), wish("warranty", 10), wanted("bda")}, map[string]int{"SVC-TRAIN": 1, "WAR-3P": 10, "BDA-U": 1}},
		{"the last number that is said of an item counts", []quoting.ItemWish{wish("battery", 9), wish("battery", 11)}, map[string]int{"BAT-B": 11}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			want := maps.Clone(plain)
			for sku, n := range tc.want {
				if want[sku] = n; n == 0 {
					delete(want, sku)
				}
			}
			if diff := cmp.Diff(want, bill(d.asked(t, slots(40, 1, "construction", tc.items...)))); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestWhatIsAssumedOfANamedItemSaysSo(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	v := d.asked(t, slots(40, 1, "construction", quoting.ItemWish{Item: "earpiece"}, quoting.ItemWish{Item: "bda"}))
	for sku, want := range map[string]string{"AUD-EAR2": "assumed: one a portable", "BDA-U": "assumed: one"} {
		if !slices.ContainsFunc(v.Priced.Lines, func(l quoting.Line) bool { return l.SKU == sku && l.Reason == want }) {
			t.Errorf("the reason of %s is not %q in %+v", sku, want, v.Priced.Lines)
		}
	}
	hospital := d.asked(t, slots(40, 1, "healthcare", quoting.ItemWish{Item: "mobile"}))
	if b := bill(hospital); b["SUM-M45U"] != 1 || b["SUM-P40U"] != 39 || b["ANT-MU"] != 1 {
		t.Errorf("mobiles wanted where the industry has none are %v", b)
	}
	if none := d.revise(t, hospital, removeItem("mobile")); bill(none)["SUM-M45U"] != 0 {
		t.Errorf("mobiles taken out again leave %v", bill(none))
	}
	crew := d.asked(t, slots(12, 1, "construction", quoting.ItemWish{Item: "repeater"}))
	if b := bill(crew); b["APX-R50U"] != 1 || b["DUP-U"] != 1 || crew.System.Technology != quoting.DMR {
		t.Errorf("a repeater wanted where none is needed gives %s with %v", crew.System.Technology, b)
	}
}

func TestItemsWithoutUsersAreAQuoteOfParts(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	for _, tc := range []struct {
		name  string
		slots quoting.Slots
		want  map[string]int
	}{
		{"chargers and batteries", quoting.Slots{Items: []quoting.ItemWish{wish("charger_6bank", 2), wish("battery", 20)}}, map[string]int{"CHG-6B": 2, "BAT-B": 20}},
		{"a battery, and no number: one", quoting.Slots{Items: []quoting.ItemWish{{Item: "battery"}}}, map[string]int{"BAT-B": 1}},
		{"of a farm's radios", quoting.Slots{Industry: "agriculture", Items: []quoting.ItemWish{wish("battery", 6), wish("charger_single", 1)}}, map[string]int{"BAT-A": 6, "CHG-1B": 1}},
		{"of a guard's radios", quoting.Slots{Industry: "security", Items: []quoting.ItemWish{wish("battery", 6), wish("gateway", 1), wish("charger", 1)}}, map[string]int{"BAT-V": 6, "VIS-GW": 1, "CHG-6V": 1}},
		{"of a refinery's radios", quoting.Slots{Industry: "oil_gas_mining", Items: []quoting.ItemWish{wish("battery", 6), wish("speaker_mic", 2)}}, map[string]int{"BAT-CX": 6, "AUD-RSMX": 2}},
		{"of VHF sites", quoting.Slots{Band: quoting.VHF, Items: []quoting.ItemWish{wish("repeater", 1), wish("duplexer", 1), wish("antenna", 2)}}, map[string]int{"APX-R50V": 1, "DUP-V": 1, "ANT-BV": 2}},
		{"a repeater alone, without what hangs on one", quoting.Slots{Items: []quoting.ItemWish{wish("repeater", 1)}}, map[string]int{"APX-R50U": 1}},
		{"all else of a site", quoting.Slots{Items: []quoting.ItemWish{
			wish("power_supply", 1), wish("ups", 1), wish("site_link", 2), wish("gateway", 1), wish("trunking_license", 3), wish("fcc_license", 1), wish("coordination", 1), wish("site_survey", 1), wish("install_repeater", 1),
		}}, map[string]int{"PSU-30": 1, "UPS-15": 1, "APX-LIC-IPSL": 2, "GWY-IP": 1, "APX-LIC-TRK1": 3, "FCC-APP": 1, "FCC-COORD": 1, "SVC-SURVEY": 1, "SVC-INST-R": 1}},
		{"trunking over several sites", quoting.Slots{Sites: new(3), Items: []quoting.ItemWish{wish("trunking_license", 3)}}, map[string]int{"APX-LIC-TRKM": 3}},
		{"work alone", quoting.Slots{Items: []quoting.ItemWish{wish("programming", 5), wish("install_mobile", 2), wish("earpiece", 1)}}, map[string]int{"SVC-PROG": 5, "SVC-INST-M": 2, "AUD-EAR2": 1}},
		{"service by the month is for a year where no term is said", quoting.Slots{Items: []quoting.ItemWish{wish("poc_service", 5)}}, map[string]int{"VIS-SUB-M": 60}},
		{"service by the month for a term", quoting.Slots{TermMonths: new(24), Items: []quoting.ItemWish{wish("poc_service", 5)}}, map[string]int{"VIS-SUB-M": 120}},
		{"a dispatcher's seat is paid by the month", quoting.Slots{Technology: quoting.ChoosePoC, Items: []quoting.ItemWish{wish("console", 2)}}, map[string]int{"VIS-SUB-DISP": 24}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v := d.asked(t, tc.slots)
			if diff := cmp.Diff(tc.want, bill(v)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if len(v.Request.Assumed()) > 0 {
				t.Errorf("a quote of parts assumes %v", v.Request.Assumed())
			}
		})
	}
	if v := d.asked(t, quoting.Slots{Items: []quoting.ItemWish{wish("battery", 20)}}); v.Priced.Freight.Text() != "25.00" {
		t.Errorf("freight on parts is %s", v.Priced.Freight)
	}
}

func TestServiceByTheMonthBreaksByUnits(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	v := d.asked(t, quoting.Slots{TermMonths: new(36), Items: []quoting.ItemWish{wish("poc_service", 24)}})
	if l := v.Priced.Lines[0]; l.Units != 24 || l.Months != 36 || l.Qty != 864 || l.BreakPct != 0 || l.Unit.Text() != "27.00" {
		t.Errorf("24 units for three years are %+v", l)
	}
	if v := d.asked(t, quoting.Slots{Items: []quoting.ItemWish{wish("poc_service", 25)}}); v.Priced.Lines[0].BreakPct != 5 {
		t.Errorf("25 units are %d%% off", v.Priced.Lines[0].BreakPct)
	}
}

func TestARepeaterCountIsTheTotalOfAllSites(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	v := d.asked(t, slots(150, 3, "construction", wish("repeater", 6)))
	if v.System.RepeatersPerSite != 2 || v.System.Mode != quoting.MultiSiteTrunk || bill(v)["APX-R50U"] != 6 || bill(v)["APX-LIC-TRKM"] != 6 {
		t.Errorf("six repeaters at three sites are %d a site, %s, %v", v.System.RepeatersPerSite, v.System.Mode, bill(v))
	}
	for n, says := range map[int]string{4: "Say 3 or 6", 1: "Say 3 or 3", -3: ""} {
		_, err := quoting.Size(d.policy, quoting.Request{}.With(slots(150, 3, "construction", wish("repeater", n))))
		if sentence, _ := quoting.Sentence(err); !errors.Is(err, quoting.Invalid) || n == 4 && !strings.Contains(sentence, says) {
			t.Errorf("%d repeaters at three sites: %v", n, err)
		}
	}
	if s, err := quoting.Size(d.policy, quoting.Request{}.With(slots(150, 1, "construction", wish("repeater", 9)))); err != nil || s.Review == "" {
		t.Errorf("nine repeaters a site: %+v, %v", s, err)
	}
	if v := d.asked(t, slots(10, 1, "security", wish("repeater", 1))); v.System.Technology != quoting.DMR {
		t.Errorf("repeaters named for guards give %s", v.System.Technology)
	}
}

// TestANamedRepeaterIsNeverLeftOut: where the system has no place for it, the line says so.
func TestANamedRepeaterIsNeverLeftOut(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	for name, s := range map[string]quoting.Slots{
		"beside PoC":               {Users: new(20), Technology: quoting.ChoosePoC, Items: []quoting.ItemWish{wish("repeater", 2)}},
		"beside analog":            {Users: new(10), Technology: quoting.ChooseAnalog, Items: []quoting.ItemWish{wish("repeater", 2)}},
		"to what is there already": {Users: new(20), MatchInstalledBase: true, Items: []quoting.ItemWish{wish("repeater", 2)}},
	} {
		if v := d.asked(t, s); bill(v)["APX-R50U"] != 2 {
			t.Errorf("%s: %v", name, bill(v))
		}
	}
}

func TestAnAddOnBringsNoInfrastructure(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	s := slots(40, 1, "construction")
	s.MatchInstalledBase = true
	want := map[string]int{"SUM-P20U": 36, "SUM-M45U": 4, "ANT-MU": 4, "CHG-6B": 6, "BAT-B": 4, "AUD-RSM2": 18, "SVC-PROG": 40, "SVC-INST-M": 4}
	if diff := cmp.Diff(want, bill(d.asked(t, s))); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	one := slots(1, 1, "construction")
	one.MatchInstalledBase = true
	if v := d.asked(t, one); len(v.Blocking()) > 0 {
		t.Errorf("one radio more for a customer who has some: %+v", v.Blocking())
	}
}

func TestARentalIsByTheWeekAndBreaksByUnits(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	s := slots(40, 1, "events")
	s.RentalWeeks = new(3)
	v := d.asked(t, s)
	if diff := cmp.Diff(map[string]int{"RNT-P20-W": 120, "RNT-R10-W": 6, "SVC-PROG": 40}, bill(v)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if l := v.Priced.Lines[0]; l.Units != 40 || l.Weeks != 3 || l.BreakPct != 8 {
		t.Errorf("40 radios for three weeks are %+v", l)
	}
	if v.Priced.Freight.Text() != "0.00" {
		t.Errorf("freight on a rental is %s", v.Priced.Freight)
	}
	rented := d.asked(t, quoting.Slots{Users: new(10), Industry: "events", Items: []quoting.ItemWish{wish("rental_portable", 10)}})
	if b := bill(rented); b["RNT-P20-W"] != 10 || rented.Request.RentalWeeks != 1 {
		t.Errorf("rented portables for no time that was said are %v", b)
	}
	bought := d.revise(t, rented, setField("quote_type", "purchase"))
	if b := bill(bought); b["RNT-P20-W"] != 0 || b["SUM-P40U"] != 10 {
		t.Errorf("bought instead they are %v", b)
	}
	if v := d.asked(t, quoting.Slots{Users: new(10), QuoteType: "rental"}); v.Request.RentalWeeks != 1 {
		t.Errorf("a rental without a time is for %d weeks", v.Request.RentalWeeks)
	}
	if _, err := quoting.Size(d.policy, quoting.Request{Users: 10, RentalWeeks: 53}); !errors.Is(err, quoting.Invalid) {
		t.Errorf("a rental of 53 weeks: %v", err)
	}
}

func TestASiteSplitDecidesUsersASiteAndChargers(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	split := func(users ...int) []quoting.SiteUsers {
		var s []quoting.SiteUsers
		for i, n := range users {
			s = append(s, quoting.SiteUsers{Site: string(rune('A' + i)), Users: n})
		}
		return s
	}
	for _, tc := range []struct {
		name     string
		split    []quoting.SiteUsers
		largest  int
		chargers int
	}{
		// Hospitality has no mobiles: the portables are the users.
		{"13 and 27: three and five chargers", split(13, 27), 27, 8},
		{"35 and 5: a site of five has enough with single chargers", split(35, 5), 35, 6},
		{"6, 6 and 28", split(6, 6, 28), 28, 7},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v := d.quote(t, quoting.Request{Users: 40, Sites: len(tc.split), Industry: "hospitality", Split: tc.split})
			if v.System.UsersPerSite != tc.largest || bill(v)["CHG-6B"] != tc.chargers {
				t.Errorf("%d users at the largest site and %d chargers, want %d and %d", v.System.UsersPerSite, bill(v)["CHG-6B"], tc.largest, tc.chargers)
			}
		})
	}
	// 38 portables over 13, 13 and 14 users are 12.35, 12.35 and 13.3: the one that is left goes to
	// the first of the two largest remainders.
	v := d.quote(t, quoting.Request{Users: 40, Sites: 3, Industry: "construction", Split: split(13, 13, 14), Portables: new(38)})
	if v.System.Portables != 38 || bill(v)["CHG-6B"] != 3+2+3 {
		t.Errorf("%d chargers for 13, 12 and 13 portables, want 3, 2 and 3", bill(v)["CHG-6B"])
	}
	for name, r := range map[string]quoting.Request{
		"a site that has nobody":         {Users: 40, Sites: 2, Split: split(40, 0)},
		"more users than the sites have": {Users: 41, Sites: 2, Split: split(20, 20)},
		"more sites than were named":     {Users: 40, Sites: 3, Split: split(20, 20)},
	} {
		if _, err := quoting.Size(d.policy, r); !errors.Is(err, quoting.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := quoting.Request{}.With(quoting.Slots{Users: new(40), Sites: new(2), SiteSplit: split(13, 27)})
	if len(r.Split) != 2 || r.With(quoting.Slots{Users: new(50)}).Split != nil || r.With(quoting.Slots{Sites: new(3)}).Split != nil {
		t.Errorf("a new number of users or sites keeps the old split of %+v", r)
	}
}

// TestASplitSpreadsEveryPortable: whatever the split, the chargers are those of an exact
// spread, worked out here with the sites in another order of sums.
func TestASplitSpreadsEveryPortable(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	rapid.Check(t, func(t *rapid.T) {
		var split []quoting.SiteUsers
		users := 0
		for _, n := range rapid.SliceOfN(rapid.IntRange(8, 60), 2, 8).Draw(t, "sites") {
			split = append(split, quoting.SiteUsers{Site: "a site", Users: n})
			users += n
		}
		mobiles := rapid.IntRange(0, users/2).Draw(t, "mobiles")
		r := quoting.Request{Users: users, Sites: len(split), Industry: "construction", Split: split, Mobiles: &mobiles}
		v := d.quote(t, r)
		portables, least, most := users-mobiles, 0, 0
		for _, s := range split {
			exact := portables * s.Users // over users
			for _, n := range []*int{&least, &most} {
				there := exact / users
				if n == &most && exact%users > 0 {
					there++
				}
				if there >= 6 {
					*n += (there + 5) / 6
				}
			}
		}
		if got := bill(v)["CHG-6B"] + bill(v)["CHG-6C"]; got < least || got > most {
			t.Fatalf("%d chargers for %d portables over %v, want %d to %d", got, portables, split, least, most)
		}
	})
}

func TestShiftsRaiseSpareBatteriesAndNeverLowerThem(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	for _, tc := range []struct {
		industry quoting.IndustryCode
		shifts   int
		want     int
	}{{"hospitality", 1, 10}, {"hospitality", 2, 10}, {"hospitality", 3, 20}, {"warehouse_logistics", 1, 10}, {"k12_education", 2, 10}} {
		v := d.quote(t, quoting.Request{Users: 40, Sites: 1, Industry: tc.industry, Shifts: tc.shifts, Portables: new(40)})
		if got := bill(v)["BAT-B"] + bill(v)["BAT-D"]; got != tc.want {
			t.Errorf("%d shifts in %s: %d spare batteries for 40 portables, want %d", tc.shifts, tc.industry, got, tc.want)
		}
	}
}

func TestVHFTakesTwinsAndSaysWhatIsNotMade(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	for industry, want := range map[quoting.IndustryCode][]string{
		"construction": {"SUM-P20V", "SUM-M45V", "BAT-B", "ANT-MV", "APX-R50V", "DUP-V", "ANT-BV"},
		"hospitality":  {"SUM-P20V", "BAT-B", "APX-R50V", "DUP-V", "ANT-BV"},
		"healthcare":   {"SUM-P40V", "BAT-C", "APX-R50V", "DUP-V", "ANT-BV"},
		"security":     {"VIS-P60", "VIS-M80", "BAT-V"},
	} {
		v := d.quote(t, quoting.Request{Users: 40, Sites: 1, Industry: industry, Band: quoting.VHF})
		for _, sku := range want {
			if bill(v)[sku] == 0 {
				t.Errorf("%s has no %s in VHF: %v", industry, sku, bill(v))
			}
		}
		for _, l := range v.Priced.Lines {
			if item, _ := d.book.Item(l.SKU); item.Tagged("uhf") {
				t.Errorf("%s has the UHF item %s in VHF", industry, l.SKU)
			}
		}
	}
	if v := d.quote(t, quoting.Request{Users: 10, Sites: 1, Industry: "agriculture", Band: quoting.VHF, Mobiles: new(0)}); bill(v)["RDG-P10V"] != 10 || bill(v)["BAT-A"] == 0 {
		t.Errorf("a VHF farm without mobiles has %v", bill(v))
	}
	for name, r := range map[string]quoting.Request{
		"an earpiece for intrinsically safe radios": {Users: 40, Sites: 1, Industry: "oil_gas_mining", Items: []quoting.ItemWish{wish("earpiece", 5)}},
		"an earpiece for each of them":              {Users: 40, Sites: 1, Industry: "oil_gas_mining", Items: []quoting.ItemWish{{Item: "earpiece"}}},
		"an item that is none":                      {Items: []quoting.ItemWish{wish("flux_capacitor", 1)}},
		"a combiner for VHF":                        {Users: 700, Sites: 1, Industry: "manufacturing", Band: quoting.VHF},
	} {
		if _, err := quoting.Size(d.policy, r); !errors.Is(err, quoting.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFeaturesDecideTheRadio(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	s := slots(40, 1, "construction")
	s.Features = []string{"gps"}
	if v := d.asked(t, s); bill(v)["SUM-P40U"] != 36 || bill(v)["BAT-C"] == 0 {
		t.Errorf("radios with GPS are %v", bill(v))
	}
}

func TestNoRepeaterIsRadioToRadioOfAnySize(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	for _, tc := range []struct {
		name    string
		request quoting.Request
		want    quoting.Technology
	}{
		{"forty at a building site", quoting.Request{Users: 40, Sites: 1, Industry: "construction"}, quoting.DMRSimplex},
		{"two hundred at twenty", quoting.Request{Users: 200, Sites: 20, Industry: "construction"}, quoting.DMRSimplex},
		{"a store of 15", quoting.Request{Users: 15, Sites: 1, Industry: "retail"}, quoting.AnalogSimplex},
		{"a store of 16", quoting.Request{Users: 16, Sites: 1, Industry: "retail"}, quoting.DMRSimplex},
		{"analog named", quoting.Request{Users: 12, Sites: 1, Industry: "construction", Technology: quoting.ChooseAnalog}, quoting.AnalogSimplex},
		{"guards stay on PoC", quoting.Request{Users: 40, Sites: 1, Industry: "security"}, quoting.PoC},
		{"PoC named", quoting.Request{Users: 40, Sites: 1, Industry: "construction", Technology: quoting.ChoosePoC}, quoting.PoC},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := tc.request
			r.NoRepeater = true
			if v := d.quote(t, r); v.System.Technology != tc.want || v.System.RepeatersPerSite != 0 {
				t.Errorf("%s with %d repeaters a site, want %s", v.System.Technology, v.System.RepeatersPerSite, tc.want)
			}
		})
	}
}

// TestEditsSurviveANewSize: each row's changes are made to 40 users at one building site,
// which then become 60.
func TestEditsSurviveANewSize(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	plain := d.quote(t, quoting.Request{Users: 40, Sites: 1, Industry: "construction"})
	for _, tc := range []struct {
		name    string
		changes []quoting.Change
		at40    map[string]int
		at60    map[string]int
	}{
		{"a dozen batteries more", []quoting.Change{addItem("battery", 12)}, map[string]int{"BAT-B": 16}, map[string]int{"BAT-B": 18}},
		{"a battery more, without a number", []quoting.Change{{Op: "add", Item: "battery"}}, map[string]int{"BAT-B": 5}, map[string]int{"BAT-B": 7}},
		{"two batteries off", []quoting.Change{{Op: "dec", Item: "battery", Qty: new(2)}}, map[string]int{"BAT-B": 2}, map[string]int{"BAT-B": 4}},
		{"two more by inc", []quoting.Change{{Op: "inc", SKU: "BAT-B", Qty: new(2)}}, map[string]int{"BAT-B": 6}, map[string]int{"BAT-B": 8}},
		{"nine batteries", []quoting.Change{setItem("battery", 9)}, map[string]int{"BAT-B": 9}, map[string]int{"BAT-B": 9}},
		{"nine batteries by the SKU", []quoting.Change{setSKU("BAT-B", 9)}, map[string]int{"BAT-B": 9}, map[string]int{"BAT-B": 9}},
		{"a number settles what was said before, by the SKU too", []quoting.Change{addItem("battery", 12), setSKU("BAT-B", 3), setItem("battery", 9)}, map[string]int{"BAT-B": 9}, map[string]int{"BAT-B": 9}},
		{"no batteries", []quoting.Change{removeItem("battery")}, map[string]int{"BAT-B": 0}, map[string]int{"BAT-B": 0}},
		{"no batteries by the SKU", []quoting.Change{removeSKU("BAT-B")}, map[string]int{"BAT-B": 0}, map[string]int{"BAT-B": 0}},
		{"what is not there is taken out without a word", []quoting.Change{removeSKU("BAT-D")}, nil, map[string]int{"BAT-B": 6}},
		{"the larger radio instead", []quoting.Change{swap("SUM-P20U", "SUM-P40U")}, map[string]int{"SUM-P20U": 0, "SUM-P40U": 36}, map[string]int{"SUM-P20U": 0, "SUM-P40U": 54}},
		{"another battery, and nine of it", []quoting.Change{swap("BAT-B", "BAT-C"), setItem("battery", 9)}, map[string]int{"BAT-B": 0, "BAT-C": 9}, map[string]int{"BAT-B": 0, "BAT-C": 9}},
		{"clips by their SKU", []quoting.Change{addSKU("CLIP-2", 36)}, map[string]int{"CLIP-2": 36}, map[string]int{"CLIP-2": 36}},
		{"ten mobiles: six users more, and their antennas", []quoting.Change{setItem("mobile", 10)}, map[string]int{"SUM-P20U": 36, "SUM-M45U": 10, "ANT-MU": 10, "SVC-PROG": 46}, nil},
		{"four portables off", []quoting.Change{{Op: "dec", Item: "portable", Qty: new(4)}}, map[string]int{"SUM-P20U": 32, "SUM-M45U": 4, "SVC-PROG": 36}, nil},
		{"no mobiles", []quoting.Change{removeItem("mobile")}, map[string]int{"SUM-P20U": 36, "SUM-M45U": 0, "SVC-PROG": 36}, nil},
		{"a repeater more", []quoting.Change{addItem("repeater", 1)}, map[string]int{"APX-R50U": 2, "DUP-U": 2}, map[string]int{"APX-R50U": 2}},
		{"a repeater more, without a number", []quoting.Change{{Op: "add", Item: "repeater"}}, map[string]int{"APX-R50U": 2}, map[string]int{"APX-R50U": 2}},
		{"five batteries off 40 users' six, and 60 have more", []quoting.Change{addItem("battery", 2), {Op: "dec", Item: "battery", Qty: new(5)}}, map[string]int{"BAT-B": 1}, map[string]int{"BAT-B": 3}},
		{"a number of repeaters settles their SKU", []quoting.Change{setSKU("APX-R50U", 5), setItem("repeater", 1)}, map[string]int{"APX-R50U": 1}, map[string]int{"APX-R50U": 1}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			now := d.revise(t, plain, tc.changes...)
			later := d.revise(t, now, setField("users", number(60)))
			for i, want := range []map[string]int{tc.at40, tc.at60} {
				got := bill([]quoting.Version{now, later}[i])
				for sku, n := range want {
					if got[sku] != n {
						t.Errorf("%d of %s, want %d", got[sku], sku, n)
					}
				}
			}
		})
	}
}

func TestAChangeToWhatIsNotThereIsRefused(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	plain := d.quote(t, quoting.Request{Users: 40, Sites: 1, Industry: "construction"})
	for name, c := range map[string]quoting.Change{
		"more batteries off than there are":     {Op: "dec", Item: "battery", Qty: new(5)},
		"a swap of what is not there":           swap("BAT-D", "BAT-C"),
		"less of an item that is not there":     {Op: "dec", Item: "headset", Qty: new(1)},
		"less of a SKU that is not there":       {Op: "dec", SKU: "BAT-D", Qty: new(1)},
		"more portables off than there are":     {Op: "dec", Item: "portable", Qty: new(50)},
		"a negative number of a new item":       setItem("headset", -1),
		"a negative number of batteries":        setSKU("BAT-B", -1),
		"a negative number of six-banks":        addSKU("CHG-1B", -1),
		"a six-bank less than none":             {Op: "dec", Item: "charger", Qty: new(7)},
		"an item that is none":                  addItem("flux_capacitor", 1),
		"a SKU that is not in the price list":   addSKU("NO-SUCH", 1),
		"what is worked out by us":              addSKU("FRT-STD", 1),
		"portables without a number":            {Op: "set", Item: "portable"},
		"a repeater without a number":           {Op: "dec", Item: "repeater"},
		"a radio melted":                        {Op: "melt", Item: "portable", Qty: new(1)},
		"a battery of no number":                {Op: "set", Item: "battery"},
		"a swap for nothing":                    {Op: "swap", Item: "battery"},
		"no repeater, perhaps":                  setField("no_repeater", "perhaps"),
		"payment terms that are a number":       setField("payment_terms", number(30)),
		"a price in words":                      {Op: "set", Field: "price", SKU: "BAT-B", Value: "ten"},
		"a deposit raised":                      {Op: "inc", Field: "deposit_pct", Value: number(5)},
		"nothing at all":                        {Op: "set"},
		"months in words":                       setField("term_months", "many"),
		"users melted":                          {Op: "melt", Field: "users", Value: number(5)},
		"a clip swapped for a SKU that is none": swap("BAT-B", "NO-SUCH"),
	} {
		r, err := plain.Request.Apply([]quoting.Change{c}, plain.System)
		if err == nil {
			again := quoting.Version{Request: r}
			err = again.Work(d.policy, d.book)
		} else if !cmp.Equal(r, plain.Request) {
			t.Errorf("%s: refused, and the request is changed all the same", name)
		}
		if sentence, _ := quoting.Sentence(err); !errors.Is(err, quoting.Invalid) || sentence == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := quoting.Size(d.policy, quoting.Request{Items: []quoting.ItemWish{wish("battery", 2)}, Edits: []quoting.Edit{{Op: "remove", SKU: "BAT-B"}}}); !errors.Is(err, quoting.Invalid) {
		t.Errorf("nothing left: %v", err)
	}
}

// TestAnEditThatNoLongerFitsBlocksNothing: a swap of a battery is forgotten when another
// technology takes that battery away; the quote can still be revised.
func TestAnEditThatNoLongerFitsBlocksNothing(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	plain := d.quote(t, quoting.Request{Users: 40, Sites: 1, Industry: "construction"})
	for name, c := range map[string]quoting.Change{
		"a swapped radio": swap("SUM-P20U", "SUM-P40U"), "two antennas off": {Op: "dec", SKU: "ANT-MU", Qty: new(2)}, "half the licences off": {Op: "dec", Item: "coordination", Qty: new(1)},
	} {
		v := d.revise(t, d.revise(t, plain, c), setField("technology", "poc"))
		if v.System.Technology != quoting.PoC || bill(v)["VIS-P60"] != 36 {
			t.Errorf("%s, then PoC: %s, %v", name, v.System.Technology, bill(v))
		}
		if found := open(v, "edit"); len(found) != 1 || found[0].Severity != quoting.Note {
			t.Errorf("%s, then PoC: nothing says that it is not used: %+v", name, v.System.Findings)
		}
	}
}

func TestMoreOffThanThereAreNowIsNotTakenOff(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	v := d.revise(t, d.quote(t, quoting.Request{Users: 60, Sites: 1, Industry: "construction"}), quoting.Change{Op: "dec", Item: "battery", Qty: new(5)})
	if bill(v)["BAT-B"] != 1 {
		t.Errorf("five of six batteries off leave %d", bill(v)["BAT-B"])
	}
	v = d.revise(t, v, setField("users", number(20)))
	if found := open(v, "edit"); bill(v)["BAT-B"] != 2 || len(found) != 1 || found[0].Sentence != "The quote has 2 of battery now, so 5 do not come off." {
		t.Errorf("five of two batteries off leave %d, and it says %+v", bill(v)["BAT-B"], found)
	}
}

func TestVariantsAreChosenAndShownBeside(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		slots quoting.Slots
		want  quoting.Request
	}{
		{"with and without repeaters", quoting.Slots{Alternatives: []string{"with_repeaters", "without_repeaters"}},
			quoting.Request{Users: 40, Technology: quoting.ChooseDMR, Items: []quoting.ItemWish{{Item: "repeater"}}, Beside: []string{"without_repeaters"}}},
		{"without repeaters", quoting.Slots{Alternatives: []string{"without_repeaters"}}, quoting.Request{Users: 40, NoRepeater: true, Beside: []string{}}},
		{"digital or PoC", quoting.Slots{Alternatives: []string{"dmr", "poc"}}, quoting.Request{Users: 40, Technology: quoting.ChooseDMR, Beside: []string{"poc"}}},
		{"rented or bought", quoting.Slots{Alternatives: []string{"rental", "purchase"}}, quoting.Request{Users: 40, RentalWeeks: 1, Beside: []string{"purchase"}}},
		{"bought or rented", quoting.Slots{Alternatives: []string{"purchase", "rental"}}, quoting.Request{Users: 40, Beside: []string{"rental"}}},
		{"the lowest cost", quoting.Slots{Preference: "lowest_cost"}, quoting.Request{Users: 40, Beside: []string{"without_repeaters", "analog", "dmr", "poc"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, quoting.Request{Users: 40}.With(tc.slots)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}
