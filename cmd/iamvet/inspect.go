package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/value"
)

type inspectFlags struct {
	inputFlags
	format string
}

func (p *program) inspectCommand() *cobra.Command {
	var f inspectFlags
	c := &cobra.Command{
		Use:   "inspect [PATH] [ADDRESS[.attribute]]",
		Short: "Print values as iamvet sees them, where they come from, and what is unknown and why",
		Long: `Print what iamvet makes of a resource instance or one of its attributes, of a
variable, a local or an output: the value, the chain of names it was read through,
and what is not known and why.
Without an address every identity resource instance is printed (aws_iam_*,
aws_organizations_*, managed and data).

The root module at PATH is evaluated; where PATH has no configuration of its
own, all root modules below it. With --plan or --state and no PATH, what the plan
or state alone says is printed.

Variables, locals and outputs are var.name, local.name and output.name of the root
module, module.ci.var.name, module.ci.local.name and module.ci.name of another.

An address without instance keys stands for all instances. What follows it leads
into lists, blocks and JSON text: .inline_policy[0].name, .tags["team"],
.assume_role_policy.Statement[0].Principal.

Exit status: 0, or 2 when something could not be read or there is no such address.`,
		Example: `  iamvet inspect envs/prod
  iamvet inspect envs/prod 'module.ci.aws_iam_role.deploy["eu"].assume_role_policy'
  iamvet inspect envs/prod local.trusted_accounts
  iamvet inspect --plan plan.json --format json`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error { return p.inspect(c.Context(), args, &f) },
	}
	f.inputFlags.add(c)
	c.Flags().StringVar(&f.format, "format", "text", "`NAME` of the format: text or json")
	return c
}

func (p *program) inspect(ctx context.Context, args []string, f *inspectFlags) error {
	if f.format != "text" && f.format != "json" {
		return fmt.Errorf("--format %s: text or json", f.format)
	}
	paths, address, err := p.pathAndAddress(args)
	if err != nil {
		return err
	}
	var want *target
	if address != "" {
		t, err := parseTarget(address)
		if err != nil {
			return err
		}
		want = &t
	}
	in, err := p.input(paths, &f.inputFlags)
	if err != nil {
		return err
	}
	in.OnlyPaths = true
	roots, gaps, enough, err := engine.Load(ctx, in.Input)
	if err != nil {
		return err
	}
	found, bare := inspectRoots(roots, want)
	if len(found) == 0 && bare == nil {
		found, bare = inspectNamed(roots, want)
	}
	for _, r := range roots {
		gaps = append(gaps, r.Gaps()...)
	}
	seen := p.seen(in)
	var out bytes.Buffer
	if f.format == "json" {
		err = inspectJSON(&out, report.SeenFrom(in.ScanRoot, ""), found)
	} else {
		err = inspectText(&out, report.SeenFrom(in.ScanRoot, ""), seen, found)
	}
	if err != nil {
		return err
	}
	if err := enough(); err != nil {
		return err
	}
	if _, err := p.stdout.Write(report.Inert(out.Bytes())); err != nil {
		return err
	}
	gaps = engine.TidyGaps(gaps)
	broken := p.gaps(gaps, seen, want == nil)
	switch {
	case bare != nil && len(found) == 0:
		return fmt.Errorf("%s has no %s", bare.Address, want.written)
	case want != nil && len(found) == 0 && want.named():
		return fmt.Errorf("%s is not declared here", address)
	case want != nil && len(found) == 0:
		return fmt.Errorf("there is no %s: without an address, inspect prints what there is%s", address, didYouMean(address, addresses(roots)))
	case len(roots) == 0 && len(gaps) == 0:
		fmt.Fprintln(p.stderr, "iamvet: no Terraform files here: nothing was looked at")
	}
	if broken {
		return exit{exitBroken}
	}
	return nil
}

// pathAndAddress tells the arguments apart: with two, the first is the path;
// one alone is a path when such a file or directory exists.
func (p *program) pathAndAddress(args []string) (paths []string, address string, err error) {
	exists := func(arg string) bool {
		_, err := os.Stat(p.abs(arg))
		return err == nil
	}
	switch {
	case len(args) == 0:
		return nil, "", nil
	case len(args) == 2:
		if !exists(args[0]) {
			return nil, "", fmt.Errorf("%s does not exist; write the path first, then the address", args[0])
		}
		return args[:1], args[1], nil
	case exists(args[0]):
		return args, "", nil
	case !strings.Contains(args[0], ".") || strings.HasPrefix(args[0], ".") || strings.ContainsRune(args[0], filepath.Separator) && !strings.Contains(args[0], "["):
		return nil, "", fmt.Errorf("%s does not exist, and is no address such as aws_iam_role.deploy", args[0])
	}
	return nil, args[0], nil
}

