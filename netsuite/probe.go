package netsuite

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"radioquote/quoting"
)

// source is a table that the client reads by SuiteQL, as far as an account may lack it.
type source struct {
	table   string
	columns []string // all that are read; the first orders the rows
	records []string // records of the metadata catalogue that are the same thing in REST
	parent  string   // a table whose permission this one shares; empty: its own
	give    string   // the permission that shows it, in NetSuite's words
	feature string   // without which there is no such table
}

// sources are in the order in which they are probed. A test holds them against the
// queries that are sent.
func sources() []source {
	return []source{
		{
			table: "item", records: []string{"inventoryItem", "item"}, give: "Lists → Items",
			columns: []string{"id", "itemid", "displayname", "itemtype", "subtype", "isinactive", "custitem_rq_category", "custitem_rq_break_group",
				"custitem_rq_tags", "custitem_rq_replaced_by", "pricinggroup", "averagecost", "lastpurchaseprice", "cost", "leadtime", "lastmodifieddate"},
		},
		{
			table: "pricelevel", records: []string{"priceLevel"}, give: "Lists → Accounting Lists, which holds the price levels", feature: "Multiple Prices",
			columns: []string{"id", "name", "isinactive"},
		},
		{
			table: "pricing", parent: "item", give: "Lists → Items", feature: "Multiple Prices",
			columns: []string{"internalid", "item", "pricelevel", "currency", "quantity", "unitprice"},
		},
		{
			table: "currency", records: []string{"currency"}, give: "Lists → Currency", feature: "Multiple Currencies",
			columns: []string{"id", "symbol"},
		},
		{
			table: "customer", records: []string{"customer"}, give: "Lists → Customers",
			columns: []string{"id", "entityid", "companyname", "pricelevel", "currency", "terms", "isinactive", "parent", "subsidiary",
				"credithold", "email", "taxable", "lastmodifieddate"},
		},
		{
			table: "customeritempricing", parent: "customer", give: "Lists → Customers", feature: "Multiple Prices",
			columns: []string{"customer", "item", "currency", "level", "price"},
		},
		{
			table: "customergrouppricing", parent: "customer", give: "Lists → Customers", feature: "Multiple Prices",
			columns: []string{"customer", "pricinggroup", "level"},
		},
		{
			table: "aggregateitemlocation", parent: "item", give: "Lists → Items", feature: "Inventory",
			columns: []string{"item", "quantityavailable", "quantityonorder", "lastquantityavailablechange"},
		},
	}
}

// deletions is probed apart: the service does without it.
func deletions() source {
	return source{table: "deletedrecord", give: "Lists → Deleted Records", columns: []string{"recordid", "type", "deleteddate"}}
}

const (
	onTheRole  = " on the integration's role (Setup → Users/Roles → Manage Roles)"
	readAsRows = "Until then prices are checked by price rows."
)

// Probe tries out what the service needs of the account, in the order in which things
// depend on each other, and says of each what there is and what to mend. It stores
// nothing. The capabilities are those of an account that nobody has probed where a call was
// not answered: what an account cannot do does not follow from an outage.
func (c *Client) Probe(ctx context.Context) ([]quoting.Probe, quoting.Capabilities) {
	p := &prober{client: c, seen: map[string]bool{}}
	p.certificate()
	p.signIn(ctx)
	p.step(ctx, "clock", p.clock)
	p.step(ctx, "concurrency", p.concurrency)
	p.catalogue(ctx)
	for _, s := range sources() {
		p.step(ctx, "table "+s.table, func(ctx context.Context) quoting.Probe { return p.table(ctx, s, quoting.ProbeBroken) })
	}
	p.step(ctx, "deletions", p.deletions)
	p.step(ctx, "estimate fields", p.estimateFields)
	p.step(ctx, "estimates", p.estimates)
	p.step(ctx, "statuses", p.statuses)
	p.step(ctx, "discount item", p.discountItem, "item")
	p.step(ctx, "line quantities", p.lineQuantities, "item")
	p.step(ctx, "create-form", p.createForm, "item", "pricing", "currency", "customer", "customeritempricing", "customergrouppricing")
	p.step(ctx, "price rules", p.priceRules, "line quantities", "pricing", "customeritempricing", "customergrouppricing")
	p.step(ctx, "tax", p.tax, "estimate fields")
	if p.in && !p.unsaid {
		p.can.At = time.Now().UTC()
	}
	return p.probes, p.can
}

// routeProbe is any call of a probe.
var routeProbe = route{name: "probe", deadline: 60 * time.Second}

