package policy

import (
	"math/big"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer/automaton"
)

// notable are the actions that a proof should be tried on, and a witness be
// taken from, before any other: what root and administrators are robbed for.
var notable = []string{
	"iam:CreateAccessKey", "iam:CreateUser", "iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:AttachUserPolicy",
	"iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:PutUserPolicy", "iam:UpdateAssumeRolePolicy", "iam:PassRole",
	"iam:CreateRole", "iam:DeactivateMFADevice", "iam:DeleteVirtualMFADevice", "iam:DeleteUser", "iam:CreateVirtualMFADevice",
	"iam:EnableMFADevice", "iam:GetUser", "iam:GetMFADevice", "iam:ListMFADevices", "iam:ListVirtualMFADevices",
	"iam:ResyncMFADevice", "iam:GetAccountSummary", "iam:ListAccountAliases", "iam:ChangePassword", "iam:ListUsers",
	"iam:GetLoginProfile", "iam:GetAccountPasswordPolicy", "iam:UpdateAccountPasswordPolicy",
	"sts:AssumeRole", "sts:GetSessionToken", "sts:GetCallerIdentity", "sts:SetSourceIdentity", "sts:TagSession",
	"organizations:LeaveOrganization", "account:CloseAccount", "account:PutAlternateContact", "ec2:RunInstances",
	"s3:GetObject", "s3:DeleteBucket", "s3:PutBucketPolicy", "kms:ScheduleKeyDeletion", "cloudtrail:StopLogging",
}

// ActionAtoms are actions of which every set that the documents can tell apart
// has at least one, with one of a service that no document names ("other:Zzz")
// and the well-known sensitive ones. complete is false when the patterns were
// too entangled to list every set: such a list proves nothing, it only finds.
func ActionAtoms(docs ...*Document) (atoms []string, complete bool) {
	var patterns []Pattern
	for _, d := range docs {
		for _, s := range d.Statements {
			patterns = append(patterns, s.Actions...)
		}
	}
	seeds := instances(patterns)
	for _, s := range slices.Clone(seeds) {
		if before, _, ok := strings.Cut(s, ":"); ok {
			seeds = append(seeds, before+":Zzz")
		}
	}
	const lower, digits, upper = "abcdefghijklmnopqrstuvwxyz", "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	service, name := automaton.Piece{Characters: lower + digits + "-", Least: 1, Most: 64}, automaton.Piece{Characters: lower + digits + upper, Least: 1, Most: 64}
	return regions(automaton.Form([]automaton.Piece{service, {Text: ":"}, name}), patterns, append([]string{"other:Zzz"}, notable...), seeds)
}

