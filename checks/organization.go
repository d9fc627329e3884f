package checks

import (
	"fmt"
	"slices"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/value"
	"github.com/iamvet/iamvet/checks/fixes"
)

// reportUndetermined points at what is not known: a policy's content, where it
// is attached, a module that is not at hand; else at the organization.
func reportUndetermined[R any](p *analyzer.Pass, o *identity.Organization, severity analyzer.Severity, what string, v organization.Outcome[R]) {
	f := &analyzer.Finding{
		Severity: severity, Resource: o.Resource, Span: o.Resource.Header, Defect: "unknown", Needs: v.Needs,
		Message: fmt.Sprintf("Whether %s in %s depends on something that this scan does not show.", what, v.Place),
	}
	if len(o.Unread) > 0 {
		f.Needs = organization.WithoutNarrow(o, f.Needs)
	}
	if len(f.Needs) == 0 {
		f.Needs = []value.Reason{{Text: "the service control policies that bind " + v.Place.String(), Span: o.Resource.Header}}
	}
	if o.Resource.Exists != value.Yes {
		f.Message = fmt.Sprintf("Whether %s depends on whether '%s' is made, which is not known.", what, o.Resource.Address)
	} else if enabled, why := organization.PoliciesEnabled(o); enabled == value.Maybe && slices.Equal(why, v.Needs) {
		f.Span = o.Resource.AttributeSpan("enabled_policy_types")
		f.Message = fmt.Sprintf("Whether %s depends on which policy types '%s' enables, which is not known.", what, o.Resource.Address)
	} else if policy := organization.UnknownPolicy(o, f.Needs); policy != nil {
		f.Resource, f.Span = policy.Resource, organization.UnknownSpan(policy)
		f.Message = fmt.Sprintf("Whether %s depends on a part of '%s' that cannot be decided.", what, policy.Resource.Address)
		if policy.Exists() != value.Yes {
			f.Message = fmt.Sprintf("Whether %s depends on whether '%s' is made and what it says, which is not known.", what, policy.Resource.Address)
		}
	} else if a := organization.UnknownTarget(o, f.Needs); a != nil {
		f.Resource, f.Span = a.Policy.Resource, a.Resource.AttributeSpan(organization.TargetAttribute(a))
		f.Message = fmt.Sprintf("Whether %s depends on where '%s' attaches '%s', which is not known.", what, a.Resource.Address, a.Policy.Resource.Address)
	} else if m := organization.UnreadModule(o, f.Needs); m != nil {
		f.Span = m.Why.Span
		f.Message = fmt.Sprintf("Whether %s depends on '%s', which is not at hand and may attach policies; run terraform init, or scan a plan.", what, m.Address)
	}
	p.Report(f)
}

// beyond are the places of outcomes that a policy does not reach.
func beyond[R any](o *identity.Organization, p *identity.OrganizationPolicy, outcomes []organization.Outcome[R]) []organization.Place {
	var out []organization.Outcome[R]
	for _, v := range outcomes {
		attached := func(n *identity.Node) bool {
			return slices.ContainsFunc(n.Attachments, func(a *identity.Attachment) bool { return a.Policy == p })
		}
		if !slices.ContainsFunc(v.Node.Path(), attached) {
			out = append(out, v)
		}
	}
	return organization.Gathered(o, organization.Where(out))
}

// notReached says which places a policy does not reach that does not do there what it
// should.
func notReached(bare []organization.Place) string {
	return fmt.Sprintf(" It does not reach %s: attach it to the root of the organization.", organization.InWords(bare))
}

// inPart makes drafts of repairs after which a finding stays, at a severity, of the
// places that the policy does not reach: what is applied has to end its finding.
func inPart(repairs []*analyzer.Fix, severity analyzer.Severity) []*analyzer.Fix {
	for _, f := range repairs {
		f.Grade = analyzer.Draft
		f.Leaves(severity)
	}
	return repairs
}

// related points at the places that something does not cover.
func related(list []organization.Place) []analyzer.Related {
	var out []analyzer.Related
	for _, p := range list {
		if r := p.Resource(); r != nil && len(out) < 20 {
			out = append(out, analyzer.Related{Message: p.String() + " is not covered", Span: r.Header, Address: r.Address})
		}
	}
	return out
}

// termsOf are what the project's settings say of root.
func termsOf(p *analyzer.Pass) organization.Terms {
	return organization.Terms{
		Now: p.Now, Exempt: p.Settings.RootExemptActions,
		Rootless: func(account string) bool { return p.Settings.GovCloud(account, "") },
	}
}

