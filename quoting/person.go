package quoting

import "slices"

// PersonID is who somebody is: the Entra tenant and object id of a validated token and
// activity. A display name, an e-mail address or card data never say who somebody is.
type PersonID struct {
	Tenant string
	Object string
}

// Role is what a person may see and do; a person may hold several.
type Role string

const (
	Rep          Role = "rep"
	SalesManager Role = "sales_manager"
	Finance      Role = "finance"
	VP           Role = "vp"
	Owner        Role = "owner"
	Engineering  Role = "engineering"
	Admin        Role = "admin"
	Auditor      Role = "auditor"
)

// Roles are all roles that a directory may give.
var Roles = []Role{Rep, SalesManager, Finance, VP, Owner, Engineering, Admin, Auditor}

// Person is an entry of the directory. The zero value is nobody: no role, no right.
type Person struct {
	ID      PersonID
	Name    string
	Roles   []Role
	Team    string
	Manager PersonID // zero: nobody

	// InRoom says that the person speaks in a group chat or a channel, where others may
	// look over a shoulder: nobody sees a margin there.
	InRoom bool
}

// Has says whether the person holds the role.
func (p Person) Has(role Role) bool { return slices.Contains(p.Roles, role) }

// Exclusive are the roles of somebody without those that do not go together: an admin
// approves nothing, so that an approver who is an admin as well is an admin. They are in the
// order of Roles, each once.
func Exclusive(roles []Role) []Role {
	kept := []Role{}
	for _, role := range Roles {
		decides := (Person{Roles: []Role{role}}).MayDecide()
		if slices.Contains(roles, role) && !(decides && slices.Contains(roles, Admin)) {
			kept = append(kept, role)
		}
	}
	return kept
}

// MayDecide says whether the person holds a role that takes a step of an approval.
func (p Person) MayDecide() bool {
	return p.Has(SalesManager) || p.Has(Finance) || p.Has(VP) || p.Has(Owner) || p.Has(Engineering)
}

// MayQuote says whether the person may make and submit quotes.
func (p Person) MayQuote() bool { return p.Has(Rep) || p.Has(SalesManager) }

// SeesPrices says whether the person sees what a quote costs its customer. Engineering sees
// its technical lines alone (controls.md, section 1).
func (p Person) SeesPrices() bool {
	return p.MayQuote() || p.Has(Finance) || p.Has(VP) || p.Has(Owner) || p.Has(Auditor)
}

// SeesAllPrices says whether the person sees what every quote costs that may be seen: not
// where it is engineering that opens the quotes of other teams.
func (p Person) SeesAllPrices() bool {
	return p.SeesPrices() && (!p.Has(Engineering) || p.Has(Finance) || p.Has(VP) || p.Has(Owner) || p.Has(Auditor))
}

// SeesPricesOf says whether the person sees what a quote costs that may be seen.
func (p Person) SeesPricesOf(q Quote) bool {
	return p.SeesAllPrices() || p.SeesPrices() && (p.ID == q.Owner || p.Team != "" && p.Team == q.Team)
}

// SeesMargin says whether the person sees cost and exact margin; a rep sees a band, and in
// a room nobody sees either.
func (p Person) SeesMargin() bool {
	return !p.InRoom && (p.Has(SalesManager) || p.Has(Finance) || p.Has(VP) || p.Has(Owner) || p.Has(Auditor))
}
