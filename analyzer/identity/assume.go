package identity

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// AssumedByRole is what gives a role in the scan a policy that lets its holder
// assume r by name, in any form that roles get policies; nil when none is seen.
// Roles have no aws:username.
func (m *Model) AssumedByRole(r *Role) *terraform.Resource {
	root := r.Resource.Root
	policies, ok := m.rolePolicies[root]
	if !ok {
		policies = m.policiesOfRoles(root)
		m.rolePolicies[root] = policies
	}
	for _, p := range policies {
		if assumes(p.document, r) {
			return p.by
		}
	}
	return nil
}

// rolePolicy is a policy that some role has, and what gives it.
type rolePolicy struct {
	by       *terraform.Resource
	document *policy.Document
}

// policiesOfRoles are those that allow sts:AssumeRole.
func (m *Model) policiesOfRoles(root *terraform.Root) []rolePolicy {
	m.bind()
	var out []rolePolicy
	add := func(by *terraform.Resource, text *value.Value) {
		doc, err := policy.Parse(text)
		if err == nil && slices.ContainsFunc(doc.Statements, letsAssume) {
			out = append(out, rolePolicy{by, doc})
		}
	}
	managed := func(by *terraform.Resource, arn *value.Value) {
		if p := m.declaredPolicy(by, arn); p != nil {
			add(by, p.Attr("policy"))
		}
	}
	for _, res := range root.Resources("aws_iam_role_policy") {
		add(res, res.Attr("policy"))
	}
	for _, res := range root.Resources("aws_iam_role") {
		each(res.Attr("inline_policy"), func(p *value.Value) { add(res, p.Get("policy")) })
		each(res.Attr("managed_policy_arns"), func(arn *value.Value) { managed(res, arn) })
	}
	for _, res := range root.Resources("aws_iam_role_policy_attachment") {
		managed(res, res.Attr("policy_arn"))
	}
	for _, res := range root.Resources("aws_iam_policy_attachment") {
		if !res.Attr("roles").Missing() {
			managed(res, res.Attr("policy_arn"))
		}
	}
	for _, res := range root.Resources("aws_iam_role_policy_attachments_exclusive") {
		each(res.Attr("policy_arns"), func(arn *value.Value) { managed(res, arn) })
	}
	return out
}

func letsAssume(s *policy.Statement) bool {
	return s.Effect == policy.Allow && !s.NotResource && s.AdmitsAction("sts:AssumeRole") == value.Yes
}

// assumes says that a policy lets its holder assume r by name.
func assumes(doc *policy.Document, r *Role) bool {
	name, named := r.Resource.Attr("name").Text()
	for _, s := range doc.Statements {
		if !letsAssume(s) {
			continue
		}
		for _, pattern := range s.Resources {
			v := pattern.Value
			if v != nil && r.Resource.Is(v, "arn") || named && namesRole(v, name) {
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
