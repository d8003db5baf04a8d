package quoting

import (
	"strconv"
	"strings"

	"github.com/govalues/decimal"
)

// Intent is what a person wants done.
type Intent string

const (
	CreateQuote     Intent = "create_quote"
	ReviseQuote     Intent = "revise_quote"
	SubmitQuote     Intent = "submit_quote"
	ApproveQuote    Intent = "approve_quote"
	RejectQuote     Intent = "reject_quote"
	QuoteStatus     Intent = "quote_status"
	SyncQuote       Intent = "sync_quote"
	MarkOutcome     Intent = "mark_outcome"
	CloneQuote      Intent = "clone_quote"
	CompareVersions Intent = "compare_versions"
	ExplainQuote    Intent = "explain_recommendation"
	ExplainApproval Intent = "explain_approval"
	ExplainPrices   Intent = "explain_price_change"
	ExtendValidity  Intent = "extend_validity"
	CancelQuote     Intent = "cancel_quote"
	LinkCustomer    Intent = "link_customer"  // by a card alone
	ReleasePrices   Intent = "release_prices" // by a card alone
	RefusePrices    Intent = "refuse_prices"  // likewise
	TodaysPrice     Intent = "todays_price"   // of a list price that somebody inserted into a chat
	ShowQuote       Intent = "show_quote"
	ShareQuote      Intent = "share_quote"   // its owner shows its prices in a group or a channel
	UnshareQuote    Intent = "unshare_quote" // and ends that
	ReadNotice      Intent = "read_notice"   // by a card alone: in a room, an answer that is for one person
	RecallQuote     Intent = "recall_quote"
	AskChanges      Intent = "request_changes"
	Delegate        Intent = "delegate_approval"
	AcceptOffer     Intent = "accept_offer"   // by a card alone: the owner takes an approver's condition
	Reassign        Intent = "reassign"       // an approver passes a step on
	Consult         Intent = "consult"        // or asks somebody for an opinion
	GiveOpinion     Intent = "give_opinion"   // by a card alone
	CustomerWaits   Intent = "customer_waits" // by a card alone: the clocks run faster
	OutOfOffice     Intent = "out_of_office"  // somebody is away, or back
	WhoCan          Intent = "who_can"        // who has which role, may decide on what
	GrantRole       Intent = "grant_role"
	RevokeRole      Intent = "revoke_role"
	ConfirmProposal Intent = "confirm_proposal" // by a card alone: a second admin
	RefuseProposal  Intent = "refuse_proposal"  // likewise
	ListApprovals   Intent = "list_approvals"
	NudgeApprover   Intent = "nudge_approver"
	SearchQuotes    Intent = "search_quotes"
	AuditHistory    Intent = "audit_history"
	PriceLookup     Intent = "price_lookup"
	StockCheck      Intent = "stock_check"
	SendDocument    Intent = "send_document"
	ReportMetrics   Intent = "report_metrics"
	Help            Intent = "help"
	SmallTalk       Intent = "smalltalk"
	OutOfScope      Intent = "out_of_scope"
	RefuseCommand   Intent = "refuse"
	Multi           Intent = "multi"

	// Answers to a question of the bot; made only while one is pending.
	Confirm      Intent = "confirm"
	Deny         Intent = "deny"
	CancelDialog Intent = "cancel_dialog"
)

// Command is what a message or a click asks for. The text parser and the cards both make
// it; neither is an authority: who may do what, and to which version, is decided from the
// stored state and the directory.
//
// Its JSON is the contract of `radioquote parse`: fields that the message does not settle
// are left out.
type Command struct {
	Text   string   `json:"text"`
	Intent Intent   `json:"intent"`
	Slots  Slots    `json:"slots"`
	Needs  []Need   `json:"needs,omitempty"`
	Errors []string `json:"errors,omitempty"`

	// Confidence is how much of the message was made something of, from 0, nothing, to 1,
	// all; Unread are the words that nothing was made of, as written. Below Sure the
	// reading is repeated to the person.
	Confidence float64  `json:"-"`
	Unread     []string `json:"-"`

	// Cut is how many personal numbers were cut out of what the person wrote; see Redact.
	Cut int `json:"-"`

	// Guessed says that the second reader had a part in the reading, which is repeated to
	// the person. Either are the readings to choose from where it disagrees on a number:
	// the command itself is then not carried out.
	Guessed bool      `json:"-"`
	Either  []Command `json:"-"`

	// Click is what only a card says; nil for a message.
	Click *Click `json:"click,omitempty"`
}

// Sure is the confidence from which a reading need not be repeated.
const Sure = 0.9

