package main

// frame are the files that every root module has, beside those of its services.
var frame = map[string]string{
	"versions.tf": `terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.40"
    }
  }

  backend "s3" {
    bucket         = "states-{account}"
    key            = "stacks/{r}/terraform.tfstate"
    region         = "eu-central-1"
    dynamodb_table = "locks"
    encrypt        = true
  }
}
`,
	"providers.tf": `provider "aws" {
  region              = var.region
  allowed_account_ids = ["{account}"]

  default_tags {
    tags = {
      Stack       = "stack-{r}"
      Environment = var.environment
      Repository  = "infrastructure"
    }
  }
}
`,
	"variables.tf": `variable "region" {
  description = "Where the stack lives."
  type        = string
  default     = "eu-central-1"
}

variable "environment" {
  description = "What the stack is for: stage or prod."
  type        = string
  default     = "prod"

  validation {
    condition     = contains(["stage", "prod"], var.environment)
    error_message = "The environment is stage or prod."
  }
}

variable "instances" {
  description = "How many machines each service has."
  type        = map(number)
  default = {
    small  = 1
    medium = 2
    large  = 4
  }
}

variable "alarm_topic" {
  description = "ARN of the topic that alarms are sent to."
  type        = string
  default     = "arn:aws:sns:eu-central-1:{account}:alarms"
}

variable "zone" {
  description = "ID of the hosted zone of the stack."
  type        = string
  default     = "Z{account}"
}
`,
	"locals.tf": `locals {
  name = "stack-{r}-${var.environment}"

  tags = merge({
    Team    = "team-{octet}"
    Account = "{account}"
  }, var.environment == "prod" ? { Critical = "yes" } : {})

  subnets = [for i, zone in ["a", "b", "c"] : {
    zone = "${var.region}${zone}"
    cidr = cidrsubnet("10.{octet}.0.0/16", 4, i)
  }]

  startup = <<-EOT
    #!/bin/bash
    set -euo pipefail
    hostnamectl set-hostname stack-{r}
    %{for name, count in var.instances~}
    echo "${name}=${count}" >>/etc/stack.env
    %{endfor~}
    systemctl enable --now agent
  EOT
}
`,
	"outputs.tf": `output "vpc_id" {
  description = "The network of stack {r}."
  value       = aws_vpc.this.id
}

output "subnet_ids" {
  description = "Its subnets, by zone."
  value       = { for zone, subnet in aws_subnet.this : zone => subnet.id }
}

output "name" {
  description = "What everything of stack {r} is called."
  value       = local.name
}
`,
	"network.tf": `resource "aws_vpc" "this" {
  cidr_block           = "10.{octet}.0.0/16"
  enable_dns_hostnames = true
  enable_dns_support   = true
  tags                 = merge(local.tags, { Name = local.name })
}

resource "aws_subnet" "this" {
  for_each = { for s in local.subnets : s.zone => s }

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value.cidr
  tags              = merge(local.tags, { Name = "${local.name}-${each.key}" })
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
  tags   = local.tags
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.this.id
  }

  tags = local.tags
}

resource "aws_route_table_association" "public" {
  for_each = aws_subnet.this

  subnet_id      = each.value.id
  route_table_id = aws_route_table.public.id
}
`,
	"data.tf": `data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

data "aws_ami" "base" {
  most_recent = true
  owners      = ["{account}"]

  filter {
    name   = "name"
    values = ["base-*-x86_64"]
  }

  filter {
    name   = "virtualization-type"
    values = ["hvm"]
  }
}
`,
}