// prober goes through the probes.
type prober struct {
	client  *Client
	probes  []quoting.Probe
	can     quoting.Capabilities
	in      bool            // signed in
	unsaid  bool            // a call was not answered, or not readably: nothing follows from that
	seen    map[string]bool // what is good enough for what needs it, by table or name of the probe
	records map[string]bool // of the metadata catalogue, in lower case; nil: it cannot be read
	fields  map[string]json.RawMessage
	byLine  bool // the price of a line follows from its own quantity
	sample  sample
}

func good(format string, args ...any) quoting.Probe {
	return quoting.Probe{State: quoting.ProbeGood, Found: fmt.Sprintf(format, args...)}
}

// step does one probe, unless something that it needs is broken.
func (p *prober) step(ctx context.Context, name string, probe func(context.Context) quoting.Probe, needs ...string) {
	var result quoting.Probe
	missing := slices.IndexFunc(needs, func(need string) bool { return !p.seen[need] })
	switch {
	case !p.in:
		result = quoting.Probe{State: quoting.ProbeNot, Found: "not tried: the sign-in is broken"}
	case missing >= 0:
		result = quoting.Probe{State: quoting.ProbeNot, Found: "not tried: see " + needs[missing]}
	default:
		result = probe(ctx)
	}
	result.Name = name
	p.probes = append(p.probes, result)
	if result.State == quoting.ProbeGood || result.State == quoting.ProbeWeak {
		p.seen[strings.TrimPrefix(name, "table ")] = true
	}
}

// words are what NetSuite says of a failed call, or what kept the call from an answer.
func words(err error) string {
	e, ok := errors.AsType[*Error](err)
	switch {
	case !ok:
		return err.Error()
	case e.Detail != "":
		return e.Detail
	case e.Code != "":
		return e.Code
	case e.Err != nil:
		return e.Err.Error()
	}
	return e.Error()
}

// failed is the probe of a call that failed in a way that nobody foresaw.
func (p *prober) failed(state quoting.ProbeState, err error, mend string) quoting.Probe {
	p.unsaid = p.unsaid || errors.Is(err, quoting.Unavailable) || errors.Is(err, quoting.Malformed)
	if errors.Is(err, quoting.Unavailable) {
		return quoting.Probe{State: quoting.ProbeBroken, Found: err.Error(), Mend: "NetSuite did not answer: try again later."}
	}
	return quoting.Probe{State: state, Found: words(err), Mend: mend}
}

func (p *prober) certificate() {
	h := p.client.Health()
	result := good("expires on %s", h.CertificateExpires.UTC().Format("2 January 2006"))
	h.Skew = 0
	switch warnings := h.Warnings(time.Now()); {
	case h.CertificateExpires.IsZero():
		result = quoting.Probe{
			State: quoting.ProbeWeak, Found: "the key file does not hold the certificate: nobody is warned before it expires",
			Mend: "Add the certificate that was uploaded to NetSuite to the key file, in PEM form.",
		}
	case len(warnings) > 0:
		result.State, result.Mend = quoting.ProbeWeak, warnings[0]
		if time.Now().After(h.CertificateExpires) {
			result.State, result.Found = quoting.ProbeBroken, "expired on "+h.CertificateExpires.UTC().Format("2 January 2006")
		}
	}
	result.Name = "certificate"
	p.probes = append(p.probes, result)
}

func (p *prober) signIn(ctx context.Context) {
	_, err := p.client.bearer(ctx)
	result := good("NetSuite takes client %s with certificate %s", p.client.config.ClientID, p.client.config.CertificateID)
	if p.in = err == nil; !p.in {
		result = quoting.Probe{State: quoting.ProbeBroken, Found: words(err), Mend: p.signInMend(err)}
	}
	result.Name = "sign-in"
	p.probes = append(p.probes, result)
}

func (p *prober) signInMend(err error) string {
	cfg, h := p.client.config, p.client.Health()
	e, remote := errors.AsType[*Error](err)
	switch {
	case remote && e.Status == 0 || remote && e.Status >= 500:
		return fmt.Sprintf("%s does not answer: check the account id, the base URL and the way through the firewall.", cfg.BaseURL)
	case h.skewed():
		return h.skewText() + "."
	case !h.CertificateExpires.IsZero() && time.Now().After(h.CertificateExpires):
		return "The certificate is over: " + h.Warnings(time.Now())[0]
	case remote && e.Code == "invalid_client":
		return fmt.Sprintf("NetSuite does not know client id %s or certificate id %s: compare them with the integration record and with "+
			"Setup → Integration → OAuth 2.0 Client Credentials Setup; a refresh of a sandbox removes them.", cfg.ClientID, cfg.CertificateID)
	case remote && e.Code == "invalid_grant":
		return fmt.Sprintf("The private key is not that of certificate %s in NetSuite, or the certificate is over or revoked: "+
			"use the key of that certificate, or upload the certificate of this key and configure its id.", cfg.CertificateID)
	}
	return "Give the permissions Setup → Log in using OAuth 2.0 Access Tokens and Setup → REST Web Services" + onTheRole +
		", and look at Setup → Users/Roles → View Login Audit Trail."
}

