package proof

import (
	"cmp"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/automaton"
	"github.com/iamvet/iamvet/analyzer/aws"
	"github.com/iamvet/iamvet/analyzer/policy"
)

// Who calls is one thing of which several keys are functions: aws:PrincipalArn,
// aws:PrincipalAccount, aws:username, aws:userid and the Principal are of one
// caller, made of an account, a path, a name, an id and a session. A cast is one
// caller for every way in which policies can tell callers apart, each of whom there
// can be.

// accountIDs, names and paths are what AWS allows: a path is (/)|(/[!-~]+/), so that
// slashes may follow each other in one, but // is none.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html
var (
	accountIDs = automaton.Words(digits, 12, 12)
	iamNames   = automaton.Words(lowerLetters+digits+upperLetters+"_-+=,.@", 1, 64)
	iamPaths   = automaton.Language{
		Groups: []string{lowerLetters + digits + upperLetters + "-_.,+=@", "/"},
		Step: func(s int, r rune) int {
			switch {
			case s == 0 && r == '/':
				return 1
			case s >= 2 && r == '/': // "/team/", "///"
				return 3
			case s > 0 && r > ' ' && r <= '~': // "/team", "//"
				return 2
			}
			return -1
		},
		Accepts: func(s int) bool { return s == 1 || s == 3 },
		Longest: 512,
	}
)

