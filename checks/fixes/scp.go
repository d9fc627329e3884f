package fixes

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// AttachToRoot drafts the attachment of a policy to the root of the
// organization. It is a draft: who else it binds is for people to decide. An
// attachment to the management account, where it has no effect, is moved.
func AttachToRoot(o *identity.Organization, p *identity.OrganizationPolicy) []*analyzer.Fix {
	r := p.Resource
	root := rootOf(o, r)
	if o.Resource == nil || r.Body.IsZero() || root == "" || strings.Contains(r.Key, "?") || r.Type != "aws_organizations_policy" || full(o.Root) {
		return nil
	}
	if edits := moveToRoot(o, p, root); len(edits) > 0 {
		return []*analyzer.Fix{{Message: "attach the policy to the root of the organization instead, after testing it on one unit", Grade: analyzer.Draft, Edits: edits}}
	}
	label := r.Name
	if free(r.Root, r.Body, "aws_organizations_policy_attachment", label) != label {
		label = free(r.Root, r.Body, "aws_organizations_policy_attachment", r.Name+labelSeparator(r.Name)+"root")
	}
	policy, counted := r.Name+r.Key, countOf(r) != ""
	if counted {
		policy = r.Name
	}
	text := attachment(providerOf(r), label, policy, root, counted)
	edits, err := edit.InsertAfterBlock(r.Body, text)
	if err != nil {
		return nil
	}
	return []*analyzer.Fix{{Message: "attach the policy to the root of the organization, after testing it on one unit", Grade: analyzer.Draft, Edits: edits}}
}

// moveToRoot gives the only attachment of a policy another target.
func moveToRoot(o *identity.Organization, p *identity.OrganizationPolicy, root string) []source.Edit {
	if len(p.Attachments) != 1 || !slices.Contains(o.Management, p.Attachments[0]) {
		return nil
	}
	a := p.Attachments[0].Resource
	if a.Type != "aws_organizations_policy_attachment" || a.Key != "" || a.Module != p.Resource.Module || a.Body.IsZero() {
		return nil
	}
	edits, err := edit.SetAttribute(a.Body, "target_id", edit.Raw(root))
	if err != nil {
		return nil
	}
	return edits
}

// rootOf is an expression for the root of the organization in the module of a
// resource: as attachments beside it write it, else by the organization that is
// declared there; "" when neither is at hand. An expression of another module, or one
// that each.key or count.index is part of, means nothing where the draft goes.
func rootOf(o *identity.Organization, near *terraform.Resource) string {
	if o.Root != nil {
		for _, a := range o.Root.Attachments {
			r := a.Resource
			if text, ok := written(r, "target_id"); ok && r.Root == near.Root && r.Module == near.Module && !strings.Contains(text, "each.") && !strings.Contains(text, "count.") {
				return text
			}
		}
	}
	org := o.Resource
	if org == nil || org.Root != near.Root || org.Module != near.Module || org.Type != "aws_organizations_organization" || strings.Contains(org.Key, "?") {
		return ""
	}
	return "aws_organizations_organization." + org.Name + org.Key + ".roots[0].id"
}

// AndAttach drafts a repair together with the attachment without which it would
// have no effect.
func AndAttach(o *identity.Organization, p *identity.OrganizationPolicy, repair []*analyzer.Fix) []*analyzer.Fix {
	attach := AttachToRoot(o, p)
	if len(repair) != 1 || len(attach) != 1 {
		return nil
	}
	return []*analyzer.Fix{{
		Message: repair[0].Message + ", and " + attach[0].Message, Grade: analyzer.Draft,
		Edits: append(repair[0].Edits[:len(repair[0].Edits):len(repair[0].Edits)], attach[0].Edits...),
	}}
}

// enrolment are the actions that root needs to enrol an MFA device: AWS's
// DenyAllExceptListedIfNoMFA.
var enrolment = []string{
	"iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices",
	"iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken",
}

// DraftRootMFA drafts a service control policy that denies root everything without
// MFA but what enrols a device, and what is exempt.
func DraftRootMFA(o *identity.Organization, exempt []string, message string) []*analyzer.Fix {
	sessions := o.Features != nil && organization.Enables(o.Features, "RootSessions") != value.No
	return missingSCP(o, "require-root-mfa", rootMFAPolicy(exempt, sessions), message)
}

// rootMFAPolicy keeps root from acting without MFA.
func rootMFAPolicy(exempt []string, centralSessions bool) draftStatement {
	d := draftStatement{
		sid: "RootNeedsMFA", effect: "Deny", not: true, actions: slices.Concat(enrolment, exempt), resources: []string{"*"},
		conditions: []draftCondition{
			{operator: "StringLike", key: "aws:PrincipalArn", values: []string{anyRoot}},
			{operator: "BoolIfExists", key: "aws:MultiFactorAuthPresent", values: []string{"false"}},
		},
	}
	if centralSessions {
		d.conditions = append(d.conditions, draftCondition{operator: "Null", key: "aws:AssumedRoot", values: []string{"true"}, remark: "not the central sessions of root"})
	}
	return d
}