func (p *prober) clock(ctx context.Context) quoting.Probe {
	now, err := p.client.ServerTime(ctx)
	if err != nil {
		return p.failed(quoting.ProbeBroken, err, "Give the permission Setup → REST Web Services"+onTheRole+".")
	}
	h := p.client.Health()
	result := good("NetSuite's clock says %s, %s from ours", now.Format(time.RFC3339), h.Skew.Abs().Round(time.Second))
	if h.skewed() {
		result.State, result.Mend = quoting.ProbeWeak, h.skewText()+"."
	}
	return result
}

// concurrency compares our limit with NetSuite's, which administrators can see.
func (p *prober) concurrency(ctx context.Context) quoting.Probe {
	ours := p.client.config.Concurrency
	var limits struct {
		Account     number `json:"accountConcurrencyLimit"`
		Unallocated number `json:"accountUnallocatedConcurrencyLimit"`
		Integration number `json:"integrationConcurrencyLimit"`
		Kind        string `json:"integrationLimitType"`
	}
	err := p.client.get(ctx, "/services/rest/system/v1/governanceLimits", "application/json", &limits)
	if errors.Is(err, quoting.Refused) {
		return good("%d requests at once; NetSuite's limit is not visible to this role", ours)
	}
	// An integration without a limit of its own shares what no other integration has.
	limit, countErr := limits.Unallocated.whole()
	if limits.Kind == "integrationSpecific" {
		limit, countErr = limits.Integration.whole()
	}
	if err = cmp.Or(err, countErr); err != nil {
		return p.failed(quoting.ProbeWeak, err, "")
	}
	result := good("%d requests at once, of %d that NetSuite lets this integration have and %s of the account", ours, limit, limits.Account)
	if ours > limit {
		result.State = quoting.ProbeWeak
		result.Mend = fmt.Sprintf("NetSuite blocks what is over its limit: set RADIOQUOTE_NETSUITE_CONCURRENCY to %d or less.", max(1, limit))
	}
	return result
}

// get reads a JSON answer of a resource.
func (c *Client) get(ctx context.Context, path, accept string, into any) error {
	q := request{route: routeProbe, method: http.MethodGet, path: path, header: http.Header{"Accept": {accept}}}
	return c.call(ctx, q, func(body []byte) error { return decode(body, into) })
}

const recordPath = "/services/rest/record/v1"

// catalogue reads which records the account has, by which a table that is hidden is told
// from one that is not there. It is no probe of its own: where it cannot be read, what it
// would have told is left open.
func (p *prober) catalogue(ctx context.Context) {
	if !p.in {
		return
	}
	var list struct {
		Items []struct {
			Name string `json:"name"`
		} `json:"items"`
	}
	if err := p.client.get(ctx, recordPath+"/metadata-catalog", "application/json", &list); err != nil || len(list.Items) == 0 {
		return
	}
	p.records = map[string]bool{}
	for _, record := range list.Items {
		p.records[strings.ToLower(record.Name)] = true
	}
}

var (
	unknownTable  = regexp.MustCompile(`Record '\w+' was not found|Invalid search type`)
	unknownColumn = regexp.MustCompile(`Unknown identifier '(\w+)'`)
)

