package policy

import (
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// A ParseError says that a value is no policy at all.
type ParseError struct {
	Text string
	Span source.Span // zero when the value stands nowhere
}

func (e *ParseError) Error() string {
	if e.Span.IsZero() {
		return e.Text
	}
	at := e.Span.StartPos()
	return fmt.Sprintf("%s:%d:%d: %s", e.Span.File.Name, at.Line, at.Column, e.Text)
}

// Parse reads a policy from a string of JSON, or from its tree. An error says
// that it is not JSON, or JSON but no object. Whatever else is wrong is in
// Problems. An unknown value gives an open document without statements.
func Parse(v *value.Value) (*Document, error) {
	tree := v
	if v.Is(value.String) {
		var err error
		if tree, err = value.DecodeJSON(v); err != nil {
			return nil, err
		}
	}
	if tree.Is(value.Unknown) {
		return &Document{Open: true, Value: tree}, nil
	}
	if !tree.IsMapping() {
		return nil, &ParseError{"policy is no JSON object but " + described(tree), tree.Span}
	}
	d := &Document{Value: tree, VersionKnown: true}
	p := parser{document: d}
	p.parseDocument(tree)
	d.malformed = malformed(d.Problems)
	return d, nil
}

// described names the kind of a value with an article.
func described(v *value.Value) string {
	switch {
	case v.IsSequence():
		return "a list"
	case v.IsMapping():
		return "an object"
	case v.Missing():
		return "null"
	}
	return "a " + strings.ToLower(v.Kind.String())
}

type parser struct {
	document  *Document
	statement *Statement // the one being read; nil outside
}

func (p *parser) problem(span source.Span, format string, args ...any) {
	p.document.Problems = append(p.document.Problems, Problem{Text: fmt.Sprintf(format, args...), Span: span, Statement: p.statement})
	if p.statement != nil {
		p.statement.Malformed = true
	}
}

func (p *parser) lint(span source.Span, format string, args ...any) {
	p.document.Problems = append(p.document.Problems, Problem{Text: fmt.Sprintf(format, args...), Span: span, Lint: true, Statement: p.statement})
}

// quoted is a text for a message, unless it must not be printed.
func quoted(v *value.Value, text string) string {
	if v != nil && v.Sensitive {
		return "(sensitive)"
	}
	return "'" + text + "'"
}

// members calls f for each member of an object whose name is known, once for
// each name, and says whether there may be others.
func (p *parser) members(v *value.Value, what string, f func(name string, a value.Attr)) (open bool) {
	seen := make(map[string]bool, len(v.Attrs))
	for _, a := range v.Attrs {
		name, known := a.Key()
		switch {
		case !known:
			open = true
		case seen[name]:
			p.problem(a.Name.Span, "%s has %s twice", what, quoted(a.Name, name))
		default:
			seen[name] = true
			f(name, a)
		}
	}
	return open || v.Open
}

func (p *parser) parseDocument(v *value.Value) {
	var statements *value.Value
	open := p.members(v, "policy", func(name string, a value.Attr) {
		switch name {
		case "Version":
			p.version(a.Value)
		case "Statement":
			statements = a.Value
		case "Id":
		default:
			p.unknownMember("policy", name, a, "Version", "Statement", "Id")
		}
	})
	if open && !v.Get("Version").Set() {
		p.document.VersionKnown = false
	}
	switch {
	case statements == nil && open:
		p.document.Open = true
	case statements == nil:
		p.problem(v.Span, "policy has no Statement")
	case statements.Is(value.Unknown):
		p.document.Open = true
	case statements.IsSequence():
		for _, s := range statements.Elems {
			p.addStatement(s)
		}
		p.unlisted(statements)
		if len(statements.Elems) == 0 && !statements.Open {
			p.lint(statements.Span, "policy has no statements")
		}
	default:
		p.addStatement(statements)
	}
}

// unknownMember reports a member that the grammar does not have. One that
// differs in case only is reported as such: AWS's grammar is case-sensitive.
func (p *parser) unknownMember(what, name string, a value.Attr, names ...string) {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			p.problem(a.Name.Span, "%s has %s, which is spelled %s", what, quoted(a.Name, name), n)
			return
		}
	}
	p.problem(a.Name.Span, "%s has %s, which the policy language does not have", what, quoted(a.Name, name))
}

