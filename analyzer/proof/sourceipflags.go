package proof

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// The defects of statements that are meant to confine addresses.
const (
	// DefectBlocklist: a Deny of listed addresses, where all others are meant.
	DefectBlocklist = "blocklist"
	// DefectVia: aws:ViaAWSService is tested for "true".
	DefectVia = "via-polarity"
	// DefectNullVPC: every VPC endpoint is exempt, not only one's own.
	DefectNullVPC = "any-endpoint"
	// DefectEndpointAddresses: addresses behind a VPC endpoint, which anybody's VPC
	// may have.
	DefectEndpointAddresses = "endpoint-addresses"
	// DefectOpenList: the listed networks are the whole Internet, or all of IPv6.
	DefectOpenList = "open-list"
	// DefectOtherPrincipal: the statement is not about this kind of caller.
	DefectOtherPrincipal = "other-principal"
	// DefectPrivate: only private networks are listed, which aws:SourceIp never
	// holds.
	DefectPrivate = "private-networks"
	// DefectLockout: nothing is left of what is listed.
	DefectLockout = "lockout"
	// DefectStringOnAddress: a string operator on an address.
	DefectStringOnAddress = "string-operator-on-address"
)

// near is the statement about addresses that comes nearest to stopping a
// request.
func (q *ipQuestion) near(r *policy.Request) *NearMiss {
	var best *NearMiss
	bestFaults := 0
	for _, s := range q.formula.denies {
		if s.Effect != policy.Deny || !aboutAddresses(s) {
			continue
		}
		near, faults := diagnose(s, r)
		if near == nil {
			continue
		}
		if near.Condition != nil {
			near.Defect = addressDefect(near.Condition, r, near.Defect)
		}
		if best == nil || faults < bestFaults {
			best, bestFaults = near, faults
		}
	}
	if best != nil {
		return best
	}
	for _, d := range q.docs {
		for _, s := range d.Statements {
			if s.Effect == policy.Allow && aboutAddresses(s) {
				return &NearMiss{s, nil, DefectFullAccess, StatementName(s) + " allows listed addresses, beside FullAWSAccess, which allows all"}
			}
		}
	}
	return nil
}

// lockedOut is the statement that locks everybody out.
func (q *ipQuestion) lockedOut() *NearMiss {
	var any *NearMiss
	for _, s := range q.formula.statements() {
		for i := range s.Conditions {
			c := &s.Conditions[i]
			list, _ := c.Prefixes()
			switch key := strings.ToLower(c.Key); {
			case key == "aws:vpcsourceip":
				return &NearMiss{s, c, DefectPrivate, StatementName(s) + " tests aws:VpcSourceIp, which only requests through VPC endpoints carry"}
			case key != "aws:sourceip" || len(list) == 0:
			case !slices.ContainsFunc(stretches([][]netip.Prefix{list}), func(st stretch) bool { return len(st.in) > 0 }):
				return &NearMiss{s, c, DefectPrivate, StatementName(s) + " lists private networks only, and aws:SourceIp is never a private address"}
			case any == nil:
				any = &NearMiss{s, c, DefectLockout, StatementName(s) + " and other statements leave no address over"}
			}
		}
	}
	return any
}

func addressDefect(c *policy.Condition, r *policy.Request, otherwise string) string {
	switch key := strings.ToLower(c.Key); {
	case key == "aws:sourceip" && c.Operator.Family != policy.IPFamily && c.Operator.Family != policy.NullFamily:
		return DefectStringOnAddress
	case key == "aws:sourceip" && !c.Operator.Negated:
		return DefectBlocklist
	case key == "aws:sourceip":
		return DefectOpenList
	case key == "aws:viaawsservice":
		return DefectVia
	case slices.Contains(endpointKeys, key) && c.Operator.Family == policy.NullFamily:
		return DefectNullVPC
	case key == "aws:vpcsourceip":
		return DefectEndpointAddresses
	case key == "aws:principalarn" && r.Caller.Kind == policy.RootCaller && arnDefect(c, r) == DefectPartition:
		return DefectPartition
	case key == "aws:principalarn" || key == "aws:principaltype":
		return DefectOtherPrincipal
	case strings.HasPrefix(key, "aws:principaltag/"):
		return DefectTag
	}
	return otherwise
}

// flags notes what the policies break, and the tag that frees from them.
func (q *ipQuestion) flags(base *policy.Request, result *SourceIPResult) {
	if result.Denied || result.Class == IPNone {
		return
	}
	others := q.without()
	breaks := func(r *policy.Request) bool {
		c := *r
		c.Unlisted = policy.Absent
		return slices.ContainsFunc(q.formula.onActions(&c, dataPlane), func(c *policy.Request) bool {
			return q.formula.stops(c) == value.Yes && others.stops(c) != value.Yes
		})
	}
	via := q.through(base, q.endpoints.of[0])
	for _, k := range endpointKeys {
		via.Context[k] = policy.ContextValue{}
	}
	via.Context["aws:viaawsservice"] = policy.One("true")
	via.Context["aws:calledvia"] = policy.Many("cloudformation.amazonaws.com")
	result.OverblockVia = breaks(via)
	result.OverblockVPCE = breaks(q.ownEndpoint(base))
	if result.Class == IPRestricted && base.Caller.Kind != policy.RootCaller {
		result.TagException = q.tagException(base)
	}
}

