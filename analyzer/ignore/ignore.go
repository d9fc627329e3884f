// Package ignore reads the comments in which people say that they know of a finding:
//
//	# iamvet:ignore IV201 reason="only the pipeline" until=2027-01-31
//
// at the end of the line, on the lines above it, or at the head of a block, for all of
// the block. In .tf.json it is the text of a "//" member, for the object that has it.
package ignore

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// Marker begins what is said.
const Marker = "iamvet:ignore"

// A Comment says that findings of rules at a place are known.
type Comment struct {
	Rules  []string // ids or names, as written
	Reason string
	Until  string      // 2027-01-31, the last day; "" for ever
	Span   source.Span // of the comment, from the marker on
	// Wrong is what is wrong with it, so that it ignores nothing; "" mostly.
	Wrong string

	// line is the text that it stands at, and block the block that this begins; zero for
	// none.
	line, block source.Span
}

// Covers says that a place is on the line that the comment stands at, or in the block
// that this begins.
func (c *Comment) Covers(at source.Span) bool {
	in := func(s source.Span) bool {
		return s.File != nil && at.File != nil && s.File.Name == at.File.Name && s.Start <= at.Start && at.Start < s.End
	}
	return in(c.line) || in(c.block)
}

// Place is what a comment says and the beginning of the line that it says it of, the head of
// a block mostly: a comment that is taken elsewhere says something else.
func (c *Comment) Place() string {
	about := c.line
	if about.IsZero() {
		about = c.block
	}
	if about.IsZero() {
		return c.Span.Text()
	}
	about.End = min(about.End, about.Start+256) // all of a file may be on one line
	line, _, _ := strings.Cut(about.Text(), "\n")
	return c.Span.Text() + "\x00" + strings.TrimSpace(line)
}

// Expired says that the day until which it holds is over at a time.
func (c *Comment) Expired(now time.Time) bool { return Over(c.Until, now) }

// Over says that a day, such as 2027-01-31, is over at a time, in UTC; no day is over
// for "".
func Over(day string, now time.Time) bool {
	last, err := time.Parse(time.DateOnly, day)
	return day != "" && err == nil && !now.UTC().Before(last.AddDate(0, 0, 1))
}

// Comments are those of a file of configuration, in either syntax, in order. They are
// looked for once.
func Comments(f *source.File) []*Comment { return of(f).all }

// At are those of a file that cover a place in it.
func At(at source.Span) []*Comment {
	if at.IsZero() {
		return nil
	}
	return of(at.File).at(at)
}

// comments are those of a file, by where they are for: many findings of a file ask.
type comments struct {
	all    []*Comment
	byLine map[int][]*Comment // by the offset of the line
	// blocks are those with a block, in the order of these, and around is the next that
	// is around the block of each; -1 for none.
	blocks []*Comment
	around []int
}

type derived struct{} // the key of what is Derived here

func of(f *source.File) *comments {
	return source.Derived(f, derived{}, func() *comments {
		c := &comments{byLine: map[int][]*Comment{}}
		switch {
		case !bytes.Contains(f.Bytes, []byte(Marker)):
		case strings.HasSuffix(f.Name, ".json"):
			c.all = inJSON(f)
		case strings.HasSuffix(f.Name, ".tf") || strings.HasSuffix(f.Name, ".tofu"):
			c.all = inNative(f)
		}
		for _, one := range c.all {
			if !one.line.IsZero() {
				c.byLine[one.line.Start] = append(c.byLine[one.line.Start], one)
			}
			if !one.block.IsZero() {
				c.blocks = append(c.blocks, one)
			}
		}
		slices.SortStableFunc(c.blocks, func(a, b *Comment) int {
			return cmp.Or(cmp.Compare(a.block.Start, b.block.Start), cmp.Compare(b.block.End, a.block.End))
		})
		var open []int
		for i, one := range c.blocks {
			for len(open) > 0 && c.blocks[open[len(open)-1]].block.End < one.block.End {
				open = open[:len(open)-1]
			}
			c.around = append(c.around, -1)
			if len(open) > 0 {
				c.around[i] = open[len(open)-1]
			}
			open = append(open, i)
		}
		return c
	})
}

