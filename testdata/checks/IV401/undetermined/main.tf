# What is in the pack is not in the scan.
resource "aws_config_conformance_pack" "cis" { # want? IV401 "aws_config_conformance_pack.cis"
  name            = "cis"
  template_s3_uri = "s3://packs/cis.yaml"
}
