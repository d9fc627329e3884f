package engine

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/certificate"
	"github.com/iamvet/iamvet/analyzer/cores"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// A rootPart is what was found about the roles of one root, when it is let go: what
// does not wait for the other roots is verified.
type rootPart struct {
	findings []*analyzer.Finding // in files that no other root reads; with their fixes
	shared   []*analyzer.Finding // in others, as the checks report them, or notes of a scan
	waiting  []*trial            // of fixes of findings that change what other roots read
	gaps     []source.Gap
	decided  []certificate.Decision
	secrets  secrets
	looked   int
	steps    int // see terraform.Root.Steps
	files    []string
	asked    func(typ string) bool
	roles    []*identity.Role // nil where they are let go
	err      error
}

var roleTypes = []string{"aws_iam_role", "awscc_iam_role"}

// judgeRoots judges the roles of each root on its own, on all cores: no role's verdict
// depends on others. What a root was evaluated to is let go before the next is looked
// at, so that memory follows the largest root and not the scan.
func (a *analysis) judgeRoots(ctx context.Context, before *loaded, estate *result) ([]*rootPart, error) {
	// It is called under the lock of the model, by whichever root asks first who may assume
	// its roles.
	before.model.Reopen = func(r *terraform.Root, look func(*terraform.Root)) {
		again := a.reopen(ctx, before, r.ID())
		look(again)
		for _, f := range again.Files() {
			before.reread[f.Name] = true
		}
	}
	// A fix of a role is tried with the checks of the estate as well, where it reaches
	// that: its findings of before are not new then.
	known := count(estate.findings, estate.gaps)
	trust := &sharedTrust{before: before, at: map[textAt][]trusted{}, claims: map[mergeKey]claim{}}
	parts := make([]*rootPart, len(before.model.Roots))
	cores.Each(len(parts), func(i int) {
		if ctx.Err() != nil {
			return
		}
		r := before.model.Roots[i]
		if !r.Has(roleTypes...) {
			// Without roles there is nothing to evaluate the root for once more.
			parts[i] = &rootPart{asked: before.asked[r.ID()]}
			return
		}
		judge := func() { parts[i] = a.judgeRoot(ctx, before, known, trust, r) }
		if r.PlanAlone() && len(a.in.Authorizations) == 0 {
			judge = func() { parts[i] = a.judgeDescribed(ctx, before, trust, r) }
		}
		gap, crashed := a.in.attempt(lostRoot(r.Dir), judge)
		if crashed {
			parts[i] = &rootPart{gaps: []source.Gap{gap}, asked: before.asked[r.ID()]}
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	trust.sort()
	for _, p := range parts {
		if p.err != nil {
			return nil, p.err
		}
	}
	return parts, nil
}

// judgeRoot judges the roles of a root, in a copy of it that nothing else holds.
func (a *analysis) judgeRoot(ctx context.Context, before *loaded, estate tally, trust *sharedTrust, r *terraform.Root) *rootPart {
	// A copy, of which own and asked are of this root. What it shares with before, other
	// roots read at the same time: that is added to when all have been judged (join).
	own := *before
	own.own = a.reopen(ctx, before, r.ID())
	model := a.model([]*terraform.Root{own.own}, identity.Roles)
	model.Beside, model.TrustAt = before.model, trust.roles
	checks, _ := a.kinds()
	found, err := a.run(ctx, model, checks, false)
	if err != nil {
		return &rootPart{err: err}
	}
	out := &rootPart{gaps: found.gaps, decided: found.decided, secrets: secrets{}}
	defer func() { out.steps = own.own.Steps() }() // offers evaluate as well
	inEstate, inRoles := before.asked[r.ID()], own.own.Asked()
	out.asked = func(typ string) bool { return inEstate(typ) || inRoles(typ) }
	own.asked = map[string]func(string) bool{r.ID(): out.asked}
	for _, f := range own.own.Files() {
		out.files = append(out.files, f.Name)
		if before.exclusive(f, r) {
			defer a.in.Boundary.LetGo(f)
		}
	}
	// A role whose trust policy stands in a module of several roots is mended for all of
	// them, and whether the others bear the fix is known when they have been judged.
	// Until then its findings are kept as the checks report them.
	shared := trust.add(model.Roles)

	alone, all := &result{}, &result{}
	for _, f := range found.findings {
		if f.More == nil && !a.forgetful && !shared[f.Resource] && before.exclusive(f.Span.File, r) {
			alone.findings = append(alone.findings, f)
		} else {
			out.shared = append(out.shared, f)
		}
		// arrange changes what it merges: all is a copy, to count by, of findings that are
		// to be merged with those of other roots later.
		same := *f
		all.findings = append(all.findings, &same)
	}
	a.arrange(all)
	a.arrange(alone)
	out.gaps = append(out.gaps, a.offer(ctx, alone.findings)...)
	trials := a.trials(alone.findings)
	// Where one fix of a finding waits, all of them do: keep appends those that come
	// through, and their order is that in which the check offered them.
	waits := map[*analyzer.Finding]bool{}
	for _, t := range trials {
		waits[t.Finding] = waits[t.Finding] || !before.changesOnly(r, t.Fix.Edits)
	}
	var now []*trial
	for _, t := range trials {
		if waits[t.Finding] {
			out.waiting = append(out.waiting, t)
		} else {
			now = append(now, t)
		}
	}
	// Over the tally of the estate and not in it: other roots are counted beside it at the
	// same time, and what this one has excuses nothing in them.
	a.try(ctx, &own, estate.over(all.findings, found.gaps), now)
	out.secrets.gather(model)
	out.looked = len(model.Looked)
	out.gaps = append(out.gaps, a.keep(now, out.secrets)...)
	out.findings = alone.findings
	trust.claim(before.order[r.ID()], out.shared)

	if len(a.in.Authorizations) > 0 {
		out.roles = model.Roles // they are held against what is deployed
		return out
	}
	// A finding outlives the root. Its resource is replaced by one that keeps its address
	// and places, or the evaluated values of every root would stay until the report.
	record := own.own.Record()
	for _, f := range found.findings {
		if f.Resource != nil {
			f.Resource = f.Resource.Record(record, false)
		}
	}
	return out
}

// atOnce is how many roles of a plan or a state are judged before they are let go; tests
// judge fewer.
var atOnce = 256

// judgeDescribed judges the roles of a plan or a state without configuration. These are
// as large as an estate and one root, so that some roles are looked at after the other.
// There is no text that a fix could change.
func (a *analysis) judgeDescribed(ctx context.Context, before *loaded, trust *sharedTrust, r *terraform.Root) *rootPart {
	out := &rootPart{secrets: secrets{}, asked: before.asked[r.ID()]}
	checks, _ := a.kinds()
	record := r.Record()
	looked := map[*terraform.Resource]bool{}
	for some := range r.Windows(atOnce, roleTypes...) {
		model := a.model([]*terraform.Root{some}, identity.Roles)
		model.Beside, model.TrustAt = before.model, trust.roles
		found, err := a.run(ctx, model, checks, false)
		if err != nil {
			return &rootPart{err: err}
		}
		for _, f := range found.findings {
			f.Offer = nil
			if f.Resource != nil {
				f.Resource = f.Resource.Record(record, false)
			}
		}
		out.shared = append(out.shared, found.findings...)
		out.gaps, out.decided = append(out.gaps, found.gaps...), append(out.decided, found.decided...)
		out.secrets.gather(model)
		for _, l := range model.Looked { // what is not of the window comes with every one
			if l.Root != r {
				out.looked++
			} else if !looked[l] {
				out.looked++
				looked[l] = true
			}
		}
	}
	out.gaps = append(out.gaps, r.Gaps()...)
	for _, f := range r.Files() {
		out.files = append(out.files, f.Name)
	}
	trust.claim(before.order[r.ID()], out.shared)
	return out
}

// exclusive says that a file is configuration that no root but r reads.
func (l *loaded) exclusive(f *source.File, r *terraform.Root) bool {
	if f == nil || !strings.HasSuffix(f.Name, ".tf") && !strings.HasSuffix(f.Name, ".tofu") && !strings.HasSuffix(f.Name, ".tf.json") && !strings.HasSuffix(f.Name, ".tofu.json") {
		return false // functions of other roots may read it, when they are evaluated
	}
	readers := l.byFile[f.Name]
	return len(readers) == 1 && readers[0] == r.ID()
}

func (l *loaded) changesOnly(r *terraform.Root, edits []source.Edit) bool {
	return !slices.ContainsFunc(edits, func(e source.Edit) bool { return !l.exclusive(e.Span.File, r) })
}

// join puts what was found root by root to what was found of the estate.
func (a *analysis) join(res *result, before *loaded, parts []*rootPart) {
	var shared []*analyzer.Finding
	for i, p := range parts {
		r := before.model.Roots[i]
		a.in.Log.Debug("root module judged", "root", r.ID(), "steps", r.Steps()+p.steps)
		before.asked[r.ID()] = p.asked
		// Evaluation reads more than loading did. verify finds by byFile which roots an edit
		// changes, so that it has to know all that they read.
		loaded := map[string]bool{}
		for _, f := range before.files[r.ID()] {
			loaded[f.Name] = true
		}
		for _, f := range p.files {
			if !r.PlanAlone() && !loaded[f] {
				before.byFile[f] = append(before.byFile[f], r.ID())
			}
			res.files[f] = true
		}
		for s := range p.secrets {
			res.secrets[s] = true
		}
		shared = append(shared, p.shared...)
		res.findings = append(res.findings, p.findings...)
		res.gaps = append(res.gaps, p.gaps...)
		res.decided = append(res.decided, p.decided...)
		res.looked += p.looked
		res.model.Roles = append(res.model.Roles, p.roles...)
	}
	rest := &result{findings: shared}
	a.arrange(rest)
	res.findings = append(res.findings, rest.findings...)
	order(res.findings)
	fingerprint(res.findings)
}

// take takes in what was looked at for a model, so far.
func (r *result) take(model *identity.Model) {
	if r.secrets == nil {
		r.secrets, r.files = secrets{}, map[string]bool{}
	}
	r.secrets.gather(model)
	for _, root := range model.Roots {
		for _, f := range root.Files() {
			r.files[f.Name] = true
		}
	}
}

// sharedTrust are the roles whose trust policies are written where several roots read
// them, of all roots: an edit changes all of them.
type sharedTrust struct {
	before *loaded
	mu     sync.Mutex
	at     map[textAt][]trusted
	sorted bool
	// claims are the findings that stand for others; see claim.
	claims map[mergeKey]claim
}

type claim struct {
	root    int
	finding *analyzer.Finding
}

// claim lets go of the offers of findings that become part of one in a root before:
// offers hold what a root was evaluated to.
func (s *sharedTrust) claim(root int, findings []*analyzer.Finding) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range findings {
		k, ok := keyOf(f)
		if !ok {
			continue
		}
		switch was, claimed := s.claims[k]; {
		// Roots end in any order. Whichever was faster, the worst stands for the others, of
		// those the first in the order of roots, as in merge.
		case claimed && (was.finding.Severity > f.Severity || was.finding.Severity == f.Severity && was.root <= root):
			f.Offer = nil
		default:
			if claimed {
				was.finding.Offer = nil
			}
			s.claims[k] = claim{root, f}
		}
	}
}

type textAt struct {
	file  string
	start int
}

// trusted is a role, and the statement of its trust policy that stands there.
type trusted struct {
	root      int
	role      *identity.Role
	statement *policy.Statement
}

// add notes the roles of a root, without what they were evaluated from, and says which
// resources those are.
func (s *sharedTrust) add(roles []*identity.Role) map[*terraform.Resource]bool {
	out := map[*terraform.Resource]bool{}
	var record *terraform.Root
	for _, r := range roles {
		if r.Trust == nil {
			continue
		}
		root := r.Resource.Root
		var kept *identity.Role
		for _, st := range r.Trust.Statements {
			span := st.Span()
			if span.IsZero() || s.before.exclusive(span.File, root) {
				continue
			}
			// The record is made for the first role that needs it: most roots share nothing.
			if record == nil {
				record = root.Record()
			}
			if kept == nil {
				kept = &identity.Role{Resource: r.Resource.Record(record, true), Trust: r.Trust, Attribute: r.Attribute}
			}
			out[r.Resource] = true
			at := textAt{span.File.Name, span.Start}
			s.mu.Lock()
			s.at[at] = append(s.at[at], trusted{s.before.order[root.ID()], kept, st})
			s.mu.Unlock()
		}
	}
	return out
}

// sort puts them in the order of the roots, when all have been judged.
func (s *sharedTrust) sort() {
	for _, list := range s.at {
		slices.SortStableFunc(list, func(a, b trusted) int { return cmp.Compare(a.root, b.root) })
	}
	s.sorted = true
}

// roles is identity.Model.TrustAt.
func (s *sharedTrust) roles(at source.Span) (roles []*identity.Role, statements []*policy.Statement, shared bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list, shared := s.at[textAt{at.File.Name, at.Start}]
	if !shared {
		return nil, nil, false
	}
	// While roots are being judged the list grows: a fix of what is there by chance would
	// change roles that nobody has asked.
	if !s.sorted {
		panic("a fix was worked out before all roles were known that it changes")
	}
	for _, t := range list {
		roles, statements = append(roles, t.role), append(statements, t.statement)
	}
	return roles, statements, true
}
