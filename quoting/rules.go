package quoting

import (
	"fmt"
	"slices"
	"strings"

	"github.com/govalues/decimal"
)

// Judge holds the rules against a whole quote as it now stands, whatever was changed last:
// what does not make sense, is not complete, or does not fit together, each with its
// sentence and the buttons that mend it. What cannot be sized or priced at all is an error
// of Size or Price before it comes here.
func Judge(p *Policy, book *PriceBook, r Request, s System, priced Priced) []Finding {
	industry, err := r.industry(p)
	if err != nil || s.Review != "" {
		return reviewFindings(s)
	}
	j := judge{policy: p, book: book, request: r, industry: industry, system: s, parts: partsOf(book, priced.Lines)}
	j.size()
	j.repeaters()
	j.chargers()
	j.complete()
	j.compatible()
	j.forEngineering()
	j.money(priced)
	for _, sentence := range s.Unused {
		j.find("edit", Note, sentence)
	}
	for i, f := range j.found {
		if reason := r.overridden(f.Rule); reason != "" && (f.MayOverride || f.Severity != Blocking) {
			j.found[i].Overridden = reason
			j.found[i].Engineering = f.Engineering || f.MayOverride
		}
	}
	return j.found
}

// reviewFindings says that engineering designs the system; there is nothing else to judge.
func reviewFindings(s System) []Finding {
	if s.Review == "" {
		return nil
	}
	return []Finding{{Rule: "review", Severity: Blocking, Sentence: s.Review, Engineering: true}}
}

// part is a line with what the catalogue says of its item.
type part struct {
	Line
	item Item
}

func partsOf(book *PriceBook, lines []Line) []part {
	parts := make([]part, 0, len(lines))
	for _, l := range lines {
		item, _ := book.Item(l.SKU)
		parts = append(parts, part{l, item})
	}
	return parts
}

// values are those of a tag with several: "batt=A,B,D" has A, B and D.
func (i Item) values(tag string) []string {
	for _, t := range i.Tags {
		if list, ok := strings.CutPrefix(t, tag+"="); ok {
			return strings.Split(list, ",")
		}
	}
	return nil
}

// judge collects findings.
type judge struct {
	policy   *Policy
	book     *PriceBook
	request  Request
	industry Industry
	system   System
	parts    []part
	found    []Finding
}

func (j *judge) find(rule string, severity Severity, sentence string, remedies ...Remedy) *Finding {
	j.found = append(j.found, Finding{Rule: rule, Severity: severity, Sentence: sentence, Remedies: remedies})
	return &j.found[len(j.found)-1]
}

// count is how many pieces the lines of some categories have.
func (j *judge) count(categories ...string) int {
	n := 0
	for _, p := range j.parts {
		if slices.Contains(categories, p.Category) {
			n += p.Units
		}
	}
	return n
}

// whole says whether the request is of a whole system, which has to be complete.
func (j *judge) whole() bool {
	return !j.request.Parts() && !j.request.AddOn && j.request.RentalWeeks == 0
}

func override(rule, title string) Remedy {
	return Remedy{Title: title, Changes: []Change{{Op: "override", Field: rule, Value: title}}}
}

// without takes lines out.
func without(title string, skus ...string) Remedy {
	remedy := Remedy{Title: title}
	for _, sku := range skus {
		remedy.Changes = append(remedy.Changes, Change{Op: "remove", SKU: sku})
	}
	return remedy
}

func instead(sku, of string) Remedy {
	return Remedy{Title: sku + " instead", Changes: []Change{{Op: "swap", SKU: of, Value: sku}}}
}

func setTo(title, field string, value any) Remedy {
	return Remedy{Title: title, Changes: []Change{{Op: "set", Field: field, Value: value}}}
}

