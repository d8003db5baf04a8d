package quoting

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"
)

// DuplicateLimits say when two quotes are probably one. Shares are percents.
type DuplicateLimits struct {
	SameHours     int `yaml:"same_hours"`     // within which the same content of the same rep is the same quote
	ProbableDays  int `yaml:"probable_days"`  // within which a rep's quotes to one family are compared
	ProbableLines int `yaml:"probable_lines"` // of the lines' value in common: from here on
	ProbableTotal int `yaml:"probable_total"` // that the totals may differ, at the same number of sites
	NearLines     int `yaml:"near_lines"`     // of the lines' value in common there: from here on
	AlikeLine     int `yaml:"alike_line"`     // that the smaller of two lines must be of the larger to be alike
	OtherDays     int `yaml:"other_days"`     // within which quotes of two reps are compared
	OtherLines    int `yaml:"other_lines"`    // of the lines' value in common: from here on
	NameLikeness  int `yaml:"name_likeness"`  // trigrams of two names in common: from here on one family
	SplitDays     int `yaml:"split_days"`     // within which quotes to one customer count together
	SplitItems    int `yaml:"split_items"`    // of the items in common: from here on similar
}

// Offer is a quote as others are compared with it.
type Offer struct {
	Quote     QuoteID
	Version   int
	Owner     PersonID
	Customer  Customer
	Open      bool
	CreatedAt time.Time
	Sites     int // 0: a parts quote
	Total     Money
	Amount    Money
	Lines     []OfferLine
	Terms     Terms
}

// OfferLine is what of a line tells one quote from another.
type OfferLine struct {
	SKU      string
	Qty      int
	Extended Money
}

// OfferOf is the offer that a version makes.
func OfferOf(q Quote, v Version) Offer {
	o := Offer{
		Quote: q.ID, Version: v.Number, Owner: q.Owner, Customer: v.Customer, Open: !q.State.Ended(), CreatedAt: v.CreatedAt,
		Total: v.Priced.Total, Amount: v.Priced.Amount, Terms: v.Request.Terms,
	}
	if !v.Request.Parts() {
		o.Sites = v.Request.sites()
	}
	for _, l := range v.Priced.Lines {
		o.Lines = append(o.Lines, OfferLine{l.SKU, l.Qty, l.Extended})
	}
	return o
}

// DuplicateKind says how two quotes are one.
type DuplicateKind string

const (
	SameQuote     DuplicateKind = "same"     // the same content, by the same rep, within a day
	ProbableQuote DuplicateKind = "probable" // the same need of the same customer, by the same rep
	OthersQuote   DuplicateKind = "others"   // the same need of the same customer, by another rep
)

// Duplicate is a quote that another one probably is.
type Duplicate struct {
	Kind  DuplicateKind
	Other Offer
}

// Duplicates are the quotes that an offer probably is once more, the latest first.
func Duplicates(p *Policy, mine Offer, others []Offer, now time.Time) []Duplicate {
	var found []Duplicate
	for _, other := range others {
		if kind, ok := duplicate(p.Duplicates, mine, other, now); ok {
			found = append(found, Duplicate{kind, other})
		}
	}
	slices.SortStableFunc(found, func(a, b Duplicate) int { return b.Other.CreatedAt.Compare(a.Other.CreatedAt) })
	return found
}

func duplicate(limits DuplicateLimits, mine, other Offer, now time.Time) (DuplicateKind, bool) {
	age := now.Sub(other.CreatedAt)
	within := func(days int) bool { return age <= time.Duration(days)*24*time.Hour }
	if other.Quote == mine.Quote || !other.Open || mine.Total.Currency != other.Total.Currency || !within(max(limits.ProbableDays, limits.OtherDays)) ||
		!Family(limits, mine.Customer, other.Customer) {
		return "", false
	}
	if other.Owner != mine.Owner {
		return OthersQuote, within(limits.OtherDays) && Overlap(mine.Lines, other.Lines, limits.AlikeLine) >= limits.OtherLines
	}
	switch {
	case age <= time.Duration(limits.SameHours)*time.Hour && mine.same(other):
		return SameQuote, true
	case !within(limits.ProbableDays):
		return "", false
	}
	overlap := Overlap(mine.Lines, other.Lines, limits.AlikeLine)
	near := mine.Sites > 0 && mine.Sites == other.Sites && nearby(mine.Total, other.Total, limits.ProbableTotal)
	return ProbableQuote, overlap >= limits.ProbableLines || near && overlap >= limits.NearLines
}

