# The filter leaves root out.
resource "aws_organizations_organization" "this" { # want IV104/medium "no alarm or rule"
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
  pattern        = "{ $.userIdentity.type != \"Root\" && $.errorCode = \"AccessDenied\" }"

  metric_transformation {
    name      = "RootUsage"
    namespace = "Security"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "root" {
  alarm_name          = "root"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  evaluation_periods  = 1
  period              = 300
  statistic           = "Sum"
  threshold           = 1
  namespace           = "Security"
  metric_name         = "RootUsage"
}
