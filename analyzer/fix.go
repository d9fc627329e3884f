package analyzer

import "github.com/iamvet/iamvet/analyzer/source"

// Grade says what a fix does to what is allowed.
type Grade int8

// The grades. The zero Grade is Draft: shown, never applied.
const (
	Draft Grade = iota
	Narrowing
	Equivalent
)

func (g Grade) String() string { return [...]string{"draft", "narrowing", "equivalent"}[g] }

// Fix is edits that belong together: all of them or none.
type Fix struct {
	Message string // a verb phrase: "set the key Inactive"
	Grade   Grade
	Edits   []source.Edit
	// leaves is the severity at which the finding may remain after the fix (IV101
	// keeps its low form); nil, the usual, means that it must be gone. It is set with
	// Fix.Leaves.
	leaves *Severity
	// Diff is the unified diff, filled in by engine.Analyze once the fix is verified.
	Diff string
}

// Leaves declares that the finding may stay at severity s after the fix.
func (f *Fix) Leaves(s Severity) *Fix { f.leaves = &s; return f }

// MayLeave says that a finding at severity s may be what the fix leaves.
func (f *Fix) MayLeave(s Severity) bool { return f.leaves != nil && s <= *f.leaves }

// A Mend is a kind of fix that a rule has, and what tells whether it is applied: the page
// of the rule and docs/fix.md say it.
type Mend struct {
	Does    string // a verb phrase
	Applied string // "where …" the fix is Narrowing or Equivalent; "" for never
	Draft   string // what else there is, with an example; "" for nothing
}

// Chosen is a fix that somebody wants to apply, and the finding it is for.
type Chosen struct {
	Finding *Finding
	Fix     *Fix
}

// FileEdits are the edits of one file.
type FileEdits struct {
	File  *source.File
	Edits []source.Edit
}
