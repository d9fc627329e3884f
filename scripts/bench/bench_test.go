package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	tfjson "github.com/hashicorp/terraform-json"
)

// Files are the same each time they are made, so that numbers of different days can
// be compared; configuration has no error, and plans are plans.
func TestFiles(t *testing.T) {
	first, again := t.TempDir(), t.TempDir()
	for _, c := range casesOf(sizes["small"]) {
		t.Run(c.name, func(t *testing.T) {
			if sum(t, c, first) != sum(t, c, again) {
				t.Error("the files are not the same a second time")
			}
			files := 0
			each(t, filepath.Join(first, c.name), func(name string, data []byte) {
				files++
				switch filepath.Base(name) {
				case planName:
					var plan tfjson.Plan
					if err := plan.UnmarshalJSON(data); err != nil {
						t.Error(err)
					}
				case stateName:
					if err := works["unmarshal"](name, data); err != nil {
						t.Error(err)
					}
				case filepath.Base(hookPolicy):
					if !json.Valid(data) {
						t.Errorf("%s is no JSON", name)
					}
				default:
					if _, diags := hclsyntax.ParseConfig(data, name, hcl.InitialPos); diags.HasErrors() {
						t.Error(diags)
					}
				}
				for _, left := range []string{"{r}", "{i}", "{n}", "{next}", "{tags}", "{account}", "{octet}", "{port}"} {
					if strings.Contains(string(data), left) {
						t.Errorf("%s: %s was not filled", name, left)
					}
				}
			})
			if files == 0 {
				t.Error("no files")
			}
		})
	}
}

// What the tables of docs/performance.md call 10,004 files are that.
func TestSizeOfTheLargeEstate(t *testing.T) {
	full := sizes["full"]
	if n := full.roots*filesOfRoot + len(operatorModule); n != 10_004 {
		t.Errorf("%d files", n)
	}
	dir := t.TempDir()
	e := &estate{dir: dir}
	e.stacks(2, dense)
	if e.err != nil {
		t.Fatal(e.err)
	}
	n := 0
	each(t, dir, func(string, []byte) { n++ })
	if want := 2*filesOfRoot + len(operatorModule); n != want {
		t.Errorf("%d files of two root modules, not %d", n, want)
	}
}

func TestMiddle(t *testing.T) {
	if got := middle([]float64{5, 1, 3}); got != 3 {
		t.Errorf("%v of three", got)
	}
	if got := middle([]int64{4, 1, 2, 9}); got != 3 {
		t.Errorf("%v of four", got)
	}
}

// sum makes a case below dir and hashes all of it.
func sum(t *testing.T, c benchCase, dir string) string {
	t.Helper()
	if err := c.write(filepath.Join(dir, c.name)); err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	each(t, filepath.Join(dir, c.name), func(name string, data []byte) {
		h.Write([]byte(name))
		h.Write(data)
	})
	return hex.EncodeToString(h.Sum(nil))
}

// each calls do with each file below dir, in order.
func each(t *testing.T, dir string, do func(name string, data []byte)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err == nil {
			do(name, data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
