package analyzer

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// merge makes one finding of those that differ only in the root or module path
// they were met through: the same module called N times has one defect. The
// first gives the address, the worst severity counts, and all call paths stay.
func merge(findings []*Finding) []*Finding {
	type key struct {
		rule, defect, resource string
		verdict                Verdict
		span                   source.Span
	}
	at := map[key]*Finding{}
	var out []*Finding
	for _, f := range findings {
		if f.Resource != nil {
			f.Instances = []Instance{{Root: f.Resource.Root.Dir, Address: f.Resource.Address, Calls: f.Resource.Calls}}
			for _, c := range f.Resource.Calls {
				if !c.Span.IsZero() {
					f.Related = append(f.Related, Related{Message: "module called here", Span: c.Span, Address: c.Address})
				}
			}
		}
		if f.Resource == nil || f.Span.IsZero() {
			out = append(out, f)
			continue
		}
		k := key{f.Check.ID, f.Defect, f.Resource.Type + "." + f.Resource.Name + f.Resource.Key, f.Verdict, f.Span}
		first := at[k]
		if first == nil {
			at[k] = f
			out = append(out, f)
			continue
		}
		first.absorb(f)
	}
	return out
}

func (f *Finding) absorb(o *Finding) {
	f.Severity = max(f.Severity, o.Severity)
	for _, in := range o.Instances {
		known := false
		for _, have := range f.Instances {
			known = known || have.Root == in.Root && have.Address == in.Address
		}
		if !known {
			f.Instances = append(f.Instances, in)
		}
	}
	for _, r := range o.Related {
		known := false
		for _, have := range f.Related {
			known = known || have.Message == r.Message && have.Span == r.Span
		}
		if !known {
			f.Related = append(f.Related, r)
		}
	}
	f.Assumptions = value.MergeAssumptions(f.Assumptions, o.Assumptions)
	for _, n := range o.Needs {
		known := false
		for _, have := range f.Needs {
			known = known || have == n
		}
		if !known {
			f.Needs = append(f.Needs, n)
		}
	}
}

// order puts findings in the order of their places: file, line, rule; those
// without a place last, by address.
func order(findings []*Finding) {
	sort.SliceStable(findings, func(i, j int) bool {
		a, b := findings[i], findings[j]
		if a.Span.IsZero() != b.Span.IsZero() {
			return b.Span.IsZero()
		}
		if a.Span != b.Span && (a.Span.Less(b.Span) || b.Span.Less(a.Span)) {
			return a.Span.Less(b.Span)
		}
		if x, y := a.address(), b.address(); x != y {
			return x < y
		}
		if a.Check.ID != b.Check.ID {
			return a.Check.ID < b.Check.ID
		}
		return a.Message < b.Message
	})
}

func (f *Finding) address() string {
	if f.Resource == nil {
		return ""
	}
	return f.Resource.Root.Dir + "\x00" + f.Resource.Address
}

// fingerprint gives every finding an identity that survives moves and renames
// of files and modules: no path, line, module or root is in it. Findings that
// are equal in all of that get #2, #3 … in report order.
func fingerprint(findings []*Finding) {
	seen := map[string]int{}
	for _, f := range findings {
		parts := []string{"iamvet/v1", f.Check.ID, f.Defect, f.Statement}
		if f.Resource != nil {
			parts = append(parts, f.Resource.Type, f.Resource.Name, f.Resource.Key)
		}
		sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
		id := hex.EncodeToString(sum[:16])
		seen[id]++
		if n := seen[id]; n > 1 {
			id = fmt.Sprintf("%s#%d", id, n)
		}
		f.Fingerprint = id
	}
}
