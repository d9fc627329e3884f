package engine

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// judgeAccounts judges the roles and users of accounts as they are deployed. A
// finding on one that the scan declares is given its address, or joins what the
// code shows already.
func (a *analysis) judgeAccounts(ctx context.Context, res *result) error {
	var fresh []*analyzer.Finding
	for _, account := range a.deployed.accounts {
		account.AddLogins(res.model, a.deployed.reports)
		deployed, err := a.judge(ctx, account.Model, a.checks)
		if err != nil {
			return err
		}
		redact(deployed.findings, deployed.gaps, deployed.secrets)
		for _, g := range deployed.gaps {
			if g.Span.IsZero() && g.File == "" {
				g.File = account.File.Name
			}
			a.deployed.gaps = append(a.deployed.gaps, g)
		}
		declared := newDeclared(res.model)
		for _, found := range deployed.findings {
			if !a.joined(res, declared, account.File, found) {
				fresh = append(fresh, found)
			}
		}
		res.looked += len(deployed.model.Looked)
		maps.Copy(res.secrets, deployed.secrets)
	}
	if len(a.deployed.accounts) == 0 {
		return nil
	}
	a.known.suppress(fresh) // again, since they stand at what declares them now
	res.findings = append(res.findings, fresh...)
	order(res.findings)
	fingerprint(res.findings)
	return nil
}

// joined gives a finding on a deployed role or user its place in the scan, and
// says whether the code's own finding says the same already.
func (a *analysis) joined(res *result, declared *declared, file *source.File, f *analyzer.Finding) bool {
	// What is deployed is a file that AWS wrote: an edit of it mends nothing.
	f.File, f.Fixes = file.Name, nil
	if f.Resource == nil {
		return false
	}
	arn, what := f.Resource.Address, strings.TrimPrefix(f.Resource.Type, "aws_iam_")
	own := declared.find(f.Resource)
	if own == nil {
		if len(res.model.Roots) > 0 && f.Verdict == analyzer.Violation {
			f.Message += " Nothing in this scan declares the " + what + "."
		}
		return false
	}
	for _, code := range res.findings {
		if code.Check != f.Check || code.Question != f.Question || !own.has(code.Resource) || code.Verdict == analyzer.Advice {
			continue
		}
		if f.Verdict == analyzer.Violation {
			if code.Verdict == analyzer.Undetermined || code.Severity < f.Severity { // then it shows what the code does not
				code.Verdict, code.Needs, code.Message, code.Witness = analyzer.Violation, nil, f.Message, f.Witness
			}
			code.Severity = max(code.Severity, f.Severity)
			code.Related = append(code.Related, analyzer.Related{Message: fmt.Sprintf("the %s is deployed like this, in account %s", what, accountIn(arn)), Address: arn})
		}
		return true
	}
	at := own.last()
	f.Resource = at
	f.Instances = []analyzer.Instance{{Root: at.Root.Dir, Address: at.Address, Key: at.Key, Calls: at.Calls, Severity: f.Severity}}
	if !at.Header.IsZero() {
		f.Span, f.File = at.Header, ""
	}
	f.Message = "What is deployed differs from what is declared here: " + f.Message
	f.Related = append(f.Related, analyzer.Related{Message: "deployed as", Address: arn})
	return false
}

func accountIn(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && parts[4] != "" {
		return parts[4]
	}
	return "that is not named"
}

// declared finds the role or user of a scan that a deployed one is: the one
// whose ARN a state gives, else the only one of its name that may be in its
// account.
type declared struct {
	byARN  map[string]own
	byName map[string][]own // under the type and the name
}

// own is what declares a role or user: the resource, and for a user with a
// password that too.
type own []*terraform.Resource

func (o own) has(r *terraform.Resource) bool {
	for _, mine := range o {
		if mine == r {
			return true
		}
	}
	return false
}

func (o own) last() *terraform.Resource { return o[len(o)-1] }

func newDeclared(m *identity.Model) *declared {
	d := &declared{map[string]own{}, map[string][]own{}}
	for _, r := range m.Roles {
		name := r.Resource.Attr("name")
		if r.Resource.Type == "awscc_iam_role" {
			name = r.Resource.Attr("role_name")
		}
		d.add("aws_iam_role", name.TextOr(""), own{r.Resource})
	}
	for _, u := range m.Users {
		mine := own{u.Resource}
		if login := m.LoginOf(u); login != nil && login.Resource != u.Resource {
			mine = append(mine, login.Resource)
		}
		d.add("aws_iam_user", u.Name.TextOr(""), mine)
	}
	for _, l := range m.Logins { // of users that nothing declares
		if u := m.UserOf(l); u != nil && !u.Declared() {
			d.add("aws_iam_user", u.Name.TextOr(""), own{l.Resource})
		}
	}
	return d
}

func (d *declared) add(typ, name string, mine own) {
	if mine[0].Deleted() {
		return
	}
	if arn, ok := mine[0].Attr("arn").Text(); ok && arn != "" {
		d.byARN[arn] = mine
	} else if name != "" {
		key := typ + " " + strings.ToLower(name)
		d.byName[key] = append(d.byName[key], mine)
	}
}

func (d *declared) find(deployed *terraform.Resource) own {
	if r := d.byARN[deployed.Address]; r != nil {
		return r
	}
	var found own
	for _, r := range d.byName[deployed.Type+" "+strings.ToLower(deployed.Name)] {
		account := r[0].Account()
		if account != "" && account != accountIn(deployed.Address) {
			continue
		}
		if found != nil {
			return nil // several may be meant
		}
		found = r
	}
	return found
}
