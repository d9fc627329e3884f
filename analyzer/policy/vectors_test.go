package policy

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/value"
)

const testdata = "../../testdata/policy"

// mustParse parses the text of a policy.
func mustParse(t testing.TB, text string) *Document {
	t.Helper()
	d, err := Parse(value.Str(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return d
}

type vector struct {
	ID     string
	Doc    json.RawMessage
	Docs   []json.RawMessage
	Expect string
}

func vectors(t testing.TB, name string) []vector {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(testdata, name))
	if err != nil {
		t.Fatal(err)
	}
	var list []vector
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// TestVectorsParse: every policy of the vectors parses, and only those whose
// verdict says so are malformed.
func TestVectorsParse(t *testing.T) {
	for name, kind := range map[string]Kind{
		"trust_rolesessionname.json": Trust, "scp_root_mfa.json": SCP, "scp_source_ip.json": SCP, "user_mfa.json": Identity,
	} {
		list := vectors(t, name)
		if len(list) == 0 {
			t.Errorf("%s is empty", name)
		}
		for _, v := range list {
			docs := v.Docs
			if v.Doc != nil {
				docs = append(docs, v.Doc)
			}
			bad := false
			for _, text := range docs {
				d := mustParse(t, string(text))
				if d.Open || len(d.Statements) == 0 {
					t.Errorf("%s: open or empty", v.ID)
				}
				for _, p := range d.Validate(kind) {
					if !p.Lint {
						bad = true
					}
				}
			}
			if want := v.Expect == "MALFORMED" || v.Expect == "INVALID"; bad != want {
				t.Errorf("%s: malformed is %v, want %v", v.ID, bad, want)
			}
		}
	}
}

// TestPublishedSCPsParse: the SCPs that AWS publishes are well-formed.
func TestPublishedSCPsParse(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(testdata, "scps", "*.json"))
	if err != nil || len(files) < 50 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		d := mustParse(t, string(b))
		if len(d.Statements) == 0 {
			t.Errorf("%s: no statements", name)
		}
		for _, p := range d.Validate(SCP) {
			if !p.Lint && !strings.Contains(p.Text, "<my-corporate-cidr>") { // a placeholder to fill in
				t.Errorf("%s: %s", name, p.Text)
			}
		}
	}
}
