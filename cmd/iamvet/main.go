// Command iamvet reads Terraform and says, before anything is applied, who can
// get into the AWS account.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// Exit statuses.
const (
	exitClean      = 0 // nothing at or above --fail-on
	exitViolations = 1
	exitBroken     = 2 // usage, or something that had to be read could not be
)

func main() {
	wd, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(os.Stderr, "iamvet: the working directory is not readable:", err)
		os.Exit(exitBroken)
	}
	p := &program{
		stdin: os.Stdin, stdout: os.Stdout, stderr: inertWriter{os.Stderr}, status: os.Stderr, dir: wd, now: time.Now,
		stdoutTerminal: isTerminal(os.Stdout), stderrTerminal: isTerminal(os.Stderr), stdinTerminal: isTerminal(os.Stdin),
		columns: columns(os.Stdout),
		noColor: os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb",
	}
	os.Exit(untilInterrupted(os.Stderr, func(ctx context.Context) int { return p.run(ctx, os.Args[1:]) }, os.Exit))
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// maxColumns is where lines end on a terminal that is wider: longer ones are
// hard to read.
const maxColumns = 120

// columns is how wide a terminal is; 0 for anything else, whose lines are the
// same wherever it runs.
func columns(f *os.File) int {
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		return 0
	}
	return min(width, maxColumns)
}

// program is the command with everything it takes from its surroundings:
// nothing below run reads os.Args, the environment, the clock or the working
// directory.
type program struct {
	stdin                                         io.Reader
	stdout, stderr                                io.Writer
	status                                        io.Writer // the terminal of stderr, for what is written over again
	stdinTerminal, stdoutTerminal, stderrTerminal bool
	columns                                       int // of the terminal; 0 where there is none
	noColor                                       bool
	dir                                           string // working directory, absolute
	debug                                         bool
	now                                           func() time.Time
}

// exit carries a status through cobra.
type exit struct{ status int }

func (e exit) Error() string { return fmt.Sprintf("exit status %d", e.status) }

func (p *program) run(ctx context.Context, args []string) int {
	root := &cobra.Command{
		Use:   "iamvet",
		Short: "Prove who can get into an AWS account, from its Terraform code",
		Long: `iamvet reads Terraform configurations, plans and states and proves things about
AWS identity: whether root may act without MFA, whether a role can be assumed
under a name that hides who did it, whether users get keys they should not have.

Nothing is executed and nothing leaves this machine.`,
		Example: `  iamvet scan
  iamvet scan envs/prod --plan plan.json
  iamvet scan --format sarif=iamvet.sarif --format text .
  iamvet explain role-session-name`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       version(),
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetArgs(args)
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(p.scanCommand(), p.fixCommand(), p.rulesCommand(), p.explainCommand(), p.controlsCommand(), p.inspectCommand(), p.orgCommand(), p.graphCommand(), p.evalCommand(), p.whyCommand(), p.auditCommand(), p.certifyCommand(), p.baselineCommand(), p.configCommand(), p.initCommand(), p.compareCommand(), p.versionCommand())
	root.PersistentFlags().BoolVar(&p.debug, "debug", false, "say on standard error what is done, which fixes were dropped, what was allocated and, of a crash, where")
	p.completions(root)
	err := p.guard(func() error { return root.ExecuteContext(ctx) })
	p.sayMemory()
	var status exit
	var crash *engine.Crash
	switch {
	case err == nil:
		return exitClean
	case errors.As(err, &status):
		return status.status
	case ctx.Err() != nil:
		fmt.Fprintln(p.stderr, "iamvet: interrupted")
		var by interrupted
		if errors.As(context.Cause(ctx), &by) {
			return by.status()
		}
		return exitBroken
	case errors.As(err, &crash):
		fmt.Fprintln(p.stderr, crash)
		return exitBroken
	default:
		fmt.Fprintf(p.stderr, "iamvet: %v\n", err)
		return exitBroken
	}
}

// sayMemory says with --debug what the run allocated in all, for scripts/bench.
func (p *program) sayMemory() {
	if !p.debug {
		return
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Fprintf(p.stderr, "memory: allocated=%d allocations=%d collections=%d\n", m.TotalAlloc, m.Mallocs, m.NumGC)
}

// guard is do, with a panic in it as an error, unless --debug wants to see that.
func (p *program) guard(do func() error) error {
	var err error
	if crash := engine.Guard(func() { err = do() }, func() bool { return p.debug }); crash != nil {
		return crash
	}
	return err
}
