package quoting

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/govalues/decimal"
)

// Branch is one of the two lines of people that decide side by side.
type Branch string

const (
	CommercialBranch  Branch = "commercial" // levels 1 sales manager, 2 finance, 3 VP, 4 owner
	EngineeringBranch Branch = "engineering"
)

// levels are the roles that decide in the commercial branch, from level 1 up.
var levels = []Role{SalesManager, Finance, VP, Owner}

// ApprovalNeed is a rule that fired: who must decide, what was measured, and the sentence
// that explains it.
type ApprovalNeed struct {
	Rule     string `json:"rule"`
	Branch   Branch `json:"branch"`
	Level    int    `json:"level"` // of the commercial branch, 1 to 4; 1 of the engineering branch
	Role     Role   `json:"role"`
	Measured string `json:"measured"`
	Sentence string `json:"sentence"` // with amounts and percentages
	ForRep   string `json:"for_rep"`  // the same for eyes that see no margin
}

// For is the sentence as this person may read it, here.
func (n ApprovalNeed) For(reader Person) string {
	switch {
	case reader.InRoom && n.aboutMargin():
		return textAskedElsewhere
	case reader.SeesMargin():
		return n.Sentence
	default:
		return n.ForRep
	}
}

func (n ApprovalNeed) aboutMargin() bool { return strings.Contains(n.Rule, "margin") }

// ApprovalStep is one decision of the chain that a quote needs, in order within its branch.
type ApprovalStep struct {
	Branch Branch
	Level  int
	Role   Role
	Why    []ApprovalNeed // the rules that need exactly this step; none: it is on the way to one that does
}

// Chain is who decides on a quote: in the commercial branch every level up to the highest
// that fired, in order; engineering beside it. Nothing fired: nobody.
func Chain(needs []ApprovalNeed) []ApprovalStep {
	var steps []ApprovalStep
	highest := 0
	for _, n := range needs {
		if n.Branch == CommercialBranch {
			highest = max(highest, n.Level)
		}
	}
	for level := 1; level <= highest; level++ {
		steps = append(steps, ApprovalStep{Branch: CommercialBranch, Level: level, Role: levels[level-1]})
	}
	if slices.ContainsFunc(needs, func(n ApprovalNeed) bool { return n.Branch == EngineeringBranch }) {
		steps = append(steps, ApprovalStep{Branch: EngineeringBranch, Level: 1, Role: Engineering})
	}
	for i, step := range steps {
		for _, n := range needs {
			if n.Branch == step.Branch && n.Level == step.Level {
				steps[i].Why = append(steps[i].Why, n)
			}
		}
	}
	return steps
}

// StepDecision is an approval: one step of the chain, by somebody, at a time.
type StepDecision struct {
	Branch Branch
	Level  int
	By     PersonID
	Name   string
	At     time.Time

	For         PersonID // in whose place; the zero PersonID: in nobody's
	ForName     string
	SamePerson  bool // passed over: the same person has just taken the one before
	CarriedFrom int  // the version on which it was given, where a later one is no worse; 0: this one
}

// Waiting are the steps that are still to be taken on the version, in order within each
// branch. None: nobody has to decide any more.
func (v Version) Waiting() []ApprovalStep {
	return slices.DeleteFunc(Chain(v.Approvals), func(s ApprovalStep) bool {
		return v.taken(s) != nil
	})
}

// taken is the approval that took a step of the version; nil: none yet.
func (v Version) taken(s ApprovalStep) *StepDecision {
	i := slices.IndexFunc(v.Steps, func(d StepDecision) bool { return d.Branch == s.Branch && d.Level == s.Level })
	if i < 0 {
		return nil
	}
	return &v.Steps[i]
}

// Approvals lists the rules of the policy that make somebody decide on a version: the
// approval matrix over its price and terms, and what its findings say for engineering.
// None means that a submit is approved by itself.
func Approvals(p *Policy, v Version) []ApprovalNeed {
	m := matrix{policy: p}
	m.amount(v.Priced)
	m.margins(v.Priced)
	m.discounts(v.Priced)
	m.terms(v)
	m.engineering(v)
	return m.needs
}

// matrix collects needs.
type matrix struct {
	policy *Policy
	needs  []ApprovalNeed
}

func (m *matrix) need(rule string, level int, measured, sentence, forRep string) {
	m.needs = append(m.needs, ApprovalNeed{
		Rule: rule, Branch: CommercialBranch, Level: level, Role: levels[level-1], Measured: measured, Sentence: sentence, ForRep: forRep,
	})
}

// above is the level whose limit the value is beyond; 0: none.
func above[T any](value T, limits []T, compare func(a, b T) int) int {
	level := 0
	for i, limit := range limits {
		if compare(value, limit) > 0 {
			level = i + 1
		}
	}
	return level
}

func below(value decimal.Decimal, limits []decimal.Decimal) int {
	return above(value, limits, func(a, b decimal.Decimal) int { return b.Cmp(a) })
}

