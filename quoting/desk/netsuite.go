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
	// Check asks the prices of a basket at this moment, in one of two ways. Without a
	// customer it is always by rows.
	Check(ctx context.Context, b quoting.Basket, by quoting.CheckMethod) (quoting.LivePrices, error)
	// WriteEstimate creates or replaces the Estimate of its external id.
	WriteEstimate(ctx context.Context, e quoting.Estimate) error
	// ReadEstimate reads an Estimate; false where there is none.
	ReadEstimate(ctx context.Context, externalID string) (quoting.Estimate, bool, error)

	// MarkEstimateLost gives an Estimate the account's lost status.
	MarkEstimateLost(ctx context.Context, externalID string) error
	// WriteProspect creates or replaces the prospect of its external id.
	WriteProspect(ctx context.Context, p quoting.Prospect) error
	// ReadProspect reads a prospect; false where there is none.
	ReadProspect(ctx context.Context, externalID string) (quoting.Customer, bool, error)
	// MakeSalesOrder transforms an Estimate into the sales order of the external id.
	MakeSalesOrder(ctx context.Context, estimate int64, externalID string) error
	// ReadSalesOrder reads a sales order; false where there is none.
	ReadSalesOrder(ctx context.Context, externalID string) (quoting.Estimate, bool, error)

	// Probe tries what the service needs of the account. The capabilities are those of an
	// account that did not answer where their time is zero.
	Probe(ctx context.Context) ([]quoting.Probe, quoting.Capabilities)

	// ServerTime is NetSuite's clock.
	ServerTime(ctx context.Context) (time.Time, error)
	// Counts are the rows that Items and Customers would read whole.
	Counts(ctx context.Context) (quoting.Counts, error)
	// Deleted are the items and customers that were deleted since then.
	Deleted(ctx context.Context, since time.Time) (quoting.Deletions, error)
	// The rest read a table in pages: what has changed since a time, or, since zero, all of
	// it. A table that changes while it is read, or that is not read to its end, is an error.
	Items(ctx context.Context, since time.Time) iter.Seq2[[]quoting.Item, error]
	Customers(ctx context.Context, since time.Time) iter.Seq2[[]quoting.Customer, error]
	Stock(ctx context.Context, since time.Time) iter.Seq2[[]quoting.Stock, error]
	Levels(ctx context.Context) iter.Seq2[[]quoting.PriceLevel, error]
	Prices(ctx context.Context) iter.Seq2[[]quoting.PriceRow, error]
	CustomerPrices(ctx context.Context) iter.Seq2[[]quoting.CustomerPrice, error]
	GroupLevels(ctx context.Context) iter.Seq2[[]quoting.GroupLevel, error]
}
