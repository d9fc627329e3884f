package policy

import "net/netip"

// Covers says whether every string of q is in p.
func (p Pattern) Covers(q Pattern) Tri { return Unknown }

// Intersects says whether some string is in both.
func (p Pattern) Intersects(q Pattern) Tri { return Unknown }

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
