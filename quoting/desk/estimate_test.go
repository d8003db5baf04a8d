package desk_test

import (
	"strings"
	"testing"
	"time"

	"radioquote/netsuite/simulator"
	"radioquote/quoting"
)

// approvedWithoutNetSuite is a quote that was approved on prices confirmed a moment ago,
// and whose Estimate waits for a NetSuite that is down.
func (o *office) approvedWithoutNetSuite() quoting.View {
	o.t.Helper()
	request := o.submitted()
	if err := o.netsuite.Down(); err != nil {
		o.t.Fatal(err)
	}
	after := o.click(morgan, on(request, quoting.ApproveQuote)).View
	if after.State != quoting.Approved || after.Estimate != quoting.Writing {
		o.t.Fatalf("after the approve: %s, Estimate %s, %q", after.State, after.Estimate, after.Banner)
	}
	o.eventually(1, `SELECT count(*) FROM river_job WHERE kind = 'estimate' AND metadata ? 'snoozes'`)
	return *after
}

// hurry has jobs that wait for NetSuite worked now.
func (o *office) hurry() {
	o.t.Helper()
	o.sql(`UPDATE river_job SET scheduled_at = now() WHERE state IN ('available', 'retryable', 'scheduled')`)
}

// ended waits for how a version's Estimate ended.
func (o *office) ended(version int) quoting.View {
	o.t.Helper()
	return o.shown(riley, "the end of the Estimate", func(v quoting.View) bool {
		return v.Version == version && v.State == quoting.Approved && (v.Estimate == quoting.Synced || v.Estimate == quoting.NeedsAttention)
	})
}

func TestAnEstimateWaitsForNetSuite(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.approvedWithoutNetSuite()
	if err := o.netsuite.Up(); err != nil {
		t.Fatal(err)
	}
	o.hurry()
	if v := o.ended(1); v.Estimate != quoting.Synced || o.netsuite.EstimateCount() != 1 {
		t.Errorf("%s, %q, %d Estimates", v.Estimate, v.Attention, o.netsuite.EstimateCount())
	}
}

func TestAPriceThatMovesAfterTheApprovalWritesNoEstimate(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.approvedWithoutNetSuite()
	o.clock.advance(20 * time.Minute) // the check is too old to write by
	if err := o.netsuite.SetPrice("SUM-P20U", "Base", 50, "360.00"); err != nil {
		t.Fatal(err)
	}
	if err := o.netsuite.Up(); err != nil {
		t.Fatal(err)
	}
	o.hurry()
	v := o.ended(1)
	if v.Estimate != quoting.NeedsAttention || !strings.Contains(v.Attention, "moved after the approval") || o.netsuite.EstimateCount() != 0 {
		t.Errorf("%s, %q, %d Estimates", v.Estimate, v.Attention, o.netsuite.EstimateCount())
	}
	if v.State != quoting.Approved || v.Version != 1 {
		t.Errorf("the decision that stands is v%d %s", v.Version, v.State)
	}
}

func TestAnEstimateThatWasThereBeforeIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	request := o.submitted()
	id := "RQ-" + request.Quote.String()
	book, err := o.Book()
	if err != nil {
		t.Fatal(err)
	}
	freight, _ := book.Item(o.Policy.Freight.Item)
	other, err := o.Preview(small)
	if err != nil {
		t.Fatal(err)
	}
	other.Quote, other.Number = request.Quote, 1
	if err := o.NetSuite.WriteEstimate(t.Context(), other.Estimate(id, freight.ID, o.clock.now(), "somebody")); err != nil {
		t.Fatal(err)
	}
	before, _ := o.netsuite.Estimate(id)
	o.click(morgan, on(request, quoting.ApproveQuote))
	v := o.ended(1)
	after, _ := o.netsuite.Estimate(id)
	if v.Estimate != quoting.NeedsAttention || !strings.Contains(v.Attention, "left as it is") {
		t.Errorf("%s, %q", v.Estimate, v.Attention)
	}
	if len(before.Lines) == 0 || len(after.Lines) != len(before.Lines) || after.Memo != before.Memo {
		t.Errorf("the Estimate of %q with %d lines is %q with %d now", before.Memo, len(before.Lines), after.Memo, len(after.Lines))
	}
}

// An Estimate that NetSuite stored otherwise than we wrote it is not as we left it: nobody
// can tell a workflow's change from a person's, so a later version does not replace it.
func TestAnEstimateThatWasStoredWrongIsNotReplacedBlindly(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.netsuite.Inject(simulator.Fault{Route: simulator.RouteEstimateWrite, Times: 1, Effect: simulator.StoreChanged(func(e *simulator.Estimate) { e.Lines = e.Lines[1:] })})
	if v := o.approve(t); v.Estimate != quoting.NeedsAttention {
		t.Fatalf("the first version: %s, %q", v.Estimate, v.Attention)
	}
	o.say(riley, quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{Changes: []quoting.Change{{Op: "set", Field: "users", Value: 70}}}})
	next := o.shown(riley, "version 2", func(v quoting.View) bool { return v.Version == 2 && v.Check.State == quoting.Verified })
	o.click(riley, on(next, quoting.SubmitQuote))
	request := o.shown(morgan, "the second request", func(v quoting.View) bool { return v.Version == 2 && v.CanDecide })
	o.click(morgan, on(request, quoting.ApproveQuote))
	v := o.ended(2)
	e, _ := o.netsuite.Estimate("RQ-" + v.Quote.String())
	if v.Estimate != quoting.NeedsAttention || o.netsuite.EstimateCount() != 1 || e.Title != "Q-1001 v1" {
		t.Errorf("%s, %q, %d Estimates, of %q", v.Estimate, v.Attention, o.netsuite.EstimateCount(), e.Title)
	}
}

func TestWithoutAnItemToChargeFreightWithThereIsNoEstimate(t *testing.T) {
	t.Parallel()
	o := newOffice(t, func(p *quoting.Policy) { p.Freight.Item = "FRT-NONE" })
	v := o.approve(t)
	if v.Estimate != quoting.NeedsAttention || !strings.Contains(v.Attention, "no item FRT-NONE") || o.netsuite.EstimateCount() != 0 {
		t.Errorf("%s, %q, %d Estimates", v.Estimate, v.Attention, o.netsuite.EstimateCount())
	}
}
