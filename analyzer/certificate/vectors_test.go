package certificate

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// vector is a policy with the class that it has by what AWS documents.
type vector struct {
	ID        string
	Doc       json.RawMessage
	Docs      []json.RawMessage
	Expect    string
	Why       string
	Partition string
	Full      *bool // false: FullAWSAccess is detached
}

func vectors(t *testing.T, name string) []vector {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../testdata/policy", name))
	if err != nil {
		t.Fatal(err)
	}
	var list []vector
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func parse(t testing.TB, name, text string) *policy.Document {
	t.Helper()
	f := source.NewFile(name, []byte(text))
	d, err := policy.Parse(value.StrAt(source.Literal(source.Span{File: f, Start: 0, End: len(text)})))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return d
}

func (v vector) documents(t *testing.T) []*policy.Document {
	var out []*policy.Document
	for _, raw := range append(v.Docs, v.Doc) {
		if raw != nil {
			out = append(out, parse(t, v.ID+".json", string(raw)))
		}
	}
	return out
}

// verdicts are what the classes of the vectors mean.
var verdicts = map[string]Verdict{
	"UNDETERMINABLE": Undetermined, "INVALID": Undetermined,

	"ROOT_DENIED": Holds, "MFA_ENFORCED": Holds, "RESTRICTED": Holds, "LOCKOUT": Holds, "ENFORCED": Holds,
	"NA": Holds, "BOUND": Holds, "CONSTANT_OK": Holds, "ALT_BOUND": Holds, "UNSATISFIABLE": Holds,

	"PARTIAL": Violated, "NONE": Violated, "MALFORMED": Violated, "WEAK_VPCE": Violated, "WEAK_V6": Violated,
	"BLOCKLIST": Violated, "VACUOUS": Violated, "CONSOLE_ONLY": Violated, "KEYS_ONLY": Violated,
	"WEAK": Violated, "WEAK_ALT": Violated, "MISSING": Violated,
}

// TestVectors: the vectors have the verdicts of their classes, and where z3 is
// installed, it finds in the certificates what they say.
func TestVectors(t *testing.T) {
	for file, claim := range map[string]func(vector, []*policy.Document) *Claim{
		"scp_root_mfa.json": func(v vector, docs []*policy.Document) *Claim {
			partition := v.Partition
			if partition == "" {
				partition = "aws"
			}
			return RootMFA(Root{Levels: []Level{{docs, fullAccess(v)}}, Partition: partition, Account: "123456789012"})
		},
		"scp_source_ip.json": func(v vector, docs []*policy.Document) *Claim {
			return Networks(Root{Levels: []Level{{docs, fullAccess(v)}}, Partition: "aws", Account: "123456789012"})
		},
		"user_mfa.json": func(_ vector, docs []*policy.Document) *Claim {
			return UserMFA(User{Name: "alice", Path: "/", Partition: "aws", Levels: []Level{{docs, policy.False}}})
		},
		"trust_rolesessionname.json": func(_ vector, docs []*policy.Document) *Claim {
			return SessionName(Trust{Document: docs[0], Account: "111122223333", Partition: "aws"})
		},
	} {
		for _, v := range vectors(t, file) {
			t.Run(v.ID, func(t *testing.T) {
				want := verdicts[v.Expect]
				if v.ID == "I17" { // of everyone VACUOUS; here root is asked about
					want = Holds
				}
				c := claim(v, v.documents(t))
				got, told := c.Decide()
				if got != want {
					t.Fatalf("%v, want %s: %s\n%s", got, v.Expect, v.Why, strings.Join(told, "\n"))
				}
				if got != Undetermined {
					for _, s := range c.Scripts(nil, got) {
						checkScript(t, s)
					}
				}
			})
		}
	}
}

func fullAccess(v vector) policy.Tri {
	if v.Full != nil && !*v.Full {
		return policy.False
	}
	return policy.True
}

// checkScript has z3 check a script, where it is installed.
func checkScript(t *testing.T, s Script) {
	t.Helper()
	z3, err := exec.LookPath("z3")
	if err != nil {
		return
	}
	cmd := exec.Command(z3, "-in", "-T:60")
	cmd.Stdin = strings.NewReader(s.Text)
	out, _ := cmd.CombinedOutput()
	if want := strings.Repeat("unsat\n", s.Checks-1) + s.Expect + "\n"; string(out) != want {
		t.Errorf("z3 says\n%s of\n%s", out, s.Text)
	}
}

// TestStrangers: whom trust policies let in from accounts that nobody named.
func TestStrangers(t *testing.T) {
	for _, v := range vectors(t, "trust_rolesessionname.json") {
		want := Holds
		switch v.ID {
		case "B25": // any account, under its user's name
			want = Violated
		case "B50": // NotPrincipal, which AWS refuses
			want = Undetermined
		}
		got, told := Strangers(Trust{Document: v.documents(t)[0], Account: "111122223333", Partition: "aws"}).Decide()
		if got != want {
			t.Errorf("%s: %v, want %v: %v", v.ID, got, want, told)
		}
	}
}

// TestTokens: whose tokens trust policies let in.
func TestTokens(t *testing.T) {
	const github, gitlab, eks = "token.actions.githubusercontent.com", "gitlab.com", "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
	for _, tt := range []struct {
		host, condition string
		want            Verdict
	}{
		{github, `{"StringEquals": {"HOST:sub": "repo:mine/app:ref:refs/heads/main", "HOST:aud": "sts.amazonaws.com"}}`, Holds},
		{github, `{"StringLike": {"HOST:sub": "repo:mine/*"}, "StringEquals": {"HOST:aud": "sts.amazonaws.com"}}`, Holds},
		{github, `{"ForAllValues:StringLike": {"HOST:sub": "repo:mine/*", "HOST:aud": "sts.amazonaws.com"}}`, Holds}, // tokens have both
		{github, `{"StringLike": {"HOST:sub": "repo:mine*"}, "StringEquals": {"HOST:aud": "sts.amazonaws.com"}}`, Violated},
		{github, `{"StringLike": {"HOST:sub": "repo:*/app:*"}, "StringEquals": {"HOST:aud": "sts.amazonaws.com"}}`, Violated},
		{github, `{"StringEquals": {"HOST:aud": "sts.amazonaws.com"}}`, Violated},
		{github, `{"StringNotEquals": {"HOST:sub": "repo:mine/app:*"}, "StringEquals": {"HOST:aud": "sts.amazonaws.com"}}`, Violated},
		{github, `{"StringLike": {"HOST:sub": "repo:mine/*"}}`, Violated},
		{github, `{"StringEquals": {"HOST:repository_owner_id": "123", "HOST:aud": "sts.amazonaws.com"}}`, Holds},
		{github, `{"StringEquals": {"HOST:ref": "refs/heads/main", "HOST:aud": "sts.amazonaws.com"}}`, Violated},
		{github, `{"StringEquals": {"gitlab.com:sub": "project_path:mine/app:ref_type:branch:ref:main", "HOST:aud": "x"}}`, Holds},
		{gitlab, `{"StringLike": {"HOST:sub": "project_path:mine/*"}, "StringEquals": {"HOST:aud": "https://gitlab.com"}}`, Holds},
		{eks, `{"StringEquals": {"HOST:sub": "system:serviceaccount:a:b", "HOST:aud": "sts.amazonaws.com"}}`, Holds},
		{eks, `{"StringLike": {"HOST:sub": "system:serviceaccount:*:*"}, "StringEquals": {"HOST:aud": "sts.amazonaws.com"}}`, Violated},
		{"app.terraform.io", `{"StringLike": {"HOST:sub": "organization:mine:project:*:workspace:*:run_phase:*"}, "StringEquals": {"HOST:aud": "aws.workload.identity"}}`, Holds},
		{"app.terraform.io", `{"StringLike": {"HOST:sub": "organization:*:project:p:workspace:w:run_phase:apply"}, "StringEquals": {"HOST:aud": "aws.workload.identity"}}`, Violated},
	} {
		provider := "arn:aws:iam::111122223333:oidc-provider/" + tt.host
		doc := parse(t, "trust.json", `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Federated": "`+provider+`"},
			"Action": "sts:AssumeRoleWithWebIdentity", "Condition": `+strings.ReplaceAll(tt.condition, "HOST", tt.host)+`}}`)
		c := Tokens(Federation{Document: doc, Partition: "aws"}, provider)
		got, told := c.Decide()
		if got != tt.want {
			t.Errorf("%s %s: %v, want %v: %v", tt.host, tt.condition, got, tt.want, told)
			continue
		}
		for _, s := range c.Scripts(nil, got) {
			checkScript(t, s)
		}
	}
}

// TestSharedNames: a name is shared where two callers may have it, unless it is the
// name of each.
func TestSharedNames(t *testing.T) {
	const (
		own     = `{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}}`
		account = `{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:RoleSessionName": %}}}`
		role    = `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/dev"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:RoleSessionName": %}}}`
		deny    = `{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:RoleSessionName": "ci-deploy"}, "StringNotEquals": {"aws:username": "ci-deploy"}}}`
	)
	with := func(statement, names string) string { return strings.Replace(statement, "%", names, 1) }
	for _, tt := range []struct {
		name, statements string
		want             Verdict
	}{
		{"users of two accounts under their own name", own, Holds},
		{"and a name that a Deny spells out", own + ", " + deny, Holds},
		{"a user who is called what a role may be called", own + ", " + with(role, `"ci-deploy"`), Violated},
		{"a role alone", with(role, `"ci-deploy"`), Holds},
		{"a default that a user may be called", own + ", " + with(role, `"${aws:username, 'shared'}"`), Violated},
		{"names made in one way", with(account, `"x-${aws:username}"`), Holds},
		{"names made in two ways: bob as x-bob, and x-bob", with(account, `["${aws:username}", "x-${aws:username}"]`), Violated},
	} {
		doc := parse(t, "trust.json", `{"Version": "2012-10-17", "Statement": [`+tt.statements+`]}`)
		c := SessionName(Trust{Document: doc, Account: "111122223333", Partition: "aws"})
		got, told := c.Decide()
		if got != tt.want {
			t.Errorf("%s: %v, want %v: %v", tt.name, got, tt.want, told)
			continue
		}
		for _, s := range c.Scripts(nil, got) {
			checkScript(t, s)
		}
	}
}

// TestProofVectors: policies on which trying a few callers fails.
func TestProofVectors(t *testing.T) {
	b, err := os.ReadFile("../../testdata/policy/proof.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []struct {
		ID     string
		Docs   []json.RawMessage
		Doc    json.RawMessage
		Expect map[string]string
		Why    string
	}
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	want := map[string]Verdict{"violation": Violated, "compliant": Holds}
	asked := 0
	for _, v := range list {
		docs := vector{ID: v.ID, Doc: v.Doc, Docs: v.Docs}.documents(t)
		root := Root{Levels: []Level{{docs, policy.True}}, Partition: "aws"}
		trust := Trust{Document: docs[0], Account: "111122223333", Partition: "aws"}
		for rule, expect := range v.Expect {
			c := map[string]func() *Claim{
				"IV102": func() *Claim { return RootMFA(root) }, "IV105": func() *Claim { return Networks(root) },
				"IV201": func() *Claim { return SessionName(trust) }, "IV202": func() *Claim { return Strangers(trust) },
			}[rule]()
			asked++
			if got, told := c.Decide(); got != want[expect] || got == Undetermined {
				t.Errorf("%s of %s: %v, want %s: %s\n%v", rule, v.ID, got, expect, v.Why, told)
				continue
			}
			for _, s := range c.Scripts(nil, want[expect]) {
				checkScript(t, s)
			}
		}
	}
	if asked != 28 {
		t.Errorf("%d questions of 28", asked)
	}
}
