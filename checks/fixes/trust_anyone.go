package fixes

import (
	"regexp"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
)

// ConfineTrust offers to admit only the project's own accounts, where the settings
// name them (own), or the organization, where the scan knows its id, and else drafts a
// condition on the organization.
func ConfineTrust(m *identity.Model, own []string, statements []*policy.Statement) []*analyzer.Fix {
	if len(statements) == 0 {
		return nil
	}
	key, values, fix := "aws:PrincipalOrgID", []string{"o-xxxxxxxxxx"}, &analyzer.Fix{Message: "admit only principals of the organization; write its id"}
	if len(own) > 0 {
		key, values = "aws:PrincipalAccount", own
		fix = &analyzer.Fix{Message: "admit only principals of the trusted accounts of the settings", Grade: analyzer.Narrowing}
	} else if id := organizationID(m); id != "" {
		values = []string{id}
		fix = &analyzer.Fix{Message: "admit only principals of the organization " + id + ", which is the one that the scan knows", Grade: analyzer.Narrowing}
	}
	for _, s := range statements {
		edits, err := edit.AddCondition(s.Value, "StringEquals", key, values...)
		if err != nil {
			return nil
		}
		fix.Edits = append(fix.Edits, edits...)
	}
	return []*analyzer.Fix{fix}
}

var organizationIDs = regexp.MustCompile(`^o-[a-z0-9]{10,32}$`)

// organizationID is the id of the organization that the scan declares, or that
// other trust policies name; "" when there is none or more than one.
func organizationID(m *identity.Model) string {
	var ids []string
	add := func(id string) {
		if organizationIDs.MatchString(id) && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, o := range m.Organizations {
		if o.Resource != nil && !o.Resource.Attr("id").Sensitive {
			add(o.Resource.Attr("id").TextOr(""))
		}
	}
	for _, r := range m.Roles {
		if r.Trust == nil {
			continue
		}
		for _, s := range r.Trust.Statements {
			for _, c := range s.Conditions {
				if !strings.EqualFold(c.Key, "aws:PrincipalOrgID") || c.Value == nil || c.Value.Sensitive {
					continue
				}
				for _, p := range c.Values {
					if id, ok := p.Text(); ok {
						add(id)
					}
				}
			}
		}
	}
	if len(ids) != 1 {
		return ""
	}
	return ids[0]
}
