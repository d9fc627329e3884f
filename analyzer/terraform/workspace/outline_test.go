package workspace

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// sound holds what headings finds in a text to what hcl finds. It says whether
// headings was sure of it.
func sound(t *testing.T, src []byte) bool {
	t.Helper()
	blocks, ok := headings(src)
	if !ok {
		return false
	}
	file, whole := hclsyntax.ParseConfig(src, "x.tf", hcl.InitialPos)
	body := file.Body.(*hclsyntax.Body)
	var alone []*hclsyntax.Block
	failed := false
	for i := range blocks {
		parsed, diags := blocks[i].parse(src, "x.tf", blocks[i].whole.start)
		failed = failed || diags.HasErrors()
		alone = append(alone, parsed)
	}
	if whole.HasErrors() != failed {
		t.Fatalf("hcl says %v of the file, errors of a block: %v\n%q", whole, failed, src)
	}
	if failed {
		return true
	}
	if len(body.Attributes) > 0 || len(body.Blocks) != len(blocks) {
		t.Fatalf("%d blocks, hcl finds %d and %d arguments\n%q", len(blocks), len(body.Blocks), len(body.Attributes), src)
	}
	for i, want := range body.Blocks {
		b := &blocks[i]
		if !reflect.DeepEqual(alone[i], want) {
			t.Fatalf("block %d is another on its own\n%q", i, src)
		}
		header := want.TypeRange
		for _, l := range want.LabelRanges {
			header = hcl.RangeBetween(header, l)
		}
		if b.typ != want.Type || !slices.Equal(b.labels, want.Labels) || b.line != want.TypeRange.Start.Line || b.column != want.TypeRange.Start.Column ||
			b.typeAt != bytesOf(want.TypeRange) || b.header != bytesOf(header) || b.whole != bytesOf(hcl.RangeBetween(want.TypeRange, want.CloseBraceRange)) {
			t.Fatalf("block %d: %+v, hcl: %s %q %v\n%q", i, b, want.Type, want.Labels, want.Range(), src)
		}
		soundArguments(t, src, b, want.Body)
		soundMentions(t, b.whole.of(src), want.Body)
	}
	return true
}

func bytesOf(r hcl.Range) span { return span{r.Start.Byte, r.End.Byte} }

func soundArguments(t *testing.T, src []byte, b *heading, body *hclsyntax.Body) {
	t.Helper()
	found := 0
	ok := b.arguments(src, func(name, v span) {
		found++
		want := body.Attributes[string(name.of(src))]
		if want == nil || name != bytesOf(want.NameRange) || v.end != want.SrcRange.End.Byte {
			t.Fatalf("%v = %v, hcl: %+v\n%q", name, v, want, src)
		}
		if text, ok := plainString(v.of(src)); ok {
			if v, diags := want.Expr.Value(nil); diags.HasErrors() || v.AsString() != text {
				t.Fatalf("%q, hcl: %v\n%q", text, v, src)
			}
		}
	})
	if ok && found != len(body.Attributes) {
		t.Fatalf("%d arguments, hcl finds %d\n%q", found, len(body.Attributes), b.whole.of(src))
	}
}

func soundMentions(t *testing.T, text []byte, body *hclsyntax.Body) {
	t.Helper()
	found := map[string]bool{}
	mentions(text, func(a, b, c []byte) {
		found[string(a)+"."+string(b)] = true
		if c != nil {
			found[string(a)+"."+string(b)+"."+string(c)] = true
		}
	})
	hclsyntax.VisitAll(body, func(n hclsyntax.Node) hcl.Diagnostics {
		x, ok := n.(*hclsyntax.ScopeTraversalExpr)
		if !ok {
			return nil
		}
		name := x.Traversal.RootName()
		for _, step := range x.Traversal[1:min(3, len(x.Traversal))] {
			a, ok := step.(hcl.TraverseAttr)
			if !ok || a.Name == "" {
				break
			}
			if name += "." + a.Name; !found[name] {
				t.Fatalf("%s is not mentioned\n%q", name, text)
			}
		}
		return nil
	})
}

