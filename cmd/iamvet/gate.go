package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/iamvet/iamvet/analyzer/baseline"
	"github.com/iamvet/iamvet/analyzer/revision"
	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
)

// gate is what says of a scan what it fails for: the settings and the baseline, as a
// revision has them, so that a change does not decide by which rules it is judged.
type gate struct {
	rev  string
	tree *revision.Tree // nil where the gate is that of the checkout
}

// gateAt is the gate that the flags ask for; it is opened when the input knows its
// boundary.
func (p *program) gateAt(ctx context.Context, f *scanFlags) *gate {
	g := &gate{rev: f.configFrom}
	if f.configFrom == "" {
		return g
	}
	f.gate = func(dir string) (fs.FS, error) {
		if f.config != "" {
			return nil, errors.New("--config names a file, and --config-from where the settings come from: leave one of them out")
		}
		tree, err := revision.Open(ctx, dir, f.configFrom)
		if err != nil {
			return nil, fmt.Errorf("--config-from: %w", err)
		}
		g.tree = tree
		return tree, nil
	}
	return g
}

func (g *gate) close() {
	if g.tree != nil {
		_ = g.tree.Close()
	}
}

// baseline reads a baseline: out of the revision, where it lies in the boundary.
func (g *gate) baseline(p *program, in *inputOf, name string) ([]baseline.Entry, error) {
	at := within(in.boundaryDir, p.abs(name))
	if g.tree == nil || path.IsAbs(at) {
		return p.readBaseline(name)
	}
	text, err := readIn(g.tree, at, maxBaseline)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		g.compare(in, at, nil)
		return []baseline.Entry{}, nil // nothing was known there
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	entries, err := baseline.Read(text)
	if err != nil {
		return nil, fmt.Errorf("%s at %s: %w", name, g.rev, err)
	}
	g.compare(in, at, text)
	if entries == nil {
		entries = []baseline.Entry{}
	}
	return entries, nil
}

// tell adds to an input what the change does to its own gate.
func (g *gate) tell(in *inputOf) {
	if g.tree == nil || in.Boundary == nil {
		return
	}
	in.Gate = g.tree
	name := settings.Find(in.Boundary.FS, in.ScanRoot)
	for _, name := range []string{name, in.Settings.File} {
		if name == "" {
			continue
		}
		then, err := readIn(g.tree, name, maxBaseline)
		if err != nil {
			then = nil
		}
		if g.compare(in, name, then) {
			return
		}
	}
}

// compare says of a file that it differs from what it was.
func (g *gate) compare(in *inputOf, name string, then []byte) bool {
	now, err := readIn(in.Boundary.FS, name, maxBaseline)
	if err != nil {
		now = nil
	}
	if bytes.Equal(then, now) {
		return false
	}
	what := "changed"
	switch {
	case then == nil:
		what = "added"
	case now == nil:
		what = "removed"
	}
	in.Gaps = append(in.Gaps, source.Gap{Kind: source.LimitGap, File: name, Class: "changes to the gate",
		Reason: fmt.Sprintf("%s since HEAD left %s: it counts as it was there", what, g.rev)})
	return true
}
