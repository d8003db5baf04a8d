package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/govalues/decimal"
	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
	"radioquote/store"
)

// many is a shelf with so many quotes of two teams, two versions each, over two years: each
// tenth waits for approval, each seventh is won.
func many(t testing.TB, n int) *shelf {
	t.Helper()
	s := newShelf(t)
	first, _ := s.quote("riley", s.version(usual, 1))
	s.sql(`ALTER TABLE quote_versions DISABLE TRIGGER ALL`)
	s.sql(`
		INSERT INTO quotes (id, owner_id, team, state, current, created_at)
		SELECT 100000 + i, (SELECT id FROM people WHERE object_id = (ARRAY['riley', 'rob', 'sam'])[1 + i % 3]), (ARRAY['midwest', 'midwest', 'south'])[1 + i % 3],
		       CASE WHEN i % 7 = 0 THEN 'won' ELSE 'open' END, 2, $1::timestamptz - make_interval(hours => 2 * ($2 - i))
		FROM generate_series(1, $2) i`, noon, n)
	columns := func(table, but string) (names string) {
		s.as(s.database.SuperURL, func(conn *pgx.Conn) {
			if err := conn.QueryRow(t.Context(), `SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1 AND NOT column_name = ANY (string_to_array($2, ' '))`, table, but).Scan(&names); err != nil {
				t.Fatal(err)
			}
		})
		return names
	}
	versions := columns("quote_versions", "quote_id version state customer_id total net_total nonce submitted_at created_at amount")
	s.sql(fmt.Sprintf(`
		INSERT INTO quote_versions (quote_id, version, state, customer_id, total, net_total, nonce, submitted_at, created_at, amount, %[1]s)
		SELECT q.id, n, CASE WHEN n = 1 THEN 'superseded' WHEN q.id %% 10 = 0 THEN 'pending' ELSE 'draft' END, 1 + q.id %% 4, v.total + q.id, v.net_total + q.id, 'n', q.created_at, q.created_at, v.amount, %[1]s
		FROM quotes q, quote_versions v, generate_series(1, 2) n
		WHERE q.id > 100000 AND v.quote_id = %[2]d`, versions, int64(first.ID)))
	lines := columns("quote_lines", "quote_id version units qty extended")
	s.sql(fmt.Sprintf(`
		INSERT INTO quote_lines (quote_id, version, units, qty, extended, %[1]s)
		SELECT q.id, n, units, qty, extended, %[1]s
		FROM quotes q, quote_lines l, generate_series(1, 2) n
		WHERE q.id > 100000 AND l.quote_id = %[2]d`, lines, int64(first.ID)))
	s.sql(`INSERT INTO audit_events (at, kind, quote_id, version, correlation, data) SELECT created_at + interval '1 day', 'quote_won', id, 2, 'c', '{}' FROM quotes WHERE state = 'won'`)
	s.sql(`ALTER TABLE quote_versions ENABLE TRIGGER ALL`)
	s.sql(`VACUUM ANALYZE`)
	return s
}

// BenchmarkSearch looks for quotes among 10,000 in a transaction of its own, as finance,
// who sees all, and as a rep.
func BenchmarkSearch(b *testing.B) {
	s := many(b, 10_000)
	for _, who := range []string{"fran", "riley"} {
		for name, search := range map[string]store.Search{
			"all":       {},
			"customer":  {Named: true, Customers: []quoting.CustomerID{2}, Names: []string{}},
			"pending":   {Status: "pending_approval", AmountMin: &quoting.Number{Decimal: decimal.MustParse("50000")}},
			"month":     {Period: quoting.Period{From: noon.AddDate(0, -1, 0), Until: noon}, Sort: "amount_desc"},
			"item":      {SKUs: []string{"APX-R50U"}, Units: 12},
			"won":       {Status: "won", Period: quoting.Period{From: noon.AddDate(0, -3, 0), Until: noon}},
			"last page": {Skip: 3000},
		} {
			search.Limit = 10
			b.Run(who+"/"+name, func(b *testing.B) {
				for b.Loop() {
					s.in(store.Service, func(tx *store.Tx) error {
						if _, err := s.arrive(tx, who); err != nil {
							return err
						}
						_, err := tx.Search(b.Context(), search)
						return err
					})
				}
			})
		}
	}
}

