package proof

import (
	"github.com/iamvet/iamvet/analyzer/policy"
)

// What policies do beside a proof (what else they stop, whether they stop anything) is
// asked of single requests: one for every action and every resource that they tell
// apart, of one caller whose keys are given.

// on are requests for an action, one for every resource that the formula can tell
// apart, a typical one first.
func (f *formula) on(r *policy.Request, actions ...string) []*policy.Request {
	s, denies, levels := f.asked(r, nil)
	return s.requests(r, actions, denies, levels)
}

// onActions are requests for every action that the formula can tell apart, but for
// those that are exempt.
func (f *formula) onActions(r *policy.Request, exempt []string) []*policy.Request {
	s, denies, levels := f.asked(r, exempt)
	return s.requests(r, s.actions(denies, levels), denies, levels)
}

// onSensitive are requests for what policies are there to stop: the sensitive
// actions, and any of a service that no policy names.
func (f *formula) onSensitive(r *policy.Request) []*policy.Request {
	return f.on(r, append(tellingActions[:sensitiveActions:sensitiveActions], otherAction)...)
}

// asked is the search for requests like one that the formula does not stop.
func (f *formula) asked(r *policy.Request, exempt []string) (s *solver, denies []*clause, levels []clauseLevel) {
	open := *r
	open.Action, open.Resource, open.Unlisted = "", "", policy.Either
	s = (&question{formula: f, base: &open, exempt: exempt, anyAccount: true}).solver()
	denies, levels = s.reduce()
	return s, denies, levels
}

// requests are those for some actions on every resource that the clauses can tell
// apart.
func (s *solver) requests(r *policy.Request, actions []string, denies []*clause, levels []clauseLevel) []*policy.Request {
	var out []*policy.Request
	for _, action := range actions {
		of := []string{action}
		at := make([]clauseLevel, len(levels))
		for i, l := range levels {
			at[i].allows = forActions(l.allows, of)
		}
		for _, resource := range s.resources(action, forActions(denies, of), at) {
			c := *r
			c.Action, c.Resource = action, resource
			out = append(out, &c)
		}
	}
	return out
}
