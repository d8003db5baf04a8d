package netsuite

import (
	"time"

	"radioquote/quoting"
)

// someEstimate is an Estimate of two lines for a customer of the demo company.
func someEstimate() quoting.Estimate {
	usd := func(text string) quoting.Money { return quoting.MustMoney(text, quoting.USD) }
	return quoting.Estimate{
		ExternalID: "RQ-Q-1001",
		Customer:   4001,
		Currency:   quoting.USD,
		Date:       time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC),
		Expires:    time.Date(2026, 12, 25, 0, 0, 0, 0, time.UTC),
		Title:      quoting.EstimateTitle(1001, 2),
		Memo:       quoting.EstimateMemo(1001, 2, "c0ffee"),
		Lines: []quoting.EstimateLine{
			{Item: 1003, Quantity: 38, Rate: usd("361.90"), Amount: usd("13752.20")},
			{Item: 1010, Quantity: 2, Rate: usd("795"), Amount: usd("1590")},
		},
		Total: usd("15342.20"),
	}
}

func someBasket(customer quoting.CustomerID) quoting.Basket {
	return quoting.Basket{
		Customer: customer,
		Currency: quoting.USD,
		Date:     time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC),
		Lines:    []quoting.BasketLine{{Item: 1003, Quantity: 38}, {Item: 1010, Quantity: 2}},
	}
}
