package quoting_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"radioquote/quoting"
)

func TestEditsDebug(t *testing.T) {}

func TestAPriceIsLookedUpWithItsBreaks(t *testing.T) {
	t.Parallel()
	book, p := demoBook(t), demoPolicy(t)
	q, err := book.LookUp(p, "sum-p20u", quoting.Customer{}, 50)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", q)
	var breaks []string
	for _, b := range q.Breaks {
		breaks = append(breaks, b.String()+" "+b.Price.Display())
	}
	t.Log(strings.Join(breaks, " · "), q.Basis(), q.Stock.Note(50))
	for _, item := range quoting.Vocabulary {
		t.Log(item, book.SKUs(p, item))
	}
	t.Log(book.NearSKUs("SUM-P45", 3), book.NearSKUs("BATB", 3))
}

var _ = errors.Is
var _ = slices.Sort[[]int]
var _ = rapid.Check
