package certificate

import (
	"maps"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/aws"
	"github.com/iamvet/iamvet/analyzer/oidc"
	"github.com/iamvet/iamvet/analyzer/policy"
)

// A Federation is what a question about the tokens of an identity provider is asked
// with.
type Federation struct {
	Document  *policy.Document
	Controls  []*policy.Document
	Partition string
	// Audiences are those that the provider is registered with; nil when they are not
	// known.
	Audiences []string
}

const assumeWithToken = "sts:assumerolewithwebidentity"

// Providers are the identity providers that a trust policy may let in with their
// tokens, as it names them. Of one whose address is not known nothing can be said.
func Providers(d *policy.Document) []string {
	var out []string
	eachProvider(d, func(text string, hidden bool) {
		if !hidden && !slices.Contains(out, text) {
			out = append(out, text)
		}
	})
	return out
}

// hiddenProvider says that a trust policy may let in one whose address is not known.
func hiddenProvider(d *policy.Document) bool {
	found := false
	eachProvider(d, func(_ string, hidden bool) { found = found || hidden })
	return found
}

func eachProvider(d *policy.Document, visit func(text string, hidden bool)) {
	for _, s := range d.Statements {
		if s.Effect == policy.Deny || s.AdmitsAction("sts:AssumeRoleWithWebIdentity") == policy.False {
			continue
		}
		for _, p := range s.Principals {
			text := p.Pattern.String()
			host := text[strings.LastIndex(text, ":oidc-provider/")+1:]
			if p.Class == policy.FederatedPrincipal && !strings.Contains(text, ":saml-provider/") {
				visit(text, strings.Contains(host, "${"))
			}
		}
	}
}

// bearer is an encoder of requests that bring a token of a provider.
type bearer struct {
	*encoder
	of     Federation
	issuer oidc.Issuer
	host   string
	shapes []map[string]string
	// named are the values of parts that the documents spell out: whose those are,
	// is somebody in particular.
	named    map[string][]string
	stranger bool
}

// Tokens claims that no token of a provider assumes the role that was given to
// somebody whom no document names, nor one of one's own that was made out for
// somebody else than AWS.
func Tokens(f Federation, provider string) *Claim {
	c := &Claim{Words: "no token of " + provider + " that was given to somebody else, or made out for somebody else, assumes the role"}
	stranger := f.bearer(newEncoder(f.Partition, append([]*policy.Document{f.Document}, f.Controls...)), provider, true)
	c.encoder = stranger.encoder
	c.refute("a token that was given to somebody else", stranger.admitted())
	if slices.ContainsFunc(stranger.issuer.Tokens, func(t map[string]string) bool { return t["aud"] != "" }) {
		return c // the audience says whose token it is
	}
	e := &encoder{search: c.search, keys: map[string]key{}, tested: c.tested, names: c.names, accounts: c.accounts, partition: f.Partition, prefix: "own "}
	own := f.bearer(e, provider, false)
	own.foreignAudience()
	c.refute("a token of one's own that was made out for somebody else", own.admitted())
	c.entangle(e.entangled)
	return c
}

func (f Federation) bearer(e *encoder, provider string, stranger bool) *bearer {
	b := &bearer{encoder: e, of: f, host: provider, stranger: stranger, named: map[string][]string{}}
	if _, after, ok := strings.Cut(provider, ":oidc-provider/"); ok {
		b.host = after
	}
	b.issuer = b.lookup()
	b.shapes = append(slices.Clone(b.issuer.Tokens), b.ownSubjects()...)
	e.called(policy.FederatedCaller)
	e.caller.provider = provider
	e.identify(policy.FederatedCaller)
	e.direct(false)
	for name, k := range aws.Keys() {
		if k.Principal && strings.HasPrefix(name, "aws:") && name != "aws:principalisawsservice" {
			e.set(name, key{family: families[k.Type]})
		}
	}
	e.set("aws:principaltag/", absent())
	e.action = fixed(assumeWithToken)
	if b.issuer.Shared {
		e.set("aws:requesttag/", absent()) // tags are signed with the token
		e.set("sts:roleauthorizedbyidp", key{family: policy.BoolFamily, cases: []keyCase{{when: e.yes, hidden: true}}})
	} else if stranger { // who runs it names the roles of each token
		k := e.one(piece{text: "false"})
		k.family = policy.BoolFamily
		e.set("sts:roleauthorizedbyidp", k)
	}
	b.mention()
	b.claims()
	return b
}

