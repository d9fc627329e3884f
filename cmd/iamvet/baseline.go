package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/iamvet/iamvet/analyzer/baseline"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/checks"
)

type baselineFlags struct {
	inputFlags
	output string
	prune  bool
}

func (p *program) baselineCommand() *cobra.Command {
	var f baselineFlags
	c := &cobra.Command{
		Use:   "baseline [PATH…]",
		Short: "Write down the findings that are there, so that scan reports what is new",
		Long: `Scan the root modules below each PATH, and write the findings to a file that is kept
beside the code. scan --baseline FILE counts those as suppressed, and reports and fails
for what is not among them.

A finding is told by its rule, its resource's type and name, and what its statement says:
it stays known when files are moved and renamed, modules too, when code is formatted, and
when a resource is renamed where a moved block says so.

--prune takes out of the file what is found no more, and puts nothing in.`,
		Example: `  iamvet baseline
  iamvet scan --baseline iamvet-baseline.json
  iamvet baseline --prune`,
		RunE: func(c *cobra.Command, args []string) error { return p.baseline(c.Context(), args, &f) },
	}
	f.add(c)
	fl := c.Flags()
	fl.StringVarP(&f.output, "output", "o", "iamvet-baseline.json", "`FILE` to write; - for standard output")
	fl.BoolVar(&f.prune, "prune", false, "only take out of the file what is found no more")
	return c
}

func (p *program) baseline(ctx context.Context, args []string, f *baselineFlags) error {
	in, err := p.input(args, &f.inputFlags)
	if err != nil {
		return err
	}
	var before []baseline.Entry
	if f.prune {
		if before, err = p.readBaseline(f.output); err != nil {
			return fmt.Errorf("--prune: %w", err)
		}
		in.Baseline = before
	}
	r, err := engine.Analyze(ctx, in.Input, checks.All)
	if err != nil {
		return err
	}
	var entries []baseline.Entry
	if f.prune {
		for _, known := range r.Known {
			entries = append(entries, before[known])
		}
	} else {
		for _, finding := range append(r.Findings, r.Undetermined...) {
			entries = append(entries, engine.EntryOf(finding))
			for _, included := range finding.Includes {
				entries = append(entries, engine.EntryOf(included))
			}
		}
	}
	var text bytes.Buffer
	if err := baseline.Write(&text, entries); err != nil {
		return err
	}
	if f.output == stdinName {
		_, err := p.stdout.Write(text.Bytes())
		return err
	}
	if err := p.writeOutput(ctx, in.boundaryDir, f.output, "json", text.Bytes()); err != nil {
		return err
	}
	said := fmt.Sprintf("%s: %d %s", f.output, len(entries), plural(len(entries), "finding is known", "findings are known"))
	if f.prune {
		said += fmt.Sprintf(", %d gone", len(before)-len(entries))
	}
	fmt.Fprintln(p.stderr, said)
	// What could not be read may hold findings that the file lacks.
	for _, g := range r.Gaps {
		fmt.Fprintf(p.stderr, "iamvet: %s: %s\n", g.Kind, g.Reason)
	}
	return nil
}

// readBaseline reads a file that baseline wrote.
func (p *program) readBaseline(name string) ([]baseline.Entry, error) {
	text, err := p.read(name, maxBaseline)
	if err != nil {
		return nil, fmt.Errorf("%s: %s: iamvet baseline -o %s writes it", name, cause(err), filepath.ToSlash(name))
	}
	entries, err := baseline.Read(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if entries == nil {
		entries = []baseline.Entry{} // a baseline of nothing is one
	}
	return entries, nil
}
