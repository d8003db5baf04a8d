package quoting

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/govalues/decimal"
)

// Statuses are where a quote stands, as people ask for it.
var Statuses = []string{"draft", "open", "pending_approval", "approved", "sent", "won", "lost", "expired", "cancelled"}

// Sorts are the orders of a list.
var Sorts = []string{"amount_desc", "amount_asc", "date_desc", "date_asc"}

// SearchProblem says what of a search is none that can be made, as an error of kind
// Invalid.
func (s Slots) SearchProblem() error {
	switch {
	case s.Status != "" && !slices.Contains(Statuses, s.Status):
		return Errorf(Invalid, "%q is no state of a quote. Ask for draft, open, pending, approved, sent, won, lost, expired or cancelled ones.", s.Status)
	case s.Sort != "" && !slices.Contains(Sorts, s.Sort):
		return Errorf(Invalid, "I sort quotes by amount or by date.")
	case s.AmountMin != nil && s.AmountMax != nil && s.AmountMin.Cmp(s.AmountMax.Decimal) > 0:
		return Errorf(Invalid, "No amount is over %s and under %s.", dollars(*s.AmountMin), dollars(*s.AmountMax))
	}
	return nil
}

// Searched says which quotes a search finds, so many, as people say it: "3 pending quotes of
// Riley Rep from $50,000". Whose is the person that is named.
func (s Slots) Searched(n string, one bool, period Period, whose string) string {
	words := []string{n}
	if s.Status != "" {
		words = append(words, strings.TrimSuffix(strings.ReplaceAll(s.Status, "_", " "), " approval"))
	}
	words = append(words, "quotes")
	if one {
		words[len(words)-1] = "quote"
	}
	return strings.TrimSpace(strings.Join(append(words, s.filters(period, whose)...), " "))
}

// Filtered says whether a search asks for anything in particular.
func (s Slots) Filtered(period Period) bool { return s.Status != "" || len(s.filters(period, "")) > 0 }

// filters are what a search asks for beside a state, a few words each.
func (s Slots) filters(period Period, whose string) []string {
	var filters []string
	add := func(there bool, format string, args ...any) {
		if there {
			filters = append(filters, fmt.Sprintf(format, args...))
		}
	}
	add(s.Rep == "me", "of yours")
	add(s.Rep == "others", "of others")
	add(s.Rep != "" && s.Rep != "me" && s.Rep != "others", "of %s", whose)
	add(s.Customer != "", "for %s", s.Customer)
	switch what := cmp.Or(s.SKU, ItemName(s.Item)); {
	case s.Qty != nil && (s.SKU != "" || s.Item != ""):
		add(true, "with %s × %s", Thousands(*s.Qty), what)
	default:
		add(s.SKU != "" || s.Item != "", "with %s", what)
	}
	switch {
	case s.AmountMin != nil && s.AmountMax != nil:
		add(true, "%s to %s", dollars(*s.AmountMin), dollars(*s.AmountMax))
	case s.AmountMin != nil:
		add(true, "from %s", dollars(*s.AmountMin))
	case s.AmountMax != nil:
		add(true, "up to %s", dollars(*s.AmountMax))
	}
	if s.ExpiringWithinDays != nil {
		add(true, "valid for %s more at most", Count(*s.ExpiringWithinDays, "day"))
	}
	in := period.Name
	if period.months > 0 && !strings.HasPrefix(in, "this") && !strings.HasPrefix(in, "last") {
		in = "of " + in
	}
	add(!period.All(), "%s", in)
	return filters
}

func dollars(n Number) string {
	return strings.TrimSuffix(Money{Amount: n.Decimal, Currency: USD}.Display(), ".00")
}

// NameFits says whether what was typed may mean a name: every word of it is a word of the
// name, the beginning of one, or one misspelt.
func NameFits(name, typed string) bool {
	wanted := nameWords(typed)
	return len(wanted) > 0 && holdsAll(nameWords(name), wanted, resembles)
}

