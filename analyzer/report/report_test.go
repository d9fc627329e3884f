package report

import (
	"bytes"
	"flag"
	"io"
	"math/rand"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/report/reporttest"
	"github.com/iamvet/iamvet/analyzer/source"
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
		"sample.gitlab": GitLab,
		"sample.junit":  JUnit,
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

// Of a long line, what is near to the mark shows what the whole line does.
func TestExcerptOfALongLine(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	for range 500 {
		var text strings.Builder
		text.WriteString("x\n")
		for n := rnd.Intn(4000); text.Len() < n; {
			text.WriteString([]string{"a", "{", " ", "é", "漢", "e\u0301", "😀"}[rnd.Intn(7)])
		}
		text.WriteString("a\n")
		f := source.NewFile("a.tf.json", []byte(text.String()))
		mark := source.Span{File: f, Start: rnd.Intn(len(f.Bytes))}
		for !utf8.RuneStart(f.Bytes[mark.Start]) {
			mark.Start--
		}
		mark.End = min(len(f.Bytes), mark.Start+1+rnd.Intn(300))
		line := f.LineSpan(2)
		got, want := cropped(cells(near(line, mark, 20), mark), 20), cropped(cells(line, mark), 20)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("bytes %d to %d of %q: %v, want %v", mark.Start, mark.End, f.Bytes, got, want)
		}
	}
}
