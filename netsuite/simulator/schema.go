package simulator

// schema is what of the account SuiteQL shows to the integration's role, and how.
type schema struct {
	hiddenTables  map[string]bool
	hiddenColumns map[[2]string]bool // table, column
	dates         string             // Go layout of a raw date
}

// HideTable takes a table away from the integration's role, or gives it back. NetSuite answers as
// if there were no such table.
func (s *Simulator) HideTable(table string, hidden bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.schema.hiddenTables[table] = hidden
}

// HideColumn takes a column away, as a new release or a narrower role does, or gives it back.
func (s *Simulator) HideColumn(table, column string, hidden bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.schema.hiddenColumns[[2]string{table, column}] = hidden
}

// SetDateFormat changes the user's preference for dates, a layout of package time. Raw dates are
// written in it from now on.
func (s *Simulator) SetDateFormat(layout string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.schema.dates = layout
}

func newSchema() schema {
	return schema{make(map[string]bool), make(map[[2]string]bool), "1/2/2006"}
}

// records finds a table by name among all that the account has.
func (s *Simulator) records(name string) (table, error) {
	switch name {
	case "transaction":
		return view(s.estimates.sorted(), 1, transactionFields()), nil
	case "transactionline":
		return view(s.estimates.posted(), 1, postedLineFields()), nil
	}
	return s.company.table(name)
}

// table finds a table that the role may see, with the columns that it may see.
func (s *Simulator) table(name string) (table, error) {
	if s.schema.hiddenTables[name] {
		return table{}, tableMissing(name)
	}
	t, err := s.records(name)
	if err != nil {
		return table{}, err
	}
	for column := range t.columns {
		if s.schema.hiddenColumns[[2]string{name, column}] {
			delete(t.columns, column)
		}
	}
	return t, nil
}