// same says whether two offers have the same content: customer, lines, total and terms.
func (o Offer) same(other Offer) bool {
	return o.Terms.paidAs(other.Terms) && o.Customer.ID == other.Customer.ID && o.Total.Equal(other.Total) && slices.EqualFunc(o.Lines, other.Lines, func(a, b OfferLine) bool {
		return a.SKU == b.SKU && a.Qty == b.Qty && a.Extended.Equal(b.Extended)
	})
}

// freeMail are domains that say nothing about who somebody is.
var freeMail = []string{"gmail.com", "yahoo.com", "outlook.com", "hotmail.com", "aol.com", "icloud.com", "comcast.net"}

// Family says whether two customers are of one company: the same one, one parent, one mail
// domain, or names that begin with the same letter and the same word, give or take a slip,
// and are alike.
func Family(limits DuplicateLimits, a, b Customer) bool {
	if a.ID != 0 && b.ID != 0 && head(a) == head(b) {
		return true
	}
	if domain := mailDomain(a); domain != "" && domain == mailDomain(b) {
		return true
	}
	first := func(c Customer) string { return strings.ToLower(c.Name[:min(1, len(c.Name))]) }
	if first(a) == "" || first(a) != first(b) {
		return false // which spares most of the work
	}
	x, y := nameWords(a.Name), nameWords(b.Name)
	if len(x) == 0 || len(y) == 0 || !resembles(x[0], y[0]) && !resembles(y[0], x[0]) {
		return false // "Lakeshore Construction" is not "Great Lakes Construction"
	}
	return percentCommon(trigrams(x), trigrams(y)) >= limits.NameLikeness
}

// head is the company that a customer belongs to.
func head(c Customer) CustomerID {
	if c.Parent != 0 {
		return c.Parent
	}
	return c.ID
}

func mailDomain(c Customer) string {
	_, domain, _ := strings.Cut(strings.ToLower(c.Email), "@")
	if slices.Contains(freeMail, domain) {
		return ""
	}
	return domain
}

// Overlap is how much of two offers is the same, in whole percents rounded down: the value
// of the items of which both have nearly as much (the smaller at least alike percent of the
// larger), of the value that either has. Forty-five radios for forty are the same need once
// more; seventy are another one.
func Overlap(a, b []OfferLine, alike int) int {
	x, y := values(a), values(b)
	both, either := new(big.Int), new(big.Int)
	for sku, value := range x {
		less, more := value, y[sku]
		if more == nil {
			either.Add(either, value)
			continue
		}
		if less.Cmp(more) > 0 {
			less, more = more, less
		}
		either.Add(either, more)
		if share := new(big.Int).Mul(less, big.NewInt(100)); share.Cmp(new(big.Int).Mul(more, big.NewInt(int64(alike)))) >= 0 {
			both.Add(both, more)
		}
	}
	for sku, value := range y {
		if _, there := x[sku]; !there {
			either.Add(either, value)
		}
	}
	if either.Sign() == 0 {
		return 0
	}
	return int(both.Mul(both, big.NewInt(100)).Div(both, either).Int64())
}

// valueScale is that of whole numbers which amounts are compared as, however many zeros
// they are written with: the database writes four places.
const valueScale = 8

// values are what each item comes to.
func values(lines []OfferLine) map[string]*big.Int {
	sums := make(map[string]*big.Int, len(lines))
	for _, l := range lines {
		if sums[l.SKU] == nil {
			sums[l.SKU] = new(big.Int)
		}
		sums[l.SKU].Add(sums[l.SKU], units(l.Extended.Amount, valueScale))
	}
	return sums
}

