package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/govalues/decimal"
)

// draft is an estimate that a request is being applied to. Nothing is stored before the whole of
// it has been settled.
type draft struct {
	Estimate
	form         bool            // a create-form: prices are asked for, nothing will be stored
	replace      bool            // the request's lines are all lines
	refuseNames  bool            // unknown properties are refused, not ignored
	unknownNames []string        // properties that were ignored
	touched      map[int]*change // by position in Lines
}

// change is what a request says about a line.
type change struct {
	path     string          // of the line in the body
	given    map[string]bool // its properties with a value
	unpriced bool            // NetSuite has no price for it
}

// setter reads a property's value. JSON null clears it.
type setter func(path string, raw json.RawMessage) error

// apply reads an estimate's body into the draft.
func (d *draft) apply(body []byte) error {
	if !json.Valid(body) {
		return refusef(http.StatusBadRequest, "INVALID_REQUEST", "The request body is not valid JSON.")
	}
	return d.set("", body, map[string]setter{
		"externalId":        text999(&d.ExternalID),
		"entity":            reference(&d.Entity),
		"currency":          reference(&d.Currency),
		"entityStatus":      reference(&d.EntityStatus),
		"subsidiary":        reference(&d.Subsidiary),
		"tranDate":          date(&d.TranDate),
		"dueDate":           date(&d.DueDate),
		"expectedCloseDate": date(&d.ExpectedCloseDate),
		"title":             text999(&d.Title),
		"memo":              text999(&d.Memo),
		"otherRefNum":       text999(&d.OtherRefNum),
		"discountItem":      reference(&d.DiscountItem),
		"discountRate":      discountRate(&d.DiscountRate),
		"item":              d.setSublist,
	}, nil)
}

// set reads an object's members by name. Given, where it is not nil, collects the names that had a
// value.
func (d *draft) set(path string, raw json.RawMessage, setters map[string]setter, given map[string]bool) error {
	members, err := readMembers(path, raw)
	if err != nil {
		return err
	}
	return d.setMembers(path, members, setters, given)
}

func (d *draft) setMembers(path string, members []member, setters map[string]setter, given map[string]bool) error {
	for _, m := range members {
		at := strings.TrimPrefix(path+"."+m.name, ".")
		set, known := setters[m.name]
		if !known {
			if d.refuseNames {
				return invalidContent(at, "Error while accessing a resource. Unknown property '%s'.", m.name)
			}
			d.unknownNames = append(d.unknownNames, at)
			continue
		}
		if err := set(at, m.value); err != nil {
			return err
		}
		if given != nil && !isNull(m.value) {
			given[m.name] = true
		}
	}
	return nil
}

func (d *draft) setSublist(path string, raw json.RawMessage) error {
	return d.set(path, raw, map[string]setter{"items": d.setLines}, nil)
}

func (d *draft) setLines(path string, raw json.RawMessage) error {
	var lines []json.RawMessage
	if err := json.Unmarshal(raw, &lines); err != nil || isNull(raw) {
		return invalidContent(path, "Error while accessing a resource. A list of lines is expected.")
	}
	if d.replace {
		d.Lines = nil
	}
	for i, line := range lines {
		if err := d.setLine(fmt.Sprintf("%s[%d]", path, i), line); err != nil {
			return err
		}
	}
	return nil
}

// setLine reads a line into the one with its number, or into a new one at the end.
func (d *draft) setLine(path string, raw json.RawMessage) error {
	members, err := readMembers(path, raw)
	if err != nil {
		return err
	}
	l := Line{Number: 1}
	if n := len(d.Lines); n > 0 {
		l.Number = d.Lines[n-1].Number + 1
	}
	for _, m := range members {
		if m.name != "line" {
			continue
		}
		if err := wholeNumber(&l.Number)(path+".line", m.value); err != nil {
			return err
		}
	}
	at := slices.IndexFunc(d.Lines, func(known Line) bool { return known.Number == l.Number })
	if at < 0 {
		at = len(d.Lines)
		d.Lines = append(d.Lines, l)
	}
	c := &change{path: path, given: make(map[string]bool)}
	d.touched[at] = c
	to := &d.Lines[at]
	return d.setMembers(path, members, map[string]setter{
		"line":        wholeNumber(&to.Number),
		"item":        reference(&to.Item),
		"description": text999(&to.Description),
		"quantity":    number(&to.Quantity),
		"price":       reference(&to.Price),
		"rate":        number(&to.Rate),
		"amount":      number(&to.Amount),
	}, c.given)
}

