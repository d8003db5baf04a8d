package store_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/govalues/decimal"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"
	"pgregory.net/rapid"

	"radioquote/quoting"
	"radioquote/store"
	"radioquote/store/localpg"
)

func TestMain(m *testing.M) { localpg.Main(m) }

const tenant = "dealer"

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func person(object string, team, manager string, roles ...quoting.Role) quoting.Person {
	p := quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: object}, Name: strings.ToUpper(object), Roles: roles, Team: team}
	if manager != "" {
		p.Manager = quoting.PersonID{Tenant: tenant, Object: manager}
	}
	return p
}

// staff is a dealer: a rep with a lead above her who approves nothing, a manager above him,
// and others.
var staff = []quoting.Person{
	person("riley", "midwest", "lena", quoting.Rep),
	person("rob", "midwest", "lena", quoting.Rep),
	person("lena", "leads", "morgan", quoting.Rep),
	person("morgan", "managers", "vera", quoting.SalesManager),
	person("sam", "south", "", quoting.Rep),
	person("sandy", "south", "", quoting.SalesManager),
	person("vera", "", "", quoting.VP),
	person("fran", "", "", quoting.Finance),
	person("olive", "", "", quoting.Owner),
	person("ed", "", "", quoting.Engineering),
	person("ada", "midwest", "", quoting.Admin),
	person("abe", "", "", quoting.Auditor),
	person("nobody", "midwest", ""),
}

// shelf is a database with people and a published snapshot of the demo catalogue.
type shelf struct {
	t        testing.TB
	db       *store.DB
	database localpg.Database
	policy   *quoting.Policy
	snapshot store.Snapshot
	book     *quoting.PriceBook
	arrivals int
}

func newShelf(t testing.TB, change ...func(*quoting.Catalogue)) *shelf {
	t.Helper()
	s := &shelf{t: t, database: localpg.NewDatabase(t)}
	var err error
	if s.db, err = store.Open(t.Context(), s.database.URL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.db.Close)
	if s.policy, err = quoting.DefaultPolicy(); err != nil {
		t.Fatal(err)
	}
	s.in(store.Job, func(tx *store.Tx) error {
		if err := tx.TakePolicy(t.Context(), s.policy, noon); err != nil {
			return err
		}
		_, err := tx.TakeDirectory(t.Context(), staff, "first", noon)
		return err
	})
	c := catalogue(t)
	for _, by := range change {
		by(&c)
	}
	id := s.stage(c)
	s.in(store.Sync, func(tx *store.Tx) error { _, err := tx.PublishSnapshot(t.Context(), id, true, noon); return err })
	s.in(store.Job, func(tx *store.Tx) (err error) {
		if s.snapshot, err = tx.LatestSnapshot(t.Context()); err != nil {
			return err
		}
		read, err := tx.Catalogue(t.Context(), s.snapshot)
		if err != nil {
			return err
		}
		s.book, err = quoting.NewPriceBook(s.snapshot.ID, read)
		return err
	})
	return s
}

// in runs fn in a transaction that has to succeed.
func (s *shelf) in(role store.Role, fn func(*store.Tx) error) {
	s.t.Helper()
	if err := s.db.InTx(s.t.Context(), role, fn); err != nil {
		s.t.Fatal(err)
	}
}

// stage fills a snapshot without publishing it.
func (s *shelf) stage(c quoting.Catalogue) (id quoting.SnapshotID) {
	s.t.Helper()
	s.in(store.Sync, func(tx *store.Tx) (err error) {
		ctx := s.t.Context()
		if id, err = tx.BeginSnapshot(ctx, c.TakenAt); err != nil {
			return err
		}
		return errors.Join(
			tx.StageItems(ctx, id, c.Items), tx.StageLevels(ctx, id, c.Levels), tx.StagePrices(ctx, id, c.Prices), tx.StageCustomers(ctx, id, c.Customers),
			tx.StageCustomerPrices(ctx, id, c.CustomerPrices), tx.StageGroupLevels(ctx, id, c.GroupLevels), tx.StageStock(ctx, id, c.Stock))
	})
	return id
}

var breaks = map[string]map[int]int{"R": {1: 0, 10: 3, 25: 6, 50: 9, 100: 12, 250: 15}, "A": {1: 0, 12: 5, 36: 8, 100: 12, 250: 15}, "C": {1: 0, 6: 3, 12: 5, 24: 8}, "I": {1: 0, 2: 2, 4: 4, 8: 6}, "S": {1: 0, 25: 5, 100: 10, 250: 15, 1000: 20}, "L": {1: 0}}