// ItemsInCommon is how many of the items that either offer has are in both, in whole
// percents: whatever the quantities.
func ItemsInCommon(a, b []OfferLine) int {
	x, y := values(a), values(b)
	both, either := 0, len(y)
	for sku := range x {
		if _, there := y[sku]; there {
			both++
		} else {
			either++
		}
	}
	if either == 0 {
		return 0
	}
	return both * 100 / either
}

// nearby says whether two amounts differ by at most so many percent of the larger.
func nearby(a, b Money, percent int) bool {
	scale := max(a.Amount.Scale(), b.Amount.Scale())
	x, y := units(a.Amount, scale), units(b.Amount, scale)
	if x.Cmp(y) < 0 {
		x, y = y, x
	}
	gap := new(big.Int).Sub(x, y)
	return gap.Mul(gap, big.NewInt(100)).Cmp(x.Mul(x, big.NewInt(int64(percent)))) <= 0
}

// Together is what a quote comes to with the others that it looks split from: to the same
// customer, of similar content, within some days, each small enough to need nobody, and
// together not. False where it looks like no such part.
func Together(p *Policy, mine Offer, others []Offer, now time.Time) (amount Money, with []QuoteID, split bool) {
	limits := p.Duplicates
	limit := Money{Amount: p.Approval.Amount[0], Currency: mine.Amount.Currency}
	total := sum{total: mine.Amount}
	for _, other := range others {
		recent := now.Sub(other.CreatedAt) <= time.Duration(limits.SplitDays)*24*time.Hour
		if other.Quote == mine.Quote || !other.Open || !recent || other.Amount.Currency != mine.Amount.Currency ||
			!Family(limits, mine.Customer, other.Customer) || other.Amount.Cmp(limit) > 0 || ItemsInCommon(mine.Lines, other.Lines) < limits.SplitItems {
			continue
		}
		total.add(other.Amount)
		with = append(with, other.Quote)
	}
	split = total.err == nil && len(with) > 0 && mine.Amount.Cmp(limit) <= 0 && total.total.Cmp(limit) > 0
	if !split {
		return Money{}, nil, false
	}
	slices.Sort(with)
	return total.total, with, true
}

// Beside adds to a version what other quotes say of it: that it is probably one of them
// (its owner says so, or why it is not, before it is submitted), and that it is a part of
// something larger, which is approved as one amount.
func (v *Version) Beside(p *Policy, q Quote, others []Offer, now time.Time) {
	mine := OfferOf(q, *v)
	if v.Customer.ID == 0 && !v.Customer.New() {
		return
	}
	for _, d := range Duplicates(p, mine, others, now) {
		if d.Kind == OthersQuote {
			continue // two reps are told by themselves
		}
		rule := "duplicate of " + d.Other.Quote.String()
		v.System.Findings = append(v.System.Findings, Finding{
			Rule: rule, Severity: Blocking, Commercial: true, Other: d.Other.Quote, Same: d.Kind == SameQuote, Overridden: v.Request.overridden(rule),
			Sentence: fmt.Sprintf("This looks like %s of %s for %s, at %s. Open that one, or say that this is another one.",
				d.Other.Quote, d.Other.CreatedAt.Format("2 January"), d.Other.Customer.Name, d.Other.Total.Display()),
			Remedies: []Remedy{override(rule, "Another project"), override(rule, "Another site")},
		})
	}
	if amount, with, split := Together(p, mine, others, now); split {
		m := matrix{policy: p}
		m.amount(Priced{Amount: amount, Currency: amount.Currency})
		for _, need := range m.needs {
			names := make([]string, len(with))
			for i, id := range with {
				names[i] = id.String()
			}
			need.Rule = "splitting"
			need.Sentence = fmt.Sprintf("With %s it comes to %s: they are judged as one amount.", strings.Join(names, ", "), amount.Display())
			need.ForRep = need.Sentence
			v.Approvals = append(v.Approvals, need)
		}
	}
}

// Same is the quote that a new one repeats in every detail; false where it repeats none.
func (v Version) Same() (QuoteID, bool) {
	for _, f := range v.System.Findings {
		if f.Same {
			return f.Other, true
		}
	}
	return 0, false
}
