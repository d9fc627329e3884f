package checks

import (
	"fmt"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/credential"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/proof"
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

// upper is a sentence's first word.
func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

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

func reportedKeyAtCreation(p *analyzer.Pass, r *identity.Reported) *analyzer.Finding {
	if p.Settings.Machine(r.User, tagsReported(r)) {
		return nil
	}
	if i := r.KeyAtCreation(); i >= 0 {
		k := r.Row.Keys[i]
		severity, with := analyzer.Medium, ""
		if r.Console() == credential.Yes {
			with = ", and has a console password"
			if k.LastUsed.IsZero() {
				severity, with = analyzer.High, ", has a console password, and has never used the key"
			}
		}
		return deployedFinding(r, severity, "deployed-at-creation",
			fmt.Sprintf("%s got an access key within seconds of being created (access key %d, %s)%s.%s", upper(who(p, r)), i+1, k.Rotated.Format(time.RFC3339), with, outside(p, r, true)))
	}
	if i := r.UntouchedKey(); i >= 0 && r.Console() == credential.Yes {
		return deployedFinding(r, analyzer.Medium, "deployed-untouched",
			fmt.Sprintf("%s has a console password and an active access key that was never used (access key %d, %s); delete it until somebody asks for it.%s", upper(who(p, r)), i+1, history(r.Row.Keys[i].Rotated, time.Time{}), outside(p, r, true)))
	}
	return nil
}

// tagsReported are the tags of the declared user, as far as they are known.
func tagsReported(r *identity.Reported) map[string]string {
	if u := r.Owner(); u != nil {
		return u.KnownTags()
	}
	return nil
}

// requiresMFA says that the service control policies of the account, or the
// policies of the user, as deployed where that is known and else as declared, deny
// everything without MFA but what enrols a device.
func requiresMFA(p *analyzer.Pass, r *identity.Reported) bool {
	u, m := r.Owner(), p.Model
	if deployed, account := p.Model.DeployedRow(r.Row); deployed != nil {
		u, m = deployed, account.Model
	}
	levels := organization.Guardrails(p.Model, r.Account)
	if organization.Guarded(levels, proof.User{Name: r.User, Account: r.Account, TagsOpen: true, Now: p.Now}) {
		return true
	}
	if u == nil {
		return false
	}
	bindings := m.PermissionsOf(u)
	return len(bindings.Policies) > 0 && organization.DecideUser(u, r.Account, bindings, levels, p.Now).Class == proof.Enforced
}

func reportedMultipleKeys(p *analyzer.Pass, r *identity.Reported) *analyzer.Finding {
	switch r.TwoActiveKeys() {
	case credential.No:
		return nil
	case credential.Unsaid:
		return unsaid(r, analyzer.Medium, "deployed-two-keys", who(p, r)+" has two active access keys", "access_key_1_active and access_key_2_active")
	}
	a, b := r.Row.Keys[0], r.Row.Keys[1]
	rotation := ""
	if newer := later(a.Rotated, b.Rotated); !newer.IsZero() && !p.Now.IsZero() && p.Now.Sub(newer) <= 30*credential.Day {
		rotation = " The newer one is less than a month old: if this is a rotation, end it."
	}
	return deployedFinding(r, analyzer.Medium, "deployed-two-keys",
		fmt.Sprintf("%s has two active access keys (1: %s; 2: %s); set the one that is not in use Inactive.%s%s", upper(who(p, r)), history(a.Rotated, a.LastUsed), history(b.Rotated, b.LastUsed), rotation, outside(p, r, true)))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func reportedKeyRotation(p *analyzer.Pass, r *identity.Reported) *analyzer.Finding {
	limit := p.Settings.KeyAgeLimit()
	if p.Now.IsZero() {
		return nil
	}
	switch r.KeyOlderThan(p.Now, time.Duration(limit)*credential.Day) {
	case credential.No:
		return nil
	case credential.Unsaid:
		return unsaid(r, analyzer.Medium, "deployed-old-key", fmt.Sprintf("an access key of %s is older than %d days", who(p, r), limit), "access_key_1_last_rotated and access_key_2_last_rotated")
	}
	var old []string
	for i, k := range r.Row.Keys {
		if k.OlderThan(p.Now, time.Duration(limit)*credential.Day) == credential.Yes {
			old = append(old, fmt.Sprintf("access key %d is %d days old (%s)", i+1, daysAgo(p.Now, k.Rotated), history(k.Rotated, k.LastUsed)))
		}
	}
	return deployedFinding(r, analyzer.Medium, "deployed-old-key",
		fmt.Sprintf("%s does not rotate keys within %d days: %s.%s", upper(who(p, r)), limit, strings.Join(old, "; "), outside(p, r, true)))
}

func reportedConsoleMFA(p *analyzer.Pass, r *identity.Reported) *analyzer.Finding {
	if p.Settings.BreakGlass(r.User, tagsReported(r)) {
		return nil
	}
	switch r.WithoutMFA() {
	case credential.Yes:
		if requiresMFA(p, r) {
			return deployedFinding(r, analyzer.Medium, "deployed-without-device",
				fmt.Sprintf("%s has a console password and no MFA device: the policies that bind the user deny everything else without MFA, but whoever has the password may enrol a device of their own.", upper(who(p, r))))
		}
		f := deployedFinding(r, analyzer.High, "deployed-without-mfa",
			fmt.Sprintf("%s has a console password and no MFA device: the password alone lets anybody in.%s", upper(who(p, r)), outside(p, r, false)))
		f.Witness = &analyzer.Witness{
			Principal: r.ARN, Action: "signin:ConsoleLogin", Context: map[string]string{"aws:MultiFactorAuthPresent": "false"},
			Words: "whoever knows the password, in a console session without MFA",
		}
		return f
	case credential.Unsaid:
		return unsaid(r, analyzer.High, "deployed-without-mfa", who(p, r)+" may sign in without MFA", "password_enabled and mfa_active")
	}
	return reportedKeyWithoutMFA(p, r)
}

// reportedKeyWithoutMFA is for a user with a device whose policies ask for MFA in
// the console alone, and who has a key. A deployed user is decided with its account.
func reportedKeyWithoutMFA(p *analyzer.Pass, r *identity.Reported) *analyzer.Finding {
	u := r.Owner()
	if deployed, _ := p.Model.DeployedRow(r.Row); deployed != nil || u == nil || r.Console().And(r.HasActiveKey()) != credential.Yes {
		return nil
	}
	bindings := p.Model.PermissionsOf(u)
	result := organization.DecideUser(u, r.Account, bindings, organization.Guardrails(p.Model, r.Account), p.Now)
	if len(bindings.Policies) == 0 || result.Class != proof.ConsoleOnly {
		return nil
	}
	f := deployedFinding(r, analyzer.Medium, "deployed-key-without-mfa",
		fmt.Sprintf("%s needs MFA in the console, but not with the access key that it also has: its policies let requests without aws:MultiFactorAuthPresent pass; deny those as well.%s", upper(who(p, r)), outside(p, r, true)))
	f.Witness = request(result.Witness)
	return f
}