// catalogue is the demo dealer's, with a customer of every kind of price.
func catalogue(t testing.TB) quoting.Catalogue {
	t.Helper()
	file, err := os.Open("../quoting/testdata/catalogue.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]quoting.ItemType{"Inventory": quoting.Inventory, "NonInventory": quoting.NonInventory, "Service": quoting.Service, "OtherCharge": quoting.OtherCharge, "Kit": quoting.Kit}
	c := quoting.Catalogue{TakenAt: noon.Add(-time.Hour), Levels: []quoting.PriceLevel{{ID: 1, Name: "Base Price"}, {ID: 4, Name: "VIP"}}}
	for i, r := range records[1:] {
		item := quoting.Item{ID: quoting.ItemID(1001 + i), SKU: r[0], Type: types[r[1]], Category: r[2], Name: r[3], BreakGroup: r[6], Tags: strings.Split(r[7], ";"), PricingGroup: int64(i % 3)}
		switch cost := (decimal.NullDecimal{Decimal: decimal.MustParse(r[5]), Valid: true}); i % 3 {
		case 0:
			item.Costs.Average = cost
		case 1:
			item.Costs.LastPurchase = cost
		default:
			item.Costs.LastPurchase, item.Costs.Standard = cost, decimal.NullDecimal{Decimal: decimal.One, Valid: true}
		}
		c.Items = append(c.Items, item)
		c.Stock = append(c.Stock, quoting.Stock{Item: item.ID, Available: decimal.MustNew(int64(i), 0)})
		for level, off := range map[quoting.LevelID]int64{1: 0, 4: 8} {
			for from, breakOff := range breaks[item.BreakGroup] {
				price, err := quoting.MustMoney(r[4], quoting.USD).Scale(decimal.MustNew((100-off)*int64(100-breakOff), 4))
				if err != nil {
					t.Fatal(err)
				}
				c.Prices = append(c.Prices, quoting.PriceRow{ID: int64(len(c.Prices) + 1), Item: item.ID, Level: level, From: from, Price: price})
			}
		}
	}
	for id, level := range map[quoting.CustomerID]quoting.LevelID{1: 0, 2: 4, 3: 0, 4: 4} {
		c.Customers = append(c.Customers, quoting.Customer{ID: id, EntityID: fmt.Sprint("C", id), Name: fmt.Sprint("Customer ", id), Level: level, Currency: quoting.USD, Taxable: true})
	}
	c.CustomerPrices = []quoting.CustomerPrice{
		{Customer: 3, Item: 1003, Level: quoting.CustomLevel, Price: quoting.MustMoney("333.33", quoting.USD)},
		{Customer: 3, Item: 1016, Level: 4, Price: quoting.Money{Currency: quoting.USD}},
	}
	c.GroupLevels = []quoting.GroupLevel{{Customer: 3, Group: 1, Level: 4}, {Customer: 4, Group: 2, Level: 1}}
	return c
}

// arrive makes somebody the actor of the transaction.
func (s *shelf) arrive(tx *store.Tx, object string) (store.Turn, error) {
	s.arrivals++
	return tx.Arrive(s.t.Context(), store.Arrival{
		Person: quoting.PersonID{Tenant: tenant, Object: object}, UserID: "29:" + object, Conversation: "a:" + object, Kind: "personal",
		ServiceURL: "https://smba.example/", Activity: fmt.Sprint("activity-", s.arrivals), Correlation: "c", At: noon,
	})
}

// version is a sized and priced version that is not stored.
func (s *shelf) version(r quoting.Request, customer quoting.CustomerID) quoting.Version {
	s.t.Helper()
	who, _ := s.book.Customer(customer)
	v := quoting.Version{
		Number: 1, State: quoting.Draft, Request: r, Customer: who, ValidUntil: noon.AddDate(0, 0, 30), Check: quoting.Check{State: quoting.Checking}, CreatedAt: noon,
	}
	if err := v.Work(s.policy, s.book); err != nil {
		s.t.Fatal(err)
	}
	v.PricesAt = s.snapshot.Confirmed
	return v
}

var usual = quoting.Request{Users: 60, Sites: 3, Industry: "construction"}

// quote stores a quote of somebody and returns it.
func (s *shelf) quote(owner string, v quoting.Version) (q store.Quote, again store.Recomputed) {
	s.t.Helper()
	s.in(store.Service, func(tx *store.Tx) error {
		turn, err := s.arrive(tx, owner)
		if err != nil {
			return err
		}
		id, err := tx.NextQuoteID(s.t.Context())
		if err != nil {
			return err
		}
		v.Quote = id
		q = store.Quote{OwnerRow: turn.Person.RowID, Quote: quoting.Quote{ID: id, Owner: turn.Person.ID, Team: turn.Person.Team, State: quoting.Open, Current: 1, Estimate: quoting.NoEstimate}}
		again, err = tx.AddVersion(s.t.Context(), s.policy, q, store.NewVersion{Version: v, Correlation: "c"}, store.Event{At: noon, Kind: "quote_created", Quote: id, Version: 1, Correlation: "c"})
		return err
	})
	return q, again
}

// as connects as one of the database's roles.
func (s *shelf) as(url string, do func(*pgx.Conn)) {
	s.t.Helper()
	conn, err := pgx.Connect(s.t.Context(), url)
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(s.t.Context()))
	do(conn)
}

func (s *shelf) sql(query string, args ...any) {
	s.t.Helper()
	s.as(s.database.SuperURL, func(conn *pgx.Conn) {
		if _, err := conn.Exec(s.t.Context(), query, args...); err != nil {
			s.t.Fatal(err)
		}
	})
}

