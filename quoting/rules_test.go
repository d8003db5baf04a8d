package quoting_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"radioquote/quoting"
)

// judged is a quote as a sentence, and what the rules say of it.
type judged struct {
	name    string
	request quoting.Request
	changes []quoting.Change
	want    []string // rule and severity, and ", engineering" where it has to look
	buttons []string // of the first finding
}

func quotesWithFindings() []judged {
	of := func(users, sites int, industry quoting.IndustryCode) quoting.Request {
		return quoting.Request{Users: users, Sites: sites, Industry: industry}
	}
	with := func(r quoting.Request, change func(*quoting.Request)) quoting.Request {
		change(&r)
		return r
	}
	builders := of(60, 3, "construction") // a repeater at each of three linked sites
	yard := of(40, 1, "construction")     // one repeater
	crew := of(12, 1, "construction")     // radio to radio
	plant := of(100, 1, "manufacturing")  // two trunked repeaters
	mine := of(40, 1, "oil_gas_mining")   // intrinsically safe
	guards := of(30, 2, "security")       // PoC
	changed := func(c ...quoting.Change) []quoting.Change { return c }
	return []judged{
		{"a usual quote is left alone", builders, nil, nil, nil},

		{"eight radios at two sites: in all, or at each?", of(8, 2, "construction"), nil, []string{"L4 warning"}, []string{"8 is the total", "8 per site"}},
		{"four radios at two sites are few even if it is four at each", of(4, 2, "construction"), nil, []string{"L4 warning"}, []string{"4 is the total", "4 per site"}},
		{"three hundred at each of a hundred sites are more than can be quoted, so that is not offered", of(300, 100, "transportation"), nil, []string{"L4 warning"}, []string{"300 is the total"}},
		{"three radios at one site are few", of(3, 1, "construction"), nil, []string{"L4 warning"}, []string{"3 is the total"}},
		{"three more radios for a customer who has radios are not few", with(of(3, 1, "construction"), func(r *quoting.Request) { r.AddOn = true }), nil, nil, nil},
		{"two hundred at one building site are many", of(200, 1, "construction"), nil, []string{"L5 warning"}, []string{"The sites are right"}},
		{"with a split, the largest site counts", with(of(200, 2, "construction"), func(r *quoting.Request) {
			r.Split = []quoting.SiteUsers{{Site: "HQ", Users: 160}, {Site: "yard", Users: 40}}
		}), nil, []string{"L5 warning"}, []string{"The sites are right"}},

		{"a system of more than eight repeaters a site is engineering's", of(5000, 1, "manufacturing"), nil, []string{"review error, engineering"}, nil},
		{"public safety is engineering's", of(100, 2, "public_safety"), nil, []string{"review error, engineering"}, nil},

		{"one repeater where the calls need two", plant, changed(setItem("repeater", 1)), []string{"L8 warning, engineering"}, []string{"Use 2", "1 are right"}},
		{"three repeaters where one is enough", of(20, 1, "construction"), changed(setItem("repeater", 3)), []string{"L8 warning, engineering"}, []string{"Use 1", "3 are right"}},
		{"twice as many repeaters as needed are engineering's to see", of(20, 1, "construction"), changed(setItem("repeater", 2)), []string{"L8 note, engineering"}, []string{"Use 1"}},
		{"as many repeaters as sizing gives", plant, changed(setItem("repeater", 2)), nil, nil},
		{"a repeater taken off by its SKU counts like one that was named", plant, changed(setSKU("APX-R50U", 1)), []string{"L8 warning, engineering"}, []string{"Use 2", "1 are right"}},

		{"analog radios with GPS", with(of(10, 1, "retail"), func(r *quoting.Request) { r.Features = []string{"gps"} }), nil, []string{"L9 error"}, []string{"Digital instead"}},
		{"analog radios at linked sites", of(30, 3, "retail"), changed(setItem("site_link", 3)), []string{"sites apart note", "L9 error"}, nil},

		{"no repeater for nine acres of floor", with(crew, func(r *quoting.Request) { r.AreaSqft = numberOf("350001") }), nil, []string{"L10 warning"}, []string{"With repeaters", "Radio to radio is enough"}},
		{"the area itself is the limit", with(crew, func(r *quoting.Request) { r.AreaSqft = numberOf("350000") }), nil, nil, nil},
		{"no repeater, as the rep said, for a large floor", with(yard, func(r *quoting.Request) { r.AreaSqft, r.NoRepeater = numberOf("400000"), true }), nil, []string{"L10 warning"}, []string{"With repeaters", "Radio to radio is enough"}},
		{"analog for a large floor", with(of(10, 1, "retail"), func(r *quoting.Request) { r.AreaSqft = numberOf("400000") }), nil, []string{"L10 warning"}, []string{"With repeaters", "Radio to radio is enough"}},
		{"no repeater, as the rep said", with(yard, func(r *quoting.Request) { r.NoRepeater = true }), nil, []string{"L10 note"}, nil},
		{"no repeater means nothing for PoC", with(guards, func(r *quoting.Request) { r.NoRepeater = true }), nil, nil, nil},

		{"a plain battery among intrinsically safe radios", mine, changed(addSKU("BAT-C", 4)), []string{"battery error", "L11 error"}, []string{"BAT-CX instead"}},
		{"a headset among intrinsically safe radios", mine, changed(addItem("headset", 2)), []string{"L11 error"}, []string{"Without AUD-HSET"}},
		{"a plain speaker mic in an intrinsically safe quote of parts", quoting.Request{IntrinsicallySafe: true}, changed(addSKU("AUD-RSMM", 2)), []string{"L11 error"}, []string{"AUD-RSMX instead"}},
		{"a plain portable where intrinsic safety was asked for", with(yard, func(r *quoting.Request) { r.IntrinsicallySafe = true }), changed(addSKU("SUM-P40U", 2)), []string{"L11 error"}, []string{"SUM-P40UX instead"}},
		{"plain accessories beside an intrinsically safe radio", quoting.Request{Industry: "construction"}, changed(addSKU("SUM-P40UX", 2), addSKU("BAT-C", 2)), []string{"battery error", "L11 error"}, []string{"BAT-CX instead"}},

		{"more than five hundred users", of(501, 3, "manufacturing"), nil, []string{"L12 note, engineering"}, nil},
		{"five hundred users", of(500, 3, "manufacturing"), nil, nil, nil},
		{"a signal booster", yard, changed(addItem("bda", 1)), []string{"L12 note, engineering"}, nil},
		{"a town pays no FCC fee", of(40, 1, "government_municipal"), nil, []string{"L12 note"}, []string{"Without the FCC fee"}},
		{"eleven sites with repeaters", of(220, 11, "construction"), nil, []string{"sites note, engineering"}, nil},
		{"ten sites with repeaters", of(200, 10, "construction"), nil, nil, nil},
		{"half as many radios again as users", yard, changed(addSKU("SUM-P20U", 13)), []string{"radios note, engineering"}, nil},
		{"three in ten more radios than users", yard, changed(addSKU("SUM-P20U", 12)), nil, nil},

		{"one six-bank for 36 portables", yard, changed(setItem("charger_6bank", 1)), []string{"L13 warning"}, []string{"Use 6 six-banks", "The chargers are right"}},
		{"three six-banks are half the pockets", yard, changed(setItem("charger_6bank", 3)), nil, nil},
		{"nine six-banks are half too many pockets", yard, changed(setItem("charger_6bank", 9)), nil, nil},
		{"ten six-banks are more", yard, changed(setItem("charger", 10)), []string{"L13 warning"}, []string{"Use 6 six-banks", "The chargers are right"}},
		{"six-banks that were taken off", yard, changed(quoting.Change{Op: "dec", Item: "charger_6bank", Qty: new(5)}), []string{"L13 warning"}, []string{"Use 6 six-banks", "The chargers are right"}},
		{"six-banks named by their SKU", yard, changed(setSKU("CHG-6B", 1)), []string{"L13 warning"}, []string{"Use 6 six-banks", "The chargers are right"}},
		{"single chargers for all beside the six-banks", yard, changed(setItem("charger_single", 36)), []string{"L13 warning"}, []string{"Use 6 six-banks", "The chargers are right"}},
		{"single chargers by their SKU", yard, changed(addSKU("CHG-1B", 36)), []string{"L13 warning"}, []string{"Use 6 six-banks", "The chargers are right"}},
		{"five six-banks for seven portables", of(7, 1, "hospitality"), changed(setItem("charger_6bank", 5)), []string{"L13 warning"}, []string{"Use 1 six-bank", "The chargers are right"}},
		{"a six-bank for three portables", of(3, 1, "retail"), changed(setItem("charger_6bank", 1)), []string{"L13 warning"}, []string{"The chargers are right"}},

		{"repeaters without an antenna", builders, changed(removeItem("antenna")), []string{"L14 error"}, []string{"Add an antenna"}},
		{"repeaters without a feedline, which a surge protector is not", builders, changed(removeSKU("FEED-100")), []string{"L14 error"}, []string{"Add a feedline"}},
		{"repeaters without a power supply, which a UPS is not", builders, changed(removeItem("power_supply")), []string{"L14 error"}, []string{"Add a power supply"}},
		{"repeaters without a duplexer", builders, changed(removeItem("duplexer")), []string{"L14 error"}, []string{"Add a duplexer or combiner"}},
		{"three repeaters a site without a combiner", of(300, 1, "manufacturing"), changed(removeSKU("CMB-4U")), []string{"L14 error"}, []string{"Add a duplexer or combiner"}},
		{"linked repeaters without their licences", builders, changed(removeSKU("APX-LIC-IPSL")), []string{"L14 error"}, []string{"Add a site link licence each"}},
		{"linked repeaters with one licence for three", builders, changed(setItem("site_link", 1)), []string{"L14 error"}, []string{"Add a site link licence each"}},
		{"trunked repeaters without their licences", plant, changed(removeItem("trunking_license")), []string{"L14 error"}, []string{"Add a trunking licence each"}},
		{"trunked repeaters with the licence of linked ones", plant, changed(swap("APX-LIC-TRK1", "APX-LIC-IPSL")), []string{"L14 error"}, []string{"Add a trunking licence each"}},
		{"trunked events at two sites without their licences", of(160, 2, "events"), changed(removeItem("trunking_license")), []string{"L14 error"}, []string{"Add a trunking licence each"}},
		{"a repeater alone, as a part", quoting.Request{Items: []quoting.ItemWish{wish("repeater", 1)}}, nil, nil, nil},
		{"a repeater alone, rented", with(of(20, 1, "events"), func(r *quoting.Request) { r.RentalWeeks = 2 }), nil, nil, nil},

		{"PoC radios without service", guards, changed(removeSKU("VIS-SUB-M")), []string{"L15 error"}, []string{"Service for 30"}},
		{"PoC radios with service for ten", guards, changed(setItem("poc_service", 10)), []string{"L15 error"}, []string{"Service for 30"}},
		{"five PoC radios more by their SKU", guards, changed(addSKU("VIS-P60", 5)), []string{"L15 error"}, []string{"Service for 35"}},
		{"PoC service for radios that are none", yard, changed(addItem("poc_service", 5)), []string{"L15 error"}, []string{"Without the service"}},
		{"PoC service by its SKU for radios that are none", yard, changed(addSKU("VIS-SUB-M", 5)), []string{"L15 error"}, []string{"Without the service"}},
		{"service alone, for radios that are there", quoting.Request{}, changed(addItem("poc_service", 5)), nil, nil},

		{"UHF and VHF radios in one system", yard, changed(addSKU("SUM-P20V", 5)), []string{"L16 warning"}, []string{"Two bands are meant"}},
		{"a VHF antenna at a UHF repeater", yard, changed(swap("ANT-BU", "ANT-BV")), []string{"L16 error"}, []string{"ANT-BU instead"}},
		{"a VHF duplexer and antenna at a UHF repeater", yard, changed(swap("ANT-BU", "ANT-BV"), swap("DUP-U", "DUP-V")), []string{"L16 error"}, []string{"All of one band"}},
		{"a UHF antenna at a VHF repeater", with(yard, func(r *quoting.Request) { r.Band = quoting.VHF }), changed(swap("ANT-BV", "ANT-BU")), []string{"L16 error"}, []string{"ANT-BV instead"}},
		{"UHF radios at a VHF repeater", with(yard, func(r *quoting.Request) { r.Band = quoting.VHF }), changed(swap("SUM-P20V", "SUM-P20U"), swap("SUM-M45V", "SUM-M45U"), swap("ANT-MV", "ANT-MU")), []string{"L16 error"}, nil},
		{"VHF radios at a UHF repeater", yard, changed(swap("SUM-P20U", "SUM-P20V"), swap("SUM-M45U", "SUM-M45V"), swap("ANT-MU", "ANT-MV")), []string{"L16 error"}, nil},

		{"a battery of another family", yard, changed(swap("BAT-B", "BAT-C")), []string{"battery error"}, []string{"BAT-B instead"}},
		{"a charger for other batteries", yard, changed(swap("CHG-6B", "CHG-6C")), []string{"battery error"}, []string{"CHG-6B instead"}},
		{"a single charger for other batteries", yard, changed(addSKU("CHG-1V", 4)), []string{"battery error"}, []string{"CHG-1B instead"}},
		{"a speaker mic with another plug", yard, changed(swap("AUD-RSM2", "AUD-RSMM")), []string{"audio error"}, []string{"AUD-RSM2 instead"}},
		{"an earpiece with another plug", plant, changed(swap("AUD-EARM", "AUD-EAR2")), []string{"audio error"}, []string{"AUD-EARM instead"}},
		{"a headset that is not made for the radio", yard, changed(addItem("headset", 2)), []string{"audio error"}, []string{"Without AUD-HSET"}},
		{"a battery for either of two radios", yard, changed(addSKU("SUM-P15U", 2), addSKU("BAT-D", 2)), nil, nil},

		{"site links and trunking on the same repeaters", plant, changed(addSKU("APX-LIC-IPSL", 2)), []string{"licences error"}, []string{"Without APX-LIC-IPSL"}},
		{"trunking licences on linked repeaters, with radios that do not trunk", builders, changed(addItem("trunking_license", 3)), []string{"licences error", "trunking error"}, []string{"Without APX-LIC-TRKM"}},
		{"a radio that does not trunk", plant, changed(addSKU("SUM-P20U", 2)), []string{"trunking error"}, []string{"SUM-P40U instead"}},
		{"a VHF radio that does not trunk", with(plant, func(r *quoting.Request) { r.Band = quoting.VHF }), changed(addSKU("SUM-P20V", 2)), []string{"trunking error"}, []string{"SUM-P40V instead"}},
		{"a mobile that does not trunk", plant, changed(swap("SUM-M45U", "RDG-M25U")), []string{"trunking error"}, []string{"SUM-M45U instead"}},
		{"PoC radios beside a repeater", yard, changed(addSKU("VIS-P60", 2), addSKU("VIS-SUB-M", 2)), []string{"PoC and repeaters error"}, []string{"Add VIS-GW"}},
		{"PoC radios beside a repeater and a gateway", yard, changed(addSKU("VIS-P60", 2), addSKU("VIS-SUB-M", 2), addSKU("VIS-GW", 1)), nil, nil},
		{"a compact repeater with a duplexer", yard, changed(swap("APX-R50U", "APX-R10U")), []string{"duplexer warning"}, []string{"Without the duplexers", "They are spares"}},
		{"a compact repeater with a duplexer by its SKU", yard, changed(swap("APX-R50U", "APX-R10U"), removeSKU("DUP-U"), addSKU("DUP-U", 1)), []string{"duplexer warning"}, []string{"Without the duplexers", "They are spares"}},
		{"a compact repeater has its own duplexer", yard, changed(swap("APX-R50U", "APX-R10U"), removeItem("duplexer")), nil, nil},
		{"a combiner for one repeater", yard, changed(addSKU("CMB-4U", 1)), []string{"combiner error"}, []string{"Without the combiner"}},
		{"a console at repeaters without IP", yard, changed(addItem("console", 1)), []string{"console error"}, []string{"Without CON-IP1"}},
		{"a console at linked repeaters", builders, changed(addItem("console", 1)), nil, nil},
		{"a P25 radio", yard, changed(addSKU("PAT-P70", 1)), []string{"P25 error"}, []string{"Without PAT-P70"}},

		{"analog sites do not hear each other", of(30, 3, "retail"), nil, []string{"sites apart note"}, nil},
		{"old radios are taken back", with(builders, func(r *quoting.Request) { r.TradeIn = true }), nil, []string{"trade-in warning"}, []string{"The credit is agreed apart"}},
		{"a total over the budget", with(builders, func(r *quoting.Request) { r.Terms.Budget = numberOf("40000") }), nil, []string{"budget warning"}, []string{"Down to $40,000.00", "Over budget, and they know"}},
		{"a total within the budget", with(builders, func(r *quoting.Request) { r.Terms.Budget = numberOf("90000") }), nil, nil, nil},
		{"a price that was set", builders, changed(quoting.Change{Op: "set", Field: "price", SKU: "SUM-P20U", Value: number(340)}), []string{"locked price note"}, []string{"Re-price to $350.35"}},
		{"a price that was set for what is not on the quote", builders, changed(quoting.Change{Op: "set", Field: "price", SKU: "BAT-D", Value: number(50)}), []string{"locked price note"}, []string{"Forget it"}},
	}
}

