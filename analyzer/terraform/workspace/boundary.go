package workspace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/iamvet/iamvet/analyzer/cores"
	"github.com/iamvet/iamvet/analyzer/source"
)

const (
	maxFileSize = 32 << 20 // larger files are no configuration
	maxLinks    = 64       // symlinks followed for one path
)

// Boundary is what may be read: an fs.FS over one directory tree, with
// symlinks resolved inside it. Open it with OpenBoundary; tests may use any
// fs.FS with OverFS.
type Boundary struct {
	FS fs.FS
	// Dir is the absolute path on disk, only to resolve absolute targets; "" in tests.
	Dir string
	// ParseAll has every block parsed, so that errors are found in those as well that
	// nobody asks for.
	ParseAll bool

	cache fileCache // what was read and parsed, for all roots
	// base is what this boundary replaces some files of; see With.
	base     *Boundary
	replaced map[string][]byte
	shown    bool // see Instead
}

// The classes of gaps that come in numbers.
const (
	FilesMissing  = "files that do not exist"
	NothingThere  = "paths without configuration"
	DeclaredTwice = "declarations of what is declared already"
)

// OpenBoundary opens the directory tree that may be read. Nothing outside it is
// reached through it, whatever symlinks say.
func OpenBoundary(root string) (*Boundary, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		abs = real
	}
	r, err := os.OpenRoot(abs)
	if err != nil {
		return nil, err
	}
	return &Boundary{FS: r.FS(), Dir: abs}, nil
}

// OverFS is the boundary of a file system, for tests.
func OverFS(fsys fs.FS) *Boundary { return &Boundary{FS: fsys} }

// FindBoundary is what may be read for a scan of path: the nearest directory at
// or above it that holds .git, else path itself (its directory when it is a
// file).
func FindBoundary(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if info, err := os.Stat(abs); err == nil && !info.IsDir() {
		abs = filepath.Dir(abs)
	}
	for dir := abs; ; dir = filepath.Dir(dir) {
		if IsRepository(dir) {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return abs
		}
	}
}

// IsRepository says that a directory holds .git: it is the top of a checkout.
func IsRepository(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, ".git"))
	return err == nil
}

// With is the boundary with the contents of some files replaced. What was read
// and parsed of the others is shared.
func (b *Boundary) With(files map[string][]byte) *Boundary {
	return &Boundary{FS: Overlay(b.FS, files), Dir: b.Dir, ParseAll: b.ParseAll, base: b, replaced: files}
}

// Instead is With for who shows what is found: the places in files that are replaced are
// those in their new texts, and errors are told of all files. With leaves blocks where they
// were before, since what is found with a fix is only compared.
func (b *Boundary) Instead(files map[string][]byte) *Boundary {
	out := b.With(files)
	out.shown = true
	return out
}

// Replaced are the names of the files whose contents With replaced, in order.
func (b *Boundary) Replaced() []string { return slices.Sorted(maps.Keys(b.replaced)) }

// shares says that a file is that of the base.
func (b *Boundary) shares(name string) bool {
	if b.base == nil {
		return false
	}
	_, replaced := b.replaced[name]
	return !replaced
}

// fileCache is what a Boundary has read. It is safe for concurrent use.
type fileCache struct {
	mu     sync.Mutex
	files  map[string]func() fileResult // by resolved name; cores.Once
	parsed map[*source.File]func() *ParsedFile
	dirs   map[dirKey]func() *Module
	lists  map[string]func() *listing
	broken atomic.Bool // an error was found in a block that was parsed later than its file
}

// once is what work makes for a key, worked out once, by whoever asks first.
func once[K comparable, T any](mu *sync.Mutex, in *map[K]func() T, key K, work func() T) T {
	mu.Lock()
	f := (*in)[key]
	if f == nil {
		if *in == nil {
			*in = map[K]func() T{}
		}
		f = cores.Once(work)
		(*in)[key] = f
	}
	mu.Unlock()
	return f()
}

// A listing is what a directory holds.
type listing struct {
	entries []fs.DirEntry // in the order of their names
	modes   map[string]fs.FileMode
	ok      bool // it is a directory that can be read
}

// dirKey is a directory by its resolved name, without its .tofu files or with
// them.
type dirKey struct {
	dir     string
	without bool
}

type fileResult struct {
	file *source.File
	gap  *source.Gap
}

// File reads a regular file of the boundary, by its slash-separated path
// relative to the boundary. Symlinks are followed inside it; the file's name is
// the resolved one. It is read once for all roots, so that spans of one file
// are comparable. What cannot be read is a gap.
func (b *Boundary) File(name string) (*source.File, *source.Gap) {
	resolved, gap := b.Resolve(name)
	if gap != nil {
		return nil, gap
	}
	if b.shares(resolved) {
		return b.base.File(resolved)
	}
	r := once(&b.cache.mu, &b.cache.files, resolved, func() fileResult { return b.load(name, resolved) })
	return r.file, r.gap
}

