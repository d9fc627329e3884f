package proof

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// TrustClass is whom a trust policy lets in. The zero TrustClass is not
// determined.
type TrustClass int8

// The classes.
const (
	TrustUndetermined TrustClass = iota
	TrustNA                      // no AWS principal may assume the role
	TrustConfined                // only principals that are named, or of a named account or organization
	TrustEveryone                // principals of every AWS account
	TrustInvalid                 // AWS refuses the policy
)

func (c TrustClass) String() string {
	return [...]string{"UNDETERMINABLE", "NA", "CONFINED", "ANYONE", "INVALID"}[c]
}

// Verdict is what the class means.
func (c TrustClass) Verdict() Verdict {
	return [...]Verdict{Undetermined, NotApplicable, Holds, Violated, NotApplicable}[c]
}

// TrustResult is the answer of TrustAnyone.
type TrustResult struct {
	Class   TrustClass
	Witness *Witness
	// Statements let the witness through.
	Statements []*policy.Statement
	// ExternalID says that the caller has to know an external id.
	ExternalID bool
	// Until is as in RootResult.
	Until time.Time
	Needs []value.Reason
}

// TrustAnyone decides whether a role can be assumed from an AWS account that
// nobody named: by a principal of an account and an organization of its own.
func TrustAnyone(doc *policy.Document, opt SessionNameOptions) TrustResult {
	r := trustAnyoneAt(doc, opt)
	if r.Class.Verdict() == Holds {
		r.Until = until(append([]*policy.Document{doc}, opt.RCPs...), opt.Now, func(t time.Time) bool {
			later := opt
			later.Now = t
			return trustAnyoneAt(doc, later).Class.Verdict() == Holds
		})
	}
	return r
}

func trustAnyoneAt(doc *policy.Document, opt SessionNameOptions) TrustResult {
	return decideTrust(doc, opt, trustQuestion[TrustResult]{
		decide:    trustAnyone,
		verdict:   func(r TrustResult) Verdict { return r.Class.Verdict() },
		needs:     func(r TrustResult) []value.Reason { return r.Needs },
		undecided: func(needs []value.Reason, _ TrustResult) TrustResult { return TrustResult{Needs: needs} },
		both: func(a, b TrustResult) TrustResult {
			a.ExternalID = a.ExternalID || b.ExternalID
			return lesser(func(r TrustResult) TrustClass { return r.Class })(a, b)
		},
		original: func(r TrustResult, local *localized) TrustResult {
			r.Statements = local.originals(r.Statements)
			return r
		},
	})
}

func trustAnyone(doc *policy.Document, opt SessionNameOptions) TrustResult {
	if p := refused(doc, policy.Trust); p != nil {
		return TrustResult{Class: TrustInvalid, Statements: statementOf(p)}
	}
	t := newTrust(doc, opt)
	if len(t.allows) == 0 && !t.unclear {
		return TrustResult{Class: TrustNA}
	}
	var needs []value.Reason
	for _, c := range t.strangers() {
		switch a := t.askAny(c); a.stopped {
		case value.No:
			return t.anyone(c, a.request)
		case value.Maybe:
			needs = addReasons(needs, a.needs...)
		}
	}
	if t.incomplete {
		needs = addReasons(needs, t.tests.tooMany("callers"))
	}
	for _, u := range t.unknown {
		if mayBeEverybody(u.principal) && t.admitsStrangersIf(u.statement) {
			needs = addReasons(needs, elementReasons(u.statement, "Principal")...)
		}
	}
	if t.unclear {
		needs = addReasons(needs, t.unclearNeeds()...)
	}
	if len(needs) > 0 {
		return TrustResult{Needs: needs}
	}
	return TrustResult{Class: TrustConfined}
}

// mayBeEverybody says that a principal which is not known may turn out to be
// "*". What AWS gives a resource as its ARN, or an account as its id, does not.
func mayBeEverybody(p policy.Principal) bool {
	if p.Class != policy.UnknownPrincipal || p.Pattern.Value != nil && p.Pattern.Matches("*") == value.No {
		return false
	}
	return p.Value == nil || !namesPrincipals(p.Value.Ref)
}

