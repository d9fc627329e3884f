# The ways in which a trust policy is written: in place, on one line, merged, in a
# value that two roles share, in files and templates, in a module that is called
# twice. Each is mended where it is written.

locals {
  trust = {
    Version = "2012-10-17"
    Statement = [
      # want@+1 IV201 `aws_iam_role.shared\["writer"\]`
      { # want IV201 `aws_iam_role.shared\["reader"\]`
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = "arn:aws:iam::111122223333:root" }
      },
    ]
  }

  people = {
    Effect    = "Allow"
    Action    = "sts:AssumeRole"
    Principal = { AWS = "111122223333" }
  }
}

resource "aws_iam_role" "shared" {
  for_each = toset(["reader", "writer"])

  name               = each.key
  assume_role_policy = jsonencode(local.trust)
}

resource "aws_iam_role" "merged" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [merge(local.people, { Sid = "People" })] # want IV201 "aws_iam_role.merged"
  })
}

resource "aws_iam_role" "line" {
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "111122223333" } }] }) # want IV201 "aws_iam_role.line"
}

# want@+7 IV201 "aws_iam_role.indented"
resource "aws_iam_role" "indented" {
  assume_role_policy = <<-POLICY
    {
      "Version": "2012-10-17",
      "Statement": [
        {"Sid": "Build", "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "codebuild.amazonaws.com"}},
        {
          "Sid": "People",
          "Effect": "Allow",
          "Action": "sts:AssumeRole",
          "Principal": { "AWS": ["arn:aws:iam::111122223333:root"] }
        }
      ]
    }
  POLICY
}

resource "aws_iam_role" "file" {
  for_each = toset(["reader", "writer"])

  assume_role_policy = file("${path.module}/trust.json")
}

resource "aws_iam_role" "template" {
  assume_role_policy = templatefile("${path.module}/trust.json.tftpl", { account = "111122223333" })
}

module "ci" {
  source = "./role"
  name   = "ci"
}

module "deploy" {
  source = "./role"
  name   = "deploy"
}
