package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/checks"
)

type whyFlags struct {
	inputFlags
	format            string
	noColor           bool
	credentialReports []string
	authorizations    []string
}

func (p *program) whyCommand() *cobra.Command {
	var f whyFlags
	c := &cobra.Command{
		Use:   "why [RULE] ADDRESS [PATH…]",
		Short: "Say of a resource what each rule decides, and why, also where nothing is wrong",
		Long: `Say of a resource what every rule that looks at it decides: violation,
undetermined, advice, compliant, or does not apply; with what decides, and where
that stands. Of a compliant one the case that came closest is told: a request that
is refused, and by which statement or condition. With a RULE, by its id or name,
only that rule answers.

ADDRESS is Terraform's address, in a root module below each PATH (default: the
working directory). Without instance keys it stands for all instances. Where
several root modules have it, write the directory before it: envs/prod:ADDRESS.
A data source stands for the resources that use it, and the ARN of a role or user
for the deployed one (--account-authorization).

Exit status: 0 when it is answered, whatever the verdict; 2 when there is no such
address, when several root modules have it, or when something could not be read.`,
		Example: `  iamvet why aws_iam_role.ci
  iamvet why IV201 'module.ci.aws_iam_role.deploy["eu"]' envs/prod
  iamvet why envs/prod:aws_organizations_organization.main
  iamvet why --format json aws_iam_user.alice --credential-report report.csv`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return p.why(c.Context(), args, &f) },
	}
	f.inputFlags.add(c)
	fl := c.Flags()
	fl.StringVar(&f.format, "format", "text", "`NAME` of the format: text or json")
	fl.StringArrayVar(&f.credentialReports, "credential-report", nil, "IAM credential `FILE` of an account, or a list of its virtual MFA devices; repeatable")
	fl.StringArrayVar(&f.authorizations, "account-authorization", nil, "`FILE` that aws iam get-account-authorization-details printed; repeatable")
	fl.StringVar(&f.at, "at", "", "`DATE` that ages of keys and credentials are measured to; default: now")
	fl.BoolVar(&f.noColor, "no-color", false, "no colour")
	return c
}

// whyArguments tells a rule, an address and paths apart. An address has a dot or a
// colon in it, a rule has none.
func (p *program) whyArguments(args []string) (only *analyzer.Check, address string, paths []string, err error) {
	if !strings.ContainsAny(args[0], ".:[") {
		if only, err = rule(args[0]); err != nil {
			return nil, "", nil, err
		}
		args = args[1:]
	}
	if len(args) == 0 {
		return nil, "", nil, errors.New("why needs an address such as aws_iam_role.deploy")
	}
	return only, args[0], args[1:], nil
}

func (p *program) why(ctx context.Context, args []string, f *whyFlags) error {
	if f.format != "text" && f.format != "json" {
		return fmt.Errorf("--format %s: text or json", f.format)
	}
	only, address, paths, err := p.whyArguments(args)
	if err != nil {
		return err
	}
	in, err := p.input(paths, &f.inputFlags)
	if err != nil {
		return err
	}
	if in.CredentialReports, err = p.reports("--credential-report", f.credentialReports, in.boundaryDir); err != nil {
		return err
	}
	if in.Authorizations, err = p.reports("--account-authorization", f.authorizations, in.boundaryDir); err != nil {
		return err
	}
	seen := p.seen(in)
	e, err := engine.Why(ctx, in.Input, checks.All, func(roots []*terraform.Root) ([]*terraform.Resource, error) {
		return chooser{roots: roots, of: seen.Name}.choose(address)
	})
	if err != nil {
		if e != nil {
			p.gaps(e.Gaps, seen, false)
		}
		return err
	}
	if only != nil {
		if !slices.ContainsFunc(e.Answers, func(a *analyzer.Answer) bool { return a.Check == only }) {
			return fmt.Errorf("%s %s does not look at %s: it is about %s", only.ID, only.Name, address, strings.Join(only.Subjects, ", "))
		}
		e.Answers = slices.DeleteFunc(e.Answers, func(a *analyzer.Answer) bool { return a.Check != only })
	}
	by := report.Asker{Version: version(), ScanRoot: in.ScanRoot, WorkDir: in.WorkDir, Boundary: p.shownBoundary(in)}
	var out bytes.Buffer
	if f.format == "json" {
		err = report.WhyJSON(&out, e, by)
	} else {
		err = report.WhyText(&out, e, by, report.TextOptions{Color: p.stdoutTerminal && !p.noColor && !f.noColor, Width: p.columns})
	}
	if err != nil {
		return err
	}
	if _, err := p.stdout.Write(report.Inert(out.Bytes())); err != nil {
		return err
	}
	if p.gaps(e.Gaps, seen, false) {
		return exit{exitBroken}
	}
	return nil
}

