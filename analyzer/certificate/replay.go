package certificate

import (
	"maps"
	"math/big"
	"net/netip"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
)

// replay writes the certificate of a request that iamvet says gets through; ok is
// false where this translation has no such request.
func (c *Claim) replay(header []string, r *policy.Request) (s Script, ok bool) {
	for _, b := range c.breaches {
		f := c.and(b.sure, c.pinned(r))
		if got, m := c.decide(f); got == satisfiable {
			return c.witness(header, labelled(b.sure, b.words), m), true
		}
	}
	return Script{}, false
}

// pinned is that the request is the one given.
func (c *Claim) pinned(r *policy.Request) *formula {
	out := c.pinnedCaller(r.Caller)
	if r.Action != "" {
		out = c.and(out, c.match(letters(strings.ToLower(r.Action)), c.action, false))
	}
	if r.Resource != "" && c.resources != nil {
		some := c.no
		for _, s := range c.resources {
			some = c.or(some, c.and(s.when, c.match(letters(r.Resource), s.pieces, false)))
		}
		out = c.and(out, some)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Context)) {
		out = c.and(out, c.pinnedKey(c.key(strings.ToLower(name)), r.Context[name]))
	}
	return out
}

func (c *Claim) pinnedCaller(caller *policy.Caller) *formula {
	if caller == nil {
		return c.yes
	}
	is, ok := kinds[caller.Kind]
	if !ok {
		return c.no
	}
	out := c.member(c.caller.kind, c.pool.text(is))
	path := caller.Path
	if path == "" {
		path = "/"
	}
	for _, part := range []struct {
		text   string
		pieces []piece
		of     bool
	}{
		{caller.Account, c.caller.account, true},
		{caller.Name, c.caller.name, caller.Kind == policy.UserCaller || caller.Kind == policy.RoleCaller},
		{path, c.caller.path, caller.Kind == policy.UserCaller || caller.Kind == policy.RoleCaller},
		{caller.ID, c.caller.id, caller.Kind == policy.UserCaller || caller.Kind == policy.RoleCaller},
		{caller.Session, c.caller.session, caller.Kind == policy.RoleCaller},
	} {
		if part.of && part.text != "" {
			out = c.and(out, c.match(letters(part.text), part.pieces, false))
		}
	}
	return out
}

func (c *Claim) pinnedKey(k key, v policy.ContextValue) *formula {
	present := c.present(k)
	switch {
	case v.Presence == policy.Absent:
		return c.not(present.may)
	case v.Presence == policy.Present:
		return present.sure
	case v.Presence == policy.Either || k.unclear || k.list || len(v.Values) != 1:
		return c.yes
	}
	out := c.no
	for _, one := range k.cases {
		out = c.or(out, c.and(one.when, c.pinnedValue(one, v.Values[0])))
	}
	return out
}

func (c *Claim) pinnedValue(k keyCase, text string) *formula {
	switch {
	case k.hidden:
		return c.yes
	case k.number != nil:
		n, ok := new(big.Rat).SetString(text)
		if !ok {
			at, isDate := policy.ParseDate(text)
			if !isDate {
				return c.no
			}
			n = seconds(at)
		}
		return c.between(k.number, span{low: n, high: n})
	case k.four != nil:
		a, err := netip.ParseAddr(text)
		if err != nil {
			return c.no
		}
		s := spanOf(netip.PrefixFrom(a, a.BitLen()))
		if a.Is4() {
			return c.and(c.not(k.isSix), c.between(k.four, s))
		}
		return c.and(k.isSix, c.between(k.six, s))
	}
	return c.match(letters(text), k.pieces, false)
}
