package desk

import (
	"context"
	"iter"
	"time"

	"radioquote/quoting"
)

// NetSuite is what the desk needs of NetSuite. Its errors say by a quoting.Fault what
// happened.
type NetSuite interface {
	// Check asks the prices of a basket at this moment.
	Check(ctx context.Context, b quoting.Basket) (quoting.LivePrices, error)
	// WriteEstimate creates or replaces the Estimate of its external id.
	WriteEstimate(ctx context.Context, e quoting.Estimate) error
	// ReadEstimate reads an Estimate; false where there is none.
	ReadEstimate(ctx context.Context, externalID string) (quoting.Estimate, bool, error)

	// ServerTime is NetSuite's clock.
	ServerTime(ctx context.Context) (time.Time, error)
	// The rest read a table in pages, whole: a table that changes while it is read, or
	// that is not read to its end, is an error.
	Items(ctx context.Context) iter.Seq2[[]quoting.Item, error]
	Levels(ctx context.Context) iter.Seq2[[]quoting.PriceLevel, error]
	Prices(ctx context.Context) iter.Seq2[[]quoting.PriceRow, error]
	Customers(ctx context.Context) iter.Seq2[[]quoting.Customer, error]
	CustomerPrices(ctx context.Context) iter.Seq2[[]quoting.CustomerPrice, error]
	GroupLevels(ctx context.Context) iter.Seq2[[]quoting.GroupLevel, error]
	Stock(ctx context.Context) iter.Seq2[[]quoting.Stock, error]
}
