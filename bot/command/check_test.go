package command

import (
	"bufio"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"radioquote/quoting"
)

// TestCheckIsTheParsersOwn runs the check over the parser's readings, which must not change.
func TestCheckIsTheParsersOwn(t *testing.T) {
	t.Parallel()
	file, err := os.Open("testdata/utterances.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	checked := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		l, err := readLine(lines.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		want := Parse(*l.Text, l.Context)
		if want.Intent != quoting.CreateQuote && want.Intent != quoting.ReviseQuote && !oneQuote[want.Intent] {
			continue
		}
		got := Check(want, l.Context)
		if want.Slots.IndustryText != "" && want.Intent == quoting.ReviseQuote {
			got.Needs = want.Needs // of a word that only the text shows to be meant for one
		}
		checked++
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-parsed +checked):\n%s", want.Text, diff)
		}
	}
	if checked < 30 {
		t.Errorf("only %d readings were checked", checked)
	}
}

func TestCheckFindsWhatCannotBe(t *testing.T) {
	t.Parallel()
	number := func(s string) *quoting.Number { return &quoting.Number{Decimal: decimal.MustParse(s)} }
	for _, row := range []struct {
		name    string
		command quoting.Command
		errors  []string
		needs   []quoting.Need
	}{
		{"too many radios", quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Users: new(10_001), Sites: new(2), Industry: "retail"}}, []string{quoting.UsersOutOfRange}, nil},
		{"fewer radios than sites", quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Users: new(2), Sites: new(3)}}, []string{quoting.SitesExceedUsers}, []quoting.Need{quoting.NeedIndustry}},
		{"more than all off", quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{DiscountPct: number("101")}}, []string{quoting.DiscountOutOfRange}, []quoting.Need{quoting.NeedUsers, quoting.NeedSites, quoting.NeedIndustry}},
		{"an error that was known, once", quoting.Command{Intent: quoting.CreateQuote, Errors: []string{quoting.UsersOutOfRange}, Slots: quoting.Slots{Users: new(-1), Sites: new(1), Industry: "retail"}}, []string{quoting.UsersOutOfRange}, nil},
		{"a change to no radios, of no quote", quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{Changes: []quoting.Change{{Op: "set", Field: "users", Value: 0}}}}, []string{quoting.UsersOutOfRange}, []quoting.Need{quoting.NeedQuote}},
	} {
		got := Check(row.command, quoting.Dialogue{})
		if diff := cmp.Diff(row.errors, got.Errors); diff != "" {
			t.Errorf("%s: errors (-want +got):\n%s", row.name, diff)
		}
		if diff := cmp.Diff(row.needs, got.Needs); diff != "" {
			t.Errorf("%s: needs (-want +got):\n%s", row.name, diff)
		}
	}
}

func TestWhatStandsInAText(t *testing.T) {
	t.Parallel()
	got := Default().StatedIn("quote forty radios or 30-35 handhelds for Acme Tool & Die, 1,200 sq ft, 12.5% off Q-1042 or 1043, $2k, net30, frobnicated by bob")
	want := Stated{Names: []string{"Acme Tool & Die", "bob"}, Quotes: []quoting.QuoteID{1042, 1043}, Unknown: []string{"frobnicated", "bob"}}
	for _, n := range []string{"40", "30", "35", "1200", "12.5", "1043", "2000", "30"} {
		want.Numbers = append(want.Numbers, decimal.MustParse(n))
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if codes := Codes("technology"); !cmp.Equal(codes, []string{"analog", "dmr", "poc", "p25"}) {
		t.Errorf("technologies are %v", codes)
	}
}
