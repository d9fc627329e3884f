package proof

import (
	"fmt"
	"maps"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/oidc"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

func tokenTrust(t *testing.T, host, conditions string, more ...string) *policy.Document {
	t.Helper()
	statements := append([]string{fmt.Sprintf(`{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/%s"},
		"Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"], "Condition": %s}`, host, conditions)}, more...)
	return parse(t, "trust.json", strings.ReplaceAll(`{"Version": "2012-10-17", "Statement": [`+strings.Join(statements, ",")+`]}`, "HOST", host))
}

// TestClaims: which claims are keys, who can have them, and what they look like.
func TestClaims(t *testing.T) {
	const (
		github, gitlab, buildkite = "token.actions.githubusercontent.com", "gitlab.com", "agent.buildkite.com"
		enterprise, residency     = "token.actions.githubusercontent.com/acme-corp", "token.actions.acme.ghe.com"
		own                       = "idp.example.com"
	)
	for _, tt := range []struct{ host, conditions, want string }{
		// Subjects with ids, beside those without.
		{github, `{"StringLike": {"HOST:sub": "repo:acme@*/app@*:environment:prod"}}`, "NO_AUDIENCE"},
		{github, `{"StringLike": {"HOST:sub": ["repo:acme/app:*", "repo:acme@*/app@*:*"]}}`, "NO_AUDIENCE"},
		{github, `{"StringLike": {"HOST:sub": "repo:acme@*/*"}}`, "NO_AUDIENCE"},
		{github, `{"StringLike": {"HOST:sub": "repo:acme@12*/*"}}`, "NO_AUDIENCE"},
		{github, `{"StringLike": {"HOST:sub": "repo:*@123456/*"}}`, "FOREIGN_SUBJECT"}, // environments may be called x@123456/y
		{github, `{"StringLike": {"HOST:sub": "repo:*@123456/app@*:*"}}`, "NO_AUDIENCE"},
		{github, `{"StringLike": {"HOST:sub": "repo:acme*@*/app@*:*"}}`, "FOREIGN_SUBJECT"},
		{github, `{"StringLike": {"HOST:sub": "repo:acme?/app:*"}}`, "FOREIGN_SUBJECT"},
		{github, `{"StringLike": {"HOST:sub": "repo:*/app@456:*"}}`, "NO_AUDIENCE"}, // ids are one repository's
		{github, `{"StringLike": {"HOST:sub": "repo:*@12*/app@*:*"}}`, "FOREIGN_SUBJECT"},
		{github, `{"StringLike": {"HOST:sub": "repo:acme@*"}}`, "NO_AUDIENCE"},
		{github, `{"StringLike": {"HOST:sub": "*:environment:prod"}}`, "FOREIGN_SUBJECT"},
		{github, `{"StringLike": {"HOST:sub": "repo:ACME/*"}}`, "NO_AUDIENCE"},
		// No login holds a slash, an @ or a colon.
		{github, `{"StringLike": {"HOST:sub": "repo:*acme/app/x:*"}}`, "BOUND"},
		// Subjects of the customer's own making.
		{github, `{"StringLike": {"HOST:sub": "repository_owner:acme:*"}}`, "NO_AUDIENCE"},
		{github, `{"StringLike": {"HOST:sub": "repository_owner:acme*"}}`, "FOREIGN_SUBJECT"},
		{github, `{"StringLike": {"HOST:sub": "job_workflow_ref:*/.github/workflows/deploy.yml@*"}}`, "FOREIGN_SUBJECT"},
		{github, `{"StringEquals": {"HOST:sub": "repository_visibility:private"}}`, "FOREIGN_SUBJECT"},
		{github, `{"StringLike": {"HOST:sub": "environment:prod*"}}`, "FOREIGN_SUBJECT"},
		{github, `{"StringLike": {"HOST:sub": "repo:acme/*:job_workflow_ref:*"}}`, "NO_AUDIENCE"},
		// Claims that name the repository.
		{github, `{"StringLike": {"HOST:sub": "repo:*", "HOST:job_workflow_ref": "*/.github/workflows/release.yml@*"}}`, "FOREIGN_SUBJECT"},
		{github, `{"StringLike": {"HOST:sub": "repo:*", "HOST:job_workflow_ref": "acme/ci/.github/workflows/release.yml@*"}}`, "NO_AUDIENCE"},
		{github, `{"StringLike": {"HOST:sub": "repo:*", "HOST:repository": "acme*"}}`, "FOREIGN_SUBJECT"},
		{github, `{"StringLike": {"HOST:sub": "repo:*", "HOST:repository": "acme/*"}}`, "NO_AUDIENCE"},
		{github, `{"StringLike": {"HOST:sub": "repo:a*", "HOST:repository": "b*"}}`, "BOUND"}, // one owner in both
		{github, `{"StringEquals": {"HOST:repository_id": "42"}, "StringLike": {"HOST:sub": "repo:*"}}`, "NO_AUDIENCE"},
		{github, `{"StringLike": {"HOST:repository_owner_id": "42*", "HOST:sub": "repo:*"}}`, "FOREIGN_SUBJECT"},
		{github, `{"StringEqualsIfExists": {"HOST:enterprise_id": "42"}, "StringLike": {"HOST:sub": "repo:*"}}`, "ANY_SUBJECT"}, // who has no enterprise
		{github, `{"StringEquals": {"HOST:enterprise_id": "42"}, "StringLike": {"HOST:sub": "repo:*"}}`, "NO_AUDIENCE"},
		// Values that everybody has.
		{github, `{"StringEquals": {"HOST:actor": "dependabot[bot]"}, "StringLike": {"HOST:sub": "repo:*"}}`, "FOREIGN_SUBJECT"},
		{github, `{"StringEquals": {"HOST:actor": "alice"}, "StringLike": {"HOST:sub": "repo:*"}}`, "NO_AUDIENCE"},
		{github, `{"StringEquals": {"HOST:environment": "prod"}, "StringLike": {"HOST:sub": "repo:*"}}`, "ANY_SUBJECT"},
		{github, `{"StringEquals": {"HOST:ref": "refs/heads/main", "HOST:workflow": "deploy"}}`, "ANY_SUBJECT"},
		// Claims of which AWS makes no key.
		{github, `{"StringEquals": {"HOST:repository_owner": "acme"}}`, "UNSATISFIABLE"},
		{github, `{"StringEqualsIfExists": {"HOST:repository_owner": "acme"}}`, "ANY_SUBJECT"},
		{github, `{"StringEqualsIfExists": {"HOST:enterprise": "acme"}, "StringLike": {"HOST:sub": "repo:*"}}`, "ANY_SUBJECT"},
		{github, `{"StringLike": {"HOST:workflow_ref": "acme/app/.github/workflows/x.yml@*"}}`, "UNSATISFIABLE"},
		{github, `{"ForAllValues:StringEquals": {"HOST:repository_owner": "acme"}}`, "ANY_SUBJECT"},
		{github, `{"Null": {"HOST:repository_owner": "true"}, "StringLike": {"HOST:sub": "repo:acme/*"}}`, "NO_AUDIENCE"},
		{gitlab, `{"StringEqualsIfExists": {"HOST:namespace_path": "acme"}}`, "ANY_SUBJECT"},
		{"app.terraform.io", `{"StringEqualsIfExists": {"HOST:terraform_organization_id": "org-abc"}}`, "ANY_SUBJECT"},
		{"app.eu.terraform.io", `{"StringLike": {"HOST:sub": "organization:acme:*"}}`, "NO_AUDIENCE"},
		{own, `{"StringEquals": {"HOST:groups": "admins"}}`, "UNSATISFIABLE"},
		// Enterprises have issuers of their own.
		{enterprise, `{"StringEquals": {"HOST:sub": "repo:acme/app:ref:refs/heads/main"}}`, "NO_AUDIENCE"},
		{enterprise, `{"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:acme/app:ref:refs/heads/main"}}`, "UNSATISFIABLE"},
		{enterprise, `{"StringEquals": {"HOST:aud": "sts.amazonaws.com"}}`, "ANY_SUBJECT"},
		{residency, `{"StringEqualsIfExists": {"HOST:repository_owner": "acme"}}`, "ANY_SUBJECT"},
		{residency, `{"StringEquals": {"HOST:repository_owner_id": "1"}}`, "NO_AUDIENCE"},
		{"ghes.example.com/_services/token", `{"StringLike": {"HOST:sub": "repo:*/app:*"}}`, "FOREIGN_SUBJECT"},
		{"ghes.example.com/_services/token", `{"StringLike": {"HOST:sub": "repo:*@*/app@*:*"}}`, "BOUND"}, // no ids there
		// GitLab and Buildkite.
		{gitlab, `{"StringEquals": {"HOST:pipeline_source": "push", "HOST:ref_protected": "true", "HOST:user_access_level": "owner", "HOST:runner_environment": "gitlab-hosted"}}`, "ANY_SUBJECT"},
		{gitlab, `{"StringEquals": {"HOST:namespace_id": "42"}}`, "NO_AUDIENCE"},
		{gitlab, `{"StringLike": {"HOST:namespace_id": "4*"}}`, "FOREIGN_SUBJECT"},
		{gitlab, `{"StringLike": {"HOST:user_email": "*@acme.example"}}`, "NO_AUDIENCE"},
		{gitlab, `{"StringLike": {"HOST:user_email": "*acme.example"}}`, "FOREIGN_SUBJECT"},
		{gitlab, `{"StringEquals": {"HOST:pipeline_source": "no such source"}}`, "BOUND"},
		{gitlab, `{"StringLike": {"HOST:sub": "project_path:acme-*/app:*"}}`, "FOREIGN_SUBJECT"},
		{gitlab, `{"StringLike": {"HOST:sub": "project_path:acme/*/app:ref_type:branch:ref:main"}}`, "NO_AUDIENCE"},
		{buildkite, `{"StringEquals": {"HOST:build_branch": "main", "HOST:pipeline_slug": "deploy"}}`, "ANY_SUBJECT"},
		{buildkite, `{"StringEquals": {"HOST:organization_slug": "acme"}}`, "NO_AUDIENCE"},
		{buildkite, `{"StringEquals": {"aws:RequestTag/organization_id": "0184990a-477b-4fa8-9968-496074483cee"}}`, "NO_AUDIENCE"},
		{buildkite, `{"StringEqualsIfExists": {"aws:RequestTag/organization_id": "0184990a-477b-4fa8-9968-496074483cee"}}`, "ANY_SUBJECT"},
		{buildkite, `{"StringEquals": {"aws:RequestTag/pipeline_slug": "deploy"}}`, "ANY_SUBJECT"},
		{buildkite, `{"StringEquals": {"aws:RequestTag/team": "deploy"}}`, "BOUND"}, // no build asks for it
		{buildkite, `{"StringLike": {"HOST:cluster_id": "0184990a-*"}}`, "FOREIGN_SUBJECT"},
		// Other shared issuers, and what names their customers.
		{"scalr.io", `{"StringLike": {"HOST:sub": "account:*:environment:prod:*"}}`, "FOREIGN_SUBJECT"},
		{"scalr.io", `{"StringLike": {"HOST:sub": "account:acme:environment:*"}}`, "NO_AUDIENCE"},
		{"oidc-configuration.audit-log.githubusercontent.com", `{"StringLike": {"HOST:sub": "https://github.com/*"}}`, "ANY_SUBJECT"},
		{"oidc-configuration.audit-log.githubusercontent.com", `{"StringEquals": {"HOST:sub": "https://github.com/acme"}}`, "NO_AUDIENCE"},
		{"oidc.codefresh.io", `{"StringEquals": {"HOST:aud": "https://g.codefresh.io"}}`, "ANY_SUBJECT"},
		{"api.pulumi.com/oidc", `{"StringEquals": {"HOST:aud": "aws:acme"}}`, "BOUND"},
		{"api.pulumi.com/oidc", `{"StringLike": {"HOST:aud": "aws:acme*"}}`, "FOREIGN_SUBJECT"},
		{"api.pulumi.com/oidc", `{"StringLike": {"HOST:sub": "pulumi:environments:org:acme:*"}}`, "BOUND"},
		{"api.pulumi.com/oidc", `{"Null": {"HOST:aud": "false"}}`, "ANY_SUBJECT"},
		{"oidc.vercel.com", `{"StringEquals": {"HOST:aud": "https://vercel.com/acme"}}`, "BOUND"},
		{"oidc.vercel.com", `{"StringLike": {"HOST:sub": "owner:*:project:app:environment:production"}}`, "FOREIGN_SUBJECT"},
		{"sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d", `{"StringEquals": {"sts:RoleSessionName": "MicrosoftSentinel_0184990a-477b-4fa8-9968-496074483cee"}}`, "NO_AUDIENCE"},
		{"sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d", `{"StringLike": {"sts:RoleSessionName": "MicrosoftSentinel_*"}}`, "ANY_SUBJECT"},
		{"accounts.google.com", `{"NumericEquals": {"HOST:google/organization_number": "42"}}`, "NO_AUDIENCE"},
		{"accounts.google.com", `{"NumericGreaterThan": {"HOST:google/organization_number": "42"}}`, "ANY_SUBJECT"},
		// The people who run a provider name the roles of its tokens.
		{own, `{"Bool": {"sts:RoleAuthorizedByIdp": "true"}, "StringEquals": {"HOST:aud": "x"}}`, "BOUND"},
		{own, `{"Bool": {"sts:RoleAuthorizedByIdp": "false"}}`, "ANY_SUBJECT"},
		{github, `{"Bool": {"sts:RoleAuthorizedByIdp": "true"}, "StringEquals": {"HOST:aud": "x"}}`, "UNDETERMINABLE"},
		// Who brings a token has no credentials of AWS.
		{github, `{"StringEquals": {"aws:PrincipalOrgID": "o-mine"}}`, "BOUND"},
	} {
		doc := tokenTrust(t, tt.host, tt.conditions)
		got := OIDCSubject(doc, OIDCOptions{})
		if got.Class.String() != tt.want {
			t.Errorf("%s %s: %v, want %s; needs %v", tt.host, tt.conditions, got.Class, tt.want, got.Needs)
		}
		if got.Witness != nil {
			issued(t, doc, tt.host, got)
		}
	}
}

// issued says that the issuer could give the witness's token, to somebody whom
// the policy does not name.
func issued(t *testing.T, doc *policy.Document, host string, r OIDCResult) {
	t.Helper()
	if doc.Decide(r.Witness.Request).Allowed != value.Yes {
		t.Errorf("%s: the witness is not allowed: %s", host, r.Witness.Words)
	}
	f := newFederated(doc, r.Statement, r.Principal, OIDCOptions{})
	claims := map[string]string{}
	for k, v := range r.Witness.Request.Context {
		claim, own := f.claimIn(k)
		if !own && f.issuer.HasKey(k) {
			claim, own = k, true
		}
		if own && v.Presence == policy.Known && claim != "aud" && claim != "oaud" && claim != "app_id" {
			claims[claim] = v.Values[0]
		}
	}
	why := "no shape has these claims"
	for _, shape := range f.shapes {
		values := map[string]string{}
		bad := ""
		for _, claim := range sortedKeys(claims) {
			template, ok := shape[claim]
			if !ok {
				bad = claim + " is no claim"
				break
			}
			named, written := f.issuer.Values(template, claims[claim])
			if !written {
				bad = claim + " is not written like that: " + claims[claim]
				break
			}
			for name, v := range named {
				part, _ := f.issuer.Part(name)
				switch was, again := values[name]; {
				case again && was != v:
					bad = fmt.Sprintf("%s is both %s and %s", name, was, v)
				case !part.Holds(v):
					bad = fmt.Sprintf("%s is no %s", v, name)
				case part.Owned && r.Class != OIDCNoAudience && !slices.Contains(part.Everybody, v) && slices.Contains(f.mentions[name].named, v):
					bad = fmt.Sprintf("the policy names %s", v)
				}
				values[name] = v
			}
		}
		if bad == "" {
			return
		}
		why = bad
	}
	t.Errorf("%s: no token of this issuer: %s (%v)", host, why, claims)
}

// TestWitnessesAreIssued: over random trust policies, every witness is a token
// that its issuer could give to a stranger.
func TestWitnessesAreIssued(t *testing.T) {
	random := rand.New(rand.NewSource(20))
	operators := []string{"StringEquals", "StringLike", "StringLike", "StringLike", "StringEqualsIfExists", "StringNotLike", "ForAnyValue:StringLike", "StringEqualsIgnoreCase"}
	found := map[OIDCClass]int{}
	for range 600 {
		issuer := oidc.Issuers[random.Intn(len(oidc.Issuers))]
		host := strings.NewReplacer("*", "acme").Replace(issuer.Hosts[random.Intn(len(issuer.Hosts))])
		shape := issuer.Tokens[random.Intn(len(issuer.Tokens))]
		claims := slices.Sorted(maps.Keys(shape))
		var conditions []string
		for range 1 + random.Intn(3) {
			claim := claims[random.Intn(len(claims))]
			if random.Intn(2) == 0 {
				claim = "sub"
			}
			values := map[string]string{}
			for _, p := range issuer.Parts {
				values[p.Name] = []string{"acme", "*", "acme*", "*acme", "a?me", "4*", "42", p.Samples[0]}[random.Intn(8)]
			}
			key := "HOST:" + claim
			if strings.Contains(claim, ":") {
				key = claim
			}
			conditions = append(conditions, fmt.Sprintf(`"%s": {"%s": "%s"}`, operators[random.Intn(len(operators))], key, oidc.Fill(shape[claim], values)))
		}
		slices.Sort(conditions)
		conditions = slices.CompactFunc(conditions, func(a, b string) bool { return strings.SplitN(a, "{", 2)[0] == strings.SplitN(b, "{", 2)[0] })
		doc := tokenTrust(t, host, "{"+strings.Join(conditions, ",")+"}")
		got := OIDCSubject(doc, OIDCOptions{})
		found[got.Class]++
		if got.Witness != nil {
			issued(t, doc, host, got)
		}
	}
	if found[OIDCForeign] < 30 || found[OIDCAnySubject] < 30 || found[OIDCBound]+found[OIDCNoAudience] < 30 {
		t.Errorf("too few of a kind: %v", found)
	}
}

// TestTokensDenied: what other statements and resource control policies keep out.
func TestTokensDenied(t *testing.T) {
	const github = "token.actions.githubusercontent.com"
	deny := func(operator, claim, pattern string) string {
		return fmt.Sprintf(`{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"%s": {"HOST:%s": "%s"}}}`, operator, claim, pattern)
	}
	open := `{"StringLike": {"HOST:sub": "repo:*"}, "StringEquals": {"HOST:aud": "sts.amazonaws.com"}}`
	for _, tt := range []struct{ deny, want string }{
		{deny("StringNotLike", "sub", "repo:acme/*"), "BOUND"},
		{deny("StringNotLike", "repository", "*/deploy"), "ANY_SUBJECT"},
		{deny("StringNotLike", "repository", "acme/*"), "BOUND"},
		{deny("StringNotEquals", "repository_owner_id", "42"), "BOUND"},
		{deny("StringNotEquals", "repository_owner", "acme"), "BOUND"}, // no token has the key
		{deny("StringLike", "sub", "repo:somebody-else/*"), "ANY_SUBJECT"},
	} {
		doc := tokenTrust(t, github, open, tt.deny)
		got := OIDCSubject(doc, OIDCOptions{})
		if got.Class.String() != tt.want {
			t.Errorf("%s: %v, want %s", tt.deny, got.Class, tt.want)
		}
		if got.Witness != nil {
			issued(t, doc, github, got)
		}
	}
	rcp := func(condition string) []*policy.Document {
		return []*policy.Document{parse(t, "rcp.json", `{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRoleWithWebIdentity", "Resource": "*", "Condition": `+strings.ReplaceAll(condition, "HOST", github)+`}}`)}
	}
	doc := tokenTrust(t, github, open)
	for _, tt := range []struct{ condition, want string }{
		{`{"StringNotLikeIfExists": {"HOST:sub": "repo:acme/*"}, "Null": {"HOST:sub": "false"}}`, "BOUND"},
		{`{"StringNotLikeIfExists": {"HOST:sub": "repo:acme*"}, "Null": {"HOST:sub": "false"}}`, "ANY_SUBJECT"},
		{`{"StringNotLike": {"gitlab.com:sub": "project_path:acme/*"}}`, "BOUND"}, // an absent key is not like it
		{`{"StringNotLikeIfExists": {"gitlab.com:sub": "project_path:acme/*"}, "Null": {"gitlab.com:sub": "false"}}`, "ANY_SUBJECT"},
	} {
		if got := OIDCSubject(doc, OIDCOptions{RCPs: rcp(tt.condition)}); got.Class.String() != tt.want {
			t.Errorf("RCP %s: %v, want %s", tt.condition, got.Class, tt.want)
		}
	}
}

// TestRegisteredAudiences: AWS accepts no others, and where the audience names
// the customer, that is enough.
func TestRegisteredAudiences(t *testing.T) {
	doc := tokenTrust(t, "api.pulumi.com/oidc", `{"Null": {"HOST:sub": "false"}}`)
	opt := OIDCOptions{Audiences: func(policy.Principal) []string { return []string{"aws:acme"} }}
	if got := OIDCSubject(doc, opt); got.Class != OIDCBound || !got.Untested {
		t.Errorf("%v, untested %v", got.Class, got.Untested)
	}
	doc = tokenTrust(t, "token.actions.githubusercontent.com", `{"StringEquals": {"HOST:aud": "sts.amazonaws.com"}}`)
	if got := OIDCSubject(doc, OIDCOptions{Audiences: func(policy.Principal) []string { return []string{"vault"} }}); got.Class.Verdict() != Holds {
		t.Errorf("%v, though no token is made out for sts.amazonaws.com", got.Class)
	}
}