func (p *parser) version(v *value.Value) {
	text, known := v.Text()
	switch {
	case known && (text == "2012-10-17" || text == "2008-10-17"):
		p.document.Version = text
	case known:
		p.document.Version = text
		p.problem(v.Span, "Version %s does not exist: 2012-10-17 is the current one", quoted(v, text))
	case v.Is(value.Unknown) || v.Is(value.String):
		p.document.VersionKnown = false
	default:
		p.problem(v.Span, "Version is %s, not a string", described(v))
	}
}

// variables says whether ${…} is a variable in this document.
func (d *Document) variables() Tri {
	if !d.VersionKnown {
		return Unknown
	}
	return value.TriOf(d.Version == "2012-10-17")
}

func (p *parser) addStatement(v *value.Value) {
	s := &Statement{Document: p.document, Index: len(p.document.Statements), Value: v}
	p.document.Statements = append(p.document.Statements, s)
	p.statement = s
	switch {
	case v.Is(value.Unknown):
		s.Open, s.ActionsOpen = true, true
	case !v.IsMapping():
		s.ActionsOpen = true
		p.problem(v.Span, "statement is no object but %s", described(v))
	default:
		p.parseStatement(v)
	}
	p.statement = nil
}

// unlisted reads the statements that a list may have beside those that it
// lists, where it is known what they are like.
func (p *parser) unlisted(list *value.Value) {
	like := list.Unlisted()
	for _, v := range like {
		p.document.Open = p.document.Open || list.Open && !v.IsMapping()
	}
	switch {
	case !list.Open || p.document.Open:
	case len(like) == 0:
		p.document.Open = true
	default:
		for _, v := range like {
			p.addOptional(v)
		}
	}
}

// addOptional reads a statement of which it is not known whether it is there.
// What is wrong with it is no problem of the document unless it is.
func (p *parser) addOptional(v *value.Value) {
	before := len(p.document.Problems)
	p.addStatement(v)
	p.document.Statements[len(p.document.Statements)-1].Optional = true
	p.document.Problems = p.document.Problems[:before]
	p.document.Statements[len(p.document.Statements)-1].Malformed = false
}

func (p *parser) parseStatement(v *value.Value) {
	s := p.statement
	written := map[string]*value.Value{}
	s.Open = p.members(v, "statement", func(name string, a value.Attr) {
		switch name {
		case "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition":
			written[name] = a.Value
			if a.Value.Missing() {
				p.problem(a.Value.Span, "%s is null", name)
			}
		default:
			p.unknownMember("statement", name, a, "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")
		}
	})
	s.Sid, _ = written["Sid"].Text()
	p.effect(v, written["Effect"])
	for _, name := range [...]string{"Principal", "Action", "Resource"} {
		if written[name] != nil && written["Not"+name] != nil {
			p.problem(v.Span, "statement has both %s and Not%s", name, name)
		}
	}
	p.principals(written)
	p.actions(v, written)
	p.resources(written)
	if c := written["Condition"]; c != nil {
		p.conditions(c)
	}
}

func (p *parser) effect(statement, v *value.Value) {
	text, known := v.Text()
	switch {
	case v == nil && !p.statement.Open:
		p.problem(statement.Span, "statement has no Effect")
	case known && text == "Allow":
		p.statement.Effect = Allow
	case known && text == "Deny":
		p.statement.Effect = Deny
	case known && (strings.EqualFold(text, "Allow") || strings.EqualFold(text, "Deny")):
		// The grammar says that case matters. Policies in wide use say "allow",
		// and are deployed: what AWS makes of them is not known from here.
		p.lint(v.Span, "Effect %s is spelled Allow or Deny", quoted(v, text))
	case known:
		p.problem(v.Span, "Effect %s is neither Allow nor Deny", quoted(v, text))
	case v != nil && !v.Is(value.Unknown) && !v.Is(value.String) && !v.Missing():
		p.problem(v.Span, "Effect is %s, not a string", described(v))
	}
}

// scalars are the members of a scalar-or-list. open says that there may be
// others.
func scalars(v *value.Value) (list []*value.Value, open bool) {
	switch {
	case v.Missing():
		return nil, false
	case v.IsSequence():
		return v.Elems, v.Open
	case v.Is(value.Unknown) && v.Type.Kind != value.String:
		return nil, true // one, or a list
	}
	return []*value.Value{v}, false
}

