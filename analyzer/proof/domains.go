package proof

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/iamvet/iamvet/analyzer/automaton"
	"github.com/iamvet/iamvet/analyzer/aws"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// telling are values of keys that read well in a witness.
var telling = map[string][]string{
	"aws:requestedregion": {"us-east-1", "eu-west-1"},
	"aws:sourcevpc":       {"vpc-0f0e0d0c0b0a09080"},
	"aws:sourcevpce":      {"vpce-0f0e0d0c0b0a09080"},
	"aws:securetransport": {"true", "false"},
	"aws:useragent":       {"aws-cli/2"},
	"aws:principalorgid":  {"o-a1b2c3d4e5"},
	"aws:calledviaawsmcp": {"aws-mcp.amazonaws.com"},
}

// domain is one value of a key for every region that the clauses can tell
// apart, absence first where the key can be absent.
func (s *solver) domain(name string, r *policy.Request, denies []*clause, levels []clauseLevel) []policy.ContextValue {
	return together(s.open(name, r, denies, levels), name, r, s.services)
}

// open is the domain of a key, whatever was chosen for others.
func (s *solver) open(name string, r *policy.Request, denies []*clause, levels []clauseLevel) []policy.ContextValue {
	if d, ok := s.domains[name]; ok {
		return d
	}
	if f := familyOf(name); f != "" {
		if d, ok := s.domains[f]; ok {
			return d
		}
	}
	if timeKeys[name] {
		return s.formula.times(name, r)
	}
	k := keyOf(name)
	// The table says what is in a request that a user, role or root makes itself. Of one
	// that a service makes for them AWS says it of keys that are "always included", of
	// which none is about the caller.
	if _, listed := aws.KeyNamed(name); listed && s.services && (k.There == aws.Never || k.Principal) {
		k.There = aws.Sometimes
	}
	if k.There == aws.Never {
		return []policy.ContextValue{{}}
	}
	if k.There == unlisted {
		return []policy.ContextValue{{Presence: policy.Either}}
	}
	switch carries(r, name) {
	case value.No:
		return []policy.ContextValue{{}}
	case value.Maybe:
		return []policy.ContextValue{{}, {Presence: policy.Either}}
	}
	conds := conditionsOn(name, denies, levels)
	if k.Type == aws.String || k.Type == aws.ARN {
		k.Type = kindTested(name, conds)
	}
	var out []policy.ContextValue
	if k.There == aws.Sometimes {
		out = append(out, policy.ContextValue{})
	}
	values := s.values(name, k, conds, r)
	sets := k.Type == aws.ArrayOfString || slices.ContainsFunc(conds, func(c *policy.Condition) bool {
		return c.Operator.Set != policy.NoSet && strings.EqualFold(c.Key, name)
	}) && k.Type == aws.String && !strings.HasPrefix(name, "aws:")
	if k.Type != aws.ArrayOfString {
		for _, v := range values {
			out = append(out, policy.One(v))
		}
	}
	if sets {
		out = append(out, s.subsets(name, values, max(1, len(conds)))...)
	}
	return out
}

// together keeps the values of a key that go with those chosen for others: AWS's
// MCP servers set both of their keys, and nobody else sets the one that names them;
// a request comes over the Internet or through a VPC endpoint; MFA has an age where
// it was used. Where services may have made the request, what AWS says to be there
// with something else may be missing, but is still not there without it.
// https://docs.aws.amazon.com/agent-toolkit/latest/userguide/security_iam_service-with-iam.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
func together(values []policy.ContextValue, name string, r *policy.Request, services bool) []policy.ContextValue {
	there := func(v policy.ContextValue) bool { return v.Presence != policy.Absent }
	truly := func(v policy.ContextValue) bool { return v.Presence == policy.Known && v.Values[0] == "true" }
	keep := func(only func(policy.ContextValue) bool) {
		values = slices.DeleteFunc(slices.Clone(values), func(v policy.ContextValue) bool { return !only(v) })
	}
	// both says that one key is there exactly where another is true.
	both := func(key, whether string) {
		fits := func(key, whether policy.ContextValue) bool {
			return there(key) == truly(whether) || services && !there(key)
		}
		switch name {
		case key:
			if v, chosen := r.Context[whether]; chosen {
				keep(func(own policy.ContextValue) bool { return fits(own, v) })
			}
		case whether:
			if v, chosen := r.Context[key]; chosen && v.Presence != policy.Either {
				keep(func(own policy.ContextValue) bool { return fits(v, own) })
			}
		}
	}
	both("aws:calledviaawsmcp", "aws:viaawsmcpservice")
	both("aws:multifactorauthage", "aws:multifactorauthpresent")
	if name == "aws:sourceip" || slices.Contains(endpointKeys, name) {
		through, known := throughEndpoint(r, services)
		if known {
			always := !services && (name == "aws:sourceip" || slices.Contains(alwaysThrough, name))
			keep(func(v policy.ContextValue) bool {
				fits := through
				if name == "aws:sourceip" {
					fits = !through
				}
				return there(v) == fits || fits && !always
			})
		}
	}
	return values
}

