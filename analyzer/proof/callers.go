package proof

import (
	"slices"
	"strconv"
	"strings"

	"github.com/iamvet/iamvet/analyzer/aws"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// mfaState is how a caller signed in.
type mfaState int8

const (
	withoutMFA    mfaState = iota // a console session, or a session token, without MFA
	withAccessKey                 // a long-term access key: the keys of MFA are absent
	withMFA
)

// direct is the context of a request that its caller makes itself, with
// credentials of a user or of root, at a console, by an API or through one of
// AWS's MCP servers.
func direct(mfa mfaState) map[string]policy.ContextValue {
	ctx := map[string]policy.ContextValue{
		"aws:viaawsservice":         policy.One("false"),
		"aws:principalisawsservice": policy.One("false"),
		"aws:assumedroot":           {},
	}
	for name, k := range aws.Keys() {
		if k.Session {
			ctx[name] = policy.ContextValue{}
		}
	}
	switch mfa {
	case withoutMFA:
		ctx["aws:multifactorauthpresent"] = policy.One("false")
		ctx["aws:multifactorauthage"] = policy.ContextValue{}
	case withAccessKey:
		ctx["aws:multifactorauthpresent"] = policy.ContextValue{}
		ctx["aws:multifactorauthage"] = policy.ContextValue{}
		ctx["aws:tokenissuetime"] = policy.ContextValue{}
	case withMFA:
		ctx["aws:multifactorauthpresent"] = policy.One("true")
	}
	return ctx
}

// rootRequest is a request of a root user, with action, resource and the keys
// of the request still open.
func rootRequest(partition, account string, mfa mfaState) *policy.Request {
	return &policy.Request{
		Caller:   &policy.Caller{Kind: policy.RootCaller, Partition: partition, Account: account},
		Context:  direct(mfa),
		Unlisted: policy.Either,
	}
}

// userRequest is a request of an IAM user.
func userRequest(partition, account, name string, mfa mfaState) *policy.Request {
	return &policy.Request{
		Caller:   &policy.Caller{Kind: policy.UserCaller, Partition: partition, Account: account, Name: name, ID: "AIDAIAMVETEXAMPLE" + idOf(name)},
		Context:  direct(mfa),
		Unlisted: policy.Either,
	}
}

// roleRequest is a request of a session of a role. Sessions carry no MFA.
func roleRequest(partition, account, name string) *policy.Request {
	ctx := direct(withAccessKey)
	delete(ctx, "aws:tokenissuetime")
	for name, k := range aws.Keys() {
		if k.Session {
			delete(ctx, name)
		}
	}
	return &policy.Request{
		Caller:   &policy.Caller{Kind: policy.RoleCaller, Partition: partition, Account: account, Name: name, Session: "session", ID: "AROAIAMVETEXAMPLE" + idOf(name)},
		Context:  ctx,
		Unlisted: policy.Either,
	}
}

// idOf makes the made-up ids of principals differ.
func idOf(name string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, name))
}

// members are the accounts of an organization, one for every way in which policies
// can tell their roots apart: those that the policies do not name, then those that
// they do, which they would not if these were no members.
type members struct {
	accounts []string
	unnamed  int          // how many of them are not named
	tooMany  value.Reason // one may be missing, and why; else the zero Reason
}

// words are who one of them is: any, where the policies tell no accounts apart.
func (m *members) words(i int) string {
	switch {
	case i >= m.unnamed:
		return "account " + m.accounts[i] + ", which the policies name,"
	case len(m.accounts) > 1:
		return "a member account such as " + m.accounts[i]
	}
	return "any member account"
}

// membersOf are the accounts of an organization in a partition, or the one that is
// given.
func membersOf(docs []*policy.Document, partition, account string) *members {
	if account != "" {
		return &members{accounts: []string{account}, unnamed: 1}
	}
	named := accountsIn(docs)
	c := casting{callerTests: testsOfCallers(docs), partition: partition, kind: policy.RootCaller, not: named}
	found, complete := c.cast()
	m := &members{}
	if !complete {
		m.tooMany = c.tooMany("accounts")
	}
	for _, f := range found {
		m.accounts = append(m.accounts, f.Account)
	}
	m.unnamed = len(m.accounts)
	m.accounts = append(m.accounts, named...)
	return m
}

