package terraform

import (
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"regexp"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// leadingZeros are those of decimal octets, which Terraform ignores and
// net/netip refuses.
var leadingZeros = regexp.MustCompile(`(^|\.)0+([0-9])`)

func parsePrefix(s string) (netip.Prefix, error) {
	if ipv4 := regexp.MustCompile(`^[0-9.]+/`); ipv4.MatchString(s) {
		s = leadingZeros.ReplaceAllString(s, "$1$2")
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is not a CIDR prefix", s)
	}
	return p.Masked(), nil
}

// atOffset is the address n after that of p.
func atOffset(p netip.Prefix, n *big.Int) (netip.Addr, error) {
	sum := new(big.Int).Add(new(big.Int).SetBytes(p.Addr().AsSlice()), n)
	b := make([]byte, p.Addr().BitLen()/8)
	if sum.Sign() < 0 || sum.BitLen() > p.Addr().BitLen() {
		return netip.Addr{}, fmt.Errorf("%s lies outside %s", n, p)
	}
	a, _ := netip.AddrFromSlice(sum.FillBytes(b))
	if !p.Contains(a) {
		return netip.Addr{}, fmt.Errorf("%s lies outside %s", n, p)
	}
	return a, nil
}

// whole is an integer argument of any size.
func whole(v cty.Value) (*big.Int, error) {
	n, acc := v.AsBigFloat().Int(nil)
	if acc != big.Exact || n == nil {
		return nil, errors.New("a whole number is required")
	}
	return n, nil
}

// small is an integer argument that counts bits.
func small(v cty.Value) (int, error) {
	n, err := whole(v)
	if err != nil || !n.IsInt64() || n.Int64() > 128 || n.Int64() < -128 {
		return 0, errors.New("a whole number of bits is required")
	}
	return int(n.Int64()), nil
}

var cidrHostFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "prefix", Type: cty.String}, {Name: "hostnum", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		p, err := parsePrefix(args[0].AsString())
		if err != nil {
			return cty.NilVal, err
		}
		n, err := whole(args[1])
		if err != nil {
			return cty.NilVal, err
		}
		if n.Sign() < 0 { // counted from the end
			n.Add(n, new(big.Int).Lsh(big.NewInt(1), uint(p.Addr().BitLen()-p.Bits())))
		}
		a, err := atOffset(p, n)
		if err != nil {
			return cty.NilVal, err
		}
		return cty.StringVal(a.String()), nil
	},
})

var cidrNetmaskFunc = stringFunc(1, func(a []string) (string, error) {
	p, err := parsePrefix(a[0])
	if err != nil {
		return "", err
	}
	if p.Addr().Is6() {
		return "", errors.New("IPv6 prefixes have no netmask")
	}
	mask := uint32(0xFFFFFFFF << (32 - p.Bits()) & 0xFFFFFFFF)
	return netip.AddrFrom4([4]byte{byte(mask >> 24), byte(mask >> 16), byte(mask >> 8), byte(mask)}).String(), nil
})

// subnet is number n of the networks that are bits longer than p.
func subnet(p netip.Prefix, bits int, n *big.Int) (netip.Prefix, error) {
	length := p.Bits() + bits
	if bits < 0 || length > p.Addr().BitLen() {
		return netip.Prefix{}, fmt.Errorf("%s cannot be extended by %d bits", p, bits)
	}
	if n.Sign() < 0 || n.BitLen() > bits {
		return netip.Prefix{}, fmt.Errorf("%d bits have no network number %s", bits, n)
	}
	a, err := atOffset(p, new(big.Int).Lsh(n, uint(p.Addr().BitLen()-length)))
	return netip.PrefixFrom(a, length), err
}

var cidrSubnetFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "prefix", Type: cty.String}, {Name: "newbits", Type: cty.Number}, {Name: "netnum", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		p, err := parsePrefix(args[0].AsString())
		if err != nil {
			return cty.NilVal, err
		}
		bits, err := small(args[1])
		if err != nil {
			return cty.NilVal, err
		}
		n, err := whole(args[2])
		if err != nil {
			return cty.NilVal, err
		}
		s, err := subnet(p, bits, n)
		if err != nil {
			return cty.NilVal, err
		}
		return cty.StringVal(s.String()), nil
	},
})

var cidrSubnetsFunc = function.New(&function.Spec{
	Params:   []function.Parameter{{Name: "prefix", Type: cty.String}},
	VarParam: &function.Parameter{Name: "newbits", Type: cty.Number},
	Type:     function.StaticReturnType(cty.List(cty.String)),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		p, err := parsePrefix(args[0].AsString())
		if err != nil {
			return cty.NilVal, err
		}
		var out []cty.Value
		next := new(big.Int) // offset of the first address that is free
		for i, a := range args[1:] {
			bits, err := small(a)
			if err != nil || bits < 1 || bits > 32 {
				return cty.NilVal, function.NewArgErrorf(i+1, "must extend the prefix by 1 to 32 bits")
			}
			size := p.Addr().BitLen() - p.Bits() - bits
			if size < 0 {
				return cty.NilVal, function.NewArgErrorf(i+1, "%s cannot be extended by %d bits", p, bits)
			}
			step := new(big.Int).Lsh(big.NewInt(1), uint(size))
			n := new(big.Int).Div(new(big.Int).Sub(new(big.Int).Add(next, step), big.NewInt(1)), step)
			s, err := subnet(p, bits, n)
			if err != nil {
				return cty.NilVal, function.NewArgErrorf(i+1, "not enough addresses are left in %s", p)
			}
			out = append(out, cty.StringVal(s.String()))
			next = n.Mul(n.Add(n, big.NewInt(1)), step)
		}
		if len(out) == 0 {
			return cty.ListValEmpty(cty.String), nil
		}
		return cty.ListVal(out), nil
	},
})
