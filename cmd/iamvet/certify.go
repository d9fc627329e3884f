package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/certificate"
	"github.com/iamvet/iamvet/analyzer/certificate/solver"
)

// certificateFlags choose what scan writes certificates of.
type certificateFlags struct {
	dir       string
	addresses []string
}

func (f *certificateFlags) add(c *cobra.Command) {
	fl := c.Flags()
	fl.StringVar(&f.dir, "certificates", "", "`DIR` for what was decided, violations and compliance, as questions that z3 and cvc5 check without iamvet (iamvet certify)")
	fl.StringArrayVar(&f.addresses, "address", nil, "`ADDRESS` of a resource to write certificates of; repeatable; default: all")
}

// collect gathers decisions as the flags choose, of the rules that are wanted; nil when no
// certificates are asked for.
func (f *certificateFlags) collect(wanted func(*analyzer.Check) bool) (*[]certificate.Decision, func(certificate.Decision), error) {
	if f.dir == "" {
		if len(f.addresses) > 0 {
			return nil, nil, errors.New("--address chooses certificates: say where to write them, --certificates DIR")
		}
		return nil, nil, nil
	}
	var all []certificate.Decision
	return &all, func(d certificate.Decision) {
		if c, err := rule(d.Rule); err == nil && wanted(c) && (len(f.addresses) == 0 || slices.Contains(f.addresses, d.Address)) {
			all = append(all, d)
		}
	}, nil
}

// writeCertificates writes what was collected.
func (p *program) writeCertificates(f *certificateFlags, all *[]certificate.Decision, boundaryDir string) error {
	if all == nil {
		return nil
	}
	dir, err := p.output(p.realBoundary(boundaryDir), f.dir)
	if err != nil {
		return fmt.Errorf("--certificates: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("--certificates: %w", err)
	}
	n, err := certificate.Write(dir, *all)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stderr, "iamvet: %d %s in %s\n", n, plural(n, "certificate", "certificates"), f.dir)
	return nil
}

func (p *program) certifyCommand() *cobra.Command {
	var name string
	c := &cobra.Command{
		Use:   "certify DIR",
		Short: "Have an SMT solver check what scan --certificates wrote",
		Long: `Run z3 or cvc5, whichever is installed, over the certificates in DIR, and say which
of them it disagrees with. Nothing of iamvet's proofs takes part.

A certificate of what is compliant asks for a request that gets through: unsat, there
is none. One of a violation is sat, and its witness is in a file beside it.

Exit status: 0 when the solver agrees with all, 1 when it does not, 2 when there is
no solver or something cannot be read.`,
		Example: `  iamvet scan --certificates proofs
  iamvet certify proofs
  z3 proofs/iv102-*.smt2`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return p.certify(c.Context(), args[0], name) },
	}
	c.Flags().StringVar(&name, "solver", "", "`NAME` of the solver: z3 or cvc5; default: whichever is installed")
	return c
}

func (p *program) certify(ctx context.Context, dir, name string) error {
	s, err := solver.Start(ctx, name)
	if errors.Is(err, solver.ErrNone) {
		return fmt.Errorf("%w: install one (z3 is a package of Debian, Homebrew and PyPI), or hand the files to it elsewhere", err)
	}
	if err != nil {
		return err
	}
	checked, wrong, err := certificate.Check(p.abs(dir), s.Answers)
	if closed := s.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	for _, d := range wrong {
		var where []string
		for _, w := range d.Entry.Decided {
			where = append(where, strings.TrimSpace(w.Address+" "+w.Place))
		}
		got := "nothing"
		if len(d.Got) > 0 {
			got = d.Got[len(d.Got)-1]
		}
		fmt.Fprintf(inertWriter{p.stdout}, "%s: %s of %s: %s says %s, not %s\n", d.File.Name, d.Entry.Verdict, d.Entry.Rule, s.Name, got, d.File.Expect)
		for _, w := range where {
			fmt.Fprintf(inertWriter{p.stdout}, "  %s\n", w)
		}
	}
	fmt.Fprintf(inertWriter{p.stdout}, "%d %s checked by %s, %d %s\n", checked, plural(checked, "file", "files"), s.Name, len(wrong), plural(len(wrong), "disagrees", "disagree"))
	if len(wrong) > 0 {
		return exit{exitViolations}
	}
	return nil
}
