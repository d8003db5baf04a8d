package store_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/govalues/decimal"
	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

var (
	basketCount = flag.Int("baskets.n", 3000, "random baskets that both engines price")
	basketSeed  = flag.Uint64("baskets.seed", 20261125, "seed of the random baskets")
)

// market is a random price list with customers, for one seed: levels, breaks that begin
// where they like, own prices, levels by item and group, two currencies, items without a
// cost and items that are passed through.
func market(r *rand.Rand) func(*quoting.Catalogue) {
	return func(c *quoting.Catalogue) {
		c.Levels = []quoting.PriceLevel{{ID: 1, Name: "Base Price"}, {ID: 2, Name: "Preferred"}, {ID: 4, Name: "VIP"}}
		c.Prices, c.CustomerPrices, c.GroupLevels, c.Customers = nil, nil, nil, nil
		for i := range c.Items {
			item := &c.Items[i]
			item.Costs = quoting.Costs{}
			for _, cost := range []*decimal.NullDecimal{&item.Costs.Average, &item.Costs.LastPurchase, &item.Costs.Standard} {
				if r.IntN(3) > 0 {
					*cost = decimal.NullDecimal{Decimal: decimal.MustNew(r.Int64N(300_0000), r.IntN(4)+1), Valid: true}
				}
			}
			for _, currency := range []quoting.Currency{quoting.USD, "CAD"} {
				for _, level := range c.Levels {
					if level.ID != 1 && r.IntN(6) == 0 {
						continue // not sold at that level
					}
					from := 1
					if level.ID != 1 && r.IntN(5) == 0 {
						from = r.IntN(4) + 1
					}
					for range r.IntN(5) + 1 {
						price := quoting.Money{Amount: decimal.MustNew(r.Int64N(400_000)+1, 2), Currency: currency}
						c.Prices = append(c.Prices, quoting.PriceRow{ID: int64(len(c.Prices) + 1), Item: item.ID, Level: level.ID, From: from, Price: price})
						from += r.IntN(30) + 1
					}
				}
			}
		}
		for id := range quoting.CustomerID(20) {
			id++
			currency := quoting.USD
			if r.IntN(4) == 0 {
				currency = "CAD"
			}
			c.Customers = append(c.Customers, quoting.Customer{
				ID: id, EntityID: fmt.Sprint("C", id), Name: fmt.Sprint("Customer ", id), Level: []quoting.LevelID{0, 1, 2, 4}[r.IntN(4)], Currency: currency, Taxable: true,
			})
			for _, item := range c.Items {
				if r.IntN(8) > 0 {
					continue
				}
				p := quoting.CustomerPrice{Customer: id, Item: item.ID, Level: []quoting.LevelID{1, 2, 4}[r.IntN(3)], Price: quoting.Money{Currency: currency}}
				if r.IntN(2) == 0 {
					p.Level, p.Price.Amount = quoting.CustomLevel, decimal.MustNew(r.Int64N(300_000)+1, 2)
				}
				c.CustomerPrices = append(c.CustomerPrices, p)
			}
			for group := range int64(3) {
				if r.IntN(4) == 0 && group > 0 {
					c.GroupLevels = append(c.GroupLevels, quoting.GroupLevel{Customer: id, Group: group, Level: []quoting.LevelID{1, 2, 4}[r.IntN(3)]})
				}
			}
		}
	}
}

// basket is a random quote on random terms; false where Go refuses to price it.
func (s *shelf) basket(r *rand.Rand, skus []string) (quoting.Version, bool) {
	v := quoting.Version{Number: 1, State: quoting.Draft, Policy: s.policy.Version, Snapshot: s.snapshot.ID, CreatedAt: noon, ValidUntil: noon}
	v.Customer, _ = s.book.Customer(quoting.CustomerID(r.IntN(21)))
	for range r.IntN(8) + 1 {
		units := []int{1, 2, r.IntN(12) + 1, r.IntN(60) + 1, r.IntN(300) + 1}[r.IntN(5)]
		line := quoting.SizedLine{SKU: skus[r.IntN(len(skus))], Qty: units, Units: units}
		switch r.IntN(6) {
		case 0:
			line.Months = r.IntN(40) + 1
			line.Qty = units * line.Months
		case 1:
			line.Weeks = r.IntN(60) + 1
			line.Qty = units * line.Weeks
		}
		v.System.Lines = append(v.System.Lines, line)
	}
	if r.IntN(4) == 0 { // lines that are equal, so that shares tie
		v.System.Lines = append(v.System.Lines, v.System.Lines...)
	}
	number := func(most int64, scale int) quoting.Number {
		return quoting.Number{Decimal: decimal.MustNew(r.Int64N(most), scale)}
	}
	terms := &v.Request.Terms
	if r.IntN(2) == 0 {
		terms.Header = &quoting.HeaderDiscount{Percent: new(number(60_000, 3))}
		if r.IntN(2) == 0 {
			terms.Header = &quoting.HeaderDiscount{Amount: new(number(90_000, 2))}
		}
	}
	for range r.IntN(3) {
		scope := []quoting.Scope{"hardware", "services", "accessories", "portable", "battery", "install"}[r.IntN(6)]
		terms.Discounts = append(terms.Discounts, quoting.LineDiscount{Scope: scope, Percent: number(40_000, 3)})
	}
	for range r.IntN(3) {
		terms.Locked = append(terms.Locked, quoting.LockedPrice{SKU: v.System.Lines[r.IntN(len(v.System.Lines))].SKU, Unit: number(300_000, 2)})
	}
	var err error
	v.Priced, err = quoting.Price(s.policy, s.book, v.System, v.Customer, *terms)
	return v, err == nil
}

