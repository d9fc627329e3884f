package checks

import (
	"fmt"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/certificate"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
	"github.com/iamvet/iamvet/checks/fixes"
)

// RoleTrustAnyone is IV202.
var RoleTrustAnyone = &analyzer.Check{
	ID:         "IV202",
	Name:       "role-trust-anyone",
	Title:      "a role can be assumed from every AWS account",
	Severity:   analyzer.High,
	Severities: []analyzer.Severity{analyzer.High},
	Doc: `A trust policy that admits principals of an AWS account that nobody named:
Principal "*" or {"AWS": "*"}, in any statement and beside any other principals,
without a condition that confines the caller to an organization, an account or
named principals. The whole policy is decided, with its Deny statements, for a
stranger from an account and an organization of their own.

Everybody can open an AWS account. A role that trusts every account is as public
as what the role may do; role names and account numbers are not secrets, and
services that look for such roles exist.

It is fine when a condition names the organization (aws:PrincipalOrgID,
aws:PrincipalOrgPaths), the account (aws:PrincipalAccount) or the principals
(aws:PrincipalArn), or when a resource control policy does that for every role of
the account, where the scan shows it. A condition that holds when its key is absent
(StringEqualsIfExists) does not, and an external id alone does not either: it is
a value that travels, not an identity.`,
	Remediation: `Name who may assume the role: the accounts or roles as principals, or the
organization in a condition.

    StringEquals aws:PrincipalOrgID o-xxxxxxxxxx`,
	Mends: mendAnyone,
	References: []analyzer.Reference{
		{Title: "AWS: AWS JSON policy elements: Principal", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"},
		{Title: "AWS: The confused deputy problem", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"},
		{Title: "AWS: Global condition keys", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"},
	},
	Controls: controls("cis-7.0 2.21", "mitre-attack T1078.004"),
	Settings: []string{"trusted_accounts"},
	Tags:     []string{"role", "trust-policy"},
	Subjects: roleTypes,
	Tell:     tellTrustAnyone,
	Run:      roleTrustAnyone,
}

func roleTrustAnyone(p *analyzer.Pass) error {
	guards := organization.ResourceGuards(p.Model)
	eachTrust(p, func(p *analyzer.Pass, role *identity.Role) {
		opt := proof.SessionNameOptions{Account: role.Account(), Now: p.Now}
		r := proof.TrustAnyone(role.Trust, opt)
		certifyTrust(p, role, certificate.OfStrangers, r.Class.Verdict(), r.Witness, r.Needs)
		verdict, why := r.Class.Verdict(), r.Needs
		depends := "a value that is not known"
		if verdict == proof.Violated {
			g := organization.UnderGuards(guards, opt.Account, func(rcps []*policy.Document) (proof.Verdict, []value.Reason) {
				opt.RCPs = rcps
				under := proof.TrustAnyone(role.Trust, opt)
				if under.Class.Verdict() == proof.Violated {
					r.Witness = under.Witness // gets through both
				}
				return under.Class.Verdict(), under.Needs
			})
			verdict, why = g.Verdict, g.Needs
			if g.Where != "" {
				depends = "what binds its account: in " + g.Where + " a resource control policy keeps others out"
			}
		}
		if verdict == proof.Violated && role.Resource.Exists == value.Maybe {
			verdict, why = proof.Undetermined, role.Resource.Why
		}
		switch verdict {
		case proof.Undetermined:
			f := trustFinding(role, nil, anyPrincipalSpan(role, r.Statements))
			f.Severity, f.Defect, f.Needs = analyzer.High, "unknown", why
			f.Message = fmt.Sprintf("Whether '%s' can be assumed from every AWS account depends on %s.", role.Resource.Address, depends)
			if len(f.Needs) == 0 {
				f.Needs = value.Needs("the trust policy of "+role.Resource.Address, f.Span, role.Attribute)
			}
			p.Report(f)
		case proof.Violated:
			p.Report(trustsAnyone(p, role, r))
		case proof.Holds:
			if !r.Until.IsZero() {
				f := trustFinding(role, nil, anyPrincipalSpan(role, nil))
				f.Verdict, f.Severity, f.Defect = analyzer.Advice, analyzer.Note, "ends-soon"
				f.Message = fmt.Sprintf("'%s' can be assumed from every AWS account from %s on: what keeps others out ends then.", role.Resource.Address, moment(r.Until))
				p.Report(f)
			}
		}
	})
	return nil
}

func trustsAnyone(p *analyzer.Pass, role *identity.Role, r proof.TrustResult) *analyzer.Finding {
	f := trustFinding(role, r.Statements, anyPrincipalSpan(role, r.Statements))
	f.Verdict, f.Severity, f.Defect, f.Witness = analyzer.Violation, analyzer.High, "anyone", request(r.Witness)
	statement := "its trust policy"
	if len(r.Statements) > 0 {
		statement = proof.StatementName(r.Statements[0])
	}
	and := ""
	if r.ExternalID {
		f.Defect, and = "anyone-with-external-id", ", who need only know the external id"
	}
	f.Message = fmt.Sprintf("'%s' can be assumed from every AWS account: %s admits principals that no condition confines to an organization, an account or a name%s; name the principals, or require aws:PrincipalOrgID.", role.Resource.Address, statement, and)
	f.Offer = func() []*analyzer.Fix { return fixes.ConfineTrust(p.Model, p.Settings.TrustedAccounts, r.Statements) }
	return f
}

// anyPrincipalSpan is the "*" that admits everybody, else the statement, else
// the attribute.
func anyPrincipalSpan(role *identity.Role, statements []*policy.Statement) source.Span {
	if len(statements) == 0 && role.Trust != nil {
		statements = role.Trust.Statements
	}
	for _, s := range statements {
		for _, pr := range s.Principals {
			if pr.Class != policy.AnyPrincipal && pr.Class != policy.UnknownPrincipal || pr.Value == nil {
				continue
			}
			if span := within(s, pr.Value.Span).Or(within(s, s.Element("Principal").Span)); !span.IsZero() {
				return span.FirstLine()
			}
		}
	}
	for _, s := range statements {
		if span := s.Span(); !span.IsZero() && s.Effect != policy.Deny {
			return span.FirstLine()
		}
	}
	return role.Resource.AttributeSpan(role.TrustAttribute())
}

// within is a span where that lies in the statement, else nowhere: a value that
// was read from a variable stands at the variable.
func within(s *policy.Statement, span source.Span) source.Span {
	if s.Value != nil && s.Span().Contains(span) {
		return span
	}
	return source.Span{}
}
