// Package identity says who exists and what binds them: users, access keys,
// logins, groups, roles with their trust policies, and the organization with
// its service control policies. It is built from Terraform values and policy
// documents, and is the only place where the two meet.
package identity

import (
	"errors"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Model is everything that was scanned, seen as identities. Every list is in
// the order of the roots, then of addresses.
type Model struct {
	Roots         []*terraform.Root
	Users         []*User
	Keys          []*AccessKey
	Logins        []*Login
	Roles         []*Role
	Organizations []*Organization
	// OrganizationPolicies are all of them, of every type and organization.
	OrganizationPolicies []*OrganizationPolicy
	// Gaps are policies that could not be parsed.
	Gaps []terraform.Gap
	// Looked are the resource instances that were looked at.
	Looked []*terraform.Resource
}

// Build joins the roots of one scan. All of them together are the estate: the
// organization may be declared in one root and its policies attached in another.
func Build(roots []*terraform.Root) *Model {
	m := &Model{Roots: roots}
	for _, r := range roots {
		m.addUsers(r)
		m.addRoles(r)
	}
	m.addOrganizations()
	return m
}

func (m *Model) resources(r *terraform.Root, types ...string) []*terraform.Resource {
	out := r.Resources(types...)
	m.Looked = append(m.Looked, out...)
	return out
}

// document parses a policy attribute. What is not a policy is a gap, and a
// document that protects nothing and allows nothing known.
func (m *Model) document(r *terraform.Resource, attr *value.Value, what string) *policy.Document {
	doc, err := policy.Parse(attr)
	if err != nil {
		span, text := attr.Span, err.Error()
		var notJSON *value.JSONError
		var notPolicy *policy.ParseError
		switch {
		case errors.As(err, &notJSON) && !notJSON.Span.IsZero():
			span, text = notJSON.Span, "it is not JSON: "+notJSON.What
		case errors.As(err, &notPolicy) && !notPolicy.Span.IsZero():
			span, text = notPolicy.Span, notPolicy.Text
		}
		if span.IsZero() {
			span = r.Header
		}
		m.Gaps = append(m.Gaps, terraform.Gap{Kind: terraform.ErrorGap, Span: span,
			Reason: what + " of " + r.Address + " is not a policy that AWS would accept; " + text})
		return nil
	}
	return doc
}

// User is an IAM user that the scan declares.
type User struct {
	Resource *terraform.Resource
	Name     *value.Value
}

// AccessKey is an access key that the scan declares.
type AccessKey struct {
	Resource *terraform.Resource
	User     *value.Value // as written
	Owner    *User        // the declared user it is for; nil when that is not in this root
}

// Active says whether the key can be used: "Active" is the default.
func (k *AccessKey) Active() value.Tri {
	status := k.Resource.Attr("status")
	if status.Missing() {
		return value.Yes
	}
	s, ok := status.Text()
	if !ok {
		return value.Maybe
	}
	return value.TriOf(s != "Inactive")
}

// Login is a console password that the scan declares.
type Login struct {
	Resource *terraform.Resource
	User     *value.Value
	Owner    *User
}

func (m *Model) addUsers(r *terraform.Root) {
	first := len(m.Users)
	for _, res := range m.resources(r, "aws_iam_user", "awscc_iam_user") {
		name := res.Attr("name")
		if res.Type == "awscc_iam_user" {
			name = res.Attr("user_name")
		}
		m.Users = append(m.Users, &User{Resource: res, Name: name})
	}
	users := m.Users[first:]
	for _, res := range m.resources(r, "aws_iam_access_key") {
		v := res.Attr("user")
		m.Keys = append(m.Keys, &AccessKey{Resource: res, User: v, Owner: owner(users, v)})
	}
	for _, res := range m.resources(r, "aws_iam_user_login_profile") {
		v := res.Attr("user")
		m.Logins = append(m.Logins, &Login{Resource: res, User: v, Owner: owner(users, v)})
	}
}

// owner finds the declared user that a value names: by reference, else by
// equal name. IAM user names are unique whatever their case.
func owner(users []*User, v *value.Value) *User {
	if v != nil && v.Ref != nil {
		for _, u := range users {
			if u.Resource.Is(v, "") {
				return u
			}
		}
	}
	name, ok := v.Text()
	if !ok || name == "" {
		return nil
	}
	for _, u := range users {
		if n, ok := u.Name.Text(); ok && strings.EqualFold(n, name) {
			return u
		}
	}
	return nil
}

// LoginOf is the console password of a user, nil when none is declared.
func (m *Model) LoginOf(u *User) *Login {
	for _, l := range m.Logins {
		if l.Owner != nil && l.Owner == u {
			return l
		}
	}
	return nil
}

// Role is an IAM role and who may assume it.
type Role struct {
	Resource *terraform.Resource
	// Trust is nil when the trust policy is not one: that is a gap.
	Trust     *policy.Document
	Attribute *value.Value // the trust policy as written
}

func (m *Model) addRoles(r *terraform.Root) {
	for _, res := range m.resources(r, "aws_iam_role", "awscc_iam_role") {
		attr := res.Attr("assume_role_policy")
		if res.Type == "awscc_iam_role" {
			attr = res.Attr("assume_role_policy_document")
		}
		m.Roles = append(m.Roles, &Role{Resource: res, Attribute: attr, Trust: m.document(res, attr, "trust policy")})
	}
}
