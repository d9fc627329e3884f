package proof

import (
	"cmp"
	"slices"
	"strconv"
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

// accountIDs, names and paths are what AWS allows.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
var (
	accountIDs = automaton.Words(digits, 12, 12)
	iamNames   = automaton.Words(lowerLetters+digits+upperLetters+"_-+=,.@", 1, 64)
	iamPaths   = automaton.Language{
		Groups: []string{lowerLetters + digits + upperLetters + "-_.,+=@", "/"},
		Step: func(s int, r rune) int {
			switch {
			case r == '/' && s != 1:
				return s + 1 - 2*boolInt(s == 2) // "/" is 1, "/team" is 2, "/team/" is 1 again
			case r > ' ' && r <= '~' && r != '/' && s > 0:
				return 2
			}
			return -1
		},
		Accepts: func(s int) bool { return s == 1 },
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
		Accepts: func(s int) bool { return s == 16 },
		Longest: 128,
	}
}

// exampleAccounts are the accounts of AWS's examples, which stand for any account
// that the policies do not tell from them.
var exampleAccountIDs = []string{
	"111122223333", "444455556666", "777788889999", "123123123123", "222233334444", "333344445555", "555566667777", "666677778888", "888899990000",
}

// callerTests is what policies compare callers with.
type callerTests struct {
	// by key, without aws: and in lower case, what it is compared with.
	by map[string][]policy.Pattern
	// whole are the values that other keys and resources are compared with which
	// are made of the caller, each with what else that key is compared with.
	made []madeOf
	// users, roles and sessions are those that principals name.
	principals []policy.Principal
}

// madeOf is a pattern with variables that are of the caller, and the patterns that
// the same key is compared with.
type madeOf struct {
	pattern policy.Pattern
	beside  []policy.Pattern
}

var keysOfCallers = []string{"principalarn", "principalaccount", "username", "userid"}

func callerKey(key string) (string, bool) {
	short, ok := strings.CutPrefix(strings.ToLower(key), "aws:")
	return short, ok && slices.Contains(keysOfCallers, short)
}

func madeOfCaller(p policy.Pattern) bool {
	return slices.ContainsFunc(p.Variables(), func(v string) bool {
		_, ok := callerKey(v)
		return ok
	})
}

// testsOfCallers is what documents compare callers with.
func testsOfCallers(docs []*policy.Document) *callerTests {
	t := &callerTests{by: map[string][]policy.Pattern{}}
	others := map[string][]policy.Pattern{} // of keys that are not of the caller
	seen := map[string]bool{}
	note := func(key string, p policy.Pattern, kind string) {
		id := key + "\x00" + kind + "\x00" + p.String()
		if seen[id] && !p.HasHole() {
			return
		}
		seen[id] = true
		if short, ok := callerKey(key); ok {
			t.by[short] = append(t.by[short], p)
			if !madeOfCaller(p) {
				return
			}
		}
		others[key] = append(others[key], p)
	}
	for _, d := range docs {
		if d == nil {
			continue
		}
		for _, s := range d.Statements {
			t.principals = append(t.principals, s.Principals...)
			for _, p := range s.Resources {
				note("", p, "")
			}
			for i := range s.Conditions {
				c := &s.Conditions[i]
				if c.Operator.Family == policy.StringFamily || c.Operator.Family == policy.ARNFamily {
					for _, p := range c.Values {
						note(strings.ToLower(c.Key), p, c.Operator.Base)
					}
				}
			}
		}
	}
	for _, key := range sortedKeys(others) {
		for i, p := range others[key] {
			if madeOfCaller(p) {
				beside := slices.Concat(others[key][:i], others[key][i+1:])
				if short, ok := callerKey(key); ok {
					beside = append(beside, t.by[short]...)
				}
				t.made = append(t.made, madeOf{p, beside})
			}
		}
	}
	return t
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
	names      []string // that read well, before all others
	twice      bool     // two callers of each kind, where there are two
}

// The parts of callers stand in patterns as characters of their own.
var partRunes = map[rune]string{'\uE000': "account", '\uE001': "path", '\uE002': "name", '\uE003': "id", '\uE004': "session", '\uE005': "partition"}

const (
	accountRune   = "\uE000"
	pathRune      = "\uE001"
	nameRune      = "\uE002"
	idRune        = "\uE003"
	sessionRune   = "\uE004"
	partitionRune = "\uE005"
)

// keys are the keys of the callers, made of their parts; "" is one that they do
// not carry.
func (c *casting) keys() map[string]string {
	out := map[string]string{"principalaccount": accountRune}
	partition := cmp.Or(c.partition, partitionRune)
	arn := "arn:" + partition + ":iam::" + accountRune + ":"
	switch c.kind {
	case policy.RootCaller:
		out["principalarn"], out["userid"] = arn+"root", accountRune
	case policy.UserCaller:
		out["principalarn"], out["username"], out["userid"] = arn+"user"+pathRune+nameRune, nameRune, idRune
	case policy.RoleCaller:
		out["principalarn"], out["userid"] = arn+"role"+pathRune+nameRune, idRune+":"+sessionRune
		out["session"] = "arn:" + partition + ":sts::" + accountRune + ":assumed-role/" + nameRune + "/" + sessionRune
	case policy.FederatedUserCaller:
		out["principalarn"], out["userid"] = "arn:"+partition+":sts::"+accountRune+":federated-user/"+nameRune, accountRune+":"+nameRune
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
// order in which their parts are written.
func (c *casting) facets() (out []facet, order []string) {
	keys := c.keys()
	order = []string{"partition", "account", "path", "name", "id", "session"}
	// What is known of every such caller: the values of its keys are characters
	// for its parts.
	r := &policy.Request{Caller: &policy.Caller{Kind: c.kind, Partition: c.partition}, Context: map[string]policy.ContextValue{}, Unlisted: policy.Either}
	for _, k := range keysOfCallers {
		r.Context["aws:"+k] = policy.One(keys[k])
	}
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
				if p.Class == policy.AccountPrincipal && p.Account != "" && c.account == "" {
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
	facets, order := c.facets()
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
	case "path":
		if !person {
			return p, false
		}
		p.language, p.seeds = iamPaths, append([]string{"/"}, c.pathSeeds()...)
		if c.path != "" {
			p.seeds, p.closed = []string{c.path}, true
		}
	case "name":
		if c.kind == policy.RootCaller {
			return p, false
		}
		p.language, p.seeds, p.twice = iamNames, c.nameSeeds(), c.twice
		if c.name != "" {
			p.seeds, p.closed, p.twice = []string{c.name}, true, false
		}
	case "id":
		if !person || !tested {
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

// accountSeeds are accounts that read well: those of examples, and such as begin or
// end like those that patterns accept.
func (c *casting) accountSeeds() []string {
	out := slices.Clone(exampleAccountIDs)
	if len(c.not) > 0 && c.kind != policy.RootCaller { // somebody else's
		out[0], out[1] = out[1], out[0]
	}
	add := func(pattern string) {
		if strings.Trim(pattern, digits+"*?") != "" || !strings.ContainsAny(pattern, "*?") {
			return
		}
		fixed := strings.ReplaceAll(strings.ReplaceAll(pattern, "?", "1"), "*", "")
		if len(fixed) < 12 {
			rest := exampleAccountIDs[0][:12-len(fixed)]
			out = append(out, strings.Replace(strings.ReplaceAll(pattern, "?", "1"), "*", rest, 1))
		}
	}
	for _, p := range c.by["principalaccount"] {
		add(p.String())
	}
	for _, p := range c.principals {
		if p.Account != "" {
			out = append(out, p.Account)
		}
	}
	for _, p := range c.by["principalarn"] {
		if parts := strings.SplitN(p.String(), ":", 6); len(parts) == 6 {
			add(parts[4])
		}
	}
	return held(out, accountIDs)
}

// nameSeeds are names that read well: usual ones, and such as patterns accept.
func (c *casting) nameSeeds() []string {
	out := append(slices.Clone(c.names), "alice", "bob")
	if c.kind == policy.RoleCaller {
		out = append(slices.Clone(c.names), "dev", "ops")
	}
	for _, filler := range []string{"x", "y"} {
		for _, p := range c.by["username"] {
			out = append(out, strings.NewReplacer("*", filler, "?", filler).Replace(p.String()))
		}
		for _, p := range c.resources() {
			out = append(out, strings.NewReplacer("*", filler, "?", filler).Replace(base(p)))
		}
	}
	for _, p := range c.principals {
		out = append(out, base(p.Name))
	}
	for _, m := range c.made {
		for _, p := range m.beside {
			if g, possible, _ := p.Glob(nil); possible {
				out = append(out, g.Fill("x", "somebody"))
			}
		}
	}
	return held(out, iamNames)
}

// pathSeeds are paths that patterns accept.
func (c *casting) pathSeeds() []string {
	var out []string
	for _, p := range c.resources() {
		out = append(out, strings.NewReplacer("*", "x", "?", "x").Replace(pathOf(p)))
	}
	return held(out, iamPaths)
}

// resources are the paths and names of the users or roles that patterns name.
func (c *casting) resources() []string {
	kind := "user/"
	if c.kind == policy.RoleCaller {
		kind = "role/"
	}
	var out []string
	for _, p := range c.by["principalarn"] {
		if _, resource, ok := cutARN(p.String()); ok {
			if name, of := strings.CutPrefix(resource, kind); of {
				out = append(out, name)
			}
		}
	}
	return out
}

// idSeeds are ids that the policies spell out.
func (c *casting) idSeeds() []string {
	var out []string
	for _, p := range c.by["userid"] {
		id, _, _ := strings.Cut(p.String(), ":")
		out = append(out, id)
	}
	for _, p := range c.principals {
		if p.Class == policy.UniqueIDPrincipal {
			out = append(out, p.Name)
		}
	}
	return held(out, uniqueIDs(c.idPrefix()))
}

func (c *casting) sessionSeeds() []string {
	out := []string{madeUpSession}
	for _, p := range c.by["userid"] {
		if _, session, ok := strings.Cut(p.String(), ":"); ok {
			out = append(out, strings.NewReplacer("*", "x", "?", "x").Replace(session))
		}
	}
	for _, p := range c.principals {
		if p.Class == policy.AssumedRolePrincipal {
			_, session, _ := strings.Cut(p.Name, "/")
			out = append(out, session)
		}
	}
	return held(out, sessionNames)
}

const madeUpSession = "session-of-"

// mostSeeds bounds the texts that read well: they make witnesses nicer, and prove
// nothing.
const mostSeeds = 200

// held are those of the texts that a language holds, each once.
func held(texts []string, l automaton.Language) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range texts {
		if len(out) < mostSeeds && !seen[s] && l.Contains(s) {
			out = append(out, s)
		}
		seen[s] = true
	}
	return out
}

// tellApart gives callers ids and sessions of their own, where the policies do not
// say which they have.
func (c *casting) tellApart(callers []*policy.Caller) {
	alike := func(a, b *policy.Caller) bool {
		x, y := userID(a), userID(b)
		return !slices.ContainsFunc(c.by["userid"], func(p policy.Pattern) bool { return p.Matches(x) != p.Matches(y) }) &&
			!slices.ContainsFunc(c.principals, func(p policy.Principal) bool { return p.Matches(a) != p.Matches(b) })
	}
	for _, caller := range callers {
		own := *caller
		if own.ID == "" {
			own.ID = c.idPrefix() + madeUpID
		}
		own.ID += idOf(own.Name)
		if !c.idTested() || alike(caller, &own) {
			caller.ID = own.ID
		}
		if c.kind != policy.RoleCaller {
			continue
		}
		own = *caller
		if own.Session == "" {
			own.Session = madeUpSession
		}
		own.Session += own.Name
		if own.Session = own.Session[:min(64, len(own.Session))]; caller.Session == "" || alike(caller, &own) {
			caller.Session = own.Session
		}
	}
}

// singled says of each of some callers whether conditions single it out among them.
func (c *casting) singled(callers []*policy.Caller) []bool {
	kinds := map[string]bool{}
	matches := make([]string, len(callers))
	for i, caller := range callers {
		r := &policy.Request{Caller: caller}
		for _, k := range keysOfCallers {
			v := r.Lookup("aws:" + k)
			for j, p := range c.by[k] {
				if len(v.Values) == 1 && p.Matches(v.Values[0]) != policy.False {
					matches[i] += k + strconv.Itoa(j) + " "
				}
			}
		}
		kinds[matches[i]] = true
	}
	out := make([]bool, len(callers))
	for i := range out {
		out[i] = len(kinds) > 1 && matches[i] != ""
	}
	return out
}

// userID is a caller's aws:userid.
func userID(c *policy.Caller) string {
	return strings.Join((&policy.Request{Caller: c}).Lookup("aws:userid").Values, "")
}

func (c *casting) idTested() bool {
	return len(c.by["userid"]) > 0 || len(c.principalsOf(policy.UniqueIDPrincipal)) > 0
}
