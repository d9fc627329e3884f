package engine

import (
	"slices"

	"github.com/iamvet/iamvet/analyzer"
)

// implied makes one finding of a violation and of those of rules under its own, of the
// same statement on the same resources: the worse is said, and includes the other.
// It comes last, when each has its fixes and its fingerprint.
func implied(findings []*analyzer.Finding) []*analyzer.Finding {
	type statement struct{ rule, text, root, address string }
	over := map[statement][]*analyzer.Finding{}
	for _, f := range findings {
		if f.Verdict == analyzer.Violation && f.Statement != "" && f.Resource != nil {
			k := statement{f.Check.ID, f.Statement, f.Resource.Root.Dir, f.Resource.Address}
			over[k] = append(over[k], f)
		}
	}
	included := map[*analyzer.Finding]bool{}
	for _, f := range findings {
		// What the project's settings ask of a resource beside a rule, no rule implies.
		if f.Check.Under == "" || f.Verdict != analyzer.Violation || f.Statement == "" || f.Resource == nil || f.Question != "" {
			continue
		}
		for _, by := range over[statement{f.Check.Under, f.Statement, f.Resource.Root.Dir, f.Resource.Address}] {
			switch {
			case included[by]:
				continue
			case f.Severity <= by.Severity && sameInstances(f, by):
				by.Includes, included[f] = append(by.Includes, f), true
			case f.Severity > by.Severity && sameInstances(by, f):
				f.Includes, included[by] = append(f.Includes, by), true
			default:
				continue
			}
			break
		}
	}
	return slices.DeleteFunc(slices.Clone(findings), func(f *analyzer.Finding) bool { return included[f] })
}

// sameInstances says that every instance of a finding is one of another's.
func sameInstances(f, of *analyzer.Finding) bool {
	type instance struct{ root, address string }
	has := map[instance]bool{}
	for _, in := range of.Instances {
		has[instance{in.Root, in.Address}] = true
	}
	return !slices.ContainsFunc(f.Instances, func(in analyzer.Instance) bool { return !has[instance{in.Root, in.Address}] })
}

// askedOnce makes one question of those that a variable without a value decides: who
// gives it one answers them together. One that hangs on several variables goes with
// most others; what else it needs it keeps.
func askedOnce(questions []*analyzer.Finding) []*analyzer.Finding {
	asks := map[variable]int{}
	for _, f := range questions {
		for _, v := range variables(f) {
			asks[v]++
		}
	}
	first := map[variable]*analyzer.Finding{}
	var out []*analyzer.Finding
	for _, f := range questions {
		var most variable
		for _, v := range variables(f) {
			if asks[v] > asks[most] || asks[v] == asks[most] && v.before(most) {
				most = v
			}
		}
		switch same := first[most]; {
		case most == variable{}:
			out = append(out, f)
		case same == nil:
			first[most] = f
			out = append(out, f)
		default:
			same.Includes = append(same.Includes, f)
		}
	}
	return out
}

// variable is the place of a declaration.
type variable struct {
	file  string
	start int
}

func (v variable) before(w variable) bool {
	return v.file < w.file || v.file == w.file && v.start < w.start
}

// variables are those without a value that a question hangs on, each once.
func variables(f *analyzer.Finding) []variable {
	var out []variable
	for _, need := range f.Needs {
		if !need.OfVariable() || need.Span.IsZero() {
			continue
		}
		if v := (variable{need.Span.File.Name, need.Span.Start}); !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}
