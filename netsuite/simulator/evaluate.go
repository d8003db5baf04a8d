package simulator

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// match is a row of the answer: a row of the table, or, where rows are grouped, a group with the
// sums of its rows, of which at is the first.
type match struct {
	at   int
	sums []int64
}

// answer is a page of rows, encoded as a JSON array, and how many there are in all.
type answer struct {
	items []byte
	count int
	total int
}

// evaluation is a query bound to a table and to its parameters.
type evaluation struct {
	*query
	table
	bound []value
	order *rand.Rand // of rows that nothing else orders
	dates string     // how a raw date is written, by the user's preference
}

// bind checks that the table has what the query reads, and reads the parameters.
func (q *query) bind(t table, params []string, order *rand.Rand, dates string) (*evaluation, error) {
	for _, name := range q.reads() {
		if _, ok := t.columns[name]; !ok {
			return nil, invalidQuery("Search error occurred: Unknown identifier '%s'. Available identifiers are: {%s=%s}.", name, q.table, q.table)
		}
	}
	if len(params) != q.params {
		return nil, invalidQuery("Search error occurred: %d parameters for %d places.", len(params), q.params)
	}
	for _, o := range q.outputs {
		switch k := t.columns[o.column].kind; {
		case o.function == sum && k != integerKind:
			return nil, invalidQuery("Search error occurred: SUM of '%s' is not simulated.", o.column)
		case o.function == utcText && k != momentKind:
			return nil, invalidQuery("Search error occurred: '%s' is not a date.", o.column)
		}
	}
	for _, name := range slices.Concat(q.orderBy, q.groupBy) {
		if k := t.columns[name].kind; k == amountKind || k == momentKind {
			return nil, invalidQuery("Search error occurred: ordering or grouping by '%s' is not simulated.", name)
		}
	}
	e := &evaluation{query: q, table: t, bound: make([]value, len(params)), order: order, dates: dates}
	for _, w := range q.where {
		for i := range w.n {
			v, err := t.columns[w.column].bind(w, params[w.first+i])
			if err != nil {
				return nil, err
			}
			e.bound[w.first+i] = v
		}
	}
	return e, nil
}

// page evaluates the query and encodes the rows from offset on, limit at most.
func (e *evaluation) page(limit, offset int) (answer, error) {
	if e.outputs[0].function == count {
		if offset > 0 {
			return answer{[]byte("[]"), 0, 1}, nil
		}
		row := appendCell([]byte(`[{"links":[]`), e.outputs[0].name, []byte(strconv.Quote(strconv.Itoa(e.size()))))
		return answer{append(row, "}]"...), 1, 1}, nil
	}
	window, total := e.window(limit, offset)
	items, err := e.encode(window)
	return answer{items, len(window), total}, err
}

// size is the number of rows that pass the tests.
func (e *evaluation) size() int {
	if start, ok := e.keyset(); ok {
		return e.rows - start
	}
	return len(e.filter())
}

// window gives the rows of one page, in order, and the number of all. A page by key is cut from
// the table as it lies; anything else is collected and sorted.
func (e *evaluation) window(limit, offset int) ([]match, int) {
	if start, ok := e.keyset(); ok && e.groupBy == nil && e.stored() {
		var window []match
		for at := start + offset; at < min(start+offset+limit, e.rows); at++ {
			window = append(window, match{at: at})
		}
		return window, e.rows - start
	}
	all := e.matches()
	return all[min(offset, len(all)):min(offset+limit, len(all))], len(all)
}

// keyset gives the position of the first row that may pass, as far as a test for a key above a
// value tells. True: there is no other test, all rows from there on pass.
func (e *evaluation) keyset() (int, bool) {
	for _, w := range e.where {
		if w.column == e.key[0] && w.operator == ">" {
			c, after := e.columns[w.column], e.bound[w.first]
			return sort.Search(e.rows, func(row int) bool { return c.compare(c.at(row), after) > 0 }), len(e.where) == 1
		}
	}
	return 0, len(e.where) == 0
}

// stored reports that ORDER BY asks for the order in which the rows lie, and leaves nothing open.
func (e *evaluation) stored() bool {
	unique := len(e.key)
	if e.groupBy != nil {
		unique = len(e.groupBy)
	}
	return unique <= len(e.key) && slices.Equal(e.orderBy, e.key[:unique])
}

