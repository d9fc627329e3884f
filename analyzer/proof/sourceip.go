package proof

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer/aws"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// IPClass is how well policies confine callers to known networks. The zero
// IPClass is not determined.
type IPClass int8

// The classes, the best first.
const (
	IPUndetermined IPClass = iota
	IPRestricted           // only listed networks
	IPLockout              // no address of the Internet, and no network of one's own
	IPWeakVPCE             // anybody's VPC endpoint passes
	IPWeakV6               // IPv6 is open
	IPPartial              // some actions or some requests are confined
	IPBlocklist            // listed networks are stopped, all others pass
	IPVacuous              // there is a test of addresses, and it confines nothing
	IPNone                 // no policy tests addresses
	IPMalformed            // AWS refuses the document that does
)

func (c IPClass) String() string {
	return [...]string{"UNDETERMINABLE", "RESTRICTED", "LOCKOUT", "WEAK_VPCE", "WEAK_V6", "PARTIAL", "BLOCKLIST", "VACUOUS", "NONE", "MALFORMED"}[c]
}

// Verdict is what the class means.
func (c IPClass) Verdict() Verdict {
	switch c {
	case IPUndetermined:
		return Undetermined
	case IPRestricted, IPLockout:
		return Holds
	}
	return Violated
}

// SourceIPOptions says who is to be confined, and to what.
type SourceIPOptions struct {
	Account    string   // as in RootOptions
	Partitions []string // as in RootOptions
	// Everyone asks about users and roles as well as root.
	Everyone bool
	// Allowed are the networks that the project configured; nil when none are.
	// Then the policies must confine to exactly these.
	Allowed []netip.Prefix
	Now     time.Time // as in RootOptions
}

// SourceIPResult is the answer of SourceIP.
type SourceIPResult struct {
	Class   IPClass
	Witness *Witness
	Near    *NearMiss
	// What breaks: calls that services make for a principal, calls through VPC
	// endpoints, calls from the very networks that are listed.
	OverblockVia, OverblockVPCE, OverblockAllowed bool
	// TagException: a principal with a certain tag is not confined, and nothing
	// seen here keeps people from giving themselves the tag.
	TagException bool
	// Denied says that the caller is stopped from everywhere by a statement
	// that is not about addresses at all.
	Denied bool
	// Wide says that the networks hold more than a /8 (or a /16 of IPv6).
	Wide bool
	// Networks are the prefixes that are listed, sorted.
	Networks []netip.Prefix
	// Contradicts says whether the networks differ from the configured ones, and
	// Contradiction is a request that shows it, and Because says how: it passes
	// and must not, or the reverse.
	Contradicts   value.Tri
	Contradiction *Witness
	Needs         []value.Reason
}

// Flags are the flags by their names in the documentation, in order.
func (r SourceIPResult) Flags() []string {
	var out []string
	for _, f := range []struct {
		set  bool
		name string
	}{
		{r.OverblockAllowed, "OVERBLOCK_ALLOWED"}, {r.OverblockVia, "OVERBLOCK_VIA"},
		{r.OverblockVPCE, "OVERBLOCK_VPCE"}, {r.TagException, "TAG_EXCEPTION"},
	} {
		if f.set {
			out = append(out, f.name)
		}
	}
	return out
}

// SourceIP decides whether the policies on an account's path confine its
// callers to listed networks.
func SourceIP(levels []Level, opt SourceIPOptions) SourceIPResult {
	var local localized
	s := caseSplit[SourceIPResult]{
		kind:   func(int) policy.Kind { return policy.SCP },
		decide: func(docs []*policy.Document) SourceIPResult { return confinedTo(levelsOf(levels, docs), opt) },
		class: func(r SourceIPResult) int {
			if class := settled(r.Class.Verdict()); class != 0 {
				return class + 2*int(r.Contradicts)
			}
			return 0
		},
		needs:     func(r SourceIPResult) []value.Reason { return r.Needs },
		undecided: func(needs []value.Reason, _ SourceIPResult) SourceIPResult { return SourceIPResult{Needs: needs} },
		both:      SourceIPResult.and,
		left:      maxDecisions,
		local:     &local,
	}
	result := s.whole(documentsOf(levels))
	result.Near = local.near(result.Near)
	return result
}

