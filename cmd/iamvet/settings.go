package main

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// readSettings reads the file that --config names, else the nearest .iamvet.hcl
// at or above a directory, in its boundary. What is wrong in it is a gap: everything
// else counts. The file is named relative to base, the directory that the boundary
// is; by its whole path where it lies elsewhere.
func (p *program) readSettings(config string, boundary fs.FS, base, dir string) (settings.Settings, []source.Gap, error) {
	var text []byte
	var err error
	name := settings.Find(boundary, dir)
	switch {
	case config != "":
		name = within(base, p.abs(config))
		text, err = p.read(config, maxSettings)
	case name == "":
		return settings.Settings{}, nil, nil
	default:
		text, err = readIn(boundary, name, maxSettings)
	}
	if err != nil && config != "" {
		return settings.Settings{}, nil, fmt.Errorf("--config %s: %s", config, cause(err))
	}
	if err != nil {
		return settings.Settings{}, nil, fmt.Errorf("settings %s: %s", name, cause(err))
	}
	s, wrong := settings.Parse(source.NewFile(name, text))
	var gaps []source.Gap
	for _, e := range wrong {
		gaps = append(gaps, source.Gap{Kind: source.ErrorGap, Span: e.Span, File: name, Reason: e.Text})
	}
	return s, gaps, nil
}

// within is a path relative to a directory, with forward slashes; the whole path
// where it lies elsewhere.
func within(dir, abs string) string {
	if rel, err := filepath.Rel(dir, abs); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(abs)
}

// addSettings gives an input the settings that count for a directory.
func (p *program) addSettings(in *inputOf, f *inputFlags, boundary fs.FS, dir string) error {
	if f.gate != nil {
		var err error
		if boundary, err = f.gate(in.boundaryDir); err != nil {
			return err
		}
	}
	s, gaps, err := p.readSettings(f.config, boundary, in.boundaryDir, dir)
	if err != nil {
		return err
	}
	in.Settings = s
	in.Gaps = append(in.Gaps, gaps...)
	in.Exclude = append(in.Exclude, s.Exclude...)
	if in.Options.Language == lang.AnyLanguage { // the flag wins
		in.Options.Language, _ = lang.ParseLanguage(s.Language)
	}
	at := path.Dir(s.File)
	if path.IsAbs(s.File) || filepath.IsAbs(s.File) {
		at = "." // it lies outside of the boundary, and means what lies inside
	}
	for i := range in.Settings.Roots {
		root := &in.Settings.Roots[i]
		root.Dir = path.Join(at, root.Dir)
		if in.Boundary != nil && !workspace.HasConfiguration(in.Boundary, root.Dir) {
			in.Gaps = append(in.Gaps, source.Gap{Kind: source.ErrorGap, Span: root.Span, File: s.File,
				Reason: fmt.Sprintf("root: %s has no Terraform configuration: name a directory that has, relative to this file", root.Dir)})
		}
	}
	return nil
}

// here gives an input without a PATH its place, and the settings that count
// there: the working directory.
func (p *program) here(in *inputOf, f *inputFlags) error {
	in.boundaryDir = p.abs(f.root)
	if f.root == "" {
		in.boundaryDir = workspace.FindBoundary(p.abs("."))
	}
	boundary, err := workspace.OpenBoundary(in.boundaryDir)
	if err != nil {
		return fmt.Errorf("--root %s: %w", in.boundaryDir, err)
	}
	in.WorkDir = within(in.boundaryDir, p.abs("."))
	in.ScanRoot = in.WorkDir
	if filepath.IsAbs(in.WorkDir) {
		in.WorkDir, in.ScanRoot = "", "."
	}
	return p.addSettings(in, f, boundary.FS, in.ScanRoot)
}
