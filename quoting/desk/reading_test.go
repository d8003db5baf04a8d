package desk_test

import (
	"testing"

	"radioquote/quoting"
)

func TestWhatWasNotPlainIsRepeatedOnTheCard(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, tc := range []struct {
		name  string
		slots quoting.Slots
		want  string
	}{
		{"a plain number", quoting.Slots{Users: new(40)}, ""},
		{"about 40", quoting.Slots{Users: new(40), Approx: true}, "40 radios."},
		{"20 a site at 3 sites", quoting.Slots{Users: new(60), Sites: new(3), UsersPerSite: new(20)}, "20 radios at each site, 60 in all."},
		{"an industry that is none", quoting.Slots{Users: new(40), IndustryText: "piracy"}, `"piracy" as no industry that I quote for; choose one below.`},
	} {
		if v := o.say(riley, quoting.Command{Intent: quoting.CreateQuote, Slots: tc.slots}).content.View; v == nil || v.Reading != tc.want {
			t.Errorf("%s: %+v, want %q", tc.name, v, tc.want)
		}
	}
}

func TestATeamMateWhoDoesNotDecideSeesAPlainCard(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	pat := quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "pat"}, Name: "Pat Peer", Roles: []quoting.Role{quoting.Rep}, Team: riley.Team}
	if err := o.Enter(t.Context(), riley, morgan, sam, ada, pat); err != nil {
		t.Fatal(err)
	}
	request := o.submitted()
	m := o.say(pat, quoting.Command{Intent: quoting.ApproveQuote, Slots: quoting.Slots{QuoteID: request.Quote}})
	if m.content.View == nil || m.content.Approval || m.content.View.CanDecide || m.content.View.CanEdit || m.content.View.ShowMargin {
		t.Fatalf("a colleague who asks to approve is shown %+v, %+v", m.content.View, m.content.Notice)
	}
	if after := o.click(pat, on(request, quoting.ApproveQuote)).View; after.State != quoting.Pending || after.Banner == "" {
		t.Errorf("and clicks: %s, %q", after.State, after.Banner)
	}
}
