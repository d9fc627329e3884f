package engine

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"maps"
	"path"
	"slices"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/cores"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// A Snapshot is what configurations say at one time: what was found in files, some of
// which may stand in memory alone, as in an editor's buffers. It does not change, and may
// be asked by several at once. With makes another of it, and looks again at what an edit
// reaches only.
//
// Fixes are not in it: they are a scan's, whose report has them verified.
type Snapshot struct {
	*opened
	base  *opened           // that was opened as a whole; what is edited is compared with it
	disk  Input             // as it was opened at first
	files map[string][]byte // in place of what the disk has
}

// opened is what was found in all root modules.
type opened struct {
	a      *analysis
	before *loaded
	roots  []*terraform.Root
	gaps   []source.Gap // of loading, and what checks left undecided
	estate []*analyzer.Finding
	of     map[string]*ofRoot // by the ids of roots
	// changed are the roots that were looked at again; see With.
	changed []*terraform.Root
}

// ofRoot is what was found looking at a root, beside the findings of the estate.
type ofRoot struct {
	roles   []*analyzer.Finding
	asked   func(typ string) bool
	gaps    []source.Gap
	files   []string
	looked  int
	secrets secrets
}

// errSnapshot is for what a Snapshot is not of.
var errSnapshot = errors.New("a snapshot is of configurations: plans, states and what is deployed are for a scan")

// Open reads and judges what the input names, without fixes.
func Open(ctx context.Context, in Input, checks []*analyzer.Check) (*Snapshot, error) {
	if in.Boundary == nil || len(in.Plans)+len(in.CredentialReports)+len(in.Authorizations)+len(in.Changed) > 0 {
		return nil, errSnapshot
	}
	return open(ctx, in, checks, nil)
}

func open(ctx context.Context, disk Input, checks []*analyzer.Check, files map[string][]byte) (*Snapshot, error) {
	in := disk
	if len(files) > 0 {
		in.Boundary = disk.Boundary.Instead(files)
	}
	// What was opened is evaluated further when an edit asks more of it: only who waits for
	// it to be opened ends that.
	alive, end := in.bound(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, end)
	defer stop()
	a := newAnalysis(in, checks)
	o, err := a.open(alive)
	if why := context.Cause(alive); why != nil {
		err = why
	}
	if err != nil {
		end()
		return nil, err
	}
	return &Snapshot{opened: o, base: o, disk: disk, files: files}, nil
}

func (a *analysis) open(ctx context.Context) (*opened, error) {
	if err := a.discover(ctx); err != nil {
		return nil, err
	}
	model, gaps, err := a.sound(ctx, identity.AllParts&^identity.Roles)
	if err != nil {
		return nil, err
	}
	found, err := a.run(ctx, model, a.checks, false)
	if err != nil {
		return nil, err
	}
	o := &opened{a: a, before: a.newLoaded(model), roots: model.Roots, gaps: slices.Concat(gaps, model.Gaps), of: map[string]*ofRoot{}}
	if len(a.crashed) > 0 {
		o.gaps = append(o.gaps, found.gaps...)
	}
	for _, f := range found.findings {
		o.estate = append(o.estate, kept(f, nil))
	}
	copied := func(r *terraform.Root) *terraform.Root { return a.reopen(ctx, o.before, r.ID()) }
	if err := o.judgeRoots(ctx, model.Roots, copied); err != nil {
		return nil, err
	}
	o.look(model)
	// A root may be among the readers of a file twice: who asks for them takes each once.
	for id, p := range o.of {
		slices.Sort(p.files)
		p.files = slices.Compact(p.files)
		for _, f := range p.files {
			o.before.byFile[f] = append(o.before.byFile[f], id)
		}
	}
	o.sort()
	return o, nil
}

