package proof

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/aws"
	"github.com/iamvet/iamvet/analyzer/oidc"
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
	OIDCNobody                 // no token can meet the conditions
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

// OIDCOptions says what is known around the role.
type OIDCOptions struct {
	Account string // of the role; "" when it is not known
	// RCPs that bind the role's account.
	RCPs []*policy.Document
	// Audiences are those that a provider is registered with in IAM, for its
	// principal; nil when they are not known. AWS accepts no others.
	Audiences func(policy.Principal) []string
}

// OIDCResult is the answer of OIDCSubject.
type OIDCResult struct {
	Class    OIDCClass
	Provider string // token.actions.githubusercontent.com; "" when it is not known
	// Issuer is what is known of it. That it is shared says that everybody can get
	// tokens of it, not only the people of one organization.
	Issuer    oidc.Issuer
	Witness   *Witness
	Statement *policy.Statement // that lets the witness through
	Principal policy.Principal  // the provider
	// Condition is the one at fault, when there is one: on the subject, or on the
	// claim that lets others through.
	Condition *policy.Condition
	// SubjectBound says that only subjects of one's own pass, so that only the
	// audience is open.
	SubjectBound bool
	// Untested says that the policy does not test what AWS demands of new trust
	// policies for the issuer.
	Untested bool
	// Audiences are those that the provider is registered with; nil when they are
	// not known.
	Audiences []string
	Needs     []value.Reason
}

// Tenant is what tells the customers of the provider apart, in a word and as a
// condition key.
func (r OIDCResult) Tenant() (word, key string) {
	word, claim := "subject", "sub"
	if d := r.Issuer.Demanded; len(d) > 0 && d[0] != claim {
		word, claim = d[0], d[0]
		if claim == "aud" {
			word = "audience"
		}
	}
	switch {
	case strings.Contains(claim, ":"):
		return word, claim
	case r.Provider == "":
		return word, fmt.Sprintf("its %s, PROVIDER:%s", word, claim)
	}
	return word, r.Provider + ":" + claim
}