// size is rules L4, L5 and L10, and what a system without links means.
func (j *judge) size() {
	r, s := j.request, j.system
	if r.Parts() {
		return
	}
	sites, a, trade := r.sites(), s.UsersPerSite, lowerFirst(j.industry.Name)
	simplex := s.Technology == AnalogSimplex || s.Technology == DMRSimplex
	switch {
	case r.AddOn:
	case a < j.industry.UsersASite.Low && sites > 1:
		f := j.find("L4", Warning, fmt.Sprintf("Is %s the total, or per site? %s a site is few for %s.", Thousands(r.Users), Count(a, "radio"), trade),
			override("L4", Thousands(r.Users)+" is the total"))
		if r.Users*sites <= j.policy.Sizing.MaxUsers {
			perSite := setTo(Thousands(r.Users)+" per site", "users", r.Users*sites)
			if r.Users < j.industry.UsersASite.Low { // few all the same, and answered
				perSite.Changes = append(perSite.Changes, override("L4", perSite.Title).Changes...)
			}
			f.Remedies = append(f.Remedies, perSite)
		}
	case a < j.industry.UsersASite.Low:
		j.find("L4", Warning, fmt.Sprintf("%s at a site is few for %s. Is %s the total?", Count(a, "radio"), trade, Thousands(r.Users)),
			override("L4", Thousands(r.Users)+" is the total"))
	case a > j.industry.UsersASite.High:
		j.find("L5", Warning, fmt.Sprintf("%s at one site is many for %s. Are there more sites?", Count(a, "radio"), trade), override("L5", "The sites are right"))
	}
	if s.Technology == AnalogSimplex && sites > 1 {
		j.find("sites apart", Note, fmt.Sprintf("Analog radio to radio: the %d sites do not hear each other.", sites))
	}
	limit := decimal.MustNew(int64(j.policy.Rules.SimplexSqft), 0)
	if simplex && r.AreaSqft != nil && r.AreaSqft.Cmp(limit) > 0 {
		j.find("L10", Warning, fmt.Sprintf("%s sq ft is a lot to cover without a repeater; over %s one is usual.", r.AreaSqft.Trim(0), Thousands(j.policy.Rules.SimplexSqft)),
			setTo("With repeaters", "no_repeater", false), override("L10", "Radio to radio is enough"))
	} else if r.NoRepeater && simplex {
		j.find("L10", Note, "No repeater, as you said: radios reach each other directly, about as far as one can see.")
	}
	if r.TradeIn {
		j.find("trade-in", Warning, "No credit for old radios is in this price. Agree it with your manager before you send it.", override("trade-in", "The credit is agreed apart")).Commercial = true
	}
}

// repeaters is rule L8: repeaters that the rep named, by the item or by lines, against the
// computed number.
func (j *judge) repeaters() {
	s, sites := j.system, j.request.sites()
	named, sized := j.count("repeater", "repeater_compact"), s.SizedRepeaters*sites
	if s.SizedRepeaters == 0 {
		sized = s.RepeatersPerSite * sites
	}
	if j.request.RentalWeeks > 0 || sized == 0 || named == sized {
		return
	}
	use := Remedy{Title: fmt.Sprintf("Use %d", sized), Changes: []Change{{Op: "set", Item: "repeater", Qty: &sized}}}
	off := abs(named-sized)*100 > sized*j.policy.Approval.Engineering.OffSized
	switch {
	case named < sized:
		f := j.find("L8", Warning, fmt.Sprintf("%s carry fewer calls than %s need: %s talk paths take %d repeaters.",
			Count(named, "repeater"), Count(j.request.Users, "radio"), Thousands(s.TalkPaths), sized), use, override("L8", fmt.Sprintf("%d are right", named)))
		f.Engineering = off
	case named > sized*j.policy.Rules.RepeatersHigh:
		f := j.find("L8", Warning, fmt.Sprintf("%s are over twice the %d that %s need.", Count(named, "repeater"), sized, Count(j.request.Users, "radio")),
			use, override("L8", fmt.Sprintf("%d are right", named)))
		f.Engineering = off
	case off:
		f := j.find("L8", Note, fmt.Sprintf("%s, where sizing gives %d.", Count(named, "repeater"), sized), use)
		f.Engineering = true
	}
}

// chargers is rule L13: the pockets of chargers that the rep named, by the item or by lines,
// against the portables.
func (j *judge) chargers() {
	portables, limits := j.system.Portables, j.policy.Rules
	each := j.policy.Sizing.ChargerPockets
	pockets := j.count("charger_6bank")*each + j.count("charger_single")
	if portables == 0 || !j.chargersNamed() || pockets*100 >= portables*limits.PocketsLow && pockets*100 <= portables*limits.PocketsHigh {
		return
	}
	right := min(ceilDiv(portables, each), portables*limits.PocketsHigh/100/each)
	var remedies []Remedy
	if right > 0 {
		use := Remedy{Title: "Use " + Count(right, "six-bank")}
		for _, l := range j.system.Lines {
			if l.Item != "charger_6bank" && j.isCharger(l.SKU) {
				use.Changes = append(use.Changes, Change{Op: "remove", SKU: l.SKU})
			}
		}
		use.Changes = append(use.Changes, Change{Op: "set", Item: "charger_6bank", Qty: &right})
		remedies = append(remedies, use)
	}
	j.find("L13", Warning, fmt.Sprintf("%s of chargers for %s.", Count(pockets, "pocket"), Count(portables, "portable")),
		append(remedies, override("L13", "The chargers are right"))...)
}

