package analyzer

import (
	"context"
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// authorized judges the roles of accounts as they are deployed. A finding on a
// role that the scan declares is given that role's address, or joins what the
// code shows already.
func (a *analysis) authorized(ctx context.Context, res *result) ([]terraform.Gap, error) {
	var gaps []terraform.Gap
	var own []*Check
	for _, c := range a.checks {
		if !c.Estate {
			own = append(own, c)
		}
	}
	var fresh []*Finding
	for _, f := range a.in.Authorizations {
		a.progress("reading account authorization details")
		root, err := terraform.LoadAuthorization(f)
		if err != nil {
			gaps = append(gaps, terraform.Gap{Kind: terraform.ErrorGap, File: f.Name, Reason: err.Error()})
			continue
		}
		deployed, err := a.run(ctx, []*terraform.Root{root}, own)
		if err != nil {
			return nil, err
		}
		gaps = append(gaps, deployed.gaps...)
		declared := newDeclaredRoles(res.model)
		for _, found := range deployed.findings {
			if !a.joined(res, declared, f, found) {
				fresh = append(fresh, found)
			}
		}
		res.model.Looked = append(res.model.Looked, deployed.model.Looked...)
		res.authorizations = append(res.authorizations, f)
	}
	res.findings = append(res.findings, fresh...)
	order(res.findings)
	fingerprint(res.findings)
	return gaps, nil
}

// joined gives a finding on a deployed role its place in the scan, and says
// whether the code's own finding says the same already.
func (a *analysis) joined(res *result, declared *declaredRoles, file *source.File, f *Finding) bool {
	f.File, f.Fixes = file.Name, nil
	if f.Resource == nil {
		return false
	}
	arn := f.Resource.Address
	role := declared.find(f.Resource)
	if role == nil {
		if len(res.model.Roots) > 0 && f.Verdict == Violation {
			f.Message += " Nothing in this scan declares the role."
		}
		return false
	}
	for _, code := range res.findings {
		if code.Check != f.Check || code.Resource != role || code.Verdict == Advice {
			continue
		}
		if f.Verdict == Violation {
			code.Severity = max(code.Severity, f.Severity)
			if code.Verdict == Undetermined {
				code.Verdict, code.Needs, code.Message, code.Witness = Violation, nil, f.Message, f.Witness
			}
			code.Related = append(code.Related, Related{Message: fmt.Sprintf("the role is deployed like this, in account %s", accountIn(arn)), Address: arn})
		}
		return true
	}
	f.Resource = role
	f.Instances = []Instance{{Root: role.Root.Dir, Address: role.Address, Calls: role.Calls}}
	if !role.Header.IsZero() {
		f.Span, f.File = role.Header, ""
	}
	f.Message = "What is deployed differs from what is declared here: " + f.Message
	f.Related = append(f.Related, Related{Message: "deployed as", Address: arn})
	return false
}

func accountIn(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && parts[4] != "" {
		return parts[4]
	}
	return "that is not named"
}

// declaredRoles finds the role of a scan that a deployed one is: the one whose
// ARN a state gives, else the only one of its name that may be in its account.
type declaredRoles struct {
	byARN  map[string]*terraform.Resource
	byName map[string][]*identity.Role
}

func newDeclaredRoles(m *identity.Model) *declaredRoles {
	d := &declaredRoles{map[string]*terraform.Resource{}, map[string][]*identity.Role{}}
	for _, r := range m.Roles {
		if r.Resource.Deleted() {
			continue
		}
		if arn, ok := r.Resource.Attr("arn").Text(); ok && arn != "" {
			d.byARN[arn] = r.Resource
			continue
		}
		name := r.Resource.Attr("name")
		if r.Resource.Type == "awscc_iam_role" {
			name = r.Resource.Attr("role_name")
		}
		if text, ok := name.Text(); ok && text != "" {
			d.byName[strings.ToLower(text)] = append(d.byName[strings.ToLower(text)], r)
		}
	}
	return d
}

func (d *declaredRoles) find(deployed *terraform.Resource) *terraform.Resource {
	if r := d.byARN[deployed.Address]; r != nil {
		return r
	}
	var found *terraform.Resource
	for _, r := range d.byName[strings.ToLower(deployed.Name)] {
		account := r.Resource.Account()
		if account != "" && account != accountIn(deployed.Address) {
			continue
		}
		if found != nil {
			return nil // several may be meant
		}
		found = r.Resource
	}
	return found
}
