package netsuite

import (
	"context"
	"iter"
	"testing"
)

func collect[T any](t *testing.T, pages iter.Seq2[[]T, error]) []T {
	t.Helper()
	var all []T
	for page, err := range pages {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page...)
	}
	return all
}

func TestSmoke(t *testing.T) {
	_, c := account(t)
	ctx := context.Background()
	t.Log(c.ServerTime(ctx))
	t.Log(collect(t, c.Items(ctx))[:3])
	t.Log(collect(t, c.Levels(ctx)))
	p := collect(t, c.Prices(ctx))
	t.Log(len(p), p[:3])
	t.Log(collect(t, c.Customers(ctx))[:3])
	t.Log(collect(t, c.CustomerPrices(ctx)))
	t.Log(collect(t, c.GroupLevels(ctx)))
	t.Log(collect(t, c.Stock(ctx))[:3])
}
