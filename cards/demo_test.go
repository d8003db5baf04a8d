package cards_test

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

var (
	now      = time.Date(2026, 11, 25, 9, 14, 0, 0, time.UTC)
	pricesAt = now.Add(-2 * time.Minute)

	riley  = person("1", "Riley Rep", quoting.Rep)
	morgan = person("2", "Morgan Manager", quoting.SalesManager)
)

func person(id, name string, role quoting.Role) quoting.Person {
	p := quoting.Person{ID: quoting.PersonID{Tenant: "dealer", Object: id}, Name: name, Roles: []quoting.Role{role}}
	if role == quoting.Rep {
		p.Manager = quoting.PersonID{Tenant: "dealer", Object: "2"}
	}
	return p
}

var acme = quoting.Customer{ID: 501, EntityID: "C-501", Name: "Acme Logistics", Currency: quoting.USD}

// demo prices requests as the demo dealer would.
type demo struct {
	policy *quoting.Policy
	book   *quoting.PriceBook
}

// breaks are the quantity breaks of each group of the demo catalogue: quantity and whole
// percent off list.
var breaks = map[string]map[int]int64{
	"R": {1: 0, 10: 3, 25: 6, 50: 9, 100: 12, 250: 15},
	"A": {1: 0, 12: 5, 36: 8, 100: 12, 250: 15},
	"C": {1: 0, 6: 3, 12: 5, 24: 8},
	"I": {1: 0, 2: 2, 4: 4, 8: 6},
	"S": {1: 0, 25: 5, 100: 10, 250: 15, 1000: 20},
	"L": {1: 0},
}

// newDemo reads the demo dealer's policy and catalogue, at list prices and their breaks.
func newDemo(t testing.TB) demo {
	t.Helper()
	policy, err := quoting.DefaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open("../quoting/testdata/catalogue.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]quoting.ItemType{"Inventory": quoting.Inventory, "Service": quoting.Service, "OtherCharge": quoting.OtherCharge, "NonInventory": quoting.NonInventory, "Kit": quoting.Kit}
	c := quoting.Catalogue{TakenAt: pricesAt, Levels: []quoting.PriceLevel{{ID: quoting.BaseLevel, Name: "Base Price"}}, Customers: []quoting.Customer{acme}}
	for i, r := range records[1:] {
		item := quoting.Item{
			ID: quoting.ItemID(1001 + i), SKU: r[0], Type: types[r[1]], Category: r[2], Name: r[3], BreakGroup: r[6], Tags: strings.Split(r[7], ";"),
			Costs: quoting.Costs{Average: decimal.NullDecimal{Decimal: decimal.MustParse(r[5]), Valid: true}},
		}
		c.Items = append(c.Items, item)
		if item.Type == quoting.Inventory {
			c.Stock = append(c.Stock, quoting.Stock{Item: item.ID, Available: decimal.MustNew(int64(17*i%400), 0)})
		}
		list := quoting.MustMoney(r[4], quoting.USD)
		for from, off := range breaks[item.BreakGroup] {
			price, err := list.Scale(decimal.MustNew(100-off, 2))
			if err != nil {
				t.Fatal(err)
			}
			c.Prices = append(c.Prices, quoting.PriceRow{ID: int64(len(c.Prices) + 1), Item: item.ID, Level: quoting.BaseLevel, From: from, Price: price})
		}
	}
	book, err := quoting.NewPriceBook(1, c)
	if err != nil {
		t.Fatal(err)
	}
	return demo{policy, book}
}

// scene is a version of a quote and who looks at it. A change makes one state of it.
type scene struct {
	quote   quoting.Quote
	version quoting.Version
	viewer  quoting.Person
	at      time.Time
}

// view is Q-1001 for the request, a draft without a check, as its rep sees it after the
// change. Extra sets what the desk adds to a view.
func (d demo) view(t testing.TB, r quoting.Request, change func(*scene), extra func(*quoting.View)) quoting.View {
	t.Helper()
	worked := quoting.Version{Request: r}
	if err := worked.Work(d.policy, d.book); err != nil {
		t.Fatal(err)
	}
	s := scene{
		quote: quoting.Quote{ID: 1001, Owner: riley.ID, State: quoting.Open, Current: 2, Estimate: quoting.NoEstimate},
		version: quoting.Version{
			Quote: 1001, Number: 2, State: quoting.Draft, Request: r, System: worked.System, Priced: worked.Priced, Customer: acme,
			PricesAt: pricesAt, Approvals: worked.Approvals, ValidUntil: now.AddDate(0, 0, 30),
			Check: quoting.Check{State: quoting.Checking},
		},
		viewer: riley, at: now,
	}
	if change != nil {
		change(&s)
	}
	v := quoting.NewView(d.policy, s.quote, s.version, riley, staff(morgan), s.viewer, s.at)
	if extra != nil {
		extra(&v)
	}
	return v
}

func text(n int) string { return strconv.Itoa(n) }

// staff is everybody who decides, of whom one stands above the owner.
func staff(manager quoting.Person) quoting.Organisation {
	return quoting.Organisation{
		People: []quoting.Person{
			manager, person("3", "Finn Finance", quoting.Finance), person("4", "Vera Vice", quoting.VP), person("5", "Olive Owner", quoting.Owner), person("6", "Eve Engineer", quoting.Engineering),
		},
		Above: []quoting.PersonID{manager.ID},
	}
}
