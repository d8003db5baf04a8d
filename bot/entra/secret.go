package entra

// Secret is the app's client secret. However it is printed or encoded it says REDACTED;
// the zero value is the empty secret. It holds a pointer because fmt does not ask the
// methods of an unexported field, and prints an address then instead of the secret.
type Secret struct{ value *string }

// NewSecret hides value.
func NewSecret(value string) Secret { return Secret{&value} }

const redacted = "REDACTED"

func (Secret) String() string               { return redacted }
func (Secret) GoString() string             { return redacted }
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

func (s Secret) reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}
