package checktest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Narrower makes every fix that is no draft, of every fixture below dir, and asks
// the proof engine whether anything is allowed after it that was not before.
func Narrower(t *testing.T, dir string, checks []*analyzer.Check) {
	var tried atomic.Int64
	Each(t, dir, func(t *testing.T, dir string) {
		var before *allowance
		for _, f := range Analyze(t, dir, checks).Findings {
			for _, fix := range f.Fixes {
				if fix.Grade == analyzer.Draft {
					continue
				}
				if before == nil {
					before = allowed(t, dir)
				}
				tried.Add(1)
				if wider := allowsMore(before, allowed(t, fixedCopy(t, dir, fix.Edits))); wider != "" {
					t.Errorf("%s: %s %q: %s\n%s", dir, f.Check.ID, fix.Message, wider, fix.Diff)
				}
			}
		}
	}, func() {
		if n := tried.Load(); n < 50 {
			t.Errorf("only %d fixes were tried", n)
		}
	})
}

// allowance is what a directory lets people do: the policies that bind each, and which
// keys are in use.
type allowance struct {
	bindings map[string]binding
	active   map[string]bool
}

// allowed is read while the analysis runs: nothing is evaluated after it.
func allowed(t *testing.T, dir string) *allowance {
	t.Helper()
	var out *allowance
	Analyze(t, dir, []*analyzer.Check{{ID: "IV000", Name: "model", Estate: true, Run: func(p *analyzer.Pass) error {
		out = &allowance{bindings(p.Model), map[string]bool{}}
		for _, k := range p.Model.Keys {
			out.active[k.Resource.Root.Dir+" "+k.Resource.Address] = k.Active() != value.No
		}
		return nil
	}}})
	return out
}

func fixedCopy(t *testing.T, dir string, edits []source.Edit) string {
	t.Helper()
	scratch := t.TempDir()
	if err := os.CopyFS(scratch, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	files := map[*source.File][]source.Edit{}
	for _, e := range edits {
		files[e.Span.File] = append(files[e.Span.File], e)
	}
	for f, edits := range files {
		b, err := source.Apply(f, edits)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(scratch, filepath.FromSlash(f.Name)), b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return scratch
}

// allowsMore says what is allowed after and was not before; "" when nothing is.
func allowsMore(before, after *allowance) string {
	old, now := before.bindings, after.bindings
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if old[name].text == now[name].text {
			continue
		}
		switch c := proof.Narrower(old[name].documents, now[name].documents); c.Narrower {
		case value.No:
			return fmt.Sprintf("%s allows %s more than before: %+v", name, c.Request.Caller.ARN(), *c.Request)
		case value.Maybe:
			return fmt.Sprintf("%s may allow more than before: %v", name, c.Needs)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(after.active)) {
		if after.active[name] && !before.active[name] {
			return "the key " + name + " can be used"
		}
	}
	return ""
}

// binding is the policies that together bind somebody, and their text.
type binding struct {
	documents []*policy.Document
	text      string
}

func bindings(m *identity.Model) map[string]binding {
	out := map[string]binding{}
	for _, r := range m.Roles {
		if r.Trust != nil {
			out["trust policy of "+r.Resource.Root.Dir+" "+r.Resource.Address] = binding{[]*policy.Document{r.Trust}, value.Key(r.Attribute)}
		}
	}
	for _, o := range m.Organizations {
		for _, p := range o.Policies {
			if p.Document != nil {
				out[p.Resource.Root.Dir+" "+p.Resource.Address] = binding{[]*policy.Document{p.Document}, value.Key(p.Content)}
			}
		}
	}
	for _, u := range m.Users {
		var b binding
		for _, p := range m.PermissionsOf(u).Policies {
			b.documents = append(b.documents, p.Document)
			for _, s := range p.Document.Statements {
				b.text += value.Key(s.Value) + "\n"
			}
		}
		out["policies of "+u.Resource.Root.Dir+" "+u.Resource.Address] = b
	}
	return out
}
