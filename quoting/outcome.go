package quoting

// EndProblem says why the quote cannot end in that state, as an error of kind Forbidden,
// Invalid or Conflict; nil where it can. A quote is won only with an approved version whose
// Estimate is in NetSuite: the sales order is made of it.
func EndProblem(q Quote, v Version, to QuoteState, by PersonID, reason string) error {
	switch {
	case by != q.Owner:
		return Errorf(Forbidden, "%s is somebody else's; only its owner ends it.", q.ID)
	case q.State.Ended():
		return Errorf(Conflict, "%s is already %s.", q.ID, q.State)
	case to == Won && (v.State != Approved || q.Estimate != Synced):
		return Errorf(Conflict, "%s can be won once it is approved and its Estimate is in NetSuite.", q.ID)
	case to != Won && reason == "":
		return Errorf(Invalid, "Please say why, in a few words. It helps the next quote.")
	}
	return nil
}

// RetryProblem says why what NetSuite refused is not tried again; nil where it is. Of a
// quote that has ended it is the end that NetSuite is told again, whatever the version.
func RetryProblem(q Quote, v Version, by PersonID) error {
	switch {
	case by != q.Owner:
		return Errorf(Forbidden, "%s is somebody else's; only its owner sends it to NetSuite.", q.ID)
	case v.State != Approved && !q.State.Ended():
		return Errorf(Conflict, "%s v%d is not approved, so there is nothing to send to NetSuite.", q.ID, v.Number)
	case q.Estimate != NeedsAttention:
		return Errorf(Conflict, "Nothing of %s waits for NetSuite.", q.ID)
	}
	return nil
}
