package quoting

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/govalues/decimal"
)

// Proposal is a change of who may do what, or of the policy, that waits for a second person.
// What it would do is worked out anew each time it is looked at: a decision binds to what was
// shown, see Seen.
type Proposal struct {
	ID     int64
	Kind   ProposalKind
	By     PersonID // zero: nobody, a changed file that a start has found
	ByName string
	Hash   string // of what is proposed: the same waits once at a time
	At     time.Time
	State  ProposalState

	Decided     PersonID
	DecidedName string
	DecidedAt   time.Time

	Proposed
}

// ProposalKind is what a proposal changes.
type ProposalKind string

const (
	DirectoryProposal ProposalKind = "directory" // everybody, as a file says
	GrantProposal     ProposalKind = "grant"     // one role of one person
	PolicyProposal    ProposalKind = "policy"
)

// ProposalState is how far a proposal has come.
type ProposalState string

const (
	ProposalOpen       ProposalState = "open"
	ProposalConfirmed  ProposalState = "confirmed"
	ProposalRefused    ProposalState = "refused"
	ProposalSuperseded ProposalState = "superseded" // a newer file
)

// Proposed is what a proposal holds, by its kind.
type Proposed struct {
	People []Person `json:"people,omitzero"` // all of the directory
	Grant  *Grant   `json:"grant,omitempty"`
	Policy string   `json:"policy,omitempty"` // its text
}

// Grant gives a role to somebody, or takes it away.
type Grant struct {
	Person PersonID `json:"person"`
	Role   Role     `json:"role"`
	Revoke bool     `json:"revoke,omitempty"`
}

// On is what is left of somebody's roles by the grant, in the order of Roles.
func (g Grant) On(roles []Role) []Role {
	after := []Role{}
	for _, role := range Roles {
		if role == g.Role && !g.Revoke || role != g.Role && slices.Contains(roles, role) {
			after = append(after, role)
		}
	}
	return after
}

// ProposeGrant proposes a role for somebody, or its end, among the people of the directory.
// The error is of kind Forbidden for who may not, and Conflict or Invalid for what cannot be.
func ProposeGrant(by Person, g Grant, people []Person) (Proposal, error) {
	if err := g.problem(by, people); err != nil {
		return Proposal{}, err
	}
	digest := sha256.Sum256(fmt.Appendf(nil, "%s/%s %s %t", g.Person.Tenant, g.Person.Object, g.Role, g.Revoke))
	return Proposal{Kind: GrantProposal, By: by.ID, ByName: by.Name, Hash: hex.EncodeToString(digest[:]), State: ProposalOpen, Proposed: Proposed{Grant: &g}}, nil
}

// ProposePolicy proposes a policy instead of the one in force. The error is of kind Forbidden
// for who may not, and Conflict where they do not differ.
func ProposePolicy(by Person, now, changed *Policy) (Proposal, error) {
	if !by.Has(Admin) {
		return Proposal{}, errNoAdmin
	}
	if now.Version == changed.Version {
		return Proposal{}, Errorf(Conflict, "That policy is in force already.")
	}
	return PolicyOfFile(changed).by(by), nil
}

// PolicyOfFile proposes the policy that a start has found in a changed file.
func PolicyOfFile(changed *Policy) Proposal {
	return Proposal{Kind: PolicyProposal, Hash: changed.Version, State: ProposalOpen, Proposed: Proposed{Policy: string(changed.Text)}}
}

// DirectoryOfFile proposes the people whom a start has found in a changed file.
func DirectoryOfFile(people []Person, hash string) Proposal {
	return Proposal{Kind: DirectoryProposal, Hash: hash, State: ProposalOpen, Proposed: Proposed{People: append([]Person{}, people...)}}
}

func (p Proposal) by(who Person) Proposal {
	p.By, p.ByName = who.ID, who.Name
	return p
}

var errNoAdmin = Errorf(Forbidden, "Only an admin changes roles and the policy. Ask yours.")

// problem says why somebody may not propose the grant; nil where they may.
func (g Grant) problem(by Person, people []Person) error {
	to, known := find(people, g.Person)
	has := to.Has(g.Role)
	switch {
	case !by.Has(Admin):
		return errNoAdmin
	case by.ID == g.Person:
		return Errorf(Forbidden, "Nobody changes roles of their own. Ask another admin.")
	case !slices.Contains(Roles, g.Role):
		return Errorf(Invalid, "There is no role %q. The roles are %s.", string(g.Role), roleNames(Roles))
	case !known:
		return Errorf(NotFound, "The directory has no such person. Add them to the directory first.")
	case g.Revoke && !has:
		return Errorf(Conflict, "%s does not have the role %s.", to.Name, g.Role.Name())
	case !g.Revoke && has:
		return Errorf(Conflict, "%s has the role %s already.", to.Name, g.Role.Name())
	}
	return g.fits(to, people)
}

// fits says why the roles that the grant leaves cannot be.
func (g Grant) fits(to Person, people []Person) error {
	to.Roles = g.On(to.Roles)
	if err := exclusiveProblem(to); err != nil {
		return err
	}
	return adminsProblem(After(people, Proposed{Grant: &g}))
}

