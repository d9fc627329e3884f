package proof

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer/automaton"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// SessionNameClass is how a trust policy ties the name of a role session to
// who assumes the role. The zero SessionNameClass is not determined.
type SessionNameClass int8

// The classes.
const (
	NameUndetermined    SessionNameClass = iota
	NameNA                               // no AWS principal may assume the role
	NameBound                            // only names that identify the caller
	NameConstant                         // one fixed name for each single caller
	NameAlternative                      // any name, but a source identity that identifies the caller
	NameUnsatisfiable                    // no AWS principal can meet the conditions
	NameWeak                             // somebody else's name is possible, though not every name
	NameWeakAlternative                  // some source identity is required, whichever
	NameVacuous                          // a condition on the name accepts every name
	NameMissing                          // no condition on the name
	NameInvalid                          // AWS refuses the policy
)

func (c SessionNameClass) String() string {
	return [...]string{"UNDETERMINABLE", "NA", "BOUND", "CONSTANT_OK", "ALT_BOUND", "UNSATISFIABLE", "WEAK", "WEAK_ALT", "VACUOUS", "MISSING", "INVALID"}[c]
}

// Verdict is what the class means.
func (c SessionNameClass) Verdict() Verdict {
	switch c {
	case NameUndetermined:
		return Undetermined
	case NameNA:
		return NotApplicable
	case NameBound, NameConstant, NameAlternative, NameUnsatisfiable:
		return Holds
	}
	return Violated
}

// SessionNameOptions says what is known around the role.
type SessionNameOptions struct {
	Account   string // of the role; "" when it is not known
	Partition string // "" when it is not known: aws
	// TrustedTags are the principal tags that people cannot give themselves, in
	// any case; nil trusts all of them.
	TrustedTags []string
	// RCPs that bind the role's account.
	RCPs []*policy.Document

	Now time.Time // as in RootOptions

	// example stands for an account that is not known.
	example string
}

// Callers are who may assume a role, whatever they call the session.
type Callers struct {
	Anyone   bool     // principals of accounts and organizations that nobody named
	Accounts []string // known accounts whose principals are admitted, sorted
	Foreign  []string // those of them that are not the role's own, when that is known
	Users    bool     // some user is
	Roles    bool     // some role is
	AllRoles bool     // nobody but roles: all that are named, or that meet the conditions
	OneUser  bool     // nobody of AWS but one user, who is named
	Unknown  bool     // a principal that is not known
	// ExternalID says that nobody is admitted without a certain external id.
	ExternalID bool
}

// SessionNameKey is the condition key of the name that a session is assumed under.
const SessionNameKey = "sts:RoleSessionName"

// SessionNameResult is the answer of SessionName.
type SessionNameResult struct {
	Class   SessionNameClass
	Witness *Witness
	// Statements are those that let the witness through, or, of a class that
	// holds with advice, the dead ones.
	Statements []*policy.Statement
	// Condition is the one at fault, when there is one.
	Condition *policy.Condition
	Callers   Callers
	// ByRoles says that none but role sessions get through.
	ByRoles bool
	// Tags are the principal tags that a proof rests on, in lower case, sorted.
	Tags []string
	// Until is as in RootResult.
	Until time.Time
	Needs []value.Reason

	positions *positions // of a result that is Detached
}

const (
	assumeRole   = "sts:AssumeRole"
	nameKey      = "sts:rolesessionname"
	identityKey  = "sts:sourceidentity"
	aFreeName    = "anything"
	anotherName  = "not-a-name-of-mine"
	foreignOrgID = "o-somebodyelse"
	ownOrgID     = "o-thisrolesown" // of the role
)

// SessionName decides whether a role can be assumed under a name that does not
// identify the caller.
func SessionName(doc *policy.Document, opt SessionNameOptions) SessionNameResult {
	r := sessionNameAt(doc, opt)
	if r.Class.Verdict() == Holds {
		r.Until = until(append([]*policy.Document{doc}, opt.RCPs...), opt.Now, func(t time.Time) bool {
			later := opt
			later.Now = t
			return sessionNameAt(doc, later).Class.Verdict() == Holds
		})
	}
	return r
}

