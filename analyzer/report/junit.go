package report

import (
	"encoding/xml"
	"io"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
)

// The elements of a JUnit report, as Jenkins, GitLab, Azure DevOps, Bitbucket and CircleCI
// read it:
// https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Skipped *junitMessage `xml:"skipped"`
		Error   *junitMessage `xml:"error"`
		Failure *junitMessage `xml:"failure"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes a report of tests: a suite for each rule, in which each violation is a test
// that fails, what could not be decided one that was skipped, and a rule without either a
// test that passes. What could not be read is a suite of errors.
func JUnit(w io.Writer, r *analyzer.Report) error {
	n := boundaryNames()
	out := junitSuites{Name: "iamvet"}
	add := func(s junitSuite) {
		s.Tests = len(s.Cases)
		for _, c := range s.Cases {
			switch {
			case c.Failure != nil:
				s.Failures++
			case c.Error != nil:
				s.Errors++
			case c.Skipped != nil:
				s.Skipped++
			}
		}
		out.Tests, out.Failures, out.Errors = out.Tests+s.Tests, out.Failures+s.Failures, out.Errors+s.Errors
		out.Suites = append(out.Suites, s)
	}
	for _, c := range r.Checks {
		s := junitSuite{Name: c.ID + " " + c.Name}
		for _, f := range worstFirst(r.Findings) {
			if f.Check != c || f.Verdict == analyzer.Advice {
				continue
			}
			s.Cases = append(s.Cases, junitCase{Name: n.subject(f), Class: c.ID,
				Failure: &junitMessage{Message: text(f.Message), Type: f.Severity.String(), Text: text(n.details(f))}})
		}
		for _, f := range r.Undetermined {
			if f.Check == c {
				s.Cases = append(s.Cases, junitCase{Name: n.subject(f), Class: c.ID, Skipped: &junitMessage{Message: text(f.Message)}})
			}
		}
		if len(s.Cases) == 0 {
			s.Cases = []junitCase{{Name: c.Title, Class: c.ID}}
		}
		add(s)
	}
	unread := junitSuite{Name: "not analysed"}
	for _, g := range r.Gaps {
		if g.Kind == source.ErrorGap {
			file, line := n.gapPlace(g)
			if line > 0 {
				file += ":" + itoa(line)
			}
			unread.Cases = append(unread.Cases, junitCase{Name: orWhole(file), Class: "iamvet", Error: &junitMessage{Message: text(g.Reason), Type: "error"}})
		}
	}
	if len(unread.Cases) > 0 {
		add(unread)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// subject is what a finding is about, as the name of a test.
func (n names) subject(f *analyzer.Finding) string {
	var parts []string
	if f.Resource != nil {
		parts = append(parts, f.Resource.Address)
	}
	switch {
	case !f.Span.IsZero():
		parts = append(parts, n.line(f.Span))
	case f.File != "":
		parts = append(parts, n.of(f.File))
	}
	return text(orWhole(strings.Join(parts, " at ")))
}

func orWhole(subject string) string {
	if subject == "" {
		return "the scan"
	}
	return subject
}

// details are what a violation comes with: the request, the other instances, the fix.
func (n names) details(f *analyzer.Finding) string {
	out := f.Message + "\n"
	if f.Witness != nil {
		out += "\ngets through: " + f.Witness.Sentence() + "\n"
	}
	if also := n.also(f); also != "" {
		out += "\nalso: " + also + "\n"
	}
	for _, g := range f.Includes {
		out += "\nit implies " + included(g) + "\n"
	}
	if fix := best(f); fix != nil {
		out += "\n" + fix.Message + gradeNote(fix.Grade) + "\n" + fix.Diff
	}
	return out + "\nmore: iamvet explain " + f.Check.ID + "\n"
}

// text is text without what XML cannot hold, nor a terminal should see.
func text(s string) string {
	var b strings.Builder
	for _, line := range strings.SplitAfter(s, "\n") {
		rest := strings.TrimSuffix(line, "\n")
		b.WriteString(clean(strings.TrimSuffix(rest, "\r"))) // of a diff
		if rest != line {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
