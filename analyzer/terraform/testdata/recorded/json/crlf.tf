resource terraform_data crlf {
  input = <<-EOT
    a
      b
  EOT
}
resource "terraform_data" h2 {
  input = [<<EOT
x ${upper("y")} ~
%%{ z }
EOT
  , "q"]
}
