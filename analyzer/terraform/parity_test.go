package terraform

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// parityCases are the configurations that real Terraform planned, and the
// variables that each plan was made with.
func parityCases(t *testing.T) (cases []parityCase) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(plans, "terraform-1.11", "*", "plan*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		c := parityCase{dir: filepath.Dir(file), plan: file, applied: strings.HasPrefix(name, "plan-after")}
		vars := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(name, "plan"), "-after"), "-")
		if vars != "" {
			c.varFiles = []string{vars + ".tfvars"}
		}
		cases = append(cases, c)
	}
	return cases
}

type parityCase struct {
	dir, plan string
	varFiles  []string
	applied   bool // made after an apply: all is known
}

func (c parityCase) String() string {
	return filepath.Base(c.dir) + "/" + filepath.Base(c.plan)
}

func (c parityCase) load(t *testing.T) (config, plan, both *Root) {
	t.Helper()
	ctx := context.Background()
	b, err := workspace.OpenBoundary(c.dir)
	if err != nil {
		t.Fatal(err)
	}
	open := func(uncalled bool, varFiles []string) *Root {
		root, err := LoadConfig(ctx, b, ".", Options{VarFiles: varFiles, Workspace: "default", Uncalled: uncalled})
		if err != nil {
			t.Fatal(c, err)
		}
		return root
	}
	text, err := os.ReadFile(c.plan)
	if err != nil {
		t.Fatal(err)
	}
	if plan, err = LoadPlan(ctx, bytes.NewReader(text), c.plan, nil, PlanOptions{}); err != nil {
		t.Fatal(c, err)
	}
	if both, err = LoadPlan(ctx, bytes.NewReader(text), c.plan, open(true, nil), PlanOptions{}); err != nil {
		t.Fatal(c, err)
	}
	return open(false, c.varFiles), plan, both
}

// parity counts what a comparison found.
type parity struct {
	resources, planned, compared, policies, planOnly int
	missing                                          []string
}

// TestParity compares what the configuration alone says with what real
// Terraform planned: every identity attribute that both know is equal, and
// nearly all that the plan knows is known to the configuration.
func TestParity(t *testing.T) {
	total := parity{}
	for _, c := range parityCases(t) {
		config, plan, _ := c.load(t)
		p := compare(t, c, config, plan)
		for _, g := range config.Gaps() {
			t.Errorf("%s: gap: %s", c, g.Reason)
		}
		if filepath.Base(c.plan) != "plan.json" {
			continue
		}
		total.resources += p.resources
		total.planned += p.planned
		total.compared += p.compared
		total.policies += p.policies
		total.planOnly += p.planOnly
		total.missing = append(total.missing, p.missing...)
	}
	t.Logf("%d identity resources with %d planned attributes: %d compared, %d of them policy texts; %d known to the plan alone",
		total.resources, total.planned, total.compared, total.policies, total.planOnly)
	for _, m := range total.missing {
		t.Log("known to the plan alone: ", m)
	}
	if total.compared < 250 || total.policies < 26 {
		t.Errorf("%d attributes and %d policy texts compared, want 250 and 26", total.compared, total.policies)
	}
	if known := total.compared + total.planOnly; total.planOnly*100 > known*3 {
		t.Errorf("%d of %d planned attributes are known to the plan alone", total.planOnly, known)
	}
}

// TestParityDocuments compares the text of every policy document data source
// that real Terraform read with ours.
func TestParityDocuments(t *testing.T) {
	compared, exact := 0, 0
	for _, c := range parityCases(t) {
		config, plan, _ := c.load(t)
		have := map[string]*Resource{}
		for _, r := range config.DataSources("aws_iam_policy_document") {
			have[r.Address] = r
		}
		for _, p := range plan.DataSources("aws_iam_policy_document") {
			want, known := p.Attr("json").Text()
			r := have[p.Address]
			if !known || r == nil {
				t.Errorf("%s: %s: %v", c, p.Address, r)
				continue
			}
			json, _, gaps := renderPolicyDocument(r.Block, r.Header)
			got, _ := json.Text()
			compared++
			if got == want {
				exact++
			}
			if len(gaps) > 0 || canonical(json, true) != canonical(p.Attr("json"), true) {
				t.Errorf("%s: %s is\n%s\nthe plan says\n%s\n%v", c, p.Address, got, want, gaps)
			}
		}
	}
	t.Logf("%d documents compared, %d to the letter", compared, exact)
	if compared < 30 || exact < compared*9/10 {
		t.Errorf("%d documents compared, %d to the letter", compared, exact)
	}
}