// terrains are what most of an estate is made of.
var terrains = []string{
	`
# The machines of service {i}: behind the balancer, in all zones.
resource "aws_instance" "service_{i}" {
  count = var.instances["medium"]

  ami                    = data.aws_ami.base.id
  instance_type          = var.environment == "prod" ? "m6i.large" : "t3.medium"
  subnet_id              = values(aws_subnet.this)[count.index % 3].id
  vpc_security_group_ids = [aws_vpc.this.default_security_group_id]
  user_data              = local.startup
  monitoring             = true

  root_block_device {
    volume_type = "gp3"
    volume_size = 50
    encrypted   = true
  }

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }

  tags = merge(local.tags, {
    Name = "${local.name}-service-{i}-${count.index}"
  })
}
`,
	`
resource "aws_s3_bucket" "data_{i}" {
  bucket        = "${local.name}-data-{i}"
  force_destroy = var.environment != "prod"
  tags          = local.tags
}

resource "aws_s3_bucket_versioning" "data_{i}" {
  bucket = aws_s3_bucket.data_{i}.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "data_{i}" {
  bucket = aws_s3_bucket.data_{i}.id

  rule {
    id     = "cold"
    status = "Enabled"

    filter {
      prefix = "archive/"
    }

    transition {
      days          = 30
      storage_class = "GLACIER"
    }
  }
}
`,
	`
resource "aws_security_group" "service_{i}" {
  name        = "${local.name}-service-{i}"
  description = "What reaches service {i}."
  vpc_id      = aws_vpc.this.id

  dynamic "ingress" {
    for_each = toset([443, {port}])

    content {
      description = "port ${ingress.value}"
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["10.0.0.0/8"]
    }
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }

  tags = local.tags
}
`,
	`
resource "aws_cloudwatch_metric_alarm" "busy_{i}" {
  alarm_name          = "${local.name}-busy-{i}"
  alarm_description   = "Service {i} is busy for a quarter of an hour."
  namespace           = "AWS/EC2"
  metric_name         = "CPUUtilization"
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 80
  period              = 300
  evaluation_periods  = 3
  alarm_actions       = [var.alarm_topic]
  ok_actions          = [var.alarm_topic]

  dimensions = {
    Service = "service-{i}"
  }
}
`,
	`
resource "aws_db_instance" "store_{i}" {
  identifier                  = "${local.name}-store-{i}"
  engine                      = "postgres"
  engine_version              = "16.3"
  instance_class              = "db.r6g.large"
  allocated_storage           = 100
  max_allocated_storage       = 1000
  db_name                     = "store_{i}"
  username                    = "store"
  manage_master_user_password = true
  multi_az                    = var.environment == "prod"
  storage_encrypted           = true
  backup_retention_period     = 14
  backup_window               = "02:00-03:00"
  maintenance_window          = "sun:04:00-sun:05:00"
  deletion_protection         = true
  skip_final_snapshot         = false
  final_snapshot_identifier   = "${local.name}-store-{i}-last"
  port                        = {port}
  tags                        = local.tags

  lifecycle {
    ignore_changes = [engine_version]
  }
}
`,
	`
resource "aws_sqs_queue" "jobs_{i}" {
  name                       = "${local.name}-jobs-{i}"
  visibility_timeout_seconds = 300
  message_retention_seconds  = 14 * 24 * 60 * 60

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_{i}.arn
    maxReceiveCount     = 5
  })

  tags = local.tags
}

resource "aws_sqs_queue" "dead_{i}" {
  name = "${local.name}-dead-{i}"
  tags = local.tags
}
`,
	`
resource "aws_route53_record" "service_{i}" {
  for_each = toset(["A", "AAAA"])

  zone_id = var.zone
  name    = "service-{i}.${local.name}.example.com"
  type    = each.key

  alias {
    name                   = "balancer-{i}.${data.aws_region.current.name}.elb.amazonaws.com"
    zone_id                = "Z215JYRZR1TBD5"
    evaluate_target_health = true
  }
}

resource "aws_ssm_parameter" "service_{i}" {
  name  = "/${local.name}/service-{i}/settings"
  type  = "String"
  value = jsonencode({ port = {port}, level = "info", features = ["search", "export"] })
  tags  = local.tags
}
`,
}

// serviceRole is how most roles look, and right: a service assumes it.
const serviceRole = `
data "aws_iam_policy_document" "service_{i}_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "service_{i}" {
  name               = "${local.name}-service-{i}"
  assume_role_policy = data.aws_iam_policy_document.service_{i}_trust.json
  tags               = local.tags
}

resource "aws_iam_instance_profile" "service_{i}" {
  name = "${local.name}-service-{i}"
  role = aws_iam_role.service_{i}.name
}
`

// freeRole is a role with a trust policy of its own that leaves the session name
// free: a finding with a fix.
const freeRole = `
data "aws_iam_policy_document" "trust_{i}" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::{account}:root"]
    }
  }
}

resource "aws_iam_role" "role_{i}" {
  name               = "role-{i}"
  assume_role_policy = data.aws_iam_policy_document.trust_{i}.json
}
`

// operatorCall calls the module of the estates.
const operatorCall = `
module "operator" {
  source = "../../../modules/operator"

  name     = "operator-{r}"
  accounts = ["{account}", "123456789012"]
}
`

// readRole is a role whose trust policy is in a file, and readPolicy is that.
const readRole = `
resource "aws_iam_role" "reader" {
  name               = "reader-{r}"
  assume_role_policy = file("${path.module}/policies/trust.json")
}
`

