package quoting

import (
	"bytes"
	"encoding/json"
)

// UnmarshalJSON reads a change whose value is a string, a bool or, where it is a number, a
// Number: exact, as everywhere. The error of any other value is of kind Invalid.
func (c *Change) UnmarshalJSON(b []byte) error {
	type plain Change // without this method
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.UseNumber()
	if err := decoder.Decode((*plain)(c)); err != nil {
		return err
	}
	switch value := c.Value.(type) {
	case nil, string, bool:
		return nil
	case json.Number:
		exact, err := ParseDecimal(value.String())
		c.Value = Number{exact}
		return err
	default:
		return Errorf(Invalid, "a change to %T", value)
	}
}
