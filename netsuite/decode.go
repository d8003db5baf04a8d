package netsuite

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/govalues/decimal"

	"radioquote/quoting"
)

// decode reads one JSON value and nothing after it. An object that names a field twice is
// refused: which of two prices is meant, nobody can know.
func decode(body []byte, into any) error {
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("not the expected JSON: %w", err)
	}
	if err := refuseTwins(json.NewDecoder(bytes.NewReader(body))); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// refuseTwins walks over one value, which is known to be valid JSON. Names are compared
// without case, as they are read.
func refuseTwins(d *json.Decoder) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	delim, nested := token.(json.Delim)
	if !nested {
		return nil
	}
	seen := map[string]bool{}
	for d.More() {
		if delim == '{' {
			name, err := d.Token()
			if err != nil {
				return err
			}
			key := strings.ToLower(fmt.Sprint(name))
			if seen[key] {
				return fmt.Errorf("the field %q twice", key)
			}
			seen[key] = true
		}
		if err := refuseTwins(d); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

// number is a number that NetSuite writes as JSON number or as string. Its zero value is
// "not said": NetSuite leaves empty fields out.
type number struct{ decimal.NullDecimal }

func (n *number) UnmarshalJSON(b []byte) error {
	text, said, err := scalar(b)
	if err != nil || !said {
		return err
	}
	d, err := quoting.ParseDecimal(text)
	n.NullDecimal = decimal.NullDecimal{Decimal: d, Valid: err == nil}
	return err
}

func (n number) String() string {
	if !n.Valid {
		return "nothing"
	}
	return n.Decimal.String()
}

// whole is the number as a count: a whole number that is not negative.
func (n number) whole() (int, error) {
	if !n.Valid {
		return 0, errors.New("no number")
	}
	return wholeNumber(n.Decimal)
}

func wholeNumber(d decimal.Decimal) (int, error) {
	n, _, ok := d.Int64(0)
	if !ok || !d.IsInt() || n < 0 || n > math.MaxInt32 {
		return 0, fmt.Errorf("%s is not a whole number of things", d)
	}
	return int(n), nil
}

// ref is a reference to another record: {"id":"110","refName":"…"}.
type ref struct {
	ID recordID `json:"id"`
}

// recordID is an internal id, which NetSuite writes as string or as JSON number. Some are
// words, such as a status: "A".
type recordID string

func (id *recordID) UnmarshalJSON(b []byte) error {
	text, _, err := scalar(b)
	*id = recordID(text)
	return err
}

func (id recordID) int64() (int64, error) { return parseID(string(id)) }

// parseID reads the internal id of a record: a positive whole number.
func parseID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		return 0, fmt.Errorf("%q is not a record's id", shorten(text))
	}
	return id, nil
}

// scalar is the text of a JSON string or number. It is false for null.
func scalar(b []byte) (string, bool, error) {
	switch {
	case len(b) == 0 || string(b) == "null":
		return "", false, nil
	case b[0] == '"':
		var text string
		err := json.Unmarshal(b, &text)
		return text, true, err
	case b[0] == '-' || b[0] >= '0' && b[0] <= '9':
		return string(b), true, nil
	default:
		return "", false, fmt.Errorf("%s is neither text nor a number", shorten(string(b)))
	}
}
