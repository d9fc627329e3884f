package organization

import (
	"slices"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// UnknownPolicy is the policy that the reasons are about: they stand in it, or
// it holds what they explain.
func UnknownPolicy(o *identity.Organization, needs []value.Reason) *identity.OrganizationPolicy {
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

// UnknownTarget is the attachment that the reasons are about.
func UnknownTarget(o *identity.Organization, needs []value.Reason) *identity.Attachment {
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

// WithoutNarrow is what is missing without where policies are attached that deny
// nothing but a few actions by name: none of them restrains root as a whole. A
// module that is not at hand may.
func WithoutNarrow(o *identity.Organization, needs []value.Reason) []value.Reason {
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

// UnreadModule is the module that the reasons are about.
func UnreadModule(o *identity.Organization, needs []value.Reason) *terraform.UnreadModule {
	for i := range o.Unread {
		if slices.Contains(needs, o.Unread[i].Why) {
			return &o.Unread[i]
		}
	}
	return nil
}

// UnknownSpan is the first piece of a policy that is not known, where the
// policy's text stands.
func UnknownSpan(p *identity.OrganizationPolicy) source.Span {
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

// targetUnknown is why it is not known where an attachment is made.
func targetUnknown(a *identity.Attachment) []value.Reason {
	if why := a.TargetID.AllWhy(); len(why) > 0 {
		return why
	}
	return []value.Reason{{Text: "which node " + a.TargetID.TextOr("the target of "+a.Resource.Address) + " is", Span: a.Resource.AttributeSpan(TargetAttribute(a))}}
}

// TargetAttribute is the attribute that says where an attachment is made.
func TargetAttribute(a *identity.Attachment) string {
	switch a.Resource.Type {
	case "awscc_organizations_policy":
		return "target_ids"
	case "aws_controltower_control":
		return "target_identifier"
	}
	return "target_id"
}
