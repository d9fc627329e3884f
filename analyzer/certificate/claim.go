// Package certificate writes questions about policies in the language of SMT
// solvers, so that others can check what iamvet says of them without iamvet.
//
// It reads policies as analyzer/policy does and knows AWS's tables, and nothing of
// how analyzer/proof decides: the two are translations of the same pages of AWS by
// themselves, and each is a test of the other.
//
// A question is a formula over atoms, each of which is about one thing that a
// request can vary in: the account of the caller is in a regular expression, the
// address is in a network, a key is there. Which atoms cannot be true together is
// said by lemmas about one variable each, which a solver proves in no time; a
// policy's patterns for ARNs are taken apart into atoms about their parts.
package certificate

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/aws"
	"github.com/iamvet/iamvet/analyzer/policy"
)

// Verdict is what a claim came to.
type Verdict int8

// The verdicts. The zero Verdict is that it is not determined, by what the
// documents and AWS's pages say or by this translation.
const (
	Undetermined Verdict = iota
	Violated
	Holds
)

func (v Verdict) String() string { return [...]string{"undetermined", "violated", "holds"}[v] }

// A Claim is that no request of some kind gets through documents.
type Claim struct {
	Words string // "no request of root without MFA gets through"
	*encoder
	// breaches are what would refute it: requests, of which one is enough.
	breaches []breach
}

// A breach is a request that refutes a claim.
type breach struct {
	words string
	tri
}

func (c *Claim) refute(words string, t tri) { c.breaches = append(c.breaches, breach{words, t}) }

// Entangled is why the claim is not translated: what in the documents ties together
// what this translation takes apart. "" when nothing does.
func (c *Claim) Entangled() string { return c.entangled }

// Decide decides the claim, and shows the request that refutes it.
func (c *Claim) Decide() (Verdict, []string) {
	if c.entangled != "" {
		return Undetermined, []string{c.entangled}
	}
	open := false
	for _, b := range c.breaches {
		got, m := c.decide(b.sure)
		if got == satisfiable {
			if !c.holds(b.sure, m) {
				panic("a model does not hold")
			}
			return Violated, c.tell(b.sure, m)
		}
		open = open || got == undecided
	}
	if open {
		return Undetermined, []string{"the search was not complete"}
	}
	var may []string
	for _, b := range c.breaches {
		if b.may == b.sure {
			continue
		}
		if got, m := c.decide(b.may); got != unsatisfiable {
			if m != nil {
				may = c.tell(b.may, m)
			}
			return Undetermined, append([]string{"it may be refuted"}, may...)
		}
	}
	return Holds, nil
}

