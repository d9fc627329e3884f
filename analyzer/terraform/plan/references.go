package plan

import (
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/value"
)

// scope is a module instance, as the configuration section of a plan has
// it.
type scope struct {
	l       *Evidence
	address string
	module  *configModule // nil when the section lacks it
	parent  *scope
	call    *configCall
	key     string // of the call
}

// scopeOf finds a module instance. It is never nil.
func (l *Evidence) scopeOf(address string) *scope {
	s := &scope{l: l, module: l.config}
	for _, step := range addrs.ModuleCalls(address) {
		name := strings.TrimPrefix(addrs.WithoutKey(step), "module.")
		s = s.child(name, strings.TrimPrefix(step, addrs.WithoutKey(step)))
	}
	return s
}

// child is the instance of a module that a call makes.
func (s *scope) child(name, key string) *scope {
	c := &scope{l: s.l, parent: s, key: key, address: "module." + name + key}
	if s.address != "" {
		c.address = s.address + "." + c.address
	}
	if s.module != nil {
		if c.call = s.module.calls[name]; c.call != nil {
			c.module = c.call.module
		}
	}
	return c
}

// lastBlock is the block that was decoded last: instances of one come together.
type lastBlock struct {
	at      text
	decoded *tfjson.ConfigResource
}

// resource is the block that an instance comes from; nil when the section lacks it,
// as it does for what is in the state alone.
func (s *scope) resource(r *Resource) *tfjson.ConfigResource {
	if s.module == nil {
		return nil
	}
	at, ok := s.module.resources[addrs.Resource{Mode: r.Mode, Type: r.Type, Name: r.Name}]
	if !ok {
		return nil
	}
	if s.l.last.decoded == nil || s.l.last.at != at {
		c := &tfjson.ConfigResource{}
		t, err := s.l.doc.read(at)
		if err == nil {
			err = t.decode(c)
		}
		if err != nil {
			s.l.reading.Gap(source.Gap{Kind: source.LimitGap, File: s.l.File.Name, Reason: "the plan's configuration of " + r.block() + " cannot be read: " + err.Error()})
		}
		s.l.last = lastBlock{at, c}
	}
	return s.l.last.decoded
}

// Declares says that the plan's configuration section has a block, in the module
// of that address. A plan may lack the section, and a state always does.
func (l *Evidence) Declares(module string, block addrs.Resource) bool {
	m := l.scopeOf(module).module
	if m == nil {
		return false
	}
	_, declared := m.resources[block]
	return declared
}

// HasConfiguration says that the plan holds a configuration section.
func (l *Evidence) HasConfiguration() bool { return l.config != nil }

// referenceHeads is the references of an expression without those that are
// only the beginning of another: Terraform lists aws_iam_user.u.name, and then
// aws_iam_user.u.
func referenceHeads(references []string) []string {
	var heads []string
	for i, r := range references {
		beginning := slices.Contains(heads, r)
		for j, other := range references {
			if j < i && (strings.HasPrefix(other, r+".") || strings.HasPrefix(other, r+"[")) {
				beginning = true
			}
		}
		if !beginning {
			heads = append(heads, r)
		}
	}
	return heads
}

// joins are the attributes that name another resource as a whole, with the
// attribute of it that they hold. An expression that refers to nothing else
// than such a resource is taken for that reference: it makes no sense to put
// anything around an ARN or an id here. Names are not among them, as
// "x-${random_id.r.hex}" refers to nothing else either.
var joins = map[string]string{
	"account_id": "id", "group": "name", "groups": "name", "identifiers": "arn",
	"managed_policy_arns": "arn", "parent_id": "id", "permissions_boundary": "arn",
	"policy_arn": "arn", "policy_arns": "arn", "policy_id": "id", "role": "name",
	"roles": "name", "target_id": "id", "user": "name", "users": "name",
	"assume_role_policy": "json", "content": "json", "policy": "json",
}

// lists are the joins that are lists: a reference is one of their elements.
var lists = map[string]bool{
	"groups": true, "identifiers": true, "managed_policy_arns": true, "policy_arns": true, "roles": true, "users": true,
}

// joinable are the attributes that identify a resource.
var joinable = map[string]bool{
	"arn": true, "id": true, "name": true, "unique_id": true, "master_account_id": true,
	"json": true, "minified_json": true,
}

