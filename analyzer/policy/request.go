package policy

// Presence is what is known of a condition key in a request. The zero Presence
// is Absent.
type Presence int8

// The presences.
const (
	Absent  Presence = iota // the request does not carry the key
	Known                   // it does, and the values are known
	Present                 // it does, and the value is not known
	Either                  // it is not known whether it does
)

// ContextValue is the value of a condition key in a request. The zero
// ContextValue is absent.
type ContextValue struct {
	Presence Presence
	Values   []string // of a Known key; empty texts count as not there
	Multi    bool     // the key carries a list, even if of one member
}

// One is a key with one value; the empty string makes it absent.
func One(s string) ContextValue {
	if s == "" {
		return ContextValue{}
	}
	return ContextValue{Presence: Known, Values: []string{s}}
}

// Many is a key with a list of values.
func Many(values ...string) ContextValue {
	var kept []string
	for _, s := range values {
		if s != "" {
			kept = append(kept, s)
		}
	}
	if len(kept) == 0 {
		return ContextValue{}
	}
	return ContextValue{Presence: Known, Values: kept, Multi: true}
}

// Request is what a statement is matched with.
type Request struct {
	// Caller is who asks; nil when it is not known.
	Caller *Caller
	// Action is service:Name; "" when it is not known.
	Action string
	// Resource is an ARN; "" when it is not known.
	Resource string
	// Context holds condition keys, spelled in any case.
	Context map[string]ContextValue
	// Unlisted is the presence of keys that Context does not hold and the
	// caller does not imply: Absent, or Either.
	Unlisted Presence
}

// CallerKind is the class of a caller. The zero CallerKind is not known.
type CallerKind int8

// The classes of callers.
const (
	UnknownCaller CallerKind = iota
	RootCaller
	UserCaller
	RoleCaller          // a role session
	FederatedUserCaller // GetFederationToken
	FederatedCaller     // a SAML or OIDC subject that has no AWS credentials yet
	ServiceCaller
	AnonymousCaller
)

// Caller is who makes a request. From it follow aws:PrincipalArn,
// aws:PrincipalAccount, aws:PrincipalType, aws:username and aws:userid where
// the request's context does not give them.
type Caller struct {
	Kind      CallerKind
	Partition string // "aws" when ""
	Account   string // 12 digits; "" when it is not known
	Path      string // of a user or role: "/", "/team/"; "/" when ""
	Name      string // of a user, role or federated user; the service or the provider's ARN
	Session   string // of a role session; "" when it is not known
	ID        string // AIDA… of a user, AROA… of a role; "" when it is not known
}