// tell is the values of the variables that a formula is about.
func (e *encoder) tell(f *formula, m *model) []string {
	var out []string
	seen := map[*formula]bool{}
	var walk func(*formula)
	add := func(v *variable) {
		var line string
		switch v.kind {
		case truth:
			line = v.name
			if !m.truths[v] {
				return
			}
		case number:
			if m.numbers[v] == nil {
				return
			}
			line = v.name + " = " + m.numbers[v].RatString()
		default:
			t, ok := m.texts[v]
			if !ok {
				return
			}
			line = v.name + " = " + t
		}
		if !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	walk = func(f *formula) {
		if seen[f] {
			return
		}
		seen[f] = true
		if f.atom != nil {
			add(f.atom.of)
			for _, v := range f.atom.others() {
				add(v)
			}
		}
		for _, s := range f.subs {
			walk(s)
		}
	}
	walk(f)
	slices.Sort(out)
	return out
}

// acts makes the action vary, and what it acts on.
func (e *encoder) acts() {
	e.service = e.textual("service", e.pool.pair(e.pool.letters("a-z"), e.pool.star(e.pool.letters("a-z0-9-"))))
	name := e.textual("name of the action", e.pool.pair(e.pool.letters("a-z"), e.pool.star(e.pool.letters("a-z0-9"))))
	e.action = join(varying(e.service), fixed(":"), varying(name))
	account := varying(e.textual("account of the resource", e.digits(12)))
	own := e.caller.account // IAM and the organization are those of the caller
	region := varying(e.textual("region of the resource", e.regionLanguage()))
	rest := varying(e.textual("resource", e.anything()))
	shape := e.choice("shape of the resource", "none", "s3", "global", "regional", "of sts", "of ssm")
	is := func(s string) *formula { return e.member(shape, e.pool.text(s)) }
	of := func(list ...string) *formula {
		var out []*regex
		for _, s := range list {
			out = append(out, e.pool.text(s))
		}
		return e.member(e.service, e.pool.union(out...))
	}
	global := []string{"iam", "sts", "organizations", "route53", "cloudfront"}
	head := fixed("arn:" + e.partition + ":")
	e.resources = []keyCase{
		{when: is("none"), pieces: fixed("*")},
		{when: e.and(is("s3"), of("s3")), pieces: join(head, fixed("s3:::"), rest)},
		{when: e.and(is("global"), of(global...)), pieces: join(head, varying(e.service), fixed("::"), own, fixed(":"), rest)},
		{when: e.and(is("of ssm"), of("ssm")), pieces: join(head, fixed("ec2:"), region, fixed(":"), account, fixed(":"), rest)},
		{when: e.and(is("of sts"), of("sts")), pieces: join(head, fixed("iam::"), account, fixed(":role/"), rest)},
		{when: e.and(is("regional"), e.not(of(append(global, "s3")...))), pieces: join(head, varying(e.service), fixed(":"), region, fixed(":"), account, fixed(":"), rest)},
	}
}

// hasResource is that the request acts on one of the resources.
func (e *encoder) hasResource() *formula {
	out := e.no
	for _, r := range e.resources {
		out = e.or(out, r.when)
	}
	return out
}

// isAction is when the action is one of the patterns.
func (e *encoder) isAction(patterns ...string) *formula {
	out := e.no
	for _, p := range patterns {
		out = e.or(out, e.match(readText(strings.ToLower(p), spelling{wildcards: true}), e.action, false))
	}
	return out
}

// direct sets the keys of a request that its caller makes itself.
func (e *encoder) direct(sessions bool) {
	e.set("aws:viaawsservice", e.one(piece{text: "false"}))
	e.set("aws:principalisawsservice", e.one(piece{text: "false"}))
	for _, name := range []string{"aws:viaawsservice", "aws:principalisawsservice"} {
		k := e.keys[name]
		k.family = policy.BoolFamily
		e.keys[name] = k
	}
	e.set("aws:assumedroot", key{family: policy.BoolFamily})
	if !sessions {
		for name, k := range aws.Keys() {
			if k.Session {
				e.set(name, key{family: families[k.Type]})
			}
		}
	}
}

// withoutMFA sets the keys about MFA of somebody who did not use it: at a console, or
// with an access key.
func (e *encoder) withoutMFA() {
	console := e.not(e.flag("with an access key"))
	e.set("aws:multifactorauthpresent", key{family: policy.BoolFamily, cases: []keyCase{{when: console, pieces: fixed("false")}}})
	e.set("aws:multifactorauthage", key{family: policy.NumericFamily})
	e.issued(console)
}

// anyMFA sets the keys about MFA of somebody who used it or not.
func (e *encoder) anyMFA() {
	session := e.not(e.flag("with an access key"))
	used := e.choice("MFA", "false", "true")
	e.set("aws:multifactorauthpresent", key{family: policy.BoolFamily, cases: []keyCase{{when: session, pieces: varying(used)}}})
	age := e.variable("age of MFA", number, nil)
	age.integer, age.spans = true, spansFromZero()
	e.set("aws:multifactorauthage", key{family: policy.NumericFamily, cases: []keyCase{{when: e.and(session, e.member(used, e.pool.text("true"))), number: age}}})
	e.issued(session)
}

// issued sets when the credentials were issued, of credentials for a time.
func (e *encoder) issued(session *formula) {
	at := e.variable("aws:tokenissuetime", number, nil)
	e.set("aws:tokenissuetime", key{family: policy.DateFamily, cases: []keyCase{{when: e.and(session, e.flag("aws:tokenissuetime is there")), number: at}}})
}

// member sets the keys of a member of an organization: which one it is, is not
// known, unless the documents name one alone.
func (e *encoder) memberOf(docs []*policy.Document, tags bool) {
	if !tags {
		e.set("aws:principaltag/", absent())
	}
	var named []string
	eachText(docs, func(text string) {
		if strings.HasPrefix(text, "o-") && !strings.ContainsAny(text, "*?/") && !slices.Contains(named, text) {
			named = append(named, text)
		}
	})
	hidden := key{cases: []keyCase{{when: e.yes, hidden: true}}}
	if len(named) == 1 {
		hidden = e.one(piece{text: named[0]})
	}
	e.set("aws:principalorgid", hidden)
	e.set("aws:principalorgpaths", key{list: true, cases: []keyCase{{when: e.yes, hidden: true}}})
}

// eachText gives the texts of conditions, resources and principals.
func eachText(docs []*policy.Document, visit func(string)) {
	for _, d := range docs {
		if d == nil {
			continue
		}
		for _, s := range d.Statements {
			for _, p := range s.Resources {
				visit(p.String())
			}
			for _, p := range s.Principals {
				visit(p.Pattern.String())
			}
			for _, c := range s.Conditions {
				for _, p := range c.Values {
					visit(p.String())
				}
			}
		}
	}
}

func documents(levels []Level) []*policy.Document {
	var out []*policy.Document
	for _, l := range levels {
		out = append(out, l.Documents...)
	}
	return out
}

// taken leaves out the documents that AWS refuses.
func taken(levels []Level, kind policy.Kind) []Level {
	out := make([]Level, len(levels))
	for i, l := range levels {
		out[i].Everything = l.Everything
		for _, d := range l.Documents {
			switch {
			case d == nil:
				out[i].Documents = append(out[i].Documents, &policy.Document{Open: true})
			case !d.MalformedAs(kind):
				out[i].Documents = append(out[i].Documents, d)
			}
		}
	}
	return out
}
