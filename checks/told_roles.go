package checks

import (
	"fmt"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// roleTypes are the resources that have a trust policy.
var roleTypes = []string{"aws_iam_role", "awscc_iam_role"}

// keepsOut finds what of a trust policy keeps the closest request out.
func keepsOut(t *analyzer.Told, role *identity.Role, ask func(*policy.Document) *proof.Witness) *analyzer.Told {
	k, w, found := proof.Keeping([]*policy.Document{role.Trust}, func(docs []*policy.Document) *proof.Witness { return ask(docs[0]) })
	if t = closest(t, k, w, found); !found {
		t = trustOf(t, role)
	}
	return t
}

func tellSessionName(p *analyzer.Pass, r *terraform.Resource) *analyzer.Told {
	role := roleOf(p.Model, r)
	if t := untrusting(role); t != nil {
		return t
	}
	opt := proof.SessionNameOptions{Account: role.Account(), Now: p.Now}
	result := proof.SessionName(role.Trust, opt)
	var t *analyzer.Told
	switch result.Class {
	case proof.NameNA:
		return trustOf(inapplicable("No principal of AWS may assume the role, so nobody chooses the name of a session."), role)
	case proof.NameBound:
		t = compliant("Every name that the role can be assumed under identifies the caller.")
	case proof.NameConstant:
		t = compliant("The role can be assumed under one name by one caller, so that the name says who it was.")
	case proof.NameAlternative:
		t = compliant("The role is assumed with a source identity that identifies the caller, whatever the session is called.")
	case proof.NameUnsatisfiable:
		t = compliant("No principal of AWS can meet the conditions of its trust policy.")
	default:
		if result.Class.Verdict() == proof.Violated && result.Class != proof.NameInvalid && len(organization.ResourceGuards(p.Model)) > 0 {
			return underPolicies(p, role, "Its trust policy would let it be assumed under a name that hides the caller, but what binds its account does not.", result.Witness)
		}
		return unexplained(result.Class.Verdict(), result.Needs)
	}
	return keepsOut(t, role, func(doc *policy.Document) *proof.Witness { return proof.SessionName(doc, opt).Witness })
}

func tellTrustAnyone(p *analyzer.Pass, r *terraform.Resource) *analyzer.Told {
	role := roleOf(p.Model, r)
	if t := untrusting(role); t != nil {
		return t
	}
	opt := proof.SessionNameOptions{Account: role.Account(), Now: p.Now}
	result := proof.TrustAnyone(role.Trust, opt)
	switch result.Class.Verdict() {
	case proof.NotApplicable:
		return trustOf(inapplicable("No principal of AWS may assume the role."), role)
	case proof.Holds:
		t := compliant("Nobody from an AWS account that is not named can assume the role.")
		return keepsOut(t, role, func(doc *policy.Document) *proof.Witness { return proof.TrustAnyone(doc, opt).Witness })
	case proof.Violated:
		if len(organization.ResourceGuards(p.Model)) > 0 {
			return underPolicies(p, role, "Its trust policy would admit every AWS account, but what binds its account does not.", result.Witness)
		}
	}
	return unexplained(result.Class.Verdict(), result.Needs)
}

func tellOIDCSubject(p *analyzer.Pass, r *terraform.Resource) *analyzer.Told {
	role := roleOf(p.Model, r)
	if t := untrusting(role); t != nil {
		return t
	}
	opt := proof.OIDCOptions{Account: role.Account(), Audiences: registeredAudiences(p.Model).of(role)}
	result := proof.OIDCSubject(role.Trust, opt)
	provider := result.Provider
	if provider == "" {
		provider = "its provider"
	}
	switch result.Class.Verdict() {
	case proof.NotApplicable:
		return trustOf(inapplicable("No OpenID Connect provider may assume the role."), role)
	case proof.Holds:
		t := compliant("Tokens that %s gives to others cannot assume the role.", provider)
		return keepsOut(t, role, func(doc *policy.Document) *proof.Witness {
			if again := proof.OIDCSubject(doc, opt); again.Class.Verdict() == proof.Violated && again.Class != proof.OIDCNoAudience {
				return again.Witness
			}
			return nil
		})
	case proof.Undetermined:
		if !aboutTokens(role.Trust) {
			return trustOf(inapplicable("No OpenID Connect provider is named in its trust policy, which is not wholly known."), role)
		}
		if result.SubjectBound {
			return trustOf(compliant("The tokens of %s are tied to a subject of one's own.", provider), role)
		}
	case proof.Violated:
		if audienceDecides(result) {
			t := compliant("The tokens of %s are tied to an application by their audience: all of its users are meant.", provider)
			return at(t, fmt.Sprintf("statement %d tests the audience", result.Statement.Index+1), result.Statement.Span().FirstLine(), "")
		}
		if result.SubjectBound {
			return trustOf(compliant("The tokens of %s are tied to a subject of one's own.", provider), role)
		}
		if len(organization.ResourceGuards(p.Model)) > 0 {
			return underPolicies(p, role, "Its trust policy would admit tokens that its provider gives to others, but what binds its account does not.", result.Witness)
		}
	}
	return unexplained(result.Class.Verdict(), result.Needs)
}
