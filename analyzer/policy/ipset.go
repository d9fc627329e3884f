package policy

import (
	"net/netip"
	"slices"
)

// IPSet is a set of addresses of both families. The zero IPSet is empty.
type IPSet struct {
	ranges []ipRange // disjoint, not adjacent, in order, IPv4 first
}

type ipRange struct{ first, last netip.Addr }

// NewIPSet is the union of prefixes.
func NewIPSet(prefixes ...netip.Prefix) IPSet {
	ranges := make([]ipRange, 0, len(prefixes))
	for _, p := range prefixes {
		if p.IsValid() {
			ranges = append(ranges, rangeOf(p))
		}
	}
	return unionOf(ranges)
}

func rangeOf(p netip.Prefix) ipRange { return ipRange{p.Masked().Addr(), lastAddr(p)} }

func lastAddr(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for i := p.Bits(); i < 8*len(b); i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

func unionOf(ranges []ipRange) IPSet {
	slices.SortFunc(ranges, func(a, b ipRange) int {
		if c := a.first.Compare(b.first); c != 0 {
			return c
		}
		return a.last.Compare(b.last)
	})
	var out []ipRange
	for _, r := range ranges {
		n := len(out) - 1
		if n >= 0 && out[n].last.BitLen() == r.first.BitLen() {
			if next := out[n].last.Next(); !next.IsValid() || r.first.Compare(next) <= 0 {
				if out[n].last.Less(r.last) {
					out[n].last = r.last
				}
				continue
			}
		}
		out = append(out, r)
	}
	return IPSet{out}
}

// everything is all addresses of both families.
var everything = []ipRange{
	rangeOf(netip.MustParsePrefix("0.0.0.0/0")),
	rangeOf(netip.MustParsePrefix("::/0")),
}

// Contains says that the address is in the set.
func (s IPSet) Contains(a netip.Addr) bool {
	for _, r := range s.ranges {
		if r.first.BitLen() == a.BitLen() && r.first.Compare(a) <= 0 && a.Compare(r.last) <= 0 {
			return true
		}
	}
	return false
}

// Empty says that the set has no members.
func (s IPSet) Empty() bool { return len(s.ranges) == 0 }

// Equal says that the sets have the same members.
func (s IPSet) Equal(o IPSet) bool { return slices.Equal(s.ranges, o.ranges) }

// Complement is every address, of both families, that is not in the set.
func (s IPSet) Complement() IPSet {
	var out []ipRange
	for _, all := range everything {
		from := all.first
		for _, r := range s.ranges {
			if r.first.BitLen() != from.BitLen() {
				continue
			}
			if from.Less(r.first) {
				out = append(out, ipRange{from, r.first.Prev()})
			}
			if from = r.last.Next(); !from.IsValid() {
				break
			}
		}
		if from.IsValid() {
			out = append(out, ipRange{from, all.last})
		}
	}
	return IPSet{out}
}

// Union is every address in either.
func (s IPSet) Union(o IPSet) IPSet { return unionOf(slices.Concat(s.ranges, o.ranges)) }

// Minus is every address of s that is not in o.
func (s IPSet) Minus(o IPSet) IPSet { return s.Complement().Union(o).Complement() }

// Prefixes are the fewest prefixes that make up the set, in order, IPv4 first.
func (s IPSet) Prefixes() []netip.Prefix {
	var out []netip.Prefix
	for _, r := range s.ranges {
		for at := r.first; at.IsValid() && at.Compare(r.last) <= 0; {
			p := netip.PrefixFrom(at, at.BitLen())
			for p.Bits() > 0 {
				wider := netip.PrefixFrom(at, p.Bits()-1)
				if wider.Masked().Addr() != at || r.last.Less(lastAddr(wider)) {
					break
				}
				p = wider
			}
			out = append(out, p)
			at = lastAddr(p).Next()
		}
	}
	return out
}

// Witness is an address of the family in the set: a public one where there is
// one, of a range set aside for documentation where there is one.
func (s IPSet) Witness(v6 bool) (netip.Addr, bool) {
	for _, set := range [...]IPSet{s.Minus(reserved), s} {
		for _, a := range examples {
			if a.Is6() == v6 && set.Contains(a) {
				return a, true
			}
		}
		for _, r := range set.ranges {
			if r.first.Is6() == v6 {
				return r.first, true
			}
		}
	}
	return netip.Addr{}, false
}

// examples are addresses for witnesses, the preferred first.
var examples = []netip.Addr{
	netip.MustParseAddr("203.0.113.77"),
	netip.MustParseAddr("198.51.100.77"),
	netip.MustParseAddr("192.0.2.77"),
	netip.MustParseAddr("8.8.8.8"),
	netip.MustParseAddr("2001:db8::77"),
	netip.MustParseAddr("2606:4700::77"),
}

// reserved are addresses that no request comes from over the Internet; the
// ranges for documentation count as public.
var reserved = NewIPSet(
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("224.0.0.0/3"),
	netip.MustParsePrefix("::/3"), netip.MustParsePrefix("4000::/2"), netip.MustParsePrefix("8000::/1"),
)

// Reserved says that no request comes from the address over the Internet, so
// that aws:SourceIp never holds it.
func Reserved(a netip.Addr) bool { return reserved.Contains(a) }
