package quoting

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Quote is what a rep makes for a customer. Its content is in versions, of which the last
// is the current one.
type Quote struct {
	ID        QuoteID
	Owner     PersonID
	Team      string
	State     QuoteState
	Current   int // number of the current version
	Estimate  EstimateState
	Attention string // why the estimate needs attention; empty otherwise
}

// Version is one priced state of a quote. Its content never changes: every re-price and
// every other edit makes the next version.
type Version struct {
	Quote        QuoteID
	Number       int // from 1
	State        VersionState
	Request      Request
	Customer     Customer // the zero Customer: none chosen yet
	CustomerText string   // the name as typed, where no single customer is chosen
	System       System
	Priced       Priced
	Snapshot     SnapshotID
	PricesAt     time.Time // when the snapshot was taken, by NetSuite's clock
	Policy       string    // version of the policy that made it
	Approvals    []ApprovalNeed
	Steps        []StepDecision // of the chain that the approvals make, taken so far
	ValidUntil   time.Time
	Check        Check
	Setters      []Setter // who set its prices and discounts
	Nonce        string   // of this round of approval; empty until submitted
	Waits        bool     // the customer is waiting: the clocks run faster
	SubmittedAt  time.Time
	Decision     *Decision
	CreatedAt    time.Time
	Reading      string   // what was understood, one line; empty when nothing was approximate
	Changes      []string // against the version before, a sentence each
}

// Check is the outcome of comparing a version with NetSuite's live prices.
type Check struct {
	State  CheckState
	At     time.Time // of the last answer; zero: none yet
	Method CheckMethod
	Moved  []MovedPrice

	// Problem is a sentence for the person: why NetSuite's answer confirms nothing, where it
	// did answer. It goes with Unverified.
	Problem string
}

// Passed says whether the check holds good for a decision at that time.
func (c Check) Passed(now time.Time, goodFor time.Duration) bool {
	return c.State == Verified && now.Sub(c.At) <= goodFor
}

// MovedPrice is a line whose price in NetSuite is another one than quoted.
type MovedPrice struct {
	SKU      string
	From     Money
	To       Money
	Sellable bool // false: NetSuite has no price for it any more
}

// WaitsForPrices says whether the version is pending with nothing left to approve: NetSuite's
// answer decides.
func (v Version) WaitsForPrices() bool { return v.State == Pending && len(v.Waiting()) == 0 }

// MaxReason is how long the reason of a decision, an end or an override is, in characters.
const MaxReason = 1000

// Decision is what an approver, or the policy itself, decided on a version.
type Decision struct {
	Action Action   // Approve, Reject or RequestChanges
	By     PersonID // the zero PersonID: nobody was needed
	Name   string
	Reason string
	At     time.Time

	For     PersonID // in whose place; the zero PersonID: in nobody's
	ForName string
	Offer   *Offered // with RequestChanges: on what condition it would be approved; nil: none that I could make
}

// Offered is a condition of an approver: changes of the version that the owner may take in
// one tap.
type Offered struct {
	Changes []Change `json:"changes"`
}

// MarginBand is what somebody who sees no margin sees of it: good, fair, thin, unknown.
func (p *Policy) MarginBand(m Margin) string {
	switch {
	case !m.Known:
		return "unknown"
	case m.Percent.Cmp(p.Approval.Bands.Good) >= 0:
		return "good"
	case m.Percent.Cmp(p.Approval.Bands.Thin) >= 0:
		return "fair"
	default:
		return "thin"
	}
}

// SubmitProblem says why the version cannot be submitted, as an error of kind Invalid,
// Conflict or Forbidden; nil where it can.
func SubmitProblem(p *Policy, q Quote, v Version, by PersonID, now time.Time) error {
	margin := v.Priced.Margin
	switch {
	case by != q.Owner:
		return Errorf(Forbidden, "Only the owner of %s can submit it.", q.ID)
	case q.State != Open:
		return Errorf(Conflict, "%s is %s.", q.ID, q.State)
	case v.Number != q.Current:
		return Errorf(Conflict, "%s is at version %d now.", q.ID, q.Current)
	case v.System.Review != "":
		return Errorf(Invalid, "%s cannot be submitted. %s", q.ID, v.System.Review)
	case len(v.Missing()) > 0:
		return Errorf(Invalid, "%s needs %s before it can be submitted.", q.ID, Names(v.Missing()))
	case len(v.Blocking()) > 0:
		return Errorf(Invalid, "%s cannot be submitted as it is. %s", q.ID, v.Blocking()[0].Sentence)
	case margin.Known && margin.Percent.Cmp(p.Approval.MarginFloor) <= 0:
		return Errorf(Invalid, "%s is priced at or below cost and cannot be submitted.", q.ID)
	case now.Sub(v.PricesAt) > p.Prices.Usable:
		return Errorf(Invalid, "The prices of %s are older than a day. Ask again when NetSuite answers.", q.ID)
	case v.Check.State == Moved:
		return Errorf(Conflict, "NetSuite's prices of %s have moved. It is priced again first.", q.ID)
	case now.After(v.ValidUntil):
		return Errorf(Conflict, "%s was valid until %s.", q.ID, v.ValidUntil.Format("2 January"))
	}
	if _, ok := v.State.Next(Submit); !ok {
		return Errorf(Conflict, "%s v%d is already %s.", q.ID, v.Number, v.State)
	}
	return nil
}

