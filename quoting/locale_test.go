package quoting_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

const us, mx, es = quoting.English, quoting.SpanishAmerica, quoting.SpanishEurope

func TestALocaleIsThatOfThePersonsTeams(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		tag  string
		want quoting.Locale
	}{
		{"en-US", us}, {"en-GB", us}, {"", us}, {"fr-FR", us}, {"pt-BR", us}, {"nonsense!", us}, {"x", us}, {"en-ES", us},
		{"es-US", mx}, {"es-MX", mx}, {"es-419", mx}, {"es-PR", mx}, {"es_mx", mx}, {"ES-us", mx},
		{"es-ES", es}, {"es", es}, {"es-AR", es}, {"es-CO", es}, {"es-CL", es},
	} {
		if got := quoting.ParseLocale(tc.tag); got != tc.want {
			t.Errorf("%q is %s, want %s", tc.tag, got, tc.want)
		}
	}
}

func TestNumbersAreWrittenAsTheReaderWritesThem(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		text     string
		mx, esES string
	}{
		{"$1,234.50", "$1,234.50", "1.234,50 US$"},
		{"-$49,699.73", "-$49,699.73", "-49.699,73 US$"},
		{"−$12.00", "−$12.00", "−12,00 US$"},
		{"CA$10.00", "CA$10.00", "10,00 CA$"},
		{"EUR 1,000.00", "EUR 1,000.00", "1.000,00 EUR"},
		{"1,440", "1,440", "1.440"},
		{"12.5%", "12.5 %", "12,5 %"},
		{"0.125", "0.125", "0,125"},
		{"Q-1001", "Q-1001", "Q-1001"},
		{"SUM-P20U", "SUM-P20U", "SUM-P20U"},
	} {
		for locale, want := range map[quoting.Locale]string{us: tc.text, mx: tc.mx, es: tc.esES, "": tc.text} {
			want = strings.ReplaceAll(strings.ReplaceAll(want, " US$", "\u00a0US$"), " CA$", "\u00a0CA$")
			if locale == es {
				want = strings.ReplaceAll(want, " EUR", "\u00a0EUR")
			}
			if got := locale.Retell(tc.text); got != strings.ReplaceAll(want, " %", "\u00a0%") {
				t.Errorf("%s in %s is %q, want %q", tc.text, locale, got, want)
			}
		}
	}
	if got := es.Money(quoting.MustMoney("1234.5", quoting.USD)); got != "1.234,50\u00a0US$" {
		t.Error(got)
	}
	if got := es.Number(10000); got != "10.000" {
		t.Error(got)
	}
}

// TestNoDigitChanges takes any amount to Spain and back.
func TestNoDigitChanges(t *testing.T) {
	t.Parallel()
	back := strings.NewReplacer(".", ",", ",", ".")
	rapid.Check(t, func(t *rapid.T) {
		amount := decimal.MustNew(rapid.Int64Range(-1e15, 1e15).Draw(t, "cents"), 2)
		m := quoting.Money{Amount: amount, Currency: quoting.USD}
		text, found := strings.CutSuffix(es.Money(m), "\u00a0US$")
		sign := ""
		if strings.HasPrefix(text, "-") {
			sign, text = "-", text[1:]
		}
		if got := sign + "$" + back.Replace(text); !found || got != m.Display() {
			t.Fatalf("%s came back as %s", m.Display(), got)
		}
	})
}

func TestOneIsOneAndTwoAreSeveral(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		n        int
		noun     string
		us, esES string
	}{
		{0, "site", "0 sites", "0 sitios"}, {1, "site", "1 site", "1 sitio"}, {2, "site", "2 sites", "2 sitios"}, {1440, "radio", "1,440 radios", "1.440 radios"},
		{1, "month", "1 month", "1 mes"}, {12, "month", "12 months", "12 meses"}, {1, "talk path", "1 talk path", "1 canal de voz"},
	} {
		if en, sp := us.Count(tc.n, tc.noun), es.Count(tc.n, tc.noun); en != tc.us || sp != tc.esES {
			t.Errorf("%d %s: %q and %q", tc.n, tc.noun, en, sp)
		}
	}
}

