package checks

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// rootOptions are what is known of an organization when it is asked whether root
// may act without MFA.
func rootOptions(o *identity.Organization, s *settings.Settings, now time.Time) proof.RootOptions {
	return proof.RootOptions{Now: now, Exempt: s.RootExemptActions, Partitions: partitionsOf(o)}
}

// networkOptions are the same for the networks that root may come from.
func networkOptions(o *identity.Organization, allowed []netip.Prefix, now time.Time) proof.SourceIPOptions {
	return proof.SourceIPOptions{Now: now, Allowed: allowed, Partitions: partitionsOf(o)}
}

// partitionsOf is the partition of an organization, or nil when neither the
// command line nor the provider says which it is.
func partitionsOf(o *identity.Organization) []string {
	r := o.Resource
	if r == nil && len(o.Policies) > 0 {
		r = o.Policies[0].Resource
	}
	if r == nil {
		return nil
	}
	if p := r.Partition(); p != "" {
		return []string{p}
	}
	return nil
}

// policyOf is the policy that a document belongs to.
func policyOf(o *identity.Organization, d *policy.Document) *identity.OrganizationPolicy {
	for _, p := range o.Policies {
		if p.Document != nil && p.Document == d {
			return p
		}
	}
	return nil
}

// request is a proof's witness as a finding carries it whose message says why
// nothing stops it.
func request(w *proof.Witness) *analyzer.Witness {
	if w == nil {
		return nil
	}
	return &analyzer.Witness{Principal: w.Principal, Action: w.Action, Resource: w.Resource, Context: w.Context, Absent: w.Absent, Words: w.Words}
}

// witness is a proof's witness with why nothing stops it, for a finding whose
// message does not say that.
func witness(w *proof.Witness) *analyzer.Witness {
	out := request(w)
	if out != nil && w.Because != "" {
		out.Words += ": " + w.Because
	}
	return out
}

// statementText is a statement in canonical form, for fingerprints.
func statementText(s *policy.Statement) string {
	if s == nil {
		return ""
	}
	return value.Canonical(s.Value)
}

// reportUndetermined points at what is not known: a policy's content, where it
// is attached, a module that is not at hand; else at the organization.
func reportUndetermined[R any](p *analyzer.Pass, o *identity.Organization, severity analyzer.Severity, what string, v outcome[R]) {
	f := &analyzer.Finding{
		Severity: severity, Resource: o.Resource, Span: o.Resource.Header, Defect: "unknown", Needs: v.needs,
		Message: fmt.Sprintf("Whether %s in %s depends on something that this scan does not show.", what, v.place),
	}
	if len(o.Unread) > 0 {
		f.Needs = withoutNarrow(o, f.Needs)
	}
	if len(f.Needs) == 0 {
		f.Needs = []value.Reason{{Text: "the service control policies that bind " + v.place.String(), Span: o.Resource.Header}}
	}
	if o.Resource.Exists != value.Yes {
		f.Message = fmt.Sprintf("Whether %s depends on whether '%s' is made, which is not known.", what, o.Resource.Address)
	} else if enabled, why := policiesEnabled(o); enabled == value.Maybe && slices.Equal(why, v.needs) {
		f.Span = o.Resource.AttributeSpan("enabled_policy_types")
		f.Message = fmt.Sprintf("Whether %s depends on which policy types '%s' enables, which is not known.", what, o.Resource.Address)
	} else if policy := unknownPolicy(o, f.Needs); policy != nil {
		f.Resource, f.Span = policy.Resource, unknownSpan(policy)
		f.Message = fmt.Sprintf("Whether %s depends on a part of '%s' that cannot be decided.", what, policy.Resource.Address)
		if policy.Exists() != value.Yes {
			f.Message = fmt.Sprintf("Whether %s depends on whether '%s' is made and what it says, which is not known.", what, policy.Resource.Address)
		}
	} else if a := unknownTarget(o, f.Needs); a != nil {
		f.Resource, f.Span = a.Policy.Resource, a.Resource.AttributeSpan(targetAttribute(a))
		f.Message = fmt.Sprintf("Whether %s depends on where '%s' attaches '%s', which is not known.", what, a.Resource.Address, a.Policy.Resource.Address)
	} else if m := unread(o, f.Needs); m != nil {
		f.Span = m.Why.Span
		f.Message = fmt.Sprintf("Whether %s depends on '%s', which is not at hand and may attach policies; run terraform init, or scan a plan.", what, m.Address)
	}
	p.Report(f)
}

