package policy

import (
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Kind is what a document is attached to: it decides which elements are legal.
type Kind int8

// The kinds of policies.
const (
	Identity Kind = iota // of a user, group, role or permission set; a permissions boundary
	SCP
	RCP
	Trust    // of a role
	Resource // of any other resource
)

var kindNames = [...]string{"identity", "scp", "rcp", "trust", "resource"}

func (k Kind) String() string { return kindNames[k] }

// ParseKind is the kind of that name.
func ParseKind(name string) (Kind, bool) {
	for i, n := range kindNames {
		if n == name {
			return Kind(i), true
		}
	}
	return 0, false
}

// Document is a policy.
type Document struct {
	Version      string // as written; "" when it is omitted or not known
	VersionKnown bool   // an omitted Version is known: it means 2008-10-17
	Statements   []*Statement
	// Open says that there may be statements that are not listed.
	Open bool
	// Problems are what is wrong with the document whatever it is attached to.
	// Validate adds what is wrong for a Kind.
	Problems []Problem
	Value    *value.Value

	malformed bool
}

// Problem is something that AWS would refuse, or (Lint) accept but that is
// probably not meant.
type Problem struct {
	Text      string // subject first, no full stop: "condition operator 'BoolIf' does not exist"
	Span      source.Span
	Lint      bool
	Statement *Statement // nil when it is about the whole document
}

// Malformed says that AWS would refuse the document, so that it protects and
// allows nothing. What Validate finds is not counted.
func (d *Document) Malformed() bool { return d.malformed }

func malformed(ps []Problem) bool {
	for _, p := range ps {
		if !p.Lint {
			return true
		}
	}
	return false
}

// Effect of a statement. The zero Effect is not known.
type Effect int8

// The effects.
const (
	EffectUnknown Effect = iota
	Allow
	Deny
)

func (e Effect) String() string { return [...]string{"unknown", "Allow", "Deny"}[e] }

// Statement is one statement of a document.
type Statement struct {
	Document *Document
	Index    int // from 0, in the document
	Sid      string
	Effect   Effect

	// HasPrincipal says that Principal or NotPrincipal is written; an
	// identity policy or SCP has neither and applies to whom it is attached to.
	HasPrincipal   bool
	NotPrincipal   bool
	Principals     []Principal
	PrincipalsOpen bool // there may be more

	NotAction   bool
	Actions     []Pattern // of Action, or of NotAction
	ActionsOpen bool

	HasResource   bool // Resource or NotResource is written; a trust policy has neither
	NotResource   bool
	Resources     []Pattern
	ResourcesOpen bool

	Conditions []Condition
	// Open says that the statement may have elements or conditions that are
	// not listed, or that nothing is known of it.
	Open bool
	// Optional says that it is not known whether the document has the
	// statement, or one like it.
	Optional bool
	// Malformed says that AWS would refuse the document because of it.
	Malformed bool

	Value *value.Value // the object node: its Span and Syntax are for edits

	conditionsOpen bool
}

// Span is where the statement stands.
func (s *Statement) Span() source.Span {
	if s.Value == nil {
		return source.Span{}
	}
	return s.Value.Span
}

// Element is the value of an element ("Condition", "Principal"), absent when it
// is not written.
func (s *Statement) Element(name string) *value.Value { return s.Value.Get(name) }
