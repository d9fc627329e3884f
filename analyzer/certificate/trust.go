package certificate

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer/policy"
)

// Trust is what a question about a trust policy is asked with.
type Trust struct {
	Document *policy.Document
	// Controls are the resource control policies that bind the role: they deny alone.
	Controls  []*policy.Document
	Account   string // of the role; "" when it is not known
	Partition string
	Now       time.Time // when requests begin to be made
	// TrustedTags are the principal tags that people cannot give themselves; nil
	// trusts all of them.
	TrustedTags []string
}

const (
	assumeRole        = "sts:assumerole"
	setSourceIdentity = "sts:setsourceidentity"
	sessionName       = "sts:rolesessionname"
	sourceIdentity    = "sts:sourceidentity"
)

// assuming makes the request one of a user or a role to assume the role.
func (t Trust) assuming(e *encoder) {
	e.called(policy.UserCaller, policy.RoleCaller)
	e.identify(policy.UserCaller, policy.RoleCaller)
	e.direct(true)
	e.anyMFA()
	e.action = fixed(assumeRole)
	e.set(sessionName, e.one(piece{of: e.textual("name of the new session", e.sessionLanguage())}))
	e.set(sourceIdentity, key{cases: []keyCase{{when: e.sets(), pieces: varying(e.textual("source identity", e.sessionLanguage()))}}})
	if t.Account != "" {
		e.set("aws:resourceaccount", e.one(piece{text: t.Account}))
	} else {
		e.set("aws:resourceaccount", e.one(piece{of: e.shared("account of the role", e.digits(12))}))
	}
}

// sets is that the request sets a source identity.
func (e *encoder) sets() *formula { return e.flag("a source identity is set") }

// admitted is when the role can be assumed: allowed by the trust policy and not
// denied, and so is to set a source identity where the request does.
func (t Trust) admitted(e *encoder) tri {
	levels := []Level{{Documents: []*policy.Document{t.Document}, Everything: policy.False}}
	if len(t.Controls) > 0 {
		levels = append(levels, taken([]Level{{Documents: t.Controls, Everything: policy.True}}, policy.RCP)...)
	}
	sets := e.exactly(e.sets())
	return e.triAnd(
		e.exactly(e.rightIDs()),
		e.passes(levels, fixed(assumeRole)),
		e.triOr(e.triNot(sets), e.passes(levels, fixed(setSourceIdentity))))
}

func (t Trust) documents() []*policy.Document {
	return append([]*policy.Document{t.Document}, t.Controls...)
}

// identifies says that the value of a key tells one caller from all others.
func (t Trust) identifies(name string) bool {
	switch name {
	case "aws:username", "aws:userid", "aws:sourceidentity", "saml:sub", "identitystore:userid":
		return true
	}
	tag, ok := strings.CutPrefix(name, "aws:principaltag/")
	return ok && (t.TrustedTags == nil || slices.ContainsFunc(t.TrustedTags, func(s string) bool { return strings.EqualFold(s, tag) }))
}

// chosen says that whoever calls may choose the value of a key: a tag that people give
// themselves. What is made of it is a name of the caller's choice.
func (t Trust) chosen(name string) bool {
	return strings.HasPrefix(name, "aws:principaltag/") && !t.identifies(name)
}

// spelt is a pattern without wildcards.
type spelt struct {
	list []element
	fold bool
}

// spelled are what conditions on a key compare it with that is one text for each
// caller: patterns without wildcards.
func (t Trust) spelled(e *encoder, name string) []spelt {
	var out []spelt
	for _, d := range t.documents() {
		for _, s := range d.Statements {
			for _, c := range s.Conditions {
				if !strings.EqualFold(c.Key, name) || c.Operator.Family != policy.StringFamily {
					continue
				}
				for _, p := range c.Values {
					list := e.read(p, spelling{wildcards: c.Operator.Base == "StringLike", variables: d.VariablesWork() == policy.True})
					if !has(list, anyText) && !has(list, anyLetter) && !has(list, gap) {
						out = append(out, spelt{list, c.Operator.Base == "StringEqualsIgnoreCase"})
					}
				}
			}
		}
	}
	return out
}

