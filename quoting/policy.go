package quoting

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/govalues/decimal"
)

//go:embed policy.yaml
var defaultPolicy []byte

// Policy holds the dealer's numbers, names and limits. It is a document: its version is
// the hash of its text, and every quote is stamped with the version that made it. The
// shape of the rules is Go; there is no expression language in it.
type Policy struct {
	Version string `yaml:"-"` // first 16 hexadecimal digits of the SHA-256 of the text
	Text    []byte `yaml:"-"`

	Currency   Currency                  `yaml:"currency"`
	ValidDays  int                       `yaml:"valid_days"`
	Talk       Talk                      `yaml:"talk"`
	Sizing     SizingLimits              `yaml:"sizing"`
	Industries map[IndustryCode]Industry `yaml:"industries"`

	ShiftBatteries map[int]int         `yaml:"shift_batteries"`
	Fleets         map[FleetKey]Fleet  `yaml:"fleets"`
	Infrastructure Infrastructure      `yaml:"infrastructure"`
	Services       Services            `yaml:"services"`
	Parts          map[string]string   `yaml:"parts"`    // SKUs of items that a rep may name, beside those above
	Features       map[string]FleetKey `yaml:"features"` // the fleet whose radios have a feature
	Freight        Freight             `yaml:"freight"`
	CostOrder      []CostKind          `yaml:"cost_order"`
	Approval       ApprovalLimits      `yaml:"approval"`
	Prices         PriceAges           `yaml:"prices"`
	Quarantine     QuarantineLimits    `yaml:"quarantine"`
	History        HistoryLimits       `yaml:"history"`
	NetSuite       AccountNames        `yaml:"netsuite"`
	Limits         Limits              `yaml:"limits"`
	Rules          RuleLimits          `yaml:"rules"`
	Drift          DriftLimits         `yaml:"drift"`
	Duplicates     DuplicateLimits     `yaml:"duplicates"`
	Expiry         ExpiryLimits        `yaml:"expiry"`
	Clocks         ClockLimits         `yaml:"clocks"`
	StepUp         StepUpLimits        `yaml:"step_up"`
	Delegation     DelegationLimits    `yaml:"delegation"`

	PolicyFavoursHours int `yaml:"policy_favours_hours"` // that a change's author may not decide on a quote which it favours
}

// Talk is the traffic model of a talk path.
type Talk struct {
	HangSeconds int                  `yaml:"hang_seconds"`
	WaitSeconds int                  `yaml:"wait_seconds"`
	WaitPercent int                  `yaml:"wait_percent"`
	Loads       map[LoadKey]TalkLoad `yaml:"loads"`
}

// LoadKey names a busy-hour profile: light, medium or heavy.
type LoadKey string

// TalkLoad is the busy-hour talk of one radio.
type TalkLoad struct {
	Calls   int `yaml:"calls"`   // in the busy hour
	Seconds int `yaml:"seconds"` // of speech in each
}

// SizingLimits are the boundaries between systems.
type SizingLimits struct {
	MaxUsers        int `yaml:"max_users"`
	MaxSites        int `yaml:"max_sites"`
	SimplexUsers    int `yaml:"simplex_users"`
	RepeaterUsers   int `yaml:"repeater_users"`
	LinkedSites     int `yaml:"linked_sites"`
	RepeatersASite  int `yaml:"repeaters_a_site"`
	BoundaryPercent int `yaml:"boundary_percent"`
	PoCMonths       int `yaml:"poc_months"`
	ChargerPockets  int `yaml:"charger_pockets"`
	SparePercent    int `yaml:"spare_percent"` // of portables, offered as an option
}

