package quoting

import (
	"encoding/json"
	"fmt"
)

// UnmarshalJSON reads a change as it is written; a value that is a number is a Number,
// exactly. A value that is a list or an object is an error.
func (c *Change) UnmarshalJSON(b []byte) error {
	type change Change
	wire := struct {
		*change
		Value json.RawMessage `json:"value"`
	}{change: (*change)(c)}
	if err := json.Unmarshal(b, &wire); err != nil {
		return err
	}
	c.Value = nil
	if len(wire.Value) == 0 {
		return nil
	}
	var err error
	switch wire.Value[0] {
	case '"':
		var text string
		err = json.Unmarshal(wire.Value, &text)
		c.Value = text
	case 't', 'f':
		c.Value = wire.Value[0] == 't'
	case 'n':
	case '{', '[':
		err = fmt.Errorf("a change to %s", wire.Value)
	default:
		var n Number
		err = json.Unmarshal(wire.Value, &n)
		c.Value = n
	}
	return err
}
