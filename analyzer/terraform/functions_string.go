package terraform

import (
	"errors"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// trimPrefix is decided by the known text at the start: it begins with the
// prefix, or differs from it before the first hole.
func (c *call) trimPrefix() (*value.Value, error) {
	parts, ok, err := c.parts(0)
	prefix, known, err2 := c.literal(1)
	if err := errors.Join(err, err2); err != nil {
		return nil, err
	}
	start := knownPrefix(parts)
	switch {
	case !ok || !known:
		return c.unknown(cty.String), nil
	case strings.HasPrefix(start, prefix):
		return c.made(cut(parts, len(prefix)))
	case !hasHoles(parts) || !strings.HasPrefix(prefix, start):
		return c.same()
	}
	return c.unknown(cty.String), nil
}

// trimSuffix is trimPrefix from the other end.
func (c *call) trimSuffix() (*value.Value, error) {
	parts, ok, err := c.parts(0)
	suffix, known, err2 := c.literal(1)
	if err := errors.Join(err, err2); err != nil {
		return nil, err
	}
	end := knownSuffix(parts)
	switch {
	case !ok || !known:
		return c.unknown(cty.String), nil
	case strings.HasSuffix(end, suffix):
		return c.made(cutEnd(parts, len(suffix)))
	case !hasHoles(parts) || !strings.HasSuffix(suffix, end):
		return c.same()
	}
	return c.unknown(cty.String), nil
}

// same is the first argument, which the function leaves as it is.
func (c *call) same() (*value.Value, error) {
	v, err := c.str(0)
	if err != nil {
		return nil, err
	}
	return carryFrom(v, c.args[1:]...), nil
}

func (c *call) trimSpace() (*value.Value, error) {
	if c.args[0].JSON != nil {
		return c.same() // JSON text, as jsonencode and data sources print it, has no space around it
	}
	return c.trimBy(unicode.IsSpace, unicode.IsSpace)
}

// trim takes a set of characters, and not a prefix:
// https://developer.hashicorp.com/terraform/language/functions/trim
func (c *call) trim() (*value.Value, error) {
	set, known, err := c.literal(1)
	if err != nil {
		return nil, err
	}
	if !known {
		return c.unknown(cty.String), nil
	}
	in := func(r rune) bool { return strings.ContainsRune(set, r) }
	return c.trimBy(in, in)
}

// chomp drops all newlines at the end, and not only one:
// https://developer.hashicorp.com/terraform/language/functions/chomp
func (c *call) chomp() (*value.Value, error) {
	if c.args[0].JSON != nil {
		return c.same()
	}
	return c.trimBy(nil, func(r rune) bool { return r == '\n' || r == '\r' })
}

// trimBy drops what left (if any) accepts at the start and what right accepts
// at the end. Where a hole stands at an end, or next to nothing but what is dropped,
// the hole's own text may be trimmed; what stands behind it stays if it does
// not begin with something that would be dropped too.
func (c *call) trimBy(left, right func(rune) bool) (*value.Value, error) {
	parts, ok, err := c.parts(0)
	if err != nil || !ok {
		return c.unknown(cty.String), err
	}
	out := parts
	if left != nil {
		start := knownPrefix(out)
		rest := strings.TrimLeftFunc(start, left)
		out = cut(out, len(start)-len(rest))
		if rest == "" && len(out) > 0 {
			if r, known := runeAt(out, 1, false); !known || left(r) {
				return c.unknown(cty.String), nil
			}
			out = append([]value.Part{changed(out[0])}, out[1:]...)
		}
	}
	end := knownSuffix(out)
	rest := strings.TrimRightFunc(end, right)
	out = cutEnd(out, len(end)-len(rest))
	if last := len(out) - 1; rest == "" && last >= 0 {
		if r, known := runeAt(out, last-1, true); !known || right(r) {
			return c.unknown(cty.String), nil
		}
		out = append(out[:last:last], changed(out[last]))
	}
	if len(out) == len(parts) && knownBytes(out) == knownBytes(parts) && !hasHoles(out) {
		return c.same()
	}
	return c.made(out)
}

// runeAt is the first or last character of a part, when it is text.
func runeAt(parts []value.Part, i int, last bool) (rune, bool) {
	if i < 0 || i >= len(parts) || parts[i].Hole != nil || parts[i].Text.String == "" {
		return 0, false
	}
	if last {
		r, _ := utf8.DecodeLastRuneInString(parts[i].Text.String)
		return r, true
	}
	r, _ := utf8.DecodeRuneInString(parts[i].Text.String)
	return r, true
}

func (c *call) lower() (*value.Value, error) { return c.mapText(strings.ToLower) }

func (c *call) upper() (*value.Value, error) { return c.mapText(strings.ToUpper) }

// mapText applies f to the text; what it does not change keeps its place.
func (c *call) mapText(f func(string) string) (*value.Value, error) {
	parts, ok, err := c.parts(0)
	if err != nil {
		return nil, err
	}
	if !ok {
		return c.unknown(cty.String), nil
	}
	out, same := changedAll(parts), true
	for i, p := range out {
		if p.Hole != nil {
			same = false
			continue
		}
		if s := f(p.Text.String); s != p.Text.String {
			out[i].Text, same = source.Computed(s, p.Text.Span), false
		}
	}
	if same {
		return c.same()
	}
	return c.made(out)
}

// indent indents all lines but the first:
// https://developer.hashicorp.com/terraform/language/functions/indent
func (c *call) indent() (*value.Value, error) {
	n, known, err := c.number(0)
	parts, ok, err2 := c.parts(1)
	if err := errors.Join(err, err2); err != nil {
		return nil, err
	}
	if !known || !ok || hasHoles(parts) {
		return c.unknown(cty.String), nil
	}
	if n < 0 {
		return nil, errors.New("the number of spaces must not be negative")
	}
	if n > maxText || n*strings.Count(knownPrefix(parts), "\n") > maxText {
		return nil, errTooLong
	}
	return c.text(strings.ReplaceAll(knownPrefix(parts), "\n", "\n"+strings.Repeat(" ", n))), nil
}

// replace leaves holes where they are and replaces in the texts between. The
// result is known to that extent only if nothing that is searched for may begin
// or end in a hole.
func (c *call) replace() (*value.Value, error) {
	parts, ok, err := c.parts(0)
	old, known, err2 := c.literal(1)
	with, _, err3 := c.parts(2)
	if err := errors.Join(err, err2, err3); err != nil {
		return nil, err
	}
	if !ok || !known {
		return c.unknown(cty.String), nil
	}
	// https://developer.hashicorp.com/terraform/language/functions/replace
	if len(old) > 1 && old[0] == '/' && old[len(old)-1] == '/' {
		return c.replacePattern(parts, old[1:len(old)-1], with)
	}
	// "" stands between all characters, also those in a hole.
	if old == "" && (hasHoles(parts) || hasHoles(with)) || straddles(parts, old) {
		return c.unknown(cty.String), nil
	}
	if old == "" {
		return c.library(stdlib.ReplaceFunc)
	}
	var out []value.Part
	same, size := true, 0
	for _, p := range joinTexts(parts) {
		if p.Hole != nil {
			out, same = append(out, changed(p)), false
			continue
		}
		t := p.Text
		if err := c.work(int64(strings.Count(t.String, old)) * int64(len(with)+1) * perPiece / 4); err != nil {
			return nil, err
		}
		for {
			i := strings.Index(t.String, old)
			if i < 0 {
				break
			}
			if same = false; i > 0 {
				out = append(out, value.Part{Text: t.Slice(0, i)})
			}
			out = append(out, with...)
			if size += knownBytes(with); size > maxText {
				return nil, errTooLong
			}
			t = t.Slice(i+len(old), len(t.String))
		}
		if t.String != "" {
			out = append(out, value.Part{Text: t})
		}
	}
	if same {
		return c.same()
	}
	return c.made(out)
}

// straddles says that an occurrence of old may lie partly in a hole and partly in
// a text. Then nobody knows whether it is replaced.
func straddles(parts []value.Part, old string) bool {
	parts = joinTexts(parts)
	for i, p := range parts {
		if p.Hole != nil {
			continue
		}
		s := p.Text.String
		before, after := i > 0, i+1 < len(parts)
		for n := 1; n < len(old); n++ {
			if after && strings.HasSuffix(s, old[:n]) || before && strings.HasPrefix(s, old[n:]) {
				return true
			}
		}
		if before && after && strings.Contains(old, s) {
			return true
		}
	}
	return false
}

// replacePattern is replace with a regular expression: decided only for a text
// that is known.
func (c *call) replacePattern(parts []value.Part, pattern string, with []value.Part) (*value.Value, error) {
	if err := c.work(workOfPattern(pattern, knownBytes(parts))); err != nil {
		return nil, err
	}
	re, err := regexp.Compile(pattern)
	switch {
	case err != nil:
		return nil, err
	case hasHoles(parts):
		return c.unknown(cty.String), nil
	}
	s := knownPrefix(parts)
	matches := len(re.FindAllStringIndex(s, -1))
	switch {
	case matches == 0:
		return c.same()
	case hasHoles(with):
		return c.unknown(cty.String), nil
	case matches*knownBytes(with)+strings.Count(knownPrefix(with), "$")*len(s) > maxText: // $1 stands for no more than a match
		return nil, errTooLong
	}
	return c.text(re.ReplaceAllString(s, knownPrefix(with))), nil
}

// split gives the pieces before the first hole, and says that there are more. The
// piece in which the hole is may be several, and is none of those that are
// listed.
func (c *call) split() (*value.Value, error) {
	sep, known, err := c.literal(0)
	parts, ok, err2 := c.parts(1)
	if err := errors.Join(err, err2); err != nil {
		return nil, err
	}
	parts = joinTexts(parts)
	switch {
	case !known || !ok || hasHoles(parts) && (sep == "" || parts[0].Hole != nil):
		return c.unknown(cty.List(cty.String)), nil
	case sep == "":
		if err := c.work(int64(knownBytes(parts)) * perPiece); err != nil {
			return nil, err
		}
		return c.library(stdlib.SplitFunc)
	case len(parts) == 0:
		parts = []value.Part{{Text: source.Computed("", c.sc.span)}}
	}
	g := &gather{}
	t := parts[0].Text
	if err := c.work(int64(strings.Count(t.String, sep)) * perPiece); err != nil {
		return nil, err
	}
	for {
		i := strings.Index(t.String, sep)
		if i < 0 {
			break
		}
		g.add(value.StrAt(t.Slice(0, i)))
		t = t.Slice(i+len(sep), len(t.String))
	}
	if len(parts) == 1 {
		g.add(value.StrAt(t))
	} else {
		g.more(c.args[1])
	}
	return c.carryDeep(g.result(c, value.List)), nil
}

// join is a string with holes where elements are unknown, as long as it is known
// which there are and in what order.
func (c *call) join() (*value.Value, error) {
	sep, _, err := c.parts(0)
	if err != nil {
		return nil, err
	}
	var out []value.Part
	n, size := 0, 0
	for i := 1; i < len(c.args); i++ {
		list, err := c.as(i, cty.List(cty.String))
		switch {
		case err != nil:
			return nil, err
		case list.Is(value.Unknown) || !positioned(list):
			u := *c.unknown(cty.String)
			// What the members are like is kept beside: "each is an ARN of this
			// account" may be all that a rule needs.
			if text := knownPrefix(sep); len(c.args) == 2 && text != "" && !hasHoles(sep) {
				u.Joined, u.Rest = text, restOfEach(list)
			}
			return &u, nil
		}
		for _, e := range list.Elems {
			if e.Missing() {
				return nil, errors.New("a null element cannot be joined")
			}
			if n > 0 {
				out = append(out, sep...)
			}
			p, _ := e.AsParts()
			out = append(out, p...)
			if size += knownBytes(p) + knownBytes(sep); size > maxText {
				return nil, errTooLong
			}
			// join(",", [x]) is x, with what that refers to.
			if n++; n == 1 && len(c.args) == 2 && len(list.Elems) == 1 {
				return c.carry(carryFrom(e, list)), nil
			}
		}
	}
	return c.made(out)
}

// startsWith is decided by the text before the first hole, endsWith by that
// behind the last one.
func (c *call) startsWith() (*value.Value, error) {
	return c.test(func(parts []value.Part, s string) value.Tri {
		start := knownPrefix(parts)
		switch {
		case strings.HasPrefix(start, s):
			return value.Yes
		case hasHoles(parts) && strings.HasPrefix(s, start):
			return value.Maybe
		}
		return value.No
	})
}

func (c *call) endsWith() (*value.Value, error) {
	return c.test(func(parts []value.Part, s string) value.Tri {
		end := knownSuffix(parts)
		switch {
		case strings.HasSuffix(end, s):
			return value.Yes
		case hasHoles(parts) && strings.HasSuffix(s, end):
			return value.Maybe
		}
		return value.No
	})
}

// strContains can be sure of what is in a text between holes, and of nothing else
// where there is a hole.
func (c *call) strContains() (*value.Value, error) {
	return c.test(func(parts []value.Part, s string) value.Tri {
		for _, p := range joinTexts(parts) {
			if p.Hole == nil && strings.Contains(p.Text.String, s) {
				return value.Yes
			}
		}
		if hasHoles(parts) {
			return value.Maybe
		}
		return value.TriOf(s == "")
	})
}

// test is a question about a text, of which the answer for "" is known: it is in any.
func (c *call) test(f func([]value.Part, string) value.Tri) (*value.Value, error) {
	parts, ok, err := c.parts(0)
	s, known, err2 := c.literal(1)
	if err := errors.Join(err, err2); err != nil {
		return nil, err
	}
	if !known || !ok && s != "" {
		return c.truth(value.Maybe), nil
	}
	return c.truth(f(parts, s)), nil
}

// substr is decided when what it takes lies in the known prefix.
func (c *call) substr() (*value.Value, error) {
	parts, ok, err := c.parts(0)
	if err != nil {
		return nil, err
	}
	if !ok || !hasHoles(parts) {
		return c.library(stdlib.SubstrFunc)
	}
	from, ok1, err1 := c.number(1)
	n, ok2, err2 := c.number(2)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	start := knownPrefix(parts)
	for i := 0; i < len(start); i++ { // combining characters would move the count
		if start[i] >= utf8.RuneSelf {
			return c.unknown(cty.String), nil
		}
	}
	if !ok1 || !ok2 || from < 0 || n < 0 || from > len(start) || n >= len(start)-from {
		return c.unknown(cty.String), nil
	}
	return c.text(start[from : from+n]), nil
}