func (j judged) quote(t *testing.T, d dealer) quoting.Version {
	t.Helper()
	v := quoting.Version{Request: j.request}
	if j.request.Users > 0 {
		v = d.work(t, v)
	}
	return d.revise(t, v, j.changes...)
}

func TestTheRulesLookAtTheWholeQuote(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	for _, tc := range quotesWithFindings() {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v := tc.quote(t, d)
			var got, buttons []string
			for _, f := range v.System.Findings {
				text := f.Rule + " " + string(f.Severity)
				if f.Engineering {
					text += ", engineering"
				}
				got = append(got, text)
				if f.Sentence == "" || !strings.HasSuffix(strings.TrimSuffix(f.Sentence, "?"), ".") && !strings.HasSuffix(f.Sentence, "?") {
					t.Errorf("%s says %q", f.Rule, f.Sentence)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("findings: -want +got\n%s%+v", diff, v.System.Findings)
			}
			if len(v.System.Findings) > 0 {
				for _, r := range v.System.Findings[0].Remedies {
					buttons = append(buttons, r.Title)
				}
			}
			if diff := cmp.Diff(tc.buttons, buttons); tc.buttons != nil && diff != "" {
				t.Errorf("buttons: -want +got\n%s", diff)
			}
		})
	}
}

// TestEveryButtonMendsWhatItStandsBeside presses every button of every finding: its changes
// apply, the quote can be sized and priced again, and there is one finding less of the rule.
func TestEveryButtonMendsWhatItStandsBeside(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	for _, tc := range quotesWithFindings() {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v := tc.quote(t, d)
			for _, f := range v.System.Findings {
				for _, remedy := range f.Remedies {
					after := d.revise(t, v, remedy.Changes...)
					if before, left := open(v, f.Rule), open(after, f.Rule); len(left) >= len(before) {
						t.Errorf("after %q it still says %+v", remedy.Title, left)
					}
				}
			}
		})
	}
}

