package proof

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Rules decide the requests that one subject makes, or that are made to it: at each
// level one Allow has to match a request, and no Deny of any may.
type Rules struct {
	Levels []RuleLevel
}

// A RuleLevel is policies of which one has to allow a request.
type RuleLevel struct {
	// Name tells levels apart: those of one name, before and after, are about the same.
	Name      string
	Documents []*policy.Document
	// Full says that everything is allowed at this level: only Denies count.
	Full bool
}

// Requests are those that rules decide.
type Requests struct {
	// Kinds are who makes them; none for everybody whom policies can tell apart.
	Kinds []policy.CallerKind
	// What is known of who makes them.
	Partition, Account, Path, Name string
	// Assume says that they are those by which a role is assumed.
	Assume bool
	// Own says that they are made to resources of Resources, the account, or of an account
	// that is not known.
	Own       bool
	Resources string
}

// An Opening is where rules let a request through that those before did not.
type Opening struct {
	// Opens is Yes, or Maybe where that is not known.
	Opens value.Tri
	// Allow is the statement that lets it in; nil where that is a Deny that is gone, or a
	// level.
	Allow *policy.Statement
	// Deny is a statement of before that stopped it.
	Deny *policy.Statement
	// Level is the one of before that did not allow it, where neither is given; it is gone,
	// or all is allowed there now.
	Level string
	// Hidden is a document of which it is not known what it says.
	Hidden *policy.Document
	// Request is one; of a Maybe one that may be, or nil.
	Request *policy.Request
	Witness *Witness // the same
	Needs   []value.Reason
}

// NewlyAllowed says where rules allow a request that those before did not. It says
// nothing, and there is none, or what there may be is among the openings.
//
// What both write the same, and nobody knows, is the same in both: the rules stand
// where those before stood.
func NewlyAllowed(before, after Rules, who Requests) []Opening {
	var local localized
	docs := slices.Concat(before.documents(), after.documents())
	partition := who.Partition
	if partition == "" {
		list, _ := partitionsOf(nil, docs)
		partition = list[0]
	}
	if slices.ContainsFunc(docs, dependsOnPartition) {
		who.Partition = partition
		in := func(d *policy.Document) *policy.Document {
			if !dependsOnPartition(d) {
				return d
			}
			return local.filledAs(d, func(v *value.Value) (string, bool) {
				if isPartition(v) {
					return partition, true
				}
				return exampleID(v)
			})
		}
		before, after = before.each(in), after.each(in)
	}
	unknown, examples := examplesFor(docs, who.Account, who.Resources)
	var out []Opening
	for i, example := range examples {
		with := who
		with.Resources = cmp.Or(who.Resources, example)
		if !who.Assume && !who.Own {
			with.Account = cmp.Or(who.Account, example)
		}
		in := func(d *policy.Document) *policy.Document {
			return local.filledAs(d, func(v *value.Value) (string, bool) { return example, v.Same != "" })
		}
		found := compareRules(before.each(in), after.each(in), with, &local)
		if i == 0 {
			out = found
		} else {
			out = either(out, found, unknown)
		}
	}
	if len(examples) == 0 {
		out = compareRules(before, after, who, &local)
	}
	return out
}

// Same says that rules are written the same, but for the names and the order of statements.
func (r Rules) Same(o Rules) bool {
	return len(r.Levels) == len(o.Levels) && slices.EqualFunc(r.Levels, o.Levels, func(a, b RuleLevel) bool { return a.Name == b.Name }) && r.Key() == o.Key()
}

// Key is a text that is equal for rules that are the Same.
func (r Rules) Key() string {
	c := &ruleComparer{local: &localized{}, known: map[*policy.Statement]string{}}
	var b strings.Builder
	for _, l := range r.Levels {
		fmt.Fprintf(&b, "%q %t", l.Name, l.Full)
		var keys []string
		for _, d := range l.Documents {
			if d.Open {
				keys = append(keys, hiddenKey(d))
			}
			for _, s := range d.Statements {
				keys = append(keys, c.key(s))
			}
		}
		slices.Sort(keys)
		fmt.Fprintf(&b, "%q", slices.Compact(keys))
	}
	return b.String()
}

