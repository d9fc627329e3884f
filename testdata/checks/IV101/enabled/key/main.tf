# Nobody calls it but who switches it off.
resource "aws_iam_access_key" "this" {
  user = "root"
}
