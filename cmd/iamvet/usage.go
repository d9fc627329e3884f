package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/iamvet/iamvet/analyzer/settings"
)

// cause is what keeps a file from being read, without the path, which the user
// has written.
func cause(err error) string {
	var at *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "it does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	case errors.As(err, &at):
		return at.Err.Error()
	}
	return err.Error()
}

// flagError is an error about flags, with the flag that may be meant.
func flagError(c *cobra.Command, err error) error {
	meant := ""
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "" {
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		name := unknown.GetSpecifiedName()
		n := settings.Nearest(name, names)
		// What other tools call it is nearer than what has a few letters in common.
		if here := flagsOfOthers[name]; here != "" && c.Flags().Lookup(strings.Fields(here)[0]) != nil {
			n = here
		}
		if n != "" {
			meant = "; did you mean --" + n + "?"
		}
	}
	return fmt.Errorf("%w: `%s --help` lists the flags%s", err, c.CommandPath(), meant)
}

// didYouMean ends a message about a name that is not known; it is "" where
// none of the known ones is like it.
func didYouMean(name string, known []string) string {
	if n := settings.Nearest(name, known); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	return ""
}

// alternatives names what may be said: a, b or c.
func alternatives(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// flagsOfOthers are flags of checkov, trivy, tfsec, tflint, KICS and terraform, and what is
// meant by them here.
var flagsOfOthers = map[string]string{
	"severity": "min-severity", "minimum-severity": "min-severity", "min-level": "min-severity", "level": "min-severity",
	"exit-code": "fail-on", "minimum-failure-severity": "fail-on", "hard-fail-on": "fail-on", "fail-severity": "fail-on",
	"soft-fail": "fail-on none", "no-fail": "fail-on none", "exit-zero": "fail-on none",
	"check": "rule", "checks": "rule", "only": "rule", "enable-rule": "rule", "include-rule": "rule", "select": "rule",
	"skip-check": "skip-rule", "skip-checks": "skip-rule", "disable-rule": "skip-rule", "exclude-rule": "skip-rule", "exclude-checks": "skip-rule", "ignore-rule": "skip-rule",
	"output-format": "format", "report-formats": "format", "output-file": "output", "out": "output", "output-file-path": "output",
	"config-file": "config", "tf-vars": "var-file", "tfvars": "var-file", "tfvars-file": "var-file",
	"skip-dirs": "exclude", "skip-path": "exclude", "skip-files": "exclude", "exclude-path": "exclude", "exclude-paths": "exclude",
	"repo-root-for-plan-enrichment": "root", "plan-file": "plan", "create-baseline": "baseline", "diff": "new-since", "since": "new-since", "base": "new-since",
}