// judgeRoots judges the roles of roots. to is where they are evaluated: in a copy that is
// let go, where the root stays.
func (o *opened) judgeRoots(ctx context.Context, roots []*terraform.Root, to func(*terraform.Root) *terraform.Root) error {
	checks, _ := o.a.kinds()
	parts, errs := make([]*ofRoot, len(roots)), make([]error, len(roots))
	cores.Each(len(roots), func(i int) {
		parts[i] = &ofRoot{secrets: secrets{}, asked: roots[i].Asked()}
		if ctx.Err() != nil || !roots[i].Has(roleTypes...) {
			return
		}
		r := to(roots[i])
		model := o.a.model([]*terraform.Root{r}, identity.Roles)
		model.Beside = o.before.model
		found, err := o.a.run(ctx, model, checks, false)
		if err != nil {
			errs[i] = err
			return
		}
		p, record := parts[i], r.Record()
		for _, f := range found.findings {
			p.roles = append(p.roles, kept(f, record))
		}
		estate, roles := p.asked, r.Asked()
		p.asked = func(typ string) bool { return estate(typ) || roles(typ) }
		p.gaps, p.looked = found.gaps, len(model.Looked)
		p.secrets.gather(model)
		for _, f := range r.Files() {
			p.files = append(p.files, f.Name)
		}
	})
	for i, r := range roots {
		if errs[i] != nil {
			return errs[i]
		}
		o.of[r.ID()] = parts[i]
	}
	return ctx.Err()
}

// kept is a finding without what it is worked out from; record stands for its root, where
// that is to be let go.
func kept(f *analyzer.Finding, record *terraform.Root) *analyzer.Finding {
	out := *f
	out.Offer, out.Fixes = nil, nil
	if f.Resource != nil && record != nil {
		out.Resource = f.Resource.Record(record, false)
	}
	return &out
}

// look notes what a model of the estate looked at in each of its roots.
func (o *opened) look(model *identity.Model) {
	for _, r := range model.Roots {
		p := o.of[r.ID()]
		for _, f := range r.Files() {
			p.files = append(p.files, f.Name)
		}
		p.gaps = append(p.gaps, r.Gaps()...)
	}
	for _, l := range model.Looked {
		p := o.of[l.Root.ID()]
		p.looked++
		if l.Block != nil {
			gatherSecrets(l.Block, false, p.secrets)
		}
	}
}

// sort puts the findings of the estate in the order of the checks, then of the roots.
func (o *opened) sort() {
	at := map[*analyzer.Check]int{}
	for i, c := range o.a.checks {
		at[c] = i
	}
	root := func(f *analyzer.Finding) int {
		if f.Resource == nil {
			return -1
		}
		return o.before.order[f.Resource.Root.ID()]
	}
	slices.SortStableFunc(o.estate, func(f, g *analyzer.Finding) int {
		return cmp.Or(cmp.Compare(at[f.Check], at[g.Check]), cmp.Compare(root(f), root(g)))
	})
}

// With is the snapshot with the contents of some files replaced. Looked at again are the
// root modules that read them. Everything is where an edit may reach beyond these: where
// it has to do with an organization or with what is asked of all roots together, where
// users of one are named in another, and where modules are called otherwise. Files that
// the directories did not have are for who opens another snapshot.
func (s *Snapshot) With(ctx context.Context, files map[string][]byte) (*Snapshot, error) {
	all, since := maps.Clone(s.files), map[string][]byte{}
	if all == nil {
		all = map[string][]byte{}
	}
	maps.Copy(all, files)
	for name, text := range all {
		if f, gap := s.base.a.in.Boundary.File(name); gap == nil && !bytes.Equal(f.Bytes, text) {
			since[name] = text
		}
	}
	if len(since) == 0 {
		return &Snapshot{opened: s.base, base: s.base, disk: s.disk, files: all}, nil
	}
	in := s.base.a.in
	in.Boundary = in.Boundary.Instead(since)
	bounded, end := in.bound(ctx)
	defer end()
	o, err := s.base.with(bounded, in, since)
	switch stop := context.Cause(bounded); {
	case stop != nil:
		return nil, stop
	case err != nil:
		return nil, err
	case o == nil:
		return open(ctx, s.disk, s.base.a.checks, all)
	}
	return &Snapshot{opened: o, base: s.base, disk: s.disk, files: all}, nil
}

