package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/settings"
)

// settingsIntroduction is what docs/settings.md says before the settings.
const settingsIntroduction = `# Settings

` + "`.iamvet.hcl`" + ` says what differs between organizations and is not in their Terraform.
Every setting is optional.

The file that counts is the nearest one at or above PATH (of several, at or above
the directory that holds them all), inside the boundary: the nearest parent directory
with ` + "`.git`, or `--root`. `--config FILE`" + ` takes another, from anywhere. With a plan
alone, and for ` + "`iamvet audit`" + `, the working directory is PATH. Files are not merged.

Flags win: ` + "`--var-file` and `--var`" + ` over the variable files of a ` + "`root`, `--exclude`" + `
beside ` + "`exclude`" + `.

Values are plain, without variables and functions. One that is wrong is reported with
its line and makes the exit status 2; that setting then has its default, and the
others count.

## Who may change them

A change of this file changes what is asked, and a pull request can make one. Reports
therefore end with the file and the names of the settings that it has, and so does
` + "`iamvet org`" + `; JSON has them as ` + "`settings`" + `, SARIF as a property of the invocation.
Where those who open pull requests are not to change it, give the file an owner
(CODEOWNERS), or take it, and the baseline, from the branch that is merged into:

` + "```sh" + `
iamvet scan --config-from origin/main --baseline iamvet-baseline.json
` + "```" + `

They then count as they were where HEAD left that branch. Changes to them that came
since are told, and so are comments (` + "`iamvet:ignore`" + `) that did. With
` + "`--config FILE`" + ` directories in a file from outside of the boundary are relative to the
boundary.

`

// SettingsPage writes the page of all settings, as Markdown, with the rules that
// ask for each.
func SettingsPage(w io.Writer, checks []*analyzer.Check) error {
	var b strings.Builder
	b.WriteString(settingsIntroduction + "## All settings\n\n| setting | default | asked for by |\n|---|---|---|\n")
	for _, s := range settings.All {
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s | %s |\n", s.Name, s.Name, firstPart(s.Default), askedBy(s.Name, checks))
	}
	for _, s := range settings.All {
		fmt.Fprintf(&b, "\n### `%s`\n\n    %s\n\n%s\n\nDefault: %s\n\n```hcl\n%s\n```\n", s.Name, s.Form, s.Doc, lowerFirst(s.Default), s.Example)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// firstPart is a sentence up to its explanation.
func firstPart(s string) string {
	s, _, _ = strings.Cut(s, ": ")
	return lowerFirst(strings.TrimSuffix(s, "."))
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

func askedBy(name string, checks []*analyzer.Check) string {
	var links []string
	for _, c := range checks {
		if slices.Contains(c.Settings, name) {
			links = append(links, fmt.Sprintf("[%s](rules/%s.md)", c.ID, c.ID))
		}
	}
	if len(links) == 0 {
		return "every run"
	}
	return strings.Join(links, ", ")
}

// writeSettings lists what a project can settle of a rule.
func writeSettings(b *strings.Builder, c *analyzer.Check) {
	if len(c.Settings) == 0 {
		return
	}
	b.WriteString("\n## Settings\n\n")
	for _, s := range settings.All {
		if slices.Contains(c.Settings, s.Name) {
			about, _, _ := strings.Cut(oneLine(s.Doc), ". ")
			fmt.Fprintf(b, "- [`%s`](../settings.md#%s): %s; default: %s\n", s.Name, s.Name, lowerFirst(strings.TrimSuffix(about, ".")), firstPart(s.Default))
		}
	}
	b.WriteString("\n`severities` replaces the rule's severity.\n")
}
