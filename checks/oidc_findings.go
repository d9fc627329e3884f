package checks

import (
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/oidc"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/checks/fixes"
)

func admitsTokens(role *identity.Role, r proof.OIDCResult) *analyzer.Finding {
	f := trustFinding(role, []*policy.Statement{r.Statement}, oidcSpan(role, r))
	f.Verdict, f.Severity, f.Witness = analyzer.Violation, analyzer.High, request(r.Witness)
	if r.Condition != nil { // the message says only what it does
		f.Witness = witness(r.Witness)
	}
	provider := r.Provider
	if provider == "" {
		provider = "the provider"
		for _, pr := range r.Statement.Principals {
			if pr.Class == policy.FederatedPrincipal {
				provider += " " + principalWords(pr)
				break
			}
		}
	}
	tenant, requires := r.Tenant()
	address, statement := role.Resource.Address, proof.StatementName(r.Statement)
	switch {
	case r.Class == proof.OIDCNoAudience:
		f.Verdict, f.Severity, f.Defect = analyzer.Advice, analyzer.Note, "no-audience"
		f.Message = audienceWords(r, address, provider, statement)
		return f
	case strings.EqualFold(r.Provider, oidc.Cognito):
		f.Defect = "no-audience"
		f.Message = fmt.Sprintf("'%s' can be assumed through every Amazon Cognito identity pool, of any account: %s does not test %s:aud; require the id of your pool.", address, statement, provider)
		return f
	case r.Class == proof.OIDCForeign && strings.EqualFold(r.Condition.Key, r.Provider+":sub"):
		f.Defect = "foreign-subject"
		f.Message = fmt.Sprintf("'%s' can be assumed with tokens that %s gives to other owners: the condition of %s on the subject matches theirs as well; name your owner in full, with the separator behind it.", address, provider, statement)
	case r.Class == proof.OIDCForeign:
		f.Defect = "foreign-subject"
		f.Message = fmt.Sprintf("'%s' can be assumed with tokens that %s gives to other owners: the condition of %s on %s matches theirs as well; name your owner in full.", address, provider, statement, r.Condition.Key)
	default:
		f.Defect = "any-subject"
		f.Message = fmt.Sprintf("'%s' can be assumed with any token of %s, whoever it was made out for: %s; require %s.", address, provider, subjectWords(r, statement, tenant), requires)
	}
	if !r.Issuer.Shared {
		f.Severity = analyzer.Medium
	}
	f.Offer = func() []*analyzer.Fix { return fixes.BindSubject(r) }
	return f
}

func audienceWords(r proof.OIDCResult, address, provider, statement string) string {
	key := r.Provider + ":aud"
	if r.Provider == "" {
		key = "its audience, PROVIDER:aud"
	}
	if r.Issuer.Application != "" {
		return fmt.Sprintf("'%s' accepts tokens that %s made out for other applications: %s does not test %s:%s; require the id of yours.", address, provider, statement, provider, r.Issuer.Application)
	}
	meant := "the one that is meant, sts.amazonaws.com as a rule"
	switch n := len(r.Audiences); {
	case n == 1:
		meant = "'" + r.Audiences[0] + "', which is all that it is registered with now"
	case n > 1:
		meant = "the one of '" + strings.Join(r.Audiences, "', '") + "' that is meant"
	case r.Issuer.Audience != "":
		meant = "the one that is meant, " + r.Issuer.Audience + " as a rule"
	}
	return fmt.Sprintf("'%s' accepts tokens of %s for every audience that the provider is registered with in IAM: %s does not test %s; require %s.", address, provider, statement, key, meant)
}

