package proof

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer/automaton"
)

const (
	lowerLetters = "xyzabcdefghijklmnopqrstuvw"
	upperLetters = "XYZABCDEFGHIJKLMNOPQRSTUVW"
	digits       = "0123456789"
)

// sessionNames is [\w+=,.@-]{2,64}.
var sessionNames = automaton.Words(lowerLetters+digits+upperLetters+"_-+=,.@", 2, 64)

func isNameByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || strings.IndexByte("_+=,.@-", b) >= 0
}

// actionNames is service:Action in lower case.
var actionNames = automaton.Language{
	Groups: []string{"zyxabcdefghijklmnopqrstuvw0123456789", "-"},
	Step: func(s int, r rune) int {
		letter := r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
		switch {
		case s <= 1 && (letter || s == 1 && r == '-'):
			return 1
		case s == 1 && r == ':':
			return 2
		case s >= 2 && letter:
			return 3
		}
		return -1
	},
	Accepts: func(s int) bool { return s == 3 },
	Fold:    true,
}
