package quoting_test

import (
	"encoding/csv"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/govalues/decimal"

	"radioquote/quoting"
)

// breaks are the quantity breaks of each group of the demo catalogue: quantity and whole
// percent off list.
var breaks = map[string][][2]int{
	"R": {{1, 0}, {10, 3}, {25, 6}, {50, 9}, {100, 12}, {250, 15}},
	"A": {{1, 0}, {12, 5}, {36, 8}, {100, 12}, {250, 15}},
	"C": {{1, 0}, {6, 3}, {12, 5}, {24, 8}},
	"I": {{1, 0}, {2, 2}, {4, 4}, {8, 6}},
	"S": {{1, 0}, {25, 5}, {100, 10}, {250, 15}, {1000, 20}},
	"L": {{1, 0}},
}

// levels are the demo company's price levels and their whole percent off.
var levels = []struct {
	level quoting.PriceLevel
	off   int
	group string // "": all
}{
	{quoting.PriceLevel{ID: 1, Name: "Base Price"}, 0, ""},
	{quoting.PriceLevel{ID: 2, Name: "Preferred"}, 5, ""},
	{quoting.PriceLevel{ID: 3, Name: "GovEdu"}, 12, "R"},
	{quoting.PriceLevel{ID: 4, Name: "VIP"}, 8, ""},
}

// demoCatalogue is the demo dealer's catalogue with its price matrix.
func demoCatalogue(t testing.TB) quoting.Catalogue {
	t.Helper()
	file, err := os.Open("testdata/catalogue.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]quoting.ItemType{"Inventory": quoting.Inventory, "NonInventory": quoting.NonInventory, "Service": quoting.Service, "OtherCharge": quoting.OtherCharge, "Kit": quoting.Kit}
	c := quoting.Catalogue{TakenAt: time.Date(2026, 11, 25, 9, 12, 0, 0, time.UTC)}
	for _, l := range levels {
		c.Levels = append(c.Levels, l.level)
	}
	for i, r := range records[1:] {
		item := quoting.Item{
			ID: quoting.ItemID(1001 + i), SKU: r[0], Type: types[r[1]], Category: r[2], Name: r[3],
			BreakGroup: r[6], Tags: strings.Split(r[7], ";"),
			Costs: quoting.Costs{Average: decimal.NullDecimal{Decimal: decimal.MustParse(r[5]), Valid: true}},
		}
		c.Items = append(c.Items, item)
		if item.Type.Hardware() {
			c.Stock = append(c.Stock, quoting.Stock{Item: item.ID, Available: decimal.MustNew(20000, 0)})
		}
		for _, l := range levels {
			for _, step := range breaks[item.BreakGroup] {
				off := l.off
				if l.group != "" && l.group != item.BreakGroup || item.Tagged(quoting.TagPassthrough) || item.Tagged(quoting.TagComputed) {
					off = 0
				}
				c.Prices = append(c.Prices, quoting.PriceRow{
					ID: int64(len(c.Prices) + 1), Item: item.ID, Level: l.level.ID, From: step[0],
					Price: discounted(t, r[4], (100-off)*(100-step[1])),
				})
			}
		}
	}
	return c
}

// discounted is list × factor/10000 with one rounding half up to the cent, on integers.
func discounted(t testing.TB, list string, factor int) quoting.Money {
	t.Helper()
	whole, fraction, _ := strings.Cut(list, ".")
	listCents, err := strconv.Atoi(whole + (fraction + "00")[:2])
	if err != nil {
		t.Fatal(err)
	}
	rounded := (listCents*factor + 5000) / 10000
	return quoting.Money{Amount: decimal.MustNew(int64(rounded), 2), Currency: quoting.USD}
}

func demoBook(t testing.TB) *quoting.PriceBook {
	t.Helper()
	return bookOf(t, demoCatalogue(t))
}

func bookOf(t testing.TB, c quoting.Catalogue) *quoting.PriceBook {
	t.Helper()
	book, err := quoting.NewPriceBook(1, c)
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func demoPolicy(t testing.TB) *quoting.Policy {
	t.Helper()
	p, err := quoting.DefaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	return p
}