// alwaysThrough are the keys that every request through a VPC endpoint carries.
var alwaysThrough = []string{"aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"}

// throughEndpoint says whether a request comes through a VPC endpoint, as far as
// its keys were chosen. One that a service may have made need carry none of them.
func throughEndpoint(r *policy.Request, services bool) (through, known bool) {
	if v, chosen := r.Context["aws:sourceip"]; chosen && v.Presence != policy.Either && (!services || v.Presence != policy.Absent) {
		return v.Presence == policy.Absent, true
	}
	for _, k := range endpointKeys {
		v, chosen := r.Context[k]
		switch {
		case !chosen || v.Presence == policy.Either:
		case v.Presence != policy.Absent:
			return true, true
		case !services && slices.Contains(alwaysThrough, k):
			return false, true
		}
	}
	return false, false
}

// kindTested is the type that all conditions on a key take it to have.
func kindTested(name string, conds []*policy.Condition) aws.Type {
	kinds := map[policy.Family]aws.Type{
		policy.BoolFamily: aws.Bool, policy.NumericFamily: aws.Numeric, policy.DateFamily: aws.Date, policy.IPFamily: aws.IPAddress,
	}
	family := policy.NullFamily
	for _, c := range conds {
		switch {
		case !strings.EqualFold(c.Key, name) || c.Operator.Family == policy.NullFamily:
		case family != policy.NullFamily && c.Operator.Family != family:
			return aws.String
		default:
			family = c.Operator.Family
		}
	}
	return kinds[family]
}

// conditionsOn are the pending conditions on a key, those that use it as a
// variable, and the others on what those compare it with.
func conditionsOn(name string, denies []*clause, levels []clauseLevel) []*policy.Condition {
	var pending []*policy.Condition
	eachClause(denies, levels, func(c *clause) {
		for _, cond := range c.pending {
			pending = append(pending, cond.Condition)
		}
	})
	keys := []string{name}
	for _, c := range pending {
		if usesVariable(c, name) {
			keys = append(keys, strings.ToLower(c.Key))
		}
	}
	return slices.DeleteFunc(pending, func(c *policy.Condition) bool {
		return !slices.Contains(keys, strings.ToLower(c.Key))
	})
}

// carries says whether a request can carry the key: keys of a service come with
// its actions, and with the sessions whose credentials it issued. Which do is
// known of those in AWS's table, and of no others.
func carries(r *policy.Request, name string) value.Tri {
	k, known := aws.KeyNamed(name)
	if k.Session && r.Caller != nil && (r.Caller.Kind == policy.UserCaller || r.Caller.Kind == policy.RootCaller) {
		return value.No
	}
	prefix, _, ok := strings.Cut(name, ":")
	if !ok || prefix == "aws" || r.Action == "" || strings.ContainsAny(prefix, ". ") {
		return value.Yes
	}
	service := serviceOf(r.Action)
	switch {
	case k.Session, service == prefix, service == "other", prefix == "kms", prefix == "saml", prefix == "identitystore":
		return value.Yes
	case known || r.Caller != nil && r.Caller.Kind != policy.RoleCaller:
		return value.No
	}
	return value.Maybe
}

func usesVariable(c *policy.Condition, name string) bool {
	for _, p := range c.Values {
		for _, v := range p.Variables() {
			if strings.EqualFold(v, name) {
				return true
			}
		}
	}
	return false
}

// mostSubsets bounds the sets of values that are tried.
const mostSubsets = 2000

