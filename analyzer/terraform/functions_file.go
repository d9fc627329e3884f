package terraform

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// path is the path in argument i, relative to the boundary and without symlinks; ok is false when it
// is not known, or leads where nothing is read, and then v is the result.
func (c *call) path(i int) (name string, v *value.Value, err error) {
	p, known, err := c.literal(i)
	switch {
	case err != nil:
		return "", nil, err
	case !known:
		return "", c.unknown(cty.DynamicPseudoType), nil
	// Absolute on any system. A scan has to say the same on every machine.
	case strings.HasPrefix(p, "/") || strings.HasPrefix(p, `\`) || len(p) > 1 && p[1] == ':':
		return "", c.gap(p, "absolute paths are not read"), nil
	case p == "~" || strings.HasPrefix(p, "~/"):
		return "", c.gap(p, "home directories are not read"), nil
	}
	if c.sc.boundary == nil || c.sc.boundary.FS == nil {
		return "", c.gap(p, "no files are read here"), nil
	}
	name, gap := c.sc.boundary.Resolve(c.sc.rootDir + "/" + p)
	if gap != nil {
		return "", c.gapOf(*gap), nil
	}
	return name, nil, nil
}

// gap records that a file cannot be read, and is what is then known of it.
func (c *call) gap(file, reason string) *value.Value {
	return c.gapOf(source.Gap{Kind: source.LimitGap, Span: c.sc.span, File: file, Reason: fmt.Sprintf("%s of '%s': %s", c.name, file, reason)})
}

// Of a sensitive argument it does not say what the file is called.
func (c *call) gapOf(g source.Gap) *value.Value {
	if slices.ContainsFunc(c.args, sensitiveDeep) {
		g.Span, g.File, g.Reason = c.sc.span, "", c.name+" cannot read the file that a sensitive argument names"
	}
	if g.Span.IsZero() {
		g.Span = c.sc.span
	}
	if c.sc.gap != nil {
		c.sc.gap(g)
	}
	return c.carryDeep(value.Of(value.Type{}, c.sc.span, c.reason(g.Reason)))
}

// read is the file that argument i names; v is the result when there is none to
// be had. What Terraform cannot read either is an error, which try and can see;
// what only this program does not read is unknown.
func (c *call) read(i int) (f *source.File, v *value.Value, err error) {
	name, v, err := c.path(i)
	if err != nil || v != nil {
		return nil, v, err
	}
	f, gap := c.sc.boundary.File(name)
	if gap == nil {
		if c.sc.use != nil {
			c.sc.use(f)
		}
		return f, nil, nil
	}
	info, err := fs.Stat(c.sc.boundary.FS, name)
	g := *gap
	if err == nil && info.IsDir() {
		g.Kind, g.Reason = source.LimitGap, name+" is a directory" // what try is for, mostly
	}
	v = c.gapOf(g)
	if err == nil && info.IsDir() || errors.Is(err, fs.ErrNotExist) {
		return nil, nil, errors.New(gap.Reason) // Terraform cannot read it either
	}
	return nil, v, nil
}

// utf8Text is all of a file as text that keeps its place.
func utf8Text(f *source.File) (source.Text, error) {
	// https://developer.hashicorp.com/terraform/language/functions/file
	if !utf8.Valid(f.Bytes) {
		return source.Text{}, errors.New("the file is not valid UTF-8")
	}
	return source.Literal(source.Span{File: f, Start: 0, End: len(f.Bytes)}), nil
}

func (c *call) fileText() (*value.Value, error) {
	f, v, err := c.read(0)
	if err != nil || v != nil {
		return typed(v, value.String), err
	}
	t, err := utf8Text(f)
	if err != nil {
		return nil, err
	}
	out := value.StrAt(t)
	out.Parts = composed(out.Parts, t.Span)
	out.Syntax = value.SyntaxJSON
	return c.carryDeep(out), nil
}

// typed is an unknown value that would be of kind k.
func typed(v *value.Value, k value.Kind) *value.Value {
	if v == nil || !v.Is(value.Unknown) {
		return v
	}
	w := *v
	w.Type = value.Type{Kind: k}
	return &w
}

func (c *call) fileDigest() (*value.Value, error) {
	f, v, err := c.read(0)
	if err != nil || v != nil {
		return typed(v, value.String), err
	}
	// It is worked out once, though each instance of a function of a cloud may ask for it.
	if err := c.work(int64(len(f.Bytes) / 16)); err != nil {
		return nil, err
	}
	return c.text(source.Derived(f, digestKey(c.name), func() string { return digests[c.name](f.Bytes) })), nil
}

// digestKey is that of a digest of a file, by the function that makes it.
type digestKey string

var digests = map[string]func([]byte) string{
	"filebase64":       base64.StdEncoding.EncodeToString,
	"filebase64sha256": func(b []byte) string { s := sha256.Sum256(b); return base64.StdEncoding.EncodeToString(s[:]) },
	"filebase64sha512": func(b []byte) string { s := sha512.Sum512(b); return base64.StdEncoding.EncodeToString(s[:]) },
	"filemd5":          func(b []byte) string { s := md5.Sum(b); return hex.EncodeToString(s[:]) },
	"filesha1":         func(b []byte) string { s := sha1.Sum(b); return hex.EncodeToString(s[:]) },
	"filesha256":       func(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) },
	"filesha512":       func(b []byte) string { s := sha512.Sum512(b); return hex.EncodeToString(s[:]) },
}

func (c *call) fileExists() (*value.Value, error) {
	name, v, err := c.path(0)
	if err != nil || v != nil {
		return typed(v, value.Bool), err
	}
	if c.sc.look != nil {
		c.sc.look(name)
	}
	info, err := fs.Stat(c.sc.boundary.FS, name)
	switch {
	case err == nil && info.Mode().IsRegular():
		return c.truth(value.Yes), nil
	case err == nil && info.IsDir():
		return nil, errors.New("the path is a directory")
	case errors.Is(err, fs.ErrNotExist):
		return c.truth(value.No), nil
	}
	return typed(c.gap(name, "it is not a regular file that may be read"), value.Bool), nil
}

// maxFileSet bounds the directory entries that fileset looks at.
const maxFileSet = 100_000

// fileSet finds regular files alone, with slashes on every system:
// https://developer.hashicorp.com/terraform/language/functions/fileset
func (c *call) fileSet() (*value.Value, error) {
	dir, v, err := c.path(0)
	if err != nil || v != nil {
		return typed(v, value.Set), err
	}
	pattern, known, err := c.literal(1)
	switch {
	case err != nil:
		return nil, err
	case !known:
		return c.unknown(cty.Set(cty.String)), nil
	}
	pattern = path.Clean(pattern)
	if strings.HasPrefix(pattern, "../") {
		return typed(c.gap(pattern, "a pattern that leads out of its directory is not followed"), value.Set), nil
	}
	globs, err := parseGlob(pattern)
	if err != nil {
		return nil, err
	}
	return c.globbed(dir, globs)
}

// globbed is the set of the files below dir that match.
func (c *call) globbed(dir string, globs []globPattern) (*value.Value, error) {
	out := &value.Value{Kind: value.Set, Span: c.sc.span}
	seen := 0
	var walk func(dir, rel string) error
	walk = func(dir, rel string) error {
		entries, ok := c.sc.boundary.List(dir)
		if !ok {
			// No directory, no files: Terraform does not refuse that.
			if _, err := fs.Stat(c.sc.boundary.FS, dir); rel != "" || !errors.Is(err, fs.ErrNotExist) {
				out.Open = true
				out.Why = append(out.Why, c.reason(dir+" cannot be listed"))
			}
			return nil
		}
		if seen += len(entries); seen > maxFileSet {
			return errors.New("there are too many files")
		}
		if err := c.work(int64(len(entries)*len(globs)+1) * perEntry); err != nil {
			return err
		}
		for _, e := range entries {
			name, below := path.Join(dir, e.Name()), path.Join(rel, e.Name())
			switch {
			case e.IsDir() && !anyGlob(globs, below, globPattern.leadsFrom):
				// Nothing below can match: a root with node_modules would meet maxFileSet.
			case e.IsDir():
				if err := walk(name, below); err != nil {
					return err
				}
			case anyGlob(globs, below, globPattern.match):
				if info, err := fs.Stat(c.sc.boundary.FS, name); err == nil && info.Mode().IsRegular() {
					if c.sc.look != nil {
						c.sc.look(name)
					}
					out.Elems = append(out.Elems, value.StrAt(source.Computed(below, c.sc.span)))
				}
			}
		}
		return nil
	}
	if err := walk(dir, ""); err != nil {
		return nil, err
	}
	// In the order of Terraform's sets, whatever that of the directories is.
	out.Elems, _ = setElems(out.Elems)
	if len(out.Elems) == 0 {
		out.Type = value.Type{Kind: value.String}
	}
	return c.carryDeep(out), nil
}

func (c *call) templateFile() (*value.Value, error) {
	if !c.args[1].IsMapping() && !c.args[1].Is(value.Unknown) {
		return nil, errors.New("the template's variables must be an object or map")
	}
	f, v, err := c.read(0)
	if err != nil || v != nil {
		return typed(v, value.String), err
	}
	t, err := utf8Text(f)
	if err != nil {
		return nil, err
	}
	return carryFrom(c.sc.renderTemplate(t, c.args[1]), c.args...), nil
}

func (c *call) templateString() (*value.Value, error) {
	if !c.args[1].IsMapping() && !c.args[1].Is(value.Unknown) {
		return nil, errors.New("the template's variables must be an object or map")
	}
	v, err := c.str(0)
	if err != nil {
		return nil, err
	}
	s, ok := v.Text()
	if !ok {
		return c.unknown(cty.String), nil
	}
	// A text that is one piece keeps its place, for findings in what it renders.
	t := source.Computed(s, v.Span)
	if len(v.Parts) == 1 {
		t = v.Parts[0].Text
	}
	return carryFrom(c.sc.renderTemplate(t, c.args[1]), c.args...), nil
}
