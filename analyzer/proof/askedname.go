package proof

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// A policy may ask the other way round: what says who the caller is has to hold
// the name of the session.
//
//	StringLike aws:userid *:${sts:RoleSessionName}

// conditionsWith are the conditions that compare something with the value of a
// key.
func (t *trust) conditionsWith(key string) []*policy.Condition {
	var out []*policy.Condition
	for _, d := range append([]*policy.Document{t.doc}, t.opt.RCPs...) {
		for _, s := range d.Statements {
			for i := range s.Conditions {
				if c := &s.Conditions[i]; c.Key != "" && !strings.EqualFold(c.Key, key) && usesVariable(c, key) {
					out = append(out, c)
				}
			}
		}
	}
	return out
}

// namesAskedFor are the names that such conditions accept of a caller, each
// where it is the only one: a part of what only this caller has.
func (t *trust) namesAskedFor(key string, r *policy.Request) []string {
	var out []string
	for _, c := range t.conditionsWith(key) {
		v := r.Lookup(c.Key)
		if v.Presence != policy.Known || v.Multi || len(v.Values) != 1 || !t.identifying(c.Key) {
			continue
		}
		for _, p := range c.Values {
			if names := partsAccepted(p, v.Values[0], key, r); len(names) == 1 && !slices.Contains(out, names[0]) {
				out = append(out, names[0])
			}
		}
	}
	return out
}

// partsAccepted are the parts of a text with which, as the value of a key, a
// pattern is the text.
func partsAccepted(p policy.Pattern, text, key string, r *policy.Request) []string {
	var out []string
	for i := range text {
		for j := i + 2; j <= len(text) && isNameByte(text[j-1]); j++ {
			part := text[i:j]
			if isNameByte(text[i]) && p.MatchesIn(text, assign(r, key, policy.One(part))) == value.Yes && !slices.Contains(out, part) {
				out = append(out, part)
			}
		}
	}
	return out
}