// Either is the names of people of whom one acts: "Finn or Vera".
func Either(people []Person) string {
	names := make([]string, len(people))
	for i, p := range people {
		names[i] = p.Name
	}
	return strings.Join(names, " or ")
}

func orSomebody(name string) string {
	if name == "" {
		return "somebody who may"
	}
	return name
}

// Basket is what a live check of the version asks: every line in the unit that quantity
// breaks count.
func (v Version) Basket(day time.Time) Basket {
	b := Basket{Customer: v.Customer.ID, Currency: v.Priced.Currency, Date: day, Lines: make([]BasketLine, len(v.Priced.Lines))}
	for i, l := range v.Priced.Lines {
		b.Lines[i] = BasketLine{Item: l.Item, Quantity: l.Units}
	}
	return b
}

// Compare is the check that live prices of the version's basket make: Verified where
// every line has the quoted price, Moved with the lines that do not, Unverified where
// NetSuite did not say of a line, or refused the customer. An answer that is not line for
// line the basket is an error.
func (v Version) Compare(live LivePrices) (Check, error) {
	if live.CustomerRefused {
		return Check{State: Unverified, At: live.At, Method: live.Method, Problem: fmt.Sprintf("NetSuite takes no Estimate for %s now: it may be inactive. Ask finance.", v.Customer.Name)}, nil
	}
	if len(live.Lines) != len(v.Priced.Lines) {
		return Check{}, fmt.Errorf("%s v%d has %d lines, the live check answered %d", v.Quote, v.Number, len(v.Priced.Lines), len(live.Lines))
	}
	check := Check{State: Verified, At: live.At, Method: live.Method}
	var unknown []string
	for i, l := range v.Priced.Lines {
		switch now := live.Lines[i]; {
		case now.Unknown:
			unknown = append(unknown, l.SKU)
		case now.Sellable && now.Price.Equal(l.Book):
		default:
			check.Moved = append(check.Moved, MovedPrice{SKU: l.SKU, From: l.Book, To: now.Price, Sellable: now.Sellable})
		}
	}
	switch {
	case len(check.Moved) > 0:
		check.State = Moved
	case len(unknown) > 0:
		check.State, check.Problem = Unverified, "NetSuite did not say what "+strings.Join(unknown, ", ")+" costs."
	}
	return check, nil
}

// Estimate is the NetSuite Estimate that the version is to become. Freight is its last
// line.
func (v Version) Estimate(externalID string, freight ItemID, date time.Time, correlation string) Estimate {
	e := Estimate{
		ExternalID: externalID, Customer: v.Customer.ID, Currency: v.Priced.Currency,
		Date: date, Expires: v.ValidUntil,
		Discount: v.Priced.Discount,
		Title:    EstimateTitle(v.Quote, v.Number), Memo: EstimateMemo(v.Quote, v.Number, correlation),
		Total: v.Priced.Total,
	}
	for _, l := range v.Priced.Lines {
		e.Lines = append(e.Lines, EstimateLine{Item: l.Item, Quantity: l.Qty, Rate: l.Unit, Amount: l.Extended})
	}
	if !v.Priced.Freight.IsZero() {
		e.Lines = append(e.Lines, EstimateLine{Item: freight, Quantity: 1, Rate: v.Priced.Freight, Amount: v.Priced.Freight})
	}
	return e
}

// Missing lists what must be said before the version can be submitted.
func (v Version) Missing() []Need {
	needs := v.Request.Assumed()
	if v.Customer.ID == 0 && !v.Customer.New() {
		needs = append(needs, NeedCustomer)
	}
	return needs
}

// Names joins what is missing as people say it: "the number of sites and the industry".
func Names(needs []Need) string {
	names := make([]string, len(needs))
	for i, need := range needs {
		names[i] = map[Need]string{
			NeedUsers: "the number of users", NeedSites: "the number of sites", NeedIndustry: "the industry",
			NeedCustomer: "a customer", NeedQuote: "the quote number",
		}[need]
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// ContentHash is the SHA-256 of what is offered to the customer: who, which lines, at
// which price, on which terms, until when. A decision belongs to it.
func (v Version) ContentHash() (string, error) {
	type line struct {
		SKU  string
		Qty  int
		Unit string
	}
	content := struct {
		Customer CustomerID
		Lines    []line
		Freight  string
		Total    string
		Currency Currency
		Until    string
		Prospect string `json:",omitempty"` // the name of a new customer
		Discount string `json:",omitempty"`
		Payment  string `json:",omitempty"`
		Deposit  string `json:",omitempty"`
	}{
		Customer: v.Customer.ID, Freight: v.Priced.Freight.Text(), Total: v.Priced.Total.Text(),
		Currency: v.Priced.Currency, Until: v.ValidUntil.UTC().Format(time.DateOnly),
	}
	if v.Customer.New() {
		content.Prospect = v.Customer.Name
	}
	if !v.Priced.Discount.IsZero() {
		content.Discount = v.Priced.Discount.Text()
	}
	if d := v.Request.Terms.Deposit; d != nil {
		content.Deposit = d.Trim(0).String()
	}
	content.Payment = string(v.Request.Terms.Payment)
	for _, l := range v.Priced.Lines {
		content.Lines = append(content.Lines, line{l.SKU, l.Qty, l.Unit.Text()})
	}
	text, err := json.Marshal(content)
	if err != nil {
		return "", fmt.Errorf("content of %s v%d: %w", v.Quote, v.Number, err)
	}
	digest := sha256.Sum256(text)
	return hex.EncodeToString(digest[:]), nil
}
