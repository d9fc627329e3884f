// Package oidc says what the tokens of well-known OpenID Connect issuers hold:
// which of their claims AWS makes condition keys of, what these are made of, and
// which parts tell one customer of an issuer from another.
//
// Everything that the product knows of issuers is the table in issuers.go.
package oidc

import "strings"

// An Issuer gives tokens to its customers.
type Issuer struct {
	Name string
	// Hosts are its addresses without https://; * stands for what names a customer.
	Hosts []string
	// Shared says that all customers get their tokens from the same address.
	Shared bool
	// Demanded are the condition keys one of which a new trust policy has to
	// test for AWS to take it: claims, and keys that are spelled with a colon.
	Demanded []string
	// Application is the claim that names an application, all of whose users are
	// meant; "" where there is none.
	Application string
	// Audience is what tokens for AWS are made out for, as a rule.
	Audience string
	// Drafts are subjects, or audiences where these name the customer, with
	// capitals for what only people know.
	Drafts []string
	Parts  []Part
	// Tokens are the shapes of its tokens: templates by condition key, in which
	// {part} stands for a part. A key that is in none does not exist.
	Tokens []map[string]string
	// Optional are claims that not every token of such a shape has.
	Optional []string
	// Templates are the claims of which customers may make subjects of their own,
	// claim:value:claim:value; "" of a claim that stands for the rest of the usual
	// subject.
	Templates map[string]string
	Source    string
}

// A Part is a stretch of a claim.
type Part struct {
	Name  string
	Shape Shape
	// Owned says that no two customers have the same.
	Owned bool
	// Samples are values that customers have, or may have, the plainest first;
	// those that everybody has are not owned, whatever the part is.
	Samples []string
	// Everybody are values that every customer has.
	Everybody []string
	Longest   int
}

// A Shape is which texts a part can be.
type Shape int8

// The shapes.
const (
	Text   Shape = iota // letters, digits and - _ . / @ and the like, but no colon
	Word                // letters, digits, - _ and .
	Path                // words and slashes
	Login               // letters, digits, - and _ one at a time, as GitHub has it
	Number              // digits
	UUID
	Choice // one of the samples
	Opaque // anything; of others nothing is known but the samples
)

const (
	letters = "xyzabcdefghijklmnopqrstuvw"
	digits  = "0123456789"
	upper   = "XYZABCDEFGHIJKLMNOPQRSTUVW"
)

// Alphabet is every letter that the part can hold, the nicest first.
func (p Part) Alphabet() string {
	switch p.Shape {
	case Number:
		return "1234567890"
	case UUID:
		return digits + "abcdef-"
	case Login:
		return letters + digits + upper + "-_"
	case Word:
		return letters + digits + upper + "-_."
	case Path:
		return letters + digits + upper + "-_./"
	case Choice:
		return ""
	}
	if p.Shape == Opaque {
		return letters + digits + upper + "-_./:@ =+,#()[]"
	}
	return letters + digits + upper + "-_./@ =+,#()[]"
}

// Step is the state after one more letter; negative when no such text goes on
// with it. The state of the empty text is 0.
func (p Part) Step(state int, b byte) int {
	if strings.IndexByte(p.Alphabet(), b) < 0 {
		return -1
	}
	plain := b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
	switch p.Shape {
	case Number:
		if state == 0 && b == '0' {
			return -1
		}
	case UUID:
		if dash := state == 8 || state == 13 || state == 18 || state == 23; dash != (b == '-') || state == 36 {
			return -1
		}
		return state + 1
	case Login, Word, Path:
		switch {
		case plain:
		case state == 0 && (p.Owned || b == '/'), state == 2:
			return -1
		case p.Shape == Login || b == '/':
			return 2 // has to go on
		}
	}
	return 1
}

// Accepts says whether a text that ends in the state is whole.
func (p Part) Accepts(state int) bool {
	if p.Shape == UUID {
		return state == 36
	}
	return state == 1
}

// Holds says whether the part can be a text.
func (p Part) Holds(text string) bool {
	for _, known := range append(p.Samples, p.Everybody...) {
		if known == text {
			return true
		}
	}
	if p.Longest > 0 && len(text) > p.Longest {
		return false
	}
	state := 0
	for i := range len(text) {
		if state = p.Step(state, text[i]); state < 0 {
			return false
		}
	}
	return p.Accepts(state)
}

// Lookup finds the issuer at an address, without https://.
func Lookup(host string) (Issuer, bool) {
	host = strings.ToLower(strings.TrimSuffix(host, "/"))
	for _, issuer := range Issuers {
		for _, h := range issuer.Hosts {
			if isHost(h, host) {
				return issuer, true
			}
		}
	}
	return Issuer{}, false
}

// isHost says whether an address is one of those that a pattern stands for; each
// * is one letter or more.
func isHost(pattern, host string) bool {
	before, after, wild := strings.Cut(pattern, "*")
	rest, ok := strings.CutPrefix(host, before)
	if !ok || !wild {
		return ok && rest == ""
	}
	for i := 1; i <= len(rest); i++ {
		if isHost(after, rest[i:]) {
			return true
		}
	}
	return false
}

// Part finds a part by its name.
func (i Issuer) Part(name string) (Part, bool) {
	for _, p := range i.Parts {
		if p.Name == name {
			return p, true
		}
	}
	return Part{}, false
}

