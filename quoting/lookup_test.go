package quoting_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

func TestAPriceIsLookedUpWithItsBreaksAndNoCost(t *testing.T) {
	t.Parallel()
	book, p := demoBook(t), demoPolicy(t)
	q, err := book.LookUp(p, " sum-p20u ", quoting.Customer{}, 50)
	if err != nil {
		t.Fatal(err)
	}
	var breaks []string
	for _, b := range q.Breaks {
		breaks = append(breaks, b.String()+" "+b.Price.Display())
	}
	if got := strings.Join(breaks, " · "); got != "1–9 $385.00 · 10–24 $373.45 · 25–49 $361.90 · 50–99 $350.35 · 100–249 $338.80 · 250 and more $327.25" {
		t.Error(got)
	}
	if q.Unit.Display() != "$350.35" || q.Extended.Display() != "$17,517.50" || q.Basis() != "Base Price" || q.Item.Costs != (quoting.Costs{}) {
		t.Errorf("%+v", q)
	}
	if one, err := book.LookUp(p, "SVC-TRAIN", quoting.Customer{}, 0); err != nil || one.Quantity != 1 || len(one.Breaks) != 1 || one.Breaks[0].String() != "1 and more" {
		t.Errorf("%+v, %v", one, err)
	}
	for _, row := range []struct {
		sku  string
		qty  int
		kind quoting.Kind
		says string
	}{
		{"NO-SUCH", 1, quoting.NotFound, "not in NetSuite's price list"},
		{"FRT-STD", 1, quoting.Invalid, "worked out"},
		{"BAT-A", -1, quoting.Invalid, "1 to 100,000"},
		{"BAT-A", 100_001, quoting.Invalid, "1 to 100,000"},
	} {
		_, err := book.LookUp(p, row.sku, quoting.Customer{}, row.qty)
		if sentence, _ := quoting.Sentence(err); !errors.Is(err, row.kind) || !strings.Contains(sentence, row.says) {
			t.Errorf("%d %s: %v", row.qty, row.sku, err)
		}
	}
	c := demoCatalogue(t)
	c.Items[0].Inactive, c.Items[0].ReplacedBy, c.Items[1].Inactive = true, "SUM-P20U", true
	c.Customers = []quoting.Customer{{ID: 7, Name: "Own", Currency: quoting.USD}, {ID: 8, Name: "Vip", Currency: quoting.USD}}
	c.CustomerPrices = []quoting.CustomerPrice{
		{Customer: 7, Item: c.Items[2].ID, Level: quoting.CustomLevel, Price: quoting.MustMoney("300", quoting.USD)},
		{Customer: 8, Item: c.Items[2].ID, Level: c.Levels[1].ID},
	}
	other := bookOf(t, c)
	for _, sku := range []string{c.Items[0].SKU, c.Items[1].SKU} {
		if _, err := other.LookUp(p, sku, quoting.Customer{}, 1); !errors.Is(err, quoting.Invalid) {
			t.Errorf("%s is sold: %v", sku, err)
		}
	}
	own, err := other.LookUp(p, c.Items[2].SKU, c.Customers[0], 50)
	if err != nil || own.Unit.Display() != "$300.00" || len(own.Breaks) != 0 || !strings.Contains(own.Basis(), "own price") {
		t.Errorf("a price of its own: %+v, %v", own, err)
	}
	vip, err := other.LookUp(p, c.Items[2].SKU, c.Customers[1], 1)
	if err != nil || vip.Basis() != c.Levels[1].Name+", the customer level for the item" {
		t.Errorf("a level for the item: %q, %v", vip.Basis(), err)
	}
}

func TestAPriceListWithoutABreakHasNoneToTell(t *testing.T) {
	t.Parallel()
	p := demoPolicy(t)
	row := func(from int, price string) quoting.PriceRow {
		return quoting.PriceRow{ID: int64(from), Item: 1001, Level: quoting.BaseLevel, From: from, Price: dollars(price)}
	}
	book := smallBook(t, []stocked{{"A", "10.00", "1", quoting.Inventory}}, row(10, "10.00"), row(25, "9.00"), row(50, "9.00"))
	q, err := book.LookUp(p, "A", quoting.Customer{}, 30)
	if err != nil {
		t.Fatal(err)
	}
	want := []quoting.Break{{From: 1, To: 24, Price: dollars("10.00")}, {From: 25, Price: dollars("9.00")}}
	if diff := cmp.Diff(want, q.Breaks); diff != "" || !q.Unit.Equal(dollars("9.00")) {
		t.Errorf("at %s, -want +got\n%s", q.Unit, diff)
	}
	if q, err := book.LookUp(p, "A", quoting.Customer{ID: 1, Currency: "CAD"}, 1); quoting.KindOf(err) != quoting.Invalid || !q.Unit.IsZero() {
		t.Errorf("in a currency without a price it is %s, %v", q.Unit, err)
	}
}

