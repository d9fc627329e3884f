package proof

import (
	"slices"
	"strings"

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
	pending []*policy.Condition
	// maybe says that part of the statement cannot be known, and why.
	maybe bool
	why   []value.Reason
}

func (c *clause) holds() bool { return len(c.pending) == 0 && !c.maybe }

// unknown notes that an element cannot be known.
func (c *clause) unknown(why []value.Reason) {
	c.maybe = true
	c.why = addReasons(c.why[:len(c.why):len(c.why)], why...)
}

// newClause is the statement under a request without action and resource; nil
// when it does not match whatever they and the open keys are.
func (f *formula) newClause(s *policy.Statement, r *policy.Request) *clause {
	c := &clause{statement: s}
	if s.Effect == policy.EffectUnknown {
		c.unknown(elementReasons(s, "Effect"))
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
	for i := range s.Conditions {
		cond := &s.Conditions[i]
		switch {
		case !f.met[cond]:
			c.pending = append(c.pending, cond)
		case f.stranger && identityKeys[strings.ToLower(cond.Key)]:
			return nil
		}
	}
	if !c.assign(r) {
		return nil
	}
	return c
}

func (f *formula) admitsCaller(s *policy.Statement, r *policy.Request) value.Tri {
	if f.admits != nil {
		return f.admits(s)
	}
	return s.AdmitsCaller(r.Caller)
}

// assign settles the conditions that the request decides. It is false when one
// of them fails.
func (c *clause) assign(r *policy.Request) bool {
	var pending []*policy.Condition
	for _, cond := range c.pending {
		switch cond.Matches(r) {
		case value.No:
			return false
		case value.Maybe:
			if openKey(cond, r) != "" {
				pending = append(pending, cond)
			} else {
				c.unknown(conditionReasons(cond, r))
			}
		}
	}
	c.pending = pending
	return true
}

// with is the clause under a request that has more keys; nil when it fails.
func (c *clause) with(r *policy.Request) *clause {
	d := *c
	if !d.assign(r) {
		return nil
	}
	return &d
}

// openKey is a key of the condition that the request leaves open, those of
// variables first; "" when there is none.
func openKey(c *policy.Condition, r *policy.Request) string {
	for _, p := range c.Values {
		for _, v := range p.Variables() {
			if isOpen(v, r) {
				return strings.ToLower(v)
			}
		}
	}
	if c.Key != "" && isOpen(c.Key, r) {
		return strings.ToLower(c.Key)
	}
	return ""
}

// isOpen says that a key's presence or value is still to be chosen. Presence
// without a value is a choice made: it cannot be known.
func isOpen(key string, r *policy.Request) bool {
	if r.Lookup(key).Presence != policy.Either {
		return false
	}
	_, listed := r.Context[strings.ToLower(key)]
	return !listed
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
	_, words := c.MatchesDetail(r)
	if words == "" {
		words = "AWS does not document what it does"
	}
	return []value.Reason{reason(c.Span(), "a condition on %s: %s", c.Key, words)}
}

// A question asks whether requests of one kind are always stopped.
type question struct {
	formula *formula
	// base fixes the caller and the keys that are given; all others are open.
	base *policy.Request
	// exempt actions are not asked about; both spell globs in lower case.
	exempt []string
	// domains are the values of keys that the question confines.
	domains map[string][]policy.ContextValue
	// actions, when given, are all that is asked about.
	actions []string
	account string // of the resources
}

// An answer is what a question came to.
type answer struct {
	// stopped is Yes when every request is, No when one is not, whatever the
	// unknown parts are, and Maybe otherwise.
	stopped value.Tri
	// request gets through; of a Maybe it may.
	request *policy.Request
	// needs would decide a Maybe.
	needs []value.Reason
	// open are the actions of all requests that get through, one for every
	// region, when all was asked for.
	open []string
}

// maxCases bounds the requests that one question may try.
const maxCases = 50_000

// ask looks for a request that is not stopped. all goes on after the first, to
// list every region of actions that is open.
func (q *question) ask(all bool) answer {
	s := &solver{question: q}
	denies, levels := s.reduce()
	if s.stoppedOutright(denies, levels) {
		return answer{stopped: value.Yes}
	}
	if !all && s.question.actions == nil {
		if r := s.tellingRequest(denies, levels); r != nil {
			return answer{stopped: value.No, request: r}
		}
	}
	result := answer{stopped: value.Yes}
	for _, action := range s.actions(denies, levels) {
		r, t := s.tryAction(action, denies, levels)
		switch {
		case t == value.No:
			result.open = append(result.open, action)
			if result.stopped != value.No {
				result.stopped, result.request = value.No, r
			}
			if !all {
				return result
			}
		case t == value.Maybe && result.stopped == value.Yes:
			result.stopped, result.request = value.Maybe, r
		}
	}
	if result.stopped == value.Yes && s.incomplete {
		result.stopped = value.Maybe
		s.needs = addReasons(s.needs, value.Reason{Text: "the policies tell more cases apart than iamvet tries"})
	}
	if result.stopped == value.Maybe {
		result.needs = s.needs
	}
	return result
}

// tellingRequest tries the actions that make the best witnesses, before all
// regions are worked out.
func (s *solver) tellingRequest(denies []*clause, levels []clauseLevel) *policy.Request {
	for _, action := range tellingActions[:sensitiveActions] {
		if matchesAny(s.exempt, action) {
			continue
		}
		if r, t := s.tryAction(action, denies, levels); t == value.No {
			return r
		}
	}
	s.needs, s.incomplete, s.cases = nil, false, 0
	return nil
}

// matchesAny says that an action is one of the globs, which are in lower case.
func matchesAny(globs []string, action string) bool {
	return slices.ContainsFunc(globs, func(g string) bool {
		return policy.Glob(g).Matches(strings.ToLower(action)) == value.Yes
	})
}

// solver is one run of a question.
type solver struct {
	*question
	cases      int
	incomplete bool
	needs      []value.Reason
}

// clauseLevel is an allowLevel under a request.
type clauseLevel struct {
	action string
	allows []*clause
	maybe  bool // an Allow that cannot be known may stand beside them
	why    []value.Reason
}

func (s *solver) reduce() (denies []*clause, levels []clauseLevel) {
	for _, d := range s.formula.denies {
		if c := s.formula.newClause(d, s.base); c != nil {
			denies = append(denies, c)
		}
	}
	for _, d := range s.formula.hidden {
		denies = append(denies, &clause{maybe: true, why: documentReasons(d)})
	}
	for _, l := range s.formula.levels {
		out := clauseLevel{action: l.action}
		for _, a := range l.allows {
			if c := s.formula.newClause(a, s.base); c != nil {
				out.allows = append(out.allows, c)
			}
		}
		if l.full == value.Maybe {
			out.maybe = true
			out.why = addReasons(out.why, value.Reason{Text: "whether FullAWSAccess is attached is not known"})
		}
		for _, d := range l.hidden {
			out.maybe = true
			out.why = addReasons(out.why, documentReasons(d)...)
		}
		levels = append(levels, out)
	}
	return denies, levels
}

// stoppedOutright is the common case: one Deny of everything but what is
// exempt, with nothing left to choose.
func (s *solver) stoppedOutright(denies []*clause, levels []clauseLevel) bool {
	for _, l := range levels {
		if len(l.allows) == 0 && !l.maybe {
			return true
		}
	}
	for _, c := range denies {
		if c.holds() && c.statement != nil && s.coversActions(c.statement) && coversResources(c.statement) {
			return true
		}
	}
	return false
}

func (s *solver) coversActions(st *policy.Statement) bool {
	if st.ActionsOpen {
		return false
	}
	if !st.NotAction {
		return slices.ContainsFunc(st.Actions, policy.Pattern.MatchesAll)
	}
	for _, p := range st.Actions {
		if !slices.Contains(s.exempt, strings.ToLower(p.String())) || p.HasHole() {
			return false
		}
	}
	return true
}

func coversResources(st *policy.Statement) bool {
	return !st.HasResource || !st.NotResource && slices.ContainsFunc(st.Resources, policy.Pattern.MatchesAll)
}

// tryAction looks for a request for one action that is not stopped.
func (s *solver) tryAction(action string, denies []*clause, levels []clauseLevel) (*policy.Request, value.Tri) {
	denies = forActions(denies, append([]string{action}, s.formula.also...))
	if slices.ContainsFunc(denies, func(c *clause) bool { return c.holds() && c.statement != nil && coversResources(c.statement) }) {
		return nil, value.Yes
	}
	at := make([]clauseLevel, len(levels))
	for i, l := range levels {
		needed := action
		if l.action != "" {
			needed = l.action
		}
		at[i] = clauseLevel{"", forActions(l.allows, []string{needed}), l.maybe, l.why}
	}
	var open *policy.Request
	for _, resource := range s.resources(action, denies, at) {
		r := *s.base
		r.Action, r.Resource = action, resource
		d, l := s.forResource(resource, &r, denies, at)
		found, t := s.try(&r, d, l)
		if t == value.No {
			if len(denies) > 0 || len(levels) > 0 {
				found = s.minimal(found)
			}
			return found, value.No
		}
		if t == value.Maybe && open == nil {
			open = found
		}
	}
	if open != nil {
		return open, value.Maybe
	}
	return nil, value.Yes
}

// forActions keeps the clauses that cover one of the actions.
func forActions(in []*clause, actions []string) []*clause {
	var out []*clause
	for _, c := range in {
		if c.statement == nil {
			out = append(out, c)
			continue
		}
		covered := value.No
		for _, a := range actions {
			covered = covered.Or(c.statement.AdmitsAction(a))
		}
		switch covered {
		case value.Yes:
			out = append(out, c)
		case value.Maybe:
			d := *c
			d.unknown(elementReasons(c.statement, "Action", "NotAction"))
			out = append(out, &d)
		}
	}
	return out
}

func (s *solver) forResource(resource string, r *policy.Request, denies []*clause, levels []clauseLevel) ([]*clause, []clauseLevel) {
	out := make([]clauseLevel, len(levels))
	for i, l := range levels {
		out[i] = clauseLevel{l.action, filterResource(l.allows, resource, r), l.maybe, l.why}
	}
	return filterResource(denies, resource, r), out
}

func filterResource(in []*clause, resource string, r *policy.Request) []*clause {
	var out []*clause
	for _, c := range in {
		if c.statement == nil || !c.statement.HasResource {
			out = append(out, c)
			continue
		}
		switch c.statement.AdmitsResource(resource, r) {
		case value.Yes:
			out = append(out, c)
		case value.Maybe:
			d := *c
			d.unknown(elementReasons(c.statement, "Resource", "NotResource"))
			out = append(out, &d)
		}
	}
	return out
}

// try chooses values for the keys that are open, one at a time, until the
// request is stopped or gets through.
func (s *solver) try(r *policy.Request, denies []*clause, levels []clauseLevel) (*policy.Request, value.Tri) {
	if s.cases++; s.cases > maxCases {
		s.incomplete = true
		return r, value.Yes
	}
	denies, levels, stopped := settle(denies, levels)
	if stopped || len(denies) == 0 && len(levels) == 0 {
		return r, value.TriOf(stopped)
	}
	key := nextKey(r, denies, levels)
	if key == "" {
		s.note(denies, levels)
		return r, value.Maybe
	}
	var open *policy.Request
	for _, v := range s.domain(key, r, denies, levels) {
		next := assign(r, key, v)
		d, l := under(next, denies, levels)
		found, t := s.try(next, d, l)
		if t == value.No {
			return found, value.No
		}
		if t == value.Maybe && open == nil {
			open = found
		}
	}
	if open != nil {
		return open, value.Maybe
	}
	return nil, value.Yes
}

func assign(r *policy.Request, key string, v policy.ContextValue) *policy.Request {
	next := *r
	next.Context = make(map[string]policy.ContextValue, len(r.Context)+1)
	for k, w := range r.Context {
		next.Context[k] = w
	}
	next.Context[key] = v
	return &next
}

func under(r *policy.Request, denies []*clause, levels []clauseLevel) ([]*clause, []clauseLevel) {
	out := make([]clauseLevel, len(levels))
	for i, l := range levels {
		out[i] = clauseLevel{l.action, underAll(l.allows, r), l.maybe, l.why}
	}
	return underAll(denies, r), out
}

func underAll(in []*clause, r *policy.Request) []*clause {
	var out []*clause
	for _, c := range in {
		if d := c.with(r); d != nil {
			out = append(out, d)
		}
	}
	return out
}

// settle drops what no longer bears on the request. stopped is true when it
// certainly is.
func settle(denies []*clause, levels []clauseLevel) (_ []*clause, _ []clauseLevel, stopped bool) {
	for _, c := range denies {
		if c.holds() {
			return nil, nil, true
		}
	}
	var left []clauseLevel
	for _, l := range levels {
		if len(l.allows) == 0 && !l.maybe {
			return nil, nil, true
		}
		if !slices.ContainsFunc(l.allows, (*clause).holds) {
			left = append(left, l)
		}
	}
	return denies, left, false
}

// nextKey is the key to choose next: of the clause that is nearest to being
// decided.
func nextKey(r *policy.Request, denies []*clause, levels []clauseLevel) string {
	var best *clause
	consider := func(cs []*clause) {
		for _, c := range cs {
			if len(c.pending) > 0 && (best == nil || !c.maybe && best.maybe || c.maybe == best.maybe && len(c.pending) < len(best.pending)) {
				best = c
			}
		}
	}
	consider(denies)
	for _, l := range levels {
		consider(l.allows)
	}
	if best == nil {
		return ""
	}
	return openKey(best.pending[0], r)
}

// note keeps why the case could not be decided.
func (s *solver) note(denies []*clause, levels []clauseLevel) {
	for _, c := range denies {
		s.needs = addReasons(s.needs, c.why...)
	}
	for _, l := range levels {
		s.needs = addReasons(s.needs, l.why...)
		for _, c := range l.allows {
			s.needs = addReasons(s.needs, c.why...)
		}
	}
}

// minimal takes away the keys that a request was given without need.
func (s *solver) minimal(r *policy.Request) *policy.Request {
	for _, k := range sortedKeys(r.Context) {
		if _, fixed := s.base.Context[k]; fixed {
			continue
		}
		less := *r
		less.Context = make(map[string]policy.ContextValue, len(r.Context))
		for other, v := range r.Context {
			if other != k {
				less.Context[other] = v
			}
		}
		if s.formula.stops(&less) == value.No {
			r = &less
		}
	}
	return r
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
	c := *r
	if action != "" {
		c.Action = action
	}
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
		if cond := &s.Conditions[i]; !f.met[cond] {
			t = t.And(cond.Matches(&c))
		} else if f.stranger && identityKeys[strings.ToLower(cond.Key)] {
			return value.No
		}
	}
	return t
}
