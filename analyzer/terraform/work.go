package terraform

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// MaxBytes is what functions and operators may work over in one root module where nobody
// asks for another bound: bytes that they read and make, or what takes as long or as much
// memory. It is some seconds, and a thousand times what root modules take.
const MaxBytes int64 = 512 << 20

// What is counted beside the bytes of texts.
const (
	perNode  = 16  // of a value that is walked over
	perPiece = 512 // of a value that is made, with its place and its type
	perEntry = 512 // of a directory
)

// weights are how many times the bytes of their arguments functions take that are slower
// than to copy these, by the text that they work on. What takes long by its pattern or by
// what it makes counts that itself.
var weights = map[string]int64{
	"base64gzip": 64, "bcrypt": 1 << 20, "csvdecode": 64, "format": 32, "formatlist": 32, "jsonencode": 8, "yamlencode": 64,
	"md5": 4, "sha1": 4, "sha256": 4, "sha512": 4, "base64sha256": 4, "base64sha512": 4, "uuidv5": 8,
	"title": 16, "upper": 8, "lower": 8, "strrev": 64, "substr": 64, "urlencode": 16, "textencodebase64": 16, "textdecodebase64": 16,
	"templatefile": 8, "templatestring": 400, "indent": 8, "replace": 8, "split": 8, "trim": 8,
	"cidrsubnets": 64, "setproduct": 8, "sort": 64, "distinct": 64, "toset": 64, "setunion": 64, "setsubtract": 64, "setintersection": 64,
	"transpose": 64, "matchkeys": 16, "yamldecode": 64, "jsondecode": 8,
}

// fewWalks are those of a function without a weight.
const fewWalks = 2

// errWorn is that of a call which would take more than is left. It is no fault of the
// call, which Terraform would evaluate: try and can do not see it.
var errWorn = errors.New("evaluating it takes too much")

// work counts what an expression is about to work over. False means that it is too much:
// nothing may be made, and the value is unknown.
//
// Unlike the end of steps, that is no end of all evaluation: what needs no functions is
// decided, whatever its place in the order of work.
func (ev *evaluator) work(bytes int64, at source.Span) bool {
	if ev.worn || ev.stopped {
		return false
	}
	limit := ev.opt.MaxBytes
	if limit == 0 {
		limit = MaxBytes
	}
	if bytes > limit-ev.worked { // not by addition: bytes may be anything
		ev.worn = true
		ev.gap(source.ErrorGap, at, "this expression works over more than "+strconv.FormatInt(limit, 10)+
			" bytes, with what was evaluated before it in this root module: functions that come later are not evaluated; --max-bytes allows more")
		return false
	}
	ev.worked += bytes
	if ev.opt.Budget.Late() {
		ev.outOfTime(at)
		return false
	}
	if !ev.opt.Budget.spendBytes(bytes) {
		ev.stopped = true
		ev.gap(source.ErrorGap, at, ev.opt.Budget.errBytes().Error())
		return false
	}
	return true
}

// workOver counts walks over all that is inside of values.
func (e evaluation) workOver(at source.Span, values ...*value.Value) bool {
	n := int64(0)
	for _, v := range values {
		n += weigh(v)
	}
	return n <= perNode*2 || e.ev.work(n, at)
}

// weigh is what a walk over a value takes.
func weigh(v *value.Value) int64 {
	if v == nil {
		return 0
	}
	n := int64(0)
	v.Walk(func(w *value.Value) bool {
		n += perNode
		for _, p := range w.Parts {
			n += perNode + int64(len(p.Text.String))
		}
		return true
	})
	return n
}

// work is that of the evaluator; nobody counts where there is none.
func (c *call) work(bytes int64) error {
	if c.sc.work == nil || c.sc.work(bytes) {
		return nil
	}
	return errWorn
}

// weighed counts what a call takes by its name and its arguments.
func (c *call) weighed() error {
	if c.sc.work == nil {
		return nil
	}
	n := int64(0)
	for _, a := range c.args {
		n += weigh(a)
	}
	if weight, heavy := weights[c.name]; heavy {
		n *= weight
	} else {
		n *= fewWalks
	}
	return c.work(n)
}