func (r Rules) documents() []*policy.Document {
	var out []*policy.Document
	for _, l := range r.Levels {
		out = append(out, l.Documents...)
	}
	return out
}

func (r Rules) each(f func(*policy.Document) *policy.Document) Rules {
	out := Rules{Levels: slices.Clone(r.Levels)}
	for i := range out.Levels {
		list := make([]*policy.Document, len(out.Levels[i].Documents))
		for j, d := range out.Levels[i].Documents {
			list[j] = f(d)
		}
		out.Levels[i].Documents = list
	}
	return out
}

// filledAs is filled for a document that may be uncertain though its text is not.
func (l *localized) filledAs(d *policy.Document, text func(*value.Value) (string, bool)) *policy.Document {
	if d.Value == nil || !slices.ContainsFunc(d.Statements, func(s *policy.Statement) bool { return fillable(s.Value, text) }) {
		return d
	}
	out := l.filled(d, text)
	if out == d {
		return d
	}
	out.Open = d.Open
	for i, s := range out.Statements {
		s.Open, s.Optional = s.Open || d.Statements[i].Open, s.Optional || d.Statements[i].Optional
	}
	return out
}

func fillable(v *value.Value, text func(*value.Value) (string, bool)) bool {
	found := false
	v.Walk(func(v *value.Value) bool {
		if v.Is(value.Unknown) || v.Is(value.String) && !v.Known() {
			_, fills := text(v)
			found = found || fills
		}
		for _, p := range v.Parts {
			if p.Hole != nil {
				_, fills := text(p.Hole)
				found = found || fills
			}
		}
		return !found
	})
	return found
}

// examplesFor are what the account that is not known is tried as, where there is one: one
// that the documents do not name, and those that they do.
func examplesFor(docs []*policy.Document, given ...string) (unknown *value.Value, examples []string) {
	var same, named []string
	add := func(to *[]string, s string) {
		if s != "" && !slices.Contains(*to, s) {
			*to = append(*to, s)
		}
	}
	look := func(v *value.Value) {
		if v.Same != "" {
			add(&same, v.Same)
			unknown = v
		}
	}
	for _, d := range docs {
		d.Value.Walk(func(v *value.Value) bool {
			look(v)
			for _, p := range v.Parts {
				if p.Hole != nil {
					look(p.Hole)
				}
				for _, account := range accountsOf(p.Text.String) {
					add(&named, account)
				}
			}
			return true
		})
	}
	for _, a := range given {
		add(&named, a)
	}
	if len(same) != 1 || len(named) >= maxAccounts {
		return nil, nil
	}
	return unknown, append([]string{freshAccount(named)}, named...)
}

// either is what is found if the account is one of several: surely what is found in
// each of them.
func either(a, b []Opening, account *value.Value) []Opening {
	same := func(o Opening) func(Opening) bool {
		return func(p Opening) bool {
			return o.Allow == p.Allow && o.Deny == p.Deny && o.Level == p.Level && o.Hidden == p.Hidden
		}
	}
	doubt := func(o Opening) Opening {
		o.Opens, o.Needs = value.Maybe, addReasons(o.Needs, value.Needs("the account is not known", account.Span, account)...)
		return o
	}
	var out []Opening
	for _, o := range a {
		i := slices.IndexFunc(b, same(o))
		switch {
		case i < 0 || o.Opens == value.Yes && b[i].Opens != value.Yes:
			o = doubt(o)
		}
		out = append(out, o)
	}
	for _, o := range b {
		if !slices.ContainsFunc(a, same(o)) {
			out = append(out, doubt(o))
		}
	}
	return out
}

