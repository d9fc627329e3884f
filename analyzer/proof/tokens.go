package proof

import (
	"maps"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/oidc"
	"github.com/iamvet/iamvet/analyzer/policy"
)

// A token is what one token of an issuer holds, by condition key without the
// address of the issuer.
type token map[string]string

const (
	// maxWritten bounds the beginnings of tokens that are told apart at once.
	maxWritten = 512
	// maxOptional bounds the optional claims that are left out one by one.
	maxOptional = 4
)

// eachToken gives tokens of the issuer, one for every way in which the policies can
// tell them apart, until visit has seen enough: of customers whom no policy names,
// or of anybody. It is false when one may be missing.
//
// A token is written part by part (the owner, the repository, the branch), and
// two beginnings that all patterns of all claims treat alike are one.
func (f *federated) eachToken(strangers bool, visit func(token) (more bool)) (complete bool) {
	w := &tokenWriter{
		federated: f, strangers: strangers, seen: map[string]bool{},
		bearer: &policy.Request{Context: bearer(), Unlisted: policy.Either},
	}
	for _, shape := range f.shapes {
		for _, s := range f.variants(shape) {
			for _, t := range w.write(s) {
				if !visit(t) {
					return true
				}
			}
		}
	}
	return !w.incomplete
}

// variants are a shape with and without those of its optional claims that the
// policies test.
func (f *federated) variants(shape map[string]string) []map[string]string {
	out := []map[string]string{shape}
	n := 0
	for _, claim := range f.issuer.Optional {
		if _, ok := shape[claim]; !ok || len(f.conditionsOn(claim)) == 0 {
			continue
		}
		if n++; n > maxOptional {
			break
		}
		for _, s := range out {
			without := maps.Clone(s)
			delete(without, claim)
			out = append(out, without)
		}
	}
	return out
}

// customSubjects are shapes with subjects that customers make of claims of their
// choice, in the order of the policies' own.
func (f *federated) customSubjects() []map[string]string {
	var out []map[string]string
	var seen []string
	add := func(shape map[string]string, subject string) {
		if slices.Contains(seen, subject) {
			return
		}
		seen = append(seen, subject)
		custom := maps.Clone(shape)
		custom["sub"] = subject
		out = append(out, custom)
	}
	for _, t := range f.issuer.Tokens {
		seen = append(seen, t["sub"])
	}
	for _, p := range f.patternsOn("sub") {
		var pieces []string
		shape := f.issuer.Tokens[0]
		for _, segment := range strings.Split(p.String(), ":") {
			template := f.issuer.Templates[segment]
			if template == "" || slices.Contains(pieces, segment+":"+template) {
				continue
			}
			pieces = append(pieces, segment+":"+template)
			if segment == "environment" {
				shape = f.issuer.Tokens[1]
			}
		}
		if len(pieces) > 0 {
			add(shape, strings.Join(pieces, ":"))
			add(shape, strings.Join(pieces, ":")+":{rest}")
		}
	}
	return out
}

// mentioned is what the policies compare a part with.
type mentioned struct {
	// named are values that they spell out: whose they are, is somebody in
	// particular.
	named []string
	// open are those with wildcards, numbers what it is compared with as a number.
	open, numbers []string
}

// mention notes what the policies compare every part with.
func (f *federated) mention() {
	f.shapes = append(slices.Clone(f.issuer.Tokens), f.customSubjects()...)
	f.mentions = map[string]mentioned{}
	var seen []string
	for _, shape := range f.shapes {
		for _, claim := range sortedKeys(shape) {
			if template := shape[claim]; len(f.conditionsOn(claim)) > 0 && !slices.Contains(seen, claim+" "+template) {
				seen = append(seen, claim+" "+template)
				f.mentionIn(claim, template)
			}
		}
	}
	for name, m := range f.mentions {
		for _, list := range []*[]string{&m.named, &m.open, &m.numbers} {
			slices.Sort(*list)
			*list = slices.Compact(*list)
		}
		f.mentions[name] = m
	}
}

