package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/govalues/decimal"
	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

// NextQuoteID takes the next quote number. A number whose transaction is rolled back is
// not used again.
func (t *Tx) NextQuoteID(ctx context.Context) (quoting.QuoteID, error) {
	var id quoting.QuoteID
	err := t.tx.QueryRow(ctx, `SELECT nextval(pg_get_serial_sequence('quotes', 'id'))`).Scan((*int64)(&id))
	return id, wrap(err, "next quote number")
}

// quoteColumns are read by scanQuote, from quotes q with its owner o.
const quoteColumns = `q.id, q.owner_id, o.tenant, o.object_id, q.team, q.state, q.current, q.estimate, q.attention`

// Quote is a quote and the row of its owner.
type Quote struct {
	OwnerRow int64
	quoting.Quote
}

func scanQuote(row pgx.CollectableRow) (Quote, error) {
	var q Quote
	err := row.Scan((*int64)(&q.ID), &q.OwnerRow, &q.Owner.Tenant, &q.Owner.Object, &q.Team, &q.State, &q.Current, &q.Estimate, &q.Attention)
	return q, err
}

// Quote reads a quote; the error is of kind NotFound for one that the actor may not see.
func (t *Tx) Quote(ctx context.Context, id quoting.QuoteID) (Quote, error) {
	return t.quote(ctx, id, "")
}

// LockQuote reads a quote and keeps others from changing it until the transaction ends.
func (t *Tx) LockQuote(ctx context.Context, id quoting.QuoteID) (Quote, error) {
	return t.quote(ctx, id, " FOR UPDATE OF q")
}

func (t *Tx) quote(ctx context.Context, id quoting.QuoteID, lock string) (Quote, error) {
	rows, _ := t.tx.Query(ctx, `SELECT `+quoteColumns+` FROM quotes q JOIN people o ON o.id = q.owner_id WHERE q.id = $1`+lock, int64(id))
	q, err := pgx.CollectExactlyOneRow(rows, scanQuote)
	if errors.Is(err, pgx.ErrNoRows) {
		return q, quoting.Errorf(quoting.NotFound, "There is no quote %s, or none that you may see.", id)
	}
	return q, wrap(err, "quote %s", id)
}