// uniqueIDs are the ids of users or roles, by their first four letters.
func uniqueIDs(prefix string) automaton.Language {
	return automaton.Language{
		Groups: []string{upperLetters + digits},
		Step: func(s int, r rune) int {
			switch {
			case s < len(prefix) && r == rune(prefix[s]), s >= len(prefix) && (r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'):
				return min(s+1, 16)
			}
			return -1
		},
		// They have 16 to 128 letters; from the sixteenth on none makes a difference.
		// https://docs.aws.amazon.com/IAM/latest/APIReference/API_User.html
		Accepts: func(s int) bool { return s == 16 },
		Longest: 128,
	}
}

// A casting asks for callers of one kind.
type casting struct {
	*callerTests
	partition string // "" for any
	kind      policy.CallerKind
	account   string   // "" for any
	not       []string // accounts that it is not
	// name and path, when they are known.
	name, path string
	// nameLike and pathLike are what they may be where they are not known, as
	// alternatives; none where they may be anything.
	nameLike, pathLike []automaton.Glob
	names              []string // that read well, before all others
	twice              bool     // two callers of each kind, where there are two
	// spelt is how the name is made of the part that stands for it. second is of the
	// second of two callers: they have paths and ids of their own.
	spelt  way
	second bool
}

// The parts of callers stand in patterns as characters of their own.
var partRunes = map[rune]string{'\uE000': "account", '\uE001': "path", '\uE002': "name", '\uE003': "id", '\uE004': "session", '\uE005': "partition", '\uE006': secondPath, '\uE007': secondID}

const (
	accountRune   = "\uE000"
	pathRune      = "\uE001"
	nameRune      = "\uE002"
	idRune        = "\uE003"
	sessionRune   = "\uE004"
	partitionRune = "\uE005"
)

// The parts of the second of two callers that are its own.
const (
	secondPath, secondPathRune = "second path", "\uE006"
	secondID, secondIDRune     = "second id", "\uE007"
)

// partOrder is the order in which the parts of callers are written.
var partOrder = []string{"partition", "account", "path", secondPath, "name", "id", secondID, "session"}

// keys are the keys of the callers, made of their parts; "" is one that they do
// not carry.
func (c *casting) keys() map[string]string {
	// aws:PrincipalArn of a session is the ARN of its role. That of the session itself is
	// what a Principal may name.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
	out := map[string]string{"principalaccount": accountRune}
	partition := cmp.Or(c.partition, partitionRune)
	arn := "arn:" + partition + ":iam::" + accountRune + ":"
	pathRune, idRune, name := pathRune, idRune, c.spelt.of(nameRune)
	if c.second {
		pathRune, idRune = secondPathRune, secondIDRune
	}
	switch c.kind {
	case policy.RootCaller:
		out["principalarn"], out["userid"] = arn+"root", accountRune
	case policy.UserCaller:
		out["principalarn"], out["username"], out["userid"] = arn+"user"+pathRune+name, name, idRune
	case policy.RoleCaller:
		out["principalarn"], out["userid"] = arn+"role"+pathRune+name, idRune+":"+sessionRune
		out["session"] = "arn:" + partition + ":sts::" + accountRune + ":assumed-role/" + name + "/" + sessionRune
	case policy.FederatedUserCaller:
		out["principalarn"], out["userid"] = "arn:"+partition+":sts::"+accountRune+":federated-user/"+name, accountRune+":"+name
	}
	return out
}

// piecesOf takes a text with characters for parts apart.
func piecesOf(text string) []piece {
	var out []piece
	from := 0
	for i, r := range text {
		if name, ok := partRunes[r]; ok {
			if i > from {
				out = append(out, piece{text: text[from:i]})
			}
			out = append(out, piece{part: name})
			from = i + len(string(r))
		}
	}
	if from < len(text) {
		out = append(out, piece{text: text[from:]})
	}
	return out
}

// facets are the keys of the callers with what they are compared with, and the
// order in which their parts are written: an order with what stands for wildcards.
func (c *casting) facets(of []string) (out []facet, order []string) {
	keys := c.keys()
	order = of
	// What is known of every such caller: the values of its keys are characters
	// for its parts.
	r := &policy.Request{Caller: &policy.Caller{Kind: c.kind, Partition: c.partition}, Context: map[string]policy.ContextValue{}, Unlisted: policy.Either}
	for _, k := range keysOfCallers {
		r.Context["aws:"+k] = policy.One(keys[k])
	}
	// A value may be made of another key of the caller, as in
	// arn:aws:iam::${aws:PrincipalAccount}:role/deploy. In the pattern of a facet such a key
	// is any text; that it is the caller's own is what madeFacet tells apart.
	free := *r
	free.Context = map[string]policy.ContextValue{}
	for _, k := range keysOfCallers {
		free.Context["aws:"+k] = policy.ContextValue{Presence: policy.Present}
		if keys[k] == "" {
			free.Context["aws:"+k] = policy.ContextValue{}
		}
	}
	for _, k := range keysOfCallers {
		f := facet{pieces: piecesOf(keys[k])}
		for _, p := range c.by[k] {
			if g, possible, _ := p.Glob(&free); possible && !p.MatchesAll() {
				f.globs = append(f.globs, g)
			}
		}
		switch k {
		case "principalaccount":
			for _, p := range c.principals {
				// Whose session a federated user has, its ARN does not say.
				counts := p.Class == policy.AccountPrincipal || c.kind == policy.FederatedUserCaller
				if counts && p.Account != "" && c.account == "" {
					f.globs = append(f.globs, automaton.Text(p.Account))
				}
			}
		case "principalarn":
			f.globs = append(f.globs, c.principalsOf(policy.UserPrincipal, policy.RolePrincipal, policy.FederatedUserPrincipal)...)
		case "userid":
			f.globs = append(f.globs, c.principalsOf(policy.UniqueIDPrincipal)...)
		}
		if len(f.pieces) > 0 && len(f.globs) > 0 {
			out = append(out, f)
		}
	}
	if globs := c.principalsOf(policy.AssumedRolePrincipal); len(globs) > 0 && c.kind == policy.RoleCaller {
		out = append(out, facet{pieces: piecesOf(keys["session"]), globs: globs})
	}
	for _, m := range c.made {
		if f, more, ok := c.madeFacet(m, r, &free, order); ok {
			out, order = append(out, f), more
		}
	}
	return out, order
}

// principalsOf are the principals of some classes that may be such callers.
func (c *casting) principalsOf(classes ...policy.PrincipalClass) []automaton.Glob {
	var out []automaton.Glob
	for _, p := range c.principals {
		if !slices.Contains(classes, p.Class) || c.account != "" && p.Account != "" && p.Account != c.account {
			continue
		}
		if text, known := p.Pattern.Literal(); known {
			g := automaton.Text(text)
			if p.Class == policy.UniqueIDPrincipal && c.kind == policy.RoleCaller {
				g = append(g, automaton.Node{Rune: ':'}, automaton.Node{Kind: automaton.Many})
			}
			out = append(out, g)
		}
	}
	return out
}

// madeFacet is the value that a pattern has for a caller, compared with what the
// same key is compared with. What comes after the caller's parts needs no writing.
func (c *casting) madeFacet(m madeOf, r, free *policy.Request, order []string) (f facet, to []string, ok bool) {
	for _, p := range m.beside {
		if g, possible, _ := p.Glob(free); possible && !p.MatchesAll() {
			f.globs = append(f.globs, g)
		}
	}
	made, possible, _ := m.pattern.Glob(r)
	if !possible || len(f.globs) == 0 {
		return facet{}, nil, false
	}
	var text strings.Builder
	flush := func() {
		f.pieces = append(f.pieces, piecesOf(text.String())...)
		text.Reset()
	}
	// A wildcard of the pattern is any text. It is written as a part of its own, in the
	// order of the parts right behind that of the caller which it follows: facets are
	// written from left to right.
	to = slices.Clone(order)
	folded, last, at := false, 0, 0
	for _, n := range made {
		if n.Kind == automaton.Literal {
			folded = folded || n.Fold
			if name, of := partRunes[n.Rune]; of {
				at = slices.Index(to, name) + 1
			}
			text.WriteRune(n.Rune)
			continue
		}
		flush()
		name := freeOne
		if n.Kind == automaton.Many {
			name = freeMany
		}
		name += strings.Repeat("'", len(to)) // each is one of its own
		to = slices.Insert(to, at, name)
		f.pieces = append(f.pieces, piece{part: name})
		at++
	}
	flush()
	for i, p := range f.pieces {
		if p.part != "" && !strings.HasPrefix(p.part, freeOne) && !strings.HasPrefix(p.part, freeMany) {
			last = i + 1
		}
	}
	if last == 0 {
		return facet{}, nil, false
	}
	for _, p := range f.pieces[last:] {
		to = slices.DeleteFunc(to, func(name string) bool { return p.part != "" && name == p.part })
	}
	f.open = last < len(f.pieces)
	f.pieces = f.pieces[:last]
	if folded {
		for i, g := range f.globs {
			f.globs[i] = g.Folded()
		}
	}
	return f, to, true
}

// Parts that stand for wildcards beside the parts of a caller.
const (
	freeOne  = "?"
	freeMany = "*"
)

// mostOfMany bounds the callers who are tried where they are not all: what they do
// proves nothing, it only finds.
const mostOfMany = 16

// cast is callers of the kind. It is false when one may be missing.
func (c *casting) cast() (out []*policy.Caller, complete bool) {
	facets, order := c.facets(partOrder)
	tested := map[string]bool{}
	for _, f := range facets {
		for _, p := range f.pieces {
			tested[p.part] = true
		}
	}
	var parts []part
	for _, name := range order {
		if p, ok := c.part(name, tested[name]); ok {
			parts = append(parts, p)
		}
	}
	found, complete := compose(parts, facets)
	// The caller of cast makes Undetermined of what is not complete, unless one of these
	// gets through.
	if !complete && len(found) > mostOfMany {
		found = found[:mostOfMany]
	}
	seen := map[policy.Caller]bool{}
	for _, v := range found {
		caller := policy.Caller{Kind: c.kind, Partition: cmp.Or(c.partition, v["partition"]), Account: v["account"], Path: v["path"], Name: v["name"], ID: v["id"], Session: v["session"]}
		if !seen[caller] {
			seen[caller] = true
			out = append(out, &caller)
		}
	}
	c.tellApart(out)
	return out, complete
}

// part is a part of the callers; ok is false where they have none, or it makes no
// difference.
func (c *casting) part(name string, tested bool) (p part, ok bool) {
	p.name = name
	person := c.kind == policy.UserCaller || c.kind == policy.RoleCaller
	switch name {
	case "partition":
		p.seeds, p.closed = aws.PartitionNames(), true
		return p, c.partition == ""
	case "account":
		p.language, p.seeds = accountIDs, c.accountSeeds()
		if c.account != "" {
			p.seeds, p.closed = []string{c.account}, true
		}
		for _, a := range c.not {
			p.not = append(p.not, automaton.Text(a))
		}
	case "path", secondPath:
		if !person || (name == secondPath) != c.second {
			return p, false
		}
		p.language, p.seeds, p.like = iamPaths, append(examplesOf(c.pathLike, iamPaths), append([]string{"/"}, c.pathSeeds()...)...), c.pathLike
		if c.path != "" {
			p.seeds, p.closed = []string{c.path}, true
		}
	case "name":
		if c.kind == policy.RootCaller {
			return p, false
		}
		p.language, p.seeds, p.twice, p.like = iamNames, append(examplesOf(c.nameLike, iamNames), c.nameSeeds()...), c.twice, c.nameLike
		if c.name != "" {
			p.seeds, p.closed, p.twice = []string{c.name}, true, false
		}
	case "id", secondID:
		if !person || !tested || (name == secondID) != c.second {
			return p, false
		}
		prefix := c.idPrefix()
		p.language, p.seeds = uniqueIDs(prefix), append([]string{prefix + madeUpID}, c.idSeeds()...)
		if c.account == "" { // an id is of one user or role, of an account that is meant
			for _, id := range c.idSeeds() {
				p.not = append(p.not, automaton.Text(id))
			}
		}
	case "session":
		if c.kind != policy.RoleCaller || !tested {
			return p, false
		}
		p.language, p.seeds = sessionNames, c.sessionSeeds()
	default:
		p.language = anything
		if strings.HasPrefix(name, freeOne) {
			p.language = oneOfAnything
		}
	}
	return p, true
}

const madeUpID = "IAMVETEXAMPLE"

func (c *casting) idPrefix() string {
	if c.kind == policy.RoleCaller {
		return "AROA"
	}
	return "AIDA"
}

// anything is every text, and oneOfAnything every character.
var (
	anything = automaton.Language{
		Groups:  automaton.AnyText.Groups,
		Step:    func(int, rune) int { return 0 },
		Accepts: func(int) bool { return true },
	}
	oneOfAnything = automaton.Language{
		Groups:  automaton.AnyText.Groups,
		Step:    func(s int, _ rune) int { return 1 - 2*min(s, 1) },
		Accepts: func(s int) bool { return s == 1 },
		Longest: 1,
	}
)
