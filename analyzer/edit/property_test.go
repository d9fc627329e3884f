package edit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// printer writes random literals in random layouts: what authors might have.
type printer struct {
	*rand.Rand
	json    bool
	tabs    bool
	width   int
	comment bool // write comments, where the syntax has any
	oneLine bool // everything on one line
}

func (p *printer) indent(depth int) string {
	if p.tabs {
		return strings.Repeat("\t", depth)
	}
	return strings.Repeat(" ", depth*p.width)
}

func (p *printer) flip(n int) bool { return p.Intn(n) == 0 }

// remark is a comment at the end of a line or, inline, anywhere.
func (p *printer) remark(inline bool) string {
	switch {
	case !p.comment || p.json || !p.flip(4):
		return ""
	case inline:
		return "/* é } */ "
	}
	return []string{" # 😀 {", " // \"", " /* ] */"}[p.Intn(3)]
}

var words = []string{"Effect", "Allow", "sts:AssumeRole", "é😀", "a b", "${aws:username}", "q\"uote\\", "x", "arn:aws:iam::111122223333:root", "#no", "100%", "$", "{"}

// tree is a random value: map[string]any, []any or string. Objects of JSON
// text are at most so deep.
func (p *printer) tree(depth int) any {
	n := p.Intn(4)
	switch {
	case depth == 0 || p.flip(3):
		return words[p.Intn(len(words))]
	case p.flip(2):
		list := []any{}
		for range n {
			list = append(list, p.tree(depth-1))
		}
		return list
	}
	return p.object(n, depth-1)
}

func (p *printer) object(n, depth int) map[string]any {
	m := map[string]any{}
	for range n {
		m[words[p.Intn(len(words))]] = p.tree(depth)
	}
	return m
}

// value writes a value that begins on a line of that depth.
func (p *printer) value(v any, d dialect, depth int) string {
	switch v := v.(type) {
	case string:
		return d.str(v)
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = p.value(e, d, depth+1)
		}
		return p.container("[", "]", parts, depth, true)
	}
	m := v.(map[string]any)
	quote, sign := p.flip(2), []string{" = ", "=", " : ", ": "}[p.Intn(4)]
	if d.json {
		sign = []string{":", ": ", " : "}[p.Intn(3)]
	}
	var parts []string
	for _, k := range sortedKeys(m) {
		parts = append(parts, p.remark(true)+d.key(k, quote)+sign+p.value(m[k], d, depth+1))
	}
	return p.container("{", "}", parts, depth, d.json || p.flip(2))
}

func sortedKeys(m map[string]any) []string {
	v := value.Value{Kind: value.Object}
	members := map[string]*value.Value{}
	for k := range m {
		members[k] = &v
	}
	var out []string
	for _, a := range value.ObjectOf(members).Attrs {
		k, _ := a.Key()
		out = append(out, k)
	}
	return out
}

func (p *printer) container(open, closing string, parts []string, depth int, commas bool) string {
	if len(parts) == 0 && !p.flip(3) {
		return open + closing
	}
	if p.oneLine || p.flip(4) {
		pad := []string{"", " "}[p.Intn(2)]
		return open + pad + strings.Join(parts, ", ") + pad + closing
	}
	var b strings.Builder
	b.WriteString(open)
	if open == "[" && len(parts) == 1 && p.flip(2) {
		return open + parts[0] + closing
	}
	b.WriteString(p.remark(false) + "\n")
	for i, part := range parts {
		if p.flip(6) {
			b.WriteString("\n")
		}
		b.WriteString(p.indent(depth+1) + part)
		if commas && (i+1 < len(parts) || !p.json && p.flip(2)) {
			b.WriteString(",")
		}
		b.WriteString(p.remark(false) + "\n")
	}
	b.WriteString(p.indent(depth) + closing)
	return b.String()
}

// form is a way to write a policy in a file.
type form struct {
	name    string
	dialect dialect
	file    string
	write   func(p *printer, v any) string
	// root is where the value is in the tree of the file; read evaluates the
	// file to it.
	root func(t testing.TB, f *source.File) *value.Value
	read func(t testing.TB, b []byte) any
}

