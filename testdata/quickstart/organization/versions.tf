terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.60"
    }
  }
}

provider "aws" {
  region = "eu-central-1"

  default_tags {
    tags = {
      managed-by = "terraform"
      stack      = "organization"
    }
  }
}
