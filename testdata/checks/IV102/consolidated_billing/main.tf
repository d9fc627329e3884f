# Service control policies need all features.
resource "aws_organizations_organization" "this" {
  feature_set = "CONSOLIDATED_BILLING" # want IV102/high "aws_organizations_organization.this"
}
