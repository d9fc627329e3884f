package terraform

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/value"
)

// numbersAndFlags are the attributes of identity resources that are not
// strings, lists or blocks. Terraform converts every attribute to the type of
// the provider's schema: a number in a tag becomes a string.
var numbersAndFlags = map[string]cty.Type{
	"force_destroy": cty.Bool, "force_detach_policies": cty.Bool, "max_session_duration": cty.Number,
	"password_length": cty.Number, "password_reset_required": cty.Bool, "close_on_deletion": cty.Bool,
	"create_govcloud": cty.Bool, "skip_destroy": cty.Bool, "allow_users_to_change_password": cty.Bool,
	"hard_expiry": cty.Bool, "max_password_age": cty.Number, "minimum_password_length": cty.Number,
	"password_reuse_prevention": cty.Number, "require_lowercase_characters": cty.Bool,
	"require_numbers": cty.Bool, "require_symbols": cty.Bool, "require_uppercase_characters": cty.Bool,
}

// conform converts the attributes of an identity resource to their types.
func conform(r *Resource) {
	if r.Mode != addrs.Managed || !IdentityType(r.Type) || r.Block == nil {
		return
	}
	for i, a := range r.Block.Attrs {
		name, _ := a.Key()
		t, known := numbersAndFlags[name]
		switch {
		case name == "tags" && a.Value.IsMapping():
			t = cty.Map(cty.String)
		case a.Value.Is(value.Number) || a.Value.Is(value.Bool):
			if !known {
				t = cty.String
			}
		case !known || !a.Value.Is(value.String):
			continue
		}
		if c, err := convertTo(a.Value, t); err == nil {
			r.Block.Attrs[i].Value = c
		}
	}
}

// tagsAll is what the provider computes as tags_all: its default tags, and the
// resource's own over them. Absent where there are neither.
func (inst *instance) tagsAll(r *Resource) *value.Value {
	out := &value.Value{Kind: value.Map}
	add := func(tags *value.Value) bool {
		if tags.Missing() {
			return true
		}
		c, err := convertTo(tags, cty.Map(cty.String))
		if err != nil || !c.IsMapping() || c.Open {
			return false
		}
		for _, a := range c.Attrs {
			key, _ := a.Key()
			out.Attrs = append(withoutKey(out.Attrs, key), a)
		}
		return true
	}
	if p := inst.provider(); p != nil {
		for _, b := range p.block.Nested("default_tags", 0) {
			tags, _ := inst.m.ev.eval(b.Expr("tags"), p.frame)
			if !add(tags) {
				return &value.Value{Kind: value.Absent}
			}
		}
	}
	if !add(r.Block.Get("tags")) || len(out.Attrs) == 0 {
		return &value.Value{Kind: value.Absent}
	}
	sortAttrs(out.Attrs)
	return out
}

func withoutKey(attrs []value.Attr, key string) []value.Attr {
	var kept []value.Attr
	for _, a := range attrs {
		if k, known := a.Key(); !known || k != key {
			kept = append(kept, a)
		}
	}
	return kept
}

// taggable says that the provider gives resources of a type tags_all.
func taggable(typ string) bool {
	switch strings.TrimPrefix(strings.TrimPrefix(typ, "aws_"), "iam_") {
	case "user", "role", "policy", "instance_profile", "openid_connect_provider", "saml_provider", "server_certificate", "virtual_mfa_device",
		"organizations_account", "organizations_organizational_unit", "organizations_policy", "organizations_resource_policy":
		return true
	}
	return false
}
