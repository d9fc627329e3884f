package fixes

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// RemoveKey drafts the removal of a key, with what only exists for it: outputs
// and stored secrets that read it, the module that makes nothing else, policies of
// a root that is no user. What else reads it, only people can decide: then there
// is no draft.
func RemoveKey(m *identity.Model, k *identity.AccessKey) *analyzer.Fix {
	key := k.Resource
	if key.Body.IsZero() || key.Key != "" || strings.HasSuffix(key.Body.File.Name, ".json") {
		return nil
	}
	r := &removal{root: key.Root, keys: m.Keys}
	if err := r.remove(k); err != nil {
		return nil
	}
	var edits []source.Edit
	for _, b := range joined(r.blocks) {
		more, err := edit.RemoveBlock(b)
		if err != nil {
			return nil
		}
		edits = append(edits, more...)
	}
	message := "remove the key; Terraform then deletes it"
	if len(r.names) > 0 {
		message = "remove the key and what only exists for it (" + strings.Join(r.names, ", ") + "); Terraform then deletes it"
	}
	return &analyzer.Fix{Message: message, Grade: analyzer.Draft, Edits: edits}
}

// between is what may stand between blocks that go together: white space, and a
// comment on the second.
var between = regexp.MustCompile(`^\s*((#|//)[^\n]*\n[ \t]*)*$`)

// joined makes one span of blocks that follow one another.
func joined(blocks []source.Span) []source.Span {
	sorted := slices.SortedFunc(slices.Values(blocks), func(a, b source.Span) int {
		return cmp.Or(cmp.Compare(a.File.Name, b.File.Name), cmp.Compare(a.Start, b.Start))
	})
	var out []source.Span
	for _, b := range sorted {
		if n := len(out); n > 0 && out[n-1].File.Name == b.File.Name && between.Match(b.File.Bytes[out[n-1].End:b.Start]) {
			out[n-1].End = b.End
			continue
		}
		out = append(out, b)
	}
	return out
}

// A removal is blocks that go together. What reads what is found in the texts of the
// files, not in what was evaluated: a reference in a module that nothing calls, in a
// block that makes no instances or in an expression that was not needed would break
// all the same when its block is gone. Reading too much costs a draft; reading too
// little would leave a configuration that does not load.
type removal struct {
	root   *terraform.Root
	keys   []*identity.AccessKey // of the scan
	blocks []source.Span
	names  []string // of those that go with the first
	calls  map[string][]call
}

// A call is a module block, in a directory.
type call struct{ dir, label string }

func (r *removal) remove(k *identity.AccessKey) error {
	key := k.Resource
	dir := dirOf(key.Body.File.Name)
	r.follow(key, dir)
	if module := r.only(key, dir); !module.IsZero() {
		if err := r.block(module); err != nil {
			return err
		}
	} else {
		if slices.ContainsFunc(r.keys, func(o *identity.AccessKey) bool {
			return sameText(o.Resource.Body, key.Body) && !sameUser(o.Resource, key)
		}) {
			return errors.New("the block makes other keys as well")
		}
		r.blocks = append(r.blocks, key.Body)
		if err := r.readers(dir, key.Type+"."+key.Name); err != nil {
			return err
		}
	}
	if k.Owner == nil && !r.another(k) {
		for _, o := range key.Root.Resources("aws_iam_user_policy", "aws_iam_user_policy_attachment", "aws_iam_user_group_membership") {
			if o.Key == "" && !o.Body.IsZero() && sameUser(o, key) && !r.has(o.Body) {
				r.add(o.Body, o.Type+"."+o.Name)
			}
		}
	}
	for range 3 { // what served what served the key: a policy, its document, a secret
		r.orphans()
	}
	return nil
}

// follow notes by which calls the module of the key, and the modules around it,
// are reached.
func (r *removal) follow(key *terraform.Resource, dir string) {
	r.calls = map[string][]call{}
	for _, o := range r.keys {
		if !sameText(o.Resource.Body, key.Body) {
			continue
		}
		into := dir
		for _, c := range slices.Backward(o.Resource.Calls) {
			h := blockHeader.FindStringSubmatch(edit.TopBlock(c.Span).Text())
			if c.Span.IsZero() || h == nil {
				break
			}
			by := call{dirOf(c.Span.File.Name), h[2]}
			if !slices.Contains(r.calls[into], by) {
				r.calls[into] = append(r.calls[into], by)
			}
			into = by.dir
		}
	}
}

