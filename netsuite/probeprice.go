package netsuite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"radioquote/quoting"
)

// sample is what NetSuite's engine and its price rows are compared on: a customer that
// has no agreement, so that Base prices are its prices, and some items.
type sample struct {
	skus       []string
	form, rows []quoting.LivePrice
}

// sampleSize is how many items are compared.
const sampleSize = 5

var errNoSample = errors.New("there is no active customer at Base without prices of its own, or no item with a Base price in its currency")

// createForm asks for the form of an Estimate of a real customer, and for the same prices
// by rows.
func (p *prober) createForm(ctx context.Context) quoting.Probe {
	basket, err := p.basket(ctx)
	if errors.Is(err, errNoSample) {
		return quoting.Probe{State: quoting.ProbeNot, Found: err.Error(), Mend: "Probe again when there is one. " + readAsRows}
	}
	if err != nil {
		return p.failed(quoting.ProbeWeak, err, "")
	}
	form, err := p.client.Check(ctx, basket, quoting.ByCreateForm)
	if err != nil {
		mend := "Give the permission Transactions → Estimate, level Full," + onTheRole + "; if the role has it, this account does not support create-form. " + readAsRows
		if e, ok := errors.AsType[*Error](err); ok && (e.Status == http.StatusNotAcceptable || e.Status == http.StatusUnsupportedMediaType) {
			mend = "This account does not support create-form. " + readAsRows
		}
		return p.failed(quoting.ProbeWeak, err, mend)
	}
	for i, line := range form.Lines {
		if !line.Sellable {
			return quoting.Probe{
				State: quoting.ProbeWeak, Found: fmt.Sprintf("the form of an Estimate comes without the rate of %s", p.sample.skus[i]),
				Mend: "This account's create-form does not price lines. " + readAsRows,
			}
		}
	}
	p.can.CreateForm = true
	customer := basket.Customer
	basket.Customer = 0
	rows, err := p.client.Check(ctx, basket, quoting.ByPriceRows)
	if err != nil {
		return p.failed(quoting.ProbeWeak, err, "The form has prices; the rows to compare them with could not be read.")
	}
	p.sample.form, p.sample.rows = form.Lines, rows.Lines
	return good("customer %d: NetSuite prices %d items by a form in %s", customer, len(form.Lines), form.Took.Round(time.Millisecond))
}

// priceRules compares NetSuite's engine with its rows. Where they differ though no
// quantity explains it, a rule or a script changes prices. Without a comparison only an
// account whose Estimates do not record applied rules is known to have none.
func (p *prober) priceRules(context.Context) quoting.Probe {
	const rules = "Lists → Accounting → Sales Price Rules"
	if len(p.sample.form) == 0 {
		if _, there := p.fields["appliedRules"]; there || p.fields == nil {
			return quoting.Probe{
				State: quoting.ProbeWeak, Found: "whether the account has sales price rules cannot be seen without create-form and something to compare",
				Mend: "Look under " + rules + ". Price rows do not pass as a check of prices, because a rule may stand above them: make create-form work.",
			}
		}
		p.can.RowsDecide = p.byLine
		return good("an Estimate has no applied rules: the account has no sales price rules")
	}
	var differ []string
	for i, form := range p.sample.form {
		if rows := p.sample.rows[i]; rows.Sellable != form.Sellable || !rows.Price.Equal(form.Price) {
			differ = append(differ, fmt.Sprintf("%s: %s by form, %s by rows", p.sample.skus[i], form.Price, rows.Price))
		}
	}
	if len(differ) > 0 {
		return quoting.Probe{
			State: quoting.ProbeWeak, Found: strings.Join(differ, "; "),
			Mend: "The account has sales price rules (" + rules + ") or a script that changes prices. Only create-form passes as a check of prices then.",
		}
	}
	p.can.RowsDecide = p.byLine
	return good("form and rows agree on %d items", len(p.sample.form))
}