func (b *bearer) documents() []*policy.Document {
	return append([]*policy.Document{b.of.Document}, b.of.Controls...)
}

// lookup is what is known of the issuer.
func (b *bearer) lookup() oidc.Issuer {
	if issuer, ok := oidc.Lookup(b.host); ok {
		return issuer
	}
	return oidc.Private(b.host, false, b.compared("sub"))
}

// name is the condition key of a claim.
func (b *bearer) name(claim string) string {
	if strings.Contains(claim, ":") {
		return claim
	}
	return strings.ToLower(b.host) + ":" + claim
}

// compared is what the documents compare a claim with.
func (b *bearer) compared(claim string) []string {
	var out []string
	for _, d := range b.documents() {
		for _, s := range d.Statements {
			for _, c := range s.Conditions {
				if c.Operator.Family == policy.NullFamily || !strings.EqualFold(c.Key, b.name(claim)) {
					continue
				}
				for _, p := range c.Values {
					out = append(out, p.String())
				}
			}
		}
	}
	return out
}

// ownSubjects are shapes of tokens with subjects that customers make of claims of
// their choice, as the documents spell them.
func (b *bearer) ownSubjects() []map[string]string {
	var out []map[string]string
	var seen []string
	for _, t := range b.issuer.Tokens {
		seen = append(seen, t["sub"])
	}
	for _, text := range b.compared("sub") {
		var pieces []string
		shape := b.issuer.Tokens[0]
		for _, word := range strings.Split(text, ":") {
			template := b.issuer.Templates[word]
			if template == "" || slices.Contains(pieces, word+":"+template) {
				continue
			}
			pieces = append(pieces, word+":"+template)
			if word == "environment" {
				shape = b.issuer.Tokens[1]
			}
		}
		for _, rest := range []string{"", ":{rest}"} {
			subject := strings.Join(pieces, ":") + rest
			if len(pieces) == 0 || slices.Contains(seen, subject) {
				continue
			}
			seen = append(seen, subject)
			made := maps.Clone(shape)
			made["sub"] = subject
			out = append(out, made)
		}
	}
	return out
}

// mention notes what the documents spell out of the parts of claims. A part with
// nothing but a * behind it is meant for the whole of it.
func (b *bearer) mention() {
	add := func(name, text string) {
		part, _ := b.issuer.Part(name)
		if part.Holds(text) && !slices.Contains(part.Everybody, text) && !slices.Contains(b.named[name], text) {
			b.named[name] = append(b.named[name], text)
		}
	}
	for _, shape := range b.shapes {
		for claim, template := range shape {
			for _, text := range b.compared(claim) {
				named, open := b.issuer.Mentions(template, text)
				for name, values := range named {
					for _, v := range values {
						add(name, v)
					}
				}
				for name, values := range open {
					for _, v := range values {
						add(name, strings.TrimRight(v, "*?"))
					}
				}
			}
		}
	}
	for _, list := range b.named {
		slices.Sort(list)
	}
}

// claims sets the keys that the token fills.
func (b *bearer) claims() {
	var names []string
	for i := range b.shapes {
		names = append(names, "shape "+itoa(i+1))
	}
	shape := b.choice("shape of the token", names...)
	made := map[string]key{}
	for i, t := range b.shapes {
		is := b.member(shape, b.pool.text(names[i]))
		for _, claim := range slices.Sorted(maps.Keys(t)) {
			template, when := t[claim], is
			if slices.Contains(b.issuer.Optional, claim) {
				when = b.and(is, b.flag("the token has "+claim))
			}
			var pieces []piece
			for _, p := range oidc.Pieces(template) {
				if p.Part == "" {
					pieces = append(pieces, piece{text: p.Text})
				} else {
					pieces = append(pieces, piece{of: b.part(p.Part)})
				}
			}
			k := made[claim]
			k.cases = append(k.cases, keyCase{when: when, pieces: pieces})
			made[claim] = k
		}
	}
	for _, claim := range slices.Sorted(maps.Keys(made)) {
		k := made[claim]
		if claim == "aud" && b.of.Audiences != nil { // AWS takes no others
			b.entangle("the audience says whose token it is, and has to be registered with the provider as well")
		}
		b.set(b.name(claim), k)
	}
	for _, d := range b.documents() {
		for _, s := range d.Statements {
			for _, c := range s.Conditions {
				b.claimKey(strings.ToLower(c.Key))
			}
		}
	}
}