func TestTheQuantitiesOfABreakAreReadable(t *testing.T) {
	t.Parallel()
	for want, b := range map[string]quoting.Break{
		"1": {From: 1, To: 1}, "1–9": {From: 1, To: 9}, "1,000–2,499": {From: 1000, To: 2499}, "2,500 and more": {From: 2500},
	} {
		if got := b.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestTheBreakOfALookUpIsWhatAQuoteCharges holds the two ways to a price together.
func TestTheBreakOfALookUpIsWhatAQuoteCharges(t *testing.T) {
	t.Parallel()
	book, p := demoBook(t), demoPolicy(t)
	rapid.Check(t, func(t *rapid.T) {
		sku := rapid.SampledFrom([]string{"SUM-P20U", "BAT-B", "CHG-6B", "APX-R50U", "SVC-PROG"}).Draw(t, "sku")
		qty := rapid.IntRange(1, 500).Draw(t, "quantity")
		q, err := book.LookUp(p, sku, quoting.Customer{}, qty)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(q.Breaks, func(b quoting.Break) bool { return b.From <= qty && (b.To == 0 || qty <= b.To) })
		if i < 0 || !q.Breaks[i].Price.Equal(q.Unit) {
			t.Fatalf("%d of %s cost %s, by the breaks %+v", qty, sku, q.Unit, q.Breaks)
		}
	})
}

func TestAnItemIsItsStandardSKUFirst(t *testing.T) {
	t.Parallel()
	book, p := demoBook(t), demoPolicy(t)
	for item, want := range map[string]string{
		"portable_is": "SUM-P40UX", "poc_portable": "VIS-P60 VIS-P65", "charger_6bank": "CHG-6B CHG-6C CHG-6V", "trunking_license": "APX-LIC-TRK1 APX-LIC-TRKM",
		"site_link": "APX-LIC-IPSL", "training": "SVC-TRAIN", "install_mobile": "SVC-INST-M", "console": "CON-IP1 CON-DESK", "poc_mobile": "VIS-M80", "rental_portable": "RNT-P20-W",
		"charger": "CHG-6B CHG-1B CHG-1C CHG-1V CHG-6C CHG-6V", "spaceship": "",
	} {
		if got := strings.Join(book.SKUs(p, item), " "); got != want {
			t.Errorf("%s: %s, want %s", item, got, want)
		}
	}
	for _, item := range quoting.Vocabulary {
		skus := book.SKUs(p, item)
		if len(skus) == 0 || p.Standard(item) != skus[0] {
			t.Errorf("%s is %s, of %v", item, p.Standard(item), skus)
		}
	}
	if p.ItemOf("CHG-6B") != "charger" || p.ItemOf("CHG-6V") != "" {
		t.Errorf("%q, %q", p.ItemOf("CHG-6B"), p.ItemOf("CHG-6V"))
	}
	for typed, want := range map[string]string{"SUM-P41U": "SUM-P40U SUM-M45U SUM-P15U", "batb": "BAT-B", "CHG6B": "CHG-6B"} {
		if got := strings.Join(book.NearSKUs(typed, 3), " "); !strings.HasPrefix(got, want) {
			t.Errorf("near %s: %s", typed, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		if near := book.NearSKUs(rapid.String().Draw(t, "typed"), 3); len(near) != 3 {
			t.Fatalf("%v", near)
		}
	})
}

func TestStockIsSaidInAFewWords(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		stock quoting.StockNow
		asked int
		want  string
	}{
		{quoting.StockNow{}, 5, "not kept in stock"},
		{quoting.StockNow{LeadDays: 14}, 0, "not kept in stock, 14 days to get more"},
		{quoting.StockNow{Known: true, Available: 1200}, 0, "1,200 in stock"},
		{quoting.StockNow{Known: true, Available: 12, OnOrder: 80}, 12, "12 in stock, 80 on order: enough for 12"},
		{quoting.StockNow{Known: true, Available: 4, LeadDays: 1}, 12, "4 in stock: 8 short of 12, 1 day to get more"},
		{quoting.StockNow{Known: true, LeadDays: 3}, 0, "0 in stock, 3 days to get more"},
	} {
		if got := row.stock.Note(row.asked); got != row.want {
			t.Errorf("%q, want %q", got, row.want)
		}
	}
}
