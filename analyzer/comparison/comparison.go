// Package comparison says what a change newly lets through: for each role, user, group,
// permission set and part of an organization, whether its policies now allow a request
// that those before did not, with the request and the line that lets it in.
//
// Two models are compared, of two revisions or of two plans. Who and what is in both is
// found by what it binds: by its name in IAM or its id, and where that is not known by its
// address, so that policies may be moved, renamed, split and merged. The policies of each
// are taken together (all of a role, all on the way from the root of an organization to an
// account), and proofs decide between them.
package comparison

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/cores"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Kind is what is compared.
type Kind string

// The kinds.
const (
	Trust       Kind = "trust"       // who may assume a role
	Permissions Kind = "permissions" // what a user, group, role or permission set may do
	Policy      Kind = "policy"      // a policy that nobody here has
	SCP         Kind = "scp"         // what may be done in an account
	RCP         Kind = "rcp"         // what may be done to what an account has
	Module      Kind = "module"      // a module that is not at hand
)

// State is what became of a subject.
type State string

// The states.
const (
	New     State = "new"
	Changed State = "changed"
	Gone    State = "gone"
)

// Comparison is what was found.
type Comparison struct {
	// Before and After are what is compared, as people know it: a revision, a plan.
	Before, After string
	// Subjects is how many there are, before and after; Differ of how many the policies
	// are not written the same.
	Subjects, Differ int
	// Changes are those that allow or may allow more, or, where that was asked for,
	// deny more: in the order of their kinds and names.
	Changes []*Change
	// Gaps are what could not be read or decided.
	Gaps []source.Gap
}

// Change is what became of one subject, or of several in the same way.
type Change struct {
	Kind  Kind
	State State
	// Name is what people call the subject: an address, the name of an account.
	Name string
	// Formerly is what it was called before, where that is another name.
	Formerly string
	Root     string // the directory of its root module
	// At is where the subject is declared; before the change if it is Gone.
	At source.Span
	// Also are the names of others for which the same line does the same.
	Also []string
	// Allows is what is newly allowed, Denies what is newly denied.
	Allows, Denies []Opening

	order int
}

// Opening is a request that gets through on one side and not on the other.
type Opening struct {
	// Opens is Yes, or Maybe where that is not known.
	Opens   value.Tri
	Witness *proof.Witness // nil where there is none to show
	// At is the line that lets it in, in what is compared with before; nowhere where what
	// stopped it is simply gone.
	At source.Span
	// Was is the line that stopped it, before.
	Was source.Span
	// Why is in words what At and Was do.
	Why   string
	Needs []value.Reason // of a Maybe
}

// Wider counts the changes that newly allow something, and those that may.
func (c *Comparison) Wider() (sure, maybe int) {
	for _, ch := range c.Changes {
		switch ch.Wider() {
		case value.Yes:
			sure += 1 + len(ch.Also)
		case value.Maybe:
			maybe += 1 + len(ch.Also)
		}
	}
	return sure, maybe
}

// Wider says whether a change newly allows something.
func (c *Change) Wider() value.Tri { return opens(c.Allows) }

// Narrower says whether it newly denies something.
func (c *Change) Narrower() value.Tri { return opens(c.Denies) }

func opens(list []Opening) value.Tri {
	out := value.No
	for _, o := range list {
		out = out.Or(o.Opens)
	}
	return out
}

// Options are what is asked for.
type Options struct {
	// Files are those of the model after: moved blocks say what was called otherwise.
	Files *workspace.Boundary
	// Denied says that what is newly denied is wanted as well.
	Denied bool
	// Compared is told of each subject whose policies differ, once it is; by all cores. Nil:
	// nobody is.
	Compared func(Compared)
	// Over says that what is not compared yet need not be. Nil: it never is.
	Over func() bool
	// Attempt runs what may crash; a gap says that it did. Nil: it is just run.
	Attempt func(what string, do func()) (gap source.Gap, crashed bool)
}

// Compared is a subject, what decided before and decides now, who was asked about, and what
// came of it.
type Compared struct {
	Kind          Kind
	Name          string
	Before, After proof.Rules
	Who           proof.Requests
	Change        *Change
}

