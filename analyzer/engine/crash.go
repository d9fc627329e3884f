package engine

import (
	"fmt"
	"path"
	"runtime"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/cores"
	"github.com/iamvet/iamvet/analyzer/source"
)

// Crash is a panic that was recovered: a fault of iamvet, and not of what it reads.
type Crash struct {
	// What is Go's own message; "" for any other, which may hold values of the input.
	What string
	// Where is the function of iamvet that panicked, or called what did.
	Where string
}

// Issues is where faults are reported.
const Issues = "https://github.com/iamvet/iamvet/issues"

func (c *Crash) Error() string {
	what := ""
	if c.What != "" {
		what = c.What + " "
	}
	return fmt.Sprintf("iamvet crashed (%sin %s), which is a fault of its own: please report it at %s, with what --debug prints", what, c.Where, Issues)
}

// Guard runs do, and returns the panic in it, unless it is to pass through. It is the
// only place that recovers from one: what panics costs what do was for, and
// nothing else.
func Guard(do func(), pass func() bool) (crash *Crash) {
	defer func() {
		if pass() {
			return
		}
		if r := recover(); r != nil {
			callers := make([]uintptr, 200)
			callers = callers[:runtime.Callers(3, callers)]
			if p, ok := r.(*cores.Panic); ok { // of another goroutine
				r, callers = p.Value, p.Callers
			}
			crash = &Crash{Where: crashSite(callers)}
			if err, ok := r.(runtime.Error); ok {
				crash.What = strings.TrimPrefix(err.Error(), "runtime error: ")
			}
		}
	}()
	do()
	return nil
}

// crashSite is the innermost function of iamvet on the stack of a panic.
func crashSite(callers []uintptr) string {
	frames := runtime.CallersFrames(callers)
	for more := len(callers) > 0; more; {
		var f runtime.Frame
		f, more = frames.Next()
		if strings.HasPrefix(f.Function, "github.com/iamvet/iamvet/") || strings.HasPrefix(f.Function, "main.") {
			return fmt.Sprintf("%s, %s:%d", path.Base(f.Function), path.Base(f.File), f.Line)
		}
	}
	return "an unknown function"
}

// attempt is do with the panic in it as a gap: lost, whose Reason says what was not
// done. Where the input does not ask for that, a panic passes through.
func (in *Input) attempt(lost source.Gap, do func()) (gap source.Gap, crashed bool) {
	crash := Guard(do, func() bool { return !in.Recover })
	if crash == nil {
		return gap, false
	}
	lost.Kind, lost.Class = source.ErrorGap, analyzer.Crashes
	lost.Reason += ": " + crash.Error()
	return lost, true
}
