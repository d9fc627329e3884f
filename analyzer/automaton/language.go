package automaton

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Language says which strings there are: a small deterministic automaton whose
// start state is 0 and whose dead state is -1.
type Language struct {
	// Groups are the characters, those together that the automaton does not tell
	// apart, the nicest first: witnesses are made of them.
	Groups  []string
	Step    func(state int, r rune) int
	Accepts func(state int) bool
	Longest int  // of its strings in characters; 0 where there is no bound
	Fold    bool // compared without regard to case: it holds lower case only
}

// Contains says that a string is in the language.
func (l Language) Contains(s string) bool {
	if l.Longest > 0 && utf8.RuneCountInString(s) > l.Longest {
		return false
	}
	state := 0
	for _, r := range s {
		if state = l.Step(state, r); state < 0 {
			return false
		}
	}
	return l.Accepts(state)
}

// nice is the order in which characters are taken for witnesses.
const nice = "xyz0123456789abcdefghijklmnopqrstuvwXYZABCDEFGHIJKLMNOPQRSTUVW-_./:@=+, *?"

// AnyText is every string of printable characters that is not empty.
var AnyText = Language{
	Groups:  []string{nice, "/"},
	Step:    func(int, rune) int { return 1 },
	Accepts: func(s int) bool { return s == 1 },
}

// Everything is every string, of whatever characters and variables.
var Everything = Language{
	Groups:  []string{beyond()},
	Step:    func(int, rune) int { return 0 },
	Accepts: func(int) bool { return true },
}

// beyond are all characters of ASCII, and some that are not.
func beyond() string {
	var b strings.Builder
	b.WriteString(nice)
	for r := rune(utf8.RuneSelf - 1); r >= 0; r-- {
		if !strings.ContainsRune(nice, r) {
			b.WriteRune(r)
		}
	}
	for r := 'à'; r <= 'þ'; r++ {
		b.WriteRune(r)
	}
	return b.String()
}

// Words is every string of at least some and, unless most is 0, at most so many
// of the characters, the nicest of which come first.
func Words(characters string, least, most int) Language {
	return Language{
		Groups: []string{characters},
		Step: func(s int, r rune) int {
			if !strings.ContainsRune(characters, r) {
				return -1
			}
			return min(s+1, least)
		},
		Accepts: func(s int) bool { return s == least },
		Longest: most,
	}
}

// A Piece is one of the pieces that strings of a Form consist of.
type Piece struct {
	Text        string // itself, when Characters is ""
	Characters  string // a run of these, the nicest first
	Least, Most int
}

// Form is every string that is made of the pieces of one of several ways, one
// after another. No way has two runs next to each other that share a character
// unless the first has a fixed length; lengths are bounded.
func Form(ways ...[]Piece) Language {
	// A state is a set of places: way, piece, and how many of it were read.
	type place struct{ way, piece, read int }
	size := func(p Piece) (least, most int) {
		if p.Characters == "" {
			return len(p.Text), len(p.Text)
		}
		return p.Least, p.Most
	}
	var closure func(p place, to []place) []place
	closure = func(p place, to []place) []place {
		to = append(to, p)
		if way := ways[p.way]; p.piece < len(way) {
			if least, _ := size(way[p.piece]); p.read >= least {
				to = closure(place{p.way, p.piece + 1, 0}, to)
			}
		}
		return to
	}
	var states [][]place
	numbers := map[string]int{}
	number := func(ps []place) int {
		var key strings.Builder
		for _, p := range ps {
			key.WriteString(string([]rune{rune(p.way), rune(p.piece), rune(p.read), ';'}))
		}
		n, ok := numbers[key.String()]
		if !ok {
			n = len(states)
			numbers[key.String()] = n
			states = append(states, ps)
		}
		return n
	}
	step := func(from []place, r rune) (to []place) {
		for _, p := range from {
			way := ways[p.way]
			if p.piece == len(way) {
				continue
			}
			piece := way[p.piece]
			_, most := size(piece)
			fits := p.read < most && (piece.Characters == "" && rune(piece.Text[p.read]) == r || piece.Characters != "" && strings.ContainsRune(piece.Characters, r))
			if fits {
				to = closure(place{p.way, p.piece, p.read + 1}, to)
			}
		}
		slices.SortFunc(to, func(a, b place) int {
			return cmp.Or(a.way-b.way, a.piece-b.piece, a.read-b.read)
		})
		return slices.Compact(to)
	}
	var start []place
	longest := 0
	group := map[rune]string{}
	var order []rune
	for i, way := range ways {
		start = closure(place{i, 0, 0}, start)
		length := 0
		for j, p := range way {
			_, most := size(p)
			length += most
			for k, r := range p.Text + p.Characters {
				if _, ok := group[r]; !ok {
					order = append(order, r)
				}
				id := string([]rune{rune(i), rune(j)})
				if p.Characters == "" {
					id += string(rune(k + 1))
				}
				group[r] += id
			}
		}
		longest = max(longest, length)
	}
	number(start)
	// The whole automaton is made now, so that it can be shared.
	table := []map[rune]int{}
	for at := 0; at < len(states); at++ {
		row := map[rune]int{}
		for _, r := range order {
			if to := step(states[at], r); len(to) > 0 {
				row[r] = number(to)
			}
		}
		table = append(table, row)
	}
	accepting := make([]bool, len(states))
	for i, s := range states {
		for _, p := range s {
			accepting[i] = accepting[i] || p.piece == len(ways[p.way])
		}
	}
	l := Language{
		Step: func(s int, r rune) int {
			if to, ok := table[s][r]; ok {
				return to
			}
			return -1
		},
		Accepts: func(s int) bool { return accepting[s] },
		Longest: longest,
	}
	at := map[string]int{}
	for _, r := range order {
		i, ok := at[group[r]]
		if !ok {
			i = len(l.Groups)
			at[group[r]] = i
			l.Groups = append(l.Groups, "")
		}
		l.Groups[i] += string(r)
	}
	return l
}