// and is what two results say together, which agree on the verdict.
func (r SourceIPResult) and(o SourceIPResult) SourceIPResult {
	out := lesser(func(r SourceIPResult) IPClass { return r.Class })(r, o)
	out.OverblockVia, out.OverblockVPCE = r.OverblockVia && o.OverblockVia, r.OverblockVPCE && o.OverblockVPCE
	out.OverblockAllowed, out.TagException = r.OverblockAllowed && o.OverblockAllowed, r.TagException && o.TagException
	out.Denied, out.Wide = r.Denied && o.Denied, r.Wide && o.Wide
	return out
}

func confinedTo(levels []Level, opt SourceIPOptions) SourceIPResult {
	sound, broken := sortOut(levels, policy.SCP)
	docs := documentsOf(sound)
	partitions, _ := partitionsOf(opt.Partitions, docs)
	var result SourceIPResult
	for i, partition := range partitions {
		var local localized
		here := local.levels(sound, partition)
		m := membersOf(documentsOf(here), partition, opt.Account)
		var one []SourceIPResult
		for j, a := range m.accounts {
			q := newIPQuestion(here, documentsOf(here), partition, a, opt)
			q.member = m.words(j)
			one = append(one, q.decide())
		}
		r := m.ipResult(one)
		r.Near = local.near(r.Near)
		switch {
		case i == 0:
			result = r
		case r.Class.Verdict() != result.Class.Verdict() || r.Contradicts != result.Contradicts:
			return SourceIPResult{Needs: addReasons(addReasons(result.Needs, r.Needs...),
				value.Reason{Text: "the organization's partition is not known: " + strings.Join(partitions, " or ")})}
		}
	}
	if result.Class.Verdict() == Violated {
		for _, d := range broken {
			if i := slices.IndexFunc(d.Statements, aboutAddresses); i >= 0 {
				result.Class, result.Near = IPMalformed, refusal(d, d.Statements[i])
				result.Witness.Because = result.Near.Words
				result.OverblockVia, result.OverblockVPCE = false, false
				break
			}
		}
	}
	return result
}

// ipResult is the answer for all members, of one for each account.
func (m *members) ipResult(results []SourceIPResult) SourceIPResult {
	first := results[0]
	agreed := true
	for _, r := range results {
		if r.Class.Verdict() == Violated {
			return r
		}
		agreed = agreed && r.Class.Verdict() == first.Class.Verdict() && r.Contradicts == first.Contradicts
	}
	switch {
	case !agreed:
		var needs []value.Reason
		for _, r := range results {
			needs = addReasons(needs, r.Needs...)
		}
		if len(needs) == 0 {
			needs = []value.Reason{{Text: "the account's id is not known, and the policies name accounts"}}
		}
		return SourceIPResult{Needs: needs}
	case m.tooMany.Text != "" && first.Class.Verdict() != Undetermined:
		return SourceIPResult{Needs: []value.Reason{m.tooMany}}
	}
	return first
}

// aboutAddresses says that a statement tests where a request comes from.
func aboutAddresses(s *policy.Statement) bool {
	return slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool {
		key := strings.ToLower(c.Key)
		return key == "aws:sourceip" || key == "aws:vpcsourceip"
	})
}

// dataPlane are the actions that AWS's data perimeter examples leave out of
// network controls: they are not called through the usual endpoints.
// https://github.com/aws-samples/data-perimeter-policy-examples
var dataPlane = []string{"es:es*", "dax:*", "neptune-db:*", "kafka-cluster:*", "elasticfilesystem:client*", "rds-db:connect", "s3-outposts:*"}

// endpointKeys are present only in requests through VPC endpoints.
var endpointKeys = []string{"aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths", "aws:vpcsourceip"}

type ipQuestion struct {
	formula   *formula
	docs      []*policy.Document
	partition string
	account   string
	opt       SourceIPOptions
	sets      [][]netip.Prefix // what the conditions list, one set each; the configured networks last
	listed    int              // how many of the sets are conditions
	stretches []stretch
	member    string            // as of a rootQuestion
	own       map[string]string // the values of endpoint keys that the documents name
	endpoints *endpoints        // of others
	tests     *callerTests
	private   []policy.ContextValue
}

