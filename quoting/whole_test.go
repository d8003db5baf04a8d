package quoting_test

import (
	"slices"
	"testing"

	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

// dealer is the demo dealer: its policy and its prices.
type dealer struct {
	policy *quoting.Policy
	book   *quoting.PriceBook
}

func demoDealer(t testing.TB) dealer {
	t.Helper()
	return dealer{demoPolicy(t), demoBook(t)}
}

// quote is the version that a request makes, for no customer in particular.
func (d dealer) quote(t rapid.TB, r quoting.Request) quoting.Version {
	t.Helper()
	return d.work(t, quoting.Version{Request: r})
}

func (d dealer) work(t rapid.TB, v quoting.Version) quoting.Version {
	t.Helper()
	if err := v.Work(d.policy, d.book); err != nil {
		t.Fatalf("%+v: %v", v.Request, err)
	}
	return v
}

// revise is the version after changes, those that aim at a total among them.
func (d dealer) revise(t rapid.TB, v quoting.Version, changes ...quoting.Change) quoting.Version {
	t.Helper()
	var err error
	if v.Request, err = v.Request.Apply(changes, v.System); err != nil {
		t.Fatalf("%+v: %v", changes, err)
	}
	v = d.work(t, v)
	if target, ok := (quoting.Slots{Changes: changes}).Target(); ok {
		if v.Request.Terms, err = target.Terms(v); err != nil {
			t.Fatalf("%+v: %v", target, err)
		}
		v = d.work(t, v)
	}
	return v
}

// bill is how many of each SKU a version has.
func bill(v quoting.Version) map[string]int {
	lines := map[string]int{}
	for _, l := range v.Priced.Lines {
		lines[l.SKU] += l.Qty
	}
	return lines
}

// open are the findings of a rule that nobody has passed over.
func open(v quoting.Version, rule string) []quoting.Finding {
	return slices.DeleteFunc(slices.Clone(v.System.Findings), func(f quoting.Finding) bool { return f.Rule != rule || f.Overridden != "" })
}

func setField(field string, value any) quoting.Change {
	return quoting.Change{Op: "set", Field: field, Value: value}
}

func setItem(item string, qty int) quoting.Change {
	return quoting.Change{Op: "set", Item: item, Qty: &qty}
}

func setSKU(sku string, qty int) quoting.Change {
	return quoting.Change{Op: "set", SKU: sku, Qty: &qty}
}

func addItem(item string, qty int) quoting.Change {
	return quoting.Change{Op: "add", Item: item, Qty: &qty}
}

func addSKU(sku string, qty int) quoting.Change {
	return quoting.Change{Op: "add", SKU: sku, Qty: &qty}
}

func removeSKU(sku string) quoting.Change { return quoting.Change{Op: "remove", SKU: sku} }

func removeItem(item string) quoting.Change { return quoting.Change{Op: "remove", Item: item} }

func swap(from, to string) quoting.Change {
	return quoting.Change{Op: "swap", SKU: from, Value: to}
}

func wish(item string, qty int) quoting.ItemWish { return quoting.ItemWish{Item: item, Qty: &qty} }

func exactly(text string) quoting.Number { return quoting.Number{Decimal: decimal.MustParse(text)} }

func numberOf(text string) *quoting.Number {
	n := exactly(text)
	return &n
}
