package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"sort"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Body is the value of an instance's body: its attributes and blocks. It is worked
// out once. An attribute that the plan's configuration does not write and that is
// only known after the apply is absent, as it is in a configuration; Computed lists
// these.
func (l *Evidence) Body(r *Resource) *value.Value {
	if r.body == nil {
		r.building = true // it may refer to itself through others
		defer func() { r.building = false }()
		r.body = l.readBody(r)
	}
	return r.body
}

func (l *Evidence) readBody(r *Resource) *value.Value {
	scope := l.scopeOf(r.Module)
	written := scope.expressions(r)
	if unpacked(r.unknown) == true {
		return l.unknownBlock(r, scope, written)
	}
	unknown, _ := unpacked(r.unknown).(map[string]any)
	after, _ := unpacked(r.after).(map[string]any)
	sensitive := unpacked(r.sensitive)
	b := &value.Value{Kind: value.Object}
	for _, name := range memberNames(after, unknown) {
		expr := written[name]
		if written != nil && expr == nil && unknown[name] == true && r.Mode == addrs.Managed {
			r.Computed = append(r.Computed, name)
			continue
		}
		at := &place{l: l, scope: scope, resource: r, path: name, attribute: name, expr: expr, whole: true}
		v := at.value(after[name], unknown[name], at.secret(memberOf(sensitive, name)))
		b.Attrs = append(b.Attrs, value.Attr{Name: value.Str(name), Value: v})
	}
	if r.Mode == addrs.Data && r.Type == "aws_iam_policy_document" {
		l.renderDocument(r, b)
	}
	return b
}

// unknownBlock is the body of an instance of which nothing is known before the
// apply: what the plan's configuration writes in it, and whatever the provider
// adds.
func (l *Evidence) unknownBlock(r *Resource, scope *scope, written map[string]*tfjson.Expression) *value.Value {
	b := &value.Value{Kind: value.Object, Open: true, Why: []value.Reason{{Text: r.Address + " is known after apply"}}}
	for _, name := range slices.Sorted(maps.Keys(written)) {
		at := &place{l: l, scope: scope, resource: r, path: name, attribute: name, expr: written[name], whole: true}
		b.Attrs = append(b.Attrs, value.Attr{Name: value.Str(name), Value: at.value(nil, true, at.secret(nil))})
	}
	return b
}

// renderDocument works out the texts of a policy document that is only read
// during the apply from what is known of its statements.
func (l *Evidence) renderDocument(r *Resource, b *value.Value) {
	if _, ok := b.Get("json").Text(); ok {
		return
	}
	text, minified, gaps := l.reading.Document(b)
	for _, g := range gaps {
		g.Reason = r.Address + ": " + g.Reason
		g.File = l.File.Name
		l.reading.Gap(g)
	}
	for _, a := range []value.Attr{{Name: value.Str("json"), Value: text}, {Name: value.Str("minified_json"), Value: minified}} {
		set := false
		name, _ := a.Key()
		for i := range b.Attrs {
			if k, _ := b.Attrs[i].Key(); k == name {
				b.Attrs[i].Value, set = a.Value, true
			}
		}
		if !set {
			b.Attrs = append(b.Attrs, a)
		}
	}
}

func memberNames(objects ...map[string]any) []string {
	seen := map[string]bool{}
	var names []string
	for _, o := range objects {
		for k := range o {
			if !seen[k] {
				seen[k] = true
				names = append(names, k)
			}
		}
	}
	sort.Strings(names)
	return names
}

// memberOf is a member of decoded JSON; true stands for all of its members.
func memberOf(v any, name string) any {
	switch v := v.(type) {
	case map[string]any:
		return v[name]
	case bool:
		return v
	}
	return nil
}

func element(v any, i int) any {
	switch v := v.(type) {
	case []any:
		if i < len(v) {
			return v[i]
		}
	case bool:
		return v
	}
	return nil
}

// place is a place in the values of an instance.
type place struct {
	l         *Evidence
	scope     *scope
	resource  *Resource
	path      string // statement[0].principals[0].identifiers
	attribute string // the last name in path
	expr      *tfjson.Expression
	element   bool // of the list that expr makes
	whole     bool // expr makes this value and nothing beside it
}

// secrets are attributes whose values are never printed, whether or not the
// provider of that day marked them.
var secrets = map[string]bool{
	"aws_iam_access_key.secret":                            true,
	"aws_iam_access_key.ses_smtp_password":                 true,
	"aws_iam_access_key.ses_smtp_password_v4":              true,
	"aws_iam_user_login_profile.password":                  true,
	"aws_iam_service_specific_credential.service_password": true,
	"aws_iam_virtual_mfa_device.base_32_string_seed":       true,
	"aws_iam_virtual_mfa_device.qr_code_png":               true,
	"aws_iam_server_certificate.private_key":               true,
}

