package proof

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/automaton"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// status is what one caller may call a session, from nothing to everything.
type status int8

// They are compared: the worst is the last.
const (
	notAdmitted status = iota
	boundName
	alternative
	constantName
	weakAlternative
	weakName
	freeName
)

// outcome is what the policy admits of one caller.
type outcome struct {
	caller  caller
	status  status
	request *policy.Request // the worst that certainly gets through
	// names are those that certainly get through and are single strings, each
	// with whether it is derived from who the caller is.
	names map[string]bool
	// maybe says that an unknown part could make it worse.
	maybe bool
	needs []value.Reason
	tags  []string
}

// A nameRegion is a set of session names or source identities that the policy
// does not tell apart.
type nameRegion struct {
	sample string
	// derived: one name, made of what identifies the caller; constant: one
	// name, whoever calls.
	derived, constant bool
}

// identifying says whether a key's value identifies the caller.
func (t *trust) identifying(key string) bool {
	key = strings.ToLower(key)
	// Whether people can give themselves a tag depends on who may tag users and roles, which
	// no trust policy says: the project says it.
	if tag, ok := strings.CutPrefix(key, "aws:principaltag/"); ok {
		return t.opt.TrustedTags == nil || slices.ContainsFunc(t.opt.TrustedTags, func(s string) bool { return strings.EqualFold(s, tag) })
	}
	// saml:namequalifier is no such key: it is the same for all users of a provider.
	// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
	switch key {
	case "aws:username", "aws:userid", "aws:sourceidentity", "saml:sub", "identitystore:userid":
		return true
	}
	return false
}

// conditionsOf are the conditions on a key in the policy and the RCPs.
func (t *trust) conditionsOf(key string) []*policy.Condition {
	var out []*policy.Condition
	for _, d := range append([]*policy.Document{t.doc}, t.opt.RCPs...) {
		for _, s := range d.Statements {
			for i := range s.Conditions {
				if strings.EqualFold(s.Conditions[i].Key, key) {
					out = append(out, &s.Conditions[i])
				}
			}
		}
	}
	return out
}

// A spelledName is a pattern that names of sessions are compared with, for one caller.
type spelledName struct {
	glob              automaton.Glob
	single            bool // it is one name
	derived, constant bool // as in nameRegion
}

// namesSpelled are the patterns of conditions on a key, for a caller.
func (t *trust) namesSpelled(key string, r *policy.Request) []spelledName {
	var out []spelledName
	for _, c := range t.conditionsOf(key) {
		for _, p := range c.Values {
			g, possible, exact := p.Glob(r)
			if !possible {
				continue
			}
			single := exact && !p.HasWildcard()
			derived := single && len(p.Variables()) > 0
			for _, v := range p.Variables() {
				derived = derived && t.identifying(v) && r.Lookup(v).Presence == policy.Known
			}
			// A tag that people give themselves is no fixed name: each may choose it.
			untrusted := slices.ContainsFunc(p.Variables(), func(v string) bool {
				return strings.HasPrefix(strings.ToLower(v), "aws:principaltag/") && !t.identifying(v)
			})
			out = append(out, spelledName{g, single, derived, single && !derived && !untrusted})
		}
	}
	for _, name := range t.namesAskedFor(key, r) {
		out = append(out, spelledName{automaton.Text(name), true, true, false})
	}
	return out
}

// regionOf is the region of a name, which is its sample.
func (t *trust) regionOf(key, name string, r *policy.Request) nameRegion {
	n := nameRegion{sample: name}
	for _, s := range t.namesSpelled(key, r) {
		if s.glob.Matches(name) {
			n.derived, n.constant = n.derived || s.derived, n.constant || s.constant
		}
	}
	return n
}