// weighedResult counts what a call has made: texts, and the members that hold what was there.
func (c *call) weighedResult(v *value.Value) error {
	if c.sc.work == nil || v == nil {
		return nil
	}
	n := int64(len(v.Elems)+len(v.Attrs)) * perNode * 4
	for _, p := range v.Parts {
		n += perNode + int64(len(p.Text.String))
	}
	if n <= perNode*4 {
		return nil
	}
	return c.work(n)
}

// worn is the value of a call that would take too much.
func (c *call) worn() *value.Value {
	v := value.Of(value.Type{}, c.sc.span, append(c.why(), c.reason(errWorn.Error()))...)
	sensitive := false
	for _, a := range c.args {
		sensitive = sensitive || sensitiveDeep(a)
	}
	return burden(v, nil, sensitive)
}

// workOfLibrary counts what functions of the library make of texts: a piece for each match,
// and one for each number of a range.
func (c *call) workOfLibrary() error {
	if c.sc.work == nil || c.name != "regex" && c.name != "regexall" || len(c.args) < 2 {
		return nil
	}
	pattern, _ := c.args[0].Text()
	text, known := c.args[1].Text()
	if !known {
		return nil
	}
	n := workOfPattern(pattern, len(text))
	if c.name == "regexall" { // a match may be at each byte, with its groups
		n += int64(len(text)+1) * int64(1+strings.Count(pattern, "(")) * perPiece / 8
	}
	return c.work(n)
}

// workOfPattern is what it takes to compile a regular expression and to look for it in
// a text: each instruction may be at each byte.
func workOfPattern(pattern string, text int) int64 {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return int64(len(pattern)) * 64
	}
	insts := instructions(re)
	return insts*256 + int64(text)*(16+min(insts, 1<<20))
}

// instructions is how many a pattern compiles to, nearly: repetitions multiply.
func instructions(re *syntax.Regexp) int64 {
	n := int64(1)
	for _, sub := range re.Sub {
		n += instructions(sub)
	}
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass:
		n += int64(len(re.Rune))
	case syntax.OpRepeat:
		n *= int64(max(re.Min, re.Max, 1))
	}
	return n
}

// membersOfJSON is how many values a text holds at most, if it is JSON.
func membersOfJSON(text string) int64 {
	n := int64(1)
	for i := range len(text) {
		switch text[i] {
		case ',', ':', '[', '{':
			n++
		}
	}
	return n
}

// membersOfType is how many values a value of a type has at least, which for one of YAML
// are all: what anchors stand for is counted in the place of each use, though the library
// has it once.
func membersOfType(t cty.Type, most int64) int64 {
	n := int64(1)
	count := func(member cty.Type) bool {
		if n <= most {
			n += membersOfType(member, most-n)
		}
		return n <= most
	}
	switch {
	case t.IsTupleType():
		for _, member := range t.TupleElementTypes() {
			if !count(member) {
				break
			}
		}
	case t.IsObjectType():
		for _, member := range t.AttributeTypes() {
			if !count(member) {
				break
			}
		}
	}
	return n
}

// manyDigits says that a text may be read as a number of more digits than any has: to
// read it would take time that grows with their square.
func manyDigits(v *value.Value) bool {
	text, ok := v.Text()
	return ok && len(text) > value.MaxDigits && value.ManyDigits(text)
}

// ofNumbers are the library's functions that read texts as numbers, of whichever type their
// arguments are.
var ofNumbers = map[string]bool{"parseint": true, "sum": true, "max": true, "min": true, "range": true, "format": true}

// anyManyDigits is manyDigits of anything in a value.
func anyManyDigits(v *value.Value) bool {
	found := false
	v.Walk(func(w *value.Value) bool {
		found = found || w.Kind == value.String && manyDigits(w)
		return !found
	})
	return found
}

var errDigits = fmt.Errorf("a number has more than %d digits", value.MaxDigits)
