variable "accounts" {
  description = "Member accounts by name."
  type = map(object({
    unit = string
  }))
}

variable "vpcs" {
  description = "VPCs of ours whose endpoints may be used."
  type        = list(string)
}
