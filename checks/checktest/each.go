package checktest

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
)

// sampled is of how many fixtures -short takes one.
const sampled = 8

// cases are the fixtures below dir: a folder per rule, and in it one per case.
func cases(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		t.Fatalf("%s: no fixtures", dir)
	}
	return out
}

// Each calls f for every fixture below dir, several at a time; with -short, for one
// of eight. At the end whole is called, where no fixture was left out, neither by
// -short nor by -run: what is said of all fixtures together can be asked there.
func Each(t *testing.T, dir string, f func(t *testing.T, dir string), whole func()) {
	t.Helper()
	all := cases(t, dir)
	var done atomic.Int64
	for i, name := range all {
		if testing.Short() && i%sampled != 0 {
			continue
		}
		t.Run(caseName(name), func(t *testing.T) {
			t.Parallel()
			f(t, name)
			done.Add(1)
		})
	}
	t.Cleanup(func() {
		if whole != nil && int(done.Load()) == len(all) {
			whole()
		}
	})
}

// caseName is how a fixture is named: RULE/CASE.
func caseName(dir string) string {
	return filepath.Base(filepath.Dir(dir)) + "/" + filepath.Base(dir)
}

// Undecorated are checks that say the same and offer no fixes. To work out and to
// verify fixes is most of a scan, which is better left out where only verdicts are
// compared.
func Undecorated(checks []*analyzer.Check) []*analyzer.Check {
	bare := func(run func(*analyzer.Pass) error) func(*analyzer.Pass) error {
		if run == nil {
			return nil
		}
		return func(p *analyzer.Pass) error {
			with := *p
			with.Take = func(f *analyzer.Finding) {
				f.Fixes, f.Offer = nil, nil
				p.Take(f)
			}
			return run(&with)
		}
	}
	var out []*analyzer.Check
	for _, c := range checks {
		without := *c
		without.Run, without.Deployed = bare(c.Run), bare(c.Deployed)
		out = append(out, &without)
	}
	return out
}
