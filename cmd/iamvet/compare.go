package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/iamvet/iamvet/analyzer/comparison"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/analyzer/revision"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

type compareFlags struct {
	inputFlags
	before      beforeFlags
	format      string
	output      string
	denied      bool
	failOnWider bool
	strict      bool
	noColor     bool
	verbose     bool
}

func (p *program) compareCommand() *cobra.Command {
	var f compareFlags
	c := &cobra.Command{
		Use:   "compare REVISION [PATH…]",
		Short: "Prove what a change newly allows, with the request and the line that lets it in",
		Long: `Compare the policies below each PATH (default: the working directory) with those of
where HEAD left a REVISION of git, what is not committed included: trust policies,
service and resource control policies, permissions boundaries, and the policies of
users, groups, roles and permission sets. For whom or what they bind that has others
than before, say whether a request gets through that did not.

REVISION may be A..B: what B allows that A does not; or A...B: since B left A. With
--before-plan or --before-state and no REVISION, a plan or state (--plan, --state) is
compared with another.

"No request is newly allowed" is proven. Where that hangs on something that is not
known, a request may be newly allowed, and what would decide it is told.

Exit status: 0; with --fail-on-wider 1 where a request is newly allowed, with --strict
also where one may be; 2 where something could not be read or compared.`,
		Example: `  iamvet compare main
  iamvet compare v1.2.0..v1.3.0 envs/prod
  iamvet compare --fail-on-wider origin/main
  iamvet compare --before-plan old.json --plan new.json
  iamvet compare main --denied --format json`,
		RunE: func(c *cobra.Command, args []string) error { return p.compare(c.Context(), args, &f) },
	}
	f.inputFlags.add(c)
	f.before.add(c)
	fl := c.Flags()
	fl.StringVar(&f.format, "format", "text", "`NAME` of the format: text, json or markdown")
	fl.StringVarP(&f.output, "output", "o", "", "`FILE` to write; default: standard output")
	fl.BoolVar(&f.denied, "denied", false, "say also what is newly denied")
	fl.BoolVar(&f.failOnWider, "fail-on-wider", false, "make the exit status 1 where a request is newly allowed")
	fl.BoolVar(&f.strict, "strict", false, "with --fail-on-wider, also where one may be")
	fl.BoolVar(&f.noColor, "no-color", false, "no colour")
	fl.BoolVarP(&f.verbose, "verbose", "v", false, "print every line and every gap")
	return c
}

// compareFormats are the formats of a comparison.
var compareFormats = []string{"text", "json", "markdown"}

func (p *program) compare(ctx context.Context, args []string, f *compareFlags) error {
	if !slices.Contains(compareFormats, f.format) {
		return fmt.Errorf("--format %s: %s%s", f.format, alternatives(compareFormats), didYouMean(f.format, compareFormats))
	}
	if f.strict && !f.failOnWider {
		return errors.New("--strict goes with --fail-on-wider")
	}
	revisions, paths := "", args
	if !f.before.given() || len(args) > 0 {
		if len(args) == 0 {
			return errors.New("name the revision to compare with, as in iamvet compare main, or a plan, with --before-plan")
		}
		revisions, paths = args[0], args[1:]
	}
	if revisions == "" && len(f.plans)+len(f.states) == 0 {
		return errors.New("name what --before-plan or --before-state is compared with: --plan or --state, or a REVISION of the code before")
	}
	if revisions != "" && len(paths) == 0 {
		paths = []string{"."}
	}
	in, err := p.input(paths, &f.inputFlags)
	if err != nil {
		return err
	}
	var open opener
	after := "what is in the working directory"
	if revisions == "" {
		after = strings.Join(append(append([]string{}, f.plans...), f.states...), ", ")
	} else {
		from, to, both, three := between(revisions)
		open = leftBy(from)
		if both {
			var close func()
			if open, close, err = p.both(ctx, &in, from, to, three); err != nil {
				return err
			}
			defer close()
			after = to
		}
	}
	then, name, done, err := p.then(ctx, in, paths, &f.inputFlags, &f.before, open)
	defer done()
	if err != nil {
		return err
	}
	progress := p.startProgress()
	progress.stage("comparing")
	c, err := engine.Compare(ctx, then, in.Input, comparison.Options{Denied: f.denied})
	progress.stop()
	if err != nil {
		return err
	}
	c.Before, c.After = name, after
	if err := p.writeComparison(ctx, c, in, f); err != nil {
		return err
	}
	return comparedStatus(c, f)
}

// between takes A..B and A...B apart.
func between(revisions string) (from, to string, both, left bool) {
	if from, to, both = strings.Cut(revisions, "..."); both {
		return from, head(to), true, true
	}
	from, to, both = strings.Cut(revisions, "..")
	return from, head(to), both, false
}

func head(rev string) string {
	if rev == "" {
		return "HEAD"
	}
	return rev
}

// both makes the input one of a revision, and says how the one before is opened.
func (p *program) both(ctx context.Context, in *inputOf, from, to string, left bool) (open opener, close func(), err error) {
	if in.Boundary == nil {
		return nil, nil, errors.New("there is no code to compare: name a PATH in a git repository")
	}
	now, err := revision.OpenLeft(ctx, in.boundaryDir, to, to)
	if err != nil {
		return nil, nil, err
	}
	in.Boundary = &workspace.Boundary{FS: fetchedNow{now, in.Boundary.FS}, Dir: in.Boundary.Dir}
	open = func(ctx context.Context, dir string) (*revision.Tree, string, error) {
		by := from
		if left {
			by = to
		}
		tree, err := revision.OpenLeft(ctx, dir, from, by)
		if err != nil {
			return nil, "", err
		}
		name := tree.Commit[:12]
		if !strings.HasPrefix(tree.Commit, from) {
			name += " (" + from + ")"
		}
		return tree, name, nil
	}
	return open, func() { _ = now.Close() }, nil
}

func (p *program) writeComparison(ctx context.Context, c *comparison.Comparison, in inputOf, f *compareFlags) error {
	by := report.Asker{Version: version(), ScanRoot: in.ScanRoot, WorkDir: in.WorkDir, Boundary: p.shownBoundary(in)}
	var out bytes.Buffer
	var err error
	switch f.format {
	case "json":
		err = report.ComparisonJSON(&out, c, by)
	case "markdown":
		err = report.ComparisonMarkdown(&out, c)
	default:
		opt := report.TextOptions{Verbose: f.verbose}
		if f.output == "" || f.output == stdinName {
			opt.Color, opt.Width = p.stdoutTerminal && !p.noColor && !f.noColor, p.columns
		}
		err = report.ComparisonText(&out, c, by, opt)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", f.format, err)
	}
	if f.output != "" && f.output != stdinName {
		return p.writeOutput(ctx, in.boundaryDir, f.output, f.format, report.Inert(out.Bytes()))
	}
	_, err = p.stdout.Write(report.Inert(out.Bytes()))
	return err
}

// comparedStatus is the exit status of a comparison, as an error for cobra.
func comparedStatus(c *comparison.Comparison, f *compareFlags) error {
	for _, g := range c.Gaps {
		if g.Kind == source.ErrorGap {
			return exit{exitBroken}
		}
	}
	sure, maybe := c.Wider()
	if f.failOnWider && (sure > 0 || f.strict && maybe > 0) {
		return exit{exitViolations}
	}
	return nil
}
