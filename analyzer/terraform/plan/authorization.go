package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
)

// authorizationDetails is what `aws iam get-account-authorization-details`
// prints. With --filter, lists that were not asked for are empty.
type authorizationDetails struct {
	RoleDetailList  *[]roleDetail
	UserDetailList  *[]userDetail
	GroupDetailList *[]groupDetail
	Policies        *[]struct {
		Path, PolicyName, Arn string
		PolicyVersionList     []struct {
			Document         json.RawMessage
			IsDefaultVersion bool
		}
	}
	IsTruncated bool
}

type roleDetail struct {
	Path, RoleName, RoleID, Arn string
	AssumeRolePolicyDocument    json.RawMessage
	RolePolicyList              []inlinePolicy
	AttachedManagedPolicies     []attachedPolicy
	PermissionsBoundary         *attachedBoundary
	Tags                        []resourceTag
}

type userDetail struct {
	Path, UserName, UserID, Arn string
	UserPolicyList              []inlinePolicy
	GroupList                   []string
	AttachedManagedPolicies     []attachedPolicy
	PermissionsBoundary         *attachedBoundary
	Tags                        []resourceTag
}

type groupDetail struct {
	Path, GroupName, Arn    string
	GroupPolicyList         []inlinePolicy
	AttachedManagedPolicies []attachedPolicy
}

type (
	inlinePolicy struct {
		PolicyName     string
		PolicyDocument json.RawMessage
	}
	attachedPolicy   struct{ PolicyName, PolicyArn string }
	attachedBoundary struct{ PermissionsBoundaryArn string }
	resourceTag      struct{ Key, Value string }
)

// ReadAuthorization reads the roles, users, groups and policies of an account as
// they are deployed, from what `aws iam get-account-authorization-details`
// prints. They are like those of a state that is not Terraform's: an address is
// the ARN. Roles that AWS makes and nobody else can change are left out.
func ReadAuthorization(f *source.File) (*Index, error) {
	var details authorizationDetails
	d := json.NewDecoder(bytes.NewReader(decodeText(f.Bytes)))
	if err := d.Decode(&details); err != nil {
		return nil, fmt.Errorf("it is not the JSON that aws iam get-account-authorization-details prints: %w", err)
	}
	if details.RoleDetailList == nil && details.UserDetailList == nil {
		return nil, errors.New("it has no RoleDetailList and no UserDetailList: aws iam get-account-authorization-details prints both, also with --filter")
	}
	a := detailsLoader{newIndex(f.Name, nil), f}
	if details.IsTruncated {
		a.l.gap(source.LimitGap, "it is one page of several: what is in the others is not looked at")
	}
	for _, role := range list(details.RoleDetailList) {
		a.role(&role)
	}
	for _, g := range list(details.GroupDetailList) {
		a.group(&g)
	}
	for _, u := range list(details.UserDetailList) {
		a.user(&u)
	}
	for _, p := range list(details.Policies) {
		for _, v := range p.PolicyVersionList {
			if !v.IsDefaultVersion || p.Arn == "" {
				continue
			}
			if text, ok := a.document(v.Document, fmt.Sprintf("the policy %q (%s)", p.PolicyName, p.Arn)); ok {
				a.add(p.Arn, "aws_iam_policy", p.PolicyName, map[string]any{"name": p.PolicyName, "path": p.Path, "arn": p.Arn, "policy": text})
			}
		}
	}
	a.l.finish(false)
	return a.l, nil
}

// list is what a pointer to a slice points to.
func list[T any](p *[]T) []T {
	if p == nil {
		return nil
	}
	return *p
}

// detailsLoader makes resources of details.
type detailsLoader struct {
	l    *Index
	file *source.File
}

func (a *detailsLoader) add(address, typ, name string, after map[string]any) {
	if arn := strings.SplitN(address, ":", 6); a.l.Account == "" && len(arn) == 6 && len(arn[4]) == 12 {
		a.l.Account = arn[4]
	}
	a.l.add(&Resource{Address: address, Type: typ, Name: name, given: after})
}