// subsets are the sets of values that a list may hold, of at most so many values
// as there are conditions on the list. What a larger set does, one of these does:
// a value for each condition that some value has to satisfy, or to break.
func (s *solver) subsets(name string, values []string, conditions int) []policy.ContextValue {
	var out []policy.ContextValue
	// Of four values all fifteen sets are tried; of more there would soon be more sets than
	// cases can be looked at.
	if len(values) <= 4 {
		conditions = len(values)
	}
	var choose func(size, from int, set []string)
	choose = func(size, from int, set []string) {
		if len(set) == size {
			out = append(out, policy.Many(set...))
			return
		}
		for i := from; i < len(values); i++ {
			if len(out) >= mostSubsets {
				s.cannotTell("values of " + spelled(name))
				return
			}
			choose(size, i+1, append(slices.Clone(set), values[i]))
		}
	}
	for size := 1; size <= conditions; size++ {
		choose(size, 0, nil)
	}
	// And all of them at once, which meet every ForAnyValue that one of them meets, and
	// break every ForAllValues that one of them breaks.
	if len(values) > 4 {
		out = append(out, policy.Many(values...))
	}
	return out
}

func (s *solver) values(name string, k aws.Key, conds []*policy.Condition, r *policy.Request) []string {
	switch k.Type {
	case aws.Bool:
		if name == "aws:securetransport" {
			return []string{"true", "false"}
		}
		return []string{"false", "true"}
	case aws.IPAddress:
		if name == "aws:sourceip" {
			return addressSamples(conds)
		}
		return addressesBehind(conds)
	case aws.Numeric, aws.Date:
		return bounds(name, k.Type, conds)
	}
	var globs []automaton.Glob
	seeds := slices.Clone(telling[name])
	if len(seeds) == 0 {
		seeds = []string{"anything"}
	}
	var out []string
	for _, c := range conds {
		direct := strings.EqualFold(c.Key, name)
		for _, p := range c.Values {
			text, known := p.Text()
			switch {
			case direct && c.Operator.Family == policy.NumericFamily:
				out = append(out, around(text)...)
			case direct && c.Operator.Family == policy.DateFamily:
				out = append(out, aroundDate(text)...)
			case direct && c.Operator.Family == policy.IPFamily:
				out = append(out, addressSamples(conds)...)
			case direct && c.Operator.Family == policy.BoolFamily:
				seeds = append(seeds, "true", "false")
			case c.Operator.Family == policy.NullFamily:
			default:
				glob, possible, exact := p.Glob(r)
				if !possible {
					continue
				}
				// A variable is compared with other keys: give it the values
				// that those are compared with.
				before, after := "", ""
				if !direct && !exact && len(p.Variables()) > 0 && !isPlainVariable(text) {
					var alone bool
					before, after, alone = aroundKey(p, name, r)
					if !alone || c.Operator.Base == "StringEqualsIgnoreCase" {
						s.cannotTell("values of " + spelled(name))
					}
				}
				globs = append(globs, glob)
				seeds = append(seeds, s.instance(glob))
				// What the variable is compared with, when that is chosen already.
				if !direct {
					for _, chosen := range r.Lookup(c.Key).Values {
						if len(chosen) < len(before)+len(after) || !strings.HasPrefix(chosen, before) || !strings.HasSuffix(chosen, after) {
							continue
						}
						own := chosen[len(before) : len(chosen)-len(after)]
						globs, seeds = append(globs, automaton.Text(own)), append(seeds, own)
					}
				}
				if known && c.Operator.Base == "StringEqualsIgnoreCase" {
					seeds = append(seeds, strings.ToUpper(text), strings.ToLower(text))
				}
			}
		}
	}
	partition, _ := s.place()
	l, formed := languageOf(name, partition)
	regions, complete := automaton.Regions(globs, l, seeds)
	if !complete {
		s.cannotTell("values of " + spelled(name))
	}
	for _, reg := range regions {
		out = append(out, reg.Sample)
	}
	if formed && name != "aws:requestedregion" { // an id that a policy spells out is somebody's, however it is made up
		for _, g := range globs {
			if text, plain := g.Plain(); plain && !strings.ContainsAny(text, "*? ") {
				out = append(out, text)
			}
		}
	}
	return dedupe(out)
}

