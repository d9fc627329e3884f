package policy

import (
	"fmt"
	"strings"
)

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
// the request's context does not give them. A nil *Caller is unknown.
type Caller struct {
	Kind      CallerKind
	Partition string // "aws" when ""
	Account   string // 12 digits; "" when it is not known
	Path      string // of a user or role: "/team/"; "/" when ""
	// Name is that of a user, role or federated user, a service
	// (ec2.amazonaws.com), or the ARN or host of an identity provider.
	Name    string
	Session string // of a role session; "" when it is not known
	ID      string // AIDA… of a user, AROA… of a role; "" when it is not known
}

// ParseCaller reads an ARN, the name of a service or identity provider, or
// "anonymous". The ARN of a session does not hold the role's path, which is
// taken to be /, except for the roles of IAM Identity Center.
func ParseCaller(text string) (*Caller, error) {
	switch {
	case text == "anonymous" || text == "*":
		return &Caller{Kind: AnonymousCaller}, nil
	case webProvider(text):
		return &Caller{Kind: FederatedCaller, Name: text}, nil
	case strings.HasSuffix(text, ".amazonaws.com") || strings.HasSuffix(text, ".amazonaws.com.cn"):
		return &Caller{Kind: ServiceCaller, Name: text}, nil
	}
	s := strings.SplitN(text, ":", 6)
	if len(s) != 6 || s[0] != "arn" || s[1] == "" || s[2] != "iam" && s[2] != "sts" || !accountID(s[4]) {
		return nil, fmt.Errorf("principal %q is neither an ARN of IAM or STS nor a service", text)
	}
	c := &Caller{Partition: s[1], Account: s[4]}
	kind, name, _ := strings.Cut(s[5], "/")
	switch {
	case s[2] == "iam" && s[5] == "root":
		c.Kind = RootCaller
	case s[2] == "iam" && (kind == "saml-provider" || kind == "oidc-provider") && name != "":
		c.Kind, c.Name = FederatedCaller, text
	case s[2] == "iam" && (kind == "user" || kind == "role") && name != "":
		c.Kind = UserCaller
		if kind == "role" {
			c.Kind = RoleCaller
		}
		i := strings.LastIndexByte(name, '/')
		c.Path, c.Name = "/"+name[:i+1], name[i+1:]
	case s[2] == "sts" && kind == "assumed-role" && name != "":
		c.Kind = RoleCaller
		c.Name, c.Session, _ = strings.Cut(name, "/")
		if strings.HasPrefix(c.Name, "AWSReservedSSO_") {
			c.Path = unknownPath
		}
	case s[2] == "sts" && kind == "federated-user" && name != "":
		c.Kind, c.Name = FederatedUserCaller, name
	default:
		return nil, fmt.Errorf("principal %q is not root, a user, a role, a session or an identity provider", text)
	}
	return c, nil
}

// unknownPath stands for the path of a role that only its session's ARN names.
const unknownPath = "?"

// webProvider says that the name is one of the identity providers that trust
// policies name by host.
func webProvider(name string) bool {
	switch name {
	case "cognito-identity.amazonaws.com", "www.amazon.com", "graph.facebook.com", "accounts.google.com":
		return true
	}
	return false
}

func accountID(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func (c *Caller) kind() CallerKind {
	if c == nil {
		return UnknownCaller
	}
	return c.Kind
}

func (c *Caller) partition() string {
	if c.Partition == "" {
		return "aws"
	}
	return c.Partition
}

// ARN is the caller's aws:PrincipalArn: of a role session that of the role. ""
// when it has none or it is not known.
func (c *Caller) ARN() string {
	if c == nil || c.Account == "" {
		return ""
	}
	service, kind := "iam", ""
	switch c.Kind {
	case RootCaller:
		return "arn:" + c.partition() + ":iam::" + c.Account + ":root"
	case UserCaller:
		kind = "user"
	case RoleCaller:
		kind = "role"
	case FederatedUserCaller:
		service, kind = "sts", "federated-user"
	default:
		return ""
	}
	path := c.Path
	if path == "" {
		path = "/"
	}
	if c.Name == "" || path == unknownPath {
		return ""
	}
	return "arn:" + c.partition() + ":" + service + "::" + c.Account + ":" + kind + path + c.Name
}

// SessionARN is arn:aws:sts::account:assumed-role/role/session of a role
// session; "" when it is none or not known.
func (c *Caller) SessionARN() string {
	if c.kind() != RoleCaller || c.Account == "" || c.Name == "" || c.Session == "" {
		return ""
	}
	return "arn:" + c.partition() + ":sts::" + c.Account + ":assumed-role/" + c.Name + "/" + c.Session
}

// implied is the value of a key that follows from who the caller is
// (semantics: "Principal-derived context"). ok is false for every other key.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
func (c *Caller) implied(key string) (v ContextValue, ok bool) {
	if len(key) < len("aws:userid") || !strings.EqualFold(key[:4], "aws:") {
		return ContextValue{}, false
	}
	switch name := key[4:]; {
	case strings.EqualFold(name, "PrincipalArn"):
		return c.fact(c.ARN()), true
	case strings.EqualFold(name, "PrincipalAccount"):
		if c == nil {
			return ContextValue{Presence: Either}, true
		}
		return c.fact(c.Account), true
	case strings.EqualFold(name, "PrincipalType"):
		return c.principalType(), true
	case strings.EqualFold(name, "username"):
		return c.username(), true
	case strings.EqualFold(name, "userid"):
		return c.userID(), true
	}
	return ContextValue{}, false
}

// fact is a value that every IAM caller has; "" when it is not known.
func (c *Caller) fact(s string) ContextValue {
	switch c.kind() {
	case RootCaller, UserCaller, RoleCaller, FederatedUserCaller:
		if s == "" {
			return ContextValue{Presence: Present}
		}
		return One(s)
	case AnonymousCaller:
		return ContextValue{}
	}
	return ContextValue{Presence: Either}
}

func (c *Caller) principalType() ContextValue {
	switch c.kind() {
	case RootCaller:
		return One("Account") // not "Root", which only CloudTrail says
	case UserCaller:
		return One("User")
	case RoleCaller:
		return One("AssumedRole")
	case FederatedUserCaller:
		return One("FederatedUser")
	case AnonymousCaller:
		return One("Anonymous")
	}
	return ContextValue{Presence: Either}
}

func (c *Caller) username() ContextValue {
	switch c.kind() {
	case UnknownCaller, FederatedCaller:
		return ContextValue{Presence: Either}
	case UserCaller:
		return c.fact(c.Name)
	}
	return ContextValue{}
}

func (c *Caller) userID() ContextValue {
	switch c.kind() {
	case RootCaller:
		return c.fact(c.Account)
	case UserCaller:
		return c.fact(c.ID)
	case RoleCaller:
		if c.ID == "" || c.Session == "" {
			return ContextValue{Presence: Present}
		}
		return One(c.ID + ":" + c.Session)
	case FederatedUserCaller:
		if c.Account == "" || c.Name == "" {
			return ContextValue{Presence: Present}
		}
		return One(c.Account + ":" + c.Name)
	case AnonymousCaller:
		return One("anonymous")
	}
	return ContextValue{Presence: Either}
}