func (j *judge) chargersNamed() bool {
	return slices.ContainsFunc(j.request.Items, func(w ItemWish) bool { return strings.HasPrefix(w.Item, "charger") && w.Qty != nil }) ||
		slices.ContainsFunc(j.request.Edits, func(e Edit) bool {
			return e.Op != "swap" && (strings.HasPrefix(e.Item, "charger") || j.isCharger(e.SKU))
		})
}

func (j *judge) isCharger(sku string) bool {
	item, _ := j.book.Item(sku)
	return strings.HasPrefix(item.Category, "charger")
}

// complete is rules L14 and L15.
func (j *judge) complete() {
	radios, service := j.count("poc_portable", "poc_mobile"), 0
	for _, p := range j.parts {
		if p.item.Tagged("monthly") && p.item.Tagged("poc") && p.SKU == j.policy.Services.PoCMonth {
			service += p.Units
		}
	}
	switch {
	case radios > service:
		f := j.find("L15", Blocking, fmt.Sprintf("%s need service by the month, and there is service for %s.", Count(radios, "PoC radio"), Thousands(service)),
			Remedy{Title: "Service for " + Thousands(radios), Changes: []Change{{Op: "set", Item: "poc_service", Qty: &radios}}})
		f.MayOverride = j.request.AddOn || j.request.Parts()
	case service > 0 && radios == 0 && !j.request.AddOn && !j.request.Parts():
		j.find("L15", Blocking, "There is PoC service and no PoC radio to use it.", without("Without the service", j.policy.Services.PoCMonth))
	}
	repeaters := j.count("repeater", "repeater_compact")
	if repeaters == 0 || !j.whole() {
		return
	}
	large := j.count("repeater")
	i, sites := j.policy.Infrastructure, j.request.sites()
	for _, need := range []struct {
		item, category, name string
		besides              string // of the category, and something else
	}{
		{"antenna", "antenna", "an antenna", ""}, {"feedline", "feedline", "a feedline", i.SurgeProtector}, {"power_supply", "power", "a power supply", i.UPS},
	} {
		if j.baseParts(need.category, need.besides) == 0 {
			j.missing(need.name, Change{Op: "set", Item: need.item, Qty: &sites})
		}
	}
	if large > 0 && j.count("duplexer", "combiner") == 0 {
		if j.system.RepeatersPerSite >= 3 && j.plant().Combiner != "" {
			combiners := ceilDiv(j.system.RepeatersPerSite, i.RepeatersACombiner) * sites
			j.missing("a duplexer or combiner", Change{Op: "set", SKU: j.plant().Combiner, Qty: &combiners})
		} else {
			j.missing("a duplexer or combiner", Change{Op: "set", Item: "duplexer", Qty: &large})
		}
	}
	switch j.system.Mode {
	case LinkedConventional:
		j.licensed("a site link licence each", "site_link", i.SiteLink, repeaters)
	case SingleSiteTrunk:
		j.licensed("a trunking licence each", "trunking_license", i.TrunkingSingle, repeaters)
	case MultiSiteTrunk:
		j.licensed("a trunking licence each", "trunking_license", i.TrunkingMulti, repeaters)
	case ConventionalRepeater:
	}
}

// licensed holds that each repeater has its licence. One of another kind in its place is
// swapped for it.
func (j *judge) licensed(name, item, sku string, repeaters int) {
	there := 0
	var changes []Change
	for _, p := range j.parts {
		switch {
		case p.SKU == sku:
			there += p.Units
		case p.Category == "license":
			changes = append(changes, Change{Op: "swap", SKU: p.SKU, Value: sku})
		}
	}
	if there < repeaters {
		j.missing(name, append(changes, Change{Op: "set", Item: item, Qty: &repeaters})...)
	}
}

// plant is what sites are built of in the band that was asked for.
func (j *judge) plant() BandPlant {
	if j.request.Band == VHF {
		return j.policy.Infrastructure.VHF
	}
	return j.policy.Infrastructure.UHF
}

// baseParts counts what stands at a site: antennas of vehicles are none.
func (j *judge) baseParts(category, besides string) int {
	n := 0
	for _, p := range j.parts {
		if p.Category == category && p.SKU != besides && !p.item.Tagged("mobile") {
			n += p.Units
		}
	}
	return n
}

func (j *judge) missing(what string, changes ...Change) {
	f := j.find("L14", Blocking, fmt.Sprintf("The repeaters have no %s. The system would not work.", strings.TrimPrefix(strings.TrimPrefix(what, "an "), "a ")),
		Remedy{Title: "Add " + what, Changes: changes})
	f.MayOverride = true
}