// Click is the part of a command that comes from a card's button.
type Click struct {
	Quote   QuoteID `json:"quote,omitzero"`
	Version int     `json:"version,omitzero"`
	Nonce   string  `json:"nonce,omitempty"` // of the card's approval request; empty on a draft's card
	Holds   []int64 `json:"holds,omitempty"` // the held prices that it decides on, instead of a quote

	Proposal int64      `json:"proposal,omitempty"` // a change of the directory or the policy that it decides on, instead of a quote
	HoldsTo  int64      `json:"holds_to,omitempty"` // with it, Holds has the first of a range that ends here
	Message  int64      `json:"message,omitempty"`  // the sealed notice that it opens, instead of a quote
	Customer CustomerID `json:"customer,omitzero"`  // that a new customer is linked to
	Person   string     `json:"person,omitempty"`   // instead of a quote: the object id of who alone may press it
}

// Need is something that must still be asked.
type Need string

const (
	NeedUsers    Need = "users"
	NeedSites    Need = "sites"
	NeedIndustry Need = "industry"
	NeedQuote    Need = "quote_id"
	NeedCustomer Need = "customer" // never by the parser: a draft's card asks for it
)

// Errors of stated values, as a command names them.
const (
	UsersOutOfRange     = "users_out_of_range"
	UsersNotInteger     = "users_not_integer"
	SitesExceedUsers    = "sites_exceed_users"
	DiscountOutOfRange  = "discount_out_of_range"
	IndustryNotApproved = "industry_not_approved"
	Incompatible        = "incompatible"
	TermNotOffered      = "term_not_offered"
	TextTooLong         = "text_too_long" // the message was not read at all
)

// Slots are what a message says, and nothing that it does not say. A nil pointer, an
// empty string and an empty list are "not said".
type Slots struct {
	Users        *int        `json:"users,omitempty"`
	UsersMin     *int        `json:"users_min,omitempty"`
	UsersMax     *int        `json:"users_max,omitempty"`
	UsersOptions []int       `json:"users_options,omitempty"`
	Approx       bool        `json:"approx,omitempty"`
	UsersPerSite *int        `json:"users_per_site,omitempty"`
	SiteSplit    []SiteUsers `json:"site_split,omitempty"`
	Sites        *int        `json:"sites,omitempty"`
	AreaSqft     *Number     `json:"area_sqft,omitempty"`
	Coverage     *Coverage   `json:"coverage,omitempty"`
	Shifts       *int        `json:"shifts,omitempty"`

	Customer     string       `json:"customer,omitempty"`
	CustomerRef  string       `json:"customer_ref,omitempty"` // same: that of the other quote in this message
	CustomerID   CustomerID   `json:"customer_id,omitempty"`  // chosen from what the bot offered; never by the parser
	NewCustomer  bool         `json:"-"`                      // likewise: the name that was typed is of a new one
	Contact      string       `json:"contact,omitempty"`
	Location     string       `json:"location,omitempty"`
	ShipTo       string       `json:"ship_to,omitempty"`
	NeedByText   string       `json:"need_by_text,omitempty"`
	Industry     IndustryCode `json:"industry,omitempty"`
	IndustryText string       `json:"industry_text,omitempty"`
	Language     string       `json:"language,omitempty"` // ISO 639-1, where the message is not in English

	Technology        TechnologyChoice `json:"technology,omitempty"`
	Band              Band             `json:"band,omitempty"`
	IntrinsicallySafe bool             `json:"intrinsically_safe,omitempty"`
	Items             []ItemWish       `json:"items,omitempty"`
	Features          []string         `json:"features,omitempty"`
	Preference        string           `json:"preference,omitempty"`
	Alternatives      []string         `json:"alternatives,omitempty"`
	QuoteType         string           `json:"quote_type,omitempty"`
	RentalWeeks       *int             `json:"rental_weeks,omitempty"`
	TermMonths        *int             `json:"term_months,omitempty"`

	MatchInstalledBase bool `json:"match_installed_base,omitempty"`
	TradeIn            bool `json:"trade_in,omitempty"`

	DiscountPct    *Number `json:"discount_pct,omitempty"`
	DiscountAmount *Number `json:"discount_amount,omitempty"`
	TargetTotal    *Number `json:"target_total,omitempty"`
	TargetTotalMax *Number `json:"target_total_max,omitempty"`
	BudgetMax      *Number `json:"budget_max,omitempty"`
	PaymentTerms   string  `json:"payment_terms,omitempty"`
	ValidDays      *int    `json:"valid_days,omitempty"`

	TargetUnitPrice *Number `json:"target_unit_price,omitempty"`
	TargetMarginPct *Number `json:"target_margin_pct,omitempty"`
	DepositPct      *Number `json:"deposit_pct,omitempty"`

	QuoteID  QuoteID  `json:"quote_id,omitzero"`
	RefText  string   `json:"ref_text,omitempty"`
	Source   string   `json:"source,omitempty"` // last: the customer's most recent quote
	Versions []int    `json:"versions,omitempty"`
	Aspect   []string `json:"aspect,omitempty"`
	Field    string   `json:"field,omitempty"`
	Focus    string   `json:"focus,omitempty"`
	Simulate bool     `json:"simulate,omitempty"`
	Item     string   `json:"item,omitempty"`
	SKU      string   `json:"sku,omitempty"`
	Qty      *int     `json:"qty,omitempty"`

	Status             string  `json:"status,omitempty"`
	Period             string  `json:"period,omitempty"`
	Rep                string  `json:"rep,omitempty"`
	AmountMin          *Number `json:"amount_min,omitempty"`
	AmountMax          *Number `json:"amount_max,omitempty"`
	ExpiringWithinDays *int    `json:"expiring_within_days,omitempty"`
	Sort               string  `json:"sort,omitempty"`
	Limit              *int    `json:"limit,omitempty"`
	Skip               int     `json:"skip,omitempty"` // by a card alone: how many were shown before
	Metric             string  `json:"metric,omitempty"`

	Person string `json:"person,omitempty"` // whose role it is: a name, or me
	Role   Role   `json:"role,omitempty"`

	Approver   string     `json:"approver,omitempty"`
	DelegateTo string     `json:"delegate_to,omitempty"`
	SinceText  string     `json:"since_text,omitempty"` // from when somebody is away; not said: from now on
	UntilText  string     `json:"until_text,omitempty"`
	Back       bool       `json:"back,omitempty"` // what was said to be away, or passed on, is over
	Away       bool       `json:"-"`              // with delegate_to: who passes on is away as well
	EscalateTo string     `json:"escalate_to,omitempty"`
	Escalate   bool       `json:"-"` // it is to go up, to nobody in particular
	Reason     string     `json:"reason,omitempty"`
	Note       string     `json:"note,omitempty"`
	Outcome    QuoteState `json:"outcome,omitempty"` // Won or Lost
	PO         string     `json:"po,omitempty"`
	Days       *int       `json:"days,omitempty"` // further days of validity
	Format     string     `json:"format,omitempty"`
	To         string     `json:"to,omitempty"`

	Changes []Change `json:"changes,omitempty"`
	Steps   []Step   `json:"steps,omitempty"`
}

