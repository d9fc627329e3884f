package proof

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// callerTests is what policies compare callers with.
type callerTests struct {
	// by key, without aws: and in lower case, what it is compared with.
	by map[string][]policy.Pattern
	// whole are the values that other keys and resources are compared with which
	// are made of the caller, each with what else that key is compared with.
	made []madeOf
	// users, roles and sessions are those that principals name.
	principals []policy.Principal
}

// madeOf is a pattern with variables that are of the caller, and the patterns that
// the same key is compared with.
type madeOf struct {
	pattern policy.Pattern
	beside  []policy.Pattern
}

// tooMany is why nothing is concluded of all callers: there are more of them that
// policies tell apart than are tried. It names what tells most of them apart.
func (t *callerTests) tooMany(who string) value.Reason {
	r, most := tooMany(who), ""
	for _, k := range keysOfCallers {
		if len(t.by[k]) > len(t.by[most]) {
			most = k
		}
	}
	switch n := len(t.by[most]); {
	case n > 1:
		r.Text += fmt.Sprintf(": they compare %s with %d patterns", spelled("aws:"+most), n)
	case n == 1:
		r.Text += ": they compare " + spelled("aws:"+most) + " with a pattern"
	}
	return r
}

var keysOfCallers = []string{"principalarn", "principalaccount", "username", "userid"}

func callerKey(key string) (string, bool) {
	short, ok := strings.CutPrefix(strings.ToLower(key), "aws:")
	return short, ok && slices.Contains(keysOfCallers, short)
}

func madeOfCaller(p policy.Pattern) bool {
	return slices.ContainsFunc(p.Variables(), func(v string) bool {
		_, ok := callerKey(v)
		return ok
	})
}

// asked adds what callers are compared with where the name of a session is asked of
// them, as in StringLike aws:userid *:${sts:RoleSessionName}: the names that the
// policies spell out stand there as well.
func (t *callerTests) asked(names []policy.Pattern) {
	for _, key := range keysOfCallers {
		for _, p := range slices.Clone(t.by[key]) {
			if !slices.ContainsFunc(p.Variables(), func(v string) bool { return strings.EqualFold(v, nameKey) }) {
				continue
			}
			for _, n := range names {
				if text := spelledOut(n); !strings.Contains(text, "${") {
					t.by[key] = append(t.by[key], policy.Glob(askedName.ReplaceAllLiteralString(p.String(), text)))
				}
			}
		}
	}
}

// spelled adds the names of users with which what is made of them is a name of sessions
// that the policies spell out for whoever calls: whose sessions have it.
func (t *callerTests) spelled(names []policy.Pattern) {
	const key = "aws:username"
	for _, made := range names {
		before, after, ok := aroundKey(made, key, &policy.Request{Unlisted: policy.Either})
		if !ok {
			continue
		}
		for _, p := range names {
			name, ok := strings.CutPrefix(spelledOut(p), before)
			if name, ok2 := strings.CutSuffix(name, after); ok && ok2 && iamNames.Contains(name) {
				t.by["username"] = append(t.by["username"], policy.Glob(name))
			}
		}
	}
}

// spelledOut is the text that a pattern is for whoever does not carry what it is made
// of: itself without variables, or the default of the one that it is.
func spelledOut(p policy.Pattern) string {
	text := p.String()
	if d := defaultText.FindStringSubmatchIndex(text); d != nil {
		return text[:d[0]] + text[d[2]:d[3]] + text[d[1]:]
	}
	return text
}

var (
	askedName   = regexp.MustCompile(`(?i)\$\{sts:RoleSessionName[^}]*\}`)
	defaultText = regexp.MustCompile(`\$\{[^}]*, '([^']*)'\}`)
)

// testsOfCallers is what documents compare callers with.
func testsOfCallers(docs []*policy.Document) *callerTests {
	t := &callerTests{by: map[string][]policy.Pattern{}}
	others := map[string][]policy.Pattern{} // of keys that are not of the caller
	seen := map[string]bool{}
	note := func(key string, p policy.Pattern, kind string) {
		id := key + "\x00" + kind + "\x00" + p.String()
		if seen[id] && !p.HasHole() {
			return
		}
		seen[id] = true
		if short, ok := callerKey(key); ok {
			t.by[short] = append(t.by[short], p)
			if !madeOfCaller(p) {
				return
			}
		}
		others[key] = append(others[key], p)
	}
	for _, d := range docs {
		if d == nil {
			continue
		}
		for _, s := range d.Statements {
			t.principals = append(t.principals, s.Principals...)
			for _, p := range s.Resources {
				note("", p, "")
			}
			for i := range s.Conditions {
				c := &s.Conditions[i]
				if c.Operator.Family == policy.StringFamily || c.Operator.Family == policy.ARNFamily {
					for _, p := range c.Values {
						note(strings.ToLower(c.Key), p, c.Operator.Base)
					}
				}
			}
		}
	}
	t.asked(others[nameKey])
	t.spelled(others[nameKey])
	for _, key := range sortedKeys(others) {
		for i, p := range others[key] {
			if madeOfCaller(p) {
				beside := slices.Concat(others[key][:i], others[key][i+1:])
				if short, ok := callerKey(key); ok {
					beside = append(beside, t.by[short]...)
				}
				t.made = append(t.made, madeOf{p, beside})
			}
		}
	}
	return t
}