// judged writes versions behind the service's back and returns how many of them the second
// engine does not agree with, and the first of them.
func (s *shelf) judged(tx pgx.Tx, versions []quoting.Version) (disagree int, first string, err error) {
	ctx := context.Background()
	var quotes, heads, lines [][]any
	for i, v := range versions {
		id := int64(1_000_000 + i)
		p := v.Priced
		quotes = append(quotes, []any{id, int64(1), "", "open", 1, noon})
		request, err := json.Marshal(v.Request)
		if err != nil {
			return 0, "", err
		}
		var customer, who any
		if v.Customer.ID != 0 {
			customer, who = int64(v.Customer.ID), `{}`
		}
		var margin any
		if p.Margin.Known {
			margin = p.Margin.Percent
		}
		heads = append(heads, []any{id, 1, "draft", request, `{}`, customer, who, int64(v.Snapshot), v.Policy, string(p.Currency), p.ListTotal.Amount, p.BookTotal.Amount, p.NetTotal.Amount,
			p.Discount.Amount, p.Freight.Amount, p.Total.Amount, p.Amount.Amount, p.CostTotal.Amount, margin, `[]`, noon, "h", noon, "c"})
		for at, l := range p.Lines {
			var cost any
			if l.Cost.Valid {
				cost = l.Cost.Decimal
			}
			lines = append(lines, []any{id, 1, at + 1, int64(l.Item), l.SKU, l.Name, string(l.Type), l.Category, l.Qty, l.Units, l.Months, l.Weeks, l.List.Amount, l.Level.Amount, l.Book.Amount,
				l.Unit.Amount, l.Extended.Amount, l.Discount, l.Locked, l.Passthrough, l.Share.Amount, cost, l.BreakPct, string(l.Source), int64(l.LevelID), l.PriceRow, l.Reason})
		}
	}
	for _, table := range []struct {
		name, columns string
		rows          [][]any
	}{
		{"quotes", "id, owner_id, team, state, current, created_at", quotes},
		{"quote_versions", "quote_id, version, state, request, system, customer_id, customer, snapshot_id, policy, currency, list_total, book_total, net_total, discount, freight, total, amount, cost_total, margin, approvals, valid_until, content_hash, created_at, correlation", heads},
		{"quote_lines", "quote_id, version, position, item_id, sku, name, item_type, category, qty, units, months, weeks, list_price, level_price, book_price, unit_price, extended, discount, locked, passthrough, share, unit_cost, break_pct, source, level_id, price_row, reason", lines},
	} {
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{table.name}, strings.Split(table.columns, ", "), pgx.CopyFromRows(table.rows)); err != nil {
			return 0, "", fmt.Errorf("%s: %w", table.name, err)
		}
	}
	if _, err := tx.Exec(ctx, `ANALYZE quotes, quote_versions, quote_lines, prices, items, customers, customer_prices, group_levels`); err != nil {
		return 0, "", err
	}
	rows, _ := tx.Query(ctx, `
		SELECT v.quote_id, coalesce(r.trace::text, r.list_total || ' ' || r.net_total || ' ' || r.discount || ' ' || r.freight || ' ' || r.amount || ' ' || r.cost_total || ' ' || coalesce(r.margin::text, '-'))
		FROM quote_versions v, LATERAL recompute_totals(v.quote_id, v.version, $1, $2, $3) r
		WHERE v.quote_id >= 1000000
		  AND coalesce(r.agrees, false) = false
		ORDER BY 1`, s.policy.CostOrder, s.policy.Freight.Percent, s.policy.Freight.Minimum)
	var id int64
	var trace string
	_, err = pgx.ForEachRow(rows, []any{&id, &trace}, func() error {
		if disagree++; disagree == 1 {
			v := versions[id-1_000_000]
			first = fmt.Sprintf("basket %d: %+v\nGo: %+v\nSQL: %s", id-1_000_000, v.Request.Terms, v.Priced, trace)
		}
		return nil
	})
	return disagree, first, err
}

