package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/iamvet/iamvet/analyzer/audit"
	"github.com/iamvet/iamvet/analyzer/credential"
	"github.com/iamvet/iamvet/analyzer/report"
)

type auditFlags struct {
	format string
	output string
	at     string
	config string
}

func (p *program) auditCommand() *cobra.Command {
	var f auditFlags
	c := &cobra.Command{
		Use:   "audit FILE|DIRECTORY|GLOB…",
		Short: "Count over credential reports, next to the figures of 1,143 accounts",
		Long: `Read the credential reports of any number of accounts and print how many root
users and IAM users go against each practice, next to the published figures of
1,143 accounts.

Reports may be CSV, base64 or the JSON of aws iam get-credential-report; - is
standard input. Any of them may be gzipped. In a directory, files .csv and .json
(and those with .gz) are looked at, and what is no report is passed over. With the output of aws iam list-virtual-mfa-devices
among the files, the table also says where root's device is a virtual one.

Accounts that .iamvet.hcl names as govcloud_accounts have no root user that counts;
nothing else of it is asked for, so that figures can be compared.

No name of a user is kept or printed. Exit status: 0, whatever the figures; 2
something could not be read, or there was no report.`,
		Example: `  aws iam generate-credential-report && aws iam get-credential-report > report.json
  iamvet audit report.json
  iamvet audit --format html -o audit.html reports/
  iamvet audit --at 2021-01-24 reports/*.csv`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("audit needs credential reports: files, directories or globs, or - for standard input")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return p.audit(c.Context(), args, &f) },
	}
	fl := c.Flags()
	fl.StringVar(&f.format, "format", "text", "`NAME` of the format: text, json, csv, markdown or html")
	fl.StringVarP(&f.output, "output", "o", "", "`FILE` to write to; default: standard output")
	fl.StringVar(&f.config, "config", "", "settings `FILE`; default: the nearest .iamvet.hcl in the working directory or above")
	fl.StringVar(&f.at, "at", "", "`DATE` that ages are measured to, such as 2021-01-24 or 2021-01-24T10:00:00Z; default: now")
	return c
}

func (p *program) audit(ctx context.Context, args []string, f *auditFlags) error {
	write, err := auditFormat(f.format)
	if err != nil {
		return err
	}
	at, err := p.at(f.at)
	if err != nil {
		return err
	}
	var here inputOf
	if err := p.here(&here, &inputFlags{config: f.config}); err != nil {
		return err
	}
	progress := p.startProgress()
	tally := audit.New(at)
	tally.GovCloud(here.Settings.GovCloudAccounts)
	for _, g := range here.Gaps {
		tally.Problem(report.SeenFrom(here.WorkDir, here.boundaryDir).Gap(g))
	}
	for _, file := range p.auditFiles(args, tally) {
		if err := ctx.Err(); err != nil {
			progress.stop()
			return err
		}
		progress.stage("reading " + file.name)
		err := p.guard(func() error { return p.auditFile(ctx, file, tally) })
		switch {
		case err != nil && file.found && errors.Is(err, credential.ErrNotReport):
			fmt.Fprintf(p.stderr, "iamvet: passed over: %v\n", err)
		case err != nil:
			tally.Problem(err.Error())
		}
	}
	progress.stop()
	table := tally.Table()
	if len(table.Accounts) == 0 {
		return p.nothingToCount(args, table.Problems)
	}
	var b bytes.Buffer
	if err := write(&b, table); err != nil {
		return err
	}
	if f.output == "" || f.output == "-" {
		_, err = p.stdout.Write(report.Inert(b.Bytes()))
	} else {
		err = p.writeOutput(ctx, here.boundaryDir, f.output, f.format, b.Bytes())
	}
	if err == nil && len(table.Problems) > 0 {
		return exit{exitBroken}
	}
	return err
}

