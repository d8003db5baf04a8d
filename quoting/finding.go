package quoting

// Severity says what a finding does to a quote.
type Severity string

const (
	Blocking Severity = "error" // the quote cannot be submitted until it is mended or overridden
	Warning  Severity = "warning"
	Note     Severity = "note"
)

// Finding is what a rule has to say of a quote that can be priced.
type Finding struct {
	Rule     string   `json:"rule"` // L4, L5, … of the sizing rules, or the name of another
	Severity Severity `json:"severity"`
	Sentence string   `json:"sentence"`
	Remedies []Remedy `json:"remedies,omitempty"` // each mends it in one tap

	MayOverride bool    `json:"may_override,omitempty"` // for a reason, which engineering then reads
	Overridden  string  `json:"overridden,omitempty"`   // the reason
	Other       QuoteID `json:"other,omitzero"`         // another quote that it is about
	Same        bool    `json:"same,omitempty"`         // which this one repeats in every detail
	Engineering bool    `json:"engineering,omitempty"`  // engineering has to approve
	Commercial  bool    `json:"commercial,omitempty"`   // it speaks of money, or of another quote
}

// Remedy is a button: what it says, and the changes that it makes.
type Remedy struct {
	Title   string   `json:"title"`
	Changes []Change `json:"changes"`
}

// Blocking are the findings that keep the version from being submitted.
func (v Version) Blocking() []Finding {
	var found []Finding
	for _, f := range v.System.Findings {
		if f.Severity == Blocking && f.Overridden == "" {
			found = append(found, f)
		}
	}
	return found
}
