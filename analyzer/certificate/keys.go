package certificate

import (
	"cmp"
	"math/big"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer/aws"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// A key is what a request carries under a condition key: one of the cases, or
// nothing where none of them is met.
type key struct {
	cases []keyCase
	// unclear says that it is not known whether the request carries it.
	unclear bool
	list    bool // each case is one more value of a list
	family  policy.Family
}

// keyCase is a value under a condition.
type keyCase struct {
	when *formula
	// of what the family is: pieces of a text, a number, or an address of either
	// family of the Internet's protocol.
	pieces []piece
	number *variable
	four   *variable
	six    *variable
	isSix  *formula
	// hidden says that the value is one and the same in every request, and not known.
	hidden bool
}

// encoder writes questions about documents as formulas.
type encoder struct {
	*search
	keys map[string]key
	// action is that of the request, in lower case, and resources what it acts on.
	action    []piece
	service   *variable
	resources []keyCase
	partition string
	caller    caller
	self      value.Ref // the resource that makes the caller, where one does
	names     map[string]*variable
	accounts  map[string]*variable // that are not known
	// tested are the types that conditions take keys to have of which AWS's tables say
	// nothing.
	tested map[string]aws.Type
	// now is when requests begin to be made; the zero Time leaves that open.
	now time.Time
	// anybody says that the request may be one that a service makes: it may carry keys
	// that no principal's own request does.
	anybody bool
	// endpoint says that the request goes through a VPC endpoint.
	endpoint *formula
	// entangled is what ties variables together in a way that this translation does
	// not follow: the question is not translated.
	entangled string
	// prefix tells the variables of one request from those of another.
	prefix string
}

func newEncoder(partition string, docs []*policy.Document) *encoder {
	return &encoder{
		tested:    tested(docs),
		search:    &search{formulas: newFormulas(), pool: newPool()},
		keys:      map[string]key{},
		names:     map[string]*variable{},
		accounts:  map[string]*variable{},
		partition: partition,
	}
}

// entangle notes why the question is not translated.
func (e *encoder) entangle(why string) { e.entangled = cmp.Or(e.entangled, why) }

func itoa(n int) string { return strconv.Itoa(n) }

// tested are the types of keys by the operators of all conditions on them; of those
// that are tested in more than one way nothing is said.
func tested(docs []*policy.Document) map[string]aws.Type {
	types := map[policy.Family]aws.Type{policy.BoolFamily: aws.Bool, policy.NumericFamily: aws.Numeric, policy.DateFamily: aws.Date, policy.IPFamily: aws.IPAddress}
	families := map[string]policy.Family{}
	for _, d := range docs {
		if d == nil {
			continue
		}
		for _, s := range d.Statements {
			for _, c := range s.Conditions {
				name, f := strings.ToLower(c.Key), c.Operator.Family
				if f == policy.NullFamily {
					continue
				}
				if old, ok := families[name]; ok && old != f {
					f = policy.NoFamily
				}
				families[name] = f
			}
		}
	}
	out := map[string]aws.Type{}
	for name, f := range families {
		if t, ok := types[f]; ok {
			out[name] = t
		}
	}
	return out
}

// variable is the variable of that name.
func (e *encoder) variable(name string, kind variableKind, base *regex) *variable {
	name = e.prefix + name
	if v, ok := e.names[name]; ok {
		return v
	}
	v := &variable{name: name, kind: kind, base: base}
	e.names[name] = v
	return v
}

func (e *encoder) flag(name string) *formula { return e.is(e.variable(name, truth, nil)) }

func (e *encoder) textual(name string, base *regex) *variable { return e.variable(name, text, base) }

// shared is a variable that is the same in all requests of a question.
func (e *encoder) shared(name string, base *regex) *variable {
	prefix := e.prefix
	e.prefix = ""
	v := e.textual(name, base)
	e.prefix = prefix
	return v
}

// choice is a variable that is one of a few texts.
func (e *encoder) choice(name string, of ...string) *variable {
	var list []*regex
	for _, t := range of {
		list = append(list, e.pool.text(t))
	}
	v := e.textual(name, e.pool.union(list...))
	v.few = true
	return v
}

// The languages of what requests are made of.

func (e *encoder) digits(n int) *regex { return e.pool.loop(e.pool.letters("0-9"), n, n) }

// names are those of users and roles.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func (e *encoder) nameLanguage() *regex {
	return e.pool.loop(e.pool.letters("A-Za-z0-9_+=,.@-"), 1, 64)
}

// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
func (e *encoder) sessionLanguage() *regex {
	return e.pool.loop(e.pool.letters("A-Za-z0-9_+=,.@-"), 2, 64)
}

// paths are a slash, or begin and end with one and have something between.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html
func (e *encoder) pathLanguage() *regex {
	slash := e.pool.text("/")
	return e.pool.pair(slash, e.pool.maybe(e.pool.pair(e.pool.some(e.pool.letters("!-~")), slash)))
}

func (e *encoder) idLanguage(prefix string) *regex {
	return e.pool.concat(e.pool.text(prefix), e.pool.loop(e.pool.letters("A-Z0-9"), 12, 28))
}

func (e *encoder) anything() *regex { return e.pool.some(e.pool.letters(" -~")) }

// regions are the names of the partition's regions, those to come among them.
func (e *encoder) regionLanguage() *regex {
	word := e.pool.some(e.pool.letters("a-z"))
	tail := e.pool.concat(e.pool.text("-"), word, e.pool.text("-"), e.pool.letters("1-9"), e.pool.maybe(e.pool.letters("0-9")))
	switch e.partition {
	case "aws":
		two := e.pool.loop(e.pool.letters("a-z"), 2, 2)
		return e.pool.concat(e.pool.inter(two, e.pool.not(e.pool.text("cn"))), tail)
	case "aws-cn":
		return e.pool.concat(e.pool.text("cn"), tail)
	case "aws-us-gov":
		return e.pool.concat(e.pool.text("us-gov"), tail)
	}
	return e.pool.concat(e.pool.some(e.pool.letters("a-z")), e.pool.text("-"), word, tail)
}

func (e *encoder) orgLanguage() *regex {
	return e.pool.pair(e.pool.text("o-"), e.pool.loop(e.pool.letters("a-z0-9"), 10, 32))
}

func (e *encoder) orgPathLanguage() *regex {
	word := e.pool.letters("a-z0-9")
	root := e.pool.concat(e.pool.text("/r-"), e.pool.loop(word, 4, 32), e.pool.text("/"))
	unit := e.pool.concat(e.pool.text("ou-"), e.pool.loop(word, 4, 32), e.pool.text("-"), e.pool.loop(word, 8, 32), e.pool.text("/"))
	return e.pool.concat(e.orgLanguage(), root, e.pool.star(unit))
}

// idOf is vpc-0123abcd, or with seventeen digits.
func (e *encoder) vpcLanguage(prefix string) *regex {
	hex := e.pool.letters("0-9a-f")
	return e.pool.pair(e.pool.text(prefix), e.pool.union(e.pool.loop(hex, 8, 8), e.pool.loop(hex, 17, 17)))
}

func (e *encoder) externalIDLanguage() *regex {
	c := e.pool.letters("A-Za-z0-9_+=,.@:/-")
	return e.pool.concat(c, c, e.pool.star(c))
}

func (e *encoder) arnLanguage() *regex {
	part := e.pool.star(e.pool.class(without(setOf(" -~"), ':')))
	colon := e.pool.text(":")
	return e.pool.concat(e.pool.text("arn:"), e.pool.text(e.partition), colon, part, colon, part, colon, part, colon, e.anything())
}

func without(s set, c byte) set {
	s[c>>6] &^= 1 << (c & 63)
	return s
}