// strings are the patterns of an element that takes a string or a list.
func (p *parser) strings(what string, v *value.Value, s syntax) (patterns []Pattern, open bool) {
	list, open := scalars(v)
	for _, e := range list {
		if !e.Is(value.String) && !e.Is(value.Unknown) {
			p.problem(e.Span, "%s holds %s, not a string", what, described(e))
			continue
		}
		patterns = append(patterns, compile(e, s))
	}
	return patterns, open
}

func (p *parser) actions(statement *value.Value, written map[string]*value.Value) {
	s := p.statement
	name := "Action"
	v := written[name]
	if v == nil {
		name = "NotAction"
		v = written[name]
	}
	if v == nil {
		s.ActionsOpen = true
		if !s.Open {
			p.problem(statement.Span, "statement has neither Action nor NotAction")
		}
		return
	}
	s.NotAction = name == "NotAction"
	s.Actions, s.ActionsOpen = p.strings(name, v, syntax{wildcards: true, variables: False, fold: true})
	for _, a := range s.Actions {
		text, known := a.Text()
		switch {
		case !known || text == "*":
		case text == "*:*":
			p.lint(a.Span(), "%s '*:*' is more than AWS documents: '*' means the same", name)
		case !strings.Contains(text, ":"):
			p.problem(a.Span(), "%s %s names no service", name, quoted(a.Value, text))
		case strings.ContainsAny(text, " \t\r\n"):
			p.lint(a.Span(), "%s %s has a blank, which no action has", name, quoted(a.Value, text))
		}
	}
	if len(s.Actions) == 0 && !s.ActionsOpen {
		p.lint(v.Span, "%s is empty", name)
	}
}

func (p *parser) resources(written map[string]*value.Value) {
	s := p.statement
	name := "Resource"
	v := written[name]
	if v == nil {
		name = "NotResource"
		v = written[name]
	}
	if v == nil {
		return
	}
	s.HasResource, s.NotResource = true, name == "NotResource"
	s.Resources, s.ResourcesOpen = p.strings(name, v, syntax{wildcards: true, variables: p.document.variables(), resource: true})
	if len(s.Resources) == 0 && !s.ResourcesOpen {
		p.lint(v.Span, "%s is empty", name)
	}
}

func (p *parser) principals(written map[string]*value.Value) {
	s := p.statement
	v := written["Principal"]
	if v == nil {
		v = written["NotPrincipal"]
		s.NotPrincipal = v != nil
	}
	s.HasPrincipal = v != nil
	switch {
	case v == nil || v.Missing():
	case v.Is(value.Unknown):
		s.PrincipalsOpen = true
	case v.IsMapping():
		open := p.members(v, "Principal", func(kind string, a value.Attr) { p.principalsOf(kind, a.Value) })
		for _, a := range v.Attrs {
			if _, known := a.Key(); !known {
				p.principalsOf("", a.Value)
			}
		}
		s.PrincipalsOpen = s.PrincipalsOpen || open
	default:
		if text, known := v.Text(); known && text != "*" || !v.Is(value.String) {
			p.problem(v.Span, "Principal is neither \"*\" nor an object")
			return
		}
		p.addPrincipal("*", v)
	}
}

func (p *parser) principalsOf(kind string, v *value.Value) {
	if v.Missing() {
		p.problem(v.Span, "principal type '%s' is null", kind)
		return
	}
	list, open := scalars(v)
	if open {
		p.statement.PrincipalsOpen = true
	}
	if open && len(list) == 0 {
		// Whatever it is, it is of that type: a list of none is no principal
		// that AWS takes.
		if v.Rest != nil && len(v.Unlisted()) == 1 {
			p.addRest(kind, v)
			return
		}
		if !v.Is(value.Unknown) {
			v = value.Of(value.Type{Kind: value.String}, v.Span, v.AllWhy()...)
		}
		list = []*value.Value{v}
	}
	for _, e := range list {
		if !e.Is(value.String) && !e.Is(value.Unknown) {
			p.problem(e.Span, "Principal holds %s, not a string", described(e))
			continue
		}
		p.addPrincipal(kind, e)
	}
}