// instances are texts of the patterns: a * as nothing and as a word.
func instances(patterns []Pattern) []string {
	var out []string
	for _, p := range patterns {
		for _, star := range [...]string{"Zzz", ""} {
			var b strings.Builder
			for _, e := range p.elems {
				switch e.kind {
				case literalElem:
					b.WriteString(e.text)
				case anyElem:
					b.WriteByte('z')
				default:
					b.WriteString(star)
				}
			}
			out = append(out, b.String())
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// regions lists texts of a language of which every set that the patterns can tell
// apart has one. Those of keep are listed all; seeds go before texts made up.
func regions(l automaton.Language, patterns []Pattern, keep, seeds []string) (out []string, complete bool) {
	var globs []automaton.Glob
	for _, p := range patterns {
		if g, _, _ := p.Glob(nil); !p.matchesAll() {
			globs = append(globs, g)
		}
	}
	for _, text := range keep {
		if l.Contains(text) {
			out = append(out, text)
		}
	}
	found, complete := automaton.Regions(globs, l, slices.Concat(keep, seeds))
	for _, r := range found {
		if !slices.Contains(out, r.Sample) {
			out = append(out, r.Sample)
		}
	}
	return out, complete
}

// ResourceAtoms are resources of which every set that the documents can tell
// apart has at least one. complete is as of ActionAtoms. Variables in resources
// count as unknown.
func ResourceAtoms(docs ...*Document) (atoms []string, complete bool) {
	var patterns []Pattern
	for _, d := range docs {
		for _, s := range d.Statements {
			patterns = append(patterns, s.Resources...)
		}
	}
	return stringAtoms(printable, patterns, []string{"arn:aws:other:us-east-1:111122223333:zzz", "*"})
}

// stringAtoms are the regions of patterns over a language.
func stringAtoms(l Language, patterns []Pattern, first []string) ([]string, bool) {
	return regions(l.automaton(), patterns, nil, append(first, instances(patterns)...))
}

// Keys are the condition keys that the documents test or use in variables,
// each once without regard to case, sorted.
func Keys(docs ...*Document) []string {
	spelled := map[string]string{}
	add := func(key string) {
		folded := lowerText(key)
		if old, ok := spelled[folded]; key != "" && (!ok || key < old) {
			spelled[folded] = key
		}
	}
	for _, d := range docs {
		for _, s := range d.Statements {
			for _, p := range s.Resources {
				for _, key := range p.Variables() {
					add(key)
				}
			}
			for i := range s.Conditions {
				c := &s.Conditions[i]
				add(c.Key)
				for _, p := range c.Values {
					for _, key := range p.Variables() {
						add(key)
					}
				}
			}
		}
	}
	out := make([]string, 0, len(spelled))
	for _, key := range spelled {
		out = append(out, key)
	}
	slices.SortFunc(out, func(a, b string) int { return strings.Compare(lowerText(a), lowerText(b)) })
	return out
}

// ContextAtoms are values of a condition key of which every set that the
// documents can tell apart has at least one, absence first. base gives the
// values of variables; it may be nil. complete is as of ActionAtoms.
func ContextAtoms(key string, base *Request, docs ...*Document) (atoms []ContextValue, complete bool) {
	a := atomizer{key: key, base: base, complete: true, language: printable}
	if strings.EqualFold(key, "sts:RoleSessionName") {
		a.language = SessionNames
	}
	for _, d := range docs {
		for _, s := range d.Statements {
			for i := range s.Conditions {
				if c := &s.Conditions[i]; strings.EqualFold(c.Key, key) {
					a.condition(c)
				}
			}
		}
	}
	values := a.values()
	atoms = append(atoms, ContextValue{})
	for _, v := range values {
		atoms = append(atoms, One(v))
	}
	if MultiValued(key) || a.set {
		atoms = append(atoms, lists(values)...)
		a.complete = a.complete && a.sets < 3
	}
	return atoms, a.complete
}

// lists are the pairs of values, and all of them: enough to satisfy two
// ForAnyValue at once and to break any ForAllValues.
func lists(values []string) []ContextValue {
	var out []ContextValue
	for i := range values {
		for j := i + 1; j < len(values); j++ {
			out = append(out, Many(values[i], values[j]))
		}
	}
	if len(values) > 2 {
		out = append(out, Many(values...))
	}
	return out
}

// atomizer collects what the conditions on one key compare it with.
type atomizer struct {
	key      string
	base     *Request
	language Language
	complete bool
	set      bool // some condition takes a list
	sets     int  // how many

	patterns []Pattern
	prefixes []netip.Prefix
	numbers  []*big.Rat
	dates    []time.Time
	exact    []string
}

func (a *atomizer) condition(c *Condition) {
	if c.Operator.Set != NoSet {
		a.set = true
		a.sets++
	}
	for _, t := range c.tests {
		switch c.Operator.Family {
		case StringFamily, ARNFamily:
			if t.pattern.arn { // whether the value is an ARN at all
				a.patterns = append(a.patterns, Glob("*:*:*:*:*:*"))
			}
			p, ok := t.pattern.Resolve(a.base.orUnknown())
			if ok == False {
				continue
			}
			a.complete = a.complete && ok == True
			a.patterns = append(a.patterns, p)
		case IPFamily:
			if t.state == True {
				a.prefixes = append(a.prefixes, t.prefix)
			}
		case NumericFamily:
			if r, ok := new(big.Rat).SetString(t.text); ok && t.state == True {
				a.numbers = append(a.numbers, r)
			}
		case DateFamily:
			if t.state == True {
				a.dates = append(a.dates, t.date)
			}
		case BinaryFamily:
			if t.state == True {
				text, _ := t.pattern.Literal()
				a.exact = append(a.exact, text)
			}
		}
	}
	switch c.Operator.Family {
	case BoolFamily:
		a.exact = append(a.exact, "true", "false")
	case BinaryFamily:
		a.exact = append(a.exact, "enp6eg==")
	}
}

// orUnknown is a request in which every key may be anything when r is nil.
func (r *Request) orUnknown() *Request {
	if r == nil {
		return &Request{Unlisted: Either}
	}
	return r
}

func (a *atomizer) values() []string {
	out := a.exact
	switch KeyFamily(a.key) {
	case BoolFamily:
		out = append(out, "true", "false")
	case IPFamily:
		out = append(out, texts(addressAtoms(a.prefixes))...)
	case NumericFamily:
		out = append(out, between(a.numbers)...)
	case DateFamily:
		out = append(out, around(a.dates)...)
	default:
		if len(a.prefixes) > 0 {
			out = append(out, texts(addressAtoms(a.prefixes))...)
		}
		if len(a.numbers) > 0 {
			out = append(out, between(a.numbers)...)
		}
		if len(a.dates) > 0 {
			out = append(out, around(a.dates)...)
		}
		if len(a.patterns) > 0 || len(out) == 0 {
			list, complete := stringAtoms(a.language, a.patterns, []string{"zzz", "arn:aws:iam::111122223333:user/zzz"})
			a.complete = a.complete && complete
			out = append(out, list...)
		}
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(out, func(s string) bool {
		again := seen[s]
		seen[s] = true
		return again
	})
}

func texts(list []netip.Addr) []string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.String()
	}
	return out
}

// between are the numbers, one between each two neighbours, and one beyond
// either end; whole where there is one.
func between(numbers []*big.Rat) []string {
	if len(numbers) == 0 {
		return []string{"0"}
	}
	slices.SortFunc(numbers, (*big.Rat).Cmp)
	one := big.NewRat(1, 1)
	points := []*big.Rat{new(big.Rat).Sub(numbers[0], one)}
	for i, n := range numbers {
		points = append(points, n)
		next := new(big.Rat).Add(n, one)
		if i+1 < len(numbers) && next.Cmp(numbers[i+1]) >= 0 {
			next = new(big.Rat).Mul(new(big.Rat).Add(n, numbers[i+1]), big.NewRat(1, 2))
		}
		points = append(points, next)
	}
	var out []string
	for _, p := range points {
		if _, exact := p.FloatPrec(); exact {
			n, _ := p.FloatPrec()
			out = append(out, p.FloatString(n))
		}
	}
	return out
}

// around are the dates, and the seconds before and after each.
func around(dates []time.Time) []string {
	if len(dates) == 0 {
		return []string{"2026-11-21T00:00:00Z"}
	}
	slices.SortFunc(dates, time.Time.Compare)
	var out []string
	for _, d := range dates {
		for _, at := range [...]time.Time{d.Add(-time.Second), d, d.Add(time.Second)} {
			out = append(out, at.UTC().Format(time.RFC3339Nano))
		}
	}
	return out
}
