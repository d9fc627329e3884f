package proof

import (
	"slices"
	"strconv"
	"strings"

	"github.com/iamvet/iamvet/analyzer/automaton"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// What the callers of a cast are called where any name would do: names that read
// well, of which the patterns make what they can.

// exampleAccountIDs are the accounts of AWS's examples, which stand for any account
// that the policies do not tell from them.
var exampleAccountIDs = []string{
	"111122223333", "444455556666", "777788889999", "123123123123", "222233334444", "333344445555", "555566667777", "666677778888", "888899990000",
}

// accountSeeds are accounts that read well: those of examples, and such as begin or
// end like those that patterns accept.
func (c *casting) accountSeeds() []string {
	out := slices.Clone(exampleAccountIDs)
	if len(c.not) > 0 && c.kind != policy.RootCaller { // somebody else's
		out[0], out[1] = out[1], out[0]
	}
	add := func(pattern string) {
		if strings.Trim(pattern, digits+"*?") != "" || !strings.ContainsAny(pattern, "*?") {
			return
		}
		fixed := strings.ReplaceAll(strings.ReplaceAll(pattern, "?", "1"), "*", "")
		if len(fixed) < 12 {
			rest := exampleAccountIDs[0][:12-len(fixed)]
			out = append(out, strings.Replace(strings.ReplaceAll(pattern, "?", "1"), "*", rest, 1))
		}
	}
	for _, p := range c.by["principalaccount"] {
		add(p.String())
	}
	for _, p := range c.principals {
		if p.Account != "" {
			out = append(out, p.Account)
		}
	}
	for _, p := range c.by["principalarn"] {
		if parts := strings.SplitN(p.String(), ":", 6); len(parts) == 6 {
			add(parts[4])
		}
	}
	return held(out, accountIDs)
}

// nameSeeds are names that read well: usual ones, and such as patterns accept.
func (c *casting) nameSeeds() []string {
	out := append(slices.Clone(c.names), "alice", "bob")
	if c.kind == policy.RoleCaller {
		out = append(slices.Clone(c.names), "dev", "ops")
	}
	for _, filler := range []string{"x", "y"} {
		for _, p := range c.by["username"] {
			out = append(out, strings.NewReplacer("*", filler, "?", filler).Replace(p.String()))
		}
		for _, p := range c.resources() {
			out = append(out, strings.NewReplacer("*", filler, "?", filler).Replace(base(p)))
		}
	}
	for _, p := range c.principals {
		out = append(out, base(p.Name))
	}
	for _, m := range c.made {
		for _, p := range m.beside {
			if g, possible, _ := p.Glob(nil); possible {
				out = append(out, g.Fill("x", "somebody"))
			}
		}
	}
	return held(out, iamNames)
}

// pathSeeds are paths that patterns accept.
func (c *casting) pathSeeds() []string {
	var out []string
	for _, p := range c.resources() {
		out = append(out, strings.NewReplacer("*", "x", "?", "x").Replace(pathOf(p)))
	}
	return held(out, iamPaths)
}

// resources are the paths and names of the users or roles that patterns name.
func (c *casting) resources() []string {
	kind := "user/"
	if c.kind == policy.RoleCaller {
		kind = "role/"
	}
	var out []string
	for _, p := range c.by["principalarn"] {
		if _, resource, ok := cutARN(p.String()); ok {
			if name, of := strings.CutPrefix(resource, kind); of {
				out = append(out, name)
			}
		}
	}
	return out
}

// idSeeds are ids that the policies spell out.
func (c *casting) idSeeds() []string {
	var out []string
	for _, p := range c.by["userid"] {
		id, _, _ := strings.Cut(p.String(), ":")
		out = append(out, id)
	}
	for _, p := range c.principals {
		if p.Class == policy.UniqueIDPrincipal {
			out = append(out, p.Name)
		}
	}
	return held(out, uniqueIDs(c.idPrefix()))
}

func (c *casting) sessionSeeds() []string {
	out := []string{madeUpSession}
	for _, p := range c.by["userid"] {
		if _, session, ok := strings.Cut(p.String(), ":"); ok {
			out = append(out, strings.NewReplacer("*", "x", "?", "x").Replace(session))
		}
	}
	for _, p := range c.principals {
		if p.Class == policy.AssumedRolePrincipal {
			_, session, _ := strings.Cut(p.Name, "/")
			out = append(out, session)
		}
	}
	return held(out, sessionNames)
}

// likenesses are what a text may be that is not wholly known, as alternatives; nil
// where it may be anything.
func likenesses(v *value.Value) []automaton.Glob {
	if v == nil {
		return nil
	}
	if v.Is(value.Unknown) {
		var out []automaton.Glob
		for _, one := range v.Candidates {
			more := likenesses(one)
			if more == nil {
				return nil
			}
			out = append(out, more...)
		}
		return out
	}
	if !v.Is(value.String) {
		return nil
	}
	g := automaton.Glob{}
	for _, p := range v.Parts {
		if p.Hole != nil {
			g = append(g, automaton.Node{Kind: automaton.Many})
		} else {
			g = append(g, automaton.Text(p.Text.String)...)
		}
	}
	return []automaton.Glob{g}
}

// examplesOf are texts of patterns that read well.
func examplesOf(like []automaton.Glob, l automaton.Language) []string {
	var out []string
	for _, g := range like {
		out = append(out, g.Fill("x", "example"))
	}
	return held(out, l)
}

const madeUpSession = "session-of-"

// mostSeeds bounds the texts that read well: they make witnesses nicer, and prove
// nothing.
const mostSeeds = 200

// held are those of the texts that a language holds, each once.
func held(texts []string, l automaton.Language) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range texts {
		if len(out) < mostSeeds && !seen[s] && l.Contains(s) {
			out = append(out, s)
		}
		seen[s] = true
	}
	return out
}