var forms = []form{
	{"HCL", dialect{template: true}, "main.tf", func(p *printer, v any) string {
		return p.prefix() + "locals {\n" + p.indent(1) + "p = " + p.value(v, dialect{template: true}, 1) + "\n}\n"
	}, localRoot(), readLocal},
	{"jsonencode", dialect{template: true}, "main.tf", func(p *printer, v any) string {
		return p.prefix() + "locals {\n" + p.indent(1) + "p = jsonencode(" + p.value(v, dialect{template: true}, 1) + ")" + p.remark(false) + "\n}\n"
	}, localRoot("json"), readLocalJSON},
	{"heredoc", dialect{json: true, template: true}, "main.tf", func(p *printer, v any) string {
		p.json = true
		return p.prefix() + "locals {\n" + p.indent(1) + "p = <<-EOT\n" + p.indent(2) + p.value(v, dialect{json: true, template: true}, 2) + "\n" + p.indent(1) + "EOT\n}\n"
	}, localRoot("json"), readLocalJSON},
	{"quoted", dialect{json: true, template: true, quoted: true}, "main.tf", func(p *printer, v any) string {
		p.json = true
		return p.prefix() + "locals {\n  p = \"" + hclEscape(p.value(v, dialect{json: true, template: true}, 0)) + "\"\n}\n"
	}, localRoot("json"), readLocalJSON},
	{"JSON file", dialect{json: true}, "p.json", func(p *printer, v any) string {
		p.json = true
		return p.value(v, dialect{json: true}, 0) + "\n"
	}, func(t testing.TB, f *source.File) *value.Value { return jsonFileValue(t, f, value.SyntaxJSON) }, readJSON},
	{"quoted in JSON", dialect{json: true, quoted: true}, "p.json", func(p *printer, v any) string {
		p.json = true
		return `{"p": ` + jsonQuote(p.value(v, dialect{json: true}, 0)) + "}\n"
	}, func(t testing.TB, f *source.File) *value.Value {
		s := at(t, jsonFileValue(t, f, value.SyntaxJSON), "p")
		s.Syntax = value.SyntaxQuotedJSON
		v, err := value.DecodeJSON(s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}, func(t testing.TB, b []byte) any {
		return readJSON(t, []byte(readJSON(t, b).(map[string]any)["p"].(string)))
	}},
}

func (p *printer) prefix() string {
	return []string{"", "# é😀\n", "variable \"x\" {}\n\n", "\uFEFF"}[p.Intn(4)]
}

func localRoot(path ...any) func(testing.TB, *source.File) *value.Value {
	return func(t testing.TB, f *source.File) *value.Value {
		return at(t, parsed(t, f), append([]any{"locals", 0, "p"}, path...)...)
	}
}

func readJSON(t testing.TB, b []byte) any {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	return v
}

func readLocal(t testing.TB, b []byte) any {
	return readJSON(t, []byte(evaluate(t, b, "jsonencode(local.p)")))
}

func readLocalJSON(t testing.TB, b []byte) any {
	return readJSON(t, []byte(evaluate(t, b, "local.p")))
}

// evaluate is an expression over local.p of the file.
func evaluate(t testing.TB, b []byte, expr string) string {
	t.Helper()
	file, diags := hclsyntax.ParseConfig(b, "main.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, b)
	}
	ctx := &hcl.EvalContext{Functions: map[string]function.Function{"jsonencode": stdlib.JSONEncodeFunc}}
	for _, block := range file.Body.(*hclsyntax.Body).Blocks {
		if block.Type == "locals" {
			p, diags := block.Body.Attributes["p"].Expr.Value(ctx)
			if diags.HasErrors() {
				t.Fatalf("%v\n%s", diags, b)
			}
			ctx.Variables = map[string]cty.Value{"local": cty.ObjectVal(map[string]cty.Value{"p": p})}
		}
	}
	x, _ := hclsyntax.ParseExpression([]byte(expr), "", hcl.InitialPos)
	v, diags := x.Value(ctx)
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, b)
	}
	return v.AsString()
}

