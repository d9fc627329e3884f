package proof

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
)

// keyKind is what values a condition key can hold.
type keyKind int8

const (
	textKey keyKind = iota
	boolKey
	addressKey
	numberKey
	dateKey
	listKey // several values
)

// presence is whether a request made directly by an IAM principal, not by a
// service for it, carries a key.
type presence int8

const (
	sometimes presence = iota
	always
	never
)

type key struct {
	kind  keyKind
	there presence
}

// globalKeys are the condition keys that begin with aws:, in lower case, as far
// as they do not describe the principal (principalKeys). A key that begins with
// aws: and stands in neither table does not exist: no request carries it.
var globalKeys = map[string]key{
	"aws:bearertokentype":              {textKey, sometimes},
	"aws:calledvia":                    {listKey, never},
	"aws:calledviafirst":               {textKey, never},
	"aws:calledvialast":                {textKey, never},
	"aws:viaawsservice":                {boolKey, always},
	"aws:viaawsmcpservice":             {boolKey, sometimes},
	"aws:calledviaawsmcp":              {textKey, never},
	"aws:currenttime":                  {dateKey, always},
	"aws:epochtime":                    {dateKey, always},
	"aws:issourcevpcconnection":        {boolKey, sometimes},
	"aws:referer":                      {textKey, sometimes},
	"aws:requestedregion":              {textKey, always},
	"aws:resourceaccount":              {textKey, sometimes},
	"aws:resourceorgid":                {textKey, sometimes},
	"aws:resourceorgpaths":             {listKey, sometimes},
	"aws:securetransport":              {boolKey, always},
	"aws:sourceaccount":                {textKey, never},
	"aws:sourcearn":                    {textKey, never},
	"aws:sourceorgid":                  {textKey, never},
	"aws:sourceorgpaths":               {listKey, never},
	"aws:sourceip":                     {addressKey, sometimes},
	"aws:sourcevpc":                    {textKey, sometimes},
	"aws:sourcevpcarn":                 {textKey, sometimes},
	"aws:sourcevpce":                   {textKey, sometimes},
	"aws:vpceaccount":                  {textKey, sometimes},
	"aws:vpceorgid":                    {textKey, sometimes},
	"aws:vpceorgpaths":                 {listKey, sometimes},
	"aws:vpcsourceip":                  {addressKey, sometimes},
	"aws:tagkeys":                      {listKey, sometimes},
	"aws:useragent":                    {textKey, sometimes},
	"aws:chatbotsourcearn":             {textKey, never},
	"aws:ec2instancesourcevpc":         {textKey, sometimes},
	"aws:ec2instancesourceprivateipv4": {addressKey, sometimes},
	"aws:signinsessionarn":             {textKey, sometimes},
}

// principalKeys describe who calls. Each kind of caller fixes them.
var principalKeys = map[string]key{
	"aws:principalarn":               {textKey, always},
	"aws:principaltype":              {textKey, always},
	"aws:principalaccount":           {textKey, always},
	"aws:principalorgid":             {textKey, sometimes},
	"aws:principalorgpaths":          {listKey, sometimes},
	"aws:principalisawsservice":      {boolKey, always},
	"aws:principalservicename":       {textKey, never},
	"aws:principalservicenameslist":  {listKey, never},
	"aws:username":                   {textKey, sometimes},
	"aws:userid":                     {textKey, always},
	"aws:multifactorauthpresent":     {boolKey, sometimes},
	"aws:multifactorauthage":         {numberKey, sometimes},
	"aws:assumedroot":                {boolKey, never},
	"aws:federatedprovider":          {textKey, sometimes},
	"aws:tokenissuetime":             {dateKey, sometimes},
	"aws:sourceidentity":             {textKey, sometimes},
	"identitystore:userid":           {textKey, sometimes},
	"identitystore:identitystorearn": {textKey, sometimes},
	"identitystore:applicationarn":   {textKey, sometimes},
	"saml:sub":                       {textKey, sometimes},
	"saml:namequalifier":             {textKey, sometimes},
	"saml:iss":                       {textKey, sometimes},
	"saml:aud":                       {textKey, sometimes},
	"ec2:roledelivery":               {textKey, sometimes},
	"ec2:sourceinstancearn":          {textKey, sometimes},
	"lambda:sourcefunctionarn":       {textKey, sometimes},
	"ssm:sourceinstancearn":          {textKey, sometimes},
}