// language is what texts a key of AWS holds.
func (e *encoder) language(name string, t aws.Type) *regex {
	switch name {
	case "aws:requestedregion":
		return e.regionLanguage()
	case "aws:sourcevpc":
		return e.vpcLanguage("vpc-")
	case "aws:sourcevpce":
		return e.vpcLanguage("vpce-")
	case "aws:vpceaccount", "aws:principalaccount", "aws:resourceaccount":
		return e.digits(12)
	case "aws:vpceorgid", "aws:principalorgid", "aws:resourceorgid":
		return e.orgLanguage()
	case "aws:vpceorgpaths", "aws:principalorgpaths", "aws:resourceorgpaths":
		return e.orgPathLanguage()
	case "sts:rolesessionname", "sts:sourceidentity", "aws:sourceidentity":
		return e.sessionLanguage()
	case "sts:externalid":
		return e.externalIDLanguage()
	}
	if t == aws.ARN {
		return e.arnLanguage()
	}
	return e.anything()
}

// families are what operators belong to the types of keys.
var families = map[aws.Type]policy.Family{
	aws.String: policy.StringFamily, aws.Bool: policy.BoolFamily, aws.Numeric: policy.NumericFamily, aws.Date: policy.DateFamily,
	aws.IPAddress: policy.IPFamily, aws.ARN: policy.ARNFamily, aws.ArrayOfString: policy.StringFamily,
}

// absent is a key that the request does not carry.
func absent() key { return key{} }

// one is a key that every request carries.
func (e *encoder) one(pieces ...piece) key {
	return key{cases: []keyCase{{when: e.yes, pieces: pieces}}}
}

func (e *encoder) set(name string, k key) { e.keys[name] = k }

// key is what the request carries under a name, which is in lower case.
func (e *encoder) key(name string) key {
	if k, ok := e.keys[name]; ok {
		return k
	}
	if f := strings.ToLower(aws.Family(name)); f != "" {
		if k, ok := e.keys[f]; ok {
			return k
		}
	}
	k := e.open(name)
	e.keys[name] = k
	return k
}

// open is a key that nothing is said of: AWS's tables say what it may be.
func (e *encoder) open(name string) key {
	k, known := aws.KeyNamed(name)
	prefix, _, colon := strings.Cut(name, ":")
	switch {
	case known && k.There == aws.Never && !e.anybody, !known && (!colon || aws.Slip(name) != ""):
		return absent()
	case !known && prefix == "aws":
		return key{unclear: true}
	}
	when := e.yes
	if !known || k.There != aws.Always {
		when = e.flag(name + " is there")
	}
	if known && k.Session {
		when = e.and(when, e.of(policy.RoleCaller))
	}
	if prefix != "aws" && e.service != nil && !k.Session && !strings.Contains(prefix, ".") {
		// The keys of a service come with its actions.
		when = e.and(when, e.member(e.service, e.pool.text(prefix)))
	}
	if name == "aws:calledviaawsmcp" {
		// AWS's MCP servers set both of their keys, and nobody else the one that names
		// them.
		// https://docs.aws.amazon.com/agent-toolkit/latest/userguide/security_iam_service-with-iam.html
		when = e.carries(e.key("aws:viaawsmcpservice"), "true")
	}
	if endpointKeys[name] {
		when = e.endpointKey(name)
	}
	if timeKeys[name] {
		return key{family: policy.DateFamily, cases: []keyCase{{when: e.yes, number: e.clock()}}}
	}
	out := key{family: families[k.Type]}
	if !known {
		out.family = policy.NoFamily
	}
	c := keyCase{when: when}
	if t, ok := e.tested[name]; ok && !known {
		k.Type, out.family = t, families[t]
	}
	switch k.Type {
	case aws.Bool:
		c.pieces = varying(e.choice(name, "false", "true"))
	case aws.Numeric:
		c.number = e.variable(name, number, nil)
		c.number.integer = true
		if known {
			c.number.spans = []span{{low: new(big.Rat)}}
		}
	case aws.Date:
		c.number = e.variable(name, number, nil)
	case aws.IPAddress:
		c = e.address(name)
		if name == "aws:sourceip" {
			c.when = e.not(e.throughEndpoint())
			if e.anybody { // a service may have none
				c.when = e.and(c.when, when)
			}
		} else {
			c.when = when
		}
	case aws.ArrayOfString:
		out.list = true
		for i := range listed {
			c := keyCase{when: when, pieces: varying(e.textual(name+" "+itoa(i+1), e.language(name, k.Type)))}
			if i > 0 {
				c.when = e.and(when, e.flag(name+" "+itoa(i+1)+" is there"))
			}
			out.cases = append(out.cases, c)
		}
		return out
	default:
		c.pieces = varying(e.textual(name, e.language(name, k.Type)))
	}
	out.cases = []keyCase{c}
	return out
}

