package report

import (
	"bytes"
	"flag"
	"io"
	"os"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/report/reporttest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; go test -update shows how. Got:\n%s", path, got)
	}
}

func TestGolden(t *testing.T) {
	write := map[string]func(io.Writer, *analyzer.Report) error{
		"sample.txt":    func(w io.Writer, r *analyzer.Report) error { return Text(w, r, TextOptions{}) },
		"narrow.txt":    func(w io.Writer, r *analyzer.Report) error { return Text(w, r, TextOptions{Width: 60}) },
		"colour.txt":    func(w io.Writer, r *analyzer.Report) error { return Text(w, r, TextOptions{Color: true}) },
		"sample.json":   JSON,
		"sample.md":     Markdown,
		"sample.github": GitHub,
		"sample.diff":   func(w io.Writer, r *analyzer.Report) error { _, err := Diff(w, r); return err },
	}
	for name, f := range write {
		t.Run(name, func(t *testing.T) {
			var a, b bytes.Buffer
			if err := f(&a, reporttest.New().Report); err != nil {
				t.Fatal(err)
			}
			if err := f(&b, reporttest.New().Report); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
				t.Fatalf("the same report gave other bytes (%v)", err)
			}
			golden(t, name, a.Bytes())
		})
	}
}
