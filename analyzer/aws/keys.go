package aws

import "strings"

// Type is what values a condition key holds.
type Type int8

// The types, as AWS names them.
const (
	String Type = iota
	Bool
	Numeric
	Date
	IPAddress
	ARN
	ArrayOfString
)

// Presence is whether a request carries a key that an IAM principal makes itself,
// not a service for it.
type Presence int8

// The presences.
const (
	Sometimes Presence = iota
	Always
	Never
)

// A Key is a condition key.
type Key struct {
	Name  string // as AWS spells it
	Type  Type
	There Presence
	// Principal: it describes who calls, and each kind of caller fixes it.
	Principal bool
	// Session: only the credentials of a role's session carry it, which whoever
	// issued them put there.
	Session bool
}

// keys are AWS's global condition keys, the keys that services put into the
// sessions of roles, and those of STS that are not text. What begins with aws: and
// is not among them is a key of which nothing is known, unless it is a slip of the
// pen (Slip).
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
var keys = index([]Key{
	{Name: "aws:PrincipalArn", Type: ARN, There: Always, Principal: true},
	{Name: "aws:PrincipalAccount", There: Always, Principal: true},
	{Name: "aws:PrincipalOrgID", Principal: true},
	{Name: "aws:PrincipalOrgPaths", Type: ArrayOfString, Principal: true},
	{Name: "aws:PrincipalIsAWSService", Type: Bool, There: Always, Principal: true},
	{Name: "aws:PrincipalServiceName", There: Never, Principal: true},
	{Name: "aws:PrincipalServiceNamesList", Type: ArrayOfString, There: Never, Principal: true},
	{Name: "aws:PrincipalType", There: Always, Principal: true},
	{Name: "aws:userid", There: Always, Principal: true},
	{Name: "aws:username", Principal: true},

	{Name: "aws:AssumedRoot", Type: Bool, There: Never, Principal: true},
	{Name: "aws:TokenIssueTime", Type: Date, Principal: true},
	{Name: "aws:MultiFactorAuthAge", Type: Numeric, Principal: true},
	{Name: "aws:MultiFactorAuthPresent", Type: Bool, Principal: true},
	{Name: "aws:FederatedProvider", Principal: true, Session: true},
	{Name: "aws:SourceIdentity", Principal: true, Session: true},
	{Name: "aws:ChatbotSourceArn", Type: ARN, Session: true},
	{Name: "aws:Ec2InstanceSourceVpc", Session: true},
	{Name: "aws:Ec2InstanceSourcePrivateIPv4", Type: IPAddress, Session: true},
	{Name: "codebuild:buildArn", Type: ARN, Principal: true, Session: true},
	{Name: "codebuild:projectArn", Type: ARN, Principal: true, Session: true},
	{Name: "ec2:RoleDelivery", Type: Numeric, Principal: true, Session: true},
	{Name: "ec2:SourceInstanceArn", Type: ARN, Principal: true, Session: true},
	{Name: "glue:CredentialIssuingService", Principal: true, Session: true},
	{Name: "glue:RoleAssumedBy", Principal: true, Session: true},
	{Name: "identitystore:UserId", Principal: true, Session: true},
	{Name: "identitystore:IdentityStoreArn", Type: ARN, Principal: true, Session: true},
	{Name: "identitystore:ApplicationArn", Type: ARN, Principal: true, Session: true},
	{Name: "lambda:SourceFunctionArn", Type: ARN, Principal: true, Session: true},
	{Name: "saml:sub", Principal: true, Session: true},
	{Name: "saml:namequalifier", Principal: true, Session: true},
	{Name: "saml:iss", Principal: true, Session: true},
	{Name: "saml:aud", Principal: true, Session: true},
	{Name: "ssm:SourceInstanceArn", Type: ARN, Principal: true, Session: true},

	{Name: "aws:SourceIp", Type: IPAddress},
	{Name: "aws:SourceVpc"},
	{Name: "aws:SourceVpcArn", Type: ARN},
	{Name: "aws:SourceVpce"},
	{Name: "aws:VpceAccount"},
	{Name: "aws:VpceOrgID"},
	{Name: "aws:VpceOrgPaths", Type: ArrayOfString},
	{Name: "aws:VpcSourceIp", Type: IPAddress},

	{Name: "aws:ResourceAccount"},
	{Name: "aws:ResourceOrgID"},
	{Name: "aws:ResourceOrgPaths", Type: ArrayOfString},

	{Name: "aws:BearerTokenType"},
	{Name: "aws:CalledVia", Type: ArrayOfString, There: Never},
	{Name: "aws:CalledViaAWSMCP"},
	{Name: "aws:CalledViaFirst", There: Never},
	{Name: "aws:CalledViaLast", There: Never},
	{Name: "aws:CurrentTime", Type: Date, There: Always},
	{Name: "aws:EpochTime", Type: Date, There: Always},
	{Name: "aws:IsMcpServiceAction", Type: Bool},
	{Name: "aws:IsSourceVpcConnection", Type: Bool},
	{Name: "aws:referer"},
	{Name: "aws:RequestedRegion", There: Always},
	{Name: "aws:SecureTransport", Type: Bool, There: Always},
	{Name: "aws:SignInSessionArn", Type: ARN},
	{Name: "aws:SourceAccount", There: Never},
	{Name: "aws:SourceArn", Type: ARN, There: Never},
	{Name: "aws:SourceOrgID", There: Never},
	{Name: "aws:SourceOrgPaths", Type: ArrayOfString, There: Never},
	{Name: "aws:SourceOwner", There: Never},
	{Name: "aws:TagKeys", Type: ArrayOfString},
	{Name: "aws:UserAgent"},
	{Name: "aws:ViaAWSMCPService", Type: Bool},
	{Name: "aws:ViaAWSService", Type: Bool, There: Always},

	{Name: "sts:AWSServiceName"},
	{Name: "sts:DurationSeconds", Type: Numeric},
	{Name: "sts:ExternalId"},
	{Name: "sts:IdentityTokenAudience", Type: ArrayOfString},
	{Name: "sts:RequestContextProviders", Type: ArrayOfString},
	{Name: "sts:RoleAuthorizedByIdp", Type: Bool},
	{Name: "sts:RoleSessionName"},
	{Name: "sts:SigningAlgorithm"},
	{Name: "sts:SourceIdentity"},
	{Name: "sts:TaskPolicyArn", Type: ARN},
	{Name: "sts:TransitiveTagKeys", Type: ArrayOfString},
})