func TestAReasonPassesOverARuleAndAsksEngineering(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	for _, tc := range quotesWithFindings() {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v := tc.quote(t, d)
			for _, f := range v.System.Findings {
				if f.Severity != quoting.Blocking {
					continue
				}
				after := d.revise(t, v, quoting.Change{Op: "override", Field: f.Rule, Value: "the customer has it already"})
				blocks := slices.ContainsFunc(after.Blocking(), func(g quoting.Finding) bool { return g.Rule == f.Rule })
				asked := slices.ContainsFunc(after.Approvals, func(n quoting.ApprovalNeed) bool {
					return n.Branch == quoting.EngineeringBranch && n.Role == quoting.Engineering && n.Rule == f.Rule
				})
				if f.MayOverride == blocks || f.MayOverride != asked {
					t.Errorf("%s, may be passed over: %t; with a reason it blocks: %t, engineering is asked: %t", f.Rule, f.MayOverride, blocks, asked)
				}
				if !slices.ContainsFunc(v.Blocking(), func(g quoting.Finding) bool { return g.Rule == f.Rule }) {
					t.Errorf("%s does not block without a reason", f.Rule)
				}
				back := d.revise(t, after, quoting.Change{Op: "override", Field: f.Rule, Value: ""})
				if len(back.Blocking()) != len(v.Blocking()) {
					t.Errorf("%s stays passed over after the reason was taken back", f.Rule)
				}
			}
		})
	}
}

