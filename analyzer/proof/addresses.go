package proof

import (
	"encoding/binary"
	"net/netip"
	"slices"
)

// notPublic are the IPv4 networks that never reach aws:SourceIp: it carries
// addresses of the Internet. The networks for documentation are not among
// them: they stand for public ones in every example.
// Others of IANA's registry count as public: more has to be proven for that, not less.
// https://www.iana.org/assignments/iana-ipv4-special-registry/
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("224.0.0.0/3"),
}

// public6 is where IPv6 addresses of the Internet lie.
// https://www.iana.org/assignments/ipv6-address-space/
var public6 = netip.MustParsePrefix("2000::/3")

// A stretch is consecutive public addresses that no set of prefixes tells
// apart.
type stretch struct {
	first, last netip.Addr
	in          []int // the indexes of the sets that hold them, ascending
}

// key is equal for stretches that are in the same sets and of one family.
func (s stretch) key() string {
	if s.first.Is4() {
		return vectorKey(s.in)
	}
	return vectorKey(s.in) + "6"
}

// vectorKey is equal for equal lists of indexes, and "" for an empty one.
func vectorKey(indexes []int) string {
	b := make([]byte, 0, 4*len(indexes))
	for _, i := range indexes {
		b = binary.BigEndian.AppendUint32(b, uint32(i))
	}
	return string(b)
}

func (s stretch) contains(a netip.Addr) bool {
	return a.Is4() == s.first.Is4() && s.first.Compare(a) <= 0 && a.Compare(s.last) <= 0
}

// sample is an address of the stretch: one that is known from examples, else
// one a little after its beginning.
func (s stretch) sample() netip.Addr {
	for _, a := range exampleAddresses {
		if s.contains(a) {
			return a
		}
	}
	a := s.first
	for range 7 {
		if a == s.last {
			break
		}
		a = a.Next()
	}
	return a
}

var exampleAddresses = []netip.Addr{
	netip.MustParseAddr("203.0.113.9"), netip.MustParseAddr("192.0.2.77"), netip.MustParseAddr("198.51.100.7"),
	netip.MustParseAddr("2001:db8::9"),
}

// privateSamples are addresses behind a VPC endpoint of which every set that the
// sets of prefixes tell apart has one, those in the sets first: a VPC may have any
// addresses.
func privateSamples(sets [][]netip.Prefix) []netip.Addr {
	var all []netip.Prefix
	for _, set := range sets {
		all = append(all, set...)
	}
	var out []netip.Addr
	seen := map[string]bool{}
	add := func(a netip.Addr, listed bool) {
		s := stretch{first: a}
		for i, set := range sets {
			if slices.ContainsFunc(set, func(p netip.Prefix) bool { return p.Contains(a) }) {
				s.in = append(s.in, i)
			}
		}
		if key := s.key(); !seen[key] && (len(s.in) > 0) == listed {
			seen[key] = true
			out = append(out, a)
		}
	}
	for _, listed := range [...]bool{true, false} {
		for _, a := range privateExamples {
			add(a, listed)
		}
		for _, space := range []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")} {
			for _, s := range cut(space, all, sets) {
				if next := s.first.Next(); next.IsValid() && next.Compare(s.last) <= 0 {
					add(next, listed)
				} else {
					add(s.first, listed)
				}
			}
		}
	}
	return out
}

var privateExamples = []netip.Addr{
	netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("192.168.77.7"), netip.MustParseAddr("10.1.2.3"), netip.MustParseAddr("fd00::7"),
}

// stretches cuts the public addresses of both families, IPv4 first, where the
// sets of prefixes begin and end.
func stretches(sets [][]netip.Prefix) []stretch {
	var all []netip.Prefix
	for _, set := range sets {
		all = append(all, set...)
	}
	out := cut(netip.MustParsePrefix("0.0.0.0/0"), append(slices.Clone(all), notPublic...), sets)
	out = slices.DeleteFunc(out, func(s stretch) bool {
		return slices.ContainsFunc(notPublic, func(p netip.Prefix) bool { return p.Contains(s.first) })
	})
	return append(out, cut(public6, all, sets)...)
}

func cut(space netip.Prefix, bounds []netip.Prefix, sets [][]netip.Prefix) []stretch {
	starts := []netip.Addr{space.Masked().Addr()}
	for _, p := range bounds {
		p = p.Masked()
		if p.Addr().Is4() != space.Addr().Is4() {
			continue
		}
		for _, a := range []netip.Addr{p.Addr(), lastOf(p).Next()} {
			if a.IsValid() && space.Contains(a) {
				starts = append(starts, a)
			}
		}
	}
	slices.SortFunc(starts, netip.Addr.Compare)
	starts = slices.Compact(starts)
	var out []stretch
	for i, first := range starts {
		last := lastOf(space)
		if i+1 < len(starts) {
			last = starts[i+1].Prev()
		}
		s := stretch{first: first, last: last}
		for j, set := range sets {
			if slices.ContainsFunc(set, func(p netip.Prefix) bool { return p.Contains(first) }) {
				s.in = append(s.in, j)
			}
		}
		out = append(out, s)
	}
	return out
}

func lastOf(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for bit := p.Bits(); bit < len(b)*8; bit++ {
		b[bit/8] |= 1 << (7 - bit%8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// publicSamples are addresses of which every set of public addresses that the
// sets tell apart has one; those outside of all come first.
func publicSamples(sets [][]netip.Prefix) []netip.Addr {
	best := map[string]netip.Addr{}
	var order []string
	for _, s := range stretches(sets) {
		key, a := s.key(), s.sample()
		if _, ok := best[key]; !ok {
			order = append(order, key)
			best[key] = a
		} else if slices.Contains(exampleAddresses, a) && !slices.Contains(exampleAddresses, best[key]) {
			best[key] = a
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return min(len(a)/2, 1) - min(len(b)/2, 1) })
	var out []netip.Addr
	for _, k := range order {
		out = append(out, best[k])
	}
	return out
}