// code is Postgres' code of an error; empty: no error of Postgres.
func code(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

// visible is which of the quotes somebody sees in each table, by their owners, read
// straight through the service's role with nothing but the actor set.
func (s *shelf) visible(who string, owners map[quoting.QuoteID]string) (seen map[string][]string) {
	s.t.Helper()
	seen = map[string][]string{}
	s.as(s.database.URL, func(conn *pgx.Conn) {
		tx, err := conn.Begin(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := tx.Exec(s.t.Context(), `SET LOCAL ROLE radioquote_service`); err != nil {
			s.t.Fatal(err)
		}
		if _, err := tx.Exec(s.t.Context(), `SELECT set_config('radioquote.actor', (SELECT id::text FROM people WHERE object_id = $1), true)`, who); err != nil {
			s.t.Fatal(err)
		}
		for table, id := range map[string]string{"quotes": "id", "quote_versions": "quote_id", "quote_lines": "quote_id", "decisions": "quote_id", "estimates": "quote_id", "audit_events": "coalesce(quote_id, 0)"} {
			rows, _ := tx.Query(s.t.Context(), `SELECT DISTINCT `+id+` FROM `+table)
			ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
			if err != nil {
				s.t.Fatal(err)
			}
			for _, quote := range ids {
				seen[table] = append(seen[table], owners[quoting.QuoteID(quote)])
			}
			slices.Sort(seen[table])
		}
	})
	return seen
}

func TestAQuoteIsSeenByWhoMaySeeItAndNobodyElse(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	owners := map[quoting.QuoteID]string{0: "no quote"} // whose events nobody sees
	s.in(store.Job, func(tx *store.Tx) error {
		return tx.Record(t.Context(), store.Event{At: noon, Kind: "directory_taken", Correlation: "c"})
	})
	for _, owner := range []string{"riley", "rob", "lena", "morgan", "sam"} {
		v := s.version(usual, 1)
		q, _ := s.quote(owner, v)
		owners[q.ID] = owner
		v.Quote, v.State, v.Nonce, v.SubmittedAt = q.ID, quoting.Pending, "nonce", noon
		v.Decision = &quoting.Decision{Action: quoting.Approve, At: noon}
		e := quoting.Estimate{ExternalID: "RQ-" + q.ID.String(), Number: "EST1", Total: v.Priced.Total, Tax: quoting.MustMoney("0", quoting.USD)}
		s.in(store.Job, func(tx *store.Tx) error {
			return errors.Join(tx.SaveSubmission(t.Context(), v), tx.SaveDecision(t.Context(), v, 0, 0), tx.SaveEstimate(t.Context(), q.ID, 1, e, noon))
		})
	}
	for _, row := range []struct{ who, sees, why string }{
		{"riley", "riley rob", "own and own team's"},
		{"rob", "riley rob", "own and own team's"},
		{"lena", "lena", "own; of two reports she is not the sales manager"},
		{"morgan", "lena morgan riley rob", "own, a report's, and a report's reports'"},
		{"vera", "lena morgan riley rob sam", "a VP sees all"},
		{"fran", "lena morgan riley rob sam", "finance sees all"},
		{"olive", "lena morgan riley rob sam", "an owner sees all"},
		{"ed", "lena morgan riley rob sam", "engineering sees all"},
		{"abe", "lena morgan riley rob sam", "an auditor sees all"},
		{"sam", "sam", "own; nothing of another team"},
		{"sandy", "sam", "own team's, as its sales manager"},
		{"ada", "", "an admin of the team sees no quotes"},
		{"nobody", "", "somebody of the team without a role"},
		{"a stranger", "", "nobody"},
	} {
		for table, owners := range s.visible(row.who, owners) {
			if got := strings.Join(owners, " "); got != row.sees {
				t.Errorf("%s sees in %s what is of %q, want %q: %s", row.who, table, got, row.sees, row.why)
			}
		}
	}
	var q store.Quote
	s.in(store.Service, func(tx *store.Tx) error {
		turn, err := s.arrive(tx, "riley")
		if err != nil {
			return err
		}
		recent, err := tx.RecentQuotes(t.Context(), turn.Person.RowID, 3)
		if len(recent) != 1 || owners[recent[0].ID] != "riley" {
			t.Fatalf("recent quotes %v", recent)
		}
		q = recent[0]
		return err
	})
	s.in(store.Service, func(tx *store.Tx) error {
		if _, err := s.arrive(tx, "sam"); err != nil {
			return err
		}
		_, err := tx.LockQuote(t.Context(), q.ID)
		_, vErr := tx.Version(t.Context(), q.ID, 1)
		if !errors.Is(err, quoting.NotFound) || !errors.Is(vErr, quoting.NotFound) {
			t.Errorf("another team's quote: %v, %v", err, vErr)
		}
		return nil
	})
	if err := s.db.InTx(t.Context(), store.Sync, func(tx *store.Tx) error { _, err := tx.Quote(t.Context(), q.ID); return err }); code(err) != "42501" {
		t.Errorf("the sync reads a quote: %v", err)
	}
	if err := s.db.InTx(t.Context(), store.Service, func(tx *store.Tx) error { _, err := tx.Quote(t.Context(), q.ID); return err }); !errors.Is(err, quoting.NotFound) {
		t.Errorf("nobody reads a quote: %v", err)
	}
}

func TestTheGrantsKeepWhatIsWritten(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	q, _ := s.quote("riley", s.version(usual, 1))
	denied := func(url, begin, query, want string) {
		t.Helper()
		s.as(url, func(conn *pgx.Conn) {
			tx, err := conn.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tx.Exec(t.Context(), begin); err != nil {
				t.Fatal(err)
			}
			if _, err := tx.Exec(t.Context(), query); code(err) != want {
				t.Errorf("%s %s: %v, want code %s", begin, query, err, want)
			}
		})
	}
	const permission, trigger = "42501", "23001"
	for _, table := range []string{"people", "quotes", "quote_lines", "prices", "audit_events", "messages"} {
		denied(s.database.URL, `SELECT 1`, `SELECT * FROM `+table, permission)
	}
	denied(s.database.URL, `SET LOCAL ROLE radioquote_sync`, `DELETE FROM prices`, permission)
	service := `SET LOCAL ROLE radioquote_service; SELECT set_config('radioquote.actor', '1', true)`
	for _, query := range []string{
		`UPDATE quote_versions SET total = 1`, `UPDATE quote_versions SET content_hash = ''`, `UPDATE quote_lines SET unit_price = 1`, `DELETE FROM quote_lines`, `DELETE FROM quotes`,
		`UPDATE audit_events SET kind = 'x'`, `DELETE FROM audit_events`, `TRUNCATE audit_events`, `UPDATE prices SET unit_price = 1`, `UPDATE people SET roles = '{owner}'`, `DELETE FROM decisions`,
	} {
		denied(s.database.URL, service, query, permission)
	}
	for query, want := range map[string]string{
		`UPDATE audit_events SET kind = 'x'`: trigger, `DELETE FROM audit_events`: trigger, `TRUNCATE audit_events`: trigger,
		`UPDATE prices SET unit_price = 1`: trigger,
		`DELETE FROM prices`:               trigger, `TRUNCATE prices`: trigger, `DELETE FROM price_snapshots`: trigger,
		`UPDATE prices SET until = (SELECT max(id) FROM price_snapshots) + 1`:                    "23503",
		`UPDATE price_snapshots SET taken_at = now()`:                                            trigger,
		`INSERT INTO price_levels VALUES (9, 'x', false, (SELECT max(id) FROM price_snapshots))`: trigger,
		`UPDATE quote_versions SET state = 'approved', nonce = 'x', submitted_at = now()`:        trigger,
		`UPDATE quotes SET estimate = 'needs_attention'`:                                         "23514",
	} {
		denied(s.database.SuperURL, `SELECT 1`, query, want)
	}
	if q.ID != 1001 {
		t.Errorf("the first quote is %s", q.ID)
	}
}

func TestAVersionComesBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	want := s.version(usual, 3)
	want.Reading, want.Changes, want.CustomerText = "I read: 60 radios.", []string{"Users: 50 → 60"}, "cust"
	q, again := s.quote("riley", want)
	if !again.Agrees || again.Trace != nil {
		t.Errorf("the engines disagree: %+v", again)
	}
	want.Quote = q.ID
	compare := func(got quoting.Version) {
		t.Helper()
		decimals := cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })
		if diff := cmp.Diff(want, got, decimals, cmpopts.EquateEmpty(), cmpopts.EquateApproxTime(0)); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	}
	read := func() (v quoting.Version) {
		s.in(store.Job, func(tx *store.Tx) (err error) { v, err = tx.Version(t.Context(), q.ID, 1); return err })
		return v
	}
	compare(read())
	want.State, want.Nonce, want.SubmittedAt = quoting.Pending, "nonce", noon
	want.Check = quoting.Check{State: quoting.Moved, At: noon, Method: quoting.ByCreateForm, Moved: []quoting.MovedPrice{{SKU: "SUM-P20U", From: quoting.MustMoney("1", quoting.USD), To: quoting.MustMoney("2.50", quoting.USD), Sellable: true}}}
	s.in(store.Job, func(tx *store.Tx) error {
		return errors.Join(tx.SaveSubmission(t.Context(), want), tx.SaveCheck(t.Context(), want))
	})
	compare(read())
	want.State = quoting.Rejected
	want.Decision = &quoting.Decision{Action: quoting.Reject, By: quoting.PersonID{Tenant: tenant, Object: "morgan"}, Name: "MORGAN", Reason: "no", At: noon}
	var morgan store.Person
	s.in(store.Job, func(tx *store.Tx) (err error) {
		var found bool
		if morgan, found, err = tx.Approver(t.Context(), q.OwnerRow); err != nil || !found {
			t.Errorf("the approver: %+v, %t", morgan, found)
		}
		return errors.Join(err, tx.SaveDecision(t.Context(), want, morgan.RowID, 0), tx.SaveSubmission(t.Context(), want))
	})
	compare(read())
	if err := s.db.InTx(t.Context(), store.Job, func(tx *store.Tx) error { return tx.SaveDecision(t.Context(), want, morgan.RowID, 0) }); !errors.Is(err, quoting.Conflict) {
		t.Errorf("a second decision: %v", err)
	}
	q.Estimate = quoting.Synced
	e := quoting.Estimate{ExternalID: "RQ-Q-1001", Number: "EST1", Total: want.Priced.Total, Tax: quoting.MustMoney("0", quoting.USD)}
	s.in(store.Job, func(tx *store.Tx) error {
		err := errors.Join(tx.SaveQuote(t.Context(), q.Quote), tx.SaveEstimate(t.Context(), q.ID, 1, e, noon), tx.SaveEstimate(t.Context(), q.ID, 1, e, noon))
		got, gErr := tx.LockQuote(t.Context(), q.ID)
		if got != q {
			t.Errorf("the quote is %+v", got)
		}
		return errors.Join(err, gErr)
	})
	v2 := s.version(quoting.Request{Users: 45, Sites: 3, Industry: "construction"}, 1)
	v2.Quote, v2.Number = q.ID, 2
	s.in(store.Service, func(tx *store.Tx) error {
		if _, err := s.arrive(tx, "riley"); err != nil {
			return err
		}
		again, err := tx.AddVersion(t.Context(), s.policy, q, store.NewVersion{Version: v2, Correlation: "c"})
		if !again.Agrees {
			t.Errorf("the second version: %+v", again)
		}
		return err
	})
	if v := read(); v.State != quoting.Superseded {
		t.Errorf("the first version is %s", v.State)
	}
}

