package terraform

import (
	"path"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/text/unicode/norm"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// inputValue is what a variable of the root is set to from outside.
type inputValue struct {
	x    workspace.Expression
	text *string // from the command line: the text, read by the variable's type
}

// readInputs reads the values of the root's variables in Terraform's order of
// precedence: terraform.tfvars, *.auto.tfvars, --var-file, --var. A later one
// wins:
// https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence
// Terraform takes the last two in the order of its command line, and before all
// of them TF_VAR_ variables, which are not read: a scan is the same everywhere.
func (ev *evaluator) readInputs(m *workspace.Module) {
	ev.values = map[string]inputValue{}
	files := []string{path.Join(m.Dir, "terraform.tfvars"), path.Join(m.Dir, "terraform.tfvars.json")}
	entries, _ := ev.boundary.List(m.Dir)
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".auto.tfvars") || strings.HasSuffix(name, ".auto.tfvars.json") {
			files = append(files, path.Join(m.Dir, name))
		}
	}
	present := map[string]bool{}
	for _, e := range entries {
		present[path.Join(m.Dir, e.Name())] = true
	}
	for _, name := range files {
		if present[name] {
			ev.readVarFile(name)
		}
	}
	for _, name := range ev.opt.VarFiles {
		ev.readVarFile(name)
	}
	for name, text := range ev.opt.Vars {
		ev.values[name] = inputValue{text: &text}
	}
	// Where somebody calls the module, or no default is empty, there is no second
	// value that names could have.
	ev.cautious = ev.opt.Uncalled && ev.hasEmptyDefault(m)
}

// readVarFile adds the values of one file. Those for variables that the root
// does not have are not an error to Terraform either.
func (ev *evaluator) readVarFile(name string) {
	file, gap := ev.boundary.File(name)
	if gap != nil {
		gap.Kind = source.ErrorGap
		ev.root.gap(*gap)
		return
	}
	ev.parsed[file] = true
	p := ev.boundary.Parse(file)
	for _, g := range p.Gaps {
		ev.root.gap(g)
	}
	if len(p.Gaps) > 0 {
		// It may set any variable, whatever earlier files say.
		ev.values = map[string]inputValue{}
		ev.obscured = &value.Reason{Text: "what " + file.Name + " sets cannot be read", Span: p.Gaps[0].Span}
	}
	for _, a := range p.Body.Attrs {
		x := a.Expr
		x.Literal = true
		ev.values[a.Name] = inputValue{x: x}
	}
}

// hasEmptyDefault says that cautious evaluation would give something else.
func (ev *evaluator) hasEmptyDefault(m *workspace.Module) bool {
	for _, name := range sortedKeys(m.Variables) { // the order decides which blocks are parsed
		b := m.Variables[name]
		if _, set := ev.values[name]; set || ev.planned[name] != nil || !b.Has("default") {
			continue
		}
		if b.Filled("default") {
			continue // nobody has to parse it for that
		}
		v, _ := ev.eval(defaultOf(b), &frame{})
		if isEmpty(v) {
			return true
		}
	}
	return false
}

// defaultOf is the default of a variable. In a JSON file it is no template:
// ${…} in it is text.
func defaultOf(b *workspace.Block) workspace.Expression {
	x := b.Expr("default")
	x.Literal = true
	return x
}

// isEmpty says that a default says nothing about what a caller would pass.
func isEmpty(v *value.Value) bool {
	switch {
	case v.Missing():
		return true
	case v.IsSequence():
		return len(v.Elems) == 0 && !v.Open
	case v.IsMapping():
		return len(v.Attrs) == 0 && !v.Open
	}
	return v.Is(value.String) && len(v.Parts) == 0
}

// variable is the value of var.name in this module. The string is the problem
// when it is not declared.
func (m *moduleInstance) variable(name string, cautious bool) (*value.Value, string) {
	b := m.mod.Variables[name]
	if b == nil {
		return nil, "var." + name + " is not declared"
	}
	label := "var." + name
	if m.address != "" {
		label = m.address + ": " + label
	}
	var at source.Span
	v := m.ev.once(m.memo, memoKey{"variable", name, cautious}, label, b.Header, func() *value.Value {
		v := m.variableValue(name, b, cautious)
		if m.ev.secret(b) {
			v = burden(v, nil, true)
		}
		return v
	})
	at = m.variablePlace(name, b)
	return through(v, "var."+name, at), ""
}

// variablePlace is where a variable gets its value. It is what a fix would edit,
// so the argument of a call counts before the default.
func (m *moduleInstance) variablePlace(name string, b *workspace.Block) source.Span {
	if m.parent != nil {
		if a := m.block.Attr(name); a != nil {
			return a.Expr.Span()
		}
	} else if in, ok := m.ev.values[name]; ok && in.text == nil {
		return in.x.Span()
	}
	if a := b.Attr("default"); a != nil {
		return a.Expr.Span()
	}
	return b.Header
}