// indexed are texts that headings is sure of, although each has something in it
// that a careless scan would trip over.
var indexed = []string{
	"",
	"\n\n# nothing\n",
	"\uFEFFa {}\n",
	"\uFEFF \ta {}",
	"a {}",
	"a {}\r\nb {\r\n  c = 1\r\n}\r\n",
	"resource \"aws_iam_role\" \"x\" {\n  name = \"x\"\n}\n",
	"resource aws_iam_role x {\n}\n",
	"a\"b\"c {}\n",
	"a b c d e f g h i j {}\na \"\" {}\na b {}\n",
	"a {\n  b = \"$$${c}\"\n  d = \"$$$${e}\"\n  f = \"%%%{g}\"\n}\n",
	"a {\n  b = \"$%{if c}$%%{$\\\"%${d}%{endif}\"\n}\n",
	"a {\n  b = <<E\n$$${c}$${d\n$$$${e}\nE\n}\n",
	"  a \"b\" {} # c\n\tb {} // {\nc {} /* \n */ /* { */\nd {}\n",
	"/* { */\n// \"\n# <<E\na {\n  b = 1 /* } */ + 2 # }\n}\n",
	"a { b = 1 }\n",
	"a { b = 1 / 2 < 3 }\n",
	"a {\n  b { c = \"}\" }\n  d \"}\" e {}\n}\n",
	"a {\n  b = \"${c}${\"}\"}${{ d = \"${e}\" }[\"d\"]}\"\n}\n",
	"a {\n  b = \"$${c\"\n  d = \"%%{e\"\n  f = \"$\"\n  g = \"%\"\n  h = \"$$\"\n  i = \"100%\\n$\\\"\"\n}\n",
	"a {\n  b = \"\\\\\"\n  c = \"\\\"}\"\n  d = \"\\u00e9\"\n}\n",
	"a {\n  b = \"%{ if c ~}d%{ else ~}e%{ endif }\"\n  f = \"${~ g ~}\"\n}\n",
	"a {\n  b = <<E\n    }\n  E\n  c = 1\n}\n", // ends there: findings/heredoc-marker-indented.sh
	"a {\n  b = <<E\n}\"${c}\n  E x\nE\n}\n",
	"a {\n  b = <<-E\n    }\n    $${c} $d %e $\n\tE \t\n}\n",
	"a {\n  b = <<E\r\n}\r\nE\r\n}\r\n",
	"a {\n  b = <<E\n${c\n}E\nE\n}\n",
	"a {\n  b = <<E\n$\n%\n$$\nE\n}\n",
	"a {\n  b = <<E\n${\"E\n}\n", // see below
	"a {\n  b = [<<A\n1\nA\n  , <<B\n${<<C\nA\nB\nC\n}\nB\n  ]\n}\n",
	"a {\n  b = f(<<-E\n  $VAR ${aws:x} %{if y}\n  )\n  E\n  )\n}\n",
	"a {\n  b = \"é\U0001F600e\u0301\"\n  c = 1\n}\n/* é */\nb {}\n",
	"a {\n  \"é\" \n}\n",
	"a {\n  b = { é = 1 }\n}\n",
	"locals {\n  a = 1\n  b = [\n    2,\n  ]\n  c = { d = 3 }\n  e = f(\n  g)\n  h = \"x\" # i = 1\n  j = <<E\nk = 1\nE\n  l = m == 1 ? 2 : 3\n  n = (\no)\n}\n",
	"a {\n  b = var . c\n  d = (var\n.e)\n  f = (g # .x\n. h /* i */ . /* j */ k)\n  l = 1-var.m\n  n = [for o in local.p : o.q if r.s]\n  t = data.u.v[0].w\n  x = aws_y.z.*.id\n  aa = aws_bb.cc.0.dd\n}\n",
	"a {\n  source = \"./b\"\n}\n",
	"a {\n  b = 1\n  b = 2\n}\n",
	"a {\n  b = \n}\nc {}\n",
	"a {\n  b = c d\n}\n",
	"a { b }\n",
	"a { b = 1, c = 2 }\n",
	"a {\n  b = \"\\x\"\n}\n",
}

// Of the texts of indexed that headings is not sure of after all.
var notIndexed = map[string]bool{
	"a {\n  b = <<E\n${\"E\n}\n": true, // never closed
	"a {\n  \"é\" \n}\n":         false,
	"a {\n  b = { é = 1 }\n}\n":  true,
}

func TestOutlineIsThatOfHCL(t *testing.T) {
	for _, src := range indexed {
		if ok := sound(t, []byte(src)); ok == notIndexed[src] {
			t.Errorf("sure: %v of %q", ok, src)
		}
	}
}