// sameUser says that two resources name the same user.
func sameUser(a, b *terraform.Resource) bool {
	x, known := a.Attr("user").Text()
	y, too := b.Attr("user").Text()
	return known && too && strings.EqualFold(x, y)
}

// another says that the user has another key.
func (r *removal) another(k *identity.AccessKey) bool {
	return slices.ContainsFunc(r.keys, func(o *identity.AccessKey) bool {
		return o != k && o.Resource.Root == r.root && sameUser(o.Resource, k.Resource)
	})
}

func (r *removal) has(s source.Span) bool {
	return slices.ContainsFunc(r.blocks, func(b source.Span) bool { return b.Contains(s) && b.File.Name == s.File.Name })
}

func (r *removal) add(block source.Span, name string) {
	r.blocks = append(r.blocks, block)
	if !slices.Contains(r.names, name) {
		r.names = append(r.names, name)
	}
}

// only is the call of the module that makes the key, where it makes nothing else.
func (r *removal) only(key *terraform.Resource, dir string) source.Span {
	at := lastCall(key)
	if at.IsZero() {
		return source.Span{}
	}
	for _, f := range r.root.Files() {
		if dirOf(f.Name) != dir {
			continue
		}
		for _, h := range headersOf(f).all {
			if h.typ == "module" || h.typ == "resource" && h.label != "aws_iam_access_key" && !keeps.MatchString(h.label) {
				return source.Span{}
			}
		}
	}
	for _, o := range r.keys {
		if sameText(lastCall(o.Resource), at) && !sameUser(o.Resource, key) {
			return source.Span{}
		}
	}
	return edit.TopBlock(at)
}

// blockHeader is the beginning of a block that is not nested, with its labels.
var blockHeader = regexp.MustCompile(`(?m)^(\w+)[ \t]+"?([\w-]+)"?(?:[ \t]+"?([\w-]+)"?)?[ \t]*\{`)

// keeps are resources that do nothing but keep a value for somebody.
var keeps = regexp.MustCompile(`^(aws_ssm_parameter|aws_secretsmanager_secret_version|local_(sensitive_)?file|\w*_secret\w*|\w*_variable)$`)

// block removes a block that reads what goes, and what reads that.
func (r *removal) block(b source.Span) error {
	h := blockHeader.FindStringSubmatch(b.Text())
	if h == nil {
		return errors.New("what reads it is no block")
	}
	dir := dirOf(b.File.Name)
	switch typ, label, name := h[1], h[2], h[3]; {
	case typ == "output":
		r.add(b, "output."+label)
		for _, c := range r.calls[dir] {
			if err := r.readers(c.dir, "module."+c.label+"."+label); err != nil {
				return err
			}
		}
		return nil
	case typ == "module":
		r.add(b, "module."+label)
		return r.readers(dir, "module."+label)
	case typ == "resource" && keeps.MatchString(label):
		r.add(b, label+"."+name)
		return r.readers(dir, label+"."+name)
	}
	return fmt.Errorf("what %s does with it, only people know", h[0])
}

// readers removes what reads an address in a directory.
func (r *removal) readers(dir, address string) error {
	found, err := r.mentions(dir, address)
	if err != nil {
		return err
	}
	for _, at := range found {
		if r.has(at) {
			continue
		}
		b := edit.TopBlock(at)
		if b.IsZero() {
			return errors.New("it is read outside of all blocks")
		}
		if err := r.block(b); err != nil {
			return err
		}
	}
	return nil
}

// mentions are the references to an address in a directory. It is an error where what is
// read is not said.
func (r *removal) mentions(dir, address string) ([]source.Span, error) {
	parts := strings.SplitN(address, ".", 3)
	output := len(parts) == 3 && parts[0] == "module"
	var out []source.Span
	for _, f := range r.root.Files() {
		if dirOf(f.Name) != dir || !strings.HasSuffix(f.Name, ".tf") && !strings.HasSuffix(f.Name, ".tofu") {
			continue
		}
		var found, whole []source.Span
		if output {
			found, whole = outputMentions(f, parts[0]+"."+parts[1], "."+parts[2])
		} else {
			for _, at := range f.Mentions(address) {
				found = append(found, source.Span{File: f, Start: at, End: at + len(address)})
			}
		}
		if slices.ContainsFunc(whole, func(at source.Span) bool { return !inComment(at) }) {
			return nil, fmt.Errorf("all of %s is taken in %s, which may read it", parts[0]+"."+parts[1], f.Name)
		}
		for _, at := range found {
			if !inComment(at) {
				out = append(out, at)
			}
		}
	}
	return out, nil
}

