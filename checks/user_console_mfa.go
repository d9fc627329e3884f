package checks

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
	"github.com/iamvet/iamvet/checks/fixes"
)

// UserConsoleMFA is IV304.
var UserConsoleMFA = &analyzer.Check{
	ID:         "IV304",
	Name:       "user-console-mfa",
	Title:      "a user with a console password may act without MFA",
	Severity:   analyzer.High,
	Severities: []analyzer.Severity{analyzer.High, analyzer.Medium, analyzer.Note},
	Doc: `A console password (aws_iam_user_login_profile) whose user may do something
without MFA: all policies that bind the user are decided together, its own and
those of its groups, inline and managed, in every form that Terraform attaches
them, with the permissions boundary, for a console session without MFA and for an
access key. The request that gets through is shown. A credential report
(--credential-report) shows it of deployed users: a console password and no device.
What binds them in their account decides as well (--account-authorization).

A password is guessed, phished and reused. Only a policy makes the second factor
count: a device that is registered (aws_iam_virtual_mfa_device) asks for nothing
by itself. Of 12,478 users measured in 2021, 773 (6.2 %) had a password and no
MFA.

It is fine when the policies deny everything without MFA but what enrols a device
(AWS's own example, with BoolIfExists), or allow nothing but with MFA. A Deny
that proves this holds whatever else is attached, one of a service control policy
too, where the scan shows that it binds the user's account. It is reported as medium when
no policy of the user is in the scan, or when only an access key of the user gets
through; as a note when there is no such key, or when the policies would keep the
user from enrolling a device at all.`,
	Remediation: `Attach a policy that denies everything without MFA but what enrols a device, to
a group that holds every user with a password. Better, let people sign in through
IAM Identity Center, and delete their passwords.

    Effect       Deny
    NotAction    iam:CreateVirtualMFADevice iam:EnableMFADevice iam:GetUser
                 iam:ListMFADevices iam:ListVirtualMFADevices iam:ResyncMFADevice
                 sts:GetSessionToken
    Resource     *
    BoolIfExists aws:MultiFactorAuthPresent false`,
	References: []analyzer.Reference{
		{Title: "A Real-World Look at AWS Best Practices: IAM User Accounts (Netskope)", URL: "https://www.netskope.com/blog/a-real-world-look-at-aws-best-practices-iam-user-accounts"},
		{Title: "AWS: Allow MFA-authenticated IAM users to manage their own credentials", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html"},
		{Title: "AWS: Secure API access with MFA", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html"},
	},
	Controls: append(cis1("1.10"), controls("cis-1.2 1.2", "cis-5.0 1.9", "cis-6.0 2.9", "cis-7.0 2.10", "fsbp IAM.5 IAM.19", "control-tower AWS-GR_IAM_USER_MFA_ENABLED AWS-GR_MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS",
		"aws-config mfa-enabled-for-iam-console-access iam-user-mfa-enabled",
		"nist-800-53-r5 AC-2(1) AC-3(15) IA-2(1) IA-2(2) IA-2(6) IA-2(8)",
		"pci-dss-3.2.1 8.3.1", "pci-dss-4.0.1 8.4.2", "mitre-attack T1556.006 T1078.004")...),
	Settings: []string{"break_glass_users"},
	Tags:     []string{"user", "mfa", "console"},
	Subjects: loginTypes,
	Tell:     tellConsoleMFA,
	Estate:   true,
	Run:      userConsoleMFA,
	Deployed: eachUser(reportedConsoleMFA),
}

func userConsoleMFA(p *analyzer.Pass) error {
	done, people := map[*identity.User]bool{}, map[*identity.Group]bool{}
	places := sync.OnceValue(func() []organization.Guard {
		if p.Model.Beside == nil {
			return organization.GuardsOf(p.Model, p.Now)
		}
		// A fix that leaves the organizations as they are leaves their guards, too.
		return analyzer.Remember(p.Memo, "guards beside", func() []organization.Guard { return organization.GuardsOf(p.Model, p.Now) })
	})
	for _, login := range p.Model.Logins {
		if login.Resource.Deleted() {
			continue
		}
		c := consoleCheck{pass: p, login: login, user: p.Model.UserOf(login), people: people, guards: places}
		switch {
		case c.user == nil:
			c.nobody()
		case done[c.user] || p.Settings.BreakGlass(c.user.Name.TextOr(""), c.user.KnownTags()):
		default:
			done[c.user] = true
			c.run()
		}
	}
	return nil
}

type consoleCheck struct {
	pass     *analyzer.Pass
	login    *identity.Login
	user     *identity.User
	bindings identity.Permissions
	result   proof.UserResult
	people   map[*identity.Group]bool    // what onlyPeople has found, of all logins
	guards   func() []organization.Guard // of the scan
}

func (c *consoleCheck) finding(defect string) *analyzer.Finding {
	r := c.login.Resource
	f := &analyzer.Finding{Resource: r, Span: r.Header, Defect: defect, Assumptions: assumptions(r, c.login.User)}
	if r.Type == "awscc_iam_user" {
		f.Span = r.AttributeSpan("login_profile")
	}
	if c.user != nil && c.user.Declared() && c.user.Resource != r {
		f.Related = append(f.Related, analyzer.Related{Message: "the user is declared here", Span: c.user.Resource.Header, Address: c.user.Resource.Address})
	}
	return f
}

// nobody reports a password of a user whose name is not known.
func (c *consoleCheck) nobody() {
	f := c.finding("unknown-user")
	f.Severity = analyzer.Medium
	f.Message = fmt.Sprintf("Whether the user of '%s' may act without MFA depends on a value that is not known.", c.login.Resource.Address)
	f.Needs = value.Needs("whose password it is", f.Span, c.login.User)
	c.pass.Report(f)
}

func (c *consoleCheck) run() {
	c.bindings = c.pass.Model.PermissionsOf(c.user)
	exists, account := c.login.Resource.Exists, identity.AccountOf(c.user.Resource)
	if len(c.bindings.Policies) == 0 {
		if c.pass.Model.Whole || c.settled() || organization.Guarded(organization.Guardrails(c.pass.Model, account), organization.AskedUser(c.user, account, c.pass.Now)) {
			return // without a policy the user may do nothing
		}
		f := c.finding("no-policy")
		f.Verdict, f.Severity = analyzer.Violation, analyzer.Medium
		f.Message = c.has() + ", and no policy of the user is in this scan that would require MFA; attach one that denies everything without it."
		f.Witness = &analyzer.Witness{
			Action: "signin:ConsoleLogin", Principal: c.principal(),
			Words: "the user, signing in with the password alone: what it may then do without MFA is decided by policies that are not in the scan, if by any",
		}
		f.Related = append(f.Related, c.beside()...)
		f.Offer = func() []*analyzer.Fix { return c.fixes().Require() }
		c.report(f, exists)
		return
	}
	levels := organization.Guardrails(c.pass.Model, account)
	c.result = analyzer.Remember(c.pass.Memo, userKey(c.user, account, c.bindings, levels), func() proof.UserResult {
		return organization.DecideUser(c.user, account, c.bindings, levels, c.pass.Now)
	})
	keys := c.pass.Model.HasKeys(c.user)
	switch c.result.Class {
	case proof.Enforced:
		c.enforced()
	case proof.UserUndetermined:
		if c.settled() {
			return
		}
		f := c.finding("unknown")
		f.Severity, f.Needs = analyzer.High, c.result.Needs
		f.Message = fmt.Sprintf("Whether %s, may act without MFA depends on a value that is not known.", c.whoHas())
		if len(f.Needs) == 0 {
			f.Needs = value.Needs("the policies of "+c.who(), f.Span)
		}
		c.pass.Report(f)
	case proof.ConsoleOnly:
		c.consoleOnly(keys)
	default:
		f := c.violation(strings.ReplaceAll(strings.ToLower(c.result.Class.String()), "_", "-"))
		f.Severity = analyzer.High
		f.Message = fmt.Sprintf("%s, and nothing requires MFA: %s; %s.", c.has(), c.because(), c.remedy())
		c.report(f, exists)
	}
}

// userKey is all that decideUser looks at.
func userKey(u *identity.User, account string, p identity.Permissions, levels []proof.Level) string {
	var b strings.Builder
	tags, open := u.Tags()
	fmt.Fprintf(&b, "%q %q %q %t", u.Name.TextOr(""), account, tags, open)
	documents := append(p.Documents(), p.Boundary)
	for _, l := range levels {
		documents = append(append(documents, nil), l.Documents...)
	}
	for _, d := range documents {
		if d == nil {
			b.WriteString("\nnone")
			continue
		}
		fmt.Fprintf(&b, "\n%q %t %t %d", d.Version, d.VersionKnown, d.Open, len(d.Problems))
		for _, s := range d.Statements {
			fmt.Fprintf(&b, "\n%q %d %t %t %t %s", s.Sid, s.Effect, s.Open, s.ActionsOpen, s.ResourcesOpen, value.Key(s.Value))
		}
	}
	return b.String()
}

// settled says that the user as deployed may do nothing without MFA: what the
// code leaves open, the account shows.
func (c *consoleCheck) settled() bool {
	u, account := c.pass.Model.Deployed(c.user)
	if u == nil {
		return false
	}
	p := account.PermissionsOf(u)
	id := identity.AccountOf(u.Resource)
	return len(p.Policies) == 0 || organization.DecideUser(u, id, p, organization.Guardrails(c.pass.Model, id), c.pass.Now).Class == proof.Enforced
}

// has is that the user has a password, and whoHas the user and that, both as
// the beginning of a sentence.
func (c *consoleCheck) has() string {
	if c.login.Resource == c.user.Resource && c.user.Declared() {
		return c.who() + " has a console password"
	}
	return fmt.Sprintf("'%s' gives %s a console password", c.login.Resource.Address, c.who())
}

func (c *consoleCheck) whoHas() string {
	if c.login.Resource == c.user.Resource && c.user.Declared() {
		return c.who() + ", who has a console password"
	}
	return fmt.Sprintf("%s, who has the console password '%s'", c.who(), c.login.Resource.Address)
}

// report reports a violation; where it is not known whether there is a password
// at all, whether the account is one that a service control policy guards, or
// whether that has any effect, that is what is missing.
func (c *consoleCheck) report(f *analyzer.Finding, exists value.Tri) {
	if exists == value.Maybe {
		f.Needs = value.Needs("whether there is a password", f.Span)
		if why := c.login.Resource.Why; len(why) > 0 {
			f.Needs = why
		}
		f.Message = fmt.Sprintf("Whether %s has a console password, '%s', with which it may act without MFA, depends on a value that is not known.", c.who(), c.login.Resource.Address)
	} else if account := identity.AccountOf(c.user.Resource); account != "" {
		maybe, why := organization.GuardrailsWhere(c.pass.Model, account, value.Maybe)
		if organization.Guarded(maybe, organization.AskedUser(c.user, account, c.pass.Now)) {
			f.Needs = why
			f.Message = fmt.Sprintf("Whether %s, may act without MFA depends on whether service control policies have any effect: one keeps the users of account %s from that.", c.whoHas(), account)
		}
	} else {
		for _, g := range c.guards() {
			if organization.Guarded(g.Levels, organization.AskedUser(c.user, "", c.pass.Now)) {
				f.Needs = []value.Reason{{Text: "the account that the user is in: --account says it", Span: g.Org.Resource.Header}}
				f.Message = fmt.Sprintf("Whether %s, may act without MFA depends on its account: in %s of '%s' a service control policy keeps it from that.", c.whoHas(), g.Where, g.Org.Resource.Address)
				break
			}
		}
	}
	if len(f.Needs) > 0 {
		f.Verdict, f.Witness, f.Offer = analyzer.Undetermined, nil, nil
	}
	c.pass.Report(f)
}

// enforced says what a proof leaves to wish for.
func (c *consoleCheck) enforced() {
	if until := c.result.Until; !until.IsZero() {
		f := c.finding("ends-soon")
		f.Verdict, f.Severity = analyzer.Advice, analyzer.Note
		f.Message = fmt.Sprintf("%s, needs MFA until %s only: what requires it ends then.", upperFirst(c.whoHas()), moment(until))
		c.pass.Report(f)
		return
	}
	if c.result.KeepsPassword && c.login.ResetRequired() {
		f := c.finding("locks-out-reset")
		f.Verdict, f.Severity = analyzer.Advice, analyzer.Note
		f.Message = fmt.Sprintf("%s, has to change it at the first sign-in, and cannot without MFA, which nobody has before: exempt iam:ChangePassword.", upperFirst(c.whoHas()))
		c.pass.Report(f)
		return
	}
	if !c.result.LocksOut || c.result.Idle {
		return
	}
	f := c.finding("locks-out")
	f.Verdict, f.Severity = analyzer.Advice, analyzer.Note
	f.Message = fmt.Sprintf("%s, can do nothing without MFA, not even enrol a device: somebody else has to register one first; exempt what enrols a device.", upperFirst(c.whoHas()))
	if c.result.Unallowed {
		f.Message = fmt.Sprintf("%s, can do nothing without MFA, not even enrol a device: no policy allows that; allow what enrols a device.", upperFirst(c.whoHas()))
	}
	c.pass.Report(f)
}

// consoleOnly reports policies that stop a console session without MFA, but not
// an access key.
func (c *consoleCheck) consoleOnly(keys value.Tri) {
	f := c.violation("console-only")
	switch keys {
	case value.No:
		f.Verdict, f.Severity, f.Witness = analyzer.Advice, analyzer.Note, nil
		f.Message = fmt.Sprintf("%s, needs MFA in the console, but an access key of the user, once it has one, would not: %s; %s.", upperFirst(c.whoHas()), c.because(), c.remedy())
		c.pass.Report(f)
	case value.Yes:
		f.Severity = analyzer.Medium
		key := "access key"
		if slices.ContainsFunc(c.pass.Model.CredentialsOf(c.user), (*identity.Credential).LongTermKey) {
			key = "long-term key"
		}
		f.Message = fmt.Sprintf("%s, needs MFA in the console, but not with the %s that it also has: %s; %s.", upperFirst(c.whoHas()), key, c.because(), c.remedy())
		c.report(f, c.login.Resource.Exists)
	default:
		f.Verdict, f.Severity, f.Witness, f.Offer = analyzer.Undetermined, analyzer.Medium, nil, nil
		f.Message = fmt.Sprintf("Whether %s, has an access key as well, which would need no MFA, depends on a value that is not known.", c.whoHas())
		f.Needs = c.keyNeeds()
		c.pass.Report(f)
	}
}

func (c *consoleCheck) keyNeeds() []value.Reason {
	var out []value.Reason
	for _, k := range c.pass.Model.Keys {
		if k.Owner == c.user || k.Owner == nil && k.Resource.Root == c.user.Resource.Root {
			out = append(append(out, k.Resource.Why...), k.User.AllWhy()...)
			out = append(out, k.Resource.Attr("status").AllWhy()...)
		}
	}
	if len(out) == 0 {
		out = value.Needs("whether the user has an access key, which the credential report of the account says", c.login.Resource.Header)
	}
	return slices.CompactFunc(out, func(a, b value.Reason) bool { return a == b })
}

func (c *consoleCheck) violation(defect string) *analyzer.Finding {
	f := c.finding(defect)
	f.Verdict, f.Witness = analyzer.Violation, request(c.result.Witness)
	if a := c.granting(); a != nil {
		f.Related = append(f.Related, analyzer.Related{Message: "this policy allows it" + through(a), Span: c.grantSpan(a), Address: a.Resource.Address})
	}
	if near := c.result.Near; near != nil && near.Defect != proof.DefectAllow {
		if span := near.Span(); !span.IsZero() {
			f.Related = append(f.Related, analyzer.Related{Message: "this is what lets it through", Span: span.FirstLine()})
		}
	}
	f.Related = append(f.Related, c.beside()...)
	f.Offer = func() []*analyzer.Fix { return c.fixes().Mend(c.mendable()) }
	return f
}

// beside is what the code says of the user's ways in: a device that nothing asks
// for, short passwords, credentials that carry no MFA either.
func (c *consoleCheck) beside() []analyzer.Related {
	m := c.pass.Model
	var out []analyzer.Related
	if d := m.DeviceOf(c.user); d != nil {
		out = append(out, analyzer.Related{Message: "a device is declared here, but a device asks for nothing by itself", Span: d.Resource.Header, Address: d.Resource.Address})
	}
	if p := m.PasswordPolicyOf(c.login.Resource.Root); p != nil {
		if n, ok := p.Length.WholeNumber(); ok && n < shortPassword {
			out = append(out, analyzer.Related{Message: fmt.Sprintf("a password of %d characters will do in this account", n), Span: p.Resource.Header, Address: p.Resource.Address})
		}
	}
	return append(out, credentialsBeside(m, c.user, "carries no MFA either")...)
}

// shortPassword is how many characters CIS AWS Foundations asks for, in all of its
// versions.
const shortPassword = 14

// credentialsBeside points at the credentials of a user beside passwords and
// access keys.
func credentialsBeside(m *identity.Model, u *identity.User, what string) []analyzer.Related {
	var out []analyzer.Related
	for _, c := range m.CredentialsOf(u) {
		out = append(out, analyzer.Related{Message: c.Kind + " of the user " + what, Span: c.Resource.Header, Address: c.Resource.Address})
	}
	return out
}

// granting is the policy that allows the witness.
func (c *consoleCheck) granting() *identity.AttachedPolicy {
	if c.result.Granting == nil {
		return nil
	}
	for _, a := range c.bindings.Policies {
		if slices.Contains(a.Document.Statements, c.result.Granting) {
			return a
		}
	}
	return nil
}

func (c *consoleCheck) grantSpan(a *identity.AttachedPolicy) source.Span {
	if span := c.result.Granting.Span(); !span.IsZero() {
		return span.FirstLine()
	}
	return a.Resource.Header
}

func through(a *identity.AttachedPolicy) string {
	if a.Group == nil {
		return ""
	}
	return ", through '" + a.Group.Resource.Address + "'"
}

// because is what lets the witness through, without a full stop.
func (c *consoleCheck) because() string {
	action := "something"
	if c.result.Witness != nil && c.result.Witness.Action != "" {
		action = c.result.Witness.Action
	}
	how := ""
	if a := c.granting(); a != nil {
		by := through(a)
		if by != "" {
			by += ","
		}
		how = fmt.Sprintf("'%s'%s allows %s", a.Name, by, action)
	} else {
		how = "its policies allow " + action
	}
	if near := c.result.Near; near != nil && near.Defect != proof.DefectAllow {
		return how + ", and " + near.Words
	}
	return how
}

func (c *consoleCheck) remedy() string {
	near := c.mendable()
	switch {
	case near == nil:
		return "attach a policy that denies everything without MFA but what enrols a device"
	case near.Defect == proof.DefectAllowIfExists && near.Condition.Operator.Family == policy.NullFamily:
		return "use Bool with \"true\""
	case near.Defect == proof.DefectAllowIfExists:
		return "use the operator without IfExists"
	}
	return fixes.Remedies[near.Defect]
}

// mendable is what nearly requires MFA, where mending it is the remedy; nil
// where the user is exempt on purpose, or nothing tests MFA.
func (c *consoleCheck) mendable() *proof.NearMiss {
	near := c.result.Near
	if near == nil {
		return nil
	}
	switch near.Defect {
	case proof.DefectBool, proof.DefectForAny, proof.DefectPolarity, proof.DefectNullOnly, proof.DefectBothTests, proof.DefectAge,
		proof.DefectStringOnBool, proof.DefectKey, proof.DefectActions, proof.DefectExempts, proof.DefectResource, proof.DefectAllowIfExists:
		return near
	}
	return nil
}

func (c *consoleCheck) who() string {
	if c.user.Declared() {
		return "'" + c.user.Resource.Address + "'"
	}
	return "the user '" + c.user.Name.Printable() + "'"
}

func (c *consoleCheck) principal() string {
	return "the user " + c.user.Name.Printable()
}

// upperFirst begins a sentence; an address in quotes stays as it is.
func upperFirst(s string) string {
	return strings.ToUpper(s[:1]) + s[1:]
}

// fixes is what mends it.
func (c *consoleCheck) fixes() *fixes.ConsoleMFA {
	return &fixes.ConsoleMFA{
		Model: c.pass.Model, Settings: c.pass.Settings, Login: c.login, User: c.user, Result: c.result,
		Granting: c.granting(), People: c.people,
	}
}
