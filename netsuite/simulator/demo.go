package simulator

import (
	"fmt"
	"time"

	"github.com/govalues/decimal"
)

// What a person turns in the demo to see what the product does then. Each switch may be turned to
// where it stands already. They do not touch the script of faults.

// Drop makes every route break the connection off, or none.
func (s *Simulator) Drop(drop bool) { s.dropping.Store(drop) }

// Slow makes every answer take so much longer; zero is as fast as at the start.
func (s *Simulator) Slow(by time.Duration) { s.slower.Store(int64(by)) }

// Lie makes the prices that a create-form asks for 5 % higher than those of the price matrix, or
// the same again.
func (s *Simulator) Lie(lie bool) { s.lying.Store(lie) }

// spikes are the items whose Base prices Spike moves: one as by a slipped decimal point, two by
// more than a price list usually moves.
var spikes = []struct {
	sku    string
	factor decimal.Decimal
}{
	{"BAT-C", decimal.Ten},
	{"SUM-P20U", decimal.MustParse("1.25")},
	{"CHG-1B", decimal.MustParse("1.25")},
}

// Spike makes some Base prices look wrong, once, and names the items.
func (s *Simulator) Spike() ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	moved := make(map[*priceRow]decimal.Decimal)
	for _, spike := range spikes {
		names = append(names, spike.sku)
		it := s.company.itemBySKU(spike.sku)
		if it == nil {
			return nil, fmt.Errorf("spike prices: no item %q", spike.sku)
		}
		for _, p := range s.company.pricesOf[it.id] {
			if p.level != baseLevel || p.currency != s.company.currencies[0].ID {
				continue
			}
			unit, err := s.extend(p.unit, spike.factor)
			if err != nil {
				return nil, fmt.Errorf("spike prices of %s: %w", spike.sku, err)
			}
			moved[p] = unit
		}
	}
	if !s.spiked {
		for p, unit := range moved {
			p.unit = unit
		}
		s.spiked = true
	}
	return names, nil
}

// lied is the rate that a create-form is given for a price, in the demo.
func (s *Simulator) lied(rate decimal.Decimal) (decimal.Decimal, error) {
	if !s.lying.Load() {
		return rate, nil
	}
	return s.extend(rate, decimal.MustParse("1.05"))
}
