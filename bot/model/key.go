package model

// Key is what the endpoint lets us in by. However it is printed or encoded it says
// REDACTED; the zero value is no key, which an endpoint on this machine may not need. It
// holds a pointer for the reason that botauth.Secret does.
type Key struct{ value *string }

// NewKey hides value.
func NewKey(value string) Key { return Key{&value} }

const redacted = "REDACTED"

func (Key) String() string               { return redacted }
func (Key) GoString() string             { return redacted }
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

func (k Key) reveal() string {
	if k.value == nil {
		return ""
	}
	return *k.value
}