// timeKeys hold the time of the request.
var timeKeys = map[string]bool{"aws:currenttime": true, "aws:epochtime": true}

// clock is when the request is made: now or later.
func (e *encoder) clock() *variable {
	v := e.variable("time of the request", number, nil)
	v.integer = true
	if !e.now.IsZero() {
		v.spans = []span{{low: new(big.Rat).SetInt64(e.now.Unix())}}
	}
	return v
}

// carries is that the request carries a key with a value.
func (e *encoder) carries(k key, text string) *formula {
	out := e.no
	for _, c := range k.cases {
		out = e.or(out, e.and(c.when, e.match(letters(text), c.pieces, false)))
	}
	return out
}

// listed is how many values of a list are told apart.
const listed = 3

// endpointKeys come with requests through VPC endpoints: those of which the value
// is true with every such request.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
var endpointKeys = map[string]bool{
	"aws:sourcevpc": true, "aws:sourcevpce": true, "aws:vpcsourceip": true,
	"aws:sourcevpcarn": true, "aws:vpceaccount": true, "aws:vpceorgid": true, "aws:vpceorgpaths": true,
}

// throughEndpoint says that the request goes through a VPC endpoint: it carries no
// aws:SourceIp then, and with all other requests it does.
func (e *encoder) throughEndpoint() *formula {
	if e.endpoint == nil {
		e.endpoint = e.flag("through a VPC endpoint")
	}
	return e.endpoint
}

func (e *encoder) endpointKey(name string) *formula {
	switch name {
	case "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip":
		if !e.anybody {
			return e.throughEndpoint()
		}
	}
	return e.and(e.throughEndpoint(), e.flag(name+" is there"))
}

// address is an address of the Internet, or of aws:VpcSourceIp any address.
func (e *encoder) address(name string) keyCase {
	c := keyCase{
		four:  e.variable(name+" of IPv4", number, nil),
		six:   e.variable(name+" of IPv6", number, nil),
		isSix: e.flag(name + " is of IPv6"),
	}
	c.four.integer, c.six.integer = true, true
	all4, all6 := netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")
	c.four.spans, c.six.spans = []span{spanOf(all4)}, []span{spanOf(all6)}
	if name == "aws:sourceip" {
		c.four.spans = less(c.four.spans, notPublic)
		c.six.spans = []span{spanOf(netip.MustParsePrefix("2000::/3"))}
	}
	return c
}

// notPublic are the networks whose addresses aws:SourceIp does not hold.
// https://www.iana.org/assignments/iana-ipv4-special-registry
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("224.0.0.0/3"),
}

// spanOf is the addresses of a network, as numbers.
func spanOf(p netip.Prefix) span {
	p = p.Masked()
	low := new(big.Int).SetBytes(p.Addr().AsSlice())
	size := new(big.Int).Lsh(big.NewInt(1), uint(p.Addr().BitLen()-p.Bits()))
	high := size.Add(size, low)
	high.Sub(high, big.NewInt(1))
	return span{low: new(big.Rat).SetInt(low), high: new(big.Rat).SetInt(high)}
}

// less takes networks out of spans of whole numbers.
func less(spans []span, networks []netip.Prefix) []span {
	one := big.NewRat(1, 1)
	for _, n := range networks {
		if !n.Addr().Is4() {
			continue
		}
		hole := spanOf(n)
		var out []span
		for _, s := range spans {
			if hole.high.Cmp(s.low) < 0 || hole.low.Cmp(s.high) > 0 {
				out = append(out, s)
				continue
			}
			if hole.low.Cmp(s.low) > 0 {
				out = append(out, span{low: s.low, high: new(big.Rat).Sub(hole.low, one)})
			}
			if hole.high.Cmp(s.high) < 0 {
				out = append(out, span{low: new(big.Rat).Add(hole.high, one), high: s.high})
			}
		}
		spans = out
	}
	return spans
}
