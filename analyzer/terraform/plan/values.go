package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"sort"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/value"
)

// body is what an instance's element says, worked out.
type body struct {
	value    *value.Value
	computed []string
	building bool
}

// Body is the value of an instance's body: its attributes and blocks. It is worked
// out once. An attribute that the plan's configuration does not write and that is
// only known after the apply is absent, as it is in a configuration; Computed lists
// these.
func (l *Evidence) Body(r *Resource) *value.Value {
	b := l.bodies[r]
	if b == nil {
		b = &body{building: true} // it may refer to itself through others
		l.bodies[r] = b
		b.value, b.computed = l.readBody(r)
		b.building = false
	}
	return b.value
}

// Computed are the attributes that nobody writes and that only the apply gives. They
// are none of the body.
func (l *Evidence) Computed(r *Resource) []string {
	l.Body(r)
	return l.bodies[r].computed
}

// building says that the body of an instance is asked for while it is worked out.
func (l *Evidence) building(r *Resource) bool { return l.bodies[r] != nil && l.bodies[r].building }

// planned is what the document says of an instance: the values, and true where they are
// not known or not to be printed, all of one shape.
type planned struct {
	after              map[string]any
	unknown, sensitive any
}

func (l *Evidence) planned(r *Resource) (planned, error) {
	if r.form == given {
		return planned{after: r.given}, nil
	}
	t, err := l.doc.read(r.at)
	if err != nil {
		return planned{}, err
	}
	var e planned
	var change, paths jsonText
	var after any
	switch r.form {
	case ofChange, ofForgotten:
		if err = t.fields(map[string]any{"change": &change}); err != nil {
			break
		}
		if r.form == ofForgotten {
			err = change.fields(map[string]any{"before": &after, "before_sensitive": &e.sensitive})
		} else {
			err = change.fields(map[string]any{"after": &after, "after_unknown": &e.unknown, "after_sensitive": &e.sensitive})
		}
	case ofValues:
		err = t.fields(map[string]any{"values": &after, "sensitive_values": &e.sensitive})
	case ofRaw:
		err = t.fields(map[string]any{"attributes": &after, "sensitive_attributes": &paths})
		e.sensitive = sensitivePaths(json.RawMessage(paths))
	}
	e.after, _ = after.(map[string]any)
	if r.form == ofRaw && r.Type == "terraform_data" {
		unwrapDynamic(e.after)
	}
	return e, err
}

func (l *Evidence) readBody(r *Resource) (b *value.Value, computed []string) {
	e, err := l.planned(r)
	if err != nil {
		why := "the values of " + r.Address + " cannot be read: " + err.Error()
		l.reading.Gap(source.Gap{Kind: source.LimitGap, File: l.File.Name, Reason: why})
		return &value.Value{Kind: value.Object, Open: true, Why: []value.Reason{{Text: why}}}, nil
	}
	scope := l.scopeOf(r.Module)
	block := scope.resource(r)
	var written map[string]*tfjson.Expression // nil where the plan does not say
	if block != nil {
		written = block.Expressions
		if written == nil {
			written = map[string]*tfjson.Expression{}
		}
	}
	at := func(name string) *place {
		return &place{l: l, scope: scope, block: block, resource: r, path: name, attribute: name, expr: written[name], whole: true}
	}
	if e.unknown == true {
		return l.unknownBlock(r, written, at), nil
	}
	unknown, _ := e.unknown.(map[string]any)
	names := memberNames(e.after, unknown)
	b = &value.Value{Kind: value.Object, Attrs: make([]value.Attr, 0, len(names))}
	for _, name := range names {
		p := at(name)
		if written != nil && p.expr == nil && unknown[name] == true && r.Mode == addrs.Managed {
			computed = append(computed, name)
			continue
		}
		v := p.value(e.after[name], unknown[name], p.secret(memberOf(e.sensitive, name)))
		b.Attrs = append(b.Attrs, value.Attr{Name: l.name(name), Value: v})
	}
	if r.Mode == addrs.Data && r.Type == "aws_iam_policy_document" {
		l.renderDocument(r, b)
	}
	return b, computed
}

