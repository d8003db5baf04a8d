package quoting

// Fault says what a failed call to another system, NetSuite above all, means for whoever
// made it. It is found by errors.Is through any wrapping, so that a use case can decide
// without knowing the system's protocol. An error without a Fault is a fault of ours.
type Fault int

const (
	// Unavailable: nothing was done, and the same call may work later. The other system
	// is down, slow, busy, or does not let us in.
	Unavailable Fault = iota + 1
	// Refused: nothing was done, and the same call will be refused again. A person has
	// to look at it.
	Refused
	// OutcomeUnknown: a write was sent and its answer was lost. It may have been done:
	// read before repeating.
	OutcomeUnknown
	// Malformed: the answer to a read is not what it should be. Nothing in it is used.
	Malformed
)

func (f Fault) Error() string {
	switch f {
	case Unavailable:
		return "unavailable"
	case Refused:
		return "refused"
	case OutcomeUnknown:
		return "outcome unknown"
	case Malformed:
		return "malformed answer"
	default:
		return "no fault"
	}
}
