package proof

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// A Who is somebody who may ask to assume a role.
type Who struct {
	Kind policy.CallerKind
	// Account is where it is; Elsewhere tells accounts of which nothing more is known
	// apart, as value.Value.Same does. Both are "" in the role's own account.
	Account, Elsewhere string
	Partition          string
	// Path and Name are of a user or role; Name also of a service or a provider. ""
	// is anybody of the kind in the account.
	Path, Name string
	Session    string // of a role: only this session of it
	ID         string // AIDA…, AROA…, where policies may name it
}

// PassageOptions says who asks for what.
type PassageOptions struct {
	SessionNameOptions
	// OwnName is what the role's account is called in documents as long as it is
	// not known, as value.Value.Same.
	OwnName string
	// Action is sts:AssumeRole or one of its kin.
	Action string
	// Who asks: several are asked for one after the other. None: strangers, principals
	// of accounts that nobody named, and members of organizations that the policy means.
	Who []Who
	// Role is the ARN of the role, with * for what is not known of its account.
	Role func(account string) string
	// Permissions are the policies of who asks, of which one has to allow it; nil
	// where none has to. Boundary limits them; nil is none.
	Permissions []*policy.Document
	Boundary    *policy.Document
	// Denials are policies of which only what they deny counts.
	Denials []*policy.Document
}

// Tie is how the name of a session is tied to who assumes the role. The zero Tie is
// not determined.
type Tie int8

// The ties.
const (
	TieUnknown  Tie = iota
	TieNone         // whoever issues the credentials names the session
	TieBound        // only names that say who it is
	TieIdentity     // any name, with a source identity that says who it is
	TieConstant     // one fixed name
	TieFree         // a name of somebody else
)

func (t Tie) String() string {
	return [...]string{"unknown", "none", "bound", "source-identity", "constant", "free"}[t]
}

// PassageResult is the answer of Passage.
type PassageResult struct {
	Passes  value.Tri
	Witness *Witness // of a No nil; of a Maybe a request that may pass
	// Statements are those of the trust policy that let the witness in, or may.
	Statements []*policy.Statement
	// MFA says that nobody passes without.
	MFA   value.Tri
	Tie   Tie
	Needs []value.Reason
	// Trust and Granted are the documents that the witness was decided by: with
	// examples in the place of accounts that are not known.
	Trust   *policy.Document
	Granted []*policy.Document
}

// Passage decides whether somebody's request gets past a trust policy, and past
// the policies of who asks.
func Passage(doc *policy.Document, opt PassageOptions) PassageResult {
	var out PassageResult
	for i, own := range ownAccounts(doc, &opt) {
		r := passageIn(doc, opt, own)
		switch {
		case i == 0:
			out = r
		case r.Passes != out.Passes:
			needs := addReasons(nil, out.Needs...)
			if needs = addReasons(needs, r.Needs...); len(needs) == 0 {
				needs = []value.Reason{{Text: "the account of the role is not known (--account)"}}
			}
			if r.Passes == value.No {
				r = out
			}
			r.Passes, r.Needs = value.Maybe, needs
			return r
		}
	}
	return out
}

// ownAccounts are the role's account, or where it is not known an account that
// nobody named and those that somebody did.
func ownAccounts(doc *policy.Document, opt *PassageOptions) []string {
	if opt.Account != "" {
		return []string{opt.Account}
	}
	named := accountsNamed(append([]*policy.Document{orUnknown(doc)}, opt.Permissions...))
	fresh := freshAccount(append(named, accountsOfWho(opt.Who)...))
	if opt.OwnName == "" || len(named) > maxOwnAccounts || !namesAccount(orUnknown(doc), opt.OwnName) {
		return []string{fresh}
	}
	return append([]string{fresh}, named...)
}

// maxOwnAccounts bounds the accounts that are tried as the role's own.
const maxOwnAccounts = 8

func accountsOfWho(list []Who) []string {
	var out []string
	for _, w := range list {
		out = append(out, w.Account)
	}
	return out
}