// regions are the names that conditions on a key tell apart, for a caller.
func (t *trust) regions(key string, r *policy.Request) (out []nameRegion, complete bool) {
	var globs []automaton.Glob
	seeds := []string{aFreeName, anotherName}
	var filled []string // names that patterns accept, before shorter ones
	spelt := t.namesSpelled(key, r)
	for _, s := range spelt {
		globs = append(globs, s.glob)
		if s.single {
			plain, _ := s.glob.Plain()
			seeds = append([]string{plain}, seeds...)
		} else {
			filled = append(filled, s.glob.Fill("x", "somebody"))
		}
	}
	found, complete := t.namesApart(globs, append(seeds, filled...))
	for _, f := range found {
		n := nameRegion{sample: f.Sample}
		for _, m := range f.Matches {
			n.derived = n.derived || spelt[m].derived
			n.constant = n.constant || spelt[m].constant
		}
		out = append(out, n)
	}
	return out, complete
}

// namesApart is automaton.Regions of session names, worked out once for callers whom the
// policy treats alike.
func (t *trust) namesApart(globs []automaton.Glob, seeds []string) ([]automaton.Region, bool) {
	key := fmt.Sprint(globs, seeds)
	p, known := t.partitions[key]
	if !known {
		p.regions, p.complete = automaton.Regions(globs, sessionNames, seeds)
		if t.partitions == nil {
			t.partitions = map[string]partition{}
		}
		t.partitions[key] = p
	}
	return p.regions, p.complete
}

// ownToken is a value of an identifying key that only one caller has, short
// enough to be a session name.
func ownToken(key string, c *policy.Caller) string {
	token := "own-" + base(strings.ReplaceAll(key, ":", "/")) + "-" + c.Account + "-" + c.Name
	if c.Session != "" { // of one role, several may be named
		token += "-" + c.Session
	}
	// A session name has 2 to 64 letters.
	// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
	if len(token) <= 64 {
		return token
	}
	h := fnv.New64a()
	h.Write([]byte(token))
	return fmt.Sprintf("own-%016x", h.Sum64())
}

// variants are the caller with and without the tags and identities that names
// are made of.
func (t *trust) variants(c caller) []*policy.Request {
	with, without := c.request, c.request
	vary := func(key string) {
		key = strings.ToLower(key)
		if identifyingFamily(key) && isOpen(key, c.request) {
			held := ownToken(key, c.request.Caller)
			if strings.HasPrefix(key, "saml:") && !t.identifying(key) {
				held = "of-their-provider" // as all its users have it
			}
			with = assign(with, key, policy.One(held))
			without = assign(without, key, policy.ContextValue{})
		}
	}
	for _, key := range []string{nameKey, identityKey} {
		for _, cond := range t.conditionsOf(key) {
			for _, p := range cond.Values {
				for _, v := range p.Variables() {
					vary(v)
				}
			}
		}
		for _, cond := range t.conditionsWith(key) {
			vary(cond.Key)
		}
	}
	if with == c.request {
		return []*policy.Request{with}
	}
	return []*policy.Request{with, without}
}

func identifyingFamily(v string) bool {
	return strings.HasPrefix(v, "aws:principaltag/") || strings.HasPrefix(v, "saml:") || v == "identitystore:userid" || v == "aws:sourceidentity"
}

// formula is what stops a caller's request to assume the role, and with it to
// set a source identity.
func (t *trust) formula(c caller, sets bool) *formula {
	f := &formula{now: t.opt.Now, met: t.met, stranger: t.stranger(c)}
	f.level([]*policy.Document{t.doc}, value.No)
	f.denyOnly(t.opt.RCPs)
	if sets {
		// AWS asks the trust policy for both actions where a caller sets one.
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
		f.also = []string{"sts:SetSourceIdentity"}
		second := f.levels[0]
		second.action = "sts:SetSourceIdentity"
		f.levels = append(f.levels, second)
	}
	f.admits = func(s *policy.Statement) value.Tri {
		if f.stranger && s.Effect == policy.Allow && !s.NotPrincipal {
			return admitsStranger(s, c.request.Caller)
		}
		return admits(s, c.request.Caller)
	}
	if c.unknown != nil {
		f.admits = c.unknown.admits
	}
	return f
}

