package proof

import (
	"slices"

	"github.com/iamvet/iamvet/analyzer/policy"
)

// Placeless says that In puts all places right that the result holds: what is missing
// from a document that is not known has its own.
func (r SessionNameResult) Placeless() bool { return len(r.Needs) == 0 }

// In is the result with its statements and condition taken from another
// document, equal to the one that was decided but for where it stands.
func (r SessionNameResult) In(doc *policy.Document) SessionNameResult {
	if len(r.Statements) == 0 || r.Statements[0].Document == doc {
		return r
	}
	was := r.Statements
	r.Statements = nil
	for _, s := range was {
		if s.Index >= len(doc.Statements) {
			continue
		}
		now := doc.Statements[s.Index]
		r.Statements = append(r.Statements, now)
		i := slices.IndexFunc(s.Conditions, func(c policy.Condition) bool {
			return r.Condition != nil && c.KeyValue == r.Condition.KeyValue && c.OperatorValue == r.Condition.OperatorValue
		})
		if i >= 0 && i < len(now.Conditions) {
			r.Condition = &now.Conditions[i]
		}
	}
	return r
}
