package analyzer

import (
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Standing is how a resource stands to a rule.
type Standing int8

// The standings. The zero Standing is that the rule does not apply.
const (
	NotApplicable Standing = iota
	Compliant
	Advised
	Open // undetermined
	Violating
)

func (s Standing) String() string {
	return [...]string{"not-applicable", "compliant", "advice", "undetermined", "violation"}[s]
}

// Told is what a check tells of a resource on which it has no finding.
type Told struct {
	Standing Standing // Compliant, NotApplicable or Open; findings say the others
	// Message is the decisive fact: one sentence or two, with a full stop.
	Message string
	// Decisive are the places that it rests on: statements, attachments, defaults.
	Decisive []Related
	// Closest is the case that came closest, of a compliant resource: the request
	// that is refused. Refused says by what, as the end of a sentence, and RefusedBy
	// where that stands.
	Closest   *Witness
	Refused   string
	RefusedBy source.Span
	// By is the finding that answers for the resource, where one about another does.
	By *Finding
	// Needs are what would decide it, of a resource that another one's finding leaves
	// open.
	Needs []value.Reason
}

// Answer is the verdict of one rule on one resource, with why.
type Answer struct {
	Check    *Check
	Resource *terraform.Resource
	Standing Standing
	// Finding is of a violation, an undetermined result or advice; Told of all else,
	// and beside a Finding on another resource that answers for this one.
	Finding *Finding
	Told    *Told
}

// Explanation is the answers of all rules that look at the resources asked about,
// by resource, in the order of the rules.
type Explanation struct {
	Answers []*Answer
	Gaps    []source.Gap
}
