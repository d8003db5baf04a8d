package quoting

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/govalues/decimal"
)

// Currency is an ISO 4217 code, such as USD.
type Currency string

// USD is the demo dealer's currency.
const USD Currency = "USD"

// cents is the number of decimal places that an amount of money is rounded to. NetSuite
// knows currencies of 0 or 2 places; the dealer's are all of 2.
const cents = 2

// Money is an exact amount in a currency. Its zero value is nothing in no currency and
// can be added to any Money. No float comes near it: it is made from decimal text, kept
// as a decimal and written as decimal text.
type Money struct {
	Amount   decimal.Decimal
	Currency Currency
}

var decimalText = regexp.MustCompile(`^-?\d{0,15}(\.\d{1,8})?([eE][+-]?\d{1,2})?$`)

// ParseDecimal reads a number as NetSuite writes one: an optional minus sign, at most 19
// digits, of them eight decimal places, perhaps an exponent; ".5" and "1E-5" are numbers,
// "1,250.00" and "$5" are not. The error is of kind Invalid.
func ParseDecimal(text string) (decimal.Decimal, error) {
	mantissa, _, _ := strings.Cut(strings.ToLower(text), "e")
	digits := len(strings.Trim(mantissa, "-")) - strings.Count(mantissa, ".")
	if digits == 0 || digits > decimal.MaxPrec || !decimalText.MatchString(text) {
		return decimal.Decimal{}, Errorf(Invalid, "%q is not a number.", text)
	}
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "-.") {
		text = strings.Replace(text, ".", "0.", 1)
	}
	d, err := decimal.ParseExact(text, 0)
	if err != nil {
		return decimal.Decimal{}, &Error{Kind: Invalid, Sentence: fmt.Sprintf("%q is not a number.", text), Err: err}
	}
	return d, nil
}

// ParseMoney reads an amount as ParseDecimal does.
func ParseMoney(text string, currency Currency) (Money, error) {
	d, err := ParseDecimal(text)
	if err != nil {
		return Money{}, err
	}
	return Money{Amount: d, Currency: currency}, nil
}

// MustMoney is ParseMoney for tests and package variables: it panics on bad text.
func MustMoney(text string, currency Currency) Money {
	m, err := ParseMoney(text, currency)
	if err != nil {
		panic(err)
	}
	return m
}

// Round rounds half up (away from zero) to the given number of decimal places and shows
// exactly that many. It is the one place where the domain rounds: prices, extended
// amounts, freight and percentages all come through here. NetSuite documents no
// tie-breaking rule; the estimate's read-back would show a difference.
func Round(d decimal.Decimal, places int) (decimal.Decimal, error) {
	if d.Scale() <= places {
		return d.Pad(places), nil
	}
	half, err := decimal.New(5, places+1)
	if err != nil {
		return decimal.Decimal{}, fmt.Errorf("round %s: %w", d, err)
	}
	sum, err := d.AddExact(half.CopySign(d), d.Scale())
	if err != nil {
		return decimal.Decimal{}, fmt.Errorf("round %s: %w", d, err)
	}
	return sum.Trunc(places), nil
}

// Add is m + n. Amounts of two currencies do not add up: that is an internal error.
func (m Money) Add(n Money) (Money, error) {
	currency, err := m.common(n)
	if err != nil {
		return Money{}, err
	}
	sum, err := m.Amount.AddExact(n.Amount, max(m.Amount.Scale(), n.Amount.Scale()))
	if err != nil {
		return Money{}, fmt.Errorf("add %s and %s: %w", m, n, err)
	}
	return Money{Amount: sum, Currency: currency}, nil
}

// Sub is m − n.
func (m Money) Sub(n Money) (Money, error) {
	return m.Add(n.Neg())
}

// Neg is −m.
func (m Money) Neg() Money { return Money{Amount: m.Amount.Neg(), Currency: m.Currency} }

func (m Money) common(n Money) (Currency, error) {
	switch {
	case m.Currency == n.Currency, n == Money{}:
		return m.Currency, nil
	case m == Money{}:
		return n.Currency, nil
	}
	return "", fmt.Errorf("amounts in %s and %s together", m.Currency, n.Currency)
}

// Times is m × n, rounded half up to the cent.
func (m Money) Times(n int) (Money, error) {
	d, err := decimal.New(int64(n), 0)
	if err != nil {
		return Money{}, err
	}
	return m.Scale(d)
}

// Scale is m × factor, rounded half up to the cent.
func (m Money) Scale(factor decimal.Decimal) (Money, error) {
	product, err := m.Amount.MulExact(factor, m.Amount.Scale()+factor.Scale())
	if err != nil {
		return Money{}, fmt.Errorf("multiply %s by %s: %w", m, factor, err)
	}
	rounded, err := Round(product, cents)
	return Money{Amount: rounded, Currency: m.Currency}, err
}

// Cmp compares two amounts of one currency: -1, 0 or +1.
func (m Money) Cmp(n Money) int { return m.Amount.Cmp(n.Amount) }

// Equal says whether the amounts and the currencies are the same; 10.5 equals 10.50.
func (m Money) Equal(n Money) bool { return m.Currency == n.Currency && m.Amount.Equal(n.Amount) }

// IsZero says whether there is no amount.
func (m Money) IsZero() bool { return m.Amount.IsZero() }

// String is the plain decimal text and the currency: "49699.73 USD".
func (m Money) String() string { return m.Text() + " " + string(m.Currency) }

// Text is the plain decimal text with two places, or more where they say something:
// "49699.73", "0.125".
func (m Money) Text() string { return m.Amount.Trim(cents).Pad(cents).String() }

// MarshalText writes the amount and the currency: "49699.73 USD".
func (m Money) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (m *Money) UnmarshalText(text []byte) error {
	amount, currency, _ := strings.Cut(string(text), " ")
	parsed, err := ParseMoney(amount, Currency(currency))
	*m = parsed
	return err
}

// Display is the amount as people read it: "$49,699.73", or "CA$10.00" for other dollars
// and the code in front for other currencies.
func (m Money) Display() string {
	text := m.Text()
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	whole, fraction, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	symbol := "$"
	switch m.Currency {
	case USD:
	case "CAD":
		symbol = "CA$"
	default:
		symbol = string(m.Currency) + " "
	}
	return sign + symbol + whole + "." + fraction
}

// sum adds amounts up and remembers the first error, so that a column of additions reads
// as one.
type sum struct {
	total Money
	err   error
}

func (s *sum) add(m Money) {
	if s.err == nil {
		s.total, s.err = s.total.Add(m)
	}
}

// addTimes adds m × n, rounded half up to the cent.
func (s *sum) addTimes(m Money, n int) {
	product, err := m.Times(n)
	if s.err == nil {
		s.err = err
	}
	s.add(product)
}
