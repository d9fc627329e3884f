package proof

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/iamvet/iamvet/analyzer/automaton"
	"github.com/iamvet/iamvet/analyzer/oidc"
	"github.com/iamvet/iamvet/analyzer/policy"
)

// A token is what one token of an issuer holds, by condition key without the
// address of the issuer.
type token map[string]string

// maxOptional bounds the optional claims that are left out one by one.
// Each doubles the tokens that are written.
const maxOptional = 4

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
		shapes, all := f.variants(shape)
		w.incomplete = w.incomplete || !all
		for _, s := range shapes {
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
// policies test. It is false where there are more of these than are left out.
func (f *federated) variants(shape map[string]string) (out []map[string]string, all bool) {
	out = []map[string]string{shape}
	n := 0
	for _, claim := range f.issuer.Optional {
		if _, ok := shape[claim]; !ok || len(f.conditionsOn(claim)) == 0 {
			continue
		}
		if n++; n > maxOptional {
			return out, false
		}
		for _, s := range out {
			without := maps.Clone(s)
			delete(without, claim)
			out = append(out, without)
		}
	}
	return out, true
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

// write gives the tokens of a shape that the policies can tell from those before.
func (w *tokenWriter) write(shape map[string]string) []token {
	var parts []part
	for _, name := range w.order(shape) {
		p, _ := w.issuer.Part(name)
		parts = append(parts, w.part(p))
	}
	found, complete := compose(parts, w.facets(shape))
	w.incomplete = w.incomplete || !complete
	var out []token
	for _, values := range found {
		if token, tested := w.token(shape, values); !w.seen[tested] {
			w.seen[tested] = true
			out = append(out, token)
		}
	}
	return out
}

// part is a part of a token: of a stranger's, not what is somebody's in particular.
func (w *tokenWriter) part(p oidc.Part) part {
	out := part{
		name: p.Name, seeds: w.seeds(p),
		closed: p.Shape == oidc.Choice || p.Shape == oidc.Opaque && w.strangers,
		language: automaton.Language{
			Groups:  []string{strings.ReplaceAll(p.Alphabet(), "-", ""), "/", "-"},
			Step:    func(state int, r rune) int { return p.Step(state, byte(min(r, unicode.MaxASCII))) },
			Accepts: p.Accepts, Longest: p.Longest,
		},
	}
	if w.strangers && p.Owned {
		for _, name := range w.mentions[p.Name].named {
			out.not = append(out.not, automaton.FoldedText(name))
		}
	}
	return out
}

// facets are the claims of a shape that the policies test.
func (w *tokenWriter) facets(shape map[string]string) []facet {
	var out []facet
	for _, claim := range sortedKeys(shape) {
		var f facet
		for _, p := range w.patternsOn(claim) {
			g, possible, _ := p.Glob(w.bearer)
			if !possible {
				continue
			}
			if len(p.Variables()) > 0 {
				w.incomplete = true
			}
			f.globs = append(f.globs, g)
		}
		for _, p := range oidc.Pieces(shape[claim]) {
			f.pieces = append(f.pieces, piece{p.Text, p.Part})
		}
		out = append(out, f)
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