// found are the owners and numbers of what was found, in its order.
func (s *shelf) found(who string, search store.Search) (names []string, listing store.Listing) {
	s.t.Helper()
	if search.Limit == 0 {
		search.Limit = 10
	}
	s.in(store.Service, func(tx *store.Tx) error {
		_, err := s.arrive(tx, who)
		if err != nil {
			return err
		}
		listing, err = tx.Search(s.t.Context(), search)
		return err
	})
	for _, f := range listing.Found {
		names = append(names, fmt.Sprint(f.OwnerName, int64(f.ID)-1000))
	}
	return names, listing
}

func TestQuotesAreFoundByWhatPeopleSayOfThem(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	rows := map[string]int64{}
	s.in(store.Service, func(tx *store.Tx) error {
		people, err := tx.People(t.Context())
		for _, p := range people {
			rows[p.ID.Object] = p.RowID
		}
		return err
	})
	small := quoting.Request{Users: 12, Sites: 1, Industry: "retail"}
	at := func(v quoting.Version, created time.Time) quoting.Version { v.CreatedAt = created; return v }
	prospect := s.version(small, 0)
	prospect.Customer = quoting.Customer{Name: "Zebra Holdings", Currency: quoting.USD}
	typed := s.version(small, 0)
	typed.CustomerText = "Acme"
	s.quote("riley", at(s.version(usual, 1), noon.AddDate(0, -2, 0)))         // 1
	s.quote("riley", at(s.version(small, 2), noon.AddDate(0, 0, -1)))         // 2
	s.quote("rob", at(s.version(small, 1), noon))                             // 3
	s.quote("sam", at(s.version(usual, 1), noon))                             // 4
	s.quote("riley", at(prospect, noon))                                      // 5
	won, _ := s.quote("rob", at(s.version(small, 3), noon.AddDate(-1, 0, 0))) // 6
	s.quote("rob", at(typed, noon))                                           // 7
	s.sql(`UPDATE quote_versions SET state = 'pending', nonce = 'n', submitted_at = $1 WHERE quote_id = 1001`, noon)
	s.sql(`UPDATE quotes SET state = 'won' WHERE id = $1`, int64(won.ID))
	s.sql(`UPDATE quote_versions SET valid_until = $1 WHERE quote_id = 1003`, noon.AddDate(0, 0, 3))
	s.in(store.Job, func(tx *store.Tx) error {
		return tx.Record(t.Context(), store.Event{At: noon.AddDate(0, 0, -2), Kind: "quote_won", Quote: won.ID, Version: 1, Correlation: "c"})
	})
	number := func(text string) *quoting.Number { return &quoting.Number{Decimal: decimal.MustParse(text)} }
	since := func(from time.Time) quoting.Period { return quoting.Period{From: from, Until: noon.Add(time.Hour)} }
	repeaters := 0
	for _, l := range s.version(usual, 1).Priced.Lines {
		if l.SKU == "APX-R50U" {
			repeaters = l.Units
		}
	}
	for _, row := range []struct {
		asks, who string
		search    store.Search
		want      []string
	}{
		{"all that a rep sees, the newest first", "riley", store.Search{}, []string{"ROB7", "ROB6", "RILEY5", "ROB3", "RILEY2", "RILEY1"}},
		{"all that finance sees", "fran", store.Search{}, []string{"ROB7", "ROB6", "RILEY5", "SAM4", "ROB3", "RILEY2", "RILEY1"}},
		{"what an admin sees", "ada", store.Search{}, nil},
		{"of a customer", "riley", store.Search{Named: true, Customers: []quoting.CustomerID{1}, Names: []string{}}, []string{"ROB3", "RILEY1"}},
		{"of a customer whom NetSuite does not know", "riley", store.Search{Named: true, Names: []string{"Zebra Holdings"}}, []string{"RILEY5"}},
		{"of a customer as typed", "riley", store.Search{Named: true, Names: []string{"Acme"}}, []string{"ROB7"}},
		{"of a customer that nobody knows", "riley", store.Search{Named: true}, nil},
		{"mine", "riley", store.Search{Owners: []int64{rows["riley"]}}, []string{"RILEY5", "RILEY2", "RILEY1"}},
		{"of others", "riley", store.Search{NotOwner: rows["riley"]}, []string{"ROB7", "ROB6", "ROB3"}},
		{"of somebody of another team", "riley", store.Search{Owners: []int64{rows["sam"]}}, nil},
		{"pending", "riley", store.Search{Status: "pending_approval"}, []string{"RILEY1"}},
		{"drafts", "riley", store.Search{Status: "draft"}, []string{"ROB7", "RILEY5", "ROB3", "RILEY2"}},
		{"open", "riley", store.Search{Status: "open"}, []string{"ROB7", "RILEY5", "ROB3", "RILEY2", "RILEY1"}},
		{"won", "riley", store.Search{Status: "won"}, []string{"ROB6"}},
		{"won in a period, by when it was won", "riley", store.Search{Status: "won", Period: since(noon.AddDate(0, 0, -3))}, []string{"ROB6"}},
		{"won in a period before", "riley", store.Search{Status: "won", Period: quoting.Period{From: noon.AddDate(-2, 0, 0), Until: noon.AddDate(0, -1, 0)}}, nil},
		{"begun in a period", "riley", store.Search{Period: since(noon.AddDate(0, 0, -3))}, []string{"ROB7", "RILEY5", "ROB3", "RILEY2"}},
		{"over an amount", "riley", store.Search{AmountMin: number("20000")}, []string{"RILEY1"}},
		{"up to an amount", "riley", store.Search{AmountMax: number("20000")}, []string{"ROB7", "ROB6", "RILEY5", "ROB3", "RILEY2"}},
		{"that run out soon", "riley", store.Search{ValidFrom: noon, ValidTo: noon.AddDate(0, 0, 5)}, []string{"ROB3"}},
		{"with repeaters", "fran", store.Search{SKUs: []string{"APX-R50U", "APX-R50V"}}, []string{"SAM4", "RILEY1"}},
		{"with so many repeaters", "riley", store.Search{SKUs: []string{"APX-R50U"}, Units: repeaters}, []string{"RILEY1"}},
		{"with another number of repeaters", "riley", store.Search{SKUs: []string{"APX-R50U"}, Units: repeaters + 1}, nil},
		{"the oldest first", "riley", store.Search{Sort: "date_asc", Limit: 2}, []string{"RILEY1", "RILEY2"}},
		{"the largest first", "riley", store.Search{Sort: "amount_desc", Limit: 1}, []string{"RILEY1"}},
		{"the smallest first", "riley", store.Search{Sort: "amount_asc", Status: "won"}, []string{"ROB6"}},
		{"the next page", "riley", store.Search{Skip: 4, Limit: 10}, []string{"RILEY2", "RILEY1"}},
		{"a page past the end", "riley", store.Search{Skip: 40, Limit: 10}, nil},
	} {
		if got, _ := s.found(row.who, row.search); !slices.Equal(got, row.want) {
			t.Errorf("%s: %v, want %v", row.asks, got, row.want)
		}
	}
	_, listing := s.found("riley", store.Search{Limit: 1})
	sum := quoting.Money{Currency: quoting.USD}
	_, all := s.found("riley", store.Search{})
	for _, f := range all.Found {
		sum, _ = sum.Add(f.Version.Priced.Total)
	}
	if listing.Count != 6 || len(listing.Sums) != 1 || !listing.Sums[0].Equal(sum) {
		t.Errorf("a page of one counts %d and comes to %v, want 6 and %s", listing.Count, listing.Sums, sum)
	}
	oldest := all.Found[5]
	if v := oldest.Version; v.Number != 1 || v.State != quoting.Pending || v.Customer.Name != "Customer 1" || v.Request.Users != 60 || !v.SubmittedAt.Equal(noon) || len(v.Approvals) == 0 || v.CreatedAt.After(noon.AddDate(0, -1, 0)) {
		t.Errorf("the oldest is %+v", v)
	}
	s.in(store.Service, func(tx *store.Tx) error {
		if _, err := s.arrive(tx, "riley"); err != nil {
			return err
		}
		pending, err := tx.Pending(t.Context())
		if len(pending) != 1 || pending[0].ID != 1001 {
			t.Errorf("%v waits for approval", pending)
		}
		names, errNames := tx.UnknownCustomers(t.Context())
		if slices.Sort(names); !slices.Equal(names, []string{"Acme", "Zebra Holdings"}) {
			t.Errorf("names without a customer: %q", names)
		}
		return errors.Join(err, errNames)
	})
}

