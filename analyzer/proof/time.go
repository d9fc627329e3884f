package proof

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer/policy"
)

// A request is made now or later. What an Allow admits from a later day on, it
// admits; what has expired admits nobody. A Deny counts as it stands now, for as
// long as it stands: that it ends one day is told apart (Until).

// timeKeys hold the time of a request.
var timeKeys = map[string]bool{"aws:currenttime": true, "aws:epochtime": true}

// Soon is how far ahead an end is told.
const Soon = 30 * 24 * time.Hour

func (f *formula) timed() bool { return !f.now.IsZero() }

// timeValue is a time as a request carries it in a key.
func timeValue(key string, t time.Time) policy.ContextValue {
	if key == "aws:epochtime" {
		return policy.One(strconv.FormatInt(t.Unix(), 10))
	}
	return policy.One(t.UTC().Format(time.RFC3339))
}

func listsTime(r *policy.Request) bool {
	for key := range timeKeys {
		if _, listed := r.Context[key]; listed {
			return true
		}
	}
	return false
}

// atTime is a request made at a time.
func atTime(r *policy.Request, t time.Time) *policy.Request {
	for key := range timeKeys {
		r = assign(r, key, timeValue(key, t))
	}
	return r
}

// current is a request made now, where that is known.
func (f *formula) current(r *policy.Request) *policy.Request {
	if !f.timed() {
		return r
	}
	return atTime(r, f.now)
}

// standing says that a statement is a Deny that tests the time, and that all of
// those tests hold now.
func (f *formula) standing(s *policy.Statement) bool {
	if !f.timed() || s.Effect != policy.Deny {
		return false
	}
	tests := false
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if !timeKeys[strings.ToLower(c.Key)] {
			continue
		}
		tests = true
		if c.Matches(atTime(&policy.Request{}, f.now)) != policy.True {
			return false
		}
	}
	return tests
}

// times are the moments that the conditions on time tell apart, from now on, now
// first; only the one chosen already where the other key of time was.
func (f *formula) times(key string, r *policy.Request) []policy.ContextValue {
	moments := boundsOf(f.statements(), f.now)
	switch {
	case f.timed():
		moments = append([]time.Time{f.now}, moments...)
	case len(moments) > 0:
		moments = append([]time.Time{moments[0].Add(-time.Second)}, moments...)
	default:
		moments = []time.Time{time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)}
	}
	var out []policy.ContextValue
	for _, t := range moments {
		fits := true
		for other := range timeKeys {
			v, chosen := r.Context[other]
			fits = fits && (!chosen || slices.Equal(v.Values, timeValue(other, t).Values))
		}
		if fits {
			out = append(out, timeValue(key, t))
		}
	}
	return out
}

// boundsOf are the moments after now at which conditions on time may turn, each
// with the second after it, sorted.
func boundsOf(statements []*policy.Statement, now time.Time) []time.Time {
	var out []time.Time
	for _, s := range statements {
		for _, c := range s.Conditions {
			if !timeKeys[strings.ToLower(c.Key)] {
				continue
			}
			for _, p := range c.Values {
				text, known := p.Text()
				if !known {
					continue
				}
				if t, ok := policy.ParseDate(text); ok {
					out = append(out, t.UTC().Truncate(time.Second), t.UTC().Truncate(time.Second).Add(time.Second))
				}
			}
		}
	}
	out = slices.DeleteFunc(out, func(t time.Time) bool { return !t.After(now) })
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}

// until is the first moment, soon after now, from which on something no longer
// holds that holds now; the zero Time when there is none.
func until(docs []*policy.Document, now time.Time, holds func(time.Time) bool) time.Time {
	if now.IsZero() {
		return time.Time{}
	}
	var statements []*policy.Statement
	for _, d := range docs {
		if d != nil {
			statements = append(statements, d.Statements...)
		}
	}
	// Between two of these moments no condition on time turns: nothing else need be asked.
	for _, t := range boundsOf(statements, now) {
		if t.Sub(now) > Soon {
			break
		}
		if !holds(t) {
			return t
		}
	}
	return time.Time{}
}
