// Package revision reads what a directory held at a revision of its git repository, as a
// file system, out of git's objects: no checkout is touched.
//
// It runs git, in a repository that a stranger may have configured, so that it is run with
// arguments and an environment in which no configuration of the repository starts
// anything: no hook, no file system monitor, no remote, no pager. Nor is a directory a
// repository because its files look like one, which anybody may commit. The commands that are
// run (rev-parse, merge-base, ls-tree, ls-files, cat-file) neither filter nor convert.
package revision

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Tree is a directory as a revision has it. It is an fs.FS with symbolic links
// (fs.ReadLinkFS), safe for concurrent use. Submodules are not in it.
type Tree struct {
	// Commit is the revision that it is of: 40 or 64 hexadecimal digits.
	Commit string

	root    *node
	objects *objects
}

// node is a file, a symbolic link or a directory.
type node struct {
	name string
	mode fs.FileMode
	oid  string
	in   map[string]*node // of a directory
}

// maxList is more than the names of all files of a repository are long together: a tree may
// hold itself, so to say, many times over.
var maxList int64 = 512 << 20

// maxBlob is more than any file has that is looked at; of larger ones only the size is
// told.
const maxBlob = 64 << 20

// Open opens a directory at the point where HEAD left a revision: what the commits since
// then, and what is not committed, have changed is what the change brings. The error says
// which command of git helps, where one does.
func Open(ctx context.Context, dir, rev string) (*Tree, error) {
	return OpenLeft(ctx, dir, rev, "HEAD")
}

// OpenLeft is Open at the point where another revision than HEAD left rev. Where they are
// the same, that is rev itself.
func OpenLeft(ctx context.Context, dir, rev, by string) (*Tree, error) {
	if _, err := exec.LookPath("git"); err != nil {
		return nil, errors.New("git is not installed, or not in PATH")
	}
	for _, rev := range []string{rev, by} {
		if strings.HasPrefix(rev, "-") || rev == "" {
			return nil, fmt.Errorf("%q is not a revision", rev)
		}
	}
	if _, err := git(ctx, dir, "rev-parse", "--git-dir"); err != nil {
		return nil, fmt.Errorf("%s: git finds no repository there: %w", dir, err)
	}
	for _, rev := range []string{rev, by} {
		if _, err := git(ctx, dir, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}"); err != nil {
			return nil, fmt.Errorf("there is no revision %s in this clone%s", rev, deepen(ctx, dir, "git fetch origin "+rev))
		}
	}
	commit, err := git(ctx, dir, "merge-base", rev, by)
	if err != nil {
		return nil, fmt.Errorf("%s and %s have no common ancestor in this clone%s", rev, by, deepen(ctx, dir, "name a revision that "+by+" comes from"))
	}
	prefix, err := git(ctx, dir, "rev-parse", "--show-prefix")
	if err != nil {
		return nil, err
	}
	t := &Tree{Commit: commit, root: &node{name: ".", mode: fs.ModeDir | 0o555, in: map[string]*node{}}}
	if err := t.list(ctx, dir, prefix); err != nil {
		return nil, err
	}
	t.objects = &objects{ctx: ctx, dir: dir}
	return t, nil
}

// list adds what the commit has below a prefix.
func (t *Tree) list(ctx context.Context, dir, prefix string) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := command(ctx, dir, "ls-tree", "-r", "-z", "--full-tree", t.Commit)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting git ls-tree: %w", err)
	}
	left := &io.LimitedReader{R: out, N: maxList}
	entries := bufio.NewReader(left)
	for {
		text, err := entries.ReadString('\x00')
		if err != nil {
			break // what went wrong git says, if it is not the end
		}
		// <mode> SP <type> SP <object> TAB <path>
		about, name, ok := strings.Cut(strings.TrimSuffix(text, "\x00"), "\t")
		fields := strings.Fields(about)
		if !ok || len(fields) != 3 || !strings.HasPrefix(name, prefix) {
			continue
		}
		name = name[len(prefix):]
		mode, ok := map[string]fs.FileMode{"100644": 0o444, "100755": 0o555, "120000": fs.ModeSymlink | 0o777}[fields[0]]
		// A tree may be made to hold what git never checks out: "..", or nothing.
		if ok && fs.ValidPath(name) && name != "." {
			t.add(name, mode, fields[2])
		}
	}
	if left.N <= 0 {
		stop()
		_ = cmd.Wait()
		return fmt.Errorf("the names of the files at %s are longer than %d MiB together", t.Commit, maxList>>20)
	}
	return failed(ctx, "ls-tree", cmd.Wait(), said.String())
}