// RecentQuotes are somebody's newest quotes.
func (t *Tx) RecentQuotes(ctx context.Context, owner int64, limit int) ([]Quote, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT `+quoteColumns+`
		FROM quotes q
		JOIN people o ON o.id = q.owner_id
		WHERE q.owner_id = $1
		ORDER BY q.id DESC
		LIMIT $2`, owner, limit)
	quotes, err := pgx.CollectRows(rows, scanQuote)
	return quotes, wrap(err, "recent quotes")
}

// SaveQuote writes where a quote as a whole stands.
func (t *Tx) SaveQuote(ctx context.Context, q quoting.Quote) error {
	_, err := t.tx.Exec(ctx, `
		UPDATE quotes
		SET state = $2, current = $3, estimate = $4, attention = $5
		WHERE id = $1`, int64(q.ID), q.State, q.Current, q.Estimate, q.Attention)
	return wrap(err, "save quote %s", q.ID)
}

// NewVersion is what a version is written with, beside the version itself.
type NewVersion struct {
	Version     quoting.Version
	Correlation string
}

// Recomputed is what the second engine makes of a stored version.
type Recomputed struct {
	Agrees    bool
	ListTotal decimal.Decimal
	BookTotal decimal.Decimal
	NetTotal  decimal.Decimal
	Discount  decimal.Decimal
	Freight   decimal.Decimal
	Total     decimal.Decimal
	Amount    decimal.Decimal
	CostTotal decimal.Decimal
	Margin    decimal.NullDecimal
	Trace     json.RawMessage // line by line, where the lines disagree
}

func (r *Recomputed) scan(row pgx.Row) error {
	return row.Scan(&r.Agrees, &r.ListTotal, &r.BookTotal, &r.NetTotal, &r.Discount, &r.Freight, &r.Total, &r.Amount, &r.CostTotal, &r.Margin, &r.Trace)
}

// AddVersion writes a version with its lines, the quote too where it is the first, and
// has the second engine price it again from the raw rows. What the engines disagree on is
// for the caller to refuse.
func (t *Tx) AddVersion(ctx context.Context, p *quoting.Policy, q Quote, n NewVersion, events ...Event) (Recomputed, error) {
	v := n.Version
	args, err := versionArguments(n)
	if err != nil {
		return Recomputed{}, err
	}
	lines, err := json.Marshal(lineRows(v.Priced.Lines))
	if err != nil {
		return Recomputed{}, fmt.Errorf("lines of %s v%d: %w", v.Quote, v.Number, err)
	}
	batch := &pgx.Batch{}
	if v.Number == 1 {
		batch.Queue(`
			INSERT INTO quotes (id, owner_id, team, state, current, created_at)
			VALUES ($1, $2, $3, $4, 1, $5)`, int64(v.Quote), q.OwnerRow, q.Team, q.State, v.CreatedAt)
	} else {
		batch.Queue(`UPDATE quote_versions SET state = 'superseded' WHERE quote_id = $1 AND version = $2`, int64(v.Quote), v.Number-1)
		batch.Queue(`UPDATE quotes SET current = $2 WHERE id = $1`, int64(v.Quote), v.Number)
	}
	batch.Queue(insertVersion, args)
	batch.Queue(insertLines, int64(v.Quote), v.Number, lines)
	for _, s := range v.Steps { // that an earlier version carries over
		batch.Queue(carryStep, int64(v.Quote), v.Number, s.Branch, s.Level)
	}
	for _, e := range events {
		args, err := e.arguments()
		if err != nil {
			return Recomputed{}, err
		}
		batch.Queue(insertEvent, args)
	}
	var again Recomputed
	batch.Queue(`SELECT * FROM recompute_totals($1, $2, $3, $4, $5)`, int64(v.Quote), v.Number, p.CostOrder, p.Freight.Percent, p.Freight.Minimum).
		QueryRow(again.scan)
	return again, wrap(t.tx.SendBatch(ctx, batch).Close(), "add %s v%d", v.Quote, v.Number)
}

// carryStep takes an approval over from the version before, with the content that it was given
// on.
const carryStep = `
	INSERT INTO approval_steps (quote_id, version, branch, level, decided_by, for_id, content_hash, decided_at, carried_from, same_person)
	SELECT quote_id, $2, branch, level, decided_by, for_id, content_hash, decided_at, coalesce(carried_from, version), same_person
	FROM approval_steps
	WHERE quote_id = $1
	  AND version = $2 - 1
	  AND branch = $3
	  AND level = $4`

const insertVersion = `
	INSERT INTO quote_versions (quote_id, version, state, request, system, customer_id, customer, customer_text, snapshot_id, policy, currency,
	                            list_total, book_total, net_total, discount, freight, total, amount, cost_total, margin, approvals, valid_until, content_hash,
	                            changes, reading, created_at, correlation, measures, setters, customer_waits)
	VALUES (@quote, @version, @state, @request, @system, nullif(@customer_id::bigint, 0), @customer, @customer_text, @snapshot, @policy, @currency,
	        @list_total, @book_total, @net_total, @discount, @freight, @total, @amount, @cost_total, @margin, @approvals, @valid_until, @content_hash,
	        @changes, @reading, @created_at, @correlation, @measures, @setters, @waits)`

func versionArguments(n NewVersion) (pgx.NamedArgs, error) {
	v := n.Version
	hash, err := v.ContentHash()
	if err != nil {
		return nil, err
	}
	approvals := v.Approvals
	if approvals == nil {
		approvals = []quoting.ApprovalNeed{}
	}
	changes := v.Changes
	if changes == nil {
		changes = []string{}
	}
	args := pgx.NamedArgs{
		"quote": int64(v.Quote), "version": v.Number, "state": v.State, "request": v.Request, "system": v.System,
		"customer_id": int64(v.Customer.ID), "customer": nil, "customer_text": v.CustomerText, "snapshot": int64(v.Snapshot), "policy": v.Policy,
		"currency": v.Priced.Currency, "list_total": v.Priced.ListTotal.Amount, "net_total": v.Priced.NetTotal.Amount,
		"book_total": v.Priced.BookTotal.Amount, "discount": v.Priced.Discount.Amount,
		"freight": v.Priced.Freight.Amount, "total": v.Priced.Total.Amount, "amount": v.Priced.Amount.Amount,
		"cost_total": v.Priced.CostTotal.Amount, "margin": decimal.NullDecimal{Decimal: v.Priced.Margin.Percent, Valid: v.Priced.Margin.Known},
		"approvals": approvals, "valid_until": v.ValidUntil, "content_hash": hash, "changes": changes, "reading": v.Reading,
		"created_at": v.CreatedAt, "correlation": n.Correlation, "measures": quoting.MeasuresOf(v),
		"setters": append([]quoting.Setter{}, v.Setters...), "waits": v.Waits,
	}
	if v.Customer.ID != 0 || v.Customer.New() {
		args["customer"] = v.Customer
	}
	return args, nil
}

const insertLines = `
	INSERT INTO quote_lines (quote_id, version, position, item_id, sku, name, item_type, category, qty, units, months, list_price, unit_price,
	                         extended, unit_cost, break_pct, source, level_id, price_row, reason, next_break, next_saving,
	                         level_price, book_price, discount, locked, passthrough, share, weeks, stock_known, stock_available, stock_on_order, lead_days)
	SELECT $1, $2, l.*
	FROM jsonb_to_recordset($3) AS l (position integer, item_id bigint, sku text, name text, item_type text, category text, qty integer,
	     units integer, months integer, list_price numeric, unit_price numeric, extended numeric, unit_cost numeric, break_pct integer,
	     source text, level_id bigint, price_row bigint, reason text, next_break integer, next_saving numeric,
	     level_price numeric, book_price numeric, discount numeric, locked boolean, passthrough boolean, share numeric, weeks integer,
	     stock_known boolean, stock_available integer, stock_on_order integer, lead_days integer)`

// lineRow is a line as it is stored. Numbers are decimals all the way: they travel as
// text, in and out.
type lineRow struct {
	Position   int                 `json:"position"`
	ItemID     int64               `json:"item_id"`
	SKU        string              `json:"sku"`
	Name       string              `json:"name"`
	ItemType   string              `json:"item_type"`
	Category   string              `json:"category"`
	Qty        int                 `json:"qty"`
	Units      int                 `json:"units"`
	Months     int                 `json:"months"`
	ListPrice  decimal.Decimal     `json:"list_price"`
	UnitPrice  decimal.Decimal     `json:"unit_price"`
	Extended   decimal.Decimal     `json:"extended"`
	UnitCost   decimal.NullDecimal `json:"unit_cost"`
	BreakPct   int                 `json:"break_pct"`
	Source     quoting.PriceSource `json:"source"`
	LevelID    quoting.LevelID     `json:"level_id"`
	PriceRow   int64               `json:"price_row"`
	Reason     string              `json:"reason"`
	NextBreak  int                 `json:"next_break"`
	NextSaving decimal.Decimal     `json:"next_saving"`

	LevelPrice     decimal.Decimal `json:"level_price"`
	BookPrice      decimal.Decimal `json:"book_price"`
	Discount       decimal.Decimal `json:"discount"`
	Locked         bool            `json:"locked"`
	Passthrough    bool            `json:"passthrough"`
	Share          decimal.Decimal `json:"share"`
	Weeks          int             `json:"weeks"`
	StockKnown     bool            `json:"stock_known"`
	StockAvailable int             `json:"stock_available"`
	StockOnOrder   int             `json:"stock_on_order"`
	LeadDays       int             `json:"lead_days"`
}

func lineRows(lines []quoting.Line) []lineRow {
	rows := make([]lineRow, len(lines))
	for i, l := range lines {
		rows[i] = lineRow{
			Position: i + 1, ItemID: int64(l.Item), SKU: l.SKU, Name: l.Name, ItemType: string(l.Type), Category: l.Category,
			Qty: l.Qty, Units: l.Units, Months: l.Months, ListPrice: l.List.Amount, UnitPrice: l.Unit.Amount, Extended: l.Extended.Amount,
			UnitCost: l.Cost, BreakPct: l.BreakPct, Source: l.Source, LevelID: l.LevelID, PriceRow: l.PriceRow, Reason: l.Reason,
			NextBreak: l.NextBreak, NextSaving: l.NextSaving.Amount,
			LevelPrice: l.Level.Amount, BookPrice: l.Book.Amount, Discount: l.Discount, Locked: l.Locked, Passthrough: l.Passthrough,
			Share: l.Share.Amount, Weeks: l.Weeks,
			StockKnown: l.Stock.Known, StockAvailable: l.Stock.Available, StockOnOrder: l.Stock.OnOrder, LeadDays: l.Stock.LeadDays,
		}
	}
	return rows
}

func (r lineRow) line(currency quoting.Currency) quoting.Line {
	money := func(d decimal.Decimal) quoting.Money { return quoting.Money{Amount: d, Currency: currency} }
	var saving quoting.Money
	if r.NextBreak > 0 {
		saving = money(r.NextSaving)
	}
	return quoting.Line{
		Item: quoting.ItemID(r.ItemID), SKU: r.SKU, Name: r.Name, Type: quoting.ItemType(r.ItemType), Category: r.Category,
		Qty: r.Qty, Units: r.Units, Months: r.Months, List: money(r.ListPrice), Unit: money(r.UnitPrice), Extended: money(r.Extended),
		Cost: r.UnitCost, BreakPct: r.BreakPct, Source: r.Source, LevelID: r.LevelID, PriceRow: r.PriceRow, Reason: r.Reason,
		NextBreak: r.NextBreak, NextSaving: saving,
		Level: money(r.LevelPrice), Book: money(r.BookPrice), Discount: r.Discount, Locked: r.Locked, Passthrough: r.Passthrough,
		Share: money(r.Share), Weeks: r.Weeks,
		Stock: quoting.StockNow{Known: r.StockKnown, Available: r.StockAvailable, OnOrder: r.StockOnOrder, LeadDays: r.LeadDays},
	}
}

const selectVersion = `
	SELECT v.state, v.request, v.system, v.customer, v.customer_text, v.snapshot_id, s.confirmed_at, v.policy, v.currency,
	       v.list_total, v.book_total, v.net_total, v.discount, v.freight, v.total, v.amount, v.cost_total, v.margin, v.approvals, v.valid_until,
	       v.changes, v.reading, v.created_at, v.nonce, v.submitted_at, v.check_state, v.check_at, v.check_method, v.check_moved, v.check_problem,
	       d.action, p.tenant, p.object_id, p.name, d.reason, d.decided_at, f.tenant, f.object_id, f.name, d.offer, v.setters, v.customer_waits
	FROM quote_versions v
	JOIN price_snapshots s ON s.id = v.snapshot_id
	LEFT JOIN decisions d ON d.quote_id = v.quote_id AND d.version = v.version
	LEFT JOIN people p ON p.id = d.decided_by
	LEFT JOIN people f ON f.id = d.for_id
	WHERE v.quote_id = $1
	  AND v.version = $2`

const selectSteps = `
	SELECT s.branch, s.level, p.tenant, p.object_id, p.name, s.decided_at, coalesce(f.tenant, ''), coalesce(f.object_id, ''), coalesce(f.name, ''),
	       s.same_person, coalesce(s.carried_from, 0)
	FROM approval_steps s
	JOIN people p ON p.id = s.decided_by
	LEFT JOIN people f ON f.id = s.for_id
	WHERE s.quote_id = $1
	  AND s.version = $2
	ORDER BY s.decided_at, s.branch, s.level`

const selectLines = `
	SELECT position, item_id, sku, name, item_type, category, qty, units, months, list_price, unit_price, extended, unit_cost, break_pct,
	       source, level_id, price_row, reason, next_break, next_saving,
	       level_price, book_price, discount, locked, passthrough, share, weeks, stock_known, stock_available, stock_on_order, lead_days
	FROM quote_lines
	WHERE quote_id = $1
	  AND version = $2
	ORDER BY position`

// Version reads a version with its lines, its check and its decision.
func (t *Tx) Version(ctx context.Context, quote quoting.QuoteID, number int) (quoting.Version, error) {
	v := quoting.Version{Quote: quote, Number: number}
	batch := &pgx.Batch{}
	queueVersion(batch, &v)
	return v, wrap(t.tx.SendBatch(ctx, batch).Close(), "%s v%d", quote, number)
}

// queueVersion has a batch fill a version of which the quote and the number are given.
func queueVersion(batch *pgx.Batch, v *quoting.Version) {
	batch.Queue(selectVersion, int64(v.Quote), v.Number).QueryRow(func(row pgx.Row) error { return scanVersion(row, v) })
	batch.Queue(selectSteps, int64(v.Quote), v.Number).Query(func(found pgx.Rows) (err error) {
		v.Steps, err = pgx.CollectRows(found, func(row pgx.CollectableRow) (quoting.StepDecision, error) {
			var s quoting.StepDecision
			err := row.Scan(&s.Branch, &s.Level, &s.By.Tenant, &s.By.Object, &s.Name, &s.At, &s.For.Tenant, &s.For.Object, &s.ForName, &s.SamePerson, &s.CarriedFrom)
			return s, err
		})
		return err
	})
	batch.Queue(selectLines, int64(v.Quote), v.Number).Query(func(found pgx.Rows) error {
		rows, err := pgx.CollectRows(found, pgx.RowToStructByPos[lineRow])
		for _, row := range rows {
			v.Priced.Lines = append(v.Priced.Lines, row.line(v.Priced.Currency))
		}
		return err
	})
}

func scanVersion(row pgx.Row, v *quoting.Version) error {
	var customer *quoting.Customer
	var margin decimal.NullDecimal
	var submittedAt, checkAt, decidedAt *time.Time
	var action, tenant, object, name, reason, forTenant, forObject, forName *string
	var offer *quoting.Offered
	p := &v.Priced
	err := row.Scan(&v.State, &v.Request, &v.System, &customer, &v.CustomerText, &v.Snapshot, &v.PricesAt, &v.Policy, &p.Currency,
		&p.ListTotal.Amount, &p.BookTotal.Amount, &p.NetTotal.Amount, &p.Discount.Amount, &p.Freight.Amount, &p.Total.Amount, &p.Amount.Amount, &p.CostTotal.Amount, &margin,
		&v.Approvals, &v.ValidUntil, &v.Changes, &v.Reading, &v.CreatedAt, &v.Nonce, &submittedAt,
		&v.Check.State, &checkAt, &v.Check.Method, &v.Check.Moved, &v.Check.Problem, &action, &tenant, &object, &name, &reason, &decidedAt,
		&forTenant, &forObject, &forName, &offer, &v.Setters, &v.Waits)
	if err != nil {
		return err
	}
	for _, m := range []*quoting.Money{&p.ListTotal, &p.BookTotal, &p.NetTotal, &p.Discount, &p.Freight, &p.Total, &p.Amount, &p.CostTotal} {
		m.Currency = p.Currency
	}
	p.Margin = quoting.Margin{Percent: margin.Decimal, Known: margin.Valid}
	if customer != nil {
		v.Customer = *customer
	}
	v.SubmittedAt, v.Check.At = moment(submittedAt), moment(checkAt)
	if action != nil {
		v.Decision = &quoting.Decision{
			Action: quoting.Action(*action), By: quoting.PersonID{Tenant: text(tenant), Object: text(object)},
			Name: text(name), Reason: text(reason), At: moment(decidedAt),
			For: quoting.PersonID{Tenant: text(forTenant), Object: text(forObject)}, ForName: text(forName), Offer: offer,
		}
	}
	return nil
}

func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// SaveSubmission writes the state of a version and what its approval is bound to.
func (t *Tx) SaveSubmission(ctx context.Context, v quoting.Version) error {
	at := &v.SubmittedAt
	if v.SubmittedAt.IsZero() {
		at = nil
	}
	_, err := t.tx.Exec(ctx, `
		UPDATE quote_versions
		SET state = $3, nonce = $4, submitted_at = $5
		WHERE quote_id = $1
		  AND version = $2`, int64(v.Quote), v.Number, v.State, v.Nonce, at)
	return wrap(err, "submit %s v%d", v.Quote, v.Number)
}

// SaveDecision writes the decision on a version; who is the row of the person, 0 where
// nobody was needed, and instead the row of whom it was decided for, 0 where for nobody. A
// version has one decision: a second is of kind Conflict.
func (t *Tx) SaveDecision(ctx context.Context, v quoting.Version, who, instead int64) error {
	hash, err := v.ContentHash()
	if err != nil {
		return err
	}
	d := v.Decision
	tag, err := t.tx.Exec(ctx, `
		INSERT INTO decisions (quote_id, version, action, decided_by, reason, content_hash, decided_at, for_id, offer)
		VALUES (@quote, @version, @action, nullif(@who::bigint, 0), @reason, @hash, @at, nullif(@instead::bigint, 0), @offer)
		ON CONFLICT DO NOTHING`, pgx.NamedArgs{
		"quote": int64(v.Quote), "version": v.Number, "action": d.Action, "who": who, "reason": d.Reason, "hash": hash, "at": d.At,
		"instead": instead, "offer": d.Offer,
	})
	if err == nil && tag.RowsAffected() == 0 {
		return quoting.Errorf(quoting.Conflict, "%s v%d is already decided.", v.Quote, v.Number)
	}
	return wrap(err, "decide %s v%d", v.Quote, v.Number)
}

// SaveStep writes an approval of one step, by the row of a person, in the place of another's
// or 0; a step is taken once: a second is of kind Conflict.
func (t *Tx) SaveStep(ctx context.Context, v quoting.Version, s quoting.StepDecision, who, instead int64) error {
	hash, err := v.ContentHash()
	if err != nil {
		return err
	}
	tag, err := t.tx.Exec(ctx, `
		INSERT INTO approval_steps (quote_id, version, branch, level, decided_by, for_id, content_hash, decided_at, same_person)
		VALUES ($1, $2, $3, $4, $5, nullif($6::bigint, 0), $7, $8, $9)
		ON CONFLICT DO NOTHING`, int64(v.Quote), v.Number, s.Branch, s.Level, who, instead, hash, s.At, s.SamePerson)
	if err == nil && tag.RowsAffected() == 0 {
		return quoting.Errorf(quoting.Conflict, "%s v%d has that approval already.", v.Quote, v.Number)
	}
	return wrap(err, "step of %s v%d", v.Quote, v.Number)
}

// SaveCheck writes what NetSuite's live prices say of a version.
func (t *Tx) SaveCheck(ctx context.Context, v quoting.Version) error {
	moved := v.Check.Moved
	if moved == nil {
		moved = []quoting.MovedPrice{}
	}
	_, err := t.tx.Exec(ctx, `
		UPDATE quote_versions
		SET check_state = $3, check_at = $4, check_method = $5, check_moved = $6, check_problem = $7
		WHERE quote_id = $1
		  AND version = $2`, int64(v.Quote), v.Number, v.Check.State, v.Check.At, v.Check.Method, moved, v.Check.Problem)
	return wrap(err, "check of %s v%d", v.Quote, v.Number)
}

// TakePolicy keeps the text of a policy, once for each version of it.
func (t *Tx) TakePolicy(ctx context.Context, p *quoting.Policy, at time.Time) error {
	_, err := t.tx.Exec(ctx, `INSERT INTO policies (version, text, taken_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, p.Version, string(p.Text), at)
	return wrap(err, "policy %s", p.Version)
}
