package proof

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer/policy"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// otherAction stands for the actions that no document names, of services that
// may not exist yet: a list of services never proves everything.
const otherAction = "other:Any"

// actions are one action for every region that the clauses can tell apart and
// that is not exempt, the most telling first.
func (s *solver) actions(denies []*clause, levels []clauseLevel) []string {
	if s.question.actions != nil {
		return s.question.actions
	}
	var globs []glob
	for _, e := range s.exempt {
		globs = append(globs, globOf(e))
	}
	exempt := len(globs)
	seeds := slices.Clone(tellingActions)
	services := map[string]bool{}
	seen := map[string]bool{}
	eachClause(denies, levels, func(c *clause) {
		servicesOf(c, services)
		if c.statement == nil {
			return
		}
		for _, p := range c.statement.Actions {
			text := p.String()
			if seen[text] {
				continue
			}
			seen[text] = true
			if symbols, possible, _ := p.Symbols(nil); possible {
				globs = append(globs, symbols)
			}
			seeds = append(seeds, strings.NewReplacer("*", "Any", "?", "x").Replace(text))
		}
	})
	for _, service := range sortedKeys(services) {
		globs = append(globs, globOf(service+":*"))
		seeds = append(seeds, service+":Any")
	}
	regions, complete := regionsOf(globs, actionNames, append(seeds, otherAction))
	s.incomplete = s.incomplete || !complete
	var out []string
	for _, r := range regions {
		if len(r.matches) == 0 || r.matches[0] >= exempt {
			out = append(out, r.sample)
		}
	}
	return out
}

// servicesOf adds the services whose actions alone carry the keys or have the
// resources that a clause tests: each needs an action of its own.
func servicesOf(c *clause, services map[string]bool) {
	for _, cond := range c.pending {
		if service, _, ok := strings.Cut(strings.ToLower(cond.Key), ":"); ok && service != "aws" && !strings.Contains(service, ".") {
			services[service] = true
		}
	}
	if c.statement == nil {
		return
	}
	for _, p := range c.statement.Resources {
		parts := strings.SplitN(strings.ToLower(p.String()), ":", 4)
		if len(parts) < 4 || parts[2] == "" || strings.ContainsAny(parts[2], "*?$") {
			continue
		}
		services[parts[2]] = true
		for _, service := range sortedKeys(resourceServices) {
			if slices.Contains(resourceServices[service], parts[2]) {
				services[service] = true
			}
		}
	}
}

func eachClause(denies []*clause, levels []clauseLevel, f func(*clause)) {
	for _, c := range denies {
		f(c)
	}
	for _, l := range levels {
		for _, c := range l.allows {
			f(c)
		}
	}
}

func serviceOf(action string) string {
	service, _, _ := strings.Cut(action, ":")
	return strings.ToLower(service)
}

// resourceServices are services whose actions act on ARNs of other services.
var resourceServices = map[string][]string{
	"sts": {"iam", "sts"},
	"ssm": {"ssm", "ec2"},
}

// typicalResources are what the telling actions act on, after
// arn:partition:service:region:account:. "-" leaves region and account out.
var typicalResources = map[string]string{
	"sts:AssumeRole":                   "iam role/example",
	"sts:TagSession":                   "iam role/example",
	"sts:SetSourceIdentity":            "iam role/example",
	"iam:CreateUser":                   "iam user/example",
	"iam:CreateAccessKey":              "iam user/example",
	"iam:PassRole":                     "iam role/example",
	"iam:TagRole":                      "iam role/example",
	"s3:GetObject":                     "s3 example/object",
	"iam:CreateVirtualMFADevice":       "iam mfa/example",
	"iam:DeleteVirtualMFADevice":       "iam mfa/example",
	"kms:ScheduleKeyDeletion":          "kms key/1234abcd-12ab-34cd-56ef-1234567890ab",
	"ec2:RunInstances":                 "ec2 instance/*",
	"ec2:TerminateInstances":           "ec2 instance/i-0123456789abcdef0",
	"lambda:UpdateFunctionCode":        "lambda function:example",
	"dynamodb:DeleteTable":             "dynamodb table/example",
	"cloudtrail:StopLogging":           "cloudtrail trail/example",
	"secretsmanager:GetSecretValue":    "secretsmanager secret:example",
	"organizations:LeaveOrganization":  "*",
	"iam:GetAccountSummary":            "*",
	"iam:ListAccountAliases":           "*",
	"iam:GetAccountPasswordPolicy":     "*",
	"sts:GetCallerIdentity":            "*",
	"sts:GetSessionToken":              "*",
	"config:StopConfigurationRecorder": "*",
	"iam:ListUsers":                    "iam user/",
	"iam:ListVirtualMFADevices":        "iam mfa/",
}

