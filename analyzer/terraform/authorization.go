package terraform

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
// prints, as far as it is about roles.
type authorizationDetails struct {
	RoleDetailList *[]struct {
		Path, RoleName, RoleID, Arn string
		AssumeRolePolicyDocument    json.RawMessage
		RolePolicyList              []struct {
			PolicyName     string
			PolicyDocument json.RawMessage
		}
		PermissionsBoundary *struct{ PermissionsBoundaryArn string }
		Tags                []struct{ Key, Value string }
	}
	IsTruncated bool
}

// LoadAuthorization reads the roles of an account as they are deployed, from
// what `aws iam get-account-authorization-details` prints. They are like those
// of a state that is not Terraform's: an address is the role's ARN. Roles that
// AWS makes and nobody else can change are left out.
func LoadAuthorization(f *source.File) (*Root, error) {
	var details authorizationDetails
	d := json.NewDecoder(bytes.NewReader(decodeText(f.Bytes)))
	if err := d.Decode(&details); err != nil {
		return nil, fmt.Errorf("it is not the JSON that aws iam get-account-authorization-details prints: %w", err)
	}
	if details.RoleDetailList == nil {
		return nil, errors.New("it has no RoleDetailList: aws iam get-account-authorization-details prints one, also with --filter Role")
	}
	root := &Root{Source: State, alone: true}
	l := newEvidence(root, f)
	if details.IsTruncated {
		root.gap(Gap{Kind: LimitGap, File: f.Name, Reason: "it is one page of several: the roles of the others are not looked at"})
	}
	for _, r := range *details.RoleDetailList {
		if strings.HasPrefix(r.Path, "/aws-service-role/") || strings.HasPrefix(r.Path, "/aws-reserved/") {
			continue
		}
		trust, err := documentText(r.AssumeRolePolicyDocument)
		if err != nil || r.Arn == "" {
			root.gap(Gap{Kind: ErrorGap, File: f.Name, Reason: fmt.Sprintf("the trust policy of the role %q (%s) cannot be read", r.RoleName, r.Arn)})
			continue
		}
		values := map[string]any{
			"name": r.RoleName, "id": r.RoleName, "path": r.Path, "arn": r.Arn, "unique_id": r.RoleID, "assume_role_policy": trust,
		}
		tags := map[string]any{}
		for _, t := range r.Tags {
			tags[t.Key] = t.Value
		}
		values["tags"], values["tags_all"] = tags, tags
		if b := r.PermissionsBoundary; b != nil {
			values["permissions_boundary"] = b.PermissionsBoundaryArn
		}
		l.add(&evidenceResource{address: r.Arn, typ: "aws_iam_role", name: r.RoleName, after: values})
		for _, p := range r.RolePolicyList {
			text, err := documentText(p.PolicyDocument)
			if err != nil {
				root.gap(Gap{Kind: ErrorGap, File: f.Name, Reason: fmt.Sprintf("the policy %q of the role %q (%s) cannot be read", p.PolicyName, r.RoleName, r.Arn)})
				continue
			}
			l.add(&evidenceResource{address: r.Arn + "/" + p.PolicyName, typ: "aws_iam_role_policy", name: p.PolicyName,
				after: map[string]any{"name": p.PolicyName, "role": r.RoleName, "policy": text}})
		}
	}
	l.finish()
	return root, nil
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