// variableValue is the value of a variable; that of the plan, where there is
// one, in the place of the configuration's.
func (m *moduleInstance) variableValue(name string, b *workspace.Block, cautious bool) *value.Value {
	v := m.configuredValue(name, b, cautious)
	p := m.ev.planned[name]
	if _, given := m.ev.values[name]; p != nil && m.parent == nil && m.ev.isSet(b, "ephemeral") {
		// Plans have its default, whatever it was given.
		if given {
			return v
		}
		t, _ := m.ev.variableType(b)
		return value.Of(plainType(t), b.Header, value.Reason{Text: "var." + name + " is ephemeral: the plan does not say what it was", Span: b.Header})
	}
	if m.parent != nil || p == nil {
		return v
	}
	// Plans have the null that was given; nullable = false makes the default of
	// it:
	// https://developer.hashicorp.com/terraform/language/block/variable
	if nullable, _ := m.ev.eval(b.Expr("nullable"), &frame{}); p.Is(value.Null) && nullable.Is(value.Bool) && !nullable.Bool {
		return v
	}
	t, defaults := m.ev.variableType(b)
	return m.ev.merge.value(v, m.ev.converted(p, t, defaults, "var."+name, b.Header))
}

// configuredValue is what the configuration, the files of values and the command
// line make of a variable.
func (m *moduleInstance) configuredValue(name string, b *workspace.Block, cautious bool) *value.Value {
	t, defaults := m.ev.variableType(b)
	nullable, _ := m.ev.eval(b.Expr("nullable"), &frame{})
	given, ok := m.given(name, t, cautious)
	if ok && !(given.Is(value.Null) && nullable.Is(value.Bool) && !nullable.Bool && !b.Expr("default").None()) {
		return m.ev.converted(given, t, defaults, "var."+name, b.Header)
	}
	x := defaultOf(b)
	if x.None() {
		why := "var." + name + " has no value"
		if m.parent != nil {
			why = m.address + ": var." + name + " is not set"
		}
		return value.Of(plainType(t), b.Header, value.Reason{Text: why, Span: b.Header})
	}
	v, _ := m.ev.eval(x, &frame{})
	assumed := m.parent == nil && m.ev.opt.Uncalled
	// Nobody calls this module as it stands: whoever will gives it something
	// else.
	if assumed && cautious && isEmpty(v) {
		why := "var." + name + " has no value but its empty default"
		return value.Of(plainType(t), x.Span(), value.Reason{Text: why, Span: b.Header})
	}
	v = m.ev.converted(v, t, defaults, "var."+name, b.Header)
	if assumed {
		v = burden(v, []*value.Assumption{m.ev.assumption(name, b, x)}, false)
	}
	return v
}

// secret says that a variable's value is not to be printed. Terraform keeps what
// is ephemeral out of plans and states; nobody wants it in a report.
func (ev *evaluator) secret(b *workspace.Block) bool {
	return ev.isSet(b, "sensitive") || ev.isSet(b, "ephemeral")
}

// isSet says that an argument of a variable is true.
func (ev *evaluator) isSet(b *workspace.Block, name string) bool {
	v, _ := ev.eval(b.Expr(name), &frame{})
	return v.Is(value.Bool) && v.Bool
}

// assumption is that a variable has its default.
func (ev *evaluator) assumption(name string, b *workspace.Block, x workspace.Expression) *value.Assumption {
	text := abridged(x.Span().Text(), 100)
	if ev.secret(b) {
		text = "(sensitive)"
	}
	return &value.Assumption{Text: "var." + name + " = " + text + " (its default)", Span: x.Span()}
}

// given is what the caller, or who runs Terraform, sets the variable to.
func (m *moduleInstance) given(name string, t cty.Type, cautious bool) (*value.Value, bool) {
	if m.parent != nil {
		a := m.block.Attr(name)
		if a == nil {
			return nil, false
		}
		v, _ := m.ev.eval(a.Expr, m.inputs.careful(cautious))
		return v, true
	}
	in, ok := m.ev.values[name]
	switch {
	case !ok && m.ev.obscured != nil:
		return value.Of(plainType(t), m.ev.obscured.Span, *m.ev.obscured), true
	case !ok:
		return nil, false
	}
	x := in.x
	if in.text != nil {
		// --var x=abc is the text abc, as long as the type does not say that it
		// is more; else it is an expression.
		if t == cty.NilType || t.IsPrimitiveType() {
			return value.Str(norm.NFC.String(*in.text)), true
		}
		text := source.Computed(*in.text, source.Span{})
		if _, reason := workspace.TooDeep([]byte(*in.text)); reason != "" {
			return value.UnknownBecause("--var "+name+": "+reason, source.Span{}), true
		}
		h, diags := hclsyntax.ParseExpression([]byte(*in.text), "", hcl.Pos{Line: 1, Column: 1})
		if diags.HasErrors() {
			m.ev.root.gap(source.Gap{Kind: source.ErrorGap, File: m.dir, Reason: "--var " + name + ": " + workspace.Diagnostic(diags[0])})
			return value.UnknownBecause("--var "+name+" cannot be read", source.Span{}), true
		}
		x = workspace.Expression{HCL: h, Text: text}
	}
	v, _ := m.ev.eval(x, &frame{})
	return v, true
}

