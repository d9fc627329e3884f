package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// Bounds on files that are read at once.
const (
	maxSettings = 1 << 20
	maxBaseline = 64 << 20
	maxPolicy   = 16 << 20
)

// open opens a file that the command line names. It may be a pipe, as the output of
// another command is; but not where it lies in what is scanned: whoever wrote that could
// have put a pipe there which nobody writes to.
func (p *program) open(name string) (*os.File, error) {
	abs := p.abs(name)
	info, err := os.Stat(abs)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() && !info.IsDir() && isWithin(workspace.FindBoundary(filepath.Dir(abs)), abs) && hasRepository(filepath.Dir(abs)) {
		return nil, errors.New("not a regular file")
	}
	return os.Open(abs)
}

// hasRepository says that a directory is in a repository, and not only its own boundary.
func hasRepository(dir string) bool {
	_, err := os.Lstat(filepath.Join(workspace.FindBoundary(dir), ".git"))
	return err == nil
}

// read reads all of a file that the command line names, whatever its size is said to be.
func (p *program) read(name string, most int64) ([]byte, error) {
	f, err := p.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, most)
}

// readIn reads a file of a file system: what is too large is not begun.
func readIn(fsys fs.FS, name string, most int64) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular() && info.Mode()&fs.ModeSymlink == 0:
		return nil, errors.New("not a regular file")
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, most)
}

func readAll(f fs.File, most int64) ([]byte, error) {
	tooLarge := fmt.Errorf("larger than %d MiB", most>>20)
	if info, err := f.Stat(); err == nil && info.Size() > most {
		return nil, tooLarge
	}
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(b)) > most {
		return nil, tooLarge
	}
	return b, err
}