// gaps prints what could not be read, and says whether something was broken.
// limits are left out where one value was asked for: it says itself what it lacks.
func (p *program) gaps(gaps []source.Gap, seen report.Seen, limits bool) (broken bool) {
	for _, g := range gaps {
		if g.Kind == source.ErrorGap || limits {
			fmt.Fprintf(p.stderr, "iamvet: %s\n", seen.Gap(g))
		}
		broken = broken || g.Kind == source.ErrorGap
	}
	return broken
}

// inspected is an instance and what of it is to be printed.
type inspected struct {
	resource *terraform.Resource
	named    bool // a variable, local or output, not a resource
	// values are the attributes by name, or, where a path was asked for, the one
	// value under that path.
	values []inspectedValue
}

type inspectedValue struct {
	path string
	v    *value.Value
}

// candidates are the instances of the type that is asked for, or of those about
// identity: nothing else is evaluated.
func candidates(root *terraform.Root, want *target) (out []*terraform.Resource) {
	if want != nil && want.typ != "" {
		if want.data {
			return root.DataSources(want.typ)
		}
		return root.Resources(want.typ)
	}
	identity := func(mode addrs.Mode) (types []string) {
		for _, t := range root.Types(mode) {
			if terraform.IdentityType(t) {
				types = append(types, t)
			}
		}
		return types
	}
	if types := identity(addrs.Managed); len(types) > 0 {
		out = root.Resources(types...)
	}
	if types := identity(addrs.Data); len(types) > 0 {
		out = append(out, root.DataSources(types...)...)
	}
	return out
}

// inspectRoots selects: the identity resources, or what an address means. An
// instance that has nothing under the path is left out; bare is one of them.
func inspectRoots(roots []*terraform.Root, want *target) (out []inspected, bare *terraform.Resource) {
	for _, root := range roots {
		for _, r := range candidates(root, want) {
			if want != nil && !want.names(r) {
				continue
			}
			one := inspected{resource: r}
			if want != nil && len(want.path) > 0 {
				v := at(r.Reference(want.path[0].name), want.path[1:])
				if want.path[0].name == "" || v.Is(value.Absent) {
					bare = r
					continue
				}
				one.values = []inspectedValue{{want.written, v}}
			} else {
				for _, a := range r.Described().Attrs {
					name, _ := a.Key()
					one.values = append(one.values, inspectedValue{name, a.Value})
				}
			}
			out = append(out, one)
		}
	}
	return out, bare
}

// addresses are those of the identity resources, with the keys of their
// instances and without.
func addresses(roots []*terraform.Root) (out []string) {
	for _, root := range roots {
		for _, r := range candidates(root, nil) {
			out = append(out, r.Address, strings.TrimSuffix(r.Address, r.Key))
		}
	}
	return out
}

// inspectNamed selects the variables, locals or outputs that an address means;
// bare is one of them that has nothing under the path.
func inspectNamed(roots []*terraform.Root, want *target) (out []inspected, bare *terraform.Resource) {
	if want == nil {
		return nil, nil
	}
	kind, name, path := terraform.Output, want.output, want.outputPath
	if k, ok := want.kind(); ok {
		kind, name, path = k, want.name, want.path
	}
	for _, root := range roots {
		for _, n := range root.Named(kind, name) {
			if !want.in(n.Module, false) {
				continue
			}
			r := &terraform.Resource{Root: root, Address: n.Address, Type: string(kind), Exists: value.Yes, Header: n.Header}
			v := at(n.Value, path)
			if v.Is(value.Absent) {
				bare = r
				continue
			}
			label := "value"
			for _, s := range path {
				label = stepLabel(label, s)
			}
			out = append(out, inspected{resource: r, named: true, values: []inspectedValue{{label, v}}})
		}
	}
	return out, bare
}

// stepLabel is a label of a value and the step that goes on from it.
func stepLabel(label string, s step) string {
	if s.list {
		return label + "[" + strconv.Itoa(s.index) + "]"
	}
	return member(label, s.name)
}

// seen is how names of the boundary are printed to people.
func (p *program) seen(in inputOf) report.Seen {
	boundary := filepath.ToSlash(in.boundaryDir)
	if rel, err := filepath.Rel(p.dir, in.boundaryDir); err == nil {
		boundary = filepath.ToSlash(rel)
	}
	return report.SeenFrom(in.WorkDir, boundary)
}

func (i inspected) mode() string {
	switch {
	case i.named:
		return "value"
	case i.resource.Mode == addrs.Data:
		return "data"
	}
	return "managed"
}

func reasons(why []value.Reason, seen report.Seen) string {
	var out []string
	for _, r := range why {
		out = append(out, seen.Reason(r))
	}
	if len(out) == 0 {
		return "not known"
	}
	return strings.Join(out, "; ")
}
