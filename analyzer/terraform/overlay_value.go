package terraform

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// merger joins what a configuration and a plan (or a state) say of one value.
// The plan is right about what the value is, the configuration about where it
// stands and how it is written.
type merger struct {
	// prefer says of spans that the configuration is right there; may be nil.
	prefer func(source.Span) bool
	state  bool
	// foreign says that the configuration's values are those of another
	// instance of the block: only their places count.
	foreign bool
	// kept says of attributes that a plan or state says what they are, whatever is
	// written: ignore_changes covers them. May be nil.
	kept func(attribute string) bool
}

// body joins the bodies of a resource.
func (m merger) body(c, p *value.Value) *value.Value {
	if !c.IsMapping() {
		return p
	}
	out := *c
	out.Attrs = nil
	planned := map[string]*value.Value{}
	for _, a := range p.Attrs {
		if k, ok := a.Key(); ok {
			planned[k] = a.Value
		}
	}
	for _, a := range c.Attrs {
		if k, ok := a.Key(); ok {
			if pv, ok := planned[k]; ok {
				if m.kept != nil && m.kept(k) {
					a.Value = m.join(a.Value, pv)
				} else {
					a.Value = m.value(a.Value, pv)
				}
				delete(planned, k)
			} else if m.foreign {
				continue
			}
		}
		out.Attrs = append(out.Attrs, a)
	}
	for _, a := range p.Attrs { // defaults and computed attributes
		k, _ := a.Key()
		if v, left := planned[k]; left && !v.Is(value.Unknown) {
			out.Attrs = append(out.Attrs, a)
		}
	}
	return &out
}

// value joins the values of an attribute.
//
// An edit in memory is newer than the plan, so that there the configuration is
// right; it would else never show whether a fix helps.
func (m merger) value(c, p *value.Value) *value.Value {
	if !m.foreign && m.edited(c) {
		return m.fill(c, p)
	}
	return m.join(c, p)
}

// edited says that something in c stands where the configuration is right.
func (m merger) edited(c *value.Value) bool {
	if m.prefer == nil {
		return false
	}
	found := false
	c.Walk(func(v *value.Value) bool {
		found = found || !v.Span.IsZero() && m.prefer(v.Span)
		for _, p := range v.Parts {
			found = found || !p.Text.Span.IsZero() && m.prefer(p.Text.Span)
		}
		return !found
	})
	return found
}

// join is p where it is known, at the places of c.
func (m merger) join(c, p *value.Value) *value.Value {
	v := m.joined(c, p)
	if p != nil && p.Sensitive && v != nil && !v.Sensitive {
		out := *v
		out.Sensitive = true
		return &out
	}
	return v
}

// joined asks in an order that matters: an unknown side first, since it has no
// members to compare, then one that is not there, then the two by their kinds.
func (m merger) joined(c, p *value.Value) *value.Value {
	switch {
	case m.foreign && !c.Is(p.Kind):
		return m.placed(p, c)
	case p.Is(value.Unknown):
		return unknownInPlan(c, p)
	case c.Is(value.Unknown):
		return m.placed(p, c)
	case c.Missing():
		if p.Missing() {
			return confirmed(c)
		}
		// A default of the provider, or what it computed: it stands nowhere.
		return p
	case p.Missing():
		return m.placed(p, c)
	case c.Is(value.String) && p.Is(value.String):
		return m.joinStrings(c, p)
	case c.IsSequence() && p.IsSequence():
		return m.joinLists(c, p)
	case c.IsMapping() && p.IsMapping():
		return m.joinObjects(c, p, !m.state)
	case value.EqualScalars(c, p) && !m.foreign:
		return confirmed(c)
	}
	return m.placed(p, c)
}

// unknownInPlan is c, joined by what the plan has beside an unknown value. "Known
// after apply" says less than most configurations: there is the reference.
func unknownInPlan(c, p *value.Value) *value.Value {
	if c == nil {
		return p
	}
	if p == nil || p.Ref == nil || c.Ref != nil || !c.Is(value.Unknown) {
		return c
	}
	out := *c
	out.Ref = p.Ref
	return &out
}

// placed is p at the place of c, and with what c came through. An instance that
// only lends its place (foreign) was not what the value came through.
func (m merger) placed(p, c *value.Value) *value.Value {
	out := *p
	if c == nil {
		return &out
	}
	out.Span, out.Syntax = c.Span, c.Syntax
	if !m.foreign {
		out.Via = c.Via
		if c.Ref != nil {
			out.Ref = c.Ref
		}
	}
	out.Sensitive = p.Sensitive || c.Sensitive
	if out.Kind == value.String && out.JSON == nil {
		for i, part := range out.Parts {
			// A text without a place would leave a finding about it without one.
			if part.Hole == nil && part.Text.Span.IsZero() && !c.Span.IsZero() {
				out.Parts = append([]value.Part(nil), out.Parts...)
				out.Parts[i].Text = source.Computed(part.Text.String, c.Span)
			}
		}
	}
	return &out
}

