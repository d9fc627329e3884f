package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	tfjson "github.com/hashicorp/terraform-json"
)

// works are what rivals do with each file that was read. Each lets go of what it
// made: it is a lower bound of what has to be done, and no tool.
var works = map[string]func(name string, data []byte) error{
	"read": func(string, []byte) error { return nil },
	"lex": func(name string, data []byte) error {
		_, diags := hclsyntax.LexConfig(data, name, hcl.InitialPos)
		return orNil(diags)
	},
	"parse": func(name string, data []byte) error {
		_, diags := hclsyntax.ParseConfig(data, name, hcl.InitialPos)
		return orNil(diags)
	},
	"tokens": func(_ string, data []byte) error {
		dec := json.NewDecoder(bytes.NewReader(data))
		for {
			if _, err := dec.Token(); err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
		}
	},
	"unmarshal": func(_ string, data []byte) error {
		var v any
		return json.Unmarshal(data, &v)
	},
	"plan": func(_ string, data []byte) error {
		var p tfjson.Plan
		return json.Unmarshal(data, &p)
	},
}

func orNil(diags hcl.Diagnostics) error {
	if diags.HasErrors() {
		return diags
	}
	return nil
}

// doWork does a work with every file below dir on as many goroutines as there may
// run, reading through os.Root as iamvet does, and prints what it allocated.
func doWork(dir, name string) error {
	work, ok := works[name]
	if !ok {
		return fmt.Errorf("%s: no such work", name)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	names := make(chan string, 64)
	errs := make([]error, runtime.GOMAXPROCS(0)+1)
	var wg sync.WaitGroup
	for g := range errs[1:] {
		wg.Go(func() {
			for name := range names {
				data, err := root.ReadFile(name)
				if err == nil {
					err = work(name, data)
				}
				if err != nil {
					errs[1+g] = fmt.Errorf("%s: %w", name, err)
				}
			}
		})
	}
	errs[0] = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names <- name
		}
		return err
	})
	close(names)
	wg.Wait()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Fprintf(os.Stderr, allocationsFormat+"\n", m.TotalAlloc, m.Mallocs)
	return errors.Join(errs...)
}
