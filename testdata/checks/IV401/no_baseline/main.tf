# A trail for one bucket, or a detector alone, is no baseline; nothing to say.
resource "aws_cloudtrail" "data" {
  name           = "data"
  s3_bucket_name = "logs"
}

resource "aws_guardduty_detector" "main" {}
