package terraform

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/terraform/plan"
	"github.com/iamvet/iamvet/analyzer/value"
)

var updatePlans = flag.Bool("update-plans", false, "write the golden file of plans")

const plans = "../../testdata/plans"

// loadEvidence reads a plan, or else a state.
func loadEvidence(t testing.TB, b []byte, name string) (*Root, error) {
	t.Helper()
	switch plan.SniffJSON(b) {
	case plan.JSONState, plan.RawState:
		return LoadState(context.Background(), bytes.NewReader(b), name, nil)
	}
	return LoadPlan(context.Background(), bytes.NewReader(b), name, nil, PlanOptions{})
}

// Every plan and state of public repositories loads, or is refused with a
// reason. The golden file says what was found in each.
func TestRealPlans(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(plans, "real", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("no plans", err)
	}
	var got strings.Builder
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		root, err := loadEvidence(t, b, name)
		if err != nil {
			fmt.Fprintf(&got, "%s\n\trefused: %v\n", name, err)
			continue
		}
		managed, data := root.Resources(), root.DataSources()
		identity, unknown, refs := 0, 0, 0
		for _, r := range append(managed, data...) {
			if IdentityType(r.Type) {
				identity++
				for _, a := range r.Block.Attrs {
					if !a.Value.Known() {
						unknown++
					}
					if a.Value.Ref != nil {
						refs++
					}
				}
			}
		}
		fmt.Fprintf(&got, "%s\n\t%s: %d resources, %d data sources, %d modules; %d identity resources, %d attributes not known, %d references\n",
			name, [...]string{"config", "plan", "state"}[root.Source], len(managed), len(data), root.Modules(), identity, unknown, refs)
		for _, g := range root.Gaps() {
			fmt.Fprintf(&got, "\t%s: %s\n", g.Kind, g.Reason)
		}
	}
	golden(t, "testdata/real-plans.golden", got.String())
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *updatePlans {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is out of date; run with -update-plans and read the difference", file)
		w, g := strings.Split(string(want), "\n"), strings.Split(got, "\n")
		for i := range min(len(w), len(g)) {
			if w[i] != g[i] {
				t.Errorf("line %d is\n%s\nwant\n%s", i+1, g[i], w[i])
				break
			}
		}
	}
}

const planHead = `{"format_version":"1.2","terraform_version":"1.11.4",`