func newIPQuestion(levels []Level, docs []*policy.Document, partition, account string, opt SourceIPOptions) *ipQuestion {
	q := &ipQuestion{formula: &formula{now: opt.Now}, docs: docs, partition: partition, account: account, opt: opt, own: map[string]string{}}
	for _, l := range levels {
		q.formula.level(l.Documents, l.FullAccess)
	}
	var behind [][]netip.Prefix
	for _, s := range q.formula.statements() {
		for i := range s.Conditions {
			c := &s.Conditions[i]
			key := strings.ToLower(c.Key)
			list, _ := c.Prefixes()
			switch {
			case key == "aws:sourceip" && len(list) > 0:
				q.sets = append(q.sets, list)
			case key == "aws:vpcsourceip":
				if len(list) > 0 {
					behind = append(behind, list)
				}
			case slices.Contains(endpointKeys, key) && len(c.Values) > 0 && c.Operator.Family != policy.NullFamily:
				if text, ok := c.Values[0].Text(); ok {
					// Of a pattern, a text that matches it: one's own endpoint as well as any.
					q.own[key] = strings.NewReplacer("*", "x", "?", "x").Replace(text)
				}
			}
		}
	}
	q.listed = len(q.sets)
	// They cut the stretches as the policies' lists do, or compare could miss an address
	// that is in one and not in the other.
	if opt.Allowed != nil {
		q.sets = append(q.sets, opt.Allowed)
	}
	for _, a := range privateSamples(behind) {
		q.private = append(q.private, policy.One(a.String()))
	}
	q.stretches = stretches(q.sets)
	q.endpoints, q.tests = newEndpoints(docs, partition), testsOfCallers(docs)
	return q
}

// callers are those of a kind whom the documents tell apart.
func (q *ipQuestion) callers(kind policy.CallerKind) (out []*policy.Caller, complete bool) {
	c := casting{callerTests: q.tests, partition: q.partition, kind: kind, account: q.account, names: []string{"example"}}
	if kind == policy.RoleCaller {
		c.names = []string{"example-role"}
	}
	return c.cast()
}

// request is one of a caller, whose network and action are still open.
func (q *ipQuestion) request(c *policy.Caller) *policy.Request {
	r := rootRequest(c.Partition, c.Account, withMFA)
	switch c.Kind {
	case policy.UserCaller:
		r = userRequest(c.Partition, c.Account, c.Name, withMFA)
	case policy.RoleCaller:
		r = roleRequest(c.Partition, c.Account, c.Name)
	}
	r.Caller = c
	// How the caller signed in is left open; see ask.
	delete(r.Context, "aws:multifactorauthpresent")
	delete(r.Context, "aws:multifactorauthage")
	return r
}

// internet is a request from an address, not through an endpoint.
func (q *ipQuestion) internet(r *policy.Request, a netip.Addr) *policy.Request {
	r = assign(r, "aws:sourceip", policy.One(a.String()))
	for _, k := range endpointKeys {
		r.Context[k] = policy.ContextValue{}
	}
	r.Context["aws:issourcevpcconnection"] = policy.ContextValue{}
	return r
}

// through is a request through a VPC endpoint, whose keys are given.
func (q *ipQuestion) through(r *policy.Request, e endpoint) *policy.Request {
	// A request through an endpoint has no aws:SourceIp, so that NotIpAddress matches it,
	// and NotIpAddressIfExists as well.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
	r = assign(r, "aws:sourceip", policy.ContextValue{})
	for k, v := range e {
		r.Context[k] = v
	}
	r.Context["aws:issourcevpcconnection"] = policy.ContextValue{Presence: policy.Either}
	return r
}

// ownEndpoint is a request through an endpoint of one's own, the one that the
// documents name.
func (q *ipQuestion) ownEndpoint(r *policy.Request) *policy.Request {
	r = q.through(r, q.endpoints.of[0])
	for _, k := range sortedKeys(q.own) {
		r.Context[k] = policy.One(q.own[k])
	}
	r.Context["aws:vpcsourceip"] = q.private[0]
	return r
}

// foreign asks about requests through endpoints of others.
func (q *ipQuestion) foreign(base *policy.Request) answer {
	worst := answer{stopped: value.Yes}
	for _, e := range q.endpoints.of {
		switch a := q.ask(q.formula, q.through(base, e), false); a.stopped {
		case value.No:
			return a
		case value.Maybe:
			a.needs = addReasons(worst.needs, a.needs...)
			worst = a
		}
	}
	if q.endpoints.incomplete && worst.stopped == value.Yes {
		worst = answer{stopped: value.Maybe, needs: []value.Reason{tooMany("VPC endpoints")}}
	}
	return worst
}

