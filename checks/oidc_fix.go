package checks

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
)

// subjects are how well-known providers write the subject, with capitals for what
// only people know.
var subjects = []struct{ host, subject string }{
	{"token.actions.githubusercontent.com", "repo:OWNER/REPOSITORY:*"},
	{"gitlab.com", "project_path:GROUP/PROJECT:*"},
	{"app.terraform.io", "organization:ORGANIZATION:project:PROJECT:workspace:WORKSPACE:run_phase:*"},
	{"agent.buildkite.com", "organization:ORGANIZATION:pipeline:PIPELINE:*"},
	{"oidc.circleci.com", "org/ORGANIZATION/project/PROJECT/user/*"},
	{"oidc.eks.", "system:serviceaccount:NAMESPACE:NAME"},
}

// bindSubject drafts a condition on the subject. It is a draft: whose workflows
// are meant, only people know.
func bindSubject(r proof.OIDCResult) []*analyzer.Fix {
	if r.Provider == "" || r.Statement == nil || strings.ContainsAny(r.Provider, "*?$<…") {
		return nil
	}
	key := r.Provider + ":sub"
	tested := slices.ContainsFunc(r.Statement.Conditions, func(c policy.Condition) bool {
		return strings.EqualFold(c.Key, key)
	})
	if tested {
		return nil
	}
	subject := "SUBJECT"
	for _, s := range subjects {
		if strings.HasPrefix(strings.ToLower(r.Provider), s.host) {
			subject = s.subject
		}
	}
	operator := "StringEquals"
	if strings.Contains(subject, "*") {
		operator = "StringLike"
	}
	edits, err := edit.AddCondition(r.Statement.Value, operator, key, subject)
	if err != nil {
		return nil
	}
	return []*analyzer.Fix{{Message: "admit only the subject that is meant; write its name for the words in capitals", Grade: analyzer.Draft, Edits: edits}}
}
