package edit

var objectTests = []editTest{
	{
		name: "a shorter key joins the alignment",
		before: `locals {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = []
  })
}
`,
		after: `locals {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = []
    Id        = "x"
  })
}
`,
		op: on(setMember("Id", String("x")), "locals", 0, "policy", "json"),
	},
	{
		name: "a longer key moves its group and no other",
		before: `resource "aws_iam_role" "r" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17" # always

    Statement = [{
      Sid    = "é😀" # the users
      Effect = "Allow"
      Action = "sts:AssumeRole"
      /* who */
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Resource  = "*"
    }]
  })
}
`,
		after: `resource "aws_iam_role" "r" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17" # always

    Statement = [{
      Sid    = "é😀" # the users
      Effect = "Allow"
      Action = "sts:AssumeRole"
      /* who */
      Principal               = { AWS = "arn:aws:iam::111122223333:root" }
      Resource                = "*"
      "sts:RoleSessionNameXX" = ["$${aws:username}"]
    }]
  })
}
`,
		op: on(setMember("sts:RoleSessionNameXX", Strings("${aws:username}")), "resource", 0, "assume_role_policy", "json", "Statement", 0),
	},
	{
		name: "a nested object takes lines",
		before: `locals {
  s = {
    Effect = "Allow"
  }
}
`,
		after: `locals {
  s = {
    Effect = "Allow"
    Condition = {
      Bool = {
        "aws:MultiFactorAuthPresent" = "true"
      }
    }
  }
}
`,
		op: on(setMember("Condition", mfa), "locals", 0, "s"),
	},
	{
		name: "members of what is written are aligned",
		before: `locals {
  s = {
    Effect = "Allow"
  }
}
`,
		after: `locals {
  s = {
    Effect = "Allow"
    Condition = {
      StringEquals = {
        "aws:PrincipalOrgID" = "o-1"
        "aws:username"       = "$${aws:username}"
      }
      Bool = true
      Null = null
    }
  }
}
`,
		op: on(setMember("Condition", Object(
			Member{"StringEquals", Object(Member{"aws:PrincipalOrgID", String("o-1")}, Member{"aws:username", String("${aws:username}")})},
			Member{"Bool", Bool(true)}, Member{"Null", Node{}},
		)), "locals", 0, "s"),
	},
	{
		name: "one line",
		before: `locals {
  p = jsonencode({ Statement = [{ Effect = "Allow", Action = "*" }] })
}
`,
		after: `locals {
  p = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } } }] })
}
`,
		op: on(setMember("Condition", mfa), "locals", 0, "p", "json", "Statement", 0),
	},
	{
		name: "quoted keys, colons and commas",
		before: `locals {
  p = jsonencode({
    "Version" : "2012-10-17",
    "Statement" : [
      {
        "Effect" : "Allow",
        "Action" : "*" # all
      }
    ]
  })
}
`,
		after: `locals {
  p = jsonencode({
    "Version" : "2012-10-17",
    "Statement" : [
      {
        "Effect" : "Allow",
        "Action" : "*", # all
        "Condition" : {
          "Bool" : {
            "aws:MultiFactorAuthPresent" : "true"
          }
        }
      }
    ]
  })
}
`,
		op: on(setMember("Condition", mfa), "locals", 0, "p", "json", "Statement", 0),
	},
	{
		name: "trailing commas",
		before: `locals {
  s = {
    Effect = "Allow",
    Action = ["*"], // all
  }
}
`,
		after: `locals {
  s = {
    Effect = "Allow",
    Action = ["*"], // all
    Condition = {
      Bool = {
        "aws:MultiFactorAuthPresent" = "true",
      },
    },
  }
}
`,
		op: on(setMember("Condition", mfa), "locals", 0, "s"),
	},
	{
		name:   "tabs, and no alignment where there was none",
		before: "locals {\n\ts = {\n\t\tEffect = \"Allow\"\n\t\tResource = \"*\"\n\t}\n}\n",
		after:  "locals {\n\ts = {\n\t\tEffect = \"Allow\"\n\t\tResource = \"*\"\n\t\tSid = \"x\"\n\t}\n}\n",
		op:     on(setMember("Sid", String("x")), "locals", 0, "s"),
	},
	{
		name:   "four spaces, aligned",
		before: "locals {\n    s = {\n        Effect   = \"Allow\"\n        Resource = \"*\"\n    }\n}\n",
		after:  "locals {\n    s = {\n        Effect   = \"Allow\"\n        Resource = \"*\"\n        Condition = {\n            Bool = {\n                \"aws:MultiFactorAuthPresent\" = \"true\"\n            }\n        }\n    }\n}\n",
		op:     on(setMember("Condition", mfa), "locals", 0, "s"),
	},
	{
		name: "a value is replaced, its group realigned",
		before: `locals {
  s = {
    Effect    = "Allow"
    Principal = "*"
    Action    = "*"
  }
}
`,
		after: `locals {
  s = {
    Effect = "Allow"
    Principal = {
      AWS = "arn:aws:iam::111122223333:root"
    }
    Action = "*"
  }
}
`,
		op: on(setMember("Principal", Object(Member{"AWS", String("arn:aws:iam::111122223333:root")})), "locals", 0, "s"),
	},
	{
		name: "an empty object",
		before: `locals {
  s = {
    Effect    = "Allow"
    Condition = {}
  }
}
`,
		after: `locals {
  s = {
    Effect = "Allow"
    Condition = {
      Bool = {
        "aws:MultiFactorAuthPresent" = "true"
      }
    }
  }
}
`,
		op: on(setMember("Bool", Object(Member{"aws:MultiFactorAuthPresent", String("true")})), "locals", 0, "s", "Condition"),
	},
	{
		name: "an object of comments",
		before: `locals {
  s = {
    # nothing yet
  }
}
`,
		after: `locals {
  s = {
    # nothing yet
    A = 1
  }
}
`,
		op: on(setMember("A", Number("1")), "locals", 0, "s"),
	},
	{
		name: "the last argument of merge",
		before: `locals {
  s = merge(local.base, {
    Effect = "Allow"
    }, {
    Action = "*"
  })
}
`,
		after: `locals {
  s = merge(local.base, {
    Effect = "Allow"
    }, {
    Action = "*"
    Sid    = "x"
  })
}
`,
		op: on(setMember("Sid", String("x")), "locals", 0, "s"),
	},
	{
		name: "behind a heredoc",
		before: `locals {
  s = {
    Text = <<-EOT
      a = {
    EOT
  }
}
`,
		after: `locals {
  s = {
    Text = <<-EOT
      a = {
    EOT
    B    = 1
  }
}
`,
		op: on(setMember("B", Number("1")), "locals", 0, "s"),
	},
	{
		name: "the bracket on the line of the last member",
		before: `locals {
  s = { Effect = "Allow",
  Action = "*" }
}
`,
		after: `locals {
  s = { Effect = "Allow",
    Action = "*",
  Sid = "x" }
}
`,
		op: on(setMember("Sid", String("x")), "locals", 0, "s"),
	},
	{
		name: "list on one line",
		before: `locals {
  l = ["a", "b"]
}
`,
		after: `locals {
  l = ["a", "b", "c"]
}
`,
		op: on(appendElement(String("c")), "locals", 0, "l"),
	},
	{
		name: "list on lines",
		before: `locals {
  l = [
    "a", # first
    "b"  # second
  ]
}
`,
		after: `locals {
  l = [
    "a", # first
    "b", # second
    "c"
  ]
}
`,
		op: on(appendElement(String("c")), "locals", 0, "l"),
	},
	{
		name: "list with a trailing comma and comments",
		before: `locals {
  l = [
    "a",
    "b", # second
    # "c",
  ]
}
`,
		after: `locals {
  l = [
    "a",
    "b", # second
    "d",
    # "c",
  ]
}
`,
		op: on(appendElement(String("d")), "locals", 0, "l"),
	},
	{
		name: "empty list",
		before: `locals {
  l = []
}
`,
		after: `locals {
  l = [aws_iam_role.r.arn]
}
`,
		op: on(appendElement(Raw("aws_iam_role.r.arn")), "locals", 0, "l"),
	},
	{
		name: "a statement behind another one",
		before: `locals {
  p = {
    Statement = [{
      "Effect" : "Allow"
      "Action" : "*"
    }]
  }
}
`,
		after: `locals {
  p = {
    Statement = [{
      "Effect" : "Allow"
      "Action" : "*"
      }, {
      "Effect" : "Deny"
      "Action" : ["iam:*"]
    }]
  }
}
`,
		op: on(appendElement(Object(Member{"Effect", String("Deny")}, Member{"Action", Strings("iam:*")})), "locals", 0, "p", "Statement"),
	},
	{
		name: "a statement like its neighbour, on one line",
		before: `locals {
  p = [
    { Effect = "Allow", Action = "*" },
  ]
}
`,
		after: `locals {
  p = [
    { Effect = "Allow", Action = "*" },
    { Effect = "Deny", Action = ["iam:*"] },
  ]
}
`,
		op: on(appendElement(Object(Member{"Effect", String("Deny")}, Member{"Action", Strings("iam:*")})), "locals", 0, "p"),
	},
	{
		name: "a string becomes a list",
		before: `locals {
  s = { Action = "iam:Get*" }
}
`,
		after: `locals {
  s = { Action = ["iam:Get*", "iam:List*"] }
}
`,
		op: on(appendElement(String("iam:List*")), "locals", 0, "s", "Action"),
	},
}
