package engine

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// merge makes one finding of those that say the same of the same text: a module
// called N times, the instances of a block, and resources that share the document
// concerned have one defect, and one edit mends it. The first gives the address, and
// all instances stay, each with its own message where the reason is another, and with
// its severity. That of the finding is the worst of them, and the first one is of that.
// What differs in its verdict is said apart.
func merge(findings []*analyzer.Finding) []*analyzer.Finding {
	findings = slices.Clone(findings)
	slices.SortStableFunc(findings, func(a, b *analyzer.Finding) int { return cmp.Compare(b.Severity, a.Severity) })
	at := map[mergeKey]*group{}
	var out []*analyzer.Finding
	for _, f := range findings {
		stand(f)
		k, ok := keyOf(f)
		if !ok {
			out = append(out, f)
			continue
		}
		if g := at[k]; g != nil {
			g.add(f)
			continue
		}
		at[k] = newGroup(f)
		out = append(out, f)
	}
	return out
}

// mergeKey is what findings have in common that become one.
type mergeKey struct {
	rule, defect, typ string
	verdict           analyzer.Verdict
	span              source.Span
	known             *analyzer.Suppression
}

// keyOf is false for a finding that stays alone.
func keyOf(f *analyzer.Finding) (k mergeKey, ok bool) {
	if f.Resource == nil || f.Span.IsZero() {
		return k, false
	}
	return mergeKey{f.Check.ID, f.Defect, f.Resource.Type, f.Verdict, f.Fetched.Or(f.Span), f.Suppression}, true
}

// noted makes one note of those of a rule that have More: the first stands for all.
func noted(findings []*analyzer.Finding) []*analyzer.Finding {
	of := map[*analyzer.Check]*analyzer.Finding{}
	out := findings[:0:0]
	for _, f := range findings {
		n := of[f.Check]
		switch {
		case f.More == nil, f.Suppression != nil:
		case n == nil:
			of[f.Check] = f
		default:
			if f.Instances == nil {
				stand(f)
			}
			n.Others = append(n.Others, f)
			continue
		}
		out = append(out, f)
	}
	for _, n := range of {
		n.Message = n.More(len(n.Others))
	}
	return out
}

// stand gives a finding its own instance, and the calls of the modules it is in.
func stand(f *analyzer.Finding) {
	if f.Resource != nil {
		f.Instances = []analyzer.Instance{{Root: f.Resource.Root.Dir, Address: f.Resource.Address, Key: f.Resource.Key, Calls: f.Resource.Calls, Severity: f.Severity}}
		for _, c := range f.Resource.Calls {
			if !c.Span.IsZero() && c.Span != f.Span {
				f.Related = append(f.Related, analyzer.Related{Message: calledHere, Span: c.Span, Address: c.Address})
			}
		}
	}
}

// calledHere is what a module call has to do with a finding.
const calledHere = "module called here"

// A group is a finding with what it has taken in.
type group struct {
	*analyzer.Finding
	unnamed   string
	instances map[instanceKey]bool
	kinds     map[string]bool // of the related places of the first
	related   map[relatedKey]bool
	needs     map[value.Reason]bool
}

type instanceKey struct{ root, address string }

type relatedKey struct {
	message string
	span    source.Span
}

func newGroup(f *analyzer.Finding) *group {
	g := &group{f, unnamed(f), map[instanceKey]bool{}, map[string]bool{calledHere: true}, map[relatedKey]bool{}, map[value.Reason]bool{}}
	for _, in := range f.Instances {
		g.instances[instanceKey{in.Root, in.Address}] = true
	}
	for _, r := range f.Related {
		g.kinds[r.Message], g.related[relatedKey{r.Message, r.Span}] = true, true
	}
	for _, n := range f.Needs {
		g.needs[n] = true
	}
	return g
}

