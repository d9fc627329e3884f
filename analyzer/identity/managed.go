package identity

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// A managed is what is known of a policy of AWS's own.
type managed struct {
	// statements allow (or, in AWSDenyAll, deny) this for certain.
	statements string
	// whole says that the policy allows nothing else.
	whole bool
}

// managedPolicies are AWS's own policies by name. AWS adds to most of them from
// time to time: of those only what they are for is listed, and that they allow
// more is left open. All of it was compared with the policies as AWS published
// them until 7 March 2026 (github.com/zoph-io/MAMIP, which records every version):
// each action here is allowed there on every resource, without a condition, and
// none of the policies denies anything but AWSDenyAll.
var managedPolicies = map[string]managed{
	"AdministratorAccess":                  {allow("*"), true},
	"AWSDenyAll":                           {`{"Effect":"Deny","Action":"*","Resource":"*"}`, true},
	"PowerUserAccess":                      {`{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"}`, false},
	"IAMFullAccess":                        {allow("iam:*"), false},
	"IAMReadOnlyAccess":                    {allow("iam:GenerateCredentialReport", "iam:GenerateServiceLastAccessedDetails", "iam:Get*", "iam:List*", "iam:SimulateCustomPolicy", "iam:SimulatePrincipalPolicy"), true},
	"IAMUserChangePassword":                {`{"Effect":"Allow","Action":"iam:ChangePassword","Resource":["arn:*:iam::*:user/${aws:username}","arn:*:iam::*:user/*/${aws:username}"]},{"Effect":"Allow","Action":"iam:GetAccountPasswordPolicy","Resource":"*"}`, true},
	"IAMUserSSHKeys":                       {`{"Effect":"Allow","Action":["iam:DeleteSSHPublicKey","iam:GetSSHPublicKey","iam:ListSSHPublicKeys","iam:UpdateSSHPublicKey","iam:UploadSSHPublicKey"],"Resource":"arn:*:iam::*:user/${aws:username}"}`, true},
	"ReadOnlyAccess":                       {allow("dynamodb:GetItem", "ec2:Describe*", "iam:GenerateCredentialReport", "iam:Get*", "iam:List*", "s3:Get*", "s3:List*"), false},
	"ViewOnlyAccess":                       {allow("s3:ListAllMyBuckets", "s3:ListBucket"), false},
	"SecurityAudit":                        {allow("ec2:Describe*", "iam:GenerateCredentialReport", "s3:GetBucketPolicy"), false},
	"Billing":                              {allow("budgets:ViewBudget", "budgets:ModifyBudget"), false},
	"SupportUser":                          {allow("support:*"), false},
	"AWSSupportAccess":                     {allow("support:*"), false},
	"SystemAdministrator":                  {allow("cloudwatch:*", "ec2:RunInstances"), false},
	"NetworkAdministrator":                 {allow("ec2:CreateVpc"), false},
	"DatabaseAdministrator":                {allow("dynamodb:*", "rds:*"), false},
	"DataScientist":                        {allow("cloudwatch:*", "ec2:RunInstances"), false},
	"AmazonS3FullAccess":                   {allow("s3:*"), false},
	"AmazonS3ReadOnlyAccess":               {allow("s3:Get*", "s3:List*"), false},
	"AmazonEC2FullAccess":                  {allow("ec2:*"), false},
	"AmazonEC2ReadOnlyAccess":              {allow("ec2:Describe*"), false},
	"AmazonRDSFullAccess":                  {allow("rds:*"), false},
	"AmazonRDSReadOnlyAccess":              {allow("rds:Describe*"), false},
	"AmazonDynamoDBFullAccess":             {allow("dynamodb:*"), false},
	"AmazonDynamoDBReadOnlyAccess":         {allow("dynamodb:GetItem", "dynamodb:Scan"), false},
	"AmazonSQSFullAccess":                  {allow("sqs:*"), false},
	"AmazonSNSFullAccess":                  {allow("sns:*"), false},
	"AmazonSESFullAccess":                  {allow("ses:*"), false},
	"AmazonSSMFullAccess":                  {allow("ssm:*"), false},
	"AmazonECS_FullAccess":                 {allow("ecs:*"), false},
	"AmazonEC2ContainerRegistryFullAccess": {allow("ecr:*"), false},
	"AmazonEC2ContainerRegistryPowerUser":  {allow("ecr:PutImage"), false},
	"AmazonEC2ContainerRegistryReadOnly":   {allow("ecr:BatchGetImage"), false},
	"AmazonRoute53FullAccess":              {allow("route53:*"), false},
	"AmazonAthenaFullAccess":               {allow("athena:*"), false},
	"AmazonKinesisFullAccess":              {allow("kinesis:*"), false},
	"AWSLambda_FullAccess":                 {allow("lambda:*"), false},
	"AWSLambda_ReadOnlyAccess":             {allow("lambda:GetFunction"), false},
	"AWSCloudFormationFullAccess":          {allow("cloudformation:*"), false},
	"AWSCloudTrail_FullAccess":             {allow("cloudtrail:*"), false},
	"AWSCodeCommitFullAccess":              {allow("codecommit:*"), false},
	"AWSCodeCommitPowerUser":               {allow("codecommit:GitPull", "codecommit:GitPush"), false},
	"CloudFrontFullAccess":                 {allow("cloudfront:*"), false},
	"CloudWatchFullAccess":                 {allow("cloudwatch:*", "logs:*"), false},
	"CloudWatchLogsFullAccess":             {allow("logs:*"), false},
	"CloudWatchLogsReadOnlyAccess":         {allow("logs:Get*", "logs:FilterLogEvents"), false},
	"CloudWatchReadOnlyAccess":             {allow("cloudwatch:Get*", "cloudwatch:List*"), false},
	"SecretsManagerReadWrite":              {allow("secretsmanager:*"), false},
}

