package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/checks/examples"
)

func (p *program) rulesCommand() *cobra.Command {
	return &cobra.Command{
		Use:        "rules",
		SuggestFor: []string{"list", "list-checks", "checks"},
		Short:      "List the rules",
		Args:       cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
			for _, c := range checks.All {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", c.ID, c.Name, c.Severity, c.Title)
			}
			return w.Flush()
		},
	}
}

func (p *program) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:        "explain ID-OR-NAME",
		SuggestFor: []string{"show", "rule", "describe", "docs"},
		Short:      "Say what a rule finds, why it matters, and when it is fine",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("explain needs one ID or name of a rule: `iamvet rules` lists them")
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, c := range checks.All {
				names = append(names, c.ID, c.Name)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := rule(args[0])
			if err != nil {
				return err
			}
			return report.Page(p.stdout, c, examples.Of(c.ID))
		},
	}
}

// rule is the check of that id or name.
func rule(name string) (*analyzer.Check, error) {
	var known []string
	for _, c := range checks.All {
		if strings.EqualFold(c.ID, name) || strings.EqualFold(c.Name, name) {
			return c, nil
		}
		known = append(known, c.Name)
	}
	return nil, fmt.Errorf("there is no rule %q: `iamvet rules` lists them%s", name, didYouMean(strings.ToLower(name), known))
}
