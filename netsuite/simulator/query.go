package simulator

import (
	"slices"
	"strings"
)

// query is the subset of SuiteQL that is simulated:
//
//	query     = SELECT output {"," output} FROM name [WHERE condition {AND condition}]
//	            [GROUP BY name {"," name}] [ORDER BY name {"," name}]
//	output    = name | "COUNT(*)" AS name | "SUM(" name ")" AS name
//	          | "TO_CHAR(SYS_EXTRACT_UTC(" name ")," format ")" AS name
//	condition = tested ("=" | ">" | ">=") "?" | tested IN "(" "?" {"," "?"} ")"
//	tested    = name | "TO_CHAR(SYS_EXTRACT_UTC(" name ")," format ")"
//
// Values are bound, never written into the text. Keywords and names are read in any case.
type query struct {
	outputs []output
	table   string
	where   []condition
	groupBy []string
	orderBy []string
	params  int // how many ? there are
}

// output is one value of a row: a column, or a function of one.
type output struct {
	function function
	column   string
	name     string // the key in the answer
}

type function int

const (
	plain function = iota
	count
	sum
	utcText // the one way to read a time without losing its hours
)

// utcFormat is the format that TO_CHAR is simulated with.
const utcFormat = `YYYY-MM-DD"T"HH24:MI:SS"Z"`

// condition is a test of a column, or of its text in UTC: its parameters are params[first:first+n].
type condition struct {
	function function // plain or utcText
	column   string
	operator string // =, >, >= or IN
	first, n int
}

// maxIn is NetSuite's limit on the values of an IN (Oracle help section_156257796125).
const maxIn = 1000

// invalidQuery is a refusal in SuiteQL's words.
func invalidQuery(format string, args ...any) *problem {
	return invalidParameter("q", "Invalid search query. Detailed unprocessed description follows. "+format, args...)
}

// parseQuery reads a query. Every error is a *problem with status 400.
func parseQuery(text string) (*query, error) {
	tokens, err := scanQuery(text)
	if err != nil {
		return nil, err
	}
	p := parser{tokens: tokens}
	q := p.query()
	if p.err != nil {
		return nil, p.err
	}
	return q, q.check()
}

// check holds the rules that grammar alone does not.
func (q *query) check() error {
	seen := make(map[string]bool, len(q.outputs))
	for _, o := range q.outputs {
		if seen[o.name] {
			return invalidQuery("Column '%s' is selected twice.", o.name)
		}
		seen[o.name] = true
		grouped := slices.Contains(q.groupBy, o.column)
		switch {
		case o.function == count && (len(q.outputs) > 1 || q.groupBy != nil || q.orderBy != nil):
			return invalidQuery("COUNT(*) is supported alone only.")
		case o.function == sum && q.groupBy == nil:
			return invalidQuery("SUM is supported with GROUP BY only.")
		case q.groupBy != nil && o.function != sum && (o.function != plain || !grouped):
			return invalidQuery("Column '%s' is neither grouped nor summed.", o.name)
		}
	}
	for _, column := range q.orderBy {
		if q.groupBy != nil && !slices.Contains(q.groupBy, column) {
			return invalidQuery("Column '%s' is ordered by but not grouped.", column)
		}
	}
	return nil
}

// reads lists every column that the query needs.
func (q *query) reads() []string {
	var names []string
	for _, o := range q.outputs {
		if o.function != count {
			names = append(names, o.column)
		}
	}
	for _, t := range q.where {
		names = append(names, t.column)
	}
	return slices.Concat(names, q.groupBy, q.orderBy)
}

// scanQuery splits a query into words in lower case, punctuation, and quoted text, which keeps
// its quotes and its case.
func scanQuery(text string) ([]string, error) {
	var tokens []string
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case strings.HasPrefix(text[i:], ">="):
			tokens = append(tokens, ">=")
			i += 2
		case strings.IndexByte("(),*?=>", c) >= 0:
			tokens = append(tokens, text[i:i+1])
			i++
		case c == '\'':
			end := strings.IndexByte(text[i+1:], '\'')
			if end < 0 {
				return nil, invalidQuery("Search error occurred: a quote is not closed.")
			}
			tokens = append(tokens, text[i:i+end+2])
			i += end + 2
		case isWordByte(c):
			end := i
			for end < len(text) && isWordByte(text[end]) {
				end++
			}
			tokens = append(tokens, strings.ToLower(text[i:end]))
			i = end
		default:
			return nil, invalidQuery("Search error occurred: unexpected character %q.", text[i:i+1])
		}
	}
	return tokens, nil
}

func isWordByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// parser reads tokens from the front. After the first error, which it keeps, it reads nothing.
type parser struct {
	tokens []string
	params int
	err    error
}

func (p *parser) query() *query {
	q := &query{}
	p.expect("select")
	q.outputs = commaList(p, p.output)
	p.expect("from")
	q.table = p.name()
	if p.accept("where") {
		q.where = append(q.where, p.condition())
		for p.accept("and") {
			q.where = append(q.where, p.condition())
		}
	}
	if p.accept("group") {
		p.expect("by")
		q.groupBy = commaList(p, p.name)
	}
	if p.accept("order") {
		p.expect("by")
		q.orderBy = commaList(p, p.name)
	}
	if len(p.tokens) > 0 {
		p.fail()
	}
	q.params = p.params
	return q
}

// commaList reads one or more, with commas between.
func commaList[T any](p *parser, read func() T) []T {
	all := []T{read()}
	for p.accept(",") {
		all = append(all, read())
	}
	return all
}

func (p *parser) output() output {
	o := output{column: p.name()}
	if !p.accept("(") {
		if o.name = o.column; p.accept("as") {
			o.name = p.name()
		}
		return o
	}
	switch o.column {
	case "count":
		o.function, o.column = count, ""
		p.expect("*")
	case "sum":
		o.function, o.column = sum, p.name()
	case "to_char":
		o.function, o.column = utcText, p.utcTime()
	default:
		p.fail()
	}
	p.expect(")")
	p.expect("as")
	o.name = p.name()
	return o
}

// utcTime reads what stands between the parentheses of TO_CHAR, and gives the column.
func (p *parser) utcTime() string {
	p.expect("sys_extract_utc")
	p.expect("(")
	column := p.name()
	p.expect(")")
	p.expect(",")
	p.expect("'" + utcFormat + "'")
	return column
}

func (p *parser) condition() condition {
	t := condition{column: p.name(), first: p.params}
	if p.accept("(") {
		if t.column != "to_char" {
			p.fail()
		}
		t.function, t.column = utcText, p.utcTime()
		p.expect(")")
	}
	for _, operator := range []string{"=", ">", ">="} {
		if p.accept(operator) {
			t.operator = operator
			break
		}
	}
	if t.operator != "" {
		p.param()
	} else {
		p.expect("in")
		p.expect("(")
		t.operator = "IN"
		p.param()
		for p.accept(",") {
			p.param()
		}
		p.expect(")")
	}
	if t.n = p.params - t.first; t.n > maxIn && p.err == nil {
		p.err = invalidQuery("IN has more than %d values.", maxIn)
	}
	return t
}

func (p *parser) param() {
	p.expect("?")
	p.params++
}

// name reads a word that is not a keyword.
func (p *parser) name() string {
	if len(p.tokens) == 0 || !isWordByte(p.tokens[0][0]) || isDigits(p.tokens[0][:1]) || slices.Contains(keywords(), p.tokens[0]) {
		p.fail()
		return ""
	}
	word := p.tokens[0]
	p.tokens = p.tokens[1:]
	return word
}

func keywords() []string {
	return []string{"select", "from", "where", "and", "or", "not", "in", "group", "order", "by", "as", "asc", "desc", "with", "join", "union", "having", "distinct", "null", "is", "like", "between"}
}

// accept reads the token if it is next.
func (p *parser) accept(token string) bool {
	if p.err != nil || len(p.tokens) == 0 || p.tokens[0] != token {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

func (p *parser) expect(token string) {
	if !p.accept(token) {
		p.fail()
	}
}

func (p *parser) fail() {
	if p.err != nil {
		return
	}
	near := "the end"
	if len(p.tokens) > 0 {
		near = p.tokens[0]
	}
	p.err = invalidQuery("Search error occurred: not understood, or not simulated, at: %s", near)
}