func (q *question) typicalResource(action string) string {
	service, name, _ := strings.Cut(action, ":")
	service = strings.ToLower(service)
	partition, account := q.place()
	rest := name
	if t, ok := typicalResources[action]; ok {
		if t == "*" {
			return t
		}
		service, rest, _ = strings.Cut(t, " ")
	} else {
		rest = "example"
		if service == "iam" {
			rest = "user/example"
		}
	}
	return "arn:" + partition + ":" + service + ":" + regionAndAccount(service, account) + ":" + rest
}

// regionAndAccount are the fourth and fifth segments of a service's ARNs.
func regionAndAccount(service, account string) string {
	switch service {
	case "s3":
		return ":"
	case "iam", "sts", "organizations", "route53", "cloudfront":
		return ":" + account
	}
	return "us-east-1:" + account
}

func (q *question) place() (partition, account string) {
	partition, account = "aws", "111122223333"
	if c := q.base.Caller; c != nil {
		if c.Partition != "" {
			partition = c.Partition
		}
		if c.Account != "" {
			account = c.Account
		}
	}
	if q.account != "" {
		account = q.account
	}
	return partition, account
}

// resources are one resource for every region of the action's resources that
// the clauses can tell apart, a typical one first.
func (s *solver) resources(action string, denies []*clause, levels []clauseLevel) []string {
	typical := s.typicalResource(action)
	var globs []glob
	seen := map[string]bool{}
	seeds := []string{typical, "*"}
	eachClause(denies, levels, func(c *clause) {
		if c.statement == nil {
			return
		}
		for _, p := range c.statement.Resources {
			text := p.String()
			if p.MatchesAll() || seen[text] {
				continue
			}
			seen[text] = true
			if symbols, possible, _ := p.Symbols(s.base); possible {
				globs = append(globs, symbols)
				seeds = append(seeds, s.instance(symbols))
			}
		}
	})
	if len(globs) == 0 {
		return []string{typical}
	}
	// The first glob keeps to resources that the action can have.
	partition, account := s.place()
	service := serviceOf(action)
	services := []string{service}
	if more, ok := resourceServices[service]; ok {
		services = more
	}
	out := []string{typical, "*"}
	for _, service := range services {
		shape := globOf("arn:" + partition + ":" + service + ":" + regionAndAccount(service, account) + ":?*")
		regions, complete := regionsOf(append([]glob{shape}, globs...), anyText, seeds)
		s.incomplete = s.incomplete || !complete
		for _, r := range regions {
			if len(r.matches) > 0 && r.matches[0] == 0 && r.sample != typical {
				out = append(out, r.sample)
			}
		}
	}
	return out
}

// instance is a plain string of a pattern, to show.
func (q *question) instance(symbols []policy.Symbol) string {
	partition, account := q.place()
	var b strings.Builder
	colons := 0
	for _, t := range symbols {
		switch {
		case t == ':':
			colons++
			b.WriteByte(':')
		case t >= policy.FoldedByte:
			b.WriteByte(byte(t - policy.FoldedByte))
		case t >= 0:
			b.WriteByte(byte(t))
		case t == policy.AnyByte || t == policy.AnySegmentByte:
			b.WriteByte('x')
		case colons == 1:
			b.WriteString(partition)
		case colons == 3:
			b.WriteString("us-east-1")
		case colons == 4:
			b.WriteString(account)
		default:
			b.WriteString("example")
		}
	}
	return b.String()
}

// telling are values of keys that read well in a witness.
var telling = map[string][]string{
	"aws:requestedregion": {"us-east-1", "eu-west-1"},
	"aws:sourcevpc":       {"vpc-0f0e0d0c0b0a09080"},
	"aws:sourcevpce":      {"vpce-0f0e0d0c0b0a09080"},
	"aws:securetransport": {"true", "false"},
	"aws:useragent":       {"aws-cli/2"},
	"aws:principalorgid":  {"o-a1b2c3d4e5"},
}

