package identity

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// AWS's limits, since May 2026: characters of a policy, and policies of a kind
// attached to one root, unit or account, FullAWSAccess among them.
const (
	SCPCharacters = 10240
	RCPCharacters = 5120
	SCPsAttached  = 10
	RCPsAttached  = 5
)

func (b *organizations) addPolicies() {
	for _, r := range b.m.Roots {
		for _, res := range b.m.resources(r, "aws_organizations_policy", "awscc_organizations_policy") {
			p := &OrganizationPolicy{Resource: res, Type: res.Attr("type"), Content: res.Attr("content")}
			p.length = b.m.length(p.Content)
			if p.IsSCP() != value.No || p.IsRCP() == value.Yes {
				p.Document = b.m.document(res, p.Content, "content")
				p.refuseTooLong()
			}
			b.m.OrganizationPolicies = append(b.m.OrganizationPolicies, p)
			b.policies[addressOf(res)] = p
			if id := res.Attr("id").TextOr(res.ImportID); id != "" {
				b.policyByID[id] = p
			}
		}
	}
	for _, r := range b.m.Roots {
		for _, res := range b.m.resources(r, "aws_organizations_policy_attachment") {
			a := &Attachment{Resource: res, PolicyID: res.Attr("policy_id"), TargetID: res.Attr("target_id")}
			if ref := a.PolicyID.Ref; ref != nil {
				a.Policy = b.policies[address{res.Root, ref.Address, ref.Data}]
			}
			if id, ok := a.PolicyID.Text(); ok && a.Policy == nil {
				a.Policy = b.policyByID[id]
			}
			b.attach(a)
		}
	}
	for _, p := range b.m.OrganizationPolicies {
		if p.Resource.Type == "awscc_organizations_policy" {
			b.attachToListed(p)
		}
		b.adopt(p)
	}
	for _, r := range b.m.Roots {
		for _, res := range b.m.resources(r, "aws_controltower_control") {
			b.addControl(res)
		}
	}
}

// Length is the number of characters of a policy as AWS counts them, or, where
// a part of it is not known, the number of those that are.
func (p *OrganizationPolicy) Length() int { return p.length }

// length is what Length says of a content.
func (m *Model) length(content *value.Value) int {
	n, known := m.lengths[content]
	if !known && m.before != nil {
		n, known = m.before.lengths[content]
	}
	if known {
		return n
	}
	if text, ok := value.EncodeJSON(content, ""); ok && content.IsMapping() {
		n = utf8.RuneCountInString(text)
	} else {
		for _, part := range content.Parts {
			if part.Hole == nil {
				n += utf8.RuneCountInString(part.Text.String)
			}
		}
	}
	m.lengths[content] = n
	return n
}

// TooLong says that AWS refuses the policy for its length.
func (p *OrganizationPolicy) TooLong() bool {
	switch {
	case p.IsSCP() == value.Yes:
		return p.Length() > SCPCharacters
	case p.IsRCP() == value.Yes:
		return p.Length() > RCPCharacters
	}
	return false
}

// refuseTooLong makes the length of a policy one more thing that AWS refuses.
func (p *OrganizationPolicy) refuseTooLong() {
	if p.Document == nil || !p.TooLong() {
		return
	}
	limit := SCPCharacters
	if p.IsRCP() == value.Yes {
		limit = RCPCharacters
	}
	problem := policy.Problem{Text: fmt.Sprintf("the policy has %d characters, %d are allowed", p.Length(), limit), Span: p.Content.Span}
	if !slices.Contains(p.Document.Problems, problem) { // models share documents
		p.Document.Problems = append(p.Document.Problems, problem)
	}
}

// attach places an attachment. Where for_each goes over ids that are known only
// after apply, one instance stands for all of them: an attachment is made to each.
func (b *organizations) attach(a *Attachment) {
	if id := a.TargetID; a.Resource.Key == "[?]" && len(id.Candidates) > 0 && id.Via != nil && strings.HasPrefix(id.Via.Name, "each.") {
		for _, c := range id.Candidates {
			one := *a
			one.TargetID = c
			b.attach(&one)
		}
		return
	}
	target, org := b.target(a.Resource, a.TargetID)
	if target != nil && target.Kind != OrganizationRoot {
		b.place(target)
	}
	a.Target = target
	if a.Policy != nil {
		a.Policy.Attachments = append(a.Policy.Attachments, a)
	}
	ref := a.TargetID.Ref
	switch {
	case ref != nil && (strings.HasPrefix(ref.Attr, "master_account") || strings.HasPrefix(ref.Attr, "management_account")):
		org.Management = append(org.Management, a)
	case target == nil:
		org.Unplaced = append(org.Unplaced, a)
	default:
		target.Attachments = append(target.Attachments, a)
		if target.Resource == nil && target.Kind != OrganizationRoot {
			// A literal id may be that of a node whose id is not known yet.
			org.Unplaced = append(org.Unplaced, a)
		}
	}
}

// attachToListed attaches a policy that lists its targets itself.
func (b *organizations) attachToListed(p *OrganizationPolicy) {
	targets := p.Resource.Attr("target_ids")
	if targets.Missing() {
		return
	}
	ids := targets.Elems
	if targets.Is(value.Unknown) || targets.Open {
		ids = append(ids[:len(ids):len(ids)], value.Of(value.Type{Kind: value.String}, targets.Span, targets.AllWhy()...))
	}
	for _, id := range ids {
		b.attach(&Attachment{Resource: p.Resource, Policy: p, TargetID: id, PolicyID: &value.Value{Kind: value.Absent}})
	}
}