func TestWhatWasSaidBeforeIsSaidAgainInSpanish(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, english, spanish string }{
		{"a plain sentence", "The deposit is waived.", "No se pide anticipo."},
		{"amounts", "The amount of $50,707.70 is over $50,000.00.", "El importe de 50.707,70\u00a0US$ supera 50.000,00\u00a0US$."},
		{"a number of things within", "1 radio at one site is many for retail. Are there more sites?", "1 radio en un sitio es mucho para comercio minorista. ¿Hay más sitios?"},
		{"arguments in another order", "A discount of 16.75% on the whole quote is over 12%.", "Un descuento de 16,75\u00a0% en toda la cotización supera 12\u00a0%."},
		{"a name among arguments in another order", "RDG-P10U: last sold to Acme at $200.00 on 2 January 2026; now $230.00 (+15.0%).",
			"RDG-P10U: último precio para Acme, 200,00\u00a0US$, el 2 de enero de 2026 (vendido); ahora 230,00\u00a0US$ (+15,0\u00a0%)."},
		{"a state", "Q-1001 is expired.", "Q-1001 está vencida."},
		{"a date", "Q-1001 was valid until 2 January.", "Q-1001 fue válida hasta el 2 de enero."},
		{"two sentences", "The deposit is waived. Radio to radio is enough", "No se pide anticipo. De radio a radio basta"},
		{"a sentence within one", "Q-7 cannot be submitted as it is. Analog radios have no GPS.", "Q-7 no se puede enviar así. Los radios analógicos no tienen GPS."},
		{"one that is not ours before one that is", "Somebody wrote this. The deposit is waived.", "Somebody wrote this. No se pide anticipo."},
		{"a list", "Not all in stock: 5 of BAT-A (10 on order, 3 days); 2 of SUM-P20U.", "No todo está en existencia: 5 de BAT-A (10 en pedido, 3 días); 2 de SUM-P20U."},
		{"words in a sentence", "40 radios a site in oil, gas and mining: analog radio to radio is enough.", "40 radios por sitio en petróleo, gas y minería: basta analógico de radio a radio."},
		{"a quoted word", `"skool" is not an industry that I quote for. Is it one of these?`, `"skool" no es una industria que yo cotice. ¿Es una de estas?`},
		{"a name that is one of our words stays", "Status Draft is on credit hold in NetSuite.", "Status Draft tiene el crédito bloqueado en NetSuite."},
		{"a name", "Q-1001 v2 is rejected by Sales manager: The deposit is waived.", "Q-1001 v2 fue rechazada por Sales manager: The deposit is waived."},
		{"somebody's sentence with the form of a short one of ours", "The boss is angry.", "The boss is angry."},
		{"a customer that is called so", "City of Austin", "City of Austin"},
		{"a list of somebody's", "Smith, Jones; Brown", "Smith, Jones; Brown"},
		{"who has a quote", "Q-1042 v3 waits for Morgan Manager since 09:12 UTC (2 h 10 min).", "Q-1042 v3 espera a Morgan Manager desde las 09:12 UTC (2 h 10 min)."},
		{"what became of it", "Q-1042 v3 was approved by Morgan Manager at 09:12 UTC. Its Estimate EST7 is in NetSuite.", "Q-1042 v3 fue aprobada por Morgan Manager a las 09:12 UTC. Su Estimate EST7 está en NetSuite."},
		{"what it still needs", "Q-1001 v1 is with its owner, Riley Rep, and not submitted yet. It still needs the industry and a customer.",
			"Q-1001 v1 la tiene su dueño, Riley Rep, y todavía no se ha enviado. Todavía necesita la industria y el cliente."},
		{"whom it needs", "The sales manager, then finance", "El gerente de ventas, después finanzas"},
		{"names beside a sentence", "Riley Rep · 2 h 10 min · The deposit is waived.", "Riley Rep · 2 h 10 min · No se pide anticipo."},
		{"nothing", "", ""},
	} {
		if got := es.Retell(tc.english); got != tc.spanish {
			t.Errorf("%s: %q is said as %q, want %q", tc.name, tc.english, got, tc.spanish)
		}
		if got := us.Retell(tc.english); got != tc.english {
			t.Errorf("%s: English became %q", tc.name, got)
		}
	}
}

func TestWhatIsSaidNowIsInTheLanguage(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ got, want string }{
		{us.Say("Open version %d", 3), "Open version 3"},
		{es.Say("Open version %d", 3), "Abrir la versión 3"},
		{es.Say("%s · %s each", "BAT-A", "$1,234.50"), "BAT-A · 1.234,50\u00a0US$ c/u"},
		{es.Say("%s for %s. %s.", "$5.00", "Draft", "Draft"), "5,00\u00a0US$ para Draft. Borrador."},
		{es.Say("nobody has translated %d of this", 2), "nobody has translated 2 of this"},
	} {
		if tc.got != tc.want {
			t.Errorf("%q, want %q", tc.got, tc.want)
		}
	}
}