const readPolicy = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "sts:AssumeRole",
      "Principal": { "AWS": "arn:aws:iam::{account}:root" }
    }
  ]
}
`

// machineUser is a user for a machine, with a key: a finding that nobody can fix
// for its owner.
const machineUser = `
resource "aws_iam_user" "machine_{i}" {
  name = "${local.name}-machine-{i}"
  tags = local.tags
}

resource "aws_iam_access_key" "machine_{i}" {
  user = aws_iam_user.machine_{i}.name
}
`

const manyRoles = `locals {
  names = [for p in setproduct(range({n}), range(100)) : format("role-%d-%02d", p[0], p[1])]
}

resource "aws_iam_role" "this" {
  for_each = toset(local.names)

  name = each.key

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  for_each = aws_iam_role.this

  name = "logs"
  role = each.value.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "logs:PutLogEvents"
      Resource = "arn:aws:logs:*:*:log-group:/${each.key}"
    }]
  })
}
`

// people are kinds of code that give people a way in.
var people = []string{
	`
resource "aws_iam_user" "operator" {
  name = "${local.name}-operator"
}

resource "aws_iam_user_login_profile" "operator" {
  user = aws_iam_user.operator.name
}

resource "aws_iam_access_key" "operator" {
  user = aws_iam_user.operator.name
}
`,
	`
resource "aws_iam_user" "export" {
  for_each = toset(["billing", "metrics"])

  name = "${local.name}-${each.key}"
  tags = local.tags
}

resource "aws_iam_access_key" "export" {
  for_each = aws_iam_user.export

  user = each.value.name
}
`,
	`
module "operator" {
  source = "../../../modules/operator"

  name     = "${local.name}-operator"
  accounts = ["{account}", "123456789012"]
}

resource "aws_iam_role" "audit" {
  name = "${local.name}-audit"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = ["arn:aws:iam::{account}:root", "arn:aws:iam::123456789012:root"] }
    }]
  })
}
`,
	`
resource "aws_iam_role" "support" {
  name                 = "${local.name}-support"
  max_session_duration = 4 * 60 * 60

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::{account}:root" }
      Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "support" {
  role       = aws_iam_role.support.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
`,
}

// pipelines are kinds of code that let deployments in.
var pipelines = []string{
	`
data "aws_iam_policy_document" "deploy_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::{account}:root"]
    }
  }
}

resource "aws_iam_role" "deploy" {
  name               = "${local.name}-deploy"
  assume_role_policy = data.aws_iam_policy_document.deploy_trust.json
}

resource "aws_iam_role_policy" "deploy" {
  name = "deploy"
  role = aws_iam_role.deploy.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject"]
      Resource = "arn:aws:s3:::${local.name}-*/*"
    }]
  })
}
`,
	`
resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "publish" {
  name = "${local.name}-publish"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
      }
    }]
  })
}
`,
	`
resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "publish_trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:example/stack-{r}:ref:refs/heads/main"]
    }
  }
}

resource "aws_iam_role" "publish" {
  name               = "${local.name}-publish"
  assume_role_policy = data.aws_iam_policy_document.publish_trust.json
}
`,
}

var operatorModule = map[string]string{
	"main.tf": `resource "aws_iam_role" "this" {
  name = var.name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = [for id in var.accounts : "arn:aws:iam::${id}:root"] }
    }]
  })
}
`,
	"variables.tf": `variable "name" {
  description = "Name of the role."
  type        = string
}

variable "accounts" {
  description = "Accounts whose operators may use it."
  type        = list(string)
}
`,
	"outputs.tf": `output "arn" {
  description = "ARN of the role."
  value       = aws_iam_role.this.arn
}
`,
	"versions.tf": `terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}
`,
}

const nestedRoot = `provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["{account}"]
}

module "platform" {
  source = "../../modules/level1"

  name    = "platform-{r}"
  account = "{account}"
}
`

const nestedModule = `variable "name" {
  type = string
}

variable "account" {
  type = string
}

module "part" {
  source   = "../level{next}"
  for_each = toset(["blue", "green", "red"])

  name    = "${var.name}-${each.key}"
  account = var.account
}

output "arns" {
  value = flatten(values(module.part)[*].arns)
}
`

const nestedLeaf = `variable "name" {
  type = string
}

variable "account" {
  type = string
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.account}:root"]
    }
  }
}

resource "aws_iam_role" "this" {
  name               = var.name
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_s3_bucket" "this" {
  bucket = var.name
}

output "arns" {
  value = [aws_iam_role.this.arn]
}
`