func (c *comments) at(at source.Span) []*Comment {
	if len(c.all) == 0 {
		return nil
	}
	line := at.File.LineSpan(at.File.Line(at.Start))
	out := slices.Clone(c.byLine[line.Start])
	last, found := slices.BinarySearchFunc(c.blocks, at.Start, func(b *Comment, at int) int { return cmp.Compare(b.block.Start, at) })
	for found && last+1 < len(c.blocks) && c.blocks[last+1].block.Start == at.Start {
		last++
	}
	if !found {
		last--
	}
	for i := last; i >= 0; i = c.around[i] {
		// Those of the line are there already.
		if one := c.blocks[i]; one.Covers(at) && one.line != line {
			out = append(out, one)
		}
	}
	return out
}

// inNative are the comments of a file in the native syntax. What looks like one in a
// string or a heredoc is none.
func inNative(f *source.File) []*Comment {
	tokens, _ := hclsyntax.LexConfig(f.Bytes, f.Name, hcl.InitialPos)
	var code []int // the lines on which something begins that is no comment, in order
	began := map[int]bool{}
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenComment, hclsyntax.TokenNewline, hclsyntax.TokenEOF:
		default:
			if line := t.Range.Start.Line; len(code) == 0 || code[len(code)-1] < line {
				code = append(code, line)
				began[line] = true
			}
		}
	}
	heads := headsOf(f)
	var out []*Comment
	for _, t := range tokens {
		at := bytes.Index(t.Bytes, []byte(Marker))
		if t.Type != hclsyntax.TokenComment || at < 0 {
			continue
		}
		text, _, _ := strings.Cut(string(t.Bytes[at:]), "\n")
		text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "*/"))
		start := t.Range.Start.Byte + at
		c := parse(text, source.Span{File: f, Start: start, End: start + len(text)})
		out = append(out, c)

		line := t.Range.Start.Line
		next, _ := slices.BinarySearch(code, line)
		before := next - 1
		if _, shared := began[line]; !shared {
			// Alone on its line: it is for the next that has code. As the first in a block it
			// is at the head of that.
			if before >= 0 {
				if h, ok := heads[code[before]]; ok && h.opens == code[before] {
					c.block = h.block
				}
			}
			if next == len(code) {
				continue
			}
			line = code[next]
		}
		c.line = f.LineSpan(line)
		if h, ok := heads[line]; ok {
			c.block = h.block
		}
	}
	return out
}

// A head is where a block begins; opens is the line of its brace.
type head struct {
	opens int
	block source.Span
}

// headsOf are the heads of the blocks of a file, those inside of others too, by the line
// of their types.
func headsOf(f *source.File) map[int]head {
	out := map[int]head{}
	if _, reason := workspace.TooDeep(f.Bytes); reason != "" {
		return out
	}
	parsed, _ := hclsyntax.ParseConfig(f.Bytes, f.Name, hcl.InitialPos)
	body, ok := parsed.Body.(*hclsyntax.Body)
	if !ok {
		return out
	}
	var visit func(*hclsyntax.Body)
	visit = func(body *hclsyntax.Body) {
		for _, b := range body.Blocks {
			if _, taken := out[b.TypeRange.Start.Line]; !taken { // the outer of two on one line
				out[b.TypeRange.Start.Line] = head{b.OpenBraceRange.Start.Line, source.Span{File: f, Start: b.TypeRange.Start.Byte, End: b.CloseBraceRange.End.Byte}}
			}
			visit(b.Body)
		}
	}
	visit(body)
	return out
}

