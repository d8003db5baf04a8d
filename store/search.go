package store

import (
	"context"
	"strings"
	"time"

	"github.com/govalues/decimal"
	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

// Search is what quotes are looked for by; its zero value finds all that the actor may
// see. What is empty does not filter.
type Search struct {
	Named     bool                 // for one of the customers, or for a name that no customer of NetSuite has yet
	Customers []quoting.CustomerID // of Named
	Names     []string             // likewise, as they are written
	Owners    []int64              // rows of people
	NotOwner  int64
	Status    string         // one of quoting.Statuses
	Period    quoting.Period // in which the quote was begun; of one that has ended, in which it ended
	AmountMin *quoting.Number
	AmountMax *quoting.Number
	ValidFrom time.Time // with ValidTo, between which it runs out
	ValidTo   time.Time
	SKUs      []string // of which there is a line in the current version,
	Units     int      // with so many pieces together; 0: any number
	Sort      string   // one of quoting.Sorts; "": the newest first
	Skip      int
	Limit     int
}

// Found is a quote that was found: of its version what a list shows.
type Found struct {
	Quote
	OwnerName string
	Version   quoting.Version // its number, state, customer, users, approvals, steps, setters, sums, times
	Asked     []quoting.StepRequest
}

// Listing is a page of what was found, and all of it counted and summed up.
type Listing struct {
	Found []Found
	Count int
	Sums  []quoting.Money // of the totals, by currency
}

// ended are the states in which quotes end, each with one event, once.
var ended = map[string]bool{"won": true, "lost": true, "expired": true, "cancelled": true}

// statuses are the conditions of quoting.Statuses.
var statuses = map[string]string{
	"draft":            `q.state = 'open' AND v.state IN ('draft', 'changes_requested', 'recalled')`,
	"open":             `q.state IN ('open', 'sent')`,
	"pending_approval": `q.state = 'open' AND v.state = 'pending'`,
	"approved":         `q.state IN ('open', 'sent') AND v.state = 'approved'`,
	"sent":             `q.state = 'sent'`,
	"won":              `q.state = 'won'`,
	"lost":             `q.state = 'lost'`,
	"expired":          `q.state = 'expired'`,
	"cancelled":        `q.state = 'cancelled'`,
}

var orders = map[string]string{
	"":            "f.id DESC",
	"date_desc":   "f.id DESC",
	"date_asc":    "f.id",
	"amount_desc": "f.total DESC, f.id DESC",
	"amount_asc":  "f.total, f.id DESC",
	"valid":       "f.valid_until, f.id DESC",
}

// conditions are the SQL of what a search filters by. Each is a text of this file; the
// values are arguments.
func (s Search) conditions() string {
	var all []string
	add := func(there bool, condition string) {
		if there {
			all = append(all, condition)
		}
	}
	add(s.Named, `(v.customer_id = ANY (@customers) OR v.customer_id IS NULL AND coalesce(v.customer ->> 'Name', v.customer_text) = ANY (@names))`)
	add(s.Owners != nil, `q.owner_id = ANY (@owners)`)
	add(s.NotOwner != 0, `q.owner_id <> @not_owner`)
	add(s.Status != "", statuses[s.Status])
	add(!s.Period.All() && !ended[s.Status], `q.created_at >= @from AND q.created_at < @until`)
	add(!s.Period.All() && ended[s.Status], `q.id IN (
			SELECT e.quote_id
			FROM audit_events e
			WHERE e.kind IN ('quote_won', 'quote_lost', 'quote_expired', 'quote_cancelled')
			  AND e.at >= @from
			  AND e.at < @until)`)
	add(s.AmountMin != nil, `v.total >= @amount_min`)
	add(s.AmountMax != nil, `v.total <= @amount_max`)
	add(!s.ValidTo.IsZero(), `v.valid_until >= @valid_from AND v.valid_until < @valid_to`)
	add(s.SKUs != nil, `(q.id, q.current) IN (
			SELECT l.quote_id, l.version
			FROM quote_lines l
			WHERE l.sku = ANY (@skus)
			GROUP BY l.quote_id, l.version
			HAVING @units = 0 OR sum(l.units) = @units)`)
	if all == nil {
		return "true"
	}
	return strings.Join(all, "\n\t\t  AND ")
}

func (s Search) arguments() pgx.NamedArgs {
	args := pgx.NamedArgs{
		"customers": s.Customers, "names": s.Names, "owners": s.Owners, "not_owner": s.NotOwner, "from": s.Period.From, "until": s.Period.Until,
		"valid_from": s.ValidFrom, "valid_to": s.ValidTo, "skus": s.SKUs, "units": s.Units, "skip": s.Skip, "limit": s.Limit,
	}
	if s.AmountMin != nil {
		args["amount_min"] = s.AmountMin.Decimal
	}
	if s.AmountMax != nil {
		args["amount_max"] = s.AmountMax.Decimal
	}
	return args
}

func (s Search) query() string {
	order := orders[s.Sort]
	if !s.ValidTo.IsZero() && s.Sort == "" {
		order = orders["valid"]
	}
	return `
		WITH found AS MATERIALIZED (
			SELECT q.id, q.current, v.total, v.currency, v.valid_until
			FROM quotes q
			JOIN quote_versions v ON v.quote_id = q.id AND v.version = q.current
			WHERE ` + s.conditions() + `
		), page AS (
			SELECT f.id, f.current, row_number() OVER (ORDER BY ` + order + `) AS rank
			FROM found f
			ORDER BY ` + order + `
			OFFSET @skip
			LIMIT @limit
		)
		SELECT ` + foundColumns + `,
		       (SELECT count(*) FROM found),
		       (SELECT jsonb_object_agg(s.currency, s.total::text) FROM (SELECT f.currency, sum(f.total) AS total FROM found f GROUP BY f.currency) s)
		FROM page f
		JOIN quotes q ON q.id = f.id
		JOIN quote_versions v ON v.quote_id = f.id AND v.version = f.current
		JOIN people o ON o.id = q.owner_id
		ORDER BY f.rank`
}

// Search finds quotes among those that the actor may see. Past the end of what there is,
// it finds and counts nothing.
func (t *Tx) Search(ctx context.Context, s Search) (Listing, error) {
	rows, _ := t.tx.Query(ctx, s.query(), s.arguments())
	var listing Listing
	var sums map[string]string
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Found, error) { return scanFound(row, &listing.Count, &sums) })
	if err != nil {
		return Listing{}, wrap(err, "search quotes")
	}
	listing.Found = found
	for currency, total := range sums {
		sum, err := quoting.ParseMoney(total, quoting.Currency(currency))
		if err != nil {
			return Listing{}, wrap(err, "sum of quotes")
		}
		listing.Sums = append(listing.Sums, sum)
	}
	sortSums(listing.Sums)
	return listing, nil
}