// side is rules as statements.
type side struct {
	levels []sideLevel
	denies []*policy.Statement
	hidden []*policy.Document // that may deny
}

type sideLevel struct {
	name   string
	full   bool
	allows []*policy.Statement
	hidden []*policy.Document
}

func newSide(r Rules) *side {
	out := &side{}
	for _, l := range r.Levels {
		f := &formula{}
		f.denyOnly(l.Documents)
		out.denies, out.hidden = append(out.denies, f.denies...), append(out.hidden, f.hidden...)
		level := sideLevel{name: l.Name, full: l.Full}
		f = &formula{}
		f.level(l.Documents, value.No)
		level.allows, level.hidden = f.levels[0].allows, f.levels[0].hidden
		out.levels = append(out.levels, level)
	}
	return out
}

func (s *side) level(name string) *sideLevel {
	for i := range s.levels {
		if s.levels[i].name == name {
			return &s.levels[i]
		}
	}
	return nil
}

// A ruleComparer looks for what one side allows and the other did not.
type ruleComparer struct {
	was, now *side
	who      Requests
	local    *localized
	docs     []*policy.Document
	callers  []*policy.Caller
	complete bool
	cast     bool
	known    map[*policy.Statement]string // see key
	found    []Opening
}

func compareRules(before, after Rules, who Requests, local *localized) []Opening {
	c := &ruleComparer{was: newSide(before), now: newSide(after), who: who, local: local, known: map[*policy.Statement]string{}, docs: slices.Concat(before.documents(), after.documents())}
	for _, l := range c.was.levels {
		if !l.full {
			c.level(l)
		}
	}
	for _, d := range c.was.denies {
		if !c.twin(d, c.now.denies) {
			c.opening(Opening{Deny: c.local.statement(d)}, d, nil, nil, nil)
		}
	}
	for _, d := range c.was.hidden {
		if !sameHidden(d, c.now.hidden) {
			c.opening(Opening{Hidden: d}, nil, d, nil, nil)
		}
	}
	return c.found
}

// level looks for requests that a level did not allow.
func (c *ruleComparer) level(was sideLevel) {
	now := c.now.level(was.name)
	if now == nil || now.full {
		c.opening(Opening{Level: was.name}, nil, nil, nil, &was)
		return
	}
	for _, s := range now.allows {
		if !c.twin(s, was.allows) {
			c.opening(Opening{Allow: c.local.statement(s)}, s, nil, now, &was)
		}
	}
	for _, d := range now.hidden {
		if !sameHidden(d, was.hidden) {
			c.opening(Opening{Hidden: d}, nil, d, now, &was)
		}
	}
}

// opening asks for a request that the rules of now let through, and that
//   - a statement or hidden document matches, in place of a level of now if one is given,
//   - a level of before does not allow, if one is given.
func (c *ruleComparer) opening(o Opening, s *policy.Statement, hidden *policy.Document, in, beside *sideLevel) {
	var levels []sideLevel
	for i := range c.now.levels {
		if l := &c.now.levels[i]; l != in && !l.full {
			levels = append(levels, *l)
		}
	}
	one := sideLevel{}
	switch {
	case s != nil:
		one.allows = []*policy.Statement{s}
	case hidden != nil:
		one.hidden = []*policy.Document{hidden}
	}
	if s != nil || hidden != nil {
		levels = append([]sideLevel{one}, levels...)
	}
	var stops []*policy.Statement
	var mayStop []*policy.Document
	stops = append(stops, c.now.denies...)
	mayStop = append(mayStop, c.now.hidden...)
	if beside != nil {
		stops, mayStop = append(stops, beside.allows...), append(mayStop, beside.hidden...)
	}
	a := c.ask(s, levels, stops, mayStop)
	if a.stopped == value.Yes {
		return
	}
	if a.stopped == value.Maybe && s != nil {
		// What is not known may be beside the point: who it is about, or on what.
		if b, words, met := c.whatever(s, levels, stops, mayStop); met != nil && b.stopped == value.No {
			o.Opens, o.Request, o.Witness = value.Yes, b.request, newWitness(b.request, c.keys())
			if words != "" {
				o.Witness.Resource = words
			}
			o.Witness.meets(s, met)
			c.found = append(c.found, o)
			return
		}
	}
	o.Opens = value.Maybe
	if a.stopped == value.No {
		o.Opens = value.Yes
	}
	o.Request, o.Needs = a.request, a.needs
	if a.request != nil {
		o.Witness = newWitness(a.request, c.keys())
	}
	c.found = append(c.found, o)
}

