# Whether the alarm is made is not known.
variable "alarms" {
  type = bool
}

resource "aws_organizations_organization" "this" { # want? IV104 "depends on"
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_policy" "mfa" {
  name = "root-needs-mfa"

  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Deny"
      Action   = "*"
      Resource = "*"
      Condition = {
        StringLike   = { "aws:PrincipalArn" = "arn:aws:iam::*:root" }
        BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }
      }
    }]
  })
}

resource "aws_organizations_policy_attachment" "mfa" {
  policy_id = aws_organizations_policy.mfa.id
  target_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_cloudwatch_log_metric_filter" "root" {
  name           = "root"
  log_group_name = "cloudtrail"
  pattern        = "{ $.userIdentity.type = \"Root\" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != \"AwsServiceEvent\" }"

  metric_transformation {
    name      = "RootUsage"
    namespace = "Security"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "root" {
  count               = var.alarms ? 1 : 0
  alarm_name          = "root"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  evaluation_periods  = 1
  period              = 300
  statistic           = "Sum"
  threshold           = 1
  namespace           = "Security"
  metric_name         = "RootUsage"
}