// OIDCSubject decides whether a role can be assumed with a token that the
// identity provider gave to somebody else. It answers for the provider that
// fares worst.
func OIDCSubject(doc *policy.Document, opt OIDCOptions) OIDCResult {
	opt.RCPs = taken(opt.RCPs, policy.RCP)
	return decideTrust(doc, SessionNameOptions{Account: opt.Account}, trustQuestion[OIDCResult]{
		decide:    func(doc *policy.Document, _ SessionNameOptions) OIDCResult { return oidcSubject(doc, opt) },
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

func oidcSubject(doc *policy.Document, opt OIDCOptions) OIDCResult {
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
			switch r := newFederated(doc, s, p, opt).decide(); {
			// The worst provider decides, and one that is not determined may be the worst.
			case r.Class == OIDCUndetermined:
				undetermined = &r
			case r.Class > result.Class || r.Class == result.Class && r.Untested && !result.Untested:
				result = r
			}
		}
	}
	switch {
	// Strangers pass, and nothing is worse: Denies that are not listed were counted.
	case result.Class.Verdict() == Violated && !result.SubjectBound:
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

// federated asks about the tokens of one provider in one statement.
type federated struct {
	doc       *policy.Document
	opt       OIDCOptions
	statement *policy.Statement
	principal policy.Principal
	host      string
	issuer    oidc.Issuer
	known     bool // the provider's host is
	// conditions are those on the issuer's claims, by key in lower case.
	conditions map[string][]*policy.Condition
	shapes     []map[string]string // of tokens
	mentions   map[string]mentioned
}

func newFederated(doc *policy.Document, s *policy.Statement, p policy.Principal, opt OIDCOptions) *federated {
	f := &federated{doc: doc, opt: opt, statement: s, principal: p, host: p.Pattern.String()}
	if _, after, ok := strings.Cut(f.host, ":oidc-provider/"); ok {
		f.host = after
	}
	f.known = !strings.Contains(f.host, hole)
	if !f.known {
		f.host = hostInKeys(s)
	}
	f.nameClaims()
	issuer, ok := oidc.Lookup(f.host)
	if !ok {
		var subjects []string
		for _, p := range f.patternsOn("sub") {
			subjects = append(subjects, p.String())
		}
		issuer = oidc.Private(f.host, ofCluster(p.Value), subjects)
	}
	f.issuer = issuer
	f.particularClaims()
	f.conditions = nil // some were replaced
	f.mention()
	return f
}

// hole is how patterns print what is not known.
const hole = "${…}"

// someProvider stands for the host of a provider that is not known.
const someProvider = "the provider"

// hostInKeys is the provider that a statement's condition keys name.
func hostInKeys(s *policy.Statement) string {
	for _, c := range s.Conditions {
		if i := strings.LastIndexByte(c.Key, ':'); i > 0 && strings.Contains(c.Key[:i], ".") {
			return c.Key[:i]
		}
	}
	return someProvider
}

// ofCluster says that a provider is that of an EKS cluster.
func ofCluster(v *value.Value) bool {
	found := false
	v.Walk(func(w *value.Value) bool {
		found = found || w.Ref != nil && w.Ref.Type == "aws_eks_cluster"
		return !found
	})
	return found
}

// key is the condition key of a claim, in lower case. Some that tokens decide
// are spelled with a colon, and are keys as they are.
func (f *federated) key(claim string) string {
	if strings.Contains(claim, ":") {
		return claim
	}
	return strings.ToLower(f.host) + ":" + claim
}

// documents are the policies that a token has to get through.
func (f *federated) documents() []*policy.Document {
	return append([]*policy.Document{f.doc}, f.opt.RCPs...)
}

// conditionsOn are the policies' conditions on a claim.
func (f *federated) conditionsOn(claim string) []*policy.Condition {
	if f.conditions == nil {
		f.conditions = map[string][]*policy.Condition{}
		for _, d := range f.documents() {
			for _, s := range d.Statements {
				for i := range s.Conditions {
					c := &s.Conditions[i]
					key := strings.ToLower(c.Key)
					f.conditions[key] = append(f.conditions[key], c)
				}
			}
		}
	}
	return f.conditions[f.key(claim)]
}

// patternsOn are what the policies compare a claim with.
func (f *federated) patternsOn(claim string) []policy.Pattern {
	var out []policy.Pattern
	for _, c := range f.conditionsOn(claim) {
		if c.Operator.Family != policy.NullFamily {
			out = append(out, c.Values...)
		}
	}
	return out
}

func (f *federated) formula() *formula {
	out := &formula{}
	out.level([]*policy.Document{f.doc}, value.No)
	out.denyOnly(f.opt.RCPs)
	out.admits = func(s *policy.Statement) value.Tri {
		if s == f.statement {
			return value.Yes
		}
		out := value.No
		if s.PrincipalsOpen {
			out = value.Maybe
		}
		for _, p := range s.Principals {
			out = out.Or(f.same(p))
		}
		return out
	}
	return out
}

func (f *federated) same(p policy.Principal) value.Tri {
	own := f.principal
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

// claimIn is the claim of a condition key, when it is one of the provider's.
func (f *federated) claimIn(key string) (string, bool) {
	return strings.CutPrefix(strings.ToLower(key), strings.ToLower(f.host)+":")
}

// carried says whether a token may carry a condition key: claims of other
// providers, and those of which AWS makes no key, are in no token.
func (f *federated) carried(key string) bool {
	claim, ok := f.claimIn(key)
	if ok {
		return f.issuer.HasKey(claim)
	}
	i := strings.LastIndexByte(key, ':')
	return i <= 0 || !strings.Contains(key[:i], ".") || !f.known
}

// bearer are the keys of somebody who brings a token: he has no credentials of AWS.
func bearer() map[string]policy.ContextValue {
	// AssumeRoleWithWebIdentity is called without credentials: the token is all there is.
	// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
	ctx := direct(withAccessKey)
	for name, k := range aws.Keys() {
		if _, set := ctx[name]; !set && k.Principal && strings.HasPrefix(name, "aws:") {
			ctx[name] = policy.ContextValue{}
		}
	}
	return ctx
}

// ask looks for a request with a token that assumes the role: made out for an
// audience, "" for any that the provider is registered with.
func (f *federated) ask(t token, audience string) answer {
	formula := f.formula()
	ctx := bearer()
	for _, k := range keysOf(formula) {
		claim, own := f.claimIn(k)
		_, listed := t[claim]
		switch {
		case !f.carried(k), strings.HasPrefix(k, "aws:principaltag/"),
			own && !listed && claim != "aud" && claim != "oaud" && claim != "amr":
			ctx[k] = policy.ContextValue{}
		case strings.HasPrefix(k, "aws:requesttag/") && f.issuer.Shared:
			ctx[k] = policy.ContextValue{} // tags are signed with the token
		}
	}
	for claim, v := range t {
		ctx[f.key(claim)] = policy.One(v)
	}
	domains := map[string][]policy.ContextValue{}
	if _, ok := t["aud"]; !ok && audience == "" {
		for _, a := range f.audiences() {
			domains[f.key("aud")] = append(domains[f.key("aud")], policy.One(a))
		}
	}
	if audience != "" {
		for _, claim := range []string{"aud", "oaud", "app_id"} {
			ctx[f.key(claim)] = policy.One(audience)
		}
	}
	if f.issuer.Shared { // whether it lets customers name roles, is not known
		ctx["sts:roleauthorizedbyidp"] = policy.ContextValue{Presence: policy.Present}
	}
	q := &question{
		formula: formula,
		base: &policy.Request{
			Caller:   &policy.Caller{Kind: policy.FederatedCaller, Name: f.principal.Pattern.String()},
			Context:  ctx,
			Unlisted: policy.Either,
		},
		actions: []string{assumeWithToken},
		domains: domains,
	}
	return q.ask(false)
}

func (f *federated) audiences() []string {
	if f.opt.Audiences == nil {
		return nil
	}
	return f.opt.Audiences(f.principal)
}

func (f *federated) decide() OIDCResult {
	out := OIDCResult{Issuer: f.issuer, Statement: f.statement, Principal: f.principal, Audiences: f.audiences()}
	if f.known || f.host != someProvider {
		out.Provider = f.host
	}
	out.Condition = f.tenantCondition()
	if r, t := f.stranger(); t == value.No {
		out.Class = OIDCForeign
		if c := f.tellsApart(r); c != nil {
			out.Condition = c
		} else {
			out.Class = OIDCAnySubject
		}
		f.explain(&out, r.request)
		return out
	} else if t == value.Maybe {
		out.Needs = r.needs
		return out
	}
	if c := f.unmet(); c != nil {
		out.Class, out.Condition = OIDCNobody, c
		return out
	}
	out.Untested = f.untested()
	out.SubjectBound = true
	switch a := f.askAudience(); a.stopped {
	case value.No:
		out.Class, out.Condition = OIDCNoAudience, f.conditionOf("aud")
		f.explain(&out, a.request)
	case value.Maybe:
		out.Needs = a.needs
	default:
		out.Class = OIDCBound
	}
	return out
}

// stranger looks for the token of somebody else that assumes the role; one that
// has nothing to do with the policy is found first.
func (f *federated) stranger() (answer, value.Tri) {
	out := answer{stopped: value.Yes}
	audiences := f.audiences()
	complete := f.eachToken(true, func(t token) bool {
		if aud, ok := t["aud"]; ok && audiences != nil && !slices.Contains(audiences, aud) {
			return true // AWS does not accept it
		}
		if !f.issuer.Shared { // the people who run it name the roles of each token
			t["sts:roleauthorizedbyidp"] = "false"
		}
		switch a := f.ask(t, ""); {
		case a.stopped == value.No:
			out = a
		case a.stopped == value.Maybe:
			out.stopped, out.needs = value.Maybe, addReasons(out.needs, a.needs...)
		}
		return out.stopped != value.No
	})
	if !complete && out.stopped != value.No {
		out.stopped, out.needs = value.Maybe, addReasons(out.needs, tooManyTokens)
	}
	return out, out.stopped
}

// tellsApart is the condition of the statement on a claim that names the
// customer which keeps a plain stranger out, but not the one who was found; nil
// when the claims of all strangers pass.
func (f *federated) tellsApart(a answer) *policy.Condition {
	plain := policy.Request{Context: map[string]policy.ContextValue{}}
	values := map[string]string{}
	for _, p := range f.issuer.Parts {
		values[p.Name] = p.Samples[0]
	}
	for claim, template := range f.issuer.Tokens[0] {
		plain.Context[f.key(claim)] = policy.One(oidc.Fill(template, values))
	}
	for i := range f.statement.Conditions {
		c := &f.statement.Conditions[i]
		claim, own := f.claimIn(c.Key)
		if own && f.namesCustomer(claim) && a.request.Lookup(c.Key).Presence == policy.Known && c.Matches(&plain) == value.No && c.Matches(a.request) == value.Yes {
			return c
		}
	}
	return nil
}

// namesCustomer says that a claim has a part that no two customers have.
func (f *federated) namesCustomer(claim string) bool {
	for _, piece := range oidc.Pieces(f.issuer.Tokens[0][claim]) {
		if p, ok := f.issuer.Part(piece.Part); ok && p.Owned {
			return true
		}
	}
	return false
}

// tenantCondition is the statement's condition on what names the customer: the
// subject, or what AWS demands.
func (f *federated) tenantCondition() *policy.Condition {
	if c := f.conditionOf("sub"); c != nil && f.namesCustomer("sub") {
		return c
	}
	for i := range f.statement.Conditions {
		if c := &f.statement.Conditions[i]; f.issuer.Demands(f.host, c.Key) {
			return c
		}
	}
	return nil
}

// conditionOf is the statement's condition on a claim, under any host.
func (f *federated) conditionOf(claim string) *policy.Condition {
	for i := range f.statement.Conditions {
		if c := &f.statement.Conditions[i]; strings.HasSuffix(strings.ToLower(c.Key), ":"+claim) {
			return c
		}
	}
	return nil
}

// untested says that the statement tests nothing of what AWS demands.
func (f *federated) untested() bool {
	return len(f.issuer.Demanded) > 0 && !slices.ContainsFunc(f.statement.Conditions, func(c policy.Condition) bool {
		return c.Key == "" || f.issuer.Demands(f.host, c.Key)
	})
}

// unmet is a condition of the statement that no token meets: it asks for a claim
// that none carries, or for subjects with a * or ? in them, which is what is left
// of wildcards under StringEquals.
func (f *federated) unmet() *policy.Condition {
	for i := range f.statement.Conditions {
		c := &f.statement.Conditions[i]
		if f.known && !f.carried(c.Key) && c.Matches(&policy.Request{Context: map[string]policy.ContextValue{c.Key: {}}}) == value.No {
			return c
		}
	}
	if c := f.conditionOf("sub"); c != nil && literalWildcards(c) {
		return c
	}
	return nil
}

// literalWildcards says that a condition asks for subjects with a * or ? in them.
func literalWildcards(c *policy.Condition) bool {
	if c.Operator.Base != "StringEquals" || c.Operator.Negated || c.Operator.IfExists || c.ValuesOpen || len(c.Values) == 0 {
		return false
	}
	return !slices.ContainsFunc(c.Values, func(p policy.Pattern) bool {
		text, ok := p.Text()
		return !ok || !strings.ContainsAny(text, "*?")
	})
}

const anotherAudience = "https://somebody-else.example.com"

// askAudience asks whether a token of one's own passes that was made out for
// somebody else than AWS.
func (f *federated) askAudience() answer {
	if slices.ContainsFunc(f.issuer.Tokens, func(t map[string]string) bool { return t["aud"] != "" }) {
		return answer{stopped: value.Yes} // the audience names the customer
	}
	out := answer{stopped: value.Yes}
	complete := f.eachToken(false, func(t token) bool {
		if f.ask(t, "").stopped != value.Yes {
			if other := f.ask(t, anotherAudience); other.stopped == value.No || other.stopped == value.Maybe && out.stopped == value.Yes {
				out = other
			}
		}
		return out.stopped != value.No
	})
	if !complete && out.stopped == value.Yes {
		out = answer{needs: []value.Reason{tooManyTokens}}
	}
	return out
}

// tooManyTokens is why it may not be so that no token gets through.
var tooManyTokens = tooMany("tokens")

func (f *federated) explain(out *OIDCResult, r *policy.Request) {
	req := *r
	req.Action = assumeWithToken
	w := newWitness(&req, append(keysOf(f.formula()), f.key("sub")))
	w.Resource, w.Principal = "", ""
	if p := f.principal.Pattern.String(); !strings.Contains(p, hole) {
		w.Principal = p
	}
	w.spell(strings.ToLower(f.host)+":", f.host+":")
	w.Words = fmt.Sprintf("a token of %s", f.issuer.Name)
	if subject := strings.Join(r.Context[f.key("sub")].Values, ""); subject != "" {
		w.Words += fmt.Sprintf(" for '%s'", subject)
	}
	if out.Class == OIDCNoAudience {
		w.Words += " made out for another audience than AWS"
	}
	switch c := out.Condition; {
	case c == nil && out.Class == OIDCNoAudience:
		w.Because = StatementName(f.statement) + " does not test the audience"
	case c == nil:
		w.Because = StatementName(f.statement) + " does not test the " + f.tenant()
	default:
		_, words := c.MatchesDetail(&req)
		w.Because = StatementName(f.statement) + " " + plain(words, c)
	}
	out.Witness = w
}

// tenant is what tells the customers of the issuer apart, in a word.
func (f *federated) tenant() string {
	if len(f.issuer.Demanded) > 0 && f.issuer.Demanded[0] == "aud" {
		return "audience"
	}
	return "subject"
}
