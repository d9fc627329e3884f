package engine_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/checks/checktest"
)

// A fix is verified by looking again at what it reaches. That has to come to
// the same as looking again at everything: the same fixes are kept, and the
// others are dropped.
func TestVerificationIsThorough(t *testing.T) {
	cases, err := filepath.Glob("../../testdata/checks/*/*")
	if err != nil {
		t.Fatal(err)
	}
	cases = append(cases, "../../testdata/quickstart")
	if !testing.Short() { // several organizations and sets of users beside each other
		cases = append(cases, "../../testdata/checks/IV105", "../../testdata/checks/IV201", "../../testdata/checks/IV302", "../../testdata/checks/IV304", "../../testdata/checks/IV401")
	}
	for i, dir := range cases {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() || testing.Short() && i%8 > 0 {
			continue
		}
		t.Run(filepath.Base(filepath.Dir(dir))+"/"+filepath.Base(dir), func(t *testing.T) {
			fast, dropped := analyze(t, dir, engine.Analyze)
			slow, droppedThoroughly := analyze(t, dir, engine.AnalyzeThoroughly)
			if dropped != droppedThoroughly {
				t.Errorf("dropped:\n%s\nwhen everything is looked at:\n%s", dropped, droppedThoroughly)
			}
			if fast != slow {
				t.Errorf("reports differ:\n%s\nwhen everything is looked at:\n%s", fast, slow)
			}
		})
	}
}

// The reasons and the costs differ, and are not what is compared.
var because = regexp.MustCompile(`(?m) because=.*$|^.*"root module judged".*\n`)

// analyze is the report of a directory, and which fixes were dropped.
func analyze(t *testing.T, dir string, how func(context.Context, engine.Input, []*analyzer.Check) (*analyzer.Report, error)) (text, dropped string) {
	t.Helper()
	b, err := workspace.OpenBoundary(dir)
	if err != nil {
		t.Fatal(err)
	}
	return analyzeIn(t, b, how)
}

func analyzeFiles(t *testing.T, files fstest.MapFS, how func(context.Context, engine.Input, []*analyzer.Check) (*analyzer.Report, error)) (text, dropped string) {
	t.Helper()
	return analyzeIn(t, workspace.OverFS(files), how)
}

func analyzeIn(t *testing.T, b *workspace.Boundary, how func(context.Context, engine.Input, []*analyzer.Check) (*analyzer.Report, error)) (text, dropped string) {
	t.Helper()
	var log bytes.Buffer
	in := engine.Input{Now: checktest.Now, Boundary: b, Paths: []string{"."}, ScanRoot: ".", WorkDir: ".",
		Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}}))}
	if text, err := fs.ReadFile(b.FS, settings.Name); err == nil {
		var wrong []*settings.Error
		if in.Settings, wrong = settings.Parse(source.NewFile(settings.Name, text)); len(wrong) > 0 {
			t.Fatal(wrong)
		}
	}
	for _, name := range []string{"plan.json", "state.json"} {
		text, err := fs.ReadFile(b.FS, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		in.Plans = append(in.Plans, engine.Evidence{Name: name, Read: engine.ReadOnce(bytes.NewReader(text), name == "state.json"), Dir: ".", HasDir: workspace.HasConfiguration(b, ".")})
	}
	r, err := how(context.Background(), in, checks.All)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := report.JSON(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.String(), because.ReplaceAllString(log.String(), "")
}