// missingSCP drafts a service control policy and its attachment: in the file of
// the last one that is there, as that is written, else in that of the
// organization.
func missingSCP(o *identity.Organization, name string, statement draftStatement, message string) []*analyzer.Fix {
	near, beside := o.Resource, []*terraform.Resource(nil)
	for _, p := range o.Policies {
		if p.IsSCP() == value.Yes && p.Resource.Type == "aws_organizations_policy" && writable(p.Resource) && rootOf(o, p.Resource) != "" {
			near, beside = p.Resource, append(beside, p.Resource)
		}
	}
	root := rootOf(o, near)
	if root == "" || !writable(near) || full(o.Root) {
		return nil
	}
	style := styleOf(beside, "content")
	if style.document == "" && style.heredoc == "" && readsFile(beside) {
		style.document = "minified_json" // for which no other file is needed
	}
	if len((policyStyle{heredoc: "<<EOF"}).json([]draftStatement{statement})) > identity.SCPCharacters {
		return nil
	}
	naming := namingOf(beside)
	label := free(near.Root, near.Body, "aws_organizations_policy", naming.label(name))
	if style.document != "" {
		label = free(near.Root, near.Body, "aws_iam_policy_document", label)
	}
	blocks, expression := style.write(label, statement)
	provider, count, tags := providerOf(near), countOf(near), tagsOf(beside)
	arguments := provider
	if count != "" {
		arguments += "count = " + count + "\n\n"
	}
	if tags != "" {
		tags = "\n" + tags
	}
	return appended(near.Header, fmt.Sprintf(`%sresource "aws_organizations_policy" %q {
%sname = %q
type = "SERVICE_CONTROL_POLICY"

content = %s
%s}

%s
`, blocks, label, arguments, naming.name(name), expression, tags,
		attachment(provider, free(near.Root, near.Body, "aws_organizations_policy_attachment", label), label, root, count != "")), message)
}

// readsFile says that the last of the policies is the content of a file.
func readsFile(policies []*terraform.Resource) bool {
	if len(policies) == 0 {
		return false
	}
	text, _ := written(policies[len(policies)-1], "content")
	return strings.HasPrefix(text, "file(") || strings.HasPrefix(text, "templatefile(")
}

// A naming is how the words of labels and of names are put together.
type naming struct{ label, name func(words string) string }

var (
	pascal = regexp.MustCompile(`^[A-Z][a-z0-9]+([A-Z][A-Za-z0-9]*)*$`)
	kebab  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)
	snake  = regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)+$`)
)

// namingOf is what the policies of the organization follow; of names and labels
// without a sign of it, a-name and a_label.
func namingOf(policies []*terraform.Resource) naming {
	out := naming{label: func(s string) string { return strings.ReplaceAll(s, "-", "_") }, name: func(s string) string { return s }}
	for _, r := range policies {
		if how := wording(r.Name); how != nil {
			out.label = how
		}
		if how := wording(r.Attr("name").TextOr("")); how != nil {
			out.name = how
		}
	}
	return out
}

// wording is how the words of a text are put together; nil when it does not tell.
func wording(text string) func(string) string {
	switch {
	case pascal.MatchString(text):
		return func(s string) string {
			words := strings.Split(s, "-")
			for i, w := range words {
				words[i] = strings.ToUpper(w[:1]) + w[1:]
				if w == "mfa" {
					words[i] = "MFA"
				}
			}
			return strings.Join(words, "")
		}
	case kebab.MatchString(text):
		return func(s string) string { return s }
	case snake.MatchString(text):
		return func(s string) string { return strings.ReplaceAll(s, "-", "_") }
	}
	return nil
}

// labelSeparator is what stands between the words of a label.
func labelSeparator(label string) string {
	if strings.Contains(label, "-") && !strings.Contains(label, "_") {
		return "-"
	}
	return "_"
}

// full says that AWS would refuse one more service control policy on a node, so that
// a draft of one would be of no use:
// FullAWSAccess, which Terraform does not see, is one of those that may be.
func full(n *identity.Node) bool {
	scps, _ := organization.Attached(n)
	return scps+1 >= identity.SCPsAttached
}

// appended drafts resources at the end of the file in which something stands.
func appended(near source.Span, text, message string) []*analyzer.Fix {
	if near.IsZero() || !strings.HasSuffix(near.File.Name, ".tf") && !strings.HasSuffix(near.File.Name, ".tofu") {
		return nil
	}
	edits, err := edit.AppendToFile(near.File, text)
	if err != nil {
		return nil
	}
	return []*analyzer.Fix{{Message: message, Grade: analyzer.Draft, Edits: edits}}
}