// forEngineering is rule L12 and what else makes engineering look.
func (j *judge) forEngineering() {
	s, limits := j.system, j.policy.Approval.Engineering
	ask := func(rule, format string, args ...any) {
		j.find(rule, Note, fmt.Sprintf(format, args...)).Engineering = true
	}
	if j.request.Users > limits.Users {
		ask("L12", "Engineering looks at systems of more than %s radios.", Thousands(limits.Users))
	}
	if n := j.count("bda"); n > 0 {
		ask("L12", "Engineering looks at signal boosters.")
	}
	if s.RepeatersPerSite > 0 && j.request.sites() > limits.LinkedSites {
		ask("sites", "Engineering looks at systems with repeaters at more than %d sites.", limits.LinkedSites)
	}
	radios := j.count(append(slices.Clone(categories["mobile"]), categories["portable"]...)...)
	if users := j.request.Users; users > 0 && j.request.RentalWeeks == 0 && abs(radios-users)*100 > users*limits.OffSized {
		ask("radios", "The lines have %s for %s.", Count(radios, "radio"), Count(users, "user"))
	}
	var special []string
	for _, p := range j.parts {
		if p.Type == Inventory && !p.Stock.Known {
			special = append(special, p.SKU)
		}
	}
	if len(special) > 0 {
		ask("non-stock", "%s is not kept in stock.", strings.Join(special, ", "))
	}
	if code := j.request.Industry; (code == "government_municipal" || code == "public_safety") && j.count("fcc") > 0 {
		if sku := j.policy.Services.LicenceApplication; slices.ContainsFunc(j.parts, func(p part) bool { return p.SKU == sku }) {
			j.find("L12", Note, "Government licensees are exempt from the FCC's application fee.", Remedy{Title: "Without the FCC fee", Changes: []Change{{Op: "remove", Item: "fcc_license"}}})
		}
	}
}

// money is the budget, and locked prices that the price list has left behind.
func (j *judge) money(priced Priced) {
	terms := j.request.Terms
	if terms.Budget != nil {
		budget := Money{Amount: terms.Budget.Decimal, Currency: priced.Currency}
		if over, err := priced.Total.Sub(budget); err == nil && over.Amount.IsPos() {
			j.find("budget", Warning, fmt.Sprintf("The total is %s over the budget of %s.", over.Display(), budget.Display()),
				setTo("Down to "+budget.Display(), "target_total_max", *terms.Budget), override("budget", "Over budget, and they know")).Commercial = true
		}
	}
	for _, l := range priced.Lines {
		if l.Locked && !l.Unit.Equal(l.Book) {
			j.find("locked price", Note, fmt.Sprintf("%s stays at %s, as you set it; the price list says %s.", l.SKU, l.Unit.Display(), l.Book.Display()),
				Remedy{Title: "Re-price to " + l.Book.Display(), Changes: []Change{{Op: "set", Field: "price", SKU: l.SKU}}}).Commercial = true
		}
	}
	for _, locked := range terms.Locked {
		if !slices.ContainsFunc(priced.Lines, func(l Line) bool { return l.SKU == locked.SKU }) {
			j.find("locked price", Note, fmt.Sprintf("The price of %s that you set is not used: there is none on the quote.", locked.SKU),
				Remedy{Title: "Forget it", Changes: []Change{{Op: "set", Field: "price", SKU: locked.SKU}}}).Commercial = true
		}
	}
	j.stock(priced.Lines)
}

// stock names in one note what is not all there, and when it would be.
func (j *judge) stock(lines []Line) {
	var short []string
	for _, l := range lines {
		if missing := l.Stock.Short(l.Units); l.Type == Inventory && l.Stock.Known && missing > 0 && l.Months == 0 && l.Weeks == 0 {
			short = append(short, l.Stock.missing(l.SKU, missing))
		}
	}
	if len(short) > 0 {
		j.find("stock", Note, "Not all in stock: "+strings.Join(short, "; ")+".")
	}
}

// missing is how much of a line is not in stock, and when it would be.
func (s StockNow) missing(sku string, short int) string {
	text := Thousands(short) + " of " + sku
	var when []string
	if s.OnOrder > 0 {
		when = append(when, Thousands(s.OnOrder)+" on order")
	}
	if s.LeadDays > 0 {
		when = append(when, Count(s.LeadDays, "day"))
	}
	if len(when) > 0 {
		text += " (" + strings.Join(when, ", ") + ")"
	}
	return text
}
