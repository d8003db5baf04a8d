package quoting_test

import (
	"fmt"
	"testing"

	"radioquote/quoting"
)

// BenchmarkWork is everything that is worked out of a quote (sizing, price, rules, approvals,
// explanation) for the largest request, and against the number of lines.
func BenchmarkWork(b *testing.B) {
	policy, book := demoPolicy(b), demoBook(b)
	work := func(b *testing.B, r quoting.Request) {
		b.Helper()
		q := quoting.Quote{ID: 1001, Owner: riley.ID, State: quoting.Open, Current: 1}
		for b.Loop() {
			v := quoting.Version{Quote: 1001, Number: 1, State: quoting.Draft, Request: r}
			if err := v.Work(policy, book); err != nil {
				b.Fatal(err)
			}
			quoting.Explain(policy, quoting.NewView(policy, q, v, riley, deciding(morgan), riley, noon))
		}
	}
	b.Run("10000 users", func(b *testing.B) { work(b, quoting.Request{Users: 10_000, Sites: 1000, Industry: "security"}) })
	skus := []string{"BAT-B", "BAT-C", "AUD-RSM2", "CHG-6B", "CASE-C", "ANT-MU", "SURGE", "SVC-LAB", "SVC-TRAIN", "CLIP-2"}
	for _, lines := range []int{1, 10, 100, 500, 1000} {
		b.Run(fmt.Sprintf("%d lines", lines), func(b *testing.B) {
			s := quoting.System{Technology: quoting.DMR}
			for i := range lines {
				s.Lines = append(s.Lines, quoting.SizedLine{SKU: skus[i%len(skus)], Qty: 1 + i%60, Units: 1 + i%60})
			}
			r := quoting.Request{Items: []quoting.ItemWish{{Item: "battery"}}, Terms: quoting.Terms{Header: &quoting.HeaderDiscount{Percent: &quoting.Number{Decimal: number(7).Decimal}}}}
			q := quoting.Quote{ID: 1001, Owner: riley.ID, State: quoting.Open, Current: 1}
			for b.Loop() {
				v := quoting.Version{Quote: 1001, Number: 1, State: quoting.Draft, Request: r, System: s}
				var err error
				if v.Priced, err = quoting.Price(policy, book, s, quoting.Customer{}, r.Terms); err != nil {
					b.Fatal(err)
				}
				v.System.Findings = quoting.Judge(policy, book, r, s, v.Priced)
				v.Approvals = quoting.Approvals(policy, v)
				quoting.Explain(policy, quoting.NewView(policy, q, v, riley, deciding(morgan), riley, noon))
			}
		})
	}
}
