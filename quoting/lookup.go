package quoting

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Quoted is what one item costs a customer, and no cost of ours.
type Quoted struct {
	Item     Item
	Quantity int // at which Unit holds; at least 1
	Unit     Money
	Extended Money
	Source   PriceSource
	Level    string // name of the price level; empty: a price of the customer's own
	Breaks   []Break
	Stock    StockNow
}

// Break is the price of one unit from a quantity on, up to another.
type Break struct {
	From, To int // To 0: any more
	Price    Money
}

// String is the quantities of the break: "1–9", "100 and more".
func (b Break) String() string {
	switch {
	case b.To == 0:
		return Thousands(b.From) + " and more"
	case b.To == b.From:
		return Thousands(b.From)
	default:
		return Thousands(b.From) + "–" + Thousands(b.To)
	}
}

// LookUp is what a SKU costs a customer (the zero Customer: anybody) at a quantity, of
// which 0 is one. The error is of kind NotFound for a SKU that is not in the book, and of
// kind Invalid where it is not sold or has no price for the customer.
func (b *PriceBook) LookUp(p *Policy, sku string, customer Customer, quantity int) (Quoted, error) {
	item, ok := b.Item(strings.ToUpper(strings.TrimSpace(sku)))
	switch {
	case !ok:
		return Quoted{}, Errorf(NotFound, "%s is not in NetSuite's price list.", sku)
	case item.Inactive && item.ReplacedBy != "":
		return Quoted{}, Errorf(Invalid, "%s is not sold any more; %s has taken its place.", item.SKU, item.ReplacedBy)
	case item.Inactive:
		return Quoted{}, Errorf(Invalid, "%s is not sold any more.", item.SKU)
	case item.Tagged(TagComputed):
		return Quoted{}, Errorf(Invalid, "%s has no price of its own: it is worked out on every quote.", item.SKU)
	case quantity < 0 || quantity > maxPieces:
		return Quoted{}, Errorf(Invalid, "I can quote 1 to %s of an item.", Thousands(maxPieces))
	}
	currency := p.Currency
	if customer.ID != 0 && customer.Currency != "" {
		currency = customer.Currency
	}
	item.Costs = Costs{}
	q := Quoted{Item: item, Quantity: max(quantity, 1), Stock: b.stockNow(item)}
	unit, err := b.UnitPrice(item, customer, currency, q.Quantity)
	if err != nil {
		return q, err
	}
	q.Unit, q.Source = unit.Price, unit.Source
	if unit.Source != FromCustomerPrice {
		q.Level = b.levelName(unit.Level)
		for _, row := range b.at(priceKey{item.ID, unit.Level, currency}) {
			n := len(q.Breaks)
			if n > 0 && q.Breaks[n-1].Price.Equal(row.Price) {
				continue
			}
			if n > 0 {
				q.Breaks[n-1].To = row.From - 1
			}
			q.Breaks = append(q.Breaks, Break{From: row.From, Price: row.Price})
		}
	}
	q.Extended, err = q.Unit.Times(q.Quantity)
	return q, err
}

// Basis says whose price it is: "Base Price", "VIP, the customer's level for the item".
func (q Quoted) Basis() string {
	switch q.Source {
	case FromCustomerPrice:
		return "the customer's own price; no quantity breaks"
	case FromBase, FromLevel:
		return q.Level
	default:
		return q.Level + ", the " + string(q.Source)
	}
}

// Note is what there is of the item, in a few words, beside how many are asked for (0: it
// is not said).
func (s StockNow) Note(quantity int) string {
	if !s.Known {
		return "not kept in stock" + s.lead()
	}
	note := Thousands(s.Available) + " in stock"
	if s.OnOrder > 0 {
		note += ", " + Thousands(s.OnOrder) + " on order"
	}
	switch short := s.Short(quantity); {
	case quantity > 0 && short == 0:
		return note + ": enough for " + Thousands(quantity)
	case short > 0:
		return note + ": " + Thousands(short) + " short of " + Thousands(quantity) + s.lead()
	case s.Available == 0:
		return note + s.lead()
	}
	return note
}

func (s StockNow) lead() string {
	if s.LeadDays == 0 {
		return ""
	}
	return ", " + Count(s.LeadDays, "day") + " to get more"
}