func (b *Boundary) load(name, resolved string) (r fileResult) {
	data, err := b.read(resolved)
	if err == nil {
		r.file = source.NewFile(resolved, data)
		return r
	}
	shown := path.Clean(name)
	r.gap = &source.Gap{Kind: source.ErrorGap, File: resolved, Reason: readError(shown, err)}
	if b.linked(shown) && errors.Is(err, fs.ErrNotExist) {
		r.gap.File, r.gap.Reason = shown, shown+" is a link to "+resolved+", which does not exist"
	}
	if errors.Is(err, fs.ErrNotExist) {
		r.gap.Kind, r.gap.Class = source.LimitGap, FilesMissing
	}
	return r
}

func readError(name string, err error) string {
	var pe *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return name + " does not exist"
	case errors.Is(err, fs.ErrPermission):
		return name + " may not be read: permission denied"
	case errors.As(err, &pe):
		err = pe.Err
	}
	return name + " cannot be read: " + err.Error()
}

// read reads a regular file. What may be another kind, a pipe say, is not opened: that
// may never end.
func (b *Boundary) read(name string) ([]byte, error) {
	if mode, known := b.listed(name); !known || !mode.IsRegular() {
		info, err := fs.Stat(b.FS, name)
		switch {
		case err != nil:
			return nil, err
		case !info.Mode().IsRegular():
			return nil, errors.New("not a regular file")
		}
	}
	f, err := b.FS.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.Size() > maxFileSize:
		return nil, fmt.Errorf("larger than %d MiB", maxFileSize>>20)
	}
	data := make([]byte, info.Size())
	n, err := io.ReadFull(f, data)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return data[:n], nil
}

// Resolve follows the symlinks of a path relative to the boundary. A path that
// leaves the boundary, or goes in a circle, is a gap; one that does not exist
// is not: whoever opens it finds out.
//
// It takes the steps itself, though os.Root stops whatever leads outside: that also
// refuses absolute links that stay inside, and does not say where a link leads. A file
// needs one name for all that reach it, as spans are compared by their file.
func (b *Boundary) Resolve(name string) (string, *source.Gap) {
	outside := func(target string) *source.Gap {
		shown := path.Clean(name)
		reason := shown + " lies outside of what may be read"
		if target != "" {
			reason = shown + " leads outside of what may be read, to " + target
		}
		return &source.Gap{Kind: source.LimitGap, File: shown, Reason: reason}
	}
	rest := strings.Split(name, "/")
	if strings.HasPrefix(name, "/") {
		rel, ok := b.inside(name)
		if !ok {
			return "", outside("")
		}
		rest = strings.Split(rel, "/")
	}
	if strings.ContainsRune(name, 0) {
		return "", &source.Gap{Kind: source.ErrorGap, File: ".", Reason: "a path holds a NUL byte"}
	}
	var done []string
	for links := 0; len(rest) > 0; {
		step := rest[0]
		rest = rest[1:]
		switch step {
		case "", ".":
			continue
		case "..":
			if len(done) == 0 {
				return "", outside("")
			}
			done = done[:len(done)-1]
			continue
		}
		at := path.Join(append(done[:len(done):len(done)], step)...)
		target, ok := b.link(at)
		if !ok {
			done = append(done, step)
			continue
		}
		if links++; links > maxLinks {
			return "", &source.Gap{Kind: source.ErrorGap, File: name, Reason: path.Clean(name) + " is a circle of symbolic links"}
		}
		if strings.HasPrefix(target, "/") {
			rel, ok := b.inside(target)
			if !ok {
				return "", outside(target)
			}
			done, target = nil, rel
		}
		rest = append(strings.Split(target, "/"), rest...)
	}
	if len(done) == 0 {
		return ".", nil
	}
	return path.Join(done...), nil
}

// linked says that a path is a symbolic link itself.
func (b *Boundary) linked(name string) bool {
	_, ok := b.link(name)
	return ok
}

// Submodule says that a directory that has nothing in it belongs to a submodule of
// Git that is not checked out, and what to do; "" for any other.
func (b *Boundary) Submodule(dir string) string {
	f, gap := b.File(".gitmodules")
	if gap != nil {
		return ""
	}
	for _, line := range strings.Split(string(f.Bytes), "\n") {
		name, at, _ := strings.Cut(line, "=")
		at = strings.Trim(strings.TrimSpace(at), `"`)
		if strings.TrimSpace(name) != "path" || !strings.HasPrefix(dir+"/", path.Clean(at)+"/") {
			continue
		}
		if entries, _ := b.List(path.Clean(at)); len(entries) == 0 {
			return at + " is a submodule that Git has not checked out: run `git submodule update --init`"
		}
	}
	return ""
}

// link is the target of a symbolic link, with slashes.
func (b *Boundary) link(name string) (string, bool) {
	if !fs.ValidPath(name) {
		return "", false
	}
	if mode, known := b.listed(name); known && mode&fs.ModeSymlink == 0 {
		return "", false
	}
	info, err := fs.Lstat(b.FS, name)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return "", false
	}
	target, err := fs.ReadLink(b.FS, name)
	if err != nil {
		return "", false
	}
	return filepath.ToSlash(target), true
}

