package proof

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// OIDCClass is how a trust policy confines the tokens of an OpenID Connect
// provider. The zero OIDCClass is not determined.
type OIDCClass int8

// The classes, the worst last.
const (
	OIDCUndetermined OIDCClass = iota
	OIDCNA                     // no provider may assume the role
	OIDCBound                  // only tokens for named subjects and audiences
	OIDCNobody                 // wildcards of the subject are taken as they stand: no token has them
	OIDCNoAudience             // the audience is not tested
	OIDCForeign                // subjects of other customers of the provider pass
	OIDCAnySubject             // every subject passes
	OIDCInvalid                // AWS refuses the policy
)

func (c OIDCClass) String() string {
	return [...]string{"UNDETERMINABLE", "NA", "BOUND", "UNSATISFIABLE", "NO_AUDIENCE", "FOREIGN_SUBJECT", "ANY_SUBJECT", "INVALID"}[c]
}

// Verdict is what the class means.
func (c OIDCClass) Verdict() Verdict {
	return [...]Verdict{Undetermined, NotApplicable, Holds, Holds, Violated, Violated, Violated, NotApplicable}[c]
}

// OIDCResult is the answer of OIDCSubject.
type OIDCResult struct {
	Class    OIDCClass
	Provider string // token.actions.githubusercontent.com; "" when it is not known
	// Shared says that everybody can get tokens of the provider, not only the
	// people of one organization.
	Shared    bool
	Witness   *Witness
	Statement *policy.Statement // that lets the witness through
	Condition *policy.Condition // on the subject, when there is one
	// SubjectBound says that only subjects of one's own pass, so that only the
	// audience is open.
	SubjectBound bool
	Needs        []value.Reason
}

// OIDCSubject decides whether a role can be assumed with a token that the
// identity provider gave to somebody else. It answers for the provider that
// fares worst.
func OIDCSubject(doc *policy.Document) OIDCResult {
	return decideTrust(doc, SessionNameOptions{}, trustQuestion[OIDCResult]{
		decide:    oidcSubject,
		verdict:   func(r OIDCResult) Verdict { return r.Class.Verdict() },
		needs:     func(r OIDCResult) []value.Reason { return r.Needs },
		undecided: func(needs []value.Reason, _ OIDCResult) OIDCResult { return OIDCResult{Needs: needs} },
		both:      lesser(func(r OIDCResult) OIDCClass { return r.Class }),
		original: func(r OIDCResult, local *localized) OIDCResult {
			r.Statement, r.Condition = local.statement(r.Statement), local.condition(r.Condition)
			return r
		},
	})
}

func oidcSubject(doc *policy.Document, _ SessionNameOptions) OIDCResult {
	if p := refused(doc, policy.Trust); p != nil {
		return OIDCResult{Class: OIDCInvalid}
	}
	result := OIDCResult{Class: OIDCNA}
	var undetermined *OIDCResult
	for _, s := range doc.Statements {
		if s.Effect == policy.Deny || s.AdmitsAction(assumeWithToken) == value.No {
			continue
		}
		if mayTrustProviders(s) {
			undetermined = &OIDCResult{Needs: elementReasons(s, "Principal"), Statement: s}
		}
		for _, p := range s.Principals {
			if p.Class != policy.FederatedPrincipal || strings.Contains(p.Pattern.String(), ":saml-provider/") {
				continue
			}
			o := newOIDC(doc, s, p)
			switch r := o.decide(); {
			case r.Class == OIDCUndetermined:
				undetermined = &r
			case r.Class > result.Class:
				result = r
			}
		}
	}
	switch {
	case result.Class.Verdict() == Violated:
	case undetermined != nil:
		return *undetermined
	case doc.Open:
		return OIDCResult{Needs: documentReasons(doc)}
	}
	return result
}

// mayTrustProviders says that a statement may name identity providers that it
// does not list.
func mayTrustProviders(s *policy.Statement) bool {
	if !s.HasPrincipal || !s.PrincipalsOpen {
		return !s.HasPrincipal && s.Open
	}
	element := s.Element("Principal")
	if !element.IsMapping() || element.Open {
		return true
	}
	return slices.ContainsFunc(element.Attrs, func(a value.Attr) bool {
		name, known := a.Key()
		return !known || name == "Federated" && a.Value.IsSequence() && a.Value.Open && len(a.Value.Elems) > 0
	})
}

const assumeWithToken = "sts:AssumeRoleWithWebIdentity"

type oidc struct {
	doc       *policy.Document
	statement *policy.Statement
	principal policy.Principal
	provider  oidcProvider
	known     bool // the provider's host is
}

func newOIDC(doc *policy.Document, s *policy.Statement, p policy.Principal) *oidc {
	o := &oidc{doc: doc, statement: s, principal: p}
	text := p.Pattern.String()
	host := text
	if _, after, ok := strings.Cut(text, ":oidc-provider/"); ok {
		host = after
	}
	o.known = !strings.Contains(host, hole)
	if !o.known {
		host = hostInKeys(s)
	}
	o.provider.host = host
	o.nameClaims()
	o.provider = providerOf(host, ofCluster(p.Value), o.subjects())
	return o
}

