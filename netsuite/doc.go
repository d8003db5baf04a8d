// Package netsuite speaks SuiteTalk REST to the dealer's NetSuite account: it signs in by
// OAuth 2.0 client credentials, reads the catalogue by SuiteQL in whole tables, asks
// NetSuite's price of a basket at this moment, and writes and reads the Estimate of a
// quote.
//
// It trusts nothing that it reads. Numbers become decimals from their text, a row that is
// not complete and plausible fails its table by name, a table whose rows do not add up to
// its COUNT(*) is not read, and an answer to another question than the asked one is no
// answer. Every failure is an *Error with a quoting.Fault, which tells the caller whether
// nothing was done, whether trying again can help, or whether a write must be read back
// before it is repeated.
//
// Probe tries out what all this needs of an account, and Health says how the connection is
// without asking.
//
// It refuses to decide: it compares no price with a quote, publishes no snapshot, repeats
// no write whose outcome is unknown, keeps nothing in a database and logs nothing. It has
// no cookies, follows no redirect, and never sends a line's amount, which NetSuite would
// take in place of rate × quantity with no more than a warning.
package netsuite
