package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
	"radioquote/store"
)

// past stores a quote of somebody's as it was made at a time, and puts it where it stands
// with SQL, in which $1 is the quote.
func (s *shelf) past(owner string, v quoting.Version, at time.Time, stands string) quoting.QuoteID {
	s.t.Helper()
	v.CreatedAt = at
	q, _ := s.quote(owner, v)
	s.sql(strings.ReplaceAll(stands, "$1", fmt.Sprint(int64(q.ID))))
	return q.ID
}

// Where a past quote stands.
const (
	approved = `UPDATE quote_versions SET state = 'pending', nonce = 'n', submitted_at = created_at WHERE quote_id = $1;
		UPDATE quote_versions SET state = 'approved' WHERE quote_id = $1;`
	synced    = approved + `UPDATE quotes SET estimate = 'synced' WHERE id = $1;`
	won       = synced + `UPDATE quotes SET state = 'won' WHERE id = $1;`
	lost      = `UPDATE quotes SET state = 'lost' WHERE id = $1;`
	cancelled = `UPDATE quotes SET state = 'cancelled' WHERE id = $1;`
	revised   = approved + `INSERT INTO quote_versions SELECT (jsonb_populate_record(v, '{"version": 2, "state": "draft"}')).* FROM quote_versions v WHERE quote_id = $1;
		INSERT INTO quote_lines SELECT (jsonb_populate_record(l, '{"version": 2}')).* FROM quote_lines l WHERE quote_id = $1;
		UPDATE quote_versions SET state = 'superseded' WHERE quote_id = $1 AND version = 1; UPDATE quotes SET current = 2 WHERE id = $1;`
)

