package quoting

// StockNow is what NetSuite had of an item when the prices of a quote were taken, in whole
// pieces. Where Known is false it keeps none: the item is ordered for the customer.
type StockNow struct {
	Known     bool
	Available int
	OnOrder   int
	LeadDays  int // 0: not said
}

// Short is how many of that many pieces are not available.
func (s StockNow) Short(qty int) int { return max(qty-s.Available, 0) }

// stockNow is the stock of an item in the book.
func (b *PriceBook) stockNow(item Item) StockNow {
	now := StockNow{LeadDays: item.LeadDays}
	stock, ok := b.Stock(item.ID)
	if !ok {
		return now
	}
	available, _, _ := stock.Available.Int64(0)
	onOrder, _, _ := stock.OnOrder.Int64(0)
	now.Known, now.Available, now.OnOrder = true, int(max(available, 0)), int(max(onOrder, 0))
	return now
}
