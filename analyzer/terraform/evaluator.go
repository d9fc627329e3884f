package terraform

import (
	"context"
	"sort"
	"strconv"
	"sync"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Bounds on evaluation. What goes over one is a gap, and what depends on it is
// unknown.
const (
	maxSteps     = 3_000_000 // expressions evaluated for one root
	maxInstances = 10_000    // of one block
	maxModules   = 10_000    // module instances of one root
	maxCalls     = 40        // module calls inside each other
	maxDepth     = 2_000     // expressions inside each other, through names
	maxNodes     = 500_000   // in one named value
	maxTemplates = 256       // that render each other
)

// evaluator is what stands behind a Root read from a configuration. Nothing is
// evaluated before it is asked for, and nothing twice.
//
// Those methods take mu that others come in by: resources, callTree, what Root
// has for references. All that they call relies on it being held: memos, counters
// and maps have no locks of their own. depth counts expressions and names
// together (see value and once). The keys of objects and sets are Refs by
// identity: a copy of a value is found, and an equal Ref made elsewhere is not.
// templates are by the node of the JSON file: a block is evaluated for each
// instance, and parsed once.
type evaluator struct {
	ctx      context.Context
	boundary *workspace.Boundary
	root     *Root
	opt      Options
	dialect  lang.Dialect
	top      *moduleInstance

	mu         sync.Mutex // one resource list at a time
	steps      int
	spent      int // of steps, what was taken of the run's budget
	depth      int
	stopped    bool                             // a bound on all of the evaluation was met
	worked     int64                            // bytes, see work
	worn       bool                             // there are no more of them
	instances  int                              // of modules
	configured []*workspace.Module              // those that there are instances of
	present    map[addrs.Resource]bool          // the types of their resources, without names; nil before all calls have been followed
	parsed     map[*source.File]bool            // and read by functions
	lookups    map[lookup]bool                  // by functions
	objects    map[*value.Ref]object            // what stands behind values of whole resources and modules
	sets       map[*value.Ref]*instanceSet      // and of all instances of one
	templates  map[*value.Value]*parsedTemplate // of JSON strings
	installed  map[string]string                // directories of fetched modules by call path
	// cautious says that an empty default of the root was taken, so that
	// evaluating with such defaults unknown gives something else.
	cautious bool
	values   map[string]inputValue // of the root's variables
	obscured *value.Reason         // a file of values that cannot be read; nil when all can
	// planned is what a plan says of the root's variables, and merge how that is
	// laid over what the configuration says; see withPlan.
	planned map[string]*value.Value
	merge   merger
	asked   map[string]bool // types of managed resources
	shown   *selection      // nil: everything
	tree    *callTree       // see there
	imports *imports        // nil until somebody asks
}

type parsedTemplate struct {
	expr hclsyntax.Expression // nil where it cannot be parsed
	deep string               // why it was not; "" where it was tried
	text source.Text
	gaps []source.Gap
}

// object is a resource or module as a value: its members are evaluated one by
// one, when asked for.
type object interface {
	// member is the value of an attribute or output. The string is what Terraform
	// refuses it for; "" when it does not.
	member(name string, cautious bool) (*value.Value, string)
	// whole is the object with everything that is known of it.
	whole(cautious bool) *value.Value
	// mayBeNull is why the object may be null; nil when it surely is not.
	mayBeNull() []value.Reason
}

// thunk is a value that is evaluated once.
type thunk struct {
	// busy: it is being evaluated, and whoever asks now asks for what depends on
	// itself
	busy, done bool
	v          *value.Value
}

// memo is what was evaluated of a module or resource instance. Cautious and
// ordinary evaluation are kept apart: each may have another value.
type memo map[memoKey]*thunk

type memoKey struct {
	kind, name string
	cautious   bool
}

// once evaluates a named value. label is for messages. Terraform finds what
// depends on itself before it evaluates anything, and refuses all of the
// configuration; here it is a gap, and only what goes round is unknown.
func (ev *evaluator) once(m memo, key memoKey, label string, at source.Span, f func() *value.Value) *value.Value {
	t := m[key]
	if t == nil {
		t = &thunk{}
		m[key] = t
	}
	switch {
	case t.done:
		return t.v
	case t.busy:
		ev.gap(source.ErrorGap, at, label+" depends on itself")
		return value.UnknownBecause(label+" depends on itself", at)
	case ev.depth > maxDepth:
		ev.gap(source.ErrorGap, at, "values nested deeper than "+strconv.Itoa(maxDepth)+" levels")
		return value.UnknownBecause(label+" is nested too deep to evaluate", at)
	}
	t.busy = true
	ev.depth++
	v := func() *value.Value {
		defer func() { ev.depth--; t.busy = false }() // also after a panic, for whoever asks next
		return f()
	}()
	if v == nil {
		v = value.UnknownBecause(label+" has no value", at)
	}
	if tooLarge(v) {
		ev.gap(source.ErrorGap, at, label+" is too large to evaluate")
		v = value.UnknownBecause(label+" is too large to evaluate", at)
	}
	t.v, t.done = v, true
	return v
}

// tooLarge counts the nodes of a value, shared ones as often as they occur, for
// that is how often a walk over it meets them.
func tooLarge(v *value.Value) bool {
	n := 0
	v.Walk(func(*value.Value) bool { n++; return n <= maxNodes })
	return n > maxNodes
}

func (ev *evaluator) gap(kind source.GapKind, at source.Span, reason string) {
	ev.root.gap(source.Gap{Kind: kind, Span: at, Reason: reason})
}

// step counts an expression. False means that evaluation has come to its end.
func (ev *evaluator) step(at source.Span) bool {
	if ev.stopped {
		return false
	}
	ev.steps++
	switch {
	case ev.steps > maxSteps:
		ev.stopped = true
		ev.gap(source.ErrorGap, at, "evaluation takes more than "+strconv.Itoa(maxSteps)+" steps")
	case ev.steps > ev.spent:
		ev.spendMore(at)
	}
	return !ev.stopped
}

// spendMore takes the next steps of the run's budget, and looks whether somebody
// stopped the run.
func (ev *evaluator) spendMore(at source.Span) {
	more := ev.steps - ev.spent + min(max(ev.spent, spendAtFirst), spendAtOnce) - 1
	ev.spent += more
	switch {
	case !ev.opt.Budget.spend(int64(more)):
		ev.stopped = true
		ev.gap(source.ErrorGap, at, ev.opt.Budget.err().Error())
	case ev.opt.Budget.Late():
		ev.outOfTime(at)
	case ev.ctx.Err() != nil:
		ev.stopped = true
		ev.gap(source.ErrorGap, at, "evaluation was stopped: "+ev.ctx.Err().Error())
	}
}

func (ev *evaluator) outOfTime(at source.Span) {
	ev.stopped = true
	ev.root.gap(source.Gap{Kind: source.ErrorGap, Span: at, Class: OutOfTime, Reason: "this expression was evaluated when the time of --timeout was over: what comes later in this root module is not known"})
}

// charge counts the size of something made in one go. The next step meets the
// bound.
func (ev *evaluator) charge(n int) { ev.steps += n }

func (ev *evaluator) use(files []*source.File) {
	for _, f := range files {
		ev.parsed[f] = true
	}
}

// lookup is a call of a function that asked something of a file.
type lookup struct {
	file string
	at   source.Span
}

func (ev *evaluator) looked(name string, at source.Span) { ev.lookups[lookup{name, at}] = true }

func (ev *evaluator) files() []*source.File {
	ev.mu.Lock() // fixes are worked out while others evaluate
	defer ev.mu.Unlock()
	var out []*source.File
	for f := range ev.parsed {
		out = append(out, f)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

func (ev *evaluator) modules() int { return ev.instances }

func (ev *evaluator) cost() int {
	ev.mu.Lock()
	defer ev.mu.Unlock()
	return ev.steps
}

// frame is what the expressions of one block can see.
type frame struct {
	m     *moduleInstance
	key   *instanceKey // of the block's instance: count.index, each.key
	self  *instance
	vars  *binding
	alone bool // a template: nothing but vars is visible
	depth int  // of templates that render templates
	// cautious evaluation takes an empty default of the root's variables for
	// unknown: policies, principals and conditions are evaluated so.
	cautious bool
}

// binding is a local name: of a for expression, a dynamic block, a template.
type binding struct {
	name string
	v    *value.Value
	next *binding
}

// lookup finds the innermost of a name.
func (f *frame) lookup(name string) (*value.Value, bool) {
	for b := f.vars; b != nil; b = b.next {
		if b.name == name {
			return b.v, true
		}
	}
	return nil, false
}

// bind is the frame with one more name.
func (f *frame) bind(name string, v *value.Value) *frame {
	if name == "" {
		return f
	}
	g := *f
	g.vars = &binding{name, v, f.vars}
	return &g
}

// careful is the frame for cautious evaluation. Where no default is empty both
// evaluations give the same: then there is only one, and one memo of it.
func (f *frame) careful(yes bool) *frame {
	yes = yes && f.m != nil && f.m.ev.cautious
	if f.cautious == yes {
		return f
	}
	g := *f
	g.cautious = yes
	return &g
}