// confirmed is c without the assumptions that it rested on: the plan was made
// with the same values.
func confirmed(c *value.Value) *value.Value {
	if len(c.AllAssumptions()) == 0 {
		return c
	}
	return withoutAssumptions(c)
}

// withoutAssumptions copies, for values are shared with the configuration's own
// root.
func withoutAssumptions(c *value.Value) *value.Value {
	if c == nil {
		return nil
	}
	out := *c
	out.Assumptions = nil
	out.JSON = withoutAssumptions(c.JSON)
	out.Elems, out.Attrs, out.Parts = nil, nil, nil
	for _, e := range c.Elems {
		out.Elems = append(out.Elems, withoutAssumptions(e))
	}
	for _, a := range c.Attrs {
		out.Attrs = append(out.Attrs, value.Attr{Name: withoutAssumptions(a.Name), Value: withoutAssumptions(a.Value), Expr: a.Expr})
	}
	for _, p := range c.Parts {
		p.Hole = withoutAssumptions(p.Hole)
		out.Parts = append(out.Parts, p)
	}
	return &out
}

// joinStrings keeps c when its text, or the JSON that it is, is that of p. A hole
// in c takes what is left of p's text, so that the parts around it keep their
// places.
func (m merger) joinStrings(c, p *value.Value) *value.Value {
	text, known := p.Text()
	if !known {
		if p.JSON != nil && c.JSON != nil { // both know the structure
			out := *c
			out.JSON = m.join(c.JSON, p.JSON)
			return &out
		}
		return unknownInPlan(c, p)
	}
	if have, ok := c.Text(); ok && have == text && !m.foreign {
		return confirmed(c)
	}
	// AWS and its provider print policies in an order of their own: as JSON they
	// may be the same. The joined tree keeps the places of those parts that are.
	if t := strings.TrimLeft(text, " \t\r\n"); strings.HasPrefix(t, "{") || strings.HasPrefix(t, "[") {
		ct, cErr := value.DecodeJSON(c)
		pt, pErr := value.DecodeJSON(p)
		if cErr == nil && pErr == nil && !ct.Is(value.Unknown) {
			if !m.foreign && c.Known() && value.EqualJSON(ct, pt) {
				return confirmed(c)
			}
			out := m.placed(p, c)
			out.JSON = m.join(ct, pt)
			return out
		}
	}
	out := m.placed(p, c)
	if parts := fillHole(c, text); parts != nil {
		out.Parts = parts
	}
	return out
}

// fillHole puts the text that c's only hole must have for the whole to be text.
// Of two holes nobody knows where the text of one ends, and the result is nil.
func fillHole(c *value.Value, text string) []value.Part {
	hole := -1
	before, after := "", ""
	for i, p := range c.Parts {
		switch {
		case p.Hole != nil && hole >= 0:
			return nil
		case p.Hole != nil:
			hole = i
		case hole < 0:
			before += p.Text.String
		default:
			after += p.Text.String
		}
	}
	if hole < 0 || len(before)+len(after) > len(text) || !strings.HasPrefix(text, before) || !strings.HasSuffix(text, after) {
		return nil
	}
	parts := append([]value.Part(nil), c.Parts...)
	parts[hole] = value.Part{Text: source.Computed(text[len(before):len(text)-len(after)], c.Parts[hole].Hole.Span)}
	return parts
}

// joinLists keeps c when it has the elements of p; else it is p, each element
// at the place of the one of c that is equal to it, that nothing tells from it or
// that stands in its turn.
func (m merger) joinLists(c, p *value.Value) *value.Value {
	used := make([]bool, len(c.Elems))
	match := make([]int, len(p.Elems))
	exact := 0
	// Beyond that, elements are only taken in turn.
	search := !m.foreign && len(c.Elems)*len(p.Elems) <= 1_000_000
	for i, e := range p.Elems {
		match[i] = -1
		for j, have := range c.Elems {
			if !search {
				break
			}
			if !used[j] && equalKnown(have, e) {
				match[i], used[j] = j, true
				exact++
				break
			}
		}
	}
	if !m.foreign && exact == len(p.Elems) && exact == len(c.Elems) && !c.Open {
		return confirmed(c)
	}
	// Pairs that are equal are out of the way: what is left is matched by what
	// does not contradict.
	for i, e := range p.Elems { // blocks of a set come in another order than they are written
		for j, have := range c.Elems {
			if !search || match[i] >= 0 {
				break
			}
			if !used[j] && e.IsMapping() && have.IsMapping() && !told(have, e) {
				match[i], used[j] = j, true
			}
		}
	}
	next := 0
	for i := range p.Elems {
		if match[i] >= 0 {
			continue
		}
		for next < len(used) && used[next] {
			next++
		}
		if next < len(used) {
			match[i], used[next] = next, true
		}
	}
	out := *c
	out.Elems, out.Open, out.Why, out.Assumptions = nil, false, nil, nil
	for i, e := range p.Elems {
		if match[i] >= 0 {
			e = m.join(c.Elems[match[i]], e)
		}
		out.Elems = append(out.Elems, e)
	}
	if p.Open {
		out.Open, out.Why = true, p.Why
	}
	return &out
}