func TestTheEnginesAgreeOnEveryBasket(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	items := catalogue(t).Items
	rapid.Check(t, func(rt *rapid.T) {
		var system quoting.System
		picked := rapid.SliceOfNDistinct(rapid.SampledFrom(items), 1, 25, func(i quoting.Item) quoting.ItemID { return i.ID }).Draw(rt, "items")
		for _, item := range picked {
			if item.Tagged(quoting.TagComputed) {
				continue
			}
			line := quoting.SizedLine{SKU: item.SKU, Units: rapid.IntRange(1, 1200).Draw(rt, item.SKU), Reason: "drawn"}
			line.Qty = line.Units
			if item.BreakGroup == "S" {
				line.Months = rapid.IntRange(1, 60).Draw(rt, "months")
				line.Qty = line.Units * line.Months
			}
			system.Lines = append(system.Lines, line)
		}
		v := s.version(usual, 1)
		v.System = system
		v.Customer, _ = s.book.Customer(quoting.CustomerID(rapid.IntRange(0, 4).Draw(rt, "customer")))
		var err error
		if v.Priced, err = quoting.Price(s.policy, s.book, system, v.Customer, quoting.Terms{}); err != nil {
			rt.Fatal(err)
		}
		if _, again := s.quote("riley", v); !again.Agrees {
			rt.Fatalf("%+v", again)
		}
	})
}

