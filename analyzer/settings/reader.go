package settings

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/gocty"

	"github.com/iamvet/iamvet/analyzer/source"
)

// reader takes values out of a file and notes what is wrong with them.
type reader struct {
	file   *source.File
	errors []*Error
}

func (r *reader) span(at hcl.Range) source.Span {
	return source.Span{File: r.file, Start: at.Start.Byte, End: at.End.Byte}
}

func (r *reader) errorf(at hcl.Range, format string, args ...any) {
	r.errors = append(r.errors, &Error{r.span(at), fmt.Sprintf(format, args...)})
}

// A text is a string and where it stands.
type text struct {
	string
	at hcl.Range
}

// constant is what an expression is worth without variables and functions.
func (r *reader) constant(name string, x hcl.Expression) (cty.Value, bool) {
	v, diags := x.Value(nil)
	switch {
	case diags.HasErrors():
		r.errorf(x.Range(), "%s: settings are plain values, without variables and functions", name)
	case v.IsNull():
		r.errorf(x.Range(), "%s: null is no value: leave the setting out", name)
	default:
		return v, true
	}
	return v, false
}

// text is a string. A number is none: an account id may begin with 0.
func (r *reader) text(name string, x hcl.Expression) (text, bool) {
	v, ok := r.constant(name, x)
	if ok && v.Type() != cty.String {
		r.errorf(x.Range(), "%s: %s stands where a text has to: write it in quotes", name, article(v))
		ok = false
	}
	if !ok {
		return text{}, false
	}
	return text{v.AsString(), x.Range()}, true
}

// article is what kind of value something is, in words.
func article(v cty.Value) string {
	switch t := v.Type(); {
	case t == cty.String:
		return "a text"
	case t == cty.Number:
		return "a number"
	case t == cty.Bool:
		return "true or false"
	case t.IsObjectType():
		return "an object"
	}
	return "a list"
}

// texts is a list of strings. It leaves out what is none, and what stands twice.
func (r *reader) texts(name string, x hcl.Expression) []text {
	list, diags := hcl.ExprList(x)
	if diags.HasErrors() {
		if v, ok := r.constant(name, x); ok {
			r.errorf(x.Range(), "%s: %s stands where a list of texts has to: write [\"…\"]", name, article(v))
		}
		return nil
	}
	var out []text
	for _, e := range list {
		t, ok := r.text(name, e)
		switch {
		case !ok:
		case slices.ContainsFunc(out, func(o text) bool { return o.string == t.string }):
			r.errorf(t.at, "%s: %q stands twice: leave one of them out", name, t.string)
		default:
			out = append(out, t)
		}
	}
	return out
}

// maxDays is ten years: whoever writes more means something else.
const maxDays = 3650

// days is a number of days; 0 where it is wrong.
func (r *reader) days(name string, x hcl.Expression) int {
	v, ok := r.constant(name, x)
	if !ok {
		return 0
	}
	if v.Type() != cty.Number {
		r.errorf(x.Range(), "%s: %s stands where a number of days has to: write a whole number from 1 to %d, without quotes", name, article(v), maxDays)
		return 0
	}
	n := 0
	if err := gocty.FromCtyValue(v, &n); err != nil || n < 1 || n > maxDays {
		r.errorf(x.Range(), "%s: %s is not a number of days: write a whole number from 1 to %d", name, strings.TrimSpace(r.span(x.Range()).Text()), maxDays)
		return 0
	}
	return n
}

// oneOf is a text among those of a list.
func (r *reader) oneOf(name string, t text, list ...string) bool {
	if slices.Contains(list, t.string) {
		return true
	}
	r.errorf(t.at, "%s: %q is not %s%s", name, t.string, orList(list), orMeant(t.string, list))
	return false
}

// listOf is a setting that is a list of texts, each of which is checked.
func listOf(name string, to func(*Settings) *[]string, check func(*reader, string, text) bool) func(*reader, *Settings, *hclsyntax.Attribute) {
	return func(r *reader, s *Settings, a *hclsyntax.Attribute) {
		for _, t := range r.texts(name, a.Expr) {
			if check(r, name, t) {
				*to(s) = append(*to(s), t.string)
			}
		}
	}
}

// daysOf is a setting that is a number of days.
func daysOf(name string, to func(*Settings) *int) func(*reader, *Settings, *hclsyntax.Attribute) {
	return func(r *reader, s *Settings, a *hclsyntax.Attribute) { *to(s) = r.days(name, a.Expr) }
}

// arguments reads the body of a block: what each argument of it is for. A block
// that lacks one of the needed is wrong.
func (r *reader) arguments(b *hclsyntax.Block, needed []string, read map[string]func(hcl.Expression)) bool {
	names := slices.Sorted(func(yield func(string) bool) {
		for n := range read {
			if !yield(n) {
				return
			}
		}
	})
	before := len(r.errors)
	for _, n := range needed {
		if b.Body.Attributes[n] == nil {
			r.errorf(b.TypeRange, "%s: %s is missing: say %s = …", b.Type, n, n)
		}
	}
	for n, a := range b.Body.Attributes {
		if f := read[n]; f != nil {
			f(a.Expr)
		} else {
			r.errorf(a.NameRange, "%s has no argument %s%s", b.Type, n, orMeant(n, names))
		}
	}
	for _, inner := range b.Body.Blocks {
		r.errorf(inner.TypeRange, "%s has no block %s", b.Type, inner.Type)
	}
	return len(r.errors) == before
}

// label is the only label of a block.
func (r *reader) label(b *hclsyntax.Block, what string) (text, bool) {
	if len(b.Labels) != 1 || b.Labels[0] == "" {
		r.errorf(b.TypeRange, "%s: write %s \"%s\" { … }", b.Type, b.Type, what)
		return text{}, false
	}
	return text{b.Labels[0], b.LabelRanges[0]}, true
}

func stringsOf(list []text) []string {
	var out []string
	for _, t := range list {
		out = append(out, t.string)
	}
	return out
}

// orList is "a, b or c".
func orList(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " or " + list[len(list)-1]
}

// orMeant asks whether a name of the list was meant; "" where none is near.
func orMeant(name string, list []string) string {
	if near := Nearest(name, list); near != "" {
		return ": did you mean " + near + "?"
	}
	return ""
}

// Nearest is the name of a list that somebody who wrote another may have meant:
// one that few letters tell from it. "" where none is near.
func Nearest(name string, list []string) string {
	best, least := "", 1+len(name)/3
	for _, other := range list {
		if d := levenshtein.Distance(strings.ToLower(name), strings.ToLower(other), nil); d <= least && (best == "" || d < least) {
			best, least = other, d
		}
	}
	return best
}