// table asks for no rows of a table, with every column that is read, and counts its rows.
func (p *prober) table(ctx context.Context, s source, worst quoting.ProbeState) quoting.Probe {
	var missing []string
	columns := slices.Clone(s.columns)
	for {
		sql := "SELECT " + strings.Join(columns, ", ") + " FROM " + s.table + " WHERE " + s.columns[0] + " > ? ORDER BY " + s.columns[0]
		_, err := p.client.query(ctx, routeProbe, sql, []string{idText(math.MaxInt32)}, 0)
		if err == nil {
			break
		}
		match := unknownColumn.FindStringSubmatch(words(err))
		switch {
		case unknownTable.MatchString(words(err)):
			return quoting.Probe{State: worst, Found: words(err), Mend: p.missingTable(s)}
		case match == nil || !slices.Contains(columns, strings.ToLower(match[1])):
			return p.failed(worst, err, "Give the permission "+s.give+onTheRole+".")
		}
		name := strings.ToLower(match[1])
		missing = append(missing, name)
		columns = slices.DeleteFunc(columns, func(column string) bool { return column == name })
		if name == s.columns[0] || len(columns) == 0 {
			break
		}
	}
	if len(missing) > 0 {
		var mend []string
		for _, column := range missing {
			mend = append(mend, missingColumn(column))
		}
		return quoting.Probe{
			State: worst, Found: fmt.Sprintf("table %s has no column %s for this role", s.table, strings.Join(missing, ", ")), Mend: strings.Join(mend, " "),
		}
	}
	n, err := p.count(ctx, s.table+" WHERE "+s.columns[0]+" > ?", "0")
	if err != nil {
		return p.failed(worst, err, "")
	}
	return good("%d rows; compare with what an administrator sees: a role with restrictions sees fewer", n)
}

// missingTable says what to do about a table that is not found. NetSuite says the same of
// one that the role may not see.
func (p *prober) missingTable(s source) string {
	permission := "Give the permission " + s.give + onTheRole + "."
	absent := fmt.Sprintf("This account has no table %s", s.table)
	if s.feature != "" {
		absent += ": turn on the feature " + s.feature + " (Setup → Company → Enable Features), or the table has another name here"
	}
	absent += "; the service was made for the names in its documentation, so tell its makers what Setup → Records Catalog calls it."
	switch {
	case s.parent != "" && p.seen[s.parent]:
		return fmt.Sprintf("The role sees %s, so that this is no missing permission. %s", s.parent, absent)
	case s.records == nil:
		return permission
	case p.records == nil:
		return permission + " If the role has it: " + absent
	case slices.ContainsFunc(s.records, func(name string) bool { return p.records[strings.ToLower(name)] }):
		return permission
	default:
		return absent
	}
}

func missingColumn(column string) string {
	switch {
	case strings.HasPrefix(column, "custitem_"):
		return fmt.Sprintf("Make the field %s: Customization → Lists, Records, & Fields → Item Fields → New, type Free-Form Text, id %s, stored value, on all types of items that are sold.",
			column, strings.TrimPrefix(column, "custitem"))
	case column == "averagecost" || column == "lastpurchaseprice" || column == "cost":
		return fmt.Sprintf("For %s give the permission Lists → Items → Cost, or turn on the feature Inventory.", column)
	case column == "pricinggroup" || column == "pricelevel":
		return fmt.Sprintf("For %s turn on the feature Multiple Prices.", column)
	case column == "subsidiary":
		return "For subsidiary give the role access to subsidiaries; only accounts of NetSuite OneWorld have it."
	default:
		return fmt.Sprintf("Column %s is hidden from the role or belongs to a feature that is off: look for it in Setup → Records Catalog.", column)
	}
}

// count counts the rows of a table that meet a condition.
func (p *prober) count(ctx context.Context, from string, params ...string) (int, error) {
	page, err := p.client.query(ctx, routeProbe, "SELECT COUNT(*) AS n FROM "+from, params, 0)
	if err != nil {
		return 0, err
	}
	if len(page.rows) != 1 {
		return 0, &Error{Fault: quoting.Malformed, Call: routeProbe.name, Err: fmt.Errorf("%d rows as a count", len(page.rows))}
	}
	r := &columns{row: page.rows[0]}
	r.text("n")
	n := r.whole("n")
	return n, r.err
}

func (p *prober) deletions(ctx context.Context) quoting.Probe {
	result := p.table(ctx, deletions(), quoting.ProbeWeak)
	if p.can.Deletions = result.State == quoting.ProbeGood; !p.can.Deletions {
		result.Mend += " Until then deletions are found by counting at each sync, which then reads a whole table."
	}
	return result
}

// estimateFields compares the fields that we send with those that the account has.
func (p *prober) estimateFields(ctx context.Context) quoting.Probe {
	var schema struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	err := p.client.get(ctx, recordPath+"/metadata-catalog/estimate", "application/schema+json", &schema)
	if err != nil {
		return p.failed(quoting.ProbeBroken, err, "Turn on the feature Estimates, and give the permission Transactions → Estimate, level Full,"+onTheRole+".")
	}
	p.fields = schema.Properties
	var missing []string
	for field := range reflect.TypeFor[estimateBody]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if _, there := schema.Properties[name]; !there {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return quoting.Probe{
			State: quoting.ProbeBroken, Found: "an Estimate has no field " + strings.Join(missing, ", "),
			Mend: fmt.Sprintf("Show %s on the form of Estimates that the role uses (Customization → Forms → Transaction Forms), and check the features that it belongs to.",
				strings.Join(missing, ", ")),
		}
	}
	return good("an Estimate has every field that is sent")
}