func (c *ruleComparer) keys() []string {
	var out []string
	for _, s := range statementsOf(c.docs) {
		for i := range s.Conditions {
			for _, k := range keysIn(&s.Conditions[i]) {
				if !slices.Contains(out, k) {
					out = append(out, k)
				}
			}
		}
	}
	return out
}

// ask looks for a request that one of each level allows and nothing stops. Where s is
// given, it is a level of its own, of what it may match at most, and what it says is
// given for all that stops.
func (c *ruleComparer) ask(s *policy.Statement, levels []sideLevel, stops []*policy.Statement, mayStop []*policy.Document) answer {
	exact := true
	f := &formula{hidden: mayStop}
	for i, l := range levels {
		allows := l.allows
		if i == 0 && s != nil {
			var wide *policy.Statement
			wide, exact = loosened(s)
			allows = []*policy.Statement{wide}
		}
		f.levels = append(f.levels, allowLevel{allows: allows, full: value.No, hidden: l.hidden})
	}
	for _, o := range stops {
		o = c.beside(o, s)
		if o.Effect == policy.Deny && matchesAll(o) {
			return answer{stopped: value.Yes}
		}
		f.denies = append(f.denies, o)
	}
	a := c.of(f)
	if a.stopped == value.No && !exact {
		a = answer{stopped: value.Maybe, request: a.request, needs: openReasons(s)}
	}
	return a
}

// beside is a statement that stops what it matches, where another matches as well, if one
// is given: what that says too, it need not say. What is not known of it is not known,
// unless it is not known of the other for the same reason.
func (c *ruleComparer) beside(o, s *policy.Statement) *policy.Statement {
	out := *o
	doubt := doubtOf(c.local.statement(o))
	condition := conditionsUnlisted(o)
	if s != nil {
		out = *given(o, s)
		if doubt == doubtOf(c.local.statement(s)) {
			doubt = ""
		}
		if value.Key(o.Element("Condition")) == value.Key(s.Element("Condition")) {
			out.Conditions, condition = nil, false
		}
	}
	out = *out.Certain()
	out.Open = doubt != "" || condition
	out.Effect = policy.Deny
	if o.Effect == policy.EffectUnknown {
		out.Effect = policy.EffectUnknown
	}
	return &out
}

// doubtOf is why a statement may not be there, or not be taken by AWS; "" where it is.
func doubtOf(s *policy.Statement) string {
	malformed := s.Malformed || s.Document != nil && s.Document.Malformed()
	if !s.Open && !s.Optional && !malformed {
		return ""
	}
	doubt := fmt.Sprint(s.Open, s.Optional, malformed)
	for _, r := range openReasons(s) {
		doubt += "\x00" + r.Text
	}
	return doubt
}

// conditionsUnlisted says that a statement may have conditions that are not listed.
func conditionsUnlisted(s *policy.Statement) bool {
	out := *s
	out.Open, out.Optional, out.Malformed, out.Document = false, false, false, nil
	return out.Uncertain()
}

