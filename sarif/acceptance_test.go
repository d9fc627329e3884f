package sarif

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/sarif/sariftest"
)

// TestAcceptance is for scripts/sarif-acceptance.sh: it holds the files named,
// one a line, in IAMVET_SARIF_FILES to what the other tests hold ours to, and
// applies their fixes to the files below IAMVET_SARIF_ROOT. Without that it
// takes the golden files, whose sources do not exist.
func TestAcceptance(t *testing.T) {
	root := os.Getenv("IAMVET_SARIF_ROOT")
	var read func(string) ([]byte, error)
	if root != "" {
		read = func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(root, filepath.FromSlash(name))) }
	}
	files := strings.Fields("testdata/clean.sarif testdata/empty.sarif testdata/full.sarif testdata/sample.sarif")
	if named := os.Getenv("IAMVET_SARIF_FILES"); named != "" {
		files = strings.Split(strings.TrimSpace(named), "\n")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			log := valid(t, data, read)
			if read == nil {
				return
			}
			// One by one, as readers do: fixes of two rules may change the same text.
			for _, run := range log.Runs {
				for _, result := range run.Results {
					one := sariftest.Run{Results: []sariftest.Result{result}}
					if _, err := sariftest.ApplyAll(&sariftest.Log{Runs: []sariftest.Run{one}}, read); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
}