// derived is when the value of a key is made of what identifies the caller.
func (t Trust) derived(e *encoder, name string) *formula {
	return t.derivedFrom(e, name, func([]string) bool { return true })
}

// derivedFrom is the same for some of what is made of the keys that identify callers.
func (t Trust) derivedFrom(e *encoder, name string, of func(keys []string) bool) *formula {
	out := e.no
	for _, p := range t.spelled(e, name) {
		names := variables(p.list)
		if len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return !t.identifies(n) }) || !of(names) {
			continue
		}
		plain := slices.Clone(p.list)
		for i := range plain {
			plain[i].hasDefault = false
		}
		for _, c := range e.key(name).cases {
			f := e.resolved(plain, func(list []element) *formula { return e.match(list, c.pieces, p.fold) })
			out = e.or(out, e.and(c.when, f.sure))
		}
	}
	for _, a := range t.askedFor(e, name) {
		if !t.identifies(a.key) || !of([]string{a.key}) {
			continue
		}
		for _, c := range e.key(a.key).cases {
			f := e.resolved(slices.Clone(a.list), func(list []element) *formula { return e.match(list, c.pieces, false) })
			out = e.or(out, e.and(c.when, f.sure))
		}
	}
	return out
}

// An asked is what a condition compares with a name: that of another key.
type asked struct {
	key  string
	list []element
}

// askedFor are the conditions that ask of another key to hold a name: as
// StringLike aws:userid *:${sts:RoleSessionName} does, which only the name fits that is
// the caller's own. Others are not translated.
func (t Trust) askedFor(e *encoder, name string) []asked {
	var out []asked
	for _, d := range t.documents() {
		for _, s := range d.Statements {
			for _, c := range s.Conditions {
				for _, p := range c.Values {
					list := e.read(p, spelling{wildcards: c.Operator.Base == "StringLike", variables: d.VariablesWork() == policy.True})
					at := slices.IndexFunc(list, func(el element) bool { return el.kind == policyVariable && el.key == name })
					switch {
					case at < 0:
					case c.Operator.Family != policy.StringFamily || strings.EqualFold(c.Key, name) || !alone(list, at):
						e.entangle("a condition compares something else with the name of the session, and may fit several names")
					default:
						out = append(out, asked{strings.ToLower(c.Key), list})
					}
				}
			}
		}
	}
	return out
}

