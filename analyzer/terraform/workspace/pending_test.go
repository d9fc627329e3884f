package workspace

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Block by block, a file says what it says when it is parsed as a whole.
func TestBlocksParsedAloneAreThoseOfTheFile(t *testing.T) {
	compared := 0
	for name, data := range configurations(t) {
		found, ok := headings(data)
		if !ok {
			continue
		}
		f := source.NewFile(name, data)
		alone, whole := outlined(f, found, value.SyntaxBlock, new(atomic.Bool)), parseNativeFile(f)
		if len(whole.Gaps) > 0 {
			continue
		}
		if len(alone.Body.Blocks) != len(whole.Body.Blocks) {
			t.Fatalf("%s: %d blocks, want %d", name, len(alone.Body.Blocks), len(whole.Body.Blocks))
		}
		for i, want := range whole.Body.Blocks {
			got := alone.Body.Blocks[i]
			sameBlocks(t, got, want)
			if len(got.pending.gaps) > 0 {
				t.Errorf("%s: %v", name, got.pending.gaps)
			}
			compared++
		}
	}
	if compared < 1000 {
		t.Errorf("only %d blocks compared", compared)
	}
}

func sameBlocks(t *testing.T, got, want *Block) {
	t.Helper()
	if got.Type != want.Type || !slices.Equal(got.Labels, want.Labels) || got.TypeSpan != want.TypeSpan || got.Header != want.Header || got.Span != want.Span ||
		len(got.Body().Attrs) != len(want.Body().Attrs) || len(got.Body().Blocks) != len(want.Body().Blocks) || got.Body().Syntax != want.Body().Syntax {
		t.Fatalf("%s: %s %v is another on its own", want.Span.File.Name, want.Type, want.Labels)
	}
	for i, w := range want.Body().Attrs {
		g := got.Body().Attrs[i]
		if g.Name != w.Name || g.NameSpan != w.NameSpan || g.Expr.Span() != w.Expr.Span() || reflect.TypeOf(g.Expr.HCL) != reflect.TypeOf(w.Expr.HCL) {
			t.Errorf("%s: %s is another when its block is parsed on its own", want.Span.File.Name, w.Name)
		}
	}
	for i, w := range want.Body().Blocks {
		sameBlocks(t, got.Body().Blocks[i], w)
	}
}

func moduleOf(t *testing.T, parseAll bool, files map[string]string) (*Boundary, *Module) {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	b := OverFS(fsys)
	b.ParseAll = parseAll
	return b, b.Module(".", lang.AnyLanguage)
}

const (
	nativeText = `terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  alias = "west"
}
module "m" {
  source = "./m" # count
}
variable "v" {
  account_id = 1
}
locals {
  a = "${}"
  b = { c = 1 }
}
`
	jsonText = `{
  "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}},
  "provider": {"aws": {"alias": "west"}},
  "module": {"m": {"source": "./m"}},
  "variable": {"v": {"account_id": 1, "x": 1, "x": 2}},
  "locals": {"a": {"d": 1, "d": 2}, "b": {"c": 1}}
}`
)

