package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/iamvet/iamvet/analyzer/revision"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// writeOutput writes what a flag asks for to a file. Whoever wrote what is scanned could
// have put a link there, or anything else under the name: see output and overwrites.
func (p *program) writeOutput(ctx context.Context, boundaryDir, name, format string, b []byte) error {
	boundaryDir = p.realBoundary(boundaryDir)
	path, err := p.output(boundaryDir, name)
	if err != nil {
		return err
	}
	if err := p.overwrites(ctx, boundaryDir, name, path, format); err != nil {
		return err
	}
	return writeFile(path, format, b)
}

// realBoundary is the directory of a boundary without links in it; for "" that of the
// working directory.
func (p *program) realBoundary(dir string) string {
	if dir == "" {
		dir = workspace.FindBoundary(p.dir)
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		return real
	}
	return dir
}

// output is the file or directory that a name of the command line stands for. A link in
// what is scanned is not followed: it would have its author decide what is written over.
func (p *program) output(boundaryDir, name string) (string, error) {
	if !filepath.IsAbs(name) {
		name = filepath.Join(p.dir, name)
	}
	at := filepath.VolumeName(name) + string(filepath.Separator)
	rest := strings.Split(strings.TrimPrefix(filepath.Clean(name), at), string(filepath.Separator))
	for i, step := range rest {
		next := filepath.Join(at, step)
		info, err := os.Lstat(next)
		if err != nil { // it is to be made, or cannot be
			return filepath.Join(append([]string{at}, rest[i:]...)...), nil
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			at = next
			continue
		}
		if isWithin(boundaryDir, next) {
			return "", fmt.Errorf("%s is a symbolic link in what is scanned: nothing is written through it", p.shown(next))
		}
		if at, err = filepath.EvalSymlinks(next); err != nil {
			return "", err
		}
	}
	return at, nil
}

// isWithin says that a path lies in a directory; neither has links in it.
func isWithin(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// shown is a path as people know it: relative to the working directory, where it is below.
func (p *program) shown(path string) string {
	real, err := filepath.EvalSymlinks(p.dir)
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(real, path); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return path
}

// sources are files that tools read as code or as configuration: a report is none of them.
var sources = regexp.MustCompile(`(?i)(\.(tf|tofu|tfvars|tofuvars)(\.json)?|\.hcl|\.ya?ml|\.go|\.py|\.sh|\.gitignore|CODEOWNERS)$`)

// overwrites is an error where a report would take the place of a file that is no report:
// one of what is scanned that is source by its name, or that git keeps.
func (p *program) overwrites(ctx context.Context, boundaryDir, name, path, format string) error {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || !isWithin(boundaryDir, path) || isReport(path, format) {
		return nil
	}
	switch {
	case sources.MatchString(filepath.Base(path)):
		return fmt.Errorf("%s is a source file that is there already: a report is not written over it", name)
	case revision.Tracked(ctx, filepath.Dir(path), filepath.Base(path)):
		return fmt.Errorf("%s is in the repository, and no report of iamvet: remove it, or write elsewhere", name)
	}
	return nil
}

// beginnings are those of what iamvet writes, by format. Of text anything may be one.
var beginnings = map[string][]string{
	"json":     {"{\n  \"iamvet\":", "{\n  \"version\":"}, // a baseline has a version
	"sarif":    {"{\n  \"version\": \"2.1.0\"", "{\n  \"$schema\""},
	"markdown": {"## iamvet", "## Credential"},
	"diff":     {"--- ", "diff "},
	"github":   {"::error", "::warning", "::notice"},
	"csv":      {"account,practice,"},
	"html":     {"<!"},
}

// isReport says that a file is empty, or an earlier report of the format.
func isReport(path, format string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	begin := make([]byte, 64)
	n, _ := f.Read(begin)
	if n == 0 {
		return true
	}
	for _, b := range beginnings[format] {
		if bytes.HasPrefix(begin[:n], []byte(b)) {
			return true
		}
	}
	return false
}

// writeFile replaces a file at once, so that no reader sees half of it. The
// job summary of GitHub Actions is a file that other steps write to as well:
// Markdown is appended, all of it or nothing.
func writeFile(path, format string, b []byte) error {
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return fmt.Errorf("%s cannot be written: there is no directory %s", path, filepath.Dir(path))
	}
	info, err := os.Lstat(path)
	device := err == nil && !info.Mode().IsRegular()
	switch {
	case device:
		return os.WriteFile(path, b, 0o644) // a pipe, say
	case format == "markdown":
		return appendFile(path, b)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".iamvet-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(b)
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// appendFile takes back what it wrote where the disk has no room for the rest.
func appendFile(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	if _, err = f.Write(b); err != nil {
		err = errors.Join(err, f.Truncate(info.Size()))
	}
	return errors.Join(err, f.Close())
}