// adopt gives a policy to the organization it is attached in, or else to the
// one beside it.
func (b *organizations) adopt(p *OrganizationPolicy) {
	if p.IsSCP() == value.No {
		return
	}
	org := b.of(p.Resource)
	for _, a := range p.Attachments {
		if a.Target != nil {
			org = a.Target.top().organization
			break
		}
	}
	org.Policies = append(org.Policies, p)
}

func (n *Node) top() *Node {
	for n.Parent != nil {
		n = n.Parent
	}
	return n
}

// restrictions are the SCPs that Control Tower deploys for the controls that
// are about root, by the end of their ARN: the name in a Region's identifier,
// the opaque one in the Control Catalog's.
var restrictions = map[string]restriction{
	"AWS-GR_RESTRICT_ROOT_USER":             {"GRRESTRICTROOTUSER", "*"},
	"5kvme4m5d2b4d7if2fs5yg2ui":             {"GRRESTRICTROOTUSER", "*"},
	"AWS-GR_RESTRICT_ROOT_USER_ACCESS_KEYS": {"GRRESTRICTROOTUSERACCESSKEYS", "iam:CreateAccessKey"},
	"8ui9y3oace2513xarz8aqojl7":             {"GRRESTRICTROOTUSERACCESSKEYS", "iam:CreateAccessKey"},
}

type restriction struct{ sid, action string }

// addControl makes a Control Tower control the SCP that it deploys. Controls
// about anything else are left out; one that is not known may be any.
func (b *organizations) addControl(res *terraform.Resource) {
	id := res.Attr("control_identifier")
	p := &OrganizationPolicy{Resource: res, Type: value.Str("SERVICE_CONTROL_POLICY")}
	name, known := lastSegment(id)
	r, about := restrictions[name]
	switch {
	case about:
		p.Content = r.content(id.Span, res.Attr("parameters"))
	case known:
		return
	default:
		p.Content = value.Of(value.Type{Kind: value.String}, id.Span, id.AllWhy()...)
	}
	p.Document = b.m.document(res, p.Content, "the policy")
	b.attach(&Attachment{Resource: res, Policy: p, PolicyID: id, TargetID: res.Attr("target_identifier")})
	b.adopt(p)
}

// lastSegment is what follows the last slash, which is known though the Region
// before it need not be.
func lastSegment(v *value.Value) (string, bool) {
	if !v.Is(value.String) || len(v.Parts) == 0 {
		return "", false
	}
	last := v.Parts[len(v.Parts)-1]
	if last.Hole != nil {
		return "", false
	}
	text := last.Text.String
	i := strings.LastIndexByte(text, '/')
	return text[i+1:], i >= 0 || len(v.Parts) == 1
}

// content is the text of the SCP. The parameter ExemptAssumeRoot leaves central
// root sessions out; where it is not known whether it is given, so is that part.
func (r restriction) content(span source.Span, parameters *value.Value) *value.Value {
	exempt := value.No
	if parameters.Is(value.Unknown) || parameters.Open {
		exempt = value.Maybe
	}
	for _, p := range parameters.Elems {
		key, ok := p.Get("key").Text()
		switch {
		case !ok && exempt == value.No:
			exempt = value.Maybe
		case key == "ExemptAssumeRoot":
			exempt = value.Yes
		}
	}
	text := func(s string) *value.Value { return value.StrAt(source.Computed(s, span)) }
	condition := value.ObjectOf(map[string]*value.Value{
		"StringLike": value.ObjectOf(map[string]*value.Value{"aws:PrincipalArn": text("arn:*:iam::*:root")}),
	})
	if exempt != value.No {
		condition.Attrs = append(condition.Attrs, value.Attr{Name: text("Null"), Value: value.ObjectOf(map[string]*value.Value{"aws:AssumedRoot": text("true")})})
	}
	if exempt == value.Maybe {
		condition.Attrs[1].Value = value.Of(value.Type{}, span, parameters.AllWhy()...)
	}
	statement := value.ObjectOf(map[string]*value.Value{
		"Sid": text(r.sid), "Effect": text("Deny"), "Action": text(r.action), "Resource": text("*"), "Condition": condition,
	})
	statement.Span = span
	document := value.ObjectOf(map[string]*value.Value{"Version": text("2012-10-17"), "Statement": value.ListOf(statement)})
	document.Span = span
	return document
}

// addSettings finds what else decides over an organization.
func (b *organizations) addSettings() {
	for _, r := range b.m.Roots {
		for _, res := range b.m.resources(r, "aws_iam_organizations_features", "aws_organizations_delegated_administrator",
			"aws_organizations_resource_policy") {
			org := b.of(res)
			switch {
			case res.Type == "aws_iam_organizations_features":
				org.Features = res
			case org.Delegated == nil:
				org.Delegated = res
			}
		}
		if org := b.managed[r]; org != nil {
			for _, m := range r.UnreadModules() {
				if mayAttach(m) {
					org.Unread = append(org.Unread, m)
				}
			}
		}
	}
}

// mayAttach says that a module that is not at hand may attach policies: it is
// told of the organization's tree, or is named for it.
func mayAttach(m terraform.UnreadModule) bool {
	if named(m, "scp", "organization", "guardrail", "service-control", "service_control", "control-tower", "controltower", "landing-zone", "landing_zone") {
		return true
	}
	found := false
	m.Arguments.Walk(func(v *value.Value) bool {
		found = found || v.Ref != nil && strings.Contains(v.Ref.Type, "_organizations_")
		return !found
	})
	return found
}

// named says that a call's address or source contains one of the words.
func named(m terraform.UnreadModule, words ...string) bool {
	names := strings.ToLower(m.Address + " " + m.Source)
	for _, word := range words {
		if strings.Contains(names, word) {
			return true
		}
	}
	return false
}