func sessionNameAt(doc *policy.Document, opt SessionNameOptions) SessionNameResult {
	return decideTrust(doc, opt, trustQuestion[SessionNameResult]{
		decide:  sessionName,
		verdict: func(r SessionNameResult) Verdict { return r.Class.Verdict() },
		needs:   func(r SessionNameResult) []value.Reason { return r.Needs },
		undecided: func(needs []value.Reason, r SessionNameResult) SessionNameResult {
			return SessionNameResult{Needs: needs, Callers: r.Callers}
		},
		both: lesser(func(r SessionNameResult) SessionNameClass { return r.Class }),
		original: func(r SessionNameResult, local *localized) SessionNameResult {
			r.Statements, r.Condition = local.originals(r.Statements), local.condition(r.Condition)
			return r
		},
	})
}

func sessionName(doc *policy.Document, opt SessionNameOptions) SessionNameResult {
	opt.RCPs = taken(opt.RCPs, policy.RCP)
	if p := refused(doc, policy.Trust); p != nil {
		return SessionNameResult{Class: NameInvalid, Statements: statementOf(p)}
	}
	t := newTrust(doc, opt)
	result := t.decide(t.callers(), nil)
	switch {
	// What is not listed can only let more callers in, and Denies that are not listed
	// the search has counted (formula.hidden): a violation stays one.
	case result.Class.Verdict() == Violated:
	case len(t.unknown) > 0:
		result = t.withUnknown(result)
	case doc.Open && len(t.allows) == 0 || t.unclear:
		if result.Class != NameUndetermined {
			result = SessionNameResult{Needs: t.unclearNeeds(), Callers: result.Callers}
		}
	}
	return result
}

// taken are the documents that AWS does not refuse.
func taken(docs []*policy.Document, kind policy.Kind) []*policy.Document {
	var out []*policy.Document
	for _, d := range docs {
		if d == nil || refused(d, kind) == nil {
			out = append(out, orUnknown(d))
		}
	}
	return out
}

func statementOf(p *policy.Problem) []*policy.Statement {
	if p.Statement == nil {
		return nil
	}
	return []*policy.Statement{p.Statement}
}

// trust is a trust policy with what its principals admit.
type trust struct {
	doc    *policy.Document
	opt    SessionNameOptions
	allows []*policy.Statement // that may allow an AWS principal to assume the role
	// unknown are the principals of which too little is known to name a caller.
	unknown []unknownPrincipal
	// unclear says that there may be AWS principals that are not listed.
	unclear  bool
	accounts []string // that are named, sorted
	any      bool
	known    []string // accounts that the policies name, and the role's own
	own      string   // the role's account; where it is not known, one that nobody named
	tests    *callerTests
	// incomplete says that the policies tell more callers apart than were tried.
	incomplete bool
	met        map[*policy.Condition]bool
	// orgs is what organizations answered.
	orgs []map[string]policy.ContextValue
	// partitions are those of session names that were worked out, by patterns.
	partitions map[string]partition
}

// partition is what automaton.Regions returns.
type partition struct {
	regions  []automaton.Region
	complete bool
}

type unknownPrincipal struct {
	statement *policy.Statement
	principal policy.Principal
}

func newTrust(doc *policy.Document, opt SessionNameOptions) *trust {
	t := &trust{doc: doc, opt: opt, unclear: doc.Open, met: metWhatever(append([]*policy.Document{doc}, opt.RCPs...))}
	for _, s := range doc.Statements {
		if s.Effect == policy.Deny || s.AdmitsAction(assumeRole) == value.No || forServicesOnly(s) {
			continue
		}
		listOpen, typeOpen := openPrincipals(s)
		t.unclear = t.unclear || typeOpen
		aws := typeOpen || listOpen
		if listOpen {
			p := policy.Principal{Type: "AWS", Value: s.Element("Principal").Get("AWS")}
			if rest, ok := restOf(s); ok {
				p = rest
			}
			t.unknown = append(t.unknown, unknownPrincipal{s, p})
		}
		for _, p := range s.Principals {
			aws = t.principal(s, p) || aws
		}
		if aws {
			t.allows = append(t.allows, s)
		}
	}
	slices.Sort(t.accounts)
	t.accounts = slices.Compact(t.accounts)
	docs := append([]*policy.Document{doc}, opt.RCPs...)
	t.tests = testsOfCallers(docs)
	// The account of the role has to be some account: a request carries it in
	// aws:ResourceAccount, and its own principals are no strangers.
	t.own = cmp.Or(opt.Account, opt.example)
	t.known = accountsNamed(docs)
	if t.own == "" {
		t.own = freshAccount(t.known)
	}
	t.known = union(t.known, []string{t.own, unnamedAccount})
	return t
}

