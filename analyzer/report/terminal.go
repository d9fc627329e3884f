package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// paint adds ANSI colours to text, or nothing when off.
type paint bool

// The colours used, as ANSI SGR parameters.
const (
	bold    = "1"
	dim     = "2"
	red     = "31"
	green   = "32"
	yellow  = "33"
	blue    = "34"
	magenta = "35"
	cyan    = "36"
)

func (p paint) in(colour, s string) string {
	if !p || s == "" || colour == "" {
		return s
	}
	return "\x1b[" + colour + "m" + s + "\x1b[0m"
}

// clean is s without what a terminal would obey rather than print: control
// characters, escape sequences and changes of writing direction; nor has it what a runner
// of GitHub Actions takes for a command anywhere in its log. What is printed comes from
// files that someone else wrote. A � stands for each.
func clean(s string) string {
	return strings.ReplaceAll(strings.Map(func(r rune) rune {
		if unsafeRune(r) {
			return utf8.RuneError
		}
		return r
	}, s), "##[", "#\ufffd[")
}

// noCommand is a line that a runner does not take for one, whatever stands in it: it takes
// ::command:: after blanks.
func noCommand(line string) string {
	line = strings.ReplaceAll(line, "##[", "#\ufffd[")
	if text := strings.TrimLeft(line, " \t"); strings.HasPrefix(text, "::") {
		return line[:len(line)-len(text)] + "\ufffd" + text[1:]
	}
	return line
}

// noCommands is noCommand of each line: names of files may have several.
func noCommands(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = noCommand(lines[i])
	}
	return strings.Join(lines, "\n")
}

// colour is what iamvet itself writes for a terminal.
var colour = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// Inert is text or JSON that was printed, with nothing in it that a terminal obeys, but
// colours, or that a runner takes for a command. What stands for it in JSON is an escape
// sequence, so that it says what it said.
func Inert(b []byte) []byte {
	if json.Valid(b) || json.Valid(firstLine(b)) {
		return inertJSON(b)
	}
	var out strings.Builder
	for line := range strings.Lines(string(b)) {
		text, end := strings.CutSuffix(line, "\n")
		var kept strings.Builder
		at := 0
		for _, m := range colour.FindAllStringIndex(text, -1) {
			kept.WriteString(clean(text[at:m[0]]) + text[m[0]:m[1]])
			at = m[1]
		}
		kept.WriteString(clean(text[at:]))
		out.WriteString(noCommand(kept.String()))
		if end {
			out.WriteByte('\n')
		}
	}
	return []byte(out.String())
}

// firstLine is of JSON lines.
func firstLine(b []byte) []byte {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return line
}

// inertJSON escapes in JSON, whose strings alone hold such characters.
func inertJSON(b []byte) []byte {
	if !bytes.Contains(b, []byte("##[")) && !bytes.ContainsFunc(b, escapedRune) {
		return b
	}
	var out bytes.Buffer
	for _, r := range strings.ReplaceAll(string(b), "##[", `#\u0023[`) {
		if !escapedRune(r) {
			out.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	return out.Bytes()
}

// escapedRune is unsafeRune, but for what JSON itself is laid out with.
func escapedRune(r rune) bool { return r != '\r' && unsafeRune(r) }

func unsafeRune(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case unicode.IsControl(r):
		return true
	}
	// Tags are invisible, and some programs that read for people obey them.
	return unicode.Is(unicode.Bidi_Control, r) || r == 0x2028 || r == 0x2029 || r >= 0xe0000 && r <= 0xe007f
}

// runeWidth is the number of columns that a terminal gives a character.
func runeWidth(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

func textWidth(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// wrapped is s in lines of at most limit columns where its words allow it.
func wrapped(s string, limit int) []string {
	var lines []string
	line, columns := "", 0
	for _, word := range strings.Fields(clean(s)) {
		w := textWidth(word)
		if line != "" && columns+1+w > limit {
			lines = append(lines, line)
			line, columns = "", 0
		}
		if line != "" {
			line += " "
			columns++
		}
		line += word
		columns += w
	}
	return append(lines, line)
}

// Wrap is text in lines of so many columns, where words allow that, without what a
// terminal would obey.
func Wrap(s string, columns int) string { return strings.Join(wrapped(s, columns), "\n") }
