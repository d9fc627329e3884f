// Package source holds files, spans of bytes in them, and edits to them.
//
// Inside iamvet every position is a byte offset. Lines and columns are worked
// out at the edge, by whoever prints them: SARIF wants UTF-16 code units, a
// terminal wants runes, and neither is what a parser counts.
package source

import (
	"bytes"
	"sort"
	"sync"
	"sync/atomic"
	"unicode/utf8"
	"unsafe"
)

// File is one text that was read: a Terraform file, a policy, a plan.
type File struct {
	// Name is the slash-separated path relative to the boundary (see
	// design.md, "What may be read"), and unique in one run.
	Name  string
	Bytes []byte

	looked  atomic.Int64
	once    sync.Once
	lines   []int    // offset of the first byte of each line
	derived sync.Map // of Derived, by key
}

// NewFile returns a File. The bytes must not be changed afterwards.
func NewFile(name string, b []byte) *File { return &File{Name: name, Bytes: b} }

// All is the whole text, for who looks through it.
func (f *File) All() []byte {
	f.looked.Add(int64(len(f.Bytes)))
	return f.Bytes
}

// Looked is how many bytes have been looked through as a whole: a test asks it, since a
// search through a file for each of its blocks allocates nothing, and is a square.
func (f *File) Looked() int64 { return f.looked.Load() }

// Derived is what work makes of the file, worked out once for each key, since
// many edits of a large file ask the same of it. The key is of a type that only
// its package has.
func Derived[K comparable, T any](f *File, key K, work func() T) T {
	once, known := f.derived.Load(key)
	if !known {
		once, _ = f.derived.LoadOrStore(key, sync.OnceValue(work))
	}
	return once.(func() T)()
}

// Forget lets go of what was Derived of the file: whoever asks again has it worked out
// again.
func (f *File) Forget() { f.derived.Clear() }

func (f *File) index() []int {
	f.once.Do(func() {
		f.lines = make([]int, 1, 1+bytes.Count(f.Bytes, []byte{'\n'}))
		for i, b := range f.Bytes {
			if b == '\n' {
				f.lines = append(f.lines, i+1)
			}
		}
	})
	return f.lines
}

// Lines is the number of lines; a final newline does not begin another one.
func (f *File) Lines() int {
	n := len(f.index())
	if n > 1 && f.lines[n-1] == len(f.Bytes) {
		n--
	}
	return n
}

// Line is the 1-based line that holds the byte at offset.
func (f *File) Line(offset int) int {
	lines := f.index()
	return sort.Search(len(lines), func(i int) bool { return lines[i] > offset })
}

// LineSpan is the span of the 1-based line n, without its line ending.
func (f *File) LineSpan(n int) Span {
	lines := f.index()
	if n < 1 || n > len(lines) {
		return Span{}
	}
	start, end := lines[n-1], len(f.Bytes)
	if n < len(lines) {
		end = lines[n] - 1
		if end > start && f.Bytes[end-1] == '\r' {
			end--
		}
	}
	return Span{File: f, Start: start, End: end}
}

// Pos is a place for people and for SARIF.
type Pos struct {
	Line   int // 1-based
	Column int // 1-based, in UTF-16 code units
}

// Pos is the place of a byte offset. An offset inside a UTF-8 sequence counts
// as the start of that sequence. A byte order mark takes no column.
func (f *File) Pos(offset int) Pos {
	if offset > len(f.Bytes) {
		offset = len(f.Bytes)
	}
	line := f.Line(offset)
	start := f.index()[line-1]
	if start == 0 && len(f.Bytes) >= 3 && f.Bytes[0] == 0xEF && f.Bytes[1] == 0xBB && f.Bytes[2] == 0xBF {
		start = min(3, offset)
	}
	return Pos{Line: line, Column: 1 + f.units(start, offset)}
}

// units is utf16Len of the bytes from the start of a line on. A file can be one line:
// of a long one, each place is counted from a mark near to it.
func (f *File) units(start, offset int) int {
	if offset-start <= markEvery {
		return utf16Len(f.Bytes[start:offset])
	}
	marks := Derived(f, marksKey{}, func() []mark { return marksIn(f.Bytes) })
	until := func(offset int) int {
		m := marks[offset/markEvery]
		return m.units + utf16Len(f.Bytes[m.offset:offset])
	}
	return until(offset) - until(start)
}

// A mark is the start of a character, and the number of UTF-16 code units before it.
type mark struct{ offset, units int }

type marksKey struct{}

const markEvery = 4 << 10 // bytes

// marksIn are the characters that each multiple of markEvery lies in.
func marksIn(b []byte) []mark {
	var marks []mark
	at, units := 0, 0
	for ; utf8.FullRune(b[at:]); units++ {
		r, size := utf8.DecodeRune(b[at:])
		for len(marks)*markEvery < at+size {
			marks = append(marks, mark{at, units})
		}
		if at += size; r > 0xFFFF {
			units++
		}
	}
	for len(marks)*markEvery <= len(b) {
		marks = append(marks, mark{at, units})
	}
	return marks
}

func utf16Len(b []byte) int {
	n := 0
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 && !utf8.FullRune(b) {
			break // an offset inside a sequence: it counts as its start
		}
		n++
		if r > 0xFFFF {
			n++
		}
		b = b[size:]
	}
	return n
}

// Span is a half-open range of bytes in a file; the zero Span is nowhere.
type Span struct {
	File       *File
	Start, End int
}

// IsZero says that the span is nowhere.
func (s Span) IsZero() bool { return s.File == nil }

// Text is the bytes of the span; "" when it is nowhere. It is a part of the file and
// no copy: texts of whole files are asked for once for each of their blocks.
func (s Span) Text() string {
	if s.File == nil || s.Start < 0 || s.End > len(s.File.Bytes) || s.Start >= s.End {
		return ""
	}
	return unsafe.String(&s.File.Bytes[s.Start], s.End-s.Start) // nobody changes the bytes of a File
}

// StartPos is the place of the first byte.
func (s Span) StartPos() Pos { return s.File.Pos(s.Start) }

// EndPos is the place after the last byte.
func (s Span) EndPos() Pos { return s.File.Pos(s.End) }

// Contains says that o lies in s, in the same file.
func (s Span) Contains(o Span) bool {
	return s.File != nil && s.File == o.File && s.Start <= o.Start && o.End <= s.End
}

// To is the span from the start of s to the end of o; s itself when they are
// in different files or out of order.
func (s Span) To(o Span) Span {
	if s.File == nil || s.File != o.File || o.End < s.Start {
		return s
	}
	return Span{File: s.File, Start: s.Start, End: max(s.End, o.End)}
}

// Or is s, or o where s is nowhere.
func (s Span) Or(o Span) Span {
	if s.IsZero() {
		return o
	}
	return s
}

// FirstLine is the part of the span on its first line: annotations of a pull
// request appear only on lines that it shows. A span that is nowhere stays so.
func (s Span) FirstLine() Span {
	if s.IsZero() {
		return s
	}
	line := s.File.LineSpan(s.File.Line(s.Start))
	return Span{File: s.File, Start: s.Start, End: min(s.End, line.End)}
}

// Less orders spans by file name, then start, then end.
func (s Span) Less(o Span) bool {
	if s.File != o.File {
		switch {
		case s.File == nil:
			return true
		case o.File == nil:
			return false
		case s.File.Name != o.File.Name:
			return s.File.Name < o.File.Name
		}
	}
	if s.Start != o.Start {
		return s.Start < o.Start
	}
	return s.End < o.End
}