// Step is one act of a message with several, whose intent is Multi, in the order stated.
type Step struct {
	Intent Intent   `json:"intent"`
	Slots  Slots    `json:"slots"`
	Needs  []Need   `json:"needs,omitempty"`
	Errors []string `json:"errors,omitempty"`
}

// Coverage is a distance to cover, in miles (mi) or kilometres (km).
type Coverage struct {
	Value Number `json:"value"`
	Unit  string `json:"unit"`
}

// SiteUsers is the stated number of users at a named place.
type SiteUsers struct {
	Site  string `json:"site"`
	Users int    `json:"users"`
}

// ItemWish is an item that the message names: Qty nil is "wanted, number not said", 0 is
// "explicitly not wanted".
type ItemWish struct {
	Item string `json:"item"`
	Qty  *int   `json:"qty"`
}

// Change is one change to an existing quote: {"op":"set","field":"users","value":45}.
type Change struct {
	Op    string `json:"op"`
	Field string `json:"field,omitempty"`
	Item  string `json:"item,omitempty"`
	SKU   string `json:"sku,omitempty"`
	Qty   *int   `json:"qty,omitempty"`
	Value any    `json:"value,omitempty"` // an int, a Number, a string or a bool
	Scope string `json:"scope,omitempty"`

	Factor    *Number `json:"factor,omitempty"`     // of a scale
	TermYears int     `json:"term_years,omitempty"` // of a warranty or a plan
}

// Number is an exact number that JSON writes without quotes: 12.5, 50000, -10.
type Number struct{ decimal.Decimal }

// MarshalJSON writes the number as JSON number, trailing zeros trimmed.
func (n Number) MarshalJSON() ([]byte, error) { return []byte(n.Trim(0).String()), nil }

// UnmarshalJSON reads a JSON number exactly.
func (n *Number) UnmarshalJSON(b []byte) error {
	d, err := ParseDecimal(string(b))
	n.Decimal = d
	return err
}

// QuoteID identifies a quote; people read it as Q-1001. The zero value is no quote.
type QuoteID int64

// String is the quote number as people write it: Q-1001.
func (id QuoteID) String() string { return "Q-" + strconv.FormatInt(int64(id), 10) }

// ParseQuoteID reads "Q-1001", "q1001" or "1001". The error is of kind Invalid.
func ParseQuoteID(text string) (QuoteID, error) {
	digits := strings.TrimPrefix(strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(text)), "Q"), "-")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 1 || len(digits) > 12 {
		return 0, Errorf(Invalid, "%q is not a quote number. Quote numbers look like Q-1001.", text)
	}
	return QuoteID(n), nil
}

// MarshalText writes the quote number.
func (id QuoteID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads a quote number.
func (id *QuoteID) UnmarshalText(b []byte) error {
	parsed, err := ParseQuoteID(string(b))
	*id = parsed
	return err
}

// Unpriced names what the message asks for and nothing can be priced of: a quote that
// silently left it out would be a wrong quote, so none is made.
func (s Slots) Unpriced(p *Policy) []string {
	var names []string
	for _, feature := range s.Features {
		if _, ok := p.Features[feature]; !ok {
			names = append(names, strings.ReplaceAll(feature, "_", " "))
		}
	}
	return names
}
