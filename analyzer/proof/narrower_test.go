package proof

import "testing"

// What is plainly narrower is never found wider, and adding a condition to an
// Allow, or a Deny, is plainly narrower.
func TestPlainlyNarrower(t *testing.T) {
	const allow, deny = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`, `{"Effect":"Deny","Action":"s3:*","Resource":"*"}`
	const allowMFA = `{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`
	const denyMFA = `{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`
	const other = `{"Effect":"Allow","Action":"ec2:*","Resource":"*"}`
	for _, c := range []struct {
		was, now string
		want     bool
	}{
		{allow, allow, true},
		{allow, allowMFA, true},
		{allowMFA, allow, false},
		{denyMFA, deny, true},
		{deny, denyMFA, false},
		{allow, allow + "," + deny, true},
		{allow, allow + "," + other, false},
		{allow + "," + deny, allow, false},
		{allow, other, false},
		{allow, deny, false},
	} {
		was, now := parse(t, "a.json", `{"Version":"2012-10-17","Statement":[`+c.was+`]}`), parse(t, "b.json", `{"Version":"2012-10-17","Statement":[`+c.now+`]}`)
		if got := PlainlyNarrower(was, now); got != c.want {
			t.Errorf("%s, then %s: %v", c.was, c.now, got)
		}
	}
	for _, file := range []string{"trust_rolesessionname.json", "scp_root_mfa.json", "user_mfa.json"} {
		list := vectors(t, file)
		for i, v := range list {
			for _, w := range list[:i] {
				a, b := v.documents(t), w.documents(t)
				if len(a) == 1 && len(b) == 1 && PlainlyNarrower(a[0], b[0]) {
					if r := Wider(a, b, 2000); r != nil {
						t.Errorf("%s is not narrower than %s: %+v", w.ID, v.ID, r)
					}
				}
			}
		}
	}
}