// secret is what says whether a value is to be printed: what the plan says, or true.
func (p *place) secret(sensitive any) any {
	if secrets[p.resource.Type+"."+p.path] {
		return true
	}
	return sensitive
}

// value is decoded JSON with what is not known, and what is not to be printed, at the
// same place of trees of the same shape. after has null where the apply alone gives the
// value, so after_unknown is asked first.
func (p *place) value(after, unknown, sensitive any) *value.Value {
	if unknown == true {
		v := p.unknown()
		v.Sensitive = sensitive == true
		return v
	}
	v := &value.Value{Sensitive: sensitive == true}
	switch after := after.(type) {
	case nil:
		switch u := unknown.(type) {
		case map[string]any:
			return p.object(v, nil, u, sensitive)
		case []any:
			return p.list(v, nil, u, sensitive)
		}
		v.Kind = value.Null
	case bool:
		v.Kind, v.Bool = value.Bool, after
	case json.Number:
		return number(after, v)
	case float64:
		v.Kind, v.Number = value.Number, big.NewFloat(after)
	case string:
		v.Kind = value.String
		if after != "" {
			v.Parts = []value.Part{{Text: source.Computed(after, source.Span{})}}
		}
		v.Ref = p.reference()
	case []any:
		u, _ := unknown.([]any)
		return p.list(v, after, u, sensitive)
	case map[string]any:
		u, _ := unknown.(map[string]any)
		return p.object(v, after, u, sensitive)
	}
	return v
}

// number reads a number as exactly as cty keeps it, with 512 bits.
func number(n json.Number, v *value.Value) *value.Value {
	if len(n) < 400 {
		if f, _, err := big.ParseFloat(n.String(), 10, 512, big.ToNearestEven); err == nil && !f.IsInf() {
			v.Kind, v.Number = value.Number, f
			return v
		}
	}
	v.Why = []value.Reason{{Text: "a number out of range"}}
	return v
}

func (p *place) list(v *value.Value, after, unknown []any, sensitive any) *value.Value {
	v.Kind = value.List
	n := max(len(after), len(unknown))
	written := p.writtenBlocks(n, after, unknown)
	for i := range n {
		at := *p
		at.path = fmt.Sprintf("%s[%d]", p.path, i)
		at.element, at.whole = true, p.whole && n == 1
		if written != nil {
			at.expr = written[i]
		}
		v.Elems = append(v.Elems, at.value(elementOf(after, i), elementOf(unknown, i), element(sensitive, i)))
	}
	return v
}

func elementOf(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}

func (p *place) object(v *value.Value, after, unknown map[string]any, sensitive any) *value.Value {
	v.Kind = value.Object
	var nested map[string]*tfjson.Expression
	if p.expr != nil && p.expr.ExpressionData != nil && len(p.expr.NestedBlocks) == 1 {
		nested = p.expr.NestedBlocks[0]
	}
	for _, name := range memberNames(after, unknown) {
		at := *p
		at.path, at.attribute, at.element = p.path+"."+name, name, false
		at.expr, at.whole = nested[name], true
		v.Attrs = append(v.Attrs, value.Attr{
			Name:  value.Str(name),
			Value: at.value(after[name], unknown[name], at.secret(memberOf(sensitive, name))),
		})
	}
	return v
}

// unknown is a value that is only known after the apply, with what the plan's
// configuration says of it.
func (p *place) unknown() *value.Value {
	why := fmt.Sprintf("%s.%s is known after apply", p.resource.Address, p.path)
	if heads := p.heads(); len(heads) > 0 {
		why += " (it depends on " + strings.Join(heads, ", ") + ")"
	}
	v := value.Of(value.Type{}, source.Span{}, value.Reason{Text: why})
	if v.Ref = p.reference(); v.Ref == nil {
		return v
	}
	if doc := p.l.byAddress[v.Ref.Address]; doc != nil && doc.Mode == addrs.Data && !doc.building {
		if text := p.l.Body(doc).Get(v.Ref.Attr); text.Is(value.String) {
			c := *text
			c.Ref = v.Ref
			return &c
		}
	}
	return v
}

// heads is what the expression refers to, for people.
func (p *place) heads() []string {
	if p.expr == nil || p.expr.ExpressionData == nil {
		return nil
	}
	var heads []string
	for _, h := range referenceHeads(p.expr.References) {
		if !strings.HasPrefix(h, "each.") && h != "count.index" {
			heads = append(heads, h)
		}
	}
	return heads
}
