# Without an organization nothing has to be there.
resource "aws_iam_group" "people" {
  name = "people"
}
