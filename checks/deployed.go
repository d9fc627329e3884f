package checks

import (
	"fmt"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/credential"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// What the rows of credential reports say is reported here: by one finding for
// a user and a rule, which shows the row and what declares the user.

// eachRoot and eachUser are the Deployed of a check that asks every row of that
// kind. GovCloud has no root user of its own.
func eachRoot(ask func(*analyzer.Pass, *identity.Reported) *analyzer.Finding) func(*analyzer.Pass) error {
	return eachRow(func(p *analyzer.Pass, r *identity.Reported) bool {
		return r.Root && !p.Settings.GovCloud(r.Account, r.Partition)
	}, ask)
}

func eachUser(ask func(*analyzer.Pass, *identity.Reported) *analyzer.Finding) func(*analyzer.Pass) error {
	return eachRow(func(_ *analyzer.Pass, r *identity.Reported) bool { return !r.Root }, ask)
}

func eachRow(which func(*analyzer.Pass, *identity.Reported) bool, ask func(*analyzer.Pass, *identity.Reported) *analyzer.Finding) func(*analyzer.Pass) error {
	return func(p *analyzer.Pass) error {
		for _, r := range p.Model.Reported {
			if !which(p, r) {
				continue
			}
			if f := ask(p, r); f != nil && !confirmed(p, r, f) {
				p.Report(f)
			}
		}
		return nil
	}
}

// confirmed adds what the report says to a finding that the code gave already:
// at least as bad, and decided.
func confirmed(p *analyzer.Pass, r *identity.Reported, f *analyzer.Finding) bool {
	if f.Verdict != analyzer.Violation {
		return false
	}
	for _, code := range p.Found {
		if code.Resource == nil || code.Verdict == analyzer.Advice || !about(p.Model, code.Resource, r) {
			continue
		}
		code.Severity = max(code.Severity, f.Severity)
		if code.Verdict == analyzer.Undetermined {
			code.Verdict, code.Needs, code.Message = analyzer.Violation, nil, f.Message
		}
		said := "the credential report of the account shows it"
		if r.Span().IsZero() {
			said += fmt.Sprintf(" (%s, line %d of the report)", r.Report.File.Name, r.Line)
		}
		code.Related = append(code.Related, analyzer.Related{Message: said, Span: r.Span()})
		return true
	}
	return false
}

// about says that a resource is the user of a row, or a key or login of theirs.
func about(m *identity.Model, res *terraform.Resource, r *identity.Reported) bool {
	if deployed, _ := m.DeployedRow(r.Row); deployed != nil && deployed.Resource == res {
		return true
	}
	u := r.Owner()
	for _, k := range r.Keys {
		if k.Resource == res {
			return true
		}
	}
	if u == nil {
		return false
	}
	login := m.LoginOf(u)
	return res == u.Resource || login != nil && login.Resource == res
}

// deployedFinding is a violation that a row shows.
func deployedFinding(r *identity.Reported, severity analyzer.Severity, defect, message string) *analyzer.Finding {
	f := &analyzer.Finding{
		Verdict: analyzer.Violation, Severity: severity, Defect: defect, Statement: r.ARN,
		Span: r.Span(), Message: message,
	}
	if f.Span.IsZero() {
		f.File = r.Report.File.Name
	}
	if u := r.Owner(); u != nil {
		f.Resource = u.Resource
	}
	for _, u := range r.Owners {
		said := "the user is declared here"
		if len(r.Owners) > 1 {
			said = "the user may be the one declared here"
		}
		f.Related = append(f.Related, analyzer.Related{Message: said, Span: u.Resource.Header, Address: u.Resource.Address})
	}
	for _, k := range r.Keys {
		f.Related = append(f.Related, analyzer.Related{Message: "a key of the user is declared here", Span: k.Resource.Header, Address: k.Resource.Address})
	}
	return f
}

// unsaid is an undetermined finding: the report leaves open what would decide.
func unsaid(r *identity.Reported, severity analyzer.Severity, defect, question, missing string) *analyzer.Finding {
	f := deployedFinding(r, severity, defect, fmt.Sprintf("The credential report does not say whether %s.", question))
	f.Verdict = analyzer.Undetermined
	f.Needs = []value.Reason{{Text: missing, Span: f.Span}}
	return f
}

// who is a user of a report in a message, and what declares that user.
func who(p *analyzer.Pass, r *identity.Reported) string {
	if r.Root {
		return "the root user of " + account(r)
	}
	name := fmt.Sprintf("the user '%s' of %s", r.User, account(r))
	if u := r.Owner(); u != nil {
		return fmt.Sprintf("'%s' (%s)", u.Resource.Address, name)
	}
	return name
}

func account(r *identity.Reported) string {
	if r.Account == "" {
		return "an account that the report does not name"
	}
	return "account '" + r.Account + "'"
}

// outside says what of the user exists outside of Terraform, as a sentence with
// a blank in front; "" when all is declared, or nothing was scanned. Of keys it
// speaks where the finding does.
func outside(p *analyzer.Pass, r *identity.Reported, aboutKeys bool) string {
	keys := 0
	for _, k := range r.Row.Keys {
		if k.Exists() {
			keys++
		}
	}
	switch {
	case len(p.Model.Roots) == 0 || r.Root:
		return ""
	case len(r.Owners) == 0:
		return " Nothing in this scan declares the user."
	case len(r.Owners) > 1 || keys <= len(r.Keys) || !aboutKeys:
		return ""
	case len(r.Keys) == 0 && keys == 1:
		return " Nothing in this scan declares the key."
	case len(r.Keys) == 0:
		return " Nothing in this scan declares the keys."
	}
	return fmt.Sprintf(" Of the user's %d keys this scan declares %d.", keys, len(r.Keys))
}

func date(t time.Time) string {
	if t.IsZero() {
		return "a day that the report does not give"
	}
	return t.Format(time.DateOnly)
}

// daysAgo is how many whole days before now.
func daysAgo(now, t time.Time) int { return int(now.Sub(t) / credential.Day) }

// activeCertificates are the signing certificates of a row that are active, as
// "an active signing certificate of 2015-01-01"; "" for none.
func activeCertificates(r *identity.Reported) string {
	var dates []string
	for _, c := range r.Certificates {
		if c.Active == credential.Yes {
			dates = append(dates, date(c.Rotated))
		}
	}
	switch len(dates) {
	case 0:
		return ""
	case 1:
		return "an active signing certificate of " + dates[0]
	}
	return "active signing certificates of " + strings.Join(dates, " and ")
}

// history is when a credential was made and used.
func history(made, used time.Time) string {
	var parts []string
	if !made.IsZero() {
		parts = append(parts, "made or changed "+date(made))
	}
	if used.IsZero() {
		parts = append(parts, "never used")
	} else {
		parts = append(parts, "last used "+date(used))
	}
	return strings.Join(parts, ", ")
}
