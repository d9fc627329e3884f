package policy

import (
	"encoding/json"
	"math/rand"
	"testing"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// blur makes something in a tree unknown: a value, a piece of a text, the name
// of a member, or that a list or object is complete.
func (g generator) blur(v *value.Value) *value.Value {
	if g.Intn(6) == 0 {
		return hole()
	}
	c := *v
	switch {
	case v.IsSequence() && len(v.Elems) > 0:
		i := g.Intn(len(v.Elems))
		c.Elems = append([]*value.Value(nil), v.Elems...)
		if g.Intn(4) == 0 {
			c.Elems, c.Open = append(c.Elems[:i], c.Elems[i+1:]...), true
		} else {
			c.Elems[i] = g.blur(v.Elems[i])
		}
	case v.IsMapping() && len(v.Attrs) > 0:
		i := g.Intn(len(v.Attrs))
		c.Attrs = append([]value.Attr(nil), v.Attrs...)
		switch g.Intn(8) {
		case 0:
			c.Attrs, c.Open = append(c.Attrs[:i], c.Attrs[i+1:]...), true
		case 1:
			c.Attrs[i].Name = g.blur(c.Attrs[i].Name)
		default:
			c.Attrs[i].Value = g.blur(c.Attrs[i].Value)
		}
	case v.Is(value.String):
		text, _ := v.Text()
		from := g.Intn(len(text) + 1)
		to := from + g.Intn(len(text)-from+1)
		c.Parts = []value.Part{
			{Text: source.Computed(text[:from], source.Span{})},
			{Hole: hole()},
			{Text: source.Computed(text[to:], source.Span{})},
		}
	default:
		return hole()
	}
	return &c
}

// blurRequest makes something in a request unknown.
func (g generator) blurRequest(r *Request) *Request {
	c := *r
	switch g.Intn(5) {
	case 0:
		c.Caller = nil
	case 1:
		c.Action = ""
	case 2:
		c.Resource = ""
	case 3:
		caller := *r.Caller
		caller.Name, caller.ID, caller.Session = "", "", ""
		c.Caller = &caller
	case 4:
		c.Context = map[string]ContextValue{}
		for k, v := range r.Context {
			switch {
			case k != "svc:Text" && k != "aws:SourceIp" && k != "sts:RoleSessionName":
				c.Context[k] = v
			case v.Presence == Known && len(v.Values) == 1:
				c.Context[k] = ContextValue{Presence: Present}
			}
		}
		c.Unlisted = Either
	}
	return &c
}

// TestRefinement: whatever is decided with something unknown is decided so
// whatever the unknown is.
func TestRefinement(t *testing.T) {
	g := generator{rand.New(rand.NewSource(2))}
	decided := 0
	rounds := 20_000
	if testing.Short() { // the race detector is slow
		rounds = 2_000
	}
	for range rounds {
		text, err := json.Marshal(g.document())
		if err != nil {
			t.Fatal(err)
		}
		tree, err := value.DecodeJSON(value.Str(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		blurred := tree
		for range 1 + g.Intn(2) {
			blurred = g.blur(blurred)
			if !blurred.IsMapping() {
				break
			}
		}
		full, err := Parse(tree)
		if err != nil {
			t.Fatal(err)
		}
		partial, err := Parse(blurred)
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		for range 3 {
			r, _ := g.request()
			q := r
			if g.Intn(2) == 0 {
				q = g.blurRequest(r)
			}
			was, is := partial.Decide(q), full.Decide(r)
			for _, p := range [][2]Tri{{was.Denied, is.Denied}, {was.Granted, is.Granted}, {was.Allowed, is.Allowed}} {
				if p[0] == Unknown {
					continue
				}
				if decided++; p[0] != p[1] {
					t.Fatalf("unknown parts: %+v\nknown: %+v\npolicy %s\nrequest %+v\nwith unknown %+v\ncaller %+v", was, is, text, r, q, r.Caller)
				}
			}
		}
	}
	if decided < rounds/2 {
		t.Errorf("only %d decisions in spite of unknowns", decided)
	}
}

// TestDenyIsMonotone: adding statements, known or not, never takes a Deny away,
// and adding a Deny never makes an Allow.
func TestDenyIsMonotone(t *testing.T) {
	if testing.Short() {
		t.Skip("slow under the race detector, and nothing in it is concurrent")
	}
	g := generator{rand.New(rand.NewSource(3))}
	parse := func(d map[string]any) *Document {
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		return mustParse(t, string(text))
	}
	denied := 0
	for range 5_000 {
		doc := g.document()
		before := parse(doc)
		more := g.document()
		for _, s := range more["Statement"].([]any) {
			s.(map[string]any)["Effect"] = "Deny"
		}
		docs := []*Document{before, parse(more), {Open: true}}
		for range 3 {
			r, _ := g.request()
			was := before.Decide(r)
			is, open := Decide(docs[:2], r), Decide(docs, r)
			if was.Denied == True {
				denied++
			}
			if was.Denied == True && (is.Denied != True || open.Denied != True || is.Outcome() != Denied) {
				t.Fatalf("was %+v, is %+v, %+v", was, is, open)
			}
			if was.Allowed == False && is.Allowed != False {
				t.Fatalf("a Deny allows: was %+v, is %+v", was, is)
			}
		}
	}
	if denied < 500 {
		t.Errorf("only %d denied", denied)
	}
}