// manyRoots are so many that have been edited that it is better to open everything than
// to look at all of them again at each further edit.
const manyRoots = 48

// with is what was opened with files replaced; nil where everything has to be opened.
func (o *opened) with(ctx context.Context, in Input, since map[string][]byte) (*opened, error) {
	a := newAnalysis(in, o.a.checks)
	a.found, a.memo, a.known = o.a.found, o.a.memo, o.a.known
	now := o.before.readers(since)
	if len(now) > manyRoots || len(o.a.crashed) > 0 {
		return nil, nil
	}
	cores.Each(len(now), func(i int) {
		if ctx.Err() == nil {
			now[i].now, _ = a.loadRoot(ctx, in.Boundary, o.before.found[now[i].id], nil, nil)
		}
	})
	if err := ctx.Err(); err != nil || slices.ContainsFunc(now, func(re reloaded) bool { return re.now == nil }) {
		return nil, err
	}
	out := &opened{a: a, before: o.before, gaps: o.gaps, of: maps.Clone(o.of), roots: o.before.with(now)}
	edited := map[string]bool{}
	for _, re := range now {
		edited[re.id] = true
		out.changed = append(out.changed, re.now)
	}
	// Users are asked about as after a fix: with what their own roots declare.
	model := a.model(out.changed, identity.People)
	model.Beside = o.before.model
	model.LeaveOut(o.before.model)
	if o.reaches(in.Boundary, since, now, model) {
		return nil, nil
	}
	own, together := a.kinds()
	checks := slices.Concat(own, slices.DeleteFunc(together, func(c *analyzer.Check) bool { return !c.People }))
	found, err := a.run(ctx, model, checks, false)
	if err != nil || len(model.Gaps)+len(a.crashed) > 0 {
		return nil, err
	}
	for _, f := range o.estate {
		if f.Resource == nil || !edited[f.Resource.Root.ID()] {
			out.estate = append(out.estate, f)
		}
	}
	for _, f := range found.findings {
		out.estate = append(out.estate, kept(f, nil))
	}
	if err := out.judgeRoots(ctx, out.changed, func(r *terraform.Root) *terraform.Root { return r }); err != nil {
		return nil, err
	}
	out.look(model)
	out.sort()
	return out, nil
}

// reaches says that an edit may reach beyond the roots that read it, of which model is
// made of the users.
func (o *opened) reaches(boundary *workspace.Boundary, since map[string][]byte, now []reloaded, model *identity.Model) bool {
	for name := range since {
		if callsOf(o.a.in.Boundary, name) != callsOf(boundary, name) {
			return true // which directories are root modules hangs on that
		}
	}
	logins, read := len(model.Logins), map[string]bool{}
	for _, re := range now {
		asked := o.of[re.id].asked
		types := slices.Concat(re.was.Types(addrs.Managed), re.now.Types(addrs.Managed))
		if influence := re.now.InfluenceOn(re.was); influence != nil {
			types = slices.DeleteFunc(types, func(typ string) bool { return identity.PartOf(typ) != identity.Organizations })
			types = append(types, influence.Types()...)
		}
		for _, typ := range types {
			if part := identity.PartOf(typ); part == identity.Organizations || part == identity.Surroundings && asked(typ) {
				return true
			}
		}
		for _, f := range slices.Concat(re.was.Files(), re.now.Files()) {
			read[f.Name] = true
		}
	}
	edited := func(r *terraform.Root) bool {
		return slices.ContainsFunc(now, func(re reloaded) bool { return re.was == r })
	}
	for _, l := range o.before.model.Logins {
		if !edited(l.Resource.Root) {
			logins++
		}
	}
	if (logins > 0) != (len(o.before.model.Logins) > 0) || logins > 0 && (o.before.model.Crossed() || model.Crossed()) {
		return true
	}
	// What is said of the estate may stand in a text that has moved.
	return slices.ContainsFunc(o.gaps, func(g source.Gap) bool { return read[g.Place()] }) ||
		slices.ContainsFunc(o.estate, func(f *analyzer.Finding) bool {
			return (f.Resource == nil || f.Check.Estate && !f.Check.People) && slices.ContainsFunc(spansOf(f), func(at source.Span) bool { return !at.IsZero() && read[at.File.Name] })
		})
}