// domain is one value of a key for every region that the clauses can tell
// apart, absence first where the key can be absent.
func (s *solver) domain(name string, r *policy.Request, denies []*clause, levels []clauseLevel) []policy.ContextValue {
	if d, ok := s.domains[name]; ok {
		return d
	}
	if f := familyOf(name); f != "" {
		if d, ok := s.domains[f]; ok {
			return d
		}
	}
	k := keyOf(name)
	if k.there == never || !carries(r.Action, name) {
		return []policy.ContextValue{{}}
	}
	conds := conditionsOn(name, denies, levels)
	var out []policy.ContextValue
	if k.there == sometimes {
		out = append(out, policy.ContextValue{})
	}
	values := s.values(name, k, conds, r)
	sets := k.kind == listKey || slices.ContainsFunc(conds, func(c *policy.Condition) bool {
		return c.Operator.Set != policy.NoSet && strings.EqualFold(c.Key, name)
	}) && k.kind == textKey && !strings.HasPrefix(name, "aws:")
	if k.kind != listKey {
		for _, v := range values {
			out = append(out, policy.One(v))
		}
	}
	if sets {
		out = append(out, s.subsets(values)...)
	}
	return out
}

// conditionsOn are the pending conditions on a key, those that use it as a
// variable, and the others on what those compare it with.
func conditionsOn(name string, denies []*clause, levels []clauseLevel) []*policy.Condition {
	var pending []*policy.Condition
	eachClause(denies, levels, func(c *clause) { pending = append(pending, c.pending...) })
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

// carries says whether a request for the action can carry the key: keys of a
// service come with its actions only.
func carries(action, name string) bool {
	prefix, _, ok := strings.Cut(name, ":")
	if !ok || prefix == "aws" || action == "" || strings.Contains(prefix, ".") {
		return true
	}
	if _, principal := principalKeys[name]; principal && prefix != "sts" {
		return true
	}
	service := serviceOf(action)
	return service == prefix || service == "other" || prefix == "kms" || prefix == "ec2" || prefix == "saml" || prefix == "identitystore"
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

// subsets are the sets of values that a list may hold: all of them when they
// are few, else the small ones and the whole.
func (s *solver) subsets(values []string) []policy.ContextValue {
	var out []policy.ContextValue
	if len(values) <= 4 {
		for mask := 1; mask < 1<<len(values); mask++ {
			var set []string
			for i, v := range values {
				if mask&(1<<i) != 0 {
					set = append(set, v)
				}
			}
			out = append(out, policy.Many(set...))
		}
		return out
	}
	s.incomplete = true
	for i, v := range values {
		out = append(out, policy.Many(v))
		for _, w := range values[i+1:] {
			out = append(out, policy.Many(v, w))
		}
	}
	return append(out, policy.Many(values...))
}

func (s *solver) values(name string, k key, conds []*policy.Condition, r *policy.Request) []string {
	switch k.kind {
	case boolKey:
		if name == "aws:securetransport" {
			return []string{"true", "false"}
		}
		return []string{"false", "true"}
	case addressKey:
		return addressSamples(conds)
	}
	var globs []glob
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
				symbols, possible, exact := p.Symbols(r)
				if !possible {
					continue
				}
				// A variable is compared with other keys: give it the values
				// that those are compared with.
				if !direct && !exact && len(p.Variables()) > 0 && !isPlainVariable(text) {
					s.incomplete = true
				}
				globs = append(globs, symbols)
				seeds = append(seeds, s.instance(symbols))
				// What the variable is compared with, when that is chosen already.
				if !direct {
					for _, chosen := range r.Lookup(c.Key).Values {
						globs, seeds = append(globs, literalGlob(chosen)), append(seeds, chosen)
					}
				}
				if known && c.Operator.Base == "StringEqualsIgnoreCase" {
					seeds = append(seeds, strings.ToUpper(text), strings.ToLower(text))
				}
			}
		}
	}
	regions, complete := regionsOf(globs, anyText, seeds)
	s.incomplete = s.incomplete || !complete
	for _, reg := range regions {
		out = append(out, reg.sample)
	}
	return dedupe(out)
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
	var sets [][]netip.Prefix
	for _, c := range conds {
		if list, _ := c.Prefixes(); len(list) > 0 {
			sets = append(sets, list)
		}
	}
	var out []string
	for _, a := range publicSamples(sets) {
		out = append(out, a.String())
	}
	return out
}
