// Package simulator stands in for one NetSuite account at the HTTP boundary: OAuth 2.0 sign-in,
// SuiteQL, estimates with NetSuite's own pricing, and faults on demand. Tests, the load program
// and the demo point the real client at it.
//
// It is stricter than NetSuite wherever Oracle's documentation leaves a doubt, so that what works
// here works there; docs/simulator-assumptions.md lists those decisions. It prices with an engine
// of its own and imports nothing of the code it is there to check: an error shared by both sides
// would otherwise go unseen.
//
// It refuses what is not simulated with NetSuite's own errors, never with an empty success, and it
// listens on loopback only. It keeps everything in memory and forgets it when closed.
package simulator
