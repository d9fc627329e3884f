machine_users = ["ci-*"]

severities = { user-key-at-creation = "low" }