// converted is v as the variable's type wants it. What does not fit is unknown,
// for the type is what whoever deploys has to satisfy by other values.
func (ev *evaluator) converted(v *value.Value, t cty.Type, defaults *typeexpr.Defaults, what string, at source.Span) *value.Value {
	if t == cty.NilType {
		return v
	}
	// Defaults come before the conversion, as in Terraform: an attribute that a
	// default adds is converted with the others.
	if v = ev.whole(v, false); defaults != nil {
		v = withDefaults(v, defaults)
	}
	c, err := convertTo(v, t)
	if err != nil {
		return derived(value.Of(plainType(t), v.Span, value.Reason{Text: what + " does not fit its type: " + err.Error(), Span: at}), v)
	}
	return c
}

// plainType is the type of values of a constraint.
func plainType(t cty.Type) value.Type {
	if t == cty.NilType {
		return value.Type{}
	}
	return valueType(bare(t))
}

// variableType is the type constraint of a variable; NilType when it has none.
func (ev *evaluator) variableType(b *workspace.Block) (cty.Type, *typeexpr.Defaults) {
	x := b.Expr("type")
	if x.None() {
		return cty.NilType, nil
	}
	h := x.HCL
	s, ok := x.LiteralString()
	if keyword := hcl.ExprAsKeyword(h); h != nil && (keyword == "list" || keyword == "map") {
		s, ok = keyword, true
	}
	if ok {
		switch s { // Terraform 0.11 wrote them so
		case "list":
			s = "list(any)"
		case "map":
			s = "map(any)"
		}
		if _, reason := workspace.TooDeep([]byte(s)); reason != "" {
			return cty.DynamicPseudoType, nil
		}
		h, _ = hclsyntax.ParseExpression([]byte(s), "", hcl.Pos{Line: 1, Column: 1})
	}
	if h == nil {
		return cty.DynamicPseudoType, nil
	}
	t, defaults, diags := typeexpr.TypeConstraintWithDefaults(h)
	if diags.HasErrors() {
		ev.gap(source.ErrorGap, x.Span(), workspace.Diagnostic(diags[0]))
		return cty.DynamicPseudoType, nil
	}
	return t, defaults
}

// bare is a type without its optional markers; no type at all means any. cty's
// types of values have no optional attributes: only constraints have.
func bare(t cty.Type) cty.Type {
	if t == cty.NilType {
		return cty.DynamicPseudoType
	}
	return t.WithoutOptionalAttributesDeep()
}

// withDefaults fills in optional attributes that are not set, as the type
// constraint says. null counts as not set:
// https://developer.hashicorp.com/terraform/language/expressions/type-constraints#optional-object-type-attributes
func withDefaults(v *value.Value, d *typeexpr.Defaults) *value.Value {
	if d == nil || v.Missing() || v.Is(value.Unknown) {
		return v
	}
	w := *v
	switch {
	case d.Type.IsObjectType() && v.IsMapping():
		w.Attrs = nil
		seen := map[string]bool{}
		for _, a := range v.Attrs {
			k, _ := a.Key()
			seen[k] = true
			if dv, ok := d.DefaultValues[k]; ok && a.Value.Missing() {
				a.Value = fromCty(dv, a.Value.Span)
			}
			a.Value = withDefaults(a.Value, d.Children[k])
			w.Attrs = append(w.Attrs, a)
		}
		for _, k := range sortedKeys(d.DefaultValues) {
			// An open object may have it: it is not the default for certain.
			if !seen[k] && !v.Open {
				w.Attrs = append(w.Attrs, value.Attr{Name: value.Str(k), Value: withDefaults(fromCty(d.DefaultValues[k], v.Span), d.Children[k])})
			}
		}
		sortAttrs(w.Attrs)
	case v.IsMapping():
		w.Attrs = nil
		for _, a := range v.Attrs {
			// typeexpr keeps the defaults of a collection's elements under "".
			a.Value = withDefaults(a.Value, d.Children[""])
			w.Attrs = append(w.Attrs, a)
		}
	case v.IsSequence():
		w.Elems = nil
		for i, e := range v.Elems {
			child := d.Children[""]
			if d.Type.IsTupleType() {
				child = d.Children[strconv.Itoa(i)]
			}
			w.Elems = append(w.Elems, withDefaults(e, child))
		}
	default:
		return v
	}
	return &w
}