// unnamed is the message of a finding without the names of the instance that it is
// about: what is left is the reason.
func unnamed(f *analyzer.Finding) string {
	text := strings.ReplaceAll(f.Message, f.Resource.Address, "")
	module, _, _ := strings.Cut(f.Resource.Address, f.Resource.Type+"."+f.Resource.Name)
	if module != "" {
		text = strings.ReplaceAll(text, module, "")
	}
	return instanceKeys.ReplaceAllString(text, "")
}

var instanceKeys = regexp.MustCompile(`\[(?:\d+|"(?:[^"\\]|\\.)*")\]`)

// add takes in a finding. Of its related places only those of the kinds that the
// first has: others are no reason of all.
func (g *group) add(f *analyzer.Finding) {
	for _, in := range f.Instances {
		if k := (instanceKey{in.Root, in.Address}); !g.instances[k] {
			g.instances[k] = true
			if unnamed(f) != g.unnamed {
				in.Message = f.Message
			}
			g.Instances = append(g.Instances, in)
		}
	}
	related := f.Related
	if f.Span != g.Span { // another call of a module that was fetched, at which the finding would stand
		related = append(slices.Clone(related), analyzer.Related{Message: calledHere, Span: f.Span})
	}
	for _, r := range related {
		if k := (relatedKey{r.Message, r.Span}); g.kinds[r.Message] && !g.related[k] {
			g.related[k] = true
			g.Related = append(g.Related, r)
		}
	}
	g.Assumptions = value.MergeAssumptions(g.Assumptions, f.Assumptions)
	for _, n := range f.Needs {
		if !g.needs[n] {
			g.needs[n] = true
			g.Needs = append(g.Needs, n)
		}
	}
}

// order puts findings in the order of their places: file, line, rule; those
// without a place last, by address.
func order(findings []*analyzer.Finding) {
	sort.SliceStable(findings, func(i, j int) bool {
		a, b := findings[i], findings[j]
		if a.Span.IsZero() != b.Span.IsZero() {
			return b.Span.IsZero()
		}
		if a.Span != b.Span && (a.Span.Less(b.Span) || b.Span.Less(a.Span)) {
			return a.Span.Less(b.Span)
		}
		if x, y := addressOf(a), addressOf(b); x != y {
			return x < y
		}
		if a.Check.ID != b.Check.ID {
			return a.Check.ID < b.Check.ID
		}
		return a.Message < b.Message
	})
}

func addressOf(f *analyzer.Finding) string {
	if f.Resource == nil {
		return ""
	}
	return f.Resource.Root.Dir + "\x00" + f.Resource.Address
}

// fingerprint gives every finding an identity that survives moves and renames
// of files and modules: no path, line, module, root or instance key is in it.
// Findings that are equal in all of that get #2, #3 … in report order. The one of
// before instances of a block were one finding, which has the key, stays beside it
// for one release, so that alerts that exist stay.
func fingerprint(findings []*analyzer.Finding) {
	now, before := map[string]int{}, map[string]int{}
	for _, f := range findings {
		typ, name, key := "", "", ""
		if f.Resource != nil {
			typ, name, key = f.Resource.Type, f.Resource.Name, f.Resource.Key
		}
		f.Fingerprint = identify(now, traits(f, "iamvet/v2", typ, name))
		parts := traits(f, "iamvet/v1", typ, name)
		if f.Resource != nil {
			parts = append(parts, key)
		}
		f.FingerprintV1 = identify(before, parts)
	}
}

// traits are what a finding would be told by, if its resource had such a type and name.
func traits(f *analyzer.Finding, version, typ, name string) []string {
	parts := []string{version, f.Check.ID, f.Defect, f.Statement}
	if f.Resource != nil {
		parts = append(parts, typ, name)
	}
	return parts
}

func identify(seen map[string]int, parts []string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	id := hex.EncodeToString(sum[:16])
	seen[id]++
	if n := seen[id]; n > 1 {
		id = fmt.Sprintf("%s#%d", id, n)
	}
	return id
}