func passageIn(doc *policy.Document, opt PassageOptions, own string) PassageResult {
	var local localized
	examples := map[string]string{}
	taken := append(accountsNamed(append([]*policy.Document{orUnknown(doc)}, opt.Permissions...)), own)
	example := func(name string) string {
		if name == opt.OwnName {
			return own
		}
		if examples[name] == "" {
			examples[name] = freshAccount(taken)
			taken = append(taken, examples[name])
		}
		return examples[name]
	}
	partition := opt.Partition
	if partition == "" {
		list, _ := partitionsOf(nil, []*policy.Document{orUnknown(doc)})
		partition = list[0]
	}
	fill := func(d *policy.Document) *policy.Document {
		return local.filled(d, func(v *value.Value) (string, bool) {
			switch {
			case v.Same != "":
				return example(v.Same), true
			case isPartition(v):
				return partition, true
			}
			return exampleID(v)
		})
	}
	doc = fill(orUnknown(doc))
	// Clone keeps nil, which asks for no permission, apart from none.
	opt.Permissions, opt.Denials = slices.Clone(opt.Permissions), slices.Clone(opt.Denials)
	for _, list := range [][]*policy.Document{opt.Permissions, opt.Denials} {
		for i, d := range list {
			list[i] = fill(orUnknown(d))
		}
	}
	if opt.Boundary != nil {
		opt.Boundary = fill(opt.Boundary)
	}
	who := slices.Clone(opt.Who)
	for i, w := range who {
		switch {
		case w.Account != "":
		case w.Elsewhere != "":
			who[i].Account = example(w.Elsewhere)
		default:
			who[i].Account = own
		}
	}
	opt.Who, opt.Account, opt.Partition, opt.example = who, own, partition, ""
	r := decideTrust(doc, opt.SessionNameOptions, trustQuestion[PassageResult]{
		decide: func(doc *policy.Document, with SessionNameOptions) PassageResult {
			opt := opt
			opt.SessionNameOptions = with
			return passage(doc, opt)
		},
		verdict: func(r PassageResult) Verdict {
			return map[value.Tri]Verdict{value.Yes: Violated, value.No: Holds}[r.Passes]
		},
		needs: func(r PassageResult) []value.Reason { return r.Needs },
		undecided: func(needs []value.Reason, r PassageResult) PassageResult {
			r.Passes, r.Needs = value.Maybe, needs
			return r
		},
		both: func(a, b PassageResult) PassageResult {
			if b.Tie > a.Tie || a.MFA != b.MFA {
				a.Tie, a.MFA = max(a.Tie, b.Tie), a.MFA.And(b.MFA)
			}
			return a
		},
		original: func(r PassageResult, inner *localized) PassageResult {
			r.Statements = inner.originals(r.Statements)
			return r
		},
	})
	r.Statements = local.originals(r.Statements)
	return r
}

func passage(doc *policy.Document, opt PassageOptions) PassageResult {
	if refused(doc, policy.Trust) != nil {
		return PassageResult{Passes: value.No}
	}
	opt.RCPs = taken(opt.RCPs, policy.RCP)
	t := newTrust(doc, opt.SessionNameOptions)
	// That somebody meets a condition whose value is not known is no request to show.
	t.met = nil
	p := passenger{trust: t, opt: &opt, mfa: testsAny(p0(doc, &opt), "aws:multifactorauth")}
	out := PassageResult{Passes: value.No, MFA: value.Yes, Trust: doc, Granted: opt.Permissions}
	for _, c := range p.callers() {
		one := p.ask(c)
		if one.passes == value.No {
			continue
		}
		switch {
		case one.passes == value.Yes && out.Passes != value.Yes:
			out.Passes, out.MFA, out.Tie, out.Needs = value.Yes, one.mfa, one.tie, nil
			p.tell(&out, one.request)
		case one.passes == value.Yes:
			// Of several callers the freest says what the policy lets happen.
			out.MFA = out.MFA.And(one.mfa)
			if one.tie > out.Tie && out.Tie != TieUnknown {
				out.Tie = one.tie
				p.tell(&out, one.request)
			}
		case out.Passes == value.No:
			out.Passes, out.MFA, out.Tie, out.Needs = value.Maybe, one.mfa, one.tie, one.needs
			p.tell(&out, one.request)
		}
	}
	// Of whom the policies tell more apart than were tried, one may get in.
	if out.Passes == value.No && t.incomplete {
		out.Passes, out.Needs = value.Maybe, addReasons(out.Needs, t.tests.tooMany("callers"))
	}
	if out.Passes == value.No {
		out.MFA = value.Maybe
	}
	return out
}

// p0 are all the documents of a passage.
func p0(doc *policy.Document, opt *PassageOptions) []*policy.Document {
	out := slices.Concat([]*policy.Document{doc}, opt.RCPs, opt.Permissions, opt.Denials)
	if opt.Boundary != nil {
		out = append(out, opt.Boundary)
	}
	return out
}

// testsAny says that a condition of the documents is on a key that begins so.
func testsAny(docs []*policy.Document, prefix string) bool {
	for _, d := range docs {
		for _, s := range d.Statements {
			for i := range s.Conditions {
				if slices.ContainsFunc(keysIn(&s.Conditions[i]), func(k string) bool { return strings.HasPrefix(k, prefix) }) {
					return true
				}
			}
		}
	}
	return false
}

