package quoting

import (
	"fmt"
	"strings"
	"time"

	"github.com/govalues/decimal"
)

// Metrics are the figures over many quotes that people ask for.
var Metrics = []string{"win_rate", "quote_count", "quote_value", "average_margin", "average_discount", "approval_time"}

// NoFigure is the value of a metric that there is nothing to work out of.
const NoFigure = "–"

// Figures are what the metrics of a period are worked out of.
type Figures struct {
	Quoted       []QuotedSums  // of the quotes that were begun in it, by currency
	Won, Lost    int           // of those that ended so in it
	Decided      int           // decisions of people in it
	ApprovalTime time.Duration // the median from submit to decision; of none 0
}

// QuotedSums are the sums of quotes in one currency, their current versions.
type QuotedSums struct {
	Count int
	Total Money
	Book  decimal.Decimal // by NetSuite's price list
	Net   decimal.Decimal // after every discount, without freight

	Known    int // quotes of which every cost is known; of these
	NetKnown decimal.Decimal
	Cost     decimal.Decimal
}

// Metric is a figure as people read it.
type Metric struct {
	Value string // "62.5%", "17", "2 h", or NoFigure
	Basis string // what it was worked out of: "5 of 8 quotes"
	Few   bool   // too little to lean on
}

// few is under how many quotes a figure says little.
const few = 8

// Metric works one of the metrics out; percentages and amounts of several currencies are
// side by side.
func (f Figures) Metric(metric string) Metric {
	quotes := 0
	for _, s := range f.Quoted {
		quotes += s.Count
	}
	share := func(of func(QuotedSums) (part, whole decimal.Decimal, n int, err error)) Metric {
		var values []string
		counted := 0
		for _, s := range f.Quoted {
			part, whole, n, err := of(s)
			value, ok := percentOf(part, whole)
			if err != nil || !ok || n == 0 {
				continue
			}
			if len(f.Quoted) > 1 {
				value += " in " + string(s.Total.Currency)
			}
			values, counted = append(values, value), counted+n
		}
		return Metric{Value: strings.Join(values, ", "), Basis: Count(counted, "quote"), Few: counted < few}
	}
	var m Metric
	switch metric {
	case "win_rate":
		ended := f.Won + f.Lost
		m.Value, _ = percentOf(decimal.MustNew(int64(f.Won), 0), decimal.MustNew(int64(ended), 0))
		m.Basis, m.Few = fmt.Sprintf("%s of %s", Thousands(f.Won), Count(ended, "quote")), ended < few
	case "quote_count":
		m = Metric{Value: Thousands(quotes), Basis: Count(quotes, "quote")}
	case "quote_value":
		var sums []Money
		for _, s := range f.Quoted {
			sums = append(sums, s.Total)
		}
		m = Metric{Value: Sums(sums), Basis: Count(quotes, "quote")}
	case "average_margin":
		m = share(func(s QuotedSums) (decimal.Decimal, decimal.Decimal, int, error) {
			gain, err := s.NetKnown.Sub(s.Cost)
			return gain, s.NetKnown, s.Known, err
		})
	case "average_discount":
		m = share(func(s QuotedSums) (decimal.Decimal, decimal.Decimal, int, error) {
			off, err := s.Book.Sub(s.Net)
			return off, s.Book, s.Count, err
		})
	case "approval_time":
		m = Metric{Basis: Count(f.Decided, "decision"), Few: f.Decided < few}
		if f.Decided > 0 {
			m.Value = lasting(f.ApprovalTime)
		}
	}
	if m.Value == "" {
		m.Value = NoFigure
	}
	return m
}

// MetricName is a metric as people say it, and how it is worked out.
func MetricName(metric string) (name, how string) {
	switch metric {
	case "win_rate":
		return "Win rate", "Won ÷ (won + lost), of the quotes that ended then."
	case "quote_count":
		return "Quotes", "Quotes that were begun then, whatever became of them."
	case "quote_value":
		return "Quoted", "The totals of the quotes that were begun then, as they are now."
	case "average_margin":
		return "Average margin", "(Net − cost) ÷ net over all quotes that were begun then and whose costs are known; large quotes weigh more."
	case "average_discount":
		return "Average discount", "What all quotes that were begun then are below NetSuite's price list; levels and quantity breaks are no discount."
	case "approval_time":
		return "Approval time", "Half of the decisions of people took no longer, from submit to decision, nights and weekends included."
	}
	return "", ""
}

// lasting is a length of time in one or two units: "45 min", "2 h 10 min", "3 days".
func lasting(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "under a minute"
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		text := fmt.Sprintf("%d h", int(d.Hours()))
		if minutes := int(d.Minutes()) % 60; minutes > 0 && d < 10*time.Hour {
			text += fmt.Sprintf(" %d min", minutes)
		}
		return text
	default:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	}
}
