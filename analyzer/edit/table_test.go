package edit

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// operation is an edit of a tree.
type operation func(testing.TB, *value.Value) ([]source.Edit, error)

// on is an operation on the value at a path.
func on(op func(*value.Value) ([]source.Edit, error), path ...any) operation {
	return func(t testing.TB, v *value.Value) ([]source.Edit, error) { return op(at(t, v, path...)) }
}

func setMember(name string, n Node) func(*value.Value) ([]source.Edit, error) {
	return func(v *value.Value) ([]source.Edit, error) { return SetMember(v, name, n) }
}

func setAttribute(name string, n Node) func(*value.Value) ([]source.Edit, error) {
	return func(v *value.Value) ([]source.Edit, error) { return SetAttribute(v.Span, name, n) }
}

func appendElement(n Node) func(*value.Value) ([]source.Edit, error) {
	return func(v *value.Value) ([]source.Edit, error) { return AppendElement(v, n) }
}

func insertBlock(name string, n Node) func(*value.Value) ([]source.Edit, error) {
	return func(v *value.Value) ([]source.Edit, error) { return InsertBlock(v, name, n) }
}

func removeMember(name string) func(*value.Value) ([]source.Edit, error) {
	return func(v *value.Value) ([]source.Edit, error) { return RemoveMember(v, name) }
}

func removeElement(i int) func(*value.Value) ([]source.Edit, error) {
	return func(v *value.Value) ([]source.Edit, error) { return RemoveElement(v, i) }
}

func replaceString(to string) func(*value.Value) ([]source.Edit, error) {
	return func(v *value.Value) ([]source.Edit, error) { return ReplaceString(v, to) }
}

func renameMember(from, to string) func(*value.Value) ([]source.Edit, error) {
	return func(v *value.Value) ([]source.Edit, error) {
		for _, a := range v.Attrs {
			if k, _ := a.Key(); k == from {
				return ReplaceString(a.Name, to)
			}
		}
		return nil, errNotLiteral
	}
}

var mfa = Object(Member{"Bool", Object(Member{"aws:MultiFactorAuthPresent", String("true")})})

var mfaBlock = Block(
	Member{"test", String("Bool")},
	Member{"variable", String("aws:MultiFactorAuthPresent")},
	Member{"values", Strings("true")},
)

type editTest struct {
	name          string
	file          string // "" is main.tf
	syntax        value.Syntax
	before, after string
	op            operation
}

func (tt editTest) tree(t testing.TB, f *source.File) *value.Value {
	if strings.HasSuffix(f.Name, ".json") {
		return jsonFileValue(t, f, tt.syntax)
	}
	return parsed(t, f)
}

func TestEdits(t *testing.T) {
	for _, tests := range [][]editTest{objectTests, jsonTests, blockTests, stringTests, removeTests} {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				tt.run(t)
			})
		}
	}
}

func (tt editTest) run(t *testing.T) {
	name := tt.file
	if name == "" {
		name = "main.tf"
	}
	for _, newline := range []string{"\n", "\r\n"} {
		f := source.NewFile(name, []byte(strings.ReplaceAll(tt.before, "\n", newline)))
		edits, err := tt.op(t, tt.tree(t, f))
		if err != nil {
			t.Fatal(err)
		}
		got, err := source.Apply(f, edits)
		if err != nil {
			t.Fatal(err)
		}
		if want := strings.ReplaceAll(tt.after, "\n", newline); string(got) != want {
			t.Errorf("newline %q: got\n%s\nwant\n%s", newline, got, want)
		}
		checkResult(t, f, edits, got)
	}
}

// checkResult checks what must hold for any edit.
func checkResult(t testing.TB, f *source.File, edits []source.Edit, got []byte) {
	t.Helper()
	if strings.HasSuffix(f.Name, ".json") {
		if !json.Valid(got) {
			t.Errorf("no longer JSON:\n%s", got)
		}
		return
	}
	if _, diags := hclsyntax.ParseConfig(got, f.Name, hcl.InitialPos); diags.HasErrors() {
		t.Errorf("no longer HCL: %v\n%s", diags, got)
	}
	if bytes.Equal(hclwrite.Format(f.Bytes), f.Bytes) && !bytes.Equal(hclwrite.Format(got), got) {
		t.Errorf("no longer formatted:\n%s\nformatted:\n%s", got, hclwrite.Format(got))
	}
	for _, e := range edits {
		if e.New == e.Span.Text() {
			t.Errorf("edit of %q changes nothing", e.New)
		}
	}
}

// The results of all table tests whose input was formatted are formatted
// according to the real binary too, and git applies the diffs.
func TestTerraformFmtAndGitApply(t *testing.T) {
	dir := t.TempDir()
	git, gitErr := exec.LookPath("git")
	terraform, terraformErr := exec.LookPath("terraform")
	if gitErr != nil && terraformErr != nil {
		t.Skip("neither terraform nor git is on this machine")
	}
	var patch bytes.Buffer
	want := map[string]string{}
	n := 0
	for _, tests := range [][]editTest{objectTests, jsonTests, blockTests, stringTests, removeTests} {
		for _, tt := range tests {
			n++
			sub := filepath.Join(dir, "case"+string(rune('a'+n/26))+string(rune('a'+n%26)))
			name := filepath.Base(sub) + "/main.tf"
			if tt.file != "" {
				name = filepath.Base(sub) + "/" + tt.file
			}
			f := source.NewFile(name, []byte(tt.before))
			edits, err := tt.op(t, tt.tree(t, f))
			if err != nil {
				t.Fatal(err)
			}
			got, err := source.Apply(f, edits)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(sub, 0o777); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, f.Bytes, 0o666); err != nil {
				t.Fatal(err)
			}
			want[path] = string(got)
			patch.WriteString(source.UnifiedDiff(f, edits, 3))
		}
	}
	if gitErr == nil {
		cmd := exec.Command(git, "apply", "--whitespace=nowarn", "-")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir), "GIT_CONFIG_GLOBAL="+os.DevNull)
		cmd.Stdin = &patch
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git apply: %v\n%s", err, out)
		}
		for path, text := range want {
			if got, err := os.ReadFile(path); err != nil || string(got) != text {
				t.Errorf("%s: git made %q, Apply %q", path, got, text)
			}
		}
	}
	if terraformErr != nil {
		t.Skip("terraform is not on this machine: its fmt was not asked")
	}
	unformatted := map[string]bool{}
	for path, text := range want {
		if filepath.Base(path) == "main.tf" && !bytes.Equal(hclwrite.Format([]byte(text)), []byte(text)) {
			unformatted[path] = true // by the fixture's own choice: checkResult has seen to it
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
	}
	cmd := exec.Command(terraform, "fmt", "-check", "-diff", "-recursive")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1")
	if out, err := cmd.Output(); err != nil {
		t.Errorf("terraform fmt: %v\n%s", err, out)
	}
	if len(unformatted) == len(want) {
		t.Error("nothing was asked")
	}
}