func exclusiveProblem(p Person) error {
	if len(Exclusive(p.Roles)) == len(p.Roles) {
		return nil
	}
	return Errorf(Invalid, "%s would be an admin who approves quotes, and nobody is both. Take the one role away first.", p.Name)
}

func adminsProblem(after []Person) error {
	if slices.ContainsFunc(after, func(p Person) bool { return p.Has(Admin) }) {
		return nil
	}
	return Errorf(Invalid, "Nobody would be an admin then, and nobody could change that any more. Name another admin first.")
}

// After are the people of the directory as a proposal would leave them; those of the policy
// stay as they are.
func After(people []Person, what Proposed) []Person {
	after := slices.Clone(people)
	switch {
	case what.Grant != nil:
		for i, p := range after {
			if p.ID == what.Grant.Person {
				after[i].Roles = what.Grant.On(p.Roles)
			}
		}
	case what.People != nil:
		for i, p := range after {
			if _, stays := find(what.People, p.ID); !stays {
				after[i].Roles, after[i].Manager = nil, PersonID{}
			}
		}
		for _, p := range what.People {
			if i := slices.IndexFunc(after, func(was Person) bool { return was.ID == p.ID }); i >= 0 {
				after[i] = p
			} else {
				after = append(after, p)
			}
		}
	}
	return after
}

func find(people []Person, id PersonID) (Person, bool) {
	i := slices.IndexFunc(people, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return Person{}, false
	}
	return people[i], true
}

// Title says what a proposal is.
func (p Proposal) Title(people []Person) string {
	switch p.Kind {
	case GrantProposal:
		to, _ := find(people, p.Grant.Person)
		if p.Grant.Revoke {
			return fmt.Sprintf("Proposed: %s without the role %s", to.Name, p.Grant.Role.Name())
		}
		return fmt.Sprintf("Proposed: the role %s for %s", p.Grant.Role.Name(), to.Name)
	case PolicyProposal:
		return "Proposed: a changed policy"
	default:
		return "Proposed: a changed directory"
	}
}

// Points are what a proposal would change, a sentence or a line each, beside the people and
// the policy as they are. None: nothing.
func (p Proposal) Points(people []Person, now *Policy) ([]string, error) {
	if p.Kind != PolicyProposal {
		after := After(people, p.Proposed)
		var points []string
		for _, c := range DiffDirectory(people, after) {
			if p.Kind == GrantProposal {
				c.Kind = RolesChanged // nobody leaves by it, although no role may be left
			}
			points = append(points, c.Sentence(after))
		}
		return points, nil
	}
	changes, err := DiffPolicies(now, &Policy{Text: []byte(p.Policy)})
	points := make([]string, len(changes))
	for i, c := range changes {
		points[i] = c.String()
	}
	return points, err
}

// Seen stands for points that were shown. A button carries it, so that nobody confirms what
// has come to mean something else.
func Seen(points []string) string {
	digest := sha256.Sum256([]byte(strings.Join(points, "\n")))
	return hex.EncodeToString(digest[:8])
}

// DeciderProblem says why somebody may neither confirm nor refuse a proposal, as an error of
// kind Forbidden; nil where they may. Whoever proposed it may not, nor whose roles it
// changes, in a file too.
func (p Proposal) DeciderProblem(who Person, people []Person) error {
	switch {
	case !who.Has(Admin):
		return Errorf(Forbidden, "Only an admin decides on that.")
	case p.By == who.ID:
		return Errorf(Forbidden, "You proposed this yourself: it takes another admin.")
	}
	for _, c := range DiffDirectory(people, After(people, p.Proposed)) {
		if c.Now.ID == who.ID && c.Kind != PersonMoved {
			return Errorf(Forbidden, "This changes your own roles: it takes another admin.")
		}
	}
	return nil
}

// ConfirmProblem says why somebody may not confirm a proposal, or why it cannot be confirmed
// any more; nil where they may.
func (p Proposal) ConfirmProblem(who Person, people []Person) error {
	if err := p.OverProblem(); err != nil {
		return err
	}
	if err := p.DeciderProblem(who, people); err != nil {
		return err
	}
	proposer, _ := find(people, p.By)
	switch {
	case p.By != PersonID{} && !proposer.Has(Admin):
		return Errorf(Conflict, "%s, who proposed this, is no admin any more. Propose it yourself, so that another admin confirms it.", p.ByName)
	case p.Kind == GrantProposal:
		return p.Grant.problem(proposer, people)
	case p.Kind == PolicyProposal:
		return nil
	}
	after := After(people, p.Proposed)
	for _, person := range after {
		if err := exclusiveProblem(person); err != nil {
			return err
		}
	}
	return adminsProblem(after)
}

// OverProblem says by whom a proposal was decided, as an error of kind Conflict; nil while it
// waits.
func (p Proposal) OverProblem() error {
	switch p.State {
	case ProposalOpen:
		return nil
	case ProposalSuperseded:
		return Errorf(Conflict, "A newer file has taken the place of this proposal. Nothing was done.")
	default:
		return Errorf(Conflict, "%s %s this at %s.", p.DecidedName, p.State, p.DecidedAt.UTC().Format("15:04 UTC on 2 January"))
	}
}