// outputMentions are the references to an output of a module, or of one of its instances;
// whole are those where all of the module is taken, as in values(module.keys)[*].secret,
// which may read whichever output.
func outputMentions(f *source.File, module, output string) (out, whole []source.Span) {
	for _, at := range f.Mentions(module) {
		end := at + len(module)
		end += indexed(f.Bytes[end:len(f.Bytes)])
		rest := f.Bytes[end:len(f.Bytes)]
		switch {
		case bytes.HasPrefix(rest, []byte(output)) && !nameGoesOn.Match(rest[len(output):]):
			out = append(out, source.Span{File: f, Start: at, End: end + len(output)})
		case !bytes.HasPrefix(rest, []byte(".")) && !waits.Match(f.Bytes[max(0, at-256):at]):
			whole = append(whole, source.Span{File: f, Start: at, End: end})
		}
	}
	return out, whole
}

// indexed is the length of the index that a text begins with; 0 where it is none, or goes
// on in the next line.
func indexed(text []byte) int {
	depth := 0
	for i, c := range text {
		switch c {
		case '[':
			depth++
		case ']':
			depth--
		case '\n':
			return 0
		}
		if depth == 0 {
			if c == ']' {
				return i + 1
			}
			return 0
		}
	}
	return 0
}

// waits is what stands before a module that is only waited for.
var waits = regexp.MustCompile(`depends_on\s*=\s*\[[^\]]*$`)

var nameGoesOn = regexp.MustCompile(`^[\w-]`)

// inComment says that a line comment begins before a span, with nothing but white
// space in front.
func inComment(s source.Span) bool {
	line := s.File.LineSpan(s.File.Line(s.Start))
	before := bytes.TrimSpace(s.File.Bytes[line.Start:s.Start])
	return bytes.HasPrefix(before, []byte("#")) || bytes.HasPrefix(before, []byte("//"))
}

// serve are what only serves others: without them it goes too.
var serve = regexp.MustCompile(`\b(data\.aws_iam_policy_document|aws_iam_policy|aws_secretsmanager_secret)\.([\w-]+)`)

// orphans removes what only served what has gone.
func (r *removal) orphans() {
	for _, b := range slices.Clone(r.blocks) {
		for _, m := range serve.FindAllStringSubmatch(b.Text(), -1) {
			block := r.declared(dirOf(b.File.Name), m[1], m[2])
			readers, err := r.mentions(dirOf(b.File.Name), m[0])
			if err != nil || block.IsZero() || r.has(block) || slices.ContainsFunc(readers, func(s source.Span) bool { return !r.has(s) }) {
				continue
			}
			r.add(block, m[0])
		}
	}
}

// declared is the block that declares an address in a directory.
func (r *removal) declared(dir, typ, name string) source.Span {
	kind := "resource"
	if t, ok := strings.CutPrefix(typ, "data."); ok {
		kind, typ = "data", t
	}
	for _, f := range r.root.Files() {
		if dirOf(f.Name) != dir {
			continue
		}
		if at, ok := headersOf(f).first[header{kind, typ, name}]; ok {
			return edit.TopBlock(source.Span{File: f, Start: at[0], End: at[1]})
		}
	}
	return source.Span{}
}

// header is the beginning of a block, and its labels.
type header struct{ typ, label, name string }

// headers are those of a file, and where each stands first.
type headers struct {
	all   []header
	first map[header][2]int
}

type headersKey struct{}

func headersOf(f *source.File) headers {
	return source.Derived(f, headersKey{}, func() headers {
		out := headers{first: map[header][2]int{}}
		text := f.All()
		for _, at := range blockHeader.FindAllSubmatchIndex(text, -1) {
			h := header{string(text[at[2]:at[3]]), string(text[at[4]:at[5]]), ""}
			if at[6] >= 0 {
				h.name = string(text[at[6]:at[7]])
			}
			out.all = append(out.all, h)
			if _, known := out.first[h]; !known {
				out.first[h] = [2]int{at[0], at[1]}
			}
		}
		return out
	})
}