// Close ends what reads the objects.
func (t *Tree) Close() error { return t.objects.close() }

// deepen ends a message about what is not in a clone, with what helps.
func deepen(ctx context.Context, dir, otherwise string) string {
	if shallow, err := git(ctx, dir, "rev-parse", "--is-shallow-repository"); err == nil && shallow == "true" {
		return ", which is shallow: git fetch --unshallow (on GitHub, actions/checkout with fetch-depth: 0)"
	}
	return ": " + otherwise
}

func (t *Tree) add(name string, mode fs.FileMode, oid string) {
	at := t.root
	steps := strings.Split(name, "/")
	for _, step := range steps[:len(steps)-1] {
		next := at.in[step]
		if next == nil {
			next = &node{name: step, mode: fs.ModeDir | 0o555, in: map[string]*node{}}
			at.in[step] = next
		}
		if at = next; at.in == nil {
			return
		}
	}
	last := steps[len(steps)-1]
	at.in[last] = &node{name: last, mode: mode, oid: oid}
}

func (t *Tree) find(op, name string) (*node, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	at := t.root
	if name != "." {
		for _, step := range strings.Split(name, "/") {
			if at = at.in[step]; at == nil {
				return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
			}
		}
	}
	return at, nil
}

// Open opens a file or directory. It follows no link.
func (t *Tree) Open(name string) (fs.File, error) {
	n, err := t.find("open", name)
	if err != nil {
		return nil, err
	}
	info, text, err := t.info("open", name, n)
	if err != nil {
		return nil, err
	}
	if n.in != nil {
		return &directory{info: info, tree: t, node: n}, nil
	}
	return &file{info, bytes.NewReader(text)}, nil
}

// ReadFile reads a file.
func (t *Tree) ReadFile(name string) ([]byte, error) {
	f, err := t.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// ReadDir lists a directory, in the order of the names.
func (t *Tree) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := t.find("readdir", name)
	if err != nil {
		return nil, err
	}
	if n.in == nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a directory")}
	}
	return t.entries(n), nil
}

func (t *Tree) entries(n *node) []fs.DirEntry {
	var out []fs.DirEntry
	for _, in := range n.in {
		out = append(out, entry{t, in})
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return out
}

// Stat is Lstat: who reads resolves links by Lstat and ReadLink.
func (t *Tree) Stat(name string) (fs.FileInfo, error) { return t.Lstat(name) }

// Lstat says what there is under a name, without following a link.
func (t *Tree) Lstat(name string) (fs.FileInfo, error) {
	n, err := t.find("lstat", name)
	if err != nil {
		return nil, err
	}
	info, _, err := t.info("lstat", name, n)
	return info, err
}

// ReadLink is where a symbolic link leads.
func (t *Tree) ReadLink(name string) (string, error) {
	n, err := t.find("readlink", name)
	if err != nil {
		return "", err
	}
	if n.mode&fs.ModeSymlink == 0 {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	_, text, err := t.info("readlink", name, n)
	return string(text), err
}

func (t *Tree) info(op, name string, n *node) (info, []byte, error) {
	if n.in != nil {
		return info{n, 0}, nil, nil
	}
	text, size, err := t.objects.blob(n.oid)
	if err != nil {
		return info{}, nil, &fs.PathError{Op: op, Path: name, Err: err}
	}
	return info{n, size}, text, nil
}

type info struct {
	*node
	size int64
}

func (i info) Name() string       { return path.Base(i.name) }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.in != nil }
func (i info) Sys() any           { return nil }

type entry struct {
	tree *Tree
	*node
}

func (e entry) Name() string      { return e.name }
func (e entry) IsDir() bool       { return e.in != nil }
func (e entry) Type() fs.FileMode { return e.mode.Type() }
func (e entry) Info() (fs.FileInfo, error) {
	i, _, err := e.tree.info("stat", e.name, e.node)
	return i, err
}

type file struct {
	info
	*bytes.Reader
}

func (f *file) Size() int64                { return f.info.size }
func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *file) Close() error               { return nil }

type directory struct {
	info
	tree *Tree
	node *node
	left []fs.DirEntry
	read bool
}