// Industry is how an approved industry uses radios. Percentages are of users (mobiles),
// of portables (accessories), or of the talk that must reach all sites (WideArea).
type Industry struct {
	Name              string           `yaml:"name"`
	Load              LoadKey          `yaml:"load"`
	Technology        TechnologyChoice `yaml:"technology"`
	Shifts            int              `yaml:"shifts"`
	SpareBatteries    int              `yaml:"spare_batteries"`
	SpeakerMics       int              `yaml:"speaker_mics"`
	Earpieces         int              `yaml:"earpieces"`
	Mobiles           int              `yaml:"mobiles"`
	WideArea          int              `yaml:"wide_area"`
	UsersASite        UsersASite       `yaml:"users_a_site"`
	Radios            FleetKey         `yaml:"radios"` // empty: plain
	IntrinsicallySafe bool             `yaml:"intrinsically_safe"`
}

// UsersASite says which numbers of users at one site make sense in an industry.
type UsersASite struct {
	Block   int `yaml:"block"` // fewer: refused, unless PoC
	Low     int `yaml:"low"`   // fewer: a warning
	Typical int `yaml:"typical"`
	High    int `yaml:"high"` // more: a warning
}

// FleetKey names what users carry.
type FleetKey string

const (
	FleetPoC     FleetKey = "poc"
	FleetAnalog  FleetKey = "analog"
	FleetSafe    FleetKey = "safe"
	FleetTrunked FleetKey = "trunked"
	FleetSlim    FleetKey = "slim"
	FleetPlain   FleetKey = "plain"
)

// Fleet is the SKUs that users carry. An empty VHF twin means that there is none, except
// for the battery, which then is the UHF radio's.
type Fleet struct {
	Portable      string `yaml:"portable"`
	Mobile        string `yaml:"mobile"`
	Battery       string `yaml:"battery"`
	Charger       string `yaml:"charger"` // six-bank
	SingleCharger string `yaml:"single_charger"`
	SpeakerMic    string `yaml:"speaker_mic"`
	Earpiece      string `yaml:"earpiece"` // empty: none is approved
	PortableVHF   string `yaml:"portable_vhf"`
	MobileVHF     string `yaml:"mobile_vhf"`
	BatteryVHF    string `yaml:"battery_vhf"`
}

// Infrastructure is the SKUs that a repeater site is built of.
type Infrastructure struct {
	UHF                BandPlant `yaml:"uhf"`
	VHF                BandPlant `yaml:"vhf"`
	Feedline           string    `yaml:"feedline"`
	SurgeProtector     string    `yaml:"surge_protector"`
	PowerSupply        string    `yaml:"power_supply"`
	UPS                string    `yaml:"ups"`
	Cabinet            string    `yaml:"cabinet"`
	SiteLink           string    `yaml:"site_link"`
	TrunkingSingle     string    `yaml:"trunking_single"`
	TrunkingMulti      string    `yaml:"trunking_multi"`
	Gateway            string    `yaml:"gateway"`
	RepeatersACombiner int       `yaml:"repeaters_a_combiner"`
}

// BandPlant is the SKUs that differ by band.
type BandPlant struct {
	Repeater      string `yaml:"repeater"`
	Duplexer      string `yaml:"duplexer"`
	Combiner      string `yaml:"combiner"` // empty: none is made for the band
	Antenna       string `yaml:"antenna"`
	MobileAntenna string `yaml:"mobile_antenna"`
}

// Services is the SKUs of work, fees and subscriptions.
type Services struct {
	Programming        string `yaml:"programming"`
	Codeplug           string `yaml:"codeplug"`
	InstallRepeater    string `yaml:"install_repeater"`
	InstallMobile      string `yaml:"install_mobile"`
	SiteSurvey         string `yaml:"site_survey"`
	Coordination       string `yaml:"coordination"`
	LicenceApplication string `yaml:"licence_application"`
	PoCMonth           string `yaml:"poc_month"`
}

// Freight is how shipping is charged: a percentage of the hardware's extended price.
type Freight struct {
	Item    string          `yaml:"item"`
	Percent decimal.Decimal `yaml:"percent"`
	Minimum decimal.Decimal `yaml:"minimum"` // where there is any hardware
}

// CostKind names one of the costs that NetSuite knows.
type CostKind string

const (
	CostAverage      CostKind = "average"
	CostLastPurchase CostKind = "last_purchase"
	CostStandard     CostKind = "standard"
)

