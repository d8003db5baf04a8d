package netsuite

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"radioquote/netsuite/simulator"
	"radioquote/quoting"
)

// What changed since a time is read, and nothing else; stock is summed over all locations
// although one alone has changed.
func TestOnlyWhatHasChangedIsRead(t *testing.T) {
	t.Parallel()
	sim, c := account(t)
	ctx := t.Context()
	all, err := readAll(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	// A change is dated a second after the one before at the earliest.
	since := time.Now().Add(-time.Minute)
	read := func() (items []quoting.Item, customers []quoting.Customer, stock []quoting.Stock) {
		t.Helper()
		return mustCollect(t, c.Items(ctx, since)), mustCollect(t, c.Customers(ctx, since)), mustCollect(t, c.Stock(ctx, since))
	}
	if items, customers, stock := read(); len(items)+len(customers)+len(stock) > 0 {
		t.Errorf("%d items, %d customers, %d of stock have changed, want none", len(items), len(customers), len(stock))
	}
	for _, err := range []error{
		sim.SetCost("SUM-P20U", "201.50"),
		sim.SetPrice("SUM-P40U", "Base", 1, "700"), // moves no date
		sim.CreditHold(4001, true),
		sim.SetStock("RDG-P10U", 1, 5, 0),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	items, customers, stock := read()
	if len(items) != 1 || items[0].SKU != "SUM-P20U" || items[0].Costs.Average.Decimal.String() != "201.5" {
		t.Errorf("changed items: %+v", items)
	}
	if len(customers) != 1 || customers[0].ID != 4001 || !customers[0].CreditHold {
		t.Errorf("changed customers: %+v", customers)
	}
	whole := find(t, mustCollect(t, c.Stock(ctx, time.Time{})), func(s quoting.Stock) bool { return s.Item == 1001 })
	if len(stock) != 1 || stock[0].Item != 1001 || !stock[0].Available.Equal(whole.Available) || !stock[0].OnOrder.Equal(whole.OnOrder) {
		t.Errorf("changed stock: %+v, want %+v", stock, whole)
	}
	if counts, err := c.Counts(ctx); err != nil || counts.Items != len(all.Items) || counts.Customers != len(all.Customers) {
		t.Errorf("counts = %+v, %v, want %d and %d", counts, err, len(all.Items), len(all.Customers))
	}
}

func TestWhatIsNotForSaleIsNoPartOfThePriceList(t *testing.T) {
	t.Parallel()
	_, c := account(t)
	for _, item := range mustCollect(t, c.Items(t.Context(), time.Time{})) {
		switch item.Type {
		case quoting.Inventory, quoting.NonInventory, quoting.Service, quoting.OtherCharge, quoting.Kit:
		default:
			t.Errorf("%s is a %s", item.SKU, item.Type)
		}
	}
}

func TestDeletionsAreRead(t *testing.T) {
	t.Parallel()
	sim, c := account(t)
	item, _ := sim.ItemID("SUM-P40V")
	customer, err := sim.AddCustomer(simulator.Customer{Name: "Zenith Mining"})
	if err != nil {
		t.Fatal(err)
	}
	before := time.Now().Add(-time.Minute)
	for _, err := range []error{sim.DeleteItem("SUM-P40V"), sim.DeleteCustomer(customer)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	got, err := c.Deleted(t.Context(), before)
	want := quoting.Deletions{Items: []quoting.ItemID{quoting.ItemID(item)}, Customers: []quoting.CustomerID{quoting.CustomerID(customer)}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got, err := c.Deleted(t.Context(), time.Now().Add(time.Hour)); err != nil || got.Items != nil || got.Customers != nil {
		t.Errorf("deleted since an hour ahead: %+v, %v", got, err)
	}
}

func TestDeletionsThatAreTooManyOrStrangeAreRefused(t *testing.T) {
	t.Parallel()
	many := make([]string, pageSize)
	for i := range many {
		many[i] = fmt.Sprintf(`{"recordid":"%d","type":"customer","deleted":"2026-11-25T09:12:00Z"}`, i+1)
	}
	for name, rows := range map[string][]string{
		"more than a page":  many,
		"one without an id": {`{"type":"customer"}`},
		"one of no type":    {`{"recordid":"1"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := bubble(t, func(w http.ResponseWriter, _ *http.Request) { answerRows(w, rows...) })
				_, err := c.Deleted(t.Context(), time.Now())
				wantFault(t, err, quoting.Malformed)
			})
		})
	}
}

func TestAReadOfChangesThatFailsSaysSo(t *testing.T) {
	t.Parallel()
	gone := simulator.Refuse(400, "INVALID_PARAMETER", "Record was not found.")
	since := time.Now().Add(-time.Hour)
	for _, tc := range []struct {
		name  string
		table string
		read  func(context.Context, *Client) error
	}{
		{"stock", "aggregateitemlocation", func(ctx context.Context, c *Client) error { _, err := collect(c.Stock(ctx, since)); return err }},
		{"the count of items", "item", func(ctx context.Context, c *Client) error { _, err := c.Counts(ctx); return err }},
		{"the count of customers", "customer", func(ctx context.Context, c *Client) error { _, err := c.Counts(ctx); return err }},
		{"deletions", "deletedrecord", func(ctx context.Context, c *Client) error { _, err := c.Deleted(ctx, since); return err }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			sim, c := account(t)
			sim.Inject(simulator.Fault{Table: tc.table, Effect: gone})
			wantFault(t, tc.read(t.Context(), c), quoting.Refused)
		})
	}
}
