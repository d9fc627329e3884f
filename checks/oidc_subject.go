package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// OIDCSubject is IV203.
var OIDCSubject = &analyzer.Check{
	ID:         "IV203",
	Name:       "oidc-subject",
	Title:      "a role admits tokens that an OIDC provider gives to others",
	Severity:   analyzer.High,
	Severities: []analyzer.Severity{analyzer.High, analyzer.Medium, analyzer.Note},
	Doc: `A trust policy that lets an OpenID Connect provider's tokens assume the role
without tying them to somebody of yours: no condition on the subject (sub), one that
accepts everything ("*", "repo:*"), one whose wildcard reaches into the owner
("repo:example*"), an IfExists on a claim that no token carries, or another
statement that admits the same provider.

GitHub, GitLab, HCP Terraform, Buildkite and others give tokens to every customer
from one provider. Without the subject, a workflow in a stranger's repository
assumes the role. It is reported as high for such a provider, as medium for one
of your own (an EKS cluster: every pod may assume the role). Where the subject is
tied and only the audience is not tested, it is a note: AWS accepts no audience but
those that the provider is registered with.

It is fine when the subject names an owner of yours, whatever follows it
("repo:example/*", "repo:example@*/*"), or another claim that no two customers
share (repository_id, namespace_id, organization_id). Claims that strangers have
as well, such as a branch, a protected ref or an environment, bind nobody, and AWS
makes condition keys of some claims only. For Amazon Cognito, Google, Facebook and
Login with Amazon the audience names the application, for Pulumi Cloud and Vercel
the customer, so that is what has to be tested. What a resource control policy
keeps out is out.

Notes say which role nobody can assume, since no token carries what it asks for;
which one AWS refuses, since it does not test what AWS demands of shared providers
since June 2025; and that subjects without ids do not match repositories made,
renamed or transferred after 2026-07-15.`,
	Remediation: `Require the subject with StringEquals or StringLike, and the audience with
StringEquals.

    StringLike   token.actions.githubusercontent.com:sub repo:OWNER/REPOSITORY:*
                                                         repo:OWNER@OWNER_ID/REPOSITORY@REPOSITORY_ID:*
    StringEquals token.actions.githubusercontent.com:aud sts.amazonaws.com`,
	Mends: mendSubject,
	References: []analyzer.Reference{
		{Title: "AWS: Create a role for OpenID Connect federation", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html"},
		{Title: "AWS: Identity-provider controls for shared OIDC providers", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html"},
		{Title: "AWS: Available keys for AWS OIDC federation", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html"},
		{Title: "GitHub: Configuring OpenID Connect in Amazon Web Services", URL: "https://docs.github.com/en/actions/security-for-github-actions/security-hardening-your-deployments/configuring-openid-connect-in-amazon-web-services"},
	},
	Controls: controls("mitre-attack T1078.004 T1550.001"),
	Tags:     []string{"role", "trust-policy", "oidc"},
	Subjects: roleTypes,
	Tell:     tellOIDCSubject,
	Run:      oidcSubject,
}

func oidcSubject(p *analyzer.Pass) error {
	guards, audiences := organization.ResourceGuards(p.Model), registeredAudiences(p.Model)
	eachTrust(p, func(p *analyzer.Pass, role *identity.Role) {
		opt := proof.OIDCOptions{Account: role.Account(), Audiences: audiences.of(role)}
		r := proof.OIDCSubject(role.Trust, opt)
		certifyTokens(p, role, r)
		verdict, why, depends := r.Class.Verdict(), r.Needs, "a value that is not known"
		if verdict == proof.Violated && audienceDecides(r) {
			return
		}
		if verdict == proof.Violated {
			g := organization.UnderGuards(guards, opt.Account, func(rcps []*policy.Document) (proof.Verdict, []value.Reason) {
				opt.RCPs = rcps
				under := proof.OIDCSubject(role.Trust, opt)
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
		if verdict == proof.Undetermined && (!aboutTokens(role.Trust) || r.SubjectBound) {
			// IV201 and IV202 say that the policy is not known, and the audience of a
			// subject of one's own is a note at most.
			return
		}
		if verdict == proof.Violated && role.Resource.Exists == value.Maybe {
			if r.SubjectBound {
				return
			}
			verdict, why = proof.Undetermined, role.Resource.Why
		}
		if r.Untested && verdict != proof.Undetermined {
			p.Report(refusedToken(role, r))
		}
		switch {
		case verdict == proof.Undetermined:
			f := trustFinding(role, nil, oidcSpan(role, r))
			f.Severity, f.Defect, f.Needs = analyzer.High, "unknown", why
			f.Message = fmt.Sprintf("Whether '%s' admits tokens that its provider gives to others depends on %s.", role.Resource.Address, depends)
			if len(f.Needs) == 0 {
				f.Needs = value.Needs("the trust policy of "+role.Resource.Address, f.Span, role.Attribute)
			}
			p.Report(f)
		case verdict == proof.Violated:
			p.Report(admitsTokens(role, r))
		case r.Class == proof.OIDCNobody:
			p.Report(admitsNobody(role, r))
		}
		if c := onlyNames(r); c != nil {
			p.Report(namesOnly(role, r, c))
		}
	})
	return nil
}

// aboutTokens says that a statement of the policy admits an identity provider,
// or may.
func aboutTokens(doc *policy.Document) bool {
	if doc.Value.Within(func(v *value.Value) bool {
		return slices.ContainsFunc(v.Attrs, func(a value.Attr) bool { return a.Name.TextOr("") == "Federated" })
	}) {
		return true
	}
	return slices.ContainsFunc(doc.Statements, func(s *policy.Statement) bool {
		return s.Effect != policy.Deny && s.AdmitsAction("sts:AssumeRoleWithWebIdentity") != value.No &&
			(s.Element("Principal").IsMapping() && s.Element("Principal").Open || slices.ContainsFunc(s.Principals, func(p policy.Principal) bool {
				return p.Class == policy.FederatedPrincipal || p.Type == "" && p.Class == policy.UnknownPrincipal
			}))
	})
}

// audienceDecides says that a subject of anyone's is meant: the statement ties
// the token to an application.
func audienceDecides(r proof.OIDCResult) bool {
	if r.Issuer.Application == "" || r.Statement == nil {
		return false
	}
	return slices.ContainsFunc(r.Statement.Conditions, func(c policy.Condition) bool {
		key := strings.ToLower(c.Key)
		return !c.Operator.Negated && !c.Operator.IfExists && (strings.HasSuffix(key, ":aud") || strings.HasSuffix(key, ":app_id"))
	})
}

// registered are the audiences of the identity providers of a scan, by root and
// address.
type registered map[[2]string][]string

func registeredAudiences(m *identity.Model) registered {
	out := registered{}
	for _, root := range m.Roots {
		for _, r := range root.Resources("aws_iam_openid_connect_provider") {
			var known []string
			list := r.Attr("client_id_list")
			for _, v := range list.Elems {
				if text, ok := v.Text(); ok {
					known = append(known, text)
				}
			}
			if len(known) > 0 && len(known) == len(list.Elems) && !list.Open {
				out[[2]string{root.ID(), r.Address}] = known
			}
		}
	}
	return out
}

// of are the audiences of the providers that a role's trust policy refers to.
func (r registered) of(role *identity.Role) func(policy.Principal) []string {
	return func(p policy.Principal) []string {
		if p.Value == nil || p.Value.Ref == nil {
			return nil
		}
		return r[[2]string{p.Value.Ref.Root, p.Value.Ref.Address}]
	}
}

// oidcSpan is the condition at fault, else the provider in the statement's
// principals, else the attribute.
func oidcSpan(role *identity.Role, r proof.OIDCResult) source.Span {
	if r.Condition != nil {
		span := faultSpan(role.Trust.Statements, r.Condition)
		if r.Class == proof.OIDCNobody { // for its operator, or its key
			span = r.Condition.OperatorSpan().Or(r.Condition.Span())
		}
		if !span.IsZero() {
			return span.FirstLine()
		}
	}
	statements := role.Trust.Statements
	if r.Statement != nil {
		statements = []*policy.Statement{r.Statement}
	}
	for _, s := range statements {
		for _, pr := range s.Principals {
			if pr.Class == policy.FederatedPrincipal && pr.Value != nil && s.Value != nil && !pr.Value.Span.IsZero() && s.Span().Contains(pr.Value.Span) {
				return pr.Value.Span.FirstLine()
			}
		}
		if span := s.Span(); !span.IsZero() {
			return span.FirstLine()
		}
	}
	return role.Resource.AttributeSpan(role.TrustAttribute())
}