// unknownPolicy is the policy that the reasons are about: they stand in it, or
// it holds what they explain.
func unknownPolicy(o *identity.Organization, needs []value.Reason) *identity.OrganizationPolicy {
	for _, p := range o.Policies {
		if p.Document == nil {
			continue
		}
		for _, n := range needs {
			if n.Span.IsZero() {
				continue
			}
			for _, s := range p.Document.Statements {
				if s.Span().Contains(n.Span) {
					return p
				}
			}
			if slices.Contains(p.Content.AllWhy(), n) || slices.Contains(p.Resource.Why, n) {
				return p
			}
		}
	}
	return nil
}

// unknownTarget is the attachment that the reasons are about.
func unknownTarget(o *identity.Organization, needs []value.Reason) *identity.Attachment {
	for _, a := range o.Unplaced {
		if a.Policy == nil {
			continue
		}
		for _, why := range targetUnknown(a) {
			if slices.Contains(needs, why) {
				return a
			}
		}
	}
	return nil
}

// withoutNarrow is what is missing without where policies are attached that deny
// nothing but a few actions by name: none of them restrains root as a whole. A
// module that is not at hand may.
func withoutNarrow(o *identity.Organization, needs []value.Reason) []value.Reason {
	var aside []value.Reason
	for _, a := range o.Unplaced {
		if a.Policy != nil && deniesByName(a.Policy.Document) {
			aside = append(aside, targetUnknown(a)...)
		}
	}
	for _, a := range o.Unplaced { // one reason may be that of several
		if a.Policy == nil || !deniesByName(a.Policy.Document) {
			for _, why := range targetUnknown(a) {
				aside = slices.DeleteFunc(aside, func(r value.Reason) bool { return r == why })
			}
		}
	}
	modules := map[value.Reason]bool{}
	for _, m := range o.Unread {
		modules[m.Why] = true
	}
	return slices.DeleteFunc(slices.Clone(needs), func(r value.Reason) bool { return !modules[r] && slices.Contains(aside, r) })
}

// deniesByName says that a document is known and names each action that it denies.
func deniesByName(d *policy.Document) bool {
	if d == nil || d.Open {
		return false
	}
	for _, s := range d.Statements {
		if s.Open || s.Effect != policy.Allow && (s.NotAction || s.ActionsOpen) {
			return false
		}
		for _, a := range s.Actions {
			if (a.HasWildcard() || a.HasHole()) && s.Effect != policy.Allow {
				return false
			}
		}
	}
	return true
}

// targetAttribute is the attribute that says where an attachment is made.
func targetAttribute(a *identity.Attachment) string {
	switch a.Resource.Type {
	case "awscc_organizations_policy":
		return "target_ids"
	case "aws_controltower_control":
		return "target_identifier"
	}
	return "target_id"
}

// unread is the module that the reasons are about.
func unread(o *identity.Organization, needs []value.Reason) *terraform.UnreadModule {
	for i := range o.Unread {
		if slices.Contains(needs, o.Unread[i].Why) {
			return &o.Unread[i]
		}
	}
	return nil
}

// unknownSpan is the first piece of a policy that is not known, where the
// policy's text stands.
func unknownSpan(p *identity.OrganizationPolicy) source.Span {
	if span := unknownMember(p.Content); !span.IsZero() {
		return span
	}
	return p.Resource.AttributeSpan("content")
}

// unknownMember is the innermost member whose name or value is not known.
func unknownMember(v *value.Value) source.Span {
	if v.JSON != nil {
		return unknownMember(v.JSON)
	}
	for _, e := range v.Elems {
		if span := unknownMember(e); !span.IsZero() {
			return span
		}
	}
	for _, a := range v.Attrs {
		if span := unknownMember(a.Value); !span.IsZero() {
			return span
		}
		if a.Name.Known() && a.Value.Known() {
			continue
		}
		switch {
		case a.Name.Known() && !a.Name.Span.IsZero():
			return a.Name.Span.To(a.Expr)
		case !a.Expr.IsZero():
			return a.Expr
		}
	}
	return source.Span{}
}
