locals {
  c = "base-c"
}
