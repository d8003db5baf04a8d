// Package roletable is the table of who may do what with whose quote, for the tests of the
// packages that hold it: store, quoting/desk and cards. roles.txt has it, and says what its
// words mean. It refuses to be read in part, and no product code reads it.
package roletable

import (
	_ "embed"
	"fmt"
	"strings"
)

// Row is what one role may do by one act: yes, no, no*, none, or - where there is no such thing.
type Row struct {
	Role, Action string
	Cells        map[string]string // by whose quote it is: own, team, other
}

// rows is how many there are: each of nine roles by each of 21 acts.
const rows = 9 * 21

//go:embed roles.txt
var text string

// Rows are the rows of the table, in its order. It panics where they are not all there: a test
// of a part of the table would pass for the whole.
func Rows() []Row {
	var all []Row
	for line := range strings.Lines(text) {
		f := strings.Split(strings.TrimSpace(line), "|")
		for i := range f {
			f[i] = strings.TrimSpace(f[i])
		}
		if len(f) == 5 && f[0] != "role" {
			all = append(all, Row{f[0], f[1], map[string]string{"own": f[2], "team": f[3], "other": f[4]}})
		}
	}
	if len(all) != rows {
		panic(fmt.Sprintf("the table of roles has %d rows, want %d", len(all), rows))
	}
	return all
}