// alone says that of a text that fits a pattern one part alone can be the variable
// in it: one from an end of the text to a letter that no name has.
func alone(list []element, at int) bool {
	bounded := func(el element) bool {
		return el.kind == letter && !strings.ContainsRune("_+=,.@-", rune(el.letter)) && !isAlphanumeric(el.letter)
	}
	left, right := at == 0, at == len(list)-1
	return len(variables(list)) == 1 && !list[at].hasDefault && (left || right) &&
		(left || bounded(list[at-1])) && (right || bounded(list[at+1])) &&
		!slices.ContainsFunc(list[at+1:], func(el element) bool { return el.kind == policyVariable })
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// madeOfNames is in how many ways conditions make names of sessions of the names of
// users.
func (t Trust) madeOfNames(e *encoder) int {
	var ways []string
	for _, p := range t.spelled(e, sessionName) {
		if names := variables(p.list); len(names) != 1 || names[0] != "aws:username" {
			continue
		}
		way := ""
		for _, el := range p.list {
			if el.kind == letter {
				way += string([]byte{el.letter})
			} else {
				way += "{}"
			}
		}
		if !slices.Contains(ways, way) {
			ways = append(ways, way)
		}
	}
	return len(ways)
}

// constants are the texts that conditions on a key spell out, which are the same
// for all callers.
func (t Trust) constants(e *encoder, name string) []string {
	var out []string
	add := func(list []element) {
		var b []byte
		for _, el := range list {
			b = append(b, el.letter)
		}
		if text := string(b); !slices.Contains(out, text) && e.pool.holds(e.sessionLanguage(), text) {
			out = append(out, text)
		}
	}
	for _, p := range t.spelled(e, name) {
		var plain []element
		whole := true
		for _, el := range p.list {
			switch {
			case el.kind == letter:
				plain = append(plain, el)
			case el.hasDefault:
				plain = append(plain, letters(el.otherwise)...)
			default:
				whole = false
			}
		}
		if whole {
			add(plain)
		} else if has(p.list, requestVariable) {
			e.entangle("the name of a session is made of a text that the code does not tell")
		} else if slices.ContainsFunc(variables(p.list), func(n string) bool { return !t.chosen(n) && !t.identifies(n) && e.present(e.key(n)).may != e.no }) {
			e.entangle("the name of a session is made of what several callers have in common")
		}
	}
	return out
}

// SessionName claims that the role can be assumed under no name but those that say
// who the caller is: made of what identifies the caller, or fixed for a caller who
// alone may use it. A source identity that says it will do as well.
func SessionName(t Trust) *Claim {
	e := newEncoder(t.Partition, t.documents())
	e.now = t.Now
	c := &Claim{Words: "no session gets a name that does not say who assumed the role", encoder: e}
	t.assuming(e)
	name := e.key(sessionName).cases[0].pieces[0].of
	constants := t.constants(e, sessionName)
	free := e.and(e.not(t.derived(e, sessionName)), e.not(t.derived(e, sourceIdentity)))
	for _, text := range constants {
		free = e.and(free, e.not(e.member(name, e.pool.text(text))))
	}
	c.refute("a session with a name of the caller's choice", e.triAnd(e.exactly(free), t.admitted(e)))
	if t.madeOfNames(e) > 1 {
		// Names that are made in more than one way may be the same for two users.
		shared := piece{of: e.shared("name of both sessions", e.sessionLanguage())}
		first, second := t.under(e, "", shared), t.under(e, "another ", shared)
		own := e.template(first.caller.account[0].of, []element{{kind: requestVariable, of: second.caller.account[0].of}}, false)
		both := e.triAnd(first.admitted, second.admitted, e.exactly(e.and(first.named, second.named, own, different(first.encoder, second.encoder))))
		c.entangle(cmp.Or(first.entangled, second.entangled))
		c.refute("two users of one account who may be called the same", both)
	}
	for _, text := range constants {
		first, second := t.under(e, "", piece{text: text}), t.under(e, "another ", piece{text: text})
		both := e.triAnd(first.admitted, second.admitted, e.exactly(e.and(e.not(e.and(first.derived, second.derived)), different(first.encoder, second.encoder))))
		c.entangle(cmp.Or(first.entangled, second.entangled))
		c.refute("two callers who may both be called "+text, both)
	}
	return c
}

// named is a request for a session of one name.
type named struct {
	*encoder
	admitted tri
	derived  *formula
	named    *formula // derived from the name of a user, and from nothing else
}

// under is a request for a session of one name, apart from other requests by the
// prefix of its variables.
func (t Trust) under(e *encoder, prefix string, name piece) named {
	one := &encoder{search: e.search, keys: map[string]key{}, tested: e.tested, names: e.names, accounts: e.accounts, partition: e.partition, now: e.now, prefix: prefix}
	t.assuming(one)
	one.set(sessionName, one.one(name))
	// What identifies a person beside the name and the id of a user (a tag, a source
	// identity) is taken to be no name that a policy spells out for somebody else.
	apart := one.not(t.derived(one, sourceIdentity))
	if name.of == nil {
		apart = one.and(apart, one.not(t.derivedFrom(one, sessionName, func(keys []string) bool {
			return slices.ContainsFunc(keys, func(key string) bool { return key != "aws:username" && key != "aws:userid" })
		})))
	}
	admitted := one.triAnd(t.admitted(one), one.exactly(apart))
	ofName := func(keys []string) bool {
		return !slices.ContainsFunc(keys, func(key string) bool { return key != "aws:username" })
	}
	user := t.derivedFrom(one, sessionName, ofName)
	other := t.derivedFrom(one, sessionName, func(keys []string) bool { return !ofName(keys) })
	return named{one, admitted, t.derived(one, sessionName), one.and(user, one.not(other))}
}

// different is that two callers are not one. Names that differ in case alone are one
// name: an account has no two users, or roles, of such names.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func different(a, b *encoder) *formula {
	same := func(x, y []piece, fold bool) *formula {
		how := "like "
		if fold {
			how = "like in any case "
		}
		return a.atom(how+x[0].of.name+" {"+y[0].of.name+"}", atom{of: x[0].of, template: []element{{kind: requestVariable, of: y[0].of}}, fold: fold})
	}
	user := a.and(a.of(policy.UserCaller), b.of(policy.UserCaller))
	role := a.and(a.of(policy.RoleCaller), b.of(policy.RoleCaller))
	return a.or(
		a.not(a.or(user, role)),
		a.not(same(a.caller.account, b.caller.account, false)),
		a.not(same(a.caller.name, b.caller.name, true)))
}