// document is the text of a policy; a gap where it cannot be read.
func (a *detailsLoader) document(raw json.RawMessage, what string) (string, bool) {
	text, err := documentText(raw)
	if err != nil {
		a.l.gap(source.ErrorGap, what+" cannot be read")
	}
	return text, err == nil
}

func (a *detailsLoader) role(r *roleDetail) {
	if strings.HasPrefix(r.Path, "/aws-service-role/") || strings.HasPrefix(r.Path, "/aws-reserved/") {
		return
	}
	trust, ok := a.document(r.AssumeRolePolicyDocument, fmt.Sprintf("the trust policy of the role %q (%s)", r.RoleName, r.Arn))
	if !ok || r.Arn == "" {
		return
	}
	values := map[string]any{"name": r.RoleName, "id": r.RoleName, "path": r.Path, "arn": r.Arn, "unique_id": r.RoleID, "assume_role_policy": trust}
	describe(values, r.Tags, r.PermissionsBoundary)
	a.add(r.Arn, "aws_iam_role", r.RoleName, values)
	a.policies(r.Arn, "role", r.RoleName, r.RolePolicyList, r.AttachedManagedPolicies)
}

func (a *detailsLoader) user(u *userDetail) {
	if u.Arn == "" {
		return
	}
	values := map[string]any{"name": u.UserName, "id": u.UserName, "path": u.Path, "arn": u.Arn, "unique_id": u.UserID}
	describe(values, u.Tags, u.PermissionsBoundary)
	a.add(u.Arn, "aws_iam_user", u.UserName, values)
	a.policies(u.Arn, "user", u.UserName, u.UserPolicyList, u.AttachedManagedPolicies)
	if len(u.GroupList) > 0 {
		groups := make([]any, len(u.GroupList))
		for i, g := range u.GroupList {
			groups[i] = g
		}
		a.add(u.Arn+", groups", "aws_iam_user_group_membership", u.UserName, map[string]any{"user": u.UserName, "groups": groups})
	}
}

func (a *detailsLoader) group(g *groupDetail) {
	if g.Arn == "" {
		return
	}
	a.add(g.Arn, "aws_iam_group", g.GroupName, map[string]any{"name": g.GroupName, "path": g.Path, "arn": g.Arn})
	a.policies(g.Arn, "group", g.GroupName, g.GroupPolicyList, g.AttachedManagedPolicies)
}

// policies are those of a role, user or group: its own, and the managed ones
// that are attached to it.
func (a *detailsLoader) policies(arn, kind, name string, inline []inlinePolicy, attached []attachedPolicy) {
	for _, p := range inline {
		if text, ok := a.document(p.PolicyDocument, fmt.Sprintf("the policy %q of the %s %q (%s)", p.PolicyName, kind, name, arn)); ok {
			a.add(arn+", policy "+p.PolicyName, "aws_iam_"+kind+"_policy", p.PolicyName, map[string]any{"name": p.PolicyName, kind: name, "policy": text})
		}
	}
	for _, p := range attached {
		a.add(arn+", policy "+p.PolicyArn, "aws_iam_"+kind+"_policy_attachment", p.PolicyName, map[string]any{kind: name, "policy_arn": p.PolicyArn})
	}
}

// describe adds what roles and users have alike.
func describe(values map[string]any, list []resourceTag, boundary *attachedBoundary) {
	tags := map[string]any{}
	for _, t := range list {
		tags[t.Key] = t.Value
	}
	values["tags"], values["tags_all"] = tags, tags
	if boundary != nil {
		values["permissions_boundary"] = boundary.PermissionsBoundaryArn
	}
}

// documentText is a policy document: the command line prints it as an object, the
// API gives a string that is encoded as in a URL.
func documentText(raw json.RawMessage) (string, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || raw[0] != '"' {
		if len(raw) == 0 || raw[0] != '{' {
			return "", errors.New("it is neither an object nor a string")
		}
		return string(raw), nil
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return "", err
	}
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		return text, nil
	}
	return url.PathUnescape(text)
}