// Of compares two models.
func Of(before, after *identity.Model, opt Options) *Comparison {
	out := &Comparison{}
	pairs := pairsOf(before, after, opt.Files)
	out.Subjects = len(pairs)
	changes := make([]*Change, len(pairs))
	gaps := make([][]source.Gap, len(pairs))
	cores.Each(len(pairs), func(i int) {
		if opt.Over != nil && opt.Over() {
			return
		}
		do := func() { changes[i] = pairs[i].compare(opt) }
		if opt.Attempt == nil {
			do()
			return
		}
		if gap, crashed := opt.Attempt(pairs[i].name(), do); crashed {
			gaps[i] = append(gaps[i], gap)
			changes[i] = pairs[i].undecided(gap.Reason)
		}
	})
	for i, ch := range changes {
		out.Gaps = append(out.Gaps, gaps[i]...)
		if ch == nil {
			continue
		}
		out.Differ++
		ch.order = i
	}
	pairs.throughGroups(changes)
	for _, ch := range changes {
		if ch != nil && len(ch.Allows)+len(ch.Denies) > 0 {
			out.add(ch)
		}
	}
	modules := modulesNotAtHand(before, after)
	out.Subjects, out.Differ = out.Subjects+len(modules), out.Differ+len(modules)
	for _, ch := range modules {
		out.add(ch)
	}
	slices.SortStableFunc(out.Changes, func(a, b *Change) int { return kindOrder(a.Kind) - kindOrder(b.Kind) })
	return out
}

func kindOrder(k Kind) int {
	return slices.Index([]Kind{Trust, Permissions, Policy, SCP, RCP, Module}, k)
}

// add adds a change, or the name of its subject to one before that is the same.
func (c *Comparison) add(ch *Change) {
	for _, o := range c.Changes {
		if same(o, ch) {
			if name := ch.Name; name != o.Name && !slices.Contains(o.Also, name) {
				o.Also = append(o.Also, name)
			}
			return
		}
	}
	c.Changes = append(c.Changes, ch)
}

// same says that two changes do the same, by the same lines.
func same(a, b *Change) bool {
	if a.Kind != b.Kind || a.State != b.State || len(a.Allows) != len(b.Allows) || len(a.Denies) != len(b.Denies) {
		return false
	}
	one := func(x, y Opening) bool {
		return x.Opens == y.Opens && x.At == y.At && x.Was == y.Was && x.Why == y.Why && (!x.At.IsZero() || !x.Was.IsZero())
	}
	return slices.EqualFunc(a.Allows, b.Allows, one) && slices.EqualFunc(a.Denies, b.Denies, one)
}

// modulesNotAtHand are the calls of modules that are not at hand and are not the same as
// before: what they allow nobody can say.
func modulesNotAtHand(before, after *identity.Model) []*Change {
	type call struct{ source, version, arguments string }
	was := map[string]call{}
	for _, r := range before.Roots {
		for _, m := range r.UnreadModules() {
			was[r.ID()+"\x00"+m.Address] = call{m.Source, m.Version, value.Key(m.Arguments)}
		}
	}
	var out []*Change
	for _, r := range after.Roots {
		for _, m := range r.UnreadModules() {
			old, had := was[r.ID()+"\x00"+m.Address]
			now := call{m.Source, m.Version, value.Key(m.Arguments)}
			if had && old == now {
				continue
			}
			ch := &Change{Kind: Module, State: Changed, Name: m.Address, Root: r.Dir, At: m.Why.Span}
			why := "it is given other values than before"
			switch {
			case !had:
				ch.State, why = New, "it is new"
			case old.source != now.source || old.version != now.version:
				why = fmt.Sprintf("it was %s, and is %s", sourceOf(old.source, old.version), sourceOf(now.source, now.version))
			}
			ch.Allows = []Opening{{Opens: value.Maybe, At: m.Why.Span, Why: why + ", and what it declares is not at hand", Needs: []value.Reason{m.Why}}}
			out = append(out, ch)
		}
	}
	return out
}

func sourceOf(source, version string) string { return strings.TrimSpace(source + " " + version) }
