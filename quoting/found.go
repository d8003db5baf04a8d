package quoting

import "cmp"

// FoundQuote is a quote as a search lists it for somebody who may see it, and as that
// person may insert it where others read: no more of it than a room sees.
type FoundQuote struct {
	RoomView
	Customer string // empty: none yet
	Users    int    // radios; 0: parts only
}

// NewFoundQuote is a quote's current version as it is listed.
func NewFoundQuote(q Quote, v Version) FoundQuote {
	f := FoundQuote{RoomView: NewRoomView(q, v), Customer: cmp.Or(v.Customer.Name, v.CustomerText), Users: v.Request.Users}
	f.Carried = true
	return f
}
