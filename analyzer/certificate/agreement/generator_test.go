package agreement

import (
	"encoding/json"
	"math/rand/v2"
)

// generator makes random policies: what people write, and what they slip into.
type generator struct {
	*rand.Rand
	host string // of the identity provider
	full bool   // FullAWSAccess is attached
}

type object = map[string]any

func newGenerator(seed uint64) generator {
	g := generator{Rand: rand.New(rand.NewPCG(seed, 12))}
	g.full = g.IntN(4) > 0
	g.host = issuers[g.IntN(len(issuers))].host
	return g
}

func (g generator) pick(list ...string) string { return list[g.IntN(len(list))] }

// some are one to three of the list.
func (g generator) some(list ...string) any {
	if g.IntN(2) == 0 {
		return g.pick(list...)
	}
	var out []any
	seen := map[string]bool{}
	for range 1 + g.IntN(3) {
		if s := g.pick(list...); !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// one in n.
func (g generator) oneIn(n int) bool { return g.IntN(n) == 0 }

func (g generator) condition(tests ...func() (op, key string, values any)) object {
	c := object{}
	for range g.IntN(4) {
		op, key, values := tests[g.IntN(len(tests))]()
		if c[op] == nil {
			c[op] = object{}
		}
		c[op].(object)[key] = values
	}
	return c
}

var account = []string{"111122223333", "123456789012", "999999999999"}

func (g generator) account() string { return g.pick(account...) }

// accounts is a pattern of accounts.
func (g generator) accounts() string {
	switch g.IntN(7) {
	case 0:
		return "*"
	case 1:
		return g.account()
	case 2:
		return g.pick("0", "1", "2", "9") + "*"
	case 3:
		return "*" + g.pick("1", "2", "3", "0")
	case 4:
		return g.pick("11", "12") + "??????????"
	case 5:
		return g.pick("1*2*", "*1*", "????????????", "1111*3333")
	}
	return g.pick("0*", "1*", "2*", "3*", "4*", "5*", "6*", "7*", "8*", "9*")
}

func (g generator) manyAccounts(make func(string) string) any {
	if g.oneIn(8) { // all digits but some
		var out []any
		for _, d := range "0123456789" {
			if !g.oneIn(12) {
				out = append(out, make(string(d)+"*"))
			}
		}
		return out
	}
	var out []any
	for range 1 + g.IntN(2) {
		out = append(out, make(g.accounts()))
	}
	if len(out) == 1 {
		return out[0]
	}
	return out
}

func (g generator) string(negated bool) string {
	list := []string{"StringLike", "StringEquals", "StringEqualsIgnoreCase", "StringLikeIfExists"}
	if negated {
		list = []string{"StringNotLike", "StringNotEquals", "StringNotLikeIfExists", "StringNotEqualsIgnoreCase"}
	}
	return g.pick(list...)
}

// rootKey is a test of who calls, of root.
func (g generator) rootKey() (op, key string, values any) {
	switch g.IntN(6) {
	case 0:
		return g.string(g.oneIn(3)), "aws:PrincipalAccount", g.manyAccounts(func(a string) string { return a })
	case 1:
		return g.pick("StringEquals", "StringNotEquals", "StringLike"), "aws:PrincipalType", g.some("Account", "Account", "User", "AssumedRole", "Root")
	case 2:
		return g.pick("StringEquals", "StringLike"), "aws:userid", g.some("${aws:PrincipalAccount}", "AIDA*", "*:*", "1*")
	}
	op = g.pick("ArnLike", "StringLike", "StringLike", "ArnEquals", "ArnNotLike", "StringNotLike")
	return op, "aws:PrincipalArn", g.manyAccounts(func(a string) string {
		return g.pick("arn:aws:iam::"+a+":root", "arn:aws:iam::"+a+":root", "arn:*:iam::"+a+":root", "arn:aws:iam::"+a+":r*t", "arn:aws:iam::"+a+":*", "arn:aws:iam::"+a+":user/*", "arn:aws:iam::"+a+":role/x")
	})
}

func (g generator) mfaKey() (op, key string, values any) {
	switch g.IntN(6) {
	case 0:
		return "Null", g.pick("aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"), g.pick("true", "false")
	case 1:
		return g.pick("NumericGreaterThan", "NumericGreaterThanIfExists", "NumericLessThan", "NumericLessThanEqualsIfExists"), "aws:MultiFactorAuthAge", g.pick("3600", "300", "0")
	case 2:
		return "Bool", "aws:MultiFactorAuthPresent", g.some("true", "false")
	}
	return g.pick("BoolIfExists", "BoolIfExists", "ForAllValues:Bool"), "aws:MultiFactorAuthPresent", g.some("false", "false", "true")
}

var regions = []string{"us-east-1", "eu-west-1", "eu-*", "us-*", "??-*", "*-1", "*-*-*", "ap-south*", "*"}

func (g generator) networkKey() (op, key string, values any) {
	switch g.IntN(10) {
	case 0, 1, 2:
		return g.pick("NotIpAddress", "NotIpAddress", "NotIpAddressIfExists", "IpAddress"), "aws:SourceIp",
			g.some("198.51.100.0/24", "203.0.113.0/24", "203.0.113.0/25", "0.0.0.0/1", "128.0.0.0/1", "0.0.0.0/0", "2001:db8::/32", "::/0", "10.0.0.0/8", "2000::/3")
	case 3:
		return g.pick("StringEquals", "StringNotEquals", "StringNotEqualsIfExists", "StringNotLike"), "aws:SourceVpc", g.some("vpc-0123456789abcdef0", "vpc-0a*", "vpc-*", "vpc-11111111")
	case 4:
		return "Null", g.pick("aws:SourceVpc", "aws:SourceIp", "aws:SourceVpce", "aws:VpcSourceIp"), g.pick("true", "false")
	case 5:
		return g.pick("StringEquals", "StringNotEquals", "StringNotEqualsIfExists", "StringNotLikeIfExists"), "aws:SourceVpce", g.some("vpce-0123456789abcdef0", "vpce-*")
	case 6:
		return g.pick("NotIpAddress", "IpAddress", "NotIpAddressIfExists"), "aws:VpcSourceIp", g.some("10.0.0.0/8", "192.168.0.0/16", "0.0.0.0/0")
	case 7:
		return g.pick("StringNotEquals", "StringNotLike", "StringNotEqualsIfExists"), "aws:VpceAccount", g.some("111122223333", "1*", "*")
	}
	return g.pick("Bool", "BoolIfExists"), "aws:ViaAWSService", g.pick("false", "false", "true")
}

func (g generator) otherKey() (op, key string, values any) {
	switch g.IntN(10) {
	case 9:
		return g.pick("ForAnyValue:StringLike", "ForAllValues:StringEquals", "ForAnyValue:StringEquals"), "aws:TagKeys", g.some("a", "b*", "owner")
	case 8:
		return g.pick("StringLike", "StringNotLike", "StringLikeIfExists"), "aws:UserAgent", g.some("aws-cli/*", "*Console*", "?*")
	case 7:
		return g.pick("DateGreaterThan", "DateLessThan", "DateLessThanEquals", "DateGreaterThanEquals"), "aws:CurrentTime", g.pick("2026-11-01T00:00:00Z", "2027-06-01T00:00:00Z", "2026-11-22T00:00:00Z")
	case 6:
		return g.pick("NumericGreaterThan", "NumericLessThan"), "s3:max-keys", g.pick("10", "0", "1000")
	case 0, 1, 2:
		return g.pick("StringLike", "StringEquals", "StringNotLike", "StringNotEquals"), "aws:RequestedRegion", g.some(regions...)
	case 3:
		return g.pick("StringEquals", "StringNotEquals", "StringNotEqualsIfExists", "StringLike"), g.pick("aws:PrincipalTag/team", "aws:PrincipalTag/exempt"), g.some("a", "b*", "*")
	case 4:
		return g.pick("Bool", "BoolIfExists"), "aws:SecureTransport", g.some("true", "false")
	}
	if g.oneIn(3) {
		return "Null", "s3:x-amz-acl", g.pick("true", "false")
	}
	return g.pick("StringEquals", "StringNotEquals"), "s3:x-amz-acl", g.some("private", "public-read")
}

var actions = []string{"*", "*", "*", "*", "iam:*", "s3:*", "ec2:Run*", "*:Create*", "iam:C*", "sts:*", "*:*", "?am:*", "s*:*", "iam:*User"}

// control is a statement of a service control policy.
func (g generator) control(tests ...func() (op, key string, values any)) object {
	s := object{"Effect": "Deny", "Resource": "*"}
	if g.oneIn(5) {
		s["NotAction"] = g.some("iam:EnableMFADevice", "iam:ListMFADevices", "s3:*", "iam:Get*", "iam:CreateUser", "sts:GetSessionToken", "*:Describe*", "iam:*")
	} else {
		s["Action"] = g.some(actions...)
	}
	if g.oneIn(6) {
		delete(s, "Resource")
		s[g.pick("Resource", "NotResource")] = g.some("arn:aws:s3:::a*", "arn:aws:s3:::*", "arn:aws:iam::*:user/*", "*", "arn:*:s3:::*", "arn:aws:s3:::a*b", "arn:aws:ec2:*:*:*", "arn:aws:iam::*:user/a*", "arn:aws:*:::*")
	}
	if c := g.condition(tests...); len(c) > 0 {
		s["Condition"] = c
	}
	return s
}

func (g generator) rootStatement() object {
	return g.sometimesAllow(g.control(g.rootKey, g.rootKey, g.mfaKey, g.mfaKey, g.networkKey, g.otherKey))
}

func (g generator) networkStatement() object {
	return g.sometimesAllow(g.control(g.rootKey, g.networkKey, g.networkKey, g.networkKey, g.mfaKey, g.otherKey))
}

// sometimesAllow makes a statement an Allow where nothing else allows, and now and
// then where it makes no difference.
func (g generator) sometimesAllow(s object) object {
	if g.full && g.oneIn(10) || !g.full && g.oneIn(2) {
		s["Effect"] = "Allow"
	}
	return s
}

var roleNames = []string{"dev", "ops", "dev-*", "*-ops", "team/*", "d?v", "*", "deploy"}

func (g generator) callerARN() string {
	kind := g.pick("user", "role", "role", "*")
	name := g.pick(roleNames...)
	if kind == "*" {
		return "arn:aws:iam::" + g.accounts() + ":*"
	}
	return "arn:aws:iam::" + g.accounts() + ":" + kind + "/" + name
}

func (g generator) names() any {
	return g.some("${aws:username}", "${aws:username}", "${aws:username}", "ci-deploy", "*", "??*", "${aws:username}*", "*@example.com", "x-${aws:username}",
		"${aws:PrincipalTag/name}", "${aws:username, 'shared'}", "ci-*", "a?*")
}

func (g generator) nameKey() (op, key string, values any) {
	switch g.IntN(7) {
	case 0:
		return g.pick("StringEquals", "StringLike", "StringNotEquals", "StringEqualsIfExists"), "sts:SourceIdentity", g.names()
	case 2:
		if g.oneIn(3) { // the other way round
			return g.pick("StringLike", "StringEquals", "StringLikeIfExists"), g.pick("aws:userid", "aws:userid", "aws:username", "aws:PrincipalTag/name"), g.pick("*:${sts:RoleSessionName}", "${sts:RoleSessionName}")
		}
	case 1:
		return "Null", g.pick("sts:SourceIdentity", "sts:RoleSessionName", "aws:username"), g.pick("true", "false")
	}
	return g.pick("StringEquals", "StringLike", "StringLike", "StringNotEquals", "StringNotLike", "StringLikeIfExists"), "sts:RoleSessionName", g.names()
}

func (g generator) callerKey() (op, key string, values any) {
	switch g.IntN(8) {
	case 0:
		return g.pick("StringEquals", "StringNotEquals"), "aws:PrincipalType", g.some("User", "AssumedRole", "Account")
	case 1:
		return g.string(g.oneIn(2)), "aws:PrincipalAccount", g.manyAccounts(func(a string) string { return a })
	case 2:
		return g.string(g.oneIn(2)), "aws:username", g.some("alice", "a*", "*-admin", "ci-deploy", "x?")
	case 3:
		return g.pick("Bool", "BoolIfExists"), "aws:MultiFactorAuthPresent", g.pick("true", "false")
	case 4:
		return g.pick("StringEquals", "StringNotEquals", "StringLike"), "sts:ExternalId", g.some("x-1", "*")
	case 5:
		return g.pick("StringEquals", "StringNotEquals", "StringLike"), "aws:PrincipalOrgID", g.some("o-a1b2c3d4e5", "o-*", "${aws:ResourceOrgID}", "o-a*", "o-?1*")
	}
	var list []any
	for range 1 + g.IntN(2) {
		list = append(list, g.callerARN())
	}
	return g.pick("ArnLike", "ArnNotLike", "StringLike", "StringNotLike"), "aws:PrincipalArn", list
}

func (g generator) trustStatement(principals ...string) object {
	s := object{
		"Effect":    g.pick("Allow", "Allow", "Allow", "Deny"),
		"Principal": object{"AWS": g.some(principals...)},
		"Action":    g.some("sts:AssumeRole", "sts:AssumeRole", "sts:AssumeRole", "sts:*", "sts:SetSourceIdentity", "sts:TagSession"),
	}
	if c := g.condition(g.nameKey, g.nameKey, g.callerKey); len(c) > 0 {
		s["Condition"] = c
	}
	return s
}

func (g generator) sessionStatement() object {
	return g.trustStatement("111122223333", "111122223333", "*", "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:role/dev", "arn:aws:iam::111122223333:role/team/x-ops", "arn:aws:iam::999999999999:root")
}

func (g generator) strangerStatement() object {
	s := g.trustStatement("*", "*", "*", "111122223333", "arn:aws:iam::111122223333:role/dev")
	if c := g.condition(g.callerKey, g.callerKey, g.callerKey, g.nameKey); len(c) > 0 {
		s["Condition"] = c
	}
	return s
}

func (g generator) userKey() (op, key string, values any) {
	switch g.IntN(4) {
	case 0:
		return g.string(g.oneIn(2)), "aws:username", g.some("alice", "a*", "*-admin", "breakglass", "?????")
	case 1:
		return g.pick("ArnLike", "ArnNotLike", "StringLike", "StringNotLike"), "aws:PrincipalArn",
			g.some("arn:aws:iam::*:user/*", "arn:aws:iam::*:user/team/*", "arn:aws:iam::*:user/alice", "arn:aws:iam::1*:user/*", "arn:aws:iam::*:root", "arn:aws:iam::*:user/team/a*", "arn:aws:iam::*:user/*//*")
	}
	return g.otherKey()
}

// userStatement is a statement of a user's own policies.
func (g generator) userStatement() object {
	s := g.control(g.mfaKey, g.mfaKey, g.mfaKey, g.userKey, g.networkKey)
	s["Effect"] = g.pick("Allow", "Allow", "Deny")
	if g.oneIn(8) {
		delete(s, "NotResource")
		s["Resource"] = g.some("arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::*:mfa/*", "arn:aws:s3:::*", "*")
	}
	return s
}

// issuers are whose tokens random policies let in, with what they test of them.
var issuers = []struct {
	host     string
	claims   []string
	subjects []string
	others   []string
}{
	{
		"token.actions.githubusercontent.com", []string{"repository", "repository_owner_id", "ref", "environment", "job_workflow_ref", "actor", "workflow"},
		[]string{"repo:mine/app:ref:refs/heads/main", "repo:mine/*", "repo:mine*", "repo:*/app:*", "repo:*", "*", "repo:mine/app:*", "repo:mine/app:environment:prod", "repo:*:ref:refs/heads/main", "repo:m?ne/*", "repo:mine/app:pull_request", "*:environment:*", "repo:mine@1/app@2:*", "repository_owner:mine:*"},
		[]string{"mine/app", "mine/*", "refs/heads/main", "refs/tags/*", "12345", "prod", "*", "mine/app/.github/workflows/deploy.yml@*", "dependabot[bot]", "octocat", "deploy"},
	},
	{
		"gitlab.com", []string{"namespace_id", "project_id", "user_login", "user_email", "ref_protected", "pipeline_source"},
		[]string{"project_path:mine/app:ref_type:branch:ref:main", "project_path:mine/*", "project_path:mine*", "project_path:*:ref_type:branch:ref:main", "project_path:*/app:*", "*", "project_path:mine/app"},
		[]string{"123", "true", "push", "someone", "*@example.com", "a@example.com", "*", "web"},
	},
	{
		"app.terraform.io", []string{"sub"},
		[]string{"organization:mine:project:*:workspace:*:run_phase:*", "organization:*:project:p:workspace:w:run_phase:apply", "organization:mine*", "organization:mine:*", "organization:m*e:project:*"},
		[]string{"organization:mine:*"},
	},
	{
		"oidc.eks.eu-west-1.amazonaws.com/id/ABC", []string{"sub"},
		[]string{"system:serviceaccount:a:b", "system:serviceaccount:a:*", "system:serviceaccount:*:*", "*"},
		[]string{"system:serviceaccount:*"},
	},
}

// tokenStatement is a statement of a trust policy that lets tokens in.
func (g generator) tokenStatement() object {
	host := g.host
	of := issuers[0]
	for _, known := range issuers {
		if known.host == host {
			of = known
		}
	}
	key := func() (op, key string, values any) {
		switch g.IntN(6) {
		case 0, 1, 2:
			return g.pick("StringEquals", "StringLike", "StringLike", "StringNotLike", "StringNotEquals", "StringLikeIfExists", "StringEqualsIgnoreCase"), host + ":sub", g.some(of.subjects...)
		case 3, 4:
			// Without set operators: AWS does not say whether a token with several
			// audiences has one value here or many.
			return g.pick("StringEquals", "StringEquals", "StringLike", "StringNotEquals", "StringEqualsIfExists"), host + ":aud", g.some("sts.amazonaws.com", "sts.amazonaws.com", "https://gitlab.com", "*")
		}
		return g.pick("StringEquals", "StringLike", "StringNotLike", "StringEqualsIfExists", "StringLikeIfExists"), host + ":" + g.pick(of.claims...), g.some(of.others...)
	}
	s := object{
		"Effect":    g.pick("Allow", "Allow", "Allow", "Deny"),
		"Principal": object{"Federated": "arn:aws:iam::111122223333:oidc-provider/" + host},
		"Action":    g.some("sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithWebIdentity", "sts:*", "sts:TagSession"),
	}
	if c := g.condition(key); len(c) > 0 {
		s["Condition"] = c
	}
	return s
}

// change is a policy and what becomes of it: statements with other conditions, with
// fewer or with more, and statements that are new or gone.
func (g generator) change() []any {
	var out []any
	for range 1 + g.IntN(2) {
		was := g.userStatement()
		delete(was, "Sid")
		out = append(out, was)
		if g.oneIn(6) {
			continue
		}
		now := clone(was)
		now["Sid"] = "After"
		other := g.userStatement()
		for _, name := range []string{"Condition", "Effect"} {
			if g.oneIn(3) {
				delete(now, name)
				if other[name] != nil || name == "Effect" {
					now[name] = other[name]
				}
			}
		}
		if c, ok := now["Condition"].(object); ok && g.oneIn(2) {
			if more, ok := other["Condition"].(object); ok { // further conditions
				c = clone(c)
				for op, keys := range more {
					if c[op] == nil {
						c[op] = keys
					}
				}
				now["Condition"] = c
			}
		}
		if g.oneIn(4) && now["Action"] != nil {
			now["Action"] = g.some(actions...)
		}
		out = append(out, now)
	}
	return out
}

// changedStatement is one more statement after the change.
func (g generator) changedStatement() object {
	s := g.userStatement()
	s["Sid"] = "After"
	return s
}

// policyOf is a policy of statements, as JSON.
func policyOf(statements []any) string {
	b, err := json.Marshal(object{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		panic(err)
	}
	return string(b)
}