// memberDomains are the values of keys that a member of the organization does
// not choose: its tags (root has none, and nobody is taken to have any that are
// not given), and which organization it is in. When the documents name one
// organization, it is taken to be that one.
func memberDomains(docs []*policy.Document) map[string][]policy.ContextValue {
	out := map[string][]policy.ContextValue{
		"aws:principaltag/":     {{}},
		"aws:principalorgid":    {{Presence: policy.Present}},
		"aws:principalorgpaths": {{Presence: policy.Present, Multi: true}},
	}
	var ids []string
	eachPattern(docs, func(p policy.Pattern) {
		text, known := p.Text()
		if known && strings.HasPrefix(text, "o-") && !strings.ContainsAny(text, "*?/") && !slices.Contains(ids, text) {
			ids = append(ids, text)
		}
	})
	if len(ids) == 1 {
		out["aws:principalorgid"] = []policy.ContextValue{policy.One(ids[0])}
	}
	return out
}

// partitionsOf are the partitions to decide for. When none is given, those that
// the documents name in their ARNs count, and aws when they name none: a plain
// arn:aws: is what is written where nobody thinks of partitions.
func partitionsOf(given []string, docs []*policy.Document) (list []string, assumed bool) {
	if len(given) > 0 {
		return given, false
	}
	for _, p := range aws.PartitionNames() {
		if mentions(docs, "arn:"+p+":") {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		list = []string{"aws"}
	}
	return list, true
}

// mentions says that a text stands in a condition or resource of the documents.
func mentions(docs []*policy.Document, text string) bool {
	found := false
	eachPattern(docs, func(p policy.Pattern) { found = found || strings.Contains(p.String(), text) })
	return found
}

func eachPattern(docs []*policy.Document, f func(policy.Pattern)) {
	for _, d := range docs {
		for _, s := range d.Statements {
			for _, p := range s.Resources {
				f(p)
			}
			for _, c := range s.Conditions {
				for _, p := range c.Values {
					f(p)
				}
			}
			for _, p := range s.Principals {
				f(p.Pattern)
			}
		}
	}
}

// accountsIn are the account ids that the documents ask callers for, sorted.
func accountsIn(docs []*policy.Document) []string {
	var out []string
	for _, d := range docs {
		for _, s := range d.Statements {
			for _, c := range s.Conditions {
				switch strings.ToLower(c.Key) {
				case "aws:principalarn", "aws:principalaccount", "aws:userid":
					for _, p := range c.Values {
						out = append(out, accountsOf(p.String())...)
					}
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// accountsNamed are the account ids that stand anywhere in the documents, sorted.
func accountsNamed(docs []*policy.Document) []string {
	var out []string
	eachPattern(docs, func(p policy.Pattern) { out = append(out, accountsOf(p.String())...) })
	slices.Sort(out)
	return slices.Compact(out)
}

// freshAccount is an account that is none of some: one of AWS's examples where
// there is one.
func freshAccount(not []string) string {
	for _, a := range exampleAccountIDs {
		if !slices.Contains(not, a) {
			return a
		}
	}
	for n := int64(987654321000); ; n++ {
		if a := strconv.FormatInt(n, 10); !slices.Contains(not, a) {
			return a
		}
	}
}

// freshName is a name that stands nowhere in the documents: one of an ordinary user
// or role.
func freshName(name string, docs []*policy.Document) string {
	fresh := name
	for n := 2; mentions(docs, fresh); n++ {
		fresh = name + "-" + strconv.Itoa(n)
	}
	return fresh
}

// accountsOf are the account ids in a text.
func accountsOf(text string) []string {
	digits := strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	return slices.DeleteFunc(digits, func(word string) bool { return len(word) != 12 })
}
