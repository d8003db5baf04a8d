package netsuite

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"radioquote/netsuite/simulator"
	"radioquote/quoting"
)

var zenith = quoting.Prospect{ExternalID: "RQ-C-17", Name: "Zenith Mining", Currency: quoting.USD}

// However often a prospect is written there is one, and it can be quoted to.
func TestAProspectIsMadeOnce(t *testing.T) {
	t.Parallel()
	sim, c := account(t)
	ctx := t.Context()
	if _, found, err := c.ReadProspect(ctx, zenith.ExternalID); found || err != nil {
		t.Fatalf("before: %t, %v", found, err)
	}
	before := sim.CustomerCount()
	for range 3 {
		if err := c.WriteProspect(ctx, zenith); err != nil {
			t.Fatal(err)
		}
	}
	got, found, err := c.ReadProspect(ctx, zenith.ExternalID)
	if err != nil || !found || got.ID == 0 || got.Name != zenith.Name || got.Currency != quoting.USD || got.Inactive {
		t.Errorf("prospect = %+v, %t, %v", got, found, err)
	}
	if n := sim.CustomerCount(); n != before+1 {
		t.Errorf("%d customers were made", n-before)
	}
	if check, err := c.Check(ctx, someBasket(got.ID), quoting.ByCreateForm); err != nil || !check.Lines[0].Sellable {
		t.Errorf("a quote to the prospect: %+v, %v", check, err)
	}
}

func TestAProspectThatMakesNoSenseIsNotWritten(t *testing.T) {
	t.Parallel()
	sim, c := account(t)
	for _, p := range []quoting.Prospect{{Name: "x", Currency: quoting.USD}, {ExternalID: "RQ-C-1", Currency: quoting.USD}, {ExternalID: "RQ-C-1", Name: "x", Currency: "XXX"}} {
		wantFault(t, c.WriteProspect(t.Context(), p), quoting.Refused)
	}
	_, _, err := c.ReadProspect(t.Context(), "a|b")
	wantFault(t, err, quoting.Refused)
	if n := sim.Requests()[simulator.RouteCustomerWrite]; n != 0 {
		t.Errorf("%d writes", n)
	}
}

func TestAnAccountWithoutTheStatusIsToldWhich(t *testing.T) {
	t.Parallel()
	_, c := account(t)
	c.config.Names = quoting.AccountNames{OpenStatus: "Angebot", LostStatus: "Verloren", DiscountItem: "RABATT"}
	for _, err := range []error{
		c.WriteProspect(t.Context(), zenith), c.WriteEstimate(t.Context(), someEstimate()), c.MarkEstimateLost(t.Context(), "RQ-Q-1001"),
	} {
		if e := wantFault(t, err, quoting.Refused); !strings.Contains(e.Error(), "Angebot") && !strings.Contains(e.Error(), "Verloren") {
			t.Errorf("%v does not name the status", e)
		}
	}
	if _, found, err := c.ReadEstimate(t.Context(), "RQ-Q-1001"); found || err != nil {
		t.Errorf("reading needs no status: %t, %v", found, err)
	}
	discounted := someEstimate()
	discounted.Discount = quoting.MustMoney("5", quoting.USD)
	c.config.Names.OpenStatus = "Proposal"
	if e := wantFault(t, c.WriteEstimate(t.Context(), discounted), quoting.Refused); !strings.Contains(e.Error(), "RABATT") {
		t.Errorf("%v does not name the discount item", e)
	}
}

func TestACustomerIsReadStrictly(t *testing.T) {
	t.Parallel()
	const right = `{"id":"4061","externalId":"RQ-C-17","entityId":"CUS4061","companyName":"Zenith Mining","currency":{"id":"1"},"isInactive":false}`
	for _, tc := range []struct{ name, old, new, want string }{
		{"the right one", "", "", ""},
		{"without an id", `"id":"4061",`, "", "id"},
		{"another one", "RQ-C-17", "RQ-C-18", "not the one asked for"},
		{"without a name", `"companyName":"Zenith Mining",`, "", "companyName"},
		{"without a currency", `"currency":{"id":"1"},`, "", "currency"},
		{"in a currency without an ISO code", `"currency":{"id":"1"}`, `"currency":{"id":"7"}`, "currency 7"},
		{"not a customer", right, `[]`, "JSON"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := bubble(t, func(w http.ResponseWriter, _ *http.Request) {
					answerJSON(w, 200, strings.Replace(right, tc.old, tc.new, 1))
				})
				knowCurrencies(c)
				got, _, err := c.ReadProspect(t.Context(), zenith.ExternalID)
				if tc.want == "" {
					want := quoting.Customer{ID: 4061, EntityID: "CUS4061", Name: "Zenith Mining", Currency: quoting.USD}
					if diff := cmp.Diff(want, got); err != nil || diff != "" {
						t.Errorf("%v (-want +got):\n%s", err, diff)
					}
					return
				}
				if e := wantFault(t, err, quoting.Malformed); !strings.Contains(e.Error(), tc.want) {
					t.Errorf("error = %v, want it to say %q", e, tc.want)
				}
			})
		})
	}
}

func TestStatusesAreReadStrictly(t *testing.T) {
	t.Parallel()
	for name, answers := range map[string]struct{ list, one string }{
		"no list":                 {`{}`, ""},
		"only some of the list":   {`{"items":[],"hasMore":true}`, ""},
		"an id that is no number": {`{"items":[{"id":"x"}]}`, ""},
		"a status of another id":  {`{"items":[{"id":"10"}]}`, `{"id":"11","name":"Proposal"}`},
		"a status without a name": {`{"items":[{"id":"10"}]}`, `{"id":"10"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := bubble(t, func(w http.ResponseWriter, r *http.Request) {
					if strings.HasSuffix(r.URL.Path, "/10") {
						answerJSON(w, 200, answers.one)
						return
					}
					answerJSON(w, 200, answers.list)
				})
				_, err := c.statusID(t.Context(), "Proposal")
				wantFault(t, err, quoting.Malformed)
				_, err = c.lostID(t.Context())
				wantFault(t, err, quoting.Malformed)
			})
		})
	}
}