// TestOverlay lays each plan over its configuration: the values are those of
// the plan, in the places of the configuration.
func TestOverlay(t *testing.T) {
	attributes, placed := 0, 0
	for _, c := range parityCases(t) {
		config, plan, both := c.load(t)
		want := plan.Resources()
		got := both.Resources()
		if len(got) != len(want) {
			t.Errorf("%s: %d resources, the plan has %d", c, len(got), len(want))
			continue
		}
		for i, r := range got {
			if r.Address != want[i].Address || r.Root != both || r.Header.IsZero() || r.Exists != value.Yes {
				t.Errorf("%s: %s at %v, want %s", c, r.Address, r.Header, want[i].Address)
				continue
			}
			if strings.Join(r.Actions, " ") != strings.Join(want[i].Actions, " ") || len(r.Calls) > 0 && r.Calls[0].Span.IsZero() {
				t.Errorf("%s: %s: actions %v, calls %v", c, r.Address, r.Actions, r.Calls)
			}
			for _, a := range want[i].Block.Attrs {
				k, _ := a.Key()
				v := r.Attr(k)
				if a.Value.Known() && canonical(v, true) != canonical(a.Value, true) {
					t.Errorf("%s: %s.%s is\n%s\nthe plan says\n%s", c, r.Address, k, canonical(v, true), canonical(a.Value, true))
				}
			}
			for _, a := range config.Resource(r.Address).Block.Attrs {
				k, _ := a.Key()
				attributes++
				if !r.Attr(k).Span.IsZero() {
					placed++
				}
				if a.Value.Known() && !r.Attr(k).Known() {
					t.Errorf("%s: %s.%s is no longer known", c, r.Address, k)
				}
				if want[i].Attr(k).Known() && len(r.Attr(k).AllAssumptions()) > 0 {
					t.Errorf("%s: %s.%s still rests on an assumption", c, r.Address, k)
				}
			}
		}
		for _, g := range both.Gaps() {
			t.Errorf("%s: gap: %s", c, g.Reason)
		}
	}
	t.Logf("%d attributes, %d with their place", attributes, placed)
	if attributes == 0 || placed < attributes*95/100 {
		t.Errorf("%d of %d attributes have a place in the source", placed, attributes)
	}
}

// TestParityStates loads each state, alone and over its configuration.
func TestParityStates(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(plans, "terraform-1.11", "*", "state.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("no states", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		config, _, _ := parityCase{dir: filepath.Dir(file), plan: filepath.Join(filepath.Dir(file), "plan.json")}.load(t)
		alone, err := LoadState(context.Background(), bytes.NewReader(text), file, nil)
		if err != nil {
			t.Fatal(err)
		}
		both, err := LoadState(context.Background(), bytes.NewReader(text), file, config)
		if err != nil {
			t.Fatal(err)
		}
		want, got := alone.Resources(), both.Resources()
		if len(want) == 0 || len(want) != len(got) {
			t.Errorf("%s: %d resources alone, %d with the configuration", file, len(want), len(got))
			continue
		}
		for i, r := range got {
			for _, a := range want[i].Block.Attrs {
				k, _ := a.Key()
				if canonical(r.Attr(k), true) != canonical(a.Value, true) || a.Value.Sensitive && !r.Attr(k).Sensitive {
					t.Errorf("%s: %s.%s is %s, the state says %s", file, r.Address, k, canonical(r.Attr(k), true), canonical(a.Value, true))
				}
			}
			if r.Header.IsZero() {
				t.Errorf("%s: %s has no place", file, r.Address)
			}
		}
	}
}

