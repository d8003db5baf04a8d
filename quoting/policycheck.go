package quoting

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/govalues/decimal"
)

// check says everything that a policy cannot mean, with the line and the field of each, as
// an error of kind Invalid.
func (p *Policy) check(text []byte) error {
	c := policyCheck{policy: p}
	c.company()
	c.industries()
	c.sizing()
	c.money()
	c.approval()
	c.moves()
	c.clocks()
	c.controls()
	if len(c.problems) == 0 {
		return nil
	}
	for i, problem := range c.problems {
		if line := lineOf(text, problem.path); line > 0 {
			c.problems[i].text = fmt.Sprintf("line %d: %s", line, problem.text)
		}
	}
	texts := make([]string, len(c.problems))
	for i, problem := range c.problems {
		texts[i] = problem.text
	}
	return Errorf(Invalid, "The policy cannot be used. %s", strings.Join(texts, "; "))
}

// policyCheck collects what is wrong with a policy.
type policyCheck struct {
	policy   *Policy
	problems []policyProblem
}

type policyProblem struct{ path, text string }

// refuse notes a problem of a field where the condition holds.
func (c *policyCheck) refuse(wrong bool, path, format string, args ...any) {
	if wrong {
		c.problems = append(c.problems, policyProblem{path, path + " " + fmt.Sprintf(format, args...)})
	}
}

// atLeast holds whole numbers to a least value.
func (c *policyCheck) atLeast(least int, fields map[string]int) {
	for _, path := range sorted(fields) {
		c.refuse(fields[path] < least, path, "is %d; it is at least %d", fields[path], least)
	}
}

// positive holds decimals above 0.
func (c *policyCheck) positive(fields map[string]decimal.Decimal) {
	for _, path := range sorted(fields) {
		c.refuse(!fields[path].IsPos(), path, "is %s; it is above 0", fields[path])
	}
}

// lasting holds times above 0.
func (c *policyCheck) lasting(fields map[string]time.Duration) {
	for _, path := range sorted(fields) {
		c.refuse(fields[path] <= 0, path, "is %s; it is above 0", fields[path])
	}
}

// named holds texts to be given.
func (c *policyCheck) named(fields map[string]string) {
	for _, path := range sorted(fields) {
		c.refuse(fields[path] == "", path, "is not given")
	}
}

