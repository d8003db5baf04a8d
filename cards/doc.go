// Package cards turns what quoting decided into Adaptive Cards, and what a person pressed
// on a card back into a quoting.Command.
//
// It shows a quoting.View as it is: it decides nothing, computes no price and hides
// nothing by itself. It knows no clock, so that times are written for the reader's own
// zone by the client that shows the card. What comes back from a card is what somebody's
// client sent, and is read as such: a Command says what was asked for, never that it is
// allowed.
//
// Text that people, customers or NetSuite wrote is only ever shown by elements that know
// no Markdown (text runs, choices, buttons), so that a customer's name cannot become a
// link, a mention or bold type. TextBlocks hold the words of this package alone.
package cards
