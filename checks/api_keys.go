package checks

import (
	"fmt"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/value"
)

// A long-term API key of a service is a key of a user: it signs nothing, whoever
// holds it is the user, and it is valid until it expires, or for ever.
// https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html

// apiKeys are those of declared users that may be used.
func apiKeys(m *identity.Model) []*identity.Credential {
	var out []*identity.Credential
	for _, c := range m.Credentials {
		if c.LongTermKey() && c.Owner != nil && c.Active() && !c.Resource.Deleted() && !c.Owner.Resource.Deleted() {
			out = append(out, c)
		}
	}
	return out
}

func apiKeyFinding(c *identity.Credential, defect string) *analyzer.Finding {
	r, u := c.Resource, c.Owner.Resource
	return &analyzer.Finding{
		Verdict: analyzer.Violation, Severity: analyzer.Medium, Resource: r, Span: r.AttributeSpan("user_name").Or(r.Header), Defect: defect,
		Related:     []analyzer.Related{{Message: "the user is declared here", Span: u.Header, Address: u.Address}},
		Assumptions: value.MergeAssumptions(assumptions(r, c.User), u.Assumptions),
	}
}

// age is for how many days a key is valid; known is false where that is not known,
// and none says that it never expires.
func apiKeyAge(c *identity.Credential) (days int, none, known bool) {
	age := c.Resource.Attr("credential_age_days")
	if age.Missing() {
		return 0, true, true
	}
	days, known = age.WholeNumber()
	return days, false, known
}

func apiKeyLife(c *identity.Credential) string {
	switch days, none, known := apiKeyAge(c); {
	case none:
		return ", which never expires,"
	case known:
		return fmt.Sprintf(", which is valid for %d days,", days)
	}
	return ""
}

// apiKeysAtCreation reports API keys that come with their user.
func apiKeysAtCreation(p *analyzer.Pass) {
	for _, c := range apiKeys(p.Model) {
		if isMachine(p, c.Owner) {
			continue
		}
		together, why := identity.CreatedTogether(c.Resource, c.Owner.Resource)
		if together == value.No {
			continue
		}
		f := apiKeyFinding(c, "same-apply-api-key")
		user := c.Owner.Resource.Address
		if together == value.Maybe {
			f.Verdict, f.Needs = analyzer.Undetermined, why
			if len(why) == 0 {
				f.Needs = value.Needs("whether both are created", f.Span)
			}
			f.Message = fmt.Sprintf("Whether '%s' is created together with the user '%s' depends on a value that is not known.", c.Resource.Address, user)
			p.Report(f)
			continue
		}
		with := ""
		if login := p.Model.LoginOf(c.Owner); login != nil {
			f.Severity, with = analyzer.High, ", and with a console password"
		}
		f.Message = fmt.Sprintf("'%s' gives the user '%s' a long-term API key%s in the same apply that creates the user%s; use a role, which needs none, or a short-term key.", c.Resource.Address, user, apiKeyLife(c), with)
		f.Witness = &analyzer.Witness{
			Action: "iam:CreateServiceSpecificCredential", Resource: user,
			Words: "one apply calls iam:CreateUser and iam:CreateServiceSpecificCredential for the user within seconds; the key stands in the Terraform state",
		}
		p.Report(f)
	}
}

// apiKeyAges reports API keys that are valid for longer than keys may be used.
func apiKeyAges(p *analyzer.Pass) {
	limit := p.Settings.KeyAgeLimit()
	for _, c := range apiKeys(p.Model) {
		f := apiKeyFinding(c, "api-key-too-slow")
		days, none, known := apiKeyAge(c)
		switch {
		case c.Resource.Exists == value.Maybe:
			continue // IV301 asks
		case !known:
			f.Verdict = analyzer.Undetermined
			f.Message = fmt.Sprintf("Whether '%s' expires within %d days depends on a value that is not known.", c.Resource.Address, limit)
			f.Needs = value.Needs("how long the key is valid", c.Resource.AttributeSpan("credential_age_days"), c.Resource.Attr("credential_age_days"))
		case none:
			f.Message = fmt.Sprintf("'%s', a long-term API key of '%s', never expires, where %d days are allowed; set credential_age_days, or use a role.", c.Resource.Address, c.Owner.Resource.Address, limit)
		case days > limit:
			f.Message = fmt.Sprintf("'%s', a long-term API key of '%s', is valid for %d days, where %d are allowed; shorten credential_age_days, or use a role.", c.Resource.Address, c.Owner.Resource.Address, days, limit)
		default:
			continue
		}
		if f.Verdict == analyzer.Violation {
			f.Witness = &analyzer.Witness{
				Action: "iam:CreateServiceSpecificCredential", Resource: c.Owner.Resource.Address,
				Words: "whoever copied the key once, calling the service as the user long after",
			}
		}
		p.Report(f)
	}
}

// multipleAPIKeys reports users with two API keys of one service.
func multipleAPIKeys(p *analyzer.Pass) {
	type of struct {
		user    *identity.User
		service string
	}
	first := map[of]*identity.Credential{}
	for _, c := range apiKeys(p.Model) {
		if c.Resource.Exists != value.Yes {
			continue
		}
		key := of{c.Owner, c.Resource.Attr("service_name").TextOr("")}
		before := first[key]
		if before == nil {
			first[key] = c
			continue
		}
		f := apiKeyFinding(c, "two-api-keys")
		f.Message = fmt.Sprintf("'%s' has two active long-term API keys of %s: '%s' and '%s'; one is enough.", c.Owner.Resource.Address, key.service, before.Resource.Address, c.Resource.Address)
		f.Related = append(f.Related, analyzer.Related{Message: "the other key is declared here", Span: before.Resource.Header, Address: before.Resource.Address})
		f.Witness = &analyzer.Witness{
			Action: "iam:CreateServiceSpecificCredential", Resource: c.Owner.Resource.Address,
			Words: "whoever has either of the keys, calling the service as the user",
		}
		p.Report(f)
	}
}
