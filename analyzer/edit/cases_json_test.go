package edit

import (
	"testing"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

var jsonTests = []editTest{
	{
		name: "heredoc with indentation",
		before: `resource "aws_iam_policy" "p" {
  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Resource": "${aws_s3_bucket.b["x"].arn}/*",
          "Action": [
            "s3:*"
          ]
        }
      ]
    }
  EOT
}
`,
		after: `resource "aws_iam_policy" "p" {
  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Resource": "${aws_s3_bucket.b["x"].arn}/*",
          "Action": [
            "s3:*"
          ],
          "Condition": {
            "StringEquals": {
              "sts:RoleSessionName": [
                "$${aws:username}"
              ]
            }
          }
        }
      ]
    }
  EOT
}
`,
		op: on(setMember("Condition", Object(Member{"StringEquals", Object(Member{"sts:RoleSessionName", Strings("${aws:username}")})})),
			"resource", 0, "policy", "json", "Statement", 0),
	},
	{
		name: "quoted string",
		before: `locals {
  p = "{\"Statement\":[{\"Effect\":\"Allow\",\"Resource\":\"${local.x["a"]}\"}]}"
}
`,
		after: `locals {
  p = "{\"Statement\":[{\"Effect\":\"Allow\",\"Resource\":\"${local.x["a"]}\",\"Sid\":\"$${aws:username}\"}]}"
}
`,
		op: on(setMember("Sid", String("${aws:username}")), "locals", 0, "p", "json", "Statement", 0),
	},
	{
		name: "quoted string with lines",
		before: `locals {
  p = "{\n  \"a\": 1\n}"
}
`,
		after: `locals {
  p = "{\n  \"a\": 1,\n  \"b\": \"x\\\"y\"\n}"
}
`,
		op: on(setMember("b", String(`x"y`)), "locals", 0, "p", "json"),
	},
	{
		name: "JSON file", file: "p.json", syntax: value.SyntaxJSON,
		before: `{
    "Statement": [
        {"Effect": "Allow", "Action": "*"}
    ]
}
`,
		after: `{
    "Statement": [
        {"Effect": "Allow", "Action": "*", "Condition": {"StringLike": {"aws:username": "${aws:username}"}}}
    ]
}
`,
		op: on(setMember("Condition", Object(Member{"StringLike", Object(Member{"aws:username", String("${aws:username}")})})), "Statement", 0),
	},
	{
		name: "minified JSON file", file: "p.json", syntax: value.SyntaxJSON,
		before: `{"Statement":[{"Effect":"Allow","Condition":{}}]}
`,
		after: `{"Statement":[{"Effect":"Allow","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}
`,
		op: on(setMember("Bool", Object(Member{"aws:MultiFactorAuthPresent", String("true")})), "Statement", 0, "Condition"),
	},
	{
		name: "JSON list", file: "p.json", syntax: value.SyntaxJSON,
		before: "{\n\t\"Action\": [\n\t\t\"a\"\n\t]\n}",
		after:  "{\n\t\"Action\": [\n\t\t\"a\",\n\t\t\"b\"\n\t]\n}",
		op:     on(appendElement(String("b")), "Action"),
	},
	{
		name: "JSON statement", file: "p.json", syntax: value.SyntaxJSON,
		before: "{\n  \"Statement\": {\n    \"Effect\": \"Allow\"\n  }\n}",
		after:  "{\n  \"Statement\": [{\n    \"Effect\": \"Allow\"\n  }, {\n    \"Effect\": \"Deny\"\n  }]\n}",
		op:     on(appendElement(Object(Member{"Effect", String("Deny")})), "Statement"),
	},
	{
		name: "Terraform JSON", file: "main.tf.json", syntax: value.SyntaxTFJSON,
		before: `{
  "resource": {
    "aws_iam_access_key": {
      "k": {
        "user": "${aws_iam_user.u.name}"
      }
    }
  }
}
`,
		after: `{
  "resource": {
    "aws_iam_access_key": {
      "k": {
        "user": "${aws_iam_user.u.name}",
        "status": "Inactive"
      }
    }
  }
}
`,
		op: on(setAttribute("status", String("Inactive")), "resource", "aws_iam_access_key", "k"),
	},
	{
		name: "a block in Terraform JSON", file: "main.tf.json", syntax: value.SyntaxTFJSON,
		before: `{
  "data": {
    "aws_iam_policy_document": {
      "d": {
        "statement": [
          {
            "actions": ["*"],
            "condition": {
              "test": "Null",
              "variable": "aws:x",
              "values": ["&{aws:username}"]
            }
          }
        ]
      }
    }
  }
}
`,
		after: `{
  "data": {
    "aws_iam_policy_document": {
      "d": {
        "statement": [
          {
            "actions": ["*"],
            "condition": [{
              "test": "Null",
              "variable": "aws:x",
              "values": ["&{aws:username}"]
            }, {
              "test": "StringEquals",
              "variable": "sts:RoleSessionName",
              "values": ["&{aws:username}"]
            }]
          }
        ]
      }
    }
  }
}
`,
		op: on(insertBlock("condition", Block(Member{"test", String("StringEquals")}, Member{"variable", String("sts:RoleSessionName")}, Member{"values", Strings("${aws:username}")})),
			"data", "aws_iam_policy_document", "d", "statement", 0),
	},
	{
		name: "an expression in Terraform JSON", file: "main.tf.json", syntax: value.SyntaxTFJSON,
		before: `{"resource": {"aws_iam_role": {"r": {"name": "r"}}}}`,
		after:  `{"resource": {"aws_iam_role": {"r": {"name": "r", "permissions_boundary": "${aws_iam_policy.p.arn}", "path": "/$${x}/"}}}}`,
		op: func(t testing.TB, v *value.Value) ([]source.Edit, error) {
			r := at(t, v, "resource", "aws_iam_role", "r")
			a, err := SetMember(r, "permissions_boundary", Raw("aws_iam_policy.p.arn"))
			if err != nil {
				return nil, err
			}
			b, err := SetMember(r, "path", String("/${x}/"))
			return append(a, b...), err
		},
	},
}
