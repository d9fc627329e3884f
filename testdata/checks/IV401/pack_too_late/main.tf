# Conformance packs with all of the rules; three of them look for what is older
# than 90 days, by a number, by a default, and by what the resource sets.
resource "aws_config_configuration_recorder" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/config"
}

resource "aws_config_conformance_pack" "by_default" { # want IV401/low "older than 120 days \\(maxAccessKeyAge\\), where 90 are allowed"
  name          = "by-default"
  template_body = <<-EOT
    Parameters:
      KeyAge:
        Type: String
        Default: '120'
      MaxCredentialUsageAge:
        Default: '45'
        Type: String
    Resources:
      Keys:
        Type: AWS::Config::ConfigRule
        Properties:
          ConfigRuleName: access-keys-rotated
          InputParameters:
            maxAccessKeyAge: !Ref KeyAge
          Source:
            Owner: AWS
            SourceIdentifier: ACCESS_KEYS_ROTATED
      Unused:
        Type: AWS::Config::ConfigRule
        Properties:
          ConfigRuleName: unused
          InputParameters:
            maxCredentialUsageAge:
              Fn::If:
              - ageGiven
              - Ref: MaxCredentialUsageAge
              - Ref: AWS::NoValue
          Source:
            Owner: AWS
            SourceIdentifier: IAM_USER_UNUSED_CREDENTIALS_CHECK
  EOT
}

resource "aws_config_conformance_pack" "by_number" { # want IV401/low "older than 365 days \\(maxCredentialUsageAge\\), where 90 are allowed"
  name = "by-number"
  template_body = jsonencode({
    Resources = {
      Unused = {
        Type = "AWS::Config::ConfigRule"
        Properties = {
          ConfigRuleName  = "unused"
          InputParameters = { maxCredentialUsageAge = "365" }
          Source          = { Owner = "AWS", SourceIdentifier = "IAM_USER_UNUSED_CREDENTIALS_CHECK" }
        }
      }
      Root = {
        Type = "AWS::Config::ConfigRule"
        Properties = {
          ConfigRuleName = "root-key"
          Source         = { Owner = "AWS", SourceIdentifier = "IAM_ROOT_ACCESS_KEY_CHECK" }
        }
      }
      Device = {
        Type = "AWS::Config::ConfigRule"
        Properties = {
          ConfigRuleName = "root-mfa"
          Source         = { Owner = "AWS", SourceIdentifier = "ROOT_ACCOUNT_MFA_ENABLED" }
        }
      }
      Console = {
        Type = "AWS::Config::ConfigRule"
        Properties = {
          ConfigRuleName = "console-mfa"
          Source         = { Owner = "AWS", SourceIdentifier = "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS" }
        }
      }
    }
  })
}

locals {
  keys = jsonencode({
    Parameters = { Age = { Type = "String" }, Other = { Default = "400", Type = "String" } }
    Resources = {
      Keys = {
        Type = "AWS::Config::ConfigRule"
        Properties = {
          ConfigRuleName  = "keys"
          InputParameters = { maxAccessKeyAge = { Ref = "Age" } }
          Source          = { Owner = "AWS", SourceIdentifier = "ACCESS_KEYS_ROTATED" }
        }
      }
    }
  })
}

resource "aws_config_organization_conformance_pack" "by_input" { # want IV401/low "older than 180 days \\(maxAccessKeyAge\\), where 90 are allowed"
  name          = "by-input"
  template_body = local.keys

  input_parameter {
    parameter_name  = "Age"
    parameter_value = "180"
  }
}

resource "aws_config_organization_conformance_pack" "in_time" {
  name          = "in-time"
  template_body = local.keys

  input_parameter {
    parameter_name  = "Age"
    parameter_value = "60"
  }
}

resource "aws_config_organization_conformance_pack" "without_default" {
  name          = "without-default"
  template_body = local.keys
}
