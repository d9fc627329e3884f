package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/value"
)

// step is a name or an index with which a path goes on.
type step struct {
	name  string
	index int
	list  bool   // index counts, not name
	key   string // of an address: the instance key as written, "" for any
}

// target is an address and a path into what it names:
// module.ci.aws_iam_role.deploy["eu"] and .assume_role_policy.Statement[0].
type target struct {
	modules []step
	data    bool
	typ     string
	name    string // "" for all of the type
	key     string
	path    []step
	written string // the path as the user wrote it
	// output is, below a module, what an output of it is called that the address
	// may mean as well, and outputPath what follows.
	output     string
	outputPath []step
}

// kind says that the target is a variable, a local or an output.
func (t target) kind() (terraform.NameKind, bool) {
	switch k := terraform.NameKind(t.typ); k {
	case terraform.Variable, terraform.Local, terraform.Output:
		return k, t.name != "" && !t.data
	}
	return "", false
}

// parseTarget takes an address apart. It is what Terraform would print, but keys
// may be left out: then all instances are meant.
func parseTarget(text string) (t target, err error) {
	steps, ends, err := parseSteps(text)
	if err != nil {
		return t, err
	}
	i := 0
	next := func() string {
		if i < len(steps) && !steps[i].list && steps[i].name != "" {
			i++
			return steps[i-1].name
		}
		return ""
	}
	key := func() string {
		if i < len(steps) && steps[i].key != "" {
			i++
			return steps[i-1].key
		}
		return ""
	}
	for i < len(steps) && steps[i].name == "module" {
		i++
		name := next()
		if name == "" {
			return t, fmt.Errorf("%s is no address: a module has a name", text)
		}
		t.modules = append(t.modules, step{name: name, key: key()})
	}
	if i < len(steps) && steps[i].name == "data" {
		t.data = true
		i++
	}
	if rest := steps[i:]; !t.data && len(t.modules) > 0 && len(rest) > 0 {
		t.output, t.outputPath = rest[0].name, rest[1:]
	}
	t.typ = next()
	if t.name = next(); t.name != "" && !t.named() { // a name has no instances
		t.key = key()
	}
	if t.typ == "" && (t.data || len(t.modules) == 0) {
		return t, fmt.Errorf("%s is no address: write type.name, such as aws_iam_role.deploy", text)
	}
	t.path = steps[i:]
	if i < len(steps) {
		t.written = strings.TrimPrefix(text[ends[i-1]:], ".")
	}
	return t, nil
}

// parseSteps splits a text at its dots and brackets. ends are the places where
// each step ends.
func parseSteps(text string) (steps []step, ends []int, err error) {
	for at := 0; at < len(text); {
		rest := text[at:]
		if rest[0] == '[' {
			s, n, err := parseKey(rest)
			if err != nil {
				return nil, nil, fmt.Errorf("%s: %w", text, err)
			}
			at += n
			steps, ends = append(steps, s), append(ends, at)
			continue
		}
		if at > 0 {
			if rest[0] != '.' {
				return nil, nil, fmt.Errorf("%s: a dot is missing before %q", text, rest)
			}
			at, rest = at+1, rest[1:]
		}
		n := strings.IndexAny(rest, ".[")
		if n < 0 {
			n = len(rest)
		}
		if n == 0 {
			return nil, nil, fmt.Errorf("%s: a name is missing", text)
		}
		s := step{name: rest[:n]}
		if i, err := strconv.Atoi(s.name); err == nil && i >= 0 {
			s = step{index: i, list: true}
		}
		at += n
		steps, ends = append(steps, s), append(ends, at)
	}
	return steps, ends, nil
}

// parseKey reads ["name"] or [1] off the front of text.
func parseKey(text string) (step, int, error) {
	if q, err := strconv.QuotedPrefix(text[1:]); err == nil && strings.HasPrefix(text[1+len(q):], "]") {
		name, err := strconv.Unquote(q)
		if err == nil && q[0] == '"' {
			return step{name: name, key: "[" + q + "]"}, len(q) + 2, nil
		}
	}
	end := strings.IndexByte(text, ']')
	if end < 0 {
		return step{}, 0, fmt.Errorf("a ] is missing after %s", text)
	}
	inner := text[1:end]
	if inner == "?" {
		return step{key: "[?]"}, end + 1, nil
	}
	n, err := strconv.Atoi(inner)
	if err != nil || n < 0 {
		return step{}, 0, fmt.Errorf("%s is neither a number nor a name in double quotes (does the shell take the quotes? put the address between single quotes)", text[:end+1])
	}
	return step{index: n, list: true, key: text[:end+1]}, end + 1, nil
}

// names says that the target means an instance. A key that the configuration
// does not tell, [?], may be any.
func (t target) names(r *terraform.Resource) bool {
	if t.typ == "" && !terraform.IdentityType(r.Type) {
		return false
	}
	if t.typ != "" && (r.Type != t.typ || t.data != (r.Mode == addrs.Data)) || t.name != "" && r.Name != t.name || !keyFits(t.key, r.Key) {
		return false
	}
	return t.in(r.Module, t.typ == "")
}

// in says that the target means a module, or with below one in it.
func (t target) in(module string, below bool) bool {
	var modules []step
	if module != "" {
		calls, err := parseTarget(module)
		if err != nil {
			return false
		}
		modules = calls.modules
	}
	if len(modules) < len(t.modules) || len(modules) > len(t.modules) && !below {
		return false
	}
	for i, want := range t.modules {
		if modules[i].name != want.name || !keyFits(want.key, modules[i].key) {
			return false
		}
	}
	return true
}

// named says that the target is a name and cannot be a resource.
func (t target) named() bool {
	_, ok := t.kind()
	return ok
}

func keyFits(want, key string) bool { return want == "" || want == key || key == "[?]" }

// at is what a path leads to: into lists and objects, and into JSON text.
func at(v *value.Value, path []step) *value.Value {
	for _, s := range path {
		if v != nil && v.Sensitive {
			return v // and so is all that is in it
		}
		if v.Is(value.String) {
			tree, err := value.DecodeJSON(v)
			if err != nil {
				return &value.Value{Kind: value.Absent}
			}
			v = tree
		}
		if s.list && !v.IsMapping() {
			v = v.At(s.index)
		} else if s.list {
			v = v.Get(strconv.Itoa(s.index))
		} else {
			v = v.Get(s.name)
		}
	}
	return v
}

// member is a path and the name of a member of what stands there.
func member(path, name string) string {
	switch {
	case !identifier.MatchString(name):
		return path + "[" + strconv.Quote(name) + "]"
	case path == "":
		return name
	}
	return path + "." + name
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