// member is a name with its value in an object.
type member struct {
	name  string
	value json.RawMessage
}

// readMembers reads an object in the order in which it is written. A name that comes twice is refused:
// which of the two would count is anybody's guess.
func readMembers(path string, raw json.RawMessage) ([]member, error) {
	malformed := invalidContent(path, "Error while accessing a resource. An object is expected.")
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return nil, malformed
	}
	var all []member
	seen := make(map[string]bool)
	for decoder.More() {
		var m member
		token, err := decoder.Token()
		if err != nil {
			return nil, malformed
		}
		m.name, _ = token.(string)
		if err := decoder.Decode(&m.value); err != nil {
			return nil, malformed
		}
		if seen[m.name] {
			return nil, invalidContent(path, "Error while accessing a resource. Property '%s' is given twice.", m.name)
		}
		seen[m.name] = true
		all = append(all, m)
	}
	return all, nil
}

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }

func invalidValue(path string, raw json.RawMessage) *problem {
	return invalidContent(path, "Error while accessing a resource. Invalid value: %.60s", raw)
}

// text999 reads a string of at most 999 characters.
func text999(to *string) setter {
	return func(path string, raw json.RawMessage) error {
		*to = ""
		if err := json.Unmarshal(raw, to); err != nil || len([]rune(*to)) > 999 {
			return invalidValue(path, raw)
		}
		return nil
	}
}

// date reads a day, YYYY-MM-DD.
func date(to *string) setter {
	return func(path string, raw json.RawMessage) error {
		if err := text999(to)(path, raw); err != nil {
			return err
		}
		if _, err := time.Parse(time.DateOnly, *to); err != nil && !isNull(raw) {
			return invalidValue(path, raw)
		}
		return nil
	}
}

// reference reads {"id":"110"}, the id as text or as a whole number. What else a reference holds
// when it is read, a name and links, is ignored.
func reference(to *int64) setter {
	return func(path string, raw json.RawMessage) error {
		*to = 0
		if isNull(raw) {
			return nil
		}
		members, err := readMembers(path, raw)
		if err != nil {
			return err
		}
		for _, m := range members {
			switch m.name {
			case "id":
				written := strings.Trim(string(m.value), `"`)
				if *to, err = strconv.ParseInt(written, 10, 64); err != nil || *to == 0 {
					return invalidValue(path, m.value)
				}
			case "refName", "links":
			default:
				return invalidContent(path+"."+m.name, "Error while accessing a resource. Unknown property '%s'.", m.name)
			}
		}
		if *to == 0 {
			return invalidValue(path, raw)
		}
		return nil
	}
}

// number reads a JSON number that is a plain decimal.
func number(to *decimal.Decimal) setter {
	return func(path string, raw json.RawMessage) error {
		*to = decimal.Zero
		if isNull(raw) {
			return nil
		}
		d, err := parseNumber(string(raw))
		if err != nil {
			return invalidValue(path, raw)
		}
		*to = d
		return nil
	}
}

// wholeNumber reads a JSON number without decimals, above 0.
func wholeNumber(to *int64) setter {
	return func(path string, raw json.RawMessage) error {
		n, err := strconv.ParseInt(string(raw), 10, 64)
		if err != nil || n < 1 {
			return invalidValue(path, raw)
		}
		*to = n
		return nil
	}
}

// discountRate reads a negative amount as a number, or a negative share as a text with %.
func discountRate(to *string) setter {
	return func(path string, raw json.RawMessage) error {
		*to = ""
		if isNull(raw) {
			return nil
		}
		rate := string(raw)
		if quoted, isText := strings.CutPrefix(rate, `"`); isText {
			rate = strings.TrimSuffix(quoted, `"`)
			if !strings.HasSuffix(rate, "%") {
				return invalidValue(path, raw)
			}
		}
		d, err := parseNumber(strings.TrimSuffix(rate, "%"))
		if err != nil || !d.IsNeg() {
			return invalidValue(path, raw)
		}
		*to = rate
		return nil
	}
}
