package bot_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"radioquote/bot"
	"radioquote/bot/entra"
	"radioquote/bot/entra/standin"
	"radioquote/quoting"
	"radioquote/quoting/desk"
)

const (
	managersGroup = "60000000-0000-4000-8000-000000000001"
	repsGroup     = "60000000-0000-4000-8000-000000000002"
	adminsGroup   = "60000000-0000-4000-8000-000000000003"
)

// tenancy is a house whose roles come from Entra: Morgan's and Riley's by groups.
type tenancy struct {
	*house
	entra     *standin.Server
	directory *bot.Directory
}

func newTenancy(t *testing.T) *tenancy {
	t.Helper()
	n := &tenancy{entra: must(standin.Start(standin.Config{
		TenantID: tenant, ClientID: signInClient, ClientSecret: "not a secret", TeamsAppID: appID,
		Groups: []standin.Group{{ID: managersGroup}, {ID: repsGroup}, {ID: adminsGroup}},
		People: []standin.Person{
			{ObjectID: morgan.ObjectID, Name: morgan.Name, Department: "midwest", Groups: []string{managersGroup}},
			{ObjectID: riley.ObjectID, Name: riley.Name, Department: "midwest", ManagerID: morgan.ObjectID, Groups: []string{repsGroup}},
		},
	}))(t)}
	t.Cleanup(func() { _ = n.entra.Close() })
	var names []string
	for _, role := range quoting.Roles {
		names = append(names, string(role))
	}
	app := entra.App{EntraURL: n.entra.URL(), TenantID: tenant, ClientID: signInClient, Secret: entra.NewSecret("not a secret")}
	graph := must(entra.NewGraph(app, entra.GraphConfig{
		URL: n.entra.URL(), Roles: names, Groups: map[string]string{managersGroup: "sales_manager", repsGroup: "rep", adminsGroup: "admin"},
	}, entra.NewMetrics(prometheus.NewRegistry())))(t)
	n.directory = &bot.Directory{Graph: graph, Tenant: tenant, AppID: appID, Now: time.Now}
	n.house = newHouseAs(t, nil, func(c *desk.Config) { c.Directory = n.directory })
	for range 800 { // the job that reads everybody runs at the start
		if n.count(t, `SELECT count(*) FROM people WHERE roles <> '{}'`) == 2 {
			return n
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatal("nobody was read from Entra")
	return nil
}

// morgans is the card on which Morgan decides, once the directory's people are here.
func (n *tenancy) morgans(t *testing.T) string {
	t.Helper()
	_, morgans := n.submitted(t)
	return morgans.ID
}

func TestRolesTeamsAndManagersComeFromEntra(t *testing.T) {
	t.Parallel()
	n := newTenancy(t)
	people := must(n.directory.People(t.Context()))(t)
	id := func(object string) quoting.PersonID { return quoting.PersonID{Tenant: tenant, Object: object} }
	want := []quoting.Person{
		{ID: id(riley.ObjectID), Name: riley.Name, Roles: []quoting.Role{quoting.Rep}, Team: "midwest", Manager: id(morgan.ObjectID)},
		{ID: id(morgan.ObjectID), Name: morgan.Name, Roles: []quoting.Role{quoting.SalesManager}, Team: "midwest"},
	}
	if diff := cmp.Diff(want, people); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	n.entra.Change(morgan.ObjectID, func(p *standin.Person) { p.Groups = append(p.Groups, adminsGroup) })
	if roles := must(n.directory.Roles(t.Context(), id(morgan.ObjectID)))(t); len(roles) != 1 || roles[0] != quoting.Admin {
		t.Errorf("an admin who is a manager as well is %v", roles)
	}
	if roles := must(n.directory.Roles(t.Context(), quoting.PersonID{Tenant: "another", Object: morgan.ObjectID}))(t); len(roles) != 0 {
		t.Errorf("somebody of another tenant is %v", roles)
	}
	until := time.Now().Add(48 * time.Hour).UTC().Truncate(time.Second)
	n.entra.Change(morgan.ObjectID, func(p *standin.Person) {
		p.AutoReply = standin.AutoReply{Status: "scheduled", From: time.Now().Add(-time.Hour), Until: until}
	})
	if at, away, err := n.directory.Away(t.Context(), id(morgan.ObjectID)); err != nil || !away || !at.Equal(until) {
		t.Errorf("away until %s: %t, %v", at, away, err)
	}
	check(t, n.directory.Install(t.Context(), id(morgan.ObjectID)))
	if p, _ := n.entra.Person(morgan.ObjectID); !p.Installed {
		t.Error("the app is not installed")
	}
	n.entra.Grant()
	if err := n.directory.Install(t.Context(), id(riley.ObjectID)); !errors.Is(err, quoting.Refused) {
		t.Errorf("without the permission: %v", err)
	}
}

func TestARoleThatIsGoneDecidesNothing(t *testing.T) {
	t.Parallel()
	n := newTenancy(t)
	card := n.morgans(t)
	n.entra.Change(morgan.ObjectID, func(p *standin.Person) { p.Groups = []string{repsGroup} })
	answer := must(n.teams.Click(t.Context(), morgan, card, "approve", nil))(t)
	if answer.Status != http.StatusOK || strings.Contains(string(answer.Card), `"verb":"approve"`) || n.count(t, `SELECT count(*) FROM decisions`) != 0 {
		t.Errorf("%d %s %s", answer.Status, answer.Message, answer.Card)
	}
	if k := n.count(t, `SELECT count(*) FROM audit_events WHERE kind = 'roles_changed'`); k == 0 {
		t.Error("the change is not recorded")
	}
}

func TestWithoutAnAnswerOfGraphNothingIsDecided(t *testing.T) {
	t.Parallel()
	n := newTenancy(t)
	card := n.morgans(t)
	n.entra.Fail(100, standin.Fault{Path: "/v1.0/users/", Status: http.StatusInternalServerError})
	answer := must(n.teams.Click(t.Context(), morgan, card, "approve", nil))(t)
	if !strings.Contains(answer.Message, "I cannot read your roles at the moment, so nothing is decided") || n.count(t, `SELECT count(*) FROM decisions`) != 0 {
		t.Errorf("%d %q %s", answer.Status, answer.Message, answer.Card)
	}
}

func TestAnApproverWithoutTheAppGetsIt(t *testing.T) {
	t.Parallel()
	n := newTenancy(t)
	n.say(t, riley, large)
	card := n.sees(t, riley, "Q-1001", `"verb":"submit"`, "has not opened Radio Quote in Teams yet")
	answer := must(n.teams.Click(t.Context(), riley, card.ID, "submit", nil))(t)
	if answer.Status != http.StatusOK {
		t.Fatalf("%d %s", answer.Status, answer.Message)
	}
	for range 400 {
		if p, _ := n.entra.Person(morgan.ObjectID); p.Installed {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Error("the app was not installed")
}
