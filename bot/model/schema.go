package model

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"radioquote/bot/command"
	"radioquote/quoting"
)

// proposable are the intents that the model may propose: what makes or changes a draft,
// and questions. For everything that decides, sends or ends something the grammar alone
// speaks.
var proposable = []quoting.Intent{
	quoting.CreateQuote, quoting.ReviseQuote,
	quoting.QuoteStatus, quoting.ShowQuote, quoting.CompareVersions, quoting.SearchQuotes, quoting.AuditHistory,
	quoting.PriceLookup, quoting.StockCheck, quoting.ExplainQuote, quoting.ExplainApproval, quoting.ExplainPrices,
	quoting.ListApprovals, quoting.ReportMetrics,
}

// object is a JSON Schema, of the subset that structured outputs take in strict mode: every
// property is required, and one that may be left out may be null. Source: OpenAI,
// "Structured model outputs", supported schemas.
type object = map[string]any

func orNull(kind string) object { return object{"type": []string{kind, "null"}} }

func list(of object) object { return object{"type": []string{"array", "null"}, "items": of} }

func oneOf(codes ...string) object { return object{"type": "string", "enum": codes} }

func oneOrNull(codes ...string) object {
	return object{"anyOf": []object{oneOf(codes...), {"type": "null"}}}
}

func closed(properties object) object {
	names := make([]string, 0, len(properties))
	for name := range properties {
		names = append(names, name)
	}
	slices.Sort(names)
	return object{"type": "object", "properties": properties, "required": names, "additionalProperties": false}
}

// fields of a change, by what their values are.
var (
	countFields  = []string{"users", "sites", "shifts", "rental_weeks", "term_months", "valid_days"}
	amountFields = []string{"discount_pct", "discount_amount", "target_total", "target_total_max", "target_unit_price", "target_margin_pct", "deposit_pct"}
	nameFields   = []string{"customer", "contact", "location", "ship_to", "need_by_text"}
	codeFields   = []string{"industry", "technology", "band", "preference", "quote_type", "payment_terms"}
	trueFields   = []string{"intrinsically_safe"}
)

var (
	periods = []string{
		"today", "yesterday", "this_week", "last_week", "this_month", "last_month", "this_quarter", "last_quarter", "this_year", "last_year",
		"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december", "all",
	}
	statuses = []string{"draft", "open", "pending_approval", "approved", "sent", "won", "lost", "expired", "cancelled"}
	sorts    = []string{"amount_desc", "amount_asc", "date_desc", "date_asc"}
	figures  = []string{"win_rate", "quote_count", "quote_value", "average_margin", "average_discount", "approval_time"}
	aspects  = []string{"lines", "margin", "discount", "terms", "approval_chain", "approvals"}
)

