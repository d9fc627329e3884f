package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/iamvet/iamvet/analyzer/report/reporttest"
)

var update = flag.Bool("update", false, "rewrite what the scripts expect")

// The scripts run the command itself, in a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"iamvet": func() {
			wd, err := os.Getwd()
			if err != nil {
				panic(err)
			}
			p := &program{
				stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, dir: wd,
				now: func() time.Time { return time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC) },
			}
			var printed bytes.Buffer
			p.stdout = io.MultiWriter(os.Stdout, &printed)
			status := p.run(context.Background(), os.Args[1:])
			if err := validJSON(os.Args[1:], printed.Bytes()); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(99)
			}
			os.Exit(status)
		},
	})
}

// validJSON holds what a command prints as JSON against its schema.
func validJSON(args []string, printed []byte) error {
	if os.Getenv(reporttest.SchemaDir) == "" || len(printed) == 0 || len(args) == 0 {
		return nil
	}
	asked := slices.Contains(args, "--format=json")
	for i, arg := range args[:len(args)-1] {
		asked = asked || arg == "--format" && args[i+1] == "json"
	}
	switch command := args[0]; {
	case command == "eval":
		if printed[0] != '{' { // help, and what is said of cases
			return nil
		}
		for line := range bytes.Lines(printed) {
			if err := reporttest.Valid("eval.json", line); err != nil {
				return err
			}
		}
	case asked && command == "scan":
		return reporttest.Valid("report.json", printed)
	case asked:
		return reporttest.Valid(command+".json", printed)
	}
	return nil
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Setup: func(e *testscript.Env) error {
			dir, err := reporttest.Schemas()
			e.Setenv(reporttest.SchemaDir, dir)
			return err
		},
	})
}
