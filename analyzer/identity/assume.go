package identity

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// AssumedByRole is a policy of a role in the scan that lets its holder assume
// r by name; nil when none is seen. Roles have no aws:username.
func (m *Model) AssumedByRole(r *Role) *terraform.Resource {
	root := r.Resource.Root
	for _, p := range root.Resources("aws_iam_role_policy") {
		if m.assumes(p, r) {
			return p
		}
	}
	for _, a := range root.Resources("aws_iam_role_policy_attachment") {
		ref := a.Attr("policy_arn").Ref
		if ref == nil || ref.Data {
			continue
		}
		for _, p := range root.Resources("aws_iam_policy") {
			if p.Address == ref.Address && m.assumes(p, r) {
				return p
			}
		}
	}
	return nil
}

func (m *Model) assumes(p *terraform.Resource, r *Role) bool {
	doc, err := policy.Parse(p.Attr("policy"))
	if err != nil {
		return false
	}
	name, named := r.Resource.Attr("name").Text()
	for _, s := range doc.Statements {
		if s.Effect != policy.Allow || s.NotResource || s.AdmitsAction("sts:AssumeRole") != value.Yes {
			continue
		}
		for _, pattern := range s.Resources {
			v := pattern.Value
			if v != nil && r.Resource.Is(v, "arn") {
				return true
			}
			if named && namesRole(v, name) {
				return true
			}
		}
	}
	return false
}

// namesRole says that an ARN ends in the name of a role, whatever its account
// and partition are.
func namesRole(v *value.Value, name string) bool {
	parts, ok := v.AsParts()
	if !ok || len(parts) == 0 || parts[len(parts)-1].Hole != nil {
		return false
	}
	end := parts[len(parts)-1].Text.String
	return strings.HasSuffix(end, ":role/"+name) || strings.HasSuffix(end, "/"+name) && strings.Contains(end, ":role/")
}