// claimKey sets a key that the documents test and no shape of the token fills.
func (b *bearer) claimKey(name string) {
	if _, set := b.keys[name]; set {
		return
	}
	claim, own := strings.CutPrefix(name, strings.ToLower(b.host)+":")
	i := strings.LastIndexByte(name, ':')
	switch {
	case own && claim == "aud" && b.of.Audiences != nil:
		b.set(name, key{cases: []keyCase{{when: b.yes, pieces: varying(b.choice("audience", b.of.Audiences...))}}})
	case own && (claim == "aud" || claim == "oaud" || claim == "amr"):
		k := key{cases: []keyCase{{when: b.flag(name + " is there"), pieces: varying(b.textual(name, b.anything()))}}}
		b.set(name, k)
	case own, i > 0 && strings.Contains(name[:i], "."):
		b.set(name, absent())
	}
}

// part is the variable of a part of the token.
func (b *bearer) part(name string) *variable {
	p, _ := b.issuer.Part(name)
	r := b.partLanguage(p)
	if b.stranger && p.Owned {
		for _, text := range b.named[name] {
			r = b.pool.inter(r, b.pool.not(b.pool.folded(b.pool.text(text))))
		}
	}
	return b.textual("token's "+name, r)
}

// partLanguage is the texts that a part may be.
func (b *bearer) partLanguage(p oidc.Part) *regex {
	var known []*regex
	for _, t := range append(slices.Clone(p.Samples), p.Everybody...) {
		known = append(known, b.pool.text(t))
	}
	if p.Shape == oidc.Choice || p.Shape == oidc.Opaque && b.stranger {
		return b.pool.union(known...)
	}
	const plainLetters = "A-Za-z0-9"
	plain := b.pool.letters(plainLetters)
	var r *regex
	switch p.Shape {
	case oidc.Number:
		r = b.pool.pair(b.pool.letters("1-9"), b.pool.star(b.pool.letters("0-9")))
	case oidc.UUID:
		hex := func(n int) *regex { return b.pool.loop(b.pool.letters("0-9a-f"), n, n) }
		dash := b.pool.text("-")
		r = b.pool.concat(hex(8), dash, hex(4), dash, hex(4), dash, hex(4), dash, hex(12))
	case oidc.Login:
		word := b.pool.some(plain)
		r = b.pool.pair(word, b.pool.star(b.pool.pair(b.pool.letters("_-"), word)))
		if !p.Owned {
			r = b.pool.pair(b.pool.maybe(b.pool.letters("_-")), r)
		}
	case oidc.Word, oidc.Path:
		word := b.pool.some(b.pool.letters(plainLetters + "_.-"))
		r = word
		if p.Shape == oidc.Path {
			r = b.pool.pair(word, b.pool.star(b.pool.pair(b.pool.text("/"), word)))
		}
		if p.Owned {
			r = b.pool.inter(r, b.pool.pair(plain, b.pool.all))
		}
	case oidc.Opaque:
		r = b.pool.some(b.pool.letters(plainLetters + "_./:@ =+,#()[]-"))
	default:
		r = b.pool.some(b.pool.letters(plainLetters + "_./@ =+,#()[]-"))
	}
	if p.Longest > 0 {
		r = b.pool.inter(r, b.pool.loop(b.pool.anyBut(0), 1, p.Longest))
	}
	return b.pool.union(append(known, r)...)
}

// foreignAudience makes the audience of the token one that no document names.
func (b *bearer) foreignAudience() {
	r := b.anything()
	for _, claim := range []string{"aud", "oaud", "app_id"} {
		r = b.except(r, b.compared(claim))
	}
	audience := varying(b.textual("audience", r))
	for _, claim := range []string{"aud", "oaud", "app_id"} {
		b.set(b.name(claim), b.one(audience...))
	}
}

// admitted is when the token assumes the role.
func (b *bearer) admitted() tri {
	levels := []Level{{Documents: []*policy.Document{b.of.Document}, Everything: policy.False}}
	if len(b.of.Controls) > 0 {
		levels = append(levels, taken([]Level{{Documents: b.of.Controls, Everything: policy.True}}, policy.RCP)...)
	}
	shape := b.names[b.prefix+"shape of the token"]
	some := b.no
	for i := range b.shapes {
		some = b.or(some, b.member(shape, b.pool.text("shape "+itoa(i+1))))
	}
	return b.triAnd(b.exactly(some), b.passes(levels, fixed(assumeWithToken)))
}