// Vocabulary are the items that people name; see the language of commands.
var Vocabulary = []string{
	"portable", "portable_is", "mobile", "poc_portable", "poc_mobile", "rental_portable", "control_station", "console", "repeater", "site_link", "gateway",
	"trunking_license", "antenna", "duplexer", "power_supply", "ups", "bda", "charger", "charger_single", "charger_6bank", "battery", "speaker_mic", "earpiece", "headset",
	"carry_case", "fcc_license", "coordination", "programming", "install_repeater", "install_mobile", "site_survey", "training", "warranty", "service_plan", "poc_service",
}

// shared are the catalogue's categories in which several items of the vocabulary are: there
// the policy alone says which SKU an item is.
var shared = []string{"license", "link", "labor", "install", "fcc", "rental", "power"}

// Standard is the SKU that an item is quoted as where nothing else is said; empty where
// there is none.
func (p *Policy) Standard(item string) string {
	plain := bill{policy: p, system: System{Technology: DMR}, fleet: p.Fleets[FleetPlain], plant: p.Infrastructure.UHF}
	switch item {
	case "portable_is":
		return p.Fleets[FleetSafe].Portable
	case "poc_portable":
		return p.Fleets[FleetPoC].Portable
	case "poc_mobile":
		return p.Fleets[FleetPoC].Mobile
	case "rental_portable":
		return p.Parts[item]
	case "charger":
		item = "charger_6bank"
	case "trunking_license":
		return p.Infrastructure.TrunkingSingle
	}
	sku, err := plain.part(item)
	if err != nil {
		return ""
	}
	return sku
}

// SKUs are what an item of the vocabulary may be, the standard one first, then its own
// category's before others', by SKU. Those that are not sold any more are among them.
func (b *PriceBook) SKUs(p *Policy, item string) []string {
	standard := p.Standard(item)
	wanted := categories[Scope(item)]
	if wanted == nil {
		wanted = []string{item}
	}
	switch item { // what the scope of a discount holds together
	case "portable_is", "poc_portable", "poc_mobile":
		wanted = []string{item}
	}
	rank := func(i Item) int { return slices.Index(wanted, i.Category) }
	var found []Item
	for _, i := range b.items {
		coarse := slices.Contains(shared, i.Category) && !(item == "trunking_license" && i.SKU == p.Infrastructure.TrunkingMulti)
		if i.SKU == standard || rank(i) >= 0 && !coarse {
			found = append(found, i)
		}
	}
	slices.SortFunc(found, func(x, y Item) int {
		if x.SKU == standard || y.SKU == standard {
			return cmp.Compare(first(x.SKU == standard), first(y.SKU == standard))
		}
		return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(x.SKU, y.SKU))
	})
	skus := make([]string, len(found))
	for i, f := range found {
		skus[i] = f.SKU
	}
	return skus
}

func first(yes bool) int {
	if yes {
		return 0
	}
	return 1
}

// ItemOf is the item of the vocabulary that a SKU is the standard of; empty where it is of
// none.
func (p *Policy) ItemOf(sku string) string {
	for _, item := range Vocabulary {
		if p.Standard(item) == sku {
			return item
		}
	}
	return ""
}

// NearSKUs are the SKUs that are sold and most like one that is not in the book: by the
// letters that differ, then alphabetically.
func (b *PriceBook) NearSKUs(sku string, limit int) []string {
	typed := strings.ToUpper(strings.TrimSpace(sku))
	skus := make([]string, 0, len(b.items))
	distance := map[string]int{}
	for _, i := range b.items {
		if !i.Inactive && !i.Tagged(TagComputed) {
			skus = append(skus, i.SKU)
			distance[i.SKU] = edits(i.SKU, typed)
		}
	}
	slices.SortFunc(skus, func(x, y string) int { return cmp.Or(cmp.Compare(distance[x], distance[y]), cmp.Compare(x, y)) })
	return skus[:min(limit, len(skus))]
}

// edits is how many letters must be changed, added or left out to make one word of another,
// of which only the first 40 count.
func edits(a, b string) int {
	const most = 40
	a, b = a[:min(len(a), most)], b[:min(len(b), most)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		left, diagonal := i+1, i
		for j := range len(b) {
			above := row[j+1]
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, above, left)
			}
			row[j], diagonal, left = left, above, cost
		}
		row[len(b)] = left
	}
	return row[len(b)]
}

// Heading is an item with its name: "SUM-P40U: Summit 40 DMR portable".
func (i Item) Heading() string { return fmt.Sprintf("%s: %s", i.SKU, i.Name) }
