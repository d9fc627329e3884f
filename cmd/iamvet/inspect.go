package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"sort"
	"strings"

	"github.com/spf13/cobra"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
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
		Long: `Print what iamvet makes of a resource instance or of one of its attributes: the
value, the chain of names it was read through, and what is not known and why.
Without an address every identity resource instance is printed (aws_iam_*,
aws_organizations_*, managed and data).

The root module at PATH is evaluated; where PATH has no configuration of its
own, all root modules below it.`,
		Example: `  iamvet inspect envs/prod
  iamvet inspect envs/prod 'module.ci.aws_iam_role.deploy["eu"].assume_role_policy'
  iamvet inspect --plan plan.json --format json`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error { return p.inspect(c.Context(), args, &f) },
	}
	f.inputFlags.add(c)
	c.Flags().StringVar(&f.format, "format", "text", "text or json")
	return c
}

func (p *program) inspect(ctx context.Context, args []string, f *inspectFlags) error {
	if f.format != "text" && f.format != "json" {
		return fmt.Errorf("--format %s: text or json", f.format)
	}
	var paths []string
	address := ""
	for i, arg := range args {
		if _, err := os.Stat(p.abs(arg)); err == nil && i == 0 {
			paths = []string{arg}
			continue
		}
		if address != "" {
			return fmt.Errorf("%s does not exist, and %s is taken for the address", args[0], arg)
		}
		address = arg
	}
	in, err := p.input(paths, &f.inputFlags)
	if err != nil {
		return err
	}
	in.OnlyPaths = true
	roots, gaps, err := analyzer.Load(ctx, in.Input)
	if err != nil {
		return err
	}
	selected, attribute := addressed(roots, address)
	if address != "" && len(selected) == 0 {
		return fmt.Errorf("there is no %s: without an address, inspect prints what there is", address)
	}
	for _, r := range roots {
		gaps = append(gaps, r.Gaps()...)
	}
	if f.format == "json" {
		err = inspectJSON(p.stdout, in.ScanRoot, selected, attribute)
	} else {
		err = inspectText(p.stdout, in.WorkDir, selected, attribute)
	}
	if err != nil {
		return err
	}
	broken := false
	for _, g := range analyzer.TidyGaps(gaps) {
		if g.Kind == terraform.ErrorGap {
			broken = true
			fmt.Fprintf(p.stderr, "iamvet: %s\n", report.GapLine(g, in.WorkDir))
		}
	}
	if broken {
		return exit{exitBroken}
	}
	return nil
}

// addressed is the instances that an address names, and the attribute path after
// it. The longest address that the text begins with counts.
func addressed(roots []*terraform.Root, address string) (out []*terraform.Resource, attribute string) {
	longest := -1
	for _, root := range roots {
		for _, r := range append(root.Resources(), root.DataSources()...) {
			if address == "" {
				if terraform.IdentityType(r.Type) {
					out = append(out, r)
				}
				continue
			}
			for _, name := range []string{r.Address, strings.TrimSuffix(r.Address, r.Key)} {
				rest, ok := strings.CutPrefix(address, name)
				if !ok || rest != "" && rest[0] != '.' {
					continue
				}
				if len(name) > longest {
					longest, out, attribute = len(name), nil, strings.TrimPrefix(rest, ".")
				}
				if len(name) == longest {
					out = append(out, r)
				}
				break
			}
		}
	}
	return out, attribute
}

type inspectedResource struct {
	Root    string           `json:"root"`
	Address string           `json:"address"`
	Type    string           `json:"type"`
	Mode    string           `json:"mode"`
	File    string           `json:"file,omitempty"`
	Line    int              `json:"line,omitempty"`
	Actions []string         `json:"actions,omitempty"`
	Values  map[string]any   `json:"values"`
	Unknown []inspectUnknown `json:"unknown"`
	// Sensitive are the paths of known values that are not printed.
	Sensitive []string `json:"sensitive,omitempty"`
}

type inspectUnknown struct {
	Path string `json:"path"`
	Why  string `json:"why"`
}