// CustomersLike are the customers whose quotes are meant by a name: those that have or may
// have it, else those whose names are like it.
func (b *PriceBook) CustomersLike(name string) []Customer {
	const most = 200
	if found := b.FindCustomers(name, most); len(found) > 0 {
		return found
	}
	return b.likest(name, maxLikely, func(likeness int, _ []string) bool { return likeness >= alike })
}

const maxLikely = 10

// Description is a quote as people speak of it without its number: "my last Acme quote",
// "the pending one for Globex".
type Description struct {
	Customer string
	Status   string
	Period   string
	Rep      string
	Last     bool // the newest of them
}

// noise are words of a description that say nothing about the quote.
var noise = strings.Fields("the a an that this one ones quote quotes quotation quotations estimate proposal deal bid for of from to with on at about current our its it job project")

// Describe reads the words that stand for a quote, and what else a message says of it.
func Describe(s Slots) Description {
	d := Description{Customer: s.Customer, Status: s.Status, Period: s.Period, Rep: s.Rep, Last: s.Source == "last"}
	var rest []string
	words := strings.Fields(s.RefText)
	for i := 0; i < len(words); i++ {
		word := strings.ToLower(strings.Trim(words[i], `.,;:!?"`))
		bare := strings.TrimSuffix(strings.TrimSuffix(word, "'s"), "’s")
		next := ""
		if i+1 < len(words) {
			next = strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(words[i+1]), "'s"), "’s")
		}
		switch {
		case (bare == "last" || bare == "this") && slices.Contains([]string{"week", "month", "quarter", "year"}, next):
			d.Period = bare + "_" + next
			i++
		case bare == "last" || bare == "latest" || bare == "newest" || bare == "recent":
			d.Last = true
		case bare == "my" || bare == "mine":
			d.Rep = "me"
		case bare == "pending" || bare == "waiting":
			d.Status = "pending_approval"
		case len(rest) == 0 && slices.Contains(Statuses, bare):
			d.Status = bare
		case bare == "today" || bare == "yesterday" || len(rest) == 0 && slices.Contains(monthNames, bare):
			d.Period = bare
		case slices.Contains(noise, bare) && (len(rest) == 0 || bare != "of" && bare != "the" && bare != "a"):
		default:
			rest = append(rest, strings.TrimSuffix(strings.TrimSuffix(strings.Trim(words[i], `,;:!?"`), "'s"), "’s"))
		}
	}
	if len(rest) > 0 {
		d.Customer = strings.TrimRight(strings.Join(rest, " "), ".")
	}
	return d
}

// Slots is the search that finds what is described.
func (d Description) Slots() Slots {
	return Slots{Customer: d.Customer, Status: d.Status, Period: d.Period, Rep: d.Rep}
}

// Standing is where a quote stands in two or three words; who is of whom one decides.
func Standing(q QuoteState, v VersionState, who string) string {
	switch {
	case q != Open && (q != Sent || v == Approved):
		return Capital(string(q))
	case v == Pending && who != "":
		return "Pending with " + who
	case v == Pending:
		return "Pending"
	case v == ChangesRequested:
		return "Sent back"
	default:
		return Capital(string(v))
	}
}

// Ago is how long ago something was, in one or two units.
func Ago(at, now time.Time) string { return lasting(now.Sub(at)) }

// Sums is amounts in the currencies that they are in: "$182,300.00", "$10.00 + CA$5.00".
func Sums(sums []Money) string {
	texts := make([]string, len(sums))
	for i, m := range sums {
		texts[i] = m.Display()
	}
	return strings.Join(texts, " + ")
}

// percentOf is part of whole in percent to one place: "62.5%"; false where there is no
// whole.
func percentOf(part, whole decimal.Decimal) (string, bool) {
	hundredfold, err := part.Mul(decimal.Hundred)
	if err != nil {
		return "", false
	}
	share, err := hundredfold.Quo(whole)
	if err != nil { // there is no whole
		return "", false
	}
	rounded, err := Round(share, 1)
	return rounded.Trim(0).String() + "%", err == nil
}