// namesPrincipals says that a value is what AWS gives a resource as its ARN, or
// an account as its id, or a list of them.
func namesPrincipals(ref *value.Ref) bool {
	if ref == nil || !strings.HasPrefix(ref.Type, "aws_") {
		return false
	}
	if strings.Contains(ref.Type, "_organizations_") && strings.Contains(ref.Attr, "accounts[") && strings.HasSuffix(ref.Attr, "].id") {
		return true
	}
	attr, _, _ := strings.Cut(ref.Attr, "[")
	attr = attr[strings.LastIndexByte(attr, '.')+1:]
	return strings.HasSuffix(attr, "arn") || strings.HasSuffix(attr, "arns") || strings.HasSuffix(attr, "account_id")
}

// admitsStrangersIf says that strangers may come in where the principals of a
// statement turn out to be everybody: its conditions do not keep them out.
func (t *trust) admitsStrangersIf(s *policy.Statement) bool {
	doc, everybody := *t.doc, *s
	everybody.Principals = []policy.Principal{{Type: "AWS", Class: policy.AnyPrincipal, Value: s.Element("Principal")}}
	everybody.PrincipalsOpen = false
	doc.Statements = slices.Clone(doc.Statements)
	for i := range doc.Statements {
		if doc.Statements[i] == s {
			doc.Statements[i] = &everybody
		}
	}
	open := newTrust(&doc, t.opt)
	return slices.ContainsFunc(open.strangers(), func(c caller) bool { return open.askAny(c).stopped != value.Yes })
}

// strangers are callers of accounts that the policy does not name.
func (t *trust) strangers() []caller {
	roles := t.cast(policy.RoleCaller, "", false, "anything")
	return append(roles, t.cast(policy.UserCaller, "", false, "anybody")...)
}

// askAny looks for a way to assume the role under any name, with any source
// identity or none.
func (t *trust) askAny(c caller) answer {
	var worst answer
	worst.stopped = value.Yes
	variants := t.variants(c)
	for _, r := range variants {
		names, complete := t.regions(nameKey, r)
		identities := []nameRegion{{}} // no source identity
		if len(t.conditionsOf(identityKey)) > 0 {
			more, all := t.regions(identityKey, r)
			identities, complete = append(identities, more...), complete && all
		}
		for _, id := range identities {
			for _, n := range names {
				a := t.ask(c, r, n.sample, id.sample)
				if a.stopped == value.No {
					return a
				}
				if a.stopped == value.Maybe && worst.stopped == value.Yes {
					worst = a
				}
			}
		}
		if !complete && worst.stopped == value.Yes {
			worst = answer{needs: []value.Reason{tooMany("names of sessions")}}
		}
	}
	// A stranger has the tags that he gives himself, which may be what a policy spells
	// out or his own name.
	sessions, complete := t.openSessions(c, variants, nil)
	for _, in := range sessions {
		a := t.ask(c, c.request, in.name, in.identity)
		if a.stopped == value.No {
			return a
		}
		if a.stopped == value.Maybe && worst.stopped == value.Yes {
			worst = a
		}
	}
	if !complete && worst.stopped == value.Yes {
		worst = answer{needs: []value.Reason{tooMany("names of sessions")}}
	}
	return worst
}

func (t *trust) anyone(c caller, r *policy.Request) TrustResult {
	out := TrustResult{Class: TrustEveryone}
	f := t.formula(c, r.Context[identityKey].Presence == policy.Known)
	var keys []string
	for _, s := range t.allows {
		if s.Effect == policy.Allow && f.matches(s, r, assumeRole) == value.Yes {
			out.Statements = append(out.Statements, s)
		}
	}
	for _, k := range keysOf(f) {
		if k != nameKey {
			keys = append(keys, k)
		}
	}
	req := *r
	req.Action = assumeRole
	w := newWitness(&req, keys)
	w.Resource = ""
	w.Words = fmt.Sprintf("a principal of any AWS account, such as %s, assuming the role%s", w.Principal, furtherKeysOf(&req, keys))
	if len(out.Statements) > 0 {
		w.Because = StatementName(out.Statements[0]) + " admits it"
	}
	out.Witness = w
	if slices.Contains(keys, "sts:externalid") {
		without := c
		without.request = assign(c.request, "sts:externalid", policy.ContextValue{})
		out.ExternalID = t.askAny(without).stopped == value.Yes
	}
	return out
}

// furtherKeysOf is furtherKeys for some keys alone, without principals' own.
func furtherKeysOf(r *policy.Request, keys []string) string {
	rest := *r
	rest.Context = map[string]policy.ContextValue{}
	for k, v := range r.Context {
		if slices.Contains(keys, k) && !strings.HasPrefix(k, "aws:principalorg") {
			rest.Context[k] = v
		}
	}
	return furtherKeys(&rest)
}
