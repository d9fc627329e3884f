package policy

import "github.com/iamvet/iamvet/analyzer/value"

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
	// digits, Name is the path and name of a user, role or federated user
	// (role/session for a session), the service, the provider. "" is unknown.
	Partition, Account, Name string
	Pattern                  Pattern // the text; wildcards other than a lone * have no meaning in it
	Value                    *value.Value
}
