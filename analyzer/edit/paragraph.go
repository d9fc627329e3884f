package edit

import (
	"bytes"
	"regexp"
	"sort"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
)

// paragraph is the lines around a range of a file that terraform fmt treats
// together: up to blank lines outside of all brackets.
func paragraph(f *source.File, from, to int) (start, end int) {
	if bytes.HasPrefix(f.Bytes, []byte(bom)) {
		start = len(bom)
	}
	breaks := source.Derived(f, paragraphs{}, func() []blankLine { return blankLines(f.Bytes, start) })
	before := sort.Search(len(breaks), func(i int) bool { return breaks[i].end > from })
	if before > 0 {
		start = breaks[before-1].end
	}
	breaks = breaks[before:]
	after := sort.Search(len(breaks), func(i int) bool { return breaks[i].start > to })
	if after == len(breaks) {
		return start, len(f.Bytes)
	}
	return start, breaks[after].start
}

// paragraphs is the key of a file's blank lines.
type paragraphs struct{}

// blankLine is a line without anything, from where its line ending begins to where
// it ends.
type blankLine struct{ start, end int }

// blankLines are those outside of all brackets, from offset i on. It looks at
// brackets, quotes, comments and heredocs only, since a file may be large.
func blankLines(b []byte, i int) []blankLine {
	var out []blankLine
	depth, empty := 0, false // whether nothing has come on the line
	for i < len(b) {
		switch c := b[i]; {
		case c == '\n':
			if empty && depth == 0 {
				out = append(out, blankLine{len(bytes.TrimSuffix(b[:i], []byte("\r"))), i + 1})
			}
			empty = true
			i++
			continue
		case c == '#' || c == '/' && bytes.HasPrefix(b[i:], []byte("//")):
			for i < len(b) && b[i] != '\n' {
				i++
			}
			empty = false
			continue
		case c == ' ' || c == '\t' || c == '\r':
			i++
			continue
		case c == '{' || c == '[' || c == '(':
			depth++
		case c == '}' || c == ']' || c == ')':
			depth--
		}
		empty = false
		i = skipToken(b, i)
	}
	return out
}

// skipToken returns the end of the quoted string, comment or heredoc that
// begins at i, or of the byte there.
func skipToken(b []byte, i int) int {
	end, ok := i+1, true
	switch rest := b[i:]; {
	case rest[0] == '"':
		end, ok = skipTemplate(b, i)
	case bytes.HasPrefix(rest, []byte("/*")):
		k := bytes.Index(rest, []byte("*/"))
		end, ok = i+k+2, k >= 0
	case bytes.HasPrefix(rest, []byte("<<")):
		end, ok = skipHeredoc(b, i)
	}
	if !ok {
		return len(b)
	}
	return end
}

var heredocStart = regexp.MustCompile(`^<<-?([\pL_][\pL\pN_-]*)[ \t]*\r?\n`)

// skipHeredoc returns the end of the heredoc that begins at i.
func skipHeredoc(b []byte, i int) (int, bool) {
	m := heredocStart.FindSubmatch(b[i:min(len(b), i+200)])
	if m == nil {
		return i + 1, true // two signs of another operator
	}
	for i += len(m[0]); i < len(b); {
		line := b[i:]
		if k := bytes.IndexByte(line, '\n'); k >= 0 {
			line = line[:k]
		}
		if bytes.Equal(bytes.TrimSpace(line), m[1]) {
			return i + len(bytes.TrimRight(line, "\r")), true
		}
		for end := i + len(line); i < end; {
			if c := b[i]; c != '$' && c != '%' {
				i++
				continue
			}
			n := literalRun(b[i:])
			if n == 0 { // an interpolation, which may go over lines
				after, ok := skipInterpolation(b, i)
				if !ok {
					return 0, false
				}
				n = after - i
			}
			i += n
		}
		if k := bytes.IndexByte(b[i:], '\n'); k >= 0 && (i == len(b) || b[i] == '\n' || b[i] == '\r') {
			i += k + 1
		}
	}
	return 0, false
}

// inDocument says that the span lies in an aws_iam_policy_document data source.
func inDocument(s source.Span) bool {
	start, end := paragraph(s.File, s.Start, s.End)
	toks, diags := hclsyntax.LexConfig(s.File.Bytes[start:end], s.File.Name, hcl.Pos{Line: 1, Column: 1, Byte: start})
	if diags.HasErrors() {
		return false
	}
	depth, header := 0, ""
	for _, t := range toks {
		if depth == 0 && endsLine(t) {
			header = ""
			continue
		}
		if t.Range.Start.Byte > s.Start {
			break
		}
		if depth += depthChange(t); depth <= 1 && t.Type != hclsyntax.TokenOBrace {
			header += string(t.Bytes)
		}
	}
	const data = `data"aws_iam_policy_document"`
	return len(header) >= len(data) && header[:len(data)] == data
}