func (d *directory) Stat() (fs.FileInfo, error) { return d.info, nil }
func (d *directory) Close() error               { return nil }
func (d *directory) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.name, Err: errors.New("is a directory")}
}

func (d *directory) ReadDir(n int) ([]fs.DirEntry, error) {
	if !d.read {
		d.left, d.read = d.tree.entries(d.node), true
	}
	if n <= 0 {
		out := d.left
		d.left = nil
		return out, nil
	}
	if len(d.left) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(d.left))
	out := d.left[:n]
	d.left = d.left[n:]
	return out, nil
}

// objects reads blobs: one git for all of them, started when the first is asked for.
type objects struct {
	ctx context.Context
	dir string

	mu   sync.Mutex
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	err  error
	last struct { // most are asked for twice: for their size, and for what they hold
		oid  string
		text []byte
		size int64
	}
}

func (o *objects) blob(oid string) (text []byte, size int64, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.last.oid == oid {
		return o.last.text, o.last.size, nil
	}
	if o.err == nil {
		text, size, o.err = o.read(oid)
	}
	if o.err == nil {
		o.last.oid, o.last.text, o.last.size = oid, text, size
	}
	return text, size, o.err
}

func (o *objects) read(oid string) (text []byte, size int64, err error) {
	if o.cmd == nil {
		cmd := command(o.ctx, o.dir, "cat-file", "--batch")
		if o.in, err = cmd.StdinPipe(); err != nil {
			return nil, 0, err
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			return nil, 0, err
		}
		if err := cmd.Start(); err != nil {
			return nil, 0, fmt.Errorf("starting git cat-file: %w", err)
		}
		o.cmd, o.out = cmd, bufio.NewReader(out)
	}
	if _, err := io.WriteString(o.in, oid+"\n"); err != nil {
		return nil, 0, fmt.Errorf("asking git for an object: %w", err)
	}
	head, err := o.out.ReadString('\n')
	if err != nil {
		return nil, 0, fmt.Errorf("reading an object from git: %w", err)
	}
	fields := strings.Fields(head)
	if len(fields) != 3 {
		return nil, 0, fmt.Errorf("object %s is not in this clone: git fetch --refetch", oid)
	}
	if size, err = strconv.ParseInt(fields[2], 10, 64); err != nil {
		return nil, 0, err
	}
	if size > maxBlob {
		_, err = io.CopyN(io.Discard, o.out, size+1)
		return nil, size, err
	}
	text = make([]byte, size)
	if _, err := io.ReadFull(o.out, text); err != nil {
		return nil, 0, err
	}
	_, err = o.out.Discard(1)
	return text, size, err
}

func (o *objects) close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.cmd == nil {
		return nil
	}
	_ = o.in.Close()
	return o.cmd.Wait()
}

// Tracked says that git keeps a file of a directory, now or since the last commit.
func Tracked(ctx context.Context, dir, name string) bool {
	if _, err := exec.LookPath("git"); err != nil {
		return false
	}
	out, err := git(ctx, dir, "ls-files", "--cached", "-z", "--", ":(literal)"+name)
	return err == nil && out != ""
}

// git runs a command of git, and returns what it prints without the last line's end.
func git(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := command(ctx, dir, args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err := failed(ctx, args[0], err, said.String()); err != nil {
		return "", err
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}

// failed is why a command of git failed, by what it said.
func failed(ctx context.Context, name string, err error, said string) error {
	line, _, _ := strings.Cut(strings.TrimSpace(said), "\n")
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil:
		return nil
	case line == "":
		return fmt.Errorf("git %s: %w", name, err)
	}
	return fmt.Errorf("git %s: %s", name, line)
}

// command is git in a directory whose configuration is not trusted.
func command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	safe := []string{"--no-pager", "--no-replace-objects", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit", "-c", "core.hooksPath=" + os.DevNull}
	cmd := exec.CommandContext(ctx, "git", append(safe, args...)...)
	cmd.Dir = dir
	for _, v := range os.Environ() {
		// A hook of git says by these which repository it is about; dir says so here.
		if !strings.HasPrefix(v, "GIT_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	// GIT_ALLOW_PROTOCOL wins over what a repository says of protocols: where objects of a
	// partial clone are missing, git would fetch them.
	cmd.Env = append(cmd.Env, "GIT_ALLOW_PROTOCOL=none", "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C")
	cmd.WaitDelay = time.Second
	return cmd
}
