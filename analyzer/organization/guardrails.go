package organization

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Guardrails are the service control policies that bind an account for certain,
// level by level. There are none where the scan does not show which do, or that
// it has the account.
func Guardrails(m *identity.Model, account string) []proof.Level {
	out, _ := GuardrailsWhere(m, account, value.Yes)
	return out
}

// GuardrailsWhere are those of the organizations of which it is so known whether
// service control policies have any effect, and why it is not.
func GuardrailsWhere(m *identity.Model, account string, known value.Tri) (out []proof.Level, why []value.Reason) {
	for _, o := range guarding(m) {
		enabled, reasons := PoliciesEnabled(o)
		if account == "" || enabled != known || o.Resource.Attr("master_account_id").TextOr("") == account {
			continue
		}
		o.Root.Walk(func(n *identity.Node) {
			if n.Kind == identity.Account && n.ID == account && n.Exists() == value.Yes {
				out, why = append(out, withoutOpen(BindingsOf(o).Of(n).Certain)...), append(why, reasons...)
			}
		})
	}
	return out, why
}

// guarding are the organizations whose service control policies may have effect.
func guarding(m *identity.Model) []*identity.Organization {
	return slices.DeleteFunc(scanned(m), func(o *identity.Organization) bool {
		enabled, _ := PoliciesEnabled(o)
		return enabled == value.No
	})
}

// withoutOpen are levels without the policies of which nothing is known: that one may
// deny more makes nothing safe, and is true of every account.
func withoutOpen(levels []proof.Level) []proof.Level {
	var out []proof.Level
	for _, l := range levels {
		l.Documents = slices.DeleteFunc(slices.Clone(l.Documents), func(d *policy.Document) bool { return d.Open })
		if len(l.Documents) > 0 {
			out = append(out, l)
		}
	}
	return out
}

// allowingAll stands for the policies of a user of whom nothing is known.
const allowingAll = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

// Guarded says that the guardrails alone keep a user from acting without MFA,
// whatever its own policies allow: it is asked of a user who may do everything,
// since of less there is less to let through.
func Guarded(levels []proof.Level, user proof.User) bool {
	if len(levels) == 0 {
		return false
	}
	all, err := policy.Parse(value.Str(allowingAll))
	if err != nil {
		return false
	}
	user.Documents, user.Boundary, user.SCPs = []*policy.Document{all}, nil, levels
	return proof.UserMFA(user).Class == proof.Enforced
}

// A Guard is a place of an organization where users need MFA whatever their
// policies allow, but for those that it exempts.
type Guard struct {
	Org    *identity.Organization
	Where  string
	Levels []proof.Level
}

// GuardsOf are those of a scan: one for the member accounts together, else one for
// each set of policies that does it. Of a user whose account is not known they say
// what knowing it could change.
func GuardsOf(m *identity.Model, now time.Time) []Guard {
	var out []Guard
	for _, o := range guarding(m) {
		b := BindingsOf(o)
		anybody := proof.User{TagsOpen: true, Now: now}
		if levels := withoutOpen(b.Of(o.Root).Certain); Guarded(levels, anybody) {
			out = append(out, Guard{o, "the member accounts", levels})
			continue
		}
		asked := map[*Binding]bool{}
		for _, n := range o.Root.Leaves() {
			of := b.Of(n)
			if levels := withoutOpen(of.Certain); !asked[of] && Guarded(levels, anybody) {
				out = append(out, Guard{o, Place{Node: n}.String(), levels})
			}
			asked[of] = true
		}
	}
	return out
}

// DecideUser decides what the policies that bind a user allow without MFA, under
// the guardrails of its account. It is decided together, because a Deny of either
// holds against what the other allows.
func DecideUser(u *identity.User, account string, p identity.Permissions, levels []proof.Level, now time.Time) proof.UserResult {
	asked := AskedUser(u, account, now)
	asked.Documents, asked.Boundary, asked.SCPs = p.Documents(), p.Boundary, levels
	r := proof.UserMFA(asked)
	if r.Near != nil && !slices.Contains(asked.Documents, r.Near.Statement.Document) {
		r.Near = nil // a guardrail is not where a user's policies are mended
	}
	return r
}

// AskedUser is a user as it is asked about: all that conditions on aws:PrincipalArn,
// aws:username and tags can tell it by.
func AskedUser(u *identity.User, account string, now time.Time) proof.User {
	tags, open := u.Tags()
	out := proof.User{Name: u.Name.TextOr(""), Account: account, Tags: tags, TagsOpen: open, Now: now}
	if u.Resource == nil {
		return out
	}
	path := u.Resource.Attr("path")
	out.Partition = partitionOf(u.Resource)
	out.Path, out.PathUnknown = path.TextOr(""), !path.Missing() && !path.Known()
	if !u.Name.Known() {
		out.NameLike = u.Name
	}
	if out.PathUnknown {
		out.PathLike = path
	}
	// Of instances whose keys are not known several go by one address.
	if !strings.Contains(u.Resource.Address, "[?]") {
		out.Self = u.Resource.Ref("")
	}
	for _, p := range u.Resource.Reference("arn").Parts {
		if p.Hole != nil && p.Hole.Same != "" {
			out.AccountName = p.Hole.Same
		}
	}
	return out
}

// UserKey is all that DecideUser looks at, but the time: users of whom it is equal
// are decided alike. It is made of texts and not of documents, because the models
// that verify fixes parse the same texts again.
func UserKey(u *identity.User, account string, p identity.Permissions, levels []proof.Level) string {
	var b strings.Builder
	asked := AskedUser(u, account, time.Time{})
	fmt.Fprintf(&b, "%q %q %q %q %q %t %q %t", asked.Name, asked.Partition, account, asked.AccountName, asked.Path, asked.PathUnknown, asked.Tags, asked.TagsOpen)
	fmt.Fprintf(&b, " %s %s %q %q", value.Key(asked.NameLike), value.Key(asked.PathLike), asked.Self.Root, asked.Self.Address)
	documents := append(p.Documents(), p.Boundary)
	for _, l := range levels {
		documents = append(append(documents, nil), l.Documents...)
	}
	for _, d := range documents {
		if d == nil {
			b.WriteString("\nnone")
			continue
		}
		fmt.Fprintf(&b, "\n%q %t %t %d", d.Version, d.VersionKnown, d.Open, len(d.Problems))
		for _, s := range d.Statements {
			fmt.Fprintf(&b, "\n%q %d %t %t %t %s", s.Sid, s.Effect, s.Open, s.ActionsOpen, s.ResourcesOpen, value.Key(s.Value))
		}
	}
	return b.String()
}

// partitionOf is the partition of a user, as its ARN says where it is deployed, or its
// provider; "" when neither does.
func partitionOf(r *terraform.Resource) string {
	if arn, ok := r.Attr("arn").Text(); ok {
		if parts := strings.SplitN(arn, ":", 3); len(parts) == 3 && parts[0] == "arn" {
			return parts[1]
		}
	}
	return r.Partition()
}
