package quoting

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// PolicyChange is a field that two policies give other values; an empty value is none.
type PolicyChange struct {
	Path string // approval.amount[0], industries.retail.earpieces
	Old  string
	New  string
}

// String is the change as a line: "approval.amount[0]: 50000.00 → 75000.00".
func (c PolicyChange) String() string {
	return fmt.Sprintf("%s: %s → %s", c.Path, cmp.Or(c.Old, "none"), cmp.Or(c.New, "none"))
}

// DiffPolicies lists what differs between two policies, field by field and by path. Layout
// and comments do not count. The error is of kind Invalid for a text that is no document.
func DiffPolicies(old, changed *Policy) ([]PolicyChange, error) {
	before, err := fields(old.Text)
	if err != nil {
		return nil, err
	}
	after, err := fields(changed.Text)
	if err != nil {
		return nil, err
	}
	var changes []PolicyChange
	for path, value := range before {
		if after[path] != value {
			changes = append(changes, PolicyChange{path, value, after[path]})
		}
	}
	for path, value := range after {
		if _, there := before[path]; !there {
			changes = append(changes, PolicyChange{Path: path, New: value})
		}
	}
	slices.SortFunc(changes, func(a, b PolicyChange) int { return strings.Compare(a.Path, b.Path) })
	return changes, nil
}

// fields are the values of a document by their paths.
func fields(text []byte) (map[string]string, error) {
	var document any
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, &Error{Kind: Invalid, Sentence: "The policy cannot be read: " + yaml.FormatError(err, false, false), Err: err}
	}
	found := map[string]string{}
	var walk func(path string, value any)
	walk = func(path string, value any) {
		switch value := value.(type) {
		case map[string]any:
			for key, inner := range value {
				walk(strings.TrimPrefix(path+"."+key, "."), inner)
			}
		case []any:
			for i, inner := range value {
				walk(fmt.Sprintf("%s[%d]", path, i), inner)
			}
		default:
			found[path] = fmt.Sprint(value)
		}
	}
	walk("", document)
	return found, nil
}

// lineOf is the line of a policy's text that has the field of a path, or that of the nearest
// field around it; 0 where the text has none of them.
func lineOf(text []byte, path string) int {
	file, err := parser.ParseBytes(text, 0)
	if err != nil || len(file.Docs) == 0 {
		return 0
	}
	for ; path != ""; path = path[:max(strings.LastIndexAny(path, ".["), 0)] {
		at, err := yaml.PathString("$." + path)
		if err != nil {
			continue
		}
		if node, err := at.FilterNode(file.Docs[0].Body); err == nil && node != nil {
			return lineOfNode(node)
		}
	}
	return 0
}

// lineOfNode is where a value begins; that of a block is its first key's.
func lineOfNode(node ast.Node) int {
	if mapping, ok := node.(*ast.MappingNode); ok && len(mapping.Values) > 0 {
		return mapping.Values[0].Key.GetToken().Position.Line
	}
	return node.GetToken().Position.Line
}
