package edit

import (
	"bytes"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// statementBlock is a statement block in a random layout.
func (p *printer) statementBlock(depth int) string {
	var items []string
	for _, a := range []string{`sid = "é😀"`, `actions = ["sts:AssumeRole"]`, `effect = "Allow" # 😀 {`, "resources = [\n\"*\",\n]"} {
		if p.flip(2) {
			items = append(items, a)
		}
	}
	if len(items) <= 1 && p.flip(3) && !strings.Contains(strings.Join(items, ""), "#") {
		return p.indent(depth) + "statement {" + strings.Join(append(items[:min(1, len(items))], ""), " ") + "}"
	}
	for range p.Intn(3) {
		items = append(items, []string{
			"principals {\ntype = \"AWS\"\nidentifiers = [\"*\"]\n}",
			"condition {\ntest = \"Null\"\nvariable = \"a\"\nvalues = [\"true\"]\n} // }",
			"principals { type = \"*\" }",
		}[p.Intn(3)])
	}
	if p.flip(3) {
		items = append(items, `not_actions = ["x"]`)
	}
	if p.comment && p.flip(2) {
		items = append(items, "# the end }")
	}
	blank := p.flip(2)
	var b strings.Builder
	b.WriteString(p.indent(depth) + "statement {" + p.remark(false) + "\n")
	for i, it := range items {
		if i > 0 && blank && strings.Contains(it, "{\n") {
			b.WriteString("\n")
		}
		for _, line := range strings.Split(it, "\n") {
			in := depth + 2
			if line == it || strings.HasPrefix(line, "}") || strings.HasSuffix(line, "{") || strings.HasSuffix(line, "[") || strings.HasPrefix(line, "]") {
				in = depth + 1
			}
			b.WriteString(p.indent(in) + line + "\n")
		}
	}
	b.WriteString(p.indent(depth) + "}")
	return b.String()
}

// A condition block or an attribute lands in the statement meant, in every
// layout, and nothing else changes but white space.
func TestBlocksInAnyLayout(t *testing.T) {
	if testing.Short() {
		t.Skip("slow under the race detector, and nothing in it is concurrent")
	}
	refused := 0
	for seed := range int64(1500) {
		p := &printer{Rand: rand.New(rand.NewSource(seed))}
		p.tabs, p.width, p.comment = p.flip(4), []int{0, 2, 2, 4}[p.Intn(4)], p.flip(2)
		n := 1 + p.Intn(3)
		var b strings.Builder
		b.WriteString(p.prefix() + "data \"aws_iam_policy_document\" \"d\" {\n")
		for i := range n {
			b.WriteString(p.statementBlock(1) + p.remark(false) + "\n")
			if i+1 < n && p.flip(2) {
				b.WriteString("\n")
			}
		}
		b.WriteString("}\n")
		text := b.String()
		if p.flip(2) && !strings.HasPrefix(text, bom) {
			text = string(hclwrite.Format([]byte(text)))
		}
		crlf := p.flip(3)
		if crlf {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		f := source.NewFile("main.tf", []byte(text))
		i := p.Intn(n)
		block := at(t, parsed(t, f), "data", 0, "statement", i)
		if !blockStep(t, p, f, block, i, crlf) {
			refused++
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if refused > 50 {
		t.Errorf("%d edits were refused", refused)
	}
}

func blockStep(t *testing.T, p *printer, f *source.File, block *value.Value, i int, crlf bool) bool {
	name, want := "condition", ""
	var edits []source.Edit
	var err error
	switch p.Intn(3) {
	case 0:
		edits, err = InsertBlock(block, "condition", mfaBlock)
		want = `condition test = "Bool" variable = "aws:MultiFactorAuthPresent" values = ["true"]`
	case 1:
		name = "version_of_something"
		edits, err = SetAttribute(block.Span, name, Strings("a", "b"))
		want = `version_of_something = ["a", "b"]`
	case 2:
		name = "effect"
		edits, err = SetAttribute(block.Span, name, String("Deny"))
		want = `effect = "Deny"`
	}
	if err != nil {
		if !strings.Contains(err.Error(), "line") && !strings.Contains(err.Error(), "laid out") {
			t.Errorf("%v\n%s", err, f.Bytes)
		}
		return false
	}
	got, err := source.Apply(f, edits)
	if err != nil {
		t.Fatalf("%v\n%s", err, f.Bytes)
	}
	checkResult(t, f, edits, got)
	checkEndings(t, got, crlf)
	before, after := describe(t, f.Bytes), describe(t, got)
	if len(before) != len(after) {
		t.Fatalf("other statements:\n%s\n%s", f.Bytes, got)
	}
	for k := range before {
		switch {
		case k != i && before[k] != after[k]:
			t.Errorf("statement %d was %q, is %q", k, before[k], after[k])
		case k == i && !strings.Contains(after[k], want):
			t.Errorf("%s is not in %q:\n%s\n%s", want, after[k], f.Bytes, got)
		case k == i && name != "effect" && strings.Replace(after[k], want+"; ", "", 1) != before[k]:
			t.Errorf("statement %d was %q, is %q", k, before[k], after[k])
		}
	}
	for _, mark := range []string{"# the end }", "# 😀 {", "// }", "/* ] */"} {
		if bytes.Count(got, []byte(mark)) != bytes.Count(f.Bytes, []byte(mark)) {
			t.Errorf("a comment was lost:\n%s\n%s", f.Bytes, got)
		}
	}
	return true
}

// describe is what each statement says, in order.
func describe(t *testing.T, b []byte) []string {
	t.Helper()
	file, diags := hclsyntax.ParseConfig(b, "main.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, b)
	}
	var out []string
	for _, data := range file.Body.(*hclsyntax.Body).Blocks {
		if data.Type == "data" {
			for _, s := range data.Body.Blocks {
				out = append(out, describeBody(b, s.Body, "; "))
			}
		}
	}
	return out
}

func describeBody(b []byte, body *hclsyntax.Body, end string) string {
	type part struct {
		at   int
		text string
	}
	var parts []part
	for _, a := range body.Attributes {
		expr := strings.Join(strings.Fields(string(a.Expr.Range().SliceBytes(b))), " ")
		expr = strings.NewReplacer("[ ", "[", " ]", "]", ", ]", "]").Replace(expr)
		parts = append(parts, part{a.NameRange.Start.Byte, a.Name + " = " + expr + end})
	}
	for _, n := range body.Blocks {
		parts = append(parts, part{n.TypeRange.Start.Byte, strings.TrimRight(n.Type+" "+describeBody(b, n.Body, " "), " ") + end})
	}
	out := ""
	for len(parts) > 0 { // in source order
		first := 0
		for i := range parts {
			if parts[i].at < parts[first].at {
				first = i
			}
		}
		out += parts[first].text
		parts = append(parts[:first], parts[first+1:]...)
	}
	return fmt.Sprint(out)
}