// inside makes an absolute path relative to the boundary.
func (b *Boundary) inside(abs string) (string, bool) {
	if b.Dir == "" {
		return "", false
	}
	rel, err := filepath.Rel(b.Dir, filepath.FromSlash(abs))
	if err != nil {
		return "", false
	}
	rel = filepath.ToSlash(rel)
	if rel == ".." || strings.HasPrefix(rel, "../") {
		return "", false
	}
	return rel, true
}

// List is the entries of a directory in name order; symlinks are followed for
// what they lead to. ok is false for what is no directory.
func (b *Boundary) List(dir string) (entries []fs.DirEntry, ok bool) {
	l := b.list(dir)
	return l.entries, l.ok
}

// list reads a directory once: nothing is added to one by replacing files.
func (b *Boundary) list(dir string) *listing {
	for b.base != nil {
		b = b.base
	}
	return once(&b.cache.mu, &b.cache.lists, dir, func() *listing {
		l := &listing{modes: map[string]fs.FileMode{}}
		if !fs.ValidPath(dir) {
			return l
		}
		entries, err := fs.ReadDir(b.FS, dir)
		if err != nil {
			return l
		}
		for _, e := range entries {
			l.modes[e.Name()] = e.Type()
		}
		l.entries, l.ok = entries, true
		return l
	})
}

// listed is what the directory of a resolved path says it is, a symlink say, where
// that was read: most files are found by reading their directories, and need not be
// asked about one by one.
func (b *Boundary) listed(name string) (mode fs.FileMode, known bool) {
	for b.base != nil {
		b = b.base
	}
	b.cache.mu.Lock()
	l := b.cache.lists[path.Dir(name)]
	b.cache.mu.Unlock()
	if l == nil {
		return 0, false
	}
	mode, known = l().modes[path.Base(name)]
	return mode, known
}

// missing says that a directory was read that would hold a file, or what it lies in,
// and does not: there is no need to look. The names are compared exactly, so this is
// for files that have one name only.
func (b *Boundary) missing(name string) bool {
	for at := path.Clean(name); at != "."; at = path.Dir(at) {
		if _, known := b.listed(at); known {
			return false
		}
		if b.wasRead(path.Dir(at)) {
			return true
		}
	}
	return false
}

func (b *Boundary) wasRead(dir string) bool {
	for b.base != nil {
		b = b.base
	}
	b.cache.mu.Lock()
	l := b.cache.lists[dir]
	b.cache.mu.Unlock()
	return l != nil && l().ok
}

// IsDir says that a resolved path is a directory.
func (b *Boundary) IsDir(name string) bool {
	if mode, known := b.listed(name); known && mode&fs.ModeSymlink == 0 {
		return mode.IsDir()
	}
	if !fs.ValidPath(name) {
		return false
	}
	info, err := fs.Stat(b.FS, name)
	return err == nil && info.IsDir()
}

// Overlay is fsys with the contents of some files replaced. Files that fsys
// does not have are not added to its directories.
func Overlay(fsys fs.FS, files map[string][]byte) fs.FS { return overlayFS{fsys, files} }

type overlayFS struct {
	fs.FS
	files map[string][]byte
}

func (o overlayFS) Open(name string) (fs.File, error) {
	data, ok := o.files[name]
	if !ok {
		return o.FS.Open(name)
	}
	return &memoryFile{memoryInfo{path.Base(name), int64(len(data))}, bytes.NewReader(data)}, nil
}

func (o overlayFS) Stat(name string) (fs.FileInfo, error) {
	if data, ok := o.files[name]; ok {
		return memoryInfo{path.Base(name), int64(len(data))}, nil
	}
	return fs.Stat(o.FS, name)
}

func (o overlayFS) ReadFile(name string) ([]byte, error) {
	if data, ok := o.files[name]; ok {
		return bytes.Clone(data), nil
	}
	return fs.ReadFile(o.FS, name)
}

func (o overlayFS) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(o.FS, name) }

func (o overlayFS) Lstat(name string) (fs.FileInfo, error) {
	if data, ok := o.files[name]; ok {
		return memoryInfo{path.Base(name), int64(len(data))}, nil
	}
	return fs.Lstat(o.FS, name)
}

func (o overlayFS) ReadLink(name string) (string, error) { return fs.ReadLink(o.FS, name) }

// memoryFile is a replaced file.
type memoryFile struct {
	info memoryInfo
	*bytes.Reader
}

func (f *memoryFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *memoryFile) Close() error               { return nil }

type memoryInfo struct {
	name string
	size int64
}

func (i memoryInfo) Name() string       { return i.name }
func (i memoryInfo) Size() int64        { return i.size }
func (i memoryInfo) Mode() fs.FileMode  { return 0o444 }
func (i memoryInfo) ModTime() time.Time { return time.Time{} }
func (i memoryInfo) IsDir() bool        { return false }
func (i memoryInfo) Sys() any           { return nil }