func (f *federated) mentionIn(claim, template string) {
	for _, c := range f.conditionsOn(claim) {
		if c.Operator.Family == policy.NullFamily {
			continue
		}
		for _, p := range c.Values {
			named, open := f.issuer.Mentions(template, p.String())
			for name, values := range named {
				m := f.mentions[name]
				part, _ := f.issuer.Part(name)
				for _, v := range values {
					if part.Holds(v) && !slices.Contains(part.Everybody, v) {
						m.named = append(m.named, v)
					}
				}
				if c.Operator.Family == policy.NumericFamily {
					m.numbers = append(m.numbers, values...)
				}
				f.mentions[name] = m
			}
			for name, values := range open {
				m := f.mentions[name]
				part, _ := f.issuer.Part(name)
				m.open = append(m.open, values...)
				for _, v := range values {
					if whole := strings.TrimRight(v, "*?"); part.Holds(whole) {
						m.named = append(m.named, whole) // example* is meant for example
					}
				}
				f.mentions[name] = m
			}
		}
	}
}

// A tokenWriter writes the tokens of one issuer.
type tokenWriter struct {
	*federated
	strangers  bool
	incomplete bool
	seen       map[string]bool // tokens, by what the policies test of them
	bearer     *policy.Request // what is known of everybody who brings a token
}

// written is the beginning of a token.
type written struct {
	nodes  []uint64 // of the patterns' automata
	values map[string]string
}

// tracked is a claim that the policies test, with its template and where the
// writing stands.
type tracked struct {
	pieces []oidc.Piece
	globs  []int
	at     int
}

// write gives the tokens of a shape that the policies can tell from those before.
func (w *tokenWriter) write(shape map[string]string) []token {
	m := &machine{}
	claims := w.track(shape, m)
	begin := written{nodes: m.start(), values: map[string]string{}}
	for _, c := range claims {
		begin.nodes = c.literals(m, begin.nodes)
	}
	tokens := []written{begin}
	for _, name := range w.order(shape) {
		part, _ := w.issuer.Part(name)
		var writing []*tracked
		for _, c := range claims {
			if c.at < len(c.pieces) && c.pieces[c.at].Part == name {
				writing = append(writing, c)
			}
		}
		tokens = w.further(part, m, writing, tokens)
	}
	for _, c := range claims {
		if c.at < len(c.pieces) {
			w.incomplete = true // the claims write their parts in different orders
		}
	}
	var out []token
	for _, t := range tokens {
		if token, tested := w.token(shape, t.values); !w.seen[tested] {
			w.seen[tested] = true
			out = append(out, token)
		}
	}
	return out
}

// token is a token of a shape, and that of it which the policies test.
func (w *tokenWriter) token(shape, values map[string]string) (out token, tested string) {
	out = token{}
	for _, claim := range sortedKeys(shape) {
		out[claim] = oidc.Fill(shape[claim], values)
		if len(w.conditionsOn(claim)) > 0 {
			tested += claim + "=" + out[claim] + "\x00"
		}
	}
	return out, tested
}

