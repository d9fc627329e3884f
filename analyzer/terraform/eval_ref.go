package terraform

import (
	"strconv"

	"github.com/hashicorp/hcl/v2"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/value"
)

// through is v as read through a name. It keeps the place of its text.
func through(v *value.Value, name string, at source.Span) *value.Value {
	w := *v
	w.Via = &value.Step{Name: name, Span: at, Next: v.Via}
	return &w
}

// traversal is the value of a reference.
func (e evaluation) traversal(t hcl.Traversal) *value.Value {
	at := e.span(t.SourceRange())
	root := t.RootName()
	// Names of for expressions, dynamic blocks and templates hide the language's
	// own.
	if v, ok := e.f.lookup(root); ok {
		return e.follow(v, t[1:])
	}
	if e.f.alone {
		// The binding without a name stands for variables that are not listed:
		// see render.
		if v, ok := e.f.lookup(""); ok {
			return value.Of(value.Type{}, at, reasons(v)...)
		}
		return e.fail(at, "the template has no variable "+strconv.Quote(root))
	}
	// Defaults of variables, and files of values, are evaluated without a module.
	if e.f.m == nil {
		return e.fail(at, "a value here may not refer to others")
	}
	name, rest := "", t[1:]
	if len(rest) > 0 {
		if a, ok := rest[0].(hcl.TraverseAttr); ok {
			name, rest = a.Name, rest[1:]
		}
	}
	if name == "" {
		return e.fail(at, "the reference "+strconv.Quote(root)+" is not complete")
	}
	switch root {
	case "var":
		v, problem := e.f.m.variable(name, e.f.cautious)
		if problem != "" {
			return e.undeclared(at, problem)
		}
		return e.follow(v, rest)
	case "local":
		v := e.f.m.local(name, e.f.cautious)
		if v == nil {
			return e.undeclared(at, "local."+name+" is not declared")
		}
		return e.follow(v, rest)
	case "each", "count":
		return e.follow(e.repetition(root, name, at), rest)
	case "path":
		return e.path(name, at)
	case "terraform":
		return e.terraform(root, name, at)
	case "tofu": // OpenTofu's other name for it
		if e.ev.dialect.Language != lang.Terraform {
			return e.terraform(root, name, at)
		}
	// Provisioners, connections and postconditions alone may say it:
	// https://developer.hashicorp.com/terraform/language/expressions/references
	case "self":
		if e.f.self != nil {
			v, problem := e.f.self.member(name, e.f.cautious)
			if problem == "" {
				return e.follow(v, rest)
			}
		}
		return e.fail(at, "self has no value here")
	case "module":
		v, problem := e.f.m.call(name)
		switch {
		case e.f.m.mod == nil || e.f.m.mod.Calls[name] == nil:
			return e.undeclared(at, problem)
		case problem != "":
			return e.fail(at, problem)
		}
		return e.follow(v, rest)
	case "ephemeral":
		return value.UnknownBecause("ephemeral."+name+" has a value only while Terraform runs", at)
	case "data":
		if len(rest) == 0 {
			return e.fail(at, "the reference to a data source is not complete")
		}
		a, ok := rest[0].(hcl.TraverseAttr)
		if !ok {
			return e.fail(at, "the reference to a data source is not complete")
		}
		return e.resource(addrs.Resource{Mode: addrs.Data, Type: name, Name: a.Name}, rest[1:], at)
	// resource.TYPE.NAME is a long way to write TYPE.NAME:
	// https://github.com/hashicorp/terraform/blob/main/internal/addrs/parse_ref.go
	case "resource":
		if len(rest) > 0 {
			if a, ok := rest[0].(hcl.TraverseAttr); ok {
				return e.resource(addrs.Resource{Mode: addrs.Managed, Type: name, Name: a.Name}, rest[1:], at)
			}
		}
	}
	return e.resource(addrs.Resource{Mode: addrs.Managed, Type: root, Name: name}, rest, at)
}

// undeclared is the value of a reference to what the module does not declare.
// Terraform refuses it wherever it stands, in try and can as well.
func (e evaluation) undeclared(at source.Span, problem string) *value.Value {
	e.ev.root.gap(source.Gap{Kind: source.ErrorGap, Span: at, Reason: problem, Class: ReferencesUndeclared})
	return e.fail(at, problem)
}

// resource is the value of a reference to a resource or data source, with the
// steps that follow its name.
func (e evaluation) resource(key addrs.Resource, rest hcl.Traversal, at source.Span) *value.Value {
	v, problem := e.f.m.resourceValue(key)
	switch {
	case e.f.m.mod.Resources[key] == nil:
		return e.undeclared(at, problem)
	case problem != "":
		return e.fail(at, problem)
	}
	return placedAt(e.follow(v, rest), at)
}

// placedAt places a value that stands nowhere in the text, as one does that is
// unknown or that AWS makes, at its reference. Else the finding would stand at
// the header of the resource that is referred to.
func placedAt(v *value.Value, at source.Span) *value.Value {
	if !v.Is(value.Unknown) && (v.Ref == nil || v.Ref.Attr != "arn" || arnKinds[v.Ref.Type] == "") {
		return v
	}
	w := *v
	w.Span = at
	return &w
}

// repetition is each.key, each.value and count.index.
func (e evaluation) repetition(root, name string, at source.Span) *value.Value {
	k := e.f.key
	switch {
	case k == nil:
	case root == "count" && name == "index" && k.kind == countKey:
		return burden(value.Int(k.index), k.assumptions, false)
	case root == "each" && name == "key" && k.kind == eachKey:
		return burden(k.name, k.assumptions, false)
	case root == "each" && name == "value" && k.kind == eachKey:
		return k.v
	// The elements of a set are there, only their text is not known.
	case k.kind == unknownKey && k.v != nil && root == "each" && (name == "key" || name == "value"):
		return through(k.v, "each."+name, at)
	case k.kind == unknownKey:
		t := value.Type{}
		switch name {
		case "index":
			t.Kind = value.Number
		case "key":
			t.Kind = value.String
		}
		return value.Of(t, at, k.why...)
	}
	return e.fail(at, root+"."+name+" has no value here")
}

// path is path.module and its like. path.root is "." since Terraform runs in the
// root module's directory, or is sent there by -chdir; path.cwd is another
// directory then, and no one's to guess:
// https://developer.hashicorp.com/terraform/language/expressions/references#filesystem-and-workspace-info
func (e evaluation) path(name string, at source.Span) *value.Value {
	switch name {
	case "module":
		return value.StrAt(source.Computed(e.f.m.path, at))
	case "root":
		return value.StrAt(source.Computed(".", at))
	}
	return value.Of(value.Type{Kind: value.String}, at, value.Reason{Text: "path." + name + " depends on where Terraform runs", Span: at})
}

// terraform is terraform.workspace and its like. "default" is not assumed: which
// workspace is selected is told by the environment and by .terraform, neither of
// which is read.
func (e evaluation) terraform(root, name string, at source.Span) *value.Value {
	if name == "workspace" {
		if w := e.ev.opt.Workspace; w != "" {
			return value.StrAt(source.Computed(w, at))
		}
		return value.Of(value.Type{Kind: value.String}, at, value.Reason{Text: root + ".workspace is not known (--workspace)", Span: at})
	}
	return value.UnknownBecause(root+"."+name+" is not known", at)
}
