# Requests are made now (2026-11-01 in these tests) or later.

# It has expired.
resource "aws_iam_role" "expired" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ # want IV201/note "aws_iam_role.expired.*they ended on 2021-03-31"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" }
      Condition = { DateLessThan = { "aws:CurrentTime" = "2021-03-31T23:59:59Z" } }
    }]
  })
}

# It has not, and it begins one day.
resource "aws_iam_role" "for_now" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" } # want IV202/high "aws_iam_role.for_now"
      Condition = { DateLessThan = { "aws:CurrentTime" = "2027-03-31T23:59:59Z" }, StringEquals = { "sts:RoleSessionName" = "$${aws:username}" } }
    }]
  })
}

resource "aws_iam_role" "from_then_on" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" } # want IV202/high "aws_iam_role.from_then_on"
      Condition = { NumericGreaterThan = { "aws:EpochTime" = 1830297600 }, StringEquals = { "sts:RoleSessionName" = "$${aws:username}" } }
    }]
  })
}

# A window that is never open again, and one that both keys of time close.
resource "aws_iam_role" "window_gone_by" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" }
      Condition = { DateGreaterThan = { "aws:CurrentTime" = "2027-03-31T00:00:00Z" }, NumericLessThan = { "aws:EpochTime" = 1801526400 }, StringEquals = { "sts:RoleSessionName" = "$${aws:username}" } } # want IV201/note "aws_iam_role.window_gone_by"
    }]
  })
}

# Revoked, as IAM's console revokes sessions.
resource "aws_iam_role" "revoked" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" } }, # want IV201/note "aws_iam_role.revoked"
      { Effect = "Deny", Action = "sts:AssumeRole", Principal = { AWS = "*" }, Condition = { DateGreaterThan = { "aws:EpochTime" = 1577836800 } } },
    ]
  })
}

# What keeps others out ends in two weeks.
resource "aws_iam_role" "closed_for_now" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" }, Condition = { StringEquals = { "sts:RoleSessionName" = "$${aws:username}" } } }, # want IV202/note "aws_iam_role.closed_for_now.*from 2026-11-15 00:00 UTC on"
      { Effect = "Deny", Action = "sts:AssumeRole", Principal = { AWS = "*" },
      Condition = { StringNotEquals = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5" }, DateLessThan = { "aws:CurrentTime" = "2026-11-15T00:00:00Z" } } },
    ]
  })
}

# It has not begun to keep them out.
resource "aws_iam_role" "closed_later" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" }, Condition = { StringEquals = { "sts:RoleSessionName" = "$${aws:username}" } } }, # want IV202/high "aws_iam_role.closed_later"
      { Effect = "Deny", Action = "sts:AssumeRole", Principal = { AWS = "*" },
      Condition = { StringNotEquals = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5" }, DateGreaterThan = { "aws:CurrentTime" = "2026-11-15T00:00:00Z" } } },
    ]
  })
}