// languageOf are the values that a key may hold in a partition; formed says that
// AWS makes them.
func languageOf(name, partition string) (l automaton.Language, formed bool) {
	formsLock.Lock()
	defer formsLock.Unlock()
	if l, ok := formLanguages[name+" "+partition]; ok {
		return l, true
	}
	forms := aws.Forms(name, partition)
	if forms == nil {
		return automaton.AnyText, false
	}
	var ways [][]automaton.Piece
	for _, form := range forms {
		var way []automaton.Piece
		for _, p := range form {
			way = append(way, automaton.Piece(p))
		}
		ways = append(ways, way)
	}
	if len(forms) == 1 && len(forms[0]) == 1 {
		l = automaton.Words(forms[0][0].Characters, forms[0][0].Least, forms[0][0].Most)
	} else {
		l = automaton.Form(ways...)
	}
	formLanguages[name+" "+partition] = l
	return l, true
}

// formLanguages are the languages that were made.
var (
	// Roots are judged on all cores.
	formsLock     sync.Mutex
	formLanguages = map[string]automaton.Language{}
)

// bounds are numbers or dates on every side of what conditions compare with.
func bounds(name string, kind aws.Type, conds []*policy.Condition) []string {
	var out []string
	for _, c := range conds {
		for _, p := range c.Values {
			text, known := p.Text()
			switch {
			case !known || !strings.EqualFold(c.Key, name) || c.Operator.Family == policy.NullFamily:
			case kind == aws.Date:
				out = append(out, aroundDate(text)...)
			default:
				out = append(out, around(text)...)
			}
		}
	}
	// What AWS counts and measures is not below zero. (Of keys that are in no table
	// their users say that they are numbers, and nobody more.)
	if _, listed := aws.KeyNamed(name); listed && kind == aws.Numeric {
		out = slices.DeleteFunc(out, func(n string) bool { return strings.HasPrefix(n, "-") })
	}
	switch {
	case len(out) > 0:
		return dedupe(out)
	case kind == aws.Date:
		return []string{"2026-01-01T00:00:00Z"}
	}
	return []string{"1"}
}

func isPlainVariable(text string) bool {
	return strings.HasPrefix(text, "${") && strings.HasSuffix(text, "}") && strings.Count(text, "${") == 1
}

func dedupe(in []string) []string {
	var out []string
	for _, s := range in {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// around are numbers on every side of a bound.
func around(text string) []string {
	f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		return []string{"0", "1"}
	}
	// The bound itself as well: NumericLessThan and NumericLessThanEquals differ there alone.
	out := []string{number(f - 1), number(f), number(f + 1)}
	if f != float64(int64(f)) {
		out = append(out, number(f-0.001), number(f+0.001))
	}
	return out
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// aroundDate are dates on every side of a bound.
func aroundDate(text string) []string {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z", "2006-01-02T15:04Z", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return []string{
				t.Add(-time.Second).Format(time.RFC3339), t.Format(time.RFC3339), t.Add(time.Second).Format(time.RFC3339),
			}
		}
	}
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		t := time.Unix(seconds, 0).UTC()
		return []string{t.Add(-time.Second).Format(time.RFC3339), t.Format(time.RFC3339), t.Add(time.Second).Format(time.RFC3339)}
	}
	return []string{"2026-01-01T00:00:00Z"}
}

// addressSamples are addresses on the Internet, one for every stretch that the
// conditions' prefixes can tell apart, those outside of all prefixes first.
func addressSamples(conds []*policy.Condition) []string {
	return addressTexts(publicSamples(prefixesOf(conds)))
}

// addressesBehind are addresses of a VPC, or wherever a key that is not AWS's own
// has them from.
func addressesBehind(conds []*policy.Condition) []string {
	return addressTexts(privateSamples(prefixesOf(conds)))
}

func prefixesOf(conds []*policy.Condition) [][]netip.Prefix {
	var sets [][]netip.Prefix
	for _, c := range conds {
		if list, _ := c.Prefixes(); len(list) > 0 {
			sets = append(sets, list)
		}
	}
	return sets
}

func addressTexts(addresses []netip.Addr) []string {
	var out []string
	for _, a := range addresses {
		out = append(out, a.String())
	}
	return out
}