// TestEveryNumberOfASentenceIsInItsTranslation works out quotes and holds the Spanish of
// everything that they say against the English: no digit is lost and none is made.
func TestEveryNumberOfASentenceIsInItsTranslation(t *testing.T) {
	t.Parallel()
	p, book := demoPolicy(t), demoBook(t)
	industries := p.IndustryCodes()
	rapid.Check(t, func(t *rapid.T) {
		r := quoting.Request{
			Users: rapid.IntRange(1, 400).Draw(t, "users"), Sites: rapid.IntRange(1, 20).Draw(t, "sites"),
			Industry: rapid.SampledFrom(industries).Draw(t, "industry"),
		}
		v := quoting.Version{Quote: 1001, Number: 2, Request: r}
		said := []string{}
		if err := v.Work(p, book); err != nil {
			sentence, shown := quoting.Sentence(err)
			if !shown {
				t.Fatal(err)
			}
			said = append(said, sentence)
		}
		said = append(said, v.System.Why, v.System.Review)
		for _, f := range v.System.Findings {
			said = append(said, f.Sentence)
		}
		for _, l := range v.System.Lines {
			said = append(said, l.Reason)
		}
		for _, a := range v.Approvals {
			said = append(said, a.Sentence, a.ForRep)
		}
		said = append(said, v.ChangesSince(quoting.Version{Number: 1})...)
		view := quoting.NewView(p, quoting.Quote{ID: 1001, Current: 2, State: quoting.Open}, v, quoting.Person{}, quoting.Organisation{}, quoting.Person{Roles: []quoting.Role{quoting.SalesManager}}, time.Now())
		if v.System.Why != "" {
			for _, s := range quoting.Explain(p, view) {
				said = append(append(said, s.Title), s.Points...)
			}
		}
		for _, english := range said {
			spanish := mx.Retell(english)
			if spanish == english && strings.Contains(english, " ") && !strings.Contains(english, "→") {
				t.Errorf("%q has no Spanish", english)
			}
			if got, want := digits(spanish), digits(english); !slices.Equal(got, want) {
				t.Errorf("%q has the numbers %v, and %q has %v", english, want, spanish, got)
			}
		}
	})
}

// digits are the numbers of a text, in order of size.
func digits(text string) []string {
	numbers := strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	slices.Sort(numbers)
	return numbers
}

func TestAViewInAnotherLanguageLeavesTheStoredOneAlone(t *testing.T) {
	t.Parallel()
	v := quoting.View{
		System:    quoting.System{Why: "You asked for PoC.", Findings: []quoting.Finding{{Sentence: "The deposit is waived.", Overridden: "Another site", Remedies: []quoting.Remedy{{Title: "Forget it", Changes: []quoting.Change{{Op: "set"}}}}}}},
		Priced:    quoting.Priced{Lines: []quoting.Line{{Reason: "one a user", SKU: "BAT-A", Name: "Training"}}},
		Approvals: []quoting.ApprovalNeed{{Sentence: "The deposit is waived.", ForRep: "The deposit is waived."}},
		Changes:   []string{"Sites: 2 → 1"}, Alternatives: []quoting.Alternative{{Title: "Rental", Why: "You asked for PoC."}},
		Options: []quoting.Option{{Title: "Training"}}, Industries: []quoting.IndustryChoice{{"retail", "Retail"}, {"agriculture", "Agriculture"}},
		Approver: "Finn Finance or Vera VP", Customer: quoting.Customer{Name: "Training"}, Owner: "Draft",
	}
	before := fmt.Sprintf("%+v", v)
	got := v.In(mx)
	if after := fmt.Sprintf("%+v", v); after != before {
		t.Errorf("it was\n%s\nand is\n%s", before, after)
	}
	for _, tc := range []struct{ got, want string }{
		{got.System.Why, "Usted pidió PoC."},
		{got.System.Findings[0].Sentence, "No se pide anticipo."},
		{got.System.Findings[0].Overridden, "Otro sitio"},
		{got.System.Findings[0].Remedies[0].Title, "Olvidarlo"},
		{got.Priced.Lines[0].Reason, "uno por usuario"},
		{got.Priced.Lines[0].Name, "Training"},
		{got.Approvals[0].Sentence, "No se pide anticipo."},
		{got.Changes[0], "Sitios: 2 → 1"},
		{got.Alternatives[0].Title, "Alquiler"},
		{got.Alternatives[0].Why, "Usted pidió PoC."},
		{got.Options[0].Title, "Capacitación"},
		{got.Industries[0].Name, "Agricultura"},
		{got.Approver, "Finn Finance o Vera VP"},
		{got.Customer.Name, "Training"},
		{got.Owner, "Draft"},
	} {
		if tc.got != tc.want {
			t.Errorf("it says %q, want %q", tc.got, tc.want)
		}
	}
}

