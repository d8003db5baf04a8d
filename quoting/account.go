package quoting

import "time"

// Capabilities are what was found out about a NetSuite account by probing it. The zero
// value is that of an account that nobody has probed: nothing is relied on.
type Capabilities struct {
	// CreateForm: a form of an Estimate answers with NetSuite's own prices of its lines.
	CreateForm bool `json:"create_form"`
	// RowsDecide: the price of a line follows from price rows and the line's own quantity
	// alone. It is false where the account has sales price rules, marginal rates, or breaks
	// by more than the line's quantity, and where the role cannot see whether it has.
	RowsDecide bool `json:"rows_decide"`
	// Deletions: the role may read which records were deleted.
	Deletions bool      `json:"deletions"`
	At        time.Time `json:"at"` // when it was probed
}

// Probe is one thing that was tried on an account or a deployment, for whoever has to mend
// it. It holds no secret.
type Probe struct {
	Name  string // sign-in, table pricing, create-form, …
	State ProbeState
	Found string // what there is, in a line
	Mend  string // what to do; empty where nothing is to be done
}

// ProbeState is how a probe ended.
type ProbeState string

const (
	ProbeGood   ProbeState = "ok"
	ProbeWeak   ProbeState = "weak"   // it works, with less than everything
	ProbeBroken ProbeState = "broken" // the service cannot do its work without it
	ProbeNot    ProbeState = "-"      // not tried, since something before it is broken
)

// Drift is one thing that is not in NetSuite as it should be by our records, or the other
// way round.
type Drift struct {
	Kind    DriftKind
	Subject string // SKU, customer id or quote
	Ours    string
	Theirs  string
}

// DriftKind says what has drifted, for counting.
type DriftKind string

const (
	DriftPrice    DriftKind = "price"
	DriftCost     DriftKind = "cost"
	DriftItem     DriftKind = "item"
	DriftCustomer DriftKind = "customer"
	DriftEstimate DriftKind = "estimate"
	DriftEngine   DriftKind = "engine" // NetSuite's engine prices a sample otherwise than its rows
)

// Deletions are records that NetSuite says were deleted.
type Deletions struct {
	Items     []ItemID
	Customers []CustomerID
}

// Counts are how many records NetSuite has, by the same conditions as they are read.
type Counts struct {
	Items     int
	Customers int
}