// tellApart gives callers ids and sessions of their own, where the policies do not
// say which they have.
func (c *casting) tellApart(callers []*policy.Caller) {
	alike := func(a, b *policy.Caller) bool {
		x, y := userID(a), userID(b)
		return !slices.ContainsFunc(c.by["userid"], func(p policy.Pattern) bool { return p.Matches(x) != p.Matches(y) }) &&
			!slices.ContainsFunc(c.principals, func(p policy.Principal) bool { return p.Matches(a) != p.Matches(b) })
	}
	for _, caller := range callers {
		own := *caller
		if own.ID == "" {
			own.ID = c.idPrefix() + madeUpID
		}
		own.ID += idOf(own.Name)
		if !c.idTested() || alike(caller, &own) {
			caller.ID = own.ID
		}
		if c.kind != policy.RoleCaller {
			continue
		}
		own = *caller
		if own.Session == "" {
			own.Session = madeUpSession
		}
		own.Session += own.Name
		if own.Session = own.Session[:min(64, len(own.Session))]; caller.Session == "" || alike(caller, &own) {
			caller.Session = own.Session
		}
	}
}

// singled says of each of some callers whether conditions single it out among them.
func (c *casting) singled(callers []*policy.Caller) []bool {
	kinds := map[string]bool{}
	matches := make([]string, len(callers))
	for i, caller := range callers {
		r := &policy.Request{Caller: caller}
		for _, k := range keysOfCallers {
			v := r.Lookup("aws:" + k)
			for j, p := range c.by[k] {
				if len(v.Values) == 1 && p.Matches(v.Values[0]) != policy.False {
					matches[i] += k + strconv.Itoa(j) + " "
				}
			}
		}
		kinds[matches[i]] = true
	}
	out := make([]bool, len(callers))
	for i := range out {
		out[i] = len(kinds) > 1 && matches[i] != ""
	}
	return out
}

// userID is a caller's aws:userid.
func userID(c *policy.Caller) string {
	return strings.Join((&policy.Request{Caller: c}).Lookup("aws:userid").Values, "")
}

func (c *casting) idTested() bool {
	return len(c.by["userid"]) > 0 || len(c.principalsOf(policy.UniqueIDPrincipal)) > 0
}
