package quoting_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"radioquote/quoting"
)

// worked is one of the thirteen quotes that the demo dealer worked by hand to the cent.
type worked struct {
	Users            int                  `json:"users"`
	Sites            int                  `json:"sites"`
	Industry         quoting.IndustryCode `json:"industry"`
	Technology       quoting.Technology   `json:"technology"`
	Mode             quoting.Mode         `json:"mode"`
	UsersPerSite     int                  `json:"users_per_site"`
	LoadUsers        int                  `json:"load_users"`
	TalkPaths        int                  `json:"talk_paths"`
	RepeatersPerSite int                  `json:"repeaters_per_site"`
	Portables        int                  `json:"portables"`
	Mobiles          int                  `json:"mobiles"`
	Lines            []workedLine         `json:"lines"`
	ListTotal        string               `json:"list_total"`
	NetTotal         string               `json:"net_total"`
	Freight          string               `json:"freight"`
	Total            string               `json:"total"`
	CostTotal        string               `json:"cost_total"`
	MarginPct        string               `json:"margin_pct"`
}

type workedLine struct {
	SKU       string `json:"sku"`
	Qty       int    `json:"qty"`
	BreakPct  int    `json:"break_pct"`
	UnitPrice string `json:"unit_price"`
	Extended  string `json:"extended"`
}

func TestWorkedQuotesComeOutToTheCent(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/worked-quotes.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []worked
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 13 {
		t.Fatalf("%d worked quotes, want 13", len(all))
	}
	policy, book := demoPolicy(t), demoBook(t)
	for _, want := range all {
		t.Run(fmt.Sprintf("%d users at %d sites in %s", want.Users, want.Sites, want.Industry), func(t *testing.T) {
			t.Parallel()
			system, err := quoting.Size(policy, quoting.Request{Users: want.Users, Sites: want.Sites, Industry: want.Industry})
			if err != nil {
				t.Fatal(err)
			}
			priced, err := quoting.Price(policy, book, system, quoting.Customer{}, quoting.Terms{})
			if err != nil {
				t.Fatal(err)
			}
			got := worked{
				Users: want.Users, Sites: want.Sites, Industry: want.Industry,
				Technology: system.Technology, Mode: system.Mode,
				UsersPerSite: system.UsersPerSite, LoadUsers: system.LoadUsers, TalkPaths: system.TalkPaths,
				RepeatersPerSite: system.RepeatersPerSite, Portables: system.Portables, Mobiles: system.Mobiles,
				ListTotal: priced.ListTotal.Text(), NetTotal: priced.NetTotal.Text(), Freight: priced.Freight.Text(),
				Total: priced.Total.Text(), CostTotal: priced.CostTotal.Text(), MarginPct: priced.Margin.Percent.String(),
			}
			for _, l := range priced.Lines {
				got.Lines = append(got.Lines, workedLine{l.SKU, l.Qty, l.BreakPct, l.Unit.Text(), l.Extended.Text()})
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}
