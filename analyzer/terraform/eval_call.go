package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/value"
)

// functionCall evaluates arguments and calls; try and can see expressions.
func (e evaluation) functionCall(x *hclsyntax.FunctionCallExpr) *value.Value {
	at := e.span(x.Range())
	called := x.Name
	// Both tools know their own functions under core:: as well.
	switch name := strings.TrimPrefix(x.Name, "core::"); {
	case name == "try" && !x.ExpandFinal:
		return e.try(x.Args, at)
	case name == "can" && len(x.Args) == 1:
		return e.can(x.Args[0], at)
	// A template may not render others in Terraform, nor in OpenTofu before 1.7:
	// https://developer.hashicorp.com/terraform/language/functions/templatefile
	case e.f.alone && (name == "templatefile" || name == "templatestring") && e.ev.dialect.Since("", "1.7.0") == value.No:
		return e.fail(at, name+" may not be called from a template")
	// Terraform takes a reference alone there, and no text that the call makes:
	// https://developer.hashicorp.com/terraform/language/functions/templatestring
	case name == "templatestring" && e.ev.dialect.Language == lang.Terraform && len(x.Args) > 0 && isTemplate(x.Args[0]):
		return e.fail(at, "templatestring takes a reference to a template, not a template")
	case strings.HasPrefix(name, "provider::"):
		// The local name of a provider is the module's choice: what
		// required_providers says of it decides whose functions they are.
		local, function, _ := strings.Cut(strings.TrimPrefix(name, "provider::"), "::")
		switch builtin := e.f.m.requiredSource(local) == "terraform.io/builtin/terraform"; {
		case builtin:
			called = builtinProvider + function
		case local == "terraform":
			return e.fail(at, name+" needs the provider terraform.io/builtin/terraform in required_providers")
		}
	}
	var args []*value.Value
	for i, a := range x.Args {
		v := e.value(a)
		if i < len(x.Args)-1 || !x.ExpandFinal {
			args = append(args, e.argument(x.Name, v))
			continue
		}
		switch {
		// Of a set, elements that are not known may turn out to be equal: then
		// there are fewer arguments.
		case v.IsSequence() && !v.Open && (v.Kind != value.Set || v.Known()):
			for _, elem := range v.Elems {
				args = append(args, e.argument(x.Name, part(elem, v)))
			}
		case v.Is(value.Unknown) || v.IsSequence():
			return e.expandUnknown(x.Name, args, v, at)
		default:
			return e.fail(e.span(a.Range()), "the arguments before ... must be a list")
		}
	}
	e.ev.charge(len(args))
	v, err := tryFunction(called, args, e.scope(at))
	if err != nil {
		v = failed(x.Name, err, args, at)
		*e.errs = append(*e.errs, v.Why...)
		return v
	}
	return v
}

// builtinProvider is how the names of functions begin that both tools have in
// them, but only for modules that require their provider.
const builtinProvider = "provider::terraform::"

// requiredSource is the source that the module's required_providers names for a
// local name.
func (m *moduleInstance) requiredSource(name string) string {
	if m == nil {
		return ""
	}
	v, _ := m.ev.eval(m.mod.Required(name), &frame{})
	return v.Get("source").TextOr("")
}

func isTemplate(x hclsyntax.Expression) bool {
	switch x.(type) {
	case *hclsyntax.TemplateExpr, *hclsyntax.TemplateWrapExpr:
		return true
	}
	return false
}

// expandUnknown calls a function with an unknown number of arguments: concat
// keeps what the known ones contribute. Of other functions an argument more may
// change everything.
func (e evaluation) expandUnknown(name string, args []*value.Value, rest *value.Value, at source.Span) *value.Value {
	why := reasons(rest)
	if name == "concat" {
		open := &value.Value{Kind: value.Tuple, Open: true, Why: why, Span: rest.Span}
		if v, err := tryFunction(name, append(args, open), e.scope(at)); err == nil {
			return v
		}
	}
	return derived(value.Of(value.Type{}, at, why...), append(args, rest)...)
}

// argument makes a whole value of a resource or module before a function looks
// into it; most only pass it on.
//
// To make it whole evaluates each of its attributes. The functions here only pass
// members on: nothing is evaluated for them that nobody asks for. What may be
// null they have to see as that.
func (e evaluation) argument(name string, v *value.Value) *value.Value {
	switch name {
	case "values", "flatten", "element", "concat", "one", "coalesce", "coalescelist", "toset", "tolist", "tomap", "zipmap", "slice", "length", "sensitive", "nonsensitive":
		if e.ev.mayBeNull(v) == nil {
			return v
		}
	}
	return e.ev.whole(v, e.f.cautious)
}