// of asks whether somebody's request gets through.
func (c *ruleComparer) of(f *formula) answer {
	if !c.cast {
		c.cast = true
		c.callers, c.complete = c.who.callers(c.docs)
	}
	out := answer{stopped: value.Yes}
	for _, caller := range c.callers {
		q := &question{
			formula:    f,
			base:       &policy.Request{Caller: caller, Context: map[string]policy.ContextValue{}, Unlisted: policy.Either},
			anyAccount: !c.who.Own, services: true, account: c.who.Resources,
		}
		if c.who.Assume {
			q.actions = assuming(caller)
		}
		a := q.ask(false)
		switch {
		case a.stopped == value.No:
			return a
		case a.stopped == value.Maybe:
			out.stopped, out.needs = value.Maybe, addReasons(out.needs, a.needs...)
			if out.request == nil {
				out.request = a.request
			}
		}
	}
	if !c.complete && out.stopped == value.Yes {
		return answer{stopped: value.Maybe, needs: []value.Reason{testsOfCallers(c.docs).tooMany("callers")}}
	}
	return out
}

// whatever asks once more where the resource or a condition's value of a statement is not
// known: whatever it is, there is a request about it. It gets through for certain if
// nothing that has to do with other resources stops it. words are that resource, and met the
// conditions that somebody meets; nil where that cannot be asked.
func (c *ruleComparer) whatever(s *policy.Statement, levels []sideLevel, stops []*policy.Statement, mayStop []*policy.Document) (a answer, words string, met map[*policy.Condition]bool) {
	if s.Uncertain() || s.Effect == policy.EffectUnknown || s.NotResource || s.NotAction && slices.ContainsFunc(s.Actions, policy.Pattern.HasHole) {
		return a, "", nil
	}
	one := *s
	one.Effect, one.ActionsOpen = policy.Allow, false
	one.Actions = slices.DeleteFunc(slices.Clone(s.Actions), policy.Pattern.HasHole)
	if s.HasPrincipal && !s.NotPrincipal {
		one.PrincipalsOpen = false
		one.Principals = slices.DeleteFunc(slices.Clone(s.Principals), func(p policy.Principal) bool { return p.Pattern.HasHole() })
		if len(one.Principals) == 0 {
			return a, "", nil
		}
	}
	var on *policy.Pattern
	for i := range s.Resources {
		if s.Resources[i].HasHole() {
			on = &s.Resources[i]
			break
		}
	}
	f := &formula{hidden: mayStop}
	anywhere := func(o *policy.Statement) *policy.Statement {
		w := *o
		w.HasResource, w.NotResource, w.Resources, w.ResourcesOpen = false, false, nil, false
		return &w
	}
	if on != nil {
		one, words = *anywhere(&one), on.Value.Printable()
	}
	for _, o := range stops {
		o = c.beside(o, s)
		if on == nil || !o.HasResource {
			f.denies = append(f.denies, o)
			continue
		}
		apart := !o.NotResource && !o.ResourcesOpen && !slices.ContainsFunc(o.Resources, func(p policy.Pattern) bool { return p.Intersects(*on) != value.No })
		if !apart {
			f.denies = append(f.denies, anywhere(o))
		}
	}
	for i, l := range levels {
		if i == 0 {
			f.levels = append(f.levels, allowLevel{allows: []*policy.Statement{&one}, full: value.No})
			continue
		}
		out := allowLevel{full: value.No, hidden: l.hidden}
		for _, o := range l.allows {
			if on == nil || coversResources(o) || value.Key(o.Element("Resource")) == value.Key(s.Element("Resource")) && !o.NotResource {
				out.allows = append(out.allows, anywhere(o))
			}
		}
		f.levels = append(f.levels, out)
	}
	// What else asks of a key may ask for the same value of it.
	tested := &formula{denies: f.denies, levels: f.levels[1:]}
	f.met = metWhatever(c.docs)
	for i := range s.Conditions {
		if cond := &s.Conditions[i]; f.met[cond] && tested.asksOf(strings.ToLower(cond.Key)) {
			delete(f.met, cond)
		}
	}
	return c.of(f), words, f.met
}