// track starts the automata of the patterns of every claim.
func (w *tokenWriter) track(shape map[string]string, m *machine) []*tracked {
	var out []*tracked
	for _, claim := range sortedKeys(shape) {
		c := &tracked{pieces: oidc.Pieces(shape[claim])}
		for _, p := range w.patternsOn(claim) {
			symbols, possible, _ := p.Symbols(w.bearer)
			if !possible {
				continue
			}
			if len(p.Variables()) > 0 {
				w.incomplete = true
			}
			c.globs = append(c.globs, len(m.globs))
			m.globs = append(m.globs, symbols)
		}
		if len(c.globs) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// order is the order in which parts are written: that of the subject, then that
// of the other claims.
func (w *tokenWriter) order(shape map[string]string) []string {
	var out []string
	for _, claim := range append([]string{"sub"}, sortedKeys(shape)...) {
		at := 0
		for _, p := range oidc.Pieces(shape[claim]) {
			if p.Part == "" {
				continue
			}
			if i := slices.Index(out, p.Part); i >= 0 {
				at = max(at, i+1)
				continue
			}
			out = slices.Insert(out, at, p.Part)
			at++
		}
	}
	return out
}

// literals reads what a template has before its next part.
func (c *tracked) literals(m *machine, nodes []uint64) []uint64 {
	for c.at < len(c.pieces) && c.pieces[c.at].Part == "" {
		nodes = c.read(m, nodes, c.pieces[c.at].Text)
		c.at++
	}
	return nodes
}

// read moves the automata of the claim alone.
func (c *tracked) read(m *machine, nodes []uint64, text string) []uint64 {
	own, rest := c.split(nodes)
	for i := range len(text) {
		own = m.next(own, text[i])
	}
	return sortedNodes(append(rest, own...))
}

func (c *tracked) split(nodes []uint64) (own, rest []uint64) {
	for _, n := range nodes {
		if slices.Contains(c.globs, int(n>>32)) {
			own = append(own, n)
		} else {
			rest = append(rest, n)
		}
	}
	return own, rest
}

func sortedNodes(nodes []uint64) []uint64 {
	slices.Sort(nodes)
	return nodes
}

// further writes one more part of every token.
func (w *tokenWriter) further(part oidc.Part, m *machine, writing []*tracked, tokens []written) []written {
	at := make([]int, len(writing))
	for i, c := range writing {
		at[i] = c.at
	}
	seen := map[string]bool{}
	var out []written
	for _, t := range tokens {
		var active, rest []uint64
		rest = t.nodes
		for _, c := range writing {
			var own []uint64
			own, rest = c.split(rest)
			active = append(active, own...)
		}
		for _, found := range w.values(part, m, sortedNodes(active)) {
			nodes := sortedNodes(slices.Concat(rest, found.nodes))
			for i, c := range writing {
				c.at = at[i] + 1
				nodes = c.literals(m, nodes)
			}
			key := stateKey(nodes, 0)
			if seen[key] {
				continue
			}
			if len(out) >= maxWritten {
				w.incomplete = true
				break
			}
			seen[key] = true
			values := maps.Clone(t.values)
			values[part.Name] = found.sample
			out = append(out, written{nodes, values})
		}
	}
	return out
}

// values are texts of a part, one for each way in which the automata tell them
// apart, the most telling first.
func (w *tokenWriter) values(part oidc.Part, m *machine, active []uint64) []visit {
	patterns := len(m.globs)
	excluded := w.mentions[part.Name].named
	if !w.strangers || !part.Owned {
		excluded = nil
	}
	start := active
	for _, name := range excluded {
		m.globs = append(m.globs, foldedGlob(name))
		start = m.put(slices.Clone(start), len(m.globs)-1, 0)
	}
	defer func() { m.globs = m.globs[:patterns] }()
	if len(active) == 0 && len(excluded) == 0 {
		return []visit{{sample: part.Samples[0]}}
	}
	var out []visit
	seen := map[string]bool{}
	add := func(sample string, nodes []uint64) {
		var kept []uint64
		for _, n := range nodes {
			switch g := int(n >> 32); {
			case g < patterns:
				kept = append(kept, n)
			case int(uint32(n)) == len(m.globs[g]):
				return // somebody in particular
			}
		}
		if key := stateKey(kept, 0); !seen[key] {
			seen[key] = true
			out = append(out, visit{nodes: kept, sample: sample})
		}
	}
	for _, seed := range w.seeds(part) {
		nodes := start
		for i := range len(seed) {
			nodes = m.next(nodes, seed[i])
		}
		add(seed, nodes)
	}
	if part.Shape == oidc.Choice || part.Shape == oidc.Opaque && w.strangers || len(active) == 0 && len(out) > 0 {
		return out
	}
	m.lang = language{
		alphabet: part.Alphabet(), step: part.Step, longest: part.Longest,
		accepts: part.Accepts, told: "-",
	}
	if !m.exploreFrom(start, add) {
		w.incomplete = true
	}
	return out
}

// seeds are telling texts of a part.
func (w *tokenWriter) seeds(part oidc.Part) []string {
	m := w.mentions[part.Name]
	out := slices.Concat(part.Samples, part.Everybody)
	if !w.strangers || !part.Owned {
		out = append(slices.Clone(m.named), out...)
	}
	for _, o := range m.open {
		out = append(out, strings.NewReplacer("*", "-else", "?", "x").Replace(o), strings.NewReplacer("*", "x", "?", "x").Replace(o))
	}
	for _, c := range m.numbers {
		out = append(out, around(c)...)
	}
	return slices.DeleteFunc(dedupe(out), func(s string) bool {
		return !part.Holds(s) || part.Shape == oidc.Opaque && w.strangers && !slices.Contains(part.Samples, s)
	})
}

// foldedGlob is the pattern of a name in any letter case.
func foldedGlob(name string) glob {
	g := literalGlob(name)
	for i, s := range g {
		if s >= 'A' && s <= 'Z' || s >= 'a' && s <= 'z' {
			g[i] = policy.FoldedByte + s | 0x20
		}
	}
	return g
}
