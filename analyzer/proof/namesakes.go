package proof

import (
	"cmp"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/automaton"
	"github.com/iamvet/iamvet/analyzer/policy"
)

// Where names of sessions are made of names of users in more than one way, two users
// may get the same: as ${aws:username} and x-${aws:username} both alice, called x-..., and
// x-alice would be called x-alice. Whether there are such two is a question about both
// at once: they are made of one part, in two ways.

// A way is how a text is made of a part: with something before and behind it.
type way struct{ before, after string }

func (w way) of(part string) string { return w.before + part + w.after }

// waysOfNames are the ways in which conditions make names of sessions of the names
// of users. It is false where one makes them in another way.
func (t *trust) waysOfNames() (ways []way, plain bool) {
	user := &policy.Request{Context: map[string]policy.ContextValue{"aws:username": policy.One(nameRune)}, Unlisted: policy.Either}
	plain = true
	for _, c := range t.conditionsOf(nameKey) {
		if c.Operator.Family != policy.StringFamily {
			continue
		}
		for _, p := range c.Values {
			g, possible, _ := p.Glob(user)
			text, whole := g.Plain()
			if !possible || !whole || !strings.Contains(text, nameRune) {
				continue
			}
			before, after, _ := strings.Cut(text, nameRune)
			if strings.Contains(after, nameRune) || c.Operator.Base == "StringEqualsIgnoreCase" && text != nameRune {
				plain = false
			}
			if w := (way{before, after}); !slices.Contains(ways, w) {
				ways = append(ways, w)
			}
		}
	}
	return ways, plain
}

// namesakes are pairs of users of an account whose sessions may get the same name,
// for every way in which the policies can tell such pairs apart.
func (t *trust) namesakes(account string) []caller {
	ways, plain := t.waysOfNames()
	if len(ways) < 2 {
		return nil
	}
	t.incomplete = t.incomplete || !plain
	c := t.casting(policy.UserCaller, account)
	var out []caller
	add := func(u *policy.Caller) { out = append(out, t.of(u)) }
	for i, f := range ways {
		for _, g := range ways[:i] {
			for _, p := range alike(f, g) {
				found, complete := c.pairs(p)
				t.incomplete = t.incomplete || !complete
				for _, two := range found {
					add(two[0])
					add(two[1])
				}
			}
		}
	}
	return out
}

// A pair is two names that are made of one part, or two names where that is empty.
type pair struct {
	of    [2]way
	empty bool
}

// alike are the pairs of names of users of which one way makes the same text as the
// other does.
func alike(f, g way) []pair {
	if !strings.HasPrefix(g.before, f.before) {
		if f, g = g, f; !strings.HasPrefix(g.before, f.before) {
			return nil
		}
	}
	// What f puts the first name into is what g puts the second into.
	more := g.before[len(f.before):]
	if end, ok := strings.CutSuffix(g.after, f.after); ok {
		return []pair{{of: [2]way{{more, end}, {}}}}
	}
	end, ok := strings.CutSuffix(f.after, g.after)
	if !ok {
		return nil
	}
	// first + end is more + second: they overlap in a part, or first ends within more.
	out := []pair{{of: [2]way{{before: more}, {after: end}}}}
	for i := 1; i < len(more); i++ {
		if rest, ok := strings.CutPrefix(end, more[i:]); ok && rest != "" {
			out = append(out, pair{[2]way{{before: more[:i]}, {before: rest}}, true})
		}
	}
	return out
}

// pairs are two callers each whose names are made of one part, for every way in which
// the policies can tell such pairs apart.
func (c *casting) pairs(p pair) (out [][2]*policy.Caller, complete bool) {
	first, second := *c, *c
	first.spelt, second.spelt, second.second = p.of[0], p.of[1], true
	language, ok := commonPart(p)
	if !ok {
		return nil, true // they would be too long, or hold what no name does
	}
	facets, order := first.facets(partOrder)
	more, order := second.facets(order)
	facets = append(facets, more...)
	tested := map[string]bool{}
	for _, f := range facets {
		for _, p := range f.pieces {
			tested[p.part] = true
		}
	}
	var parts []part
	for _, name := range order {
		switch made, ok := first.part(name, tested[name]); {
		case name == secondPath || name == secondID:
			if made, ok = second.part(name, tested[name]); ok {
				parts = append(parts, made)
			}
		case name == "name":
			made.language, made.closed, made.twice = language, p.empty, false
			made.seeds = held(append([]string{"alice", "somebody", ""}, made.seeds...), language)
			parts = append(parts, made)
		case ok:
			parts = append(parts, made)
		}
	}
	found, complete := compose(parts, facets)
	if !complete && len(found) > mostOfMany {
		found = found[:mostOfMany]
	}
	for _, v := range found {
		partition := cmp.Or(c.partition, v["partition"])
		a := &policy.Caller{Kind: c.kind, Partition: partition, Account: v["account"], Path: v["path"], Name: p.of[0].of(v["name"]), ID: v["id"]}
		b := &policy.Caller{Kind: c.kind, Partition: partition, Account: v["account"], Path: v[secondPath], Name: p.of[1].of(v["name"]), ID: v[secondID]}
		c.tellApart([]*policy.Caller{a, b})
		if a.ID == b.ID && !c.idTested() {
			b.ID += "2"
		}
		out = append(out, [2]*policy.Caller{a, b})
	}
	return out, complete
}

// commonPart is the texts that both names of a pair may be made of; ok is false where
// there are none.
func commonPart(p pair) (l automaton.Language, ok bool) {
	for _, w := range p.of {
		if text := w.of(""); text != "" && !iamNames.Contains(text) {
			return l, false
		}
	}
	least, most := 0, 64-max(len(p.of[0].of("")), len(p.of[1].of("")))
	if p.of[0] == (way{}) || p.of[1] == (way{}) {
		least = 1
	}
	switch {
	case most < least:
		return l, false
	case p.empty || most == 0:
		return automaton.Language{Groups: iamNames.Groups, Step: func(int, rune) int { return -1 }, Accepts: func(int) bool { return true }}, true
	}
	return automaton.Words(iamNames.Groups[0], least, most), true
}
