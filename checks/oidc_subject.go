package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
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
without tying the subject (sub) to somebody of yours: no condition on it, one that
accepts everything ("*", "repo:*"), one whose wildcard reaches into the owner
("repo:example*"), an IfExists on a claim that no token carries, or another
statement that admits the same provider. Conditions on claims that say who runs
the workflow (repository_owner_id, namespace_id) count as well.

GitHub, GitLab, HCP Terraform, Buildkite and others give tokens to every customer
from one provider. Without the subject, a workflow in a stranger's repository
assumes the role. It is reported as high for such a provider, as medium for one
of your own (an EKS cluster: every pod may assume the role). Where the subject is
tied and only the audience is not tested, it is a note: AWS accepts no audience but
those that the provider is registered with.

It is fine when the subject names an owner of yours, whatever follows it
("repo:example/*"). For Amazon Cognito, Google, Facebook and Login with Amazon
the audience names the application, so that is what has to be tested.`,
	Remediation: `Require the subject with StringEquals or StringLike, and the audience with
StringEquals.

    StringLike   token.actions.githubusercontent.com:sub repo:OWNER/REPOSITORY:*
    StringEquals token.actions.githubusercontent.com:aud sts.amazonaws.com`,
	References: []analyzer.Reference{
		{Title: "AWS: Create a role for OpenID Connect federation", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html"},
		{Title: "GitHub: Configuring OpenID Connect in Amazon Web Services", URL: "https://docs.github.com/en/actions/security-for-github-actions/security-hardening-your-deployments/configuring-openid-connect-in-amazon-web-services"},
	},
	Controls: controls("mitre-attack T1078.004 T1550.001"),
	Tags:     []string{"role", "trust-policy", "oidc"},
	Run:      oidcSubject,
}

func oidcSubject(p *analyzer.Pass) error {
	for _, role := range p.Model.Roles {
		if role.Trust == nil || role.Resource.Deleted() || role.Attribute.Missing() {
			continue
		}
		r := proof.OIDCSubject(role.Trust)
		verdict, why := r.Class.Verdict(), r.Needs
		if verdict == proof.Violated && audienceDecides(r) {
			continue
		}
		if verdict == proof.Undetermined && (!aboutTokens(role.Trust) || r.SubjectBound) {
			// IV201 and IV202 say that the policy is not known, and the audience of a
			// subject of one's own is a note at most.
			continue
		}
		if verdict == proof.Violated && role.Resource.Exists == value.Maybe {
			if r.SubjectBound {
				continue
			}
			verdict, why = proof.Undetermined, role.Resource.Why
		}
		if r.Class == proof.OIDCNobody {
			p.Report(admitsNobody(role, r))
		}
		switch verdict {
		case proof.Undetermined:
			f := trustFinding(role, nil, oidcSpan(role, r))
			f.Severity, f.Defect, f.Needs = analyzer.High, "unknown", why
			f.Message = fmt.Sprintf("Whether '%s' admits tokens that its provider gives to others depends on a value that is not known.", role.Resource.Address)
			if len(f.Needs) == 0 {
				f.Needs = needs("the trust policy of "+role.Resource.Address, f.Span, role.Attribute)
			}
			p.Report(f)
		case proof.Violated:
			p.Report(admitsTokens(role, r))
		}
	}
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

// applications are providers whose audience is an application, all of whose
// users are meant.
var applications = []string{"accounts.google.com", "www.amazon.com", "graph.facebook.com"}

// audienceDecides says that a subject of anyone's is meant: the statement ties
// the token to an application.
func audienceDecides(r proof.OIDCResult) bool {
	if !slices.Contains(applications, strings.ToLower(r.Provider)) || r.Statement == nil {
		return false
	}
	return slices.ContainsFunc(r.Statement.Conditions, func(c policy.Condition) bool {
		key := strings.ToLower(c.Key)
		return !c.Operator.Negated && !c.Operator.IfExists && (strings.HasSuffix(key, ":aud") || strings.HasSuffix(key, ":app_id"))
	})
}

func admitsTokens(role *identity.Role, r proof.OIDCResult) *analyzer.Finding {
	f := trustFinding(role, []*policy.Statement{r.Statement}, oidcSpan(role, r))
	f.Verdict, f.Severity, f.Witness = analyzer.Violation, analyzer.High, request(r.Witness)
	if r.Condition != nil { // the message says only what it does
		f.Witness = witness(r.Witness)
	}
	provider, subject, audience := r.Provider, r.Provider+":sub", r.Provider+":aud"
	if provider == "" {
		provider, subject, audience = "the provider", "its subject, PROVIDER:sub", "its audience, PROVIDER:aud"
		for _, pr := range r.Statement.Principals {
			if pr.Class == policy.FederatedPrincipal {
				provider += " " + principalWords(pr)
				break
			}
		}
	}
	address, statement := role.Resource.Address, proof.StatementName(r.Statement)
	switch {
	case r.Class == proof.OIDCNoAudience && strings.HasPrefix(provider, "cognito-identity."):
		f.Defect = "no-audience"
		f.Message = fmt.Sprintf("'%s' can be assumed through every Amazon Cognito identity pool, of any account: %s does not test %s:aud; require the id of your pool.", address, statement, provider)
		return f
	case r.Class == proof.OIDCNoAudience && slices.Contains(applications, provider):
		f.Verdict, f.Severity, f.Defect = analyzer.Advice, analyzer.Note, "no-audience"
		f.Message = fmt.Sprintf("'%s' accepts tokens that %s made out for other applications: %s does not test %s:aud; require the id of yours.", address, provider, statement, provider)
		return f
	case r.Class == proof.OIDCNoAudience:
		f.Verdict, f.Severity, f.Defect = analyzer.Advice, analyzer.Note, "no-audience"
		f.Message = fmt.Sprintf("'%s' accepts tokens of %s for every audience that the provider is registered with in IAM: %s does not test %s; require the one that is meant, sts.amazonaws.com as a rule.", address, provider, statement, audience)
		return f
	case r.Class == proof.OIDCForeign:
		f.Defect = "foreign-subject"
		f.Message = fmt.Sprintf("'%s' can be assumed with tokens that %s gives to other owners: the condition of %s on the subject matches theirs as well; name your owner in full, with the separator behind it.", address, provider, statement)
	default:
		f.Defect = "any-subject"
		f.Message = fmt.Sprintf("'%s' can be assumed with any token of %s, whoever it was made out for: %s; require %s.", address, provider, subjectWords(r, statement), subject)
	}
	if !r.Shared {
		f.Severity = analyzer.Medium
	}
	f.Fixes = bindSubject(r)
	return f
}

// admitsNobody: StringEquals with a wildcard lets no token in. It is safe, and
// not what was meant.
func admitsNobody(role *identity.Role, r proof.OIDCResult) *analyzer.Finding {
	f := trustFinding(role, []*policy.Statement{r.Statement}, oidcSpan(role, r))
	f.Verdict, f.Severity, f.Defect = analyzer.Advice, analyzer.Note, "unsatisfiable"
	f.Message = fmt.Sprintf("No token can assume '%s' through %s: it compares the subject by StringEquals, in which * and ? are themselves; use StringLike.", role.Resource.Address, proof.StatementName(r.Statement))
	return f
}

func subjectWords(r proof.OIDCResult, statement string) string {
	if r.Condition != nil {
		return "the condition of " + statement + " on the subject keeps nobody out"
	}
	return statement + " does not test the subject"
}

// oidcSpan is the condition at fault, else the provider in the statement's
// principals, else the attribute.
func oidcSpan(role *identity.Role, r proof.OIDCResult) source.Span {
	if r.Condition != nil {
		if span := spanOr(operatorSpan(r.Condition), r.Condition.Span()); !span.IsZero() {
			return firstLine(span)
		}
	}
	statements := role.Trust.Statements
	if r.Statement != nil {
		statements = []*policy.Statement{r.Statement}
	}
	for _, s := range statements {
		for _, pr := range s.Principals {
			if pr.Class == policy.FederatedPrincipal && pr.Value != nil && s.Value != nil && !pr.Value.Span.IsZero() && s.Span().Contains(pr.Value.Span) {
				return firstLine(pr.Value.Span)
			}
		}
		if span := s.Span(); !span.IsZero() {
			return firstLine(span)
		}
	}
	return attributeSpan(role.Resource, attributeName(role))
}
