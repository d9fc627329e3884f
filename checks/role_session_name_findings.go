package checks

import (
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
	"github.com/iamvet/iamvet/checks/fixes"
)

// finding is what all verdicts share.
func (c *sessionNameCheck) finding() *analyzer.Finding {
	f := &analyzer.Finding{
		Resource: c.role.Resource, Span: c.span(), Defect: strings.ToLower(c.result.Class.String()),
		Assumptions: assumptions(c.role.Resource, c.role.Attribute),
	}
	if len(c.result.Statements) > 0 {
		f.Statement = statementText(c.result.Statements[0])
		if span := f.Span; !span.IsZero() && !c.role.Resource.Body.Contains(span) {
			f.Related = append(f.Related, analyzer.Related{Message: "the role with this trust policy", Span: c.role.Resource.AttributeSpan(c.role.TrustAttribute()), Address: c.role.Resource.Address})
		}
	}
	return f
}

// span is the condition at fault, else the first line of the statement, else
// the attribute: tight, so that a pull request's annotation appears.
func (c *sessionNameCheck) span() source.Span {
	if span := faultSpan(c.role.Trust.Statements, c.result.Condition); !span.IsZero() {
		return span
	}
	for _, s := range c.result.Statements {
		if c.result.Class == proof.NameInvalid {
			if p := c.problem(); p != nil && !p.Span.IsZero() {
				return p.Span
			}
		}
		if cond := conditionOn(s, proof.SessionNameKey); cond != nil && c.result.Class == proof.NameUnsatisfiable {
			return cond.OperatorSpan().Or(cond.Span())
		}
		if span := s.Span(); !span.IsZero() {
			return span.FirstLine()
		}
	}
	return c.role.Resource.AttributeSpan(c.role.TrustAttribute())
}

func (c *sessionNameCheck) statement() string {
	if len(c.result.Statements) == 0 {
		return "its trust policy"
	}
	return proof.StatementName(c.result.Statements[0])
}

func (c *sessionNameCheck) violated() {
	f := c.finding()
	f.Verdict, f.Severity, f.Witness = analyzer.Violation, c.severity(), c.witness()
	address := c.role.Resource.Address
	who := c.who()
	switch c.result.Class {
	case proof.NameInvalid:
		f.Message = fmt.Sprintf("AWS refuses the trust policy of '%s', so it protects nothing: %s; write what AWS takes.", address, c.refusal())
	case proof.NameMissing:
		f.Message = fmt.Sprintf("'%s' can be assumed under any session name: %s admits %s without a condition on sts:RoleSessionName, so CloudTrail cannot say who acted; %s.", address, c.statement(), who, c.remedy())
	case proof.NameVacuous:
		f.Message = fmt.Sprintf("'%s' can be assumed under any session name: the condition of %s accepts every name that %s may choose; %s.", address, c.statement(), who, c.remedy())
	case proof.NameWeakAlternative:
		f.Message = fmt.Sprintf("'%s' can be assumed under another's name: %s requires some source identity of %s, whichever; %s.", address, c.statement(), who, c.remedy())
	default:
		f.Message = fmt.Sprintf("'%s' can be assumed under another's name: the condition of %s accepts names that do not identify the caller, of %s; %s.", address, c.statement(), who, c.remedy())
	}
	f.Offer = (&fixes.SessionName{Model: c.pass.Model, Settings: c.pass.Settings, Role: c.role, Result: c.result, Now: c.pass.Now, Sharing: c.shared}).Fixes
	c.pass.Report(f)
}

func (c *sessionNameCheck) refusal() string {
	if p := c.problem(); p != nil {
		return p.Text
	}
	return "it is malformed"
}

// problem is why AWS would refuse the policy.
func (c *sessionNameCheck) problem() *policy.Problem {
	for _, p := range c.role.Trust.Validate(policy.Trust) {
		if !p.Lint {
			return &p
		}
	}
	return nil
}

// who is who may choose the name: the AWS principals of the statement, as they
// are written.
func (c *sessionNameCheck) who() string {
	return whoIn(c.result.Statements, c.result.Callers.Anyone)
}

// witness is who gets in, and why where the message does not say it.
func (c *sessionNameCheck) witness() *analyzer.Witness {
	w := request(c.result.Witness)
	if w == nil {
		return nil
	}
	if w.Principal == "" {
		w.Words = "whoever " + c.unnamed() + " admits, " + strings.TrimPrefix(w.Words, "somebody ")
	}
	if because := c.result.Witness.Because; because != "" && c.result.Class != proof.NameMissing {
		w.Words += ": " + proof.StatementName(c.atFault()) + " " + because
	}
	return w
}

// unnamed is the principal of which too little is known to name a caller.
func (c *sessionNameCheck) unnamed() string {
	for _, s := range c.result.Statements {
		for _, p := range s.Principals {
			if p.Value != nil && !p.Value.Known() {
				return principalWords(p)
			}
		}
	}
	return c.statement()
}

// atFault is the statement with the condition at fault, else the one that lets
// the caller in.
func (c *sessionNameCheck) atFault() *policy.Statement {
	for _, s := range c.role.Trust.Statements {
		for i := range s.Conditions {
			if &s.Conditions[i] == c.result.Condition {
				return s
			}
		}
	}
	return c.result.Statements[0]
}

func (c *sessionNameCheck) remedy() string {
	kind := proof.NamedCaller{Class: policy.AnyPrincipal}
	if len(c.result.Statements) > 0 {
		kind = proof.NamedCallerOf(c.result.Statements[0])
	}
	switch {
	case c.result.Callers.AllRoles || c.result.ByRoles || kind.Class == policy.RolePrincipal && kind.OnlyRoles:
		return "require it to equal ${aws:SourceIdentity} or a principal tag, since role sessions have no aws:username"
	case c.result.Callers.ExternalID:
		return "name the role that the service comes from as the principal, and require the session name that it uses"
	case kind.Class == policy.UnknownPrincipal:
		return "require it to equal ${aws:username} of a user, or ${aws:SourceIdentity} of a role"
	}
	return "require it to equal ${aws:username}"
}

func (c *sessionNameCheck) undetermined(why []value.Reason) {
	f := c.finding()
	f.Severity, f.Needs, f.Defect = analyzer.Medium, why, "unknown"
	f.Message = fmt.Sprintf("Whether '%s' can be assumed under a name that hides the caller depends on a value that is not known.", c.role.Resource.Address)
	if len(f.Needs) == 0 {
		f.Needs = value.Needs("the trust policy of "+c.role.Resource.Address, f.Span, c.role.Attribute)
	}
	if len(c.result.Statements) == 0 {
		f.Span = unknownPlace(c.role, proof.SessionNameKey, f.Needs, f.Span)
	}
	c.pass.Report(f)
}

// guardedElsewhere reports what depends on the account of the role.
func (c *sessionNameCheck) guardedElsewhere(g organization.GuardedTrust) {
	f := c.finding()
	f.Severity, f.Needs, f.Defect = analyzer.Medium, g.Needs, "unknown-account"
	f.Message = fmt.Sprintf("Whether '%s' can be assumed under a name that hides the caller depends on what binds its account: in %s a resource control policy keeps callers from that.", c.role.Resource.Address, g.Where)
	c.pass.Report(f)
}