// HasKey says whether AWS makes a condition key of a claim of the issuer's
// tokens. The address of the issuer is not part of the claim.
func (i Issuer) HasKey(claim string) bool {
	for _, t := range i.Tokens {
		if _, ok := t[claim]; ok {
			return true
		}
	}
	return claim == "sub" || claim == "aud" || claim == "amr" || claim == "oaud" || claim == "email"
}

// Demands says whether a condition on the key (host:claim, or with a colon as
// it is demanded) is one that AWS demands.
func (i Issuer) Demands(host, key string) bool {
	for _, d := range i.Demanded {
		if !strings.Contains(d, ":") {
			d = host + ":" + d
		}
		if strings.EqualFold(d, key) {
			return true
		}
	}
	return false
}

// A Piece of a template is a text or the name of a part.
type Piece struct{ Text, Part string }

// Pieces takes a template apart.
func Pieces(template string) []Piece {
	var out []Piece
	for template != "" {
		text, rest, ok := strings.Cut(template, "{")
		if text != "" {
			out = append(out, Piece{Text: text})
		}
		if !ok {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		out = append(out, Piece{Part: name})
		template = after
	}
	return out
}

// Fill writes a template with the values of its parts.
func Fill(template string, values map[string]string) string {
	var b strings.Builder
	for _, p := range Pieces(template) {
		b.WriteString(p.Text)
		b.WriteString(values[p.Part])
	}
	return b.String()
}

// maxAlignments bounds the ways in which a pattern is laid over a template.
const maxAlignments = 1_000

// Mentions says what a pattern of a claim has for the parts of a template: named
// are values that it spells out, open those with wildcards. Where a wildcard may
// hide separators, all ways to go on after it are looked at.
func (i Issuer) Mentions(template, pattern string) (named, open map[string][]string) {
	a := alignment{issuer: i, named: map[string][]string{}, open: map[string][]string{}}
	a.along(Pieces(template), pattern)
	return a.named, a.open
}

type alignment struct {
	issuer      Issuer
	named, open map[string][]string
	steps       int
}

func (a *alignment) along(pieces []Piece, pattern string) {
	if a.steps++; a.steps > maxAlignments || len(pieces) == 0 {
		return
	}
	if text := pieces[0].Text; text != "" {
		if rest, ok := after(text, pattern); ok {
			a.along(pieces[1:], rest)
		}
		return
	}
	part, _ := a.issuer.Part(pieces[0].Part)
	n := 0
	for n < len(pattern) && part.mayHold(pattern[n]) {
		n++
	}
	if n == len(pattern) || !strings.ContainsRune("*?$", rune(pattern[n])) {
		value := pattern[:n]
		if a.follows(pieces[1:], pattern[n:]) && value != "" {
			a.named[part.Name] = append(a.named[part.Name], value)
		}
		a.along(pieces[1:], pattern[n:])
		return
	}
	for at := n + 1; at <= len(pattern); at++ {
		if at == len(pattern) || a.follows(pieces[1:], pattern[at:]) {
			a.open[part.Name] = append(a.open[part.Name], pattern[:at])
		}
		for i := range pieces {
			if i > 0 && pieces[i].Text != "" && a.follows(pieces[i:], pattern[at:]) {
				a.along(pieces[i:], pattern[at:])
			}
		}
	}
}

// follows says whether a pattern may go on with the next text of a template.
func (a *alignment) follows(pieces []Piece, pattern string) bool {
	if len(pieces) == 0 {
		return pattern == ""
	}
	_, ok := after(pieces[0].Text, pattern)
	return ok && pattern != ""
}

// mayHold says whether a letter can stand in the part.
func (p Part) mayHold(b byte) bool {
	if p.Shape == Choice || p.Shape == Opaque {
		return b != '*' && b != '?' && b != '$'
	}
	return strings.IndexByte(p.Alphabet(), b) >= 0
}

// after is what is left of a pattern behind a text. From its first * on, all is
// left.
func after(text, pattern string) (string, bool) {
	for i := range len(text) {
		switch {
		case i >= len(pattern):
			return "", false
		case pattern[i] == '*' || pattern[i] == '$':
			return pattern[i:], true
		case pattern[i] != text[i] && pattern[i] != '?':
			return "", false
		}
	}
	return pattern[len(text):], true
}

// Values takes a claim apart: what it has for every part of the template. It is
// false when the claim is not written like that.
func (i Issuer) Values(template, claim string) (map[string]string, bool) {
	return i.values(Pieces(template), claim)
}

func (i Issuer) values(pieces []Piece, claim string) (map[string]string, bool) {
	switch {
	case len(pieces) == 0:
		return map[string]string{}, claim == ""
	case pieces[0].Text != "":
		rest, ok := strings.CutPrefix(claim, pieces[0].Text)
		if !ok {
			return nil, false
		}
		return i.values(pieces[1:], rest)
	}
	part, _ := i.Part(pieces[0].Part)
	for n := len(claim); n > 0; n-- {
		if !part.Holds(claim[:n]) {
			continue
		}
		if out, ok := i.values(pieces[1:], claim[n:]); ok {
			out[part.Name] = claim[:n]
			return out, true
		}
	}
	return nil, false
}
