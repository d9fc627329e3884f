package picture

import (
	"slices"
	"time"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Organizations are the trees of iamvet org; as JSON they are a contract.
type Organizations struct {
	Schema        int            `json:"schemaVersion"`
	Organizations []Organization `json:"organizations"`
	// Settings are left out where no settings file counted.
	Settings *analyzer.UsedSettings `json:"settings,omitempty"`
}

// Organization is one of them.
type Organization struct {
	// Address, Root and Location are of the resource; empty when the scan only
	// attaches policies in an organization that is declared elsewhere.
	Address  string    `json:"address,omitempty"`
	Root     string    `json:"root,omitempty"`
	Location *Location `json:"location,omitempty"`
	Managed  bool      `json:"managed"`
	// Disabled is why no service control policy has any effect.
	Disabled string `json:"disabled,omitempty"`
	// Features are those of central root management that are enabled.
	Features []string `json:"features"`
	Tree     *Unit    `json:"tree"`
	// Unattached are policies that are attached to nothing but, perhaps, the
	// management account, where they have no effect.
	Unattached []Policy `json:"unattached"`
	// Unplaced are attachments whose target is not known.
	Unplaced []Unplaced `json:"unplaced"`
	// Unread are modules that are not at hand and may attach policies.
	Unread []string `json:"unread"`
}

// Unit is a node of a tree: its root, a unit or an account.
type Unit struct {
	Kind     string    `json:"kind"` // root, unit or account
	Name     string    `json:"name"`
	ID       string    `json:"id,omitempty"`
	Address  string    `json:"address,omitempty"`
	Location *Location `json:"location,omitempty"`
	// Managed is false for what is only read, or only named by its id.
	Managed bool `json:"managed"`
	// Somewhere says that the node hangs below units that the scan does not show.
	Somewhere bool     `json:"somewhere,omitempty"`
	Attached  []Policy `json:"attached"`
	RootMFA   Decision `json:"rootMFA"`
	Networks  Decision `json:"rootIPAllowlist"`
	Children  []*Unit  `json:"children"`
}

// Policy is one of an organization.
type Policy struct {
	Name     string    `json:"name"`
	Address  string    `json:"address,omitempty"`
	Location *Location `json:"location,omitempty"`
	// Type is SERVICE_CONTROL_POLICY, RESOURCE_CONTROL_POLICY and so on; "" when
	// it is not known.
	Type string `json:"type,omitempty"`
	// Attachment is the address of what attaches it.
	Attachment string `json:"attachment,omitempty"`
	// Certain is false where it is not known whether it is attached at all.
	Certain bool `json:"certain"`
}

// Unplaced is attached to what is not known.
type Unplaced struct {
	Policy
	Needs []string `json:"needs"`
}

// Decision is what was decided of the accounts at a node.
type Decision struct {
	Verdict string   `json:"verdict"` // holds, violated or undetermined
	Class   string   `json:"class"`
	Witness string   `json:"witness,omitempty"`
	Needs   []string `json:"needs,omitempty"`
	// NearMiss is a statement that sets out to do it and does not.
	NearMiss *NearMiss `json:"nearMiss,omitempty"`
}

// NearMiss is a statement that comes near, and what mends it.
type NearMiss struct {
	Words    string    `json:"words"`
	Mend     string    `json:"mend,omitempty"`
	Location *Location `json:"location,omitempty"`
}

func (v Viewer) Organizations(m *identity.Model, s *settings.Settings, now time.Time) (*Organizations, error) {
	out := &Organizations{Schema: report.SchemaVersion, Organizations: []Organization{}}
	for _, o := range m.Organizations {
		view, err := v.organization(m, o, s, now)
		if err != nil {
			return nil, err
		}
		out.Organizations = append(out.Organizations, view)
	}
	return out, nil
}

func (v Viewer) organization(m *identity.Model, o *identity.Organization, s *settings.Settings, now time.Time) (Organization, error) {
	networks, err := s.Networks()
	if err != nil {
		return Organization{}, err
	}
	d := organization.Decide(o, organization.Terms{
		Now: now, Exempt: s.RootExemptActions, Allowed: networks,
		Rootless: func(account string) bool { return s.GovCloud(account, "") },
	})
	out := Organization{Managed: o.Resource != nil, Disabled: d.Disabled, Features: []string{}, Unattached: []Policy{}, Unplaced: []Unplaced{}, Unread: []string{}}
	if r := o.Resource; r != nil {
		out.Address, out.Root, out.Location = r.Address, report.Relative(v.Base, r.Root.Dir), v.location(r.Header)
	}
	if o.Features != nil {
		for _, e := range o.Features.Attr("enabled_features").Elems {
			out.Features = append(out.Features, e.TextOr("unknown"))
		}
		slices.Sort(out.Features)
	}
	out.Tree = v.unit(o.Root, d)
	for _, p := range m.OrganizationPolicies {
		if len(p.Attachments) == 0 && slices.Contains(o.Policies, p) {
			out.Unattached = append(out.Unattached, v.policy(p))
		}
	}
	for _, a := range o.Management {
		if a.Policy != nil {
			p := v.attached(a)
			out.Unattached = append(out.Unattached, p)
		}
	}
	for _, a := range o.Unplaced {
		if a.Target == nil {
			out.Unplaced = append(out.Unplaced, Unplaced{v.attached(a), v.needs(a.TargetID.AllWhy())})
		}
	}
	for _, u := range o.Unread {
		out.Unread = append(out.Unread, u.Address)
	}
	return out, nil
}

func (v Viewer) unit(n *identity.Node, d *organization.Decisions) *Unit {
	out := &Unit{
		Kind: [...]string{"root", "unit", "account"}[n.Kind], Name: n.Name, ID: n.ID, Managed: n.Managed(), Somewhere: n.ParentUnknown,
		Attached: []Policy{}, Children: []*Unit{},
		RootMFA: v.decision(d.RootMFA(n), false), Networks: v.decision(d.Networks(n), true),
	}
	if n.Resource != nil {
		out.Address, out.Location = n.Resource.Address, v.location(n.Resource.Header)
	}
	for _, a := range n.Attachments {
		out.Attached = append(out.Attached, v.attached(a))
	}
	for _, c := range n.Children {
		out.Children = append(out.Children, v.unit(c, d))
	}
	return out
}

func (v Viewer) decision(d organization.Decision, networks bool) Decision {
	out := Decision{Verdict: d.Verdict.String(), Class: d.Class, Witness: v.Clean(d.Words), Needs: v.needs(d.Needs)}
	if d.Near != nil {
		out.NearMiss = &NearMiss{Words: v.Clean(d.Near.Words), Location: v.location(d.Near.Span())}
		if v.Mend != nil {
			out.NearMiss.Mend = v.Mend(d.Near.Defect, networks)
		}
	}
	return out
}

func (v Viewer) policy(p *identity.OrganizationPolicy) Policy {
	kind := "SERVICE_CONTROL_POLICY"
	if !p.Type.Missing() {
		kind = p.Type.TextOr("")
	}
	return Policy{
		Name: p.Resource.Attr("name").ShownOr(p.Resource.Address), Address: p.Resource.Address, Location: v.location(p.Resource.Header),
		Type: kind, Certain: p.Exists() == value.Yes,
	}
}

func (v Viewer) attached(a *identity.Attachment) Policy {
	out := Policy{Name: a.PolicyID.ShownOr("a policy that is not declared here"), Certain: true}
	if a.Policy != nil {
		out = v.policy(a.Policy)
	}
	out.Attachment = a.Resource.Address
	out.Certain = out.Certain && a.Certain() == value.Yes
	return out
}
