package proof

import (
	"testing"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// FuzzProof: whatever the policy, every question is answered, in time, and
// every witness of a wholly known policy replays.
func FuzzProof(f *testing.F) {
	for _, file := range []string{"scp_root_mfa.json", "scp_source_ip.json", "user_mfa.json", "trust_rolesessionname.json"} {
		for _, v := range vectors(f, file) {
			for _, raw := range append(v.Docs, v.Doc) {
				if raw != nil {
					f.Add(string(raw))
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 {
			return
		}
		doc, err := policy.Parse(value.Str(text))
		if err != nil {
			return
		}
		docs := []*policy.Document{doc}
		levels := []Level{{Documents: docs, FullAccess: value.Yes}}
		root := RootMFA(levels, RootOptions{})
		refusedSCP := doc.MalformedAs(policy.SCP)
		if !refusedSCP && root.Class.Verdict() == Violated {
			replaySCP(t, levels, Violated, root.Witness)
		}
		if ip := SourceIP(levels, SourceIPOptions{Everyone: true}); !refusedSCP && ip.Class.Verdict() == Violated {
			replaySCP(t, levels, Violated, ip.Witness)
		}
		if user := UserMFA(User{Name: "alice", Documents: docs}); user.Witness != nil && doc.Decide(user.Witness.Request).Allowed != value.Yes {
			t.Errorf("user: the witness is not allowed: %+v", user.Witness)
		}
		if name := SessionName(doc, SessionNameOptions{}); name.Witness != nil && doc.Decide(name.Witness.Request).Allowed != value.Yes {
			t.Errorf("session name: the witness is not allowed: %+v", name.Witness)
		}
		if anyone := TrustAnyone(doc, SessionNameOptions{}); anyone.Witness != nil && doc.Decide(anyone.Witness.Request).Allowed != value.Yes {
			t.Errorf("anyone: the witness is not allowed: %+v", anyone.Witness)
		}
		for _, required := range []Required{{"StringEquals", "sts:SourceIdentity", []string{"${aws:username}"}}, {"Bool", "aws:MultiFactorAuthPresent", []string{"true"}}} {
			r, err := Requires(doc, required, Asked{}, SessionNameOptions{})
			if err != nil || r.Witness != nil && r.Witness.Principal != "" && doc.Decide(r.Witness.Request).Allowed != value.Yes {
				t.Errorf("%s: %v, or the witness is not allowed: %+v", required, err, r.Witness)
			}
		}
		if oidc := OIDCSubject(doc, OIDCOptions{}); oidc.Witness != nil && doc.Decide(oidc.Witness.Request).Allowed != value.Yes {
			t.Errorf("oidc: the witness is not allowed: %+v", oidc.Witness)
		}
	})
}