func planOf(t *testing.T, text string) *Root {
	t.Helper()
	root, err := LoadPlan(context.Background(), strings.NewReader(planHead+text+"}"), "plan.json", nil, PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func change(address, actions, more string) string {
	parts := strings.Split(address, ".")
	typ, name, _ := strings.Cut(strings.Join(parts[len(parts)-2:], "."), ".")
	return fmt.Sprintf(`{"address":%q,"mode":"managed","type":%q,"name":%q,"change":{"actions":[%s],"before":null,%s}}`,
		address, typ, strings.SplitN(name, "[", 2)[0], actions, more)
}

// What the plan removes is not there; what it replaces, in either order, is.
func TestPlanActions(t *testing.T) {
	var changes []string
	for name, actions := range map[string]string{
		"create": `"create"`, "update": `"update"`, "noop": `"no-op"`, "read": `"read"`, "delete": `"delete"`, "forget": `"forget"`,
		"replace": `"delete","create"`, "before": `"create","delete"`, "unforget": `"create","forget"`,
	} {
		changes = append(changes, change("aws_iam_user."+name, actions, `"after":{"name":"x"},"after_unknown":{"arn":true}`))
	}
	changes = append(changes, strings.Replace(change("aws_iam_user.deposed", `"delete"`, `"after":null`), `"mode"`, `"deposed":"abc","mode"`, 1))
	root := planOf(t, `"resource_changes":[`+strings.Join(changes, ",")+`],
		"planned_values":{"root_module":{"resources":[{"address":"aws_iam_user.delete","mode":"managed","type":"aws_iam_user","name":"delete","values":{}}]}}`)
	var got []string
	for _, r := range root.Resources("aws_iam_user") {
		got = append(got, r.Name)
	}
	if want := "before create noop read replace unforget update"; strings.Join(got, " ") != want {
		t.Errorf("%q, want %q", got, want)
	}
	if !root.Resource("aws_iam_user.replace").Creates() || root.Resource("aws_iam_user.noop").Creates() {
		t.Error("actions are not those of the plan")
	}
}

func TestPlanValues(t *testing.T) {
	root := planOf(t, `"resource_changes":[`+change(`aws_iam_role.r`, `"create"`,
		`"after":{"name":"r","description":null,"max_session_duration":3600,"managed_policy_arns":["a",null],"inline_policy":[{"name":"i","policy":null}],"tags":{"k":"v","s":"x"}},
		 "after_unknown":{"arn":true,"managed_policy_arns":[false,true],"inline_policy":[{"policy":true}],"tags":{}},
		 "after_sensitive":{"tags":{"s":true},"description":true}`)+`]`)
	r := root.Resource("aws_iam_role.r")
	if r == nil {
		t.Fatal("no role")
	}
	for _, test := range []struct {
		path string
		kind value.Kind
		text string
	}{
		{"name", value.String, "r"}, {"description", value.Null, ""}, {"max_session_duration", value.Number, ""},
		{"arn", value.Unknown, ""}, {"nothing", value.Absent, ""}, {"tags.k", value.String, "v"},
	} {
		v := r.Attr(strings.Split(test.path, ".")...)
		if v.Kind != test.kind || v.TextOr("") != test.text {
			t.Errorf("%s is %v %q, want %v %q", test.path, v.Kind, v.TextOr(""), test.kind, test.text)
		}
	}
	if e := r.Attr("managed_policy_arns").Elems; len(e) != 2 || e[0].TextOr("") != "a" || !e[1].Is(value.Unknown) {
		t.Errorf("managed_policy_arns: %v", e)
	}
	if p := r.Attr("inline_policy").At(0).Get("policy"); !p.Is(value.Unknown) || p.Why[0].Text != "aws_iam_role.r.inline_policy[0].policy is known after apply" {
		t.Errorf("inline policy: %+v", p)
	}
	if !r.Attr("tags", "s").Sensitive || r.Attr("tags", "k").Sensitive || !r.Attr("description").Sensitive {
		t.Error("after_sensitive is not kept")
	}
}

// The references of the configuration section join what is not known.
func TestPlanReferences(t *testing.T) {
	const unknown = `"after":{},"after_unknown":{"policy_id":true,"target_id":true,"policy_arn":true,"role":true,"user":true,"name":true,"arn":true,"id":true}`
	var changes []string
	for _, address := range []string{
		"aws_organizations_organization.o", "aws_organizations_policy.p", "aws_organizations_policy_attachment.direct",
		`aws_iam_user.each["a"]`, `aws_iam_access_key.each["a"]`, `aws_iam_access_key.value["a"]`, "aws_iam_user.named", "aws_iam_access_key.template",
	} {
		changes = append(changes, change(address, `"create"`, unknown))
	}
	for _, r := range []string{"aws_iam_role.r", "aws_iam_role_policy_attachment.a"} {
		c := change(r, `"create"`, unknown)
		changes = append(changes, strings.Replace(c, `{"address":"`, `{"module_address":"module.m[\"x\"]","address":"module.m[\"x\"].`, 1))
	}
	resource := func(address, expressions, more string) string {
		typ, name, _ := strings.Cut(address, ".")
		return fmt.Sprintf(`{"address":%q,"mode":"managed","type":%q,"name":%q,"expressions":{%s}%s}`, address, typ, name, expressions, more)
	}
	root := planOf(t, `"resource_changes":[`+strings.Join(changes, ",")+`],"configuration":{"root_module":{"resources":[`+strings.Join([]string{
		resource("aws_organizations_policy_attachment.direct", `"policy_id":{"references":["aws_organizations_policy.p.id","aws_organizations_policy.p"]},"target_id":{"references":["aws_organizations_organization.o.roots[0].id","aws_organizations_organization.o.roots[0]","aws_organizations_organization.o.roots","aws_organizations_organization.o"]}`, ""),
		resource("aws_iam_access_key.each", `"user":{"references":["aws_iam_user.each","each.key"]}`, `,"for_each_expression":{"references":["var.names"]}`),
		resource("aws_iam_access_key.value", `"user":{"references":["each.value.name","each.value"]}`, `,"for_each_expression":{"references":["aws_iam_user.each"]}`),
		resource("aws_iam_access_key.template", `"user":{"references":["aws_iam_user.named.name","aws_iam_user.named","var.suffix"]}`, ""),
	}, ",")+`],"module_calls":{"m":{"for_each_expression":{},"expressions":{"arn":{"references":["aws_organizations_policy.p.arn","aws_organizations_policy.p"]}},"module":{"resources":[`+
		resource("aws_iam_role_policy_attachment.a", `"policy_arn":{"references":["var.arn"]},"role":{"references":["aws_iam_role.r.name","aws_iam_role.r"]}`, "")+`]}}}}}`)
	for _, test := range []struct{ address, attr, want string }{
		{"aws_organizations_policy_attachment.direct", "policy_id", "aws_organizations_policy.p id"},
		{"aws_organizations_policy_attachment.direct", "target_id", "aws_organizations_organization.o roots[0].id"},
		{`aws_iam_access_key.each["a"]`, "user", `aws_iam_user.each["a"] name`},
		{`aws_iam_access_key.value["a"]`, "user", `aws_iam_user.each["a"] name`},
		{"aws_iam_access_key.template", "user", "none"},
		{`module.m["x"].aws_iam_role_policy_attachment.a`, "policy_arn", "aws_organizations_policy.p arn"},
		{`module.m["x"].aws_iam_role_policy_attachment.a`, "role", `module.m["x"].aws_iam_role.r name`},
	} {
		r := root.Resource(test.address)
		if r == nil {
			t.Errorf("no %s", test.address)
			continue
		}
		got := "none"
		if ref := r.Attr(test.attr).Ref; ref != nil {
			got = ref.Address + " " + ref.Attr
		}
		if got != test.want {
			t.Errorf("%s.%s refers to %s, want %s", test.address, test.attr, got, test.want)
		}
		if !r.Attr(test.attr).Is(value.Unknown) || len(r.Attr(test.attr).Why) != 1 {
			t.Errorf("%s.%s: %+v", test.address, test.attr, r.Attr(test.attr))
		}
	}
	if a := root.Resource("aws_organizations_policy_attachment.direct").Attr("arn"); !a.Is(value.Absent) {
		t.Errorf("an attribute that the configuration does not write is %v, want absent", a.Kind)
	}
}

// A policy that is read during the apply is rendered from what is known of it.
func TestPlanDeferredDocument(t *testing.T) {
	root := planOf(t, `"resource_changes":[
		{"address":"data.aws_iam_policy_document.d","mode":"data","type":"aws_iam_policy_document","name":"d","change":{"actions":["read"],
			"after":{"statement":[{"actions":["sts:AssumeRole"],"condition":[],"effect":"Allow","principals":[{"identifiers":[null],"type":"AWS"}],"sid":""}],"version":null},
			"after_unknown":{"id":true,"json":true,"statement":[{"principals":[{"identifiers":[true]}]}]}}},
		`+change("aws_iam_role.r", `"create"`, `"after":{"name":"r"},"after_unknown":{"assume_role_policy":true,"arn":true}`)+`,
		`+change("aws_iam_user.u", `"create"`, `"after":{"name":"u"},"after_unknown":{"arn":true}`)+`],
		"configuration":{"root_module":{"resources":[
			{"address":"aws_iam_role.r","mode":"managed","type":"aws_iam_role","name":"r","expressions":{"assume_role_policy":{"references":["data.aws_iam_policy_document.d.json","data.aws_iam_policy_document.d"]}}},
			{"address":"data.aws_iam_policy_document.d","mode":"data","type":"aws_iam_policy_document","name":"d","expressions":{"statement":[{"actions":{"constant_value":["sts:AssumeRole"]},"principals":[{"type":{"constant_value":"AWS"},"identifiers":{"references":["aws_iam_user.u.arn","aws_iam_user.u"]}}]}]}}]}}`)
	p := root.Resource("aws_iam_role.r").Attr("assume_role_policy")
	if got := printTree(p.JSON); got != "{Version:2012-10-17 Statement:[{Effect:Allow Action:sts:AssumeRole Principal:{AWS:?}}]}" {
		t.Fatalf("%s", got)
	}
	if p.Ref == nil || p.Ref.Address != "data.aws_iam_policy_document.d" {
		t.Errorf("refers to %v", p.Ref)
	}
	aws := p.JSON.Get("Statement").At(0).Get("Principal").Get("AWS")
	if aws.Ref == nil || aws.Ref.Address != "aws_iam_user.u" || aws.Ref.Attr != "arn" {
		t.Errorf("the principal refers to %v", aws.Ref)
	}
}

// A plan redirected by Windows PowerShell is UTF-16.
func TestPlanUTF16(t *testing.T) {
	text := planHead + `"resource_changes":[` + change("aws_iam_user.u", `"create"`, `"after":{"name":"é"}`) + `]}`
	b := []byte{0xFF, 0xFE}
	for _, r := range text {
		b = append(b, byte(r), byte(r>>8))
	}
	root, err := LoadPlan(context.Background(), bytes.NewReader(b), "plan.json", nil, PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := root.Resource("aws_iam_user.u").Attr("name").TextOr(""); got != "é" {
		t.Errorf("name %q", got)
	}
}

func TestRawState(t *testing.T) {
	root, err := LoadState(context.Background(), strings.NewReader(`{"version":4,"terraform_version":"1.5.0","serial":1,"lineage":"x","resources":[
		{"module":"module.m[\"a\"]","mode":"managed","type":"aws_iam_access_key","name":"k","instances":[
			{"index_key":0,"attributes":{"create_date":"2020-01-01T00:00:00Z","secret":"s","user":"u"},"sensitive_attributes":[[{"type":"get_attr","value":"user"}]]},
			{"index_key":"b.c","attributes":{"user":"v"}},{"deposed":"x","attributes":{"user":"w"}}]}]}`), "s.tfstate", nil)
	if err != nil {
		t.Fatal(err)
	}
	keys := root.Resources("aws_iam_access_key")
	if len(keys) != 2 || keys[0].Address != `module.m["a"].aws_iam_access_key.k["b.c"]` || keys[1].Key != "[0]" {
		t.Fatalf("%d keys, first %s", len(keys), keys[0].Address)
	}
	k := keys[1]
	if k.Attr("create_date").TextOr("") != "2020-01-01T00:00:00Z" || !k.Attr("secret").Sensitive || !k.Attr("user").Sensitive || keys[0].Attr("user").Sensitive {
		t.Errorf("%+v", k.Block)
	}
	if len(k.Calls) != 1 || k.Calls[0].Address != `module.m["a"]` || root.Modules() != 2 {
		t.Errorf("calls %v, %d modules", k.Calls, root.Modules())
	}
}

// Bytes of any kind give resources or an error.
func FuzzLoadPlan(f *testing.F) {
	f.Add([]byte(planHead + `"resource_changes":[{"address":"module.a[\"x\"].aws_iam_user.u","module_address":"module.a[\"x\"]","type":"aws_iam_user","name":"u","index":0,"change":{"actions":["create"],"after":{"a":[1,null]},"after_unknown":{"a":[true]}}}],"configuration":{"root_module":{"resources":[{"type":"aws_iam_user","name":"u","expressions":{"a":[{}]}}]}}}`))
	f.Add([]byte(`{"version":4,"resources":[{"type":"t","name":"n","instances":[{"index_key":"k","attributes":{}}]}]}`))
	f.Add([]byte(`{"format_version":"1.0","values":{"root_module":{"resources":[{"address":"a.b[0]","type":"a","name":"b","values":{}}]}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		root, err := loadEvidence(t, b, "fuzz")
		if err != nil {
			return
		}
		for _, r := range append(root.Resources(), root.DataSources()...) {
			if r.Block == nil {
				t.Fatal("no block")
			}
			r.Block.Known()
		}
	})
}

func BenchmarkLoadPlan(b *testing.B) {
	text, err := os.ReadFile(filepath.Join(plans, "terraform-1.11/11-scp-tree/plan.json"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		root, err := LoadPlan(context.Background(), bytes.NewReader(text), "plan.json", nil, PlanOptions{})
		if err != nil {
			b.Fatal(err)
		}
		root.Resources()
	}
}
