package terraform

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/value"
)

// computed is an attribute that the block does not write: what the provider is
// known to make it, else unknown until apply.
func (inst *instance) computed(name string, cautious bool) *value.Value {
	if inst.key.Type == "aws_organizations_organization" && name == "roots" {
		return inst.organizationRoots()
	}
	if inst.key.Mode == addrs.Data {
		return inst.dataAttribute(name, cautious)
	}
	if from, ok := derivedFrom[inst.key.Type][name]; ok {
		if v := inst.written(from, cautious); !v.Missing() {
			return v
		}
	}
	if name == "arn" {
		if v := inst.ownARN(cautious); v != nil {
			return v
		}
	}
	if text, ok := providerDefaults[inst.key.Type][name]; ok {
		return value.StrAt(source.Computed(text, inst.block.Header))
	}
	return inst.afterApply(name)
}

// organizationRoots is the list of an organization's roots: it has one.
func (inst *instance) organizationRoots() *value.Value {
	root := &value.Value{Kind: value.Object, Open: true, Span: inst.block.Header}
	for _, name := range []string{"arn", "id", "name"} {
		v := inst.afterApply("roots[0]." + name)
		ref := *inst.ref
		ref.Attr = "roots[0]." + name
		v.Type, v.Ref = value.Type{Kind: value.String}, &ref
		root.Attrs = append(root.Attrs, value.Attr{Name: value.Str(name), Value: v})
	}
	return &value.Value{Kind: value.List, Elems: []*value.Value{root}, Span: inst.block.Header}
}

// derivedFrom says which computed attributes repeat another one.
var derivedFrom = map[string]map[string]string{
	"aws_iam_user":             {"id": "name"},
	"aws_iam_role":             {"id": "name"},
	"aws_iam_group":            {"id": "name"},
	"aws_iam_instance_profile": {"id": "name"},
	"aws_iam_user_login_profile": {
		"id": "user",
	},
	"terraform_data":           {"output": "input"},
	"null_data_source":         {"outputs": "inputs"},
	"aws_iam_group_membership": {"id": "name"},
}

// providerDefaults are attributes whose value without being written is fixed.
var providerDefaults = map[string]map[string]string{
	"aws_iam_user":             {"path": "/"},
	"aws_iam_role":             {"path": "/"},
	"aws_iam_group":            {"path": "/"},
	"aws_iam_policy":           {"path": "/"},
	"aws_iam_instance_profile": {"path": "/"},
	"aws_iam_access_key":       {"status": "Active"},
	"aws_organizations_policy": {"type": "SERVICE_CONTROL_POLICY"},
}

func (inst *instance) afterApply(name string) *value.Value {
	return inst.unknownAttribute(name, "is known only after apply")
}

func (inst *instance) unknownAttribute(name, why string) *value.Value {
	return value.Of(attributeType(name), inst.block.Header, value.Reason{Text: inst.address + "." + name + " " + why, Span: inst.block.Header})
}

// attributeType is the type of an attribute, as far as its name tells.
func attributeType(name string) value.Type {
	switch {
	case name == "id" || name == "arn" || name == "name" || name == "unique_id" || name == "account_id" || name == "partition",
		strings.HasSuffix(name, "_arn"), strings.HasSuffix(name, "_id"), strings.HasSuffix(name, "_name"):
		return value.Type{Kind: value.String}
	}
	return value.Type{}
}

// dataAttribute is an attribute that a data source reads. Those that need no
// network are known.
func (inst *instance) dataAttribute(name string, cautious bool) *value.Value {
	switch inst.key.Type {
	case "aws_iam_policy_document":
		switch name {
		case "json", "minified_json":
			return inst.policyDocument(name == "minified_json", cautious)
		}
	case "aws_caller_identity":
		if name == "account_id" || name == "id" {
			if account, at := inst.accountID(); account != "" {
				return value.StrAt(source.Computed(account, at))
			}
			v := inst.unknownAttribute(name, "is not known (--account)")
			v.Same = inst.accountName()
			return v
		}
	case "aws_partition":
		if v := inst.partitionAttribute(name); v != nil {
			return v
		}
		return inst.unknownAttribute(name, "is not known (--partition)")
	case "aws_region":
		if v := inst.region(); v != nil && (name == "name" || name == "region" || name == "id") {
			return v
		}
	case "aws_iam_user":
		if name == "id" {
			return inst.orUnknown("user_name", name, cautious)
		}
	case "aws_iam_role":
		if name == "id" {
			return inst.orUnknown("name", name, cautious)
		}
	case "aws_iam_group":
		if name == "id" {
			return inst.orUnknown("group_name", name, cautious)
		}
	case "aws_iam_policy":
		if v := inst.managedPolicy(name, cautious); v != nil {
			return v
		}
	case "template_file":
		if name == "rendered" {
			return inst.templateFile(cautious)
		}
	case "local_file":
		if name == "content" {
			return inst.localFile(cautious)
		}
	case "null_data_source":
		if name == "outputs" {
			return inst.orUnknown("inputs", name, cautious)
		}
	case "aws_arn":
		if v := inst.arnAttribute(name, cautious); v != nil {
			return v
		}
	}
	return inst.unknownAttribute(name, "is read from AWS, or whatever stands behind it, when Terraform runs")
}