// foundColumns are read by scanFound, from quotes q with its owner o and its current
// version v.
const foundColumns = quoteColumns + `, o.name, v.state, v.customer, v.customer_text, v.total, v.currency, coalesce((v.request ->> 'users')::integer, 0),
		       v.approvals, v.valid_until, q.created_at, v.submitted_at,
		       coalesce((SELECT jsonb_agg(jsonb_build_object('Branch', s.branch, 'Level', s.level, 'By', jsonb_build_object('Tenant', p.tenant, 'Object', p.object_id)))
		                 FROM approval_steps s JOIN people p ON p.id = s.decided_by WHERE s.quote_id = v.quote_id AND s.version = v.version), '[]'),
		       v.setters, v.amount, v.margin,
		       coalesce((SELECT jsonb_agg(jsonb_build_object('Branch', r.branch, 'Level', r.level, 'Via', r.via, 'Person', jsonb_build_object('Tenant', p.tenant, 'Object', p.object_id)) ORDER BY r.id)
		                 FROM approval_requests r JOIN people p ON p.id = r.person_id WHERE r.quote_id = v.quote_id AND r.version = v.version), '[]')`

func scanFound(row pgx.CollectableRow, more ...any) (Found, error) {
	var f Found
	var customer *quoting.Customer
	var submitted *time.Time
	var margin decimal.NullDecimal
	v := &f.Version
	err := row.Scan(append([]any{
		(*int64)(&f.ID), &f.OwnerRow, &f.Owner.Tenant, &f.Owner.Object, &f.Team, &f.State, &f.Current, &f.Estimate, &f.Attention, &f.OwnerName,
		&v.State, &customer, &v.CustomerText, &v.Priced.Total.Amount, &v.Priced.Total.Currency, &v.Request.Users, &v.Approvals, &v.ValidUntil, &v.CreatedAt, &submitted, &v.Steps,
		&v.Setters, &v.Priced.Amount.Amount, &margin, &f.Asked,
	}, more...)...)
	v.Priced.Amount.Currency, v.Priced.Margin = v.Priced.Total.Currency, quoting.Margin{Percent: margin.Decimal, Known: margin.Valid}
	if customer != nil {
		v.Customer = *customer
	}
	v.Quote, v.Number, v.SubmittedAt = f.ID, f.Current, moment(submitted)
	return f, err
}

// maxPending bounds how many quotes that wait for approval are looked through.
const maxPending = "1000"

// Pending are the quotes that wait for somebody's approval, who waits longest first.
func (t *Tx) Pending(ctx context.Context) ([]Found, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT `+foundColumns+`
		FROM quote_versions v
		JOIN quotes q ON q.id = v.quote_id AND q.current = v.version
		JOIN people o ON o.id = q.owner_id
		WHERE v.state = 'pending'
		  AND q.state = 'open'
		  AND v.approvals <> '[]'
		ORDER BY v.submitted_at, q.id
		LIMIT `+maxPending)
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Found, error) { return scanFound(row) })
	return found, wrap(err, "quotes that wait for approval")
}

// maxNames bounds the names that are looked through for a customer whom NetSuite does not
// know.
const maxNames = "5000"

// UnknownCustomers are the names on quotes for whom NetSuite has no customer, as written.
func (t *Tx) UnknownCustomers(ctx context.Context) ([]string, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT DISTINCT coalesce(v.customer ->> 'Name', v.customer_text)
		FROM quote_versions v
		WHERE v.customer_id IS NULL
		LIMIT `+maxNames)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return names, wrap(err, "names on quotes")
}

// People are all that the directory has or had.
func (t *Tx) People(ctx context.Context) ([]Person, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT `+personColumns+`
		FROM people p
		LEFT JOIN people m ON m.id = p.manager_id
		ORDER BY p.name, p.id`)
	people, err := pgx.CollectRows(rows, scanPerson)
	return people, wrap(err, "people")
}
