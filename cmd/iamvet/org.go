package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/picture"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/checks/fixes"
)

type orgFlags struct {
	inputFlags
	format  string
	noColor bool
}

func (p *program) orgCommand() *cobra.Command {
	var f orgFlags
	c := &cobra.Command{
		Use:   "org [PATH…]",
		Short: "Print the organization as a tree, with what binds each node and what that proves",
		Long: `Print the tree of the organization below each PATH (default: the working
directory): its units and accounts, the service control policies attached to each,
and what all policies on the way down to it prove of the root users there.

  root-mfa           denied       root can do nothing
                     enforced     root can do nothing without MFA
                     partial      something slips through without MFA
                     open         root may act without MFA
  root-ip-allowlist  denied       root can do nothing
                     confined     root may act from listed networks only
                     lockout      from no network at all
                     contradicts  from other networks than allowed_cidrs says
                     partial      there is a list, and something slips through
                     open         from everywhere

no root marks an account of GovCloud (govcloud_accounts in .iamvet.hcl), which has no
root user. unknown is what this scan does not decide; --format json says what is missing and,
for what is partial or open, the request that gets through. No policy ever binds
the management account.

Exit status: 0, or 2 when something could not be read.`,
		Example: `  iamvet org
  iamvet org --format json | jq '.organizations[].tree'
  iamvet org --format html > organization.html
  iamvet org --format dot | dot -Tsvg -o organization.svg`,
		RunE: func(c *cobra.Command, args []string) error { return p.org(c.Context(), args, &f) },
	}
	f.inputFlags.add(c)
	c.Flags().StringVar(&f.format, "format", "text", "`NAME` of the format: text, json, html or dot")
	c.Flags().BoolVar(&f.noColor, "no-color", false, "no colour")
	return c
}

// orgFormats are the formats of the tree.
var orgFormats = []string{"text", "json", "html", "dot"}

func (p *program) org(ctx context.Context, args []string, f *orgFlags) error {
	if !slices.Contains(orgFormats, f.format) {
		return fmt.Errorf("--format %s: %s", f.format, alternatives(orgFormats))
	}
	in, err := p.input(args, &f.inputFlags)
	if err != nil {
		return err
	}
	model, gaps, enough, err := engine.LoadModel(ctx, in.Input)
	if err != nil {
		return err
	}
	base := in.WorkDir // of paths for people; tools get what does not depend on where they run
	if f.format == "json" || f.format == "html" {
		base = in.ScanRoot
	}
	view, err := viewer(model, base).Organizations(model, &in.Settings, in.Now)
	if err != nil {
		return err
	}
	if view.Settings = engine.Used(in.Settings); view.Settings != nil {
		view.Settings.File = report.Relative(base, view.Settings.File)
	}
	var out bytes.Buffer
	switch f.format {
	case "json":
		e := json.NewEncoder(&out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		err = e.Encode(view)
	case "html":
		err = picture.HTML(&out, &picture.Page{Organizations: view, Version: in.Version})
	case "dot":
		view.Dot(&out)
	default:
		view.Text(&out, p.stdoutTerminal && !p.noColor && !f.noColor)
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
	if len(view.Organizations) == 0 {
		fmt.Fprintln(p.stderr, "iamvet: nothing of an organization is declared here")
	}
	return p.orgGaps(model.Roots, append(gaps, model.Gaps...), p.seen(in))
}

// viewer shows a model, with paths relative to base.
func viewer(model *identity.Model, base string) picture.Viewer {
	return picture.Viewer{Base: base, Clean: engine.Redactor(model), Mend: func(defect string, networks bool) string {
		if of := fixes.AddressRemedies[defect]; networks && of != "" {
			return of
		}
		return fixes.Remedies[defect]
	}}
}

// orgGaps prints what was broken. What could merely not be read is in the
// tree, where it matters.
func (p *program) orgGaps(roots []*terraform.Root, gaps []source.Gap, seen report.Seen) error {
	for _, r := range roots {
		gaps = append(gaps, r.Gaps()...)
	}
	if p.gaps(engine.TidyGaps(gaps), seen, false) {
		return exit{exitBroken}
	}
	return nil
}
