package policy

import (
	"strings"
	"unicode/utf8"

	"github.com/iamvet/iamvet/analyzer/value"
)

// Matches says whether s is in the pattern. Variables are unknown.
func (p Pattern) Matches(s string) Tri { return p.MatchesIn(s, nil) }

// MatchesIn is Matches with the variables' values taken from a request. A
// variable whose key is absent, without a default, matches nothing.
func (p Pattern) MatchesIn(s string, r *Request) Tri {
	t := p.match(s, r)
	if p.plain != nil && t != p.plain.match(s, r) {
		return Unknown
	}
	return t
}

func (p *Pattern) match(s string, r *Request) Tri {
	elems := p.elems
	if len(elems) == 1 && !p.arn {
		switch elems[0].kind {
		case starElem:
			return True
		case literalElem:
			return value.TriOf(equalText(elems[0].text, s, p.fold))
		}
	}
	null, hole := false, false
	for _, e := range elems {
		if e.kind == variableElem {
			elems, null = p.resolved(r)
			break
		}
	}
	if null {
		return False
	}
	for _, e := range elems {
		hole = hole || e.kind == holeElem
	}
	switch {
	case hole:
		if !glob(elems, s, p.fold) {
			return False
		}
		return Unknown
	case !p.arn && !glob(elems, s, p.fold):
		return False
	case p.resource && !globConfined(elems, s):
		return Unknown
	case !p.arn:
		return True
	}
	segments := p.segments
	if segments == nil {
		segments = split(elems)
	}
	return value.TriOf(len(segments) == 6 && globSegments(segments, s))
}

// resolved is the elements with variables replaced by their values, which are
// literal text, or by holes. null says that one has no value.
func (p *Pattern) resolved(r *Request) (out []elem, null bool) {
	out = make([]elem, 0, len(p.elems))
	colons := 0
	for _, e := range p.elems {
		if e.kind == variableElem {
			v, state := e.value(r)
			switch {
			case state == False:
				return nil, true
			case state == Unknown || p.arn && colons < 5 && strings.Contains(v, ":"):
				// AWS does not say whether a colon in a value ends a segment.
				e = elem{kind: holeElem}
			case v == "":
				continue
			default:
				e = elem{kind: literalElem, text: v}
			}
		} else if e.kind == literalElem {
			colons += strings.Count(e.text, ":")
		}
		out = append(out, e)
	}
	return out, false
}

// value is what a variable stands for; state is False when it has no value.
func (e elem) value(r *Request) (text string, state Tri) {
	if r == nil {
		return "", Unknown
	}
	v := r.Lookup(e.text)
	switch {
	case v.Presence == Known && len(v.Values) == 1 && !MultiValued(e.text):
		return v.Values[0], True
	case v.Presence != Absent:
		return "", Unknown
	case e.hasDefault:
		return e.otherwise, True
	}
	return "", False
}

// Resolve replaces variables by their values in the request. ok is False when
// one of them has none: the pattern then matches nothing. It is Unknown when
// one of them is not known; q then has a hole in its place.
func (p Pattern) Resolve(r *Request) (q Pattern, ok Tri) {
	ok = True
	b := patternBuilder{}
	colons := 0
	for _, e := range p.elems {
		if e.kind == variableElem {
			v, state := e.value(r)
			if state == False {
				return p, False
			}
			ok = ok.And(state)
			e = elem{kind: literalElem, text: v}
			if state == Unknown || p.arn && colons < 5 && strings.Contains(v, ":") {
				e, ok = elem{kind: holeElem}, Unknown
			} else if v == "" {
				continue
			}
		} else if e.kind == literalElem {
			colons += strings.Count(e.text, ":")
		}
		b.add(e)
	}
	q = p
	q.elems, q.segments = b.elems, nil
	if p.plain != nil {
		ok = Unknown
	}
	return q, ok
}

// isARN says whether the pattern has the six segments that ARN operators
// compare.
func (p *Pattern) isARN() Tri {
	colons, sure := 0, True
	for _, e := range p.elems {
		switch e.kind {
		case literalElem:
			colons += strings.Count(e.text, ":")
		case variableElem, holeElem:
			sure = Unknown
		}
	}
	if colons >= 5 {
		return True
	}
	return False.Or(sure.Not())
}

// glob matches elements in which holes count as *: an upper bound.
func glob(elems []elem, s string, fold bool) bool {
	i, j := 0, 0
	star, from := -1, 0
	for {
		if i == len(elems) {
			if j == len(s) {
				return true
			}
		} else {
			switch e := &elems[i]; e.kind {
			case starElem, holeElem:
				star, from = i+1, j
				i++
				continue
			case anyElem:
				if j < len(s) {
					_, n := utf8.DecodeRuneInString(s[j:])
					i, j = i+1, j+n
					continue
				}
			case literalElem:
				if hasPrefix(s[j:], e.text, fold) {
					i, j = i+1, j+len(e.text)
					continue
				}
			}
		}
		if star < 0 || from >= len(s) {
			return false
		}
		_, n := utf8.DecodeRuneInString(s[from:])
		from += n
		i, j = star, from
	}
}

// globConfined is glob for elements without holes, of which bound wildcards match
// no colon.
func globConfined(elems []elem, s string) bool {
	at := make([]bool, len(s)+1) // where the elements so far may end
	at[0] = true
	for _, e := range elems {
		next := make([]bool, len(s)+1)
		for i, ok := range at {
			switch {
			case !ok:
			case e.kind == literalElem && strings.HasPrefix(s[i:], e.text):
				next[i+len(e.text)] = true
			case e.kind == anyElem && i < len(s) && s[i] != ':':
				_, n := utf8.DecodeRuneInString(s[i:])
				next[i+n] = true
			case e.kind == starElem:
				for j := i; ; j++ {
					next[j] = true
					if j == len(s) || e.bound && s[j] == ':' {
						break
					}
				}
			}
		}
		at = next
	}
	return at[len(s)]
}

// globSegments matches every segment but the last by itself, and the last with
// the rest of s. There is no match when s has fewer segments.
func globSegments(segments [][]elem, s string) bool {
	last := len(segments) - 1
	for _, segment := range segments[:last] {
		i := strings.IndexByte(s, ':')
		if i < 0 || !glob(segment, s[:i], false) {
			return false
		}
		s = s[i+1:]
	}
	return glob(segments[last], s, false)
}

// split splits elements at the first five colons of their literals, or fewer
// when they have fewer.
func split(elems []elem) [][]elem {
	segments, colons := make([][]elem, 1, 6), 0
	for _, e := range elems {
		for colons < 5 && e.kind == literalElem {
			before, after, found := strings.Cut(e.text, ":")
			if !found {
				break
			}
			if before != "" {
				segments[colons] = append(segments[colons], elem{kind: literalElem, text: before})
			}
			e.text = after
			segments = append(segments, nil)
			colons++
		}
		if e.kind != literalElem || e.text != "" {
			segments[colons] = append(segments[colons], e)
		}
	}
	return segments
}

func hasPrefix(s, prefix string, fold bool) bool {
	return len(s) >= len(prefix) && equalText(s[:len(prefix)], prefix, fold)
}

// equalText compares, with fold without regard to ASCII case.
func equalText(a, b string, fold bool) bool {
	if !fold {
		return a == b
	}
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// lowerText is s with ASCII letters in lower case.
func lowerText(s string) string {
	for i := range len(s) {
		if lower(s[i]) != s[i] {
			b := []byte(s)
			for ; i < len(b); i++ {
				b[i] = lower(b[i])
			}
			return string(b)
		}
	}
	return s
}
