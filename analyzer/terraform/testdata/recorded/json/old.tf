resource "terraform_data" "old" {
  count = "${1 - 1}"
}
resource "terraform_data" "old2" {
  input = ["${var.a}", "${"${var.a[0]}"}", "${length(var.a) > 1 ? "${var.a[1]}" : ""}"]
  count = "${length(var.a) - 1}"
}
resource "terraform_data" "old3" {
  input = "${var.a.0} ${terraform_data.old2.0.id != "" ? 1 : 2}"
}
resource "terraform_data" "splat" {
  input = [var.a.*, var.a[*], "${terraform_data.old2.*.input}", one(terraform_data.old2[*].input)[0]]
}
