package engine

import "testing"

// What lies beside the code counts where it gives a session a name, or is a profile of
// a role that it names; the key of a condition does not, nor an example without a name.
func TestSaidIn(t *testing.T) {
	for _, test := range []struct {
		text, role string
		said       bool
	}{
		{"aws sts assume-role --role-arn arn:aws:iam::111122223333:role/ops/deploy --role-session-name x", "deploy", true},
		{"aws sts assume-role \\\n  --role-arn $ARN \\\n  --role-session-name x", "", true},
		{"sts.assume_role(RoleArn='arn:aws:iam::1:role/ci', RoleSessionName='x')", "ci", true},
		{"[profile a]\nrole_arn = arn:aws:iam::111122223333:role/<role>\nrole_session_name = me", "", true},
		{"[profile a]\nrole_arn = arn:aws:iam::111122223333:role/admin\nsource_profile = b", "admin", true},
		{"[profile a]\nrole_arn = arn:aws:iam::111122223333:role/<role>\nsource_profile = b", "", false},
		{"aws eks update-kubeconfig --name $(CLUSTER) \\\n  --role-arn arn:aws:iam::$(ACCOUNT):role/$(CLUSTER)-dev", "", true},
		{"aws eks update-kubeconfig --name dev", "", false},
		{`"StringEquals": {"sts:RoleSessionName": "${aws:username}"}`, "", false},
		{"role-session-name: deploy-${{ github.run_id }}", "", false},
		{"the role is assumed by people", "", false},
	} {
		got := saidIn("README.md", []byte(test.text))
		if len(got) > 0 != test.said || test.said && got[0].role != test.role {
			t.Errorf("%q: %+v", test.text, got)
		}
	}
}