// passenger asks for passages.
type passenger struct {
	trust *trust
	opt   *PassageOptions
	mfa   bool // some condition is on MFA
}

// callers are who asks.
func (p *passenger) callers() []caller {
	t := p.trust
	if len(p.opt.Who) == 0 {
		out := t.everybody("")
		if t.meansOrganization() {
			for _, c := range t.everybody("") {
				c.member = true
				out = append(out, c)
			}
		}
		return out
	}
	var out []caller
	for _, w := range p.opt.Who {
		switch {
		case w.Kind != policy.UserCaller && w.Kind != policy.RoleCaller:
			ctx := direct(withAccessKey)
			if w.Kind == policy.FederatedCaller {
				ctx = bearer()
			}
			out = append(out, caller{named: true, request: &policy.Request{
				Caller: &policy.Caller{Kind: w.Kind, Name: w.Name}, Context: ctx, Unlisted: policy.Either,
			}})
		case w.Name == "":
			out = append(out, t.cast(w.Kind, w.Account, false)...)
		default:
			c := t.user(w.Account, strings.TrimPrefix(w.Path, "/")+w.Name)
			if w.Kind == policy.RoleCaller {
				c = t.role(w.Account, strings.TrimPrefix(w.Path, "/")+w.Name)
			}
			// Whoever the scan declares may be of an organization that the policy means.
			c.named, c.member = true, true
			if w.Partition != "" {
				c.request.Caller.Partition = w.Partition
			}
			if w.ID != "" {
				c.request.Caller.ID = w.ID
			}
			if w.Session != "" {
				c.request.Caller.Session, c.session = w.Session, true
			}
			out = append(out, c)
		}
	}
	return out
}

// passed is what was found of one caller.
type passed struct {
	passes  value.Tri
	request *policy.Request
	needs   []value.Reason
	mfa     value.Tri
	tie     Tie
}

// ask looks for a request of a caller that gets past everything.
func (p *passenger) ask(c caller) passed {
	out := p.try(c, nil)
	switch {
	case out.passes == value.No:
	case !p.mfa || c.request.Caller.Kind == policy.ServiceCaller:
		out.mfa = value.No
	default:
		out.mfa = value.Yes
		for _, v := range []policy.ContextValue{policy.One("false"), {}} {
			without := p.try(c, map[string]policy.ContextValue{"aws:multifactorauthpresent": v, "aws:multifactorauthage": {}})
			out.mfa = out.mfa.And(without.passes.Not())
		}
	}
	return out
}

// try is ask with some keys given.
func (p *passenger) try(c caller, given map[string]policy.ContextValue) passed {
	for k, v := range given {
		c.request = assign(c.request, k, v)
	}
	out := passed{passes: value.No}
	if k := c.request.Caller.Kind; k != policy.UserCaller && k != policy.RoleCaller {
		a := p.once(c, c.request, false)
		return passed{passes: a.stopped.Not(), request: a.request, needs: a.needs, tie: TieNone}
	}
	t := p.trust
	doubt := false // of a request under a name that would tell nothing
	variants := t.variants(c)
	for _, r := range variants {
		names, complete := t.regions(nameKey, r)
		identities := []nameRegion{{}}
		if len(t.conditionsOf(identityKey)) > 0 {
			more, ok := t.regions(identityKey, r)
			identities, complete = append(identities, more...), complete && ok
		}
		doubt = doubt || !complete
		for _, id := range identities {
			for _, n := range names {
				tie := TieFree
				switch {
				case n.derived:
					tie = TieBound
				case id.derived:
					tie = TieIdentity
				case n.constant && c.named:
					tie = TieConstant
				}
				base := assign(r, nameKey, policy.One(n.sample))
				base.Context[identityKey] = policy.One(id.sample)
				a := p.once(c, base, id.sample != "")
				switch {
				case a.stopped == value.Yes:
				case a.stopped == value.Maybe:
					doubt = doubt || tie == TieFree
					if out.passes == value.No {
						out.passes, out.request, out.needs = value.Maybe, a.request, a.needs
					}
				case out.passes != value.Yes || tie > out.tie:
					out.passes, out.request, out.needs, out.tie = value.Yes, a.request, nil, tie
				}
				if out.passes == value.Yes && out.tie == TieFree {
					return out
				}
			}
		}
	}
	if out.passes != value.Yes {
		p.tryOpen(c, variants, &out)
	}
	if doubt || out.passes != value.Yes {
		out.tie = TieUnknown
	}
	return out
}

