package quoting_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

func estimate() quoting.Estimate {
	usd := func(text string) quoting.Money { return quoting.MustMoney(text, quoting.USD) }
	return quoting.Estimate{
		Customer: 4001,
		Currency: quoting.USD,
		Lines: []quoting.EstimateLine{
			{Item: 1003, Quantity: 38, Rate: usd("361.90"), Amount: usd("13752.20")},
			{Item: 1010, Quantity: 2, Rate: usd("795"), Amount: usd("1590")},
		},
		Total: usd("15342.20"),
	}
}

func TestCompareEstimates(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*quoting.Estimate)
		want   []string
	}{
		{"the same Estimate", func(*quoting.Estimate) {}, nil},
		{"what NetSuite adds is no difference", func(e *quoting.Estimate) {
			e.Number, e.Status, e.Tax = "EST7001", "A", quoting.MustMoney("1112.31", quoting.USD)
		}, nil},
		{"trailing zeros are no difference", func(e *quoting.Estimate) {
			e.Lines[0].Rate = quoting.MustMoney("361.9", quoting.USD)
		}, nil},
		{"another customer", func(e *quoting.Estimate) { e.Customer = 4002 }, []string{"customer is 4002, should be 4001"}},
		{"a cent in a rate", func(e *quoting.Estimate) { e.Lines[0].Rate = quoting.MustMoney("361.91", quoting.USD) },
			[]string{"line 1 rate is 361.91 USD, should be 361.90 USD"}},
		{"a cent in an amount", func(e *quoting.Estimate) { e.Lines[1].Amount = quoting.MustMoney("1590.01", quoting.USD) },
			[]string{"line 2 amount is 1590.01 USD, should be 1590.00 USD"}},
		{"another item and quantity", func(e *quoting.Estimate) { e.Lines[1].Item, e.Lines[1].Quantity = 1011, 3 },
			[]string{"line 2 item is 1011, should be 1010", "line 2 quantity is 3, should be 2"}},
		{"a line less", func(e *quoting.Estimate) { e.Lines = e.Lines[:1] }, []string{"lines is 1, should be 2"}},
		{"a line more", func(e *quoting.Estimate) { e.Lines = append(e.Lines, e.Lines[0]) }, []string{"lines is 3, should be 2"}},
		{"another total", func(e *quoting.Estimate) { e.Total = quoting.MustMoney("15342.19", quoting.USD) },
			[]string{"total is 15342.19 USD, should be 15342.20 USD"}},
		{"the same numbers in another currency", func(e *quoting.Estimate) {
			e.Currency, e.Total.Currency = "CAD", "CAD"
		}, []string{"currency is CAD, should be USD", "total is 15342.20 CAD, should be 15342.20 USD"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := estimate()
			tc.change(&got)
			var found []string
			for _, d := range quoting.CompareEstimates(estimate(), got) {
				found = append(found, d.String())
			}
			if diff := cmp.Diff(tc.want, found); diff != "" {
				t.Errorf("differences (-want +got):\n%s", diff)
			}
		})
	}
}

// TestNoChangeOfAnEstimateGoesUnseen changes one thing at random.
func TestNoChangeOfAnEstimateGoesUnseen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		got := estimate()
		line := &got.Lines[rapid.IntRange(0, len(got.Lines)-1).Draw(t, "line")]
		cents := quoting.MustMoney(fmt.Sprintf("%d.%02d", rapid.IntRange(0, 9999).Draw(t, "dollars"), rapid.IntRange(1, 99).Draw(t, "cents")), quoting.USD)
		more := func(m *quoting.Money) {
			sum, err := m.Add(cents)
			if err != nil {
				t.Fatal(err)
			}
			*m = sum
		}
		n := rapid.IntRange(1, 1000).Draw(t, "n")
		rapid.SampledFrom([]func(){
			func() { got.Customer += quoting.CustomerID(n) },
			func() { line.Item += quoting.ItemID(n) },
			func() { line.Quantity += n },
			func() { more(&line.Rate) },
			func() { more(&line.Amount) },
			func() { more(&got.Total) },
			func() { got.Lines = append(got.Lines, *line) },
		}).Draw(t, "change")()
		if len(quoting.CompareEstimates(estimate(), got)) == 0 {
			t.Fatalf("no difference between %+v and %+v", estimate(), got)
		}
	})
}

func TestTheTextsOfAnEstimate(t *testing.T) {
	t.Parallel()
	if got, want := quoting.EstimateTitle(1001, 2), "Q-1001 v2"; got != want {
		t.Errorf("title = %q, want %q", got, want)
	}
	if got, want := quoting.EstimateMemo(1001, 2, "c0ffee"), "Radio Quote Q-1001 v2 c=c0ffee"; got != want {
		t.Errorf("memo = %q, want %q", got, want)
	}
}

func TestAFaultIsFoundThroughWrapping(t *testing.T) {
	t.Parallel()
	for fault, text := range map[quoting.Fault]string{
		quoting.Unavailable:    "unavailable",
		quoting.Refused:        "refused",
		quoting.OutcomeUnknown: "outcome unknown",
		quoting.Malformed:      "malformed answer",
		0:                      "no fault",
	} {
		err := fmt.Errorf("check: %w", fault)
		if !errors.Is(err, fault) || errors.Is(err, quoting.Fault(99)) {
			t.Errorf("%v is not found in %v", fault, err)
		}
		if fault.Error() != text {
			t.Errorf("text = %q, want %q", fault.Error(), text)
		}
	}
}
