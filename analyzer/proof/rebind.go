package proof

import (
	"slices"

	"github.com/iamvet/iamvet/analyzer/policy"
)

// Placeless says that In puts all places right that the result holds: what is missing
// from a document that is not known has its own.
func (r SessionNameResult) Placeless() bool { return len(r.Needs) == 0 }

// positions are where the statements and the condition of a result stand in whichever
// document.
type positions struct {
	statements []int
	// condition is one of a statement's: of the one at in, as an index of statements.
	in, condition int
}

// Detached is the result without the document that was decided, which nobody keeps
// for it. In makes it whole.
func (r SessionNameResult) Detached() SessionNameResult {
	at := &positions{condition: -1}
	for i, s := range r.Statements {
		at.statements = append(at.statements, s.Index)
		c := slices.IndexFunc(s.Conditions, func(c policy.Condition) bool {
			return r.Condition != nil && c.KeyValue == r.Condition.KeyValue && c.OperatorValue == r.Condition.OperatorValue
		})
		if c >= 0 && at.condition < 0 {
			at.in, at.condition = i, c
		}
	}
	r.Statements, r.Condition, r.positions = nil, nil, at
	return r
}

// In is a result with its statements and condition taken from a document equal to the
// one that was decided but for where it stands.
func (r SessionNameResult) In(doc *policy.Document) SessionNameResult {
	if r.positions == nil {
		if len(r.Statements) == 0 || r.Statements[0].Document == doc {
			return r
		}
		r = r.Detached() // decided of one of the cases that the document stands for
	}
	for i, s := range r.positions.statements {
		if s >= len(doc.Statements) {
			continue
		}
		now := doc.Statements[s]
		r.Statements = append(r.Statements, now)
		if i == r.positions.in && r.positions.condition >= 0 && r.positions.condition < len(now.Conditions) {
			r.Condition = &now.Conditions[r.positions.condition]
		}
	}
	r.positions = nil
	return r
}
