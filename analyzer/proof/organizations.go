package proof

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/automaton"
	"github.com/iamvet/iamvet/analyzer/policy"
)

// The organizations of a stranger and of the role are two: that of the stranger is
// none that a policy spells out, which is somebody's in particular, but may be any
// that a pattern holds.

// orgKeys are the keys about the organization of somebody, of which the second holds
// its place in it.
type orgKeys [2]string

var (
	callersOrg = orgKeys{"aws:principalorgid", "aws:principalorgpaths"}
	rolesOrg   = orgKeys{"aws:resourceorgid", "aws:resourceorgpaths"}
)

// organizations are the keys about the organization of a stranger and that of the
// role, for every way in which the policies can tell these apart.
func (t *trust) organizations() []map[string]policy.ContextValue {
	if t.orgs != nil {
		return t.orgs
	}
	var named []automaton.Glob
	eachPattern(t.documents(), func(p policy.Pattern) {
		for _, word := range strings.FieldsFunc(p.String(), func(r rune) bool { return r == ':' || r == '/' }) {
			if strings.HasPrefix(word, "o-") && !strings.ContainsAny(word, "*?$") {
				named = append(named, automaton.Text(word))
			}
		}
	})
	for _, own := range t.organization(rolesOrg, ownOrgID, nil) {
		for _, foreign := range t.organization(callersOrg, foreignOrgID, named) {
			if id := foreign[0]; id.Presence == policy.Known && own[0].Presence == policy.Known && slices.Equal(id.Values, own[0].Values) {
				continue
			}
			t.orgs = append(t.orgs, map[string]policy.ContextValue{
				callersOrg[0]: foreign[0], callersOrg[1]: foreign[1], rolesOrg[0]: own[0], rolesOrg[1]: own[1],
			})
		}
	}
	return t.orgs
}

// organization is what keys about an organization may hold: nothing first, and one
// thing for every way in which the policies tell organizations apart.
func (t *trust) organization(keys orgKeys, example string, not []automaton.Glob) [][2]policy.ContextValue {
	out := [][2]policy.ContextValue{{}}
	facets := []facet{{pieces: []piece{{part: "id"}}}, {pieces: []piece{{part: "id"}, {text: "/"}, {part: "units"}}}}
	tested := false
	for _, d := range t.documents() {
		for _, s := range d.Statements {
			for i := range s.Conditions {
				c := &s.Conditions[i]
				tested = tested || slices.ContainsFunc(keysIn(c), func(k string) bool { return slices.Contains(keys[:], k) })
				at := slices.IndexFunc(keys[:], func(k string) bool { return strings.EqualFold(k, c.Key) })
				if at < 0 || c.Operator.Family == policy.NullFamily {
					continue
				}
				for _, p := range c.Values {
					if g, possible, _ := p.Glob(nil); possible {
						facets[at].globs = append(facets[at].globs, g)
					}
				}
			}
		}
	}
	if !tested {
		return out
	}
	ids, _ := languageOf(keys[0], t.partition(""))
	found, complete := compose([]part{
		{name: "id", language: ids, seeds: held([]string{example, "o-a1b2c3d4e5"}, ids), not: not},
		{name: "units", language: units, seeds: []string{"r-else/ou-else/"}},
	}, facets)
	t.incomplete = t.incomplete || !complete
	for _, v := range found {
		out = append(out, [2]policy.ContextValue{policy.One(v["id"]), policy.Many(v["id"] + "/" + v["units"])})
	}
	return out
}

// documents are the trust policy and what binds the role beside it.
func (t *trust) documents() []*policy.Document {
	return append([]*policy.Document{t.doc}, t.opt.RCPs...)
}
