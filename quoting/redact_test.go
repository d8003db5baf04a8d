package quoting_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"radioquote/quoting"
)

func TestPersonalNumbersAreCutOut(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, want string }{
		{"a card in groups", "put it on 4111 1111 1111 1111 please", "put it on [removed] please"},
		{"a card in one", "card 4111111111111111", "card [removed]"},
		{"a card with hyphens", "5500-0000-0000-0004.", "[removed]."},
		{"an American Express card", "amex 3782 822463 10005", "amex [removed]"},
		{"a Diners card", "3056 930902 5904", "[removed]"},
		{"19 digits", "6304 0000 0000 0000 000", "[removed]"},
		{"behind a number of radios", "40 4111 1111 1111 1111", "40 [removed]"},
		{"several, in a list", "4111111111111111,5500000000000004", "[removed],[removed]"},
		{"with spaces that do not break", "4111\u00a01111\u00a01111\u00a01111", "[removed]"},
		{"with characters that show nothing", "4111\u200b1111\u200b1111\u200b1111", "[removed]"},
		{"with spaced hyphens", "4111 - 1111 - 1111 - 1111", "[removed]"},
		{"glued to a word", "visa4111111111111111", "visa[removed]"},
		{"with a card's date behind it", "4111111111111111 12/28 123", "[removed] 12/28 123"},
		{"a social-security number", "his is 219-09-9999, thanks", "his is [removed], thanks"},
		{"with spaces", "219 09 9999", "[removed]"},
		{"with dots, in a row of a table", "Bob,219.09.9999,NY", "Bob,[removed],NY"},
		{"behind a number of radios, too", "40 219-09-9999", "40 [removed]"},
		{"in one, beside the words", "SSN: 219099999", "SSN: [removed]"},
		{"in one, the words behind it", "219099999 is the social security no", "[removed] is the social security no"},
		{"glued to the word", "ssn219-09-9999", "ssn[removed]"},
		{"with a number sign", "SS#219-09-9999", "SS#[removed]"},
		{"beside the word that a card's number kept away", "ssn 4111 1111 1111 1111 4111 1111 1111 1111: 219099999", "ssn [removed] [removed]: [removed]"},

		{"a number that fails the check", "4111 1111 1111 1112", ""},
		{"12 digits", "411111111112", ""},
		{"20 digits", "41111111111111111111", ""},
		{"no digits at all", "quote forty radios", ""},
		{"a SIM", "8901260123456789017", ""},
		{"an IMEI", "356938035643809", ""},
		{"an amount", "$4111111111111111", ""},
		{"an amount with cents", "4111111111111111.50", ""},
		{"bare ids of quotes", "approve 1042 1043 1044 1046", ""},
		{"an area that is not given out", "900-45-6789, 666-45-6789 and 000-45-6789", ""},
		{"a group and a serial that are not", "219-00-9999 or 219-09-0000", ""},
		{"nine bare digits", "customer 219099999", ""},
		{"a phone", "call 219-555-0199, cell 219 09 9999", ""},
		{"a phone of another country", "+49 219-09-9999", ""},
		{"a PO", "PO 219-09-9999", ""},
		{"a PO beside a social-security number", "PO# 219099999, SSN 219-09-9999", "PO# 219099999, SSN [removed]"},
		{"a part's number", "ABC-219-09-9999", ""},
		{"a longer number", "219-09-9999-01", ""},
		{"numbers of sites", "120 219 09 9999", ""},
		{"and before others", "219 09 9999 40", ""},
		{"a date and a range", "2026-11-30, 30-40 radios", ""},
	} {
		want, cut := tc.want, strings.Count(tc.want, quoting.Removed)
		if want == "" {
			want = tc.text
		}
		if clean, n := quoting.Redact(tc.text); clean != want || n != cut {
			t.Errorf("%s: %q, %d cut, want %q", tc.name, clean, n, want)
		}
	}
}