func TestQuotesThatWereDecidedAreWhatOthersAreComparedWith(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	since := noon.AddDate(0, -24, 0)
	dmr, poc := s.version(usual, 1), s.version(quoting.Request{Users: 60, Sites: 3, Industry: "security"}, 1)
	for i, past := range []struct {
		owner  string
		v      quoting.Version
		at     time.Time
		stands string
	}{
		{"riley", dmr, noon.Add(-5 * time.Hour), approved},
		{"riley", dmr, noon.Add(-4 * time.Hour), won},
		{"sam", dmr, noon.Add(-3 * time.Hour), lost},
		{"sam", dmr, since, approved},
		{"riley", poc, noon, approved},
		{"rob", dmr, noon.Add(-6 * time.Hour), revised + lost},
		{"riley", dmr, noon, ""}, // from here on none that counts
		{"riley", dmr, noon, cancelled},
		{"riley", dmr, noon, revised},
		{"riley", dmr, since.Add(-time.Second), approved},
		{"riley", dmr, noon, approved + `UPDATE quote_versions SET measures = '{}' WHERE quote_id = $1;`},
	} {
		s.past(past.owner, past.v, past.at, fmt.Sprintf(`UPDATE quote_versions SET measures = jsonb_set(measures, '{discount}', '"%d"') WHERE quote_id = $1;`, i)+past.stands)
	}
	found := func(role store.Role, who string, limit int) (discounts []string) {
		s.in(role, func(tx *store.Tx) error {
			if who != "" {
				if _, err := s.arrive(tx, who); err != nil {
					return err
				}
			}
			past, err := tx.PastMeasures(t.Context(), since, limit)
			for _, p := range past {
				discounts = append(discounts, fmt.Sprint(p.Owner.Object, " ", p.Technology, " ", p.Measures[quoting.DiscountPercent]))
				made := quoting.ProfileOf(p.Owner, map[quoting.Technology]quoting.Version{quoting.DMR: dmr, quoting.PoC: poc}[p.Technology])
				delete(made.Measures, quoting.DiscountPercent)
				delete(p.Measures, quoting.DiscountPercent)
				if diff := cmp.Diff(made, p, cmp.Comparer(decimal.Decimal.Equal)); diff != "" || p.Owner.Tenant != tenant {
					t.Errorf("a past quote (-made +read):\n%s", diff)
				}
			}
			return err
		})
		slices.Sort(discounts)
		return discounts
	}
	all := []string{"riley dmr 0", "riley dmr 1", "riley poc 4", "rob dmr 5", "sam dmr 2", "sam dmr 3"}
	if diff := cmp.Diff(all, found(store.Job, "", 500)); diff != "" {
		t.Errorf("past quotes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"riley dmr 1", "riley poc 4", "sam dmr 2"}, found(store.Job, "", 2)); diff != "" {
		t.Errorf("the newest two of each technology (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"sam dmr 2", "sam dmr 3"}, found(store.Service, "sam", 500)); diff != "" {
		t.Errorf("what sam sees (-want +got):\n%s", diff)
	}
}

func TestTheLastPriceIsOfTheNewestQuoteThatWasSoldOrStands(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	since := noon.AddDate(0, -24, 0)
	dmr := s.version(usual, 1)
	priced := func(customer quoting.CustomerID, price string) quoting.Version {
		v := s.version(usual, customer)
		v.Priced.Lines = slices.Clone(v.Priced.Lines)[:2]
		v.Priced.Lines[0].Unit = quoting.MustMoney(price, quoting.USD)
		v.Priced.Lines[0].Extended, _ = v.Priced.Lines[0].Unit.Times(v.Priced.Lines[0].Qty)
		return v
	}
	discounted := func(v quoting.Version) quoting.Version {
		l := &v.Priced.Lines[0]
		l.Share, _ = quoting.MustMoney("1", quoting.USD).Times(l.Qty)
		return v
	}
	first, second := dmr.Priced.Lines[0].Item, dmr.Priced.Lines[1].Item
	items := []quoting.ItemID{first, second, 9999}
	last := func(role store.Role, who string, customer quoting.CustomerID) (last map[quoting.ItemID]quoting.LastPaid) {
		s.in(role, func(tx *store.Tx) (err error) {
			if who != "" {
				if _, err := s.arrive(tx, who); err != nil {
					return err
				}
			}
			last, err = tx.LastPaid(t.Context(), customer, items, since)
			return err
		})
		return last
	}
	for _, step := range []struct {
		name   string
		v      quoting.Version
		ago    time.Duration
		stands string
		price  string // the last price of the first item afterwards
		won    bool
	}{
		{"before the window", priced(1, "100"), noon.Sub(since) + time.Second, won, "", false},
		{"sold", priced(1, "110"), noon.Sub(since), won, "110", true},
		{"synced, and out", priced(1, "120"), 50 * time.Hour, synced + `UPDATE quotes SET state = 'sent' WHERE id = $1;`, "120", false},
		{"an older sale changes nothing", priced(1, "130"), 60 * time.Hour, won, "120", false},
		{"approved, and not in NetSuite", priced(1, "140"), 9 * time.Hour, approved, "120", false},
		{"synced, and lost", priced(1, "150"), 8 * time.Hour, synced + lost, "120", false},
		{"synced, and revised since", priced(1, "160"), 7 * time.Hour, revised + `UPDATE quotes SET estimate = 'synced' WHERE id = $1;`, "120", false},
		{"a draft", priced(1, "170"), 6 * time.Hour, "", "120", false},
		{"another customer's", priced(2, "180"), 5 * time.Hour, won, "120", false},
		{"a header discount counts", discounted(priced(1, "185")), 270 * time.Minute, won, "184", true},
		{"sold again", priced(1, "190"), 4 * time.Hour, won, "190", true},
	} {
		id := s.past("riley", step.v, noon.Add(-step.ago), step.stands)
		got := last(store.Job, "", 1)
		paid, known := got[first]
		if known != (step.price != "") || known && (paid.Price.Amount.Cmp(decimal.MustParse(step.price)) != 0 || paid.Price.Currency != quoting.USD || paid.Won != step.won) {
			t.Errorf("%s: the last price is %+v, want %s", step.name, paid, step.price)
		}
		if step.name == "sold again" && (paid.Quote != id || !paid.At.Equal(noon.Add(-step.ago)) || len(got) != 2 || !got[second].Price.Equal(step.v.Priced.Lines[1].Unit)) {
			t.Errorf("the last prices are %+v, want those of %s", got, id)
		}
	}
	if got := last(store.Service, "sam", 1); len(got) != 0 {
		t.Errorf("another team reads the prices %+v", got)
	}
	if got := last(store.Service, "rob", 1); len(got) != 2 {
		t.Errorf("the own team reads the prices %+v", got)
	}
}

func TestThePricesOfAnItemAreReadAsTheyMoved(t *testing.T) {
	t.Parallel()
	const item = 1003
	rows := int64(100_000)
	// base gives the item these Base prices, by quantity, in rows of new ids.
	base := func(prices map[int]string) func(*quoting.Catalogue) {
		return func(c *quoting.Catalogue) {
			c.Prices = slices.DeleteFunc(c.Prices, func(r quoting.PriceRow) bool { return r.Item == item && r.Level == 1 })
			for from, price := range prices {
				rows++
				c.Prices = append(c.Prices, quoting.PriceRow{ID: rows, Item: item, Level: 1, From: from, Price: quoting.MustMoney(price, quoting.USD)})
			}
		}
	}
	s := newShelf(t, base(map[int]string{1: "385", 10: "373"})) // taken at hour -1
	for hour, prices := range []map[int]string{
		{1: "400", 10: "373"},
		{1: "400.00", 10: "373"}, // other rows, the same prices
		{1: "400"},               // no break any more
		{1: "385", 10: "373"},    // as it was
		{1: "385", 10: "350"},
	} {
		c := catalogue(t)
		base(prices)(&c)
		c.TakenAt = noon.Add(time.Duration(hour) * time.Hour)
		id := s.stage(c)
		s.in(store.Sync, func(tx *store.Tx) error {
			_, err := tx.PublishSnapshot(t.Context(), id, true, c.TakenAt.Add(time.Minute))
			return err
		})
	}
	read := func(level quoting.LevelID, currency quoting.Currency, since time.Time) (lines []string) {
		s.in(store.Service, func(tx *store.Tx) error {
			if _, err := s.arrive(tx, "riley"); err != nil {
				return err
			}
			periods, err := tx.PriceHistory(t.Context(), item, level, currency, since)
			for _, p := range periods {
				until := "now"
				if !p.Until.IsZero() {
					until = fmt.Sprint(p.Until.Sub(noon).Hours())
				}
				lines = append(lines, fmt.Sprintf("from %d: %s, %v to %s", p.Quantity, p.Price, p.From.Sub(noon).Hours(), until))
			}
			return err
		})
		return lines
	}
	all := []string{
		"from 1: 385.00 USD, -1 to 0", "from 1: 400.00 USD, 0 to 3", "from 1: 385.00 USD, 3 to now",
		"from 10: 373.00 USD, -1 to 2", "from 10: 373.00 USD, 3 to 4", "from 10: 350.00 USD, 4 to now",
	}
	for _, tc := range []struct {
		name     string
		level    quoting.LevelID
		currency quoting.Currency
		since    time.Time
		want     []string
	}{
		{"from before the first", 1, quoting.USD, noon.AddDate(-1, 0, 0), all},
		{"what ended at that moment is left out", 1, quoting.USD, noon, all[1:]},
		{"what held for a part is in whole", 1, quoting.USD, noon.Add(210 * time.Minute), []string{all[2], all[4], all[5]}},
		{"another currency", 1, "CAD", noon, nil},
		{"another level", 4, quoting.USD, noon, []string{ // which of its rows is which changed, and no price
			"from 1: 354.20 USD, -1 to now", "from 10: 343.57 USD, -1 to now", "from 25: 332.95 USD, -1 to now",
			"from 50: 322.32 USD, -1 to now", "from 100: 311.70 USD, -1 to now", "from 250: 301.07 USD, -1 to now",
		}},
	} {
		if diff := cmp.Diff(tc.want, read(tc.level, tc.currency, tc.since)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

// BenchmarkHistory reads from 10,000 quotes of 50 customers, of which one in ten was lost,
// half were approved, and the others are drafts.
func BenchmarkHistory(b *testing.B) {
	s := newShelf(b)
	v := s.version(usual, 1)
	id := s.past("riley", v, noon.Add(-time.Hour), synced)
	s.as(s.database.SuperURL, func(conn *pgx.Conn) {
		for _, query := range []string{
			`INSERT INTO quotes (id, owner_id, team, state, current, estimate, created_at)
			 SELECT 100000 + n, owner_id, team, CASE n % 10 WHEN 0 THEN 'lost' ELSE 'open' END, 1, CASE n % 2 WHEN 1 THEN 'synced' ELSE 'none' END, created_at
			 FROM quotes, generate_series(1, 10000) n WHERE id = $1`,
			`INSERT INTO quote_versions SELECT (jsonb_populate_record(v, jsonb_build_object('quote_id', 100000 + n, 'customer_id', n % 50,
			   'state', CASE n % 2 WHEN 1 THEN 'approved' ELSE 'draft' END, 'created_at', created_at - n * interval '1 hour'))).*
			 FROM quote_versions v, generate_series(1, 10000) n WHERE quote_id = $1`,
			`INSERT INTO quote_lines SELECT (jsonb_populate_record(l, jsonb_build_object('quote_id', 100000 + n))).*
			 FROM quote_lines l, generate_series(1, 10000) n WHERE quote_id = $1 ORDER BY n, position`,
		} {
			if _, err := conn.Exec(b.Context(), query, int64(id)); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := conn.Exec(b.Context(), `VACUUM ANALYZE`); err != nil {
			b.Fatal(err)
		}
	})
	since := noon.AddDate(0, -24, 0)
	items := make([]quoting.ItemID, len(v.Priced.Lines))
	for i, l := range v.Priced.Lines {
		items[i] = l.Item
	}
	for _, bm := range []struct {
		name string
		role store.Role
		read func(*store.Tx) error
	}{
		{"measures", store.Job, func(tx *store.Tx) error {
			past, err := tx.PastMeasures(b.Context(), since, 500)
			if len(past) != 500 {
				b.Fatalf("%d past quotes", len(past))
			}
			return err
		}},
		{"last prices", store.Job, func(tx *store.Tx) error {
			last, err := tx.LastPaid(b.Context(), 1, items, since)
			if len(last) != len(items) {
				b.Fatalf("%d last prices", len(last))
			}
			return err
		}},
		{"price history", store.Job, func(tx *store.Tx) error {
			periods, err := tx.PriceHistory(b.Context(), 1003, 1, quoting.USD, since)
			if len(periods) != 6 {
				b.Fatalf("%d periods", len(periods))
			}
			return err
		}},
	} {
		b.Run(bm.name, func(b *testing.B) {
			s.in(bm.role, func(tx *store.Tx) error {
				for b.Loop() {
					if err := bm.read(tx); err != nil {
						return err
					}
				}
				return nil
			})
		})
	}
}
