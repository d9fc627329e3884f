package terraform

import (
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/source"
)

const authorization = `{"RoleDetailList": [
  {"Path": "/", "RoleName": "encoded", "Arn": "arn:aws:iam::111122223333:role/encoded",
   "AssumeRolePolicyDocument": "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D", "Tags": [{"Key": "team", "Value": "a"}]},
  {"Path": "/", "RoleName": "object", "Arn": "arn:aws:iam::111122223333:role/object", "AssumeRolePolicyDocument": {"Version":"2012-10-17","Statement":[]},
   "RolePolicyList": [{"PolicyName": "assume", "PolicyDocument": {"Statement": []}}, {"PolicyName": "none"}]},
  {"Path": "/", "RoleName": "text", "Arn": "arn:aws:iam::111122223333:role/text", "AssumeRolePolicyDocument": "{\"Version\":\"2012-10-17\",\"Statement\":[]}"},
  {"Path": "/aws-service-role/ecs.amazonaws.com/", "RoleName": "linked", "Arn": "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/linked", "AssumeRolePolicyDocument": "%7B%7D"},
  {"Path": "/", "RoleName": "broken", "Arn": "arn:aws:iam::111122223333:role/broken", "AssumeRolePolicyDocument": "%7"},
  {"Path": "/", "RoleName": "without", "Arn": "arn:aws:iam::111122223333:role/without"}
], "IsTruncated": true}`

func TestLoadAuthorization(t *testing.T) {
	root, err := LoadAuthorization(source.NewFile("details.json", []byte(authorization)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range root.Resources("aws_iam_role") {
		names = append(names, r.Name)
		if text, _ := r.Attr("assume_role_policy").Text(); text != `{"Version":"2012-10-17","Statement":[]}` {
			t.Errorf("%s: trust policy %q", r.Name, text)
		}
		if arn, _ := r.Attr("arn").Text(); arn != r.Address {
			t.Errorf("%s: address %s, ARN %s", r.Name, r.Address, arn)
		}
	}
	if strings.Join(names, " ") != "encoded object text" {
		t.Errorf("roles %v", names)
	}
	if policies := root.Resources("aws_iam_role_policy"); len(policies) != 1 || policies[0].Attr("role").TextOr("") != "object" {
		t.Errorf("%d inline policies", len(policies))
	}
	var gaps []string
	for _, g := range root.Gaps() {
		gaps = append(gaps, g.Kind.String()+" "+g.Reason)
	}
	for i, want := range []string{"limit it is one page", `error the policy "none"`, `error the trust policy of the role "broken"`, `error the trust policy of the role "without"`} {
		if i >= len(gaps) || !strings.HasPrefix(gaps[i], want) {
			t.Errorf("gaps %q, want %q", gaps, want)
		}
	}
	for text, want := range map[string]string{`{}`: "no RoleDetailList and no UserDetailList", ``: "EOF", `[1]`: "cannot unmarshal", `{"RoleDetailList": [{"Path": 1}]}`: "cannot unmarshal"} {
		if _, err := LoadAuthorization(source.NewFile("details.json", []byte(text))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Whatever the bytes, there is a root or an error.
func FuzzLoadAuthorization(f *testing.F) {
	f.Add([]byte(authorization))
	f.Add([]byte(`{"RoleDetailList": [null, {}]}`))
	f.Add([]byte(`{"UserDetailList": [null, {"Arn": "arn:aws:iam::111122223333:user/a", "UserName": "a", "GroupList": ["g"], "UserPolicyList": [{}], "AttachedManagedPolicies": [{"PolicyArn": "x"}]}],
		"GroupDetailList": [{"Arn": "g", "GroupPolicyList": [{"PolicyDocument": {}}]}], "Policies": [{"Arn": "p", "PolicyVersionList": [{"IsDefaultVersion": true}, {"IsDefaultVersion": true, "Document": "%7B%7D"}]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		root, err := LoadAuthorization(source.NewFile("details.json", b))
		if (root == nil) == (err == nil) {
			t.Fatal("neither a root nor an error, or both")
		}
		if root != nil {
			for _, r := range root.Resources() {
				r.Attr("assume_role_policy").Text()
			}
		}
	})
}
