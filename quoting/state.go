package quoting

import "slices"

// VersionState is where one version of a quote stands. A version that was replaced by the
// next one is Superseded and can do nothing any more.
type VersionState string

const (
	Draft            VersionState = "draft"
	Pending          VersionState = "pending"
	Approved         VersionState = "approved"
	ChangesRequested VersionState = "changes_requested"
	Rejected         VersionState = "rejected"
	Recalled         VersionState = "recalled"
	Superseded       VersionState = "superseded"
)

// Action is what moves a version from one state to the next.
type Action string

const (
	Submit         Action = "submit"
	Approve        Action = "approve"
	Reject         Action = "reject"
	RequestChanges Action = "request_changes"
	Recall         Action = "recall"
	HandBack       Action = "hand_back" // by the price check: the price moved while it waited
	Supersede      Action = "supersede"
)

// next says which state an action leads to. A pair that is missing is not allowed.
var next = map[VersionState]map[Action]VersionState{
	Draft:            {Submit: Pending, Supersede: Superseded},
	Pending:          {Approve: Approved, Reject: Rejected, RequestChanges: ChangesRequested, Recall: Recalled, HandBack: Draft, Supersede: Superseded},
	Approved:         {Supersede: Superseded},
	ChangesRequested: {Supersede: Superseded},
	Rejected:         {Supersede: Superseded},
	Recalled:         {Supersede: Superseded},
}

// Next is the state that the action leads to; false where the action is not allowed.
func (s VersionState) Next(a Action) (VersionState, bool) {
	to, ok := next[s][a]
	return to, ok
}

// String is the state as a person reads it.
func (s VersionState) String() string {
	switch s {
	case Pending:
		return "waiting for approval"
	case ChangesRequested:
		return "sent back for changes"
	default:
		return string(s)
	}
}

// QuoteState is where the quote as a whole stands, whatever its version.
type QuoteState string

const (
	Open      QuoteState = "open"
	Sent      QuoteState = "sent"
	Won       QuoteState = "won"
	Lost      QuoteState = "lost"
	Expired   QuoteState = "expired"
	Cancelled QuoteState = "cancelled"
)

// Ended says whether the quote is in a terminal state.
func (s QuoteState) Ended() bool {
	return slices.Contains([]QuoteState{Won, Lost, Expired, Cancelled}, s)
}

// EstimateState is where the NetSuite Estimate of a quote stands. Synced is said only
// after NetSuite's copy was read back and is equal line by line.
type EstimateState string

const (
	NoEstimate     EstimateState = "none"
	Writing        EstimateState = "writing"
	Synced         EstimateState = "synced"
	NeedsAttention EstimateState = "needs_attention"
)

// CheckState is what NetSuite's live prices say of a version.
type CheckState string

const (
	Checking   CheckState = "checking"   // asked, not answered yet
	Verified   CheckState = "verified"   // every line at NetSuite's price
	Moved      CheckState = "moved"      // a line's price is another one now
	Unverified CheckState = "unverified" // NetSuite did not answer; it is asked again
)