// hole is how patterns print what is not known.
const hole = "${…}"

// key is the condition key of a claim, in lower case.
func (o *oidc) key(claim string) string { return strings.ToLower(o.provider.host) + ":" + claim }

// choosable are the claims of GitHub that whoever runs a workflow chooses; all
// others say who that is.
var choosable = []string{"ref", "ref_type", "environment", "event_name", "workflow", "head_ref", "base_ref", "runner_environment", "sha"}

// githubClaims are the claims of GitHub that AWS makes condition keys of, beside
// sub and aud, and that the caller does not choose.
var githubClaims = []string{
	"actor", "actor_id", "enterprise", "enterprise_id", "job_workflow_ref", "repository", "repository_id",
	"repository_owner", "repository_owner_id", "repository_visibility",
}

func (o *oidc) formula() *formula {
	f := &formula{}
	f.level([]*policy.Document{o.doc}, value.No)
	f.admits = func(s *policy.Statement) value.Tri {
		if s == o.statement {
			return value.Yes
		}
		out := value.No
		if s.PrincipalsOpen {
			out = value.Maybe
		}
		for _, p := range s.Principals {
			out = out.Or(o.same(p))
		}
		return out
	}
	return f
}

func (o *oidc) same(p policy.Principal) value.Tri {
	own := o.principal
	switch {
	case p.Class == policy.AnyPrincipal:
		return value.Yes
	case own.Value != nil && p.Value != nil && own.Value.Ref != nil && p.Value.Ref != nil && *own.Value.Ref == *p.Value.Ref:
		return value.Yes
	case p.Class != policy.FederatedPrincipal && p.Class != policy.UnknownPrincipal:
		return value.No
	case own.Pattern.HasHole() || p.Pattern.HasHole() || p.Class == policy.UnknownPrincipal:
		return value.Maybe
	}
	return value.TriOf(own.Pattern.String() == p.Pattern.String())
}

// ask looks for a token with a subject, and an audience ("" for any), that
// assumes the role.
func (o *oidc) ask(subject, audience string) answer {
	ctx := direct(withAccessKey)
	ctx[o.key("sub")] = policy.One(subject)
	ctx["aws:username"] = policy.ContextValue{} // no user of IAM
	for _, k := range keysOf(o.formula()) {
		claim, ok := strings.CutPrefix(k, strings.ToLower(o.provider.host)+":")
		if ok && claim != "sub" && claim != "aud" && claim != "azp" && claim != "oaud" && claim != "amr" && claim != "app_id" && claim != "id" && !slices.Contains(choosable, claim) {
			ctx[k] = policy.One("somebody-else")
			if o.provider.host == github && !slices.Contains(githubClaims, claim) {
				ctx[k] = policy.ContextValue{} // AWS makes no key of it
			}
		}
		if i := strings.LastIndexByte(k, ':'); !ok && i > 0 && strings.Contains(k[:i], ".") && o.known {
			ctx[k] = policy.ContextValue{} // the claim of another provider
		}
	}
	if audience != "" {
		ctx[o.key("aud")] = policy.One(audience)
		ctx[o.key("azp")] = policy.One(audience)
		ctx[o.key("app_id")] = policy.One(audience)
	}
	q := &question{
		formula: o.formula(),
		base: &policy.Request{
			Caller:   &policy.Caller{Kind: policy.FederatedCaller, Name: o.principal.Pattern.String()},
			Context:  ctx,
			Unlisted: policy.Either,
		},
		actions: []string{assumeWithToken},
		domains: map[string][]policy.ContextValue{},
	}
	return q.ask(false)
}

func (o *oidc) decide() OIDCResult {
	out := OIDCResult{Shared: o.provider.shared, Statement: o.statement}
	if o.known || o.provider.host != someProvider {
		out.Provider = o.provider.host
	}
	out.Condition = o.condition("sub")
	var needs []value.Reason
	open := false // a stranger's subject may pass
	if o.provider.host != cognito {
		for _, subject := range o.strangers() {
			switch a := o.ask(subject, ""); a.stopped {
			case value.No:
				out.Class = OIDCForeign
				if o.everySubject() {
					out.Class = OIDCAnySubject
				}
				o.explain(&out, a.request)
				return out
			case value.Maybe:
				open = true
				needs = addReasons(needs, a.needs...)
			}
		}
	}
	if c := o.condition("sub"); !open && c != nil && literalWildcards(c) {
		out.Class, out.Condition = OIDCNobody, c
		return out
	}
	a := o.askAudience()
	out.SubjectBound = !open && o.provider.host != cognito
	switch {
	case a.stopped == value.No && !open:
		out.Class = OIDCNoAudience
		out.Condition = o.condition("aud")
		o.explain(&out, a.request)
	case open || a.stopped == value.Maybe:
		out.Needs = addReasons(needs, a.needs...)
	default:
		out.Class = OIDCBound
	}
	return out
}