// estimates reads an Estimate that does not exist, which only a role that may see
// Estimates is told.
func (p *prober) estimates(ctx context.Context) quoting.Probe {
	path := estimatePath + "/eid:" + p.client.prefix + "doctor"
	err := p.client.get(ctx, path, "application/json", new(any))
	e, ok := errors.AsType[*Error](err)
	switch {
	case err == nil || ok && e.Code == "NONEXISTENT_ID":
		return good("the role may see Estimates")
	case ok && e.Fault == quoting.Refused:
		return quoting.Probe{State: quoting.ProbeBroken, Found: words(err), Mend: "Give the permission Transactions → Estimate, level Full," + onTheRole + "."}
	}
	return p.failed(quoting.ProbeBroken, err, "")
}

// discountItem looks for the item by which the discount of a whole Estimate is written.
func (p *prober) discountItem(ctx context.Context) quoting.Probe {
	name := p.client.config.Names.DiscountItem
	if name == "" {
		return quoting.Probe{
			State: quoting.ProbeWeak, Found: "no discount item is named: a quote with a discount on the whole cannot be written",
			Mend: "Name the account's discount item in the policy, netsuite.discount_item.",
		}
	}
	var found []string
	inactive := false
	err := p.client.eachRow(ctx, "SELECT id, itemid, isinactive FROM item WHERE itemtype = ? AND id > ? ORDER BY id", []string{"Discount", idText(math.MinInt32)}, func(r *columns) {
		found = append(found, r.text("itemid"))
		inactive = inactive || r.text("itemid") == name && r.flag("isinactive", false)
	})
	switch {
	case err != nil:
		return p.failed(quoting.ProbeWeak, err, "")
	case !slices.Contains(found, name):
		return quoting.Probe{
			State: quoting.ProbeWeak, Found: fmt.Sprintf("no discount item is called %q; there is %s", name, quoted(found)),
			Mend: fmt.Sprintf("Make a discount item %s (Lists → Accounting → Items → New → Discount), or name one that there is in the policy, netsuite.discount_item.", name),
		}
	case inactive:
		return quoting.Probe{State: quoting.ProbeWeak, Found: fmt.Sprintf("discount item %q is inactive", name), Mend: "Make it active, or name another in the policy, netsuite.discount_item."}
	}
	return good("discount item %q is there", name)
}

func quoted(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return `"` + strings.Join(names, `", "`) + `"`
}

// lineQuantities looks for items whose price does not follow from the quantity of a line
// alone, so that price rows do not decide it.
func (p *prober) lineQuantities(ctx context.Context) quoting.Probe {
	const onlyForms = "Only create-form passes as a check of prices then."
	marginal, err := p.count(ctx, "item WHERE usemarginalrates = ?", "T")
	var modes []string
	if err == nil {
		err = p.client.eachRow(ctx, "SELECT overallquantitypricingtype FROM item WHERE id > ? GROUP BY overallquantitypricingtype ORDER BY overallquantitypricingtype",
			[]string{"0"}, func(r *columns) {
				if mode := r.optional("overallquantitypricingtype"); mode != "" && mode != "BY_LINE_QUANTITY" {
					modes = append(modes, mode)
				}
			})
	}
	switch {
	case err != nil:
		return p.failed(quoting.ProbeWeak, err, "Whether prices follow from the quantity of a line cannot be seen: give the permission Lists → Items"+onTheRole+". "+onlyForms)
	case marginal > 0:
		return quoting.Probe{State: quoting.ProbeWeak, Found: fmt.Sprintf("%d items use marginal rates", marginal), Mend: "Turn off Use Marginal Rates on the items that are quoted, or leave it. " + onlyForms}
	case len(modes) > 0:
		return quoting.Probe{State: quoting.ProbeWeak, Found: "items have quantity discounts " + strings.Join(modes, ", "), Mend: "Set Calculate Quantity Discounts to By Line Quantity, or leave it. " + onlyForms}
	}
	p.byLine = true
	return good("the price of a line follows from its own quantity")
}

// tax says how the account taxes. Nothing of ours depends on it: tax is NetSuite's.
func (p *prober) tax(context.Context) quoting.Probe {
	if _, there := p.fields["taxDetails"]; there {
		return good("SuiteTax")
	}
	return good("no SuiteTax: legacy tax, or none; tax of an Estimate is what NetSuite answers, if it does")
}
