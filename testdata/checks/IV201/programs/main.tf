# Vault makes up the names of its sessions, as programs do.
resource "aws_iam_user" "vault" {
  name = "vault_aws"
}

resource "aws_iam_role" "vault_admin" {
  name = "vault_admin"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = aws_iam_user.vault.arn } }] # want IV201 "aws_iam_role.vault_admin"
  })
}

# The settings say who else is a program.
resource "aws_iam_user" "reports" {
  name = "reports"
  tags = { Machine = "yes" }
}

resource "aws_iam_role" "reports" {
  name = "reports"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = aws_iam_user.reports.arn } }] # want IV201 "aws_iam_role.reports"
  })
}

# Nothing in the name says who calls, but who is told to.
resource "aws_iam_role" "database" {
  name = "database"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:user/broker" } }] # want IV201 "aws_iam_role.database"
  })
}

resource "vault_aws_secret_backend_role" "database" {
  backend         = "aws"
  name            = "database"
  credential_type = "assumed_role"
  role_arns       = [aws_iam_role.database.arn]
}

# Cindy has ci in her name, and is a person.
resource "aws_iam_role" "reader" {
  name = "reader"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:user/cindy" } }] # want IV201 "aws_iam_role.reader"
  })
}

# An account beside the program may have roles.
resource "aws_iam_role" "shared" {
  name = "shared"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = ["arn:aws:iam::444455556666:root", aws_iam_user.vault.arn] } }] # want IV201 "aws_iam_role.shared"
  })
}