// reference is the attribute that the expression at the place is, or nil.
func (p *place) reference() *value.Ref {
	want, ok := joins[p.attribute]
	if !ok || !p.whole || p.expr == nil || p.expr.ExpressionData == nil || lists[p.attribute] != p.element {
		return nil
	}
	var each *tfjson.Expression
	if p.block != nil {
		each = p.block.ForEachExpression
	}
	ref := p.scope.resolve(p.expr, each, p.resource.Key, want, 0)
	switch {
	case ref == nil:
		return nil
	case want == "json": // a policy may hold other references inside
		if !ref.Data || ref.Type != "aws_iam_policy_document" || ref.Attr != "json" && ref.Attr != "minified_json" {
			return nil
		}
	default:
		last := ref.Attr[strings.LastIndexByte(ref.Attr, '.')+1:]
		if !joinable[last] || last == "json" || last == "minified_json" {
			return nil
		}
	}
	return ref
}

// resolve follows an expression with a single reference through variables and
// outputs to a resource instance. each and key are those of what the
// expression belongs to.
func (s *scope) resolve(expr, each *tfjson.Expression, key, want string, depth int) *value.Ref {
	if expr == nil || expr.ExpressionData == nil || depth > 20 {
		return nil
	}
	heads := referenceHeads(expr.References)
	keyed := false
	var head string
	for _, h := range heads {
		switch {
		case h == "each.key" || h == "count.index" || h == "each.value":
			keyed = true
		case head == "":
			head = h
		default:
			return nil
		}
	}
	switch {
	case strings.HasPrefix(head, "each.value.") && !keyed:
		return s.throughEach(strings.TrimPrefix(head, "each.value."), each, key)
	case strings.HasPrefix(head, "var."):
		name := strings.TrimPrefix(head, "var.")
		if s.parent == nil || s.call == nil || keyed || strings.ContainsAny(name, ".[") {
			return nil
		}
		return s.parent.resolve(s.call.expressions[name], s.call.forEach, s.key, want, depth+1)
	case strings.HasPrefix(head, "module."):
		return s.throughOutput(head, keyed, key, want, depth)
	case head == "" || strings.HasPrefix(head, "local.") || strings.HasPrefix(head, "each."):
		return nil
	}
	return s.instance(head, keyed, key, want)
}

// throughEach is an attribute of each.value where for_each is a resource.
func (s *scope) throughEach(attr string, each *tfjson.Expression, key string) *value.Ref {
	if each == nil || each.ExpressionData == nil {
		return nil
	}
	heads := referenceHeads(each.References)
	if len(heads) != 1 || strings.HasPrefix(heads[0], "module.") || strings.HasPrefix(heads[0], "var.") || strings.HasPrefix(heads[0], "local.") {
		return nil
	}
	return s.instance(heads[0], true, key, attr)
}

// throughOutput is what an output of a called module is.
func (s *scope) throughOutput(head string, keyed bool, key, want string, depth int) *value.Ref {
	rest := strings.TrimPrefix(head, "module.")
	end := strings.IndexAny(rest, ".[")
	if end < 0 {
		return nil
	}
	name, rest := rest[:end], rest[end:]
	at := ""
	if strings.HasPrefix(rest, "[") {
		at, rest = addrs.CutKey(rest)
	} else if keyed {
		at = key
	}
	output := strings.TrimPrefix(rest, ".")
	if output == "" || strings.ContainsAny(output, ".[") {
		return nil
	}
	c := s.child(name, at)
	if c.module == nil || c.module.outputs[output] == nil || (c.call.count != nil || c.call.forEach != nil) != (at != "") {
		return nil
	}
	return c.resolve(c.module.outputs[output].Expression, nil, "", want, depth+1)
}

// instance is the attribute of a resource instance that a reference such as
// aws_iam_user.u["k"].name names. keyed says that an index goes with the
// reference that is the key at hand.
func (s *scope) instance(head string, keyed bool, key, want string) *value.Ref {
	ref := &value.Ref{Root: s.l.Root}
	rest, data := strings.CutPrefix(head, "data.")
	ref.Data = data
	typ, rest, ok := strings.Cut(rest, ".")
	if !ok {
		return nil
	}
	ref.Type = typ
	end := strings.IndexAny(rest, ".[")
	if end < 0 {
		end = len(rest)
	}
	name, rest := rest[:end], rest[end:]
	at := ""
	if strings.HasPrefix(rest, "[") {
		if at, rest = addrs.CutKey(rest); at == "" {
			return nil
		}
	} else if keyed && rest == "" {
		at = key
	}
	ref.Attr = strings.TrimPrefix(rest, ".")
	if ref.Attr == "" {
		if at == "" {
			return nil // the resource as a whole, or all of its instances
		}
		ref.Attr = want
	}
	ref.Address = typ + "." + name + at
	if data {
		ref.Address = "data." + ref.Address
	}
	if s.address != "" {
		ref.Address = s.address + "." + ref.Address
	}
	if s.l.byAddress[ref.Address] == nil {
		return nil
	}
	return ref
}
