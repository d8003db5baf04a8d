package quoting

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// searched is a book of customers such as dealers have, near-duplicates among them.
func searched(t testing.TB) *PriceBook {
	t.Helper()
	names := []string{
		"Acme Construction", "Acme Construction LLC", "ACME Constr. – Toledo", "Acme Concrete", "Birchwood School District",
		"Birchwood Schools Foundation", "Cedar Valley Hospital", "Cedar Valley Health Partners", "City of Maple Ridge",
		"City of Maple Ridge – Public Works", "Copperline Mining Co.", "Crestview Hotels", "Crestview Hotel Group",
		"Delta Plains Co-op", "Falcon Security Services", "Falcon Security Svcs. Inc.", "Foundry & Forge Mfg.",
		"Granite Peak Builders", "Harborview Community College", "Harbor View Marina", "Jasper County Sheriff",
		"Northgate University", "Northgate University Athletics", "Oakridge Oil & Gas", "O'Brien & Sons Paving",
		"Saguaro Solar Installers", "St. Mary's Hospital", "Hôtel Château Frontenac", "Müller Straßenbau GmbH", "J.B. Hunt L.L.C.",
		"The Co. Inc.", "Tri-County Ambulance", "Quarry Road Aggregates", "Stark Bros. Nurseries", "Zenith Intl. Freight",
	}
	c := Catalogue{}
	for i, name := range names {
		c.Customers = append(c.Customers, Customer{
			ID: CustomerID(i + 1), EntityID: fmt.Sprintf("CUST-%d", 4001+i), Name: name, Currency: USD, Inactive: name == "Quarry Road Aggregates",
		})
	}
	book, err := NewPriceBook(1, c)
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func names(customers []Customer) []string {
	var all []string
	for _, c := range customers {
		all = append(all, c.Name)
	}
	return all
}

func TestCustomersAreFoundByWhatPeopleType(t *testing.T) {
	t.Parallel()
	book := searched(t)
	acme := []string{"ACME Constr. – Toledo", "Acme Construction", "Acme Construction LLC"}
	for _, tc := range []struct {
		name, typed string
		want        []string
	}{
		{"the whole name means that one, though others hold it", "Acme Construction", []string{"Acme Construction"}},
		{"case does not count", "ACME CONSTRUCTION", []string{"Acme Construction"}},
		{"blanks around do not count", "  acme construction ", []string{"Acme Construction"}},
		{"the form of a company is part of an exact name", "acme construction llc", []string{"Acme Construction LLC"}},
		{"another form of company is nobody's name: all are listed", "Acme Construction Inc", acme},
		{"a form with points is a form", "Acme Construction L.L.C.", acme},
		{"words in another order are no exact name", "construction acme", acme},
		{"a beginning of words means all that have it", "acme con", []string{"ACME Constr. – Toledo", "Acme Concrete", "Acme Construction", "Acme Construction LLC"}},
		{"an abbreviation is written out", "acme constr", acme},
		{"one that nobody else can be is alone", "acme constr toledo", []string{"ACME Constr. – Toledo"}},
		{"a misspelt word means all near-duplicates, never one of them", "acme constuction", acme},
		{"a misspelt word with one customer means that one", "acme concrte", []string{"Acme Concrete"}},
		{"swapped letters", "Birchwodo School District", []string{"Birchwood School District"}},
		{"swapped letters in a word too short for two mistakes", "Grantie Peak Builders", []string{"Granite Peak Builders"}},
		{"two wrong letters in a long word", "Sagauro Solar Instalers", []string{"Saguaro Solar Installers"}},
		{"a first letter that is missing", "ranite Peak Builders", []string{"Granite Peak Builders"}},
		{"a letter too many", "granite peaks builderss", []string{"Granite Peak Builders"}},
		{"a plural that another customer has", "crestview hotels", []string{"Crestview Hotels"}},
		{"a word that two begin with", "crestview hotel", []string{"Crestview Hotel Group", "Crestview Hotels"}},
		{"words in any order", "hospital cedar", []string{"Cedar Valley Hospital"}},
		{"hosp is hospital", "cedar valley hosp", []string{"Cedar Valley Hospital"}},
		{"saint is St.", "saint marys hospital", []string{"St. Mary's Hospital"}},
		{"St. without its point", "st mary's", []string{"St. Mary's Hospital"}},
		{"a curly apostrophe", "St. Mary’s Hospital", []string{"St. Mary's Hospital"}},
		{"accents do not count", "hotel chateau frontenac", []string{"Hôtel Château Frontenac"}},
		{"accents of their own do not count", "Ho\u0302tel Cha\u0302teau", []string{"Hôtel Château Frontenac"}},
		{"ß is ss", "muller strassenbau", []string{"Müller Straßenbau GmbH"}},
		{"initials without points", "JB Hunt", []string{"J.B. Hunt L.L.C."}},
		{"initials with points", "J.B. Hunt", []string{"J.B. Hunt L.L.C."}},
		{"and is &", "foundry and forge", []string{"Foundry & Forge Mfg."}},
		{"Mfg. is manufacturing", "foundry & forge manufacturing", []string{"Foundry & Forge Mfg."}},
		{"Svcs. is services, and both are listed", "falcon security svcs", []string{"Falcon Security Services", "Falcon Security Svcs. Inc."}},
		{"one of the two by its exact name", "falcon security services", []string{"Falcon Security Services"}},
		{"univ is university", "northgate univ", []string{"Northgate University", "Northgate University Athletics"}},
		{"an exact name before one that holds it", "northgate university", []string{"Northgate University"}},
		{"of is a word like others", "city of maple ridge", []string{"City of Maple Ridge"}},
		{"a dash is no word", "maple ridge - public works", []string{"City of Maple Ridge – Public Works"}},
		{"no apostrophe", "obrien sons paving", []string{"O'Brien & Sons Paving"}},
		{"a company's form that is not there", "Copperline Mining Company", []string{"Copperline Mining Co."}},
		{"a name without its form", "copperline mining", []string{"Copperline Mining Co."}},
		{"a hyphen is a blank", "tri county ambulance", []string{"Tri-County Ambulance"}},
		{"cnty is county", "jasper cnty sheriff", []string{"Jasper County Sheriff"}},
		{"bros is brothers", "stark brothers", []string{"Stark Bros. Nurseries"}},
		{"intl is international", "zenith international", []string{"Zenith Intl. Freight"}},
		{"a number typed exactly", "CUST-4004", []string{"Acme Concrete"}},
		{"a number in lower case", "cust-4004", []string{"Acme Concrete"}},
		{"part of a number is none", "CUST-40", nil},
		{"a name that is nothing but forms", "the co", []string{"The Co. Inc."}},
		{"nobody who is inactive", "Quarry Road Aggregates", nil},
		{"nobody who is inactive, by number", "CUST-4033", nil},
		{"nobody of that name", "Northwind Traders", nil},
		{"short words are not guessed", "cafe", nil},
		{"no name", " – ", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := names(book.FindCustomers(tc.typed, 8)); !slices.Equal(got, tc.want) {
				t.Errorf("%q finds %q, want %q", tc.typed, got, tc.want)
			}
		})
	}
	if got := book.FindCustomers("acme", 2); len(got) != 2 {
		t.Errorf("%d customers, want the limit of 2", len(got))
	}
}

