package quoting_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

// TestAChangeComesBackFromWhereItIsKept: what a choice would change is kept as JSON until
// somebody takes it.
func TestAChangeComesBackFromWhereItIsKept(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := quoting.Change{Op: rapid.SampledFrom([]string{"set", "add", "dec"}).Draw(t, "op"), Field: "users", SKU: rapid.String().Draw(t, "sku")}
		want.Value = rapid.SampledFrom([]any{
			nil, true, false, "NET30", "", quoting.Number{Decimal: decimal.MustParse("12.5")}, quoting.Number{Decimal: decimal.MustParse("-3")}, quoting.Number{Decimal: decimal.MustParse("0.00000001")},
		}).Draw(t, "value")
		if rapid.Bool().Draw(t, "with a quantity") {
			want.Qty = new(rapid.Int().Draw(t, "quantity"))
		}
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got := quoting.Change{Value: "of before"}
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s: -want +got\n%s", text, diff)
		}
	})
	var c quoting.Change
	for _, bad := range []string{`[]`, `{"op":1}`, `{"value":{}}`, `{"value":[1]}`, `{"value":1e99}`} {
		if err := json.Unmarshal([]byte(bad), &c); err == nil {
			t.Errorf("%s is %+v", bad, c)
		}
	}
	if err := json.Unmarshal([]byte(`{"op":"set","field":"users","value":45}`), &c); err != nil || c.Value != (quoting.Number{Decimal: decimal.MustParse("45")}) {
		t.Errorf("%+v, %v", c, err)
	}
}