// basket is a basket to compare on.
func (p *prober) basket(ctx context.Context) (quoting.Basket, error) {
	own := map[int64]bool{}
	for _, table := range []string{"customeritempricing", "customergrouppricing"} {
		err := p.client.eachRow(ctx, "SELECT customer FROM "+table+" WHERE customer > ? GROUP BY customer ORDER BY customer", []string{"0"}, func(r *columns) {
			own[r.id("customer")] = true
		})
		if err != nil {
			return quoting.Basket{}, err
		}
	}
	known, err := p.client.readCurrencies(ctx, routeProbe)
	if err != nil {
		return quoting.Basket{}, err
	}
	basket := quoting.Basket{Date: time.Now().UTC()}
	var currency int64
	err = p.client.eachRow(ctx, "SELECT id, currency, pricelevel, credithold FROM customer WHERE isinactive = ? AND id > ? ORDER BY id", []string{"F", "0"}, func(r *columns) {
		id, level := r.id("id"), r.optionalID("pricelevel")
		if code, ok := known.codes[r.optionalID("currency")]; ok && basket.Customer == 0 && !own[id] && level <= 1 && !r.flag("credithold", false) {
			basket.Customer, basket.Currency, currency = quoting.CustomerID(id), code, r.id("currency")
		}
	})
	if err != nil || basket.Customer == 0 {
		return basket, cmp.Or(err, errNoSample)
	}
	priced := map[int64]bool{}
	price, err := p.client.query(ctx, routeProbe, "SELECT internalid, item, quantity, unitprice FROM pricing WHERE pricelevel = ? AND currency = ? AND internalid > ? ORDER BY internalid",
		[]string{idText(int64(quoting.BaseLevel)), idText(currency), "0"}, 0)
	if err != nil {
		return basket, err
	}
	for _, row := range price.rows {
		r := &columns{row: row}
		if r.whole("quantity") <= 1 && r.row["unitprice"] != "" && r.decimal("unitprice").IsPos() && r.err == nil {
			priced[r.optionalID("item")] = true
		}
	}
	err = p.client.eachRow(ctx, "SELECT id, itemid FROM item WHERE isinactive = ? AND itemtype IN (?, ?) AND id > ? ORDER BY id", []string{"F", "InvtPart", "NonInvtPart", "0"}, func(r *columns) {
		if id := r.id("id"); priced[id] && len(basket.Lines) < sampleSize {
			basket.Lines = append(basket.Lines, quoting.BasketLine{Item: quoting.ItemID(id), Quantity: 1})
			p.sample.skus = append(p.sample.skus, r.text("itemid"))
		}
	})
	if err != nil || len(basket.Lines) == 0 {
		return basket, cmp.Or(err, errNoSample)
	}
	return basket, nil
}

// statuses looks for the customer statuses that Estimates get, which each account names
// as it likes.
func (p *prober) statuses(ctx context.Context) quoting.Probe {
	all, err := p.client.readStatuses(ctx, routeProbe)
	if err != nil {
		return p.failed(quoting.ProbeBroken, err, "Give the permission Lists → CRM Lists, which holds the customer statuses,"+onTheRole+".")
	}
	names := p.client.config.Names
	for _, want := range []struct{ name, field string }{{names.OpenStatus, "open_status"}, {names.LostStatus, "lost_status"}} {
		mend := fmt.Sprintf("Name one of the account's statuses in the policy, netsuite.%s, or make one (Setup → Sales → Customer Statuses).", want.field)
		inactive := false
		var there []string
		for _, s := range all {
			there = append(there, s.name)
			inactive = inactive || s.inactive && s.name == want.name
			if s.name != want.name && strings.EqualFold(s.name, want.name) {
				mend = fmt.Sprintf("Write it as the account does in the policy, netsuite.%s: %q. Capitals count.", want.field, s.name)
			}
		}
		switch {
		case slices.ContainsFunc(all, func(s status) bool { return s.name == want.name && !s.inactive }):
		case inactive:
			return quoting.Probe{State: quoting.ProbeBroken, Found: fmt.Sprintf("customer status %q is inactive", want.name), Mend: mend}
		default:
			return quoting.Probe{State: quoting.ProbeBroken, Found: fmt.Sprintf("no customer status is called %q; there is %s", want.name, quoted(there)), Mend: mend}
		}
	}
	return good("%q and %q are there", names.OpenStatus, names.LostStatus)
}
