package terraform

import (
	"bytes"
	"encoding/json"
	"slices"
	"sort"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/value"
)

// read are the attributes of data sources that need no network, by type.
var read = map[string][]string{
	"aws_iam_policy_document": {"json", "minified_json"},
	"aws_caller_identity":     {"account_id"},
	"aws_partition":           {"dns_suffix", "partition", "reverse_dns_prefix"},
	"aws_region":              {"name"},
	"aws_iam_policy":          {"arn"},
	"template_file":           {"rendered"},
	"local_file":              {"content"},
	"null_data_source":        {"outputs"},
	"terraform_data":          {"output"},
}

// Described is Effective with what iamvet reads or renders in the provider's
// place, such as the JSON of a policy document; members are in name order, and
// texts and sets are as the provider writes them into a plan. It is for people:
// nothing in it is to be edited.
func (r *Resource) Described() *value.Value {
	out := r.Effective()
	add := func(name string, v *value.Value) {
		if out.Get(name).Is(value.Absent) && !v.Missing() {
			out.Attrs = append(out.Attrs, value.Attr{Name: value.Str(name), Value: v})
		}
	}
	for _, name := range read[r.Type] {
		if out.Get(name).Is(value.Absent) {
			add(name, r.Reference(name))
		}
	}
	if r.Mode == addrs.Data && r.Type == "aws_iam_policy_document" {
		add("version", value.Str("2012-10-17"))
	}
	for _, name := range r.computed {
		add(name, r.Reference(name))
	}
	for i, a := range out.Attrs {
		name, _ := a.Key()
		out.Attrs[i].Value = r.stored(name, a.Value)
	}
	sort.SliceStable(out.Attrs, func(i, j int) bool {
		a, _ := out.Attrs[i].Key()
		b, _ := out.Attrs[j].Key()
		return a < b
	})
	return out
}

// stored is the value of an attribute as a plan has it.
func (r *Resource) stored(name string, v *value.Value) *value.Value {
	switch {
	case !IdentityType(r.Type):
		return v
	case r.Mode == addrs.Managed && versionFirst[r.Type+"."+name]:
		return normalPolicy(v, true)
	case r.Mode == addrs.Managed && normalized[r.Type+"."+name]:
		return normalPolicy(v, false)
	case storedSets[name]:
		return sortedSet(v)
	case v.IsSequence() && isBlockType(r.Type, name):
		w := *v
		w.Elems = make([]*value.Value, len(v.Elems))
		for i, e := range v.Elems {
			w.Elems[i] = r.storedBlock(r.Type+"."+name, e)
		}
		return &w
	}
	return v
}

func (r *Resource) storedBlock(path string, block *value.Value) *value.Value {
	if !block.Is(value.Object) {
		return block
	}
	w := *block
	w.Attrs = slices.Clone(block.Attrs)
	for i, a := range w.Attrs {
		name, _ := a.Key()
		switch {
		case versionFirst[path+"."+name]:
			w.Attrs[i].Value = normalPolicy(a.Value, true)
		case storedSets[name]:
			w.Attrs[i].Value = sortedSet(a.Value)
		case a.Value.IsSequence() && isBlockType(path, name):
			list := *a.Value
			list.Elems = make([]*value.Value, len(a.Value.Elems))
			for j, e := range a.Value.Elems {
				list.Elems[j] = r.storedBlock(path+"."+name, e)
			}
			w.Attrs[i].Value = &list
		}
	}
	return &w
}

// normalized are the policies that the provider stores with their members in
// order, and versionFirst those of which it puts the version in front.
var (
	normalized   = map[string]bool{"aws_iam_role.assume_role_policy": true, "aws_iam_policy.policy": true}
	versionFirst = map[string]bool{
		"aws_iam_role.inline_policy.policy": true, "aws_iam_role_policy.policy": true,
		"aws_iam_user_policy.policy": true, "aws_iam_group_policy.policy": true,
	}
	// storedSets are the attributes of identity resources that are sets.
	storedSets = map[string]bool{
		"aws_service_access_principals": true, "enabled_policy_types": true, "enabled_features": true, "client_id_list": true,
		"groups": true, "users": true, "roles": true, "managed_policy_arns": true, "policy_arns": true, "policy_names": true,
		"actions": true, "not_actions": true, "resources": true, "not_resources": true, "identifiers": true,
	}
)

// normalPolicy is the JSON text as the provider normalizes it. What is not
// JSON, or not known, stays.
func normalPolicy(v *value.Value, versionAhead bool) *value.Value {
	text, ok := v.Text()
	if !ok {
		return v
	}
	var tree any
	dec := json.NewDecoder(strings.NewReader(text))
	if dec.Decode(&tree) != nil || dec.More() {
		return v
	}
	normal, err := json.Marshal(tree)
	if err != nil {
		return v
	}
	const version = `"Version":"2012-10-17"`
	if last := []byte("," + version + "}"); versionAhead && bytes.HasPrefix(normal, []byte("{")) && bytes.HasSuffix(normal, last) {
		rest := normal[1 : len(normal)-len(last)]
		normal = append(append([]byte("{"+version+","), rest...), '}')
	}
	w := *v
	w.Parts = []value.Part{{Text: source.Computed(string(normal), v.Span)}}
	return &w
}

// sortedSet is a set of known strings in order, each once, as Terraform keeps
// sets.
func sortedSet(v *value.Value) *value.Value {
	if !v.IsSequence() || v.Open {
		return v
	}
	byText := map[string]*value.Value{}
	var texts []string
	for _, e := range v.Elems {
		text, ok := e.Text()
		if !ok {
			return v
		}
		if byText[text] == nil {
			byText[text] = e
			texts = append(texts, text)
		}
	}
	slices.Sort(texts)
	w := *v
	w.Elems = make([]*value.Value, len(texts))
	for i, text := range texts {
		w.Elems[i] = byText[text]
	}
	return &w
}
