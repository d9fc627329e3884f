package terraform

import (
	"encoding/json"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
)

// module is a directory's configuration, merged from its files. It knows
// nothing of who calls it: all roots share it.
type module struct {
	dir       string // resolved, relative to the boundary
	files     []*source.File
	overrides int // of files, at their end
	variables map[string]*block
	locals    map[string]*attribute
	outputs   map[string]*block
	resources map[resourceKey]*block
	calls     map[string]*block
	providers map[string]*block     // "aws", "aws.alias"
	required  map[string]expression // what required_providers says of each local name
	imports   []*block
	unread    []Gap // of files that cannot be read
	gaps      []Gap // and of what they say

	mu     sync.Mutex
	byType map[typeKey][]resourceKey // those that somebody asked for, in order
	uses   *uses                     // see references
}

type typeKey struct {
	mode Mode
	typ  string
}

// configFiles are the files of a directory that belong to its configuration:
// the plain ones and the overrides, each in the order of their names. Terraform
// passes over those whose names end in .tofu.
func (b *Boundary) configFiles(dir string, language Language) (plain, overrides []string) {
	entries, _ := b.list(dir)
	names := map[string]bool{}
	for _, e := range entries {
		names[e.Name()] = true
	}
	for _, e := range entries {
		name := e.Name()
		base, kind := configName(name)
		if kind == "" || e.IsDir() || language == Terraform && isTofuFile(name) {
			continue
		}
		if tofu := strings.Replace(kind, ".tf", ".tofu", 1); tofu != kind && names[base+tofu] && language != Terraform {
			continue // OpenTofu's file takes the place of Terraform's
		}
		if base == "override" || strings.HasSuffix(base, "_override") {
			overrides = append(overrides, path.Join(dir, name))
		} else {
			plain = append(plain, path.Join(dir, name))
		}
	}
	return plain, overrides
}

// configName takes the ending off a file name; the ending is "" for files that
// are no configuration.
func configName(name string) (base, ending string) {
	if strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") ||
		strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#") {
		return name, ""
	}
	for _, ending := range []string{".tf", ".tf.json", ".tofu", ".tofu.json"} {
		if strings.HasSuffix(name, ending) {
			return strings.TrimSuffix(name, ending), ending
		}
	}
	return name, ""
}

// module loads a directory's configuration, once for all roots. It is nil when
// there is none.
func (b *Boundary) module(dir string, language Language) *module {
	key := dirKey{dir, language == Terraform}
	b.cache.mu.Lock()
	m, ok := b.cache.dirs[key]
	b.cache.mu.Unlock()
	if ok {
		return m
	}
	if m = b.sharedModule(dir, language); m == nil {
		m = b.loadModule(dir, language)
	}
	b.cache.mu.Lock()
	defer b.cache.mu.Unlock()
	if b.cache.dirs == nil {
		b.cache.dirs = map[dirKey]*module{}
	}
	b.cache.dirs[key] = m
	return m
}

// sharedModule is the base's module, when none of its files is replaced.
func (b *Boundary) sharedModule(dir string, language Language) *module {
	if b.base == nil {
		return nil
	}
	m := b.base.module(dir, language)
	if m == nil || slices.ContainsFunc(m.files, func(f *source.File) bool { return !b.shares(f.Name) }) {
		return nil
	}
	return m
}

func newModule(dir string) *module {
	return &module{
		dir:       dir,
		variables: map[string]*block{},
		locals:    map[string]*attribute{},
		outputs:   map[string]*block{},
		resources: map[resourceKey]*block{},
		calls:     map[string]*block{},
		providers: map[string]*block{},
		required:  map[string]expression{},
	}
}

func (b *Boundary) loadModule(dir string, language Language) *module {
	if b.base != nil {
		return b.changedModule(b.base.module(dir, language))
	}
	plain, overrides := b.configFiles(dir, language)
	if len(plain)+len(overrides) == 0 {
		return nil
	}
	m := newModule(dir)
	for _, name := range plain {
		m.read(b, name, false)
	}
	for _, name := range overrides {
		m.read(b, name, true)
	}
	return m
}

// changedModule is the base's module with the files that are replaced: no
// replacement adds a file or takes one away.
func (b *Boundary) changedModule(old *module) *module {
	if old == nil {
		return nil
	}
	m := newModule(old.dir)
	m.unread = old.unread
	for i, f := range old.files {
		if !b.shares(f.Name) {
			f, _ = b.file(f.Name)
		}
		m.add(b.parse(f), i >= len(old.files)-old.overrides)
	}
	return m
}

