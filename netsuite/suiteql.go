package netsuite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/govalues/decimal"

	"radioquote/quoting"
)

// pageSize is the most rows that one SuiteQL answer holds.
const pageSize = 1000

// page is one answer to a query.
type page struct {
	rows []row
	more bool // rows may follow
}

// query asks for the page of rows at the offset.
func (c *Client) query(ctx context.Context, r route, sql string, params []string, offset int) (page, error) {
	body, err := json.Marshal(struct {
		Q      string   `json:"q"`
		Params []string `json:"params"`
	}{sql, params})
	if err != nil {
		return page{}, fmt.Errorf("write a query: %w", err)
	}
	var answer page
	err = c.call(ctx, request{
		route:  r,
		method: http.MethodPost,
		path:   fmt.Sprintf("/services/rest/query/v1/suiteql?limit=%d&offset=%d", pageSize, offset),
		header: http.Header{"Content-Type": {"application/json"}, "Prefer": {"transient"}},
		body:   body,
	}, func(body []byte) error {
		var err error
		answer, err = parsePage(body)
		return err
	})
	return answer, err
}

// parsePage reads a SuiteQL answer. Rows follow when NetSuite says so, and perhaps when
// the page is full: it has been seen to be wrong about it. An empty page is the last.
func parsePage(body []byte) (page, error) {
	var answer struct {
		Count   number `json:"count"`
		HasMore bool   `json:"hasMore"`
		Items   []row  `json:"items"`
	}
	if err := decode(body, &answer); err != nil {
		return page{}, err
	}
	if answer.Items == nil {
		return page{}, errors.New("no items")
	}
	n := len(answer.Items)
	if count, err := answer.Count.whole(); err != nil || count != n {
		return page{}, fmt.Errorf("%d rows, and a count of %s", n, answer.Count)
	}
	return page{rows: answer.Items, more: n >= pageSize || answer.HasMore && n > 0}, nil
}

// row is a row of a SuiteQL answer: text by lower-case column. A column that is NULL is
// not there.
type row map[string]string

func (r *row) UnmarshalJSON(b []byte) error {
	var columns map[string]json.RawMessage
	if err := json.Unmarshal(b, &columns); err != nil {
		return err
	}
	if columns == nil {
		return errors.New("a row that is null")
	}
	*r = make(row, len(columns))
	for name, value := range columns {
		name = strings.ToLower(name)
		if name == "links" { // of the answer, not of the table
			continue
		}
		text, said, err := scalar(value)
		if err != nil {
			return fmt.Errorf("column %s: %w", name, err)
		}
		if said {
			(*r)[name] = text
		}
	}
	return nil
}

// columns reads the values of a row and keeps the first error, so that reading a row is
// one expression.
type columns struct {
	row row
	err error
}

func (c *columns) fail(name string, err error) {
	if c.err == nil {
		c.err = fmt.Errorf("%s: %w", name, err)
	}
}

var errMissing = errors.New("missing")

// optional is the column's text, or nothing.
func (c *columns) optional(name string) string { return c.row[name] }

// text is the column's text, which must be there.
func (c *columns) text(name string) string {
	text := c.row[name]
	if text == "" {
		c.fail(name, errMissing)
	}
	return text
}

// id is the id of a record, which must be there.
func (c *columns) id(name string) int64 {
	id, err := parseID(c.text(name))
	if err != nil {
		c.fail(name, err)
	}
	return id
}

// optionalID is the id of a record, or 0.
func (c *columns) optionalID(name string) int64 {
	if c.row[name] == "" {
		return 0
	}
	return c.id(name)
}

// decimal is a number, which must be there.
func (c *columns) decimal(name string) decimal.Decimal {
	d, err := quoting.ParseDecimal(c.text(name))
	if err != nil {
		c.fail(name, err)
	}
	return d
}

// sum is a number; NULL, which is what a sum of nothing is, counts as 0.
func (c *columns) sum(name string) decimal.Decimal {
	if c.row[name] == "" {
		return decimal.Decimal{}
	}
	return c.decimal(name)
}

// amount is a price or a cost, which must be there and not be negative.
func (c *columns) amount(name string) decimal.Decimal {
	d := c.decimal(name)
	if d.IsNeg() {
		c.fail(name, fmt.Errorf("%s is negative", d))
	}
	return d
}

func (c *columns) optionalAmount(name string) decimal.NullDecimal {
	if c.row[name] == "" {
		return decimal.NullDecimal{}
	}
	return decimal.NullDecimal{Decimal: c.amount(name), Valid: true}
}

// whole is a whole number that is not negative, and 0 where there is none.
func (c *columns) whole(name string) int {
	n, err := wholeNumber(c.sum(name))
	if err != nil {
		c.fail(name, err)
	}
	return n
}

// flag is NetSuite's T or F, or the given value where the column says nothing.
func (c *columns) flag(name string, otherwise bool) bool {
	switch text := c.row[name]; text {
	case "T":
		return true
	case "F":
		return false
	case "":
		return otherwise
	default:
		c.fail(name, fmt.Errorf("%q is neither T nor F", shorten(text)))
		return false
	}
}

// currency is the ISO code of the currency whose id the column holds.
func (c *columns) currency(name string, known *currencies) quoting.Currency {
	id := c.id(name)
	code, ok := known.codes[id]
	if !ok {
		c.fail(name, fmt.Errorf("%d is not a currency with an ISO code", id))
	}
	return code
}

func idText(id int64) string { return strconv.FormatInt(id, 10) }