func (q *ipQuestion) ask(f *formula, base *policy.Request, tags bool) answer {
	domains := memberDomains(q.docs)
	// Networks have to confine callers whether they use MFA or not: who calls from outside
	// picks whichever gets through.
	domains["aws:multifactorauthpresent"] = []policy.ContextValue{{}, policy.One("false"), policy.One("true")}
	domains["aws:multifactorauthage"] = append([]policy.ContextValue{{}}, ages(q.docs)...)
	domains["aws:vpcsourceip"] = q.private
	if tags {
		delete(domains, "aws:principaltag/")
	}
	question := &question{formula: f, base: base, exempt: dataPlane, domains: domains, anyAccount: true}
	return question.ask(false)
}

// without is the formula without the statements about addresses.
func (q *ipQuestion) without() *formula {
	f := &formula{hidden: q.formula.hidden, now: q.formula.now}
	for _, s := range q.formula.denies {
		if !aboutAddresses(s) {
			f.denies = append(f.denies, s)
		}
	}
	for _, l := range q.formula.levels {
		// Without its Allows a level would stop everything: it is left out whole.
		if !slices.ContainsFunc(l.allows, aboutAddresses) {
			f.levels = append(f.levels, l)
		}
	}
	return f
}

func (q *ipQuestion) decide() SourceIPResult {
	kinds := []policy.CallerKind{policy.RootCaller}
	if q.opt.Everyone {
		kinds = []policy.CallerKind{policy.UserCaller, policy.RoleCaller, policy.RootCaller}
	}
	var result SourceIPResult
	first := true
	for _, kind := range kinds {
		callers, complete := q.callers(kind)
		for _, c := range callers {
			r := q.decideFor(c)
			switch {
			case first:
				result, first = r, false
			case worse(r.Class, result.Class):
				result.Class, result.Witness, result.Near, result.Needs = r.Class, r.Witness, r.Near, r.Needs
			}
			if r.Contradicts == value.Yes && result.Contradicts != value.Yes {
				result.Contradicts, result.Contradiction = r.Contradicts, r.Contradiction
			}
		}
		if !complete && result.Class.Verdict() == Holds {
			result.Class, result.Needs = IPUndetermined, []value.Reason{q.tests.tooMany("callers")}
		}
	}
	result.Networks = q.networks()
	result.Wide = wide(result.Networks)
	return result
}

// worse orders classes: a violation beats what is not determined, which beats
// a proof.
func worse(a, b IPClass) bool {
	// There are ten classes: 50 and 100 put the verdicts apart, and keep their order within.
	rank := func(c IPClass) int {
		switch {
		case c.Verdict() == Violated:
			return 100 + int(c)
		case c == IPUndetermined:
			return 50
		}
		return int(c)
	}
	return rank(a) > rank(b)
}

// survey is what the question came to for every stretch of addresses.
type survey struct {
	stretches []stretch
	answers   []answer
}

func (q *ipQuestion) survey(base *policy.Request) survey {
	known := map[string]answer{}
	for _, a := range publicSamples(q.sets) {
		i := slices.IndexFunc(q.stretches, func(st stretch) bool { return st.contains(a) })
		// Stretches in the same sets are alike to every condition: one answer is for all of
		// them, and long lists of networks cost no more than they tell apart.
		known[q.stretches[i].key()] = q.ask(q.formula, q.internet(base, a), false)
	}
	s := survey{stretches: q.stretches}
	for _, st := range q.stretches {
		s.answers = append(s.answers, known[st.key()])
	}
	return s
}

// of sums up the stretches of one family: those outside of every listed
// network (rest), and those inside. A list of the whole Internet lists nothing.
func (q *ipQuestion) of(s survey, v4 bool) (rest, inside []answer) {
	for i, st := range s.stretches {
		switch {
		case st.first.Is4() != v4:
		case q.isListed(st):
			inside = append(inside, s.answers[i])
		default:
			rest = append(rest, s.answers[i])
		}
	}
	return rest, inside
}

// isListed says that a stretch is in a list that does not hold all others too.
func (q *ipQuestion) isListed(st stretch) bool {
	return slices.ContainsFunc(st.in, func(i int) bool {
		return i < q.listed && slices.ContainsFunc(q.stretches, func(o stretch) bool {
			return o.first.Is4() == st.first.Is4() && !slices.Contains(o.in, i)
		})
	})
}