// ApprovalLimits is the approval matrix. Each list has a limit for each level of the
// commercial branch, from the sales manager up: beyond the first the sales manager decides,
// beyond the second finance as well, and so on. Comparisons are strict, after rounding.
type ApprovalLimits struct {
	Amount      []decimal.Decimal `yaml:"amount"`      // of money: above
	Margin      []decimal.Decimal `yaml:"margin"`      // percent, of the whole: below
	LineMargin  []decimal.Decimal `yaml:"line_margin"` // percent, of a hardware line: below
	Discount    []decimal.Decimal `yaml:"discount"`    // percent: above
	Terms       []int             `yaml:"terms"`       // days of payment: above
	Validity    []int             `yaml:"validity"`    // days: above
	MarginFloor decimal.Decimal   `yaml:"margin_floor"`
	Bands       struct {
		Good decimal.Decimal `yaml:"good"`
		Thin decimal.Decimal `yaml:"thin"`
	} `yaml:"bands"`
	Engineering EngineeringLimits `yaml:"engineering"`
}

// EngineeringLimits say which systems engineering looks at.
type EngineeringLimits struct {
	Users       int `yaml:"users"`        // above
	LinkedSites int `yaml:"linked_sites"` // above, with repeaters
	OffSized    int `yaml:"off_sized"`    // percent that named repeaters may be off the sized ones
}

// PriceAges says how old prices and checks may be.
type PriceAges struct {
	Fresh        time.Duration `yaml:"fresh"`
	Usable       time.Duration `yaml:"usable"`
	CheckGoodFor time.Duration `yaml:"check_good_for"`
	CheckWait    time.Duration `yaml:"check_wait"`
}

// QuarantineLimits are how far NetSuite's prices may move in one sync before they are held
// for somebody to look at. All are percents above 0.
type QuarantineLimits struct {
	Price decimal.Decimal `yaml:"price"` // of a price
	Cost  decimal.Decimal `yaml:"cost"`  // of a cost
	Slip  decimal.Decimal `yaml:"slip"`  // how near to ten times or a tenth is a slipped decimal
	Items decimal.Decimal `yaml:"items"` // share of all items that may move at once
}

// HistoryLimits say which past quotes a quote is compared with, and how far off them is
// unusual. Percents are above 0.
type HistoryLimits struct {
	Months   int             `yaml:"months"`    // how far back
	Newest   int             `yaml:"newest"`    // quotes of each technology, at most
	Least    int             `yaml:"least"`     // past values; of fewer nothing is said; at least 3
	Z        decimal.Decimal `yaml:"z"`         // modified z-score: beyond, either way
	Same     decimal.Decimal `yaml:"same"`      // percent of past values that are all the same: beyond
	LastPaid decimal.Decimal `yaml:"last_paid"` // percent of what the customer last paid: beyond
}

// Since is the time from which on past quotes count.
func (l HistoryLimits) Since(now time.Time) time.Time { return now.AddDate(0, -l.Months, 0) }

// AccountNames are names that the dealer's NetSuite account gives to things.
type AccountNames struct {
	OpenStatus   string `yaml:"open_status"`
	LostStatus   string `yaml:"lost_status"`
	DiscountItem string `yaml:"discount_item"`
}

// ExpiryLimits say what happens around the day until which a quote is valid.
type ExpiryLimits struct {
	TellDays     int             `yaml:"tell_days"`     // before it, when the rep is told
	GraceDays    int             `yaml:"grace_days"`    // after it, within which the old price may be honoured
	GracePercent decimal.Decimal `yaml:"grace_percent"` // where no price moved further than that
}

// StepUpLimits say which decisions need a second proof of who decides, and what proves it.
type StepUpLimits struct {
	Amount  decimal.Decimal `yaml:"amount"` // of money: above
	Margin  decimal.Decimal `yaml:"margin"` // percent, of the whole: below
	Method  StepUpMethod    `yaml:"method"`
	Context string          `yaml:"context"` // Entra authentication context, c1 to c99
	MaxAge  time.Duration   `yaml:"max_age"` // of the sign-in, when the decision is taken
	Lives   time.Duration   `yaml:"lives"`   // of the link to it
}

