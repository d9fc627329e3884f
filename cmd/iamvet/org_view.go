package main

import (
	"slices"
	"time"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// orgReport is what iamvet org prints; as JSON it is a contract.
type orgReport struct {
	Schema        int       `json:"schemaVersion"`
	Organizations []orgView `json:"organizations"`
	// Settings are left out where no settings file counted.
	Settings *analyzer.UsedSettings `json:"settings,omitempty"`
}

type orgView struct {
	// Address, Root and Location are of the resource; empty when the scan only
	// attaches policies in an organization that is declared elsewhere.
	Address  string       `json:"address,omitempty"`
	Root     string       `json:"root,omitempty"`
	Location *orgLocation `json:"location,omitempty"`
	Managed  bool         `json:"managed"`
	// Disabled is why no service control policy has any effect.
	Disabled string `json:"disabled,omitempty"`
	// Features are those of central root management that are enabled.
	Features []string `json:"features"`
	Tree     *orgNode `json:"tree"`
	// Unattached are policies that are attached to nothing but, perhaps, the
	// management account, where they have no effect.
	Unattached []orgPolicy `json:"unattached"`
	// Unplaced are attachments whose target is not known.
	Unplaced []orgUnplaced `json:"unplaced"`
	// Unread are modules that are not at hand and may attach policies.
	Unread []string `json:"unread"`
}

type orgLocation struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

type orgNode struct {
	Kind     string       `json:"kind"` // root, unit or account
	Name     string       `json:"name"`
	ID       string       `json:"id,omitempty"`
	Address  string       `json:"address,omitempty"`
	Location *orgLocation `json:"location,omitempty"`
	// Managed is false for what is only read, or only named by its id.
	Managed bool `json:"managed"`
	// Somewhere says that the node hangs below units that the scan does not show.
	Somewhere bool        `json:"somewhere,omitempty"`
	Attached  []orgPolicy `json:"attached"`
	RootMFA   orgDecision `json:"rootMFA"`
	Networks  orgDecision `json:"rootIPAllowlist"`
	Children  []*orgNode  `json:"children"`
}

type orgPolicy struct {
	Name     string       `json:"name"`
	Address  string       `json:"address,omitempty"`
	Location *orgLocation `json:"location,omitempty"`
	// Type is SERVICE_CONTROL_POLICY, RESOURCE_CONTROL_POLICY and so on; "" when
	// it is not known.
	Type string `json:"type,omitempty"`
	// Attachment is the address of what attaches it.
	Attachment string `json:"attachment,omitempty"`
	// Certain is false where it is not known whether it is attached at all.
	Certain bool `json:"certain"`
}

type orgUnplaced struct {
	orgPolicy
	Needs []string `json:"needs"`
}

type orgDecision struct {
	Verdict string   `json:"verdict"` // holds, violated or undetermined
	Class   string   `json:"class"`
	Witness string   `json:"witness,omitempty"`
	Needs   []string `json:"needs,omitempty"`
}

// orgViewer makes views of a model.
type orgViewer struct {
	base  string
	clean func(string) string // takes sensitive values out
	now   time.Time
}

func viewOrganizations(m *identity.Model, s *settings.Settings, base string, now time.Time) (*orgReport, error) {
	v := orgViewer{base, engine.Redactor(m), now}
	out := &orgReport{Schema: report.SchemaVersion, Organizations: []orgView{}, Settings: engine.Used(*s)}
	if out.Settings != nil {
		out.Settings.File = report.Relative(base, out.Settings.File)
	}
	for _, o := range m.Organizations {
		view, err := v.organization(m, o, s)
		if err != nil {
			return nil, err
		}
		out.Organizations = append(out.Organizations, view)
	}
	return out, nil
}

func (v orgViewer) organization(m *identity.Model, o *identity.Organization, s *settings.Settings) (orgView, error) {
	networks, err := s.Networks()
	if err != nil {
		return orgView{}, err
	}
	d := organization.Decide(o, organization.Terms{
		Now: v.now, Exempt: s.RootExemptActions, Allowed: networks,
		Rootless: func(account string) bool { return s.GovCloud(account, "") },
	})
	out := orgView{Managed: o.Resource != nil, Disabled: d.Disabled, Features: []string{}, Unattached: []orgPolicy{}, Unplaced: []orgUnplaced{}, Unread: []string{}}
	if r := o.Resource; r != nil {
		out.Address, out.Root, out.Location = r.Address, report.Relative(v.base, r.Root.Dir), v.location(r.Header)
	}
	if o.Features != nil {
		for _, e := range o.Features.Attr("enabled_features").Elems {
			out.Features = append(out.Features, e.TextOr("unknown"))
		}
		slices.Sort(out.Features)
	}
	out.Tree = v.node(o.Root, d)
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
			out.Unplaced = append(out.Unplaced, orgUnplaced{v.attached(a), v.needs(a.TargetID.AllWhy())})
		}
	}
	for _, u := range o.Unread {
		out.Unread = append(out.Unread, u.Address)
	}
	return out, nil
}

func (v orgViewer) node(n *identity.Node, d *organization.Decisions) *orgNode {
	out := &orgNode{
		Kind: [...]string{"root", "unit", "account"}[n.Kind], Name: n.Name, ID: n.ID, Managed: n.Managed(), Somewhere: n.ParentUnknown,
		Attached: []orgPolicy{}, Children: []*orgNode{},
		RootMFA: v.decision(d.RootMFA(n)), Networks: v.decision(d.Networks(n)),
	}
	if n.Resource != nil {
		out.Address, out.Location = n.Resource.Address, v.location(n.Resource.Header)
	}
	for _, a := range n.Attachments {
		out.Attached = append(out.Attached, v.attached(a))
	}
	for _, c := range n.Children {
		out.Children = append(out.Children, v.node(c, d))
	}
	return out
}

func (v orgViewer) decision(d organization.Decision) orgDecision {
	return orgDecision{Verdict: d.Verdict.String(), Class: d.Class, Witness: v.clean(d.Words), Needs: v.needs(d.Needs)}
}

func (v orgViewer) needs(why []value.Reason) []string {
	out := []string{}
	for _, r := range why {
		out = append(out, v.clean(report.ReasonText(r, v.base)))
	}
	return out
}

func (v orgViewer) policy(p *identity.OrganizationPolicy) orgPolicy {
	kind := "SERVICE_CONTROL_POLICY"
	if !p.Type.Missing() {
		kind = p.Type.TextOr("")
	}
	return orgPolicy{
		Name: p.Resource.Attr("name").ShownOr(p.Resource.Address), Address: p.Resource.Address, Location: v.location(p.Resource.Header),
		Type: kind, Certain: p.Exists() == value.Yes,
	}
}

func (v orgViewer) attached(a *identity.Attachment) orgPolicy {
	out := orgPolicy{Name: a.PolicyID.ShownOr("a policy that is not declared here"), Certain: true}
	if a.Policy != nil {
		out = v.policy(a.Policy)
	}
	out.Attachment = a.Resource.Address
	out.Certain = out.Certain && a.Certain() == value.Yes
	return out
}

func (v orgViewer) location(s source.Span) *orgLocation {
	if s.IsZero() {
		return nil
	}
	return &orgLocation{File: report.Relative(v.base, s.File.Name), Line: s.StartPos().Line}
}