// tagFamilies are the families of keys whose name ends in the name of a tag.
var tagFamilies = []string{"aws:principaltag/", "aws:requesttag/", "aws:resourcetag/"}

var tagSpellings = []string{"aws:PrincipalTag/", "aws:RequestTag/", "aws:ResourceTag/"}

// familyOf is the family that a key's name belongs to, "" when none.
func familyOf(name string) string {
	for _, f := range tagFamilies {
		if strings.HasPrefix(name, f) && len(name) > len(f) {
			return f
		}
	}
	return ""
}

// keyOf says what is known of a key, whose name is in lower case.
func keyOf(name string) key {
	if k, ok := globalKeys[name]; ok {
		return k
	}
	if k, ok := principalKeys[name]; ok {
		return k
	}
	if policy.MultiValued(name) {
		return key{listKey, sometimes}
	}
	if familyOf(name) != "" {
		return key{textKey, sometimes}
	}
	if strings.HasPrefix(name, "aws:") || !strings.Contains(name, ":") {
		return key{textKey, never} // no such key: no request carries it
	}
	return key{textKey, sometimes}
}

// exemptable are the actions that root and users may be left without MFA, to
// enrol a device: AWS's DenyAllExceptListedIfNoMFA and what the console needs
// to show its first page (semantics of IV102, IV304). In lower case.
var exemptable = map[string]bool{
	"iam:createvirtualmfadevice": true,
	"iam:enablemfadevice":        true,
	"iam:getuser":                true,
	"iam:getmfadevice":           true,
	"iam:listmfadevices":         true,
	"iam:listvirtualmfadevices":  true,
	"iam:resyncmfadevice":        true,
	"sts:getsessiontoken":        true,
	"iam:getaccountsummary":      true,
	"iam:listaccountaliases":     true,
	"sts:getcalleridentity":      true,
}

// tolerable actions may be exempt too, with a word of advice. iam:Get* and
// iam:List* read, and are told by their prefix.
var tolerable = map[string]bool{
	"iam:changepassword":           true,
	"iam:getaccountpasswordpolicy": true,
	"iam:getloginprofile":          true,
	"iam:listusers":                true,
}

// tellingActions are shown first as witnesses, the worst first; the spelling
// is AWS's.
var tellingActions = []string{
	"iam:CreateUser", "iam:CreateAccessKey", "iam:DeactivateMFADevice", "iam:DeleteVirtualMFADevice",
	"iam:AttachUserPolicy", "iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:PassRole",
	"organizations:LeaveOrganization", "account:CloseAccount", "kms:ScheduleKeyDeletion", "s3:PutBucketPolicy",
	"sts:GetFederationToken", "sts:AssumeRole", "s3:DeleteBucket", "s3:GetObject", "ec2:RunInstances", "ec2:TerminateInstances",
	"cloudtrail:StopLogging", "lambda:UpdateFunctionCode", "dynamodb:DeleteTable", "rds:DeleteDBInstance",
	"secretsmanager:GetSecretValue", "ssm:StartSession", "sqs:DeleteQueue", "sns:DeleteTopic",
	"logs:DeleteLogGroup", "cloudformation:DeleteStack", "route53:DeleteHostedZone", "ecr:DeleteRepository",
	"sts:TagSession", "sts:SetSourceIdentity", "config:StopConfigurationRecorder",
	"guardduty:DeleteDetector", "iam:TagUser", "iam:TagRole",
	"iam:ListUsers", "iam:ChangePassword", "iam:GetAccountPasswordPolicy", "iam:GetLoginProfile",
	"iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:GetMFADevice", "iam:ListMFADevices",
	"iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken", "iam:GetAccountSummary",
	"iam:ListAccountAliases", "sts:GetCallerIdentity",
}

