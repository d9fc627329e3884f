package fixes

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

// BindSubject drafts a condition on what names the customer of a provider. It is
// a draft: whose workflows are meant, only people know.
func BindSubject(r proof.OIDCResult) []*analyzer.Fix {
	s := r.Statement
	_, key := r.Tenant()
	if r.Provider == "" || s == nil || strings.ContainsAny(r.Provider, "*?$<…") || tests(s, key) {
		return nil
	}
	drafts := r.Issuer.Drafts
	if len(drafts) == 0 {
		drafts = []string{"SUBJECT"}
	}
	sub := tokenTest{"StringEquals", key, drafts}
	if slices.ContainsFunc(drafts, func(d string) bool { return strings.Contains(d, "*") }) {
		sub.operator = "StringLike"
	}
	wanted := []tokenTest{sub}
	audience, registered := r.Provider+":aud", r.Audiences
	if len(registered) == 0 && r.Issuer.Audience != "" {
		registered = []string{r.Issuer.Audience}
	}
	switch {
	case r.Issuer.Application != "":
		wanted = []tokenTest{{"StringEquals", r.Provider + ":" + r.Issuer.Application, []string{"APPLICATION"}}}
	case len(registered) > 0 && key != audience && !tests(s, audience):
		wanted = append(wanted, tokenTest{"StringEquals", audience, registered})
	}
	edits, err := requireClaims(s, wanted)
	if err != nil {
		return nil
	}
	return []*analyzer.Fix{{Message: "admit only the " + meant(r) + " that is meant; write its name for the words in capitals", Grade: analyzer.Draft, Edits: edits}}
}

func meant(r proof.OIDCResult) string {
	if r.Issuer.Application != "" {
		return "application"
	}
	word, _ := r.Tenant()
	return word
}

// tokenTest is a condition on a claim of a token.
type tokenTest struct {
	operator, key string
	values        []string
}

// node is what the claim is compared with.
func (t tokenTest) node() edit.Node {
	if len(t.values) == 1 {
		return edit.String(t.values[0])
	}
	return edit.Strings(t.values...)
}

func tests(s *policy.Statement, key string) bool {
	return slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool { return strings.EqualFold(c.Key, key) })
}

// requireClaims adds conditions to a statement. Where there are none yet, they are
// written as one object: two insertions of one member would be two members.
func requireClaims(s *policy.Statement, wanted []tokenTest) ([]source.Edit, error) {
	blocks := s.Value.Syntax == value.SyntaxBlock || s.Value.Syntax == value.SyntaxTFJSON
	if !blocks && s.Element("Condition").Missing() {
		var operators []edit.Member
		for _, w := range wanted {
			claim := edit.Member{Name: w.key, Value: w.node()}
			operators = append(operators, edit.Member{Name: w.operator, Value: edit.Object(claim)})
		}
		if len(wanted) == 2 && wanted[0].operator == wanted[1].operator {
			operators = []edit.Member{{Name: wanted[0].operator, Value: edit.Object(
				edit.Member{Name: wanted[0].key, Value: wanted[0].node()},
				edit.Member{Name: wanted[1].key, Value: wanted[1].node()},
			)}}
		}
		return edit.SetMember(s.Value, "Condition", edit.Object(operators...))
	}
	var edits []source.Edit
	for _, w := range wanted {
		more, err := edit.AddCondition(s.Value, w.operator, w.key, w.values...)
		if err != nil {
			return nil, err
		}
		edits = append(edits, more...)
	}
	return edits, nil
}
