package simulator

import (
	"net/http"
	"slices"
)

// Script runs on every write of an estimate before it is stored, as a user-event script of
// the account does; nil: none.
func (s *Simulator) Script(run func(*Estimate)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = run
}

// ForbidRecord takes a record's permission from the role, or gives it back: customer,
// estimate, salesOrder, customerStatus. Tables of SuiteQL have HideTable.
func (s *Simulator) ForbidRecord(name string, forbidden bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.forbidden == nil {
		s.forbidden = make(map[string]bool)
	}
	s.forbidden[name] = forbidden
}

// RequireField makes a field of estimates mandatory, as the account's form may: one of those
// that can be written.
func (s *Simulator) RequireField(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.required = append(s.required, name)
}

// missingFields are the mandatory fields that a draft does not give. The caller holds the
// lock.
func (s *Simulator) missingFields(d *draft) []string {
	given := map[string]string{"title": d.Title, "memo": d.Memo, "otherRefNum": d.OtherRefNum, "dueDate": d.DueDate}
	return slices.DeleteFunc(slices.Clone(s.required), func(name string) bool { return d.form || given[name] != "" })
}

// recordOf is the record that a route is about; empty: none.
func recordOf(route Route) string {
	switch route {
	case RouteCustomer, RouteCustomerWrite:
		return "customer"
	case RouteEstimateRead, RouteEstimateWrite, RouteCreateForm:
		return "estimate"
	case RouteSalesOrderRead, RouteTransform:
		return "salesOrder"
	case RouteStatus:
		return "customerStatus"
	default:
		return ""
	}
}

// permit refuses what the role may not do: a read with the permission's name, a write
// without. (reported from the field)
func (s *Simulator) permit(route Route, method string) error {
	record := recordOf(route)
	s.mu.RLock()
	forbidden := s.forbidden[record]
	s.mu.RUnlock()
	switch {
	case record == "" || !forbidden:
		return nil
	case method == http.MethodGet:
		return refusef(http.StatusForbidden, "INSUFFICIENT_PERMISSION", "You need the '%s' permission to access this page. Please contact your account administrator.", record)
	default:
		return userError("", "Your current role does not have permission to perform this action.")
	}
}
