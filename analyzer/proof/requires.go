package proof

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/aws"
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

// Asked says of whom a condition is required.
type Asked struct {
	Kinds  []policy.CallerKind // nil for users and roles
	Except []string            // accounts of whose principals it is not
}

func (a Asked) of(c caller) bool {
	return a.kind(c) && !slices.Contains(a.Except, c.request.Caller.Account)
}

func (a Asked) kind(c caller) bool {
	return a.Kinds == nil || slices.Contains(a.Kinds, c.request.Caller.Kind)
}

// RequiredResult is the answer of Requires.
type RequiredResult struct {
	Verdict    Verdict
	Witness    *Witness
	Statements []*policy.Statement // that let the witness through
	Needs      []value.Reason
}

// Requires decides whether a role can be assumed by the AWS principals that are
// asked only where a condition holds, however the policy brings that about. It is
// an error when the condition is not valid.
func Requires(doc *policy.Document, required Required, of Asked, opt SessionNameOptions) (RequiredResult, error) {
	unless, err := required.document()
	if err != nil {
		return RequiredResult{}, err
	}
	// What meets the condition is not asked about: let it be denied, and see
	// what still gets through.
	opt.RCPs = append(taken(opt.RCPs, policy.RCP), unless)
	result := decideTrust(doc, opt, trustQuestion[RequiredResult]{
		decide:    func(d *policy.Document, opt SessionNameOptions) RequiredResult { return requires(d, required, of, opt) },
		verdict:   func(r RequiredResult) Verdict { return r.Verdict },
		needs:     func(r RequiredResult) []value.Reason { return r.Needs },
		undecided: func(needs []value.Reason, _ RequiredResult) RequiredResult { return RequiredResult{Needs: needs} },
		both:      lesser(func(r RequiredResult) Verdict { return r.Verdict }),
		original: func(r RequiredResult, local *localized) RequiredResult {
			r.Statements = local.originals(r.Statements)
			return r
		},
	})
	return result, nil
}

func requires(doc *policy.Document, required Required, of Asked, opt SessionNameOptions) RequiredResult {
	if refused(doc, policy.Trust) != nil {
		return RequiredResult{Verdict: NotApplicable}
	}
	t := newTrust(doc, opt)
	if len(t.allows) == 0 && !t.unclear {
		return RequiredResult{Verdict: NotApplicable}
	}
	callers := t.callers()
	if t.any {
		callers = append(callers, t.strangers()...)
	}
	through, request, needs := t.firstThrough(callers, of.of)
	if through != nil {
		return t.requiredViolation(*through, request, required)
	}
	if t.incomplete {
		needs = addReasons(needs, t.tests.tooMany("callers"))
	}
	for _, u := range t.unknown {
		through, request, why := t.unknownThrough(u, of)
		if through != nil {
			return t.requiredViolation(*through, request, required)
		}
		needs = addReasons(needs, why...)
	}
	if t.unclear {
		needs = addReasons(needs, t.unclearNeeds()...)
	}
	if len(needs) > 0 {
		return RequiredResult{Needs: needs}
	}
	return RequiredResult{Verdict: Holds}
}

// firstThrough is the first of the callers who are asked that gets through; nil
// where none does, and then why that may not be so.
func (t *trust) firstThrough(callers []caller, asked func(caller) bool) (*caller, *policy.Request, []value.Reason) {
	var needs []value.Reason
	for _, c := range callers {
		if !asked(c) {
			continue
		}
		switch a := t.askAny(c); a.stopped {
		case value.No:
			return &c, a.request, nil
		case value.Maybe:
			needs = addReasons(needs, a.needs...)
		}
	}
	return nil, nil, needs
}