// unknownBlock is the body of an instance of which nothing is known before the
// apply: what the plan's configuration writes in it, and whatever the provider
// adds.
func (l *Evidence) unknownBlock(r *Resource, written map[string]*tfjson.Expression, at func(name string) *place) *value.Value {
	b := &value.Value{Kind: value.Object, Open: true, Why: []value.Reason{{Text: r.Address + " is known after apply"}}}
	for _, name := range slices.Sorted(maps.Keys(written)) {
		p := at(name)
		b.Attrs = append(b.Attrs, value.Attr{Name: l.name(name), Value: p.value(nil, true, p.secret(nil))})
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

const (
	// maxShared bounds the texts that attributes of one name share: where it has more, as
	// names and ARNs do, each is another.
	maxShared = 64
	shortText = 32 // bytes
)

// shared are values that resources have in common: values do not change, and most of
// what a resource says others say as well.
type shared struct {
	names map[string]*value.Value
	texts map[string]map[string]*value.Value // by the name of the attribute
}

// name is the name of an attribute.
func (l *Evidence) name(name string) *value.Value {
	if l == nil {
		return value.Str(name) // of no resource
	}
	return share(l.shared.names, name, math.MaxInt, func() *value.Value { return value.Str(name) })
}

// text is a text that some attribute is.
func (l *Evidence) text(attribute, text string, v func() *value.Value) *value.Value {
	if l == nil || len(text) > shortText {
		return v()
	}
	texts := l.shared.texts[attribute]
	if texts == nil {
		texts = map[string]*value.Value{}
		l.shared.texts[attribute] = texts
	}
	return share(texts, text, maxShared, v)
}

func share(known map[string]*value.Value, text string, most int, v func() *value.Value) *value.Value {
	if have := known[text]; have != nil {
		return have
	}
	fresh := v()
	if len(known) < most {
		known[text] = fresh
	}
	return fresh
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
	block     *tfjson.ConfigResource // that the instance comes from; may be nil
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
	switch after := after.(type) {
	case nil:
		v := &value.Value{Sensitive: sensitive == true}
		switch u := unknown.(type) {
		case map[string]any:
			return p.object(v, nil, u, sensitive)
		case []any:
			return p.list(v, nil, u, sensitive)
		}
		v.Kind = value.Null
		return v
	case bool:
		return &value.Value{Kind: value.Bool, Bool: after, Sensitive: sensitive == true}
	case json.Number:
		return number(after, &value.Value{Sensitive: sensitive == true})
	case float64:
		return &value.Value{Kind: value.Number, Number: big.NewFloat(after), Sensitive: sensitive == true}
	case string:
		return p.text(after, sensitive == true)
	case []any:
		u, _ := unknown.([]any)
		return p.list(&value.Value{Sensitive: sensitive == true}, after, u, sensitive)
	case map[string]any:
		u, _ := unknown.(map[string]any)
		return p.object(&value.Value{Sensitive: sensitive == true}, after, u, sensitive)
	}
	return &value.Value{Sensitive: sensitive == true}
}

func (p *place) text(text string, sensitive bool) *value.Value {
	ref := p.reference()
	make := func() *value.Value {
		v := &value.Value{Kind: value.String, Ref: ref, Sensitive: sensitive}
		if text != "" {
			v.Parts = []value.Part{{Text: source.Computed(text, source.Span{})}}
		}
		return v
	}
	// Policies, and what data sources make them of, are told apart by where they stand.
	if ref != nil || sensitive || p.resource.Mode == addrs.Data || strings.HasPrefix(text, "{") {
		return make()
	}
	return p.l.text(p.attribute, text, make)
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
	names := memberNames(after, unknown)
	v.Attrs = make([]value.Attr, 0, len(names))
	for _, name := range names {
		at := *p
		at.path, at.attribute, at.element = p.path+"."+name, name, false
		at.expr, at.whole = nested[name], true
		v.Attrs = append(v.Attrs, value.Attr{
			Name:  p.l.name(name),
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
	if doc := p.l.byAddress[v.Ref.Address]; doc != nil && doc.Mode == addrs.Data && !p.l.building(doc) {
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
