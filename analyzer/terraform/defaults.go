package terraform

import (
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/value"
)

// defaults are what the AWS provider takes for attributes that are not written,
// by resource type, as far as its schema fixes them. Source: the provider's
// documentation of each resource, "Argument Reference".
var defaults = map[string][]value.Attr{
	"aws_iam_user":                    {defaultText("path", "/"), defaultBool("force_destroy", false)},
	"aws_iam_group":                   {defaultText("path", "/")},
	"aws_iam_policy":                  {defaultText("path", "/")},
	"aws_iam_instance_profile":        {defaultText("path", "/")},
	"aws_iam_server_certificate":      {defaultText("path", "/")},
	"aws_iam_virtual_mfa_device":      {defaultText("path", "/")},
	"aws_iam_role":                    {defaultText("path", "/"), defaultNumber("max_session_duration", 3600), defaultBool("force_detach_policies", false)},
	"aws_iam_access_key":              {defaultText("status", "Active")},
	"aws_iam_user_login_profile":      {defaultNumber("password_length", 20)},
	"aws_iam_account_password_policy": {defaultBool("allow_users_to_change_password", true), defaultNumber("minimum_password_length", 6)},
	"aws_organizations_organization":  {defaultText("feature_set", "ALL")},
	"aws_organizations_policy":        {defaultText("type", "SERVICE_CONTROL_POLICY")},
	"aws_organizations_account":       {defaultBool("close_on_deletion", false), defaultBool("create_govcloud", false)},
}

func defaultText(name, v string) value.Attr {
	return value.Attr{Name: value.Str(name), Value: value.Str(v)}
}
func defaultBool(name string, v bool) value.Attr {
	return value.Attr{Name: value.Str(name), Value: value.BoolOf(v)}
}
func defaultNumber(name string, v int) value.Attr {
	return value.Attr{Name: value.Str(name), Value: value.Int(v)}
}

// Default is what the provider takes for an attribute that is not written;
// Absent when its schema does not say.
func Default(resourceType, attr string) *value.Value {
	for _, d := range defaults[resourceType] {
		if name, _ := d.Key(); name == attr {
			return d.Value
		}
	}
	return &value.Value{Kind: value.Absent}
}

// Effective is the body with the provider's defaults for what is not written.
func (r *Resource) Effective() *value.Value {
	if r.Block == nil {
		return &value.Value{}
	}
	out := *r.Block
	out.Attrs = append([]value.Attr{}, r.Block.Attrs...)
	if r.Mode == addrs.Managed {
		for _, d := range defaults[r.Type] {
			name, _ := d.Key()
			if r.Block.Get(name).Missing() {
				out.Attrs = append(out.Attrs, d)
			}
		}
		if r.tagsAll != nil && !r.tagsAll.Missing() && r.Block.Get("tags_all").Missing() {
			out.Attrs = append(out.Attrs, value.Attr{Name: value.Str("tags_all"), Value: r.tagsAll})
		}
	}
	return &out
}
