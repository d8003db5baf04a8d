// Command radioquote is the quoting service and what an operator needs around it: the
// demo, the schema, the sync, and a way to price and to read one line without the chat.
//
// It wires packages together and decides nothing. Exit codes: 0 done, 1 the answer is
// "no", 2 wrong usage or configuration, 3 something broke. An error is one line.
package main

import (
	_ "time/tzdata" // the zones of teams, where the machine has none

	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"radioquote/quoting"
)

// Exit codes that scripts rely on.
const (
	exitDone  = 0
	exitNo    = 1
	exitUsage = 2
	exitBroke = 3
)

type program struct {
	Demo      demoCommand      `cmd:"" help:"Everything on this machine: a private Postgres, stand-ins for NetSuite and Teams, the service, and a page to try it on."`
	Serve     serveCommand     `cmd:"" help:"The service."`
	Migrate   migrateCommand   `cmd:"" help:"The database's schema."`
	Sync      syncCommand      `cmd:"" help:"One sync of prices, customers and stock from NetSuite."`
	Reconcile reconcileCommand `cmd:"" help:"Compare everything with NetSuite; exit 1 where something has drifted."`
	Doctor    doctorCommand    `cmd:"" help:"Check a deployment, NetSuite's account included, and say what to mend; exit 1 where something is broken."`
	Quote     quoteCommand     `cmd:"" help:"Price a request and store nothing."`
	Parse     parseCommand     `cmd:"" help:"Read one utterance a line, write one JSON object a line. Needs no database."`
	Policy    policyCommand    `cmd:"" help:"A changed policy: what it changes, what it would have done, and its proposal."`
	People    peopleCommand    `cmd:"" help:"Who has which role, team and manager."`
	Grant     grantCommand     `cmd:"" help:"Propose a role for somebody; another admin confirms it in Teams."`
	Revoke    revokeCommand    `cmd:"" help:"Propose the end of somebody's role; another admin confirms it in Teams."`
	Evidence  evidenceCommand  `cmd:"" help:"Everything that is kept of one quote, checked, as one file; exit 1 where something does not hold."`
	Simulator simulatorCommand `cmd:"" help:"The stand-in for NetSuite alone."`
	Manifest  manifestCommand  `cmd:"" help:"The Teams app package."`
}

// commandName is the last word of the command line.
type commandName string

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func main() { os.Exit(run(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})) }

func run(args []string, s streams) (code int) {
	var p program
	ended := false
	parser, err := kong.New(&p,
		kong.Name("radioquote"),
		kong.Description("Quotes for two-way radio systems, in Microsoft Teams."),
		kong.UsageOnError(),
		kong.Writers(s.out, s.err),
		kong.Exit(func(c int) { code, ended = c, true }),
	)
	if err != nil {
		fmt.Fprintln(s.err, "radioquote:", err)
		return exitBroke
	}
	command, err := parser.Parse(args)
	if ended {
		return code
	}
	if err != nil {
		fmt.Fprintf(s.err, "radioquote: %s; see radioquote --help\n", oneLine(err))
		return exitUsage
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	command.BindTo(ctx, (*context.Context)(nil))
	command.Bind(s, commandName(command.Selected().Name))
	if err := command.Run(); err != nil {
		if _, no := errors.AsType[*noError](err); !no || err.Error() != "" {
			fmt.Fprintln(s.err, "radioquote:", oneLine(err))
		}
		return exitCode(err)
	}
	return exitDone
}

// noError is the answer "no": a check failed, a request cannot be priced.
type noError struct{ sentence string }

func (e *noError) Error() string { return e.sentence }

// usageError is a configuration that cannot work.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func exitCode(err error) int {
	if _, ok := errors.AsType[*noError](err); ok {
		return exitNo
	}
	if _, ok := errors.AsType[*usageError](err); ok {
		return exitUsage
	}
	if quoting.KindOf(err) != quoting.Internal {
		return exitNo
	}
	return exitBroke
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
