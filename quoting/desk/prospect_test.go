package desk_test

import (
	"testing"

	"radioquote/netsuite/simulator"
	"radioquote/quoting"
)

// Nothing is written for a customer of whom NetSuite says something else than we do.
func TestANewCustomerThatNetSuiteDoesNotTakeNeedsAttention(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		before func(*office) error
		want   string
	}{
		{"NetSuite refuses it", func(o *office) error {
			o.netsuite.Inject(simulator.Fault{Route: simulator.RouteCustomerWrite, Effect: simulator.Refuse(400, "USER_ERROR", "no")})
			return nil
		}, "NetSuite refused Quartz Hollow Quarry as a new customer. Finance has to enter it there and link it."},
		{"NetSuite takes it and has it not", func(o *office) error {
			o.netsuite.Inject(simulator.Fault{Route: simulator.RouteCustomerWrite, Effect: simulator.PretendStored()})
			return nil
		}, "NetSuite accepted Quartz Hollow Quarry as a new customer but does not have it."},
		{"its number is somebody else's", func(o *office) error {
			_, err := o.netsuite.AddCustomer(simulator.Customer{ExternalID: "RQ-C-1", Name: "Bluff Ridge Dairy", Currency: "USD", Subsidiary: 1})
			return err
		}, "NetSuite has another customer as RQ-C-1 than Quartz Hollow Quarry."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			if err := tc.before(o); err != nil {
				t.Fatal(err)
			}
			o.passes(o.newCustomer("Quartz Hollow Quarry"))
			stuck := o.shown(riley, "what is wrong", func(s quoting.View) bool { return s.Estimate == quoting.NeedsAttention })
			if n := o.netsuite.EstimateCount(); stuck.Attention != tc.want || n != 0 {
				t.Errorf("%q, %d Estimates, want %q", stuck.Attention, n, tc.want)
			}
		})
	}
}

// Only NetSuite knows the id of a customer whom the quote made: the order is compared by it.
func TestANewCustomersQuoteIsWonLikeAnyOther(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.passes(o.newCustomer("Quartz Hollow Quarry"))
	v := o.shown(riley, "the Estimate", func(s quoting.View) bool { return s.Estimate == quoting.Synced })
	o.click(riley, outcome(v, quoting.Won, ""))
	o.shown(riley, "the sales order", func(s quoting.View) bool {
		return s.QuoteState == quoting.Won && s.SalesOrder != "" && s.Estimate == quoting.Synced
	})
	o.eventually(0, `SELECT count(*) FROM river_job WHERE kind = 'end' AND finalized_at IS NULL`)
	before := o.standing()
	worked := func() {
		t.Helper()
		if err := o.TellEndingNow(t.Context(), v.Quote); err != nil {
			t.Fatal(err)
		}
	}
	worked() // once more, as after a crash
	if o.netsuite.SalesOrderCount() != 1 || o.standing() != before {
		t.Errorf("%d sales orders, and changed: %t", o.netsuite.SalesOrderCount(), o.standing() != before)
	}
	o.sql(`UPDATE quotes SET estimate = 'needs_attention', attention = 'why'`)
	worked() // the order is there, and is read
	if n := o.count(`SELECT count(*) FROM quotes WHERE estimate = 'synced'`); n != 1 || o.netsuite.SalesOrderCount() != 1 {
		t.Errorf("an order that is there is not taken; %d sales orders", o.netsuite.SalesOrderCount())
	}
}