// addRest adds the principals of a list of which it is only known what they are
// like. They stand where the list does.
func (p *parser) addRest(kind string, list *value.Value) {
	principal := PrincipalOf(kind, list.Rest)
	principal.Value = value.Of(value.Type{Kind: value.String}, list.Span, list.AllWhy()...)
	principal.Value.Ref, principal.Value.Via, principal.Value.Sensitive = list.Rest.Ref, list.Via, list.Sensitive || list.Rest.Sensitive
	p.statement.Principals = append(p.statement.Principals, principal)
}

func (p *parser) addPrincipal(kind string, v *value.Value) {
	principal, problem := newPrincipal(kind, v)
	if problem != "" {
		p.problem(v.Span, "%s", problem)
	}
	p.statement.Principals = append(p.statement.Principals, principal)
}

func (p *parser) conditions(v *value.Value) {
	s := p.statement
	switch {
	case v.Is(value.Unknown):
		s.conditionsOpen = true
		return
	case v.Missing():
		return
	case !v.IsMapping():
		p.problem(v.Span, "Condition is no object but %s", described(v))
		return
	}
	p.members(v, "Condition", func(name string, a value.Attr) {
		op, ok := ParseOperator(name)
		switch {
		case !ok:
			p.problem(a.Name.Span, "condition operator %s does not exist", quoted(a.Name, name))
		case op.Canonical != name:
			p.lint(a.Name.Span, "condition operator %s is spelled %s", quoted(a.Name, name), op.Canonical)
		}
		if op.Set != NoSet && op.Family == NullFamily {
			p.lint(a.Name.Span, "condition operator Null takes no ForAllValues or ForAnyValue")
		}
		p.operator(op, a)
	})
	for _, a := range v.Attrs {
		if _, known := a.Key(); !known {
			p.operator(Operator{}, a)
		}
	}
	s.conditionsOpen = s.conditionsOpen || v.Open
}

// operator reads the keys below an operator.
func (p *parser) operator(op Operator, a value.Attr) {
	s := p.statement
	switch {
	case a.Value.Is(value.Unknown):
		s.Conditions = append(s.Conditions, Condition{Operator: op, OperatorValue: a.Name, Value: a.Value, ValuesOpen: true})
		return
	case !a.Value.IsMapping():
		p.problem(a.Value.Span, "condition operator %s is given %s, not an object of keys", op, described(a.Value))
		return
	}
	p.members(a.Value, "condition operator "+op.Text, func(key string, k value.Attr) {
		p.condition(op, a.Name, key, k)
	})
	for _, k := range a.Value.Attrs {
		if _, known := k.Key(); !known {
			p.condition(op, a.Name, "", k)
		}
	}
	s.conditionsOpen = s.conditionsOpen || a.Value.Open
}

func (p *parser) condition(op Operator, operator *value.Value, key string, k value.Attr) {
	c := Condition{
		Operator: op, Key: key, OperatorValue: operator, KeyValue: k.Name, Value: k.Value,
		mistyped: mistyped(op, key), listed: MultiValued(key),
	}
	list, open := scalars(k.Value)
	c.ValuesOpen = open
	for _, v := range list {
		if _, known := scalarText(v); !known && !v.Is(value.String) && !v.Is(value.Unknown) {
			p.problem(v.Span, "condition key %s is given %s, not a string", quoted(k.Name, key), described(v))
			c.ValuesOpen = true
			continue
		}
		t, problem, lint := newTest(op, v, p.document.variables())
		if problem != "" && lint {
			p.lint(v.Span, "%s", problem)
		} else if problem != "" {
			p.problem(v.Span, "%s", problem)
		}
		c.Values, c.tests = append(c.Values, t.pattern), append(c.tests, t)
	}
	switch {
	case k.Value.Missing():
		p.problem(k.Value.Span, "condition key %s is null", quoted(k.Name, key))
	case len(c.tests) == 0 && !c.ValuesOpen:
		p.lint(k.Value.Span, "condition key %s has no values", quoted(k.Name, key))
	case op.Set != NoSet && singleValued(key):
		p.lint(operator.Span, "condition operator %s is for keys that carry a list, which %s does not", op, key)
	case c.mistyped:
		p.lint(operator.Span, "condition operator %s does not belong to the type of %s", op, key)
	}
	p.statement.Conditions = append(p.statement.Conditions, c)
}
