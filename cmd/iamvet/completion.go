package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/iamvet/iamvet/analyzer/aws"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/checks"
)

// completions tells shells the values of flags and of arguments.
func (p *program) completions(root *cobra.Command) {
	severities := []string{"critical", "high", "medium", "low"}
	values := map[string][]string{
		"fail-on": append(slices.Clone(severities), "none"), "min-severity": append(slices.Clone(severities), "note"),
		"rule": ruleNames(), "skip-rule": ruleNames(), "language": {"terraform", "opentofu"}, "partition": aws.PartitionNames(),
		"grade": {"equivalent", "narrowing"}, "kind": {"scp", "trust", "identity", "rcp", "resource"},
	}
	// What comes behind these is a file, or a directory, which the shell completes by itself.
	files := map[string][]string{"plan": {"json"}, "state": {"json", "tfstate"}, "var-file": {"tfvars", "json"}, "baseline": {"json"}, "config": {"hcl"}, "credential-report": {"csv", "json"}, "account-authorization": {"json"}, "policy": {"json"}, "cases": {"jsonl", "json"}}
	formatsOf := map[string][]string{"scan": formats, "audit": {"text", "json", "csv", "markdown", "html"}, "org": orgFormats, "graph": graphFormats, "compare": compareFormats}
	for _, c := range root.Commands() {
		for name, list := range values {
			if c.Flags().Lookup(name) != nil {
				_ = c.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp))
			}
		}
		for name, endings := range files {
			if f := c.Flags().Lookup(name); f != nil && f.Value.Type() != "bool" {
				_ = c.MarkFlagFilename(name, endings...)
			}
		}
		if c.Flags().Lookup("format") != nil {
			list := formatsOf[c.Name()]
			if list == nil {
				list = []string{"text", "json"}
			}
			_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp))
		}
		switch c.Name() {
		case "explain":
			c.ValidArgsFunction = cobra.FixedCompletions(ruleNames(), cobra.ShellCompDirectiveNoFileComp)
		case "inspect", "why":
			c.ValidArgsFunction = p.addresses
		}
	}
}

func ruleNames() (out []string) {
	for _, c := range checks.All {
		out = append(out, c.Name)
	}
	return out
}

// addresses are those of what iamvet looks at, in the path that is named, else here. For
// why, a rule may come first.
func (p *program) addresses(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if strings.ContainsAny(begun, "/") {
		return nil, cobra.ShellCompDirectiveDefault
	}
	var paths []string
	for _, arg := range args {
		if _, err := rule(arg); err != nil {
			paths = append(paths, arg)
		}
	}
	var f inputFlags
	f.add(new(cobra.Command)) // with the defaults
	in, err := p.input(paths, &f)
	if err != nil || in.Boundary == nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	roots, _, _, err := engine.Load(c.Context(), in.Input)
	if err != nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	var out []string
	for _, r := range roots {
		for _, res := range ofIdentity(r) {
			if strings.HasPrefix(res.Address, begun) {
				out = append(out, res.Address)
			}
		}
	}
	if c.Name() == "why" && len(args) == 0 {
		out = append(out, ruleNames()...)
	}
	slices.Sort(out)
	return slices.Compact(out), cobra.ShellCompDirectiveDefault
}

// ofIdentity are the resources of a root that iamvet looks at.
func ofIdentity(r *terraform.Root) []*terraform.Resource {
	types := slices.DeleteFunc(r.Types(addrs.Managed), func(t string) bool { return !terraform.IdentityType(t) })
	if len(types) == 0 {
		return nil // no type would stand for all of them
	}
	return r.Resources(types...)
}
