package edit

import (
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Whatever text stands at a span, there is no panic, the edits can be applied,
// and those of HCL leave HCL.
func FuzzEdits(f *testing.F) {
	for _, tests := range [][]editTest{objectTests, jsonTests, blockTests, stringTests, removeTests} {
		for _, tt := range tests {
			for s := value.SyntaxHCL; s <= value.SyntaxTFJSON; s++ {
				f.Add(tt.before, 0, len(tt.before), byte(s))
			}
			f.Add(tt.before, len(tt.before)/3, len(tt.before)-3, byte(value.SyntaxQuotedJSON))
		}
	}
	f.Fuzz(func(t *testing.T, text string, start, end int, syntax byte) {
		name := []string{"main.tf", "main.tf.json", "p.json"}[int(syntax/16)%3]
		file := source.NewFile(name, []byte(text))
		if start < 0 || end < start || end > len(text) {
			return
		}
		v := &value.Value{Kind: value.Object, Span: source.Span{File: file, Start: start, End: end}, Syntax: value.Syntax(syntax % 8)}
		list, str := *v, value.StrAt(source.Literal(v.Span))
		list.Kind = value.Tuple
		str.Syntax = v.Syntax
		_, diags := hclsyntax.ParseConfig(file.Bytes, name, hcl.InitialPos)
		for i, op := range []func() ([]source.Edit, error){
			func() ([]source.Edit, error) { return SetMember(v, "Condition", mfa) },
			func() ([]source.Edit, error) { return AppendElement(&list, String("${aws:username}")) },
			func() ([]source.Edit, error) { return AppendElement(v, Strings("a", "b")) },
			func() ([]source.Edit, error) { return InsertBlock(v, "condition", mfaBlock) },
			func() ([]source.Edit, error) { return RemoveElement(&list, 0) },
			func() ([]source.Edit, error) { return RemoveMember(v, "Effect") },
			func() ([]source.Edit, error) { return ReplaceString(str, "é\"\\${x}\n") },
			func() ([]source.Edit, error) { return AddCondition(v, "Bool", "a", "true") },
			func() ([]source.Edit, error) { return AppendToFile(file, "locals {}") },
		} {
			edits, err := op()
			if err != nil {
				continue
			}
			out, err := source.Apply(file, edits)
			if err != nil {
				t.Fatalf("operation %d: %v", i, err)
			}
			whole := start == 0 && end == len(text) && v.Syntax == value.SyntaxBlock || i == 8
			if name == "main.tf" && whole && !diags.HasErrors() {
				if _, diags := hclsyntax.ParseConfig(out, name, hcl.InitialPos); diags.HasErrors() {
					t.Fatalf("operation %d: %v\n%q\n%q", i, diags, text, out)
				}
			}
		}
	})
}
