package netsuite

import (
	"testing"

	"radioquote/netsuite/simulator"
	"radioquote/quoting"
)

// An Estimate that is won becomes a sales order of the same lines; a lost one says so, and
// keeps the rest.
func TestAnEstimateIsWonOrLost(t *testing.T) {
	t.Parallel()
	sim, c := account(t)
	ctx := t.Context()
	want := someEstimate()
	want.Discount, want.Total = quoting.MustMoney("342.20", quoting.USD), quoting.MustMoney("15000", quoting.USD)
	if err := c.WriteEstimate(ctx, want); err != nil {
		t.Fatal(err)
	}
	there, found, err := c.ReadEstimate(ctx, want.ExternalID)
	if err != nil || !found || there.ID == 0 || there.Lost {
		t.Fatalf("%+v, %t, %v", there, found, err)
	}
	if differences := quoting.CompareEstimates(want, there); len(differences) > 0 {
		t.Errorf("with a discount: %v", differences)
	}

	if err := c.MarkEstimateLost(ctx, want.ExternalID); err != nil {
		t.Fatal(err)
	}
	lost, _, err := c.ReadEstimate(ctx, want.ExternalID)
	if differences := quoting.CompareEstimates(want, lost); err != nil || !lost.Lost || len(differences) > 0 {
		t.Errorf("lost: %t, %v, %v", lost.Lost, differences, err)
	}

	const order = "RQ-SO-Q-1001"
	if _, found, err := c.ReadSalesOrder(ctx, order); found || err != nil {
		t.Errorf("a sales order before: %t, %v", found, err)
	}
	if err := c.MakeSalesOrder(ctx, there.ID, order); err != nil {
		t.Fatal(err)
	}
	made, found, err := c.ReadSalesOrder(ctx, order)
	if differences := quoting.CompareEstimates(want, made); err != nil || !found || len(differences) > 0 || made.Number == there.Number {
		t.Errorf("sales order %+v: %v, %t, %v", made, differences, found, err)
	}
	done, _, err := c.ReadEstimate(ctx, want.ExternalID)
	if err != nil || done.Status != "B" {
		t.Errorf("the Estimate is %q, %v; want it processed", done.Status, err)
	}
	wantFault(t, c.MakeSalesOrder(ctx, there.ID, order), quoting.Refused)
	if n := sim.SalesOrderCount(); n != 1 {
		t.Errorf("%d sales orders", n)
	}
}

func TestASalesOrderWhoseAnswerIsLostMayHaveBeenMade(t *testing.T) {
	t.Parallel()
	sim, c := account(t)
	if err := c.WriteEstimate(t.Context(), someEstimate()); err != nil {
		t.Fatal(err)
	}
	there, _, err := c.ReadEstimate(t.Context(), "RQ-Q-1001")
	if err != nil {
		t.Fatal(err)
	}
	sim.Inject(simulator.Fault{Route: simulator.RouteTransform, Times: 1, Effect: simulator.CommitThen(simulator.Reset())})
	wantFault(t, c.MakeSalesOrder(t.Context(), there.ID, "RQ-SO-Q-1001"), quoting.OutcomeUnknown)
	if _, found, err := c.ReadSalesOrder(t.Context(), "RQ-SO-Q-1001"); !found || err != nil || sim.SalesOrderCount() != 1 {
		t.Errorf("found %t, %v, %d made", found, err, sim.SalesOrderCount())
	}
}

func TestWhatCannotBeASalesOrderIsNotAsked(t *testing.T) {
	t.Parallel()
	sim, c := account(t)
	wantFault(t, c.MakeSalesOrder(t.Context(), 0, "RQ-SO-Q-1001"), quoting.Refused)
	wantFault(t, c.MakeSalesOrder(t.Context(), 7001, "a|b"), quoting.Refused)
	wantFault(t, c.MarkEstimateLost(t.Context(), "a|b"), quoting.Refused)
	_, _, err := c.ReadSalesOrder(t.Context(), "a|b")
	wantFault(t, err, quoting.Refused)
	if n := sim.Requests()[simulator.RouteTransform]; n != 0 {
		t.Errorf("%d requests", n)
	}
}
