# A conformance pack with some of them.
resource "aws_config_conformance_pack" "identity" { # want IV401/low "would not notice console users without MFA, access keys that are not rotated or unused credentials"
  name          = "identity"
  template_body = file("${path.module}/pack.yaml")
}
