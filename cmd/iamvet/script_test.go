package main

import (
	"context"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
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
			os.Exit(p.run(context.Background(), os.Args[1:]))
		},
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       *update,
	})
}