// unknownThrough is somebody of an unknown principal who gets through whatever
// it turns out to be; nil where that depends, and then on what.
func (t *trust) unknownThrough(u unknownPrincipal, of Asked) (first *caller, request *policy.Request, needs []value.Reason) {
	depends := len(of.Except) > 0 && u.principal.Account == "" // it may be of an account that is not asked
	for _, h := range t.hypotheses(u) {
		through, r, why := t.firstThrough(h.callers, func(c caller) bool {
			return of.kind(c) && !slices.Contains(of.Except, u.principal.Account)
		})
		switch {
		case through == nil:
			depends = true
			needs = addReasons(needs, why...)
		case first == nil:
			first, request = through, r
		}
	}
	if first != nil && depends {
		why := reasonsOf(u.principal.Value)
		if len(why) == 0 {
			why = elementReasons(u.statement, "Principal")
		}
		return nil, nil, addReasons(needs, why...)
	}
	return first, request, needs
}

// Validate says what is wrong with the condition: that there is no such operator
// or key, or that AWS would not take the values.
func (c Required) Validate() error {
	_, err := c.document()
	return err
}

// document is a Deny of everybody who meets the condition.
func (c Required) document() (*policy.Document, error) {
	switch o, ok := policy.ParseOperator(c.Operator); {
	case !ok:
		return nil, fmt.Errorf("there is no condition operator %q", c.Operator)
	case o.Canonical != c.Operator:
		return nil, fmt.Errorf("the condition operator %q is spelled %s", c.Operator, o.Canonical)
	}
	if len(c.Values) == 0 {
		return nil, errors.New("a condition without values is met by nobody")
	}
	if keyOf(strings.ToLower(c.Key)).There == aws.Never || carries(&policy.Request{Action: assumeRole}, strings.ToLower(c.Key)) == value.No {
		return nil, fmt.Errorf("no user or role that assumes a role carries %s", c.Key)
	}
	if _, known := aws.KeyNamed(c.Key); !known { // whether a policy imposes it would never be decided
		return nil, fmt.Errorf("of the condition key %s it is not known when a request carries it", c.Key)
	}
	var values []*value.Value
	for _, v := range c.Values {
		values = append(values, value.Str(v))
	}
	object := func(key string, v *value.Value) *value.Value { return value.ObjectOf(map[string]*value.Value{key: v}) }
	statement := value.ObjectOf(map[string]*value.Value{
		"Effect":    value.Str("Deny"),
		"Principal": object("AWS", value.Str("*")),
		"Action":    value.Str(assumeRole),
		"Condition": object(c.Operator, object(c.Key, value.ListOf(values...))),
	})
	doc, err := policy.Parse(value.ObjectOf(map[string]*value.Value{"Version": value.Str("2012-10-17"), "Statement": statement}))
	if err != nil {
		return nil, err
	}
	if p := refused(doc, policy.Trust); p != nil {
		return nil, errors.New(p.Text)
	}
	return doc, nil
}

func (t *trust) requiredViolation(c caller, r *policy.Request, required Required) RequiredResult {
	out := RequiredResult{Verdict: Violated}
	f := t.formula(c, r.Context[identityKey].Presence == policy.Known)
	req := *r
	req.Action = assumeRole
	for _, s := range t.allows {
		if s.Effect == policy.Allow && f.matches(s, &req, assumeRole) == value.Yes {
			out.Statements = append(out.Statements, s)
		}
	}
	key := strings.ToLower(required.Key)
	w := newWitness(&req, keysOf(f))
	w.Resource = ""
	if c.unknown != nil {
		w.Principal = ""
	}
	w.Words = t.words(c, true) + " assuming the role"
	if v := req.Lookup(key); v.Presence == policy.Known {
		w.Words += fmt.Sprintf(" with %s '%s'", required.Key, strings.Join(v.Values, ", "))
	} else {
		w.Words += " without " + required.Key
		if !slices.ContainsFunc(w.Absent, func(k string) bool { return strings.EqualFold(k, key) }) {
			w.Absent = append(w.Absent, required.Key)
			slices.Sort(w.Absent)
		}
	}
	if len(out.Statements) > 0 {
		w.Because = StatementName(out.Statements[0]) + " admits it"
	}
	out.Witness = w
	return out
}

// In is the result with its statements taken from another document, equal to the
// one that was decided but for where it stands.
func (r RequiredResult) In(doc *policy.Document) RequiredResult {
	r.Statements = SessionNameResult{Statements: r.Statements}.In(doc).Statements
	return r
}