// computed are attributes that AWS sets and no configuration could know.
var computed = map[string]bool{
	"arn": true, "id": true, "unique_id": true, "create_date": true, "tags_all": true, "key_fingerprint": true,
	"encrypted_secret": true, "encrypted_password": true, "secret": true, "ses_smtp_password_v4": true, "password": true,
	"attachment_count": true, "expire_passwords": true,
}

func compare(t *testing.T, c parityCase, config, plan *Root) (out parity) {
	have := map[string]*Resource{}
	for _, r := range config.Resources() {
		have[r.Address] = r
	}
	for _, p := range plan.Resources() {
		if !IdentityType(p.Type) {
			continue
		}
		out.resources++
		r := have[p.Address]
		if r == nil {
			t.Errorf("%s: the configuration lacks %s", c, p.Address)
			continue
		}
		if r.Exists != value.Yes {
			t.Errorf("%s: %s may not exist: %v", c, p.Address, r.Why)
		}
		for _, a := range p.Block.Attrs {
			k, _ := a.Key()
			if c.applied && computed[k] || empty(a.Value) || !a.Value.Known() {
				continue
			}
			out.planned++
			v := r.Attr(k)
			if v.Missing() {
				v = Default(r.Type, k)
			}
			switch {
			case v.Is(value.Absent):
				out.planOnly++
				out.missing = append(out.missing, fmt.Sprintf("%s: %s.%s: not written: %s", c, p.Address, k, canonical(a.Value, true)))
				continue
			case !v.Known():
				out.planOnly++
				out.missing = append(out.missing, fmt.Sprintf("%s: %s.%s: %v", c, p.Address, k, v.AllWhy()))
				continue
			}
			out.compared++
			if isPolicy(a.Value) {
				out.policies++
			}
			if got, want := canonical(v, true), canonical(a.Value, true); got != want {
				t.Errorf("%s: %s.%s is\n%s\nthe plan says\n%s", c, p.Address, k, got, want)
			}
		}
	}
	for _, r := range config.Resources() {
		if IdentityType(r.Type) && plan.Resource(r.Address) == nil {
			t.Errorf("%s: the plan lacks %s", c, r.Address)
		}
	}
	return out
}

func empty(v *value.Value) bool {
	return v.Missing() || v.Is(value.String) && len(v.Parts) == 0 || v.IsSequence() && len(v.Elems) == 0 || v.IsMapping() && len(v.Attrs) == 0
}

func isPolicy(v *value.Value) bool {
	if v.IsSequence() && len(v.Elems) == 1 && v.Elems[0].IsMapping() {
		v = v.Elems[0].Get("policy")
	}
	text, ok := v.Text()
	return ok && strings.HasPrefix(strings.TrimSpace(text), "{")
}

// canonical prints a value for comparison: JSON text decoded, members by name,
// lists as sets, nothing that is empty.
func canonical(v *value.Value, top bool) string {
	switch {
	case v.Is(value.String):
		text, _ := v.Text()
		if strings.HasPrefix(strings.TrimSpace(text), "{") {
			if tree, err := value.DecodeJSON(value.Str(text)); err == nil {
				return "json" + canonical(tree, false)
			}
		}
		return fmt.Sprintf("%q", text)
	case v.Is(value.Number):
		return fmt.Sprintf("%q", v.Number.Text('f', -1))
	case v.Is(value.Bool):
		return fmt.Sprintf("%q", fmt.Sprint(v.Bool))
	case v.IsSequence():
		var elems []string
		for _, e := range v.Elems {
			elems = append(elems, canonical(e, false))
		}
		sort.Strings(elems)
		if len(elems) == 1 && !top {
			return elems[0] // a policy may leave out the brackets
		}
		return "[" + strings.Join(elems, ",") + "]"
	case v.IsMapping():
		var members []string
		for _, a := range v.Attrs {
			if k, _ := a.Key(); !empty(a.Value) {
				members = append(members, fmt.Sprintf("%q:%s", k, canonical(a.Value, false)))
			}
		}
		sort.Strings(members)
		return "{" + strings.Join(members, ",") + "}"
	}
	return v.Kind.String()
}
