// Package desk is what the service does: one method for one use case, one transaction for
// one method, and the workers of the jobs that a transaction leaves behind.
//
// It refuses to decide: whether something may be done is a pure function of package
// quoting on what the store says. And it never calls NetSuite or Teams inside a
// transaction: what must happen afterwards is a job, enqueued in the same transaction.
package desk

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"radioquote/quoting"
	"radioquote/store"
)

// Arrival is where an activity comes from, by its validated token and envelope.
type Arrival = store.Arrival

// Teams sends to chats. Its errors say by a quoting.Fault what happened: Unavailable
// (nothing was sent; a Later says when to try again), OutcomeUnknown (it may have been
// sent: never sent again blindly), Refused (the chat is gone, or the message is refused
// for good).
type Teams interface {
	// Send posts a new message and returns Teams' id of it.
	Send(ctx context.Context, to Chat, c Content) (activityID string, err error)
	// Update replaces a message that was sent.
	Update(ctx context.Context, to Chat, activityID string, c Content) error
}

// Chat is where to send.
type Chat struct {
	ID         string // Teams' conversation id
	ServiceURL string
}

// Content is what a message shows: a quote as somebody may see it, or as a room does, or a
// notice, or that there is one for somebody.
type Content struct {
	Locale   string // BCP 47, of who reads it; empty: not known
	View     *quoting.View
	Approval bool // the view of somebody who decides
	Notice   *quoting.Notice
	Hints    []string // what to write next, offered while it is the last message; in a personal chat only
	Room     *quoting.RoomView
	Sealed   *quoting.SealedNotice
	Price    *quoting.ListPrice
	Said     string // alone, as the answer to a click: the card stays as it is, and this is said in passing
}

// Later is an error that says when the same call may be tried again.
type Later struct {
	After time.Duration
	Err   error
}

func (e *Later) Error() string   { return fmt.Sprintf("again in %s: %s", e.After, e.Err) }
func (e *Later) Unwrap() []error { return []error{quoting.Unavailable, e.Err} }

// Config is what a desk works with.
type Config struct {
	DB       *store.DB
	Policy   *quoting.Policy
	NetSuite NetSuite
	Teams    Teams
	Prefix   string // of external ids in NetSuite: RQ-

	// Directory is where roles come from; nil: the database's own directory.
	Directory Directory
	// PolicyFile is the policy of the configuration. Where it is another than Policy, the one
	// in force, and has changed since the last start, it is proposed. Nil: there is none.
	PolicyFile *quoting.Policy
	// SignInURL is where people's browsers prove a large decision, without a slash at its
	// end; empty: nowhere, and no such decision is taken.
	SignInURL string

	Now     func() time.Time
	Log     *zap.Logger
	Metrics prometheus.Registerer
}

// Desk does the work. Its price book is loaded by Prepare and swapped when a newer snapshot
// is published.
type Desk struct {
	Config
	books    books
	habits   atomic.Pointer[quoting.Habits] // what is usual of past quotes
	budget   *budget
	updating sync.Map                             // rows of the messages that an update of this process is on its way for
	account  atomic.Pointer[quoting.Capabilities] // as last probed; nil: never
	changed  *policyChange                        // nil: the policy has not changed lately
	metrics  metrics
	started  time.Time
}