// DirectoryChange is what becomes of one person from one directory to another.
type DirectoryChange struct {
	Kind   DirectoryChangeKind
	Before Person // the zero Person: the directory did not know them
	Now    Person // of somebody who leaves: without roles
}

// DirectoryChangeKind says what becomes of somebody.
type DirectoryChangeKind string

const (
	PersonJoined DirectoryChangeKind = "joined"
	PersonLeft   DirectoryChangeKind = "left"
	RolesChanged DirectoryChangeKind = "roles"
	PersonMoved  DirectoryChangeKind = "moved" // another team, manager or name
)

// DiffDirectory lists what becomes of whom, by name. Whoever is not in the second list leaves.
// Somebody who gets other roles and moves is there twice.
func DiffDirectory(before, now []Person) []DirectoryChange {
	var changes []DirectoryChange
	after := After(before, Proposed{People: append([]Person{}, now...)})
	for _, p := range after {
		was, known := find(before, p.ID)
		same := sameRoles(was.Roles, p.Roles)
		add := func(kind DirectoryChangeKind) { changes = append(changes, DirectoryChange{kind, was, p}) }
		switch {
		case !known, len(was.Roles) == 0 && !same:
			add(PersonJoined)
			continue
		case len(p.Roles) == 0 && !same:
			add(PersonLeft)
			continue
		case !same:
			add(RolesChanged)
		}
		if was.Team != p.Team || was.Manager != p.Manager || was.Name != p.Name {
			add(PersonMoved)
		}
	}
	slices.SortStableFunc(changes, func(a, b DirectoryChange) int { return strings.Compare(a.Now.Name, b.Now.Name) })
	return changes
}

func sameRoles(a, b []Role) bool {
	return !slices.ContainsFunc(Roles, func(r Role) bool { return slices.Contains(a, r) != slices.Contains(b, r) })
}

// Sentence tells a change; people give managers their names.
func (c DirectoryChange) Sentence(people []Person) string {
	name := c.Now.Name
	switch c.Kind {
	case PersonJoined:
		text := name + " joins as " + roleNames(c.Now.Roles)
		if c.Now.Team != "" {
			text += ", team " + c.Now.Team
		}
		if manager, ok := find(people, c.Now.Manager); ok {
			text += ", under " + manager.Name
		}
		return text + "."
	case PersonLeft:
		return fmt.Sprintf("%s leaves, and was %s.", name, roleNames(c.Before.Roles))
	case RolesChanged:
		var parts []string
		without := func(of, others []Role) []Role {
			return slices.DeleteFunc(slices.Clone(of), func(r Role) bool { return slices.Contains(others, r) })
		}
		if gained := without(c.Now.Roles, c.Before.Roles); len(gained) > 0 {
			parts = append(parts, "gains "+roleNames(gained))
		}
		if lost := without(c.Before.Roles, c.Now.Roles); len(lost) > 0 {
			parts = append(parts, "loses "+roleNames(lost))
		}
		return name + " " + strings.Join(parts, " and ") + "."
	default:
		return c.moved(people)
	}
}

func (c DirectoryChange) moved(people []Person) string {
	called := func(id PersonID) string {
		if manager, ok := find(people, id); ok {
			return manager.Name
		}
		return "nobody"
	}
	team := func(name string) string {
		if name == "" {
			return "no team"
		}
		return name
	}
	var parts []string
	if c.Before.Name != c.Now.Name {
		parts = append(parts, "was called "+c.Before.Name)
	}
	if c.Before.Team != c.Now.Team {
		parts = append(parts, fmt.Sprintf("moves from %s to %s", team(c.Before.Team), team(c.Now.Team)))
	}
	if c.Before.Manager != c.Now.Manager {
		parts = append(parts, fmt.Sprintf("reports to %s instead of %s", called(c.Now.Manager), called(c.Before.Manager)))
	}
	return c.Now.Name + " " + strings.Join(parts, " and ") + "."
}

// Name is the role within a sentence: sales manager, VP.
func (r Role) Name() string {
	switch {
	case r == VP:
		return "VP"
	case r == "":
		return "none"
	}
	return strings.ReplaceAll(string(r), "_", " ")
}

// roleNames are roles within a sentence, in the order of Roles.
func roleNames(roles []Role) string {
	var names []string
	for _, role := range Roles {
		if slices.Contains(roles, role) {
			names = append(names, role.Name())
		}
	}
	if len(names) == 0 {
		return "somebody without a role"
	}
	return strings.Join(names, ", ")
}

// RoleNames are somebody's roles as a list shows them.
func (p Person) RoleNames() string {
	if len(p.Roles) == 0 {
		return "no role"
	}
	return roleNames(p.Roles)
}

// DecidersOf are the roles that an amount of money needs, in order: none where it passes by
// itself.
func (p *Policy) DecidersOf(amount Number) []Role {
	return levels[:above(amount.Decimal, p.Approval.Amount, decimal.Decimal.Cmp)]
}
