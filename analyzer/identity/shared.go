package identity

import (
	"sync"

	"github.com/iamvet/iamvet/analyzer/policy"
)

// SharedTrust finds the roles whose trust policy has the text of a statement, and what
// the statement is in each: an edit changes all of them.
func (m *Model) SharedTrust() func(*Role, *policy.Statement) ([]*Role, []*policy.Statement) {
	type use struct {
		role      *Role
		statement *policy.Statement
	}
	type textAt struct {
		file  string
		start int
	}
	uses := sync.OnceValue(func() map[textAt][]use {
		out := map[textAt][]use{}
		for _, r := range m.Roles {
			if r.Trust == nil {
				continue
			}
			for _, s := range r.Trust.Statements {
				if span := s.Span(); !span.IsZero() {
					at := textAt{span.File.Name, span.Start}
					out[at] = append(out[at], use{r, s})
				}
			}
		}
		return out
	})
	return func(r *Role, s *policy.Statement) (roles []*Role, statements []*policy.Statement) {
		span := s.Span()
		if span.IsZero() {
			return []*Role{r}, []*policy.Statement{s}
		}
		if m.TrustAt != nil {
			if roles, statements, shared := m.TrustAt(span); shared {
				return roles, statements
			}
		}
		for _, u := range uses()[textAt{span.File.Name, span.Start}] {
			roles, statements = append(roles, u.role), append(statements, u.statement)
		}
		return roles, statements
	}
}