// spansOf are the places that a finding names.
func spansOf(f *analyzer.Finding) []source.Span {
	out := []source.Span{f.Span, f.Fetched}
	for _, r := range f.Related {
		out = append(out, r.Span)
	}
	for _, n := range f.Needs {
		out = append(out, n.Span)
	}
	return out
}

// callsOf is what the module calls of a file say of which modules there are.
func callsOf(b *workspace.Boundary, name string) string {
	base, ending := workspace.ConfigName(path.Base(name))
	f, gap := b.File(name)
	if base == "" || ending == "" || gap != nil {
		return ""
	}
	out := ""
	for _, call := range b.Parse(f).Body.Nested("module", 1) {
		for _, label := range call.Labels {
			out += label + "\x00"
		}
		for _, argument := range []string{"source", "version", "count", "for_each", "enabled"} {
			out += call.Expr(argument).Span().Text() + "\x00"
		}
	}
	return out
}

// Report is what a scan of the snapshot would report, without fixes. What ignore_changes
// keeps as it is deployed is not asked.
func (s *Snapshot) Report() *analyzer.Report {
	res, gaps := s.result(nil)
	gaps = slices.Concat(gaps, s.a.misused(res), s.a.misnamed())
	said := s.a.newKnown() // of what stands in this snapshot
	for _, f := range res.findings {
		if f.Suppression != nil {
			said.used[f.Suppression.Span] = true
		}
	}
	return s.a.report(res, append(gaps, said.complaints(res.files)...))
}

// Reached are the files of the root modules that an edit has been looked at in again, in
// order: all files where that was everything. What was found in others stands.
func (s *Snapshot) Reached() []string {
	roots := s.changed
	if s.opened == s.base {
		roots = s.roots
	}
	files := map[string]bool{}
	for _, r := range roots {
		for _, f := range s.of[r.ID()].files {
			files[f] = true
		}
	}
	return slices.Sorted(maps.Keys(files))
}

// In are the findings that stand in files and that nobody knows of, in order.
func (s *Snapshot) In(files ...string) []*analyzer.Finding {
	among := map[string]bool{}
	for _, f := range files {
		among[f] = true
	}
	res, _ := s.result(func(f *analyzer.Finding) bool { return !f.Span.IsZero() && among[f.Span.File.Name] })
	open, _, _, _ := s.a.reported(res.findings, nil)
	return implied(open)
}

// result is what was found, as a report has it: of all, or of some findings.
func (s *Snapshot) result(of func(*analyzer.Finding) bool) (*result, []source.Gap) {
	res := &result{model: &identity.Model{}, roots: s.roots, secrets: secrets{}, files: map[string]bool{}}
	take := func(findings []*analyzer.Finding) {
		for _, f := range findings {
			if of == nil || of(f) {
				res.findings = append(res.findings, fresh(f))
			}
		}
	}
	take(s.estate)
	gaps := slices.Clone(s.gaps)
	for _, r := range s.roots {
		p := s.of[r.ID()]
		take(p.roles)
		gaps = append(gaps, p.gaps...)
		res.looked += p.looked
		maps.Copy(res.secrets, p.secrets)
		for _, f := range p.files {
			res.files[f] = true
		}
	}
	s.a.arrange(res)
	redact(res.findings, gaps, res.secrets)
	s.a.override(res.findings)
	return res, gaps
}

// fresh is a finding that can be merged with others, and leaves the one it is of as it is.
func fresh(f *analyzer.Finding) *analyzer.Finding {
	out := *f
	out.Related, out.Needs, out.Assumptions = slices.Clone(f.Related), slices.Clone(f.Needs), slices.Clip(f.Assumptions)
	if f.Witness != nil {
		w := *f.Witness
		out.Witness = &w
	}
	return &out
}