func TestTheSecondEngineFindsWhatWasTamperedWith(t *testing.T) {
	t.Parallel()
	more := func(m quoting.Money) quoting.Money {
		cent := quoting.MustMoney("0.01", quoting.USD)
		sum, err := m.Add(cent)
		if err != nil {
			panic(err)
		}
		return sum
	}
	for _, tc := range []struct {
		name   string
		tamper func(*quoting.Version)
	}{
		{"the list total", func(v *quoting.Version) { v.Priced.ListTotal = more(v.Priced.ListTotal) }},
		{"freight and total", func(v *quoting.Version) {
			v.Priced.Freight, v.Priced.Total, v.Priced.Amount = more(v.Priced.Freight), more(v.Priced.Total), more(v.Priced.Amount)
		}},
		{"the net total", func(v *quoting.Version) {
			v.Priced.NetTotal, v.Priced.Total, v.Priced.Amount = more(v.Priced.NetTotal), more(v.Priced.Total), more(v.Priced.Amount)
		}},
		{"the amount that approval is judged by", func(v *quoting.Version) { v.Priced.Amount = v.Priced.NetTotal }},
		{"the cost", func(v *quoting.Version) { v.Priced.CostTotal = more(v.Priced.CostTotal) }},
		{"the margin", func(v *quoting.Version) { v.Priced.Margin.Percent = decimal.MustParse("40.00") }},
		{"a margin that is not known", func(v *quoting.Version) { v.Priced.Margin = quoting.Margin{} }},
		{"a line's cost", func(v *quoting.Version) { v.Priced.Lines[0].Cost.Decimal = decimal.One }},
		{"a line's list price", func(v *quoting.Version) { v.Priced.Lines[0].List = more(v.Priced.Lines[0].List) }},
		{"a line's price", func(v *quoting.Version) {
			l := &v.Priced.Lines[0]
			l.Unit = more(l.Unit)
			l.Extended, _ = l.Unit.Times(l.Qty)
		}},
		{"another customer", func(v *quoting.Version) { v.Customer.ID = 2 }},
		{"an item that does not exist", func(v *quoting.Version) { v.Priced.Lines[0].Item = 99 }},
		{"another currency", func(v *quoting.Version) { v.Priced.Currency = "CAD" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newShelf(t)
			v := s.version(usual, 1)
			v.Priced.Lines = slices.Clone(v.Priced.Lines)
			tc.tamper(&v)
			if _, again := s.quote("riley", v); again.Agrees {
				t.Errorf("the engines agree: %+v", again)
			}
		})
	}
	t.Run("a price row changed behind the book", func(t *testing.T) {
		t.Parallel()
		s := newShelf(t)
		s.sql(`SET session_replication_role = replica; DELETE FROM prices WHERE item_id = 1003`)
		_, again := s.quote("riley", s.version(usual, 1))
		if again.Agrees || !strings.Contains(string(again.Trace), `"unit_price": null`) {
			t.Errorf("an item without a price: %t, %s", again.Agrees, again.Trace)
		}
	})
}