// asksOf says that some condition or variable asks of a key.
func (f *formula) asksOf(key string) bool {
	return slices.ContainsFunc(f.statements(), func(s *policy.Statement) bool {
		return slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool { return slices.Contains(keysIn(&c), key) }) ||
			slices.ContainsFunc(s.Resources, func(p policy.Pattern) bool {
				return slices.ContainsFunc(p.Variables(), func(v string) bool { return strings.EqualFold(v, key) })
			})
	})
}

// meets tells of conditions that somebody meets whatever their values are.
func (w *Witness) meets(s *policy.Statement, met map[*policy.Condition]bool) {
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if !met[c] || len(c.Values) == 0 {
			continue
		}
		if w.Context == nil {
			w.Context = map[string]string{}
		}
		if _, told := w.Context[spelled(strings.ToLower(c.Key))]; !told {
			w.Context[spelled(strings.ToLower(c.Key))] = c.Values[0].Value.Printable()
		}
	}
}

// callers are who can make the requests that documents tell apart.
func (w Requests) callers(docs []*policy.Document) (out []*policy.Caller, complete bool) {
	kinds := w.Kinds
	if len(kinds) == 0 {
		return requesters(docs)
	}
	tests := testsOfCallers(docs)
	complete = true
	for _, kind := range kinds {
		if kind == policy.ServiceCaller || kind == policy.FederatedCaller {
			continue
		}
		c := casting{callerTests: tests, kind: kind, partition: w.Partition, account: w.Account, path: w.Path, name: w.Name}
		found, all := c.cast()
		out, complete = append(out, found...), complete && all
	}
	others, _ := requesters(docs)
	for _, o := range others {
		if (o.Kind == policy.ServiceCaller || o.Kind == policy.FederatedCaller) && slices.Contains(kinds, o.Kind) {
			out = append(out, o)
		}
	}
	return out, complete
}

// assuming are the actions by which a caller assumes a role, and those that go with it.
func assuming(c *policy.Caller) []string {
	first := "sts:AssumeRole"
	if c.Kind == policy.FederatedCaller {
		first = "sts:AssumeRoleWithWebIdentity"
		if strings.Contains(c.Name, ":saml-provider/") {
			first = "sts:AssumeRoleWithSAML"
		}
	}
	return []string{first, "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"}
}

// twin says that a statement stands among others, with all that is known and not known of
// it: whatever that is, it is the same.
func (c *ruleComparer) twin(s *policy.Statement, among []*policy.Statement) bool {
	key := c.key(s)
	return slices.ContainsFunc(among, func(o *policy.Statement) bool { return c.key(o) == key })
}

// key is what a statement says, but for its name.
func (c *ruleComparer) key(s *policy.Statement) string {
	s = c.local.statement(s)
	if known, ok := c.known[s]; ok {
		return known
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d %t %t %t", s.Effect, s.Open, s.Optional, s.Uncertain())
	if s.Document != nil {
		fmt.Fprintf(&b, " %q %t", s.Document.Version, s.Document.VersionKnown)
	}
	for _, e := range []string{"Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"} {
		b.WriteString(" " + value.Key(s.Element(e)))
	}
	if s.Uncertain() || s.Effect == policy.EffectUnknown {
		b.WriteString(" " + value.Key(s.Value))
		for _, r := range s.Value.AllWhy() {
			fmt.Fprintf(&b, " %q", r.Text)
		}
	}
	c.known[s] = b.String()
	return c.known[s]
}

// sameHidden says that a document of which nothing is known is among others.
func sameHidden(d *policy.Document, among []*policy.Document) bool {
	key := hiddenKey(d)
	return slices.ContainsFunc(among, func(o *policy.Document) bool { return hiddenKey(o) == key })
}

func hiddenKey(d *policy.Document) string {
	key := value.Key(d.Value)
	for _, r := range documentReasons(d) {
		key += "\x00" + r.Text
	}
	return key
}