// admitsNobody: a condition that no token meets lets none in. It is safe, and not
// what was meant.
func admitsNobody(role *identity.Role, r proof.OIDCResult) *analyzer.Finding {
	f := trustFinding(role, []*policy.Statement{r.Statement}, oidcSpan(role, r))
	f.Verdict, f.Severity, f.Defect = analyzer.Advice, analyzer.Note, "unsatisfiable"
	address, statement, key := role.Resource.Address, proof.StatementName(r.Statement), r.Condition.Key
	claim, own := cutFold(key, r.Provider+":")
	switch {
	case own && r.Issuer.HasKey(claim):
		f.Message = fmt.Sprintf("No token can assume '%s' through %s: it compares the subject by StringEquals, in which * and ? are themselves; use StringLike.", address, statement)
	case own:
		f.Message = fmt.Sprintf("No token can assume '%s' through %s: it asks for %s, and AWS makes no condition key of that claim.", address, statement, key)
	default:
		f.Message = fmt.Sprintf("No token can assume '%s' through %s: it asks for %s, but the keys of tokens of this provider begin with %s:.", address, statement, key, r.Provider)
	}
	return f
}

// cutFold is strings.CutPrefix in any letter case.
func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return strings.ToLower(s[len(prefix):]), true
}

func subjectWords(r proof.OIDCResult, statement, tenant string) string {
	if r.Condition != nil {
		on := r.Condition.Key
		switch claim, _ := cutFold(on, r.Provider+":"); claim {
		case "sub":
			on = "the subject"
		case "aud":
			on = "the audience"
		}
		return "the condition of " + statement + " on " + on + " keeps nobody out"
	}
	return statement + " does not test the " + tenant
}

// refusedToken: since June 2025 AWS takes no trust policy that does not test what
// names the customer of an issuer that it knows to be shared.
func refusedToken(role *identity.Role, r proof.OIDCResult) *analyzer.Finding {
	f := trustFinding(role, []*policy.Statement{r.Statement}, oidcSpan(role, r))
	f.Verdict, f.Severity, f.Defect = analyzer.Advice, analyzer.Note, "refused"
	_, key := r.Tenant()
	f.Message = fmt.Sprintf("AWS refuses to make or change '%s': %s does not test %s, as it demands of tokens of %s since June 2025.", role.Resource.Address, proof.StatementName(r.Statement), key, r.Provider)
	return f
}

// onlyNames is the condition on the subject when that is all that says whose
// repository it is, in the form without ids; nil otherwise.
func onlyNames(r proof.OIDCResult) *policy.Condition {
	if !r.SubjectBound || !r.Issuer.Shared || len(r.Issuer.Templates) == 0 {
		return nil
	}
	var subject *policy.Condition
	for i := range r.Statement.Conditions {
		c := &r.Statement.Conditions[i]
		switch claim, own := cutFold(c.Key, r.Provider+":"); {
		case own && strings.HasSuffix(claim, "_id"):
			return nil
		case own && claim == "sub" && !c.Operator.Negated && !c.ValuesOpen:
			subject = c
		}
	}
	if subject == nil {
		return nil
	}
	for _, p := range subject.Values {
		text, known := p.Text()
		owner, _, ok := strings.Cut(strings.TrimPrefix(text, "repo:"), "/")
		if !known || !ok || !strings.HasPrefix(text, "repo:") || strings.ContainsAny(owner, "@*?$") {
			return nil
		}
	}
	return subject
}

// namesOnly is one note for all such roles of a scan.
func namesOnly(role *identity.Role, r proof.OIDCResult, names *policy.Condition) *analyzer.Finding {
	r.Condition = names
	f := trustFinding(role, []*policy.Statement{r.Statement}, oidcSpan(role, r))
	f.Verdict, f.Severity, f.Defect = analyzer.Advice, analyzer.Note, "names-only"
	address, provider := role.Resource.Address, r.Provider
	f.More = func(more int) string {
		and := ""
		if more > 0 {
			and = fmt.Sprintf(" (and %d more)", more)
		}
		return fmt.Sprintf("'%s'%s names repositories without ids: those made, renamed or transferred after 2026-07-15 have subjects repo:OWNER@OWNER_ID/REPOSITORY@REPOSITORY_ID:…, which do not match, and a name that is given up can become somebody else's; admit that form as well, or test %s:repository_id.", address, and, provider)
	}
	f.Message = f.More(0)
	return f
}
