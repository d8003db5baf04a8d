package simulator

import (
	"fmt"

	"github.com/govalues/decimal"
)

// QuantityMode says which quantity decides the break of a line (Oracle help section_N2183677).
type QuantityMode string

// The modes, as item.overallquantitypricingtype names them.
const (
	ByLineQuantity            QuantityMode = "BY_LINE_QUANTITY"
	ByOverallItemQuantity     QuantityMode = "BY_OVERALL_ITEM_QUANTITY"     // of all lines of the item
	ByOverallParentQuantity   QuantityMode = "BY_OVERALL_PARENT_QUANTITY"   // of all lines of items with the same parent
	ByOverallScheduleQuantity QuantityMode = "BY_OVERALL_SCHEDULE_QUANTITY" // of all lines of items with the same schedule
)

// rateDecimals is the precision of a rate that is computed, not listed.
const rateDecimals = 8

// schedule is the id of the item's quantity pricing schedule, 0 where it has one price only.
// Every pricing group of the demo company has a schedule of its own.
func (it *item) schedule() int64 {
	if len(it.group.Breaks) < 2 {
		return 0
	}
	return it.group.ID
}

// quantity is what decides the break of a line.
func (b basket) quantity(at int) (decimal.Decimal, error) {
	line := b.lines[at]
	total := decimal.Zero
	for i, other := range b.lines {
		if i != at && (other.item == nil || !line.item.countsWith(other.item)) {
			continue
		}
		var err error
		if total, err = total.Add(other.quantity); err != nil {
			return decimal.Decimal{}, fmt.Errorf("overall quantity: %w", err)
		}
	}
	return total, nil
}

// countsWith reports that another line's quantity counts for a line of it.
func (it *item) countsWith(other *item) bool {
	switch it.mode {
	case ByOverallItemQuantity:
		return other.id == it.id
	case ByOverallParentQuantity:
		return other.id == it.id || it.parent != 0 && other.parent == it.parent
	case ByOverallScheduleQuantity:
		return other.id == it.id || it.schedule() != 0 && other.schedule() == it.schedule()
	case ByLineQuantity:
	}
	return false
}

// blended is the average price of a quantity of which each part costs what its bracket does: with
// breaks at 0 and 10, the first ten cost the first price and the rest the second.
func blended(ladder []*priceRow, quantity decimal.Decimal) (decimal.Decimal, bool) {
	if len(ladder) == 0 || ladder[0].quantity > 0 || !quantity.IsPos() {
		return decimal.Decimal{}, false
	}
	total := decimal.Zero
	for i, p := range ladder {
		from, err := decimal.New(p.quantity, 0)
		if err != nil {
			return decimal.Decimal{}, false
		}
		to := quantity
		if i+1 < len(ladder) {
			next, err := decimal.New(ladder[i+1].quantity, 0)
			if err != nil {
				return decimal.Decimal{}, false
			}
			to = to.Min(next)
		}
		if to.Cmp(from) <= 0 {
			break
		}
		part, err := to.Sub(from)
		if err != nil {
			return decimal.Decimal{}, false
		}
		if total, err = total.AddMul(part, p.unit); err != nil {
			return decimal.Decimal{}, false
		}
	}
	average, err := total.Quo(quantity)
	if err != nil {
		return decimal.Decimal{}, false
	}
	average, err = halfUp.round(average, rateDecimals)
	return average, err == nil
}

// SetMarginalRates switches an item between one price for the whole quantity and marginal rates.
func (s *Simulator) SetMarginalRates(sku string, marginal bool) error {
	return s.editItem(sku, func(it *item) { it.marginal = marginal })
}

// SetQuantityMode says which quantity decides an item's break.
func (s *Simulator) SetQuantityMode(sku string, mode QuantityMode) error {
	return s.editItem(sku, func(it *item) { it.mode = mode })
}

// SetParent makes an item a sub-item of another one.
func (s *Simulator) SetParent(sku, parent string) error {
	id, known := s.ItemID(parent)
	if !known {
		return fmt.Errorf("set parent of %s: no item %q", sku, parent)
	}
	return s.editItem(sku, func(it *item) { it.parent = id })
}