// families are the beginnings of keys whose name ends in the name of a tag.
var families = []string{"aws:PrincipalTag/", "aws:RequestTag/", "aws:ResourceTag/"}

func index(list []Key) map[string]Key {
	out := make(map[string]Key, len(list))
	for _, k := range list {
		out[strings.ToLower(k.Name)] = k
	}
	return out
}

// Keys are all condition keys of the table, by their names in lower case.
func Keys() map[string]Key { return keys }

// KeyNamed is a condition key of the table, whose name is in any case; of those
// whose name ends in a tag's, the family.
func KeyNamed(name string) (k Key, ok bool) {
	if k, ok = keys[name]; ok {
		return k, true
	}
	if k, ok = keys[strings.ToLower(name)]; ok {
		return k, true
	}
	if f := Family(name); f != "" {
		return Key{Name: f + name[len(f):], Principal: f == families[0]}, true
	}
	return Key{}, false
}

// Family is the beginning, as AWS spells it, of a key whose name ends in the name
// of a tag: "aws:PrincipalTag/". "" for any other.
func Family(name string) string {
	for _, f := range families {
		if len(name) > len(f) && strings.EqualFold(name[:len(f)], f) {
			return f
		}
	}
	return ""
}

// slips are names that people write for a key of AWS, in lower case, with the key
// that they mean: what they are called elsewhere, or the prefix of another service.
var slips = map[string]string{
	"aws:multifactorauthenticated":  "aws:MultiFactorAuthPresent",
	"aws:multifactorauthentication": "aws:MultiFactorAuthPresent",
	"aws:multifactorauth":           "aws:MultiFactorAuthPresent",
	"aws:mfaauthenticated":          "aws:MultiFactorAuthPresent",
	"aws:mfapresent":                "aws:MultiFactorAuthPresent",
	"aws:mfaage":                    "aws:MultiFactorAuthAge",
	"aws:sourceipaddress":           "aws:SourceIp",
	"aws:principalaccountid":        "aws:PrincipalAccount",
	"aws:principalorganizationid":   "aws:PrincipalOrgID",
	"aws:principlearn":              "aws:PrincipalArn",
	"aws:principalname":             "aws:username",
	"aws:usernames":                 "aws:username",
}

// Slip is the key that is meant by one that AWS does not have: a known slip, a key
// of STS with the prefix aws:, or a name that differs from a key's in one letter
// that is left out, doubled, exchanged or swapped with its neighbour. A last letter
// more or less is none: AWS has aws:SourceVpc and aws:SourceVpce. "" says that
// nothing is known: AWS may have such a key, or have it tomorrow.
func Slip(name string) string {
	lower := strings.ToLower(name)
	if _, ok := KeyNamed(lower); ok {
		return ""
	}
	if meant, ok := slips[lower]; ok {
		return meant
	}
	bare, ok := strings.CutPrefix(lower, "aws:")
	if !ok {
		return ""
	}
	if k, ok := keys["sts:"+bare]; ok {
		return k.Name
	}
	meant := ""
	for known, k := range keys {
		if strings.HasPrefix(known, "aws:") && oneLetter(lower, known) && (meant == "" || k.Name < meant) {
			meant = k.Name
		}
	}
	return meant
}

// oneLetter says that one letter, which is not the last, tells two texts apart.
func oneLetter(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		if i+1 >= len(a) {
			return false
		}
		return a[i+1:] == b[i+1:] || a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	case 1:
		return i < len(a) && a[i:] == b[i+1:]
	}
	return false
}
