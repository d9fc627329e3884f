package terraform

import (
	"slices"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// TouchedBy is what of a root the texts of some files have to do with, by what has been
// evaluated of it: what stands in them, what reads them by a function, the variables that
// they are values of, and what refers to any of that, in whatever way. Nil is anything.
//
// What is below a module that is not at hand is not known, and no finding is there; what
// its outputs go into counts.
func (r *Root) TouchedBy(files map[string]bool) *Influence {
	ev, ok := r.loader.(*evaluator)
	if !ok {
		return nil
	}
	tree := ev.callTree()
	ev.mu.Lock()
	lookups := make([]lookup, 0, len(ev.lookups))
	for l := range ev.lookups {
		lookups = append(lookups, l)
	}
	ev.mu.Unlock()
	i := &Influence{tree: tree, blocks: map[place]bool{}, types: map[string]bool{}}
	var open []place
	for _, m := range tree.modules {
		if slices.ContainsFunc(m.Overrides(), func(f *source.File) bool { return files[f.Name] }) {
			return nil // an override is merged into anything
		}
		open = append(open, standing(m, func(at source.Span) bool { return files[at.File.Name] })...)
	}
	for name, v := range ev.values {
		if v.text == nil && !v.x.Span().IsZero() && files[v.x.Span().File.Name] {
			open = append(open, place{ev.root.Dir, workspace.BlockName{Type: "var", Name: name}})
		}
	}
	for _, at := range readsOf(lookups, files) {
		found := 0
		for _, m := range tree.modules {
			if !m.Reads(at.File.Name) {
				continue
			}
			places := standing(m, func(block source.Span) bool {
				return block.File == at.File && block.Start <= at.Start && at.End <= block.End
			})
			found += len(places)
			open = append(open, places...)
		}
		if found == 0 {
			return nil // in a variable file, say
		}
	}
	if !i.spread(open, false) {
		return nil
	}
	return i
}

// readsOf are where some files are read by a function, or a template of theirs is.
func readsOf(lookups []lookup, files map[string]bool) []source.Span {
	var out []source.Span
	met := map[string]bool{}
	for open := sortedKeys(files); len(open) > 0; {
		name := open[len(open)-1]
		open = open[:len(open)-1]
		if met[name] {
			continue
		}
		met[name] = true
		for _, l := range lookups {
			if l.file != name {
				continue
			}
			if _, ending := workspace.ConfigName(l.at.File.Name); ending == "" { // a template that reads another
				open = append(open, l.at.File.Name)
				continue
			}
			out = append(out, l.at)
		}
	}
	return out
}

// standing are the blocks of a module whose text is wanted.
func standing(m *workspace.Module, wanted func(source.Span) bool) []place {
	var out []place
	add := func(n workspace.BlockName, at source.Span) {
		if !at.IsZero() && wanted(at) {
			out = append(out, place{m.Dir, n})
		}
	}
	for k, b := range m.Resources {
		add(k, b.Span)
	}
	for typ, blocks := range map[string]map[string]*workspace.Block{"output": m.Outputs, "call": m.Calls, "var": m.Variables} {
		for n, b := range blocks {
			add(workspace.BlockName{Type: typ, Name: n}, b.Span)
		}
	}
	for n, l := range m.Locals {
		add(workspace.BlockName{Type: "local", Name: n}, l.Span())
	}
	for _, b := range m.Providers {
		add(workspace.Everything, b.Span)
	}
	for _, b := range m.Imports {
		add(workspace.Everything, b.Span)
	}
	return out
}