// drawCard is a number that a card may have, in one or in groups.
func drawCard(t *rapid.T) string {
	number := rapid.StringMatching(`(4[0-9]{11}|5[1-5][0-9]{13}|4[0-9]{14}|6[0-9]{17})`).Draw(t, "number")
	for check := range 10 {
		if whole := number + fmt.Sprint(check); luhn(whole) {
			number = whole
			break
		}
	}
	sep := rapid.SampledFrom([]string{"", " ", "-", "\u00a0", "."}).Draw(t, "separator")
	var b strings.Builder
	for i, r := range number {
		if i > 0 && i%4 == 0 {
			b.WriteString(sep)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// luhn is the check of ISO/IEC 7812-1, by its table.
func luhn(number string) bool {
	sum := 0
	for i, r := range number {
		digit := int(r - '0')
		if (len(number)-i)%2 == 0 {
			digit = []int{0, 2, 4, 6, 8, 1, 3, 5, 7, 9}[digit]
		}
		sum += digit
	}
	return sum%10 == 0
}

var drawWords = rapid.SampledFrom([]string{"", "40 radios for ", "charge Acme's card ", "it is: ", "(", "note to Morgan, ", "¿", "10% off, "})

func TestNoCardNumberIsLeft(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		card := drawCard(t)
		before, after := drawWords.Draw(t, "before"), drawWords.Draw(t, "after")
		clean, cut := quoting.Redact(before + card + " " + after)
		if want := before + quoting.Removed + " " + after; clean != want || cut != 1 {
			t.Fatalf("%q of %q, %d cut", clean, before+card+" "+after, cut)
		}
	})
}

func TestNoSocialSecurityNumberIsLeft(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		area := rapid.IntRange(1, 899).Filter(func(n int) bool { return n != 666 }).Draw(t, "area")
		sep := rapid.SampledFrom([]string{" ", "-", ".", "\u2011", ""}).Draw(t, "separator")
		number := fmt.Sprintf("%03d%s%02d%s%04d", area, sep, rapid.IntRange(1, 99).Draw(t, "group"), sep, rapid.IntRange(1, 9999).Draw(t, "serial"))
		before := rapid.SampledFrom([]string{"ssn ", "his SSN is ", "Social Security number: ", "social-security #"}).Draw(t, "before")
		if clean, cut := quoting.Redact(before + number); clean != before+quoting.Removed || cut != 1 {
			t.Fatalf("%q of %q, %d cut", clean, before+number, cut)
		}
	})
}

func TestWhatQuotesAreMadeOfIsNeverCut(t *testing.T) {
	t.Parallel()
	draw := rapid.OneOf(
		rapid.StringMatching(`[Qq]-?[1-9][0-9]{3,5}`),
		rapid.StringMatching(`PO ?#?[0-9]{5,10}`),
		rapid.StringMatching(`(PRT|BAT|CHG|RPT)-[A-Z]{1,3}[0-9]{0,3}(-[A-Z0-9]{1,4})?`),
		rapid.StringMatching(`\$?[1-9][0-9]{0,2}(,[0-9]{3}){0,3}(\.[0-9]{2})?`),
		rapid.StringMatching(`(\+1 )?\(?[2-9][0-9]{2}\)?[ -.][2-9][0-9]{2}[-.][0-9]{4}`),
		rapid.StringMatching(`[1-9][0-9]{0,4} (radios|portables|sites|batteries)`),
		rapid.StringMatching(`20[0-9]{2}-[01][0-9]-[0-3][0-9]`),
		rapid.StringMatching(`order [1-9][0-9]{12,18}`).Filter(func(s string) bool { return !luhn(strings.TrimPrefix(s, "order ")) }),
		rapid.StringMatching(`(10|12|25|40) for the (yard|HQ), NET[346]0`),
	)
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(draw, 1, 6).Draw(t, "parts"), ", ")
		if clean, cut := quoting.Redact(text); clean != text || cut != 0 {
			t.Fatalf("%q became %q", text, clean)
		}
	})
}

func FuzzRedact(f *testing.F) {
	f.Add("4111 1111 1111 1111 and 219-09-9999")
	f.Add("ssn 219099999, 4111\u200b1111-1111-1111 \xff1")
	f.Add(strings.Repeat("ssn 4111 1111 1111 1111 ", 9))
	f.Fuzz(func(t *testing.T, text string) {
		clean, cut := quoting.Redact(text)
		if cut == 0 && clean != text {
			t.Errorf("%q became %q with nothing cut", text, clean)
		}
		if added := strings.Count(clean, quoting.Removed) - strings.Count(text, quoting.Removed); added > cut || added < 0 {
			t.Errorf("%d cut and %d shown in %q", cut, added, clean)
		}
		if again, n := quoting.Redact(clean); again != clean || n != 0 {
			t.Errorf("%q is cut further, to %q", clean, again)
		}
	})
}
