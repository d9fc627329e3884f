variable "name" {
  description = "Name of the role."
  type        = string
}

variable "trusted_accounts" {
  description = "Accounts whose users may deploy."
  type        = list(string)
}

variable "policy_arns" {
  description = "Managed policies of the role."
  type        = list(string)
  default     = []
}