// rolledBack runs fn in a transaction of the superuser that leaves nothing behind.
func (s *shelf) rolledBack(fn func(pgx.Tx) error) {
	s.t.Helper()
	conn, err := pgx.Connect(s.t.Context(), s.database.SuperURL)
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close(context.Background())
	tx, err := conn.Begin(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	defer tx.Rollback(context.Background())
	if err := fn(tx); err != nil {
		s.t.Fatal(err)
	}
}

// bulk is how many baskets are written at once, and per how many the price list is another.
const bulk, perMarket = 2500, 50_000

func TestTheEnginesAgreeOnRandomBaskets(t *testing.T) {
	t.Parallel()
	started, priced, refused := time.Now(), 0, 0
	for seed := *basketSeed; priced < *basketCount; seed++ {
		r := rand.New(rand.NewPCG(seed, 1))
		s := newShelf(t, market(r))
		skus := s.skus()
		for upTo := min(priced+perMarket, *basketCount); priced < upTo; {
			var versions []quoting.Version
			for len(versions) < min(bulk, upTo-priced) {
				if v, ok := s.basket(r, skus); ok {
					versions = append(versions, v)
				} else {
					refused++
				}
			}
			s.rolledBack(func(tx pgx.Tx) error {
				disagree, first, err := s.judged(tx, versions)
				if err == nil && disagree > 0 {
					t.Fatalf("seed %d: %d of %d baskets differ; the first is %s", seed, disagree, len(versions), first)
				}
				return err
			})
			priced += len(versions)
		}
	}
	t.Logf("%d baskets from seed %d in %s: no difference (%d more were refused)", priced, *basketSeed, time.Since(started).Round(time.Second), refused)
}

// skus are the items that a basket may hold.
func (s *shelf) skus() []string {
	var skus []string
	for _, item := range s.book.Sold() {
		skus = append(skus, item.SKU)
	}
	return skus
}

// mutations are mistakes that somebody might make in the second engine: each has to be
// noticed.
var mutations = []struct{ name, from, to string }{
	{"extended amounts are cut off instead of rounded", "round(p.unit_price * p.qty, 2) AS extended", "trunc(p.unit_price * p.qty - 0.004, 2) AS extended"},
	{"a line's discount is cut off", "round(b.book_price * (100 - b.line_discount) * 0.01, 2)", "trunc(b.book_price * (100 - b.line_discount) * 0.01, 2)"},
	{"a discounted price has one place", "round(b.book_price * (100 - b.line_discount) * 0.01, 2)", "round(b.book_price * (100 - b.line_discount) * 0.01, 1)"},
	{"the header discount is cut off", "round(base * percent * 0.01, 2)", "trunc(base * percent * 0.01, 2)"},
	{"a break begins one later", "p.from_qty <= l.units", "p.from_qty < l.units"},
	{"a break counts what is charged", "p.from_qty <= l.units", "p.from_qty <= l.qty"},
	{"the smallest break counts", "(array_agg(p.unit_price ORDER BY p.from_qty DESC))[1] AS price", "(array_agg(p.unit_price ORDER BY p.from_qty))[1] AS price"},
	{"the group's level goes before the item's", "coalesce(own.level_id, g.level_id, nullif(c.level_id, 0), 1)", "coalesce(g.level_id, own.level_id, nullif(c.level_id, 0), 1)"},
	{"the customer's level goes before the group's", "coalesce(own.level_id, g.level_id, nullif(c.level_id, 0), 1)", "coalesce(own.level_id, nullif(c.level_id, 0), g.level_id, 1)"},
	{"a level without a row falls through to Base", "CASE WHEN f.own_price THEN f.agreed ELSE f.at_level END AS book_price", "CASE WHEN f.own_price THEN f.agreed ELSE f.list_price END AS book_price"},
	{"an own price is ignored", "CASE WHEN f.own_price THEN f.agreed ELSE f.at_level END AS book_price", "f.at_level AS book_price"},
	{"what is passed through is discounted", "WHERE NOT e.passthrough AND h.discount > 0", "WHERE h.discount > 0"},
	{"the header discount counts what is passed through", "FILTER (WHERE NOT e.passthrough), 0) AS base", "FILTER (WHERE true), 0) AS base"},
	{"cents that are left go to the first lines", "ORDER BY s.rest DESC, s.position", "ORDER BY s.position"},
	{"ties go to the later line", "ORDER BY s.rest DESC, s.position", "ORDER BY s.rest DESC, s.position DESC"},
	{"freight is charged on everything", "FILTER (WHERE a.hardware) * freight_percent", "FILTER (WHERE true) * freight_percent"},
	{"freight has no minimum", "greatest(round(sum(a.extended) FILTER (WHERE a.hardware) * freight_percent / 100, 2), freight_minimum)", "round(sum(a.extended) FILTER (WHERE a.hardware) * freight_percent / 100, 2)"},
	{"freight comes after the header discount", "sum(a.extended) FILTER (WHERE a.hardware)", "sum(a.extended - a.share) FILTER (WHERE a.hardware)"},
	{"the last cost goes first", "ORDER BY wanted.rank", "ORDER BY wanted.rank DESC"},
	{"a cost that is unknown is none", "bool_and(a.unit_cost IS NOT NULL) AS cost_known", "true AS cost_known"},
	{"the margin forgets the header discount", "round((s.net - h.discount - s.cost) * 100 / (s.net - h.discount), 2)", "round((s.net - s.cost) * 100 / s.net, 2)"},
	{"the margin is of the cost", "* 100 / (s.net - h.discount), 2)", "* 100 / nullif(s.cost, 0), 2)"},
	{"thirteen months count", "WHEN e.months > 12 THEN", "WHEN e.months > 13 THEN"},
	{"the whole term counts", "* 12 / e.months, 2)", "* 1, 2)"},
	{"the whole rental counts", "* 52 / e.weeks, 2)", "* 1, 2)"},
	{"a set price is ignored", "WHEN b.locked_price IS NOT NULL THEN b.locked_price", "WHEN false THEN b.locked_price"},
	{"a line's discount is forgotten", "WHEN b.line_discount > 0 THEN", "WHEN false THEN"},
	{"another currency's prices count", "p.item_id = l.item_id AND p.currency = s.currency AND p.from_qty <= l.units", "p.item_id = l.item_id AND p.from_qty <= l.units"},
	{"the total forgets the discount", "s.net - h.discount + s.freight AS total", "s.net + s.freight AS total"},
	{"approval forgets the freight", "v.amount = r.counted + r.freight", "v.amount = r.counted"},
	{"what was charged for the level is not looked at", "e.level_price = e.stored_level", "e.level_price = e.stored_list"},
}

func TestAMistakeInAnEngineIsNoticed(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(*basketSeed, 2))
	s := newShelf(t, market(r))
	skus := s.skus()
	var versions []quoting.Version
	for len(versions) < 1500 {
		if v, ok := s.basket(r, skus); ok {
			versions = append(versions, v)
		}
	}
	text, err := os.ReadFile("../migrations/000010_terms.up.sql")
	if err != nil {
		t.Fatal(err)
	}
	engine := regexp.MustCompile(`(?s)CREATE (FUNCTION recompute_totals.*?\$\$;)`).FindStringSubmatch(string(text))
	if engine == nil {
		t.Fatal("the migration makes no second engine")
	}
	for _, m := range mutations {
		if strings.Count(engine[1], m.from) != 1 {
			t.Errorf("%s: the engine has %q %d times", m.name, m.from, strings.Count(engine[1], m.from))
			continue
		}
		s.rolledBack(func(tx pgx.Tx) error {
			if _, err := tx.Exec(t.Context(), "CREATE OR REPLACE "+strings.Replace(engine[1], m.from, m.to, 1)); err != nil {
				return fmt.Errorf("%s: %w", m.name, err)
			}
			for looked := 0; looked < len(versions); {
				next := versions[looked:min(looked*4+100, len(versions))]
				looked += len(next)
				noticed, _, err := s.judged(tx, next)
				if err != nil {
					return fmt.Errorf("%s: %w", m.name, err)
				}
				if noticed > 0 {
					t.Logf("%s: noticed in %d of %d baskets", m.name, noticed, looked)
					return nil
				}
				if _, err := tx.Exec(t.Context(), `SET LOCAL session_replication_role = replica; DELETE FROM quote_lines; DELETE FROM quote_versions; DELETE FROM quotes`); err != nil {
					return err
				}
			}
			t.Errorf("%s: nobody notices in %d baskets", m.name, len(versions))
			return nil
		})
	}
}
