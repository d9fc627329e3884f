package proof

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/aws"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// violated fills in the class of a violation, and who shows it.
func (t *trust) violated(result *SessionNameResult, outcomes []outcome, worst int) {
	o := outcomes[worst]
	switch o.status {
	case weakAlternative:
		result.Class = NameWeakAlternative
	case weakName:
		result.Class = NameWeak
	default:
		result.Class = NameVacuous
		for i := worst; i < len(outcomes); i++ {
			if outcomes[i].status == freeName && !t.triesToBind(outcomes[i]) {
				result.Class, o = NameMissing, outcomes[i]
				break
			}
		}
	}
	f := t.formula(o.caller, o.request.Context[identityKey].Presence == policy.Known)
	for _, s := range t.allows {
		if s.Effect == policy.Allow && f.matches(s, o.request, assumeRole) == value.Yes {
			result.Statements = append(result.Statements, s)
		}
	}
	result.ByRoles = !slices.ContainsFunc(outcomes, func(o outcome) bool {
		return o.status >= weakAlternative && o.caller.request.Caller.Kind != policy.RoleCaller
	})
	result.Condition = t.atFault(result, o)
	t.explain(result, o)
}

// testsName says that a condition is about the session's name, under whatever
// prefix.
func testsName(c *policy.Condition) bool {
	return strings.HasSuffix(strings.ToLower(c.Key), "rolesessionname")
}

// triesToBind says that what admits a caller tests the name: an Allow that
// matches, or a Deny that covers the caller.
func (t *trust) triesToBind(o outcome) bool {
	f := t.formula(o.caller, false)
	for _, s := range t.doc.Statements {
		i := slices.IndexFunc(s.Conditions, func(c policy.Condition) bool { return testsName(&c) })
		if i < 0 {
			if s.Effect == policy.Allow && f.matches(s, o.request, assumeRole) == value.Yes {
				return false
			}
		}
	}
	return true
}

// atFault is the condition on the name, or the source identity, that does not
// do what it is for.
func (t *trust) atFault(result *SessionNameResult, o outcome) *policy.Condition {
	for _, s := range result.Statements {
		for i := range s.Conditions {
			if c := &s.Conditions[i]; testsName(c) || result.Class == NameWeakAlternative && strings.EqualFold(c.Key, identityKey) {
				return c
			}
		}
	}
	for _, s := range t.doc.Statements {
		if result.Class == NameMissing || s.Effect != policy.Deny || s.AdmitsAction(assumeRole) == value.No {
			continue
		}
		for i := range s.Conditions {
			if c := &s.Conditions[i]; testsName(c) {
				return c
			}
		}
	}
	return nil
}

// explain makes the witness. Which statement it is about is not said: equal
// policies share the answer, wherever they stand.
func (t *trust) explain(result *SessionNameResult, o outcome) {
	keys := []string{nameKey}
	for _, s := range t.doc.Statements {
		for _, c := range s.Conditions {
			keys = append(keys, keysIn(&c)...)
		}
	}
	r := *o.request
	r.Action = assumeRole
	w := newWitness(&r, keys)
	w.Resource = ""
	if o.caller.unknown != nil {
		w.Principal = ""
	}
	if o.caller.session {
		w.Principal = o.caller.request.Caller.SessionARN()
	}
	name := strings.Join(o.request.Context[nameKey].Values, "")
	w.Words = fmt.Sprintf("%s assuming the role as '%s'", t.words(o.caller, result.Callers.Anyone), name)
	if len(result.Statements) > 0 {
		switch c := result.Condition; {
		case c == nil:
			w.Because = "does not test sts:RoleSessionName"
		case keyOf(strings.ToLower(c.Key)).There == aws.Never:
			w.Because = fmt.Sprintf("tests %s, which no request carries", c.Key)
		default:
			_, words := c.MatchesDetail(&r)
			if words == "" {
				words = fmt.Sprintf("tests %s with %s, which matches", c.Key, c.Operator)
			}
			w.Because = words
		}
	}
	result.Witness = w
}