func TestFiguresAreOfWhatTheirReaderSees(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	v := s.version(usual, 1)
	for _, owner := range []string{"riley", "riley", "rob", "sam"} {
		q, _ := s.quote(owner, v)
		decided := v
		decided.Quote, decided.State, decided.Nonce, decided.SubmittedAt = q.ID, quoting.Pending, "n", noon
		hours := int(q.ID-1000) - 1
		decided.Decision = &quoting.Decision{Action: quoting.Approve, At: noon.Add(time.Duration(hours) * time.Hour)}
		s.in(store.Job, func(tx *store.Tx) error {
			if err := errors.Join(tx.SaveSubmission(t.Context(), decided), tx.SaveDecision(t.Context(), decided, q.OwnerRow, 0)); err != nil {
				return err
			}
			return tx.Record(t.Context(), store.Event{At: noon, Kind: map[bool]string{true: "quote_won", false: "quote_lost"}[hours%2 == 0], Quote: q.ID, Version: 1, Correlation: "c"})
		})
	}
	byPolicy, _ := s.quote("rob", v)
	v.Quote, v.State, v.Nonce, v.SubmittedAt, v.Decision = byPolicy.ID, quoting.Pending, "n", noon, &quoting.Decision{Action: quoting.Approve, At: noon.AddDate(0, 0, 9)}
	s.in(store.Job, func(tx *store.Tx) error {
		return errors.Join(tx.SaveSubmission(t.Context(), v), tx.SaveDecision(t.Context(), v, 0, 0))
	})
	figures := func(who string, p quoting.Period, mine bool) (f quoting.Figures) {
		s.in(store.Service, func(tx *store.Tx) error {
			turn, err := s.arrive(tx, who)
			if err != nil {
				return err
			}
			var owners []int64
			if mine {
				owners = []int64{turn.Person.RowID}
			}
			f, err = tx.Figures(t.Context(), p, owners, 0)
			return err
		})
		return f
	}
	for _, row := range []struct {
		who                        string
		mine                       bool
		quotes, won, lost, decided int
		median                     time.Duration
	}{
		{"riley", true, 2, 1, 1, 2, 0},
		{"riley", false, 4, 2, 1, 3, time.Hour},
		{"fran", false, 5, 2, 2, 4, time.Hour},
		{"ada", false, 0, 0, 0, 0, 0},
	} {
		f := figures(row.who, quoting.Period{}, row.mine)
		quotes := 0
		for _, q := range f.Quoted {
			quotes += q.Count
			total, err := v.Priced.Total.Times(q.Count)
			if err != nil || !q.Total.Equal(total) || q.Known != q.Count || q.Cost.Cmp(q.NetKnown) >= 0 {
				t.Errorf("%s: sums %+v", row.who, q)
			}
		}
		if quotes != row.quotes || f.Won != row.won || f.Lost != row.lost || f.Decided != row.decided || f.ApprovalTime != row.median {
			t.Errorf("%s: %+v, want %+v", row.who, f, row)
		}
	}
	if f := figures("fran", quoting.Period{From: noon.Add(time.Minute), Until: noon.AddDate(1, 0, 0)}, false); len(f.Quoted) != 0 || f.Won != 0 || f.Decided != 3 {
		t.Errorf("after noon: %+v", f)
	}
}

// BenchmarkReads are the other questions about many quotes, among 10,000.
func BenchmarkReads(b *testing.B) {
	s := many(b, 10_000)
	quarter := quoting.Period{From: noon.AddDate(0, -3, 0), Until: noon}
	for name, read := range map[string]func(*store.Tx) error{
		"pending":         func(tx *store.Tx) error { _, err := tx.Pending(b.Context()); return err },
		"names":           func(tx *store.Tx) error { _, err := tx.UnknownCustomers(b.Context()); return err },
		"figures":         func(tx *store.Tx) error { _, err := tx.Figures(b.Context(), quarter, nil, 0); return err },
		"figures for all": func(tx *store.Tx) error { _, err := tx.Figures(b.Context(), quoting.Period{}, nil, 0); return err },
		"history":         func(tx *store.Tx) error { _, err := tx.Happened(b.Context(), 1001); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s.in(store.Service, func(tx *store.Tx) error {
					if _, err := s.arrive(tx, "fran"); err != nil {
						return err
					}
					return read(tx)
				})
			}
		})
	}
}