// whole is v with the resources and modules in it taken for what they are.
func (ev *evaluator) whole(v *value.Value, cautious bool) *value.Value {
	if v == nil {
		return v
	}
	// A placeholder has no members yet; one that has was made whole before.
	if v.Ref != nil && v.Ref.Attr == "" && v.Is(value.Object) && len(v.Attrs) == 0 {
		if o := ev.objects[v.Ref]; o != nil {
			w := *o.whole(cautious)
			w.Ref, w.Via = v.Ref, v.Via
			if why := o.mayBeNull(); why != nil {
				// OpenTofu's enabled, when it is not known: the object, or null.
				u := value.Of(value.Type{}, v.Span, why...)
				u.Candidates = []*value.Value{&w, {Kind: value.Null, Ref: v.Ref, Span: v.Span}}
				return part(u, v)
			}
			return part(&w, v)
		}
	}
	// All instances of a block: what the first one is, all are.
	if v.IsSequence() && len(v.Elems) > 0 && v.Elems[0].Ref != nil && v.Elems[0].Ref.Attr == "" {
		w := *v
		w.Elems = make([]*value.Value, len(v.Elems))
		for i, elem := range v.Elems {
			w.Elems[i] = ev.whole(elem, cautious)
		}
		return &w
	}
	if v.IsMapping() && len(v.Attrs) > 0 && v.Attrs[0].Value != nil && v.Attrs[0].Value.Ref != nil && v.Attrs[0].Value.Ref.Attr == "" {
		w := *v
		w.Attrs = make([]value.Attr, len(v.Attrs))
		for i, a := range v.Attrs {
			w.Attrs[i] = a
			w.Attrs[i].Value = ev.whole(a.Value, cautious)
		}
		return &w
	}
	return v
}

// try is the first argument that Terraform would not refuse.
//
// https://developer.hashicorp.com/terraform/language/functions/try
//
// Terraform makes it unknown as soon as an argument refers to something unknown
// (dependsOnUnknowns in https://github.com/hashicorp/hcl/tree/main/ext/tryfunc),
// since the apply may refuse it. A value that is settled is what the apply will
// make it, so that it is taken here before that.
func (e evaluation) try(args []hclsyntax.Expression, at source.Span) *value.Value {
	var errs, doubts []value.Reason
	for _, a := range args {
		errs, doubts = nil, nil
		quiet := e
		quiet.errs, quiet.doubts = &errs, &doubts
		v := quiet.value(a)
		switch {
		case len(errs) > 0:
		case len(doubts) > 0:
			return derived(value.Of(value.Type{}, at, append(doubts, reasons(v)...)...), v)
		case settled(v):
			return v
		default: // it may yet fail, and another argument be the result
			return derived(value.Of(value.Type{}, at, reasons(v)...), v)
		}
	}
	if len(errs) == 0 {
		return e.fail(at, "try has no argument")
	}
	return e.fail(errs[0].Span, errs[0].Text)
}

// can says whether Terraform would accept the expression. One whose value is
// unknown may yet be refused.
func (e evaluation) can(x hclsyntax.Expression, at source.Span) *value.Value {
	var errs, doubts []value.Reason
	quiet := e
	quiet.errs, quiet.doubts = &errs, &doubts
	v := quiet.value(x)
	switch {
	case len(errs) > 0:
		return e.truth(value.No, at)
	case len(doubts) > 0:
		return e.truth(value.Maybe, at, &value.Value{Why: doubts}, v)
	case settled(v):
		return e.truth(value.Yes, at, &value.Value{Kind: value.Null, Assumptions: v.AllAssumptions()})
	}
	return e.truth(value.Maybe, at, v)
}

// settled says that an expression with this value will not fail once everything
// is known: what is unknown in it are attributes that their resource surely has.
// An open collection may yet lack the member that is asked for.
func settled(v *value.Value) bool {
	yes := true
	v.Walk(func(w *value.Value) bool {
		switch {
		case w.Is(value.String) && surelyThere(w.Ref):
			return false // whatever its holes turn out to be
		case w.Open && w.Ref == nil:
			yes = false
		case w.Kind == value.Unknown && w.JSON == nil:
			yes = yes && surelyThere(w.Ref)
		}
		return yes
	})
	return yes
}

// surelyThere says that the attribute exists, whatever its value. [?] stands for
// instances of which there may be none. Deeper paths are taken for granted only
// of AWS resources: what is inside of an output, say, no schema fixes.
func surelyThere(ref *value.Ref) bool {
	if ref == nil || strings.Contains(ref.Address, "[?]") {
		return false
	}
	return strings.HasPrefix(ref.Type, "aws_") || !strings.ContainsAny(ref.Attr, ".[")
}

// scope is what the functions see.
func (e evaluation) scope(at source.Span) *scope {
	s := &scope{
		boundary: e.ev.boundary,
		span:     at,
		dialect:  e.ev.dialect,
		doubt:    func(reason string) { e.doubt(at, reason) },
		use:      func(f *source.File) { e.ev.parsed[f] = true; e.ev.looked(f.Name, at) },
		look:     func(name string) { e.ev.looked(name, at) },
		gap:      func(g source.Gap) { e.ev.root.gap(g) },
		work:     func(bytes int64) bool { return e.ev.work(bytes, at) },
		fail:     func(reason string) *value.Value { return e.fail(at, reason) },
	}
	s.rootDir = e.ev.root.Dir
	s.moduleDir = s.rootDir
	if e.f.m != nil {
		s.moduleDir = e.f.m.dir
	}
	s.renderTemplate = func(text source.Text, vars *value.Value) *value.Value { return e.render(text, vars, at) }
	return s
}