// told says that a text which both know tells two objects apart.
func told(c, p *value.Value) bool {
	for _, a := range c.Attrs {
		k, _ := a.Key()
		have, known := a.Value.Text()
		want, planned := p.Get(k).Text()
		if known && planned && have != want && !value.SameJSONText(have, want) {
			return true
		}
	}
	return false
}

// equalKnown compares what c and p both know of objects, and everything of other
// values: a block of a configuration leaves out defaults. They must share
// something, or an empty block would equal any.
func equalKnown(c, p *value.Value) bool {
	if !c.IsMapping() || !p.IsMapping() {
		return value.EqualJSON(c, p)
	}
	shared := 0
	for _, a := range c.Attrs {
		k, ok := a.Key()
		if !ok {
			return false
		}
		pv := p.Get(k)
		if a.Value.Missing() && pv.Missing() {
			continue
		}
		if !equalKnown(a.Value, pv) {
			cs, cOK := a.Value.Text()
			ps, pOK := pv.Text()
			if !cOK || !pOK || !value.SameJSONText(cs, ps) {
				return false
			}
		}
		shared++
	}
	return shared > 0 || len(p.Attrs) == 0
}

// joinObjects joins members by name. keep says that members which only c has
// stay.
func (m merger) joinObjects(c, p *value.Value, keep bool) *value.Value {
	if !m.foreign && value.EqualJSON(c, p) {
		return confirmed(c)
	}
	out := *c
	out.Attrs, out.Open, out.Why, out.Assumptions = nil, p.Open, p.Why, nil
	joined := map[string]bool{}
	for _, a := range c.Attrs {
		k, ok := a.Key()
		if !ok || joined[k] {
			continue
		}
		pv := p.Get(k)
		switch {
		case !pv.Is(value.Absent):
			joined[k] = true
			out.Attrs = append(out.Attrs, value.Attr{Name: confirmed(a.Name), Value: m.join(c.Get(k), pv), Expr: a.Expr})
		// A plan may leave out members of a block. What a state lacks is not
		// there.
		case keep && !m.foreign && c.Syntax == value.SyntaxBlock:
			joined[k] = true
			out.Attrs = append(out.Attrs, a)
		}
	}
	for _, a := range p.Attrs {
		if k, ok := a.Key(); !ok || !joined[k] {
			out.Attrs = append(out.Attrs, a)
		}
	}
	return &out
}

// fill is c with its unknown parts taken from p, where it is clear which part
// of p they are.
func (m merger) fill(c, p *value.Value) *value.Value {
	switch {
	case p.Is(value.Absent):
		return c
	case c.Is(value.Unknown):
		return m.join(c, p)
	case c.Is(value.String):
		return m.fillString(c, p)
	case c.IsSequence() && p.IsSequence():
		return m.fillList(c, p)
	case c.IsMapping() && p.IsMapping():
		out := *c
		out.Attrs = nil
		for _, a := range c.Attrs {
			if k, ok := a.Key(); ok {
				a.Value = m.fill(a.Value, p.Get(k))
			}
			out.Attrs = append(out.Attrs, a)
		}
		return &out
	}
	return c
}

// fillString is c with its holes filled: by the text around a single one, or as
// JSON by the members beside them.
func (m merger) fillString(c, p *value.Value) *value.Value {
	if _, ok := c.Text(); ok || !p.Is(value.String) {
		return c
	}
	if text, ok := p.Text(); ok && c.JSON == nil {
		if parts := fillHole(c, text); parts != nil && len(c.Parts) > 1 {
			out := *c
			out.Parts = parts
			return &out
		}
	}
	ct, err := value.DecodeJSON(c)
	if err != nil || ct.Is(value.Unknown) {
		if err == nil {
			return m.placed(p, c)
		}
		return c
	}
	pt, err := value.DecodeJSON(p)
	if err != nil {
		return c
	}
	out := *c
	out.JSON = m.fill(ct, pt)
	return &out
}

// fillList fills elements in order when no element was added or taken away, and
// statements by their Sid. A statement without a Sid that was added in between
// would else get what another one had.
func (m merger) fillList(c, p *value.Value) *value.Value {
	if c.Known() {
		return c
	}
	out := *c
	out.Elems = nil
	for i, e := range c.Elems {
		of := &value.Value{Kind: value.Absent}
		if sid, ok := e.Get("Sid").Text(); ok && e.IsMapping() {
			for _, s := range p.Elems {
				if s.IsMapping() && s.Get("Sid").TextOr("") == sid {
					of = s
				}
			}
		} else if len(c.Elems) == len(p.Elems) && !c.Open && !p.Open {
			of = p.Elems[i]
		}
		if !of.Is(value.Absent) {
			e = m.fill(e, of)
		}
		out.Elems = append(out.Elems, e)
	}
	return &out
}
