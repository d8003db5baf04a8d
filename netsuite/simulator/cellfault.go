package simulator

import (
	"maps"
	"regexp"
	"strings"

	"github.com/govalues/decimal"
)

// The effects of this file change the cells of a column, of the page's first row or of every row.
// A page without the column, such as a count, stays as it is.

// SetCell gives the first row another value.
func SetCell(column, value string) Effect {
	return editFirst(column, func(row map[string]string) { row[column] = value })
}

// DropCell leaves the first row's value out, as NetSuite does with NULL.
func DropCell(column string) Effect {
	return editFirst(column, func(row map[string]string) { delete(row, column) })
}

func editFirst(column string, edit func(row map[string]string)) Effect {
	return EditPage(func(p *Page) {
		if len(p.Rows) == 0 {
			return
		}
		if _, ok := p.Rows[0][column]; ok {
			edit(p.Rows[0])
		}
	})
}

// EveryCell changes the value of every row that has one.
func EveryCell(column string, change func(string) string) Effect {
	return EditPage(func(p *Page) {
		for _, row := range p.Rows {
			if v, ok := row[column]; ok {
				row[column] = change(v)
			}
		}
	})
}

// ThousandsSeparator writes a column's numbers as people do: 1,250.00.
func ThousandsSeparator(column string) Effect { return EveryCell(column, separated) }

func separated(number string) string {
	whole, fraction, _ := strings.Cut(number, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return whole + "." + (fraction + "00")[:max(2, len(fraction))]
}

// Hundredfold moves the point of a column's numbers two places, as an import that takes cents for
// dollars does.
func Hundredfold(column string) Effect { return EveryCell(column, hundredfold) }

func hundredfold(number string) string {
	d, err := decimal.Parse(number)
	if err != nil {
		return number
	}
	if d, err = product(d, decimal.Hundred); err != nil {
		return number
	}
	return digits(d)
}

// SecondPrice makes the page's last row of pricing another price for what its first row prices.
func SecondPrice() Effect {
	return EditPage(func(p *Page) {
		if len(p.Rows) < 2 {
			return
		}
		first, last := p.Rows[0], p.Rows[len(p.Rows)-1]
		id, price := last["internalid"], last["unitprice"]
		maps.Copy(last, first)
		last["internalid"], last["unitprice"] = id, price
	})
}

// NullCell writes null for every value of a column, instead of leaving it out.
func NullCell(column string) Effect { return writeCells(column, `"$name":null`) }

// BareCell writes a column's numbers as JSON numbers, not as texts.
func BareCell(column string) Effect { return writeCells(column, `"$name":$value`) }

// NotANumber writes NaN for every value of a column, which is no JSON.
func NotANumber(column string) Effect { return writeCells(column, `"$name":NaN`) }

// TwiceInARow gives every row the column twice, with two values.
func TwiceInARow(column string) Effect {
	return writeCells(column, `"$name":"$value","$name":"1$value"`)
}

// writeCells writes a column's cells in another form, in which $name and $value stand for what was.
func writeCells(column, form string) Effect {
	cell := regexp.MustCompile(`"(?P<name>` + regexp.QuoteMeta(column) + `)":"(?P<value>[^"\\]*)"`)
	form = strings.NewReplacer("$name", "${name}", "$value", "${value}").Replace(form)
	return Rewrite(func(body []byte) []byte { return cell.ReplaceAll(body, []byte(form)) })
}
