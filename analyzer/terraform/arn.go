package terraform

import (
	"strconv"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// arnKinds are what stands before the name in the ARNs of IAM's resources.
var arnKinds = map[string]string{
	"aws_iam_user":                    "user",
	"aws_iam_role":                    "role",
	"aws_iam_openid_connect_provider": "oidc-provider/",
	"aws_iam_saml_provider":           "saml-provider/",
}

// ownARN is the ARN that AWS will give the instance, with holes for what is only
// known then: its shape tells who is meant. nil for other types.
func (inst *instance) ownARN(cautious bool) *value.Value {
	kind := arnKinds[inst.key.Type]
	if kind == "" {
		return nil
	}
	at := inst.block.Header
	text := func(s string) *value.Value { return value.StrAt(source.Computed(s, at)) }
	pieces := []*value.Value{text("arn:"), inst.ownPartition(), text(":iam::"), inst.ownAccount(), text(":" + kind)}
	switch inst.key.Type {
	case "aws_iam_openid_connect_provider":
		pieces = append(pieces, withoutScheme(inst.written("url", cautious)))
	case "aws_iam_saml_provider":
		pieces = append(pieces, inst.written("name", cautious))
	default:
		path := inst.written("path", cautious)
		if path.Missing() {
			path = text("/")
		}
		pieces = append(pieces, path, inst.ownName(cautious))
	}
	return joined(at, pieces)
}

// ownName is the name of a user or role, whose end AWS makes up where only a
// prefix is written.
func (inst *instance) ownName(cautious bool) *value.Value {
	name := inst.written("name", cautious)
	if !name.Missing() {
		return name
	}
	made := inst.afterApply("name")
	if prefix := inst.written("name_prefix", cautious); !prefix.Missing() {
		return joined(inst.block.Header, []*value.Value{prefix, made})
	}
	return made
}

// ownPartition is the partition in the instance's ARN.
func (inst *instance) ownPartition() *value.Value {
	p := inst.partition()
	if p.Is(value.Unknown) {
		p = inst.afterApply("arn")
		p.Ref = &value.Ref{Root: inst.ref.Root, Address: "data.aws_partition", Data: true, Type: "aws_partition", Attr: "partition"}
	}
	return p
}

// ownAccount is the account in the instance's ARN.
func (inst *instance) ownAccount() *value.Value {
	if account, at := inst.accountID(); account != "" {
		return value.StrAt(source.Computed(account, at))
	}
	v := inst.afterApply("arn")
	v.Same = inst.accountName()
	return v
}

// accountName tells the accounts of different provider configurations apart.
func (inst *instance) accountName() string {
	name := "aws"
	if p := inst.provider(); p != nil && p.ok {
		name = p.frame.m.address + " " + p.block.Header.File.Name + ":" + strconv.Itoa(p.block.Header.Start) + " " + p.key
	} else if p != nil {
		name = inst.address // of which of several instances is not known
	} else if ref := inst.m.ev.providerRef(inst.block.Expr("provider"), inst.frame); ref.name != "" {
		name = inst.m.address + " " + ref.name
	}
	return inst.m.ev.root.ID() + " " + name
}

// stored is what is written of an attribute as the provider gives it back.
func stored(typ, name string, v *value.Value) *value.Value {
	switch typ + "." + name {
	case "aws_iam_openid_connect_provider.url":
		return withoutScheme(v)
	case "aws_iam_server_certificate.certificate_body":
		return withoutLineBreak(v)
	case "aws_iam_role.inline_policy":
		return withEmptyPolicies(v)
	}
	return v
}

// withoutLineBreak is a text without the line breaks at its end.
func withoutLineBreak(v *value.Value) *value.Value {
	if !v.Is(value.String) {
		return v
	}
	w := *v
	for len(w.Parts) > 0 && w.Parts[len(w.Parts)-1].Hole == nil {
		last := w.Parts[len(w.Parts)-1].Text.String
		n := len(last) - len(strings.TrimRight(last, "\r\n"))
		if w.Parts = cutEnd(w.Parts, n); n < len(last) {
			break
		}
	}
	return &w
}

// withEmptyPolicies are inline policies of a role: a block that says nothing is
// one without a name and a text.
func withEmptyPolicies(v *value.Value) *value.Value {
	w := *v
	w.Elems = make([]*value.Value, len(v.Elems))
	for i, e := range v.Elems {
		w.Elems[i] = e
		if e.Is(value.Object) && len(e.Attrs) == 0 && !e.Open {
			empty := *e
			empty.Attrs = []value.Attr{defaultText("name", ""), defaultText("policy", "")}
			w.Elems[i] = &empty
		}
	}
	return &w
}

// withoutScheme is the address of an identity provider as AWS keeps it, and as
// the provider gives it back.
func withoutScheme(url *value.Value) *value.Value {
	if !url.Is(value.String) || len(url.Parts) == 0 || url.Parts[0].Hole != nil {
		return url
	}
	rest, ok := strings.CutPrefix(url.Parts[0].Text.String, "https://")
	if !ok {
		return url
	}
	w := *url
	w.Parts = append([]value.Part{{Text: source.Computed(rest, url.Span)}}, url.Parts[1:]...)
	return &w
}

// joined is the text of values one after the other.
func joined(at source.Span, pieces []*value.Value) *value.Value {
	out := &value.Value{Kind: value.String, Span: at}
	for _, p := range pieces {
		parts, ok := p.AsParts()
		if !ok {
			parts = []value.Part{{Hole: value.Of(value.Type{Kind: value.String}, p.Span, reasons(p)...)}}
		}
		out.Parts = append(out.Parts, parts...)
	}
	return derived(out, pieces...)
}
