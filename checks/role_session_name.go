package checks

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
	"github.com/iamvet/iamvet/checks/fixes"
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
Deny statements of the trust policy. A condition that nobody can meet is a note.`,
	Remediation: `Require sts:RoleSessionName to equal ${aws:username} for users, and
${aws:SourceIdentity} or a principal tag for role and SSO sessions.

For users:

    StringEquals sts:RoleSessionName ${aws:username}

Role and SSO sessions have no aws:username. For them allow
sts:SetSourceIdentity, set the source identity where people sign in, and require

    StringEquals sts:RoleSessionName ${aws:SourceIdentity}

A condition that the project's settings require goes into every statement that
admits somebody without it.`,
	References: []analyzer.Reference{
		{Title: "AWS: Improve CloudTrail Logging for Assumed Role Actions (Netskope)", URL: "https://www.netskope.com/blog/aws-improve-cloudtrail-logging-for-assumed-role-actions"},
		{Title: "AWS: Easily control the naming of individual IAM role sessions", URL: "https://aws.amazon.com/blogs/security/easily-control-naming-individual-iam-role-sessions/"},
		{Title: "AWS: IAM and STS condition context keys", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html"},
	},
	Controls: []analyzer.Control{{Framework: "mitre-attack", ID: "T1078.004"}},
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
	for _, role := range p.Model.Roles {
		if role.Trust == nil || role.Resource.Deleted() || role.Attribute.Missing() {
			continue
		}
		opt := proof.SessionNameOptions{Account: role.Account(), Now: p.Now}
		r := analyzer.Remember(p.Memo, opt.Account+"\x00"+value.Key(role.Attribute), func() proof.SessionNameResult {
			return proof.SessionName(role.Trust, opt)
		}).In(role.Trust)
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
	}
	return nil
}

type sessionNameCheck struct {
	pass   *analyzer.Pass
	role   *identity.Role
	result proof.SessionNameResult
	shared func(*identity.Role, *policy.Statement) ([]*identity.Role, []*policy.Statement)
}

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
	if cond := c.result.Condition; cond != nil {
		if span := cond.OperatorSpan(); !span.IsZero() {
			return span
		}
		if span := cond.Span(); !span.IsZero() {
			return span
		}
	}
	for _, s := range c.result.Statements {
		if c.result.Class == proof.NameInvalid {
			if p := c.problem(); p != nil && !p.Span.IsZero() {
				return p.Span
			}
		}
		if cond := conditionOn(s, fixes.SessionNameKey); cond != nil && c.result.Class == proof.NameUnsatisfiable {
			return cond.OperatorSpan().Or(cond.Span())
		}
		if span := s.Span(); !span.IsZero() {
			return span.FirstLine()
		}
	}
	return c.role.Resource.AttributeSpan(c.role.TrustAttribute())
}

// conditionOn is the first condition of a statement on a key, nil when there is
// none.
func conditionOn(s *policy.Statement, key string) *policy.Condition {
	for i := range s.Conditions {
		if c := &s.Conditions[i]; strings.EqualFold(c.Key, key) && !c.Span().IsZero() {
			return c
		}
	}
	return nil
}

func (c *sessionNameCheck) dead() {
	f := c.finding()
	f.Verdict, f.Severity = analyzer.Advice, analyzer.Note
	f.Message = fmt.Sprintf("Nobody can assume '%s' through %s: no AWS principal can meet its conditions%s.", c.role.Resource.Address, c.statement(), c.deadBecause())
	c.pass.Report(f)
}

// trustActions are what a trust policy allows.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
var trustActions = []string{
	"sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext",
}

// idle reports what admits nobody because it names no such action, or because
// there is nothing.
func (c *sessionNameCheck) idle() {
	trust := c.role.Trust
	if len(trust.Statements) == 0 && !trust.Open {
		f := c.finding()
		f.Verdict, f.Severity, f.Defect = analyzer.Advice, analyzer.Note, "no-statements"
		f.Message = fmt.Sprintf("Nobody can assume '%s': its trust policy has no statements.", c.role.Resource.Address)
		c.pass.Report(f)
		return
	}
	for _, s := range trust.Statements {
		assumes := func(action string) bool { return s.AdmitsAction(action) != value.No }
		if s.Effect != policy.Allow || len(s.Actions) == 0 || slices.ContainsFunc(trustActions, assumes) {
			continue
		}
		c.result.Statements = []*policy.Statement{s}
		f := c.finding()
		f.Verdict, f.Severity, f.Defect, f.Span = analyzer.Advice, analyzer.Note, "no-action", s.Actions[0].Span()
		f.Message = fmt.Sprintf("Nobody can assume '%s' through %s: '%s' is no action that assumes a role%s.",
			c.role.Resource.Address, c.statement(), s.Actions[0], blanks(s.Actions[0].String()))
		c.pass.Report(f)
		return
	}
}

// blanks says that an action is written with blanks.
func blanks(action string) string {
	if strings.ContainsAny(action, " \t\r\n") {
		return "; no action has a blank"
	}
	return ""
}

// deadBecause says what makes a condition on the name impossible to meet.
func (c *sessionNameCheck) deadBecause() string {
	for _, s := range c.result.Statements {
		for i := range s.Conditions {
			cond := &s.Conditions[i]
			for _, p := range cond.Values {
				text, _ := p.Text()
				switch {
				case cond.Operator.Base == "DateLessThan" || cond.Operator.Base == "DateLessThanEquals":
					if end, ok := policy.ParseDate(text); ok && !end.After(c.pass.Now) {
						return "; they ended on " + moment(end)
					}
				case strings.Contains(text, "&{"):
					return "; &{…} is a variable only in the data source aws_iam_policy_document, elsewhere write $${…}"
				case strings.Contains(text, "$${"):
					return "; $${…} is one $ too many in a file that is not a template"
				case strings.Contains(text, "${") && s.Document.VariablesWork() == value.No:
					return "; policy variables need \"Version\": \"2012-10-17\""
				case strings.EqualFold(text, "${aws:username}") && c.result.Callers.AllRoles:
					return "; role sessions have no aws:username, use ${aws:SourceIdentity} or a principal tag"
				}
			}
		}
	}
	return ""
}

func (c *sessionNameCheck) undetermined(why []value.Reason) {
	f := c.finding()
	f.Severity, f.Needs, f.Defect = analyzer.Medium, why, "unknown"
	f.Message = fmt.Sprintf("Whether '%s' can be assumed under a name that hides the caller depends on a value that is not known.", c.role.Resource.Address)
	if len(f.Needs) == 0 {
		f.Needs = value.Needs("the trust policy of "+c.role.Resource.Address, f.Span, c.role.Attribute)
	}
	if len(c.result.Statements) == 0 {
		f.Span = unknownPlace(c.role, fixes.SessionNameKey, f.Needs, f.Span)
	}
	c.pass.Report(f)
}

// under is the verdict where resource control policies bind the role.
func (c *sessionNameCheck) under(rcps []*policy.Document) (proof.Verdict, []value.Reason) {
	r := proof.SessionName(c.role.Trust, proof.SessionNameOptions{Account: c.role.Account(), RCPs: rcps, Now: c.pass.Now})
	if r.Class.Verdict() == proof.Violated {
		c.result.Witness = r.Witness // gets through both
	}
	return r.Class.Verdict(), r.Needs
}

// guardedElsewhere reports what depends on the account of the role.
func (c *sessionNameCheck) guardedElsewhere(g organization.GuardedTrust) {
	f := c.finding()
	f.Severity, f.Needs, f.Defect = analyzer.Medium, g.Needs, "unknown-account"
	f.Message = fmt.Sprintf("Whether '%s' can be assumed under a name that hides the caller depends on what binds its account: in %s a resource control policy keeps callers from that.", c.role.Resource.Address, g.Where)
	c.pass.Report(f)
}

// unknownPlace is the condition on a key, or the statement, that holds what is not
// known, else the attribute.
func unknownPlace(role *identity.Role, key string, why []value.Reason, otherwise source.Span) source.Span {
	if role.Attribute.Is(value.Unknown) && role.Attribute.JSON == nil {
		return otherwise
	}
	for _, s := range role.Trust.Statements {
		if s.Value == nil || s.Span().IsZero() {
			continue
		}
		inside := slices.ContainsFunc(s.Value.AllWhy(), func(r value.Reason) bool { return slices.Contains(why, r) })
		if !inside {
			continue
		}
		if cond := conditionOn(s, key); cond != nil && slices.ContainsFunc(cond.Value.AllWhy(), func(r value.Reason) bool { return slices.Contains(why, r) }) {
			return cond.OperatorSpan().Or(cond.Span())
		}
		return s.Span().FirstLine()
	}
	return otherwise
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
		f.Message = fmt.Sprintf("AWS refuses the trust policy of '%s', so it protects nothing: %s.", address, c.refusal())
	case proof.NameMissing:
		f.Message = fmt.Sprintf("'%s' can be assumed under any session name: %s admits %s without a condition on sts:RoleSessionName, so CloudTrail cannot say who acted; %s.", address, c.statement(), who, c.remedy())
	case proof.NameVacuous:
		f.Message = fmt.Sprintf("'%s' can be assumed under any session name: the condition of %s accepts every name that %s may choose; %s.", address, c.statement(), who, c.remedy())
	case proof.NameWeakAlternative:
		f.Message = fmt.Sprintf("'%s' can be assumed under another's name: %s requires some source identity of %s, whichever; %s.", address, c.statement(), who, c.remedy())
	default:
		f.Message = fmt.Sprintf("'%s' can be assumed under another's name: the condition of %s accepts names that do not identify the caller, of %s; %s.", address, c.statement(), who, c.remedy())
	}
	f.Offer = (&fixes.SessionName{Model: c.pass.Model, Role: c.role, Result: c.result, Now: c.pass.Now, Sharing: c.shared}).Fixes
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

// whoIn is whom the first of some statements admits. anyone says that "*" is not
// confined by anything.
func whoIn(statements []*policy.Statement, anyone bool) string {
	if len(statements) == 0 {
		return "AWS principals"
	}
	var names []string
	for _, p := range statements[0].Principals {
		switch {
		case p.Class == policy.ServicePrincipal || p.Class == policy.FederatedPrincipal:
			continue
		case p.Class == policy.AnyPrincipal && anyone:
			return "every AWS account"
		case p.Class == policy.AnyPrincipal:
			return "whoever meets its " + conditionsOf(statements[0])
		case p.Value == nil:
			continue
		}
		if name := principalWords(p); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	switch {
	case len(names) == 0:
		return "AWS principals"
	case len(names) > 3:
		names = append(names[:2:2], fmt.Sprintf("%d more", len(names)-2))
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// principalWords is a principal as it is written, and where that is all there
// is to say of it, the line that it is written at.
func principalWords(p policy.Principal) string {
	switch name := p.Value.Printable(); {
	case name != "…":
		return "'" + name + "'"
	case p.Value.Sensitive:
		return "a principal that is sensitive"
	case !p.Value.Span.IsZero():
		return fmt.Sprintf("a principal that is not known (%s:%d)", path.Base(p.Value.Span.File.Name), p.Value.Span.StartPos().Line)
	}
	return "a principal that is not known"
}

// conditionsOf names the conditions that confine whom a statement admits.
func conditionsOf(s *policy.Statement) string {
	var keys []string
	for _, cond := range s.Conditions {
		if key := cond.Key; key != "" && !strings.EqualFold(key, fixes.SessionNameKey) && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	switch len(keys) {
	case 0:
		return "conditions"
	case 1:
		return "condition on " + keys[0]
	}
	return "conditions on " + strings.Join(keys[:len(keys)-1], ", ") + " and " + keys[len(keys)-1]
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

func (c *sessionNameCheck) severity() analyzer.Severity {
	in := c.result.Callers
	switch {
	case in.Anyone:
		return analyzer.High
	case in.AllRoles || in.ExternalID:
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