// tagException says that a tag frees a principal from the policies, and that
// giving oneself the tag is not stopped.
func (q *ipQuestion) tagException(base *policy.Request) bool {
	for _, a := range publicSamples(q.sets[:q.listed]) {
		answer := q.ask(q.formula, q.internet(base, a), true)
		if answer.stopped == value.Yes {
			continue
		}
		if closed := q.ask(q.formula, q.internet(base, a), false); closed.stopped != value.Yes || answer.request == nil {
			continue
		}
		for _, k := range sortedKeys(answer.request.Context) {
			tag, ok := strings.CutPrefix(k, "aws:principaltag/")
			v := answer.request.Context[k]
			if ok && v.Presence == policy.Known && !q.protected(base, tag, v.Values[0]) {
				return true
			}
		}
	}
	return false
}

// protected says that the policies stop everybody from setting a tag.
func (q *ipQuestion) protected(base *policy.Request, tag, val string) bool {
	// A principal has the tags of its user or role and those that its session was given.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
	for _, action := range []string{"iam:TagUser", "iam:TagRole", "sts:TagSession"} {
		r := *base
		r.Action = action
		r.Resource = (&question{base: base}).typicalResource(action)
		r.Context = map[string]policy.ContextValue{}
		for k, v := range base.Context {
			r.Context[k] = v
		}
		for _, k := range keysOf(q.formula) {
			if strings.HasPrefix(k, "aws:principaltag/") {
				r.Context[k] = policy.ContextValue{}
			}
		}
		r.Context["aws:tagkeys"] = policy.Many(tag)
		r.Context["aws:requesttag/"+tag] = policy.One(val)
		if q.formula.stops(&r) != value.Yes {
			return false
		}
	}
	return true
}

// compare holds the networks that pass against the configured ones.
func (q *ipQuestion) compare(base *policy.Request, s survey, result *SourceIPResult) {
	result.Contradicts = value.No
	for i, st := range s.stretches {
		configured := slices.ContainsFunc(q.opt.Allowed, func(p netip.Prefix) bool { return p.Contains(st.first) })
		a := s.answers[i]
		switch {
		case a.stopped == value.Maybe:
			if result.Contradicts == value.No {
				result.Contradicts = value.Maybe
				result.Needs = addReasons(result.Needs, a.needs...)
			}
		case a.stopped == value.No && !configured:
			q.contradict(result, q.internet(a.request, st.sample()), "passes, and is not in a configured network")
			return
		case a.stopped == value.Yes && configured:
			r := q.internet(base, st.sample())
			r.Action = tellingActions[0]
			r.Resource = (&question{base: r}).typicalResource(r.Action)
			q.contradict(result, r, "is in a configured network, and is stopped")
			return
		}
	}
}

func (q *ipQuestion) contradict(result *SourceIPResult, r *policy.Request, how string) {
	result.Contradicts = value.Yes
	result.Contradiction = newWitness(r, []string{"aws:sourceip"})
	result.Contradiction.Words, result.Contradiction.Because = q.words(r), sourceOf(r)+" "+how
}

// networks are the listed prefixes, each once, sorted.
func (q *ipQuestion) networks() []netip.Prefix {
	var out []netip.Prefix
	for _, set := range q.sets[:q.listed] {
		for _, p := range set {
			if !slices.Contains(out, p.Masked()) {
				out = append(out, p.Masked())
			}
		}
	}
	slices.SortFunc(out, func(a, b netip.Prefix) int {
		if c := a.Addr().Compare(b.Addr()); c != 0 {
			return c
		}
		return a.Bits() - b.Bits()
	})
	return out
}

// wide says that prefixes hold more than a /8 of IPv4 or a /16 of IPv6.
func wide(list []netip.Prefix) bool {
	var v4, v6 float64
	for _, p := range list {
		if p.Addr().Is4() {
			v4 += 1 / float64(uint64(1)<<p.Bits())
		} else if p.Bits() < 64 {
			v6 += 1 / float64(uint64(1)<<p.Bits())
		}
	}
	return v4 > 1.0/(1<<8) || v6 > 1.0/(1<<16)
}

func (q *ipQuestion) violation(class IPClass, a *answer) SourceIPResult {
	w := newWitness(a.request, append(keysOf(q.formula), "aws:sourceip"))
	result := SourceIPResult{Class: class, Witness: w, Near: q.near(a.request)}
	w.Words = q.words(a.request)
	switch {
	case result.Near != nil:
		w.Because = result.Near.Words
	case class == IPNone:
		w.Because = "no service control policy tests where the request comes from"
	default:
		w.Because = "no service control policy stops it"
	}
	return result
}

func (q *ipQuestion) words(r *policy.Request) string {
	of := " of " + q.member
	who := "root" + of
	switch r.Caller.Kind {
	case policy.UserCaller:
		who = "a user" + of
	case policy.RoleCaller:
		who = "a role" + of
	}
	from := "from " + sourceOf(r)
	skip := map[string]bool{"aws:sourceip": true}
	if r.Context["aws:sourceip"].Presence == policy.Absent {
		from = "through somebody else's VPC endpoint (aws:SourceIp absent)"
	}
	for _, k := range endpointKeys {
		skip[k] = true
	}
	skip["aws:issourcevpcconnection"] = true
	rest := *r
	rest.Context = map[string]policy.ContextValue{}
	for k, v := range r.Context {
		if !skip[k] {
			rest.Context[k] = v
		}
	}
	return fmt.Sprintf("%s calling %s %s%s", who, actionWords(r.Action), from, furtherKeys(&rest))
}