// denyingPolicies are those of AWS's own that deny what lies beyond the service
// they are for: of 1,525 in the same collection 44 deny something, most of them
// a corner of one service, or are for roles of AWS's own.
var denyingPolicies = map[string]bool{
	"AWSCompromisedKeyQuarantine": true, "AWSCompromisedKeyQuarantineV2": true, "AWSCompromisedKeyQuarantineV3": true,
	"AWSIAMIdentityCenterAllowListForIdentityContext": true,
	"IAMAuditRootUserCredentials":                     true, "IAMCreateRootUserPassword": true, "IAMDeleteRootUserCredentials": true,
	"S3UnlockBucketPolicy": true, "SQSUnlockQueuePolicy": true,
}

func allow(actions ...string) string {
	return `{"Effect":"Allow","Action":["` + strings.Join(actions, `","`) + `"],"Resource":"*"}`
}

// managedPolicy is a policy of AWS's own. Of one that is not in the table, only
// that it may allow something is known: an unknown Allow never takes a Deny away.
// Of one that denies, nothing is.
func managedPolicy(name string) *policy.Document {
	if denyingPolicies[name] {
		return unseen([]value.Reason{{Text: "what AWS's policy " + name + " denies"}})
	}
	p := managedPolicies[name]
	doc, err := policy.Parse(value.Str(`{"Version":"2012-10-17","Statement":[` + p.statements + `]}`))
	if err != nil {
		return unseen(nil)
	}
	for _, s := range doc.Statements {
		s.Sid = name // what a message calls it
	}
	if !p.whole {
		v := &value.Value{Kind: value.Object, Why: []value.Reason{{Text: "what AWS's policy " + name + " allows"}}}
		doc.Statements = append(doc.Statements, &policy.Statement{
			Document: doc, Index: len(doc.Statements), Effect: policy.Allow,
			ActionsOpen: true, HasResource: true, ResourcesOpen: true, Open: true, Value: v,
		})
	}
	return doc
}
