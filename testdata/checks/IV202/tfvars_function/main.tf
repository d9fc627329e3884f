# The functions of the provider that is built into Terraform and OpenTofu.
terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}
locals {
  settings = provider::terraform::decode_tfvars("trusted = \"*\"\nother = 1\n")
}
resource "aws_iam_role" "r" {
  name = "r"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = local.settings.trusted } # want IV202/high "from every AWS account"
    }]
  })
}
