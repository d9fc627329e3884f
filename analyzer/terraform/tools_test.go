package terraform

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/iamvet/iamvet/analyzer/terraform/lang"
)

var record = flag.Bool("record", false, "record what the tools in $IAMVET_TERRAFORM_TOOLS answer")

// tools are the releases that iamvet has to agree with, as
// scripts/terraform-tools.sh builds them.
var tools = []lang.Dialect{{Language: lang.Terraform, Version: "1.11.4"}, {Language: lang.Terraform, Version: "1.13.3"}, {Language: lang.OpenTofu, Version: "1.12.6"}}

// toolDirectory is where the tools are, "" where they are not.
func toolDirectory() string { return os.Getenv("IAMVET_TERRAFORM_TOOLS") }

// toolRun is one tool in a directory of its own.
type toolRun struct {
	tool lang.Dialect
	path string
	dir  string
}

func newToolRun(t *testing.T, tool lang.Dialect) *toolRun {
	t.Helper()
	name := map[lang.Language]string{lang.Terraform: "terraform-", lang.OpenTofu: "tofu-"}[tool.Language] + tool.Version
	path, err := exec.LookPath(filepath.Join(toolDirectory(), name))
	if err != nil {
		t.Fatal(err)
	}
	return &toolRun{tool: tool, path: path, dir: t.TempDir()}
}

// run is what the tool prints, and whether it ended well.
func (r *toolRun) run(input string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, r.path, args...)
	cmd.Dir = r.dir
	cmd.Stdin = strings.NewReader(input)
	cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s %v: %w\n%s%s", r.tool, args, err, &out, &problems)
	}
	return out.String(), nil
}

// An answer is what one tool, or several that agree, say of a case.
type answer[T any] struct {
	Case string `json:"case"`
	By   string `json:"by,omitempty"` // the tools; none: all
	Says T      `json:"says"`
}

// grouped are answers of all tools, by case and tool, with those that agree put
// together.
func grouped[T any](cases []string, says [][]T) []answer[T] {
	var out []answer[T]
	for i, c := range cases {
		by, texts := map[string][]string{}, []string{}
		first := map[string]T{}
		for j, tool := range tools {
			text, err := json.Marshal(says[j][i])
			if err != nil {
				panic(err)
			}
			if by[string(text)] == nil {
				texts = append(texts, string(text))
				first[string(text)] = says[j][i]
			}
			by[string(text)] = append(by[string(text)], tool.String())
		}
		for _, text := range texts {
			a := answer[T]{Case: c, Says: first[text]}
			if len(by[text]) < len(tools) {
				a.By = strings.Join(by[text], ", ")
			}
			out = append(out, a)
		}
	}
	return out
}

// ofTool are the recorded answers of one tool by case.
func ofTool[T any](answers []answer[T], tool lang.Dialect) map[string]T {
	out := map[string]T{}
	for _, a := range answers {
		if a.By == "" || strings.Contains(", "+a.By+", ", ", "+tool.String()+", ") {
			out[a.Case] = a.Says
		}
	}
	return out
}

// asked are the answers that are recorded in a file. With -record the tools are
// asked and the file is written; where they are and nothing is to be recorded,
// the file has to be what they say.
func asked[T any](t *testing.T, file string, cases []string, ask func(*testing.T, *toolRun) []T) []answer[T] {
	t.Helper()
	seen := map[string]bool{}
	for _, c := range cases {
		if seen[c] {
			t.Errorf("%s: %s is there twice", file, c)
		}
		seen[c] = true
	}
	if toolDirectory() != "" && !testing.Short() {
		says := make([][]T, len(tools))
		var done sync.WaitGroup
		for i, tool := range tools {
			done.Add(1)
			run := newToolRun(t, tool)
			go func() {
				defer done.Done()
				says[i] = ask(t, run)
			}()
		}
		done.Wait()
		if t.Failed() {
			t.FailNow()
		}
		var b bytes.Buffer
		for _, a := range grouped(cases, says) {
			line, err := json.Marshal(a)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(append(line, '\n'))
		}
		if *record {
			if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if old, err := os.ReadFile(file); err != nil || !bytes.Equal(old, b.Bytes()) {
			t.Errorf("the tools say something else than %s: %v\n%s", file, err, firstDifference(string(old), b.String()))
		}
	} else if *record {
		t.Fatal("set IAMVET_TERRAFORM_TOOLS to what scripts/terraform-tools.sh prints")
	}
	return readAnswers[T](t, file)
}

func readAnswers[T any](t testing.TB, file string) []answer[T] {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []answer[T]
	dec := json.NewDecoder(bytes.NewReader(b))
	for dec.More() {
		var a answer[T]
		if err := dec.Decode(&a); err != nil {
			t.Fatal(file, err)
		}
		out = append(out, a)
	}
	return out
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d is %s\nnow %s", i+1, x[i], y[i])
		}
	}
	return fmt.Sprintf("%d lines, now %d", len(x), len(y))
}
