// Package glob matches slash-separated names with patterns in which * and ? stay within
// a step and ** is any number of steps, in time that grows with the pattern and the name
// and not with what could be tried: both may come from a stranger.
package glob

import (
	"path"
	"strings"
)

// Match says whether a pattern is of a name. A step that is malformed matches nothing.
func Match(pattern, name string) bool {
	return Steps(strings.Split(pattern, "/"), strings.Split(name, "/"))
}

// Steps is Match of what was taken apart already.
//
// Where a step after a ** does not match, the last ** takes one step of the name more:
// what one before it took need never be tried again, since whatever it could leave, the
// last one can take.
func Steps(pattern, name []string) bool {
	at, retry, from := 0, -1, 0 // of the pattern; the last ** of it, and where in the name it ends
	for n := 0; n < len(name); {
		switch {
		case at < len(pattern) && pattern[at] == "**":
			retry, from = at, n
			at++
		case at < len(pattern) && step(pattern[at], name[n]):
			at++
			n++
		case retry >= 0:
			from++
			at, n = retry+1, from
		default:
			return false
		}
	}
	for at < len(pattern) && pattern[at] == "**" {
		at++
	}
	return at == len(pattern)
}

// Below says whether a pattern may be of a name below a directory.
func Below(pattern, dir []string) bool {
	for i, d := range dir {
		switch {
		case i == len(pattern):
			return false
		case pattern[i] == "**":
			return true
		case !step(pattern[i], d):
			return false
		}
	}
	return len(pattern) > len(dir)
}

// step matches within a step, as path.Match does, which tries no more than the length of
// the name at each *.
func step(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}