// orUnknown is a written attribute under another name.
func (inst *instance) orUnknown(written, name string, cautious bool) *value.Value {
	if v := inst.written(written, cautious); !v.Missing() {
		return v
	}
	return inst.unknownAttribute(name, "is read when Terraform runs")
}

// policyDocument renders a policy document; both its forms are made at once.
func (inst *instance) policyDocument(minified, cautious bool) *value.Value {
	both := inst.m.ev.once(inst.memo, memoKey{"document", "", cautious}, inst.address, inst.block.Header, func() *value.Value {
		ev := inst.m.ev
		block := ev.bodyValue(inst.block.Body(), inst.block.Span, func(name string) *value.Value { return inst.written(name, cautious) })
		json, min, gaps := renderPolicyDocument(block, inst.block.Span)
		for _, g := range gaps {
			ev.root.gap(g)
		}
		assumptions := block.AllAssumptions()
		return &value.Value{Kind: value.Tuple, Elems: []*value.Value{burden(json, assumptions, false), burden(min, assumptions, false)}}
	})
	if minified {
		return both.At(1)
	}
	return both.At(0)
}

// managedPolicy is a policy data source that names its policy.
func (inst *instance) managedPolicy(name string, cautious bool) *value.Value {
	arn, named := inst.written("arn", cautious), inst.written("name", cautious)
	if name == "id" {
		name = "arn"
		if arn.Set() {
			return arn
		}
	}
	text, ok := named.Text()
	if dir, managed := awsManagedPolicies[text]; ok && managed && name == "arn" {
		partition := inst.partition()
		if partition.Is(value.Unknown) {
			return &value.Value{Kind: value.String, Span: inst.block.Header, Parts: []value.Part{
				{Text: source.Computed("arn:", inst.block.Header)}, {Hole: partition},
				{Text: source.Computed(":iam::aws:policy/"+dir+text, inst.block.Header)},
			}}
		}
		return value.StrAt(source.Computed("arn:"+partition.TextOr("aws")+":iam::aws:policy/"+dir+text, inst.block.Header))
	}
	return nil
}

// awsManagedPolicies are AWS's own policies that matter here, by name, with the
// path in their ARN.
var awsManagedPolicies = map[string]string{
	"AdministratorAccess":           "",
	"PowerUserAccess":               "",
	"ReadOnlyAccess":                "",
	"SecurityAudit":                 "",
	"IAMFullAccess":                 "",
	"IAMReadOnlyAccess":             "",
	"IAMUserChangePassword":         "",
	"IAMUserSSHKeys":                "",
	"ViewOnlyAccess":                "job-function/",
	"Billing":                       "job-function/",
	"SupportUser":                   "job-function/",
	"SystemAdministrator":           "job-function/",
	"NetworkAdministrator":          "job-function/",
	"DatabaseAdministrator":         "job-function/",
	"DataScientist":                 "job-function/",
	"AWSDenyAll":                    "",
	"AWSCompromisedKeyQuarantineV2": "",
}

func (inst *instance) templateFile(cautious bool) *value.Value {
	t, vars := inst.written("template", cautious), inst.written("vars", cautious)
	if vars.Missing() {
		vars = &value.Value{Kind: value.Object}
	}
	text, ok := t.Text()
	if !ok {
		return value.Of(value.Type{Kind: value.String}, t.Span, reasons(t)...)
	}
	src := source.Computed(text, t.Span)
	if len(t.Parts) == 1 {
		src = t.Parts[0].Text
	}
	var errs []value.Reason
	e := evaluation{ev: inst.m.ev, f: inst.frame.careful(cautious), errs: &errs}
	return derived(e.render(src, vars, t.Span), t, vars)
}

func (inst *instance) localFile(cautious bool) *value.Value {
	name := inst.written("filename", cautious)
	var errs []value.Reason
	e := evaluation{ev: inst.m.ev, f: inst.frame, errs: &errs}
	return callFunction("file", []*value.Value{name}, e.scope(name.Span))
}

func (inst *instance) arnAttribute(name string, cautious bool) *value.Value {
	arn := inst.written("arn", cautious)
	text, ok := arn.Text()
	if !ok {
		return nil
	}
	fields := strings.SplitN(text, ":", 6)
	if len(fields) != 6 {
		return nil
	}
	for i, n := range []string{"", "partition", "service", "region", "account", "resource"} {
		if n == name && i > 0 {
			return derived(value.StrAt(source.Computed(fields[i], arn.Span)), arn)
		}
	}
	return nil
}
