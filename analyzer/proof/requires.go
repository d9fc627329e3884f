package proof

import (
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Required is a condition that a trust policy has to impose on AWS principals:
// a rule of a project's own.
type Required struct {
	Operator string   // StringEquals
	Key      string   // aws:PrincipalOrgID
	Values   []string // o-a1b2c3d4e5
}

func (c Required) String() string {
	return fmt.Sprintf("%s %s [%s]", c.Operator, c.Key, strings.Join(c.Values, ", "))
}

// RequiredResult is the answer of Requires.
type RequiredResult struct {
	Verdict    Verdict
	Witness    *Witness
	Statements []*policy.Statement // that let the witness through
	Needs      []value.Reason
}

// Requires decides whether a role can be assumed by an AWS principal only where
// a condition holds, however the policy brings that about. It is an error when
// there is no such operator, or AWS would not take the values.
func Requires(doc *policy.Document, required Required, opt SessionNameOptions) (RequiredResult, error) {
	unless, err := required.document()
	if err != nil {
		return RequiredResult{}, err
	}
	var local localized
	result := requires(local.trust(orUnknown(doc), opt), required, unless, opt)
	result.Statements = local.originals(result.Statements)
	return result, nil
}

func requires(doc *policy.Document, required Required, unless *policy.Document, opt SessionNameOptions) RequiredResult {
	if refused(doc, policy.Trust) != nil {
		return RequiredResult{Verdict: NotApplicable}
	}
	t := newTrust(doc, opt)
	if len(t.allows) == 0 && !t.unclear {
		return RequiredResult{Verdict: NotApplicable}
	}
	// What meets the condition is not asked about: let it be denied, and see
	// what still gets through.
	t.opt.RCPs = append(opt.RCPs[:len(opt.RCPs):len(opt.RCPs)], unless)
	callers := t.callers()
	if t.any {
		callers = append(callers, t.strangers()...)
	}
	for _, u := range t.unknown {
		for _, h := range t.hypotheses(u) {
			callers = append(callers, h.callers...)
		}
	}
	var needs []value.Reason
	for _, c := range callers {
		switch a := t.askAny(c); a.stopped {
		case value.No:
			if c.unknown != nil && c.unknown.principal.Class == policy.UnknownPrincipal {
				needs = addReasons(needs, elementReasons(c.unknown.statement, "Principal")...)
				continue // it would be so for some of what the principal may be
			}
			return t.requiredViolation(c, a.request, required)
		case value.Maybe:
			needs = addReasons(needs, a.needs...)
		}
	}
	if t.unclear {
		needs = addReasons(needs, t.unclearNeeds()...)
	}
	if len(needs) > 0 {
		return RequiredResult{Needs: needs}
	}
	return RequiredResult{Verdict: Holds}
}

// document is a Deny of everybody who meets the condition.
func (c Required) document() (*policy.Document, error) {
	if _, ok := policy.ParseOperator(c.Operator); !ok {
		return nil, fmt.Errorf("condition operator %q does not exist", c.Operator)
	}
	var values []*value.Value
	for _, v := range c.Values {
		values = append(values, value.Str(v))
	}
	object := func(key string, v *value.Value) *value.Value { return value.ObjectOf(map[string]*value.Value{key: v}) }
	doc, err := policy.Parse(value.ObjectOf(map[string]*value.Value{
		"Version": value.Str("2012-10-17"),
		"Statement": value.ObjectOf(map[string]*value.Value{
			"Effect":    value.Str("Deny"),
			"Principal": object("AWS", value.Str("*")),
			"Action":    value.Str(assumeRole),
			"Condition": object(c.Operator, object(c.Key, value.ListOf(values...))),
		}),
	}))
	if err != nil {
		return nil, err
	}
	if p := refused(doc, policy.Trust); p != nil {
		return nil, fmt.Errorf("required condition %s: %s", c, p.Text)
	}
	return doc, nil
}

func (t *trust) requiredViolation(c caller, r *policy.Request, required Required) RequiredResult {
	out := RequiredResult{Verdict: Violated}
	f := t.formula(c, false)
	req := *r
	req.Action = assumeRole
	for _, s := range t.allows {
		if s.Effect == policy.Allow && f.matches(s, &req, assumeRole) == value.Yes {
			out.Statements = append(out.Statements, s)
		}
	}
	w := newWitness(&req, keysOf(f))
	w.Resource = ""
	w.Words = fmt.Sprintf("%s assuming the role%s", t.words(c, true), furtherKeysOf(&req, []string{strings.ToLower(required.Key)}))
	if len(out.Statements) > 0 {
		w.Because = StatementName(out.Statements[0]) + " admits it"
	}
	out.Witness = w
	return out
}
