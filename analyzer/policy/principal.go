package policy

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer/value"
)

// PrincipalClass is what a principal of a policy stands for. The zero
// PrincipalClass is not known.
type PrincipalClass int8

// The classes of principals.
const (
	UnknownPrincipal PrincipalClass = iota
	AnyPrincipal                    // "*", or AWS "*"
	AccountPrincipal                // an account id or its root ARN: everyone in the account
	UserPrincipal
	RolePrincipal
	AssumedRolePrincipal // one session of a role
	FederatedUserPrincipal
	UniqueIDPrincipal // AIDA…, AROA…: of a principal that was deleted
	ServicePrincipal
	FederatedPrincipal // a SAML or OIDC provider
	CanonicalUserPrincipal
)

var principalClassNames = [...]string{"unknown", "anyone", "account", "user", "role", "role session", "federated user", "deleted principal", "service", "identity provider", "canonical user"}

func (c PrincipalClass) String() string { return principalClassNames[c] }

// Principal is one principal of a statement.
type Principal struct {
	Type  string // AWS, Service, Federated, CanonicalUser, or "*"; "" when it is not known
	Class PrincipalClass
	// Partition, Account and Name are what is known of the ARN: Account is 12
	// digits; Name is the path and name of a user or role without the first
	// slash, role/session of a session, the service, the provider. "" is
	// unknown, or does not apply.
	Partition, Account, Name string
	// Pattern is the text. Nothing in it is a wildcard except a lone *.
	Pattern Pattern
	Value   *value.Value
}

// PrincipalOf is a principal of a type, of which not all need be known.
func PrincipalOf(kind string, v *value.Value) Principal {
	p, _ := newPrincipal(kind, v)
	return p
}

// newPrincipal classifies one principal. The problem is "" or what is wrong.
func newPrincipal(kind string, v *value.Value) (p Principal, problem string) {
	p = Principal{Type: kind, Value: v, Pattern: compile(v, syntax{variables: False})}
	text, known := p.Pattern.Text()
	switch kind {
	case "":
		return p, ""
	case "*", "AWS":
		if known && text == "*" {
			p.Class = AnyPrincipal
			return p, ""
		}
		if kind == "AWS" {
			return p, p.classify(v, text, known)
		}
		return p, "principal type '*' has no meaning but with \"*\""
	case "Service":
		p.Class = ServicePrincipal
	case "Federated":
		p.Class = FederatedPrincipal
		p.arn(p.segments())
	case "CanonicalUser":
		p.Class = CanonicalUserPrincipal
	default:
		return p, "principal type '" + kind + "' does not exist"
	}
	if known {
		p.Name = text
	}
	return p, ""
}

// classify works out the class of an AWS principal from what is known of its
// text, or from what it refers to.
func (p *Principal) classify(v *value.Value, text string, known bool) (problem string) {
	switch segments := p.segments(); {
	case known && accountID(text):
		p.Class, p.Account = AccountPrincipal, text
	case known && uniqueID(text):
		p.Class, p.Name = UniqueIDPrincipal, text
	case len(segments) == 6:
		p.arn(segments)
		if known && strings.ContainsAny(text, "*?") {
			p.Class = UnknownPrincipal
			return "principal " + quoted(v, text) + " holds a wildcard, which only stands alone in a Principal"
		}
	case known:
		return "principal " + quoted(v, text) + " is neither an ARN, an account id nor *"
	}
	if p.Class == UnknownPrincipal {
		p.Class = referredClass(v)
	}
	return ""
}

// segments are the pattern's pieces between the first five colons; nil when it
// has fewer.
func (p *Principal) segments() [][]elem {
	s := split(p.Pattern.elems)
	if len(s) != 6 || whole(s[0]) != "arn" {
		return nil
	}
	return s
}

// whole is the text of a segment that is wholly known.
func whole(segment []elem) string {
	if len(segment) == 1 && segment[0].kind == literalElem {
		return segment[0].text
	}
	return ""
}