func TestASnapshotIsReadWholeConfirmedOrLeftAlone(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	want := catalogue(t)
	var got quoting.Catalogue
	s.in(store.Job, func(tx *store.Tx) (err error) { got, err = tx.Catalogue(t.Context(), s.snapshot); return err })
	decimals := cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })
	sorted := []cmp.Option{
		decimals, cmpopts.EquateApproxTime(0), cmpopts.IgnoreFields(quoting.PriceRow{}, "ID"),
		cmpopts.SortSlices(func(a, b quoting.PriceRow) bool {
			return fmt.Sprint(a.Item, a.Level, a.From) < fmt.Sprint(b.Item, b.Level, b.From)
		}),
		cmpopts.SortSlices(func(a, b quoting.Customer) bool { return a.ID < b.ID }),
	}
	if diff := cmp.Diff(want, got, sorted...); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	publish := func(id quoting.SnapshotID) (in quoting.SnapshotID, published bool) {
		s.in(store.Sync, func(tx *store.Tx) (err error) {
			done, err := tx.PublishSnapshot(t.Context(), id, true, noon)
			in, published = done.Snapshot, done.Changed
			return err
		})
		return in, published
	}
	same := got
	same.TakenAt = noon
	half := s.stage(same)
	s.in(store.Job, func(tx *store.Tx) error {
		latest, err := tx.LatestSnapshot(t.Context())
		if latest.ID != s.snapshot.ID {
			t.Errorf("the latest is %d before %d is published", latest.ID, half)
		}
		return err
	})
	if in, published := publish(half); in != s.snapshot.ID || published {
		t.Errorf("the same content: %d, %t", in, published)
	}
	s.in(store.Job, func(tx *store.Tx) error {
		latest, err := tx.LatestSnapshot(t.Context())
		if latest.ID != s.snapshot.ID || !latest.Confirmed.Equal(noon) {
			t.Errorf("the latest is %+v, want %d confirmed", latest, s.snapshot.ID)
		}
		return err
	})
	for i := range 5 {
		c := got
		c.Prices = slices.Clone(got.Prices)
		c.Prices[0].Price = quoting.MustMoney(fmt.Sprint(100+i), quoting.USD)
		if _, published := publish(s.stage(c)); !published {
			t.Errorf("change %d is not published", i)
		}
	}
	// What was in force before is read as it was, and only what changed was written.
	var again quoting.Catalogue
	s.in(store.Job, func(tx *store.Tx) (err error) { again, err = tx.Catalogue(t.Context(), s.snapshot); return err })
	if diff := cmp.Diff(got, again, sorted...); diff != "" {
		t.Errorf("the first snapshot has changed: -want +got\n%s", diff)
	}
	s.as(s.database.SuperURL, func(conn *pgx.Conn) {
		var rows, staged int
		if err := conn.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM prices), (SELECT count(*) FROM staged_prices)`).Scan(&rows, &staged); err != nil {
			t.Fatal(err)
		}
		if rows != len(got.Prices)+5 || staged != 0 {
			t.Errorf("%d rows of prices for %d and 5 changes, %d staged", rows, len(got.Prices), staged)
		}
	})
}

// What a sync did not read holds on, except what NetSuite has deleted.
func TestWhatIsNotReadIsCarriedOver(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	c := catalogue(t)
	part := c
	part.Items, part.Customers, part.Stock = slices.Clone(c.Items[:1]), c.Customers[:1], c.Stock[:1]
	part.Items[0].Name = "renamed"
	id := s.stage(part)
	var staged quoting.Counts
	s.in(store.Sync, func(tx *store.Tx) (err error) {
		staged, err = tx.CarryOver(t.Context(), id, quoting.Deletions{Items: []quoting.ItemID{c.Items[2].ID}, Customers: []quoting.CustomerID{c.Customers[1].ID}})
		return err
	})
	if staged.Items != len(c.Items)-1 || staged.Customers != len(c.Customers)-1 {
		t.Errorf("%+v are staged of %d items and %d customers", staged, len(c.Items), len(c.Customers))
	}
	s.in(store.Sync, func(tx *store.Tx) error { _, err := tx.PublishSnapshot(t.Context(), id, false, noon); return err })
	var got quoting.Catalogue
	s.in(store.Job, func(tx *store.Tx) error {
		latest, err := tx.LatestSnapshot(t.Context())
		if err != nil {
			return err
		}
		got, err = tx.Catalogue(t.Context(), latest)
		return err
	})
	if len(got.Items) != len(c.Items)-1 || !slices.ContainsFunc(got.Items, func(i quoting.Item) bool { return i.Name == "renamed" }) || len(got.Stock) != len(c.Stock) {
		t.Errorf("%d items and %d of stock are in force", len(got.Items), len(got.Stock))
	}
}

// The change log says old and new of each price and cost, and what is judged before it is
// published is the same.
func TestTheChangeLogSaysOldAndNew(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	c := catalogue(t)
	c.Prices = slices.Clone(c.Prices)
	was := c.Prices[0]
	c.Prices[0].Price = quoting.MustMoney("123.45", quoting.USD)
	c.Items = slices.Clone(c.Items)
	c.Items[1].Costs.Average = decimal.NullDecimal{Decimal: decimal.MustParse("7"), Valid: true}
	id := s.stage(c)
	var judged []quoting.ItemChange
	s.in(store.Sync, func(tx *store.Tx) error {
		judged = nil
		items, err := tx.ItemChanges(t.Context(), id, quoting.USD, func(c quoting.ItemChange) error { judged = append(judged, c); return nil })
		if items != len(c.Items) {
			t.Errorf("%d items hold, want %d", items, len(c.Items))
		}
		return err
	})
	if len(judged) != 2 {
		t.Fatalf("%d items are judged, want 2: %+v", len(judged), judged)
	}
	s.in(store.Sync, func(tx *store.Tx) error { _, err := tx.PublishSnapshot(t.Context(), id, true, noon); return err })
	s.in(store.Job, func(tx *store.Tx) error {
		prices, err := tx.PriceChanges(t.Context(), id, 10)
		if err != nil {
			return err
		}
		costs, err := tx.CostChanges(t.Context(), id, 10)
		if len(prices) != 1 || prices[0].Item != was.Item || !prices[0].Old.Decimal.Equal(was.Price.Amount) || prices[0].New.Decimal.String() != "123.4500" || prices[0].SKU == "" {
			t.Errorf("the change log is %+v", prices)
		}
		if len(costs) != 1 || costs[0].Item != c.Items[1].ID || costs[0].New.Average.Decimal.String() != "7.0000" {
			t.Errorf("the costs of the change log are %+v", costs)
		}
		return err
	})
}

// Items that are held keep their prices and costs; a new one that is held has no price.
func TestWhatIsHeldStaysAsItWas(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	c := catalogue(t)
	c.Prices, c.Items = slices.Clone(c.Prices), slices.Clone(c.Items)
	held := c.Items[0]
	for i := range c.Prices {
		if c.Prices[i].Item == held.ID {
			c.Prices[i].Price = quoting.MustMoney("-1", quoting.USD)
		}
	}
	c.Items[0].Costs.Average = decimal.NullDecimal{Decimal: decimal.MustParse("99999"), Valid: true}
	c.Items[0].Name = "renamed"
	fresh := held
	fresh.ID, fresh.SKU = 99001, "NEW-1"
	c.Items = append(c.Items, fresh)
	c.Prices = append(c.Prices, quoting.PriceRow{ID: 99001, Item: 99001, Level: 1, From: 1, Price: quoting.MustMoney("0", quoting.USD)})
	id := s.stage(c)
	s.in(store.Sync, func(tx *store.Tx) error {
		if err := tx.KeepItems(t.Context(), id, []quoting.ItemID{held.ID, fresh.ID}); err != nil {
			return err
		}
		_, err := tx.PublishSnapshot(t.Context(), id, true, noon)
		return err
	})
	s.in(store.Job, func(tx *store.Tx) error {
		latest, err := tx.LatestSnapshot(t.Context())
		if err != nil {
			return err
		}
		got, err := tx.Catalogue(t.Context(), latest)
		if err != nil {
			return err
		}
		book, err := quoting.NewPriceBook(latest.ID, got)
		if err != nil {
			return err
		}
		item, _ := book.Item(held.SKU)
		now, err := book.UnitPrice(item, quoting.Customer{}, quoting.USD, 1)
		before, wasErr := s.book.UnitPrice(held, quoting.Customer{}, quoting.USD, 1)
		if err != nil || wasErr != nil || !now.Price.Equal(before.Price) || item.Name != "renamed" || !item.Costs.Average.Decimal.Equal(held.Costs.Average.Decimal) {
			t.Errorf("held: %+v at %v, was %v (%v, %v)", item, now, before, err, wasErr)
		}
		if _, err := book.UnitPrice(fresh, quoting.Customer{}, quoting.USD, 1); err == nil {
			t.Error("a new item that is held has a price")
		}
		return nil
	})
}

func TestASnapshotIsAnnounced(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	ctx, cancel := context.WithCancel(t.Context())
	heard := make(chan struct{}, 10)
	ended := make(chan error, 1)
	go func() { ended <- s.db.WaitForSnapshot(ctx, func() { heard <- struct{}{} }) }()
	<-heard // what was there before
	c := catalogue(t)
	c.Prices[0].Price = quoting.MustMoney("1", quoting.USD)
	id := s.stage(c)
	s.in(store.Sync, func(tx *store.Tx) error { _, err := tx.PublishSnapshot(t.Context(), id, true, noon); return err })
	<-heard
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	s.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'radioquote_app' AND datname = current_database()`)
	if err := s.db.WaitForSnapshot(ctx, func() {}); err == nil {
		t.Error("listening on an ended context")
	}
}