// Strangers claims that nobody can assume the role from an account that no document
// names, in an organization that none names.
func Strangers(t Trust) *Claim {
	e := newEncoder(t.Partition, t.documents())
	e.now = t.Now
	c := &Claim{Words: "no principal of an account that nobody named can assume the role", encoder: e}
	t.assuming(e)
	var accounts, orgs, ids []string
	if t.Account != "" {
		accounts = append(accounts, t.Account)
	}
	eachText(t.documents(), func(text string) {
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' }) {
			if isAccount(word) {
				accounts = append(accounts, word)
			}
		}
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ':' || r == '/' }) {
			switch {
			case strings.ContainsAny(word, "*?$"):
			case strings.HasPrefix(word, "o-"):
				orgs = append(orgs, word)
			case strings.HasPrefix(word, "AIDA") || strings.HasPrefix(word, "AROA"):
				ids = append(ids, word)
			}
		}
	})
	account := e.caller.account[0].of
	account.base, account.members = e.except(account.base, accounts), nil
	id := e.caller.id[0].of
	id.base, id.members = e.except(id.base, ids), nil
	e.identify(policy.UserCaller, policy.RoleCaller)
	org := varying(e.textual("aws:principalorgid", e.except(e.orgLanguage(), orgs)))
	path := varying(e.textual("path in the caller's organization", e.pool.concat(e.pool.text("/r-"), e.anything(), e.pool.text("/"))))
	within := e.flag("the caller is in an organization")
	e.set("aws:principalorgid", key{cases: []keyCase{{when: within, pieces: org}}})
	e.set("aws:principalorgpaths", key{list: true, cases: []keyCase{{when: within, pieces: join(org, path)}}})
	e.resourceOrganization()
	apart := e.yes
	if t.Account == "" {
		own := e.shared("account of the role", e.digits(12))
		apart = e.not(e.template(account, []element{{kind: requestVariable, of: own}}, false))
	}
	if own := e.names["aws:resourceorgid"]; own != nil {
		apart = e.and(apart, e.not(e.template(org[0].of, []element{{kind: requestVariable, of: own}}, false)))
	}
	admitted := t.admitted(e)
	for _, name := range slices.Sorted(maps.Keys(e.accounts)) { // they are named, whichever they are
		apart = e.and(apart, e.not(e.template(account, []element{{kind: requestVariable, of: e.accounts[name]}}, false)))
	}
	c.refute("a stranger who assumes the role", e.triAnd(e.exactly(apart), admitted))
	return c
}

// resourceOrganization makes the organization of the role vary, if it is in one.
func (e *encoder) resourceOrganization() {
	own := varying(e.textual("aws:resourceorgid", e.orgLanguage()))
	path := varying(e.textual("path in the role's organization", e.pool.concat(e.pool.text("/r-"), e.anything(), e.pool.text("/"))))
	within := e.flag("the role is in an organization")
	e.set("aws:resourceorgid", key{cases: []keyCase{{when: within, pieces: own}}})
	e.set("aws:resourceorgpaths", key{list: true, cases: []keyCase{{when: within, pieces: join(own, path)}}})
}