// step is a random edit somewhere in v, and what it makes of the plain tree.
func step(p *printer, v *value.Value, plain any) ([]source.Edit, any, string, error) {
	switch x := plain.(type) {
	case map[string]any:
		if len(x) > 0 && !p.flip(3) { // go deeper
			keys := sortedKeys(x)
			k := keys[p.Intn(len(keys))]
			edits, changed, what, err := step(p, v.Get(k), x[k])
			return edits, with(x, k, changed), what, err
		}
		return memberStep(p, v, x)
	case []any:
		if len(x) > 0 && !p.flip(3) {
			i := p.Intn(len(x))
			edits, changed, what, err := step(p, v.At(i), x[i])
			out := append([]any{}, x...)
			out[i] = changed
			return edits, out, what, err
		}
		if len(x) > 0 && p.flip(2) {
			i := p.Intn(len(x))
			edits, err := RemoveElement(v, i)
			return edits, append(append([]any{}, x[:i]...), x[i+1:]...), fmt.Sprintf("remove element %d", i), err
		}
		add := p.tree(2)
		edits, err := AppendElement(v, node(add))
		return edits, append(append([]any{}, x...), add), fmt.Sprintf("append %v", add), err
	}
	to := words[p.Intn(len(words))]
	edits, err := ReplaceString(v, to)
	return edits, to, "replace by " + to, err
}

func memberStep(p *printer, v *value.Value, x map[string]any) ([]source.Edit, any, string, error) {
	k := []string{"Condition", "sts:RoleSessionName", "Id", "é", words[p.Intn(len(words))]}[p.Intn(5)]
	keys := sortedKeys(x)
	switch {
	case len(keys) > 0 && p.flip(3):
		k = keys[p.Intn(len(keys))]
		edits, err := RemoveMember(v, k)
		return edits, with(x, k, nil), "remove " + k, err
	case len(keys) > 0 && p.flip(3):
		old := keys[p.Intn(len(keys))]
		if _, taken := x[k]; taken {
			k = "New" + k
		}
		for _, a := range v.Attrs {
			if name, _ := a.Key(); name == old {
				edits, err := ReplaceString(a.Name, k)
				return edits, with(with(x, old, nil), k, x[old]), "rename " + old + " to " + k, err
			}
		}
	}
	add := p.tree(2)
	edits, err := SetMember(v, k, node(add))
	return edits, with(x, k, add), fmt.Sprintf("set %s to %v", k, add), err
}

// with is x with another member, or without it.
func with(x map[string]any, k string, v any) map[string]any {
	out := map[string]any{}
	for name, member := range x {
		out[name] = member
	}
	if out[k] = v; v == nil {
		delete(out, k)
	}
	return out
}

func node(v any) Node {
	switch v := v.(type) {
	case []any:
		n := List()
		for _, e := range v {
			n.elems = append(n.elems, node(e))
		}
		return n
	case map[string]any:
		n := Object()
		for _, k := range sortedKeys(v) {
			n.members = append(n.members, Member{k, node(v[k])})
		}
		return n
	}
	return String(v.(string))
}

// In every layout an edit changes what it says and nothing else, comments
// stay, formatted text stays formatted, and the line endings stay the same.
func TestEditsInAnyLayout(t *testing.T) {
	if testing.Short() {
		t.Skip("slow under the race detector, and nothing in it is concurrent")
	}
	done := map[string]int{}
	var some []edited
	for seed := range int64(2500) {
		e := layoutTest(t, seed, done)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
		if len(e.edits) > 0 && len(some) < 300 {
			some = append(some, e)
		}
	}
	gitApplies(t, some)
	for _, form := range forms {
		for _, op := range []string{"set", "remove", "append", "replace", "rename"} {
			if done[form.name+" "+op] < 10 {
				t.Errorf("%s in %s was tried %d times", op, form.name, done[form.name+" "+op])
			}
		}
		if refused, all := done[form.name+" refused"], done[form.name]; refused*20 > all {
			t.Errorf("%s: %d of %d edits were refused", form.name, refused, all)
		}
	}
}

// edited is a file with edits of it.
type edited struct {
	file  *source.File
	edits []source.Edit
}

