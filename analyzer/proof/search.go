package proof

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

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
	// resource, when given, is the only one that is asked about.
	resource string
	account  string // of the resources
	// anyAccount: the resources may be of any account; services: the requests may be
	// made by services as well.
	anyAccount, services bool
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

// maxSteps bounds the statements that one question may look at, over all the
// requests that it tries.
// It counts steps and not seconds, so that an answer does not depend on the machine.
const maxSteps = 1_000_000

// ask looks for a request that is not stopped. all goes on after the first, to
// list every region of actions that is open.
func (q *question) ask(all bool) answer {
	s := q.solver()
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
	if result.stopped == value.Yes && len(s.untold) > 0 {
		result.stopped = value.Maybe
		for _, what := range s.untold {
			s.needs = addReasons(s.needs, tooMany(what))
		}
	}
	if result.stopped == value.Maybe {
		result.needs = s.needs
	}
	return result
}

// cannotTell notes of what the policies tell more apart than is tried.
func (s *solver) cannotTell(what string) {
	if !slices.Contains(s.untold, what) {
		s.untold = append(s.untold, what)
	}
}

// tooMany is why nothing universal is concluded: what there is more of than is tried.
func tooMany(what string) value.Reason {
	return value.Reason{Text: "the policies tell more " + what + " apart than iamvet tries"}
}

func (q *question) solver() *solver {
	return &solver{question: q, stopped: map[string]bool{}, numbers: map[*policy.Statement]int{}}
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
	// That none of these gets through proves nothing: the search starts afresh, and what
	// was in doubt here is met again.
	s.needs, s.untold, s.steps = nil, nil, 0
	return nil
}

// matchesAny says that an action is one of the globs, which are in lower case.
func matchesAny(globs []string, action string) bool {
	return slices.ContainsFunc(globs, func(g string) bool {
		if !strings.ContainsAny(g, "*?") {
			return strings.EqualFold(g, action)
		}
		return policy.Glob(g).Matches(strings.ToLower(action)) == value.Yes
	})
}

// solver is one run of a question.
type solver struct {
	*question
	steps int
	// untold is what the policies tell more of apart than was tried.
	untold []string
	needs  []value.Reason
	// stopped are sets of statements that stop every request they cover, by
	// alike; numbers tell the statements apart.
	stopped map[string]bool
	numbers map[*policy.Statement]int
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
	// A document with statements that are not listed may hold a Deny of anything.
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
	alike := s.alike(denies, at)
	if s.stopped[alike] {
		return nil, value.Yes
	}
	r, t := s.tryResources(action, denies, at)
	// Only of those that are stopped: the first that is not ends the search, or is one of
	// the open actions that were asked for.
	if alike != "" && t == value.Yes && len(s.untold) == 0 {
		s.stopped[alike] = true
	}
	return r, t
}

// alike is equal for actions that the same statements cover, of which the
// resource and the keys of a service make no difference; "" for all others.
func (s *solver) alike(denies []*clause, levels []clauseLevel) string {
	var b []byte
	same := true
	add := func(c *clause) {
		for _, cond := range c.pending {
			for _, k := range cond.keys {
				same = same && strings.HasPrefix(k, "aws:")
			}
		}
		if c.statement != nil && !coversResources(c.statement) {
			same = false
		}
		if _, ok := s.numbers[c.statement]; !ok {
			s.numbers[c.statement] = len(s.numbers)
		}
		n := s.numbers[c.statement]
		b = append(b, byte(n>>8), byte(n), byte(len(c.pending)))
		if c.maybe {
			b = append(b, '?')
		}
	}
	for _, c := range denies {
		add(c)
	}
	for _, l := range levels {
		b = append(b, "/level"...)
		for _, c := range l.allows {
			add(c)
		}
	}
	if !same {
		return ""
	}
	return string(b) + "."
}

// tryResources tries the resources that an action may have.
func (s *solver) tryResources(action string, denies []*clause, at []clauseLevel) (*policy.Request, value.Tri) {
	var open *policy.Request
	resources := []string{s.resource}
	if s.resource == "" {
		resources = s.resources(action, denies, at)
	}
	for _, resource := range resources {
		r := *s.base
		r.Action, r.Resource = action, resource
		d, l := s.forResource(resource, &r, denies, at)
		found, t := s.try(&r, d, l)
		if t == value.No {
			if len(denies) > 0 || len(at) > 0 {
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
		// A request that needs two actions is stopped by a Deny of either.
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
	if s.steps += 1 + len(denies); s.steps > maxSteps {
		// Yes is not what the search found: ask makes Maybe of it when no request gets
		// through elsewhere.
		s.cannotTell("requests")
		return r, value.Yes
	}
	denies, levels, stopped := settle(denies, levels)
	if stopped || len(denies) == 0 && len(levels) == 0 {
		return r, value.TriOf(stopped)
	}
	// Without a key to choose only parts that cannot be known are left.
	key := nextKey(r, denies, levels)
	if key == "" {
		s.note(denies, levels)
		return r, value.Maybe
	}
	var open *policy.Request
	for _, v := range s.domain(key, r, denies, levels) {
		next := assign(r, key, v)
		d, l := under(next, key, denies, levels)
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

func under(r *policy.Request, key string, denies []*clause, levels []clauseLevel) ([]*clause, []clauseLevel) {
	out := make([]clauseLevel, len(levels))
	for i, l := range levels {
		out[i] = clauseLevel{l.action, underAll(l.allows, r, key), l.maybe, l.why}
	}
	return underAll(denies, r, key), out
}

func underAll(in []*clause, r *policy.Request, key string) []*clause {
	var out []*clause
	for _, c := range in {
		if d := c.with(r, key); d != nil {
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
		// What nothing allows at one level is denied there, whatever other levels allow.
		// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
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
	return best.pending[0].open(r)
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
		if _, fixed := s.base.Context[k]; fixed || s.formula.timed() && timeKeys[k] {
			continue
		}
		less := *r
		less.Context = make(map[string]policy.ContextValue, len(r.Context))
		for other, v := range r.Context {
			if other != k {
				less.Context[other] = v
			}
		}
		// A key that a request does not list may have any value, or none (Unlisted): if it
		// gets through all the same, the key is not why.
		if s.formula.stops(&less) == value.No {
			r = &less
		}
	}
	return r
}
