package command

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"radioquote/quoting"
)

func TestWhoIsToDoWhatIsRead(t *testing.T) {
	t.Parallel()
	const grant, revoke, who, refuse, nothing = quoting.GrantRole, quoting.RevokeRole, quoting.WhoCan, quoting.RefuseCommand, quoting.OutOfScope
	for _, tc := range []struct {
		text   string
		intent quoting.Intent
		role   quoting.Role
		person string
	}{
		{"make Finn finance", grant, quoting.Finance, "Finn"},
		{"Make finn an owner please", grant, quoting.Owner, "finn"},
		{"make Finn Finance finance", grant, quoting.Finance, "Finn Finance"},
		{"make Morgan sales manager", grant, quoting.SalesManager, "Morgan"},
		{"grant sales_manager to Sam", grant, quoting.SalesManager, "Sam"},
		{"grant finance to Finn", grant, quoting.Finance, "Finn"},
		{"make Grant admin", grant, quoting.Admin, "Grant"},
		{"grant Sam the auditor role", grant, quoting.Auditor, "Sam"},
		{"give Finn the finance role", grant, quoting.Finance, "Finn"},
		{"add role rep to Sam", grant, quoting.Rep, "Sam"},
		{"promote Sam to sales manager", grant, quoting.SalesManager, "Sam"},
		{"make me admin", grant, quoting.Admin, "me"},
		{"grant me owner", grant, quoting.Owner, "me"},
		{"remove finance from Finn", revoke, quoting.Finance, "Finn"},
		{"revoke the rep role from Sam Seller", revoke, quoting.Rep, "Sam Seller"},
		{"take admin away from Alex", revoke, quoting.Admin, "Alex"},
		{"Finn is no longer finance", revoke, quoting.Finance, "Finn"},
		{"who can what", who, "", ""},
		{"who has which role?", who, "", ""},
		{"who is finance", who, quoting.Finance, ""},
		{"who are the admins", who, quoting.Admin, ""},
		{"what can Sam do", who, "", "Sam"},
		{"what am I allowed to do", who, "", "me"},
		{"what's my role", who, "", "me"},
		{"make me an admin", refuse, "", ""},
		{"give me admin rights", refuse, "", ""},
		{"don't make Finn finance", nothing, "", ""},
		{"should I make Finn finance?", nothing, "", ""},
		{"if Sam leaves, make Finn finance", nothing, "", ""},
		{"make it finance friendly", nothing, "", ""},
	} {
		c := Parse(tc.text, quoting.Dialogue{})
		if c.Intent != tc.intent || c.Slots.Role != tc.role || c.Slots.Person != tc.person {
			t.Errorf("%q is %s %q %q, want %s %q %q", tc.text, c.Intent, c.Slots.Role, c.Slots.Person, tc.intent, tc.role, tc.person)
		}
	}
	for text, want := range map[string]string{"who can approve 120k": "120000", "who may sign off on $300,000": "300000", "who can approve 60000": "60000"} {
		c := Parse(text, quoting.Dialogue{Active: 1042})
		if c.Intent != quoting.WhoCan || c.Slots.AmountMin == nil || c.Slots.AmountMin.Trim(0).String() != want {
			t.Errorf("%q is %s %+v", text, c.Intent, c.Slots.AmountMin)
		}
	}
	for _, text := range []string{"who can approve 1042", "who can approve Q-1042"} {
		if c := Parse(text, quoting.Dialogue{}); c.Intent != quoting.QuoteStatus || c.Slots.QuoteID != 1042 {
			t.Errorf("%q is %s %s", text, c.Intent, c.Slots.QuoteID)
		}
	}
}

// Whatever somebody writes to get a role is refused, or names the one who writes: of that the
// desk makes no proposal. It is never a role for somebody else, and never an act on a quote.
func TestARoleForOneselfIsNeverOneForSomebodyElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		role := rapid.SampledFrom([]string{"admin", "owner", "finance", "vp", "sales manager", "auditor"}).Draw(t, "role")
		form := rapid.SampledFrom([]string{"make me %s", "make me the %s", "make me a %s", "grant me %s", "grant %s to me", "grant myself %s", "give me the %s role", "add me as %s", "promote me to %s", "add role %s to me", "act as %s", "pretend I am %s", "treat me as %s"}).Draw(t, "form")
		text := strings.Replace(form, "%s", role, 1)
		text = rapid.SampledFrom([]string{text, "please " + text, text + " now", strings.ToUpper(text)}).Draw(t, "text")
		c := Parse(text, conversation.Draw(t, "conversation"))
		switch c.Intent {
		case quoting.RefuseCommand, quoting.OutOfScope, quoting.SmallTalk, quoting.Help:
		case quoting.GrantRole:
			if c.Slots.Person != "me" {
				t.Fatalf("%q is a role for %q", text, c.Slots.Person)
			}
		default:
			t.Fatalf("%q is %s", text, c.Intent)
		}
	})
}
