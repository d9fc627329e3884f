package checks

import (
	"slices"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/value"
)

// guardrails are what service control policies deny in an account, whatever the
// policies of its users allow. There are none where the scan does not show which
// policies bind the account, or that it has them.
func guardrails(m *identity.Model, account string) []*policy.Document {
	if m.Beside != nil {
		m = m.Beside
	}
	var out []*policy.Document
	for _, o := range m.Organizations {
		if account == "" || o.Resource == nil || o.Resource.Attr("master_account_id").TextOr("") == account || disabled(o, "") != nil {
			continue
		}
		o.Root.Walk(func(n *identity.Node) {
			if n.Kind != identity.Account || n.ID != account || n.Exists() != value.Yes {
				return
			}
			out = append(out, denying(o, n)...)
		})
	}
	return out
}

// denying are the policies that deny something at a node for certain.
func denying(o *identity.Organization, n *identity.Node) []*policy.Document {
	var out []*policy.Document
	for _, level := range newBindings(o).of(n).certain {
		for _, d := range level.Documents {
			if denies := onlyDenies(d); denies != nil {
				out = append(out, denies)
			}
		}
	}
	return out
}

// guardedSomewhere is an organization that keeps a user from acting without MFA,
// and where: in its member accounts, or in some of them. nil where there is none.
func guardedSomewhere(m *identity.Model, u *identity.User) (in *identity.Organization, where string) {
	if m.Beside != nil {
		m = m.Beside
	}
	for _, o := range m.Organizations {
		if o.Resource == nil || disabled(o, "") != nil {
			continue
		}
		if guarded(denying(o, o.Root), proven(u, "")) {
			return o, "the member accounts"
		}
		for _, n := range o.Root.Leaves() {
			if guarded(denying(o, n), proven(u, "")) {
				return o, place{node: n}.String()
			}
		}
	}
	return nil, ""
}

// onlyDenies is a document without what it allows; nil when nothing is left, or
// nothing is known.
func onlyDenies(d *policy.Document) *policy.Document {
	if d.Open || d.Malformed() {
		return nil
	}
	out := *d
	out.Statements = nil
	for _, s := range d.Statements {
		if s.Effect == policy.Deny {
			out.Statements = append(out.Statements, s)
		}
	}
	if len(out.Statements) == 0 {
		return nil
	}
	return &out
}

// allowingAll stands for the policies of a user of whom nothing is known.
const allowingAll = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

// guarded says that the guardrails alone keep a user from acting without MFA,
// whatever its policies allow.
func guarded(denies []*policy.Document, user proof.User) bool {
	if len(denies) == 0 {
		return false
	}
	all, err := policy.Parse(value.Str(allowingAll))
	if err != nil {
		return false
	}
	user.Documents, user.Boundary = append(slices.Clone(denies), all), nil
	return proof.UserMFA(user).Class == proof.Enforced
}

// decideUser decides what the policies that bind a user allow without MFA, under
// the guardrails of its account.
func decideUser(u *identity.User, account string, p identity.Permissions, denies []*policy.Document) proof.UserResult {
	own := p.Documents()
	asked := proven(u, account)
	asked.Documents, asked.Boundary = append(slices.Clone(own), denies...), p.Boundary
	r := proof.UserMFA(asked)
	if r.Near != nil && !slices.Contains(own, r.Near.Statement.Document) {
		r.Near = nil // a guardrail is not where a user's policies are mended
	}
	return r
}

// proven is a user as it is asked about.
func proven(u *identity.User, account string) proof.User {
	tags, open := u.Tags()
	return proof.User{Name: u.Name.TextOr(""), Account: account, Tags: tags, TagsOpen: open}
}
