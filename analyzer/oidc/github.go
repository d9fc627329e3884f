package oidc

// Subjects of repositories made, renamed or transferred since 2026-07-15 hold
// ids; the drafts match both kinds.
var githubDrafts = []string{"repo:OWNER/REPOSITORY:*", "repo:OWNER@OWNER_ID/REPOSITORY@REPOSITORY_ID:*"}

var githubParts = []Part{
	{Name: "owner", Shape: Login, Owned: true, Longest: 39, Samples: []string{"somebody-else"}},
	{Name: "owner_id", Shape: Number, Owned: true, Longest: 12, Samples: []string{"987654321"}},
	{Name: "repository", Shape: Word, Longest: 100, Samples: []string{"anything"}},
	{Name: "repository_id", Shape: Number, Owned: true, Longest: 12, Samples: []string{"987654322"}},
	// A reusable workflow may be in another repository than the one that calls it.
	{Name: "workflow_owner", Shape: Login, Owned: true, Longest: 39, Samples: []string{"somebody-else"}},
	{Name: "workflow_repository", Shape: Word, Longest: 100, Samples: []string{"anything"}},
	{Name: "file", Shape: Word, Samples: []string{"deploy.yml"}},
	{Name: "workflow_branch", Shape: Path, Samples: []string{"main"}},
	{Name: "branch", Shape: Path, Samples: []string{"main"}},
	{Name: "pull", Shape: Number, Samples: []string{"1"}},
	{Name: "environment", Shape: Text, Longest: 255, Samples: []string{"production"}},
	// Apps act in every repository that installs them.
	{Name: "actor", Shape: Login, Owned: true, Longest: 39, Samples: []string{"somebody-else"}, Everybody: []string{"dependabot[bot]", "github-actions[bot]", "renovate[bot]"}},
	{Name: "actor_id", Shape: Number, Owned: true, Longest: 12, Samples: []string{"987654323"}, Everybody: []string{"49699333", "41898282", "29139614"}},
	{Name: "enterprise", Shape: Login, Owned: true, Longest: 60, Samples: []string{"somebody-else"}},
	{Name: "enterprise_id", Shape: Number, Owned: true, Longest: 12, Samples: []string{"987654324"}},
	{Name: "workflow", Shape: Text, Samples: []string{"deploy"}},
	// What follows the claims that a policy spells out in a subject of one's making.
	{Name: "rest", Shape: Choice, Samples: []string{"repository_visibility:public", "ref:refs/heads/main", "environment:production", "event_name:push"}},
	{Name: "event", Shape: Choice, Samples: []string{"push", "workflow_dispatch", "schedule", "release", "pull_request_target", "workflow_run"}},
	{Name: "visibility", Shape: Choice, Samples: []string{"public", "private", "internal"}},
	{Name: "runner", Shape: Choice, Samples: []string{"github-hosted", "self-hosted"}},
	{Name: "sha", Shape: Choice, Samples: []string{"0123456789abcdef0123456789abcdef01234567"}},
}

// githubTokens are the shapes without ids first.
var githubTokens = append(githubTokensOf("repo:{owner}/{repository}:"), githubTokensOf("repo:{owner}@{owner_id}/{repository}@{repository_id}:")...)

func githubTokensOf(repository string) []map[string]string {
	var out []map[string]string
	for _, run := range []struct{ subject, ref, environment string }{
		{"ref:refs/heads/{branch}", "refs/heads/{branch}", ""},
		{"environment:{environment}", "refs/heads/{branch}", "{environment}"},
		{"pull_request", "refs/pull/{pull}/merge", ""},
		{"ref:refs/tags/{branch}", "refs/tags/{branch}", ""},
	} {
		token := map[string]string{
			"sub": repository + run.subject, "repository": "{owner}/{repository}", "repository_id": "{repository_id}", "repository_owner_id": "{owner_id}",
			"job_workflow_ref": workflowFile, "ref": run.ref, "workflow": "{workflow}",
			"actor": "{actor}", "actor_id": "{actor_id}", "enterprise_id": "{enterprise_id}",
		}
		if run.environment != "" {
			token["environment"] = run.environment
		}
		out = append(out, token)
	}
	return out
}

const workflowFile = "{workflow_owner}/{workflow_repository}/.github/workflows/{file}@refs/heads/{workflow_branch}"

// githubTemplates are the claims of which include_claim_keys makes a subject.
var githubTemplates = map[string]string{
	"repo": "{owner}/{repository}", "context": "", "repository": "{owner}/{repository}", "repository_owner": "{owner}", "repository_owner_id": "{owner_id}",
	"repository_id": "{repository_id}", "repository_visibility": "{visibility}", "job_workflow_ref": workflowFile,
	"workflow_ref": workflowFile, "ref": "refs/heads/{branch}", "head_ref": "{branch}", "base_ref": "{branch}",
	"environment": "{environment}", "workflow": "{workflow}", "event_name": "{event}", "actor": "{actor}", "actor_id": "{actor_id}", "enterprise": "{enterprise}",
	"enterprise_id": "{enterprise_id}", "runner_environment": "{runner}", "sha": "{sha}", "job_workflow_sha": "{sha}", "workflow_sha": "{sha}",
}