// inJSON are those of a file in JSON: the texts of the members "//".
func inJSON(f *source.File) []*Comment {
	var out []*Comment
	d := json.NewDecoder(bytes.NewReader(f.Bytes))
	type object struct {
		start    int // of it, or of the name that it has in the object around it
		list     bool
		key      string
		keyStart int
		named    bool // the next token is the value of key
		said     []*Comment
	}
	var open []*object
	for {
		before := int(d.InputOffset())
		t, err := d.Token()
		if err != nil {
			return out
		}
		after := int(d.InputOffset())
		begins := before + bytes.IndexFunc(f.Bytes[before:after], func(r rune) bool { return !strings.ContainsRune(" \t\r\n,:", r) })
		var in *object
		if len(open) > 0 {
			in = open[len(open)-1]
		}
		value := func() {
			if in != nil {
				in.named = false
			}
		}
		switch v := t.(type) {
		case json.Delim:
			switch v {
			case '{', '[':
				start := begins
				if in != nil && !in.list {
					start = in.keyStart
				}
				value()
				open = append(open, &object{start: start, list: v == '['})
			default:
				open = open[:len(open)-1]
				for _, c := range in.said {
					c.block = source.Span{File: f, Start: in.start, End: after}
				}
			}
		case string:
			switch {
			case in == nil:
			case !in.list && !in.named:
				in.key, in.keyStart, in.named = v, begins, true
			default:
				if at := strings.Index(v, Marker); at >= 0 && in.key == "//" && !in.list {
					c := parse(strings.TrimSpace(v[at:]), source.Span{File: f, Start: begins, End: after})
					in.said, out = append(in.said, c), append(out, c)
				}
				value()
			}
		default:
			value()
		}
	}
}

// longest is how long a comment may be: more is no sentence, and costs to read.
const longest = 4096

// parse reads what is said: RULE[,RULE] reason="…" until=DAY.
func parse(text string, at source.Span) *Comment {
	c := &Comment{Span: at}
	if len(text) > longest {
		c.Wrong = fmt.Sprintf("it is longer than %d bytes", longest)
		return c
	}
	rest := strings.TrimPrefix(text, Marker)
	if rest != "" && !strings.ContainsRune(" \t:=", rune(rest[0])) {
		c.Wrong = fmt.Sprintf("write %s, a blank and the rule", Marker)
		return c
	}
	rest = strings.TrimLeft(rest, " \t:=")
	for rest != "" && c.Wrong == "" {
		name, after, isSetting := strings.Cut(rest, "=")
		switch name = strings.TrimSpace(name); {
		case isSetting && name == "reason":
			c.Reason, rest = quoted(after)
			c.Reason = strings.TrimSpace(c.Reason)
		case isSetting && name == "until":
			c.Until, rest = quoted(after)
			if _, err := time.Parse(time.DateOnly, c.Until); err != nil {
				c.Wrong = fmt.Sprintf("until=%s is not a day: write one such as 2027-01-31", c.Until)
			}
		default:
			end := strings.IndexAny(rest, " \t")
			if end < 0 {
				end = len(rest)
			}
			word := rest[:end]
			rest = rest[end:]
			if key, _, is := strings.Cut(word, "="); is {
				c.Wrong = fmt.Sprintf("there is no %s=: write reason=\"…\" and, if it is to end, until=2027-01-31", key)
				break
			}
			if c.Reason+c.Until != "" {
				c.Wrong = fmt.Sprintf("what is '%s'? Write the reason in quotes: reason=\"…\"", word)
				break
			}
			for _, r := range strings.Split(word, ",") {
				if r != "" && !slices.Contains(c.Rules, r) {
					c.Rules = append(c.Rules, r)
				}
			}
		}
		rest = strings.TrimLeft(rest, " \t,")
	}
	switch {
	case c.Wrong != "":
	case len(c.Rules) == 0:
		c.Wrong = "it names no rule: write " + Marker + " IV201 reason=\"…\""
	case c.Reason == "":
		c.Wrong = "it has no reason: write reason=\"…\" after the rules"
	}
	return c
}

// quoted is a text in quotes of either kind, or up to the next blank, and what comes
// after it.
func quoted(text string) (value, rest string) {
	text = strings.TrimLeft(text, " \t")
	if text == "" {
		return "", ""
	}
	if q := text[0]; q == '"' || q == '\'' {
		if end := strings.IndexByte(text[1:], q); end >= 0 {
			return text[1 : 1+end], text[2+end:]
		}
		return text[1:], ""
	}
	end := strings.IndexAny(text, " \t")
	if end < 0 {
		return text, ""
	}
	return text[:end], text[end:]
}