// What is left to hcl, which may or may not find an error in it.
func TestOutlineLeavesToHCL(t *testing.T) {
	for _, src := range []string{
		"a = 1\n", "a {", "a {}}", "a {} b {}\n", "a {\n", "{}\n", "\"a\" {}\n", "a\n{}\n", "a = {\n}\n",
		"a \"${b}\" {}\n", "a \"\\n\" {}\n", "a \"b {}\n", "a \"b\n\" {}\n", "a /* b */ {}\n", "/* b */ a {}\n", "a {} /* b\n */ c {}\n",
		"a {\n b = (1]\n}\n", "a {\n b = {~}\n}\n", "a {~}\n", "a {\n b = 'c'\n}\n", "a {\n b = `c`\n}\n", "a {\n b = c;\n}\n",
		"a {\n b = <<E \nE\n}\n", "a {\n b = << E\nE\n}\n", "a {\n b = <<é\né\n}\n", "a {\n b = <<E\nE", "a {\n b = <<E\n c\n}\n",
		"a {\n b = \"c\n\"\n}\n", "a {\n b = \"c\\\n\"\n}\n", "a {\r}\n", "a {}\r", "a {\n b = \"\r\"\n}\n", "a {\n b = \"\xff\"\n}\n",
		"a {\n b = \"${c\"\n}\n", "a {\n /* b\n}\n", "a {} /\n", "a / {}\n", "é {}\n", "aé {}\n", "a é {}\n", "\x00", "a\x00 {}\n", "# a\n\uFEFFb {}\n",
		"a {\n b = " + strings.Repeat("(", 600) + "1" + strings.Repeat(")", 600) + "\n}\n",
		"a {\n b = " + strings.Repeat("\"${", 300) + "1" + strings.Repeat("}\"", 300) + "\n}\n",
		"<<<<<<< HEAD\na {}\n=======\n", "a {\n<<<<<<< HEAD\n  b = 1\n=======\n  b = 2\n>>>>>>> x\n}\n",
	} {
		if sound(t, []byte(src)) {
			t.Errorf("sure of %q", src)
		}
	}
}

// configurations are all files in the native syntax among the test data of the
// repository.
func configurations(t testing.TB) map[string][]byte {
	files := map[string][]byte{}
	for _, root := range []string{"../../../testdata", "../../../checks", "../../../examples", "../testdata", "../../../docs"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".tf" && filepath.Ext(path) != ".tofu" {
				return nil
			}
			data, err := os.ReadFile(path)
			files[path] = data
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(files) < 100 {
		t.Fatalf("only %d files", len(files))
	}
	return files
}

// Nearly all that people write is indexed: what hcl finds no error in, without
// exception in the test data.
func TestOutlineOfTheTestData(t *testing.T) {
	sure := 0
	for name, data := range configurations(t) {
		ok := sound(t, data)
		if ok {
			sure++
			continue
		}
		if _, diags := hclsyntax.ParseConfig(data, name, hcl.InitialPos); !diags.HasErrors() {
			t.Logf("%s is not indexed", name)
		}
	}
	t.Logf("%d files indexed", sure)
}

func FuzzOutline(f *testing.F) {
	for _, src := range indexed {
		f.Add([]byte(src))
	}
	n := 0
	for _, data := range configurations(f) {
		if len(data) < 600 && n < 60 {
			f.Add(data)
			n++
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) < 1<<14 {
			sound(t, src)
		}
	})
}

func BenchmarkOutline(b *testing.B) {
	var files [][]byte
	for _, data := range configurations(b) {
		if _, ok := headings(data); ok {
			files = append(files, data)
		}
	}
	slices.SortFunc(files, bytes.Compare)
	over := func(name string, texts [][]byte, do func([]byte)) {
		b.Run(name, func(b *testing.B) {
			total := 0
			for _, text := range texts {
				total += len(text)
			}
			b.SetBytes(int64(total))
			b.ReportAllocs()
			for b.Loop() {
				for _, text := range texts {
					do(text)
				}
			}
		})
	}
	one := [][]byte{bytes.ReplaceAll(bytes.Join(files, newline), byteOrderMark, nil)}
	over("small", files, func(text []byte) { headings(text) })
	over("large", one, func(text []byte) { headings(text) })
	over("mentions", one, func(text []byte) { mentions(text, func(a, b, c []byte) {}) })
	over("hcl", files, func(text []byte) { hclsyntax.ParseConfig(text, "x.tf", hcl.InitialPos) })
}