// commonActions stand for what policies call by a pattern, such as ec2:Describe*:
// a witness is a request that somebody can make.
var commonActions = []string{
	"ec2:DescribeInstances", "ec2:StartInstances", "ec2:StopInstances", "ec2:CreateTags", "s3:PutObject", "s3:DeleteObject",
	"s3:ListBucket", "s3:ListAllMyBuckets", "iam:GetRole", "iam:ListRoles", "iam:DeleteRole", "iam:CreateRole", "iam:PutRolePolicy",
	"iam:UpdateAssumeRolePolicy", "cloudwatch:GetMetricData", "cloudwatch:PutMetricData", "logs:GetLogEvents", "logs:PutLogEvents",
	"logs:DescribeLogGroups", "rds:DescribeDBInstances", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "lambda:InvokeFunction",
	"lambda:GetFunction", "lambda:ListFunctions", "ecs:DescribeClusters", "ecs:UpdateService", "eks:DescribeCluster", "sns:Publish",
	"sqs:SendMessage", "sqs:ReceiveMessage", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:DescribeKey", "ssm:GetParameter",
	"ssm:DescribeParameters", "cloudformation:DescribeStacks", "cloudformation:CreateStack", "route53:ListHostedZones",
	"route53:ChangeResourceRecordSets", "ecr:GetAuthorizationToken", "ecr:PutImage", "organizations:DescribeOrganization",
	"organizations:ListAccounts", "cloudtrail:LookupEvents", "autoscaling:DescribeAutoScalingGroups",
	"elasticloadbalancing:DescribeLoadBalancers", "acm:ListCertificates", "athena:StartQueryExecution", "glue:GetTable",
}

// sensitiveActions are those whose protection makes a policy partial rather
// than nothing at all (D14: two protected services are nothing).
const sensitiveActions = 12 // of tellingActions, from the first

// spellings are the keys as AWS writes them; others are told as the policy
// spells them or in lower case.
var spellings = map[string]string{
	"aws:multifactorauthpresent": "aws:MultiFactorAuthPresent",
	"aws:multifactorauthage":     "aws:MultiFactorAuthAge",
	"aws:sourceip":               "aws:SourceIp",
	"aws:vpcsourceip":            "aws:VpcSourceIp",
	"aws:sourcevpc":              "aws:SourceVpc",
	"aws:sourcevpce":             "aws:SourceVpce",
	"aws:vpceorgid":              "aws:VpceOrgID",
	"aws:vpceaccount":            "aws:VpceAccount",
	"aws:vpceorgpaths":           "aws:VpceOrgPaths",
	"aws:viaawsservice":          "aws:ViaAWSService",
	"aws:principalarn":           "aws:PrincipalArn",
	"aws:principaltype":          "aws:PrincipalType",
	"aws:principalaccount":       "aws:PrincipalAccount",
	"aws:principalorgid":         "aws:PrincipalOrgID",
	"aws:principalorgpaths":      "aws:PrincipalOrgPaths",
	"aws:principalisawsservice":  "aws:PrincipalIsAWSService",
	"aws:assumedroot":            "aws:AssumedRoot",
	"aws:requestedregion":        "aws:RequestedRegion",
	"aws:securetransport":        "aws:SecureTransport",
	"aws:currenttime":            "aws:CurrentTime",
	"aws:epochtime":              "aws:EpochTime",
	"aws:tokenissuetime":         "aws:TokenIssueTime",
	"aws:useragent":              "aws:UserAgent",
	"aws:sourceidentity":         "aws:SourceIdentity",
	"aws:federatedprovider":      "aws:FederatedProvider",
	"aws:tagkeys":                "aws:TagKeys",
	"sts:rolesessionname":        "sts:RoleSessionName",
	"sts:sourceidentity":         "sts:SourceIdentity",
	"sts:externalid":             "sts:ExternalId",
	"sts:transitivetagkeys":      "sts:TransitiveTagKeys",
}

// spelled is a key as AWS writes it.
func spelled(name string) string {
	lower := strings.ToLower(name)
	if s, ok := spellings[lower]; ok {
		return s
	}
	for i, family := range tagFamilies {
		if strings.HasPrefix(lower, family) {
			return tagSpellings[i] + name[len(family):]
		}
	}
	return name
}
