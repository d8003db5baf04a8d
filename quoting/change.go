package quoting

import (
	"bytes"
	"encoding/json"
)

// UnmarshalJSON reads a change whose value, where it is a number, is a Number: exact, as
// everywhere.
func (c *Change) UnmarshalJSON(b []byte) error {
	type plain Change // without this method
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.UseNumber()
	if err := decoder.Decode((*plain)(c)); err != nil {
		return err
	}
	written, ok := c.Value.(json.Number)
	if !ok {
		return nil
	}
	exact, err := ParseDecimal(written.String())
	c.Value = Number{exact}
	return err
}
