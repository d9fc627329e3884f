package proof

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/automaton"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// What names are made of may be what a policy spells out, or equal to something else
// that they are made of: a tag that is the user's name, two tags of one value. The
// values of variants are unlike all others; here a name is chosen first, and then
// whatever makes it pass.

// marker stands for the value of a key in the patterns that are made of it.
const marker = "\uE010"

// aroundKey is what stands before and behind the value of a key in a pattern that is
// otherwise one text; ok is false where it is not, or the value stands there twice.
func aroundKey(p policy.Pattern, key string, r *policy.Request) (before, after string, ok bool) {
	g, possible, _ := p.Glob(assign(r, key, policy.One(marker)))
	text, plain := g.Plain()
	if !possible || !plain {
		return "", "", false
	}
	before, after, ok = strings.Cut(text, marker)
	return before, after, ok && !strings.Contains(after, marker)
}

// openKeys are the keys that the variants of a caller give values to.
func openKeys(c caller, variants []*policy.Request) []string {
	var out []string
	for _, r := range variants {
		for k := range r.Context {
			if _, fixed := c.request.Context[k]; !fixed && !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	slices.Sort(out)
	return out
}

// openNames are the texts that conditions on a key tell apart for a caller of whom
// neither the tags nor whatever else they are made of is fixed, beside those that they
// tell apart for its variants.
func (t *trust) openNames(key string, c caller, variants []*policy.Request) (out []string, complete bool) {
	var globs []automaton.Glob
	var seeds []string
	for _, r := range variants {
		names, _ := t.regions(key, r)
		for _, n := range names {
			if !slices.Contains(seeds, n.sample) {
				seeds = append(seeds, n.sample)
			}
		}
	}
	for _, cond := range t.conditionsOf(key) {
		for _, p := range cond.Values {
			g, possible, _ := p.Glob(c.request)
			if !possible {
				continue
			}
			globs = append(globs, g)
			for _, k := range openKeys(c, variants) {
				before, after, ok := aroundKey(p, k, c.request)
				if !ok {
					continue
				}
				for _, on := range t.conditionsOf(k) {
					for _, q := range on.Values {
						if inner, possible, _ := q.Glob(c.request); possible && on.Operator.Family == policy.StringFamily {
							globs = append(globs, slices.Concat(automaton.Text(before), inner, automaton.Text(after)))
						}
					}
				}
			}
		}
	}
	found, complete := t.namesApart(globs, seeds)
	out = seeds
	for _, f := range found {
		if !slices.Contains(out, f.Sample) {
			out = append(out, f.Sample)
		}
	}
	return out, complete
}

// A session is the name of one, and the source identity that it sets or "".
type session struct{ name, identity string }

// openSessions are the sessions that the policy tells apart for a caller, beside those
// that are known to pass for one of its variants: of these nothing is left to find. It is
// false where there may be more.
func (t *trust) openSessions(c caller, variants []*policy.Request, passed map[session]bool) (out []session, complete bool) {
	if len(variants) < 2 {
		return nil, true
	}
	names, complete := t.openNames(nameKey, c, variants)
	identities := []string{""}
	if len(t.conditionsOf(identityKey)) > 0 {
		more, all := t.openNames(identityKey, c, variants)
		identities, complete = append(identities, more...), complete && all
	}
	for _, id := range identities {
		for _, n := range names {
			if s := (session{n, id}); !passed[s] {
				out = append(out, s)
			}
		}
	}
	return out, complete
}

// judgeOpen is judgeVariant for values that make a name pass. What gets through counts
// for what the values that were found make of it.
func (t *trust) judgeOpen(c caller, variants []*policy.Request, passed map[session]bool, out *outcome) {
	sessions, complete := t.openSessions(c, variants, passed)
	for _, in := range sessions {
		a := t.ask(c, c.request, in.name, in.identity)
		switch a.stopped {
		case value.Maybe:
			if !t.harmlessFor(variants, in) {
				out.maybe = true
				out.needs = addReasons(out.needs, a.needs...)
			}
		case value.No:
			s := t.statusOf(a.request, in)
			if s > out.status || out.request == nil {
				out.status, out.request = s, a.request
			}
			if s == constantName { // others may have such a tag
				out.names[in.name] = false
			}
		}
	}
	if !complete {
		out.maybe = true
		out.needs = addReasons(out.needs, tooMany("names of sessions"))
	}
}

// statusOf is what a name and a source identity say of whoever makes a request.
func (t *trust) statusOf(r *policy.Request, in session) status {
	n, id := t.regionOf(nameKey, in.name, r), nameRegion{}
	if in.identity != "" {
		id = t.regionOf(identityKey, in.identity, r)
	}
	switch {
	case n.derived:
		return boundName
	case id.derived:
		return alternative
	case n.constant:
		return constantName
	case in.identity != "":
		return weakAlternative
	}
	return weakName
}

// harmlessFor says that a name or source identity tells who a variant of the caller is.
func (t *trust) harmlessFor(variants []*policy.Request, in session) bool {
	return slices.ContainsFunc(variants, func(r *policy.Request) bool {
		return t.regionOf(nameKey, in.name, r).derived || in.identity != "" && t.regionOf(identityKey, in.identity, r).derived
	})
}