// tryOpen looks for values that make a name pass where those of the variants do not, as
// trust.judgeOpen does.
func (p *passenger) tryOpen(c caller, variants []*policy.Request, out *passed) {
	t := p.trust
	sessions, complete := t.openSessions(c, variants, nil)
	for _, in := range sessions {
		base := assign(c.request, nameKey, policy.One(in.name))
		base.Context[identityKey] = policy.One(in.identity)
		a := p.once(c, base, in.identity != "")
		switch {
		case a.stopped == value.No:
			tie := TieFree
			switch s := t.statusOf(a.request, in); {
			case s == boundName:
				tie = TieBound
			case s == alternative:
				tie = TieIdentity
			case s == constantName && c.named:
				tie = TieConstant
			}
			if out.passes != value.Yes || tie > out.tie {
				out.passes, out.request, out.needs, out.tie = value.Yes, a.request, nil, tie
			}
		case a.stopped == value.Maybe && out.passes == value.No:
			out.passes, out.request, out.needs = value.Maybe, a.request, a.needs
		}
	}
	if !complete && out.passes == value.No {
		out.passes, out.needs = value.Maybe, addReasons(out.needs, tooMany("names of sessions"))
	}
}

// once is whether one kind of request is stopped.
func (p *passenger) once(c caller, base *policy.Request, setsIdentity bool) answer {
	t := p.trust
	f := t.formula(c, setsIdentity)
	if p.opt.Permissions != nil {
		f.level(p.opt.Permissions, value.No)
		if p.opt.Boundary != nil {
			f.level([]*policy.Document{p.opt.Boundary}, value.No)
		}
	}
	f.denyOnly(p.opt.Denials)
	if c.request.Caller.Kind == policy.FederatedCaller {
		f.admits = func(s *policy.Statement) value.Tri { return admitsProvider(s, c.request.Caller.Name) }
	}
	base = assign(base, "aws:resourceaccount", policy.One(p.opt.Account))
	q := &question{formula: f, base: base, actions: []string{p.opt.Action}, account: p.opt.Account}
	if p.opt.Role != nil {
		q.resource = p.opt.Role(p.opt.Account)
	}
	if k := c.request.Caller.Kind; k != policy.UserCaller && k != policy.RoleCaller || !t.stranger(c) {
		return q.ask(false)
	}
	return t.askOfStranger(q)
}

// admitsProvider says whether a statement's principals admit who comes from an identity
// provider. Providers are told apart by what they are called within their account: a role
// trusts those of its own alone.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
func admitsProvider(s *policy.Statement, name string) value.Tri {
	any := value.No
	if s.PrincipalsOpen {
		any = value.Maybe
	}
	for _, p := range s.Principals {
		own := p.Pattern.String()
		switch {
		case p.Class == policy.AnyPrincipal && p.Type == "AWS":
			any = any.Or(value.Maybe) // AWS does not say whether that is everybody
		case p.Class == policy.AnyPrincipal:
			any = value.Yes
		case p.Class != policy.FederatedPrincipal && p.Class != policy.UnknownPrincipal:
		case withinAccount(own) == withinAccount(name) && !strings.Contains(withinAccount(own), hole):
			any = value.Yes
		case strings.Contains(own, hole):
			any = any.Or(value.Maybe)
		}
	}
	if s.NotPrincipal {
		return any.Not()
	}
	return any
}

// withinAccount is what an identity provider is called within its account.
func withinAccount(arn string) string {
	for _, kind := range []string{":oidc-provider/", ":saml-provider/"} {
		if _, name, ok := strings.Cut(arn, kind); ok {
			return kind + name
		}
	}
	return arn
}

// tell makes the witness of a request, and names the statements that let it in.
func (p *passenger) tell(out *PassageResult, r *policy.Request) {
	if r == nil {
		return
	}
	var keys []string
	for _, d := range p0(p.trust.doc, p.opt) {
		for _, s := range d.Statements {
			for i := range s.Conditions {
				keys = append(keys, keysIn(&s.Conditions[i])...)
			}
		}
	}
	out.Witness = newWitness(r, append(keys, nameKey))
	out.Witness.spell("sts:rolesessionname", SessionNameKey)
	if now := p.opt.Now; !now.IsZero() && !listsTime(r) && slices.ContainsFunc(keys, func(k string) bool { return timeKeys[k] }) {
		out.Witness.Request = atTime(out.Witness.Request, now)
	}
	out.Statements = nil
	for _, s := range p.trust.doc.Statements {
		if s.Effect != policy.Deny && s.AdmitsAction(r.Action) != value.No && s.Matches(out.Witness.Request) != value.No {
			out.Statements = append(out.Statements, s)
		}
	}
}

// ExampleID stands for the unique id of a user or role of the scan, as documents that
// name it are read; "" for other resources.
func ExampleID(ref value.Ref) string {
	ref.Attr = "unique_id"
	id, _ := exampleID(&value.Value{Kind: value.Unknown, Ref: &ref, Span: source.Span{}})
	return id
}