func sorted[T any](fields map[string]T) []string {
	paths := make([]string, 0, len(fields))
	for path := range fields {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

func (c *policyCheck) company() {
	p := c.policy
	c.named(map[string]string{
		"currency": string(p.Currency), "netsuite.open_status": p.NetSuite.OpenStatus, "netsuite.lost_status": p.NetSuite.LostStatus,
		"netsuite.discount_item": p.NetSuite.DiscountItem, "freight.item": p.Freight.Item,
	})
	c.atLeast(1, map[string]int{"valid_days": p.ValidDays, "limits.quotes_a_minute": p.Limits.QuotesAMinute})
}

func (c *policyCheck) industries() {
	p := c.policy
	_, general := p.Industries[General]
	c.refuse(!general, "industries", "have no profile %q", General)
	codes := map[string]Industry{}
	for code, industry := range p.Industries {
		codes["industries."+string(code)] = industry
	}
	for _, path := range sorted(codes) {
		industry := codes[path]
		load, known := p.Talk.Loads[industry.Load]
		c.refuse(industry.Name == "", path, "has no name")
		c.refuse(!known || load.Calls < 1 || load.Seconds < 1, path+".load", "is the unknown %q", industry.Load)
		c.refuse(!slices.Contains([]TechnologyChoice{ChooseAnalog, ChooseDMR, ChoosePoC, ChooseP25}, industry.Technology), path+".technology", "is the unknown %q", industry.Technology)
		for field, percent := range map[string]int{
			"spare_batteries": industry.SpareBatteries, "speaker_mics": industry.SpeakerMics, "earpieces": industry.Earpieces, "mobiles": industry.Mobiles, "wide_area": industry.WideArea,
		} {
			c.refuse(percent < 0 || percent > 100, path+"."+field, "is %d; it is a percentage of 0 to 100", percent)
		}
		a := industry.UsersASite
		c.refuse(a.Block < 0 || a.Block > a.Low || a.Low > a.Typical || a.Typical > a.High, path+".users_a_site", "is not in order: block, low, typical, high")
		_, fleet := p.Fleets[industry.Radios]
		c.refuse(industry.Radios != "" && !fleet, path+".radios", "are the unknown %q", industry.Radios)
	}
	for _, key := range []FleetKey{FleetPoC, FleetAnalog, FleetSafe, FleetTrunked, FleetSlim, FleetPlain} {
		f := p.Fleets[key]
		c.refuse(f.Portable == "" || f.Mobile == "" || f.Battery == "" || f.Charger == "" || f.SingleCharger == "", "fleets."+string(key), "is incomplete")
	}
	for feature, key := range p.Features {
		_, fleet := p.Fleets[key]
		c.refuse(!fleet, "features."+feature, "is of the unknown fleet %q", key)
	}
}

func (c *policyCheck) sizing() {
	p := c.policy
	s := p.Sizing
	c.atLeast(1, map[string]int{
		"sizing.max_users": s.MaxUsers, "sizing.max_sites": s.MaxSites, "sizing.simplex_users": s.SimplexUsers, "sizing.repeater_users": s.RepeaterUsers,
		"sizing.linked_sites": s.LinkedSites, "sizing.repeaters_a_site": s.RepeatersASite, "sizing.poc_months": s.PoCMonths, "sizing.charger_pockets": s.ChargerPockets,
		"infrastructure.repeaters_a_combiner": p.Infrastructure.RepeatersACombiner,
		"rules.simplex_sqft":                  p.Rules.SimplexSqft, "rules.pockets_low": p.Rules.PocketsLow, "rules.pockets_high": p.Rules.PocketsHigh, "rules.repeaters_high": p.Rules.RepeatersHigh,
	})
	c.atLeast(0, map[string]int{"talk.hang_seconds": p.Talk.HangSeconds, "talk.wait_seconds": p.Talk.WaitSeconds, "sizing.spare_percent": s.SparePercent})
	c.refuse(p.Talk.WaitPercent < 1 || p.Talk.WaitPercent > 99, "talk.wait_percent", "is %d; it is 1 to 99", p.Talk.WaitPercent)
}

func (c *policyCheck) money() {
	p := c.policy
	c.refuse(p.Freight.Percent.IsNeg(), "freight.percent", "is below 0")
	c.refuse(p.Freight.Minimum.IsNeg(), "freight.minimum", "is below 0")
	for i, kind := range p.CostOrder {
		c.refuse(!slices.Contains([]CostKind{CostAverage, CostLastPurchase, CostStandard}, kind), fmt.Sprintf("cost_order[%d]", i), "is the unknown cost %q", kind)
	}
	for path, age := range map[string]bool{
		"prices.fresh": p.Prices.Fresh > 0, "prices.usable": p.Prices.Usable > 0, "prices.check_good_for": p.Prices.CheckGoodFor > 0, "prices.check_wait": p.Prices.CheckWait > 0,
	} {
		c.refuse(!age, path, "is no time; ages are above 0")
	}
}

func (c *policyCheck) approval() {
	a := c.policy.Approval
	for _, list := range []struct {
		name   string
		limits []decimal.Decimal
		sign   int
	}{{"amount", a.Amount, 1}, {"margin", a.Margin, -1}, {"line_margin", a.LineMargin, -1}, {"discount", a.Discount, 1}} {
		path := "approval." + list.name
		c.refuse(len(list.limits) < 1 || len(list.limits) > len(levels), path, "has %d limits; it has 1 to %d", len(list.limits), len(levels))
		for i := 1; i < len(list.limits); i++ {
			c.refuse(list.limits[i].Cmp(list.limits[i-1]) != list.sign, fmt.Sprintf("%s[%d]", path, i), "is easier to pass than the level below it")
		}
	}
	for name, limits := range map[string][]int{"terms": a.Terms, "validity": a.Validity} {
		c.refuse(len(limits) < 1 || len(limits) > len(levels) || !slices.IsSorted(limits), "approval."+name, "is not 1 to %d limits in order", len(levels))
	}
	c.refuse(a.Bands.Good.Cmp(a.Bands.Thin) < 0, "approval.bands", "are not in order")
	c.atLeast(1, map[string]int{"approval.engineering.users": a.Engineering.Users, "approval.engineering.linked_sites": a.Engineering.LinkedSites, "approval.engineering.off_sized": a.Engineering.OffSized})
}

// moves are the limits of prices that move, and of quotes that are compared.
func (c *policyCheck) moves() {
	p := c.policy
	q, d, h, u, e := p.Quarantine, p.Drift, p.History, p.Duplicates, p.Expiry
	c.positive(map[string]decimal.Decimal{
		"quarantine.price": q.Price, "quarantine.cost": q.Cost, "quarantine.slip": q.Slip, "quarantine.items": q.Items,
		"drift.tell_percent": d.TellPercent, "drift.tell_total": d.TellTotal, "history.z": h.Z, "history.same": h.Same, "history.last_paid": h.LastPaid,
	})
	c.refuse(d.ReopenPercent.Cmp(d.TellPercent) < 0, "drift.reopen_percent", "is below tell_percent")
	c.refuse(d.ReopenTotal.Cmp(d.TellTotal) < 0, "drift.reopen_total", "is below tell_total")
	c.atLeast(1, map[string]int{
		"history.months": h.Months, "history.newest": h.Newest, "expiry.tell_days": e.TellDays,
		"duplicates.same_hours": u.SameHours, "duplicates.probable_days": u.ProbableDays, "duplicates.other_days": u.OtherDays, "duplicates.split_days": u.SplitDays,
	})
	c.atLeast(3, map[string]int{"history.least": h.Least})
	c.atLeast(0, map[string]int{"expiry.grace_days": e.GraceDays})
	c.refuse(e.GracePercent.IsNeg(), "expiry.grace_percent", "is below 0")
	shares := map[string]int{
		"duplicates.probable_lines": u.ProbableLines, "duplicates.probable_total": u.ProbableTotal, "duplicates.other_lines": u.OtherLines, "duplicates.near_lines": u.NearLines,
		"duplicates.alike_line": u.AlikeLine, "duplicates.name_likeness": u.NameLikeness, "duplicates.split_items": u.SplitItems,
	}
	for _, path := range sorted(shares) {
		c.refuse(shares[path] < 1 || shares[path] > 100, path, "is %d; it is a percentage of 1 to 100", shares[path])
	}
}

// clocks are the hours of work and the waits of approvals.
func (c *policyCheck) clocks() {
	l := c.policy.Clocks
	zones := map[string]Zone{"clocks.zone": l.Zone}
	for team, zone := range l.Zones {
		zones["clocks.zones."+team] = zone
	}
	for _, path := range sorted(zones) {
		c.refuse(zones[path].Location == nil, path, "is the unknown time zone %q", zones[path].Name)
	}
	times := map[string]TimeOfDay{"clocks.opens": l.Opens, "clocks.closes": l.Closes, "clocks.quiet_from": l.QuietFrom, "clocks.quiet_to": l.QuietTo}
	known := true
	for _, path := range sorted(times) {
		known = known && times[path].known
		c.refuse(!times[path].known, path, `is no time of day; they read like "08:00"`)
	}
	c.refuse(known && l.Closes.minutes <= l.Opens.minutes, "clocks.closes", "is not after opens")
	c.refuse(known && l.QuietFrom.minutes < l.Closes.minutes, "clocks.quiet_from", "is before closes")
	c.refuse(known && l.QuietTo.minutes > l.Opens.minutes, "clocks.quiet_to", "is after opens")
	for i, day := range l.Holidays {
		path := fmt.Sprintf("clocks.holidays[%d]", i)
		c.refuse(day == Date{}, path, "is no date; they read like 2026-07-04")
		c.refuse(day != Date{} && i > 0 && !day.utc().After(l.Holidays[i-1].utc()), path, "is not after the one before it")
	}

	c.positive(map[string]decimal.Decimal{"clocks.amount": l.Amount})
	c.waits("clocks.small", l.Small)
	c.waits("clocks.large", l.Large)
	c.waits("clocks.engineering", Waits{Remind: l.Engineering.Remind, Escalate: forever})
	c.refuse(l.Engineering.Escalate != 0, "clocks.engineering.escalate", "is given; nobody is above engineering")
	c.refuse(l.Large.Escalate < l.Small.Escalate, "clocks.large.escalate", "is before small.escalate")
	c.refuse(l.WaitingPercent < 1 || l.WaitingPercent > 100, "clocks.waiting_percent", "is %d; it is a percentage of 1 to 100", l.WaitingPercent)
	c.atLeast(1, map[string]int{"clocks.nudges_a_day": l.NudgesADay})
	c.lasting(map[string]time.Duration{"clocks.heartbeat": l.Heartbeat})
}

// forever is later than any reminder.
const forever time.Duration = 1<<63 - 1

// waits holds reminders and the escalation after them to their order.
func (c *policyCheck) waits(path string, w Waits) {
	c.refuse(len(w.Remind) == 0, path+".remind", "has no time")
	var before time.Duration
	for i, after := range w.Remind {
		c.refuse(after <= before, fmt.Sprintf("%s.remind[%d]", path, i), "is %s; it is above %s", after, before)
		before = after
	}
	c.refuse(w.Escalate <= before, path+".escalate", "is %s; it is above %s", w.Escalate, before)
}

var authenticationContext = regexp.MustCompile(`^c[1-9][0-9]?$`)

// controls are what a decision needs beside the right role.
func (c *policyCheck) controls() {
	p := c.policy
	s := p.StepUp
	c.positive(map[string]decimal.Decimal{"step_up.amount": s.Amount, "step_up.margin": s.Margin})
	c.refuse(s.Method != SignInAgain && s.Method != SecondApprover, "step_up.method", "is the unknown %q", s.Method)
	c.refuse(!authenticationContext.MatchString(s.Context), "step_up.context", "is %q; it is c1 to c99", s.Context)
	c.lasting(map[string]time.Duration{"step_up.max_age": s.MaxAge, "step_up.lives": s.Lives})
	c.atLeast(1, map[string]int{"delegation.max_days": p.Delegation.MaxDays, "policy_favours_hours": p.PolicyFavoursHours})
}