func (m *module) read(b *Boundary, name string, override bool) {
	file, gap := b.file(name)
	if gap != nil {
		gap.Kind = ErrorGap
		m.unread = append(m.unread, *gap)
		return
	}
	if !slices.Contains(m.files, file) { // not a symlink to a file of the same directory
		m.add(b.parse(file), override)
	}
}

func (m *module) add(p *parsedFile, override bool) {
	m.files = append(m.files, p.file)
	if override {
		m.overrides++
	}
	m.gaps = append(m.gaps, p.gaps...)
	declare := func(into map[string]*block, typ string, label int) {
		for _, n := range p.body.nested(typ, label) {
			if len(n.labels) == label {
				if what, class := declareBlock(into, n.labels[label-1], n, override); what != "" {
					m.mistake(typ+" "+n.labels[label-1]+what, class, n.header)
				}
			}
		}
	}
	declare(m.variables, "variable", 1)
	declare(m.outputs, "output", 1)
	declare(m.calls, "module", 1)
	for mode, typ := range []string{Managed: "resource", Data: "data"} {
		for _, n := range p.body.nested(typ, 2) {
			if len(n.labels) == 2 {
				key := resourceKey{mode: Mode(mode), typ: n.labels[0], name: n.labels[1]}
				if what, class := declareBlock(m.resources, key, n, override); what != "" {
					m.mistake(key.String()+what, class, n.header)
				}
			}
		}
	}
	for _, n := range p.body.nested("provider", 1) {
		if len(n.labels) == 1 {
			name := n.labels[0]
			if alias, ok := n.expr("alias").literalString(); ok {
				name += "." + alias
			}
			if old := m.providers[name]; old != nil {
				n = mergeBlock(old, n)
			}
			m.providers[name] = n
		}
	}
	for _, n := range p.body.nested("terraform", 0) {
		for _, r := range n.nested("required_providers", 0) {
			for _, a := range r.body().attrs {
				m.required[a.name] = a.expr
			}
		}
	}
	for _, n := range p.body.nested("locals", 0) {
		for _, a := range n.body().attrs {
			if old := m.locals[a.name]; old != nil && !override {
				m.mistake("local."+a.name+" is declared twice", DeclaredTwice, a.nameSpan)
				continue
			}
			m.locals[a.name] = a
		}
	}
	m.imports = append(m.imports, p.body.nested("import", 0)...)
}

func (m *module) mistake(reason, class string, at source.Span) {
	m.gaps = append(m.gaps, Gap{Kind: ErrorGap, Span: at, Reason: reason, Class: class})
}

// ofType are the resource blocks of a type, in the order of their names.
func (m *module) ofType(mode Mode, typ string) []resourceKey {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byType == nil {
		m.byType = map[typeKey][]resourceKey{}
		for k := range m.resources {
			t := typeKey{k.mode, k.typ}
			m.byType[t] = append(m.byType[t], k)
		}
		for _, keys := range m.byType {
			slices.SortFunc(keys, func(a, b resourceKey) int { return strings.Compare(a.name, b.name) })
		}
	}
	return m.byType[typeKey{mode, typ}]
}

// types are the types of the resource blocks, in no order.
func (m *module) types(mode Mode) []string {
	m.ofType(mode, "") // makes the index
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []string
	for t := range m.byType {
		if t.mode == mode {
			out = append(out, t.typ)
		}
	}
	return out
}

// declareBlock adds a block to those of its kind. It says what is wrong with
// that, "" for nothing.
func declareBlock[K comparable](into map[K]*block, key K, n *block, override bool) (what, class string) {
	old := into[key]
	switch {
	case old == nil && override:
		into[key] = n
		return " is overridden but not declared", ""
	case old == nil:
		into[key] = n
	case override:
		into[key] = mergeBlock(old, n)
	default:
		return " is declared twice", DeclaredTwice
	}
	return "", ""
}

// mergeBlock is base with what over says instead.
func mergeBlock(base, over *block) *block {
	out := *base
	out.merged = true
	out.content = mergeBody(base.body(), over.body())
	return &out
}

