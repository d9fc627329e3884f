variable "staff_account" {
  description = "Account that holds the people."
  type        = string

  validation {
    condition     = can(regex("^\\d{12}$", var.staff_account))
    error_message = "An account id has 12 digits."
  }
}

variable "github_repositories" {
  description = "Repositories whose main branch may publish, with their ids."
  type        = set(string)
  default     = ["example@12345678/shop@456789012"]
}