// arn reads the class and the parts of an ARN from its segments.
func (p *Principal) arn(segments [][]elem) {
	if segments == nil {
		return
	}
	p.Partition = whole(segments[1])
	if a := whole(segments[4]); accountID(a) {
		p.Account = a
	}
	if p.Class == FederatedPrincipal || len(segments[5]) == 0 || segments[5][0].kind != literalElem {
		return
	}
	first := segments[5][0].text
	kind, name, slash := strings.Cut(first, "/")
	service := whole(segments[2])
	switch {
	case service == "iam" && first == "root" && len(segments[5]) == 1:
		p.Class = AccountPrincipal
	case service == "iam" && kind == "user" && slash:
		p.Class = UserPrincipal
	case service == "iam" && kind == "role" && slash:
		p.Class = RolePrincipal
	case service == "sts" && kind == "assumed-role" && slash:
		p.Class = AssumedRolePrincipal
	case service == "sts" && kind == "federated-user" && slash:
		p.Class = FederatedUserPrincipal
	case service == "iam" && (kind == "saml-provider" || kind == "oidc-provider"):
		p.Class = FederatedPrincipal
	}
	if len(segments[5]) == 1 && slash {
		p.Name = name
	}
}

// uniqueID says that the text is the id that AWS puts in the place of a user
// or role that was deleted.
func uniqueID(s string) bool {
	if len(s) < 16 || len(s) > 128 {
		return false
	}
	switch s[:4] {
	case "AIDA", "AROA", "AGPA", "ANPA", "AIPA":
	default:
		return false
	}
	for _, c := range s[4:] {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// references are the classes of attributes whose text is not known.
var references = map[[2]string]PrincipalClass{
	{"aws_iam_user", "arn"}:                              UserPrincipal,
	{"awscc_iam_user", "arn"}:                            UserPrincipal,
	{"aws_iam_role", "arn"}:                              RolePrincipal,
	{"awscc_iam_role", "arn"}:                            RolePrincipal,
	{"aws_iam_openid_connect_provider", "arn"}:           FederatedPrincipal,
	{"aws_iam_saml_provider", "arn"}:                     FederatedPrincipal,
	{"aws_caller_identity", "account_id"}:                AccountPrincipal,
	{"aws_caller_identity", "id"}:                        AccountPrincipal,
	{"aws_organizations_account", "id"}:                  AccountPrincipal,
	{"aws_elb_service_account", "arn"}:                   AccountPrincipal,
	{"aws_elb_service_account", "id"}:                    AccountPrincipal,
	{"aws_redshift_service_account", "arn"}:              UserPrincipal,
	{"aws_cloudtrail_service_account", "arn"}:            AccountPrincipal,
	{"aws_cloudtrail_service_account", "id"}:             AccountPrincipal,
	{"aws_billing_service_account", "arn"}:               AccountPrincipal,
	{"aws_iam_session_context", "issuer_arn"}:            RolePrincipal,
	{"aws_iam_service_linked_role", "arn"}:               RolePrincipal,
	{"aws_iam_roles", "arns"}:                            RolePrincipal,
	{"aws_iam_users", "arns"}:                            UserPrincipal,
	{"aws_iam_role", "unique_id"}:                        RolePrincipal,
	{"aws_iam_user", "unique_id"}:                        UserPrincipal,
	{"aws_cloudfront_origin_access_identity", "iam_arn"}: UserPrincipal,
}

// referredClass is the class of an unknown text by what it refers to.
func referredClass(v *value.Value) PrincipalClass {
	if v == nil {
		return UnknownPrincipal
	}
	if v.Ref != nil {
		list, _, _ := strings.Cut(v.Ref.Attr, "[") // arns[0] is one of arns
		return references[[2]string{v.Ref.Type, list}]
	}
	if len(v.Parts) == 1 && v.Parts[0].Hole != nil {
		return referredClass(v.Parts[0].Hole)
	}
	return UnknownPrincipal
}

// Matches says whether the principal stands for the caller.
func (p Principal) Matches(c *Caller) Tri {
	switch kind := c.kind(); {
	case kind == UnknownCaller:
		if p.Class == AnyPrincipal {
			return True
		}
		return Unknown
	case p.Class == AnyPrincipal:
		// AWS writes that "*" and {"AWS": "*"} mean the same, and elsewhere
		// that the type AWS is not services and identity providers.
		if p.Type == "AWS" && (kind == ServiceCaller || kind == FederatedCaller) {
			return Unknown
		}
		return True
	case p.Class == UnknownPrincipal:
		return Unknown
	case p.Class == ServicePrincipal:
		return p.named(c, ServiceCaller)
	case p.Class == FederatedPrincipal:
		return p.named(c, FederatedCaller)
	case p.Class == CanonicalUserPrincipal:
		return p.canonical(kind)
	case kind == ServiceCaller || kind == FederatedCaller || kind == AnonymousCaller:
		return False
	}
	return p.matchesIAM(c)
}

func (p Principal) named(c *Caller, kind CallerKind) Tri {
	if c.Kind != kind {
		return False
	}
	if c.Name == "" {
		return Unknown
	}
	return p.Pattern.Matches(c.Name)
}

// canonical: a canonical user id is another name of an account.
func (p Principal) canonical(kind CallerKind) Tri {
	if kind == ServiceCaller || kind == FederatedCaller || kind == AnonymousCaller {
		return False
	}
	return Unknown
}

// matchesIAM matches a principal of type AWS with root, a user, a role session
// or a federated user.
func (p Principal) matchesIAM(c *Caller) Tri {
	switch p.Class {
	case AccountPrincipal:
		return p.account(c)
	case UserPrincipal:
		if c.Kind == FederatedUserCaller && p.Account != "" && c.Account != "" && p.Account != c.Account {
			return False
		}
		if c.Kind == FederatedUserCaller {
			return Unknown // its user's name is not in the federated user's ARN
		}
		return p.is(c, UserCaller, c.ARN())
	case RolePrincipal:
		return p.is(c, RoleCaller, c.ARN())
	case AssumedRolePrincipal:
		return p.is(c, RoleCaller, c.SessionARN())
	case FederatedUserPrincipal:
		return p.is(c, FederatedUserCaller, c.ARN())
	}
	// A unique id stands for a principal that is gone, unless it is the caller's.
	return value.TriOf(c.ID != "" && c.ID == p.Name)
}

func (p Principal) is(c *Caller, kind CallerKind, arn string) Tri {
	switch {
	case c.Kind != kind, p.Account != "" && c.Account != "" && p.Account != c.Account:
		return False
	case arn == "":
		return Unknown
	}
	return p.Pattern.Matches(arn)
}

func (p Principal) account(c *Caller) Tri {
	if c.Account == "" {
		return Unknown
	}
	m := p.Pattern.Matches(c.Account)
	return m.Or(p.Pattern.Matches("arn:" + c.partition() + ":iam::" + c.Account + ":root"))
}

// AdmitsCaller says whether the Principal or NotPrincipal element covers the
// caller. It is True of a statement that has neither.
func (s *Statement) AdmitsCaller(c *Caller) Tri {
	if !s.HasPrincipal {
		return True
	}
	any := False
	if s.PrincipalsOpen {
		any = Unknown
	}
	for i := range s.Principals {
		any = any.Or(s.Principals[i].Matches(c))
	}
	if !s.NotPrincipal {
		return any
	}
	switch {
	case any == False && len(s.Principals) > 0:
		return True
	case any == True && s.exempts(c):
		return False
	}
	return Unknown
}

// exempts says that NotPrincipal names everything that AWS wants named before
// the caller is exempt: the account as well as the user, and of a role the
// session too.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
func (s *Statement) exempts(c *Caller) bool {
	var account, self, session bool
	for i := range s.Principals {
		p := &s.Principals[i]
		if p.Matches(c) != True {
			continue
		}
		switch p.Class {
		case AnyPrincipal, ServicePrincipal, FederatedPrincipal:
			return true
		case AccountPrincipal:
			account = true
		case AssumedRolePrincipal:
			session = true
		default:
			self = true
		}
	}
	switch c.Kind {
	case RootCaller:
		return account
	case RoleCaller:
		return account && self && session
	}
	return account && self
}
