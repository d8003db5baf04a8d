package quoting

import "time"

// View is a quote as one person may see it: the one place where margin, cost and buttons
// are decided by who is looking. A card shows a View and nothing else, and a click on it
// is judged again from the stored state.
type View struct {
	Quote         QuoteID
	Version       int
	Current       int // the quote's current version; larger than Version on a card that is out of date
	State         VersionState
	QuoteState    QuoteState
	Estimate      EstimateState
	Attention     string
	Owner         string // display name
	Customer      Customer
	CustomerText  string     // as typed, where it names nobody or several
	Candidates    []Customer // whom the name may mean, to choose from
	Request       Request
	System        System
	Priced        Priced
	Alternatives  []Alternative // for who may edit
	Options       []Option      // likewise
	Industries    []IndustryChoice
	Missing       []Need
	Check         Check
	PricesAt      time.Time
	PricesAge     Age
	ValidUntil    time.Time
	Approvals     []ApprovalNeed
	Approver      string         // who takes the next step, or would; empty: nobody can
	Steps         []StepDecision // approvals so far
	Chain         []ChainStep    // everybody who decides, in order within each branch
	Large         bool           // a decision has to be proved by a sign-in
	CustomerWaits bool           // the clocks run faster
	As            string         // in whose place the viewer decides; empty: in nobody's
	CanRecall     bool
	CanAccept     bool      // the owner may take the approver's condition in one tap
	SubmittedAt   time.Time // zero: not submitted
	Nonce         string    // only for who may decide
	Decision      *Decision
	Reading       string   // what was understood, one line; empty when nothing was approximate
	Changes       []string // what this version changed against the one before, a sentence each

	Banner   string // what became of a click that was not done, shown on top
	Note     string // what became of one that was, where nothing else of the card says it
	SignIn   string // the address at which a decision that was just made is proved; empty: none is
	Opinions []Opinion
	Next     *NextDecision // what else waits for the viewer; nil: nothing, or it is not the time to say so
	CanOpine bool          // the viewer was asked for an opinion
	Locale   Locale        // of the reader, see In

	ShowPrices     bool
	ShowMargin     bool // exact margin and cost
	MarginBand     string
	CanEdit        bool
	CanSubmit      bool
	CanDecide      bool
	EstimateNumber string // NetSuite's number of the Estimate; empty: none yet
	SalesOrder     string // likewise

	CanEnd         bool // its owner may say that it is lost, or cancel it
	CanWin         bool
	CanRetry       bool // what NetSuite refused may be tried again
	WaitsForPrices bool // pending with nothing left to approve: NetSuite's answer decides

	// In a group chat or a channel:
	InRoom   bool
	UserID   string // Teams' id of the viewer (29:…), for whom the card is kept up to date
	CanShare bool   // the viewer may show the prices to everybody there
	Shared   bool   // and has
}

// NextDecision is the quote that has waited longest for a person's decision.
type NextDecision struct {
	Quote QuoteID
	Title string
	Left  int // how many wait, with it
}

// IndustryChoice is an approved industry as a choice of an input.
type IndustryChoice struct {
	Code IndustryCode
	Name string
}

// Age says how prices of an age are to be spoken of.
type Age string

const (
	FreshPrices    Age = "fresh"
	DatedPrices    Age = "dated" // said with their time
	UnusablePrices Age = "old"   // drafts only
)

// AgeOf is the age of prices taken at a time.
func (a PriceAges) AgeOf(taken, now time.Time) Age {
	switch age := now.Sub(taken); {
	case age < a.Fresh:
		return FreshPrices
	case age <= a.Usable:
		return DatedPrices
	default:
		return UnusablePrices
	}
}

// NewView is the quote's version as the viewer may see it at a time. The owner is the
// quote's; it is the caller who has made sure that the viewer may see the quote at all.
func NewView(p *Policy, q Quote, v Version, owner Person, o Organisation, viewer Person, now time.Time) View {
	open := o.OpenSteps(p, q, v)
	view := View{
		Quote: q.ID, Version: v.Number, Current: q.Current, State: v.State, QuoteState: q.State,
		Estimate: q.Estimate, Attention: q.Attention, Owner: owner.Name,
		Customer: v.Customer, CustomerText: v.CustomerText, Request: v.Request, System: v.System, Priced: v.Priced,
		Missing: v.Missing(), Check: v.Check, PricesAt: v.PricesAt, PricesAge: p.Prices.AgeOf(v.PricesAt, now),
		ValidUntil: v.ValidUntil, Approvals: v.Approvals, Approver: waitsFor(open), Steps: v.Steps, Chain: o.Preview(p, q, v), Large: p.StepUp.Method == SignInAgain && p.Large(v), CustomerWaits: v.Waits, SubmittedAt: v.SubmittedAt, Decision: v.Decision, Reading: v.Reading, Changes: v.Changes,
		ShowPrices: viewer.SeesPricesOf(q), ShowMargin: viewer.SeesMargin() && viewer.SeesPricesOf(q), MarginBand: p.MarginBand(v.Priced.Margin),
	}
	for _, code := range p.IndustryCodes() {
		view.Industries = append(view.Industries, IndustryChoice{code, p.Industries[code].Name})
	}
	current := v.Number == q.Current && q.State == Open
	view.CanEdit = current && viewer.ID == q.Owner && v.State != Approved
	view.CanSubmit = current && SubmitProblem(p, q, v, viewer.ID, now) == nil
	view.CanEnd = v.Number == q.Current && EndProblem(q, v, Lost, viewer.ID, "-") == nil
	view.CanWin = v.Number == q.Current && EndProblem(q, v, Won, viewer.ID, "-") == nil
	view.CanRetry = v.Number == q.Current && RetryProblem(q, v, viewer.ID) == nil
	view.WaitsForPrices = v.WaitsForPrices()
	view.CanRecall = RecallProblem(q, v, viewer.ID) == nil
	view.CanAccept = AcceptProblem(q, v, viewer.ID) == nil
	if mine := Mine(open, viewer.ID); current && v.State == Pending && len(mine) > 0 {
		if nonce := v.DecisionNonce(mine); DecideProblem(q, v, open, viewer, nonce) == nil {
			view.CanDecide, view.Nonce, view.As = true, nonce, mine[0].As(viewer.ID).For.Name
		}
	}
	if !view.ShowMargin {
		view.Priced.CostTotal, view.Priced.Margin = Money{}, Margin{}
		lines := make([]Line, len(v.Priced.Lines))
		for i, l := range v.Priced.Lines {
			l.Cost.Valid = false
			l.Cost.Decimal = l.Cost.Decimal.Zero()
			lines[i] = l
		}
		view.Priced.Lines = lines
		view.Approvals = nil
		for _, need := range v.Approvals {
			need.Sentence, need.Measured = need.ForRep, ""
			view.Approvals = append(view.Approvals, need)
		}
	}
	if !view.ShowPrices {
		view.onlyTechnical(viewer.ID)
	}
	if viewer.InRoom {
		view.enterRoom()
		view.CanShare = v.Number == q.Current && ShareProblem(q, v, viewer.ID) == nil
	}
	if !viewer.MayQuote() { // the quote is of a time when the viewer did
		view.CanEdit, view.CanSubmit, view.CanEnd, view.CanWin, view.CanRetry = false, false, false, false, false
		view.CanRecall, view.CanAccept, view.CanShare = false, false, false
	}
	return view
}