// literalWildcards says that a condition asks for subjects with a * or ? in them,
// which is what is left of wildcards under StringEquals.
func literalWildcards(c *policy.Condition) bool {
	if c.Operator.Base != "StringEquals" || c.Operator.Negated || c.Operator.IfExists || c.ValuesOpen || len(c.Values) == 0 {
		return false
	}
	return !slices.ContainsFunc(c.Values, func(p policy.Pattern) bool {
		text, ok := p.Text()
		return !ok || !strings.ContainsAny(text, "*?")
	})
}

// condition is the statement's condition on a claim, under any host.
func (o *oidc) condition(claim string) *policy.Condition {
	for i := range o.statement.Conditions {
		if c := &o.statement.Conditions[i]; strings.HasSuffix(strings.ToLower(c.Key), ":"+claim) {
			return c
		}
	}
	return nil
}

// subjects are the patterns that the policy compares subjects with.
func (o *oidc) subjects() []policy.Pattern {
	var out []policy.Pattern
	for _, s := range o.doc.Statements {
		for _, c := range s.Conditions {
			if strings.EqualFold(c.Key, o.key("sub")) {
				out = append(out, c.Values...)
			}
		}
	}
	return out
}

// strangers are subjects of somebody else: one that has nothing to do with the
// policy, and those that its wildcards invite.
func (o *oidc) strangers() []string {
	out := []string{o.provider.stranger}
	owners := []string{}
	for _, p := range o.subjects() {
		if owner, ok := o.owner(p.String()); ok && !strings.ContainsAny(owner, "*?$") {
			owners = append(owners, owner)
		}
	}
	for _, p := range o.subjects() {
		symbols, possible, _ := p.Symbols(nil)
		if !possible || !p.HasWildcard() {
			continue
		}
		_, rest, _ := strings.Cut(strings.TrimPrefix(o.provider.stranger, o.provider.prefix), o.provider.sep)
		for _, filler := range []string{"somebody-else", "-else" + o.provider.sep + rest, "somebody-else" + o.provider.sep + rest} {
			subject := filledWith(symbols, filler)
			if owner, ok := o.owner(subject); o.provider.prefix != "" && (!ok || slices.Contains(owners, owner)) {
				continue // not a subject of this provider, or not a stranger's
			}
			if o.provider.prefix != "" {
				out = append(out, subject)
			}
		}
	}
	return dedupe(out)
}

// owner is the owner in a subject.
func (o *oidc) owner(subject string) (string, bool) {
	rest, ok := strings.CutPrefix(subject, o.provider.prefix)
	if !ok || o.provider.sep == "" {
		return "", false
	}
	owner, _, ok := strings.Cut(rest, o.provider.sep)
	return owner, ok && owner != ""
}

// filledWith is a text of a pattern, with a filler for its first wildcard and
// little for the others.
func filledWith(symbols []policy.Symbol, filler string) string {
	var b strings.Builder
	for _, s := range symbols {
		switch {
		case s >= 0:
			b.WriteString(plainOf([]policy.Symbol{s}))
		case s == policy.AnyByte || s == policy.AnySegmentByte:
			b.WriteByte('x')
		default:
			b.WriteString(filler)
			filler = "x"
		}
	}
	return b.String()
}

// everySubject says that a subject that looks like nothing passes, as far as
// the provider gives such.
func (o *oidc) everySubject() bool {
	return o.ask(o.provider.stranger, "").stopped == value.No
}

// askAudience asks whether a token for a named subject passes that was made
// out for somebody else than AWS.
func (o *oidc) askAudience() answer {
	subject := o.provider.stranger
	for _, p := range o.subjects() {
		if symbols, possible, _ := p.Symbols(nil); possible {
			if s := filledWith(symbols, "x"); o.ask(s, "").stopped != value.Yes {
				subject = s
				break
			}
		}
	}
	return o.ask(subject, "https://somebody-else.example.com")
}

func (o *oidc) explain(out *OIDCResult, r *policy.Request) {
	req := *r
	req.Action = assumeWithToken
	w := newWitness(&req, append(keysOf(o.formula()), o.key("sub")))
	w.Resource, w.Principal = "", ""
	if p := o.principal.Pattern.String(); !strings.Contains(p, hole) {
		w.Principal = p
	}
	w.spell(strings.ToLower(o.provider.host)+":", o.provider.host+":")
	subject := strings.Join(r.Context[o.key("sub")].Values, "")
	w.Words = fmt.Sprintf("a token of %s for '%s'", o.provider.name, subject)
	if out.Class == OIDCNoAudience {
		w.Words += " made out for another audience than AWS"
	}
	switch c := out.Condition; {
	case c == nil && out.Class == OIDCNoAudience:
		w.Because = StatementName(o.statement) + " does not test the audience"
	case c == nil:
		w.Because = StatementName(o.statement) + " does not test the subject"
	default:
		_, words := c.MatchesDetail(&req)
		w.Because = StatementName(o.statement) + " " + plain(words, c)
	}
	out.Witness = w
}
