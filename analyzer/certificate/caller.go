package certificate

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
)

// caller is who makes the request: one of a few kinds, with the parts that its ARN
// and the keys about it are made of.
type caller struct {
	kind    *variable
	account []piece
	path    []piece
	name    []piece
	session []piece // of a role
	id      []piece // AIDA… or AROA…
	// provider is the identity provider whose token is brought.
	provider string
}

// of is that the caller is of a kind.
func (e *encoder) of(kind policy.CallerKind) *formula {
	return e.member(e.caller.kind, e.pool.text(kinds[kind]))
}

var kinds = map[policy.CallerKind]string{
	policy.RootCaller: "root", policy.UserCaller: "user", policy.RoleCaller: "role", policy.FederatedCaller: "token",
	policy.FederatedUserCaller: "federated user", policy.ServiceCaller: "service", policy.AnonymousCaller: "anonymous",
}

// called makes the caller one of some kinds, all of whose parts vary.
func (e *encoder) called(of ...policy.CallerKind) {
	var names []string
	for _, k := range of {
		names = append(names, kinds[k])
	}
	e.caller = caller{
		kind:    e.choice("kind of caller", names...),
		account: varying(e.textual("account of the caller", e.digits(12))),
		path:    varying(e.textual("path of the caller", e.pathLanguage())),
		name:    varying(e.textual("name of the caller", e.nameLanguage())),
		session: varying(e.textual("session of the caller", e.sessionLanguage())),
		id:      varying(e.textual("id of the caller", e.pool.union(e.idLanguage("AIDA"), e.idLanguage("AROA")))),
	}
}

func join(list ...[]piece) []piece {
	var out []piece
	for _, l := range list {
		out = append(out, l...)
	}
	return out
}

// arn is the caller's aws:PrincipalArn, by kind.
func (e *encoder) arn(kind policy.CallerKind) []piece {
	c := &e.caller
	head := join(fixed("arn:"+e.partition+":iam::"), c.account)
	switch kind {
	case policy.RootCaller:
		return join(head, fixed(":root"))
	case policy.UserCaller:
		return join(head, fixed(":user"), c.path, c.name)
	}
	return join(head, fixed(":role"), c.path, c.name)
}

// sessionARN is the ARN of a role's session.
func (e *encoder) sessionARN() []piece {
	c := &e.caller
	return join(fixed("arn:"+e.partition+":sts::"), c.account, fixed(":assumed-role/"), c.name, fixed("/"), c.session)
}

// identify sets the keys that follow from who the caller is.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
func (e *encoder) identify(of ...policy.CallerKind) {
	c := &e.caller
	var arn, account, kind, username, userid key
	for _, k := range of {
		when := e.of(k)
		add := func(to *key, pieces []piece) { to.cases = append(to.cases, keyCase{when: when, pieces: pieces}) }
		switch k {
		case policy.FederatedCaller:
			continue // it has no credentials of AWS
		case policy.RootCaller:
			add(&kind, fixed("Account"))
			add(&userid, c.account)
		case policy.UserCaller:
			add(&kind, fixed("User"))
			add(&username, c.name)
			add(&userid, c.id)
		case policy.RoleCaller:
			add(&kind, fixed("AssumedRole"))
			add(&userid, join(c.id, fixed(":"), c.session))
		}
		add(&arn, e.arn(k))
		add(&account, c.account)
	}
	arn.family = policy.ARNFamily
	e.set("aws:principalarn", arn)
	e.set("aws:principalaccount", account)
	e.set("aws:principaltype", kind)
	e.set("aws:username", username)
	e.set("aws:userid", userid)
}

// rightIDs is that the unique id is one of such a caller.
func (e *encoder) rightIDs() *formula {
	v := e.caller.id[0].of
	if v == nil {
		return e.yes
	}
	return e.and(
		e.implies(e.of(policy.UserCaller), e.member(v, e.pool.pair(e.pool.text("AIDA"), e.pool.all))),
		e.implies(e.of(policy.RoleCaller), e.member(v, e.pool.pair(e.pool.text("AROA"), e.pool.all))))
}

// admits is when a statement's principals stand for the caller.
func (e *encoder) admits(s *policy.Statement) tri {
	if !s.HasPrincipal {
		return e.exactly(e.yes)
	}
	out := e.exactly(e.no)
	if s.PrincipalsOpen {
		out = e.unknown()
	}
	for _, p := range s.Principals {
		out = e.triOr(out, e.stands(p))
	}
	if s.NotPrincipal {
		// AWS refuses it in every kind of policy that a claim is about.
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
		return e.unknown()
	}
	return out
}

// accountIn is the account of an ARN, or all there is.
func accountIn(list []element) []element {
	colons, from := 0, 0
	for i, el := range list {
		if el.kind != letter || el.letter != ':' {
			continue
		}
		switch colons++; colons {
		case 4:
			from = i + 1
		case 5:
			return list[from:i]
		}
	}
	if colons == 0 {
		return list
	}
	return nil
}

// stands is when a principal stands for the caller.
func (e *encoder) stands(p policy.Principal) tri {
	token := e.of(policy.FederatedCaller)
	iam := e.not(token)
	list := e.read(p.Pattern, spelling{})
	known := !has(list, gap)
	named := func(kind policy.CallerKind, arn []piece) tri {
		switch {
		case p.Account != "" && !known:
			own := e.match(letters(p.Account), e.caller.account, false)
			return tri{e.no, e.and(e.of(kind), own)}
		case !known:
			return tri{e.no, e.of(kind)}
		}
		return e.exactly(e.and(e.of(kind), e.match(list, arn, false)))
	}
	switch p.Class {
	case policy.AnyPrincipal:
		// {"AWS": "*"} means the same as "*".
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous
		return e.exactly(e.yes)
	case policy.AccountPrincipal:
		account := letters(p.Account)
		if p.Account == "" {
			account = accountIn(list)
		}
		if account == nil || has(account, gap) {
			return tri{e.no, iam}
		}
		own := e.match(account, e.caller.account, false)
		if p.Partition != "" && p.Partition != e.partition {
			own = e.no
		}
		return e.exactly(e.and(iam, own))
	case policy.UserPrincipal:
		return named(policy.UserCaller, e.arn(policy.UserCaller))
	case policy.RolePrincipal:
		return named(policy.RoleCaller, e.arn(policy.RoleCaller))
	case policy.AssumedRolePrincipal:
		return named(policy.RoleCaller, e.sessionARN())
	case policy.FederatedPrincipal:
		text, own := p.Pattern.String(), e.caller.provider
		switch {
		case text == own:
			return e.exactly(token) // in an account that is not known, it is the same
		case strings.Contains(text, "${") || strings.Contains(own, "${"):
			return tri{e.no, token}
		}
		return e.exactly(e.no)
	case policy.UnknownPrincipal:
		return tri{e.no, iam}
	}
	return e.exactly(e.no)
}