// nothingToCount says what was looked for and why none of it counts: a table of
// zeros would read like a clean bill.
func (p *program) nothingToCount(args, problems []string) error {
	for _, text := range problems {
		fmt.Fprintf(p.stderr, "iamvet: %s\n", report.Clean(text))
	}
	return fmt.Errorf("no credential report to count in %s: one is what aws iam get-credential-report prints, or the CSV in it, which begins with user,arn,user_creation_time",
		strings.Join(args, ", "))
}

// at is the time of a flag; now for "".
func (p *program) at(text string) (time.Time, error) {
	if text == "" {
		return p.now().UTC(), nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("--at %s: not a date; write 2026-11-22 or 2026-11-22T10:00:00Z", text)
}

func auditFormat(name string) (func(io.Writer, *audit.Table) error, error) {
	switch name {
	case "text":
		return audit.Text, nil
	case "json":
		return func(w io.Writer, t *audit.Table) error { return audit.JSON(w, t, audit.Version(version())) }, nil
	case "csv":
		return audit.CSV, nil
	case "markdown":
		return audit.Markdown, nil
	case "html":
		return audit.HTML, nil
	}
	return nil, fmt.Errorf("--format %s: not a format; text, json, csv, markdown or html", name)
}

// auditInput is a file to read. found says that it was met in a directory: such
// a file may be something else.
type auditInput struct {
	name  string
	found bool
}

// auditFiles are the files that the arguments name, each once, in their order.
func (p *program) auditFiles(args []string, tally *audit.Tally) []auditInput {
	var out []auditInput
	seen := map[string]bool{}
	add := func(name string, found bool) {
		if abs := p.abs(name); !seen[abs] {
			seen[abs] = true
			out = append(out, auditInput{name, found})
		}
	}
	for _, arg := range args {
		info, err := os.Stat(p.abs(arg))
		switch {
		case arg == "-":
			out = append(out, auditInput{name: arg})
		case err == nil && info.IsDir():
			files, err := p.reportsIn(arg)
			for _, name := range files {
				add(name, true)
			}
			if err != nil {
				tally.Problem(err.Error())
			} else if len(files) == 0 {
				tally.Problem(arg + ": there is no .csv or .json file (or .gz of one) in this directory")
			}
		case err == nil:
			add(arg, false)
		default:
			names, bad := filepath.Glob(p.under(arg))
			for _, name := range names {
				if rel, err := filepath.Rel(p.dir, name); err == nil && !filepath.IsAbs(arg) {
					name = rel
				}
				add(name, false)
			}
			if bad != nil || len(names) == 0 {
				tally.Problem(arg + " does not exist or cannot be read")
			}
		}
	}
	return out
}

// under is a path or pattern below the working directory.
func (p *program) under(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(p.dir, name)
}

// reportsIn are the files of a directory that may be reports, in name order.
func (p *program) reportsIn(dir string) ([]string, error) {
	var out []string
	var problems error
	err := filepath.WalkDir(p.under(dir), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			problems = errors.Join(problems, err)
			return nil
		}
		if d.IsDir() && d.Name() == ".git" {
			return fs.SkipDir
		}
		ext := filepath.Ext(strings.TrimSuffix(strings.ToLower(path), ".gz"))
		if !d.Type().IsRegular() || ext != ".csv" && ext != ".json" {
			return nil
		}
		rel, err := filepath.Rel(p.under(dir), path)
		if err == nil {
			out = append(out, filepath.Join(dir, rel))
		}
		return err
	})
	return out, errors.Join(problems, err)
}

func (p *program) auditFile(ctx context.Context, in auditInput, tally *audit.Tally) error {
	if in.name == "-" {
		return tally.Add("<stdin>", interruptible{ctx, p.stdin})
	}
	f, err := p.open(in.name)
	if err != nil {
		return err
	}
	defer f.Close()
	return tally.Add(filepath.ToSlash(in.name), interruptible{ctx, f})
}

// interruptible ends with the context: a report may take minutes to read.
type interruptible struct {
	ctx context.Context
	r   io.Reader
}

func (i interruptible) Read(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	return i.r.Read(p)
}
