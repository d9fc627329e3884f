package workspace

import (
	"cmp"
	"encoding/json"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/cores"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/terraform/lang"
)

// Module is a directory's configuration, merged from its files. It knows
// nothing of who calls it: all roots share it.
type Module struct {
	Dir       string // resolved, relative to the boundary
	Files     []*source.File
	overrides int // of files, at their end
	Variables map[string]*Block
	Locals    map[string]*Local
	Outputs   map[string]*Block
	Resources map[addrs.Resource]*Block
	Calls     map[string]*Block
	Providers map[string]*Block // "aws", "aws.alias"
	Imports   []*Block
	Unread    []source.Gap // of files that cannot be read
	Gaps      []source.Gap // and of what they say; see also Boundary.SyntaxGaps
	parsed    []*ParsedFile
	broken    *atomic.Bool     // see Boundary.broken
	settings  []*Block         // terraform {}
	keys      []addrs.Resource // of the resources, in order

	mu   sync.Mutex
	uses *Uses // see References
}

// configFiles are the files of a directory that belong to its configuration:
// the plain ones and the overrides, each in the order of their names. Terraform
// passes over those whose names end in .tofu. The order counts: an override
// changes what the files before it have declared, overrides too.
// https://developer.hashicorp.com/terraform/language/files/override
func (b *Boundary) configFiles(dir string, language lang.Language) (plain, overrides []string) {
	entries, _ := b.List(dir)
	names := map[string]bool{}
	for _, e := range entries {
		names[e.Name()] = true
	}
	for _, e := range entries {
		name := e.Name()
		base, kind := ConfigName(name)
		if kind == "" || e.IsDir() || language == lang.Terraform && isTofuFile(name) {
			continue
		}
		if tofu := strings.Replace(kind, ".tf", ".tofu", 1); tofu != kind && names[base+tofu] && language != lang.Terraform {
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

// ConfigName takes the ending off a file name; the ending is "" for files that
// are no configuration. What editors leave behind is none, for Terraform neither:
// hidden files, vim's main.tf~ and Emacs's #main.tf#.
// https://github.com/hashicorp/terraform/blob/main/internal/configs/parser_config_dir.go
func ConfigName(name string) (base, ending string) {
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

// Module loads a directory's configuration, once for all roots. It is nil when
// there is none.
func (b *Boundary) Module(dir string, language lang.Language) *Module {
	key := dirKey{dir, language == lang.Terraform}
	return once(&b.cache.mu, &b.cache.dirs, key, func() *Module {
		if m := b.sharedModule(dir, language); m != nil {
			return m
		}
		return b.loadModule(dir, language)
	})
}

// sharedModule is the base's module, when none of its files is replaced.
func (b *Boundary) sharedModule(dir string, language lang.Language) *Module {
	if b.base == nil {
		return nil
	}
	m := b.base.Module(dir, language)
	if m == nil || slices.ContainsFunc(m.Files, func(f *source.File) bool { return !b.shares(f.Name) }) {
		return nil
	}
	return m
}

func (b *Boundary) newModule(dir string) *Module {
	return &Module{
		Dir:       dir,
		broken:    b.broken(),
		Variables: map[string]*Block{},
		Locals:    map[string]*Local{},
		Outputs:   map[string]*Block{},
		Resources: map[addrs.Resource]*Block{},
		Calls:     map[string]*Block{},
		Providers: map[string]*Block{},
	}
}

func (b *Boundary) loadModule(dir string, language lang.Language) *Module {
	if b.base != nil {
		return b.changedModule(b.base.Module(dir, language))
	}
	plain, overrides := b.configFiles(dir, language)
	if len(plain)+len(overrides) == 0 {
		return nil
	}
	files := slices.Concat(plain, overrides)
	cores.Each(len(files), func(i int) {
		if file, gap := b.File(files[i]); gap == nil {
			b.Parse(file)
		}
	})
	m := b.newModule(dir)
	for _, name := range plain {
		m.read(b, name, false)
	}
	for _, name := range overrides {
		m.read(b, name, true)
	}
	return m.declared()
}

// changedModule is the base's module with the files that are replaced: no
// replacement adds a file or takes one away.
func (b *Boundary) changedModule(old *Module) *Module {
	if old == nil {
		return nil
	}
	m := b.newModule(old.Dir)
	m.Unread = old.Unread
	for i, f := range old.Files {
		if !b.shares(f.Name) {
			f, _ = b.File(f.Name)
		}
		m.add(b.Parse(f), i >= len(old.Files)-old.overrides)
	}
	return m.declared()
}

func (m *Module) read(b *Boundary, name string, override bool) {
	file, gap := b.File(name)
	if gap != nil {
		gap.Kind = source.ErrorGap
		m.Unread = append(m.Unread, *gap)
		return
	}
	if !slices.Contains(m.Files, file) { // not a symlink to a file of the same directory
		m.add(b.Parse(file), override)
	}
}

// add declares what a file declares, after those that were added before.
func (m *Module) add(p *ParsedFile, override bool) {
	m.Files = append(m.Files, p.File)
	m.parsed = append(m.parsed, p)
	if override {
		m.overrides++
	}
	m.Gaps = append(m.Gaps, p.Gaps...)
	declare := func(into map[string]*Block, typ string, label int) {
		for _, n := range p.Body.Nested(typ, label) {
			if len(n.Labels) == label {
				if what, class := declareBlock(into, n.Labels[label-1], n, override); what != "" {
					m.mistake(typ+" "+n.Labels[label-1]+what, class, n.Header)
				}
			}
		}
	}
	declare(m.Variables, "variable", 1)
	declare(m.Outputs, "output", 1)
	declare(m.Calls, "module", 1)
	for mode, typ := range []string{addrs.Managed: "resource", addrs.Data: "data"} {
		for _, n := range p.Body.Nested(typ, 2) {
			if len(n.Labels) == 2 {
				key := addrs.Resource{Mode: addrs.Mode(mode), Type: n.Labels[0], Name: n.Labels[1]}
				if what, class := declareBlock(m.Resources, key, n, override); what != "" {
					m.mistake(key.String()+what, class, n.Header)
				}
			}
		}
	}
	for _, n := range p.Body.Nested("provider", 1) {
		if len(n.Labels) == 1 {
			name := n.Labels[0]
			if alias, ok := n.LiteralString("alias"); ok {
				name += "." + alias
			}
			if old := m.Providers[name]; old != nil {
				n = mergeBlock(old, n)
			}
			m.Providers[name] = n
		}
	}
	m.settings = append(m.settings, p.Body.Nested("terraform", 0)...)
	for _, n := range p.Body.Nested("locals", 0) {
		for _, l := range n.locals() {
			if old := m.Locals[l.Name]; old != nil && !override {
				m.mistake("local."+l.Name+" is declared twice", DeclaredTwice, l.NameSpan)
				continue
			}
			m.Locals[l.Name] = l
		}
	}
	m.Imports = append(m.Imports, p.Body.Nested("import", 0)...)
}

// SyntaxGaps are the errors in those blocks of a module that somebody has asked for.
// In a copy with some files replaced they are those in what was replaced: who compares
// it with its base has the others from there, and does not depend on who else asks.
func (b *Boundary) SyntaxGaps(m *Module) (gaps []source.Gap) {
	if !m.broken.Load() {
		return nil // which is asked often
	}
	for _, p := range m.parsed {
		if b.shown || !b.shares(p.File.Name) {
			gaps = append(gaps, p.syntaxGaps()...)
		}
	}
	return gaps
}

// Required is what required_providers says of a local name. A module may have several
// terraform blocks, and required_providers in more than one: an override replaces
// what is said of one local name, not all of it.
func (m *Module) Required(name string) (out Expression) {
	for _, n := range m.settings {
		for _, r := range n.Nested("required_providers", 0) {
			if x := r.Expr(name); !x.None() {
				out = x
			}
		}
	}
	return out
}

func (m *Module) mistake(reason, class string, at source.Span) {
	m.Gaps = append(m.Gaps, source.Gap{Kind: source.ErrorGap, Span: at, Reason: reason, Class: class})
}

// OfType are the resource blocks of a type, in the order of their names.
func (m *Module) OfType(mode addrs.Mode, typ string) []addrs.Resource {
	start, _ := slices.BinarySearchFunc(m.keys, addrs.Resource{Mode: mode, Type: typ}, compareKeys)
	end := start
	for end < len(m.keys) && m.keys[end].Mode == mode && m.keys[end].Type == typ {
		end++
	}
	return m.keys[start:end:end]
}

// Types are the types of the resource blocks, in order.
func (m *Module) Types(mode addrs.Mode) []string {
	var out []string
	for _, k := range m.keys {
		if k.Mode == mode && (len(out) == 0 || out[len(out)-1] != k.Type) {
			out = append(out, k.Type)
		}
	}
	return out
}

// declared is the module when all of its files are added: who asks for the resources
// of a type, as every rule does, gets them without a lock and without work.
func (m *Module) declared() *Module {
	m.keys = slices.AppendSeq(make([]addrs.Resource, 0, len(m.Resources)), maps.Keys(m.Resources))
	slices.SortFunc(m.keys, compareKeys)
	return m
}

func compareKeys(a, b addrs.Resource) int {
	return cmp.Or(cmp.Compare(a.Mode, b.Mode), strings.Compare(a.Type, b.Type), strings.Compare(a.Name, b.Name))
}

// declareBlock adds a block to those of its kind. It says what is wrong with
// that, "" for nothing.
func declareBlock[K comparable](into map[K]*Block, key K, n *Block, override bool) (what, class string) {
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
func mergeBlock(base, over *Block) *Block {
	content := mergeBody(base.Body(), over.Body())
	out := *base
	out.Merged, out.content, out.pending = true, &content, nil
	return &out
}

// mergeBody is base with what over says instead: attributes one by one, nested
// blocks all of a type at once, and lifecycle argument by argument.
// https://developer.hashicorp.com/terraform/language/files/override#merging-behavior
func mergeBody(base, over *Body) Body {
	out := *base
	out.Attrs, out.Blocks = nil, nil
	replaced := map[string]bool{}
	for _, a := range over.Attrs {
		replaced[a.Name] = true
	}
	for _, n := range over.Blocks {
		if n.Type == "dynamic" && len(n.Labels) == 1 {
			replaced[n.Labels[0]] = true
		} else {
			replaced[n.Type] = true
		}
	}
	for _, a := range base.Attrs {
		if !replaced[a.Name] && a.Name != "lifecycle" {
			out.Attrs = append(out.Attrs, a)
		}
	}
	for _, a := range over.Attrs {
		if a.Name != "lifecycle" {
			out.Attrs = append(out.Attrs, a)
		}
	}
	for _, n := range base.Blocks {
		if !(n.Type == "dynamic" && len(n.Labels) == 1 && replaced[n.Labels[0]]) && !replaced[n.Type] && n.Type != "lifecycle" {
			out.Blocks = append(out.Blocks, n)
		}
	}
	for _, n := range over.Blocks {
		if n.Type != "lifecycle" {
			out.Blocks = append(out.Blocks, n)
		}
	}
	lifecycle := base.Nested("lifecycle", 0)
	for _, n := range over.Nested("lifecycle", 0) {
		if n = effective(n); len(lifecycle) == 0 {
			lifecycle = append(lifecycle, n)
		} else {
			lifecycle[0] = mergeBlock(lifecycle[0], n)
		}
	}
	out.Blocks = append(out.Blocks, lifecycle...)
	return out
}

// effective is the lifecycle of an override without what neither Terraform nor
// OpenTofu takes from one, though they accept it: replace_triggered_by, enabled,
// and an ignore_changes of nothing.
func effective(lifecycle *Block) *Block {
	out := *lifecycle
	content := *lifecycle.Body()
	out.content, content.Attrs = &content, nil
	for _, a := range lifecycle.Body().Attrs {
		switch {
		case a.Name == "replace_triggered_by", a.Name == "enabled":
		case a.Name == "ignore_changes" && isEmptyList(a.Expr):
		default:
			content.Attrs = append(content.Attrs, a)
		}
	}
	return &out
}

func isEmptyList(x Expression) bool {
	t, ok := x.HCL.(*hclsyntax.TupleConsExpr)
	return ok && len(t.Exprs) == 0 || x.JSON != nil && x.JSON.IsSequence() && len(x.JSON.Elems) == 0
}

// LocalSource is the directory that a module call's source names relative to
// the caller, when it does.
func LocalSource(dir, src string) (string, bool) {
	src = strings.ReplaceAll(src, `\`, "/")
	if src == "." || src == ".." || strings.HasPrefix(src, "./") || strings.HasPrefix(src, "../") {
		return dir + "/" + src, true
	}
	return "", false
}

// Reads says that a file is one of the configuration.
func (m *Module) Reads(file string) bool {
	for _, f := range m.Files {
		if f.Name == file {
			return true
		}
	}
	return false
}

// Overrides are the files that change what others have declared.
func (m *Module) Overrides() []*source.File { return m.Files[len(m.Files)-m.overrides:] }

// Fetched says that a file is in a module that terraform init has fetched, by its name.
func Fetched(name string) bool {
	return strings.HasPrefix(name, ".terraform/") || strings.Contains(name, "/.terraform/")
}

// FetchedModules are the directories of the modules that terraform init has
// fetched for the root module in dir, by the names of the calls on the way
// ("network.subnets"); the root module itself is not among them.
// https://github.com/hashicorp/terraform/blob/main/internal/modsdir/manifest.go
func (b *Boundary) FetchedModules(dir string) (map[string]string, *source.Gap) {
	name := path.Join(dir, ".terraform/modules/modules.json")
	if b.missing(name) {
		return nil, nil
	}
	file, gap := b.File(name)
	if gap != nil {
		return nil, nil // nobody ran terraform init: who needs a module says so
	}
	var manifest struct {
		Modules []struct{ Key, Dir string }
	}
	if err := json.Unmarshal(file.Bytes, &manifest); err != nil {
		return nil, &source.Gap{Kind: source.ErrorGap, File: file.Name, Reason: file.Name + " is not valid JSON"}
	}
	out := map[string]string{}
	for _, m := range manifest.Modules {
		if m.Key != "" {
			out[m.Key] = filepath.ToSlash(m.Dir) // Windows writes backslashes
		}
	}
	return out, nil
}

// Language is what the files tell of who reads them: OpenTofu, of which Terraform
// does not read the files that end in .tofu, or AnyLanguage.
// https://opentofu.org/docs/language/files/#file-extension
func (m *Module) Language() lang.Language {
	if slices.ContainsFunc(m.Files, func(f *source.File) bool { return isTofuFile(f.Name) }) {
		return lang.OpenTofu
	}
	return lang.AnyLanguage
}

func isTofuFile(name string) bool {
	return strings.HasSuffix(name, ".tofu") || strings.HasSuffix(name, ".tofu.json")
}