func TestANoticeInAnotherLanguageDoesTheSame(t *testing.T) {
	t.Parallel()
	command := quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Users: new(40)}}
	n := quoting.Notice{
		Title: "I price two-way radio systems", Text: "How many radios shall I quote?", Points: []string{"The deposit is waived."}, Examples: []string{"status"},
		Sections: []quoting.Section{{Title: "Freight", Points: []string{"You asked for PoC."}}},
		Entries:  []quoting.Entry{{Title: "Q-1001", Note: "waiting for approval", Value: "$1,234.50", Command: &command}},
		Choices:  []quoting.Choice{{Title: "40 radios: $29,940.45", Command: command}},
	}
	before := fmt.Sprintf("%+v", n)
	got := n.In(es)
	if after := fmt.Sprintf("%+v", n); after != before {
		t.Errorf("it was\n%s\nand is\n%s", before, after)
	}
	for _, tc := range []struct{ got, want string }{
		{got.Title, "Cotizo sistemas de radio de dos vías"}, {got.Text, "¿Cuántos radios cotizo?"}, {got.Points[0], "No se pide anticipo."},
		{got.Examples[0], "estado"}, {got.Sections[0].Title, "Flete"}, {got.Sections[0].Points[0], "Usted pidió PoC."},
		{got.Entries[0].Note, "en aprobación"}, {got.Entries[0].Value, "1.234,50\u00a0US$"}, {got.Choices[0].Title, "40 radios: 29.940,45\u00a0US$"},
	} {
		if tc.got != tc.want {
			t.Errorf("it says %q, want %q", tc.got, tc.want)
		}
	}
	if *got.Choices[0].Command.Slots.Users != 40 || got.Entries[0].Command == nil {
		t.Errorf("its buttons do %+v", got.Choices)
	}
	if got := fmt.Sprintf("%+v", n.In(us)); !strings.HasPrefix(got, strings.TrimSuffix(before, "}")[:len(before)-len("Locale:}")]) {
		t.Errorf("in English it is\n%s", got)
	}
}

func TestAQuestionIsAnsweredByTheNameThatWasSeen(t *testing.T) {
	t.Parallel()
	retail := quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Industry: "retail"}}
	d := quoting.Dialogue{Choices: []quoting.Choice{{Title: "Construction"}, {Title: "Retail", Command: retail}}}
	if got, ok := d.In(mx).Answer("comercio minorista"); !ok || got.Slots.Industry != "retail" {
		t.Errorf("it means %+v", got)
	}
	if d.Choices[1].Title != "Retail" {
		t.Errorf("the stored choice became %q", d.Choices[1].Title)
	}
}

func TestARoomIsToldInItsLanguage(t *testing.T) {
	t.Parallel()
	r := quoting.RoomView{Quote: 1001}.In(mx)
	if r.Locale != mx || (quoting.SealedNotice{For: "Draft"}).In(mx) != (quoting.SealedNotice{For: "Draft", Locale: mx}) {
		t.Errorf("it is told %+v", r)
	}
}

// BenchmarkRetellWorst tells texts that are written to be searched in vain: none may take
// much longer than the others.
func BenchmarkRetellWorst(b *testing.B) {
	for _, piece := range []string{"and ", "Without ", "Use Add ", "x. ", "is. ", "5 of ", ", then ; ", "Q is x. "} {
		text := strings.Repeat(piece, 1600/len(piece)) + "x" + strings.Repeat(" instead", 100)
		b.Run(strings.TrimSpace(piece), func(b *testing.B) {
			for b.Loop() {
				es.Retell(text)
			}
		})
	}
}

func FuzzRetell(f *testing.F) {
	for _, text := range []string{"The deposit is waived.", "Q-1001 v2 is rejected by A: b", "and and 1 more line", "Not all in stock: 5 of BAT-A (1 day); x", "\xff. %s", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if us.Retell(text) != text {
			t.Errorf("English changed %q", text)
		}
		said := es.Retell(text)
		if utf8.ValidString(text) && !utf8.ValidString(said) || text != "" && said == "" {
			t.Errorf("%q became %q", text, said)
		}
	})
}

func BenchmarkRetell(b *testing.B) {
	for b.Loop() {
		es.Retell("3 repeaters carry fewer calls than 40 radios need: 4 talk paths take 2 repeaters.")
	}
}