func TestNearCustomersAreOfferedBestFirst(t *testing.T) {
	t.Parallel()
	book := searched(t)
	for _, tc := range []struct {
		name, typed, first string
	}{
		{"a name with two words wrong", "Harborvew Comunity Collage", "Harborview Community College"},
		{"a name run together", "granitepeak builders", "Granite Peak Builders"},
		{"a word in common", "Frontenac Grand Resort", "Hôtel Château Frontenac"},
		{"the first letters of a word", "Copperfield", "Copperline Mining Co."},
		{"nothing in common", "Xyzzy", ""},
		{"who is inactive", "Quarry Rd", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := append(names(book.NearCustomers(tc.typed, 8)), "")
			if got[0] != tc.first {
				t.Errorf("%q is offered %q, want %q first", tc.typed, got, tc.first)
			}
		})
	}
	if got := book.NearCustomers("Acmee Constructors", 2); len(got) != 2 {
		t.Errorf("%d customers, want the limit of 2", len(got))
	}
}

func TestAFullNameFindsItsCustomerAndNobodyInactive(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom([]string{"Acme", "Constr.", "St.", "L.L.C.", "Inc", "&", "The", "Ågren", "Ridge", "Rigde", "–", "O'Neil"})
		name := rapid.Map(rapid.SliceOfN(word, 1, 4), func(words []string) string { return strings.Join(words, " ") })
		var c Catalogue
		for i, n := range rapid.SliceOfN(name, 1, 12).Draw(t, "names") {
			c.Customers = append(c.Customers, Customer{ID: CustomerID(i + 1), Name: n, Inactive: rapid.Bool().Draw(t, "inactive")})
		}
		book, err := NewPriceBook(1, c)
		if err != nil {
			t.Fatal(err)
		}
		for _, customer := range c.Customers {
			found := book.FindCustomers(customer.Name, len(c.Customers))
			if slices.Contains(found, customer) == customer.Inactive {
				t.Fatalf("%q (inactive: %t) finds %q", customer.Name, customer.Inactive, names(found))
			}
			for _, f := range append(found, book.NearCustomers(customer.Name, len(c.Customers))...) {
				if f.Inactive {
					t.Fatalf("%q finds %q, who is inactive", customer.Name, f.Name)
				}
			}
		}
	})
}

func FuzzNameWords(f *testing.F) {
	for _, name := range []string{"Acme Construction L.L.C.", "St. Mary's", "İnönü & Bros.", "a.b.c", "ß\u0302", "The Co. Inc.", "\xff"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		words := nameWords(name)
		if again := nameWords(strings.Join(words, " ")); !slices.Equal(again, words) {
			t.Errorf("%q is %q, and that is %q", name, words, again)
		}
		for _, w := range words {
			if w == "" || utf8.ValidString(name) && !utf8.ValidString(w) {
				t.Errorf("%q has the word %q", name, w)
			}
		}
	})
}

func BenchmarkCustomersAmongTenThousand(b *testing.B) {
	var c Catalogue
	for i := range 10_000 {
		c.Customers = append(c.Customers, Customer{ID: CustomerID(i + 1), Name: fmt.Sprintf("Valley %c%c%c Construction %d LLC", 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26, i)})
	}
	book, err := NewPriceBook(1, c)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		_ = book.FindCustomers("valey constructoin xyz", 8)
		_ = book.NearCustomers("valey constructoin xyz", 8)
	}
}
