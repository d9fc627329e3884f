package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
)

// writeEdits writes all files beside their originals first, looks whether
// these are still what was read, and then renames: each file is replaced at
// once, and none when one of them has changed.
func writeEdits(dir string, edits []analyzer.FileEdits) error {
	type pending struct{ tmp, path string }
	var all []pending
	defer func() {
		for _, w := range all {
			os.Remove(w.tmp)
		}
	}()
	swept := map[string]bool{}
	for _, fe := range edits {
		path, err := written(dir, fe.File.Name)
		if err != nil {
			return fmt.Errorf("%s: %w", fe.File.Name, err)
		}
		if parent := filepath.Dir(path); !swept[parent] {
			removeLeft(parent)
			swept[parent] = true
		}
		if slices.ContainsFunc(all, func(w pending) bool { return w.path == path }) {
			return fmt.Errorf("%s is another name of a file that is changed as well: nothing was written; run again with --diff", fe.File.Name)
		}
		b, err := source.Apply(fe.File, fe.Edits)
		if err != nil {
			return fmt.Errorf("%s: %w", fe.File.Name, err)
		}
		tmp, err := writeBeside(path, b)
		if err != nil {
			return fmt.Errorf("%s: %w", fe.File.Name, err)
		}
		all = append(all, pending{tmp, path})
	}
	for i, fe := range edits {
		now, err := os.ReadFile(all[i].path)
		if err != nil {
			return err
		}
		if !bytes.Equal(now, fe.File.Bytes) {
			return fmt.Errorf("%s changed while iamvet ran: nothing was written; run again", fe.File.Name)
		}
	}
	for _, w := range all {
		if err := os.Rename(w.tmp, w.path); err != nil {
			return err
		}
	}
	return nil
}

// written is the file that a name stands for. A symbolic link is followed, so that
// it stays one; one that leads out of dir is an error.
func written(dir, name string) (string, error) {
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", err
	}
	path, err := filepath.EvalSymlinks(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return "", err
	}
	if rel, err := filepath.Rel(root, path); err != nil || !filepath.IsLocal(rel) {
		return "", errors.New("the file is a link to one outside of what may be read: nothing was written")
	}
	return path, nil
}

// temporary begins the name of every temporary file; the process that writes it
// and a random part follow.
const temporary = ".iamvet-"

// removeLeft removes the temporary files that a killed process left in dir.
func removeLeft(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // what is written there will say so
	}
	for _, e := range entries {
		name, ours := strings.CutPrefix(e.Name(), temporary)
		owner, _, _ := strings.Cut(name, "-")
		if pid, err := strconv.Atoi(owner); ours && err == nil && e.Type().IsRegular() && !running(pid) {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

// running says whether a process runs. Elsewhere than on Windows there always is an
// os.Process, and only a signal tells.
func running(pid int) bool {
	process, err := os.FindProcess(pid)
	return err == nil && !errors.Is(process.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

// writeBeside writes a temporary file with the mode of path in its directory.
func writeBeside(path string, b []byte) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), temporary+strconv.Itoa(os.Getpid())+"-*")
	if err != nil {
		return "", err
	}
	_, err = tmp.Write(b)
	if err = errors.Join(err, tmp.Chmod(info.Mode().Perm()), tmp.Sync(), tmp.Close()); err != nil {
		os.Remove(tmp.Name())
		return "", err
	}
	return tmp.Name(), nil
}
