package simulator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/govalues/decimal"
)

// opening is when the demo company's records were last changed.
var opening = time.Date(2026, time.October, 1, 8, 0, 0, 0, time.UTC)

// listing is a line of the catalogue.
type listing struct {
	SKU            string `json:"sku"`
	Type           string `json:"ns_type"`
	Category       string `json:"category"`
	Description    string `json:"description"`
	List           string `json:"list"`
	Cost           string `json:"cost"`
	Group          string `json:"break_group"`
	Tags           string `json:"tags"`
	ReplacedBy     string `json:"replaced_by"`
	OnlySubsidiary int64  `json:"only_subsidiary"`
	Inactive       bool   `json:"inactive"`
}

func readCatalogue() ([]listing, error) {
	rows, err := readCSV("catalogue.csv", catalogueCSV)
	if err != nil {
		return nil, err
	}
	var all []listing
	for _, r := range rows {
		all = append(all, listing{
			SKU: r["sku"], Type: r["ns_type"], Category: r["category"], Description: r["description"],
			List: r["list_usd"], Cost: r["cost_usd"], Group: r["break_group"], Tags: r["tags"],
		})
	}
	return all, nil
}

// generated is the nth item made for load runs. Group A has five breaks, so each gives 20 rows.
func generated(n int) listing {
	return listing{
		SKU: fmt.Sprintf("GEN-%05d", n+1), Type: "Inventory", Category: "generated",
		Description: fmt.Sprintf("Generated item %d", n+1),
		List:        fmt.Sprintf("%d.%02d", 10+n%990, n%100), Cost: fmt.Sprintf("%d", 5+n%500),
		Group: "A", Tags: "any",
	}
}

// list adds an item and its price matrix: list × level × break, rounded once.
func (c *company) list(id int64, l listing) error {
	it := &item{
		id: id, sku: l.SKU, description: l.Description, category: l.Category, tags: l.Tags,
		replacedBy: l.ReplacedBy, subsidiary: l.OnlySubsidiary, inactive: l.Inactive, mode: ByLineQuantity, modified: opening,
	}
	for i := range c.groups {
		if c.groups[i].Code == l.Group {
			it.group = &c.groups[i]
		}
	}
	if it.group == nil {
		return fmt.Errorf("no pricing group %q", l.Group)
	}
	list, err := parseNumber(l.List)
	if err != nil {
		return fmt.Errorf("list price: %w", err)
	}
	cost, err := parseNumber(l.Cost)
	if err != nil {
		return fmt.Errorf("cost: %w", err)
	}
	if err := it.setKind(l.Type, cost); err != nil {
		return err
	}
	c.items = append(c.items, it)
	tags := strings.Split(l.Tags, ";")
	fixed := slices.Contains(tags, "passthrough") || slices.Contains(tags, "computed")
	for _, level := range c.levels {
		off := level.PercentOff
		if fixed || level.OnlyGroup != "" && level.OnlyGroup != l.Group {
			off = 0
		}
		for _, b := range it.group.Breaks {
			unit, err := discounted(list, off, b.PercentOff)
			if err != nil {
				return fmt.Errorf("price at level %s from %d: %w", level.Name, b.From, err)
			}
			c.addPrice(it.id, level.ID, b.From, unit)
		}
	}
	return nil
}

// setKind says what kind of item it is and puts its cost where NetSuite keeps it for that kind.
// A purchase price that is not the one to use differs from it, so that a reader that takes the
// wrong column is caught.
func (it *item) setKind(nsType string, cost decimal.Decimal) error {
	older, err := cost.Add(decimal.One)
	if err != nil {
		return fmt.Errorf("cost: %w", err)
	}
	switch nsType {
	case "Inventory":
		it.kind, it.averageCost, it.lastPurchase, it.cost = "InvtPart", &cost, &older, &older
	case "NonInventory":
		it.kind, it.subtype, it.lastPurchase, it.cost = "NonInvtPart", "Resale", &cost, &older
	case "Service":
		it.kind, it.subtype, it.cost = "Service", "Sale", &cost
	case "OtherCharge":
		it.kind, it.subtype, it.cost = "OthCharge", "Sale", &cost
	case "Kit":
		it.kind, it.cost = "Kit", &cost
	default:
		return fmt.Errorf("unknown item type %q", nsType)
	}
	return nil
}

// discounted takes two whole percentages off a price and rounds the result, once, to the cent.
func discounted(list decimal.Decimal, level, quantity int64) (decimal.Decimal, error) {
	kept, err := decimal.New((100-level)*(100-quantity), 4)
	if err != nil {
		return decimal.Decimal{}, fmt.Errorf("discount: %w", err)
	}
	price, err := product(list, kept)
	if err != nil {
		return decimal.Decimal{}, err
	}
	return halfUp.round(price, cents)
}
