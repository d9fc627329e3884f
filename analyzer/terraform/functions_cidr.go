package terraform

import (
	"errors"
	"fmt"
	"math/big"
	"net"
	"regexp"

	"github.com/apparentlymart/go-cidr/cidr"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// The functions of go-cty-funcs take neither numbers beyond 64 bits nor
// leading zeros; Terraform's take both.

// ipv4 is a prefix whose octets may have leading zeros, which Terraform
// ignores.
var (
	ipv4        = regexp.MustCompile(`^[0-9.]+/`)
	leadingZero = regexp.MustCompile(`(^|\.)0+([0-9])`)
)

// parsePrefix takes leading zeros, which net.ParseCIDR refuses since Go 1.17;
// Terraform has kept the parser from before:
// https://github.com/hashicorp/terraform/tree/main/internal/ipaddr
func parsePrefix(s string) (*net.IPNet, error) {
	text := s
	if ipv4.MatchString(text) {
		text = leadingZero.ReplaceAllString(text, "$1$2")
	}
	_, n, err := net.ParseCIDR(text)
	if err != nil {
		return nil, fmt.Errorf("%q is not a CIDR prefix", s)
	}
	return n, nil
}

// whole is an integer argument of any size.
func whole(v cty.Value) (*big.Int, error) {
	n, acc := v.AsBigFloat().Int(nil)
	if acc != big.Exact || n == nil {
		return nil, errors.New("a whole number is required")
	}
	return n, nil
}

// bits is an integer argument that counts bits of an address.
func bits(v cty.Value) (int, error) {
	n, err := whole(v)
	if err != nil || !n.IsInt64() || n.Int64() > 128 || n.Int64() < -128 {
		return 0, errors.New("a whole number of bits is required")
	}
	return int(n.Int64()), nil
}

// cidrHostFunc counts from the end where the number is negative:
// https://developer.hashicorp.com/terraform/language/functions/cidrhost
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
		ip, err := cidr.HostBig(p, n)
		if err != nil {
			return cty.NilVal, err
		}
		return cty.StringVal(ip.String()), nil
	},
})

var cidrNetmaskFunc = stringFunc(1, func(a []string) (string, error) {
	p, err := parsePrefix(a[0])
	if err != nil {
		return "", err
	}
	if p.IP.To4() == nil {
		return "", errors.New("IPv6 prefixes have no netmask")
	}
	return net.IP(p.Mask).String(), nil
})

// cidrSubnetFunc makes a prefix longer, by bits that hold a number:
// https://developer.hashicorp.com/terraform/language/functions/cidrsubnet
var cidrSubnetFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "prefix", Type: cty.String}, {Name: "newbits", Type: cty.Number}, {Name: "netnum", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		p, err := parsePrefix(args[0].AsString())
		if err != nil {
			return cty.NilVal, err
		}
		length, err := bits(args[1])
		if err != nil {
			return cty.NilVal, err
		}
		n, err := whole(args[2])
		if err != nil {
			return cty.NilVal, err
		}
		s, err := cidr.SubnetBig(p, length, n)
		if err != nil {
			return cty.NilVal, err
		}
		return cty.StringVal(s.String()), nil
	},
})

// cidrSubnetsFunc gives prefixes that follow each other, each as long as it is
// asked for, and aligned to that length:
// https://developer.hashicorp.com/terraform/language/functions/cidrsubnets
var cidrSubnetsFunc = function.New(&function.Spec{
	Params:   []function.Parameter{{Name: "prefix", Type: cty.String}},
	VarParam: &function.Parameter{Name: "newbits", Type: cty.Number},
	Type:     function.StaticReturnType(cty.List(cty.String)),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		p, err := parsePrefix(args[0].AsString())
		if err != nil {
			return cty.NilVal, err
		}
		if len(args) == 1 {
			return cty.ListValEmpty(cty.String), nil
		}
		length, max := p.Mask.Size()
		var last *net.IPNet
		var out []cty.Value
		for i, a := range args[1:] {
			n, err := bits(a)
			// Terraform's own limits: at least one bit more, and at most 32.
			if err != nil || n < 1 || n > 32 || length+n > max {
				return cty.NilVal, function.NewArgErrorf(i+1, "%s cannot be extended so", p)
			}
			// The one before the first, so that NextSubnet gives the first.
			if last == nil {
				last, _ = cidr.PreviousSubnet(p, length+n)
			}
			next, wrapped := cidr.NextSubnet(last, length+n)
			if wrapped && i > 0 || !p.Contains(next.IP) {
				return cty.NilVal, function.NewArgErrorf(i+1, "not enough addresses are left in %s", p)
			}
			out, last = append(out, cty.StringVal(next.String())), next
		}
		return cty.ListVal(out), nil
	},
})

// cidrContainsFunc is OpenTofu's: whether an address or prefix lies in a prefix.
var cidrContainsFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "containing_prefix", Type: cty.String}, {Name: "contained_ip_or_prefix", Type: cty.String}},
	Type:   function.StaticReturnType(cty.Bool),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		outer, err := parsePrefix(args[0].AsString())
		if err != nil {
			return cty.NilVal, err
		}
		text := args[1].AsString()
		first := net.ParseIP(leadingZero.ReplaceAllString(text, "$1$2"))
		last := first
		if first == nil {
			inner, err := parsePrefix(text)
			if err != nil {
				return cty.NilVal, fmt.Errorf("%q is no IP address and no CIDR prefix", text)
			}
			first, last = cidr.AddressRange(inner)
		}
		// https://opentofu.org/docs/language/functions/cidrcontains/
		if (first.To4() == nil) != (outer.IP.To4() == nil) {
			return cty.NilVal, fmt.Errorf("%q and %q are of different address families", args[0].AsString(), text)
		}
		return cty.BoolVal(outer.Contains(first) && outer.Contains(last)), nil
	},
})