// gitApplies checks that git makes of the diffs what Apply makes of the edits.
func gitApplies(t *testing.T, all []edited) {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Log("git is not on this machine: the diffs were not applied")
		return
	}
	dir := t.TempDir()
	var patch bytes.Buffer
	want := map[string][]byte{}
	for i, e := range all {
		name := fmt.Sprintf("dir %d/%s", i, e.file.Name)
		f := source.NewFile(name, e.file.Bytes)
		edits := append([]source.Edit{}, e.edits...)
		for k := range edits {
			edits[k].Span.File = f
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Bytes, 0o666); err != nil {
			t.Fatal(err)
		}
		if want[path], err = source.Apply(f, edits); err != nil {
			t.Fatal(err)
		}
		patch.WriteString(source.UnifiedDiff(f, edits, i%4+1))
	}
	cmd := exec.Command(git, "apply", "--whitespace=nowarn", "-")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	cmd.Stdin = &patch
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git apply: %v\n%s", err, out)
	}
	for path, text := range want {
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, text) {
			t.Errorf("git made %q, Apply %q", got, text)
		}
	}
}

func layoutTest(t *testing.T, seed int64, done map[string]int) (e edited) {
	p := &printer{Rand: rand.New(rand.NewSource(seed))}
	form := forms[p.Intn(len(forms))]
	p.tabs, p.width, p.comment, p.oneLine = p.flip(4), []int{0, 1, 2, 2, 2, 4}[p.Intn(6)], p.flip(2), p.flip(5)
	if form.name == "heredoc" && p.width == 0 {
		p.width = 2
	}
	plain := any(p.object(1+p.Intn(4), 3))
	text := form.write(p, plain)
	if !p.json && p.flip(2) && !strings.HasPrefix(text, bom) {
		text = string(hclwrite.Format([]byte(text)))
	}
	crlf := p.flip(3)
	if crlf {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	f := source.NewFile(form.file, []byte(text))
	v := form.root(t, f)
	if got := form.read(t, f.Bytes); !reflect.DeepEqual(got, plain) {
		t.Fatalf("the printer is wrong: %v is not %v\n%s", got, plain, text)
	}
	edits, want, what, err := step(p, v, plain)
	done[form.name]++
	if err != nil {
		done[form.name+" refused"]++
		if !safeRefusal(err) {
			t.Errorf("%s in %s: %v\n%s", what, form.name, err, text)
		}
		return e
	}
	op, _, _ := strings.Cut(what, " ")
	done[form.name+" "+op]++
	got, err := source.Apply(f, edits)
	if err != nil {
		t.Errorf("%s in %s: %v\n%s", what, form.name, err, text)
		return e
	}
	checkResult(t, f, edits, got)
	if t.Failed() {
		t.Fatalf("%s in %s:\n%s", what, form.name, text)
	}
	if after := form.read(t, got); !reflect.DeepEqual(after, want) {
		t.Errorf("%s in %s made %v, want %v, of\n%s\n%s", what, form.name, after, want, text, got)
	}
	checkEndings(t, got, crlf)
	for _, mark := range []string{"# 😀 {", "// \"", "/* ] */", "/* é } */"} {
		if !strings.HasPrefix(what, "remove") && !strings.HasPrefix(what, "set") && bytes.Count(got, []byte(mark)) != strings.Count(text, mark) {
			t.Errorf("%s in %s lost a comment:\n%s\n%s", what, form.name, text, got)
		}
	}
	if form.file == "main.tf" && form.name != "quoted" && bytes.Contains(got, []byte(" \n")) && !strings.Contains(text, " \n") {
		t.Errorf("%s in %s left spaces at the end of a line:\n%q\n%q", what, form.name, text, got)
	}
	return edited{f, edits}
}

// safeRefusal says that an error is one that random layouts may earn.
func safeRefusal(err error) bool {
	for _, s := range []string{"comments stand around it", "only comments stand between", "not written as a literal"} {
		if strings.Contains(err.Error(), s) {
			return true
		}
	}
	return false
}

func checkEndings(t testing.TB, b []byte, crlf bool) {
	t.Helper()
	all, both := bytes.Count(b, []byte("\n")), bytes.Count(b, []byte("\r\n"))
	if crlf && both != all || !crlf && both != 0 {
		t.Errorf("%d of %d lines end in CRLF:\n%q", both, all, b)
	}
}
