package proof

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/aws"
)

// unlisted is the presence of a key of which nothing is known.
const unlisted aws.Presence = -1

// keyOf says what is known of a key. One that AWS does not have, since it is a
// slip of the pen or names no service, no request carries. One that begins with
// aws: and is in no table may be AWS's all the same: its presence is unlisted.
func keyOf(name string) aws.Key {
	if k, ok := aws.KeyNamed(name); ok {
		return k
	}
	switch {
	case !strings.Contains(name, ":") || aws.Slip(name) != "":
		return aws.Key{Name: name, There: aws.Never}
	case hasPrefixFold(name, "aws:"):
		return aws.Key{Name: name, There: unlisted}
	}
	return aws.Key{Name: name}
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// familyOf is the family that a key's name belongs to, in lower case, "" when
// none.
func familyOf(name string) string { return strings.ToLower(aws.Family(name)) }

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

// signingIn are the actions that sign in, at the console or for tools, and do
// nothing else: without MFA they give a session without MFA. In lower case.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssign-in.html
var signingIn = map[string]bool{
	"signin:authenticate":          true,
	"signin:authorizeoauth2access": true,
	"signin:createoauth2token":     true,
}

// otherSignIn are the actions of the same service that do something else: they set
// up how others sign in.
var otherSignIn = map[string]bool{
	"signin:createaccount": true, "signin:createoauth2publicclient": true,
	"signin:createtrustedidentitypropagationapplicationforconsole": true, "signin:deleteconsoleauthorizationconfiguration": true,
	"signin:deleteresourcepermissionstatement": true, "signin:getconsoleauthorizationconfiguration": true,
	"signin:getresourcepolicy": true, "signin:introspectoauth2token": true, "signin:listresourcepermissionstatements": true,
	"signin:listtrustedidentitypropagationapplicationsforconsole": true, "signin:putconsoleauthorizationconfiguration": true,
	"signin:putresourcepermissionstatement": true, "signin:revokeoauth2token": true,
}

// KnownSignIn says that it is known of an action of signin whether it only signs in.
func KnownSignIn(action string) bool {
	lower := strings.ToLower(action)
	return signingIn[lower] || otherSignIn[lower]
}

// NamedActions are the actions that the tables here name, to compare with those
// that AWS has.
func NamedActions() []string {
	return slices.Concat(tellingActions, commonActions, sortedKeys(exemptable), sortedKeys(tolerable), sortedKeys(signingIn))
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

// spelled is a key as AWS writes it; one that is not known is told as the policy
// spells it or in lower case.
func spelled(name string) string { return keyOf(name).Name }
