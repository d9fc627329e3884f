package analyzer_test

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/iamvet/iamvet/"

// allowed are the packages of this module that each package may import, and
// the restricted libraries that it may know. Imports point down.
var allowed = map[string][]string{
	"analyzer/cores":      {},
	"analyzer/glob":       {},
	"analyzer/source":     {},
	"analyzer/aws":        {},
	"analyzer/value":      {"analyzer/source"},
	"analyzer/credential": {"analyzer/source"},
	"analyzer/audit":      {"analyzer/credential"},
	"analyzer/automaton":  {},
	"analyzer/policy":     {"analyzer/automaton", "analyzer/aws", "analyzer/source", "analyzer/value"},
	"analyzer/oidc":       {},
	"analyzer/proof":      {"analyzer/automaton", "analyzer/aws", "analyzer/source", "analyzer/value", "analyzer/policy", "analyzer/oidc"},
	// A second reading of policies, by which the proofs are checked: never proof, nor its automata.
	"analyzer/certificate":        {"analyzer/aws", "analyzer/value", "analyzer/policy", "analyzer/oidc"},
	"analyzer/certificate/solver": {},
	"analyzer/terraform": {"analyzer/aws", "analyzer/glob", "analyzer/source", "analyzer/value", "analyzer/terraform/workspace", "analyzer/terraform/lang",
		"analyzer/terraform/plan", "analyzer/terraform/addrs", "hcl", "cty"},
	"analyzer/terraform/plan":      {"analyzer/source", "analyzer/value", "analyzer/terraform/lang", "analyzer/terraform/addrs", "terraform-json", "jsontext"},
	"analyzer/terraform/workspace": {"analyzer/cores", "analyzer/glob", "analyzer/source", "analyzer/value", "analyzer/terraform/lang", "analyzer/terraform/addrs", "hcl"},
	"analyzer/terraform/lang":      {"analyzer/value"},
	"analyzer/terraform/addrs":     {},
	"analyzer/edit":                {"analyzer/source", "analyzer/value", "hcl"},
	"analyzer/settings":            {"analyzer/source", "analyzer/proof", "hcl", "cty"},
	"analyzer/identity":            {"analyzer/cores", "analyzer/source", "analyzer/value", "analyzer/policy", "analyzer/terraform", "analyzer/terraform/addrs", "analyzer/credential"},
	"analyzer/comparison": {"analyzer/cores", "analyzer/source", "analyzer/value", "analyzer/policy", "analyzer/proof", "analyzer/terraform",
		"analyzer/terraform/workspace", "analyzer/identity", "analyzer/organization"},
	"analyzer":          {"analyzer/comparison", "analyzer/cores", "analyzer/source", "analyzer/value", "analyzer/certificate", "analyzer/terraform", "analyzer/identity", "analyzer/settings"},
	"analyzer/baseline": {},
	"analyzer/revision": {},
	"analyzer/ignore":   {"analyzer/source", "analyzer/terraform/workspace", "hcl"},
	"analyzer/engine": {"analyzer", "analyzer/baseline", "analyzer/comparison", "analyzer/ignore", "analyzer/certificate", "analyzer/cores", "analyzer/source", "analyzer/value", "analyzer/policy", "analyzer/proof", "analyzer/terraform",
		"analyzer/terraform/workspace", "analyzer/terraform/addrs", "analyzer/identity", "analyzer/settings", "analyzer/credential"},
	"analyzer/organization": {"analyzer/source", "analyzer/value", "analyzer/policy", "analyzer/proof", "analyzer/terraform",
		"analyzer/identity"},
	"analyzer/graph": {"analyzer/cores", "analyzer/source", "analyzer/value", "analyzer/policy", "analyzer/proof", "analyzer/terraform",
		"analyzer/identity", "analyzer/organization"},
	"analyzer/picture": {"analyzer", "analyzer/identity", "analyzer/organization", "analyzer/settings", "analyzer/source", "analyzer/value", "analyzer/policy", "analyzer/proof", "analyzer/report", "analyzer/graph"},
	"analyzer/report":  {"analyzer", "analyzer/comparison", "analyzer/proof", "analyzer/source", "analyzer/value", "analyzer/terraform", "analyzer/settings"},
	"sarif":            {"analyzer", "analyzer/source", "go-sarif"},
	"checks/fixes": {"analyzer", "analyzer/source", "analyzer/value", "analyzer/policy", "analyzer/proof", "analyzer/terraform",
		"analyzer/identity", "analyzer/organization", "analyzer/edit", "analyzer/settings"},
	"checks": {"analyzer", "analyzer/certificate", "analyzer/source", "analyzer/value", "analyzer/policy", "analyzer/oidc", "analyzer/proof", "analyzer/terraform",
		"analyzer/identity", "analyzer/organization", "analyzer/settings", "analyzer/credential", "checks/fixes"},
	"checks/examples": {},
	// Harnesses of tests.
	"analyzer/comparison/naive":      {},
	"analyzer/report/reporttest":     {"*"},
	"analyzer/certificate/agreement": {"*"},
	"sarif/sariftest":                {"*"},
	"sarif/reviewtest":               {"*"},
	"checks/checktest":               {"*"},
	"cmd/iamvet":                     {"*"},
}

var restricted = map[string]string{
	"github.com/hashicorp/hcl/":           "hcl",
	"github.com/zclconf/go-cty":           "cty",
	"github.com/hashicorp/go-cty-funcs":   "cty",
	"github.com/hashicorp/terraform-json": "terraform-json",
	"github.com/go-json-experiment/json":  "jsontext",
	"github.com/owenrumney/go-sarif":      "go-sarif",
}

// Imports are those of the table, and the table has none that nobody needs: the
// picture in CONTRIBUTING.md is drawn from it.
func TestImportsPointDown(t *testing.T) {
	for dir, may := range allowed {
		if len(may) == 1 && may[0] == "*" {
			continue
		}
		entries, err := os.ReadDir(filepath.Join("..", dir))
		if err != nil {
			t.Errorf("%s: %v", dir, err)
			continue
		}
		needed := map[string]bool{}
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), ".go") && !strings.HasSuffix(e.Name(), "_test.go") {
				checkImports(t, dir, filepath.Join("..", dir, e.Name()), may, needed)
			}
		}
		for _, m := range may {
			if !needed[m] {
				t.Errorf("%s may import %s, and does not: take it out of the table", dir, m)
			}
		}
	}
}

func checkImports(t *testing.T, dir, file string, may []string, needed map[string]bool) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Error(err)
		return
	}
	for _, spec := range parsed.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		name := strings.TrimPrefix(path, module)
		known := name != path
		for prefix, library := range restricted {
			if strings.HasPrefix(path, prefix) {
				name, known = library, true
			}
		}
		ok := !known
		needed[name] = true
		for _, m := range may {
			ok = ok || m == name
		}
		if !ok {
			t.Errorf("%s: %s may not import %s", file, dir, name)
		}
	}
}

// Every package of the module is in the table.
func TestEveryPackageHasItsPlace(t *testing.T) {
	for _, top := range []string{"../analyzer", "../checks", "../sarif", "../cmd"} {
		err := filepath.WalkDir(top, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
				return err
			}
			dir := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), ".."+string(filepath.Separator)))
			if _, ok := allowed[dir]; !ok {
				t.Errorf("%s: package %s is not in the table of imports", path, dir)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}
