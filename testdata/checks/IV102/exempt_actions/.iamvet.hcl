root_exempt_actions = ["s3:DeleteBucketPolicy", "s3:GetBucketPolicy"]
