package organization

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/value"
)

// ResourceGuard is what binds the roles of a place in an organization for certain,
// whatever their trust policies say: its resource control policies. They act on the
// role that is assumed, so they bind callers of every account, but nothing in the
// management account.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
type ResourceGuard struct {
	org       *identity.Organization
	node      *identity.Node
	Documents []*policy.Document
	// why it is not known whether policies of the kind have any effect there; nil
	// where they have.
	why []value.Reason
}

func (g ResourceGuard) String() string {
	if g.node.Kind == identity.OrganizationRoot {
		return "the member accounts"
	}
	return Place{Node: g.node}.String()
}

// ResourceGuards are the places of a scan that have any, one for each set of
// policies.
func ResourceGuards(m *identity.Model) []ResourceGuard {
	var out []ResourceGuard
	for _, o := range scanned(m) {
		enabled, why := typeEnabled(o, "RESOURCE_CONTROL_POLICY")
		if enabled == value.No {
			continue
		}
		var seen []string
		o.Root.Walk(func(n *identity.Node) {
			g := ResourceGuard{org: o, node: n, why: why}
			if n.Parent != nil && !slices.ContainsFunc(n.Attachments, bindsResources) && n.Kind != identity.Account {
				return // as the node above
			}
			for at := n; at != nil; at = at.Parent {
				for _, a := range at.Attachments {
					if bindsResources(a) {
						g.Documents = append(g.Documents, a.Policy.Document)
					}
				}
			}
			if key := fmt.Sprint(n.ID, g.key()); len(g.Documents) > 0 && !slices.Contains(seen, key) {
				seen = append(seen, key)
				out = append(out, g)
			}
		})
	}
	return out
}

// scanned are the organizations of a scan that are managed in it.
func scanned(m *identity.Model) []*identity.Organization {
	if m.Beside != nil {
		m = m.Beside
	}
	return slices.DeleteFunc(slices.Clone(m.Organizations), func(o *identity.Organization) bool { return o.Resource == nil })
}

// bindsResources says that an attachment binds what is below it for certain. What only
// may makes no role safe.
func bindsResources(a *identity.Attachment) bool {
	p := a.Policy
	return a.Certain() == value.Yes && p != nil && p.Exists() == value.Yes && p.IsRCP() == value.Yes && p.Document != nil && !p.Document.Open
}

// key is what the policies of a guard say. Guards are few and each is asked of every
// role, so that here comparing texts pays.
func (g ResourceGuard) key() string {
	var b strings.Builder
	for _, d := range g.Documents {
		fmt.Fprintf(&b, "\x00%s", value.Key(d.Value))
	}
	return b.String()
}

// IsOf says that the guard is that of an account.
func (g ResourceGuard) IsOf(account string) bool {
	return account != "" && g.node.Kind == identity.Account && g.node.ID == account
}

// placed says that the scan shows where in an organization an account is.
func placed(o *identity.Organization, account string) bool {
	found := false
	o.Root.Walk(func(n *identity.Node) {
		if n.Kind == identity.Account && account != "" && n.ID == account && n.Exists() == value.Yes {
			found = !slices.ContainsFunc(n.Path(), func(at *identity.Node) bool { return at.ParentUnknown || at.Exists() != value.Yes })
		}
	})
	return found
}

// GuardedTrust is what resource control policies make of a trust policy that is a
// violation by itself.
type GuardedTrust struct {
	Verdict proof.Verdict
	Needs   []value.Reason
	// Where is which policies decide, where it is not known whether they bind the
	// role; "" otherwise.
	Where string
}

// UnderGuards asks about a role once more, under what binds its account. Where the
// scan has the account, that decides, and no other place does. Else the role may be in any place whose policies
// would refuse what gets in, and then nobody can say; where no place would, it is a
// violation wherever the role is.
func UnderGuards(guards []ResourceGuard, account string, ask func(rcps []*policy.Document) (proof.Verdict, []value.Reason)) GuardedTrust {
	for _, g := range guards {
		if len(g.why) == 0 && g.IsOf(account) && g.node.Exists() == value.Yes {
			verdict, needs := ask(g.Documents)
			return GuardedTrust{Verdict: verdict, Needs: needs}
		}
	}
	for _, g := range guards {
		if account != "" && (g.org.Resource.Attr("master_account_id").TextOr("") == account || g.node.Kind == identity.Account && g.node.ID != "" && !g.IsOf(account)) {
			continue
		}
		if !g.IsOf(account) && placed(g.org, account) {
			continue // an account is in one place, and what binds it there has a guard of its own
		}
		if verdict, _ := ask(g.Documents); verdict == proof.Violated {
			continue
		}
		missing := slices.Clone(g.why)
		switch {
		case account == "":
			missing = append(missing, value.Reason{Text: "the account that the role is in: --account says it", Span: g.org.Resource.Header})
		case !g.IsOf(account):
			missing = append(missing, value.Reason{Text: fmt.Sprintf("whether account %s is one of '%s'", account, g.org.Resource.Address), Span: g.org.Resource.Header})
		case len(missing) == 0:
			missing = g.node.Resource.Why // whether the account is there
		}
		return GuardedTrust{proof.Undetermined, missing, fmt.Sprintf("%s of '%s'", g, g.org.Resource.Address)}
	}
	return GuardedTrust{Verdict: proof.Violated}
}
