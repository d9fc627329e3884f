package workspace

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Bounds on what is parsed at all: hcl's parser is recursive, and Go has no way
// to survive the end of its stack.
const (
	maxNesting      = 500  // brackets, templates, blocks
	maxUnary        = 500  // operators in a row: !!!!x
	maxConditionals = 5000 // ? in one file
	maxDirectives   = 5000 // %{ in one file
	maxSyntaxGaps   = 5    // reported per file, or per block that is parsed on its own
)

// ParsedFile is a file of the configuration, parsed, or as far as its blocks are
// known: these are parsed when somebody asks what is in them.
type ParsedFile struct {
	File *source.File
	Body Body
	Gaps []source.Gap // of the whole file; see also syntaxGaps

	broken *atomic.Bool // set where a block that is parsed later has an error
}

// Parse reads a file of either syntax, once for all roots.
func (b *Boundary) Parse(f *source.File) *ParsedFile {
	if b.shares(f.Name) {
		return b.base.Parse(f)
	}
	return once(&b.cache.mu, &b.cache.parsed, f, func() *ParsedFile { return b.parse(f) })
}

func (b *Boundary) parse(f *source.File) *ParsedFile {
	if bytes.HasPrefix(f.Bytes, []byte("\x00GITCRYPT\x00")) { // the header of what git-crypt writes
		at := source.Span{File: f}
		return &ParsedFile{File: f, Gaps: []source.Gap{{Kind: source.LimitGap, Span: at, Reason: f.Name + " is encrypted by git-crypt: unlock it first"}}}
	}
	if p := b.reparse(f); p != nil {
		return p
	}
	if p := b.outline(f); p != nil {
		return p
	}
	if strings.HasSuffix(f.Name, ".json") {
		return parseJSONFile(f)
	}
	return parseNativeFile(f)
}

// reparse parses a file that replaces one of the base, as far as it differs.
func (b *Boundary) reparse(f *source.File) *ParsedFile {
	if b.base == nil || b.shown {
		return nil
	}
	old, gap := b.base.File(f.Name)
	if gap != nil || strings.HasSuffix(f.Name, ".json") {
		return nil
	}
	return reparse(b.base.Parse(old), f)
}

// broken is set where an error was found in a block of any file, of the base or of
// what replaces it, that was parsed later than its file.
func (b *Boundary) broken() *atomic.Bool {
	for b.base != nil {
		b = b.base
	}
	return &b.cache.broken
}

// outline finds the blocks of a file, and parses none. It is nil where the file has
// to be parsed at once: one with values of variables, and one with anything else
// than sound blocks.
func (b *Boundary) outline(f *source.File) *ParsedFile {
	_, kind := ConfigName(path.Base(f.Name))
	if b.ParseAll || kind == "" {
		return nil
	}
	find, syntax := headings, value.SyntaxBlock
	if strings.HasSuffix(kind, ".json") {
		find, syntax = headingsJSON, value.SyntaxTFJSON
	}
	found, ok := find(f.Bytes)
	if !ok {
		return nil
	}
	return outlined(f, found, syntax, b.broken())
}

func parseNativeFile(f *source.File) *ParsedFile {
	p := &ParsedFile{File: f, Body: Body{Syntax: value.SyntaxBlock}}
	text := source.Literal(source.Span{File: f, Start: 0, End: len(f.Bytes)})
	if at, reason := TooDeep(f.Bytes); reason != "" {
		p.Gaps = []source.Gap{{Kind: source.ErrorGap, Span: source.Span{File: f, Start: at, End: at}, Reason: reason}}
		return p
	}
	start := hcl.Pos{Line: 1, Column: 1}
	parsed, diags := hclsyntax.ParseConfig(f.Bytes, f.Name, start)
	if hasInvalidUTF8(diags) {
		// Parse again with the bytes replaced, so that one bad byte in a
		// description does not hide the rest; the diagnostics stay.
		parsed, _ = hclsyntax.ParseConfig(replaceInvalidUTF8(f.Bytes), f.Name, start)
	}
	p.Gaps = SyntaxGaps(diags, text)
	if parsed != nil {
		if root, ok := parsed.Body.(*hclsyntax.Body); ok {
			p.Body = nativeBody(root, text)
		}
	}
	return p
}

