// Package quoting is the domain of Radio Quote: what a dealer's rep asks for, the
// two-way radio system that answers it, what that system costs, who must approve it,
// and the states that a quote goes through.
//
// Everything in it is a pure decision on values: the same arguments give the same
// answer, and the answer can be explained line by line. It refuses to know a clock, a
// network, a database, a chat or a card. Actions that need those live in quoting/desk;
// this package is what they ask before they act.
//
// The dealer's numbers and names (industries, models, limits) are not constants here
// but a Policy, a document with a version of its own that is stamped on every quote.
package quoting