// matches gives all rows of the answer, in order.
func (e *evaluation) matches() []match {
	all := e.group(e.filter())
	if e.stored() {
		return all
	}
	// What ORDER BY leaves open comes in another order each time: NetSuite promises none.
	e.order.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	slices.SortStableFunc(all, func(a, b match) int {
		for _, name := range e.orderBy {
			c := e.columns[name]
			if n := c.compare(c.at(a.at), c.at(b.at)); n != 0 {
				return n
			}
		}
		return 0
	})
	return all
}

// filter gives the positions of the rows that pass every test, ascending.
func (e *evaluation) filter() []int {
	var passed []int
	if candidates, ok := e.lookup(); ok {
		for _, row := range candidates {
			if e.passes(row) {
				passed = append(passed, row)
			}
		}
		return passed
	}
	start, _ := e.keyset()
	for row := start; row < e.rows; row++ {
		if e.passes(row) {
			passed = append(passed, row)
		}
	}
	return passed
}

// lookup finds the rows that an index gives for a test, where there is an index.
func (e *evaluation) lookup() ([]int, bool) {
	for _, w := range e.where {
		if w.column != e.indexed || w.operator != "=" && w.operator != "IN" {
			continue
		}
		var rows []int
		for _, v := range e.bound[w.first : w.first+w.n] {
			rows = append(rows, e.index(v.number)...)
		}
		slices.Sort(rows)
		return slices.Compact(rows), true
	}
	return nil, false
}

// passes reports whether a row meets every test. NULL meets none.
func (e *evaluation) passes(row int) bool {
	for _, w := range e.where {
		c := e.columns[w.column]
		v := c.at(row)
		meets := func(bound value) bool {
			n := c.compare(v, bound)
			return n == 0 && w.operator != ">" || n > 0 && (w.operator == ">" || w.operator == ">=")
		}
		if v.null || !slices.ContainsFunc(e.bound[w.first:w.first+w.n], meets) {
			return false
		}
	}
	return true
}

// group makes rows of the answer out of rows of the table.
func (e *evaluation) group(rows []int) []match {
	matches := make([]match, 0, len(rows))
	if e.groupBy == nil {
		for _, row := range rows {
			matches = append(matches, match{at: row})
		}
		return matches
	}
	groups := make(map[string]int)
	for _, row := range rows {
		var key strings.Builder
		for _, name := range e.groupBy {
			key.WriteString(e.columns[name].at(row).text)
			key.WriteByte(0)
		}
		at, known := groups[key.String()]
		if !known {
			at = len(matches)
			groups[key.String()] = at
			matches = append(matches, match{row, make([]int64, len(e.outputs))})
		}
		for i, o := range e.outputs {
			if o.function == sum {
				matches[at].sums[i] += e.columns[o.column].at(row).number
			}
		}
	}
	return matches
}

// encode writes rows as SuiteQL does: every value a string, NULL left out, empty links.
func (e *evaluation) encode(rows []match) ([]byte, error) {
	buf := []byte{'['}
	for i, m := range rows {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = append(buf, `{"links":[]`...)
		for j, o := range e.outputs {
			c := e.columns[o.column]
			v := c.at(m.at)
			switch o.function {
			case sum:
				v = whole(m.sums[j])
			case utcText:
				v.text = time.Unix(v.number, 0).UTC().Format(time.RFC3339)
			case plain, count:
				if c.kind == momentKind {
					v.text = time.Unix(v.number, 0).UTC().Format(e.dates)
				}
			}
			if v.null {
				continue
			}
			encoded := []byte(`"` + v.text + `"`) // digits and dates need no escapes
			if c.kind == textKind {
				var err error
				if encoded, err = json.Marshal(v.text); err != nil {
					return nil, fmt.Errorf("encode %s: %w", o.name, err)
				}
			}
			buf = appendCell(buf, o.name, encoded)
		}
		buf = append(buf, '}')
	}
	return append(buf, ']'), nil
}

// appendCell adds a member to an object that has one already. Names are identifiers of the query
// and need no escapes.
func appendCell(buf []byte, name string, encoded []byte) []byte {
	buf = append(append(append(buf, `,"`...), name...), `":`...)
	return append(buf, encoded...)
}
