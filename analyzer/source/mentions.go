package source

import (
	"slices"
	"sort"
	"strings"
)

// mentionsKey is the key of the dotted names of a file, in order.
type mentionsKey struct{}

// Mentions are the places at which a dotted name stands in the text, of at least two
// words (aws_iam_role.ci), as no part of a longer word and not behind a dot: what comes
// after it is a dot or no letter, digit, dash or underscore. The text is looked through
// once, for all names that somebody asks for: names are as many as the blocks of a file.
func (f *File) Mentions(name string) []int {
	if !isDotted(name) {
		return f.occurrences(name)
	}
	names := Derived(f, mentionsKey{}, func() []int32 { return dottedNames(f.All()) })
	first := sort.Search(len(names), func(i int) bool { return compareAt(f.Bytes, int(names[i]), name) >= 0 })
	var out []int
	for _, at := range names[first:] {
		if compareAt(f.Bytes, int(at), name) != 0 {
			break
		}
		out = append(out, int(at))
	}
	slices.Sort(out)
	return out
}

// occurrences is Mentions of a text that is no dotted name in ASCII.
func (f *File) occurrences(name string) []int {
	text := string(f.All())
	var out []int
	for from := 0; name != ""; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			break
		}
		i += from
		if (i == 0 || !inName(text[i-1]) && text[i-1] != '.') && (i+len(name) == len(text) || !inName(text[i+len(name)])) {
			out = append(out, i)
		}
		from = i + len(name)
	}
	return out
}

// dottedNames are where the dotted names of a text begin, in the order of the names.
func dottedNames(text []byte) []int32 {
	var out []int32
	for i := 0; i < len(text); i++ {
		if !inName(text[i]) {
			continue
		}
		start, dots := i, 0
		for i < len(text) && (inName(text[i]) || text[i] == '.' && i+1 < len(text) && inName(text[i+1])) {
			if text[i] == '.' {
				dots++
			}
			i++
		}
		if dots > 0 && (start == 0 || text[start-1] != '.') {
			out = append(out, int32(start))
		}
	}
	slices.SortFunc(out, func(a, b int32) int {
		for i, j := int(a), int(b); ; i, j = i+1, j+1 {
			x, y := weightAt(text, i), weightAt(text, j)
			switch {
			case x != y:
				return int(x) - int(y)
			case x == 0:
				return int(a - b)
			}
		}
	})
	return out
}

// compareAt compares the name that begins at a place with one that is asked for, of which
// it may be longer by more words.
func compareAt(text []byte, at int, name string) int {
	for i := range len(name) {
		if x, y := weightAt(text, at+i), weight(name[i]); x != y {
			return int(x) - int(y)
		}
	}
	if weightAt(text, at+len(name)) > 1 {
		return 1
	}
	return 0
}

// weightAt is the weight of a byte of a name, 0 at its end. The dot weighs less than what
// a word goes on with, so that a name stands beside those that are longer by words.
func weightAt(text []byte, i int) byte {
	if i >= len(text) {
		return 0
	}
	return weight(text[i])
}

func weight(c byte) byte {
	switch {
	case c == '.':
		return 1
	case inName(c):
		return c
	}
	return 0
}

func inName(c byte) bool {
	return c == '_' || c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// isDotted says that a text is words with dots between them.
func isDotted(name string) bool {
	words := strings.Split(name, ".")
	return len(words) > 1 && !slices.ContainsFunc(words, func(w string) bool {
		return w == "" || strings.ContainsFunc(w, func(r rune) bool { return r > 127 || !inName(byte(r)) })
	})
}