// strange says that an account has nothing to do with the policies: nobody named
// it.
func (t *trust) strange(account string) bool { return !slices.Contains(t.known, account) }

// stranger says that a caller is of such an account, and of no organization that
// the policies mean.
func (t *trust) stranger(c caller) bool {
	return !c.member && t.strange(c.request.Caller.Account)
}

// openPrincipals says whether a statement may have AWS principals that it does
// not list (list), or principals of a type that is not known.
func openPrincipals(s *policy.Statement) (list, kind bool) {
	if !s.HasPrincipal {
		return false, s.Open
	}
	element := s.Element("Principal")
	if !s.PrincipalsOpen {
		return false, false
	}
	if !element.IsMapping() || element.Open {
		return false, true
	}
	for _, a := range element.Attrs {
		name, known := a.Key()
		switch {
		case !known:
			kind = true
		case name == "AWS" && a.Value.IsSequence() && a.Value.Open:
			list = true
		}
	}
	return list, kind
}

// mayHoldMore says that a statement may have AWS principals beside those that
// it lists: a list or a value that is not known.
func mayHoldMore(s *policy.Statement) bool {
	list, kind := openPrincipals(s)
	if _, ok := restOf(s); ok {
		list = false
	}
	return list || kind || s.PrincipalsOpen && !onlyOfAClass(s)
}

// onlyOfAClass says that the AWS principals are one value, not known, all of
// which are roles or all users: data.aws_iam_roles.x.arns.
func onlyOfAClass(s *policy.Statement) bool {
	v := s.Element("Principal").Get("AWS")
	_, rest := restOf(s)
	return rest || !v.Is(value.Unknown) || slices.ContainsFunc(s.Principals, func(p policy.Principal) bool {
		return p.Value == v && p.Class != policy.UnknownPrincipal
	})
}

// restOf is what the AWS principals that a statement does not list are like,
// when they are accounts, users or roles.
func restOf(s *policy.Statement) (policy.Principal, bool) {
	v := s.Element("Principal").Get("AWS")
	if !(v.IsSequence() && v.Open || v.Is(value.Unknown)) || v == nil || v.Rest == nil {
		return policy.Principal{}, false
	}
	p := policy.PrincipalOf("AWS", v.Rest)
	return p, p.Class != policy.AnyPrincipal && !mayBeEverybody(p)
}

// admits says whether a statement's principals admit a caller. An open list of
// services admits nobody else.
func admits(s *policy.Statement, c *policy.Caller) value.Tri {
	if s.NotPrincipal {
		return s.AdmitsCaller(c)
	}
	out := value.No
	if mayHoldMore(s) {
		out = value.Maybe
	}
	for _, p := range s.Principals {
		out = out.Or(admitsOne(p, c))
	}
	if rest, ok := restOf(s); ok {
		out = out.Or(admitsOne(rest, c).And(value.Maybe))
	}
	return out
}

// admitsOne says whether a principal is or holds a caller. An account is in one
// partition, so that its id is enough where the partition is not known.
func admitsOne(p policy.Principal, c *policy.Caller) value.Tri {
	t := p.Matches(c)
	if t != value.Maybe || p.Partition != "" || p.Account == "" || p.Account != c.Account {
		return t
	}
	named := strings.TrimPrefix(c.Path, "/") + c.Name
	switch {
	case p.Class == policy.AccountPrincipal:
		return value.Yes
	case p.Name == "":
		return t
	case p.Class == policy.UserPrincipal:
		return value.TriOf(c.Kind == policy.UserCaller && p.Name == named)
	case p.Class == policy.RolePrincipal:
		return value.TriOf(c.Kind == policy.RoleCaller && p.Name == named)
	}
	return t
}

