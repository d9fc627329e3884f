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
	"github.com/iamvet/iamvet/analyzer/terraform"
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
	Mends: mendConsole,
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
	People:   true,
	Run:      userConsoleMFA,
	Deployed: eachUser(reportedConsoleMFA),
}

func userConsoleMFA(p *analyzer.Pass) error {
	done, people := map[*identity.User]bool{}, &sync.Map{}
	places := sync.OnceValue(func() []organization.Guard {
		if p.Model.Beside == nil {
			return organization.GuardsOf(p.Model, p.Now)
		}
		// A fix that leaves the organizations as they are leaves their guards, too.
		return analyzer.Remember(p.Memo, "guards beside", func() []organization.Guard { return organization.GuardsOf(p.Model, p.Now) })
	})
	var asked []consoleCheck
	for _, login := range p.Model.Logins {
		if login.Resource.Deleted() {
			continue
		}
		c := consoleCheck{login: login, user: p.Model.UserOf(login), people: people, guards: places}
		if c.user == nil || !done[c.user] && !p.Settings.BreakGlass(c.user.Name.TextOr(""), c.user.KnownTags()) {
			done[c.user] = true
			asked = append(asked, c)
		}
	}
	p.Each(len(asked), func(p *analyzer.Pass, i int) {
		c := asked[i]
		c.pass = p
		if c.user == nil {
			c.nobody()
		} else {
			c.run()
		}
	})
	return nil
}

type consoleCheck struct {
	pass     *analyzer.Pass
	login    *identity.Login
	user     *identity.User
	bindings identity.Permissions
	result   proof.UserResult
	people   *sync.Map                   // what onlyPeople has found, of all logins
	guards   func() []organization.Guard // of the scan
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
	c.result = c.decide(c.user, c.bindings, account, levels)
	keys := c.pass.Model.HasKeys(c.user)
	c.certify(account, levels, keys)
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

// fixes is what mends it.
func (c *consoleCheck) fixes() *fixes.ConsoleMFA {
	return &fixes.ConsoleMFA{
		Model: c.pass.Model, Settings: c.pass.Settings, Login: c.login, User: c.user, Result: c.result,
		Granting: c.granting(), MayEnrol: c.mayEnrol, Enforces: c.enforces, People: c.people,
	}
}

// mayEnrol says that policies of the scan let a user enrol a device, whatever its
// variables are.
func (c *consoleCheck) mayEnrol(u *identity.User) bool {
	bindings, account := c.pass.Model.PermissionsOf(u), identity.AccountOf(u.Resource)
	chosen := slices.ContainsFunc(bindings.Policies, func(a *identity.AttachedPolicy) bool {
		return len(assumptions(a.Resource)) > 0 || slices.ContainsFunc(a.Document.Statements, func(s *policy.Statement) bool { return s.Value != nil && len(s.Value.Assumptions) > 0 })
	})
	return len(bindings.Policies) > 0 && !chosen && c.decide(u, bindings, account, organization.Guardrails(c.pass.Model, account)).MayEnrol
}

// enforces says that a policy would require MFA of a user and let it enrol a device, and
// that it would keep the user from changing its first password.
func (c *consoleCheck) enforces(u *identity.User, p *terraform.Resource) (enforced, keepsPassword bool) {
	doc, err := policy.Parse(p.Attr("policy"))
	if err != nil {
		return false, false
	}
	bindings, account := c.pass.Model.PermissionsOf(u), identity.AccountOf(u.Resource)
	bindings.Policies = append(slices.Clone(bindings.Policies), &identity.AttachedPolicy{Resource: p, Name: p.Address, Document: doc})
	r := organization.DecideUser(u, account, bindings, organization.Guardrails(c.pass.Model, account), c.pass.Now)
	login := c.pass.Model.LoginOf(u)
	return r.Class == proof.Enforced && r.MayEnrol, r.KeepsPassword && login != nil && login.ResetRequired()
}

func (c *consoleCheck) decide(u *identity.User, bindings identity.Permissions, account string, levels []proof.Level) proof.UserResult {
	return analyzer.Remember(c.pass.Memo, organization.UserKey(u, account, bindings, levels), func() proof.UserResult {
		return organization.DecideUser(u, account, bindings, levels, c.pass.Now)
	})
}
