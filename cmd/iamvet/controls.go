package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/checks"
)

// coverage is what the rules make of a framework.
type coverage struct {
	Framework string            `json:"framework"`
	Name      string            `json:"name"`
	Controls  []coveredControl  `json:"controls"`
	Undecided []undecidedAnswer `json:"undecided"`
}

// coveredControl is a control and what decides it.
type coveredControl struct {
	ID       string   `json:"id"`
	Rules    []string `json:"rules"`
	Code     bool     `json:"code"`     // from configuration, plan or state
	Evidence bool     `json:"evidence"` // from a credential report or a list of devices
	Finds    []string `json:"finds"`
}

type undecidedAnswer struct {
	ID   string `json:"id"`
	Asks string `json:"asks"`
}

func (p *program) controlsCommand() *cobra.Command {
	var framework, format string
	c := &cobra.Command{
		Use:   "controls",
		Short: "Say which controls of a framework the rules decide, and from what",
		Long: `List the controls of a framework that the rules support, and what each is decided
from: code (configurations, plans and states) or evidence (credential reports and
lists of MFA devices); and those about identity that no rule decides. Without
--framework, list the frameworks.

A rule supports a control: it finds what breaks it. It does not prove that an
account complies. A control that asks of trust policies what no rule does can be
written as a trust_condition in .iamvet.hcl; IV201 then decides it.`,
		Example: `  iamvet controls
  iamvet controls --framework cis-5.0`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if format != "text" && format != "json" {
				return fmt.Errorf("--format %s: text or json", format)
			}
			all := coverages()
			if framework == "" {
				return writeFrameworks(p.stdout, all, format)
			}
			for _, c := range all {
				if c.Framework == framework {
					return writeCoverage(p.stdout, c, format)
				}
			}
			return fmt.Errorf("--framework %s: not a framework that the rules know: `iamvet controls` lists them", framework)
		},
	}
	c.Flags().StringVar(&framework, "framework", "", "`ID` of a framework: cis-5.0, fsbp, pci-dss-4.0.1, …")
	c.Flags().StringVar(&format, "format", "text", "`NAME` of the format: text or json")
	_ = c.RegisterFlagCompletionFunc("framework", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var ids []string
		for _, c := range coverages() {
			ids = append(ids, c.Framework)
		}
		return ids, cobra.ShellCompDirectiveNoFileComp
	})
	return c
}

// coverages are all frameworks that a rule supports a control of.
func coverages() []*coverage {
	var out []*coverage
	at := func(id string) *coverage {
		i := slices.IndexFunc(out, func(c *coverage) bool { return c.Framework == id })
		if i < 0 {
			i = len(out)
			out = append(out, &coverage{Framework: id, Name: analyzer.FrameworkNamed(id).Name, Controls: []coveredControl{}, Undecided: []undecidedAnswer{}})
		}
		return out[i]
	}
	for _, check := range checks.All {
		for _, control := range check.Controls {
			at(control.Framework).add(control.ID, check)
		}
	}
	for _, u := range checks.Undecided {
		c := at(u.Framework)
		c.Undecided = append(c.Undecided, undecidedAnswer{u.ID, u.Topic})
	}
	for _, c := range out {
		sort.SliceStable(c.Controls, func(i, j int) bool { return controlLess(c.Controls[i].ID, c.Controls[j].ID) })
	}
	sort.SliceStable(out, func(i, j int) bool {
		return analyzer.FrameworkOrder(out[i].Framework) < analyzer.FrameworkOrder(out[j].Framework)
	})
	return out
}

func (c *coverage) add(id string, check *analyzer.Check) {
	i := slices.IndexFunc(c.Controls, func(k coveredControl) bool { return k.ID == id })
	if i < 0 {
		i = len(c.Controls)
		c.Controls = append(c.Controls, coveredControl{ID: id})
	}
	k := &c.Controls[i]
	k.Rules = append(k.Rules, check.ID)
	k.Finds = append(k.Finds, check.Title)
	k.Code = k.Code || check.Run != nil
	k.Evidence = k.Evidence || check.Deployed != nil
}

// controlLess orders 1.9 before 1.10.
func controlLess(a, b string) bool {
	x, y := strings.FieldsFunc(a, notAlphanumeric), strings.FieldsFunc(b, notAlphanumeric)
	for i := range min(len(x), len(y)) {
		if x[i] == y[i] {
			continue
		}
		if len(x[i]) != len(y[i]) && isDigits(x[i]) && isDigits(y[i]) {
			return len(x[i]) < len(y[i])
		}
		return x[i] < y[i]
	}
	return len(x) < len(y)
}

func notAlphanumeric(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}

func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

func writeFrameworks(w io.Writer, all []*coverage, format string) error {
	if format == "json" {
		return writeJSON(w, all)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range all {
		fmt.Fprintf(t, "%s\t%s\t%d controls\n", c.Framework, c.Name, len(c.Controls))
	}
	return t.Flush()
}

func writeCoverage(w io.Writer, c *coverage, format string) error {
	if format == "json" {
		return writeJSON(w, c)
	}
	fmt.Fprintf(w, "%s\n\n", c.Name)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	code, evidence := 0, 0
	for _, k := range c.Controls {
		var from []string
		if k.Code {
			code++
			from = append(from, "code")
		}
		if k.Evidence {
			evidence++
			from = append(from, "evidence")
		}
		for i, rule := range k.Rules {
			id, how := k.ID, strings.Join(from, ", ")
			if i > 0 {
				id, how = "", ""
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", id, rule, how, k.Finds[i])
		}
	}
	for _, u := range c.Undecided {
		fmt.Fprintf(t, "%s\t-\tnot decided\t%s\n", u.ID, u.Asks)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%d of %d controls are decided from code, %d from evidence", code, len(c.Controls)+len(c.Undecided), evidence)
	if n := len(c.Undecided); n > 0 {
		fmt.Fprintf(w, ", %d not at all", n)
	}
	_, err := io.WriteString(w, ".\nEvidence is what --credential-report is given.\nControls that are not listed are about what iamvet does not look at.\n")
	return err
}

func writeJSON(w io.Writer, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", b)
	return err
}
