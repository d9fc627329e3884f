package checks

import (
	"fmt"
	"slices"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
	"github.com/iamvet/iamvet/checks/fixes"
)

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

func (c *consoleCheck) who() string {
	if c.user.Declared() {
		return "'" + c.user.Resource.Address + "'"
	}
	return "the user '" + c.user.Name.Printable() + "'"
}

func (c *consoleCheck) principal() string {
	return "the user " + c.user.Name.Printable()
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
	if !c.result.LocksOut || c.result.SameWithMFA { // there is nothing to have a device for
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

func (c *consoleCheck) grantSpan(a *identity.AttachedPolicy) source.Span {
	if span := c.result.Granting.Span(); !span.IsZero() {
		return span.FirstLine()
	}
	return a.Resource.Header
}

// shortPassword is how many characters CIS AWS Foundations asks for, in all of its
// versions.
const shortPassword = 14