// items are the codes of the vocabulary, and those that spec/commands.md, section 4, makes of
// two of its words.
func items() []string {
	codes := command.Codes("item")
	for _, code := range []string{"portable_is", "poc_portable", "poc_mobile", "rental_portable"} {
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}

// answerSchema is the form of an answer: an intent, and the slots of quoting.Slots that
// belong to those that may be proposed.
func answerSchema() object {
	item := oneOrNull(items()...)
	fields := slices.Concat(countFields, amountFields, nameFields, codeFields, trueFields)
	intents := make([]string, len(proposable))
	for i, intent := range proposable {
		intents[i] = string(intent)
	}
	properties := object{
		"intent": oneOf(append(intents, string(quoting.OutOfScope))...),
		"items":  list(closed(object{"item": oneOf(items()...), "qty": orNull("integer")})),
		"changes": list(closed(object{
			"op": oneOf("set", "inc", "dec", "add", "remove"), "field": oneOrNull(fields...), "item": item, "sku": orNull("string"), "qty": orNull("integer"),
			"value": object{"type": []string{"string", "number", "boolean", "null"}},
			"scope": oneOrNull(append(items(), "install", "accessories", "hardware", "services")...),
		})),
		"versions": list(object{"type": "integer"}),
		"features": list(oneOf(command.Codes("feature")...)),
		"aspect":   list(oneOf(aspects...)),

		"industry": oneOrNull(command.Codes("industry")...), "technology": oneOrNull(command.Codes("technology")...), "band": oneOrNull(command.Codes("band")...),
		"preference": oneOrNull("lowest_cost"), "quote_type": oneOrNull("purchase", "rental"), "item": item,
		"status": oneOrNull(statuses...), "period": oneOrNull(periods...), "sort": oneOrNull(sorts...), "metric": oneOrNull(figures...),
		"focus": oneOrNull(append(items(), "technology", "band", "sites", "users", "price")...), "field": oneOrNull(fields...),
	}
	for kind, names := range map[string][]string{
		"integer": {"users", "users_min", "users_max", "users_per_site", "sites", "shifts", "rental_weeks", "term_months", "valid_days", "qty", "limit", "expiring_within_days"},
		"number":  {"area_sqft", "discount_pct", "discount_amount", "target_total", "target_total_max", "target_unit_price", "target_margin_pct", "budget_max", "deposit_pct", "amount_min", "amount_max"},
		"string":  {"customer", "contact", "location", "ship_to", "need_by_text", "industry_text", "payment_terms", "quote_id", "ref_text", "rep", "approver", "sku"},
		"boolean": {"approx", "intrinsically_safe", "match_installed_base", "trade_in", "simulate"},
	} {
		for _, name := range names {
			properties[name] = orNull(kind)
		}
	}
	return closed(properties)
}

// schema is the answer's form, as it is sent and as answers are held to it.
var schema = sync.OnceValue(func() struct {
	text     json.RawMessage
	compiled *jsonschema.Schema
} {
	text, err := json.Marshal(answerSchema())
	if err != nil {
		panic(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		panic(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("answer.json", document); err != nil {
		panic(err)
	}
	return struct {
		text     json.RawMessage
		compiled *jsonschema.Schema
	}{text, compiler.MustCompile("answer.json")}
})

// answer is what the model says, in its form.
type answer struct {
	Intent quoting.Intent `json:"intent"`
	quoting.Slots
}

// parseAnswer reads an answer: one object of the schema and nothing else.
func parseAnswer(text string) (answer, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(text)))
	if err != nil {
		return answer{}, fmt.Errorf("answer: %w", err)
	}
	if err := schema().compiled.Validate(document); err != nil {
		return answer{}, fmt.Errorf("answer: not of the form asked for")
	}
	stated, err := json.Marshal(withoutNulls(document))
	if err != nil {
		return answer{}, fmt.Errorf("answer: %w", err)
	}
	var a answer
	decoder := json.NewDecoder(bytes.NewReader(stated))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&a); err != nil {
		return answer{}, fmt.Errorf("answer: %w", err)
	}
	return a, a.exact()
}

// withoutNulls leaves out what is not said.
func withoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if inner == nil {
				delete(v, name)
			} else {
				v[name] = withoutNulls(inner)
			}
		}
	case []any:
		for i := range v {
			v[i] = withoutNulls(v[i])
		}
	}
	return v
}

// exact makes the values of changes what the grammar gives their fields: whole numbers for
// counts, exact ones for amounts, codes and names.
func (a answer) exact() error {
	for i, c := range a.Changes {
		value, err := exactValue(c)
		if err != nil {
			return err
		}
		a.Changes[i].Value = value
	}
	return nil
}

func exactValue(c quoting.Change) (any, error) {
	wrong := fmt.Errorf("answer: a change of %q to %T", c.Field, c.Value)
	switch value := c.Value.(type) {
	case quoting.Number:
		n, ok := c.Whole()
		switch {
		case slices.Contains(amountFields, c.Field):
			return value, nil
		case slices.Contains(countFields, c.Field) && ok:
			return n, nil
		}
		return nil, wrong
	case string:
		if slices.Contains(nameFields, c.Field) || slices.Contains(codeFields, c.Field) && isCode(c.Field, value) {
			return value, nil
		}
		return nil, wrong
	case bool:
		if value && slices.Contains(trueFields, c.Field) {
			return value, nil
		}
		return nil, wrong
	}
	if c.Field != "" || c.Item == "" && c.SKU == "" {
		return nil, wrong
	}
	return nil, nil
}

// isCode says whether a field takes a value.
func isCode(field, value string) bool {
	switch field {
	case "industry", "technology", "band":
		return slices.Contains(command.Codes(field), value)
	case "preference":
		return value == "lowest_cost"
	case "quote_type":
		return value == "purchase" || value == "rental"
	default:
		return paymentTerms.MatchString(value)
	}
}