// admits says whether the principals of a statement admit whoever the unknown
// principal is.
func (u *unknownPrincipal) admits(s *policy.Statement) value.Tri {
	if s == u.statement {
		return value.Yes
	}
	out := value.No
	if mayHoldMore(s) {
		out = value.Maybe
	}
	for _, p := range s.Principals {
		out = out.Or(u.same(p))
	}
	return out
}

func (u *unknownPrincipal) same(p policy.Principal) value.Tri {
	own := u.principal
	switch {
	case p.Class == policy.AnyPrincipal:
		return value.Yes
	case own.Value != nil && p.Value != nil && own.Value.Ref != nil && p.Value.Ref != nil && *own.Value.Ref == *p.Value.Ref:
		return value.Yes
	// None from there on is an account, a user or a role.
	case p.Class >= policy.FederatedUserPrincipal:
		return value.No
	case own.Account != "" && p.Account != "" && own.Account != p.Account:
		return value.No
	case own.Class == policy.UserPrincipal && (p.Class == policy.RolePrincipal || p.Class == policy.AssumedRolePrincipal),
		own.Class == policy.RolePrincipal && p.Class == policy.UserPrincipal,
		own.Name != "" && p.Name != "" && own.Class == p.Class && own.Name != p.Name:
		return value.No
	}
	return value.Maybe
}

// judge works out what the policy admits of a caller.
func (t *trust) judge(c caller) outcome {
	out := outcome{caller: c, names: map[string]bool{}}
	// With the tag a caller may be held to a name made of it. Without the tag that pattern
	// matches nothing, and another statement may let any name pass.
	variants := t.variants(c)
	passed := map[session]bool{}
	for _, r := range variants {
		names, complete := t.regions(nameKey, r)
		identities := []nameRegion{{}} // no source identity
		if len(t.conditionsOf(identityKey)) > 0 {
			more, ok := t.regions(identityKey, r)
			identities, complete = append(identities, more...), complete && ok
		}
		if !complete {
			out.maybe = true
			out.needs = addReasons(out.needs, tooMany("names of sessions"))
		}
		t.judgeVariant(r, names, identities, passed, &out)
	}
	t.judgeOpen(c, variants, passed, &out)
	return out
}

func (t *trust) judgeVariant(r *policy.Request, names, identities []nameRegion, passed map[session]bool, out *outcome) {
	admitted := 0 // names without a source identity
	var worst *policy.Request
	worstStatus, single := notAdmitted, true
	note := func(s status, req *policy.Request) {
		if s > worstStatus || worst == nil {
			worstStatus, worst = s, req
		}
	}
	for _, id := range identities {
		for _, n := range names {
			a := t.ask(out.caller, r, n.sample, id.sample)
			harmless := n.derived || id.derived
			switch {
			case a.stopped == value.Yes:
				continue
			case a.stopped == value.Maybe:
				// Whether such a request gets through is not known, and matters only where the
				// name would tell nothing about the caller.
				if !harmless && !(n.constant && out.caller.named) {
					out.maybe = true
					out.needs = addReasons(out.needs, a.needs...)
				} else if out.status == notAdmitted {
					note(boundName, a.request)
				}
				continue
			}
			passed[session{n.sample, id.sample}] = true
			if id.sample == "" {
				admitted++
			}
			// A source identity that says who it is tells apart what goes by one name.
			if (n.derived || n.constant) && !id.derived {
				out.names[n.sample] = n.derived
			}
			if n.derived {
				out.tags = t.addTags(out.tags)
			}
			switch {
			case n.derived:
				note(boundName, a.request)
			case id.derived:
				note(alternative, a.request)
			case n.constant:
				note(constantName, a.request)
			case id.sample != "":
				note(weakAlternative, a.request)
			default:
				single = false
				note(weakName, a.request)
			}
		}
	}
	// Every name that the policies tell apart passes, and a name of nobody among them.
	if worstStatus == weakName && admitted == len(names) && !single {
		worstStatus = freeName
	}
	if worstStatus > out.status || out.request == nil && worst != nil {
		out.status, out.request = worstStatus, worst
	}
}

