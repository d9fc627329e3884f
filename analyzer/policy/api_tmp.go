package policy

import (
	"net/netip"

	"github.com/iamvet/iamvet/analyzer/value"
)

type test struct{}

// Pattern is a text of a policy that stands for a set of strings: literals, *,
// ?, ${variables} and holes.
type Pattern struct{ Value *value.Value }

// Glob is a pattern in which * and ? are wildcards and ${…} is text.
func Glob(text string) Pattern { return Pattern{} }

// Exact is a pattern that stands for one string.
func Exact(text string) Pattern { return Pattern{} }

// Literal is the string when the pattern stands for exactly one.
func (p Pattern) Literal() (string, bool) { return "", false }

// String is the pattern as written; holes print as ${…}.
func (p Pattern) String() string { return "" }

// HasHole says that part of the pattern is not known.
func (p Pattern) HasHole() bool { return false }

// Variables are the keys of its policy variables, as written.
func (p Pattern) Variables() []string { return nil }

// Matches says whether s is in the pattern; variables are unknown.
func (p Pattern) Matches(s string) Tri { return Unknown }

// MatchesIn is Matches with variables taken from a request.
func (p Pattern) MatchesIn(s string, r *Request) Tri { return Unknown }

// Covers says whether every string of q is in p.
func (p Pattern) Covers(q Pattern) Tri { return Unknown }

// Intersects says whether some string is in both.
func (p Pattern) Intersects(q Pattern) Tri { return Unknown }

// Resolve replaces variables by their values in the request. ok is false when
// one of them is absent without a default: the pattern then matches nothing.
func (p Pattern) Resolve(r *Request) (q Pattern, ok Tri) { return p, Unknown }

// Language is a set of strings over an alphabet, with bounds on their length
// in characters: the legal values of a condition key.
type Language struct {
	Alphabet string // characters, with ranges as in "A-Za-z0-9_+=,.@-"
	Min, Max int
}

// SessionNames are the legal role session names.
var SessionNames = Language{"A-Za-z0-9_+=,.@-", 2, 64}

// Contains says that s is in the language.
func (l Language) Contains(s string) bool { return false }

// Accepts says whether the patterns together match every string of the
// language. When they do not, witness is the shortest string that escapes.
func (l Language) Accepts(patterns ...Pattern) (all Tri, witness string) { return Unknown, "" }

// Witness is the shortest string of the language that is in all of in and in
// none of out; found is False when there is none, and Unknown when patterns
// with holes or variables decide or the search became too large.
func (l Language) Witness(in, out []Pattern) (s string, found Tri) { return "", Unknown }

// Parse reads a policy from a string of JSON, or from its tree.
func Parse(v *value.Value) (*Document, error) { return &Document{Open: true, Value: v}, nil }

// Validate is what AWS would refuse or find odd about the document when it is
// attached as a policy of kind k, Problems included.
func (d *Document) Validate(k Kind) []Problem { return d.Problems }

// Decide is what the document says about a request.
func (d *Document) Decide(r *Request) Decision { return Decide([]*Document{d}, r) }

// Decide is what several documents of one kind say together: any Deny denies,
// any Allow allows.
func Decide(docs []*Document, r *Request) Decision { return Decision{} }

// Outcome is the decision in one word.
func (d Decision) Outcome() Outcome { return Undecided }

// Matches says whether the statement applies to the request.
func (s *Statement) Matches(r *Request) Tri { return Unknown }

// MatchesDetail is Matches with what decided.
func (s *Statement) MatchesDetail(r *Request) Match { return Match{Statement: s} }

// Matches says whether the condition holds for the request.
func (c *Condition) Matches(r *Request) Tri { return Unknown }

// MatchesDetail is Matches with the reason in words.
func (c *Condition) MatchesDetail(r *Request) (Tri, string) { return Unknown, "" }

// AdmitsAction says whether the Action or NotAction element covers the action.
func (s *Statement) AdmitsAction(action string) Tri { return Unknown }

// AdmitsCaller says whether the Principal or NotPrincipal element covers the caller.
func (s *Statement) AdmitsCaller(c *Caller) Tri { return Unknown }

// AdmitsResource says whether the Resource or NotResource element covers the resource.
func (s *Statement) AdmitsResource(resource string, r *Request) Tri { return Unknown }

// Matches says whether the principal stands for the caller.
func (p Principal) Matches(c *Caller) Tri { return Unknown }

// ParseCaller reads an ARN, a service name ("ec2.amazonaws.com"), or
// "anonymous".
func ParseCaller(text string) (*Caller, error) { return &Caller{}, nil }

// ARN is the caller's aws:PrincipalArn; "" when it has none or it is not known.
func (c *Caller) ARN() string { return "" }

// Lookup is the value of a condition key in the request, with the keys that
// follow from the caller.
func (r *Request) Lookup(key string) ContextValue { return ContextValue{} }

// With is a copy of the request with one context key set.
func (r *Request) With(key string, v ContextValue) *Request { return r }

// ActionAtoms are actions of which every set that the documents can tell apart
// has at least one, with one of a service that no document names ("other:Zzz")
// and the well-known sensitive ones. complete is false when the patterns were
// too entangled to list every set: such a list proves nothing, it only finds.
func ActionAtoms(docs ...*Document) (atoms []string, complete bool) { return nil, false }

// ResourceAtoms are resources of which every set that the documents can tell
// apart has at least one. complete is as of ActionAtoms.
func ResourceAtoms(docs ...*Document) (atoms []string, complete bool) { return nil, false }

// Keys are the condition keys that the documents test or use in variables,
// each once without regard to case, sorted.
func Keys(docs ...*Document) []string { return nil }

// ContextAtoms are values of a condition key of which every set that the
// documents can tell apart has at least one, absence first. base gives the
// values of variables; it may be nil. complete is as of ActionAtoms.
func ContextAtoms(key string, base *Request, docs ...*Document) (atoms []ContextValue, complete bool) {
	return nil, false
}

// KeyFamily is the type of a global condition key; NoFamily when it is not known.
func KeyFamily(key string) Family { return NoFamily }

// IPSet is a set of addresses.
type IPSet struct{ ranges []netip.Prefix }

// NewIPSet is the union of prefixes.
func NewIPSet(prefixes ...netip.Prefix) IPSet { return IPSet{} }

// Contains says that the address is in the set.
func (s IPSet) Contains(a netip.Addr) bool { return false }

// Complement is every address, of both families, that is not in the set.
func (s IPSet) Complement() IPSet { return IPSet{} }

// Equal says that the sets have the same members.
func (s IPSet) Equal(o IPSet) bool { return false }

// Prefixes are the fewest prefixes that make up the set, in order, IPv4 first.
func (s IPSet) Prefixes() []netip.Prefix { return nil }

// Witness is an address of the family in the set, a public one where there is one.
func (s IPSet) Witness(v6 bool) (netip.Addr, bool) { return netip.Addr{}, false }

// ParseCIDR reads an address or a prefix; host bits are masked.
func ParseCIDR(text string) (netip.Prefix, error) { return netip.Prefix{}, nil }

// Prefixes are the known prefixes that an IP condition lists; all is false when
// it may list others.
func (c *Condition) Prefixes() (list []netip.Prefix, all bool) { return nil, false }
