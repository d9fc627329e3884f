package proof

import (
	"slices"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer/aws"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// A formula says when a request is stopped: a Deny matches, or at one level no
// Allow does.
type formula struct {
	denies []*policy.Statement
	levels []allowLevel
	// hidden are documents that may hold a Deny that is not listed.
	hidden []*policy.Document
	// also are actions that the request needs beside its own: to set a source
	// identity, a session needs sts:SetSourceIdentity as well.
	also []string
	// admits says whether a statement's principals admit the caller, for a
	// caller of whom less is known than its policy.Caller says; nil asks the
	// statement.
	admits func(*policy.Statement) value.Tri
	// met are conditions that somebody meets whatever their values are; a
	// stranger does not meet those about who he is.
	met      map[*policy.Condition]bool
	stranger bool
	// now is when requests begin to be made; the zero Time leaves that open.
	now time.Time
}

// allowLevel is a set of Allows of which one has to match.
type allowLevel struct {
	action string // when it is not the request's
	allows []*policy.Statement
	full   value.Tri // an Allow of everything stands beside them
	hidden []*policy.Document
}

// denyOnly adds the Denies of documents.
func (f *formula) denyOnly(docs []*policy.Document) {
	for _, d := range docs {
		if d.Open {
			f.hidden = append(f.hidden, d)
		}
		for _, s := range d.Statements {
			if s.Effect != policy.Allow {
				f.denies = append(f.denies, s)
			}
		}
	}
}

// level adds the Denies of documents, and the need for one of their Allows.
func (f *formula) level(docs []*policy.Document, full value.Tri) {
	f.denyOnly(docs)
	if full == value.Yes {
		return
	}
	l := allowLevel{full: full}
	for _, d := range docs {
		if d.Open {
			l.hidden = append(l.hidden, d)
		}
		for _, s := range d.Statements {
			if s.Effect != policy.Deny {
				l.allows = append(l.allows, s)
			}
		}
	}
	f.levels = append(f.levels, l)
}

func (f *formula) statements() []*policy.Statement {
	out := slices.Clone(f.denies)
	for _, l := range f.levels {
		out = append(out, l.allows...)
	}
	return out
}

// keysOf are the condition keys that the formula tests, in lower case, sorted.
func keysOf(f *formula) []string {
	var out []string
	for _, s := range f.statements() {
		for _, c := range s.Conditions {
			if key := strings.ToLower(c.Key); key != "" && !slices.Contains(out, key) {
				out = append(out, key)
			}
		}
	}
	slices.Sort(out)
	return out
}

// A clause is a statement as far as it is not yet decided for a request.
type clause struct {
	statement *policy.Statement
	// pending are the conditions that keys not yet chosen decide.
	pending []condition
	// maybe says that part of the statement cannot be known, and why.
	maybe bool
	why   []value.Reason
}

func (c *clause) holds() bool { return len(c.pending) == 0 && !c.maybe }

// unknown notes that an element cannot be known.
func (c *clause) unknown(why []value.Reason) {
	c.maybe = true
	// Clauses of other branches of the search share the list: it may not grow in place.
	c.why = addReasons(c.why[:len(c.why):len(c.why)], why...)
}

// newClause is the statement under a request without action and resource; nil
// when it does not match whatever they and the open keys are.
func (f *formula) newClause(s *policy.Statement, r *policy.Request) *clause {
	c := &clause{statement: s}
	if s.Effect == policy.EffectUnknown {
		c.unknown(effectReasons(s))
	}
	if s.Uncertain() {
		c.unknown(openReasons(s))
	}
	if s.HasPrincipal {
		switch f.admitsCaller(s, r) {
		case value.No:
			return nil
		case value.Maybe:
			c.unknown(elementReasons(s, "Principal", "NotPrincipal"))
		}
	}
	standing := f.standing(s)
	for i := range s.Conditions {
		cond := &s.Conditions[i]
		switch {
		case standing && timeKeys[strings.ToLower(cond.Key)]: // as it stands, whenever the request is made
		case !f.met[cond] || f.stranger && mayAdmitStrangers(cond):
			c.pending = append(c.pending, condition{cond, nil})
		case f.stranger && identityKeys[strings.ToLower(cond.Key)]:
			return nil
		}
	}
	if !c.assign(r, "") {
		return nil
	}
	return c
}

// A condition is a policy's with the keys that it depends on, in lower case,
// those of variables first.
type condition struct {
	*policy.Condition
	keys []string
}

func keysIn(c *policy.Condition) []string {
	var out []string
	for _, p := range c.Values {
		for _, v := range p.Variables() {
			out = append(out, strings.ToLower(v))
		}
	}
	if c.Key != "" {
		out = append(out, strings.ToLower(c.Key))
	}
	return out
}

func (f *formula) admitsCaller(s *policy.Statement, r *policy.Request) value.Tri {
	if f.admits != nil {
		return f.admits(s)
	}
	return s.AdmitsCaller(r.Caller)
}

// assign settles the conditions that the request decides, of those that depend
// on a key ("" for all). It is false when one of them fails.
func (c *clause) assign(r *policy.Request, key string) bool {
	var pending []condition
	for _, cond := range c.pending {
		if key != "" && !slices.Contains(cond.keys, key) {
			pending = append(pending, cond)
			continue
		}
		switch cond.Matches(r) {
		case value.No:
			return false
		case value.Maybe:
			if cond.keys == nil {
				cond.keys = keysIn(cond.Condition)
			}
			if cond.open(r) != "" {
				pending = append(pending, cond)
			} else {
				c.unknown(conditionReasons(cond.Condition, r))
			}
		}
	}
	c.pending = pending
	return true
}

// with is the clause under a request that has one more key; nil when it fails.
func (c *clause) with(r *policy.Request, key string) *clause {
	if !slices.ContainsFunc(c.pending, func(cond condition) bool { return slices.Contains(cond.keys, key) }) {
		return c
	}
	d := *c
	if !d.assign(r, key) {
		return nil
	}
	return &d
}

// open is a key of the condition that the request leaves open; "" when there
// is none.
func (c condition) open(r *policy.Request) string {
	for _, k := range c.keys {
		if isOpen(k, r) {
			return k
		}
	}
	return ""
}

// isOpen says that the presence or value of a key, which is in lower case, is
// still to be chosen. Presence without a value is a choice made: it cannot be
// known.
func isOpen(key string, r *policy.Request) bool {
	if _, listed := r.Context[key]; listed {
		return false
	}
	// The caller decides some keys though the request does not list them.
	bare := policy.Request{Caller: r.Caller, Unlisted: r.Unlisted}
	return bare.Lookup(key).Presence == policy.Either
}

// effectReasons is why it is not known whether a statement allows or denies.
func effectReasons(s *policy.Statement) []value.Reason {
	effect := s.Element("Effect")
	text, known := effect.Text()
	for _, spelt := range []policy.Effect{policy.Allow, policy.Deny} {
		if known && strings.EqualFold(text, spelt.String()) {
			return []value.Reason{reason(effect.Span, "%s has the Effect '%s', which AWS's grammar spells %s: letter case counts, and whether AWS takes it is not known", StatementName(s), text, spelt)}
		}
	}
	return elementReasons(s, "Effect")
}

func elementReasons(s *policy.Statement, elements ...string) []value.Reason {
	for _, e := range elements {
		if v := s.Element(e); !v.Missing() {
			if why := reasonsOf(v); len(why) > 0 {
				return why
			}
		}
	}
	return openReasons(s)
}

// openReasons is why something of the statement is not known.
func openReasons(s *policy.Statement) []value.Reason {
	if why := reasonsOf(s.Value); len(why) > 0 {
		return why
	}
	if s.Document != nil {
		if why := reasonsOf(s.Document.Value); len(why) > 0 {
			return why
		}
	}
	return []value.Reason{reason(s.Span(), "%s is not wholly known", StatementName(s))}
}

func documentReasons(d *policy.Document) []value.Reason {
	if d == nil || d.Value == nil {
		return []value.Reason{{Text: "a policy document is not known"}}
	}
	if why := reasonsOf(d.Value); len(why) > 0 {
		return why
	}
	return []value.Reason{reason(d.Value.Span, "the policy document is not wholly known")}
}

func conditionReasons(c *policy.Condition, r *policy.Request) []value.Reason {
	if why := reasonsOf(c.OperatorValue, c.KeyValue, c.Value); len(why) > 0 {
		return why
	}
	for _, name := range keysIn(c) {
		if keyOf(name).There == unlisted {
			return []value.Reason{reason(c.Span(), "a condition on %s, which is none of the condition keys of AWS that iamvet knows (as of %s): whether a request carries it is not known", spelledIn(c, name), aws.AsOf)}
		}
		if _, listed := aws.KeyNamed(name); !listed && r.Context[name].Presence == policy.Either {
			return []value.Reason{reason(c.Span(), "a condition on %s: whether sessions whose credentials that service issued carry it is not known", spelledIn(c, name))}
		}
	}
	_, words := c.MatchesDetail(r)
	if words == "" {
		words = "AWS does not document what it does"
	}
	return []value.Reason{reason(c.Span(), "a condition on %s: %s", c.Key, words)}
}

// spelledIn is a key, in lower case, as the condition writes it.
func spelledIn(c *policy.Condition, name string) string {
	if strings.EqualFold(c.Key, name) {
		return c.Key
	}
	return spelled(name)
}

// stops says whether the formula stops a request.
func (f *formula) stops(r *policy.Request) value.Tri {
	out := value.No
	if len(f.hidden) > 0 {
		out = value.Maybe
	}
	for _, d := range f.denies {
		t := value.No
		for _, action := range append([]string{r.Action}, f.also...) {
			t = t.Or(f.matches(d, r, action))
		}
		if d.Effect != policy.Deny {
			t = t.And(value.Maybe)
		}
		out = out.Or(t)
	}
	for _, l := range f.levels {
		granted := l.full
		if len(l.hidden) > 0 {
			granted = granted.Or(value.Maybe)
		}
		for _, a := range l.allows {
			t := f.matches(a, r, l.action)
			if a.Effect != policy.Allow {
				t = t.And(value.Maybe)
			}
			granted = granted.Or(t)
		}
		out = out.Or(granted.Not())
	}
	return out
}

// matches is whether a statement matches the request for an action, the
// request's own when it is "".
func (f *formula) matches(s *policy.Statement, r *policy.Request, action string) value.Tri {
	if s.Effect == policy.Deny && f.standing(s) {
		r = atTime(r, f.now)
	} else if f.timed() && !listsTime(r) {
		r = atTime(r, f.now)
	}
	c := *r
	if action != "" {
		c.Action = action
	}
	// Statement.Matches knows neither: where there are any, its parts are put together here.
	if f.admits == nil && len(f.met) == 0 {
		return s.Matches(&c)
	}
	t := s.AdmitsAction(c.Action)
	if s.Uncertain() {
		t = t.And(value.Maybe)
	}
	if s.HasPrincipal {
		t = t.And(f.admitsCaller(s, &c))
	}
	if s.HasResource {
		t = t.And(s.AdmitsResource(c.Resource, &c))
	}
	for i := range s.Conditions {
		if cond := &s.Conditions[i]; !f.met[cond] || f.stranger && mayAdmitStrangers(cond) {
			t = t.And(cond.Matches(&c))
		} else if f.stranger && identityKeys[strings.ToLower(cond.Key)] {
			return value.No
		}
	}
	return t
}