// ask looks for a way to assume the role under a name, with a source identity
// or ("") without.
func (t *trust) ask(c caller, r *policy.Request, name, identity string) answer {
	base := assign(r, nameKey, policy.One(name))
	base.Context[identityKey] = policy.One(identity)
	base.Context["aws:resourceaccount"] = t.resourceAccount(c)
	if c.unknown != nil && c.unknown.principal.Account == "" {
		for _, k := range []string{"aws:principalarn", "aws:principalaccount"} {
			base.Context[k] = policy.ContextValue{Presence: policy.Present}
		}
	}
	q := &question{
		formula: t.formula(c, identity != ""),
		base:    base,
		actions: []string{assumeRole},
		account: t.opt.Account,
	}
	if !t.stranger(c) {
		return q.ask(false)
	}
	return t.askOfStranger(q)
}

// askOfStranger asks about a request of somebody whose account is in an organization of
// its own or in none, and the keys of organizations are absent then.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
func (t *trust) askOfStranger(q *question) answer {
	worst := answer{stopped: value.Yes}
	for _, keys := range t.organizations() {
		q.domains = map[string][]policy.ContextValue{}
		for k, v := range keys {
			q.domains[k] = []policy.ContextValue{v}
		}
		a := q.ask(false)
		if a.stopped == value.No {
			return a
		}
		if a.stopped == value.Maybe && worst.stopped == value.Yes {
			worst = a
		}
	}
	return worst
}

// resourceAccount is the account of the role as a caller's request carries it. Where
// it is not known, it is one that a stranger has nothing to do with, and may or may
// not be one that the policy names.
func (t *trust) resourceAccount(c caller) policy.ContextValue {
	account := c.request.Caller.Account
	switch {
	case t.opt.Account != "":
		return policy.One(t.opt.Account)
	case t.opt.example == "" && (account == t.own || t.strange(account)):
		return policy.One(t.own)
	}
	return policy.ContextValue{Presence: policy.Present}
}

// addTags notes the tags that names are made of.
func (t *trust) addTags(to []string) []string {
	for _, c := range t.conditionsOf(nameKey) {
		for _, p := range c.Values {
			for _, v := range p.Variables() {
				if tag, ok := strings.CutPrefix(strings.ToLower(v), "aws:principaltag/"); ok && !slices.Contains(to, tag) {
					to = append(to, tag)
				}
			}
		}
	}
	slices.Sort(to)
	return to
}

// decide judges every caller, and the policy by the worst.
func (t *trust) decide(callers []caller, h *hypothesis) SessionNameResult {
	if len(t.allows) == 0 && h == nil {
		if t.unclear {
			return SessionNameResult{Needs: t.unclearNeeds()}
		}
		return SessionNameResult{Class: NameNA}
	}
	var outcomes []outcome
	for _, c := range callers {
		outcomes = append(outcomes, t.judge(c))
	}
	markShared(outcomes)
	result := SessionNameResult{Callers: t.admitted(outcomes)}
	worst := -1
	for i, o := range outcomes {
		if o.status != notAdmitted && (worst < 0 || o.status > outcomes[worst].status) {
			worst = i
		}
		for _, tag := range o.tags {
			if !slices.Contains(result.Tags, tag) {
				result.Tags = append(result.Tags, tag)
			}
		}
	}
	slices.Sort(result.Tags)
	if worst >= 0 && outcomes[worst].status >= weakAlternative {
		t.violated(&result, outcomes, worst)
		return result
	}
	// Doubts count only where nothing certain is found: a violation needs no more.
	for _, o := range outcomes {
		if o.maybe {
			result.Needs = addReasons(result.Needs, o.needs...)
		}
	}
	if t.incomplete {
		result.Needs = addReasons(result.Needs, t.tests.tooMany("callers"))
	}
	switch {
	case len(result.Needs) > 0:
	case worst < 0:
		result.Class, result.Statements = NameUnsatisfiable, t.allows
	default:
		result.Class = map[status]SessionNameClass{boundName: NameBound, alternative: NameAlternative, constantName: NameConstant}[outcomes[worst].status]
	}
	return result
}

