package simulator

import (
	"bytes"
	"net/http"
	"strings"
)

// The effects of this file answer SuiteQL with JSON that is no page.

// Shape answers well, but with this body.
func Shape(body string) Effect { return Answer(http.StatusOK, mediaCollection, body) }

// NoItems leaves the rows out of the page.
func NoItems() Effect { return renameItems(`"rows":`) }

// NullItems sends null instead of the rows.
func NullItems() Effect { return renameItems(`"items":null,"rows":`) }

func renameItems(as string) Effect {
	return Rewrite(func(body []byte) []byte { return bytes.Replace(body, []byte(`"items":`), []byte(as), 1) })
}

// DeepNesting sends arrays in arrays, so many levels deep, instead of the rows.
func DeepNesting(levels int) Effect {
	return renameItems(`"items":` + strings.Repeat("[", levels) + strings.Repeat("]", levels) + `,"rows":`)
}

// Oversize blows the answer up to at least so many bytes. It is still a page, and still right.
func Oversize(size int) Effect {
	return Rewrite(func(body []byte) []byte {
		return bytes.Replace(body, []byte(`{`), []byte(`{"padding":"`+strings.Repeat("x", size)+`",`), 1)
	})
}

// PageFaults are the ways in which the pages of a table go wrong, by name, for tests that draw one
// at random. Column is a column of numbers that the client reads. An effect remembers what it
// saw: every test takes new ones.
func PageFaults(table, column string) map[string]Effect {
	return map[string]Effect{
		"rows in another order":              ShuffledRows(),
		"fewer rows than the page counts":    ShortPage(1),
		"a row twice on a page":              DuplicateRow(),
		"a row again on the next page":       RepeatedRow(),
		"a row skipped":                      MissingRow(),
		"a total that changes":               TotalResults(7),
		"hasMore on every page":              HasMore(true),
		"hasMore on no page":                 HasMore(false),
		"a page that does not advance":       StuckPage(),
		"numbers instead of texts":           BareCell(column),
		"null instead of nothing":            NullCell(column),
		"NaN":                                NotANumber(column),
		"a column twice in a row":            TwiceInARow(column),
		"items null":                         NullItems(),
		"items missing":                      NoItems(),
		"an array":                           Shape(`[]`),
		"null":                               Shape(`null`),
		"an empty object":                    Shape(`{}`),
		"deep nesting":                       DeepNesting(100_000),
		"ten megabytes":                      Oversize(10 << 20),
		"half an answer":                     Truncate(),
		"a column removed":                   Meanwhile(func(s *Simulator) error { s.HideColumn(table, column, true); return nil }),
		"the permission removed":             Meanwhile(func(s *Simulator) error { s.HideTable(table, true); return nil }),
		"dates in another format":            Meanwhile(func(s *Simulator) error { s.SetDateFormat("02.01.2006"); return nil }),
		"a number as people write it":        ThousandsSeparator(column),
		"a value that is missing in one row": DropCell(column),
	}
}

// PriceFaults are the ways in which rows of table pricing are wrong, by name, as PageFaults are.
func PriceFaults() map[string]Effect {
	return map[string]Effect{
		"no price":                     DropCell("unitprice"),
		"null":                         NullCell("unitprice"),
		"a price of 0":                 SetCell("unitprice", "0"),
		"a negative price":             SetCell("unitprice", "-12.5"),
		"a hundred times the price":    Hundredfold("unitprice"),
		"twelve decimals":              SetCell("unitprice", "12.123456789012"),
		"an exponent":                  SetCell("unitprice", "1.25E+3"),
		"a thousands separator":        SetCell("unitprice", "1,250.00"),
		"a currency sign":              SetCell("unitprice", "$12.50"),
		"a currency that is not there": SetCell("currency", "99"),
		"an item that is not there":    SetCell("item", "999999"),
		"two prices for one quantity":  SecondPrice(),
	}
}