func (m *matrix) amount(priced Priced) {
	limits := m.policy.Approval.Amount
	if level := above(priced.Amount.Amount, limits, decimal.Decimal.Cmp); level > 0 {
		limit := Money{Amount: limits[level-1], Currency: priced.Currency}
		sentence := fmt.Sprintf("The amount of %s is over %s.", priced.Amount.Display(), limit.Display())
		m.need("amount", level, priced.Amount.Text(), sentence, sentence)
	}
}

// unknownCostLevel is who decides where a margin cannot be known: finance.
const unknownCostLevel = 2

// margins are the margin of the whole, and of the hardware line that is worst.
func (m *matrix) margins(priced Priced) {
	limits := m.policy.Approval
	if !priced.Margin.Known {
		var skus []string
		for _, l := range priced.Lines {
			if !l.Cost.Valid {
				skus = append(skus, l.SKU)
			}
		}
		sentence := fmt.Sprintf("The margin is unknown: NetSuite has no cost of %s.", strings.Join(skus, ", "))
		if len(skus) == 0 {
			sentence = "The margin is unknown: nothing is charged."
		}
		m.need("margin", unknownCostLevel, "unknown", sentence, sentence)
	} else if level := below(priced.Margin.Percent, limits.Margin); level > 0 {
		m.need("margin", level, priced.Margin.Percent.String(),
			fmt.Sprintf("The margin of %s is under %s%%.", priced.Margin, limits.Margin[level-1]),
			"The margin is under what a rep may quote alone.")
	}
	worst, least := "", Margin{}
	for _, l := range priced.Lines {
		net, err := l.Net()
		if !l.Type.Hardware() || !l.Cost.Valid || err != nil {
			continue
		}
		cost, err := addProduct(decimal.Zero, l.Cost.Decimal, l.Qty)
		if of := margin(net.Amount, cost); err == nil && of.Known && (!least.Known || of.Percent.Cmp(least.Percent) < 0) {
			worst, least = l.SKU, of
		}
	}
	if level := below(least.Percent, limits.LineMargin); least.Known && level > 0 {
		m.need("line margin", level, least.Percent.String(),
			fmt.Sprintf("%s has a margin of %s, under %s%%.", worst, least, limits.LineMargin[level-1]),
			fmt.Sprintf("The margin of %s is under what a rep may quote alone.", worst))
	}
}

// largestDiscount is the largest discount of a line or of the whole, in percent off the
// price by precedence and break to two places, and what it is on. A level and a break are no
// discount; a locked price under the price list is one.
func (out Priced) largestDiscount() (what string, largest decimal.Decimal) {
	consider := func(name string, book, net Money) {
		if off := margin(book.Amount, net.Amount); off.Known && off.Percent.Cmp(largest) > 0 {
			what, largest = name, off.Percent
		}
	}
	if net, err := out.NetTotal.Sub(out.Discount); err == nil {
		consider("the whole quote", out.BookTotal, net)
	}
	for _, l := range out.Lines {
		book, err := l.Book.Times(l.Qty)
		net, errNet := l.Net()
		if err == nil && errNet == nil {
			consider(l.SKU, book, net)
		}
	}
	return what, largest
}

func (m *matrix) discounts(priced Priced) {
	what, largest := priced.largestDiscount()
	if level := above(largest, m.policy.Approval.Discount, decimal.Decimal.Cmp); level > 0 {
		sentence := fmt.Sprintf("A discount of %s%% on %s is over %s%%.", largest.Trim(0), what, m.policy.Approval.Discount[level-1])
		m.need("discount", level, largest.String(), sentence, sentence)
	}
}

// terms are payment terms, a deposit that is waived, validity and credit.
func (m *matrix) terms(v Version) {
	limits, t := m.policy.Approval, v.Request.Terms
	own, _ := PaymentTerms(v.Customer.Terms).Days()
	if days, said := t.Payment.Days(); said && days > own {
		if level := above(days, limits.Terms, cmp.Compare[int]); level > 0 {
			sentence := fmt.Sprintf("Payment in %d days is over %d.", days, limits.Terms[level-1])
			m.need("terms", level, string(t.Payment), sentence, sentence)
		}
	}
	if t.Deposit != nil && t.Deposit.IsZero() {
		sentence := "The deposit is waived."
		m.need("deposit", 2, "0", sentence, sentence)
	}
	if v.Customer.CreditHold {
		sentence := fmt.Sprintf("%s is on credit hold in NetSuite.", v.Customer.Name)
		m.need("credit hold", 2, "on hold", sentence, sentence)
	}
	if level := above(t.ValidDays, limits.Validity, cmp.Compare[int]); level > 0 {
		sentence := fmt.Sprintf("A validity of %d days is over %d.", t.ValidDays, limits.Validity[level-1])
		m.need("validity", level, strconv.Itoa(t.ValidDays), sentence, sentence)
	}
}

// engineering is what the findings ask engineering for.
func (m *matrix) engineering(v Version) {
	for _, f := range v.System.Findings {
		if f.Engineering {
			m.needs = append(m.needs, ApprovalNeed{
				Rule: f.Rule, Branch: EngineeringBranch, Level: 1, Role: Engineering, Sentence: f.Sentence, ForRep: f.Sentence,
			})
		}
	}
}
