package checks

import (
	"fmt"
	"slices"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/certificate"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/value"
)

// RoleSessionName is IV201.
var RoleSessionName = &analyzer.Check{
	ID:         "IV201",
	Name:       "role-session-name",
	Title:      "a role can be assumed under a name that hides who did it",
	Severity:   analyzer.Medium,
	Severities: []analyzer.Severity{analyzer.Medium, analyzer.High, analyzer.Low, analyzer.Note},
	Doc: `A trust policy that lets an AWS principal (an account, a user, a role, or anyone)
assume the role under a session name that does not identify the caller. All
statements are evaluated together for users, role sessions and, where "*" is
trusted, strangers, with their own name, somebody else's, and every name that
the conditions tell apart: a second statement without the condition, a wildcard
that accepts everything, a negated operator, a variable that nothing replaces,
are found by the name that gets through. Conditions that the project's settings
require (trust_condition) are decided in the same way.

CloudTrail logs an action taken under a role with the role's session name, which
the caller chooses. When the trust policy requires sts:RoleSessionName to equal
the caller's user name, every event says who acted; otherwise that takes a join
with an earlier AssumeRole event, and a caller may pose as somebody else.

It is fine when names are bound to an identity (${aws:username}, a principal tag,
the source identity), when one named principal has one fixed name, when
sts:SourceIdentity is required and bound instead, and when only AWS services or
identity providers are trusted: those choose or check the name themselves. Resource
control policies that bind the role's account, where the scan shows it, count like
Deny statements of the trust policy. A condition that nobody can meet is a note.

It is low where the name can hide little: where one user is trusted by name and nobody
else, where only roles are (the role itself among them), or where an external id is
required. It is high for "*", and for an account that is known to be another's.`,
	Remediation: `Require sts:RoleSessionName to equal ${aws:username} for users, and
${aws:SourceIdentity} or a principal tag for role and SSO sessions.

For users:

    StringEquals sts:RoleSessionName ${aws:username}

Role and SSO sessions have no aws:username. For them allow
sts:SetSourceIdentity, set the source identity where people sign in, and require

    StringEquals sts:RoleSessionName ${aws:SourceIdentity}

A condition that the project's settings require goes into every statement that
admits somebody without it.`,
	Mends: mendName,
	References: []analyzer.Reference{
		{Title: "AWS: Improve CloudTrail Logging for Assumed Role Actions (Netskope)", URL: "https://www.netskope.com/blog/aws-improve-cloudtrail-logging-for-assumed-role-actions"},
		{Title: "AWS: Easily control the naming of individual IAM role sessions", URL: "https://aws.amazon.com/blogs/security/easily-control-naming-individual-iam-role-sessions/"},
		{Title: "AWS: IAM and STS condition context keys", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html"},
	},
	Controls: []analyzer.Control{{Framework: "mitre-attack", ID: "T1078.004"}},
	Under:    "IV202",
	Settings: []string{"trust_condition", "trusted_accounts"},
	Tags:     []string{"role", "trust-policy", "cloudtrail"},
	Subjects: roleTypes,
	Tell:     tellSessionName,
	Run:      roleSessionName,
}

func roleSessionName(p *analyzer.Pass) error {
	if err := trustConditions(p); err != nil {
		return err
	}
	guards, shared := organization.ResourceGuards(p.Model), p.Model.SharedTrust()
	eachTrust(p, func(p *analyzer.Pass, role *identity.Role) {
		opt := proof.SessionNameOptions{Account: role.Account(), Now: p.Now}
		r := analyzer.Remember(p.Memo, opt.Account+"\x00"+value.Key(role.Attribute), func() proof.SessionNameResult {
			return proof.SessionName(role.Trust, opt)
		}).In(role.Trust)
		certifyTrust(p, role, certificate.OfSessionNames, r.Class.Verdict(), r.Witness, r.Needs)
		c := sessionNameCheck{pass: p, role: role, result: r, shared: shared}
		g := organization.GuardedTrust{Verdict: r.Class.Verdict()}
		if g.Verdict == proof.Violated && r.Class != proof.NameInvalid {
			g = organization.UnderGuards(guards, opt.Account, c.under)
		}
		switch {
		case g.Where != "":
			c.guardedElsewhere(g)
		case g.Verdict == proof.Undetermined && len(g.Needs) > 0:
			c.undetermined(g.Needs)
		case g.Verdict != r.Class.Verdict(): // its account lets no such session through
		case r.Class == proof.NameUnsatisfiable:
			c.dead()
		case r.Class == proof.NameNA:
			c.idle()
		case r.Class.Verdict() == proof.Holds && !r.Until.IsZero():
			f := c.finding()
			f.Verdict, f.Severity, f.Defect = analyzer.Advice, analyzer.Note, "ends-soon"
			f.Message = fmt.Sprintf("'%s' can be assumed under names that hide the caller from %s on: what keeps them from it ends then.", role.Resource.Address, moment(r.Until))
			p.Report(f)
		case r.Class.Verdict() == proof.Undetermined:
			c.undetermined(r.Needs)
		case r.Class.Verdict() == proof.Violated && role.Resource.Exists == value.Maybe:
			c.undetermined(role.Resource.Why)
		case r.Class.Verdict() == proof.Violated:
			c.violated()
		}
	})
	return nil
}

type sessionNameCheck struct {
	pass   *analyzer.Pass
	role   *identity.Role
	result proof.SessionNameResult
	shared func(*identity.Role, *policy.Statement) ([]*identity.Role, []*policy.Statement)
}

// under is the verdict where resource control policies bind the role.
func (c *sessionNameCheck) under(rcps []*policy.Document) (proof.Verdict, []value.Reason) {
	r := proof.SessionName(c.role.Trust, proof.SessionNameOptions{Account: c.role.Account(), RCPs: rcps, Now: c.pass.Now})
	if r.Class.Verdict() == proof.Violated {
		c.result.Witness = r.Witness // gets through both
	}
	return r.Class.Verdict(), r.Needs
}

func (c *sessionNameCheck) severity() analyzer.Severity {
	in := c.result.Callers
	switch {
	case in.Anyone:
		return analyzer.High
	case in.AllRoles || in.OneUser || in.ExternalID:
		return analyzer.Low
	case c.strangers():
		return analyzer.High
	}
	return analyzer.Medium
}

// strangers says that an account is trusted that is neither the role's own nor
// one that the project lists among its own.
func (c *sessionNameCheck) strangers() bool {
	own := c.pass.Settings.TrustedAccounts
	if len(own) == 0 {
		return len(c.result.Callers.Foreign) > 0
	}
	of := c.role.Account()
	return slices.ContainsFunc(c.result.Callers.Accounts, func(a string) bool { return a != of && !slices.Contains(own, a) })
}