func TestAnActivityIsTakenOnceHoweverOftenItArrives(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	a := store.Arrival{Person: staff[0].ID, UserID: "29:riley", Conversation: "a:riley", Kind: "personal", ServiceURL: "https://one.example/", Activity: "1", Correlation: "c", At: noon}
	var all sync.WaitGroup
	fresh := make(chan bool, 10)
	for range 10 {
		all.Go(func() {
			err := s.db.InTx(t.Context(), store.Service, func(tx *store.Tx) error {
				turn, err := tx.Arrive(t.Context(), a)
				fresh <- turn.Fresh && turn.Known && turn.Person.Name == "RILEY" && turn.Person.Manager.Object == "lena"
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	close(fresh)
	n := 0
	for f := range fresh {
		if f {
			n++
		}
	}
	if n != 1 {
		t.Errorf("taken %d times", n)
	}
	a.Activity, a.ServiceURL = "2", "https://two.example/"
	s.in(store.Service, func(tx *store.Tx) error {
		turn, err := tx.Arrive(t.Context(), a)
		if turn.Conversation.ServiceURL != a.ServiceURL {
			t.Errorf("the serviceUrl is %s", turn.Conversation.ServiceURL)
		}
		return err
	})
	s.in(store.Job, func(tx *store.Tx) error {
		kept, err := tx.ForgetArrivals(t.Context(), noon)
		forgotten, err2 := tx.ForgetArrivals(t.Context(), noon.Add(time.Second))
		if kept != 0 || forgotten != 2 {
			t.Errorf("forgotten: %d, then %d", kept, forgotten)
		}
		return errors.Join(err, err2)
	})
	if err := s.db.InTx(t.Context(), store.Service, func(tx *store.Tx) error { _, err := tx.Arrive(t.Context(), store.Arrival{Kind: "fax"}); return err }); err == nil {
		t.Error("an arrival from nowhere is taken")
	}
}

func TestMessagesAreNumberedWithinTheirConversation(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	q, _ := s.quote("riley", s.version(usual, 1))
	chat := func(object string) (id int64) {
		s.in(store.Service, func(tx *store.Tx) error {
			turn, err := s.arrive(tx, object)
			id = turn.Conversation.RowID
			return err
		})
		return id
	}
	riley := chat("riley")
	post := func(m store.Message) (id int64) {
		s.in(store.Service, func(tx *store.Tx) (err error) {
			if _, err := s.arrive(tx, "riley"); err != nil {
				return err
			}
			m.Correlation, m.CreatedAt = "c", noon
			id, err = tx.Post(t.Context(), m)
			return err
		})
		return id
	}
	first := post(store.Message{Conversation: riley, Person: q.OwnerRow, Kind: store.QuoteMessage, Quote: q.ID, Version: 1})
	second := post(store.Message{Conversation: riley, Person: q.OwnerRow, Kind: store.NoticeMessage, Notice: &quoting.Notice{Text: "hello"}})
	look := func(id int64) (o store.Outgoing) {
		s.in(store.Job, func(tx *store.Tx) (err error) { o, err = tx.LockMessage(t.Context(), id); return err })
		return o
	}
	if a, b := look(first), look(second); a.Number != 1 || a.Earlier || b.Number != 2 || !b.Earlier || b.Notice.Text != "hello" || a.TeamsID != "a:riley" || a.Quote != q.ID {
		t.Errorf("%+v\n%+v", a, b)
	}
	before, changed := look(first), false
	s.in(store.Job, func(tx *store.Tx) (err error) {
		touched, err := tx.Touch(t.Context(), q.ID)
		if err != nil || !slices.Equal(touched, []int64{first}) {
			t.Errorf("touched %v, %v", touched, err)
		}
		changed, err = tx.MarkShown(t.Context(), before, "teams-1", noon)
		return err
	})
	if m := look(first); !changed || m.State != store.Delivered || m.ActivityID != "teams-1" || m.Shown != 1 || m.Wanted != 2 || look(second).Earlier {
		t.Errorf("changed %t, %+v", changed, m)
	}
	s.in(store.Job, func(tx *store.Tx) error {
		return errors.Join(tx.MoveCards(t.Context(), q.ID, 1, 2), tx.SetMessageState(t.Context(), second, store.Dead))
	})
	if m := look(first); m.Version != 2 {
		t.Errorf("the card shows version %d", m.Version)
	}

	// Somebody without a chat: the message waits for the first.
	var rob store.Person
	s.in(store.Job, func(tx *store.Tx) (err error) { rob, err = tx.PersonByRow(t.Context(), q.OwnerRow+1); return err })
	waiting := post(store.Message{Person: rob.RowID, Kind: store.ApprovalMessage, Quote: q.ID, Version: 1})
	if err := s.db.InTx(t.Context(), store.Job, func(tx *store.Tx) error { _, err := tx.LockMessage(t.Context(), waiting); return err }); !errors.Is(err, quoting.NotFound) {
		t.Errorf("a message that waits is sent: %v", err)
	}
	if err := s.db.InTx(t.Context(), store.Job, func(tx *store.Tx) error { _, err := tx.PersonalChat(t.Context(), rob.RowID); return err }); !errors.Is(err, quoting.NotFound) {
		t.Errorf("the chat of somebody who has none: %v", err)
	}
	robs := chat("rob")
	s.in(store.Service, func(tx *store.Tx) error {
		if _, err := s.arrive(tx, "rob"); err != nil {
			return err
		}
		released, err := tx.ReleaseWaiting(t.Context(), rob.RowID, robs)
		first, err2 := tx.Welcome(t.Context(), robs)
		again, err3 := tx.Welcome(t.Context(), robs)
		found, err4 := tx.PersonalChat(t.Context(), rob.RowID)
		if !slices.Equal(released, []int64{waiting}) || !first || again || found != robs {
			t.Errorf("released %v, first %t, again %t, chat %d", released, first, again, found)
		}
		return errors.Join(err, err2, err3, err4)
	})
	s.in(store.Job, func(tx *store.Tx) error { return tx.Leave(t.Context(), "a:rob") })
	if m := look(waiting); m.Number != 1 || m.State != store.Queued || !m.Gone {
		t.Errorf("%+v", m)
	}
}

func TestTheNearestSalesManagerUpwardsApproves(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	for owner, want := range map[string]string{"riley": "MORGAN", "lena": "MORGAN", "morgan": "", "sam": "", "sandy": ""} {
		s.in(store.Service, func(tx *store.Tx) error {
			turn, err := s.arrive(tx, owner)
			if err != nil {
				return err
			}
			got, found, err := tx.Approver(t.Context(), turn.Person.RowID)
			if found != (want != "") || got.Name != want {
				t.Errorf("%s is approved by %q", owner, got.Name)
			}
			return err
		})
	}
	s.in(store.Job, func(tx *store.Tx) error {
		same, err := tx.TakeDirectory(t.Context(), staff, "first", noon)
		changed, err2 := tx.TakeDirectory(t.Context(), staff[1:], "second", noon)
		if same.New || len(same.Changes) > 0 || !changed.New {
			t.Errorf("the same directory changes %+v, another one: %+v", same, changed)
		}
		return errors.Join(err, err2)
	})
	s.in(store.Service, func(tx *store.Tx) error {
		turn, err := s.arrive(tx, "riley")
		if !turn.Known || len(turn.Person.Roles) != 0 {
			t.Errorf("somebody who left has %v", turn.Person.Roles)
		}
		return err
	})
}

type countArgs struct{}

func (countArgs) Kind() string { return "count" }

func TestATransactionThatPostgresAbortsIsRunAgain(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	tries := 0
	s.in(store.Job, func(tx *store.Tx) error {
		if tries++; tries < 3 {
			return fmt.Errorf("commit: %w", &pgconn.PgError{Code: "40P01"})
		}
		return nil
	})
	if tries != 3 {
		t.Errorf("run %d times", tries)
	}
	tries = 0
	if err := s.db.InQuickTx(t.Context(), store.Job, func(*store.Tx) error { tries++; return &pgconn.PgError{Code: "40001"} }); code(err) != "40001" || tries != 5 {
		t.Errorf("%v after %d tries", err, tries)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := s.db.InTx(ctx, store.Job, func(*store.Tx) error { cancel(); return &pgconn.PgError{Code: "40001"} }); err == nil {
		t.Error("a transaction of a caller who has gone")
	}
	rolledBack := errors.New("no")
	if err := s.db.InTx(t.Context(), store.Job, func(tx *store.Tx) error {
		return errors.Join(tx.Enqueue(t.Context(), river.InsertManyParams{Args: countArgs{}}), rolledBack)
	}); !errors.Is(err, rolledBack) {
		t.Errorf("%v", err)
	}
	s.in(store.Job, func(tx *store.Tx) error {
		return errors.Join(tx.Enqueue(t.Context()), tx.Enqueue(t.Context(), river.InsertManyParams{Args: countArgs{}}))
	})
	s.as(s.database.SuperURL, func(conn *pgx.Conn) {
		var n int
		if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM river_job`).Scan(&n); err != nil || n != 1 {
			t.Errorf("%d jobs, %v", n, err)
		}
	})
}

func TestADatabaseThatIsAwayIsToldFromOneThatRefuses(t *testing.T) {
	t.Parallel()
	database := localpg.NewDatabase(t)
	proxy := localpg.NewProxy(t, database.URL)
	db, err := store.Open(t.Context(), proxy.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	if err := db.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	proxy.Cut()
	err = db.InTx(t.Context(), store.Job, func(tx *store.Tx) error { _, err := tx.LatestSnapshot(t.Context()); return err })
	if !store.Unavailable(err) {
		t.Errorf("cut off: %v", err)
	}
	if err := db.Ping(t.Context()); err == nil {
		t.Error("a database that is cut off answers")
	}
	if _, _, err := db.Workers(t.Context(), &river.Config{}); err == nil {
		t.Error("workers of a database that is cut off")
	}
	if _, err := store.Open(t.Context(), proxy.URL()); err == nil || strings.Contains(err.Error(), "password=") {
		t.Errorf("opening one that is cut off: %v", err)
	}
	proxy.Mend()
	if err := db.InTx(t.Context(), store.Job, func(tx *store.Tx) error { _, err := tx.LatestSnapshot(t.Context()); return err }); !errors.Is(err, quoting.NotFound) || store.Unavailable(err) {
		t.Errorf("mended: %v", err)
	}
	for _, tc := range []struct {
		err  error
		want bool
	}{{&pgconn.PgError{Code: "57P01"}, true}, {&pgconn.PgError{Code: "53300"}, true}, {&pgconn.PgError{Code: "23505"}, false}, {context.DeadlineExceeded, true}, {errors.New("x"), false}} {
		if got := store.Unavailable(tc.err); got != tc.want {
			t.Errorf("%v: %t", tc.err, got)
		}
	}
	if _, err := store.Open(t.Context(), "postgres://%%"); err == nil {
		t.Error("a URL that is none is opened")
	}
	if _, _, err := db.Workers(t.Context(), &river.Config{Queues: map[string]river.QueueConfig{"x": {MaxWorkers: -1}}}); err == nil {
		t.Error("a queue without workers")
	}
	if err := db.InTx(t.Context(), store.Job, func(tx *store.Tx) error {
		return tx.Record(t.Context(), store.Event{Kind: "x", Data: map[string]any{"f": func() {}}})
	}); err == nil {
		t.Error("an event that cannot be written is recorded")
	}
}

// A page that says of one thing twice what it costs is no answer to publish.
func TestARowThatContradictsAnotherIsMalformed(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	c := catalogue(t)
	id := s.stage(c)
	err := s.db.InTx(t.Context(), store.Sync, func(tx *store.Tx) error { return tx.StagePrices(t.Context(), id, c.Prices[:1]) })
	if !errors.Is(err, quoting.Malformed) {
		t.Errorf("the same break twice: %v", err)
	}
}