func TestIntrinsicSafetyAndAReviewAreNeverPassedOver(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	for _, tc := range quotesWithFindings() {
		for _, f := range tc.quote(t, d).System.Findings {
			if (f.Rule == "L11" || f.Rule == "review") && f.MayOverride {
				t.Errorf("%s: %s may be passed over", tc.name, f.Rule)
			}
		}
	}
}

func TestAnOverrideNeedsAReasonInWords(t *testing.T) {
	t.Parallel()
	before := quoting.Request{Users: 8, Sites: 2, Industry: "construction"}
	for name, change := range map[string]quoting.Change{
		"no rule":   {Op: "override", Value: "it is right"},
		"no words":  {Op: "override", Field: "L4", Value: true},
		"no reason": {Op: "override", Field: "L4"},
	} {
		got, err := before.Apply([]quoting.Change{change}, quoting.System{})
		if sentence, _ := quoting.Sentence(err); quoting.KindOf(err) != quoting.Invalid || sentence == "" || !cmp.Equal(got, before) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// TestJudgingDoesNotDependOnTheWayThere makes the same lines in several ways.
func TestJudgingDoesNotDependOnTheWayThere(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	yard := quoting.Request{Users: 40, Sites: 1, Industry: "construction"}
	plant := quoting.Request{Users: 100, Sites: 1, Industry: "manufacturing"}
	for _, tc := range []struct {
		name    string
		request quoting.Request
		ways    [][]quoting.Change
	}{
		{"one six-bank: named, by its SKU, five off, all but one taken off and put back", yard, [][]quoting.Change{
			{setItem("charger_6bank", 1)}, {setSKU("CHG-6B", 1)}, {{Op: "dec", Item: "charger", Qty: new(5)}}, {removeSKU("CHG-6B"), addSKU("CHG-6B", 1)}, {removeItem("charger"), addItem("charger", 1)},
		}},
		{"another battery: swapped by its SKU or by its name, or taken out and put in", yard, [][]quoting.Change{
			{swap("BAT-B", "BAT-C")}, {{Op: "swap", Item: "battery", Value: "BAT-C"}}, {removeItem("battery"), addSKU("BAT-C", 4)}, {addSKU("BAT-C", 4), removeSKU("BAT-B")},
		}},
		{"no licences: by name, by number, by SKU", plant, [][]quoting.Change{
			{removeItem("trunking_license")}, {setItem("trunking_license", 0)}, {removeSKU("APX-LIC-TRK1")}, {setSKU("APX-LIC-TRK1", 0)},
		}},
		{"more users and another industry, in either order", yard, [][]quoting.Change{
			{setField("users", number(300)), setField("industry", "manufacturing")}, {setField("industry", "manufacturing"), setField("users", number(300))},
			{setField("industry", "manufacturing"), {Op: "inc", Field: "users", Value: number(260)}},
		}},
		{"no repeater: said so, or none of the item", yard, [][]quoting.Change{{setField("no_repeater", true)}, {setItem("repeater", 0)}, {removeItem("repeater")}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			first := d.revise(t, d.quote(t, tc.request), tc.ways[0]...)
			for _, way := range tc.ways[1:] {
				v := d.revise(t, d.quote(t, tc.request), way...)
				if diff := cmp.Diff(bill(first), bill(v)); diff != "" {
					t.Errorf("%+v gives other lines: -want +got\n%s", way, diff)
				}
				strip := func(found []quoting.Finding) []quoting.Finding {
					found = slices.Clone(found)
					for i := range found {
						found[i].Remedies = nil
					}
					return found
				}
				if diff := cmp.Diff(strip(first.System.Findings), strip(v.System.Findings)); diff != "" {
					t.Errorf("%+v is judged otherwise: -want +got\n%s", way, diff)
				}
			}
		})
	}
}

func TestWhatIsNotInStockIsSaidWithWhenItComes(t *testing.T) {
	t.Parallel()
	c := demoCatalogue(t)
	set := func(sku, available, onOrder string, lead int) {
		for i := range c.Items {
			if c.Items[i].SKU != sku {
				continue
			}
			c.Items[i].LeadDays = lead
			c.Stock = slices.DeleteFunc(c.Stock, func(s quoting.Stock) bool { return s.Item == c.Items[i].ID })
			if available != "" {
				c.Stock = append(c.Stock, quoting.Stock{Item: c.Items[i].ID, Available: exactly(available).Decimal, OnOrder: exactly(onOrder).Decimal})
			}
		}
	}
	set("SUM-P20U", "30", "100", 14)
	set("BAT-B", "3", "0", 0)
	set("CHG-6B", "-2", "5", 0)
	set("AUD-RSM2", "", "", 30)
	d := dealer{demoPolicy(t), bookOf(t, c)}
	v := d.quote(t, quoting.Request{Users: 40, Sites: 1, Industry: "construction"})
	var got []string
	for _, f := range v.System.Findings {
		got = append(got, f.Rule+": "+f.Sentence)
		if engineering := f.Rule == "non-stock"; f.Severity != quoting.Note || f.Engineering != engineering {
			t.Errorf("%+v", f)
		}
	}
	want := []string{
		"non-stock: AUD-RSM2 is not kept in stock.",
		"stock: Not all in stock: 6 of SUM-P20U (100 on order, 14 days); 6 of CHG-6B (5 on order); 1 of BAT-B.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if l := v.Priced.Lines[0]; !l.Stock.Known || l.Stock.Short(l.Units) != 6 || l.Stock.Short(30) != 0 {
		t.Errorf("the stock of %s is %+v", l.SKU, l.Stock)
	}
}
