package proof

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

const rootScopes = `"Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}, `

// organization is the path of every account of an organization of 200 units:
// 300 policies, ten for each unit and the root, with root denied without MFA by two
// policies together.
func organization(b testing.TB, accounts int) [][]Level {
	files, err := filepath.Glob(filepath.Join(testdata, "scps", "*.json"))
	if err != nil || len(files) == 0 {
		b.Fatal("no policies", err)
	}
	var docs []*policy.Document
	for i := range 300 {
		text, err := os.ReadFile(files[i%len(files)])
		if err != nil {
			b.Fatal(err)
		}
		docs = append(docs, parse(b, fmt.Sprintf("scp%d.json", i), string(text)))
	}
	root := []*policy.Document{
		parse(b, "a.json", `{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", `+rootScopes+`"Bool": {"aws:MultiFactorAuthPresent": "false"}}}}`),
		parse(b, "b.json", `{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", `+rootScopes+`"Null": {"aws:MultiFactorAuthPresent": "true"}}}}`),
	}
	root = append(root, docs[:8]...)
	var out [][]Level
	for i := range accounts {
		unit := (i * 200 / accounts) * 7 % 290
		out = append(out, []Level{
			{Documents: root, FullAccess: value.Yes},
			{Documents: docs[unit : unit+10], FullAccess: value.Yes},
			{FullAccess: value.Yes},
		})
	}
	return out
}

// BenchmarkRootMFA asks for every account of the organization, as if no two
// had the same policies.
func BenchmarkRootMFA(b *testing.B) {
	for _, n := range []int{200, 2_000, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			org := organization(b, n)
			b.ReportAllocs()
			for b.Loop() {
				for _, levels := range org { // of any account
					if r := RootMFA(levels, RootOptions{}); r.Class.Verdict() != Holds {
						b.Fatalf("class %v: %v", r.Class, r.Needs)
					}
				}
			}
		})
	}
}

// BenchmarkUsualTrust asks of 1,000 roles whether they can be assumed under any
// name, and by anyone.
func BenchmarkUsualTrust(b *testing.B) {
	var docs []*policy.Document
	for i := range 1000 {
		account := fmt.Sprintf("1%011d", i)
		principal := `"AWS": "arn:aws:iam::` + account + `:root"`
		condition := [...]string{
			``, `"StringLike": {"sts:RoleSessionName": "${aws:username}"}`, `"StringEquals": {"sts:ExternalId": "x` + account + `"}`,
			`"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::` + account + `:role/ci-*"}`, `"Bool": {"aws:MultiFactorAuthPresent": "true"}`,
			`"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}`,
		}[i%6]
		switch {
		case i%7 == 1:
			principal = `"Service": "ec2.amazonaws.com"`
		case i%7 == 2:
			principal = `"AWS": ["arn:aws:iam::` + account + `:role/deploy", "arn:aws:iam::` + account + `:user/alice"]`
		case i%6 == 5:
			principal = `"AWS": "*"`
		}
		docs = append(docs, parse(b, "trust.json", `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {`+principal+`}, "Condition": {`+condition+`}}}`))
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, d := range docs {
			SessionName(d, SessionNameOptions{Account: "123456789012"})
			TrustAnyone(d, SessionNameOptions{Account: "123456789012"})
		}
	}
}

// BenchmarkNarrower compares policies with what fixes make of them.
func BenchmarkNarrower(b *testing.B) {
	for name, c := range map[string][2]string{
		"condition": {`{"Effect": "Deny", "Action": "*", ` + rootScopes + `"Bool": {"aws:MultiFactorAuthPresent": "false"}}}`, `{"Effect": "Deny", "Action": "*", ` + rootScopes + `"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}`},
		"partition": {`{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}}`, `{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:*:iam::*:root"}}}`},
		"name": {
			`{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Condition": {"StringLike": {"sts:RoleSessionName": "*"}}}`,
			`{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Condition": {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}}`,
		},
	} {
		b.Run(name, func(b *testing.B) {
			was, now := []*policy.Document{statements(b, "a.json", c[0])}, []*policy.Document{statements(b, "b.json", c[1])}
			b.ReportAllocs()
			for b.Loop() {
				if r := Narrower(was, now); r.Narrower != value.Yes {
					b.Fatal(r.Needs)
				}
			}
		})
	}
}