// StepUpMethod is what proves once more who decides.
type StepUpMethod string

const (
	SignInAgain    StepUpMethod = "sign_in"         // a sign-in that passes the authentication context
	SecondApprover StepUpMethod = "second_approver" // a second person, in a tenant without contexts
)

// DelegationLimits bound how long somebody may decide for somebody else.
type DelegationLimits struct {
	MaxDays int `yaml:"max_days"`
}

// RuleLimits are the numbers of the rules that look at a whole quote.
type RuleLimits struct {
	SimplexSqft   int `yaml:"simplex_sqft"`   // rule L10: above, without a repeater
	PocketsLow    int `yaml:"pockets_low"`    // rule L13: percent of the portables
	PocketsHigh   int `yaml:"pockets_high"`   // likewise
	RepeatersHigh int `yaml:"repeaters_high"` // rule L8: times the sized number
}

// Limits bound what one person may ask for.
type Limits struct {
	QuotesAMinute int `yaml:"quotes_a_minute"`
}

// DefaultPolicy is the policy that the program carries.
func DefaultPolicy() (*Policy, error) { return ParsePolicy(defaultPolicy) }

// ParsePolicy reads a policy document. A field that is unknown, missing or impossible is
// an error of kind Invalid that says which.
func ParsePolicy(text []byte) (*Policy, error) {
	var p Policy
	decoder := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict(), yaml.CustomUnmarshaler(unmarshalDecimal))
	if err := decoder.Decode(&p); err != nil {
		return nil, &Error{Kind: Invalid, Sentence: "The policy cannot be read: " + yaml.FormatError(err, false, false), Err: err}
	}
	if err := p.check(text); err != nil {
		return nil, err
	}
	digest := sha256.Sum256(text)
	p.Version = hex.EncodeToString(digest[:8])
	p.Text = slices.Clone(text)
	return &p, nil
}

// unmarshalDecimal reads an exact number from quoted or bare digits.
func unmarshalDecimal(d *decimal.Decimal, text []byte) error {
	parsed, err := ParseDecimal(string(bytes.Trim(bytes.TrimSpace(text), `"'`)))
	*d = parsed
	return err
}

// IndustryCodes are the approved industries, in alphabetical order, without General.
func (p *Policy) IndustryCodes() []IndustryCode {
	codes := make([]IndustryCode, 0, len(p.Industries))
	for code := range p.Industries {
		if code != General {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return codes
}

// NearestIndustries are the approved industries whose names are most like a text, the
// nearest first.
func (p *Policy) NearestIndustries(text string, limit int) []IndustryCode {
	codes := p.IndustryCodes()
	likeness := make(map[IndustryCode]float64, len(codes))
	for _, code := range codes {
		likeness[code] = dice(text, p.Industries[code].Name)
	}
	slices.SortStableFunc(codes, func(a, b IndustryCode) int { return cmp.Compare(likeness[b], likeness[a]) })
	return codes[:min(limit, len(codes))]
}

// dice is the share of letter pairs that two texts have in common, 0 to 1.
func dice(a, b string) float64 {
	pairs := func(s string) map[string]int {
		s = strings.ToLower(s)
		m := map[string]int{}
		for i := range len(s) - 1 {
			m[s[i:i+2]]++
		}
		return m
	}
	x, y, shared := pairs(a), pairs(b), 0
	for pair, n := range x {
		shared += min(n, y[pair])
	}
	return 2 * float64(shared) / float64(max(len(a)+len(b)-2, 1))
}

// cost is the unit cost that counts by the policy's order; not valid where NetSuite knows
// none.
func (p *Policy) cost(c Costs) decimal.NullDecimal {
	for _, kind := range p.CostOrder {
		var known decimal.NullDecimal
		switch kind {
		case CostAverage:
			known = c.Average
		case CostLastPurchase:
			known = c.LastPurchase
		case CostStandard:
			known = c.Standard
		}
		if known.Valid {
			return known
		}
	}
	return decimal.NullDecimal{}
}
