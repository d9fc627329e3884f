package checks

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
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
	s := r.Statement
	if r.Provider == "" || s == nil || strings.ContainsAny(r.Provider, "*?$<…") || tests(s, r.Provider+":sub") {
		return nil
	}
	subject, audience := "SUBJECT", ""
	for _, known := range subjects {
		if strings.HasPrefix(strings.ToLower(r.Provider), known.host) {
			subject, audience = known.subject, "sts.amazonaws.com"
		}
	}
	sub := tokenTest{"StringEquals", r.Provider + ":sub", subject}
	if strings.Contains(subject, "*") {
		sub.operator = "StringLike"
	}
	wanted := []tokenTest{sub}
	switch key := r.Provider + ":aud"; {
	case slices.Contains(applications, strings.ToLower(r.Provider)):
		wanted = []tokenTest{{"StringEquals", key, "APPLICATION"}}
	case audience != "" && !tests(s, key):
		wanted = append(wanted, tokenTest{"StringEquals", key, audience})
	}
	edits, err := requireClaims(s, wanted)
	if err != nil {
		return nil
	}
	return []*analyzer.Fix{{Message: "admit only the subject that is meant; write its name for the words in capitals", Grade: analyzer.Draft, Edits: edits}}
}

// tokenTest is a condition on a claim of a token.
type tokenTest struct{ operator, key, value string }

func tests(s *policy.Statement, key string) bool {
	return slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool { return strings.EqualFold(c.Key, key) })
}

// requireClaims adds conditions to a statement.
func requireClaims(s *policy.Statement, wanted []tokenTest) ([]source.Edit, error) {
	blocks := s.Value.Syntax == value.SyntaxBlock || s.Value.Syntax == value.SyntaxTFJSON
	if !blocks && s.Element("Condition").Missing() {
		var operators []edit.Member
		for _, w := range wanted {
			claim := edit.Member{Name: w.key, Value: edit.String(w.value)}
			operators = append(operators, edit.Member{Name: w.operator, Value: edit.Object(claim)})
		}
		if len(wanted) == 2 && wanted[0].operator == wanted[1].operator {
			operators = []edit.Member{{Name: wanted[0].operator, Value: edit.Object(
				edit.Member{Name: wanted[0].key, Value: edit.String(wanted[0].value)},
				edit.Member{Name: wanted[1].key, Value: edit.String(wanted[1].value)},
			)}}
		}
		return edit.SetMember(s.Value, "Condition", edit.Object(operators...))
	}
	var edits []source.Edit
	for _, w := range wanted {
		more, err := edit.AddCondition(s.Value, w.operator, w.key, w.value)
		if err != nil {
			return nil, err
		}
		edits = append(edits, more...)
	}
	return edits, nil
}