func first(list []answer, t value.Tri) *answer {
	for i := range list {
		if list[i].stopped == t {
			return &list[i]
		}
	}
	return nil
}

func (q *ipQuestion) decideFor(c *policy.Caller) SourceIPResult {
	base := q.request(c)
	s := q.survey(base)
	result := q.classify(base, s)
	q.flags(base, &result)
	if q.opt.Allowed != nil && !result.Denied {
		q.compare(base, s, &result)
	}
	return result
}

func (q *ipQuestion) classify(base *policy.Request, s survey) SourceIPResult {
	rest4, in4 := q.of(s, true)
	rest6, in6 := q.of(s, false)
	foreign := q.foreign(base)
	all := slices.Concat(rest4, in4, rest6, in6)
	switch {
	case len(rest4) == 0 && first(in4, value.Yes) == nil && first(in4, value.Maybe) == nil:
		return q.violation(IPVacuous, first(in4, value.No))
	case first(rest4, value.No) != nil:
		a := first(rest4, value.No)
		return q.violation(q.openClass(base, a), a)
	case first(rest6, value.No) != nil:
		return q.violation(IPWeakV6, first(rest6, value.No))
	case len(rest6) == 0 && first(in6, value.Yes) == nil && first(in6, value.Maybe) == nil:
		return q.violation(IPWeakV6, first(in6, value.No))
	}
	closed := first(all, value.No) == nil && first(all, value.Maybe) == nil
	// Not a lockout: what stops the caller has nothing to do with addresses, and may well
	// be meant to.
	if closed && foreign.stopped == value.Yes && q.ask(q.without(), q.request(base.Caller), false).stopped == value.Yes {
		return SourceIPResult{Class: IPRestricted, Denied: true}
	}
	own := q.ask(q.formula, q.ownEndpoint(base), false)
	locked := closed && (len(q.own) == 0 || own.stopped == value.Yes)
	if foreign.stopped == value.No {
		result := q.violation(IPWeakVPCE, &foreign)
		result.OverblockAllowed = locked
		return result
	}
	if locked && foreign.stopped == value.Yes {
		return SourceIPResult{Class: IPLockout, OverblockAllowed: true, Near: q.lockedOut()}
	}
	// That a listed network is stopped or not is no leak. Its answers count only where the
	// lists leave nothing outside.
	undecided := slices.Concat(rest4, rest6, []answer{foreign})
	if len(rest4) == 0 {
		undecided = append(undecided, in4...)
	}
	if len(rest6) == 0 {
		undecided = append(undecided, in6...)
	}
	var needs []value.Reason
	for _, a := range undecided {
		if a.stopped == value.Maybe {
			needs = addReasons(needs, a.needs...)
		}
	}
	if len(needs) > 0 {
		return SourceIPResult{Needs: needs}
	}
	return SourceIPResult{Class: IPRestricted}
}

// openClass is the class when an address outside of every list passes.
func (q *ipQuestion) openClass(base *policy.Request, a *answer) IPClass {
	if !slices.ContainsFunc(q.docs, func(d *policy.Document) bool { return slices.ContainsFunc(d.Statements, aboutAddresses) }) {
		return IPNone
	}
	for _, st := range q.stretches {
		if !q.isListed(st) {
			continue
		}
		r := assign(a.request, "aws:sourceip", policy.One(st.sample().String()))
		if q.formula.stops(r) == value.Yes {
			return IPBlocklist
		}
	}
	if q.somethingStopped(base, netip.MustParseAddr(sourceOf(a.request))) {
		return IPPartial
	}
	return IPVacuous
}

func sourceOf(r *policy.Request) string {
	if v := r.Context["aws:sourceip"]; len(v.Values) == 1 {
		return v.Values[0]
	}
	return "203.0.113.9"
}

// somethingStopped says that a sensitive action is stopped from an unlisted
// address by the statements about addresses, for a caller without tags.
func (q *ipQuestion) somethingStopped(base *policy.Request, a netip.Addr) bool {
	r := q.internet(base, a)
	for _, k := range keysOf(q.formula) {
		if strings.HasPrefix(k, "aws:principaltag/") || keyOf(k).There == aws.Never {
			r.Context[k] = policy.ContextValue{}
		}
	}
	others := q.without()
	return slices.ContainsFunc(q.formula.onSensitive(r), func(c *policy.Request) bool {
		t := q.formula.stops(c)
		return t != value.No && others.stops(c) != t
	})
}