func inspectJSON(w io.Writer, scanRoot string, resources []*terraform.Resource, attribute string) error {
	out := struct {
		Resources []inspectedResource `json:"resources"`
	}{[]inspectedResource{}}
	for _, r := range resources {
		one := inspectedResource{
			Root: report.Relative(scanRoot, r.Root.Dir), Address: r.Address, Type: r.Type,
			Mode: modeName(r.Mode), Actions: r.Actions, Values: map[string]any{}, Unknown: []inspectUnknown{},
		}
		if !r.Header.IsZero() {
			one.File, one.Line = report.Relative(scanRoot, r.Header.File.Name), r.Header.StartPos().Line
		}
		if r.Exists == value.Maybe {
			one.Unknown = append(one.Unknown, inspectUnknown{"", "whether it exists: " + reasons(r.Why, scanRoot)})
		}
		in := inspector{scanRoot: scanRoot, one: &one}
		for _, a := range r.Effective().Attrs {
			name, _ := a.Key()
			if attribute != "" && name != strings.SplitN(strings.SplitN(attribute, ".", 2)[0], "[", 2)[0] {
				continue
			}
			if v, ok := in.json(a.Value, name); ok {
				one.Values[name] = v
			}
		}
		out.Resources = append(out.Resources, one)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

func modeName(m terraform.Mode) string {
	if m == terraform.Data {
		return "data"
	}
	return "managed"
}

func reasons(why []value.Reason, base string) string {
	var out []string
	for _, r := range why {
		out = append(out, report.ReasonText(r, base))
	}
	if len(out) == 0 {
		return "not known"
	}
	return strings.Join(out, "; ")
}

// inspector turns values to JSON, and notes what is not known on the way.
type inspector struct {
	scanRoot string
	one      *inspectedResource
}

// json is the value as encoding/json prints it; ok is false for what is not
// known, not set or not to be printed. Lists keep the places of unknown
// elements as null.
func (in *inspector) json(v *value.Value, at string) (any, bool) {
	if v == nil || v.Is(value.Unknown) {
		in.unknown(at, v.AllWhy())
		return nil, false
	}
	if v.Sensitive {
		in.one.Sensitive = append(in.one.Sensitive, at)
		return nil, false
	}
	switch v.Kind {
	case value.Absent, value.Null:
		return nil, false
	case value.Bool:
		return v.Bool, true
	case value.Number:
		return json.Number(v.Number.Text('f', -1)), true
	case value.String:
		text, ok := v.Text()
		if !ok {
			in.unknown(at, v.AllWhy())
			return nil, false
		}
		return text, true
	case value.Object, value.Map:
		out := map[string]any{}
		for _, a := range v.Attrs {
			key, ok := a.Key()
			if !ok {
				in.unknown(at+".?", a.Name.AllWhy())
				continue
			}
			if m, ok := in.json(a.Value, at+"."+key); ok {
				out[key] = m
			}
		}
		if v.Open {
			in.unknown(at, v.Why)
		}
		return out, true
	}
	out := []any{}
	for i, e := range v.Elems {
		m, _ := in.json(e, fmt.Sprintf("%s[%d]", at, i))
		out = append(out, m)
	}
	if v.Open {
		in.unknown(at, v.Why)
	}
	return out, true
}

func (in *inspector) unknown(at string, why []value.Reason) {
	in.one.Unknown = append(in.one.Unknown, inspectUnknown{at, reasons(why, in.scanRoot)})
}

func inspectText(w io.Writer, workDir string, resources []*terraform.Resource, attribute string) error {
	var b strings.Builder
	for i, r := range resources {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(r.Address)
		if r.Root.Dir != "." && r.Root.Dir != "" {
			fmt.Fprintf(&b, "  in %s", r.Root.Dir)
		}
		if !r.Header.IsZero() {
			fmt.Fprintf(&b, "  (%s:%d)", report.Relative(workDir, r.Header.File.Name), r.Header.StartPos().Line)
		}
		if len(r.Actions) > 0 {
			fmt.Fprintf(&b, "  %s", strings.Join(r.Actions, ", "))
		}
		b.WriteByte('\n')
		if r.Exists == value.Maybe {
			fmt.Fprintf(&b, "  it is not known whether it exists: %s\n", reasons(r.Why, workDir))
		}
		for _, a := range r.Effective().Attrs {
			name, _ := a.Key()
			if attribute != "" && name != strings.SplitN(strings.SplitN(attribute, ".", 2)[0], "[", 2)[0] {
				continue
			}
			if a.Value.Is(value.Absent) {
				continue
			}
			fmt.Fprintf(&b, "  %s = %s\n", name, indent(describe(a.Value), "  "))
			explainValue(&b, a.Value, workDir)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// describe prints a value; unknown pieces are … .
func describe(v *value.Value) string {
	switch {
	case v == nil || v.Is(value.Unknown):
		return "(not known)"
	case v.Sensitive:
		return "(sensitive)"
	}
	switch v.Kind {
	case value.Null:
		return "null"
	case value.Bool:
		return fmt.Sprint(v.Bool)
	case value.Number:
		return v.Number.Text('f', -1)
	case value.String:
		if v.JSON != nil {
			return "JSON " + describe(v.JSON)
		}
		var b strings.Builder
		for _, p := range v.Parts {
			if p.Hole != nil {
				b.WriteString("…")
			} else {
				b.WriteString(p.Text.String)
			}
		}
		if s := b.String(); strings.Contains(s, "\n") {
			return "<<\n" + indent("  "+s, "  ")
		}
		return fmt.Sprintf("%q", b.String())
	case value.Object, value.Map:
		lines := []string{}
		for _, a := range v.Attrs {
			lines = append(lines, describeName(a.Name)+" = "+describe(a.Value))
		}
		return bracket("{", lines, "}", v.Open)
	}
	lines := []string{}
	for _, e := range v.Elems {
		lines = append(lines, describe(e))
	}
	return bracket("[", lines, "]", v.Open)
}

func describeName(v *value.Value) string {
	if text, ok := v.Text(); ok {
		return text
	}
	return describe(v)
}

func bracket(open string, lines []string, closing string, more bool) string {
	if more {
		lines = append(lines, "… (there may be more)")
	}
	if len(lines) == 0 {
		return open + closing
	}
	return open + "\n  " + indent(strings.Join(lines, "\n"), "  ") + "\n" + closing
}

func indent(s, by string) string { return strings.ReplaceAll(s, "\n", "\n"+by) }

// explainValue prints where a value comes from and why it is not known.
func explainValue(b *strings.Builder, v *value.Value, workDir string) {
	for s := v.Via; s != nil; s = s.Next {
		fmt.Fprintf(b, "      from %s%s\n", s.Name, at(s.Span, workDir))
	}
	for _, r := range v.AllWhy() {
		fmt.Fprintf(b, "      not known: %s\n", report.ReasonText(r, workDir))
	}
	var texts []string
	for _, a := range v.AllAssumptions() {
		texts = append(texts, a.Text)
	}
	sort.Strings(texts)
	for _, t := range texts {
		fmt.Fprintf(b, "      assuming %s\n", t)
	}
}

func at(s source.Span, workDir string) string {
	if s.IsZero() {
		return ""
	}
	return fmt.Sprintf(" (%s:%d)", path.Clean(report.Relative(workDir, s.File.Name)), s.StartPos().Line)
}