// SyntaxGaps are the errors of a parser, by place.
func SyntaxGaps(diags hcl.Diagnostics, text source.Text) []source.Gap {
	var gaps []source.Gap
	for _, d := range diags {
		if d.Severity != hcl.DiagError {
			continue
		}
		if len(gaps) == maxSyntaxGaps {
			break
		}
		g := source.Gap{Kind: source.ErrorGap, Reason: Diagnostic(d)}
		if d.Subject != nil {
			g.Span = SpanIn(text, *d.Subject)
		} else {
			g.Span = text.Span
		}
		gaps = append(gaps, g)
	}
	return gaps
}

// Diagnostic is a diagnostic in one line.
func Diagnostic(d *hcl.Diagnostic) string {
	summary := d.Summary
	if summary != "" {
		summary = strings.ToLower(summary[:1]) + summary[1:]
	}
	detail := strings.Join(strings.Fields(d.Detail), " ")
	if detail == "" {
		return summary
	}
	return summary + ": " + strings.TrimSuffix(detail, ".")
}

func hasInvalidUTF8(diags hcl.Diagnostics) bool {
	for _, d := range diags {
		if d.Summary == "Invalid character encoding" {
			return true
		}
	}
	return false
}

// replaceInvalidUTF8 keeps the length, so that offsets stay true.
func replaceInvalidUTF8(in []byte) []byte {
	out := bytes.Clone(in)
	for i := 0; i < len(out); {
		r, size := utf8.DecodeRune(out[i:])
		if r == utf8.RuneError && size == 1 {
			out[i] = '?'
		}
		i += size
	}
	return out
}

// TooDeep says where and why a text is not parsed. Only texts that look deep
// are taken apart for it.
func TooDeep(b []byte) (int, string) {
	if n := bytes.Count(b, []byte("%{")); n > maxDirectives {
		return 0, fmt.Sprintf("more than %d template directives", maxDirectives)
	}
	depth, deepest, unary, longest, conditionals, digits, number := 0, 0, 0, 0, 0, 0, 0
	for _, c := range b {
		if '0' <= c && c <= '9' || c == '.' {
			digits++
			number = max(number, digits)
		} else {
			digits = 0
		}
		switch c {
		case '(', '[', '{':
			depth++
			deepest = max(deepest, depth)
		case ')', ']', '}':
			depth = max(0, depth-1)
		case '?':
			conditionals++
		}
		switch c {
		case '!', '-':
			unary++
			longest = max(longest, unary)
		case ' ', '\t', '\n', '\r':
		default:
			unary = 0
		}
	}
	if deepest <= maxNesting && longest <= maxUnary && conditionals <= maxConditionals && number <= value.MaxDigits {
		return 0, ""
	}
	return tokenDepth(b)
}

// tokenDepth says where the real nesting goes over a bound: brackets in strings
// and comments do not count.
func tokenDepth(b []byte) (int, string) {
	tokens, _ := hclsyntax.LexConfig(b, "", hcl.Pos{Line: 1, Column: 1})
	depth, conditionals, unary := 0, 0, 0
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOParen, hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenTemplateInterp,
			hclsyntax.TokenTemplateControl, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
			depth++
		case hclsyntax.TokenCParen, hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenTemplateSeqEnd,
			hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc:
			depth--
		case hclsyntax.TokenQuestion:
			conditionals++
		}
		if t.Type == hclsyntax.TokenBang || t.Type == hclsyntax.TokenMinus {
			unary++
		} else {
			unary = 0
		}
		at := t.Range.Start.Byte
		switch {
		case depth > maxNesting:
			return at, fmt.Sprintf("nested deeper than %d levels", maxNesting)
		case conditionals > maxConditionals:
			return at, fmt.Sprintf("more than %d conditionals", maxConditionals)
		case t.Type == hclsyntax.TokenNumberLit && len(t.Bytes) > value.MaxDigits:
			return at, fmt.Sprintf("a number of more than %d digits", value.MaxDigits)
		case unary > maxUnary:
			return at, fmt.Sprintf("more than %d operators in a row", maxUnary)
		}
	}
	return 0, ""
}
