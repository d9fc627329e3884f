package proof

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// A condition that asks for one particular value which is not known, of a key
// that callers of every kind may carry, keeps nobody out for good: whatever
// the value is, somebody carries it. The name of the session is as free for
// that caller as for any other, so the question does not hang on the value.
//
//	StringEquals aws:PrincipalOrgID ${data.aws_organizations_organization.o.id}
//
// identityKeys say who a caller is: strangers do not meet such a condition.
var identityKeys = map[string]bool{
	"aws:principalorgid": true, "aws:principalorgpaths": true, "aws:principalaccount": true, "aws:principalarn": true,
}

// carriedKeys may be carried by any caller.
var carriedKeys = map[string]bool{
	"sts:externalid": true, "aws:sourceip": true, "aws:sourcevpc": true, "aws:sourcevpce": true, "aws:requestedregion": true,
	"aws:vpcsourceip": true, "aws:currenttime": true, "aws:epochtime": true,
}

// metWhatever are the conditions of Allow statements that some caller meets
// whatever their unknown values are. A key that anything else in the documents
// tests as well is left to the search.
func metWhatever(docs []*policy.Document) map[*policy.Condition]bool {
	uses := map[string]int{}
	for _, d := range docs {
		for _, s := range d.Statements {
			for i := range s.Conditions {
				c := &s.Conditions[i]
				if s.Effect != policy.Allow || !asksForUnknown(c) {
					uses[strings.ToLower(c.Key)]++
				}
				for _, p := range c.Values {
					for _, v := range p.Variables() {
						uses[strings.ToLower(v)]++
					}
				}
			}
		}
	}
	met := map[*policy.Condition]bool{}
	for _, d := range docs {
		for _, s := range d.Statements {
			if s.Effect != policy.Allow {
				continue
			}
			inStatement := map[string]int{}
			for _, c := range s.Conditions {
				inStatement[strings.ToLower(c.Key)]++
			}
			for i := range s.Conditions {
				c := &s.Conditions[i]
				key := strings.ToLower(c.Key)
				if (identityKeys[key] || carriedKeys[key] || strings.HasPrefix(key, "aws:principaltag/")) && uses[key] == 0 && inStatement[key] == 1 && asksForUnknown(c) {
					met[c] = true
				}
			}
		}
	}
	return met
}

// asksForUnknown says that a condition is met by one of several values, none
// of which is wholly known.
func asksForUnknown(c *policy.Condition) bool {
	switch c.Operator.Base {
	case "StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnLike", "IpAddress",
		"DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals":
	default:
		return false
	}
	if c.Operator.Negated || len(c.Values) == 0 && !c.ValuesOpen {
		return false
	}
	for _, p := range c.Values {
		if !p.HasHole() || len(p.Variables()) > 0 {
			return false
		}
	}
	return true
}

// mayAdmitStrangers says that the value which a condition asks for may turn out
// to be a wildcard: one that nobody knows, under an operator that reads it so.
// What a resource or data source computes is no wildcard.
func mayAdmitStrangers(c *policy.Condition) bool {
	if !identityKeys[strings.ToLower(c.Key)] || !strings.HasSuffix(c.Operator.Base, "Like") {
		return false
	}
	for _, p := range c.Values {
		if p.Value == nil || p.Value.Is(value.Unknown) && p.Value.Ref == nil {
			return true
		}
	}
	return c.ValuesOpen
}

// admitsStranger says whether a statement admits somebody of an account that
// has nothing to do with the policy. A principal of which the account or the
// name is not known is somebody in particular, whoever it is; only one that
// may be "*" may be a stranger.
func admitsStranger(s *policy.Statement, c *policy.Caller) value.Tri {
	out := value.No
	list, kind := openPrincipals(s)
	aws := s.Element("Principal").Get("AWS")
	_, rest := restOf(s)
	if kind || !rest && (list || s.PrincipalsOpen && aws.Is(value.Unknown)) && !namesPrincipals(aws.Ref) {
		out = value.Maybe
	}
	for _, p := range s.Principals {
		switch p.Class {
		case policy.AnyPrincipal:
			out = out.Or(p.Matches(c))
		case policy.UnknownPrincipal:
			if mayBeEverybody(p) {
				out = out.Or(value.Maybe)
			}
		default:
			if p.Account == c.Account {
				out = out.Or(p.Matches(c))
			}
		}
	}
	return out
}