// markShared makes weak what two callers may both be called: two users of one account,
// or any two where the name says of one of them no more than that somebody has it.
func markShared(outcomes []outcome) {
	under := map[string][]int{} // who may be called so
	for i, o := range outcomes {
		for name := range o.names {
			under[name] = append(under[name], i)
		}
	}
	for _, name := range sortedKeys(under) {
		for _, i := range under[name] {
			a := &outcomes[i]
			shared := slices.ContainsFunc(under[name], func(j int) bool {
				b := outcomes[j]
				x, y := a.caller.request.Caller, b.caller.request.Caller
				users := x.Kind == policy.UserCaller && y.Kind == policy.UserCaller && x.Account == y.Account
				return i != j && !samePerson(a.caller, b.caller) && (users || !a.names[name] || !b.names[name])
			})
			if shared && a.status < weakName && a.status != alternative && a.status != weakAlternative {
				a.status = weakName
			}
		}
	}
}

// samePerson says that two callers are one, whichever of their other parts is tried:
// an account has one user, or role, of a name and of an id.
func samePerson(a, b caller) bool {
	x, y := a.request.Caller, b.request.Caller
	return x.Kind == y.Kind && x.Account == y.Account && (x.ID == y.ID || x.Name != "" && strings.EqualFold(x.Name, y.Name))
}

// oneUser says that the statements which allow name one user, and nobody else who could
// choose a name.
func (t *trust) oneUser() bool {
	users := map[string]bool{}
	for _, s := range t.allows {
		if s.PrincipalsOpen || mayHoldMore(s) {
			return false
		}
		for _, p := range s.Principals {
			switch {
			case p.Class == policy.ServicePrincipal || p.Class == policy.FederatedPrincipal:
			case p.Class == policy.UserPrincipal && p.Value != nil:
				users[value.Key(p.Value)] = true
			default:
				return false
			}
		}
	}
	return len(users) == 1
}

// admitted sums up who gets in.
func (t *trust) admitted(outcomes []outcome) Callers {
	out := Callers{AllRoles: len(t.allows) > 0, OneUser: t.oneUser()}
	for _, s := range t.allows {
		for _, p := range s.Principals {
			if p.Class != policy.RolePrincipal && p.Class != policy.AssumedRolePrincipal && p.Class != policy.ServicePrincipal && p.Class != policy.FederatedPrincipal {
				out.AllRoles = false
			}
		}
		if mayHoldMore(s) {
			out.AllRoles = false
		}
	}
	listed := !slices.ContainsFunc(t.allows, mayHoldMore)
	out.ExternalID = len(t.conditionsOf("sts:externalid")) > 0
	any := false
	for _, o := range outcomes {
		if o.status == notAdmitted && !o.maybe {
			continue
		}
		any = true
		c := o.caller.request.Caller
		switch {
		case c.Account == unnamedAccount:
		case c.Account == t.opt.example:
			out.Unknown = true
		case t.stranger(o.caller) && t.any:
			out.Anyone = true
		case slices.Contains(t.accounts, c.Account) || c.Account == t.opt.Account:
			out.Accounts = union(out.Accounts, []string{c.Account})
			if t.opt.Account != "" && c.Account != t.opt.Account {
				out.Foreign = union(out.Foreign, []string{c.Account})
			}
		}
		out.Users = out.Users || c.Kind == policy.UserCaller
		out.Roles = out.Roles || c.Kind == policy.RoleCaller
		if out.ExternalID {
			without := o.caller
			without.request = assign(o.caller.request, "sts:externalid", policy.ContextValue{})
			// Without met: conditions in it count as fulfilled whatever they ask for, and this
			// caller has no external id.
			strict := *t
			strict.met = nil
			if again := strict.judge(without); again.status != notAdmitted || again.maybe {
				out.ExternalID = false
			}
		}
	}
	out.ExternalID = out.ExternalID && any
	out.AllRoles = out.AllRoles || listed && out.Roles && !out.Users
	return out
}