// forServicesOnly says that a statement admits requests of AWS services alone.
func forServicesOnly(s *policy.Statement) bool {
	return slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool {
		if !strings.EqualFold(c.Key, "aws:PrincipalIsAWSService") || c.Operator.Family != policy.BoolFamily || len(c.Values) != 1 {
			return false
		}
		text, _ := c.Values[0].Text()
		return strings.EqualFold(text, "true")
	})
}

// principal notes what a principal admits. It is false for one that is not of
// AWS: services and identity providers choose or check the name themselves.
func (t *trust) principal(s *policy.Statement, p policy.Principal) bool {
	switch p.Class {
	case policy.ServicePrincipal, policy.FederatedPrincipal, policy.CanonicalUserPrincipal:
		return false
	// AWS writes an id into the policy in the place of a user or role that was deleted;
	// a federated user may call nothing of STS but GetCallerIdentity.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
	// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
	case policy.FederatedUserPrincipal, policy.UniqueIDPrincipal:
		return true // they exist no more, or cannot assume roles
	case policy.AnyPrincipal:
		t.any = true
		return true
	case policy.UnknownPrincipal:
		if p.Type == "" {
			t.unclear = true
			return true
		}
	}
	if p.Account != "" {
		t.accounts = append(t.accounts, p.Account)
	}
	named := p.Class == policy.AccountPrincipal || p.Name != ""
	if p.Account == "" || !named {
		t.unknown = append(t.unknown, unknownPrincipal{s, p})
	}
	return true
}

func (t *trust) unclearNeeds() []value.Reason {
	var needs []value.Reason
	if t.doc.Open {
		needs = addReasons(needs, documentReasons(t.doc)...)
	}
	for _, s := range t.doc.Statements {
		if _, kind := openPrincipals(s); kind || s.Open {
			needs = addReasons(needs, elementReasons(s, "Principal")...)
		}
		for _, p := range s.Principals {
			if p.Type == "" && p.Class == policy.UnknownPrincipal {
				needs = addReasons(needs, elementReasons(s, "Principal")...)
			}
		}
	}
	return needs
}

// withUnknown decides for principals that are not known, for everything that
// they may turn out to be: when it is the same, it is decided.
func (t *trust) withUnknown(known SessionNameResult) SessionNameResult {
	out := known
	for _, u := range t.unknown {
		var first *SessionNameResult
		// The callers who are known are judged along with each hypothesis: two callers who
		// may use one name make it weak, whoever the second turns out to be.
		for _, h := range t.hypotheses(u) {
			r := t.decide(append(t.callers(), h.callers...), &h)
			r.Callers.Unknown = true
			if r.Class == NameUndetermined {
				return r
			}
			if first == nil {
				first = &r
			} else if r.Class.Verdict() != first.Class.Verdict() {
				why := elementReasons(u.statement, "Principal")
				if own := reasonsOf(u.principal.Value); len(own) > 0 {
					why = own
				}
				return SessionNameResult{Needs: why, Callers: first.Callers}
			}
		}
		if first != nil && (first.Class.Verdict() == Violated || out.Class == NameNA || out.Class == NameUnsatisfiable) {
			callers := merge(out.Callers, first.Callers)
			out = *first
			out.Callers = callers
		}
		out.Callers.Unknown = true
		if out.Class.Verdict() == Violated {
			return out
		}
	}
	if t.unclear {
		return SessionNameResult{Needs: t.unclearNeeds(), Callers: out.Callers}
	}
	return out
}

func merge(a, b Callers) Callers {
	b.Anyone = a.Anyone || b.Anyone
	b.Accounts = union(a.Accounts, b.Accounts)
	b.Foreign = union(a.Foreign, b.Foreign)
	return b
}

func union(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}