// networkTerms are the same with the networks that root may come from.
func networkTerms(p *analyzer.Pass) (organization.Terms, error) {
	terms := termsOf(p)
	var err error
	terms.Allowed, err = p.Settings.Networks()
	return terms, err
}

// disabled is the finding that the organization has no service control
// policies at all: then nothing that is attached has any effect.
func disabled(o *identity.Organization, so string) *analyzer.Finding {
	org := o.Resource
	by := organization.DisablingOf(o)
	if by == nil {
		return nil
	}
	f := &analyzer.Finding{
		Verdict: analyzer.Violation, Severity: analyzer.High, Resource: org, Span: org.AttributeSpan(by.Attribute), Defect: "type-disabled",
		Message: by.So(so), Witness: rootWithoutMFA(), Assumptions: assumptions(org, org.Attr(by.Attribute)),
	}
	if by.Attribute == "feature_set" {
		f.Defect = "consolidated-billing"
		return f
	}
	f.Fixes = fixes.Listed(o, "enabled_policy_types", "SERVICE_CONTROL_POLICY", "enable service control policies, and with them what is attached")
	if len(o.Policies) == 0 && len(f.Fixes) > 0 { // there is nothing that would be
		message := "enable service control policies, and draft one that denies root without MFA, attached to the root of the organization; test it on one unit first"
		if more := fixes.DraftRootMFA(o, nil, message); len(more) > 0 {
			more[0].Edits = append(f.Fixes[0].Edits, more[0].Edits...)
			f.Fixes = more
		}
	}
	return f
}

func rootWithoutMFA() *analyzer.Witness {
	return &analyzer.Witness{
		Principal: "arn:aws:iam::111122223333:root", Action: "iam:CreateUser", Absent: []string{"aws:MultiFactorAuthPresent"},
		Words: "root of any member account calling iam:CreateUser with an access key (aws:MultiFactorAuthPresent absent)",
	}
}

// limits is advice about what AWS refuses for its size: a policy that is too
// long, a node with too many. A policy that is too long and would have kept root
// from acting is not advice: it protects nothing, and the proofs say so.
func limits(m *identity.Model, o *identity.Organization) *analyzer.Finding {
	for _, p := range m.OrganizationPolicies {
		if p.Exists() != value.Yes || !p.TooLong() {
			continue
		}
		return &analyzer.Finding{
			Verdict: analyzer.Advice, Severity: analyzer.Note, Resource: p.Resource, Span: p.Resource.AttributeSpan("content"), Defect: "too-long",
			Message: fmt.Sprintf("'%s' has no effect: %s.", p.Resource.Address, tooLong(p)),
		}
	}
	var found *analyzer.Finding
	o.Root.Walk(func(n *identity.Node) {
		scps, rcps := organization.Attached(n)
		if found != nil || scps <= identity.SCPsAttached && rcps <= identity.RCPsAttached {
			return
		}
		kind, count, limit := "service", scps, identity.SCPsAttached
		if scps <= identity.SCPsAttached {
			kind, count, limit = "resource", rcps, identity.RCPsAttached
		}
		r := o.Resource
		if n.Resource != nil {
			r = n.Resource
		}
		found = &analyzer.Finding{
			Verdict: analyzer.Advice, Severity: analyzer.Note, Resource: r, Span: r.Header, Defect: "too-many-policies",
			Message: fmt.Sprintf("AWS refuses some of the attachments to '%s': %d %s control policies are attached here, and %d may be, with the one that allows everything; join some of them.", n.Name, count, kind, limit),
		}
	})
	return found
}

// tooLong says what AWS refuses about the length of a policy.
func tooLong(p *identity.OrganizationPolicy) string {
	kind, limit := "service", identity.SCPCharacters
	if p.IsRCP() == value.Yes {
		kind, limit = "resource", identity.RCPCharacters
	}
	return fmt.Sprintf("AWS refuses it for its %d characters, of which a %s control policy may have %d; split it, or have jsonencode or minified_json leave the spaces out", p.Length(), kind, limit)
}

func attachmentsOf(p *identity.OrganizationPolicy) []analyzer.Related {
	var out []analyzer.Related
	for _, a := range p.Attachments {
		if a.Resource != p.Resource {
			out = append(out, analyzer.Related{Message: "attached here", Span: a.Resource.Header, Address: a.Resource.Address})
		}
	}
	return out
}