// chooser finds what an address means among the roots of a scan.
type chooser struct {
	roots []*terraform.Root
	of    func(string) string // how a directory is printed
}

// subjectTypes are the types that some rule looks at.
func subjectTypes() map[string]bool {
	out := map[string]bool{}
	for _, c := range checks.All {
		for _, t := range c.Subjects {
			out[t] = true
		}
	}
	return out
}

func (c chooser) choose(text string) ([]*terraform.Resource, error) {
	if strings.HasPrefix(text, "arn:") {
		return c.deployed(text)
	}
	dir, address, prefixed := strings.Cut(text, ":")
	if !prefixed || strings.ContainsAny(dir, `["`) {
		dir, address = "", text
	}
	want, err := parseTarget(strings.TrimSpace(address))
	if err != nil {
		return nil, err
	}
	if len(want.path) > 0 {
		return nil, fmt.Errorf("%s goes on behind a resource: leave %s out", address, want.written)
	}
	var found []*terraform.Resource
	var in []string
	for _, root := range c.roots {
		if dir != "" && path.Clean(c.of(root.Dir)) != path.Clean(dir) && path.Clean(root.Dir) != path.Clean(dir) {
			continue
		}
		before := len(found)
		for _, r := range candidates(root, &want) {
			if want.names(r) && !strings.HasPrefix(r.Address, "arn:") { // those are deployed
				found = append(found, r)
			}
		}
		if len(found) > before {
			in = append(in, path.Clean(c.of(root.Dir))+":"+address)
		}
	}
	if in = slices.Compact(in); len(in) > 1 {
		return nil, fmt.Errorf("%s is in %d root modules; name one of them:\n  %s", address, len(in), strings.Join(in, "\n  "))
	}
	if len(found) == 0 {
		return nil, c.missing(text, want)
	}
	return c.subjects(address, found)
}

// subjects are those of the resources that a rule looks at, or those that use them.
func (c chooser) subjects(address string, found []*terraform.Resource) ([]*terraform.Resource, error) {
	types := subjectTypes()
	var out []*terraform.Resource
	for _, r := range found {
		if types[r.Type] && r.Mode == addrs.Managed {
			out = append(out, r)
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	for _, r := range c.all() {
		for _, used := range found {
			if r.Root == used.Root && uses(r, used) && !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no rule looks at %s itself, nor at what uses it: ask about the user, role or organization that it is for", address)
	}
	return out, nil
}

// all are the resources that some rule looks at.
func (c chooser) all() (out []*terraform.Resource) {
	types := subjectTypes()
	for _, root := range c.roots {
		var there []string
		for _, t := range root.Types(addrs.Managed) {
			if types[t] {
				there = append(there, t)
			}
		}
		if len(there) > 0 {
			out = append(out, root.Resources(there...)...)
		}
	}
	return out
}

// deployed is the role or user of an account with that ARN.
func (c chooser) deployed(arn string) ([]*terraform.Resource, error) {
	var known []string
	for _, r := range c.all() {
		text, _ := r.Attr("arn").Text()
		if r.Address == arn || text == arn {
			return []*terraform.Resource{r}, nil
		}
		known = append(known, r.Address)
	}
	return nil, fmt.Errorf("nothing in this scan has the ARN %s%s", arn, didYouMean(arn, known))
}

// missing says that there is no such address, and what may be meant: the same
// resource in a module, or one with a name like it.
func (c chooser) missing(text string, want target) error {
	var known, same []string
	for _, r := range c.all() {
		plain := strings.TrimSuffix(r.Address, r.Key)
		known = append(known, r.Address, plain)
		if r.Type == want.typ && r.Name == want.name && !slices.Contains(same, plain) {
			same = append(same, plain)
		}
	}
	if _, err := os.Stat(text); err == nil {
		return fmt.Errorf("%s is a path: write the address first, then the paths", text)
	}
	switch len(same) {
	case 0:
	case 1:
		return fmt.Errorf("there is no %s; did you mean %q?", text, same[0])
	default:
		return fmt.Errorf("there is no %s; did you mean one of these?\n  %s", text, strings.Join(same, "\n  "))
	}
	return fmt.Errorf("there is no %s: iamvet inspect prints what there is%s", text, didYouMean(text, known))
}