// What a module declares is known before anything is parsed, and what is not there
// as well.
func TestNothingIsParsedBeforeSomebodyAsks(t *testing.T) {
	for name, text := range map[string]string{"main.tf": nativeText, "main.tf.json": jsonText} {
		b, m := moduleOf(t, false, map[string]string{name: text})
		call, v := m.Calls["m"], m.Variables["v"]
		if m.Providers["aws.west"] == nil || m.Locals["a"] == nil || m.Locals["b"] == nil {
			t.Errorf("%s: providers %v, locals %v", name, m.Providers, m.Locals)
		}
		if src, ok := call.LiteralString("source"); !ok || src != "./m" {
			t.Errorf("%s: source %q, %v", name, src, ok)
		}
		if !call.Expr("for_each").None() || call.Has("version") || v.Attr("count") != nil || len(v.Nested("validation", 0)) > 0 || v.Has("default") {
			t.Errorf("%s: something is there that is not", name)
		}
		if text := m.Locals["b"].Text(); !strings.HasPrefix(text, "{") || !strings.HasSuffix(text, "1}") && !strings.HasSuffix(text, "1 }") {
			t.Errorf("%s: local.b is %q", name, text)
		}
		m.References()
		for _, p := range m.parsed {
			for _, b := range p.Body.Blocks {
				if b.pending.done.Load() {
					t.Errorf("%s: %s is parsed", name, b.Type)
				}
			}
		}
		if x := m.Required("aws"); x.None() {
			t.Errorf("%s: nothing is required", name)
		}
		if len(b.SyntaxGaps(m)) > 0 {
			t.Errorf("%s: %v", name, b.SyntaxGaps(m))
		}
		m.Locals["b"].Expr()
		if gaps := b.SyntaxGaps(m); len(gaps) != 1 || gaps[0].Span.File != m.Files[0] {
			t.Errorf("%s: %v", name, gaps)
		}
	}
}

func TestFilled(t *testing.T) {
	for text, want := range map[string]bool{
		`1`: true, `007`: true, `true`: true, `false`: true, `"a"`: true, `["a"]`: true, "[\n  1,\n]": true, `{ "a" = 1 }`: true,
		`null`: false, `""`: false, `"${a}"`: false, `[]`: false, `[ ]`: false, "[# a\n]": false, `{}`: false, `[for a in b : a]`: false, `a`: false, `-`: false, ``: false, `1.5`: false,
	} {
		if got := filled([]byte(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// ParseAll finds the errors in everything.
func TestParseAll(t *testing.T) {
	for name, text := range map[string]string{"main.tf": nativeText, "main.tf.json": jsonText} {
		if _, m := moduleOf(t, true, map[string]string{name: text}); len(m.Gaps) == 0 {
			t.Errorf("%s: no gaps", name)
		}
	}
}

// Whoever asks first, and at whatever time, an error is found once and by all.
func TestBlocksAreParsedOnce(t *testing.T) {
	b, m := moduleOf(t, false, map[string]string{"main.tf": nativeText})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for _, l := range m.Locals {
				l.Expr()
			}
			if gaps := b.SyntaxGaps(m); len(gaps) != 1 {
				t.Errorf("%v", gaps)
			}
		})
	}
	all.Wait()
}

// A copy with a file replaced has the errors in that file, and no others.
func TestSyntaxGapsOfACopy(t *testing.T) {
	b, m := moduleOf(t, false, map[string]string{"a.tf": "locals {\n  x = 1\n}\nlocals {\n  y = \"${}\"\n}\n", "b.tf": "locals {\n  z = \"${}\"\n}\n"})
	copied := b.With(map[string][]byte{"a.tf": []byte("locals {\n  x = 2\n}\nlocals {\n  y = \"${}\"\n}\n")})
	other := copied.Module(".", lang.AnyLanguage)
	for _, name := range []string{"x", "y", "z"} {
		m.Locals[name].Expr()
	}
	other.Locals["x"].Expr()
	if gaps := b.SyntaxGaps(m); len(gaps) < 2 {
		t.Errorf("of the base: %v", gaps)
	}
	if gaps := copied.SyntaxGaps(other); len(gaps) > 0 {
		t.Errorf("of the copy, of which nobody asked for what is broken: %v", gaps)
	}
	broken := b.With(map[string][]byte{"a.tf": []byte("locals {\n  x = \"${}\"\n}\n")})
	other = broken.Module(".", lang.AnyLanguage)
	other.Locals["x"].Expr()
	if gaps := broken.SyntaxGaps(other); len(gaps) == 0 || gaps[0].Span.File != other.Files[0] {
		t.Errorf("of a copy that breaks a block: %v", gaps)
	}
}