// mergeBody is base with what over says instead: attributes one by one, nested
// blocks all of a type at once, and lifecycle argument by argument.
// https://developer.hashicorp.com/terraform/language/files/override#merging-behavior
func mergeBody(base, over *body) body {
	out := *base
	out.attrs, out.blocks = nil, nil
	replaced := map[string]bool{}
	for _, a := range over.attrs {
		replaced[a.name] = true
	}
	for _, n := range over.blocks {
		if n.typ == "dynamic" && len(n.labels) == 1 {
			replaced[n.labels[0]] = true
		} else {
			replaced[n.typ] = true
		}
	}
	for _, a := range base.attrs {
		if !replaced[a.name] && a.name != "lifecycle" {
			out.attrs = append(out.attrs, a)
		}
	}
	for _, a := range over.attrs {
		if a.name != "lifecycle" {
			out.attrs = append(out.attrs, a)
		}
	}
	for _, n := range base.blocks {
		if !(n.typ == "dynamic" && len(n.labels) == 1 && replaced[n.labels[0]]) && !replaced[n.typ] && n.typ != "lifecycle" {
			out.blocks = append(out.blocks, n)
		}
	}
	for _, n := range over.blocks {
		if n.typ != "lifecycle" {
			out.blocks = append(out.blocks, n)
		}
	}
	lifecycle := base.nested("lifecycle", 0)
	for _, n := range over.nested("lifecycle", 0) {
		if n = effective(n); len(lifecycle) == 0 {
			lifecycle = append(lifecycle, n)
		} else {
			lifecycle[0] = mergeBlock(lifecycle[0], n)
		}
	}
	out.blocks = append(out.blocks, lifecycle...)
	return out
}

// effective is the lifecycle of an override without what neither Terraform nor
// OpenTofu takes from one, though they accept it: replace_triggered_by, enabled,
// and an ignore_changes of nothing.
func effective(lifecycle *block) *block {
	out := *lifecycle
	out.content.attrs = nil
	for _, a := range lifecycle.body().attrs {
		switch {
		case a.name == "replace_triggered_by", a.name == "enabled":
		case a.name == "ignore_changes" && isEmptyList(a.expr):
		default:
			out.content.attrs = append(out.content.attrs, a)
		}
	}
	return &out
}

func isEmptyList(x expression) bool {
	t, ok := x.hcl.(*hclsyntax.TupleConsExpr)
	return ok && len(t.Exprs) == 0 || x.json != nil && x.json.IsSequence() && len(x.json.Elems) == 0
}

// localSource is the directory that a module call's source names relative to
// the caller, when it does.
func localSource(dir, src string) (string, bool) {
	src = strings.ReplaceAll(src, `\`, "/")
	if src == "." || src == ".." || strings.HasPrefix(src, "./") || strings.HasPrefix(src, "../") {
		return dir + "/" + src, true
	}
	return "", false
}

func (m *module) reads(file string) bool {
	for _, f := range m.files {
		if f.Name == file {
			return true
		}
	}
	return false
}

// fetchedModules are the directories of the modules that terraform init has
// fetched for the root module in dir, by the names of the calls on the way
// ("network.subnets"); the root module itself is not among them.
// https://github.com/hashicorp/terraform/blob/main/internal/modsdir/manifest.go
func (b *Boundary) fetchedModules(dir string) (map[string]string, *Gap) {
	file, gap := b.file(path.Join(dir, ".terraform/modules/modules.json"))
	if gap != nil {
		return nil, nil // nobody ran terraform init: who needs a module says so
	}
	var manifest struct {
		Modules []struct{ Key, Dir string }
	}
	if err := json.Unmarshal(file.Bytes, &manifest); err != nil {
		return nil, &Gap{Kind: ErrorGap, File: file.Name, Reason: file.Name + " is not valid JSON"}
	}
	out := map[string]string{}
	for _, m := range manifest.Modules {
		if m.Key != "" {
			out[m.Key] = filepath.ToSlash(m.Dir) // Windows writes backslashes
		}
	}
	return out, nil
}

// language is what the files tell of who reads them: OpenTofu, of which Terraform
// does not read the files that end in .tofu, or AnyLanguage.
// https://opentofu.org/docs/language/files/#file-extension
func (m *module) language() Language {
	if slices.ContainsFunc(m.files, func(f *source.File) bool { return isTofuFile(f.Name) }) {
		return OpenTofu
	}
	return AnyLanguage
}

func isTofuFile(name string) bool {
	return strings.HasSuffix(name, ".tofu") || strings.HasSuffix(name, ".tofu.json")
}