// pathological is policies with so many patterns that overlap, a power of ten, and what has to be
// said of each: that something gets through, where the search meets it, and else
// that it cannot be told, with what could not be told apart.
func pathological(tb testing.TB, patterns int) map[string]func() (Verdict, *Witness, []value.Reason) {
	var roles, accounts []string
	for i := range patterns {
		roles = append(roles, fmt.Sprintf(`"arn:aws:iam::*%d*:role/*%d*%d"`, i%97, i, i*7%1000))
		accounts = append(accounts, fmt.Sprintf(`"arn:aws:iam::*%0*d*:root"`, len(fmt.Sprint(patterns))-1, i)) // every account has one of these in it
	}
	list := strings.Join(roles, ",")
	trust := func(conditions string) *policy.Document {
		return parse(tb, "trust.json", `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}, "Condition": {`+conditions+`}}}`)
	}
	scp := func(patterns string) []Level {
		d := parse(tb, "scp.json", `{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": [`+patterns+`]}}}}`)
		return []Level{{Documents: []*policy.Document{d}, FullAccess: value.Yes}}
	}
	name := func(d *policy.Document) func() (Verdict, *Witness, []value.Reason) {
		return func() (Verdict, *Witness, []value.Reason) {
			r := SessionName(d, SessionNameOptions{})
			return r.Class.Verdict(), r.Witness, r.Needs
		}
	}
	anyone := func(d *policy.Document) func() (Verdict, *Witness, []value.Reason) {
		return func() (Verdict, *Witness, []value.Reason) {
			r := TrustAnyone(d, SessionNameOptions{})
			return r.Class.Verdict(), r.Witness, r.Needs
		}
	}
	root := func(levels []Level) func() (Verdict, *Witness, []value.Reason) {
		return func() (Verdict, *Witness, []value.Reason) {
			r := RootMFA(levels, RootOptions{})
			return r.Class.Verdict(), r.Witness, r.Needs
		}
	}
	open := trust(`"ArnNotLike": {"aws:PrincipalArn": [` + list + `]}, "StringLike": {"aws:PrincipalArn": "*a*"}`)
	closed := trust(`"ArnLike": {"aws:PrincipalArn": [` + list + `]}, "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}`)
	return map[string]func() (Verdict, *Witness, []value.Reason){
		"open name": name(open), "open anyone": anyone(open), "open root": root(scp(strings.ReplaceAll(list, ":role/", ":root*"))),
		"closed name": name(closed), "closed anyone": anyone(closed), "closed root": root(scp(strings.Join(accounts, ","))),
	}
}

// judge fails where a pathological policy is not answered as it has to be.
func judge(tb testing.TB, patterns int, policies map[string]func() (Verdict, *Witness, []value.Reason)) {
	for name, ask := range policies {
		verdict, witness, needs := ask()
		if strings.HasPrefix(name, "open") {
			if verdict != Violated || witness == nil {
				tb.Errorf("%s: %v, %v", name, verdict, needs)
			}
			continue
		}
		who := "callers"
		if name == "closed root" {
			who = "accounts"
		}
		said := "tell more " + who + " apart than iamvet tries: they compare aws:PrincipalArn with " + fmt.Sprint(patterns)[:1]
		if verdict != Undetermined || !slices.ContainsFunc(needs, func(r value.Reason) bool { return strings.Contains(r.Text, said) }) {
			tb.Errorf("%s: %v, %v; want what could not be told apart: %s", name, verdict, needs, said)
		}
	}
}

// TestPathological: more than can be told apart is undetermined, and said.
func TestPathological(t *testing.T) { judge(t, 1000, pathological(t, 1000)) }

// BenchmarkPathological asks about policies with 10,000 patterns that overlap.
func BenchmarkPathological(b *testing.B) {
	const patterns = 10_000
	policies := pathological(b, patterns)
	b.ReportAllocs()
	for b.Loop() {
		judge(b, patterns, policies)
	}
}

// BenchmarkSessionName asks about a role that many accounts and roles may
// assume.
func BenchmarkSessionName(b *testing.B) {
	for _, n := range []int{1, 20, 100} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var principals []string
			for i := range n {
				principals = append(principals, fmt.Sprintf(`"arn:aws:iam::%012d:root", "arn:aws:iam::%012d:role/ci-%d"`, 100000000000+int64(i), 100000000000+int64(i), i))
			}
			doc := parse(b, "trust.json", `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
				"Principal": {"AWS": [`+strings.Join(principals, ",")+`]}, "Condition": {"StringLike": {"sts:RoleSessionName": "${aws:username}"}}}}`)
			b.ReportAllocs()
			for b.Loop() {
				if r := SessionName(doc, SessionNameOptions{}); r.Class != NameBound {
					b.Fatal(r.Class)
				}
			}
		})
	}
}

// BenchmarkUserMFA asks about each vector's user.
func BenchmarkUserMFA(b *testing.B) {
	var users []User
	for _, v := range vectors(b, "user_mfa.json") {
		users = append(users, User{Name: "alice", Documents: v.documents(b)})
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, u := range users {
			UserMFA(u)
		}
	}
}
