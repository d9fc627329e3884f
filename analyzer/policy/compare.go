package policy

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// decimal is a number as text, normalised: comparing texts is exact where
// floating point is not.
type decimal struct {
	negative bool
	whole    string // without leading zeros
	fraction string // without trailing zeros
}

// parseDecimal reads an integer or decimal, as IAM writes numbers: no exponent.
func parseDecimal(s string) (d decimal, ok bool) {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		d.negative, s = s[0] == '-', s[1:]
	}
	whole, fraction, dotted := strings.Cut(s, ".")
	if !digits(whole) || dotted && !digits(fraction) {
		return decimal{}, false
	}
	d.whole, d.fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if d.whole == "" && d.fraction == "" {
		d.negative = false
	}
	return d, true
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func (d decimal) compare(o decimal) int {
	switch {
	case d.negative && !o.negative:
		return -1
	case !d.negative && o.negative:
		return 1
	case d.negative:
		d, o = o, d
	}
	if len(d.whole) != len(o.whole) {
		if len(d.whole) < len(o.whole) {
			return -1
		}
		return 1
	}
	if c := strings.Compare(d.whole, o.whole); c != 0 {
		return c
	}
	return strings.Compare(d.fraction, o.fraction)
}

// dateLayouts are the W3C profile of ISO 8601, fractions of a second included.
var dateLayouts = [...]string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02", "2006-01", "2006"}

// ParseDate reads a date of the W3C profile of ISO 8601, or seconds of the
// epoch. A number of four digits is a year.
func ParseDate(s string) (time.Time, bool) {
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	d, ok := parseDecimal(s)
	if !ok || len(d.whole) > 12 {
		return time.Time{}, false
	}
	var seconds, nanos int64
	for _, c := range d.whole {
		seconds = seconds*10 + int64(c-'0')
	}
	for i := range 9 {
		nanos *= 10
		if i < len(d.fraction) {
			nanos += int64(d.fraction[i] - '0')
		}
	}
	if d.negative {
		seconds, nanos = -seconds, -nanos
	}
	return time.Unix(seconds, nanos).UTC(), true
}

// ParseCIDR reads an address or a prefix of a policy: a bare address is a
// prefix of full length, host bits are masked.
func ParseCIDR(text string) (netip.Prefix, error) {
	if !strings.Contains(text, "/") {
		a, err := netip.ParseAddr(text)
		if err != nil || a.Zone() != "" {
			return netip.Prefix{}, fmt.Errorf("'%s' is no IP address", text)
		}
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("'%s' is no CIDR block", text)
	}
	return p.Masked(), nil
}

func parseBinary(s string) (string, bool) {
	b, err := base64.StdEncoding.DecodeString(s)
	return string(b), err == nil
}

// ordered applies an operator of numbers or dates to the sign of a comparison
// of the request's value with the policy's.
func ordered(base string, c int) bool {
	switch {
	case strings.HasSuffix(base, "LessThan"):
		return c < 0
	case strings.HasSuffix(base, "LessThanEquals"):
		return c <= 0
	case strings.HasSuffix(base, "GreaterThan"):
		return c > 0
	case strings.HasSuffix(base, "GreaterThanEquals"):
		return c >= 0
	}
	return c == 0
}
